"""At best estimates: the frontier, the count, the bargaining solutions, the nearest miss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.result import NearestMiss, OpeningLine, PackageResult, Solution
from detente.analyses.deal.room import Room, accepted
from detente.analyses.deal.uncertainty import existence
from detente.errors import LimitError
from detente.kernels.acceptance import agreed, most_acceptable
from detente.kernels.counting import count
from detente.kernels.frontier import frontier, nondominated
from detente.kernels.search import Objective, maximise
from detente.problem import RED

__all__ = ["READABLE", "counted", "frontier_packages", "nearest_miss", "solutions", "thinned"]

READABLE = 3000
"""A frontier larger than this is thinned for reading to about ``THINNED`` packages, its full size reported."""
THINNED = 400
MAX_OBJECTIVES = 8
PROOF_NODES = 10_000
"""Nodes spent on proving that no package is accepted in more draws."""
MAX_SETS = 16
"""Winning sets over which solutions are taken; the smallest ones, and a note says so."""


def frontier_packages(room: Room) -> tuple[NDArray[np.int16] | None, str | None]:
    """Packages [N, I] of the exact frontier over the agreed packages, one run for each winning set.

    The objectives are the factions of some winning set. A line of a member excludes the package; a line of
    somebody whose consent the set does not need leaves its utility as it is.
    """
    if len(room.relevant) > MAX_OBJECTIVES:
        return (
            None,
            f"the track needs the consent of {len(room.relevant)} factions; the exact frontier has up to 8",
        )
    s, keep = room.best.seat, list(room.relevant)
    points: list[NDArray[np.int64]] = []
    packages: list[NDArray[np.int16]] = []
    for mask in room.at.winning:
        inside = room.members(mask)
        reservation = np.where(inside, s.thresholds[:, 0], -(4 * RED)).astype(np.int64)
        try:
            found = frontier(
                room.best.utilities[keep],
                s.sizes,
                patterns=room.best.patterns,
                add=s.add[keep, :, 0].astype(np.int64),
                excluded=s.excluded | s.broken[inside, :, 0].any(axis=0),
                reservation=reservation[keep],
                status_quo=s.status_quo,
            )
        except LimitError as limit:
            return None, str(limit)
        points.append(found.points)
        packages.append(found.packages)
    best = nondominated(np.concatenate(points))
    return np.concatenate(packages)[best], None


def counted(room: Room) -> tuple[int | None, str | None]:
    s = room.best.seat
    found = count(
        room.best.utilities,
        s.sizes,
        reservation=room.best.reservation,
        winning=room.best.winning,
        **room.best.best,
    )
    return found, None if found is not None else "the counting programme reached its limit on states"


def solutions(
    room: Room, front: NDArray[np.int16] | None, notes: list[str]
) -> tuple[dict[str, Solution | None], NDArray[np.int16]]:
    """The bargaining solutions and the package accepted most often; the packages found on the way."""
    masks = room.at.winning[:MAX_SETS]
    if len(room.at.winning) > MAX_SETS:
        notes.append(
            f"solutions were taken over the {MAX_SETS} smallest of {len(room.at.winning)} winning sets"
        )
    rules: tuple[tuple[str, bool, Callable[[Room, int], Any]], ...] = (
        ("nash", True, _nash),
        ("kalai_smorodinsky", True, _kalai_smorodinsky),
        ("egalitarian", False, _egalitarian),
        ("utilitarian", False, _utilitarian),
    )
    solved: dict[str, Solution | None] = {}
    packages: list[NDArray[np.int16]] = []
    for rule, scale_free, solve in rules:
        options = [(mask, solve(room, mask)) for mask in masks]
        options = [
            (mask, found) for mask, found in options if found is not None and found.package is not None
        ]
        if not options:
            solved[rule] = None
            continue
        stack = np.array([found.package for _, found in options], dtype=np.int16)
        shares = agreed(accepted(room.first, stack), room.first.winning).mean(axis=1)
        chosen = int(np.argmax(shares))
        mask, found = options[chosen]
        packages.append(stack[chosen])
        solved[rule] = Solution(
            **_fields(room.describe(stack[chosen : chosen + 1])[0]),
            rule=rule,
            proven=bool(found.proven),
            winning_set=tuple(n for f, n in enumerate(room.names) if mask >> f & 1),
            value=float(found.value),
            bound=float(found.bound),
            scale_free=scale_free,
        )
    width = len(room.at.issues)
    starts = [np.array(packages, dtype=np.int16).reshape(-1, width)]
    if front is not None:
        starts.append(_spread(front, 64))
    candidates = np.concatenate(starts)
    top = most_acceptable(
        room.first.seat.points,
        room.first.seat.thresholds,
        room.first.seat.sizes,
        winning=room.first.winning,
        starts=candidates,
        node_limit=PROOF_NODES,
        **room.first.over,
    )
    if top.package is None or top.count == 0:
        solved["most_acceptable"] = None
        return solved, candidates
    chosen_package = np.asarray(top.package, dtype=np.int16)[None]
    solved["most_acceptable"] = Solution(
        **_fields(room.describe(chosen_package)[0]),
        rule="most_acceptable",
        proven=bool(top.proven),
        winning_set=(),
        value=top.count / room.ready.draws,
        bound=top.upper_bound / room.ready.draws,
        scale_free=True,
    )
    return solved, np.concatenate([candidates, chosen_package])


def _fields(result: PackageResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in PackageResult.__dataclass_fields__}


def _maximise(room: Room, objective: Objective, mask: int, weight: NDArray[np.float64]) -> Any:
    return maximise(
        objective,
        room.best.utilities,
        room.best.seat.sizes,
        reservation=room.best.reservation,
        weight=weight,
        members=room.members(mask),
        **room.best.best,
    )


def _nash(room: Room, mask: int) -> Any:
    """Maximise the product of gains; the exponents of a party's factions sum to one, so that splitting a
    party does not change the answer."""
    owners = [room.problem.party_of[f] for f in room.at.factions]
    inside = [f for f in range(len(owners)) if mask >> f & 1]
    weight = np.zeros(len(owners))
    for f in inside:
        weight[f] = 1 / sum(owners[g] == owners[f] for g in inside)
    return _maximise(room, Objective.NASH, mask, weight)


def _kalai_smorodinsky(room: Room, mask: int) -> Any:
    """Leximin of gains as shares of each member's ideal gain over the agreed packages."""
    ideal = np.zeros(len(room.names))
    for f in range(len(room.names)):
        if mask >> f & 1:
            one = np.zeros(len(room.names))
            one[f] = 1.0
            found = _maximise(room, Objective.LINEAR, mask, one)
            if found.package is None:
                return None
            ideal[f] = found.value - room.best.reservation[f]
    # A member who can gain nothing at all has no ideal to compare with; the others share by theirs.
    able = sum(1 << f for f in range(len(room.names)) if ideal[f] > 0)
    weight = np.where(ideal > 0, 1 / np.where(ideal > 0, ideal, 1), 0.0)
    if able == 0:
        return _maximise(room, Objective.LINEAR, mask, np.ones(len(room.names)))
    if able != mask:
        # Their consent still constrains: a weight so large that they never are the least.
        weight = np.where((ideal <= 0) & room.members(mask), 0.0, weight)
    return _maximise(room, Objective.MAXMIN, mask, weight)


