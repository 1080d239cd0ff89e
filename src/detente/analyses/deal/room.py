"""One table: samples as the kernels want them, and packages described in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.result import PackageResult
from detente.draws import REPLICATES, Drawn
from detente.kernels.acceptance import accepts, agreed
from detente.kernels.patterns import Patterns, matches
from detente.problem import Move, Problem, Sample, Seat, Table, obliged, seat
from detente.rng import replicate_error

__all__ = ["Room", "View", "accepted", "allowed", "crossed", "left_alone", "totals", "view"]


class View(NamedTuple):
    """One sample as seen from the table, ready for the kernels."""

    seat: Seat
    patterns: Patterns
    winning: NDArray[np.uint64]
    """Minimal winning sets as bit masks over factions and guards."""
    moves: NDArray[np.bool_]
    """[K, I, L] whether an option is a move that a guard rules out."""

    @property
    def asked(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Points [P + K, I, L, S] and thresholds [P + K, S] of factions and guards: a guard loses a point by each move, and
        can afford none."""
        s = self.seat
        if not len(self.moves):
            return s.points, s.thresholds
        lost = np.repeat(-self.moves[..., None].astype(np.int32), s.points.shape[-1], axis=-1)
        return np.concatenate([s.points, lost]), _more(s.thresholds, len(self.moves))

    @property
    def over(self) -> dict[str, Any]:
        """Arguments, with those of ``asked``, of the kernels that work on winning sets over draws."""
        s, count = self.seat, len(self.moves)
        return {
            "patterns": self.patterns,
            "add": _more(s.add, count),
            "broken": _more(s.broken, count),
            "excluded": s.excluded,
            "status_quo": s.status_quo,
        }

    def leaving(self, mask: int) -> dict[str, Any]:
        """Arguments of the kernels that work at best estimates (a sample of one) on the factions of one winning set, and so
        on the packages that leave alone what its guards say: all other moves of these issues are excluded."""
        s, (count, *_) = self.seat, self.seat.points.shape
        moves = [m for k, m in enumerate(self.moves) if mask >> count + k & 1]
        every = np.argwhere(self.moves.any(axis=0))
        barred = [any(m[i, o] for m in moves) for i, o in every]
        start, issue, option = self.patterns
        return {
            "patterns": Patterns(
                np.append(start, start[-1] + 1 + np.arange(len(every))),
                np.append(issue, every[:, 0]),
                np.append(option, every[:, 1]),
            ),
            "add": _more(s.add[..., 0].astype(np.int64).T, len(every)).T,
            "broken": _more(s.broken[..., 0].T, len(every)).T,
            "excluded": np.append(s.excluded, np.array(barred, dtype=np.bool_)),
            "status_quo": s.status_quo,
        }

    @property
    def utilities(self) -> NDArray[np.int64]:
        """[P, I, L] of a sample of one."""
        return self.seat.points[..., 0].astype(np.int64)

    @property
    def reservation(self) -> NDArray[np.int64]:
        """[P] of a sample of one."""
        return self.seat.thresholds[:, 0].astype(np.int64)


def view(problem: Problem, sample: Sample, at: Table, winning: Sequence[int] | None = None) -> View:
    """A sample as seen from a table."""
    s = seat(problem, sample, at)
    masks = np.array(at.winning if winning is None else winning, dtype=np.uint64)
    moves = np.zeros((len(at.guards), *s.points.shape[1:3]), dtype=np.bool_)
    for k, alone in enumerate(at.guards):
        for i, o in alone:
            moves[k, at.issues.index(i), o] = True
    return View(s, Patterns(s.start, s.issue, s.option), masks, moves)


def _more(rows: NDArray[Any], count: int) -> NDArray[Any]:
    """An array with ``count`` rows of noughts more."""
    return np.concatenate([rows, np.zeros((count, *rows.shape[1:]), rows.dtype)]) if count else rows


