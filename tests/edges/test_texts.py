"""How a case can be encoded, and what is no text of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.answers import ask
from tests.edges.shelf import completed
from tests.laws.agreement import agrees

CASE = completed(
    "issues: {x: {status_quo: p, options: {p: , q: , r: }}}\n"
    "preferences: {a: {points: {x: {p: 1, q: 2, r: 3}}}, b: {points: {x: {p: 1, q: 3, r: 0}}}}\n"
)


def put(data: bytes, folder: Path) -> Path:
    path = folder / "case.yaml"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [
        CASE.encode("utf-8-sig"),
        CASE.replace("\n", "\r\n").encode(),
        CASE.rstrip("\n").encode(),
        ("# Ünïcödé 漢字 \U0001f600\n" + CASE).encode(),
        ("%YAML 1.2\n---\n" + CASE + "...\n").encode(),
    ],
    ids=[
        "with a mark of its order",
        "with two characters a line",
        "without an end",
        "with letters",
        "with a directive",
    ],
)
def test_these_are_the_same_case(data: bytes, tmp_path: Path) -> None:
    answer = ask("deal", put(data, tmp_path), "--json", "--draws", "64")
    if answer.refused:
        assert b"%YAML" in data, answer.err
        return
    assert answer.code == 0, answer.err
    agrees(answer.json, CASE)


REFUSED = {
    "sixteen bits": (CASE.encode("utf-16"), ""),
    "thirty-two bits": (CASE.encode("utf-32"), ""),
    "latin letters": (CASE.replace("Small", "Småll").encode("latin-1"), ""),
    "a tab": (CASE.replace("issues: {", "issues:\n\tx: {").replace("}}\npref", "}\npref").encode(), "tab"),
    "a mark in the middle": (CASE.replace("issues:", "\ufeffissues:").encode(), ""),
    "a nought": (CASE.replace("Small", "Sm\x00ll").encode(), ""),
    "an escape": (CASE.replace("Small", "Sm\x1b[31mll").encode(), ""),
    "two documents": ((CASE + "---\n" + CASE).encode(), ""),
    "nothing": (b"", ""),
    "a comment": (b"# nothing\n", ""),
    "one number": (b"42\n", ""),
    "a list": (b"- 1\n- 2\n", ""),
    "an anchor": (CASE.replace("parties: {a: {}, b: {}}", "parties: {a: &same {}, b: *same}").encode(), ""),
    "a tag": (CASE.replace("title: Small", "title: !!str Small").encode(), ""),
    "too deep": (("detente: " + "[" * 5000 + "]" * 5000).encode(), ""),
    "too long": (CASE.encode() + b"# " + b"x" * 2**20, ""),
}


@pytest.mark.parametrize(("data", "says"), REFUSED.values(), ids=REFUSED)
def test_these_are_refused_in_one_short_message(data: bytes, says: str, tmp_path: Path) -> None:
    path = put(data, tmp_path)
    for verb in ("check", "deal"):
        answer = ask(verb, path)
        assert answer.refused, answer.err
        assert answer.out == ""
        assert 0 < len(answer.err) < 3000
        assert answer.err.startswith((f"{path}:", "detente: "))
        assert says in answer.err
        assert "\x1b" not in answer.err
        assert "\x00" not in answer.err


def test_a_mark_in_the_middle_is_not_taken_for_a_misspelling(tmp_path: Path) -> None:
    answer = ask("check", put(REFUSED["a mark in the middle"][0], tmp_path))
    assert "did you mean 'issues'" not in answer.err


@pytest.mark.parametrize("count", [50, 2_000])
def test_many_faults_make_a_message_that_can_be_read(count: int, tmp_path: Path) -> None:
    unknown = "".join(f"unknown_{k}: 1\n" for k in range(count))
    answer = ask("check", put((CASE + unknown).encode(), tmp_path))
    assert answer.code == 3
    assert len(answer.err) < 60_000


def test_a_word_of_a_hundred_thousand_letters_is_not_repeated_in_full(tmp_path: Path) -> None:
    answer = ask("check", put((CASE + "x" * 100_000 + ": 1\n").encode(), tmp_path))
    assert answer.code == 3
    assert len(answer.err) < 5_000
