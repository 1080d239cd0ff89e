"""What options that stand for a time only are worth, as if constant for ever.

A month t of a path counts ``(1 - rho) rho^(t-1)`` (:mod:`detente.world.worth`), so that what holds from after month a to month b
counts ``rho^a - rho^b``. An option that stands to month L is therefore worth ``1 - rho^L`` of its points, and ``rho^L`` of those of the
status quo, to which the issue goes back. A term of several options holds while all of them do: one of options that end is worth less,
and one of status quos is worth something in packages at whose end it holds.

Patience is here a faction's best estimate under the reading that is true. Factions whose no-deal values are computed have the
points of their options from the world instead, where what ends is followed month by month (:mod:`detente.world.signing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.problem.build import Problem
from detente.problem.sample import Sample

__all__ = ["faded", "terms_faded"]

Floats = NDArray[np.float64]

NEVER = 1 << 30
"""A month that does not come."""


def faded(problem: Problem, sample: Sample) -> Sample:
    """The sample with the points of what ends as if constant, for factions whose no-deal values are typed."""
    typed = [n for n, f in enumerate(problem.factions) if f not in problem.case.computed]
    if not problem.lapses or not typed:
        return sample
    assert problem.status_quo is not None
    points = sample.points.copy()
    for f in typed:
        rho = _patience(problem, sample, f)
        for (i, o), month in problem.lapses.items():
            left = rho**month
            home = sample.points[f, i, problem.status_quo[i]]
            points[f, i, o] = np.rint((1 - left) * sample.points[f, i, o] + left * home)
    return replace(terms_faded(problem, sample, typed), points=points)


def terms_faded(problem: Problem, sample: Sample, which: Sequence[int]) -> Sample:
    """The sample with terms of what ends as if constant, for some factions."""
    turns = list(_turns(problem))
    if not turns:
        return sample
    add = sample.add.copy()
    for f in which:
        rho, of = _patience(problem, sample, f), np.zeros(add[f].shape)
        for t, q, first, last in turns:
            of[q] += sample.add[f, t] * np.maximum(0, rho**first - (0 if last == NEVER else rho**last))
        add[f] = np.rint(of)
    return replace(sample, add=add)


def _turns(problem: Problem) -> Iterator[tuple[int, int, int, int]]:
    """Patterns t and q so that what has q has t from after a month to a month: everything, where something ends."""
    ends, quo = problem.lapses, problem.status_quo
    if not ends:
        return
    assert quo is not None
    for t, pattern in enumerate(problem.patterns):
        for q, other in enumerate(problem.patterns):
            if [i for i, _ in pattern] != [i for i, _ in other]:
                continue
            pairs = list(zip(pattern, other, strict=True))
            differing = [(a, b) for a, b in pairs if a != b]
            if all(a[1] == quo[a[0]] and b in ends for a, b in differing):
                first = max((ends[b] for _, b in differing), default=0)
                last = min((ends[a] for a, b in pairs if a == b and a in ends), default=NEVER)
                yield t, q, first, last


def _patience(problem: Problem, sample: Sample, f: int) -> Floats:
    """[S]."""
    case, name = problem.case, problem.factions[f]
    own = case.preferences[name].patience
    each = [case.readings[name][r].preferences.patience or own for r in problem.readings[f]] or [own]
    found: Floats = np.array([p.median for p in each if p is not None])[sample.reading[f]]
    return found
