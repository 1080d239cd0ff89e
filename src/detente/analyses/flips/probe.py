"""Verdicts on a few packages while one number is held: a sample's arithmetic, on chosen options only.

Numbers are kept as rows, one parameter a row, so that holding one is writing one row, and a package's worth is a
sum over few contiguous rows. The rounding is that of :func:`detente.problem.assemble`, and lines are those of
:func:`detente.problem.seat`, so the verdicts are too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.draws import Drawn
from detente.kernels.acceptance import agreed
from detente.kernels.patterns import matches
from detente.problem import Choices, Problem, Table, assemble, choose
from detente.problem.build import Scheme
from detente.problem.sample import normalised
from detente.prospects.view import View, accepted, left_alone, view

__all__ = ["Panel"]


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


class _Probe:
    """The packages [K, I] of a table in the eyes of one faction, over draws given as ``values`` [S, N].

    ``fine`` [K, S]: where they break none of its lines.
    """

    def __init__(
        self,
        problem: Problem,
        at: Table,
        faction: int,
        *,
        packages: NDArray[np.int16],
        values: NDArray[np.float64],
        chosen: Choices,
        fine: NDArray[np.bool_],
    ) -> None:
        self.problem, self.faction, self.fine = problem, faction, fine
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
                part.scheme.no_deal,
            )
        }
        """Parameters on which its utilities can depend."""

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

    def accepts(self) -> NDArray[np.bool_]:
        """[K, S] whether the faction accepts each package."""
        content = np.zeros_like(self.fine)
        for part in self.parts:
            if len(part.rows):
                content[:, part.rows] = self._part(part)
        return content & self.fine

    def _part(self, part: _Part) -> NDArray[np.bool_]:
        scheme, values, step = part.scheme, part.values, self.problem.step[self.faction]
        worth, chance = values[part.index], values[part.outside, np.arange(len(part.rows))]
        if not scheme.raw:
            weight = normalised(values[scheme.weight])
            worth *= weight[part.constant]
            chance = chance * weight[part.drawn]
        worth /= step
        steps = np.rint(worth, out=worth).sum(axis=1) + np.rint(chance / step).sum(axis=0)
        for term in scheme.terms:
            steps += self._matches(part, term.pattern) * np.rint(values[term.add] / step)
        reserve = np.rint(values[scheme.no_deal] / step)
        if scheme.relative and self.problem.status_quo is not None:
            reserve = reserve + steps[-1]
        content: NDArray[np.bool_] = steps[:-1] >= reserve
        return content

    def _matches(self, part: _Part, pattern: tuple[tuple[int, int], ...]) -> NDArray[np.bool_]:
        """[K + 1, S'] or [K + 1, 1]: which packages match, where chance lets them."""
        hit = np.ones((len(self.here), 1), dtype=np.bool_)
        for i, o in pattern:
            hit = hit & ((part.level[i] == o)[None] if i in part.drawn else (self.here[:, i] == o)[:, None])
        return hit


class Panel:
    """The factions of a table over the draws ``rows``, each asked anew only when one of its own numbers is held; who has a
    no-deal value from the world is not asked anew."""

    def __init__(self, ready: Drawn, at: Table, packages: NDArray[np.int16], rows: NDArray[np.intp]) -> None:
        problem = ready.problem
        self.problem, self.at, self.packages = problem, at, packages
        self.uniforms = ready.reported_on[rows]
        self.values = ready.values[rows]
        chosen = choose(problem, self.values, self.uniforms)
        seen = self._seen(chosen)
        hit = matches(packages, seen.patterns).astype(np.int64)
        fine = [hit @ broken == 0 for broken in seen.seat.broken.astype(np.int64)]
        self.winning = seen.winning
        self.probes = [
            _Probe(problem, at, f, packages=packages, values=self.values, chosen=chosen, fine=unbroken)
            for f, unbroken in zip(at.factions, fine, strict=True)
        ]
        said = np.stack([probe.accepts() for probe in self.probes], axis=1)
        if ready.computed:
            told = accepted(view(problem, ready.fresh.only(rows.astype(np.int64)), at), packages)
            which = [k for k, f in enumerate(at.factions) if problem.factions[f] in problem.case.computed]
            said[:, which] = told[:, which]
        self.accepted = np.concatenate([said, left_alone(seen, packages)], axis=1)
        self.known: dict[int, NDArray[np.bool_]] = {}
        self.place = {problem.factions[f]: k for k, f in enumerate(at.factions)}

    def _seen(self, chosen: Choices, factions: Sequence[int] | None = None) -> View:
        return view(self.problem, assemble(self.problem, self.values, chosen, factions=factions), self.at)

    def agreed(self) -> NDArray[np.bool_]:
        """[K, S] as drawn."""
        return agreed(self.accepted, self.winning)

    def matters(self, n: int) -> bool:
        """Whether any verdict can depend on parameter ``n``."""
        p = self.problem.parameters[n]
        return p.kind in ("prior", "holds") or n in self.probes[self.place[p.owner]].used

    def holding(self, n: int, value: float) -> NDArray[np.bool_]:
        """[K, S] with parameter ``n`` at ``value``; what a prior or a line's chance decides is drawn anew."""
        p = self.problem.parameters[n]
        own = self.place[p.owner]
        if p.kind in ("prior", "holds"):
            held = self.values.copy()
            held[:, n] = value
            chosen = choose(self.problem, held, self.uniforms)
            now = chosen.holds[n] if p.kind == "holds" else chosen.reading[self.at.factions[own]]
            verdict = np.take_along_axis(self._either(n), now.astype(np.intp)[None, None], axis=0)[0]
        else:
            with self.probes[own].holding(n, value):
                verdict = self.probes[own].accepts()
        trial = self.accepted.copy()
        trial[:, own] = verdict
        return agreed(trial, self.winning)

    def _either(self, n: int) -> NDArray[np.bool_]:
        """[R, K, S] verdicts of the owner of prior or line ``n`` under each reading, or without the line and with it."""
        p, problem = self.problem.parameters[n], self.problem
        f = problem.factions.index(p.owner)
        key = n if p.kind == "holds" else -1 - f
        if key not in self.known:
            chosen = choose(problem, self.values, self.uniforms)
            if p.kind == "holds":
                line = np.zeros(len(self.values), dtype=np.bool_)
                each = [replace(chosen, holds={**chosen.holds, n: held}) for held in (line, ~line)]
            else:
                each = [
                    choose(problem, self.values, self.uniforms, readings={p.owner: r})
                    for r in problem.readings[f]
                ]
            own = self.place[p.owner]
            self.known[key] = np.stack([accepted(self._seen(c, [f]), self.packages)[:, own] for c in each])
        return self.known[key]
