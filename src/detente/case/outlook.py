"""What a case says about the world without a deal: its names, and what in it cannot be."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from pydantic import BaseModel

from detente.case.base import Range
from detente.case.dates import months_after
from detente.case.model import Case
from detente.case.world import Amount, Happened, State, World
from detente.case.yamltext import Path

__all__ = ["PARTS", "outlook_faults", "outlook_names", "world_paths"]

PARTS = (
    "money",
    "sender",
    "loyalty",
    "survival",
    "recognition",
    "support",
    "split",
    "polls",
    "exit",
    "force",
    "talks",
)
"""Parts of a world, each of which may be left out."""

_NEEDS = {
    "talks_began": "talks", "talks_stopped": "talks", "eased": "sender", "all_lifted": "sender", "taken_back": "sender",
    "lapsed_within_a_year": "sender", "collapsed": "survival", "handed_over": "exit", "voted_out": "polls",
    "removed": "force", "split": "split", "unrecognised": "recognition",
}  # fmt: skip


OPEN = {"revenue", "spread", "rents", "outside_offer", "scale", "all", "precision"}
"""Keys whose numbers are no shares or rates; ``recognition.now`` is a count besides."""

_WITHIN = {
    "talks_stopped": ("talks_began",),
    "all_lifted": ("eased",),
    "taken_back": ("eased",),
    "lapsed_within_a_year": ("eased", "taken_back"),
    "collapsed": ("office_lost",),
    "handed_over": ("office_lost",),
    "voted_out": ("office_lost",),
    "removed": ("office_lost",),
}
"""Event → those without which it does not happen, so that a share among their worlds can be given."""


def world_paths(world: World) -> list[str]:
    """Paths of the numbers of a world, as policies and readings name them."""
    found = []
    for part in PARTS:
        spec = getattr(world, part)
        if isinstance(spec, BaseModel):
            found += [f"{part}.{key}" for key, value in spec.__dict__.items() if isinstance(value, Range)]
    if world.survival is not None and world.survival.attack is not None:
        found.append("survival.threshold")  # that follows from the attack, and can be put in its place
    found += [f"{part}.now" for part in ("sender", "talks") if getattr(world, part) is not None]
    return found


def outlook_names(case: Case) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every name used: where, what kind of name, the name, the names that there are."""
    world = case.world
    if world is not None:
        for part, options in (
            ("sender", world.sender.steps if world.sender else ()),
            ("recognition", (world.recognition.bands or ()) if world.recognition else ()),
        ):
            spec = getattr(world, part)
            if spec is not None and spec.issue is not None:
                yield ("world", part, "issue"), "issue", spec.issue, case.issues
                key = "steps" if part == "sender" else "bands"
                for n, option in enumerate(options if spec.issue in case.issues else ()):
                    kind = f"option of {spec.issue}"
                    yield ("world", part, key, n), kind, option, case.issues[spec.issue].options
        issue = world.office.issue
        if issue is not None:
            yield ("world", "office", "issue"), "issue", issue, case.issues
            for outcome, option in world.office.options.items() if issue in case.issues else ():
                at: Path = ("world", "office", "options", outcome)
                yield at, f"option of {issue}", option, case.issues[issue].options
        for faction in world.office.stakes:
            yield (
                ("world", "office", "stakes", faction),
                "faction with preferences",
                faction,
                case.preferences,
            )
        known = world_paths(world)
        for faction, readings in world.under.items():
            yield ("world", "under", faction), "faction with readings", faction, case.readings
            for reading, changes in readings.items():
                if faction in case.readings:
                    here: Path = ("world", "under", faction, reading)
                    yield here, f"reading of {faction}", reading, case.readings[faction]
                for path in changes:
                    yield ("world", "under", faction, reading, path), "number of the world", path, known
        for name, policy in case.policies.items():
            for path in policy.changes:
                yield ("policies", name, "changes", path), "number of the world", path, known
    for name, gesture in case.gestures.items():
        yield ("gestures", name, "by"), "faction with readings", gesture.by, case.readings
        for reading in gesture.likelihood if gesture.by in case.readings else ():
            here = ("gestures", name, "likelihood", reading)
            yield here, f"reading of {gesture.by}", reading, case.readings[gesture.by]


