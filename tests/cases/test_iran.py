"""The Iranian case against its sources: quotations, provenance, dates, questions, and the page that says where everything went."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from detente.case.model import Case, Issue, Party, Preferences
from detente.case.provenance import elements
from detente.case.reading import ReadCase, load_case
from detente.case.wired import wired
from detente.catalogue import path

FILE = path("iran-2022")
TEXTS = FILE.parent / "sources" / "iran-2022"
COVERAGE = Path(__file__).parents[2] / "docs" / "explanation" / "iran-2022-coverage.md"
PACK = "facts/iran-2022"
SUNSETS = {2023, 2024, 2025}
"""Transition Day, the next presidential election and Termination Day are dates of the law and the calendar."""


@pytest.fixture(scope="module")
def read() -> ReadCase:
    return load_case(FILE)


@pytest.fixture(scope="module")
def case(read: ReadCase) -> Case:
    return read.case


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


def quotations(case: Case) -> list[tuple[str, str]]:
    """Source and words of every fact."""
    found = []
    for part in (case, *parts(case)):
        fact, source = getattr(part, "fact", None), getattr(part, "source", None)
        if fact is not None:
            assert source is not None
            found.append((source, fact))
    return found


def parts(value: object) -> Iterator[object]:
    """Everything below a model that may carry a fact."""
    if isinstance(value, dict):
        inner: object = value.values()
    elif isinstance(value, list | tuple):
        inner = value
    elif hasattr(type(value), "model_fields"):
        inner = [getattr(value, name) for name in type(value).model_fields]
    else:
        return
    assert hasattr(inner, "__iter__")
    for one in inner:
        if hasattr(type(one), "model_fields"):
            yield one
        yield from parts(one)


# --- by itself ----------------------------------------------------------------------------------------------


def test_every_number_has_a_provenance(case: Case) -> None:
    numbers = [e for e in elements(case) if e.number]
    assert len(numbers) > 500
    assert [e.path for e in numbers if e.kind == "none" or not e.text] == []


def test_every_range_has_a_reason_of_its_own(read: ReadCase) -> None:
    bare = re.findall(r": \[-?[\d.]+, -?[\d.]+(?:, -?[\d.]+)?\]", read.text)
    typed = re.findall(r"\{range: \[[^}]*(?:because|inference): ", read.text)
    blocks = re.findall(r"range: \[[^\]]*\]\n +because: >-", read.text) + re.findall(
        r"range: \[[^\]]*\]\n +because: \"", read.text
    )
    assert len(bare) == len(typed) + len(blocks)


def test_reasons_are_not_repeated(case: Case) -> None:
    """But in the lines of a reading, which replace the faction's own as a whole and keep most of them."""
    reasons: dict[str, str] = {}
    for e in elements(case):
        spread = e.number and "(" in e.value and e.kind == "judgement"
        if spread and not (e.path.startswith("readings.") and ".firm." in e.path):
            assert e.text not in reasons, (e.path, reasons[e.text])
            reasons[e.text] = e.path


def test_nothing_is_later_than_its_date(case: Case) -> None:
    assert case.as_of == datetime.date(2022, 8, 10)
    dumped = case.model_dump(exclude={"questions"})
    years = {int(y) for t in texts(dumped) for y in re.findall(r"\b(?:19|20)\d\d\b", t)}
    assert {y for y in years if y > 2022} <= SUNSETS
    assert all(s.date is not None and s.date <= case.as_of for s in case.sources.values())
    assert all(g.on is None or g.on <= case.as_of for g in case.gestures.values())


def test_every_faction_speaks_of_every_option(case: Case) -> None:
    for faction, wants in case.preferences.items():
        for issue, spec in case.issues.items():
            if issue in wants.indifferent:
                continue
            medians = [wants.values[issue][o].median for o in spec.options]
            assert (min(medians), max(medians)) == (0, 100), (faction, issue)


def test_what_no_deal_is_worth_is_computed_for_everybody(case: Case) -> None:
    assert list(case.computed) == list(case.preferences)


def test_quotations_are_short(case: Case) -> None:
    assert max(len(fact.split()) for _, fact in quotations(case)) <= 25


def test_every_element_of_the_table_exists(case: Case) -> None:
    factions = {f for p in case.parties.values() for f in p.factions}
    known = {*case.parties, *factions, *case.issues, *case.tracks, *case.gestures, *case.guarantees}
    known |= {*case.deadlines, *case.bodies, *case.questions, *case.policies}
    known |= {f"{i}.{o}" for i, spec in case.issues.items() for o in spec.options}
    known |= {f"{f}.{r}" for f, views in case.readings.items() for r in views}
    assert case.world is not None
    known |= {f"world.{part}" for part in case.world.parts}
    known |= {f"world.{name}" for name in wired(case).wiring.slots if "." in name}
    known |= {"stakes", *(n for model in (Case, Issue, Party, Preferences) for n in model.model_fields)}
    text = COVERAGE.read_text(encoding="utf-8")
    named = {t for row in text.splitlines() if row.startswith("|") for t in re.findall(r"`([^`]+)`", row)}
    assert named - known == set()


def test_every_part_of_the_case_is_in_the_table(case: Case) -> None:
    text = COVERAGE.read_text(encoding="utf-8")
    assert case.world is not None
    wanted = [f for p in case.parties.values() for f in p.factions]
    wanted += [p for p, spec in case.parties.items() if not spec.factions]
    wanted += [*case.issues, *(f"{f}.{r}" for f, views in case.readings.items() for r in views)]
    wanted += [f"world.{part}" for part in case.world.parts]
    wanted += [*case.tracks, *case.guarantees, *case.gestures, *case.deadlines, *case.bodies]
    assert [p for p in wanted if f"`{p}" not in text] == []


# --- against the material -----------------------------------------------------------------------------------


@pytest.mark.shared
def test_texts_are_those_of_the_material(shared: Path) -> None:
    for file in sorted((shared / PACK / "sources").iterdir()):
        assert (TEXTS / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.shared
def test_quotations_and_excerpts_are_those_that_were_transcribed(case: Case, shared: Path) -> None:
    listed = YAML(typ="safe").load((shared / PACK / "facts.yaml").read_text(encoding="utf-8"))
    known: dict[str, list[str]] = {}
    for fact in listed["facts"]:
        known.setdefault(fact["source"].replace("-", "_"), []).append(fact["quote"])
    assert [q for q in quotations(case) if not any(q[1] in other for other in known[q[0]])] == []
    excerpts = (TEXTS / "excerpts.txt").read_text(encoding="utf-8")
    pages = [s["id"] for s in listed["sources"] if s["kept"] != "text"]
    assert [f for p in pages for f in known[p.replace("-", "_")] if f"\n{f}\n" not in excerpts] == []


@pytest.mark.shared
def test_the_questions_are_those_of_the_list(case: Case, shared: Path) -> None:
    listed = YAML(typ="safe").load((shared / PACK / "questions.yaml").read_text(encoding="utf-8"))
    assert case.as_of == datetime.date.fromisoformat(listed["as_of"])
    asked = [
        {"id": id, "text": q.text, "options": list(q.answers), "resolve_by": q.resolves.isoformat()}
        for id, q in case.questions.items()
    ]
    wanted = [{k: q[k] for k in ("id", "text", "options", "resolve_by")} for q in listed["questions"]]
    assert asked == wanted
    assert sum(q.basis == "modelled" for q in case.questions.values()) >= 25
