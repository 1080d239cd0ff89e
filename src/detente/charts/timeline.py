"""Steps one after another, each with what holds it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from detente.charts.vega import LINE, PALETTE, layer, lines, pixels, quantity, row_words, short
from detente.document import Chart, Table
from detente.figures import signed

__all__ = ["Span", "timeline"]


class Span(NamedTuple):
    """One batch of steps."""

    words: str
    start: float
    """Months."""
    end: float
    margin: float | None
    """Points by which going on is better than the best way out, of whoever has the least; None: a line is crossed."""
    weakest: str


def timeline(id: str, caption: str, rows: Sequence[Span]) -> Chart:
    """A bar for each span from its first to its last month, in reading order; beside it the smallest margin."""
    values: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        words = lines(row.words)
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words)
        holds = row.margin is not None and row.margin >= 0
        margin = "a line" if row.margin is None else signed(row.margin)
        values.append(
            {
                "part": "span",
                "kind": "holds" if holds else "does not hold",
                "x": short(row.start),
                "x2": short(max(row.end, row.start + 0.08)),
                "y": top + 1,
                "y2": top + 14,
                "middle": top + 8,
                "words": f"{'' if holds else '✕ '}{margin}  {row.weakest}",
            }
        )
        top += 14 + 10
    last = max((row.end for row in rows), default=1.0)
    kinds = ["holds", "does not hold"]
    middle = {**pixels(top), "field": "middle"}
    layers = [
        layer(
            "span",
            {"type": "rect"},
            {
                "x": quantity("x", title=["Months from the beginning"], domain=(0, 1.9 * last), grid=True),
                "x2": {"field": "x2"},
                "y": pixels(top),
                "y2": {"field": "y2"},
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "legend": None,
                    "scale": {"domain": kinds, "range": [PALETTE["teal"], PALETTE["brick"]]},
                },
            },
        ),
        layer(
            "span",
            {"type": "text", "align": "left", "baseline": "middle", "dx": 7, "color": PALETTE["ink"]},
            {"x": quantity("x2"), "y": middle, "text": {"field": "words"}},
        ),
        *row_words(top),
    ]
    worst = min(rows, key=lambda row: -math.inf if row.margin is None else row.margin, default=None)
    alt = "No steps to show."
    if worst is not None:
        least = "a line is crossed" if worst.margin is None else f"{signed(worst.margin)} points"
        alt = f"Smallest margin: {least}, {worst.weakest}, at “{worst.words}”."
    table = Table(
        caption,
        ("Stage", "From month", "To month", "Smallest margin", "Whose"),
        [
            (
                r.words,
                f"{r.start:g}",
                f"{r.end:g}",
                "a line" if r.margin is None else signed(r.margin),
                r.weakest,
            )
            for r in rows
        ],
        numeric=(1, 2, 3),
        keep=range(len(rows)),
    )
    return Chart(id, caption, {"data": {"values": values}, "layer": layers}, alt, table, height=top)
