"""What did groups agree who negotiated the same case, and what did they leave on the table?

A package q improves on what a group agreed, p, if every faction f whose consent can matter has U_f(q) >= U_f(p), and somebody more; p is on
the frontier (Pareto 1906) if nothing improves on it. What is left to a faction is the largest U_f(q) - U_f(p) over the q that cost nobody
anything, in its own points. Of all q only those on the exact frontier among packages with U >= U(p) have to be looked at: a larger U_f is never
found below them. A group without an agreement has what no deal is worth. Utilities are those at best estimates, in whole grid steps; packages
that are impossible or break a line of somebody at the table are no improvement.

Cost: one exact frontier (:mod:`detente.kernels.frontier`) for each different vector of utilities, cut off at what the group has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.analyses.debrief.result import DebriefResult, GroupResult
from detente.draws import Drawn
from detente.errors import UsageError
from detente.kernels.frontier import Front, frontier
from detente.problem import Table, table
from detente.prospects.view import View, accepted, totals, view

__all__ = ["debrief"]

Agreement = tuple[str, Mapping[str, str] | None]
"""A group's name, and issue → option of what it agreed; None: nothing."""


def debrief(ready: Drawn, agreements: Sequence[Agreement], *, track: str | None = None) -> DebriefResult:
    """What each group left on the table, at ``track`` (default: the first), with packages checked against the case before.

    Raises
    ------
    UsageError
        There are no groups, or a package leaves an issue open where there is no status quo, or moves one that cannot move there.
    LimitError
        The frontier outgrew its limit, or has more factions than can be had exactly.
    """
    if not agreements:
        raise UsageError("no groups: give a row for each group and what it agreed")
    problem = ready.problem
    at = table(problem, track)
    best = view(problem, ready.best, at)
    known: dict[tuple[int, ...], Front] = {}
    groups = tuple(_group(ready, at, best, name, package, known) for name, package in agreements)
    settled = [g for g in groups if g.package is not None]
    return DebriefResult(
        case=problem.case.id,
        title=problem.case.title,
        track=at.id,
        track_name=at.name,
        factions=tuple(problem.factions[at.factions[f]] for f in _relevant(at)),
        groups=groups,
        agreed=len(settled),
        on_frontier=sum(g.on_frontier for g in settled),
    )


def _relevant(at: Table) -> list[int]:
    """Places at the table of those in some minimal winning set."""
    union = 0
    for mask in at.winning:
        union |= mask
    return [f for f in range(len(at.factions)) if union >> f & 1]


def _group(
    ready: Drawn,
    at: Table,
    best: View,
    name: str,
    package: Mapping[str, str] | None,
    known: dict[tuple[int, ...], Front],
) -> GroupResult:
    problem, keep = ready.problem, _relevant(at)
    step = problem.step[list(at.factions)]
    names = [problem.factions[f] for f in at.factions]
    no_deal = best.seat.no_deal[:, 0].astype(np.int64)
    options = None if package is None else _options(ready, at, name, package)
    has = no_deal if options is None else totals(best, options[None])[0, :, 0]
    yes = np.zeros(len(names), dtype=np.bool_) if options is None else accepted(best, options[None])[0, :, 0]
    mask = sum(1 << n for n, says in enumerate(yes.tolist()) if says)
    front = _better(best, keep, has, known)
    base = best.seat.base[keep, 0].astype(np.int64)
    more = front.points + base - has[keep]
    left = more.max(axis=0, initial=0)
    points = left * step[keep]
    most = int(np.argmax(points)) if left.any() else None
    row = None if most is None else int(np.argmax(more[:, most]))
    return GroupResult(
        group=name,
        package=None if options is None else problem.package(options.tolist(), at.issues),
        utility=_points(has, step, names),
        gain=_points(has - no_deal, step, names),
        acceptable=options is not None and any(w & mask == w for w in at.winning),
        refuses=()
        if options is None
        else tuple(n for n, says in zip(names, yes.tolist(), strict=False) if not says),
        on_frontier=most is None,
        left=_points(left, step[keep], [names[f] for f in keep]),
        most_left=0.0 if most is None else round(float(points[most]), 9),
        most_left_to=None if most is None else names[keep[most]],
        better=None if row is None else problem.package(front.packages[row].tolist(), at.issues),
    )


def _points(steps: NDArray[np.int64], step: NDArray[np.float64], names: Sequence[str]) -> dict[str, float]:
    return {name: round(float(s) * float(one), 9) for name, s, one in zip(names, steps, step, strict=True)}


def _options(ready: Drawn, at: Table, group: str, package: Mapping[str, str]) -> NDArray[np.int16]:
    """A package as options of the issues of the table; what it leaves out stays."""
    problem = ready.problem
    here = [problem.issues[i] for i in at.issues]
    for issue, chosen in package.items():
        stands = problem.case.issues[issue].status_quo
        if issue not in here and chosen != stands:
            raise UsageError(f"{group}: '{issue}' cannot move at this table ({at.name})")
    found = []
    for i in at.issues:
        option = package.get(problem.issues[i], problem.case.issues[problem.issues[i]].status_quo)
        if option is None:
            raise UsageError(
                f"{group}: nothing is said of '{problem.issues[i]}', and the case has no status quo at which it could stay"
            )
        found.append(problem.options[i].index(option))
    return np.array(found, dtype=np.int16)


def _better(
    best: View, keep: Sequence[int], has: NDArray[np.int64], known: dict[tuple[int, ...], Front]
) -> Front:
    """The frontier among packages in which nobody who matters has less."""
    key = tuple(has[list(keep)].tolist())
    if key not in known:
        mask = sum(1 << f for f in keep)
        one = best.leaving(mask)
        known[key] = frontier(
            best.utilities[list(keep)],
            best.seat.sizes,
            patterns=one["patterns"],
            add=one["add"][list(keep)],
            excluded=one["excluded"] | one["broken"][list(keep)].any(axis=0),
            reservation=(has - best.seat.base[:, 0])[list(keep)],
        )
    return known[key]
