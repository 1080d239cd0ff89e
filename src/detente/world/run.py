"""Worlds of a case: a form, the numbers of each draw, and what is counted.

Counts are whole numbers and sums are of whole multiples of 2^-16, so that threads, processes and machines may share draws and
worlds between them in any way: the same bytes come out.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from detente.case.dates import months_until
from detente.case.equations import Lookup, Name, Node
from detente.errors import LimitError, UsageError
from detente.kernels.codes import FIXED, WORD
from detente.kernels.native import Native
from detente.kernels.programs import Program
from detente.kernels.ranges import Range
from detente.kernels.rows import interpreter
from detente.kernels.runs import Counts, Job, nothing, simulate
from detente.kernels.threads import Tile, each, tiles
from detente.kernels.tidied import Tidied, tidied
from detente.memory import need
from detente.progress import counter
from detente.world.constants import evaluated
from detente.world.form import Form
from detente.world.jobs import ASKED, Looked, interpreted, written
from detente.world.keyed import Keyed
from detente.world.trees import within

__all__ = ["Ensemble", "Run", "add", "dated", "months", "prepared", "run"]

Floats = NDArray[np.float64]

MOST = 1 << 62
"""No sum of a level is as large."""


TIDIED = 1e6
"""Months of worlds from which on a program is worth being tidied."""


class Run(NamedTuple):
    """A form with the numbers of S draws."""

    form: Form
    constants: NDArray[np.float32]
    """[S, C]."""
    dated: NDArray[np.bool_]
    """[T + 1, calendars] whether a month holds a date."""
    summed: tuple[str, ...]
    """Levels and values whose sums are wanted."""
    paths: tuple[str, ...]
    """Levels, values and events of which some worlds are kept."""
    program: Program
    """What is left of the form's for these numbers."""
    bounds: tuple[Range, ...]
    """Of every constant: what it can be in any draw."""
    looked: Looked
    cycle: int
    """Draws after which those that follow are numbered from the first one again, and meet the same chance."""


class Ensemble(NamedTuple):
    """What came out of ``per`` worlds for each of S draws."""

    per: int
    counts: NDArray[np.int64]
    """[S, T + 1, asked] worlds in which a condition holds."""
    sums: NDArray[np.int64]
    """[S, T + 1, summed] in 2^-16; worlds in which it is absent count nothing, one beyond 2^29 counts that."""
    kept: NDArray[np.float32]
    """[S, KEPT, T + 1, paths] of the first worlds of each draw; not a number where they are not among these."""

    @property
    def shares(self) -> Floats:
        """[S, T + 1, asked]."""
        return self.counts / self.per

    @property
    def means(self) -> Floats:
        """[S, T + 1, summed] over all worlds."""
        return self.sums / (FIXED * self.per)


def dated(
    calendars: Mapping[str, Sequence[datetime.date]], names: Sequence[str], start: datetime.date, months: int
) -> NDArray[np.bool_]:
    """[months + 1, names] whether a month holds a date: month m ends m months after the start, and holds its last day."""
    found = np.zeros((months + 1, max(1, len(names))), dtype=np.bool_)
    for n, name in enumerate(names):
        for day in calendars[name]:
            if day > start and (month := months_until(start, day)) <= months:
                found[month, n] = True
    return found


def prepared(
    form: Form,
    values: Mapping[str, Floats],
    options: Mapping[str, str],
    dates: NDArray[np.bool_],
    *,
    summed: Sequence[str] = (),
    paths: Sequence[str] = (),
    draws: int = 1,
    worlds: float = math.inf,
) -> Run:
    """A form with numbers; ``values`` as in :func:`detente.world.constants.evaluated`, ``draws`` where there are none.

    ``worlds``: months of worlds that are going to be simulated; for few a program is left as it is, which changes nothing but the
    time that it takes.
    """
    size = len(next(iter(values.values()))) if values else draws
    columns = [evaluated(node, values, options, size) for node in form.constants]
    with np.errstate(over="ignore"):
        # An equation that takes what is too large has no finite value, and says so.
        table = np.array(columns, dtype=np.float32).reshape(len(columns), size)
    bounds = _bounds(table, form.constants)
    names = [form.asked, *([form.registers[n] for n in of] for of in (summed, paths))]
    everything = {r for registers in names for r in registers}
    of = form.program
    program, instead = of, dict[int, int]()
    if worlds > TIDIED:
        left, program = _tidied(_Key(of, frozenset(everything), bounds, len(dates) - 1))
        instead = left.instead
    looked = Looked(*(tuple(instead.get(r, r) for r in registers) for registers in names))
    return Run(
        form,
        np.ascontiguousarray(table.T),
        np.ascontiguousarray(dates),
        tuple(summed),
        tuple(paths),
        program,
        bounds,
        looked,
        size,
    )


