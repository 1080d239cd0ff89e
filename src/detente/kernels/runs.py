"""Worlds of many draws run by compiled code: the arrays that it works on, and who fills them.

A run is told what to do by a :class:`Job`, and works on arrays of its own: runs of other draws or other worlds may take place
beside it. Counts and sums are added to what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels.codes import KEPT, KINDS, WORD, Code, Op
from detente.kernels.driver import Frame
from detente.kernels.native import Native
from detente.kernels.rows import NUMBERS, Handed

__all__ = ["Counts", "Job", "located", "nothing", "simulate"]

_IS_ROW = np.array([[kind == "R" for kind in kinds.ljust(3)] for kinds in KINDS])
_SIZE = np.array([[{"C": 4, "P": 8}.get(kind, 1) for kind in kinds.ljust(3)] for kinds in KINDS])
_NUMBERS = np.array([[NUMBERS.get((code, taken), -1) for taken in (0, 1, 2, -1)] for code in Code])


class Job(NamedTuple):
    """A program, made ready for rows of a width."""

    width: int
    start: NDArray[np.int32]
    """[.., 5] operations of month 0, rows, constants and places in bytes from the first one."""
    even: NDArray[np.int32]
    odd: NDArray[np.int32]
    places: NDArray[np.uint64]
    rows: int
    """How many there are."""
    asked: NDArray[np.int32]
    """[2, .] rows that are counted in even and odd months, in bytes."""
    summed: NDArray[np.int32]
    paths: NDArray[np.int32]
    dated: NDArray[np.bool_]
    """[T + 1, calendars]."""


class Counts(NamedTuple):
    """What has been found in S draws."""

    counts: NDArray[np.int64]
    """[S, T + 1, asked]."""
    sums: NDArray[np.int64]
    """[S, T + 1, summed] in 1 / FIXED."""
    kept: NDArray[np.float32]
    """[S, T + 1, paths, KEPT]; not a number where there was no such world."""

    def of(self, draws: slice) -> Counts:
        """The same of some draws, in the same memory."""
        return Counts(self.counts[draws], self.sums[draws], self.kept[draws])


def located(
    given: Sequence[Op], passed: Handed, at: NDArray[np.int64], width: int, words: int
) -> NDArray[np.int32]:
    """[.., 5] operations as the interpreter knows them, with registers, constants and places in bytes; ``at`` [registers] the bytes before
    the row of each, ``words`` the row of the first place's words for the second of two months. What goes to no row has -1 for it."""
    ops = np.array(given, dtype=np.int64).reshape(-1, 5)
    codes, operands = ops[:, 0], ops[:, 2:]
    row = np.append(at, 0)
    found = np.empty(ops.shape, dtype=np.int32)
    found[:, 0] = _NUMBERS[codes, np.array(passed.taken, dtype=np.int64)]
    found[:, 1] = np.where(passed.kept, row[np.where(codes == Code.CHECK, -1, ops[:, 1])], -1)
    rows = _IS_ROW[codes]
    found[:, 2:] = np.where(rows, row[np.where(rows, operands, -1)], operands * _SIZE[codes])
    draws = (codes == Code.UNIFORM) | (codes == Code.SHOCK)
    found[draws, 3] = 4 * width * (words + operands[draws, 0])
    found[draws, 4] = _sometimes(ops)[draws]
    return found


def _sometimes(ops: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether an operation is left out in some months."""
    found = np.zeros(len(ops), dtype=np.bool_)
    for k in np.flatnonzero((ops[:, 0] == Code.UNLESS) | (ops[:, 0] == Code.UNLESS_BITS)):
        found[k + 1 : k + 1 + ops[k, 3]] = True
    return found


def nothing(job: Job, draws: int) -> Counts:
    """Room for what will be found."""
    months = len(job.dated)
    return Counts(
        np.zeros((draws, months, job.asked.shape[1]), dtype=np.int64),
        np.zeros((draws, months, job.summed.shape[1]), dtype=np.int64),
        np.full((draws, months, job.paths.shape[1], KEPT), np.nan, dtype=np.float32),
    )


def simulate(
    native: Native,
    job: Job,
    constants: NDArray[np.float32],
    into: Counts,
    *,
    seed: int,
    first: int,
    begins: int,
    ends: int,
) -> tuple[int, int, int, int] | None:
    """Worlds ``begins`` to ``ends`` of the draws [S, C] of ``constants``, numbered from ``first``, added to ``into``.

    ``begins`` is a multiple of 64. Stops at the first block of worlds with an equation that has no finite value: number of the
    equation (-1 if it is not known), month, place of the draw, first world of the block.
    """
    assert begins % WORD == 0, begins
    assert constants.flags.c_contiguous
    assert all(a.flags.c_contiguous for a in into)
    room = np.zeros(job.rows * job.width + 16, dtype=np.float32)
    x = room.ctypes.data + -room.ctypes.data % 64
    fault = np.full(4, -1, dtype=np.int64)
    draws, many = constants.shape
    frame = Frame(
        start=job.start.ctypes.data, starts=len(job.start), even=job.even.ctypes.data, odd=job.odd.ctypes.data, ops=len(job.even),
        places=job.places.ctypes.data, x=x, constants=constants.ctypes.data, stride=4 * many, draws=draws, first=first,
        begins=begins, ends=ends, seed=seed, dated=job.dated.ctypes.data, calendars=job.dated.shape[1], months=len(job.dated),
        asked=job.asked.ctypes.data, asks=job.asked.shape[1], summed=job.summed.ctypes.data, sums=job.summed.shape[1],
        paths=job.paths.ctypes.data, keeps=job.paths.shape[1], counts=into.counts.ctypes.data, totals=into.sums.ctypes.data,
        kept=into.kept.ctypes.data, fault=fault.ctypes.data,
    )  # fmt: skip
    words = np.array([w & 0xFFFFFFFFFFFFFFFF for w in frame], dtype=np.uint64)
    native.call(words.ctypes.data)
    if fault[2] < 0:
        return None
    return int(fault[0]), int(fault[1]), int(fault[2]), int(fault[3])
