"""Which single judgement, changed how little, would change the answer?

Three answers, for each number of the case that matters at a table:

1. *Flip of deal / no deal*: the nearest value of the one number, all others at their best estimates, at which the
   existence of an agreed package changes (:mod:`detente.analyses.flips.thresholds`).
2. *Flip of the package*: the smallest change, looked for at ``SETTINGS`` points of its judged range, at which
   another candidate is acceptable in more draws than the package now acceptable most often, by more than ``APART`` paired
   errors; by the same measure, how many packages cannot be told apart from it as judged.
3. *Swing and index*: that package's acceptance with the number held at its 5th and 95th percentile (a tornado;
   Howard 1988), and the first-order index of Y = "the package is agreed" (:mod:`detente.analyses.flips.index`).
   Judgements that were declared to move together stay as drawn while one of them is held.

Where no-deal values come from the world, what moves them is judged too, be it about the deal, about steps or about the world.
Such a number cannot be held in every draw without other worlds: (2) and (3) are then read off the draws as they are, in bins of it
(:mod:`detente.analyses.flips.binned`), and (1) of what worlds hang on only at both ends (:mod:`detente.analyses.flips.ends`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente import __version__
from detente.analyses.deal.result import DealResult, TrackResult, jsonable
from detente.analyses.flips.binned import bins, difference_error, explained
from detente.analyses.flips.ends import Ends, ends
from detente.analyses.flips.index import END, PLACES, first_order
from detente.analyses.flips.numbers import Numbers, Still, numbers_of
from detente.analyses.flips.probe import Panel
from detente.analyses.flips.thresholds import How, Turns, turns
from detente.draws import REPLICATES, Drawn
from detente.kernels.acceptance import agreed
from detente.problem import Problem, Table, table
from detente.problem.sample import quantile
from detente.progress import told
from detente.prospects.view import accepted, allowed, view
from detente.rng import replicate_error

__all__ = [
    "APART",
    "CANDIDATES",
    "FLIP_DRAWS",
    "SETTINGS",
    "TOLD",
    "Flip",
    "FlipsResult",
    "WorldFlips",
    "flips",
]

Floats = NDArray[np.float64]

SETTINGS = 9
CANDIDATES = 16
NEIGHBOURS = 4_096
"""Packages looked at round the best one, at most: first those that differ in one issue, then in two."""
FLIP_DRAWS = 256
APART = 3.0
"""Paired standard errors beyond which two packages are told apart: one comparison in some hundred would pass by chance,
and the most acceptable of many is compared."""

TOLD = 2.0
"""Standard errors beyond which a swing or an index that is read off bins is told from none."""


@dataclass(frozen=True)
class Flip:
    """What one number does to the answer. Values are on the number's own scale."""

    path: str
    owner: str
    kind: str
    about: Literal["deal", "steps", "world"]
    """What it is judged about."""
    low: float
    best: float
    high: float
    certain: bool
    """Typed as a single number: it has no judged range, and no swing."""
    deal_flips_at: float | None
    """Nearest value at which deal becomes no deal, or the reverse; None: nowhere in what was looked at."""
    deal_flip_step: float | None
    """So much nearer to the best estimate the answer is as it was. None: best estimates do not depend on the number."""
    deal_flip_proven: bool
    """Whether every search on the way was decided; if not, a nearer flip may have been missed."""
    looked_at: tuple[float, float] | None
    """The number's legal range; where it has no end, as far as a verdict can still change."""
    deal_flip_how: How | None
    """``exact``: no value nearer flips; ``scanned``: the first of some places looked at, then the nearest before it that flips;
    ``ends``: only the ends of the judged range were looked at. None: not looked at."""
    deal_flip_inside: bool
    """Whether that value lies inside the judged range."""
    package_flips_at: float | None
    """Nearest value of the judged range at which another package is acceptable more often."""
    package_becomes: Mapping[str, str] | None
    acceptance_low: float
    """Acceptance of the package with the number at its 5th percentile; ``binned``: in the draws with its least values."""
    acceptance_high: float
    acceptance_how: Literal["held", "binned"]
    """Whether the number was held in every draw, or the draws were put in bins of it."""
    swing_error: float
    """Standard error of the difference of these two, over the replicates of the draws."""
    first_order: float
    """Share of the variance of "agreed" that the number explains alone."""
    first_order_error: float
    """Its standard error over the draws."""

    @property
    def swing(self) -> float:
        """Width of the tornado's bar."""
        return abs(self.acceptance_high - self.acceptance_low)

    @property
    def told_swing(self) -> float:
        """The same where it can be told from the luck of the draws: in bins by more than ``TOLD`` errors; else 0."""
        told = self.acceptance_how == "held" or self.swing > TOLD * self.swing_error
        return self.swing if told else 0.0

    @property
    def told_index(self) -> bool:
        """Whether the index is more than ``TOLD`` errors above 0."""
        return self.first_order > TOLD * self.first_order_error

    @property
    def deal_change(self) -> float | None:
        """Distance to the flip, in half-widths of the judged range; of a certain number, as a share of the larger value."""
        if self.deal_flips_at is None:
            return None
        whole = max(abs(self.deal_flips_at), abs(self.best)) if self.certain else (self.high - self.low) / 2
        return abs(self.deal_flips_at - self.best) / whole

    @property
    def switch(self) -> bool:
        """Whether it only chooses what best estimates start from: the likeliest reading, a line from one half on."""
        return self.kind in ("prior", "holds")


