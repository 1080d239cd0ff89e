"""A part of a world as data: its numbers, levels, values, events and calendars, with their equations as text.

A bundled part is one file in these words; a case uses it by name and gives its numbers and dates, or writes a part of
its own in place. What the words mean together is in :mod:`detente.case.wiring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    WithJsonSchema,
    model_validator,
)

from detente.case.base import Date, Flag, Id, Model, Plain, Provenance, Range, Text, as_range, meant
from detente.case.units import unit

__all__ = [
    "Bundled",
    "Calendar",
    "Declared",
    "Equation",
    "Figure",
    "Follows",
    "Given",
    "Happening",
    "Level",
    "Movement",
    "Moves",
    "Own",
    "Part",
    "Use",
    "Used",
    "Value",
    "kind_of_part",
    "used",
]

MAX_MEMBERS = 60
"""Numbers, levels, values or events of one part, at most."""


def _written(value: Any) -> Any:
    """A plain number is an equation, too."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    if not isinstance(value, str):
        raise ValueError("an equation was expected, as text or a plain number")
    return value


def _unit(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError("a unit was expected, as words: share, points, months, kb/d")
    unit(text)
    return text


Equation = Annotated[
    str,
    BeforeValidator(_written),
    StringConstraints(min_length=1),
    WithJsonSchema({"x-written": "equation"}),
]
"""An equation as text (:mod:`detente.case.equations`, which refuses what is too long)."""

UnitText = Annotated[str, StringConstraints(min_length=1, max_length=40), BeforeValidator(_unit)]


class Declared(Model):
    """What a number of a bundled part means, and within what it makes sense."""

    says: Text
    """What it is, in words."""
    unit: UnitText = "share"
    """In what it is measured: share, points, months, kb/d, or any other words."""
    least: Annotated[float, Field(strict=True)] | None = None
    """The least that makes sense; default: 0 for shares."""
    most: Annotated[float, Field(strict=True)] | None = None
    """The most that makes sense; default: 1 for shares."""
    table: Flag = False
    """Whether it is one number for each option of an issue."""


class Figure(Range):
    """A number that a case gives, with its unit where the part does not say it."""

    says: Text | None = None
    """What it is, in words."""
    unit: UnitText | None = None
    """In what it is measured; default: what the part says, or a share."""


_FIGURE = {*Provenance.model_fields, "range", "because", "says", "unit"}


def _is_table(value: Any) -> bool:
    """Whether a block has a number for each option: options may have any names but those of a number's keys."""
    return isinstance(value, Mapping) and bool(value) and not set(value) & _FIGURE


def _given(value: Any) -> Any:
    if _is_table(value):
        return {option: _figure(v) for option, v in value.items()}
    return _figure(value)


def _figure(value: Any) -> Any:
    """The words of a range with two keys more."""
    if isinstance(value, Figure):
        return value
    if not isinstance(value, Mapping):
        return as_range(value)
    beside = {k: v for k, v in value.items() if k in ("says", "unit")}
    return {**as_range({k: v for k, v in value.items() if k not in beside}), **beside}


def _kind_of_number(value: Any) -> str:
    """A number has by now a least that is one; a table may have an option of that name, which is a block."""
    table = isinstance(value, Mapping) and not isinstance(value.get("low"), (int, float))
    return "<table>" if table else "<one>"


Given = Annotated[
    Annotated[Figure, Tag("<one>")] | Annotated[Mapping[Id, Figure], Tag("<table>")],
    Discriminator(_kind_of_number),
    BeforeValidator(_given),
    WithJsonSchema({"x-written": "given"}),
]
"""A number, or one for each option of an issue."""


class Level(Provenance):
    """A quantity that carries over from month to month."""

    says: Text | None = None
    """What it is, in words."""
    start: Equation | None = None
    """Its value at the beginning; without one it is absent until ``next`` gives it a value."""
    next: Equation
    """Its value in a month; its own name in it means last month's."""
    unit: UnitText
    """In what it is measured."""


def _value(given: Any) -> Any:
    return given if isinstance(given, (Mapping, Model)) else {"equation": given}


class Value(Provenance):
    """A quantity that is worked out anew each month."""

    says: Text | None = None
    """What it is, in words."""
    equation: Equation


Worked = Annotated[Value, BeforeValidator(_value), WithJsonSchema({"x-written": "worked"})]
"""A value, or its equation alone."""


class Happening(Provenance):
    """Something that may happen in a month."""

    says: Text | None = None
    """What it is, in words."""
    chance: Equation | None = None
    """With this chance a month, or at each date of ``on``."""
    when: Equation | None = None
    """When this holds."""
    on: Id | None = None
    """Only in months that hold a date of this calendar of the part."""
    once: Flag = False
    """It happens at most once."""
    ends: Id | None = None
    """What it ends: of all events that end the same thing at most one ever happens, and they share one chance a month."""
    one_of: Id | None = None
    """Of all events with the same word here at most one happens in a month."""

    @model_validator(mode="after")
    def _possible(self) -> Happening:
        if self.chance is None and self.when is None and self.on is None:
            raise ValueError("an event needs a 'chance', a 'when' or a calendar ('on')")
        if self.chance is not None and self.when is not None:
            raise ValueError(
                "an event has a 'chance' or a 'when', not both: write 'chance: if .. then p else 0'"
            )
        if self.ends is not None and self.one_of is not None:
            raise ValueError("what ends something already shares its chance: remove 'one_of'")
        if (self.ends or self.one_of) and self.chance is None:
            key = "ends" if self.ends else "one_of"
            condition = ".." if self.when is None else self.when
            raise ValueError(
                f"an event with '{key}' shares its chance with others and needs one: write "
                f"'chance: if {condition} then 1 else 0'"
                + ("" if self.when is None else " in the place of 'when'")
            )
        return self


Calendar = Annotated[tuple[Date, ...], Field(min_length=1, max_length=60)]

_Members = Field(max_length=MAX_MEMBERS)


class _Mechanism(Provenance):
    """What a part does."""

    says: Text | None = None
    """What it says, in words."""
    levels: Annotated[Mapping[Id, Level], _Members] = {}
    values: Annotated[Mapping[Id, Worked], _Members] = {}
    events: Annotated[Mapping[Id, Happening], _Members] = {}

    def equations(self) -> Iterator[str]:
        """Every equation, as text."""
        texts = [text for level in self.levels.values() for text in (level.start, level.next)]
        texts += [value.equation for value in self.values.values()]
        texts += [text for event in self.events.values() for text in (event.chance, event.when)]
        yield from (text for text in texts if text is not None)


class Bundled(_Mechanism):
    """A file of :mod:`detente.parts`: its numbers are declared there and given by the case."""

    title: Text
    says: Text
    theory: Text
    """Where its equations come from: paper, equation, or whose simplification they are."""
    limits: Text
    """What it leaves out."""
    numbers: Annotated[Mapping[Id, Declared], _Members] = {}
    issues: Annotated[Mapping[Id, Text], _Members] = {}
    """Issues that it looks numbers up by (``table[name]``), in words; the case says which of its issues each one is."""
    calendars: Annotated[Mapping[Id, Text], _Members] = {}
    """What its dates are, in words; the case gives them."""


class Own(_Mechanism):
    """A part that a case writes in place, its numbers with it."""

    numbers: Annotated[Mapping[Id, Given], _Members] = {}
    calendars: Annotated[Mapping[Id, Calendar], _Members] = {}


class Use(Provenance):
    """A bundled part as a case uses it: ``{number: .., issue: id, calendar: [dates]}``."""

    WRITTEN: ClassVar[Mapping[str, tuple[str, ...]]] = {"numbers": (), "issues": (), "calendars": ()}

    numbers: Annotated[Mapping[Id, Given], _Members] = {}
    issues: Annotated[Mapping[Id, Id], _Members] = {}
    calendars: Annotated[Mapping[Id, Calendar], _Members] = {}


def used(value: Any) -> Any:
    """Numbers, issues and dates apart from where they come from."""
    if not isinstance(value, Mapping):
        return value
    beside = {k: v for k, v in value.items() if k in Provenance.model_fields}
    given = {k: v for k, v in value.items() if k not in beside}
    dates = {k: v for k, v in given.items() if isinstance(v, (list, tuple)) and v and isinstance(v[0], str)}
    issues = {k: v for k, v in given.items() if isinstance(v, str) and meant(v) is None}
    numbers = {k: v for k, v in given.items() if k not in dates and k not in issues}
    return {**beside, "numbers": numbers, "issues": issues, "calendars": dates}


def kind_of_part(value: Any) -> str:
    """A block with ``levels``, ``values`` or ``events`` is a part of the case's own; any other uses a bundled one."""
    own = isinstance(value, Own) or (
        isinstance(value, Mapping) and set(value) & {"levels", "values", "events"}
    )
    return "<own>" if own else "<use>"


Used = Annotated[Use, BeforeValidator(used), WithJsonSchema({"x-written": "use"})]
"""A bundled part as it is written."""

Part = Annotated[
    Annotated[Own, Tag("<own>")] | Annotated[Used, Tag("<use>")],
    Discriminator(kind_of_part),
]


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class Moves(Model):
    """How events move an issue: ``{option: part.event}`` or ``{option: [part.event, ..]}``, from then on; the latest event
    counts, of several in a month the first one here."""

    WRITTEN: ClassVar[Mapping[str, tuple[str, ...]]] = {"events": ()}

    events: Annotated[
        Mapping[Id, Annotated[tuple[Text, ...], BeforeValidator(_several)]],
        Field(min_length=1, max_length=12),
    ]


class Follows(Model):
    """An issue that follows a level: ``{by: part.level, option: value, ..}``, the option with the nearest value,
    of two as near the higher; where the level is absent it stays where it is."""

    WRITTEN: ClassVar[Mapping[str, tuple[str, ...]]] = {"values": ()}

    by: Text
    values: Annotated[Mapping[Id, Plain], Field(max_length=12)]

    @model_validator(mode="after")
    def _apart(self) -> Follows:
        if len(self.values) < 2:
            raise ValueError("an issue that follows a level needs a value for at least two of its options")
        seen: dict[float, str] = {}
        for option, value in self.values.items():
            if value in seen:
                raise ValueError(
                    f"'{seen[value]}' and '{option}' stand at the same value, {value:g}: give each one of its own"
                )
            seen[value] = option
        return self


def _movement(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "by" in value:
        return {"by": value["by"], "values": {k: v for k, v in value.items() if k != "by"}}
    return {"events": value}


def _kind_of_movement(value: Any) -> str:
    follows = isinstance(value, Follows) or (isinstance(value, Mapping) and "by" in value)
    return "<follows>" if follows else "<moves>"


Movement = Annotated[
    Annotated[Moves, Tag("<moves>")] | Annotated[Follows, Tag("<follows>")],
    Discriminator(_kind_of_movement),
    BeforeValidator(_movement),
    WithJsonSchema({"x-written": "movement"}),
]
