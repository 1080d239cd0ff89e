"""What is typed and cannot matter: every key of the format counts, or is told what would make it count.

One walk over the keys that a case gives (:func:`unused`). When a key counts is said once, in :data:`COUNTS`, by the
block that it stands in: a rule looks at the key where it is and says why it does nothing there, or None. A key without
a rule always counts. What the equations of a world have for nothing is found by :mod:`detente.case.idle`. What is idle is
told once, however often the reason applies.

That the tables are true is tested against the answers: a number that is not told of changes some answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations
from types import MappingProxyType
from typing import Any, NamedTuple

from detente.case.base import Model, Range
from detente.case.chances import left_over
from detente.case.dates import months_after
from detente.case.mechanism import Own, Use
from detente.case.model import (
    Body,
    Case,
    Deadline,
    Guarantee,
    Issue,
    Option,
    Party,
    Pattern,
    Preferences,
    Signing,
    Spoils,
    Steps,
    Together,
    Weighted,
)
from detente.case.paths import PLAIN, dotted, factions_of, leaf_paths, merged, sitting
from detente.case.uncounted import uncounted
from detente.case.wired import wired
from detente.case.world import World
from detente.case.yamltext import Path
from detente.figures import agree, plural

__all__ = ["COUNTS", "idle", "unused"]

SHOWN = 3
"""Further places that one message names."""


class _Known:
    """What rules ask for again and again, worked out once a case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._merged: dict[Path, tuple[Preferences, ...]] = {}

    @cached_property
    def ruled_out(self) -> Lines:
        return _lines(self.case.impossible)

    @cached_property
    def moved(self) -> set[str]:
        return _of_world(self.case)

    @cached_property
    def lacking(self) -> str | None:
        return _lacking(self.case)

    @cached_property
    def homes(self) -> dict[str, str]:
        return factions_of(self.case)

    def schemes(self, path: Path, block: Preferences) -> tuple[Preferences, ...]:
        """A faction's preferences under every reading that a key of ``block`` can count in."""
        at = path[:4] if path[0] == "readings" else path[:2]
        if at not in self._merged:
            base = self.case.preferences.get(str(path[1]), block)
            rivals = [block] if path[0] == "readings" else _rivals(self.case, path)
            self._merged[at] = tuple(merged(base, over) for over in rivals) or (base,)
        return self._merged[at]


class Here(NamedTuple):
    """A key that was typed."""

    known: _Known
    path: Path
    """From the top of the case."""
    block: Model
    """What it is a key of."""
    below: Path
    """From the block."""
    value: Any

    @property
    def case(self) -> Case:
        """The case that it stands in."""
        return self.known.case


Rule = Callable[[Here], str | None]
"""Why a key does nothing where it is, and what would make it count; None: it counts."""


def unused(case: Case) -> Iterator[tuple[Path, str]]:
    """Every key that does nothing, with what would make it count; the same reason once, at its first place."""
    found: dict[str, list[Path]] = {}
    for path, why in idle(case):
        found.setdefault(why, []).append(path)
    for why, (first, *rest) in found.items():
        also = "; ".join(dotted(path) for path in rest[:SHOWN]) + ("; .." if len(rest) > SHOWN else "")
        yield first, f"this does nothing: {why}" + (f" (so too, {len(rest)} more: {also})" if rest else "")


def idle(case: Case) -> Iterator[tuple[Path, str]]:
    """Every key that does nothing, each for itself."""
    yield from _block(_Known(case), case, ())
    if not case.ordinal:
        yield from uncounted(case)


def _block(known: _Known, block: Model, path: Path) -> Iterator[tuple[Path, str]]:
    rules = COUNTS.get(type(block), {})
    typed, values = block.model_fields_set, block.__dict__
    for key in type(block).model_fields:
        if key in typed and (key in rules or type(values[key]) not in PLAIN):
            at = (*path, *block.keys(key))
            yield from _key(Here(known, at, block, (key,), values[key]), rules, key)


def _key(here: Here, rules: Mapping[str, tuple[Rule, ...]], pattern: str) -> Iterator[tuple[Path, str]]:
    for rule in rules.get(pattern, ()):
        why = rule(here)
        if why is not None:
            yield here.path, why
            return
    value = here.value
    if isinstance(value, Model):
        if not isinstance(value, Range):
            yield from _block(here.known, value, here.path)
        return
    inner = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, tuple) else ()
    )
    below = f"{pattern}.*"
    for step, part in inner:
        if below in rules or type(part) not in PLAIN:
            at = Here(here.known, (*here.path, step), here.block, (*here.below, step), part)
            yield from _key(at, rules, below)


