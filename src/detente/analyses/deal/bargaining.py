"""At best estimates: the frontier, the count, the bargaining solutions, the nearest miss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.result import NearestMiss, OpeningLine, PackageResult, Solution
from detente.analyses.deal.room import Room
from detente.errors import LimitError
from detente.kernels.acceptance import agreed, most_acceptable
from detente.kernels.counting import count
from detente.kernels.frontier import ANYTHING, MAX_WORK, Front, frontier, nondominated
from detente.kernels.search import Best, Objective, maximise
from detente.prospects.view import accepted, allowed, crossed, existence, left_alone, totals, view

__all__ = ["READABLE", "Frontier", "counted", "frontier_packages", "nearest_miss", "solutions", "thinned"]

READABLE = 3000
"""A frontier larger than this is thinned for reading to about ``THINNED`` packages, its full size reported."""
THINNED = 400
MAX_OBJECTIVES = 8
PROOF_NODES = 10_000
"""Nodes spent on proving that no package is acceptable in more draws."""
LISTED = 4096
"""Packages up to which all that dominate another are looked at."""
MAX_SETS = 16
"""Winning sets over which solutions are taken; the smallest ones, and a note says so."""


class Frontier(NamedTuple):
    """The exact frontier over the agreed packages."""

    packages: NDArray[np.int16]
    """[N, I] one package for each vector of utilities."""
    size: int | None
    """How many packages it has, those that are worth the same to everybody among them; None: not counted."""


def frontier_packages(room: Room) -> tuple[Frontier | None, str | None]:
    """The exact frontier, one run for each winning set, or why there is none.

    The objectives are the factions of some winning set. A line of a member excludes the package; a line of
    somebody whose consent the set does not need leaves its utility as it is.
    """
    if len(room.relevant) > MAX_OBJECTIVES:
        return (
            None,
            f"the track needs the consent of {len(room.relevant)} factions; the exact frontier has up to 8",
        )
    keep = list(room.relevant)
    fronts: list[Front] = []
    barred: list[NDArray[np.bool_]] = []
    left = MAX_WORK
    for mask in room.at.winning:
        inside = room.members(mask)
        reservation = np.where(inside, room.best.reservation, ANYTHING)
        one = room.best.leaving(mask)
        barred.append(one["excluded"] | one["broken"][inside].any(axis=0))
        try:
            found = frontier(
                room.best.utilities[keep],
                room.best.seat.sizes,
                patterns=one["patterns"],
                add=one["add"][keep],
                excluded=barred[-1],
                reservation=reservation[keep],
                status_quo=one["status_quo"],
                work=left,
            )
        except LimitError as limit:
            return None, str(limit)
        left -= found.work
        fronts.append(found)
    points = np.concatenate([f.points for f in fronts])
    try:
        best = nondominated(points, work=left) if len(fronts) > 1 else np.arange(len(points))
    except LimitError as limit:
        return None, str(limit)
    packages = np.concatenate([f.packages for f in fronts])[best]
    return Frontier(packages, _size(room, fronts, barred, points[best])), None


def _size(
    room: Room, fronts: list[Front], barred: list[NDArray[np.bool_]], points: NDArray[np.int64]
) -> int | None:
    """How many agreed packages have one of ``points`` [N, P], each once, however many winning sets accept it."""
    place: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for n, front in enumerate(fronts):
        for row, vector in enumerate(front.points.tolist()):
            place.setdefault(tuple(vector), []).append((n, row))
    size = 0
    for vector in points.tolist():
        sets = place[tuple(vector)]
        first, row = sets[0]
        # Sets with the same prohibitions accept the same packages of one vector; where lines differ they may not.
        if all((barred[n] == barred[first]).all() for n, _ in sets):
            size += fronts[first].count(row)
            continue
        ways = _agreed_at(room, vector, [room.at.winning[n] for n, _ in sets])
        if ways is None:
            return None
        size += ways
    return size


def _agreed_at(room: Room, vector: list[int], sets: list[int]) -> int | None:
    """How many packages have the utilities ``vector`` and break no line of anybody in one of ``sets``.

    Nothing agreed beats the vector, so that they are the agreed packages that reach it: everybody is asked twice, once
    for the points and once for the lines.
    """
    keep = list(room.relevant)
    asked = [*keep, *range(len(room.names), len(room.names) + len(room.at.guards))]
    first, local = len(keep), [sum(1 << n for n, f in enumerate(asked) if mask >> f & 1) for mask in sets]
    (points, thresholds), over = room.best.asked, room.best.over
    lines = over["broken"][..., 0]
    return count(
        points[[*keep, *asked], ..., 0].astype(np.int64),
        room.best.seat.sizes,
        reservation=np.array([*vector, *[ANYTHING] * first, *thresholds[asked[first:], 0]], np.int64),
        winning=np.array([(1 << first) - 1 | mask << first for mask in local], np.uint64),
        patterns=over["patterns"],
        add=over["add"][[*keep, *asked], :, 0].astype(np.int64),
        broken=np.concatenate([np.zeros_like(lines[keep]), lines[asked]]),
        excluded=over["excluded"],
        status_quo=over["status_quo"],
    )


def counted(room: Room) -> tuple[int | None, str | None]:
    (points, thresholds), over = room.best.asked, room.best.over
    found = count(
        points[..., 0].astype(np.int64),
        room.best.seat.sizes,
        reservation=thresholds[:, 0].astype(np.int64),
        winning=room.best.winning,
        patterns=over["patterns"],
        add=over["add"][..., 0].astype(np.int64),
        broken=over["broken"][..., 0],
        excluded=over["excluded"],
        status_quo=over["status_quo"],
    )
    return found, None if found is not None else "the counting programme reached its limit on states"


def solutions(
    room: Room, front: NDArray[np.int16] | None, notes: list[str]
) -> tuple[dict[str, Solution | None], NDArray[np.int16]]:
    """The bargaining solutions and the package acceptable most often; the packages found on the way."""
    masks = room.at.winning[:MAX_SETS]
    if len(room.at.winning) > MAX_SETS:
        notes.append(
            f"solutions were taken over the {MAX_SETS} smallest of {len(room.at.winning)} winning sets"
        )
    solved: dict[str, Solution | None] = {}
    packages: list[NDArray[np.int16]] = []
    for rule, scale_free, solve in RULES:
        options = [(mask, found) for mask in masks if (found := solve(room, mask)) is not None]
        if not options:
            solved[rule] = None
            continue
        stack = np.array([found.package for _, found in options], dtype=np.int16)
        shares = agreed(accepted(room.first, stack), room.first.winning).mean(axis=1)
        # Of the sets whose solution is acceptable most often, the first whose solution no other of them beats.
        mask, found = options[_unbeaten(room, stack, shares)]
        package = undominated(room, found.package, mask)
        gains = totals(room.best, package[None])[0, :, 0] - room.best.seat.no_deal[:, 0]
        value = round(found.measure(gains * room.step), 9)
        packages.append(package)
        solved[rule] = Solution(
            **_fields(room.describe(package[None])[0]),
            rule=rule,
            proven=found.proven,
            winning_set=tuple(n for f, n in enumerate(room.names) if mask >> f & 1),
            value=value,
            bound=_bound(found, value),
            scale_free=scale_free,
        )
    width = len(room.at.issues)
    starts = [np.array(packages, dtype=np.int16).reshape(-1, width)]
    if front is not None:
        starts.append(_spread(front, 64))
    candidates = np.concatenate(starts)
    top = most_acceptable(
        *room.first.asked,
        room.first.seat.sizes,
        winning=room.first.winning,
        starts=candidates,
        node_limit=PROOF_NODES,
        **room.first.over,
    )
    if top.package is None or top.count == 0:
        solved["most_acceptable"] = None
        return solved, candidates
    chosen = undominated(room, np.asarray(top.package, dtype=np.int16))
    share = float(agreed(accepted(room.first, chosen[None]), room.first.winning).mean())
    solved["most_acceptable"] = Solution(
        **_fields(room.describe(chosen[None])[0]),
        rule="most_acceptable",
        proven=share >= top.upper_bound / room.ready.draws,
        winning_set=(),
        value=share,
        bound=max(share, top.upper_bound / room.ready.draws),
        scale_free=True,
    )
    return solved, np.concatenate([candidates, chosen[None]])


def _unbeaten(room: Room, packages: NDArray[np.int16], shares: NDArray[np.float64]) -> int:
    """The first of ``packages`` [N, I] with the largest share that none of the others with it dominates."""
    top = np.flatnonzero(shares == shares.max())
    worth = totals(room.best, packages[top])[..., 0]
    free = [n for n, w in enumerate(worth) if not ((worth >= w).all(axis=1) & (worth > w).any(axis=1)).any()]
    return int(top[free[0]])


def undominated(room: Room, package: NDArray[np.int16], mask: int = 0) -> NDArray[np.int16]:
    """A package, of those for which a winning set is asked, that is at least as good for everybody at the table at best estimates, no line more being broken, better for
    one, and acceptable in at least as many of the draws on which packages are chosen; where none is found any more, the last.

    Where the packages can be listed, all that dominate are looked at; else, for each faction and for all together, the
    one that gives most.
    """
    s = room.best.seat
    listed = prod(int(n) for n in s.sizes) <= LISTED
    every = (
        np.array(np.unravel_index(np.arange(prod(s.sizes.tolist())), s.sizes), np.int16).T if listed else None
    )
    while True:
        here = totals(room.best, package[None])[0, :, 0]
        better = _giving_most(room, here, mask) if every is None else every
        worth = totals(room.best, better)[..., 0]
        lines = crossed(room.best, better) & ~crossed(room.best, package[None])
        guards = [k for k in range(len(room.at.guards)) if mask >> len(room.names) + k & 1]
        better = better[
            allowed(room.first, better)
            & left_alone(room.best, better)[:, guards, 0].all(axis=1)
            & (worth >= here).all(axis=1)
            & (worth > here).any(axis=1)
            & ~lines[..., 0].any(axis=1)
        ]
        both = np.concatenate([package[None], better])
        shares = agreed(accepted(room.first, both), room.first.winning).mean(axis=1)
        if not (shares[1:] >= shares[0]).any():
            return package
        sums = totals(room.best, both)[..., 0] @ room.step
        sums[(shares < shares.max()) | (np.arange(len(both)) == 0)] = -np.inf
        package = both[int(np.argmax(sums))]


def _giving_most(room: Room, here: NDArray[np.int64], mask: int) -> NDArray[np.int16]:
    """Of the packages [N, I] that are worth as much as ``here`` [P] to everybody, the one that gives most to all together, and
    those that do to each faction, with all lines and with none; no package where nothing can be worth more."""
    s, weight, whatever = room.best.seat, room.step / room.step.min(), room.best.leaving(mask)
    lines, utilities = whatever["broken"], room.best.utilities

    def most(one: NDArray[np.float64], broken: NDArray[np.bool_] | None) -> Best:
        return maximise(
            Objective.LINEAR,
            utilities,
            s.sizes,
            reservation=here - s.base[:, 0],
            weight=one,
            node_limit=PROOF_NODES,
            **{**whatever, "broken": broken},
        )

    found: list[NDArray[np.int64] | None] = []
    for n, one in enumerate((weight, *np.diag(weight))):
        free = most(one, None)
        package = np.array([] if free.package is None else [free.package], np.int16).reshape(-1, len(s.sizes))
        if n == 0 and free.proven and (totals(room.best, package)[..., 0] == here).all():
            break
        kept = free.settled and not crossed(room.best, package).any()
        found += [free.package if kept else most(one, lines).package, free.package]
    return np.array([p for p in found if p is not None], np.int16).reshape(-1, len(s.sizes))


def _fields(result: PackageResult) -> dict[str, Any]:
    return {name: getattr(result, name) for name in PackageResult.__dataclass_fields__}


class _Found(NamedTuple):
    """What a rule finds over one winning set."""

    package: NDArray[np.int16]
    measure: Callable[[NDArray[np.float64]], float]
    """From everybody's gains [P] in points to the value by the rule."""
    bound: float
    """Of the measure; inf: nothing is known."""
    proven: bool


