"""The road map of an agreement, straight from the definition: every plan, every stage, every deviation.

Slow and obvious: plain Python, sets of step numbers, nothing cached. A plan of M steps has up to M! orders, more with
batches of several steps, so this is for six steps or so.

How the definition is read:

- Steps, factions and terms are numbered from 0. Single steps are batches without being listed in ``batches``.
- ``kept`` follows needs wherever they lead: also to steps that are reversible or in the causer's lapse.
- Flows in force count from ``base``. What stays after a breakdown counts against the flow of the empty set.
- Undoing and penalties are paid once, at the moment of the deviation, and are not discounted.
- Of several best plans the first in the order of ``plans`` is returned; where no plan is allowed, -inf and None.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

Steps = frozenset[int]
Plan = tuple[Steps, ...]
NOTHING: Steps = frozenset()


@dataclass(frozen=True)
class Agenda:
    """Flows and lump sums in points per month and points; F factions, M steps, T terms."""

    base: tuple[float, ...]
    """Per faction."""
    delta: tuple[tuple[float, ...], ...]
    """[faction][step]."""
    on: tuple[Steps, ...]
    """Per term: the steps that must be executed for it to match."""
    off: tuple[Steps, ...]
    """Per term: the steps none of which may be executed."""
    excluded: tuple[bool, ...]
    """Per term: whether a set that matches is infeasible."""
    points: tuple[tuple[float, ...], ...]
    """[faction][term]."""
    needs: tuple[Steps, ...]
    """Per step: the steps it needs directly."""
    after: tuple[Steps, ...]
    """Per step: the steps that are executed before it begins."""
    month: tuple[int, ...]
    """Per step: how many months it takes, 1 or more."""
    rho: tuple[float, ...]
    """Per faction: discount factor per month."""
    horizon: tuple[int, ...]
    """Per faction: the month after which nothing counts, or -1."""
    own: tuple[Steps, ...]
    """Per faction: the steps it has a hand in."""
    reversible: Steps
    undo: tuple[tuple[float, ...], ...]
    """[faction][step]."""
    penalty: tuple[tuple[float, ...], ...]
    """[faction][step]."""
    lapse: tuple[Steps, ...]
    """Per faction: the steps that lapse when it causes a breakdown."""
    cost: tuple[float, ...]
    """Per faction."""
    batches: tuple[Steps, ...]
    """Sets of several steps that may be carried out together."""
    winning: tuple[Steps, ...]
    """Sets of factions that suffice to go on."""

    @property
    def everything(self) -> Steps:
        return frozenset(range(len(self.month)))


# --- sets of steps ------------------------------------------------------------------------------------------


def matches(agenda: Agenda, term: int, done: Steps) -> bool:
    return agenda.on[term] <= done and not agenda.off[term] & done


def permitted(agenda: Agenda, done: Steps) -> bool:
    """No excluded term matches."""
    return not any(agenda.excluded[t] and matches(agenda, t, done) for t in range(len(agenda.on)))


def feasible(agenda: Agenda, done: Steps) -> bool:
    return all(agenda.needs[s] <= done for s in done) and permitted(agenda, done)


def closure(agenda: Agenda, steps: Steps) -> Steps:
    """The steps and all they need, directly or through others."""
    while True:
        more = steps.union(*(agenda.needs[s] for s in steps))
        if more == steps:
            return steps
        steps = more


def standing(agenda: Agenda, steps: Steps) -> Steps:
    """What is left when, again and again, every step falls one of whose needs is missing."""
    while True:
        fewer = frozenset(s for s in steps if agenda.needs[s] <= steps)
        if fewer == steps:
            return steps
        steps = fewer


def kept(agenda: Agenda, steps: Steps, faction: int) -> Steps:
    return closure(agenda, steps - agenda.reversible - agenda.lapse[faction])


def revocable(agenda: Agenda, done: Steps, faction: int) -> Steps:
    """The largest set of own reversible executed steps that no other executed step needs.

    The union of two such sets is one too, so whatever must be left out of the candidates can go one by one.
    """
    r = done & agenda.own[faction] & agenda.reversible
    while True:
        needed = frozenset().union(*(closure(agenda, frozenset((s,))) for s in done - r))
        if not r & needed:
            return r
        r -= needed


# --- money and time -----------------------------------------------------------------------------------------


def flow(agenda: Agenda, faction: int, done: Steps) -> float:
    return (
        agenda.base[faction]
        + sum(agenda.delta[faction][s] for s in sorted(done))
        + sum(agenda.points[faction][t] for t in range(len(agenda.on)) if matches(agenda, t, done))
    )


def after_breakdown(agenda: Agenda, faction: int, steps: Steps) -> float:
    return flow(agenda, faction, kept(agenda, steps, faction)) - flow(agenda, faction, NOTHING)


def duration(agenda: Agenda, batch: Steps) -> int:
    return max(agenda.month[s] for s in batch)


def remaining(agenda: Agenda, faction: int, tau: int) -> float:
    """Months that still count."""
    return inf if agenda.horizon[faction] == -1 else max(0, agenda.horizon[faction] - tau)


def discount(agenda: Agenda, faction: int, months: float) -> float:
    return 0.0 if months == inf else agenda.rho[faction] ** months


# --- plans --------------------------------------------------------------------------------------------------


def plans(agenda: Agenda) -> list[Plan]:
    """All allowed plans, in the order of the batches' sorted step numbers."""
    single = {frozenset((s,)) for s in agenda.everything}
    batches = sorted(single | {b for b in agenda.batches if b}, key=sorted)

    def continued(done: Steps) -> Iterator[Plan]:
        if not feasible(agenda, done):
            return
        if done == agenda.everything:
            yield ()
            return
        for batch in batches:
            if not batch & done and all(agenda.after[s] <= done for s in batch):
                for rest in continued(done | batch):
                    yield (batch, *rest)

    return list(continued(NOTHING))