def outlook_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What cannot be."""
    world = case.world
    yield from _gestures(case)
    if world is None:
        for block in ("policies", "questions"):
            if getattr(case, block):
                yield (block,), f"'{block}' are about a world: add a block 'world'"
        for faction in case.computed:
            yield (
                ("preferences", faction, "no_deal"),
                "'from_outlook' needs a block 'world'; or use {status_quo: range} or a number",
            )
        return
    yield from _world(case, world)
    yield from _changes(case, world)
    for faction in case.computed:
        if case.preferences[faction].patience is None:
            yield ("preferences", faction), "'no_deal: from_outlook' needs 'patience' as well"
    yield from _questions(case, world)


def _gestures(case: Case) -> Iterator[tuple[Path, str]]:
    for name, gesture in case.gestures.items():
        if not any(likely.high for likely in gesture.likelihood.values()):
            yield (
                ("gestures", name, "likelihood"),
                "a gesture that nobody would make cannot be: one must be above 0",
            )
        missing = set(case.readings.get(gesture.by, {})) - set(gesture.likelihood)
        if missing:
            yield (
                ("gestures", name, "likelihood"),
                f"how likely is it under '{sorted(missing)[0]}'? Every reading of '{gesture.by}' needs a likelihood",
            )


def _world(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    if case.as_of is None:
        yield ("world",), "a world begins on the date of the case: add 'as_of: DATE' at the top"
    sender, money = world.sender, world.money
    named = [
        (part, getattr(world, part).issue)
        for part in ("sender", "recognition", "office")
        if getattr(world, part) is not None and getattr(world, part).issue is not None
    ]
    for n, (part, issue) in enumerate(named):
        other = next((p for p, i in named[:n] if i == issue), None)
        if other is not None:
            yield (
                ("world", part, "issue"),
                f"'{issue}' is what '{other}' says already; each needs an issue of its own",
            )
    for n, day in enumerate(world.polls.on if world.polls is not None else ()):
        if case.as_of is not None and day <= case.as_of:
            yield (
                ("world", "polls", "on", n),
                f"a poll must lie after the date of the case, {case.as_of}: found {day}",
            )
    if sender is not None and sender.issue in case.issues:
        options = set(case.issues[sender.issue].options)
        if set(sender.steps) != options or len(set(sender.steps)) != len(sender.steps):
            yield (
                ("world", "sender", "steps"),
                f"every option of '{sender.issue}' was expected once, the strictest first: {', '.join(sorted(options))}",
            )
    if money is not None:
        wanted = len(sender.steps) if sender is not None else 1
        if len(money.loss) != wanted:
            yield ("world", "money", "loss"), f"one share for each step of the sender was expected: {wanted}"
    for part, keys in (("loyalty", ("scale",)), ("survival", ("scale",)), ("polls", ("scale",))):
        for key in keys:
            spec = getattr(world, part)
            if spec is not None and getattr(spec, key).low <= 0:
                yield ("world", part, key), "must be above 0"
    fall = world.survival
    if fall is not None:
        if (fall.threshold is None) == (fall.attack is None):
            yield ("world", "survival"), "give either 'threshold' or 'attack', from which a threshold follows"
        if fall.attack is not None:
            cost, sees, expects = fall.attack.cost, fall.attack.precision, fall.attack.prior_precision
            if sees.low <= 0:
                yield ("world", "survival", "attack", "precision"), "must be above 0"
            elif sees.low < expects.high**2 / (2 * math.pi):
                yield (
                    ("world", "survival", "attack"),
                    "what each sees is too vague beside what all expect: below prior_precision² / 2π there are several "
                    "thresholds and no forecast",
                )
            if not 0 < cost.low <= cost.high < 1:
                yield ("world", "survival", "attack", "cost"), "must lie between 0 and 1, both excluded"
    office = world.office
    if office.options and office.issue is None:
        yield ("world", "office", "options"), "options of which issue? Add 'issue: ISSUE'"
    known = world.recognition
    if known is not None:
        if known.lapse is not None and case.as_of is not None and known.lapse <= case.as_of:
            yield ("world", "recognition", "lapse"), f"must lie after the date of the case, {case.as_of}"
        if known.bands is not None and len(set(known.bands)) < 3:
            yield (
                ("world", "recognition", "bands"),
                "an option stands here twice: one for many, one for some, one for none",
            )
        if (known.lapse is None) != (known.kept is None):
            yield ("world", "recognition"), "'lapse' and 'kept' belong together: give both or none"
        if known.all.low < max(1.0, known.now.high):
            yield (
                ("world", "recognition", "all"),
                "there must be at least as many governments as recognise him now",
            )
        if (known.issue is None) != (known.bands is None):
            yield ("world", "recognition"), "'issue' and 'bands' belong together: give both or none"


def _changes(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    """Numbers that policies and readings put in the place of the world's own."""
    given: list[tuple[Path, str, Range]] = []
    for name, policy in case.policies.items():
        given += [
            (("policies", name, "changes", path), path, value) for path, value in policy.changes.items()
        ]
    for f, readings in world.under.items():
        for r, changes in readings.items():
            given += [(("world", "under", f, r, path), path, value) for path, value in changes.items()]
    owners: dict[str, str] = {}
    for f, readings in world.under.items():
        for r, changes in readings.items():
            for path in changes:
                if owners.setdefault(path, f) != f:
                    yield (
                        ("world", "under", f, r, path),
                        f"readings of '{owners[path]}' and of '{f}' both set '{path}', and both can be true at once; "
                        "leave it to one of them",
                    )
    known = world.recognition
    for at, path, value in given:
        key = path.rpartition(".")[2]
        if path == "talks.now" and not (value.low == value.high and value.low in (0, 1)):
            yield at, "whether talks are on was expected: 0 or 1"
        elif known is not None and path == "recognition.now" and value.high > known.all.low:
            yield at, f"there are only {known.all.low:g} governments ('all'): found up to {value.high:g}"
        elif known is not None and path == "recognition.all" and value.low < max(1.0, known.now.high):
            yield at, f"{known.now.high:g} recognise him now ('now'): found as few as {value.low:g} in all"
        elif path == "sender.now":
            most = len(world.sender.steps) - 1 if world.sender is not None else 0
            if not (value.low == value.high and value.low in range(most + 1)):
                yield at, f"how many steps have been eased was expected, a whole number from 0 to {most}"
        elif value.low < 0 or (key not in OPEN and path != "recognition.now" and value.high > 1):
            allowed = "at least 0" if key in OPEN or path == "recognition.now" else "between 0 and 1"
            yield at, f"must be {allowed}: found [{value.low:g}, {value.median:g}, {value.high:g}]"
        elif key == "scale" and value.low <= 0:
            yield at, "must be above 0"


