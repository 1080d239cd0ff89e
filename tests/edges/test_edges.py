"""At the edges of what can be typed, a case is right by enumeration or refused with a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers import Answer, ask
from tests.edges.shelf import EDGES, Edge
from tests.laws.agreement import agrees

REFUSED = [edge for edge in EDGES if edge.answer == "refused"]
ANSWERED = [edge for edge in EDGES if edge.answer != "refused"]
VERBS = ("check", "deal", "flips", "stability")


def names(edge: Edge) -> str:
    return edge.name


def put(edge: Edge, folder: Path) -> Path:
    path = folder / "edge.yaml"
    path.write_text(edge.text, encoding="utf-8")
    return path


def is_one_clear_refusal(answer: Answer) -> None:
    """Nothing on the standard output; a message of bounded length that shows no trace of the machine."""
    assert answer.refused, (answer.code, answer.err)
    assert answer.out == ""
    assert 0 < len(answer.err) < 4000
    assert "Traceback" not in answer.err
    assert "internal error" not in answer.err


@pytest.mark.parametrize("edge", REFUSED, ids=names)
def test_what_is_no_case_is_refused_with_its_place(edge: Edge, tmp_path: Path) -> None:
    path = put(edge, tmp_path)
    answers = [ask("check", path), ask("deal", path, "--draws", "64")]
    for answer in answers:
        assert answer.code != 0 or answer is answers[0], f"answered: {answer.out[:300]}"
    is_one_clear_refusal(answers[1])
    for word in edge.says:
        assert word in answers[1].err
    if answers[1].code == 3:
        assert answers[0] == answers[1]
        assert answers[1].err.startswith(f"{path}:")


@pytest.mark.parametrize("edge", ANSWERED, ids=names)
def test_the_deal_is_what_enumeration_finds(edge: Edge, tmp_path: Path) -> None:
    answer = ask("deal", put(edge, tmp_path), "--json", "--draws", "1024")
    if edge.answer == "either" and answer.code != 0:
        is_one_clear_refusal(answer)
        return
    assert answer.code == 0, answer.err
    assert answer.err == ""
    agrees(answer.json, edge.text)


@pytest.mark.parametrize("edge", EDGES, ids=names)
def test_every_verb_answers_or_refuses(edge: Edge, tmp_path: Path) -> None:
    """No internal error, no library's warning, no number that is none: whatever the analysis."""
    path = put(edge, tmp_path)
    for verb in VERBS:
        answer = ask(verb, path, "--json", *(() if verb == "check" else ("--draws", "64")))
        if answer.code == 0:
            assert answer.err == ""
            assert answer.json["verb"] == verb
        else:
            assert answer.code in (2, 3, 4), (verb, answer.err)
            assert answer.out == ""
            assert answer.err
