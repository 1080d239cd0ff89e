"""The Venezuelan world on draws of its numbers: what a lever moves, on the same chances."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

import detente.parts
from detente.case.equations import Name, Number
from detente.case.mechanism import Bundled, Figure, Movement, Part
from detente.case.typed import Reader
from detente.case.wiring import Equations, Wiring, wire
from detente.case.yamltext import parse
from detente.problem.sample import quantile
from detente.world.form import Form, form
from detente.world.run import Ensemble, dated, prepared, run

START = datetime.date(2021, 6, 3)
DRAWS, PER, SEED = 96, 512, 11
Floats = NDArray[np.float64]


def read(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"), path.name).value


@functools.cache
def bundled() -> dict[str, Bundled]:
    folder = Path(detente.parts.__file__).parent
    return {
        path.stem: TypeAdapter(Bundled).validate_python(read(path)) for path in sorted(folder.glob("*.yaml"))
    }


@functools.cache
def draft() -> dict[str, Any]:
    return dict(read(Path(__file__).parent / "venezuela_world.yaml"))


@functools.cache
def case() -> dict[str, Any]:
    return dict(read(Path(detente.parts.__file__).parent.parent / "cases" / "venezuela-2021.yaml"))


def options() -> dict[str, tuple[str, ...]]:
    return {issue: tuple(of["options"]) for issue, of in case()["issues"].items()}


def home() -> dict[str, str]:
    return {issue: of.get("status_quo") or "eight" for issue, of in case()["issues"].items()}


@functools.cache
def wiring() -> Wiring:
    world = draft()["world"]
    parts = TypeAdapter(dict[str, Part]).validate_python(world["parts"])
    moves = TypeAdapter(dict[str, Movement]).validate_python(world["moves"])
    found = wire(parts, bundled(), options(), moves)
    assert isinstance(found, Wiring), "\n".join(f"{'.'.join(m.place)} @{m.at}: {m.message}" for m in found)
    return found


class Lever(NamedTuple):
    """What is changed: numbers (a number or a range), levels that are held, issues that are settled, parts that stand still."""

    changes: Mapping[str, Any] = {}
    holds: Mapping[str, float] = {}
    settles: Mapping[str, str] = {}
    stops: tuple[str, ...] = ()
    reading: str | None = None
    """Of the leader, in every draw."""
    sender: str | None = None


def figure(value: Any) -> Figure:
    from detente.case.mechanism import _figure

    return TypeAdapter(Figure).validate_python(_figure(value))


def sampled(name: str, of: Figure, draws: int) -> Floats:
    """[draws] of a judged number; tails end one third of the half beyond the percentiles that are judged."""
    import zlib

    if of.low == of.high:
        return np.full(draws, of.median)
    knots = np.array([[of.low, of.low, of.median, of.high, of.high]])
    # Antithetic pairs of a stream of its own for every number: a lever changes nobody else's draws.
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    half = generator.random((draws + 1) // 2)
    return quantile(knots, np.concatenate([half, 1 - half])[:draws, None])[:, 0]


class Draws(NamedTuple):
    numbers: dict[str, Floats]
    leader: NDArray[np.int64]
    sender: NDArray[np.int64]


def readings(faction: str) -> tuple[str, ...]:
    return tuple(case()["readings"][faction])


@functools.cache
def held_by(faction: str, draws: int) -> NDArray[np.int64]:
    """[draws] which reading is true: as many of each as its prior says, in an order of their own."""
    priors = np.array([r["prior"]["range"][1] for r in case()["readings"][faction].values()])
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
        for reading, changes in draft()["world"].get("under", {}).get(faction, {}).items():
            for full, value in changes.items():
                here = which == readings(faction).index(reading)
                numbers[full] = np.where(
                    here, sampled(f"{reading} {full}", figure(value), draws), numbers[full]
                )
    for full, value in lever.changes.items():
        assert full in numbers, full
        if callable(value):
            numbers[full] = value(numbers[full])
        else:
            numbers[full] = sampled(f"lever {full}", figure(value), draws)
    return Draws(numbers, chosen["leader"], chosen["united_states"])


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
    known = draft()["world"]["parts"]
    reader = Reader(dict(wiring().slots), set(known))
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
    return run(ready, per=per, seed=seed), numbers