_STATES = {"easing": "sender", "recognised": "recognition", "talks": "talks", "split": "split"}
_FATES = {"collapsed": "survival", "handed_over": "exit", "voted_out": "polls", "removed": "force"}
_PATHS = {
    "revenue": "money",
    "income": "money",
    "loyalty": "loyalty",
    "support": "support",
    "recognition": "recognition",
}


def _empty(spec: object, world: World) -> Iterator[str]:
    """What of an answer means nothing, or is about what the world does not simulate."""
    if isinstance(spec, Amount):
        if spec.low >= spec.high:
            yield f"'low' must be below 'high': found {spec.low:g} and {spec.high:g}"
        if getattr(world, _PATHS[spec.variable]) is None:
            yield f"'{spec.variable}' stands still without a part '{_PATHS[spec.variable]}' in the world"
    if isinstance(spec, State):
        asked = [key for key in ("office", *_STATES) if getattr(spec, key) is not None]
        if not asked:
            yield f"a state of what? Add one of: office, {', '.join(_STATES)}"
        needed = {key: _STATES[key] for key in asked if key in _STATES}
        if spec.office in _FATES:
            needed[spec.office] = _FATES[spec.office]
        for what, part in needed.items():
            if getattr(world, part) is None:
                yield f"'{what}' stands still without a part '{part}' in the world"


def _questions(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    for name, question in case.questions.items():
        at: Path = ("questions", name)
        if case.as_of is not None and question.resolves <= case.as_of:
            yield (*at, "resolves"), f"must lie after the date of the case, {case.as_of}"
        numbers = [spec for spec in question.answers.values() if isinstance(spec, Range)]
        stated = sum(spec.median for spec in question.answers.values() if isinstance(spec, Range))
        if stated > 1 + 1e-9:
            yield (*at, "answers"), f"the probabilities sum to {stated:g}, which is more than 1"
        rests = [a for a, spec in question.answers.items() if spec == "rest"]
        if len(numbers) == len(question.answers) and stated < 1 - 1e-9:
            yield (
                (*at, "answers"),
                f"the probabilities sum to {stated:g}, which is less than 1: make one of the answers 'rest'",
            )
        if len(rests) > 1:
            yield (*at, "answers"), "only one answer can be what the others leave ('rest')"
        for answer, spec in question.answers.items():
            here: Path = (*at, "answers", answer)
            if question.basis == "not_modelled":
                if spec is not None:
                    yield here, "this question is 'not_modelled', so its answers have no meaning to give"
                continue
            if spec is None:
                yield here, "what does this answer mean? An event of the world, a probability, or 'rest'"
            elif question.basis == "prior" and not (isinstance(spec, Range) or spec == "rest"):
                yield here, "this question is a 'prior': a probability was expected, or 'rest'"
            elif question.basis == "modelled" and isinstance(spec, Range):
                yield here, "this question is 'modelled': something of the world was expected, or 'rest'"
            day = (
                spec.by
                if isinstance(spec, Happened)
                else spec.at
                if isinstance(spec, (State, Amount))
                else None
            )
            if day is not None and day > question.resolves:
                yield here, f"the answer is known by {question.resolves} ('resolves'): found {day}"
            yield from ((here, message) for message in _empty(spec, world))
            if day is not None and case.as_of is not None:
                ends = months_after(case.as_of, world.months)
                if not case.as_of < day <= ends:
                    yield here, f"the world runs from {case.as_of} to {ends}: found {day}; see 'months'"
            if isinstance(spec, Happened) and spec.given is not None:
                allowed = _WITHIN.get(spec.event, ())
                if spec.given not in allowed:
                    can = " or ".join(f"'{e}'" for e in allowed) or "nothing"
                    yield (*here, "given"), f"'{spec.event}' can be given {can}: found '{spec.given}'"
            if isinstance(spec, Happened):
                for key in ("event", "given"):
                    event = getattr(spec, key)
                    if event in _NEEDS and getattr(world, _NEEDS[event]) is None:
                        yield (
                            (*here, key),
                            f"'{event}' never happens without a part '{_NEEDS[event]}' in the world",
                        )
