"""Months between days, the same everywhere: a month later is the same day of the next month, or its last."""

from __future__ import annotations

import calendar
import datetime

__all__ = ["months_after", "months_until", "whole_months"]


def months_after(day: datetime.date, months: int) -> datetime.date:
    """The day so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def whole_months(start: datetime.date, day: datetime.date) -> int:
    """The most months after which ``day`` has not passed: 2 from 31 January to 5 April."""
    months = (day.year - start.year) * 12 + day.month - start.month
    return months if months_after(start, months) <= day else months - 1


def months_until(start: datetime.date, day: datetime.date) -> int:
    """The fewest months after which ``day`` has come: 3 from 31 January to 5 April; at least 1."""
    whole = whole_months(start, day)
    return max(1, whole if months_after(start, whole) == day else whole + 1)
