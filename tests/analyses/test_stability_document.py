"""What the stability analysis says, on a result made by hand whose numbers all differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.stability.document import document
from detente.analyses.stability.result import Departure, Mover, Situation, StabilityResult, Step
from detente.case.model import Case
from detente.case.reading import load_case
from detente.document import Cell, Chart, Finding, Paragraph, Table

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"
CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
HERE = {"ferries": "suspended", "fishermen": "held", "patrols": "as_now"}
ALONE = Step("tolland", {"ferries": "daily"}, {"tolland": 3.5})
JOINTLY = Step("premier+navy", {"fishermen": "six"}, {"premier": 4.5, "navy": -0.04})


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(STRAIT).case


def situation(
    moves: dict[str, str], seq: float, nash: float, path: tuple[Step, ...] | None = None
) -> Situation:
    return Situation(
        state={**HERE, **moves},
        moves=moves,
        stable=dict.fromkeys(CONCEPTS, seq >= 0.5),
        share={**dict.fromkeys(CONCEPTS, 0.5), "seq": seq, "nash": nash},
        share_error={**dict.fromkeys(CONCEPTS, 0.1), "seq": 0.021, "nash": 0.033},
        stable_for={},
        jointly_stable=True,
        joint_improvement=None,
        path=path,
    )


def result(**changes: Any) -> StabilityResult:
    rest = situation({"ferries": "daily", "fishermen": "six"}, 0.83, 0.64, (ALONE, JOINTLY))
    made = StabilityResult(
        case="strait",
        title="No ferries this summer?",
        as_of="2026-05-12",
        seed=0,
        draws=128,
        widen=1.0,
        issues=tuple(HERE),
        combinations=27,
        states=24,
        moves=90,
        movers=(
            Mover("tolland", ("tolland",), ("ferries",)),
            Mover("premier+navy", ("premier", "navy"), ("fishermen",)),
        ),
        equilibria={"nash": 1, "gmr": 9, "smr": 8, "seq": 5, "sseq": 4},
        unranked={},
        situations=(rest, situation({"patrols": "halved"}, 0.71, 0.0)),
        listed=7,
        status_quo=situation({}, 0.41, 0.12, ()),
        wanted=None,
        wanted_from=None,
        departures=(Departure(ALONE, dict.fromkeys(CONCEPTS[1:], False), 3.5),),
        departures_total=1,
    )
    return replace(made, **changes)


def first(found: StabilityResult, case: Case) -> Finding:
    finding = document(found, case).blocks[0]
    assert isinstance(finding, Finding)
    return finding


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "does not hold at best estimates; it holds in none of 128 draws."),
        (0.41, "does not hold at best estimates; it holds in 41% of draws."),
        (1.0, "holds at best estimates; it holds in all of 128 draws."),
    ],
)
def test_the_status_quo_holds_or_not_and_in_how_many_draws(case: Case, share: float, said: str) -> None:
    text = first(result(status_quo=situation({}, share, 0.12, ())), case).text
    assert text.startswith("5 of 24 situations would hold:")
    assert "In 1 of them nobody would gain by leaving at all (Nash)." in text
    assert text.endswith(f"The status quo {said}")


def test_one_moves_and_several_move(case: Case) -> None:
    because = first(result(), case).because
    assert (
        "Tolland would settle “Tolland's ferries” at “daily service”; then Orsa's premier and Orsa's navy would settle “The fishermen”"
        in because
    )
    assert "the nearest resting place is 2 moves away" in because


def test_what_is_hoped_for_says_which_situation_was_taken(case: Case) -> None:
    found = result(
        wanted=situation({"fishermen": "home"}, 0.03, 0.0),
        wanted_from="of 18 situations that have all of it, the one that changes least else",
    )
    hope = document(found, case).blocks[1]
    assert isinstance(hope, Finding)
    assert "It would hold in 3% of draws (SEQ)." in hope.text
    assert "worth 3.5 points more to Tolland" in hope.text
    assert hope.limit == "Taken: of 18 situations that have all of it, the one that changes least else."


def test_shares_stand_in_their_columns_with_one_error(case: Case) -> None:
    blocks = document(result(), case).blocks
    table = next(b for b in blocks if isinstance(b, Table) and b.caption == "Where it can come to rest")
    rows = [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows]
    assert table.columns[2:4] == ["SEQ, share of draws", "Nash, share of draws"]
    assert [row[2:4] for row in rows] == [["83% ± 2.1", "64% ± 3.3"], ["71% ± 2.1", "0% ± 3.3"]]
    assert [row[5] for row in rows] == ["2", "out of reach"]
    assert table.note.startswith("2 of 7 situations that hold at best estimates")
    chart = next(b for b in blocks if isinstance(b, Chart))
    shown = [row["words"] for row in chart.spec["data"]["values"] if row["part"] in ("way", "gap")]
    assert shown == ["holds in 41%", "holds in 83%", "out of reach; holds in 71%"]


def test_the_nearest_resting_place_is_the_one_with_fewest_moves(case: Case) -> None:
    far = replace(
        situation({"ferries": "daily", "fishermen": "six"}, 0.83, 0.64, (ALONE, JOINTLY)),
        stable=dict.fromkeys(CONCEPTS, True),
    )
    near = replace(situation({"ferries": "daily"}, 0.7, 0.6, (ALONE,)), stable=dict.fromkeys(CONCEPTS, True))
    because = first(result(situations=(far, near)), case).because
    assert because.startswith(
        "If each moves as it pleases, the nearest resting place is 1 move away: Tolland would settle"
    )


def test_what_would_keep_somebody_is_as_much_as_the_best_way_out(case: Case) -> None:
    nothing = dict.fromkeys(CONCEPTS[1:], False)
    ways = (
        Departure(ALONE, nothing, 3.5),
        Departure(Step("tolland", {"ferries": "freight"}, {"tolland": 1.5}), nothing, 1.5),
    )
    wanted = situation({"fishermen": "home"}, 0.03, 0.0)
    hope = document(result(wanted=wanted, departures=ways, departures_total=2), case).blocks[1]
    assert isinstance(hope, Finding)
    assert (
        "It would be kept if it were worth 3.5 points more to Tolland, or leaving it so much less."
        in hope.text
    )
    assert hope.tone == "bad"
    kept = document(result(wanted=situation({"fishermen": "home"}, 0.93, 0.0)), case).blocks[1]
    assert isinstance(kept, Finding)
    assert "would hold at best estimates (" in kept.text
    assert kept.tone == "good"


@pytest.mark.parametrize(
    ("by", "says", "tone"),
    [
        ({"seq", "gmr"}, "by counter-moves that others want to make (SEQ)", "good"),
        ({"gmr"}, "only by counter-moves that hurt those who make them (GMR)", "caution"),
        (set(), "by nothing", "bad"),
    ],
)
def test_what_deters_is_told_apart(by: set[str], says: str, tone: str, case: Case) -> None:
    deterred = {c: c in by for c in CONCEPTS[1:]}
    found = result(departures=(Departure(ALONE, deterred, 3.5),))
    table = next(
        b
        for b in document(found, case).blocks
        if isinstance(b, Table) and b.caption.startswith("Who would leave")
    )
    assert table.caption == "Who would leave the status quo, and what deters them"
    (row,) = table.rows
    assert row[:2] == ["Tolland", "Tolland's ferries: daily service"]
    assert row[3] == Cell(says, tone)


def test_the_picture_starts_where_things_are(case: Case) -> None:
    chart = next(b for b in document(result(), case).blocks if isinstance(b, Chart))
    assert chart.table is not None
    assert [[c.text if isinstance(c, Cell) else c for c in row][1:] for row in chart.table.rows] == [
        ["where things are", "0", "41%"],
        ["a resting place", "2", "83%"],
        ["a resting place", "out of reach", "71%"],
    ]


def test_how_many_situations_there_are(case: Case) -> None:
    last = document(result(), case).blocks[-1]
    assert isinstance(last, Paragraph)
    assert last.text == (
        "24 feasible of 27 combinations of 3 issues, 90 moves. What is not among these issues stays as it is."
    )
