"""A case file → a :class:`~detente.case.model.Case`, or everything that is wrong with it.

Three sieves: the text must be plain YAML (:mod:`detente.case.yamltext`), its parts must have the right
shapes (:mod:`detente.case.model`, in the words of :mod:`detente.case.wording`), and what it says in one place
must fit what it says in another (:mod:`detente.case.checks`). A fault of shape does not hide the names that
are wrong elsewhere: the misshapen parts are left out and the rest is checked for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, NamedTuple

from pydantic import ValidationError

from detente.case.checks import faults, placed, unknown_names, unreasoned, warnings
from detente.case.edited import Change, applied, changes_of
from detente.case.former import former
from detente.case.model import Case
from detente.case.wording import Misfit, could_be, describe, misfits
from detente.case.yamltext import Offset, Parsed, Path, Place, parse
from detente.errors import CaseError, Fault, in_python
from detente.figures import plural
from detente.storage import read_limited

__all__ = ["ReadCase", "load_case", "read_case"]

_STAND_INS = {"detente": 1, "id": "x", "title": "x", "preferences": {}}
"""For misshapen parts at the top, so that the rest of the document can still be checked."""


_REASONS = ("judgement", "fact", "inference", "because", "source")


@dataclass(frozen=True, repr=False)
class ReadCase:
    """A valid case with the text it came from."""

    case: Case
    file: str
    text: str
    parsed: Parsed
    """What the file says, as plain values with their places; changes are in it."""
    warnings: tuple[Fault, ...]
    """What a good colleague would point out."""
    changes: tuple[Change, ...] = ()
    """What was put in place of what the file says; the n-th stands at line 0, column n."""

    @property
    def positions(self) -> Mapping[Path, Place]:
        """Line and column, from 1, of every value of the file, by its path."""
        return self.parsed.positions

    def changed(self, changes: Mapping[str, Any]) -> ReadCase:
        """The same case with other values at some paths, checked like a file that has them.

        Raises
        ------
        UsageError
            There is no such path; with the nearest.
        CaseError
            The case is not valid with these values.
        """
        with in_python():
            places = changes_of(self.case, self.parsed, changes)
            parsed, told = applied(self.parsed, places, first=len(self.changes) + 1)
            every = (*self.changes, *told)
            case, found = _checked(parsed, self.text.splitlines(), _Told(self.file, every))
        return ReadCase(case, self.file, self.text, parsed, found, every)

    def said(self, fault: Fault) -> str:
        """A fault or a warning with its place."""
        return _Told(self.file, self.changes).said(fault)

    def __repr__(self) -> str:
        return f"Case({self.case.id!r}, {self.case.title!r}, {plural(len(self.warnings), 'warning')})"


def load_case(path: File) -> ReadCase:
    """Read and check a case file.

    Raises ``UsageError`` if there is no such file and ``CaseError`` with all of its faults if it is invalid.
    """
    return read_case(read_limited(File(path)), str(path))


def read_case(text: str, file: str) -> ReadCase:
    """Read and check the text of a case; ``file`` is the name that messages give it.

    Raises ``CaseError`` with all faults, in file order.
    """
    parsed = parse(text, file)
    _refuse_other_documents(parsed.value, file)
    case, found = _checked(parsed, text.splitlines(), _Told(file, ()))
    return ReadCase(case, file, text, parsed, found)


class _Told(NamedTuple):
    """Where faults are said to be: in a file, or in what was put in place of something in it."""

    file: str
    changes: tuple[Change, ...]

    def said(self, fault: Fault) -> str:
        if fault.line == 0 and 0 < fault.column <= len(self.changes):
            path = self.changes[fault.column - 1].path
            return f"--set {path}: {fault.message.removeprefix(f'{path}: ')}"
        return f"{self.file}:{fault.line}:{fault.column}: {fault.message}"


def _checked(parsed: Parsed, lines: Sequence[str], told: _Told) -> tuple[Case, tuple[Fault, ...]]:
    """The case that a document is, and what a good colleague would point out. Raises ``CaseError``."""
    try:
        case = Case.model_validate(parsed.value)
    except ValidationError as error:
        raise CaseError(told.file, _all_faults(error, parsed), told.said) from None
    place = _finder(parsed.positions, lines)
    if found := faults(case, place):
        raise CaseError(told.file, found, told.said)
    return case, tuple(sorted(warnings(case, place)))


def _refuse_other_documents(value: Any, file: str) -> None:
    if value is None:
        hint = "the file is empty: 'detente new' writes a case to start from"
        raise CaseError(file, [Fault(1, 1, hint)])
    if not isinstance(value, dict):
        expected = "a case is a block of keys that starts with 'detente: 1'"
        raise CaseError(file, [Fault(1, 1, f"{expected}; found {describe(value)}")])


def _finder(positions: Mapping[Path, Place], lines: Sequence[str]) -> Callable[[Path], Place]:
    def place(path: Path) -> Place:
        if path and isinstance(path[-1], Offset):
            line, column = place(path[:-1])
            if line == 0:  # no line of the file: a change, which is one place
                return line, column
            first = lines[line - 1][column - 1 : column] if 0 < line <= len(lines) else ""
            # A text in a block of its own begins on a later line: there the block is pointed at.
            return (
                (line, column)
                if first in "|>" or path[:-1] not in positions
                else (line, column + path[-1] + (first in "'\""))
            )
        while path and path not in positions:
            path = path[:-1]
        return positions.get(path, (0, 0))

    return place


def _all_faults(error: ValidationError, parsed: Parsed) -> list[Fault]:
    """The faults of shape; the unknown names, and the numbers without a reason, in what is left without the misshapen parts."""
    shape = list(_in_former_words(parsed))
    told = [m.drop for m in shape]
    shape += [m for m in misfits(error, parsed) if not any(m.drop[: len(path)] == path for path in told)]
    found = [m.fault for m in shape if m.fault is not None]
    rest, drop = parsed, [m.drop for m in shape]
    gone = {could_be(m.name) for m in shape if m.name is not None}
    left_out: list[Path] = []
    for _ in range(8):
        left_out += drop
        gone.update(_names_under(rest, set(drop)))
        rest = _without(rest, set(drop))
        if not isinstance(rest.value, dict):
            return found
        rest.value.update({k: v for k, v in _STAND_INS.items() if k not in rest.value})
        try:
            case = Case.model_validate(rest.value)
        except ValidationError as again:
            follow_ups: list[Misfit] = misfits(again, rest)
            drop = [m.drop for m in follow_ups]
            continue
        # A name whose definition was left out with its block is not unknown.
        place = _finder(rest.positions, [])
        found += [u.fault for u in unknown_names(case, place) if u.name not in gone]
        # Where a reason was left out itself, what it stood for is not without one.
        if not any(path and path[-1] in _REASONS for path in left_out):
            found += placed(unreasoned(case), place)
        return found
    return found


def _in_former_words(parsed: Parsed) -> Iterator[Misfit]:
    for block in former(parsed.value):
        line, column = parsed.keys[block.place]
        at = str(block.place[0])
        fault = Fault(line, column, f"{at}: {block.message}", at)
        yield from (Misfit(None if n else fault, drop) for n, drop in enumerate(block.drop))


def _names_under(parsed: Parsed, drop: set[Path]) -> set[str]:
    return {str(path[-1]) for path in parsed.keys if any(path[:n] in drop for n in range(1, len(path) + 1))}


def _without(parsed: Parsed, drop: set[Path]) -> Parsed:
    """The document without the values at ``drop``, positions kept by their new paths."""
    positions: dict[Path, Place] = {}
    keys: dict[Path, Place] = {}

    def copy(value: Any, old: Path, new: Path) -> Any:
        positions[new] = parsed.positions.get(old, (1, 1))
        if old in parsed.keys:
            keys[new] = parsed.keys[old]
        if isinstance(value, dict):
            return {k: copy(v, (*old, k), (*new, k)) for k, v in value.items() if (*old, k) not in drop}
        if isinstance(value, list):
            kept = [(n, v) for n, v in enumerate(value) if (*old, n) not in drop]
            return [copy(v, (*old, n), (*new, place)) for place, (n, v) in enumerate(kept)]
        return value

    return Parsed(None if () in drop else copy(parsed.value, (), ()), positions, keys)
