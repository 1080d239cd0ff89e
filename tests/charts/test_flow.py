"""Boxes and arrows: laid out without overlaps, drawn so that everybody can read them."""

from __future__ import annotations

import re
from itertools import combinations
from random import Random
from xml.etree import ElementTree

import pytest

from detente.charts.flow import Box, Edge, drawing, flow_chart
from detente.charts.layers import Layers, Link, layers

SVG = "{http://www.w3.org/2000/svg}"


def graph(seed: int) -> tuple[dict[str, tuple[float, float]], list[Link]]:
    random = Random(seed)
    sizes = {
        f"n{k}": (random.choice([80.0, 120.0]), random.choice([30.0, 60.0]))
        for k in range(random.randint(1, 24))
    }
    names = list(sizes)
    count = random.randint(0, 2 * len(names))
    return sizes, [
        Link(random.choice(names), random.choice(names), random.randint(1, 3)) for _ in range(count)
    ]


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[1] - 1e-6 and b[0] < a[1] - 1e-6 and a[2] < b[3] - 1e-6 and b[2] < a[3] - 1e-6


def spans(of: Layers, sizes: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float, float, float]]:
    return {
        n: (x - sizes[n][0] / 2, x + sizes[n][0] / 2, y, y + sizes[n][1]) for n, (x, y) in of.boxes.items()
    }


@pytest.mark.parametrize("seed", range(40))
def test_boxes_neither_overlap_nor_leave_the_picture_nor_the_room(seed: int) -> None:
    sizes, links = graph(seed)
    of = layers(sizes, links, room=300)
    boxes = spans(of, sizes)
    assert set(boxes) == set(sizes)
    assert not any(overlap(boxes[a], boxes[b]) for a, b in combinations(boxes, 2))
    for left, right, top, bottom in boxes.values():
        assert left >= -1e-6
        assert right <= of.across + 1e-6
        assert top >= 0
        assert bottom <= of.along + 1e-6
    for row in of.rows:
        assert sum(sizes[n][0] for n in row) + 16 * (len(row) - 1) <= 300 or len(row) == 1


@pytest.mark.parametrize("seed", range(40))
def test_every_arrow_is_a_way_from_its_source_to_its_target_and_through_no_box(seed: int) -> None:
    sizes, links = graph(seed)
    of = layers(sizes, links, room=300)
    boxes = spans(of, sizes)
    for n, link in enumerate(links):
        pieces = [s for s in of.segments if n in s.links]
        if link.source == link.target:
            assert not pieces
            continue
        assert sum(s.last for s in pieces) == 1
        at = {s.start: s.end for s in pieces}
        (begin,) = set(at) - set(at.values())
        way = [begin]
        while way[-1] in at:
            way.append(at[way[-1]])
        assert len(way) == len(pieces) + 1
        for name, (x, y) in ((link.source, way[0]), (link.target, way[-1])):
            left, right, top, bottom = boxes[name]
            assert left - 1e-6 <= x <= right + 1e-6
            assert min(abs(y - top), abs(y - bottom)) < 1e-6
        for s in pieces:  # where a line is beside boxes it is straight
            for left, right, top, bottom in boxes.values():
                if left + 1e-6 < s.start[0] < right - 1e-6 and s.start[0] == s.end[0]:
                    low, high = sorted((s.start[1], s.end[1]))
                    assert high <= top + 1e-6 or low >= bottom - 1e-6


def test_a_chain_flows_down_and_one_arrow_back_goes_up() -> None:
    sizes = dict.fromkeys("dbca", (80.0, 30.0))
    links = [Link("a", "b", 3), Link("b", "c", 3), Link("c", "d", 3), Link("d", "a", 1)]
    of = layers(sizes, links, room=400)
    assert of.rows == (("a",), ("b",), ("c",), ("d",))
    back = [s for s in of.segments if 3 in s.links]
    assert all(s.end[1] <= s.start[1] for s in back)


def test_rows_are_ordered_so_that_nothing_crosses_that_need_not() -> None:
    names = [f"{side}{k}" for side in "xy" for k in range(4)]
    links = [Link(f"x{k}", f"y{3 - k}") for k in range(4)]
    of = layers(dict.fromkeys(names, (60.0, 20.0)), links, room=400)
    ends = sorted((s.start[0], s.end[0]) for s in of.segments)
    assert [b for _, b in ends] == sorted(b for _, b in ends)


