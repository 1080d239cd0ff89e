"""What every answer about a roadmap shares: the steps, what they are judged by, and the order found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.run import Deal
from detente.analyses.roadmap.result import Move
from detente.analyses.roadmap.terms import terms
from detente.kernels.sequencing import Appraisal, Plan, Terms, appraise, best_plan
from detente.problem import RED, Sample
from detente.problem.steps import Agenda, Judged, Step

__all__ = ["TOLERANCE", "WHOLE", "Floats", "Road", "weakest"]

TOLERANCE = 1e-9

WHOLE = 12
"""Steps up to which every order is looked at when changes are compared and parts are looked for."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Road:
    """What every answer shares."""

    ready: Deal
    of: Agenda
    given: tuple[str, ...]
    supposed: Mapping[str, str]
    """Faction → reading taken at best estimates instead of the likeliest."""

    @property
    def known(self) -> Judged:
        return self.ready.beside_best.steps

    @property
    def drawn(self) -> Judged:
        return self.ready.beside_fresh.steps

    @cached_property
    def best(self) -> Terms:
        return terms(self.of, self.sample, self.known, self.given)

    @cached_property
    def sample(self) -> Sample:
        return self.ready.supposing(self.supposed) if self.supposed else self.ready.best

    @cached_property
    def plan(self) -> Plan:
        return best_plan(self.best)

    def over(self, sample: Sample) -> tuple[Terms, Appraisal]:
        """The order found, in every draw of a sample."""
        drawn = terms(self.of, sample, self.drawn, self.given)
        return drawn, appraise(drawn, self.plan.order)

    def told(self, points: float) -> float | None:
        """Points for the reader; None where a line is crossed, which has no points."""
        return round(points, 6) if points > self.line else None

    @cached_property
    def line(self) -> float:
        """Below this only a crossed line takes anybody."""
        return -RED * float(self.ready.problem.step[list(self.of.table.factions)].max())

    def move(self, step: int) -> Move:
        s: Step = self.of.steps[step]
        return Move(s.issue, s.before, s.option, s.parties, s.reversible, int(self.best.month[step, 0]))

    def moves(self, mask: int) -> tuple[Move, ...]:
        return tuple(self.move(n) for n in range(len(self.of.steps)) if mask >> n & 1)


def weakest(margin: Floats, winning: NDArray[np.int64]) -> tuple[float, int]:
    """Of the winning set whose smallest margin is largest: that margin, and whose it is."""
    found = (-np.inf, 0)
    for mask in winning.tolist():
        inside = [f for f in range(len(margin)) if mask >> f & 1]
        worst = min(inside, key=lambda f: float(margin[f]), default=None)
        if worst is not None and float(margin[worst]) > found[0]:
            found = (float(margin[worst]), worst)
    return found
