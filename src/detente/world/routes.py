"""By what ways a policy comes to what counts for somebody: the shortest ones through the parts of a world.

A policy begins at the parts whose numbers or levels it changes and at the issues that it settles. What counts is what a
faction has points at stake on: ends, levels, and issues that the world moves and the faction values. A way is a chain of
arrows between parts (:mod:`detente.world.influence`); its sign is the product of theirs, from the first part to the last.
It is ``?`` where an issue stands between, whose options are not more or less. Breadth first, in the order of the file: of ways as short the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from detente.case.model import Case
from detente.world.influence import Arrow, Influence, Mark
from detente.world.signs import Sign, times

__all__ = ["Route", "route", "routes"]


class Route(NamedTuple):
    """A way from a box to another."""

    way: tuple[str, ...]
    """Ids of boxes, from the first to the last."""
    mark: Sign | None
    """What more of the first part does to the last; None where there are not two."""
    whose: tuple[str, ...] = ()
    """Factions whose points hang on the last."""


def routes(case: Case, influence: Influence) -> dict[str, tuple[Route, ...]]:
    """Policy → its ways to all that counts and that it can reach."""
    boxes = {item.id for item in influence.parts}
    counts = _counts(case, influence, boxes)
    found = {}
    for name, policy in case.policies.items():
        starts = [path.split(".")[0] for path in (*policy.changes, *policy.holds)]
        starts += [*policy.stops, *(f"issue:{issue}" for issue in policy.settles)]
        starts = [start for start in dict.fromkeys(starts) if start in boxes]
        ways = [(route(influence, starts, end), tuple(whose)) for end, whose in counts.items()]
        found[name] = tuple(way._replace(whose=whose) for way, whose in ways if way is not None)
    return found


def _counts(case: Case, influence: Influence, boxes: set[str]) -> dict[str, list[str]]:
    """Box → factions with points at stake on it."""
    moved = [a.target for a in influence.arrows if a.mark == "sets"]
    found: dict[str, list[str]] = {}
    for faction, stakes in (case.world.stakes if case.world is not None else {}).items():
        for name in stakes:
            box = name if name in boxes else name.split(".")[0]
            if faction not in found.setdefault(box, []):
                found[box].append(faction)
    for faction, preferences in case.preferences.items():
        for issue in preferences.weights:
            if f"issue:{issue}" in moved:
                found.setdefault(f"issue:{issue}", []).append(faction)
    return found


def route(influence: Influence, starts: Iterable[str], end: str) -> Route | None:
    """The shortest way from any of some boxes to another; None if there is none."""
    before: dict[str, Arrow | None] = dict.fromkeys(starts)
    front = list(before)
    while front and end not in before:
        after = [a for here in front for a in influence.arrows if a.source == here]
        front = []
        for arrow in after:
            if arrow.target not in before:
                before[arrow.target] = arrow
                front.append(arrow.target)
    if end not in before:
        return None
    way: list[Arrow] = []
    here = end
    while (step := before[here]) is not None:
        way.insert(0, step)
        here = step.source
    return Route((here, *(a.target for a in way)), _sign([a.mark for a in way]))


def _sign(marks: Sequence[Mark]) -> Sign | None:
    """Of a way; that it begins or ends at an issue does not count."""
    first = 1 if marks and marks[0] == "of" else 0
    last = len(marks) - (1 if marks and marks[-1] == "sets" else 0)
    between = marks[first:last]
    if not between:
        return None
    return times(*(mark if mark in ("+", "-") else "?" for mark in between))
