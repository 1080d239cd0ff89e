"""What pydantic found, in words for people: what was found, what is allowed, the nearest valid name."""

from __future__ import annotations

import difflib
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, StringConstraints, ValidationError

from detente.case.base import Model
from detente.case.documented import documentation
from detente.case.instead import instead
from detente.case.mechanism import Figure
from detente.case.model import RESERVED, Case, Element, Provenance, Range
from detente.case.yamltext import Parsed, Path, Place, cut
from detente.errors import MOST_SHOWN, Fault
from detente.figures import agree

__all__ = ["Misfit", "could_be", "describe", "misfits", "nearest", "one_of", "there_is"]

RANGE_KEYS = ("range", "because", "fact", "source", "inference", "judgement")

_KEYS = {Range: RANGE_KEYS, Figure: (*RANGE_KEYS, "says", "unit")}
"""Of blocks that are typed in other words than they are held in."""

_ALIASES = {
    **dict.fromkeys(("probability", "prob", "hazard"), "chance"),
    **dict.fromkeys(("initial", "begin", "beginning", "value"), "start"),
    **dict.fromkeys(("description", "label"), "says"),
    **dict.fromkeys(("if", "condition"), "when"),
    "by": "at",
    "duration": "months",
    "units": "unit",
}
"""Keys as they are called elsewhere → as they are called here, wherever there is one of that name."""


