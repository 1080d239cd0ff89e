"""One row per thing: acceptance under rival readings, gains over no deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from detente.charts.vega import (
    LINE,
    PALETTE,
    extent,
    layer,
    lines,
    number,
    padded,
    pixels,
    quantity,
    row_words,
    short,
    wrapped_title,
)
from detente.document import Chart, Table
from detente.figures import joined, signed

__all__ = ["gain_strip", "grouped_bars"]

_CYCLE = ("navy", "ochre", "teal", "plum", "brick", "olive")


def grouped_bars(
    id: str,
    caption: str,
    rows: Sequence[tuple[str, str, float, float, float]],
    *,
    x_title: str = "Share of draws in which everyone needed accepts",
    percent: bool = True,
    note: str = "",
) -> Chart:
    """One bar per (group, category) with its error bar: the acceptance of packages under rival readings.

    ``rows`` hold (group, category, value, low, high) in reading order; rows of a group follow one another.
    Shares run from 0 to 1. ``note`` stands under the table.
    """
    categories = list(dict.fromkeys(row[1] for row in rows))
    colour = {name: PALETTE[_CYCLE[i % len(_CYCLE)]] for i, name in enumerate(categories)}
    values: list[dict[str, Any]] = []
    top = 0
    group = None
    for name, category, value, low, high in rows:
        if name != group:
            words = lines(name)
            top += 10 if group is not None else 0
            values.append({"part": "group", "y": top, "words": words})
            top += LINE * len(words) + 3
            group = name
        words = lines(category)
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words) - 2
        text = number(value, percent)
        values.append(
            {
                "part": "bar",
                "kind": category,
                "x": 0,
                "x2": short(value),
                "low": short(low),
                "high": short(high),
                "y": top + 2,
                "y2": top + 14,
                "middle": top + 8,
                "words": text,
                "tip": f"{name}\n{category}: {text} ({number(low, percent)} to {number(high, percent)})",
            }
        )
        top += 14 + 8
    reach = extent([0.0, *(v for row in rows for v in row[2:5])])
    ceiling = 1.0 if percent else reach[1]
    domain = (min(reach[0], 0.0), ceiling + 0.16 * (ceiling - reach[0]))
    middle = {**pixels(top), "field": "middle"}
    layers = [
        layer(
            "bar",
            {"type": "rect"},
            {
                "x": quantity(
                    "x",
                    title=wrapped_title(x_title),
                    domain=domain,
                    grid=True,
                    percent=percent,
                    within=(reach[0], ceiling),
                ),
                "x2": {"field": "x2"},
                "y": pixels(top),
                "y2": {"field": "y2"},
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "legend": None,
                    "scale": {"domain": categories, "range": [colour[c] for c in categories]},
                },
                "tooltip": {"field": "tip"},
            },
        ),
        *(
            layer(
                "bar",
                {"type": "rule", "color": PALETTE[colour], "strokeWidth": width},
                {"x": quantity("low"), "x2": {"field": "high"}, "y": middle, "tooltip": {"field": "tip"}},
            )
            for colour, width in (("paper", 4), ("ink", 1.5))  # a halo: the bar may be as light as the ink
        ),
        *(
            layer(
                "bar",
                {"type": "tick", "orient": "vertical", "thickness": 1.5, "size": 8, "color": PALETTE["ink"]},
                {"x": quantity(end), "y": middle},
            )
            for end in ("low", "high")
        ),
        layer(
            "bar",
            {"type": "text", "align": "left", "baseline": "middle", "dx": 7, "color": PALETTE["ink"]},
            {"x": quantity("high"), "y": middle, "text": {"field": "words"}},
        ),
        *row_words(top, part="group", weight="bold"),
        *row_words(top, colour="muted"),
    ]
    best = max(rows, key=lambda r: r[2], default=None)
    worst = min(rows, key=lambda r: r[2], default=None)
    alt = "No bars to show."
    if best is not None and worst is not None:
        alt = (
            f"Highest: {best[0]}, {best[1]}, {number(best[2], percent)}."
            f" Lowest: {worst[0]}, {worst[1]}, {number(worst[2], percent)}."
        )
    table = Table(
        caption,
        ("", "Reading", "Value", "Low", "High"),
        [(r[0], r[1], *(number(v, percent) for v in r[2:5])) for r in rows],
        numeric=(2, 3, 4),
        note=note,
        keep=[rows.index(row) for row in (best, worst) if row is not None],
    )
    return Chart(id, caption, {"data": {"values": values}, "layer": layers}, alt, table, height=top)


def gain_strip(
    id: str,
    caption: str,
    rows: Sequence[tuple[str, float, float, float]],
    *,
    x_title: str = "Gain over no deal (each faction's own points)",
) -> Chart:
    """Each faction's gain over no deal: best estimate and 5–95% range against the line where deals begin.

    ``rows`` hold (faction, best estimate, 5th percentile, 95th percentile), in points. A disc stands right of
    or on the line, a cross left of it.
    """
    values: list[dict[str, Any]] = []
    top = 0
    for label, value, low, high in rows:
        words = lines(label)
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words)
        spread = f"{signed(low)} to {signed(high)}"
        values.append(
            {
                "part": "gain",
                "kind": "at least no deal" if value >= 0 else "below no deal",
                "x": short(value),
                "low": short(low),
                "high": short(high),
                "y": top + 9,
                "tip": f"{label}\nbest estimate {signed(value)}\n5–95%: {spread}",
            }
        )
        top += 18 + 10
    values.append({"part": "zero", "x": 0})
    reach = extent([0.0, *(v for row in rows for v in row[1:4])])
    names = ["at least no deal", "below no deal"]
    y = pixels(top)
    legend = {"orient": "top", "title": None, "symbolSize": 90}
    layers = [
        layer("zero", {"type": "rule", "color": PALETTE["ink"], "strokeWidth": 1.5}, {"x": quantity("x")}),
        layer(
            "gain",
            {"type": "rule", "strokeWidth": 5, "color": PALETTE["faint"], "opacity": 0.7},
            {"x": quantity("low"), "x2": {"field": "high"}, "y": y, "tooltip": {"field": "tip"}},
        ),
        layer(
            "gain",
            {"type": "point", "filled": True, "size": 120, "opacity": 1},
            {
                "x": quantity("x", title=wrapped_title(x_title), domain=padded(list(reach), None), grid=True),
                "y": y,
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "legend": legend,
                    "scale": {"domain": names, "range": [PALETTE["navy"], PALETTE["brick"]]},
                },
                "shape": {
                    "field": "kind",
                    "type": "nominal",
                    "legend": legend,
                    "scale": {"domain": names, "range": ["circle", "cross"]},
                },
                "tooltip": {"field": "tip"},
            },
        ),
        *row_words(top),
    ]
    judged = any(low < high for _, _, low, high in rows)
    table = Table(
        caption,
        ("Faction", "Gain", *(("5%", "95%") if judged else ())),
        [(r[0], *(signed(v) for v in (r[1:4] if judged else r[1:2]))) for r in rows],
        numeric=(1, 2, 3),
        keep=range(len(rows)),
    )
    return Chart(
        id,
        caption,
        {"data": {"values": values}, "layer": layers},
        _gains_sentence(rows, judged),
        table,
        height=top,
    )


def _gains_sentence(rows: Sequence[tuple[str, float, float, float]], judged: bool) -> str:
    at = " at best estimates" if judged else ""
    losers = [row[0] for row in rows if row[1] < 0]
    said = (
        f"Below its no-deal value{at}: {joined(losers)}."
        if losers
        else f"Nobody is below its no-deal value{at}."
    )
    unsure = [row[0] for row in rows if row[2] < 0 <= row[3]]
    return said + (f" It may be a gain or a loss, by the range, for {joined(unsure)}." if unsure else "")
