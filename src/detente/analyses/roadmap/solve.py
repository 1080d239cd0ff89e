"""In what order can a package be carried out, and would it hold? The theory is in ``docs/explanation/roadmap.md``.

At best estimates the order with the most slack (:mod:`detente.kernels.sequencing`); over the draws, the share
in which that order survives; the least patience that carries it; what would buy the most slack; and the chances that
it is signed, begun and kept (:mod:`detente.prospects.chances`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.analyses.roadmap.base_rates import BASE_RATES
from detente.analyses.roadmap.moves import batch, finite
from detente.analyses.roadmap.remedies import boosts, longest_part
from detente.analyses.roadmap.result import (
    Due,
    Patience,
    RoadmapResult,
    Stage,
)
from detente.case.dates import months_after
from detente.case.lead import day_of, months_ahead, start_of
from detente.case.model import Case
from detente.draws import REPLICATES, Drawn
from detente.errors import LimitError, UsageError
from detente.kernels.appraisal import KINDS, Terms, appraise, slack
from detente.kernels.sequencing import MAX_EXACT
from detente.problem import Sample, Table, table
from detente.problem.steps import agenda
from detente.prospects.chances import prospect
from detente.prospects.road import TOLERANCE, Floats, Road, paved, prior, weakest
from detente.prospects.view import crossed, totals
from detente.rng import replicate_error

__all__ = ["roadmap"]

Number = TypeVar("Number", np.float64, np.int64, np.bool_)


def roadmap(
    ready: Drawn,
    package: Mapping[str, str],
    *,
    track: str | Table | None = None,
    rule: str | None = None,
    counted_on: tuple[str, ...] = (),
    suppose: Mapping[str, str] | None = None,
) -> RoadmapResult:
    """The roadmap of ``package`` at a table (its id, or one beside those of the case); ``counted_on``: guarantees besides those in force.

    ``suppose`` takes readings of factions for true where best estimates are asked for. Without it they are the
    likeliest, unless the table would then not agree to the package at all: then those, of all combinations under
    which it would, that are likeliest.

    Raises
    ------
    UsageError
        No such table or guarantee; the package moves nothing or what cannot move there; somebody's patience is
        missing; every order passes through something impossible.
    LimitError
        More than 63 steps, or no order found among those looked at.
    """
    case = ready.problem.case
    for name in counted_on:
        if name not in case.guarantees:
            raise UsageError(
                f"no guarantee '{name}' in case '{case.id}'; it has: {', '.join(case.guarantees) or 'none'}"
            )
    at = track if isinstance(track, Table) else table(ready.problem, track)
    _asked(case, suppose)
    of = agenda(ready.problem, at, package)
    road = paved(ready, of, counted_on=counted_on, suppose=suppose)
    plain = replace(road, supposed={})
    _ordered(road)
    drawn, then = road.over(ready.fresh)
    lasting = slack(then.margin, drawn.winning)
    holds = (lasting >= -TOLERANCE).all(axis=0)
    stages = _stages(road, (lasting >= -TOLERANCE).mean(axis=1))
    return RoadmapResult(
        case=case.id,
        title=case.title,
        as_of=None if case.as_of is None else case.as_of.isoformat(),
        seed=ready.seed,
        draws=ready.draws,
        widen=ready.widen,
        track=at.id,
        track_name=at.name,
        package={s.issue: package[s.issue] for s in road.of.steps},
        rule=rule,
        supposed=road.supposed,
        supposed_prior=prior(ready, road.supposed),
        short=_short(plain),
        guarantees=road.given,
        lead=months_ahead(case),
        lead_typed=case.steps is not None and case.steps.lead is not None,
        begins=None if (start := start_of(case)) is None else start.isoformat(),
        stages=stages,
        due=tuple(_due(road, drawn, then.elapsed)),
        months=stages[-1].month,
        slack=finite(road.slack),
        bound=finite(road.bound),
        proven=road.plan.proven and road.bound <= road.slack + TOLERANCE,
        weakest=_worst(stages).number,
        lines=_lines(road, road.sample),
        survival=float(holds.mean()),
        survival_error=replicate_error(holds, REPLICATES),
        survival_by_reading=_by_reading(road),
        patience=_patience(road),
        boosts=boosts(road),
        part=None if road.slack >= -TOLERANCE else longest_part(road),
        chances=prospect(ready, at, package, road).chances(),
        record=None if case.record is None else case.record.counted,
        base_rates=tuple(
            r for r in BASE_RATES if case.as_of is None or r.later_than < case.as_of.isoformat()
        ),
    )


def _ordered(road: Road) -> None:
    """Refuse a package no order of which can be carried out."""
    if not road.plan.order and len(road.of.steps) > MAX_EXACT:
        raise LimitError(
            f"no order of the {len(road.of.steps)} steps was found that keeps clear of what the case calls impossible; beyond "
            f"{MAX_EXACT} steps not every order is looked at: make fewer issues gradual, or name a smaller package"
        )
    if not road.plan.order:
        raise UsageError(
            "every order of these steps passes through a combination that the case calls impossible; if two steps "
            "can be taken at one moment, say so under 'steps: {simultaneous: [[ISSUE, ISSUE]]}'"
        )


def _asked(case: Case, suppose: Mapping[str, str] | None) -> None:
    for f, reading in (suppose or {}).items():
        if reading not in case.readings.get(f, {}):
            known = ", ".join(f"{f}={r}" for f, rs in case.readings.items() for r in rs)
            raise UsageError(f"no reading '{f}={reading}' in case '{case.id}'; it has: {known or 'none'}")


def _short(road: Road) -> dict[str, float | None]:
    """Faction → points by which the package is worse than no deal; None where it breaks a line."""
    seen, package = road.seen(road.sample)
    gains = totals(seen, package)[0, :, 0] - seen.seat.no_deal[:, 0]
    lined = crossed(seen, package)[0, :, 0]
    step = road.ready.problem.step[list(road.of.table.factions)]
    return {
        f: None if hit else round(-float(g), 6)
        for f, g, hit in zip(road.of.factions, gains * step, lined, strict=True)
        if hit or g < 0
    }


def _stages(road: Road, share: Floats) -> tuple[Stage, ...]:
    factions, best, now = road.of.factions, road.best, road.now
    found: list[Stage] = []
    start = start_of(road.ready.problem.case)
    for n in range(len(road.plan.order) + 1):
        margin = now.margin[n, :, 0]
        least, whose = weakest(now, n, best.winning)
        mask = int(best.batches[road.plan.order[n]]) if n < len(road.plan.order) else 0
        steps = batch(road, mask)
        month = int(now.elapsed[n, 0])
        found.append(
            Stage(
                number=n + 1,
                month=month,
                date=None if start is None else months_after(start, month).isoformat(),
                months=max((s.months for s in steps), default=0),
                steps=steps,
                margin={f: finite(float(m)) for f, m in zip(factions, margin, strict=True)},
                crosses=tuple(f for f, hit in zip(factions, now.crosses[n, :, 0], strict=True) if hit),
                way_out={f: KINDS[int(k)] for f, k in zip(factions, now.kind[n, :, 0], strict=True)},
                slack=finite(least),
                weakest=factions[whose],
                share=float(share[n]),
            )
        )
    return tuple(found)


def _due(road: Road, drawn: Terms, elapsed: NDArray[np.int64]) -> Iterator[Due]:
    """Steps that have a day, at best estimates and in the draws; ``elapsed`` [K + 1, S] months passed before each stage."""
    case, best = road.ready.problem.case, road.best
    start = start_of(case)
    for k, b in enumerate(road.plan.order):
        for n, step in enumerate(road.of.steps):
            if start is None or not int(best.batches[b]) >> n & 1:
                continue
            for what, typed, month in (
                ("begun", case.issues[step.issue].begun_by, int(road.of.begun[n])),
                ("done", case.issues[step.issue].done_by, int(road.of.done[n])),
            ):
                day = None if typed is None else day_of(case, typed)
                if day is None:
                    continue
                takes = 0 if what == "begun" else best.month[n, 0]
                ready = int(road.now.elapsed[k, 0] + takes)
                ends = elapsed[k] + (0 if what == "begun" else drawn.month[n])
                yield Due(
                    issue=step.issue,
                    option=step.option,
                    what=what,
                    by=day.isoformat(),
                    calendar=typed if isinstance(typed, str) else None,
                    date=months_after(start, ready).isoformat(),
                    late=ready > month,
                    share=float((ends <= month).mean()),
                )


def _worst(stages: tuple[Stage, ...]) -> Stage:
    """The stage with the least slack; one that crosses a line before one that only leads there."""
    crossing = [s for s in stages if s.crosses]
    if crossing and any(s.slack is None for s in stages):
        return crossing[0]
    return min(stages, key=lambda s: -np.inf if s.slack is None else s.slack)


def _lines(road: Road, sample: Sample) -> tuple[str, ...]:
    """Factions one of whose lines the package breaks in a sample of one."""
    lined = crossed(*road.seen(sample))[0, :, 0]
    return tuple(f for f, hit in zip(road.of.factions, lined, strict=True) if hit)


def _by_reading(road: Road) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for (faction, reading), sample in road.ready.rivals.items():
        if faction in road.of.factions and len(road.ready.problem.case.readings[faction]) > 1:
            drawn, then = road.over(sample)
            holds = (slack(then.margin, drawn.winning) >= -TOLERANCE).all(axis=0)
            found.setdefault(faction, {})[reading] = float(holds.mean())
    return found


# --- patience ---------------------------------------------------------------------------------------------


def _patience(road: Road) -> Patience:
    """How patient everybody, or one faction with the others as they are, has to be for the order to hold."""
    grid = 1 - np.geomspace(0.99, 0.0001, 257)
    own = road.best.rho[:, 0]

    def margins(rho: Floats) -> Floats:
        """[K, F, n] under patience [F, n]; a faction's hang on its own alone."""
        return appraise(_spread(road.best, rho), road.plan.order).margin

    def alike(values: Floats) -> Floats:
        return margins(np.tile(values, (len(own), 1)))

    now = margins(own[:, None])

    def holds(at: Floats, who: int | None) -> NDArray[np.bool_]:
        """[n] where everybody, or only ``who``, has the patience of margins [K, F, n]."""
        if who is not None:
            others = np.repeat(now, at.shape[2], axis=2)
            others[:, who] = at[:, who]
            at = others
        return np.asarray(slack(at, road.best.winning).min(axis=0) >= -TOLERANCE)

    at_grid = alike(grid)
    between: dict[int | None, tuple[float, float]] = {}
    most: dict[int | None, float] = {}
    for who in (None, *range(len(own))):
        fine = holds(at_grid, who)
        if fine.any():
            first = int(np.argmax(fine))
            last = first + int(np.argmin(fine[first:])) if not fine[first:].all() else len(grid)
            between[who] = (grid[first - 1], grid[first]) if first else (grid[0], grid[0])
            most[who] = round(float(grid[last - 1]), 6)
    for _ in range(6 if between else 0):
        inner = {who: np.linspace(low, high, 9) for who, (low, high) in between.items()}
        at = alike(np.concatenate(list(inner.values())))
        for n, (who, values) in enumerate(inner.items()):
            k = int(np.argmax(holds(at[:, :, 9 * n : 9 * n + 9], who)))
            between[who] = values[max(0, k - 1)], values[k]
    least = {who: round(float(high), 6) for who, (_, high) in between.items()}
    return Patience(
        least.get(None),
        most.get(None),
        {f: least.get(n) for n, f in enumerate(road.of.factions)},
        {f: round(float(r), 6) for f, r in zip(road.of.factions, own, strict=True)},
    )


def _spread(of: Terms, rho: Floats) -> Terms:
    """One draw repeated, with the patience [F, n] of each."""
    size = rho.shape[1]

    def wide(a: NDArray[Number]) -> NDArray[Number]:
        return np.broadcast_to(a, (*a.shape[:-1], size))

    return of._replace(
        base=wide(of.base),
        delta=wide(of.delta),
        points=wide(of.points),
        broken=wide(of.broken),
        month=wide(of.month),
        undo=wide(of.undo),
        penalty=wide(of.penalty),
        dated=tuple(d._replace(penalty=wide(d.penalty)) for d in of.dated),
        cost=wide(of.cost),
        rho=rho,
    )
