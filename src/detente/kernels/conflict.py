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

With ranks r_f and their sum r_0, m prefers u to s exactly if r_f(u) >= r_f(s) for every f of it and r_0(u) >
r_0(s). So among the states u within reach there is one that it does not prefer to s exactly if the least r_f there
is below r_f(s) for some f, or the least r_0 is at most r_0(s): a mover of F factions needs F + 1 numbers a state (a
mover of one faction, one), each spread over what opponents can reach (:mod:`detente.kernels.ways`). That decides
GMR and SEQ.

SMR and SSEQ spread e_f(u), the best r_f that m can get from u on. For one faction that decides too. For several it
is enough for holding and not needed: no single number need tell that every way on from u fails. The few states left
open are settled 64 at a time, one bit each for "m cannot get to anything that it prefers to s", spread with OR.

Time: N for each number, opponent and turn; for a mover of several factions, the squares of the sizes of its blocks
twice or so; and N for each opponent and turn once more per 64 states left open.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernels.ways import Levels, Ways, anywhere, levels, pairs, prefers, spread, together, ways

__all__ = [
    "CONCEPTS",
    "Graph",
    "deterrence",
    "equilibria",
    "graph",
    "improvements",
    "joint_improvement",
    "least_work",
    "moves",
    "paths",
    "stability",
    "work",
]

MAX_SETTLED = 1 << 33
"""States settled one by one times all states: a quarter of a minute."""

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Bools = NDArray[np.bool_]


class Graph(NamedTuple):
    """Who can get where."""

    ways: tuple[Ways, ...]
    """Of each mover."""
    members: Bools
    """[M, F]."""
    opponents: Bools
    """[M, M]."""
    against: tuple[list[Ways], ...]
    """Of each mover, what reaches as far as its opponents by turns."""


class _Liking(NamedTuple):
    """What a mover makes of the states: its members' ranks [N, F], added up [N], and all the numbers needed [J, N]."""

    rank: Ints
    total: Ints
    numbers: Ints


def graph(states: NDArray[np.int8], allowed: Bools, issues: Bools, members: Bools) -> Graph:
    """Of ``states`` [N, I] with the movers' ``issues`` [M, I] and ``members`` [M, F]; ``allowed`` as in ``ways``, for all
    movers or [M, I, L, L] for each."""
    legal = np.broadcast_to(allowed, (len(issues), *allowed.shape[-3:]))
    each = tuple(ways(states, mine, of) for mine, of in zip(legal, issues, strict=True))
    opponents = _apart(members)
    sets = {row.tobytes(): [each[q] for q in np.flatnonzero(row)] for row in opponents}
    reach = {row: together(others) for row, others in sets.items()}
    return Graph(each, members, opponents, tuple(reach[row.tobytes()] for row in opponents))


def _apart(members: Bools) -> Bools:
    """[M, M] movers that share no faction."""
    shared: NDArray[np.int64] = members.astype(np.int64) @ members.T.astype(np.int64)
    apart: Bools = shared == 0
    return apart


def moves(board: Graph) -> int:
    """How many moves all movers have together."""
    return sum(pairs(way)[0] for way in board.ways)


def least_work(states: int, members: Bools) -> int:
    """``work`` of any graph of so many states and these movers is at least this."""
    factions, opponents = members.sum(axis=1), _apart(members).sum(axis=1)
    numbers = factions + (factions > 1)
    return states * int((200 + 50 * opponents * numbers).sum())


def work(board: Graph) -> int:
    """What ``equilibria`` of one set of ranks costs, in steps of about a nanosecond of one core; fitted to measurements."""
    total = least_work(len(board.ways[0].place), board.members)
    for way, members in zip(board.ways, board.members, strict=True):
        if members.sum() > 1 or len(way.leads) > 1:
            total += 10 * pairs(way)[1]
    return total


