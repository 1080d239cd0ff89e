"""Issues as stages of one small automaton: what a partial package must remember, and nothing else.

Issues are decided one after the other, in an order that keeps patterns short-lived
(:func:`detente.kernels.patterns.elimination_order`). After each stage two partial packages may be continued
in the same ways, with the same points to come, when they agree on

- which undecided patterns can still be matched, and
- whether they still equal the status quo so far (the status quo as a whole is no deal).

That pair is the *state*. An edge decides one issue: it leads from state to state, carries the option, and the
points per faction of the option and of every pattern that it completes. An edge that completes an excluded
pattern does not exist, nor does the state "still the status quo" after the last issue: so the paths of the
automaton are exactly the packages that may be deals, each once, and anything that is computed along paths
(frontiers, counts, maxima) needs no further case for patterns or the status quo.

Without patterns and status quo there is one state per stage; with patterns, at most one per assignment of the
live issues (usually far fewer: options that no pattern names fall together).

Reference: Dechter (1999), Bucket elimination, Artificial Intelligence 113 (the order); the merging of
equivalent states is that of a reduced multi-valued decision diagram (Bryant 1986).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernels.patterns import Patterns, elimination_order, pattern_pairs

__all__ = ["IMPOSSIBLE", "Stages", "build_stages", "carry", "completions"]

IMPOSSIBLE = -(2**61)
"""Below every utility: the best completion of a state that has none. Sums with it cannot overflow int64."""

_LARGEST_SUM = 2**50

MAX_EDGES = 1_000_000
"""Edges of all stages: some seconds, and less than a gibibyte."""


class Stages(NamedTuple):
    """The automaton. Stage k decides issue ``order[k]``; states are numbered through all stages.

    States before stage k are ``state_start[k]:state_start[k + 1]``; the last group (at most one state) holds
    the complete packages. Edges are grouped by the state that they lead to, within it by option, then source.
    """

    order: NDArray[np.int64]
    """int64[I], all issues in the order in which they are decided."""
    state_start: NDArray[np.int64]
    """int64[I+2]."""
    edge_start: NDArray[np.int64]
    """int64[Q+1] for Q states: the edges into state q are ``edge_start[q]:edge_start[q + 1]``."""
    source: NDArray[np.int64]
    """int64[E], the state an edge leaves."""
    option: NDArray[np.int64]
    """int64[E], the option it chooses."""
    points: NDArray[np.int64]
    """int64[E, P], the points it brings to each faction, completed patterns included."""
    best: NDArray[np.int64]
    """int64[Q, P], the most points a faction can still get from a state on; IMPOSSIBLE without completion."""
    worst: NDArray[np.int64]
    """int64[Q, P], the fewest; -IMPOSSIBLE without completion."""


def build_stages(
    utilities: NDArray[np.int64],
    sizes: NDArray[np.int64],
    *,
    patterns: Patterns,
    add: NDArray[np.int64] | None,
    excluded: NDArray[np.bool_] | None,
    status_quo: NDArray[np.int64] | None,
    limit: int,
    wide_first: bool = False,
) -> Stages:
    """The automaton of all packages that match no excluded pattern and differ from the status quo.

    Parameters
    ----------
    utilities: int64[P, I, L]
        Points of each option in grid steps; entries beyond ``sizes`` are ignored.
    sizes: int64[I]
        Options of each issue, >= 1.
    add, excluded: int64[P, T], bool[T]
        What the patterns bring; None is zero and False.
    status_quo: int64[I]
        A package that is no deal; None or any -1 when there is none.
    limit: int
        The most states in one stage; beyond it, or beyond ``MAX_EDGES`` edges, LimitError.
    wide_first: bool
        Decide issues without patterns by falling range of points instead of by falling index.
    """
    values = np.ascontiguousarray(utilities, dtype=np.int64)
    parties, issues, _ = values.shape
    count = [int(n) for n in sizes]
    kept, gains, banned = _relevant(patterns, add, excluded, parties)
    ranges = [int(np.ptp(values[:, i, : count[i]], axis=1).sum()) if wide_first else 0 for i in range(issues)]
    bound = set(kept.issue.tolist())
    order = [i for i in elimination_order(count, kept).issues if i in bound]
    order += sorted(set(range(issues)) - bound, key=lambda i: (-ranges[i], -i))
    touch, match, last = _masks(order, count, kept)
    quo = (
        None if status_quo is None or int(np.min(status_quo, initial=0)) < 0 else [int(o) for o in status_quo]
    )

    states: list[tuple[int, bool]] = [((1 << len(banned)) - 1, quo is not None)]
    ban = sum(1 << t for t, b in enumerate(banned) if b)
    state_start = [0, 1]
    edge_start = [0, 0]
    sources: list[NDArray[np.int64]] = []
    options: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int64]] = []
    for k, i in enumerate(order):
        known: dict[tuple[int, bool], int] = {}
        edges: list[tuple[int, int, int, int]] = []
        final = k == issues - 1
        if edge_start[-1] + len(states) * count[i] > MAX_EDGES:
            raise LimitError(_tangled(len(states) * count[i], "choices", k, issues, MAX_EDGES))
        keep = [~(touch[i] & ~m) for m in match[i]]
        base = state_start[-2]
        for s, (alive, unmoved) in enumerate(states):
            for o in range(count[i]):
                left = alive & keep[o]
                done = left & last[i]
                still = unmoved and quo is not None and quo[i] == o
                if done & ban or (final and still):
                    continue
                target = known.setdefault((left & ~last[i], still), len(known))
                edges.append((target, o, base + s, done))
        if len(known) > limit:
            raise LimitError(_tangled(len(known), "cases to keep apart", k, issues, limit))
        states = list(known)
        edges.sort()
        state_start.append(state_start[-1] + len(known))
        table = np.array([e[:3] for e in edges], np.int64).reshape(-1, 3)
        first = edge_start[-1]
        ends = np.searchsorted(table[:, 0], np.arange(len(known)), side="right") + first
        edge_start.extend(ends.tolist())
        sources.append(table[:, 2])
        options.append(table[:, 1])
        rows.append(_row_points(values[:, i, :], table[:, 1], [e[3] for e in edges], gains))
    points = np.ascontiguousarray(np.concatenate(rows))
    _check_range(values, gains)
    stages = (
        np.array(order, np.int64),
        np.array(state_start, np.int64),
        np.array(edge_start, np.int64),
        np.concatenate(sources),
        np.concatenate(options),
        points,
    )
    best, worst = _backward(stages[1], stages[2], stages[3], points, issues)
    return Stages(*stages, best, worst)


def _tangled(count: int, what: str, k: int, issues: int, limit: int) -> str:
    return (
        f"the terms and combinations link too many issues: {count:,} {what} at issue {k + 1} of {issues}, "
        f"limit {limit:,}; fewer or less entangled terms would help"
    )


def completions(stages: Stages) -> list[int]:
    """For each state, the exact number of ways to complete it (state 0: of packages in all)."""
    start, into, source = stages.state_start.tolist(), stages.edge_start.tolist(), stages.source.tolist()
    ways = [0] * start[-1]
    ways[start[-2] :] = [1] * (start[-1] - start[-2])
    for q in range(start[-1] - 1, 0, -1):
        if ways[q]:
            for s in source[into[q] : into[q + 1]]:
                ways[s] += ways[q]
    return ways


def _relevant(
    patterns: Patterns, add: NDArray[np.int64] | None, excluded: NDArray[np.bool_] | None, parties: int
) -> tuple[Patterns, NDArray[np.int64], list[bool]]:
    """Only the patterns that change something."""
    count = len(patterns.start) - 1
    gains = np.zeros((parties, count), np.int64) if add is None else np.asarray(add, np.int64)
    banned = np.zeros(count, np.bool_) if excluded is None else np.asarray(excluded, np.bool_)
    if gains.shape != (parties, count) or banned.shape != (count,):
        raise ValueError(f"{count} patterns, {parties} factions: add {gains.shape}, excluded {banned.shape}")
    use = np.flatnonzero(banned | (gains != 0).any(axis=0))
    length = np.diff(patterns.start)
    pairs = np.repeat(np.isin(np.arange(count), use), length)
    start = np.concatenate(([0], np.cumsum(length[use]))).astype(np.int64)
    return Patterns(start, patterns.issue[pairs], patterns.option[pairs]), gains[:, use], banned[use].tolist()


def _masks(
    order: list[int], sizes: list[int], patterns: Patterns
) -> tuple[list[int], list[list[int]], list[int]]:
    """Bit sets of patterns: that name an issue, that name an option, whose last issue it is."""
    touch = [0] * len(sizes)
    match = [[0] * n for n in sizes]
    last = [0] * len(sizes)
    place = {i: k for k, i in enumerate(order)}
    for t, pairs in enumerate(pattern_pairs(patterns)):
        for i, o in pairs:
            touch[i] |= 1 << t
            match[i][o] |= 1 << t
        last[max((i for i, _ in pairs), key=lambda i: place[i])] |= 1 << t
    return touch, match, last


def _row_points(
    values: NDArray[np.int64], options: NDArray[np.int64], done: list[int], gains: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Points of each edge: its option, and every pattern in its bit set ``done``."""
    rows: NDArray[np.int64] = values.T[options]
    extra: dict[int, Any] = {}
    for e, mask in enumerate(done):
        if mask:
            if mask not in extra:
                extra[mask] = gains[:, [t for t in range(gains.shape[1]) if mask >> t & 1]].sum(axis=1)
            rows[e] += extra[mask]
    return rows


