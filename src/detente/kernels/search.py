"""The best package by a concave objective, proven.

``maximise`` finds one package among 10^30: local search gives an incumbent, supporting hyperplanes bound what
any completion can reach, depth-first branch and bound closes the gap (``descent``). What it cannot close
within ``node_limit`` nodes it says: ``proven`` is False and ``bound`` holds. The max-min objective with many
parties and issues is a knapsack too hard for that bound alone; it then asks HiGHS (``programme``) and checks
the answer again in integers.

Ties are decided by a written rule: the package that comes first in lexicographic order of option indices.

References
----------
Nash (1950), doi:10.2307/1907266. Kalai and Smorodinsky (1975), doi:10.2307/1914280.
Kalai (1977), doi:10.2307/1913954 (egalitarian). Ogryczak and Sliwinski (2003), doi:10.1016/S0377-2217(02)00398-5.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels import descent
from detente.kernels.attempts import solve
from detente.kernels.patterns import Patterns, no_patterns, pattern_pairs
from detente.kernels.programme import TOLERANCE, lowest_sum

__all__ = ["Best", "Objective", "maximise"]

Int = NDArray[np.int64]


class Objective(IntEnum):
    """What ``maximise`` maximises. g_p = U_p - r_p is the gain of party p."""

    NASH = 0
    """sum of weight_p ln g_p over members. A package with only positive gains beats any other; where some gain
    must be zero, the most positive gains win, then the largest sum over the positive ones."""
    LINEAR = 1
    """sum of weight_p U_p over all rows with a weight, members or not."""
    MAXMIN = 2
    """The lowest weight_p g_p over members, then the second lowest, and so on (leximin). Weight 1 is the
    egalitarian solution, 1 / ideal gain the Kalai-Smorodinsky solution."""
    SHORTFALL = 3
    """Minus the sum of weight_p max(0, r_p - U_p) over members; nobody has to accept. 0: a deal exists."""


class Best(NamedTuple):
    """The best package found, its value, and what is known about all others."""

    package: Int | None
    """int64[I]; None when no package meets the reservation values (``proven``), or none was found."""
    value: float
    """The objective at ``package``; -inf without a package, and for NASH when some gain is zero."""
    bound: float
    """No package has a larger value, up to rounding of 1e-9 (relative)."""
    proven: bool
    """Nothing is better: for NASH and LINEAR in value, for MAXMIN in the whole leximin order."""
    nodes: int
    """Options examined by the search."""
    settled: bool
    """Whether the tie rule was carried through: if not, another package may tie and come first."""


def maximise(  # noqa: PLR0913
    objective: Objective,
    utilities: Int,
    sizes: Int,
    *,
    patterns: Patterns | None = None,
    add: Int | None = None,
    broken: NDArray[np.bool_] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    reservation: Int,
    weight: NDArray[np.float64] | None = None,
    members: NDArray[np.bool_] | None = None,
    status_quo: Int | None = None,
    node_limit: int = 4_000_000,
    milp_nodes: int = 300,
) -> Best:
    """The package that maximises ``objective``, with U_p >= reservation_p for members and none of their lines broken
    (SHORTFALL: as few of their lines as possible, whatever that costs in points; value and bound then include tolls).

    Parameters
    ----------
    utilities: int64[P, I, L] grid steps, what lies beyond an issue's size is ignored; |sums| below 2^30.
    sizes: int64[I] options per issue.
    patterns, add int64[P, T], broken bool[P, T], excluded bool[T]: points, lines and prohibitions on several options.
    reservation: int64[P]. weight: float64[P], default 1; positive for members (or zero: the row then only
        has to accept). members: bool[P], default all.
    status_quo: int64[I] or None (or -1): never the answer.
    node_limit: options examined per pass before giving up (about 20 million a second).
    milp_nodes: MAXMIN only, branch-and-bound nodes of HiGHS per stage after that; 0 never asks it.

    Weights that are small multiples of a common unit make sums and products exact, and so ties true ties.
    Other MAXMIN weights are compared on a grid of 2^-30 of the largest weighted gain; other NASH and LINEAR
    weights in floats.
    """
    game = _Game(
        objective, utilities, sizes, patterns, add, broken, excluded, reservation, weight, members, status_quo
    )
    if objective == Objective.NASH:
        return _nash(game, node_limit)
    if objective == Objective.MAXMIN:
        return _leximin(game, node_limit, milp_nodes)
    return game.best(game.run(int(objective), node_limit=node_limit))


class _Run(NamedTuple):
    """One call of ``solve``."""

    status: int
    bound: float
    nodes: int
    package: Int
    gain: Int
    slope: NDArray[np.float64]
    constant: float


class _Game:
    """The rows that matter, in the layout of ``descent``."""

    def __init__(  # noqa: PLR0913
        self,
        objective: Objective,
        utilities: Any,
        sizes: Any,
        patterns: Patterns | None,
        add: Any,
        broken: Any,
        excluded: Any,
        reservation: Any,
        weight: Any,
        members: Any,
        status_quo: Any,
    ) -> None:
        self.objective = objective
        utilities = np.asarray(utilities, np.int64)
        parties, issues, options = utilities.shape
        self.sizes = np.array(sizes, np.int64)
        patterns = no_patterns() if patterns is None else patterns
        terms = len(patterns.start) - 1
        weight = np.ones(parties) if weight is None else np.asarray(weight, np.float64)
        members = np.ones(parties, np.bool_) if members is None else np.asarray(members, np.bool_)
        if np.any(weight[members] < 0) or not np.all(np.isfinite(weight)):
            raise ValueError("weights of members must be finite and not negative")
        linear = objective == Objective.LINEAR
        rows = np.flatnonzero(members | (weight != 0)) if linear else np.flatnonzero(members)
        reservation = np.asarray(reservation, np.int64)[rows]
        self.rows, self.weight = rows, weight[rows]
        self.active = self.weight != 0.0
        self.whole = _multiples(self.weight, 64 if objective == Objective.NASH else 2**20)
        self.factor = 1.0
        if np.any(self.whole):
            self.factor = float(np.max(np.abs(self.whole)) / np.max(np.abs(self.weight)))
        self.reservation = reservation
        self.members = members[rows]
        self.utilities = np.ascontiguousarray(utilities[rows].transpose(1, 2, 0))
        self.add = np.zeros((terms, len(rows)), np.int64)
        if terms and add is not None:
            self.add[:] = np.asarray(add, np.int64)[rows].T
        self.excluded = np.zeros(terms, np.bool_)
        if terms and excluded is not None:
            self.excluded[:] = excluded
        if terms and broken is not None:
            lines = np.asarray(broken, np.bool_)[rows] & members[rows, None]
            if objective == Objective.SHORTFALL:
                self.add -= lines.T * self._toll(int(lines.sum()))
            else:
                self.excluded |= lines.any(axis=0)
        self.usable = np.arange(options)[None, :] < self.sizes[:, None]
        self.terms = self._fold(patterns)
        self.status_quo = np.full(issues, -1, np.int64)
        if status_quo is not None:
            self.status_quo[:] = status_quo
        self.starts = self._starts()
        self._reduce()

    def _toll(self, lines: int) -> Int:
        """[R] points that a broken line takes off a row, of ``lines`` in all: weighted, the same for every row but for
        rounding, and more than all that gains can make up for and all that rows can lack without lines."""
        inside = (np.arange(self.utilities.shape[1])[None, :] < self.sizes[:, None])[:, :, None]
        most = np.where(inside, self.utilities, np.iinfo(np.int64).min).max(axis=1).sum(axis=0)
        least = np.where(inside, self.utilities, np.iinfo(np.int64).max).min(axis=1).sum(axis=0)
        most += np.maximum(self.add, 0).sum(axis=0) - self.reservation
        least += np.minimum(self.add, 0).sum(axis=0) - self.reservation
        whole = float(self.weight @ (np.maximum(0, -least) + np.maximum(0, most)))
        whole += (1.0 + lines) * float(self.weight.max(initial=1.0))
        return np.asarray(np.ceil(whole / np.where(self.active, self.weight, 1.0)), np.int64)

    def _fold(self, patterns: Patterns) -> tuple[Int, Int, Int]:
        """Patterns on one option are points or prohibitions of that option; the rest stay."""
        length = np.diff(patterns.start)
        for t in np.flatnonzero(length == 1):
            i, o = patterns.issue[patterns.start[t]], patterns.option[patterns.start[t]]
            self.utilities[i, o] += self.add[t]
            self.usable[i, o] &= not self.excluded[t]
        keep = np.flatnonzero(length > 1)
        pairs = [np.arange(patterns.start[t], patterns.start[t + 1]) for t in keep]
        flat = np.concatenate(pairs) if pairs else np.zeros(0, np.int64)
        start = np.concatenate([[0], np.cumsum(length[keep])]).astype(np.int64)
        self.add, self.excluded = self.add[keep].copy(), self.excluded[keep].copy()
        return start, np.array(patterns.issue[flat], np.int64), np.array(patterns.option[flat], np.int64)

    def _starts(self) -> Int:
        """The packages one option away from the status quo: what ``_reduce`` could take from us."""
        found = []
        if self.status_quo.min(initial=0) >= 0:
            for i, size in enumerate(self.sizes):
                for o in range(size):
                    if self.usable[i, o] and o != self.status_quo[i]:
                        found.append(self.status_quo.copy())
                        found[-1][i] = o
        rows = [x for x in found if all(self.usable[i, o] for i, o in enumerate(x))]
        return np.array(rows, np.int64).reshape(len(rows), len(self.sizes))

    def _reduce(self) -> None:
        """Strike options that another of the issue dominates for every row, when no pattern names them.

        Replacing a dominated option never makes a package worse, nor later in a tie; it could only make it
        the status quo, and those packages are in ``starts``.
        """
        strict = self.objective in (Objective.NASH, Objective.MAXMIN) and bool(np.all(self.active))
        _, issue, option = self.terms
        named = np.zeros_like(self.usable)
        named[issue, option] = True
        for i in range(len(self.sizes)):
            at = np.flatnonzero(self.usable[i] & ~named[i])
            table = self.utilities[i, at]
            least = np.all(table[:, None, :] >= table[None, :, :], axis=2)
            before = at[:, None] < at[None, :]
            higher = np.any(table[:, None, :] > table[None, :, :], axis=2)
            if self.objective == Objective.LINEAR:
                gain = table.astype(np.float64) @ self.weight
                least &= gain[:, None] >= gain[None, :]
                higher = (
                    gain[:, None] > gain[None, :] if not np.any(self.weight < 0) else np.zeros_like(least)
                )
            beats = least & (before | (higher if strict or self.objective == Objective.LINEAR else False))
            np.fill_diagonal(beats, False)
            self.usable[i, at[np.any(beats, axis=0)]] = False

    def pairs(self) -> list[list[tuple[int, int]]]:
        """The options of the patterns that are left."""
        return pattern_pairs(Patterns(*self.terms))

    def run(  # noqa: PLR0913
        self,
        kind: int,
        *,
        node_limit: int,
        k: int = 1,
        floor: int | Int = 0,
        step: float | None = None,
        scale: NDArray[np.float64] | None = None,
        slackness: float = 0.0,
        starts: Int | None = None,
        earlier: NDArray[np.float64] | None = None,
        asked: NDArray[np.float64] | None = None,
        settle: bool = True,
    ) -> _Run:
        """``floor``: the least gain of members with a weight (of the others: 0), one for all or each its own."""
        count = len(self.rows)
        floors = np.where(self.members, np.where(self.active, floor, 0), descent.NO_FLOOR).astype(np.int64)
        if kind == descent.SHORTFALL:
            floors[:] = descent.NO_FLOOR
        whole = bool(np.any(self.whole))
        weight = self.weight * self.factor if scale is None and kind != descent.NASH else self.weight
        if kind == descent.NASH_ZERO:
            weight = self.weight
        weight = np.array(weight if scale is None else scale, np.float64)
        if whole and kind in (descent.LINEAR, descent.SHORTFALL):
            weight = self.whole.astype(np.float64)
        if step is None:
            step = 1.0 if whole and kind in (descent.LINEAR, descent.SHORTFALL) else 0.0
        start, issue, option = self.terms
        problem = descent.Problem(
            self.utilities, self.sizes, -self.reservation, floors, self.active, weight, self.whole,
            start, issue, option, self.add, self.excluded, self.status_quo,
        )  # fmt: skip
        best, gain = np.full(len(self.sizes), -1, np.int64), np.zeros(count, np.int64)
        slope = np.zeros(count)
        status, bound, nodes, constant = solve(
            kind, k, problem, self.usable.copy(), self.starts if starts is None else starts,
            np.zeros((0, count)) if earlier is None else earlier, np.zeros(0) if asked is None else asked,
            step, slackness, 4.0 * max(1.0, float(np.sum(np.abs(weight)))) * 1e4, settle,
            node_limit, best, gain, slope,
        )  # fmt: skip
        return _Run(status, bound, nodes, best, gain, slope, constant)

    def best(self, run: _Run) -> Best:
        """LINEAR and SHORTFALL: scale back to the user's weights."""
        found = run.package[0] >= 0
        value, unit, shift = -np.inf, 1.0, 0.0
        if np.any(self.whole):
            unit = 1.0 / self.factor
        if self.objective == Objective.LINEAR:
            shift = float(self.weight @ self.reservation)
            if found:
                value = float(self.weight @ (run.gain + self.reservation))
        elif found:
            value = -float(self.weight @ np.maximum(0, -run.gain)) + 0.0
        bound = value if run.status else max(value, run.bound * unit + shift)
        return Best(run.package if found else None, value, bound, run.status > 0, run.nodes, run.status == 2)