def stages(agenda: Agenda, plan: Plan) -> list[tuple[Steps, Steps, int]]:
    """(executed, batch, months since the start) before each batch, and the end with the empty batch."""
    done, tau, found = NOTHING, 0, []
    for batch in plan:
        found.append((done, batch, tau))
        done, tau = done | batch, tau + duration(agenda, batch)
    return [*found, (done, NOTHING, tau)]


def values(agenda: Agenda, plan: Plan) -> list[list[float]]:
    """What going on is worth: [stage][faction], the end included."""

    def value(faction: int, stage: int) -> float:
        done, batch, tau = stages(agenda, plan)[stage]
        left = remaining(agenda, faction, tau)
        if stage == len(plan):
            return (1 - discount(agenda, faction, left)) * flow(agenda, faction, done)
        later = discount(agenda, faction, min(duration(agenda, batch), left))
        return (1 - later) * flow(agenda, faction, done | batch) + later * value(faction, stage + 1)

    return [[value(f, stage) for f in range(len(agenda.base))] for stage in range(len(plan) + 1)]


def deviations(agenda: Agenda, plan: Plan) -> list[list[dict[str, float]]]:
    """[stage][faction]: kind (walk_off, withhold, take_back) to value, the available ones."""
    return [
        [_deviations(agenda, f, done, batch, tau) for f in range(len(agenda.base))]
        for done, batch, tau in stages(agenda, plan)
    ]


def _deviations(agenda: Agenda, f: int, done: Steps, batch: Steps, tau: int) -> dict[str, float]:
    left = remaining(agenda, f, tau)
    end = discount(agenda, f, left)
    found = {"walk_off": (1 - end) * after_breakdown(agenda, f, done)}
    w = batch & agenda.own[f]
    back = revocable(agenda, done, f)
    for kind, available, r in (("withhold", bool(w), NOTHING), ("take_back", bool(back), back)):
        if not available:
            continue
        x = standing(agenda, (done | batch) - (w | r) - agenda.lapse[f])
        if not permitted(agenda, x):
            continue
        # At the end there is no batch under way: taking back lasts as long as its slowest step.
        noticed = discount(agenda, f, min(duration(agenda, batch or r), left))
        found[kind] = (
            (1 - noticed) * flow(agenda, f, x)
            + (noticed - end) * after_breakdown(agenda, f, x)
            - sum(agenda.undo[f][s] for s in sorted(r))
            - sum(agenda.penalty[f][s] for s in sorted(w | r))
        )
    return found


def margins(agenda: Agenda, plan: Plan) -> list[list[float]]:
    """[stage][faction]: going on less the best deviation less the cost."""
    return [
        [v - max(d.values()) - c for v, d, c in zip(vs, ds, agenda.cost, strict=True)]
        for vs, ds in zip(values(agenda, plan), deviations(agenda, plan), strict=True)
    ]


def slack(agenda: Agenda, plan: Plan) -> float:
    """The least over the stages of the most that some winning set's worst-off member has."""
    return min(
        max((min((m[f] for f in w), default=inf) for w in agenda.winning), default=-inf)
        for m in margins(agenda, plan)
    )


