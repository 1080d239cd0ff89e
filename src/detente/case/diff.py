"""What changed between two versions of a case, in words."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from detente.case.base import Model
from detente.case.model import (
    All,
    AnyOf,
    Case,
    Judgement,
    KOfN,
    Range,
    RelativeNoDeal,
    Tree,
    Weighted,
    When,
)
from detente.case.paths import dotted
from detente.case.yamltext import Path
from detente.figures import plural

__all__ = ["Difference", "differences"]

_TREES = (All, AnyOf, KOfN, Weighted, When)


@dataclass(frozen=True)
class Difference:
    """One thing that changed."""

    path: str
    """Where, e.g. ``preferences.leader.weights.prisoners``."""
    before: str | None
    """In words; None if it was not there."""
    after: str | None
    """In words; None if it is gone."""
    sentence: str


def differences(before: Case, after: Case) -> list[Difference]:
    """Everything that differs, in the order of ``before``, additions where ``after`` has them.

    Only what is said counts: the order of keys, the way a number is typed and comments do not. The order of
    lists counts where terms and lines have no names; acceptance trees and sets of names are compared as such.
    """
    return list(_compare(before, after, ()))


def _compare(before: Any, after: Any, path: Path) -> Iterator[Difference]:
    if _same(before, after):
        return
    if isinstance(before, Range) and isinstance(after, Range):
        yield from _ranges(before, after, path)
    elif isinstance(before, _TREES) or isinstance(after, _TREES) or isinstance(before, RelativeNoDeal):
        yield _changed(before, after, path)
    elif isinstance(before, BaseModel) and type(before) is type(after):
        yield from _fields(before, after, path)
    elif isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _mappings(before, after, path)
    elif isinstance(before, tuple) and isinstance(after, tuple):
        yield from _lists(before, after, path)
    else:
        yield _changed(before, after, path)


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        # The order of the keys is nobody's statement.
        return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
    if isinstance(before, BaseModel) and type(before) is type(after):
        return _same(before.__dict__, after.__dict__)
    return type(before) is type(after) and bool(before == after)


def _fields(before: BaseModel, after: BaseModel, path: Path) -> Iterator[Difference]:
    for name in type(before).model_fields:
        keys = before.keys(name) if isinstance(before, Model) else (name,)
        yield from _compare(getattr(before, name), getattr(after, name), (*path, *keys))


def _mappings(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> Iterator[Difference]:
    for key in [*before, *(k for k in after if k not in before)]:
        old, new = before.get(key), after.get(key)
        if old is None and new is None and (key in before) == (key in after):
            continue
        if key in before and key in after:
            yield from _compare(old, new, (*path, key))
        else:
            yield _changed(old, new, (*path, key), gone=key not in after, added=key not in before)


def _lists(before: tuple[Any, ...], after: tuple[Any, ...], path: Path) -> Iterator[Difference]:
    if all(isinstance(v, str) for v in (*before, *after)):
        if set(before) == set(after):
            return
        yield _changed(before, after, path)
        return
    if len(before) == len(after):
        for n, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _compare(old, new, (*path, n))
        return
    for n, old in enumerate(before):
        if not any(_same(old, new) for new in after):
            yield _changed(old, None, (*path, n), gone=True)
    for n, new in enumerate(after):
        if not any(_same(old, new) for old in before):
            yield _changed(None, new, (*path, n), added=True)


def _ranges(before: Range, after: Range, path: Path) -> Iterator[Difference]:
    old, new = _words(before), _words(after)
    if old != new:
        moved = after.median - before.median
        how = (
            f"median {'up' if moved > 0 else 'down'} {abs(moved):g}"
            if moved
            else "same median, "
            + ("wider" if after.high - after.low > before.high - before.low else "narrower")
        )
        how = f" ({how})" if not (before.certain and after.certain) else ""
        yield Difference(dotted(path), old, new, f"{_name(path)}: {old} → {new}{how}")
    numbers = {"low", "median", "high"}
    yield from _mappings(
        {k: v for k, v in before.__dict__.items() if k not in numbers},
        {k: v for k, v in after.__dict__.items() if k not in numbers},
        path,
    )


def _changed(before: Any, after: Any, path: Path, *, gone: bool = False, added: bool = False) -> Difference:
    old, new, name = _words(before), _words(after), _name(path)
    if added or (before is None and not gone):
        sentence = f"{name}: added" + (f", {new}" if new else "")
        return Difference(dotted(path), None, new, sentence)
    if gone or after is None:
        sentence = f"{name}: removed" + (f", was {old}" if old else "")
        return Difference(dotted(path), old, None, sentence)
    return Difference(dotted(path), old, new, f"{name}: {old} → {new}")


def _words(value: Any) -> str:
    """A value as one would say it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (int, datetime.date)):
        return str(value)
    if isinstance(value, str):
        return value if len(value) <= 80 else value[:77] + "..."
    if isinstance(value, Range):
        numbers = (value.low, value.median, value.high)
        if value.certain:
            return f"{value.median:.6g}"
        shown = [f"{n:.6g}" for n in numbers]
        return f"[{', '.join(shown)}]" if value.low < 0 else "-".join(shown)
    if isinstance(value, RelativeNoDeal):
        return f"status quo + {_words(value.status_quo)}"
    if isinstance(value, Judgement):
        return _words(value.because) + (f" ({value.by})" if value.by else "")
    if isinstance(value, _TREES):
        return _tree(value)
    if isinstance(value, BaseModel):
        said = {k: v for k, v in value.__dict__.items() if k in value.model_fields_set}
        return _words(said)
    if isinstance(value, Mapping):
        parts = [f"{k} {words}".strip() for k, v in value.items() if (words := _words(v)) or v is None]
        text = ", ".join(parts)
    else:
        text = ", ".join(filter(None, map(_words, value))) or "nothing"
    return text if len(text) <= 120 else text[:117] + "..."


