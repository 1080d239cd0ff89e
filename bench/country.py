"""A world of the size of a whole country, as a case would write it: what the engine of equations is measured on.

Four parts stand for what such worlds have: a resource that sanctions cut, the loyalty that it buys, a movement whose support
comes and goes with votes and hunger, talks that begin and break off. A country has several regions of each but the talks, that
lean on their neighbours, and one office that is lost in one of several ways.
"""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from detente.case.mechanism import Movement, Part
from detente.case.typed import Reader
from detente.case.wiring import Wiring, wire
from detente.world.form import Form, form
from detente.world.run import Run, dated, prepared

__all__ = ["MONTHS", "START", "Country", "country", "ready"]

MONTHS = 60
START = datetime.date(2021, 6, 3)
ISSUES = {
    "sanctions": ("banned", "modified", "removed"),
    "funds": ("frozen", "released"),
    "vote": ("none", "set"),
}
HOME = {"sanctions": "banned", "funds": "frozen", "vote": "none"}


def _money(n: int, before: int) -> dict[str, Any]:
    return {
        "numbers": {"now": 0.3, "pace": 0.06, "spread": 0.03, "rate": 0.02, "loss": {"banned": 0.6, "modified": 0.3, "removed": 0}},
        "values": {
            "flow": "output * price * (1 - loss[sanctions] * (1 - evasion))",
            "income": f"flow + (if happened(freed) then 0.05 else 0) + 0.1 * (before(money{before}.income) ?? flow)",
        },
        "levels": {
            "output": {"start": "now", "next": "clamp(output + pace * (0.4 + 0.6 * min(before(flow) ?? 0.3, 1) - output) + spread * shock, 0, 1)", "unit": "share"},
            "price": {"start": "1", "next": "price * exp(0.05 * (0 - log(price)) + 0.08 * shock)", "unit": "share"},
            "evasion": {"start": "0.1", "next": "evasion + 0.02 * (0.5 - evasion)", "unit": "share"},
        },
        "events": {"freed": {"chance": "rate * (1 - evasion)", "once": True}},
    }  # fmt: skip


def _loyalty(n: int, before: int) -> dict[str, Any]:
    return {
        "numbers": {"pace": 0.2, "spread": 0.05, "need": 0.3, "scale": 0.4, "today": 0.004, "deserted": 0.4, "exit": 0.004},
        "values": {
            "offer": f"0.2 + 0.2 * before(movement{n}.support) - 0.1 * (before(talks0.trust) ?? 0)",
            "drawn": f"probit((money{n}.income + 0.2 - offer - need) / scale)",
            "danger": "clamp(exp(log(deserted) + loyal * (log(today) - log(deserted))), 0, 1)",
        },
        "levels": {
            "loyal": {"start": "0.7", "next": "clamp(loyal + pace * (drawn - loyal) + spread * shock - (if before(plotted) then 0.1 else 0), 0, 1)", "unit": "share"},
        },
        "events": {
            "plotted": {"chance": "0.05 * (1 - loyal) * (1 - loyal)"},
            "fell": {"chance": "danger * 0.2 * (if happened(talks0.began) then 0.8 else 1)", "ends": "office"},
            "left": {"chance": "exit * (1 - loyal)", "ends": "office"},
        },
    }  # fmt: skip


def _movement(n: int, before: int) -> dict[str, Any]:
    return {
        "numbers": {"fade": 0.02, "spread": 0.04, "swing": {"range": 2.5, "unit": "number"}, "turn": 0.3},
        "calendars": {"polls": ["2021-11-21", "2024-05-20", "2025-11-23"]},
        "values": {
            "share": f"logistic(swing * (support - 0.5) + hunger - 0.5 * loyalty{before}.loyal)" if before != n else "logistic(swing * (support - 0.5))",
            "since": "months_since(polled) ?? 24",
        },
        "levels": {
            "hunger": {"start": "0.3", "next": f"clamp(hunger + 0.03 * (0.5 - money{n}.income) + 0.02 * shock, 0, 1)", "unit": "share"},
            "support": {"start": "0.4", "next": "clamp(support - fade * support + 0.03 * hunger * (1 - support) + spread * shock + (if since < 3 then 0.02 else 0), 0, 1)", "unit": "share"},
            "turnout": {"next": "if polled then clamp(turn + 0.4 * support, 0, 1) else turnout", "unit": "share"},
        },
        "events": {
            "polled": {"on": "polls"},
            "won": {"on": "polls", "chance": "clamp(share * (turnout ?? 0.3) * 1.5, 0, 1)"},
        },
    }  # fmt: skip


