"""Chances of 100: one row a package, every link of its chain on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.charts.vega import LINE, PALETTE, beside, layer, lines, pixels, quantity, row_words, short
from detente.document import Chart, Table
from detente.figures import joined, percent

__all__ = ["chances_of_100"]

SHAPES = {"acceptable": "circle", "signed": "diamond", "begun": "triangle-right", "kept": "square"}
"""Told apart by shape as well as by place: each is at most the one before it."""


def chances_of_100(id: str, caption: str, rows: Sequence[tuple[str, Mapping[str, float | None]]]) -> Chart:
    """``rows``: a package and its links (acceptable, signed, begun, kept) → share, or None where there is none."""
    values: list[dict[str, Any]] = []
    top = 0
    for name, links in rows:
        words = lines(name)
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words) + 8
        known = {link: share for link, share in links.items() if link in SHAPES and share is not None}
        ends = [100 * share for share in known.values()]
        values.append({"part": "line", "y": top, "x": short(min(ends)), "to": short(max(ends))})
        for link, share in known.items():
            values.append({"part": "mark", "y": top, "x": short(100 * share), "link": link})
        first = next(iter(known.items()))
        values.append({"part": "label", "y": top, "x": short(100 * first[1]), "words": percent(first[1])})
        top += 20
    height = max(top, 1)
    shown = [link for link in SHAPES if any(v.get("link") == link for v in values)]
    x = quantity("x", title=["Chances of 100"], domain=(0, 112), grid=True)
    x["axis"]["values"] = [0, 25, 50, 75, 100]
    spec = {
        "data": {"values": values},
        "layer": [
            layer("line", {"type": "rule", "color": PALETTE["faint"], "strokeWidth": 2}, {
                "x": x, "x2": {"field": "to"}, "y": pixels(height)}),
            layer("mark", {"type": "point", "size": 90, "filled": True, "opacity": 1, "color": PALETTE["navy"]}, {
                "x": quantity("x"), "y": pixels(height),
                "shape": {
                    "field": "link", "type": "nominal",
                    "scale": {"domain": shown, "range": [SHAPES[link] for link in shown]},
                    "legend": {"orient": "top", "title": None, "columns": beside(shown)},
                },
            }),
            layer("label", {"type": "text", "align": "left", "dx": 9, "baseline": "middle", "fontWeight": "bold"}, {
                "x": quantity("x"), "y": pixels(height), "text": {"field": "words"}}),
            *row_words(height),
        ],
    }  # fmt: skip
    shares = [links["acceptable"] or 0.0 for _, links in rows]
    span = percent(shares[0]) if len(rows) == 1 else f"from {percent(min(shares))} to {percent(max(shares))}"
    told = f"Acceptable {span}"
    told += f"; in each row what is {joined(shown[1:])} is at most that." if shown[1:] else "."
    table = Table(
        caption,
        ("Package", *(link.capitalize() for link in shown)),
        [
            [name, *("–" if links.get(k) is None else percent(links[k] or 0.0) for k in shown)]
            for name, links in rows
        ],
        numeric=tuple(range(1, 1 + len(shown))),
    )
    return Chart(id, caption, spec, told, table, height=height)
