"""In which order can an agreement be carried out so that nobody gains by stopping half-way?

``M`` steps (bits of a set), ``F`` factions. A *batch* is a set of steps carried out together; a *plan* is a
sequence of batches that executes every step once, none together with what it comes after or before that. A set ``C`` of
executed steps is *feasible* if it contains what its steps need and matches no excluded term; a plan visits feasible sets
only. (What a step needs has to stand for as long as it does; what it comes after may be taken back later.) In points per month::

    g_f(C) = base_f + sum_{s in C} delta_fs + sum_{t: on_t in C, off_t not in C} points_ft

A batch takes as long as its longest step, ``d``. With the monthly discount factor ``rho_f``, values normalised
so that a constant flow is worth itself, and ``R`` months left before a deadline takes the future (if any),

    V_f(all done) = (1 - rho^R) g_f(all)        V_f(C) = (1 - rho^k) g_f(C + B) + rho^k V_f(C + B),  k = min(d, R)

Before each batch, and at the end, a faction may *walk off* (everybody undoes what can be undone), *withhold*
its own steps while the others carry out theirs, or moreover *take back* what it can of its own earlier steps.
The last two are found out after ``k`` months, and then everything that can be undone is::

    (1 - rho^k) g_f(X) + (rho^k - rho^R) b_f(X) - undo - penalty,        b_f(X) = g_f(kept(X)) - g_f(nothing)

Where a term is a *line* of f, f does not go on to a set that matches it: its margin is -inf wherever going on passes through
one, now or later. While orders are compared a line costs a toll for each month, worked out from the terms so that it is
more than anything else can make up for; it ranks the orders that break lines, and no answer is read from it. After a
breakdown only those lines cost that were not broken before anything was done.

What a deviation brings about may stand until a date only (:class:`detente.kernels.appraisal.Dated`): a stage is judged by what
stands when it begins, and the end again at each date that is still to come, when whoever stayed on could leave.

The margin of f is ``V_f`` less its best deviation less its cost; the slack of a stage is the largest, over the
winning sets, of the smallest margin in the set; the slack of a plan is that of its worst stage.

``V`` depends on the path, so a programme over sets alone would be wrong. It keeps the Pareto-best labels
``(slack, V_1 .. V_F)`` of every set: all maps above are nondecreasing in them, and deviations do not depend on
them, so dropping a dominated label loses nothing. A first pass with one label for each set gives a plan, and
with each ``V_f`` taken at its own best over all continuations a bound; a second keeps the labels of those sets
that could still lie on a better plan. Where the labels kept are capped, the bound says by how much a better
plan could exceed the one found.

Time O(2^M B F M) for B batches. Memory for each of the 2^M sets: some 8 (4 F + 5) bytes in the first pass, for those
that are left in the second 8 (F + 1) + 4 bytes a label, 320 MB in all at most; times the months that exchanges can
save, where a deadline makes the date matter.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels.appraisal import (
    Floats,
    Masks,
    Terms,
    appraise,
    bits_of,
    bound_of,
    fate_of,
    feasible_sets,
    flow_of,
    slack,
    support_of,
    waits_of,
    ways_out,
    with_tolls,
)
from detente.kernels.threads import each
from detente.progress import told

__all__ = ["MAX_EXACT", "MAX_STEPS", "Plan", "best_plan"]

MAX_EXACT = 20
"""Steps up to which all sets are looked at."""

MAX_STEPS = 63
"""Steps at all."""

MAX_STATES = 1 << 22
"""Sets, times months that exchanges can save where a deadline makes them matter."""

MAX_LABELS = 512
MAX_NUMBERS = 40_000_000
"""Numbers kept in labels (8 bytes each)."""

BEAM, WIDE = 512, 30  # continuations kept of each size; beyond so many steps fewer, for the same work
TOLERANCE = 1e-9


class Plan(NamedTuple):
    """The best order found."""

    order: tuple[int, ...]
    """Indices into the batches; empty where no order visits feasible sets only."""
    slack: float
    """Of this order, tolls for lines included; -inf where there is none."""
    bound: float
    """No order has more slack than this; -inf: every order breaks a line of somebody who has to go on."""
    labels: int
    """Most labels kept for one set."""

    @property
    def proven(self) -> bool:
        """Whether no order has more slack."""
        return self.bound <= self.slack + TOLERANCE or not self.order


# --- the best order in one draw ---------------------------------------------------------------------------


class _Board(NamedTuple):
    """One draw as tables; ``n`` sets."""

    flow: Floats  # [n, F]
    fate: Floats  # [n, F] after a breakdown
    feasible: NDArray[np.bool_]  # [n]
    months: NDArray[np.int64]  # [n] sum over the steps
    month: NDArray[np.int64]  # [M]
    power: Floats  # [F, months + 1] of rho
    horizon: NDArray[np.int64]
    own: Masks
    lapse: Masks  # [phases, F]
    dates: NDArray[np.int64]  # [phases] the month in which each begins
    reversible: Masks  # [1]
    support: Masks
    undo: Floats  # [F, M]
    penalty: Floats  # [phases, F, M]
    cost: Floats
    batches: Masks
    waits: Masks  # [B] what has to be done before a batch
    takes: NDArray[np.int64]  # [B] months
    saves: NDArray[np.int64]  # [B] months less than one after another; 0 where dates do not matter
    winning: Masks


@njit(cache=True, nogil=True)
def _phase(board, elapsed):  # type: ignore[no-untyped-def]
    """The last phase that has begun."""
    phase = 0
    while phase + 1 < len(board.dates) and board.dates[phase + 1] <= elapsed:
        phase += 1
    return phase


@njit(cache=True, nogil=True)
def _deviation(board, f, done, batch, takes, left, phase):  # type: ignore[no-untyped-def]
    """The best deviation of f; ``left`` months to its deadline, -1 without one."""
    lapse = board.lapse[phase, f]
    reversible = board.reversible[0]
    support = board.support
    steps = len(support)
    stay = 0.0 if left < 0 else board.power[f, left]
    kept = 0
    back = done & board.own[f] & reversible
    retaken = back
    for s in range(steps):
        if done >> s & 1:
            if not (reversible | lapse) >> s & 1:
                kept |= support[s]
            if not back >> s & 1:
                retaken &= ~support[s]
    best = (1 - stay) * board.fate[kept, f]
    withheld = batch & board.own[f]
    for which in range(2):
        taken = retaken if which else 0
        if (withheld if which == 0 else taken) == 0:
            continue
        away = withheld | taken
        rest = (done | batch) & ~away & ~lapse
        there = 0
        kept = 0
        paid = 0.0
        months = takes
        for s in range(steps):
            if rest >> s & 1 and rest & support[s] == support[s]:
                there |= 1 << s
                if not reversible >> s & 1:
                    kept |= support[s]
            if away >> s & 1:
                paid += board.penalty[phase, f, s]
                if taken >> s & 1:
                    paid += board.undo[f, s]
                    if batch == 0:
                        months = max(months, board.month[s])
        if not board.feasible[there]:
            continue
        if left >= 0:
            months = min(months, left)
        hidden = board.power[f, months]
        found_out = (hidden - stay) * board.fate[kept, f]
        best = max(best, (1 - hidden) * board.flow[there, f] + found_out - paid)
    return best


@njit(cache=True, nogil=True)
def _end(board, f, done, elapsed, phase):  # type: ignore[no-untyped-def]
    """What it is worth to f when all is done, and its least margin then and at each date to come."""
    least, value = np.inf, 0.0
    none = np.int64(0)
    for late in range(len(board.dates) - 1, phase - 1, -1):
        when = elapsed if late == phase else board.dates[late]
        left = -1 if board.horizon[f] < 0 else max(0, board.horizon[f] - when)
        value = (1 - (0.0 if left < 0 else board.power[f, left])) * board.flow[done, f]
        least = min(least, value - _deviation(board, f, done, none, none, left, late) - board.cost[f])
    return value, least


@njit(cache=True, nogil=True)
def _least(margin, winning):  # type: ignore[no-untyped-def]
    best = -np.inf
    for mask in winning:
        worst = np.inf
        for f in range(len(margin)):
            if mask >> f & 1:
                worst = min(worst, margin[f])
        best = max(best, worst)
    return best


@njit(cache=True, nogil=True)
def _fill(row, values):  # type: ignore[no-untyped-def]
    """A row at once would compile for seconds."""
    for f in range(len(row)):
        row[f] = values[f]


@njit(cache=True, nogil=True)
def _keep(values, scores, picks, count, fresh, score, pick, via):  # type: ignore[no-untyped-def]
    """Insert a label among at most ``len(scores)``; the best score that was left out, -inf if none."""
    room, width = values.shape
    n = 0
    for j in range(count):
        if scores[j] >= score:
            covered = True
            for f in range(width):
                if values[j, f] < fresh[f]:
                    covered = False
                    break
            if covered:
                return count, -np.inf
        beaten = score >= scores[j]
        if beaten:
            for f in range(width):
                if fresh[f] < values[j, f]:
                    beaten = False
                    break
        if not beaten:
            if n < j:
                _fill(values[n], values[j])
                scores[n] = scores[j]
                picks[n, 0], picks[n, 1] = picks[j, 0], picks[j, 1]
            n += 1
    place, out = n, -np.inf
    if n == room:
        place = 0
        for j in range(1, n):
            if scores[j] < scores[place]:
                place = j
        if scores[place] >= score:
            return n, score
        out = scores[place]
        n -= 1
    _fill(values[place], fresh)
    scores[place] = score
    picks[place, 0] = pick
    picks[place, 1] = via
    return n + 1, out


@njit(cache=True, nogil=True)
def _sweep(board, sets, slot, values, scores, picks, counts, ceiling, best, floor, prefix, first):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Labels of the states of ``sets``, whose successors have theirs; the best score capped away.

    ``slot`` [layers, n] row of each state in the labels, -1: not looked at. With ``first`` also ``ceiling``
    [layers, n, F], the best V_f of each faction on its own, and ``best`` [layers, n], a bound on the slack.
    """
    layers, whole = slot.shape[0], board.flow.shape[0] - 1
    width = board.flow.shape[1]
    leaving, wait = np.empty(width), np.empty(width)
    margin, fresh = np.empty(width), np.empty(width)
    nothing, lost = np.full(width, -np.inf), -np.inf
    none = np.int64(0)
    for done in sets:
        for layer in range(layers):
            row, elapsed = slot[layer, done], board.months[done] - layer
            if row < 0:
                continue
            phase = _phase(board, elapsed)
            if done == whole:
                for f in range(width):
                    fresh[f], margin[f] = _end(board, f, done, elapsed, phase)
                score = _least(margin, board.winning)
                if first:
                    _fill(ceiling[layer, done], fresh)
                    best[layer, done] = score
                counts[row], _ = _keep(
                    values[row], scores[row], picks[row], none, fresh, score, none - 1, none
                )
                continue
            if first:
                _fill(ceiling[layer, done], nothing)
                best[layer, done] = -np.inf
            count = none
            for b in range(len(board.batches)):
                batch = board.batches[b]
                then, after = done | batch, layer + board.saves[b]
                early = batch & done or board.waits[b] & ~done
                if early or after >= layers or not board.feasible[then]:
                    continue
                source = slot[after, then]
                if source < 0 or counts[source] == 0:
                    continue
                for f in range(width):
                    left = -1 if board.horizon[f] < 0 else max(0, board.horizon[f] - elapsed)
                    leaving[f] = (
                        _deviation(board, f, done, batch, board.takes[b], left, phase) + board.cost[f]
                    )
                    months = board.takes[b] if left < 0 else min(board.takes[b], left)
                    wait[f] = board.power[f, months]
                if first:
                    for f in range(width):
                        value = (1 - wait[f]) * board.flow[then, f] + wait[f] * ceiling[after, then, f]
                        ceiling[layer, done, f] = max(ceiling[layer, done, f], value)
                        margin[f] = value - leaving[f]
                    most = min(best[after, then], _least(margin, board.winning))
                    best[layer, done] = max(best[layer, done], most)
                for j in range(np.int64(counts[source])):
                    for f in range(width):
                        fresh[f] = (1 - wait[f]) * board.flow[then, f] + wait[f] * values[source, j, f]
                        margin[f] = fresh[f] - leaving[f]
                    score = min(scores[source, j], _least(margin, board.winning))
                    if score > floor:
                        count, out = _keep(values[row], scores[row], picks[row], count, fresh, score, b, j)
                        lost = max(lost, min(out, prefix[layer, done]))
            counts[row] = count
    return lost


