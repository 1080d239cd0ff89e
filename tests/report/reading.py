"""Whether a first page can be read aloud, whatever case it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detente.document import Block, Cell, Chart, Document, Finding, Link, Paragraph, Section, Table
from tests.fuzz.judge import ONE_OF_MANY

__all__ = ["cells", "every", "leads_both_ways", "reads_well", "sentences"]


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


SLIPS = (
    r"\b(the the|a a|None|nan)\b|  | ,|\.\.|_",
    r"(?<=[a-z,;)] )(The|A|An|It|To|Settle|Yes|Likely|Here) ",  # a capital inside a sentence
    r"(?<![$.\d])\d+\.\d|(?!100%)\d{3,}%|±",  # more digits than are known
    r"(?<!percentage )\bpoints?\b",  # of a faction's own, which nobody else can read
)


def reads_well(document: Document) -> None:
    """No slip of grammar, no number that pretends to more than it knows, nobody's points."""
    page = next(b for b in document.blocks if isinstance(b, Section))
    assert page.id == "brief"
    first: list[Block] = [*(b for b in document.blocks if isinstance(b, Finding) and b.headline), page]
    assert len(first) == 2
    for text in sentences(first):
        assert text[:1] == text[:1].upper() or re.fullmatch(r"(under|over) \d+%", text), text
        assert not [slip for slip in SLIPS if re.search(slip, _bare(text))], text
        assert not ONE_OF_MANY.search(text), text
    for finding in (b for b in every(first) if isinstance(b, Finding)):
        assert finding.text.endswith("."), finding.text
        assert not finding.because or finding.because.endswith("."), finding.because


def _bare(text: str) -> str:
    """Without what is quoted from the case."""
    return re.sub("“[^”]*”", "“”", text)


def leads_both_ways(document: Document) -> None:
    """Every answer of the first page leads on; every judgement that matters leads to its row; every row back to its use."""
    tables = [b for b in every(document.blocks) if isinstance(b, Table)]
    rows = [row for t in tables for row in t.rows]
    places = {b.id for b in every(document.blocks) if isinstance(b, Section)}
    places |= {c.id for row in rows for c in row if isinstance(c, Cell) and c.id}

    def leads(links: Sequence[Link]) -> bool:
        return any(link.to in places for link in links)

    page = next(b for b in document.blocks if isinstance(b, Section))
    for finding in (b for b in page.blocks if isinstance(b, Finding)):
        assert leads(finding.see), finding.asks
    for t in tables:
        if t.caption in ("Judgements that matter most", "Numbers that matter"):
            for row in t.rows:
                assert isinstance(row[0], Cell)
                assert leads(row[0].links), row[0]
        if "Used in" in t.columns:
            for row in t.rows:
                assert isinstance(row[-1], Cell)
                assert leads(row[-1].links), row[0]
        if t.caption == "Sources":
            assert all(isinstance(row[0], Cell) and row[0].id for row in t.rows)
