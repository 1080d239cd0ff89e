"""JSON Schemas of what the verbs print with ``--json``, made from the result classes themselves."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from detente.analyses.deal.result import DealResult, TrackResult
from detente.analyses.flips import FlipsResult
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.roadmap import RoadmapResult
from detente.analyses.stability import StabilityResult

__all__ = ["SCHEMAS", "result_schema"]

SCHEMAS: dict[str, tuple[type, ...]] = {
    "deal": (DealResult, TrackResult),
    "flips": (FlipsResult,),
    "outlook": (OutlookResult,),
    "roadmap": (RoadmapResult,),
    "stability": (StabilityResult,),
}
"""Verb → the classes whose fields stand at the top level."""

_HEAD = {
    "detente": {"type": "string", "description": "Version of détente."},
    "case": {"type": "string", "description": "Id of the case."},
    "verb": {"type": "string"},
    "seed": {"type": "integer"},
    "draws": {"type": "integer"},
}


def result_schema(verb: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one verb's JSON."""
    properties: dict[str, Any] = {}
    definitions: dict[str, Any] = {}
    required: list[str] = []
    for part in SCHEMAS[verb]:
        made = TypeAdapter(part).json_schema(mode="serialization")
        definitions |= made.pop("$defs", {})
        properties |= made["properties"]
        required += made.get("required", [])
    properties |= _HEAD
    properties["verb"] = {"const": verb}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"detente {verb} --json",
        "type": "object",
        "properties": properties,
        "required": list(dict.fromkeys([*_HEAD, *required])),
        "additionalProperties": False,
        "$defs": definitions,
    }
