"""A case with some of its values replaced: read and checked like a file in which they had been typed so.

A change names a place as the file has it (``preferences.leader.no_deal``; entries of lists are counted from 0) or a number by
the path that answers give it (``leader.no_deal``). A number that is replaced keeps no fact, inference or judgement that stood on
it: those were about another number. Its reason is that somebody supposes it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from detente.case.base import Provenance
from detente.case.model import Case
from detente.case.paths import Numbered, dotted, numbers
from detente.case.provenance import elements
from detente.case.wording import describe, nearest, one_of
from detente.case.yamltext import Parsed, Path, Place, cut, parse
from detente.errors import UsageError

__all__ = ["REMOVED", "SUPPOSED", "Change", "applied", "changes_of", "typed_changes"]

SUPPOSED = "supposed for this answer, in place of what the case says"

REMOVED = object()
"""Stands for a value that is taken out."""

_ORIGINS = ("range", "because", *Provenance.model_fields)


@dataclass(frozen=True)
class Change:
    """One value in place of another."""

    path: str
    """Where in the file, e.g. ``preferences.leader.no_deal``."""
    before: str | None
    """As it was typed, in one line; null: nothing stood there."""
    after: str | None
    """As it is now; null: it was taken out."""

    @property
    def sentence(self) -> str:
        """``preferences.leader.no_deal = 5 instead of 3``."""
        if self.after is None:
            return f"without {self.path}"
        instead = "which the case does not say" if self.before is None else f"instead of {self.before}"
        return (
            f"{self.path} = {self.after} {instead}"
            if self.before != self.after
            else f"{self.path} = {self.after}, as it is"
        )


def typed_changes(given: Sequence[str] | None) -> dict[str, Any]:
    """``PATH=VALUE`` words, each value read like one of a case file.

    Raises ``UsageError`` for what is none or given twice, ``CaseError`` for a value that is no YAML.
    """
    found: dict[str, Any] = {}
    for text in given or ():
        path, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not path or not value:
            raise UsageError(
                f"--set {cut(text)}: PATH=VALUE was expected, as in preferences.leader.no_deal=5"
            )
        if path in found:
            raise UsageError(f"--set {path} is given twice")
        found[path] = parse(value, f"--set {path}").value
    return found


def changes_of(case: Case, parsed: Parsed, changes: Mapping[str, Any]) -> list[tuple[Path, Any]]:
    """Places in the document and what is put there, in the order of ``changes``.

    Raises ``UsageError`` with the nearest path where there is no such place, or where two changes are one.
    """
    known = numbers(case)
    kept = [e.path for e in elements(case) if e.number]
    found: list[tuple[Path, Any]] = []
    for path, value in changes.items():
        if not isinstance(path, str):
            raise UsageError(
                f"--set {path}: a path was expected, as preferences.leader.no_deal, found {path!r}"
            )
        place = _meant(path, parsed.value, known, kept)
        for other, _ in found:
            if other[: len(place)] == place[: len(other)]:
                raise UsageError(
                    f"--set {path}: {dotted(other)} is set as well, which is the same or a part of it"
                )
        plain = value if value is REMOVED else _plain(value, path)
        found.append((place, _supposed(parsed.value, place, plain) if dotted(place) in kept else plain))
    return found


def applied(
    parsed: Parsed, places: Iterable[tuple[Path, Any]], *, first: int = 1
) -> tuple[Parsed, tuple[Change, ...]]:
    """The document with the values replaced, and what was; the changes stand at line 0, columns ``first``, ``first + 1``, ..."""
    value, positions, keys = parsed.value, dict(parsed.positions), dict(parsed.keys)
    told = []
    for n, (place, new) in enumerate(places, first):
        before, there = _at(value, place)
        value = _replaced(value, place, new)
        for table in (positions, keys):
            for path in [p for p in table if p[: len(place)] == place]:
                del table[path]
        if new is not REMOVED:
            _put(positions, keys, place, new, (0, n))
        told.append(
            Change(dotted(place), _shown(before) if there else None, None if new is REMOVED else _shown(new))
        )
    return Parsed(value, positions, keys), tuple(told)


def _meant(path: str, document: Any, known: Mapping[str, Numbered], kept: Sequence[str]) -> Path:
    """The place of a path: as the file has it, or as answers call a number, which leaves some steps out (``strike.rate`` for
    ``world.parts.strike.numbers.rate``, ``watch.sees[full]``)."""
    if path.partition(".")[0] in document:
        return _place(document, path, (*known, *kept))
    if path in known:
        return known[path].place
    steps = _steps(path)
    longer = sorted(
        (place for place in kept if _leaves_out(_steps(place), steps)), key=lambda p: p.count(".")
    )
    shortest = [place for place in longer if place.count(".") == longer[0].count(".")]
    if len(shortest) > 1:
        raise UsageError(f"--set {path}: this could be {' or '.join(shortest[:8])}: write it out")
    return _place(document, shortest[0] if shortest else path, (*known, *kept))


def _steps(path: str) -> list[str]:
    return path.replace("[", ".").replace("]", "").split(".")


def _leaves_out(whole: Sequence[str], steps: Sequence[str]) -> bool:
    """Whether ``steps`` are the steps of ``whole`` in their order with some before the last left out."""
    rest = iter(whole)
    return len(steps) > 1 and steps[-1] == whole[-1] and all(step in rest for step in steps)


def _place(document: Any, path: str, known: Iterable[str]) -> Path:
    """A dotted path as a place; its last key may be new, all before it exist. Keys may have dots in them."""
    words, value = path.split("."), document
    place: Path = ()
    while words:
        if isinstance(value, dict):
            taken = next((k for k in range(len(words), 0, -1) if ".".join(words[:k]) in value), 0)
            step: str | int = ".".join(words[: taken or 1])
            words = words[taken or 1 :]
            if not taken and words:
                raise _nowhere(path, (*place, str(step)), words, value, known)
        elif isinstance(value, list):
            if not words[0].isdecimal() or int(words[0]) >= len(value):
                raise UsageError(
                    f"--set {path}: {dotted(place)} is a list: an entry from 0 to {len(value) - 1} was expected, found "
                    f"'{cut(words[0])}'"
                )
            step, words = int(words[0]), words[1:]
        else:
            raise UsageError(
                f"--set {path}: {dotted(place)} is {describe(value)}, there is nothing below it; set {dotted(place)} itself"
            )
        place = (*place, step)
        value = value.get(step) if isinstance(value, dict) else value[step]
    return place


def _nowhere(
    path: str, place: Path, rest: Sequence[str], value: Mapping[str, Any], known: Iterable[str]
) -> UsageError:
    """What is wrong with a path whose last step so far is no key of ``value``, and what may have been meant."""
    step = str(place[-1])
    near = nearest(step, value)
    close = dotted((*place[:-1], near, *rest)) if near else nearest(path, known)
    found = f"--set {path}: no '{cut(step)}' in {dotted(place[:-1]) or 'the case'}"
    return UsageError(f"{found}; did you mean '{close}'?" if close else f"{found}{one_of(step, value)}")


def _plain(value: Any, path: str) -> Any:
    """A Python value as YAML would have given it."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): _plain(v, path) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, path) for v in value]
    raise UsageError(
        f"--set {path}: a number, a text, a list or a block of these was expected, found {type(value).__name__}"
    )


