"""What worlds grow from: a problem and some draws of all its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.problem.build import Problem
from detente.problem.sample import Sample
from detente.problem.steps import Judged

__all__ = ["Ground", "remembered"]


@dataclass(frozen=True, eq=False)
class Ground:
    """A problem and some draws of all its numbers; equal to nothing but itself."""

    problem: Problem
    sample: Sample
    """With typed no-deal values."""
    steps: Judged
    world: Mapping[str, NDArray[np.float64]]
    """Path of a number of the world → [S]."""
    supposing: Callable[[Mapping[str, str]], Sample]
    """The same draws with some readings taken for true."""
    seed: int

    def only(self, which: NDArray[np.int64]) -> Ground:
        """Some of the draws."""

        @remembered
        def supposing(readings: Mapping[str, str]) -> Sample:
            return self.supposing(readings).only(which)

        return replace(
            self,
            sample=self.sample.only(which),
            steps=Judged({path: v[which] for path, v in self.steps.values.items()}),
            world={path: v[which] for path, v in self.world.items()},
            supposing=supposing,
        )


def remembered(supposing: Callable[[Mapping[str, str]], Sample]) -> Callable[[Mapping[str, str]], Sample]:
    """The same, and each answer once."""
    known: dict[tuple[tuple[str, str], ...], Sample] = {}

    def asked(readings: Mapping[str, str]) -> Sample:
        key = tuple(sorted(readings.items()))
        if key not in known:
            known[key] = supposing(readings)
        return known[key]

    return asked
