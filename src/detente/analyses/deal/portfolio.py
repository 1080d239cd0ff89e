"""A few packages at hand: which of many cover the most draws together.

Given in which draws each of N packages is agreed, find K of them of which at least one is agreed in the most draws: maximum
coverage (Nemhauser, Wolsey and Fisher 1978, doi:10.1007/BF01588971). The greedy choice covers at least 1 - (1 - 1/K)^K of what the best
choice does, at least 1 - 1/e; it is the start of a branch and bound. What a package adds to some is no more than what it adds to fewer of them,
so that whatever is still to be added to a partial choice adds at most the sum of the largest single additions.

Draws are bits of words. Cost: a pass over the words of all packages for each partial choice that is looked into.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Cover", "best_cover", "packed"]

Bits = NDArray[np.uint64]
NODES = 400
"""Partial choices looked into; where that is not enough, the answer has a bound."""


class Cover(NamedTuple):
    """A choice of packages."""

    chosen: tuple[int, ...]
    """Rows, the one with most draws first; fewer than asked where more add nothing."""
    covers: int
    """Draws in which at least one of them is agreed."""
    bound: int
    """No choice of as many of these rows covers more; equal to ``covers`` where that is proven."""


def packed(agreed: NDArray[np.bool_]) -> Bits:
    """Draws [N, S] as bits of words [N, W]."""
    count, draws = agreed.shape
    words = np.zeros((count, -(-draws // 64) * 8), np.uint8)
    octets = np.packbits(agreed, axis=1)
    words[:, : octets.shape[1]] = octets
    return words.view(np.uint64)


def best_cover(bits: Bits, size: int, *, nodes: int = NODES) -> Cover:
    """At most ``size`` of the rows ``bits`` [N, W] that have the most bits together; of equal choices one of rows that come first."""
    search = _Search(bits, nodes)
    search.greedy(size)
    search.branch((), np.zeros(bits.shape[1], np.uint64), np.arange(len(bits)), size)
    by_size = sorted(search.chosen, key=lambda row: (-int(_sizes(bits[row])), row))
    return Cover(tuple(by_size), search.count, max(search.count, search.bound))


def _sizes(bits: Bits) -> NDArray[np.int64]:
    return np.asarray(np.bitwise_count(bits).sum(axis=-1, dtype=np.int64))


class _Search:
    """The best choice so far, and what is left to look into."""

    def __init__(self, bits: Bits, nodes: int) -> None:
        self.bits, self.nodes = bits, nodes
        self.chosen: tuple[int, ...] = ()
        self.count = self.bound = 0

    def keep(self, chosen: tuple[int, ...], count: int) -> None:
        """Remember a choice if it is better."""
        if count > self.count:
            self.chosen, self.count = chosen, count

    def greedy(self, size: int) -> None:
        """Each time the row that adds most."""
        covered = np.zeros(self.bits.shape[1], np.uint64)
        chosen: tuple[int, ...] = ()
        for _ in range(size if len(self.bits) else 0):
            added = _sizes(self.bits & ~covered)
            row = int(np.argmax(added))
            if not added[row]:
                break
            chosen, covered = (*chosen, row), covered | self.bits[row]
            self.keep(chosen, int(_sizes(covered)))

    def branch(self, chosen: tuple[int, ...], covered: Bits, rows: NDArray[np.intp], left: int) -> None:
        """Look into everything that ``left`` of ``rows`` could add to a choice; where nodes run out, only bound it."""
        added = _sizes(self.bits[rows] & ~covered)
        order = np.argsort(-added, kind="stable")
        order = order[added[order] > 0]
        rows, added, count = rows[order], added[order], int(_sizes(covered))
        if left == 1 or not len(rows):
            if len(rows):
                self.keep((*chosen, int(rows[0])), count + int(added[0]))
            return
        for place, row in enumerate(rows.tolist()):
            most = count + int(added[place : place + left].sum())
            if most <= self.count:
                return
            if self.nodes <= 0:
                self.bound = max(self.bound, most)
                return
            self.nodes -= 1
            self.branch((*chosen, row), covered | self.bits[row], rows[place + 1 :], left - 1)
