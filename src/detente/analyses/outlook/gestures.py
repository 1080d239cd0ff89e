"""What a gesture tells: Bayes' rule on judged likelihoods."""

from __future__ import annotations

import numpy as np

from detente.analyses.outlook.result import GestureResult
from detente.case.model import Case

__all__ = ["learnt"]


def learnt(case: Case, name: str) -> GestureResult:
    """Belief before and after a gesture. The priors of the case are those of its date: what was seen by then is in
    them already, and the belief without it is worked out backwards."""
    gesture = case.gestures[name]
    readings = case.readings[gesture.by]
    prior = np.array([r.prior.median for r in readings.values()])
    prior = prior / prior.sum()
    likely = np.array([gesture.likelihood[r].median for r in readings])
    seen = gesture.on is not None and case.as_of is not None and gesture.on <= case.as_of
    if seen:
        # Under a reading that would never have done it nothing can be said of before: it stays as it is.
        other = np.where(likely > 0, prior / np.where(likely > 0, likely, 1.0), prior)
    else:
        other = prior * likely if (prior * likely).any() else prior
    other = other / other.sum()
    before, after = (other, prior) if seen else (prior, other)
    return GestureResult(
        by=gesture.by,
        name=gesture.name or name.replace("_", " "),
        cost=None if gesture.cost is None else gesture.cost.median,
        on=None if gesture.on is None else gesture.on.isoformat(),
        before={r: round(float(v), 6) for r, v in zip(readings, before, strict=True)},
        after={r: round(float(v), 6) for r, v in zip(readings, after, strict=True)},
        ratio=round(float(likely.max() / likely.min()), 6) if likely.min() > 0 else None,
        seen=seen,
    )