@dataclass(frozen=True)
class Room:
    """Everything that the answers at one table share."""

    ready: Drawn
    at: Table
    best: View
    first: View
    fresh: View

    @property
    def problem(self) -> Problem:
        return self.ready.problem

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self.problem.factions[f] for f in self.at.factions)

    @cached_property
    def step(self) -> NDArray[np.float64]:
        return self.problem.step[list(self.at.factions)]

    @cached_property
    def relevant(self) -> tuple[int, ...]:
        """Factions in some minimal winning set."""
        union = 0
        for mask in self.at.winning:
            union |= mask
        return tuple(f for f in range(len(self.names)) if union >> f & 1)

    def members(self, mask: int) -> NDArray[np.bool_]:
        return np.array([mask >> f & 1 for f in range(len(self.names))], dtype=np.bool_)

    @cached_property
    def rivals(self) -> Mapping[tuple[str, str], View]:
        return {
            key: view(self.problem, sample, self.at)
            for key, sample in self.ready.rivals.items()
            if key[0] in self.names
        }

    def describe(self, packages: NDArray[np.int16]) -> list[PackageResult]:
        """Results for packages [N, I]."""
        if not len(packages):
            return []
        at_best = totals(self.best, packages)[..., 0]
        gain = at_best - self.best.seat.no_deal[:, 0]
        yes = accepted(self.best, packages)[..., 0]
        over = accepted(self.fresh, packages)
        together = agreed(over, self.fresh.winning)
        delivered = _delivered(self, packages, together)
        low, mid, high = np.percentile(
            totals(self.fresh, packages) - self.fresh.seat.no_deal, [5, 50, 95], axis=2
        )
        by_reading: dict[tuple[str, str], NDArray[np.float64]] = {
            key: agreed(accepted(seen, packages), seen.winning).astype(np.float64)
            for key, seen in self.rivals.items()
        }
        results = []
        for n, package in enumerate(packages):
            shares = over[n].mean(axis=1)
            readings: dict[str, dict[str, float]] = {}
            errors: dict[str, dict[str, float]] = {}
            for (faction, reading), values in by_reading.items():
                readings.setdefault(faction, {})[reading] = float(values[n].mean())
                errors.setdefault(faction, {})[reading] = replicate_error(values[n], REPLICATES)
            results.append(
                PackageResult(
                    package=self.problem.package(package.tolist(), self.at.issues),
                    moves=self.moves(package),
                    utility=self.points(at_best[n]),
                    gain=self.points(gain[n]),
                    gain_range={
                        name: (
                            float(low[n, f] * self.step[f]),
                            float(mid[n, f] * self.step[f]),
                            float(high[n, f] * self.step[f]),
                        )
                        for f, name in enumerate(self.names)
                    },
                    acceptance=float(together[n].mean()),
                    acceptance_error=replicate_error(together[n].astype(np.float64), REPLICATES),
                    acceptance_by_faction={name: float(shares[f]) for f, name in enumerate(self.names)},
                    acceptance_by_reading=readings,
                    acceptance_by_reading_error=errors,
                    dependence_bounds=_dependence(self, over[n]),
                    delivered=float(delivered[n]),
                    accepts=tuple(name for f, name in enumerate(self.names) if yes[n, f]),
                    blocks=tuple(name for f, name in enumerate(self.names) if not yes[n, f]),
                )
            )
        return results

    def points(self, steps: NDArray[np.int64]) -> dict[str, float]:
        """Grid steps as points, rounded to the grid."""
        return {name: round(float(steps[f]) * float(self.step[f]), 9) for f, name in enumerate(self.names)}

    def moves(self, package: NDArray[Any]) -> dict[str, str]:
        named = self.problem.package(package.tolist(), self.at.issues)
        start = self.best.seat.status_quo
        if start is None:
            return named
        return {k: o for (k, o), a, b in zip(named.items(), package, start, strict=True) if a != b}


