"""A roadmap by trying every plan, from the definition in docs/explanation/roadmap.md: slow and obvious."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

Set = frozenset[int]


@dataclass(frozen=True)
class Term:
    on: Set
    off: Set
    excluded: bool
    points: tuple[float, ...]

    def matches(self, done: Set) -> bool:
        return self.on <= done and not self.off & done


@dataclass(frozen=True)
class Agenda:
    """One draw of a package; steps and factions are numbered from 0."""

    base: tuple[float, ...]
    delta: tuple[tuple[float, ...], ...]  # faction, step
    terms: tuple[Term, ...]
    needs: tuple[Set, ...]
    month: tuple[int, ...]
    rho: tuple[float, ...]
    horizon: tuple[int | None, ...]
    own: tuple[Set, ...]
    reversible: Set
    undo: tuple[tuple[float, ...], ...]
    penalty: tuple[tuple[float, ...], ...]
    lapse: tuple[Set, ...]
    cost: tuple[float, ...]
    batches: tuple[Set, ...]
    winning: tuple[Set, ...]

    @property
    def steps(self) -> Set:
        return frozenset(range(len(self.month)))

    @property
    def factions(self) -> range:
        return range(len(self.base))


def supported(of: Agenda, step: int) -> Set:
    """The step and all that it needs, directly or through others."""
    found: set[int] = {step}
    while more := {n for s in found for n in of.needs[s]} - found:
        found |= more
    return frozenset(found)


def closed(of: Agenda, done: Set) -> Set:
    """What is left when every step whose needs are missing falls away, again and again."""
    while True:
        rest = frozenset(s for s in done if of.needs[s] <= done)
        if rest == done:
            return rest
        done = rest


def feasible(of: Agenda, done: Set) -> bool:
    return closed(of, done) == done and not any(t.excluded and t.matches(done) for t in of.terms)


def flow(of: Agenda, f: int, done: Set) -> float:
    return (
        of.base[f] + sum(of.delta[f][s] for s in done) + sum(t.points[f] for t in of.terms if t.matches(done))
    )


def broken_down(of: Agenda, f: int, done: Set) -> float:
    """Points per month once everything is undone that can be."""
    kept = frozenset().union(*(supported(of, s) for s in done - of.reversible - of.lapse[f]))
    return flow(of, f, kept) - flow(of, f, frozenset())


def plans(of: Agenda, done: Set = frozenset()) -> Iterator[tuple[int, ...]]:
    """Every order of batches that executes each step once and visits feasible sets only."""
    if not feasible(of, done):
        return
    if done == of.steps:
        yield ()
    for b, batch in enumerate(of.batches):
        if not batch & done:
            for rest in plans(of, done | batch):
                yield (b, *rest)


def _left(of: Agenda, f: int, elapsed: int) -> float:
    horizon = of.horizon[f]
    return float("inf") if horizon is None else max(0, horizon - elapsed)


def _stages(of: Agenda, plan: tuple[int, ...]) -> list[tuple[Set, Set, int, int]]:
    """Done before, batch, its months, months elapsed; the end has an empty batch."""
    found, done, elapsed = [], frozenset[int](), 0
    for b in plan:
        months = max(of.month[s] for s in of.batches[b])
        found.append((done, of.batches[b], months, elapsed))
        done, elapsed = done | of.batches[b], elapsed + months
    return [*found, (done, frozenset(), 0, elapsed)]


def going_on(of: Agenda, plan: tuple[int, ...], f: int) -> list[float]:
    """V at each stage, the end included."""
    rho, stages = of.rho[f], _stages(of, plan)
    end = stages[-1]
    values = [(1 - rho ** _left(of, f, end[3])) * flow(of, f, end[0])]
    for done, batch, months, elapsed in reversed(stages[:-1]):
        k = min(months, _left(of, f, elapsed))
        values.insert(0, (1 - rho**k) * flow(of, f, done | batch) + rho**k * values[0])
    return values


def ways_out(of: Agenda, f: int, done: Set, batch: Set, months: int, elapsed: int) -> dict[str, float]:
    rho, left = of.rho[f], _left(of, f, elapsed)
    found = {"walk off": (1 - rho**left) * broken_down(of, f, done)}
    mine = done & of.own[f] & of.reversible
    back = max(
        (
            frozenset(r)
            for n in range(len(mine) + 1)
            for r in itertools.combinations(sorted(mine), n)
            if not any(supported(of, s) & frozenset(r) for s in done - frozenset(r))
        ),
        key=len,
    )
    held = batch & of.own[f]
    for name, taken, possible in (("withhold", frozenset[int](), held), ("take back", back, back)):
        if not possible:
            continue
        there = closed(of, (done | batch) - held - taken - of.lapse[f])
        if any(t.excluded and t.matches(there) for t in of.terms):
            continue
        k = min(months if batch else max(of.month[s] for s in taken), left)
        value = (1 - rho**k) * flow(of, f, there) + (rho**k - rho**left) * broken_down(of, f, there)
        value -= sum(of.undo[f][s] for s in taken) + sum(of.penalty[f][s] for s in held | taken)
        found[name] = value
    return found


def margins(of: Agenda, plan: tuple[int, ...]) -> list[list[float]]:
    """Stage, faction."""
    values = [going_on(of, plan, f) for f in of.factions]
    return [
        [values[f][n] - max(ways_out(of, f, *stage).values()) - of.cost[f] for f in of.factions]
        for n, stage in enumerate(_stages(of, plan))
    ]


def slack(of: Agenda, plan: tuple[int, ...]) -> float:
    return min(
        max(min((row[f] for f in chosen), default=float("inf")) for chosen in of.winning)
        for row in margins(of, plan)
    )


def best(of: Agenda) -> tuple[float, tuple[int, ...]]:
    """The most slack, and the first plan that has it; minus infinity and () if there is no plan."""
    found = [(slack(of, plan), plan) for plan in plans(of)]
    return max(found, key=lambda one: one[0], default=(float("-inf"), ()))


def random_agenda(rng: random.Random, steps: int, factions: int) -> Agenda:
    owner = [rng.randrange(factions) for _ in range(steps)]
    own = [{s for s in range(steps) if owner[s] == f or rng.random() < 0.15} for f in range(factions)]
    some = lambda p: frozenset(s for s in range(steps) if rng.random() < p)  # noqa: E731
    terms = []
    for _ in range(rng.randrange(4)):
        on = some(0.3)
        off = some(0.3) - on
        if on or off:
            shut = bool(on) and bool(off) and rng.random() < 0.3
            terms.append(Term(on, off, shut, tuple(rng.uniform(-2, 2) for _ in range(factions))))
    batches = [frozenset({s}) for s in range(steps)]
    batches += [frozenset(p) for p in itertools.combinations(range(steps), 2) if rng.random() < 0.2]
    everybody = frozenset(range(factions))
    apart = tuple(everybody - {f} for f in range(factions)) if factions > 1 and rng.random() < 0.3 else ()
    table = lambda low, high: tuple(  # noqa: E731
        tuple(rng.uniform(low, high) for _ in range(steps)) for _ in range(factions)
    )
    return Agenda(
        base=tuple(rng.uniform(-1, 1) for _ in range(factions)),
        delta=tuple(
            tuple(rng.uniform(-5, 0) if owner[s] == f else rng.uniform(-0.5, 4) for s in range(steps))
            for f in range(factions)
        ),
        terms=tuple(terms),
        needs=tuple(
            frozenset({rng.randrange(s)}) if s and rng.random() < 0.3 else frozenset() for s in range(steps)
        ),
        month=tuple(rng.randint(1, 4) for _ in range(steps)),
        rho=tuple(rng.uniform(0.5, 0.99) for _ in range(factions)),
        horizon=tuple(rng.randint(1, 12) if rng.random() < 0.3 else None for _ in range(factions)),
        own=tuple(map(frozenset, own)),
        reversible=some(0.6),
        undo=table(0, 0.5),
        penalty=table(0, 0.4),
        lapse=tuple(some(0.4) if rng.random() < 0.3 else frozenset() for _ in range(factions)),
        cost=tuple(rng.uniform(-0.3, 0.3) for _ in range(factions)),
        batches=tuple(batches),
        winning=apart or (everybody,),
    )
