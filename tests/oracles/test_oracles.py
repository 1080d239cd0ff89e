"""The reference implementations themselves, on numbers that can be checked by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from detente.case.model import Case
from oracles.deal import (
    GRID,
    Table,
    breaks_a_line,
    candidates,
    egalitarian,
    frontier,
    kalai_smorodinsky,
    nash,
    nearest_miss,
    no_deal,
    utilitarian,
    utility,
)
from oracles.quantiles import BOUNDS, quantile, widened


def raw() -> dict[str, Any]:
    """Land (three levels, weight 3 of 4 for a, 1 of 4 for b) and water (two levels) between a and b's factions."""
    return {
        "detente": 1,
        "id": "by-hand",
        "title": "By hand",
        "parties": {"a": {}, "b": {"factions": {"b1": {}, "b2": {}}}, "m": {"role": "mediator"}},
        "issues": {
            "land": {
                "status_quo": "none",
                "options": {"none": {}, "half": {}, "all": {}},
                "controlled_by": "a",
            },
            "water": {"status_quo": "none", "options": {"none": {}, "shared": {}}, "controlled_by": "b"},
            "weather": {"status_quo": "dry", "options": {"dry": {}, "wet": {}}, "controlled_by": "outside"},
        },
        "preferences": {
            "a": {
                "weights": {"land": 30, "water": 10},
                "values": {"land": {"none": 100, "half": 80, "all": 0}, "water": {"none": 0, "shared": 100}},
                "indifferent": ["weather"],
            },
            "b1": {
                "weights": {"land": 1, "water": 1},
                "values": {"land": {"none": 0, "half": 50, "all": 100}, "water": {"none": 100, "shared": 60}},
                "indifferent": ["weather"],
            },
            "b2": {
                "weights": {"land": 1, "water": 3},
                "values": {"land": {"none": 0, "half": 50, "all": 100}, "water": {"none": 100, "shared": 80}},
                "together": [{"when": {"land": "half", "water": "shared"}, "add": -2}],
                "indifferent": ["weather"],
            },
        },
    }


def two_sides(**changes: Any) -> Case:
    return Case.model_validate({**raw(), **changes})


def package(land: str, water: str) -> dict[str, str]:
    return {"land": land, "water": water, "weather": "dry"}


def changed(faction: str, **wants: Any) -> dict[str, Any]:
    preferences: dict[str, Any] = raw()["preferences"]
    preferences[faction].update(wants)
    return preferences


HALF_SHARED, HALF, ALL_SHARED = package("half", "shared"), package("half", "none"), package("all", "shared")


def test_points_by_hand() -> None:
    case = two_sides()
    assert [utility(case, "a", p) for p in (HALF_SHARED, HALF, ALL_SHARED)] == [85, 60, 25]
    assert [utility(case, "b1", p) for p in (HALF_SHARED, HALF, ALL_SHARED)] == [55, 75, 80]
    assert [utility(case, "b2", p) for p in (HALF_SHARED, HALF, ALL_SHARED)] == [
        Fraction("70.5"),
        Fraction("87.5"),
        85,
    ]
    assert [no_deal(case, f) for f in ("a", "b1", "b2")] == [75, 50, 75]


def test_what_is_agreed_by_hand() -> None:
    table = Table(two_sides())
    assert table.movable == ["land", "water"]
    assert len(table.packages()) == 5
    assert table.agreed() == []
    assert table.blockers() == [frozenset({"b2"}), frozenset({"a"})] or set(table.blockers()) == {
        frozenset({"a"}),
        frozenset({"b2"}),
    }
    assert nearest_miss(table) == (Fraction("4.5"), HALF_SHARED)


def test_one_faction_is_enough_where_the_party_says_so() -> None:
    parties = {"a": {}, "b": {"factions": {"b1": {}, "b2": {}}, "accepts": {"any": ["b1", "b2"]}}}
    table = Table(two_sides(parties=parties))
    assert table.winning_sets() == [frozenset({"a", "b1"}), frozenset({"a", "b2"})]
    assert table.agreed() == frontier(table) == [HALF_SHARED]
    among = candidates(table, frozenset({"a", "b1"}))
    assert among.gains == [[10, 5]]
    for solution in (nash, kalai_smorodinsky, egalitarian, utilitarian):
        assert solution(among) == HALF_SHARED


