"""What packages are worth to everybody, in points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detente.agreement import all_of
from detente.problem.build import Problem
from detente.problem.sample import Sample
from detente.problem.seat import Seat, seat
from detente.problem.table import Table

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
    every = _matched(seen, np.concatenate([home[None], options]))
    here, matched = every[0], every[1:]
    # Of everything as it is, and by how much each package differs: most move a single issue.
    stays = seen.base.astype(np.float64) + seen.add[:, here].sum(axis=1)
    crossed = seen.broken[:, here].sum(axis=1) if lines else np.zeros((), dtype=np.int64)
    for i, o in enumerate(home):
        stays += seen.points[:, i, o]
    points = np.repeat(stays[:, None], len(packages), axis=1)
    broken = np.repeat(crossed[:, None], len(packages), axis=1) if lines else crossed
    for which, moved in _rounds(options != home):
        points[:, which] += seen.points[:, moved, options[which, moved]] - seen.points[:, moved, home[moved]]
    for which, t in _rounds(matched != here):
        sign = np.where(matched[which, t], 1, -1)[:, None]
        points[:, which] += sign * seen.add[:, t]
        if lines:
            broken[:, which] += sign * seen.broken[:, t]
    found: Floats = points * problem.step[:, None, None] - (LINE * broken if lines else 0.0)
    return found


def _rounds(differs: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows and columns of all that is true, of each row the first together, then the second, and so on."""
    row, column = np.nonzero(differs)
    turn = np.arange(len(row)) - np.searchsorted(row, row)
    for n in range(int(turn.max(initial=-1)) + 1):
        yield row[turn == n], column[turn == n]


def _matched(seen: Seat, options: NDArray[np.int64]) -> NDArray[np.bool_]:
    """[N, T] whether packages [N, K] match each pattern."""
    spans = list(pairwise(seen.start.tolist()))
    found = [(options[:, seen.issue[a:b]] == seen.option[a:b]).all(axis=1) for a, b in spans]
    return np.array(found, dtype=np.bool_).reshape(len(spans), len(options)).T
