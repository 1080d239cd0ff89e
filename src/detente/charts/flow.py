"""Boxes and arrows as a picture: one SVG file that fits a telephone, a sheet of paper and a wide screen.

The file holds three drawings of the same thing, with two, four or six boxes in a row, of which the reader's width chooses
one (paper the middle one; without style sheets the wide one is shown). All flow from top to bottom: a chain of causes is
longer than a screen is wide, and left to right its letters would shrink to nothing. It needs no network and no script, has a title
and a description for those who do not see it, a tooltip on every box and arrow, and the same boxes and arrows give the same
bytes. Nothing is told by colour alone: kinds of boxes differ in shape and carry a word, signs stand in discs, what an arrow
rests on is the dash of its line, and a delay is a pair of strokes across it.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from xml.sax.saxutils import escape

from detente.charts.layers import Layers, Link, Segment, layers
from detente.charts.vega import PALETTE, layer, pixels, short
from detente.document import Chart, Table
from detente.figures import MINUS

__all__ = ["MARK", "Box", "Edge", "Look", "drawing", "flow_chart"]

MARK = 'class="detente"'
"""Stands near the beginning of every drawing, by which a file is known for one of ours."""


Look = Literal["part", "issue", "end", "event", "outside"]
"""Round; with corners and a rim; dark; with a second line; dashed."""


class Box(NamedTuple):
    """Something that drives or is driven."""

    id: str
    kind: Look
    title: str
    says: tuple[str, ...] = ()
    """What stands below the title, each on lines of its own."""
    tip: str = ""
    """What the tooltip says; default: the words in the box."""


class Edge(NamedTuple):
    """An arrow from box to box."""

    source: str
    target: str
    mark: str = ""
    """What stands in its disc: plus, minus or a question mark; nothing: no disc."""
    firm: Literal["quoted", "theory", "judged"] = "judged"
    delayed: bool = False
    tip: str = ""


class _Frame(NamedTuple):
    """How a drawing is laid out, in pixels."""

    name: str
    room: float
    """For the boxes of a row, lanes not counted."""
    box: float
    """Width of a box."""
    between: float
    """From one row to the next."""
    lane: float
    media: str


_FRAMES = (
    _Frame("wide", 1240, 188, 56, 9, ""),
    _Frame("sheet", 620, 142, 56, 8, "print,(max-width:1000px)"),
    _Frame("narrow", 280, 132, 56, 6, "screen and (max-width:560px)"),
)
_PAD = 14.0
_TITLE, _SAYS = 14.0, 11.5
"""Sizes of letters."""
_LINE = 1.22
_WORD = {"part": "", "issue": "issue", "end": "end", "event": "event", "outside": "elsewhere"}
_DASH = {"quoted": "", "theory": "", "judged": "6 4"}
_WEIGHT = {"quoted": 2.1, "theory": 1.2, "judged": 1.5}
_FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"


class _Words(NamedTuple):
    """A box with its words in lines, and its height."""

    box: Box
    title: list[str]
    says: list[str]
    height: float


def drawing(boxes: Sequence[Box], edges: Sequence[Edge], *, title: str, description: str) -> str:
    """The whole SVG file as text.

    ``description`` is read aloud where the picture cannot be seen: it should say in words what is drawn.
    """
    views = [_view(frame, boxes, edges) for frame in _FRAMES]
    _, width, height = views[0]
    rules = [
        ".detente{display:block;margin:0 auto;width:100%;height:auto}",
        ".detente>svg{display:none}",
        _shown(_FRAMES[0].name, width, height),
    ]
    for frame, (_, w, h) in zip(_FRAMES[1:], views[1:], strict=True):
        rules.append(f"@media {frame.media}{{.detente>svg{{display:none}}{_shown(frame.name, w, h)}}}")
    rules.append("@media print{.detente{max-height:100vh}}")
    inner = "\n".join(
        f'<svg class="{frame.name}" viewBox="0 0 {_n(w)} {_n(h)}"{_hidden(k)}>\n{body}\n</svg>'
        for k, (frame, (body, w, h)) in enumerate(zip(_FRAMES, views, strict=True))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {MARK} width="{_n(width)}" height="{_n(height)}" '
        f'role="img" aria-labelledby="detente-title detente-words" font-family="{_FONT}">\n'
        f'<title id="detente-title">{_text(title)}</title>\n<desc id="detente-words">{_text(description)}</desc>\n'
        f"<style>{''.join(rules)}</style>\n{inner}\n</svg>\n"
    )


def _hidden(k: int) -> str:
    """Hidden for those who read no style sheets, which outrank this."""
    return ' display="none"' if k else ""


def _shown(name: str, width: float, height: float) -> str:
    size = f"aspect-ratio:{_n(width)}/{_n(height)};max-width:{_n(1.25 * width)}px"
    return f".detente{{{size}}}.detente>.{name}{{display:inline}}"


# --- one drawing ------------------------------------------------------------------------------------------


def _view(frame: _Frame, boxes: Sequence[Box], edges: Sequence[Edge]) -> tuple[str, float, float]:
    """Its elements, width and height."""
    words = [_words(box, frame.box) for box in boxes]
    links = [Link(edge.source, edge.target, 1 if edge.delayed else 3) for edge in edges]
    sizes = {w.box.id: (frame.box, w.height) for w in words}
    placed = layers(sizes, links, room=frame.room, between=frame.between, lane=frame.lane)
    width = max(placed.across, _LEGEND_WIDTH)
    key, key_height = _legend(width, placed.along + 30, edges)
    parts = [f'<rect width="100%" height="100%" fill="{PALETTE["paper"]}"/>']
    parts.append(f'<g transform="translate({_n(_PAD)} {_n(_PAD)})">')
    parts += _lines(placed, edges, boxes)
    parts += [_box(w, placed.boxes[w.box.id], frame.box, w.height) for w in words]
    parts += [*_heads(placed, edges, boxes), *key, "</g>"]
    return "\n".join(parts), width + 2 * _PAD, placed.along + 30 + key_height + 2 * _PAD


def _words(box: Box, width: float) -> _Words:
    title = _wrapped(box.title, width - 16, _TITLE * 0.56, 3)
    says = [line for text in box.says for line in _wrapped(text, width - 16, _SAYS * 0.53, 3)]
    height = 14 + _LINE * (_TITLE * len(title) + _SAYS * len(says)) + (13 if _WORD[box.kind] else 0)
    return _Words(box, title, says, round(height))


def _wrapped(text: str, width: float, letter: float, most: int) -> list[str]:
    return textwrap.wrap(text, max(6, int(width / letter)), max_lines=most, placeholder=" …")


def _box(words: _Words, place: tuple[float, float], width: float, height: float) -> str:
    """Parts are rounded, issues have corners and a rim, ends are dark, events have a second line, others' are dashed."""
    x, y = place[0] - width / 2, place[1]
    kind = words.box.kind
    dark = kind == "end"
    ink, muted = (PALETTE["paper"], PALETTE["rule"]) if dark else (PALETTE["ink"], PALETTE["muted"])
    fill = PALETTE["ink"] if dark else PALETTE["zone"] if kind == "issue" else "#ffffff"
    shape = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" fill="{fill}" stroke="{PALETTE["ink"]}"'
    shape += ' rx="9"' if kind in ("part", "event", "outside") else ""
    shape += ' stroke-dasharray="3 3"' if kind == "outside" else ""
    shape += f' stroke-width="{2 if kind == "issue" else 1.2}"/>'
    if kind == "event":
        inner = f'x="{_n(x + 3)}" y="{_n(y + 3)}" width="{_n(width - 6)}" height="{_n(height - 6)}" rx="6"'
        shape += f'<rect {inner} fill="none" stroke="{PALETTE["ink"]}" stroke-width="0.8"/>'
    lines = [shape]
    middle = x + width / 2
    at = y + (height - words.height) / 2 + 7
    if _WORD[kind]:
        lines.append(_words_at(middle, at + 9, _WORD[kind].upper(), 9, muted, 'letter-spacing="1"'))
        at += 13
    for line in words.title:
        at += _TITLE * _LINE
        lines.append(_words_at(middle, at - 4, line, _TITLE, ink, 'font-weight="bold"'))
    for line in words.says:
        at += _SAYS * _LINE
        lines.append(_words_at(middle, at - 3, line, _SAYS, muted))
    tip = words.box.tip or ": ".join((words.box.title, *words.box.says))
    return f"<g><title>{_text(tip)}</title>{''.join(lines)}</g>"


