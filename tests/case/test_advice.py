"""The warnings of a good colleague: each appears where it should, and none in a sound case."""

from __future__ import annotations

import pytest

from detente.case.advice import effective_weights
from detente.case.reading import read_case

SOUND = """\
detente: 1
id: sound
title: Sound
judgement: {because: made up to be worked out by hand}
parties:
  north: {}
  south: {factions: {s1: {}, s2: {}}, accepts: s1}
issues:
  well: {controlled_by: north, status_quo: shut, options: {shut: , open: }}
  road: {controlled_by: south, status_quo: shut, options: {shut: , open: }}
preferences:
  north:
    weights: {well: 30, road: 70}
    values: {well: {shut: 100, open: 0}, road: {shut: 0, open: 100}}
  s1: &S
    weights: {well: 60, road: 40}
    values: {well: {shut: 0, open: 100}, road: {shut: 100, open: 0}}
  s2:
    weights: {well: 60, road: 40}
    values: {well: {shut: 0, open: 100}, road: {shut: 100, open: 0}}
""".replace(" &S", "")


def warned(*changes: tuple[str, str]) -> list[str]:
    text = SOUND
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return [w.message for w in read_case(text, "x.yaml").warnings]


def test_a_faction_that_cannot_matter() -> None:
    (only,) = warned()
    assert "s2" in only


def test_nothing_to_say_of_a_sound_case() -> None:
    assert warned(("accepts: s1", "accepts: {all: [s1, s2]}")) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("road: {shut: 0, open: 100}", "road: {shut: 100, open: 0}"), ("well: {shut: 0, open: 100}", "well: {shut: 100, open: 0}")], "status quo"),
        ([("road: {shut: 0, open: 100}", "road: {shut: 20, open: 90}")], "0"),
        ([("weights: {well: 30, road: 70}", "weights: {well: [5, 10, 90], road: 10}")], "acts"),
    ],
    ids=["everybody prefers the status quo", "does not span", "far from the typed"],
)  # fmt: skip
def test_a_second_look(changes: list[tuple[str, str]], said: str) -> None:
    extra = set(warned(*changes)) - set(warned())
    assert extra
    assert any(said in message for message in extra), extra


def test_effective_weights_are_shares_of_a_hundred() -> None:
    case = read_case(SOUND.replace("{well: 30, road: 70}", "{well: [20, 30, 70], road: 70}"), "x.yaml").case
    acts = effective_weights(case.preferences["north"])
    assert acts["well"].low == pytest.approx(100 * 20 / 90)
    assert acts["well"].median == pytest.approx(30)
    assert acts["well"].high == pytest.approx(50)
