"""Worlds of a case, and what their paths are worth to each faction.

A faction's value of a path is its discounted flow, normalised so that a constant flow is worth itself; what stands
at the last month stays for ever::

    V = (1 - rho) sum_{t=1..T} rho^(t-1) u(t) + rho^T u(T)

``told`` hands no-deal values to the deal. What is outside (recognition) runs the same with and without a deal and
cancels, so it stays at what chance has it in the draw. With a deal the sender's step stays at the package's option and
talks are over: what the incumbent's fate is then worth is added to that option, so that a package and the no-deal path
run through the same world and are compared in the same points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.crew import Crew, Part
from detente.errors import LimitError
from detente.kernels.worlds import PARAMETERS, Worlds
from detente.problem.build import MAX_STEPS, Problem
from detente.problem.sample import Sample
from detente.problem.steps import Judged, patience
from detente.problem.world import FROZEN, columns, flows, setting

__all__ = ["BEST", "PER", "expected", "fixed", "occupancy", "simulate", "told", "value"]

PER = 128
"""Worlds for each draw."""

BEST = 1 << 15
"""Worlds at best estimates."""

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]


def simulate(
    problem: Problem,
    sample: Sample,
    values: Values,
    *,
    seed: int,
    per: int | None = None,
    changes: Mapping[str, Floats | float] | None = None,
    crew: Crew | None = None,
) -> Worlds:
    """Worlds of every draw; equal numbers and seeds meet equal chance, whatever the ``changes``."""
    world = problem.case.world
    assert world is not None
    known = setting(problem.case, world)
    table = columns(problem, sample, values, PARAMETERS, changes=changes)
    count = per if per is not None else BEST if sample.draws == 1 else PER
    # The key of the random numbers has 64 bits; beyond 2^63 seeds repeat.
    return (crew or Crew()).run(
        Part(table, 0, count, known.months, known.lapse, known.polls, seed & (2**63 - 1))
    )


def occupancy(found: Worlds) -> Floats:
    """[S, T + 1, 5, 3, 3] share of worlds by office, easing and recognition."""
    size, months, _ = found.states.shape
    joint = found.states.reshape(size, months, 45, 4)
    counts = joint[..., 0] + joint[..., 1] + joint[..., 2] + joint[..., 3]
    share: Floats = (counts / found.per).reshape(size, months, 5, 3, 3)
    return share


def value(flow: Floats, rho: Floats) -> Floats:
    """[F, S] of flows [F, S, T + 1] under monthly discount factors [F, S]."""
    months = flow.shape[2] - 1
    weight = (1 - rho)[..., None] * rho[..., None] ** np.arange(months)
    total: Floats = (weight * flow[:, :, 1:]).sum(axis=2) + rho**months * flow[:, :, -1]
    return total


def expected(share: Floats, points: Floats) -> Floats:
    """[F, S, T + 1] mean flow, from the share of worlds in each state and points [F, 5, 3, 3, S]."""
    size, months = share.shape[:2]
    share = share.reshape(size, months, -1)
    worth = points.reshape(len(points), -1, size).transpose(2, 1, 0)
    flow: Floats = np.matmul(share, np.ascontiguousarray(worth)).transpose(2, 0, 1)
    return flow


def fixed(level: int) -> dict[str, float]:
    """The changes by which the sender stays at a step and talks are over."""
    return {"sender.now": float(level), **FROZEN["sender"], "talks.now": 0.0, "talks.begin": 0.0}


def told(problem: Problem, sample: Sample, steps: Judged, values: Values, *, seed: int) -> Sample:
    """The sample with the no-deal values of ``case.computed``, and with what each of the sender's steps is worth through
    the incumbent's fate. That is in every package with the step, also in one that settles who holds office.

    Raises
    ------
    LimitError
        What a path is worth to somebody is beyond the points that the deal counts in.
    """
    case = problem.case
    world = case.world
    assert world is not None
    names = case.computed
    which = [problem.factions.index(f) for f in names]
    rho = patience(problem, sample, steps, names)
    points = flows(problem, sample, values, recognition=False)[which]
    step = problem.step[which][:, None]
    no_deal = sample.no_deal.copy()
    path = value(expected(occupancy(simulate(problem, sample, values, seed=seed)), points), rho)
    no_deal[which] = _steps(path / step, names)
    shifted = sample.points.copy()
    sender = world.sender
    # Without a sender nothing that a package moves changes the incumbent's fate: it is the same in every package.
    levels = range(len(sender.steps)) if sender is not None else range(1)
    for level in levels:
        kept = simulate(problem, sample, values, seed=seed, changes=fixed(level))
        fate = value(expected(occupancy(kept), points), rho) - points[:, 0, level, 0]
        amount = _steps(fate / step, names)
        if sender is not None:
            issue = problem.issues.index(sender.issue)
            option = problem.options[issue].index(sender.steps[level])
            shifted[which, issue, option] += amount
        else:
            for option in range(len(problem.options[0])):
                shifted[which, 0, option] += amount
    return replace(sample, no_deal=no_deal, points=shifted)


def _steps(amount: Floats, names: Sequence[str]) -> NDArray[np.int32]:
    """[F, S] grid steps."""
    for f, row in zip(names, np.abs(amount), strict=True):
        if row.max() > MAX_STEPS:
            raise LimitError(
                f"no deal would be worth up to {row.max():,.0f} grid steps to '{f}', and the deal counts in at most "
                f"{MAX_STEPS:,}: give it smaller stakes in the world"
            )
    return np.rint(amount).astype(np.int32)
