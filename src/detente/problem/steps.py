"""A package as steps that somebody takes one after another, and what each faction makes of every part of it.

Each issue that the package moves is one step from the status quo to the package's option, or, where the issue
is ``gradual``, one step for each option on the way, each needing the one before. The steps of an issue belong to
the factions that control it (all those of its smallest controlling sets): any of them is taken to be able to
hold its own steps up, or take them back. The flow of a faction is its utility of what has been reached so far
less its no-deal value, in points per month (:mod:`detente.kernels.sequencing`).

What is judged about steps (patience, months, costs, temptations) is drawn beside the numbers of the deal, from
dimensions of its own, so that the deal's numbers are the same with and without it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from detente.case.dates import whole_months
from detente.case.lead import day_of, start_of
from detente.case.model import Case, Earlier, Range
from detente.case.package import impossible
from detente.case.wording import one_of
from detente.errors import LimitError, UsageError
from detente.figures import agree, joined
from detente.problem.build import Parameter, Problem, parameter
from detente.problem.sample import Sample, drawn
from detente.problem.table import Move, Table, hands, passed

__all__ = [
    "NEVER",
    "Agenda",
    "Judged",
    "Step",
    "agenda",
    "dimensions",
    "indexed",
    "judged",
    "moved",
    "patience",
    "step_parameters",
]

NEVER = 1_000_000
"""Months by which a step without a day is due."""
MAX_STEPS = 63
"""Steps of one package: they are bits of a set."""


@dataclass(frozen=True)
class Step:
    """One move of one issue."""

    issue: str
    before: str
    option: str
    """What it reaches."""
    factions: tuple[int, ...]
    """Positions in the table's factions: those who have a hand in it."""
    parties: tuple[str, ...]
    """Their parties."""
    reversible: bool


@dataclass(frozen=True)
class Agenda:
    """A package at a table, as ``M`` steps."""

    problem: Problem
    table: Table
    """Of the issues that the package moves, as it sees it."""
    paths: tuple[tuple[int, ...], ...]
    """Per issue of the table the options passed, the status quo first."""
    steps: tuple[Step, ...]
    needs: NDArray[np.int64]
    """[M] the steps without which each cannot stand."""
    after: NDArray[np.int64]
    """[M] the steps that are carried out and verified before each begins."""
    batches: NDArray[np.int64]
    """[B] exchanges, then single steps: of orders with equal slack one with exchanges is taken."""
    horizon: NDArray[np.int64]
    """[F] months from the start to the first deadline; -1: none."""
    begun: NDArray[np.int64]
    """[M] months after the start by which each step has to be begun; ``NEVER``: none."""
    done: NDArray[np.int64]
    """[M] the same for being done and verified."""
    whole: Table | None = None
    """The table with everything that can move there; None: the same people are asked of every package."""

    @property
    def package(self) -> dict[str, str]:
        """Issue → option of what moves."""
        return {s.issue: s.option for s in self.steps}

    @property
    def factions(self) -> tuple[str, ...]:
        """Ids of the table's factions."""
        return tuple(self.problem.factions[f] for f in self.table.factions)

    def asked(self, steps: Collection[int]) -> NDArray[np.int64]:
        """Minimal winning sets of a package of some of the steps, as bit masks over the table's factions."""
        moves = indexed(self.problem, {self.steps[n].issue: self.steps[n].option for n in sorted(steps)})
        at = self.table if self.whole is None else self.whole.moving(moves)
        return np.array(at.winning, dtype=np.int64)

    @property
    def own(self) -> NDArray[np.int64]:
        """[F] the steps that each faction has a hand in."""
        return np.array(
            [
                self.mask(n for n, s in enumerate(self.steps) if f in s.factions)
                for f in range(len(self.factions))
            ],
            dtype=np.int64,
        )

    @property
    def reversible(self) -> int:
        """The steps that can be taken back."""
        return self.mask(n for n, s in enumerate(self.steps) if s.reversible)

    def about(self, issues: Collection[str]) -> int:
        """The steps of some issues; of all where none is named."""
        return self.mask(n for n, s in enumerate(self.steps) if not issues or s.issue in issues)

    @staticmethod
    def mask(steps: Iterator[int]) -> int:
        """Steps as a bit set."""
        return sum(1 << n for n in steps)

    def exchangeable(self, first: int, second: int) -> bool:
        """Whether two steps are in the hands of different parties and neither needs the other."""
        a, b = self.steps[first], self.steps[second]
        apart = not set(a.parties) & set(b.parties)
        before = self.needs | self.after
        return apart and not (before[first] >> second & 1 or before[second] >> first & 1)