def _multiples(weight: NDArray[np.float64], limit: int) -> Int:
    """The weights as small integer multiples of a common unit, or zeros when they are not."""
    size = np.abs(weight[weight != 0.0])
    if len(size):
        for divisor in range(1, 61):
            whole = weight / size.min() * divisor
            if np.all(np.abs(whole - np.rint(whole)) < 1e-9 * divisor) and np.abs(whole).sum() <= limit:
                return np.asarray(np.rint(whole), np.int64)
    return np.zeros(len(weight), np.int64)


def _nash(game: _Game, node_limit: int) -> Best:
    """First among packages where everyone gains; only if there is none, with zero gains."""
    run = game.run(descent.NASH, floor=1, node_limit=node_limit)
    if run.package[0] >= 0:
        gains = run.gain[game.active].astype(np.float64)
        value = float(game.weight[game.active] @ np.log(gains))
        bound = value if run.status else max(value, run.bound)
        return Best(run.package, value, bound, run.status > 0, run.nodes, run.status == 2)
    rest = game.run(descent.NASH_ZERO, floor=0, node_limit=node_limit)
    bound = -np.inf if run.status else run.bound
    proven = run.status > 0 and rest.status > 0
    package = rest.package if rest.package[0] >= 0 else None
    return Best(package, -np.inf, bound, proven, run.nodes + rest.nodes, proven and rest.status == 2)


