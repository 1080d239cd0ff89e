"""What else could be proposed at a table: packages that cannot be told apart from the best, and few that are acceptable often together.

The best package was chosen on the first draws. Beside it stand others which on the fresh draws are acceptable about as often: of
the draws in which just one of the two is agreed, McNemar's exact test (1947, doi:10.1007/BF02295996) asks whether a fair coin would
favour one of them so often. It takes draws for independent; those of a lattice scatter less, so that more is called alike than need be.

Which two or three are acceptable most often together is chosen on the first draws as well and counted on the fresh ones
(:mod:`detente.analyses.deal.portfolio`). Not even all packages together are acceptable in more draws than the zone is open in.

Looked at are all packages of a table, or where they are too many those of the frontier that are shown, all within two changes of the best, and
those that a search for packages agreed where the best is not comes to.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import prod

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.portfolio import best_cover, packed
from detente.analyses.deal.result import Alternative, Menu, Together
from detente.analyses.deal.room import Room
from detente.draws import REPLICATES
from detente.kernels.acceptance import agreed, most_acceptable
from detente.prospects.view import View, accepted, allowed
from detente.rng import replicate_error

__all__ = ["LEVEL", "apart", "menu"]

LEVEL = 0.05
"""Of the test of each pair."""
LISTED = 2048
"""Packages of a table up to which all are looked at."""
CHANGES = 2
SHOWN = 10
"""Packages told one by one."""
SIZES = (2, 3)
STARTS = 8
"""Packages from which the search for others begins: those that add most to the best."""
AT_ONCE = 2**23
"""Votes of factions, of packages in draws, held at one time."""

Shares = NDArray[np.bool_]


def menu(room: Room, best: NDArray[np.int16], known: NDArray[np.int16]) -> Menu:
    """What stands beside ``best`` [I]; ``known`` [N, I]: packages that were found on the way."""
    packages, every = _looked_at(room, best, known)
    first, fresh = _agreed(room.first, packages), _agreed(room.fresh, packages)
    if not every:
        more = _beside(room, packages, first)
        if more is not None:
            packages = np.concatenate([packages, more])
            first = np.concatenate([first, _agreed(room.first, more)])
            fresh = np.concatenate([fresh, _agreed(room.fresh, more)])
    lost, won = (fresh[0] & ~fresh).sum(axis=1), (~fresh[0] & fresh).sum(axis=1)
    alike = np.flatnonzero(~apart(lost, won) & first.any(axis=1))[1:]
    moved = (packages != packages[0]).sum(axis=1)
    alike = alike[np.lexsort((moved[alike], -first[alike].sum(axis=1)))]
    group = packages[np.concatenate([[0], alike])]
    return Menu(
        packages=len(packages),
        every=every,
        level=LEVEL,
        alike=len(alike),
        listed=tuple(
            Alternative(
                moves=room.moves(packages[n]),
                acceptance=float(fresh[n].mean()),
                lost=float(lost[n] / room.ready.draws),
                won=float(won[n] / room.ready.draws),
            )
            for n in alike[:SHOWN]
        ),
        shared={k: o for k, o in room.moves(best).items() if _options(room, group, k) == (o,)},
        differ={
            k: o
            for k in room.problem.package(best.tolist(), room.at.issues)
            if len(o := _options(room, group, k)) > 1
        },
        together=tuple(_together(room, packages, first, fresh)),
    )


def apart(lost: NDArray[np.int64], won: NDArray[np.int64]) -> Shares:
    """[N] whether pairs can be told apart, from the draws in which only the first, and only the second of each is agreed."""
    tosses, fewer = lost + won, np.minimum(lost, won)
    of = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, int(tosses.max(initial=0)) + 1)))])
    found = np.zeros(len(tosses), dtype=np.bool_)
    for n, k in set(zip(tosses.tolist(), fewer.tolist(), strict=True)):
        ways = np.exp(of[n] - of[: k + 1] - of[n - k : n + 1][::-1] - n * np.log(2)).sum()
        found[(tosses == n) & (fewer == k)] = 2 * ways < LEVEL and 2 * k < n
    return found


def _looked_at(
    room: Room, best: NDArray[np.int16], known: NDArray[np.int16]
) -> tuple[NDArray[np.int16], bool]:
    """Packages, the best one first, and whether they are all."""
    sizes = [int(n) for n in room.best.seat.sizes]
    every = prod(sizes) <= LISTED
    found = (
        np.array(np.unravel_index(np.arange(prod(sizes)), sizes), np.int16).T
        if every
        else np.concatenate([known, *_near(best, sizes)])
    )
    found = np.unique(found[allowed(room.first, found)], axis=0)
    return np.concatenate([best[None], found[(found != best).any(axis=1)]]), every


def _near(best: NDArray[np.int16], sizes: list[int]) -> Iterator[NDArray[np.int16]]:
    """Packages that differ from the best in at most ``CHANGES`` issues."""
    for count in range(1, min(CHANGES, len(sizes)) + 1):
        for issues in combinations(range(len(sizes)), count):
            options = np.array(np.meshgrid(*(np.arange(sizes[i]) for i in issues))).reshape(count, -1)
            near = np.repeat(best[None], options.shape[1], axis=0)
            near[:, issues] = options.T
            yield near


def _agreed(seen: View, packages: NDArray[np.int16]) -> Shares:
    """[N, S] in which draws each package is agreed."""
    parties, draws = len(seen.seat.points), seen.seat.points.shape[-1]
    step = max(1, AT_ONCE // (parties * draws))
    parts = [packages[n : n + step] for n in range(0, len(packages), step)]
    return np.concatenate([agreed(accepted(seen, part), seen.winning) for part in parts])


def _beside(room: Room, packages: NDArray[np.int16], first: Shares) -> NDArray[np.int16] | None:
    """The package [1, I] that is agreed in most of those first draws in which the best is not, as far as a search finds, if
    it is a new one."""
    rows = np.flatnonzero(~first[0])
    if not len(rows):
        return None
    added = np.argsort(-first[:, rows].sum(axis=1), kind="stable")[:STARTS]
    (points, thresholds), over = room.first.asked, room.first.over
    found = most_acceptable(
        np.ascontiguousarray(points[..., rows]),
        thresholds[:, rows],
        room.first.seat.sizes,
        winning=room.first.winning,
        starts=packages[added],
        node_limit=1,
        **{
            **over,
            "add": np.ascontiguousarray(over["add"][..., rows]),
            "broken": np.ascontiguousarray(over["broken"][..., rows]),
        },
    ).package
    if found is None or (packages == found).all(axis=1).any():
        return None
    return np.asarray(found, np.int16)[None]


def _together(room: Room, packages: NDArray[np.int16], first: Shares, fresh: Shares) -> Iterator[Together]:
    """Of each size the packages that are acceptable most often together, where one more adds to it."""
    start = room.best.seat.status_quo
    moved = (packages != (packages[0] if start is None else start)).sum(axis=1)
    order = np.lexsort((moved, -first.sum(axis=1)))
    bits = packed(first[order])
    bits, where = np.unique(
        bits, axis=0, return_index=True
    )  # of those agreed in the same draws the one that moves least
    rows = order[where]
    place = np.argsort(where)
    bits, rows = bits[place], rows[place]
    before = int(first[0].sum())
    for size in SIZES:
        found = best_cover(bits, size)
        if found.covers <= before or len(found.chosen) < size:
            return
        before = found.covers
        chosen = rows[list(found.chosen)]
        some = fresh[chosen].any(axis=0)
        yield Together(
            moves=tuple(room.moves(packages[n]) for n in chosen),
            acceptance=float(some.mean()),
            acceptance_error=replicate_error(some.astype(np.float64), REPLICATES),
            value=found.covers / room.ready.draws,
            bound=found.bound / room.ready.draws,
        )


def _options(room: Room, packages: NDArray[np.int16], issue: str) -> tuple[str, ...]:
    """The options of an issue that packages [N, I] have, those of the first packages first."""
    i = room.problem.issues.index(issue)
    column = packages[:, room.at.issues.index(i)].tolist()
    return tuple(room.problem.options[i][o] for o in dict.fromkeys(column))
