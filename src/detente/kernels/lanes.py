"""Every operation of :class:`detente.kernels.codes.Code` written out for sixteen worlds side by side, as LLVM assembly.

The interpreter (:mod:`detente.kernels.rows`) and the compiled form (:mod:`detente.kernels.fused`) are made of the same text, so
that they give the same bits: every operation is rounded to float32 on its own (no operation carries a flag that would let
LLVM contract, reassociate or approximate it; a product may be left unrounded only where it is exact), whatever the processor.
Text is made of operations and of numbers of rows and constants only, never of anything that a case says.

``exp``, ``log`` and the normal distribution are minimax polynomials for single precision after a reduction in two steps (Cody and
Waite 1980, Software Manual for the Elementary Functions; Abramowitz and Stegun 1964, 26.2.17); see :mod:`detente.kernels.codes`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import NamedTuple

import numpy as np

from detente.kernels.codes import Code
from detente.kernels.native import host
from detente.kernels.ranges import ANY, Range

__all__ = [
    "COMPARED",
    "LANES",
    "Text",
    "compared",
    "constant",
    "even",
    "odd",
    "one",
    "picked",
    "shock",
    "two",
    "uniform",
]

LANES = 16
V, I, Q = "<16 x float>", "<16 x i32>", "<8 x i64>"

EXP = (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
NORMAL = (1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.319381530)
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440e-4


def constant(value: float) -> str:
    """Sixteen times a number, rounded to float32."""
    with np.errstate(over="ignore"):
        bits = struct.pack(">d", float(np.float32(value))).hex().upper()
    return f"splat (float 0x{bits})"


def whole(value: int) -> str:
    return f"splat (i32 {value})"


NOTHING, ZERO, HALF, ONE = (constant(v) for v in (float("nan"), 0.0, 0.5, 1.0))


class Text:
    """Lines of one function, with names for what they give."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0
        self.block = "entry"

    def name(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def do(self, line: str) -> None:
        self.lines.append(f"  {line}")

    def let(self, what: str) -> str:
        """The name of what an instruction gives."""
        name = f"%{self.name()}"
        self.lines.append(f"  {name} = {what}")
        return name

    def whole(self, what: str, a: str, b: str | int) -> str:
        """Whole numbers of 64 bits."""
        return self.let(f"{what} i64 {a}, {b}")

    def label(self, name: str) -> None:
        self.lines.append(f"{name}:")
        self.block = name

    def at(self, base: str, offset: str) -> str:
        """A pointer so many bytes after another."""
        return self.let(f"getelementptr i8, ptr {base}, i64 {offset}")

    def load(self, pointer: str, kind: str = V) -> str:
        return self.let(f"load {kind}, ptr {pointer}" + (", align 64" if kind in (V, I) else ""))

    def store(self, value: str, pointer: str, kind: str = V) -> None:
        self.do(f"store {kind} {value}, ptr {pointer}" + (", align 64" if kind in (V, I) else ""))

    def splat(self, scalar: str) -> str:
        first = self.let(f"insertelement {V} poison, float {scalar}, i64 0")
        return self.let(f"shufflevector {V} {first}, {V} poison, {I} zeroinitializer")

    def call(self, function: str, *values: str) -> str:
        return self.let(f"call {V} @llvm.{function}.v16f32({', '.join(f'{V} {value}' for value in values)})")

    def abreast(self, parts: Iterable[Callable[[], None]]) -> None:
        """What several write, each as many lines as the others: a line of every one in turn, so that none waits for itself."""
        begun, written = len(self.lines), []
        for part in parts:
            part()
            written.append(self.lines[begun:])
            del self.lines[begun:]
        self.lines += [line for lines in zip(*written, strict=True) for line in lines]

    @contextmanager
    def loop(self, end: str, *, start: str = "0", step: int = 1) -> Iterator[str]:
        """A loop over ``start``, ``start + step``, .. below ``end``: the name of the number."""
        name = self.name()
        at, following = f"%{name}", f"%{name}n"
        self.do(f"br label %{name}head")
        before = self.block
        self.label(f"{name}head")
        self.do(f"{at} = phi i64 [ {start}, %{before} ], [ {following}, %{name}latch ]")
        inside = self.let(f"icmp slt i64 {at}, {end}")
        self.do(f"br i1 {inside}, label %{name}body, label %{name}end")
        self.label(f"{name}body")
        yield at
        self.do(f"br label %{name}latch")
        self.label(f"{name}latch")
        self.do(f"{following} = add i64 {at}, {step}")
        self.do(f"br label %{name}head")
        self.label(f"{name}end")

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """What is done only if a condition (i1) holds."""
        name = self.name()
        self.do(f"br i1 {condition}, label %{name}then, label %{name}end")
        self.label(f"{name}then")
        yield
        self.do(f"br label %{name}end")
        self.label(f"{name}end")


# --- truths -------------------------------------------------------------------------------------------------


class Truths(NamedTuple):
    """How sixteen truths are held while they are worked on."""

    kind: str
    never: str
    always: str
    as_masks: bool


BITS = Truths("<16 x i1>", "zeroinitializer", "splat (i1 true)", as_masks=False)
"""Where registers hold bits: comparisons give them and choices take them as they are."""

MASKS = Truths(I, "zeroinitializer", "splat (i32 -1)", as_masks=True)
"""Elsewhere a truth is as wide as the number that it is about: all bits set, or none. Bits would be taken apart and put together
again around every operation."""


@cache
def truths() -> Truths:
    """What suits this processor."""
    return BITS if "avx512f" in host().features else MASKS


def truth(t: Text, condition: str) -> str:
    """What a comparison gave, to be held."""
    return t.let(f"sext <16 x i1> {condition} to {I}") if truths().as_masks else condition


def holds(t: Text, held: str) -> str:
    """A truth as a condition (i1)."""
    return t.let(f"icmp slt {I} {held}, zeroinitializer") if truths().as_masks else held


def everywhere(t: Text, condition: str) -> str:
    """The same truth (i1) sixteen times."""
    if not truths().as_masks:
        return t.let(f"bitcast i16 {t.let(f'sext i1 {condition} to i16')} to {BITS.kind}")
    first = t.let(f"insertelement {I} poison, i32 {t.let(f'sext i1 {condition} to i32')}, i64 0")
    return t.let(f"shufflevector {I} {first}, {I} poison, {I} zeroinitializer")


def joined(t: Text, how: str, a: str, b: str) -> str:
    """``and``, ``or``, ``xor`` of truths."""
    return t.let(f"{how} {truths().kind} {a}, {b}")


def contrary(t: Text, held: str) -> str:
    return joined(t, "xor", held, truths().always)


def counted(t: Text, held: str) -> str:
    """A truth as 0 or 1."""
    if not truths().as_masks:
        return _pick(t, held, ONE, ZERO)
    return t.let(f"bitcast {I} {t.let(f'and {I} {held}, {whole(0x3F800000)}')} to {V}")


def load_truths(t: Text, pointer: str) -> str:
    """From sixteen bits in memory."""
    bits = t.load(pointer, "i16")
    if not truths().as_masks:
        return t.let(f"bitcast i16 {bits} to <16 x i1>")
    first = t.let(f"insertelement {I} poison, i32 {t.let(f'zext i16 {bits} to i32')}, i64 0")
    every = t.let(f"shufflevector {I} {first}, {I} poison, {I} zeroinitializer")
    own = f"<{', '.join(f'i32 {1 << n}' for n in range(LANES))}>"
    return truth(t, t.let(f"icmp eq {I} {t.let(f'and {I} {every}, {own}')}, {own}"))


def store_truths(t: Text, held: str, pointer: str) -> None:
    """As sixteen bits; masks eight at a time, for which there is an instruction."""
    if not truths().as_masks:
        t.store(t.let(f"bitcast <16 x i1> {held} to i16"), pointer, "i16")
        return
    for n in (0, 1):
        order = ", ".join(f"i32 {k}" for k in range(8 * n, 8 * n + 8))
        half = t.let(f"shufflevector {I} {held}, {I} poison, <8 x i32> <{order}>")
        bits = t.let(f"bitcast <8 x i1> {t.let(f'icmp slt <8 x i32> {half}, zeroinitializer')} to i8")
        t.store(bits, t.at(pointer, str(n)), "i8")


# --- operations ---------------------------------------------------------------------------------------------


def _pick(t: Text, condition: str, yes: str, no: str) -> str:
    return t.let(f"select <16 x i1> {condition}, {V} {yes}, {V} {no}")


def _test(t: Text, how: str, a: str, b: str) -> str:
    return t.let(f"fcmp {how} {V} {a}, {b}")


def _op(t: Text, what: str, a: str, b: str) -> str:
    return t.let(f"{what} {V} {a}, {b}")


def _extreme(t: Text, how: str, a: str, b: str, of: Sequence[Range]) -> str:
    """The smaller (``olt``) or larger (``ogt``); absent where either is: a comparison with what is absent does not hold."""
    if of[0].absent and not of[1].absent:
        a, b = b, a
    found = _pick(t, _test(t, how, a, b), a, b)
    return _pick(t, _test(t, "uno", a, a), a, found) if of[0].absent and of[1].absent else found


def two(t: Text, code: int, a: str, b: str, of: Sequence[Range] = (ANY, ANY)) -> str:
    """Operations on two numbers: their names with ``_RR``. ``of``: what the numbers can be."""
    match code:
        case Code.ADD_RR:
            return _op(t, "fadd", a, b)
        case Code.SUB_RR:
            return _op(t, "fsub", a, b)
        case Code.MUL_RR:
            return _op(t, "fmul", a, b)
        case Code.DIV_RR:
            found = _op(t, "fdiv", a, b)
            return (
                _pick(t, _test(t, "oeq", b, ZERO), NOTHING, found) if of[1].low <= 0 <= of[1].high else found
            )
        case Code.MIN_RR:
            return _extreme(t, "olt", a, b, of)
        case Code.MAX_RR:
            return _extreme(t, "ogt", a, b, of)
        case Code.ELSE_RR:
            return _pick(t, _test(t, "uno", a, a), b, a)
        case _:
            return _pick(t, compared(t, code, a, b), ONE, ZERO)


COMPARED = {Code.LESS_RR: "olt", Code.MOST_RR: "ole", Code.SAME_RR: "oeq"}


def compared(t: Text, code: int, a: str, b: str) -> str:
    """A comparison, as truths (i1)."""
    return _test(t, COMPARED[Code(code)], a, b)


def picked(t: Text, a: str, b: str, c: str) -> str:
    """a ? b : c."""
    return _pick(t, over_half(t, a), b, c)


def over_half(t: Text, a: str) -> str:
    """Whether a number that stands for a truth says so, as a condition (i1)."""
    return _test(t, "ogt", a, HALF)


def chosen(t: Text, held: str, b: str, c: str) -> str:
    """b where a truth holds, c elsewhere."""
    return _pick(t, holds(t, held), b, c)


def one(t: Text, code: int, a: str, of: Range = ANY) -> str:
    """Operations on one number. ``of``: what it can be."""
    match code:
        case Code.COPY:
            return a
        case Code.ABS:
            return t.call("fabs", a)
        case Code.FLOOR:
            return t.call("floor", a)
        case Code.SQRT:
            return t.call("sqrt", a)
        case Code.EXP:
            return _exp(t, a, of)
        case Code.LOG:
            return _log(t, a, of)
        case _:
            assert code == Code.NORMAL, code
            return _normal(t, a, of)


def _horner(t: Text, factors: tuple[float, ...], x: str) -> str:
    found = constant(factors[0])
    for factor in factors[1:]:
        found = _op(t, "fadd", _op(t, "fmul", found, x), constant(factor))
    return found


def _exp(t: Text, a: str, of: Range) -> str:
    v = a if of.low >= -87 else _pick(t, _test(t, "olt", a, constant(-87)), constant(-87), a)
    v = v if of.high <= 88 else _pick(t, _test(t, "ogt", v, constant(88)), constant(88), v)
    n = t.call("floor", _op(t, "fadd", _op(t, "fmul", v, constant(1.44269504088896341)), HALF))
    # This product is exact, so that it does not matter whether it is rounded before the sum is.
    r = t.call("fmuladd", n, constant(-LN2_HIGH), v)
    r = _op(t, "fsub", r, _op(t, "fmul", n, constant(LN2_LOW)))
    p = _op(t, "fmul", _horner(t, EXP, r), _op(t, "fmul", r, r))
    p = _op(t, "fadd", _op(t, "fadd", p, r), ONE)
    # The last bits of a sum beyond 2^23 are a whole number.
    bits = t.let(f"bitcast {V} {_op(t, 'fadd', n, constant(1.5 * 2**23 + 127))} to {I}")
    power = t.let(f"bitcast {I} {t.let(f'shl {I} {bits}, {whole(23)}')} to {V}")
    return _op(t, "fmul", power, p)


def _log(t: Text, a: str, of: Range) -> str:
    bits = t.let(f"bitcast {V} {a} to {I}")
    part = t.let(f"or {I} {t.let(f'and {I} {bits}, {whole(0x7FFFFF)}')}, {whole(0x3F000000)}")
    m = t.let(f"bitcast {I} {part} to {V}")
    power = t.let(f"sub {I} {t.let(f'ashr {I} {bits}, {whole(23)}')}, {whole(126)}")
    e = t.let(f"sitofp {I} {power} to {V}")
    low = _test(t, "olt", m, constant(0.70710678118654752))
    e = _pick(t, low, _op(t, "fsub", e, ONE), e)
    m = _op(t, "fsub", _pick(t, low, _op(t, "fadd", m, m), m), ONE)
    z = _op(t, "fmul", m, m)
    y = _op(t, "fmul", _op(t, "fmul", _horner(t, LOG, m), m), z)
    y = _op(t, "fadd", y, _op(t, "fmul", e, constant(LN2_LOW)))
    y = _op(t, "fsub", y, _op(t, "fmul", HALF, z))
    found = _op(t, "fadd", _op(t, "fadd", m, y), _op(t, "fmul", e, constant(LN2_HIGH)))
    if of.absent or of.low <= 0:
        found = _pick(t, _test(t, "ogt", a, ZERO), found, NOTHING)
    if of.high == math.inf:
        found = _pick(t, _test(t, "olt", a, constant(math.inf)), found, NOTHING)
    return found


def _normal(t: Text, a: str, of: Range) -> str:
    lowest = -0.5001 * max(abs(of.low), abs(of.high)) ** 2 if of.finite else -math.inf
    density = _exp(t, _op(t, "fmul", constant(-0.5), _op(t, "fmul", a, a)), Range(lowest, 0.0, of.absent))
    s = _op(t, "fadd", ONE, _op(t, "fmul", constant(0.2316419), t.call("fabs", a)))
    s = _op(t, "fdiv", ONE, s)
    p = _op(t, "fmul", _horner(t, NORMAL, s), s)
    beyond = _op(t, "fmul", _op(t, "fmul", constant(0.39894228040143268), density), p)
    return _pick(t, _test(t, "olt", a, ZERO), beyond, _op(t, "fsub", ONE, beyond))


# --- chance ------------------------------------------------------------------------------------------------


def unfinished(t: Text, value: str) -> str:
    """No bit of a finite number, some of any other: what is left of a number less itself."""
    return t.let(f"bitcast {V} {_op(t, 'fsub', value, value)} to {I}")


def some(t: Text, bits: str) -> str:
    """Whether any bit of any of sixteen words is set (i1)."""
    return t.let(f"icmp ne i512 {t.let(f'bitcast {I} {bits} to i512')}, 0")


def uniform(t: Text, word: str) -> str:
    """(m + 1/2) 2^-23 of the upper 23 bits m: 1 + m 2^-23, whose bits are at hand, less 1 - 2^-24; nothing is rounded."""
    bits = t.let(f"call {I} @llvm.fshl.v16i32({I} {whole(0x3F800000 >> 23)}, {I} {word}, {I} {whole(23)})")
    return _op(t, "fsub", t.let(f"bitcast {I} {bits} to {V}"), constant(1 - 2.0**-24))


def shock(t: Text, word: str) -> str:
    """Of two numbers of 16 bits: the first of each half's bytes, and the second."""

    def bytes_of(value: str) -> str:
        return t.let(f"and {I} {value}, {whole(0x00FF00FF)}")

    # Both sums of bytes at once: of the upper ones in the upper half.
    sums = t.let(f"add {I} {bytes_of(word)}, {bytes_of(t.let(f'lshr {I} {word}, {whole(8)}'))}")
    high = t.let(f"shl {I} {t.let(f'lshr {I} {sums}, {whole(16)}')}, {whole(8)}")
    low = t.let(f"and {I} {sums}, {whole(0xFFFF)}")
    total = t.let(f"sub {I} {t.let(f'add {I} {high}, {low}')}, {whole(65535)}")
    return _op(t, "fmul", t.let(f"sitofp {I} {total} to {V}"), constant(6**0.5 * 2.0**-16))


def even(t: Text, words: Sequence[str]) -> list[str]:
    """Words of 64 worlds for an even month: the upper half of each is the world's own, the lower its neighbour's."""
    upper, found = whole(-65536), []
    for n, own in enumerate(words):
        high = t.let(f"and {I} {own}, {upper}")
        found.append(t.let(f"or {I} {high}, {t.let(f'and {I} {words[n ^ 1]}, {whole(65535)}')}"))
    return found


def turned(t: Text, word: str, by: str) -> str:
    """Sixteen words of 32 bits turned to the left by so many bits (i64)."""
    first = t.let(f"insertelement {I} poison, i32 {t.let(f'trunc i64 {by} to i32')}, i64 0")
    every = t.let(f"shufflevector {I} {first}, {I} poison, {I} zeroinitializer")
    return t.let(f"call {I} @llvm.fshl.v16i32({I} {word}, {I} {word}, {I} {every})")


def odd(t: Text, words: Sequence[str]) -> list[str]:
    """The same for the odd month after it: the other halves, which are those of the neighbour's word for the even one, turned."""
    half = whole(16)
    given = [words[n ^ 1] for n in range(len(words))]
    return [t.let(f"call {I} @llvm.fshl.v16i32({I} {word}, {I} {word}, {I} {half})") for word in given]