def _words_at(
    x: float, y: float, text: str, size: float, ink: str, more: str = "", anchor: str = "middle"
) -> str:
    extra = f" {more}" if more else ""
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" fill="{ink}" text-anchor="{anchor}"{extra}>'
        f"{_text(text)}</text>"
    )


# --- arrows -----------------------------------------------------------------------------------------------


def _lines(placed: Layers, edges: Sequence[Edge], boxes: Sequence[Box]) -> Iterator[str]:
    """Stems, then each arrow's own last piece; each on a rim that keeps it apart from what it crosses."""
    for segment in sorted(placed.segments, key=lambda segment: segment.last):
        firms = {edges[n].firm for n in segment.links}
        firm = firms.pop() if len(firms) == 1 else "theory"
        short = 7.0 if segment.last else 0.0
        rim = (
            ""
            if segment.start[0] == segment.end[0] and not segment.last
            else _path(segment, short, PALETTE["paper"], 5)
        )
        line = rim + _path(segment, short, PALETTE["ink"], _WEIGHT[firm], _DASH[firm])
        yield f"<g>{_told(edges[segment.links[0]], boxes)}{line}</g>" if segment.last else line


def _told(edge: Edge, boxes: Sequence[Box]) -> str:
    titles = {box.id: box.title for box in boxes}
    return f"<title>{_text(edge.tip or f'{titles[edge.source]} → {titles[edge.target]}')}</title>"


