"""Where movers can get to in a graph of states, and what can be learnt from all of it at once.

A mover changes any of its issues in one move. States that differ in nothing else are a *block*; those of a block
between which it can go to and fro are a *cell*. What it can do within an issue is transitive (anything, or only
away from somewhere), so one move leads wherever several lead, and from one cell to another either every state has
a move to every state or none has. Moves need not be stored: a mover is N states in the order of their cells.

Two passes over all states answer every question of :mod:`detente.kernels.conflict`. Each *joins* values, by the
least of numbers or by the union of 64 bits, over what a mover can get to from a state, itself included:

- :func:`anywhere`, by any move: cells are joined first, then the cells of a block that lead to each other. Time N,
  and the squares of the numbers of cells in the blocks.
- :func:`upward`, by moves that the mover prefers to staying. States of a block that are alike (same cell, same
  ranks) are a *level*; a level's *parents* are the better levels with none in between (:func:`levels`, a Hasse
  diagram, once for given ranks: the squares of the sizes of the blocks, less where all is comparable). Where what a
  mover does is worth the same whatever stands elsewhere, its blocks all have the same levels, which are found once. As
  preference is transitive, what is above a level is its parents and what is above those. Time N and the parents.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernels.growth import longer

__all__ = [
    "Levels",
    "Ways",
    "anywhere",
    "feasible",
    "levels",
    "pairs",
    "prefers",
    "spread",
    "together",
    "upward",
    "ways",
]

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Bools = NDArray[np.bool_]

MAX_KINDS = 1 << 13
"""Combinations of one mover's options that cannot be undone; their square is stored."""

NOTHING = np.iinfo(np.int64).max
"""Joined with any number by the least: that number. Of bits nothing is 0."""


class Ways(NamedTuple):
    """Where one mover can get to."""

    place: Indices
    """[N] states, block by block, cell by cell, then in order."""
    cell: Ints
    """[C + 1] offsets into ``place``."""
    block: Ints
    """[B + 1] offsets into ``cell``."""
    kind: Indices
    """[C] what tells the cells of a block from each other."""
    leads: Bools
    """[K, K] whether from a cell of one kind the mover can get to one of another in its block; true for itself."""
    home: Indices
    """[N] the block of each state."""


class Levels(NamedTuple):
    """How a mover likes the states within its reach. Blocks whose states differ in the same way are of one *sort*: they have
    the same levels, which are passed over together."""

    place: Indices
    """[N] states, sort by sort; of a sort the best of each of its blocks, then the next of each, and so on."""
    start: Ints
    """[K + 1] offsets into ``place``."""
    many: Ints
    """[K] blocks of each sort."""
    top: Ints
    """[K + 1] offsets into ``level``."""
    level: Indices
    """[V] the first of a block's states, by their order in ``place``, that is of the level."""
    first: Indices
    """[V + 1] offsets into ``parent``."""
    parent: Indices
    """Levels counted from the first of the sort, each before its own."""


def feasible(sizes: Ints, start: Ints, issue: Ints, option: Ints) -> NDArray[np.int8]:
    """All combinations that match none of the patterns, [N, I], the first issue slowest."""
    grid = np.indices(tuple(sizes.tolist()), dtype=np.int8).reshape(len(sizes), -1)
    keep = np.ones(grid.shape[1], dtype=np.bool_)
    for t in range(len(start) - 1):
        pairs = range(int(start[t]), int(start[t + 1]))
        keep &= ~np.all([grid[issue[k]] == option[k] for k in pairs], axis=0)
    return np.ascontiguousarray(grid[:, keep].T)


def ways(states: NDArray[np.int8], allowed: Bools, mine: Bools) -> Ways:
    """Of a mover of the issues ``mine`` [I]; ``allowed`` [I, L, L] from option to option, true for staying.

    ValueError where what is allowed is not transitive, LimitError beyond ``MAX_KINDS``.
    """
    count = len(states)
    sizes = states.max(axis=0).astype(np.int64) + 1 if count else np.ones(len(mine), dtype=np.int64)
    outside, inside = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    kinds = []
    for i, size in enumerate(sizes):
        table = allowed[i, :size, :size]
        if mine[i]:
            if (table @ table > table).any() or not table.diagonal().all():
                raise ValueError(f"the moves of issue {i} are not transitive")
            # Options with a way to and fro lead to the same ones.
            alike = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
            inside = inside * (int(alike.max()) + 1) + alike[states[:, i]]
            kinds.append((i, table))
        else:
            outside = outside * size + states[:, i]
    place = np.lexsort((inside, outside)).astype(np.int32)
    outside, inside = outside[place], inside[place]
    new_block = np.append(True, outside[1:] != outside[:-1])
    new_cell = new_block | np.append(True, inside[1:] != inside[:-1])
    cell = np.flatnonzero(new_cell)
    found, kind = np.unique(inside[cell], return_inverse=True)
    if len(found) > MAX_KINDS:
        raise LimitError(
            f"one mover has {len(found):,} combinations of options that cannot be undone; the limit is "
            f"{MAX_KINDS:,}: name the issues that matter under 'conflict: {{issues: [..]}}'"
        )
    someone = np.empty(len(found), dtype=np.int64)
    someone[kind] = place[cell]
    leads = np.ones((len(found), len(found)), dtype=np.bool_)
    for i, table in kinds:
        at = states[someone, i]
        leads &= table[at[:, None], at[None, :]]
    home = np.empty(count, dtype=np.int32)
    home[place] = np.cumsum(new_block) - 1
    return Ways(
        place,
        np.append(cell, count),
        np.append(np.flatnonzero(new_block[cell]), len(cell)),
        kind.astype(np.int32).reshape(-1),
        leads,
        home,
    )


