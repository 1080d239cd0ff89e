"""How many packages are agreed, exactly, also where there are far too many to list.

The packages that may be deals are the paths of :mod:`detente.kernels.stages`. A partial package in state q
with utilities u is *sure of* faction p when even its worst completion reaches p's reservation value,
``u_p + worst_p(q) >= r_p``, and *without* p when not even its best one does. When it is sure of a whole winning
set, all completions of q count, and their number is known exactly (``completions``); when every winning set
has somebody it is without, none does. Only in between there is work, done in one of two ways:

- branch and count: depth first over the paths; costs nodes, no memory;
- merge and count: stage by stage over the *distinct* undecided (state, utilities), with how many partial
  packages share them. The utilities of a faction that is sure, lost, or no longer asked are forgotten, so that
  more of them coincide. On an integer grid few distinct sums remain, whatever the number of packages
  (the counting version of the knapsack recursion: Dyer 2003).

Counts are machine words with carries, or Python integers: never rounded.

Reference: Dyer (2003), Approximate counting by dynamic programming, STOC (the exact recursion it starts from).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernels.growth import longer, longer_rows
from detente.kernels.patterns import Patterns, no_patterns
from detente.kernels.stages import Stages, build_stages, carry, completions

__all__ = ["count", "total"]

_NODES = 25
"""Nodes of a depth-first count that cost as much time as one distinct sum."""

_SURE = 2**60
"""The forgotten utility of a faction that accepts every completion; minus it: none, or no longer asked."""

_STATES = 200_000


def count(  # noqa: PLR0913
    utilities: NDArray[np.int64],
    sizes: NDArray[np.int64],
    *,
    reservation: NDArray[np.int64],
    winning: NDArray[np.uint64],
    patterns: Patterns | None = None,
    add: NDArray[np.int64] | None = None,
    broken: NDArray[np.bool_] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    status_quo: NDArray[np.int64] | None = None,
    limit: int = 2_000_000,
) -> int | None:
    """The number of packages that are agreed, match no excluded pattern and are not the status quo.

    Parameters
    ----------
    utilities, sizes, patterns, add, excluded, status_quo:
        As for :func:`detente.kernels.frontier.frontier`; P <= 64.
    reservation: int64[P]
        Faction p accepts a package when ``U_p >= reservation_p`` and it matches no line of p.
    broken: bool[P, T]
        Which patterns are lines of whom.
    winning: uint64[M]
        Bit masks of factions; a package is agreed when all members of one of them accept it. M = 0: never.
    limit: int
        Distinct sums held at a time (a twenty-fifth of the nodes of the depth-first way); when neither way
        stays within it, the answer is None.
    """
    sets = np.array(winning, np.uint64)
    values = np.ascontiguousarray(utilities, dtype=np.int64)
    asked = np.array([any(int(w) >> p & 1 for w in sets) for p in range(len(values))], np.bool_)
    masks = np.array([_compress(int(w), asked) for w in sets], np.uint64)
    patterns = no_patterns() if patterns is None else patterns
    extra = np.zeros((int(asked.sum()), len(patterns.start) - 1), np.int64)
    if add is not None:
        extra[:] = np.asarray(add, np.int64)[asked]
    lines = np.zeros(extra.shape, np.bool_) if broken is None else np.asarray(broken, np.bool_)[asked]
    extra, floor = _lined(values[asked], extra, lines, np.asarray(reservation, np.int64)[asked])
    try:
        stages = build_stages(
            values[asked],
            sizes,
            patterns=patterns,
            add=extra,
            excluded=excluded,
            status_quo=status_quo,
            limit=min(limit, _STATES),
            wide_first=True,
        )
    except LimitError:
        return None
    ways = completions(stages)
    if not len(masks) or not ways[0]:
        return 0
    if not asked.any():  # somebody's consent is enough who is never asked: every package
        return ways[0]
    graph = _forward(stages, ways)
    small = ways[0] <= _NODES * limit
    found = None if small else _merged(graph, floor, masks, ways, limit)
    if found is None:
        start, target, points, best, worst, _ = graph
        hits, done = _branch(start, target, points, best, worst, floor, masks, _NODES * limit)
        found = sum(int(h) * ways[q] for q, h in enumerate(hits) if h) if done else None
    return found


def total(
    sizes: NDArray[np.int64],
    patterns: Patterns | None = None,
    excluded: NDArray[np.bool_] | None = None,
    *,
    limit: int = _STATES,
) -> int:
    """The number of packages that match no excluded pattern, the status quo among them.

    LimitError when the excluded patterns link more than ``limit`` cases at a stage.
    """
    shape = (1, len(sizes), int(np.max(sizes)))
    kept = no_patterns() if patterns is None else patterns
    stages = build_stages(
        np.zeros(shape, np.int64),
        sizes,
        patterns=kept,
        add=None,
        excluded=excluded,
        status_quo=None,
        limit=limit,
    )
    return completions(stages)[0]


def _lined(
    values: NDArray[np.int64],
    add: NDArray[np.int64],
    lines: NDArray[np.bool_],
    reservation: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points of patterns and reservation values with a broken line as points: [P, T] and [P].

    Sums without lines lie between ``-most`` and ``most``, so that a reservation value beyond decides the same as one just
    there; a line takes off more than the width of that, and nothing makes up for it.
    """
    most = np.abs(values).max(axis=2, initial=0).sum(axis=1) + np.abs(add).sum(axis=1)
    return np.where(lines, -(2 * most[:, None] + 1), add), reservation.clip(-most, most + 1)


