"""Dated questions, from shares of worlds.

Worlds are counted at the end of each month. On a day within a month

- what belongs to a day of a calendar (a poll, a lapse) has happened on that day and not before: the eve of it stands for the
  end of the month before, the day and what follows it for the end of this one;
- everything else has had its share of the month, by days.

So the same event asked for a later day is never less likely.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.result import QuestionResult
from detente.analyses.outlook.view import Seen, both
from detente.case.base import Range
from detente.case.dates import months_after, months_until
from detente.case.equations import Node
from detente.case.wired import Meaning, Wired, days_of
from detente.case.world import Question
from detente.draws import REPLICATES
from detente.rng import replicate_error

__all__ = ["Asking", "conditions"]

Floats = NDArray[np.float64]


def conditions(questions: Mapping[str, Meaning]) -> tuple[Node, ...]:
    """Everything that questions ask of worlds."""
    found: dict[Node, None] = {}
    for question in questions.values():
        for that, given, _ in question.answers.values():
            found[both(that, given)] = None
            if given is not None:
                found[given] = None
    return tuple(found)


@dataclass(frozen=True)
class Asking:
    """Worlds in which questions are answered."""

    of: Wired
    seen: Seen
    start: date

    def answered(self, asked: Question, meant: Meaning, judged: Mapping[str, Floats]) -> QuestionResult:
        """The answers to a question.

        ``judged``: answer → [S] what somebody judged; in each draw these are made to add up to 1, or with a ``rest`` to no
        more, as priors are. Shares of worlds are not stretched: what is left over belongs to nobody unless an answer is
        ``rest``, which gets what the others leave, never less than nothing.
        """
        shares: dict[str, Floats | None] = dict.fromkeys(asked.answers)
        for answer, (that, given, spec) in meant.answers.items():
            shares[answer] = self._share(that, given, spec.at)
        if judged:
            total = np.sum(list(judged.values()), axis=0)
            rests = any(spec == "rest" for spec in asked.answers.values())
            over = np.maximum(1.0, total) if rests else np.where(total > 0, total, 1.0)
            shares.update({a: v / over for a, v in judged.items()})
        rest = next((a for a, spec in asked.answers.items() if spec == "rest"), None)
        known = [s for s in shares.values() if s is not None]
        if rest is not None and len(known) == len(shares) - 1:
            shares[rest] = np.maximum(0.0, 1 - np.sum(known, axis=0))
        return QuestionResult(
            text=asked.text,
            resolves=asked.resolves.isoformat(),
            basis=asked.basis,
            answers={a: None if s is None else round(float(s.mean()), 6) for a, s in shares.items()},
            error={a: None if s is None else replicate_error(s, REPLICATES) for a, s in shares.items()},
            note=asked.note,
        )

    def _share(self, that: Node, given: Node | None, day: date) -> Floats | None:
        """[S]; None for a share among worlds of which there are none. The ratio is taken in each replicate, since a single
        draw may have no such world."""
        done = self._by(both(that, given), day)
        if given is None:
            return done
        parts, whole = (v.reshape(REPLICATES, -1).sum(axis=1) for v in (done, self._by(given, day)))
        return np.repeat(parts / whole, len(done) // REPLICATES) if whole.all() else None

    def _by(self, condition: Node, day: date) -> Floats:
        """[S] share of worlds on a day."""
        month = months_until(self.start, day)
        begin, end = months_after(self.start, month - 1), months_after(self.start, month)
        dated = [d for d in days_of(condition, self.of.wiring) if begin < d <= end]
        part = float(min(dated) <= day) if dated else (day - begin).days / (end - begin).days
        share = self.seen.share(condition)
        found: Floats = (1 - part) * share[:, month - 1] + part * share[:, month]
        return found


def priors(asked: Question, name: str, world: Mapping[str, Floats]) -> dict[str, Floats]:
    """Answer → [S] the probability that somebody judged."""
    return {a: world[f"questions.{name}.{a}"] for a, spec in asked.answers.items() if isinstance(spec, Range)}
