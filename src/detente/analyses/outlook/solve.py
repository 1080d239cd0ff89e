"""What happens without a deal? Theory and limits: ``docs/explanation/outlook.md``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.run import REPLICATES, Deal
from detente.analyses.outlook.amounts import Scale, fan, scales
from detente.analyses.outlook.crew import Crew
from detente.analyses.outlook.gestures import learnt
from detente.analyses.outlook.paths import (
    PER,
    began,
    choices_at_talks,
    fixed,
    flow,
    shares,
    simulate,
    still,
    value,
)
from detente.analyses.outlook.questions import Seen, answered
from detente.analyses.outlook.result import (
    Fate,
    Influence,
    Leaving,
    OutlookResult,
    PathValue,
    PolicyResult,
)
from detente.analyses.outlook.talks import attrition_clock, negotiated
from detente.case.dates import months_after
from detente.case.model import Case
from detente.case.parts import MOVED_BY, PARTS
from detente.case.world import World
from detente.errors import UsageError
from detente.kernels.worlds import OFFICE, VARIABLES, Ladder, Worlds
from detente.problem import hands, table
from detente.problem.ground import Ground
from detente.problem.steps import moved, patience
from detente.problem.theory import cascade_rest, ruling_coalition
from detente.problem.world import calendar, dates, flows, lasting, tied
from detente.progress import told
from detente.rng import replicate_error

__all__ = ["least_credibility", "outlook"]

Floats = NDArray[np.float64]
Changes = Mapping[str, Floats | float]

RANGE = (0.05, 0.95)
YEAR = 12

CASCADES = 100_000
"""Rounds of a threshold cascade that are followed at most."""

EVERY = 8
"""Every eighth draw is looked at where parts are made to stand still, or something is changed."""


@dataclass(frozen=True)
class _Outlook:
    """What every answer shares."""

    ready: Deal
    per: int
    crew: Crew | None
    changes: Changes
    """What stands still, as asked."""
    ground: Ground

    @property
    def case(self) -> Case:
        return self.ready.problem.case

    @property
    def world(self) -> World:
        world = self.case.world
        assert world is not None
        return world

    @cached_property
    def found(self) -> Worlds:
        return self.run({})

    def run(self, changes: Changes) -> Worlds:
        """Worlds of the draws, the same chance whatever the changes."""
        all_ = {**changes, **self.changes}
        ladder = self.ladder if not any(_bargained(path) for path in changes) else None
        return simulate(self.ground, per=self.per, changes=all_, ladder=ladder, crew=self.crew)

    @cached_property
    def ladder(self) -> Ladder:
        """The choices at the talks, as long as nothing about them is changed."""
        return choices_at_talks(self.ground, self.changes)

    @cached_property
    def points(self) -> Floats:
        """[F, 5, 3, 3, 4, S] with recognition running."""
        return flows(self.ground.problem, self.ground.sample, self.ground.world, recognition=True)

    @cached_property
    def gains(self) -> dict[str, Floats]:
        """Event → [F, S]."""
        return lasting(self.ground.problem, self.ground.sample)

    @cached_property
    def rho(self) -> Floats:
        problem = self.ground.problem
        return patience(problem, self.ground.sample, self.ground.steps, problem.factions)

    def flow(self, found: Worlds) -> Floats:
        """[F, S, T + 1]."""
        return flow(found, self.points, self.gains)

    def worth(self, found: Worlds) -> Floats:
        """[F, S] value of no deal."""
        return value(self.flow(found), self.rho)

    @cached_property
    def waiting(self) -> Floats:
        """[F, S, T + 1] flow of the world as it is."""
        return self.flow(self.found)

    @cached_property
    def share(self) -> Floats:
        """[S, T + 1, 5] of the world as it is."""
        return shares(self.found)

    @cached_property
    def base(self) -> Floats:
        return value(self.waiting, self.rho)

    @cached_property
    def elsewhere(self) -> _Outlook:
        """The same draws in other worlds, where something is chosen that is reported in these."""
        return replace(self, ground=replace(self.ground, seed=~self.ground.seed))

    @cached_property
    def part(self) -> _Outlook:
        """The same on every eighth draw, for comparisons of which there are many."""
        draws = self.ground.sample.draws
        every = EVERY if draws % (EVERY * REPLICATES) == 0 else 1
        return replace(self, ground=self.ground.only(np.arange(0, draws, every)))

    @cached_property
    def lost(self) -> Floats:
        """[S] share of worlds in which the office is lost."""
        return _lost(shares(self.found))

    def against(self, changes: Changes) -> Influence:
        """What some changes make of it."""
        found = self.run(changes)
        lost, worth = _lost(shares(found)) - self.lost, self.worth(found) - self.base
        names = self.ready.problem.factions
        change = {f: round(float(w.mean()), 6) for f, w in zip(names, worth, strict=True)}
        return Influence(round(float(lost.mean()), 6), replicate_error(lost, REPLICATES), change)

    def judged(self, question: str) -> dict[str, Floats]:
        """Answer → [S] the probability that somebody judged."""
        world, start = self.ready.beside_fresh.world, f"questions.{question}."
        return {path.removeprefix(start): v for path, v in world.items() if path.startswith(start)}


def _bargained(path: str) -> bool:
    """Whether a number of the world bears on the choices at the talks."""
    return path.startswith("talks.") or path in ("sender.now", "sender.yields", "fiefs.now", "fiefs.wrecks")


def _lost(share: Floats) -> Floats:
    """[S] share of worlds whose incumbent has lost office by the end."""
    gone: Floats = 1 - share[:, -1, 0]
    return gone


def outlook(
    ready: Deal,
    *,
    per: int = PER,
    package: Mapping[str, str] | None = None,
    track: str | None = None,
    without: Collection[str] = (),
    crew: Crew | None = None,
) -> OutlookResult:
    """The world of a case without a deal, ``per`` worlds for each draw.

    ``crew`` says who simulates; the answer does not depend on it. ``without``: parts of the world that are made to stand
    still. ``package`` (what moves, at the table ``track``) is what waiting is compared with.

    Raises
    ------
    UsageError
        The case has no world, a part has another name, somebody's patience is missing, or the package moves what its table
        cannot.
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
    given = tuple(p for p in PARTS if getattr(world, p) is not None)
    _known(without, given)
    this = _Outlook(ready, per, crew, still(without), ready.fresh_ground)
    parts = tuple(p for p in given if p not in without)
    compared = _compared(this, package, track)
    level = began(this.ground).start
    kept = scales(case, world, began(this.ground), dates(case, world, without))
    seen = Seen(this.found, start, kept, level, calendar(case, world, without))
    shown = {v: kept[v] for v in VARIABLES if MOVED_BY.get(v, v) in parts and _moves(world, v, kept[v])}
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
        without=tuple(p for p in given if p in without),
        paths={v: fan(_counted(this.found, v), scale) for v, scale in shown.items()},
        units={v: scale.unit for v, scale in shown.items()},
        office=_office(this),
        judgement_share=_judged(_lost(this.share), per),
        no_deal=_values(this),
        leaving=_leaving(this),
        structure={part: this.part.against(still((part,))) for part in told("parts left out", parts)},
        levers={name: this.part.against(changes) for name, changes in _levers(this.part, parts).items()},
        coalition=_coalition(this),
        cascade=_cascade(this),
        talks=negotiated(this.ground, this.found, this.ladder, this.waiting, this.rho, _quiet(this), level)
        if "talks" in parts
        else None,
        clock=attrition_clock(this.ground),
        left_out=tuple(tied(case)),
        policies={name: _policy(this, name) for name in told("policies", list(case.policies))},
        gestures={name: learnt(case, name) for name in case.gestures},
        questions={
            name: answered(case.questions[name], seen, this.judged(name))
            for name in told("questions", list(case.questions))
        },
        package=None if package is None else dict(package),
        package_value=None if compared is None else compared[0],
        ripe=() if compared is None else compared[1],
    )