class _Key(Keyed):
    """What is left of a program hangs on this: the program by identity, everything else by value."""

    def __init__(self, of: Program, looked: frozenset[int], bounds: tuple[Range, ...], months: int) -> None:
        self.of, self.looked, self.bounds, self.months = of, looked, bounds, months
        self.key = (id(of), looked, bounds, months)


@lru_cache(maxsize=8)
def _tidied(key: _Key) -> tuple[Tidied, Program]:
    of = key.of
    left = tidied(of.start, of.month, of.pairs, key.looked, key.bounds, key.months)
    return left, of._replace(start=tuple(left.start), month=tuple(left.month))


BOUNDS = tuple(2.0**n for n in (-96, -16, 0, 16, 32, 48, 64, 80, 96))
"""Of what is judged bounds are 0, one of these either way, or infinite."""


def _bounds(table: NDArray[np.float32], nodes: Sequence[Node]) -> tuple[Range, ...]:
    """What each number can be, of which there is a row: as it is if nobody judged it, else so widely that other draws of the same
    judgements leave the same of a program, which then need not be compiled anew."""
    there = ~np.isnan(table)
    truths = np.all(~there | (table == 0) | (table == 1), axis=1)
    low = np.min(table, axis=1, where=there, initial=math.inf)
    high = np.max(table, axis=1, where=there, initial=-math.inf)
    whole = np.all(there, axis=1)
    return tuple(
        _bound(node, float(low[n]), float(high[n]), bool(whole[n]), bool(truths[n]))
        for n, node in enumerate(nodes)
    )


def _bound(node: Node, low: float, high: float, whole: bool, truth: bool) -> Range:
    if low > high:
        return Range(0.0, 0.0, True)
    if not truth and _judged(node):
        low, high = -_beyond(-low), _beyond(high)
    return Range(low, high, not whole, truth)


@lru_cache(maxsize=4096)
def _judged(node: Node) -> bool:
    """Whether a tree hangs on what somebody judged."""
    return any(isinstance(n, (Name, Lookup)) for n in within(node))


def _beyond(bound: float) -> float:
    """The next of these up, where it is negative nearer to 0."""
    if bound > 0:
        return next((b for b in BOUNDS if b >= bound), math.inf)
    return -max((b for b in BOUNDS if b <= -bound), default=0.0)


def run(
    of: Run, *, per: int, seed: int, first: int = 0, begin: int = 0, fused: bool | None = None
) -> Ensemble:
    """Worlds ``begin`` to ``begin + per`` (a multiple of 64 and any number) for each draw, the draws numbered from ``first``.

    ``fused``: whether the program is compiled as a whole first; by default, where that is expected to pay. It changes nothing
    but the time that it takes.

    Raises
    ------
    UsageError
        An equation has no finite value in some month of some draw.
    LimitError
        What is counted needs more memory than there is.
    """
    assert begin % WORD == 0, begin
    size = len(of.constants)
    parts = tiles(size, per, unit=WORD)
    split = parts[0].worlds != slice(0, per)
    _room(of, split)
    native, job = _way(of, per, fused)
    whole = nothing(job, size)
    adding = Lock()
    tick = counter("parts of the worlds", len(parts)) if len(parts) > 1 else None

    def some(part: Tile) -> tuple[int, int] | None:
        draws, worlds = part
        into = nothing(job, draws.stop - draws.start) if split else whole.of(draws)
        found = None
        for a, b in _rounds(draws, of.cycle):
            fault = simulate(
                native,
                job,
                of.constants[a:b],
                into.of(slice(a - draws.start, b - draws.start)),
                seed=seed,
                first=first + a % of.cycle,
                begins=begin + worlds.start,
                ends=begin + worlds.stop,
            )
            if fault is not None:
                found = (a + fault[2], fault[3])
                break
        if split:
            with adding:
                _added(whole.of(draws), into)
        if tick is not None:
            tick()
        return found

    if faults := [fault for fault in each(some, parts) if fault is not None]:
        draw, block = min(faults)
        raise _fault(of, draw, block, begin + per, seed, first)
    kept = np.ascontiguousarray(whole.kept.transpose(0, 3, 1, 2))
    kept[:, begin + per :] = np.nan
    return Ensemble(per, whole.counts, whole.sums, kept)


