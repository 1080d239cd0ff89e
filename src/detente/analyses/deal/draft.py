"""What everybody makes of one package that somebody names: a draft on the table.

At best estimates: points above no deal for each faction, who would refuse and by how much, which lines it breaks. Over the fresh
draws: the range of each gain, how often each accepts, and the chain of chances (:mod:`detente.prospects.chances`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from detente import __version__
from detente.analyses.deal.result import PackageResult, jsonable
from detente.analyses.deal.room import Room
from detente.draws import Drawn
from detente.errors import UsageError
from detente.problem import Table, table
from detente.problem.steps import moved
from detente.prospects.chances import Chances, prospect
from detente.prospects.view import view

__all__ = ["BrokenLine", "DraftResult", "draft"]


@dataclass(frozen=True)
class BrokenLine:
    """A red or firm line that the package breaks."""

    faction: str
    line: Mapping[str, str]
    """Issue → option: what the faction will not have."""
    at_best_estimates: bool
    """Whether it holds there."""
    share: float
    """Share of fresh draws in which it holds."""


@dataclass(frozen=True)
class DraftResult:
    """What everybody makes of one package."""

    case: str
    title: str
    as_of: str | None
    seed: int
    draws: int
    widen: float
    uncertain: int
    """How many numbers and chances are drawn; 0: the case has no range, reading or chance in it."""
    track: str
    track_name: str
    factions: tuple[str, ...]
    """Those whose consent can matter at the table."""
    needed: tuple[str, ...]
    """Those without whom nothing is agreed there."""
    package: PackageResult
    agreed: bool
    """Whether it is acceptable at best estimates to enough of those whose consent it needs."""
    lines: tuple[BrokenLine, ...]
    chances: Chances

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {"detente": __version__, "verb": "draft", **jsonable(self)}


def draft(ready: Drawn, package: Mapping[str, str], *, track: str | None = None) -> DraftResult:
    """What everybody at ``track`` (default: the first) makes of ``package``; issues left out stay as they are.

    Raises
    ------
    UsageError
        The package moves what cannot move there or nothing at all, or leaves an issue open where there is no status quo.
    """
    problem, case = ready.problem, ready.problem.case
    at = table(problem, track)
    whole = _whole(ready, at, package)
    room = Room(
        ready=ready,
        at=at,
        best=view(problem, ready.best, at),
        first=view(problem, ready.fresh, at),
        fresh=view(problem, ready.fresh, at),
    )
    options = [problem.options[i].index(whole[problem.issues[i]]) for i in at.issues]
    found = room.describe(np.array([options], dtype=np.int16))[0]
    yes = sum(1 << n for n, name in enumerate(room.names) if name in found.accepts)
    return DraftResult(
        case=case.id,
        title=case.title,
        as_of=None if case.as_of is None else case.as_of.isoformat(),
        seed=ready.seed,
        draws=ready.draws,
        widen=ready.widen,
        uncertain=problem.dimensions,
        track=at.id,
        track_name=at.name,
        factions=tuple(room.names[f] for f in room.relevant),
        needed=tuple(name for n, name in enumerate(room.names) if all(m >> n & 1 for m in at.winning)),
        package=found,
        agreed=any(mask & yes == mask for mask in at.winning),
        lines=_lines(ready, at, whole),
        chances=prospect(ready, at, found.package).chances(),
    )


def _whole(ready: Drawn, at: Table, package: Mapping[str, str]) -> dict[str, str]:
    """Issue → option for every issue of the case; where there is no status quo, for every one of the table."""
    problem = ready.problem
    if problem.status_quo is None:
        missing = [problem.issues[i] for i in at.issues if problem.issues[i] not in package]
        if missing:
            raise UsageError(
                f"case '{problem.case.id}' has no status quo, so a package has to settle every issue; missing: {', '.join(missing)}"
            )
        return dict(package)
    if not moved(problem, at, package):
        raise UsageError(
            "the package leaves everything as it is: name an option that differs from the status quo"
        )
    here = zip(problem.issues, problem.options, problem.status_quo, strict=True)
    return {issue: package.get(issue, options[start]) for issue, options, start in here}


def _lines(ready: Drawn, at: Table, whole: Mapping[str, str]) -> tuple[BrokenLine, ...]:
    """The lines of those at the table that the package breaks in some draw."""
    problem, found = ready.problem, []
    for t, pattern in enumerate(problem.patterns):
        issues, options = zip(*pattern, strict=True)
        line = problem.package(options, issues)
        if any(whole.get(i) != o for i, o in line.items()):
            continue
        for f in at.factions:
            share = float(ready.fresh.broken[f, t].mean())
            certain = bool(ready.best.broken[f, t, 0])
            if share or certain:
                found.append(BrokenLine(problem.factions[f], line, certain, share))
    return tuple(found)
