"""Which single judgement, changed how little, would change the answer?

Three answers, for each number of the case that matters at a table:

1. *Flip of deal / no deal*: the smallest change of the one number, all others at their best estimates, at which
   the existence of an agreed package changes. The number's legal range is scanned at ``SCAN`` points and the
   nearest change found is narrowed by bisection; a flip that undoes itself between two scan points is not
   seen, and a point that the search leaves undecided within ``SEARCH_NODES`` counts as unchanged.
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
from detente.analyses.deal.room import accepted, allowed, view
from detente.analyses.deal.run import REPLICATES, Deal
from detente.analyses.deal.uncertainty import existence
from detente.analyses.flips.probe import Probe
from detente.errors import UsageError
from detente.kernels.acceptance import agreed
from detente.problem import Choices, Problem, Table, assemble, choose, parameters, table
from detente.problem.sample import quantile
from detente.rng import replicate_error

__all__ = ["CANDIDATES", "SCAN", "SETTINGS", "Flip", "FlipsResult", "flips"]

SCAN = 17
BISECTIONS = 12
SETTINGS = 9
NODES = 8
CANDIDATES = 16
FLIP_DRAWS = 256
SEARCH_NODES = 4_000


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
    """Standard error of the acceptance, and about that of a mean with one number held."""
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
    if ready.problem.case.computed:
        named = ", ".join(ready.problem.case.computed)
        raise UsageError(
            f"'flips' changes one typed judgement at a time, and the no-deal values of {named} are computed from the world; "
            "give them typed ones to ask this"
        )
    found = result.main if track is None else result.tracks[track]
    problem = ready.problem
    at = table(problem, found.id)
    mine = _numbers(problem, at)
    now, deal_at = _deal_flips(ready, at, found, mine)
    names = list(found.solutions)
    top = found.solutions["most_acceptable"] if "most_acceptable" in names else None
    if top is None:
        empty = np.zeros(len(mine))
        return _result(
            ready, found, mine, now, deal_at, None, [None] * len(mine), empty, empty, empty, 0.0, {}
        )
    packages = _candidates(ready, at, found)
    low, high, index, noise = _swings(ready, at, packages[:1], mine)
    other = _package_flips(ready, at, packages, mine)
    indices = _reading_index(ready, top.acceptance, top.acceptance_by_reading)
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


def _deal_flips(
    ready: Deal, at: Table, found: TrackResult, mine: Sequence[int]
) -> tuple[bool | None, list[float | None]]:
    """Whether there is a deal at best estimates, and for each number the nearest value that changes it."""
    problem = ready.problem
    base = parameters(problem, np.full((1, problem.dimensions), 0.5))[0]
    known = _known(problem, at, found)
    count = found.packages.acceptable
    as_judged = np.zeros(1, dtype=np.intp), base[:1]
    verdict = _verdicts(ready, at, base, *as_judged, known)[0] if count is None else int(count > 0)
    now = None if verdict == -1 else bool(verdict)
    everything, used = mine, _live(ready)
    mine = [n for n in mine if n in used]
    if now is None or not mine:
        return now, [None] * len(everything)
    grid = np.array([np.linspace(*_span(problem, n), SCAN) for n in mine])
    numbers = np.array(mine, dtype=np.intp)
    verdicts = _verdicts(ready, at, base, np.repeat(numbers, SCAN), grid.ravel(), known).reshape(grid.shape)
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
        hit = _verdicts(ready, at, base, numbers[live[:, 0]], middle, known) == (0 if now else 1)
        outer[tuple(live[hit].T)] = middle[hit]
        inner[tuple(live[~hit].T)] = middle[~hit]
    nearest: dict[int, float] = {}
    for k, n in enumerate(mine):
        distance = np.abs(outer[k] - base[n])
        if not np.isnan(distance).all():
            nearest[n] = float(outer[k][np.nanargmin(distance)])
    return now, [nearest.get(n) for n in everything]


def _live(ready: Deal) -> set[int]:
    """Parameters on which best estimates depend: those of the likeliest readings, and the priors."""
    problem = ready.problem
    live = {n for priors in problem.priors for n in priors}
    for f, reading in enumerate(ready.best.reading[:, 0]):
        scheme = problem.schemes[f][int(reading)]
        live |= {int(n) for n in (*scheme.weight, *scheme.value.ravel(), scheme.no_deal)}
        live |= {t.add for t in scheme.terms} | {line.holds or 0 for line in scheme.lines}
    return live


def _known(problem: Problem, at: Table, found: TrackResult) -> NDArray[np.int16]:
    """Packages that are likely to be agreed somewhere near the best estimates: a quick yes."""
    pool = [s.package for s in found.solutions.values() if s is not None]
    pool += [p.package for p in found.frontier[:32]]
    if found.nearest_miss is not None:
        pool.append(found.nearest_miss.package)
    return _indexed(problem, at, pool)


def _indexed(problem: Problem, at: Table, packages: Sequence[Mapping[str, str]]) -> NDArray[np.int16]:
    """[N, I] option indices, repeats left out."""
    rows = [
        tuple(problem.options[i].index(o) for i, o in zip(at.issues, package.values(), strict=True))
        for package in packages
    ]
    return np.array(list(dict.fromkeys(rows)), dtype=np.int16).reshape(-1, len(at.issues))


def _verdicts(
    ready: Deal,
    at: Table,
    base: NDArray[np.float64],
    which: NDArray[np.intp],
    values: NDArray[np.float64],
    candidates: NDArray[np.int16],
) -> NDArray[np.int8]:
    """Existence of an agreed package at best estimates ``base`` [N] with number ``which[k]`` at ``values[k]``.

    In blocks: all rows of parameters at once would be rows times numbers.
    """
    problem = ready.problem
    out = np.zeros(len(which), dtype=np.int8)
    block = max(64, min(2048, 2**24 // len(base)))
    for start in range(0, len(which), block):
        some = which[start : start + block]
        part = np.repeat(base[None], len(some), axis=0)
        part[np.arange(len(some)), some] = values[start : start + block]
        seen = view(problem, assemble(problem, part, choose(problem, part, None)), at)
        out[start : start + block] = existence(seen, candidates, node_limit=SEARCH_NODES)
    return out


def _candidates(ready: Deal, at: Table, found: TrackResult) -> NDArray[np.int16]:
    """The package accepted most often, then the most accepted of those found and of its neighbours.

    A neighbour differs in one issue; on a table without a frontier there is nothing else to compare with.
    """
    problem = ready.problem
    top = found.solutions["most_acceptable"]
    assert top is not None
    pool = [s.package for s in found.solutions.values() if s is not None] + [
        p.package for p in found.frontier
    ]
    first = _indexed(problem, at, [top.package])
    near = np.repeat(first, sum(len(problem.options[i]) for i in at.issues), axis=0)
    near[
        np.arange(len(near)),
        np.repeat(np.arange(len(at.issues)), [len(problem.options[i]) for i in at.issues]),
    ] = np.concatenate([np.arange(len(problem.options[i])) for i in at.issues])
    seen = view(problem, ready.fresh, at)
    others = np.unique(np.concatenate([_indexed(problem, at, pool), near]), axis=0)
    others = others[allowed(seen, others) & (others != first).any(axis=1)]
    shares = agreed(accepted(seen, others), seen.winning).mean(axis=1)
    order = np.argsort(-shares, kind="stable")[: CANDIDATES - 1]
    return np.concatenate([first, others[order]])


# --- over the draws ---------------------------------------------------------------------------------------


class _Panel:
    """The factions of a table, each asked anew only when one of its own numbers is held."""

    def __init__(self, ready: Deal, at: Table, packages: NDArray[np.int16], rows: NDArray[np.intp]) -> None:
        problem = ready.problem
        self.ready, self.at, self.packages = ready, at, packages
        self.uniforms = ready.reported_on[rows]
        self.values = parameters(problem, self.uniforms)
        self.chosen = choose(problem, self.values, self.uniforms)
        self.winning = np.array(at.winning, dtype=np.uint64)
        self.probes = [self._probe(f, self.chosen) for f in at.factions]
        self.accepted = np.stack([probe.accepts() for probe in self.probes], axis=1)
        self.place = {problem.factions[f]: k for k, f in enumerate(at.factions)}

    def _probe(self, f: int, chosen: Choices) -> Probe:
        return Probe(
            self.ready.problem, self.at, f, packages=self.packages, values=self.values, chosen=chosen
        )

    def agreed(self) -> NDArray[np.bool_]:
        """[K, S] as drawn."""
        return agreed(self.accepted, self.winning)

    def matters(self, n: int) -> bool:
        """Whether any verdict can depend on parameter ``n``."""
        p = self.ready.problem.parameters[n]
        return p.kind == "prior" or n in self.probes[self.place[p.owner]].used

    def holding(self, n: int, value: float) -> NDArray[np.bool_]:
        """[K, S] with parameter ``n`` at ``value``; what a prior or a line's chance decides is drawn anew."""
        p = self.ready.problem.parameters[n]
        own = self.place[p.owner]
        probe = self.probes[own]
        if p.kind in ("prior", "holds"):
            held = self.values.copy()
            held[:, n] = value
            chosen = choose(self.ready.problem, held, self.uniforms)
            if p.kind == "prior":
                verdict = self._probe(self.at.factions[own], chosen).accepts()
            else:
                verdict = probe.accepts(line=n, holds=chosen.holds[n])
        else:
            with probe.holding(n, value):
                verdict = probe.accepts()
        trial = self.accepted.copy()
        trial[:, own] = verdict
        return agreed(trial, self.winning)


