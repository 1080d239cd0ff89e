"""What is typed and cannot matter: every key of the format counts, or is told what would make it count.

One walk over the keys that a case gives (:func:`unused`). When a key counts is said once, in :data:`COUNTS`, by the
block that it stands in: a rule looks at the key where it is and says why it does nothing there, or None. A key without
a rule always counts. Numbers of the world have their own table, :data:`NEEDS`: what has to be there for an equation
that they stand in to reach anything that is shown. What is idle is told once, however often the reason applies.

That the tables are true is tested against the answers: a number that is not told of changes some answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from pydantic import BaseModel

from detente.case.base import Model, Range
from detente.case.chances import left_over
from detente.case.dates import months_after
from detente.case.model import (
    Body,
    Case,
    Deadline,
    Guarantee,
    Issue,
    Party,
    Pattern,
    Preferences,
    Reading,
    Steps,
    Together,
    Weighted,
)
from detente.case.parts import PARTS
from detente.case.paths import dotted, factions_of, leaf_paths, merged, sitting
from detente.case.world import Happened, Office, Policy, World
from detente.case.world import Amount as Asked
from detente.case.yamltext import Path

__all__ = ["COUNTS", "NEEDS", "unused"]

SHOWN = 3
"""Further places that one message names."""


class Here(NamedTuple):
    """A key that was typed."""

    case: Case
    path: Path
    """From the top of the case."""
    block: Model
    """What it is a key of."""
    below: Path
    """From the block."""
    value: Any


Rule = Callable[[Here], str | None]
"""Why a key does nothing where it is, and what would make it count; None: it counts."""


def unused(case: Case) -> Iterator[tuple[Path, str]]:
    """Every key that does nothing, with what would make it count; the same reason once, at its first place."""
    found: dict[str, list[Path]] = {}
    for path, why in _block(case, case, ()):
        found.setdefault(why, []).append(path)
    for why, (first, *rest) in found.items():
        also = "; ".join(dotted(path) for path in rest[:SHOWN]) + ("; .." if len(rest) > SHOWN else "")
        yield first, f"this does nothing: {why}" + (f" (so too, {len(rest)} more: {also})" if rest else "")


def _block(case: Case, block: Model, path: Path) -> Iterator[tuple[Path, str]]:
    rules = COUNTS.get(type(block), {})
    for key in type(block).model_fields:
        if key in block.model_fields_set:
            yield from _key(Here(case, (*path, key), block, (key,), getattr(block, key)), rules, key)


def _key(here: Here, rules: Mapping[str, tuple[Rule, ...]], pattern: str) -> Iterator[tuple[Path, str]]:
    for rule in rules.get(pattern, ()):
        why = rule(here)
        if why is not None:
            yield here.path, why
            return
    value = here.value
    if isinstance(value, Model) and not isinstance(value, Range):
        yield from _block(here.case, value, here.path)
        return
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
    for step, part in inner:
        yield from _key(
            Here(here.case, (*here.path, step), here.block, (*here.below, step), part), rules, f"{pattern}.*"
        )


# --- who ---------------------------------------------------------------------------------------------------


def _role(case: Case, voice: str) -> str | None:
    """The role of a party, or of the party of a faction, that has no vote."""
    party = voice if voice in case.parties else factions_of(case).get(voice)
    return case.parties[party].role if party is not None else None


def _voteless(here: Here) -> str | None:
    """Of what is said of a party or a faction, by its name in the path or as the value."""
    voice = here.value if isinstance(here.value, str) else str(here.path[-1])
    role = _role(here.case, voice)
    return None if role is None else (
        f"'{voice}' is at the table as {role}, without a vote, so that no answer asks what it wants; remove its 'role' if it has "
        "a say"
    )


def _of_voteless(here: Here) -> str | None:
    """Of a key of a party."""
    role = here.block.role if isinstance(here.block, Party) else None
    return None if role is None else (
        f"'{here.path[1]}' is a {role} and has no vote: '{here.below[0]}' is for parties that have one"
    )


def _one_of_mind(here: Here) -> str | None:
    party, name = here.block, here.path[1]
    assert isinstance(party, Party)
    if not party.factions:
        return f"'accepts' is for a party with 'factions', and '{name}' has none"
    case = here.case
    own = [seat for track in case.tracks.values() for seat in track.parties if seat == name or name in seat]
    by_part = own and all(not isinstance(seat, str) for seat in own)
    trees = [issue.controlled_by for issue in case.issues.values()] + [t.agreement for t in case.tracks.values()]
    if by_part and not any(name == leaf for tree in trees if tree is not None for _, leaf in leaf_paths(tree, ())):
        return f"wherever '{name}' sits, the table says itself which of its factions do, and it controls nothing as a whole"
    return None


# --- what moves --------------------------------------------------------------------------------------------


def _moved(case: Case, issue: str) -> str | None:
    """Why nobody takes steps on an issue."""
    tree = case.issues[issue].controlled_by
    if tree == "outside":
        return f"'{issue}' is decided outside, so that nobody at a table takes a step on it"
    if tree is None:
        return f"nobody is said to control '{issue}', so that nobody takes its step: give it 'controlled_by: PARTY'"
    return None


def _step(here: Here) -> str | None:
    """Of a key of an issue that is about carrying it out."""
    issue = here.block
    assert isinstance(issue, Issue)
    if not here.value:
        return None
    name = str(here.path[1])
    if here.below[0] in ("reversible", "touches_office"):
        return _moved(here.case, name) if issue.controlled_by == "outside" else None
    if here.below[0] == "undo" and not issue.reversible:
        return f"'{name}' is not reversible, so that no step of it is ever taken back"
    return _moved(here.case, name) or _road(here)


def _named_step(here: Here) -> str | None:
    return _moved(here.case, here.value)


def _road(here: Here) -> str | None:
    """What only a roadmap reads counts where there can be one."""
    case = here.case
    if case.status_quo == "none":
        return "'detente roadmap' reads it, and without a status quo nothing leads to a package"
    missing: list[list[str]] = []
    for seated in sitting(case).values():
        missing.append([f for f in seated if f in case.preferences and case.preferences[f].patience is None])
    if missing and all(missing):
        names = ", ".join(min(missing, key=len))
        return (
            "'detente roadmap' reads it, and needs everybody's patience: add 'patience: [0.95, 0.98, 0.99]' (what a point next "
            f"month is worth now) under 'preferences' of {names}"
        )
    return None


def _cardinal(here: Here) -> str | None:
    return "the factions put states in order, which 'detente stability' reads; the other answers need points" if here.case.ordinal else None


def _looks_ahead(here: Here) -> str | None:
    return None if here.case.world is not None else "'detente outlook' reads it, and needs a block 'world'"


def _patient(here: Here) -> str | None:
    return None if here.case.world is not None else _road(here)


def _monitors(here: Here) -> str | None:
    """Of the months of a monitoring."""
    guarantee, case = here.block, here.case
    assert isinstance(guarantee, Guarantee)
    if guarantee.kind != "monitoring" or guarantee.verify is None:
        return None
    covered = [i for i in guarantee.covers or case.issues if _moved(case, i) is None]
    months = [spec.high if (spec := case.issues[i].verify) is not None else 1.0 for i in covered]
    if max(1.0, guarantee.verify.low) < max(months, default=0.0):
        return None
    return (
        f"what it covers is verified in {max(months, default=0.0):g} months without it, and it cannot be sooner than a month: type "
        "longer 'verify' of those issues, or a shorter one here"
    )


def _guards(here: Here) -> str | None:
    """Of a guarantee as a whole."""
    guarantee, case = here.value, here.case
    if guarantee.kind == "amnesty":
        return None
    covered = [i for i in guarantee.covers or case.issues if _moved(case, i) is None]
    if not covered:
        return "nobody takes a step on anything that it covers: give those issues 'controlled_by: PARTY'"
    if guarantee.kind == "monitoring":
        return None
    home = factions_of(case, voting=True)
    giver = {guarantee.given_by, home.get(guarantee.given_by)}
    punished = [f for f, p in home.items() if ({f, p} & set(guarantee.punishes) if guarantee.punishes else not {f, p} & giver)]
    acting = covered if guarantee.kind == "third_party" else [i for i in case.issues if _moved(case, i) is None]
    movers = {f for i in acting for f in _hands(case, i)}
    if not movers & set(punished):
        return "nobody whom it punishes has a step to withhold or take back in what it covers: look at 'punishes' and 'covers'"
    return None


def _hands(case: Case, issue: str) -> set[str]:
    """Factions that have a say in the control of an issue."""
    tree = case.issues[issue].controlled_by
    names = {name for _, name in leaf_paths(tree, ())} if tree is not None else set()
    return {f for f, p in factions_of(case).items() if names & {f, p}}


# --- what is wanted ----------------------------------------------------------------------------------------


def _rivals(here: Here) -> list[Preferences]:
    """What the readings of a faction say that can be true, where ``here`` is in its own preferences."""
    if here.path[0] != "preferences":
        return []
    readings = here.case.readings.get(str(here.path[1]), {})
    return [reading.preferences for reading in readings.values() if reading.prior.high]


def _replaced(here: Here) -> str | None:
    """Of what every reading says anew."""
    rivals = _rivals(here)
    key, *names = map(str, here.below)

    def anew(over: Preferences) -> bool:
        if key == "weights":
            return names[0] in over.weights or names[0] in over.indifferent
        if key in ("values", "points"):
            return names[1] in (getattr(over, key) or {}).get(names[0], {}) or names[0] in over.indifferent
        return key in over.model_fields_set

    if rivals and all(map(anew, rivals)):
        return f"every reading of '{here.path[1]}' says its own {key.replace('_', ' ')} here; leave it out of one of them, or leave it"
    return None


def _schemes(here: Here) -> list[Preferences]:
    """A faction's preferences under every reading that ``here`` can count in."""
    block, case = here.block, here.case
    assert isinstance(block, Preferences)
    base = case.preferences.get(str(here.path[1]), block)
    if here.path[0] == "readings":
        return [merged(base, block)]
    return [merged(base, over) for over in _rivals(here)] or [base]


