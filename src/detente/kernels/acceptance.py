"""In how many draws is a package agreed: for listed packages, for all of them, and the package with the most.

Utilities are integers per draw, ``points[P, I, L, S]`` with the draws innermost; faction p accepts package x in
draw s iff the sum of its points, with those of the patterns that x matches, is at least ``thresholds[p, s]`` and x
matches no pattern that is a line of p there, ``broken[p, t, s]``. A package is agreed in a draw iff the factions that accept it include a winning set (bit masks).

Two kernels:

``accepts``           a listed package at a time, summed on the fly; nothing of size draw x package x issue.
``most_acceptable``   branch and bound, where a partial package can be agreed at most in the draws in which every
                      faction of a winning set could still be satisfied. The partial sums of a tile of 256 draws are
                      compared with what each option of the next issue asks; at worst packages x draws x factions
                      comparisons, (1 + 1/(L - 1)) times. Where that may be too many a local search from many starts
                      comes first, and the factions have to be satisfied jointly as well (a Lagrangian row).

References
----------
Kleywegt, Shapiro and Homem-de-Mello (2002), The sample average approximation method for stochastic discrete
optimization, doi:10.1137/S1052623499363220 (the maximum over a sample is biased upwards; judge the package
anew on fresh draws).
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels.patterns import Patterns, no_patterns
from detente.kernels.threads import each, slices

__all__ = ["LARGEST", "MostAcceptable", "accepts", "agreed", "most_acceptable"]

LARGEST = 2**28
"""Q: the points of a faction's options, and those of its patterns, each add up to less, whatever their signs (checked
where arrays come in). A sum without lines then lies strictly between -2Q and 2Q, so that a threshold beyond decides the
same as one there; a line that is broken counts -4Q in place of its pattern's points, which nothing makes up for."""

_LEAST = -3 * LARGEST
"""Sums stop falling here: with all that can still be added they stay below -2Q."""


@njit(cache=True, nogil=True)
def _accepts(
    points: Any, thresholds: Any, packages: Any, start: Any, issue: Any, option: Any, add: Any, out: Any
) -> None:
    parties, issues, _, draws = points.shape
    total = np.zeros(draws, np.int32)
    for n in range(len(packages)):
        for p in range(parties):
            for s in range(draws):
                total[s] = 0
            for i in range(issues):
                o = packages[n, i]
                for s in range(draws):
                    total[s] += points[p, i, o, s]
            for t in range(len(start) - 1):
                matched = True
                for e in range(start[t], start[t + 1]):
                    matched = matched and packages[n, issue[e]] == option[e]
                if matched:
                    for s in range(draws):
                        total[s] = max(total[s] + add[p, t, s], _LEAST)
            for s in range(draws):
                out[n, p, s] = total[s] >= thresholds[p, s]


@njit(cache=True, nogil=True)
def _agreed(accept: Any, winning: Any, out: Any) -> None:
    count, parties, draws = accept.shape
    mask = np.zeros(draws, np.uint64)
    for n in range(count):
        for s in range(draws):
            mask[s] = np.uint64(0)
        for p in range(parties):
            bit = np.uint64(1) << np.uint64(p)
            for s in range(draws):
                mask[s] |= bit * np.uint64(accept[n, p, s])
        for m in range(len(winning)):
            need = winning[m]
            for s in range(draws):
                out[n, s] |= (mask[s] & need) == need


TILE = 256
"""Draws whose partial sums are kept in cache together."""

PAIRS = 60
"""The local search changes two issues at a time where there are at most so many single changes."""


