"""Dated questions, from the counts of worlds.

Worlds are counted at the end of each month. On a day within a month

- what belongs to a day of the case (a poll, a decision to take part, a lapse, an election of the sender's) has happened on that
  day and not before: the eve of it stands for the end of the month before, the day and what follows it for the end of this one;
- everything else has had its share of the month, by days.

So the same event asked for a later day is never less likely, and events that are parts of one another are read alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detente.analyses.deal.run import REPLICATES
from detente.analyses.outlook.amounts import Scale, below
from detente.analyses.outlook.result import QuestionResult
from detente.case.base import Range
from detente.case.dates import months_after, months_until
from detente.case.world import Amount, Answer, Happened, Outcome, Question, State
from detente.kernels.worlds import EVENTS, SHAPE, VARIABLES, Worlds
from detente.rng import replicate_error

__all__ = ["Seen", "answered"]

Floats = NDArray[np.float64]

BANDS = ("many", "some", "none")
OUTCOMES = get_args(Outcome)

BY_DAY: Mapping[str, str] = {
    **dict.fromkeys(("office", "office_lost", *OUTCOMES[1:], "poll_held", "early_poll", "admitted"), "poll"),
    **dict.fromkeys(("governors", "turnout", "support"), "regional"),
    **dict.fromkeys(("joined", "observed"), "decides"),
    **dict.fromkeys(("recognised", "recognition", "unrecognised", "claim_ended", "extended"), "lapse"),
    "turned": "election",
}
"""What is asked → which days of the case it belongs to, in a month that has one."""


@dataclass(frozen=True)
class Seen:
    """Worlds in the terms of a case."""

    found: Worlds
    start: date
    """When they begin."""
    scales: Mapping[str, Scale]
    """Variable → how its histogram is kept."""
    level: int
    """What the incumbent has conceded at the beginning."""
    days: Mapping[str, Sequence[date]]
    """Kind of day → its days."""

    def on(self, day: date, asked: Sequence[str]) -> tuple[int, float]:
        """The month that a day is in, and how much of what is ``asked`` of that month has happened by then."""
        month = months_until(self.start, day)
        begin, end = months_after(self.start, month - 1), months_after(self.start, month)
        kinds = {BY_DAY[what] for what in asked if what in BY_DAY}
        # Two days of a kind in one month are one.
        dated = [min(d for d in days if begin < d <= end) for kind, days in self.days.items()
                 if kind in kinds and any(begin < d <= end for d in days)]  # fmt: skip
        if dated:
            return month, float(max(dated) <= day)
        return month, (day - begin).days / (end - begin).days


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
        note=question.note,
    )


def _chance(spec: Answer, seen: Seen) -> Floats | None:
    """[S] share of worlds; None for a share among worlds of which there are none, and for what is not measured by then."""
    if isinstance(spec, Happened):
        return _happened(spec, seen)
    if isinstance(spec, State):
        asked = [key for key in ("office", "recognised") if getattr(spec, key) is not None]
        month, part = seen.on(spec.at, asked)
        chosen = (slice(None), *_chosen(spec, seen.level))
        before, after = (
            seen.found.states[:, m].reshape(-1, *SHAPE)[chosen].sum(axis=(1, 2, 3, 4))
            for m in (month - 1, month)
        )
        return np.asarray(((1 - part) * before + part * after) / seen.found.per)
    assert isinstance(spec, Amount)
    month, part = seen.on(spec.at, (spec.variable,))
    scale = seen.scales[spec.variable]
    if month - (part == 0) < scale.first:
        return None
    # Paths are kept for each replicate, not for each draw.
    rows = seen.found.histograms[:, VARIABLES.index(spec.variable)].astype(np.float64)
    between = []
    for row in (1 - part) * rows[:, month - 1] + part * rows[:, month]:
        low, high = below(row, (spec.low, spec.high), scale)
        between.append(high - low)
    return np.repeat(between, len(seen.found.states) // len(between))


def _happened(spec: Happened, seen: Seen) -> Floats | None:
    month, part = seen.on(spec.by, (spec.event,))

    def by_then(event: str) -> Floats:
        counts = seen.found.events[:, EVENTS.index(event)]
        return np.asarray(counts[:, :month].sum(axis=1) + part * counts[:, month])

    done = by_then(spec.event)
    if spec.but_not is not None:
        done = done - by_then(spec.but_not)
    if spec.given is None:
        return done / seen.found.per
    # A condition contains the event (checked on reading), so that counts divide; the ratio is taken in each
    # replicate, since a single draw may have no such world.
    parts, whole = (v.reshape(REPLICATES, -1).sum(axis=1) for v in (done, by_then(spec.given)))
    if not whole.all():
        return None
    return np.repeat(parts / whole, len(done) // REPLICATES)


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
