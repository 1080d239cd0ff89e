"""Worlds of many draws through one step a month, and what is counted of them: as LLVM assembly, around any way to make a step.

What a call works on stands in a *frame*, an array of whole numbers and addresses (:class:`Frame`), so that nothing is shared
between calls. A step works on rows of ``width`` worlds one after the other in memory and answers with the number of the equation
that has no finite value, or -1; then conditions are counted, levels summed, and the first worlds kept.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from detente.kernels import ars
from detente.kernels.codes import FIXED, KEPT, MOST, WORD
from detente.kernels.lanes import LANES, NOTHING, ZERO, I, Q, Text, V, constant, whole

__all__ = ["EIGHT", "PACKED", "STEP", "Frame", "around", "frame_slots", "valid"]


class Frame(NamedTuple):
    """Whole numbers and addresses of arrays, as they stand in memory."""

    start: int
    """int32[.., 5] operations of month 0: rows and constants in bytes from the first one."""
    starts: int
    """How many."""
    even: int
    """int32[.., 5] operations of an even month."""
    odd: int
    ops: int
    places: int
    """uint64."""
    x: int
    """Room for rows, at a multiple of 64 bytes."""
    constants: int
    """float32[S, C]."""
    stride: int
    """4 C."""
    draws: int
    first: int
    """The number of the first draw."""
    begins: int
    """The first world, a multiple of 64."""
    ends: int
    """The last world and one."""
    seed: int
    dated: int
    """bool[T + 1, calendars]."""
    calendars: int
    months: int
    """T + 1."""
    asked: int
    """int32[2, .] rows of what is counted in even and odd months, in bytes, with :data:`PACKED` and :data:`EIGHT` where that holds."""
    asks: int
    summed: int
    sums: int
    paths: int
    keeps: int
    counts: int
    """int64[S, T + 1, asks]."""
    totals: int
    """int64[S, T + 1, sums]."""
    kept: int
    """float32[S, T + 1, keeps, KEPT]."""
    fault: int
    """int64[4]: equation, month, place of the draw, first world of the block."""


_POINTERS = {
    "start", "even", "odd", "places", "x", "constants", "dated", "asked", "summed", "paths", "counts", "totals", "kept", "fault",
}  # fmt: skip


def frame_slots(t: Text, *names: str) -> list[str]:
    """What stands in the frame."""
    found = []
    for name in names:
        pointer = t.at("%frame", str(8 * Frame._fields.index(name)))
        found.append(t.load(pointer, "ptr" if name in _POINTERS else "i64"))
    return found


LOW = 500.0
"""64 numbers below it add up to one of 32 bits in 1 / FIXED."""

PACKED = 1
"""In the place of a row to be counted: what stands there are bits, one for each world."""

EIGHT = 2
"""Beside that: of 64 worlds, and those of the seven that are counted next stand after them."""

STEP = "internal i64 @step(ptr %frame, ptr noalias %x, ptr noalias %c, i64 %world, i64 %month, i64 %draw, ptr %dated, i64 %bytes)"
"""What a step looks like: ``bytes`` of each row are worked on."""


def around(step: str, width: int) -> str:
    """The whole of a module: a step, and what calls it."""
    return "\n".join([ars.support(), step, _counted(), _summed(), _summed_large(), _worlds(width)])


def _worlds(width: int) -> str:
    t = Text()
    t.label("entry")
    x, constants, stride, draws, first, begins, ends, dated, calendars, months, fault = frame_slots(
        t,
        "x",
        "constants",
        "stride",
        "draws",
        "first",
        "begins",
        "ends",
        "dated",
        "calendars",
        "months",
        "fault",
    )
    looked = _Looked(*frame_slots(t, *_Looked._fields))
    with t.loop(draws) as d:
        c = t.at(constants, t.whole("mul", d, stride))
        draw = t.whole("add", first, d)
        with t.loop(ends, start=begins, step=width) as world:
            left = t.whole("sub", ends, world)
            size = t.let(f"call i64 @llvm.smin.i64(i64 {left}, i64 {width})")
            used = t.whole("shl", t.whole("and", t.whole("add", size, WORD - 1), -WORD), 2)
            with t.loop(months) as month:
                today = t.at(dated, t.whole("mul", month, calendars))
                wrong = t.let(
                    f"call i64 @step(ptr %frame, ptr {x}, ptr {c}, i64 {world}, i64 {month}, i64 {draw}, ptr {today}, i64 {used})"
                )
                with t.when(t.let(f"icmp sge i64 {wrong}, 0")):
                    for n, value in enumerate((wrong, month, d, world)):
                        t.store(value, t.at(fault, str(8 * n)), "i64")
                    t.do("ret void")
                    t.label(t.name())
                here = _Here(
                    x, size, t.whole("and", month, 1), t.whole("add", t.whole("mul", d, months), month)
                )
                _count(t, looked, here)
                _sum(t, looked, here)
                with t.when(t.let(f"icmp eq i64 {world}, 0")):
                    _keep(t, looked, here)
    t.do("ret void")
    return _function("void @worlds(ptr %frame)", t)


class _Looked(NamedTuple):
    """Names of what the frame says of what is looked at; see :class:`Frame`."""

    asked: str
    asks: str
    summed: str
    sums: str
    paths: str
    keeps: str
    counts: str
    totals: str
    kept: str


class _Here(NamedTuple):
    """Names of where worlds are."""

    x: str
    size: str
    """How many worlds count."""
    odd: str
    """Whether the month is odd."""
    place: str
    """Number of the draw times months, and the month."""

    def rows(self, t: Text, of: str, count: str) -> str:
        """Places of rows in this month."""
        return t.at(of, t.whole("shl", t.whole("mul", self.odd, count), 2))

    def into(self, t: Text, of: str, count: str, size: int) -> str:
        """Where what is found in this month goes."""
        return t.at(of, t.whole("mul", t.whole("mul", self.place, count), size))


def _count(t: Text, looked: _Looked, here: _Here) -> None:
    table, result = here.rows(t, looked.asked, looked.asks), here.into(t, looked.counts, looked.asks, 8)
    with t.loop(looked.asks, step=8) as first:
        offset = _offset(t, table, first)
        eight = t.let(f"icmp ne i64 {t.whole('and', offset, EIGHT)}, 0")
        with t.when(eight):
            where = t.at(here.x, t.whole("and", offset, -8))
            slots = t.at(result, t.whole("shl", first, 3))
            bits = t.let(f"load {Q}, ptr {where}, align 8")
            there = _eightfold(t, _valid_word(t, "0", here.size))
            many = t.let(f"call {Q} @llvm.ctpop.v8i64({Q} {t.let(f'and {Q} {bits}, {there}')})")
            so_far = t.let(f"load {Q}, ptr {slots}, align 8")
            t.do(f"store {Q} {t.let(f'add {Q} {so_far}, {many}')}, ptr {slots}, align 8")
        end = t.let(f"call i64 @llvm.smin.i64(i64 {t.whole('add', first, 8)}, i64 {looked.asks})")
        with t.when(t.let(f"xor i1 {eight}, true")), t.loop(end, start=first) as j:
            offset, slot = _offset(t, table, j), t.at(result, t.whole("shl", j, 3))
            row, packed = t.at(here.x, t.whole("and", offset, -8)), t.let(f"trunc i64 {offset} to i1")
            with t.when(packed), t.loop(here.size, step=WORD) as i:
                word = t.load(t.at(row, t.whole("lshr", i, 3)), "i64")
                bits = t.whole("and", word, _valid_word(t, i, here.size))
                found = t.let(f"call i64 @llvm.ctpop.i64(i64 {bits})")
                t.store(t.whole("add", t.load(slot, "i64"), found), slot, "i64")
            with t.when(t.let(f"xor i1 {packed}, true")):
                _added(t, "counted", row, here.size, slot)


def _eightfold(t: Text, word: str) -> str:
    """A word of 64 bits eight times."""
    first = t.let(f"insertelement {Q} poison, i64 {word}, i64 0")
    return t.let(f"shufflevector {Q} {first}, {Q} poison, <8 x i32> zeroinitializer")


def _sum(t: Text, looked: _Looked, here: _Here) -> None:
    table, result = here.rows(t, looked.summed, looked.sums), here.into(t, looked.totals, looked.sums, 8)
    with t.loop(looked.sums) as j:
        offset, slot = _offset(t, table, j), t.at(result, t.whole("shl", j, 3))
        _added(t, "summed", t.at(here.x, offset), here.size, slot)


def _keep(t: Text, looked: _Looked, here: _Here) -> None:
    """Of the first worlds, as they are; what is absent and what is 0 is written in one way."""
    few = f"<{KEPT} x float>"
    table, result = (
        here.rows(t, looked.paths, looked.keeps),
        here.into(t, looked.kept, looked.keeps, 4 * KEPT),
    )
    with t.loop(looked.keeps) as j:
        v = t.load(t.at(here.x, _offset(t, table, j)), few)
        gone = t.let(f"fcmp uno {few} {v}, {v}")
        v = t.let(f"fadd {few} {v}, zeroinitializer")
        v = t.let(f"select <{KEPT} x i1> {gone}, {few} {NOTHING}, {few} {v}")
        t.do(f"store {few} {v}, ptr {t.at(result, t.whole('mul', j, 4 * KEPT))}, align 4")


def _offset(t: Text, table: str, j: str) -> str:
    found = t.load(t.at(table, t.whole("shl", j, 2)), "i32")
    return t.let(f"zext i32 {found} to i64")


def valid(t: Text, i: str, size: str = "%size") -> str:
    """Sixteen bits: which of the worlds from number i on are among the first ``size``."""
    left = t.whole("sub", size, i)
    left = t.let(f"call i64 @llvm.smin.i64(i64 {left}, i64 {LANES})")
    bits = t.whole("sub", t.whole("shl", "1", left), 1)
    return t.let(f"trunc i64 {bits} to i{LANES}")


def _among(t: Text, i: str) -> str:
    """Which of sixteen worlds from number i on are among the first ``size`` (i1)."""
    left = t.let(f"trunc i64 {t.whole('sub', '%size', i)} to i32")
    first = t.let(f"insertelement {I} poison, i32 {left}, i64 0")
    left = t.let(f"shufflevector {I} {first}, {I} poison, {I} zeroinitializer")
    return t.let(f"icmp slt {I} <{', '.join(f'i32 {n}' for n in range(LANES))}>, {left}")


def _added(t: Text, function: str, row: str, size: str, slot: str) -> None:
    found = t.let(f"call i64 @{function}(ptr {row}, i64 {size})")
    t.store(t.whole("add", t.load(slot, "i64"), found), slot, "i64")


def _counted() -> str:
    """How many worlds a condition holds in, 64 at a time."""
    t = Text()
    t.label("entry")
    total = t.let("alloca i64")
    t.store("0", total, "i64")
    wide = f"<{WORD} x float>"
    with t.loop("%size", step=WORD) as i:
        v = t.let(f"load {wide}, ptr {t.at('%row', t.whole('shl', i, 2))}, align 64")
        holds = t.let(f"fcmp ogt {wide} {v}, zeroinitializer")
        bits = t.let(f"bitcast <{WORD} x i1> {holds} to i{WORD}")
        many = t.let(f"call i64 @llvm.ctpop.i64(i64 {t.whole('and', bits, _valid_word(t, i))})")
        t.store(t.whole("add", t.load(total, "i64"), many), total, "i64")
    t.do(f"ret i64 {t.load(total, 'i64')}")
    return _function("internal i64 @counted(ptr %row, i64 %size)", t)


def _valid_word(t: Text, i: str, size: str = "%size") -> str:
    """64 bits: which of the worlds from number i on are among the first ``size``."""
    left = t.whole("sub", size, i)
    bits = t.whole("sub", t.whole("shl", "1", t.whole("and", left, WORD - 1)), 1)
    return t.let(f"select i1 {t.let(f'icmp sge i64 {left}, {WORD}')}, i64 -1, i64 {bits}")


def _summed() -> str:
    """The sum of a level in 1 / FIXED, 64 worlds at a time: in whole numbers of 32 bits where all are there and below :data:`LOW`."""
    t = Text()
    t.label("entry")
    total = t.let("alloca i64")
    t.store("0", total, "i64")
    low = struct.unpack("<i", struct.pack("<f", LOW))[0]
    with t.loop("%size", step=WORD) as i:
        here = t.at("%row", t.whole("shl", i, 2))
        left = t.let(f"call i64 @llvm.smin.i64(i64 {t.whole('sub', '%size', i)}, i64 {WORD})")
        values = [t.load(t.at(here, str(4 * n))) for n in range(0, WORD, LANES)]
        # Without their signs bits of numbers are in the order of these, and those of what is absent come last.
        sizes = [t.let(f"and {I} {t.let(f'bitcast {V} {v} to {I}')}, {whole(0x7FFFFFFF)}") for v in values]
        far = _folded(sizes, lambda a, b: t.let(f"call {I} @llvm.umax.v16i32({I} {a}, {I} {b})"))
        near = t.let(f"bitcast <16 x i1> {t.let(f'icmp ult {I} {far}, {whole(low)}')} to i16")
        near = t.let(f"icmp eq i16 {near}, -1")
        near = t.let(f"and i1 {near}, {t.let(f'icmp eq i64 {left}, {WORD}')}")
        with t.when(near):
            steps = [t.let(f"fmul {V} {v}, {constant(FIXED)}") for v in values]
            steps = [t.let(f"call {I} @llvm.lrint.v16i32.v16f32({V} {v})") for v in steps]
            sums = _folded(steps, lambda a, b: t.let(f"add {I} {a}, {b}"))
            found = t.let(f"call i32 @llvm.vector.reduce.add.v16i32({I} {sums})")
            t.store(t.whole("add", t.load(total, "i64"), t.let(f"sext i32 {found} to i64")), total, "i64")
        with t.when(t.let(f"xor i1 {near}, true")):
            found = t.let(f"call i64 @summed_large(ptr {here}, i64 {left})")
            t.store(t.whole("add", t.load(total, "i64"), found), total, "i64")
    t.do(f"ret i64 {t.load(total, 'i64')}")
    return _function("internal i64 @summed(ptr %row, i64 %size)", t)


def _folded(values: list[str], join: Callable[[str, str], str]) -> str:
    """Of several one, two neighbours at a time."""
    while len(values) > 1:
        values = [join(a, b) for a, b in zip(values[::2], values[1::2], strict=True)]
    return values[0]


def _summed_large() -> str:
    """The same of any level: in doubles, which hold these whole numbers; where it is absent it counts nothing."""
    t = Text()
    t.label("entry")
    wide = "<16 x double>"
    total = t.let(f"alloca {wide}")
    t.do(f"store {wide} zeroinitializer, ptr {total}")
    with t.loop("%size", step=LANES) as i:
        v = t.load(t.at("%row", t.let(f"shl i64 {i}, 2")))
        there = t.let(f"fcmp ord {V} {v}, {v}")
        counts = _among(t, i)
        there = t.let(f"and <16 x i1> {there}, {counts}")
        v = t.let(f"fmul {V} {v}, {constant(FIXED)}")
        v = t.let(f"select <16 x i1> {there}, {V} {v}, {V} {ZERO}")
        for how, limit in (("olt", MOST * FIXED), ("ogt", -MOST * FIXED)):
            within = t.let(f"fcmp {how} {V} {v}, {constant(limit)}")
            v = t.let(f"select <16 x i1> {within}, {V} {v}, {V} {constant(limit)}")
        v = t.call("roundeven", v)
        double = t.let(f"fpext {V} {v} to {wide}")
        so_far = t.let(f"load {wide}, ptr {total}")
        t.do(f"store {wide} {t.let(f'fadd {wide} {so_far}, {double}')}, ptr {total}")
    found = t.let(f"load {wide}, ptr {total}")
    left = LANES
    while left > 1:
        kind, left = f"<{left} x double>", left // 2
        halves = [
            t.let(
                f"shufflevector {kind} {found}, {kind} poison, <{left} x i32> <{', '.join(f'i32 {n}' for n in part)}>"
            )
            for part in (range(left), range(left, 2 * left))
        ]
        found = t.let(f"fadd <{left} x double> {halves[0]}, {halves[1]}")
    scalar = t.let(f"extractelement <1 x double> {found}, i64 0")
    t.do(f"ret i64 {t.let(f'fptosi double {scalar} to i64')}")
    return _function("internal i64 @summed_large(ptr %row, i64 %size)", t)


def _function(head: str, t: Text) -> str:
    return "\n".join([f"define {head} {{", *t.lines, "}", ""])
