"""What leaves the programme: numbers that are numbers, shares that are shares, text that a terminal only shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from detente.catalogue import path as bundled
from tests.answers import ask, strange_characters
from tests.fuzz.commands import KITCHEN, SMALL, commands
from tests.laws.random_cases import fresh
from tests.laws.writing import written

SHARES = {
    "acceptance",
    "share",
    "zone_probability",
    "best_package_acceptance",
    "open",
    "acceptable",
    "signed",
    "begun",
    "kept",
    "survival",
    "acceptance_low",
    "acceptance_high",
    "taken",
    "chance",
    "crosses",
    "under",
    "belief",
    "before",
    "after",
    "acceptance_by_faction",
    "acceptance_by_reading",
    "survival_by_reading",
    "dependence_bounds",
    "judgement_share",
}
# Of these, the objects inside are shares too.
WHOLE = {
    "acceptance_by_faction",
    "acceptance_by_reading",
    "survival_by_reading",
    "share",
    "chance",
    "under",
    "belief",
}
NASTY = r"\e]0;title\a\e[2J\e[31mred\x08\x7f\x9b1m\r\u0085 end"


def found(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every number of a JSON value with the key that it stands under."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from found(inner, key if key in WHOLE else name)
    elif isinstance(value, list):
        for inner in value:
            yield from found(inner, key)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield key, value


def shares_are_shares(value: Any) -> None:
    for key, number in found(value):
        counted = (
            key in ("kept", "acceptable") and value["verb"] in ("outlook", "deal") and isinstance(number, int)
        )
        if key in SHARES and not counted:  # worlds kept in the outlook, acceptable packages in the deal
            assert -1e-12 <= number <= 1 + 1e-12, (key, number)


@pytest.mark.parametrize("seed", range(700, 708))
def test_every_number_of_a_random_case_is_one(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(written(fresh(seed)), encoding="utf-8")
    for verb in ("deal", "flips", "stability", "roadmap"):
        answer = ask(verb, path, "--json", "--draws", "64")
        assert answer.code in (0, 2), answer.err
        if answer.code == 0:
            shares_are_shares(answer.json)


@pytest.mark.parametrize("verb", ["deal", "flips", "stability", "roadmap", "outlook"])
def test_every_number_of_a_case_with_every_block_is_one(verb: str) -> None:
    answer = ask(verb, KITCHEN, "--json", *SMALL[verb])
    assert answer.code == 0, answer.err
    assert answer.err == ""
    shares_are_shares(answer.json)


def test_a_roadmap_goes_from_acceptable_to_kept() -> None:
    chances = ask("roadmap", KITCHEN, "--json", *SMALL["roadmap"]).json["chances"]
    assert chances["acceptable"] > chances["signed"] > chances["begun"] > chances["kept"] > 0


@pytest.mark.parametrize("seed", range(6))
def test_answers_that_exclude_each_other_add_up_to_one(seed: int) -> None:
    """Every question of the case has a `rest`, or answers none of which can be true beside another."""
    answer = ask("outlook", KITCHEN, "--json", *SMALL["outlook"], "--seed", str(seed))
    for id, question in answer.json["questions"].items():
        if question["answers"] is not None and None not in question["answers"].values():
            assert sum(question["answers"].values()) == pytest.approx(1, abs=5e-6), id


def test_every_answer_that_can_be_typed_is_finite_where_all_chances_are_extreme(tmp_path: Path) -> None:
    """The case with every chance of the world at 0, and at 1."""
    text = KITCHEN.read_text(encoding="utf-8")
    head, world = text.split("\nworld:\n")
    for extreme in ("0", "1"):
        path = tmp_path / "case.yaml"
        flat = re.sub(r"\[0\.\d+, 0\.\d+(, 0\.\d+)?\]", extreme, world)
        path.write_text(f"{head}\nworld:\n{flat}", encoding="utf-8")
        answer = ask("outlook", path, "--json", *SMALL["outlook"])
        assert answer.code in (0, 3), answer.err
        if answer.code == 0:
            shares_are_shares(answer.json)


@pytest.mark.parametrize("command", commands("CASE", "PAGE"), ids=" ".join)
def test_no_name_reaches_the_terminal_raw(command: list[str], tmp_path: Path) -> None:
    """Titles, names, notes, quotations and reasons full of escapes: shown, never obeyed."""
    text = KITCHEN.read_text(encoding="utf-8")
    words = r"(\b(?:name|title|note|summary|because|judgement|inference|text|held_by|unit|publisher):) [^{}\[\],\n]+"
    path = tmp_path / "case.yaml"
    path.write_text(re.sub(words, lambda m: f'{m[1]} "{NASTY}"', text), encoding="utf-8")
    answer = ask(
        *(str(path if w == "CASE" else tmp_path / "page.html" if w == "PAGE" else w) for w in command)
    )
    assert answer.code in (0, 3), answer.err
    shown = answer.out if "--json" not in command else ""
    assert strange_characters(shown + answer.err) == ""


@pytest.mark.parametrize(
    "broken",
    [
        f'"{NASTY}": 1\n',
        f'detente: 1\nid: "{NASTY}"\n',
        f'detente: 1\nid: c\ntitle: T\nparties: {{"{NASTY}": {{}}}}\n',
        f'detente: 1\nid: c\ntitle: T\nparties: {{a: {{role: "{NASTY}"}}}}\n',
        f'detente: 1\nid: c\ntitle: T\nas_of: "{NASTY}"\n',
    ],
)
def test_no_fault_reaches_the_terminal_raw(broken: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(broken, encoding="utf-8")
    for verb in ("check", "deal", "outlook"):
        answer = ask(verb, path)
        assert answer.code == 3
        assert strange_characters(answer.out + answer.err) == ""


def test_no_difference_reaches_the_terminal_raw(tmp_path: Path) -> None:
    text = bundled("two-villages").read_text(encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("name: Upper village", f'name: "{NASTY}"'), encoding="utf-8")
    answer = ask("diff", "two-villages", path)
    assert answer.code == 0
    assert strange_characters(answer.out + answer.err) == ""
