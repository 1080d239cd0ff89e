"""Which orders keep to the calendar, by looking at each."""

from __future__ import annotations

from collections.abc import Sequence

from tests.oracles.roadmap import Agenda, Plan, plans, slack, stages

__all__ = ["late_steps", "most_slack_in_time"]


def late_steps(agenda: Agenda, plan: Plan, begun: Sequence[int], done: Sequence[int]) -> set[int]:
    """Steps that begin after their month, or end after it."""
    return {
        s
        for _, batch, tau in stages(agenda, plan)
        for s in batch
        if tau > begun[s] or tau + agenda.month[s] > done[s]
    }


def most_slack_in_time(agenda: Agenda, begun: Sequence[int], done: Sequence[int]) -> float | None:
    """Of all allowed orders without a late step; None where there is none."""
    return max(
        (slack(agenda, p) for p in plans(agenda) if not late_steps(agenda, p, begun, done)), default=None
    )