# --- who ---------------------------------------------------------------------------------------------------


def _role(known: _Known, voice: str) -> str | None:
    """The role of a party, or of the party of a faction, that has no vote."""
    party = voice if voice in known.case.parties else known.homes.get(voice)
    return known.case.parties[party].role if party is not None else None


def _voteless(here: Here) -> str | None:
    """Of what is said of a party or a faction, by its name in the path or as the value."""
    voice = here.value if isinstance(here.value, str) else str(here.path[-1])
    role = _role(here.known, voice)
    return (
        None
        if role is None
        else (
            f"'{voice}' is at the table as {role}, without a vote, so that no answer asks what it wants; remove its 'role' if it has "
            "a say"
        )
    )


def _of_voteless(here: Here) -> str | None:
    """Of a key of a party."""
    role = here.block.role if isinstance(here.block, Party) else None
    return (
        None
        if role is None
        else (f"'{here.path[1]}' is a {role} and has no vote: '{here.below[0]}' is for parties that have one")
    )


def _one_of_mind(here: Here) -> str | None:
    party, name = here.block, here.path[1]
    assert isinstance(party, Party)
    if not party.factions:
        return f"'accepts' is for a party with 'factions', and '{name}' has none"
    case = here.case
    own = [seat for track in case.tracks.values() for seat in track.parties if seat == name or name in seat]
    by_part = own and all(not isinstance(seat, str) for seat in own)
    trees = [tree for issue in case.issues.values() for tree in issue.controls] + [
        t.agreement for t in case.tracks.values()
    ]
    if by_part and not any(
        name == leaf for tree in trees if tree is not None for _, leaf in leaf_paths(tree, ())
    ):
        return f"wherever '{name}' sits, the table says itself which of its factions do, and it controls nothing as a whole"
    return None


# --- what moves --------------------------------------------------------------------------------------------


def _moved(case: Case, issue: str) -> str | None:
    """Why nobody takes steps on an issue."""
    spec = case.issues[issue]
    if spec.controlled_by == "outside":
        return f"'{issue}' is decided outside, so that nobody at a table takes a step on it"
    if not spec.controls:
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
    if here.below[0] == "undo" and issue.was is not None and _back(here) is None:
        return None  # of who would go back, whether there is a roadmap or not
    return _moved(here.case, name) or _road(here)


def _back(here: Here) -> str | None:
    """Where an issue was, which says what going back costs whoever does it alone."""
    issue, name = here.block, str(here.path[1])
    assert isinstance(issue, Issue)
    if here.case.status_quo == "none":
        return "without a status quo nobody has moved anything to where it stands"
    if issue.undo is None:
        return f"it says where going back costs something, and nothing says how much: give '{name}' an 'undo'"
    if not issue.reversible:
        return f"'{name}' is not reversible, so that nobody goes back there"
    return _moved(here.case, name) or _cardinal(here)


def _elsewhere(here: Here) -> str | None:
    """Of the control of an issue."""
    issue = here.block
    assert isinstance(issue, Issue)
    if here.value in (None, "outside") or any(o.controlled_by is None for o in issue.options.values()):
        return None
    return "every option says itself who moves the issue there"


def _step_there(here: Here) -> str | None:
    """Of a key of an option that is about carrying it out."""
    return (_moved(here.case, str(here.path[1])) or _road(here)) if here.value else None


def _named_step(here: Here) -> str | None:
    return _moved(here.case, here.value)


def _road(here: Here) -> str | None:
    """What only a roadmap reads counts where there can be one."""
    case = here.case
    if case.status_quo == "none":
        return "'detente roadmap' reads it, and without a status quo nothing leads to a package"
    return here.known.lacking


def _lacking(case: Case) -> str | None:
    """Why there is a roadmap at no table: at each somebody has no patience."""
    missing = [
        [f for f in seated if f in case.preferences and case.preferences[f].patience is None]
        for seated in sitting(case).values()
    ]
    if not missing or not all(missing):
        return None
    fewest = sorted(missing, key=len)[0]
    return (
        "'detente roadmap' reads it, and needs everybody's patience: add 'patience: [0.95, 0.98, 0.99]' (what a point next month "
        f"is worth now) under 'preferences' of {', '.join(fewest)}"
    )


def _cardinal(here: Here) -> str | None:
    return (
        "the factions put states in order, which 'detente stability' reads; the other answers need points"
        if here.case.ordinal
        else None
    )


