"""The JSON Schema of case files, for editors: draft-07, made from the models.

pydantic describes what the models hold; people type shorter forms (``40``, ``[30, 50]``, a bare reason for a
judgement, nothing for a party without further words), which are written out here. The schema knows shapes,
not references: that a name exists is for ``detente check``.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from detente.case.documented import documentation
from detente.case.equations import MAX_LENGTH
from detente.case.mechanism import Value
from detente.case.model import MAX_NUMBER, Case, Provenance

__all__ = ["case_schema"]

DRAFT = "http://json-schema.org/draft-07/schema#"

_BOUNDS = {
    "number": (-MAX_NUMBER, MAX_NUMBER),
    "points": (0, 100),
    "weight": (0, MAX_NUMBER),
    "share": (0, 1),
    "months": (0, 120),
    "patience": (0.01, 0.9999),
}
_SAYS = {
    "number": "A number: 40, [30, 50] (5th and 95th percentile) or [30, 40, 55] (5th, 50th, 95th).",
    "points": "Between 0 (worst) and 100 (best): 40, [30, 50] or [30, 40, 55] (5th, 50th, 95th percentile).",
    "weight": "At least 0: 40, [30, 50] or [30, 40, 55] (5th, 50th, 95th percentile).",
    "months": "Months: 2, [1, 4] or [1, 2, 4] (5th, 50th, 95th percentile); drawn ones are rounded, at least 1.",
    "patience": "What a point next month is worth now: 0.98, [0.95, 0.99] or [0.95, 0.98, 0.99].",
    "share": "A probability or share from 0 to 1: 0.4, [0.3, 0.5] or [0.3, 0.4, 0.55].",
}
_MAY_BE_EMPTY = (("Case", "parties"), ("Party", "factions"), ("Issue", "options"))
"""Mappings whose values may be left out: ``united_states:``."""

_MAPS = ("properties", "definitions")

Schema = dict[str, Any]


def case_schema() -> Schema:
    """JSON Schema (draft-07) that accepts every valid case file."""
    made = Case.model_json_schema()
    definitions: Schema = made.pop("$defs")
    for field, (key,) in Case.WRITTEN.items():
        made["properties"][key] = {"anyOf": [made["properties"].pop(field), made["properties"][key]]}
    definitions["Case"] = made
    documented = documentation()
    for name, definition in definitions.items():
        for field, schema in definition.get("properties", {}).items():
            if text := documented.get((name, field)):
                schema["description"] = text
    for name, field in _MAY_BE_EMPTY:
        values = definitions[name]["properties"][field]
        for pattern, schema in values["patternProperties"].items():
            values["patternProperties"][pattern] = {"anyOf": [schema, {"type": "null"}]}
    definitions["Judgement"] = {
        "description": definitions["Judgement"]["description"],
        "anyOf": [_text("The reason."), definitions["Judgement"]],
    }
    converted = {name: _draft7(definition) for name, definition in definitions.items()}
    converted.update({name: _number(name) for name in _BOUNDS})
    converted.update(_world())
    top = converted.pop("Case")
    return {
        "$schema": DRAFT,
        **top,
        "title": "detente case file",
        "definitions": dict(sorted(converted.items())),
    }


def _number(kind: str) -> Schema:
    """What may be typed for a number: itself, a range, or either with its provenance."""
    low, high = _BOUNDS[kind]
    number = {"type": "number", "minimum": low, "maximum": high}
    span = {"type": "array", "items": number, "minItems": 2, "maxItems": 3}
    provenance = TypeAdapter(Provenance).json_schema()["properties"]
    return {
        "description": _SAYS[kind],
        "anyOf": [
            number,
            span,
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["range"],
                "properties": {
                    "range": {"anyOf": [number, span]},
                    "because": {"anyOf": [{"$ref": "#/definitions/Judgement"}, {"type": "null"}]},
                    **{key: _draft7(schema) for key, schema in provenance.items()},
                },
            },
        ],
    }


def _world() -> Schema:
    """What may be typed in a world of equations."""
    reference = {name: {"$ref": f"#/definitions/{name}"} for name in ("equation", "figure", "given")}
    date = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
    name = {"pattern": "^[a-z][a-z0-9_]*$", "maxLength": 64}
    figure = _number("number")
    figure["anyOf"][2]["properties"] |= {
        "says": _text("What it is."),
        "unit": _text("In what it is measured."),
    }
    value = TypeAdapter(Value).json_schema()["properties"]
    keys = {key: _draft7(schema) for key, schema in value.items()}
    provenance = {key: schema for key, schema in keys.items() if key in Provenance.model_fields}
    return {
        "equation": {
            "description": "An equation: numbers, names, + - * / < > == and or not, if .. then .. else, functions.",
            "anyOf": [{"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}, {"type": "number"}],
        },
        "figure": figure,
        "given": {
            "description": "A number, or one for each option of an issue.",
            "anyOf": [
                reference["figure"],
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": name,
                    "additionalProperties": reference["figure"],
                },
            ],
        },
        "movement": _movement(),
        "use": {
            "description": "A bundled part: its numbers, its calendars, and the issues that it looks numbers up by.",
            "type": "object",
            "properties": provenance,
            "additionalProperties": {
                "anyOf": [
                    reference["given"],
                    {"type": "array", "minItems": 1, "items": date},
                    {"type": "string", **name},
                ]
            },
        },
        "worked": {
            "description": "A quantity that is worked out anew each month: its equation, alone or with its words.",
            "anyOf": [
                reference["equation"],
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["equation"],
                    "properties": keys,
                },
            ],
        },
    }


def _movement() -> Schema:
    event = _text("An event.")
    return {
        "description": "{option: part.event, ..}, or {by: part.level, option: value, ..}.",
        "anyOf": [
            {
                "type": "object",
                "minProperties": 1,
                "not": {"required": ["by"]},
                "additionalProperties": {"anyOf": [event, {"type": "array", "minItems": 1, "items": event}]},
            },
            {
                "type": "object",
                "required": ["by"],
                "minProperties": 3,
                "properties": {"by": _text("The level or value that it follows.")},
                "additionalProperties": {"type": "number"},
            },
        ],
    }


def _text(description: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 2000, "description": description}


def _draft7(schema: Any) -> Any:
    """From what pydantic writes (2020-12) to draft-07, without generated titles."""
    if isinstance(schema, list):
        return [_draft7(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if kind := schema.get("x-number") or schema.get("x-written"):
        rest = {k: v for k, v in schema.items() if k not in ("x-number", "x-written")}
        schema = {**rest, "$ref": f"#/definitions/{kind}"}
    made: Schema = {}
    for key, value in schema.items():
        if key == "title" and isinstance(value, str):
            continue
        if key == "prefixItems":
            made["items"] = _draft7(value)
        elif (
            key == "oneOf"
        ):  # one of several ways to write the same; a plain number may be more than one of them
            made["anyOf"] = _draft7(value)
        elif key in _MAPS:
            made[key] = {name: _draft7(part) for name, part in value.items()}
        elif key == "patternProperties":
            # Names are checked as names, so that an editor says which one is wrong.
            ((pattern, part),) = value.items()
            made["additionalProperties"] = _draft7(part)
            made["propertyNames"] = {**schema.get("propertyNames", {}), "pattern": pattern}
        elif key == "$ref":
            made[key] = value.replace("#/$defs/", "#/definitions/")
        elif key not in made:
            made[key] = _draft7(value)
    if "$ref" in made and len(made) > 1:
        # Draft-07 ignores whatever stands beside a reference.
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    return made
