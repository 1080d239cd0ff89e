"""Over the draws: is the zone open, and who stands between the parties and a deal?"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.result import Blocker, Zone
from detente.analyses.deal.room import Room
from detente.draws import REPLICATES
from detente.kernels.existence import effort
from detente.prospects.chances import Opened
from detente.prospects.view import View, existence
from detente.rng import replicate_error

__all__ = ["Blockers", "blockers", "error_of_share", "zone"]

SOME_DRAWS = 256
MAX_BLOCKERS = 4
"""Largest set of blockers looked for."""
MAX_EFFORT = 6_000_000
"""What looking for blockers may take, as :func:`detente.kernels.existence.effort` counts it: some two seconds of one core."""


def zone(room: Room, candidates: NDArray[np.int16]) -> tuple[float | Zone, float, Opened]:
    """Share of draws in which some package is agreed, its error, and in which.

    A range where a capped search left some draws undecided.
    """
    verdict = existence(room.fresh, candidates)
    opened: dict[tuple[str, str] | None, NDArray[np.bool_]] = {None: verdict == 1}
    opened |= {key: existence(seen, candidates) == 1 for key, seen in room.rivals.items()}
    yes = float((verdict == 1).mean())
    undecided = float((verdict == -1).mean())
    error = replicate_error((verdict == 1).astype(np.float64), REPLICATES)
    if undecided:
        return Zone(lower=yes, upper=yes + undecided, undecided=undecided), error, opened
    return yes, error, opened


class Blockers(NamedTuple):
    """Who stands in the way, and how far that was looked for."""

    sets: tuple[Blocker, ...]
    draws: int
    """In how many draws they were looked for."""
    closed: float
    """The share of these in which the zone is closed."""
    size: int
    """Sets of up to so many factions were looked for."""


def blockers(room: Room, candidates: NDArray[np.int16]) -> Blockers:
    """Minimal sets of factions whose consent, if given, would open the zone.

    Looked for by size, up to ``MAX_BLOCKERS`` factions a set or as many as ``MAX_EFFORT`` allows, in every
    ``draws / SOME_DRAWS``-th draw, in fewer where pairs would take too much. A draw with an open zone has none; a set that a
    capped search leaves undecided is not counted.
    """
    rows = _strided(room)
    sampled = _slice(room.fresh, rows)
    shares, closed, size = _minimal_sets(room, sampled, candidates, min(MAX_BLOCKERS, len(room.relevant)))
    best, _, size = _minimal_sets(room, room.best, candidates, size)
    at_best = {b for b, hit in best.items() if hit[0]}
    never = np.zeros(len(rows), dtype=np.bool_)
    found = []
    for b in sorted(b for b in {*shares, *at_best} if len(b) <= size):
        hit = shares.get(b, never)
        if not hit.any() and b not in at_best:
            continue
        found.append(
            Blocker(
                factions=tuple(room.names[f] for f in b),
                at_best_estimates=b in at_best,
                share=float(hit.mean()),
                share_error=replicate_error(hit.astype(np.float64), REPLICATES),
                closed_error=error_of_share(hit, closed),
            )
        )
    found.sort(key=lambda b: (-b.at_best_estimates, -b.share, len(b.factions)))
    return Blockers(tuple(found), len(rows), float(closed.mean()), size)


def error_of_share(hit: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    """Error of the share that draws which ``hit`` have of those ``of`` which they are part, both counted on the same draws.

    To the first order that of their mean residual (Cochran 1977, Sampling Techniques, 6.3).
    """
    if not of.any():
        return 0.0
    residual = hit - hit.mean() / of.mean() * of
    return replicate_error(residual, REPLICATES) / float(of.mean())


def _strided(room: Room) -> NDArray[np.intp]:
    """Every so-manieth draw, the same number from each replicate, for what is too dear for all of them."""
    pairs = comb(len(room.relevant) + 1, 2) * _effort(room, len(room.at.winning))
    draws = SOME_DRAWS
    while draws > 2 * REPLICATES and draws * pairs > MAX_EFFORT:
        draws //= 2
    return np.arange(0, room.ready.draws, max(1, room.ready.draws // draws))


def _effort(room: Room, sets: int) -> int:
    """What looking into one draw takes."""
    return effort(room.best.seat.sizes, len(room.names), sets)


def _slice(seen: View, rows: NDArray[np.intp]) -> View:
    s = seen.seat
    return seen._replace(
        seat=s._replace(
            points=np.ascontiguousarray(s.points[..., rows]),
            base=s.base[:, rows],
            no_deal=s.no_deal[:, rows],
            add=np.ascontiguousarray(s.add[..., rows]),
            broken=np.ascontiguousarray(s.broken[..., rows]),
        )
    )


def _minimal_sets(
    room: Room, seen: View, candidates: NDArray[np.int16], most: int
) -> tuple[dict[tuple[int, ...], NDArray[np.bool_]], NDArray[np.bool_], int]:
    """Set of factions → in which draws it is a minimal blocking set; in which draws the zone is closed; of up to how many
    factions sets were looked for, at most ``most``."""
    closed = existence(seen, candidates) == 0
    found: dict[tuple[int, ...], NDArray[np.bool_]] = {}
    left = MAX_EFFORT
    for k in range(1, most + 1):
        groups, takes = _groups(room, closed, found, k, left)
        if takes > left and k > 1:
            return found, closed, k - 1
        left -= takes
        for group, rows, eased in groups:
            part = _slice(seen, rows)._replace(winning=np.array(eased, dtype=np.uint64))
            hit = np.zeros(len(closed), dtype=np.bool_)
            hit[rows] = existence(part, candidates) == 1
            found[group] = hit
    return found, closed, most


def _groups(
    room: Room,
    closed: NDArray[np.bool_],
    found: dict[tuple[int, ...], NDArray[np.bool_]],
    size: int,
    left: int,
) -> tuple[list[tuple[tuple[int, ...], NDArray[np.intp], list[int]]], int]:
    """Sets of ``size`` factions, in which draws no smaller set is enough, and the winning sets without them; and what looking
    into all of them takes (of single ones, all; else not counted further than ``left``)."""
    smaller = [(set(group), hit) for group, hit in found.items() if hit.any()]
    groups, takes = [], 0
    for group in combinations(room.relevant, size):
        todo = closed.copy()
        for inside, hit in smaller:
            if inside < set(group):
                todo &= ~hit
        rows = np.flatnonzero(todo)
        if not len(rows):
            continue
        given = sum(1 << f for f in group)
        eased = sorted({mask & ~given for mask in room.at.winning})
        groups.append((group, rows, eased))
        takes += len(rows) * _effort(room, len(eased))
        if size > 1 and takes > left:
            break
    return groups, takes
