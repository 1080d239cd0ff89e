"""What the two ways of running a program want to know, and which of them to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels import fused, native, rows
from detente.kernels.bits import bits
from detente.kernels.driver import PACKED
from detente.kernels.native import Native
from detente.kernels.programs import Program, laid, lasting
from detente.kernels.ranges import Range
from detente.kernels.runs import Job, located
from detente.world.keyed import Keyed

__all__ = ["Looked", "compiled", "compiled_before", "interpreted", "pays"]

PAYS = 1e7
"""From so many months of worlds on, compiling pays: what it saves in two runs takes as long, and who asks once mostly asks again. Both grow
with the number of operations."""

WRITTEN = 8e6
"""From so many on it pays to write a program out as one function, if that was compiled before: writing takes as long as it then saves."""


class Looked(NamedTuple):
    """Registers that are looked at every month."""

    asked: tuple[int, ...]
    summed: tuple[int, ...]
    paths: tuple[int, ...]

    @property
    def all(self) -> set[int]:
        return {*self.asked, *self.summed, *self.paths}


def pays(months: int, per: int = rows.WIDTH) -> bool:
    """Whether a program is worth compiling for so many months of worlds, ``per`` of each draw."""
    return _taken(months, per) > PAYS


def _taken(months: int, per: int) -> int:
    """Months for the interpreter: rows that are not full take it about as long as full ones, and are half full at best."""
    return months if per >= rows.WIDTH else 2 * months


def interpreted(
    program: Program,
    looked: Looked,
    places: NDArray[np.uint64],
    dated: NDArray[np.bool_],
    bounds: Sequence[Range],
) -> Job:
    """A program ready for :func:`detente.kernels.rows.interpreter`."""
    program, held = bits(program, bounds, {*looked.summed, *looked.paths})
    laid_out = laid(program, looked.all, held)
    width, count = rows.WIDTH, laid_out.rows
    are_bits = np.isin(np.arange(laid_out.at.shape[1]), list(held))
    first = 4 * width * (count + program.places)
    begun, *at = np.where(are_bits, first + width // 8 * laid_out.at, 4 * width * laid_out.at)
    kept = lasting(program, looked.all)
    start, month = (rows.handed(ops, kept) for ops in (program.start, program.month))

    def where(registers: Sequence[int]) -> NDArray[np.int32]:
        found = (np.array(at) + PACKED * are_bits)[:, list(registers)]
        return np.ascontiguousarray(found, dtype=np.int32).reshape(2, -1)

    return Job(
        width,
        located(program.start, start, begun, width, count),
        located(program.month, month, at[0], width, count),
        located(program.month, month, at[1], width, count),
        places,
        count + program.places + -(-laid_out.bits // 32),
        *_looked(where, looked),
        dated,
    )


def _looked(
    where: Callable[[Sequence[int]], NDArray[np.int32]], looked: Looked
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Places of what is looked at."""
    return where(looked.asked), where(looked.summed), where(looked.paths)


def compiled(of: Written) -> tuple[Native, Job]:
    """A program compiled as a whole, from the cache if it has been before."""
    return native.compiled(of.text), of.job


def compiled_before(of: Written) -> tuple[Native, Job] | None:
    """The same, if it need not be compiled for it."""
    found = native.kept(of.text)
    return None if found is None else (found, of.job)


class Written(NamedTuple):
    """A program as one function."""

    text: str
    job: Job
    used: _Used


class _Used:
    """What a program has been asked for in this process: what pays for all of it together may pay for none alone."""

    def __init__(self) -> None:
        self.months = 0

    def pays(self, months: int, per: int) -> bool:
        """Whether it is worth compiling, now that so many more months are asked for."""
        self.months += _taken(months, per)
        return pays(self.months)


def written(
    program: Program,
    looked: Looked,
    places: NDArray[np.uint64],
    dated: NDArray[np.bool_],
    bounds: Sequence[Range],
) -> Written:
    """A program as one function, not yet compiled."""
    of, used = _text(_Key(program, looked, tuple(bounds), len(dated) - 1))
    none = np.zeros((0, 5), dtype=np.int32)

    def where(registers: Sequence[int]) -> NDArray[np.int32]:
        row = [of.at[r] for r in registers]
        return np.array([row, row], dtype=np.int32)

    return Written(
        of.text, Job(fused.WIDTH, none, none, none, places, of.rows, *_looked(where, looked), dated), used
    )


class _Key(Keyed):
    """What a text hangs on: a program by identity, everything else by value."""

    def __init__(self, program: Program, looked: Looked, bounds: tuple[Range, ...], months: int) -> None:
        self.program, self.looked, self.bounds, self.months = program, looked, bounds, months
        self.key = (id(program), looked, bounds, months)


@lru_cache(maxsize=8)
def _text(of: _Key) -> tuple[fused.Fused, _Used]:
    numbers = {*of.looked.summed, *of.looked.paths}
    return fused.fused(of.program, of.bounds, of.looked.all, of.months, numbers=numbers), _Used()
