"""What else could be proposed, in words and columns, on a menu made by hand whose numbers all differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detente.analyses.deal.menu_document import menu_blocks, menu_in_short, swaps_section
from detente.analyses.deal.result import Alternative, Menu, Together
from detente.analyses.words import Words
from detente.case.reading import load_case
from detente.document import Block, Paragraph, Table
from tests.analyses.test_deal_document import MOVES, result, swap, track

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"
FREIGHT = {"ferries": "freight", "fishermen": "six"}
MENU = Menu(
    packages=27,
    every=True,
    level=0.05,
    alike=1,
    listed=(Alternative(FREIGHT, 0.41, 0.07, 0.04),),
    shared={"fishermen": "six"},
    differ={"ferries": ("daily", "freight")},
    together=(
        Together((MOVES, FREIGHT), 0.48, 0.015, 0.5, 0.5),
        Together((MOVES, FREIGHT, {"patrols": "halved"}), 0.53, 0.016, 0.55, 0.58),
    ),
)


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(load_case(STRAIT).case)


def _tables(blocks: list[Block]) -> dict[str, Table]:
    return {b.caption: b for b in blocks if isinstance(b, Table)}


def test_what_only_the_best_and_only_the_other_has_stand_in_their_columns(words: Words) -> None:
    table = _tables(menu_blocks(track(menu=MENU), words, uncertain=True))["What could be proposed as well"]
    assert table.columns[1:] == ("Acceptable", "Only the best is", "Only this one is")
    assert table.rows == [["Tolland's ferries: freight only", "41%", "7%", "4%"]]


def test_a_few_at_hand_are_proven_or_have_a_bound(words: Words) -> None:
    table = _tables(menu_blocks(track(menu=MENU), words, uncertain=True))[
        "A few packages at hand, of which one will do"
    ]
    assert [[row[0], row[2], row[3]] for row in table.rows] == [
        ["One, the best", "44%", ""],
        ["Two", "48% ± 1.5", "proven"],
        ["Three", "53% ± 1.6", "none above 58%"],
    ]


def test_what_packages_share_and_on_what_they_differ_is_said(words: Words) -> None:
    first = menu_blocks(track(menu=MENU), words, uncertain=True)[0]
    assert isinstance(first, Paragraph)
    assert first.text == (
        "1 other package cannot be told apart from the one acceptable most often. Both settle “The fishermen” at “six of them home”. "
        "They differ in Tolland's ferries (daily service or freight only)."
    )
    assert menu_in_short(track(menu=MENU), words, uncertain=True).endswith(
        "Of three packages at hand, one is acceptable in 53% of draws."
    )


def test_a_swap_costs_what_it_takes_from_whoever_loses_most(words: Words) -> None:
    dear = replace(swap(MOVES, {"premier": 3.0}), gives_up={"tolland": 2.0, "navy": 9.5}, most=9.5)
    section = swaps_section(result(swaps=(dear,), swaps_considered=7), words)
    table, folded = _tables(list(section.blocks)).values()
    assert (table.fold, folded.fold) == (False, True)
    assert table.rows[0][table.columns.index("Given up*")] == "9.5"
    assert "Nobody gives up more than Orsa's navy, 9.5 points*." in str(section.blocks[0])
