"""What would make an order hold better, and what part of a package would hold where the whole does not."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from detente.analyses.roadmap.moves import finite, taken
from detente.analyses.roadmap.result import Boost, Missing, Part
from detente.kernels.appraisal import Terms, appraise, restrict, slack
from detente.prospects.intime import plan_in_time
from detente.prospects.road import TOLERANCE, WHOLE, Road, weakest, worst
from detente.prospects.terms import terms

__all__ = ["REORDERED", "boosts", "longest_part"]

REORDERED = 3
"""Changes for which the best order is looked for anew."""


def boosts(road: Road) -> tuple[Boost, ...]:
    case, best, order = road.ready.problem.case, road.best, road.plan.order
    tried: list[tuple[float, Boost, Terms]] = []

    def attempt(kind: str, what: tuple[str, ...], changed: Terms, way: tuple[int, ...]) -> None:
        found = worst(changed, way)
        told, before = finite(found), finite(road.slack)
        gain = None if told is None or before is None else round(told - before, 6)
        tried.append((found, Boost(kind, what, told, gain, None), changed))

    for name in case.guarantees:
        if name not in road.given:
            attempt(
                "guarantee",
                (name,),
                terms(road.of, road.sample, road.known, (*road.given, name)),
                order,
            )
    for n, step in enumerate(road.of.steps):
        if step.reversible:
            attempt(
                "irreversible", (step.issue,), best._replace(reversible=best.reversible & ~(1 << n)), order
            )
    for n in range(len(order) - 1):
        masks = int(best.batches[order[n]]), int(best.batches[order[n + 1]])
        steps = [[s for s in range(best.steps) if mask >> s & 1] for mask in masks]
        if all(road.of.exchangeable(a, b) for a in steps[0] for b in steps[1]):
            joined = best._replace(batches=np.append(best.batches, masks[0] | masks[1]))
            what = tuple(road.of.steps[s].issue for s in steps[0] + steps[1])
            attempt("exchange", what, joined, (*order[:n], len(best.batches), *order[n + 2 :]))
    tried.sort(key=lambda one: -one[0])
    found = []
    for n, (now, boost, changed) in enumerate(tried):
        again = None
        if n < REORDERED and best.steps <= WHOLE:
            # Joined or freer steps: an order there always is.
            again = worst(changed, plan_in_time(changed, road.of.begun, road.of.done).order)
        told = None if again is None else finite(again)
        best_of = now if again is None else max(now, again)
        found.append((best_of, replace(boost, reordered=told)))
    return tuple(boost for _, boost in sorted(found, key=lambda one: -one[0]))


# --- if the whole does not hold ---------------------------------------------------------------------------


def longest_part(road: Road) -> Part:
    """Steps dropped one at a time, each time the one without which the rest has the most slack."""
    best = road.best
    whole = tuple(range(best.steps))
    kept, order = whole, _steps_of(best, road.plan.order)
    dropped: list[int] = []
    found: tuple[tuple[int, ...], float, tuple[int, ...]] | None = None
    while len(kept) > 1:
        tried = []
        for s in kept:
            rest = tuple(k for k in kept if k != s)
            if any(best.needs[k] >> s & 1 for k in rest):
                continue
            plan = _plan_of(road, rest, [k for k in order if k != s])
            if plan is not None:
                tried.append((plan, s, rest))
        if not tried:
            break
        plan, s, kept = max(tried, key=lambda one: (one[0].rank, -one[1]))
        order = list(plan.order)
        dropped.append(s)
        if plan.slack >= -TOLERANCE:
            found = (kept, plan.slack, plan.order)
            break
    if found is None:
        return Part((), None, False, None)
    held, value, inside = found
    moves = tuple(taken(road, s) for s in inside)
    exact = len(held) == best.steps - 1
    return Part(moves, round(value, 6), exact, _missing(road, held, inside, dropped))


def _missing(
    road: Road, held: tuple[int, ...], inside: tuple[int, ...], dropped: list[int]
) -> Missing | None:
    best, tried = road.best, []
    for s in dropped:
        if any(best.needs[s] >> n & 1 and n not in held for n in range(best.steps)):
            continue
        more = tuple(sorted((*held, s)))
        plan = _plan_of(road, more, [*inside, s])
        if plan is None:
            continue
        part = _part(road, more)
        now = appraise(part, _order_of(part, [more.index(k) for k in plan.order]))
        stages = [weakest(now, n, part.winning) for n in range(len(now.margin))]
        least, faction = min(stages)
        tried.append((least, s, faction))
    if not tried:
        return None
    least, s, faction = max(tried)
    points = finite(least)
    return Missing(taken(road, s), road.of.factions[faction], None if points is None else -points)


class _PartPlan(NamedTuple):
    """An order of some steps."""

    rank: float
    """Its slack with tolls for lines: of parts that all break lines the larger is nearer."""
    slack: float
    """-inf where somebody who has to go on would break a line."""
    order: tuple[int, ...]
    """Of the steps."""


def _part(road: Road, steps: tuple[int, ...]) -> Terms:
    """Some of the steps as a package of its own, agreed by whom what it moves asks for."""
    return restrict(road.best, steps)._replace(winning=road.of.asked(steps))


def _plan_of(road: Road, steps: tuple[int, ...], order: list[int]) -> _PartPlan | None:
    """Slack and order of a part; the best one, or beyond ``WHOLE`` steps that of the order given."""
    part = _part(road, steps)
    way = _order_of(part, [steps.index(s) for s in order])
    if len(steps) <= WHOLE:
        rows = list(steps)
        way = plan_in_time(part, road.of.begun[rows], road.of.done[rows]).order
        if not way:
            return None
        order = [steps[s] for s in _steps_of(part, way)]
    now = appraise(part, way)
    tolled, plain = (float(slack(m, part.winning).min()) for m in (now.tolled, now.margin))
    return _PartPlan(tolled, plain, tuple(order))


def _steps_of(of: Terms, order: tuple[int, ...]) -> list[int]:
    return [s for b in order for s in range(of.steps) if int(of.batches[b]) >> s & 1]


def _order_of(of: Terms, steps: list[int]) -> tuple[int, ...]:
    """Batches of one step each."""
    single = {int(mask): b for b, mask in reversed(list(enumerate(of.batches)))}
    return tuple(single[1 << s] for s in steps)
