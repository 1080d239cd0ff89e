"""What a given order of steps is worth at each stage, and what each faction could do instead.

The model, its symbols and its formulas are those of :mod:`detente.kernels.sequencing`, which looks for the best order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "KINDS",
    "Appraisal",
    "Dated",
    "Floats",
    "Masks",
    "Terms",
    "appraise",
    "bits_of",
    "bound_of",
    "fate_of",
    "feasible_sets",
    "flow_of",
    "restrict",
    "slack",
    "support_of",
    "waits_of",
    "ways_out",
    "with_tolls",
]

KINDS = ("walk off", "withhold", "take back")

Floats = NDArray[np.float64]
Masks = NDArray[np.int64]


class Dated(NamedTuple):
    """What deviations bring about before a date, beside what they always do."""

    month: int
    """Months until then; a stage that begins later is without it."""
    lapse: Masks
    """[F] as in ``Terms``."""
    penalty: Floats
    """[F, M, S] as in ``Terms``."""


class Terms(NamedTuple):
    """What a plan is judged by, in S draws; masks are int64 bit sets of steps."""

    base: Floats
    """[F, S] points per month above no deal before anything is done."""
    delta: Floats
    """[F, M, S] points per month of each step."""
    on: Masks
    """[T] steps that a term needs done."""
    off: Masks
    """[T] steps that a term needs not done."""
    excluded: NDArray[np.bool_]
    """[T] whether a set that matches cannot be."""
    points: Floats
    """[F, T, S] points per month of each term."""
    broken: NDArray[np.bool_]
    """[F, T, S] whether a set that matches the term breaks a line of the faction."""
    needs: Masks
    """[M] steps that have to be done before, or at the same time, and to stand as long."""
    after: Masks
    """[M] steps that have to be done before."""
    month: NDArray[np.int64]
    """[M, S] months to carry out and verify, at least 1."""
    rho: Floats
    """[F, S] monthly discount factor, in (0, 1)."""
    horizon: NDArray[np.int64]
    """[F] month after which nothing counts; -1: none."""
    own: Masks
    """[F] steps that the faction has a hand in."""
    reversible: int
    """Steps that can be taken back, a mask."""
    undo: Floats
    """[F, M, S] points that taking back a step costs."""
    penalty: Floats
    """[F, M, S] points forfeited by withholding or taking back a step."""
    lapse: Masks
    """[F] steps that come back at once when the faction deviates."""
    cost: Floats
    """[F, S] points that guarantees cost (less what they are worth) while the agreement runs."""
    batches: Masks
    """[B] sets of steps that can be carried out together."""
    winning: Masks
    """[W] sets of factions of which one has to go on at each stage."""
    dated: tuple[Dated, ...] = ()
    """What stands until a date only, by date."""
    sunsets: tuple[tuple[int, int], ...] = ()
    """Months, and steps (a mask) that come to an end then: what is flow of theirs ends. Before that, flows are as if constant."""
    toll: float = 0.0
    """Points per month that a broken line costs while orders are compared: the kernel sets it."""

    @property
    def steps(self) -> int:
        """M."""
        return len(self.needs)

    def at(self, draw: int) -> Terms:
        """One draw."""
        one = slice(draw, draw + 1)
        drawn = ("base", "delta", "points", "broken", "month", "rho", "undo", "penalty", "cost")
        dated = tuple(d._replace(penalty=d.penalty[..., one]) for d in self.dated)
        return self._replace(dated=dated, **{name: getattr(self, name)[..., one] for name in drawn})

    @property
    def ages(self) -> list[tuple[int, Terms, int]]:
        """From which month on, the terms without dates that then hold, and the steps that have come to an end."""
        found = []
        for first in sorted({0, *(month for month, _ in self.phases), *(month for month, _ in self.sunsets)}):
            now = next(then for month, then in reversed(self.phases) if month <= first)
            ended = sum(mask for month, mask in self.sunsets if month <= first)
            found.append((first, now._replace(sunsets=()), ended))
        return found

    @property
    def phases(self) -> list[tuple[int, Terms]]:
        """From which month on, and the terms without dates that then hold."""
        found = []
        for first in sorted({0, *(d.month for d in self.dated)}):
            now = self._replace(dated=())
            for d in self.dated:
                if d.month > first:
                    now = now._replace(lapse=now.lapse | d.lapse, penalty=now.penalty + d.penalty)
            found.append((first, now))
        return found


class Appraisal(NamedTuple):
    """A given order judged, before each of its K batches and at the end."""

    going_on: Floats
    """[K + 1, F, S] V."""
    leaving: Floats
    """[K + 1, F, S] the best deviation."""
    kind: NDArray[np.int8]
    """[K + 1, F, S] which that is, an index into ``KINDS``."""
    margin: Floats
    """[K + 1, F, S]; -inf where going on breaks a line of the faction, now or later."""
    tolled: Floats
    """[K + 1, F, S] the same with tolls for broken lines: it ranks what is -inf."""
    crosses: NDArray[np.bool_]
    """[K + 1, F, S] whether the state that each batch reaches, the last state again at the end, breaks a line."""
    elapsed: NDArray[np.int64]
    """[K + 1, S] months passed."""


def slack(margin: Floats, winning: Masks) -> Floats:
    """The largest, over the winning sets, of the smallest margin in the set: [K, F, S] to [K, S]."""
    best = np.full(margin[:, 0].shape, -np.inf)
    for mask in winning.tolist():
        inside = [f for f in range(margin.shape[1]) if mask >> f & 1]
        best = np.maximum(best, margin[:, inside].min(axis=1) if inside else np.inf)
    return best


def with_tolls(terms: Terms) -> tuple[Terms, float]:
    """The terms with a toll in points per month for each line that a set breaks, and the largest margin, of either sign,
    that is possible without one.

    A month of a line weighs at least 1 - rho in the value of the stage that leads to it, so that there the toll is more
    than twice everything else.
    """
    flow = np.abs(terms.base) + np.abs(terms.delta).sum(axis=1) + np.abs(terms.points).sum(axis=1)
    sums = terms.undo.sum(axis=1) + terms.penalty.sum(axis=1) + np.abs(terms.cost)
    for d in terms.dated:
        sums = sums + d.penalty.sum(axis=1)
    reach = 1.0 + float((4 * flow + sums).max(initial=0.0))
    if not terms.broken.any():
        return terms, reach
    return terms._replace(toll=2 * reach / (1 - float(terms.rho.max()))), reach


def _crossed(terms: Terms, sets: Masks) -> NDArray[np.bool_]:
    """[F, n, S] whether a set breaks a line of each faction."""
    hit = _matched(terms, sets).astype(np.int64)
    crossed: NDArray[np.bool_] = np.einsum("nt,fts->fns", hit, terms.broken) > 0
    return crossed


def restrict(terms: Terms, steps: tuple[int, ...]) -> Terms:
    """The same with only some steps, in ascending order, renumbered; what needs the others never comes about."""
    gone = ~sum(1 << s for s in steps)

    def renumbered(mask: int) -> int:
        return sum(1 << n for n, s in enumerate(steps) if int(mask) >> s & 1)

    def all_of(masks: Masks) -> Masks:
        return np.array([renumbered(mask) for mask in masks.tolist()], dtype=np.int64)

    kept = np.array([not int(mask) & gone for mask in terms.on.tolist()], dtype=np.bool_)
    whole = np.array([not int(mask) & gone for mask in terms.batches.tolist()], dtype=np.bool_)
    which = list(steps)
    return terms._replace(
        delta=terms.delta[:, which],
        on=all_of(terms.on[kept]),
        off=all_of(terms.off[kept]),
        excluded=terms.excluded[kept],
        points=terms.points[:, kept],
        broken=terms.broken[:, kept],
        needs=all_of(terms.needs[which]),
        after=all_of(terms.after[which]),
        month=terms.month[which],
        own=all_of(terms.own),
        reversible=renumbered(terms.reversible),
        undo=terms.undo[:, which],
        penalty=terms.penalty[:, which],
        lapse=all_of(terms.lapse),
        dated=tuple(d._replace(lapse=all_of(d.lapse), penalty=d.penalty[:, which]) for d in terms.dated),
        sunsets=tuple((month, renumbered(mask)) for month, mask in terms.sunsets),
        batches=all_of(terms.batches[whole]),
    )


# --- one order, over many draws ---------------------------------------------------------------------------


def support_of(needs: Masks) -> Masks:
    """[M] each step with everything that it needs, directly or through others."""
    whole = needs | (np.int64(1) << np.arange(len(needs), dtype=np.int64))
    for _ in range(len(needs)):
        for s in range(len(needs)):
            for t in range(len(needs)):
                if whole[s] >> t & 1:
                    whole[s] |= whole[t]
    return whole


def bits_of(sets: Masks, steps: int) -> NDArray[np.bool_]:
    """[n, M]."""
    return (sets[:, None] >> np.arange(steps, dtype=np.int64) & 1).astype(np.bool_)


def flow_of(terms: Terms, sets: Masks) -> Floats:
    """[F, n, S] g of each set."""
    has = bits_of(sets, terms.steps).astype(np.float64)
    total: Floats = terms.base[:, None, :] + np.einsum("nm,fms->fns", has, terms.delta)
    if len(terms.on):
        hit = _matched(terms, sets).astype(np.float64)
        total += np.einsum("nt,fts->fns", hit, terms.points - terms.toll * terms.broken)
    return total


def fate_of(terms: Terms, sets: Masks) -> Floats:
    """[F, n, S] what stays after a breakdown, against nothing done; a line that was broken then costs nothing now."""
    if not sets.any():
        return np.zeros((len(terms.base), len(sets), terms.rho.shape[1]))

    def gained(of: Terms) -> Floats:
        return flow_of(of, sets) - flow_of(of, np.zeros(1, dtype=np.int64))

    return np.minimum(gained(terms), gained(terms._replace(toll=0.0))) if terms.toll else gained(terms)


def _matched(terms: Terms, sets: Masks) -> NDArray[np.bool_]:
    """[n, T]."""
    hit: NDArray[np.bool_] = ((sets[:, None] & terms.on) == terms.on) & ((sets[:, None] & terms.off) == 0)
    return hit


def feasible_sets(terms: Terms, sets: Masks, support: Masks) -> NDArray[np.bool_]:
    """[n]."""
    ok = ~_matched(terms, sets)[:, terms.excluded].any(axis=1)
    return np.asarray(ok & (_closed(sets, support) == sets))


def _closed(sets: Masks, support: Masks) -> Masks:
    """The steps of each set whose needs are in it."""
    kept = np.zeros_like(sets)
    for s, whole in enumerate(support):
        kept |= np.where((sets & whole) == whole, np.int64(1) << np.int64(s), 0)
    return kept


def waits_of(terms: Terms) -> Masks:
    """[B] the steps that have to be done before each batch; a step of its own: it can never be carried out."""
    has = bits_of(terms.batches, terms.steps)
    found: Masks = np.bitwise_or.reduce(np.where(has, terms.after, 0), axis=1)
    return found


def _kept(sets: Masks, irreversible: int, support: Masks) -> Masks:
    """What cannot be undone of each set, with everything that it needs."""
    kept = np.zeros_like(sets)
    for s, whole in enumerate(support):
        if irreversible >> s & 1:
            kept |= np.where(sets >> s & 1 == 1, whole, 0)
    return kept


def _retaken(sets: Masks, own: int, reversible: int, support: Masks) -> Masks:
    """The largest set of a faction's own reversible steps that no other step of the set needs."""
    back = sets & own & reversible
    kept = back.copy()
    for s, whole in enumerate(support):
        stays = (sets & ~back) >> s & 1 == 1
        kept &= np.where(stays, ~whole, ~np.int64(0))
    return kept


