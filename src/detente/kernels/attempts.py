"""The whole search: hyperplanes, then depth first (:mod:`detente.kernels.descent`), with few sweeps at first.

What is proven does not hang on the hyperplanes, which only cut branches, and most small problems are closed by those of a few
sweeps in less time than all sweeps take.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.kernels.descent import (
    FIRST_TIE,
    LIMBS,
    MAXMIN,
    NASH_ZERO,
    NEAR,
    NO_FLOOR,
    RISE,
    SHORTFALL,
    descend,
    offer,
    relax,
    restrict,
    target_at,
)

__all__ = ["solve"]

SWEEPS = 60
ATTEMPTS = (3, 12)
"""Sweeps of attempts before that,"""
BRIEF = 4096
"""and the most nodes that each may take."""


def solve(  # noqa: PLR0913
    kind: int,
    k: int,
    problem: Any,
    usable: Any,
    starts: Any,
    earlier: Any,
    earlier_asked: Any,
    step: float,
    slackness: float,
    force: float,
    settle: bool,
    node_limit: int,
    best: Any,
    best_gain: Any,
    slope: Any,
) -> tuple[int, float, int, float]:
    """Maximise F of ``kind`` over packages; the result stands in ``best`` (-1: none) and ``best_gain``.

    usable: bool[I, L], changed. starts: int64[N, I] first incumbents.
    earlier: float64[E, R] slopes of which every wanted package has at least ``earlier_asked``.
    step: the least rise of F when it is on integers, else 0. slackness: added to F's bound (rounded scores).
    settle: whether to look for the first of the ties. slope: float64[R], receives the leading hyperplane.

    Returns (status, bound, nodes, constant): 2 proven and ties settled, 1 value proven, 0 not proven. A bound
    is on F; -inf when nothing meets the floors. What is proven does not hang on the hyperplanes, so few sweeps are
    tried first: most small problems are closed in less time than all sweeps take.
    """
    nodes, ties, empty = 0, node_limit // 16, (best.copy(), best_gain.copy())
    brief = min(BRIEF, node_limit)
    for sweeps, limit in (*((few, brief) for few in ATTEMPTS), (SWEEPS, node_limit)):
        best[:], best_gain[:] = empty
        status, bound, more, constant = _solve(
            kind, k, problem, usable, starts, earlier, earlier_asked, step, slackness, force, sweeps, settle,
            limit, min(limit, ties), best, best_gain, slope,
        )  # fmt: skip
        nodes += more
        if status > int(settle):
            break
    return status, bound, nodes, constant


def _solve(  # noqa: PLR0913, PLR0915
    kind: int,
    k: int,
    problem: Any,
    usable: Any,
    starts: Any,
    earlier: Any,
    earlier_asked: Any,
    step: float,
    slackness: float,
    force: float,
    sweeps: int,
    settle: bool,
    node_limit: int,
    tie_limit: int,
    best: Any,
    best_gain: Any,
    slope: Any,
) -> tuple[int, float, int, float]:
    """The same with hyperplanes of so many sweeps, and so many nodes for the first of the ties."""
    base, floor, active, weight = problem.base, problem.floor, problem.active, problem.weight
    rows = len(base)
    scratch = np.zeros((2, LIMBS), np.int64)
    offer(kind, problem, starts, best, best_gain, scratch)
    spread = np.zeros(rows)
    if not restrict(problem, usable, spread):
        # No restricted package is left; the starts obey the same floors, so there was none among them either.
        return 2, -np.inf, 0, 0.0
    mass = float(weight[active].sum())
    floored = floor != NO_FLOOR
    floors = bool(floored.any())

    used = 2 if floors and kind != SHORTFALL else 1
    planes = used + len(earlier)
    slopes = np.zeros((planes, rows))
    constants, asked = np.full(planes, np.inf), np.full(planes, -np.inf)
    bound = np.inf
    # Hyperplane 0 is F's own; hyperplane 1 weighs what the floors lack, whatever F is.
    for n in range(used):
        part, part_kind, part_k, part_force = problem, kind, k, force
        found, found_gain = best, best_gain
        if n == 1:
            part = problem._replace(
                base=base - np.where(floored, floor, 0), floor=np.full(rows, NO_FLOOR), active=floored,
                weight=2.0**20 / spread, whole=np.zeros(rows, np.int64),
            )  # fmt: skip
            part_kind, part_k, part_force = MAXMIN, 1, 0.0
            found, found_gain = best.copy(), np.zeros(rows, np.int64)
            found[0] = -1
        constant, upper = relax(
            part_kind, part_k, part, usable, spread, part_force, sweeps, mass, False, found, found_gain,
            slopes[n], scratch,
        )  # fmt: skip
        if n == 0:
            bound = upper + slackness
            constants[0] = constant + slackness
            slope[:] = slopes[0]
        else:
            if found[0] >= 0:
                offer(kind, problem, found[None], best, best_gain, scratch)
            if upper < -1e-6 and best[0] < 0:
                return 2, -np.inf, 0, constants[0]
    for n in range(used):
        if np.all((slopes[n] == 0.0) | ((slopes[n] > 0.0) & floored)):
            asked[n] = float(slopes[n] @ np.where(floored, floor, 0))
    slopes[used:], asked[used:] = earlier, earlier_asked

    # Aim just below the bound and lower the aim until a package is found: then nothing above it is left.
    high, width, nodes, mode, status = bound, 0.0, 0, RISE, 0
    if kind == NASH_ZERO:
        mode = NEAR
    while True:
        aim = -np.inf
        target = float(target_at(kind, k, problem, best_gain, scratch)) if best[0] >= 0 else -np.inf
        if mode == RISE and best[0] >= 0:
            rise = step - 1e-6 if step > 0.0 else 1e-9 * (1.0 + abs(target))
            if high <= target + rise:
                status = 1
                mode = FIRST_TIE if step > 0.0 else NEAR
                if step > 0.0 and not settle:
                    break
                continue
            width = max(2.0 * width, (high - target) / 16.0)
            aim = max(target + rise, high - width)
        done, more, left = descend(
            kind, k, problem, usable, slopes, constants, asked, mass, step, aim, mode, False,
            tie_limit if mode == FIRST_TIE else max(1, node_limit - nodes), best, best_gain, scratch,
        )  # fmt: skip
        nodes += more
        if mode != RISE:
            if done:
                status = 2
            elif status == 0:
                high = min(high, left)
            break
        now = float(target_at(kind, k, problem, best_gain, scratch)) if best[0] >= 0 else -np.inf
        if not done:
            high = min(high, max(left, aim, now))
            break
        if best[0] < 0:
            return 2, -np.inf, nodes, constants[0]
        high = max(aim, now)
    return status, high, nodes, constants[0]
