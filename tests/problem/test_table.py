"""The view from one table: who has to agree, what can move, what is fixed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.agreement import players
from detente.case.model import AnyOf, Case
from detente.errors import UsageError
from detente.problem import build, consulted, medians, seat, table


def made(tracks: dict[str, Any]) -> Case:
    issues = {
        "x": {"controlled_by": "a", "status_quo": "no", "options": {"no": {}, "yes": {}}},
        "y": {"controlled_by": {"all": ["b1", "c"]}, "status_quo": "no", "options": {"no": {}, "yes": {}}},
        "z": {"controlled_by": "b", "status_quo": "no", "options": {"no": {}, "yes": {}}},
    }
    factions = ["a", "b1", "b2", "c"]
    preferences = {
        f: {
            "weights": dict.fromkeys(issues, 1),
            "values": {i: {"no": 0, "yes": 100} for i in issues},
            "together": [{"when": {"x": "yes", "z": "no"}, "add": 3}],
            "red_lines": [{"y": "yes"}] if f == "c" else [],
        }
        for f in factions
    }
    return Case.model_validate(
        {
            "detente": 1,
            "id": "tables",
            "title": "Tables",
            "judgement": "made up",
            "parties": {
                "a": {},
                "b": {"factions": {"b1": {}, "b2": {}}, "accepts": {"any": ["b1", "b2"]}},
                "c": {},
                "m": {"role": "mediator"},
            },
            "issues": issues,
            "preferences": preferences,
            "impossible": [{"x": "yes", "y": "yes"}],
            "tracks": tracks,
        }
    )


def test_default_agreement_is_everybody_seated_and_a_party_speaks_by_its_tree() -> None:
    problem = build(made({"main": {"parties": ["a", "b", "c", "m"]}}))
    at = table(problem)
    assert [problem.factions[f] for f in at.factions] == ["a", "b1", "b2", "c"]
    # y needs b1 and c, so an agreement by b2 alone is not enough to move it: it is for what leaves y alone.
    assert at.guards == (frozenset({(1, 1)}),)
    assert at.winning == (0b01011, 0b11101)
    assert at.moving([(0, 1), (2, 1)]).winning == (0b1011, 0b1101)
    assert at.moving([(1, 1)]).winning == (0b1011,)
    assert [problem.issues[i] for i in at.issues] == ["x", "y", "z"]


def test_an_issue_whose_controller_is_absent_stays_where_it_is() -> None:
    problem = build(made({"main": {"parties": ["a", {"b": "b2"}]}}))
    at = table(problem)
    assert [problem.issues[i] for i in at.issues] == ["x", "z"]
    assert set(at.stuck) == {"y"}
    s = seat(problem, medians(problem), at)
    assert s.points.shape == (2, 2, 2, 1)
    # The impossible combination needs y to move, which it cannot: gone. The term has x and z: kept.
    assert len(s.excluded) == 1
    assert not s.excluded.any()


def test_patterns_of_fixed_issues_become_points_or_disappear() -> None:
    problem = build(made({"main": {"parties": ["a", "c"], "issues": ["x"]}}))
    s = seat(problem, medians(problem), table(problem))
    # z stays at "no", so the term hangs on x alone.
    assert s.issue.tolist() == [0]
    assert s.option.tolist() == [1]
    assert s.add[:, 0, 0].tolist() == [300, 300]


def test_thresholds_leave_out_what_does_not_move() -> None:
    problem = build(made({"main": {"parties": ["a", "c"], "issues": ["x"]}}))
    sample = medians(problem)
    s = seat(problem, sample, table(problem))
    np.testing.assert_array_equal(s.thresholds, sample.no_deal[[0, 3]] - s.base)


def test_a_line_on_what_stays_put_binds_whatever_moves() -> None:
    case = made({"main": {"parties": ["a", "c"], "issues": ["x"]}})
    wants = {
        **case.preferences,
        "c": case.preferences["c"].model_copy(update={"red_lines": ({"y": "no"},)}),
        "a": case.preferences["a"].model_copy(update={"red_lines": ({"z": "yes"}, {"z": "no", "x": "yes"})}),
    }
    problem = build(case.model_copy(update={"preferences": wants}))
    s = seat(problem, medians(problem), table(problem))
    options = {int(s.option[k]): t for t, k in enumerate(s.start[:-1])}
    assert s.issue.tolist() == [0, 0]
    assert [s.broken[:, options[o], 0].tolist() for o in (0, 1)] == [[False, True], [True, True]]


def test_unknown_track_names_the_tracks() -> None:
    problem = build(made({"main": {"parties": ["a"]}}))
    with pytest.raises(UsageError, match="it has: main"):
        table(problem, "side")


def test_whoever_is_not_seated_is_not_asked_for_control() -> None:
    """``any`` of somebody here and somebody absent is in the hands of the one who is here."""
    case = made({"main": {"parties": ["a", "c"], "agreement": "c", "issues": ["x"]}})
    issues = {
        **case.issues,
        "x": case.issues["x"].model_copy(update={"controlled_by": AnyOf(any=("a", "b"))}),
    }
    problem = build(case.model_copy(update={"issues": issues}))
    at = table(problem)
    assert [problem.factions[f] for f in at.factions] == ["a", "c"]
    assert at.winning == (0b11,)


def test_a_table_where_nothing_can_move_says_why() -> None:
    problem = build(made({"main": {"parties": ["c"], "issues": ["x", "z"]}}))
    with pytest.raises(UsageError, match=r"nothing can move at the table 'main' .x: whoever controls it"):
        table(problem)


def test_a_table_where_nothing_can_move_does_not_keep_others_from_saying_whom_they_ask() -> None:
    """Nor does it count among those that would have to ask."""
    asks = {"all": ["a", {"when": ["x"], "ask": "b"}]}
    problem = build(
        made(
            {"main": {"parties": ["a", "b"], "agreement": asks}, "side": {"parties": ["c"], "issues": ["x"]}}
        )
    )
    x, b = problem.issues.index("x"), problem.factions.index("b1")
    asked = consulted(problem, x)
    assert asked is not None
    assert b in players(asked)
    assert consulted(problem, problem.issues.index("z")) is None
