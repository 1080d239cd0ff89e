"""Chances and distributions as 50 dots.

Reference: Kay, Kola, Hullman and Munson (2016), "When (ish) is my bus? User-centered visualizations of
uncertainty in everyday, mobile predictive systems", CHI, doi:10.1145/2858036.2858558.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from detente.charts.vega import (
    PALETTE,
    extent,
    layer,
    number,
    quantity,
    short,
    wrapped_title,
)
from detente.document import Chart, Table
from detente.figures import capital, percent

__all__ = ["quantile_dots"]


def quantile_dots(
    id: str,
    caption: str,
    values: float | Sequence[float],
    labels: tuple[str, str] = ("yes", "no"),
    *,
    x_title: str = "",
) -> Chart:
    """A chance or a distribution as 50 dots, each worth 2%: people read counts better than densities.

    ``values`` is a probability (0–1): 50 dots, that share of them filled; ``labels`` say what a filled and an
    empty dot stand for. Or it is a sequence of quantile values: each becomes a dot stacked over ``x_title``.
    """
    if isinstance(values, Iterable):
        return _stacked_dots(id, caption, list(values), x_title)
    filled = round(50 * values)
    full, empty = (capital(label) for label in labels)
    dots = [
        {
            "part": "dot",
            "x": i % 10,
            "y": i // 10,
            "kind": full if i < filled else empty,
            "tip": f"{filled} in 50: {labels[0]}\n{50 - filled} in 50: {labels[1]}",
        }
        for i in range(50)
    ]
    scale = {
        "field": "kind",
        "type": "nominal",
        "legend": {"orient": "bottom", "title": None, "direction": "vertical", "labelLimit": 300},
    }
    encoding = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [-0.5, 9.5], "range": [0, 170], "nice": False},
        },
        "y": {
            "field": "y",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [-0.5, 4.5], "reverse": True, "nice": False},
        },
        "fill": {
            **scale,
            "scale": {"domain": [full, empty], "range": [PALETTE["navy"], "transparent"]},
        },
        "stroke": {**scale, "scale": {"domain": [full, empty], "range": [PALETTE["navy"], PALETTE["faint"]]}},
        "tooltip": {"field": "tip"},
    }
    layers = [
        layer("dot", {"type": "point", "size": 150, "strokeWidth": 1.5, "opacity": 1}, encoding),
        layer(
            "count",
            {"type": "text", "align": "left", "baseline": "middle", "fontSize": 24, "color": PALETTE["ink"]},
            {"x": {"value": 184}, "y": {"value": 42}, "text": {"field": "words"}},
        ),
    ]
    count = {"part": "count", "words": f"{filled} in 50"}
    return Chart(
        id,
        caption,
        {"data": {"values": [*dots, count]}, "layer": layers},
        f"{full}: {percent(values)}; {labels[1]}: {percent(1 - values)}.",
        Table(
            caption,
            ("Outcome", "Of 50", "Share"),
            [
                (labels[0], str(filled), percent(values)),
                (labels[1], str(50 - filled), percent(1 - values)),
            ],
            numeric=(1, 2),
        ),
        height=85,
    )


def _stacked_dots(id: str, caption: str, quantiles: Sequence[float], x_title: str) -> Chart:
    """Wilkinson's dot plot of given quantiles: bins as wide as a dot, so that a stack's height is a count."""
    if not quantiles:
        raise ValueError("a dot plot needs at least one value")
    ordered = sorted(float(q) for q in quantiles)
    low, high = extent(ordered)
    bins = 20 if high > low else 1
    width = (high - low) / bins or 1.0
    stacks = [0] * bins
    share = 100 / len(ordered)
    values = []
    for i, q in enumerate(ordered):
        b = min(int((q - low) / width), bins - 1)
        tip = f"{x_title}: {number(q)}\n{number(share * (i + 0.5))}% of the distribution lies below"
        values.append({"x": short(low + (b + 0.5) * width), "y": stacks[b] + 0.5, "tip": tip})
        stacks[b] += 1
    tallest = max(stacks)
    domain = (low - width, high + width)
    encoding = {
        "x": quantity("x", title=wrapped_title(x_title), domain=domain),
        "y": {
            "field": "y",
            "type": "quantitative",
            "axis": None,
            "scale": {"domain": [0, tallest], "nice": False},
        },
        "tooltip": {"field": "tip"},
    }
    size = {"expr": f"pow(min(width / {bins + 2}, 15) * 0.9, 2) * 0.785"}
    mark = {"type": "point", "filled": True, "size": size, "color": PALETTE["navy"], "opacity": 1}
    at = {p: ordered[min(int(p * len(ordered)), len(ordered) - 1)] for p in (0.05, 0.5, 0.95)}
    what = x_title or "the quantity"
    alt = (
        f"{len(ordered)} equally likely values of {what}: half lie below {number(at[0.5])},"
        f" nine in ten between {number(at[0.05])} and {number(at[0.95])}."
    )
    table = Table(
        caption, ("Quantile", "Value"), [(f"{p:.0%}", number(v)) for p, v in at.items()], numeric=(1,)
    )
    spec = {"data": {"values": values}, "mark": mark, "encoding": encoding}
    return Chart(id, caption, spec, alt, table, height=15 * tallest)
