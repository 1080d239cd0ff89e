"""Which packages a roadmap is drawn for: those that the deal analysis proposed."""

from __future__ import annotations

from collections.abc import Mapping

from detente.analyses.deal.result import DealResult
from detente.analyses.roadmap.result import RoadmapResult
from detente.analyses.roadmap.solve import roadmap
from detente.draws import Drawn
from detente.errors import UsageError
from detente.problem import control
from detente.problem.steps import indexed

__all__ = ["RULES", "ahead", "package"]

RULES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "most_acceptable")


def package(result: DealResult, rule: str, track: str | None) -> Mapping[str, str]:
    """What moves in the package that a rule chose at a table.

    Raises
    ------
    UsageError
        The rule chose none there.
    """
    at = result.tracks[track] if track is not None else result.main
    found = at.solutions[rule]
    if found is None:
        others = ", ".join(r for r, s in at.solutions.items() if s is not None)
        raise UsageError(
            f"there is no package by '{rule}' at '{at.id}': nothing is agreed there at best estimates; "
            + (f"try: {others}" if others else "name one in a file")
        )
    return found.moves


def ahead(ready: Drawn, result: DealResult) -> tuple[RoadmapResult, ...]:
    """The roadmap of the most acceptable package of each table, where everybody's patience is known and everything
    that moves is in somebody's hands; the tables whose package moves a single step are left out."""
    case, found = ready.problem.case, []
    for id, at in result.tracks.items():
        best = at.solutions["most_acceptable"]
        if best is None or len(best.moves) < 2:
            continue
        known = all(case.preferences[f].patience is not None for f in at.factions)
        moves = indexed(ready.problem, best.moves)
        held = all(control(ready.problem, move) is not None for move in moves)
        if known and held:
            found.append(roadmap(ready, best.moves, track=id, rule="most_acceptable"))
    return tuple(found)
