"""Two small worlds worked out exactly: every state that a month can end in, with its chance.

The rules are written from the words of the cases ``stockpile`` and ``parliament``, month by month; nothing of the engine, of its
language or of the case files is used here but the numbers that are given.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import NamedTuple

__all__ = ["Parliament", "Stockpile", "parliament", "stockpile"]


class Stockpile(NamedTuple):
    """Its numbers."""

    now: float
    batch: float
    runs: float
    enough: float
    left: float
    sees: dict[str, float]
    rate: float


def stockpile(
    of: Stockpile, meetings: set[int], months: int, *, enrichment: str = "sixty", inspection: str = "partial"
) -> list[dict[str, float]]:
    """For every month the chances that by then the stock has been enough, a strike has been made, both; and that it has been
    enough while the last report shows less.

    A month: a strike of last month has left a part of the stock, and a batch is added with a chance unless
    enrichment is capped. By the report of last month, the alarm is 0 up to half of the threshold and 1 at it; a strike
    follows, once, with a chance in proportion, and sends inspectors home. Then, in months with a meeting, they report the
    stock, with a chance that depends on what they are let see.
    """
    # Stock, last report, whether it was ever enough, months since the strike (None: none yet; 1: more than 0).
    states: dict[tuple[float, float, bool, int | None], float] = {
        (of.now, of.now, of.now >= of.enough, None): 1.0
    }
    found = [_stockpile_shares(states, of.enough)]
    for month in range(1, months + 1):
        after: dict[tuple[float, float, bool, int | None], float] = defaultdict(float)
        for (kg, known, crossed, struck), chance in states.items():
            alarm = min(max(2 * known / of.enough - 1, 0), 1)
            hit = of.rate * alarm if struck is None else 0.0
            rest = of.left * kg if struck == 0 else kg
            grows = of.runs if enrichment == "sixty" else 0.0
            for stock, p in ((rest + of.batch, grows), (rest, 1 - grows)):
                for strike, q in ((0, hit), (None if struck is None else 1, 1 - hit)):
                    sees = of.sees[inspection if strike is None else "barred"] if month in meetings else 0.0
                    for report, r in ((stock, sees), (known, 1 - sees)):
                        if p * q * r:
                            after[stock, report, crossed or stock >= of.enough, strike] += chance * p * q * r
        states = dict(after)
        found.append(_stockpile_shares(states, of.enough))
    return found


def _stockpile_shares(
    states: dict[tuple[float, float, bool, int | None], float], enough: float
) -> dict[str, float]:
    shares = dict.fromkeys(("crossed", "struck", "both", "unseen"), 0.0)
    for (_, known, crossed, struck), chance in states.items():
        shares["crossed"] += chance * crossed
        shares["struck"] += chance * (struck is not None)
        shares["both"] += chance * (crossed and struck is not None)
        shares["unseen"] += chance * (crossed and known < enough)
    assert math.isclose(sum(states.values()), 1)
    return shares


class Parliament(NamedTuple):
    """Its numbers."""

    missing: float
    sways: float
    fear: float
    unsure: float
    topples: float
    rift: float
    first: float
    more: float
    grants: float


class _House(NamedTuple):
    short: float
    left: float
    fell: int
    """0: not; 1: last month; 2: before."""
    more_time: int
    """0: not; 1: granted last month; 2: before."""
    end: str
    """open, passed or out."""


def parliament(
    of: Parliament, votes: set[int], councils: set[int], days: set[int], months: int
) -> list[dict[str, float]]:
    """For every month the chances that by then the house has passed the text, the country is out without one, the leader has
    fallen, time has been granted; and the mean number of votes that are missing.

    A month: one more has gone by, at least one is left; time granted last month is added. A share of those who hold out
    comes round, as large as the fear by the months left; their number is rounded by chance to a whole one on either
    side. If the leader fell last month, the successor's friends are added. A vote passes with the chance that the whips
    are off by more than what is missing (normal); if it fails while the question is open, the leader falls with a
    chance, once. At a council, more time is granted with a chance, once, if the question was open last month. On a day
    of leaving without time granted in the same month the country is out; a vote in that month would share the chance.
    """
    states: dict[_House, float] = {_House(of.missing, of.first, 0, 0, "open"): 1.0}
    found = [_parliament_shares(states)]
    for month in range(1, months + 1):
        after: dict[_House, float] = defaultdict(float)
        for was, chance in states.items():
            left = max(was.left - 1 + (of.more if was.more_time == 1 else 0), 1)
            comes = of.fear / left * was.short
            least = math.floor(comes)
            for many, p in ((least + 1, comes - least), (least, 1 - comes + least)):
                short = was.short - many + (of.rift if was.fell == 1 else 0)
                for now, q in _outcomes(of, was, short, left, month, (votes, councils, days)):
                    if p * q:
                        after[now] += chance * p * q
        states = dict(after)
        found.append(_parliament_shares(states))
    return found


def _outcomes(
    of: Parliament,
    was: _House,
    short: float,
    left: float,
    month: int,
    dates: tuple[set[int], set[int], set[int]],
) -> list[tuple[_House, float]]:
    """How a month ends once it is known how many are missing, with the chance of each way."""
    votes, councils, days = dates
    found = []
    asks = of.grants if month in councils and was.end == "open" and was.more_time == 0 else 0.0
    for granted, p in ((True, asks), (False, 1 - asks)):
        time = 1 if granted else min(2, 2 * was.more_time)
        carries = _normal((of.sways - short) / of.unsure) if month in votes else 0.0
        out = 1.0 if month in days and not granted else 0.0
        scale = max(1.0, carries + out)
        ends = (
            {was.end: 1.0}
            if was.end != "open"
            else {
                "passed": carries / scale,
                "out": out / scale,
                "open": 1 - (carries + out) / scale,
            }
        )
        for end, q in ends.items():
            lost = month in votes and was.end == "open" and end != "passed"
            falls = of.topples if lost and was.fell == 0 else 0.0
            stays = min(2, 2 * was.fell)
            for fell, r in ((1, falls), (stays, 1 - falls)):
                found.append((_House(short, left, fell, time, end), p * q * r))
    return found


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


def _parliament_shares(states: dict[_House, float]) -> dict[str, float]:
    assert math.isclose(sum(states.values()), 1)
    shares = dict.fromkeys(("passed", "out", "fell", "extended", "short"), 0.0)
    for house, chance in states.items():
        shares["passed"] += chance * (house.end == "passed")
        shares["out"] += chance * (house.end == "out")
        shares["fell"] += chance * (house.fell > 0)
        shares["extended"] += chance * (house.more_time > 0)
        shares["short"] += chance * house.short
    return shares
