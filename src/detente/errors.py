"""Every error that détente raises on purpose.

::

    DetenteError                 exit code
    ├── UsageError               2    the command was asked for something that does not exist
    ├── CaseError                3    the case file is invalid; carries every Fault found, with positions
    ├── LimitError               4    the answer cannot be had within a stated limit
    └── OutputError              74   the answer is there, and the standard output could not take it (a full disk)

Anything else that escapes is ours: the command line turns it into exit code 70 and a place to report it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from detente.clean import LONGEST, bounded, visible

__all__ = [
    "MOST_SHOWN",
    "CaseError",
    "DetenteError",
    "Fault",
    "LimitError",
    "OutputError",
    "UsageError",
    "in_python",
]


MOST_SHOWN = 100
"""Faults that are written out; of the rest there is a count."""


class DetenteError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 70
    typed: str | None = None
    """The message as the command line says it, where it was put into Python's words."""


class UsageError(DetenteError):
    """Asked for something that does not exist: an unknown bundled case, a track, a faction."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a case file: where, what was found, what is allowed, what to do.

    ``line`` and ``column`` count from 1; 0 means that the place is the file as a whole. The message is one line of
    characters that can be seen, whatever names it repeats from the file: others are written as their escapes.
    """

    line: int
    column: int
    message: str
    path: str = ""
    """Dotted path inside the case, e.g. ``preferences.leader.weights.prisoners``."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", visible(bounded(self.message, LONGEST)))


class CaseError(DetenteError):
    """An invalid case file, with all of its faults at once, in file order."""

    exit_code = 3

    def __init__(
        self, file: str, faults: Sequence[Fault], said: Callable[[Fault], str] | None = None
    ) -> None:
        self.file = file
        self.faults = tuple(sorted(faults))
        said = said or (
            lambda fault: (
                f"{file}:{fault.line}:{fault.column}: {fault.message}"
                if fault.line
                else f"{file}: {fault.message}"
            )
        )
        shown = [said(f) for f in self.faults[:MOST_SHOWN]]
        if len(self.faults) > MOST_SHOWN:
            shown.append(
                f"{file}: and {len(self.faults) - MOST_SHOWN:,} more; {len(self.faults):,} faults in all"
            )
        super().__init__("\n".join(shown))


class LimitError(DetenteError):
    """The answer cannot be had within a limit; the message says which limit and what would help."""

    exit_code = 4


class OutputError(DetenteError):
    """What was to be said could not be written; the code is that of sysexits for input and output."""

    exit_code = 74


_ARGUMENTS = {
    **{
        name: name
        for name in (
            "cluster", "draws", "merge", "package", "part", "seed", "suppose", "track", "wanted", "weights", "widen",
            "without", "workers", "worlds",
        )
    },
    "set": "changed",
    "with": "counted_on",
}  # fmt: skip
"""Options of commands → arguments of functions."""

_OPTION = re.compile(rf"'detente [^']*'|(?<![\w-])--({'|'.join(_ARGUMENTS)})(?![\w-])")
"""A command that is quoted is typed in a shell, options and all."""
_VERB = re.compile(r"'detente (deal|flips|outlook|report|roadmap|stability)'")


@contextmanager
def in_python() -> Iterator[None]:
    """Errors raised within, in Python's words: ``draws`` and not ``--draws``, ``.stability()`` and not ``detente stability``."""
    try:
        yield
    except DetenteError as error:
        if error.typed is None:
            error.typed = str(error)
            said = _OPTION.sub(lambda found: _ARGUMENTS[found[1]] if found[1] else found[0], error.typed)
            error.args = (_VERB.sub(r"'.\1()'", said),)
        raise
