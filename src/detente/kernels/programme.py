"""The max-min package as a mixed integer programme, for HiGHS.

With six parties and forty issues the hyperplanes of ``descent`` leave a gap that only cutting planes close. One
binary per option, one per issue is chosen; a pattern's variable lies between its options' conjunction and each
of them; the sum of the k lowest scores is ``max k y - sum_p max(0, y - score_p)``, linear in y and the
shortfalls (Ogryczak and Sliwinski 2003, doi:10.1016/S0377-2217(02)00398-5).

HiGHS works in floats with tolerances of 1e-6: its package is a candidate, to be checked in integers by the
caller, and its bound is widened by that much. Nothing here depends on time, only on nodes.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Candidate", "lowest_sum"]

TOLERANCE = 2e-6
"""Relative to the largest score; HiGHS accepts 1e-6 off in rows and in integrality."""


class Candidate(NamedTuple):
    """What HiGHS says."""

    package: NDArray[np.int64] | None
    bound: float
    """On the sum of the k lowest scores; inf when HiGHS gives none, -inf when it finds nothing feasible."""


def lowest_sum(  # noqa: PLR0913, PLR0915
    utilities: NDArray[np.int64],
    usable: NDArray[np.bool_],
    base: NDArray[np.int64],
    active: NDArray[np.bool_],
    scale: NDArray[np.float64],
    pairs: list[list[tuple[int, int]]],
    add: NDArray[np.int64],
    excluded: NDArray[np.bool_],
    status_quo: NDArray[np.int64],
    *,
    k: int,
    earlier: list[float],
    at_least: float,
    node_limit: int,
) -> Candidate:
    """Maximise the sum of the k lowest scores ``scale * gain`` of the active rows (at least k); all gains >= 0.

    utilities: int64[I, L, R]; usable: bool[I, L]; base: int64[R]; pairs: the options of each pattern; add:
    int64[T, R]. earlier: what the sums of the 1, 2, ... lowest have to be at least; at_least: the same for k.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    issue, option = np.nonzero(usable)
    place = np.full(usable.shape, -1)
    place[issue, option] = np.arange(len(issue))
    # Points that no package can make up for are prohibitions (and would only spoil the numbers).
    reach = base + np.where(usable[:, :, None], utilities, -(2**40)).max(axis=1).sum(axis=0)
    reach = reach + np.maximum(add, 0).sum(axis=0)
    barred = excluded | np.any(add + reach < 0, axis=1)
    free = np.flatnonzero(~barred)
    unit = float(np.max(scale * np.maximum(1, reach)))
    score = scale / unit * 1000.0

    count, terms, members = len(issue), len(free), np.flatnonzero(active)
    first_y = count + terms
    first_d = first_y + k
    width = first_d + k * len(members)
    rows: list[tuple[list[int], list[float], float, float]] = []

    def row(at: Any, value: Any, low: float, high: float) -> None:
        rows.append((list(at), list(value), low, high))

    for i in range(len(usable)):
        at = place[i][place[i] >= 0]
        row(at, np.ones(len(at)), 1, 1)
    for t, options in enumerate(pairs):
        at = [int(place[i, o]) for i, o in options]
        if min(at) < 0:
            continue
        if barred[t]:
            row(at, np.ones(len(at)), -np.inf, len(at) - 1)
            continue
        z = count + int(np.searchsorted(free, t))
        row([*at, z], [*np.ones(len(at)), -1], -np.inf, len(at) - 1)
        for x in at:
            row([x, z], [1, -1], 0, np.inf)
    if status_quo[0] >= 0:
        at = [int(place[i, o]) for i, o in enumerate(status_quo)]
        if min(at) >= 0:
            row(at, np.ones(len(at)), -np.inf, len(at) - 1)
    gain_at = [*range(count + terms)]
    for p in range(len(base)):
        points = np.concatenate([utilities[issue, option, p], add[free, p]]).astype(np.float64)
        size = score[p] if active[p] else 1000.0 / max(1.0, float(reach[p]))
        row(gain_at, points * size, -float(base[p]) * size, np.inf)
        if active[p]:
            m = int(np.searchsorted(members, p))
            for j in range(k):
                at = [*gain_at, first_y + j, first_d + j * len(members) + m]
                row(at, [*(points * size), -1, 1], -float(base[p]) * size, np.inf)
    goal = np.zeros(width)
    for j in range(k):
        at = [first_y + j, *range(first_d + j * len(members), first_d + (j + 1) * len(members))]
        value = [float(j + 1), *-np.ones(len(members))]
        low = (earlier[j] if j < k - 1 else at_least) / unit * 1000.0
        row(at, value, low - 1000.0 * TOLERANCE, np.inf)
        if j == k - 1:
            goal[at] = value
    pointer = np.cumsum([0] + [len(at) for at, _, _, _ in rows])
    matrix = csr_array(
        (
            np.concatenate([value for _, value, _, _ in rows]),
            np.concatenate([at for at, _, _, _ in rows]).astype(np.int32),
            pointer.astype(np.int32),
        ),
        shape=(len(rows), width),
    )
    lower = np.zeros(width)
    upper = np.ones(width)
    lower[first_y:first_d], upper[first_y:] = -np.inf, np.inf
    for t in range(terms):
        if min(place[i, o] for i, o in pairs[free[t]]) < 0:
            upper[count + t] = 0.0
    answer = milp(
        -goal,
        constraints=LinearConstraint(
            matrix, np.array([low for _, _, low, _ in rows]), np.array([high for _, _, _, high in rows])
        ),
        bounds=Bounds(lower, upper),
        integrality=np.concatenate([np.ones(count), np.zeros(width - count)]),
        options={"node_limit": node_limit, "mip_rel_gap": 0.0},
    )
    if answer.status == 2:
        return Candidate(None, -np.inf)
    package = None
    if answer.x is not None:
        chosen = np.zeros(usable.shape)
        chosen[issue, option] = answer.x[:count]
        package = chosen.argmax(axis=1).astype(np.int64)
    bound = answer.mip_dual_bound
    if bound is None or not np.isfinite(bound):
        return Candidate(package, np.inf)
    return Candidate(package, (-float(bound) / 1000.0 + TOLERANCE) * unit)