@njit(cache=True, nogil=True)
def _reach(board, sets, ceiling, prefix):  # type: ignore[no-untyped-def]
    """``prefix`` [layers, n]: a bound on the slack of the stages up to a state."""
    layers = prefix.shape[0]
    width = board.flow.shape[1]
    margin = np.empty(width)
    for then in sets:
        for after in range(layers):
            found = np.inf if then == 0 and after == 0 else -np.inf
            for b in range(len(board.batches)):
                batch = board.batches[b]
                layer = after - board.saves[b]
                done = then & ~batch
                if batch & then != batch or layer < 0 or not board.feasible[done]:
                    continue
                if prefix[layer, done] <= found or board.waits[b] & ~done:
                    continue
                elapsed = board.months[done] - layer
                phase = _phase(board, elapsed)
                for f in range(width):
                    left = -1 if board.horizon[f] < 0 else max(0, board.horizon[f] - elapsed)
                    months = board.takes[b] if left < 0 else min(board.takes[b], left)
                    wait = board.power[f, months]
                    value = (1 - wait) * board.flow[then, f] + wait * ceiling[after, then, f]
                    margin[f] = value - board.cost[f]
                    margin[f] -= _deviation(board, f, done, batch, board.takes[b], left, phase)
                found = max(found, min(prefix[layer, done], _least(margin, board.winning)))
            prefix[after, then] = found