def _check_range(values: NDArray[np.int64], gains: NDArray[np.int64]) -> None:
    largest = np.abs(values).max(axis=2, initial=0).sum(axis=1) + np.abs(gains).sum(axis=1)
    if int(largest.max(initial=0)) >= _LARGEST_SUM:
        raise ValueError("utilities are too large for exact sums: use a coarser grid step")


@njit(cache=True, nogil=True)
def _backward(state_start: Any, edge_start: Any, source: Any, points: Any, issues: int) -> Any:
    """Most and fewest points per faction from each state to the end, by backward induction."""
    parties = points.shape[1]
    states = state_start[-1]
    best = np.full((states, parties), IMPOSSIBLE, np.int64)
    worst = np.full((states, parties), -IMPOSSIBLE, np.int64)
    for q in range(state_start[issues], states):
        best[q] = 0
        worst[q] = 0
    for q in range(states - 1, 0, -1):
        if parties > 0 and best[q, 0] == IMPOSSIBLE:
            continue
        for e in range(edge_start[q], edge_start[q + 1]):
            s = source[e]
            for p in range(parties):
                best[s, p] = max(best[s, p], points[e, p] + best[q, p])
                worst[s, p] = min(worst[s, p], points[e, p] + worst[q, p])
    return best, worst


@njit(cache=True, nogil=True)
def carry(into: Any, i: Any, what: Any, j: Any, words: Any) -> None:
    """``into[i] += what[j]``, uint64 words, the lowest first, with the carry."""
    over = np.uint64(0)
    for w in range(words):
        a = into[i, w]
        b = a + what[j, w]
        c = b + over
        over = np.uint64(1) if b < a or c < b else np.uint64(0)
        into[i, w] = c
