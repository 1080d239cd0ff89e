"""Whether any package at all is agreed, draw by draw.

Where there are few packages they are walked over (``listing``), and so are those of larger tables as far as a few hundred
options decide; else each draw is a multidimensional knapsack of every winning set (``descent``). What looking takes is counted from the size of
the table (``effort``), so that limits on it are the same on every machine.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels.acceptance import accepts, agreed
from detente.kernels.descent import LIMBS, NEAR, SHORTFALL, Problem, descend, relax, restrict
from detente.kernels.listing import first_agreed
from detente.kernels.patterns import Patterns, matches, no_patterns
from detente.kernels.threads import each, slices

__all__ = ["Existence", "effort", "exists"]

Int = NDArray[np.int64]

FEW = 1 << 16
"""``exists`` walks over all packages where there are at most so many."""

ALL = 2**62
"""Options: no limit."""

WALKED = 500
"""Options looked at in a draw of a larger table before its relaxation."""

LEAST = 16
"""Draws that are worth a thread,"""
WORTH = 3000
"""and what walking over them takes by ``effort``: a millisecond."""

MAX_EFFORT = 20_000_000
"""What one call of ``exists`` may take, as ``effort`` counts it: some 7 seconds of one core."""


class Existence(NamedTuple):
    """Per draw, whether some package is agreed, and one that is."""

    verdict: NDArray[np.int8]
    """int8[S]: 1 yes, 0 no, -1 undecided within the node limit."""
    witness: NDArray[np.int16]
    """int16[S, I]: an agreed package where the verdict is 1, else -1."""
    took: int = 0
    """At most so much, by ``effort``, for the draws that no candidate decided."""


def _first_agreed(  # noqa: PLR0913
    judged: tuple[NDArray[Any], NDArray[Any]],
    packages: Int,
    patterns: Patterns,
    lines: tuple[NDArray[Any] | None, NDArray[np.bool_] | None],
    barred: NDArray[np.bool_],
    status_quo: Int,
    winning: NDArray[np.uint64],
    verdict: NDArray[np.int8],
    witness: NDArray[np.int16],
    draws: Int,
) -> None:
    """Where one of ``packages`` is agreed in a draw, note the first of them at ``draws`` of the answer.

    lines: the points of the patterns and which of them are broken lines.
    """
    add, broken = lines
    packages = packages[
        ~matches(packages, patterns)[:, barred].any(axis=1) & (packages != status_quo).any(axis=1)
    ]
    for block in range(0, len(packages), 256):
        some = packages[block : block + 256]
        good = agreed(accepts(*judged, some, patterns=patterns, add=add, broken=broken), winning)
        new = good.any(axis=0) & (verdict[draws] == 0)
        verdict[draws[new]] = 1
        witness[draws[new]] = some[good.argmax(axis=0)[new]]


def effort(sizes: Int, factions: int, sets: int = 1) -> int:
    """What looking into one draw for some winning sets takes, in points read: about 0.3 microseconds each.

    It is counted from the size of the table alone, so that what is left out for its cost is so on every machine.
    """
    packages = float(np.prod(np.asarray(sizes, np.float64)))
    if packages <= FEW:
        return int(packages) * factions // 100 + 1
    return sets * (len(sizes) * int(np.max(sizes)) * factions + 500)


def exists(  # noqa: PLR0913
    points: NDArray[Any],
    thresholds: NDArray[Any],
    sizes: Int,
    *,
    patterns: Patterns | None = None,
    add: NDArray[Any] | None = None,
    broken: NDArray[np.bool_] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    winning: NDArray[np.uint64],
    status_quo: Int | None = None,
    candidates: NDArray[Any] | None = None,
    node_limit: int = 20_000,
    most: int | None = None,
    witnesses: bool = True,
) -> Existence:
    """Per draw: is there a package, other than the status quo, that some winning set accepts?

    Parameters
    ----------
    points: int16 or int32 [P, I, L, S]. thresholds: integer [P, S]. add: integer [P, T, S]. broken: bool[P, T, S].
    winning: uint64[M] minimal winning sets as bit masks of factions.
    candidates: integer [N, I] packages that are tried first; the earliest that is agreed is the witness.
    node_limit: options examined per draw and winning set; what is not decided then is -1.
    witnesses: whether it matters which package is found; if not, only the verdicts are to be read.
    most: what all draws that no candidate decides may take by ``effort``, default ``MAX_EFFORT``; where the winning sets
    are too many for that, only the first of them are looked at, at least one in each draw, and the draw is -1 without a
    package.

    In a large table each draw is a multidimensional knapsack: a candidate or a rounded relaxation says yes, a Lagrangian bound
    no, a capped search decides the rest or leaves it undecided. Draws are independent of one another.
    """
    parties, issues, _, draws = points.shape
    patterns = no_patterns() if patterns is None else patterns
    terms = len(patterns.start) - 1
    barred = np.zeros(terms, np.bool_)
    if excluded is not None:
        barred[:] = excluded
    quo = np.full(issues, -1, np.int64)
    if status_quo is not None:
        quo[:] = status_quo
    verdict, witness = np.zeros(draws, np.int8), np.full((draws, issues), -1, np.int16)
    if candidates is not None and len(candidates):
        listed = np.asarray(candidates, np.int64)
        everywhere = np.arange(draws)
        _first_agreed(
            (points, thresholds), listed, patterns, (add, broken), barred, quo, winning, verdict, witness, everywhere
        )  # fmt: skip
    open_draws = np.flatnonzero(verdict == 0)
    if not len(open_draws):
        return Existence(verdict, witness)
    given = _Given(
        np.asarray(points), np.asarray(thresholds), np.asarray(sizes, np.int64), patterns, add, broken, barred, quo,
        np.asarray(winning, np.uint64),
    )  # fmt: skip
    took = effort(sizes, parties) * len(open_draws)
    if float(np.prod(np.asarray(sizes, np.float64))) <= FEW:
        # So few packages that walking over them is faster than any bound.
        _walk(given, open_draws, ALL, verdict, witness)
        return Existence(verdict, witness, took)
    sets = min(len(winning), max(1, (MAX_EFFORT if most is None else most) // took))
    took *= sets
    if not witnesses and sets == len(winning):
        # In most draws of a larger table as well, where it does not matter which package is found.
        _walk(_ordered(given), open_draws, WALKED, verdict, witness)
        witness[open_draws] = -1
        open_draws = open_draws[verdict[open_draws] == -1]

    def part(rows: slice) -> None:
        # A few draws at a time: their tables are wide.
        step = max(1, 2**22 // max(1, parties * issues * points.shape[2]))
        for first in range(rows.start, rows.stop, step):
            some = open_draws[first : min(first + step, rows.stop)]
            knapsacks = _knapsacks(
                points, thresholds, sizes, patterns, (add, broken), barred, quo, winning, some
            )
            verdict[some], witness[some] = _decided(knapsacks, node_limit, sets)

    each(part, slices(len(open_draws), least=LEAST))
    return Existence(verdict, witness, took)


@njit(cache=True, nogil=True)
def _feasible(of: Any, usable: Any, node_limit: int, verdict: Any, packages: Any) -> None:
    """Whether each of N problems has a package with all gains >= 0, and one such, into ``packages`` int64[N, I].

    of: N problems; utilities, base, weight, add and excluded begin with an axis of theirs, floors are 0.
    usable: bool[N, I, L], changed. verdict: int8[N], 1 yes, 0 no, -1 not known after ``node_limit`` nodes.
    """
    rows = of.base.shape[1]
    scratch = np.zeros((2, LIMBS), np.int64)
    gain = np.zeros(rows, np.int64)
    spread = np.zeros(rows)
    slopes, constants, asked = np.zeros((1, rows)), np.zeros(1), np.zeros(1)
    # Not literals: Numba would compile what they are passed to twice.
    kind: Any = np.int64(SHORTFALL)
    k: Any = np.int64(1)
    mode: Any = np.int64(NEAR)
    first: Any = np.bool_(True)
    for n in range(len(usable)):
        problem = Problem(
            of.utilities[n], of.sizes, of.base[n], of.floor, of.active, of.weight[n], of.whole, of.start, of.issue,
            of.option, of.add[n], of.excluded[n], of.status_quo,
        )  # fmt: skip
        best = packages[n]
        best[0] = -1
        verdict[n] = -1
        # Most fall to a rough bound and a short search; the others are worth a better bound.
        for better in range(2):
            if not restrict(problem, usable[n], spread):
                verdict[n] = 0
                break
            constants[0], bound = relax(
                kind, k, problem, usable[n], spread, 0.0, 40 if better else 6, 1.0, first, best, gain,
                slopes[0], scratch,
            )  # fmt: skip
            done = bound < -1e-9
            if best[0] < 0 and not done:
                limit = node_limit if better else min(node_limit, 2000)
                done, _, _ = descend(
                    kind, k, problem, usable[n], slopes, constants, asked, 1.0, 0.0, -np.inf, mode, first,
                    limit, best, gain, scratch,
                )  # fmt: skip
            if best[0] >= 0:
                verdict[n] = 1
            elif done:
                verdict[n] = 0
            if verdict[n] >= 0:
                break


class _Given(NamedTuple):
    """What ``exists`` was asked."""

    points: NDArray[Any]
    thresholds: NDArray[Any]
    sizes: Int
    patterns: Patterns
    add: NDArray[Any] | None
    broken: NDArray[np.bool_] | None
    barred: NDArray[np.bool_]
    status_quo: Int
    winning: NDArray[np.uint64]


def _ordered(given: _Given) -> _Given:
    """With the issues that move most first."""
    sway = np.ptp(given.points.mean(axis=3), axis=2).sum(axis=0)
    order = np.argsort(-sway, kind="stable")
    place = np.argsort(order)
    start, issue, option = given.patterns
    # The pairs of a pattern in their new order.
    whose = np.repeat(np.arange(len(start) - 1), np.diff(start))
    pairs = np.lexsort((place[issue], whose))
    return given._replace(
        points=given.points[:, order], sizes=given.sizes[order], status_quo=given.status_quo[order],
        patterns=Patterns(start, place[issue][pairs].astype(np.int64), option[pairs]),
    )  # fmt: skip


def _walk(
    given: _Given, draws: Int, most: int, verdict: NDArray[np.int8], witness: NDArray[np.int16]
) -> None:
    """``listing.first_agreed`` of some draws."""
    parties, issues, options, count = given.points.shape
    patterns = given.patterns
    shape = (parties, len(patterns.start) - 1, count)
    last = patterns.start[1:] - 1
    key = patterns.issue[last] * options + patterns.option[last]
    ending = np.argsort(key, kind="stable")
    ends = np.searchsorted(key[ending], np.arange(issues * options + 1))
    ends = ends[np.arange(issues)[:, None] * options + np.arange(options + 1)]
    # In one layout, so that Numba compiles the walk once.
    points, thresholds, add, broken = (
        np.ascontiguousarray(x)
        for x in (
            given.points, given.thresholds, np.zeros(shape, np.int32) if given.add is None else given.add,
            np.zeros(shape, np.bool_) if given.broken is None else given.broken,
        )
    )  # fmt: skip

    def some(rows: slice) -> None:
        first_agreed(
            points, thresholds, given.sizes, *patterns, ends, ending, add, broken, given.barred,
            given.status_quo, given.winning, draws[rows], most, verdict, witness,
        )  # fmt: skip

    each(some, slices(len(draws), least=max(LEAST, WORTH // effort(given.sizes, parties))))


class _Knapsacks(NamedTuple):
    """Some draws in the layout of ``descent``; patterns on one option have become its points."""

    table: Int
    """int64[draws, I, L, P]"""
    extra: Int
    """int64[draws, T, P]"""
    floor: Int
    """int64[P, draws]"""
    usable: NDArray[np.bool_]
    """bool[I, L]"""
    lined: NDArray[np.bool_]
    """bool[draws, I, L, P] options that alone break a line."""
    sizes: Int
    terms: tuple[Int, Int, Int]
    excluded: NDArray[np.bool_]
    """bool[T]"""
    broken: NDArray[np.bool_]
    """bool[draws, T, P]"""
    status_quo: Int
    sets: list[Int]


def _knapsacks(  # noqa: PLR0913
    points: Any, thresholds: Any, sizes: Any, patterns: Patterns, lines: Any, barred: Any, status_quo: Int,
    winning: Any, draws: Int,
) -> _Knapsacks:  # fmt: skip
    parties, issues, options, _ = points.shape
    add, broken = lines
    length = np.diff(patterns.start)
    table = np.array(np.asarray(points)[..., draws].transpose(3, 1, 2, 0), np.int64, order="C")
    extra = np.zeros((len(draws), len(length), parties), np.int64)
    if len(length) and add is not None:
        extra[:] = np.asarray(add)[..., draws].transpose(2, 1, 0)
    crossed = np.zeros(extra.shape, np.bool_)
    if len(length) and broken is not None:
        crossed[:] = np.asarray(broken)[..., draws].transpose(2, 1, 0)
    usable = np.arange(options)[None, :] < np.asarray(sizes)[:, None]
    lined = np.zeros((len(draws), issues, options, parties), np.bool_)
    for t in np.flatnonzero(length == 1):
        i, o = patterns.issue[patterns.start[t]], patterns.option[patterns.start[t]]
        table[:, i, o] += extra[:, t]
        lined[:, i, o] |= crossed[:, t]
        usable[i, o] &= not barred[t]
    several = [list(range(patterns.start[t], patterns.start[t + 1])) for t in np.flatnonzero(length > 1)]
    flat = np.array([e for row in several for e in row], np.int64)
    start = np.cumsum([0] + [len(row) for row in several]).astype(np.int64)
    return _Knapsacks(
        table, extra[:, length > 1], np.asarray(thresholds, np.int64)[:, draws], usable, lined,
        np.array(sizes, np.int64),
        (start, np.array(patterns.issue[flat], np.int64), np.array(patterns.option[flat], np.int64)),
        barred[length > 1].copy(), crossed[:, length > 1], status_quo,
        [np.flatnonzero([int(mask) >> p & 1 for p in range(parties)]) for mask in winning],
    )  # fmt: skip


def _decided(draws: _Knapsacks, node_limit: int, sets: int) -> tuple[NDArray[np.int8], Int]:
    """Per draw 1 and a package that one of the first ``sets`` winning sets accepts, else 0, or -1 where a search ran out or
    sets are left."""
    count, issues = len(draws.table), len(draws.sizes)
    verdict = np.full(count, 0 if len(draws.sets) <= sets else -1, np.int8)
    package = np.full((count, issues), -1, np.int64)
    for rows in draws.sets[:sets]:
        left = np.flatnonzero(verdict < 1)
        able, found, chosen = _asked(draws, left, rows, node_limit)
        left = left[able]
        package[left[found == 1]] = chosen[found == 1]
        verdict[left[found != 0]] = found[found != 0]
    return verdict, package


def _asked(draws: _Knapsacks, which: Int, rows: Int, node_limit: int) -> tuple[Int, NDArray[np.int8], Int]:
    """Of the draws ``which`` the places of those where each member of the set ``rows`` could accept something, and what was found
    out there: 1 and a package that all of them accept, 0 or -1."""
    size = len(rows)
    table, extra = draws.table[which][..., rows], draws.extra[which][..., rows]
    floor = draws.floor[rows][:, which].T
    # All of the set have to accept, so that a line of one of them is a prohibition.
    usable = draws.usable & ~draws.lined[which][..., rows].any(axis=3)
    excluded = draws.excluded | draws.broken[which][..., rows].any(axis=2)
    able = np.all(usable.any(axis=2), axis=1)
    # Options that fail a faction whatever else is chosen would only spoil the scale of its points.
    best = np.where(usable[..., None], table, np.iinfo(np.int64).min).max(axis=2)
    spare = best.sum(axis=1) + np.maximum(extra, 0).sum(axis=1) - floor
    usable &= np.all(table - best[:, :, None] + spare[:, None, None] >= 0, axis=3)
    able = np.flatnonzero(able & np.all(usable.any(axis=2), axis=1))
    worst = np.where(usable[..., None], table, np.iinfo(np.int64).max).min(axis=2)
    spread = 1.0 + (best - worst)[able].sum(axis=1)
    problems = Problem(
        np.ascontiguousarray(table[able]), draws.sizes, np.ascontiguousarray(-floor[able]),
        np.zeros(size, np.int64), np.ones(size, np.bool_), 1.0 / spread, np.zeros(size, np.int64), *draws.terms,
        np.ascontiguousarray(extra[able]), excluded[able], draws.status_quo,
    )  # fmt: skip
    verdict, package = np.zeros(len(able), np.int8), np.zeros((len(able), len(draws.sizes)), np.int64)
    _feasible(problems, usable[able], node_limit, verdict, package)
    return able, verdict, package