@njit(cache=True, nogil=True)
def _count(
    now: Any, limit: Any, tile: int, first: Any, last: Any, sets: Any, reached: Any, found: Any
) -> None:
    """For options ``first`` to ``last``: the draws of a tile in which the rows of ``now[tile]`` that reach
    ``limit[tile, row, option]`` include one of ``sets`` bool[M, rows], into ``found``. reached: uint8[rows + 2, TILE], changed.

    Full indices rather than slices, and a narrow accumulator: this is the loop that has to keep all lanes busy.
    """
    rows = now.shape[1]
    for o in range(first, last):
        for p in range(rows):
            for s in range(TILE):
                reached[p, s] = now[tile, p, s] >= limit[tile, p, o, s]
        for s in range(TILE):
            reached[rows, s] = 0
        for m in range(len(sets)):
            for s in range(TILE):
                reached[rows + 1, s] = 1
            for p in range(rows):
                if sets[m, p]:
                    for s in range(TILE):
                        reached[rows + 1, s] &= reached[p, s]
            for s in range(TILE):
                reached[rows, s] |= reached[rows + 1, s]
        few = np.int32(0)
        for s in range(TILE):
            few = np.int32(few + reached[rows, s])
        found[o] = few


class _Terms(NamedTuple):
    """Patterns with their points per draw, in kernel layout."""

    start: NDArray[np.int64]
    issue: NDArray[np.int64]
    option: NDArray[np.int64]
    add: NDArray[np.int32]
    excluded: NDArray[np.bool_]


def _inputs(
    points: Any, thresholds: Any, patterns: Patterns | None, add: Any, broken: Any, excluded: Any
) -> tuple[NDArray[np.int32], NDArray[np.int32], _Terms]:
    """Points and thresholds in int32, and the patterns with lines as points (see ``LARGEST``).

    Raises
    ------
    ValueError
        The points of options or of patterns can add up to 2^28 or more.
    """
    patterns = no_patterns() if patterns is None else patterns
    count, parties, draws = len(patterns.start) - 1, points.shape[0], points.shape[3]
    extra = np.zeros((parties, count, draws), np.int32)
    if count and add is not None:
        _check(np.asarray(add)[:, :, None], "pattern points")
        extra = np.ascontiguousarray(add, np.int32)
    _check(points, "points")
    if count and broken is not None and np.any(broken):
        extra = np.where(broken, np.int32(-4 * LARGEST), extra)
    barred = np.zeros(count, np.bool_)
    if count and excluded is not None:
        barred[:] = excluded
    terms = _Terms(
        np.array(patterns.start, np.int64), np.array(patterns.issue, np.int64),
        np.array(patterns.option, np.int64), extra, barred,
    )  # fmt: skip
    floor = np.clip(np.asarray(thresholds, np.int64), -2 * LARGEST, 2 * LARGEST)
    return np.ascontiguousarray(points, np.int32), np.ascontiguousarray(floor, np.int32), terms


def _check(points: Any, what: str) -> None:
    """``points`` [P, n, L, S], of which one of each L is added up."""
    if not points.size or max(int(points.max()), -int(points.min())) * points.shape[1] < LARGEST:
        return
    sizes = np.abs(points.astype(np.int64)).max(axis=2)
    if int(sizes.sum(axis=1).max()) >= LARGEST:
        raise ValueError(f"{what} are too large: a faction's sum must stay below {LARGEST:,} grid steps")


def accepts(
    points: NDArray[Any],
    thresholds: NDArray[Any],
    packages: NDArray[Any],
    *,
    patterns: Patterns | None = None,
    add: NDArray[Any] | None = None,
    broken: NDArray[np.bool_] | None = None,
) -> NDArray[np.uint8]:
    """Who accepts which of ``packages`` (integer [N, I]) in which draw: uint8[N, P, S], 0 or 1.

    points: int16 or int32 [P, I, L, S]; thresholds: integer [P, S]; add: integer [P, T, S]; broken: bool[P, T, S].
    Prohibitions and the status quo are the caller's: only listed packages are judged.
    """
    parties, _, _, draws = points.shape
    points, thresholds, terms = _inputs(points, thresholds, patterns, add, broken, None)
    packages = np.array(packages, np.int64, order="C").reshape(-1, points.shape[1])
    out = np.zeros((len(packages), parties, draws), np.uint8)

    def part(rows: slice) -> None:
        _accepts(
            points, thresholds, packages[rows], terms.start, terms.issue, terms.option, terms.add, out[rows]
        )  # fmt: skip

    each(part, slices(len(packages), least=16))
    return out