def moved(problem: Problem, at: Table, package: Mapping[str, str]) -> dict[str, str]:
    """Issue → option of what a package moves, in the order of the case: an issue that stays as it is is left out.

    Raises
    ------
    UsageError
        The case has no such issue or option, the issue does not move at this table, or the case calls the package impossible.
    """
    assert problem.status_quo is not None, "checked by who calls"
    choices = dict(zip(problem.issues, problem.options, strict=True))
    for issue, option in package.items():
        if issue not in choices:
            raise UsageError(
                f"the package has '{issue}', which is no issue of case '{problem.case.id}'{one_of(issue, choices)}"
            )
        if option not in choices[issue]:
            raise UsageError(
                f"the package has '{issue}: {option}', which is no option of that issue{one_of(option, choices[issue])}"
            )
    found = {}
    for issue, options, here in zip(problem.issues, problem.options, problem.status_quo, strict=True):
        if package.get(issue, options[here]) != options[here]:
            found[issue] = package[issue]
    can = [problem.issues[n] for n in at.issues]
    for issue in found:
        if issue not in can:
            why = at.stuck.get(issue, "it is not on that table")
            raise UsageError(
                f"the package moves '{issue}', which cannot move at '{at.id}': {why}; what can move there: {', '.join(can)}"
            )
    for move in indexed(problem, found):
        for i, o in passed(problem, move):
            if (i, o) in at.closed:
                raise UsageError(
                    f"the package moves '{problem.issues[i]}' to '{problem.options[i][o]}', which cannot be done at '{at.id}': "
                    "whoever controls that does not sit there"
                )
    if cannot := impossible(problem.case, package):
        raise UsageError(cannot)
    return found


def indexed(problem: Problem, package: Mapping[str, str]) -> tuple[Move, ...]:
    """Issue → option as indices."""
    which = ((problem.issues.index(issue), option) for issue, option in package.items())
    return tuple((i, problem.options[i].index(option)) for i, option in which)


def agenda(problem: Problem, at: Table, package: Mapping[str, str]) -> Agenda:
    """The steps from the status quo to ``package`` (issues left out stay as they are).

    Raises
    ------
    UsageError
        The package moves nothing, what :func:`moved` refuses, or an issue that nobody controls.
    LimitError
        More than 63 steps.
    """
    case = problem.case
    if problem.status_quo is None:
        raise UsageError(f"case '{case.id}' has no status quo, so nothing leads from it to a package")
    start = {i: problem.options[n][problem.status_quo[n]] for n, i in enumerate(problem.issues)}
    moves = moved(problem, at, package)
    if not moves:
        raise UsageError("the package leaves everything as it is: there is nothing to carry out")
    which = tuple(problem.issues.index(i) for i in moves)
    place = {f: n for n, f in enumerate(at.factions)}
    steps: list[Step] = []
    needs: list[int] = []
    paths = []
    for issue, i in zip(moves, which, strict=True):
        spec = case.issues[issue]
        a, b = problem.options[i].index(start[issue]), problem.options[i].index(package[issue])
        direction = 1 if b > a else -1
        path = (a, *range(a + direction, b, direction), b) if spec.gradual else (a, b)
        for k, (before, after) in enumerate(pairwise(path)):
            needs.append(1 << (len(steps) - 1) if k else 0)
            names = problem.options[i][before], problem.options[i][after]
            mine = hands(problem, (i, after))
            if not mine:
                raise UsageError(
                    f"nobody is said to control '{issue}', so nobody can take its step to '{names[1]}': give it 'controlled_by: PARTY'"
                )
            parties = tuple(dict.fromkeys(problem.party_of[f] for f in mine))
            steps.append(
                Step(issue, *names, tuple(place[f] for f in mine if f in place), parties, spec.reversible)
            )
        paths.append(path)
    if len(steps) > MAX_STEPS:
        raise LimitError(
            f"the package takes {len(steps)} steps; the limit is {MAX_STEPS}: make fewer issues gradual"
        )
    local = replace(at.moving(indexed(problem, moves)), issues=which, whole=at.decided)
    made = Agenda(
        problem,
        local,
        tuple(paths),
        tuple(steps),
        np.array(needs, dtype=np.int64),
        _after(case, steps),
        np.empty(0, np.int64),
        _horizon(case, problem, at),
        np.array([_due(case, s.issue, "begun_by") for s in steps], np.int64),
        np.array([_due(case, s.issue, "done_by") for s in steps], np.int64),
        at,
    )
    return replace(made, batches=_batches(made))


def _after(case: Case, steps: Sequence[Step]) -> NDArray[np.int64]:
    """[M] bit sets of the steps that the case has each come after."""

    def led(earlier: Earlier) -> int:
        if isinstance(earlier, str):
            return sum(1 << n for n, s in enumerate(steps) if s.issue == earlier)
        ((issue, option),) = earlier.items()
        mine = [n for n, s in enumerate(steps) if s.issue == issue]
        last = next((k for k, n in enumerate(mine) if steps[n].option == option), -1)
        return sum(1 << n for n in mine[: last + 1])

    found = np.zeros(len(steps), dtype=np.int64)
    for n, step in enumerate(steps):
        spec = case.issues[step.issue]
        for earlier in (*spec.after, *spec.options[step.option].after):
            found[n] |= led(earlier)
    return found


