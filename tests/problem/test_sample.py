"""Ranges become draws: quantiles, copula, readings, lines, and the grid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracles import quantiles as oracle
from scipy.interpolate import PchipInterpolator

from detente.case.model import Case, Range
from detente.case.reading import read_case
from detente.problem import build, draw, medians, parameters
from detente.problem.build import Parameter, parameter
from detente.problem.sample import quantile
from detente.problem.seat import seat
from detente.problem.table import table
from detente.rng import uniforms


def raw() -> dict[str, Any]:
    """A case of two parties and two issues, small enough for mental arithmetic."""
    return {
        "detente": 1,
        "id": "small",
        "title": "Small",
        "judgement": "made up",
        "parties": {"a": {}, "b": {}},
        "issues": {
            "land": {"controlled_by": "a", "status_quo": "kept", "options": {"kept": {}, "given": {}}},
            "peace": {"controlled_by": "b", "status_quo": "no", "options": {"no": {}, "yes": {}}},
        },
        "preferences": {
            "a": {
                "weights": {"land": 1, "peace": 3},
                "values": {"land": {"kept": 100, "given": 0}, "peace": {"no": 0, "yes": 100}},
            },
            "b": {
                "weights": {"land": [2, 3, 5], "peace": 2},
                "values": {"land": {"kept": 0, "given": 100}, "peace": {"no": 100, "yes": 0}},
            },
        },
    }


def made(**changes: Any) -> Case:
    return Case.model_validate(raw() | changes)


@pytest.mark.parametrize(
    "knots",
    [
        (0, 30, 32, 60, 100),
        (0, 0, 0, 40, 100),
        (0, 10, 50, 90, 100),
        (0, 100, 100, 100, 100),
        (0, 0, 50, 100, 100),
        (-3.0, -2.5, -1, 7, 11),
    ],
)
def test_quantile_function_is_the_monotone_cubic_through_its_knots(knots: tuple[float, ...]) -> None:
    u = np.linspace(0, 1, 501)
    reference = PchipInterpolator([0, 0.05, 0.5, 0.95, 1], knots)(u)
    found = quantile(np.array([knots], dtype=float), u[:, None])[:, 0]
    np.testing.assert_allclose(found, reference, atol=1e-9)
    assert (np.diff(found) >= -1e-12).all()


def test_best_estimates_are_normalised_medians() -> None:
    sample = medians(build(made()))
    # a: weights 1 and 3 of 4, so the land is worth 25 points and peace 75, in hundredths.
    assert sample.points[0, :, :, 0].tolist() == [[2500, 0], [0, 7500]]
    # b: 3 and 2 of 5.
    assert sample.points[1, :, :, 0].tolist() == [[0, 6000], [4000, 0]]
    assert sample.no_deal[:, 0].tolist() == [2500, 4000]


def test_what_is_certain_is_the_same_number_of_steps_in_one_draw_and_in_many() -> None:
    """Eight weights that add up to 4, or to the number before it; half a step of 0.01 point hangs on which."""
    weights = dict(zip("abcdefgh", (0.7, 0.6, 0.5, 0.5, 0.6, 0.3, 0.1, 0.7), strict=True))
    issue = {"controlled_by": "outside", "status_quo": "kept", "options": {"kept": {}, "given": {}}}
    wants = {"weights": weights, "values": {i: {"kept": 0, "given": 5} for i in weights}}
    problem = build(made(issues=dict.fromkeys(weights, issue), preferences={"a": wants, "b": wants}))
    many = draw(problem, uniforms(problem.dimensions, 8, seed=1))
    assert (many.points == medians(problem).points).all()


def test_status_quo_is_exactly_as_good_as_a_no_deal_value_relative_to_it() -> None:
    """Paired: what is uncertain about the scale cancels, to the last grid step."""
    problem = build(made())
    sample = draw(problem, uniforms(problem.dimensions, 256, seed=1))
    here = sample.points[1, 0, 0] + sample.points[1, 1, 0]
    np.testing.assert_array_equal(here, sample.no_deal[1])
    assert np.unique(here).size > 50, "the range has to be drawn"


def test_widening_keeps_the_median_and_respects_bounds() -> None:
    narrow, wide = build(made()), build(made(), widen=10)
    p = {q.path: q for q in narrow.parameters}["b.weights.land"]
    w = {q.path: q for q in wide.parameters}["b.weights.land"]
    assert (p.low, p.median, p.high) == (2, 3, 5)
    assert (w.low, w.median, w.high) == (0, 3, 23)
    assert (p.lower, p.upper) == (1.5, 6)
    assert (w.lower, w.upper) == (0, 33)


def judged(typed: list[float], lower: float | None, upper: float | None, widen: float = 1.0) -> Parameter:
    low, median, high = typed
    value = Range(low=low, median=median, high=high)
    return parameter("", "value", "", value, lower, upper, widen=widen)


@pytest.mark.parametrize("widen", [0.0, 0.3, 1.0, 2.0, 40.0])
@pytest.mark.parametrize(
    "typed", [[4, 12, 22], [20, 33, 48], [0, 0, 70], [30, 32, 60], [60, 90, 95], [5, 5, 5]]
)
def test_one_rule_for_tails_whatever_the_bounds(typed: list[float], widen: float) -> None:
    """A bound cuts a tail and never draws it out: the ends are those of the same range without bounds, cut."""
    free, cut = judged(typed, None, None, widen), judged(typed, 0, 100, widen)
    assert cut.knots == tuple(min(100, max(0, k)) for k in free.knots)
    median = typed[1]
    for end, percentile in ((free.lower, free.low), (free.upper, free.high)):
        assert end - median == pytest.approx(1.5 * (percentile - median))
    u = np.linspace(0, 1, 101)
    found = quantile(np.array([cut.knots]), u[:, None])[:, 0]
    reference = oracle.quantile(u, *oracle.widened(*typed, widen, (0, 100)), (0, 100))
    if cut.knots == free.knots:
        np.testing.assert_allclose(found, reference, atol=1e-9)
    assert found.min() >= 0
    assert found.max() <= 100


def test_a_value_far_from_a_bound_is_not_drawn_near_it() -> None:
    knots = np.array([judged([4, 12, 22], 0, 100).knots])
    assert quantile(knots, np.array([[0.99]]))[0, 0] == pytest.approx(25.9, abs=0.1)
    knots = np.array([judged([20, 33, 48], 0, 100).knots])
    assert quantile(knots, np.array([[0.01], [0.99]]))[:, 0] == pytest.approx([15, 53.8], abs=0.1)


def test_declared_rank_correlation_is_drawn() -> None:
    case = made(
        preferences={
            **raw()["preferences"],
            "a": {
                "weights": {"land": [1, 2], "peace": [3, 8]},
                "values": {"land": {"kept": 100, "given": 0}, "peace": {"no": 0, "yes": 100}},
            },
        },
        moves_with=[{"these": ["a.weights.land", "a.weights.peace"], "correlation": 0.6}],
    )
    problem = build(case)
    values = parameters(problem, uniforms(problem.dimensions, 8192, seed=3))
    which = [n for n, p in enumerate(problem.parameters) if p.path in ("a.weights.land", "a.weights.peace")]
    ranks = values[:, which].argsort(axis=0).argsort(axis=0)
    assert np.corrcoef(ranks.T)[0, 1] == pytest.approx(0.6, abs=0.02)


def test_readings_are_drawn_by_their_priors_and_can_be_fixed() -> None:
    case = made(
        readings={
            "a": {
                "hawk": {"prior": 0.25, "preferences": {"weights": {"land": 9}}},
                "dove": {"prior": 0.75},
            }
        }
    )
    problem = build(case)
    u = uniforms(problem.dimensions, 4096, seed=0)
    sample = draw(problem, u)
    hawk = sample.reading[0] == 0
    assert hawk.mean() == pytest.approx(0.25, abs=0.01)
    assert set(sample.points[0, 0, 0][hawk]) == {7500}
    assert set(sample.points[0, 0, 0][~hawk]) == {2500}
    fixed = draw(problem, u, readings={"a": "hawk"})
    assert (fixed.reading[0] == 0).all()
    np.testing.assert_array_equal(fixed.points[1], sample.points[1])
    assert medians(problem).reading[0, 0] == 1, "at best estimates the likelier reading"


def test_a_firm_line_holds_as_often_as_judged() -> None:
    preferences = raw()["preferences"]
    preferences["a"]["firm"] = [{"package": {"land": "given"}, "holds": [0.2, 0.3, 0.4]}]
    problem = build(made(preferences=preferences))
    sample = draw(problem, uniforms(problem.dimensions, 8192, seed=0))
    assert sample.broken[0, 0].mean() == pytest.approx(0.3, abs=0.02)
    assert not medians(problem).broken.any(), "at best estimates a line that rather does not hold"


def test_outside_issue_moves_by_chance_and_never_by_choice() -> None:
    case = made(
        issues={
            **raw()["issues"],
            "rain": {
                "controlled_by": "outside",
                "status_quo": "dry",
                "options": {"dry": {}, "wet": {}},
                "chances": {"dry": 0.4, "wet": 0.6},
            },
        },
        preferences={
            f: {
                "weights": {"land": 1, "peace": 1, "rain": 2},
                "values": {
                    "land": {"kept": 0, "given": 100},
                    "peace": {"no": 0, "yes": 100},
                    "rain": {"dry": 0, "wet": 100},
                },
            }
            for f in "ab"
        },
    )
    problem = build(case)
    sample = draw(problem, uniforms(problem.dimensions, 4096, seed=0))
    wet = sample.outside[2] == 1
    assert wet.mean() == pytest.approx(0.6, abs=0.01)
    assert set(sample.no_deal[0][wet]) == {5000}
    assert set(sample.no_deal[0][~wet]) == {0}


def test_raw_points_are_met_exactly() -> None:
    case = made(
        status_quo="none",
        preferences={
            f: {
                "points": {"land": {"kept": 12, "given": 7.25}, "peace": {"no": 0, "yes": 30}},
                "no_deal": 20,
            }
            for f in "ab"
        },
    )
    problem = build(case)
    assert problem.step.tolist() == [0.01, 0.01]
    assert medians(problem).points[0, 0, :, 0].tolist() == [1200, 725]


def test_same_seed_same_sample() -> None:
    problem = build(made())
    a = draw(problem, uniforms(problem.dimensions, 512, seed=7))
    b = draw(problem, uniforms(problem.dimensions, 512, seed=7))
    assert a.points.tobytes() == b.points.tobytes()
    c = draw(problem, uniforms(problem.dimensions, 512, seed=8))
    assert a.points.tobytes() != c.points.tobytes()


def test_what_is_decided_outside_needs_no_status_quo() -> None:
    text = """\
detente: 1
id: none
title: No status quo
status_quo: none
judgement: made up
parties: {a: {}, b: {}}
issues:
  x: {options: {p: , q: }}
  w: {controlled_by: outside, options: {r: , s: }, chances: {r: 0.3, s: 0.7}}
preferences:
  a: {no_deal: 30, weights: {x: 60, w: 40}, values: {x: {p: 100, q: 0}, w: {r: 100, s: 0}}}
  b: {no_deal: 30, weights: {x: 60, w: 40}, values: {x: {p: 0, q: 100}, w: {r: 0, s: 100}}}
"""
    problem = build(read_case(text, "none.yaml").case)
    assert medians(problem).outside[1].tolist() == [1]
    drawn = draw(problem, uniforms(problem.dimensions, 512, seed=1))
    assert drawn.outside[1].mean() == pytest.approx(0.7, abs=0.02)
    seen = seat(problem, drawn, table(problem))
    assert set(seen.base[0].tolist()) == {0, 4000}
