"""Texts that quotations are looked up in: what is the same in print is the same here, and what is found has a place.

White space is one space, over line ends too; curly and straight quotation marks, letters composed or decomposed (Unicode Standard Annex 15,
form KD), ligatures and their letters, hyphens that break and that do not are the same; soft hyphens and signs without a width are nothing. What
is small and raised or lowered is not: 10³ is not 103. A hyphen at the end of a line may be the word's or the printer's. A quotation stands there
in whole words and whole numbers: 500 is not in 1,500. Where it leaves something out (``…``, ``...``) or puts something in (``[the president]``),
what is between these has to stand there in this order, within :data:`GAP` letters of one another; ``[T]he`` is a letter made large or small.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, NamedTuple

from detente.errors import DetenteError, UsageError
from detente.storage import read_bytes, read_limited

__all__ = ["ENDINGS", "GAP", "Found", "Text", "fingerprint", "open_text", "plain"]

ENDINGS = (".txt", ".md", ".text", ".pdf")
LIMIT = 16 << 20
MAX_PAGES, MAX_CONTENT, MAX_WORK = 2_000, 16 << 20, 500_000
"""Of a PDF: pages, bytes of their content together, and what the content of one page is parsed into."""
GAP = 600

_SOFT = "\N{SOFT HYPHEN}"
_NO_WIDTH = "\u200b\u200e\u200f\u2060\ufeff"
_SAME = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
        **dict.fromkeys("\u2010\u2011", "-"),
        **dict.fromkeys(_SOFT + _NO_WIDTH),
    }
)
_LEFT_OUT = re.compile(r"\[[^\]]{0,300}\]|…|\.\.\.")
_RECAST = re.compile(r"\[([^\W\d_])\](?=\w)")
_BROKEN = re.compile(r"\w[-\u2010]\s*$")
Hyphens = Literal["apart", "own", "printer's"]


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
        return self._readings[0].plain

    @cached_property
    def _readings(self) -> tuple[_Folded, ...]:
        """The text with a hyphen at the end of a line as it stands there, as the word's own, and as the printer's; once if there is none."""
        broken = any(_BROKEN.search(raw) for raw in self.raw.split("\n"))
        if not broken:
            return (self._folded("apart"),)
        return self._folded("apart"), self._folded("own"), self._folded("printer's")

    def _folded(self, hyphens: Hyphens) -> _Folded:
        parts: list[str] = []
        lines: list[_Line] = []
        starts: list[int] = []
        at = offset = 0
        glue = ""
        for number, raw in enumerate(self.raw.split("\n"), 1):
            if said := plain(raw):
                joined = hyphens != "apart" and _BROKEN.search(raw) is not None
                if joined and hyphens == "printer's":
                    said = said[:-1]
                at += len(glue)
                parts += [glue, said]
                lines.append(_Line(number, offset, raw))
                starts.append(at)
                at += len(said)
                glue = "" if joined or raw.rstrip().endswith(_SOFT) else " "
            offset += len(raw) + 1
        return _Folded("".join(parts), lines, starts)

    def find(self, quotation: str) -> Found | None:
        """Where a quotation stands first, and how often; None: nowhere."""
        for folded in self._readings:
            for meant in dict.fromkeys(
                (quotation, *(_RECAST.sub(cast, quotation) for cast in (_small, _large)))
            ):
                starts = list(_words(plain(meant), folded.plain)) or list(_in_pieces(meant, folded.plain))
                if starts:
                    return Found(*_place(folded, starts[0]), len(starts))
        return None


def _small(found: re.Match[str]) -> str:
    return found[1].lower()


def _large(found: re.Match[str]) -> str:
    return found[1].upper()


def _in_pieces(quotation: str, text: str) -> Iterator[int]:
    """Starts of what is left of a quotation with omissions, each after the end of the one before."""
    pieces = [piece for part in _LEFT_OUT.split(quotation) if (piece := plain(part))]
    if not pieces or not _LEFT_OUT.search(quotation):
        return

    # From the last piece back, where each can stand and where what follows it ends: a quotation may have thousands.
    chains: list[tuple[int, int]] | None = None
    for piece, following in zip(reversed(pieces), ["", *reversed(pieces)], strict=False):
        stands = ((at, at + len(piece)) for at in _words(piece, text, every=True))
        chains = list(stands) if chains is None else list(_followed(stands, chains, GAP - len(following)))
    last = 0
    for first, end in chains or ():
        if first >= last:
            last = end
            yield first


def _followed(
    stands: Iterable[tuple[int, int]], chains: Sequence[tuple[int, int]], gap: int
) -> Iterator[tuple[int, int]]:
    """Where a piece stands after which the nearest of ``chains`` begins within ``gap`` letters, and where that ends."""
    for at, after in stands:
        n = bisect_left(chains, (after,))
        if n < len(chains) and chains[n][0] <= after + gap:
            yield at, chains[n][1]


def _place(folded: _Folded, at: int) -> tuple[int, int]:
    _, lines, starts = folded
    n = bisect_right(starts, at) - 1
    line, within = lines[n], at - starts[n]
    low, high = 0, len(line.raw)
    while low < high:  # the shortest beginning of the line that holds the letter
        middle = (low + high) // 2
        low, high = (low, middle) if len(plain(line.raw[:middle])) > within else (middle + 1, high)
    return line.number, line.offset + max(0, low - 1)


def plain(text: str) -> str:
    """Text with what is the same in print made the same."""
    text = text.translate(_SAME)
    if not text.isascii():
        text = "".join(map(_letters, _raised().split(text))).translate(_SAME)
    return re.sub(r"\s+", " ", text).strip()


@cache
def _raised() -> re.Pattern[str]:
    """Letters and numbers whose decomposition would be read otherwise."""
    marks = ("<super>", "<sub>", "<fraction>", "<circle>")
    of = (c for c in map(chr, range(0xA0, 0x3300)) if unicodedata.decomposition(c).startswith(marks))
    return re.compile(f"([{''.join(of)}])")


def _letters(part: str) -> str:
    return part if _raised().fullmatch(part) else unicodedata.normalize("NFKD", part)


def _words(wanted: str, text: str, *, every: bool = False) -> Iterator[int]:
    """Where something stands as whole words, each after the end of the one before, or ``every`` time that it does."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        after = at + len(wanted)
        cut = _within(text, at) or _within(text, after)
        if not cut:
            yield at
        at = text.find(wanted, at + 1 if cut or every else after)