@dataclass(frozen=True)
class WorldFlips:
    """Numbers of the world moved to both ends of their judged ranges."""

    numbers: int
    """Numbers with a range that worlds hang on."""
    moved: int
    """Of these those with the largest first-order indices, which were moved."""
    worlds: int
    """In which each end was tried."""
    sure: int
    """From which best estimates are had; what turns in fewer has turned in these too."""
    unconfirmed: int
    """Ends that turned in fewer, and for which there was no time in these."""
    draws: int
    """Draws of the world's numbers that all draws share, for each combination of readings: the indices rest on these."""


@dataclass(frozen=True)
class FlipsResult:
    """Every number that matters at a table, the most telling first."""

    case: str
    track: str
    seed: int
    draws: int
    deal_at_best_estimates: bool | None
    """None: the search that decides reached its limit."""
    deal_by_reading: Mapping[str, Mapping[str, bool | None]]
    """Faction → reading → the same if this reading were the likeliest."""
    package: Mapping[str, str] | None
    """The package whose acceptance is looked at: the one acceptable most often."""
    acceptance: float
    acceptance_error: float
    candidates: int
    """How many packages it was compared with while numbers were held, itself included."""
    compared: int
    """How many it was compared with as judged."""
    indistinct: int
    """How many of these cannot be told apart from it: acceptable less often by at most ``APART`` paired errors."""
    flips: tuple[Flip, ...]
    moved_together: tuple[str, ...]
    """Numbers that were declared to move together with others, and are moved alone here."""
    reading_index: Mapping[str, float]
    """Faction → first-order index of which of its rival readings is true."""
    cannot_move: tuple[Still, ...]
    """Numbers that cannot move the answer at all, by block."""
    world: WorldFlips | None
    """How numbers on which worlds hang were moved; None: the answer does not hang on worlds."""

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


def flips(ready: Drawn, result: DealResult, *, track: str | None = None) -> FlipsResult:
    """Scan every judged number that can move the answer at ``track`` (default: the first).

    ``result`` is the deal analysis of the same run.
    """
    found = result.main if track is None else result.tracks[track]
    problem = ready.problem
    at = table(problem, found.id)
    numbers = numbers_of(ready, at)
    count, known = found.packages.acceptable, _known(problem, at, found)
    turned = turns(numbers, at, known=known, deal=None if count is None else count > 0)
    rivals = _rivals(ready, at, found)
    sways = {} if rivals is None else _sways(numbers, at, rivals.packages)
    moved = None
    if numbers.simulated and turned.deal is not None:
        index = {n: sway.first_order for n, sway in sways.items()}
        moved = ends(numbers, at, index, known=known, deal=turned.deal)
        turned = turned._replace(of={**turned.of, **moved.turns})
    return _result(numbers, found, turned, rivals, sways, moved)


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


# --- over the draws ---------------------------------------------------------------------------------------


class _Rivals(NamedTuple):
    """The package acceptable most often, and what it is compared with."""

    packages: NDArray[np.int16]
    """[K, I] it, then those acceptable most often of all that were looked at."""
    compared: int
    indistinct: int


def _rivals(ready: Drawn, at: Table, found: TrackResult) -> _Rivals | None:
    """Looked at: the solutions, the frontier, and what differs from the package in one issue or in two."""
    problem, top = ready.problem, found.solutions.get("most_acceptable")
    if top is None:
        return None
    pool = [s.package for s in found.solutions.values() if s is not None]
    pool += [p.package for p in found.frontier]
    first = _indexed(problem, at, [top.package])
    others = np.concatenate([_indexed(problem, at, pool), _neighbours(problem, at, first[0])])
    others = np.unique(others, axis=0)
    seen = view(problem, ready.fresh, at)
    others = others[allowed(seen, others) & (others != first).any(axis=1)]
    verdicts = agreed(accepted(seen, np.concatenate([first, others])), seen.winning)
    ahead, error = _paired(verdicts)
    shares = verdicts[1:].mean(axis=1)
    order = np.argsort(-shares, kind="stable")[: CANDIDATES - 1]
    indistinct = int((-ahead[1:] <= APART * error[1:]).sum())
    return _Rivals(np.concatenate([first, others[order]]), len(others), indistinct)


