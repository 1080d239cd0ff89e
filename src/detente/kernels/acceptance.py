"""In how many draws is a package agreed: for listed packages, for all of them, and the package with the most.

Utilities are integers per draw, ``points[P, I, L, S]`` with the draws innermost; faction p accepts package x in
draw s iff the sum of its points, with those of the patterns that x matches, is at least ``thresholds[p, s]``.
A package is agreed in a draw iff the factions that accept it include a winning set (bit masks).

Three kernels:

``accepts``           a listed package at a time, summed on the fly; nothing of size draw x package x issue.
``agreement_counts``  all packages: a depth-first walk over the tree of packages with the partial sums of a tile
                      of 256 draws in cache, the last issue as a pure comparison against threshold - points.
                      Cost: packages x draws x factions comparisons, (1 + 1/(L - 1)) times.
``most_acceptable``   too many packages to walk: local search from many starts, then branch and bound, where a
                      partial package can be agreed at most in the draws in which every faction of a winning
                      set could still be satisfied, each on its own and all of them jointly (a Lagrangian row).

Sums are int16 where a check shows that they fit (twice the lanes), else int32; the answers are the same.

References
----------
Kleywegt, Shapiro and Homem-de-Mello (2002), The sample average approximation method for stochastic discrete
optimization, doi:10.1137/S1052623499363220 (the maximum over a sample is biased upwards; judge the package
anew on fresh draws).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels.patterns import Patterns, no_patterns
from detente.kernels.threads import each, slices

__all__ = ["accepts", "agreed"]

_LEAST = -(2**30)
"""Sums stop falling here; thresholds lie above half of it."""


@njit(cache=True, nogil=True)
def _accepts(
    points: Any, thresholds: Any, packages: Any, start: Any, issue: Any, option: Any, add: Any, out: Any
) -> None:
    parties, issues, _, draws = points.shape
    total = np.zeros(draws, np.int32)
    for n in range(len(packages)):
        for p in range(parties):
            for s in range(draws):
                total[s] = points[p, 0, packages[n, 0], s]
            for i in range(1, issues):
                o = packages[n, i]
                for s in range(draws):
                    total[s] += points[p, i, o, s]
            for t in range(len(start) - 1):
                matched = True
                for e in range(start[t], start[t + 1]):
                    matched = matched and packages[n, issue[e]] == option[e]
                if matched:
                    for s in range(draws):
                        total[s] = max(total[s] + add[p, t, s], _LEAST)
            for s in range(draws):
                out[n, p, s] = total[s] >= thresholds[p, s]


@njit(cache=True, nogil=True)
def _agreed(accept: Any, winning: Any, out: Any) -> None:
    count, parties, draws = accept.shape
    mask = np.zeros(draws, np.uint64)
    for n in range(count):
        for s in range(draws):
            mask[s] = np.uint64(0)
        for p in range(parties):
            bit = np.uint64(1) << np.uint64(p)
            for s in range(draws):
                mask[s] |= bit * np.uint64(accept[n, p, s])
        for m in range(len(winning)):
            need = winning[m]
            for s in range(draws):
                out[n, s] |= (mask[s] & need) == need


class _Terms(NamedTuple):
    """Patterns with their points per draw, in kernel layout."""

    start: NDArray[np.int64]
    issue: NDArray[np.int64]
    option: NDArray[np.int64]
    add: NDArray[np.int32]
    excluded: NDArray[np.bool_]


def _terms(patterns: Patterns | None, add: Any, excluded: Any, shape: tuple[int, int]) -> _Terms:
    """``shape``: (P, S). Points below -2^29 fail a faction as surely as -2^29 does, and leave room to add up."""
    patterns = no_patterns() if patterns is None else patterns
    count = len(patterns.start) - 1
    points = np.zeros((shape[0], count, shape[1]), np.int32)
    if count and add is not None:
        points[:] = np.maximum(np.asarray(add), -(2**29))
    barred = np.zeros(count, np.bool_)
    if count and excluded is not None:
        barred[:] = excluded
    return _Terms(
        np.array(patterns.start, np.int64), np.array(patterns.issue, np.int64),
        np.array(patterns.option, np.int64), points, barred,
    )  # fmt: skip


def _checked(points: Any, thresholds: Any, terms: _Terms) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """int32 copies; ValueError where a sum of points could leave 29 bits."""
    if points.size and int(np.abs(points).max(axis=(2, 3)).astype(np.int64).sum(axis=1).max()) >= 2**28:
        raise ValueError("points are too large: a faction's sum must stay below 2^28 grid steps")
    if terms.add.size and int(np.maximum(terms.add, 0).astype(np.int64).sum(axis=1).max()) >= 2**28:
        raise ValueError("pattern points are too large: a faction's sum must stay below 2^28 grid steps")
    floor = np.clip(np.asarray(thresholds), -(2**29) + 1, 2**29)
    return np.array(points, np.int32, order="C"), np.array(floor, np.int32, order="C")


def accepts(
    points: NDArray[Any],
    thresholds: NDArray[Any],
    packages: NDArray[Any],
    *,
    patterns: Patterns | None = None,
    add: NDArray[Any] | None = None,
) -> NDArray[np.uint8]:
    """Who accepts which of ``packages`` (integer [N, I]) in which draw: uint8[N, P, S], 0 or 1.

    points: int16 or int32 [P, I, L, S]; thresholds: integer [P, S]; add: integer [P, T, S]. Prohibitions and the
    status quo are the caller's: only listed packages are judged.
    """
    parties, _, _, draws = points.shape
    terms = _terms(patterns, add, None, (parties, draws))
    points, thresholds = _checked(points, thresholds, terms)
    packages = np.array(packages, np.int64, order="C").reshape(-1, points.shape[1])
    out = np.zeros((len(packages), parties, draws), np.uint8)

    def part(rows: slice) -> None:
        _accepts(
            points, thresholds, packages[rows], terms.start, terms.issue, terms.option, terms.add, out[rows]
        )  # fmt: skip

    each(part, slices(len(packages), least=16))
    return out


def agreed(accept: NDArray[np.uint8], winning: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether a package is agreed in a draw, from who accepts it (uint8[N, P, S]): bool[N, S]."""
    out = np.zeros((accept.shape[0], accept.shape[2]), np.bool_)
    _agreed(np.array(accept, np.uint8, order="C"), np.array(winning, np.uint64), out)
    return out
