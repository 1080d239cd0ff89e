"""Small swaps are chosen on draws that had no part in what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.analyses.deal.draft import draft
from detente.analyses.deal.swaps import beside, swaps
from detente.case.reading import load_case
from detente.draws import Drawn, prepare
from detente.prospects.chances import Prospect
from tests.oracles.deal import utility

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"


def test_swaps_are_chosen_on_other_draws_than_they_are_reported_on() -> None:
    case = load_case(STRAIT).case
    ready = prepare(case, draws=64)
    found, considered, _, _ = swaps(ready)
    assert considered > len(found) > 1, "there is something to choose"
    others = prepare(case, draws=64)
    others.__dict__["fresh"] = prepare(case, draws=64, seed=7).fresh
    again, *_ = swaps(others)
    assert [s.moves for s in again] == [s.moves for s in found]
    assert [s.chances.acceptable for s in again] != [s.chances.acceptable for s in found]
    others = prepare(case, draws=64)
    others.__dict__["first"] = prepare(case, draws=64, seed=7).first
    chosen, *_ = swaps(others)
    assert [s.moves for s in chosen] != [s.moves for s in found], "the order follows the first draws"


def test_swaps_are_in_the_order_of_the_draws_they_were_chosen_on() -> None:
    """Those that hold first, the surest of them first, and of those about as sure the smallest."""
    ready = prepare(load_case(STRAIT).case, draws=1024)
    ready.__dict__["fresh"] = ready.first
    reading = ready.first.reading[ready.problem.factions.index("navy")]
    worst = [_worst(ready, s.moves, reading) for s in swaps(ready).shown]
    assert min(worst) > 0
    order = [
        (share < 0.5, -round(share * 20), s.most) for share, s in zip(worst, swaps(ready).shown, strict=True)
    ]
    assert order == sorted(order)
    assert len({share for _, share, _ in order}) > 2


def _worst(ready: Drawn, moves: Mapping[str, str], reading: NDArray[np.int64]) -> float:
    """The share of the first draws in which an exchange is acceptable, of each of those in which one reading is true, and of all."""
    at = beside(ready.problem, moves)
    assert at is not None
    (drawn,) = Prospect(ready, at, moves, None, None).each([ready.first])
    rows = [reading == r for r in np.unique(reading)]
    return float(min(drawn.acceptable.mean(), *(drawn.acceptable[row].mean() for row in rows)))


def test_what_a_swap_gives_up_is_what_its_moves_cost_one_by_one() -> None:
    case = load_case(STRAIT).case
    here = {i: issue.status_quo or "" for i, issue in case.issues.items()}
    for one in swaps(prepare(case, draws=64)).shown:
        lost = {
            f: sum(
                max(Fraction(0), utility(case, f, here) - utility(case, f, {**here, i: o}))
                for i, o in one.moves.items()
            )
            for f in case.preferences
        }
        assert one.gives_up == pytest.approx({f: float(v) for f, v in lost.items() if v}, abs=0.02)
        assert one.most == max(one.gives_up.values())


def test_a_swap_hangs_on_whoever_accepts_it_least_and_on_its_worst_reading() -> None:
    ready = prepare(load_case(STRAIT).case, draws=64)
    for one in swaps(ready).shown:
        willing = draft(ready, one.moves).package.acceptance_by_faction
        least = min(one.consent, key=lambda f: willing[f])
        assert (one.hinge.faction, one.hinge.acceptance) == (least, willing[least])
        told = {r: links.acceptable for r, links in one.chances.by_reading["navy"].items()}
        assert one.hinge.worst == min(one.chances.acceptable, *told.values())
        if one.hinge.reading:
            assert told[one.hinge.reading["navy"]] == one.hinge.worst
