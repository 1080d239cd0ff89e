"""A sample as seen from a table: what stays put there folded into one number, patterns reduced to what moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.problem.build import IntArray, Problem
from detente.problem.fading import faded
from detente.problem.sample import Sample
from detente.problem.table import Move, Table

__all__ = ["Seat", "seat"]


class Seat(NamedTuple):
    """A sample as seen from one table: arrays for the kernels, everything else folded into ``base``."""

    points: NDArray[np.int32]
    """[P, I, L, S] of the table's factions and movable issues."""
    base: NDArray[np.int32]
    """[P, S] utility of what does not move here."""
    no_deal: NDArray[np.int32]
    """[P, S] of the whole utility; the threshold on what moves is ``no_deal - base``."""
    start: IntArray
    issue: IntArray
    option: IntArray
    """CSR patterns over the movable issues."""
    add: NDArray[np.int32]
    """[P, T, S] points of terms, without lines."""
    broken: NDArray[np.bool_]
    """[P, T, S] lines, those among them that hold whatever moves here: then every option of the first issue breaks one."""
    excluded: NDArray[np.bool_]
    """[T] impossible combinations."""
    sizes: IntArray
    status_quo: IntArray | None

    @property
    def thresholds(self) -> NDArray[np.int32]:
        """[P, S] what the moved part has to reach."""
        return self.no_deal - self.base


def _stays(problem: Problem, sample: Sample, at: Table, fixed: Sequence[int]) -> IntArray:
    """[I, S] where each issue stays that nothing moves; -1: nowhere."""
    here = sample.outside.astype(np.int64)
    if problem.status_quo is not None:
        here = np.where(here >= 0, here, problem.status_quo[:, None])
    elif (here[fixed] < 0).any():
        left = ", ".join(problem.issues[i] for i in fixed if (here[i] < 0).any())
        raise LimitError(
            f"without a status quo an issue that no table settles has no option; put {left} on the table '{at.id}', or give "
            "every issue a 'status_quo'"
        )
    return here


class _Matched(NamedTuple):
    """A pattern that some package at a table matches in some draw."""

    pattern: int
    here: tuple[Move, ...]
    """What it asks of the issues that move there, numbered anew."""
    live: NDArray[np.bool_] | None
    """[S] in which draws the others are as it asks; None: in all."""


def _matched(
    problem: Problem, here: IntArray, alike: Sequence[bool], local: Mapping[int, int]
) -> Iterator[_Matched]:
    """The patterns that some package at a table matches in some draw, the issues that do not move there being ``here``,
    ``alike`` in all draws or not."""
    home = here[:, 0].tolist()
    for t, pattern in enumerate(problem.patterns):
        if any(alike[i] and home[i] != o for i, o in pattern if i not in local):
            continue
        apart = [here[i] == o for i, o in pattern if i not in local and not alike[i]]
        live = np.all(apart, axis=0) if apart else None
        if live is None or live.any():
            kept = tuple((local[i], o) for i, o in pattern if i in local)
            yield _Matched(t, kept, None if live is None or live.all() else live)


def _some(rows: NDArray[Any], factions: list[int], which: list[int]) -> NDArray[Any]:
    """Some of [F, N, ...]; where they are all, the same rows and no copy."""
    if factions == [*range(len(rows))] and which == [*range(rows.shape[1])]:
        return np.ascontiguousarray(rows)
    return np.ascontiguousarray(rows[np.ix_(factions, which)])