def _liking(rank: Indices, board: Graph, mover: int) -> _Liking:
    mine = rank[board.members[mover]].astype(np.int64)
    total = mine.sum(axis=0)
    numbers = mine if len(mine) == 1 else np.vstack([mine, total])
    return _Liking(np.ascontiguousarray(mine.T), total, numbers)


def improvements(rank: Indices, board: Graph, mover: int, state: int) -> Indices:
    """States that a mover can get to from ``state`` and prefers, in order; ``rank`` [F, N], higher is better."""
    liked = _liking(rank, board, mover)
    found: Indices = _improvements(liked.rank, liked.total, *board.ways[mover], state)
    return found


@njit(cache=True, nogil=True)
def _ascending(values, count):  # type: ignore[no-untyped-def]
    """Sort the first ``count`` values (Shell 1959, with Knuth's gaps); ``np.sort`` would compile for seconds."""
    gap = 1
    while gap < count // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for k in range(gap, count):
            value, j = values[k], k
            while j >= gap and values[j - gap] > value:
                values[j] = values[j - gap]
                j -= gap
            values[j] = value
        gap //= 3


@njit(cache=True, nogil=True)
def _improvements(rank, total, place, cell, block, kind, leads, home, s):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    b = home[s]
    low, high = cell[block[b]], cell[block[b + 1]]
    here = np.int64(0)
    for c in range(block[b], block[b + 1]):
        for k in range(cell[c], cell[c + 1]):
            if place[k] == s:
                here = kind[c]
    found = np.empty(high - low, dtype=np.int32)
    count = 0
    for c in range(block[b], block[b + 1]):
        for k in range(cell[c], cell[c + 1]):
            if leads[here, kind[c]] and prefers(rank, total, np.int64(place[k]), s):
                found[count] = place[k]
                count += 1
    _ascending(found, count)
    return found[:count]


@njit(cache=True, nogil=True)
def _no_less(least, t, s):  # type: ignore[no-untyped-def]
    for f in range(least.shape[0]):  # noqa: SIM110 - all() of a generator cannot be compiled
        if least[f, t] < least[f, s]:
            return False
    return True


@njit(cache=True, nogil=True)
def _highest_of(numbers, place, low, high, best):  # type: ignore[no-untyped-def]
    """Of the states of a cell, ``place[low:high]``, those of which no other has all the ``numbers`` [J, N]: from ``best[low]`` to
    the place returned."""
    end = low
    for j in range(low, high):
        t = place[j]
        beaten = False
        for k in range(low, end):
            if _no_less(numbers, best[k], t):
                beaten = True
                break
        if beaten:
            continue
        kept = low
        for k in range(low, end):
            if not _no_less(numbers, t, best[k]):
                best[kept] = best[k]
                kept += 1
        best[kept] = t
        end = kept + 1
    return end


@njit(cache=True, nogil=True)
def _highest(numbers, place, cell):  # type: ignore[no-untyped-def]
    """Of each cell the states of which no other has all the ``numbers`` [J, N]: in [N] from the start of the cell to [C]."""
    best, end = np.empty(place.size, dtype=np.int32), np.empty(cell.size - 1, dtype=np.int64)
    for c in range(cell.size - 1):
        end[c] = _highest_of(numbers, place, cell[c], cell[c + 1], best)
    return best, end


@njit(cache=True, nogil=True)
def _above(numbers, some, other, s):  # type: ignore[no-untyped-def]
    """Whether ``some`` numbers of the other are no less than all numbers of s, and the last is more."""
    last = numbers.shape[0] - 1
    if some[last, other] <= numbers[last, s]:
        return False
    for f in range(last):  # noqa: SIM110 - all() of a generator cannot be compiled
        if some[f, other] < numbers[f, s]:
            return False
    return True


