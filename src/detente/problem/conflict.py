"""A case as a graph of states: who can move where, and what each faction makes of every state.

A *state* is one option for each issue of the conflict; impossible combinations are left out. A *mover* is a
smallest set of factions that controls an issue together: a party whose factions must agree, a faction on its
own, or several parties jointly. It moves any of the issues that it controls at once. An issue that is not
reversible moves only further from the status quo, in the order of its options; a state that would need a step
back is no move.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.agreement import all_of, minimal_winning_sets
from detente.case.model import Case, Pattern
from detente.errors import LimitError, UsageError
from detente.problem.build import Problem, faction_names
from detente.problem.sample import Sample
from detente.problem.seat import Seat, seat
from detente.problem.table import Table, controlling

__all__ = ["MAX_COMBINATIONS", "Conflict", "Eyes", "conflict", "eyes", "ordinal_ranks"]

MAX_COMBINATIONS = 1 << 22
"""Combinations of options, the impossible ones included."""


@dataclass(frozen=True)
class Conflict:
    """``N`` states over ``I`` issues, ``F`` factions, ``M`` movers; all arrays read-only by custom."""

    case: Case
    factions: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    patterns: tuple[tuple[tuple[int, int], ...], ...]
    """Impossible combinations, as (issue, option) pairs."""
    allowed: NDArray[np.bool_]
    """[I, L, L] whether an issue can go from one option to another."""
    control: tuple[tuple[tuple[int, ...], ...], ...]
    """Per issue and option the smallest sets of factions that move it there, as bit masks; none: nobody does."""
    status_quo: tuple[int, ...] | None

    @property
    def sizes(self) -> NDArray[np.int64]:
        """[I] options of each issue."""
        return np.array([len(o) for o in self.options], dtype=np.int64)

    @property
    def allowed_all(self) -> bool:
        """Whether every issue can go from any option to any other."""
        return all(self.allowed[i, :n, :n].all() for i, n in enumerate(self.sizes))

    @property
    def combinations(self) -> int:
        """Of options, the impossible ones included."""
        return prod(len(o) for o in self.options)

    @cached_property
    def movers(self) -> tuple[int, ...]:
        """Bit masks of factions, by number of factions, then in the order of the case."""
        found = {mask for options in self.control for masks in options for mask in masks}
        return tuple(sorted(found, key=lambda mask: (mask.bit_count(), mask)))

    @property
    def members(self) -> NDArray[np.bool_]:
        """[M, F]."""
        return np.array(
            [[mask >> f & 1 for f in range(len(self.factions))] for mask in self.movers], dtype=np.bool_
        )

    @property
    def movable(self) -> NDArray[np.bool_]:
        """[M, I] which issues a mover can change: those that its factions control without anybody else."""
        found: NDArray[np.bool_] = np.asarray(self.able.any(axis=2))
        return found

    @property
    def able(self) -> NDArray[np.bool_]:
        """[M, I, L] to which options a mover can move each issue."""
        able = np.zeros((len(self.movers), *self.allowed.shape[:2]), dtype=np.bool_)
        for m, mask in enumerate(self.movers):
            for i, options in enumerate(self.control):
                able[m, i, : len(options)] = [any(w & mask == w for w in masks) for masks in options]
        return able

    @property
    def legal(self) -> NDArray[np.bool_]:
        """[M, I, L, L] whether each mover can bring an issue from one option to another; staying is always."""
        stays = np.eye(self.allowed.shape[1], dtype=np.bool_)
        found: NDArray[np.bool_] = self.allowed & (self.able[:, :, None, :] | stays)
        return found

    @property
    def opponents(self) -> NDArray[np.bool_]:
        """[M, M] movers that share no faction."""
        return np.array([[a & b == 0 for b in self.movers] for a in self.movers], dtype=np.bool_)

    def named(self, digits: Sequence[int]) -> dict[str, str]:
        """Option indices as ``{issue: option}``."""
        return {i: o[int(d)] for i, o, d in zip(self.issues, self.options, digits, strict=True)}

    def matches(self, states: NDArray[np.int8], pattern: Mapping[str, str]) -> NDArray[np.bool_]:
        """[N] which states have all of a pattern; issues outside the conflict stay at the status quo."""
        hit = np.ones(len(states), dtype=np.bool_)
        for issue, option in pattern.items():
            if issue in self.issues:
                i = self.issues.index(issue)
                hit &= states[:, i] == self.options[i].index(option)
            elif self.case.issues[issue].status_quo != option:
                hit[:] = False
        return hit


def conflict(case: Case) -> Conflict:
    """The graph of a checked case.

    Raises
    ------
    UsageError
        Nobody controls anything.
    LimitError
        More than 2^22 combinations of options.
    """
    given = case.conflict.issues if case.conflict else None
    issues = given or tuple(i for i, spec in case.issues.items() if spec.controls)
    if not issues:
        raise UsageError(
            f"case '{case.id}': nobody is said to control any issue; give issues 'controlled_by: PARTY'"
        )
    factions = tuple(f for f in faction_names(case) if f in case.preferences)
    control = []
    for issue in issues:
        gates = [controlling(case, factions, issue, option) for option in case.issues[issue].options]
        control.append(tuple(() if gate is None else minimal_winning_sets(gate) for gate in gates))
    options = tuple(tuple(case.issues[i].options) for i in issues)
    count = prod(map(len, options))
    if count > MAX_COMBINATIONS:
        raise LimitError(
            f"{len(issues)} issues make {count:,} combinations of options; the limit is {MAX_COMBINATIONS:,}: "
            "name the ones that matter under 'conflict: {issues: [..]}'"
        )
    place = {issue: i for i, issue in enumerate(issues)}
    patterns = []
    for pattern in case.impossible:
        if all(i in place or case.issues[i].status_quo == o for i, o in pattern.items()):
            inside = {place[i]: options[place[i]].index(o) for i, o in pattern.items() if i in place}
            if inside:
                patterns.append(tuple(sorted(inside.items())))
    start = None
    if case.status_quo is None:
        start = tuple(options[i].index(case.issues[n].status_quo or "") for n, i in place.items())
    return Conflict(
        case, factions, issues, options, tuple(patterns), _allowed(case, issues), tuple(control), start
    )


def _allowed(case: Case, issues: Sequence[str]) -> NDArray[np.bool_]:
    largest = max(len(case.issues[i].options) for i in issues)
    allowed = np.zeros((len(issues), largest, largest), dtype=np.bool_)
    for n, issue in enumerate(issues):
        spec = case.issues[issue]
        size = len(spec.options)
        home = list(spec.options).index(spec.status_quo) if spec.status_quo else 0
        for a in range(size):
            for b in range(size):
                away = (a == home or (b > a) == (a > home)) and abs(b - home) > abs(a - home)
                allowed[n, a, b] = a == b or spec.reversible or away
    return allowed


def ordinal_ranks(at: Conflict, states: NDArray[np.int8]) -> NDArray[np.int32]:
    """[F, N] rankings and option prioritisation (Xu, Hipel, Kilgour & Fang 2018) as ranks, higher is better; 0
    for a state that a ranking leaves out."""
    ranks = np.zeros((len(at.factions), len(states)), dtype=np.int32)
    for f, name in enumerate(at.factions):
        wants = at.case.preferences[name]
        entries = wants.ranking or wants.priorities or ()
        hits = [_any(at, states, entry) for entry in entries]
        if wants.ranking is not None:
            for n, hit in enumerate(hits):
                fresh = hit & (ranks[f] == 0)
                ranks[f, fresh] = len(hits) - n
        else:
            truth = np.array(hits, dtype=np.uint8).T
            ranks[f] = np.unique(truth, axis=0, return_inverse=True)[1].reshape(-1)
    return ranks


def _any(at: Conflict, states: NDArray[np.int8], entry: tuple[Pattern, ...]) -> NDArray[np.bool_]:
    hit = np.zeros(len(states), dtype=np.bool_)
    for pattern in entry:
        hit |= at.matches(states, pattern)
    return hit


class Line(NamedTuple):
    """Lines on one combination of options."""

    states: NDArray[np.intp]
    """Which states have it."""
    binds: NDArray[np.bool_]
    """[F, S] for whom it is one in which draws."""


@dataclass(frozen=True)
class Eyes:
    """The states of a conflict as its factions see them in each draw."""

    seen: Seat
    halves: tuple[tuple[range, NDArray[np.intp]], ...]
    """Some issues, and [N] which of their combinations a state has; every issue in one of two halves."""
    terms: tuple[NDArray[np.intp], ...]
    """Per pattern of the seat, which states match it."""
    crossed: tuple[Line, ...]

    def worth(self, draw: int) -> NDArray[np.int64]:
        """[F, N] utilities in grid steps, lines left out."""
        s = self.seen
        total = s.base[:, draw, None].astype(np.int64)
        for issues, which in self.halves:
            sums = np.zeros((len(s.base), 1), dtype=np.int64)
            for i in issues:
                more = s.points[:, i, : s.sizes[i], draw]
                sums = (sums[:, :, None] + more[:, None]).reshape(len(sums), -1)
            total = total + sums.take(which, axis=1)
        for t, states in enumerate(self.terms):
            for f in np.flatnonzero(s.add[:, t, draw]):
                total[f, states] += s.add[f, t, draw]
        return total

    def lines(self, draw: int) -> NDArray[np.int64]:
        """[F, N] how many lines of its own a state breaks, those left out that no state of the conflict mends or breaks."""
        count = np.zeros((len(self.seen.base), len(self.halves[0][1])), dtype=np.int64)
        for line in self.crossed:
            for f in np.flatnonzero(line.binds[:, draw]):
                count[f, line.states] += 1
        return count

    def ranks(self, draw: int) -> NDArray[np.int32]:
        """[F, N] the order of the states, higher is better: fewer broken lines first, then utility."""
        order, lines = self.worth(draw), self.lines(draw)
        order -= order.min(axis=1, keepdims=True)
        order -= lines * (order.max(axis=1, keepdims=True) + 1)
        if order.min() <= np.iinfo(np.int32).min:
            order = np.array([np.unique(row, return_inverse=True)[1].reshape(-1) for row in order])
        found: NDArray[np.int32] = order.astype(np.int32)
        return found


def eyes(problem: Problem, sample: Sample, at: Conflict, states: NDArray[np.int8]) -> Eyes:
    """The states [N, I] of a conflict in the draws of a sample."""
    which = tuple(problem.factions.index(f) for f in at.factions)
    issues = tuple(problem.issues.index(i) for i in at.issues)
    seen = seat(problem, sample, Table("conflict", "", which, issues, all_of(*range(len(which))), {}))
    sizes = seen.sizes.tolist()
    middle = next(n for n in range(1, len(sizes) + 1) if prod(sizes[:n]) ** 2 >= prod(sizes))
    halves = tuple(
        (
            span,
            np.ravel_multi_index(
                tuple(states[:, span.start : span.stop].T), tuple(sizes[span.start : span.stop])
            ),
        )
        for span in (range(middle), range(middle, len(sizes)))
        if span
    )

    def having(pattern: Iterable[tuple[int, int]]) -> NDArray[np.intp]:
        return np.flatnonzero(np.all([states[:, i] == o for i, o in pattern], axis=0))

    flat = list(zip(seen.issue.tolist(), seen.option.tolist(), strict=True))
    terms = tuple(having(flat[a:b]) for a, b in pairwise(seen.start.tolist()))
    crossed = tuple(
        Line(having(inside), binds)
        for inside, binds in _binding(problem, sample, which, issues)
        if binds.any()
    )
    return Eyes(seen, halves, terms, crossed)


def _binding(
    problem: Problem, sample: Sample, which: tuple[int, ...], issues: tuple[int, ...]
) -> Iterator[tuple[list[tuple[int, int]], NDArray[np.bool_]]]:
    """Every pattern of the case that the issues can have a part in, as that part, and [F, S] for whom it is a line; an
    impossible combination that holds by chance is one for everybody. Lines are counted one by one: not as a seat has them,
    where those of the same part are one."""
    here = sample.outside.astype(np.int64)
    if problem.status_quo is not None:
        here = np.where(here >= 0, here, problem.status_quo[:, None])
    for t, pattern in enumerate(problem.patterns):
        inside = [(issues.index(i), o) for i, o in pattern if i in issues]
        live = np.all([here[i] == o for i, o in pattern if i not in issues] or [np.True_], axis=0)
        live = np.broadcast_to(live, sample.draws)
        if inside:
            by_chance = bool(problem.excluded[t]) and not live.all()
            yield inside, live & (sample.broken[list(which), t] | by_chance)