def pairs(way: Ways) -> tuple[int, int]:
    """How many moves there are, and how many pairs of states in the same block (a state with itself too)."""
    sizes = np.diff(way.cell)
    if way.leads.all():
        whole = np.add.reduceat(sizes, way.block[:-1]).astype(np.float64)
        return int((whole * (whole - 1)).sum()), int((whole**2).sum())
    moves, both = _pairs(way.cell, way.block, way.kind, way.leads)
    return int(moves) - len(way.place), int(both)


@njit(cache=True, nogil=True)
def _pairs(cell, block, kind, leads):  # type: ignore[no-untyped-def]
    moves, both = 0, 0
    for b in range(block.size - 1):
        for c in range(block[b], block[b + 1]):
            for d in range(block[b], block[b + 1]):
                product = (cell[c + 1] - cell[c]) * (cell[d + 1] - cell[d])
                both += product
                if leads[kind[c], kind[d]]:
                    moves += product
    return moves, both


@njit(cache=True, nogil=True)
def _join(a, b, bits):  # type: ignore[no-untyped-def]
    return a | b if bits else min(a, b)


@njit(cache=True, nogil=True)
def _anywhere(values, place, cell, block, kind, leads, bits):  # type: ignore[no-untyped-def]
    whole = np.empty(kind.size, dtype=np.int64)
    changed = False
    for j in range(values.shape[0]):
        for b in range(block.size - 1):
            cells = range(block[b], block[b + 1])
            for c in cells:
                own = values[j, place[cell[c]]]
                for k in range(cell[c] + 1, cell[c + 1]):
                    own = _join(own, values[j, place[k]], bits)
                whole[c] = own
            for c in cells:
                found = whole[c]
                for d in cells:
                    if d != c and leads[kind[c], kind[d]]:
                        found = _join(found, whole[d], bits)
                for k in range(cell[c], cell[c + 1]):
                    if values[j, place[k]] != found:
                        values[j, place[k]] = found
                        changed = True
    return changed


def anywhere(value: Ints, way: Ways, *, bits: bool = False) -> bool:
    """``value`` [N], or each of several [J, N], becomes its join over all that the mover can get to; whether anything changed."""
    return bool(_anywhere(_rows(value), way.place, way.cell, way.block, way.kind, way.leads, bits))


@njit(cache=True, nogil=True)
def _upward(value, place, start, many, top, level, first, parent, bits):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    whole = np.empty(place.size, dtype=np.int64)
    most = 0
    for c in range(many.size):
        most = max(most, many[c])
    above = np.empty(most, dtype=np.int64)
    changed = False
    for c in range(many.size):
        blocks = many[c]
        end = (start[c + 1] - start[c]) // blocks
        for v in range(top[c], top[c + 1]):
            own = (v - top[c]) * blocks
            for j in range(blocks):
                above[j] = 0 if bits else NOTHING
            for e in range(first[v], first[v + 1]):
                p = parent[e] * blocks
                for j in range(blocks):
                    above[j] = _join(above[j], whole[p + j], bits)
            for j in range(blocks):
                whole[own + j] = above[j]
            for k in range(level[v], level[v + 1] if v + 1 < top[c + 1] else end):
                at = start[c] + k * blocks
                for j in range(blocks):
                    s = place[at + j]
                    found = _join(value[s], above[j], bits)
                    whole[own + j] = _join(whole[own + j], found, bits)
                    changed |= found != value[s]
                    value[s] = found
    return changed


def upward(value: Ints, liked: Levels, *, bits: bool = False) -> bool:
    """``value`` [N], or each of several [J, N], becomes its join over all that the mover can get to and prefers; whether
    anything changed."""
    changed = [_upward(row, *liked, bits) for row in _rows(value)]
    return any(changed)


