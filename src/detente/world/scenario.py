"""Worlds of a case: the world as it is, or with something changed, in every draw.

Numbers are those of the draw; the reading that is true there changes them first, then a revision, and last the choices
at talks follow from what they have become.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Name, Node
from detente.case.model import Case
from detente.case.typed import Slot
from detente.case.wired import Revision, Wired, wired
from detente.case.wiring import Equations, Wiring
from detente.problem.ground import Ground
from detente.world.constants import evaluated
from detente.world.crew import Part, Simulates, simulated
from detente.world.form import Form, form
from detente.world.run import Ensemble, Run, dated, prepared
from detente.world.talks import chosen

__all__ = ["Looked", "assigned", "home", "moving", "ready", "simulate"]

Floats = NDArray[np.float64]


class Looked(NamedTuple):
    """What is looked at in worlds."""

    asked: tuple[Node, ...] = ()
    """Conditions that are counted."""
    summed: tuple[str, ...] = ()
    """Levels and values whose sums are wanted."""
    paths: tuple[str, ...] = ()
    """Levels and values of which some worlds are kept."""


def home(case: Case) -> dict[str, str]:
    """The status quo of every issue."""
    return {name: issue.status_quo or next(iter(issue.options)) for name, issue in case.issues.items()}


def moving(of: Wired, revision: Revision) -> tuple[str, ...]:
    """Issues that the world moves."""
    return tuple(issue for issue in of.wiring.moves if issue not in revision.settles)


def assigned(ground: Ground, revision: Revision) -> dict[str, Floats]:
    """Path → [S] of every number that equations read."""
    case, of = ground.problem.case, wired(ground.problem.case)
    values = dict(_read(ground))
    options = {**home(case), **revision.settles}
    changed = {
        path: evaluated(node, values, options, ground.sample.draws) for path, node in revision.changes.items()
    }
    values |= changed
    for n, operator in enumerate(of.operators):
        bears = any(path.startswith(f"{operator.part}.") for path in changed)
        values |= chosen(ground, operator, values) if bears else _choices(ground, n)
    return values


@lru_cache(maxsize=8)
def _choices(ground: Ground, n: int) -> Mapping[str, Floats]:
    """The choices at talks as long as nothing about them is changed."""
    return chosen(ground, wired(ground.problem.case).operators[n], _read(ground))


@lru_cache(maxsize=8)
def _read(ground: Ground) -> Mapping[str, Floats]:
    """Every number under the reading that is true."""
    problem, sample = ground.problem, ground.sample
    case = problem.case
    assert case.world is not None
    values = dict(ground.world)
    for faction, readings in case.world.under.items():
        place = problem.factions.index(faction)
        for reading, changed in readings.items():
            true = sample.reading[place] == problem.readings[place].index(reading)
            for path in changed:
                values[path] = np.where(true, values[f"under.{faction}.{reading}.{path}"], values[path])
    return values


def ready(ground: Ground, revision: Revision, looked: Looked, *, per: int) -> Run:
    """A scenario in numbers, ready to be run for ``per`` worlds of each draw."""
    case = ground.problem.case
    assert case.world is not None
    assert case.as_of is not None
    of = wired(case)
    made = _form(_Key(of, revision, looked.asked, tuple(home(case).items())))
    options = {**home(case), **revision.settles}
    dates = dated(of.wiring.calendars, made.calendars, case.as_of, case.world.months)
    values = assigned(ground, revision)
    worlds = float(ground.sample.draws) * per * case.world.months
    draws = ground.sample.draws
    return prepared(
        made, values, options, dates, summed=looked.summed, paths=looked.paths, draws=draws, worlds=worlds
    )


def simulate(
    ground: Ground, revision: Revision, looked: Looked, *, per: int, crew: Simulates | None = None
) -> Ensemble:
    """``per`` worlds for each draw; equal numbers and seeds meet equal chance, whatever is changed."""
    # The key of the random numbers has 64 bits; beyond 2^63 seeds repeat.
    whole = Part(ready(ground, revision, looked, per=per), 0, per, ground.seed & (2**63 - 1))
    return simulated(whole) if crew is None else crew.run(whole)


# --- forms are made once ----------------------------------------------------------------------------------


class _Key:
    """What a form hangs on: equations by identity, everything else by value."""

    def __init__(
        self, of: Wired, revision: Revision, asked: Sequence[Node], here: tuple[tuple[str, str], ...]
    ) -> None:
        self.of, self.revision, self.asked, self.here = of, revision, tuple(asked), here
        holds, settles = tuple(revision.holds.items()), tuple(revision.settles.items())
        self.key = (id(of), holds, settles, revision.stops, self.asked, here)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.key == self.key


@lru_cache(maxsize=256)
def _form(key: _Key) -> Form:
    wiring = _held(key.of.wiring, key.revision.holds)
    here = dict(key.here)
    settled, still = dict(key.revision.settles), key.revision.stops
    return form(wiring, here, settled=settled, still=still, asked=key.asked)


def _held(wiring: Wiring, holds: Mapping[str, Node]) -> Wiring:
    """With levels and values kept at numbers."""
    if not holds:
        return wiring
    equations, slots = dict(wiring.equations), dict(wiring.slots)
    for name, node in holds.items():
        level = wiring.slots[name].sort == "level"
        equations[name] = Equations(start=node if level else None, next=node)
        if isinstance(node, Name):  # a judged number of its own
            slots.setdefault(node.name, Slot("number", slots[name].unit))
    return wiring._replace(equations=equations, slots=slots)
