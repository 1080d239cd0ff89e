"""Untrusted YAML → plain Python values with a position each. Nothing is constructed, nothing executed.

The text is read as a stream of events, by libyaml where PyYAML was built with it, and once more by PyYAML's own reader where
libyaml finds a fault, since that says more of what is wrong. The values are built from the events: dictionaries with text keys, lists, and the scalars of the YAML 1.2 core schema (so ``yes`` and ``2021-06-03`` are text). Anchors,
aliases, tags, merge keys, directives, second documents, duplicate keys and more than ``MAX_DEPTH`` levels are
refused, each with its position. Depth is counted as events arrive, so a deep file costs no more than its
first levels.

The position of a value is where it starts; if that is on a later line than its key, or if there is nothing
there, it is where the key starts, which is the line that a reader looks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from detente.errors import CaseError, Fault

__all__ = ["MAX_DEPTH", "Parsed", "Path", "Place", "cut", "parse", "scalar"]

MAX_DEPTH = 64

Path = tuple[str | int, ...]
Place = tuple[int, int]

_INTEGER = re.compile(r"[-+]?[0-9]+")
_OTHER_INTEGER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_EXACT_DIGITS = 15

_SYNTAX = (
    (r"'\\t'", "a tab: indent with spaces, YAML does not allow tabs here"),
    ("mapping values are not allowed", "a ':' that cannot stand here: put text with ': ' in it in quotes, or check the indentation"),
    ("could not find expected ':'", "a ':' is missing after this, or the line above is not finished"),
    ("expected ',' or '}'", "a ',' or the closing '}' is missing before this; inside { } a text with [ ] or ',' in it stands in quotes"),
    ("expected ',' or ']'", "a ',' or the closing ']' is missing before this"),
    ("expected <block end>", "this does not fit the lines above: check the indentation, and quotes inside quotes"),
    ("unexpected end of stream", "the file ends inside a quoted text: a closing quote is missing"),
    ("unexpected document separator", "'---' or '...' inside a quoted text: a closing quote is missing"),
    ("unknown escape character", "a backslash in double quotes that means nothing: use single quotes"),
    ("sequence entries are not allowed here", "a '- ' that cannot stand here: start the list on a line of its own"),
    ("'@' that cannot start", "text cannot start with '@': put it in quotes"),
    ("'`' that cannot start", "text cannot start with '`': put it in quotes"),
    ("'%' that cannot start", "text cannot start with '%': put it in quotes"),
    ("expected the node content", "a value is missing before this"),
    ("expected '<document start>'", "this does not belong to the lines above: check the indentation"),
)  # fmt: skip


class Offset(int):
    """The last step of a path into a text: at which character of it, from 0."""


class Parsed(NamedTuple):
    """A document: its value and where everything in it stands, line and column from 1."""

    value: Any
    positions: dict[Path, Place]
    """Of every value, by path; the whole is ``()``."""
    keys: dict[Path, Place]
    """Of every key of a mapping, by the path of its value."""


_UNSEEN = {
    "\0": "a NUL character: this is not text",
    "\ufeff": "a byte-order mark (U+FEFF) in the middle of the file, which no editor shows: delete what stands here and type it anew",
    **{
        mark: f"a line separator (U+{ord(mark):04X}), which no editor shows and some take for a new line: put a space or a new line for it"
        for mark in "\x85\u2028\u2029"
    },
}


def parse(text: str, file: str) -> Parsed:
    """Read one YAML document.

    Raises ``CaseError`` with the first syntax error, or with everything in the document that a case may
    not contain. An empty document has the value None.
    """
    text = text.removeprefix("\ufeff")
    for mark, why in _UNSEEN.items():
        if (at := text.find(mark)) >= 0:
            raise CaseError(file, [Fault(*_place(text, at), why)])
    try:
        builder = _Builder(yaml.parse(text, _FAST), file)
        parsed = builder.document()
    except (yaml.YAMLError, *_TRIPS):
        builder, parsed = _slowly(text, file)
    if builder.faults:
        raise CaseError(file, builder.faults)
    return parsed


_FAST = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# The parser is not ours and the text is anybody's: whatever trips it is a fault of the file.
_TRIPS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)


def _slowly(text: str, file: str) -> tuple[_Builder, Parsed]:
    """What PyYAML's own reader makes of a text. Raises ``CaseError`` with the first syntax error."""
    builder = _Builder(iter(()), file)
    try:
        builder.events = yaml.parse(text, yaml.BaseLoader)
        return builder, builder.document()
    except yaml.MarkedYAMLError as error:
        builder.stop(*_syntax(error, text))
    except ReaderError as error:
        character = error.character if isinstance(error.character, int) else ord(error.character)
        builder.stop(_place(text, error.position), f"the control character U+{character:04X} is not allowed")
    except (yaml.YAMLError, *_TRIPS) as error:
        builder.stop(builder.last, f"this is not valid YAML after here ({cut(str(error))})")


