"""The pictures of the briefing as :class:`~detente.document.Chart` blocks: Vega-Lite, words and numbers.

Every builder returns the specification, a sentence for those who do not see it, and the table behind it. The
colours are those of :data:`PALETTE`; the page maps them to its light and dark themes, so a builder never
thinks about a background. Nothing is told by colour alone: kinds differ in shape, bars carry their words.

Charts with one row per thing put the words above the bar, not beside it: a telephone is 400 pixels wide, and
the names of issues are long. Their vertical scale is therefore in pixels, counted from the top.
"""

from __future__ import annotations

from detente.charts.chances import chances_of_100
from detente.charts.reach import reach_map
from detente.charts.timeline import timeline
from detente.charts.tornado import tornado
from detente.charts.vega import PALETTE

__all__ = ["PALETTE", "chances_of_100", "reach_map", "timeline", "tornado"]
