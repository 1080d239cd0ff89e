"""A case in former words: one message for each block that has changed, at its first line, with what to write now."""

from __future__ import annotations

import re

import pytest

from detente.case.library import bundled
from detente.case.reading import read_case
from detente.errors import CaseError
from tests.case.small import GOOD, changed, complaints

DATED = changed(("title: Small", "title: Small\nas_of: 2021-06-03"))
WORLD = """\
world:
  months: 60
  money:
    revenue: {range: [0.2, 0.3, 0.4], because: made up}
    loss: [0.7, 0.4, 0.1]
  hunger: {now: 0.3}
  office:
    issue: one
    stakes: {a: {collapsed: -20}}
  means: {joined: {two: y}}
  under: {a: {staller: {exit.rate: 0.0}}}
"""
POLICIES = """\
policies:
  ease:
    name: Ease one step
    changes: {sender.now: 1, sender.take_back: 0}
"""
QUESTIONS = """\
questions:
  began:
    text: Will talks begin?
    resolves: 2021-09-30
    basis: modelled
    answers: {yes: {event: talks_began, by: 2021-09-30}, no: rest}
  turnout:
    text: Will turnout be half or more?
    resolves: 2021-12-31
    basis: modelled
    answers: {yes: {variable: turnout, low: 0.5, at: 2021-12-31}, no: rest}
  office:
    text: Will he still hold office?
    resolves: 2022-12-31
    basis: modelled
    answers: {yes: {office: holds, at: 2022-12-31}, no: rest}
"""
NEW = "world: {parts: {price: {pull: 0.1, spread: 0.1}}}\n"


def place(text: str, word: str) -> str:
    at = text.index(word)
    return f"{text.count(chr(10), 0, at) + 1}:{at - text.rfind(chr(10), 0, at)}: "


def test_everything_at_once_is_three_messages_in_the_order_of_the_file() -> None:
    text = DATED + WORLD + POLICIES + QUESTIONS
    world, policies, questions = complaints(text)
    assert world.startswith(place(text, "money:\n") + "world: parts stand below 'parts:' now")
    assert policies.startswith(
        place(text, "sender.now") + "policies: these change numbers of the former world"
    )
    assert questions.startswith(place(text, "yes: {event") + "questions: 3 answers are in former words")


def test_what_to_write_for_the_world() -> None:
    (told,) = complaints(DATED + WORLD)
    for says in (
        "'parts: {money: ..}'",
        "'detente parts'",
        "'detente parts money'",
        "for 'hunger' see 'food'",
        "'moves'",
        "'stakes'",
    ):
        assert says in told
    for name in re.findall(r"see '(\w+)'", told):
        assert name in bundled(), name


def test_what_to_write_for_answers() -> None:
    (told,) = complaints(DATED + NEW + QUESTIONS)
    for says in (
        "'that: happened(PART.talks_began), at: 2021-09-30' for 'event: talks_began'",
        "'that: PART.turnout >= 0.5, at: 2021-12-31'",
        "'that: ISSUE is OPTION, at: 2022-12-31'",
    ):
        assert says in told
    given = "{event: talks_stopped, by: 2021-12-31, given: talks_began, but_not: eased}"
    (told,) = complaints(
        DATED
        + NEW
        + QUESTIONS[: QUESTIONS.index("  turnout")].replace("{event: talks_began, by: 2021-09-30}", given)
    )
    assert "this answer is in former words" in told
    assert (
        "'that: happened(PART.talks_stopped) and not happened(PART.eased), at: 2021-12-31, given: happened(PART.talks_began)'"
        in told
    )


def test_what_is_wrong_beside_is_told_as_well() -> None:
    text = DATED.replace("a: {delivers: [0.5, 0.6, 0.7]}", "a: {delivres: [0.5, 0.6, 0.7]}") + WORLD
    spelling, world = complaints(text)
    assert "did you mean 'delivers'?" in spelling
    assert "world: parts stand below" in world


def test_names_that_stand_in_former_blocks_only_are_no_fault() -> None:
    text = (
        DATED
        + WORLD.replace("issue: one", "issue: nothing")
        + POLICIES.replace("changes:", "offered_to: nobody\n    changes:")
    )
    assert len(complaints(text)) == 2


def test_a_part_beside_parts_is_told_of_alone() -> None:
    text = (
        DATED
        + "world:\n  parts: {price: {pull: 0.1, spread: 0.1}}\n  strike: {levels: {cash: {start: 1, next: cash, unit: days}}}\n  moon: 1\n"
    )
    part, moon = complaints(text)
    assert part.startswith(place(text, "strike:"))
    assert "'parts: {strike: ..}'" in part
    assert "unknown key 'moon'" in moon


@pytest.mark.parametrize("block", ["world: {money: }", "world: {office: 3}", "questions: {q: {answers: {yes: {event: }}}}", "policies: {p: {changes: 3}}\nworld: {talks: []}", "world: {price: {}}\npolicies: []\nquestions: 4", "world: {parts: , money: 1}"])  # fmt: skip
def test_nothing_of_it_crashes(block: str) -> None:
    assert complaints(DATED + block + "\n")


def test_a_world_of_today_is_never_taken_for_a_former_one() -> None:
    (told,) = complaints(DATED + "world: {months: 12}\n")
    assert "world.parts: 'parts' is missing: add 'parts: ...'" in told
    assert "former" not in " ".join(complaints(GOOD + POLICIES))


def test_a_file_is_refused_with_its_name() -> None:
    with pytest.raises(
        CaseError, match=r"(?s)old.yaml:\d+:3: world: parts stand.*\nold.yaml:\d+:\d+: policies"
    ) as caught:
        read_case(DATED + WORLD + POLICIES, "old.yaml")
    assert caught.value.exit_code == 3