def _known(without: Collection[str], given: Sequence[str]) -> None:
    for part in without:
        if part not in given:
            raise UsageError(
                f"--without {part}: the world of this case has no such part; its parts are: {', '.join(given)}"
            )


def _moves(world: World, variable: str, kept: Scale) -> bool:
    """Whether a path is worth a picture: trust moves at talks with steps only, polls are measured once they are held."""
    if variable == "trust":
        rungs = world.talks.ladder if world.talks is not None else None
        return rungs is not None and rungs.by in rungs.obstinate
    return variable not in ("income", "price") and kept.first <= world.months


def _counted(found: Worlds, variable: str) -> Floats:
    """[T + 1, BINS] worlds of all groups."""
    counts: Floats = found.histograms[:, VARIABLES.index(variable)].sum(axis=0).astype(np.float64)
    return counts


def _quiet(this: _Outlook) -> Floats:
    """[F, S, T + 1] flow of worlds without talks."""
    return this.flow(this.run(still(("talks",))))


def _levers(this: _Outlook, parts: Sequence[str]) -> dict[str, dict[str, Floats | float]]:
    """What could be changed from outside, one thing each."""
    world = this.ground.world
    found: dict[str, dict[str, Floats | float]] = {}
    if "authority" in parts:
        seats, all_ = world["authority.seats"], world["authority.of"]
        found["one friendly seat less on the electoral authority"] = {
            "authority.seats": np.maximum(seats - 1, 0)
        }
        found["one friendly seat more"] = {"authority.seats": np.minimum(seats + 1, all_)}
        if (seats + 1 < np.floor(all_ / 2) + 1).any():
            found["a friendly majority there"] = {"authority.seats": np.floor(all_ / 2) + 1}
    if "split" in parts:
        found["a challenger's side that stays united"] = {
            "split.now": 0.0,
            "split.begins": 0.0,
            "split.tempts": 0.0,
        }
        found["a challenger's side that stays split"] = {"split.now": 1.0, "split.heals": 0.0}
    if "recognition" in parts:
        stays = dict(still(("recognition",)).items())
        found["recognition by all governments, for good"] = {
            **stays,
            "recognition.now": world["recognition.all"],
        }
        found["recognition by none"] = {"recognition.now": 0.0}
    return found