def _compress(mask: int, asked: NDArray[np.bool_]) -> int:
    """The mask over the factions that are asked only."""
    return sum(1 << n for n, p in enumerate(np.flatnonzero(asked).tolist()) if mask >> p & 1)


def _forward(stages: Stages, ways: list[int]) -> Any:
    """(start, target, points) of the edges by the state they leave, less those without a completion;
    best, worst, and the states before each stage."""
    states = int(stages.state_start[-1])
    into = np.repeat(np.arange(states), np.diff(stages.edge_start))
    useful = np.array([w > 0 for w in ways], np.bool_)[into]
    source, into, points = stages.source[useful], into[useful], stages.points[useful]
    order = np.argsort(source, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=states)))).astype(np.int64)
    return (
        start,
        into[order],
        np.ascontiguousarray(points[order]),
        stages.best,
        stages.worst,
        stages.state_start,
    )


def _merged(
    graph: Any, floor: NDArray[np.int64], masks: NDArray[np.uint64], ways: list[int], limit: int
) -> int | None:
    words = ways[0].bit_length() // 64 + 1
    start, target, points, best, worst, states = graph
    hits, done = _merge(start, target, points, best, worst, states, floor, masks, words, limit)
    if not done:
        return None
    answer = 0
    for q in np.flatnonzero(hits.any(axis=1)).tolist():
        answer += sum(int(h) << (64 * n) for n, h in enumerate(hits[q])) * ways[q]
    return answer


@njit(cache=True, nogil=True)
def _verdict(q: int, u: Any, best: Any, worst: Any, floor: Any, winning: Any) -> Any:
    """(sure, asked): the factions that accept every completion, and those on whom it still depends.

    ``asked`` is 0 when no completion is agreed, and all bits when every one is.
    """
    sure = np.uint64(0)
    lost = np.uint64(0)
    bit = np.uint64(1)
    for p in range(len(floor)):
        if u[p] + worst[q, p] >= floor[p]:
            sure |= bit
        elif u[p] + best[q, p] < floor[p]:
            lost |= bit
        bit <<= np.uint64(1)
    asked = np.uint64(0)
    for w in winning:
        if w & lost == 0:
            rest = w & ~sure
            if rest == 0:
                return sure, ~np.uint64(0)
            asked |= rest
    return sure, asked


