"""Which single judgement, changed how little, would change the answer?

Three answers, for each number of the case that matters at a table:

1. *Flip of deal / no deal*: the smallest change of the one number, all others at their best estimates, at which
   the existence of an agreed package changes. The number's legal range is scanned at ``SCAN`` points and the
   nearest change found is narrowed by bisection; a flip that undoes itself between two scan points is not seen.
2. *Flip of the package*: the smallest change, looked for at ``SETTINGS`` points of its judged range, at which
   another candidate is accepted in more draws than the package now accepted most often.
3. *Swing and index*: that package's acceptance with the number held at its 5th and 95th percentile (a tornado;
   Howard 1988), and the first-order index S_j = Var(E[Y | x_j]) / Var(Y) of Y = "the package is agreed" (Sobol'
   1993; Saltelli et al. 2010), from conditional means at ``NODES`` quantiles on the same draws. Judgements that
   were declared to move together stay as drawn while one of them is held.

One pass of the same compiled existence search serves all scans: a "draw" is a set of best estimates in which one
number differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente import __version__
from detente.analyses.deal.result import DealResult, TrackResult, jsonable
from detente.analyses.deal.room import view
from detente.analyses.deal.run import REPLICATES, Deal
from detente.kernels.acceptance import agreed
from detente.kernels.search import exists
from detente.problem import Choices, Problem, Table, assemble, choose, parameters, table
from detente.problem.sample import quantile
from detente.rng import replicate_error

__all__ = ["CANDIDATES", "SCAN", "SETTINGS", "Flip", "FlipsResult", "flips"]

SCAN = 33
BISECTIONS = 12
SETTINGS = 9
NODES = 8
CANDIDATES = 16
FLIP_DRAWS = 256
SEARCH_NODES = 20_000


@dataclass(frozen=True)
class Flip:
    """What one number does to the answer. Values are on the number's own scale."""

    path: str
    owner: str
    kind: str
    low: float
    best: float
    high: float
    certain: bool
    """Typed as a single number: it has no judged range, and no swing."""
    deal_flips_at: float | None
    """Nearest value at which deal becomes no deal, or the reverse; None: nowhere in its legal range."""
    deal_flip_inside: bool
    """Whether that value lies inside the judged range."""
    package_flips_at: float | None
    """Nearest value of the judged range at which another package is accepted more often."""
    package_becomes: Mapping[str, str] | None
    acceptance_low: float
    """Acceptance of the package with the number at its 5th percentile."""
    acceptance_high: float
    first_order: float
    """Share of the variance of "agreed" that the number explains alone."""

    @property
    def swing(self) -> float:
        """Width of the tornado's bar."""
        return abs(self.acceptance_high - self.acceptance_low)

    @property
    def deal_change(self) -> float | None:
        """Distance to the flip, in half-widths of the judged range (certain numbers: of the whole scale)."""
        if self.deal_flips_at is None:
            return None
        width = (self.high - self.low) / 2
        distance = abs(self.deal_flips_at - self.best)
        return distance / width if width > 0 else float("inf")


@dataclass(frozen=True)
class FlipsResult:
    """Every number that matters at a table, the most telling first."""

    case: str
    track: str
    seed: int
    draws: int
    deal_at_best_estimates: bool | None
    """None: the search that decides reached its limit."""
    package: Mapping[str, str] | None
    """The package whose acceptance is looked at: the one accepted most often."""
    acceptance: float
    acceptance_error: float
    candidates: int
    """How many packages it was compared with."""
    flips: tuple[Flip, ...]
    first_order_error: float
    """Standard error of one conditional mean: indices below its square over the variance are noise."""
    reading_index: Mapping[str, float]
    """Faction → first-order index of which of its rival readings is true."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        head = {
            "detente": __version__,
            "case": self.case,
            "verb": "flips",
            "seed": self.seed,
            "draws": self.draws,
        }
        return {**head, **jsonable(self)}


def flips(ready: Deal, result: DealResult, *, track: str | None = None) -> FlipsResult:
    """Scan every number that the factions of ``track`` (default: the first) hold.

    ``result`` is the deal analysis of the same run.
    """
    found = result.main if track is None else result.tracks[track]
    problem = ready.problem
    at = table(problem, found.id)
    mine = _numbers(problem, at)
    now, deal_at = _deal_flips(ready, at, mine)
    names = list(found.solutions)
    top = found.solutions["most_acceptable"] if "most_acceptable" in names else None
    if top is None:
        empty = np.zeros(len(mine))
        return _result(
            ready, found, mine, now, deal_at, None, [None] * len(mine), empty, empty, empty, 0.0, {}
        )
    packages = _candidates(problem, at, found)
    values = parameters(problem, ready.reported_on)
    chosen = choose(problem, values, ready.reported_on)
    low, high, index, noise = _swings(ready, at, packages[:1], values, chosen, mine)
    other = _package_flips(ready, at, packages, values, chosen, mine)
    indices = _reading_index(ready, at, top.acceptance, top.acceptance_by_reading, values)
    return _result(ready, found, mine, now, deal_at, packages, other, low, high, index, noise, indices)


def _numbers(problem: Problem, at: Table) -> list[int]:
    """Parameters of the table's factions that can matter there."""
    owners = {problem.factions[f] for f in at.factions}
    keep = []
    for n, p in enumerate(problem.parameters):
        if n == 0 or p.owner not in owners or p.kind == "delivers":
            continue
        keep.append(n)
    return keep