def _bent(segment: Segment, short: float) -> tuple[tuple[float, float], ...]:
    """The four points of a curve that leaves and arrives upright, ``short`` of its end."""
    (x, y), (x2, y2) = segment.start, segment.end
    y2 -= short if y2 > y else -short
    middle = (y + y2) / 2
    return (x, y), (x, middle), (x2, middle), (x2, y2)


def _path(segment: Segment, short: float, ink: str, weight: float, dash: str = "") -> str:
    a, b, c, d = (f"{_n(x)} {_n(y)}" for x, y in _bent(segment, short))
    way = f"M{a}L{d}" if segment.start[0] == segment.end[0] else f"M{a}C{b} {c} {d}"
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{way}" fill="none" stroke="{ink}" stroke-width="{_n(weight)}"{dashed}/>'


def _heads(placed: Layers, edges: Sequence[Edge], boxes: Sequence[Box]) -> Iterator[str]:
    """Above all lines, so that no line goes through a sign."""
    for segment in placed.segments:
        if segment.last:
            edge = edges[segment.links[0]]
            yield f"<g>{_told(edge, boxes)}{''.join(_head(segment, edge))}</g>"


def _head(segment: Segment, edge: Edge) -> Iterator[str]:
    x, y = segment.end
    way = 1.0 if y > segment.start[1] else -1.0
    ink = PALETTE["ink"]
    back = _n(y - 10 * way)
    yield f'<path d="M{_n(x)} {_n(y)}L{_n(x - 4.5)} {back}L{_n(x + 4.5)} {back}Z" fill="{ink}"/>'
    if edge.delayed:
        yield from _strokes(segment)
    if edge.mark:
        yield _disc(edge.mark, x, y - 19 * way)


def _disc(mark: str, x: float, y: float) -> str:
    circle = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="7.5" fill="#ffffff" stroke="{PALETTE["ink"]}" stroke-width="1.1"/>'
    return circle + _words_at(x, y + 4.5, mark, 13, PALETTE["ink"], 'font-weight="bold"')


def _strokes(segment: Segment) -> Iterator[str]:
    """Two across the middle of a line."""
    (x, y), (x2, y2) = segment.start, segment.end
    along = (2 * (x2 - x), y2 - y)  # the tangent there
    length = math.hypot(*along)
    dx, dy = along[0] / length, along[1] / length
    for shift in (-2.2, 2.2):
        mx, my = (x + x2) / 2 + shift * dx, (y + y2) / 2 + shift * dy
        a, b = (f"{_n(mx - s * dy)} {_n(my + s * dx)}" for s in (-6.0, 6.0))
        yield f'<path d="M{a}L{b}" stroke="{PALETTE["ink"]}" stroke-width="1.7"/>'


# --- what the signs mean ------------------------------------------------------------------------------------

