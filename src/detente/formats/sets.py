"""A folder of several negotiations, taken apart: each folder in it is one, and so is what begins with the same name as one of several domains.

``Grocery-A-domain.xml`` has the profiles whose names begin with ``Grocery-A``. A sheet or a conflict is a whole negotiation in itself. Nothing
is read here, and no link is followed into a folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from detente.errors import CaseError, UsageError
from detente.formats.opening import ENDINGS, files_in
from detente.formats.scores import CONFIG, FOLDER

__all__ = ["Set", "sets_in"]

MAX_SETS = 1_000
WHOLE = (".csv", ".xlsx", ".gmcr")
_DOMAIN = re.compile("domain", re.IGNORECASE)


class Set(NamedTuple):
    """Files of one negotiation."""

    name: str
    """Where it is, from the folder on."""
    title: str
    paths: list[Path]
    """A folder, or files."""


def sets_in(folder: Path) -> list[Set]:
    """What is to be read as one negotiation each, in order of names.

    Raises
    ------
    UsageError
        There are more than ``MAX_SETS``.
    """
    found: list[Set] = []
    for at, inner, _ in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        here = Path(at)
        if here.name == FOLDER and (here.parent / CONFIG).is_file():
            continue  # read from the configuration beside it
        try:
            files = files_in(here)
        except CaseError:  # said of this one when it is read
            files = []
        if files or any(entry.suffix.lower() in ENDINGS for entry in here.iterdir() if entry.is_symlink()):
            found += _apart(here, files, here.relative_to(folder).as_posix())
        if len(found) > MAX_SETS:
            raise UsageError(f"{folder}: more than {MAX_SETS:,} negotiations; name a folder of fewer")
    return found


def _apart(here: Path, files: Sequence[Path], name: str) -> list[Set]:
    title = here.resolve().name
    name = title if name == "." else name
    alone = [f for f in files if f.suffix.lower() in WHOLE] if len(files) > 1 else []
    rest = [f for f in files if f not in alone]
    found = [Set(f"{name}/{f.stem}", f.stem, [f]) for f in alone]
    stems = {f: _DOMAIN.split(f.stem)[0].rstrip("-_. ") for f in rest if _DOMAIN.search(f.stem)}
    if len(stems) > 1 and all(stems.values()) and len(set(stems.values())) == len(stems):
        own: dict[Path, list[Path]] = {domain: [domain] for domain in stems}
        for file in rest:
            fits = [d for d, stem in stems.items() if file not in stems and file.stem.startswith(stem)]
            if fits:
                own[max(fits, key=lambda d: len(stems[d]))].append(file)
        return found + [Set(f"{name}/{stems[d]}", stems[d], paths) for d, paths in own.items()]
    if rest or not found:
        found.append(Set(name, title, rest if alone else [here]))
    return found