def _bound(found: _Found, value: float) -> float | None:
    """What no package exceeds."""
    if found.proven:
        return value
    return max(value, round(found.bound, 9)) if found.bound < np.inf else None


def _maximise(room: Room, objective: Objective, mask: int, weight: NDArray[np.float64]) -> Best:
    return maximise(
        objective,
        room.best.utilities,
        room.best.seat.sizes,
        reservation=room.best.reservation,
        weight=weight,
        members=room.members(mask),
        **room.best.leaving(mask),
    )


def _found(best: Best, bound: float, measure: Callable[[NDArray[np.float64]], float]) -> _Found | None:
    if best.package is None:
        return None
    return _Found(np.asarray(best.package, np.int16), measure, bound, bool(best.proven))


def _nash(room: Room, mask: int) -> _Found | None:
    """Maximise the product of gains; the exponents of a party's factions sum to one, so that splitting a
    party does not change the answer. Measure: the weighted geometric mean of the gains, in points."""
    owners = [room.problem.party_of[f] for f in room.at.factions]
    inside = [f for f in range(len(owners)) if mask >> f & 1]
    weight = np.zeros(len(owners))
    for f in inside:
        weight[f] = 1 / sum(owners[g] == owners[f] for g in inside)
    mass = max(1.0, float(weight.sum()))

    def measure(gains: NDArray[np.float64]) -> float:
        positive = (gains[inside] > 0).all()
        return float(np.exp(weight[inside] @ np.log(gains[inside]) / mass)) if positive else 0.0

    best = _maximise(room, Objective.NASH, mask, weight)
    return _found(best, float(np.exp((best.bound + weight @ np.log(room.step)) / mass)), measure)


