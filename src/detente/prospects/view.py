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

__all__ = ["NODES", "View", "accepted", "allowed", "crossed", "existence", "left_alone", "totals", "view"]


NODES = 20_000
"""Nodes of the search that decides whether one draw has an agreed package."""


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
        *seen.asked,
        s.sizes,
        winning=seen.winning,
        candidates=candidates,
        node_limit=node_limit,
        witnesses=False,
        **seen.over,
    ).verdict
    return verdict
