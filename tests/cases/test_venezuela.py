"""The Venezuelan case against its source: quotations, sentences, provenance, dates."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import detente
from detente.case.model import Case
from detente.case.provenance import elements
from detente.case.reading import ReadCase, load_case
from detente.case.wired import wired

FILE = Path(detente.__file__).parent / "cases" / "venezuela-2021.yaml"
COVERAGE = Path(__file__).parents[2] / "docs" / "explanation" / "venezuela-2021-coverage.md"
ARTICLE = "economist_2021-06-03.txt"

ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z“(])|(?<=[.!?][”)])\s+(?=[A-Z“(])")
BLOCKS = {"facts", "record", "firm", "delivers", "weights"}


@pytest.fixture(scope="module")
def read() -> ReadCase:
    return load_case(FILE)


@pytest.fixture(scope="module")
def case(read: ReadCase) -> Case:
    return read.case


def rows() -> list[tuple[int, str, str]]:
    """The sentence table of the docs: number, opening words, element."""
    table = COVERAGE.read_text(encoding="utf-8").split("## Damaged places")[0]
    return [(int(n), words, element) for n, words, element in ROW.findall(table)]


def sentences(article: str) -> list[str]:
    """Headline, strapline and date line first, then the body at full stops; pictures left out."""
    lines = (line.strip() for line in article.splitlines())
    text = [line.lstrip("#> ") for line in lines if line and not line.startswith("![")]
    return [sentence for line in text for sentence in SENTENCE.split(line)]


def quotations(case: Case) -> list[str]:
    return [e.text for e in elements(case) if e.kind == "fact" and not e.number]


def texts(value: object) -> Iterator[str]:
    """Every string below a dumped model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


# --- without the article ------------------------------------------------------------------------------------


def test_it_is_valid_without_a_warning(read: ReadCase) -> None:
    assert [str(w) for w in read.warnings] == []


def test_every_number_has_a_provenance(case: Case) -> None:
    numbers = [e for e in elements(case) if e.number]
    assert len(numbers) > 300
    assert [e.path for e in numbers if e.kind == "none" or not e.text] == []


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
    """A reason that fits two numbers says little about either."""
    spread = [e for e in elements(case) if e.number and "–" in e.value and e.kind == "judgement"]
    reasons = sorted(e.text for e in spread)
    assert [a for a, b in pairwise(reasons) if a == b] == []


def test_nothing_is_later_than_its_date(case: Case) -> None:
    assert case.as_of is not None
    # The election is scheduled for 2024, says the article; no other later year may be spoken of but by the questions.
    years = {
        int(y)
        for t in texts(case.model_dump(exclude={"questions", "asked"}))
        for y in re.findall(r"\b(?:19|20)\d\d\b", t)
    }
    assert {y for y in years if y > case.as_of.year} <= {2024}
    assert all(s.date is None or s.date <= case.as_of for s in case.sources.values())
    dated = [case.preferences[f].judgement for f in case.preferences]
    assert all(j is not None and j.on is not None and j.on <= case.as_of for j in dated)


def test_every_faction_speaks_of_every_option(case: Case) -> None:
    for faction, wants in case.preferences.items():
        for issue, spec in case.issues.items():
            if issue in wants.indifferent:
                continue
            assert issue in wants.weights, (faction, issue)
            medians = [wants.values[issue][o].median for o in spec.options]
            assert (min(medians), max(medians)) == (0, 100), (faction, issue)


def test_quotations_are_short(case: Case) -> None:
    assert max(len(q.split()) for q in quotations(case)) <= 10


def test_opening_words_are_only_openings() -> None:
    assert [w for _, w, _ in rows() if not 3 <= len(w.split()) <= 8] == []


def test_every_element_of_the_table_exists(case: Case) -> None:
    factions = {f for p in case.parties.values() for f in p.factions}
    known = BLOCKS | set(case.parties) | factions | set(case.issues) | set(case.tracks)
    known |= {f"{i}.{o}" for i, spec in case.issues.items() for o in spec.options}
    known |= {f"{f}.{r}" for f, views in case.readings.items() for r in views}
    assert case.world is not None
    known |= {f"world.{part}" for part in case.world.parts} | set(case.gestures)
    known |= {f"world.{name}" for name in wired(case).wiring.slots if "." in name}
    text = COVERAGE.read_text(encoding="utf-8")
    named = {t for _, _, element in rows() for t in re.findall(r"`([^`]+)`", element)}
    named |= set(re.findall(r"`([a-z_]+\.[a-z_]+)`", text.split("## Not in the article")[1]))
    assert named - known == set()


def test_every_part_of_the_case_is_in_the_table(case: Case) -> None:
    text = COVERAGE.read_text(encoding="utf-8")
    parts = [f for p in case.parties.values() for f in p.factions]
    parts += [p for p, spec in case.parties.items() if not spec.factions and spec.role is None]
    parts += [*case.issues, *(f"{f}.{r}" for f, views in case.readings.items() for r in views)]
    assert [p for p in parts if f"`{p}" not in text] == []


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
    text = (shared / "facts" / "venezuela_2021_questions.yaml").read_text(encoding="utf-8")
    listed = YAML(typ="safe").load(text)
    assert case.as_of == datetime.date.fromisoformat(listed["as_of"])
    asked = [
        {"id": id, "text": q.text, "options": list(q.answers), "resolve_by": q.resolves.isoformat()}
        for id, q in case.questions.items()
    ]
    kept = ("id", "text", "options", "resolve_by")
    assert asked == [{key: question[key] for key in kept} for question in listed["questions"]]
