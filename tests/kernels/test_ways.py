"""Where movers can get to, and what they like, against the definitions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detente.errors import LimitError
from detente.kernels.ways import anywhere, feasible, levels, pairs, spread, together, upward, ways

FREE = np.ones((3, 3), dtype=np.bool_)
FORWARD = np.triu(FREE)
FROM_THE_MIDDLE = np.array([[1, 0, 0], [1, 1, 1], [0, 0, 1]], dtype=np.bool_)


def some_ways(seed: int) -> tuple:
    """States of four issues of three options with some missing, a mover of three issues, and what it can do."""
    rng = np.random.default_rng(seed)
    states = np.array(list(itertools.product(range(3), repeat=4)), dtype=np.int8)
    states = np.delete(states, rng.choice(len(states), int(rng.integers(0, 40)), replace=False), axis=0)
    tables = [FREE, FORWARD, FROM_THE_MIDDLE, FREE]
    allowed = np.array([tables[k] for k in rng.integers(0, 4, 4)])
    mine = rng.random(4) < 0.6
    can = np.array(
        [
            [
                all(allowed[i, a[i], b[i]] if mine[i] else a[i] == b[i] for i in range(4))
                for b in states.tolist()
            ]
            for a in states.tolist()
        ]
    )
    return rng, states, allowed, mine, can


@pytest.mark.parametrize("seed", range(120))
def test_passes_join_what_can_be_reached(seed: int) -> None:
    rng, states, allowed, mine, can = some_ways(seed)
    way = ways(states, allowed, mine)
    count = len(states)
    assert sorted(way.place.tolist()) == list(range(count))
    assert pairs(way)[0] == can.sum() - count
    rank = rng.integers(0, 4, (count, int(rng.integers(1, 4))))
    total = rank.sum(axis=1)
    liked = levels(rank, total, way)
    better = can & (rank[None] >= rank[:, None]).all(axis=2) & (total[None] > total[:, None])
    numbers, bits = rng.integers(-99, 99, count), rng.integers(0, 1 << 62, count)
    for can_reach, go in (
        (can, lambda v, b: anywhere(v, way, bits=b)),
        (better, lambda v, b: upward(v, liked, bits=b)),
    ):
        reach = can_reach | np.eye(count, dtype=np.bool_)
        least, union = numbers.copy(), bits.copy()
        changed = go(least, False)
        go(union, True)
        expected = [numbers[row].min() for row in reach]
        assert least.tolist() == expected
        assert changed == (least != numbers).any()
        assert union.tolist() == [np.bitwise_or.reduce(bits[row]) for row in reach]
        assert not go(least, False), "what is joined once stays as it is"


@pytest.mark.parametrize("seed", range(60))
def test_blocks_of_one_sort_share_their_levels(seed: int) -> None:
    """What is worth the same whatever stands elsewhere; with some states missing, and something that stands elsewhere counting."""
    rng, states, allowed, mine, can = some_ways(seed)
    factions = 1 + seed % 3
    worth = rng.integers(0, 3, (4, 3, factions))
    rank = np.sum([worth[i][states[:, i]] for i in range(4)], axis=0)
    if seed % 2:
        rank += ((states[:, 0] == 1) & (states[:, 3] == 2))[:, None] * rng.integers(-4, 5, factions)
    total = rank.sum(axis=1)
    liked = levels(rank, total, ways(states, allowed, mine))
    assert liked.many.sum() == len(np.unique(states[:, ~mine], axis=0))
    assert sorted(liked.place.tolist()) == list(range(len(states)))
    reach = can & (rank[None] >= rank[:, None]).all(axis=2) & (total[None] > total[:, None])
    reach |= np.eye(len(states), dtype=np.bool_)
    numbers, bits = rng.integers(-99, 99, len(states)), rng.integers(0, 1 << 62, len(states))
    expected = [numbers[row].min() for row in reach], [np.bitwise_or.reduce(bits[row]) for row in reach]
    upward(numbers, liked)
    upward(bits, liked, bits=True)
    assert (numbers.tolist(), bits.tolist()) == expected


def test_what_is_worth_the_same_everywhere_has_one_diagram() -> None:
    none = np.zeros(0, dtype=np.int64)
    states = feasible(np.full(6, 3), np.zeros(1, dtype=np.int64), none, none)
    way = ways(states, np.ones((6, 3, 3), dtype=np.bool_), np.arange(6) % 2 == 0)
    rank = states.astype(np.int64) @ np.array([[1, -2], [5, 5], [-4, 3], [7, 0], [2, 2], [0, 1]])
    assert levels(rank, rank.sum(axis=1), way).many.tolist() == [27]
    rank[(states[:, :2] == 1).all(axis=1)] += 100
    assert sorted(levels(rank, rank.sum(axis=1), way).many.tolist()) == [9, 18]


@pytest.mark.parametrize("seed", range(40))
def test_who_can_take_everything_back_reaches_as_far_together(seed: int) -> None:
    rng, states, allowed, _, _ = some_ways(seed)
    allowed[1:3] = FREE
    movers = [ways(states, allowed, rng.random(4) < 0.5) for _ in range(3)]
    one = together(movers)
    free = [way.leads.all() for way in movers]
    assert len(one) == 1 + free.count(False) if free.count(True) > 1 else one == movers
    by_turns = rng.integers(-99, 99, len(states))
    at_once = by_turns.copy()
    spread(by_turns, movers)
    spread(at_once, one)
    assert at_once.tolist() == by_turns.tolist()


@pytest.mark.parametrize("seed", range(40))
def test_movers_take_turns_until_nothing_changes(seed: int) -> None:
    rng, states, allowed, _, _ = some_ways(seed)
    movers = [ways(states, allowed, np.arange(4) % 2 == k) for k in range(2)]
    value = rng.integers(-99, 99, len(states))
    reach = np.eye(len(states), dtype=np.int64)
    for way in movers:
        step = np.array([np.where(np.arange(len(states)) == s, 0, 1) for s in range(len(states))])
        for s in range(len(states)):
            anywhere(step[s], way)
        reach = reach | (step == 0).T
    for _ in range(7):
        reach = (reach @ reach > 0).astype(np.int64)
    expected = [value[row > 0].min() for row in reach]
    spread(value, movers)
    assert value.tolist() == expected


def test_what_is_not_transitive_is_refused() -> None:
    states = np.arange(3, dtype=np.int8)[:, None]
    stairs = np.eye(3, dtype=np.bool_) | np.eye(3, k=1, dtype=np.bool_)
    with pytest.raises(ValueError, match="not transitive"):
        ways(states, stairs[None], np.ones(1, dtype=np.bool_))


def test_too_many_kinds_of_what_cannot_be_undone() -> None:
    none = np.zeros(0, dtype=np.int64)
    states = feasible(np.full(15, 2), np.zeros(1, dtype=np.int64), none, none)
    with pytest.raises(LimitError, match="cannot be undone"):
        ways(states, np.triu(np.ones((15, 2, 2), dtype=np.bool_)), np.ones(15, dtype=np.bool_))
