"""Orders that keep to the calendar: a step that has a day is begun, or done and verified, by it.

Branch and bound over what comes before what, from the order with the most slack on. Where a step is late, at least one of those that run before it
or with it and that it does not itself come after has to wait for it: one branch for each. A branch adds to what is asked of an order, so that its slack bounds that of all
orders in it, and the first order in time, largest slack first, has the most. Exchanged steps that are parted so may have had an order in time
together; the bound is then that of all orders.

Steps that cannot be in time in any order (what they come after takes too long, or their day is over at the start) are late whatever the order, and
ask nothing of it. Where no order with the others in time is found, that with the fewest late steps is kept, of these the one with the most slack.
"""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from detente.kernels.appraisal import Terms, appraise
from detente.kernels.sequencing import Plan, best_plan
from detente.problem.steps import NEVER

__all__ = ["in_time", "late", "plan_in_time"]

NODES = 48
"""Orders looked for, at most."""

Months = NDArray[np.int64]


def in_time(
    of: Terms, order: tuple[int, ...], elapsed: Months, begun: Months, done: Months
) -> NDArray[np.bool_]:
    """[K, S] whether every step of each stage is in time; ``elapsed`` [K + 1, S] months passed before each stage and at the end,
    ``begun`` and ``done`` [M] by when steps have to be."""
    found = np.ones((len(order), elapsed.shape[1]), dtype=np.bool_)
    for k, b in enumerate(order):
        inside = _steps(of, int(of.batches[b]))
        for n in inside:
            found[k] &= (elapsed[k] <= begun[n]) & (elapsed[k] + of.month[n] <= done[n])
    return found


def late(of: Terms, order: tuple[int, ...], begun: Months, done: Months) -> tuple[int, ...]:
    """Steps that come too late in an order, in one draw, the first of them first."""
    elapsed = appraise(of, order).elapsed[:, 0]
    return tuple(
        n
        for k, b in enumerate(order)
        for n in _steps(of, int(of.batches[b]))
        if elapsed[k] > begun[n] or elapsed[k] + of.month[n, 0] > done[n]
    )


def plan_in_time(of: Terms, begun: Months, done: Months) -> Plan:
    """The order with the most slack (``S`` = 1) of those in which every step that can be is in time."""
    first = best_plan(of)
    if not first.order or not late(of, first.order, begun, done):
        return first
    hopeless = _hopeless(of, begun, done)
    begun, done = (np.where(hopeless, NEVER, day) for day in (begun, done))
    heap: list[tuple[float, int, Terms, Plan]] = [(-first.slack, 0, of, first)]
    tried, parted = [(len(late(of, first.order, begun, done)), -first.slack, 0, first)], False
    while heap and len(tried) < NODES:
        _, _, terms, plan = heappop(heap)
        behind = late(terms, plan.order, begun, done)
        if not behind:
            return plan._replace(bound=first.bound if parted else max([plan.bound, *(-s for s, *_ in heap)]))
        step = behind[0]
        waits, together = _could_wait(terms, plan.order, step)
        parted |= together
        for other in waits:
            after = terms.after.copy()
            after[other] |= 1 << step
            child = terms._replace(after=after)
            again = best_plan(child)
            if again.order:
                count = len(late(child, again.order, begun, done))
                tried.append((count, -again.slack, len(tried), again))
                heappush(heap, (-again.slack, len(tried), child, again))
    *_, plan = min(tried, key=lambda one: one[:3])
    return plan._replace(bound=max(first.bound, plan.bound))


def _could_wait(of: Terms, order: tuple[int, ...], step: int) -> tuple[list[int], bool]:
    """Steps that run before one or with it in an order and need not, and whether one of them could be exchanged with it."""
    before, found = int(_closure(of)[step]), []
    for b in order:
        mask = int(of.batches[b])
        found += [n for n in _steps(of, mask) if n != step and not before >> n & 1]
        if mask >> step & 1:
            break
    together = 0
    for mask in of.batches.tolist():
        together |= mask if mask >> step & 1 else 0
    return found, any(together >> n & 1 for n in found)


def _hopeless(of: Terms, begun: Months, done: Months) -> NDArray[np.bool_]:
    """[M] steps that no order has in time: whatever one comes after takes at least as long as the longest of it, and where nothing can be
    exchanged as long as all of it."""
    alone, month = bool((np.bitwise_count(of.batches) == 1).all()), of.month[:, 0]
    found = np.zeros(of.steps, dtype=np.bool_)
    for n, mask in enumerate(_closure(of).tolist()):
        months = [int(month[k]) for k in _steps(of, mask)]
        ready = sum(months) if alone else max(months, default=0)
        found[n] = ready > begun[n] or ready + month[n] > done[n]
    return found


def _closure(of: Terms) -> Months:
    """[M] all that each step comes after, directly or not."""
    before = of.needs | of.after
    for _ in range(of.steps):
        for n in range(of.steps):
            for k in _steps(of, int(before[n])):
                before[n] |= before[k]
    return before


def _steps(of: Terms, mask: int) -> list[int]:
    return [n for n in range(of.steps) if mask >> n & 1]
