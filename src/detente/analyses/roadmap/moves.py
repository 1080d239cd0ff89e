"""Steps of a road in the words of the result."""

from __future__ import annotations

from detente.analyses.roadmap.result import Move
from detente.problem.steps import Step
from detente.prospects.road import Road

__all__ = ["batch", "finite", "taken"]


def finite(points: float) -> float | None:
    """Points for the reader; None where a line is broken, which has no points."""
    return None if points == float("-inf") else round(points, 6)


def taken(road: Road, step: int) -> Move:
    """One step, and how long it takes at best estimates."""
    s: Step = road.of.steps[step]
    return Move(s.issue, s.before, s.option, s.parties, s.reversible, int(road.best.month[step, 0]))


def batch(road: Road, mask: int) -> tuple[Move, ...]:
    """The steps of a batch."""
    return tuple(taken(road, n) for n in range(len(road.of.steps)) if mask >> n & 1)
