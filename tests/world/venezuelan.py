"""The Venezuelan world on draws of its numbers: what a lever moves, on the same chances."""

from __future__ import annotations

import datetime
import functools
import zlib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.base import Range
from detente.case.equations import Name, Number
from detente.case.library import bundled
from detente.case.model import Case, Preferences
from detente.case.paths import merged
from detente.case.reading import read_case
from detente.case.talks import judged
from detente.case.typed import Reader
from detente.case.wired import Operator, Wired, compiled
from detente.case.wiring import Equations, Wiring
from detente.case.world import World
from detente.kernels.talks import Game, choices
from detente.problem.sample import quantile
from detente.world.form import Form, form
from detente.world.run import Ensemble, dated, prepared, run

START = datetime.date(2021, 6, 3)
DRAWS, PER, SEED = 96, 512, 11
Floats = NDArray[np.float64]
CASE = Path(str(files("detente").joinpath("cases"))) / "venezuela-2021.yaml"


@functools.cache
def case() -> Case:
    return read_case(CASE.read_text(encoding="utf-8"), CASE.name).case


@functools.cache
def tied() -> Wired:
    found = compiled(case())
    assert isinstance(found, Wired), found
    return found


def wiring() -> Wiring:
    return tied().wiring


def home() -> dict[str, str]:
    return {issue: of.status_quo or "eight" for issue, of in case().issues.items()}


class Lever(NamedTuple):
    """What is changed: numbers (to a number, or by a function of them), levels that are held, issues that are settled, parts
    that stand still."""

    changes: Mapping[str, Any] = {}
    holds: Mapping[str, float] = {}
    settles: Mapping[str, str] = {}
    stops: tuple[str, ...] = ()
    reading: str | None = None
    """Of the leader, in every draw."""
    sender: str | None = None