def test_less_room_makes_more_rows() -> None:
    sizes, links = graph(3)
    assert len(layers(sizes, links, room=130).rows) > len(layers(sizes, links, room=600).rows)


BOXES = [
    Box("a", "part", "Oil & money", ("money that <comes> in", "→ Frozen funds"), "Oil & money: all of it"),
    Box("b", "part", "Loyalty", ("loyalty of those who hold him up",)),
    Box("c", "issue", "Oil sanctions"),
    Box("d", "end", "The government collapses"),
]
EDGES = [
    Edge("c", "a", "", "quoted"),
    Edge("a", "b", "+", "theory", tip="Oil → Loyalty: more is more"),
    Edge("b", "d", "−", "judged"),
    Edge("b", "a", "?", "judged", True),
]


def picture() -> str:
    return drawing(BOXES, EDGES, title="What drives <what>", description="Words & words.")


def test_the_file_is_well_formed_says_what_it_shows_and_needs_nothing_else() -> None:
    text = picture()
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    title, words = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert words is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    assert (title.text, words.text) == ("What drives <what>", "Words & words.")
    links = re.sub(r'xmlns="[^"]*"', "", text)
    assert not re.search(r"http|href|@import|url\(|<script|<image|<foreignObject", links)
    assert picture() == text


def test_there_are_three_drawings_and_a_width_for_each() -> None:
    root = ElementTree.fromstring(picture())
    views = root.findall(f"{SVG}svg")
    assert [v.get("class") for v in views] == ["wide", "sheet", "narrow"]
    assert [v.get("display") for v in views] == [None, "none", "none"]
    style = root.findtext(f"{SVG}style") or ""
    for name in ("wide", "sheet", "narrow"):
        assert f".detente>.{name}{{display:inline}}" in style
    for view in views:
        said = [t.text for t in view.iter(f"{SVG}text")]
        for mark in ("+", "−", "?"):
            assert said.count(mark) == 2  # on the arrow and in the key
        assert "ISSUE" in said
        assert "END" in said
        assert "→ Frozen funds" in said


def test_kinds_lines_and_delays_differ_without_colour() -> None:
    view = ElementTree.fromstring(picture()).findall(f"{SVG}svg")[0]
    rounded = [r for r in view.iter(f"{SVG}rect") if r.get("rx")]
    assert len(rounded) == 2
    paths = list(view.iter(f"{SVG}path"))
    dashed = [p for p in paths if p.get("stroke-dasharray")]
    assert len(dashed) == 3  # two arrows and the key
    thick = {p.get("stroke-width") for p in paths}
    assert {"1.2", "1.5", "2.1"} <= thick
    strokes = [p for p in paths if p.get("stroke-width") == "1.7"]
    assert len(strokes) == 2
    told = [t.text for t in view.iter(f"{SVG}title")]
    assert "Oil & money: all of it" in told
    assert "Oil → Loyalty: more is more" in told
    assert "Loyalty → The government collapses" in told


def test_the_key_explains_only_what_is_used() -> None:
    plain = drawing(BOXES[:2], [Edge("a", "b", "+", "theory")], title="t", description="d")
    assert "more of this: more of that" in plain
    assert "a month later" not in plain
    assert "a quotation" not in plain
    assert "only a month later" in picture()


def test_nothing_is_drawn_of_nothing() -> None:
    ElementTree.fromstring(drawing([], [], title="t", description="d"))
    ElementTree.fromstring(drawing(BOXES[:1], [], title="t", description="d"))


def test_a_briefing_has_the_same_arrows_and_words() -> None:
    chart = flow_chart("influence", "What drives what", BOXES, EDGES, alt="Four boxes.")
    rows = chart.spec["data"]["values"]
    assert sorted(r["words"] for r in rows if r["part"] == "disc") == sorted(e.mark for e in EDGES if e.mark)
    assert sum(r["part"] == "head" for r in rows) == len(EDGES)
    assert sum(r["part"] == "delay" for r in rows) == 1
    assert {r["kind"] for r in rows if r["part"] == "box"} == {"part", "issue", "end"}
    assert " ".join(next(r for r in rows if r["part"] == "words")["words"]) == "Oil & money"
    assert chart.alt.startswith("Four boxes. On the arrows: + more of this: more of that")
    assert chart.height is not None
    assert max(r["y"] for r in rows) <= chart.height
