"""What the two ways of running a program want to know, and which of them to take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels import fused, rows
from detente.kernels.driver import SMALL
from detente.kernels.native import Native
from detente.kernels.native import compiled as made
from detente.kernels.programs import Program, laid
from detente.kernels.ranges import Range
from detente.kernels.runs import Job, located

__all__ = ["Looked", "compiled", "interpreted", "pays"]

PAYS = 3e7
"""From so many months of worlds on, compiling pays: it takes as long as it then saves. Both grow with the number of operations."""


class Looked(NamedTuple):
    """Registers that are looked at every month."""

    asked: tuple[int, ...]
    summed: tuple[int, ...]
    paths: tuple[int, ...]
    small: frozenset[int] = frozenset()
    """Those of them that are summed and known to be small."""

    @property
    def all(self) -> set[int]:
        return {*self.asked, *self.summed, *self.paths}


def pays(months: int) -> bool:
    """Whether a program is worth compiling for so many months of worlds."""
    return months > PAYS


def interpreted(
    program: Program, looked: Looked, places: NDArray[np.uint64], dated: NDArray[np.bool_]
) -> Job:
    """A program ready for :func:`detente.kernels.rows.interpreter`."""
    (begun, *at), count = laid(program, looked.all)
    width = rows.WIDTH

    def where(registers: Sequence[int]) -> NDArray[np.int32]:
        return np.ascontiguousarray(4 * width * np.array(at)[:, list(registers)], dtype=np.int32).reshape(
            2, -1
        )

    return Job(
        width,
        located(program.start, begun, width, count),
        located(program.month, at[0], width, count),
        located(program.month, at[1], width, count),
        places,
        count + program.places,
        *_looked(where, looked),
        dated,
    )


def _looked(
    where: Callable[[Sequence[int]], NDArray[np.int32]], looked: Looked
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Places of what is looked at; those that are summed say whether they are small."""
    small = np.array([SMALL * (r in looked.small) for r in looked.summed], dtype=np.int32)
    return where(looked.asked), where(looked.summed) | small, where(looked.paths)


def compiled(
    program: Program,
    looked: Looked,
    places: NDArray[np.uint64],
    dated: NDArray[np.bool_],
    bounds: Sequence[Range],
) -> tuple[Native, Job]:
    """A program compiled as a whole, from the cache if it has been before."""
    numbers = {*looked.summed, *looked.paths}
    of = fused.fused(program, bounds, looked.all, len(dated) - 1, numbers=numbers)
    none = np.zeros((0, 5), dtype=np.int32)

    def where(registers: Sequence[int]) -> NDArray[np.int32]:
        row = [of.at[r] for r in registers]
        return np.array([row, row], dtype=np.int32)

    job = Job(fused.WIDTH, none, none, none, places, of.rows, *_looked(where, looked), dated)
    return made(of.text), job
