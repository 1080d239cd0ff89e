"""The words of a briefing that mean something of their own: where each first stands, a way to what it means.

A reader goes from the top to the bottom. The first block that says such a word links to the list of words, which has those of
this page alone, in the order in which they come. What stands in “quotation marks” is the case's own and is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from detente.document import Block, Cell, Chart, Finding, Link, Paragraph, Section, Table
from detente.figures import joined

__all__ = ["WORDS", "defined"]

WORDS = {
    "package": (r"\bpackages?\b", "One option for every issue that can move at a table."),
    "table": (r"\btables?\b", "Who sits together, about which issues, and who has to agree there."),
    "acceptable": (
        r"\bacceptable\b",
        "To somebody: worth at least as much as no deal, and breaking none of its lines. Of a package alone: to everybody whose "
        "consent it needs.",
    ),
    "signed": (
        r"\bsigned\b",
        "Acceptable, and agreed on as well: judged beside the record of earlier rounds.",
    ),
    "begun": (r"\bbegun\b", "Signed, and every side makes its own people take part."),
    "kept": (r"\bkept\b", "Begun, and nobody gives in to a temptation to stop before the last step."),
    "reading": (r"\breadings?\b", "A rival view of what somebody really wants."),
    "draw": (
        r"\b(?:of|in|the|under|over|fresh|all|which) draws\b|\b(?:a|each|every) draw\b",
        "One value for every judged number, one reading for everybody who has rival ones. A share of draws is a share of these.",
    ),
    "zone of agreement": (
        r"\bzone\b",
        "The packages that are acceptable at a table. It is open where there is at least one.",
    ),
    "status quo": (
        r"\bstatus quo\b|\bhow things stand today\b",
        "The option at which each issue stands now. It is not no deal.",
    ),
    "no deal": (
        r"\b[Nn]o[ -]deal\b",
        "How things go on if nothing is signed, and what that is worth to each.",
    ),
    "swap": (
        r"\b[Ss]mall (?:swaps?|exchanges?)\b|\bswaps?\b",
        "A small exchange of two or three issues, none of which touches anybody's hold on office; it needs those alone who "
        "control what it moves.",
    ),
    "margin": (
        r"\b[Mm]argins?\b",
        "Points of its own by which going on with an agreement is better for somebody than the best way out.",
    ),
    "slack": (r"\b[Ss]lack\b", "The smallest margin among those who have to go on."),
}
"""Word → how it is found in a sentence, and what it means."""

ID = "words"
_QUOTED = re.compile("“[^”]*”")


def defined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with a link wherever one of the words first stands, and what those on the page mean after them."""
    reader = _Reader()
    told = [reader.through(block) for block in blocks]
    if not reader.known:
        return told
    rows = [(Cell(word, id=f"word-{word.replace(' ', '-')}"), WORDS[word][1]) for word in reader.known]
    section = Section(
        id=ID,
        title="What the words mean",
        lead="In the order in which they come on this page.",
        blocks=[Table("Words", ("Word", "What it means here"), rows)],
        fold=True,
    )
    return [*told, section]


class _Reader:
    """Goes through a page once, from the top to the bottom."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self.owed: list[str] = []
        """Words that were met where no link can stand: the next place that can have one leads to them."""

    def through(self, block: Block) -> Block:
        if isinstance(block, Section):
            self._meet(block.title, block.lead)
            inner = list(block.blocks)
            while inner and isinstance(
                inner[0], Paragraph | Chart
            ):  # they have no links: the section's lead on
                self._meet(*_said(inner.pop(0)))
            see = (*block.see, *self._links())
            return replace(block, see=see, blocks=[self.through(one) for one in block.blocks])
        self._meet(*_said(block))
        if isinstance(block, Table) or (isinstance(block, Finding) and not block.headline):
            return replace(block, see=(*block.see, *self._links()))
        return block

    def _meet(self, *texts: str) -> None:
        said = _QUOTED.sub("", " . ".join(texts))
        met = {word: at.start() for word, (way, _) in WORDS.items() if (at := re.search(way, said))}
        for word in sorted(met, key=met.__getitem__):
            if word not in self.known:
                self.known.append(word)
                self.owed.append(word)

    def _links(self) -> tuple[Link, ...]:
        owed, self.owed = self.owed, []
        if not owed:
            return ()
        named = joined([f"“{word}”" for word in owed])
        return (
            Link(
                f"What {named} {'means' if len(owed) == 1 else 'mean'} here",
                f"word-{owed[0].replace(' ', '-')}",
            ),
        )


def _said(block: Block) -> Iterator[str]:
    """What a block says in words, in the order in which it stands."""
    match block:
        case Finding():
            yield from (block.asks, block.text, block.because, block.limit)
        case Paragraph():
            yield block.text
        case Chart():
            yield from (block.caption, block.alt)
        case Table():
            yield from (block.caption, *block.columns, block.note)
        case Section():
            yield from (block.title, block.lead)
