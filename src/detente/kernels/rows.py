"""A program of operations on rows of worlds, interpreted: how the equations of a world are run at once.

Nothing is compiled for a world: its operations (:mod:`detente.kernels.codes`) are data, and an edited equation runs at once.
Each is written out in :mod:`detente.kernels.lanes` for all worlds of a row. What an operation gives stays in registers of the
processor: the next one takes it from there, and it goes to its row only if it is wanted later (:func:`handed`), because writing rows
takes longer than most operations. Truths are bits (:mod:`detente.kernels.bits`). A row is as long as there are registers for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

from detente.kernels import ars, lanes
from detente.kernels.bits import BOUNDS
from detente.kernels.codes import KINDS, SIGNS, WORD, Code, Op, reads
from detente.kernels.driver import STEP, around, frame_slots
from detente.kernels.lanes import ZERO, I, Text
from detente.kernels.native import Module, Native, compiled
from detente.kernels.ranges import ANY, Range

__all__ = ["NUMBERS", "WIDTH", "Handed", "begun", "due", "handed", "interpreter"]

WIDTH = 64 if lanes.truths().as_masks else 128
"""Worlds side by side, at most: half of the registers hold them."""

VECTOR = 4 * lanes.LANES
"""Bytes of sixteen worlds."""

VECTORS = WIDTH // lanes.LANES

THERE = Range(-math.inf, math.inf, False)

_ALONE = {Code.EXP, Code.LOG, Code.NORMAL, Code.UNIFORM, Code.SHOCK, Code.UNLESS, Code.UNLESS_BITS}
"""These work on rows alone, with all registers."""

_OF_BITS = {Code.BOTH, Code.EITHER, Code.BUT, Code.NOT, Code.LIKE, Code.SET}
"""These work on bits alone."""

_GIVES_BITS = {code for code in Code if SIGNS[code] in ("LESS", "MOST", "SAME", "TRUTH")}
"""These give bits."""

_MAY_LEAVE_OUT = {Code.UNLESS, Code.UNLESS_BITS}

_HANDS_NOTHING = {Code.CHECK, *_ALONE, *_OF_BITS, *_GIVES_BITS}
"""What the one before them has given stays for the one after."""

_ROWS = [[n for n, kind in enumerate(kinds) if kind == "R"] for kinds in KINDS]
"""Of every operation which operands are rows or bits."""

_ON = [
    [n for n in _ROWS[code] if not (SIGNS[code] == "PICK" and n == 0)]
    if code not in {*_ALONE, *_OF_BITS, Code.NUMBER}
    else []
    for code in Code
]
"""Of every operation which operands are numbers that the one before may hand to it."""

_WAYS = [(code, taken) for code in Code for taken in (-1, *_ON[code])]
"""Every operation, and which of its operands is what the one before gave (-1: none)."""

NUMBERS = {way: n for n, way in enumerate(_WAYS)}
"""Their numbers, by which the interpreter knows them."""


class Handed(NamedTuple):
    """What one operation hands on to the next."""

    taken: list[int]
    """Which operand of each is what the one before gave, or -1."""
    kept: list[bool]
    """Whether what it gives goes to its row."""


def handed(ops: Sequence[Op], lasting: Collection[int]) -> Handed:
    """Of a program; ``lasting``: registers whose rows are read after it."""
    taken, kept = [-1] * len(ops), [True] * len(ops)
    wanted = Counter([register for op in ops for register in reads(op)])
    made = Counter([op[1] for op in ops if op[0] != Code.CHECK])
    before, ends = -1, {k + 1 + op[3] for k, op in enumerate(ops) if op[0] in _MAY_LEAVE_OUT}
    for k, op in enumerate(ops):
        if k in ends or op[0] in _ALONE:
            before = -1
        if op[0] in _ALONE:
            continue
        if before >= 0 and (register := ops[before][1]) in reads(op):
            for n in _ON[op[0]]:
                if op[2 + n] == register:
                    taken[k] = n
                    wanted[register] -= 1
                    kept[before] = wanted[register] > 0 or made[register] > 1 or register in lasting
                    break
        if op[1] == (ops[before][1] if before >= 0 else -1) and op[0] != Code.CHECK:
            before = -1
        if op[0] not in _HANDS_NOTHING:
            before = k
    return Handed(taken, kept)


@lru_cache(maxsize=1)
def interpreter() -> Native:
    """The compiled interpreter; it is the same for every world."""
    return compiled("interpreter", lambda: Module(around(_step(), WIDTH))).function


def _step() -> str:
    """One month: a loop over operations and, for each way to make one, what it does."""
    t = Text()
    t.label("entry")
    table, end = _operations(t)
    places, seed = frame_slots(t, "places", "seed")
    keys = ars.round_keys(t, [seed, "%draw"])
    here = [begun(t, keys, first) for first in range(0, WIDTH, WORD)]
    number = t.let("uitofp i64 %month to float")
    at = t.let("alloca ptr")
    t.do(f"store ptr {table}, ptr {at}")
    given = [t.let(f"alloca {lanes.V}") for _ in range(VECTORS)]
    _forget(t, given)
    t.do("br label %next")
    t.label("next")
    op = t.let(f"load ptr, ptr {at}")
    t.do(f"store ptr {t.at(op, '20')}, ptr {at}")
    over = t.let(f"icmp eq ptr {op}, {end}")
    t.do(f"br i1 {over}, label %done, label %work")
    t.label("work")
    code, out, a, b, c = (t.load(t.at(op, str(4 * n)), "i32") for n in range(5))
    wide = [t.let(f"zext i32 {v} to i64") for v in (out, a, b, c)]
    rows, constants = ([t.at(base, w) for w in wide] for base in ("%x", "%c"))
    of = _Operation(op, a, b, wide, rows, constants, given, at)
    cases = " ".join(f"i32 {n}, label %way{n}" for n in NUMBERS.values())
    t.do(f"switch i32 {code}, label %none [ {cases} ]")
    for (k, taken), n in NUMBERS.items():
        t.label(f"way{n}")
        operands = [_operand(t, of, m, taken) for m in range(3)]
        if k in _ALONE:
            _alone(t, k, of, here, places)
        elif k == Code.CHECK:
            _check(t, operands[0], b)
        elif k in _OF_BITS:
            _joined(t, k, of)
        elif k in _GIVES_BITS:
            _compared(t, k, operands, of)
        else:
            made = _made(t, k, operands, of, number)
            for value, slot in zip([made(m) for m in range(VECTORS)], given, strict=True):
                t.store(value, slot)
            t.do("br label %given")
            continue
        t.do("br label %next")
    t.label("given")
    t.do(f"br i1 {t.let(f'icmp sge i32 {out}, 0')}, label %keep, label %next")
    t.label("keep")
    for n, slot in enumerate(given):
        t.store(t.load(slot), t.at(rows[0], str(VECTOR * n)))
    t.do("br label %next")
    t.label("none")
    t.do("unreachable")
    t.label("done")
    t.do("ret i64 -1")
    return "\n".join([f"define {STEP} {{", *t.lines, "}", ""])


class _Operation(NamedTuple):
    """Names of what an operation is about."""

    op: str
    """Where it stands;"""
    a: str
    b: str
    wide: list[str]
    """its numbers: of what it gives and of three operands;"""
    rows: list[str]
    """rows with these;"""
    constants: list[str]
    """constants with these;"""
    given: list[str]
    """what the operation before gave;"""
    at: str
    """where the place of the next one stands."""


def _alone(t: Text, code: Code, of: _Operation, here: list[ars.Begun], places: str) -> None:
    """An operation on rows, with all registers: nobody takes what was given."""
    _forget(t, of.given)
    if code in _MAY_LEAVE_OUT:
        with t.when(t.let(f"icmp eq i8 {t.load(t.at('%dated', of.wide[1]), 'i8')}, 0")):
            skipped = t.whole("mul", t.whole("add", of.wide[2], 1), 20)
            t.do(f"store ptr {t.at(of.op, skipped)}, ptr {of.at}")
            if code == Code.UNLESS:
                _lanes(t, lambda _: ZERO, of.rows[0], step=4)
            else:
                _words(t, lambda _: "0", of.rows[0])
    elif code in (Code.UNIFORM, Code.SHOCK):
        _draws(t, code, here, places, of.wide, of.rows)
    else:
        _lanes(t, lambda i: lanes.one(t, code, t.load(t.at(of.rows[1], i))), of.rows[0], step=2)


def _operations(t: Text) -> tuple[str, str]:
    """Where those of this month begin and end."""
    start, starts, even, odd, ops = frame_slots(t, "start", "starts", "even", "odd", "ops")
    begins = t.let("icmp eq i64 %month, 0")
    parity = t.let("trunc i64 %month to i1")
    table = t.let(f"select i1 {parity}, ptr {odd}, ptr {even}")
    table = t.let(f"select i1 {begins}, ptr {start}, ptr {table}")
    count = t.let(f"select i1 {begins}, i64 {starts}, i64 {ops}")
    return table, t.at(table, t.whole("mul", count, 20))


def _forget(t: Text, given: list[str]) -> None:
    """The registers are free."""
    for slot in given:
        t.store("poison", slot)


_Vectors = Callable[[int], str]
"""Sixteen worlds of a value by the number of the sixteen."""


def _operand(t: Text, of: _Operation, n: int, taken: int) -> _Vectors:
    """An operand: what the operation before gave, or a row."""
    if n == taken:
        return lambda m: t.load(of.given[m])
    return lambda m: t.load(t.at(of.rows[1 + n], str(VECTOR * m)))


def _given(t: Text, code: Code, row: list[_Vectors], constants: list[str]) -> list[_Vectors]:
    """Operands: rows, or constants."""

    def same(n: int) -> _Vectors:
        value = t.splat(t.load(constants[1 + n], "float"))
        return lambda _: value

    return [row[n] if kind == "R" else same(n) for n, kind in enumerate(KINDS[code])]


def _made(t: Text, code: Code, row: list[_Vectors], of: _Operation, month: str) -> _Vectors:
    """What an operation gives."""

    def bits(m: int) -> str:
        return lanes.load_truths(t, t.at(of.rows[1], str(2 * m)))

    if code == Code.NUMBER:
        return lambda m: lanes.counted(t, bits(m))
    given = _given(t, code, row, of.constants)
    if code <= Code.MOST_CR:
        plain = Code[f"{SIGNS[code]}_RR"]
        known = (ANY, THERE if code in BOUNDS else ANY)
        return lambda m: lanes.two(t, plain, given[0](m), given[1](m), known)
    if code <= Code.PICK_CC:
        return lambda m: lanes.chosen(t, bits(m), given[1](m), given[2](m))
    if code <= Code.NORMAL:
        return lambda m: lanes.one(t, code, given[0](m))
    value = given[0](0) if code == Code.FILL else t.splat(month)
    return lambda _: value


def _compared(t: Text, code: Code, row: list[_Vectors], of: _Operation) -> None:
    """Bits of a comparison."""
    given = _given(t, code, row, of.constants)
    for m in range(VECTORS):
        if code == Code.TRUTH:
            found = lanes.over_half(t, given[0](m))
        else:
            found = lanes.compared(t, Code[f"{SIGNS[code]}_RR"], given[0](m), given[1](m))
        lanes.store_truths(t, lanes.truth(t, found), t.at(of.rows[0], str(2 * m)))


def _joined(t: Text, code: Code, of: _Operation) -> None:
    """Bits of bits, 64 worlds at once."""

    def row(n: int) -> Callable[[int], str]:
        return lambda w: t.load(t.at(of.rows[n], str(8 * w)), "i64")

    one, two = row(1), row(2)
    if code == Code.SET:
        every = t.whole("sub", "0", t.let(f"zext i32 {of.a} to i64"))
        _words(t, lambda _: every, of.rows[0])
    elif code == Code.LIKE:
        _words(t, one, of.rows[0])
    elif code == Code.NOT:
        _words(t, lambda w: t.whole("xor", one(w), -1), of.rows[0])
    elif code == Code.BUT:
        _words(t, lambda w: t.whole("and", t.whole("xor", one(w), -1), two(w)), of.rows[0])
    else:
        how = "and" if code == Code.BOTH else "or"
        _words(t, lambda w: t.whole(how, one(w), two(w)), of.rows[0])


def _words(t: Text, made: Callable[[int], str], out: str) -> None:
    for w in range(WIDTH // WORD):
        t.store(made(w), t.at(out, str(8 * w)), "i64")


def _lanes(t: Text, made: Callable[[str], str], out: str, *, step: int) -> None:
    with t.loop("%bytes", step=step * VECTOR) as i:
        at = [i, *(t.whole("add", i, VECTOR * n) for n in range(1, step))]
        for value, here in zip([made(here) for here in at], at, strict=True):
            t.store(value, t.at(out, here))


def _check(t: Text, row: _Vectors, equation: str) -> None:
    """Of those 64 worlds that there are."""
    found = []
    for first in range(0, VECTORS, 4):
        some = [lanes.unfinished(t, row(first + n)) for n in range(4)]
        while len(some) > 1:
            some = [t.let(f"or {I} {some[0]}, {some[1]}"), *some[2:]]
        there = t.let(f"icmp sgt i64 %bytes, {VECTOR * first}")
        found.append(t.let(f"select i1 {there}, {I} {some[0]}, {I} zeroinitializer"))
    while len(found) > 1:
        found = [t.let(f"or {I} {found[0]}, {found[1]}"), *found[2:]]
    with t.when(lanes.some(t, found[0])):
        t.do(f"ret i64 {t.let(f'zext i32 {equation} to i64')}")
        t.label(t.name())


def _draws(t: Text, code: Code, here: list[ars.Begun], places: str, wide: list[str], rows: list[str]) -> None:
    """Uniforms or shocks. An even month makes words for itself and for the next, which finds its own in the row b; where that month
    may have been left out (c) each makes its own."""
    made = lanes.shock if code == Code.SHOCK else lanes.uniform
    fresh = t.let(f"or i1 {due(t)}, {t.let(f'icmp ne i64 {wide[3]}, 0')}")
    place = t.load(t.at(places, wide[1]), "i64")
    name = t.name()
    t.do(f"br i1 {fresh}, label %{name}fresh, label %{name}kept")
    t.label(f"{name}fresh")
    odd = t.let("trunc i64 %month to i1")
    even: list[str] = []

    def words(first: int) -> None:
        one = lanes.even(t, ars.words(t, here[first // WORD], place))
        for n, word in enumerate(lanes.odd(t, one)):
            t.store(word, t.at(rows[2], str(4 * first + VECTOR * n)), lanes.I)
        even.extend(one)

    # A row is filled whether or not there are as many worlds: at once that takes hardly longer.
    t.abreast([partial(words, first) for first in range(0, WIDTH, WORD)])
    with t.when(t.let(f"xor i1 {odd}, true")):
        for n, word in enumerate(even):
            t.store(made(t, word), t.at(rows[0], str(VECTOR * n)))
    t.do(f"br i1 {odd}, label %{name}kept, label %next")
    t.label(f"{name}kept")
    _lanes(t, lambda i: made(t, t.load(t.at(rows[2], i), lanes.I)), rows[0], step=4)


def due(t: Text) -> str:
    """Whether this month makes words: an even one, or the first, which may draw where month 0 did not."""
    even = t.let(f"icmp eq i64 {t.whole('and', '%month', 1)}, 0")
    return t.let(f"or i1 {even}, {t.let('icmp eq i64 %month, 1')}")


def begun(t: Text, keys: Sequence[str], first: int) -> ars.Begun:
    """The beginning of the generator for this month and its neighbour, and the 64 worlds from number ``first`` of those here on."""
    calls = t.whole("add", t.whole("lshr", "%world", 2), first // 4)
    return ars.begun(t, keys, calls, t.whole("lshr", "%month", 1))
