"""Worlds of a case: a form, the numbers of each draw, and what is counted.

Counts are whole numbers and sums are of whole multiples of 2^-16, so that threads, processes and machines may share the
draws between them in any way: the same bytes come out.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.dates import months_until
from detente.errors import UsageError
from detente.kernels.rows import FIXED, KEPT, worlds
from detente.kernels.threads import each, slices
from detente.world.constants import evaluated
from detente.world.form import Form

__all__ = ["Ensemble", "Run", "dated", "prepared", "run"]

Floats = NDArray[np.float64]


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
    """Levels and values of which some worlds are kept."""


class Ensemble(NamedTuple):
    """What came out of ``per`` worlds for each of S draws."""

    per: int
    counts: NDArray[np.int64]
    """[S, T + 1, asked] worlds in which a condition holds."""
    sums: NDArray[np.int64]
    """[S, T + 1, summed] in 2^-16; worlds in which it is absent count nothing."""
    kept: NDArray[np.float32]
    """[S, KEPT, T + 1, paths] of the first worlds of each draw."""

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
) -> Run:
    """A form with numbers; ``values`` as in :func:`detente.world.constants.evaluated`."""
    size = len(next(iter(values.values()))) if values else 1
    columns = [evaluated(node, values, options, size) for node in form.constants]
    with np.errstate(
        over="ignore"
    ):  # an equation that takes what is too large has no finite value, and says so
        table = np.array(columns, dtype=np.float32).reshape(len(columns), size).T
    return Run(form, np.ascontiguousarray(table), dates, tuple(summed), tuple(paths))


def run(of: Run, *, per: int, seed: int, first: int = 0) -> Ensemble:
    """``per`` worlds for each draw, the draws numbered from ``first``.

    Raises
    ------
    UsageError
        An equation has no finite value in some month of some draw.
    """
    size, months = len(of.constants), len(of.dated)
    form = of.form
    programs = (form.start, form.month, form.places, form.rows)
    registers = form.registers
    looked = (
        np.array(form.asked, dtype=np.int64),
        np.array([registers[n] for n in of.summed], dtype=np.int64),
        np.array([registers[n] for n in of.paths], dtype=np.int64),
    )
    counts = np.zeros((size, months, len(looked[0])), dtype=np.int64)
    sums = np.zeros((size, months, len(looked[1])), dtype=np.int64)
    kept = np.full((size, KEPT, months, len(looked[2])), np.nan, dtype=np.float32)

    def some(part: slice) -> NDArray[np.int64]:
        fault = np.full(3, -1, dtype=np.int64)
        worlds(
            programs,
            of.constants[part],
            0,
            per,
            np.uint64(seed),
            first + part.start,
            of.dated,
            looked,
            counts[part],
            sums[part],
            kept[part],
            fault,
        )
        return fault

    faults = [f for f in each(some, slices(size)) if f[0] >= 0]
    if faults:
        equation, month, draw = min((int(f[2]), int(f[1]), int(f[0])) for f in faults)[::-1]
        raise UsageError(
            f"world.parts.{form.equations[equation]}: in month {month} of draw {draw} this equation has no finite value "
            "(a division by 0, or a log or root of what has none); bound what it divides by with 'max(.., ..)', or say "
            "what holds where something is absent: 'x ?? 0'"
        )
    return Ensemble(per, counts, sums, kept)
