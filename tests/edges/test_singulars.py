"""One of something is not several: sentences that seldom speak of a single thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.case.diff import _tree
from detente.case.model import Weighted
from detente.clean import bounded
from tests.answers import ask
from tests.edges.shelf import completed
from tests.fuzz.judge import ONE_OF_MANY

CASE = """\
parties: {a: {}, b: {}}
as_of: 2021-06-03
issues: {x: {controlled_by: a, status_quo: p, options: {p: , q: }, source: s, fact: "the ferries run"}}
preferences: {a: {points: {x: {p: 0, q: 1}}}, b: {points: {x: {p: 0, q: 1}}}}
sources: {s: {title: A paper, date: 2021-06-01, file: paper.txt}}
"""


@pytest.mark.parametrize(
    ("said", "several"),
    [("in 1 draws", True), ("in 1 draw", False), ("of 0.1 points", False), ("in 21 draws", False)],
)
def test_what_is_looked_for_in_every_answer(said: str, several: bool) -> None:
    assert bool(ONE_OF_MANY.search(said)) == several


def test_an_entry_a_text_and_a_quotation(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        completed(CASE.replace("parties: {a: {}, b: {}}", "parties: {a: {}, b: {accepts: {all: []}}}"))
    )
    assert "at least 1 entry is needed here" in ask("check", path).err
    path.write_text(completed(CASE.replace(", file: paper.txt", "")))
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "paper.txt").write_text("No ferry.")
    out = ask("check", path, "--sources", tmp_path / "texts").out
    assert "does not stand word for word in any of 1 text\n" in out
    assert "0 of 1 quotation found" in out


def test_a_vote_and_a_letter() -> None:
    assert _tree(Weighted(weights={"a": 1}, quota=1)) == "1 vote of a 1"
    assert bounded("abcde", 4) == "ab … 1 letter left out … de"
