"""The case brexit-2018: seats, quotations, reasons, dates, and the questions that it answers."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from detente.case.model import Case
from detente.case.provenance import elements
from detente.case.reading import ReadCase, load_case
from detente.case.wired import wired
from detente.catalogue import path
from tests.answers import ask
from tests.cases import written

PACK = "facts/brexit-2018"
SEATS = 650
"""Of the House of Commons."""
AWAY = 7 + 4
"""Sinn Féin stays away; the Speaker and three deputies do not vote."""
OUR = ("government", "erg", "pro_europeans", "scottish")
LATER = re.compile(
    r"\b(Malthouse|Brady|Yvette Cooper|Letwin|Hilary Benn|Kyle|[Pp]rorog\w+|Nandy|Windsor)\b|\b(432|391|230) votes"
)
"""Words that nobody knew on that evening."""


@pytest.fixture(scope="module")
def read() -> ReadCase:
    return load_case(path("brexit-2018"))


@pytest.fixture(scope="module")
def case(read: ReadCase) -> Case:
    return read.case


def gate(case: Case) -> dict[str, Any]:
    """The votes in the consent of the United Kingdom: weights and quota."""
    tree = case.parties["uk"].accepts
    dumped = tree.model_dump() if hasattr(tree, "model_dump") else tree
    return next(branch for branch in dumped["all"] if isinstance(branch, dict))


# --- seats --------------------------------------------------------------------------------------------------


def test_seats_add_up_to_the_house(case: Case) -> None:
    votes = gate(case)
    assert sum(votes["weights"].values()) + AWAY == SEATS
    assert votes["quota"] == sum(votes["weights"].values()) // 2 + 1 == 320
    assert set(votes["weights"]) == set(case.parties["uk"].factions)


def test_the_body_and_the_world_count_the_same_seats(case: Case) -> None:
    votes = gate(case)
    body = case.bodies["commons"].votes.model_dump()
    assert (body["weights"], body["quota"]) == (votes["weights"], votes["quota"])
    numbers = wired(case).wiring.figures
    assert sum(votes["weights"][f] for f in OUR) == numbers["house.our"].median
    assert votes["weights"]["dup"] == numbers["house.ally"].median
    assert sum(votes["weights"].values()) == numbers["house.all"].median


def test_each_table_has_a_majority(case: Case) -> None:
    votes = gate(case)
    for name, track in case.tracks.items():
        for seat in track.model_dump()["parties"]:
            if isinstance(seat, dict) and "uk" in seat:
                assert sum(votes["weights"][f] for f in seat["uk"]["all"]) >= votes["quota"], name


# --- words --------------------------------------------------------------------------------------------------


def test_it_is_valid_without_a_warning(read: ReadCase) -> None:
    assert [str(w) for w in read.warnings] == []


def test_every_number_has_a_reason_and_every_range_one_of_its_own(case: Case) -> None:
    assert len([e for e in elements(case) if e.number]) > 500
    assert written.unfounded(case) == []
    assert written.repeated_reasons(case) == []


def test_every_faction_speaks_of_every_option(case: Case) -> None:
    assert written.unspoken(case) == []


def test_what_no_deal_is_worth_is_computed_for_everybody(case: Case) -> None:
    assert list(case.computed) == list(case.preferences)


def test_nothing_is_known_later_than_that_evening(read: ReadCase) -> None:
    assert written.dated_later(read.case) == []
    assert LATER.search(read.text) is None
    kept = path("brexit-2018").parent / "sources" / "brexit-2018"
    for file in kept.iterdir():
        assert LATER.search(file.read_text(encoding="utf-8")) is None, file.name


# --- questions ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answered() -> Any:
    return ask("outlook", "brexit-2018", "--draws", "64", "--questions", "--json").json


def test_answers_exclude_each_other_and_add_up_to_one(answered: Any, case: Case) -> None:
    assert set(answered) == set(case.questions)
    for name, chances in answered.items():
        assert sum(chances.values()) == pytest.approx(1, abs=1e-5), name
        assert set(chances) == set(case.questions[name].answers), name


def test_most_questions_are_modelled_and_open(answered: Any, case: Case) -> None:
    basis = Counter(q.basis for q in case.questions.values())
    assert (basis["modelled"], basis["prior"]) == (25, 5)
    for name, chances in answered.items():
        assert max(chances.values()) < 0.999, name


def test_what_includes_something_is_as_likely(answered: Any) -> None:
    of = answered
    assert of["b05"]["yes"] == pytest.approx(of["b06"]["approved"], abs=1e-6)
    assert of["b19"]["yes"] >= of["b05"]["yes"]
    assert of["b06"]["no division"] == pytest.approx(of["b07"]["no division"], abs=1e-6)
    assert of["b05"]["yes"] + sum(of["b06"][k] for k in of["b06"] if "defeated" in k) <= 1
    assert of["b23"]["yes"] + of["b24"]["UK-wide single customs territory as in November 2018"] <= 1
    assert of["b02"]["yes"] + of["b03"]["yes"] <= 1


# --- against the collection ---------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_questions_are_those_of_the_list(case: Case, shared: Path) -> None:
    material = written.listed(shared / PACK / "questions.yaml")
    assert str(case.as_of) == str(material["as_of"])
    assert written.asked(case) == written.questions_of(material)


@pytest.mark.shared
def test_every_fact_of_the_collection_is_quoted_and_nothing_else(case: Case, shared: Path) -> None:
    facts = {f["id"]: f["quote"] for f in written.listed(shared / PACK / "facts.yaml")["facts"]}
    quoted = {words for _, words in written.quotations(case)}
    assert [i for i, q in facts.items() if not any(x in q for x in quoted)] == []
    assert [x for x in quoted if not any(x in q for q in facts.values())] == []


# --- the page -----------------------------------------------------------------------------------------------


def test_every_part_of_the_case_is_on_the_page(case: Case) -> None:
    assert case.world is not None
    beside = [
        *case.tracks,
        *case.guarantees,
        *case.gestures,
        *case.policies,
        *(f"world.{p}" for p in case.world.parts),
    ]
    assert written.untold(case, written.coverage("brexit-2018"), beside) == []


def test_everything_that_the_page_names_is_in_the_case(case: Case) -> None:
    known = written.names(case) | {
        "facts",
        "delivers",
        "firm",
        "weights",
        "bodies",
        "accepts",
        "brexit-2018",
        "code",
        "inference",
    }
    named = set(re.findall(r"`([a-z_0-9.\-]+)`", written.coverage("brexit-2018")))
    assert named - known - {"judgement"} == set()
