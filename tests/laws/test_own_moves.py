"""What each can do alone, and whether it would: stability, no-deal values and the definitions say the same."""

from __future__ import annotations

from detente.case.reading import read_case
from detente.draws import prepare
from tests.oracles.own_moves import nash, own_moves, sets_of, standing

VILLAGES = """\
detente: 1
id: well
title: Well
judgement: made up
parties:
  upper: {factions: {elders: , youths: }}
  lower: {}
issues:
  water: {controlled_by: upper, status_quo: shared, options: {shared: , hoarded: , wasted: }}
  feast: {controlled_by: elders, status_quo: none, options: {none: , small: }}
  road: {controlled_by: {all: [upper, lower]}, status_quo: mud, options: {mud: , paved: }}
preferences:
  elders:
    points: {water: {shared: 0, hoarded: 3, wasted: 9}, feast: {none: 0, small: 2}, road: {mud: 0, paved: 50}}
    no_deal: {status_quo: 1}
    min: 0
    max: 99
  youths:
    points: {water: {shared: 0, hoarded: 4, wasted: 1}, feast: {none: 0, small: -3}, road: {mud: 0, paved: 50}}
    red_lines: [{water: wasted}]
    min: -9
    max: 99
  lower:
    points: {water: {shared: 5, hoarded: 0, wasted: 0}, feast: {none: 0, small: 7}, road: {mud: 0, paved: 50}}
    min: 0
    max: 99
"""


def test_the_oracle_on_a_case_worked_out_by_hand() -> None:
    """The elders alone: the feast, 2. Upper: hoarding with the feast, 5 and 1, or without, 3 and 4; wasting crosses a line of
    the youths. The road takes both villages, which is an agreement. Lower can do nothing alone."""
    case = read_case(VILLAGES, "well.yaml").case
    ready = prepare(case, draws=8)
    problem, sample = ready.problem, ready.best
    movers = sets_of(case, problem.factions, problem.issues, alone=True)
    assert movers == [({0, 1}, {0, 1}), ({0}, {1})]
    at = standing(problem, sample)
    step = problem.step[:, None]
    assert (sample.no_deal * step).T.tolist() == [[1, 0, 5]]
    assert (own_moves(at, sample.no_deal, movers) * step).T.tolist() == [[5, 4, 5]]
    assert nash(at, movers).tolist() == [False]
