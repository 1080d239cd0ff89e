"""The two programs of a world, and rows for the registers that they speak of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels.codes import Op, carried, reads, writes

__all__ = ["Program", "laid", "lasting"]


class Program(NamedTuple):
    """What happens in month 0 and in every later month."""

    start: tuple[Op, ...]
    month: tuple[Op, ...]
    pairs: Mapping[int, int]
    """Register of last month's value → register of this month's: the next month reads there what this one has written here."""
    places: int
    """How many places draw something."""


def lasting(program: Program, looked: Collection[int]) -> set[int]:
    """Registers that keep their row from month to month: what is looked at or handed on."""
    pairs = program.pairs
    return set(looked) | set(pairs) | set(pairs.values()) | carried(program.month, pairs)


def laid(program: Program, looked: Collection[int]) -> tuple[NDArray[np.int64], int]:
    """[3, registers] a row for each register in month 0, in even and in odd months, and how many rows there are.

    What is looked at or handed on keeps its row from month to month; of a pair the two change places, so that what was this month's
    is last month's without being moved. Everything else shares rows as soon as nothing needs it any more, in month 0 and in every
    later one for itself: a row that is free in one is not in the other.
    """
    programs: Sequence[Sequence[Op]] = (program.start, program.month)
    used = {
        r
        for ops in programs
        for op in ops
        for r in (*reads(op), *((op[1],) if writes(op) is not None else ()))
    }
    pairs = {last: this for last, this in program.pairs.items() if last in used}
    keeping = lasting(program._replace(pairs=pairs), looked)
    found = np.full((2, max(keeping | used, default=-1) + 1), -1, dtype=np.int64)
    for n, register in enumerate(sorted(keeping)):
        found[:, register] = n
    rows = len(keeping)
    for last, this in pairs.items():
        found[1, last], found[1, this] = found[0, this], found[0, last]
    start = found[:1].copy()
    rows = max(_shared(ops, keeping, at, rows) for ops, at in zip(programs, (start, found), strict=True))
    return np.concatenate([start, found]), rows


def _shared(ops: Sequence[Op], lasting: Collection[int], found: NDArray[np.int64], rows: int) -> int:
    """Rows for what is needed within a month only, after ``rows``: how many there are now."""
    last: dict[int, int] = {}
    for n, op in enumerate(ops):
        for register in (op[1], *reads(op)):
            last[register] = n
    free: list[int] = []
    for n, op in enumerate(ops):
        if writes(op) is not None and found[0, op[1]] < 0:
            if not free:
                free.append(rows)
                rows += 1
            found[:, op[1]] = free.pop()
        for register in {op[1], *reads(op)}:
            if last[register] == n and register not in lasting:
                free.append(int(found[0, register]))
    return rows
