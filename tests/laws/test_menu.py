"""What else could be proposed, on random cases: package by package, draw by draw, from the definitions."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations

import numpy as np
import pytest

import detente.analyses.deal.menu as menus
from detente.analyses.deal import deal
from detente.analyses.deal.menu import apart
from detente.analyses.deal.result import DealResult, Menu
from detente.case.reading import read_case
from detente.draws import Drawn, prepare
from detente.problem import Sample, table
from detente.prospects.chances import Prospect
from tests.laws.test_chances import drawn
from tests.laws.writing import written
from tests.oracles.deal import Table as Seats
from tests.oracles.portfolio import apart as told_apart
from tests.oracles.portfolio import most_together

DRAWS = 64
SEEDS = range(1100, 1114)
LEVEL = Fraction(1, 20)
Agreed = dict[tuple[tuple[str, str], ...], frozenset[int]]


@cache
def _ready(seed: int) -> Drawn:
    return prepare(read_case(written(drawn(seed)), "case.yaml").case, draws=DRAWS)


@cache
def _deal(seed: int) -> DealResult:
    return deal(_ready(seed))


def _agreed(ready: Drawn, track: str, sample: Sample) -> Agreed:
    """What each package of a table moves → the draws in which it is agreed."""
    case = ready.problem.case
    at = table(ready.problem, track if case.tracks else None)
    found: Agreed = {}
    for package in Seats(case, track if case.tracks else None).packages():
        moves = {i: o for i, o in package.items() if o != case.issues[i].status_quo}
        (one,) = Prospect(ready, at, moves, None, None).each([sample])
        found[tuple(sorted(moves.items()))] = frozenset(np.flatnonzero(one.acceptable).tolist())
    return found


def _key(moves: object) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(dict(moves).items()))  # type: ignore[call-overload]


def _check(found: Menu, best: tuple[tuple[str, str], ...], first: Agreed, fresh: Agreed) -> None:
    mine = fresh[best]
    alike = {
        p
        for p, draws in fresh.items()
        if p != best and first[p] and not told_apart(len(mine - draws), len(draws - mine), LEVEL)
    }
    assert (found.packages, found.alike) == (len(first), len(alike))
    shown = [_key(one.moves) for one in found.listed]
    assert set(shown) <= alike
    assert len(shown) == min(len(alike), menus.SHOWN)
    assert [len(first[p]) for p in shown] == sorted((len(first[p]) for p in alike), reverse=True)[
        : len(shown)
    ]
    for one, p in zip(found.listed, shown, strict=True):
        assert one.acceptance * DRAWS == len(fresh[p])
        assert (one.lost * DRAWS, one.won * DRAWS) == (len(mine - fresh[p]), len(fresh[p] - mine))
    assert set(found.shared.items()) == set(best).intersection(*alike)
    assert set(found.differ).isdisjoint(found.shared)
    before = len(first[best])
    for size, some in zip((2, 3), found.together, strict=False):
        chosen = [_key(moves) for moves in some.moves]
        assert len(set(chosen)) == size
        most = most_together(list(first.values()), size)
        assert some.value * DRAWS == some.bound * DRAWS == most > before
        assert len(frozenset().union(*(first[p] for p in chosen))) == most
        assert some.acceptance * DRAWS == len(frozenset().union(*(fresh[p] for p in chosen)))
        before = most
    if len(found.together) < 2:
        assert most_together(list(first.values()), len(found.together) + 2) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_the_menu_of_a_random_case_is_as_defined(seed: int) -> None:
    ready = _ready(seed)
    for id, track in _deal(seed).tracks.items():
        best = track.solutions["most_acceptable"]
        assert (best is None) == (track.menu is None)
        if best is not None and track.menu is not None:
            assert track.menu.every
            _check(
                track.menu, _key(best.moves), _agreed(ready, id, ready.first), _agreed(ready, id, ready.fresh)
            )


def test_most_random_cases_have_something_on_the_menu() -> None:
    """Or the law above would say little."""
    known = [t.menu for seed in SEEDS for t in _deal(seed).tracks.values() if t.menu is not None]
    assert min(sum(m.alike > 0 for m in known), sum(len(m.together) > 0 for m in known)) > 3


def test_where_not_all_packages_are_looked_at_the_pair_is_nearly_as_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(menus, "LISTED", 1)
    monkeypatch.setattr(menus, "CHANGES", 1)
    looked = 0
    for seed in list(SEEDS)[:6]:
        for id, track in deal(_ready(seed)).tracks.items():
            if track.menu is not None and track.menu.together:
                pair = track.menu.together[0]
                first = list(_agreed(_ready(seed), id, _ready(seed).first).values())
                assert not track.menu.every
                assert pair.value == pair.bound
                assert pair.value * DRAWS >= 0.75 * most_together(first, 2), (
                    "what greedy choice alone promises"
                )
                looked += 1
    assert looked


def test_the_test_is_mcnemars() -> None:
    pairs = [
        *combinations(range(0, 40, 3), 2),
        *((n, n) for n in range(4)),
        (0, 5),
        (0, 6),
        (5, 0),
        (6, 0),
        (500, 570),
    ]
    lost, won = (np.array(side) for side in zip(*pairs, strict=True))
    assert apart(lost, won).tolist() == [told_apart(a, b, LEVEL) for a, b in pairs]
