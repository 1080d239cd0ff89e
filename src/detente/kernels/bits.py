"""A program in which truths are bits: what the interpreter is given.

A row of truths takes as long to read and write as one of numbers, and is a thirty-second part of it as bits. So every comparison writes bits,
a choice looks at bits, and what joins truths works on 64 worlds at once. A register holds bits if whatever writes it gives truths:
of all registers those are taken away, again and again, for which that does not hold if it holds for the others. Where a truth is
wanted as a number or a number as a truth it is made one. A bound that may be absent becomes a row, so that nobody has to ask whether one
is. Numbers are what they were, to the bit.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from detente.kernels.codes import KINDS, SIGNS, Code, Op, reads
from detente.kernels.programs import Program
from detente.kernels.ranges import Range

__all__ = ["BOUNDS", "Bits", "bits"]

_COMPARES = [sign in ("LESS", "MOST", "SAME") for sign in SIGNS]
_CHOOSES = [sign == "PICK" for sign in SIGNS]
_JOINS = {
    Code.MIN_RR: Code.BOTH,
    Code.MUL_RR: Code.BOTH,
    Code.MAX_RR: Code.EITHER,
    Code.LESS_RR: Code.BUT,
    Code.SUB_CR: Code.NOT,
    Code.COPY: Code.LIKE,
}
"""What joins numbers that are truths, and how it joins bits."""


BOUNDS = {Code.MIN_RC: Code.MIN_RR, Code.MAX_RC: Code.MAX_RR}
"""Bounds, of which the constant is never absent in what :func:`bits` gives, and what becomes of those where it may be."""


class Bits(NamedTuple):
    """A program, and which of its registers hold bits."""

    program: Program
    held: frozenset[int]


def bits(program: Program, constants: Sequence[Range], numbers: Collection[int]) -> Bits:
    """``constants``: what each can be in any draw; ``numbers``: registers that stay numbers, whatever they hold."""
    held = _held(program, constants, numbers)
    free = 1 + max((max(op[1], *reads(op), 0) for ops in program[:2] for op in ops), default=0)
    zero = next((n for n, of in enumerate(constants) if _exactly(of, 0)), None)
    made = []
    for ops in (program.start, program.month):
        maker = _Maker(held, constants, zero, free)
        made.append(tuple(maker.made(ops)))
        held, free = held | maker.own, maker.free
    return Bits(program._replace(start=made[0], month=made[1]), frozenset(held))


def _exactly(of: Range, value: float) -> bool:
    return of.truth and of.low == of.high == value and not of.absent


def _held(program: Program, constants: Sequence[Range], numbers: Collection[int]) -> set[int]:
    """Registers that hold bits."""
    ops = [op for op in (*program.start, *program.month) if op[0] != Code.CHECK]
    joined: list[Op] = []
    never = set(numbers)
    for op in ops:
        code = op[0]
        if code in _JOINS and (code != Code.SUB_CR or _exactly(constants[op[2]], 1)):
            joined.append(op)
        elif code == Code.FILL:
            if not (_exactly(constants[op[2]], 0) or _exactly(constants[op[2]], 1)):
                never.add(op[1])
        elif not _COMPARES[code] and code != Code.UNLESS:
            never.add(op[1])
    held = {op[1] for op in ops}.union(program.pairs) - never
    size = -1
    while size != len(held):
        size = len(held)
        for op in joined:
            # A comparison gives truths whatever it compares.
            if op[1] in held and not _COMPARES[op[0]] and not held.issuperset(reads(op)):
                held.discard(op[1])
        for last, this in program.pairs.items():
            if (last in held) != (this in held):
                held -= {last, this}
    return held


class _Maker:
    """Writes a program anew."""

    def __init__(self, held: set[int], constants: Sequence[Range], zero: int | None, free: int) -> None:
        self.held, self.constants, self.zero, self.free = held, constants, zero, free
        self.own: set[int] = set()
        """Registers of bits that it made itself."""
        self.ops: list[Op] = []
        self.other: dict[int, int] = {}
        """Register → one that holds the same in the other way."""

    def register(self) -> int:
        self.free += 1
        return self.free - 1

    def made(self, ops: Sequence[Op]) -> list[Op]:
        gates: list[tuple[int, int, dict[int, int]]] = []
        for k, op in enumerate(ops):
            while gates and gates[-1][0] == k:
                self.closed(*gates.pop()[1:])
            if op[0] == Code.UNLESS:
                code = Code.UNLESS_BITS if op[1] in self.held else Code.UNLESS
                gates.append((k + 1 + op[3], len(self.ops), self.other))
                self.ops.append((int(code), *op[1:]))
                self.other = dict(self.other)
            else:
                self.operation(op)
        while gates:
            self.closed(*gates.pop()[1:])
        return self.ops

    def closed(self, at: int, outside: dict[int, int]) -> None:
        """The end of what the operation at a place may leave out: what was made for it is not there after it."""
        code, out, calendar, _, c = self.ops[at]
        self.ops[at] = (code, out, calendar, len(self.ops) - at - 1, c)
        written = {op[1] for op in self.ops[at:]}
        self.other = {r: n for r, n in outside.items() if r not in written}

    def operation(self, op: Op) -> None:
        code, out, a, b, c = op
        if code in BOUNDS and self.constants[b].absent:
            bound = self.register()
            self.ops.append((int(Code.FILL), bound, b, 0, 0))
            code, b = int(BOUNDS[Code(code)]), bound
            op = code, out, a, b, c
        held, given = out in self.held, reads(op)
        if _CHOOSES[code]:
            as_it_is = given[0] in self.held and self.held.isdisjoint(given[1:])
        else:
            as_it_is = held == _COMPARES[code] and self.held.isdisjoint(given)
        if as_it_is:
            self.ops.append(op)
        elif held and code in _JOINS and self.held.issuperset(given):
            one, two = (b, 0) if code == Code.SUB_CR else (a, b)
            self.ops.append((int(_JOINS[Code(code)]), out, one, two, 0))
        elif held and code == Code.FILL:
            self.ops.append((int(Code.SET), out, int(_exactly(self.constants[a], 1)), 0, 0))
        elif code == Code.MUL_RC and a in self.held and self.zero is not None and self.constants[b].finite:
            self.ops.append((int(Code.PICK_CC), out, a, b, self.zero))
        else:
            one, two, three = (
                self.wanted(n, bits=_CHOOSES[code] and m == 0) if kind == "R" else n
                for m, (n, kind) in enumerate(zip((a, b, c), KINDS[code].ljust(3), strict=True))
            )
            into = out
            if _COMPARES[code] and not held:
                into = self.register()
                self.own.add(into)
            self.ops.append((code, into, one, two, three))
            if into != out:
                self.ops.append((int(Code.NUMBER), out, into, 0, 0))
        if self.other and code != Code.CHECK:
            self.other.pop(out, None)

    def wanted(self, register: int, *, bits: bool) -> int:
        """A register that holds the same as bits, or as numbers."""
        if (register in self.held) == bits:
            return register
        if register not in self.other:
            into = self.other[register] = self.register()
            if bits:
                self.own.add(into)
            self.ops.append((int(Code.TRUTH if bits else Code.NUMBER), into, register, 0, 0))
        return self.other[register]