def agreed(accept: NDArray[np.uint8] | NDArray[np.bool_], winning: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether a package is agreed in a draw, from who accepts it (uint8[N, P, S]): bool[N, S]."""
    out = np.zeros((accept.shape[0], accept.shape[2]), np.bool_)
    _agreed(np.array(accept, np.uint8, order="C"), np.array(winning, np.uint64), out)
    return out


class _Tree(NamedTuple):
    """Issues in the order of a search, draws in tiles, every option's points >= 0."""

    order: NDArray[np.int64]
    """int64[I]: the issue at each depth."""
    sizes: NDArray[np.int64]
    points: NDArray[Any]
    """[tiles, I, L, rows, TILE]"""
    floor: NDArray[Any]
    """[tiles, rows, TILE] what a row's sum has to reach; out of reach where a tile is filled up."""
    hope: NDArray[Any]
    """[tiles, I, rows, TILE] the most that the issues from this depth on can add, patterns included."""
    add: NDArray[Any]
    """[tiles, T, rows, TILE]"""
    terms: _Terms
    sets: NDArray[np.bool_]
    """bool[M, rows]"""
    least: int
    """A sum that falls to this can never reach its floor."""
    draws: int
    choices: NDArray[np.int64]
    """int64[I, S]: per draw, the options that the joint row likes best (zeros without one)."""


def _tree(
    points: Any, thresholds: Any, sizes: Any, winning: Any, terms: _Terms, *,
    order: Any, joint: int,
) -> _Tree:  # fmt: skip
    """``joint``: Lagrangian rows, one for each of at most so many winning sets.

    A joint row is a mean of its set's rows, weighted in each draw so as to say no as early as possible. Its
    points are rounded up and its floor down, so whoever satisfies all rows of the set satisfies it too.
    """
    masks = [int(m) for m in winning]
    nobody = 0 in masks
    rows = [] if nobody else [p for p in range(len(points)) if any(m >> p & 1 for m in masks)]
    draws = points.shape[3]
    table = points[rows]
    inside = np.arange(table.shape[2])[None, :] < sizes[:, None]
    low = np.where(inside[None, :, :, None], table, np.int32(2**30)).min(axis=2)
    table = np.where(inside[None, :, :, None], table - low[:, :, None], np.int32(0))
    floor = thresholds[rows].astype(np.int64) - low.sum(axis=1)
    extra = terms.add[rows].astype(np.int64)
    most = int((table.max(axis=2).sum(axis=1) + np.maximum(extra, 0).sum(axis=1)).max(initial=0))
    margin = len(sizes) + extra.shape[1] + 1
    # Sums without lines lie between ``fall`` and ``most``.
    fall = np.where(extra > -LARGEST, np.minimum(extra, 0), 0).sum(axis=1)
    floor = np.clip(floor, fall, most + 1)
    least = int(floor.min(initial=0)) - most - 2 * margin
    extra = np.maximum(extra, least - most)
    sets = np.array([[m >> p & 1 for p in rows] for m in masks], np.bool_).reshape(len(masks), len(rows))
    choices = np.zeros((len(sizes), draws), np.int64)
    if 0 < len(masks) <= joint and rows:
        means = [_joint(table[some], floor[some], extra[some], inside) for some in sets]
        choices = means[0][3]
        table = np.concatenate([table, np.array([mean[0] for mean in means])]).astype(np.int32)
        floor = np.concatenate([floor, np.array([mean[1] for mean in means])])
        extra = np.concatenate([extra, np.array([mean[2] for mean in means])])
        sets = np.concatenate([sets, np.eye(len(masks), dtype=np.bool_)], axis=1)
    if nobody:
        # A row that everybody's silence satisfies, but for what fills up a tile.
        sets = np.ones((1, 1), np.bool_)
        table = np.zeros((1, *table.shape[1:]), np.int32)
        extra, floor = np.zeros((1, *extra.shape[1:]), np.int64), np.full((1, draws), least + margin)
    table = table[:, order]
    place = np.argsort(order)
    terms = terms._replace(issue=place[terms.issue].astype(np.int64))

    best = table.copy()
    for t in range(len(terms.start) - 1):
        at = max(range(terms.start[t], terms.start[t + 1]), key=lambda e: terms.issue[e])
        best[:, terms.issue[at], terms.option[at]] += np.maximum(extra[:, t], 0).astype(np.int32)
    hope = best.max(axis=2)[:, ::-1].cumsum(axis=1)[:, ::-1]

    tiles = -(-draws // TILE)

    def tiled(array: Any, fill: int, axes: tuple[int, ...]) -> Any:
        padded = np.full((*array.shape[:-1], tiles * TILE), fill, np.int32)
        padded[..., :draws] = array
        return np.array(padded.reshape(*array.shape[:-1], tiles, TILE).transpose(axes), np.int32, order="C")

    return _Tree(
        np.asarray(order, np.int64), np.array(sizes[order], np.int64), tiled(table, 0, (3, 1, 2, 0, 4)),
        tiled(floor, most + margin, (1, 0, 2)), tiled(hope, 0, (2, 1, 0, 3)), tiled(extra, 0, (2, 1, 0, 3)),
        terms, sets, least, draws, choices,
    )  # fmt: skip


def _joint(table: Any, floor: Any, extra: Any, inside: Any) -> tuple[Any, Any, Any, Any]:
    """Points [I, L, S], floor [S], pattern points [T, S] of one mean row, and its choices [I, S].

    Weights per draw by multiplicative updates against the most hopeful package; the best bound is kept.
    """
    count, draws = table.shape[0], table.shape[3]
    reach = 1.0 + table.max(axis=2).sum(axis=1) + np.maximum(extra, 0).sum(axis=1)
    log = np.zeros((count, draws))
    bound, kept = np.full(draws, np.inf), np.zeros((count, draws))
    bonus = np.maximum(extra, -reach[:, None])
    for turn in range(24):
        share = np.exp(log - log.max(axis=0)) / reach
        share /= share.sum(axis=0)
        mean = np.where(inside[:, :, None], np.einsum("ps,pils->ils", share, table), -np.inf)
        points = np.einsum("ps,pts->ts", share, bonus)
        height = (
            mean.max(axis=1).sum(axis=0) + np.maximum(points, 0).sum(axis=0) - (share * floor).sum(axis=0)
        )
        height /= (share * reach).sum(axis=0)
        better = height < bound
        bound[better], kept[:, better] = height[better], share[:, better]
        choice = mean.argmax(axis=1)
        gain = np.take_along_axis(table, choice[None, :, None, :], axis=2)[:, :, 0].sum(axis=1)
        gain = gain + np.where(points > 0, bonus, 0).sum(axis=1) - floor
        log -= 8.0 / (1.0 + 0.25 * turn) * gain / reach
    mean = np.einsum("ps,pils->ils", kept, table)
    choice = np.where(inside[:, :, None], mean, -np.inf).argmax(axis=1)
    return (
        np.ceil(mean - 1e-9).astype(np.int64), np.floor((kept * floor).sum(axis=0) + 1e-9).astype(np.int64),
        np.ceil(np.einsum("ps,pts->ts", kept, extra) - 1e-9).astype(np.int64), choice,
    )  # fmt: skip


class MostAcceptable(NamedTuple):
    """The package agreed in the most draws, as far as found."""

    package: NDArray[np.int64] | None
    """int64[I]; None when every package is prohibited."""
    count: int  # type: ignore[assignment]
    """The draws in which it is agreed."""
    upper_bound: int
    """No package is agreed in more draws of this sample. About other samples it says nothing."""
    proven: bool
    """``count == upper_bound``."""


@njit(cache=True, nogil=True)
def _shift(tree: Any, sums: Any, depth: int, old: int, new: int, out: Any) -> None:
    """Write ``sums`` [tiles, rows, TILE] after a change of one issue's option (``old`` -1: none yet)."""
    for tile in range(len(sums)):
        for p in range(sums.shape[1]):
            if old < 0:
                for s in range(TILE):
                    out[tile, p, s] = sums[tile, p, s] + tree.points[tile, depth, new, p, s]
            else:
                for s in range(TILE):
                    gain = tree.points[tile, depth, new, p, s] - tree.points[tile, depth, old, p, s]
                    out[tile, p, s] = sums[tile, p, s] + gain


@njit(cache=True, nogil=True)
def _match(tree: Any, package: Any, depth: int, closing: int, tile: int, now: Any) -> None:
    """Add the patterns that ``package[:depth]`` matches; with ``closing`` >= 0 only those that end there."""
    for t in range(len(tree.start) - 1):
        matched, final = True, -1
        for e in range(tree.start[t], tree.start[t + 1]):
            final = max(final, tree.issue[e])
            matched = matched and tree.issue[e] < depth and package[tree.issue[e]] == tree.option[e]
        if matched and (closing < 0 or final == closing):
            for p in range(now.shape[0]):
                for s in range(TILE):
                    now[p, s] = max(now[p, s] + tree.add[tile, t, p, s], tree.least)


@njit(cache=True, nogil=True)
def _barred(tree: Any, package: Any, depth: int) -> bool:
    """Whether ``package[:depth]`` matches a prohibition, or is the status quo in full."""
    for t in range(len(tree.start) - 1):
        if tree.excluded[t]:
            matched = True
            for e in range(tree.start[t], tree.start[t + 1]):
                matched = matched and tree.issue[e] < depth and package[tree.issue[e]] == tree.option[e]
            if matched:
                return True
    same = depth == len(package)
    for d in range(len(package)):
        same = same and package[d] == tree.status_quo[d]
    return same


@njit(cache=True, nogil=True)
def _judge(tree: Any, package: Any, sums: Any, now: Any, work: Any, found: Any) -> tuple[int, int]:
    """(draws agreed, acceptances of single rows): a landscape that still slopes where nothing is agreed.

    ``sums`` are the package's without patterns; ``now`` receives them with patterns.
    """
    if _barred(tree, package, len(package)):
        return -1, -1
    hits, single = 0, 0
    depth = len(package)
    for tile in range(len(sums)):
        for p in range(sums.shape[1]):
            for s in range(TILE):
                now[tile, p, s] = sums[tile, p, s]
        _match(tree, package, depth, -1, tile, now[tile])
        _count(now, tree.needs[depth], tile, np.int64(0), np.int64(1), tree.sets, work, found)
        hits += found[0]
        for p in range(sums.shape[1]):
            few = np.int32(0)
            for s in range(TILE):
                few = np.int32(few + (now[tile, p, s] >= tree.needs[depth, tile, p, 0, s]))
            single += int(few)
    return hits, single


@njit(cache=True, nogil=True)
def _ascend(tree: Any, package: Any, pairs: bool) -> tuple[int, int]:
    """Change one issue at a time while it helps, or (``pairs``) also two; first improvement, fixed order."""
    tiles, issues, _, rows, _ = tree.points.shape
    sums = np.zeros((tiles, rows, TILE), tree.points.dtype)
    half, trial, now = np.zeros_like(sums), np.zeros_like(sums), np.zeros_like(sums)
    found = np.zeros(1, np.int64)
    work = np.zeros((rows + 2, TILE), np.uint8)
    for i in range(issues):
        _shift(tree, sums, i, -1, package[i], sums)
    best = _judge(tree, package, sums, now, work, found)
    moved = True
    while moved:
        moved = False
        for i in range(issues):
            for o in range(tree.sizes[i]):
                first = package[i]
                if o == first:
                    continue
                _shift(tree, sums, i, first, o, half)
                # The second issue is i itself for a move on its own; pairs only where no single move helped.
                for j in range(i, issues if pairs and not moved else i + 1):
                    for q in range(tree.sizes[j] if j > i else 1):
                        second = package[j]
                        if j > i and q == second:
                            continue
                        package[i] = o
                        if j > i:
                            package[j] = q
                            _shift(tree, half, j, second, q, trial)
                        score = _judge(tree, package, trial if j > i else half, now, work, found)
                        if score > best:
                            best, moved = score, True
                            for tile in range(tiles):
                                for p in range(rows):
                                    for s in range(TILE):
                                        sums[tile, p, s] = trial[tile, p, s] if j > i else half[tile, p, s]
                            break
                        package[j] = second
                        package[i] = first
                    if package[i] == o:
                        break
    return best


@njit(cache=True, nogil=True)
def _ended(tree: Any, package: Any, depth: Any, ended: Any) -> int:
    """Write into ``ended`` the patterns that ``package[: depth + 1]`` matches and whose last issue is at ``depth``; how many."""
    count = 0
    for t in range(len(tree.start) - 1):
        if tree.closing[t] == depth:
            matched = True
            for e in range(tree.start[t], tree.start[t + 1]):
                matched = matched and package[tree.issue[e]] == tree.option[e]
            if matched:
                ended[count] = t
                count += 1
    return count


@njit(cache=True, nogil=True)
def _add(tree: Any, sums: Any, depth: Any, tile: int, o: int, ended: Any, count: int, out: Any) -> None:
    """Write the sums of a tile with option ``o`` at ``depth`` and the first ``count`` patterns of ``ended``."""
    for p in range(out.shape[0]):
        for s in range(TILE):
            out[p, s] = sums[p, s] + tree.points[tile, depth, o, p, s]
        for n in range(count):
            for s in range(TILE):
                out[p, s] = max(out[p, s] + tree.add[tile, ended[n], p, s], tree.least)


@njit(cache=True, nogil=True)
def _earlier(tree: Any, package: Any, depth: Any, best: Any) -> bool:
    """Whether a package that begins with ``package[: depth + 1]`` can come before ``best`` in the order of the issues."""
    for d in tree.depths:
        least = package[d] if d <= depth else 0
        if least != best[d]:
            return bool(least < best[d])
    return False


@njit(cache=True, nogil=True)
def _options(
    tree: Any, package: Any, depth: Any, now: Any, ended: Any, work: Any, found: Any, hits: Any
) -> int:
    """Into ``hits``: the draws in which ``package[:depth]`` with each option of the next issue can still be agreed, -1 where it
    is prohibited; how many are not. ``now[depth]`` are the sums; ``now[depth + 1]`` is changed."""
    size, possible, nothing, one = tree.sizes[depth], 0, np.int64(0), np.int64(1)
    for o in range(size):
        hits[o] = 0
    for tile in range(len(tree.points)):
        _count(now[depth], tree.limits[depth], tile, nothing, size, tree.sets, work, found)
        for o in range(size):
            hits[o] += found[o]
    for o in range(size):
        package[depth] = o
        if _barred(tree, package, depth + 1):
            hits[o] = -1
            continue
        possible += 1
        few = _ended(tree, package, depth, ended)
        if few:
            hits[o] = 0
            for tile in range(len(tree.points)):
                _add(tree, now[depth, tile], depth, tile, o, ended, few, now[depth + 1, tile])
                _count(now[depth + 1], tree.needs[depth + 1], tile, nothing, one, tree.sets, work, found)
                hits[o] += found[0]
    return possible


@njit(cache=True, nogil=True)
def _prove(tree: Any, best: Any, count: int, node_limit: int, settle: bool) -> tuple[int, int]:
    """Branch and bound on the count from an incumbent: (count, upper bound); ``best`` is changed.

    A partial package counts the draws in which every row of a winning set reaches its need, what it lacks at
    most if the issues still open go its way. With ``settle`` the answer is the first of the packages of its count.
    """
    tiles, issues, width, rows, _ = tree.points.shape
    now = np.zeros((issues + 1, tiles, rows, TILE), tree.points.dtype)
    work = np.zeros((rows + 2, TILE), np.uint8)
    package = np.zeros(issues, np.int64)
    found, hits = np.zeros(width, np.int64), np.zeros(width, np.int64)
    ended = np.zeros(len(tree.start), np.int64)
    bound = np.zeros((issues, width), np.int64)
    option = np.zeros((issues, width), np.int64)
    waiting, at = np.zeros(issues, np.int64), np.zeros(issues, np.int64)
    # Not literals: Numba would compile what they are passed to twice.
    nodes, depth, fresh = np.int64(0), np.int64(0), True
    while depth >= 0:
        if fresh:
            waiting[depth], at[depth] = 0, 0
            nodes += _options(tree, package, depth, now, ended, work, found, hits)
            for o in range(tree.sizes[depth]):
                package[depth] = o
                ties = settle and 0 < hits[o] == count and _earlier(tree, package, depth, best)
                if hits[o] <= count and not ties:
                    continue
                if depth == issues - 1:
                    count = hits[o]
                    for d in range(issues):
                        best[d] = package[d]
                    continue
                place = waiting[depth]
                while place > 0 and bound[depth, place - 1] < hits[o]:
                    bound[depth, place] = bound[depth, place - 1]
                    option[depth, place] = option[depth, place - 1]
                    place -= 1
                bound[depth, place], option[depth, place] = hits[o], o
                waiting[depth] += 1
            fresh = False
            if nodes > node_limit:
                upper = count
                for d in range(depth + 1):
                    for n in range(at[d], waiting[d]):
                        upper = max(upper, bound[d, n])
                return count, upper
        if at[depth] >= waiting[depth] or bound[depth, at[depth]] < count + (not settle):
            depth -= 1
            continue
        o, high = option[depth, at[depth]], bound[depth, at[depth]]
        at[depth] += 1
        package[depth] = o
        if high == count and not _earlier(tree, package, depth, best):
            continue
        few = _ended(tree, package, depth, ended)
        for tile in range(tiles):
            _add(tree, now[depth, tile], depth, tile, o, ended, few, now[depth + 1, tile])
        depth += 1
        fresh = True
    return count, count


class _Search(NamedTuple):
    """What the compiled search reads."""

    sizes: NDArray[np.int64]
    points: NDArray[Any]
    needs: NDArray[Any]
    """[I + 1, tiles, rows, 1, TILE]: what a sum of d issues has to reach."""
    limits: NDArray[Any]
    """[I, tiles, rows, L, TILE]: what a sum of d issues has to reach for the option that comes next."""
    add: NDArray[Any]
    start: NDArray[np.int64]
    issue: NDArray[np.int64]
    option: NDArray[np.int64]
    closing: NDArray[np.int64]
    """int64[T]: the depth at which each pattern is decided."""
    excluded: NDArray[np.bool_]
    sets: NDArray[np.bool_]
    least: int
    depths: NDArray[np.int64]
    """int64[I]: where each issue stands."""
    status_quo: NDArray[np.int64]


def _search(
    points: Any, thresholds: Any, sizes: Any, winning: Any, terms: _Terms, status_quo: Any, *,
    order: Any, joint: int = 0,
) -> tuple[_Search, NDArray[np.int64]]:  # fmt: skip
    """What is searched, and the choices of its joint rows, issues by depth as well."""
    tree = _tree(points, thresholds, sizes, winning, terms, order=order, joint=joint)
    needs = np.repeat(tree.floor[None], len(sizes) + 1, axis=0)
    needs[:-1] -= tree.hope.transpose(1, 0, 2, 3)
    limits = needs[1:, :, :, None] - tree.points.transpose(1, 0, 3, 2, 4)
    start, issue, option, _, excluded = tree.terms
    closing = [issue[a:b].max() for a, b in pairwise(start)]
    return _Search(
        tree.sizes, tree.points, np.array(needs[:, :, :, None], tree.points.dtype, order="C"),
        np.array(limits, tree.points.dtype, order="C"), tree.add, start, issue, option,
        np.array(closing, np.int64), excluded, tree.sets, tree.least,
        np.argsort(order), status_quo[order],
    ), tree.choices[order]  # fmt: skip


def most_acceptable(  # noqa: PLR0913
    points: NDArray[Any],
    thresholds: NDArray[Any],
    sizes: NDArray[np.int64],
    *,
    winning: NDArray[np.uint64],
    patterns: Patterns | None = None,
    add: NDArray[Any] | None = None,
    broken: NDArray[np.bool_] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    status_quo: NDArray[np.int64] | None = None,
    starts: NDArray[Any] | None = None,
    node_limit: int = 100_000,
    every: int = 2**33,
) -> MostAcceptable:
    """The package that is agreed in the most draws.

    starts: integer [N, I] packages to climb from, besides each 24th of the draws' own favourite.
    node_limit: partial packages examined by the branch and bound.
    every: with at most so many package x draw x faction comparisons the branch and bound is carried through all packages;
    then ties go to the package that comes first. Otherwise the search is deterministic but ties fall where they fall.
    """
    sizes = np.array(sizes, np.int64)
    parties, issues, _, draws = points.shape
    quo = np.full(issues, -1, np.int64) if status_quo is None else np.array(status_quo, np.int64)
    packages = 1
    for size in sizes:
        packages *= int(size)
    points, thresholds, terms = _inputs(points, thresholds, patterns, add, broken, excluded)
    sway = np.ptp(points.mean(axis=3), axis=2).sum(axis=0)
    order = sorted(range(issues), key=lambda i: (-sway[i], i))
    given: tuple[Any, ...] = (points, thresholds, sizes, winning, terms, quo)
    answer = np.zeros(issues, np.int64)
    if packages * draws * parties <= every and packages <= 2**22:
        package = np.zeros(issues, np.int64)
        search, _ = _search(*given, order=order)
        count, _ = _prove(search, package, 0, issues * packages, True)
        if count:
            answer[order] = package
            return MostAcceptable(answer, int(count), int(count), True)
    search, choices = _search(*given, order=order, joint=8)
    begin = [choices[:, draws * n // 24] for n in range(24 if draws else 0)]
    if starts is not None:
        begin += [np.asarray(x, np.int64)[order] for x in starts]
    unique = np.unique(np.array(begin, np.int64).reshape(-1, issues), axis=0)

    def climb(package: Any) -> tuple[tuple[int, int], Any]:
        package = package.copy()
        return _ascend(search, package, False), package

    climbed = each(climb, list(unique))
    score, package = max(climbed, key=lambda found: found[0])
    package = package.copy()
    if int((sizes - 1).sum()) <= PAIRS:
        score = _ascend(search, package, True)
    count, upper = _prove(search, package, max(0, int(score[0])), node_limit, False)
    if score[0] < 0 and count == 0:
        return MostAcceptable(None, 0, int(upper), bool(upper == 0))
    answer[order] = package
    return MostAcceptable(answer, int(count), int(upper), bool(count == upper))
