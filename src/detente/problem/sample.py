"""From uniforms to a sample: quantiles, copula, chance, grid steps."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.problem.build import Parameter, Problem

__all__ = [
    "LARGEST",
    "Choices",
    "Sample",
    "assemble",
    "choose",
    "draw",
    "drawn",
    "fitting",
    "medians",
    "most",
    "normalised",
    "parameters",
    "quantile",
    "under_readings",
]

LARGEST = 2**28
"""Grid steps that the points of a faction stay below whatever is added up, which is what the kernels add exactly."""

FURTHEST = 2**30
"""Grid steps that a no-deal value stays below, before a status quo is added to it: every sum and difference of the two fits
32 bits, and kernels cut a threshold off where nothing can reach it."""


@dataclass(frozen=True)
class Sample:
    """A problem in S draws; all integers are grid steps."""

    points: NDArray[np.int32]
    """[P, I, L, S] contribution of each option."""
    no_deal: NDArray[np.int32]
    """[P, S] no-deal value (of the whole utility)."""
    add: NDArray[np.int32]
    """[P, T, S] points of terms."""
    broken: NDArray[np.bool_]
    """[P, T, S] whether the pattern breaks a red or firm line that holds in the draw."""
    outside: NDArray[np.int16]
    """[I, S] option of the outside issues; -1 elsewhere."""
    reading: NDArray[np.int8]
    """[P, S] which reading was true."""
    delivers: NDArray[np.float64]
    """[parties, S] chance that each party (in file order, voting only) makes its own side comply."""
    hinge: int = -1
    """An issue that decides which points a table sees; -1: none."""
    apart: NDArray[np.int32] | None = None
    """[P, I, L, S] ``points`` at the tables where ``hinge`` does not move."""

    def delivered(self, problem: Problem, parties: Collection[str]) -> NDArray[np.float64]:
        """[S] chance that all of these parties make their own sides comply."""
        rows = [n for n, party in enumerate(problem.case.parties) if party in parties]
        chance: NDArray[np.float64] = self.delivers[rows].prod(axis=0)
        return chance

    @property
    def draws(self) -> int:
        """S."""
        return int(self.points.shape[-1])

    def only(self, which: NDArray[np.int64]) -> Sample:
        """Some of the draws."""
        changed: dict[str, Any] = {
            f.name: v[..., which] for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)
        }
        return replace(self, **changed)


def quantile(knots: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Monotone cubic through (0, .05, .5, .95, 1): ``knots`` [J, 5], ``u`` [S, J] in [0, 1] → [S, J].

    Fritsch & Butland (1984) slopes, three-point end formula; flat where two knots are equal.
    """
    grid = np.array([0.0, 0.05, 0.5, 0.95, 1.0])
    h = np.diff(grid)
    delta = np.diff(knots, axis=1) / h
    slope = np.zeros_like(knots)
    left, right = delta[:, :-1], delta[:, 1:]
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    inner = (left > 0) & (right > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope[:, 1:-1] = np.where(inner, (w1 + w2) / (w1 / left + w2 / right), 0.0)
    for end, near, far, h0, h1 in ((0, 0, 1, h[0], h[1]), (-1, -1, -2, h[-1], h[-2])):
        d0, d1 = delta[:, near], delta[:, far]
        edge = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
        slope[:, end] = np.where(edge <= 0, 0.0, np.where(edge > 3 * d0, 3 * d0, edge))
    # Polynomials of all cells, [J, 4], and of each value its own.
    y0, y1 = knots[:, :-1], knots[:, 1:]
    m0, m1 = slope[:, :-1] * h, slope[:, 1:] * h
    second, third = 3 * (y1 - y0) - 2 * m0 - m1, 2 * (y0 - y1) + m0 + m1
    cell = sum((u >= inside).astype(np.intp) for inside in grid[1:-1])
    t = (u - grid[cell]) / h[cell]
    place = cell + 4 * np.arange(len(knots))

    def own(table: NDArray[np.float64]) -> NDArray[np.float64]:
        found: NDArray[np.float64] = np.ascontiguousarray(table).take(place)
        return found

    value = own(y0) + t * (own(m0) + t * (own(second) + t * own(third)))
    within: NDArray[np.float64] = np.clip(value, own(np.minimum(y0, y1)), own(np.maximum(y0, y1)))
    return within


def parameters(problem: Problem, uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of all parameters, [S, N], from ``uniforms`` [S, dimensions]; certain ones are constant."""
    values = np.tile(np.array([p.median for p in problem.parameters], dtype=np.float64), (len(uniforms), 1))
    which = problem.uncertain
    if len(which):
        u = uniforms[:, : len(which)]
        if problem.correlations:
            u = u.copy()
            for dims, factor in problem.correlations:
                u[:, dims] = _normal(_score(u[:, dims]) @ factor.T)
        knots = np.array([problem.parameters[n].knots for n in which])
        values[:, which] = quantile(knots, u)
    return values


def drawn(
    parameters: Sequence[Parameter], uniforms: NDArray[np.float64] | None
) -> dict[str, NDArray[np.float64]]:
    """Path → values [S] from ``uniforms`` [S, len(parameters)], one column each; best estimates (S = 1) without."""
    if uniforms is None or not parameters:
        size = 1 if uniforms is None else len(uniforms)
        return {p.path: np.full(size, p.median) for p in parameters}
    values = quantile(np.array([p.knots for p in parameters]), uniforms)
    certain = np.array([p.certain for p in parameters])
    values[:, certain] = [p.median for p in parameters if p.certain]
    return {p.path: values[:, n] for n, p in enumerate(parameters)}


def _score(u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal quantiles; the few dimensions of a copula do not repay SciPy's start-up."""
    found: NDArray[np.float64] = np.asarray(np.frompyfunc(NormalDist().inv_cdf, 1, 1)(u), dtype=np.float64)
    return found


def _normal(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Standard normal distribution function."""
    found: NDArray[np.float64] = np.asarray(np.frompyfunc(NormalDist().cdf, 1, 1)(z), dtype=np.float64)
    return found


@dataclass(frozen=True)
class Choices:
    """What chance decides once the judged numbers are known."""

    reading: NDArray[np.int8]  # [P, S]
    outside: NDArray[np.int16]  # [I, S]
    holds: Mapping[int, NDArray[np.bool_]]  # parameter → [S]


def _pick(shares: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.int64]:
    """[S, K] shares and [S] uniforms → index; shares are normalised, all-zero means the first."""
    edges = np.cumsum(shares, axis=1)
    picked: NDArray[np.int64] = (edges <= (u * edges[:, -1])[:, None]).sum(axis=1)
    last: NDArray[np.int64] = np.minimum(picked, shares.shape[1] - 1)
    return last


def _chances(problem: Problem, values: NDArray[np.float64], issue: int) -> NDArray[np.float64]:
    """[S, K] chances of the options of an issue that is decided outside; a status quo that has none has what the others leave
    of 1."""
    which = problem.chances[issue]
    shares = values[:, which]
    if problem.status_quo is not None and not which[here := problem.status_quo[issue]]:
        shares[:, here] = np.maximum(0.0, 1.0 - shares.sum(axis=1))
    return shares


def choose(
    problem: Problem,
    values: NDArray[np.float64],
    uniforms: NDArray[np.float64] | None,
    *,
    readings: Mapping[str, str] | None = None,
) -> Choices:
    """Readings, outside options and firm lines, by chance; the likeliest where ``uniforms`` is None.

    ``readings`` fixes some factions' readings by name; everything else stays as drawn, so that rival readings
    are compared on the same draws.
    """
    size = values.shape[0]
    reading = np.zeros((len(problem.factions), size), dtype=np.int8)
    outside = np.full((len(problem.issues), size), -1, dtype=np.int16)
    for i, issue in enumerate(problem.case.issues.values()):
        if issue.controlled_by == "outside" and problem.status_quo is not None:
            outside[i] = problem.status_quo[i]
    holds: dict[int, NDArray[np.bool_]] = {}
    first = len(problem.uncertain)
    for d, (kind, n) in enumerate(problem.selectors):
        u = None if uniforms is None else uniforms[:, first + d]
        if kind == "reading":
            shares = values[:, problem.priors[n]]
            reading[n] = np.argmax(shares, axis=1) if u is None else _pick(shares, u)
        elif kind == "chance" and u is not None:
            outside[n] = _pick(_chances(problem, values, n), u)
        elif kind == "chance":
            # At best estimates it stays where it is; where that is nowhere, the likeliest.
            likeliest = np.argmax(_chances(problem, values, n), axis=1)
            outside[n] = np.where(outside[n] >= 0, outside[n], likeliest)
        else:
            holds[n] = values[:, n] >= 0.5 if u is None else u < values[:, n]
    for name, which in (readings or {}).items():
        f = problem.factions.index(name)
        reading[f] = problem.readings[f].index(which)
    return Choices(reading, outside, holds)


def assemble(
    problem: Problem,
    values: NDArray[np.float64],
    choices: Choices,
    *,
    factions: Sequence[int] | None = None,
    others: Sample | None = None,
) -> Sample:
    """Grid steps from parameter values [S, N]; ``factions`` limits the work, all others are as in a sample, or stay zero."""
    size, count = values.shape[0], len(problem.factions)
    largest = max(len(o) for o in problem.options)
    points = np.zeros((count, len(problem.issues), largest, size), dtype=np.int32)
    add = np.zeros((count, len(problem.patterns), size), dtype=np.int32)
    broken = np.zeros((count, len(problem.patterns), size), dtype=np.bool_)
    no_deal = np.zeros((count, size), dtype=np.int32)
    if others is not None and factions is not None:
        rest = [f for f in range(count) if f not in factions]
        points[rest], add[rest] = others.points[rest], others.add[rest]
        broken[rest], no_deal[rest] = others.broken[rest], others.no_deal[rest]
    place = {pattern: t for t, pattern in enumerate(problem.patterns)}
    columns = np.ascontiguousarray(values.T)
    for f in range(count) if factions is None else factions:
        step = problem.step[f]
        for r, scheme in enumerate(problem.schemes[f]):
            active = choices.reading[f] == r
            if not active.any():
                continue
            rows = np.flatnonzero(active)
            column = columns if active.all() else columns[:, rows]
            level = column[scheme.value]
            if not scheme.raw:
                level *= normalised(column[scheme.weight])[:, None, :]
            points[f][:, :, rows] = fitting(problem, f, level / step)
            for term in scheme.terms:
                worth = fitting(problem, f, column[term.add] / step)
                add[f, place[term.pattern]][rows] = fitting(
                    problem, f, add[f, place[term.pattern]][rows] + worth
                )
            for line in scheme.lines:
                held = True if line.holds is None else choices.holds[line.holds][rows]
                broken[f, place[line.pattern]][rows] |= held
            no_deal[f, rows] = fitting(problem, f, column[scheme.no_deal] / step, within=FURTHEST)
        # Once these fit, so does whatever is added up of them.
        fitting(problem, f, most(points[f], add[f]))
        stated = np.array([s.relative for s in problem.schemes[f]])[choices.reading[f]]
        if stated.any() and problem.status_quo is not None:
            rows = np.flatnonzero(stated)
            no_deal[f, rows] += _status_quo_utility(problem, points[f], add[f], choices.outside, rows)
    delivered = np.ones((len(problem.case.parties), size))
    for n, party in enumerate(problem.case.parties):
        if party in problem.delivers:
            delivered[n] = columns[problem.delivers[party]]
    return Sample(points, no_deal, add, broken, choices.outside, choices.reading, delivered)


def normalised(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """[I, S] what each weight [I, S] is of all in its draw; nothing where none counts."""
    # One after another: ``sum`` adds those of a single draw in another order than those of many, and half a step would not be half
    # a step in both.
    total = np.add.accumulate(weight)[-1]
    found: NDArray[np.float64] = weight / np.where(total > 0, total, 1.0)
    return found


def most(points: NDArray[np.int32], add: NDArray[np.int32]) -> NDArray[np.int64]:
    """[S] the most that the points [I, L, S] of options and [T, S] of terms can add up to, whatever their signs."""
    found: NDArray[np.int64] = np.abs(points).max(axis=1).sum(axis=0, dtype=np.int64)
    found += np.abs(add).sum(axis=0, dtype=np.int64)
    return found


def fitting(
    problem: Problem,
    faction: int,
    steps: NDArray[np.float64] | NDArray[np.int64],
    *,
    within: int = LARGEST,
) -> NDArray[np.int32]:
    """Amounts in grid steps as whole ones.

    Raises
    ------
    LimitError
        They do not stay below ``within``.
    """
    most = float(np.abs(steps).max(initial=0))
    if not most < within:
        raise LimitError(
            f"{most:,.0f} grid steps of {problem.step[faction]:g} would have to be added up for "
            f"'{problem.factions[faction]}'; the limit is {within:,}: give its numbers with fewer digits, or in a larger unit"
        )
    return np.rint(steps).astype(np.int32)


def _status_quo_utility(
    problem: Problem,
    points: NDArray[np.int32],
    add: NDArray[np.int32],
    outside: NDArray[np.int16],
    rows: NDArray[np.intp],
) -> NDArray[np.int32]:
    """Utility of leaving everything as it is, in the draws ``rows``."""
    assert problem.status_quo is not None
    here = np.where(outside[:, rows] >= 0, outside[:, rows], problem.status_quo[:, None])
    total = np.zeros(len(rows), dtype=np.int32)
    for i, home in enumerate(problem.status_quo):
        drawn = (outside[i] >= 0).any()
        total += points[i, here[i], rows] if drawn else points[i, home, rows]
    for t in np.flatnonzero(add.any(axis=1)):
        matched = np.all([here[i] == o for i, o in problem.patterns[t]], axis=0)
        total += np.where(matched, add[t, rows], 0)
    return total


def under_readings(
    problem: Problem, values: NDArray[np.float64], uniforms: NDArray[np.float64] | None
) -> Callable[[Mapping[str, str]], Sample]:
    """Draws with some readings taken for true, which only those see differently whose readings they are; what chance decides as in
    :func:`choose`."""
    plain = assemble(problem, values, choose(problem, values, uniforms))

    def supposing(readings: Mapping[str, str]) -> Sample:
        if not readings:
            return plain
        chosen = choose(problem, values, uniforms, readings=readings)
        which = [problem.factions.index(f) for f in readings]
        return assemble(problem, values, chosen, factions=which, others=plain)

    return supposing


def draw(
    problem: Problem, uniforms: NDArray[np.float64], *, readings: Mapping[str, str] | None = None
) -> Sample:
    """A sample from ``uniforms`` [S, dimensions] in (0, 1)."""
    return under_readings(problem, parameters(problem, uniforms), uniforms)(readings or {})


def medians(problem: Problem, *, readings: Mapping[str, str] | None = None) -> Sample:
    """Best estimates, a sample of one: medians, then normalised; the likeliest readings; lines with
    ``holds`` of one half or more hold; outside issues stay at the status quo."""
    values = parameters(problem, np.full((1, problem.dimensions), 0.5))
    return under_readings(problem, values, None)(readings or {})