def _check(terms: Terms) -> None:
    if not 1 <= terms.steps <= MAX_STEPS:
        raise ValueError(f"between 1 and {MAX_STEPS} steps were expected: found {terms.steps}")
    if (terms.month < 1).any():
        raise ValueError("every step takes at least a month")
    if not ((terms.rho > 0) & (terms.rho < 1)).all():
        raise ValueError("discount factors lie between 0 and 1, both excluded")
    if (terms.batches <= 0).any():
        raise ValueError("a batch has at least one step")


def best_plan(terms: Terms) -> Plan:
    """The order with the most slack in one draw (``S`` = 1): see :meth:`Terms.at`.

    Exact up to 20 steps, unless more than the memory's share of labels would be needed; then, and beyond
    20 steps (a beam of complete continuations), ``bound`` says how much better another order could be. Among
    orders of equal slack the first found, batches in the order given: deterministic, whatever the threads.
    """
    _check(terms)
    if terms.rho.shape[1] != 1:
        raise ValueError(f"one draw was expected: found {terms.rho.shape[1]}")
    terms, reach = with_tolls(terms)
    plan = _best(terms)
    # Without a line no margin is below -reach, and a stage that breaks one is below it for certain.
    return plan._replace(bound=-np.inf) if plan.bound < -reach else plan


