"""Where a path may go: a median with two bands, month by month; and shares that add up to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from detente.charts.vega import PALETTE, layer, number, quantity, short, wrapped_title
from detente.document import Chart, Table
from detente.figures import plural

__all__ = ["fan", "shares"]

HEIGHT = 190


SHORT = 22
"""Letters of the longest name up to which two stand side by side on a telephone."""

EVERY = 12
"""Tables have every twelfth month, and the last, which the sentences speak of."""


def fan(
    id: str,
    caption: str,
    lines: Sequence[Sequence[float | None]],
    *,
    y_title: str,
    percent: bool = True,
    unit: str = "",
    digits: int = 1,
    every: int = EVERY,
) -> Chart:
    """``lines``: 5th, 25th, 50th, 75th and 95th percentile in each month, month 0 first, None before anything was measured.
    Numbers are said in percent, or with so many ``digits`` and the ``unit`` behind."""

    bare = partial(number, percent=percent, digits=digits)
    after = f" {unit}" if unit else ""
    values: list[dict[str, Any]] = []
    for month, line in enumerate(zip(*lines, strict=True)):
        if any(v is None for v in line):
            continue
        low, lower, middle, upper, high = (float(v) for v in line if v is not None)
        values.append(
            {
                "part": "fan",
                "x": month,
                "low": short(low),
                "lower": short(lower),
                "y": short(middle),
                "upper": short(upper),
                "high": short(high),
                "tip": f"month {month}\nmedian {bare(middle)}{after}\n90%: {bare(low)} to {bare(high)}{after}",
            }
        )
    last = max(1, len(lines[0]) - 1)
    x = quantity("x", title=["Months from the date of the case"], domain=(0, last), grid=False)
    y = _upright(values, y_title, percent)
    layers = [
        layer(
            "fan",
            {"type": "area", "color": PALETTE["navy"], "opacity": 0.18},
            {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        ),
        layer(
            "fan",
            {"type": "area", "color": PALETTE["navy"], "opacity": 0.3},
            {"x": quantity("x"), "y": quantity("lower"), "y2": {"field": "upper"}},
        ),
        layer(
            "fan",
            {"type": "line", "color": PALETTE["navy"], "strokeWidth": 2},
            {"x": quantity("x"), "y": quantity("y"), "tooltip": {"field": "tip"}},
        ),
    ]
    alt = "No path to show."
    if values:
        begin, end = values[0], values[-1]
        first = f"after {plural(begin['x'], 'month')}, when it is first measured,"
        when = first if begin["x"] else "now"
        alt = (
            f"Median {bare(begin['y'])}{after} {when} and {bare(end['y'])}{after} after {plural(end['x'], 'month')}; then nine in "
            f"ten worlds lie between {bare(end['low'])} and {bare(end['high'])}{after}."
        )
    table = Table(
        caption,
        ("Month", "5%", "25%", f"Median, {unit}" if unit else "Median", "75%", "95%"),
        [
            (str(r["x"]), *(bare(r[k]) for k in ("low", "lower", "y", "upper", "high")))
            for r in values
            if r["x"] % every == 0 or r["x"] == values[-1]["x"]
        ],
        numeric=(0, 1, 2, 3, 4, 5),
        keep=(-1,),
    )
    return Chart(id, caption, {"data": {"values": values}, "layer": layers}, alt, table, height=HEIGHT)


def _upright(values: Sequence[Mapping[str, Any]], title: str, percent: bool) -> dict[str, Any]:
    """The axis of a fan, from the least to the most of it, with 0."""
    top = 1.05 * max([*(v["high"] for v in values), 1e-9])
    bottom = 1.05 * min([*(v["low"] for v in values), 0.0])
    domain = (bottom, min(top, 1.0) if percent else top)
    y = quantity("y", title=wrapped_title(title), domain=domain, grid=True)
    if percent:
        y["axis"]["format"] = ".0%"
    return y


def shares(id: str, caption: str, rows: Mapping[str, Sequence[float]], *, every: int = EVERY) -> Chart:
    """Shares that add up to one in each month, stacked in the order given; the names stand in the legend."""
    colours = ("teal", "brick", "ochre", "plum", "olive", "navy")
    names = list(rows)
    months = len(next(iter(rows.values()), ()))
    values: list[dict[str, Any]] = []
    for month in range(months):
        below = 0.0
        for name in names:
            share = float(rows[name][month])
            values.append(
                {
                    "part": "share",
                    "kind": name,
                    "x": month,
                    "y": short(below),
                    "y2": short(below + share),
                    "tip": f"{name}, month {month}: {number(share, True)}",
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
                    "scale": {"domain": names, "range": [PALETTE[colours[n % 6]] for n in range(len(names))]},
                    "legend": {"orient": "bottom", "title": None, "columns": columns, "symbolType": "square"},
                },
                "tooltip": {"field": "tip"},
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
