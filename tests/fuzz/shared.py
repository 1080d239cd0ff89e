"""What the commands over one case have in common, worked out once, as one study in a notebook does.

Each command still reads its arguments, asks its questions and writes its page; a question that was asked before of the same
draws gets the same answer. Bases, which are compared with one spoilt case after another, are read and drawn once.
"""

from __future__ import annotations

import importlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from detente.case import reading

__all__ = ["share"]

KEPT = 48
"""Answers of each kind: those of some twenty bases and of the case at hand."""

QUESTIONS = {
    "prepare": ("detente.draws", "detente.analyses.compare.solve"),
    "deal": ("detente.analyses.deal", "detente.report.whole", "detente.analyses.compare.solve"),
    "flips": ("detente.analyses.flips", "detente.report.whole", "detente.analyses.compare.solve"),
    "stability": ("detente.analyses.stability", "detente.report.whole", "detente.analyses.compare.solve"),
    "outlook": ("detente.analyses.outlook.solve", "detente.report.whole", "detente.analyses.compare.solve"),
    "roadmap": ("detente.analyses.roadmap", "detente.analyses.roadmap.propose"),
}
"""Functions, and the modules that call them by this name."""


def share() -> None:
    """From now on, in this process."""
    reading.parse = lru_cache(maxsize=4)(reading.parse)
    reading.read_case = lru_cache(maxsize=KEPT)(reading.read_case)
    for name, modules in QUESTIONS.items():
        places = [importlib.import_module(module) for module in modules]
        once = _once(getattr(places[0], name))
        for place in places:
            assert callable(getattr(place, name))
            setattr(place, name, once)


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    found: OrderedDict[Any, tuple[Any, Any]] = OrderedDict()

    def asked(*args: Any, **named: Any) -> Any:
        key = (*map(_key, args), *((name, _key(value)) for name, value in sorted(named.items())))
        if key in found:
            found.move_to_end(key)
        else:
            # With what it was asked of: while that is kept, nothing else has its place in memory.
            found[key] = ((args, named), function(*args, **named))
            while len(found) > KEPT:
                found.popitem(last=False)
        return found[key][1]

    return asked


def _key(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    if isinstance(value, Mapping):
        return tuple((k, _key(v)) for k, v in value.items())
    return id(value)
