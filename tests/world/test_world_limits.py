"""What is said to be impossible does not happen in random worlds."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detente.case.bounds import Bounds
from detente.case.idle import limits
from detente.case.mechanism import Figure
from detente.case.wiring import Wiring
from tests.world.models import model
from tests.world.test_against_reference import START, both


def certain(wiring: Wiring) -> Wiring:
    """The same world with every number known, so that much more of it is."""

    def sure(figure: Figure) -> Figure:
        return figure.model_copy(update={"low": figure.median, "high": figure.median})

    figures = {
        n: sure(f) if isinstance(f, Figure) else {option: sure(one) for option, one in f.items()}
        for n, f in wiring.figures.items()
    }
    return wiring._replace(figures=figures)


@pytest.mark.parametrize("block", range(4))
def test_no_world_leaves_its_limits(block: int) -> None:
    never = told = 0
    for seed in range(100 * block, 100 * block + 10):
        for months in (6, 40):
            of = both(model(seed), draws=1, months=months)
            wiring = certain(of.wiring)
            found = of.engine(512)
            for within in (None, (START, months)):
                known = limits(wiring, months=within)
                for n, name in enumerate([*of.amounts, *of.events]):
                    path = found.kept[0, :, :, n]
                    some = path[~np.isnan(path)]
                    where = (seed, name, known[name])
                    assert not np.isnan(path).any() or known[name].gap, where
                    low, high = known[name][:2]
                    assert (some >= low - 1e-4 * (1 + abs(low))).all() or math.isinf(low), where
                    assert (some <= high + 1e-4 * (1 + abs(high))).all() or math.isinf(high), where
                    told += known[name][:2] != Bounds(-math.inf, math.inf)[:2]
                happens = {n: found.counts[0, :, k].any() for k, n in enumerate(of.asked) if n in of.events}
                for name, ever in happens.items():
                    assert not ever or known[name].high > 0, (seed, name)
                    never += known[name].high == 0
    assert never > 5
    assert told > 100
