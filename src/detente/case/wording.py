"""What pydantic found, in words for people: what was found, what is allowed, the nearest valid name."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from detente.case.model import RESERVED, Case, Element, Provenance, Range
from detente.case.yamltext import Parsed, Path, Place
from detente.errors import Fault

__all__ = ["Misfit", "describe", "misfits", "nearest", "one_of"]

RANGE_KEYS = ("range", "because", "fact", "source", "inference", "judgement")


class Misfit:
    """One fault of structure, with what it takes away from the document."""

    def __init__(self, fault: Fault, path: Path) -> None:
        self.fault = fault
        self.drop = path
        """The smallest part of the document that has to go for the rest to be readable."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, if one does."""
    close = difflib.get_close_matches(name[:64].lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def one_of(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'? There is: a, b, c``, as the end of a message about an unknown name."""
    names = list(known)
    close = nearest(name, names)
    meant = f"; did you mean '{close}'?" if close else "."
    listed = ", ".join(names[:16]) + (f" and {len(names) - 16} more" if len(names) > 16 else "")
    return f"{meant} There is: {listed}" if names else f"{meant} There is none here"


def describe(value: Any) -> str:
    """A value of the document in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        shown = value if len(value) <= 40 else value[:37] + "..."
        return f"the text '{shown}'" if value.strip() else "empty text"
    if isinstance(value, Mapping):
        return "a block of keys" if value else "an empty block"
    return "a list" if value else "an empty list"


def misfits(error: ValidationError, parsed: Parsed) -> list[Misfit]:
    """Everything that pydantic found, in words, follow-up complaints left out."""
    found: list[Misfit] = []
    details = error.errors(include_url=False)
    paths = [_path(parsed.value, d["loc"]) for d in details]
    misspelt = {
        (path[:-1], nearest(str(path[-1]), _allowed(path[:-1], parsed.value)))
        for d, (path, _) in zip(details, paths, strict=True)
        if d["type"] == "extra_forbidden"
    }
    for detail, (path, value) in zip(details, paths, strict=True):
        inside = any(len(other) > len(path) and other[: len(path)] == path for other, _ in paths)
        if detail["type"] in ("too_short", "too_long") and inside:
            continue
        if detail["type"] == "missing" and (path, detail["loc"][-1]) in misspelt:
            continue
        found.append(_misfit(detail, path, value, parsed))
    unique = {(m.fault.line, m.fault.column, m.fault.message): m for m in found}
    return list(unique.values())


def _path(value: Any, loc: tuple[str | int, ...]) -> tuple[Path, Any]:
    """The part of a pydantic location that exists in the document, and what stands there.

    Labels of union branches and of fields that were made from a short form are not in the document.
    """
    path: Path = ()
    for step in loc:
        if (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        ):
            value = value[step]  # type: ignore[index]
            path = (*path, step)
    return path, value


def _misfit(detail: Any, path: Path, value: Any, parsed: Parsed) -> Misfit:
    kind, loc = detail["type"], detail["loc"]
    drop = path
    if kind == "missing":
        name = str(loc[-1])
        fault = _fault(parsed, (*path, name), f"'{name}' is missing{_add(name, path)}", at=path)
        return Misfit(fault, drop)
    if kind == "extra_forbidden":
        fault = _fault(parsed, path, _unknown(path, parsed.value), key=True)
        return Misfit(fault, drop)
    if loc and loc[-1] == "[key]" and kind == "literal_error":
        name = str(path[-1]) if path else ""
        return Misfit(_fault(parsed, path, _message(kind, detail, path, name), key=True), drop)
    if loc and loc[-1] == "[key]":
        return Misfit(_fault(parsed, path, _name(str(path[-1]) if path else ""), key=True), drop)
    return Misfit(_fault(parsed, path, _message(kind, detail, path, value)), drop)


def _fault(parsed: Parsed, path: Path, message: str, *, at: Path | None = None, key: bool = False) -> Fault:
    place = _place(parsed, path if at is None else at, key)
    return Fault(*place, f"{_where(path)}: {message}" if path else message, ".".join(map(str, path)))


def _place(parsed: Parsed, path: Path, key: bool) -> Place:
    table = parsed.keys if key else parsed.positions
    return table.get(path) or parsed.positions.get(path) or (1, 1)


def _where(path: Path) -> str:
    text = ".".join(str(p) for p in path)
    return text if len(text) <= 120 else "..." + text[-117:]


def _add(name: str, path: Path) -> str:
    known = {
        "detente": ": add 'detente: 1', the version of the case format",
        "because": ": a judgement needs its reason",
        "prior": ": how likely is this reading, for example [0.2, 0.4, 0.6]?",
    }
    return known.get(name, f": add '{name}: ...'" + (" at the top" if not path else ""))


def _unknown(path: Path, document: Any) -> str:
    name = str(path[-1])
    if len(path) == 1 and name in RESERVED:
        return f"'{name}' is reserved for an analysis that this version does not have yet; remove it"
    allowed = _allowed(path[:-1], document)
    close = nearest(name, allowed)
    meant = f"; did you mean '{close}'?" if close else "."
    return f"unknown key '{name}'{meant} Allowed here: {', '.join(allowed)}"


def _allowed(path: Path, document: Any) -> tuple[str, ...]:
    model = _model_at(path, document)
    return () if model is None else RANGE_KEYS if model is Range else _own_first(model)


def _own_first(model: type[BaseModel]) -> tuple[str, ...]:
    shared = [*Element.model_fields] if issubclass(model, Element) else [*Provenance.model_fields]
    shared = [k for k in shared if k != "name"] if issubclass(model, Provenance) else []
    return (*(k for k in model.model_fields if k not in shared), *shared)


def _name(found: str) -> str:
    tried = re.sub(r"[^a-z0-9]+", "_", found.lower()).strip("_").lstrip("0123456789_")
    hint = f", for example '{tried[:64]}'" if tried else ""
    shown = found if len(found) <= 40 else found[:37] + "..."
    return (
        f"'{shown}' cannot be a name: names are lower-case letters, digits and '_', "
        f"start with a letter and have at most 64 characters{hint}"
    )


def _message(kind: str, detail: Any, path: Path, value: Any) -> str:
    found, ctx = describe(value), detail.get("ctx") or {}
    if kind == "value_error":
        text = str(ctx["error"])
        return text if "found" in text or isinstance(value, dict) else f"{text}; found {found}"
    if kind in ("string_pattern_mismatch", "string_too_long") and isinstance(value, str):
        if path and path[-1] == "id":
            return f"the id of a case is lower-case letters, digits and '-' (at most 64): found {found}"
        if ctx.get("max_length", 64) == 64:
            return _name(value)
        return f"too long: {len(value):,} characters, at most {ctx['max_length']:,} are allowed"
    if kind == "string_too_short":
        return "text was expected, found empty text"
    if kind == "string_type":
        hint = "; put it in quotes" if isinstance(value, (bool, int, float)) else ""
        return f"text was expected, found {found}{hint}"
    if kind in ("mapping_type", "dict_type", "model_type", "model_attributes_type", "dataclass_type"):
        return f"a block of keys ('key: value') was expected, found {found}"
    if kind in ("tuple_type", "list_type"):
        return f"a list was expected, found {found}"
    if kind in ("too_short", "too_long"):
        bound = f"at least {ctx['min_length']}" if kind == "too_short" else f"at most {ctx['max_length']}"
        return (
            f"{bound} entries are needed here, found {len(value)}"
            if kind == "too_short"
            else (f"{bound} entries are allowed here, found {len(value)}")
        )
    if kind == "literal_error":
        close = nearest(value, re.findall(r"'([^']+)'", ctx["expected"])) if isinstance(value, str) else None
        return f"{ctx['expected']} was expected, found {found}" + (
            f"; did you mean '{close}'?" if close else ""
        )
    if kind == "bool_type":
        return f"true or false was expected, found {found}"
    if kind.startswith("int_"):
        return f"a whole number was expected, found {found}"
    if kind in ("float_type", "finite_number"):
        return f"a number was expected, found {found}"
    for bound, words in (("ge", "at least"), ("le", "at most"), ("gt", "more than"), ("lt", "less than")):
        if bound in ctx:
            return f"must be {words} {ctx[bound]:g}, found {found}"
    if kind.startswith("date"):
        return f"a date was expected, written 2021-06-03, found {found}"
    return f"{detail['msg']}; found {found}"


def _branches(annotation: Any) -> Iterator[Any]:
    """The types that an annotation stands for, unions and Annotated taken apart."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _branches(get_args(annotation)[0])
    elif origin in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _branches(branch)
    else:
        yield annotation


def _inside(annotation: Any, step: str | int) -> Iterator[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        annotation.model_rebuild()
        if step in annotation.model_fields:
            yield from _branches(annotation.model_fields[str(step)].annotation)
    elif len(args := get_args(annotation)) == 2:
        yield from _branches(args[0] if isinstance(step, int) else args[1])


def _model_at(path: Path, document: Any) -> type[BaseModel] | None:
    """The model that describes the block at ``path``; of several, the one that knows most of its keys."""
    candidates: list[Any] = [Case]
    for step in path:
        candidates = [inner for c in candidates for inner in _inside(c, step)]
        document = document[step]
    models = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
    return max(models, key=lambda m: len(set(m.model_fields) & set(document)), default=None)