def _rows(value: Ints) -> Ints:
    """[J, N] of the same memory."""
    if not value.flags.c_contiguous:
        raise ValueError("values must be in one piece: they are changed")
    return value.reshape(-1, value.shape[-1])


def spread(value: Ints, movers: list[Ways] | list[Levels], *, bits: bool = False) -> None:
    """``value`` [N], or each of several [J, N], becomes its join over all that the movers can get to by turns, by any moves or
    only upward."""
    quiet, turn = 0, 0
    while quiet < len(movers):
        mover = movers[turn % len(movers)]
        changed = (
            anywhere(value, mover, bits=bits) if isinstance(mover, Ways) else upward(value, mover, bits=bits)
        )
        # A second pass of the same mover would change nothing.
        quiet = 1 if changed else quiet + 1
        turn += 1


def together(movers: list[Ways]) -> list[Ways]:
    """What reaches as far as the movers by turns: those that can take back all their moves as one, whose cells are all that
    they can bring about from a state."""
    free = [way for way in movers if way.leads.all()]
    if len(free) < 2:
        return movers
    count = len(free[0].place)
    least = np.arange(count)
    spread(least, free)
    place = np.argsort(least, kind="stable").astype(np.int32)
    first, home = np.unique(least, return_index=True, return_inverse=True)[1:]
    cell = np.append(np.searchsorted(least[place], least[first]), count)
    one = Ways(
        place,
        cell,
        np.arange(len(cell)),
        np.zeros(len(first), dtype=np.int32),
        np.ones((1, 1), dtype=np.bool_),
        home.astype(np.int32),
    )
    return [one, *(way for way in movers if not way.leads.all())]


@njit(cache=True, nogil=True)
def prefers(rank, total, t, s):  # type: ignore[no-untyped-def]
    """Nobody worse off in t than in s, somebody better off."""
    if total[t] <= total[s]:
        return False
    for f in range(rank.shape[1]):  # noqa: SIM110 - all() of a generator cannot be compiled
        if rank[t, f] < rank[s, f]:
            return False
    return True


@njit(cache=True, nogil=True)
def _before(rank, total, s, kind_s, t, kind_t):  # type: ignore[no-untyped-def]
    """Whether s comes before t, 0 where they are alike: by what they are worth together, then anyhow."""
    if total[s] != total[t]:
        return 1 if total[s] > total[t] else -1
    for f in range(rank.shape[1]):
        if rank[s, f] != rank[t, f]:
            return 1 if rank[s, f] > rank[t, f] else -1
    return int(kind_t > kind_s) - int(kind_t < kind_s)


@njit(cache=True, nogil=True)
def _sort(rank, total, place, kind, size):  # type: ignore[no-untyped-def]
    """Shell's sort of one block of ``size`` states, in place; gaps of Ciura (2001)."""
    for gap in (1750, 701, 301, 132, 57, 23, 10, 4, 1):
        for i in range(gap, size):
            s, kind_s = place[i], kind[i]
            j = i
            while j >= gap and _before(rank, total, s, kind_s, place[j - gap], kind[j - gap]) > 0:
                place[j], kind[j] = place[j - gap], kind[j - gap]
                j -= gap
            place[j], kind[j] = s, kind_s


@njit(cache=True, nogil=True)
def _likeness(rank, place, kind, low, high):  # type: ignore[no-untyped-def]
    """A number that blocks of one sort share; a few of their states tell enough."""
    found = np.uint64(high - low)
    for n in range(1, 5):
        k = low + (high - low - 1) * n // 4
        found = (found ^ np.uint64(kind[k])) * np.uint64(0x9E3779B97F4A7C15)
        for f in range(rank.shape[1]):
            apart = np.uint64(rank[place[k], f] - rank[place[low], f])
            found = (found ^ apart) * np.uint64(0x9E3779B97F4A7C15)
            found ^= found >> np.uint64(29)
    return found


@njit(cache=True, nogil=True)
def _alike(rank, place, kind, a, b, size):  # type: ignore[no-untyped-def]
    """Whether the states from a and from b on differ from their first in the same way, in order."""
    for n in range(size):
        if kind[a + n] != kind[b + n]:
            return False
        for f in range(rank.shape[1]):
            one = rank[place[a + n], f] - rank[place[a], f]
            if one != rank[place[b + n], f] - rank[place[b], f]:
                return False
    return True


@njit(cache=True, nogil=True)
def _sorts(rank, place, cell, block, kind):  # type: ignore[no-untyped-def]
    """[B] the first block of the same sort as each; blocks of one size, kinds and differences are."""
    blocks = block.size - 1
    found = np.empty(blocks, dtype=np.int64)
    room = 1
    while room < 2 * blocks:
        room *= 2
    known = np.full(room, -1, dtype=np.int64)
    for b in range(blocks):
        low, high = cell[block[b]], cell[block[b + 1]]
        slot = np.int64(_likeness(rank, place, kind, low, high) & np.uint64(room - 1))
        while known[slot] >= 0:
            twin = known[slot]
            other = cell[block[twin]]
            if cell[block[twin + 1]] - other == high - low and _alike(
                rank, place, kind, other, low, high - low
            ):
                break
            slot = (slot + 1) & (room - 1)
        else:
            known[slot] = b
        found[b] = known[slot]
    return found


