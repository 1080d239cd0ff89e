"""Whether a first page can be read aloud, whatever case it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table
from tests.fuzz.judge import ONE_OF_MANY

__all__ = ["cells", "every", "reads_well"]


def every(blocks: Sequence[Block]) -> Iterator[Block]:
    """Every block, those inside sections too."""
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from every(block.blocks)


def cells(of: Table) -> list[list[str]]:
    """The words of a table."""
    return [[c.text if isinstance(c, Cell) else c for c in row] for row in of.rows]


def sentences(blocks: list[Block]) -> Iterator[str]:
    """Every text of the first page."""
    for block in every(blocks):
        match block:
            case Finding():
                yield from filter(None, (block.text, block.because))
            case Paragraph():
                yield block.text
            case Table():
                yield from (cell for row in cells(block) for cell in row)
            case Chart():
                yield block.alt


def reads_well(document: Document) -> None:
    """No slip of grammar, no private term, no number that pretends to more than it knows, no points of anybody's."""
    first = [
        *(b for b in document.blocks if isinstance(b, Finding)),
        *(b for b in document.blocks if isinstance(b, Section)),
    ][:2]
    assert isinstance(first[1], Section)
    assert first[1].id == "brief"
    for text in sentences(first):  # type: ignore[arg-type]
        assert text[:1] == text[:1].upper(), text
        assert not re.search(r"\b(the the|None|nan|a a)\b|  | ,|\.\.|_", text), text
        assert not re.search(
            r"(?<![.:?!“] )(?<!^)\b(The|A|An|It|To|Settle|Yes|Likely|Here) (?!\w+ed\b)", _bare(text)
        ), text
        assert not ONE_OF_MANY.search(text), text
        assert not re.search(
            r"\d\.\d|\d{3}(?!-|%)(?<!100)%| points?\b(?! of)|±", re.sub("percentage points?", "", text)
        ), text
    for finding in (b for b in every(first) if isinstance(b, Finding)):
        assert finding.text.endswith("."), finding.text
        assert not finding.because or finding.because.endswith("."), finding.because


def _bare(text: str) -> str:
    """Without what is quoted from the case."""
    return re.sub("“[^”]*”", "“”", text)
