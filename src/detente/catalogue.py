"""The bundled cases, by name.

Their files are ``cases/*.yaml`` beside this module; a name is a file name without its ending.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files
from pathlib import Path

from detente.errors import UsageError

__all__ = ["names", "path", "resolve", "titles"]


@cache
def _files() -> dict[str, Path]:
    folder = Path(str(files("detente").joinpath("cases")))
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}


def names() -> list[str]:
    """Names of the bundled cases, in alphabetical order."""
    return list(_files())


def titles() -> dict[str, str]:
    """Name → title of every bundled case."""
    from detente.case.reading import load_case

    return {name: load_case(file).case.title for name, file in _files().items()}


def path(name: str) -> Path:
    """The file of a bundled case. Raises ``UsageError`` with the nearest name."""
    if name not in _files():
        raise _unknown(name, "there is no bundled case of this name")
    return _files()[name]


def resolve(name_or_path: str | Path) -> Path:
    """The file that is meant: a bundled case by its name, anything else by its path.

    ``./venezuela-2021`` is a file of that very name. Raises ``UsageError`` with the nearest bundled name.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, str) and text in _files():
        return _files()[text]
    try:
        if text and Path(text).exists():
            return Path(text)
    except (OSError, ValueError):
        pass
    raise _unknown(text, "there is no such file, and no bundled case of this name")


def _unknown(name: str, problem: str) -> UsageError:
    stem = Path(name).stem if name and "\0" not in name else ""
    close = difflib.get_close_matches(stem, names(), n=1, cutoff=0.5)
    meant = f"; did you mean '{close[0]}'?" if close else "."
    return UsageError(f"{name}: {problem}{meant} Bundled: {', '.join(names())}")
