"""Texts that quotations are looked up in: what is the same in print is the same here, and what is found has a place.

White space is one space, over line ends too; curly and straight quotation marks, letters composed or decomposed (Unicode Standard Annex 15,
form KD), ligatures and their letters are the same; soft hyphens are nothing. A quotation stands there in whole words. Where it leaves something
out (``…``, ``...``) or puts something in (``[the president]``), what is between these has to stand there in this order, within :data:`GAP`
letters of one another.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from detente.errors import DetenteError, UsageError
from detente.storage import read_bytes, read_limited

__all__ = ["ENDINGS", "GAP", "Found", "Text", "fingerprint", "open_text", "plain"]

ENDINGS = (".txt", ".md", ".text", ".pdf")
LIMIT = 16 << 20
MAX_PAGES = 2_000
GAP = 600

_SOFT = "\N{SOFT HYPHEN}"
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’‚‛", "'"), _SOFT: None})
_LEFT_OUT = re.compile(r"\[[^\]]{0,300}\]|…|\.\.\.")
_IN_A_WORD = re.compile(r"[\w\u0300-\u036f]")


class Found(NamedTuple):
    """Where a quotation stands."""

    line: int
    """From 1; in a PDF, of the text taken from it."""
    offset: int
    """Letters of the text before it."""
    matches: int
    """How often it stands there."""


class _Line(NamedTuple):
    number: int
    offset: int
    raw: str


class _Folded(NamedTuple):
    plain: str
    lines: list[_Line]
    starts: list[int]
    """Where each line begins in ``plain``."""


@dataclass(frozen=True)
class Text:
    """A text as it was read."""

    raw: str

    @property
    def plain(self) -> str:
        """The text with what is the same in print made the same."""
        return self._folded.plain

    @cached_property
    def _folded(self) -> _Folded:
        parts: list[str] = []
        lines: list[_Line] = []
        starts: list[int] = []
        at = offset = 0
        glue = ""
        for number, raw in enumerate(self.raw.split("\n"), 1):
            if said := plain(raw):
                at += len(glue)
                parts += [glue, said]
                lines.append(_Line(number, offset, raw))
                starts.append(at)
                at += len(said)
                glue = "" if raw.rstrip().endswith(_SOFT) else " "
            offset += len(raw) + 1
        return _Folded("".join(parts), lines, starts)

    def find(self, quotation: str) -> Found | None:
        """Where a quotation stands first, and how often; None: nowhere."""
        starts = list(_words(plain(quotation), self.plain)) or list(self._in_pieces(quotation))
        return Found(*self._place(starts[0]), len(starts)) if starts else None

    def _in_pieces(self, quotation: str) -> Iterator[int]:
        """Starts of what is left of a quotation with omissions, each after the end of the one before."""
        pieces = [piece for part in _LEFT_OUT.split(quotation) if (piece := plain(part))]
        if not pieces or not _LEFT_OUT.search(quotation):
            return
        end = 0
        for first in _words(pieces[0], self.plain):
            at = first + len(pieces[0])
            if first < end:
                continue
            for piece in pieces[1:]:
                following = next(_words(piece, self.plain, at, at + GAP), None)
                if following is None:
                    break
                at = following + len(piece)
            else:
                end = at
                yield first

    def _place(self, at: int) -> tuple[int, int]:
        _, lines, starts = self._folded
        n = bisect_right(starts, at) - 1
        line, within = lines[n], at - starts[n]
        low, high = 0, len(line.raw)
        while low < high:  # the shortest beginning of the line that holds the letter
            middle = (low + high) // 2
            low, high = (low, middle) if len(plain(line.raw[:middle])) > within else (middle + 1, high)
        return line.number, line.offset + max(0, low - 1)


def plain(text: str) -> str:
    """Text with what is the same in print made the same."""
    text = text.translate(_QUOTES)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).translate(_QUOTES)
    return re.sub(r"\s+", " ", text).strip()


def _words(wanted: str, text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where something stands as whole words, each after the end of the one before."""
    last = len(text) if end is None else min(end, len(text))
    at = text.find(wanted, start, last) if wanted else -1
    while at >= 0:
        after = at + len(wanted)
        cut = (at > 0 and _within(text[at - 1], wanted[0])) or (
            after < len(text) and _within(wanted[-1], text[after])
        )
        if not cut:
            yield at
        at = text.find(wanted, at + 1 if cut else after, last)


def _within(before: str, after: str) -> bool:
    """Whether no word ends between two letters."""
    return bool(_IN_A_WORD.match(before) and _IN_A_WORD.match(after))


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits. Raises as :func:`detente.storage.read_bytes` does."""
    return hashlib.sha256(read_bytes(path, limit=LIMIT)).hexdigest()


def open_text(path: Path) -> Text:
    """A text file in UTF-8, or the text of a PDF.

    Raises
    ------
    DetenteError
        It cannot be read; for a PDF also where pypdf is not installed.
    """
    if path.suffix.lower() != ".pdf":
        return Text(read_limited(path, limit=LIMIT))
    data = read_bytes(path, limit=LIMIT)
    try:
        from pypdf import PdfReader
    except ImportError:
        raise UsageError(
            f"{path}: texts of PDFs need pypdf: install detente with the extra 'pdf' (uv sync --extra pdf)"
        ) from None
    import io
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        pages = PdfReader(io.BytesIO(data)).pages
        if len(pages) > MAX_PAGES:
            raise UsageError(f"{path}: {len(pages):,} pages; at most {MAX_PAGES:,} are read")
        return Text("\n".join(page.extract_text() for page in pages))
    except DetenteError:
        raise
    except Exception as error:  # whatever a stranger's file makes a parser stumble over
        raise UsageError(f"{path}: this is no PDF that can be read ({type(error).__name__})") from None