def _kalai_smorodinsky(room: Room, mask: int) -> _Found | None:
    """Leximin of gains as shares of each member's ideal gain over the agreed packages. Measure: the smallest share."""
    ideal = np.zeros(len(room.names))
    for f in np.flatnonzero(room.members(mask)):
        one = np.zeros(len(room.names))
        one[f] = 1.0
        found = _maximise(room, Objective.LINEAR, mask, one)
        if found.package is None:
            return None
        ideal[f] = found.value - room.best.reservation[f]
    able = ideal > 0
    if not able.any():
        # Nobody can gain anything: there are no shares to compare, and every package is as good.
        best = _maximise(room, Objective.LINEAR, mask, np.ones(len(room.names)))
        return _found(best, 0.0, lambda _: 0.0)
    # A member who can gain nothing at all has no ideal to compare with: without a weight it only has to accept.
    best = _maximise(room, Objective.MAXMIN, mask, np.where(able, 1 / np.where(able, ideal, 1), 0.0))
    return _found(best, best.bound, lambda gains: float((gains[able] / (ideal * room.step)[able]).min()))


def _egalitarian(room: Room, mask: int) -> _Found | None:
    """Leximin of gains in points; depends on the scale. Measure: the smallest gain, in points."""
    least, inside = float(room.step.min()), room.members(mask)
    best = _maximise(room, Objective.MAXMIN, mask, room.step / least)
    return _found(best, best.bound * least, lambda gains: float(gains[inside].min()) if inside.any() else 0.0)


