"""What the world makes of the deal: no-deal values, and what an option that is settled is worth in it.

No deal is the world going on. Signing an option settles its issue, whatever happens, and leaves the rest of the world
running; an option that stays as it is settles nothing. So a package that moves nothing is worth exactly as much as no
deal, and one that moves a single issue exactly what that issue, settled, makes of the world. Of several issues the
differences are added, terms between them included: that is exact where no equation reads more than one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.case.typed import named
from detente.case.wired import NOTHING, Revision, wired
from detente.errors import LimitError
from detente.problem.build import MAX_STEPS, Problem
from detente.problem.ground import Ground
from detente.problem.sample import Sample, fitting, most
from detente.problem.steps import patience
from detente.problem.worth import worth
from detente.world.scenario import simulate
from detente.world.worth import account, flow, value

__all__ = ["BEST", "PER", "hinges", "told", "worth_of"]

Floats = NDArray[np.float64]

PER = 128
"""Worlds for each draw. Every option is settled in the same ones, so that chance hardly counts in differences; with fewer of
them what is left of it would widen what a package is worth, and make what nearly everybody accepts less acceptable."""

BEST = 1 << 15
"""Worlds at best estimates."""


def hinges(problem: Problem) -> tuple[str, ...]:
    """Issues whose options make a difference to the world, or that it moves: those that equations read, that the world moves,
    and that a term ties to one that it moves."""
    of = wired(problem.case)
    read = {
        name
        for equation in of.wiring.equations.values()
        for node in (equation.next, equation.when, equation.start)
        if node is not None
        for name in named(node)
    }
    moves = {*of.wiring.moves}
    tied = {
        problem.issues[i]
        for pattern in problem.patterns
        if any(problem.issues[i] in moves for i, _ in pattern)
        for i, _ in pattern
    }
    return tuple(issue for issue in problem.issues if issue in read | moves | tied)


def worth_of(ground: Ground, revision: Revision = NOTHING, *, per: int) -> Floats:
    """[F, S] value of the path of a world."""
    of = account(ground, revision)
    rho = patience(ground.problem, ground.sample, ground.steps, ground.problem.factions)
    return value(flow(of, simulate(ground, revision, of.looked, per=per)), rho)


def told(ground: Ground) -> Sample:
    """The sample with the no-deal values of ``case.computed``, and their points for options as the world makes them.

    Raises
    ------
    LimitError
        What a path is worth to somebody is beyond the points that the deal counts in.
    """
    problem, sample = ground.problem, ground.sample
    names = problem.case.computed
    which = [problem.factions.index(f) for f in names]
    step = problem.step[which][:, None]
    per = BEST if sample.draws == 1 else PER
    going_on = worth_of(ground, per=per)[which]
    no_deal = sample.no_deal.copy()
    no_deal[which] = _steps(going_on / step, names)
    points = sample.points.copy()
    stays = worth(problem, sample, [{}])[which, 0]
    # The first issue is in every package with one of its options: what waiting is worth beyond what stands now goes there.
    for o in range(len(problem.options[0])):
        points[which, 0, o] += _steps((going_on - stays) / step, names)
    for issue, option in _settled(problem):
        i = problem.issues.index(issue)
        with_it = worth_of(ground, Revision(settles={issue: option}), per=per)[which]
        counted = worth(problem, sample, [{issue: option}])[which, 0] - stays
        points[which, i, problem.options[i].index(option)] += _steps(
            (with_it - going_on - counted) / step, names
        )
    for f in which:
        fitting(problem, f, most(points[f], sample.add[f]))
    return replace(sample, no_deal=no_deal, points=points)


def _settled(problem: Problem) -> Iterator[tuple[str, str]]:
    """Options of hinges that are not the status quo."""
    for issue in hinges(problem):
        spec = problem.case.issues[issue]
        if spec.controlled_by == "outside":
            continue
        for option in spec.options:
            if option != spec.status_quo:
                yield issue, option


def _steps(amount: Floats, names: Sequence[str]) -> NDArray[np.int32]:
    """[F, S] grid steps."""
    for f, row in zip(names, np.abs(amount), strict=True):
        if row.max() > MAX_STEPS:
            raise LimitError(
                f"no deal would be worth up to {row.max():,.0f} grid steps to '{f}', and the deal counts in at most "
                f"{MAX_STEPS:,}: give it smaller stakes in the world"
            )
    return np.rint(amount).astype(np.int32)