def _swings(
    ready: Deal, at: Table, package: NDArray[np.int16], mine: Sequence[int]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Acceptance at the 5th and 95th percentile and the first-order index, per number; noise of a mean."""
    problem = ready.problem
    panel = _Panel(ready, at, package, np.arange(ready.draws))
    y = panel.agreed()[0].astype(np.float64)
    variance = float(y.var())
    low, high = np.full(len(mine), y.mean()), np.full(len(mine), y.mean())
    index = np.zeros(len(mine))
    nodes = (np.arange(NODES) + 0.5) / NODES
    for k, n in enumerate(mine):
        p = problem.parameters[n]
        if p.certain or not panel.matters(n):
            continue
        low[k], high[k] = (panel.holding(n, end)[0].mean() for end in (p.low, p.high))
        knots = np.array([p.knots])
        means = [panel.holding(n, v)[0].mean() for v in quantile(knots, nodes[:, None])[:, 0]]
        index[k] = float(np.var(means)) / variance if variance > 0 else 0.0
    return low, high, index, replicate_error(y, REPLICATES)


def _package_flips(
    ready: Deal, at: Table, packages: NDArray[np.int16], mine: Sequence[int]
) -> list[tuple[float, int] | None]:
    """Per number, the nearest setting of its judged range at which another candidate is accepted more."""
    problem = ready.problem
    rows = np.arange(0, ready.draws, max(1, ready.draws // FLIP_DRAWS))
    panel = _Panel(ready, at, packages, rows)
    found: list[tuple[float, int] | None] = []
    for n in mine:
        p = problem.parameters[n]
        change = None
        if not p.certain and panel.matters(n):
            for setting in sorted(np.linspace(p.low, p.high, SETTINGS), key=lambda v: abs(v - p.median)):
                shares = panel.holding(n, float(setting)).mean(axis=1)
                best = int(np.argmax(shares))
                # The challenger has to win by more than a draw or two, or the flip is an accident of sampling.
                if shares[best] > shares[0] + 2 / len(rows):
                    change = (float(setting), best)
                    break
        found.append(change)
    return found


def _reading_index(
    ready: Deal, mean: float, by_reading: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """First-order index of which rival reading is true."""
    problem, variance = ready.problem, mean * (1 - mean)
    values = parameters(problem, ready.reported_on)
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
