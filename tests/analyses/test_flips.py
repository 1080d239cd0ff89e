"""Flips against their definitions: a closed form by hand, SALib's indices, and no change without a cause."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from SALib.analyze import sobol as sobol_indices
from SALib.sample import sobol as sobol_sample

from detente.analyses.deal import deal, prepare
from detente.analyses.flips import flips
from detente.case.model import Case
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
    np.testing.assert_allclose([mine[name] for name in names], theirs, atol=0.03)


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
    assert at["north.weights.road"] == pytest.approx(40, abs=0.05)
    assert at["north.weights.well"] == pytest.approx(50, abs=0.05)
    assert at["south.weights.well"] == pytest.approx(50, abs=0.05)
    assert at["south.weights.road"] == pytest.approx(60, abs=0.05)
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
