"""What the numbers of a world act on: which of them reach nothing that is shown.

A part of the world counts by itself where its own path, or who holds office, is shown, or an issue of the case. The
others act on it through another part, or are asked for (:data:`NEEDS`; equations: :mod:`detente.kernels.month`).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from detente.case.model import Case
from detente.case.parts import PARTS
from detente.case.world import Amount, Happened

__all__ = ["FATES", "NEEDS", "alone", "there"]

_VOTE = ("polls", "regional")

NEEDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "price": ("money", "home.presses+sender", "asked.price"),
        "home": ("sender", "force", "asked.turned"),
        "funds": ("hunger", "asked.funds_agreed", "asked.funds_paid"),
        "accountability": ("loyalty", "exit", "asked.investigated"),
        "split": (*_VOTE, "asked.split"),
        "authority": (*_VOTE, "split.tempts", "asked.seat_won", "asked.majority"),
        "money.rents": ("hunger", "loyalty", "asked.income"),
        "money.depletion": ("hunger", "loyalty", "asked.income"),
        "fiefs.yields": ("loyalty",),
        "fiefs.wrecks": ("talks",),
        "hunger.rage": ("survival",),
        "lists.follows": ("sender",),
        "lists.weighs": ("loyalty",),
        "lists.traps": ("loyalty",),
        "funds.agree_in_talks": ("talks",),
        "funds.relieves": ("hunger",),
        "accountability.traps": ("loyalty",),
        "accountability.deters": ("exit",),
        "sender.ease_in_talks": ("talks",),
        "sender.yields": ("talks.ladder",),
        "sender.last": ("sender.steps.2",),
        "home.resists": ("sender",),
        "home.reverses": ("sender",),
        "home.presses": ("price+sender",),
        "home.threatens": ("force",),
        "recognition.promises": ("loyalty",),
        "support.gain": ("sender",),
        "split.tempts": ("authority", "talks.ladder"),
        "split.cost": _VOTE,
        "authority.access": _VOTE,
        "authority.majority": _VOTE,
        "polls.early": ("talks",),
        "polls.ballot": ("support", "regional", "asked.admitted"),
        "regional.joins_split": ("split",),
        "regional.gain": ("support", "polls"),
    }
)
"""Number of the world, or part → what it acts on, any of which makes it count: a part, a key of one, both (``+``), or an
event or a path that a question asks for or an issue stands for (``asked.``)."""

FATES = {"collapsed": "survival", "handed_over": "exit", "voted_out": "polls", "removed": "force"}
"""Outcome → the part that brings it about."""


def there(case: Case) -> set[str]:
    """What there is, in the words of :data:`NEEDS`."""
    world = case.world
    if world is None:
        return set()
    found = {part for part in PARTS if getattr(world, part) is not None}
    found |= {f"{part}.{key}" for part in found for key in getattr(world, part).model_fields_set}
    if world.sender is not None:
        found |= {f"sender.steps.{n}" for n in range(len(world.sender.steps))}
    found |= {f"asked.{event}" for event in world.means}
    for spec in (spec for question in case.questions.values() for spec in question.answers.values()):
        if isinstance(spec, Happened):
            found |= {f"asked.{event}" for event in (spec.event, spec.given) if event is not None}
        elif isinstance(spec, Amount):
            found.add(f"asked.{spec.variable}")
    return found


def alone(there: set[str], path: str) -> str | None:
    """Of a part, or a number, that acts on nothing."""
    needed = NEEDS.get(path)
    if needed is None or any(all(name in there for name in way.split("+")) for way in needed):
        return None
    ways = " or ".join(" and ".join(map(_said, way.split("+"))) for way in needed)
    return f"'{path}' acts on nothing here; it counts with {ways}"


def _said(name: str) -> str:
    part, _, key = name.partition(".")
    if not key:
        return f"a part '{part}'"
    if part == "asked":
        return f"a question about '{key}'"
    return "a third step of the sender" if name == "sender.steps.2" else f"'{key}' under '{part}'"
