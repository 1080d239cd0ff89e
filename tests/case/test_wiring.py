"""Parts of a world tied together: names, units, order, and what is said where they do not fit."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from detente.case.mechanism import Bundled, Movement, Part
from detente.case.typed import named
from detente.case.units import PURE, unit
from detente.case.wiring import Misfit, Wiring, wire

ISSUES = {"enrichment": ("low", "high", "weapon"), "sanctions": ("kept", "lifted")}
STOCK: dict[str, Any] = {
    "numbers": {
        "now": {"range": [30, 40, 50], "unit": "kg", "because": "inspectors"},
        "grows": {"range": [2, 3, 4], "unit": "kg", "because": "centrifuges"},
        "enough": {"range": 140, "unit": "kg", "because": "a textbook"},
        "struck": 0.02,
        "slows": {"kept": 0.0, "lifted": 0.5},
    },
    "calendars": {"meets": ["2021-09-01"]},
    "levels": {"kg": {"start": "now", "next": "kg + grows * (1 - slows[sanctions])", "unit": "kg"}},
    "values": {"near": "kg / enough"},
    "events": {
        "strike": {"chance": "struck * near", "ends": "standoff"},
        "crossed": {"when": "kg >= enough", "once": True},
        "met": {"on": "meets"},
    },
}
BUNDLED = TypeAdapter(dict[str, Bundled]).validate_python(
    {
        "money": {
            "title": "Money",
            "says": "Money comes in.",
            "theory": "None.",
            "limits": "All.",
            "numbers": {
                "comes": {"says": "What comes in", "unit": "dollars", "least": 0},
                "lost": {"says": "What is lost of it", "table": True},
            },
            "calendars": {"paid": "Days on which it is paid"},
            "values": {"income": "comes * (1 - lost[sanctions])"},
        }
    }
)


def tied(changed: dict[str, Any] | None = None, moves: Any = None, **more: Any) -> Wiring | list[Misfit]:
    """The stock with some keys replaced, ``levels.kg.next=..``, and further parts."""
    stock = copy.deepcopy(STOCK)
    for path, value in (changed or {}).items():
        *way, last = path.split(".")
        at = stock
        for step in way:
            at = at.setdefault(step, {})
        at[last] = value
    parts = TypeAdapter(dict[str, Part]).validate_python({"stock": stock, **more})
    return wire(parts, BUNDLED, ISSUES, TypeAdapter(dict[str, Movement]).validate_python(moves or {}))


def wired(*given: Any, **more: Any) -> Wiring:
    found = tied(*given, **more)
    assert isinstance(found, Wiring), found
    return found


def refused(*given: Any, **more: Any) -> list[Misfit]:
    found = tied(*given, **more)
    assert isinstance(found, list)
    return found


def test_names_are_full_and_units_follow_from_equations() -> None:
    found = wired({"values.left": "enough - kg"})
    assert found.slots["stock.kg"].unit == unit("kg")
    assert found.slots["stock.near"].unit == PURE
    assert found.slots["stock.left"].unit == unit("kg")
    assert found.calendars["stock.meets"][0].isoformat() == "2021-09-01"


def test_equations_stand_in_the_order_in_which_they_need_one_another() -> None:
    found = wired(
        {"values": {"far": "1 - near", "near": "kg / enough"}},
        {"enrichment": {"weapon": "stock.crossed"}},
    )
    order = found.order
    for early, late in (
        ("stock.kg", "stock.near"),
        ("stock.near", "stock.far"),
        ("stock.near", "stock.strike"),
        ("stock.crossed", "enrichment"),
    ):
        assert order.index(early) < order.index(late)


def test_a_part_of_the_product_takes_its_numbers_from_the_case() -> None:
    money = {
        "comes": {"range": [1, 2, 3], "because": "x"},
        "lost": {"kept": 0.5, "lifted": 0},
        "paid": ["2022-01-01"],
    }
    found = wired({"values.rich": "money.income / money.comes"}, money=money)
    assert found.slots["money.income"].unit == unit("dollars")
    assert found.slots["stock.rich"].unit == PURE


def test_a_part_that_is_absent_has_a_default() -> None:
    found = wired({"values.rich": "1 + money.income ?? 0"})
    assert "money" not in str(found.equations["stock.rich"])


@pytest.mark.parametrize(
    ("path", "text", "says"),
    [
        ("values.near", "kg / enuf", "did you mean 'enough'"),
        ("values.near", "kgs / enough", "did you mean 'kg'"),
        ("values.near", "money.income", "'money.income ?? 0'"),
        ("values.near", "mony.income", "did you mean 'money'"),
        ("values.near", "kg / enough and 1", "takes a condition"),
        ("values.near", "(kg > enough) + 1", "takes a number"),
        ("values.near", "kg > enough", "a number was expected, found a condition"),
        ("values.near", "exp(kg)", "divide it by something in kg"),
        ("values.near", "sqrt(kg)", "no square root"),
        ("values.near", "kg + struck", "not alike: kg and share"),
        ("values.near", "min(kg, struck)", "not alike"),
        ("values.near", "if crossed then kg else struck", "not alike"),
        ("values.near", "slows", "write 'slows[issue]'"),
        ("values.near", "slows[oil]", "is no issue of the case"),
        ("values.near", "slows[enrichment]", "'low' is missing"),
        ("values.near", "struck[sanctions]", "not a number for each option"),
        ("values.near", "sanctions + 1", "write 'sanctions is kept'"),
        ("values.near", "if sanctions is gone then 1 else 0", "has no option 'gone'"),
        ("values.near", "if kg is low then 1 else 0", "is no issue of the case"),
        ("values.near", "meets", "is a calendar"),
        ("values.near", "happened(kg)", "only events happen"),
        ("values.near", "before(struck)", "it was the same before"),
        ("values.near", "before(kg + 1)", "takes a name"),
        ("values.near", "before(kg + 1) ?? 0", "takes a name"),
        ("levels.kg.next", "kg + near", "not alike"),
        ("levels.kg.next", "near", "should be measured in kg, and is in share"),
        ("levels.kg.start", "kg", "only numbers are known"),
        ("levels.kg.start", "now * (1 + 0.1 * shock)", "a beginning is certain"),
        ("events.strike.chance", "kg", "should be measured in share"),
        ("events.crossed.when", "near", "a condition was expected"),
        ("events.met.on", "meet", "did you mean 'meets'"),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(path: str, text: str, says: str) -> None:
    found = refused({path: text})
    assert any(says in f.message for f in found), found
    assert all(f.place[:2] == ("parts", "stock") for f in found)


def test_a_circle_is_named_by_its_members_and_before_breaks_it() -> None:
    circle = {"values.a": "b + 1", "values.b": "a + near"}
    (found,) = refused(circle)
    assert "stock.a → stock.b → stock.a" in found.message or "stock.b → stock.a → stock.b" in found.message
    assert isinstance(wired({**circle, "values.b": "before(a) + near"}), Wiring)


def test_events_that_share_a_chance_do_not_need_one_another() -> None:
    found = refused({"events.fled": {"chance": "if strike then 0.5 else 0", "ends": "standoff"}})
    assert "need one another" in found[0].message


@pytest.mark.parametrize(
    ("changed", "place", "says"),
    [
        ({"events.strike.chance": 20}, "chance", "20 whatever the draw; for 20% write 0.2"),
        ({"events.strike.chance": "-0.1"}, "chance", "-0.1 whatever the draw"),
        ({"events.strike.chance": "1.5 + near / near * 0"}, "chance", "1.5 whatever the draw"),
        ({"events.strike.chance": "2 + abs(shock)"}, "chance", "at least 2 whatever the draw"),
        ({"events.strike.chance": "struck * 60 - 3"}, "chance", "-1.8 whatever the draw"),
        ({"values.x": "if chance(40 * 0.5) then 1 else 0"}, "x", "for 20% write 0.2"),
        ({"events.crossed.when": "chance(-1)"}, "when", "-1 whatever the draw"),
        ({"levels.kg.next": "kg / (1 - 1)"}, "next", "this divides by 0 whatever the draw"),
        ({"numbers.n": 0, "values.x": "near / n"}, "x", "this divides by 0 whatever the draw"),
        (
            {"numbers.n": 0, "levels.y": {"start": "1 / n", "next": "y", "unit": "share"}},
            "start",
            "divides by 0",
        ),
        ({"values.x": "log(-abs(near))"}, "x", "'log' takes what is above 0: this is at most 0"),
        ({"values.x": "1 + sqrt(-2)"}, "x", "'sqrt' takes what is at least 0: this is at most -2"),
        ({"numbers.struck": 20}, "struck", "for 20% write 0.2"),
        ({"numbers.struck": [-0.1, 0.2]}, "struck", "found -0.1; what is no share"),
        ({"numbers.slows": {"kept": 0, "lifted": 50}}, "lifted", "for 50% write 0.5"),
        (
            {"numbers.slows": {"kept": {"range": 1, "unit": "kg"}, "lifted": {"range": 1, "unit": "t"}}},
            "lifted",
            "in one unit: found kg and t",
        ),
        ({"values.if": "1"}, "if", "'if' is a word of the language"),
        ({"events.shock": {"chance": 0.1}}, "shock", "'shock' is a word of the language"),
        ({"numbers.min": 0.1}, "min", "'min' is a word of the language"),
        ({"values.sanctions": "1"}, "sanctions", "is an issue of the case"),
        ({"events.crossed.when": "crossed"}, "stock", "stock.crossed → stock.crossed"),
        ({"values.near": "-".join(["1"] * 500)}, "near", "more than 100 operations"),
        ({"values.near": "1+" * 3000 + "1"}, "near", "at most 1,000 characters: found 6,001"),
    ],
)
def test_what_makes_no_sense_is_told_once(changed: dict[str, Any], place: str, says: str) -> None:
    (found,) = refused(changed)
    assert says in found.message
    assert found.place[-1] == place


def test_a_part_has_no_name_that_is_a_word_of_the_language() -> None:
    (found,) = refused(**{"if": {"values": {"x": 1}}})
    assert "'if' is a word of the language" in found.message


def test_a_value_that_cannot_be_read_agrees_with_all_that_need_it() -> None:
    """One misspelt name is one complaint."""
    (found,) = refused(
        {
            "values.left": "enuf - kg",
            "values.rest": "left * 2",
            "levels.kg.next": "kg + grows + before(rest)",
            "events.late": {"when": "left < 3 * now"},
        }
    )
    assert found.place[-1] == "left"


def test_what_is_guarded_is_taken() -> None:
    wired({"numbers.n": 0, "values.x": "if n > 0 then near / n else 0"})
    wired({"numbers.n": 0, "values.x": "if near > 2 then near / n else 0"})
    wired({"numbers.n": [0, 0.5, 1], "values.x": "near / n"})


def test_a_chance_that_may_lie_outside_is_taken() -> None:
    wired({"events.strike.chance": "near - 0.5", "numbers.sure": 1, "events.certain": {"chance": "sure"}})


def test_an_issue_that_follows_a_level_has_values_that_differ() -> None:
    for given, says in (
        ({"kept": 0.5, "lifted": 0.5}, "'kept' and 'lifted' stand at the same value, 0.5"),
        ({"kept": True, "lifted": 0.5}, "valid number"),
        ({"kept": float("inf"), "lifted": 0.5}, "finite"),
        ({"kept": 0.5}, "for at least two of its options"),
        ({"kept": 1e300, "lifted": 0.5}, "less than or equal"),
    ):
        with pytest.raises(ValidationError, match=says) as raised:
            tied(None, {"sanctions": {"by": "stock.near", **given}})
        assert raised.value.error_count() == 1


def test_a_table_may_have_options_called_low_and_high() -> None:
    found = wired({"numbers.yields": {"low": 0, "high": 0.5, "weapon": [0.8, 0.9, 1]}})
    assert found.slots["stock.yields"].options == ("low", "high", "weapon")
    assert not isinstance(found.slots["stock.struck"].options, dict)
    assert found.slots["stock.struck"].sort == "number"


@pytest.mark.parametrize("given", [True, None, [1], {"range": 1}])
def test_an_equation_is_text_or_a_number(given: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        tied({"levels.kg.next": given})
    (told,) = caught.value.errors()
    assert told["msg"] == "Value error, an equation was expected, as text or a plain number"


def test_what_moves_an_issue_must_exist() -> None:
    assert "no issue 'oil'" in refused(None, {"oil": {"kept": "stock.crossed"}})[0].message
    assert "no option 'bomb'" in refused(None, {"enrichment": {"bomb": "stock.crossed"}})[0].message
    assert (
        "did you mean 'stock.crossed'" in refused(None, {"enrichment": {"weapon": "stock.crosed"}})[0].message
    )
    assert (
        "no level" in refused(None, {"sanctions": {"by": "stock.crossed", "kept": 0, "lifted": 1}})[0].message
    )


def test_numbers_of_a_part_of_the_product_are_checked_for_sense() -> None:
    money: dict[str, Any] = {"comes": -1, "lost": {"kept": 50, "lifted": 0}, "pays": 1}
    says = [f.message for f in refused(money=money)]
    assert any("at least 0 (dollars)" in s for s in says)
    assert any("for 50% write 0.5" in s for s in says)
    assert any("no number 'pays'" in s for s in says)
    assert any("'paid' is missing: days on which it is paid" in s for s in says)
    assert (
        "one number for each option"
        in refused(money={"comes": 1, "lost": 0.5, "paid": ["2022-01-01"]})[0].message
    )


def test_a_part_has_one_name_for_one_thing() -> None:
    assert "two things" in refused({"values.kg": "1"})[0].message
    assert "there is no bundled part 'monney'; did you mean 'money'" in refused(monney={"x": 1})[0].message
    assert "is a bundled part" in refused(money={"values": {"x": 1}})[0].message


def test_an_event_needs_a_cause() -> None:
    for event in ({}, {"chance": 0.1, "when": "crossed"}, {"when": "crossed", "ends": "it"}):
        with pytest.raises(ValidationError):
            TypeAdapter(dict[str, Part]).validate_python({"p": {"events": {"e": event}}})


def test_a_bundled_part_calls_an_issue_by_a_name_of_its_own() -> None:
    tanker = {
        "ships": {
            "title": "Ships",
            "says": "They sail.",
            "theory": "None.",
            "limits": "All.",
            "issues": {"barrier": "The issue whose options say what is barred"},
            "numbers": {"lost": {"says": "What is lost", "table": True}},
            "values": {"sail": "1 - lost[barrier]"},
        }
    }
    known = TypeAdapter(dict[str, Bundled]).validate_python(tanker)

    def used(given: dict[str, Any]) -> Wiring | list[Misfit]:
        return wire(TypeAdapter(dict[str, Part]).validate_python({"ships": given}), known, ISSUES, {})

    lost = {"kept": 0.5, "lifted": 0}
    found = used({"barrier": "sanctions", "lost": lost})
    assert isinstance(found, Wiring), found
    assert found.equations["ships.sail"].next is not None
    assert "sanctions" in set(named(found.equations["ships.sail"].next))
    for given, message in (
        ({"lost": lost}, "'barrier' is missing: the issue whose options"),
        ({"barrier": "sanction", "lost": lost}, "there is no issue 'sanction'; did you mean 'sanctions'?"),
        ({"barrier": "sanctions", "barier": "sanctions", "lost": lost}, "'ships' has no issue 'barier'"),
        ({"barrier": "enrichment", "lost": lost}, "must have a number for each option of 'enrichment'"),
    ):
        wrong = used(given)
        assert isinstance(wrong, list)
        assert message in wrong[0].message
