"""What happens without a deal? MODEL.md, sections 2, 3 and 7."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.run import REPLICATES, Deal
from detente.analyses.outlook.crew import Crew
from detente.analyses.outlook.gestures import learnt
from detente.analyses.outlook.paths import PER, expected, fixed, occupancy, simulate, value
from detente.analyses.outlook.questions import answered
from detente.analyses.outlook.result import (
    Fan,
    Fate,
    Influence,
    Leaving,
    OutlookResult,
    PathValue,
    PolicyResult,
)
from detente.case.dates import months_after
from detente.case.model import Case
from detente.case.outlook import PARTS
from detente.errors import UsageError
from detente.kernels.worlds import BINS, OFFICE, TOP, VARIABLES, Worlds
from detente.problem import Sample, hands, table
from detente.problem.steps import patience
from detente.problem.world import FROZEN, flows, setting
from detente.rng import replicate_error

__all__ = ["least_credibility", "outlook"]

Floats = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SHOWS = {
    "revenue": "money",
    "income": "money",
    "loyalty": "loyalty",
    "support": "support",
    "recognition": "recognition",
}
YEAR = 12

FEW = 32
"""Worlds for each draw in which parts are made to stand still."""


@dataclass(frozen=True)
class _Outlook:
    """What every answer shares."""

    ready: Deal
    per: int
    crew: Crew | None

    @property
    def case(self) -> Case:
        return self.ready.problem.case

    @cached_property
    def found(self) -> Worlds:
        return self.run(self.ready.typed, {})

    def run(self, sample: Sample, changes: Mapping[str, Floats | float], most: int | None = None) -> Worlds:
        """Worlds of the fresh draws, at most ``most`` for each."""
        ready = self.ready
        per = min(self.per, most or self.per)
        world = ready.beside_fresh.world
        return simulate(
            ready.problem, sample, world, seed=ready.seed, per=per, changes=changes, crew=self.crew
        )

    @cached_property
    def points(self) -> Floats:
        """[F, 5, 3, 3, S] with recognition running."""
        return flows(self.ready.problem, self.ready.typed, self.ready.beside_fresh.world, recognition=True)

    @cached_property
    def rho(self) -> Floats:
        problem = self.ready.problem
        return patience(problem, self.ready.typed, self.ready.beside_fresh.steps, problem.factions)

    def worth(self, share: Floats) -> Floats:
        """[F, S] value of no deal, from the share of worlds in each state."""
        return value(expected(share, self.points), self.rho)

    @cached_property
    def share(self) -> Floats:
        """[S, T + 1, 5, 3, 3] of the world as it is."""
        return occupancy(self.found)

    @cached_property
    def base(self) -> Floats:
        return self.worth(self.share)

    @cached_property
    def few(self) -> Floats:
        """The same from the first worlds of each draw alone, for comparisons with what stands still."""
        return occupancy(self.run(self.ready.typed, {}, FEW))

    def judged(self, question: str) -> dict[str, Floats]:
        """Answer → [S] the probability that somebody judged."""
        world, start = self.ready.beside_fresh.world, f"questions.{question}."
        return {path.removeprefix(start): v for path, v in world.items() if path.startswith(start)}

    def lost(self, share: Floats) -> Floats:
        """[S] share of worlds whose incumbent has lost office by the end."""
        gone: Floats = 1 - share[:, -1, 0].sum(axis=(1, 2))
        return gone


def outlook(
    ready: Deal,
    *,
    per: int = PER,
    package: Mapping[str, str] | None = None,
    track: str | None = None,
    crew: Crew | None = None,
) -> OutlookResult:
    """The world of a case without a deal, ``per`` worlds for each draw.

    ``crew`` says who simulates; the answer does not depend on it.
    ``package`` (what moves, at the table ``track``) is what waiting is compared with.

    Raises
    ------
    UsageError
        The case has no world, or somebody's patience is missing.
    """
    problem = ready.problem
    case, world = problem.case, problem.case.world
    if world is None:
        raise UsageError(
            f"case '{case.id}' has no block 'world': what happens without a deal is typed there, not computed"
        )
    if problem.status_quo is None:
        raise UsageError(f"case '{case.id}' has no status quo, so there is no world that goes on from it")
    start = case.as_of
    assert start is not None, "checked on reading"
    this = _Outlook(ready, per, crew)
    parts = tuple(p for p in PARTS if getattr(world, p) is not None)
    compared = _compared(this, package, track)
    return OutlookResult(
        case=case.id,
        title=case.title,
        as_of=start.isoformat(),
        seed=ready.seed,
        draws=ready.draws,
        widen=ready.widen,
        worlds=ready.draws * per,
        months=world.months,
        dates=tuple(months_after(start, m).isoformat() for m in range(world.months + 1)),
        parts=parts,
        paths={v: _fan(this.found, n, TOP[v]) for n, v in enumerate(VARIABLES) if SHOWS[v] in parts},
        office=_office(this),
        judgement_share=_judged(this.lost(this.share), per),
        no_deal=_values(this),
        leaving=_leaving(this),
        structure={part: _still(this, part) for part in parts},
        policies={name: _policy(this, name) for name in case.policies},
        gestures={name: learnt(case, name) for name in case.gestures},
        questions={
            name: answered(q, start, this.found, this.judged(name)) for name, q in case.questions.items()
        },
        package=None if package is None else dict(package),
        package_value=None if compared is None else compared[0],
        ripe=() if compared is None else compared[1],
    )


# --- paths and fates --------------------------------------------------------------------------------------


def _fan(found: Worlds, variable: int, top: float) -> Fan:
    """Quantiles from the histograms, linear within a bin (an error of at most one bin)."""
    counts = found.histograms[variable].astype(np.float64)
    edges = np.linspace(0, top, BINS + 1)
    lines = []
    for q in QUANTILES:
        line = []
        for row in counts:
            passed = np.concatenate([[0.0], np.cumsum(row)]) / max(1.0, row.sum())
            line.append(round(float(np.interp(q, passed, edges)), 5))
        lines.append(tuple(line))
    return Fan(*lines)


def _office(this: _Outlook) -> dict[str, Fate]:
    share = this.share.sum(axis=(3, 4))  # [S, T + 1, 5]
    mean = share.mean(axis=0)
    fates = {}
    for n, name in enumerate(OFFICE):
        hazard = []
        for first in range(0, mean.shape[0] - 1, YEAR):
            last = min(first + YEAR, mean.shape[0] - 1)
            begin = float(mean[first, 0])
            hazard.append(round(float(mean[last, n] - mean[first, n]) / begin, 6) if begin > 0 else 0.0)
        fates[name] = Fate(
            tuple(round(float(v), 6) for v in mean[:, n]),
            replicate_error(share[:, -1, n], REPLICATES),
            tuple(hazard) if n else (),
        )
    return fates


def _judged(share: Floats, per: int) -> float:
    """Share of the variance of an event that lies between draws, the sampling of worlds within a draw taken off."""
    mean = float(share.mean())
    total = mean * (1 - mean)
    if total <= 0 or per < 2:
        return 0.0
    between = float(share.var(ddof=1)) - float((share * (1 - share)).mean()) / (per - 1)
    return round(min(1.0, max(0.0, between / total)), 6)


# --- values -----------------------------------------------------------------------------------------------


def _values(this: _Outlook) -> dict[str, PathValue]:
    ready, problem = this.ready, this.ready.problem
    best, beside = ready.supposing({}), ready.beside_best
    points = flows(problem, best, beside.world, recognition=True)
    rho = patience(problem, best, beside.steps, problem.factions)
    at_best = simulate(problem, best, beside.world, seed=ready.seed)
    computed = value(expected(occupancy(at_best), points), rho)[:, 0]
    flow = expected(this.share, this.points)
    months = flow.shape[2] - 1
    later = np.array([_from(flow, this.rho, m).mean(axis=1) for m in range(months + 1)])
    a_year = _from(flow, this.rho, min(YEAR, months)) - this.base
    typed = best.no_deal[:, 0] * problem.step
    found = {}
    for n, f in enumerate(problem.factions):
        low, high = np.quantile(this.base[n], (0.05, 0.95))
        used = f in this.case.computed
        found[f] = PathValue(
            computed=round(float(computed[n]), 6),
            mean=round(float(this.base[n].mean()), 6),
            error=replicate_error(this.base[n], REPLICATES),
            low=round(float(low), 6),
            high=round(float(high), 6),
            typed=None if used else round(float(typed[n]), 6),
            status_quo=round(float(points[n, 0, _level(this), _band(this), 0]), 6),
            drift=round(float(a_year[n].mean()), 6),
            later=tuple(round(float(v), 6) for v in later[:, n]),
            used=used,
        )
    return found


def _from(flow: Floats, rho: Floats, month: int) -> Floats:
    """[F, S] value of the path from a month on."""
    last = flow.shape[2] - 1
    return value(flow[:, :, min(month, last - 1) :], rho) if month < last else flow[:, :, -1]


def _level(this: _Outlook) -> int:
    """How far the sender has eased now."""
    assert this.case.world is not None
    return setting(this.case, this.case.world).level


def _band(this: _Outlook) -> int:
    known = this.case.world.recognition if this.case.world else None
    if known is None or known.issue is None or known.bands is None:
        return 0
    here = this.case.issues[known.issue].status_quo
    return known.bands.index(here) if here in known.bands else 0


def _leaving(this: _Outlook) -> dict[str, Leaving]:
    """Of those who have a hand in the issue that says who holds office."""
    world, problem = this.case.world, this.ready.problem
    assert world is not None
    if world.office.issue is None or "handed_over" not in world.office.options:
        return {}
    here = this.points[:, :, _level(this), _band(this)]  # [F, 5, S]
    found = {}
    for f in hands(problem, problem.issues.index(world.office.issue)):
        kept = here[f, OFFICE.index("handed_over")]
        others = [OFFICE.index(o) for o in OFFICE if o not in ("holds", "handed_over")]
        betrayed = here[f, others].min(axis=0)
        stay = this.base[f]
        found[problem.factions[f]] = Leaving(
            stay=round(float(stay.mean()), 6),
            kept=round(float(kept.mean()), 6),
            betrayed=round(float(betrayed.mean()), 6),
            credibility=least_credibility(float(stay.mean()), float(kept.mean()), float(betrayed.mean())),
            enough=round(float((kept >= stay).mean()), 6),
        )
    return found


def least_credibility(stay: float, kept: float, betrayed: float) -> float | None:
    """The chance that a promise of safety is kept at which leaving is worth as much as staying.

    ``rho kept + (1 - rho) betrayed = stay``; with a gain g if it is kept and a loss J if not, (V + J) / (g + J).
    """
    if kept <= betrayed:
        return None
    return round((stay - betrayed) / (kept - betrayed), 6)


def _still(this: _Outlook, part: str) -> Influence:
    share = occupancy(this.run(this.ready.typed, FROZEN[part], FEW))
    lost = float((this.lost(share) - this.lost(this.few)).mean())
    change = (this.worth(share) - this.worth(this.few)).mean(axis=1)
    factions = this.ready.problem.factions
    return Influence(round(lost, 6), {f: round(float(c), 6) for f, c in zip(factions, change, strict=True)})


def _policy(this: _Outlook, name: str) -> PolicyResult:
    spec, beside = this.case.policies[name], this.ready.beside_fresh
    changes = {path: beside.world[f"policies.{name}.{path}"] for path in spec.changes}
    share = occupancy(this.run(this.ready.typed, changes))
    paired = this.lost(share) - this.lost(this.share)
    worth = this.worth(share) - this.base
    fate = share[:, -1].sum(axis=(2, 3)).mean(axis=0)
    factions = this.ready.problem.factions
    return PolicyResult(
        name=spec.name or name.replace("_", " "),
        changes={path: number.median for path, number in spec.changes.items()},
        office_lost=round(float(this.lost(share).mean()), 6),
        difference=round(float(paired.mean()), 6),
        difference_error=replicate_error(paired, REPLICATES),
        fate={o: round(float(v), 6) for o, v in zip(OFFICE, fate, strict=True)},
        value={f: round(float(w.mean()), 6) for f, w in zip(factions, worth, strict=True)},
        value_error={f: replicate_error(w, REPLICATES) for f, w in zip(factions, worth, strict=True)},
    )


# --- ripeness ---------------------------------------------------------------------------------------------


def _compared(
    this: _Outlook, package: Mapping[str, str] | None, track: str | None
) -> tuple[dict[str, float], tuple[int, ...]] | None:
    """What a package is worth in the same world, and from which months on it is preferred to waiting."""
    if package is None:
        return None
    ready, problem = this.ready, this.ready.problem
    world = this.case.world
    assert world is not None
    at = table(problem, track)
    sender = world.sender
    level = 0
    if sender is not None:
        level = sender.steps.index(package.get(sender.issue, sender.steps[_level(this)]))
    kept = occupancy(this.run(ready.typed, fixed(level)))
    points = flows(problem, ready.typed, ready.beside_fresh.world, recognition=True, package=package)
    mean = value(expected(kept, points), this.rho).mean(axis=1)
    waiting = expected(this.share, this.points)
    months = waiting.shape[2] - 1
    ripe = []
    for m in range(months + 1):
        left = _from(waiting, this.rho, m).mean(axis=1)
        wants = {f for f in range(len(problem.factions)) if mean[f] >= left[f]}
        place = {f: n for n, f in enumerate(at.factions)}
        mask = sum(1 << place[f] for f in wants if f in place)
        if any(w & mask == w for w in at.winning):
            ripe.append(m)
    return {f: round(float(v), 6) for f, v in zip(problem.factions, mean, strict=True)}, tuple(ripe)
