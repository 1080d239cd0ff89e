"""What a world has for nothing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from detente.case.bounds import Bounds
from detente.case.idle import idle, limits
from tests.case.test_wiring import wired

MONTHS = (datetime.date(2021, 6, 3), 24)
VALUED = ["stock.crossed", "stock.strike", "stock.met"]


def told(given: dict[str, Any] | None = None, *, valued: list[str] | None = None, **how: Any) -> list[str]:
    parts = how.pop("parts", {})
    moves = how.pop("moves", None)
    found = idle(wired(given, moves, **parts), VALUED if valued is None else valued, **how)
    return [f"{'.'.join(f.place)}: {f.message}" for f in found]


def test_a_world_that_has_nothing_for_nothing() -> None:
    assert told(months=MONTHS) == []


@pytest.mark.parametrize(
    ("changed", "place", "why"),
    [
        ({"events.strike.chance": 0}, "events.strike.chance", "chance is 0 in every month"),
        ({"numbers.struck": 0}, "events.strike.chance", "chance is 0 in every month"),
        ({"events.strike.chance": "struck * near * (-1 - abs(near))"}, "", ""),
        ({"events.strike.chance": "-abs(near)"}, "events.strike.chance", "chance is 0 in every month"),
        ({"events.crossed.when": "enough < 100"}, "events.crossed.when", "its condition holds in no month"),
        ({"events.crossed.when": "clamp(near, 0, 1) > 1"}, "events.crossed.when", "holds in no month"),
        ({"events.crossed.when": "clamp(near, 0, 1) >= 1"}, "", ""),
        ({"events.crossed.when": "chance(0)"}, "events.crossed.when", "holds in no month"),
        ({"calendars.meets": ["2019-09-01", "2023-06-04"]}, "events.met.on", "within the 24 months after 2021-06-03"),
        ({"calendars.meets": ["2019-09-01", "2023-06-03"]}, "", ""),
        ({"calendars.meets": ["2021-06-03"]}, "events.met.on", "no date of 'stock.meets'"),
    ],
)  # fmt: skip
def test_events_that_never_happen(changed: dict[str, Any], place: str, why: str) -> None:
    never = [t for t in told(changed, months=MONTHS) if "never" in t]
    assert len(never) == bool(place)
    if place:
        assert never[0].startswith(f"parts.stock.{place}: 'stock.{place.split('.')[1]}' never happens: ")
        assert why in never[0]


def test_what_needs_an_event_that_never_happens_never_happens() -> None:
    """Also through levels, values of last month and the time since."""
    chain = {
        "events.none": {"chance": 0},
        "events.after": {"when": "happened(none)"},
        "events.later": {"chance": "if before(after) then 0.5 else 0"},
        "levels.many": {"start": "0", "next": "if later then many + 1 else many", "unit": "share"},
        "events.counted": {"when": "many > 0.5"},
        "events.since": {"when": "months_since(none) >= 0"},
        "values.lag": "(before(many) ?? 0) * 2",
        "events.last": {"chance": "lag"},
    }
    valued = [*VALUED, *(f"stock.{e}" for e in ("counted", "since", "last"))]
    found = told(chain, valued=valued)
    assert [t.split("'")[1].split(".")[1] for t in found if "never happens" in t] == [
        "none", "after", "later", "counted", "since", "last",
    ]  # fmt: skip


def test_what_a_policy_may_change_is_not_known() -> None:
    assert told({"numbers.struck": 0}, changed=["stock.struck"]) == []
    held = {"levels.x": {"start": "0", "next": "x", "unit": "share"}, "events.e": {"when": "x > 0"}}
    assert "never" in told(held, valued=[*VALUED, "stock.e"])[0]
    assert told(held, valued=[*VALUED, "stock.e"], changed=["stock.x"]) == []


def test_what_months_do_not_suffice_for_never_happens() -> None:
    """40 kg and 4 a month: 140 are there after 25 months, 141 a month later."""
    stock = {"numbers.now": {"range": 40, "unit": "kg"}, "numbers.slows": {"kept": 0, "lifted": 0}}
    stock |= {"numbers.grows": {"range": 4, "unit": "kg"}}
    begins = MONTHS[0]
    for count, many in ((24, 1), (25, 0), (60, 0)):
        found = told(stock, months=(begins, count))
        assert [t for t in found if "'stock.crossed' never happens" in t] == found
        # After two years everything that grows is taken to have no end.
        assert len(found) == many
    assert told(stock) == []


def test_levels_are_held_to_what_their_equations_allow() -> None:
    found = limits(
        wired(
            {
                "levels.x": {"start": "0.5", "next": "clamp(x + 0.1 * shock, 0, 1)", "unit": "share"},
                "levels.y": {"start": "3", "next": "0.5 * clamp(y, 0, 2) + x", "unit": "share"},
                "levels.z": {"next": "if crossed then 0.2 else z", "unit": "share"},
                "values.w": "(z ?? 0) + x",
            }
        )
    )
    assert found["stock.x"] == Bounds(0, 1)
    assert found["stock.y"] == Bounds(0, 3)
    assert found["stock.z"].gap
    assert not found["stock.w"].gap
    assert found["stock.enough"] == Bounds(140, 140)


def test_what_nothing_reads_is_decorative() -> None:
    changed = {
        "numbers.spare": 0.5,
        "calendars.feast": ["2021-09-01"],
        "values.pride": "near * 2 * scale",
        "numbers.scale": 0.5,
        "values.seen": "pride + 1",
        "levels.ahead": {"start": "0", "next": "ahead + before(behind)", "unit": "share"},
        "levels.behind": {"start": "0", "next": "before(ahead)", "unit": "share"},
    }
    found = told(changed)
    assert [t.split(":")[0] for t in found] == [
        "parts.stock.numbers.spare",
        "parts.stock.calendars.feast",
        "parts.stock.values.seen",
        "parts.stock.levels.ahead",
    ]
    assert "nothing reads it" in found[0]
    assert "serves only it: stock.scale, stock.pride" in found[2]
    assert "serves only it: stock.behind" in found[3]
    assert told(changed, valued=[*VALUED, "stock.seen", "stock.behind", "stock.spare", "stock.feast"]) == []


def test_a_part_that_moves_nothing_is_told_of_once() -> None:
    pride = {"values": {"a": "1 + b", "b": "c / 2"}, "numbers": {"c": 0.1}}
    (found,) = told(parts={"pride": pride})
    assert found.startswith("parts.pride: 'pride' is decorative")
    assert told(parts={"pride": pride}, valued=[*VALUED, "pride.a"]) == []


def test_a_part_of_the_product_may_offer_more_than_is_read() -> None:
    offers = {"values": {"a": "1", "b": "2"}}
    (found,) = told(parts={"offers": offers}, valued=[*VALUED, "offers.a"])
    assert "parts.offers.values.b" in found
    assert told(parts={"offers": offers}, valued=[*VALUED, "offers.a"], bundled=["offers"]) == []
    assert "decorative" in told(parts={"offers": offers}, bundled=["offers"])[0]


def test_what_moves_an_issue_or_shares_a_chance_serves() -> None:
    moves = {"sanctions": {"lifted": "stock.met"}, "enrichment": {"by": "stock.near", "low": 0, "high": 1}}
    assert told(moves=moves, valued=["sanctions", "enrichment", "stock.crossed", "stock.strike"]) == []
    assert len(told(moves=moves, valued=["stock.crossed", "stock.strike"])) == 0  # sanctions slow the stock
    rival = {"events.peace": {"chance": 0.1, "ends": "standoff"}}
    assert told(rival) == []
    lone = {"events.peace": {"chance": 0.1, "ends": "other"}}
    assert "parts.stock.events.peace" in told(lone)[0]
