"""The Venezuelan case against its source: quotations, sentences, provenance, dates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from detente.case.model import Case
from detente.case.provenance import elements
from detente.case.reading import ReadCase, load_case
from detente.catalogue import path
from tests.cases import written

ARTICLE = "economist_2021-06-03.txt"

ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“(])|(?<=[.!?][”)])\s+(?=[A-Z“(])")
BLOCKS = {"facts", "record", "firm", "delivers", "weights"}


@pytest.fixture(scope="module")
def read() -> ReadCase:
    return load_case(path("venezuela-2021"))


@pytest.fixture(scope="module")
def case(read: ReadCase) -> Case:
    return read.case


def rows() -> list[tuple[int, str, str]]:
    """The sentence table of the docs: number, opening words, element."""
    table = written.coverage("venezuela-2021").split("## Damaged places")[0]
    return [(int(n), words, element) for n, words, element in ROW.findall(table)]


def sentences(article: str) -> list[str]:
    """Headline, strapline and date line first, then the body at full stops; pictures left out."""
    lines = (line.strip() for line in article.splitlines())
    text = [line.lstrip("#> ") for line in lines if line and not line.startswith("![")]
    return [sentence for line in text for sentence in SENTENCE.split(line)]


def quotations(case: Case) -> list[str]:
    return [words for _, words in written.quotations(case)]


# --- without the article ------------------------------------------------------------------------------------


def test_it_is_valid_without_a_warning(read: ReadCase) -> None:
    assert [str(w) for w in read.warnings] == []


def test_every_number_has_a_provenance(case: Case) -> None:
    assert len([e for e in elements(case) if e.number]) > 300
    assert written.unfounded(case) == []


def test_every_judgement_is_somebodys(case: Case) -> None:
    assert [e.path for e in elements(case) if e.kind == "judgement" and not e.origin] == []


def test_every_range_has_a_reason_of_its_own(read: ReadCase) -> None:
    typed = re.findall(r"\{range: [^}]*\}|range: \[", read.text)
    bare = re.findall(r": \[-?[\d.]+, -?[\d.]+(?:, -?[\d.]+)?\]", read.text)
    with_reason = [t for t in typed if t.startswith("{") and "because:" in t]
    blocks = [t for t in typed if not t.startswith("{")]
    assert len(with_reason) > 200
    assert len(with_reason) + len(blocks) == len(typed)
    assert len(bare) == len(typed), "a range without 'because'"


def test_reasons_are_not_repeated(case: Case) -> None:
    assert written.repeated_reasons(case) == []


def test_nothing_is_later_than_its_date(case: Case) -> None:
    # The election is scheduled for 2024, says the article; no other later year may be spoken of but by the questions.
    assert written.years(case) <= {2024}
    assert written.dated_later(case) == []


def test_every_faction_speaks_of_every_option(case: Case) -> None:
    assert written.unspoken(case) == []


def test_quotations_are_short(case: Case) -> None:
    assert max(len(q.split()) for q in quotations(case)) <= 10


def test_opening_words_are_only_openings() -> None:
    assert [w for _, w, _ in rows() if not 3 <= len(w.split()) <= 8] == []


def test_every_element_of_the_table_exists(case: Case) -> None:
    named = {t for _, _, element in rows() for t in re.findall(r"`([^`]+)`", element)}
    beyond = written.coverage("venezuela-2021").split("## Not in the article")[1]
    named |= set(re.findall(r"`([a-z_]+\.[a-z_]+)`", beyond))
    assert named - written.names(case) - BLOCKS == set()


def test_every_part_of_the_case_is_in_the_table(case: Case) -> None:
    assert written.untold(case, written.coverage("venezuela-2021")) == []


# --- against the article ------------------------------------------------------------------------------------


@pytest.mark.shared
def test_every_quotation_is_verbatim(case: Case, shared: Path) -> None:
    article = (shared / "facts" / ARTICLE).read_text(encoding="utf-8")
    found = quotations(case)
    assert len(found) > 60
    assert [q for q in found if q not in article] == []


@pytest.mark.shared
def test_the_article_stays_out(case: Case, shared: Path) -> None:
    """Phrases, not sentences: well under half of the text even when all are laid side by side."""
    article = (shared / "facts" / ARTICLE).read_text(encoding="utf-8")
    covered = bytearray(len(article))
    for quotation in quotations(case):
        at = article.find(quotation)
        covered[at : at + len(quotation)] = b"\1" * len(quotation)
    assert sum(covered) < 0.45 * len(article)


@pytest.mark.shared
def test_every_sentence_is_in_the_table(shared: Path) -> None:
    article = sentences((shared / "facts" / ARTICLE).read_text(encoding="utf-8"))
    table = rows()
    assert [n for n, _, _ in table] == list(range(1, len(article) + 1))
    assert [n for (n, words, _), s in zip(table, article, strict=True) if not s.startswith(words)] == []


@pytest.mark.shared
def test_damaged_places_are_not_quoted(case: Case, shared: Path) -> None:
    article = (shared / "facts" / ARTICLE).read_text(encoding="utf-8")
    damaged = ("imposed  on", "take place in ,", "Thewinners")
    assert all(d in article for d in damaged)
    assert [
        q for q in quotations(case) if any(d in q for d in ("has imposed", "take place in", "winners"))
    ] == []


@pytest.mark.shared
def test_the_questions_are_those_of_the_list(case: Case, shared: Path) -> None:
    material = written.listed(shared / "facts" / "venezuela_2021_questions.yaml")
    assert str(case.as_of) == str(material["as_of"])
    assert written.asked(case) == written.questions_of(material)
