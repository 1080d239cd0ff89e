"""A :class:`~detente.document.Document` as one HTML file that needs nothing else.

The page comes from a stick, over a mail gateway or off a server nobody trusts, and its words come from case
files written by strangers. So:

1. every word is cleaned (:mod:`detente.clean`) and escaped by the template engine; chart data sits in
   ``application/json`` blocks in which ``<``, ``>`` and ``&`` are written as ``\\u003c`` and the like;
2. a Content Security Policy allows the page's own scripts and styles by SHA-256 and nothing else: no network,
   no inline handlers, no ``eval``. Vega therefore parses its expressions to trees and interprets them;
3. pictures are drawn by Vega as SVG from those data, and once more in advance for paper and for browsers
   without scripts, as plain shapes without style attributes, which the policy would refuse.

The same document gives the same bytes: no clock, no random names, clip paths renumbered (Vega counts them
from the start of the process). Colours of charts are presentation attributes, which rules of the style sheet
outrank: light, dark and paper are the style sheet's business, and no picture is drawn twice for it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any, assert_never

from detente import memory
from detente.cache import keep, kept
from detente.charts import PALETTE
from detente.clean import clean, clean_line
from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table
from detente.errors import LimitError
from detente.jsontext import dumps

if TYPE_CHECKING:
    import jinja2

__all__ = ["MARK", "can_draw", "page"]

MARK = '<meta name="generator" content="detente">'
"""Stands near the beginning of every page, by which a page is known for one of ours."""

_ADDRESSES = 66 << 30  # bytes that V8, which draws the pictures, reserves at once, and a little more
_VEGA_LITE = "6.4"
_PAPER_WIDTH = 640  # pixels: the text block of an A4 page, so that letters keep their size in print
_MANY_ROWS = 14  # from here a table gets a box of its own, in which its header stays in sight
_FEW_ROWS = 9  # up to here a table is never cut by the end of a page
_MANY_NOTES = 9  # from here notes stand in their cells instead of under the table
_REFERENCE = re.compile(r'(\sid="|url\(#)([^")]+)([")])')
_DARK: Mapping[str, str] = {
    "paper": "#15171a",
    "ink": "#e8e5de",
    "muted": "#aeaaa1",
    "faint": "#8b8780",
    "rule": "#3b3e43",
    "zone": "#22312a",
    "navy": "#86b9e6",
    "ochre": "#e6a850",
    "teal": "#66bdb8",
    "plum": "#d09bc9",
    "brick": "#f0968b",
    "olive": "#b4c26a",
}
_SIGNS: Mapping[str, tuple[str, str]] = {
    "good": ("✓", "favourable"),
    "bad": ("✗", "unfavourable"),
    "caution": ("!", "caution"),
}


def can_draw() -> None:
    """Raise ``LimitError`` where pictures cannot be drawn: V8 would end the process, after all the work."""
    if not memory.has_room(_ADDRESSES):
        raise LimitError(
            f"the pictures of a briefing need {_ADDRESSES >> 30} GiB of addresses (not of memory), which this process "
            "may not reserve: 'ulimit -v unlimited' lifts the limit; the other verbs, in words, do without"
        )


def page(document: Document) -> str:
    """The whole HTML file as text, to be written as UTF-8."""
    from markupsafe import Markup

    names = _Names()
    blocks = [b for b in document.blocks if not _is_headline(b)]
    views = [_view(b, 2, names) for b in blocks]
    style = _style()
    scripts = [_asset("page.js")]
    if any(_charts(document.blocks)):
        scripts.append(_bundle())
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=clean_line(document.title),
            subtitle=clean_line(document.subtitle),
            headlines=[_finding(b) for b in document.blocks if isinstance(b, Finding) and b.headline],
            blocks=views,
            contents=[_entry(v) for v in views if v["kind"] == "section"],
            facts=[(clean_line(k), clean_line(v)) for k, v in document.facts.items()],
            mark=Markup(MARK),
            policy=_policy(style, scripts),
            style=Markup(style),
            scripts=[Markup(s) for s in scripts],
        )
    )


# Document → what the template shows: cleaned words in plain dictionaries


class _Names:
    """Anchors: the document's ids, made fit for HTML and unique."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {"top": 1, "main": 1, "facts": 1}

    def __call__(self, wanted: str) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", clean_line(wanted).lower()).strip("-") or "part"
        self._taken[name] = count = self._taken.get(name, 0) + 1
        return name if count == 1 else self(f"{name}-{count}")


