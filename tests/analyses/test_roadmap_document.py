"""What the roadmap says, on a result made by hand whose numbers all differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.roadmap.document import brief, document, section
from detente.analyses.roadmap.result import (
    Boost,
    Chances,
    Missing,
    Move,
    Part,
    Patience,
    RoadmapResult,
    Stage,
)
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.reading import load_case
from detente.document import Cell, Chart, Finding, Paragraph, Table

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"
FERRIES = Move("ferries", "suspended", "daily", ("tolland",), True, 1)
SIX = Move("fishermen", "held", "six", ("orsa",), True, 1)
HALF = Move("patrols", "as_now", "halved", ("orsa",), True, 3)
OUT = dict.fromkeys(("premier", "navy", "tolland"), "walk off")


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(STRAIT).case


def stage(number: int, steps: tuple[Move, ...], slack: float | None, weakest: str, share: float) -> Stage:
    margin = {"premier": 21.0, "navy": 22.0, "tolland": 23.0, weakest: slack}
    return Stage(number, number - 1, None, 1, steps, margin, (), OUT, slack, weakest, share)


def result(**changes: Any) -> RoadmapResult:
    made = RoadmapResult(
        case="strait",
        title="No ferries this summer?",
        as_of="2026-05-12",
        seed=0,
        draws=1024,
        widen=1.0,
        track="table",
        track_name="The table",
        package={"ferries": "daily", "fishermen": "six", "patrols": "halved"},
        rule="most_acceptable",
        supposed={},
        supposed_prior=1.0,
        short={},
        guarantees=(),
        stages=(
            stage(1, (FERRIES, SIX), 7.4, "navy", 0.61),
            stage(2, (HALF,), 1.6, "tolland", 0.52),
            stage(3, (), 3.3, "premier", 0.57),
        ),
        months=5,
        slack=1.6,
        bound=1.6,
        proven=True,
        weakest=2,
        lines=(),
        survival=0.27,
        survival_error=0.013,
        survival_by_reading={"navy": {"holding_out": 0.31, "admiral": 0.22}},
        patience=Patience(0.7, None, {}, {"premier": 0.95, "navy": 0.97, "tolland": 0.98}),
        boosts=(Boost("irreversible", ("ferries",), 2.9, 1.3, 4.1),),
        part=None,
        chances=Chances(0.44, 0.019, 0.18, 0.007, 0.09, 0.004, 0.06, 0.02, 0.2),
        record={"rounds": 2, "agreements": 0},
        base_rates=(),
    )
    return replace(made, **changes)


def table_of(found: RoadmapResult, case: Case, caption: str) -> tuple[Table, list[list[str]]]:
    blocks = section(found, case, only=True).blocks
    table = next(b for b in blocks if isinstance(b, Table) and b.caption == caption)
    return table, [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows]


def first(found: RoadmapResult, case: Case) -> Finding:
    finding = document(found, case).blocks[0]
    assert isinstance(finding, Finding)
    return finding


def test_what_is_acceptable_is_not_called_signed(case: Case) -> None:
    table, rows = table_of(result(), case, "Accepted, started, kept: three different things")
    assert rows == [
        ["Accepted", "44% ± 1.9", "–"],
        ["Started", "18% ± 0.7", "6%"],
        ["Kept to the end", "9% ± 0.4", "2%"],
    ]
    assert "not the chance that it is signed" in table.note
    assert "whose consent or steps the package needs" in table.note
    assert "Of what is accepted, 20% is kept." in table.note
    assert "The record: 2 earlier rounds, 0 agreements." in table.note
    assert brief(result(), Words(case)).limit.endswith("accepted 44%, started 18%, kept 9%.")


def test_compliance_has_a_column_only_where_it_is_in_doubt(case: Case) -> None:
    sure = result(chances=Chances(0.44, 0.019, 0.18, 0.007, 0.09, 0.004, 0.18, 0.09, 0.2))
    table, rows = table_of(sure, case, "Accepted, started, kept: three different things")
    assert table.columns == ("Event", "Share of draws")
    assert rows == [["Accepted", "44% ± 1.9"], ["Started", "18% ± 0.7"], ["Kept to the end", "9% ± 0.4"]]
    assert "comply" not in table.note
    none = result(chances=Chances(0.44, 0.019, None, None, None, None, None, None, None))
    _, rows = table_of(none, case, "Accepted, started, kept: three different things")
    assert rows == [["Accepted", "44% ± 1.9"]]


def test_stages_are_counted_and_not_steps(case: Case) -> None:
    text = first(result(), case)
    assert text.text.startswith("The 3 steps of this package can be carried out in an order in which nobody")
    assert "before stage 2 of 2 (Orsa's patrol boats: halved)" in text.text
    assert "going on is worth only 1.6 of its points more than walking off" in text.text
    assert "The strongest place is before stage 1 of 2" in text.because
    assert "the smallest margin is +7.4 points, of Orsa's navy" in text.because
    assert "(slack +1.6 → +4.1)" in text.because
    table, rows = table_of(result(), case, "Stage by stage")
    assert [(row[0], row[4], row[6], row[7]) for row in rows] == [
        ("1", "Orsa's navy", "+7.4", "61%"),
        ("2", "Tolland", "+1.6", "52%"),
        ("end", "Orsa's premier", "+3.3", "57%"),
    ]
    assert "compares points of different factions" in table.note
    assert "compares points of different factions" in text.limit


def test_survival_is_told_by_reading_with_its_error(case: Case) -> None:
    limit = first(result(), case).limit
    assert limit.startswith(
        "The order survives in 27% of draws (± 1.3 percentage points, Monte Carlo): "
        "31% if “holding out for a price” is true of Orsa's navy, 22% if “the admiral's last stand” is."
    )
    sure = first(result(survival=1.0, survival_error=0.0, survival_by_reading={}), case).limit
    assert sure.startswith("The order survives in 100% of draws. A share")


def test_a_supposition_runs_into_the_answer(case: Case) -> None:
    supposed = result(
        supposed={"navy": "holding_out"}, supposed_prior=0.38, short={"navy": 2.9, "tolland": None}
    )
    text = first(supposed, case).text
    assert text.startswith(
        "At best estimates there is nothing to carry out: the package is worse than no deal for Orsa's navy (by 2.9 points) "
        "and Tolland (it breaks a line). Supposing instead that “holding out for a price” is true of Orsa's navy (a chance "
        "of 38% at best estimates), the 3 steps of this package can"
    )
    lost = first(
        replace(
            supposed,
            slack=-1.2,
            weakest=2,
            stages=(
                stage(1, (FERRIES, SIX), 7.4, "navy", 0.61),
                stage(2, (HALF,), -1.2, "tolland", 0.1),
                stage(3, (), 3.3, "premier", 0.5),
            ),
        ),
        case,
    ).text
    assert (
        "estimates), no order of the 3 steps of this package holds: in the best one Tolland gains 1.2 of its points"
        in lost
    )


def test_the_brief_names_the_package_and_compares_no_points(case: Case) -> None:
    text = brief(result(), Words(case)).text
    assert text == (
        "The 3 steps of the most acceptable package at “The table” have an order in which nobody gains by stopping half-way."
    )
    one = result(stages=(stage(1, (HALF,), 1.6, "tolland", 0.5), stage(2, (), 3.3, "navy", 0.6)), weakest=1)
    supposed = replace(one, rule=None, supposed={"navy": "admiral"})
    assert brief(supposed, Words(case)).text == (
        "The 1 step of the package named at “The table”, supposing that “the admiral's last stand” is true of Orsa's navy, "
        "has an order in which nobody gains by stopping half-way."
    )


def test_it_takes_months_and_the_line_of_time_says_which(case: Case) -> None:
    assert first(result(), case).text.endswith("All of it takes 5 months.")
    long = (
        replace(stage(1, (FERRIES, SIX), 7.4, "navy", 0.61), months=3),
        replace(stage(2, (HALF,), 1.6, "tolland", 0.5), month=3, months=2),
    )
    found = result(stages=(*long, replace(stage(3, (), 3.3, "premier", 0.57), month=5, months=0)))
    chart = next(b for b in section(found, case, only=True).blocks if isinstance(b, Chart))
    assert chart.table is not None
    assert [[c.text if isinstance(c, Cell) else c for c in row][1:] for row in chart.table.rows] == [
        ["0", "3", "+7.4", "Orsa's navy"],
        ["3", "5", "+1.6", "Tolland"],
        ["5", "5", "+3.3", "Orsa's premier"],
    ]


def test_a_negative_margin_is_bad_and_a_line_says_so(case: Case) -> None:
    crossed = stage(2, (HALF,), None, "tolland", 0.1)
    crossed = replace(crossed, margin={"premier": -21.0, "navy": 22.0, "tolland": None})
    found = result(
        stages=(stage(1, (FERRIES, SIX), 7.4, "navy", 0.61), crossed, stage(3, (), 3.3, "premier", 0.6))
    )
    table, rows = table_of(found, case, "Every margin")
    assert table.columns == ("Stage", "Orsa's premier", "Orsa's navy", "Tolland")
    assert rows[1] == ["2", "−21.0", "+22.0", "a line"]
    assert [c.tone for c in table.rows[1] if isinstance(c, Cell)] == ["bad", "plain", "bad"]


def test_one_change_in_the_same_order_stands_before_its_own_best(case: Case) -> None:
    worse = Boost("irreversible", ("patrols",), 0.2, -1.4, None)
    table, rows = table_of(result(boosts=(*result().boosts, worse)), case, "What would make it hold better")
    assert rows == [
        ["Tolland's ferries made irreversible", "+2.9", "+4.1"],
        ["Orsa's patrol boats made irreversible", "+0.2", "–"],
    ]
    assert [row[1].tone for row in table.rows if isinstance(row[1], Cell)] == ["good", "muted"]
    assert table.note.startswith("As it stands the slack is +1.6. 2 of 2 changes tried, each alone:")


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (
            2.7,
            "The next step, The fishermen: six of them home, would have to be worth 2.7 points more to Orsa's navy.",
        ),
        (None, "The next step, The fishermen: six of them home, crosses a line of Orsa's navy."),
    ],
)
def test_what_a_part_lacks(points: float | None, says: str, case: Case) -> None:
    part = Part((FERRIES,), 0.4, True, Missing(SIX, "navy", points))
    (finding,) = [
        b
        for b in section(result(part=part), case, only=True).blocks
        if isinstance(b, Finding) and "A part of it" in b.text
    ]
    assert finding.text.startswith(
        "A part of it would hold as an agreement of its own: Tolland's ferries: daily service"
    )
    assert finding.because == says
    assert finding.limit == ""


def test_patience_stands_beside_what_was_judged(case: Case) -> None:
    patience = Patience(
        0.7, 0.91, {"navy": 0.81, "tolland": None}, {"premier": 0.99, "navy": 0.97, "tolland": 0.95}
    )
    blocks = section(result(patience=patience), case, only=True).blocks
    (told,) = [b.text for b in blocks if isinstance(b, Paragraph) and "patience" in b.text]
    assert told.startswith(
        "The least patience that carries this order, shared by all, is 0.700, and above 0.910 it no longer does "
        "(judged: 0.95 to 0.99). With the others as judged, the least is: Orsa's navy 0.810 (judged 0.97)."
    )
