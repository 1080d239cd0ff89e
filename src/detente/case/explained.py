"""Bundled parts of worlds in words: a list of them, and one with its numbers, equations, theory and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.case.equations import parse_equation
from detente.case.library import bundled
from detente.case.mechanism import Bundled, Declared, Happening
from detente.case.typed import named
from detente.case.wording import one_of
from detente.document import Block, Document, Paragraph, Section, Table
from detente.errors import UsageError
from detente.figures import joined, typed

__all__ = ["explained", "first_sentence", "listed", "needed", "part", "part_json", "rows_of"]


def part(name: str) -> Bundled:
    """The bundled part of a name. Raises ``UsageError`` with the nearest one."""
    found = bundled()
    if name not in found:
        raise UsageError(f"there is no bundled part '{name}'{one_of(name, found)}")
    return found[name]


def first_sentence(text: str) -> str:
    """As far as the first full stop that ends a sentence."""
    words = " ".join(text.split())
    end = next((k for k in range(len(words)) if words.startswith((". ", ": ", "? "), k)), len(words))
    return words[: end + 1] if end < len(words) and words[end] != ":" else words[:end].rstrip(".") + "."


def listed(parts: Mapping[str, Bundled]) -> Document:
    """All parts, one line each."""
    rows = [(name, of.title, first_sentence(of.says)) for name, of in parts.items()]
    return Document(
        "Bundled parts of worlds",
        "A case uses one by its name below 'world: parts:', with its numbers; 'detente parts NAME' explains it",
        [Table("Parts", ("Name", "Title", "What it says"), rows)],
    )


def explained(name: str, of: Bundled) -> Document:
    """One part as a reader needs it who is to give its numbers, or to disagree with it."""
    blocks: list[Block] = [Paragraph(of.says)]
    for id, title, columns, rows in rows_of(of):
        blocks.append(Section(id, title, [Table("", columns, rows)]))
    if others := [n for n in needed(of) if n != name]:
        what = f"Where they are absent its equations say what holds: {joined(others)}."
        blocks.append(Section("others", "Other parts that it looks at", [Paragraph(what)]))
    blocks.append(Section("theory", "Where it comes from", [Paragraph(of.theory)]))
    blocks.append(Section("limits", "What it leaves out", [Paragraph(of.limits)]))
    return Document(of.title, f"Bundled part '{name}'", blocks)


Rows = list[tuple[str, ...]]


def rows_of(of: Bundled) -> Iterator[tuple[str, str, tuple[str, ...], Rows]]:
    """Id, title, columns and rows of each table that a part has."""
    rows: Rows = [(n, d.says, d.unit, within(d)) for n, d in of.numbers.items()]
    if rows:
        yield "numbers", "Numbers that the case gives", ("Name", "What it is", "Unit", "Within"), rows
    if of.issues:
        yield "issues", "Issues that the case names", ("Name", "Which one"), [*of.issues.items()]
    if of.calendars:
        yield "calendars", "Dates that the case gives", ("Name", "What they are"), [*of.calendars.items()]
    columns: tuple[str, ...] = ("Name", "What it is", "Unit", "At the beginning", "Next month")
    rows = [
        (n, x.says or "", x.unit, "absent" if x.start is None else _line(x.start), _line(x.next))
        for n, x in of.levels.items()
    ]
    if rows:
        yield "levels", "Levels, which carry over from month to month", columns, rows
    rows = [(n, v.says or "", _line(v.equation)) for n, v in of.values.items()]
    if rows:
        yield "values", "Values, worked out anew each month", ("Name", "What it is", "Equation"), rows
    rows = [(n, e.says or "", "; ".join(how(e))) for n, e in of.events.items()]
    if rows:
        yield "events", "Events", ("Name", "What happens", "When"), rows


def needed(of: Bundled) -> list[str]:
    """Other parts that its equations name, in the order in which they do."""
    found = [
        name.split(".")[0] for text in of.equations() for name in named(parse_equation(text)) if "." in name
    ]
    return list(dict.fromkeys(found))


def within(of: Declared) -> str:
    """Between what a number makes sense."""
    share = of.unit == "share"
    least = 0.0 if share and of.least is None else of.least
    most = 1.0 if share and of.most is None else of.most
    if least is None and most is None:
        text = "any"
    elif least is None or most is None:
        text = f"at least {_bound(least)}" if least is not None else f"at most {_bound(most or 0.0)}"
    else:
        text = f"{_bound(least)} to {_bound(most)}"
    return f"{text}, for each option" if of.table else text


def _bound(value: float) -> str:
    """A bound as one writes it: not 1e-05."""
    return typed(value) if value == 0 or abs(value) >= 1e-3 else f"{value:.12f}".rstrip("0").replace("-", "−")


def how(of: Happening) -> Iterator[str]:
    """When an event happens, clause by clause."""
    if of.chance is not None:
        yield f"chance {_line(of.chance)}"
    if of.when is not None:
        yield f"when {_line(of.when)}"
    if of.on is not None:
        yield f"on days of {of.on}"
    if of.ends is not None:
        yield f"ends {of.ends}"
    if of.one_of is not None:
        yield f"at most one of {of.one_of} a month"
    if of.once:
        yield "once"


def _line(text: str) -> str:
    return " ".join(text.split())


def part_json(name: str, of: Bundled) -> dict[str, Any]:
    """A part as its file has it, without what it leaves out."""
    return {"name": name, **of.model_dump(mode="json", exclude_none=True)}