def totals(seen: View, packages: NDArray[np.int16]) -> NDArray[np.int64]:
    """Whole utilities of packages [N, I] without lines, [N, P, S], in grid steps."""
    s = seen.seat
    out = np.repeat(s.base[None].astype(np.int64), len(packages), axis=0)
    for i in range(packages.shape[1]):
        out += s.points[:, i, packages[:, i]].transpose(1, 0, 2)
    for t, hit in enumerate(matches(packages, seen.patterns).T):
        out[hit] += s.add[:, t]
    return out


def crossed(seen: View, packages: NDArray[np.int16]) -> NDArray[np.bool_]:
    """[N, P, S] whether each package breaks a line of each faction."""
    out = np.zeros((len(packages), *seen.seat.base.shape), dtype=np.bool_)
    for t, hit in enumerate(matches(packages, seen.patterns).T):
        out[hit] |= seen.seat.broken[:, t]
    return out


def accepted(seen: View, packages: NDArray[np.int16]) -> NDArray[np.bool_]:
    """[N, P + K, S]: whose line does each package clear, in each draw? The K guards stand after the factions."""
    s = seen.seat
    result: NDArray[np.bool_] = accepts(
        s.points, s.thresholds, packages, patterns=seen.patterns, add=s.add, broken=s.broken
    ).astype(np.bool_)
    return np.concatenate([result, left_alone(seen, packages)], axis=1) if len(seen.moves) else result


def left_alone(seen: View, packages: NDArray[np.int16]) -> NDArray[np.bool_]:
    """[N, K, S]: whether each package leaves alone what each guard says, the same in every draw."""
    moved = np.asarray(seen.moves[:, np.arange(packages.shape[1]), packages].any(axis=2)).T
    return np.repeat(~moved[..., None], seen.seat.points.shape[-1], axis=-1)


def _delivered(room: Room, packages: NDArray[np.int16], together: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of draws agreed, each weighted by the chance that those whose consent or steps each package needs deliver."""
    problem, start = room.problem, room.best.seat.status_quo
    by_move: dict[Move, frozenset[str]] = {}
    chances: dict[frozenset[str], NDArray[np.float64]] = {}
    share = np.empty(len(packages))
    for n, package in enumerate(packages):
        moved = range(len(package)) if start is None else np.flatnonzero(package != start)
        moves = [(room.at.issues[k], int(package[k])) for k in moved]
        for move in moves:
            if move not in by_move:
                by_move[move] = obliged(problem, room.at, [move])
        parties = frozenset().union(*(by_move[move] for move in moves))
        if parties not in chances:
            chances[parties] = room.ready.fresh.delivered(problem, parties)
        share[n] = (together[n] * chances[parties]).mean()
    return share


def _dependence(room: Room, over: NDArray[np.bool_]) -> tuple[float, float]:
    """Fréchet bounds on the acceptance [P, S] of one package, given each faction's own share.

    For one winning set W: max(0, sum p_f - |W| + 1) <= P(all of W) <= min p_f; any set will do, so the best
    set bounds from below and the sum over sets (at most one) from above.
    """
    shares = over.mean(axis=1)
    lower, upper = 0.0, 0.0
    for mask in room.at.winning:
        inside = shares[[f for f in range(len(shares)) if mask >> f & 1]]
        lower = max(lower, float(inside.sum()) - (len(inside) - 1))
        upper += float(inside.min())
    return max(0.0, lower), min(1.0, upper)


def allowed(seen: View, packages: NDArray[np.int16]) -> NDArray[np.bool_]:
    """[N] whether a package [N, I] changes something and matches no impossible combination."""
    s = seen.seat
    possible = np.ones(len(packages), dtype=np.bool_)
    if s.status_quo is not None:
        possible &= (packages != s.status_quo).any(axis=1)
    for t in np.flatnonzero(s.excluded):
        pairs = range(s.start[t], s.start[t + 1])
        possible &= ~np.all([packages[:, s.issue[k]] == s.option[k] for k in pairs], axis=0)
    return possible
