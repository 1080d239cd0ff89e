"""Numbers on which worlds hang, at both ends of their judged ranges: what would the answer be there?

Each end takes worlds of its own, with the luck of those at best estimates, in which every option is settled. Where all of them
would take too long, the numbers that explain most of "acceptable" over the draws come first; each is tried in fewer worlds, by how much
more or less these are worth there than at best estimates, and what turns there counts only if it turns in as many as the answer
itself is had from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.analyses.flips.numbers import Numbers
from detente.analyses.flips.thresholds import Turn, exists_at
from detente.problem import Table
from detente.prospects.view import view
from detente.world.signing import Settled, best_worlds, signed

__all__ = ["FEWER", "Ends", "ends"]

FEWER = 128
"""Worlds in which an end is tried where not all can have those of best estimates: as they meet the same luck there, what moving a number
adds is known almost as well as from all."""

MAX_EFFORT = 1 << 24
"""World-months that all ends may take: some two seconds of one core, where a month takes 0.12 microseconds."""


_End = tuple[int, float]
"""A number, and one end of its judged range."""


@dataclass(frozen=True)
class Ends:
    """What was moved, and what came of it."""

    turns: dict[int, Turn]
    """Of those that were moved."""
    of: int
    """Numbers with a range that worlds hang on."""
    worlds: int
    """In which each end was tried."""
    sure: int
    """From which best estimates are had."""
    unconfirmed: int
    """Ends that turned in fewer than these, and for which there was no time."""


def ends(
    numbers: Numbers, at: Table, index: dict[int, float], *, known: NDArray[np.int16], deal: bool
) -> Ends:
    """Both ends of those numbers whose ``index`` is largest."""
    ranged = [n for n in numbers.simulated if not numbers.every[n].certain]
    _, sure = best_worlds(numbers.ready.problem)
    if not ranged:
        return Ends({}, 0, sure, sure, 0)
    case = numbers.ready.problem.case
    assert case.world is not None
    scenarios = len(numbers.ready.settled_best.revisions) * case.world.months
    most = MAX_EFFORT // (2 * scenarios * sure)
    worlds = sure if most >= len(ranged) else FEWER
    tried = len(ranged) if worlds == sure else MAX_EFFORT // 2 // (2 * scenarios * FEWER)
    left = max(1, MAX_EFFORT // 2 // (scenarios * sure))
    leading = sorted(ranged, key=lambda n: -index.get(n, 0.0))[: max(1, tried)]
    every = [(n, value) for n in leading for value in (numbers.every[n].low, numbers.every[n].high)]
    found = _verdicts(numbers, at, every, worlds, known)
    turned = [end for end in every if found[end] is (not deal)]
    unconfirmed = 0
    if worlds < sure:
        # What turned and is left over counts as not turned.
        again = _verdicts(numbers, at, turned[:left], sure, known)
        found |= again | dict.fromkeys(turned[left:], deal)
        unconfirmed = len(turned[left:])
    return Ends(
        {n: _turn(numbers, n, found, deal=deal) for n in leading}, len(ranged), worlds, sure, unconfirmed
    )


def _turn(numbers: Numbers, n: int, found: Mapping[_End, bool | None], *, deal: bool) -> Turn:
    p = numbers.every[n]
    verdicts = {value: found[n, value] for value in (p.low, p.high)}
    turned = [value for value, verdict in verdicts.items() if verdict is (not deal)]
    nearest = min(turned, key=lambda v: abs(v - p.median), default=None)
    proven = None not in verdicts.values()
    return Turn(
        nearest, abs(nearest - p.median) if nearest is not None else 0.0, p.low, p.high, proven, "ends"
    )


def _verdicts(
    numbers: Numbers, at: Table, trials: Sequence[_End], worlds: int, known: NDArray[np.int16]
) -> dict[_End, bool | None]:
    """Whether there is a deal with one number of the world at each of some ends, all others at best estimates; None: not decided."""
    if not trials:
        return {}
    ready, count = numbers.ready, len(trials)
    best = ready.best_ground({})
    # Draw 0 is at best estimates, so that what chance makes of few worlds is known by the same worlds there.
    ground = best.only(np.zeros(1 + count, dtype=np.int64))
    moved = {path: values.copy() for path, values in ground.world.items()}
    for k, (n, value) in enumerate(trials, 1):
        moved[numbers.every[n].path][k] = value
    ground = replace(ground, world=moved)
    settled = Settled(ground, worlds, alike=True)
    paths = settled.worth(ground)
    paths += ready.settled_best.worth(best) - paths[..., :1]
    sample = signed(ground, settled.options, paths)
    verdicts = exists_at(view(ready.problem, sample, at), known).verdict[1:]
    return {end: None if v < 0 else bool(v) for end, v in zip(trials, verdicts, strict=True)}
