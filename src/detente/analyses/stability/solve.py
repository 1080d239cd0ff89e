"""Where can the standoff come to rest? The graph model for conflict resolution.

At best estimates: which states are stable for each mover and for all, by five concepts (see
:mod:`detente.kernels.conflict`), and whether a coalition would leave together; over the draws, the share in
which a state is an equilibrium; the shortest paths of improvements from the status quo; and, for the state
that somebody hopes for, every departure, what deters it, and what would have to be worth more for it to stay.

A faction's rank of a state is its utility of it, everything outside the conflict left at the status quo. Whoever leaves the
status quo pays for what it changes (:func:`detente.problem.own.charged`); other states have not been reached by anybody, and what
it would cost to take them back is left out. A case may also put states in order without points (``ranking``, ``priorities``); then there is nothing to draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.analyses.stability.result import Departure, Mover, Situation, StabilityResult, Step
from detente.case.model import Case
from detente.draws import REPLICATES, Drawn
from detente.errors import LimitError, UsageError
from detente.kernels import conflict as kernel
from detente.kernels.threads import each
from detente.kernels.ways import feasible
from detente.problem import Sample
from detente.problem.conflict import Conflict, conflict, eyes, ordinal_ranks
from detente.problem.own import charged
from detente.progress import counter

__all__ = ["LISTED", "LOOKED", "MAX_DRAWN", "MAX_WORK", "stability"]

MAX_WORK = 6_000_000_000
"""Steps of about a nanosecond for one set of preferences; beyond it LimitError."""

THREADED = 4096
"""States from which on threads pay: kernels over fewer end sooner than one thread can take over from another."""

MAX_DRAWN = 48_000_000_000
"""Steps for all draws, on two cores half a minute, beyond which fewer draws are looked at, and the result says how many."""

LOOKED = 128
"""Draws looked at unless more are asked for."""

LISTED = 60
"""Situations listed."""

DEPARTURES = 60
"""Departures listed."""

Bools = NDArray[np.bool_]
Shares = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True)
class _Board:
    """What every answer shares: states, moves, ranks at best estimates and what is stable there."""

    at: Conflict
    states: NDArray[np.int8]
    graph: kernel.Graph
    rank: NDArray[np.int32]
    step: NDArray[np.float64] | None
    worth: NDArray[np.int64] | None
    """[F, N] utilities in grid steps, lines left out; None where there are no points."""
    lines: NDArray[np.int64] | None
    """[F, N] how many of its lines a state breaks."""
    leaving: _Board | None = None
    """The same for whoever leaves the status quo, if that costs something."""

    @cached_property
    def joint(self) -> tuple[Bools, int]:
        """[5, N] what is stable for all at best estimates, and how many verdicts were settled one by one."""
        found, singly = kernel.equilibria(self.rank, self.graph)
        if self.leaving is not None:
            found[:, self.home] = self.leaving.rests(self.leaving.rank)
        return found, singly

    def rests(self, rank: NDArray[np.int32]) -> Bools:
        """[5] whether the status quo is stable for all."""
        assert self.home is not None
        return kernel.equilibria(rank, self.graph, self.home)[0][:, self.home]

    def at_rest(self, s: int) -> _Board:
        """What counts for whoever leaves a state."""
        return self.leaving if self.leaving is not None and s == self.home else self

    @cached_property
    def work(self) -> int:
        """Steps of one draw, its ranks included, as far as can be told from best estimates."""
        count, issues = self.states.shape
        return int(
            kernel.work(self.graph) + 6 * count * issues * len(self.at.factions) + count * self.joint[1]
        )

    @cached_property
    def movers(self) -> tuple[Mover, ...]:
        at = self.at
        found = []
        for mask, mine in zip(at.movers, at.movable, strict=True):
            inside = tuple(f for n, f in enumerate(at.factions) if mask >> n & 1)
            issues = tuple(i for i, has in zip(at.issues, mine, strict=True) if has)
            found.append(Mover(_name(at.case, inside), inside, issues))
        return tuple(found)

    @cached_property
    def home(self) -> int | None:
        """Index of the status quo."""
        if self.at.status_quo is None:
            return None
        return int(np.flatnonzero((self.states == self.at.status_quo).all(axis=1))[0])

    @cached_property
    def routes(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]] | None:
        if self.home is None:
            return None
        return kernel.paths(self.rank, self.graph, self.home)

    def changed(self, s: int, t: int) -> dict[str, str]:
        """What differs between two states, as in the second."""
        there = self.at.named(self.states[t].tolist())
        here = self.at.named(self.states[s].tolist())
        return {i: o for i, o in there.items() if here[i] != o}

    def gains(self, m: int, s: int, t: int) -> dict[str, float | None] | None:
        """Points that the members of mover m gain by going from s to t; None across a line of theirs."""
        if self.step is None or self.worth is None or self.lines is None:
            return None
        found: dict[str, float | None] = {}
        for f in np.flatnonzero(self.graph.members[m]):
            steps = int(self.worth[f, t]) - int(self.worth[f, s])
            crosses = self.lines[f, t] != self.lines[f, s]
            found[self.at.factions[f]] = None if crosses else round(steps * float(self.step[f]), 9)
        return found

    def taken(self, m: int, s: int, t: int) -> Step:
        return Step(self.movers[m].id, self.changed(s, t), self.gains(m, s, t))


def stability(
    case: Case,
    ready: Drawn | None,
    *,
    wanted: Mapping[str, str] | None = None,
    looked: int = LOOKED,
) -> StabilityResult:
    """Stable states of a case's conflict; ``ready`` is None where states are only put in order.

    At most ``looked`` of the draws of ``ready`` are looked at (the first of each replicate; fewer where there are
    very many moves), and the result says how many.

    Raises
    ------
    UsageError
        Nobody controls anything, or no state fits what is wanted.
    LimitError
        More than 2^22 combinations, or more work than ``MAX_WORK``.
    """
    at = conflict(case)
    board = _board(at, ready)
    differ = ready is not None and ready.problem.dimensions > 0
    drawn, shares = _over_draws(board, ready, looked) if ready is not None and differ else (0, None)
    joint = board.joint[0]
    listed = _order(joint, shares)
    target, how = _wanted(board, wanted, joint, shares)
    shown = listed[:LISTED]
    asked = [*shown.tolist(), *(s for s in (board.home, target) if s is not None)]
    together = dict(zip(asked, _jointly(board, asked).tolist(), strict=True))
    stable = kernel.stability(board.rank, board.graph, np.array(asked, dtype=np.int32))
    verdicts = {s: stable[:, :, n] for n, s in enumerate(asked)}
    if board.leaving is not None and board.home is not None:
        home = [board.home]
        verdicts[board.home] = kernel.stability(board.leaving.rank, board.graph, np.array(home, np.int32))[
            ..., 0
        ]
        together[board.home] = int(_jointly(board.leaving, home)[0])

    def situation(s: int) -> Situation:
        return _situation(board, s, verdicts[s], shares, together[s])

    focus = target if target is not None else board.home
    departures = [] if focus is None else _departures(board.at_rest(focus), focus)
    return StabilityResult(
        case=case.id,
        title=case.title,
        as_of=None if case.as_of is None else case.as_of.isoformat(),
        seed=0 if ready is None else ready.seed,
        draws=drawn,
        widen=1.0 if ready is None else ready.widen,
        issues=at.issues,
        combinations=at.combinations,
        states=len(board.states),
        moves=kernel.moves(board.graph),
        movers=board.movers,
        equilibria={c: int(joint[n].sum()) for n, c in enumerate(kernel.CONCEPTS)},
        unranked={
            f: count
            for f, row in zip(at.factions, board.rank, strict=True)
            if case.preferences[f].ranking is not None and (count := int((row == 0).sum()))
        },
        situations=tuple(map(situation, shown.tolist())),
        listed=len(listed),
        status_quo=None if board.home is None else situation(board.home),
        wanted=None if target is None else situation(target),
        wanted_from=how,
        departures=tuple(departures[:DEPARTURES]),
        departures_total=len(departures),
    )


def _name(case: Case, factions: tuple[str, ...]) -> str:
    """A party's id where it is a whole party, else its factions'."""
    for party, spec in case.parties.items():
        if set(factions) == set(spec.factions or (party,)):
            return party
    return "+".join(factions)


def _graph(at: Conflict, states: NDArray[np.int8]) -> kernel.Graph:
    # Known before anything is built; that alone may be too much.
    work = kernel.least_work(len(states), at.members)
    if work <= MAX_WORK:
        graph = kernel.graph(states, at.legal, at.movable, at.members)
        work = kernel.work(graph)
        if work <= MAX_WORK:
            return graph
    raise LimitError(
        f"{len(states):,} situations and {len(at.movers)} movers would take at least {work / 1e9:,.0f} s for one set of "
        f"preferences; the limit is {MAX_WORK // 10**9} s: name the issues that matter under 'conflict: {{issues: [..]}}'"
    )


def _board(at: Conflict, ready: Drawn | None) -> _Board:
    start = np.cumsum([0, *map(len, at.patterns)]).astype(np.int64)
    pairs = np.array([p for pattern in at.patterns for p in pattern], dtype=np.int64).reshape(-1, 2)
    states = feasible(at.sizes, start, pairs[:, 0], pairs[:, 1])
    graph = _graph(at, states)
    if ready is None:
        return _Board(at, states, graph, ordinal_ranks(at, states), None, None, None)
    place = [ready.problem.factions.index(f) for f in at.factions]

    def made(sample: Sample, leaving: _Board | None) -> _Board:
        seen = eyes(ready.problem, sample, at, states)
        step, lines = ready.problem.step[place], seen.lines(0)
        return _Board(at, states, graph, seen.ranks(0), step, seen.worth(0), lines, leaving)

    paid = charged(ready.problem, ready.best, ready.beside_best.steps)
    return made(ready.best, None if paid is ready.best else made(paid, None))


def _over_draws(board: _Board, ready: Drawn, at_most: int) -> tuple[int, Shares]:
    """How many draws were looked at, and per concept and state the share in which it is an equilibrium."""
    per = ready.draws // REPLICATES
    most = max(1, MAX_DRAWN // board.work // REPLICATES)
    use = min(per, most, max(1, at_most // REPLICATES))
    seen = eyes(ready.problem, ready.fresh, board.at, board.states)
    paid = charged(ready.problem, ready.fresh, ready.beside_fresh.steps)
    leaving = None if board.leaving is None else eyes(ready.problem, paid, board.at, board.states)
    found = np.zeros((REPLICATES, 5, len(board.states)))
    tick = counter("draws of the standoff", REPLICATES * use)

    def some(replicate: int) -> None:
        for n in range(use):
            now = kernel.equilibria(seen.ranks(replicate * per + n), board.graph)[0]
            if leaving is not None:
                now[:, board.home] = board.rests(leaving.ranks(replicate * per + n))
            found[replicate] += now
            tick()

    if len(board.states) < THREADED:
        for replicate in range(REPLICATES):
            some(replicate)
    else:
        each(some, range(REPLICATES))
    found /= use
    return REPLICATES * use, (found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(REPLICATES))


def _order(joint: Bools, shares: Shares | None) -> NDArray[np.int64]:
    """Equilibria by general metarationality, the most robust first."""
    states = np.flatnonzero(joint[1])
    keys = [states]
    for c in (1, 2, 4, 3, 0):  # the last key of a lexicographic sort counts first
        keys.append(~joint[c][states])
    if shares is not None:
        keys += [-shares[0][3][states], -shares[0][0][states]]
    return states[np.lexsort(keys)]


def _wanted(
    board: _Board, asked: Mapping[str, str] | None, joint: Bools, shares: Shares | None
) -> tuple[int | None, str | None]:
    """The state looked at: of those that fit, the nearest to the status quo, then the most robust."""
    given = board.at.case.conflict.wanted if board.at.case.conflict else None
    pattern = asked or given
    if not pattern:
        return None, None
    outside = [i for i in pattern if i not in board.at.issues]
    if outside:
        raise UsageError(
            f"'{outside[0]}' is not among the issues of the conflict: {', '.join(board.at.issues)}"
        )
    fits = np.flatnonzero(board.at.matches(board.states, pattern))
    if not len(fits):
        raise UsageError("no state has all that is wanted: a combination of it is impossible")
    robust = joint[:, fits].sum(axis=0) if shares is None else shares[0][3][fits]
    near = (
        np.zeros(len(fits))
        if board.home is None
        else (board.states[fits] != board.states[board.home]).sum(axis=1)
    )
    best = int(fits[np.lexsort((fits, -robust, near))[0]])
    how = (
        f"of {len(fits):,} situations that have all of it, the one that changes least else"
        if len(fits) > 1
        else "the only situation that has all of it"
    )
    return best, how


def _jointly(board: _Board, sources: list[int]) -> NDArray[np.int32]:
    at = board.at
    largest = at.allowed.shape[1]
    sets = [[*options, *[()] * (largest - len(options))] for options in at.control]
    start = np.cumsum([0, *(len(masks) for options in sets for masks in options)]).astype(np.int64)
    masks = np.array([m for options in sets for masks in options for m in masks], dtype=np.uint64)
    return kernel.joint_improvement(
        board.rank, board.states, at.allowed, start, masks, np.array(sources, dtype=np.int32)
    )


def _situation(board: _Board, s: int, stable: Bools, shares: Shares | None, together: int) -> Situation:
    named = board.at.named(board.states[s].tolist())
    concepts = kernel.CONCEPTS
    return Situation(
        state=named,
        moves=named if board.home is None else board.changed(board.home, s),
        stable={c: bool(stable[n].all()) for n, c in enumerate(concepts)},
        share=None if shares is None else {c: float(shares[0][n, s]) for n, c in enumerate(concepts)},
        share_error=None if shares is None else {c: float(shares[1][n, s]) for n, c in enumerate(concepts)},
        stable_for={
            c: tuple(mover.id for m, mover in enumerate(board.movers) if stable[n, m])
            for n, c in enumerate(concepts)
        },
        jointly_stable=together < 0,
        joint_improvement=None if together < 0 else board.changed(s, together),
        path=_path(board, s),
    )


def _path(board: _Board, s: int) -> tuple[Step, ...] | None:
    if board.routes is None:
        return None
    board = board.leaving or board
    assert board.routes is not None
    distance, previous, mover = board.routes
    if distance[s] < 0:
        return None
    steps = []
    while distance[s] > 0:
        before = int(previous[s])
        steps.append(board.taken(int(mover[s]), before, s))
        s = before
    return tuple(reversed(steps))


def _departures(board: _Board, s: int) -> list[Departure]:
    """Every improvement from s, the least deterred first, then by what the member who gains least gains."""
    found = []
    for m in range(len(board.movers)):
        better = kernel.improvements(board.rank, board.graph, m, s).tolist()
        if not better:
            continue
        by = kernel.deterrence(board.rank, board.graph, m, s)
        for t in better:
            step = board.taken(m, s, t)
            finite = [points for points in (step.gain or {}).values() if points is not None]
            deterred = {c: bool(by[n, t]) for n, c in enumerate(kernel.CONCEPTS[1:])}
            found.append(Departure(step, deterred, min(finite, default=None)))
    return sorted(found, key=lambda d: (sum(d.deterred.values()), -(d.missing or 0.0)))
