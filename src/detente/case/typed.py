"""Equations of a world with every name resolved and every unit checked.

Within its part a name stands alone, elsewhere it is ``part.name``; an issue of the case stands in ``issue is option`` and
``table[issue]``. A plain number takes the unit of its neighbour. What is added, compared or chosen between must have one
unit; ``exp``, ``log``, ``logistic``, ``probit`` and chances take shares.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from detente.case.equations import (
    Binary,
    Call,
    Choice,
    Default,
    EquationError,
    Is,
    Lookup,
    Name,
    Node,
    Number,
    Unary,
    children,
    parse_equation,
)
from detente.case.units import PURE, Unit, unit
from detente.case.wording import nearest, one_of

__all__ = ["Reader", "Slot", "Typed", "lookups", "named", "random", "unlike"]

Sort = Literal["number", "table", "level", "value", "event", "calendar", "issue"]


class Slot(NamedTuple):
    """Something that has a name."""

    sort: Sort
    unit: Unit
    options: tuple[str, ...] = ()
    """Of an issue, or those that a table has numbers for."""


class Typed(NamedTuple):
    """A tree with full names, whether it is true or false, and its unit (None: a plain number)."""

    node: Node
    truth: bool
    unit: Unit | None


_DRAWS = ("shock", "chance", "whole")
_ALIKE = ("+", "-", "<", "<=", ">", ">=", "==", "!=")


class Reader:
    """Reads the equations of parts, those of one after another; what is wrong is raised."""

    def __init__(self, slots: dict[str, Slot], parts: Collection[str]) -> None:
        self.slots = slots
        """By full name; units of values are filled in as they become known."""
        self.parts = parts
        """Every part that there is, whether this case has it or not."""
        self.part = ""
        """Whose equations are being read."""
        self.unknown: set[str] = set()
        """Values whose unit is not known, as their own equations cannot be read: they agree with everything."""
        self.issues: Mapping[str, str] = {}
        """What that part calls an issue → the case's issue."""

    def read(
        self, text: str, *, wanted: Unit | None = None, truth: bool = False, beginning: bool = False
    ) -> Typed:
        """An equation with full names, its unit checked; ``beginning``: only numbers are known yet.

        Raises
        ------
        EquationError
            With the character at which it stops making sense.
        """
        typed = self.typed(parse_equation(text))
        if typed.truth != truth:
            message = (
                "a condition was expected, found a number: compare it with something"
                if truth
                else "a number was expected, found a condition: write (if .. then 1 else 0)"
            )
            raise EquationError(typed.node.at, message)
        if wanted is not None and typed.unit not in (None, wanted):
            raise EquationError(typed.node.at, f"this should be measured in {wanted}, and is in {typed.unit}")
        if beginning:
            self.only_numbers(typed.node)
        return typed

    def only_numbers(self, node: Node) -> None:
        inner = children(node)
        if isinstance(node, Call) and node.function in _DRAWS:
            raise EquationError(
                node.at, "a beginning is certain: the number may be a range, but not drawn here"
            )
        for name in () if inner else named(node):
            if self.slots[name].sort not in ("number", "table", "issue"):
                raise EquationError(
                    node.at,
                    f"at the beginning only numbers are known, and '{name}' is a {self.slots[name].sort}",
                )
        for child in inner:
            self.only_numbers(child)

    # --- one kind of node each ---------------------------------------------------------------------------

    def typed(self, node: Node) -> Typed:
        match node:
            case Number():
                return Typed(node, False, None)
            case Name():
                return self.name(node)
            case Lookup():
                return self.lookup(node)
            case Is():
                return self.option(node)
            case Unary():
                of = self.typed(node.of)
                self.expect(of, truth=node.sign == "not", what=f"'{node.sign}'")
                return of._replace(node=node._replace(of=of.node))
            case Binary():
                return self.binary(node)
            case Choice():
                test, yes, no = self.typed(node.test), self.typed(node.yes), self.typed(node.no)
                self.expect(test, truth=True, what="'if'")
                if yes.truth != no.truth:
                    raise EquationError(node.at, "'then' and 'else' must both be numbers or both conditions")
                found = Choice(node.at, test.node, yes.node, no.node)
                return Typed(found, yes.truth, self.alike(node.at, yes, no, "'then' and 'else'"))
            case Default():
                return self.default(node)
            case Call():
                return self.call(node)

    def name(self, node: Name) -> Typed:
        full = self.full(node.name, node.at)
        slot = self.slots[full]
        if slot.sort == "calendar":
            raise EquationError(node.at, f"'{node.name}' is a calendar: make it an event ('on: {node.name}')")
        if slot.sort == "table":
            raise EquationError(
                node.at, f"'{node.name}' has a number for each option of an issue: write '{node.name}[issue]'"
            )
        if slot.sort == "issue":
            raise EquationError(
                node.at,
                f"'{node.name}' is an issue: write '{node.name} is {slot.options[0]}', or 'number[{node.name}]' with a number for each option",
            )
        known = None if full in self.unknown else slot.unit
        return Typed(Name(node.at, full), slot.sort == "event", known)

    def full(self, name: str, at: int) -> str:
        if "." not in name:
            own = f"{self.part}.{name}"
            if own in self.slots:
                return own
            if name in self.slots:
                return name
            inside = [n.split(".")[1] for n in self.slots if n.startswith(f"{self.part}.")]
            close = nearest(name, inside) or nearest(name, [n for n in self.slots if "." in n])
            elsewhere = [n for n in self.slots if n.endswith(f".{name}")]
            hint = (
                f"; did you mean '{elsewhere[0] if elsewhere else close}'?"
                if elsewhere or close
                else one_of(name, inside)
            )
            if name in _TIMES and not (elsewhere or close):
                hint = _TIMES[name]
            where = f" in part '{self.part}'" if self.part else ""
            raise EquationError(at, f"there is nothing called '{name}'{where}{hint}")
        if name in self.slots:
            return name
        part, member = name.split(".")
        inside = [n.split(".")[1] for n in self.slots if n.startswith(f"{part}.")]
        if inside:
            raise EquationError(at, f"part '{part}' has nothing called '{member}'{one_of(member, inside)}")
        if part in self.parts:
            raise EquationError(
                at, f"this case has no part '{part}': say what holds without it, '{name} ?? 0'"
            )
        raise EquationError(at, f"there is no part '{part}'{one_of(part, sorted(self.parts))}")

    def lookup(self, node: Lookup) -> Typed:
        table = self.full(node.table, node.at)
        node = node._replace(key=self.issues.get(node.key, node.key))
        issue = self.slots.get(node.key)
        if issue is None or issue.sort != "issue":
            issues = [n for n, s in self.slots.items() if s.sort == "issue"]
            raise EquationError(node.at, f"'{node.key}' is no issue of the case{one_of(node.key, issues)}")
        slot = self.slots[table]
        if slot.sort != "table":
            raise EquationError(node.at, f"'{node.table}' is one {slot.sort}, not a number for each option")
        if message := unlike(node.table, slot.options, node.key, issue.options):
            raise EquationError(node.at, message)
        return Typed(Lookup(node.at, table, node.key), False, slot.unit)

    def option(self, node: Is) -> Typed:
        slot = self.slots.get(node.issue)
        if slot is None or slot.sort != "issue":
            issues = [n for n, s in self.slots.items() if s.sort == "issue"]
            raise EquationError(
                node.at, f"'{node.issue}' is no issue of the case{one_of(node.issue, issues)}"
            )
        if node.option not in slot.options:
            raise EquationError(
                node.at, f"'{node.issue}' has no option '{node.option}'{one_of(node.option, slot.options)}"
            )
        return Typed(node, True, PURE)

    def default(self, node: Default) -> Typed:
        other = self.typed(node.other)
        inner = node.of.arguments[0] if isinstance(node.of, Call) else node.of
        if not isinstance(inner, (Name, Lookup)):
            assert isinstance(node.of, Call)
            raise EquationError(node.of.at, f"'{node.of.function}' takes a name")
        name = inner.name if isinstance(inner, Name) else inner.table
        part = name.split(".")[0]
        if "." in name and part in self.parts and not any(s.startswith(f"{part}.") for s in self.slots):
            return other
        of = self.typed(node.of)
        if of.truth != other.truth:
            raise EquationError(node.at, "both sides of '??' must be numbers, or both conditions")
        found = Default(node.at, of.node, other.node)
        return Typed(found, of.truth, self.alike(node.at, of, other, "the two sides of '??'"))

    def binary(self, node: Binary) -> Typed:
        left, right = self.typed(node.left), self.typed(node.right)
        logic = node.sign in ("and", "or")
        for side in (left, right):
            self.expect(side, truth=logic, what=f"'{node.sign}'")
        found = node._replace(left=left.node, right=right.node)
        if logic:
            return Typed(found, True, PURE)
        if node.sign in _ALIKE:
            same = self.alike(node.at, left, right, f"the two sides of '{node.sign}'")
            return Typed(found, node.sign not in "+-", PURE if node.sign not in "+-" else same)
        if left.unit is None and right.unit is None:
            return Typed(found, False, None)
        product = (left.unit or PURE).times(right.unit or PURE, 1 if node.sign == "*" else -1)
        return Typed(found, False, product)

    def call(self, node: Call) -> Typed:
        f = node.function
        if f in ("happened", "months_since", "before"):
            return self.about(node)
        arguments = [self.typed(a) for a in node.arguments]
        for argument in arguments:
            self.expect(argument, truth=False, what=f"'{f}'")
        found = node._replace(arguments=tuple(a.node for a in arguments))
        if f in ("min", "max", "clamp"):
            same = arguments[0].unit
            for argument in arguments[1:]:
                same = self.alike(node.at, Typed(node, False, same), argument, f"the arguments of '{f}'")
            return Typed(found, False, same)
        if f in ("abs", "whole"):
            return Typed(found, False, arguments[0].unit)
        if f == "sqrt":
            root = None if arguments[0].unit is None else arguments[0].unit.root()
            if root is None and arguments[0].unit is not None:
                raise EquationError(node.at, f"{arguments[0].unit} has no square root")
            return Typed(found, False, root)
        for argument in arguments:
            if argument.unit not in (None, PURE):
                raise EquationError(
                    node.at,
                    f"'{f}' takes a share, and this is in {argument.unit}: divide it by something in {argument.unit}",
                )
        return Typed(found, f == "chance", PURE)

    def about(self, node: Call) -> Typed:
        """``happened(e)``, ``months_since(e)`` and ``before(x)`` take a name."""
        inner = node.arguments[0]
        if not isinstance(inner, Name):
            raise EquationError(node.at, f"'{node.function}' takes a name")
        of = self.typed(inner)
        assert isinstance(of.node, Name)
        sort = self.slots[of.node.name].sort
        found = node._replace(arguments=(of.node,))
        if node.function == "before":
            if sort not in ("level", "value", "event"):
                hint = (
                    f"write 'before({inner.name}) is OPTION'" if sort == "issue" else "it was the same before"
                )
                raise EquationError(node.at, f"'{inner.name}' is a {sort}: {hint}")
            return of._replace(node=found)
        if sort != "event":
            raise EquationError(node.at, f"'{inner.name}' is a {sort}: only events happen")
        return Typed(
            found, node.function == "happened", PURE if node.function == "happened" else unit("months")
        )

    def expect(self, of: Typed, *, truth: bool, what: str) -> None:
        if of.truth != truth:
            raise EquationError(
                of.node.at,
                f"{what} takes a condition: compare this number with something"
                if truth
                else f"{what} takes a number: write (if .. then 1 else 0)",
            )

    def alike(self, at: int, left: Typed, right: Typed, what: str) -> Unit | None:
        if left.unit is not None and right.unit is not None and left.unit != right.unit:
            raise EquationError(at, f"{what} are not alike: {left.unit} and {right.unit}")
        return left.unit if left.unit is not None else right.unit


