"""The two programs of a world, and rows for the registers that they speak of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels.codes import Op, carried, reads, writes

__all__ = ["Laid", "Program", "laid", "lasting"]


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


class Laid(NamedTuple):
    """Where registers are."""

    at: NDArray[np.int64]
    """[3, registers] the row of each in month 0, in even and in odd months; those that hold bits have rows of their own."""
    rows: int
    """How many of numbers"""
    bits: int
    """and how many of bits there are."""


def laid(program: Program, looked: Collection[int], held: Collection[int] = ()) -> Laid:
    """A row for each register; ``held``: those that hold bits.

    What is looked at or handed on keeps its row from month to month; of a pair the two change places, so that what was this month's
    is last month's without being moved. Everything else shares rows as soon as nothing needs it any more, in month 0 and in every
    later one for itself: a row that is free in one is not in the other.
    """
    programs: Sequence[Sequence[Op]] = (program.start, program.month)
    given = [[(op[1], *reads(op)) for op in ops] for ops in programs]
    used = {register for ops in given for registers in ops for register in registers}
    pairs = {last: this for last, this in program.pairs.items() if last in used}
    keeping = lasting(program._replace(pairs=pairs), looked)
    found = np.full((2, max(keeping | used, default=-1) + 1), -1, dtype=np.int64)
    rows = [0, 0]
    for register in sorted(keeping):
        found[:, register] = rows[register in held]
        rows[register in held] += 1
    for last, this in pairs.items():
        found[1, last], found[1, this] = found[0, this], found[0, last]
    start = found[:1].copy()
    most = [
        _shared(ops, of, keeping, held, at, rows)
        for ops, of, at in zip(programs, given, (start, found), strict=True)
    ]
    return Laid(np.concatenate([start, found]), *map(max, zip(*most, strict=True)))


def _shared(
    ops: Sequence[Op],
    given: Sequence[tuple[int, ...]],
    lasting: Collection[int],
    held: Collection[int],
    found: NDArray[np.int64],
    used: Sequence[int],
) -> list[int]:
    """Rows for what is needed within a month only, after those that are used: how many there are now, of numbers and of bits. ``given``: all
    registers of each operation."""
    last: dict[int, int] = {}
    for n, registers in enumerate(given):
        for register in registers:
            last[register] = n
    rows = list(used)
    free: tuple[list[int], list[int]] = ([], [])
    at = found[0].tolist()
    for n, (op, registers) in enumerate(zip(ops, given, strict=True)):
        out, kind = op[1], op[1] in held
        if at[out] < 0 and writes(op) is not None:
            if not free[kind]:
                free[kind].append(rows[kind])
                rows[kind] += 1
            at[out] = free[kind].pop()
        for register in set(registers):
            if last[register] == n and register not in lasting:
                free[register in held].append(at[register])
    new = found[0] < 0
    found[:, new] = np.array(at)[new]
    return rows
