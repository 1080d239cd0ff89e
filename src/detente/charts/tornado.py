"""What one judgement at a time does to the answer.

Reference: Howard (1988), "Decision analysis: practice and promise", Management Science 34(6):679-695,
doi:10.1287/mnsc.34.6.679, for tornados.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

__all__ = ["tornado"]


def tornado(
    id: str,
    caption: str,
    rows: Iterable[tuple[str, float, float, str, str]],
    base: float,
    x_title: str,
    *,
    percent: bool = False,
) -> Chart:
    """What the answer becomes when one judgement at a time goes to the ends of its range, widest swing first.

    ``rows`` hold (judgement, answer at its low end, answer at its high end, the low end, the high end), the
    last two in words. ``base`` is the answer as judged. With ``percent`` answers are shares.
    """
    rows = sorted(rows, key=lambda r: -(max(r[1], r[2], base) - min(r[1], r[2], base)))
    values: list[dict[str, Any]] = []
    top = 0
    for label, low, high, low_setting, high_setting in rows:
        words = lines(label)
        values.append({"part": "words", "y": top, "words": words})
        top += LINE * len(words)
        # both ends on one side of the base would hide one another: each then takes half of the bar
        same_side = (low - base) * (high - base) > 0
        for side, answer, setting, half in (("low", low, low_setting, 0), ("high", high, high_setting, 13)):
            y = top + 3 + (half if same_side else 0)
            values.append(
                {
                    "part": "bar" if answer != base else "none",
                    "side": f"at its {side} end",
                    "x": short(base),
                    "x2": short(answer),
                    "y": y,
                    "y2": y + (11 if same_side else 15),
                    "middle": y + (5.5 if same_side else 7.5),
                    "words": setting if len(setting) <= 14 else "",
                    "right": answer > base,
                }
            )
        top += (24 if same_side else 15) + 12
    values.append({"part": "base", "x": short(base)})
    reach = [answer for row in rows for answer in row[1:3]]
    letters = max((len(s) for row in rows for s in row[3:5] if len(s) <= 14), default=0)
    domain = padded(reach, base, letters=letters)
    names = ["at its low end", "at its high end"]
    bar = {
        "x": quantity(
            "x",
            title=wrapped_title(x_title),
            domain=domain,
            grid=True,
            percent=percent,
            within=extent([*reach, base]),
        ),
        "x2": {"field": "x2"},
        "y": pixels(top),
        "y2": {"field": "y2"},
        "color": {
            "field": "side",
            "type": "nominal",
            "scale": {"domain": names, "range": [PALETTE["ochre"], PALETTE["navy"]]},
            "legend": {"orient": "top", "title": None, "symbolType": "square"},
        },
    }
    ends = [
        layer(
            "bar",
            {
                "type": "text",
                "align": align,
                "baseline": "middle",
                "dx": shift,
                "color": PALETTE["muted"],
                "fontSize": 11,
            },
            {
                "x": quantity("x2"),
                "y": {**pixels(top), "field": "middle"},
                "text": {"field": "words"},
            },
            test=test,
        )
        for align, shift, test in (("left", 4, "datum.right"), ("right", -4, "!datum.right"))
    ]
    layers = [
        layer("bar", {"type": "rect"}, bar),
        layer("base", {"type": "rule", "color": PALETTE["ink"], "strokeWidth": 1.5}, {"x": quantity("x")}),
        *row_words(top),
        *ends,
    ]
    table = Table(
        caption,
        ("Judgement", "Low end", "Answer there", "High end", "Answer there"),
        [(r[0], r[3], number(r[1], percent), r[4], number(r[2], percent)) for r in rows],
        numeric=(2, 4),
    )
    return Chart(
        id,
        caption,
        {"data": {"values": values}, "layer": layers},
        _tornado_sentence(rows, base, x_title, percent),
        table,
        height=top,
    )


def _tornado_sentence(
    rows: Sequence[tuple[str, float, float, str, str]], base: float, x_title: str, percent: bool
) -> str:
    if not rows:
        return "No judgement moves the answer."
    label, low, high, low_setting, high_setting = rows[0]
    return (
        f"{x_title} is {number(base, percent)} as judged. What moves it most is {label}"
        f" ({number(low, percent)} at {low_setting}, {number(high, percent)} at {high_setting})."
    )
