"""Negotiation analysis between adversaries from one readable case file.

``Study(load("venezuela-2021")).deal()``: what Python is offered stands in ``__all__``, and is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detente.case.reading import ReadCase as Case
    from detente.errors import CaseError, DetenteError, LimitError, UsageError
    from detente.study import Study, cases, compare, load

__all__ = [
    "Case",
    "CaseError",
    "DetenteError",
    "LimitError",
    "Study",
    "UsageError",
    "__version__",
    "cases",
    "compare",
    "load",
]

__version__ = "0.1.0"

_HOMES = {
    "Case": ("detente.case.reading", "ReadCase"),
    **{name: ("detente.errors", name) for name in ("CaseError", "DetenteError", "LimitError", "UsageError")},
    "Study": ("detente.study", "Study"),
    "cases": ("detente.study", "cases"),
    "compare": ("detente.study", "compare"),
    "load": ("detente.study", "load"),
}


def __getattr__(name: str) -> Any:
    """What is offered, on its first use: ``detente --help`` needs none of it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'detente' has no attribute '{name}'")
    module, attribute = _HOMES[name]
    found = getattr(import_module(module), attribute)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
