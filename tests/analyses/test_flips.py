"""Flips against their definitions: a closed form by hand, SALib's indices, and no change without a cause."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from SALib.analyze import sobol as sobol_indices
from SALib.sample import sobol as sobol_sample

from detente.analyses.deal import deal
from detente.analyses.flips import flips
from detente.analyses.flips.index import END, PLACES, SHARES, first_order
from detente.case.model import Case
from detente.draws import prepare
from detente.problem.sample import quantile


def well_and_road() -> Case:
    """North gives the well for the road; four weights are ranges."""
    return Case.model_validate(
        {
            "detente": 1,
            "id": "well",
            "title": "Well and road",
            "parties": {"north": {}, "south": {}},
            "issues": {
                "well": {"controlled_by": "north", "status_quo": "shut", "options": {"shut": {}, "open": {}}},
                "road": {"controlled_by": "south", "status_quo": "shut", "options": {"shut": {}, "open": {}}},
            },
            "preferences": {
                "north": {
                    "weights": {"well": [20, 40, 60], "road": [30, 50, 70]},
                    "values": {"well": {"shut": 100, "open": 0}, "road": {"shut": 0, "open": 100}},
                },
                "south": {
                    "weights": {"well": [30, 60, 90], "road": [20, 50, 60]},
                    "values": {"well": {"shut": 0, "open": 100}, "road": {"shut": 100, "open": 0}},
                },
            },
        }
    )


def test_first_order_indices_are_those_of_salib() -> None:
    ready = prepare(well_and_road(), draws=8192)
    found = flips(ready, deal(ready))
    names = ["north.weights.well", "north.weights.road", "south.weights.well", "south.weights.road"]
    mine = {f.path: f.first_order for f in found.flips}
    knots = np.array([p.knots for name in names for p in ready.problem.parameters if p.path == name])
    problem = {"num_vars": 4, "names": names, "bounds": [[0, 1]] * 4}
    x = quantile(knots, sobol_sample.sample(problem, 2**14, calc_second_order=False, seed=1))
    # The exchange is agreed if the road is worth the well to north, and the well the road to south.
    y = ((x[:, 1] >= x[:, 0]) & (x[:, 2] >= x[:, 3])).astype(float)
    theirs = sobol_indices.analyze(problem, y, calc_second_order=False, seed=1)["S1"]
    np.testing.assert_allclose([mine[name] for name in names], theirs, atol=0.02)


def held(of: Any, number: int, count: int, draws: int = 4096) -> np.ndarray[Any, Any]:
    """[places, draws] of a function of ``count`` uniforms, one of them held at each place in turn."""
    u = np.random.default_rng(4).random((draws, count))
    found = []
    for place in PLACES:
        u[:, number] = place
        found.append(of(u))
    return np.array(found, dtype=float)


@pytest.mark.parametrize("share", [0.3, 0.9, 0.95, 0.99, 0.999])
def test_an_answer_that_hangs_on_the_tail_of_one_number_alone_has_index_1(share: float) -> None:
    """Y = [x > x_99]: eight midpoints end at 0.9375 and would say 0."""
    index, error = first_order(held(lambda u: u[:, 0] > share, 0, 2), 8)
    assert index == pytest.approx(1, abs=1e-12)
    assert error == pytest.approx(0, abs=1e-12)
    assert first_order(held(lambda u: u[:, 0] > share, 1, 2), 8)[0] == pytest.approx(0, abs=1e-12)
    assert first_order(np.ones((len(PLACES), 64)), 8) == (0, 0)


def test_half_of_what_happens_in_a_tail() -> None:
    """Y = [x > 0.95 and z > 0.5]: Var(E[Y | x]) = 0.05 x 0.95 / 4, Var(Y) = 0.025 x 0.975."""
    index, error = first_order(held(lambda u: (u[:, 0] > 0.95) & (u[:, 1] > 0.5), 0, 2), 8)
    assert index == pytest.approx(0.05 * 0.95 / 4 / (0.025 * 0.975), abs=0.03)
    assert 0 < error < 0.02


def test_indices_of_published_functions() -> None:
    """Ishigami and Homma (1990), a = 7, b = 0.1: 0.3139, 0.4424, 0; and a sum of weighted uniforms."""

    def ishigami(u: np.ndarray[Any, Any]) -> Any:
        x = np.pi * (2 * u - 1)
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    for number, expected in enumerate((0.3139, 0.4424, 0.0)):
        index, error = first_order(held(ishigami, number, 3, 65536), 8)
        assert index == pytest.approx(expected, abs=0.01)
        assert abs(index - expected) < 4 * error + 0.002
    weights = np.array([1.0, 2.0, 3.0])
    for number in range(3):
        index, _ = first_order(held(lambda u: u @ weights, number, 3, 65536), 8)
        assert index == pytest.approx(weights[number] ** 2 / 14, abs=0.005)


def test_the_places_are_a_rule_on_each_piece_of_the_quantile_function() -> None:
    assert all(a < b for a, b in pairwise(PLACES))
    assert {0.0, 0.05, 0.5, 0.95, 1.0} <= set(PLACES.tolist())
    assert PLACES[END] == 0.05
    assert PLACES[-1 - END] == 0.95
    assert SHARES.sum() == pytest.approx(1)
    for power in range(4):
        assert SHARES @ PLACES**power == pytest.approx(1 / (power + 1), abs=1e-12)


def test_the_swing_is_the_acceptance_with_the_number_held() -> None:
    ready = prepare(well_and_road(), draws=8192)
    found = {f.path: f for f in flips(ready, deal(ready)).flips}
    flip = found["south.weights.well"]
    rng = np.random.default_rng(0)
    knots = {p.path: np.array([p.knots]) for p in ready.problem.parameters if p.path}

    def drawn(path: str) -> Any:
        return quantile(knots[path], rng.random((400_000, 1)))[:, 0]

    north = (drawn("north.weights.road") >= drawn("north.weights.well")).mean()
    road = drawn("south.weights.road")
    assert flip.acceptance_low == pytest.approx(north * (road <= 30).mean(), abs=0.01)
    assert flip.acceptance_high == pytest.approx(north * (road <= 90).mean(), abs=0.01)


def test_the_deal_flips_where_the_arithmetic_says() -> None:
    ready = prepare(well_and_road(), draws=256)
    found = flips(ready, deal(ready))
    assert found.deal_at_best_estimates is True
    at = {f.path: f.deal_flips_at for f in found.flips}
    # At 50.01 both sides of 100.01 still round to 50.00 points, so the road still makes up for the well.
    assert {path: at[path] for path in at if ".weights." in path} == {
        "north.weights.road": 39.99,
        "north.weights.well": 50.02,
        "south.weights.well": 49.99,
        "south.weights.road": 60.02,
    }
    inside = {f.path: f.deal_flip_inside for f in found.flips}
    assert inside["north.weights.road"]
    assert not inside["south.weights.road"], "at 60, the end of its range, the exchange still holds"


def test_a_probe_gives_the_verdicts_of_a_sample() -> None:
    """Every acceptance that the flips start from is the one that the deal analysis reports."""
    ready = prepare(well_and_road(), draws=1024)
    result = deal(ready)
    found = flips(ready, result)
    top = result.main.solutions["most_acceptable"]
    assert top is not None
    assert found.acceptance == top.acceptance
