"""The order in which one package is carried out: its steps, what they are judged by, and the best order found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from detente.draws import Drawn
from detente.kernels.acceptance import agreed
from detente.kernels.appraisal import Appraisal, Terms, appraise, slack
from detente.kernels.sequencing import Plan
from detente.problem import Sample, Seat
from detente.problem.steps import Agenda, Judged
from detente.prospects.intime import plan_in_time
from detente.prospects.terms import terms
from detente.prospects.view import View, accepted, view

__all__ = ["TOLERANCE", "WHOLE", "Floats", "Road", "paved", "prior", "weakest", "worst"]

TOLERANCE = 1e-9

WHOLE = 12
"""Steps up to which every order is looked at when changes are compared and parts are looked for."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Road:
    """What every answer shares."""

    ready: Drawn
    of: Agenda
    given: tuple[str, ...]
    supposed: Mapping[str, str]
    """Faction → reading taken at best estimates instead of the likeliest."""

    @property
    def known(self) -> Judged:
        return self.ready.beside_best.steps

    @property
    def drawn(self) -> Judged:
        return self.ready.beside_fresh.steps

    @cached_property
    def best(self) -> Terms:
        return terms(self.of, self.sample, self.known, self.given)

    @cached_property
    def sample(self) -> Sample:
        return self.ready.supposing(self.supposed) if self.supposed else self.ready.best

    @cached_property
    def plan(self) -> Plan:
        """The order with the most slack, of those in time where one is found."""
        return plan_in_time(self.best, self.of.begun, self.of.done)

    @cached_property
    def now(self) -> Appraisal:
        """The order found, at best estimates."""
        return appraise(self.best, self.plan.order)

    @cached_property
    def slack(self) -> float:
        """Of the worst stage; -inf: somebody who has to go on would break a line."""
        return worst(self.best, self.plan.order)

    @property
    def bound(self) -> float:
        """No order has more slack; -inf: every order breaks a line."""
        if self.best.sunsets:  # orders are compared as if what ends stood for good at what it is worth
            return max(self.slack, self.plan.bound)
        return self.slack if self.plan.proven else self.plan.bound

    def terms(self, sample: Sample, seen: Seat | None = None) -> Terms:
        """What the order is judged by in every draw of a sample, ``seen`` from the table."""
        return terms(self.of, sample, self.drawn, self.given, seen)

    def over(self, sample: Sample) -> tuple[Terms, Appraisal]:
        """The order found, in every draw of a sample."""
        drawn = self.terms(sample)
        return drawn, appraise(drawn, self.plan.order)

    def seen(self, sample: Sample) -> tuple[View, NDArray[np.int16]]:
        """A sample from the table, and the package [1, I] as it is there: consent is asked as the deal asks it."""
        package = np.array([[path[-1] for path in self.of.paths]], dtype=np.int16)
        return view(self.of.problem, sample, self.of.table), package

    def accepted(self, sample: Sample) -> NDArray[np.bool_]:
        """[S] whether the table agrees to the package."""
        seen, package = self.seen(sample)
        found: NDArray[np.bool_] = agreed(accepted(seen, package), seen.winning)[0]
        return found

    @staticmethod
    def told(points: float) -> float | None:
        """Points for the reader; None where a line is broken, which has no points."""
        return None if points == -np.inf else round(points, 6)


def worst(of: Terms, order: tuple[int, ...]) -> float:
    """The slack of the worst stage of an order, in one draw; -inf where it breaks a line of who has to go on."""
    return float(slack(appraise(of, order).margin, of.winning).min())


def weakest(now: Appraisal, stage: int, winning: NDArray[np.int64]) -> tuple[float, int]:
    """Of the winning set whose smallest margin at a stage is largest: that margin, and whose it is."""
    least = float(slack(now.margin, winning)[stage, 0])
    margin = (now.tolled if least == -np.inf else now.margin)[stage, :, 0]
    found = [
        min((float(margin[f]), f) for f in range(len(margin)) if mask >> f & 1)
        for mask in winning.tolist()
        if mask
    ]
    return least, max(found, key=lambda one: one[0], default=(least, 0))[1]


def paved(
    ready: Drawn,
    of: Agenda,
    *,
    counted_on: Collection[str] = (),
    suppose: Mapping[str, str] | None = None,
) -> Road:
    """The road of a package, with the guarantees in force and those counted on.

    Best estimates suppose the likeliest readings, unless the table would then not agree to the package at all: then those, of
    all combinations under which it would, that are likeliest.
    """
    case = ready.problem.case
    given = tuple(name for name, spec in case.guarantees.items() if spec.in_force or name in counted_on)
    plain = Road(ready, of, given, {})
    return plain if (found := suppose or _supposed(plain)) == {} else Road(ready, of, given, found)


def _supposed(plain: Road) -> Mapping[str, str]:
    """The readings to take for true."""
    case = plain.ready.problem.case
    if plain.accepted(plain.sample)[0]:
        return {}
    rivals = {f: case.readings[f] for f in plain.of.factions if len(case.readings.get(f, {})) > 1}
    likeliest = {f: max(rs, key=lambda r, rs=rs: rs[r].prior.median) for f, rs in rivals.items()}  # type: ignore[misc]
    combinations = [dict(zip(rivals, chosen, strict=True)) for chosen in product(*rivals.values())]
    changed = [{f: r for f, r in one.items() if likeliest[f] != r} for one in combinations]
    for one in sorted(filter(None, changed), key=lambda one: -prior(plain.ready, {**likeliest, **one})):
        if plain.accepted(plain.ready.supposing(one))[0]:
            return one
    return {}


def prior(ready: Drawn, readings: Mapping[str, str]) -> float:
    """Best estimate of the chance that these readings are true."""
    case, chance = ready.problem.case, 1.0
    for f, reading in readings.items():
        whole = sum(r.prior.median for r in case.readings[f].values())
        chance *= case.readings[f][reading].prior.median / whole
    return round(chance, 6)
