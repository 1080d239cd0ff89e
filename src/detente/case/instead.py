"""What to write instead, where a world or a question has the right thing in the wrong shape."""

from __future__ import annotations

import re
from typing import Any

from detente.case.library import bundled
from detente.case.yamltext import Path, cut

__all__ = ["instead"]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def instead(path: Path, value: Any) -> str | None:
    """The words that were probably meant by ``value`` at ``path``, as the end of a message; None where there is no guess."""
    words = tuple(map(str, path))
    match words:
        case ("world", "parts", name):
            return _part(name, value)
        case ("world", "parts", part, _) if part in bundled() and value is not None:
            return f"'{part}' is a bundled part, which is given its numbers alone: write levels, values and events of your own in a part of another name"
        case ("world", "parts", _, kind, *rest) if rest:
            return _member(kind, rest, value)
        case ("world", "moves", _) if isinstance(value, str):
            return f"write '{{OPTION: {cut(value, 40)}}}', the option that the event brings"
        case ("world", "moves", _, event) if "." in event:
            return f"the option comes first: write '{cut(str(value), 40)}: {cut(event, 40)}'"
        case ("world", "stakes", _) if isinstance(value, (int, float, list)):
            return f"write '{{PART.EVENT: {cut(str(value), 40)}}}', points once that has happened"
        case ("questions", _, "answers", _) if isinstance(value, str) and re.search(r"[(.]| is ", value):
            return f"a condition of the world is written '{{that: {cut(value, 60)}, at: DATE}}'"
        case _:
            return None


def _part(name: str, value: Any) -> str | None:
    if value is None and name in bundled():
        return f"'detente parts {name}' says which numbers it is given"
    return "a part of your own has 'levels', 'values' or 'events'" if not isinstance(value, dict) else None


def _member(kind: str, rest: list[str], value: Any) -> str | None:
    """Of something of a part of the case's own."""
    text = cut(str(value), 60)
    scalar = isinstance(value, (str, int, float))
    match kind, rest:
        case "events", [_] if scalar:
            return f"write '{{chance: {text}}}' for a chance a month, or '{{when: ..}}'"
        case "events", [_, "on"] if isinstance(value, str) and _DATE.match(value):
            return f"'on' names a calendar: write 'calendars: {{days: [{text}]}}' in the part, and 'on: days'"
        case "levels", [_] if scalar:
            return f"write '{{start: .., next: {text}, unit: ..}}', or put it under 'values' if nothing carries over"
        case "values", [_, "unit"]:
            return "a value has the unit of its equation: leave it out"
        case "calendars", [_] if isinstance(value, str) and _DATE.match(value):
            return f"write '[{text}]'"
        case "numbers", [name] if isinstance(value, str) and re.search(r"[a-z]", value):
            return f"a number is judged; what is worked out stands under 'values': '{name}: {text}'"
        case _:
            return None
