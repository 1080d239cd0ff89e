"""A :class:`~detente.document.Document` as one HTML file that needs nothing else.

The page comes from a stick, over a mail gateway or off a server nobody trusts, and its words come from case
files written by strangers. So:

1. every word is cleaned (:mod:`detente.clean`) and escaped by the template engine;
2. a Content Security Policy allows the page's own style by SHA-256 and nothing else: there is no script on it, and no network;
3. pictures are drawn in advance as SVG, once for a screen as wide as paper and once for a telephone, as plain shapes without
   style attributes, which the policy would refuse.

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
from importlib.resources import files
from typing import TYPE_CHECKING, Any, assert_never

from detente.charts import PALETTE
from detente.clean import clean, clean_line
from detente.document import Block, Cell, Chart, Document, Finding, Link, Paragraph, Section, Table
from detente.render.pictures import picture

if TYPE_CHECKING:
    import jinja2

__all__ = ["MARK", "page"]

MARK = '<meta name="generator" content="detente">'
"""Stands near the beginning of every page, by which a page is known for one of ours."""

_WIDTHS = {"wide": 640, "narrow": 340}  # pixels: the text block of an A4 page, and a telephone's
_MANY_ROWS = 16  # from here a table gets a box of its own, in which its header stays in sight
_CARDS = range(5, 9)  # so many columns fit a page and no telephone, where every row becomes a card
_FEW_ROWS = 9  # up to here a table is never cut by the end of a page
_MANY_NOTES = 9  # from here notes stand in their cells instead of under the table
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


def page(document: Document) -> str:
    """The whole HTML file as text, to be written as UTF-8."""
    from markupsafe import Markup

    names = _Names(document.blocks)
    blocks = [b for b in document.blocks if not _is_headline(b)]
    views = [_view(b, 2, names) for b in blocks]
    first = [v for v in views[:1] if v["kind"] == "section"]
    style = _style() + _running(document) + _labels(names)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            title=clean_line(document.title),
            subtitle=clean_line(document.subtitle),
            headlines=[
                _finding(b, 2, names) for b in document.blocks if isinstance(b, Finding) and b.headline
            ],
            first=first,
            blocks=views[len(first) :],
            contents=[_entry(v) for v in views if v["kind"] == "section"],
            facts=[(clean_line(k), clean_line(v)) for k, v in document.facts.items()],
            mark=Markup(MARK),
            policy=_policy(style),
            style=Markup(style),
        )
    )


# Document → what the template shows: cleaned words in plain dictionaries


class _Names:
    """Anchors: the document's ids, made fit for HTML and unique."""

    def __init__(self, blocks: Sequence[Block] = ()) -> None:
        self._taken: dict[str, int] = {"top": 1, "main": 1, "facts": 1}
        self._placed = {id: self(id) for id in dict.fromkeys(_ids(blocks))}
        self._given: set[str] = set()
        self.heads: dict[tuple[str, ...], str] = {}
        """Columns of tables whose rows become cards → the class of such tables."""

    def once(self, id: str) -> str:
        """The anchor of what has an id of its own; another of the same id gets another."""
        known = self._placed.get(id)
        if known is None or known in self._given:
            return self(id)
        self._given.add(known)
        return known

    def links(self, links: Sequence[Link]) -> list[dict[str, str]]:
        """Those that lead somewhere."""
        return [
            {"words": clean_line(link.words), "to": self._placed[link.to]}
            for link in links
            if link.to in self._placed
        ]

    def __call__(self, wanted: str) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", clean_line(wanted).lower()).strip("-") or "part"
        self._taken[name] = count = self._taken.get(name, 0) + 1
        return name if count == 1 else self(f"{name}-{count}")


def _ids(blocks: Sequence[Block]) -> Iterator[str]:
    """Everything that a link can lead to."""
    for block in blocks:
        if isinstance(block, Section):
            yield block.id
            yield from _ids(block.blocks)
        elif isinstance(block, Table):
            yield from (c.id for row in block.rows for c in row if isinstance(c, Cell) and c.id)


def _view(block: Block, depth: int, names: _Names) -> dict[str, Any]:
    match block:
        case Section():
            anchor = names.once(block.id)
            return {
                "kind": "section",
                "id": anchor,
                "level": min(depth, 6),
                "title": clean_line(block.title),
                "lead": clean_line(block.lead),
                "fold": block.fold,
                "see": names.links(block.see),
                "blocks": [_view(b, depth + 1, names) for b in block.blocks],
            }
        case Finding():
            return _finding(block, depth, names)
        case Paragraph():
            parts = [p for p in clean(block.text).split("\n") if p.strip()]
            return {"kind": "paragraph", "parts": parts, "tone": block.tone, "sign": _sign(block.tone)}
        case Table():
            return _table(block, depth, names)
        case Chart():
            return _chart(block, depth, names)
        case _:
            assert_never(block)