def _utilitarian(room: Room, mask: int) -> _Found | None:
    """Sum of utilities in points; depends on the scale. Measure: that sum."""
    least, inside, s = float(room.step.min()), room.members(mask), room.best.seat
    fixed = float((s.base[:, 0] * room.step)[inside].sum())
    no_deal = float((s.no_deal[:, 0] * room.step)[inside].sum())
    best = _maximise(room, Objective.LINEAR, mask, np.where(inside, room.step / least, 0.0))
    return _found(best, best.bound * least + fixed, lambda gains: float(gains[inside].sum()) + no_deal)


RULES: tuple[tuple[str, bool, Callable[[Room, int], _Found | None]], ...] = (
    ("nash", True, _nash),
    ("kalai_smorodinsky", True, _kalai_smorodinsky),
    ("egalitarian", False, _egalitarian),
    ("utilitarian", False, _utilitarian),
)
"""Each rule, and whether its choice is free of the scale of points."""


def nearest_miss(room: Room) -> NearestMiss | None:
    tried: list[tuple[bool, float, int, Best]] = []
    for mask in room.at.winning[:MAX_SETS]:
        weight = np.where(room.members(mask), room.step / room.step.min(), 0.0)
        found = _maximise(room, Objective.SHORTFALL, mask, weight)
        if found.package is not None:
            lines = crossed(room.best, np.asarray(found.package, np.int16)[None])[0, room.members(mask)]
            tried.append((not lines.any(), found.value, mask, found))
    if not tried:
        return None
    # Of the sets, one whose members all keep their lines, then the one that lacks least; then the first.
    clear, _, chosen, best = max(tried, key=lambda one: one[:2])
    package = np.asarray(best.package, dtype=np.int16)
    s = room.best.seat
    steps = totals(room.best, package[None])[0, :, 0]
    short = np.maximum(0, s.no_deal[:, 0] - steps)
    inside = room.members(chosen)
    shortfall = {n: v for f, (n, v) in enumerate(room.points(short).items()) if inside[f] and v > 0}
    return NearestMiss(
        package=room.problem.package(package.tolist(), room.at.issues),
        moves=room.moves(package),
        utility=room.points(steps),
        shortfall=shortfall,
        total=round(sum(shortfall.values()), 9) if clear else None,
        proven=bool(best.proven),
        lines=tuple(_opening_lines(room)),
    )


def _opening_lines(room: Room) -> list[OpeningLine]:
    """Single red or firm lines each of which, if given up, would open the zone at best estimates."""
    problem, sample = room.problem, room.ready.best
    found = []
    for name, f in zip(room.names, room.at.factions, strict=True):
        for t in np.flatnonzero(sample.broken[f, :, 0]):
            broken = sample.broken.copy()
            broken[f, t] = False
            eased = view(problem, replace(sample, broken=broken), room.at)
            if existence(eased, np.zeros((0, len(room.at.issues)), np.int16))[0] == 1:
                issues, options = zip(*problem.patterns[t], strict=True)
                found.append(OpeningLine(name, problem.package(options, issues)))
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
    steps = totals(room.best, front)[..., 0]
    extremes = front[np.unique(steps.argmax(axis=0))]
    kept = {tuple(p) for p in np.concatenate([extremes, _spread(front, THINNED)]).tolist()}
    kept |= {tuple(p) for p in candidates.tolist()} & {tuple(p) for p in front.tolist()}
    return np.array([p for p in front.tolist() if tuple(p) in kept], dtype=np.int16)
