"""Halving by several places at once against halving by one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.analyses.flips.thresholds import _halved


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("ahead", [2, 3, 4])
def test_looking_ahead_comes_to_the_same_place(seed: int, ahead: int) -> None:
    rng = np.random.default_rng(seed)
    low = rng.integers(0, 5, 7)
    high = low + rng.integers(1, 300, 7)
    turns = rng.random((7, 310)) < rng.choice([0.1, 0.5, 0.9])  # to and fro, as rounding may have it
    calls = []

    def beyond(which: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.bool_]:
        calls.append(len(which))
        found: NDArray[np.bool_] = turns[which, place]
        return found

    expected = _halved(low, high, beyond)
    alone = len(calls)
    found = _halved(low, high, beyond, ahead=ahead)
    np.testing.assert_array_equal(found, expected)
    assert len(calls) - alone == -(-alone // ahead)
    assert (found[1] - found[0] == 1).all()
