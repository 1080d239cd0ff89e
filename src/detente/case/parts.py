"""The parts of a world and their numbers: paths, bounds, what follows from what."""

from __future__ import annotations

import math
import typing
from collections.abc import Hashable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from pydantic import BaseModel, WithJsonSchema

from detente.case.base import Range
from detente.case.world import World

__all__ = [
    "DERIVED",
    "EVENTS",
    "MOVED_BY",
    "PARTS",
    "SHARPEST",
    "TOGETHER",
    "TOPS",
    "UNITS",
    "WorldNumber",
    "bounds",
    "given_numbers",
    "never",
    "world_numbers",
    "world_paths",
]

PARTS = (
    "money",
    "price",
    "output",
    "fiefs",
    "hunger",
    "sender",
    "home",
    "lists",
    "funds",
    "accountability",
    "loyalty",
    "survival",
    "recognition",
    "support",
    "split",
    "authority",
    "polls",
    "regional",
    "exit",
    "force",
    "talks",
)
"""Parts of a world, each of which may be left out."""

SHARPEST = 1e-6
"""The least scale: what is sharper decides nothing else, and cannot be told from it in the numbers of a simulation."""

DERIVED: Mapping[str, str] = MappingProxyType(
    {
        "survival.attack": "survival.threshold",
        "loyalty.selectorate": "loyalty.outside_offer",
        "sender.demand": "sender.take_back",
        "polls.compliance": "polls.fairness",
        "exit.option": "exit.trigger",
        "talks.assurance": "talks.trust",
    }
)
"""What can be given instead of a number, and the number that follows from it."""

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "talks_began": "talks", "talks_stopped": "talks", "talks_completed": "talks", "conceded": "talks",
        "conceded_all": "talks", "withdrawn": "talks", "eased": "sender", "all_lifted": "sender", "taken_back": "sender",
        "lapsed_within_a_year": "sender", "collapsed": "survival", "handed_over": "exit", "voted_out": "polls",
        "removed": "force", "split": "split", "unrecognised": "recognition", "claim_ended": "recognition",
        "extended": "recognition", "joined": "regional", "observed": "regional", "seat_won": "authority",
        "majority": "authority", "funds_agreed": "funds", "funds_paid": "funds", "lists_eased": "lists",
        "lists_lifted": "lists", "access_opened": "hunger", "investigated": "accountability", "turned": "home",
        "poll_held": "polls", "early_poll": "polls", "admitted": "polls",
    }
)  # fmt: skip
"""Event → the part without which it never happens."""

_LADDER = {"talks_completed", "conceded", "conceded_all", "withdrawn"}
"""Events that need steps at the talks."""

MOVED_BY: Mapping[str, str] = MappingProxyType(
    {
        "revenue": "money",
        "income": "money",
        "recognition": "recognition",
        "governors": "regional",
        "turnout": "regional",
        "trust": "talks",
    }
)
"""Variable → the part that moves it, where it has another name."""


UNITS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("revenue", "income", "price"), "index"),
        **dict.fromkeys(("loyalty", "support", "hunger", "fiefs", "governors", "turnout", "trust"), "share"),
        "recognition": "governments",
    }
)
"""Variable → what it is measured in: a share, a multiple of what is usual, or what is counted. (Output has a unit of its own.)"""

TOPS: Mapping[str, float] = MappingProxyType({"revenue": 2.0, "income": 2.0, "price": 4.0})
"""Where the range of a variable that is a multiple of what is usual ends."""

TOGETHER: tuple[tuple[str, ...], ...] = (
    ("exit.push", "exit.trigger", "exit.scale"),
    ("recognition.mean", "recognition.deviation", "recognition.pace"),
    ("talks.trust", "talks.trust_scale"),
)
"""Numbers of which none acts without the others."""