@njit(cache=True, nogil=True)
def _by_sorts(given, cell, block, twin, many, order):  # type: ignore[no-untyped-def]
    """``place`` of :class:`Levels`; ``order`` [N] tells where in a block its best state stands, the next, ..., for the first
    block of each sort."""
    place, taken = np.empty(given.size, dtype=np.int32), np.zeros(many.size, dtype=np.int64)
    begins, start = np.empty(many.size, dtype=np.int64), 0
    for b in range(twin.size):
        leader, low = twin[b], cell[block[b]]
        size = cell[block[b + 1]] - low
        if leader == b:
            begins[b] = start
            start += size * many[b]
        for k in range(size):
            at = order[cell[block[leader]] + k]
            place[begins[leader] + k * many[leader] + taken[leader]] = given[low + at]
        taken[leader] += 1
    return place


# Loops, since array expressions of NumPy take long to compile.
@njit(cache=True, nogil=True)
def _levels(rank, total, given, kind, cell, block, leaders, largest, leads):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Of the sorts whose first blocks are ``leaders``, ``largest`` the states of the largest: the best first, and their levels."""
    count, width = given.size, rank.shape[1]
    top = np.zeros(leaders.size + 1, dtype=np.int64)
    level, first = np.empty(count, dtype=np.int32), np.empty(count + 1, dtype=np.int32)
    parent = np.empty(count + 1, dtype=np.int32)
    found, used = 0, 0
    alike = leads.size == 1
    chain = width == 1 and alike
    room = 0 if chain else largest
    over = np.zeros((room, room), dtype=np.bool_)  # over[v, p]: level p of the sort is above level v
    # Of the levels of the sort, kept together.
    worth, sums = np.empty((room, width), dtype=np.int64), np.empty(room, dtype=np.int64)
    kinds = np.empty(room, dtype=np.int32)
    at = np.empty(count, dtype=np.int32)  # a state's place in its block, of those of leaders
    order = np.empty(count, dtype=np.int32)  # of leaders: the places in the block, best first
    here, ways_on = np.empty(largest, dtype=np.int32), np.empty(largest, dtype=np.int32)
    for c in range(leaders.size):
        low, high = cell[block[leaders[c]]], cell[block[leaders[c] + 1]]
        for k in range(low, high):
            at[given[k]] = k - low
            here[k - low], ways_on[k - low] = given[k], kind[k]
        _sort(rank, total, here, ways_on, high - low)
        for k in range(high - low):
            s = here[k]
            order[low + k] = at[s]
            if k > 0 and _before(rank, total, here[k - 1], ways_on[k - 1], s, ways_on[k]) == 0:
                continue
            level[found], first[found] = k, used
            v = found - top[c]
            found += 1
            if chain:
                if v > 0:
                    parent[used] = v - 1
                    used += 1
                continue
            for f in range(width):
                worth[v, f] = rank[s, f]
            sums[v], kinds[v] = total[s], ways_on[k]
            for p in range(v):
                over[v, p] = False
            for p in range(v - 1, -1, -1):
                if over[v, p] or not (alike or leads[kinds[v], kinds[p]]) or not prefers(worth, sums, p, v):
                    continue
                if used == parent.size:
                    parent = longer(parent)
                parent[used] = p
                used += 1
                for q in range(p):
                    over[v, q] |= over[p, q]
                over[v, p] = True
        top[c + 1] = found
    first[found] = used
    return order, top, level, first, parent


def levels(rank: Ints, total: Ints, way: Ways) -> Levels:
    """For a mover whose factions have ``rank`` [N, F], ``total`` [N] together."""
    sizes = np.diff(way.cell[way.block])
    kind = np.repeat(way.kind, np.diff(way.cell))
    twin = _sorts(rank, way.place, way.cell, way.block, kind)
    many = np.bincount(twin)  # blocks of the sort of which a block is the first
    leaders = np.flatnonzero(many)
    order, top, level, first, parent = _levels(
        rank, total, way.place, kind, way.cell, way.block, leaders, int(sizes.max(initial=0)), way.leads
    )
    found = int(top[-1])
    used = int(first[found])
    return Levels(
        _by_sorts(way.place, way.cell, way.block, twin, many, order),
        np.append(0, np.cumsum(sizes[leaders] * many[leaders])),
        many[leaders],
        top,
        level[:found].copy(),
        first[: found + 1].copy(),
        parent[:used].copy(),
    )