class Misfit:
    """One fault of structure, with what it takes away from the document."""

    def __init__(self, fault: Fault | None, path: Path, name: str | None = None) -> None:
        self.fault = fault
        """None where it has been told of elsewhere."""
        self.drop = path
        """The smallest part of the document that has to go for the rest to be readable."""
        self.name = name
        """A name that cannot be one."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``name``, if one does; of ``part.name`` the one whose name it is."""
    known = list(known)
    if "." not in name and len(whole := [k for k in known if k.endswith(f".{name}")]) == 1:
        return whole[0]
    close = difflib.get_close_matches(name[:64].lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def one_of(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'? There is: a, b, c``, as the end of a message about an unknown name."""
    names = list(known)
    return there_is(nearest(name, names), names)


def there_is(close: str | None, known: Iterable[str]) -> str:
    """The same, where the nearest name is known."""
    names = list(known)
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
        return f"the text '{cut(value, 40)}'" if value.strip() else "empty text"
    if isinstance(value, Mapping):
        return "a block of keys" if value else "an empty block"
    return "a list" if value else "an empty list"


def misfits(error: ValidationError, parsed: Parsed) -> list[Misfit]:
    """Everything that pydantic found, in words, follow-up complaints left out.

    Linear in the number of faults: only for those that are written out is the nearest valid name looked for.
    """
    details = error.errors(include_url=False)
    found = [(detail, *_path(parsed.value, detail["loc"])) for detail in details]
    found.sort(key=lambda one: _place(parsed, one[1], True))
    about = _About(parsed)
    around = {path[:n] for _, path, _ in found for n in range(len(path))}
    lacking = {path for detail, path, _ in found if detail["type"] == "missing"}
    close: dict[Path, str | None] = {}
    for detail, path, _ in found:
        if detail["type"] == "extra_forbidden" and (len(close) < MOST_SHOWN or path[:-1] in lacking):
            known = about.allowed(path[:-1])
            alias = _ALIASES.get(str(path[-1]))
            close[path] = nearest(str(path[-1]), known) or (alias if alias in known else None)
    misspelt = {(path[:-1], name) for path, name in close.items()}
    unique: dict[tuple[int, int, str], Misfit] = {}
    names: dict[str, Place] = {}
    for detail, path, value in found:
        if detail["type"] in ("too_short", "too_long") and path in around:
            continue
        if detail["type"] == "missing" and (path, detail["loc"][-1]) in misspelt:
            continue
        misfit = _misfit(detail, path, value, about, close.get(path))
        fault, name = misfit.fault, misfit.name
        at = (0, 0) if fault is None else (fault.line, fault.column)
        if name is not None and names.setdefault(name, at) != at:
            # The same bad name elsewhere is the same mistake: it goes from the document, and is told of once.
            fault, misfit = None, Misfit(None, misfit.drop)
        key = (0, len(unique), "") if fault is None else (*at, fault.message)
        unique.setdefault(key, misfit)
    return list(unique.values())


class _About:
    """What the format says of a place in a document."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self._allowed: dict[Path, tuple[str, ...]] = {}

    def allowed(self, path: Path) -> tuple[str, ...]:
        """The keys of the block at ``path``."""
        if path not in self._allowed:
            model = _model_at(path, self.parsed.value)
            keys = () if model is None else _KEYS[model] if model in _KEYS else _own_first(model)
            self._allowed[path] = keys
        return self._allowed[path]

    def names(self, path: Path) -> bool:
        """Whether a name stands at ``path``, and not any text."""
        candidates: list[Any] = [Case]
        for step in path:
            candidates = [inner for c in candidates for inner in _inside(c, step, bare=False)]
        return any(isinstance(m, StringConstraints) and m.pattern for c in candidates for m in _marks(c))


def _marks(annotation: Any) -> Iterator[Any]:
    """What an annotation is marked with, unions taken apart."""
    if get_origin(annotation) is Annotated:
        yield from annotation.__metadata__
        yield from _marks(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, types.UnionType):
        for branch in get_args(annotation):
            yield from _marks(branch)


def _path(value: Any, loc: tuple[str | int, ...]) -> tuple[Path, Any]:
    """The part of a pydantic location that exists in the document, and what stands there.

    Labels of union branches and of fields that were made from a short form are not in the document.
    """
    if loc and loc[0] in Case.WRITTEN:
        loc = (*Case.WRITTEN[str(loc[0])], *loc[1:])
    path: Path = ()
    for step in loc:
        if (isinstance(value, dict) and step in value) or (
            isinstance(value, list) and isinstance(step, int) and step < len(value)
        ):
            value = value[step]  # type: ignore[index]
            path = (*path, step)
    return path, value


def _misfit(detail: Any, path: Path, value: Any, about: _About, close: str | None) -> Misfit:
    kind, loc, parsed = detail["type"], detail["loc"], about.parsed
    if kind == "missing":
        name = str(loc[-1])
        message = f"'{name}' is missing{_add(name, path)}{_about_key(path, name, parsed.value)}"
        return Misfit(_fault(parsed, (*path, name), message, at=path), path)
    stray = kind == "extra_forbidden" or value is None or (loc and loc[-1] == "[key]")
    if stray and (begun := _cut_short(parsed.value, path[:-1])):
        message = "this is cut off at its ',': inside { } an equation with a ',' stands in quotes"
        return Misfit(_fault(parsed, (*path[:-1], begun), message), path)
    if stray and (begun := _text_cut_short(parsed.value, path)):
        message = "this is cut off at its ',': inside { } a text with a ',' stands in quotes"
        return Misfit(_fault(parsed, (*path[:-1], begun), message), path)
    rather = instead(path, value) if path and path[0] in ("world", "questions") and not close else None
    if rather is not None:
        found = _message(kind, detail, path, value)
        if kind == "extra_forbidden":
            found = f"unknown key '{cut(str(path[-1]))}'"
        elif kind in _BAD_NAMES:
            found = f"found '{cut(str(path[-1] if loc[-1] == '[key]' else value))}'"
        return Misfit(_fault(parsed, path, f"{found}; {rather}", key=bool(stray)), path)
    if kind == "extra_forbidden":
        return Misfit(_fault(parsed, path, _unknown(path, about, close), key=True), path)
    if loc and loc[-1] == "[key]":
        name = str(path[-1]) if path else ""
        message = _message(kind, detail, path, name) if kind == "literal_error" else _name(name)
        return Misfit(
            _fault(parsed, path, message, key=True), path, None if kind == "literal_error" else name
        )
    if kind == "string_type" and isinstance(value, (bool, int, float)) and about.names(path):
        return Misfit(_fault(parsed, path, _name(_typed(value))), path, _typed(value))
    named = (
        kind in _BAD_NAMES
        and isinstance(value, str)
        and (detail.get("ctx") or {}).get("max_length", 64) == 64
    )
    message = _message(kind, detail, path, value)
    return Misfit(_fault(parsed, path, message), path, value if named and path[-1:] != ("id",) else None)


def _cut_short(document: Any, path: Path) -> str | None:
    """The key of a block whose equation was cut at a comma: ``{when: max(a, b) > 1}`` is three keys to YAML."""
    for step in path:
        document = document[step]
    if not isinstance(document, Mapping):
        return None
    opened = (k for k, v in document.items() if isinstance(v, str) and v.count("(") > v.count(")"))
    return next(opened, None)


def _text_cut_short(document: Any, path: Path) -> str | None:
    """The key before one of several words without a value: ``{because: There is shouting, and no fight}`` is two keys to YAML."""
    for step in path[:-1]:
        document = document[step]
    if (
        not path
        or not isinstance(document, Mapping)
        or " " not in str(path[-1])
        or document[path[-1]] is not None
    ):
        return None
    before = list(document)[: list(document).index(path[-1])]
    return next((k for k in reversed(before) if isinstance(document[k], str)), None)


_BAD_NAMES = ("string_pattern_mismatch", "string_too_long")


def _typed(value: bool | int | float) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _about_key(path: Path, name: str, document: Any) -> str:
    """What a key means, in the words of the format, as the end of a message."""
    model = _model_at(path, document)
    if model is None or not path:
        return ""
    said = documentation().get((model.__name__, name), "").partition("\n")[0].rstrip(".")
    return f" ({said[:1].lower()}{said[1:]})" if said else ""


def _fault(parsed: Parsed, path: Path, message: str, *, at: Path | None = None, key: bool = False) -> Fault:
    place = _place(parsed, path if at is None else at, key)
    return Fault(*place, f"{_where(path)}: {message}" if path else message, ".".join(map(str, path)))


def _place(parsed: Parsed, path: Path, key: bool) -> Place:
    table = parsed.keys if key else parsed.positions
    return table.get(path) or parsed.positions.get(path) or (1, 1)


def _where(path: Path) -> str:
    text = ".".join(cut(str(p)) for p in path)
    return text if len(text) <= 120 else "…" + text[-119:]


def _add(name: str, path: Path) -> str:
    known = {
        "basis": ": add 'basis: modelled', or 'prior' for a stated judgement, or 'not_modelled'",
        "detente": ": add 'detente: 1', the version of the case format",
        "because": ": a judgement needs its reason",
        "prior": ": how likely is this reading, for example [0.2, 0.4, 0.6]?",
    }
    return known.get(name, f": add '{name}: ...'" + (" at the top" if not path else ""))


def _unknown(path: Path, about: _About, close: str | None) -> str:
    name = str(path[-1])
    if len(path) == 1 and name in RESERVED:
        return f"'{name}' is reserved for an analysis that this version does not have yet; remove it"
    meant = f"; did you mean '{close}'?" if close else "."
    if name.isdecimal():
        meant = f", which follows a comma; a decimal has a point: 0.{name}, not 0,{name}."
    return f"unknown key '{cut(name)}'{meant} Allowed here: {', '.join(about.allowed(path[:-1]))}"


def _own_first(model: type[BaseModel]) -> tuple[str, ...]:
    shared = [*Element.model_fields] if issubclass(model, Element) else [*Provenance.model_fields]
    shared = [k for k in shared if k != "name"] if issubclass(model, Provenance) else []
    return (*(k for k in model.model_fields if k not in shared), *shared)


def could_be(found: str) -> str:
    """The name that somebody may have had in mind who typed something that cannot be one; nothing where there is none."""
    tried = re.sub(r"[^a-z0-9]+", "_", found.lower()).strip("_")
    letters = tried.lstrip("0123456789_")
    return (letters or (f"n{tried}" if tried else ""))[:64]


def _name(found: str) -> str:
    tried = re.sub(r"[^a-z0-9]+", "_", found.lower()).strip("_")
    tried = (
        f"n{tried}"
        if tried[:1].isdigit() and not tried.lstrip("0123456789_")
        else tried.lstrip("0123456789_")
    )
    hint = f", for example '{tried[:64]}'" if tried else ""
    return (
        f"'{cut(found, 40)}' cannot be a name: names are lower-case letters, digits and '_', "
        f"start with a letter and have at most 64 characters{hint}; what readers see is typed at its 'name:'"
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
        which, needed, count = (
            ("at least", "needed", int(ctx["min_length"]))
            if kind == "too_short"
            else ("at most", "allowed", int(ctx["max_length"]))
        )
        entries = agree(count, "entry is", "entries are")
        return f"{which} {count} {entries} {needed} here, found {len(value)}"
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


def _inside(annotation: Any, step: str | int, *, bare: bool = True) -> Iterator[Any]:
    """The types of what stands at a key, or a place of a list, of a type; with their marks where not ``bare``."""
    for plain in _branches(annotation):
        inner: list[Any] = []
        if isinstance(plain, type) and issubclass(plain, BaseModel):
            plain.model_rebuild()
            for name, field in plain.model_fields.items():
                kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
                keys = plain.keys(name) if issubclass(plain, Model) else (name,)
                if keys == (step,):
                    inner.append(kind)
                elif not keys:  # its members stand beside the other keys
                    inner += _inside(kind, step, bare=False)
        elif len(args := get_args(plain)) == 2:
            inner = [args[0] if isinstance(step, int) else args[1]]
        for one in inner:
            yield from _branches(one) if bare else [one]


def _model_at(path: Path, document: Any) -> type[BaseModel] | None:
    """The model that describes the block at ``path``; of several, the one that knows most of its keys."""
    candidates: list[Any] = [Case]
    for step in path:
        candidates = [inner for c in candidates for inner in _inside(c, step)]
        document = document[step]
    models = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
    return max(models, key=lambda m: len(set(m.model_fields) & set(document)), default=None)
