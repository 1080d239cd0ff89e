"""``check --sources`` without a folder: the texts that are kept with a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.catalogue import names, path
from tests.answers import ask

CASE = """\
detente: 1
id: ferry
title: A ferry
judgement: {because: made up}
sources: {paper: {title: A paper, date: 2021-06-01, file: paper.txt}}
facts: [{fact: "the ferry is late", source: paper}]
parties: {a: {}, b: {}}
issues:
  one: {controlled_by: a, status_quo: x, options: {x: , y: }}
preferences:
  a: {weights: {one: 1}, values: {one: {x: 100, y: 0}}}
  b: {weights: {one: 1}, values: {one: {x: 0, y: 100}}}
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    file = tmp_path / "ferry.yaml"
    file.write_text(CASE, encoding="utf-8")
    kept = tmp_path / "sources" / "ferry"
    kept.mkdir(parents=True)
    (kept / "paper.txt").write_text("They say that the ferry is late.", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "order", [["CASE", "--sources"], ["--sources", "--weights", "CASE"], ["--sources", "--", "CASE"]]
)
def test_without_a_folder_the_texts_kept_with_the_case(case: Path, order: list[str]) -> None:
    answer = ask("check", *(str(case) if word == "CASE" else word for word in order))
    assert (answer.code, "1 of 1 quotation found" in answer.out) == (0, True), answer


def test_what_does_not_stand_in_them_is_an_error(case: Path) -> None:
    (case.parent / "sources" / "ferry" / "paper.txt").write_text("The ferry is on time.", encoding="utf-8")
    answer = ask("check", case, "--sources")
    assert answer.code == 3
    assert "sources/ferry: 'the ferry is late' does not stand word for word in paper.txt" in answer.out


def test_with_a_folder_that_folder(case: Path) -> None:
    other = case.parent / "other"
    other.mkdir()
    assert ask("check", case, "--sources", other).code == 3
    assert "quotation" not in ask("check", case).out


def test_none_are_kept(case: Path) -> None:
    alone = case.rename(case.with_name("alone.yaml"))
    answer = ask("check", alone, "--sources")
    assert answer.code == 2
    assert "no texts are kept with this case, in a folder sources/alone beside its file" in answer.err


BUNDLED = [name for name in names() if (path(name).parent / "sources" / name).is_dir()]


@pytest.mark.parametrize("name", BUNDLED)
def test_every_quotation_of_a_bundled_case_stands_in_the_texts_kept_with_it(name: str) -> None:
    answer = ask("check", name, "--sources", "--json")
    found = answer.json["quotations"]
    assert answer.code == 0, [q for q in found if not q["found"]]
    assert found


@pytest.mark.parametrize("name", BUNDLED)
def test_texts_say_their_terms(name: str) -> None:
    for file in (path(name).parent / "sources" / name).iterdir():
        head = file.read_text(encoding="utf-8").split("\n=====")[0].splitlines()
        assert {"TITLE", "DATE", "LICENCE"} <= {line.split(":")[0] for line in head}, file.name
