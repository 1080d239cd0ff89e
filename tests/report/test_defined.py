"""A word of the product's own leads to what it means where it first stands on the page, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from detente.case.reading import read_case
from detente.case.starter import starter
from detente.document import Block, Cell, Finding, Paragraph, Section, Table
from detente.draws import prepare
from detente.render import html
from detente.report import report
from detente.report.defined import ID, WORDS, defined

GLOSSARY = (Path(__file__).parents[2] / "docs" / "reference" / "glossary.md").read_text("utf-8")


def links(blocks: Sequence[Block]) -> Iterator[tuple[Block, str]]:
    """Every way to a meaning, with the block that it stands at, in the order of the page."""
    for block in blocks:
        see = block.see if isinstance(block, Finding | Table | Section) else ()
        yield from ((block, link.words) for link in see if link.to.startswith("word-"))
        if isinstance(block, Section):
            yield from links(block.blocks)


def test_the_first_block_that_says_a_word_leads_to_it() -> None:
    first, then = Finding("It is acceptable."), Finding("Acceptable or not, it is acceptable, and signed.")
    told = defined([Section("a", "A", [Paragraph("Nothing."), first, then])])
    assert [(b.text, w) for b, w in links(told) if isinstance(b, Finding)] == [
        (first.text, "What “acceptable” means here"),
        (then.text, "What “signed” means here"),
    ]
    words = told[-1]
    assert isinstance(words, Section)
    assert isinstance(words.blocks[0], Table)
    assert [row[0].text for row in words.blocks[0].rows if isinstance(row[0], Cell)] == [
        "acceptable",
        "signed",
    ]


def test_what_can_have_no_link_hands_it_on() -> None:
    told = defined([Finding("No deal is kept.", headline=True), Section("a", "A", [Paragraph("A reading.")])])
    assert [(type(b), w) for b, w in links(told)] == [
        (Section, "What “no deal”, “kept” and “reading” mean here")
    ]


def test_words_of_the_case_in_quotation_marks_are_its_own() -> None:
    blocks = [Finding("They do “a swap is signed at the table”.")]
    assert defined(blocks) == blocks


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_in_the_glossary_and_found_by_its_pattern(word: str) -> None:
    assert re.search(WORDS[word][0], f"the {word}s in the {word} of draws")
    assert re.search(rf"^\*\*[^*]*{word}.*\*\*|\({word}\)", GLOSSARY, re.MULTILINE | re.IGNORECASE), word


def test_every_word_of_a_briefing_is_defined_once_and_can_be_reached() -> None:
    ready = prepare(read_case(starter("roadmap", "tables"), "s").case, draws=64)
    document = report(ready)
    (words,) = [b for b in document.blocks if isinstance(b, Section) and b.id == ID]
    assert isinstance(words.blocks[0], Table)
    listed = [row[0].text for row in words.blocks[0].rows if isinstance(row[0], Cell)]
    named = [word for _, said in links(document.blocks) for word in re.findall("“([^”]*)”", said)]
    assert sorted(named) == sorted(listed) == sorted(set(listed))
    assert {"acceptable", "signed", "begun", "kept", "margin", "draw"} <= set(listed)
    page = html.page(document)
    targets = re.findall(r'href="#(word-[\w-]+)"', page)
    assert targets
    assert all(f'id="{target}"' in page for target in targets)