def _leximin(game: _Game, node_limit: int, milp_nodes: int) -> Best:
    """Stage k maximises the sum of the k lowest scores among the packages that were best in the stages before."""
    count = int(game.active.sum())
    if not count:
        run = game.run(descent.LINEAR, node_limit=node_limit)
        value = 0.0 if run.package[0] >= 0 else -np.inf
        return Best(run.package if value == 0.0 else None, value, value, run.status > 0, run.nodes, False)
    scale, exact = _scale(game)
    unit = float(np.max(scale) / np.max(game.weight))
    starts, earlier, asked = game.starts, np.zeros((0, len(game.rows))), np.zeros(0)
    stages: list[float] = []
    floor = np.zeros(len(game.rows), np.int64)
    nodes, bound, settled = 0, np.inf, False
    for k in range(1, count + 1):
        rounding = 0.0 if exact else 0.5 * k

        terms: dict[str, Any] = {
            "k": k, "floor": floor, "scale": scale, "step": 1.0, "slackness": rounding, "earlier": earlier,
            "asked": asked, "settle": k == count,
        }  # fmt: skip
        run = game.run(descent.MAXMIN, starts=starts, node_limit=node_limit, **terms)
        nodes += run.nodes
        if run.package[0] < 0 and (run.status or not milp_nodes):
            top = -np.inf if run.status else run.bound / unit
            return Best(None, -np.inf, top, run.status > 0, nodes, run.status == 2)
        status, high = run.status, run.bound
        if not status and milp_nodes:
            found = lowest_sum(
                game.utilities, game.usable, -game.reservation, game.active, scale, game.pairs(), game.add,
                game.excluded, game.status_quo, k=k, earlier=[t - 0.5 * (n + 1) * (not exact) for n, t in enumerate(stages)],
                at_least=_stage(run, scale, game, k) - rounding, node_limit=milp_nodes,
            )  # fmt: skip
            known = [x for x in (run.package, found.package) if x is not None and x[0] >= 0]
            starts = np.array(known, np.int64).reshape(-1, len(game.sizes))
            run = game.run(descent.MAXMIN, starts=starts, node_limit=1000, **terms)
            nodes += run.nodes
            high = min(high, run.bound, found.bound + rounding)
            if run.package[0] < 0:
                none = found.bound == -np.inf
                return Best(None, -np.inf, -np.inf if none else high / unit, none, nodes, none)
            stage = _stage(run, scale, game, k)
            slack = 0.999 if exact else k + 4 * TOLERANCE * float(np.abs(scale * run.gain).max())
            status = int(high <= stage + slack)
        stage = _stage(run, scale, game, k)
        if k == 1:
            bound = stage if status else max(stage, high)
        if not status:
            break
        settled = run.status == 2
        stages.append(stage)
        starts = np.array([run.package], np.int64)
        earlier = np.vstack([earlier, run.slope])
        asked = np.append(asked, stage - run.constant - 1e-9 * (1.0 + abs(stage)) - 1e-6)
        if k == 1:
            least = np.ceil((stage - 0.5) / np.where(game.active, scale, 1.0) - 1e-9)
            floor = np.where(game.active, np.maximum(0, least), 0).astype(np.int64)
    value = float(np.min(game.weight[game.active] * run.gain[game.active]))
    top = value if bound <= _stage(run, scale, game, 1) else max(value, bound / unit)
    proven = len(stages) == count
    return Best(run.package, value, top, proven, nodes, proven and settled)


def _scale(game: _Game) -> tuple[NDArray[np.float64], bool]:
    """What makes weighted gains integers: the weights' common unit, else a grid of 2^-30 of the largest."""
    if np.any(game.whole):
        return game.whole.astype(np.float64), True
    most = np.where(game.usable[:, :, None], game.utilities, -(2**40)).max(axis=1).sum(axis=0)
    most = np.maximum(1, most + np.maximum(game.add, 0).sum(axis=0) - game.reservation)
    return game.weight * 2.0 ** np.floor(30 - np.log2(np.max(game.weight * most))), False


def _stage(run: _Run, scale: NDArray[np.float64], game: _Game, k: int) -> float:
    """The sum of the k lowest scores; -inf without a package."""
    if run.package[0] < 0:
        return -np.inf
    return float(np.sort(np.rint(scale * run.gain)[game.active])[:k].sum())
