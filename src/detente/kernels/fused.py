"""A program of operations on rows of worlds, written out as one function.

The same text for every operation as in the interpreter (:mod:`detente.kernels.rows`), one after the other for sixteen worlds,
so that what is worked out in a month stays in registers, and only what the next month needs or what is counted goes to memory.
Lines are put in an order in which few wait for one another (:mod:`detente.kernels.spaced`). The bits are the same. It takes a
fraction of a second to compile, and is kept for the next run.

Where an equation has no finite value the function only says in which 64 worlds: who wants to know more interprets them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from detente.kernels import ars, lanes
from detente.kernels.codes import KINDS, SIGNS, WORD, Code, Op, carried, reads, writes
from detente.kernels.driver import PACKED, STEP, around, frame_slots, valid
from detente.kernels.lanes import LANES, ONE, ZERO, I, Text, V
from detente.kernels.programs import Program
from detente.kernels.ranges import Range, ranges, walked
from detente.kernels.rows import begun, due
from detente.kernels.spaced import spaced
from detente.kernels.tidied import undated

__all__ = ["WIDTH", "Fused", "fused"]

WIDTH = WORD
ROW = 4 * WIDTH
ABREAST = 4
"""Places whose words are made at once: of one alone every operation waits for the one before."""

Known = Sequence[tuple[Range, ...]]


class Fused(NamedTuple):
    """A module, and where it wants what."""

    text: str
    rows: int
    """Rows that it needs, those for words of the generator among them."""
    at: dict[int, int]
    """Where each register that is looked at stands, in bytes; with :data:`detente.kernels.driver.PACKED` added: 64 bits."""


class Value(NamedTuple):
    """A value of sixteen worlds: as numbers, as truths, or as both."""

    number: str
    truth: str | None = None


NEVER = Value(ZERO, "zeroinitializer")


class _Sixteen:
    """Sixteen worlds on their way through a program."""

    def __init__(self, t: Text, slots: _Slots, at: str) -> None:
        self.t = t
        self.slots = slots
        self.at = at
        """Bytes from the first world's to theirs, in every row."""
        self.now: dict[int, Value] = {}
        self.bad = ZERO
        """Not a number in those in which an equation had no finite value, 0 in the others: 0 times what was checked, added up."""

    def word(self, place: int) -> str:
        """Of a place, for this month: in an odd one it is what the neighbour's was in the even one before it, turned."""
        t, odd = self.t, self.t.whole("and", "%month", 1)
        at = t.whole("xor", self.at, t.whole("mul", odd, 4 * LANES))
        word = t.load(t.at("%x", t.whole("add", at, ROW * place)), I)
        return lanes.turned(t, word, t.whole("mul", odd, 16))

    def slot(self, register: int) -> str:
        """Where it is kept: sixteen numbers of a row, or sixteen bits of a word."""
        at = self.at
        if register in self.slots.truths:
            at = self.t.whole("lshr", at, 5)
        return self.t.at("%x", self.t.whole("add", at, self.slots.at[register]))

    def value(self, register: int) -> Value:
        """What a register holds: of this month, or what was kept."""
        if register not in self.now:
            kept = self.slots.kept(register)
            if kept in self.slots.truths:
                self.now[register] = Value("", lanes.load_truths(self.t, self.slot(kept)))
            else:
                self.now[register] = Value(self.t.load(self.slot(kept)))
        return self.now[register]

    def keep(self, register: int) -> None:
        """Put what a register holds where the next month and the counts find it."""
        if register in self.slots.truths:
            lanes.store_truths(self.t, self.truth(register), self.slot(register))
        else:
            self.t.store(self.number(register), self.slot(register))

    def number(self, register: int) -> str:
        found = self.value(register)
        if found.truth is None or found.number:
            return found.number
        number = lanes.counted(self.t, found.truth)
        self.now[register] = Value(number, found.truth)
        return number

    def truth(self, register: int) -> str:
        found = self.value(register)
        return found.truth or lanes.truth(self.t, lanes.over_half(self.t, found.number))

    def given(self, kinds: str, given: Sequence[int], of: Sequence[Range]) -> list[str]:
        return [
            self.number(n) if kind == "R" else _constant(self.t, n, known)
            for kind, n, known in zip(kinds, given, of, strict=True)
        ]

    def operation(self, op: Op, of: tuple[Range, ...]) -> None:
        """One operation; ``of``: what its operands can be."""
        t, code, (out, a, b, c) = self.t, Code(op[0]), op[1:]
        if code == Code.CHECK:
            self.bad = t.call("fmuladd", self.number(a), ZERO, self.bad)
        elif code == Code.COPY:
            self.now[out] = self.value(a)
        elif code in (Code.UNIFORM, Code.SHOCK):
            word = self.word(a)
            self.now[out] = Value((lanes.shock if code == Code.SHOCK else lanes.uniform)(t, word))
        elif code == Code.MONTH:
            self.now[out] = Value(t.splat("%number"))
        elif code == Code.FILL:
            self.now[out] = Value(_constant(t, a, of[0]))
        elif (truth := self.logical(code, (a, b), of)) is not None:
            self.now[out] = Value("", truth)
        elif code <= Code.MOST_CR:
            self.now[out] = self.two(Code[f"{SIGNS[code]}_RR"], KINDS[code], (a, b), of[:2])
        elif code <= Code.PICK_CC:
            test = self.truth(a)
            yes, no = self.given(KINDS[code][1:], (b, c), of[1:3])
            self.now[out] = Value(lanes.chosen(t, test, yes, no))
        else:
            self.now[out] = Value(lanes.one(t, code, self.number(a), of[0]))

    def two(self, plain: Code, kinds: str, given: tuple[int, int], of: tuple[Range, ...]) -> Value:
        """An operation on two numbers, by its name for two rows."""
        t = self.t
        if plain == Code.MUL_RR:
            for n, other in ((0, 1), (1, 0)):
                # Beyond what is finite a number times 0 is not 0.
                if of[n].truth and not of[n].absent and of[other].finite and kinds[n] == "R":
                    (number,) = self.given(kinds[other], [given[other]], [of[other]])
                    return Value(lanes.chosen(t, self.truth(given[n]), number, ZERO))
        one, two = self.given(kinds, given, of)
        if plain in lanes.COMPARED:
            return Value("", lanes.truth(t, lanes.compared(t, plain, one, two)))
        return Value(lanes.two(t, plain, one, two, of))

    def logical(self, code: Code, given: tuple[int, int], of: tuple[Range, ...]) -> str | None:
        """An operation on truths, if it is one."""
        t = self.t
        if (
            code in (Code.MIN_RR, Code.MAX_RR, Code.LESS_RR, Code.MUL_RR)
            and of[0].truth
            and of[1].truth
            and not of[0].absent
            and not of[1].absent
        ):
            one, two = (self.truth(n) for n in given)
            if code == Code.LESS_RR:
                one = lanes.contrary(t, one)
            return lanes.joined(t, "or" if code == Code.MAX_RR else "and", one, two)
        if code == Code.SUB_CR and of[1].truth and not of[1].absent and of[0][:3] == (1, 1, False):
            return lanes.contrary(t, self.truth(given[1]))
        if code == Code.PICK_CC and of[1][:3] == (1, 1, False) and of[2][:3] == (0, 0, False):
            return self.truth(given[0])
        return None


