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
from detente.document import Cell, Chart, Finding, Table

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
        "Tolland moves Tolland's ferries: daily service; then Orsa's premier and Orsa's navy move The fishermen"
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
    assert [row[2:4] for row in rows] == [["83% ± 2.1", "64% ± 3.3"], ["71% ± 2.1", "0% ± 3.3"]]
    assert [row[5] for row in rows] == ["2", "out of reach"]
    assert table.note.startswith("2 of 7 situations that hold at best estimates")
    chart = next(b for b in blocks if isinstance(b, Chart))
    shown = [row["words"] for row in chart.spec["data"]["values"] if row["part"] in ("way", "gap")]
    assert shown == ["holds in 41% ± 2.1", "holds in 83% ± 2.1", "out of reach; holds in 71% ± 2.1"]
