"""Acceptance with one uncertain number is a value of its distribution function: from the case file to the share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracles.quantiles import BOUNDS, quantile

from detente.analyses.deal import deal
from detente.case.model import Case
from detente.draws import prepare

U = np.linspace(0, 1, 100_001)


def share_below(line: float, typed: list[float], kind: str | None) -> float:
    """P(number <= line), by inverting the reference quantile function."""
    low, median, high = typed
    return float(np.mean(quantile(U, low, median, high, BOUNDS[kind] if kind else (None, None)) <= line))


def acceptance(wants: dict[str, Any]) -> float:
    """Of the one package there is, for faction a alone; one replicate has 128 evenly spread points."""
    case = Case.model_validate(
        {
            "detente": 1,
            "id": "one",
            "title": "One number",
            "parties": {"a": {}},
            "issues": {"i": {"status_quo": "no", "options": {"no": {}, "yes": {}}}},
            "preferences": {"a": wants},
        }
    )
    found = deal(prepare(case, draws=1024)).main.packages
    assert isinstance(found.zone_probability, float)
    assert found.zone_probability == pytest.approx(found.best_package_acceptance or 0, abs=0.01)
    return found.zone_probability


@pytest.mark.parametrize("gain", [-7, -5.9, -4, -1, 0, 3, 10, 14, 15.1])
def test_drift_without_bounds(gain: float) -> None:
    """Its support ends half as far again beyond the percentiles: at -6 and 15."""
    typed = [-4, 0, 10]
    wants = {
        "weights": {"i": 1},
        "values": {"i": {"no": 50, "yes": 50 + gain}},
        "no_deal": {"status_quo": typed},
    }
    assert acceptance(wants) == pytest.approx(share_below(gain, typed, None), abs=0.009)


@pytest.mark.parametrize("line", [5, 30, 33, 40, 55, 75, 99])
@pytest.mark.parametrize("typed", [[30, 40, 60], [0, 0, 70], [30, 32, 60]])
def test_value_between_0_and_100(typed: list[float], line: float) -> None:
    wants = {"weights": {"i": 1}, "values": {"i": {"no": 0, "yes": typed}}, "no_deal": line}
    # accepted if the value is at least the line
    assert acceptance(wants) == pytest.approx(1 - share_below(line - 0.005, typed, "value"), abs=0.009)


@pytest.mark.parametrize("line", [0.3, 0.5, 0.8, 0.95])
def test_weights_are_normalised_in_each_draw(line: float) -> None:
    """With weights w and 1 the share of the first is w / (1 + w): at least the line if w is at least its odds."""
    typed, odds = [0.5, 1, 4], line / (1 - line)
    case = Case.model_validate(
        {
            "detente": 1,
            "id": "two",
            "title": "Two weights",
            "parties": {"a": {}},
            "issues": {
                "i": {"status_quo": "no", "options": {"no": {}, "yes": {}}},
                "j": {"status_quo": "no", "options": {"no": {}, "yes": {}}, "controlled_by": "outside"},
            },
            "preferences": {
                "a": {
                    "weights": {"i": typed, "j": 1},
                    "values": {"i": {"no": 0, "yes": 100}, "j": {"no": 0, "yes": 100}},
                    "no_deal": 100 * line,
                }
            },
        }
    )
    found = deal(prepare(case, draws=1024)).main.packages.zone_probability
    assert found == pytest.approx(1 - share_below(odds, typed, "weight"), abs=0.009)


@pytest.mark.parametrize("holds", [[0.2, 0.3, 0.7], 0.25])
def test_a_firm_line_holds_with_the_mean_of_its_chance(holds: Any) -> None:
    wants = {
        "weights": {"i": 1},
        "values": {"i": {"no": 0, "yes": 100}},
        "firm": [{"package": {"i": "yes"}, "holds": holds}],
    }
    low, median, high = holds if isinstance(holds, list) else [holds] * 3
    mean = float(quantile(U, low, median, high, BOUNDS["share"]).mean())
    assert acceptance(wants) == pytest.approx(1 - mean, abs=0.05)
