"""What a case says about the world without a deal: the names in it, and what in it cannot be."""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from detente.case.base import Range
from detente.case.dates import months_after
from detente.case.model import Case
from detente.case.parts import SHARPEST, TOGETHER, bounds, given_numbers, never, world_paths
from detente.case.questions import question_faults
from detente.case.sense import impossible_numbers
from detente.case.world import Ladder, World
from detente.case.yamltext import Path
from detente.figures import plural

__all__ = ["outlook_faults", "outlook_names"]


def outlook_names(case: Case) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every name used: where, what kind of name, the name, the names that there are."""
    world = case.world
    if world is not None:
        for part, key in (("sender", "steps"), ("lists", "steps"), ("recognition", "bands")):
            spec = getattr(world, part)
            if spec is not None and spec.issue is not None:
                yield ("world", part, "issue"), "issue", spec.issue, case.issues
                for n, option in enumerate(getattr(spec, key) or () if spec.issue in case.issues else ()):
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
        for event, moved in world.means.items():
            yield from _package_names(case, ("world", "means", event), moved)
        if world.talks is not None and world.talks.ladder is not None:
            yield from _ladder_names(case, world.talks.ladder)
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
            if policy.offered_to is not None:
                at = ("policies", name, "offered_to")
                yield at, "faction with preferences", policy.offered_to, case.preferences
    for name, gesture in case.gestures.items():
        yield ("gestures", name, "by"), "faction with readings", gesture.by, case.readings
        for reading in gesture.likelihood if gesture.by in case.readings else ():
            here = ("gestures", name, "likelihood", reading)
            yield here, f"reading of {gesture.by}", reading, case.readings[gesture.by]


def _package_names(
    case: Case, at: Path, moved: Mapping[str, str]
) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    for issue, option in moved.items():
        yield (*at, issue), "issue", issue, case.issues
        if issue in case.issues:
            yield (*at, issue), f"option of {issue}", option, case.issues[issue].options


def _ladder_names(case: Case, ladder: Ladder) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    here: Path = ("world", "talks", "ladder")
    for key in ("by", "to"):
        yield (*here, key), "faction with preferences", getattr(ladder, key), case.preferences
    for key in ("below", "steps"):
        for n, moved in enumerate(getattr(ladder, key)):
            yield from _package_names(case, (*here, key, n), moved)
    for faction, reading in ladder.obstinate.items():
        yield (*here, "obstinate", faction), "faction with readings", faction, case.readings
        if faction in case.readings:
            yield (*here, "obstinate", faction), f"reading of {faction}", reading, case.readings[faction]


def outlook_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What cannot be."""
    world = case.world
    yield from _gestures(case)
    yield from _computed(case)
    for faction in case.computed:
        if not case.simulated:
            yield (
                ("preferences", faction, "no_deal"),
                "'from_outlook' needs a block 'world'; or use {status_quo: range} or a number",
            )
        elif case.preferences[faction].patience is None:
            yield ("preferences", faction), "'no_deal: from_outlook' needs 'patience' as well"
    if world is None:
        for block in ("policies", "questions"):
            if getattr(case, block):
                yield (block,), f"'{block}' are about a world: add a block 'world'"
        return
    yield from _world(case, world)
    yield from _changes(case, world)
    yield from question_faults(case, world)


def _gestures(case: Case) -> Iterator[tuple[Path, str]]:
    for name, gesture in case.gestures.items():
        if not any(likely.high for likely in gesture.likelihood.values()):
            yield (
                ("gestures", name, "likelihood"),
                "a gesture that nobody would make cannot be: one must be above 0",
            )
        readings = case.readings.get(gesture.by, {})
        if gesture.on is not None and case.as_of is not None and gesture.on <= case.as_of:
            for reading in sorted(set(readings) & set(gesture.likelihood)):
                if not gesture.likelihood[reading].high and readings[reading].prior.high:
                    yield (
                        ("gestures", name, "likelihood", reading),
                        f"it has been seen by the date of the case, so '{reading}', which would never have made it, cannot be "
                        "held any more: give it a small likelihood, or the reading a prior of 0",
                    )
        missing = set(readings) - set(gesture.likelihood)
        if missing:
            yield (
                ("gestures", name, "likelihood"),
                f"how likely is it under '{sorted(missing)[0]}'? Every reading of '{gesture.by}' needs a likelihood",
            )


