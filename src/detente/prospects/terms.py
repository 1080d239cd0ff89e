"""From the steps of a package to what the kernel judges plans by, with some guarantees given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case.dates import whole_months
from detente.case.lead import months_ahead, start_of
from detente.case.model import Guarantee
from detente.kernels.appraisal import Dated, Terms
from detente.problem import Sample, Seat, seat
from detente.problem.steps import Agenda, Judged, patience

__all__ = ["some", "terms"]

DRAWN = ("base", "delta", "points", "broken", "month", "rho", "undo", "penalty", "cost")
"""Fields of Terms whose last axis is draws."""


def terms(
    of: Agenda, sample: Sample, known: Judged, guarantees: Collection[str], seen: Seat | None = None
) -> Terms:
    """What plans are judged by in every draw of ``sample``, with some guarantees given; ``seen``: the sample from the table, if
    it was looked at before.

    Raises
    ------
    UsageError
        A faction of the table has no patience.
    """
    problem, case = of.problem, of.problem.case
    seen = seat(problem, sample, of.table) if seen is None else seen
    step = problem.step[list(of.table.factions)]
    size, count, steps = sample.draws, len(of.table.factions), len(of.steps)
    base = (seen.base - seen.no_deal) * step[:, None]
    delta = np.zeros((count, steps, size))
    reached: dict[tuple[int, int], tuple[int, int]] = {}
    n = 0
    for i, path in enumerate(of.paths):
        base += seen.points[:, i, path[0]] * step[:, None]
        for k, option in enumerate(path):
            last = k == len(path) - 1
            reached[i, option] = (1 << (n + k - 1) if k else 0, 0 if last else 1 << (n + k))
            if k:
                delta[:, n + k - 1] = (seen.points[:, i, option] - seen.points[:, i, path[k - 1]]) * step[
                    :, None
                ]
        n += len(path) - 1
    on, off, excluded, points, broken = [], [], [], [], []
    for t in range(len(seen.start) - 1):
        pairs = [(int(seen.issue[k]), int(seen.option[k])) for k in range(seen.start[t], seen.start[t + 1])]
        if all(pair in reached for pair in pairs):
            on.append(sum(reached[pair][0] for pair in pairs))
            off.append(sum(reached[pair][1] for pair in pairs))
            excluded.append(bool(seen.excluded[t]))
            points.append(seen.add[:, t] * step[:, None])
            broken.append(seen.broken[:, t])
    made = Terms(
        base=base,
        delta=delta,
        on=np.array(on, dtype=np.int64),
        off=np.array(off, dtype=np.int64),
        excluded=np.array(excluded, dtype=np.bool_),
        points=np.array(points).transpose(1, 0, 2) if points else np.zeros((count, 0, size)),
        broken=np.array(broken).transpose(1, 0, 2) if broken else np.zeros((count, 0, size), dtype=np.bool_),
        needs=of.needs,
        after=of.after,
        month=_months(of, known, {}, size),
        rho=patience(problem, sample, known, of.factions),
        horizon=of.horizon,
        own=of.own,
        reversible=of.reversible,
        undo=np.array(
            [
                [
                    known.get(f"{s.issue}.undo", 0.0, base[0]) if f in s.factions else np.zeros(size)
                    for s in of.steps
                ]
                for f in range(count)
            ]
        ),
        penalty=np.zeros((count, steps, size)),
        lapse=np.zeros(count, dtype=np.int64),
        cost=np.zeros((count, size)),
        batches=of.batches,
        winning=np.array(of.table.winning, dtype=np.int64),
    )
    for name in guarantees:
        made = _given(made, of, known, name, case.guarantees[name])
    return made._replace(sunsets=_sunsets(of))


def _sunsets(of: Agenda) -> tuple[tuple[int, int], ...]:
    """Months from when the first step begins, and the steps of the issues whose options in the package come to an end then, the first
    month first."""
    lead = months_ahead(of.problem.case)
    ends: dict[int, int] = {}
    for i, path in zip(of.table.issues, of.paths, strict=True):
        if (i, path[-1]) in of.problem.lapses:
            month = max(0, of.problem.lapses[i, path[-1]] - lead)
            ends[month] = ends.get(month, 0) | of.about({of.problem.issues[i]})
    return tuple(sorted(ends.items()))


def some(of: Sequence[Terms], which: Sequence[NDArray[np.int64]]) -> Terms:
    """Some draws of several samples with the same terms, behind one another."""
    pairs = list(zip(of, which, strict=True))
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(one, name)[..., rows] for one, rows in pairs], axis=-1)
        for name in DRAWN
    }
    return of[0]._replace(**joined)


def _months(
    of: Agenda, known: Judged, sooner: Mapping[int, NDArray[np.float64]], size: int
) -> NDArray[np.int64]:
    """[M, S] whole months, at least one."""
    one = np.ones(size)
    taken = [sooner.get(n, known.get(f"{s.issue}.verify", 1.0, one)) for n, s in enumerate(of.steps)]
    return np.maximum(1, np.rint(np.array(taken))).astype(np.int64)


def _given(made: Terms, of: Agenda, known: Judged, name: str, spec: Guarantee) -> Terms:
    """The terms with one more guarantee."""
    case = of.problem.case
    covered = of.about(spec.covers)
    party = dict(zip(of.factions, (of.problem.party_of[f] for f in of.table.factions), strict=True))
    giver = {spec.given_by}
    voices = set(spec.punishes) or {f for f, p in party.items() if not {f, p} & giver}
    punished = [n for n, (f, p) in enumerate(party.items()) if {f, p} & voices]
    cost, month = made.cost.copy(), made.month
    penalty, lapse = np.zeros_like(made.penalty), np.zeros_like(made.lapse)
    for n, f in enumerate(of.factions):
        cost[n] += known.get(f"guarantees.{name}.costs.{f}", 0.0, cost[n])
        cost[n] -= known.get(f"guarantees.{name}.worth.{f}", 0.0, cost[n])
    for n in punished:
        if spec.kind in ("escrow", "snap_back"):
            lapse[n] |= covered & ~int(made.own[n])
        if spec.forfeits is not None:
            for s in range(len(of.steps)):
                if covered >> s & 1:
                    penalty[n, s] += known[f"guarantees.{name}.forfeits"]
    if spec.verify is not None:
        size = month.shape[1]
        sooner = {s: known[f"guarantees.{name}.verify"] for s in range(len(of.steps)) if covered >> s & 1}
        month = np.minimum(month, _months(of, known, sooner, size))
    made = made._replace(cost=cost, month=month)
    if spec.until is None:
        return made._replace(penalty=made.penalty + penalty, lapse=made.lapse | lapse)
    start = start_of(case)
    assert start is not None
    one = Dated(max(0, whole_months(start, spec.until) + 1), lapse, penalty)
    return made._replace(dated=tuple(sorted((*made.dated, one), key=lambda d: d.month)))
