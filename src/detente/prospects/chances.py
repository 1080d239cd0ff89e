"""One chain of chances: open, acceptable, signed, begun, kept; each at most the one before, on the same draws.

For a package at a table, in every draw:

- *open*: some package is acceptable to everybody whose consent is needed;
- *acceptable*: this package does;
- *signed*: acceptable, times the chance p that what is acceptable is signed. p is a judgement of the case which counts for w
  rounds, and the record: with k agreements of n rounds the mean of the Beta distribution, (w p + k) / (w + n);
- *begun*: signed, times the chance that those whose consent or steps the package needs make their own sides comply, times the
  chance that the first stage holds, and that no spoiler wrecks it;
- *kept*: begun, times the chance that every other stage does, the end included.

A stage with a step that comes after its day (``begun_by``, ``done_by``) does not hold.

While a stage is verified every party draws a temptation, logistic with spread sigma, and stops if it exceeds its margin, so
that a stage holds with the product of ``1 / (1 + exp(-m_f / sigma))`` over those who have to go on, in the winning set most
likely to. Who could stop only by breaking a line of his own does not. Whether anybody delivers is multiplied here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.draws import REPLICATES, Drawn
from detente.errors import DetenteError
from detente.kernels.acceptance import agreed
from detente.kernels.appraisal import Appraisal, Terms, appraise
from detente.problem import Move, Sample, Table, obliged
from detente.problem.steps import agenda
from detente.prospects.intime import in_time
from detente.prospects.road import Floats, Road, paved
from detente.prospects.terms import some
from detente.prospects.view import View, accepted, existence, view
from detente.rng import replicate_error

__all__ = ["EVEN", "Chances", "Drawing", "Links", "Opened", "Prospect", "prospect"]

EVEN = 0.5
ROUNDS = 2
"""Where a case has a record and no judgement, what is acceptable is taken to be signed as often as not, and that to count for
so many rounds: the rule of succession (Laplace 1774)."""


Opened = Mapping[tuple[str, str] | None, NDArray[np.bool_]]
"""[S] whether some package is agreed in the fresh draws (None), and in those under a reading of a faction."""


@dataclass(frozen=True)
class Links:
    """Chances of one package, each at most the one before; means over the draws, not calibrated."""

    open: float | None
    """Some package is acceptable to all (draws that a capped search left undecided do not count); null where only this
    package was looked at."""
    acceptable: float
    """This one does."""
    signed: float | None
    """And is signed; null where the case has neither a record nor a judgement of that."""
    begun: float | None
    """And its first stage is carried out; null where ``unsaid`` says why."""
    kept: float | None
    """And all of it, to the end."""


@dataclass(frozen=True)
class Chances(Links):
    """The chain of one package, with each reading and together."""

    acceptable_error: float
    """Monte Carlo standard error, from the replicates."""
    by_reading: Mapping[str, Mapping[str, Links]]
    """Faction → its reading → the chain if that is true."""
    unsaid: str | None
    """Why a link has no number."""
    spared: Mapping[str, float] = field(default_factory=dict)
    """Spoiler → the chance that it wrecks no step; begun and kept are with none of them wrecking any."""
    instead: float | None = None
    """How likely it is acceptable with what the world makes of no deal instead of what is typed; null where nobody has both."""


class Drawing(NamedTuple):
    """The chain of one package in every draw, [S] each; None as in :class:`Links`."""

    open: NDArray[np.bool_] | None
    acceptable: Floats
    signed: Floats | None
    begun: Floats | None
    kept: Floats | None


@dataclass(frozen=True)
class Prospect:
    """A package at a table, and the order in which it is carried out."""

    ready: Drawn
    at: Table
    package: Mapping[str, str]
    road: Road | None
    unsaid: str | None

    _views: dict[int, tuple[Sample, View]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def local(self) -> Table:
        """The table with only what the package moves, if something can be left as it is."""
        problem = self.ready.problem
        if problem.status_quo is None:
            return self.at
        which = tuple(i for i, _ in self.moves)
        return replace(self.at.moving(self.moves), issues=which or self.at.issues, whole=self.at.decided)

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        """What the package moves, and to where."""
        problem = self.ready.problem
        named = [(i, self.package.get(problem.issues[i], self._home(i))) for i in self.at.issues]
        return tuple((i, problem.options[i].index(o)) for i, o in named if o != self._home(i))

    def _home(self, issue: int) -> str:
        problem = self.ready.problem
        assert problem.status_quo is not None
        return problem.options[issue][int(problem.status_quo[issue])]

    def seen(self, sample: Sample) -> tuple[View, NDArray[np.int16]]:
        """A sample from the table, and the package [1, I] as it is there."""
        problem, local = self.ready.problem, self.local
        if id(sample) not in self._views:
            self._views[id(sample)] = sample, view(problem, sample, local)
        names = [problem.issues[i] for i in local.issues]
        options = [
            self.package[n] if n in self.package else self._home(i)
            for i, n in zip(local.issues, names, strict=True)
        ]
        place = [problem.options[i].index(o) for i, o in zip(local.issues, options, strict=True)]
        return self._views[id(sample)][1], np.array([place], dtype=np.int16)

    def chances(self, opened: Opened | None = None) -> Chances:
        """The chain; ``opened``: where the table is, if that is asked."""
        ready, known = self.ready, opened or {}
        names = {ready.problem.factions[f] for f in self.at.factions}
        rivals = {
            key: sample
            for key, sample in ready.rivals.items()
            if key[0] in names and len(ready.problem.case.readings[key[0]]) > 1
        }
        keys = [None, *rivals]
        together, *others = self.each([ready.fresh, *rivals.values()], [known.get(key) for key in keys])
        by_reading: dict[str, dict[str, Links]] = {}
        for (faction, reading), found in zip(rivals, others, strict=True):
            by_reading.setdefault(faction, {})[reading] = _means(found)
        return Chances(
            **vars(_means(together)),
            acceptable_error=replicate_error(together.acceptable, REPLICATES),
            by_reading=by_reading,
            unsaid=self.unsaid,
            spared=self._spoilers(),
            instead=self._instead(),
        )

    def _instead(self) -> float | None:
        other = self.ready.instead
        if other is None:
            return None
        seen = view(other.problem, other.fresh, self.local)
        found = agreed(accepted(seen, self.seen(self.ready.fresh)[1]), seen.winning)[0]
        return float(found.mean())

    def _spoilers(self) -> dict[str, float]:
        if self.road is None:
            return {}
        fresh = self.ready.fresh
        drawn = self.road.terms(fresh, self.seen(fresh)[0].seat)
        return {p: float(chance.prod(axis=0).mean()) for p, chance in _spared(self.road, drawn).items()}

    def opened(self) -> Opened:
        """Where the table is open, asked from scratch."""
        found: dict[tuple[str, str] | None, NDArray[np.bool_]] = {
            None: existence(*self.seen(self.ready.fresh)) == 1
        }
        return found | {key: existence(*self.seen(one)) == 1 for key, one in self.ready.rivals.items()}

    def each(
        self, samples: Sequence[Sample], opened: Sequence[NDArray[np.bool_] | None] | None = None
    ) -> list[Drawing]:
        """The chain in every draw of samples of as many as the fresh ones; ``opened``: where the table is, in each of them."""
        views = [self.seen(sample) for sample in samples]
        acceptable = [agreed(accepted(*one), one[0].winning)[0].astype(np.float64) for one in views]
        chance = signing(self.ready)
        known = [None] * len(samples) if opened is None else opened
        if chance is None:
            return [Drawing(o, a, None, None, None) for o, a in zip(known, acceptable, strict=True)]
        signed = [chance * one for one in acceptable]
        if self.road is None:
            return [Drawing(o, a, s, None, None) for o, a, s in zip(known, acceptable, signed, strict=True)]
        problem = self.ready.problem
        parties = obliged(problem, self.at, self.moves)
        holds = self._holding(self.road, samples, [np.flatnonzero(one) for one in acceptable])
        found = []
        for o, a, s, h, sample in zip(known, acceptable, signed, holds, samples, strict=True):
            begun = s * sample.delivered(problem, parties) * h[0]
            found.append(Drawing(o, a, s, begun, begun * h[1:].prod(axis=0)))
        return found

    def _holding(
        self, road: Road, samples: Sequence[Sample], which: Sequence[NDArray[np.int64]]
    ) -> list[Floats]:
        """[K, S] chance that each stage holds, in those draws of every sample that are asked for; 0 in the others."""
        spread, found = road.drawn["steps.temptation"], []
        drawn = [road.terms(one, self.seen(one)[0].seat) for one in samples]
        parts: dict[bytes, list[int]] = {}
        for n, one in enumerate(drawn):
            parts.setdefault(b"|".join(a.tobytes() for a in (one.on, one.off, one.excluded)), []).append(n)
        stays: dict[int, Floats] = {}
        for alike in parts.values():  # several samples at once, for speed: most have the same terms
            asked = some([drawn[n] for n in alike], [which[n] for n in alike])
            then = appraise(asked, road.plan.order)
            spreads = np.concatenate([spread[which[n]] for n in alike])
            each = _stays(_margins(then), drawn[0].winning, spreads)
            each[:-1] *= in_time(asked, road.plan.order, then.elapsed, road.of.begun, road.of.done)
            ends = np.cumsum([len(which[n]) for n in alike])
            stays |= dict(zip(alike, np.split(each, ends[:-1], axis=1), strict=True))
        for n, rows in enumerate(which):
            found.append(np.zeros((len(stays[n]), self.ready.draws)))
            found[-1][:, rows] = stays[n]
            for spared in _spared(road, drawn[n]).values():
                found[-1][:-1] *= spared
        return found


def prospect(ready: Drawn, at: Table, package: Mapping[str, str], road: Road | None = None) -> Prospect:
    """What is known of how a package would be carried out; where nothing is, why. ``road``: the order, if it was found already."""
    case, unsaid = ready.problem.case, None
    if road is None:
        try:
            road = paved(ready, agenda(ready.problem, at, package))
            if not road.plan.order:
                unsaid = "no order of its steps was found that keeps clear of what the case calls impossible"
        except DetenteError as error:
            road, unsaid = None, str(error)
    if case.signing is None and case.record is None:
        unsaid = (
            "the case does not say how likely what is acceptable is signed: add 'signing: {chance: [0.1, 0.3, 0.5]}' or a "
            "'record'"
        )
    elif unsaid is None and (case.steps is None or case.steps.temptation is None):
        unsaid = "the case gives no spread of temptations: add 'steps: {temptation: [1, 2, 4]}'"
    return Prospect(ready, at, package, road if unsaid is None else None, unsaid)


def signing(ready: Drawn) -> Floats | None:
    """[S] the chance that what is acceptable is signed: the case's judgement, and its record."""
    case = ready.problem.case
    if case.signing is None and case.record is None:
        return None
    judged = (
        np.full(ready.draws, EVEN) if case.signing is None else ready.beside_fresh.steps["signing.chance"]
    )
    counts = ROUNDS if case.signing is None else case.signing.counts
    rounds, agreements = (0, 0) if case.record is None else (case.record.rounds, case.record.agreements)
    found: Floats = (counts * judged + agreements) / (counts + rounds)
    return found


