"""Indices that are read off draws in bins, against closed forms; and whose numbers of the world a draw takes."""

from __future__ import annotations

import numpy as np
import pytest

from detente.analyses.flips.binned import bins, difference_error, explained
from detente.analyses.flips.scan import _binned
from detente.case.reading import load_case
from detente.catalogue import resolve
from detente.draws import REPLICATES, prepare
from detente.rng import uniforms

MANY = 8192


def drawn(columns: int, draws: int = MANY, seed: int = 0) -> np.ndarray:
    return uniforms(columns, draws, seed=seed, replicates=REPLICATES)


def test_bins_are_equally_full_and_equal_values_stand_together() -> None:
    of = bins(drawn(1)[:, 0])
    assert of.bins == 8
    assert np.bincount(of.which).tolist() == [MANY // 8] * 8
    few = bins(np.repeat(np.arange(32.0), 4))
    assert (few.bins, np.bincount(few.which).tolist()) == (4, [32] * 4)
    assert bins(np.repeat([1.0, 2.0], 50)).bins == 1


@pytest.mark.parametrize("share", [0.125, 0.5, 0.75])
def test_what_hangs_on_one_number_alone_is_explained_by_it(share: float) -> None:
    x, other = drawn(2).T
    index, error = explained(bins(x), x > share, REPLICATES)
    assert index == pytest.approx(1.0, abs=0.01)
    assert error < 0.01
    nothing, error = explained(bins(other), x > share, REPLICATES)
    assert nothing < 3 * error + 1e-3


def test_a_sum_of_two_is_explained_as_its_closed_form_says() -> None:
    """Y = x + y > 1: E[Y | x] = x, so Var(E[Y | x]) / Var(Y) = (1 / 12) / (1 / 4); eight bins of x keep 63 / 64 of it."""
    x, y = drawn(2, seed=3).T
    index, error = explained(bins(x), x + y > 1, REPLICATES)
    assert index == pytest.approx(63 / 64 / 3, abs=max(3 * error, 0.01))


def test_numbers_that_neighbours_share_do_not_explain_what_chance_does() -> None:
    """32 values of x, each in 32 draws with the same luck z: whoever took the draws for independent would find an index of z."""
    found = []
    for seed in range(40):
        x, z = drawn(2, 32, seed=seed).T
        verdict = np.repeat(z, 32) + 0.5 * drawn(1, 1024, seed=seed)[:, 0] > 0.75
        found.append(explained(bins(np.repeat(x, 32)), verdict, REPLICATES))
    index, error = np.array(found).T
    assert np.median(index) < 0.03
    assert (index > 3 * error).mean() < 0.1


def test_a_difference_is_as_uncertain_as_its_replicates_say() -> None:
    means = []
    errors = []
    for seed in range(60):
        x, y = drawn(2, 256, seed=seed).T
        of = bins(x)
        verdict = y > 0.4
        means.append(verdict[of.which == of.bins - 1].mean() - verdict[of.which == 0].mean())
        errors.append(difference_error(of, verdict, REPLICATES))
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.4)


def test_a_draw_takes_the_worlds_numbers_of_one_of_its_own_replicate() -> None:
    ready = prepare(load_case(resolve("parliament")).case, draws=1024)
    lent = ready.lent
    assert len(np.unique(lent)) == 128
    size = ready.draws // REPLICATES
    assert (lent // size == np.arange(ready.draws) // size).all()
    assert (lent[lent] == lent).all()


def test_at_the_ends_of_a_number_shares_are_those_of_its_first_and_last_bin() -> None:
    """One package is agreed on above 0.4, another below: of eight bins the nearest to 0.5 in which the other leads is from 0.25 to 0.375."""
    x = drawn(1)[:, 0]
    sway = _binned(x, np.array([x > 0.4, x < 0.4]), 0.5)
    assert (sway.low, sway.high, sway.becomes) == (0.0, 1.0, 1)
    assert sway.package_at == pytest.approx(0.3125, abs=0.001)
    rare = _binned(x, np.array([x < 1 / 32, x < 0]), 0.5)
    assert (rare.low, rare.high) == (pytest.approx(0.25, abs=0.002), 0.0)
    assert (rare.package_at, rare.becomes) == (None, None)
    assert _binned(np.ones(64), np.array([np.arange(64) < 16]), 0.5)[:2] == (0.25, 0.25)
