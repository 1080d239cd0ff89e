"""Dated questions, from the counts of worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.run import REPLICATES
from detente.analyses.outlook.result import QuestionResult
from detente.case.base import Range
from detente.case.dates import months_until
from detente.case.world import Amount, Answer, Happened, Outcome, Question, State
from detente.kernels.worlds import BINS, EVENTS, SHAPE, VARIABLES, Worlds
from detente.rng import replicate_error

__all__ = ["Seen", "answered"]

Floats = NDArray[np.float64]

BANDS = ("many", "some", "none")
OUTCOMES = get_args(Outcome)


@dataclass(frozen=True)
class Seen:
    """Worlds in the terms of a case."""

    found: Worlds
    start: date
    """When they begin."""
    tops: Mapping[str, float]
    """Variable → where the range of its histogram ends."""
    level: int
    """What the incumbent has conceded at the beginning."""


def answered(question: Question, seen: Seen, judged: Mapping[str, Floats]) -> QuestionResult:
    """The answers to a question in simulated worlds.

    ``judged``: answer → [S] what somebody judged; in each draw these are made to add up to 1, or with a ``rest`` to no
    more, as priors are. Shares of worlds are not stretched: what is left over belongs to nobody unless an answer is
    ``rest``, which gets what the others leave, never less than nothing.
    """
    shares: dict[str, Floats | None] = dict.fromkeys(question.answers)
    for answer, spec in question.answers.items():
        if spec is not None and spec != "rest":
            shares[answer] = judged[answer] if isinstance(spec, Range) else _chance(spec, seen)
    if judged:
        total = np.sum([judged[a] for a in judged], axis=0)
        over = (
            np.maximum(1.0, total) if "rest" in question.answers.values() else np.where(total > 0, total, 1.0)
        )
        shares.update({a: v / over for a, v in judged.items()})
    rest = next((a for a, spec in question.answers.items() if spec == "rest"), None)
    known = [s for s in shares.values() if s is not None]
    if rest is not None and len(known) == len(shares) - 1:
        shares[rest] = np.maximum(0.0, 1 - np.sum(known, axis=0))
    return QuestionResult(
        text=question.text,
        resolves=question.resolves.isoformat(),
        basis=question.basis,
        answers={a: None if s is None else round(float(s.mean()), 6) for a, s in shares.items()},
        error={a: None if s is None else replicate_error(s, REPLICATES) for a, s in shares.items()},
    )


def _chance(spec: Answer, seen: Seen) -> Floats | None:
    """[S] share of worlds; None for a share among worlds of which there are none."""
    found = seen.found
    last = found.states.shape[1] - 1
    if isinstance(spec, Happened):
        by = min(last, months_until(seen.start, spec.by))
        done = found.events[:, EVENTS.index(spec.event), : by + 1].sum(axis=1)
        if spec.given is None:
            return np.asarray(done / found.per)
        # A condition contains the event (checked on reading), so that counts divide; the ratio is taken in each
        # replicate, since a single draw may have no such world.
        among = found.events[:, EVENTS.index(spec.given), : by + 1].sum(axis=1)
        parts, whole = (v.reshape(REPLICATES, -1).sum(axis=1) for v in (done, among))
        if not whole.all():
            return None
        return np.repeat(parts / whole, len(done) // REPLICATES)
    if isinstance(spec, State):
        at = min(last, months_until(seen.start, spec.at))
        joint = found.states[:, at].reshape(-1, *SHAPE) / found.per
        chosen = _chosen(spec, seen.level)
        return np.asarray(joint[(slice(None), *chosen)].reshape(len(joint), -1).sum(axis=1))
    assert isinstance(spec, Amount)
    at = min(last, months_until(seen.start, spec.at))
    # Paths are kept for each replicate, not for each draw.
    rows = found.histograms[:, VARIABLES.index(spec.variable), at].astype(np.float64)
    edges = np.linspace(0, seen.tops[spec.variable], BINS + 1)
    between = []
    for row in rows:
        passed = np.concatenate([[0.0], np.cumsum(row)]) / max(1.0, row.sum())
        low, high = np.interp([spec.low, spec.high], edges, passed, right=1.0)
        between.append(high - low)
    return np.repeat(between, len(found.states) // len(between))


def _chosen(spec: State, level: int) -> Sequence[slice]:
    """Which part of the joint states a state means."""

    def one(index: int | None) -> slice:
        return slice(None) if index is None else slice(index, index + 1)

    return (
        one(None if spec.office is None else OUTCOMES.index(spec.office)),
        one(spec.easing),
        one(None if spec.recognised is None else BANDS.index(spec.recognised)),
        one(None if spec.conceded is None else level + spec.conceded),
    )
