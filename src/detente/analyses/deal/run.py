"""A case drawn once for every analysis of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.case.model import Case
from detente.problem import Problem, Sample, assemble, build, choose, draw, medians, parameters
from detente.rng import round_up, uniforms

__all__ = ["DEFAULT_DRAWS", "REPLICATES", "Deal", "prepare"]

DEFAULT_DRAWS = 1024
REPLICATES = 8


@dataclass(frozen=True)
class Deal:
    """A case ready to be analysed: its problem and the two sets of draws."""

    problem: Problem
    seed: int
    draws: int
    widen: float

    @cached_property
    def chosen_on(self) -> NDArray[np.float64]:
        """Uniforms on which packages are chosen."""
        return uniforms(self.problem.dimensions, self.draws, seed=2 * self.seed, replicates=REPLICATES)

    @cached_property
    def reported_on(self) -> NDArray[np.float64]:
        """Fresh uniforms on which acceptance is reported."""
        return uniforms(self.problem.dimensions, self.draws, seed=2 * self.seed + 1, replicates=REPLICATES)

    @cached_property
    def best(self) -> Sample:
        """Best estimates."""
        return medians(self.problem)

    @cached_property
    def first(self) -> Sample:
        """The draws on which packages are chosen."""
        return draw(self.problem, self.chosen_on)

    @cached_property
    def fresh(self) -> Sample:
        """The draws on which acceptance is reported."""
        return self._reported({})

    @cached_property
    def _values(self) -> NDArray[np.float64]:
        return parameters(self.problem, self.reported_on)

    def _reported(self, readings: Mapping[str, str]) -> Sample:
        chosen = choose(self.problem, self._values, self.reported_on, readings=readings)
        return assemble(self.problem, self._values, chosen)

    @cached_property
    def rivals(self) -> Mapping[tuple[str, str], Sample]:
        """The fresh draws under each rival reading."""
        return {
            (f, r): self._reported({f: r})
            for f, names in zip(self.problem.factions, self.problem.readings, strict=True)
            for r in names
        }


def prepare(case: Case, *, seed: int = 0, draws: int = DEFAULT_DRAWS, widen: float = 1.0) -> Deal:
    """Draw once for every analysis of a run.

    ``draws`` is rounded up to eight replicates of a power of two, the sizes at which the lattice is good.
    """
    return Deal(build(case, widen=widen), seed, round_up(draws, replicates=REPLICATES), widen)