@njit(cache=True, nogil=True)
def _left(numbers, least, place, cell, block, kind, leads, asked):  # type: ignore[no-untyped-def]
    """[N] of the states ``asked`` those with a way to some t whose ``least`` numbers [J, N] all are above theirs."""
    out = np.zeros(place.size, dtype=np.bool_)
    best, end = np.empty(place.size, dtype=np.int32), np.empty(cell.size - 1, dtype=np.int64)
    for b in range(block.size - 1):
        wanted = False
        for k in range(cell[block[b]], cell[block[b + 1]]):
            wanted = wanted or asked[place[k]]
        if not wanted:
            continue
        for c in range(block[b], block[b + 1]):
            end[c] = _highest_of(least, place, cell[c], cell[c + 1], best)
        for c in range(block[b], block[b + 1]):
            for k in range(cell[c], cell[c + 1]):
                s = place[k]
                if not asked[s]:
                    continue
                for d in range(block[b], block[b + 1]):
                    if not leads[kind[c], kind[d]]:
                        continue
                    for j in range(cell[d], end[d]):
                        if _above(numbers, least, np.int64(best[j]), s):
                            out[s] = True
                            break
                    if out[s]:
                        break
    return out


def _leaves(liked: _Liking, least: Ints, way: Ways, asked: Bools) -> Bools:
    """[N] of the states ``asked`` those that m would leave for one of which it can be held to no less than ``least``.

    ``least`` [J, N] is no more than m's numbers of the same state. Above a state are those with a larger last number
    and others that are no smaller.
    """
    most = -least[-1]
    anywhere(most, way)
    maybe: Bools = asked & (-most > liked.total)
    if len(least) == 1 or not maybe.any():
        return maybe
    found: Bools = _left(liked.numbers, least, *way[:5], maybe)
    return found


@njit(cache=True, nogil=True)
def _liked_more(numbers, states, out):  # type: ignore[no-untyped-def]
    """out[u]: bit k tells whether u is preferred to states[k]; ``numbers`` [J, N]."""
    for k in range(states.size):
        for u in range(out.size):
            out[u] |= np.int64(_above(numbers, numbers, u, states[k])) << k


@njit(cache=True, nogil=True)
def _ways_on(numbers, best, end, place, cell, block, kind, leads, states, out):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """out[u]: bit k tells whether m gets from u to what it prefers to states[k]; ``best`` and ``end`` of its cells."""
    whole = np.zeros(kind.size, dtype=np.int64)
    for c in range(kind.size):
        for k in range(states.size):
            for j in range(cell[c], end[c]):
                if _above(numbers, numbers, np.int64(best[j]), states[k]):
                    whole[c] |= np.int64(1) << k
                    break
    for b in range(block.size - 1):
        for c in range(block[b], block[b + 1]):
            found = np.int64(0)
            for d in range(block[b], block[b + 1]):
                if leads[kind[c], kind[d]]:
                    found |= whole[d]
            for k in range(cell[c], cell[c + 1]):
                out[place[k]] = found


@njit(cache=True, nogil=True)
def _all_deterred(rank, total, by, place, cell, block, kind, leads, home, states, out):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """out[k]: whether of all that m prefers to states[k] and can get to, bit k of ``by`` [N] is set."""
    for k in range(states.size):
        s, b = states[k], home[states[k]]
        here = np.int64(0)
        for c in range(block[b], block[b + 1]):
            for j in range(cell[c], cell[c + 1]):
                if place[j] == s:
                    here = kind[c]
        out[k] = True
        for c in range(block[b], block[b + 1]):
            if leads[here, kind[c]]:
                for j in range(cell[c], cell[c + 1]):
                    t = place[j]
                    if not by[t] >> k & 1 and prefers(rank, total, np.int64(t), np.int64(s)):
                        out[k] = False


def _deterred(liked: _Liking, opponents: list[Ways] | list[Levels], states: Indices) -> Ints:
    """[N] bit k: whether the opponents can deter m, once there, from having left states[k] (at most 64), if it may not
    escape."""
    value = np.zeros(len(liked.total), dtype=np.int64)
    _liked_more(liked.numbers, states, value)
    value = ~value
    spread(value, opponents, bits=True)
    return value


