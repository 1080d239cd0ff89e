"""What drives what, of worlds small enough to see it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from detente.case.mechanism import Bundled, Movement, Own, Part
from detente.case.wiring import Wiring, wire
from detente.errors import UsageError
from detente.world.influence import Arrow, Influence, influence

ISSUES = {"sanctions": ("kept", "lifted"), "vote": ("none", "dated")}
BUNDLED = {
    "loyalty": {
        "title": "Loyalty of the elite",
        "says": "Those who hold the incumbent up are paid, or leave.",
        "theory": "A threshold model (somebody 1978).",
        "limits": "No factions.",
        "numbers": {"now": {"says": "Loyalty today"}, "pace": {"says": "How fast it moves"}},
        "levels": {
            "loyalty": {
                "says": "loyalty of those who hold him up",
                "start": "now",
                "next": "clamp(loyalty + pace * (drawn - loyalty), 0, 1)",
                "unit": "share",
            }
        },
        "values": {
            "drawn": "clamp(money.income - promise.offer ?? 0, 0, 1)",
            "deserters": {"equation": "1 - loyalty", "judgement": "a guess"},
        },
        "events": {
            "collapsed": {
                "says": "the government collapses",
                "chance": "0.1 * (1 - loyalty)",
                "ends": "office",
                "fact": "soldiers desert",
                "source": "paper",
            }
        },
    }
}
PARTS: dict[str, Any] = {
    "money": {
        "says": "Oil is sold.",
        "fact": "oil exports fell",
        "source": "paper",
        "numbers": {"oil": [0.5, 0.9], "lost": {"kept": [0.3, 0.6], "lifted": 0}},
        "values": {"income": {"equation": "oil * (1 - lost[sanctions])", "says": "money that comes in"}},
    },
    "loyalty": {"now": 0.7, "pace": [0.1, 0.3]},
    "promise": {
        "judgement": "a guess",
        "numbers": {"made": [0.1, 0.2]},
        "events": {
            "kept": {"chance": "made * before(loyalty.loyalty)", "says": "a promise is kept"},
            "voted": {"when": "happened(kept) and loyalty.loyalty > 0.5"},
        },
        "levels": {"offer": {"start": 0, "next": "if kept then 0.2 else offer", "unit": "share"}},
    },
}
MOVES = {"vote": {"dated": "promise.voted"}}


def world(**changed: str) -> Influence:
    """The world with some equations written otherwise: ``loyalty__drawn=".."``."""
    given, files = copy.deepcopy(PARTS), copy.deepcopy(BUNDLED)
    for path, text in changed.items():
        part, name = path.split("__")
        for of in (given.get(part, {}), files.get(part, {})):
            for kind, key in (("levels", "next"), ("values", "equation"), ("events", "chance")):
                if name in of.get(kind, {}):
                    old = of[kind][name]
                    rest = {k: v for k, v in old.items() if k != "when"} if isinstance(old, dict) else {}
                    of[kind][name] = {**rest, key: text}
    bundled = TypeAdapter(dict[str, Bundled]).validate_python(files)
    parts = TypeAdapter(dict[str, Part]).validate_python(given)
    found = wire(parts, bundled, ISSUES, TypeAdapter(dict[str, Movement]).validate_python(MOVES))
    assert isinstance(found, Wiring), found
    says = {n: p if isinstance(p, Own) else bundled[n] for n, p in parts.items()}
    return influence(found, says, {"sanctions": "Oil sanctions"})


def arrows(of: tuple[Arrow, ...]) -> dict[tuple[str, str], str]:
    return {(a.source, a.target): a.mark for a in of}


def test_between_parts_a_sign_is_that_of_what_each_part_stands_for() -> None:
    assert arrows(world().arrows) == {
        ("issue:sanctions", "money"): "of",
        ("money", "loyalty"): "+",
        ("promise", "loyalty"): "-",
        ("loyalty", "loyalty.collapsed"): "-",
        ("loyalty", "promise"): "+",
        ("promise", "issue:vote"): "sets",
    }


@pytest.mark.parametrize(
    ("equation", "text", "arrow", "mark"),
    [
        ("loyalty__drawn", "clamp(money.income + promise.offer, 0, 1)", ("promise", "loyalty"), "+"),
        ("loyalty__drawn", "clamp(promise.offer - money.income, 0, 1)", ("money", "loyalty"), "-"),
        ("loyalty__loyalty", "clamp(loyalty - pace * drawn, 0, 1)", ("money", "loyalty"), "-"),
        ("loyalty__loyalty", "clamp(loyalty - pace * drawn, 0, 1)", ("promise", "loyalty"), "+"),
        ("loyalty__collapsed", "0.1 * loyalty", ("loyalty", "loyalty.collapsed"), "+"),
        ("promise__kept", "made * (1 - before(loyalty.loyalty))", ("loyalty", "promise"), "?"),
        ("promise__offer", "if kept then 0 else 0.2", ("loyalty", "promise"), "?"),
        ("money__income", "oil * lost[sanctions]", ("issue:sanctions", "money"), "of"),
    ],
)
def test_another_sign_in_an_equation_is_another_sign_of_the_arrow(
    equation: str, text: str, arrow: tuple[str, str], mark: str
) -> None:
    assert arrows(world(**{equation: text}).arrows)[arrow] == mark


def test_what_a_part_offers_beside_its_head_counts_by_how_it_follows_the_head() -> None:
    of = world(promise__kept="made * before(loyalty.deserters)", promise__voted="if kept then 0.1 else 0")
    assert arrows(of.within)["loyalty.deserters", "promise.kept"] == "+"
    assert arrows(of.arrows)["loyalty", "promise"] == "-"


def test_what_comes_back_to_the_head_does_not_turn_its_sign() -> None:
    of = world(loyalty__drawn="clamp(money.income - promise.offer - before(loyalty), 0, 1)")
    assert arrows(of.arrows)["loyalty", "loyalty.collapsed"] == "-"
    of = world(
        loyalty__collapsed="if drawn < 0.5 then 0.1 else 0", loyalty__drawn="money.income * before(loyalty)"
    )
    assert arrows(of.arrows)["loyalty", "loyalty.collapsed"] == "-"
    assert arrows(of.arrows)["money", "loyalty"] == "+"
    of = world(loyalty__loyalty="clamp(loyalty + pace * (drawn - loyalty) + 0.1 * before(deserters), 0, 1)")
    assert arrows(of.within)["loyalty.deserters", "loyalty.loyalty"] == "+"
    assert arrows(of.arrows)["money", "loyalty"] == "+"


def test_an_arrow_of_several_equations_rests_on_the_weakest() -> None:
    assert {a.basis.kind for a in world().arrows if a.target == "loyalty"} == {"theory"}
    of = world(loyalty__deserters="promise.offer")
    assert [a.basis.kind for a in of.arrows if (a.source, a.target) == ("promise", "loyalty")] == [
        "judgement"
    ]
    of = world(
        loyalty__collapsed="promise.offer * (1 - loyalty)",
        promise__offer="if before(loyalty.collapsed) then 1 else 0",
    )
    kinds = {(a.source, a.target): a.basis.kind for a in of.arrows}
    assert kinds["promise", "loyalty.collapsed"] == "fact"
    assert kinds["loyalty.collapsed", "promise"] == "judgement"


def test_within_a_part_every_name_in_an_equation_is_an_arrow() -> None:
    found = arrows(world().within)
    assert found == {
        ("money.oil", "money.income"): "+",
        ("money.lost", "money.income"): "-",
        ("issue:sanctions", "money.income"): "of",
        ("loyalty.now", "loyalty.loyalty"): "+",
        ("loyalty.pace", "loyalty.loyalty"): "?",
        ("loyalty.drawn", "loyalty.loyalty"): "+",
        ("money.income", "loyalty.drawn"): "+",
        ("promise.offer", "loyalty.drawn"): "-",
        ("loyalty.loyalty", "loyalty.deserters"): "-",
        ("loyalty.loyalty", "loyalty.collapsed"): "-",
        ("promise.made", "promise.kept"): "+",
        ("loyalty.loyalty", "promise.kept"): "+",
        ("promise.kept", "promise.voted"): "+",
        ("loyalty.loyalty", "promise.voted"): "+",
        ("promise.kept", "promise.offer"): "+",
        ("promise.voted", "issue:vote"): "sets",
    }


def test_a_number_of_another_part_is_no_arrow_between_parts() -> None:
    of = world(promise__kept="made * money.oil")
    assert arrows(of.within)["money.oil", "promise.kept"] == "+"
    assert ("money", "promise") not in arrows(of.arrows)


def test_an_arrow_says_of_what_it_speaks() -> None:
    said = {(a.source, a.target): (a.cause, a.effect) for a in world().arrows}
    assert said["money", "loyalty"] == ("money.income", "loyalty.loyalty")
    assert said["loyalty", "promise"] == ("loyalty.loyalty", "")  # what is kept, and what is voted
    assert said["promise", "issue:vote"][0] == "promise.voted"  # does not follow the head
    of = world(loyalty__deserters="promise.offer", loyalty__drawn="money.income")
    assert [(a.cause, a.effect) for a in of.arrows if (a.source, a.target) == ("promise", "loyalty")] == [
        ("promise.offer", "loyalty.deserters")
    ]


def test_an_arrow_is_delayed_if_all_of_it_is_last_months() -> None:
    of = world()
    assert {(a.source, a.target) for a in of.within if a.delayed} == {("loyalty.loyalty", "promise.kept")}
    assert not any(a.delayed for a in of.arrows)  # promise.voted sees this month's
    of = world(promise__kept="made * loyalty.loyalty", loyalty__drawn="money.income - before(promise.offer)")
    assert [(a.source, a.target) for a in of.arrows if a.delayed] == [("promise", "loyalty")]


def test_an_arrow_rests_on_what_the_equation_at_its_end_rests_on() -> None:
    of = world()
    basis = {(a.source, a.target): (a.basis.kind, a.basis.text) for a in of.arrows}
    assert basis["loyalty", "loyalty.collapsed"] == ("fact", "soldiers desert")
    assert basis["money", "loyalty"] == ("theory", "A threshold model (somebody 1978).")
    assert basis["issue:sanctions", "money"] == ("fact", "oil exports fell")
    assert basis["promise", "issue:vote"] == ("judgement", "a guess")


def test_boxes_are_the_parts_the_ends_and_the_issues_that_matter() -> None:
    boxes = {b.id: b for b in world().parts}
    assert list(boxes) == [
        "money",
        "loyalty",
        "loyalty.collapsed",
        "promise",
        "issue:sanctions",
        "issue:vote",
    ]
    assert boxes["money"].says == "money that comes in"
    assert boxes["loyalty"].title == "Loyalty of the elite"
    assert boxes["loyalty"].head == "loyalty.loyalty"
    assert boxes["loyalty.collapsed"].kind == "end"
    assert boxes["loyalty.collapsed"].title == "The government collapses"
    assert boxes["issue:sanctions"].title == "Oil sanctions"
    assert boxes["issue:vote"].title == "Vote"


def test_a_part_from_near_has_its_members_and_their_neighbours() -> None:
    of = world().inside("loyalty")
    assert {b.id: b.kind for b in of.parts} == {
        "money.income": "outside",
        "promise.offer": "outside",
        "promise.kept": "outside",
        "promise.voted": "outside",
        "loyalty.loyalty": "level",
        "loyalty.drawn": "value",
        "loyalty.deserters": "value",
        "loyalty.collapsed": "event",
    }
    assert arrows(of.arrows) == {
        ("loyalty.drawn", "loyalty.loyalty"): "+",
        ("money.income", "loyalty.drawn"): "+",
        ("promise.offer", "loyalty.drawn"): "-",
        ("loyalty.loyalty", "loyalty.deserters"): "-",
        ("loyalty.loyalty", "loyalty.collapsed"): "-",
        ("loyalty.loyalty", "promise.kept"): "+",
        ("loyalty.loyalty", "promise.voted"): "+",
    }
    assert {b.id for b in world().inside("money").parts} == {
        "money.income",
        "loyalty.drawn",
        "issue:sanctions",
    }
    with pytest.raises(UsageError, match="no part 'loyal'; did you mean 'loyalty'"):
        world().inside("loyal")


def test_it_can_be_written_as_json() -> None:
    of = world()
    found = json.loads(json.dumps(of.to_json()))
    assert len(found["arrows"]) == len(of.arrows)
    assert found["arrows"][1]["through"] == [["money.income", "loyalty.drawn"]]
