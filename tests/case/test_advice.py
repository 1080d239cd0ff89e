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
  road: {controlled_by: south, status_quo: shut, options: {shut: , open: }, touches_office: false}
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


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ([("{shut: 100, open: 0}, road", "{shut: 0, open: 100}, road"), ("road: {shut: 100, open: 0}", "road: {shut: 0, open: 100}"), ("road: {shut: 100, open: 0}", "road: {shut: 0, open: 100}")], "preferences", "nobody prefers the status quo on any issue that can move"),
        ([("    weights: {well: 30", "    no_deal: 4\n    weights: {well: 30")], "preferences.north.no_deal", "is said to lose 26 points against the status quo, which is worth 30 to it; relative to the status quo it is 'no_deal: {status_quo: 4}'"),
        ([("    weights: {well: 30", "    no_deal: 30\n    weights: {well: 30")], None, ""),
        ([("    weights: {well: 30", "    patience: 0.02\n    weights: {well: 30")], "preferences.north.patience", "not a year's"),
        ([("title: Sound\n", "title: Sound\nas_of: 2020-01-01\n"), ("{because: made up to be worked out by hand}", "{because: by hand, on: 2020-02-01}")], "judgement.on", "after the case's 'as_of' 2020-01-01"),
        ([("{s1: {}, s2: {}}", "{s1: {name: Them}, s2: {name: Them}}")], "parties.south.factions.s2.name", "is also the name of parties.south.factions.s1"),
        ([("{shut: , open: }}\n  road", "{shut: {name: A}, open: {name: A}}}\n  road")], "issues.well.options.open.name", "is also the name of issues.well.options.shut"),
        ([("    weights: {well: 30", "    together: [{when: {well: open, road: open}, add: 1}, {when: {road: open, well: open}, add: 2}]\n    weights: {well: 30")], "preferences.north.together.1", "the points of both are added"),
        ([("    weights: {well: 30", "    red_lines: [{well: shut, road: shut}, {road: shut}]\n    weights: {well: 30")], "preferences.north.red_lines.0", "a red line refuses all of this already"),
        ([("    weights: {well: 30", "    red_lines: [{well: shut}]\n    firm: [{package: {road: shut}, holds: 0.5}]\n    weights: {well: 30")], None, ""),
    ],
    ids=["nothing to give", "relative meant", "absolute meant", "impatient", "judged later", "factions alike", "options alike", "terms twice", "red and red", "no deal without"],
)  # fmt: skip
def test_what_was_probably_not_meant(changes: list[tuple[str, str]], place: str | None, said: str) -> None:
    text = SOUND.replace("accepts: s1", "accepts: {all: [s1, s2]}")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    warned = [(w.path, w.message) for w in read_case(text, "x.yaml").warnings]
    found = [(path, message) for path, message in warned if "without anybody's agreement" not in message]
    if place is None:
        assert found == []
        return
    assert {path for path, _ in found} == {place}
    assert any(said in message for _, message in found)
    assert not any("certain" in message for _, message in found)


def waits(*changes: tuple[str, str]) -> list[str]:
    text = SOUND.replace("accepts: s1", "accepts: {all: [s1, s2]}")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return [
        w.message for w in read_case(text, "x.yaml").warnings if "without anybody's agreement" in w.message
    ]


BETTER_OPEN = ("well: {shut: 100, open: 0}", "well: {shut: 0, open: 100}")


