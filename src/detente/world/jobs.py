"""What the two ways of running a program want to know, and which of them to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels import fused, native, rows
from detente.kernels.bits import bits
from detente.kernels.driver import EIGHT, PACKED
from detente.kernels.native import Native
from detente.kernels.programs import Program, laid, lasting
from detente.kernels.ranges import Range
from detente.kernels.runs import Job, located
from detente.world.keyed import Keyed

__all__ = ["ASKED", "Looked", "Written", "interpreted", "pays", "written"]

PAYS = 1e7
"""From so many months of worlds on, compiling pays: what it saves in two runs takes as long, and who asks once mostly asks again. Both grow
with the number of operations."""

ASKED = 1e6
"""From so many on it pays to look whether a program was compiled before."""


class Looked(NamedTuple):
    """Registers that are looked at every month."""

    asked: tuple[int, ...]
    summed: tuple[int, ...]
    paths: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        """Each once, in their order."""
        return tuple(dict.fromkeys((*self.asked, *self.summed, *self.paths)))


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


def _eight(places: NDArray[np.int32]) -> NDArray[np.int32]:
    """With a mark at those of which eight stand side by side."""
    found = places.copy()
    for first in range(0, places.shape[1] - 7, 8):
        some = places[0, first : first + 8]
        if np.array_equal(some, some[0] + 8 * np.arange(8)) and some[0] % 8 == PACKED:
            found[:, first] += EIGHT
    return found


class Written:
    """A program as one function, which is written out only where it has to be compiled."""

    def __init__(self, program: Program, looked: Looked, bounds: tuple[Range, ...], months: int) -> None:
        self._given = program, bounds, looked.all, months
        self._numbers = {*looked.summed, *looked.paths}
        self._looked = looked
        self._asked = 0
        self._found: native.Found | None = None

    def pays(self, months: int, per: int) -> bool:
        """Whether it is worth compiling, now that so many more months are asked for: what pays for all that is asked in a process may
        pay for none of it alone."""
        self._asked += _taken(months, per)
        return pays(self._asked)

    def found(self, *, compiled: bool) -> Native | None:
        """The function if it was compiled before, or once it is ``compiled``."""
        if self._found is None:
            self._found = native.compiled(self._name, self.written) if compiled else native.kept(self._name)
        return None if self._found is None else self._found.function

    @cached_property
    def _name(self) -> str:
        program, bounds, looked, months = self._given
        pairs = sorted(program.pairs.items())
        return repr((program._replace(pairs={}), pairs, bounds, looked, months, sorted(self._numbers)))

    def written(self) -> native.Module:
        """Its text, and where it wants what."""
        of = fused.fused(*self._given, numbers=self._numbers)
        return native.Module(of.text, [of.rows, list(of.at), list(of.at.values())])

    def job(self, places: NDArray[np.uint64], dated: NDArray[np.bool_]) -> Job:
        """What it works on, once it is there."""
        assert self._found is not None
        rows, registers, offsets = self._found.note
        at = dict(zip(registers, offsets, strict=True))
        none = np.zeros((0, 5), dtype=np.int32)

        def where(wanted: Sequence[int]) -> NDArray[np.int32]:
            row = [at[r] for r in wanted]
            return np.array([row, row], dtype=np.int32)

        asked, summed, paths = _looked(where, self._looked)
        return Job(fused.WIDTH, none, none, none, places, rows, _eight(asked), summed, paths, dated)


def written(program: Program, looked: Looked, bounds: Sequence[Range], months: int) -> Written:
    """A program as one function, the same object for the same program."""
    return _written(_Key(program, looked, tuple(bounds), months))


class _Key(Keyed):
    """What a function hangs on: a program by identity, everything else by value."""

    def __init__(self, program: Program, looked: Looked, bounds: tuple[Range, ...], months: int) -> None:
        self.given = program, looked, bounds, months
        self.key = (id(program), looked, bounds, months)


@lru_cache(maxsize=8)
def _written(of: _Key) -> Written:
    return Written(*of.given)