def _constant(t: Text, n: int, of: Range) -> str:
    """A constant; ``of``: what it can be in any draw. Of 0 and 1 the text may speak, of no other number of a case."""
    if of.truth and of.low == of.high and not of.absent:
        return ONE if of.low else ZERO
    return t.splat(t.load(t.at("%c", str(4 * n)), "float"))


class _Slots:
    """Room for what one month hands on to the next and for what is looked at: after a row of the generator's words for each
    place a row for each number, and a word of 64 bits for each truth, those that are looked at in their order."""

    def __init__(self, program: Program, looked: Sequence[int], truths: set[int]) -> None:
        self.pairs = program.pairs
        self.places = program.places
        registers = sorted({*looked, *carried(program.month, program.pairs)})
        self.truths = truths & set(registers)
        numbers = [r for r in registers if r not in truths]
        first = program.places
        self.at = {register: ROW * (first + n) for n, register in enumerate(numbers)}
        words = ROW * (first + len(numbers))
        ordered = dict.fromkeys((*(r for r in looked if r in self.truths), *sorted(self.truths)))
        self.at |= {register: words + 8 * n for n, register in enumerate(ordered)}
        self.rows = first + len(numbers) + -(-8 * len(self.truths) // ROW)

    def kept(self, register: int) -> int:
        """Whose row holds what a register is read for before it is written."""
        return self.pairs.get(register, register)

    def due(self, ops: Sequence[Op]) -> list[list[int]]:
        """After each operation, what can go to memory: what is written for good, and whose last month's value nobody wants any more.
        Not between operations that may be left out."""
        mine = {last: this for last, this in self.pairs.items() if this in self.at}
        when: dict[int, int] = {}
        written: set[int] = set()
        until = -1
        for k, op in enumerate(ops):
            if op[0] == Code.UNLESS:
                until = max(until, k + op[3])
            for register in (*(mine[r] for r in reads(op) if r in mine), writes(op)):
                if register in self.at:
                    when[register] = max(k, until)
            written.add(op[1])
        found: list[list[int]] = [[] for _ in ops]
        for register, k in when.items():
            if register in written:
                found[k].append(register)
        return found


def _written(
    t: Text, sixteen: _Sixteen, ops: Sequence[Op], known: Known, due: Sequence[list[int]], closed: bool
) -> None:
    """Operations one after the other; those after ``UNLESS`` in months that hold a date only, which none does if ``closed``."""
    k = 0
    while k < len(ops):
        code, out, calendar, skipped, _ = ops[k]
        inside = slice(k + 1, k + 1 + skipped)
        if code != Code.UNLESS:
            sixteen.operation(ops[k], known[k])
        elif closed:
            sixteen.now[out] = NEVER
            k += skipped
        else:
            # In other months that is worked out as well, and not taken.
            now, bad = dict(sixteen.now), sixteen.bad
            _written(t, sixteen, ops[inside], known[inside], [[]] * skipped, closed)
            value, dated = sixteen.value(out), lanes.everywhere(t, _dated(t, calendar))
            if value.truth is None:
                now[out] = Value(lanes.chosen(t, dated, value.number, ZERO))
            else:
                now[out] = Value("", lanes.joined(t, "and", dated, value.truth))
            if sixteen.bad != bad:
                sixteen.bad = lanes.chosen(t, dated, sixteen.bad, bad)
            sixteen.now = now
            k += skipped
        for register in due[k]:
            sixteen.keep(register)
        k += 1


def _dated(t: Text, calendar: int) -> str:
    return t.let(f"icmp ne i8 {t.load(t.at('%dated', str(calendar)), 'i8')}, 0")


_TAKES = STEP.split("(", 1)[1].removesuffix(")")

_ALIGNED = '"frame-pointer"="all"'
"""So that what registers do not hold is put where it crosses no border of a line or a page of memory."""


class _Month(NamedTuple):
    """What is done in a month."""

    name: str
    ops: Sequence[Op]
    known: Known
    closed: bool
    """Whether it holds no date of any calendar."""
    lent: set[int]
    """Places whose words are made for two months at once; every month makes those of the others for itself."""


def _program(of: _Month, slots: _Slots) -> str:
    """A function for a program."""
    t = Text()
    t.label("entry")
    seed, places, ends = frame_slots(t, "seed", "places", "ends")
    t.lines.append("  %number = uitofp i64 %month to float")
    # In the first block it becomes a register.
    wrong = t.let("alloca i16")
    t.store("0", wrong, "i16")
    always, sometimes = _places(of.ops)
    drawn = _Drawn(t, [seed, "%draw"], places)
    tables = []
    for lent in (True, False):
        if these := [n for n in always if (n in of.lent) == lent]:
            # Some places have their words made twice, so that there are always so many at once.
            full = [*these, *these[-1:] * (-len(these) % ABREAST)]
            name = f"@{of.name}_{'lent' if lent else 'own'}"
            tables.append(
                f"{name} = private constant [{len(full)} x i64] [{', '.join(f'i64 {n}' for n in full)}]"
            )
            with t.when(due(t) if lent else "true"), t.loop(str(len(full)), step=ABREAST) as i:
                drawn.make([_place(t, name, t.whole("add", i, n)) for n in range(ABREAST)])
    for calendar, few in () if of.closed else sometimes.items():
        with t.when(_dated(t, calendar)):
            drawn.make([str(n) for n in few])
    size = t.whole("sub", ends, "%world")
    with t.loop(str(ROW), step=4 * LANES) as at:
        sixteen = _Sixteen(t, slots, at)
        _written(t, sixteen, of.ops, of.known, slots.due(of.ops), of.closed)
        some = t.let(f"fcmp uno {V} {sixteen.bad}, {ZERO}")
        bits = t.let(f"bitcast <16 x i1> {some} to i16")
        bits = t.let(f"and i16 {bits}, {valid(t, t.whole('lshr', at, 2), size)}")
        t.store(t.let(f"or i16 {t.load(wrong, 'i16')}, {bits}"), wrong, "i16")
    fine = t.let(f"icmp eq i16 {t.load(wrong, 'i16')}, 0")
    t.do(f"ret i64 {t.let(f'select i1 {fine}, i64 -1, i64 0')}")
    return "\n".join(
        [*tables, f"define internal i64 @{of.name}({_TAKES}) {_ALIGNED} {{", *spaced(t.lines), "}", ""]
    )


def _place(t: Text, table: str, i: str) -> str:
    return t.load(t.at(table, t.whole("shl", i, 3)), "i64")


class _Drawn:
    """Words of the generator for 64 worlds, a row for each place: of the even month of the two that this one belongs to."""

    def __init__(self, t: Text, key: list[str], places: str) -> None:
        self.t, self.places = t, places
        self.begun = begun(t, ars.round_keys(t, key), 0)

    def _row(self, number: str) -> list[str]:
        row = self.t.at("%x", self.t.whole("mul", number, ROW))
        return [self.t.at(row, str(4 * LANES * n)) for n in range(WIDTH // LANES)]

    def make(self, numbers: Sequence[str]) -> None:
        """Of some places at once."""
        self.t.abreast([partial(self._one, number) for number in numbers])

    def _one(self, number: str) -> None:
        t = self.t
        place = t.load(t.at(self.places, t.whole("shl", number, 3)), "i64")
        words = lanes.even(t, ars.words(t, self.begun, place))
        for word, at in zip(words, self._row(number), strict=True):
            t.store(word, at, I)


def _places(ops: Sequence[Op]) -> tuple[list[int], dict[int, list[int]]]:
    """Places that draw every month, and those that draw only in the months of a calendar."""
    always: list[int] = []
    sometimes: dict[int, list[int]] = {}
    until: list[tuple[int, int]] = []
    for k, (code, _, a, b, _) in enumerate(ops):
        until = [u for u in until if k <= u[0]]
        if code == Code.UNLESS:
            until.append((k + b, a))
        elif code in (Code.UNIFORM, Code.SHOCK):
            into = sometimes.setdefault(until[0][1], []) if until else always
            into.append(a)
    return list(dict.fromkeys(always)), {c: list(dict.fromkeys(n)) for c, n in sometimes.items()}


def fused(
    program: Program, constants: Sequence[Range], looked: Sequence[int], months: int, *, numbers: set[int]
) -> Fused:
    """A program as one function; ``constants``: what each can be in any draw; ``numbers``: registers that are looked at and have to
    be found as numbers even if they are truths.

    Months that hold no date of any calendar have a function of their own, in which nothing is asked about them.
    """
    known = ranges(program.start, program.month, program.pairs, constants, months)
    truths = {r for r, of in known.ends.items() if of.truth and not of.absent}
    slots = _Slots(program, looked, truths - numbers)
    calendars = sorted({op[2] for op in program.month if op[0] == Code.UNLESS})
    ops = undated(program.month, program.pairs, looked, known, constants, months)
    lent = set(_places(ops)[0])
    plain = _Month("plain", ops, walked(ops, known.handed, constants, months), closed=True, lent=lent)
    begin = _Month("begin", program.start, known.start, closed=True, lent=set(_places(program.start)[0]))
    written = [_program(of, slots) for of in (plain, begin)]
    if calendars:
        written.append(_program(_Month("dated", program.month, known.month, closed=False, lent=lent), slots))
    text = around("\n".join([*written, _step(calendars)]), WIDTH)
    at = {r: n + PACKED * (r in slots.truths) for r, n in slots.at.items() if r in looked}
    return Fused(text, slots.rows, at)


def _step(calendars: Sequence[int]) -> str:
    """Which of the functions it is in this month."""
    t = Text()
    t.label("entry")
    given = _TAKES.replace("noalias ", "")
    with t.when(t.let("icmp eq i64 %month, 0")):
        t.do(f"ret i64 {t.let(f'call i64 @begin({given})')}")
        t.label(t.name())
    dates = [t.load(t.at("%dated", str(calendar)), "i8") for calendar in calendars]
    if dates:
        while len(dates) > 1:
            dates = [t.let(f"or i8 {dates[0]}, {dates[1]}"), *dates[2:]]
        with t.when(t.let(f"icmp ne i8 {dates[0]}, 0")):
            t.do(f"ret i64 {t.let(f'call i64 @dated({given})')}")
            t.label(t.name())
    t.do(f"ret i64 {t.let(f'call i64 @plain({given})')}")
    return "\n".join([f"define {STEP} {{", *t.lines, "}", ""])
