"""Dated questions, from the counts of worlds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.run import REPLICATES
from detente.analyses.outlook.result import QuestionResult
from detente.case.base import Range
from detente.case.dates import months_until
from detente.case.world import Amount, Answer, Happened, Question, State
from detente.kernels.worlds import BINS, EVENTS, OFFICE, TOP, VARIABLES, Worlds
from detente.rng import replicate_error

__all__ = ["answered"]

Floats = NDArray[np.float64]

BANDS = ("many", "some", "none")


def answered(question: Question, start: date, found: Worlds, judged: Mapping[str, Floats]) -> QuestionResult:
    """The answers to a question in the worlds ``found``, which begin at ``start``.

    ``judged``: answer → [S] what somebody judged; in each draw these are made to add up to 1, or with a ``rest`` to no
    more, as priors are. Shares of worlds are not stretched: what is left over belongs to nobody unless an answer is
    ``rest``, which gets what the others leave, never less than nothing.
    """
    shares: dict[str, Floats | None] = dict.fromkeys(question.answers)
    for answer, spec in question.answers.items():
        if spec is not None and spec != "rest":
            shares[answer] = judged[answer] if isinstance(spec, Range) else _chance(spec, start, found)
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


def _chance(spec: Answer, start: date, found: Worlds) -> Floats | None:
    """[S] share of worlds; None for a share among worlds of which there are none."""
    last = found.states.shape[1] - 1
    if isinstance(spec, Happened):
        by = min(last, months_until(start, spec.by))
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
        at = min(last, months_until(start, spec.at))
        joint = found.states[:, at].reshape(-1, len(OFFICE), 3, 3, 2, 2) / found.per
        return np.asarray(joint[(slice(None), *_chosen(spec))].reshape(len(joint), -1).sum(axis=1))
    assert isinstance(spec, Amount)
    at = min(last, months_until(start, spec.at))
    row = found.histograms[VARIABLES.index(spec.variable), at].astype(np.float64)
    edges = np.linspace(0, TOP[spec.variable], BINS + 1)
    passed = np.concatenate([[0.0], np.cumsum(row)]) / max(1.0, row.sum())
    between = float(np.interp(spec.high, edges, passed) - np.interp(spec.low, edges, passed))
    return np.full(len(found.states), between)


def _chosen(spec: State) -> Sequence[slice]:
    """Which part of the joint states a state means."""

    def one(index: int | None) -> slice:
        return slice(None) if index is None else slice(index, index + 1)

    return (
        one(None if spec.office is None else OFFICE.index(spec.office)),
        one(spec.easing),
        one(None if spec.recognised is None else BANDS.index(spec.recognised)),
        one(None if spec.talks is None else int(spec.talks)),
        one(None if spec.split is None else int(spec.split)),
    )