def test_a_red_line_fails_whoever_drew_it_and_nobody_else() -> None:
    lines = {"red_lines": [{"land": "half"}], "firm": [{"package": {"water": "shared"}, "holds": 0.5}]}
    case = two_sides(preferences=changed("b1", **lines))
    assert breaks_a_line(case, "b1", HALF)
    assert breaks_a_line(case, "b1", ALL_SHARED)
    assert not breaks_a_line(case, "b1", package("all", "none"))
    assert not breaks_a_line(case, "b2", HALF)
    weaker = {"firm": [{"package": {"water": "shared"}, "holds": 0.49}]}
    assert not breaks_a_line(two_sides(preferences=changed("b1", **weaker)), "b1", ALL_SHARED)


def test_the_likeliest_reading_replaces_key_by_key() -> None:
    readings = {
        "b2": {
            "second": {"prior": 0.3, "preferences": {"weights": {"water": 1}}},
            "first": {"prior": 0.4, "preferences": {"values": {"land": {"half": 60}}, "together": []}},
            "as_likely": {"prior": [0.3, 0.4, 0.6], "preferences": {"no_deal": 0}},
        }
    }
    case = two_sides(readings=readings)
    assert utility(case, "b2", HALF_SHARED) == 15 + 60
    assert no_deal(case, "b2") == 75


def test_without_a_seat_there_is_no_consent_and_nothing_moves() -> None:
    tracks = {
        "small": {"parties": ["a", {"b": "b1"}]},
        "large": {"parties": ["a", "b", "m"], "issues": ["land"]},
    }
    small, large = (Table(two_sides(tracks=tracks), t) for t in tracks)
    assert small.movable == ["land"], "water needs both factions of b"
    assert list(small.party_of) == ["a", "b1"]
    assert large.movable == ["land"]
    assert list(large.party_of) == ["a", "b1", "b2"]


def test_who_controls_what_is_not_moved_need_not_be_asked() -> None:
    case = two_sides(agreement="a", preferences=changed("a", no_deal=0))
    table, consent = Table(case), frozenset({"a"})
    assert HALF in table.agreed()
    assert table.agreed_by(consent, HALF)
    assert not table.agreed_by(consent, HALF_SHARED)


def test_who_is_asked_where_an_issue_moves_need_not_be_asked_elsewhere() -> None:
    case = two_sides(agreement={"all": ["a", {"when": ["water"], "ask": "b1"}]})
    table = Table(case)
    assert table.agreed_by(frozenset({"a"}), HALF)
    assert not table.agreed_by(frozenset({"a", "b2"}), HALF_SHARED)


def test_rounding_is_half_to_even_addend_by_addend() -> None:
    weights = {"weights": {"land": 1, "water": 7}}
    case = two_sides(preferences=changed("b1", **weights, no_deal={"status_quo": 0.125}))
    assert utility(case, "b1", package("half", "shared")) == Fraction(50 + 7 * 60, 8)
    assert no_deal(case, "b1") == Fraction("87.625")
    assert no_deal(case, "b1", step=GRID) == Fraction("87.62")


# --- quantiles --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*BOUNDS, None])
@pytest.mark.parametrize(
    ("low", "median", "high"), [(30, 40, 60), (0, 0, 1), (30, 32, 60), (0, 0.5, 1), (1, 1, 1)]
)
def test_quantiles_keep_what_was_typed(kind: str | None, low: float, median: float, high: float) -> None:
    if kind == "share" and high > 1:
        pytest.skip("not a share")
    bounds = BOUNDS[kind] if kind else (None, None)
    assert quantile([0.05, 0.5, 0.95], low, median, high, bounds) == pytest.approx([low, median, high])
    drawn = quantile(np.linspace(0, 1, 2001), low, median, high, bounds)
    assert (np.diff(drawn) >= -1e-12).all()
    for bound, end in zip(bounds, (drawn[0], drawn[-1]), strict=True):
        assert bound is None or (end - bound) * (median - bound) >= 0, "no draw beyond a bound"


def test_support_and_widening() -> None:
    assert quantile([0, 1], -4, 0, 10) == pytest.approx([-6, 15])
    assert quantile([0, 1], 4, 12, 22, (0, 100)) == pytest.approx([0, 27])
    assert quantile([0, 1], 4, 12, 22, (1, 25)) == pytest.approx([1, 25])
    assert widened(30, 40, 60, 2, (0, 100)) == (20, 40, 80)
    assert widened(30, 40, 60, 5, BOUNDS["value"]) == (0, 40, 100)