def _talks(n: int, before: int) -> dict[str, Any]:
    return {
        "numbers": {"rate": 0.08, "patience": 0.03, "gain": 0.1},
        "values": {"wanted": f"rate * (1.5 - before(loyalty{n}.loyal)) * (if sanctions is banned then 1 else 0.5)"},
        "levels": {
            "trust": {"start": "0.2", "next": "clamp(trust + (if stepped then gain else 0) - (if broke then 2 * gain else 0) - 0.01 * trust, 0, 1)", "unit": "share"},
            "on": {"start": "0", "next": "if began then 1 else (if broke then 0 else on)", "unit": "share"},
        },
        "events": {
            "began": {"chance": "if before(on) < 0.5 then wanted else 0"},
            "broke": {"chance": "if before(on) > 0.5 then patience + 0.05 * (1 - (before(trust) ?? 0)) else 0", "one_of": f"talk{n}"},
            "stepped": {"chance": "if before(on) > 0.5 then 0.1 + 0.2 * (before(trust) ?? 0) else 0", "one_of": f"talk{n}"},
        },
    }  # fmt: skip


class Country(NamedTuple):
    """A world with everything that is asked of it."""

    wiring: Wiring
    form: Form
    summed: tuple[str, ...]


def country(regions: int = 2) -> Country:
    """A country of so many regions; one of two has some 365 operations and 21 places that draw something."""
    parts = {
        f"{kind}{n}": make(n, (n - 1) % regions)
        for n in range(regions)
        for kind, make in (("money", _money), ("loyalty", _loyalty), ("movement", _movement), ("talks", _talks))
    }  # fmt: skip
    moves = {
        "sanctions": {"modified": "talks0.stepped", "banned": "talks0.broke"},
        "funds": {"by": "talks0.trust", "frozen": 0.2, "released": 0.8},
        "vote": {"set": "movement0.won"},
    }
    known = TypeAdapter(dict[str, Part]).validate_python(parts)
    wiring = wire(known, {}, ISSUES, TypeAdapter(dict[str, Movement]).validate_python(moves))
    if not isinstance(wiring, Wiring):
        raise SystemExit(f"this world makes no sense: {wiring}")
    reader = Reader(dict(wiring.slots), set(parts))
    events = sorted(n for n, s in wiring.slots.items() if s.sort == "event")
    asked = [f"happened({n})" for n in events]
    asked += [f"{issue} is {option}" for issue, options in ISSUES.items() for option in options]
    made = form(wiring, HOME, asked=[reader.read(a, truth=True).node for a in asked])
    levels = sorted(n for n, s in wiring.slots.items() if s.sort == "level")
    return Country(wiring, made, tuple(levels))


def ready(of: Country, draws: int, *, months: int = MONTHS) -> Run:
    """The country with numbers that differ a little from draw to draw."""
    around = 1 + 0.05 * (np.arange(draws) % 16 - 7.5) / 7.5
    values = {}
    for name, figure in of.wiring.figures.items():
        for option, one in figure.items() if isinstance(figure, dict) else [("", figure)]:
            values[f"{name}[{option}]" if option else name] = one.median * around
    dates = dated(of.wiring.calendars, of.form.calendars, START, months)
    return prepared(of.form, values, HOME, dates, summed=of.summed, paths=of.summed[:2])
