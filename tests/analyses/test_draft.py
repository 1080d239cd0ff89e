"""What everybody makes of a draft: the numbers that the deal analysis gives the same package, and lines by definition."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest

from detente.analyses.schema import result_schema
from tests.answers import Answer, ask

LINES = """\
detente: 1
id: wells
title: Two wells
judgement: {because: made up to be worked out by hand}
parties: {north: {}, south: {}}
issues:
  well: {status_quo: closed, options: {closed: , open: }}
  road: {status_quo: closed, options: {closed: , open: }}
preferences:
  north:
    weights: {well: 20, road: 80}
    values: {well: {closed: 100, open: 0}, road: {closed: 0, open: 100}}
    red_lines: [{well: open, road: closed}]
  south:
    weights: {well: 60, road: 40}
    values: {well: {closed: 0, open: 100}, road: {closed: 100, open: 0}}
    firm: [{package: {road: open}, holds: [0.2, 0.3, 0.4]}]
"""


def _draft(case: str | Path, package: str, *more: str) -> Answer:
    return ask("deal", case, "--package", package, "--draws", "256", *more)


@pytest.fixture
def wells(tmp_path: Path) -> Path:
    path = tmp_path / "wells.yaml"
    path.write_text(LINES, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", ["stockpile", "parliament", "two-villages"])
def test_the_numbers_are_those_of_the_same_package_in_the_deal_analysis(case: str) -> None:
    whole = ask("deal", case, "--json", "--draws", "256").json
    found = _draft(case, "most_acceptable", "--json").json
    jsonschema.validate(found, result_schema("draft"))
    best = whole["solutions"]["most_acceptable"]
    assert found["package"] == {name: best[name] for name in found["package"]}
    chances = {**whole["chances"], "open": None}
    assert {k: v for k, v in found["chances"].items() if k != "by_reading"} == {
        k: v for k, v in chances.items() if k != "by_reading"
    }
    typed = ",".join(f"{i}={o}" for i, o in best["moves"].items())
    assert _draft(case, typed, "--json").json == found


def test_lines_and_refusals_by_hand(wells: Path) -> None:
    swap = _draft(wells, "well=open,road=open", "--json").json
    # North gives 20 and gets 80; south gets 60 and gives 40, and crosses its firm line in about three draws of ten.
    assert swap["package"]["gain"] == {"north": 60, "south": 20}
    assert (swap["agreed"], [line["faction"] for line in swap["lines"]]) == (True, ["south"])
    assert swap["lines"][0]["share"] == pytest.approx(0.3, abs=0.05)
    assert swap["chances"]["acceptable"] == pytest.approx(1 - swap["lines"][0]["share"])
    gift = _draft(wells, "well=open")
    said = " ".join(gift.out.split())
    assert "not acceptable at best estimates; north (20.0 points worse than no deal) would refuse it" in said
    assert "Lines that it breaks Whose Never" in re.sub(" ─+", "", said)
    assert "North well: open; road: closed 100%" in said
    road = _draft(wells, "road=open", "--fail-if-no-deal")
    assert (road.code, "south (40.0 points worse" in " ".join(road.out.split())) == (1, True)


@pytest.mark.parametrize(
    ("package", "more", "said"),
    [
        ("well=opne", (), "did you mean 'open'?"),
        ("wel=open", (), "did you mean 'well'?"),
        ("well=open,well=closed", (), "given twice"),
        ("well=open,", (), "two names with = between them"),
        ("well=closed", (), "leaves everything as it is"),
        ("nothing", (), "neither a file nor a rule"),
        ("well=open", ("--track", "a", "--track", "b"), "give '--track' once"),
        ("well=open", ("--track", "side"), "no track 'side'"),
    ],
)
def test_a_draft_that_is_none_is_refused(package: str, more: tuple[str, ...], said: str, wells: Path) -> None:
    answer = _draft(wells, package, *more)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_without_a_status_quo_a_draft_settles_everything() -> None:
    answer = _draft("itex-cypress", "price=p347")
    assert (answer.code, "missing: delivery" in answer.err) == (2, True)
    whole = "price=p347,delivery=d45,payment=after_30,returns=spoilage_5"
    assert "acceptable to everybody whose consent it needs" in _draft("itex-cypress", whole).out
