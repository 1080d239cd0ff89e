"""A package as seen from a table: what it is worth there, and who clears the line, in every draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernels.acceptance import accepts
from detente.kernels.existence import exists
from detente.kernels.patterns import Patterns, matches
from detente.problem import Problem, Sample, Seat, Table, seat

__all__ = ["NODES", "View", "accepted", "allowed", "crossed", "existence", "totals", "view"]


NODES = 20_000
"""Nodes of the search that decides whether one draw has an agreed package."""


class View(NamedTuple):
    """One sample as seen from the table, ready for the kernels."""

    seat: Seat
    patterns: Patterns
    winning: NDArray[np.uint64]

    @property
    def over(self) -> dict[str, Any]:
        """Arguments of the kernels that work over draws."""
        s = self.seat
        return {
            "patterns": self.patterns,
            "add": s.add,
            "broken": s.broken,
            "excluded": s.excluded,
            "status_quo": s.status_quo,
        }

    @property
    def best(self) -> dict[str, Any]:
        """Arguments of the kernels that work at best estimates (a sample of one)."""
        s = self.seat
        return {
            "patterns": self.patterns,
            "add": s.add[..., 0].astype(np.int64),
            "broken": s.broken[..., 0],
            "excluded": s.excluded,
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
    return View(s, Patterns(s.start, s.issue, s.option), masks)


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
    """[N, P, S]: whose line does each package clear, in each draw?"""
    s = seen.seat
    result: NDArray[np.bool_] = accepts(
        s.points, s.thresholds, packages, patterns=seen.patterns, add=s.add, broken=s.broken
    ).astype(np.bool_)
    return result


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


def existence(seen: View, candidates: NDArray[np.int16], *, node_limit: int = NODES) -> NDArray[np.int8]:
    """Per draw, whether some package is agreed: 1 yes, 0 no, -1 undecided within ``node_limit``."""
    s = seen.seat
    verdict: NDArray[np.int8] = exists(
        s.points,
        s.thresholds,
        s.sizes,
        winning=seen.winning,
        candidates=candidates,
        node_limit=node_limit,
        **seen.over,
    ).verdict
    return verdict
