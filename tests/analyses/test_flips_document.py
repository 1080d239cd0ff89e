"""What the flips say, on a result made by hand whose numbers all differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.flips.document import document, sections, sentence
from detente.analyses.flips.scan import FLIP_DRAWS, Flip, FlipsResult
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.reading import load_case
from detente.document import Cell, Chart, Link, Paragraph, Table

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(STRAIT).case


def flip(path: str, low: float, best: float, high: float, **changes: Any) -> Flip:
    made = Flip(
        path=path,
        owner=path.split(".", maxsplit=1)[0],
        kind="weight",
        about="deal",
        low=low,
        best=best,
        high=high,
        certain=False,
        deal_flips_at=None,
        deal_flip_step=0.01,
        deal_flip_proven=True,
        looked_at=(0.0, 100.0),
        deal_flip_how="exact",
        deal_flip_inside=False,
        package_flips_at=None,
        package_becomes=None,
        acceptance_low=0.31,
        acceptance_high=0.31,
        acceptance_how="held",
        swing_error=0.01,
        first_order=0.0,
        first_order_error=0.0,
    )
    return replace(made, **changes)


FAR = flip("premier.weights.ferries", 45, 60, 75, deal_flips_at=51.27, deal_flip_inside=True)
NEAR = flip(
    "navy.weights.patrols",
    50,
    61,
    75,
    deal_flips_at=63.5,
    deal_flip_inside=True,
    package_flips_at=57.5,
    acceptance_low=0.412,
    acceptance_high=0.203,
    first_order=0.123,
    first_order_error=0.014,
)
OUTSIDE = flip("tolland.weights.patrols", 30, 45, 62, deal_flips_at=97.25, deal_flip_proven=False)
CERTAIN = flip("tolland.no_deal", -4, -4, -4, certain=True, deal_flips_at=-7.5)
LINE = flip(
    "navy.readings.admiral.firm.0.holds",
    0.6,
    0.8,
    0.95,
    kind="holds",
    deal_flips_at=0.49,
    deal_flip_inside=False,
)
PRIOR = flip("navy.readings.holding_out.prior", 0.3, 0.55, 0.7, kind="prior", acceptance_low=0.1)


def result(*flips: Flip, deal: bool | None = True, **changes: Any) -> FlipsResult:
    made = FlipsResult(
        case="strait",
        track="agreement",
        seed=0,
        draws=512,
        deal_at_best_estimates=deal,
        deal_by_reading={},
        package={"ferries": "daily"},
        acceptance=0.31,
        acceptance_error=0.011,
        candidates=17,
        compared=26,
        indistinct=4,
        flips=flips,
        moved_together=(),
        reading_index={},
        cannot_move=(),
        world=None,
    )
    return replace(made, **changes)


def said(found: FlipsResult, case: Case) -> str:
    return sentence(found, Words(case)).text


@pytest.mark.parametrize(
    ("deal", "was", "becomes"), [(True, "a deal", "no deal"), (False, "no deal", "a deal")]
)
def test_the_nearest_comes_first_and_the_value_stands_before_what_is_judged(
    deal: bool, was: str, becomes: str, case: Case
) -> None:
    assert said(result(FAR, OUTSIDE, NEAR, deal=deal), case) == (
        f"At best estimates there is {was}; what would make it {becomes}, inside the judged ranges: Orsa's navy: weight of "
        "“Orsa's patrol boats” at 63.5 instead of 61.0 or Orsa's premier: weight of “Tolland's ferries” at 51.27 instead of 60.0."
    )


def test_what_lies_outside_is_named_only_where_nothing_lies_inside(case: Case) -> None:
    assert said(result(OUTSIDE, CERTAIN), case) == (
        "At best estimates there is a deal, and no single judgement inside its own range would change that; the nearest "
        "outside is Tolland: weight of “Orsa's patrol boats” at 97.25 instead of 45.0 and of the numbers typed without a range "
        "the nearest is Tolland: no-deal value at −7.5 instead of −4.0."
    )
    assert said(result(flip("navy.weights.patrols", 50, 61, 75)), case).endswith(
        "there is a deal, and no single number, moved alone, changes that."
    )


@pytest.mark.parametrize("deal", [True, False])
def test_a_reading_that_turns_the_answer_is_named_and_no_other(deal: bool, case: Case) -> None:
    verdicts = {"navy": {"holding_out": not deal, "admiral": deal}}
    text = said(result(NEAR, deal=deal, deal_by_reading=verdicts), case)
    becomes = "no deal" if deal else "a deal"
    assert text.endswith(f" If “holding out for a price” is true of Orsa's navy, there is {becomes}.")


def test_a_line_is_held_from_one_half_on(case: Case) -> None:
    assert said(result(NEAR, LINE, deal=False), case).endswith(
        " Best estimates keep a line from a chance of one half on; Orsa's navy (if “the admiral's last stand” is true): "
        "chance that the firm line on “The fishermen: all of them home” holds at 49% instead of 80% makes it a deal."
    )


def test_how_firm_the_package_is_and_what_was_left_undecided(case: Case) -> None:
    found = sentence(result(NEAR, OUTSIDE, FAR, moved_together=("a", "b")), Words(case))
    assert found.because == (
        "Of 26 other packages compared on the same draws, 4 cannot be told apart from the package acceptable most often. "
        "1 of 3 numbers would, inside their ranges, put another of 17 candidates clearly ahead of it."
    )
    assert " 2 numbers declared to move with others moved alone here." in found.limit
    assert found.limit.endswith(
        " For 1 number a search reached its limit: a nearer flip may have been missed."
    )
    alone = sentence(result(NEAR, candidates=1), Words(case))
    assert alone.because.endswith("from the package acceptable most often.")


def test_an_undecided_deal_has_no_flips(case: Case) -> None:
    assert "could not be decided within the search limit" in said(result(NEAR, deal=None), case)


def test_every_column_holds_its_own(case: Case) -> None:
    (section,) = sections(result(NEAR, OUTSIDE, CERTAIN, PRIOR), case)
    (table,) = [b for b in section.blocks if isinstance(b, Table)]
    assert table.columns == (
        "Judgement",
        "Range",
        "Deal / no deal flips at",
        "Another package from",
        "Acceptance, low to high end",
        "First-order index",
    )
    near, outside, certain, prior = table.rows
    assert [near[0].text, *near[1:]] == [
        "Orsa's navy: weight of “Orsa's patrol boats”",
        "61.0 (50.0 to 75.0)",
        Cell("63.5 (inside the range)", "caution"),
        "57.5",
        "41.2% → 20.3%",
        "12.3% ± 1.4",
    ]
    assert outside[2] == Cell("97.25 (outside)", "plain")
    assert [cell.links for cell, *_ in (near, prior)] == [
        (Link("", "from-navy.weights.patrols"),),
        (Link("", "from-navy.holding_out.prior"),),
    ]
    assert certain[1:] == ["−4.0", Cell("−7.5", "plain"), "–", "–", "–"]
    assert [prior[0].text, *prior[1:3]] == [
        "Chance that “holding out for a price” is true of Orsa's navy",
        "55% (30% to 70%)",
        Cell("–", "muted"),
    ]
    assert table.note.startswith("4 numbers were tried; 4 matter in some way, 4 are shown.")
    assert f"in {min(FLIP_DRAWS, 512)} draws, among 17 candidates;" in table.note


def test_the_bars_run_from_the_low_to_the_high_end(case: Case) -> None:
    (section,) = sections(result(NEAR, OUTSIDE, PRIOR, reading_index={"navy": 0.234}), case)
    (chart,) = [b for b in section.blocks if isinstance(b, Chart)]
    rows = [[str(cell.text if isinstance(cell, Cell) else cell) for cell in row] for row in chart.table.rows]
    (row,) = [row for row in rows if row[0] == "Orsa's navy: weight of “Orsa's patrol boats”"]
    assert " ".join(row[1:]).replace("%", "").split() == ["50.0", "41", "75.0", "20"], (
        chart.table.columns,
        row,
    )
    assert not [row for row in rows if "Tolland" in row[0]], "what swings nothing has no bar"
    (told,) = [b for b in section.blocks if isinstance(b, Paragraph)]
    assert told.text.endswith("would explain by itself: 23% for Orsa's navy.")


def test_the_small_print_tells_draws_only_where_something_is_drawn(case: Case) -> None:
    assert document(result(NEAR), case).facts["draws"] == "512"
    assert "draws" not in document(result(CERTAIN), case).facts
    (section,) = sections(result(CERTAIN), case)
    (table,) = [b for b in section.blocks if isinstance(b, Table)]
    assert table.columns == ("Number", "As typed", "Deal / no deal flips at")
