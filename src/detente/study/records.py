"""The tables of a result: every field that holds several of one frozen dataclass, by the path of its name.

What tables there are is read off the classes and not off what was found, so that an empty one has its name as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from detente.analyses.deal.result import jsonable
from detente.case.wording import nearest
from detente.errors import UsageError

__all__ = ["records", "tables"]


class _Field(NamedTuple):
    """What a field holds: a record (``many`` is False) or several; ``of`` is None where it is neither."""

    of: type | None
    many: bool


def tables(of: type) -> dict[str, type]:
    """Path → class of the rows, of every table below a class; the whole is ``answer``."""
    return {"answer": of, **dict(_below(of, ()))}


def records(result: Any, table: str) -> list[dict[str, Any]]:
    """The rows of a table. Raises ``UsageError`` where there is none of that name."""
    known = tables(type(result))
    ends = [path for path in known if path == table or path.endswith(f".{table}")]
    if table not in known and len(ends) != 1:
        close = None if ends else nearest(table, known)
        meant = (
            f"; it could be {' or '.join(ends)}" if ends else f"; did you mean '{close}'?" if close else ""
        )
        raise UsageError(
            f"no one table is called '{table}'{meant}{'' if close else '.'} Tables: {', '.join(known)}"
        )
    path = table if table in known else ends[0]
    return list(_rows(result, () if path == "answer" else tuple(path.split(".")), {}))


def _field(hint: Any) -> _Field:
    inner = [a for a in get_args(hint) if a is not NoneType] if NoneType in get_args(hint) else [hint]
    if len(inner) != 1:
        return _Field(None, False)
    one, many = inner[0], False
    while get_origin(one) is not None and (args := get_args(one)):
        kept = [a for a in args if a is not NoneType]
        if get_origin(one) is tuple and len(args) == 2 and args[1] is Ellipsis:
            one, many = args[0], True
        elif isinstance(get_origin(one), type) and issubclass(get_origin(one), Mapping):
            one, many = args[1], True
        elif NoneType in args and len(kept) == 1:
            one = kept[0]
        else:
            return _Field(None, False)
    return _Field(one, many) if isinstance(one, type) and is_dataclass(one) else _Field(None, False)


def _fields(of: type) -> Iterator[tuple[str, _Field]]:
    hints = get_type_hints(of)
    for each in fields(of):
        yield each.name, _field(hints[each.name])


def _below(of: type, path: tuple[str, ...], within: tuple[type, ...] = ()) -> Iterator[tuple[str, type]]:
    for name, held in _fields(of):
        if held.of is None or held.of in within:
            continue
        if held.many:
            yield ".".join((*path, name)), held.of
        yield from _below(held.of, (*path, name), (*within, of))


def _rows(value: Any, path: tuple[str, ...], keys: dict[str, Any], at: str = "") -> Iterator[dict[str, Any]]:
    """Rows of the table at ``path`` below ``value``, ``keys`` being what it stands under."""
    if value is None:
        return
    if not path:
        yield {**keys, **_flat(value)}
        return
    here = f"{at}.{path[0]}" if at else path[0]
    held = dict(_fields(type(value)))[path[0]]
    inner = getattr(value, path[0])
    if not held.many:
        yield from _rows(inner, path[1:], keys, here)
        return
    for under, one in _each(inner, keys, path[0]):
        yield from _rows(one, path[1:], under)


def _each(inner: Any, keys: dict[str, Any], name: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every record of a list, of names to records, or of names to these."""
    if isinstance(inner, Mapping):
        for key, one in inner.items():
            yield from _each(one, {**keys, _free(name, keys): key}, name)
    elif isinstance(inner, tuple | list):
        for n, one in enumerate(inner):
            yield from _each(one, {**keys, _free(name, keys): n}, name)
    else:
        yield keys, inner


def _free(name: str, keys: dict[str, Any]) -> str:
    """A name that no column has yet: of names within names the second is ``name_2``."""
    n = 2
    free = name
    while free in keys:
        free, n = f"{name}_{n}", n + 1
    return free


def _flat(record: Any) -> dict[str, Any]:
    """The cells of a record; what is a table of its own is left to that."""
    found: dict[str, Any] = {}
    for name, held in _fields(type(record)):
        value = getattr(record, name)
        if held.of is None:
            found.update(_cells(name, jsonable(value)))
        elif not held.many and value is not None:
            found.update({f"{name}.{key}": cell for key, cell in _flat(value).items()})
    return found


def _cells(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _cells(f"{name}.{key}", inner)
    else:
        yield name, value
