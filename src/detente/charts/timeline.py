"""Steps one after another, each with what holds it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from detente.charts.vega import LINE, PALETTE, layer, lines, pixels, quantity, row_words, short, time
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


def timeline(id: str, caption: str, rows: Sequence[Span], start: str | None = None) -> Chart:
    """A bar for each span from its first to its last month after ``start`` (ISO), in reading order; above it its words.

    What does not hold is told by a cross, a dashed outline and an empty bar.
    """
    values: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        holds = row.margin is not None and row.margin >= 0
        margin = "a line of" if row.margin is None else f"{signed(row.margin)} points,"
        words = [*lines(row.words), *lines(f"{'' if holds else '✕ '}{margin} {row.weakest}")]
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words)
        end = {"x2": short(row.end)} if row.end > row.start else {}
        span = {"part": "span" if end else "end", "kind": "holds" if holds else "does not hold"}
        values.append({**span, "x": short(row.start), **end, "y": top + 1, "y2": top + 12, "middle": top + 7})
        top += 12 + 10
    last = max((row.end for row in rows), default=0.0) or 1.0
    x = time("x", (0, 1.04 * last), start, "Months from the beginning")
    kinds = ["holds", "does not hold"]
    look = {
        channel: {"field": "kind", "type": "nominal", "legend": None, "scale": {"domain": kinds, "range": of}}
        for channel, of in {
            "fill": [PALETTE["teal"], "transparent"],
            "stroke": [PALETTE["teal"], PALETTE["brick"]],
            "strokeDash": [[1, 0], [4, 3]],
        }.items()
    }
    layers = [
        layer("span", {"type": "rect", "strokeWidth": 1.5}, {
            "x": x, "x2": {"field": "x2"}, "y": pixels(top), "y2": {"field": "y2"}, **look}),
        layer("end", {"type": "point", "shape": "diamond", "size": 90, "opacity": 1}, {
            "x": quantity("x"), "y": {**pixels(top), "field": "middle"}, **look}),
        *row_words(top),
    ]  # fmt: skip
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