def _way(of: Run, per: int, fused: bool | None) -> tuple[Native, Job]:
    """What runs a program for so many worlds of each draw."""
    many = months(of, per)
    if fused or (fused is None and many > ASKED):
        function = written(of.program, of.looked, of.bounds, len(of.dated) - 1)
        pays = function.pays(many, per)
        if (found := function.found(compiled=fused or pays)) is not None:
            return found, function.job(of.form.places, of.dated)
    return interpreter(), interpreted(of.program, of.looked, of.form.places, of.dated, of.bounds)


def _rounds(draws: slice, cycle: int) -> Iterator[tuple[int, int]]:
    """Ends of what is left of a slice between multiples of ``cycle``."""
    a = draws.start
    while a < draws.stop:
        b = min(draws.stop, (a // cycle + 1) * cycle)
        yield a, b
        a = b


def months(of: Run, per: int) -> int:
    """How many months of worlds that is."""
    return len(of.constants) * per * (len(of.dated) - 1)


def _room(of: Run, split: bool) -> None:
    """What is counted fits into memory: once, and where draws are split, once more for every thread."""
    dates, asked, summed, paths = len(of.dated), *map(len, of.looked)
    copies = 1 + (numba.get_num_threads() if split else 0)
    size = len(of.constants) * dates * (copies * (8 * (asked + summed) + 16 * paths) + 16 * paths)
    what = f"counting {len(of.constants):,} draws over {dates - 1} months"
    need(size, what, "ask for fewer --draws, or for a world of fewer months")


def _added(into: Counts, more: Counts) -> None:
    _bounded(into.sums, more.sums)
    np.add(into.counts, more.counts, out=into.counts)
    np.add(into.sums, more.sums, out=into.sums)
    np.copyto(into.kept, more.kept, where=~np.isnan(more.kept))


def _bounded(one: NDArray[np.int64], other: NDArray[np.int64]) -> None:
    if np.abs(one.astype(np.float64) + other).max(initial=0.0) >= MOST:
        raise LimitError(
            "the sum of a level over all worlds is too large to be counted: measure it in thousands or millions"
        )


def _fault(of: Run, draw: int, block: int, ends: int, seed: int, first: int) -> UsageError:
    """The first fault from a block of worlds on, by interpreting them 64 at a time: its first month, and in it the first equation."""
    job = interpreted(of.program, of.looked, of.form.places, of.dated, of.bounds)
    constants = of.constants[draw : draw + 1]
    for begins in range(block, ends, WORD):
        fault = simulate(
            interpreter(),
            job,
            constants,
            nothing(job, 1),
            seed=seed,
            first=first + draw % of.cycle,
            begins=begins,
            ends=min(ends, begins + WORD),
        )
        if fault is not None:
            break
    else:
        raise AssertionError("a fault that cannot be found again")
    return UsageError(
        f"world.parts.{of.form.equations[fault[0]]}: in month {fault[1]} of draw {first + draw % of.cycle} this equation has no finite "
        "value (a division by 0, or a log or root of what has none); bound what it divides by with 'max(.., ..)', or say "
        "what holds where something is absent: 'x ?? 0'"
    )


def add(one: Ensemble, other: Ensemble) -> Ensemble:
    """Counts over both: disjoint worlds of the same draws.

    Raises ``LimitError`` where a sum would be too large for a whole number of 64 bits.
    """
    _bounded(one.sums, other.sums)
    kept = np.where(np.isnan(one.kept), other.kept, one.kept)
    return Ensemble(one.per + other.per, one.counts + other.counts, one.sums + other.sums, kept)
