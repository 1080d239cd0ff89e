"""Acceptance trees against their definitions (all 2^n coalitions) and published voting power."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, factorial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.agreement import (
    Agreement,
    Gate,
    all_of,
    any_of,
    at_least,
    minimal_blocking_sets,
    minimal_winning_sets,
    players,
    power,
    wins,
)
from detente.errors import LimitError

COUNCIL = Gate(tuple(range(15)), (7,) * 5 + (1,) * 10, 39)


def voting(weights: tuple[int, ...], quota: int) -> Gate:
    return Gate(tuple(range(len(weights))), weights, quota)


def mask_of(*members: int) -> int:
    return sum(1 << m for m in members)


# --- by definition ----------------------------------------------------------------------------------------


def satisfied(tree: Agreement, consenting: set[int]) -> bool:
    if isinstance(tree, int):
        return tree in consenting
    total = 0
    for branch, weight in zip(tree.branches, tree.weights, strict=True):
        if satisfied(branch, consenting):
            total += weight
    return total >= tree.quota


def coalitions(n: int) -> list[set[int]]:
    return [{p for p in range(n) if m >> p & 1} for m in range(1 << n)]


def minimal(sets: list[set[int]]) -> set[int]:
    return {mask_of(*s) for s in sets if not any(t < s for t in sets)}


def swings(tree: Agreement, n: int) -> list[list[int]]:
    """swings[p][s]: coalitions of size s without p that p turns from losing to winning."""
    counts = [[0] * n for _ in range(n)]
    for coalition in coalitions(n):
        if satisfied(tree, coalition):
            continue
        for p in set(range(n)) - coalition:
            if satisfied(tree, coalition | {p}):
                counts[p][len(coalition)] += 1
    return counts


@st.composite
def trees(draw: st.DrawFn, n: int = 6, depth: int = 3, repeat: bool = True) -> Agreement:
    """Random trees; leaves may repeat, quotas may be out of reach or nought, weights may be nought."""

    def grow(level: int, free: list[int]) -> Agreement:
        if level == 0 or not draw(st.booleans()):
            return draw(st.integers(0, n - 1)) if repeat else free.pop()
        size = draw(st.integers(1, 4 if repeat else max(1, min(4, len(free)))))
        branches = tuple(grow(level - 1, free) for _ in range(size) if repeat or free)
        weights = tuple(draw(st.integers(0, 3)) for _ in branches)
        return Gate(branches, weights, draw(st.integers(0, sum(weights) + 1)))

    return grow(depth, list(range(n)))


@given(trees())
@settings(max_examples=300, deadline=None)
def test_winning_and_blocking_sets_are_those_of_the_definition(tree: Agreement) -> None:
    everybody = set(range(6))
    for coalition in coalitions(6):
        assert wins(tree, mask_of(*coalition)) == satisfied(tree, coalition)
    winning = [c for c in coalitions(6) if satisfied(tree, c)]
    blocking = [c for c in coalitions(6) if not satisfied(tree, everybody - c)]
    assert set(minimal_winning_sets(tree)) == minimal(winning)
    assert set(minimal_blocking_sets(tree)) == minimal(blocking)


@given(st.one_of(trees(), trees(n=7, repeat=False)))
@settings(max_examples=300, deadline=None)
def test_power_is_that_of_the_definition(tree: Agreement) -> None:
    n = 7
    by_size = swings(tree, n)
    total = sum(map(sum, by_size))
    found = power(tree, n)
    for p in range(n):
        assert found.banzhaf_absolute[p] == Fraction(sum(by_size[p]), 2 ** (n - 1))
        assert found.banzhaf[p] == (Fraction(sum(by_size[p]), total) if total else 0)
        assert found.shapley_shubik[p] == sum(
            Fraction(c * factorial(s) * factorial(n - 1 - s), factorial(n)) for s, c in enumerate(by_size[p])
        )


# --- published games --------------------------------------------------------------------------------------


def test_security_council() -> None:
    found = power(COUNCIL, 15)
    assert found.shapley_shubik == (Fraction(421, 2145),) * 5 + (Fraction(4, 2145),) * 10
    assert [b * 2**14 for b in found.banzhaf_absolute] == [848] * 5 + [84] * 10
    assert found.banzhaf == (Fraction(848, 5080),) * 5 + (Fraction(84, 5080),) * 10


def test_security_council_as_a_nested_tree_is_the_same_game() -> None:
    nested = all_of(all_of(*range(5)), at_least(4, *range(5, 15)))
    assert power(nested, 15) == power(COUNCIL, 15)
    assert minimal_winning_sets(nested) == minimal_winning_sets(COUNCIL)
    assert len(minimal_winning_sets(COUNCIL)) == comb(10, 4)
    vetoes = minimal_blocking_sets(COUNCIL)
    assert vetoes[:5] == tuple(1 << p for p in range(5))
    assert len(vetoes) == 5 + comb(10, 7)


def test_two_votes_of_a_hundred_may_be_as_strong_as_forty_nine() -> None:
    found = power(voting((49, 49, 2), 51), 3)
    assert found.shapley_shubik == found.banzhaf == (Fraction(1, 3),) * 3
    assert found.banzhaf_absolute == (Fraction(1, 2),) * 3


def test_a_second_friendly_seat_adds_no_power_where_three_of_five_vote_as_one() -> None:
    """A council of five decides by majority; whoever commands three seats has all the power there is."""
    one_seat = power(Gate((0, 1), (4, 1), 3), 2)
    two_seats = power(Gate((0, 1, 2), (3, 1, 1), 3), 3)
    assert one_seat.banzhaf[0] == two_seats.banzhaf[0] == 1
    assert one_seat.shapley_shubik[1:] == (0,)
    assert two_seats.shapley_shubik[1:] == (0, 0)
    independent = power(at_least(3, *range(5)), 5)
    assert independent.shapley_shubik == (Fraction(1, 5),) * 5


def test_european_economic_community_of_1958_left_luxembourg_without_power() -> None:
    """Brams (1975), Game Theory and Politics: weights 4, 4, 4, 2, 2, 1, quota 12."""
    found = power(voting((4, 4, 4, 2, 2, 1), 12), 6)
    assert found.banzhaf == tuple(Fraction(x, 21) for x in (5, 5, 5, 3, 3, 0))
    assert found.shapley_shubik == tuple(Fraction(x, 60) for x in (14, 14, 14, 9, 9, 0))


# --- special trees ----------------------------------------------------------------------------------------


def test_helpers() -> None:
    assert all_of(0, 1) == Gate((0, 1), (1, 1), 2)
    assert any_of(0, 1) == Gate((0, 1), (1, 1), 1)
    assert at_least(2, 0, 1, 2) == Gate((0, 1, 2), (1, 1, 1), 2)
    assert players(all_of(5, any_of(2, 5))) == (2, 5)


def test_sets_come_by_size_then_value() -> None:
    tree = any_of(all_of(0, 1), 4, all_of(1, 2, 3), 3)
    assert minimal_winning_sets(tree) == (mask_of(3), mask_of(4), mask_of(0, 1))


def test_trees_that_need_nobody_or_cannot_be_satisfied() -> None:
    always, never = Gate((0,), (1,), 0), Gate((0,), (1,), 2)
    assert (minimal_winning_sets(always), minimal_blocking_sets(always)) == ((0,), ())
    assert (minimal_winning_sets(never), minimal_blocking_sets(never)) == ((), (0,))
    for tree in (always, never):
        assert power(tree, 2) == ((0, 0), (0, 0), (0, 0))


def test_a_single_player_is_a_tree() -> None:
    assert minimal_winning_sets(2) == (4,)
    assert power(2, 4).banzhaf == (0, 0, 1, 0)


def test_players_outside_the_tree_change_nothing() -> None:
    assert power(COUNCIL, 40).shapley_shubik[:15] == power(COUNCIL, 15).shapley_shubik
    assert power(COUNCIL, 40).banzhaf_absolute[15:] == (0,) * 25


def test_thirty_two_factions_in_nested_trees() -> None:
    """Eight parties of four factions; each party by majority of three, five parties of eight."""
    parties = [at_least(3, *range(4 * p, 4 * p + 4)) for p in range(8)]
    found = power(at_least(5, *parties), 32)
    assert set(found.shapley_shubik) == {Fraction(1, 32)}
    inside = Fraction(3, 8)  # one of four decides when two of the other three say yes
    yes = Fraction(5, 16)  # a party says yes with probability 5/16
    outside = comb(7, 4) * yes**4 * (1 - yes) ** 3
    assert found.banzhaf_absolute == (inside * outside,) * 32


def test_repeated_players_stay_exact() -> None:
    """Two-of-three majorities written as a disjunction, over pairs, is the same game as the gate."""
    written_out = any_of(*(all_of(*c) for c in combinations(range(9), 5)))
    assert power(written_out, 9) == power(at_least(5, *range(9)), 9)
    assert minimal_winning_sets(written_out) == minimal_winning_sets(at_least(5, *range(9)))


@pytest.mark.parametrize("find", [minimal_winning_sets, minimal_blocking_sets])
def test_too_many_minimal_sets_name_the_limit(find: object) -> None:
    assert len(find(at_least(2, *range(4)), limit=6)) in (4, 6)  # type: ignore[operator]
    with pytest.raises(LimitError, match="more than 4096 minimal sets"):
        find(at_least(16, *range(32)))  # type: ignore[operator]


def test_the_limit_is_exact_where_nobody_is_repeated() -> None:
    tree = at_least(3, *range(10))
    assert len(minimal_winning_sets(tree, limit=comb(10, 3))) == comb(10, 3)
    with pytest.raises(LimitError):
        minimal_winning_sets(tree, limit=comb(10, 3) - 1)


def test_a_redundant_branch_does_not_count_against_the_limit() -> None:
    many = at_least(3, *range(10))
    assert minimal_winning_sets(all_of(many, any_of(*range(10))), limit=150) == minimal_winning_sets(many)


def test_power_limits_are_named() -> None:
    repeated = any_of(all_of(*range(21)), at_least(3, *range(21)))
    with pytest.raises(LimitError, match="at most 20"):
        power(repeated, 21)
    with pytest.raises(LimitError, match="50000 different totals"):
        power(voting(tuple(2**p for p in range(20)), 2**19), 20)


def test_twenty_repeated_players() -> None:
    """The widest tree within the limit: a quorum on top of a majority."""
    tree = all_of(at_least(11, *range(20)), any_of(*range(10)), any_of(*range(10, 20)))
    found = power(tree, 20)
    assert set(found.shapley_shubik) == {Fraction(1, 20)}


def test_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="2 branches but 1 weights"):
        Gate((0, 1), (1,), 1)
    with pytest.raises(ValueError, match="negative"):
        Gate((0, 1), (1, -1), 1)
    with pytest.raises(ValueError, match="do not fit 2 players"):
        power(all_of(0, 2), 2)