def _span(problem: Problem, n: int) -> tuple[float, float]:
    """Legal values that a scan covers: the bounds, or three judged ranges where there is no bound."""
    p = problem.parameters[n]
    if p.kind in ("value",):
        return 0.0, 100.0
    if p.kind in ("holds", "prior"):
        return 0.0, 1.0
    if p.kind == "weight":
        return 0.0, max(100.0, 3 * p.high)
    reach = 3 * max(p.high - p.low, 0.0) or max(100.0, 2 * abs(p.median)) * 0.5
    return p.median - reach, p.median + reach


def _deal_flips(ready: Deal, at: Table, mine: Sequence[int]) -> tuple[bool | None, list[float | None]]:
    """Whether there is a deal at best estimates, and for each number the nearest value that changes it."""
    problem = ready.problem
    base = parameters(problem, np.full((1, problem.dimensions), 0.5))[0]
    verdict = _verdicts(ready, at, base[None], np.zeros((0, len(at.issues)), np.int16))
    now = None if verdict[0] == -1 else bool(verdict[0])
    if now is None or not mine:
        return now, [None] * len(mine)
    grid = np.array([np.linspace(*_span(problem, n), SCAN) for n in mine])
    rows = np.repeat(base[None], grid.size, axis=0)
    rows[np.arange(grid.size), np.repeat(mine, SCAN)] = grid.ravel()
    verdicts = _verdicts(ready, at, rows, np.zeros((0, len(at.issues)), np.int16)).reshape(grid.shape)
    changed = verdicts == (0 if now else 1)
    inner = np.full((len(mine), 2), np.nan)  # nearest unchanged and nearest changed value, per side
    outer = np.full((len(mine), 2), np.nan)
    for k, n in enumerate(mine):
        best = base[n]
        for side, cells in enumerate((grid[k] < best, grid[k] > best)):
            hits = grid[k][cells & changed[k]]
            if not len(hits):
                continue
            outer[k, side] = hits[np.argmin(np.abs(hits - best))]
            between = grid[k][(np.abs(grid[k] - best) < abs(outer[k, side] - best)) & cells]
            inner[k, side] = best if not len(between) else between[np.argmax(np.abs(between - best))]
    for _ in range(BISECTIONS):
        live = np.argwhere(~np.isnan(outer))
        if not len(live):
            break
        middle = (inner[tuple(live.T)] + outer[tuple(live.T)]) / 2
        rows = np.repeat(base[None], len(live), axis=0)
        rows[np.arange(len(live)), np.array(mine)[live[:, 0]]] = middle
        hit = _verdicts(ready, at, rows, np.zeros((0, len(at.issues)), np.int16)) == (0 if now else 1)
        outer[tuple(live[hit].T)] = middle[hit]
        inner[tuple(live[~hit].T)] = middle[~hit]
    nearest: list[float | None] = []
    for k, n in enumerate(mine):
        distance = np.abs(outer[k] - base[n])
        nearest.append(None if np.isnan(distance).all() else float(outer[k][np.nanargmin(distance)]))
    return now, nearest


def _verdicts(
    ready: Deal, at: Table, rows: NDArray[np.float64], candidates: NDArray[np.int16]
) -> NDArray[np.int8]:
    """Existence of an agreed package at each row of parameter values, in blocks."""
    problem = ready.problem
    out = np.zeros(len(rows), dtype=np.int8)
    block = 2048
    for start in range(0, len(rows), block):
        part = rows[start : start + block]
        seen = view(problem, assemble(problem, part, choose(problem, part, None)), at)
        s = seen.seat
        out[start : start + block] = exists(
            s.points,
            s.thresholds,
            s.sizes,
            winning=seen.winning,
            candidates=candidates,
            node_limit=SEARCH_NODES,
            **seen.over,
        ).verdict
    return out


