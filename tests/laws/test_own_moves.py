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
from detente.problem.own import own_gains
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
        self.problem, self.sample, self.known = ready.problem, ready.typed, ready.beside_fresh.steps
        self.draws = range(self.sample.draws)

    @cached_property
    def at(self) -> Standing:
        return standing(self.problem, self.sample)

    @cached_property
    def issues(self) -> list[str]:
        return [i for i in self.problem.issues if self.case.issues[i].controlled_by != "outside"]

    @cached_property
    def gains(self) -> np.ndarray:
        """[F, S] as the product finds them."""
        return own_gains(self.problem, self.sample, self.known)

    @cached_property
    def undo(self) -> np.ndarray:
        """[F, I, S] grid steps."""
        none = np.zeros(self.sample.draws)
        costs = [self.known.values.get(f"{i}.undo", none) for i in self.issues]
        return np.rint(np.array(costs)[None] / self.problem.step[:, None, None]).astype(np.int64)

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
        elif rng.random() < 0.3:
            about["undo"] = [rng.randint(0, 3), rng.randint(3, 6), rng.randint(6, 20)]
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
    assert (asked.gains[:, :1] * step).T.tolist() == [[5, 4, 0]]
    assert not asked.stable.any()


def test_what_changing_costs_is_taken_off() -> None:
    """Wasting or hoarding costs each of the upper village 3.5: the elders are left with the feast, the youths with half a point
    of hoarding, which the elders do not want; with the feast they do, by 1.5."""
    asked = Asked(VILLAGES.replace("status_quo: shared,", "status_quo: shared, undo: 3.5,"))
    step = asked.problem.step[:, None]
    assert (asked.gains[:, :1] * step).T.tolist() == [[2, 0, 0]]
    asked = Asked(VILLAGES.replace("status_quo: shared,", "status_quo: shared, undo: 1,"))
    assert (asked.gains[:, :1] * step).T.tolist() == [[4, 3, 0]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_each_gains_alone_is_as_the_definition_says(seed: int) -> None:
    asked = Asked(drawn(seed))
    at = oracle.charged(asked.at, asked.undo)
    here = np.stack([at.worth[:, h, s] for s, h in enumerate(at.here)], axis=1)
    gained = oracle.own_moves(at, here, asked.movers(alone=True)) - here
    assert (asked.gains == gained).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_status_quo_is_stable_where_nobody_who_can_move_would(seed: int) -> None:
    asked = Asked(drawn(seed))
    assert asked.stable.tolist() == oracle.nash(asked.at, asked.movers(alone=False)).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_who_gains_alone_would_leave_the_status_quo(seed: int) -> None:
    """Of what stability counts, no deal leaves out what several parties do together and what cannot be undone."""
    asked = Asked(drawn(seed))
    gains = (asked.gains > 0).any(axis=0)
    assert not (gains & asked.stable).any()
    free = not asked.undo.any()
    if free and set(map(tuple, asked.movers(alone=True))) == set(map(tuple, asked.movers(alone=False))):
        assert (gains[asked.clean] == ~asked.stable[asked.clean]).all()
