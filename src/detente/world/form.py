"""From equations to a program of operations on rows (:mod:`detente.kernels.rows`).

What depends on numbers alone is worked out once a draw, in double precision, and enters as a constant; equal subtrees are
worked out once a month. Names that a later month needs have two rows that change places from month to month; everything
else shares rows as soon as nothing needs it any more. What the equations mean is in :mod:`detente.case.wiring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from detente.case.equations import (
    Binary,
    Call,
    Choice,
    Default,
    Is,
    Lookup,
    Name,
    Node,
    Number,
    Unary,
)
from detente.case.typed import random
from detente.case.wiring import Equations, Wiring
from detente.kernels.codes import Code, Op
from detente.kernels.programs import Program
from detente.world.registers import EITHER_WAY, PICKS, Form, Operand
from detente.world.registers import Constant as _Constant
from detente.world.registers import Row as _Row
from detente.world.registers import free as _free
from detente.world.trees import (
    Certain,
    about,
    entry,
    kept_at,
    kept_until,
    names,
    place,
    plain,
    plained,
    stands_still,
    within,
)

__all__ = ["Form", "form"]


_NO, _YES, _ABSENT = Number(0, 0.0), Number(0, 1.0), Number(0, float("nan"))


def form(
    wiring: Wiring,
    home: Mapping[str, str],
    *,
    settled: Mapping[str, str | None] | None = None,
    ending: Iterable[str] = (),
    still: Iterable[str] = (),
    switched: Iterable[str] = (),
    asked: Sequence[Node] = (),
) -> Form:
    """The program of a world.

    ``home``: the status quo of every issue; ``settled``: issues that an agreement keeps where it puts them, whatever
    happens (None: where a number of each draw says, if anywhere, :func:`~detente.world.trees.kept_at`); ``ending``: issues of the
    latter kind of which a number says how long (:func:`~detente.world.trees.kept_until`), and which then are where the world would
    have them; ``still``: parts
    whose levels stay at their beginning and whose events never happen, while their values go on; ``switched``: parts of which a
    number of each draw says whether they do (:func:`~detente.world.trees.stands_still`); ``asked``: conditions that are counted every
    month, and draw nothing.
    """
    assert not any(random(node) for node in asked)
    wiring, asked = wiring._replace(equations=plained(wiring.equations)), [plain(n) for n in asked]
    made = _Maker(wiring, home, settled or {}, frozenset(still), asked)
    made.ending, made.switched = frozenset(ending), frozenset(switched)
    made.beginning()
    made.months()
    return made.form(asked)


class _Maker:
    """Collects operations in virtual registers, then gives them rows."""

    def __init__(
        self,
        wiring: Wiring,
        home: Mapping[str, str],
        settled: Mapping[str, str | None],
        still: frozenset[str],
        asked: Sequence[Node],
    ) -> None:
        self.wiring = wiring
        self.home = {**home, **{issue: option for issue, option in settled.items() if option is not None}}
        self.open = [issue for issue, option in settled.items() if option is None]
        fixed = settled.keys() - set(self.open)
        self.moves = {issue: how for issue, how in wiring.moves.items() if issue not in fixed}
        self.rows = [*self.moves, *(issue for issue in self.open if issue not in self.moves)]
        """Issues that are not the same in every month of every draw."""
        self.still = still
        self.ending: frozenset[str] = frozenset()
        self.switched: frozenset[str] = frozenset()
        self.ops: list[Op] = []
        self.start: list[Op] = []
        self.places: dict[str, int] = {}
        self.constants: dict[Node, int] = {}
        self.calendars: dict[str, int] = {}
        self.checked: list[str] = []
        self.now: dict[str, int] = {}
        """Name → register of this month's row; ``happened e`` for events, ``at e`` for when."""
        self.first: dict[str, int] = {}
        """The same of month 0."""
        self.pairs: dict[str, int] = {}
        """Names with a row of last month's, whose register is the next one."""
        self.count = 0
        self.known: dict[object, Operand] = {}
        """What has been worked out this month."""
        self.certain = Certain(wiring.slots, self.rows)
        self.context = ""
        self.drawn = 0
        self.begun = False
        trees = [n for of in wiring.equations.values() for n in (of.next, of.when) if n is not None]
        trees += asked
        calls = [node for tree in trees for node in within(tree) if isinstance(node, Call)]
        self.remembered = {about(c) for c in calls if c.function == "before"}
        self.dated = {about(c) for c in calls if c.function == "months_since"}

    # --- registers and constants -------------------------------------------------------------------------

    def stands(self, name: str) -> bool:
        """Whether the part of a name was made to stand still."""
        return name.split(".", maxsplit=1)[0] in self.still

    def unless_still(self, name: str, found: Operand, instead: Operand) -> Operand:
        """What is found of a name where its part goes on, or else something instead."""
        part = name.split(".", maxsplit=1)[0]
        if part not in self.switched:
            return found
        key = ("still", part)
        if key not in self.known:
            self.known[key] = self.row(self.constant(Name(0, stands_still(part))))
        return self.pick(self.row(self.known[key]), instead, found)

    def register(self) -> int:
        self.count += 1
        return self.count - 1

    def pair(self, name: str) -> int:
        """The register of a name that next month remembers."""
        if name not in self.pairs:
            self.pairs[name] = self.register()
            self.register()
            self.now[name] = self.pairs[name]
        return self.pairs[name]

    def last(self, name: str) -> _Row:
        return _Row(self.pair(name) + 1)

    def constant(self, node: Node) -> _Constant:
        return _Constant(self.constants.setdefault(node, len(self.constants)))

    def emit(self, code: Code, a: int = 0, b: int = 0, c: int = 0, *, into: int | None = None) -> _Row:
        out = self.register() if into is None else into
        (self.ops if self.begun else self.start).append((int(code), out, a, b, c))
        return _Row(out)

    def row(self, of: Operand) -> _Row:
        return of if isinstance(of, _Row) else self.emit(Code.FILL, of.number)

    # --- programs ----------------------------------------------------------------------------------------

    def fill(self, value: Node, *registers: int) -> None:
        for into in registers:
            self.emit(Code.FILL, self.constant(value).number, into=into)

    def beginning(self) -> None:
        """Month 0: levels at their start, issues where they stand, nothing has happened."""
        for name, of in self.wiring.equations.items():
            sort = self.wiring.slots[name].sort
            if sort == "level":
                self.fill(_ABSENT if of.start is None else of.start, self.pair(name), self.pair(name) + 1)
                if of.start is not None:
                    self.check(_Row(self.pair(name)), name)
            elif sort == "event":
                self.fill(_NO, self.pair(f"happened {name}"))
                if of.group and of.final:
                    self.fill(_NO, self.pair(of.group))
                if name in self.remembered:
                    self.fill(_NO, self.pair(name), self.pair(name) + 1)
                if name in self.dated:
                    self.fill(_ABSENT, self.pair(f"at {name}"))
            elif name in self.remembered:
                self.fill(_ABSENT, self.pair(name) + 1)
        for issue in self.rows:
            here: Node = Number(0, float(self.wiring.slots[issue].options.index(self.home[issue])))
            if issue in self.open:
                here = Default(0, Name(0, kept_at(issue)), here)
            self.fill(here, self.pair(issue), self.pair(issue) + 1)
            if issue in self.ending:
                home = Number(0, float(self.wiring.slots[issue].options.index(self.home[issue])))
                self.fill(home, self.pair(_free(issue)), self.pair(_free(issue)) + 1)
        for name in self.wiring.order:
            if self.wiring.slots[name].sort == "value":
                self.value(name)
            elif name in self.moves and self.moves[name].level is not None:
                self.issue(name)
            elif self.wiring.slots[name].sort == "event":
                self.now.setdefault(name, self.row(self.constant(Number(0, 0.0))).number)

    def months(self) -> None:
        """Every month after."""
        self.begun, self.known, self.first = True, {}, dict(self.now)
        grouped: set[str] = set()
        for issue in self.rows[len(self.moves) :]:
            if issue in self.ending:
                self.kept(issue, self.last(_free(issue)))
            else:
                self.emit(Code.COPY, self.last(issue).number, into=self.pair(issue))
        for name in self.wiring.order:
            sort = self.wiring.slots[name].sort
            of = self.wiring.equations.get(name)
            if sort == "value":
                self.value(name)
            elif sort == "level" and of is not None:
                self.level(name, of)
            elif sort == "issue":
                self.issue(name)
            elif of is not None and of.group is None:
                self.event(name, of)
            elif of is not None and of.group is not None and of.group not in grouped:
                grouped.add(of.group)
                self.group(of.group)

    def value(self, name: str) -> None:
        node = self.wiring.equations[name].next
        assert node is not None
        self.context, self.drawn = name, 0
        found = self.row(self.operand(node))
        into = self.pair(name) if name in self.remembered else None
        if into is not None:
            found = self.emit(Code.COPY, found.number, into=into)
        elif name in self.now and self.begun:
            found = self.emit(Code.COPY, found.number, into=self.now[name])
        elif found.number in self.now.values():
            found = self.emit(Code.COPY, found.number)
        self.now[name] = found.number
        self.check(found, name)

    def level(self, name: str, of: Equations) -> None:
        into = self.pair(name)
        if self.stands(name):
            self.emit(Code.COPY, into + 1, into=into)
            return
        assert of.next is not None
        self.context, self.drawn = name, 0
        found = self.row(self.unless_still(name, self.operand(of.next, own=name), _Row(into + 1)))
        self.emit(Code.COPY, found.number, into=into)
        if of.start is not None:
            self.check(_Row(into), name)
            return
        # One that was absent may still be; once it has had a value, it has one.
        here = self.emit(Code.ELSE_RC, into, self.constant(_NO).number)
        self.check(self.pick(self.emit(Code.SAME_RR, into + 1, into + 1), _Row(into), here), name)

    def check(self, row: _Row, name: str) -> None:
        self.checked.append(name)
        self.emit(Code.CHECK, row.number, len(self.checked) - 1, into=row.number)

    def issue(self, name: str) -> None:
        how, options = self.moves.get(name), self.wiring.slots[name].options
        if how is None:
            return
        into = self.pair(name)
        found: Operand
        before = self.last(_free(name) if name in self.ending else name)
        if how.level is None:
            found = before
            for option, event in reversed(how.events):
                index = self.constant(Number(0, float(options.index(option))))
                found = self.pick(_Row(self.now[event]), index, found)
        else:
            steps = sorted(how.values, key=lambda pair: pair[1])
            found = self.constant(Number(0, float(options.index(steps[-1][0]))))
            level = _Row(self.now[how.level])
            for (option, low), (_, high) in reversed(list(pairwise(steps))):
                middle = self.constant(Number(0, (low + high) / 2))
                index = self.constant(Number(0, float(options.index(option))))
                below = self.emit(Code.LESS_RC, level.number, middle.number)
                found = self.pick(below, index, found)
            found = self.pick(self.emit(Code.SAME_RR, level.number, level.number), found, before)
        if name in self.ending:
            self.kept(name, found)
            return
        if name in self.open:
            kept = self.row(self.constant(Name(0, kept_at(name))))
            code = Code.ELSE_RR if isinstance(found, _Row) else Code.ELSE_RC
            found = self.emit(code, kept.number, found.number)
        self.emit(Code.COPY, self.row(found).number, into=into)

    def kept(self, issue: str, free: Operand) -> None:
        """Where an issue is that is kept somewhere to a month, if anywhere, and else where the world has it, which goes on."""
        self.emit(Code.COPY, self.row(free).number, into=self.pair(_free(issue)))
        instead = _Row(self.pair(_free(issue)))
        kept = self.row(self.constant(Name(0, kept_at(issue))))
        found = self.emit(Code.ELSE_RR, kept.number, instead.number)
        month, until = self.emit(Code.MONTH), self.constant(Name(0, kept_until(issue)))
        stands = self.emit(Code.MOST_RC, month.number, until.number)
        self.emit(Code.COPY, self.pick(stands, found, instead).number, into=self.pair(issue))

    # --- events ------------------------------------------------------------------------------------------

    def event(self, name: str, of: Equations) -> None:
        """One that shares its chance with no other."""
        if self.stands(name):
            self.happened(name, self.row(self.constant(Number(0, 0.0))))
            return
        outside, gate = self.known, None
        if of.calendar is not None:
            number = self.calendars.setdefault(of.calendar, len(self.calendars))
            gate = len(self.ops)
            self.emit(Code.UNLESS, number)
            self.known = dict(outside)  # what is left out in other months is not known after it
        self.context, self.drawn = name, 0
        hit: Operand = self.constant(Number(0, 1.0))
        if of.next is not None:
            at = self.uniform(name)  # First, so that the chance goes straight to where it is compared.
            chance = self.row(self.unless_still(name, self.operand(of.next), self.constant(_NO)))
            self.check(chance, name)
            hit = self.less(at, chance)
        if of.when is not None:
            hit = self.operand(of.when)
        if of.when is not None or of.next is None:
            hit = self.unless_still(name, hit, self.constant(_NO))
        found = self.row(hit)
        if of.once:
            found = self.emit(Code.LESS_RR, self.last(f"happened {name}").number, found.number)
        if gate is not None:
            # In months without a date the row is filled with 0 where the operations are left out.
            if found.number in self.now.values() or self.ops[-1][1] != found.number:
                found = self.emit(Code.COPY, found.number)
            code, _, a, _, c = self.ops[gate]
            self.ops[gate] = (code, found.number, a, len(self.ops) - gate - 1, c)
            self.known = outside
        self.happened(name, found)

    def group(self, group: str) -> None:
        """Competing events: one uniform, shares of it one after the other; shares that add up to more than 1 are scaled."""
        equations = self.wiring.equations
        members = sorted(n for n, of in equations.items() if of.group == group)
        live = [n for n in members if not self.stands(n)]
        chances = {}
        at: _Row | None = self.uniform(group) if live else None
        for name in live:
            of = equations[name]
            assert of.next is not None
            self.context, self.drawn = name, 0
            chance, zero, one = self.row(self.operand(of.next)), self.constant(_NO), self.constant(_YES)
            if of.calendar is not None:
                chance = self.pick(self.today(of.calendar), chance, zero)
            chance = self.row(self.unless_still(name, chance, zero))
            self.check(chance, name)
            chance = self.emit(Code.MAX_RC, chance.number, zero.number)
            chance = self.emit(Code.MIN_RC, chance.number, one.number)
            if of.once and not of.final:
                fresh = self.emit(Code.SUB_CR, one.number, self.last(f"happened {name}").number)
                chance = self.emit(Code.MUL_RR, chance.number, fresh.number)
            chances[name] = chance
        total: _Row | None = None
        upto: dict[str, _Row] = {}
        for name, chance in chances.items():
            total = chance if total is None else self.emit(Code.ADD_RR, total.number, chance.number)
            upto[name] = total
        if at is not None and total is not None:
            scale = self.emit(Code.MAX_RC, total.number, self.constant(Number(0, 1.0)).number)
            at = self.emit(Code.MUL_RR, at.number, scale.number)
            if equations[members[0]].final:
                # Nothing lies below 2 where it is all over.
                over = self.emit(
                    Code.MUL_RC, self.last(group).number, self.constant(Number(0, 2.0**20)).number
                )
                at = self.emit(Code.ADD_RR, at.number, over.number)
        before: _Row | None = None
        ended: _Row = self.last(group) if equations[members[0]].final else _Row(-1)
        for name in members:
            if name not in upto or at is None:
                self.happened(name, self.row(self.constant(Number(0, 0.0))))
                continue
            hit = self.emit(Code.LESS_RR, at.number, upto[name].number)
            below = hit
            if before is not None:
                hit = self.emit(Code.LESS_RR, before.number, hit.number)
            before = below
            self.happened(name, hit)
        if equations[members[0]].final:
            into = self.pair(group)
            if before is None:
                self.emit(Code.COPY, ended.number, into=into)
            else:
                self.emit(Code.MAX_RR, ended.number, before.number, into=into)

    def today(self, calendar: str) -> _Row:
        """1 in months that hold a date of a calendar."""
        number = self.calendars.setdefault(calendar, len(self.calendars))
        key = ("today", calendar)
        if key not in self.known:
            out = self.register()
            self.ops.append((int(Code.UNLESS), out, number, 1, 0))
            self.ops.append((int(Code.FILL), out, self.constant(Number(0, 1.0)).number, 0, 0))
            self.known[key] = _Row(out)
        found = self.known[key]
        assert isinstance(found, _Row)
        return found

    def happened(self, name: str, hit: _Row) -> None:
        """Keep that an event happened this month, that it has, and when."""
        if name in self.remembered:
            hit = self.emit(Code.COPY, hit.number, into=self.pair(name))
        self.now[name] = hit.number
        ever = f"happened {name}"
        self.emit(Code.MAX_RR, self.last(ever).number, hit.number, into=self.pair(ever))
        if name in self.dated:
            month = self.emit(Code.MONTH)
            self.emit(
                Code.PICK_RR,
                hit.number,
                month.number,
                self.last(f"at {name}").number,
                into=self.pair(f"at {name}"),
            )

    def uniform(self, what: str) -> _Row:
        key = f"{what} uniform"
        number = self.places.setdefault(key, len(self.places))
        return self.emit(Code.UNIFORM, number)

    # --- trees -------------------------------------------------------------------------------------------

    def operand(self, node: Node, own: str | None = None) -> Operand:
        """A tree as a row, or as a constant where it hangs on numbers alone."""
        if self.certain(node):
            return self.constant(node)
        key = (node, own if own is not None and names(node, own) else None)
        if key in self.known:
            return self.known[key]
        found = self.made(node, own)
        if not random(node):
            self.known[key] = found
        return found

    def made(self, node: Node, own: str | None) -> Operand:
        match node:
            case Name(name=name):
                return self.last(name) if name == own else _Row(self.now[name])
            case Lookup():
                return self.lookup(node)
            case Is(issue=issue, option=option, past=past):
                index = float(self.wiring.slots[issue].options.index(option))
                row = self.last(issue).number if past else self.now[issue]
                return self.emit(Code.SAME_RC, row, self.constant(Number(0, index)).number)
            case Unary(sign=sign, of=of):
                one = self.constant(Number(0, 1.0 if sign == "not" else 0.0))
                return self.emit(Code.SUB_CR, one.number, self.row(self.operand(of, own)).number)
            case Binary():
                return self.binary(node, own)
            case Choice(test=test, yes=yes, no=no):
                which = self.row(self.operand(test, own))
                return self.pick(which, self.operand(yes, own), self.operand(no, own))
            case Default(of=of, other=other):
                inner, instead = self.row(self.operand(of, own)), self.operand(other, own)
                code = Code.ELSE_RR if isinstance(instead, _Row) else Code.ELSE_RC
                return self.emit(code, inner.number, instead.number)
            case Call():
                return self.call(node, own)
            case Number():
                return self.constant(node)

    def lookup(self, node: Lookup) -> Operand:
        options = self.wiring.slots[node.key].options
        found: Operand = self.constant(entry(node.table, options[-1]))
        for n in range(len(options) - 2, -1, -1):
            here = self.operand(Is(0, node.key, options[n]))
            found = self.pick(self.row(here), self.constant(entry(node.table, options[n])), found)
        return found

    def pick(self, which: _Row, yes: Operand, no: Operand) -> _Row:
        code = PICKS[isinstance(yes, _Row), isinstance(no, _Row)]
        return self.emit(code, which.number, yes.number, no.number)

    def less(self, left: Operand, right: Operand) -> _Row:
        return self.two(left, right, Code.LESS_RR, Code.LESS_RC, Code.LESS_CR)

    def two(self, left: Operand, right: Operand, rr: Code, rc: Code, cr: Code) -> _Row:
        if isinstance(left, _Constant) and isinstance(right, _Constant):
            left = self.row(left)
        code = (
            rr if isinstance(left, _Row) and isinstance(right, _Row) else rc if isinstance(left, _Row) else cr
        )
        return self.emit(code, left.number, right.number)

    def binary(self, node: Binary, own: str | None) -> Operand:
        left, right = self.operand(node.left, own), self.operand(node.right, own)
        match node.sign:
            case "+" | "*" | "and" | "or" | "==" | "!=":
                if isinstance(left, _Constant):
                    left, right = right, left
                rr, rc = EITHER_WAY.get(node.sign, (Code.SAME_RR, Code.SAME_RC))
                found = self.two(left, right, rr, rc, rc)
                if node.sign == "!=":
                    return self.emit(Code.SUB_CR, self.constant(Number(0, 1.0)).number, found.number)
                return found
            case "-":
                return self.two(left, right, Code.SUB_RR, Code.SUB_RC, Code.SUB_CR)
            case "/":
                return self.two(left, right, Code.DIV_RR, Code.DIV_RC, Code.DIV_CR)
            case "<" | ">":
                ends = (left, right) if node.sign == "<" else (right, left)
                return self.less(*ends)
            case _:
                ends = (left, right) if node.sign == "<=" else (right, left)
                return self.two(*ends, Code.MOST_RR, Code.MOST_RC, Code.MOST_CR)

    def call(self, node: Call, own: str | None) -> Operand:
        f = node.function
        if f in ("shock", "chance", "whole"):
            return self.draw(node, own)
        if f in ("happened", "months_since", "before"):
            name = about(node)
            if f == "before":
                return self.last(name)
            if f == "happened":
                return _Row(self.pair(f"happened {name}"))
            return self.emit(Code.SUB_RR, self.emit(Code.MONTH).number, self.pair(f"at {name}"))
        arguments = [self.operand(a, own) for a in node.arguments]
        if f in ("min", "max"):
            return self.extreme(arguments, f == "min")
        if f == "clamp":
            above = self.extreme([arguments[0], arguments[1]], False)
            return self.extreme([above, arguments[2]], True)
        inner = self.row(arguments[0])
        if f == "logistic":
            minus = self.emit(Code.SUB_CR, self.constant(Number(0, 0.0)).number, inner.number)
            one = self.constant(Number(0, 1.0)).number
            grown = self.emit(Code.ADD_RC, self.emit(Code.EXP, minus.number).number, one)
            return self.emit(Code.DIV_CR, one, grown.number)
        codes = {"abs": Code.ABS, "exp": Code.EXP, "log": Code.LOG, "sqrt": Code.SQRT, "probit": Code.NORMAL}
        return self.emit(codes[f], inner.number)

    def extreme(self, arguments: Sequence[Operand], least: bool) -> Operand:
        rr, rc = (Code.MIN_RR, Code.MIN_RC) if least else (Code.MAX_RR, Code.MAX_RC)
        found = arguments[0]
        for other in arguments[1:]:
            one, two = (other, found) if isinstance(found, _Constant) else (found, other)
            found = self.two(one, two, rr, rc, rc)
        return found

    def draw(self, node: Call, own: str | None) -> Operand:
        """``shock``, ``chance(p)`` and ``whole(x)``: each use in an equation has a place of its own."""
        self.drawn += 1
        where = f"{self.context} {self.drawn}"
        if node.function == "shock":
            return self.emit(Code.SHOCK, self.places.setdefault(f"{where} shock", len(self.places)))
        u = self.uniform(where)
        inner = self.operand(node.arguments[0], own)
        if node.function == "chance":
            return self.less(u, inner)
        amount = self.row(inner)
        floor = self.emit(Code.FLOOR, amount.number)
        rest = self.emit(Code.SUB_RR, amount.number, floor.number)
        return self.emit(Code.ADD_RR, floor.number, self.less(u, rest).number)

    # --- rows --------------------------------------------------------------------------------------------

    def form(self, asked: Sequence[Node]) -> Form:
        """Conditions asked for, after all else."""
        # Each has a row of its own: what two of them share in a month they need not share in month 0.
        wanted = [self.emit(Code.COPY, self.row(self.operand(node)).number).number for node in asked]
        registers = {
            name: self.pairs[f"happened {name}"] if slot.sort == "event" else self.now[name]
            for name, slot in self.wiring.slots.items()
            if slot.sort in ("level", "value", "event") or name in self.rows
        }
        # Month 0 has the same conditions, worked out from its own rows.
        self.begun, self.known, self.now = False, {}, self.first
        for one, node in zip(wanted, asked, strict=True):
            self.emit(Code.COPY, self.row(self.operand(node)).number, into=one)
        pairs = {n + 1: n for n in self.pairs.values()}
        return Form(
            Program(tuple(self.start), tuple(self.ops), pairs, len(self.places)),
            np.array([place(p) for p in self.places], dtype=np.uint64),
            tuple(self.constants),
            tuple(self.calendars),
            tuple(self.checked),
            registers,
            tuple(wanted),
        )