def _sums(amounts: Floats, sets: Masks) -> Floats:
    """Amounts [M, S] added over each set: [n, S]."""
    found: Floats = bits_of(sets, amounts.shape[0]).astype(np.float64) @ amounts
    return found


def ways_out(
    terms: Terms, done: Masks, batch: Masks, elapsed: NDArray[np.int64], support: Masks
) -> tuple[Floats, NDArray[np.int8]]:
    """[F, n, S] the best deviation at each stage (``batch`` 0: the end) and which it is."""
    if terms.dated or terms.sunsets:
        first, *later = terms.ages
        value, kind = ways_out(first[1], done, batch, elapsed, support)
        for month, now, ended in later:
            then, then_kind = ways_out(now, done & ~ended, batch & ~ended, elapsed, support)
            past = elapsed >= month
            value, kind = np.where(past, then, value), np.where(past, then_kind, kind)
        return value, kind
    count, size = len(done), terms.rho.shape[1]
    value = np.empty((len(terms.own), count, size))
    kind = np.zeros(value.shape, dtype=np.int8)
    for f in range(len(terms.own)):
        own, lapse = int(terms.own[f]), int(terms.lapse[f])
        irreversible = ~terms.reversible & ~lapse
        rho = terms.rho[f]
        left = np.maximum(0, terms.horizon[f] - elapsed)
        stay = np.zeros((count, size)) if terms.horizon[f] < 0 else rho**left
        one = terms._replace(
            base=terms.base[[f]], delta=terms.delta[[f]], points=terms.points[[f]], broken=terms.broken[[f]]
        )
        after = fate_of(one, _kept(done, irreversible, support))[0]
        value[f] = (1 - stay) * after
        withheld = batch & own
        back = _retaken(done, own, terms.reversible, support)
        for which, taken in ((1, np.zeros_like(back)), (2, back)):
            open_ = (withheld if which == 1 else back) != 0
            away = withheld | taken
            there = _closed((done | batch) & ~away & ~lapse, support)
            open_ &= ~_matched(terms, there)[:, terms.excluded].any(axis=1)
            if not open_.any():
                continue
            needed = np.where(batch != 0, batch, taken)
            months = (bits_of(needed, terms.steps)[:, :, None] * terms.month).max(axis=1)
            if terms.horizon[f] >= 0:
                months = np.minimum(months, left)
            while_hidden = rho**months
            found_out = fate_of(one, _kept(there, irreversible, support))[0]
            gain = (1 - while_hidden) * flow_of(one, there)[0] + (while_hidden - stay) * found_out
            gain -= _sums(terms.undo[f], taken) + _sums(terms.penalty[f], away)
            gain = np.where(open_[:, None], gain, -np.inf)
            kind[f] = np.where(gain > value[f], which, kind[f])
            value[f] = np.maximum(value[f], gain)
    return value, kind


