"""Stability where everything is feasible and can be undone: a million states in a second or so.

P parties with one will each choose one of ``sizes[p]`` positions; a state is a position for each, party 0
slowest. Then what the opponents can reach needs no search (definitions: :mod:`detente.kernels.conflict`):

- GMR: from a position a of the mover the opponents reach every state with a, so the least rank in reach is a
  minimum over the others' positions;
- SMR: they can pick any positions b of theirs, and the mover then takes its best reply, so what it can be held
  to is min_b max_a rank(a, b) for every departure;
- SEQ, SSEQ: within a *block* (one party's positions, the others fixed) a party's improvements lead to every
  better state, so the least value in reach is a running minimum along the block sorted by its rank. Blocks of
  all opponents are swept until nothing changes.

A state is stable if the largest value among the better states of its own block is no more than its own rank,
again a running maximum. Time: P^2 N per sweep; memory: some 4 (P + 3) + 5 P bytes a state.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels.threads import each

__all__ = ["free_stability"]


@njit(cache=True, nogil=True)
def _spread(value, r, order, size, inner):  # type: ignore[no-untyped-def]
    """Within each block, the least value among the states that its owner prefers; whether anything changed."""
    changed = False
    for outer in range(0, value.size, size * inner):
        for i in range(outer, outer + inner):
            least = value[i + order[i] * inner]  # nothing is better than the best: its own value
            pending = least
            rank = r[i + order[i] * inner]
            for k in range(size):
                s = i + order[i + k * inner] * inner
                if r[s] < rank:
                    rank = r[s]
                    least = pending
                if k and least < value[s] and r[s] < r[i + order[i] * inner]:
                    value[s] = least
                    changed = True
                pending = min(pending, value[s])
    return changed


@njit(cache=True, nogil=True)
def _hold(value, r, order, size, inner, out):  # type: ignore[no-untyped-def]
    """Within each block: no better state has a value above the state's own rank."""
    for outer in range(0, value.size, size * inner):
        for i in range(outer, outer + inner):
            most = -(1 << 31)
            pending = most
            rank = r[i + order[i] * inner]
            for k in range(size):
                s = i + order[i + k * inner] * inner
                if r[s] < rank:
                    rank = r[s]
                    most = pending
                out[s] = most <= r[s]
                if value[s] > pending:  # noqa: PLR1730 - max() of two integer types has no type to mypy
                    pending = value[s]


def free_stability(rank: NDArray[np.int32], sizes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[5, P, N] whether each state is stable for each party, in the order of ``CONCEPTS``.

    ``rank`` [P, N], higher is better, ties allowed, above -2^31; ``sizes`` [P] with N = prod(sizes).
    """
    parties, count = rank.shape
    if len(sizes) != parties or int(np.prod(sizes)) != count:
        raise ValueError(f"{parties} parties with {count} states do not fit sizes {sizes.tolist()}")
    inner: list[int] = [int(np.prod(sizes[p + 1 :])) for p in range(parties)]
    shapes = [(-1, int(sizes[p]), inner[p]) for p in range(parties)]

    def sorted_blocks(p: int) -> NDArray[np.int32]:
        block = rank[p].reshape(shapes[p])
        return np.argsort(-block, axis=1, kind="stable").astype(np.int32).reshape(-1)

    orders = each(sorted_blocks, range(parties))
    out = np.empty((5, parties, count), dtype=np.bool_)

    def judge(p: int) -> None:
        others = [q for q in range(parties) if q != p]
        r = np.ascontiguousarray(rank[p])
        block = r.reshape(shapes[p])
        highest = block.max(axis=1, keepdims=True)
        best = np.ascontiguousarray(np.broadcast_to(highest, block.shape)).reshape(-1)
        out[0, p] = r == best
        held = np.broadcast_to(block.min(axis=(0, 2))[None, :, None], block.shape)
        values = [np.ascontiguousarray(held).reshape(-1), np.full(count, highest.min(), dtype=np.int32)]
        for start in (r, best):
            value = start.copy()
            changed: bool = True
            while changed:
                changed = False
                for q in others:
                    changed |= _spread(value, rank[q], orders[q], int(sizes[q]), inner[q])
            values.append(value)
        for c, value in enumerate(values, 1):
            _hold(value, r, orders[p], int(sizes[p]), inner[p], out[c, p])

    each(judge, range(parties))
    return out