def _trapped(
    liked: _Liking,
    way: Ways,
    highest: tuple[Indices, Ints],
    opponents: list[Ways] | list[Levels],
    states: Indices,
) -> Ints:
    """The same if it may escape; ``highest`` of its cells."""
    value = np.empty(len(liked.total), dtype=np.int64)
    _ways_on(liked.numbers, *highest, *way[:5], states, value)
    value = ~value
    spread(value, opponents, bits=True)
    return value


def _settled(liked: _Liking, way: Ways, opponents: list[Ways] | list[Levels], states: Indices) -> Bools:
    """[K] whether m is deterred from leaving each of the states for anything, where it may escape.

    LimitError where that takes more than 2^33 states times states.
    """
    if len(states) * len(liked.total) > MAX_SETTLED:
        raise LimitError(
            f"{len(states):,} of {len(liked.total):,} situations would have to be settled one by one for a mover of "
            f"several factions; the limit is {MAX_SETTLED // len(liked.total):,}: name the issues that matter under "
            "'conflict: {issues: [..]}'"
        )
    out = np.empty(len(states), dtype=np.bool_)
    if not len(states):
        return out
    highest = _highest(liked.numbers, way.place, way.cell)
    for low in range(0, len(states), 64):
        some = states[low : low + 64]
        by = _trapped(liked, way, highest, opponents, some)
        _all_deterred(liked.rank, liked.total, by, *way, some, out[low : low + 64])
    return out


def _judge(
    liked: _Liking, way: Ways, free: list[Ways], bound: Callable[[], list[Levels]], asked: Bools
) -> tuple[Bools, int]:
    """[5, N] whether the states ``asked`` [5, N] are stable for a mover, by concept; False where not asked. And how
    many verdicts had to be settled one by one.

    ``free`` reaches as far as its opponents, ``bound`` says what they like. What is asked of a concept has to be asked of
    every weaker one too, which spares what a weaker one has decided.
    """
    out = asked.copy()
    low = liked.numbers
    singly = 0
    anyhow: Bools = np.logical_or.reduce(asked)
    tempted = _leaves(liked, low, way, anyhow)
    if not tempted.any():
        return out, singly
    out[0] &= ~tempted
    high = -low
    anywhere(high, way)
    high = -high

    def held(start: Ints, others: list[Ways] | list[Levels], here: Bools) -> Bools:
        asked = here & tempted
        if not asked.any():
            return ~asked
        least = start.copy()
        spread(least, others)
        return ~_leaves(liked, np.minimum(least, low), way, asked)

    for gmr, smr in ((1, 2), (3, 4)):
        if gmr == 3:
            out[3] &= out[1]
            out[4] &= out[2]
        if not (out[gmr] & tempted).any():
            out[smr] &= out[gmr]
            continue
        others: list[Ways] | list[Levels] = free if gmr == 1 else bound()
        out[gmr] &= held(low, others, out[gmr])
        out[smr] &= out[gmr]
        sure = held(high, others, out[smr])
        if len(low) > 1:
            unsure = np.flatnonzero(out[smr] & ~sure).astype(np.int32)
            sure[unsure] = _settled(liked, way, others, unsure)
            singly += len(unsure)
        out[smr] &= sure
    return out, singly


def _judges(rank: Indices, board: Graph) -> Callable[[int, Bools], tuple[Bools, int]]:
    """``_judge`` by the number of the mover."""

    @cache
    def liking(m: int) -> _Liking:
        return _liking(rank, board, m)

    @cache
    def bound(m: int) -> Levels:
        return levels(liking(m).rank, liking(m).total, board.ways[m])

    def judge(m: int, asked: Bools) -> tuple[Bools, int]:
        def likes() -> list[Levels]:
            return [bound(q) for q in np.flatnonzero(board.opponents[m]).tolist()]

        return _judge(liking(m), board.ways[m], board.against[m], likes, asked)

    return judge


