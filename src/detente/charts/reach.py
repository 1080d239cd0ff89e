"""How far away each resting place is, and how often it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from detente.charts.vega import LINE, PALETTE, beside, layer, lines, pixels, quantity, row_words
from detente.document import Chart, Table
from detente.figures import percent

__all__ = ["Place", "reach_map"]


class Place(NamedTuple):
    """A situation."""

    words: str
    moves: int | None
    """From where things are, each an improvement for whoever makes it; None: there is no such way."""
    holds: float
    """Share of draws in which it holds."""
    error: float
    """Its standard error."""
    kind: str


def reach_map(id: str, caption: str, rows: Sequence[Place], *, kinds: Sequence[str]) -> Chart:
    """A way from the status quo to each place, as long as it takes moves; a dotted one where no moves lead there.

    Marks differ by ``kinds`` in shape; beside each stands the share of draws in which it holds.
    """
    far = max([1, *(row.moves for row in rows if row.moves is not None)]) + 1
    values: list[dict[str, Any]] = []
    top = 0
    for row in rows:
        words = lines(row.words)
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words)
        reached = row.moves is not None
        x = row.moves if row.moves is not None else far
        share = percent(row.holds)
        values.append(
            {
                "part": "way" if reached else "gap",
                "kind": row.kind,
                "x": x,
                "from": 0,
                "y": top + 9,
                "words": f"{'' if reached else 'out of reach; '}holds in {share}",
            }
        )
        top += 18 + 8
    inks = [PALETTE[c] for c in ("navy", "ochre", "plum")]
    y = pixels(top)
    place = {
        **quantity("x", domain=(-0.15, 2.4 * far), grid=True),
        "axis": {
            "title": ["Moves from where things are (⋯ none lead there)"],
            "grid": True,
            "values": list(range(far)),
            "format": "d",
        },
    }
    legend = {"orient": "top", "title": None, "symbolSize": 90, "columns": beside(kinds)}
    kind = {
        channel: {
            "field": "kind",
            "type": "nominal",
            "scale": {"domain": list(kinds), "range": of[: len(kinds)]},
            "legend": legend,
        }
        for channel, of in (("shape", ["circle", "square", "diamond"]), ("color", inks))
    }
    either = [{"filter": "datum.part === 'way' || datum.part === 'gap'"}]
    letters = {"type": "text", "align": "left", "baseline": "middle", "dx": 11, "color": PALETTE["ink"]}
    layers = [
        *(
            layer(
                part,
                {"type": "rule", "color": PALETTE["faint"], "strokeWidth": 2, **look},
                {"x": {**place, "field": "from"}, "x2": {"field": "x"}, "y": y},
            )
            for part, look in (("way", {}), ("gap", {"strokeDash": [2, 6]}))
        ),
        {
            "transform": either,
            "mark": {"type": "point", "filled": True, "size": 130, "opacity": 1},
            "encoding": {"x": quantity("x"), "y": y, **kind},
        },
        {
            "transform": either,
            "mark": letters,
            "encoding": {"x": quantity("x"), "y": y, "text": {"field": "words"}},
        },
        *row_words(top),
    ]
    near = [row for row in rows if row.moves]
    best = max(rows, key=lambda row: row.holds, default=None)
    alt = (
        "No situation to show."
        if best is None
        else f"Holds most often: {best.words} ({percent(best.holds)})."
    )
    if near:
        first = min(near, key=lambda row: (row.moves or 0, -row.holds))
        alt += f" Nearest by moves that nobody regrets: {first.words} ({first.moves} away)."
    elif rows:
        alt += " No moves that nobody regrets lead from the status quo to any other of them."
    table = Table(
        caption,
        ("Situation", "What it is", "Moves away", "Holds in draws"),
        [
            (r.words, r.kind, "out of reach" if r.moves is None else str(r.moves), percent(r.holds))
            for r in rows
        ],
        numeric=(2, 3),
        keep=range(len(rows)),
    )
    return Chart(id, caption, {"data": {"values": values}, "layer": layers}, alt, table, height=top)
