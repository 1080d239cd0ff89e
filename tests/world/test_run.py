"""Worlds from equations: closed forms, the meaning of each word, and whose chance is whose."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from detente.case.mechanism import Movement, Part
from detente.case.typed import Reader
from detente.case.wiring import Wiring, wire
from detente.errors import UsageError
from detente.world.form import form
from detente.world.run import Ensemble, dated, prepared, run

START = datetime.date(2021, 6, 3)
ISSUES = {"arms": ("few", "many", "all"), "sanctions": ("kept", "lifted")}
HOME = {"arms": "few", "sanctions": "kept"}
SECONDS = 4.5
"""Standard errors within which a simulated share must lie."""


def simulated(  # noqa: PLR0913
    parts: dict[str, Any],
    asked: list[str],
    *,
    moves: dict[str, Any] | None = None,
    months: int = 24,
    draws: int = 4,
    per: int = 2000,
    summed: tuple[str, ...] = (),
    paths: tuple[str, ...] = (),
    first: int = 0,
    changed: dict[str, Any] | None = None,
    **how: Any,
) -> Ensemble:
    """Worlds at the medians of all numbers (or those of ``changed``), and the conditions ``asked`` in every month."""
    known = TypeAdapter(dict[str, Part]).validate_python(parts)
    wiring = wire(known, {}, ISSUES, TypeAdapter(dict[str, Movement]).validate_python(moves or {}))
    assert isinstance(wiring, Wiring), wiring
    reader = Reader(dict(wiring.slots), set(parts))
    made = form(wiring, HOME, asked=[reader.read(a, truth=True).node for a in asked], **how)
    values = {}
    for name, figure in wiring.figures.items():
        for option, one in figure.items() if isinstance(figure, dict) else [("", figure)]:
            values[f"{name}[{option}]" if option else name] = np.full(draws, one.median)
    values.update({k: np.asarray(v, dtype=float) for k, v in (changed or {}).items()})
    dates = dated(wiring.calendars, made.calendars, START, months)
    options = {**HOME, **how.get("settled", {})}
    ready = prepared(made, values, options, dates, summed=summed, paths=paths)
    return run(ready, per=per, seed=7, first=first)


def near(found: Ensemble, month: int, n: int, chance: float) -> None:
    share = float(found.shares[:, month, n].mean())
    size = found.per * len(found.counts)
    assert share == pytest.approx(chance, abs=SECONDS * math.sqrt(max(chance * (1 - chance), 1e-9) / size))


def test_constant_hazards() -> None:
    found = simulated(
        {"p": {"numbers": {"h": 0.03}, "events": {"fell": {"chance": "h", "once": True}}}},
        ["happened(p.fell)", "p.fell"],
    )
    for month in (0, 1, 12, 24):
        near(found, month, 0, 1 - 0.97**month)
    near(found, 5, 1, 0.03 * 0.97**4)


def test_competing_risks_share_one_chance() -> None:
    part = {
        "numbers": {"a": 0.03, "b": 0.01},
        "events": {"fell": {"chance": "a", "ends": "rule"}, "left": {"chance": "b", "ends": "rule"}},
    }
    found = simulated(
        {"p": part}, ["happened(p.fell)", "happened(p.left)", "happened(p.fell) and happened(p.left)"]
    )
    gone = 1 - 0.96**24
    near(found, 24, 0, 0.75 * gone)
    near(found, 24, 1, 0.25 * gone)
    assert not found.counts[:, :, 2].any()


def test_shares_that_add_up_to_more_than_one_are_scaled_and_the_first_wins_nothing() -> None:
    part = {"events": {"a": {"chance": 0.9, "one_of": "x"}, "b": {"chance": 0.9, "one_of": "x"}}}
    found = simulated({"p": part}, ["p.a", "p.b"], months=3)
    near(found, 1, 0, 0.5)
    near(found, 1, 1, 0.5)
    assert (found.counts[:, 1:].sum(axis=2) == found.per).all()


def test_a_level_returns_to_its_mean() -> None:
    part = {
        "numbers": {"now": {"range": 2, "unit": "kg"}, "rest": {"range": 5, "unit": "kg"}, "pull": 0.1},
        "levels": {"x": {"start": "now", "next": "x + pull * (rest - x)", "unit": "kg"}},
    }
    found = simulated({"p": part}, [], summed=("p.x",), draws=1, per=64)
    for month in range(25):
        assert found.means[0, month, 0] == pytest.approx(5 - 3 * 0.9**month, abs=2e-5)


def test_shocks_have_mean_0_and_variance_1() -> None:
    part = {
        "levels": {
            "x": {"start": "0", "next": "x + shock", "unit": "share"},
            "y": {"start": "0", "next": "shock * shock", "unit": "share"},
        }
    }
    found = simulated({"p": part}, [], summed=("p.x", "p.y"), months=4, per=20000)
    size = math.sqrt(4 * 20000)
    assert abs(found.means[:, 4, 0].mean()) < SECONDS * 2 / size
    # Two shocks in one equation are two places: their product has mean 0, not 1.
    assert abs(found.means[:, 4, 1].mean()) < SECONDS / size


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("exp(x)", math.exp(0.3)),
        ("log(x)", math.log(0.3)),
        ("sqrt(x)", math.sqrt(0.3)),
        ("logistic(x)", 1 / (1 + math.exp(-0.3))),
        ("probit(x - 1)", 0.5 * math.erfc(0.7 / math.sqrt(2))),
        ("probit(-3 * x)", 0.5 * math.erfc(0.9 / math.sqrt(2))),
        ("min(x, 0.2, 1)", 0.2),
        ("max(0.1, x, 0.2)", 0.3),
        ("clamp(10 * x, 0, 1)", 1.0),
        ("abs(-x)", 0.3),
        ("1 - x / 2 - 0.1", 0.75),
        ("if x > 0.2 and not (x >= 1) then 2 else 3", 2.0),
        ("if x < 0.2 or x == 5 then 2 else 3", 3.0),
        ("(if x != 0.5 then 1 else 0) + (if x <= 0.2 then 1 else 0)", 1.0),
        ("table[sanctions]", 0.25),
        ("if sanctions is lifted then 1 else 0", 0.0),
    ],
)
def test_every_word_means_the_same_in_a_month_and_of_a_number(text: str, value: float) -> None:
    """Once with a level that stands at 0.3, once with the number 0.3, which is worked out before the worlds begin."""
    table = {"kept": 0.25, "lifted": 0.5}
    level = {
        "numbers": {"table": table},
        "levels": {"x": {"start": "0.3", "next": "x", "unit": "share"}},
        "values": {"y": text},
    }
    number = {"numbers": {"x": 0.3, "table": table}, "values": {"y": text}}
    for part in (level, number):
        found = simulated({"p": part}, [], paths=("p.y",), months=2, draws=1, per=8)
        assert found.kept[0, :, :, 0] == pytest.approx(value, abs=2e-7)


def test_whole_rounds_by_chance_to_the_right_mean() -> None:
    part = {"levels": {"n": {"start": "7", "next": "whole(0.9 * n)", "unit": "people"}}}
    found = simulated({"p": part}, [], summed=("p.n",), paths=("p.n",), months=3, per=20000)
    assert found.means[:, 3, 0].mean() == pytest.approx(7 * 0.9**3, abs=0.03)
    assert (found.kept == np.floor(found.kept)).all()


def test_events_at_the_dates_of_a_calendar() -> None:
    part = {
        "calendars": {"polls": ["2021-09-20", "2022-03-01"]},
        "events": {"held": {"on": "polls", "chance": 0.5}, "polled": {"on": "polls"}},
        "levels": {"turnout": {"next": "if held then 0.4 else turnout", "unit": "share"}},
        "values": {"ago": "months_since(polled) ?? -1"},
    }
    found = simulated({"p": part}, ["p.held", "p.polled", "happened(p.held)"], paths=("p.turnout", "p.ago"))
    months = [m for m in range(25) if found.counts[:, m, 1].any()]
    assert months == [4, 9]
    near(found, 4, 0, 0.5)
    near(found, 24, 2, 0.75)
    ago = found.kept[0, 0, :, 1]
    assert ago[3] == -1
    assert ago[4] == 0
    assert ago[12] == 3
    # Before the first poll there is no turnout.
    assert np.isnan(found.kept[:, :, :4, 0]).all()


def test_before_is_last_month() -> None:
    part = {
        "calendars": {"day": ["2021-08-20"]},
        "events": {"came": {"on": "day"}, "followed": {"when": "before(came)"}},
        "levels": {"x": {"start": "1", "next": "x + 1", "unit": "share"}},
        "values": {"y": "x - before(x)", "z": "before(y) ?? 5"},
    }
    found = simulated({"p": part}, ["p.came", "p.followed"], paths=("p.z",), months=6, per=8, draws=1)
    assert [int(m) for m in np.flatnonzero(found.counts[0, :, 0])] == [3]
    assert [int(m) for m in np.flatnonzero(found.counts[0, :, 1])] == [4]
    assert found.kept[0, 0, 3:, 0] == pytest.approx(1.0)


def test_events_and_levels_move_issues_and_what_is_settled_stays() -> None:
    part = {
        "calendars": {"day": ["2021-08-20"], "later": ["2021-11-20"]},
        "events": {"armed": {"on": "day"}, "disarmed": {"on": "later"}},
        "numbers": {"loss": {"kept": 0.5, "lifted": 0}},
        "levels": {"step": {"start": "0", "next": "step + 0.1", "unit": "share"}},
        "values": {"left": "1 - loss[sanctions]"},
    }
    moves = {
        "arms": {"many": "p.armed", "few": "p.disarmed"},
        "sanctions": {"by": "p.step", "kept": 0, "lifted": 1},
    }
    asked = ["arms is many", "sanctions is lifted"]
    found = simulated({"p": part}, asked, moves=moves, paths=("p.left",), months=12, per=8, draws=1)
    assert list(np.flatnonzero(found.counts[0, :, 0])) == [3, 4, 5]
    assert list(np.flatnonzero(found.counts[0, :, 1])) == [5, 6, 7, 8, 9, 10, 11, 12]
    assert found.kept[0, 0, 4, 0] == pytest.approx(0.5)
    assert found.kept[0, 0, 6, 0] == 1
    settled = {"sanctions": "lifted", "arms": "all"}
    agreed = simulated(
        {"p": part}, asked, moves=moves, paths=("p.left",), months=12, per=8, draws=1, settled=settled
    )
    assert not agreed.counts[0, :, 0].any()
    assert agreed.counts[0, :, 1].all()
    assert (agreed.kept[0, :, :, 0] == 1).all()


HAZARD = {"numbers": {"h": 0.1}, "events": {"fell": {"chance": "h", "once": True}}}


def test_a_part_added_or_left_still_changes_nobody_elses_chance() -> None:
    alone = simulated({"p": HAZARD}, ["happened(p.fell)"])
    other = {
        "levels": {"x": {"start": "0", "next": "x + shock", "unit": "share"}},
        "events": {"came": {"chance": 0.5, "ends": "it"}, "went": {"chance": 0.2, "ends": "it"}},
    }
    beside = simulated({"q": other, "p": HAZARD}, ["happened(p.fell)"])
    still = simulated({"p": HAZARD, "q": other}, ["happened(p.fell)", "happened(q.came)"], still=("q",))
    assert (alone.counts[..., 0] == beside.counts[..., 0]).all()
    assert (alone.counts[..., 0] == still.counts[..., 0]).all()
    assert not still.counts[..., 1].any()


def test_a_higher_chance_makes_an_event_happen_in_no_world_later() -> None:
    low = simulated({"p": HAZARD}, ["happened(p.fell)"])
    high = simulated({"p": HAZARD}, ["happened(p.fell)"], changed={"p.h": np.full(4, 0.12)})
    assert (high.counts >= low.counts).all()
    assert (high.counts > low.counts).any()


def test_draws_are_numbered_whoever_computes_them() -> None:
    all_ = simulated({"p": HAZARD}, ["happened(p.fell)"], draws=6, per=700)
    last = simulated({"p": HAZARD}, ["happened(p.fell)"], draws=2, per=700, first=4)
    assert (all_.counts[4:] == last.counts).all()
    assert not (all_.counts[0] == all_.counts[1]).all()


def test_more_worlds_begin_with_the_same_ones() -> None:
    part = {**HAZARD, "levels": {"x": {"start": "0", "next": "x + shock", "unit": "share"}}}
    few = simulated({"p": part}, ["happened(p.fell)"], per=8, paths=("p.x",))
    many = simulated({"p": part}, ["happened(p.fell)"], per=1500, paths=("p.x",))
    assert np.array_equal(few.kept, many.kept)


def test_what_has_no_finite_value_names_its_equation_month_and_draw() -> None:
    part = {
        "numbers": {"n": 1},
        "levels": {"x": {"start": "n", "next": "x - 0.5", "unit": "share"}},
        "values": {"bad": "1 / x"},
    }
    with pytest.raises(UsageError, match=r"p\.bad: in month 2 of draw 0"):
        simulated({"p": part}, [])
    with pytest.raises(UsageError, match=r"p\.bad: in month 4 of draw 3"):
        simulated({"p": part}, [], changed={"p.n": [50.0, 50.0, 50.0, 2.0]})


def test_there_is_no_month_before_the_first() -> None:
    """A level was where it starts, a value was not, in every block of worlds."""
    part = {
        "levels": {"x": {"start": "2", "next": "x + 1", "unit": "share"}},
        "values": {"y": "before(x)", "z": "before(w) ?? -1", "w": "x"},
        "events": {"e": {"when": "x > 0"}},
    }
    found = simulated({"p": part}, ["before(p.e)"], summed=("p.y", "p.z"), months=2, per=1500, draws=1)
    assert found.means[0].tolist() == [[2, -1], [2, 2], [3, 3]]
    assert found.counts[0, :, 0].tolist() == [0, 0, 1500]


def test_conditions_that_are_the_same_in_a_month_may_differ_in_month_0() -> None:
    part = {"events": {"e": {"when": "arms is few"}, "o": {"when": "before(e)"}}}
    found = simulated(
        {"p": part}, ["p.e", "arms is few"], moves={"arms": {"all": "p.o"}}, months=2, per=8, draws=1
    )
    assert found.counts[0].tolist() == [[0, 8], [8, 8], [0, 0]]


def test_an_absent_level_moves_no_issue_and_a_tie_goes_to_the_higher() -> None:
    part = {
        "calendars": {"day": ["2021-08-20"]},
        "events": {"polled": {"on": "day"}},
        "levels": {"x": {"next": "if polled then 0.5 else x", "unit": "share"}},
    }
    moves = {"arms": {"by": "p.x", "few": 0, "many": 1, "all": 2}}
    found = simulated({"p": part}, ["arms is few", "arms is many"], moves=moves, months=4, per=8, draws=1)
    assert found.counts[0, :, 0].tolist() == [8, 8, 8, 0, 0]
    assert found.counts[0, :, 1].tolist() == [0, 0, 0, 8, 8]


@pytest.mark.parametrize(
    "text",
    [
        "clamp(1 / x, 0, 1)",
        "max(1, 2 / (x * x))",
        "min(x, 1 / (x - x))",
        "logistic(n / x)",
        "log(exp(x) / x)",
        "max(x, gap)",
    ],
)
def test_no_word_hides_what_has_no_value(text: str) -> None:
    part = {
        "numbers": {"n": 1},
        "events": {"never": {"when": "x > 9"}},
        "levels": {
            "x": {"start": "0", "next": "x", "unit": "share"},
            "gap": {"next": "if never then 1 else gap", "unit": "share"},
        },
        "values": {"bad": text},
    }
    with pytest.raises(UsageError, match=r"p\.bad: in month 0 of draw 0"):
        simulated({"p": part}, [])


def test_a_chance_and_a_start_must_be_finite() -> None:
    zero = {"p.n": np.zeros(4)}
    event = {"numbers": {"n": [0, 0.5, 1]}, "events": {"e": {"chance": "1 / n"}}}
    with pytest.raises(UsageError, match=r"p\.e: in month 1 of draw 0"):
        simulated({"p": event}, [], changed=zero)
    level = {
        "numbers": {"n": [0, 0.5, 1]},
        "levels": {"x": {"start": "1 / n", "next": "x", "unit": "share"}},
    }
    with pytest.raises(UsageError, match=r"p\.x: in month 0 of draw 0"):
        simulated({"p": level}, [], changed=zero)
    closed = {
        "numbers": {"n": [0, 0.5, 1]},
        "calendars": {"day": ["2031-08-20"]},
        "events": {k: {"chance": "1 / n", "on": "day", "one_of": "x"} for k in "ab"},
    }
    simulated({"p": closed}, [], changed=zero)


def test_a_level_that_has_had_a_value_has_one() -> None:
    """Absent until a poll; then it may not be divided by 0, nor be lost again."""

    def turnout(text: str) -> dict[str, Any]:
        return {
            "calendars": {"day": ["2021-08-20"], "later": ["2021-10-20"]},
            "events": {"polled": {"on": "day"}, "lost": {"on": "later"}, "never": {"when": "never_is > 0"}},
            "levels": {
                "never_is": {"start": "0", "next": "never_is", "unit": "share"},
                "gap": {"next": "if never then 1 else gap", "unit": "share"},
                "x": {"next": f"if polled then 0.5 else if lost then {text} else x", "unit": "share"},
            },
        }

    found = simulated({"p": turnout("x / 2")}, [], paths=("p.x",), months=6, draws=1, per=8)
    assert np.array_equal(found.kept[0, 0, :, 0], [np.nan] * 3 + [0.5] * 2 + [0.25] * 2, equal_nan=True)
    for text in ("x / (x - 0.5)", "gap", "exp(88) * exp(88)"):
        with pytest.raises(UsageError, match=r"p\.x: in month 5 of draw 0"):
            simulated({"p": turnout(text)}, [], months=6, draws=1, per=8)
    endless = turnout("x")
    endless["levels"]["x"]["next"] = "if polled then exp(88) * exp(88) else x"
    with pytest.raises(UsageError, match=r"p\.x: in month 3 of draw 0"):
        simulated({"p": endless}, [], months=6, draws=1, per=8)


def test_an_issue_has_the_option_of_its_level_from_the_beginning() -> None:
    """By a level or a value, wherever the status quo is; what is settled and what is absent stay."""
    part = {
        "levels": {
            "x": {"start": "0.9", "next": "x", "unit": "share"},
            "gap": {"next": "gap", "unit": "share"},
        },
        "values": {"y": "if sanctions is lifted then 2 else 0"},
    }
    asked = ["sanctions is lifted", "arms is all", "arms is few"]
    moves = {
        "sanctions": {"by": "p.x", "kept": 0, "lifted": 1},
        "arms": {"by": "p.y", "few": 0, "many": 1, "all": 2},
    }
    found = simulated({"p": part}, asked, moves=moves, months=2, draws=1, per=8)
    assert found.counts[0].tolist() == [[8, 8, 0]] * 3
    settled = simulated(
        {"p": part}, asked, moves=moves, months=2, draws=1, per=8, settled={"sanctions": "kept"}
    )
    assert settled.counts[0].tolist() == [[0, 0, 8]] * 3
    absent = {**moves, "arms": {"by": "p.gap", "few": 0, "many": 1, "all": 2}}
    assert (
        simulated({"p": part}, asked, moves=absent, months=2, draws=1, per=8).counts[0].tolist()
        == [[8, 0, 8]] * 3
    )


def test_a_chance_below_0_is_0_and_one_above_1_is_1() -> None:
    """Also within a group: chances of 5 and of 1 share it equally."""
    part = {
        "numbers": {"much": {"range": [4, 5, 6], "unit": "number"}},
        "events": {
            "alone": {"chance": "much"},
            "less": {"chance": "-much"},
            "a": {"chance": "much", "one_of": "x"},
            "b": {"chance": "1", "one_of": "x"},
            "c": {"chance": "-much", "one_of": "x"},
        },
    }
    asked = ["p.alone", "p.less", "p.a", "p.b", "p.c"]
    found = simulated({"p": part}, asked, months=2, per=5000)
    for n, chance in enumerate((1, 0, 0.5, 0.5, 0)):
        near(found, 2, n, chance)
