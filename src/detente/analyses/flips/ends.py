"""Numbers on which worlds hang, at both ends of their judged ranges: what would the answer be there?

Each end takes worlds of its own, with the luck of those at best estimates, in which every option is settled. Where all of them
would take too long, the numbers that explain most of "accepted" over the draws come first; each is tried in fewer worlds, and what
turns there counts only if it turns in as many as the answer itself is had from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.analyses.flips.numbers import Numbers
from detente.analyses.flips.thresholds import Turn, exists_at
from detente.problem import Table
from detente.progress import told
from detente.prospects.view import view
from detente.world.signing import BEST, Settled
from detente.world.signing import told as as_told

__all__ = ["FEWER", "Ends", "ends"]

FEWER = 512
"""Worlds in which an end is tried where not all can have ``BEST``."""

MAX_EFFORT = 1 << 26
"""World-months that all ends may take: some ten seconds of one core, where a month takes 0.15 microseconds."""


@dataclass(frozen=True)
class Ends:
    """What was moved, and what came of it."""

    turns: dict[int, Turn]
    """Of those that were moved."""
    of: int
    """Numbers with a range that worlds hang on."""
    worlds: int
    """In which each end was tried."""
    unconfirmed: int
    """Ends that turned in these, and for which there was no time in ``BEST``."""


def ends(
    numbers: Numbers, at: Table, index: dict[int, float], *, known: NDArray[np.int16], deal: bool
) -> Ends:
    """Both ends of those numbers whose ``index`` is largest."""
    ranged = [n for n in numbers.simulated if not numbers.every[n].certain]
    if not ranged:
        return Ends({}, 0, BEST, 0)
    case = numbers.ready.problem.case
    assert case.world is not None
    scenarios = len(numbers.ready.settled_best.revisions) * case.world.months
    most = MAX_EFFORT // (2 * scenarios * BEST)
    worlds = BEST if most >= len(ranged) else FEWER
    tried = len(ranged) if worlds == BEST else MAX_EFFORT // 2 // (2 * scenarios * FEWER)
    leading = sorted(ranged, key=lambda n: -index.get(n, 0.0))[: max(1, tried)]
    left = len(ranged) * 2 if worlds == BEST else max(1, MAX_EFFORT // 2 // (scenarios * BEST))
    found, unconfirmed = {}, 0
    for n in told("numbers of the world at both ends", leading):
        p = numbers.every[n]
        turned, proven = [], True
        for value in (p.low, p.high):
            verdict = _verdict(numbers, at, n, value, worlds, known)
            proven &= verdict is not None
            if verdict is (not deal) and worlds < BEST:
                unconfirmed += left <= 0
                verdict = _verdict(numbers, at, n, value, BEST, known) if left > 0 else deal
                left -= 1
            turned += [value] if verdict is (not deal) else []
        nearest = min(turned, key=lambda v: abs(v - p.median), default=None)
        found[n] = Turn(
            nearest, abs(nearest - p.median) if nearest is not None else 0.0, p.low, p.high, proven, "ends"
        )
    return Ends(found, len(ranged), worlds, unconfirmed)


def _verdict(
    numbers: Numbers, at: Table, n: int, value: float, worlds: int, known: NDArray[np.int16]
) -> bool | None:
    """Whether there is a deal with one number of the world at a value; None: not decided."""
    ready = numbers.ready
    ground = ready.best_ground({})
    path = numbers.every[n].path
    ground = replace(ground, world={**ground.world, path: np.full(1, value)})
    sample = as_told(ground, Settled(ground, worlds, monthly=True))
    verdict = exists_at(view(ready.problem, sample, at), known).verdict[0]
    return None if verdict < 0 else bool(verdict)