def _weightless(here: Here) -> str | None:
    issue = str(here.below[1])
    if any(issue in wants.weights and wants.weights[issue].high for wants in _schemes(here)):
        return None
    return f"'{issue}' has no weight here; list it under 'indifferent', or give it one"


def _absent(here: Here) -> str | None:
    """Of an option that never comes about."""
    return _never(here.case, str(here.below[1]), str(here.below[2]))


def _never(case: Case, issue: str, option: str) -> str | None:
    spec = case.issues[issue]
    if spec.controlled_by != "outside" or option == spec.status_quo or issue in _of_world(case):
        return None
    chance = (spec.chances or {}).get(option)
    if (chance is not None and chance.high) or (option == spec.status_quo and left_over(spec)):
        return None
    return f"'{option}' never comes about: '{issue}' is decided outside and has no chance of it; type 'chances' there"


def _of_world(case: Case) -> set[str]:
    """Issues that the world moves."""
    world = case.world
    if world is None:
        return set()
    parts = (world.sender, world.lists, world.recognition, world.office)
    moved = {part.issue for part in parts if part is not None and part.issue is not None}
    ladder = world.talks.ladder if world.talks is not None else None
    steps = (*ladder.steps, *ladder.below) if ladder is not None else ()
    return moved | {i for packages in (world.means.values(), steps) for package in packages for i in package}