def _tree(tree: Tree) -> str:
    if isinstance(tree, str):
        return tree
    if isinstance(tree, Weighted):
        return f"{plural(tree.quota, 'vote')} of {', '.join(f'{n} {w}' for n, w in tree.weights.items())}"
    if isinstance(tree, When):
        return f"{_tree(tree.ask)} where {' or '.join(tree.when)} moves"
    if isinstance(tree, KOfN):
        return f"{tree.at_least.k} of ({', '.join(map(_tree, tree.at_least.of))})"
    word = " and " if isinstance(tree, All) else " or "
    return "(" + word.join(map(_tree, tree.all if isinstance(tree, All) else tree.any)) + ")"


_KINDS = {"parties": "party", "issues": "issue", "tracks": "track", "sources": "source", "bodies": "body"}


def _name(path: Path) -> str:
    """A path as one would say it: ``leader's weight on prisoners``."""
    parts = list(map(str, path))
    if parts[0] == "preferences" and len(parts) > 1:
        whose = parts[1] + ("'" if parts[1].endswith("s") else "'s")
        return _wish(whose, parts[2:]) or f"preferences of {parts[1]}"
    if parts[0] == "readings" and len(parts) > 2:
        whose = f"{parts[1]} as '{parts[2]}'"
        if parts[3:4] == ["preferences"]:
            return _wish(f"{whose}:", parts[4:]) or f"{whose}: preferences"
        return f"{whose}: {' '.join(parts[3:])}" if parts[3:] else f"reading {whose}"
    if parts[0] in _KINDS and len(parts) > 1:
        kind, rest = _KINDS[parts[0]], parts[2:]
        if rest[:1] in (["factions"], ["options"]) and len(rest) > 1:
            inner = f"{rest[0][:-1]} {rest[1]} of {kind} {parts[1]}"
            return f"{inner}, {' '.join(rest[2:])}" if rest[2:] else inner
        return f"{kind} {parts[1]}" + (f", {' '.join(rest)}" if rest else "")
    return " ".join(f"no. {p + 1}" if isinstance(p, int) else p for p in path).replace("_", " ")


def _wish(whose: str, parts: list[str]) -> str:
    if not parts:
        return ""
    kind, rest = parts[0], parts[1:]
    known = {"weights": "weight on", "values": "value of", "points": "points for"}
    if kind in known and rest:
        what = rest[0] if len(rest) == 1 or kind == "weights" else f"{rest[1]} in {rest[0]}"
        more = rest[1:] if kind == "weights" else rest[2:]
        return f"{whose} {known[kind]} {what}" + (f", {' '.join(more)}" if more else "")
    if kind == "no_deal":
        return f"{whose} no-deal value"
    return f"{whose} {' '.join([kind.replace('_', ' '), *rest])}"
