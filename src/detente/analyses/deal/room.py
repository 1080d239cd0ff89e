"""One table: samples as the kernels want them, and packages described in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.result import PackageResult
from detente.draws import REPLICATES, Drawn
from detente.kernels.acceptance import agreed
from detente.problem import Problem, Table
from detente.prospects.view import View, accepted, totals, view
from detente.rng import replicate_error

__all__ = ["Room"]


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
