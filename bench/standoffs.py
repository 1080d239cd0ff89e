"""Where a standoff comes to rest, and what each can do alone, against the definitions in plain NumPy in the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels import conflict as kernel
from detente.kernels.ways import feasible
from detente.problem.build import Problem
from detente.problem.own import alone
from detente.problem.sample import Sample

__all__ = ["OWN", "Standoff", "moves_alone", "plain", "standoff"]

Bools = NDArray[np.bool_]

OWN = (
    ((0,), (0, 1, 2)),
    ((1,), (3,)),
    ((2, 3), (4, 5, 6)),
    ((4, 5), (0, 1, 2, 7)),
)
"""Factions and issues of four movers, two of one faction and two of two; what the first controls the last does too."""


class Standoff(NamedTuple):
    """Arrays of the kernels: free moves among all combinations."""

    states: NDArray[np.int8]
    allowed: Bools
    issues: Bools
    members: Bools
    rank: NDArray[np.int32]

    def equilibria(self) -> Bools:
        board = kernel.graph(self.states, self.allowed, self.issues, self.members)
        return kernel.equilibria(self.rank, board)[0]


def standoff(options: Sequence[int], seed: int, *, pairs: int = 3) -> Standoff:
    """Everybody's worth is a sum over the issues (the eight of ``OWN``, any more to the last mover), and of ``pairs`` of options
    that count together."""
    rng, none = np.random.default_rng(seed), np.zeros(0, dtype=np.int64)
    sizes = np.array(options)
    states = feasible(sizes, np.zeros(1, dtype=np.int64), none, none)
    rank = np.zeros((6, len(states)), dtype=np.int32)
    for i, size in enumerate(options):
        rank += rng.integers(-999, 1000, (6, size))[:, states[:, i]].astype(np.int32)
    for _ in range(pairs):
        a, b = rng.choice(len(options), 2, replace=False)
        rank[:, (states[:, a] == 1) & (states[:, b] == 0)] += rng.integers(-500, 501, (6, 1)).astype(np.int32)
    issues, members = np.zeros((4, len(options)), dtype=np.bool_), np.zeros((4, 6), dtype=np.bool_)
    for m, (who, mine) in enumerate(OWN):
        members[m, list(who)] = True
        issues[m, list(mine)] = True
    issues[3, 8:] = True
    return Standoff(
        states, np.ones((len(options), max(options), max(options)), np.bool_), issues, members, rank
    )


def plain(of: Standoff) -> Bools:
    """[5, N] the equilibria, by matrices of which state leads to which: [N, N] for each mover."""
    count = len(of.states)
    better, move = [], []
    for mine, who in zip(of.issues, of.members, strict=True):
        outside = np.unique(of.states[:, ~mine], axis=0, return_inverse=True)[1].reshape(-1)
        move.append((outside[:, None] == outside[None]) & ~np.eye(count, dtype=np.bool_))
        mine_rank = of.rank[who]
        no_worse = (mine_rank[:, None, :] >= mine_rank[:, :, None]).all(axis=0)
        better.append(no_worse & (mine_rank[:, None, :] > mine_rank[:, :, None]).any(axis=0))
    found = np.ones((5, count), dtype=np.bool_)
    for m, who in enumerate(of.members):
        leaving = move[m] & better[m]
        found[0] &= ~leaving.any(axis=1)
        escapes = _joined(better[m], move[m].T)  # [s, u]: whether m gets from u to something better than s
        others = [q for q, they in enumerate(of.members) if not (they & who).any()]
        for at, steps in ((1, [move[q] for q in others]), (3, [move[q] & better[q] for q in others])):
            reach = _closed(np.logical_or.reduce(steps) if steps else np.zeros_like(leaving))
            for k, sanction in ((at, ~better[m]), (at + 1, ~better[m] & ~escapes)):
                found[k] &= ~(leaving & ~_joined(sanction, reach.T)).any(axis=1)
    return found


def _joined(a: Bools, b: Bools) -> Bools:
    joined: Bools = a.astype(np.float32) @ b.astype(np.float32) > 0
    return joined


def _closed(step: Bools) -> Bools:
    reach = step | np.eye(len(step), dtype=np.bool_)
    while (further := _joined(reach, reach)).sum() > reach.sum():
        reach = further
    return reach


def moves_alone(problem: Problem, sample: Sample) -> NDArray[np.int64]:
    """[F, S] what ``own_gains`` finds where changing costs nothing, from every package of every set: all options gathered, all
    patterns looked up."""
    assert problem.status_quo is not None
    gained = np.zeros(sample.no_deal.shape, dtype=np.int64)
    here = np.where(sample.outside >= 0, sample.outside, problem.status_quo[:, None])
    for of in alone(problem):
        who, issues = of.factions, of.issues
        grid = np.indices(tuple(problem.sizes[list(issues)].tolist())).reshape(len(issues), -1)
        worth = np.zeros((len(who), grid.shape[1], sample.draws), dtype=np.int64)
        refused = np.zeros((grid.shape[1], sample.draws), dtype=np.bool_)
        state = dict(zip(issues, grid[:, :, None], strict=True))
        state |= {i: at[None] for i, at in enumerate(here) if i not in state}
        rows = np.arange(sample.draws)[None]
        for i, at in state.items():
            worth += sample.points[list(who), i][:, at, rows]
        for t, pattern in enumerate(problem.patterns):
            hit = reduce(np.logical_and, [state[i] == o for i, o in pattern])
            before = np.all([here[i] == o for i, o in pattern], axis=0)
            worth += np.where(hit, sample.add[list(who), t][:, None], 0)
            line = problem.excluded[t] | sample.broken[list(who), t].any(axis=0)
            refused |= hit & (line & ~before)
        home = int(np.flatnonzero((grid == problem.status_quo[list(issues)][:, None]).all(axis=0))[0])
        worth -= worth[:, home : home + 1]
        willing = (worth >= 0).all(axis=0) & ~refused
        gained[list(who)] = np.maximum(gained[list(who)], np.where(willing, worth, 0).max(axis=1))
    return gained


def same(
    ours: Callable[[], NDArray[np.generic]], theirs: Callable[[], NDArray[np.generic]], what: str
) -> None:
    """Stops the run where two ways to an answer differ."""
    if not np.array_equal(ours(), theirs()):
        raise SystemExit(f"{what}: plain NumPy and ours differ")
