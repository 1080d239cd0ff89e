"""Charts → SVG elements, drawn by Vega-Lite in vl-convert, whose V8 and fonts have to be there first."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from detente import memory
from detente.errors import LimitError
from detente.jsontext import dumps

__all__ = ["begin", "can_draw", "picture"]

_ADDRESSES = 66 << 30  # bytes that V8, which draws the pictures, reserves at once, and a little more
_VEGA_LITE = "6.4"
_REFERENCE = re.compile(r'(\sid="|url\(#)([^")]+)([")])')
_UNSEEN = re.compile(
    r'<path class="foreground" d="" display="none"/>|<path class="background" d="[^"]*"/>'
    r'|(?<=<g) transform="translate\(0,0\)"| class="(?:mark|role)-[^"]*"'
)
"""What Vega writes without ink, place or anybody who asks for it: half of a picture of many lines."""
_ROLE = re.compile(r'\s(?:role|aria-[a-z]+)="[^"]*"')
CARRIED = re.compile("[\t-\u052f\u2000-\u22ff]*")
"""Letters that vl-convert's own font has: Latin, Greek, Cyrillic, punctuation, arrows, mathematics."""


def can_draw() -> None:
    """Raise ``LimitError`` where pictures cannot be drawn: V8 would end the process, after all the work."""
    if not memory.has_room(_ADDRESSES):
        raise LimitError(
            f"the pictures of a briefing need {_ADDRESSES >> 30} GiB of addresses (not of memory), which this process "
            "may not reserve: 'ulimit -v unlimited' lifts the limit; the other verbs, in words, do without"
        )


def begin(words: str) -> None:
    """Start V8 beside other work, in a process that is ours alone; ``words``: all that pictures may have to say.

    Where its own font does, vl-convert is not told of any other: it would open the system's copy of it some ten times for each
    word that is measured, and a page would not have the same bytes wherever it is written.
    """
    if CARRIED.fullmatch(words):
        os.environ["FONTCONFIG_FILE"] = str(files("detente.render") / "fonts.conf")
    # Not a daemon: the process does not end while V8 begins.
    threading.Thread(
        target=_drawn, args=({"mark": {"type": "text", "text": "."}, "data": {"values": [{}]}},)
    ).start()


def _drawn(spec: Mapping[str, Any]) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(
        dumps(spec, compact=True), vl_version=_VEGA_LITE, allowed_base_urls=[]
    )
    return svg


def picture(spec: Mapping[str, Any], anchor: str, width: int) -> str:
    """The chart as an SVG element so many pixels wide, its clip paths named after the figure, which speaks for its marks."""
    svg = _drawn({**spec, "width": width})
    found: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        return match[1] + found.setdefault(match[2], f"{anchor}-{len(found)}") + match[3]

    # In tags alone: what stands between them are words, in which a quotation mark need not be an escape.
    drawn = re.sub(r"<[^>]*>", lambda tag: _REFERENCE.sub(named, _ROLE.sub("", tag[0])), svg)
    return _UNSEEN.sub("", drawn)