def stability(rank: Indices, board: Graph, states: Indices | None = None) -> Bools:
    """[5, M, N] whether each state is stable for each mover, in the order of ``CONCEPTS``; [5, M, K] of ``states``.

    ``rank`` [F, N], higher is better, ties allowed, the members' sum within 62 bits.
    """
    asked = np.ones((5, rank.shape[1]), dtype=np.bool_)
    if states is not None:
        asked[:] = False
        asked[:, states] = True
    judge = _judges(rank, board)
    found = np.stack([judge(m, asked)[0] for m in range(len(board.ways))], axis=1)
    return found if states is None else found[:, :, states]


def equilibria(rank: Indices, board: Graph, state: int | None = None) -> tuple[Bools, int]:
    """[5, N] whether each state is stable for all movers: ``stability(rank, board).all(axis=1)``, faster. Where only one ``state`` is
    asked of, False for all others.

    And how many verdicts had to be settled one by one, at about N steps each beyond ``work``.
    """
    alive = np.full((5, rank.shape[1]), state is None)
    if state is not None:
        alive[:, state] = True
    judge = _judges(rank, board)
    singly = 0
    # What those of one faction leave need not be settled for those of several.
    for m in np.argsort(board.members.sum(axis=1), kind="stable").tolist():
        if not alive.any():
            break
        alive, some = judge(m, alive)
        singly += some
    return alive, singly


def deterrence(rank: Indices, board: Graph, mover: int, state: int) -> Bools:
    """[4, N] whether the opponents of ``mover`` can deter it from leaving ``state`` for each other state.

    In the order of ``CONCEPTS`` from GMR on; of meaning only for the improvements that the mover has.
    """
    liked, way = _liking(rank, board, mover), board.ways[mover]
    others = np.flatnonzero(board.opponents[mover]).tolist()
    bound = [levels(*_liking(rank, board, q)[:2], board.ways[q]) for q in others]
    leaving = np.array([state], dtype=np.int32)
    highest = _highest(liked.numbers, way.place, way.cell)
    found: list[Ints] = []
    for kinds in (board.against[mover], bound):
        found += [_deterred(liked, kinds, leaving), _trapped(liked, way, highest, kinds, leaving)]
    by: Bools = np.array(found) & 1 == 1
    return by


def paths(rank: Indices, board: Graph, source: int) -> tuple[Indices, Indices, Indices]:
    """Shortest paths from ``source`` whose every move is a UI: distance (-1: none), previous state, mover; [N].

    Ties: the lowest mover, then the lowest previous state.
    """
    distance, previous, mover = (np.full(rank.shape[1], -1, dtype=np.int32) for _ in range(3))
    distance[source] = 0
    likings = [_liking(rank, board, m) for m in range(len(board.ways))]
    layer = np.array([source], dtype=np.int32)
    step = 0
    while len(layer):
        step += 1
        for m, (liked, way) in enumerate(zip(likings, board.ways, strict=True)):
            _step(liked.rank, liked.total, *way, layer, (step, m), distance, previous, mover)
        layer = np.flatnonzero(distance == step).astype(np.int32)
    return distance, previous, mover


@njit(cache=True, nogil=True)
def _step(  # type: ignore[no-untyped-def]  # noqa: PLR0913
    rank, total, place, cell, block, kind, leads, home, layer, now, distance, previous, mover
):
    for s in layer:
        for t in _improvements(rank, total, place, cell, block, kind, leads, home, np.int64(s)):
            if distance[t] < 0:
                distance[t], mover[t] = now
                previous[t] = s


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
                    c = i * allowed.shape[2] + b
                    for w in range(control_start[c], control_start[c + 1]):
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

    A coalition takes one of the sets ``control_mask[control_start[c] : control_start[c + 1]]`` of factions, with c = i L + b, for
    each issue i that it moves, to option b; nobody in it is worse off and somebody is better off (after Kilgour, Hipel, Fang &
    Peng 2001, where everybody in it has to be better off). The target with most factions better off, then the first. Cost N per source.
    """
    out = np.empty(len(sources), dtype=np.int32)
    _joint(rank, states, allowed, control_start, control_mask, sources, out)
    return out
