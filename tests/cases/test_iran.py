"""The Iranian case against its sources: quotations, provenance, dates, questions, and the page that says where everything went."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest

from detente.case.model import Case, Issue, Party, Preferences
from detente.case.provenance import elements
from detente.case.reading import ReadCase, load_case
from detente.catalogue import path
from tests.cases import written

FILE = path("iran-2022")
TEXTS = FILE.parent / "sources" / "iran-2022"
PACK = "facts/iran-2022"
SUNSETS = {2023, 2024, 2025}
"""Transition Day, the next presidential election and Termination Day are dates of the law and the calendar."""


@pytest.fixture(scope="module")
def read() -> ReadCase:
    return load_case(FILE)


@pytest.fixture(scope="module")
def case(read: ReadCase) -> Case:
    return read.case


# --- by itself ----------------------------------------------------------------------------------------------


def test_every_number_has_a_provenance(case: Case) -> None:
    assert len([e for e in elements(case) if e.number]) > 500
    assert written.unfounded(case) == []


def test_every_range_has_a_reason_of_its_own(read: ReadCase) -> None:
    bare = re.findall(r": \[-?[\d.]+, -?[\d.]+(?:, -?[\d.]+)?\]", read.text)
    typed = re.findall(r"\{range: \[[^}]*(?:because|inference): ", read.text)
    blocks = re.findall(r"range: \[[^\]]*\]\n +because: >-", read.text) + re.findall(
        r"range: \[[^\]]*\]\n +because: \"", read.text
    )
    assert len(bare) == len(typed) + len(blocks)


def test_reasons_are_not_repeated(case: Case) -> None:
    """But in the lines of a reading, which replace the faction's own as a whole and keep most of them."""
    assert written.repeated_reasons(case, but=r"^readings\..*\.firm\.") == []


def test_nothing_is_later_than_its_date(case: Case) -> None:
    assert case.as_of == datetime.date(2022, 8, 10)
    assert written.years(case) <= SUNSETS
    assert written.dated_later(case) == []


def test_every_faction_speaks_of_every_option(case: Case) -> None:
    assert written.unspoken(case) == []


def test_what_no_deal_is_worth_is_computed_for_everybody(case: Case) -> None:
    assert list(case.computed) == list(case.preferences)


def test_quotations_are_short(case: Case) -> None:
    assert max(len(fact.split()) for _, fact in written.quotations(case)) <= 25


def test_every_element_of_the_table_exists(case: Case) -> None:
    known = (
        written.names(case)
        | {"stakes"}
        | {n for model in (Case, Issue, Party, Preferences) for n in model.model_fields}
    )
    rows = [row for row in written.coverage("iran-2022").splitlines() if row.startswith("|")]
    assert {t for row in rows for t in re.findall(r"`([^`]+)`", row)} - known == set()


def test_every_part_of_the_case_is_in_the_table(case: Case) -> None:
    assert case.world is not None
    world = [f"world.{part}" for part in case.world.parts]
    alone = [p for p, spec in case.parties.items() if not spec.factions]
    beside = (alone, case.tracks, case.guarantees, case.gestures, case.deadlines, case.bodies)
    assert written.untold(case, written.coverage("iran-2022"), world, *beside) == []


# --- against the material -----------------------------------------------------------------------------------


@pytest.mark.shared
def test_texts_are_those_of_the_material(shared: Path) -> None:
    for file in sorted((shared / PACK / "sources").iterdir()):
        assert (TEXTS / file.name).read_bytes() == file.read_bytes(), file.name


@pytest.mark.shared
def test_quotations_and_excerpts_are_those_that_were_transcribed(case: Case, shared: Path) -> None:
    material = written.listed(shared / PACK / "facts.yaml")
    known: dict[str, list[str]] = {}
    for fact in material["facts"]:
        known.setdefault(fact["source"].replace("-", "_"), []).append(fact["quote"])
    assert [q for q in written.quotations(case) if not any(q[1] in other for other in known[q[0]])] == []
    excerpts = (TEXTS / "excerpts.txt").read_text(encoding="utf-8")
    pages = [s["id"] for s in material["sources"] if s["kept"] != "text"]
    assert [f for p in pages for f in known[p.replace("-", "_")] if f"\n{f}\n" not in excerpts] == []


@pytest.mark.shared
def test_the_questions_are_those_of_the_list(case: Case, shared: Path) -> None:
    material = written.listed(shared / PACK / "questions.yaml")
    assert str(case.as_of) == str(material["as_of"])
    assert written.asked(case) == written.questions_of(material)
    assert sum(q.basis == "modelled" for q in case.questions.values()) >= 25
