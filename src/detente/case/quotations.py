"""Are the facts really in the texts? Every quotation of a case, looked up word for word.

What is the same in print counts as the same, and what is left out is left out (:mod:`detente.case.texts`); nothing else is forgiven.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path as File

from detente.case.model import Case
from detente.case.paths import dotted, provenances
from detente.case.texts import ENDINGS, Text, fingerprint, open_text
from detente.case.yamltext import Path
from detente.errors import DetenteError, UsageError
from detente.figures import plural
from detente.storage import status

__all__ = ["Quotation", "fingerprints", "verify_quotations"]


@dataclass(frozen=True)
class Quotation:
    """One fact and whether it was found."""

    path: str
    """Where the fact stands in the case, e.g. ``record.fact``."""
    source: str
    fact: str
    found: bool
    file: str | None
    """Name of the text that it was found in."""
    why: str
    """Why it was not found; empty if it was."""
    line: int | None = None
    """Where it begins, from 1."""
    offset: int | None = None
    """Letters of the text before it."""
    matches: int = 0
    """How often it stands there."""

    def to_json(self) -> dict[str, object]:
        """As ``check --json`` says it."""
        return {
            "path": self.path,
            "source": self.source,
            "found": self.found,
            "why": self.why,
            "file": self.file,
            "line": self.line,
            "offset": self.offset,
            "matches": self.matches,
        }


def verify_quotations(case: Case, directory: File) -> list[Quotation]:
    """Look every fact up in the texts of ``directory`` (``.txt``, ``.md``, ``.text``, ``.pdf``, below it too, but never
    outside it, wherever a symbolic link leads).

    A source with a ``file`` is looked up in that file only, any other source in all the texts. Raises
    ``UsageError`` if there is no such directory.
    """
    found = status(directory)
    if found is None or not stat.S_ISDIR(found.st_mode):
        raise UsageError(f"{directory}: there is no such directory")
    texts: dict[File, Text | None] = {}
    everything = _all(directory)
    return [
        _looked_up(case, (*path, "fact"), part.fact, part.source, directory, everything, texts)
        for path, part, _, _ in provenances(case)
        if part.fact is not None and part.source is not None
    ]


def fingerprints(directory: File) -> dict[str, str | None]:
    """SHA-256 of every text in ``directory``, by its name there, in hexadecimal digits; None: it cannot be read."""
    found: dict[str, str | None] = {}
    for file in _all(directory):
        try:
            found[str(file.relative_to(directory))] = fingerprint(file)
        except DetenteError:
            found[str(file.relative_to(directory))] = None
    return found


def _all(directory: File) -> list[File]:
    return sorted(p for p in directory.rglob("*") if p.suffix.lower() in ENDINGS and _inside(p, directory))


def _looked_up(
    case: Case,
    place: Path,
    fact: str,
    source: str,
    directory: File,
    everything: list[File],
    texts: dict[File, Text | None],
) -> Quotation:
    def missing(why: str) -> Quotation:
        return Quotation(dotted(place), source, fact, False, None, why)

    name = case.sources[source].file
    files = everything
    if name is not None:
        file = directory / name
        inside = _inside(file, directory)
        if inside is None:
            return missing(f"the file of source '{source}' lies outside {directory}")
        if not inside:
            return missing(f"the file of source '{source}' is not here: {name}")
        files = [file]
    for file in files:
        if file not in texts:
            try:
                texts[file] = open_text(file)
            except DetenteError:
                texts[file] = None
        text = texts[file]
        at = None if text is None else text.find(fact)
        if at is not None:
            return Quotation(dotted(place), source, fact, True, str(file.relative_to(directory)), "", *at)
    shown = fact if len(fact) <= 60 else fact[:57] + "..."
    unreadable = [str(f.relative_to(directory)) for f in files if texts[f] is None]
    if unreadable:
        return missing(f"'{shown}' is not in what could be read; unreadable: {', '.join(unreadable)}")
    where = (
        name
        if name is not None
        else f"any of {plural(len(files), 'text')}"
        if files
        else "any text: there is none"
    )
    return missing(f"'{shown}' does not stand word for word in {where}")


def _inside(file: File, directory: File) -> bool | None:
    """Whether an ordinary file is there; None: the path leads out of the directory, by links or by ``..``."""
    try:
        if not File(os.path.realpath(file)).is_relative_to(os.path.realpath(directory)):
            return None
        return file.is_file()
    except (OSError, ValueError):  # what cannot be the name of a file
        return False
