"""What `check` says of a world that has something for nothing."""

from __future__ import annotations

import pytest

from detente.case.reading import read_case
from detente.catalogue import path
from detente.errors import Fault

WHOLE = path("stockpile").read_text(encoding="utf-8")
RATE = "rate: {range: [0.02, 0.06, 0.15], because"
ALARM = "        alarm: clamp"
MEETINGS = WHOLE[WHOLE.index("[2022-09-15") : WHOLE.index("2025-06-15]") + 11]


def warned(*spoilt: tuple[str, str]) -> list[Fault]:
    text = WHOLE
    for was, now in spoilt:
        assert text.count(was) == 1
        text = text.replace(was, now)
    return list(read_case(text, "w").warnings)


def test_the_case_itself_has_nothing_for_nothing() -> None:
    assert warned() == []


@pytest.mark.parametrize(
    ("was", "now", "place", "says"),
    [
        ("chance: rate * alarm", "chance: 0 * alarm", "strike.events.struck.chance", "'strike.struck' never happens: its chance is 0"),
        ("chance: rate * alarm", "chance: -rate * alarm * 0", "strike.events.struck.chance", "never happens"),
        ("when: kg >= enough", "when: enough < 100", "stock.events.crossed.when", "holds in no month of any draw"),
        (MEETINGS, "[2021-09-15, 2029-03-15]", "watch.events.reported.on", "no date of 'watch.meetings' lies within the 36 months after 2022-08-10"),
        (ALARM, "        pride: rate * 2\n        alarm: clamp", "strike.values.pride", "'strike.pride' is decorative"),
        (RATE, "spare: {range: 0.3, because: x}\n        rate: {range: [0.02, 0.06, 0.15], because", "strike.numbers.spare", "nothing reads it"),
        ("    watch:\n", "    gossip: {judgement: x, values: {heard: rumour / 2}, numbers: {rumour: 0.2}}\n    watch:\n", "gossip", "'gossip' is decorative"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_said_where_it_stands(was: str, now: str, place: str, says: str) -> None:
    found = [w for w in warned((was, now)) if "decorative" in w.message or "never happens" in w.message]
    (one,) = [w for w in found if w.path == f"world.parts.{place}"]
    assert says in one.message
    assert one.line > 50


def test_what_a_policy_gives_may_happen() -> None:
    """A rate of 0 that a policy raises, a level that it holds above a threshold, a reading that changes a number."""
    off = ("range: [0.02, 0.06, 0.15], because", "range: 0, because")
    assert warned(off) == []
    other = ('changes: {strike.rate: "rate / 4"}', "changes: {stock.left: 0.5}")
    assert [w.path for w in warned(off, other)] == ["world.parts.strike.events.struck.chance"]
    held = ('changes: {strike.rate: "rate / 4"}', "holds: {stock.kg: 130}")
    small = ("when: kg >= enough", "when: 'clamp(kg, 0, 100) >= enough'")
    assert [w.path for w in warned(small, held)] == ["world.parts.stock.events.crossed.when"]


def test_what_only_a_question_asks_for_is_no_decoration() -> None:
    heard = (ALARM, "        heard: rate * 2\n        alarm: clamp")
    assert len(warned(heard)) == 1
    asked = ("that: happened(stock.crossed), at: 2024-08-10}", "that: strike.heard > 0.1, at: 2024-08-10}")
    assert warned(heard, asked) == []


def test_a_part_that_moves_only_what_nobody_minds_is_decorative() -> None:
    bard = "    bard: {judgement: x, numbers: {sings: 0.1}, events: {sung: {says: the bard sings, chance: sings}}}\n"
    song = "  song: {name: A song, controlled_by: outside, status_quo: old, options: {old: , new: }}\n"
    idle = ("    weights:", "    indifferent: [song]\n    weights:")
    text = WHOLE.replace("    watch:\n", f"{bard}    watch:\n", 1).replace(*idle)
    text = text.replace("preferences:\n", f"{song}preferences:\n", 1)
    text = text.replace("  moves:\n", "  moves:\n    song: {new: bard.sung}\n", 1)
    for wanted, told in (
        (text, True),
        (
            text.replace(
                "    indifferent: [song]\n", "    indifferent: [song]\n    red_lines: [{song: new}]\n", 1
            ),
            False,
        ),
    ):
        paths = [w.path for w in read_case(wanted, "w").warnings if "decorative" in w.message]
        assert (paths == ["world.parts.bard"]) is told