def _terms(
    problem: Problem,
    sample: Sample,
    factions: list[int],
    parts: Sequence[_Matched],
    reduced: Mapping[tuple[Move, ...], int],
    always: Sequence[tuple[Move, ...]],
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int32]]:
    """Points and lines [P, T, S] of the ``reduced`` patterns, which of them are impossible [T], and the points [P, S] of the
    patterns that match whatever happens. What binds whatever happens binds with each of ``always``."""
    whole: dict[int, int] = {}
    rest = [
        p
        for p in parts
        if not p.here or p.live is not None or whole.setdefault(reduced[p.here], p.pattern) != p.pattern
    ]
    chosen = [*whole.values()]
    excluded = np.zeros(len(reduced), dtype=np.bool_)
    excluded[[*whole]] = problem.excluded[chosen]
    base = np.zeros((len(factions), sample.draws), dtype=np.int32)
    add, broken = _some(sample.add, factions, chosen), _some(sample.broken, factions, chosen)
    if len(whole) < len(reduced) or rest:
        shape = (len(factions), len(reduced), sample.draws)
        alone, add, broken = (add, broken), np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.bool_)
        add[:, [*whole]], broken[:, [*whole]] = alone
    for t, kept, live in rest:
        if kept:
            add[:, reduced[kept]] += _in(live, sample.add[factions, t])
            excluded[reduced[kept]] |= problem.excluded[t] and live is None
        else:
            # Everything the pattern speaks of is fixed: its points are there whatever happens here.
            base += _in(live, sample.add[factions, t])
        barred = problem.excluded[t] and not (kept and live is None)
        binding = _in(live, sample.broken[factions, t] | barred)
        if binding.any():
            broken[:, [reduced[p] for p in ([kept] if kept else always)]] |= binding[:, None]
    return add, broken, excluded, base


def _in(live: NDArray[np.bool_] | None, rows: NDArray[Any]) -> NDArray[Any]:
    """[P, S] with nothing in draws that are not ``live``."""
    return rows if live is None else np.where(live, rows, 0).astype(rows.dtype)


def seat(problem: Problem, sample: Sample, at: Table) -> Seat:
    """Look at a sample from a table: issues that cannot move there are fixed where they are.

    A line that is broken by what stays put, whatever moves here, binds too: who holds it accepts nothing at this table in
    such a draw. So does an impossible combination that chance brought about: nobody accepts anything.
    Points of what ends are as if constant (:func:`detente.problem.fading.faded`).
    """
    sample = faded(problem, sample)
    factions, issues = list(at.factions), list(at.issues)
    fixed = [i for i in range(len(problem.issues)) if i not in at.issues]
    size = sample.draws
    points = sample.points if sample.apart is None or sample.hinge in at.decided else sample.apart
    base = np.zeros((len(factions), size), dtype=np.int32)
    here = _stays(problem, sample, at, fixed)
    alike: list[bool] = np.all(here == here[:, :1], axis=1).tolist()
    rows = np.arange(size)
    for i in fixed:
        base += points[factions, i, here[i, 0]] if alike[i] else points[factions, i][:, here[i], rows]
    local = {i: n for n, i in enumerate(issues)}
    always = [((0, o),) for o in range(int(problem.sizes[issues[0]]))] if issues else []
    reduced: dict[tuple[tuple[int, int], ...], int] = {}
    parts = [*_matched(problem, here, alike, local)]
    for t, kept, live in parts:
        binds = kept or problem.excluded[t] or _in(live, sample.broken[factions, t]).any()
        for pattern_here in [kept] if kept else always if binds else []:
            reduced.setdefault(pattern_here, len(reduced))
    barred = [((local[i], o),) for i, o in sorted(at.closed) if i in local]
    for option in barred:
        reduced.setdefault(option, len(reduced))
    add, broken, excluded, fixed_add = _terms(problem, sample, factions, parts, reduced, always)
    excluded[[reduced[option] for option in barred]] = True
    start = np.cumsum([0, *(len(p) for p in reduced)]).astype(np.int64)
    flat = [pair for pattern in reduced for pair in pattern]
    return Seat(
        points=_some(points, factions, issues),
        base=base + fixed_add,
        no_deal=sample.no_deal[factions],
        start=start,
        issue=np.array([i for i, _ in flat], dtype=np.int64),
        option=np.array([o for _, o in flat], dtype=np.int64),
        add=add,
        broken=broken,
        excluded=excluded,
        sizes=problem.sizes[issues],
        status_quo=None if problem.status_quo is None else problem.status_quo[issues],
    )