def _package(here: Here) -> Pattern:
    value = here.value
    return value if isinstance(value, Mapping) else value.when if isinstance(value, Together) else value.package


def _cannot_be(here: Here) -> str | None:
    """Of options that never stand together."""
    package = _package(here)
    for n, pattern in enumerate(here.case.impossible):
        if pattern.items() <= package.items():
            return f"entry {n + 1} under 'impossible' rules these options out"
    return next((why for i, o in package.items() if (why := _never(here.case, i, o))), None)


def _held(here: Here) -> str | None:
    """Of a line that a red line holds already, wherever it counts."""
    kind, package = str(here.below[0]), _package(here)
    if kind == "firm" and not here.value.holds.high:
        return "it never holds: its 'holds' is 0"
    schemes = [wants for wants in _schemes(here) if here.value in getattr(wants, kind)]

    def by(wants: Preferences) -> int | None:
        lines = enumerate(wants.red_lines)
        return next((n for n, line in lines if line.items() <= package.items() and line != here.value), None)

    found = [by(wants) for wants in schemes]
    if not found or found[0] is None or None in found:
        return None
    return f"red line {found[0] + 1} refuses all of this already"


def _excluded(here: Here) -> str | None:
    for n, pattern in enumerate(here.case.impossible):
        if n != here.path[-1] and pattern.items() <= here.value.items() and (pattern != here.value or n < int(here.path[-1])):
            return f"entry {n + 1} rules this out already"
    return None


