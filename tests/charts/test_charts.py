from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from detente.charts import PALETTE, chances_of_100, reach_map, timeline, tornado
from detente.charts.reach import Place
from detente.charts.shares import shares
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


LADDER: list[tuple[str, dict[str, float | None]]] = [
    ("A", {"acceptable": 0.34, "signed": 0.12, "begun": 0.06, "kept": 0.004}),
    ("B", {"acceptable": 0.7, "signed": None, "begun": None, "kept": None}),
]
CHARTS = [
    chances_of_100("c", "Chances", LADDER),
    tornado("t", "Tornado", [("w", 0.2, 0.5, "10", "30")], 0.4, "Acceptance", percent=True),
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
    shares("a", "Shares", {"holds": [1.0, 0.6], "falls": [0.0, 0.4]}),
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


def test_chances_of_100_stand_on_one_scale_one_row_a_package() -> None:
    chart = CHARTS[0]
    marks = [(r["x"], r["link"]) for r in rows(chart, "mark")]
    assert marks == [(34, "acceptable"), (12, "signed"), (6, "begun"), (0.4, "kept"), (70, "acceptable")]
    assert [(r["x"], r["to"]) for r in rows(chart, "line")] == [(0.4, 34), (70, 70)]
    assert [(r["x"], r["words"]) for r in rows(chart, "label")] == [(34, "34%"), (70, "70%")]
    first, second = (
        {r["y"] for r in rows(chart, "mark") if r["x"] in of} for of in ((34, 12, 6, 0.4), (70,))
    )
    assert len(first) == len(second) == 1 < len(first | second)
    assert (
        chart.alt == "Acceptable from 34% to 70%; in each row what is signed, begun and kept is at most that."
    )
    assert chart.table is not None
    assert chart.table.columns == ("Package", "Acceptable", "Signed", "Begun", "Kept")
    assert chart.table.rows == [["A", "34%", "12%", "6%", "under 1%"], ["B", "70%", "–", "–", "–"]]


def test_chances_of_100_tell_links_by_shape_and_leave_out_those_of_which_nothing_is_known() -> None:
    marks = next(layer for layer in CHARTS[0].spec["layer"] if layer["mark"]["type"] == "point")
    scale = marks["encoding"]["shape"]["scale"]
    assert scale["domain"] == ["acceptable", "signed", "begun", "kept"]
    assert len(set(scale["range"])) == 4
    alone = chances_of_100("c", "Chances", LADDER[1:])
    assert alone.alt == "Acceptable 70%."
    assert alone.table is not None
    assert alone.table.columns == ("Package", "Acceptable")
    two = chances_of_100("c", "Chances", [("A", {"acceptable": 0.5, "signed": 0.2})])
    assert two.alt == "Acceptable 50%; in each row what is signed is at most that."


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


def test_nothing_to_show_is_bearable() -> None:
    for chart in (
        tornado("t", "c", [], 0, "x"),
        timeline("t", "c", []),
        shares("a", "c", {}),
        reach_map("t", "c", [], kinds=[]),
    ):
        json.dumps(chart.spec, allow_nan=False)
        assert chart.alt


def test_long_words_are_wrapped_for_a_telephone() -> None:
    chart = chances_of_100("n", "c", [("a very long name of a package " * 9, {"acceptable": 1})])
    (words,) = rows(chart, "words")
    assert len(words["words"]) == 3
    assert max(map(len, words["words"])) <= 44


def test_a_timeline_says_where_the_smallest_margin_is() -> None:
    chart = next(c for c in CHARTS if c.id == "l")
    assert chart.alt == "Smallest margin: −0.5 points, them, at “two – them”."
    assert [(r["x"], r["x2"], r["kind"]) for r in rows(chart, "span")] == [
        (0, 2, "holds"),
        (2, 3, "does not hold"),
    ]
    assert [r["words"] for r in rows(chart, "words")] == [
        ["one – us", "+1.5 points, us"],
        ["two – them", "✕ −0.5 points, them"],
    ]


def test_a_timeline_has_dates_on_its_axis_where_its_beginning_has_one() -> None:
    def axis(start: str | None, months: int) -> Any:
        return timeline("l", "c", [Span("a", 0, months, 1, "us")], start).spec["layer"][0]["encoding"]["x"][
            "axis"
        ]

    assert axis(None, 4)["title"] == ["Months from the beginning"]
    dated = axis("2021-06-03", 4)
    assert dated["title"] is None
    assert '"Jul 2021"' in dated["labelExpr"]
    assert dated["values"][0] == pytest.approx(1 - 2 / 31, abs=1e-4)
    yearly = axis("2021-06-03", 40)
    assert [float(v) for v in yearly["values"]] == pytest.approx(
        [7 - 2 / 31, 19 - 2 / 31, 31 - 2 / 31], abs=1e-4
    )
    assert '"2022"' in yearly["labelExpr"]


def test_a_map_tells_what_moves_lead_to_from_what_none_does() -> None:
    chart = next(c for c in CHARTS if c.id == "m")
    assert [(r["x"], r["words"]) for r in rows(chart, "way")] == [
        (0, "holds in 40%"),
        (2, "holds in 90%"),
    ]
    assert [(r["x"], r["words"]) for r in rows(chart, "gap")] == [(3, "out of reach; holds in 20%")]
    assert "Nearest by moves that nobody regrets: near (2 away)." in chart.alt


def test_shares_have_a_strip_each_from_none_to_all_under_words_of_their_own() -> None:
    chart = next(c for c in CHARTS if c.id == "a")
    assert [r["words"] for r in rows(chart, "words")] == [
        ["holds: 60% at the end"],
        ["falls: 40% at the end"],
    ]
    full = [(r["y2"] - r["y"]) / 40 for r in rows(chart, "share")]
    assert full == pytest.approx([1, 0.6, 0, 0.4])
    ends = [r["y"] for r in rows(chart, "edge")]
    assert ends[1] < ends[2]
    assert chart.alt == "At the end: holds 60%; falls 40%."


def test_shares_of_nothing_are_left_to_the_table() -> None:
    chart = shares("a", "c", {"on": [1.0, 0.998], "off": [0.0, 0.002]})
    assert len(rows(chart, "words")) == 1
    assert chart.table is not None
    assert chart.table.columns == ("Month", "on", "off")
    assert "off under 1%" in chart.alt


def test_the_last_month_of_shares_is_kept() -> None:
    table = shares(
        "a", "c", {"on": [1 - m / 100 for m in range(60)], "off": [m / 100 for m in range(60)]}
    ).table
    assert table is not None
    assert [row[0] for row in table.rows] == ["0", "12", "24", "36", "48", "59"]
    assert [table.rows[n][0] for n in table.keep] == ["59"]
