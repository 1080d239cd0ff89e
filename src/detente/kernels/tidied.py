"""A program without what cannot matter: the same numbers from fewer operations.

Of what :mod:`detente.kernels.ranges` knows of every operand: a bound that is never reached, a default of what is never absent, a
check that cannot fail, a factor of 1 are left out. Then what is only copied is made where it is wanted, what was made before is not made
again, and what nobody reads is not made. Operations stay in their order, and every number that is looked at keeps its bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import eq, le, lt
from typing import NamedTuple

from detente.kernels.codes import KINDS, SIGNS, Code, Op, carried
from detente.kernels.codes import reads as _reads
from detente.kernels.codes import writes as _writes
from detente.kernels.ranges import Known, Range, ranges, walked

__all__ = ["Tidied", "tidied", "undated"]

END = -1
"""Stands, inside this module, after the operations that an ``UNLESS`` leaves out."""


class Tidied(NamedTuple):
    """A program that gives the same."""

    start: list[Op]
    month: list[Op]
    instead: dict[int, int]
    """Registers that are looked at and hold the same as another: that one."""


def reads(op: Op) -> tuple[int, ...]:
    return () if op[0] == END else _reads(op)


def writes(op: Op) -> int | None:
    return None if op[0] == END else _writes(op)


def tidied(
    start: Sequence[Op],
    month: Sequence[Op],
    pairs: Mapping[int, int],
    looked: Iterable[int],
    constants: Sequence[Range],
    months: int,
) -> Tidied:
    """Both programs without what cannot matter to the registers that are looked at.

    ``pairs``: register of last month's value → register of this month's; ``constants``: what each can be.
    """
    found = ranges(start, month, pairs, constants, months)
    plain = _plain(constants)
    programs = [_simpler(ops, known, plain) for ops, known in zip((start, month), found[:2], strict=True)]
    same = [_copies(ops) for ops in programs]
    instead = {
        r: a for r in looked if (a := same[0].get(r)) is not None and a not in pairs and same[1].get(r) == a
    }
    looked = {instead.get(r, r) for r in looked}
    lasting = set(looked) | set(pairs) | set(pairs.values()) | carried(month, pairs)
    programs = [_placed(_once(_placed(ops, lasting)), lasting) for ops in programs]
    size = -1
    while size != sum(map(len, programs)):
        size = sum(map(len, programs))
        roots = looked | carried(programs[1], pairs)
        programs = [_needed(ops, roots) for ops in programs]
    return Tidied(_counted(programs[0]), _counted(programs[1]), instead)


def undated(
    month: Sequence[Op],
    pairs: Mapping[int, int],
    looked: Iterable[int],
    known: Known,
    constants: Sequence[Range],
    months: int,
) -> list[Op]:
    """What is left of ``month`` in months that hold no date of any calendar; ``known``: of the program as it is."""
    plain = _plain(constants)
    if plain.zero is None:
        return list(month)
    ops: list[Op] = []
    after = 0
    for k, op in enumerate(month):
        if k >= after:
            ops.append((int(Code.FILL), op[1], plain.zero, 0, 0) if op[0] == Code.UNLESS else op)
            after = k + 1 + op[3] if op[0] == Code.UNLESS else k
    roots = set(looked) | carried(month, pairs)
    lasting = roots | set(pairs) | set(pairs.values())
    before: list[Op] = []
    while ops != before:
        before = ops
        simple = _placed(_simpler(ops, walked(ops, known.handed, constants, months), plain), lasting)
        ops = _needed(_placed(_once(simple), lasting), roots)
    return ops


# --- gates -------------------------------------------------------------------------------------------------


def _marked(ops: Sequence[Op]) -> list[Op]:
    """Operations with an ``END`` after those that may be left out."""
    found: list[Op] = []
    until: list[tuple[int, int]] = []
    for k, op in enumerate(ops):
        while until and until[-1][0] == k:
            found.append((END, until.pop()[1], 0, 0, 0))
        found.append(op)
        if op[0] == Code.UNLESS:
            until.append((k + 1 + op[3], op[1]))
    return [*found, *((END, out, 0, 0, 0) for _, out in reversed(until))]


def _counted(ops: Sequence[Op]) -> list[Op]:
    """Without marks; every ``UNLESS`` knows how many it leaves out."""
    found: list[Op] = []
    open_: list[int] = []
    for op in ops:
        if op[0] == END:
            at = open_.pop()
            code, out, calendar, _, _ = found[at]
            found[at] = (code, out, calendar, len(found) - at - 1, 0)
            continue
        if op[0] == Code.UNLESS:
            open_.append(len(found))
        found.append(op)
    return found


def _depths(ops: Sequence[Op]) -> list[int]:
    """For every operation which ``UNLESS`` may leave it out (its place), or -1."""
    found: list[int] = []
    open_ = [-1]
    for k, op in enumerate(ops):
        if op[0] == END:
            open_.pop()
        found.append(open_[-1])
        if op[0] == Code.UNLESS:
            open_.append(k)
    return found


# --- passes ------------------------------------------------------------------------------------------------


class _Plain(NamedTuple):
    """Numbers of the constants 0 and 1, if there are such."""

    zero: int | None
    one: int | None


def _plain(constants: Sequence[Range]) -> _Plain:
    return _Plain(*(_exactly(constants, value) for value in (0.0, 1.0)))


def _exactly(constants: Sequence[Range], value: float) -> int | None:
    return next((n for n, of in enumerate(constants) if _is(of, value)), None)


def _is(of: Range, value: float) -> bool:
    return of.low == of.high == value and not of.absent


def _simpler(ops: Sequence[Op], known: Sequence[tuple[Range, ...]], plain: _Plain) -> list[Op]:
    """Marked operations, each as simple as what is known of its operands allows."""
    of = {id(op): given for op, given in zip(ops, known, strict=True)}
    found = []
    for op in _marked(ops):
        if op[0] == END:
            found.append(op)
        elif op[0] != Code.CHECK:
            simple = _simple(op, of[id(op)])
            found.append(_truth(op, of[id(op)], plain) or op if simple is op else simple)
        elif not of[id(op)][0].finite:
            found.append(op)
    return found


def _simple(op: Op, of: tuple[Range, ...]) -> Op:
    """Of two numbers that one which the operation gives whatever happens."""
    code, out, a, b, _ = op
    if code > Code.MOST_CR:
        return op
    one, two = of[:2]
    kinds = KINDS[code]
    first = (int(Code.COPY if kinds[0] == "R" else Code.FILL), out, a, 0, 0)
    second = (int(Code.COPY if kinds[1] == "R" else Code.FILL), out, b, 0, 0)
    match SIGNS[code]:
        case "MIN" | "MAX" as name:
            lower = one.high <= two.low
            upper = one.low >= two.high
            if (lower if name == "MIN" else upper) and not two.absent:
                return first
            if (upper if name == "MIN" else lower) and not one.absent:
                return second
        case "MUL":
            if _is(two, 1):
                return first
            if _is(one, 1):
                return second
        case "ADD" | "SUB" as name:
            if _is(two, 0):
                return first
            if name == "ADD" and _is(one, 0):
                return second
        case "ELSE":
            if not one.absent:
                return first
    return op


def _truth(op: Op, of: tuple[Range, ...], plain: _Plain) -> Op | None:
    """A comparison that always comes out the same, or of a truth with a number; a choice between truths."""
    code, out, a, b, c = op
    if code > Code.PICK_CC or any(r.absent for r in of[: 3 if code >= Code.PICK_RR else 2]):
        return None
    name = SIGNS[code]
    if name in _COMPARED:
        when = [_COMPARED[name](x, y) for x in _ends(of[0]) for y in _ends(of[1])]
        # Whether two are the same can be told from their ends only where there is nothing between these.
        few = all(r.truth or r.low == r.high for r in of[:2])
        apart = of[0].high < of[1].low or of[0].low > of[1].high
        if len(set(when)) == 1 and (name != "SAME" or few or apart):
            return _filled(out, plain.one if when[0] else plain.zero)
        for kind, row, truth, other in zip(KINDS[code], (a, b), of, of[::-1], strict=True):
            if kind == "R" and truth.truth and other.low == other.high:
                return _same(out, row, yes=when[-1], plain=plain)
        return _filled(out, plain.one) if name == "SAME" and KINDS[code] == "RR" and a == b else None
    if not of[0].truth:
        return None
    if name == "PICK" and of[0].low == of[0].high:
        n = 1 if of[0].low else 2
        return (int(Code.COPY if KINDS[code][n] == "R" else Code.FILL), out, op[2 + n], 0, 0)
    if code == Code.PICK_CC and ((_is(of[1], 1) and _is(of[2], 0)) or (_is(of[1], 0) and _is(of[2], 1))):
        return _same(out, a, yes=_is(of[1], 1), plain=plain)
    if code == Code.PICK_CR and of[2].truth and (_is(of[1], 1) or _is(of[1], 0)):
        return (int(Code.MAX_RR if _is(of[1], 1) else Code.LESS_RR), out, a, c, 0)
    if code == Code.PICK_RC and of[1].truth and _is(of[2], 0):
        return (int(Code.MIN_RR), out, a, b, 0)
    return None


_COMPARED: dict[str, Callable[[float, float], bool]] = {"LESS": lt, "MOST": le, "SAME": eq}


def _ends(of: Range) -> tuple[float, float]:
    return of.low, of.high


def _filled(out: int, constant: int | None) -> Op | None:
    return None if constant is None else (int(Code.FILL), out, constant, 0, 0)


def _same(out: int, row: int, *, yes: bool, plain: _Plain) -> Op | None:
    """A truth as it is, or its contrary."""
    if yes:
        return (int(Code.COPY), out, row, 0, 0)
    return None if plain.one is None else (int(Code.SUB_CR), out, plain.one, row, 0)


_EITHER_WAY = {Code.ADD_RR, Code.MUL_RR, Code.SAME_RR}
"""Operations that give the same with their operands exchanged."""

_NOTHING_MADE = {Code.COPY, Code.FILL, Code.UNIFORM, Code.SHOCK, Code.CHECK, Code.UNLESS, END}
"""Operations that cost no more than a copy, that draw, or that give nothing."""


def _once(ops: Sequence[Op]) -> list[Op]:
    """What was made before is copied. What an ``UNLESS`` may leave out was not made after it."""
    found: list[Op] = []
    outside: list[dict[Op, int]] = []
    made: dict[Op, int] = {}
    """Operation, but for the register that it writes → one that holds what it gives."""
    hangs: dict[int, list[Op]] = {}
    """Register → operations that read it or that it holds."""
    for op in ops:
        code, out, a, b, c = op
        one = (code, 0, min(a, b), max(a, b), c) if code in _EITHER_WAY else (code, 0, a, b, c)
        if code == Code.UNLESS:
            outside.append(dict(made))
        elif code == END:
            made = outside.pop()
        makes = code not in _NOTHING_MADE
        again = makes and one in made
        found.append((int(Code.COPY), out, made[one], 0, 0) if again else op)
        if writes(op) is not None:
            for other in hangs.pop(out, ()):
                for known in (made, *outside):
                    known.pop(other, None)
        if makes and not again and out not in reads(op):
            made[one] = out
            for register in (out, *reads(op)):
                hangs.setdefault(register, []).append(one)
    return found


def _copies(ops: Sequence[Op]) -> dict[int, int]:
    """Registers that only ever hold what another one, which is not written any more, does."""
    last: dict[int, int] = {}
    many: dict[int, int] = {}
    for k, op in enumerate(ops):
        if (out := writes(op)) is not None:
            last[out] = k
            many[out] = many.get(out, 0) + 1
    outside = _depths(ops)
    return {
        op[1]: op[2]
        for k, op in enumerate(ops)
        if op[0] == Code.COPY and many[op[1]] == 1 and last.get(op[2], -1) < k and outside[k] < 0
    }


class _Uses:
    """Operations, and where each register is written and read; an ``END`` has the register of its ``UNLESS``."""

    def __init__(self, ops: Sequence[Op]) -> None:
        self.ops: list[Op | None] = list(ops)
        self.outside = _depths(ops)
        self.writes: dict[int, list[int]] = {}
        self.reads: dict[int, list[int]] = {}
        for k, op in enumerate(ops):
            if (out := writes(op)) is not None:
                self.writes.setdefault(out, []).append(k)
            for register in reads(op):
                self.reads.setdefault(register, []).append(k)

    def without(self, k: int, lasting: set[int]) -> None:
        """Leave out the copy at place k, if one name does for both registers."""
        op = self.ops[k]
        assert op is not None
        into, of = op[1], op[2]
        wrote = self.writes.get(of, [])
        if self.writes[into] != [k]:
            return
        if of not in lasting and wrote and wrote[-1] < k and self.outside[wrote[0]] == self.outside[k]:
            if not any(wrote[0] <= n < k for n in self.reads.get(into, ())):
                self._drop(k, into, of)
                self._rename(of, into)
        elif into not in lasting and not any(n > k for n in wrote):
            self._drop(k, into, of)
            self._rename(into, of)

    def _drop(self, k: int, into: int, of: int) -> None:
        self.ops[k] = None
        self.writes[into].remove(k)
        self.reads[of].remove(k)

    def _rename(self, old: int, new: int) -> None:
        wrote, read = self.writes.pop(old, []), self.reads.pop(old, [])
        for k in {*wrote, *read}:
            code, out, *given = self._at(k)
            kinds = KINDS[code].ljust(3)
            a, b, c = (new if n == old and kind == "R" else n for kind, n in zip(kinds, given, strict=True))
            self.ops[k] = (code, new if out == old else out, a, b, c)
        self.writes.setdefault(new, []).extend(wrote)
        self.reads.setdefault(new, []).extend(read)
        for places in (self.writes[new], self.reads[new]):
            places.sort()

    def _at(self, k: int) -> Op:
        op = self.ops[k]
        assert op is not None
        return op


def _placed(ops: list[Op], lasting: set[int]) -> list[Op]:
    """What is only copied is made where it is wanted, or read where it is."""
    uses = _Uses(ops)
    for k, op in enumerate(ops):
        if op[0] == Code.COPY:
            uses.without(k, lasting)
    return [op for op in uses.ops if op is not None]


def _needed(ops: Sequence[Op], roots: set[int]) -> list[Op]:
    """Without what nobody reads."""
    makers: dict[int, list[int]] = {}
    for k, op in enumerate(ops):
        if (out := writes(op)) is not None:
            makers.setdefault(out, []).append(k)
    todo = [*roots, *(op[2] for op in ops if op[0] == Code.CHECK)]
    needed: set[int] = set()
    while todo:
        register = todo.pop()
        if register not in needed:
            needed.add(register)
            todo += [r for k in makers.get(register, ()) for r in reads(ops[k])]
    closed: list[bool] = []
    found: list[Op] = []
    inside = _holds_checks(ops)
    for k, op in enumerate(ops):
        if op[0] == END:
            if closed.pop():
                found.append(op)
        elif op[0] == Code.UNLESS:
            closed.append(op[1] in needed or k in inside)
            if closed[-1]:
                found.append(op)
        elif op[0] == Code.CHECK or op[1] in needed:
            found.append(op)
    return found


def _holds_checks(ops: Sequence[Op]) -> set[int]:
    """Every ``UNLESS`` that may leave out a check."""
    outside = _depths(ops)
    found: set[int] = set()
    for k, op in enumerate(ops):
        at = outside[k] if op[0] == Code.CHECK else -1
        while at >= 0:
            found.add(at)
            at = outside[at]
    return found
