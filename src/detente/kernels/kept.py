"""The vectors kept so far, asked whether one of them matches or beats another.

All vectors come in lexicographic order, best first, so that only the objectives after the first are asked about. Those
of three objectives are a staircase, those of more a k-d tree with small leaves (Bentley 1980; Jaszkiewicz and Lust 2018):
see :mod:`detente.kernels.frontier`, which asks.

What is kept is a tuple (nodes, leaves, stack, meta, steps, rises). ``meta`` is int64[4]: nodes or steps in use, leaves in
use, the work so far, and the most work there may be. A unit of work is one vector or corner compared; who asks stops when
it is used up. It is counted and not timed, so that the same question always ends at the same place.

References
----------
Bentley (1980), Multidimensional divide-and-conquer, CACM 23.
Jaszkiewicz and Lust (2018), ND-tree-based update, IEEE Trans. Evolutionary Computation 22.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from detente.kernels.stages import IMPOSSIBLE

__all__ = ["WORK", "climb", "dominated", "emptied", "insert", "nothing", "spent"]

_LEAF = 16
"""Vectors in a full leaf of the k-d tree."""

_MOVED = 8
"""Steps of the staircase moved along that cost as much as one comparison."""

WORK = 2
"""Where the work stands in ``meta``; after it the most that there may be."""


@njit(cache=True, nogil=True)
def emptied(meta: Any) -> None:
    """Nothing kept any more; the work stays."""
    meta[0] = 0
    meta[1] = 0


@njit(cache=True, nogil=True)
def spent(meta: Any) -> bool:
    """Whether the work is used up."""
    return bool(meta[WORK] > meta[WORK + 1])


@njit(cache=True, nogil=True)
def dominated(
    head: Any, e: int, nodes: Any, leaves: Any, stack: Any, meta: Any, steps: Any, rises: Any
) -> bool:
    """Whether a kept vector is at least as good as head e in all objectives after the first."""
    if head.shape[1] == 3:
        j = _lower(head[e, 1], meta[0], steps)
        return bool(j < meta[0] and rises[j] >= head[e, 2])
    return bool(_covered(head, e, nodes, leaves, stack, meta))


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
def climb(step: int, rise: int, meta: Any, steps: Any, rises: Any) -> None:
    """Insert an undominated corner; the corners that it dominates go."""
    length = meta[0]
    high = _lower(step, length, steps)
    low = high
    while low > 0 and rises[low - 1] <= rise:
        low -= 1
    if high < length and steps[high] == step:
        high += 1
    moved = low + 1 - high
    if moved != 0:
        meta[WORK] += (length - high) // _MOVED
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


# ---- four and more: a k-d tree over the d objectives after the first
#
# meta[0] nodes and meta[1] leaves are in use. A row of ``nodes``: left child (or -1 - leaf), right child, split
# objective, parent, split value (right: at least it), then d upper and d lower corners of what is below.
# A row of ``leaves``: how many vectors, then their d objectives one after the other.

_LEFT, _RIGHT, _SPLIT, _PARENT, _CUT, _TOP = 0, 1, 2, 3, 4, 5


@njit(cache=True, nogil=True)
def nothing(parties: int, limit: int) -> Any:
    """Tree, its stack, counters and staircase, all empty, and the most work there may be."""
    d = max(1, parties - 1)
    return (
        np.empty((64, _TOP + 2 * d), np.int64),
        np.empty((64, 1 + _LEAF * d), np.int64),
        np.empty(128, np.int64),
        np.array([0, 0, 0, limit], np.int64),
        np.empty(64, np.int64),
        np.empty(64, np.int64),
    )


@njit(cache=True, nogil=True)
def _covered(head: Any, e: int, nodes: Any, leaves: Any, stack: Any, meta: Any) -> bool:
    if meta[0] == 0:
        return False
    d = head.shape[1] - 1
    depth = 1
    stack[0] = 0
    while depth > 0:
        depth -= 1
        n = stack[depth]
        meta[WORK] += 1
        reach = True
        for p in range(d):
            if nodes[n, _TOP + p] < head[e, p + 1]:
                reach = False
                break
        if not reach:
            continue
        if nodes[n, _LEFT] < 0:
            leaf = -1 - nodes[n, _LEFT]
            meta[WORK] += leaves[leaf, 0]
            for j in range(leaves[leaf, 0]):
                reach = True
                for p in range(d):
                    if leaves[leaf, 1 + j * d + p] < head[e, p + 1]:
                        reach = False
                        break
                if reach:
                    return True
            continue
        for p in range(d):
            if nodes[n, _TOP + d + p] < head[e, p + 1]:
                reach = False
                break
        if reach:
            return True
        stack[depth] = nodes[n, _LEFT]
        stack[depth + 1] = nodes[n, _RIGHT]
        depth += 2
    return False


@njit(cache=True, nogil=True)
def insert(head: Any, e: int, nodes: Any, leaves: Any, stack: Any, meta: Any) -> None:
    """Remove what head e dominates in the later objectives, then put it into its leaf.

    Corners above a removal may stay too wide: what was removed is dominated by head e, so no answer changes.
    There is room for two more nodes and one more leaf.
    """
    d = head.shape[1] - 1
    if meta[0] > 0:
        _evict(head, e, nodes, leaves, stack, meta)
    if meta[0] == 0:
        nodes[0, _LEFT] = -1
        nodes[0, _PARENT] = -1
        leaves[0, 0] = 0
        _corners(0, 0, d, nodes, leaves)
        meta[0] = 1
        meta[1] = 1
    n = np.int64(0)
    while True:
        for p in range(d):
            nodes[n, _TOP + p] = max(nodes[n, _TOP + p], head[e, p + 1])
            nodes[n, _TOP + d + p] = min(nodes[n, _TOP + d + p], head[e, p + 1])
        if nodes[n, _LEFT] < 0:
            leaf = -1 - nodes[n, _LEFT]
            if leaves[leaf, 0] < _LEAF:
                break
            _split(int(n), leaf, d, nodes, leaves, meta)
        n = nodes[n, _RIGHT] if head[e, nodes[n, _SPLIT] + 1] >= nodes[n, _CUT] else nodes[n, _LEFT]
    for p in range(d):
        leaves[leaf, 1 + leaves[leaf, 0] * d + p] = head[e, p + 1]
    leaves[leaf, 0] += 1


@njit(cache=True, nogil=True)
def _split(n: int, leaf: int, d: int, nodes: Any, leaves: Any, meta: Any) -> None:
    """Split a full leaf at the mean of its widest objective; its vectors differ, so neither side is empty."""
    split, width, total = 0, -1, 0
    for p in range(d):
        least, most, together = leaves[leaf, 1 + p], leaves[leaf, 1 + p], 0
        for j in range(_LEAF):
            least = min(least, leaves[leaf, 1 + j * d + p])
            most = max(most, leaves[leaf, 1 + j * d + p])
            together += leaves[leaf, 1 + j * d + p]
        if most - least > width:
            split, width, total = p, most - least, together
    middle = -((-total) // _LEAF)
    right = meta[1]
    left = meta[0]
    meta[0] += 2
    meta[1] += 1
    leaves[leaf, 0] = 0
    leaves[right, 0] = 0
    for j in range(_LEAF):
        to = right if leaves[leaf, 1 + j * d + split] >= middle else leaf
        for p in range(d):
            leaves[to, 1 + leaves[to, 0] * d + p] = leaves[leaf, 1 + j * d + p]
        leaves[to, 0] += 1
    nodes[n, _LEFT], nodes[n, _RIGHT], nodes[n, _SPLIT], nodes[n, _CUT] = left, left + 1, split, middle
    nodes[left, _LEFT], nodes[left, _PARENT] = -1 - leaf, n
    nodes[left + 1, _LEFT], nodes[left + 1, _PARENT] = -1 - right, n
    _corners(left, leaf, d, nodes, leaves)
    _corners(left + 1, right, d, nodes, leaves)


@njit(cache=True, nogil=True)
def _corners(n: int, leaf: int, d: int, nodes: Any, leaves: Any) -> None:
    """Exact corners of a leaf; of an empty one, such that every question passes it by."""
    for p in range(d):
        nodes[n, _TOP + p] = IMPOSSIBLE
        nodes[n, _TOP + d + p] = -IMPOSSIBLE
        for j in range(leaves[leaf, 0]):
            nodes[n, _TOP + p] = max(nodes[n, _TOP + p], leaves[leaf, 1 + j * d + p])
            nodes[n, _TOP + d + p] = min(nodes[n, _TOP + d + p], leaves[leaf, 1 + j * d + p])


@njit(cache=True, nogil=True)
def _evict(head: Any, e: int, nodes: Any, leaves: Any, stack: Any, meta: Any) -> None:
    """Remove the vectors that head e dominates in the later objectives, and tighten the corners above them."""
    d = head.shape[1] - 1
    depth = 1
    stack[0] = 0
    while depth > 0:
        depth -= 1
        n = stack[depth]
        meta[WORK] += 1
        reach = True
        for p in range(d):
            if nodes[n, _TOP + d + p] > head[e, p + 1]:
                reach = False
                break
        if not reach:
            continue
        if nodes[n, _LEFT] >= 0:
            stack[depth] = nodes[n, _LEFT]
            stack[depth + 1] = nodes[n, _RIGHT]
            depth += 2
            continue
        leaf = -1 - nodes[n, _LEFT]
        kept = 0
        meta[WORK] += leaves[leaf, 0]
        for j in range(leaves[leaf, 0]):
            stays = False
            for p in range(d):
                if leaves[leaf, 1 + j * d + p] > head[e, p + 1]:
                    stays = True
                    break
            if stays:
                for p in range(d):
                    leaves[leaf, 1 + kept * d + p] = leaves[leaf, 1 + j * d + p]
                kept += 1
        if kept < leaves[leaf, 0]:
            leaves[leaf, 0] = kept
            _corners(n, leaf, d, nodes, leaves)
            _tighten(nodes[n, _PARENT], d, nodes)
    if nodes[0, _TOP] == IMPOSSIBLE:
        emptied(meta)


@njit(cache=True, nogil=True)
def _tighten(n: int, d: int, nodes: Any) -> None:
    """Corners of the nodes above a changed leaf, as far up as they change."""
    while n >= 0:
        changed = False
        a, b = nodes[n, _LEFT], nodes[n, _RIGHT]
        for p in range(_TOP, _TOP + d):
            highest = max(nodes[a, p], nodes[b, p])
            lowest = min(nodes[a, p + d], nodes[b, p + d])
            changed = changed or highest != nodes[n, p] or lowest != nodes[n, p + d]
            nodes[n, p], nodes[n, p + d] = highest, lowest
        if not changed:
            return
        n = nodes[n, _PARENT]