def _neighbours(problem: Problem, at: Table, package: NDArray[np.int16]) -> NDArray[np.int16]:
    """[N, I] what differs from a package in one issue, then in two, as far as ``NEIGHBOURS`` goes."""
    found: list[NDArray[np.int16]] = []
    places = range(len(at.issues))
    for changed in (c for k in (1, 2) for c in combinations(places, k)):
        sizes = [range(len(problem.options[at.issues[i]])) for i in changed]
        for options in product(*sizes):
            if len(found) == NEIGHBOURS:
                break
            found.append(package.copy())
            found[-1][list(changed)] = options
    return np.array(found, dtype=np.int16).reshape(-1, len(at.issues))


def _paired(verdicts: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """[K] by how much each package is acceptable more often than the first, on the same draws, and the error of it.

    Of n draws in d of which the two differ the error is sqrt(d) / n (McNemar 1947): rather too large on even draws,
    and never 0 by the luck of few replicates.
    """
    ahead = verdicts.mean(axis=1) - verdicts[0].mean()
    differ = (verdicts != verdicts[0]).sum(axis=1)
    return ahead, np.sqrt(differ) / verdicts.shape[1]


class _Sway(NamedTuple):
    """What holding one number does over the draws."""

    low: float
    high: float
    swing_error: float
    first_order: float
    error: float
    package_at: float | None
    becomes: int | None
    """Which candidate."""


_STILL = _Sway(0.0, 0.0, 0.0, 0.0, 0.0, None, None)


def _sways(numbers: Numbers, at: Table, packages: NDArray[np.int16]) -> dict[int, _Sway]:
    ready, every = numbers.ready, numbers.every
    whole = Panel(ready, at, packages[:1], np.arange(ready.draws))
    rows = np.arange(0, ready.draws, max(1, ready.draws // FLIP_DRAWS))
    some = Panel(ready, at, packages, rows)
    verdicts = agreed(accepted(view(ready.problem, ready.fresh, at), packages), whole.winning)
    now = float(verdicts[0].mean())
    found, held = {}, set(numbers.held)
    for n in told("numbers and the best package", numbers.looked_at):
        p = every[n]
        if p.certain or (n in held and not some.matters(n)):
            found[n] = _STILL._replace(low=now, high=now)
        elif n in held:
            places = quantile(np.array([p.knots]), PLACES[:, None])[:, 0]
            at_places = np.array([whole.holding(n, v)[0] for v in places], dtype=np.float64)
            index, error = first_order(at_places, REPLICATES)
            low, high = at_places[END], at_places[-1 - END]
            apart = replicate_error(high - low, REPLICATES)
            other = _other_package(some, n)
            found[n] = _Sway(float(low.mean()), float(high.mean()), apart, index, error, *other)
        else:
            found[n] = _binned(numbers.values(n), verdicts, p.median)
    return found


def _binned(values: NDArray[np.float64], verdicts: NDArray[np.bool_], best: float) -> _Sway:
    """The same in bins of a number over draws as they are, from ``verdicts`` [K, S] on the candidates."""
    of = bins(values)
    if of.bins < 2:
        now = float(verdicts[0].mean())
        return _STILL._replace(low=now, high=now)
    index, error = explained(of, verdicts[0], REPLICATES)
    order = np.argsort(values)  # what is in one bin stands together
    starts = np.searchsorted(of.which[order], np.arange(of.bins))
    sizes = np.diff(starts, append=len(values))
    middles = _medians(values[order], starts, sizes)
    agreed_to = verdicts[:, order]
    shares, differ = (
        np.add.reduceat(rows, starts, axis=1, dtype=np.int64) / by
        for rows, by in ((agreed_to, sizes), (agreed_to != agreed_to[0], 1))
    )
    ahead, paired = shares - shares[0], np.sqrt(differ) / sizes
    package_at, becomes = None, None
    for b in np.argsort(np.abs(middles - best), kind="stable").tolist():
        top = int(np.argmax(ahead[:, b]))
        if ahead[top, b] > APART * paired[top, b]:
            package_at, becomes = float(middles[b]), top
            break
    apart = difference_error(of, verdicts[0], REPLICATES)
    return _Sway(float(shares[0, 0]), float(shares[0, -1]), apart, index, error, package_at, becomes)


def _medians(ordered: Floats, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Floats:
    """Of consecutive parts of values in order."""
    found: Floats = (ordered[starts + (sizes - 1) // 2] + ordered[starts + sizes // 2]) / 2
    return found


def _other_package(panel: Panel, n: int) -> tuple[float | None, int | None]:
    """The nearest setting of a judged range at which another candidate is acceptable more often, and which."""
    p = panel.problem.parameters[n]
    for setting in sorted(np.linspace(p.low, p.high, SETTINGS), key=lambda v: abs(v - p.median)):
        ahead, error = _paired(panel.holding(n, float(setting)))
        best = int(np.argmax(ahead))
        if ahead[best] > APART * error[best]:
            return float(setting), best
    return None, None


def _reading_index(
    ready: Drawn, mean: float, by_reading: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """First-order index of which rival reading is true."""
    problem, variance, values = ready.problem, mean * (1 - mean), ready.values
    index = {}
    for faction, shares in by_reading.items():
        f = problem.factions.index(faction)
        prior = values[:, problem.priors[f]]
        prior[prior.sum(axis=1) == 0, 0] = 1.0  # as they are drawn: without any chance the first is true
        weight = (prior / prior.sum(axis=1, keepdims=True)).mean(axis=0)
        conditional = np.array([shares[r] for r in problem.readings[f]])
        centre = float(weight @ conditional)
        index[faction] = float(weight @ (conditional - centre) ** 2) / variance if variance > 0 else 0.0
    return index


def _result(
    numbers: Numbers,
    found: TrackResult,
    turned: Turns,
    rivals: _Rivals | None,
    sways: Mapping[int, _Sway],
    moved: Ends | None,
) -> FlipsResult:
    ready, problem = numbers.ready, numbers.ready.problem
    rows = [_flip(numbers, n, found, turned, rivals, sways.get(n, _STILL)) for n in numbers.looked_at]
    rows.sort(
        key=lambda flip: (-flip.told_swing, flip.deal_change is None, flip.deal_change or 0.0, flip.path)
    )
    top = found.solutions.get("most_acceptable")
    return FlipsResult(
        case=problem.case.id,
        track=found.id,
        seed=ready.seed,
        draws=ready.draws,
        deal_at_best_estimates=turned.deal,
        deal_by_reading=turned.by_reading,
        package=None if top is None else top.package,
        acceptance=0.0 if top is None else top.acceptance,
        acceptance_error=0.0 if top is None else top.acceptance_error,
        candidates=0 if rivals is None else len(rivals.packages),
        compared=0 if rivals is None else rivals.compared,
        indistinct=0 if rivals is None else rivals.indistinct,
        flips=tuple(rows),
        moved_together=tuple(
            problem.parameters[problem.uncertain[d]].path for dims, _ in problem.correlations for d in dims
        ),
        reading_index={} if top is None else _reading_index(ready, top.acceptance, top.acceptance_by_reading),
        cannot_move=numbers.still,
        world=None
        if moved is None
        else WorldFlips(
            numbers=moved.of,
            moved=len(moved.turns),
            worlds=moved.worlds,
            sure=moved.sure,
            unconfirmed=moved.unconfirmed,
            draws=len(np.unique(numbers.lent)),
        ),
    )


def _flip(
    numbers: Numbers, n: int, found: TrackResult, turned: Turns, rivals: _Rivals | None, sway: _Sway
) -> Flip:
    problem, p, turn = numbers.ready.problem, numbers.every[n], turned.of.get(n)
    at = None if turn is None else turn.at
    becomes = None
    if rivals is not None and sway.becomes is not None:
        issues = [problem.issues.index(i) for i in found.issues]
        becomes = problem.package(rivals.packages[sway.becomes].tolist(), issues)
    return Flip(
        path=p.path,
        owner=p.owner,
        kind=p.kind,
        about=numbers.block(n),
        low=p.low,
        best=p.median,
        high=p.high,
        certain=p.certain,
        deal_flips_at=at,
        deal_flip_step=None if turn is None else turn.unit,
        deal_flip_proven=turned.deal is not None and (turn is None or turn.proven),
        looked_at=None if turn is None else (turn.low, turn.high),
        deal_flip_how=None if turn is None else turn.how,
        deal_flip_inside=at is not None and not p.certain and p.low <= at <= p.high,
        package_flips_at=sway.package_at,
        package_becomes=becomes,
        acceptance_low=sway.low,
        acceptance_high=sway.high,
        acceptance_how="held" if n in numbers.held else "binned",
        swing_error=sway.swing_error,
        first_order=sway.first_order,
        first_order_error=sway.error,
    )
