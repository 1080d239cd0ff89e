"""What packages are worth to everybody, in points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detente.agreement import all_of
from detente.problem.build import Problem
from detente.problem.sample import Sample
from detente.problem.table import Seat, Table, seat

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
    home = problem.status_quo[list(issues)]
    place = {name: n for n, name in enumerate(moving)}
    options = np.repeat(home[None], len(packages), axis=0)
    for n, package in enumerate(packages):
        for name, option in package.items():
            options[n, place[name]] = problem.options[issues[place[name]]].index(option)
    here, *matched = _matched(seen, np.concatenate([home[None], options]))
    # Of everything as it is, and by how much each package differs: most move a single issue.
    stays = seen.base.astype(np.float64) + seen.add[:, here].sum(axis=1)
    crossed = seen.broken[:, here].sum(axis=1) if lines else np.zeros((), dtype=np.int64)
    for i, o in enumerate(home):
        stays += seen.points[:, i, o]
    total = np.empty((len(problem.factions), len(packages), sample.draws))
    for n, hit in enumerate(matched):
        points, broken = stays.copy(), crossed
        for k in np.flatnonzero(options[n] != home):
            points += seen.points[:, k, options[n, k]] - seen.points[:, k, home[k]]
        for t in np.flatnonzero(hit != here):
            sign = 1 if hit[t] else -1
            points += sign * seen.add[:, t]
            if lines:
                broken = broken + sign * seen.broken[:, t].astype(np.int64)
        total[:, n] = points * problem.step[:, None] - (LINE * broken if lines else 0.0)
    return total


def _matched(seen: Seat, options: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[N, T] whether packages [N, K] match each pattern."""
    spans = list(pairwise(seen.start.tolist()))
    found = [(options[:, seen.issue[a:b]] == seen.option[a:b]).all(axis=1) for a, b in spans]
    return np.array(found, dtype=np.bool_).reshape(len(spans), len(options)).T
