"""The operations that a world is made of, and what each gives to the bit.

A *row* holds one number for each of some worlds of one draw, side by side, in float32; a *constant* one number of the draw. An
operation reads rows or constants and writes one row. Truths are rows of 0 and 1. What is absent is NaN, and so is what is divided by 0; an operation
on what is absent is absent (``min`` and ``max``, too), and a comparison with it does not hold (``!=`` does). The sign
of 0 means nothing.

Every operation is rounded to float32 on its own, in the order of the program; ``exp``, ``log`` and the normal
distribution are polynomials written out below, so that any other way to run a program can give the same bits:

``exp``      x = n ln 2 + r, a polynomial of degree 7 in r, times 2^n; x within [-87, 88]
``log``      x = m 2^e with m in [sqrt(1/2), sqrt(2)), a polynomial of degree 9 in m - 1; absent for x <= 0 and infinity
``normal``   Abramowitz and Stegun (1964), 26.2.17, absolute error below 7.5e-8; 26.2.1 for x < 0

Chance
------
Every place of an equation that draws something has a number of its own. A uniform is an exact function of (seed, draw,
world, month, place): ARS4x32 with five rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
SC '11) at counter (world // 4 + 2^40 (month // 2), place) under key (seed, draw), words of 64 bits, of whose four words of 32
bits the world takes number world % 4 (:mod:`detente.kernels.ars`). Of its word
the upper half is the world's own luck in the even month, the lower half in the odd one; sixteen finer bits are the half that
its neighbour (world ^ 16) does not use in this month. A world's months are therefore independent of one another, to the last
bit; only of its neighbour's luck in the month beside has it 2^-16 of an inkling.

A uniform is the upper 23 of these 32 bits and a half, times 2^-23; a shock the sum of two numbers of 16 bits (the first byte of
its own half before the first of the finer one, and the second before the second), less 65535, times sqrt(6) 2^-16. A part that
is added or left out changes nobody else's chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

__all__ = [
    "FIXED",
    "KEPT",
    "KINDS",
    "MOST",
    "SIGNS",
    "WORD",
    "Code",
    "Op",
    "carried",
    "operands",
    "reads",
    "writes",
]

WORD = 64
"""Worlds that share the calls of the generator of random numbers: blocks begin at multiples of it."""

KEPT = 4
"""Worlds of each draw whose paths are kept as they are: the first ones."""

FIXED = 65536.0
"""Sums of levels are of whole multiples of one over this, so that they do not depend on the order."""

MOST = 2.0**29
"""What a level counts in a sum at most, so that sums of doubles are exact."""


class Code(IntEnum):
    """Operations ``(code, out, a, b, c)``. R is a row, C a constant; ``_RC`` takes a row first and a constant second.

    What takes the same kinds of operands stands together, so that the kernel finds them the same way.
    """

    ADD_RR = 0
    SUB_RR = 1
    MUL_RR = 2
    DIV_RR = 3
    MIN_RR = 4
    MAX_RR = 5
    LESS_RR = 6
    MOST_RR = 7
    """a <= b."""
    SAME_RR = 8
    ELSE_RR = 9
    """a, or b where a is absent."""
    ADD_RC = 10
    SUB_RC = 11
    MUL_RC = 12
    DIV_RC = 13
    MIN_RC = 14
    MAX_RC = 15
    LESS_RC = 16
    MOST_RC = 17
    SAME_RC = 18
    ELSE_RC = 19
    SUB_CR = 20
    DIV_CR = 21
    LESS_CR = 22
    MOST_CR = 23
    PICK_RR = 24
    """a ? b : c, each of b and c a row or a constant."""
    PICK_RC = 25
    PICK_CR = 26
    PICK_CC = 27
    COPY = 28
    ABS = 29
    FLOOR = 30
    SQRT = 31
    EXP = 32
    LOG = 33
    NORMAL = 34
    CHECK = 35
    """Stop where the row a is not a finite number; b says which equation this is."""
    FILL = 36
    """The constant a."""
    MONTH = 37
    """The number of the month."""
    UNIFORM = 38
    """Of the place a, inside (0, 1)."""
    SHOCK = 39
    """Of the place a: mean 0, variance 1, the sum of two uniforms of 16 bits."""
    UNLESS = 40
    """Where the calendar a has no date this month, the next b operations are left out and ``out`` is filled with 0."""
    # Of truths held as bits, which only the interpreter is given (detente.kernels.bits); there comparisons and choices have them, too.
    BOTH = 41
    EITHER = 42
    BUT = 43
    """b but not a."""
    NOT = 44
    LIKE = 45
    SET = 46
    """The whole number a, 0 or 1."""
    NUMBER = 47
    """A row of numbers of bits,"""
    TRUTH = 48
    """and bits of numbers."""
    UNLESS_BITS = 49
    """``UNLESS`` with bits to be filled."""


def operands(code: Code) -> str:
    """What the operands are: a row R (or bits), a constant C, a place P that draws, a whole number N."""
    if code <= Code.PICK_CC:
        kinds = code.name.split("_")[1]
        return f"R{kinds}" if code >= Code.PICK_RR else kinds
    if code <= Code.NORMAL:
        return "R"
    return _REST[code]


_REST = {
    Code.CHECK: "RN",
    Code.FILL: "C",
    Code.MONTH: "",
    Code.UNIFORM: "P",
    Code.SHOCK: "P",
    Code.UNLESS: "NN",
    Code.BOTH: "RR",
    Code.EITHER: "RR",
    Code.BUT: "RR",
    Code.NOT: "R",
    Code.LIKE: "R",
    Code.SET: "N",
    Code.NUMBER: "R",
    Code.TRUTH: "R",
    Code.UNLESS_BITS: "NN",
}

Op = tuple[int, int, int, int, int]
"""Code, register that is written, three operands."""

KINDS = [operands(code) for code in Code]
"""Of every code, by its number: what its operands are"""
SIGNS = [code.name.split("_")[0] for code in Code]
"""and what it does with them."""
_ROWS = [tuple(n for n, kind in enumerate(kinds, 2) if kind == "R") for kinds in KINDS]


def reads(op: Op) -> tuple[int, ...]:
    """Registers that an operation reads."""
    return tuple([op[n] for n in _ROWS[op[0]]])


def writes(op: Op) -> int | None:
    """The register that an operation writes."""
    return None if op[0] == Code.CHECK else op[1]


def carried(month: Sequence[Op], pairs: Mapping[int, int]) -> set[int]:
    """Registers whose value one month hands on to the next: of last month's values those that are read, and whatever is read before
    it is written."""
    found: set[int] = set()
    written: set[int] = set()
    for op in month:
        for register in reads(op):
            if register in pairs:
                found.add(pairs[register])
            elif register not in written:
                found.add(register)
        if (out := writes(op)) is not None:
            written.add(out)
    return found
