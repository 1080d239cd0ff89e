"""The first-order index: the share of a variance that one number explains alone.

    S_j = Var(E[Y | x_j]) / Var(Y)                         (Sobol' 1993; Saltelli and others 2010, section 2)

E[Y | x_j = Q(u)] is the mean of Y over all draws with x_j held at its quantile u, all other numbers as drawn; over u
both variances are sums with the weights of a Gauss-Lobatto rule (Abramowitz and Stegun 1964, 25.4.32) on each piece of
the quantile function: three places in each tail, six on either side of the median, the ends among them. So an answer
that hangs on the last percent of a number is seen, and where Y is a function of x_j alone S is 1 whatever the rule, as
long as any place tells.

The error is a jackknife over the replicates of the draws (Efron and Stein 1981), and says nothing of the rule's own,
which is within a few hundredths of S where E[Y | x_j] jumps and far below where it is smooth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["END", "PLACES", "SHARES", "first_order"]


def _lobatto(count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights on [0, 1], both ends among the nodes: roots of P'(count - 1), 2 / (n (n - 1) P(x)^2)."""
    inner = np.polynomial.legendre.Legendre.basis(count - 1)
    nodes = np.concatenate([[-1.0], np.sort(inner.deriv().roots().real), [1.0]])
    return (nodes + 1) / 2, 1 / (count * (count - 1) * inner(nodes) ** 2)


def _rule(
    pieces: Sequence[tuple[float, float, int]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rules on neighbouring pieces; where two meet there is one place with the weight of both."""
    places, shares = np.zeros(1), np.zeros(1)
    for first, last, count in pieces:
        nodes, weights = _lobatto(count)
        shares[-1] += weights[0] * (last - first)
        places = np.concatenate([places, first + nodes[1:] * (last - first)])
        shares = np.concatenate([shares, weights[1:] * (last - first)])
    return places, shares


PLACES, SHARES = _rule(((0.0, 0.05, 3), (0.05, 0.5, 6), (0.5, 0.95, 6), (0.95, 1.0, 3)))
"""Quantiles at which a number is held, and their weights."""
END = 2
"""Where the 5th percentile stands among the places, and from the end the 95th."""


def first_order(held: NDArray[np.float64], replicates: int) -> tuple[float, float]:
    """The index and its standard error from ``held`` [places, S]: Y in each draw with the number at each place.

    Draws of one replicate stand together (:mod:`detente.rng`). Both are 0 where Y never varies.
    """
    mean = held.reshape(len(held), replicates, -1).mean(axis=2)
    square = (held**2).reshape(len(held), replicates, -1).mean(axis=2)
    left_out = (mean.sum(axis=1, keepdims=True) - mean) / (replicates - 1)
    squares = (square.sum(axis=1, keepdims=True) - square) / (replicates - 1)
    index = _share(mean.mean(axis=1, keepdims=True), square.mean(axis=1, keepdims=True))[0]
    others = _share(left_out, squares)
    error = np.sqrt((replicates - 1) / replicates * ((others - others.mean()) ** 2).sum())
    return float(index), float(error)


def _share(mean: NDArray[np.float64], square: NDArray[np.float64]) -> NDArray[np.float64]:
    """[C] Var(E[Y | x]) / Var(Y) from E[Y | x] and E[Y^2 | x], both [places, C]."""
    centre = SHARES @ mean
    between = SHARES @ (mean - centre) ** 2
    whole = SHARES @ square - centre**2
    varies = whole > 1e-12 * (SHARES @ square)  # and not by rounding alone
    share: NDArray[np.float64] = np.divide(between, whole, out=np.zeros_like(between), where=varies)
    return share