def appraise(terms: Terms, order: tuple[int, ...]) -> Appraisal:
    """Judge an order in every draw; what it does not execute is not part of the agreement.

    Memory O(K F S).
    """
    size, steps = terms.rho.shape[1], len(order)
    terms, reach = with_tolls(terms)
    batch = np.array([*(terms.batches[b] for b in order), 0], dtype=np.int64)
    done = np.concatenate([[0], np.bitwise_or.accumulate(batch)[:-1]]).astype(np.int64)
    months = (bits_of(batch, terms.steps)[:, :, None] * terms.month).max(axis=1)
    elapsed = np.concatenate([np.zeros((1, size), dtype=np.int64), np.cumsum(months, axis=0)[:-1]])
    support = support_of(terms.needs)
    leaving, kind = ways_out(terms, done, batch, elapsed, support)
    flow = flow_of(terms, done | batch)
    for month, _, ended in terms.ages[1:]:
        flow = np.where(elapsed >= month, flow_of(terms, (done | batch) & ~ended), flow)
    going_on = np.empty_like(flow)
    for f in range(len(terms.own)):
        rho = terms.rho[f]
        left = np.maximum(0, terms.horizon[f] - elapsed)
        limited = terms.horizon[f] >= 0
        going_on[f, -1] = (1 - (rho ** left[-1] if limited else 0.0)) * flow[f, -1]
        for n in reversed(range(steps)):
            wait = rho ** (np.minimum(months[n], left[n]) if limited else months[n])
            going_on[f, n] = (1 - wait) * flow[f, n] + wait * going_on[f, n + 1]
    margin = going_on - leaving - terms.cost[:, None, :]
    for month, now, ended in terms.ages[1:]:
        # Whoever stays on may leave when a date has passed.
        end = np.maximum(elapsed[-1:], month)
        left_over = done[-1:] & ~ended
        out, which = ways_out(now, left_over, batch[-1:], end, support)
        last = flow_of(terms, left_over)[:, 0]
        for f in range(len(terms.own)):
            left = np.maximum(0, terms.horizon[f] - end[0])
            stay = (1 - (terms.rho[f] ** left if terms.horizon[f] >= 0 else 0.0)) * last[f]
            worse = (elapsed[-1] < month) & (stay - out[f, 0] - terms.cost[f] < margin[f, -1])
            going_on[f, -1] = np.where(worse, stay, going_on[f, -1])
            leaving[f, -1] = np.where(worse, out[f, 0], leaving[f, -1])
            kind[f, -1] = np.where(worse, which[f, 0], kind[f, -1])
            margin[f, -1] = going_on[f, -1] - leaving[f, -1] - terms.cost[f]
    crosses = _crossed(terms, done | batch)
    later = np.logical_or.accumulate(crosses[:, ::-1], axis=1)[:, ::-1]
    swap = (1, 0, 2)
    return Appraisal(
        going_on.transpose(swap),
        leaving.transpose(swap),
        kind.transpose(swap),
        # Where every way out breaks a line, going on is better by more than points can say.
        np.where(later, -np.inf, np.minimum(margin, reach)).transpose(swap),
        margin.transpose(swap),
        crosses.transpose(swap),
        elapsed,
    )