def _best(terms: Terms) -> Plan:
    """As :func:`best_plan`, lines being tolls."""
    support = support_of(terms.needs)
    whole = np.array([0, (1 << terms.steps) - 1], dtype=np.int64)
    if not feasible_sets(terms, whole, support).all():
        return Plan((), -np.inf, -np.inf, 0)
    takes = (bits_of(terms.batches, terms.steps) * terms.month[:, 0]).max(axis=1)
    saves = (bits_of(terms.batches, terms.steps) * terms.month[:, 0]).sum(axis=1) - takes
    dated = (bool((terms.horizon >= 0).any()) or bool(terms.dated)) and bool(saves.any())
    layers = 1 + (int(min(saves.sum(), terms.month.sum() - terms.month.max())) if dated else 0)
    if terms.steps > MAX_EXACT or layers << terms.steps > MAX_STATES:
        return _beam(terms, support, takes)
    return _exact(_board(terms, support, takes, saves if dated else np.zeros_like(saves)), layers)


def _board(terms: Terms, support: Masks, takes: NDArray[np.int64], saves: NDArray[np.int64]) -> _Board:
    sets = np.arange(1 << terms.steps, dtype=np.int64)
    flow, fate = (np.empty((len(sets), len(terms.own))) for _ in range(2))
    feasible = np.empty(len(sets), dtype=np.bool_)
    months = np.zeros(len(sets), dtype=np.int64)
    for first in range(0, len(sets), 1 << 14):
        some = slice(first, first + (1 << 14))
        flow[some] = flow_of(terms, sets[some])[:, :, 0].T
        fate[some] = fate_of(terms, sets[some])[:, :, 0].T
        feasible[some] = feasible_sets(terms, sets[some], support)
        months[some] = (bits_of(sets[some], terms.steps) * terms.month[:, 0]).sum(axis=1)
    phases = terms.phases
    return _Board(
        flow=flow,
        fate=fate,
        feasible=feasible,
        months=months,
        month=terms.month[:, 0].copy(),
        power=terms.rho ** np.arange(int(max(months[-1], terms.horizon.max(initial=0))) + 1),
        horizon=terms.horizon,
        own=terms.own,
        lapse=np.array([now.lapse for _, now in phases]),
        dates=np.array([month for month, _ in phases], dtype=np.int64),
        reversible=np.array([terms.reversible], dtype=np.int64),
        support=support,
        undo=np.ascontiguousarray(terms.undo[:, :, 0]),
        penalty=np.array([now.penalty[:, :, 0] for _, now in phases]),
        cost=terms.cost[:, 0].copy(),
        batches=terms.batches,
        waits=waits_of(terms),
        takes=takes,
        saves=saves,
        winning=terms.winning,
    )