def _batches(of: Agenda) -> NDArray[np.int64]:
    found: list[int] = []
    case = of.problem.case
    for issues in case.steps.simultaneous if case.steps else ():
        each = [[n for n, s in enumerate(of.steps) if s.issue == i] for i in issues]
        found += [
            of.mask(iter(chosen))
            for chosen in product(*each)
            if not any(of.after[a] >> b & 1 for a in chosen for b in chosen)
        ]
    found += [1 << n for n in range(len(of.steps))]
    return np.array(list(dict.fromkeys(found)), dtype=np.int64)


def _horizon(case: Case, problem: Problem, at: Table) -> NDArray[np.int64]:
    found = np.full(len(at.factions), -1, dtype=np.int64)
    for deadline in case.deadlines.values():
        start = start_of(case)
        assert start is not None
        months = max(0, whole_months(start, deadline.on))
        for n, f in enumerate(at.factions):
            if {problem.factions[f], problem.party_of[f]} & set(deadline.ends_for):
                found[n] = months if found[n] < 0 else min(found[n], months)
    return found


def _due(case: Case, issue: str, key: str) -> int:
    """Months after the start by which a step of an issue has to be begun or done; less than 0 where that is over by then."""
    typed = getattr(case.issues[issue], key)
    day, start = None if typed is None else day_of(case, typed), start_of(case)
    return NEVER if day is None or start is None else whole_months(start, day)


# --- numbers ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """What is judged about steps, in S draws."""

    values: Mapping[str, NDArray[np.float64]]
    """Path → [S]."""

    def __getitem__(self, path: str) -> NDArray[np.float64]:
        return self.values[path]

    def get(self, path: str, default: float, like: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number at a path, or ``default`` in every draw."""
        found = self.values.get(path)
        return np.full_like(like, default) if found is None else found


def step_parameters(case: Case, widen: float) -> list[Parameter]:
    """Everything judged about steps, in the order of the case."""
    found: list[Parameter] = []

    def add(path: str, owner: str, value: Range | None, lower: float, upper: float) -> None:
        if value is not None:
            found.append(parameter(path, "step", owner, value, lower, upper, widen=widen))

    for f, wants in case.preferences.items():
        add(f"{f}.patience", f, wants.patience, 0.01, 0.9999)
        for name, reading in case.readings.get(f, {}).items():
            add(f"{f}.readings.{name}.patience", f, reading.preferences.patience, 0.01, 0.9999)
    for i, issue in case.issues.items():
        add(f"{i}.verify", i, issue.verify, 0.0, 120.0)
        add(f"{i}.undo", i, issue.undo, 0.0, math.inf)
    if case.signing is not None:
        add("signing.chance", "", case.signing.chance, 0.0, 1.0)
    if case.steps is not None:
        add("steps.temptation", "", case.steps.temptation, 0.0, math.inf)
    for g, guarantee in case.guarantees.items():
        add(f"guarantees.{g}.forfeits", g, guarantee.forfeits, 0.0, math.inf)
        add(f"guarantees.{g}.verify", g, guarantee.verify, 0.0, 120.0)
        for key, amounts in (("worth", guarantee.worth), ("costs", guarantee.costs)):
            for f, amount in amounts.items():
                add(f"guarantees.{g}.{key}.{f}", g, amount, 0.0, math.inf)
    # After all others, so that their draws stay as they are.
    for p, party in case.parties.items():
        add(f"{p}.spoils", p, party.spoils.chance if party.spoils else None, 0.0, 1.0)
    return found


def dimensions(case: Case) -> int:
    """How many uniforms one draw of what is judged about steps takes."""
    return len(step_parameters(case, 1.0))


def judged(case: Case, uniforms: NDArray[np.float64] | None, *, widen: float = 1.0) -> Judged:
    """Values from ``uniforms`` [S, :func:`dimensions`]; best estimates (S = 1) without."""
    return Judged(drawn(step_parameters(case, widen), uniforms))


def patience(problem: Problem, sample: Sample, known: Judged, factions: Sequence[str]) -> NDArray[np.float64]:
    """[F, S] monthly discount factors, under the reading that is true in each draw.

    Raises
    ------
    UsageError
        A faction has none.
    """
    missing = [f for f in factions if problem.case.preferences[f].patience is None]
    if missing:
        raise UsageError(
            f"this needs everybody's patience, and {joined(missing)} {agree(len(missing), 'has', 'have')} none: add 'patience: [0.95, 0.98, 0.99]' "
            f"(what a point next month is worth now) under 'preferences: {missing[0]}:'"
        )
    found = []
    for name in factions:
        f, rho = problem.factions.index(name), known[f"{name}.patience"].copy()
        for r, reading in enumerate(problem.readings[f]):
            own = known.values.get(f"{name}.readings.{reading}.patience")
            if own is not None:
                rho = np.where(sample.reading[f] == r, own, rho)
        found.append(rho)
    return np.array(found)