def _begun(here: Here) -> str | None:
    """Of what only the chances that a package is begun and kept read."""
    case = here.case
    if case.signing is None and case.record is None:
        return (
            "only the chances that a package is begun and kept read it, and nothing says how likely what is acceptable is "
            "signed: add 'signing: {chance: [0.1, 0.3, 0.5]}' or a 'record'"
        )
    if case.steps is None or case.steps.temptation is None:
        return (
            "only the chances that a package is begun and kept read it, and they need a spread of temptations: add "
            "'steps: {temptation: [1, 2, 4]}'"
        )
    return _road(here)


def _beside_rounds(here: Here) -> str | None:
    """Of how many rounds a judgement counts for."""
    record = here.case.record
    if record is not None and record.rounds:
        return None
    return "there are no earlier rounds beside which the judgement could count for more or less: add a 'record', or leave it out"


def _looks_ahead(here: Here) -> str | None:
    return None if here.case.world is not None else "'detente outlook' reads it, and needs a block 'world'"


def _patient(here: Here) -> str | None:
    ends = any(o.until is not None for issue in here.case.issues.values() for o in issue.options.values())
    return None if here.case.world is not None or ends else _road(here)


def _monitors(here: Here) -> str | None:
    """Of the months of a monitoring."""
    guarantee, case = here.block, here.case
    assert isinstance(guarantee, Guarantee)
    if guarantee.kind != "monitoring" or guarantee.verify is None:
        return None
    covered = [i for i in guarantee.covers or case.issues if _moved(case, i) is None]
    months = [spec.high if (spec := case.issues[i].verify) is not None else 1.0 for i in covered]
    longest = max(months, default=0.0)
    if max(1.0, guarantee.verify.low) < longest:
        return None
    return (
        f"what it covers is verified in {longest:g} {agree(longest, 'month', 'months')} without it, and it cannot be sooner "
        "than a month: type longer 'verify' of those issues, or a shorter one here"
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
    punished = [
        f
        for f, p in home.items()
        if ({f, p} & set(guarantee.punishes) if guarantee.punishes else not {f, p} & giver)
    ]
    acting = (
        covered if guarantee.kind == "third_party" else [i for i in case.issues if _moved(case, i) is None]
    )
    movers = {f for i in acting for f in _hands(case, i)}
    if not movers & set(punished):
        return "nobody whom it punishes has a step to withhold or take back in what it covers: look at 'punishes' and 'covers'"
    return None


def _hands(case: Case, issue: str) -> set[str]:
    """Factions that have a say in the control of an issue."""
    names = {name for tree in case.issues[issue].controls for _, name in leaf_paths(tree, ())}
    return {f for f, p in factions_of(case).items() if names & {f, p}}


# --- what is wanted ----------------------------------------------------------------------------------------


def _rivals(case: Case, path: Path) -> list[Preferences]:
    """What the readings of a faction say that can be true, where a path is in its own preferences."""
    readings = case.readings.get(str(path[1]), {}) if path[0] == "preferences" else {}
    return [reading.preferences for reading in readings.values() if reading.prior.high]


def _replaced(here: Here) -> str | None:
    """Of what every reading says anew."""
    rivals = _rivals(here.case, here.path)
    key, *names = map(str, here.below)

    def anew(over: Preferences) -> bool:
        if key == "weights":
            return names[0] in over.weights or names[0] in over.indifferent
        if key in ("values", "points"):
            return names[1] in (getattr(over, key) or {}).get(names[0], {}) or names[0] in over.indifferent
        return key in over.model_fields_set

    if rivals and all(map(anew, rivals)):
        return f"every reading of '{here.path[1]}' says its own {key.replace('_', ' ')} here, and this would count only under one that leaves it out"
    return None


def _schemes(here: Here) -> tuple[Preferences, ...]:
    assert isinstance(here.block, Preferences)
    return here.known.schemes(here.path, here.block)


def _weightless(here: Here) -> str | None:
    issue = str(here.below[1])
    if any(issue in wants.weights and wants.weights[issue].high for wants in _schemes(here)):
        return None
    return f"'{issue}' has no weight here; list it under 'indifferent', or give it one"


def _absent(here: Here) -> str | None:
    """Of an option that never comes about."""
    return _never(here.known, str(here.below[1]), str(here.below[2]))


def _never(known: _Known, issue: str, option: str) -> str | None:
    spec = known.case.issues[issue]
    if spec.controlled_by != "outside" or option == spec.status_quo or issue in known.moved:
        return None
    chance = (spec.chances or {}).get(option)
    if (chance is not None and chance.high) or (option == spec.status_quo and left_over(spec)):
        return None
    return f"'{option}' never comes about: '{issue}' is decided outside and has no chance of it; type 'chances' there"


def _of_world(case: Case) -> set[str]:
    """Issues that the world moves."""
    return set() if case.world is None else set(wired(case).wiring.moves)


def _package(here: Here) -> Pattern:
    value = here.value
    return (
        value if isinstance(value, Mapping) else value.when if isinstance(value, Together) else value.package
    )


Lines = Mapping[frozenset[tuple[str, str]], int]
"""Combinations of options → the first place at which each stands."""


def _lines(patterns: Sequence[Pattern]) -> Lines:
    found: dict[frozenset[tuple[str, str]], int] = {}
    for n, pattern in enumerate(patterns):
        found.setdefault(frozenset(pattern.items()), n)
    return found


def _within(lines: Lines, package: Pattern, but: int = -1) -> int | None:
    """The place of a combination that is all in ``package``, another than ``but``."""
    items = sorted(package.items())
    if 2 ** len(items) > len(lines):
        inside = (n for line, n in lines.items() if line <= package.items())
    else:
        subsets = (frozenset(part) for size in range(1, len(items) + 1) for part in combinations(items, size))
        inside = (lines[part] for part in subsets if part in lines)
    return next((n for n in inside if n != but), None)


def _cannot_be(here: Here) -> str | None:
    """Of options that never stand together."""
    package = _package(here)
    n = _within(here.known.ruled_out, package)
    if n is not None:
        return f"entry {n + 1} under 'impossible' rules these options out"
    return next((why for i, o in package.items() if (why := _never(here.known, i, o))), None)


def _held(here: Here) -> str | None:
    """Of a line that a red line holds already, wherever it counts."""
    kind, package = str(here.below[0]), _package(here)
    if kind == "firm" and not here.value.holds.high:
        return "it never holds: its 'holds' is 0"
    schemes = [wants for wants in _schemes(here) if here.value in getattr(wants, kind)]
    found = [
        _within(_lines([line for line in wants.red_lines if kind == "firm" or line != package]), package)
        for wants in schemes
    ]
    if not found or any(n is None for n in found):
        return None
    return f"a red line refuses all of this already ({', '.join(map(str, package.values()))})"


def _excluded(here: Here) -> str | None:
    n = _within(here.known.ruled_out, here.value, int(here.path[-1]))
    return None if n is None else f"entry {n + 1} rules this out already"


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


def _late(here: Here) -> str | None:
    """Of a day of the world."""
    case = here.case
    assert case.world is not None
    if case.as_of is None:
        return None
    ends = months_after(case.as_of, case.world.months)
    return (
        None
        if here.value <= ends
        else f"the world ends on {ends}, {plural(case.world.months, 'month')} on: raise 'months', or leave it out"
    )


_ROAD = (_cardinal, _road)

COUNTS: Mapping[type, Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        Case: {
            "impossible.*": (_excluded,),
            "preferences.*": (_voteless,),
            "readings.*": (_cardinal, _voteless),
            "readings.*.*": (_unlikely,),
            "signing": (_cardinal,),
            "steps": _ROAD,
            "guarantees": _ROAD,
            "guarantees.*": (_guards,),
            "deadlines": _ROAD,
            "world": (_cardinal,),
            "gestures": (_cardinal, _looks_ahead),
            "moves_with": (_cardinal,),
        },
        Party: {
            "delivers": (_cardinal, _of_voteless, _begun),
            "accepts": (_of_voteless, _one_of_mind),
            "spoils": (_cardinal, _road),
        },
        Spoils: {"steps.*": (_named_step,)},
        Issue: {
            "controlled_by": (_elsewhere,),
            **dict.fromkeys(
                ("reversible", "gradual", "verify", "undo", "touches_office", "after", "begun_by", "done_by"),
                (_step,),
            ),
            "was": (_back,),
        },
        Option: {"after": (_step_there,)},
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
        Signing: {"counts": (_beside_rounds,)},
        Steps: {"simultaneous.*.*": (_named_step,), "temptation": (_begun,), "lead": (_road,)},
        Guarantee: {
            "covers.*": (_named_step,),
            "punishes.*": (_voteless,),
            "verify": (_monitors,),
            "worth.*": (_voteless,),
            "costs.*": (_voteless,),
        },
        Deadline: {"ends_for.*": (_voteless,)},
        World: {"stakes.*": (_voteless,), "under.*": (_voteless,)},
        **{key: {"calendars.*.*": (_late,)} for key in (Own, Use)},
    }
)
"""Block → key (``*`` stands for a name or a place in a list) → when it counts."""
