"""JSON Schemas of what the verbs print with ``--json``, made from the result classes themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from detente.analyses.compare import CompareResult
from detente.analyses.deal.draft import DraftResult
from detente.analyses.deal.result import DealResult, TrackResult
from detente.analyses.debrief.result import DebriefResult
from detente.analyses.flips import FlipsResult
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.roadmap import RoadmapResult
from detente.analyses.stability import StabilityResult
from detente.world.influence import Influence

__all__ = ["SCHEMAS", "Way", "Ways", "result_schema"]


@dataclass(frozen=True)
class Way:
    """By what way a policy comes to what counts for somebody."""

    way: tuple[str, ...]
    """Ids of parts, ends and issues, from the first, which the policy changes, to the last, which counts."""
    mark: str | None
    """What more of the first part does to the last: ``+``, ``-`` or ``?``; null where there are not two."""
    whose: tuple[str, ...]
    """Factions that have points on it."""


@dataclass(frozen=True)
class Ways:
    """What policies reach."""

    ways: Mapping[str, tuple[Way, ...]]
    """Policy → its shortest way to each thing that counts for somebody."""


SCHEMAS: dict[str, tuple[type, ...]] = {
    "deal": (DealResult, TrackResult),
    "debrief": (DebriefResult,),
    "draft": (DraftResult,),
    "flips": (FlipsResult,),
    "outlook": (OutlookResult,),
    "roadmap": (RoadmapResult,),
    "stability": (StabilityResult,),
    "world": (Influence, Ways),
    "compare": (CompareResult,),
}
"""Verb → the classes whose fields stand at the top level."""

_HEAD = {
    "detente": {"type": "string", "description": "Version of détente."},
    "case": {"type": "string", "description": "Id of the case."},
    "verb": {"type": "string"},
    "seed": {"type": "integer"},
    "draws": {"type": "integer"},
}
_CHANGED = {
    "type": "array",
    "description": "What was put in place of what the case says, with `--set`; only there where something was.",
    "items": {
        "type": "object",
        "properties": {
            "path": {"type": "string"},
            "before": {"type": ["string", "null"]},
            "after": {"type": ["string", "null"]},
        },
        "required": ["path", "before", "after"],
        "additionalProperties": False,
    },
}
_UNDRAWN = {"world": ("seed", "draws"), "debrief": ("seed", "draws")}
"""Verbs without some of these: nothing is drawn."""


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
    head = {name: kind for name, kind in _HEAD.items() if name not in _UNDRAWN.get(verb, ())}
    properties |= head
    properties |= {"verb": {"const": verb}, "changed": _CHANGED}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"detente {verb} --json",
        "type": "object",
        "properties": properties,
        "required": list(dict.fromkeys([*head, *required])),
        "additionalProperties": False,
        "$defs": definitions,
    }
