"""Shares that add up to one, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.charts.vega import LINE, PALETTE, layer, lines, number, pixels, row_words, short, time
from detente.document import Chart, Table

__all__ = ["shares"]

STRIP = 40
"""Pixels from none to all."""

EVERY = 12
"""Tables have every twelfth month, and the last, which the sentences speak of."""

SEEN = 0.005
"""A share that never reaches this would be a picture of nothing; it is in the table."""


def shares(
    id: str,
    caption: str,
    rows: Mapping[str, Sequence[float]],
    *,
    start: str | None = None,
    every: int = EVERY,
) -> Chart:
    """Shares that add up to one in each month after ``start`` (ISO): a strip for each, from none to all, under its words.

    Strips stand one below the other, so that place and words tell them apart and not colour.
    """
    names = list(rows)
    months = len(next(iter(rows.values()), ()))
    values: list[dict[str, Any]] = []
    top = 0
    for name in names:
        if max(rows[name], default=0) < SEEN:
            continue
        words = lines(f"{name}: {number(float(rows[name][-1]), True)} at the end")
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words) + 2
        values += [{"part": "edge", "y": top + at} for at in (0, STRIP)]
        values += [
            {
                "part": "share",
                "kind": name,
                "x": month,
                "y": short(top + STRIP * (1 - share)),
                "y2": top + STRIP,
            }
            for month, share in enumerate(map(float, rows[name]))
        ]
        top += STRIP + 12
    x = time("x", (0, max(1, months - 1)), start, "Months from the date of the case")
    strip = {
        "x": x,
        "y": pixels(top),
        "y2": {"field": "y2"},
        "detail": {"field": "kind"},
    }
    layers = [
        layer("edge", {"type": "rule", "color": PALETTE["rule"]}, {"y": pixels(top)}),
        layer("share", {"type": "area", "color": PALETTE["teal"]}, strip),
        *row_words(top),
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
    return Chart(id, caption, {"data": {"values": values}, "layer": layers}, alt, table, height=max(top, 1))