def _candidates(problem: Problem, at: Table, found: TrackResult) -> NDArray[np.int16]:
    """The package accepted most often first, then the next most accepted ones found."""
    pool = [s for s in found.solutions.values() if s is not None] + list(found.frontier)
    pool.sort(key=lambda p: -p.acceptance)
    top = found.solutions["most_acceptable"]
    assert top is not None
    ordered = dict.fromkeys(tuple(p.package.values()) for p in [top, *pool])
    rows = [
        [problem.options[i].index(o) for i, o in zip(at.issues, options, strict=True)]
        for options in list(ordered)[:CANDIDATES]
    ]
    return np.array(rows, dtype=np.int16)


# --- one faction's verdict on a few packages, as one number is held ---------------------------------------


def _margins(
    problem: Problem,
    at: Table,
    f: int,
    packages: NDArray[np.int16],
    values: NDArray[np.float64],
    chosen: Choices,
) -> NDArray[np.bool_]:
    """[N, S] whether faction ``f`` accepts each package: a sample's arithmetic, on the chosen options only."""
    size = values.shape[0]
    start = problem.status_quo
    here = np.zeros((len(packages) + 1, len(problem.issues)), dtype=np.intp)
    if start is not None:
        here[:] = start
    here[:-1, list(at.issues)] = packages
    accepted = np.zeros((len(packages), size), dtype=np.bool_)
    step = problem.step[f]
    for r, scheme in enumerate(problem.schemes[f]):
        rows = np.flatnonzero(chosen.reading[f] == r)
        if not len(rows):
            continue
        column = values[rows]
        level = np.repeat(here[:, :, None], len(rows), axis=2)
        outside = chosen.outside[:, rows]
        for i in np.flatnonzero(outside[:, 0] >= 0):
            level[:, i] = outside[i]
        index = scheme.value[np.arange(len(problem.issues))[None, :, None], level]
        worth = column[np.arange(len(rows))[None, None], index]
        if not scheme.raw:
            weight = column[:, scheme.weight]
            total = weight.sum(axis=1)
            worth = worth * (weight / np.where(total > 0, total, 1.0)[:, None]).T[None]
        steps = np.rint(worth / step).sum(axis=1)
        fine = np.ones((len(packages), len(rows)), dtype=np.bool_)
        for term in scheme.terms:
            hit = np.all([level[:, i] == o for i, o in term.pattern], axis=0)
            steps += hit * np.rint(column[:, term.add] / step)
        for line in scheme.lines:
            hit = np.all([level[:-1, i] == o for i, o in line.pattern], axis=0)
            if all(i not in at.issues for i, _ in line.pattern):
                continue
            held = True if line.holds is None else chosen.holds[line.holds][rows]
            fine &= ~(hit & held)
        reserve = np.rint(column[:, scheme.no_deal] / step)
        if scheme.relative and start is not None:
            reserve = reserve + steps[-1]
        accepted[:, rows] = fine & (steps[:-1] >= reserve)
    return accepted


def _hold(
    ready: Deal, values: NDArray[np.float64], chosen: Choices, n: int, value: float
) -> tuple[NDArray[np.float64], Choices]:
    """The draws with parameter ``n`` held at ``value``; a prior or a line's chance is drawn anew from it."""
    problem = ready.problem
    held = values.copy()
    held[:, n] = value
    if problem.parameters[n].kind in ("prior", "holds"):
        chosen = choose(problem, held, ready.reported_on[: len(held)])
    return held, chosen


def _all_margins(
    ready: Deal, at: Table, packages: NDArray[np.int16], values: NDArray[np.float64], chosen: Choices
) -> NDArray[np.bool_]:
    """[N, P, S] every faction of the table."""
    return np.stack([_margins(ready.problem, at, f, packages, values, chosen) for f in at.factions], axis=1)


