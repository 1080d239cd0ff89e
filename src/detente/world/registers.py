"""Rows for the registers of a program: those that last have rows of their own, the others share them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.kernels.rows import Code

__all__ = ["Op", "rows"]

Op = tuple[int, int, int, int, int]
"""Code, register that is written, three operands."""


def _reads(op: Op) -> tuple[int, ...]:
    """Registers that an operation reads."""
    code, _, a, b, c = op
    if code <= Code.ELSE_RR:
        return (a, b)
    if code <= Code.ELSE_RC or Code.COPY <= code <= Code.CHECK:
        return (a,)
    if code <= Code.MOST_CR:
        return (b,)
    picked = {Code.PICK_RR: (a, b, c), Code.PICK_RC: (a, b), Code.PICK_CR: (a, c), Code.PICK_CC: (a,)}
    return picked.get(Code(code), ())


def rows(
    count: int, programs: Sequence[Sequence[Op]], lasting: Collection[int], pairs: Collection[int]
) -> NDArray[np.int64]:
    """[2, registers] a row for each register in even and odd months.

    ``lasting`` ones keep their row from month to month; each of ``pairs`` changes places with the register after it, so that
    what was this month's is last month's without being moved.
    """
    found = np.full((2, count), -1, dtype=np.int64)
    used = 0
    for number in sorted(lasting):
        found[:, number] = used
        used += 1
    for number in pairs:
        found[1, number], found[1, number + 1] = found[0, number + 1], found[0, number]
    for ops in programs:
        last: dict[int, int] = {}
        for n, op in enumerate(ops):
            for register in (op[1], *_reads(op)):
                last[register] = n
        free: list[int] = []
        for n, op in enumerate(ops):
            if found[0, op[1]] < 0:
                if free:
                    found[:, op[1]] = free.pop()
                else:
                    found[:, op[1]] = used
                    used += 1
            for register in {op[1], *_reads(op)}:
                if last[register] == n and register not in lasting:
                    free.append(int(found[0, register]))
    return found
