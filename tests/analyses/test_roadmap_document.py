"""What the roadmap says, on a result made by hand whose numbers all differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.roadmap.document import base_rates, behind, document, others, section
from detente.analyses.roadmap.result import (
    BaseRate,
    Boost,
    Due,
    Missing,
    Move,
    Part,
    Patience,
    RoadmapResult,
    Stage,
)
from detente.case.model import Case, Signing
from detente.case.reading import load_case
from detente.document import Cell, Chart, Finding, Paragraph, Table
from detente.prospects.chances import Chances, Links

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"
FERRIES = Move("ferries", "suspended", "daily", ("tolland",), True, 1)
SIX = Move("fishermen", "held", "six", ("orsa",), True, 1)
HALF = Move("patrols", "as_now", "halved", ("orsa",), True, 3)
CHAIN = Chances(None, 0.44, 0.18, 0.09, 0.05, 0.019, {}, None)
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
        lead=2,
        lead_typed=False,
        begins="2026-07-12",
        due=(),
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
        chances=CHAIN,
        record={"rounds": 2, "agreements": 0},
        base_rates=(),
    )
    return replace(made, **changes)


def table_of(found: RoadmapResult, case: Case, caption: str) -> tuple[Table, list[list[str]]]:
    blocks = document(found, case).blocks
    table = next(b for b in blocks if isinstance(b, Table) and b.caption == caption)
    return table, [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows]


def first(found: RoadmapResult, case: Case) -> Finding:
    finding = document(found, case).blocks[0]
    assert isinstance(finding, Finding)
    return finding


CAPTION = "Chances, each at most the one before it"


def test_acceptable_signed_begun_and_kept_are_four_things(case: Case) -> None:
    table, rows = table_of(result(), case, CAPTION)
    assert table.columns == ("Package", "Acceptable", "Signed", "Begun", "Kept")
    assert rows == [["This package", "44%", "18%", "9%", "5%"]]
    assert table.note.startswith(
        "Acceptable: this one is; signed: it is acceptable, and signed; begun: it is signed, those who"
    )
    assert (
        "Taken to be signed where it is acceptable: 50%, counted as 2 rounds, beside the record."
        in table.note
    )
    assert "The record: 2 earlier rounds, 0 agreements." in table.note
    assert "spread of temptations is a judgement" in table.note
    assert table.note.endswith(
        "Never scored against outcomes; the Monte Carlo error of “acceptable” is up to ± 1.9 percentage points."
    )


def test_the_judgement_of_a_signature_is_told_with_its_day(case: Case) -> None:
    signing = Signing.model_validate({"chance": [0.1, 0.3, 0.6], "counts": 5, "by": "2026-09-01"})
    table, _ = table_of(result(), case.model_copy(update={"signing": signing}), CAPTION)
    assert (
        "Judged to be signed by 2026-09-01 where it is acceptable: 30%, counted as 5 rounds, beside"
        in table.note
    )
    alone = case.model_copy(update={"signing": signing, "record": None})
    table, _ = table_of(result(record=None), alone, CAPTION)
    assert "where it is acceptable: 30%. A stage" in table.note


def test_links_that_nobody_can_give_are_left_out_with_the_reason(case: Case) -> None:
    none = result(chances=Chances(None, 0.44, None, None, None, 0.019, {}, "nobody judged it"))
    table, rows = table_of(none, case, CAPTION)
    assert table.columns == ("Package", "Acceptable")
    assert rows == [["This package", "44%"]]
    assert table.note.endswith("percentage points. What is missing: nobody judged it.")
    assert "temptation" not in table.note
    assert "Taken" not in table.note


def test_the_package_is_told_under_each_reading(case: Case) -> None:
    rivals = {
        "navy": {
            "holding_out": Links(None, 0.49, 0.2, 0.11, 0.07),
            "admiral": Links(None, 0.38, 0.15, 0.08, 0.03),
        }
    }
    table, rows = table_of(
        result(chances=replace(CHAIN, by_reading=rivals)), case, "Acceptable, by what is true of Orsa's navy"
    )
    assert list(table.columns) == ["Package", "holding out for a price", "the admiral's last stand"]
    assert rows == [["This package", "49%", "38%"]]


def test_stages_are_counted_and_not_steps(case: Case) -> None:
    text = first(result(), case)
    assert text.text.startswith("The 3 steps of this package can be carried out in an order in which nobody")
    assert "before stage 2 of 2 (settle “Orsa's patrol boats” at “halved”)" in text.text
    assert "going on is worth only 1.6 points more than walking off" in text.text
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
        "estimates), no order of the 3 steps of this package holds: in the best one Tolland gains 1.2 points"
        in lost
    )


def test_it_takes_months_and_the_line_of_time_says_which(case: Case) -> None:
    assert first(result(), case).text.endswith("All of it takes 5 months.")
    long = (
        replace(stage(1, (FERRIES, SIX), 7.4, "navy", 0.61), months=3),
        replace(stage(2, (HALF,), 1.6, "tolland", 0.5), month=3, months=2),
    )
    found = result(stages=(*long, replace(stage(3, (), 3.3, "premier", 0.57), month=5, months=0)))
    chart = next(b for b in section(found, case).blocks if isinstance(b, Chart))
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


def test_of_several_orders_the_first_is_told_and_the_others_have_a_row(case: Case) -> None:
    """What is told of the first stands behind the others, in their own words."""
    broken = replace(result().stages[1], slack=None)
    weak = result(
        track="swap_2",
        track_name="Small swap",
        package={"ferries": "daily"},
        stages=(result().stages[0], broken, result().stages[2]),
        weakest=2,
        slack=None,
        survival=0.07,
    )
    table = others([result(), weak], case)
    assert table.columns == (
        "Agreement",
        "An order holds",
        "Weakest link",
        "Its margin",
        "The order survives in draws",
    )
    assert [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows] == [
        ["The table", "yes", "Tolland", "+1.6", "27%"],
        ["Small swap: settle “Tolland's ferries” at “daily service”", "no", "Tolland", "a line", "7%"],
    ]
    assert [row[0].links[0].to for row in table.rows if isinstance(row[0], Cell)] == [
        behind(r, case, answered=False).id for r in (result(), weak)
    ]
    answer = section(weak, case).blocks[0]
    assert behind(weak, case, answered=False).blocks[0] == answer
    assert answer not in behind(weak, case, answered=True).blocks


@pytest.mark.parametrize(
    ("points", "says"),
    [
        (
            2.7,
            "The next step, to settle “The fishermen” at “six of them home”, would have to be worth 2.7 points more to Orsa's navy.",
        ),
        (
            None,
            "The next step, to settle “The fishermen” at “six of them home”, crosses a line of Orsa's navy.",
        ),
    ],
)
def test_what_a_part_lacks(points: float | None, says: str, case: Case) -> None:
    part = Part((FERRIES,), 0.4, True, Missing(SIX, "navy", points))
    (finding,) = [
        b
        for b in section(result(part=part), case).blocks
        if isinstance(b, Finding) and "A part of it" in b.text
    ]
    assert finding.text.startswith(
        "A part of it would hold as an agreement of its own: to settle “Tolland's ferries” at “daily service”"
    )
    assert finding.because == says
    assert finding.limit == ""


def test_patience_stands_beside_what_was_judged(case: Case) -> None:
    patience = Patience(
        0.7, 0.91, {"navy": 0.81, "tolland": None}, {"premier": 0.99, "navy": 0.97, "tolland": 0.95}
    )
    blocks = behind(result(patience=patience), case, answered=True).blocks
    (told,) = [b.text for b in blocks if isinstance(b, Paragraph) and "patience" in b.text]
    assert told.startswith(
        "The least patience that carries this order, shared by all, is 0.700, and above 0.910 it no longer does "
        "(judged: 0.95 to 0.99). With the others as judged, the least is: Orsa's navy 0.810 (judged 0.97)."
    )


def test_what_happened_elsewhere_says_how_many_of_how_many(case: Case) -> None:
    rate = BaseRate("truces", 7, 25, "a list", "they were wars", "2020")
    assert base_rates(result(base_rates=(rate,))).rows == [
        ["truces", "7", "25", "28%", "they were wars", "a list"]
    ]


def test_on_one_screen_the_weakest_link_has_its_short_name(case: Case) -> None:
    party = case.parties["orsa"].model_copy(
        update={
            "factions": {
                f: spec.model_copy(update={"short": "the sailors"}) if f == "navy" else spec
                for f, spec in case.parties["orsa"].factions.items()
            }
        }
    )
    named = case.model_copy(update={"parties": {**case.parties, "orsa": party}})
    (order,) = [b for b in document(result(), named).short if isinstance(b, Table)]
    links = {row[3] for row in order.rows}
    assert "The sailors" in links
    assert "Orsa's navy" not in links


def test_what_has_a_day_is_said_with_the_day_and_when_it_is_done(case: Case) -> None:
    due = (
        Due("ferries", "daily", "done", "2026-09-01", None, "2026-08-12", False, 0.93),
        Due("patrols", "halved", "begun", "2026-07-20", None, "2026-10-12", True, 0.21),
    )
    table = next(
        b
        for b in behind(result(due=due), case, answered=True).blocks
        if isinstance(b, Table) and b.caption == "What has a day"
    )
    rows = [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows]
    assert rows == [
        ["Tolland's ferries: daily service", "done by 2026‑09‑01", "2026‑08‑12", "93%"],
        ["Orsa's patrol boats: halved", "begun by 2026‑07‑20", "2026‑10‑12", "21%"],
    ]
    assert [row[2].tone for row in table.rows if isinstance(row[2], Cell)] == ["good", "bad"]
    assert table.note == (
        "Too late in this order, and none that was found has fewer steps late: Orsa's patrol boats: halved is begun on 2026‑10‑12, after its day, 2026‑07‑20."
    )
