"""Shares that add up to one, month by month."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from detente.charts.vega import PALETTE, layer, number, quantity, short
from detente.document import Chart, Table

__all__ = ["shares"]

HEIGHT = 190

SHORT, LONG = 18, 42
"""Letters of the longest name up to which two stand side by side on a telephone, and those of a line of one."""

EVERY = 12
"""Tables have every twelfth month, and the last, which the sentences speak of."""


def shares(id: str, caption: str, rows: Mapping[str, Sequence[float]], *, every: int = EVERY) -> Chart:
    """Shares that add up to one in each month, stacked in the order given; the names stand in the legend."""
    colours = ("teal", "brick", "ochre", "plum", "olive", "navy")
    names = list(rows)
    said = {name: "\n".join(textwrap.wrap(name, LONG)) for name in names}
    months = len(next(iter(rows.values()), ()))
    values: list[dict[str, Any]] = []
    for month in range(months):
        below = 0.0
        for name in names:
            share = float(rows[name][month])
            values.append(
                {
                    "part": "share",
                    "kind": said[name],
                    "x": month,
                    "y": short(below),
                    "y2": short(below + share),
                }
            )
            below += share
    columns = 2 if max(map(len, names), default=0) <= SHORT else 1
    y = quantity("y", title=["Share of worlds"], domain=(0, 1), grid=True)
    y["axis"]["format"] = ".0%"
    layers = [
        layer(
            "share",
            {"type": "area", "opacity": 0.85},
            {
                "x": quantity(
                    "x", title=["Months from the date of the case"], domain=(0, max(1, months - 1))
                ),
                "y": y,
                "y2": {"field": "y2"},
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "scale": {
                        "domain": list(said.values()),
                        "range": [PALETTE[colours[n % 6]] for n in range(len(names))],
                    },
                    "legend": {"orient": "bottom", "title": None, "columns": columns, "symbolType": "square"},
                },
            },
        )
    ]
    alt = "No shares to show."
    if months:
        alt = "At the end: " + "; ".join(f"{name} {number(rows[name][-1], True)}" for name in names) + "."
    table = Table(
        caption,
        ("Month", *names),
        [
            (str(m), *(number(float(rows[name][m]), True) for name in names))
            for m in range(months)
            if m % every == 0 or m == months - 1
        ],
        numeric=tuple(range(len(names) + 1)),
        keep=(-1,),
    )
    return Chart(id, caption, {"data": {"values": values}, "layer": layers}, alt, table, height=HEIGHT + 40)
