"""Packages that cover the most draws together, against every choice one by one."""

from __future__ import annotations

import numpy as np
import pytest

from detente.analyses.deal.portfolio import best_cover, packed
from tests.oracles.portfolio import most_together

RNG = np.random.default_rng(5)


def _random(count: int, draws: int) -> np.ndarray:
    """Draws in which packages are agreed: rare and frequent ones, some alike, some inside others."""
    agreed = RNG.random((count, draws)) < RNG.random((count, 1)) ** 2
    for n in range(1, count, 4):
        agreed[n] = agreed[n - 1] & (RNG.random(draws) < 0.7)
    return agreed


@pytest.mark.parametrize("size", [1, 2, 3])
def test_no_choice_covers_more(size: int) -> None:
    for _ in range(60):
        agreed = _random(int(RNG.integers(1, 10)), int(RNG.integers(1, 90)))
        found = best_cover(packed(agreed), size)
        sets = [frozenset(np.flatnonzero(row).tolist()) for row in agreed]
        assert found.covers == found.bound == most_together(sets, size)
        assert len(found.chosen) <= size
        assert found.covers == (agreed[list(found.chosen)].any(axis=0).sum() if found.chosen else 0)


def test_a_search_that_stops_early_has_a_bound_and_keeps_the_promise_of_the_greedy_choice() -> None:
    stopped = 0
    for _ in range(80):
        agreed = _random(12, 60)
        whole, early = best_cover(packed(agreed), 3), best_cover(packed(agreed), 3, nodes=1)
        assert early.covers <= whole.covers <= early.bound
        assert early.covers >= (1 - (1 - 1 / 3) ** 3) * whole.covers
        stopped += early.bound > early.covers
    assert stopped, "some were stopped before the proof"


def test_greedy_alone_would_miss_a_pair_that_branching_finds() -> None:
    agreed = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 1]], dtype=bool)
    assert best_cover(packed(agreed), 2) == ((1, 2), 6, 6)


def test_nothing_is_chosen_that_adds_nothing() -> None:
    assert best_cover(packed(np.zeros((3, 10), dtype=bool)), 3).chosen == ()
    assert best_cover(packed(np.ones((3, 10), dtype=bool)), 3).chosen == (0,)
    assert best_cover(packed(np.zeros((0, 10), dtype=bool)), 2) == ((), 0, 0)