def _unlikely(here: Here) -> str | None:
    return None if here.value.prior.high else "its prior is 0, so that it is never true"


def _votes(here: Here) -> str | None:
    body = here.block
    assert isinstance(body, Body)
    name = str(here.path[-1])
    asked = {leaf for _, leaf in leaf_paths(body.votes, ())}
    if isinstance(body.votes, Weighted):
        asked = {member for member, weight in body.votes.weights.items() if weight}
    return None if name in asked else f"'{name}' has no vote under 'votes'"


# --- the world ---------------------------------------------------------------------------------------------

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
        "polls.ballot": ("support", "asked.admitted"),
        "regional.joins_split": ("split",),
        "regional.gain": ("support", "polls"),
    }
)
"""Number of the world, or part → what it acts on, any of which makes it count: a part, a key of one, both (``+``), or an
event or a path that a question asks for or an issue stands for (``asked.``)."""

_FATES = {"collapsed": "survival", "handed_over": "exit", "voted_out": "polls", "removed": "force"}
"""Outcome → the part that brings it about."""


def _there(case: Case, world: World) -> set[str]:
    """What there is, in the words of :data:`NEEDS`."""
    found = {part for part in PARTS if getattr(world, part) is not None}
    found |= {f"{part}.{key}" for part in found for key in getattr(world, part).model_fields_set}
    if world.sender is not None:
        found |= {f"sender.steps.{n}" for n in range(len(world.sender.steps))}
    found |= {f"asked.{event}" for event in world.means}
    for spec in (spec for question in case.questions.values() for spec in question.answers.values()):
        if isinstance(spec, Happened):
            found |= {f"asked.{event}" for event in (spec.event, spec.given) if event is not None}
        elif isinstance(spec, Asked):
            found.add(f"asked.{spec.variable}")
    return found


def _alone(case: Case, path: str) -> str | None:
    """Of a part, or a number, that acts on nothing."""
    needed, world = NEEDS.get(path), case.world
    if needed is None or world is None:
        return None
    there = _there(case, world)
    if any(all(name in there for name in way.split("+")) for way in needed):
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


def _part(here: Here) -> str | None:
    return _alone(here.case, here.below[0] if isinstance(here.below[0], str) else "")