def _coalition(this: _Outlook) -> dict[str, float]:
    """Who could not be purged, draw by draw."""
    loyalty = this.world.loyalty
    if loyalty is None or loyalty.members is None:
        return {}
    names = list(loyalty.members)
    strength = np.array([this.ready.beside_fresh.world[f"loyalty.members.{name}"] for name in names])
    counts = dict.fromkeys(names, 0)
    for column in np.maximum(strength, 1e-9).T:  # the tail of a range may end at nothing
        for n in ruling_coalition(column):
            counts[names[n]] += 1
    return {name: round(counts[name] / strength.shape[1], 6) for name in names}


def _cascade(this: _Outlook) -> float | None:
    known = this.world.recognition
    if known is None or known.mean is None or known.deviation is None:
        return None
    mean, deviation = known.mean.median, known.deviation.median
    # Nobody comes back: the lowest place of rest that has not been passed.
    gone = max(1 - known.now.median / known.all.median, float(cascade_rest(mean, deviation)))
    for _ in range(CASCADES):
        further = max(gone, NormalDist(mean, deviation).cdf(gone))
        if further - gone < 1e-9:
            break
        gone = further
    return round(1 - gone, 6)


# --- paths and fates --------------------------------------------------------------------------------------


def _office(this: _Outlook) -> dict[str, Fate]:
    share = this.share
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
            *_judged_range(share[:, -1, n], this.per),
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


def _judged_range(share: Floats, per: int) -> tuple[float, float]:
    """5th and 95th percentile of a chance over the draws, its shares in ``per`` worlds drawn in by what the sampling of worlds
    adds to their variance."""
    mean, total = float(share.mean()), float(share.var(ddof=1))
    within = float((share * (1 - share)).mean()) / max(1, per - 1)
    scale = (1 - min(1.0, within / total)) ** 0.5 if total > 0 else 0.0
    low, high = np.clip(mean + scale * (np.quantile(share, RANGE) - mean), 0.0, 1.0)
    return round(float(low), 6), round(float(high), 6)


# --- values -----------------------------------------------------------------------------------------------


def _values(this: _Outlook) -> dict[str, PathValue]:
    ready, problem = this.ready, this.ready.problem
    best = ready.best_ground({})
    points = flows(problem, best.sample, best.world, recognition=True)
    rho = patience(problem, best.sample, best.steps, problem.factions)
    at_best = flow(simulate(best, changes=this.changes), points, lasting(problem, best.sample))
    computed = value(at_best, rho)[:, 0]
    months = this.waiting.shape[2] - 1
    later = np.array([_from(this.waiting, this.rho, m).mean(axis=1) for m in range(months + 1)])
    a_year = _from(this.waiting, this.rho, min(YEAR, months)) - this.base
    typed = best.sample.no_deal[:, 0] * problem.step
    stakes = (best.world.get(f"stakes.{f}.holds") for f in problem.factions)
    held = [0.0 if stake is None else float(stake[0]) for stake in stakes]
    found = {}
    for n, f in enumerate(problem.factions):
        low, high = np.quantile(this.base[n], RANGE)
        used = f in this.case.computed
        found[f] = PathValue(
            computed=round(float(computed[n]), 6),
            mean=round(float(this.base[n].mean()), 6),
            error=replicate_error(this.base[n], REPLICATES),
            low=round(float(low), 6),
            high=round(float(high), 6),
            typed=None if used else round(float(typed[n]), 6),
            status_quo=round(
                float(
                    points[n, 0, began(this.ground).level, _band(this), began(this.ground).start, 0] - held[n]
                ),
                6,
            ),
            drift=round(float(a_year[n].mean()), 6),
            later=tuple(round(float(v), 6) for v in later[:, n]),
            used=used,
        )
    return found


