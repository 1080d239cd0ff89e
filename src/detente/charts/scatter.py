"""Packages by what they are worth to two factions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from detente.charts.vega import (
    PALETTE,
    both,
    layer,
    padded,
    quantity,
    short,
    wrapped_title,
)
from detente.document import Chart, Table
from detente.figures import agree, capital, plural
from detente.figures import points as amount

__all__ = ["utility_scatter"]


class _Style(NamedTuple):
    name: str
    shape: str
    colour: str
    area: int
    filled: bool = False


# Solutions are outlines of different sizes, so that those which fall on one package show through one another.
_STYLES: Mapping[str, _Style] = {
    "other": _Style("Other packages", "circle", "faint", 18, True),
    "frontier": _Style("On the frontier", "circle", "navy", 60, True),
    "status quo": _Style("Status quo", "square", "ink", 120, True),
    "nash": _Style("Nash", "diamond", "ochre", 380),
    "kalai smorodinsky": _Style("Kalai–Smorodinsky", "triangle-up", "teal", 260),
    "egalitarian": _Style("Egalitarian", "triangle-down", "plum", 260),
    "utilitarian": _Style("Utilitarian", "square", "brick", 300),
    "most acceptable": _Style("Most acceptable", "circle", "olive", 640),
}
_SPARE = (
    ("triangle-right", "ochre", 260),
    ("triangle-left", "teal", 260),
    ("cross", "plum", 260),
    ("stroke", "brick", 300),
)


def utility_scatter(
    id: str,
    caption: str,
    points: Sequence[Mapping[str, Any]],
    x_name: str,
    y_name: str,
    no_deal_x: float | None = None,
    no_deal_y: float | None = None,
) -> Chart:
    """Packages by what they are worth to two factions, with the no-deal lines and the frontier.

    ``points`` hold ``x``, ``y`` (points), ``kind`` (``frontier``, ``other``, ``status quo``, ``nash``,
    ``kalai_smorodinsky``, ``egalitarian``, ``utilitarian``, ``most acceptable`` or any other word) and
    ``label``, the package in words; ``x_name`` and ``y_name`` are the factions. A point that plays two parts is given twice. The frontier is joined up
    only where it falls from left to right: seen from two of several factions, it need not.
    """
    order = _kind_order(points)
    ranked = sorted(points, key=lambda p: order.index(_kind(p)))
    styles = _kind_styles(order)
    style_of = dict(zip(order, styles, strict=True))
    parts: dict[Any, list[str]] = {}
    for p in reversed(ranked):
        parts.setdefault(_place(p), []).append(style_of[_kind(p)].name)
    values = [_scatter_point(p, style_of[_kind(p)], parts[_place(p)], x_name, y_name) for p in ranked]
    x_domain = padded([p["x"] for p in points], no_deal_x)
    y_domain = padded([p["y"] for p in points], no_deal_y)
    values += _scatter_furniture(ranked, x_domain, y_domain, no_deal_x, no_deal_y)
    names = [style.name for style in styles]
    legend = {
        "orient": "bottom",
        "title": None,
        "columns": {"expr": "width < 240 ? 1 : width < 460 ? 2 : 4"},
        "symbolOpacity": 1,
        "symbolSize": 100,
    }

    def by_kind(range: Sequence[str]) -> dict[str, Any]:
        scale = {"domain": names, "range": range}
        return {"field": "kind", "type": "nominal", "scale": scale, "legend": legend}

    layers: list[dict[str, Any]] = [
        layer("zone", {"type": "rect", "color": PALETTE["zone"]}, both(x2="x2", y2="y2")),
        layer(
            "line",
            {"type": "line", "color": PALETTE["navy"], "strokeWidth": 1.5, "interpolate": "step-before"},
            both(),
        ),
        *(
            layer(
                f"no deal {axis}",
                {"type": "rule", "color": PALETTE["ink"], "strokeDash": [5, 4], "strokeWidth": 1.2},
                {axis: quantity(axis)},
            )
            for axis in ("x", "y")
        ),
        layer(
            "no deal x",
            {
                "type": "text",
                "align": "left",
                "baseline": "top",
                "dx": 5,
                "dy": 3,
                "color": PALETTE["muted"],
                # Where the window is narrow and the letters are wide.
                "fontSize": {"expr": "width < 240 ? 10 : 12"},
            },
            {"x": quantity("x"), "y": {"value": 0}, "text": {"field": "words"}},
        ),
        layer(
            "no deal y",
            {
                "type": "text",
                "align": "right",
                "baseline": "bottom",
                "dx": -4,
                "dy": -3,
                "color": PALETTE["muted"],
            },
            {"y": quantity("y"), "x": {"value": "width"}, "text": {"field": "words"}},
        ),
        layer(
            "point",
            {"type": "point", "strokeWidth": 2},
            {
                "x": quantity("x", title=wrapped_title(f"{x_name} (points)"), domain=x_domain, grid=True),
                "y": quantity("y", title=wrapped_title(f"{y_name} (points)"), domain=y_domain, grid=True),
                "shape": by_kind([s.shape for s in styles]),
                "stroke": by_kind([PALETTE[s.colour] for s in styles]),
                "fill": by_kind([PALETTE[s.colour] if s.filled else "transparent" for s in styles]),
                "size": {"field": "area", "type": "quantitative", "scale": None, "legend": None},
                "strokeWidth": {"condition": {"test": "datum.area < 150", "value": 0}, "value": 2},
                "opacity": {"condition": {"test": "datum.area < 30", "value": 0.6}, "value": 1},
                "tooltip": {"field": "tip"},
            },
        ),
    ]
    return Chart(
        id,
        caption,
        {"data": {"values": values}, "layer": layers},
        _scatter_sentence(points, x_name, y_name, no_deal_x, no_deal_y),
        _scatter_table(ranked, caption, x_name, y_name),
        height=380,
    )


def _kind(point: Mapping[str, Any]) -> str:
    return re.sub("[-–_]", " ", str(point.get("kind", "other"))).lower()


def _kind_order(points: Sequence[Mapping[str, Any]]) -> list[str]:
    """Known kinds in their fixed order, then the others as they come: also the order of drawing."""
    seen = dict.fromkeys(map(_kind, points))
    return [k for k in _STYLES if k in seen] + [k for k in seen if k not in _STYLES]


def _kind_styles(order: Sequence[str]) -> list[_Style]:
    spare = [kind for kind in order if kind not in _STYLES]
    return [
        _STYLES[k] if k in _STYLES else _Style(capital(k), *_SPARE[spare.index(k) % len(_SPARE)])
        for k in order
    ]


def _place(point: Mapping[str, Any]) -> tuple[Any, ...]:
    return short(point["x"]), short(point["y"]), point.get("label")


def _scatter_point(
    point: Mapping[str, Any], style: _Style, parts: Sequence[str], x_name: str, y_name: str
) -> dict[str, Any]:
    """One mark; its tooltip names every part (``Nash · On the frontier``) that the package plays."""
    x, y = point["x"], point["y"]
    tip = [
        " · ".join(dict.fromkeys(parts)),
        str(point.get("label", "")),
        f"{x_name}: {amount(x)}",
        f"{y_name}: {amount(y)}",
    ]
    return {
        "part": "point",
        "x": short(x),
        "y": short(y),
        "kind": style.name,
        "area": style.area,
        "tip": "\n".join(tip),
    }


def _scatter_furniture(
    points: Sequence[Mapping[str, Any]],
    x_domain: tuple[float, float],
    y_domain: tuple[float, float],
    no_deal_x: float | None,
    no_deal_y: float | None,
) -> list[dict[str, Any]]:
    frontier = sorted((p["x"], -p["y"]) for p in points if _kind(p) == "frontier")
    heights = [-y for _, y in frontier]
    parts: list[dict[str, Any]] = []
    if len(frontier) > 1 and heights == sorted(heights, reverse=True):
        parts += [
            {"part": "line", "x": short(x), "y": short(y)}
            for (x, _), y in zip(frontier, heights, strict=True)
        ]
    if no_deal_x is not None and no_deal_y is not None:
        corner = {"x": short(no_deal_x), "y": short(no_deal_y)}
        parts.append({"part": "zone", **corner, "x2": x_domain[1], "y2": y_domain[1]})
    if no_deal_x is not None:
        parts.append({"part": "no deal x", "x": short(no_deal_x), "words": "better than no deal →"})
    if no_deal_y is not None:
        parts.append({"part": "no deal y", "y": short(no_deal_y), "words": "better than no deal ↑"})
    return parts


def _scatter_sentence(
    points: Sequence[Mapping[str, Any]],
    x_name: str,
    y_name: str,
    no_deal_x: float | None,
    no_deal_y: float | None,
) -> str:
    def worth(x: float, y: float) -> str:
        return f"{amount(x)} points to {x_name} and {amount(y)} to {y_name}"

    said = []
    frontier = sum(_kind(p) == "frontier" for p in points)
    if frontier:
        said.append(
            f"{plural(frontier, 'package', 'is', 'are')} on the frontier: no other is at least as good for everybody and "
            "better for one."
        )
    if no_deal_x is not None and no_deal_y is not None:
        inside = {
            (p["x"], p["y"], p.get("label"))
            for p in points
            if p["x"] >= no_deal_x and p["y"] >= no_deal_y and _kind(p) != "status quo"
        }
        said.append(
            f"{len(inside) or 'None'} of those shown {agree(len(inside) or 1, 'reaches', 'reach')} the no-deal values of "
            f"both: {worth(no_deal_x, no_deal_y)}."
        )
    said += [f"The status quo is worth {worth(p['x'], p['y'])}." for p in points if _kind(p) == "status quo"][
        :1
    ]
    return " ".join(said) or "No packages to show."


def _scatter_table(
    points: Sequence[Mapping[str, Any]], caption: str, x_name: str, y_name: str, most: int = 200
) -> Table:
    order = _kind_order(points)
    names = dict(zip(order, (style.name for style in _kind_styles(order)), strict=True))
    named = [p for p in points if _kind(p) != "other"]
    named.sort(key=lambda p: _kind(p) == "frontier")
    left_out = len(points) - len(named[:most])
    return Table(
        caption,
        ("Mark", "Package", f"{x_name} (points)", f"{y_name} (points)"),
        [(names[_kind(p)], str(p.get("label", "")), amount(p["x"]), amount(p["y"])) for p in named[:most]],
        numeric=(2, 3),
        note=f"{left_out:,} more {agree(left_out, 'mark is', 'marks are')} in the picture only."
        if left_out
        else "",
        fold=len(named) > 12,
    )