def test_who_would_not_leave_everything_as_it_is_is_told_so() -> None:
    (only,) = waits(BETTER_OPEN)
    assert "'north' can do 'well: open' without anybody's agreement and gains 30.0 points" in only
    shut = "well: {controlled_by: north, status_quo: shut,"
    assert waits(BETTER_OPEN, (shut, f"{shut} was: open, undo: 30,")) == []
    assert "gains 1.0 points" in waits(BETTER_OPEN, (shut, f"{shut} was: open, undo: [20, 29, 40],"))[0]
    assert waits(BETTER_OPEN, (shut, f"{shut} reversible: false,")) == []
    for counted in ("{status_quo: 30}", "30"):
        assert (
            waits(BETTER_OPEN, ("  north:\n    weights", f"  north:\n    no_deal: {counted}\n    weights"))
            == []
        )
    low = ("  north:\n    weights", "  north:\n    no_deal: {status_quo: 29}\n    weights")
    assert len(waits(BETTER_OPEN, low)) == 1
    line = ("  north:\n    weights", "  north:\n    red_lines: [{well: open}]\n    weights")
    assert waits(BETTER_OPEN, line) == []


def test_both_wings_have_to_want_it() -> None:
    gives = ("road: {shut: 100, open: 0}", "road: {shut: 0, open: 100}")
    assert len(waits(gives)) == 2
    one = "  s2:\n    weights: {well: 60, road: 40}\n    values: {well: {shut: 0, open: 100}, road: {shut: 0, open: 100}}"
    assert waits(gives, (one, one.replace("road: {shut: 0, open: 100}", "road: {shut: 100, open: 0}"))) == []


GESTURE = """\
as_of: 2021-06-03
readings: {north: {hard: {prior: 0.5}, soft: {prior: 0.5, preferences: {red_lines: [{well: open}]}}}}
gestures:
  visit: {by: north, on: 2021-05-01, cost: 2, likelihood: {hard: 0.5, soft: 0.55}}
"""


def gestures(*changes: tuple[str, str]) -> list[str]:
    text = SOUND.replace("accepts: s1", "accepts: {all: [s1, s2]}") + GESTURE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return [w.path for w in read_case(text, "x.yaml").warnings if "bought nothing" in w.message]


def test_a_gesture_that_costs_and_buys_nothing_is_told_of() -> None:
    assert gestures() == ["gestures.visit"]
    assert gestures(("soft: 0.55", "soft: 0.65")) == []
    assert gestures(("cost: 2, ", "")) == []
    assert gestures(("on: 2021-05-01", "on: 2021-07-01")) == []
    part = "world: {months: 12, parts: {trips: {events: {visit: {says: they are received, chance: 0.1}}}}}\n"
    assert gestures(("as_of: 2021-06-03\n", f"as_of: 2021-06-03\n{part}")) == []


def test_nobody_having_thought_of_office_is_told_where_there_are_swaps() -> None:
    said = "no issue says whether it touches somebody's hold on office"
    unsaid = (", touches_office: false", "")
    assert [said in message for message in warned(unsaid)] == [False, True]
    assert not any(said in m for m in warned((", touches_office: false", ", touches_office: true")))
    one_hand = (", touches_office: false", ""), ("controlled_by: south, ", "controlled_by: north, ")
    assert not any(said in m for m in warned(*one_hand)), "one side alone exchanges nothing"


SONG = (
    "  song: {name: A song, controlled_by: north, status_quo: old, options: {old: , new: }}\npreferences:\n"
)


def unminded(*changes: tuple[str, str]) -> list[str]:
    text = SOUND.replace("preferences:\n", SONG).replace(
        "    weights", "    indifferent: [song]\n    weights"
    )
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return [w.path for w in read_case(text, "x.yaml").warnings if "nobody minds 'song'" in w.message]


def test_an_issue_that_is_all_the_same_to_everybody_is_told_of() -> None:
    assert unminded() == ["issues.song"]
    assert unminded(("  north:\n", "  north:\n    red_lines: [{song: new}]\n")) == []
    assert unminded(("preferences:\n", "impossible: [{song: new, well: open}]\npreferences:\n")) == []
    world = "world: {months: 3, parts: {bar: {levels: {noise: {start: 0, next: 'if song is new then 1 else 0', unit: share}}}}}\n"
    assert unminded(("title: Sound\n", f"title: Sound\nas_of: 2021-06-03\n{world}")) == []