def _spared(road: Road, drawn: Terms) -> dict[str, Floats]:
    """Spoiler → [K, S] the chance that it wrecks none of the steps of each batch: (1 - h) to the months of those it can."""
    found = {}
    batches = [int(drawn.batches[b]) for b in road.plan.order]
    for party, spec in road.of.problem.case.parties.items():
        if spec.spoils is not None:
            within = road.of.about(spec.spoils.steps)
            months = [
                drawn.month[[n for n in range(drawn.steps) if mask & within & 1 << n]].max(axis=0, initial=0)
                for mask in batches
            ]
            found[party] = (1 - road.drawn[f"{party}.spoils"]) ** np.array(months)
    return found


def _means(of: Drawing) -> Links:
    open_, _, signed, begun, kept = (None if link is None else float(link.mean()) for link in of)
    return Links(open_, float(of.acceptable.mean()), signed, begun, kept)


def _margins(of: Appraisal) -> Floats:
    """[K, F, S] margins, infinite for those of whom every way out breaks a line: they are capped, and the tolled ones are not."""
    return np.where((of.margin > -np.inf) & (of.tolled > of.margin), np.inf, of.margin)


def _stays(margin: Floats, winning: NDArray[np.int64], spread: Floats) -> Floats:
    """[K, S] chance that those who have to go on do, in the winning set most likely to."""
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        each = np.where(spread > 0, 1 / (1 + np.exp(-margin / spread)), margin >= 0)
    best = np.zeros(each[:, 0].shape)
    for mask in winning.tolist():
        inside = [f for f in range(each.shape[1]) if mask >> f & 1]
        best = np.maximum(best, each[:, inside].prod(axis=1))
    return best
