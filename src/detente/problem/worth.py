"""What packages are worth to everybody, in points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detente.agreement import all_of
from detente.problem.build import Problem
from detente.problem.sample import Sample
from detente.problem.table import Table, seat

__all__ = ["LINE", "worth"]

Floats = NDArray[np.float64]

LINE = 100.0
"""What breaking a line costs where points are asked for: as much as all issues together."""


def worth(
    problem: Problem, sample: Sample, packages: Sequence[Mapping[str, str]], *, lines: bool = False
) -> Floats:
    """[F, len(packages), S] points of every faction for each package, all that it does not move as it is; with ``lines`` less
    :data:`LINE` for each line that it breaks."""
    assert problem.status_quo is not None
    moving = [i for i in problem.issues if any(i in package for package in packages)]
    issues = tuple(problem.issues.index(i) for i in moving)
    everyone = tuple(range(len(problem.factions)))
    seen = seat(problem, sample, Table("world", "", everyone, issues, all_of(*everyone), {}))
    spans = list(pairwise(seen.start.tolist()))
    total = np.empty((len(problem.factions), len(packages), sample.draws))
    for n, package in enumerate(packages):
        options = [
            problem.options[i].index(package[name]) if name in package else problem.status_quo[i]
            for name, i in zip(moving, issues, strict=True)
        ]
        points, crossed = seen.base.astype(np.float64), np.zeros(seen.base.shape)
        for k, option in enumerate(options):
            points += seen.points[:, k, option]
        for t, (a, b) in enumerate(spans):
            if all(options[int(seen.issue[k])] == int(seen.option[k]) for k in range(a, b)):
                points += seen.add[:, t]
                crossed += seen.broken[:, t]
        total[:, n] = points * problem.step[:, None] - (LINE * crossed if lines else 0.0)
    return total
