"""Over the draws: is the zone open, and who stands between the parties and a deal?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.result import Blocker, Zone
from detente.analyses.deal.room import Room, View
from detente.analyses.deal.run import REPLICATES
from detente.kernels.search import exists
from detente.rng import replicate_error

__all__ = ["NODES", "blockers", "existence", "zone"]

SOME_DRAWS = 256
MAX_BLOCKERS = 4
"""Largest set of blockers looked for."""
NODES = 20_000
"""Nodes of the search that decides whether one draw has an agreed package."""


def existence(seen: View, candidates: NDArray[np.int16], *, node_limit: int = NODES) -> NDArray[np.int8]:
    """Per draw, whether some package is agreed: 1 yes, 0 no, -1 undecided within ``node_limit``."""
    s = seen.seat
    verdict: NDArray[np.int8] = exists(
        s.points,
        s.thresholds,
        s.sizes,
        winning=seen.winning,
        candidates=candidates,
        node_limit=node_limit,
        **seen.over,
    ).verdict
    return verdict


def zone(room: Room, candidates: NDArray[np.int16]) -> tuple[float | Zone, float]:
    """Share of draws in which some package is agreed, and its error.

    A range where a capped search left some draws undecided.
    """
    verdict = existence(room.fresh, candidates)
    yes = float((verdict == 1).mean())
    undecided = float((verdict == -1).mean())
    error = replicate_error((verdict == 1).astype(np.float64), REPLICATES)
    if undecided:
        return Zone(lower=yes, upper=yes + undecided, undecided=undecided), error
    return yes, error


def blockers(room: Room, candidates: NDArray[np.int16]) -> tuple[tuple[Blocker, ...], int, float]:
    """Minimal sets of factions whose consent, if given, would open the zone.

    Also in how many draws they were looked for, and the share of these in which the zone is closed. Looked for by size in every ``draws / SOME_DRAWS``-th draw, up to ``MAX_BLOCKERS`` factions a set. A
    draw with an open zone has none; a set that a capped search leaves undecided is not counted.
    """
    rows = _strided(room)
    sampled = _slice(room.fresh, rows)
    shares, closed = _minimal_sets(room, sampled, candidates)
    at_best = {b for b, hit in _minimal_sets(room, room.best, candidates)[0].items() if hit[0]}
    never = np.zeros(len(rows), dtype=np.bool_)
    found = []
    for b in sorted({*shares, *at_best}):
        hit = shares.get(b, never)
        if not hit.any() and b not in at_best:
            continue
        found.append(
            Blocker(
                factions=tuple(room.names[f] for f in b),
                at_best_estimates=b in at_best,
                share=float(hit.mean()),
                share_error=replicate_error(hit.astype(np.float64), REPLICATES),
            )
        )
    found.sort(key=lambda b: (-b.at_best_estimates, -b.share, len(b.factions)))
    return tuple(found), len(rows), float(closed.mean())


def _strided(room: Room) -> NDArray[np.intp]:
    """Every so-manieth draw, the same number from each replicate, for what is too dear for all of them."""
    return np.arange(0, room.ready.draws, max(1, room.ready.draws // SOME_DRAWS))


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
    room: Room, seen: View, candidates: NDArray[np.int16]
) -> tuple[dict[tuple[int, ...], NDArray[np.bool_]], NDArray[np.bool_]]:
    """Set of factions → in which draws it is a minimal blocking set; in which draws the zone is closed."""
    size = seen.seat.points.shape[-1]
    closed = existence(seen, candidates) == 0
    found: dict[tuple[int, ...], NDArray[np.bool_]] = {}
    for k in range(1, min(MAX_BLOCKERS, len(room.relevant)) + 1):
        for group in combinations(room.relevant, k):
            todo = closed.copy()
            for smaller, hit in found.items():
                if set(smaller) < set(group):
                    todo &= ~hit
            rows = np.flatnonzero(todo)
            if not len(rows):
                continue
            given = sum(1 << f for f in group)
            eased = sorted({mask & ~given for mask in room.at.winning})
            part = _slice(seen, rows)._replace(winning=np.array(eased, dtype=np.uint64))
            hit = np.zeros(size, dtype=np.bool_)
            hit[rows] = existence(part, candidates) == 1
            found[group] = hit
    return found, closed
