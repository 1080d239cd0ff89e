"""Are the facts really in the texts? Every quotation of a case, looked up word for word.

White space is normalised (a quotation may run over a line end), and curly and straight quotation marks are
the same; nothing else is forgiven.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path as File

from detente.case.model import Case
from detente.case.paths import dotted, provenances
from detente.case.yamltext import Path
from detente.errors import DetenteError, UsageError
from detente.figures import plural
from detente.storage import read_limited, status

__all__ = ["Quotation", "verify_quotations"]

TEXT_LIMIT = 16 << 20
_TEXTS = (".txt", ".md", ".text")
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'")})


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

    def to_json(self) -> dict[str, object]:
        """As ``check --json`` says it."""
        return {"path": self.path, "source": self.source, "found": self.found, "why": self.why}


def verify_quotations(case: Case, directory: File) -> list[Quotation]:
    """Look every fact up in the texts of ``directory`` (``.txt``, ``.md``, ``.text``, below it too, but never
    outside it, wherever a symbolic link leads).

    A source with a ``file`` is looked up in that file only, any other source in all the texts. Raises
    ``UsageError`` if there is no such directory.
    """
    found = status(directory)
    if found is None or not stat.S_ISDIR(found.st_mode):
        raise UsageError(f"{directory}: there is no such directory")
    texts: dict[File, str | None] = {}
    everything = sorted(
        p for p in directory.rglob("*") if p.suffix.lower() in _TEXTS and _inside(p, directory)
    )
    return [
        _looked_up(case, (*path, "fact"), part.fact, part.source, directory, everything, texts)
        for path, part, _, _ in provenances(case)
        if part.fact is not None and part.source is not None
    ]


def _looked_up(
    case: Case,
    place: Path,
    fact: str,
    source: str,
    directory: File,
    everything: list[File],
    texts: dict[File, str | None],
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
    wanted = _plain(fact)
    for file in files:
        if file not in texts:
            try:
                texts[file] = _plain(read_limited(file, limit=TEXT_LIMIT))
            except DetenteError:
                texts[file] = None
        if wanted in (texts[file] or ""):
            return Quotation(dotted(place), source, fact, True, str(file.relative_to(directory)), "")
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


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.translate(_QUOTES)).strip()
