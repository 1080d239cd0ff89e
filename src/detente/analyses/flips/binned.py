"""What a number explains, read off draws in which everything moves: for numbers that cannot be held without another world.

Draws are put in bins by the number, equally full, at most ``BINS`` and none with fewer than ``FULL`` values of it. Of bin b and
replicate g let m_bg be the mean of Y. Replicates are independent, so m_bg m_bh with g != h has mean E[Y | b]^2, and

    Var(E[Y | b])  =  sum_b w_b <m_bg m_bh>  -  <m_g m_h>,        g != h,

has no bias from chance within the bins, whatever shares a draw's numbers with its neighbours. It is a first-order index from
given data (Plischke, Borgonovo & Smith 2013), a little below the true one for what varies within a bin, and it can come out below
0, where 0 is reported. The error is a jackknife over the replicates (Efron & Stein 1981).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["BINS", "FULL", "Binned", "bins", "difference_error", "explained"]

BINS = 8
FULL = 8

Floats = NDArray[np.float64]


class Binned(NamedTuple):
    """Bins of draws by one number, from its least to its greatest values."""

    which: NDArray[np.int64]
    """[S]."""
    bins: int
    """How many bins."""


def bins(values: Floats) -> Binned:
    """Equally full bins; equal values are in one bin. One bin where there are too few values to tell anything."""
    distinct = np.unique(values)
    count = min(BINS, len(distinct) // FULL)
    if count < 2:
        return Binned(np.zeros(len(values), dtype=np.int64), 1)
    edges = distinct[[len(distinct) * k // count for k in range(1, count)]]
    return Binned(np.searchsorted(edges, values, side="right").astype(np.int64), count)


def explained(of: Binned, verdict: NDArray[np.bool_], replicates: int) -> tuple[float, float]:
    """The first-order index of Y = ``verdict`` [S] and its standard error; draws of one replicate stand together."""
    total, number = _sums(of, verdict, replicates)
    left_out = _share(_without_each(total), _without_each(number))
    return max(0.0, float(_share(total, number))), _jackknifed(left_out)


def difference_error(of: Binned, verdict: NDArray[np.bool_], replicates: int) -> float:
    """Standard error of the mean of Y in the last bin less that in the first."""
    total, number = _sums(of, verdict, replicates)
    mean = _without_each(total).sum(axis=1) / np.maximum(_without_each(number).sum(axis=1), 1.0)
    return _jackknifed(mean[:, -1] - mean[:, 0])


def _sums(of: Binned, verdict: NDArray[np.bool_], replicates: int) -> tuple[Floats, Floats]:
    """[G, B] sums of Y and numbers of draws."""
    size = len(verdict) // replicates
    cell = np.arange(len(verdict)) // size * of.bins + of.which
    many = replicates * of.bins
    number: Floats = np.bincount(cell, minlength=many).astype(np.float64)
    total: Floats = np.bincount(cell, weights=verdict, minlength=many).astype(np.float64)
    return total.reshape(replicates, of.bins), number.reshape(replicates, of.bins)


def _without_each(of: Floats) -> Floats:
    """[G, G - 1, B] what is left without each replicate."""
    left: Floats = of[_others(len(of))]
    return left


@cache
def _others(count: int) -> NDArray[np.int64]:
    """[G, G - 1] of each of so many replicates the others."""
    rows = np.arange(count)
    return np.array([rows[rows != g] for g in rows])


def _jackknifed(left_out: Floats) -> float:
    count = len(left_out)
    return float(np.sqrt((count - 1) / count * ((left_out - left_out.mean()) ** 2).sum()))


def _share(total: Floats, number: Floats) -> Floats:
    """From sums of Y and numbers of draws [.., G, B]."""
    drawn = number.sum(axis=(-2, -1))
    mean = total.sum(axis=(-2, -1)) / drawn
    whole = mean * (1 - mean)
    pairs = _crossed(number)
    weight = np.where(pairs > 0, number.sum(axis=-2) / drawn[..., None], 0.0)
    squares = _crossed(total) / np.maximum(pairs, 1e-300)
    everything = _crossed(total.sum(axis=-1)[..., None]) / _crossed(number.sum(axis=-1)[..., None])
    between = (weight * squares).sum(axis=-1) / weight.sum(axis=-1) - everything[..., 0]
    found: Floats = np.where(whole > 0, between / np.where(whole > 0, whole, 1.0), 0.0)
    return found


def _crossed(of: Floats) -> Floats:
    """[.., B] sum over pairs of different replicates of the product, from [.., G, B]."""
    crossed: Floats = of.sum(axis=-2) ** 2 - (of**2).sum(axis=-2)
    return crossed
