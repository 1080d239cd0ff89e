"""Small swaps are chosen on draws that had no part in what is said of them."""

from __future__ import annotations

from pathlib import Path

from detente.analyses.deal.swaps import swaps
from detente.case.reading import load_case
from detente.draws import prepare

STRAIT = Path(__file__).parents[2] / "docs" / "tutorial" / "strait.yaml"


def test_swaps_are_chosen_on_other_draws_than_they_are_reported_on() -> None:
    case = load_case(STRAIT).case
    ready = prepare(case, draws=64)
    found, considered, _ = swaps(ready)
    assert considered > len(found) > 1, "there is something to choose"
    others = prepare(case, draws=64)
    others.__dict__["fresh"] = prepare(case, draws=64, seed=7).fresh
    again, _, _ = swaps(others)
    assert [s.moves for s in again] == [s.moves for s in found]
    assert [s.chances.acceptable for s in again] != [s.chances.acceptable for s in found]
    others = prepare(case, draws=64)
    others.__dict__["first"] = prepare(case, draws=64, seed=7).first
    chosen, _, _ = swaps(others)
    assert [s.moves for s in chosen] != [s.moves for s in found], "the order follows the first draws"


def test_swaps_are_in_the_order_of_the_draws_they_were_chosen_on() -> None:
    ready = prepare(load_case(STRAIT).case, draws=64)
    ready.__dict__["fresh"] = ready.first
    shares = [s.chances.acceptable for s in swaps(ready)[0]]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) > 0
