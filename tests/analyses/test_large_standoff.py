"""A standoff of ten issues and parties of factions: 39,366 situations, answered and not refused."""

from __future__ import annotations

import json
from pathlib import Path

import numba
import numpy as np
import pytest
from oracles.conflict import Game

from detente.analyses.stability import stability
from detente.case.model import Case
from detente.case.reading import load_case
from detente.draws import prepare
from detente.kernels import conflict as kernel
from detente.kernels.ways import feasible
from detente.problem.conflict import conflict, eyes

VIENNA = Path(__file__).parents[1] / "cases" / "vienna-2022.yaml"


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(VIENNA).case


def test_every_situation_of_ten_issues_is_judged(case: Case) -> None:
    result = stability(case, prepare(case, draws=64), looked=16)
    assert (result.states, result.combinations, result.draws) == (39_366, 39_366, 16)
    assert [m.factions for m in result.movers] == [
        ("administration",),
        ("e3",),
        ("government", "guards"),
        ("administration", "senate"),
    ]
    count = result.equilibria
    assert 0 < count["nash"] <= count["sseq"] <= count["seq"] <= count["gmr"]
    assert count["nash"] <= count["sseq"] <= count["smr"] <= count["gmr"]
    here = result.status_quo
    assert here is not None
    assert here.share is not None
    assert here.stable["nash"]
    assert here.share["nash"] <= here.share["seq"] <= here.share["gmr"]


def test_threads_change_no_byte(case: Case) -> None:
    ready, before = prepare(case, draws=64), numba.get_num_threads()
    answers = []
    try:
        for threads in (1, before):
            numba.set_num_threads(threads)
            answers.append(json.dumps(stability(case, ready, looked=16).to_json()))
    finally:
        numba.set_num_threads(before)
    assert answers[0] == answers[1]


def test_fewer_issues_of_it_rest_where_the_definitions_say(case: Case) -> None:
    """One issue of each mover and one more, every concept, in some draws."""
    few = case.model_copy(
        update={
            "conflict": case.conflict.model_copy(  # type: ignore[union-attr]
                update={"issues": ("enrichment", "sanctions", "fto", "probe"), "wanted": None}
            )
        }
    )
    at, ready = conflict(few), prepare(few, draws=8)
    none = np.zeros(0, dtype=np.int64)
    states = feasible(at.sizes, np.zeros(1, dtype=np.int64), none, none)
    graph = kernel.graph(states, at.legal, at.movable, at.members)
    seen = eyes(ready.problem, ready.fresh, at, states)
    n = range(len(states))
    moves = {(i, a, b) for i in range(4) for a in range(3) for b in range(3) if a != b}
    movers = tuple(
        (frozenset(np.flatnonzero(who).tolist()), frozenset(map(tuple, np.argwhere(mine).tolist())))
        for who, mine in zip(at.members, at.able, strict=True)
    )
    for draw in (0, 5):
        rank = seen.ranks(draw)
        game = Game(
            tuple(map(tuple, states.tolist())), frozenset(moves), movers, tuple(map(tuple, rank.tolist()))
        )
        found = kernel.equilibria(rank, graph)[0]
        for c, concept in enumerate(kernel.CONCEPTS):
            expected = [all(game.stable(concept, m, s) for m in range(len(movers))) for s in n]
            assert found[c].tolist() == expected, (draw, concept)
