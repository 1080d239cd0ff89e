"""The case brexit-2018: seats, quotations, reasons, dates, and the questions that it answers."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from detente.case.model import Case
from detente.case.provenance import elements
from detente.case.reading import ReadCase, load_case
from detente.case.wired import wired
from detente.catalogue import path
from tests.answers import ask

COVERAGE = Path(__file__).parents[2] / "docs" / "explanation" / "brexit-2018-coverage.md"
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


def pack(shared: Path, name: str) -> Any:
    text = (shared / "facts" / "brexit-2018" / name).read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


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


def test_every_range_has_a_reason_of_its_own(case: Case) -> None:
    numbers = [e for e in elements(case) if e.number]
    assert len(numbers) > 500
    assert [e.path for e in numbers if e.kind == "none" or not e.text] == []
    ranges = [e for e in numbers if " to " in e.value and e.kind == "judgement"]
    assert len(ranges) > 300
    assert [t for t, k in Counter(e.text for e in ranges).items() if k > 1] == []


def test_every_faction_speaks_of_every_option(case: Case) -> None:
    for faction, wants in case.preferences.items():
        assert wants.no_deal == "from_outlook", faction
        for issue, spec in case.issues.items():
            if issue not in wants.indifferent:
                medians = [wants.values[issue][o].median for o in spec.options]
                assert (min(medians), max(medians)) == (0, 100), (faction, issue)


def test_nothing_is_known_later_than_that_evening(read: ReadCase) -> None:
    case = read.case
    assert case.as_of is not None
    assert all(s.date is not None and s.date <= case.as_of for s in case.sources.values())
    assert all(j.judgement is not None and j.judgement.on == case.as_of for j in case.preferences.values())
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
    wanted = {q["id"]: q for q in pack(shared, "questions.yaml")["questions"]}
    assert list(case.questions) == list(wanted)
    for name, asked in case.questions.items():
        assert asked.text == wanted[name]["text"], name
        assert sorted(asked.answers) == sorted(wanted[name]["options"]), name
        assert str(asked.resolves) == wanted[name]["resolve_by"], name


@pytest.mark.shared
def test_every_fact_of_the_collection_is_quoted_and_nothing_else(case: Case, shared: Path) -> None:
    facts = {f["id"]: f["quote"] for f in pack(shared, "facts.yaml")["facts"]}
    quoted = {e.text for e in elements(case) if e.kind == "fact"}
    assert [i for i, q in facts.items() if not any(x in q for x in quoted)] == []
    assert [x for x in quoted if not any(x in q for q in facts.values())] == []


# --- the page -----------------------------------------------------------------------------------------------


def test_every_part_of_the_case_is_on_the_page(case: Case) -> None:
    text = COVERAGE.read_text(encoding="utf-8")
    assert case.world is not None
    parts = [f for p in case.parties.values() for f in p.factions]
    parts += [*case.issues, *case.tracks, *case.guarantees, *case.gestures, *case.policies]
    parts += [f"{f}.{r}" for f, views in case.readings.items() for r in views]
    parts += [f"world.{part}" for part in case.world.parts]
    assert [p for p in parts if f"`{p}" not in text] == []


def test_everything_that_the_page_names_is_in_the_case(case: Case) -> None:
    assert case.world is not None
    known = {f for p in case.parties.values() for f in p.factions} | set(case.parties)
    known |= {*case.issues, *case.tracks, *case.guarantees, *case.gestures, *case.policies, *case.questions}
    known |= {f"{i}.{o}" for i, spec in case.issues.items() for o in spec.options}
    known |= {f"{f}.{r}" for f, views in case.readings.items() for r in views}
    known |= {f"world.{part}" for part in case.world.parts}
    known |= {f"world.{name}" for name in wired(case).wiring.slots if "." in name}
    known |= {f"world.{name}" for name in wired(case).wiring.figures}
    known |= {"facts", "delivers", "firm", "weights", "bodies", "accepts", "brexit-2018", "commons"}
    known |= {"code", "inference", "judgement"}
    text = COVERAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_0-9.\-]+)`", text))
    assert named - known == set()
