"""Worlds of a case: the world as it is, or with something changed, in every draw.

Numbers are those of the draw; the reading that is true there changes them first, then a revision, and last the choices
at talks follow from what they have become.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Name, Node
from detente.case.lapses import lapses
from detente.case.model import Case
from detente.case.typed import Slot
from detente.case.wired import Revision, Wired, wired
from detente.case.wiring import Equations, Wiring
from detente.problem.ground import Ground
from detente.world.constants import evaluated
from detente.world.crew import Part, Simulates, simulated
from detente.world.form import Form, form
from detente.world.jobs import pays
from detente.world.keyed import Keyed
from detente.world.run import Ensemble, Run, dated, prepared, run
from detente.world.talks import chosen
from detente.world.trees import kept_at, kept_until

__all__ = ["COUNTED", "KEY", "Looked", "assigned", "branches", "home", "moving", "ready", "simulate"]

Floats = NDArray[np.float64]

KEY = 2**63 - 1
"""The key of the random numbers has 64 bits; beyond 2^63 seeds repeat."""


COUNTED = 1 << 22
"""Counts that are kept at once."""


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
    ending = tuple(revision.until)
    made = _form(_Key(of, revision, looked.asked, tuple(home(case).items()), ending, ending))
    options = {**home(case), **revision.settles}
    dates = dated(of.wiring.calendars, made.calendars, case.as_of, case.world.months)
    values = assigned(ground, revision)
    for issue, month in revision.until.items():
        place = list(case.issues[issue].options).index(revision.settles[issue])
        values[kept_at(issue)] = np.full(ground.sample.draws, float(place))
        values[kept_until(issue)] = np.full(ground.sample.draws, float(month))
    worlds = float(ground.sample.draws) * per * case.world.months
    draws = ground.sample.draws
    return prepared(
        made, values, options, dates, summed=looked.summed, paths=looked.paths, draws=draws, worlds=worlds
    )


def branches(
    ground: Ground,
    revision: Revision,
    settled: Sequence[Mapping[str, str]],
    looked: Looked,
    *,
    per: int,
    cycle: int,
) -> Iterator[Ensemble]:
    """Worlds of a scenario in which something more is settled each time, as long as it stands; every time, and of each time every ``cycle`` draws,
    meet equal chance.

    One program serves for all, since where an issue is kept is a number in it.
    """
    case, of = ground.problem.case, wired(ground.problem.case)
    assert case.world is not None
    assert case.as_of is not None
    issues = tuple(dict.fromkeys(issue for one in settled for issue in one))
    ends = lapses(case)
    ending = tuple(i for i in issues if any((i, one.get(i, "")) in ends for one in settled))
    made = _form(_Key(of, revision, looked.asked, tuple(home(case).items()), issues, ending))
    size, times = ground.sample.draws, len(settled)
    values = {path: np.tile(value, times) for path, value in assigned(ground, revision).items()}
    for issue in issues:
        options = list(case.issues[issue].options)
        where = [options.index(one[issue]) if issue in one else np.nan for one in settled]
        values[kept_at(issue)] = np.repeat(np.array(where, dtype=np.float64), size)
        if issue in ending:
            until = [ends.get((issue, one.get(issue, "")), case.world.months) for one in settled]
            values[kept_until(issue)] = np.repeat(np.array(until, dtype=np.float64), size)
    stacked = prepared(
        made,
        values,
        {**home(case), **revision.settles},
        dated(of.wiring.calendars, made.calendars, case.as_of, case.world.months),
        summed=looked.summed,
        draws=size * times,
        worlds=float(size) * times * per * case.world.months,
    )._replace(cycle=cycle)
    months, asked = case.world.months + 1, len(looked.asked) + len(looked.summed)
    at_once = max(1, COUNTED // (size * months * max(1, asked)))
    # What pays for all of them together may pay for none alone.
    fused = True if pays(size * times * per * case.world.months, per) else None
    for n in range(0, times, at_once):
        rows = slice(n * size, min(times, n + at_once) * size)
        part = stacked._replace(constants=stacked.constants[rows])
        found = run(part, per=per, seed=ground.seed & KEY, fused=fused)
        for m in range(0, len(found.counts), size):
            one = slice(m, m + size)
            yield Ensemble(per, found.counts[one], found.sums[one], found.kept[one])


def simulate(
    ground: Ground, revision: Revision, looked: Looked, *, per: int, crew: Simulates | None = None
) -> Ensemble:
    """``per`` worlds for each draw; equal numbers and seeds meet equal chance, whatever is changed."""
    whole = Part(ready(ground, revision, looked, per=per), 0, per, ground.seed & KEY)
    return simulated(whole) if crew is None else crew.run(whole)


# --- forms are made once ----------------------------------------------------------------------------------


class _Key(Keyed):
    """What a form hangs on: equations by identity, everything else by value."""

    def __init__(
        self,
        of: Wired,
        revision: Revision,
        asked: Sequence[Node],
        here: tuple[tuple[str, str], ...],
        numbered: Sequence[str] = (),
        ending: tuple[str, ...] = (),
    ) -> None:
        self.of, self.revision, self.asked, self.here = of, revision, tuple(asked), here
        self.ending = ending
        holds = tuple(revision.holds.items())
        self.settled: tuple[tuple[str, str | None], ...] = (
            *((issue, option) for issue, option in revision.settles.items() if issue not in revision.until),
            *((i, None) for i in numbered if i not in revision.settles or i in revision.until),
        )
        self.key = (id(of), holds, self.settled, revision.stops, self.asked, here, ending)


@lru_cache(maxsize=256)
def _form(key: _Key) -> Form:
    wiring = _held(key.of.wiring, key.revision.holds)
    still = key.revision.stops
    return form(
        wiring, dict(key.here), settled=dict(key.settled), ending=key.ending, still=still, asked=key.asked
    )


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
