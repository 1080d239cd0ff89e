"""One number for one thing: what commands, their JSON and the report say of the same thing is the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.document import document as of_deal
from detente.analyses.flips import flips
from detente.analyses.flips.document import document as of_flips
from detente.analyses.outlook.document import document as of_outlook
from detente.analyses.outlook.solve import outlook
from detente.analyses.roadmap.document import document as of_roadmap
from detente.analyses.roadmap.solve import roadmap
from detente.analyses.stability import stability
from detente.analyses.stability.document import document as of_stability
from detente.case.model import Case
from detente.case.reading import load_case, read_case
from detente.catalogue import resolve
from detente.document import Block, Cell, Document, Section, Table
from detente.draws import Drawn, prepare
from detente.errors import DetenteError
from detente.report.whole import report
from tests.laws.random_cases import fresh
from tests.laws.writing import written
from tests.report.walk import differing, in_blocks, in_json

ANOTHER = {
    ("outlook", "months"): "how far the world is reckoned, elsewhere how long the package takes",
    ("outlook", "compared"): "draws in which policies are compared, elsewhere packages that are",
    ("stability", "draws"): "draws that were looked at: a few, and none where every number is certain",
}
"""Results in which a key means something else than in all others, and what."""


class Said(NamedTuple):
    """Everything that is said of a case."""

    case: Case
    results: dict[str, Any]
    documents: dict[str, Document]


def said(case: Case, ready: Drawn, *, whole: bool = True) -> Said:
    answer = deal(ready)
    best = answer.main.solutions["most_acceptable"]
    package = None if best is None else best.package
    results: dict[str, Any] = {"deal": answer}
    documents: dict[str, Document] = {"deal": of_deal(answer, case)}

    def also(name: str, asked: Callable[[], Any], told: Callable[[Any, Case], Document]) -> None:
        results[name] = asked()
        documents[name] = told(results[name], case)

    if package:
        also("roadmap", lambda: roadmap(ready, package), of_roadmap)
    if case.world is not None:
        also("outlook", lambda: outlook(ready, package=package), of_outlook)
    if whole:
        also("flips", lambda: flips(ready, answer), of_flips)
        documents["report"] = report(ready)
    also("stability", lambda: stability(case, ready), of_stability)
    return Said(case, results, documents)


@pytest.fixture(scope="module")
def told() -> Said:
    case = load_case(resolve("stockpile")).case
    return said(case, prepare(case, draws=64))


def in_results(of: Said) -> list[Any]:
    numbers = {
        name: [one for one in in_json(result.to_json(), of.case) if (name, one[0][0]) not in ANOTHER]
        for name, result in of.results.items()
    }
    return [one for one in differing(numbers) if len(one[1]) > 1]


def in_documents(of: Said) -> list[Any]:
    return differing({name: list(in_blocks(one.blocks)) for name, one in of.documents.items()})


def test_results_agree_with_each_other(told: Said) -> None:
    assert in_results(told) == []


def test_documents_agree_with_each_other_and_with_the_report(told: Said) -> None:
    assert in_documents(told) == []


def test_enough_of_it_is_said_twice(told: Said) -> None:
    """Or the two tests above would hold of anything."""
    numbers = [{key for key, _ in in_json(r.to_json(), told.case)} for r in told.results.values()]
    shared = {key for n, one in enumerate(numbers) for other in numbers[n + 1 :] for key in one & other}
    assert {key[0] for key in shared} >= {"acceptable", "signed", "begun"}
    cells = [{key for key, _ in in_blocks(one.blocks)} for one in told.documents.values()]
    twice = {key for n, one in enumerate(cells) for other in cells[n + 1 :] for key in one & other}
    assert len(twice) > 100


def broken(blocks: Sequence[Block], caption: str) -> list[Block]:
    """With one digit of a table made another."""
    return [_broken(block, caption) for block in blocks]


def _broken(block: Block, caption: str) -> Block:
    if isinstance(block, Section):
        return replace(block, blocks=broken(block.blocks, caption))
    if not isinstance(block, Table) or block.caption != caption:
        return block
    first = [c.text if isinstance(c, Cell) else c for c in block.rows[0]]
    column = next(n for n in block.numeric if n and any(c.isdigit() for c in first[n]))
    first[column] += "7"
    return replace(block, rows=[first, *block.rows[1:]])


@pytest.mark.parametrize("caption", ["What is to be had without a deal", "Stage by stage"])
def test_one_number_that_is_broken_is_found(told: Said, caption: str) -> None:
    page = told.documents["report"]
    other = replace(page, blocks=broken(page.blocks, caption))
    found = in_documents(told._replace(documents={**told.documents, "report": other}))
    assert {key[1][0] for key, _ in found} == {caption}


def test_one_number_of_a_result_that_is_broken_is_found(told: Said) -> None:
    road = told.results["roadmap"]
    other = replace(road, chances=replace(road.chances, signed=road.chances.signed + 0.01))
    (found,) = in_results(told._replace(results={**told.results, "roadmap": other}))
    assert found[0][0] == "signed"


@pytest.mark.parametrize("seed", [*range(1200, 1203), 1212])  # nothing of the last is drawn
def test_random_cases_tell_one_story(seed: int) -> None:
    case = read_case(written(fresh(seed)), "random.yaml").case
    try:
        of = said(case, prepare(case, draws=8), whole=False)
    except DetenteError:
        return  # a case without a status quo, or a package with nothing to carry out
    assert in_results(of) == []
    assert in_documents(of) == []