_DATES = (
    ": what happens on dates has a calendar, 'calendars: {days: [2024-06-01]}' in its part and 'on: days'"
)
_COUNTED = ": count months by a level, '{start: 0, next: month + 1, unit: months}', or 'months_since(event)'"
_TIMES = {
    **dict.fromkeys(("date", "today", "day", "year"), _DATES),
    **dict.fromkeys(("month", "months", "time", "t"), _COUNTED),
}
"""Names by which people ask for the time → what is written here."""


def unlike(table: str, given: Collection[str], issue: str, options: Collection[str]) -> str | None:
    """What is wrong with a table, if it has not one number for each option of an issue."""
    missing = [o for o in options if o not in given]
    extra = [o for o in given if o not in options]
    if not missing and not extra:
        return None
    what = f"'{missing[0]}' is missing" if missing else f"'{extra[0]}' is none of its options"
    return f"'{table}' must have a number for each option of '{issue}': {what}"


def lookups(node: Node) -> Iterator[Lookup]:
    """Every ``table[issue]`` in a tree."""
    if isinstance(node, Lookup):
        yield node
    for child in children(node):
        yield from lookups(child)


def named(node: Node, *, now: bool = False) -> Iterator[str]:
    """Full names in a tree; with ``now`` only those whose value of this month is needed."""
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Is):
        if not (now and node.past):
            yield node.issue
    elif isinstance(node, Lookup):
        yield node.table
        yield node.key
    elif not (now and isinstance(node, Call) and node.function == "before"):
        for child in children(node):
            yield from named(child, now=now)


@lru_cache(maxsize=1 << 15)
def random(node: Node) -> bool:
    """Whether a tree draws something."""
    return (isinstance(node, Call) and node.function in _DRAWS) or any(
        random(child) for child in children(node)
    )