def _swings(
    ready: Deal,
    at: Table,
    package: NDArray[np.int16],
    values: NDArray[np.float64],
    chosen: Choices,
    mine: Sequence[int],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Acceptance at the 5th and 95th percentile and the first-order index, per number."""
    problem = ready.problem
    winning = np.array(at.winning, dtype=np.uint64)
    accepted = _all_margins(ready, at, package, values, chosen)
    y = agreed(accepted, winning)[0].astype(np.float64)
    variance = float(y.var())
    low, high, index = (np.full(len(mine), float(y.mean())) for _ in range(3))
    index[:] = 0.0
    place = {problem.factions[f]: k for k, f in enumerate(at.factions)}
    nodes = (np.arange(NODES) + 0.5) / NODES
    for k, n in enumerate(mine):
        p = problem.parameters[n]
        if p.certain:
            continue
        own = place[p.owner]
        settings = np.concatenate([[p.low, p.high], _quantiles(problem, n, nodes)])
        means = np.empty(len(settings))
        for m, setting in enumerate(settings):
            held, choices = _hold(ready, values, chosen, n, float(setting))
            trial = accepted.copy()
            trial[:, own] = _margins(problem, at, at.factions[own], package, held, choices)
            means[m] = agreed(trial, winning)[0].mean()
        low[k], high[k] = means[0], means[1]
        index[k] = float(means[2:].var()) / variance if variance > 0 else 0.0
    return low, high, index, replicate_error(y, REPLICATES)


def _quantiles(problem: Problem, n: int, nodes: NDArray[np.float64]) -> NDArray[np.float64]:
    knots = np.array([problem.parameters[n].knots])
    found: NDArray[np.float64] = quantile(knots, nodes[:, None])[:, 0]
    return found


def _package_flips(
    ready: Deal,
    at: Table,
    packages: NDArray[np.int16],
    values: NDArray[np.float64],
    chosen: Choices,
    mine: Sequence[int],
) -> list[tuple[float, int] | None]:
    """Per number, the nearest setting of its judged range at which another candidate is accepted more."""
    problem = ready.problem
    stride = max(1, len(values) // FLIP_DRAWS)
    rows = np.arange(0, len(values), stride)
    values = values[rows]
    uniforms = ready.reported_on[rows]
    chosen = choose(problem, values, uniforms)
    winning = np.array(at.winning, dtype=np.uint64)
    accepted = _all_margins(ready, at, packages, values, chosen)
    place = {problem.factions[f]: k for k, f in enumerate(at.factions)}
    found: list[tuple[float, int] | None] = []
    for n in mine:
        p = problem.parameters[n]
        if p.certain:
            found.append(None)
            continue
        settings = sorted(np.linspace(p.low, p.high, SETTINGS), key=lambda v: abs(v - p.median))
        own = place[p.owner]
        change = None
        for setting in settings:
            held = values.copy()
            held[:, n] = setting
            choices = choose(problem, held, uniforms) if p.kind in ("prior", "holds") else chosen
            trial = accepted.copy()
            trial[:, own] = _margins(problem, at, at.factions[own], packages, held, choices)
            shares = agreed(trial, winning).mean(axis=1)
            best = int(np.argmax(shares))
            # The challenger has to win by more than a draw or two, or the flip is an accident of sampling.
            if shares[best] > shares[0] + 2 / len(rows):
                change = (float(setting), best)
                break
        found.append(change)
    return found


def _reading_index(
    ready: Deal,
    at: Table,
    mean: float,
    by_reading: Mapping[str, Mapping[str, float]],
    values: NDArray[np.float64],
) -> dict[str, float]:
    """First-order index of which rival reading is true."""
    problem, variance = ready.problem, mean * (1 - mean)
    index = {}
    for faction, shares in by_reading.items():
        f = problem.factions.index(faction)
        prior = values[:, problem.priors[f]]
        weight = (prior / prior.sum(axis=1, keepdims=True)).mean(axis=0)
        conditional = np.array([shares[r] for r in problem.readings[f]])
        centre = float(weight @ conditional)
        index[faction] = float(weight @ (conditional - centre) ** 2) / variance if variance > 0 else 0.0
    return index


def _result(
    ready: Deal,
    found: TrackResult,
    mine: Sequence[int],
    now: bool | None,
    deal_at: Sequence[float | None],
    packages: NDArray[np.int16] | None,
    other: Sequence[tuple[float, int] | None],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    index: NDArray[np.float64],
    noise: float,
    readings: Mapping[str, float],
) -> FlipsResult:
    problem = ready.problem
    issues = [problem.issues.index(i) for i in found.issues]
    rows = []
    for k, n in enumerate(mine):
        p, change = problem.parameters[n], other[k]
        at = deal_at[k]
        rows.append(
            Flip(
                path=p.path,
                owner=p.owner,
                kind=p.kind,
                low=p.low,
                best=p.median,
                high=p.high,
                certain=p.certain,
                deal_flips_at=at,
                deal_flip_inside=at is not None and p.low <= at <= p.high,
                package_flips_at=None if change is None else change[0],
                package_becomes=None
                if change is None or packages is None
                else problem.package(packages[change[1]].tolist(), issues),
                acceptance_low=float(low[k]),
                acceptance_high=float(high[k]),
                first_order=float(index[k]),
            )
        )
    rows.sort(key=lambda flip: (-flip.swing, flip.deal_change is None, flip.deal_change or 0.0, flip.path))
    top = found.solutions["most_acceptable"]
    return FlipsResult(
        case=problem.case.id,
        track=found.id,
        seed=ready.seed,
        draws=ready.draws,
        deal_at_best_estimates=now,
        package=None if top is None else top.package,
        acceptance=0.0 if top is None else top.acceptance,
        acceptance_error=0.0 if top is None else top.acceptance_error,
        candidates=0 if packages is None else len(packages),
        flips=tuple(rows),
        first_order_error=noise,
        reading_index=readings,
    )