def _egalitarian(room: Room, mask: int) -> Any:
    """Leximin of gains in points; depends on the scale."""
    return _maximise(room, Objective.MAXMIN, mask, room.step / room.step.min())


def _utilitarian(room: Room, mask: int) -> Any:
    """Sum of utilities in points; depends on the scale."""
    weight = np.where(room.members(mask), room.step / room.step.min(), 0.0)
    return _maximise(room, Objective.LINEAR, mask, weight)


def nearest_miss(room: Room) -> NearestMiss | None:
    best, chosen = None, 0
    for mask in room.at.winning[:MAX_SETS]:
        weight = np.where(room.members(mask), room.step / room.step.min(), 0.0)
        found = _maximise(room, Objective.SHORTFALL, mask, weight)
        if found.package is not None and (best is None or found.value > best.value):
            best, chosen = found, mask
    if best is None:
        return None
    package = np.asarray(best.package, dtype=np.int16)
    s = room.best.seat
    steps = room.totals(room.best, package[None])[0, :, 0]
    short = np.maximum(0, s.no_deal[:, 0] - steps)
    inside = room.members(chosen)
    lined = best.value <= -RED / 2  # even the nearest package breaks a member's line
    shortfall = {n: v for f, (n, v) in enumerate(room.points(short).items()) if inside[f] and v > 0}
    return NearestMiss(
        package=room.problem.package(package.tolist(), room.at.issues),
        moves=room.moves(package),
        utility=room.points(steps),
        shortfall=shortfall,
        total=None if lined else round(sum(shortfall.values()), 9),
        proven=bool(best.proven),
        lines=tuple(_opening_lines(room)),
    )


def _opening_lines(room: Room) -> list[OpeningLine]:
    """Single red or firm lines each of which, if given up, would open the zone at best estimates."""
    s = room.best.seat
    found = []
    for f, t in zip(*np.nonzero(s.broken[..., 0]), strict=True):
        broken = s.broken.copy()
        broken[f, t] = False
        eased = room.best._replace(seat=s._replace(broken=broken))
        if existence(eased, np.zeros((0, len(s.sizes)), np.int16))[0] == 1:
            issues = [room.at.issues[s.issue[k]] for k in range(s.start[t], s.start[t + 1])]
            options = [int(s.option[k]) for k in range(s.start[t], s.start[t + 1])]
            found.append(OpeningLine(room.names[f], room.problem.package(options, issues)))
    return found


def _spread(packages: NDArray[np.int16], keep: int) -> NDArray[np.int16]:
    """Evenly spaced rows, first and last among them."""
    if len(packages) <= keep:
        return packages
    rows = np.unique(np.linspace(0, len(packages) - 1, keep).round().astype(np.intp))
    spread: NDArray[np.int16] = packages[rows]
    return spread


def thinned(room: Room, front: NDArray[np.int16] | None, candidates: NDArray[np.int16]) -> NDArray[np.int16]:
    """The frontier as it is, or, too large to be read, its best for each faction and an even spread."""
    if front is None:
        return np.zeros((0, len(room.at.issues)), dtype=np.int16)
    if len(front) <= READABLE:
        return front
    steps = room.totals(room.best, front)[..., 0]
    extremes = front[np.unique(steps.argmax(axis=0))]
    kept = {tuple(p) for p in np.concatenate([extremes, _spread(front, THINNED)]).tolist()}
    kept |= {tuple(p) for p in candidates.tolist()} & {tuple(p) for p in front.tolist()}
    return np.array([p for p in front.tolist() if tuple(p) in kept], dtype=np.int16)
