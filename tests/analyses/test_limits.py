"""Large cases: an answer, or a word on what was left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.limits import bare
from detente.analyses.deal import deal, swaps, uncertainty
from detente.analyses.flips import flips, thresholds
from detente.analyses.stability import solve, stability
from detente.analyses.stability.document import too_much
from detente.case.model import Case
from detente.draws import prepare
from detente.errors import LimitError
from detente.kernels import existence
from detente.problem.conflict import conflict
from detente.report.whole import _rests


def large(parties: int, factions: int, issues: int, options: int, **wants: Any) -> Case:
    """Everybody wants something else; every weight is a range."""
    rng = np.random.default_rng(7)
    raw, names = bare(parties, factions, issues, options)
    raw["preferences"] = {
        name: {
            **wants,
            "weights": {f"i{i}": [int(w), int(w) + 3] for i, w in enumerate(rng.integers(1, 9, issues))},
            "values": {
                f"i{i}": {f"o{o}": int(v) for o, v in enumerate(rng.integers(0, 101, options))}
                for i in range(issues)
            },
        }
        for name in names
    }
    return Case.model_validate(raw)


def test_thirty_two_factions_and_too_many_exchanges_to_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swaps, "MAX_LISTED", 1_000)
    found = deal(prepare(large(8, 4, 12, 4, no_deal=35), draws=64))
    main = found.main
    assert main.packages.total == 4**12
    assert main.frontier_why is not None
    assert "32 factions" in main.frontier_why
    assert main.solutions["nash"] is not None
    assert main.packages.acceptable is not None or main.packages.why
    assert found.swaps_left_out is not None
    assert "3 issues were left out" in found.swaps_left_out
    assert len(found.swaps) <= 12


def test_few_exchanges_are_all_tried() -> None:
    found = deal(prepare(large(3, 1, 6, 3), draws=64))
    assert found.swaps_left_out is None
    assert found.swaps_considered > 0


def test_a_standoff_of_several_factions_each_is_walked() -> None:
    found = stability(case := large(3, 3, 7, 3), prepare(case, draws=64))
    assert found.states == 3**7
    assert found.draws == 64
    assert found.listed > 0


def test_a_standoff_that_is_too_large_is_refused_before_it_is_walked() -> None:
    case = large(20, 1, 20, 2)
    with pytest.raises(
        LimitError, match=r"1,048,576 situations and 20 movers .* the limit is 6 s: name the issues"
    ):
        stability(case, prepare(case, draws=64))


def test_fewer_draws_are_looked_at_where_each_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    case = large(3, 2, 5, 3)
    ready = prepare(case, draws=256)
    board = solve._board(conflict(case), ready)
    monkeypatch.setattr(solve, "MAX_DRAWN", 40 * board.work)
    assert stability(case, ready).draws == 40
    monkeypatch.setattr(solve, "MAX_DRAWN", 1)
    assert stability(case, ready).draws == 8, "at least one of each replicate, or there is no error"


def test_a_report_says_why_the_standoff_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "MAX_WORK", 1)
    missing = _rests(prepare(large(2, 1, 3, 2), draws=64))
    assert isinstance(missing, LimitError)
    section = too_much(missing)
    assert section.id == "stability"
    assert "Not answered: 8 situations and 2 movers" in str(section.blocks)
    assert "name the issues that matter" in str(section.blocks)


def test_the_order_of_results_does_not_depend_on_threads() -> None:
    import numba

    case = large(3, 2, 5, 3)
    most = numba.get_num_threads()
    found = []
    for threads in (1, most):
        numba.set_num_threads(threads)
        found.append(stability(case, prepare(case, draws=64)).to_json())
    assert found[0] == found[1]


def test_blockers_are_looked_for_as_far_as_the_effort_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = prepare(large(6, 1, 7, 4, no_deal=62), draws=64)
    whole = deal(ready).main
    assert whole.blockers_closed > 0
    assert (whole.blockers_draws, whole.blockers_size) == (64, 4)
    monkeypatch.setattr(uncertainty, "MAX_EFFORT", 10_000)
    some = deal(ready).main
    assert some.blockers_draws == 16
    assert some.blockers_size < 4
    assert all(len(b.factions) <= some.blockers_size for b in some.blockers)


def test_winning_sets_left_out_leave_a_draw_undecided() -> None:
    points = np.ones((3, 9, 4, 5), np.int32)
    thresholds = np.repeat([[10], [10], [9]], 5, axis=1)
    winning = np.array([1, 2, 4], np.uint64)
    whole = existence.exists(points, thresholds, np.full(9, 4), winning=winning)
    assert whole.verdict.tolist() == [1] * 5
    some = existence.exists(points, thresholds, np.full(9, 4), winning=winning, most=1)
    assert some.verdict.tolist() == [-1] * 5
    assert some.took < whole.took


def test_numbers_left_out_of_flips_are_not_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    ready = prepare(large(4, 1, 7, 4, no_deal=72), draws=64)
    result = deal(ready)
    assert all(f.deal_flip_proven for f in flips(ready, result).flips)
    monkeypatch.setattr(thresholds, "MAX_EFFORT", 1)
    found = flips(ready, result).flips
    left = [f for f in found if not f.deal_flip_proven]
    assert left
    assert all(f.deal_flips_at is None for f in left)