def bound_of(terms: Terms, support: Masks, takes: NDArray[np.int64]) -> float:
    """No order has more slack than its first stage with everybody's flow ever after at its largest."""
    largest = terms.base + np.maximum(terms.delta, 0).sum(axis=1) + np.maximum(terms.points, 0).sum(axis=1)
    first = np.flatnonzero(feasible_sets(terms, terms.batches, support) & (waits_of(terms) == 0))
    batch = terms.batches[first]
    elapsed = np.zeros((len(batch), 1), dtype=np.int64)
    leaving, _ = ways_out(terms, np.zeros_like(batch), batch, elapsed, support)
    ahead = np.where(terms.horizon < 0, 1.0, 1 - terms.rho[:, 0] ** np.maximum(terms.horizon, 0))
    wait = terms.rho[:, 0] ** np.where(terms.horizon < 0, takes[first, None], terms.horizon)
    wait = np.maximum(wait, terms.rho[:, 0] ** takes[first, None])
    value = (1 - wait) * flow_of(terms, batch)[:, :, 0].T + (wait - (1 - ahead)) * np.maximum(
        largest[:, 0], 0
    )
    margin = value - leaving[:, :, 0].T - terms.cost[:, 0]
    return float(slack(margin[:, :, None], terms.winning).max(initial=-np.inf))
