"""Whether any package is agreed in a draw, where there are few: a walk over all of them that leaves what cannot be.

Depth first, an issue at a time. Below a partial package everybody gets at most what it gives, the best option of every
issue to come with each pattern that ends there and adds something, and no option that is a line of theirs by itself; where the factions that this leaves above
their thresholds hold no winning set, nothing below it is agreed. At most all packages are looked at, mostly a few.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["first_agreed"]

NEVER = -(2**48)
"""What an option that is a line by itself adds for its faction: less than anything makes up for."""


@njit(cache=True, nogil=True)
def _tables(  # noqa: PLR0913
    points: Any, add: Any, broken: Any, sizes: Any, start: Any, ends: Any, ending: Any, s: int, table: Any,
    extra: Any, most: Any,
) -> None:  # fmt: skip
    """One draw, factions innermost; ``most[d]``: what can come from issue d on, and of the patterns that end there."""
    parties, issues = points.shape[0], len(sizes)
    for p in range(parties):
        for t in range(len(start) - 1):
            extra[t, p] = add[p, t, s]
        most[issues, p] = 0
        for i in range(issues - 1, -1, -1):
            best = np.int64(len(sizes) * NEVER)
            for o in range(sizes[i]):
                x = np.int64(points[p, i, o, s])
                table[i, o, p] = x
                for k in range(ends[i, o], ends[i, o + 1]):
                    t = ending[k]
                    x += max(np.int64(0), extra[t, p])
                    if broken[p, t, s] and start[t + 1] - start[t] == 1:
                        x += NEVER
                best = max(best, x)
            most[i, p] = best + most[i + 1, p]


@njit(cache=True, nogil=True)
def _holds(can: Any, winning: Any) -> bool:
    for m in range(len(winning)):  # noqa: SIM110 (compiled, where any() of a generator is not)
        if can & winning[m] == winning[m]:
            return True
    return False


@njit(cache=True, nogil=True)
def first_agreed(  # noqa: PLR0913
    points: Any, thresholds: Any, sizes: Any, start: Any, issue: Any, option: Any, ends: Any, ending: Any,
    add: Any, broken: Any, barred: Any, status_quo: Any, winning: Any, draws: Any, most: int, verdict: Any, witness: Any,
) -> None:  # fmt: skip
    """Of ``draws``, note in ``verdict`` int8[S] (1) and ``witness`` int16[S, I] the first package that is agreed, if any is; -1
    where more than ``most`` options would have to be looked at.

    points: integer [P, I, L, S]. thresholds: integer [P, S]. add: integer [P, T, S]. broken: bool[P, T, S]. barred: bool[T].
    winning: uint64[M]. start, issue, option: the patterns, each of at least one pair. Those whose last pair is option o of
    issue i are ``ending[ends[i, o] : ends[i, o + 1]]``, with ends int64[I, L + 1].
    status_quo: int64[I], the package that is none, -1 in it for no such.
    """
    parties, issues, options, _ = points.shape
    one = np.uint64(1)
    table = np.zeros((issues, options, parties), np.int64)
    extra = np.zeros((len(start) - 1, parties), np.int64)
    rest = np.zeros((issues + 1, parties), np.int64)
    total = np.zeros((issues + 1, parties), np.int64)
    can = np.zeros(issues + 1, np.uint64)
    at = np.zeros(issues, np.int64)
    for s in draws:
        _tables(points, add, broken, sizes, start, ends, ending, s, table, extra, rest)
        can[0] = ~np.uint64(0)
        for p in range(parties):
            total[0, p] = 0
        d, at[0], looked = 0, -1, 0
        while d >= 0:
            looked += 1
            if looked > most:
                verdict[s] = -1
                break
            at[d] += 1
            o = at[d]
            if o == sizes[d]:
                d -= 1
                continue
            for p in range(parties):
                total[d + 1, p] = total[d, p] + table[d, o, p]
            still, possible = can[d], True
            for k in range(ends[d, o], ends[d, o + 1]):
                t = ending[k]
                matched = True
                for e in range(start[t], start[t + 1]):
                    matched = matched and at[issue[e]] == option[e]
                if matched:
                    possible = possible and not barred[t]
                    for p in range(parties):
                        total[d + 1, p] += extra[t, p]
                        if broken[p, t, s]:
                            still &= ~(one << np.uint64(p))
            if not possible:
                continue
            for p in range(parties):
                if total[d + 1, p] + rest[d + 1, p] < thresholds[p, s]:
                    still &= ~(one << np.uint64(p))
            if (still != can[d] or d == 0) and not _holds(still, winning):
                continue
            can[d + 1] = still
            if d + 1 < issues:
                d += 1
                at[d] = -1
                continue
            same = True
            for i in range(issues):
                same = same and at[i] == status_quo[i]
            if not same:
                verdict[s] = 1
                for i in range(issues):
                    witness[s, i] = at[i]
                break
