"""When carrying an agreement out begins, and by when some of its steps have to be begun or done."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from detente.case.dates import months_after, whole_months
from detente.case.mechanism import Own, Use
from detente.case.model import Case
from detente.case.wording import one_of
from detente.case.yamltext import Path

__all__ = ["LEAD", "calendars", "day_of", "lead_faults", "months_ahead", "start_of"]

LEAD = 2
"""Months that pass before anything is begun, where the case does not say."""
ENDS = ("begun_by", "done_by")


def months_ahead(case: Case) -> int:
    """Months from the date of the case until the first step begins: typed, or two, or half of those to the first deadline or end of
    a guarantee, if that is less."""
    if case.steps is not None and case.steps.lead is not None:
        return case.steps.lead
    assert case.as_of is not None or not case.deadlines
    ends = [d.on for d in case.deadlines.values()]
    ends += [g.until for g in case.guarantees.values() if g.until is not None]
    return min([LEAD, *(whole_months(case.as_of, day) // 2 for day in ends if case.as_of is not None)])


def start_of(case: Case) -> datetime.date | None:
    """The day on which the first step begins; None where the case has no date."""
    return None if case.as_of is None else months_after(case.as_of, months_ahead(case))


def calendars(case: Case) -> Mapping[str, tuple[datetime.date, ...]]:
    """``part.calendar`` → its dates."""
    parts = case.world.parts if case.world is not None else {}
    return {
        f"{part}.{name}": days
        for part, spec in parts.items()
        if isinstance(spec, (Own, Use))
        for name, days in spec.calendars.items()
    }


def day_of(case: Case, day: datetime.date | str) -> datetime.date | None:
    """A typed day, or the first one of a calendar after the date of the case; None where there is none."""
    if isinstance(day, datetime.date):
        return day
    return min(
        (d for d in calendars(case).get(day, ()) if case.as_of is not None and d > case.as_of), default=None
    )


def lead_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What cannot be of when steps begin and by when they are due."""
    yield from _days(case)
    lead, at = case.steps.lead if case.steps is not None else None, ("steps", "lead")
    if lead is None:
        return
    if case.as_of is None:
        yield at, "it is counted from the date of the case: add 'as_of: DATE' at the top"
        return
    start = months_after(case.as_of, lead)
    if case.world is not None and lead >= case.world.months:
        yield (
            at,
            f"nothing would begin before {start}, when the world of the case is over ('months: {case.world.months}'): type fewer months",
        )
    for name, deadline in case.deadlines.items():
        if case.as_of < deadline.on <= start:
            yield (
                ("deadlines", name, "on"),
                f"this deadline, {deadline.on}, is over when the first step begins, on {start} ('steps: {{lead: {lead}}}'): "
                "type a shorter lead, or leave the deadline out",
            )
    for name, guarantee in case.guarantees.items():
        if guarantee.until is not None and case.as_of < guarantee.until <= start:
            yield (
                ("guarantees", name, "until"),
                f"a guarantee until {guarantee.until} is over when the first step begins, on {start} ('steps: {{lead: {lead}}}'): "
                "type a shorter lead, or leave it out",
            )


def _days(case: Case) -> Iterator[tuple[Path, str]]:
    known = calendars(case)
    for name, issue in case.issues.items():
        for key in ENDS:
            day = getattr(issue, key)
            at: Path = ("issues", name, key)
            if day is None:
                continue
            if case.as_of is None:
                yield at, "it is counted from the date of the case: add 'as_of: DATE' at the top"
            elif isinstance(day, str) and day not in known:
                yield (
                    at,
                    f"there is no calendar '{day}' in the world of the case{one_of(day, known)}: name one as 'part.calendar', or type a date",
                )
            elif (found := day_of(case, day)) is None:
                yield at, f"no date of '{day}' lies after the date of the case, {case.as_of}"
            elif found <= case.as_of:
                yield (
                    at,
                    f"a day by which something has to be done must lie after the date of the case, {case.as_of}: found {found}",
                )
        begun, done = (
            None if getattr(issue, key) is None else day_of(case, getattr(issue, key)) for key in ENDS
        )
        if begun is not None and done is not None and begun > done:
            yield (
                ("issues", name, "begun_by"),
                f"it could be begun on {begun}, after it has to be done, on {done}",
            )
