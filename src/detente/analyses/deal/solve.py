"""Is there a deal, which one, who blocks?

For each table: at best estimates, the exact frontier, the exact number of agreed packages, the bargaining
solutions (Nash 1950; Kalai & Smorodinsky 1975; egalitarian, Kalai 1977; utilitarian), the nearest miss; over
the draws, each package's acceptance, the package acceptable most often, whether the zone is open, who blocks;
and the small swaps that leave everybody's hold on office alone. The theory is in ``docs/explanation/deal.md``.

Two independent sets of draws are used: packages are *chosen* on the first and their acceptance is *reported*
on the second, because the largest of many estimates is biased upwards (Shapiro, Dentcheva & Ruszczynski 2009,
section 5.1.2). Errors come from the replicates of the lattice, not from a binomial formula.

Ties: among equally good packages the one that comes first in the order of the case file's options, issue by
issue. With several minimal winning sets, a solution is taken per set, over its members, and the set whose
solution is acceptable most often is shown (then the smaller set, then the earlier).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from detente.abreast import Abreast
from detente.agreement import Agreement, power
from detente.analyses.deal.bargaining import counted, frontier_packages, nearest_miss, solutions, thinned
from detente.analyses.deal.consent import consent
from detente.analyses.deal.menu import menu
from detente.analyses.deal.result import (
    BodyPower,
    DealResult,
    OwnGain,
    Packages,
    Power,
    StatusQuo,
    TrackResult,
)
from detente.analyses.deal.room import Room
from detente.analyses.deal.swaps import swaps
from detente.analyses.deal.uncertainty import blockers, zone
from detente.case.model import Body
from detente.draws import REPLICATES, Drawn
from detente.kernels.counting import total
from detente.problem import Move, Problem, Table, gate, table
from detente.prospects.chances import prospect
from detente.prospects.view import accepted, totals, view
from detente.rng import replicate_error

__all__ = ["deal"]


def deal(ready: Drawn, *, tracks: Sequence[str] | None = None) -> DealResult:
    """Answer for every track (or for ``tracks``), the default one first.

    Raises
    ------
    LimitError
        The agreement has too many minimal winning sets, or a front outgrew its limit.
    """
    problem, case = ready.problem, ready.problem.case
    names = list(tracks or case.tracks or ["table"])
    ready.sampled()
    abreast = Abreast("tables")
    found = {name: abreast.later(partial(_track, ready, table(problem, name))) for name in names}
    exchanges = abreast.later(partial(swaps, ready))()
    likeliest = ready.best.reading[:, 0]
    return DealResult(
        case=case.id,
        title=case.title,
        as_of=None if case.as_of is None else case.as_of.isoformat(),
        seed=ready.seed,
        draws=ready.draws,
        widen=ready.widen,
        replicates=REPLICATES,
        tracks={name: track() for name, track in found.items()},
        swaps=exchanges.shown,
        swaps_considered=exchanges.considered,
        swaps_holding=exchanges.holding,
        swaps_left_out=exchanges.left_out,
        uncertain=problem.dimensions,
        computed=ready.problem.case.computed,
        readings={
            f: names[int(r)]
            for f, names, r in zip(problem.factions, problem.readings, likeliest, strict=True)
            if names
        },
        bodies={id: _body(body) for id, body in case.bodies.items()},
        record=None if case.record is None else case.record.counted,
    )


def _track(ready: Drawn, at: Table) -> TrackResult:
    """All answers at one table."""
    problem = ready.problem
    room = Room(
        ready=ready,
        at=at,
        best=view(problem, ready.best, at),
        first=view(problem, ready.first, at),
        fresh=view(problem, ready.fresh, at),
    )
    notes: list[str] = []
    whole, why = frontier_packages(room)
    front = None if whole is None else whole.packages
    solved, candidates = solutions(room, front, notes)
    readable = thinned(room, front, candidates)
    described = {tuple(p): r for p, r in zip(readable.tolist(), room.describe(readable), strict=True)}
    if front is not None and len(readable) < len(front):
        notes.append(f"{len(readable)} of {len(front):,} packages of the frontier are shown")
    pool = np.unique(np.concatenate([readable, candidates]), axis=0)
    opened, error, verdicts = zone(room, pool)
    agreed, why_not = counted(room)
    top = solved["most_acceptable"]
    between = blockers(room, pool)
    miss = None
    if agreed == 0 or (agreed is None and solved["nash"] is None):
        miss = nearest_miss(room)
    return TrackResult(
        id=at.id,
        name=at.name,
        factions=tuple(room.names[f] for f in room.relevant),
        needed=tuple(room.names[f] for f in range(len(room.names)) if all(m >> f & 1 for m in at.winning)),
        issues=tuple(problem.issues[i] for i in at.issues),
        stuck=at.stuck,
        consent=consent(at.agreement, room.names, [_moves(problem, alone) for alone in at.guards]),
        winning_sets=len(at.winning),
        packages=Packages(
            total=total(room.best.seat.sizes, room.best.patterns, room.best.seat.excluded),
            acceptable=agreed,
            why=why_not,
            zone_probability=opened,
            monte_carlo_error=error,
            best_package_acceptance=top.acceptance if top else 0.0,
            best_package_error=top.acceptance_error if top else 0.0,
        ),
        status_quo=_status_quo(room),
        frontier=tuple(described[tuple(p)] for p in readable.tolist()),
        frontier_size=None if whole is None else whole.size,
        frontier_why=why,
        solutions=solved,
        chances=None if top is None else prospect(ready, at, top.package).chances(verdicts),
        menu=None if top is None else menu(room, _placed(problem, at, top.package), pool),
        blockers=between.sets,
        blockers_draws=between.draws,
        blockers_closed=between.closed,
        blockers_size=between.size,
        nearest_miss=miss,
        power=_power(room),
        grid={name: float(room.step[f]) for f, name in enumerate(room.names)},
        notes=tuple(notes),
    )


def _moves(problem: Problem, which: Collection[Move]) -> dict[str, tuple[str, ...]]:
    issues = dict.fromkeys(i for i, _ in sorted(which))
    return {
        problem.issues[i]: tuple(problem.options[i][o] for j, o in sorted(which) if j == i) for i in issues
    }


def _placed(problem: Problem, at: Table, package: Mapping[str, str]) -> NDArray[np.int16]:
    """[I] the options of a package that is named in full."""
    return np.array([problem.options[i].index(package[problem.issues[i]]) for i in at.issues], np.int16)


def _status_quo(room: Room) -> StatusQuo | None:
    start = room.best.seat.status_quo
    if start is None:
        return None
    package = start[None].astype(np.int16)
    steps = totals(room.best, package)[0, :, 0]
    yes = accepted(room.best, package)[0, :, 0]
    over = accepted(room.fresh, package)[0]
    no_deal = room.best.seat.no_deal[:, 0].astype(np.int64)
    return StatusQuo(
        package=room.problem.package(start.tolist(), room.at.issues),
        utility=room.points(steps),
        no_deal=room.points(no_deal),
        accepts=tuple(name for f, name in enumerate(room.names) if yes[f]),
        acceptance_by_faction={name: float(over[f].mean()) for f, name in enumerate(room.names)},
        alone=_alone(room),
    )


def _alone(room: Room) -> dict[str, OwnGain]:
    """What those at the table whose no-deal value is computed gain by themselves."""
    ready, problem = room.ready, room.problem
    if not ready.computed:
        return {}
    return {
        name: OwnGain(
            mean=float(points.mean()),
            error=replicate_error(points, REPLICATES),
            share=float((points > 0).mean()),
        )
        for f, name in zip(room.at.factions, room.names, strict=True)
        if name in problem.case.computed and (points := ready.own[f] * problem.step[f]).any()
    }


def _power(room: Room) -> Power:
    assert room.at.typed is not None, "a track has an agreement"
    return _indices(room.at.typed, room.names)


def _body(body: Body) -> BodyPower:
    members = tuple(body.members)
    tree = gate(body.votes, {m: n for n, m in enumerate(members)})
    return BodyPower(body.name or "", _indices(tree, members), body.note or "")


def _indices(tree: Agreement, names: Sequence[str]) -> Power:
    held = power(tree, len(names))
    banzhaf, absolute, shapley = (
        {name: float(share) for name, share in zip(names, shares, strict=True)}
        for shares in (held.banzhaf, held.banzhaf_absolute, held.shapley_shubik)
    )
    return Power(banzhaf, absolute, shapley)