def _view(block: Block, depth: int, names: _Names) -> dict[str, Any]:
    match block:
        case Section():
            anchor = names(block.id)
            return {
                "kind": "section",
                "id": anchor,
                "level": min(depth, 6),
                "title": clean_line(block.title),
                "lead": clean_line(block.lead),
                "fold": block.fold,
                "blocks": [_view(b, depth + 1, names) for b in block.blocks],
            }
        case Finding():
            return _finding(block)
        case Paragraph():
            parts = [p for p in clean(block.text).split("\n") if p.strip()]
            return {"kind": "paragraph", "parts": parts, "tone": block.tone, "sign": _sign(block.tone)}
        case Table():
            return _table(block, names)
        case Chart():
            return _chart(block, names)
        case _:
            assert_never(block)


def _is_headline(block: Block) -> bool:
    return isinstance(block, Finding) and block.headline


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": "finding",
        "asks": clean_line(finding.asks),
        "text": clean_line(finding.text),
        "because": clean_line(finding.because),
        "limit": clean_line(finding.limit),
        "tone": finding.tone,
        "sign": _sign(finding.tone),
        "headline": finding.headline,
    }


def _sign(tone: str) -> tuple[str, str] | None:
    return _SIGNS.get(tone)


def _table(table: Table, names: _Names) -> dict[str, Any]:
    columns = [clean_line(c) for c in table.columns]
    cells = [[c if isinstance(c, Cell) else Cell(str(c)) for c in row] for row in table.rows]
    notes = list(dict.fromkeys(clean_line(c.note) for row in cells for c in row if c.note))
    footnotes = notes if len(notes) <= _MANY_NOTES else []
    anchor = names(f"table-{table.caption}"[:60])
    rows = [
        [
            {
                "text": clean(c.text),
                "tone": c.tone,
                "sign": _cell_sign(c),
                "note": clean_line(c.note),
                "mark": footnotes.index(clean_line(c.note)) + 1 if c.note and footnotes else 0,
            }
            for c in (*row, *[Cell("")] * (len(columns) - len(row)))
        ]
        for row in cells
    ]
    return {
        "kind": "table",
        "id": anchor,
        "caption": clean_line(table.caption),
        "columns": columns,
        "numeric": set(table.numeric),
        "rows": rows,
        "note": clean_line(table.note),
        "footnotes": footnotes,
        "fold": table.fold,
        "long": table.fold and len(rows) > _MANY_ROWS,
        "short": len(rows) <= _FEW_ROWS,
        "wide": len(columns) > 6,
    }


def _cell_sign(cell: Cell) -> tuple[str, str] | None:
    """The tone's sign, unless the author has already written it."""
    sign = _sign(cell.tone)
    return None if sign and cell.text.lstrip().startswith(sign[0]) else sign


def _chart(chart: Chart, names: _Names) -> dict[str, Any]:
    anchor = names(chart.id)
    spec = _spec(chart)
    return {
        "kind": "chart",
        "id": anchor,
        "caption": clean_line(chart.caption),
        "alt": clean_line(chart.alt),
        "spec": _json({**spec, "width": "container"}),
        "picture": _picture(spec, anchor),
        "table": None if chart.table is None else _table(chart.table, names),
    }


def _entry(view: Mapping[str, Any]) -> dict[str, Any]:
    inner = [_entry(b) for b in view["blocks"] if b["kind"] == "section"]
    return {"id": view["id"], "title": view["title"], "inner": inner}


def _charts(blocks: Sequence[Block]) -> Iterator[Chart]:
    for block in blocks:
        if isinstance(block, Chart):
            yield block
        elif isinstance(block, Section):
            yield from _charts(block.blocks)


# Charts


def _spec(chart: Chart) -> dict[str, Any]:
    """The chart's specification with the page's size and theme, every word cleaned."""
    spec: dict[str, Any] = _plain(chart.spec)
    if chart.height is not None:
        spec["height"] = chart.height
    return {**spec, "autosize": {"type": "fit-x", "contains": "padding"}, "config": _theme()}


