"""Every judged number of a case, and what of the answer at a table each of them can move.

Beside the deal's own numbers there are those of steps and of the world. They move the answer only through no-deal values that
come from the world: what waiting is worth, what each option makes of it, what somebody can do alone. What cannot move the
answer is counted by block, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detente.case.typed import named
from detente.case.wired import wired
from detente.draws import Drawn
from detente.problem import Problem, Table, parameters
from detente.problem.build import Parameter
from detente.problem.own import alone
from detente.problem.steps import step_parameters
from detente.problem.world import world_parameters

__all__ = ["Numbers", "Still", "numbers_of"]


@dataclass(frozen=True)
class Still:
    """Numbers that cannot move the answer."""

    block: str
    count: int
    why: str


@dataclass(frozen=True)
class Numbers:
    """What is judged: the deal's own numbers, then those of steps, then those of the world; all by their place."""

    ready: Drawn
    every: tuple[Parameter, ...]
    first_step: int
    first_world: int
    held: tuple[int, ...]
    """Of factions that nobody's computed no-deal value hangs on: one moves the verdicts of its owner, in one direction."""
    told: tuple[int, ...]
    """Through which computed no-deal values move without another world: the deal's numbers of these factions, and what is at
    stake for them; what steps back cost; patience."""
    simulated: tuple[int, ...]
    """On which worlds hang."""
    drawn: tuple[int, ...]
    """Which matter over the draws and not at best estimates: chances of issues that nobody here decides."""
    still: tuple[Still, ...]
    shared: bool
    """Whether some faction whose no-deal value is computed can do something only together with another."""

    @property
    def looked_at(self) -> tuple[int, ...]:
        """All that can move the answer, in the order of the case."""
        return tuple(sorted((*self.held, *self.told, *self.simulated, *self.drawn)))

    @cached_property
    def best(self) -> NDArray[np.float64]:
        """Best estimates of all."""
        deal = parameters(self.ready.problem, np.full((1, self.ready.problem.dimensions), 0.5))[0]
        return np.concatenate([deal, [p.median for p in self.every[self.first_step :]]])

    def block(self, n: int) -> Literal["deal", "steps", "world"]:
        """Of which numbers: ``deal``, ``steps`` or ``world``."""
        return "deal" if n < self.first_step else "steps" if n < self.first_world else "world"

    @cached_property
    def lent(self) -> NDArray[np.int64]:
        """[S] whose numbers of the world each fresh draw takes."""
        return self.ready.lent

    def values(self, n: int) -> NDArray[np.float64]:
        """[S] a number in the fresh draws."""
        if n < self.first_step:
            return self.ready.values[:, n]
        beside, path = self.ready.beside_fresh, self.every[n].path
        if n < self.first_world:
            return beside.steps[path]
        return beside.world[path][self.lent] if n in self.simulated else beside.world[path]


def numbers_of(ready: Drawn, at: Table) -> Numbers:
    """Of a table."""
    problem, case = ready.problem, ready.problem.case
    steps = step_parameters(case, ready.widen)
    world = world_parameters(case, ready.widen)
    every = (*problem.parameters, *steps, *world)
    first, second = len(problem.parameters), len(problem.parameters) + len(steps)
    seated = {problem.factions[f] for f in at.factions}
    computed = seated & set(case.computed)
    shared = [party for party in _together(problem) if party & computed]
    bound = computed.union(*shared)
    kinds: dict[str, list[int]] = {"held": [], "told": [], "simulated": [], "drawn": []}
    still: dict[tuple[str, str], int] = {}
    for n, p in enumerate(every[1:], 1):
        if n < first:
            kind, why = _of_deal(ready, p, seated, bound)
        elif n < second:
            kind, why = _of_steps(p.path, computed, problem)
        else:
            kind, why = _of_world(problem, p.path, computed)
        if kind in kinds:
            kinds[kind].append(n)
        else:
            still[kind, why] = still.get((kind, why), 0) + 1
    return Numbers(
        ready=ready,
        every=every,
        first_step=first,
        first_world=second,
        held=tuple(kinds["held"]),
        told=tuple(kinds["told"]),
        simulated=tuple(kinds["simulated"]),
        drawn=tuple(kinds["drawn"]),
        still=tuple(Still(block, count, why) for (block, why), count in still.items()),
        shared=bool(shared),
    )


def _together(problem: Problem) -> Iterator[set[str]]:
    """Factions that only together can do something without anybody else."""
    for of in alone(problem):
        if len(of.factions) > 1:
            yield {problem.factions[f] for f in of.factions}


def _of_deal(ready: Drawn, p: Parameter, seated: set[str], bound: set[str]) -> tuple[str, str]:
    """Which of the four it is; or a block and why it cannot move the answer."""
    if p.kind == "chance":
        return "drawn", ""
    if p.kind == "delivers":
        return "chances of delivery", "they count after acceptance, in what is delivered"
    if p.owner not in seated | bound:
        return "preferences of those who do not sit here", "nobody at this table asks them"
    world = ready.problem.case.world
    moves_world = p.kind == "prior" and bool(bound) and world is not None and p.owner in world.under
    return ("told" if p.owner in bound or moves_world else "held"), ""


def _of_steps(path: str, computed: set[str], problem: Problem) -> tuple[str, str]:
    head, _, last = path.rpartition(".")
    if last == "patience":
        owner = head.partition(".")[0]
        if owner in computed:
            return "told", ""
        why = "no-deal values of these factions are typed; patience counts in the order of steps"
        if problem.lapses:
            why = "no-deal values of these factions are typed; in what an option that ends is worth to them patience is held at its best estimate"
        return "patience", why
    if last == "undo":
        if computed and problem.case.issues[head].was is not None:
            return "told", ""
        why = "no-deal values are typed" if not computed else "nobody moved the issue to where it stands"
        return "undo", f"{why}; what a step back costs counts in the order of steps"
    block = "guarantees" if path.startswith("guarantees.") else "temptation" if head == "steps" else "verify"
    return block, "they count in the order of steps and in whether it holds, not in consent"


def _of_world(problem: Problem, path: str, computed: set[str]) -> tuple[str, str]:
    case = problem.case
    head, _, rest = path.partition(".")
    if head in ("policies", "questions"):
        return head, "no deal is the world without them"
    if not computed:
        return "world", "no-deal values of those who sit here are typed"
    if head == "stakes":
        if rest.partition(".")[0] in computed:
            return "told", ""
        return "stakes", "no-deal values of these factions are typed"
    ladders = {operator.part for operator in wired(case).operators}
    number = ".".join(rest.split(".")[2:]) if head == "under" else path
    if number.partition(".")[0] in ladders and number.partition("[")[0] not in _read(problem):
        return "ladders", "no deal is the world with its talks off"
    return "simulated", ""


def _read(problem: Problem) -> set[str]:
    """What equations of parts without a ladder read."""
    of = wired(problem.case)
    ladders = {operator.part for operator in of.operators}
    return {
        name
        for of_what, equation in of.wiring.equations.items()
        if of_what.partition(".")[0] not in ladders
        for node in (equation.next, equation.when, equation.start)
        if node is not None
        for name in named(node)
    }
