"""Which packages a roadmap is drawn for: those that the deal analysis proposed, at the tables and beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from detente.analyses.deal.result import DealResult
from detente.analyses.deal.swaps import HOLDS, beside
from detente.analyses.roadmap.result import RoadmapResult
from detente.analyses.roadmap.solve import roadmap
from detente.draws import Drawn
from detente.errors import UsageError
from detente.problem import Problem, Table, control
from detente.problem.steps import indexed

__all__ = ["RULES", "SWAPS", "ahead", "package", "place"]

SWAPS = ("swap", "swap_2", "swap_3")
"""The first small exchanges that the deal analysis lists."""
RULES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "most_acceptable", *SWAPS)
AHEAD = 2
"""Small exchanges that a report puts in order, at most."""


def package(result: DealResult, rule: str, track: str | None) -> Mapping[str, str]:
    """What moves in the package that a rule chose at a table, or in a small exchange.

    Raises
    ------
    UsageError
        The rule chose none there.
    """
    if rule in SWAPS:
        number, count = SWAPS.index(rule), len(result.swaps)
        if number >= count:
            raise UsageError(
                f"there is no package by '{rule}': "
                + (
                    "no small exchange is ever acceptable"
                    if not count
                    else f"the deal analysis lists {count}: {', '.join(SWAPS[:count])}"
                )
            )
        return result.swaps[number].moves
    at = result.tracks[track] if track is not None else result.main
    found = at.solutions[rule]
    if found is None:
        others = ", ".join(r for r, s in at.solutions.items() if s is not None)
        raise UsageError(
            f"there is no package by '{rule}' at '{at.id}': nothing is agreed there at best estimates; "
            + (f"try: {others}" if others else "name one in a file")
        )
    return found.moves


def place(problem: Problem, rule: str, moves: Mapping[str, str], track: str | None) -> str | Table | None:
    """The table of a package by a rule: for a small exchange whoever is asked for it, else ``track``."""
    if rule not in SWAPS:
        return track
    if track is not None:
        raise UsageError(f"'{rule}' is an exchange beside the tables: leave '--track {track}' out")
    at = beside(problem, moves)
    assert at is not None, "somebody controls every move of an exchange"
    return replace(at, id=rule, name=_named(rule))


def _named(rule: str) -> str:
    number = SWAPS.index(rule)
    return f"Small swap {number + 1}" if number else "Small swap"


def ahead(ready: Drawn, result: DealResult) -> tuple[RoadmapResult, ...]:
    """The roadmaps of what could be signed: of the most acceptable package of each table, and of the first small exchanges that hold under every
    reading (of the first one where none does). Only where everybody's patience is known and everything that moves is in somebody's hands; what moves
    a single step is left out. The likeliest to be acceptable first, whatever it is.
    """
    case, found = ready.problem.case, []
    for rule, moves, track, factions, _ in sorted(_proposed(ready, result), key=lambda one: -one[-1]):
        if len(moves) < 2 or any(case.preferences[f].patience is None for f in factions):
            continue
        if all(control(ready.problem, move) is not None for move in indexed(ready.problem, moves)):
            at = place(ready.problem, rule, moves, track)
            found.append(roadmap(ready, moves, track=at, rule=rule))
    return tuple(found)


def _proposed(
    ready: Drawn, result: DealResult
) -> Iterator[tuple[str, Mapping[str, str], str | None, tuple[str, ...], float]]:
    """Rule, moves, table, those at it, and how likely it is acceptable."""
    known = []
    for id, at in result.tracks.items():
        best = at.solutions["most_acceptable"]
        if best is not None and at.chances is not None:
            known.append(dict(best.moves))
            yield "most_acceptable", best.moves, id, at.factions, at.chances.acceptable
    holding = [s for s in result.swaps if s.hinge.worst >= HOLDS] or list(result.swaps[:1])
    for rule, swap in zip(SWAPS, result.swaps, strict=False):
        if swap in holding[:AHEAD] and dict(swap.moves) not in known:
            yield rule, swap.moves, None, ready.problem.factions, swap.chances.acceptable
