"""Vega-Lite, said shorter: layers, scales, words and numbers that all charts share."""

from __future__ import annotations

import calendar
import datetime
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from detente import figures
from detente.jsontext import dumps

__all__ = [
    "LINE",
    "PALETTE",
    "beside",
    "both",
    "extent",
    "layer",
    "lines",
    "number",
    "padded",
    "pixels",
    "quantity",
    "row_words",
    "short",
    "time",
    "wrapped_title",
]

PALETTE: Mapping[str, str] = {
    "paper": "#fdfcf9",
    "ink": "#1d1c1a",
    "muted": "#5c5953",
    "faint": "#8d8980",
    "rule": "#d8d4ca",
    "zone": "#e3ece1",
    "navy": "#1d4f7b",
    "ochre": "#a85f00",
    "teal": "#1f7370",
    "plum": "#7c3f74",
    "brick": "#9d2c24",
    "olive": "#5f6b1e",
}
"""The colours that charts may use, as they are on paper."""

LINE = 16  # pixels from one line of words to the next

_WORDS = 44  # letters that fit a telephone's width at 12 pixels, in any sans-serif that a reader may have

_LETTER = 7.4  # pixels that a letter of the widest of them takes, on average

_NARROW = 330  # pixels of plot that a telephone leaves


def layer(
    part: str, mark: Mapping[str, Any], encoding: Mapping[str, Any], *, test: str = ""
) -> dict[str, Any]:
    """A layer that draws the rows of one part only: all rows live in one data set."""
    condition = f"datum.part === '{part}'" + (f" && {test}" if test else "")
    return {"transform": [{"filter": condition}], "mark": dict(mark), "encoding": dict(encoding)}


def both(**second: str) -> dict[str, Any]:
    return {
        "x": quantity("x"),
        "y": quantity("y"),
        **{channel: {"field": field} for channel, field in second.items()},
    }


def quantity(
    field: str,
    *,
    title: Sequence[str] | None = None,
    domain: tuple[float, float] | None = None,
    grid: bool = False,
    percent: bool = False,
    within: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """A quantitative channel. Only the one with a domain owns scale and axis; the others share them."""
    channel: dict[str, Any] = {"field": field, "type": "quantitative"}
    if domain is None:
        return channel
    axis: dict[str, Any] = {"title": list(title or ()) or None, "grid": grid}
    if percent:
        axis["format"] = ".0%"
        axis["values"] = _percent_ticks(*(within or domain))
    return {
        **channel,
        "scale": {"domain": [short(v) for v in domain], "nice": False, "zero": False},
        "axis": axis,
    }


def time(field: str, domain: tuple[float, float], start: str | None, title: str) -> dict[str, Any]:
    """A channel of months that have passed since ``start`` (ISO), with dates on its axis; with counts where it is None."""
    channel = quantity(field, title=[] if start else [title], domain=domain, grid=True)
    if start:
        begin = datetime.date.fromisoformat(start)
        first = begin.year * 12 + begin.month - 1 + (begin.day - 1) / 31
        ticks = _months(first + domain[0], first + domain[1])
        said = {short(month - first): _month(month, yearly=ticks.step >= 12) for month in ticks}
        channel["axis"] |= {
            "values": list(said),
            "labelExpr": f"{dumps({str(at): words for at, words in said.items()})}[datum.value]",
        }
    return channel


def _months(first: float, last: float) -> range:
    """The months (counted from the year 0) that begin between two moments, in steps that leave room for their names."""
    step = next((s for s in (1, 3, 6, 12, 24, 60) if (last - first) / s <= 5), 120)
    return range(math.ceil(first / step) * step, math.floor(last) + 1, step)


def _month(month: int, *, yearly: bool) -> str:
    year, n = divmod(month, 12)
    return str(year) if yearly else f"{calendar.month_abbr[n + 1]} {year}"


def beside(names: Sequence[str]) -> dict[str, Any]:
    """Columns of a legend: all names side by side where they have room, else one below the other."""
    return {"expr": f"width < {round(sum(map(len, names)) * _LETTER + 40 * len(names))} ? 1 : {len(names)}"}


def pixels(height: float) -> dict[str, Any]:
    return {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, height], "reverse": True, "nice": False},
    }


def row_words(
    height: float, *, part: str = "words", weight: str = "normal", colour: str = "ink"
) -> list[dict[str, Any]]:
    """The words above each row, on a halo that keeps grid lines out of them."""
    encoding = {"x": {"value": 0}, "y": pixels(height), "text": {"field": "words"}}
    mark = {"type": "text", "align": "left", "baseline": "top", "lineHeight": LINE - 1, "fontWeight": weight}
    halo = {"color": PALETTE["paper"], "stroke": PALETTE["paper"], "strokeWidth": 4, "strokeJoin": "round"}
    return [layer(part, {**mark, **look}, encoding) for look in (halo, {"color": PALETTE[colour]})]


def padded(values: Sequence[float], extra: float | None, *, letters: int = 0) -> tuple[float, float]:
    """The extent of ``values`` and ``extra`` with room around it, for ``letters`` beside the last mark."""
    low, high = extent([*values, *([] if extra is None else [extra])])
    part = min(0.3, max(0.05, (6.3 * letters + 10) / _NARROW if letters else 0))
    room = (high - low) * part / (1 - 2 * part) or 1.0
    return low - room, high + room


def extent(values: Sequence[float]) -> tuple[float, float]:
    return (float(min(values)), float(max(values))) if values else (0.0, 1.0)


def _percent_ticks(low: float, high: float) -> list[float]:
    low, high = max(low, 0.0), min(high, 1.0)
    step = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.25) if (high - low) / s <= 6), 0.25)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [short(i * step) for i in range(first, last + 1)]


def short(value: float) -> float:
    """Four decimals are beyond what a picture shows and keep the page small."""
    return round(float(value), 4)


def number(value: float, percent: bool = False, digits: int = 1) -> str:
    """A quantity that is not in points: a share in per cent, or so many decimals, none where it is whole."""
    return figures.percent(value) if percent else figures.decimal(value, digits).removesuffix(".0")


def lines(text: str) -> list[str]:
    """Up to three lines that fit a telephone; the whole text is in the table."""
    return textwrap.wrap(text, _WORDS, max_lines=3, placeholder=" …") or [""]


def wrapped_title(text: str) -> list[str]:
    return textwrap.wrap(text, _WORDS) or []