def best(agenda: Agenda) -> tuple[float, Plan | None]:
    most: tuple[float, Plan | None] = (-inf, None)
    for plan in plans(agenda):
        s = slack(agenda, plan)
        if most[1] is None or s > most[0]:
            most = (s, plan)
    return most


# --- instances ----------------------------------------------------------------------------------------------


def random_agenda(rng: random.Random, steps: int, factions: int) -> Agenda:
    """An agenda with needs without cycles. Few have no allowed plan; few have an empty winning set.

    Numbers are tenths, so that ties happen.
    """
    chance, all_steps, all_factions = rng.random, range(steps), range(factions)

    def tenths(low: float, high: float) -> float:
        return round(rng.uniform(low, high), 1)

    def some(share: float, of: range = all_steps) -> Steps:
        return frozenset(x for x in of if chance() < share)

    # Every step has at least one owner, some have two.
    owners = [
        frozenset(rng.sample(all_factions, min(factions, 2 if chance() < 0.25 else 1))) for _ in all_steps
    ]
    delta = tuple(
        tuple(tenths(-3, 0.5) if f in owners[s] else tenths(-0.5, 4) for s in all_steps) for f in all_factions
    )

    # Needs only point backwards in a hidden order; a chain needs the step just before.
    order = rng.sample(all_steps, steps)
    density = rng.choice((0.0, 0.15, 0.3))
    chain = chance() < 0.3
    needs = [NOTHING] * steps
    for place, s in enumerate(order):
        before = order[:place]
        needs[s] = frozenset(b for b in before if chance() < density)
        if chain and before and chance() < 0.7:
            needs[s] |= {before[-1]}

    on, off, excluded = [], [], []
    for _ in range(rng.choice((0, 1, 2, 3, 4)) if steps else 0):
        several = rng.sample(all_steps, rng.randint(1, min(4, steps)))
        cut = rng.randint(0, len(several))
        on.append(frozenset(several[:cut]))
        off.append(frozenset(several[cut:]))
        # A term without on or without off matches the empty or the full set: excluding it forbids every plan.
        excluded.append(chance() < (0.5 if on[-1] and off[-1] else 0.02))
    points = tuple(tuple(tenths(-2, 2) for _ in on) for _ in all_factions)

    # What comes after what, of draws of its own: mostly so that needs leave room for it.
    own_rng = random.Random(repr(delta))
    line = order if own_rng.random() < 0.8 else own_rng.sample(all_steps, steps)
    waiting = own_rng.choice((0.0, 0.0, 0.2, 0.5))
    after = [frozenset(b for b in line[: line.index(s)] if own_rng.random() < waiting) for s in all_steps]

    month = tuple(rng.randint(1, 4) for _ in all_steps)
    soft = rng.choice((0.0, 0.3, 0.7, 1.0))
    limited = rng.choice((0.0, 0.5, 1.0))
    lapsing = rng.choice((0.0, 0.0, 0.3))
    fined = rng.choice((0.0, 0.5))
    pairs = (
        {frozenset(rng.sample(all_steps, 2)) for _ in range(rng.choice((0, 1, 3)))} if steps > 1 else set()
    )
    winning = {
        frozenset(rng.sample(all_factions, rng.randint(1, factions))) for _ in range(rng.randint(1, 3))
    }
    if chance() < 0.02:
        winning.add(NOTHING)
    return Agenda(
        base=tuple(rng.choice((0.0, tenths(-2, 2))) for _ in all_factions),
        delta=delta,
        on=tuple(on),
        off=tuple(off),
        excluded=tuple(excluded),
        points=points,
        needs=tuple(needs),
        after=tuple(after),
        month=month,
        rho=tuple(round(rng.uniform(0.5, 0.99), 2) for _ in all_factions),
        horizon=tuple(rng.randint(0, sum(month) + 6) if chance() < limited else -1 for _ in all_factions),
        own=tuple(frozenset(s for s in all_steps if f in owners[s]) for f in all_factions),
        reversible=some(soft),
        undo=tuple(tuple(tenths(0, 0.5) for _ in all_steps) for _ in all_factions),
        penalty=tuple(
            tuple(tenths(0, 1) if chance() < fined else 0.0 for _ in all_steps) for _ in all_factions
        ),
        lapse=tuple(some(lapsing) for _ in all_factions),
        cost=tuple(rng.choice((0.0, 0.0, tenths(0, 0.5))) for _ in all_factions),
        batches=tuple(sorted(pairs, key=sorted)),
        winning=tuple(sorted(winning, key=sorted)),
    )
