"""What each faction can have without anybody's agreement.

A *set* C is a smallest set of factions, of one party, that controls a move of an issue, with every step on the way there
(:func:`detente.problem.table.control`). It can bring about the packages X_C that make only moves which it controls and which can
be taken back. Let G_f(x) be what x
is worth to f beyond leaving everything as it is, less ``undo`` for each step back to where an issue ``was`` that x takes and f has a hand
in (:func:`charged`, the same for who would leave the status quo of a standoff). Then (Lax & Sebenius 1986, The Manager as Negotiator, ch. 3: alternatives to agreement are made, not found)

    own_f = max of G_f(x) over C with f in C, and x in X_C such that G_g(x) >= 0 for every g in C
            and x breaks no line of any g in C that leaving everything as it is does not break,

and no deal is worth that much more than the world going on: what somebody does alone comes on top of what happens anyway.

What several parties do together is an agreement, which is what no deal is compared with, so no C spans parties. No deal is
waiting: a step that cannot be taken back is not a way to wait. A line that is broken whatever C does ties nobody's hands.

Issues that no term, line or impossible combination ties together are chosen apart: the best for f alone is a sum of maxima.
Where it suits all of C that decides. Only for the other draws are packages of C listed, group by group, without those that
somebody would refuse, or nobody gain most by, whatever is added. Cost: packages of tied issues, and listed packages, each times
factions of C times draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.agreement import minimal_winning_sets
from detente.errors import LimitError
from detente.figures import joined
from detente.problem.build import IntArray, Problem
from detente.problem.fading import faded
from detente.problem.sample import LARGEST, Sample
from detente.problem.steps import Judged
from detente.problem.table import Move, control, hands, passed

__all__ = ["MAX_LISTED", "Alone", "alone", "charged", "own_gains"]

MAX_LISTED = 1 << 20
"""Utilities (packages of tied issues, or of one set, times its factions) listed at most for a draw: a hundredth of a second."""

AT_ONCE = 1 << 20
"""Utilities held at a time."""

NEVER = -(1 << 50)
"""Gain of what is refused: below whatever can be added up."""


class Alone(NamedTuple):
    """A smallest set of factions, of one party, that controls something by itself."""

    factions: tuple[int, ...]
    moves: frozenset[Move]
    """What it can do, and take back."""

    @property
    def issues(self) -> tuple[int, ...]:
        """What it can change."""
        return tuple(sorted({i for i, _ in self.moves}))


class _Within(NamedTuple):
    """What the packages of a set are looked at with."""

    problem: Problem
    sample: Sample
    of: Alone
    here: IntArray
    """[I, S] where everything is."""
    matters: NDArray[np.bool_]
    """[F, T] whether a pattern is worth something to a faction, or breaks a line of it, in any draw."""


@lru_cache(maxsize=8)
def alone(problem: Problem) -> tuple[Alone, ...]:
    """Every such set, by number of factions, then in the order of the case; none without a status quo."""
    case, count = problem.case, range(len(problem.factions))
    if problem.status_quo is None:
        return ()
    sets: dict[Move, tuple[int, ...]] = {}
    for i, issue in enumerate(problem.issues):
        for o in range(len(problem.options[i])) if case.issues[issue].reversible else ():
            tree = control(problem, (i, o)) if o != problem.status_quo[i] else None
            if tree is not None:
                sets[i, o] = minimal_winning_sets(tree)
    masks = {mask for found in sets.values() for mask in found}
    members = {mask: tuple(f for f in count if mask >> f & 1) for mask in masks}
    return tuple(
        Alone(who, frozenset(move for move, found in sets.items() if any(w & mask == w for w in found)))
        for mask, who in sorted(members.items(), key=lambda pair: (len(pair[1]), pair[0]))
        if len({problem.party_of[f] for f in who}) == 1
    )


def own_gains(problem: Problem, sample: Sample, known: Judged) -> IntArray:
    """[F, S] grid steps that each faction gains over leaving everything as it is by what it can do alone; 0 without a status quo.

    Raises
    ------
    LimitError
        More than :data:`MAX_LISTED` utilities would have to be listed for a draw.
    """
    gained = np.zeros(sample.no_deal.shape, dtype=np.int64)
    if problem.status_quo is None:
        return gained
    here = np.where(sample.outside >= 0, sample.outside, problem.status_quo[:, None]).astype(np.int64)
    sample = charged(problem, faded(problem, sample), known)
    matters = np.logical_or(sample.broken.any(axis=2), sample.add.any(axis=2))
    for of in alone(problem):
        who = list(of.factions)
        gained[who] = np.maximum(gained[who], _best(_Within(problem, sample, of, here, matters)))
    return gained


def charged(problem: Problem, sample: Sample, known: Judged) -> Sample:
    """A sample in which every step back to where an issue ``was`` costs those who have a hand in it what taking a step back costs:
    of an issue that is gradual each one on the way from the status quo to there."""
    if problem.status_quo is None or not any(path.endswith(".undo") for path in known.values):
        return sample
    cost = np.zeros_like(sample.points)
    for i, issue in enumerate(problem.issues):
        undo, was = known.values.get(f"{issue}.undo"), problem.case.issues[issue].was
        if undo is None or was is None:
            continue
        back = {*passed(problem, (i, problem.options[i].index(was)))}
        for o in range(len(problem.options[i])):
            for step in back.intersection(passed(problem, (i, o))) if o != problem.status_quo[i] else ():
                who = list(hands(problem, step))
                more = cost[who, i, o] + np.rint(undo / problem.step[who, None])
                cost[who, i, o] = np.minimum(more, LARGEST)
    apart = None if sample.apart is None else sample.apart - cost
    return replace(sample, points=sample.points - cost, apart=apart)


def _points(sample: Sample, of: Alone) -> NDArray[np.int32]:
    return sample.points if sample.apart is None or sample.hinge in of.issues else sample.apart


def _tied(within: _Within) -> list[tuple[int, ...]]:
    """The issues of a set in groups that no pattern of any weight to it ties to each other."""
    groups = [{i} for i in within.of.issues]
    for t in _weighing(within):
        pattern = within.problem.patterns[t]
        together = [g for g in groups if any(i in g for i, _ in pattern)]
        if len(together) > 1:
            groups = [g for g in groups if g not in together] + [set().union(*together)]
    return sorted(tuple(sorted(g)) for g in groups)


def _weighing(within: _Within) -> list[int]:
    """Patterns of any weight to a set."""
    weighs = within.problem.excluded | within.matters[list(within.of.factions)].any(axis=0)
    found: list[int] = np.flatnonzero(weighs).tolist()
    return found


def _part(within: _Within, tied: tuple[int, ...]) -> IntArray:
    """[C, X, S] what every way of settling some issues gains the factions of a set; ``NEVER`` where one of them refuses it."""
    problem, sample, of, here, _ = within
    assert problem.status_quo is not None
    who, home, draws = list(of.factions), problem.status_quo, sample.draws
    sizes = [int(problem.sizes[i]) for i in tied]
    place = {i: n for n, i in enumerate(tied)}
    points = _points(sample, of)
    gain = np.zeros((len(who), *(1 for _ in sizes), draws), dtype=np.int64)
    for n, i in enumerate(tied):
        apart = [1] * len(sizes)
        apart[n] = sizes[n]
        each = points[who, i, : sizes[n]].astype(np.int64)
        more = each - each[:, home[i], None]
        barred = [o for o in range(sizes[n]) if o != home[i] and (i, o) not in of.moves]
        more[:, barred] = NEVER
        gain = gain + more.reshape(len(who), *apart, draws)
    for t in _weighing(within):
        pattern = problem.patterns[t]
        inside = [(place[i], o) for i, o in pattern if i in place]
        if not inside:
            continue
        live = np.all([here[i] == o for i, o in pattern if i not in place] or [True], axis=0)
        cell = [slice(None)] * len(sizes)
        for n, o in inside:
            cell[n] = slice(o, o + 1)
        add = (sample.add[who, t] * live).astype(np.int64)
        broadly = (len(who), *(1 for _ in sizes), draws)
        if all(home[tied[n]] == o for n, o in inside):
            gain -= add.reshape(broadly)
        else:
            refused = live & (problem.excluded[t] | sample.broken[who, t].any(axis=0))
            add = np.where(refused, NEVER, add)
        gain[(slice(None), *cell)] += add.reshape(broadly)
    ways: IntArray = gain.reshape(len(who), -1, draws)
    return ways


def _best(within: _Within) -> IntArray:
    """[C, S] the most that each faction of a set gains by what all of it are willing to do, at least nothing."""
    problem, sample, of, here, matters = within
    tied = _tied(within)
    largest = max(prod(int(problem.sizes[i]) for i in issues) for issues in tied) * len(of.factions)
    _within_limit(problem, of, largest)
    best = np.empty((len(of.factions), sample.draws), dtype=np.int64)
    for some in _blocks(np.arange(sample.draws), max(1, AT_ONCE // largest)):
        drawn = sample if len(some) == sample.draws else sample.only(some)
        part = _Within(problem, drawn, of, here[:, some], matters)
        best[:, some] = _chosen(problem, of, [_part(part, issues) for issues in tied])
    return best


def _chosen(problem: Problem, of: Alone, parts: Sequence[IntArray]) -> IntArray:
    """The same from what every way of settling each group of issues gains."""
    if len(parts) == 1:
        ways = parts[0]
        together: IntArray = np.where(np.all(ways >= 0, axis=0), ways, 0).max(axis=1)
        return together
    most: IntArray = np.array([part.max(axis=1) for part in parts]).sum(axis=0)
    best: IntArray = np.zeros_like(most)
    unsettled = np.zeros(most.shape[1], dtype=np.bool_)
    for f in range(len(best)):
        at = [part[f].argmax(axis=0)[None, None] for part in parts]
        there = sum(np.take_along_axis(part, a, axis=1)[:, 0] for part, a in zip(parts, at, strict=True))
        suits: NDArray[np.bool_] = np.all(np.asarray(there) >= 0, axis=0)
        best[f, suits] = most[f, suits]
        unsettled |= ~suits & (most[f] > 0)
    rows = np.flatnonzero(unsettled)
    listed = prod(part.shape[1] for part in parts) * len(best)
    if len(rows):
        _within_limit(problem, of, listed)
    for some in _blocks(rows, max(1, AT_ONCE // listed)):
        best[:, some] = _listed([part[:, :, some] for part in parts], best[:, some])
    return best


def _listed(parts: Sequence[IntArray], best: IntArray) -> IntArray:
    """The same from ``best``, which all are willing to do, and all that might be better."""
    best = best.copy()
    largest = [part.max(axis=1) for part in parts]
    rows, total = np.arange(best.shape[1]), np.zeros_like(best)
    for n, part in enumerate(parts):
        rest = sum(largest[n + 1 :], np.zeros_like(best))[:, None, rows]
        total = total[:, None] + part[:, :, rows]
        reach = total + rest
        kept = np.all(reach >= 0, axis=0) & np.any(reach > best[:, None, rows], axis=0)
        way, column = np.nonzero(kept)
        total, rows = total[:, way, column], rows[column]
    for f in range(len(best)):
        np.maximum.at(best[f], rows, total[f])
    return best


def _blocks(rows: NDArray[np.intp], size: int) -> Iterator[NDArray[np.intp]]:
    for low in range(0, len(rows), size):
        yield rows[low : low + size]


def _within_limit(problem: Problem, of: Alone, listed: int) -> None:
    if listed > MAX_LISTED:
        who = joined([problem.factions[f] for f in of.factions])
        raise LimitError(
            f"what {who} can do alone, with {len(of.issues)} issues of its own, would take {listed:,} utilities a draw to "
            f"list; the limit is {MAX_LISTED:,}: leave out options that nobody would choose, or issues that matter little"
        )
