"""The exact frontier: every utility vector that no acceptable package beats, without enumerating packages.

Nemhauser and Ullmann (1969), with many objectives: the front of partial packages is shifted by each option of
the next issue, the shifted copies are merged, and dominated vectors are dropped. Adding the same points to
both sides preserves dominance, so a dominated partial package has no completion that its dominator's same
completion does not match or beat; a partial package whose best completion misses some faction's reservation
value has no acceptable completion at all. By induction over the issues nothing else is lost.

"Same completion" is what patterns and the status quo disturb, so there is one front per state of
:mod:`detente.kernels.stages`: within a state all partial packages can be completed in the same ways. In
particular a status quo that dominates acceptable packages does not hide them.

Merging is lexicographic, best first: a vector can then only be dominated by one already kept, and it is enough
to ask whether a kept vector is at least as good in the objectives after the first. The kept vectors answer in

- P <= 2: the second objective of the last kept vector;
- P == 3: a staircase (sorted array, binary search);
- P >= 4: a k-d tree with small leaves, grown as vectors are kept, from which those dominated in the later
  objectives are removed (Bentley 1980; Jaszkiewicz and Lust 2018).

How many packages have a vector of the front is counted along the way: those of a state are the completions, by each edge,
of the partial packages that lie in the front of the state before (an equal partial package with something better in its
state would have made this vector a dominated one).

Cost: sum over issues of options x front, times the cost of the question. A front is at most (R + 1)^(P-1) long
for utilities that are integers in 0..R; nothing smaller can be promised (fronts are exponential in P).

References
----------
Nemhauser and Ullmann (1969), Discrete dynamic programming and capital allocation, Management Science 15.
Kung, Luccio and Preparata (1975), On finding the maxima of a set of vectors, J. ACM 22.
Bentley (1980), Multidimensional divide-and-conquer, CACM 23.
Jaszkiewicz and Lust (2018), ND-tree-based update, IEEE Trans. Evolutionary Computation 22.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernels.growth import longer, longer_rows
from detente.kernels.kept import WORK, climb, dominated, emptied, insert, nothing, spent
from detente.kernels.patterns import Patterns, no_patterns
from detente.kernels.stages import IMPOSSIBLE, build_stages, carry

__all__ = ["ANYTHING", "Front", "frontier", "nondominated"]

MAX_WORK = 600_000_000
"""Comparisons of vectors, and what costs as much: 10 to 15 seconds of one core."""

EDGE = 100
"""Comparisons that cost as much as one edge of the stages."""

FOUND = 8
"""Comparisons that cost as much as looking for a vector among those of the stage before."""

ANYTHING = -(2**60)
"""A reservation value at or below this is none."""


class Front(NamedTuple):
    """Non-dominated utility vectors, lexicographically descending, with one package each."""

    points: NDArray[np.int64]
    """int64[N, P], grid steps."""
    packages: NDArray[np.int16]
    """int16[N, I]; among packages with the same vector the lexicographically smallest, when the issues are
    read from the last decided to the first. Without patterns that is the plain order of the issues; with
    patterns, the issues without any come first in it and the others follow."""
    ways: NDArray[np.uint64]
    """uint64[N, words] how many packages have each vector, exactly: words of 64 bits, the lowest first."""

    work: int
    """Vectors compared, and what costs as much."""

    def count(self, row: int) -> int:
        """How many packages have the vector of a row."""
        return sum(int(word) << (64 * n) for n, word in enumerate(self.ways[row]))


def frontier(  # noqa: PLR0913
    utilities: NDArray[np.int64],
    sizes: NDArray[np.int64],
    *,
    patterns: Patterns | None = None,
    add: NDArray[np.int64] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    reservation: NDArray[np.int64] | None = None,
    status_quo: NDArray[np.int64] | None = None,
    limit: int = 2_000_000,
    work: int = MAX_WORK,
) -> Front:
    """All non-dominated utility vectors of the acceptable packages (every objective is maximised).

    Parameters
    ----------
    utilities: int64[P, I, L]
        Points of each option in grid steps, P >= 1.
    sizes: int64[I]
        Options of each issue; entries of ``utilities`` beyond it are ignored.
    patterns, add, excluded:
        T patterns, int64[P, T] points and bool[T]; packages that match an excluded pattern do not occur.
    reservation: int64[P]
        A package counts only if ``U_p >= reservation_p`` for all p; None, or -2**60, is no condition.
    status_quo: int64[I]
        No deal itself, and it dominates nothing; None or any -1 when there is none.
    limit: int
        The most vectors in the partial fronts of one stage; beyond it LimitError.
    work: int
        The most comparisons of vectors; beyond it LimitError. It is what bounds the time.
    """
    values = np.ascontiguousarray(utilities, dtype=np.int64)
    parties, issues, _ = values.shape
    floor = np.full(parties, ANYTHING) if reservation is None else np.asarray(reservation, np.int64)
    stages = build_stages(
        values,
        sizes,
        patterns=no_patterns() if patterns is None else patterns,
        add=add,
        excluded=excluded,
        status_quo=status_quo,
        limit=limit,
    )
    possible = stages.best[:, :1] > IMPOSSIBLE // 2
    need = np.where(possible, np.where(floor <= ANYTHING, ANYTHING, floor) - stages.best, -IMPOSSIBLE)
    weights = stages.points
    if parties == 1:  # a second objective in which all are equal: the staircase of two does the rest
        need = np.column_stack((need, np.full(len(need), ANYTHING)))
        weights = np.column_stack((weights, np.zeros(len(weights), np.int64)))
    words = prod(int(n) for n in sizes).bit_length() // 64 + 1
    use = _undominated_edges(stages.edge_start, stages.source, weights)
    stage = np.searchsorted(stages.state_start, stages.source, side="right") - 1
    leaves = stages.source - stages.state_start[stage]
    points, options, ways, failed, done = _fronts(
        (stages.state_start, stages.edge_start, stages.source, np.ascontiguousarray(weights)),
        (np.append(0, np.cumsum(use))[stages.edge_start], leaves[use], stages.option[use], weights[use]),
        np.ascontiguousarray(need),
        (limit, EDGE * len(stages.source), work),
        words,
    )
    if failed >= 0:
        more = (
            f"takes more than {work:,} comparisons"
            if done > work
            else f"has more than {limit:,} partial packages"
        )
        raise LimitError(
            f"the exact frontier of {parties} factions {more} at issue {failed + 1} of {issues} (the limit); "
            "fewer factions, a coarser grid step, higher no-deal values or fewer entangled terms would help"
        )
    packages = np.empty((len(points), issues), np.int16)
    packages[:, stages.order] = options
    return Front(np.ascontiguousarray(points[:, :parties]), packages, ways, done)


def nondominated(points: NDArray[np.int64], *, work: int = MAX_WORK) -> NDArray[np.int64]:
    """Indices of the non-dominated rows of int64[N, P] (maximise all), the first of equal rows only.

    In lexicographically descending order of the rows, as a :class:`Front` has them. LimitError where that takes more than
    ``work`` comparisons.
    """
    rows = np.ascontiguousarray(points, dtype=np.int64)
    parties = rows.shape[1]
    order = np.lexsort(tuple(-rows[:, p] for p in range(parties - 1, -1, -1)))
    if parties <= 2:
        last = rows[order, 1] if parties == 2 else np.zeros(len(rows), np.int64)
        before = np.concatenate(([IMPOSSIBLE], np.maximum.accumulate(last)))[: len(last)]
        return order[last > before]
    zero = np.zeros(1, np.int64)
    none = np.full(parties, ANYTHING, np.int64)
    state = np.array([0, len(rows)], np.int64)
    empty = (np.empty((64, parties), np.int64), np.empty(64, np.int32), np.empty(64, np.int16))
    sweep = nothing(parties, work)
    out = _merge(
        np.ascontiguousarray(rows[order]),
        state,
        zero,
        zero,
        np.zeros((1, parties), np.int64),
        none,
        empty,
        np.int64(0),
        sweep,
        (np.empty(0, np.int32), np.empty(0, np.int16), zero, 0),
        len(rows),
    )
    if out[1] > len(rows):
        raise LimitError(
            f"the frontiers of several winning sets take more than {work:,} comparisons to join (the limit)"
        )
    return np.asarray(order[out[0][1][: out[1]]], np.int64)


@njit(cache=True, nogil=True)
def _fronts(graph: Any, followed: Any, need: Any, limits: Any, words: int) -> Any:
    """Front after front over all stages; (points of the last, options int16[N, I] by stage, ways, failed stage, work).

    ``followed``: the edges that are, with sources counted from the first state of their stage. ``limits``: vectors of a stage, work done before, and how much there may be.

    ``need[q]`` is what a partial package in state q must have so that its best completion is acceptable.
    """
    state_start, edge_start, source, points = graph
    into, leaves, choices, shift = followed
    limit, done, work = limits
    stages = len(state_start) - 2
    parties = points.shape[1]
    current = np.zeros((1, parties), np.int64)
    begin = np.array([0, 1], np.int64)
    ways = np.zeros((1, words), np.uint64)
    ways[0, 0] = 1
    out = (np.empty((1024, parties), np.int64), np.empty(1024, np.int32), np.empty(1024, np.int16))
    sweep = nothing(parties, work)
    sweep[3][WORK] = done
    parent = np.empty(1024, np.int32)
    chosen = np.empty(1024, np.int16)
    past = np.zeros(stages + 1, np.int64)
    for k in range(stages):
        count = np.int64(0)  # a literal 0 would compile everything below twice
        first = state_start[k + 1]
        following = np.zeros(state_start[k + 2] - first + 1, np.int64)
        for q in range(first, state_start[k + 2]):
            a, b = into[q], into[q + 1]
            leave, choose, move = leaves[a:b], choices[a:b], shift[a:b]
            history = (parent, chosen, past, k)
            if parties == 2:
                out, count = _merge_two(
                    current, begin, leave, choose, move, need[q], out, count, sweep[3], history, limit
                )
            else:
                out, count, sweep = _merge(
                    current, begin, leave, choose, move, need[q], out, count, sweep, history, limit
                )
            if count <= limit:
                sweep[3][WORK] += FOUND * (edge_start[q + 1] - edge_start[q]) * (count - following[q - first])
            if count > limit or spent(sweep[3]):
                none = np.empty((0, parties), np.int64), np.empty((0, stages), np.int16)
                return none[0], none[1], ways, k, sweep[3][WORK]
            following[q - first + 1] = count
        while past[k] + count > len(parent):
            parent = longer(parent)
            chosen = longer(chosen)
        following_points = np.empty((count, parties), np.int64)
        for n in range(count):
            parent[past[k] + n] = out[1][n]
            chosen[past[k] + n] = out[2][n]
            for p in range(parties):
                following_points[n, p] = out[0][n, p]
        past[k + 1] = past[k] + count
        before = (current, begin, ways, state_start[k])
        ways = _counted(before, following_points, following, first, edge_start, source, points, words)
        current, begin = following_points, following
    options = np.empty((len(current), stages), np.int16)
    for n in range(len(current)):
        at = n
        for k in range(stages - 1, -1, -1):
            options[n, k] = chosen[past[k] + at]
            at = parent[past[k] + at]
    return current, options, ways, -1, sweep[3][WORK]


@njit(cache=True, nogil=True)
def _counted(
    before: Any, after: Any, begin: Any, first: Any, edge_start: Any, source: Any, points: Any, words: int
) -> Any:
    """uint64[N, words] how many partial packages have each vector of the fronts ``after``, whose states are ``first`` on.

    ``before``: the vectors of the stage before, where each of its states begins, their ways, and its first state.
    """
    vectors, starts, ways, origin = before
    found = np.zeros((len(after), words), np.uint64)
    source_vector = np.empty(after.shape[1], np.int64)
    for q in range(len(begin) - 1):
        for n in range(begin[q], begin[q + 1]):
            for e in range(edge_start[first + q], edge_start[first + q + 1]):
                for p in range(after.shape[1]):
                    source_vector[p] = after[n, p] - points[e, p]
                s = source[e] - origin
                at = _find(source_vector, vectors, starts[s], starts[s + 1])
                if at >= 0:
                    carry(found, n, ways, at, words)
    return found


@njit(cache=True, nogil=True)
def _find(vector: Any, points: Any, low: int, high: int) -> int:
    """The row of ``vector`` among ``points[low:high]``, lexicographically descending, or -1."""
    end = high
    while low < high:
        middle = (low + high) // 2
        before = False
        for p in range(len(vector)):
            if points[middle, p] != vector[p]:
                before = points[middle, p] > vector[p]
                break
        if before:
            low = middle + 1
        else:
            high = middle
    if low == end:
        return -1
    for p in range(len(vector)):
        if points[low, p] != vector[p]:
            return -1
    return low


def _undominated_edges(
    edge_start: NDArray[np.int64], source: NDArray[np.int64], points: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """bool[E] which edges are followed: of those from one state into another, the first of each points that none beats."""
    into = np.repeat(np.arange(len(edge_start) - 1), np.diff(edge_start))
    order = np.lexsort((source, into))
    use = np.ones(len(source), np.bool_)
    _beat(order, into, source, points, use)
    return use


@njit(cache=True, nogil=True)
def _beat(order: Any, into: Any, source: Any, points: Any, use: Any) -> None:
    """Clear ``use`` of every edge whose points another one between the same states matches or beats."""
    first = 0
    for last in range(1, len(order) + 1):
        a = order[first]
        if last < len(order) and into[order[last]] == into[a] and source[order[last]] == source[a]:
            continue
        for i in range(first, last):
            for j in range(first, last):
                e, f = order[i], order[j]
                if use[e] and use[f] and e != f:
                    covered = True
                    equal = True
                    for p in range(points.shape[1]):
                        covered = covered and points[f, p] >= points[e, p]
                        equal = equal and points[f, p] == points[e, p]
                    if covered and (not equal or f < e):
                        use[e] = False
        first = last


@njit(cache=True, nogil=True)
def _merge(  # noqa: PLR0913
    current: Any,
    begin: Any,
    source: Any,
    option: Any,
    shift: Any,
    need: Any,
    out: Any,
    count: int,
    sweep: Any,
    history: Any,
    limit: int,
) -> Any:
    """Merge shifted fronts, best first, into ``out`` from ``count`` on; keep what nothing kept dominates.

    A heap holds the next vector of each edge. A vector is tested when it enters the heap, which spares the
    heap most of them, and again when it leaves, if something was kept meanwhile.
    """
    parties = current.shape[1]
    edges = len(source)
    at = np.empty(edges, np.int64)
    stop = np.empty(edges, np.int64)
    head = np.empty((edges, parties), np.int64)
    seen = np.zeros(edges, np.int64)
    heap = np.empty(edges, np.int64)
    size = 0
    base = count
    nodes, leaves, stack, meta, steps, rises = sweep
    emptied(meta)
    points, parent, chosen = out
    for e in range(edges):
        at[e] = begin[source[e]] - 1
        stop[e] = begin[source[e] + 1]
        if _advance(e, current, at, stop, shift, need, head, nodes, leaves, stack, meta, steps, rises):
            heap[size] = e
            size += 1
            _up(heap, size - 1, head)
    while size > 0:
        if spent(meta):
            return (points, parent, chosen), limit + 1, (nodes, leaves, stack, meta, steps, rises)
        e = heap[0]
        if count > base and _same(head, e, points, count - 1):
            if chosen[count - 1] == option[e] and _earlier(at[e], np.int64(parent[count - 1]), history):
                parent[count - 1] = at[e]
        elif seen[e] == count - base or not dominated(head, e, nodes, leaves, stack, meta, steps, rises):
            if count >= limit:
                return (points, parent, chosen), limit + 1, (nodes, leaves, stack, meta, steps, rises)
            if count == len(parent):
                points, parent, chosen = longer_rows(points), longer(parent), longer(chosen)
            for p in range(parties):
                points[count, p] = head[e, p]
            parent[count] = at[e]
            chosen[count] = option[e]
            count += 1
            if parties == 3:
                if meta[0] == len(steps):
                    steps, rises = longer(steps), longer(rises)
                climb(head[e, 1], head[e, 2], meta, steps, rises)
            else:
                if meta[0] + 2 > len(nodes):
                    nodes, stack = longer_rows(nodes), longer(stack)
                if meta[1] + 1 > len(leaves):
                    leaves = longer_rows(leaves)
                insert(head, e, nodes, leaves, stack, meta)
        if _advance(e, current, at, stop, shift, need, head, nodes, leaves, stack, meta, steps, rises):
            seen[e] = count - base
        else:
            size -= 1
            heap[0] = heap[size]
        _down(heap, size, head)
    return (
        (points, parent, chosen),
        limit + 1 if spent(meta) else count,
        (nodes, leaves, stack, meta, steps, rises),
    )


@njit(cache=True, nogil=True)
def _merge_two(  # noqa: PLR0913
    current: Any,
    begin: Any,
    source: Any,
    option: Any,
    shift: Any,
    need: Any,
    out: Any,
    count: Any,
    meta: Any,
    history: Any,
    limit: int,
) -> Any:
    """``_merge`` of two objectives: the second rises along every front, so that each step passes over what is
    not above the last kept vector and takes the largest of what is left. Few edges: no heap pays."""
    points, parent, chosen = out
    edges = len(source)
    at = np.empty(edges, np.int64)
    stop = np.empty(edges, np.int64)
    for e in range(edges):
        at[e] = begin[source[e]]
        stop[e] = begin[source[e] + 1]
    floor = need[1]
    while True:
        meta[WORK] += edges
        pick = -1
        first = second = np.int64(0)
        for e in range(edges):
            n = at[e]
            end = stop[e]
            rise = shift[e, 1]
            while n < end and current[n, 1] + rise < floor:
                n += 1
            at[e] = n
            if n == end:
                continue
            a, b = current[n, 0] + shift[e, 0], current[n, 1] + rise
            if a < need[0]:
                at[e] = end
            elif pick < 0 or a > first or (a == first and b > second):
                pick, first, second = e, a, b
            elif a == first and b == second and option[e] == option[pick] and _earlier(n, at[pick], history):
                pick = e
        if pick < 0:
            return (points, parent, chosen), count
        if count >= limit or spent(meta):
            return (points, parent, chosen), limit + 1
        if count == len(parent):
            points, parent, chosen = longer_rows(points), longer(parent), longer(chosen)
        points[count, 0] = first
        points[count, 1] = second
        parent[count] = at[pick]
        chosen[count] = option[pick]
        count += 1
        floor = second + 1


@njit(cache=True, nogil=True)
def _advance(  # noqa: PLR0913
    e: int,
    current: Any,
    at: Any,
    stop: Any,
    shift: Any,
    need: Any,
    head: Any,
    nodes: Any,
    leaves: Any,
    stack: Any,
    meta: Any,
    steps: Any,
    rises: Any,
) -> bool:
    """Move edge e to its next vector that can be completed and is not dominated by a kept one."""
    parties = head.shape[1]
    n = at[e] + 1
    end = stop[e]
    while n < end and current[n, 0] + shift[e, 0] >= need[0]:
        meta[WORK] += 1
        if spent(meta):
            break
        good = True
        for p in range(parties):
            head[e, p] = current[n, p] + shift[e, p]
            good = good and head[e, p] >= need[p]
        if good and not dominated(head, e, nodes, leaves, stack, meta, steps, rises):
            at[e] = n
            return True
        n += 1
    at[e] = end
    return False


@njit(cache=True, nogil=True)
def _same(head: Any, e: int, points: Any, n: int) -> bool:
    for p in range(head.shape[1]):  # noqa: SIM110
        if head[e, p] != points[n, p]:
            return False
    return True


@njit(cache=True, nogil=True)
def _earlier(a: int, b: int, history: Any) -> bool:
    """Whether the partial package a of the last stage is smaller than b, last decided issue first."""
    parent, chosen, past, k = history
    while a != b and k > 0:
        k -= 1
        left, right = chosen[past[k] + a], chosen[past[k] + b]
        if left != right:
            return bool(left < right)
        a, b = parent[past[k] + a], parent[past[k] + b]
    return False


@njit(cache=True, nogil=True)
def _before(e: int, f: int, head: Any) -> bool:
    """Heap order: the larger vector, then the lower edge."""
    for p in range(head.shape[1]):
        if head[e, p] != head[f, p]:
            return bool(head[e, p] > head[f, p])
    return e < f


@njit(cache=True, nogil=True)
def _up(heap: Any, i: int, head: Any) -> None:
    while i > 0 and _before(heap[i], heap[(i - 1) // 2], head):
        heap[i], heap[(i - 1) // 2] = heap[(i - 1) // 2], heap[i]
        i = (i - 1) // 2


@njit(cache=True, nogil=True)
def _down(heap: Any, size: int, head: Any) -> None:
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and _before(heap[child + 1], heap[child], head):
            child += 1
        if not _before(heap[child], heap[i], head):
            return
        heap[i], heap[child] = heap[child], heap[i]
        i = child
