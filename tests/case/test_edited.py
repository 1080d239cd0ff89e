"""Values put in place of a case's are read and checked like a file that has them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from detente import load
from detente.case.base import Range
from detente.case.edited import SUPPOSED, typed_changes
from detente.case.reading import ReadCase, read_case
from detente.errors import CaseError, DetenteError, UsageError

TEXT = """\
detente: 1
id: wells
title: A well for a road
as_of: 2026-05-01
judgement: {because: made up, by: M. Aldous}
parties: {north: {}, south: {}}
issues:
  well: {controlled_by: north, status_quo: closed, options: {closed: , open: }}
  road: {controlled_by: south, status_quo: closed, options: {closed: , open: }}
preferences:
  north:
    no_deal: {status_quo: 3}
    weights: {well: [10, 20, 30], road: {range: [60, 70, 90], fact: "the road is what we want", source: paper}}
    values: {well: {closed: 100, open: 0}, road: {closed: 0, open: 100}}
    red_lines: [{well: open, road: closed}]
  south:
    weights: {well: [50, 60, 80], road: [10, 20, 40]}
    values: {well: {closed: 0, open: 100}, road: {closed: 100, open: 0}}
sources: {paper: {title: The Gazette}}
"""


@pytest.fixture(scope="module")
def read() -> ReadCase:
    return read_case(TEXT, "wells.yaml")


@pytest.mark.parametrize(
    ("path", "value", "typed"),
    [
        ("preferences.north.no_deal", 5, ("no_deal: {status_quo: 3}", "no_deal: 5")),
        ("preferences.north.no_deal", {"status_quo": [1, 2, 4]}, ("{status_quo: 3}", "{status_quo: [1, 2, 4]}")),
        ("preferences.north.red_lines.0.road", "open", ("road: closed}]", "road: open}]")),
        ("as_of", date(2026, 4, 1), ("2026-05-01", "2026-04-01")),
        ("preferences.north.patience", 0.9, ("no_deal: {status_quo: 3}", "no_deal: {status_quo: 3}\n    patience: 0.9")),
        ("issues.well.options", {"closed": None, "open": {"name": "Open it"}}, ("{closed: , open: }}\n  road", "{closed: , open: {name: Open it}}}\n  road")),
    ],
)  # fmt: skip
def test_a_change_is_the_file_with_the_value_typed_in(
    read: ReadCase, path: str, value: Any, typed: tuple[str, str]
) -> None:
    assert TEXT.count(typed[0]) == 1
    assert read.changed({path: value}).case == read_case(TEXT.replace(*typed), "wells.yaml").case


def test_a_number_keeps_nothing_of_what_another_came_from(read: ReadCase) -> None:
    changed = read.changed({"north.weights.road": 50})
    weight = changed.case.preferences["north"].weights["road"]
    assert isinstance(weight, Range)
    assert (weight.low, weight.median, weight.high, weight.fact, weight.source) == (50, 50, 50, None, None)
    assert weight.judgement is not None
    assert weight.judgement.because == SUPPOSED
    assert [c.sentence for c in changed.changes] == [
        "preferences.north.weights.road = 50 instead of [60, 70, 90]"
    ]
    again = changed.changed({"south.weights.road": (1, 2, 3)})
    assert [c.path for c in again.changes] == [
        "preferences.north.weights.road",
        "preferences.south.weights.road",
    ]
    assert again.case.preferences["north"] == changed.case.preferences["north"]
    assert read.changes == ()


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"preferences.north.no_dael": 5}, CaseError, "preferences.north.no_dael: unknown key 'no_dael'; did you mean 'no_deal'?"),
        ({"preference.north.no_deal": 5}, UsageError, "preference.north.no_deal: no 'preference' in the case; did you mean 'preferences.north.no_deal'?"),
        ({"nroth.weights.road": 5}, UsageError, "nroth.weights.road: no 'nroth' in the case; did you mean 'north.weights.road'?"),
        ({"preferences.north.weights.road": -5}, CaseError, "preferences.north.weights.road: must be at least 0: found [-5, -5, -5]"),
        ({"preferences.north.weights.raod": 5}, CaseError, "preferences.north.weights.raod: unknown issue 'raod'; did you mean 'road'?"),
        ({"preferences.north.red_lines.1": {"well": "open"}}, UsageError, "preferences.north.red_lines is a list: an entry from 0 to 0 was expected, found '1'"),
        ({"preferences.north.red_lines.²": {"well": "open"}}, UsageError, "an entry from 0 to 0 was expected, found '²'"),
        ({1: 5}, UsageError, "1: a path was expected, as preferences.leader.no_deal, found 1"),
        ({"id.x": 5}, UsageError, "id.x: id is the text 'wells', there is nothing below it; set id itself"),
        ({"preferences.north.weights": {}, "north.weights.road": 5}, UsageError, "preferences.north.weights is set as well"),
        ({"title": object()}, UsageError, "title: a number, a text, a list or a block of these was expected, found object"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_with_its_path(
    read: ReadCase, changes: dict[str, Any], error: type[DetenteError], said: str
) -> None:
    with pytest.raises(error) as raised:
        read.changed(changes)
    assert said in str(raised.value)
    assert str(raised.value).startswith("changed ")
    assert str(raised.value.typed).startswith("--set ")


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("strike.rate", "world.parts.strike.numbers.rate"),
        ("watch.sees[full]", "world.parts.watch.numbers.sees.full"),
        ("stakes.iran.strike.struck", "world.stakes.iran.strike.struck"),
        ("iran.patience", "preferences.iran.patience"),
        ("iran.delivers", "parties.iran.delivers"),
        ("iran.values.inspection.full", "preferences.iran.values.inspection.full"),
    ],
)
def test_a_number_is_named_as_answers_name_it(path: str, place: str) -> None:
    [change] = load("stockpile").changed({path: 0.5}).changes
    assert change.path == place


def test_what_could_be_two_numbers_is_asked_back() -> None:
    with pytest.raises(
        UsageError, match=r"could be preferences\.iran\.values\.\S+ or preferences\.us\.values\S+: write"
    ):
        load("stockpile").changed({"values.sanctions.kept": 5})


def test_a_change_in_the_ninth_digit_is_told(read: ReadCase) -> None:
    first = read.changed({"north.weights.road": 1234567.8})
    [_, change] = first.changed({"north.weights.road": 1234567.9}).changes
    assert change.sentence == "preferences.north.weights.road = 1234567.9 instead of 1234567.8"


def test_a_fault_elsewhere_keeps_its_place_in_the_file(read: ReadCase) -> None:
    with pytest.raises(CaseError) as raised:
        read.changed({"issues.well.options": {"shut": None, "open": None}})
    lines = str(raised.value).split("\n")
    assert any(line.startswith("wells.yaml:8:") and "closed" in line for line in lines)


def test_words_are_read_like_a_case_file() -> None:
    assert typed_changes(["a.b=5", "c=[1, 2.5]", "d = {x: yes}", "e=2021-06-03"]) == {
        "a.b": 5,
        "c": [1, 2.5],
        "d": {"x": "yes"},
        "e": "2021-06-03",
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["a"], "PATH=VALUE was expected"),
        (["a="], "PATH=VALUE was expected"),
        (["=1"], "PATH=VALUE was expected"),
        (["a=1", "a=2"], "--set a is given twice"),
        (["a=[1"], "--set a:1:"),
        (["a=&x 1"], "an anchor"),
    ],
)
def test_words_that_are_none(given: list[str], said: str) -> None:
    with pytest.raises(DetenteError, match=said.replace("[", r"\[")):
        typed_changes(given)
