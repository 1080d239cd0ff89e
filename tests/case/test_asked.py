"""Who is asked only where some issues move: what cannot be said, and where it is told."""

from __future__ import annotations

import pytest

from .small import changed, complaints

AGREED = ("issues:\n", "agreement: {all: [a, b]}\nissues:\n")


def agreement(tree: str) -> str:
    return changed(("issues:\n", f"agreement: {tree}\nissues:\n"))


FINE = [
    "{all: [a, {when: [one], ask: b}]}",
    "{when: [one, two], ask: {any: [a, b]}}",
    "{all: [{when: [one], ask: a}, {when: [two], ask: b}]}",
    "{all: [a, {all: [{when: [one], ask: c}, {when: [two], ask: {any: [c, d]}}]}]}",
]


@pytest.mark.parametrize("tree", FINE)
def test_a_condition_stands_where_everybody_has_to_say_yes(tree: str) -> None:
    assert complaints(agreement(tree)) == []


WRONG = [
    ("{when: [three], ask: a}", "unknown issue 'three'"),
    ("{when: [one], ask: e}", "unknown party or faction 'e'"),
    ("{when: [one, one], ask: a}", "this issue stands here twice"),
    ("{when: [one], ask: a}", "nobody has to say yes to a package that moves only two"),
    ("{when: [], ask: a}", "at least 1 entry is needed"),
    ("{when: [one]}", "'ask' is missing"),
    ("{ask: a}", "'when' is missing"),
    ("{any: [a, {when: [one], ask: b}]}", "only where everybody has to: under 'all', or on its own"),
    ("{at_least: {k: 1, of: [a, {when: [one], ask: b}]}}", "whoever is not asked has said yes"),
    ("{all: [a, {any: [{when: [one], ask: b}]}]}", "whoever is not asked has said yes"),
    ("{when: [one], ask: {when: [two], ask: a}}", "one 'when' cannot stand below another"),
    ("{all: [a, {when: [one], ask: m}]}", "'m' is at the table as mediator, without a vote"),
    ("{when: [one], ask: {at_least: {k: 3, of: [a, b]}}}", "3 of 2 can never be reached"),
]


@pytest.mark.parametrize(("tree", "message"), WRONG)
def test_what_cannot_be_is_told(tree: str, message: str) -> None:
    found = complaints(agreement(tree))
    assert any(message in c for c in found), found
    assert all(c.startswith("9:") for c in found)


def test_not_in_control_nor_in_a_council() -> None:
    control = changed(("one: {", "one: {controlled_by: {when: [two], ask: a}, "))
    (found,) = complaints(control)
    assert "'when' is for those who agree at a table, not for the control of an issue" in found
    council = changed(add="bodies: {board: {members: {x: X, y: Y}, votes: {when: [one], ask: x}}}\n")
    (found,) = complaints(council)
    assert "not for the votes of a council" in found


def test_not_without_a_status_quo() -> None:
    text = agreement("{all: [a, {when: [one], ask: b}]}").replace("status_quo: x, ", "")
    text = text.replace("id: small\n", "id: small\nstatus_quo: none\n")
    assert any("every package moves everything" in c for c in complaints(text))


def test_not_about_what_is_decided_outside_or_on_no_table() -> None:
    outside = agreement("{all: [a, {when: [one], ask: b}]}").replace(
        "one: {", "one: {controlled_by: outside, ", 1
    )
    assert any("decided outside, so that no package moves it" in c for c in complaints(outside))
    elsewhere = changed(
        ("issues:\n", "tracks: {t: {parties: [a, {b: {when: [two], ask: c}}], issues: [one]}}\nissues:\n")
    )
    (found,) = complaints(elsewhere)
    assert "nothing of this is on the table (one), so that nobody is ever asked" in found


def test_a_party_with_a_condition_inside_stands_where_everybody_has_to_say_yes() -> None:
    inside = ("accepts: {any: [c, d]}", "accepts: {all: [c, {when: [one], ask: d}]}")
    assert complaints(changed(inside)) == []
    for tree in ("{any: [a, b]}", "{weights: {a: 1, b: 1}, quota: 1}"):
        (found,) = complaints(changed(inside, ("issues:\n", f"agreement: {tree}\nissues:\n")))
        assert "'b' is asked only where some issues move" in found
    (found,) = complaints(
        changed(inside, ("issues:\n", "agreement: {all: [a, {when: [two], ask: b}]}\nissues:\n"))
    )
    assert "one 'when' cannot stand below another" in found


@pytest.mark.parametrize(
    ("total", "message"),
    [
        (
            5,
            "the weights sum to 3, and 5 votes are said to be there: 2 too few; name who has them, or change 'total'",
        ),
        (2, "1 too many; look at the weights"),
    ],
)
def test_votes_add_up_to_what_is_said_to_be_there(total: int, message: str) -> None:
    tree = "{weights: {a: 2, b: 1}, quota: 2, total: TOTAL}"
    assert complaints(agreement(tree.replace("TOTAL", "3"))) == []
    (found,) = complaints(agreement(tree.replace("TOTAL", str(total))))
    assert message in found
    council = f"bodies: {{board: {{members: {{x: X, y: Y}}, votes: {{weights: {{x: 1, y: 2}}, quota: 2, total: {total}}}}}}}\n"
    (found,) = complaints(changed(add=council))
    assert message in found