def never(event: str, world: World) -> str | None:
    """Why an event cannot happen in this world; None where it can."""
    part = EVENTS.get(event)
    if part is None:
        return None
    if getattr(world, part) is None:
        return f"'{event}' never happens without a part '{part}' in the world"
    if event in _LADDER and world.talks is not None and world.talks.ladder is None:
        return f"'{event}' never happens at talks without a 'ladder'"
    if event in ("claim_ended", "extended") and world.recognition is not None and not world.recognition.lapse:
        return f"'{event}' never happens without a day in 'recognition.lapse'"
    if event == "early_poll" and world.polls is not None and world.polls.early is None:
        return f"'{event}' never happens without a number 'polls.early'"
    if event == "withdrawn" and world.talks is not None and world.talks.ladder is not None:
        if not world.talks.ladder.below:
            return f"'{event}' never happens without steps 'below' on the ladder"
        if world.talks.retract is None:
            return f"'{event}' never happens without a number 'talks.retract'"
    return None


class WorldNumber(NamedTuple):
    """A number of the world."""

    path: str
    """``money.pull``, ``survival.attack.cost``, ``money.loss_0``."""
    value: Range
    lower: float
    upper: float


_BOUNDS = {"share": (0.0, 1.0), "weight": (0.0, math.inf), "points": (0.0, 100.0)}


@cache
def _kinds(model: Hashable) -> Mapping[str, tuple[float, float]]:
    """Key → bounds of its numbers, from the annotations of the format."""
    found = {}
    for key, hint in typing.get_type_hints(cast(Any, model), include_extras=True).items():
        waiting = [hint]
        while waiting:
            node = waiting.pop()
            waiting += typing.get_args(node)
            for mark in getattr(node, "__metadata__", ()):
                schema = mark.json_schema if isinstance(mark, WithJsonSchema) else None
                kind = schema.get("x-number") if schema is not None else None
                if kind in _BOUNDS:
                    found[key] = _BOUNDS[kind]
    return found


def _numbers(at: str, spec: BaseModel) -> Iterator[WorldNumber]:
    kinds = _kinds(cast(Hashable, type(spec)))
    for key in type(spec).model_fields:
        value = getattr(spec, key)
        lower, upper = kinds.get(key, (-math.inf, math.inf))
        if isinstance(value, Range):
            yield WorldNumber(f"{at}.{key}", value, lower, upper)
        elif isinstance(value, BaseModel) and f"{at}.{key}" in {*DERIVED, "talks.ladder"}:
            yield from _numbers(f"{at}.{key}", value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Range):
            for n, one in enumerate(value):
                yield WorldNumber(f"{at}.{key}_{n}", one, lower, upper)
        elif isinstance(value, Mapping) and value and isinstance(next(iter(value.values())), Range):
            for name, one in value.items():
                yield WorldNumber(f"{at}.{key}.{name}", one, lower, upper)


def world_numbers(world: World) -> Iterator[WorldNumber]:
    """Every number of the parts of a world, in the order of the format."""
    for part in PARTS:
        spec = getattr(world, part)
        if spec is not None:
            yield from _numbers(part, spec)


def world_paths(world: World) -> list[str]:
    """Paths of the numbers of a world, as policies and readings name them: all of the parts that are given, also those
    numbers that the case leaves at their defaults."""
    found = []
    for part in PARTS:
        spec = getattr(world, part)
        if spec is not None:
            found += [
                f"{part}.{key}"
                for key in _kinds(cast(Hashable, type(spec)))
                if key not in ("loss", "members")
            ]
            found += [n.path for n in _numbers(part, spec) if n.path.startswith("money.loss_")]
    found += [f"{part}.now" for part in ("sender", "talks") if getattr(world, part) is not None]
    return found


def given_numbers(world: World) -> set[str]:
    """Paths of the numbers that a world gives, also by what they follow from."""
    given = {number.path for number in world_numbers(world)}
    return given | {n for source, n in DERIVED.items() if any(p.startswith(f"{source}.") for p in given)}


def bounds(path: str) -> tuple[float, float]:
    """Between what a number of the world must lie, by its path."""
    part, _, key = path.partition(".")
    hint = typing.get_type_hints(World)[part]
    model = next(
        m for m in (hint, *typing.get_args(hint)) if isinstance(m, type) and issubclass(m, BaseModel)
    )
    return _kinds(cast(Hashable, model)).get(
        key.rstrip("_012") if key.startswith("loss") else key, (0.0, math.inf)
    )
