"""Answers fit a screen: verdict first, at most forty lines of eighty letters, nothing cut without saying so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from detente.catalogue import titles
from detente.render.text import SCREEN
from tests.answers import Answer, ask
from tests.prepared import kept

WIDTH = 80
FEW = ("--draws", "64")
VERBS = {
    "deal": ("agreement", "package"),
    "flips": ("deal",),
    "stability": ("situations would hold",),
    "roadmap": ("of this package", "nothing to carry out"),
    "outlook": ("As things go on",),
}
"""What the verdict of each speaks of."""


@pytest.fixture(autouse=True, scope="module")
def _drawn_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        kept(monkeypatch)
        yield


@pytest.fixture(autouse=True)
def _eighty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))


def _answer(verb: str, case: str, *more: str) -> Answer:
    return ask(verb, case, *FEW, *(("--worlds", "16") if verb == "outlook" else ()), *more)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("case", titles())
def test_every_answer_fits_a_screen_and_begins_with_its_verdict(verb: str, case: str) -> None:
    answer = _answer(verb, case)
    if answer.code == 2:  # the case lacks what this question needs
        assert (answer.out, answer.err.startswith("detente: ")) == ("", True)
        return
    lines = answer.out.splitlines()
    assert answer.code == 0, answer.err
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= WIDTH
    assert lines[0] == titles()[case]
    assert any(said in " ".join(lines[2:8]) for said in VERBS[verb])
    assert "--all" in answer.out


@pytest.mark.parametrize("verb", VERBS)
def test_all_is_longer_and_ends_with_the_verdict(verb: str) -> None:
    case = "two-villages" if verb == "flips" else "stockpile"
    short, whole = _answer(verb, case).out, _answer(verb, case, "--all").out
    verdict = _joined(short.split("\n\n")[1])
    assert _joined(whole).count(verdict) == (2 if len(whole.splitlines()) > SCREEN else 1)
    assert len(whole.splitlines()) > len(short.splitlines())
    if len(whole.splitlines()) > SCREEN:
        assert _joined(whole).endswith(verdict)


@pytest.mark.parametrize("case", ["venezuela-2021", "scored-game"])
def test_what_everybody_makes_of_a_draft_fits_a_screen(case: str) -> None:
    package = "egalitarian" if case == "scored-game" else "observers=all_polls,prisoners=released"
    answer = _answer("deal", case, "--package", package)
    lines = answer.out.splitlines()
    assert answer.code == 0, answer.err
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= WIDTH
    assert "This draft is" in lines[2]


def test_no_picture_is_a_table_unless_all_is_asked_for() -> None:
    short, whole = _answer("outlook", "parliament").out, _answer("outlook", "parliament", "--all").out
    caption = "each strip from none to all"
    assert caption in whole
    assert caption not in short


def test_dated_questions_as_a_table_and_as_json() -> None:
    table, json = (
        _answer("outlook", "parliament", "--questions"),
        _answer("outlook", "parliament", "--questions", "--json"),
    )
    assert list(json.json) == ["passed", "out", "fell"]
    for id, answers in json.json.items():
        said = next(line for line in table.out.splitlines() if re.search(rf" {id}\s*$", line))
        assert f" {100 * answers['yes']:.0f}% " in said


def _joined(text: str) -> str:
    return " ".join(text.split())
