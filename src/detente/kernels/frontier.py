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

- P <= 2: the best second objective so far;
- P == 3: a staircase (sorted array, binary search);
- P >= 4: a k-d tree with small leaves, grown as vectors are kept, from which those dominated in the later
  objectives are removed (Bentley 1980; Jaszkiewicz and Lust 2018).

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

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernels.patterns import Patterns, no_patterns
from detente.kernels.stages import IMPOSSIBLE, build_stages

__all__ = ["Front", "frontier", "nondominated"]

_LEAF = 16
"""Vectors in a full leaf of the k-d tree."""

_ANYTHING = -(2**60)
"""A reservation value at or below this is none."""


class Front(NamedTuple):
    """Non-dominated utility vectors, lexicographically descending, with one package each."""

    points: NDArray[np.int64]
    """int64[N, P], grid steps."""
    packages: NDArray[np.int16]
    """int16[N, I]; among packages with the same vector the lexicographically smallest, when the issues are
    read from the last decided to the first. Without patterns that is the plain order of the issues; with
    patterns, the issues without any come first in it and the others follow."""
    complete: bool
    """Always True here: a front that exceeds its limit is an error, not a part of a front."""


def frontier(
    utilities: NDArray[np.int64],
    sizes: NDArray[np.int64],
    *,
    patterns: Patterns | None = None,
    add: NDArray[np.int64] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    reservation: NDArray[np.int64] | None = None,
    status_quo: NDArray[np.int64] | None = None,
    limit: int = 2_000_000,
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
    """
    values = np.ascontiguousarray(utilities, dtype=np.int64)
    parties, issues, _ = values.shape
    floor = np.full(parties, _ANYTHING) if reservation is None else np.asarray(reservation, np.int64)
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
    need = np.where(possible, np.where(floor <= _ANYTHING, _ANYTHING, floor) - stages.best, -IMPOSSIBLE)
    weights = stages.points
    if parties == 1:  # a second objective in which all are equal: the staircase of two does the rest
        need = np.column_stack((need, np.full(len(need), _ANYTHING)))
        weights = np.column_stack((weights, np.zeros(len(weights), np.int64)))
    points, options, failed = _fronts(
        stages.state_start,
        stages.edge_start,
        stages.source,
        stages.option,
        np.ascontiguousarray(weights),
        np.ascontiguousarray(need),
        limit,
    )
    if failed >= 0:
        raise LimitError(
            f"the exact frontier of {parties} factions has more than {limit:,} partial packages at issue "
            f"{failed + 1} of {issues} (the limit); fewer factions, a coarser grid step, higher no-deal values "
            "or fewer entangled terms would help"
        )
    packages = np.empty((len(points), issues), np.int16)
    packages[:, stages.order] = options
    return Front(np.ascontiguousarray(points[:, :parties]), packages, True)


def nondominated(points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Indices of the non-dominated rows of int64[N, P] (maximise all), the first of equal rows only.

    In lexicographically descending order of the rows, as a :class:`Front` has them.
    """
    rows = np.ascontiguousarray(points, dtype=np.int64)
    if rows.shape[1] == 1:
        rows = np.column_stack((rows, np.zeros(len(rows), np.int64)))
    order = np.lexsort(tuple(-rows[:, p] for p in range(rows.shape[1] - 1, -1, -1)))
    parties = rows.shape[1]
    zero = np.zeros(1, np.int64)
    none = np.full(parties, _ANYTHING, np.int64)
    state = np.array([0, len(rows)], np.int64)
    empty = (np.empty((64, parties), np.int64), np.empty(64, np.int32), np.empty(64, np.int16))
    sweep = _new_sweep(parties)
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
    return np.asarray(order[out[0][1][: out[1]]], np.int64)


@njit(cache=True, nogil=True)
def _fronts(
    state_start: Any, edge_start: Any, source: Any, option: Any, points: Any, need: Any, limit: int
) -> Any:
    """Front after front over all stages; (points of the last, options int16[N, I] by stage, failed stage).

    ``need[q]`` is what a partial package in state q must have so that its best completion is acceptable.
    """
    stages = len(state_start) - 2
    parties = points.shape[1]
    current = np.zeros((1, parties), np.int64)
    begin = np.array([0, 1], np.int64)
    out = (np.empty((1024, parties), np.int64), np.empty(1024, np.int32), np.empty(1024, np.int16))
    sweep = _new_sweep(parties)
    parent = np.empty(1024, np.int32)
    chosen = np.empty(1024, np.int16)
    past = np.zeros(stages + 1, np.int64)
    for k in range(stages):
        count = np.int64(0)  # a literal 0 would compile everything below twice
        first = state_start[k + 1]
        following = np.zeros(state_start[k + 2] - first + 1, np.int64)
        for q in range(first, state_start[k + 2]):
            a, b = edge_start[q], edge_start[q + 1]
            use = _undominated_edges(source[a:b], points[a:b])
            out, count, sweep = _merge(
                current,
                begin,
                source[a:b][use] - state_start[k],
                option[a:b][use],
                points[a:b][use],
                need[q],
                out,
                count,
                sweep,
                (parent, chosen, past, k),
                limit,
            )
            if count > limit:
                return np.empty((0, parties), np.int64), np.empty((0, stages), np.int16), k
            following[q - first + 1] = count
        while past[k] + count > len(parent):
            parent = _longer(parent)
            chosen = _longer(chosen)
        current = np.empty((count, parties), np.int64)
        for n in range(count):
            parent[past[k] + n] = out[1][n]
            chosen[past[k] + n] = out[2][n]
            for p in range(parties):
                current[n, p] = out[0][n, p]
        past[k + 1] = past[k] + count
        begin = following
    options = np.empty((len(current), stages), np.int16)
    for n in range(len(current)):
        at = n
        for k in range(stages - 1, -1, -1):
            options[n, k] = chosen[past[k] + at]
            at = parent[past[k] + at]
    return current, options, -1


@njit(cache=True, nogil=True)
def _undominated_edges(source: Any, points: Any) -> Any:
    """Edges from the same state into the same state, less those whose points another one matches or beats."""
    use = np.ones(len(source), np.bool_)
    for e in range(len(source)):
        for f in range(len(source)):
            if use[e] and use[f] and e != f and source[e] == source[f]:
                covered = True
                equal = True
                for p in range(points.shape[1]):
                    covered = covered and points[f, p] >= points[e, p]
                    equal = equal and points[f, p] == points[e, p]
                if covered and (not equal or f < e):
                    use[e] = False
    return use


@njit(cache=True, nogil=True)
def _merge(
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
    tree, meta, steps, rises = sweep
    for i in range(len(meta)):
        meta[i] = 0
    points, parent, chosen = out
    for e in range(edges):
        at[e] = begin[source[e]] - 1
        stop[e] = begin[source[e] + 1]
        if _advance(e, current, at, stop, shift, need, head, parties, tree, meta, steps, rises):
            heap[size] = e
            size += 1
            _up(heap, size - 1, head, parties)
    while size > 0:
        e = heap[0]
        if count > base and _same(head[e], points[count - 1]):
            if chosen[count - 1] == option[e] and _earlier(at[e], parent[count - 1], history):
                parent[count - 1] = at[e]
        elif seen[e] == count - base or not _dominated(head[e], parties, tree, meta, steps, rises):
            if count >= limit:
                return (points, parent, chosen), limit + 1, (tree, meta, steps, rises)
            if count == len(parent):
                points, parent, chosen = _longer_rows(points), _longer(parent), _longer(chosen)
            for p in range(parties):
                points[count, p] = head[e, p]
            parent[count] = at[e]
            chosen[count] = option[e]
            count += 1
            if parties == 2:
                meta[0] = 1
                meta[1] = head[e, 1]
            elif parties == 3:
                if meta[0] == len(steps):
                    steps, rises = _longer(steps), _longer(rises)
                _climb(head[e, 1], head[e, 2], meta, steps, rises)
            else:
                tree = _insert(head[e], tree, meta)
        if _advance(e, current, at, stop, shift, need, head, parties, tree, meta, steps, rises):
            seen[e] = count - base
        else:
            size -= 1
            heap[0] = heap[size]
        _down(heap, size, head, parties)
    return (points, parent, chosen), count, (tree, meta, steps, rises)


@njit(cache=True, nogil=True)
def _advance(
    e: int,
    current: Any,
    at: Any,
    stop: Any,
    shift: Any,
    need: Any,
    head: Any,
    parties: int,
    tree: Any,
    meta: Any,
    steps: Any,
    rises: Any,
) -> bool:
    """Move edge e to its next vector that can be completed and is not dominated by a kept one."""
    while at[e] + 1 < stop[e]:
        at[e] += 1
        good = True
        for p in range(parties):
            value = current[at[e], p] + shift[e, p]
            if value < need[p]:
                if p == 0:  # the first objective only falls from here on
                    at[e] = stop[e]
                good = False
                break
            head[e, p] = value
        if good and not _dominated(head[e], parties, tree, meta, steps, rises):
            return True
    return False


@njit(cache=True, nogil=True)
def _same(a: Any, b: Any) -> bool:
    for p in range(len(a)):  # noqa: SIM110
        if a[p] != b[p]:
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
def _before(e: int, f: int, head: Any, parties: int) -> bool:
    """Heap order: the larger vector, then the lower edge."""
    for p in range(parties):
        if head[e, p] != head[f, p]:
            return bool(head[e, p] > head[f, p])
    return e < f


@njit(cache=True, nogil=True)
def _up(heap: Any, i: int, head: Any, parties: int) -> None:
    while i > 0 and _before(heap[i], heap[(i - 1) // 2], head, parties):
        heap[i], heap[(i - 1) // 2] = heap[(i - 1) // 2], heap[i]
        i = (i - 1) // 2


@njit(cache=True, nogil=True)
def _down(heap: Any, size: int, head: Any, parties: int) -> None:
    i = 0
    while 2 * i + 1 < size:
        child = 2 * i + 1
        if child + 1 < size and _before(heap[child + 1], heap[child], head, parties):
            child += 1
        if not _before(heap[child], heap[i], head, parties):
            return
        heap[i], heap[child] = heap[child], heap[i]
        i = child


@njit(cache=True, nogil=True)
def _longer(array: Any) -> Any:
    grown = np.empty(2 * len(array), array.dtype)
    for i in range(len(array)):  # a slice would compile for seconds
        grown[i] = array[i]
    return grown


@njit(cache=True, nogil=True)
def _longer_rows(array: Any) -> Any:
    grown = np.empty((2 * array.shape[0], array.shape[1]), array.dtype)
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            grown[i, j] = array[i, j]
    return grown


@njit(cache=True, nogil=True)
def _dominated(c: Any, parties: int, tree: Any, meta: Any, steps: Any, rises: Any) -> bool:
    """Whether a kept vector is at least as good as c in all objectives after the first."""
    if parties == 2:
        return bool(meta[0] > 0 and meta[1] >= c[1])
    if parties == 3:
        j = _lower(c[1], meta[0], steps)
        return bool(j < meta[0] and rises[j] >= c[2])
    return bool(_covered(c, parties, tree, meta))


# ---- three objectives: a staircase; steps ascend, rises descend, meta[0] is its length


@njit(cache=True, nogil=True)
def _lower(value: int, length: int, steps: Any) -> int:
    """The first index with ``steps >= value``."""
    low, high = 0, length
    while low < high:
        middle = (low + high) // 2
        if steps[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _climb(step: int, rise: int, meta: Any, steps: Any, rises: Any) -> None:
    """Insert an undominated corner; the corners that it dominates go."""
    length = meta[0]
    high = _lower(step, length, steps)
    low = high
    while low > 0 and rises[low - 1] <= rise:
        low -= 1
    if high < length and steps[high] == step:
        high += 1
    moved = low + 1 - high
    if moved > 0:
        for j in range(length - 1, high - 1, -1):
            steps[j + 1] = steps[j]
            rises[j + 1] = rises[j]
    elif moved < 0:
        for j in range(high, length):
            steps[j + moved] = steps[j]
            rises[j + moved] = rises[j]
    steps[low] = step
    rises[low] = rise
    meta[0] = length + moved


# ---- four and more: a k-d tree over the objectives after the first
#
# meta[0] nodes in use, meta[1] leaves in use, meta[2] free leaves. Node n: link[n] = (left child or -1 - leaf,
# right child, split objective, parent), cut[n] = split value (right: >= cut), top[n], low[n] = corners of what
# is in it. Leaf b: fill[b] vectors in store[b].


@njit(cache=True, nogil=True)
def _new_sweep(parties: int) -> Any:
    """Tree, counters and staircase, all empty."""
    d = max(1, parties - 1)
    tree = (
        np.empty((16, 4), np.int64),
        np.empty(16, np.int64),
        np.empty((16, d), np.int64),
        np.empty((16, d), np.int64),
        np.empty(16, np.int64),
        np.empty((16, _LEAF * d), np.int64),
        np.empty(256, np.int64),
    )
    return tree, np.zeros(4, np.int64), np.empty(64, np.int64), np.empty(64, np.int64)


@njit(cache=True, nogil=True)
def _covered(c: Any, parties: int, tree: Any, meta: Any) -> bool:
    if meta[0] == 0:
        return False
    link, _, top, low, fill, store, stack = tree
    d = parties - 1
    depth = 1
    stack[0] = 0
    while depth > 0:
        depth -= 1
        n = stack[depth]
        inside = True
        for p in range(d):
            if top[n, p] < c[p + 1]:
                inside = False
                break
        if not inside:
            continue
        if link[n, 0] < 0:
            leaf = -1 - link[n, 0]
            for j in range(fill[leaf]):
                hit = True
                for p in range(d):
                    if store[leaf, j * d + p] < c[p + 1]:
                        hit = False
                        break
                if hit:
                    return True
            continue
        inside = True
        for p in range(d):
            if low[n, p] < c[p + 1]:
                inside = False
                break
        if inside:
            return True
        stack[depth] = link[n, 0]
        stack[depth + 1] = link[n, 1]
        depth += 2
    return False


@njit(cache=True, nogil=True)
def _insert(c: Any, tree: Any, meta: Any) -> Any:
    """Remove what c dominates in the later objectives, then put it into its leaf; returns the (grown) tree.

    Corners above a removal may stay too wide: what was removed is dominated by c, so no answer changes.
    """
    d = len(c) - 1
    if meta[0] > 0:
        _evict(c, tree, meta)
    if meta[0] == 0:
        tree[0][0, 0] = -1
        tree[0][0, 3] = -1
        tree[4][0] = 0
        _corners(0, 0, d, tree)
        meta[0] = 1
        meta[1] = 1
    link, cut, top, low, fill, store, stack = tree
    n = np.int64(0)
    while True:
        for p in range(d):
            top[n, p] = max(top[n, p], c[p + 1])
            low[n, p] = min(low[n, p], c[p + 1])
        if link[n, 0] < 0:
            break
        n = link[n, 1] if c[link[n, 2] + 1] >= cut[n] else link[n, 0]
    leaf = -1 - link[n, 0]
    if fill[leaf] < _LEAF:
        for p in range(d):
            store[leaf, fill[leaf] * d + p] = c[p + 1]
        fill[leaf] += 1
        return tree
    if meta[0] + 2 > len(cut):
        link, cut, stack = _longer_rows(link), _longer(cut), _longer(stack)
        top, low = _longer_rows(top), _longer_rows(low)
    if meta[1] + 1 > len(fill):
        fill, store = _longer(fill), _longer_rows(store)
    tree = (link, cut, top, low, fill, store, stack)
    _split(n, leaf, d, tree, meta)
    return _insert_below(n, c, d, tree)


@njit(cache=True, nogil=True)
def _insert_below(n: int, c: Any, d: int, tree: Any) -> Any:
    """The last step of an insertion, after the split of node n: both children have room."""
    link, cut, top, low, fill, store, _ = tree
    n = link[n, 1] if c[link[n, 2] + 1] >= cut[n] else link[n, 0]
    leaf = -1 - link[n, 0]
    for p in range(d):
        store[leaf, fill[leaf] * d + p] = c[p + 1]
        top[n, p] = max(top[n, p], c[p + 1])
        low[n, p] = min(low[n, p], c[p + 1])
    fill[leaf] += 1
    return tree


@njit(cache=True, nogil=True)
def _split(n: int, leaf: int, d: int, tree: Any, meta: Any) -> None:
    """Split a full leaf at the mean of its widest objective; its vectors differ, so neither side is empty."""
    link, cut, _, _, fill, store, _ = tree
    split, width, total = 0, -1, 0
    for p in range(d):
        least, most, together = store[leaf, p], store[leaf, p], 0
        for j in range(_LEAF):
            least = min(least, store[leaf, j * d + p])
            most = max(most, store[leaf, j * d + p])
            together += store[leaf, j * d + p]
        if most - least > width:
            split, width, total = p, most - least, together
    middle = -((-total) // _LEAF)
    right = meta[1]
    meta[1] += 1
    fill[leaf] = 0
    fill[right] = 0
    for j in range(_LEAF):
        to = right if store[leaf, j * d + split] >= middle else leaf
        for p in range(d):
            store[to, fill[to] * d + p] = store[leaf, j * d + p]
        fill[to] += 1
    a = meta[0]
    meta[0] += 2
    link[n, 0], link[n, 1], link[n, 2], cut[n] = a, a + 1, split, middle
    link[a, 0], link[a, 3] = -1 - leaf, n
    link[a + 1, 0], link[a + 1, 3] = -1 - right, n
    _corners(a, leaf, d, tree)
    _corners(a + 1, right, d, tree)


@njit(cache=True, nogil=True)
def _corners(n: int, leaf: int, d: int, tree: Any) -> None:
    """Exact corners of a leaf; of an empty one, such that every question and insertion passes it by."""
    _, _, top, low, fill, store, _ = tree
    for p in range(d):
        top[n, p] = IMPOSSIBLE
        low[n, p] = -IMPOSSIBLE
        for j in range(fill[leaf]):
            top[n, p] = max(top[n, p], store[leaf, j * d + p])
            low[n, p] = min(low[n, p], store[leaf, j * d + p])


@njit(cache=True, nogil=True)
def _evict(c: Any, tree: Any, meta: Any) -> None:
    """Remove the vectors that c dominates in the later objectives, and tighten the corners above them."""
    link, _, top, low, fill, store, stack = tree
    d = len(c) - 1
    depth = 1
    stack[0] = 0
    while depth > 0:
        depth -= 1
        n = stack[depth]
        reach = True
        for p in range(d):
            if low[n, p] > c[p + 1]:
                reach = False
                break
        if not reach:
            continue
        if link[n, 0] >= 0:
            stack[depth] = link[n, 0]
            stack[depth + 1] = link[n, 1]
            depth += 2
            continue
        leaf = -1 - link[n, 0]
        kept = 0
        for j in range(fill[leaf]):
            stays = False
            for p in range(d):
                if store[leaf, j * d + p] > c[p + 1]:
                    stays = True
                    break
            if stays:
                for p in range(d):
                    store[leaf, kept * d + p] = store[leaf, j * d + p]
                kept += 1
        if kept < fill[leaf]:
            fill[leaf] = kept
            _corners(n, leaf, d, tree)
            _tighten(link[n, 3], d, tree)
    if top[0, 0] == IMPOSSIBLE:
        meta[0] = 0
        meta[1] = 0


@njit(cache=True, nogil=True)
def _tighten(n: int, d: int, tree: Any) -> None:
    """Corners of the nodes above a changed leaf, as far up as they change."""
    link, _, top, low, _, _, _ = tree
    while n >= 0:
        changed = False
        for p in range(d):
            highest = max(top[link[n, 0], p], top[link[n, 1], p])
            lowest = min(low[link[n, 0], p], low[link[n, 1], p])
            changed = changed or highest != top[n, p] or lowest != low[n, p]
            top[n, p], low[n, p] = highest, lowest
        if not changed:
            return
        n = link[n, 3]