_LEGEND_WIDTH = 300.0
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("+", "more of this: more of that"),
    (MINUS, "more of this: less of that"),
    ("?", "either, as things stand"),
    ("", "no sign: an issue is settled so or so"),
    ("delay", "only a month later"),
    ("quoted", "rests on a quotation"),
    ("theory", "rests on a theory"),
    ("judged", "rests on a judgement, or not said on what"),
)


def _legend(width: float, top: float, edges: Sequence[Edge]) -> tuple[list[str], float]:
    """What is used of the signs and lines, in columns from ``top``; and its height."""
    marks = {edge.mark for edge in edges} | {edge.firm for edge in edges}
    marks |= {"delay"} if any(edge.delayed for edge in edges) else set()
    used = [(mark, words) for mark, words in _MEANINGS if mark in marks]
    columns = max(1, min(4, int(width // 250)))
    found = []
    for k, (mark, words) in enumerate(used):
        x = k % columns * width / columns
        y = top + k // columns * 21
        found.append(_sample(mark, x, y))
        found.append(_words_at(x + 40, y + 4, words, 12, PALETTE["ink"], anchor="start"))
    return found, 21.0 * -(-len(used) // columns)


def _sample(mark: str, x: float, y: float) -> str:
    ink = PALETTE["ink"]
    firm = mark if mark in _DASH else "theory"
    dash = f' stroke-dasharray="{_DASH[firm]}"' if _DASH[firm] else ""
    line = f'<path d="M{_n(x)} {_n(y)}H{_n(x + 32)}" stroke="{ink}" stroke-width="{_WEIGHT[firm]}"{dash}/>'
    if mark == "delay":
        line += "".join(
            f'<path d="M{_n(x + d)} {_n(y - 5)}V{_n(y + 5)}" stroke="{ink}" stroke-width="1.6"/>'
            for d in (14, 18)
        )
    elif mark and mark not in _DASH:
        line += _disc(mark, x + 16, y)
    return line


def _text(text: str) -> str:
    return escape(text)


def _n(value: float) -> str:
    """A tenth of a pixel is enough."""
    return f"{round(value, 1):g}"


# --- as a block of a briefing -------------------------------------------------------------------------------

_SHEET = _Frame("page", 300, 96, 46, 6, "")
_SHRUNK = 0.8
"""By how much the boxes of a page are narrower on a telephone, whose lanes need room."""
_STEPS = 10
"""Straight pieces of a curve."""


def flow_chart(
    id: str,
    caption: str,
    boxes: Sequence[Box],
    edges: Sequence[Edge],
    *,
    alt: str,
    table: Table | None = None,
) -> Chart:
    """The same picture with three boxes a row, which stretches with the page; what its signs mean stands in ``alt``."""
    titles = {box.id: _wrapped(box.title, _SHRUNK * _SHEET.box - 4, 6.0, 5) for box in boxes}
    tall = 12 + 14 * max((len(lines) for lines in titles.values()), default=1)
    links = [Link(edge.source, edge.target, 1 if edge.delayed else 3) for edge in edges]
    sizes = {box.id: (_SHEET.box, float(tall)) for box in boxes}
    placed = layers(sizes, links, room=_SHEET.room, gap=6, between=_SHEET.between, lane=_SHEET.lane)
    values: list[dict[str, Any]] = []
    for k, segment in enumerate(placed.segments):
        values += _pieces(k, segment, [edges[n] for n in segment.links])
    for box in boxes:
        x, y = placed.boxes[box.id]
        half = _SHEET.box / 2
        place = {"x": short(x - half), "x2": short(x + half), "y": short(y), "y2": short(y + tall)}
        values.append({"part": "box", "kind": box.kind, **place})
        lines = titles[box.id]
        middle = {"x": short(x), "y": short(y + tall / 2 - 7 * (len(lines) - 1))}
        values.append({"part": "words", "kind": box.kind, "words": lines, **middle})
    meanings = "; ".join(f"{mark} {words}" for mark, words in _MEANINGS[:3])
    told = f"{alt} On the arrows: {meanings}; ∥ {_MEANINGS[4][1]}. Thick lines rest on a quotation, dashed ones on a judgement, or it is not said on what."
    spec = {"data": {"values": values}, "layer": _layers(placed.across, placed.along)}
    return Chart(id, caption, spec, told, table, height=round(placed.along), broad=True)


def _pieces(k: int, segment: Segment, edges: Sequence[Edge]) -> Iterator[dict[str, Any]]:
    firms = {edge.firm for edge in edges}
    firm = firms.pop() if len(firms) == 1 else "theory"
    a, b, c, d = _bent(segment, 6.0 if segment.last else 0.0)
    for step in range(_STEPS + 1 if a[0] != d[0] else 2):
        t = step / (_STEPS if a[0] != d[0] else 1)
        u = 1 - t
        x, y = (u**3 * a[i] + 3 * u * u * t * b[i] + 3 * u * t * t * c[i] + t**3 * d[i] for i in (0, 1))
        yield {"part": "line", "k": k, "step": step, "kind": firm, "x": short(x), "y": short(y)}
    if segment.last:
        x, y = segment.end
        way = 1 if y > segment.start[1] else -1
        yield {
            "part": "head",
            "kind": "down" if way > 0 else "up",
            "x": short(x),
            "y": short(y - 4 * way),
        }
        if edges[0].mark:
            yield {
                "part": "disc",
                "x": short(x),
                "y": short(y - 17 * way),
                "words": edges[0].mark,
            }
        if edges[0].delayed:
            place = {"x": short((x + segment.start[0]) / 2), "y": short((y + segment.start[1]) / 2)}
            yield {"part": "delay", "words": "∥", **place}


def _layers(across: float, along: float) -> list[dict[str, Any]]:
    flat = {"type": "quantitative", "axis": None}
    x = {**flat, "field": "x", "scale": {"domain": [0, short(across)], "nice": False, "zero": False}}
    at = {"x": x, "y": pixels(along)}
    line = {"type": "line", "color": PALETTE["ink"], "interpolate": "linear"}
    lines = [
        layer(
            "line",
            {**line, "strokeWidth": _WEIGHT[firm], **({"strokeDash": [5, 4]} if _DASH[firm] else {})},
            {**at, "order": {"field": "step"}, "detail": {"field": "k"}},
            test=f"datum.kind === '{firm}'",
        )
        for firm in _DASH
    ]
    return [*lines, *_box_layers(at), *_mark_layers(at)]


def _box_layers(at: Mapping[str, Any]) -> list[dict[str, Any]]:
    ink, paper = PALETTE["ink"], PALETTE["paper"]
    looks = (
        ("part", paper, 1.2, 7),
        ("issue", PALETTE["zone"], 2, 0),
        ("end", ink, 1.2, 0),
        ("event", paper, 2, 7),
        ("outside", paper, 0.6, 7),
    )
    boxes = [
        layer(
            "box",
            {"type": "rect", "fill": fill, "stroke": ink, "strokeWidth": rim, "cornerRadius": bend},
            {**at, "x2": {"field": "x2"}, "y2": {"field": "y2"}},
            test=f"datum.kind === '{kind}'",
        )
        for kind, fill, rim, bend in looks
    ]
    words = {**_CENTRED, "fontWeight": "bold", "fontSize": 11, "lineHeight": 14}
    names = [
        layer(
            "words",
            {**words, "color": colour},
            {**at, "text": {"field": "words"}},
            test=f"datum.kind {sign} 'end'",
        )
        for sign, colour in (("!==", ink), ("===", paper))
    ]
    return boxes + names


def _mark_layers(at: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Heads, delays and signs, above all lines."""
    ink = PALETTE["ink"]
    point = {"type": "point", "filled": True, "opacity": 1}
    heads = [
        layer(
            "head",
            {**point, "size": 55, "color": ink, "shape": f"triangle-{way}"},
            at,
            test=f"datum.kind === '{way}'",
        )
        for way in ("down", "up")
    ]
    words = {**_CENTRED, "fontWeight": "bold", "color": ink}
    disc = {**point, "size": 190, "fill": PALETTE["paper"], "stroke": ink, "strokeWidth": 1}
    said = {**at, "text": {"field": "words"}}
    return [
        *heads,
        layer("delay", {**words, "fontSize": 13}, said),
        layer("disc", disc, at),
        layer("disc", {**words, "fontSize": 12}, said),
    ]


_CENTRED = {"type": "text", "baseline": "middle", "align": "center"}
