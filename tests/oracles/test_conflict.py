"""The kernels of the graph model against the definitions, on random conflicts."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from detente.kernels import conflict as kernel
from oracles.conflict import Game


def random_game(seed: int) -> tuple[Game, np.ndarray, np.ndarray, np.ndarray]:
    """A game, and the same as the kernels' arrays: states, allowed, movers' issues."""
    rnd = random.Random(seed)
    sizes = [rnd.choice((2, 2, 3)) for _ in range(rnd.randint(2, 4))]
    factions = rnd.randint(2, 4)
    everything = list(itertools.product(*map(range, sizes)))
    dropped = set()
    for _ in range(rnd.choice((0, 0, 1, 2))):
        pair = rnd.sample(range(len(sizes)), 2)
        pattern = {i: rnd.randrange(sizes[i]) for i in pair}
        dropped |= {s for s in everything if all(s[i] == o for i, o in pattern.items())}
    states = tuple(s for s in everything if s not in dropped)
    allowed = set()
    for i, size in enumerate(sizes):
        kind = rnd.choice(("free", "free", "forward", "away"))
        home = rnd.randrange(size)
        for a, b in itertools.permutations(range(size), 2):
            away = (a == home or (b > a) == (a > home)) and abs(b - home) > abs(a - home)
            if kind == "free" or (kind == "forward" and b > a) or (kind == "away" and away):
                allowed.add((i, a, b))
    groups = [frozenset((f,)) for f in range(factions)]
    if seed % 2:
        groups += [frozenset(rnd.sample(range(factions), 2)) for _ in range(2)]
    control = [tuple({rnd.choice(groups) for _ in range(rnd.choice((1, 1, 2)))}) for _ in sizes]
    # Minimal sets only, as the product makes them.
    control = [tuple(w for w in ws if not any(v < w for v in ws)) for ws in control]
    # In every third game somebody else moves some of the issues to some of their options, or nobody does.
    by_option = [[ws] * size for ws, size in zip(control, sizes, strict=True)]
    apart = random.Random(-seed)
    if seed % 3 == 0:
        for options in by_option:
            options[apart.randrange(len(options))] = apart.choice([(), (apart.choice(groups),)])
    moves = [(i, o, ws) for i, options in enumerate(by_option) for o, ws in enumerate(options)]
    movers = tuple(
        (g, frozenset((i, o) for i, o, ws in moves if any(w <= g for w in ws)))
        for g in sorted({w for _, _, ws in moves for w in ws}, key=sorted)
    )
    rank = tuple(tuple(rnd.randrange(6) for _ in states) for _ in range(factions))
    largest = max(sizes)
    table = np.zeros((len(sizes), largest, largest), dtype=np.bool_)
    for i, size in enumerate(sizes):
        for a in range(size):
            table[i, a, a] = True
    for i, a, b in allowed:
        table[i, a, b] = True
    issues = np.array(
        [[any(i == j for j, _ in mine) for i in range(len(sizes))] for _, mine in movers], dtype=np.bool_
    )
    legal = np.array(
        [
            [
                [[a == b or (i, b) in mine for b in range(largest)] for a in range(largest)]
                for i in range(len(sizes))
            ]
            for _, mine in movers
        ]
    )
    game = Game(states, frozenset(allowed), movers, rank, tuple(map(tuple, by_option)))
    return game, np.array(states, dtype=np.int8), table & legal, issues


def arrays(game: Game) -> tuple[np.ndarray, np.ndarray]:
    rank = np.array(game.rank, dtype=np.int32)
    members = np.array([[f in group for f in range(len(rank))] for group, _ in game.movers], dtype=np.bool_)
    return rank, members


@pytest.mark.parametrize("first", range(0, 2400, 100))
def test_random_conflicts(first: int) -> None:
    for seed in range(first, first + 100):
        game, states, allowed, issues = random_game(seed)
        rank, members = arrays(game)
        board = kernel.graph(states, allowed, issues, members)
        n = range(len(game.states))
        for m in range(len(game.movers)):
            for s in n:
                found = kernel.improvements(rank, board, m, s)
                assert found.tolist() == game.improvements(m, s), seed
        assert kernel.moves(board) == sum(len(game.targets(m, s)) for m in range(len(game.movers)) for s in n)
        stable = kernel.stability(rank, board)
        assert (kernel.equilibria(rank, board)[0] == stable.all(axis=1)).all()
        for state in range(0, len(states), 3):
            alone = kernel.equilibria(rank, board, state)[0]
            assert (alone[:, state] == stable.all(axis=1)[:, state]).all()
            assert not np.delete(alone, state, axis=1).any()
        some = np.flatnonzero(np.arange(len(states)) % 3 == seed % 3).astype(np.int32)
        assert (kernel.stability(rank, board, some) == stable[:, :, some]).all()
        for c, concept in enumerate(kernel.CONCEPTS):
            for m in range(len(game.movers)):
                expected = [game.stable(concept, m, s) for s in n]
                assert stable[c, m].tolist() == expected, (seed, concept, m)
        nash, gmr, smr, seq, sseq = stable
        assert (nash <= seq).all()
        assert (seq <= gmr).all()
        assert (nash <= smr).all()
        assert (smr <= gmr).all()
        assert (sseq <= (smr & seq)).all()


@pytest.mark.parametrize("seed", range(120))
def test_joint_moves_and_paths(seed: int) -> None:
    game, states, allowed, issues = random_game(seed)
    rank, members = arrays(game)
    board = kernel.graph(states, allowed, issues, members)
    n = range(len(game.states))
    sets = [[*options, *[()] * (allowed.shape[-1] - len(options))] for options in game.control]
    start = np.cumsum([0, *(len(ws) for options in sets for ws in options)]).astype(np.int64)
    masks = np.array(
        [sum(1 << f for f in w) for options in sets for ws in options for w in ws], dtype=np.uint64
    )
    able = allowed.any(axis=0)
    found = kernel.joint_improvement(rank, states, able, start, masks, np.arange(len(states), dtype=np.int32))
    for s in n:
        options = [t for t in n if game.joint_improvement(s, t)]
        assert (found[s] >= 0) == bool(options)
        if options:
            assert found[s] in options
    for source in (0, len(game.states) - 1):
        distance, previous, mover = kernel.paths(rank, board, source)
        assert distance.tolist() == game.distances(source)
        for t in n:
            if distance[t] > 0:
                assert distance[previous[t]] == distance[t] - 1
                assert game.can_move(int(mover[t]), int(previous[t]), t)
                assert game.prefers(int(mover[t]), t, int(previous[t]))


@pytest.mark.parametrize("seed", range(150))
def test_what_deters_each_departure(seed: int) -> None:
    game, states, allowed, issues = random_game(seed)
    rank, members = arrays(game)
    board = kernel.graph(states, allowed, issues, members)
    for m in range(len(game.movers)):
        for s in range(0, len(game.states), 3):
            found = kernel.deterrence(rank, board, m, s)
            for t in game.improvements(m, s):
                expected = [game.deterred(c, m, s, t) for c in kernel.CONCEPTS[1:]]
                assert found[:, t].tolist() == expected, (m, s, t)