def _theme() -> dict[str, Any]:
    """Vega's configuration: the page's letters and inks. The figure speaks for the marks (``aria``)."""
    ink, muted, rule = PALETTE["ink"], PALETTE["muted"], PALETTE["rule"]
    return {
        "aria": False,
        "background": None,
        "font": 'Arial, "Liberation Sans", Helvetica, sans-serif',
        "padding": {"left": 2, "top": 6, "right": 10, "bottom": 4},
        "view": {"stroke": None},
        "axis": {
            "labelColor": muted,
            "labelFontSize": 12,
            "titleColor": ink,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": rule,
            "domainColor": PALETTE["faint"],
            "tickColor": PALETTE["faint"],
            "labelLimit": 0,
            "titleLimit": 0,
            "labelFlush": False,
        },
        "axisX": {"tickCount": {"expr": "clamp(floor(width / 70), 3, 10)"}, "labelOverlap": True},
        "axisY": {"tickCount": 6},
        "legend": {
            "labelColor": ink,
            "labelFontSize": 12,
            "labelLimit": 300,
            "titleColor": ink,
            "symbolStrokeWidth": 1,
            "rowPadding": 4,
            "columnPadding": 14,
        },
        "text": {"color": ink, "fontSize": 12},
    }


def _picture(spec: Mapping[str, Any], anchor: str) -> str:
    """The chart as an SVG element for paper, its clip paths named after the figure."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(
        {**spec, "width": _PAPER_WIDTH}, vl_version=_VEGA_LITE, allowed_base_urls=[]
    )
    found: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        return match[1] + found.setdefault(match[2], f"{anchor}-{len(found)}") + match[3]

    # In tags alone: what stands between them are words, in which a quotation mark need not be an escape.
    return re.sub(r"<[^>]*>", lambda tag: _REFERENCE.sub(named, tag[0]), svg)


def _plain(value: Any) -> Any:
    """JSON's own types, words cleaned."""
    if isinstance(value, Mapping):
        return {clean(str(k)): _plain(v) for k, v in value.items()}
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool | int | float | None):
        return value
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return [_plain(v) for v in value]


def _json(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element or open a comment."""
    text = dumps(value, compact=True)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


# What is the same on every page


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("detente.render", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _asset(name: str) -> str:
    return (files("detente.render") / "templates" / name).read_text(encoding="utf-8")


@cache
def _bundle() -> str:
    """Vega, Vega-Lite, Vega-Embed and our few lines that call them, as one script.

    Bundling takes longer than a small analysis and gives the same bytes each time, so it is kept.
    """
    import vl_convert

    calls, licences = _asset("charts.js"), _asset("licences.txt")
    made_of = f"{version('vl-convert-python')} {_VEGA_LITE} {calls} {licences}"
    name = f"charts-{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.js"
    found = kept(name)
    if found is not None:
        return _safe(found.decode())
    library = vl_convert.javascript_bundle(calls, vl_version=_VEGA_LITE)
    script = _safe(f"/*\n{licences}*/\n{library}")
    keep(name, script.encode())
    return script


def _safe(script: str) -> str:
    # a browser hashes what its parser saw: line ends normalised, and nothing that would end the element
    script = script.replace("\r\n", "\n").replace("\r", "\n")
    if re.search(r"</script|<!--|\x00", script, re.IGNORECASE):
        raise ValueError("the chart library cannot stand inside a script element")
    return script


@cache
def _style() -> str:
    """The style sheet, with the rules that turn the charts' inks into the theme's."""
    on_paper = "".join(f"--ink-{name}:{colour};" for name, colour in PALETTE.items())
    dark = "".join(f"--ink-{name}:{colour};" for name, colour in _DARK.items())
    inks = "".join(
        f'.picture [{what}="{colour}"]{{{what}:var(--ink-{name})}}\n'
        for name, colour in PALETTE.items()
        for what in ("fill", "stroke")
    )
    themes = f":root{{{on_paper}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    return themes + _asset("page.css") + inks


def _policy(style: str, scripts: Sequence[str]) -> str:
    allowed = " ".join(map(_hash, scripts))
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