def _within(text: str, at: int) -> bool:
    """Whether no word and no number ends at a place; a point or a comma between digits is of the number."""
    around = text[max(0, at - 2) : at].rjust(2), text[at : at + 2].ljust(2)
    before, after = around[0][1], around[1][0]
    if _in_a_word(before) and _in_a_word(after):
        return True
    return (before in ".," and around[0][0].isdigit() and after.isdigit()) or (
        after in ".," and before.isdigit() and around[1][1].isdigit()
    )


def _in_a_word(letter: str) -> bool:
    return letter.isalnum() or letter == "_" or unicodedata.category(letter)[0] == "M"


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
        from pypdf import PdfReader, apply_configuration
    except ImportError:
        raise UsageError(
            f"{path}: texts of PDFs need pypdf: install detente with the extra 'pdf' (uv sync --extra pdf)"
        ) from None
    import io
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with apply_configuration(
            zlib_maximum_output_length=MAX_CONTENT,
            stream_parsing_work_maximum_count=MAX_WORK,
            xform_maximum_invocations_per_extraction=100,
        ):
            pages = PdfReader(io.BytesIO(data)).pages
            if len(pages) > MAX_PAGES:
                raise UsageError(f"{path}: {len(pages):,} pages; at most {MAX_PAGES:,} are read")
            size = sum(
                len(content.get_data()) for page in pages if (content := page.get_contents()) is not None
            )
            if size > MAX_CONTENT:
                raise UsageError(
                    f"{path}: unpacked its pages have {size:,} bytes; at most {MAX_CONTENT:,} are read"
                )
            return Text("\n".join(page.extract_text() for page in pages))
    except DetenteError:
        raise
    except Exception as error:  # whatever a stranger's file makes a parser stumble over
        raise UsageError(f"{path}: this is no PDF that can be read ({type(error).__name__})") from None
