"""What a result says, free of format: the blocks from which the terminal and the page are made.

An analysis describes itself as a :class:`Document`; ``detente.render`` knows how to show each block as text
or HTML and nothing about analyses. Plain text everywhere: no markup, no escapes; the renderer escapes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from detente.figures import capital

__all__ = ["Block", "Cell", "Chart", "Document", "Finding", "Link", "Paragraph", "Section", "Table", "Tone"]

Tone = Literal["plain", "good", "bad", "caution", "muted"]
"""What a value means to the reader, never a colour: renderers add a sign or a word, not colour alone."""


class Link(NamedTuple):
    """Where more is said, or what stands behind a number: the page leads there, and drops what leads nowhere on it."""

    words: str
    to: str
    """Id of a section, or of a cell."""


@dataclass(frozen=True)
class Finding:
    """One sentence that answers, with the number in it, its reason and where it comes from.

    ``limit`` says, where the answer is, how far it may be trusted (sampled, bounded, judged). All three begin
    with a capital, whatever name they begin with.
    """

    text: str
    because: str = ""
    limit: str = ""
    tone: Tone = "plain"
    headline: bool = False
    asks: str = ""
    """The question that it answers."""
    see: Sequence[Link] = ()

    def __post_init__(self) -> None:
        for name in ("text", "because", "limit"):
            object.__setattr__(self, name, capital(getattr(self, name)))


@dataclass(frozen=True)
class Paragraph:
    """Running text; it begins with a capital."""

    text: str
    tone: Tone = "plain"

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", capital(self.text))


@dataclass(frozen=True)
class Cell:
    """A table cell: text, what it means, and an optional longer explanation (title text, footnote)."""

    text: str
    tone: Tone = "plain"
    note: str = ""
    links: Sequence[Link] = ()
    """Behind the text; one link without words is the text itself."""
    id: str = ""
    """By which others lead here."""


@dataclass(frozen=True)
class Table:
    """A table with a caption. ``rows`` hold strings or Cells; column 0 is the row header."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str | Cell]]
    numeric: Sequence[int] = ()
    """Columns to be aligned as numbers."""
    note: str = ""
    fold: bool = False
    """Long and secondary: the page shows it closed, the terminal shows the first rows and says how many more."""
    keep: Sequence[int] = ()
    """Rows that are shown wherever the others are cut short: the last of a series, those that a sentence quotes.
    Negative ones count from the end."""
    see: Sequence[Link] = ()


@dataclass(frozen=True)
class Chart:
    """A picture: a Vega-Lite v5/v6 specification with its data inline, and the same said in words.

    ``spec`` is a complete Vega-Lite top-level specification without ``$schema``, ``width`` or ``config``
    (renderers own size and theme) whose ``data`` is ``{"values": [...]}``. ``alt`` is the sentence for those
    who do not see it; ``table`` the numbers behind it, for a screen reader and for the terminal.
    """

    id: str
    caption: str
    spec: Mapping[str, Any]
    alt: str
    table: Table | None = None
    height: int | None = None
    """Pixels; None lets the specification decide."""
    broad: bool = False
    """Legible only where it is wide: a narrow screen moves over it."""


@dataclass(frozen=True)
class Section:
    """A titled part of a document; ``id`` is unique and becomes the anchor."""

    id: str
    title: str
    blocks: Sequence[Block] = ()
    lead: str = ""
    """One sentence under the title: the question that this section answers."""
    fold: bool = False
    """For reference: the page shows it closed."""
    see: Sequence[Link] = ()


Block = Finding | Paragraph | Table | Chart | Section


@dataclass(frozen=True)
class Document:
    """A whole briefing or the answer of one verb."""

    title: str
    subtitle: str = ""
    blocks: Sequence[Block] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    """Small print of the run: case, as-of date, version, seed, draws, method."""
    short: Sequence[Block] = ()
    """What a terminal shows unless it is asked for all: the answer on one screen. Empty: the blocks."""
