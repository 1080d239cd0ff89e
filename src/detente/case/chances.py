"""Probabilities that belong together: chances of what is decided outside, priors of rival readings, earlier rounds.

What is typed is never stretched far: chances add up to 1 at their medians, or what is left of 1 is the status quo's;
priors add up to 1 within :data:`APART`, because each of them is judged on its own, and their medians need not add up
exactly where they are ranges. In the draws of ranges both are made to add up to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.case.model import Case, Issue, Range
from detente.case.yamltext import Path
from detente.figures import plural

__all__ = ["ROUNDING", "chance_faults", "chance_warnings", "left_over"]

ROUNDING = 1e-6
"""By how much chances may miss 1 because numbers are typed with few digits."""

APART = 0.25
"""By how much the medians of priors may miss 1."""

Found = Iterator[tuple[Path, str]]


SIGNED = 0.99
"""No signature is surer."""


def left_over(issue: Issue) -> float:
    """What the chances of an issue leave of 1, at their medians, for a status quo that has none of its own; else 0."""
    if not issue.chances or issue.status_quo is None or issue.status_quo in issue.chances:
        return 0.0
    rest = 1 - _sum(issue.chances)
    return rest if rest > ROUNDING else 0.0


def chance_faults(case: Case) -> Found:
    """What cannot be."""
    for name, issue in case.issues.items():
        yield from ((("issues", name, *below), message) for below, message in _of_issue(case, issue))
    for faction, readings in case.readings.items():
        if readings:
            priors = {name: reading.prior for name, reading in readings.items()}
            yield from ((("readings", faction), message) for message in _of_readings(priors))
    record = case.record
    if record is not None and record.agreements > record.rounds:
        yield (
            ("record", "agreements"),
            f"{plural(record.agreements, 'agreement')} from {plural(record.rounds, 'round')} cannot be: at most one a round was expected",
        )
    signing = case.signing
    if signing is not None and signing.chance.high > SIGNED:
        yield (
            ("signing", "chance"),
            f"what is acceptable is not signed for certain: at most {SIGNED} was expected, found {signing.chance.high:g}",
        )
    if signing is not None and signing.by is not None and case.as_of is not None and signing.by <= case.as_of:
        yield (
            ("signing", "by"),
            f"a day after the date of the case, {case.as_of}, was expected: found {signing.by}",
        )


def chance_warnings(case: Case) -> Found:
    """Where probabilities act otherwise than typed."""
    for name, issue in case.issues.items():
        rest = left_over(issue)
        if rest:
            yield (
                ("issues", name, "chances"),
                f"what the chances leave of 1, {rest:g}, is the chance that it stays at '{issue.status_quo}'; "
                f"add '{issue.status_quo}: {rest:g}' to say so",
            )
    for faction, readings in case.readings.items():
        priors = {name: reading.prior for name, reading in readings.items()}
        total = _sum(priors)
        if priors and abs(total - 1) > ROUNDING:
            acts = ", ".join(f"{name} {prior.median / total:.3g}" for name, prior in priors.items())
            yield (
                ("readings", faction),
                f"the priors add up to {total:g} at their medians and are made to add up to 1: they act as {acts}",
            )


def _sum(of: Mapping[str, Range]) -> float:
    return round(sum(share.median for share in of.values()), 9)


def _of_issue(case: Case, issue: Issue) -> Found:
    given = issue.chances
    if issue.controlled_by == "outside" and case.status_quo == "none" and given is None:
        yield (
            (),
            "an issue that is decided outside, without a status quo, needs 'chances: {OPTION: 0.5, ...}'",
        )
    if given is None:
        return
    at: Path = ("chances",)
    if issue.controlled_by != "outside":
        yield at, "chances are for issues with 'controlled_by: outside' only; this one is decided at a table"
    total = _sum(given)
    home = issue.status_quo
    if total > 1 + ROUNDING:
        yield (
            at,
            f"the chances add up to {total:g}, which is more than 1: lower them, so that they add up to 1",
        )
    elif total < 1 - ROUNDING and (home is None or home in given):
        spare = next((o for o in issue.options if o not in given), None)
        where = f"raise them, or add '{spare}: {1 - total:g}'" if spare is not None else "raise them"
        yield at, f"the chances add up to {total:g}, which is less than 1: {where}, so that they add up to 1"
    elif not any(chance.low for chance in given.values()) and not left_over(issue):
        yield at, "the chances can all be 0 at once: at least one needs a 5th percentile above 0"


def _of_readings(priors: Mapping[str, Range]) -> Iterator[str]:
    total = _sum(priors)
    if abs(total - 1) > APART + ROUNDING:
        found = f"the priors add up to {total:g}"
        if len(priors) == 1:
            (only,) = priors
            found = f"'{only}' is the only reading, and its prior is {total:g}"
        if not total:
            hint = "give at least one reading a prior above 0"
        elif total < 1:
            hint = (
                f"raise them, or add a reading that has the rest, for example 'as_above: {{prior: {1 - total:g}, "
                "judgement: ...}', which wants what stands under 'preferences'"
            )
        else:
            hint = "lower them, for example to " + ", ".join(
                f"{r} {p.median / total:.2g}" for r, p in priors.items()
            )
        yield f"{found}, but one of the rival views must be true, so that they add up to 1: {hint}"
    elif not any(prior.low for prior in priors.values()):
        yield "the priors can all be 0 at once: at least one needs a 5th percentile above 0"
