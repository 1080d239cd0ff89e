"""The ladder of the simulated talks in the terms of a case: what stands at each position, and what that is worth.

What stands at a position is worth its utility, less a hundred points for each line that it breaks; until all steps are taken
the standoff goes on, which adds the typed worth of waiting beyond the status quo (nothing where that is computed).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.case.world import Ladder, World
from detente.problem.build import Problem
from detente.problem.sample import Sample
from detente.problem.world import made, worth

__all__ = ["road", "standing"]

Floats = NDArray[np.float64]


def standing(problem: Problem, sample: Sample, packages: Sequence[Mapping[str, str]], faction: int) -> Floats:
    """[S, N + 1] points a month at each position: of what stands there, lines that it breaks, and, until everything is done, what
    waiting without a deal is typed to be worth beyond the status quo."""
    points = worth(problem, sample, packages, lines=True)[faction]
    now = worth(problem, sample, [{}])[faction, 0]
    waiting = sample.no_deal[faction] * problem.step[faction] - now
    if problem.factions[faction] in problem.case.computed:
        waiting = np.zeros_like(waiting)
    points[:-1] += waiting
    return np.asarray(points.T)


def road(world: World, spec: Ladder, level: int) -> list[dict[str, str]]:
    """What stands at each position of the ladder, the present first; ``level``: how far the sender has eased."""
    assert world.sender is not None
    mine = made(spec)[len(spec.below) :]
    theirs = world.sender.steps[level:]
    found: list[dict[str, str]] = []
    for n in range(2 * len(mine)):
        ours, relief = (n + 1) // 2, n // 2
        if ours < len(mine) and relief < len(theirs):
            found.append({**mine[ours], world.sender.issue: theirs[relief]})
        else:
            break
    return found
