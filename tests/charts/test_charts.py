from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pytest

from detente.charts import (
    PALETTE,
    gain_strip,
    grouped_bars,
    quantile_dots,
    reach_map,
    timeline,
    tornado,
    utility_scatter,
)
from detente.charts.fan import fan, shares
from detente.charts.reach import Place
from detente.charts.timeline import Span
from detente.document import Chart


def rows(chart: Chart, part: str) -> list[Mapping[str, Any]]:
    return [row for row in chart.spec["data"]["values"] if row.get("part") == part]


def colours(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return set().union(*map(colours, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(colours, value)) if value else set()
    return {value} if isinstance(value, str) and value.startswith("#") else set()


SCATTER = [
    {"x": 10, "y": 90, "kind": "frontier", "label": "A"},
    {"x": 60, "y": 60, "kind": "frontier", "label": "B"},
    {"x": 60, "y": 60, "kind": "Kalai–Smorodinsky", "label": "B"},
    {"x": 60, "y": 60, "kind": "nash", "label": "B"},
    {"x": 55, "y": 54, "kind": "status quo", "label": "as it is"},
    {"x": 5, "y": 5, "kind": "other", "label": "C"},
    {"x": 7, "y": 7, "kind": "last round", "label": "D"},
]
CHARTS = [
    utility_scatter("s", "Scatter", SCATTER, "Us", "Them", 50, 40),
    tornado("t", "Tornado", [("w", 0.2, 0.5, "10", "30")], 0.4, "Acceptance", percent=True),
    quantile_dots("q", "Chance", 0.34, ("yes", "no")),
    quantile_dots("d", "Spread", [math.sin(i) for i in range(50)], x_title="gain"),
    grouped_bars("g", "Bars", [("A", "all", 0.3, 0.2, 0.4), ("A", "staller", 0.1, 0.0, 0.2)]),
    timeline("l", "Line", [Span("one – us", 0, 2, 1.5, "us"), Span("two – them", 2, 3, -0.5, "them")]),
    reach_map(
        "m",
        "Map",
        [
            Place("here", 0, 0.4, 0.1, "now"),
            Place("there", None, 0.2, 0.0001, "hoped"),
            Place("near", 2, 0.9, 0.05, "hoped"),
        ],
        kinds=["now", "hoped"],
    ),
    fan("f", "Fan", [[0.1, 0.0], [0.2, 0.1], [0.3, 0.3], [0.4, 0.5], [0.5, 0.9]], y_title="Share"),
    shares("a", "Shares", {"holds": [1.0, 0.6], "falls": [0.0, 0.4]}),
    gain_strip("n", "Gains", [("us", 3, -1, 5), ("them", -2, -5, -1)]),
]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.id)
def test_every_chart_is_pure_data_with_words_and_numbers(chart: Chart) -> None:
    json.dumps(chart.spec, allow_nan=False)
    assert not {"$schema", "width", "config"} & set(chart.spec)
    assert set(chart.spec["data"]) == {"values"}
    assert colours(chart.spec) <= set(PALETTE.values())
    assert chart.alt.endswith(".")
    assert chart.table is not None
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
    assert chart.height is not None


def test_scatter_says_what_it_shows() -> None:
    chart = CHARTS[0]
    assert chart.alt == (
        "2 packages are on the frontier: no other is at least as good for everybody and better for one. "
        "1 of those shown reaches the no-deal values of both: 50.0 points to Us and 40.0 to Them. "
        "The status quo is worth 55.0 points to Us and 54.0 to Them."
    )
    assert len(rows(chart, "line")) == 2
    assert [row["x"] for row in rows(chart, "no deal x")] == [50]
    assert [row["y"] for row in rows(chart, "no deal y")] == [40]
    tips = {row["kind"]: row["tip"] for row in rows(chart, "point")}
    assert tips["Nash"].splitlines() == [
        "Kalai–Smorodinsky · Nash · On the frontier",
        "B",
        "Us: 60.0",
        "Them: 60.0",
    ]
    assert tips["Last round"].startswith("Last round\nD")


def test_scatter_kinds_differ_in_shape_or_filling() -> None:
    layer = CHARTS[0].spec["layer"][-1]["encoding"]
    looks = list(zip(layer["shape"]["scale"]["range"], layer["fill"]["scale"]["range"], strict=True))
    dots = [look for look in looks if look[0] == "circle"]
    assert len(set(looks)) == len(looks) == 6
    assert len(dots) == 2  # other packages and the frontier, which differ in size as well


def test_scatter_does_not_join_a_frontier_that_rises() -> None:
    points = [{"x": x, "y": y, "kind": "frontier", "label": ""} for x, y in ((1, 1), (2, 3), (3, 2))]
    chart = utility_scatter("s", "c", points, "x", "y")
    assert rows(chart, "line") == []
    assert rows(chart, "zone") == []


def test_scatter_table_leaves_out_the_crowd_and_says_so() -> None:
    crowd = [{"x": i, "y": i, "kind": "other", "label": ""} for i in range(500)]
    table = utility_scatter("s", "c", [*crowd, *SCATTER], "x", "y").table
    assert table is not None
    assert len(table.rows) == 6
    assert "501 more marks" in table.note


def test_tornado_puts_the_widest_swing_first_and_keeps_ends_apart() -> None:
    chart = tornado(
        "t", "c", [("small", 4, 6, "a", "b"), ("one side", 6, 9, "a", "b"), ("none", 5, 5, "a", "b")], 5, "x"
    )
    assert chart.table is not None
    assert [row[0] for row in chart.table.rows] == ["one side", "small", "none"]
    assert chart.alt.endswith("What moves it most is one side (6 at a, 9 at b).")
    bars = rows(chart, "bar")
    assert len(bars) == 4
    assert bars[0]["y2"] <= bars[1]["y"]  # both ends on one side: below one another
    assert (bars[2]["y"], bars[2]["y2"]) == (bars[3]["y"], bars[3]["y2"])
    words = [row["y"] for row in rows(chart, "words")]
    assert bars[1]["y2"] < words[1]
    assert chart.height is not None
    assert max(bar["y2"] for bar in bars) < chart.height


@pytest.mark.parametrize(
    ("probability", "filled"), [(0, 0), (0.009, 0), (0.011, 1), (0.34, 17), (0.999, 50), (1, 50)]
)
def test_fifty_dots(probability: float, filled: int) -> None:
    chart = quantile_dots("q", "c", probability, ("yes", "no"))
    dots = rows(chart, "dot")
    assert len(dots) == 50
    assert [dot["kind"] for dot in dots].count("Yes") == filled
    assert len({(dot["x"], dot["y"]) for dot in dots}) == 50
    assert chart.table is not None
    assert [row[1] for row in chart.table.rows] == [str(filled), str(50 - filled)]


def test_a_chance_says_which_share_is_whose() -> None:
    assert CHARTS[2].alt == "Yes: 34%; no: 66%."
    assert quantile_dots("q", "c", 0.999, ("yes", "no")).alt == "Yes: over 99%; no: under 1%."


def test_stacked_dots_count() -> None:
    chart = CHARTS[3]
    dots = chart.spec["data"]["values"]
    assert len(dots) == 50
    assert len({(dot["x"], dot["y"]) for dot in dots}) == 50
    for dot, value in zip(dots, sorted(math.sin(i) for i in range(50)), strict=True):
        assert abs(dot["x"] - value) <= 2 / 20 / 2 + 1e-3
    same = quantile_dots("q", "c", [3.0] * 50)
    assert max(dot["y"] for dot in same.spec["data"]["values"]) == 49.5


def test_bars_and_strips_name_the_extremes() -> None:
    assert CHARTS[4].alt == "Highest: A, all, 30%. Lowest: A, staller, 10%."
    assert CHARTS[-1].alt == (
        "Below its no-deal value at best estimates: them. It may be a gain or a loss, by the range, for us."
    )
    assert rows(CHARTS[-1], "zero") == [{"part": "zero", "x": 0}]


def test_nothing_to_show_is_bearable() -> None:
    for chart in (
        utility_scatter("s", "c", [], "x", "y"),
        tornado("t", "c", [], 0, "x"),
        timeline("t", "c", []),
        fan("f", "c", [[], [], [], [], []], y_title="Share"),
        shares("a", "c", {}),
        reach_map("t", "c", [], kinds=[]),
        grouped_bars("g", "c", []),
        gain_strip("n", "c", []),
    ):
        json.dumps(chart.spec, allow_nan=False)
        assert chart.alt
    with pytest.raises(ValueError, match="at least one value"):
        quantile_dots("q", "c", [])


def test_a_fan_shows_all_of_a_level_below_nothing() -> None:
    def axis(*ends: float) -> list[float]:
        paths = fan("f", "c", [[0.0, v] for v in ends], y_title="points", percent=False)
        found: list[float] = paths.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
        return found

    assert axis(-20, -10, -5, 0, 4) == pytest.approx([-21, 4.2])
    assert axis(1, 2, 3, 4, 10) == pytest.approx([0, 10.5])


def test_long_words_are_wrapped_for_a_telephone() -> None:
    chart = gain_strip("n", "c", [("a very long name of a faction " * 9, 1, 0, 2)])
    (words,) = rows(chart, "words")
    assert len(words["words"]) == 3
    assert max(map(len, words["words"])) <= 50


def test_a_timeline_says_where_the_smallest_margin_is() -> None:
    chart = next(c for c in CHARTS if c.id == "l")
    assert chart.alt == "Smallest margin: −0.5 points, them, at “two – them”."
    assert [(r["x"], r["x2"], r["kind"]) for r in rows(chart, "span")] == [
        (0, 2, "holds"),
        (2, 3, "does not hold"),
    ]
    assert "✕" in rows(chart, "span")[1]["words"]


def test_a_map_tells_what_moves_lead_to_from_what_none_does() -> None:
    chart = next(c for c in CHARTS if c.id == "m")
    assert [(r["x"], r["words"]) for r in rows(chart, "way")] == [
        (0, "holds in 40% ± 10.0"),
        (2, "holds in 90% ± 5.0"),
    ]
    assert [(r["x"], r["words"]) for r in rows(chart, "gap")] == [
        (3, "out of reach; holds in 20% ± under 0.1")
    ]
    assert "Nearest by moves that nobody regrets: near (2 away)." in chart.alt


def test_a_fan_says_where_it_begins_and_ends() -> None:
    chart = next(c for c in CHARTS if c.id == "f")
    assert chart.alt.startswith(
        "Median 30% now and 30% after 1 month; then nine in ten worlds lie between 0% and 90%."
    )


def test_shares_stack_to_one() -> None:
    chart = next(c for c in CHARTS if c.id == "a")
    last = [(r["y"], r["y2"]) for r in rows(chart, "share") if r["x"] == 1]
    assert last == [(0.0, 0.6), (0.6, 1.0)]
    assert chart.alt == "At the end: holds 60%; falls 40%."


def test_the_rows_that_a_sentence_quotes_are_kept() -> None:
    bars = [
        ("A", f"reading {n}", share, share, share) for n, share in enumerate([0.5] * 14 + [0.1, 0.9, 0.5])
    ]
    table = grouped_bars("g", "c", bars).table
    assert table is not None
    assert {table.rows[n][1] for n in table.keep} == {"reading 14", "reading 15"}
    paths = fan("f", "c", [[share] * 61 for share in (0.1, 0.2, 0.3, 0.4, 0.5)], y_title="x").table
    assert paths is not None
    assert [paths.rows[n][0] for n in paths.keep] == ["60"]


def test_gains_without_a_range_have_no_columns_for_one() -> None:
    table = gain_strip("n", "c", [("us", 3, 3, 3), ("them", -2.5, -2.5, -2.5)]).table
    assert table is not None
    assert table.columns == ("Faction", "Gain")
    assert table.rows == [("us", "+3.0"), ("them", "−2.5")]
