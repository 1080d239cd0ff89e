"""The JSON Schema accepts every valid case, and is itself valid draft-07."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft7Validator

from detente.case.reading import read_case
from detente.case.schema import case_schema
from detente.case.starter import starter
from detente.case.yamltext import parse
from detente.catalogue import names, path
from detente.errors import CaseError
from tests.fuzz.commands import KITCHEN

SCHEMA = case_schema()
VALIDATOR = Draft7Validator(SCHEMA)


def test_is_draft_7_and_valid_against_its_metaschema() -> None:
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    Draft7Validator.check_schema(SCHEMA)
    text = repr(SCHEMA)
    assert "$defs" not in text
    assert "prefixItems" not in text
    assert "x-number" not in text
    assert "x-written" not in text


def test_every_reference_resolves_and_stands_alone() -> None:
    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                assert node["$ref"].removeprefix("#/definitions/") in SCHEMA["definitions"]
                assert len(node) == 1
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(SCHEMA)


@pytest.mark.parametrize("name", names())
def test_every_bundled_case_is_valid(name: str) -> None:
    errors = [e.message for e in VALIDATOR.iter_errors(parse(path(name).read_text("utf-8"), name).value)]
    assert errors == []


@pytest.mark.parametrize("text", [starter(), starter("world"), KITCHEN.read_text("utf-8")])
def test_the_starters_and_the_case_with_everything_are_valid(text: str) -> None:
    assert [e.message for e in VALIDATOR.iter_errors(parse(text, "x.yaml").value)] == []


CASE = """\
detente: 1
id: small
title: Small
judgement: a guess for the sake of the test
parties: {a: , b: {delivers: DELIVERS}}
issues: {one: {status_quo: x, options: {x: , y: }}, two: {status_quo: x, options: {x: , y: }}}
preferences:
  a: {no_deal: NO_DEAL, weights: {one: WEIGHT, two: 1}, values: {one: {x: 0, y: VALUE}, two: {x: 0, y: 100}}}
  b: {weights: {one: 1}, values: {one: {x: 100, y: 0}}, indifferent: [two]}
"""
DEFAULTS = {"DELIVERS": "0.5", "NO_DEAL": "40", "WEIGHT": "100", "VALUE": "100"}
FORMS = [
    "1",
    "0.5",
    "1e-1",
    "[0, 1]",
    "[0, 0.5, 1]",
    "{range: [0, 1], because: so}",
    "{range: 1, because: so}",
    "{range: [0, 1], because: {because: so, by: me, on: 2021-06-03}}",
    "{range: [0, 1], judgement: so}",
    "{range: [0, 1], inference: so}",
]
WRONG = [
    "'1'",
    "[1]",
    "[0, 0, 1, 1]",
    "[a, b]",
    "true",
    "{because: so}",
    "{range: 1, becuase: so}",
    "{low: 1}",
]


def typed(mark: str, form: str) -> str:
    text = CASE
    for key, default in DEFAULTS.items():
        text = text.replace(key, form if key == mark else default)
    return text


@pytest.mark.parametrize("mark", DEFAULTS)
@pytest.mark.parametrize("form", FORMS)
def test_every_short_form_of_a_number_is_accepted(mark: str, form: str) -> None:
    text = typed(mark, form)
    read_case(text, "small")
    assert VALIDATOR.is_valid(parse(text, "small").value)


@pytest.mark.parametrize("mark", DEFAULTS)
@pytest.mark.parametrize("form", [*WRONG, "-2000000000"])
def test_what_is_not_a_number_is_refused_by_both(mark: str, form: str) -> None:
    text = typed(mark, form)
    with pytest.raises(CaseError):
        read_case(text, "small")
    assert not VALIDATOR.is_valid(parse(text, "small").value)


def test_bounds_are_those_of_the_model() -> None:
    for mark, outside in {"DELIVERS": "1.5", "WEIGHT": "-1", "VALUE": "[0, 101]"}.items():
        assert not VALIDATOR.is_valid(parse(typed(mark, outside), "small").value)


@pytest.mark.parametrize("key", ["prefrences", "positions", "Parties"])
def test_unknown_keys_are_refused(key: str) -> None:
    assert not VALIDATOR.is_valid(parse(f"{CASE}{key}: {{}}\n", "small").value)


def test_fields_carry_their_documentation() -> None:
    assert SCHEMA["properties"]["as_of"]["description"].startswith("Nothing later than this date")
    assert "verbatim quotation" in SCHEMA["definitions"]["Party"]["properties"]["fact"]["description"]
    assert SCHEMA["definitions"]["Issue"]["description"] == "Something to be settled."


WORLD = path("stockpile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("when: kg >= enough", "whenn: kg >= enough"),
        ("      levels:\n        kg:", "      level:\n        kg:"),
        ("  months: 36", "  months: three years"),
        ("range: 126, unit: kg", "range: a lot, unit: kg"),
        ("inspection: {barred: strike.struck}", "inspection: {by: stock.kg, barred: high}"),
        ("inspection: {barred: strike.struck}", "inspection: strike.struck"),
        ("chance: rate * alarm", "chance: [rate]"),
        ("  parts:", "  part:"),
        ("at: 2024-08-10}, no: rest}\n  struck", "by: 2024-08-10}, no: rest}\n  struck"),
    ],
)
def test_editors_see_what_is_wrong_in_a_world(was: str, now: str) -> None:
    """The document is refused by the schema, and by the program."""
    assert WORLD.count(was) == 1
    text = WORLD.replace(was, now)
    assert not VALIDATOR.is_valid(parse(text, "w").value)
    with pytest.raises(CaseError):
        read_case(text, "w")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("chance: rate * alarm", "chance: 0.01"),
        ("alarm: clamp(2 * before(watch.known) / stock.enough - 1, 0, 1)", "alarm: {says: how alarmed they are, equation: rate * 2}"),
        ("inspection: {barred: strike.struck}", "inspection: {barred: [strike.struck, stock.crossed]}"),
        ("inspection: {barred: strike.struck}", "inspection: {by: stock.kg, full: 0, barred: 126}"),
        ('changes: {strike.rate: "rate / 4"}', "changes: {strike.rate: [0.01, 0.02]}"),
        ('changes: {strike.rate: "rate / 4"}', "holds: {stock.kg: 43}"),
    ],
)  # fmt: skip
def test_editors_leave_alone_what_may_be_written(was: str, now: str) -> None:
    assert WORLD.count(was) == 1
    text = WORLD.replace(was, now)
    assert [e.message for e in VALIDATOR.iter_errors(parse(text, "w").value)] == []
    read_case(text, "w")
