"""One faction's verdict on a few packages while one number is held: a sample's arithmetic, on chosen options only.

Numbers are kept as rows, one parameter a row, so that holding one is writing one row, and a package's worth is a
sum over few contiguous rows. The rounding is that of :func:`detente.problem.assemble`, so the verdicts are too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.problem import Choices, Problem, Table
from detente.problem.build import Scheme

__all__ = ["Probe"]


@dataclass(frozen=True)
class _Part:
    """The draws in which one reading is true."""

    scheme: Scheme
    rows: NDArray[np.intp]
    values: NDArray[np.float64]
    """[N, S'] parameters, owned: a held number is written here and taken back."""
    constant: NDArray[np.intp]
    """Issues whose option is the same in all draws."""
    index: NDArray[np.intp]
    """[K + 1, constant issues] parameter of each package's option, the status quo last."""
    drawn: NDArray[np.intp]
    """Issues that chance decides."""
    outside: NDArray[np.intp]
    """[drawn issues, S'] parameter of the option that chance chose."""
    level: NDArray[np.int16]
    """[I, S'] option of the issues that chance decides."""


class Probe:
    """The packages [K, I] of a table in the eyes of one faction, over draws given as ``values`` [S, N]."""

    def __init__(
        self,
        problem: Problem,
        at: Table,
        faction: int,
        *,
        packages: NDArray[np.int16],
        values: NDArray[np.float64],
        chosen: Choices,
    ) -> None:
        self.problem, self.at, self.faction, self.chosen = problem, at, faction, chosen
        self.size = len(values)
        count = len(problem.issues)
        self.here = np.zeros((len(packages) + 1, count), dtype=np.intp)
        if problem.status_quo is not None:
            self.here[:] = problem.status_quo
        self.here[:-1, list(at.issues)] = packages
        columns = values.T
        self.parts = []
        for r, scheme in enumerate(problem.schemes[faction]):
            rows = np.flatnonzero(chosen.reading[faction] == r)
            level = chosen.outside[:, rows]
            by_chance = np.array([i in problem.chances for i in range(count)])
            constant, drawn = np.flatnonzero(~by_chance), np.flatnonzero(by_chance)
            self.parts.append(
                _Part(
                    scheme=scheme,
                    rows=rows,
                    values=np.ascontiguousarray(columns[:, rows]),
                    constant=constant,
                    index=scheme.value[constant[None], self.here[:, constant]],
                    drawn=drawn,
                    outside=scheme.value[drawn[:, None], level[drawn]],
                    level=level,
                )
            )
        self.used = {
            int(n)
            for part in self.parts
            for n in (
                *np.unique(part.index),
                *np.unique(part.outside),
                *part.scheme.weight,
                *(t.add for t in part.scheme.terms),
                *(line.holds or 0 for line in part.scheme.lines),
                part.scheme.no_deal,
            )
        }
        """Parameters on which the verdicts can depend, priors apart."""

    @contextmanager
    def holding(self, n: int, value: float) -> Iterator[None]:
        """Parameter ``n`` at ``value`` in every draw."""
        before = [part.values[n].copy() for part in self.parts]
        for part in self.parts:
            part.values[n] = value
        try:
            yield
        finally:
            for part, row in zip(self.parts, before, strict=True):
                part.values[n] = row

    def accepts(
        self, *, line: int | None = None, holds: NDArray[np.bool_] | None = None
    ) -> NDArray[np.bool_]:
        """[K, S] whether the faction accepts each package; ``holds`` [S] replaces when firm line ``line`` holds."""
        accepted = np.zeros((len(self.here) - 1, self.size), dtype=np.bool_)
        for part in self.parts:
            if len(part.rows):
                accepted[:, part.rows] = self._part(part, line, holds)
        return accepted

    def _part(self, part: _Part, line: int | None, holds: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        scheme, values, step = part.scheme, part.values, self.problem.step[self.faction]
        worth, chance = values[part.index], values[part.outside, np.arange(len(part.rows))]
        if not scheme.raw:
            weight = values[scheme.weight]
            total = weight.sum(axis=0)
            weight = weight / np.where(total > 0, total, 1.0)
            worth *= weight[part.constant]
            chance = chance * weight[part.drawn]
        worth /= step
        steps = np.rint(worth, out=worth).sum(axis=1) + np.rint(chance / step).sum(axis=0)
        for term in scheme.terms:
            steps += self._matches(part, term.pattern) * np.rint(values[term.add] / step)
        fine = np.ones((len(self.here) - 1, len(part.rows)), dtype=np.bool_)
        for drawn_line in scheme.lines:
            broken = self._matches(part, drawn_line.pattern)[:-1]
            if drawn_line.holds is not None:
                held = (
                    self.chosen.holds[drawn_line.holds]
                    if drawn_line.holds != line or holds is None
                    else holds
                )
                broken = broken & held[part.rows]
            fine &= ~broken
        for t in np.flatnonzero(self.problem.excluded):
            pattern = self.problem.patterns[t]
            if any(i in part.drawn for i, _ in pattern):
                fine &= ~self._matches(part, pattern)[:-1]
        reserve = np.rint(values[scheme.no_deal] / step)
        if scheme.relative and self.problem.status_quo is not None:
            reserve = reserve + steps[-1]
        agreed: NDArray[np.bool_] = fine & (steps[:-1] >= reserve)
        return agreed

    def _matches(self, part: _Part, pattern: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
        """[K + 1, S'] or [K + 1, 1]: which packages match, where chance lets them."""
        hit = np.ones((len(self.here), 1), dtype=np.bool_)
        for i, o in pattern:
            hit = hit & ((part.level[i] == o)[None] if i in part.drawn else (self.here[:, i] == o)[:, None])
        return hit
