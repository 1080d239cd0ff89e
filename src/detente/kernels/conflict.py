"""Stability in the graph model for conflict resolution: states, moves, and what nobody would leave.

A state is stable for a mover m if, for every unilateral improvement (UI) s → t of m,

    NASH   there is none;
    GMR    the opponents can bring t to some u that m does not prefer to s   (general metarationality; Howard 1971);
    SMR    ... and m cannot get from that u to anything that it prefers to s (symmetric metarationality; Howard 1971);
    SEQ    as GMR, but every move on the way to u is a UI of whoever makes it (sequential; Fraser & Hipel 1979);
    SSEQ   as SEQ, and m cannot escape as in SMR                             (symmetric sequential; Rêgo & Vieira 2017).

A mover is a set of factions; it prefers t to s if none of them is worse off and one is better off. Opponents are
movers that share no faction with it. Opponents move in any order, any number of times; where each mover has one
faction this is the usual rule that nobody moves twice in a row, because moves and preferences are then transitive
(Fang, Hipel & Kilgour 1993, Interactive Decision Making, ch. 4).

For a mover of one faction, "some u in reach that is no better than s" compares one number: the least rank in
reach of t. It is spread backwards along the opponents' moves to a fixpoint. SMR spreads e(u), the best that m
can get from u on. For a mover of several factions preference is not one number: 64 states s at a time, one bit
each, are spread with OR. Time: moves times a few sweeps (times N / 64 for several factions); memory: 4 bytes a
move and some numbers a state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "CONCEPTS",
    "Moves",
    "deterrence",
    "feasible",
    "improvements",
    "joint_improvement",
    "move_count",
    "moves",
    "paths",
    "stability",
]

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Moves(NamedTuple):
    """Moves of all movers."""

    start: Ints
    """[M, N + 1] offsets into ``target``."""
    target: NDArray[np.int32]
    """[E]."""


def feasible(sizes: Ints, start: Ints, issue: Ints, option: Ints) -> NDArray[np.int8]:
    """All combinations that match none of the patterns, [N, I], the first issue slowest."""
    grid = np.indices(tuple(sizes.tolist()), dtype=np.int8).reshape(len(sizes), -1)
    keep = np.ones(grid.shape[1], dtype=np.bool_)
    for t in range(len(start) - 1):
        pairs = range(int(start[t]), int(start[t + 1]))
        keep &= ~np.all([grid[issue[k]] == option[k] for k in pairs], axis=0)
    return np.ascontiguousarray(grid[:, keep].T)


def move_count(states: NDArray[np.int8], sizes: Ints, allowed: Bools, issues: Bools) -> int:
    """At most so many moves there are: every combination of the options that are allowed, feasible or not."""
    total = 0
    for mine in issues:
        count = np.ones(len(states), dtype=np.int64)
        for i in np.flatnonzero(mine):
            count *= allowed[i].sum(axis=1)[states[:, i]]
        total += int((count - 1).sum())
    return total


def moves(states: NDArray[np.int8], sizes: Ints, allowed: Bools, issues: Bools) -> Moves:
    """Every move of every mover: any of its ``issues`` [M, I] at once, each as ``allowed`` [I, L, L]."""
    radix = np.concatenate([np.cumprod(sizes[::-1])[-2::-1], [1]]).astype(np.int64)
    code = states.astype(np.int64) @ radix
    index = np.full(int(np.prod(sizes)), -1, dtype=np.int32)
    index[code] = np.arange(len(states), dtype=np.int32)
    start = np.zeros((len(issues), len(states) + 1), dtype=np.int64)
    parts = []
    offset = 0
    for m, mine in enumerate(issues):
        which = np.flatnonzero(mine).astype(np.int64)
        counts = np.zeros(len(states) + 1, dtype=np.int64)
        nothing = np.empty(0, dtype=np.int32)
        _walk(states, code, sizes, radix, index, allowed, which, counts, nothing)
        row = np.cumsum(counts)
        part = np.empty(int(row[-1]), dtype=np.int32)
        _walk(states, code, sizes, radix, index, allowed, which, row, part)
        start[m] = row + offset
        offset += len(part)
        parts.append(part)
    return Moves(start, np.concatenate(parts) if parts else np.empty(0, dtype=np.int32))


@njit(cache=True, nogil=True)
def _walk(states, code, sizes, radix, index, allowed, which, row, part):  # type: ignore[no-untyped-def]
    """Count the moves of one mover into ``row[s + 1]``, or, with room in ``part``, write them from ``row[s]``."""
    combos = 1
    for i in which:
        combos *= sizes[i]
    for s in range(states.shape[0]):
        found = 0
        for combo in range(combos):
            rest, target, legal = combo, code[s], True
            for i in which:
                to = rest % sizes[i]
                rest //= sizes[i]
                here = states[s, i]
                if not allowed[i, here, to]:
                    legal = False
                    break
                target += (to - here) * radix[i]
            if legal and target != code[s] and index[target] >= 0:
                if part.size:
                    part[row[s] + found] = index[target]
                found += 1
        if not part.size:
            row[s + 1] = found


@njit(cache=True, nogil=True)
def _prefers(rank, group, t, s):  # type: ignore[no-untyped-def]
    """Nobody of the group worse off in t than in s, somebody better off."""
    better = False
    for f in group:
        if rank[f, t] < rank[f, s]:
            return False
        if rank[f, t] > rank[f, s]:
            better = True
    return better


@njit(cache=True, nogil=True)
def _improvements(rank, members, start, target, out):  # type: ignore[no-untyped-def]
    for m in range(members.shape[0]):
        group = np.flatnonzero(members[m])
        for s in range(rank.shape[1]):
            for e in range(start[m, s], start[m, s + 1]):
                out[e] = _prefers(rank, group, target[e], s)


def improvements(rank: NDArray[np.int32], members: Bools, graph: Moves) -> Bools:
    """[E] which moves their mover prefers to staying; ``rank`` [F, N], ``members`` [M, F]."""
    out = np.zeros(len(graph.target), dtype=np.bool_)
    _improvements(rank, members, graph.start, graph.target, out)
    return out


@njit(cache=True, nogil=True)
def _spread_least(value, movers, start, target, use, all_moves):  # type: ignore[no-untyped-def]
    """value[t] becomes the least value that the movers can reach from t."""
    n = value.size
    changed, forward = True, False
    while changed:
        changed = False
        for k in range(n):
            t = k if forward else n - 1 - k
            least = value[t]
            for m in movers:
                for e in range(start[m, t], start[m, t + 1]):
                    if (all_moves or use[e]) and value[target[e]] < least:
                        least = value[target[e]]
            if least < value[t]:
                value[t] = least
                changed = True
        forward = not forward


@njit(cache=True, nogil=True)
def _spread_bits(value, movers, start, target, use, all_moves):  # type: ignore[no-untyped-def]
    """value[t] gets every bit that the movers can reach from t."""
    n = value.size
    changed, forward = True, False
    while changed:
        changed = False
        for k in range(n):
            t = k if forward else n - 1 - k
            bits = value[t]
            for m in movers:
                for e in range(start[m, t], start[m, t + 1]):
                    if all_moves or use[e]:
                        bits |= value[target[e]]
            if bits != value[t]:
                value[t] = bits
                changed = True
        forward = not forward


@njit(cache=True, nogil=True)
def _one(rank, m, f, movers, start, target, use, out):  # type: ignore[no-untyped-def]
    """All concepts for a mover of one faction f: out[5, N]."""
    r = rank[f]
    n = r.size
    best = r.copy()
    for s in range(n):
        for e in range(start[m, s], start[m, s + 1]):
            best[s] = max(best[s], r[target[e]])
        out[0, s] = best[s] == r[s]
    for c in range(1, 5):
        value = (r if c % 2 else best).copy()
        _spread_least(value, movers, start, target, use, c < 3)
        for s in range(n):
            stable = True
            for e in range(start[m, s], start[m, s + 1]):
                if r[target[e]] > r[s] and value[target[e]] > r[s]:
                    stable = False
                    break
            out[c, s] = stable


@njit(cache=True, nogil=True)
def _block(rank, m, group, movers, start, target, use, first, last, out):  # type: ignore[no-untyped-def]
    """out[c, t]: bit k tells whether leaving state first + k for t is deterred, by concept c + 1; c = 0 .. 3."""
    n = rank.shape[1]
    hit, kept = out[0], out[1]
    for u in range(n):
        bits = np.uint64(0)
        for s in range(first, last):
            if not _prefers(rank, group, u, s):
                bits |= np.uint64(1) << np.uint64(s - first)
        hit[u] = bits
    for u in range(n):
        bits = hit[u]
        for e in range(start[m, u], start[m, u + 1]):
            bits &= hit[target[e]]
        kept[u] = bits
    out[2] = hit
    out[3] = kept
    for c in range(4):
        _spread_bits(out[c], movers, start, target, use, c < 2)


@njit(cache=True, nogil=True)
def _several(rank, m, group, movers, start, target, use, out):  # type: ignore[no-untyped-def]
    """All concepts for a mover of several factions: out[5, N]."""
    n = rank.shape[1]
    deterred = np.empty((4, n), dtype=np.uint64)
    for first in range(0, n, 64):
        last = min(n, first + 64)
        _block(rank, m, group, movers, start, target, use, first, last, deterred)
        for s in range(first, last):
            bit = np.uint64(1) << np.uint64(s - first)
            out[:, s] = True
            for e in range(start[m, s], start[m, s + 1]):
                if use[e]:
                    out[0, s] = False
                    for c in range(4):
                        if not deterred[c, target[e]] & bit:
                            out[c + 1, s] = False


def deterrence(
    rank: NDArray[np.int32], members: Bools, opponents: Bools, graph: Moves, mover: int, state: int
) -> Bools:
    """[4, N] whether the opponents of ``mover`` can deter it from leaving ``state`` for each other state.

    In the order of ``CONCEPTS`` from GMR on; of meaning only for the improvements that the mover has. Time: moves
    times a few sweeps.
    """
    out = np.empty((4, rank.shape[1]), dtype=np.uint64)
    group, movers = np.flatnonzero(members[mover]), np.flatnonzero(opponents[mover])
    use = improvements(rank, members, graph)
    _block(rank, mover, group, movers, graph.start, graph.target, use, state, state + 1, out)
    found: Bools = out != 0
    return found


def stability(rank: NDArray[np.int32], members: Bools, opponents: Bools, graph: Moves) -> Bools:
    """[5, M, N] whether each state is stable for each mover, in the order of ``CONCEPTS``.

    ``rank`` [F, N], higher is better, ties allowed; ``members`` [M, F]; ``opponents`` [M, M].
    """
    use = improvements(rank, members, graph)
    out = np.empty((5, len(members), rank.shape[1]), dtype=np.bool_)
    for m in range(len(members)):
        group = np.flatnonzero(members[m])
        movers = np.flatnonzero(opponents[m])
        mine = np.empty((5, rank.shape[1]), dtype=np.bool_)
        if len(group) == 1:
            _one(rank, m, int(group[0]), movers, graph.start, graph.target, use, mine)
        else:
            _several(rank, m, group, movers, graph.start, graph.target, use, mine)
        out[:, m] = mine
    return out


@njit(cache=True, nogil=True)
def _paths(start, target, use, source, distance, previous, mover):  # type: ignore[no-untyped-def]
    n = distance.size
    distance[source] = 0
    layer = np.zeros(n, dtype=np.bool_)
    layer[source] = True
    step = 0
    while True:
        step += 1
        following = np.zeros(n, dtype=np.bool_)
        found = False
        for m in range(start.shape[0]):
            for s in range(n):
                if not layer[s]:
                    continue
                for e in range(start[m, s], start[m, s + 1]):
                    t = target[e]
                    if use[e] and distance[t] < 0:
                        distance[t] = step
                        previous[t] = s
                        mover[t] = m
                        following[t] = True
                        found = True
        if not found:
            return
        layer = following


def paths(
    rank: NDArray[np.int32], members: Bools, graph: Moves, source: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Shortest paths from ``source`` whose every move is a UI: distance (-1: none), previous state, mover; [N].

    Ties: the lowest mover, then the lowest previous state.
    """
    n = rank.shape[1]
    distance, previous, mover = (np.full(n, -1, dtype=np.int32) for _ in range(3))
    _paths(graph.start, graph.target, improvements(rank, members, graph), source, distance, previous, mover)
    return distance, previous, mover