def _place(text: str, at: int) -> Place:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[Place, str]:
    problem = str(error.problem or error.context or "this cannot be read")
    message = next((says for part, says in _SYNTAX if re.search(part, problem) or part in problem), None)
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    if problem.startswith("could not find expected ':'") and opened is not None:
        mark = opened
    elif message is not None and opened is not None and mark is not None and opened.line != mark.line:
        message += f" (it was opened at line {opened.line + 1}, column {opened.column + 1})"
    place = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    lines = text.count("\n") + 1
    return min(place, (lines, place[1])), "this is not valid YAML: " + (message or problem)


class _Builder:
    """Turns the events of one document into values; collects what is refused."""

    def __init__(self, events: Iterator[Any], file: str) -> None:
        self.events = events
        self.file = file
        self.faults: list[Fault] = []
        self.positions: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.last: Place = (1, 1)

    def stop(self, place: Place, message: str) -> NoReturn:
        raise CaseError(self.file, [*self.faults, Fault(*place, message)])

    def refuse(self, place: Place, message: str) -> None:
        self.faults.append(Fault(*place, message))

    def next(self) -> Any:
        event = next(self.events)
        mark = event.start_mark
        self.last = (mark.line + 1, mark.column + 1)
        return event

    def document(self) -> Parsed:
        self.next()  # the start of the stream
        value: Any = None
        first = True
        while isinstance(event := self.next(), DocumentStartEvent):
            if not first:
                self.stop(
                    self.last, "a second document: a case is one document, remove '---' and what follows"
                )
            if (event.version is not None and tuple(event.version) != (1, 2)) or event.tags:
                self.refuse(self.last, "a directive: a case is plain YAML 1.2, remove this line")
            self.positions[()] = (1, 1)
            value = self.node(self.next(), (), 1)
            self.next()  # the end of the document
            first = False
        return Parsed(value, self.positions, self.keys)

    def node(self, event: Any, path: Path, depth: int) -> Any:
        if isinstance(event, AliasEvent):
            self.refuse(
                self.last,
                f"an alias (*{cut(str(event.anchor))}): write the value out, or put the text in quotes",
            )
            return None
        if event.anchor is not None:
            self.refuse(
                self.last,
                f"an anchor (&{cut(str(event.anchor))}): a case has none, remove it, or put the text in quotes",
            )
        if event.tag is not None:
            self.refuse(
                self.last,
                f"a tag ({cut(event.tag)}): a case has none, remove it, or put the text in quotes",
            )
        if isinstance(event, ScalarEvent):
            return event.value if event.style else scalar(event.value)
        if depth > MAX_DEPTH:
            self.stop(self.last, f"more than {MAX_DEPTH} levels inside one another")
        return (
            self.mapping(path, depth) if isinstance(event, MappingStartEvent) else self.sequence(path, depth)
        )

    def sequence(self, path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self.next(), SequenceEndEvent):
            inner = (*path, len(items))
            self.positions[inner] = self.last
            items.append(self.node(event, inner, depth + 1))
        return items

    def mapping(self, path: Path, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := self.next(), MappingEndEvent):
            key, place = self.key(event, path, depth)
            inner = (*path, key)
            event = self.next()
            if key in values:
                first = self.keys[inner][0]
                self.refuse(place, f"the key '{cut(key)}' is here twice (first at line {first})")
                self.node(event, (*inner, "<again>"), depth + 1)
                continue
            empty = isinstance(event, ScalarEvent) and not event.style and not event.value
            self.keys[inner] = place
            self.positions[inner] = self.last if self.last[0] == place[0] and not empty else place
            values[key] = self.node(event, inner, depth + 1)
        return values

    def key(self, event: Any, path: Path, depth: int) -> tuple[str, Place]:
        place = self.last
        if isinstance(event, (SequenceStartEvent, MappingStartEvent)):
            kind = "list" if isinstance(event, SequenceStartEvent) else "block of keys"
            self.refuse(place, f"a key must be plain text: found a {kind}")
            self.node(event, (*path, "<key>"), depth + 1)
            return f"<key at {place[0]}:{place[1]}>", place
        self.node(event, path, depth)
        if isinstance(event, AliasEvent):
            return f"<key at {place[0]}:{place[1]}>", place
        if event.value == "<<" and not event.style:
            self.refuse(place, "a merge key (<<): write the values out")
        return str(event.value), place


@lru_cache(maxsize=1 << 12)
def scalar(text: str) -> Any:
    """The YAML 1.2 core schema; whole numbers beyond 15 digits become floats."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text) if len(text) <= _EXACT_DIGITS else float(text)
    if _OTHER_INTEGER.fullmatch(text):
        return int(text, 0) if len(text) <= _EXACT_DIGITS else float("inf")
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def cut(text: str, most: int = 60) -> str:
    """A text from a file as a message repeats it."""
    return text if len(text) <= most else text[: most - 1] + "…"