@njit(cache=True, nogil=True)
def _branch(
    start: Any, target: Any, points: Any, best: Any, worst: Any, floor: Any, winning: Any, limit: int
) -> Any:
    """Depth first; how often each state was reached where everything below it is agreed, and whether all was
    seen within ``limit`` nodes."""
    parties = len(floor)
    depth = 64
    hits = np.zeros(len(best), np.int64)
    u = np.zeros((depth, parties), np.int64)
    edge = np.zeros(depth, np.int64)
    stop = np.zeros(depth, np.int64)
    _, asked = _verdict(0, u[0], best, worst, floor, winning)
    if asked == ~np.uint64(0):
        hits[0] = 1
    if asked == 0 or hits[0] == 1:
        return hits, True
    edge[0], stop[0] = start[0], start[1]
    k = 0
    nodes = 0
    while k >= 0:
        if edge[k] == stop[k]:
            k -= 1
            continue
        e = edge[k]
        edge[k] += 1
        nodes += 1
        if nodes > limit:
            return hits, False
        if k + 2 > len(edge):
            u, edge, stop = longer_rows(u), longer(edge), longer(stop)
        for p in range(parties):
            u[k + 1, p] = u[k, p] + points[e, p]
        q = target[e]
        _, asked = _verdict(q, u[k + 1], best, worst, floor, winning)
        if asked == ~np.uint64(0):
            hits[q] += 1
        elif asked != 0:
            k += 1
            edge[k], stop[k] = start[q], start[q + 1]
    return hits, True


@njit(cache=True, nogil=True)
def _merge(  # noqa: PLR0913
    start: Any,
    target: Any,
    points: Any,
    best: Any,
    worst: Any,
    state_start: Any,
    floor: Any,
    winning: Any,
    words: int,
    limit: int,
) -> Any:
    """Stage by stage over distinct undecided rows (state, utilities) in a hash table.

    Returns uint64[Q, words] as ``_branch`` does, lowest word first, and False beyond ``limit`` rows.
    """
    parties = len(floor)
    hits = np.zeros((len(best), words), np.uint64)
    rows = np.zeros((1, parties + 1), np.int64)
    shares = np.zeros((1, words), np.uint64)
    shares[0, 0] = 1
    count: Any = np.int64(1)  # a literal would compile twice
    new = np.zeros(parties + 1, np.int64)
    table = np.full(64, -1, np.int64)
    for _ in range(len(state_start) - 2):
        fresh = np.empty((max(64, count), parties + 1), np.int64)
        together = np.empty((max(64, count), words), np.uint64)
        size = 64
        while size < 4 * count:
            size *= 2
        table = np.full(size, -1, np.int64)
        found = np.int64(0)
        for n in range(count):
            s = rows[n, parties]
            for e in range(start[s], start[s + 1]):
                for p in range(parties):
                    new[p] = rows[n, p] + points[e, p]
                q = target[e]
                new[parties] = q
                sure, asked = _verdict(q, new, best, worst, floor, winning)
                if asked == ~np.uint64(0):
                    carry(hits, q, shares, n, words)
                    continue
                if asked == 0:
                    continue
                for p in range(parties):
                    bit = np.uint64(1) << np.uint64(p)
                    if asked & bit == 0:
                        new[p] = _SURE if sure & bit else -_SURE
                at = _place(new, fresh, table)
                m = table[at]
                if m < 0:
                    if found == limit:
                        return hits, False
                    if found == len(fresh):
                        fresh, together = longer_rows(fresh), longer_rows(together)
                    m = found
                    table[at] = m
                    found += 1
                    for p in range(parties + 1):
                        fresh[m, p] = new[p]
                    for w in range(words):
                        together[m, w] = 0
                    if 2 * found > len(table):
                        table = _rehash(fresh, found, len(table))
                carry(together, m, shares, n, words)
        rows, shares, count = fresh, together, found
    return hits, True


@njit(cache=True, nogil=True)
def _place(row: Any, rows: Any, table: Any) -> Any:
    """The slot of ``row``: where it is, or the empty one where it belongs."""
    h = np.uint64(0)
    for p in range(len(row)):
        h = (h ^ np.uint64(row[p])) * np.uint64(0x9E3779B97F4A7C15)
        h ^= h >> np.uint64(29)
    mask = len(table) - 1
    at = np.int64(h >> np.uint64(20)) & mask
    while table[at] >= 0:
        same = True
        for p in range(len(row)):
            if rows[table[at], p] != row[p]:
                same = False
                break
        if same:
            break
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True)
def _rehash(rows: Any, count: Any, size: Any) -> Any:
    table = np.full(4 * size, -1, np.int64)
    for n in range(count):
        table[_place(rows[n], rows, table)] = n
    return table