@njit(cache=True, nogil=True)
def _joint(rank, states, allowed, control_start, control_mask, sources, out):  # type: ignore[no-untyped-def]
    count, issues = states.shape
    for k in range(sources.size):
        s = sources[k]
        most = 0
        out[k] = -1
        for t in range(count):
            content, glad, glad_count = np.uint64(0), np.uint64(0), 0
            for f in range(rank.shape[0]):
                if rank[f, t] >= rank[f, s]:
                    content |= np.uint64(1) << np.uint64(f)
                if rank[f, t] > rank[f, s]:
                    glad |= np.uint64(1) << np.uint64(f)
                    glad_count += 1
            if t == s or glad_count <= most:
                continue
            legal, moved_by_glad = True, False
            for i in range(issues):
                a, b = states[s, i], states[t, i]
                if a == b:
                    continue
                able = False
                if allowed[i, a, b]:
                    for w in range(control_start[i], control_start[i + 1]):
                        if control_mask[w] & ~content == np.uint64(0):
                            able = True
                            if control_mask[w] & glad:
                                moved_by_glad = True
                if not able:
                    legal = False
                    break
            if legal and moved_by_glad:
                most = glad_count
                out[k] = t


def joint_improvement(
    rank: NDArray[np.int32],
    states: NDArray[np.int8],
    allowed: Bools,
    control_start: Ints,
    control_mask: NDArray[np.uint64],
    sources: NDArray[np.int32],
) -> NDArray[np.int32]:
    """[K] for each source a state that some coalition can bring about and prefers, -1 if there is none.

    A coalition takes one of the sets ``control_mask[control_start[i] : control_start[i + 1]]`` of factions for
    each issue i that it changes; nobody in it is worse off and somebody is better off (after Kilgour, Hipel, Fang &
    Peng 2001, where everybody in it has to be better off). The target with most factions better off, then the first. Cost N per source.
    """
    out = np.empty(len(sources), dtype=np.int32)
    _joint(rank, states, allowed, control_start, control_mask, sources, out)
    return out