def _is_headline(block: Block) -> bool:
    return isinstance(block, Finding) and block.headline


def _finding(finding: Finding, depth: int, names: _Names) -> dict[str, Any]:
    return {
        "kind": "finding",
        "level": min(depth, 6),
        "see": names.links(finding.see),
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


def _table(table: Table, depth: int, names: _Names) -> dict[str, Any]:
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
                "id": names.once(c.id) if c.id else "",
                "links": names.links(c.links),
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
        "level": min(depth, 6),
        "see": names.links(table.see),
        "columns": columns,
        "numeric": set(table.numeric),
        "rows": rows,
        "note": clean_line(table.note),
        "footnotes": footnotes,
        "fold": table.fold,
        "looks": _looks(table, columns, names),
        "scrolls": _long(table) or len(columns) >= _CARDS.stop,
    }


def _long(table: Table) -> bool:
    return table.fold and len(table.rows) > _MANY_ROWS


def _looks(table: Table, columns: Sequence[str], names: _Names) -> str:
    """The classes of a table's box."""
    few, wide = len(table.rows) <= _FEW_ROWS, len(columns) > 6
    looks = [*["long"] * _long(table), *["short"] * few, *["wide"] * wide]
    if len(columns) in _CARDS:
        looks += ["cards", names.heads.setdefault(tuple(columns), f"head-{len(names.heads) + 1}")]
    return " ".join(["scroll", *looks])


def _cell_sign(cell: Cell) -> tuple[str, str] | None:
    """The tone's sign, unless the author has already written it."""
    sign = _sign(cell.tone)
    return None if sign and cell.text.lstrip().startswith(sign[0]) else sign


def _chart(chart: Chart, depth: int, names: _Names) -> dict[str, Any]:
    anchor = names(chart.id)
    spec = _spec(chart)
    return {
        "kind": "chart",
        "id": anchor,
        "caption": clean_line(chart.caption),
        "level": min(depth, 6),
        "alt": clean_line(chart.alt),
        "broad": chart.broad,
        "pictures": [
            (name, picture(spec, f"{anchor}-{name}", width)) for name, width in _widths(chart).items()
        ],
        "table": None if chart.table is None else _table(chart.table, depth, names),
    }


def _widths(chart: Chart) -> Mapping[str, int]:
    return {"whole": _WIDTHS["wide"]} if chart.broad else _WIDTHS


def _entry(view: Mapping[str, Any]) -> dict[str, Any]:
    inner = [_entry(b) for b in view["blocks"] if b["kind"] == "section"]
    return {"id": view["id"], "title": view["title"], "inner": inner}


# Charts


def _spec(chart: Chart) -> dict[str, Any]:
    """The chart's specification with the page's size and theme, every word cleaned."""
    spec: dict[str, Any] = _plain(chart.spec)
    if chart.height is not None:
        spec["height"] = chart.height
    return {**spec, "autosize": {"type": "fit-x", "contains": "padding"}, "config": _theme()}


def _theme() -> dict[str, Any]:
    """Vega's configuration: the page's letters and inks."""
    ink, muted, rule = PALETTE["ink"], PALETTE["muted"], PALETTE["rule"]
    return {
        "background": None,
        "lineBreak": "\n",
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


def _running(document: Document) -> str:
    """The head of every printed page."""
    words = clean_line(f"{document.title} · {document.subtitle}" if document.subtitle else document.title)
    return f'@page {{ @top-left {{ content: {_string(words)}; font: 8pt Arial, "Liberation Sans", sans-serif; color: #5c5953; }} }}\n'


def _string(words: str) -> str:
    """Words as a string of a style sheet; letters and digits as they are, everything else by its number."""
    return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in words) + '"'


def _labels(names: _Names) -> str:
    """On a telephone every cell of a card says which column it is of."""
    rules = [
        f".{name} td:nth-child({n}):not(:empty)::before{{content:{_string(f'{column}: ')}}}\n"
        for columns, name in names.heads.items()
        for n, column in enumerate(columns, 1)
        if n > 1 and column
    ]
    return f"@media screen and (max-width: 48rem) {{\n{''.join(rules)}}}\n" if rules else ""


def _policy(style: str) -> str:
    return f"default-src 'none'; style-src {_hash(style)}; img-src data:; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