def sampled(name: str, of: Range, draws: int) -> Floats:
    """[draws] of a judged number, within the percentiles that are judged."""
    if of.low == of.high:
        return np.full(draws, of.median)
    knots = np.array([[of.low, of.low, of.median, of.high, of.high]])
    # Antithetic pairs of a stream of its own for every number: a lever changes nobody else's draws.
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    half = generator.random((draws + 1) // 2)
    return quantile(knots, np.concatenate([half, 1 - half])[:draws, None])[:, 0]


def system() -> World:
    found = case().world
    assert found is not None
    return found


def middle(value: Any) -> float:
    return float(value.median)


@functools.cache
def preferences(faction: str, reading: str | None) -> Preferences:
    plain = case().preferences[faction]
    return merged(plain, case().readings[faction][reading].preferences) if reading else plain


@functools.cache
def points(faction: str, reading: str | None) -> dict[str, dict[str, float]]:
    """Issue → option → points at the best estimates."""
    wants = preferences(faction, reading)
    total = sum(middle(w) for w in wants.weights.values())
    return {
        issue: {o: middle(v) * middle(weight) / total for o, v in wants.values[issue].items()}
        for issue, weight in wants.weights.items()
    }


class Draws(NamedTuple):
    numbers: dict[str, Floats]
    leader: NDArray[np.int64]
    sender: NDArray[np.int64]


def readings(faction: str) -> tuple[str, ...]:
    return tuple(case().readings[faction])


@functools.cache
def held_by(faction: str, draws: int) -> NDArray[np.int64]:
    """[draws] which reading is true: as many of each as its prior says, in an order of their own."""
    priors = np.array([reading.prior.median for reading in case().readings[faction].values()])
    edges = np.cumsum(priors / priors.sum())
    order = np.random.default_rng(len(faction)).permutation(draws)
    return np.searchsorted(edges, (order + 0.5) / draws, side="right").clip(max=len(priors) - 1)


def drawn(lever: Lever, draws: int) -> Draws:
    numbers: dict[str, Floats] = {}
    for name, given in wiring().figures.items():
        for option, one in given.items() if isinstance(given, Mapping) else [("", given)]:
            full = f"{name}[{option}]" if option else name
            numbers[full] = sampled(full, one, draws)
    chosen = {}
    for faction, fixed in (("leader", lever.reading), ("united_states", lever.sender)):
        which = held_by(faction, draws)
        if fixed is not None:
            which = np.full(draws, readings(faction).index(fixed))
        chosen[faction] = which
        for reading, changes in system().under.get(faction, {}).items():
            here = which == readings(faction).index(reading)
            for full, value in changes.items():
                other = sampled(f"{reading} {full}", value, draws)
                numbers[full] = np.where(here, other, numbers[full])
    for full, value in lever.changes.items():
        assert full in numbers, full
        if callable(value):
            numbers[full] = value(numbers[full])
        else:
            numbers[full] = np.full(draws, float(value))
    for operator in tied().operators:
        numbers |= worked_out(operator, numbers, chosen["leader"], chosen["united_states"])
    return Draws(numbers, chosen["leader"], chosen["united_states"])


def worth(faction: str, reading: str | None, package: Mapping[str, str]) -> float:
    """Points of a package at the best estimates, with terms that go together, less a hundred for every line that it breaks."""
    wants = preferences(faction, reading)
    total = sum(of[package[issue]] for issue, of in points(faction, reading).items())
    for term in wants.together:
        if all(package[i] == o for i, o in term.when.items()):
            total += term.add.median
    lines = [*wants.red_lines, *(f.package for f in wants.firm if f.holds.median > 0.5)]
    return total - 100 * sum(all(package[i] == o for i, o in line.items()) for line in lines)


def worked_out(
    operator: Operator, numbers: Mapping[str, Floats], leader: NDArray[np.int64], sender: NDArray[np.int64]
) -> dict[str, Floats]:
    """What is chosen at the talks, and believed at their beginning."""
    ladder, draws = operator.talks.ladder, len(leader)
    packages = [home()]
    for step in ladder.steps:
        packages.append({**packages[-1], **step})
    mine = np.array([[worth(ladder.by, r, p) for p in packages] for r in operator.readings])
    theirs = np.array([[worth(ladder.to, r, p) for p in packages] for r in readings(ladder.to)])[sender]
    rho = np.array([middle(preferences(ladder.by, r).patience) for r in operator.readings])
    rho_sender = middle(preferences(ladder.to, None).patience)
    drawn_of = {name: sampled(f"{operator.part}.{name}", of, draws) for name, of in judged(ladder).items()}
    # The case's priors are those of its date: what was seen by then is in them already.
    belief = np.array([case().readings[ladder.by][r].prior.median for r in operator.readings])
    belief = belief / belief.sum()
    game = Game(
        np.broadcast_to(mine, (draws, *mine.shape)), theirs, np.broadcast_to(rho, (draws, len(rho))),
        np.full(draws, rho_sender), drawn_of["precision"], numbers[f"{operator.part}.hazard"],
        drawn_of[f"blame_{ladder.by}"], drawn_of[f"blame_{ladder.to}"], numbers[f"{operator.part}.able"],
        np.broadcast_to(belief, (draws, len(belief))),
    )  # fmt: skip
    found = choices(game)
    tables = {
        "step": found.step,
        "leave": found.leave,
        "second_step": found.second_step,
        "second_leave": found.second_leave,
    }
    each: dict[str, Floats] = {}
    for told in operator.told:
        full = f"{operator.part}.{told.name}"
        if told.what == "prior":
            each[full] = np.full(draws, belief[operator.readings.index(str(told.reading))])
        elif told.what == "seen":
            each[full] = drawn_of[f"seen_{told.place + 1}_if_{told.reading}"]
        else:
            k = leader if told.reading is None else np.full(draws, operator.readings.index(told.reading))
            each[full] = tables[told.what][np.arange(draws), k, told.place]
    return each


def held(of: Wiring, levels: Mapping[str, float]) -> Wiring:
    """The world with some levels or values that stay what they are told."""
    equations = dict(of.equations)
    for name, value in levels.items():
        assert name in equations, name
        number = Number(0, float(value))
        if of.slots[name].sort == "level":
            equations[name] = Equations(start=number, next=Name(0, name))
        else:
            equations[name] = Equations(next=number)
    return of._replace(equations=equations)


def asked(conditions: Sequence[str]) -> list[Any]:
    reader = Reader(dict(wiring().slots), {*system().parts, *bundled()})
    return [reader.read(text, truth=True).node for text in conditions]


@functools.cache
def _formed(
    holds: tuple[tuple[str, float], ...],
    settles: tuple[tuple[str, str], ...],
    stops: tuple[str, ...],
    conditions: tuple[str, ...],
) -> Form:
    return form(
        held(wiring(), dict(holds)), home(), settled=dict(settles), still=stops, asked=asked(conditions)
    )


def simulated(
    lever: Lever,
    conditions: Sequence[str],
    *,
    summed: Sequence[str] = (),
    draws: int = DRAWS,
    per: int = PER,
    seed: int = SEED,
) -> tuple[Ensemble, Draws]:
    """Counts of conditions and sums of levels under a lever, with the same chances for every lever."""
    numbers = drawn(lever, draws)
    made = _formed(
        tuple(lever.holds.items()), tuple(lever.settles.items()), tuple(lever.stops), tuple(conditions)
    )
    dates = dated(wiring().calendars, made.calendars, START, 60)
    ready = prepared(made, numbers.numbers, {**home(), **lever.settles}, dates, summed=summed)
    return run(ready, per=per, seed=seed, fused=False), numbers
