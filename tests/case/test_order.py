"""What comes after what: what cannot be said, and where it is told."""

from __future__ import annotations

import pytest

from .small import changed, complaints

CONTROL = [
    (
        "one: {status_quo: x, options: {x: {}, y: {}}}",
        "one: {controlled_by: a, status_quo: x, ONE options: {x: {}, y: {OPTION}}}",
    ),
    (
        "two: {status_quo: x, options: {x: {}, y: {}, z: {}}}",
        "two: {controlled_by: b, status_quo: x, gradual: true, TWO options: {x: {}, y: {Y}, z: {Z}}}",
    ),
]


def case(**typed: str) -> str:
    """The small case with pieces put in at ONE, OPTION, TWO, Y, Z."""
    text = changed(*CONTROL)
    for name in ("ONE", "OPTION", "TWO", "Y", "Z"):
        text = text.replace(name, typed.get(name, ""))
    return text


FINE = [
    {"ONE": "after: [two],"},
    {"ONE": "after: [{two: y}],", "Z": "after: [one]"},
    {"OPTION": "after: [{two: z}]"},
]


@pytest.mark.parametrize("typed", FINE)
def test_steps_can_wait_for_steps(typed: dict[str, str]) -> None:
    assert complaints(case(**typed)) == []


WRONG = [
    ({"ONE": "after: [three],"}, "unknown issue 'three'"),
    ({"ONE": "after: [{two: w}],"}, "unknown option of two 'w'"),
    ({"ONE": "after: [[two]],"}, "what comes before was expected"),
    ({"ONE": "after: [one],"}, "'one' cannot come after itself"),
    ({"ONE": "after: [{two: x}],"}, "'two' is at 'x' from the beginning"),
    (
        {"ONE": "after: [two],", "TWO": "after: [one],"},
        "these wait for one another in a circle: 'one', which comes after 'two: y', which comes after 'one'",
    ),
    (
        {"ONE": "after: [{two: z}],", "Y": "after: [one]"},
        "'one', which comes after 'two: z', which comes after 'two: y', which comes after 'one'",
    ),
    (
        {"Y": "after: [{two: z}]"},
        "in a circle: 'two: y', which comes after 'two: z', which comes after 'two: y'",
    ),
]


@pytest.mark.parametrize(("typed", "message"), WRONG)
def test_what_cannot_be_is_told(typed: dict[str, str], message: str) -> None:
    found = complaints(case(**typed))
    assert any(message in c for c in found), found


def test_nothing_comes_after_what_nobody_does() -> None:
    free = case(ONE="after: [two],").replace("controlled_by: b, ", "")
    assert any("'two' is controlled by nobody, so that nobody takes a step" in c for c in complaints(free))
    outside = case(ONE="after: [two],").replace("controlled_by: b, ", "controlled_by: outside, ")
    assert any("'two' is decided outside" in c for c in complaints(outside))


def test_what_is_exchanged_at_one_moment_has_no_order() -> None:
    text = case(ONE="after: [two],") + "steps: {simultaneous: [[one, two]]}\n"
    assert any("exchanged at one moment by entry 1" in c for c in complaints(text))
