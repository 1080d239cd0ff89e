"""A small world that is ready to be run: levels that wander, an event that moves an issue and one that ends a rule."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from detente.case.mechanism import Movement, Part
from detente.case.typed import Reader
from detente.case.wiring import Wiring, wire
from detente.world.form import form
from detente.world.run import Run, dated, prepared

__all__ = ["plain"]

ISSUES = {"sanctions": ("kept", "lifted")}
PART: dict[str, Any] = {
    "numbers": {"h": 0.05, "pace": 0.1, "danger": {"kept": 0.04, "lifted": 0.01}},
    "levels": {
        "money": {"start": "0.5", "next": "clamp(money + pace * shock, 0, 1)", "unit": "share"},
        "people": {"start": "40", "next": "whole(0.99 * people)", "unit": "people"},
    },
    "events": {
        "eased": {"chance": "h * (1 - money)", "once": True},
        "fell": {"chance": "danger[sanctions]", "ends": "rule"},
    },
}


def plain(draws: int = 5, months: int = 12, odd: str = "0") -> Run:
    """Draws that differ in a number, with conditions, sums and paths to be looked at; ``odd``: an equation beside."""
    parts = TypeAdapter(dict[str, Part]).validate_python({"p": {**PART, "values": {"odd": odd}}})
    moves = TypeAdapter(dict[str, Movement]).validate_python({"sanctions": {"lifted": "p.eased"}})
    wiring = wire(parts, {}, ISSUES, moves)
    assert isinstance(wiring, Wiring), wiring
    reader = Reader(dict(wiring.slots), set(parts))
    asked = [reader.read(text, truth=True).node for text in ("happened(p.fell)", "sanctions is lifted")]
    home = {"sanctions": "kept"}
    made = form(wiring, home, asked=asked)
    values = {
        "p.h": np.linspace(0.01, 0.1, draws),
        "p.pace": np.full(draws, 0.1),
        "p.danger[kept]": np.full(draws, 0.04),
        "p.danger[lifted]": np.full(draws, 0.01),
    }
    dates = dated(wiring.calendars, made.calendars, datetime.date(2021, 6, 3), months)
    return prepared(made, values, home, dates, summed=("p.people",), paths=("p.money",))