def _from(flow: Floats, rho: Floats, month: int) -> Floats:
    """[F, S] value of the path from a month on."""
    last = flow.shape[2] - 1
    return value(flow[:, :, min(month, last - 1) :], rho) if month < last else flow[:, :, -1]


def _band(this: _Outlook) -> int:
    known = this.case.world.recognition if this.case.world else None
    if known is None or known.issue is None or known.bands is None:
        return 0
    here = this.case.issues[known.issue].status_quo
    return known.bands.index(here) if here in known.bands else 0


def _leaving(this: _Outlook) -> dict[str, Leaving]:
    """Of those who have a hand in the issue that says who holds office."""
    world, problem = this.world, this.ready.problem
    if world.office.issue is None or "handed_over" not in world.office.options:
        return {}
    here = this.points[:, :, began(this.ground).level, _band(this), began(this.ground).start]  # [F, 5, S]
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
            by_reading={
                r: round(float((kept >= stay)[true].mean()), 6)
                for n, r in enumerate(problem.readings[f])
                if (true := this.ground.sample.reading[f] == n).any()
            },
        )
    return found


def least_credibility(stay: float, kept: float, betrayed: float) -> float | None:
    """The chance that a promise of safety is kept at which leaving is worth as much as staying.

    ``rho kept + (1 - rho) betrayed = stay``; with a gain g if it is kept and a loss J if not, (V + J) / (g + J).
    """
    if kept <= betrayed:
        return None
    return round((stay - betrayed) / (kept - betrayed), 6)


def _policy(this: _Outlook, name: str) -> PolicyResult:
    spec, beside = this.case.policies[name], this.ready.beside_fresh
    changes = {path: beside.world[f"policies.{name}.{path}"] for path in spec.changes}
    found = this.run(changes)
    share, worth = shares(found), this.worth(found) - this.base
    taken = None
    if spec.offered_to is not None:
        f = this.ready.problem.factions.index(spec.offered_to)
        elsewhere = this.elsewhere
        taken = elsewhere.worth(elsewhere.run(changes))[f] > elsewhere.base[f]
        share, worth = np.where(taken[:, None, None], share, this.share), np.where(taken, worth, 0.0)
    paired = _lost(share) - _lost(this.share)
    fate = share[:, -1].mean(axis=0)
    factions = this.ready.problem.factions
    under = [changed for readings in this.world.under.values() for changed in readings.values()]
    return PolicyResult(
        name=spec.name or name.replace("_", " "),
        changes={path: number.median for path, number in spec.changes.items()},
        office_lost=round(float(_lost(share).mean()), 6),
        difference=round(float(paired.mean()), 6),
        difference_error=replicate_error(paired, REPLICATES),
        fate={o: round(float(v), 6) for o, v in zip(OFFICE, fate, strict=True)},
        value={f: round(float(w.mean()), 6) for f, w in zip(factions, worth, strict=True)},
        value_error={f: replicate_error(w, REPLICATES) for f, w in zip(factions, worth, strict=True)},
        replaces=tuple(path for path in spec.changes if any(path in changed for changed in under)),
        offered_to=spec.offered_to,
        taken=None if taken is None else round(float(taken.mean()), 6),
        idle=not paired.any() and not worth.any(),
    )


# --- ripeness ---------------------------------------------------------------------------------------------


def _compared(
    this: _Outlook, package: Mapping[str, str] | None, track: str | None
) -> tuple[dict[str, float], tuple[int, ...]] | None:
    """What a package is worth in the same world, and from which months on it is preferred to waiting."""
    if package is None:
        return None
    ready, problem = this.ready, this.ready.problem
    at = table(problem, track)
    package = moved(problem, at, package)
    sender = this.world.sender
    points = flows(problem, ready.typed, ready.beside_fresh.world, recognition=True, package=package)
    gains = lasting(problem, ready.typed, settled=package)
    signed: Changes = {}
    if sender is not None and problem.issues.index(sender.issue) in at.issues:
        # Signing stops what this table decides: the sender stays where the package has it, and talks are over.
        here = sender.steps[began(this.ground).level]
        signed = fixed(sender.steps.index(package.get(sender.issue, here)))
    found = this.run(signed) if signed else this.found
    mean = value(flow(found, points, gains), this.rho).mean(axis=1)
    waiting = this.waiting
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