def _computed(case: Case) -> Iterator[tuple[Path, str]]:
    for faction, readings in case.readings.items():
        for name, reading in readings.items():
            given = reading.preferences.no_deal
            here: Path = ("readings", faction, name, "preferences", "no_deal")
            if faction in case.computed and given is not None and given != "from_outlook":
                yield (
                    here,
                    f"the no-deal value of '{faction}' is 'from_outlook', under every reading, and this one would not count: "
                    "remove it, or type the value of the faction too",
                )
            elif faction not in case.computed and given == "from_outlook":
                yield (
                    here,
                    f"'from_outlook' is for a faction as a whole: write it at 'preferences: {faction}: no_deal', and remove "
                    "'no_deal' from its readings",
                )


def _world(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    if case.as_of is None:
        yield ("world",), "a world begins on the date of the case: add 'as_of: DATE' at the top"
    yield from _owners(case, world)
    yield from _impossible(case, world)
    yield from _days(case, world)
    yield from _either(world)
    yield from _sharp(world)
    sender, money, lists = world.sender, world.money, world.lists
    if sender is not None and sender.issue in case.issues:
        options = set(case.issues[sender.issue].options)
        if set(sender.steps) != options or len(set(sender.steps)) != len(sender.steps):
            yield (
                ("world", "sender", "steps"),
                f"every option of '{sender.issue}' was expected once, the strictest first: {', '.join(sorted(options))}",
            )
    if lists is not None and lists.issue in case.issues:
        if len(set(lists.steps)) != len(lists.steps):
            yield ("world", "lists", "steps"), "an option stands here twice"
        if case.issues[lists.issue].status_quo != lists.steps[0]:
            yield ("world", "lists", "steps"), f"the status quo of '{lists.issue}' was expected first"
    if money is not None:
        wanted = len(sender.steps) if sender is not None else 1
        if len(money.loss) != wanted:
            yield ("world", "money", "loss"), f"one share for each step of the sender was expected: {wanted}"
    office = world.office
    if office.options and office.issue is None:
        yield ("world", "office", "options"), "options of which issue? Add 'issue: ISSUE'"
    holding = world.office.options.get("holds")
    if holding is not None and world.office.issue is not None and world.office.issue in case.issues:
        home = case.issues[world.office.issue].status_quo
        if holding != home:
            yield (
                ("world", "office", "options", "holds"),
                f"the incumbent holds the office now, so this is the status quo, '{home}': leave it out",
            )
    yield from _recognition(world)
    yield from impossible_numbers(case, world)
    seats = world.authority
    if seats is not None:
        for key in ("seats", "of"):
            value = getattr(seats, key)
            if not value.certain or value.low != round(value.low):
                yield ("world", "authority", key), "a whole number of seats was expected"
        if seats.of.low < 1 or seats.seats.high > seats.of.low:
            yield (
                ("world", "authority", "of"),
                "there must be at least one seat, and at least as many as are friendly",
            )
    for event in world.means:
        why = never(event, world)
        if why is not None:
            yield ("world", "means", event), why
    if world.talks is not None and world.talks.ladder is not None:
        yield from _ladder(case, world, world.talks.ladder)


def _reached(world: World) -> Iterator[tuple[Path, dict[str, str]]]:
    """What each part of the world can bring about by itself, all else as it is."""
    for part, key in (("sender", "steps"), ("lists", "steps"), ("recognition", "bands")):
        spec = getattr(world, part)
        for n, option in enumerate(
            getattr(spec, key) or () if spec is not None and spec.issue is not None else ()
        ):
            yield ("world", part, key, n), {spec.issue: option}
    office = world.office.issue
    if office is not None:
        for outcome, option in world.office.options.items():
            yield ("world", "office", "options", outcome), {office: option}
    for event, moved in world.means.items():
        yield ("world", "means", event), dict(moved)
    rungs = world.talks.ladder if world.talks is not None else None
    so_far: dict[str, str] = {}
    for n, moved in enumerate(rungs.steps if rungs is not None else ()):
        so_far = {**so_far, **moved}
        yield ("world", "talks", "ladder", "steps", n), so_far
    for n, moved in enumerate(rungs.below if rungs is not None else ()):
        yield ("world", "talks", "ladder", "below", n), dict(moved)


def _impossible(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    """What the case calls impossible does not come about by itself."""
    now = {name: issue.status_quo for name, issue in case.issues.items()}
    for at, moved in _reached(world):
        state = {**now, **moved}
        for n, pattern in enumerate(case.impossible):
            if all(state.get(issue) == option for issue, option in pattern.items()):
                yield (
                    at,
                    f"with everything else as it is this is impossible, by entry {n + 1} under 'impossible'",
                )


def _owners(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    """Each issue is said by one part only."""
    named: list[tuple[Path, str]] = []
    for part in ("sender", "lists", "recognition", "office"):
        spec = getattr(world, part)
        if spec is not None and spec.issue is not None:
            named.append((("world", part, "issue"), spec.issue))
    if world.talks is not None and world.talks.ladder is not None:
        moved = dict.fromkeys(
            i for step in (*world.talks.ladder.below, *world.talks.ladder.steps) for i in step
        )
        named += [(("world", "talks", "ladder"), i) for i in moved]
    named += [(("world", "means", event), i) for event, moved in world.means.items() for i in moved]
    seen: dict[str, Path] = {}
    for at, issue in named:
        # Recognition runs alike with and without a deal, so that what is drawn of it cancels; nothing else does.
        drawn = issue in case.issues and case.issues[issue].chances
        if drawn and at != ("world", "recognition", "issue"):
            yield (
                at,
                f"'{issue}' has 'chances': it cannot be drawn and come about in the world as well, remove one",
            )
        if issue in seen:
            yield (
                at,
                f"'{issue}' is what '{'.'.join(map(str, seen[issue][1:]))}' says already; each needs an issue of its own",
            )
        seen.setdefault(issue, at)


def _days(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    """Dated things lie ahead."""
    days: list[tuple[Path, datetime.date]] = []
    for part, key in (("polls", "on"), ("regional", "on"), ("home", "elections"), ("recognition", "lapse")):
        spec = getattr(world, part)
        given = getattr(spec, key) if spec is not None else None
        days += [(("world", part, key, n), day) for n, day in enumerate(given or ())]
    for at, day in days:
        if case.as_of is not None and day <= case.as_of:
            yield at, f"must lie after the date of the case, {case.as_of}: found {day}"
    held = sorted(world.regional.on) if world.regional is not None else []
    for one, other in pairwise(held):
        if world.regional is not None and months_after(other, -world.regional.lead) < one:
            yield (
                ("world", "regional", "lead"),
                f"who takes part on {other} would be decided before the poll of {one}, and stand for both: found "
                f"{plural(world.regional.lead, 'month')}, expected fewer",
            )


_CHOICES = (
    ("survival", ("threshold",), "attack", True),
    ("loyalty", ("outside_offer",), "selectorate", True),
    ("sender", ("take_back",), "demand", True),
    ("polls", ("fairness",), "compliance", True),
    ("recognition", ("mean", "deviation", "pace"), "cascade", True),
    ("exit", ("trigger",), "option", False),
    ("talks", ("trust",), "assurance", False),
)
"""Part, a number (or numbers), what can be given instead, whether one of the two is needed."""


def _either(world: World) -> Iterator[tuple[Path, str]]:
    for part, keys, other, needed in _CHOICES:
        spec = getattr(world, part)
        if spec is None:
            continue
        given = [getattr(spec, key) is not None for key in keys]
        names = ", ".join(f"'{key}'" for key in keys)
        if any(given) != all(given):
            yield ("world", part), f"{names} belong together: give all or none"
        elif any(given) and getattr(spec, other) is not None:
            yield ("world", part), f"give either {names} or '{other}', not both"
        elif needed and not any(given) and getattr(spec, other) is None:
            yield ("world", part), f"give either {names} or '{other}'"
    leaving = world.exit
    if leaving is not None:
        where = leaving.trigger is not None or leaving.option is not None
        given = [leaving.push is not None, where, leaving.scale is not None]
        if any(given) != all(given):
            yield (
                ("world", "exit"),
                "'push', 'trigger' (or 'option') and 'scale' belong together: give all or none",
            )
    talks = world.talks
    if talks is not None:
        gated = talks.trust is not None or talks.assurance is not None
        if gated != (talks.trust_scale is not None):
            yield (
                ("world", "talks"),
                "'trust' (or 'assurance') and 'trust_scale' belong together: give both or none",
            )
        if gated and (talks.ladder is None or talks.ladder.by not in talks.ladder.obstinate):
            yield (
                ("world", "talks"),
                "trust in what? Add a 'ladder' whose 'obstinate' names the reading of the incumbent that is feared",
            )
        if talks.retract is not None and talks.ladder is None:
            yield ("world", "talks", "retract"), "there is nothing to take back without a 'ladder'"


def _sharp(world: World) -> Iterator[tuple[Path, str]]:
    """What is divided by is above 0."""
    for part, key in (
        ("loyalty", "scale"), ("survival", "scale"), ("polls", "scale"), ("regional", "scale"), ("exit", "scale"),
        ("talks", "trust_scale"), ("recognition", "deviation"),
    ):  # fmt: skip
        spec = getattr(world, part)
        value = getattr(spec, key) if spec is not None else None
        if value is not None and value.low < SHARPEST:
            yield ("world", part, key), f"must be at least {SHARPEST:g}: found {value.low:g}"
    for part, key, numbers in (
        ("sender", "demand", ("cost",)),
        ("polls", "compliance", ("patience", "scale")),
        ("exit", "option", ("volatility", "discount", "worth")),
        ("talks", "ladder", ("precision",)),
    ):
        spec = getattr(world, part)
        inner = getattr(spec, key) if spec is not None else None
        for name in numbers if inner is not None else ():
            if getattr(inner, name).low < SHARPEST:
                yield (
                    ("world", part, key, name),
                    f"must be at least {SHARPEST:g}: found {getattr(inner, name).low:g}",
                )
    fall = world.survival
    if fall is not None and fall.attack is not None:
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
    if world.loyalty is not None and world.loyalty.selectorate is not None:
        pure = world.loyalty.selectorate
        if pure.patience.high >= 1:
            yield (
                ("world", "loyalty", "selectorate", "patience"),
                f"must be below 1: found {pure.patience.high:g}",
            )
    for name, strength in (world.loyalty.members or {}).items() if world.loyalty is not None else ():
        if strength.low < SHARPEST:
            yield (
                ("world", "loyalty", "members", name),
                f"must be at least {SHARPEST:g}: found {strength.low:g}",
            )
    option = world.exit.option if world.exit is not None else None
    if option is not None and option.discount.low <= option.drift.high:
        yield ("world", "exit", "option"), "'discount' must be above 'drift', over their whole ranges"
    if world.talks is not None and world.talks.assurance is not None:
        game = world.talks.assurance
        if game.together.low <= game.alone.high or game.apart.low <= game.betrayed.high:
            yield (
                ("world", "talks", "assurance"),
                "an assurance game was expected: 'together' above 'alone' and 'apart' above 'betrayed', over their whole "
                "ranges",
            )


def _recognition(world: World) -> Iterator[tuple[Path, str]]:
    known = world.recognition
    if known is None:
        return
    if known.bands is not None and len(set(known.bands)) < 3:
        yield (
            ("world", "recognition", "bands"),
            "an option stands here twice: one for many, one for some, one for none",
        )
    if (known.lapse is None) != (known.kept is None):
        yield ("world", "recognition"), "'lapse' and 'kept' belong together: give both or none"
    for key in ("extend", "kept_extended"):
        if known.lapse is None and getattr(known, key) is not None:
            yield ("world", "recognition", key), "the mandate never ends without 'lapse'"
    if known.all.low < max(1.0, known.now.high):
        yield (
            ("world", "recognition", "all"),
            "there must be at least as many governments as recognise him now",
        )
    if known.bloc is not None and known.bloc.low < 1:
        yield ("world", "recognition", "bloc"), "must be at least 1"
    if (known.issue is None) != (known.bands is None):
        yield ("world", "recognition"), "'issue' and 'bands' belong together: give both or none"


MOST_LEVELS = 4
"""Levels of what the incumbent has conceded."""

MOST_READINGS = 4
"""Readings of the incumbent at simulated talks."""


def _ladder(case: Case, world: World, ladder: Ladder) -> Iterator[tuple[Path, str]]:
    at: Path = ("world", "talks", "ladder")
    if world.sender is None:
        yield at, "the other side's steps are those of the sender: add a part 'sender' to the world"
    if 1 + len(ladder.below) + len(ladder.steps) > MOST_LEVELS:
        yield at, f"'below' and 'steps' have at most {MOST_LEVELS - 1} entries together"
    if world.sender is not None and world.sender.issue in case.issues:
        now = case.issues[world.sender.issue].status_quo
        left = (
            len(world.sender.steps) - 1 - (world.sender.steps.index(now) if now in world.sender.steps else 0)
        )
        if len(ladder.steps) > left + 1:
            yield (
                (*at, "steps", left + 1),
                f"the sender has {left} of its steps left to answer with, so that this one never falls due",
            )
    if ladder.by == ladder.to:
        yield (*at, "to"), "two sides were expected"
    for key in ("by", "to"):
        faction = getattr(ladder, key)
        if faction in case.preferences and case.preferences[faction].patience is None:
            yield ("preferences", faction), "who decides at simulated talks needs 'patience'"
    if len(case.readings.get(ladder.by, {})) > MOST_READINGS:
        yield (
            (*at, "by"),
            f"at most {MOST_READINGS} readings of who decides for the incumbent can be simulated",
        )
    for faction in ladder.obstinate:
        if faction not in (ladder.by, ladder.to):
            yield (*at, "obstinate", faction), f"only '{ladder.by}' and '{ladder.to}' sit at these talks"
    if ladder.insists and (
        set(ladder.insists) != {ladder.by, ladder.to} or set(ladder.obstinate) != set(ladder.insists)
    ):
        yield (
            (*at, "insists"),
            "a share, and a reading in 'obstinate', was expected for each of the two sides",
        )
    for key in ("below", "steps"):
        for n, moved in enumerate(getattr(ladder, key)):
            if not moved:
                yield (*at, key, n), "a step that moves nothing: name an issue and its option"


def _changes(case: Case, world: World) -> Iterator[tuple[Path, str]]:
    """Numbers that policies and readings put in the place of the world's own."""
    sets: list[tuple[Path, Mapping[str, Range]]] = [
        (("policies", n, "changes"), p.changes) for n, p in case.policies.items()
    ]
    sets += [
        (("world", "under", f, r), changes) for f, rs in world.under.items() for r, changes in rs.items()
    ]
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
    for f, readings in world.under.items():
        for r, changes in readings.items():
            if "sender.now" in changes:
                yield (
                    ("world", "under", f, r, "sender.now"),
                    "where the sender stands is known, whatever is read: leave it to a policy",
                )
    known = set(world_paths(world))  # others are reported as unknown names
    for place, changed in sets:
        for path in known.intersection(changed):
            for check in (_misplaced, _lonely):
                yield from (((*place, path), message) for message in check(world, path, changed))


def _lonely(world: World, path: str, changed: Mapping[str, Range]) -> Iterator[str]:
    """Where a number acts only together with others that are missing."""
    given = given_numbers(world) | set(changed)
    for group in TOGETHER:
        missing = [sibling for sibling in group if sibling not in given]
        if path in group and missing:
            yield f"acts only together with {', '.join(missing)}: change that here as well, or give it in the world"
    talks, known = world.talks, world.recognition
    ladder = talks.ladder if talks is not None else None
    if path == "recognition.cascade" and "recognition.deviation" in given:
        yield "this world goes by thresholds (mean, deviation, pace), beside which a cascade changes nothing"
    if path in ("recognition.extend", "recognition.kept", "recognition.kept_extended") and not (
        known and known.lapse
    ):
        yield "the mandate never ends without 'recognition.lapse' in the world, so this changes nothing"
    if path in ("talks.trust", "talks.trust_scale") and (ladder is None or ladder.by not in ladder.obstinate):
        yield "trust in what? The world needs a 'ladder' whose 'obstinate' names the reading of the incumbent that is feared"
    if path == "talks.retract" and ladder is None:
        yield "there is nothing to take back without a 'ladder' in the world"
    if path == "recognition.bloc" and changed[path].low < 1:
        yield f"must be at least 1: found {changed[path].low:g}"


def _misplaced(world: World, path: str, changed: Mapping[str, Range]) -> Iterator[str]:
    """Where a number cannot be; what else is ``changed`` stands in the place of what the world says."""
    value = changed[path]
    lower, upper = bounds(path) if path not in ("talks.now", "sender.now") else (0.0, math.inf)
    known, board = world.recognition, world.authority
    if path == "talks.now":
        if not (value.low == value.high and value.low in (0, 1)):
            yield "whether talks are on was expected: 0 or 1"
    elif known is not None and path == "recognition.now":
        in_all = changed.get("recognition.all", known.all).low
        if value.high > in_all:
            yield f"there are only {in_all:g} governments ('all'): found up to {value.high:g}"
    elif known is not None and path == "recognition.all":
        # Where both are changed, the other number says it.
        least = 1.0 if "recognition.now" in changed else max(1.0, known.now.high)
        if value.low < least:
            yield f"{known.now.high:g} recognise him now ('now'): found as few as {value.low:g} in all"
    elif path == "sender.now":
        most = len(world.sender.steps) - 1 if world.sender is not None else 0
        if not (value.low == value.high and value.low in range(most + 1)):
            yield f"how many steps have been eased was expected, a whole number from 0 to {most}"
    elif board is not None and path in ("authority.seats", "authority.of"):
        of = changed.get("authority.of", board.of).low if path == "authority.seats" else math.inf
        least = 0.0
        if path == "authority.of":
            least = 1.0 if "authority.seats" in changed else max(1.0, board.seats.high)
        whole = value.certain and value.low == round(value.low)
        if not whole or not least <= value.low <= of:
            yield f"a whole number of seats was expected, from {least:g} to {of:g}: found {value.low:g}"
    elif value.low < lower or value.high > upper:
        allowed = f"at least {lower:g}" if upper == math.inf else f"between {lower:g} and {upper:g}"
        yield f"must be {allowed}: found [{value.low:g}, {value.median:g}, {value.high:g}]"
    elif path.endswith(("scale", "deviation")) and value.low < SHARPEST:
        yield f"must be at least {SHARPEST:g}: found {value.low:g}"
