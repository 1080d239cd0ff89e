"""Ways from policies to points."""

from __future__ import annotations

from itertools import permutations

import pytest

from detente.document import Section, Table
from detente.world.diagram import document
from detente.world.influence import Influence, of_case
from detente.world.routes import route, routes
from tests.world.test_influence import world
from tests.world.venezuelan import case


def test_a_way_is_the_shortest_and_has_the_product_of_its_signs() -> None:
    found = route(world(), ["issue:sanctions"], "loyalty.collapsed")
    assert found is not None
    assert found.way == ("issue:sanctions", "money", "loyalty", "loyalty.collapsed")
    assert found.mark == "-"  # more money, more loyalty, fewer falls
    found = route(world(), ["promise"], "loyalty.collapsed")
    assert found is not None
    assert found.mark == "+"
    found = route(world(), ["money"], "issue:vote")
    assert found is not None
    assert (found.way, found.mark) == (("money", "loyalty", "promise", "issue:vote"), "+")


def test_where_it_begins_it_is_there_and_some_things_cannot_be_reached() -> None:
    found = route(world(), ["money", "promise"], "money")
    assert found is not None
    assert (found.way, found.mark) == (("money",), None)
    assert route(world(), ["money"], "issue:sanctions") is None
    assert route(world(), [], "money") is None


def test_an_issue_in_between_leaves_the_direction_open() -> None:
    of = world(money__income="if before(vote) is dated then oil else oil * (1 - lost[sanctions])")
    found = route(of, ["promise"], "money")
    assert found is not None
    assert (found.way, found.mark) == (("promise", "issue:vote", "money"), "?")


@pytest.mark.parametrize("start", ["money", "promise", "issue:sanctions"])
def test_no_way_is_shorter(start: str) -> None:
    of: Influence = world()
    boxes = [b.id for b in of.parts]
    joined = {(a.source, a.target) for a in of.arrows}
    for end in boxes:
        lengths = [
            n
            for n in range(len(boxes))
            for way in permutations([b for b in boxes if b not in (start, end)], max(0, n - 1))
            if (n == 0 and start == end)
            or (n > 0 and all(step in joined for step in zip((start, *way), (*way, end), strict=True)))
        ]
        found = route(of, [start], end)
        assert (None if found is None else len(found.way) - 1) == min(lengths, default=None)


def test_every_policy_of_a_case_has_ways_to_what_counts_for_somebody() -> None:
    influence = of_case(case())
    found = routes(case(), influence)
    assert list(found) == list(case().policies)
    titles = {b.id for b in influence.parts}
    for ways in found.values():
        assert all(set(way.way) <= titles and way.whose for way in ways)
        assert any(way.way[-1] == "exit.handed_over" for way in ways)
    section = document(influence, "x", found).blocks[-1]
    assert isinstance(section, Section)
    assert isinstance(section.blocks[0], Table)
    assert len(section.blocks[0].rows) == sum(map(len, found.values()))
