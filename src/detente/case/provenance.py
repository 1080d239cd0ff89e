"""Where every element of a case comes from: fact, inference or judgement, the nearest enclosing one.

A number (a range) belongs to the provenance written on it, else to that of the block around it, and so on
outwards; an element that is not a number is listed only where provenance was written on it. A judgement that does not
say whose it is belongs to whoever signs the nearest judgement around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel

from detente.case.base import Judgement, Model
from detente.case.model import Case, Provenance, Range
from detente.figures import spread, typed

__all__ = ["Element", "anchor", "elements"]

_SAID_BY_ITSELF = frozenset(
    {
        "preferences",
        "issues",
        "readings",
        "world",
        "parts",
        "numbers",
        "options",
        "status_quo",
        "holds",
        "add",
    }
)


@dataclass(frozen=True)
class Element:
    """One element and its provenance."""

    path: str
    """Dotted path in the case file."""
    number: bool
    value: str
    """The number as a range, or nothing."""
    kind: str
    """``fact``, ``inference``, ``judgement``, or ``none``."""
    text: str
    """The quotation, the step, or the reason."""
    origin: str
    """Source id, or who judged and when."""


def elements(case: Case) -> list[Element]:
    """Every number, and every other element with a provenance of its own, in file order."""
    return list(_walk(case, "", _Around(("none", "", ""), "")))


def anchor(path: str) -> str:
    """By which an element is found on a page, by its path in the file or by that which an analysis has for it.

    The two differ in the words between names: ``leader.readings.staller.prior`` is ``readings.leader.staller.prior``.
    """
    return "from-" + ".".join(k for k in re.split(r"[.\[\]]+", path) if k and k not in _SAID_BY_ITSELF)


class _Around(NamedTuple):
    own: tuple[str, str, str]
    signed: str
    """Who signs what is not signed, and when."""


def _own(value: Provenance, signed: str) -> tuple[str, str, str] | None:
    if value.fact is not None:
        return "fact", value.fact, value.source or ""
    if value.inference is not None:
        return "inference", value.inference, ""
    if value.judgement is not None:
        return "judgement", value.judgement.because, _signature(value.judgement) or signed
    return None


def _signature(of: Judgement) -> str:
    return ", ".join(part for part in (of.by, of.on.isoformat() if of.on else None) if part)


def _walk(value: object, path: str, around: _Around) -> Iterator[Element]:
    if isinstance(value, Provenance):
        own = _own(value, around.signed)
        if isinstance(value, Range):
            kind, text, origin = own or around.own
            yield Element(path, True, _shown(value), kind, text, origin)
            return
        if own is not None:
            if path and own[0] != "judgement":
                yield Element(path, False, "", *own)
            signed = _signature(value.judgement) if value.judgement is not None else ""
            around = _Around(own, signed or around.signed)
    if isinstance(value, BaseModel):
        skip = Provenance.model_fields if isinstance(value, Provenance) else {}
        for name in type(value).model_fields:
            if name not in skip:
                keys = value.keys(name) if isinstance(value, Model) else (name,)
                yield from _walk(getattr(value, name), ".".join([path, *keys] if path else keys), around)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _walk(inner, f"{path}.{name}" if path else str(name), around)
    elif isinstance(value, tuple):
        for n, inner in enumerate(value):
            yield from _walk(inner, f"{path}.{n}", around)


def _shown(value: Range) -> str:
    return spread(*map(typed, (value.median, value.low, value.high)))
