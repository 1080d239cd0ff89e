"""A program without what cannot matter: the same numbers from fewer operations.

Of what :mod:`detente.kernels.ranges` knows of every operand: a bound that is never reached, a default of what is never absent, a
check that cannot fail, a factor of 1 are left out. Then what is only copied is made where it is wanted, and what nobody reads is not
made. Operations stay in their order, and every number that is looked at keeps its bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from detente.kernels.codes import Code, operands
from detente.kernels.ranges import Op, Range, ranges

__all__ = ["Tidied", "carried", "reads", "tidied"]

END = -1
"""Stands, inside this module, after the operations that an ``UNLESS`` leaves out."""


class Tidied(NamedTuple):
    """A program that gives the same."""

    start: list[Op]
    month: list[Op]
    instead: dict[int, int]
    """Registers that are looked at and hold the same as another: that one."""
    ends: dict[int, Range]
    """What every register can be at the end of any month."""


def reads(op: Op) -> tuple[int, ...]:
    """Registers that an operation reads."""
    if op[0] == END:
        return ()
    return tuple(n for kind, n in zip(operands(Code(op[0])), op[2:], strict=False) if kind == "R")


def writes(op: Op) -> int | None:
    """The register that an operation writes."""
    return None if op[0] in (END, Code.CHECK) else op[1]


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
    programs = [_simpler(ops, known) for ops, known in zip((start, month), found[:2], strict=True)]
    same = [_copies(ops) for ops in programs]
    instead = {r: a for r in looked if (a := same[0].get(r)) not in (None, *pairs) and same[1].get(r) == a}
    looked = {instead.get(r, r) for r in looked}
    lasting = set(looked) | set(pairs) | set(pairs.values()) | carried(month, pairs)
    programs = [_placed(ops, lasting) for ops in programs]
    size = -1
    while size != sum(map(len, programs)):
        size = sum(map(len, programs))
        roots = looked | carried(programs[1], pairs)
        programs = [_needed(ops, roots) for ops in programs]
    return Tidied(_counted(programs[0]), _counted(programs[1]), instead, found.ends)


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


def _simpler(ops: Sequence[Op], known: Sequence[tuple[Range, ...]]) -> list[Op]:
    """Marked operations, each as simple as what is known of its operands allows."""
    of = {id(op): given for op, given in zip(ops, known, strict=True)}
    found = []
    for op in _marked(ops):
        if op[0] == END:
            found.append(op)
        elif op[0] != Code.CHECK:
            found.append(_simple(op, of[id(op)]))
        elif not of[id(op)][0].finite:
            found.append(op)
    return found


def _simple(op: Op, of: tuple[Range, ...]) -> Op:
    code, out, a, b, _ = op
    if code > Code.MOST_CR:
        return op
    one, two = of
    kinds = operands(Code(code))
    first = (int(Code.COPY if kinds[0] == "R" else Code.FILL), out, a, 0, 0)
    second = (int(Code.COPY if kinds[1] == "R" else Code.FILL), out, b, 0, 0)
    match Code(code).name.split("_")[0]:
        case "MIN" | "MAX" as name:
            lower = one.high <= two.low
            upper = one.low >= two.high
            if (lower if name == "MIN" else upper) and not two.absent:
                return first
            if (upper if name == "MIN" else lower) and not one.absent:
                return second
        case "MUL":
            if two.low == two.high == 1 and not two.absent:
                return first
            if one.low == one.high == 1 and not one.absent:
                return second
        case "ADD" | "SUB" as name:
            if two.low == two.high == 0 and not two.absent:
                return first
            if name == "ADD" and one.low == one.high == 0 and not one.absent:
                return second
        case "ELSE":
            if not one.absent:
                return first
    return op


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


def _placed(ops: Sequence[Op], lasting: set[int]) -> list[Op]:
    """What is only copied is made where it is wanted, or read where it is."""
    found, outside = list(ops), _depths(ops)
    made: dict[int, list[int]] = {}
    read: dict[int, set[int]] = {}
    for k, op in enumerate(ops):
        if (out := writes(op)) is not None:
            made.setdefault(out, []).append(k)
        elif op[0] == END:
            read.setdefault(op[1], set()).add(k)  # it speaks of the register of its gate
        for register in reads(op):
            read.setdefault(register, set()).add(k)
    gone: set[int] = set()
    for k in range(len(ops)):
        code, into, of, _, _ = found[k]
        if code != Code.COPY or made[into] != [k]:
            continue
        wrote = made.get(of, [])
        if of not in lasting and wrote and wrote[-1] < k and outside[wrote[0]] == outside[k]:
            between = (n for n in read.get(into, ()) if wrote[0] <= n < k and found[n][0] != END)
            if next(between, None) is None:
                read[of].discard(k)
                gone.add(k)
                for n in {*wrote, *read[of]}:
                    found[n] = _renamed(found[n], of, into, everywhere=True)
                made[into] = made.pop(of)
                read.setdefault(into, set()).update(read.pop(of))
                continue
        if into not in lasting and not any(n > k for n in wrote):
            read[of].discard(k)
            gone.add(k)
            for n in read.get(into, ()):
                found[n] = _renamed(found[n], into, of, everywhere=False)
            read[of] |= read.pop(into, set())
            del made[into]
    return [op for k, op in enumerate(found) if k not in gone]


def _renamed(op: Op, old: int, new: int, *, everywhere: bool) -> Op:
    code, out, *given = op
    if code == END:
        return (code, new if everywhere and out == old else out, 0, 0, 0)
    kinds = operands(Code(code)).ljust(3)
    a, b, c = (new if kind == "R" and n == old else n for kind, n in zip(kinds, given, strict=True))
    if code == Code.CHECK or (everywhere and out == old):
        out = new if out == old else out
    return (code, out, a, b, c)


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