def _number(here: Here) -> str | None:
    """Of a number of a part, where it stands."""
    path = ".".join(map(str, here.path[1:]))
    world = here.case.world
    for faction, given in (world.under if world is not None else {}).items():
        true = [r for r, reading in here.case.readings.get(faction, {}).items() if reading.prior.high]
        if true and all(path in given.get(r, {}) for r in true):
            return f"every reading of '{faction}' gives its own '{path}' under 'under': leave it out of one of them, or leave it"
    return _alone(here.case, path)


def _changed(here: Here) -> str | None:
    """Of a number that a policy or a reading puts in the place of the world's."""
    path = str(here.below[-1])
    return _alone(here.case, path.partition(".")[0]) or _alone(here.case, path)


def _late(here: Here) -> str | None:
    """Of a day of the world."""
    case = here.case
    assert case.world is not None
    if case.as_of is None:
        return None
    ends = months_after(case.as_of, case.world.months)
    return None if here.value <= ends else f"the world ends on {ends}, {case.world.months} months on: raise 'months', or leave it out"


def _fate(here: Here) -> str | None:
    outcome, world = str(here.below[-1]), here.case.world
    part = _FATES.get(outcome)
    if part is None or world is None or getattr(world, part) is not None:
        return None
    return f"the incumbent is never '{outcome}' without a part '{part}' in the world"


def _part_rules() -> dict[type, dict[str, tuple[Rule, ...]]]:
    """Every number of every part has the rule of :data:`NEEDS`; days of the world must lie in it."""
    found: dict[type, dict[str, tuple[Rule, ...]]] = {}
    days = {("polls", "on"), ("regional", "on"), ("home", "elections"), ("recognition", "lapse")}
    for part in PARTS:
        annotation = World.model_fields[part].annotation
        (model,) = (m for m in getattr(annotation, "__args__", ()) if isinstance(m, type) and issubclass(m, BaseModel))
        found[model] = {key: (_number,) for key in model.model_fields}
        found[model] |= {f"{key}.*": (_late,) for key in model.model_fields if (part, key) in days}
    return found


_ROAD = (_cardinal, _road)

COUNTS: Mapping[type, Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        Case: {
            "impossible.*": (_excluded,),
            "preferences.*": (_voteless,),
            "readings.*": (_cardinal, _voteless),
            "readings.*.*": (_unlikely,),
            "steps": _ROAD,
            "guarantees": _ROAD,
            "guarantees.*": (_guards,),
            "deadlines": _ROAD,
            "world": (_cardinal,),
            "gestures": (_cardinal, _looks_ahead),
            "moves_with": (_cardinal,),
        },
        Party: {"delivers": (_cardinal, _of_voteless), "accepts": (_of_voteless, _one_of_mind)},
        Issue: dict.fromkeys(("reversible", "gradual", "verify", "undo", "touches_office"), (_step,)),
        Preferences: {
            "patience": (_replaced, _patient),
            "no_deal": (_replaced,),
            "weights.*": (_replaced,),
            "values.*": (_weightless,),
            "values.*.*": (_replaced, _absent),
            "points.*.*": (_replaced, _absent),
            "together": (_replaced,),
            "together.*": (_cannot_be,),
            "red_lines": (_replaced,),
            "red_lines.*": (_cannot_be, _held),
            "firm": (_replaced,),
            "firm.*": (_cannot_be, _held),
        },
        Body: {"members.*": (_votes,)},
        Steps: {"simultaneous.*.*": (_named_step,)},
        Guarantee: {
            "covers.*": (_named_step,),
            "punishes.*": (_voteless,),
            "verify": (_monitors,),
            "worth.*": (_voteless,),
            "costs.*": (_voteless,),
        },
        Deadline: {"ends_for.*": (_voteless,)},
        World: {**{part: (_part,) for part in PARTS}, "under.*.*.*": (_changed,)},
        Office: {"options.*": (_fate,), "stakes.*": (_voteless,), "stakes.*.*": (_fate,)},
        Policy: {"changes.*": (_changed,)},
        **_part_rules(),
    }
)
"""Block → key (``*`` stands for a name or a place in a list) → when it counts."""