def _exact(board: _Board, layers: int) -> Plan:
    count, width = board.flow.shape
    sets = np.arange(count, dtype=np.int64)
    sizes = np.bitwise_count(sets)
    by_size = [sets[(sizes == n) & board.feasible] for n in range(int(sizes[-1]) + 1)]
    slot = np.where(
        board.feasible, np.arange(layers * count, dtype=np.int32).reshape(layers, count), np.int32(-1)
    )
    ceiling = np.full((layers, count, width), -np.inf)
    best = np.full((layers, count), -np.inf)
    prefix = np.full((layers, count), np.inf)
    labels = _label(board, by_size, slot, ceiling, best, prefix, -np.inf, 1, first=True)
    top = float(best[0, 0])
    order, found = labels.order(board, slot), labels.top(slot)
    if not order or top - found <= TOLERANCE:
        return Plan(order, found, top if order else -np.inf, 1)
    prefix[:] = -np.inf
    for some in by_size:
        each(lambda part: _reach(board, part, ceiling, prefix), _parts(some))
    alive = board.feasible & (np.minimum(prefix, best) > found + TOLERANCE)
    del labels
    slot = np.where(alive, np.cumsum(alive).reshape(alive.shape) - 1, -1).astype(np.int32)
    rows = int(alive.sum())
    room = int(min(MAX_LABELS, max(1, MAX_NUMBERS // max(1, rows * (width + 2)))))
    again = _label(board, by_size, slot, ceiling, best, prefix, found + TOLERANCE, room, first=False)
    better = again.order(board, slot)
    if better:
        order, found = better, again.top(slot)
    bound = max(found, min(top, again.lost))
    return Plan(order, found, bound, int(again.counts.max(initial=1)))


class _Labels(NamedTuple):
    values: Floats  # [rows, room, F]
    scores: Floats  # [rows, room]
    picks: NDArray[np.int16]  # [rows, room, 2] batch, label of the successor
    counts: NDArray[np.int16]  # [rows]
    lost: float

    def top(self, slot: NDArray[np.int32]) -> float:
        row = slot[0, 0]
        return float(self.scores[row, : self.counts[row]].max(initial=-np.inf)) if row >= 0 else -np.inf

    def order(self, board: _Board, slot: NDArray[np.int32]) -> tuple[int, ...]:
        row = slot[0, 0]
        if row < 0 or self.counts[row] == 0:
            return ()
        done, layer, label = 0, 0, int(np.argmax(self.scores[row, : self.counts[row]]))
        found: list[int] = []
        while done != len(board.flow) - 1:
            b, label = (int(v) for v in self.picks[slot[layer, done], label])
            found.append(b)
            done |= int(board.batches[b])
            layer += int(board.saves[b])
        return tuple(found)


def _parts(sets: Masks) -> list[Masks]:
    return [part for part in np.array_split(sets, max(1, min(16, len(sets) // 256))) if len(part)]


def _label(  # noqa: PLR0913
    board: _Board,
    by_size: list[Masks],
    slot: NDArray[np.int32],
    ceiling: Floats,
    best: Floats,
    prefix: Floats,
    floor: float,
    room: int,
    *,
    first: bool,
) -> _Labels:
    rows, width = int(slot.max()) + 1, board.flow.shape[1]
    values = np.empty((rows, room, width))
    scores = np.empty((rows, room))
    picks = np.empty((rows, room, 2), dtype=np.int16)
    counts = np.zeros(rows, dtype=np.int16)
    lost = -np.inf

    def some(part: Masks) -> float:
        return float(
            _sweep(board, part, slot, values, scores, picks, counts, ceiling, best, floor, prefix, first)
        )

    for sets in told("sets of steps", by_size[::-1]):
        lost = max([lost, *each(some, _parts(sets))])
    return _Labels(values, scores, picks, counts, lost)


# --- many steps -------------------------------------------------------------------------------------------


def _beam(terms: Terms, support: Masks, takes: NDArray[np.int64]) -> Plan:
    """Continuations built from the end, the best ``BEAM`` of each size kept; dates counted as if no exchange
    came earlier. The complete ones are then judged exactly."""
    full, total = np.int64((1 << terms.steps) - 1), int(terms.month.sum())
    flow = flow_of(terms, np.array([full]))[:, 0, 0]
    left = np.maximum(0, terms.horizon - total)
    value = np.where(terms.horizon < 0, 1.0, 1 - terms.rho[:, 0] ** left) * flow
    end, _ = ways_out(terms, np.array([full]), np.zeros(1, np.int64), np.array([[total]]), support)
    last = slack((value[:, None] - end[:, :, 0] - terms.cost).T[:, :, None], terms.winning)[0, 0]
    by_size: dict[int, list[tuple[float, Floats, int, tuple[int, ...]]]] = {
        terms.steps: [(float(last), value, int(full), ())]
    }
    waits = waits_of(terms)
    width = BEAM * WIDE**3 // max(WIDE, terms.steps) ** 3
    for size in told("orders, from the end", range(terms.steps, 0, -1)):
        labels = _thinned(by_size.get(size, []), width)
        if not labels:
            continue
        sets, values = np.array([x[2] for x in labels], dtype=np.int64), np.array([x[1] for x in labels])
        months = (bits_of(sets, terms.steps) * terms.month[:, 0]).sum(axis=1)
        flows = flow_of(terms, sets)[:, :, 0].T
        for b, batch in enumerate(terms.batches):
            before = sets & ~batch
            ready = ((sets & batch) == batch) & ((waits[b] & ~before) == 0)
            fits = np.flatnonzero(ready & feasible_sets(terms, before, support))
            if not len(fits):
                continue
            elapsed = months[fits] - int((bits_of(batch[None], terms.steps)[0] * terms.month[:, 0]).sum())
            leaving, _ = ways_out(terms, before[fits], np.full(len(fits), batch), elapsed[:, None], support)
            left = np.where(terms.horizon < 0, takes[b], np.maximum(0, terms.horizon - elapsed[:, None]))
            wait = terms.rho[:, 0] ** np.minimum(takes[b], left)
            fresh = (1 - wait) * flows[fits] + wait * values[fits]
            margin = fresh - leaving[:, :, 0].T - terms.cost[:, 0]
            scores = slack(margin[:, :, None], terms.winning)[:, 0]
            smaller = by_size.setdefault(size - int(batch).bit_count(), [])
            for n, at in enumerate(fits.tolist()):
                score = min(labels[at][0], float(scores[n]))
                smaller.append((score, fresh[n], int(before[at]), (b, *labels[at][3])))
    complete = _thinned(by_size.get(0, []), width)
    judged = [(float(slack(appraise(terms, c[3]).tolled, terms.winning).min()), c[3]) for c in complete]
    if not judged:
        return Plan((), -np.inf, np.inf, width)
    found, order = max(judged, key=lambda one: one[0])
    return Plan(order, found, max(found, bound_of(terms, support, takes)), width)


def _thinned(
    labels: list[tuple[float, Floats, int, tuple[int, ...]]], width: int
) -> list[tuple[float, Floats, int, tuple[int, ...]]]:
    """The best, at most eight for one set, so that the beam stays wide."""
    held: dict[int, int] = {}
    kept = []
    for label in sorted(labels, key=lambda one: (-one[0], -float(one[1].sum()), one[3])):
        held[label[2]] = held.get(label[2], 0) + 1
        if held[label[2]] <= 8:
            kept.append(label)
        if len(kept) == width:
            break
    return kept
