"""What each can do alone, and whether it would: stability, no-deal values and the definitions say the same."""

from __future__ import annotations

from functools import cached_property
from random import Random

import numpy as np
import pytest

from detente.case.reading import load_case, read_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.errors import LimitError
from detente.kernels import conflict as kernel
from detente.kernels.ways import feasible
from detente.problem import own
from detente.problem.conflict import conflict, eyes
from detente.problem.own import own_gains, own_moves
from tests.laws.random_cases import fresh
from tests.laws.writing import written
from tests.oracles import own_moves as oracle
from tests.oracles.own_moves import Standing, sets_of, standing

SEEDS = range(900, 1000)


class Asked:
    """A case in some draws, as the product and as the oracle see it; both of all that its conflict is about."""

    def __init__(self, text: str, draws: int = 8) -> None:
        self.case = read_case(text, "case.yaml").case
        ready = prepare(self.case, draws=draws)
        self.problem, self.sample = ready.problem, ready.typed
        self.draws = range(self.sample.draws)

    @cached_property
    def at(self) -> Standing:
        return standing(self.problem, self.sample)

    @cached_property
    def issues(self) -> list[str]:
        return [i for i in self.problem.issues if self.case.issues[i].controlled_by != "outside"]

    @cached_property
    def clean(self) -> np.ndarray:
        """[S] where nothing that stands breaks anybody's line or cannot be."""
        return np.array([not self.at.lines[:, h, s].any() for s, h in enumerate(self.at.here)])

    def movers(self, *, alone: bool) -> list[oracle.Mover]:
        return sets_of(self.case, self.problem.factions, self.issues, alone=alone)

    @cached_property
    def stable(self) -> np.ndarray:
        """[S] whether the status quo is Nash-stable for everybody, as ``detente stability`` finds it."""
        at = conflict(self.case)
        start = np.cumsum([0, *map(len, at.patterns)]).astype(np.int64)
        pairs = np.array([p for pattern in at.patterns for p in pattern], dtype=np.int64).reshape(-1, 2)
        states = feasible(at.sizes, start, pairs[:, 0], pairs[:, 1])
        graph = kernel.graph(states, at.allowed, at.movable, at.members)
        home = int(np.flatnonzero((states == at.status_quo).all(axis=1))[0])
        seen = eyes(self.problem, self.sample, at, states)
        return np.array([kernel.equilibria(seen.ranks(s), graph)[0][0, home] for s in self.draws])


def drawn(seed: int) -> str:
    """A random case with some issues that cannot be undone."""
    rng, case = Random(seed), fresh(seed, tables=False)
    for about in case["issues"].values():
        if about["controlled_by"] != "outside" and rng.random() < 0.2:
            about["reversible"] = False
    return written(case)


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
    asked = Asked(VILLAGES)
    movers = asked.movers(alone=True)
    assert movers == [({0, 1}, {0, 1}), ({0}, {1})]
    no_deal, step = asked.sample.no_deal[:, :1], asked.problem.step[:, None]
    assert (no_deal * step).T.tolist() == [[1, 0, 5]]
    assert (oracle.own_moves(asked.at, asked.sample.no_deal, movers)[:, :1] * step).T.tolist() == [[5, 4, 5]]
    assert (own_moves(asked.problem, asked.sample)[:, :1] * step).T.tolist() == [[5, 4, 5]]
    assert (own_gains(asked.problem, asked.sample)[:, :1] * step).T.tolist() == [[5, 4, 0]]
    assert not asked.stable.any()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_deal_is_raised_as_the_definition_says(seed: int) -> None:
    asked = Asked(drawn(seed))
    expected = oracle.own_moves(asked.at, asked.sample.no_deal, asked.movers(alone=True))
    assert (own_moves(asked.problem, asked.sample) == expected).all()
    here = np.stack([asked.at.worth[:, h, s] for s, h in enumerate(asked.at.here)], axis=1)
    gained = oracle.own_moves(asked.at, here, asked.movers(alone=True)) - here
    assert (own_gains(asked.problem, asked.sample) == gained).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_status_quo_is_stable_where_nobody_who_can_move_would(seed: int) -> None:
    asked = Asked(drawn(seed))
    assert asked.stable.tolist() == oracle.nash(asked.at, asked.movers(alone=False)).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_who_gains_alone_would_leave_the_status_quo(seed: int) -> None:
    """Of what stability counts, no deal leaves out what several parties do together and what cannot be undone."""
    asked = Asked(drawn(seed))
    gains = (own_gains(asked.problem, asked.sample) > 0).any(axis=0)
    assert not (gains & asked.stable).any()
    if set(map(tuple, asked.movers(alone=True))) == set(map(tuple, asked.movers(alone=False))):
        assert (gains[asked.clean] == ~asked.stable[asked.clean]).all()
