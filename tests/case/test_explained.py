"""Bundled parts in words."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from detente.case.explained import explained, first_sentence, listed, needed, part, part_json, rows_of
from detente.case.library import bundled
from detente.case.mechanism import Bundled
from detente.document import Paragraph, Section, Table
from detente.errors import UsageError

STOCK: dict[str, Any] = {
    "title": "A stockpile",
    "says": "What is made piles up. Inspectors, e.g. from abroad, see some of it.",
    "theory": "A sum; this product's simplification.",
    "limits": "Nothing decays.",
    "numbers": {
        "now": {"says": "What there is", "unit": "kg", "least": 0},
        "seen": {"says": "Share that is seen"},
        "rare": {"says": "Chance of a leak", "least": 0.00001, "most": 0.5},
        "slows": {"says": "What is made less under each option", "table": True},
        "drift": {"says": "Whatever it is", "unit": "points"},
        "cold": {"says": "At most so warm", "unit": "degrees", "most": -3},
    },
    "issues": {"rule": "The issue whose options slow it"},
    "calendars": {"visits": "Days on which inspectors come"},
    "levels": {
        "kg": {
            "says": "what there is",
            "start": "now",
            "next": "kg + 1 * (1 - slows[rule])\n* (money.income ?? 1)",
            "unit": "kg",
        },
        "kept": {"next": "if found then 1 else kept", "unit": "share"},
    },
    "values": {"hidden": "1 - seen * (before(law.strict) ?? 1)"},
    "events": {
        "found": {"says": "it is found", "chance": "seen", "on": "visits", "once": True},
        "struck": {"says": "it is struck", "chance": "rare", "ends": "standoff"},
        "full": {"when": "kg > now"},
        "moved": {"chance": "rare", "one_of": "ways"},
    },
}


def stock(**changed: Any) -> Bundled:
    return TypeAdapter(Bundled).validate_python({**STOCK, **changed})


def test_a_part_is_explained_by_its_tables_its_theory_and_its_limits() -> None:
    of = explained("stock", stock())
    assert of.title == "A stockpile"
    assert of.blocks[0] == Paragraph(STOCK["says"])
    sections = {b.id: b.blocks[0] for b in of.blocks if isinstance(b, Section)}
    assert list(sections) == [
        "numbers",
        "issues",
        "calendars",
        "levels",
        "values",
        "events",
        "others",
        "theory",
        "limits",
    ]
    assert sections["theory"] == Paragraph(STOCK["theory"])
    assert sections["limits"] == Paragraph("Nothing decays.")
    assert sections["others"] == Paragraph(
        "Where they are absent its equations say what holds: money and law."
    )
    numbers = sections["numbers"]
    assert isinstance(numbers, Table)
    assert numbers.rows == [
        ("now", "What there is", "kg", "at least 0"),
        ("seen", "Share that is seen", "share", "0 to 1"),
        ("rare", "Chance of a leak", "share", "0.00001 to 0.5"),
        ("slows", "What is made less under each option", "share", "0 to 1, for each option"),
        ("drift", "Whatever it is", "points", "any"),
        ("cold", "At most so warm", "degrees", "at most −3"),
    ]
    levels, events = sections["levels"], sections["events"]
    assert isinstance(levels, Table)
    assert isinstance(events, Table)
    assert levels.rows[0] == (
        "kg",
        "what there is",
        "kg",
        "now",
        "kg + 1 * (1 - slows[rule]) * (money.income ?? 1)",
    )
    assert levels.rows[1][3] == "absent"
    assert [row[2] for row in events.rows] == [
        "chance seen; on days of visits; once",
        "chance rare; ends standoff",
        "when kg > now",
        "chance rare; at most one of ways a month",
    ]


def test_what_a_part_does_not_have_has_no_table() -> None:
    bare = stock(numbers={}, issues={}, calendars={}, levels={}, events={}, values={"one": "1"})
    assert [id for id, *_ in rows_of(bare)] == ["values"]
    assert needed(bare) == []
    assert not [b for b in explained("bare", bare).blocks if isinstance(b, Section) and b.id == "others"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("One", "One."),
        ("One: a list. Two.", "One."),
        ("With 1.5\nof it. Then more.", "With 1.5 of it."),
        ("Is it? Yes.", "Is it?"),
    ],
)
def test_the_list_has_the_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_all_parts_are_listed_with_one_line_each() -> None:
    table = listed({"stock": stock()}).blocks[0]
    assert isinstance(table, Table)
    assert table.rows == [("stock", "A stockpile", "What is made piles up.")]


def test_its_json_is_its_file_with_its_name() -> None:
    found = part_json("stock", stock())
    assert found["name"] == "stock"
    assert found["numbers"]["now"] == {"says": "What there is", "unit": "kg", "least": 0.0, "table": False}
    assert found["events"]["struck"]["ends"] == "standoff"


def test_a_name_that_does_not_exist_is_answered_with_the_nearest() -> None:
    some = next(iter(bundled()), None)
    with pytest.raises(UsageError, match=f"did you mean '{some}'" if some else "there is no bundled part"):
        part(f"{some}x")


@pytest.mark.parametrize("name", list(bundled()))
def test_every_bundled_part_can_be_explained(name: str) -> None:
    of = part(name)
    assert explained(name, of).title == of.title
    assert name not in needed(of)
    assert len(first_sentence(of.says)) < 250