def _supposed(document: Any, place: Path, new: Any) -> Any:
    """A number put where one stood: with its unit and what it is called, without what the other came from."""
    if new is REMOVED or isinstance(new, dict):
        return new
    before, _ = _at(document, place)
    rest = {k: v for k, v in before.items() if k not in _ORIGINS} if isinstance(before, dict) else {}
    return {"range": new, "because": SUPPOSED, **rest}


def _at(value: Any, place: Path) -> tuple[Any, bool]:
    for step in place:
        if isinstance(value, dict) and step not in value:
            return None, False
        value = value[step]
    return value, True


def _replaced(value: Any, place: Path, new: Any) -> Any:
    """A copy along the way; everything beside it is the same object."""
    step = place[0]
    inner = new
    if len(place) > 1:
        inner = _replaced(value[step], place[1:], new)
    if isinstance(value, list):
        return [
            inner if n == step else v for n, v in enumerate(value) if not (n == step and inner is REMOVED)
        ]
    if inner is REMOVED:
        return {k: v for k, v in value.items() if k != step}
    return {**value, step: inner}


def _put(positions: dict[Path, Place], keys: dict[Path, Place], path: Path, value: Any, at: Place) -> None:
    positions[path] = keys[path] = at
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        _put(positions, keys, (*path, step), inner, at)


def _shown(value: Any) -> str:
    """A value as it is typed, in one line."""
    return cut(_typed(value), 80)


def _typed(value: Any) -> str:
    if isinstance(value, dict):
        if "range" in value:
            return _typed(value["range"])
        return "{" + ", ".join(f"{k}: {_typed(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_typed, value)) + "]"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
