"""A case whose world is in equations, tied together: its parts, what policies change, what stakes and questions ask.

Everything that is typed is read here once: :func:`compiled` gives trees with full names, or everything that is wrong.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from detente.case.base import Range
from detente.case.dates import months_after
from detente.case.equations import NAME, Call, EquationError, Is, Name, Node, children
from detente.case.library import bundled
from detente.case.mechanism import Own, Use
from detente.case.model import Case
from detente.case.paths import Same
from detente.case.talks import Told, judged, told, typed_in, written
from detente.case.typed import Reader, random
from detente.case.units import Unit
from detente.case.wiring import TALKS, Misfit, Wiring, beyond, wire
from detente.case.wording import one_of
from detente.case.world import Condition, Policy, Question, Talks, World
from detente.case.yamltext import Path, cut

__all__ = [
    "NOTHING",
    "Meaning",
    "Operator",
    "Revision",
    "Stake",
    "Wired",
    "compiled",
    "days_of",
    "numbers",
    "wired",
]


class Operator(NamedTuple):
    """A part with a ladder."""

    part: str
    talks: Talks
    readings: tuple[str, ...]
    """Of the faction whose step is due first."""
    told: tuple[Told, ...]


class Stake(NamedTuple):
    """Points beside what the issues say."""

    faction: str
    name: str
    event: bool
    """Whether it is for an event that has happened, and not for a unit of a level or value."""


class Revision(NamedTuple):
    """What is changed from the first month on, as trees of numbers."""

    changes: Mapping[str, Node] = MappingProxyType({})
    """Number → what it becomes, from what the draw and the readings make of all numbers."""
    holds: Mapping[str, Node] = MappingProxyType({})
    """Level or value → what it is kept at."""
    settles: Mapping[str, str] = MappingProxyType({})
    """Issue → option at which it is kept."""
    stops: frozenset[str] = frozenset()
    """Parts that stand still."""
    until: Mapping[str, int] = MappingProxyType({})
    """Of the issues that are settled those that are so to a month only, and the last such month."""


NOTHING = Revision()


class Meaning(NamedTuple):
    """Answer → its condition and the one that is given, as trees."""

    answers: Mapping[str, tuple[Node, Node | None, Condition]]


class Wired(NamedTuple):
    """A world of equations, ready to be put into numbers."""

    wiring: Wiring
    operators: tuple[Operator, ...]
    stakes: tuple[Stake, ...]
    policies: Mapping[str, Revision]
    questions: Mapping[str, Meaning]
    says: Mapping[str, str]
    """Part, level, value or event → what it is in words, where the case or the part says it."""


def wired(case: Case) -> Wired:
    """Of a case that was read without faults and has a world of equations."""
    found = compiled(case)
    assert isinstance(found, Wired), found
    return found


def compiled(case: Case) -> Wired | list[Misfit]:
    """The world of a case, or everything that is wrong with it; places of faults are from the top of the case."""
    return _compiled(Same(case))


@lru_cache(maxsize=8)
def _compiled(of: Same) -> Wired | list[Misfit]:
    case = of.case
    world = case.world
    assert world is not None
    operators = tuple(_operators(case, world))
    parts: dict[str, Own | Use] = {
        name: written(name, part, _readings(case, part)) if isinstance(part, Talks) else part
        for name, part in world.parts.items()
    }
    issues = {name: tuple(issue.options) for name, issue in case.issues.items()}
    if faults := list(_names(case, world)):
        return faults
    inside = [one for o in operators for one in typed_in(o.part, o.talks, o.readings)]
    tied = wire(parts, bundled(), issues, world.moves, _steps(operators), inside)
    if not isinstance(tied, Wiring):
        return [m._replace(place=("world", *m.place)) for m in tied]
    reader = Reader(dict(tied.slots), {*parts, *bundled(), TALKS})
    policies = {name: _revision(name, policy, tied, reader, faults) for name, policy in case.policies.items()}
    questions = {name: _question(name, asked, reader, faults) for name, asked in case.questions.items()}
    stakes = tuple(_stakes(world, tied, faults))
    faults += _under(world, tied, operators)
    faults += _dates(case, world)
    if faults:
        return faults
    return Wired(tied, operators, stakes, policies, questions, dict(_says(parts)))


def numbers(case: Case) -> Iterator[tuple[str, Range, Unit | None]]:
    """Every judged number of the world by its path, in the order of the case, with its unit (None: points or odds): parts,
    ladders, stakes, readings, policies, questions."""
    world, found = case.world, wired(case)
    assert world is not None
    computed = {f"{o.part}.{t.name}" for o in found.operators for t in o.told}
    for name, given in found.wiring.figures.items():
        if isinstance(given, Mapping):
            for option, figure in given.items():
                yield f"{name}[{option}]", figure, found.wiring.slots[name].unit
        elif name not in computed:
            yield name, given, found.wiring.slots[name].unit
    for operator in found.operators:
        for name, value in judged(operator.talks.ladder).items():
            yield f"{operator.part}.{name}", value, None
    for faction, stakes in world.stakes.items():
        for name, value in stakes.items():
            yield f"stakes.{faction}.{name}", value, None
    for faction, readings in world.under.items():
        for reading, changes in readings.items():
            for name, value in changes.items():
                yield f"under.{faction}.{reading}.{name}", value, _unit(found, name)
    for policy, spec in case.policies.items():
        for kind, block in (("changes", spec.changes), ("holds", spec.holds)):
            for name, changed in block.items():
                if isinstance(changed, Range):
                    yield f"policies.{policy}.{kind}.{name}", changed, _unit(found, name)
    for question, asked in case.questions.items():
        for answer, meant in asked.answers.items():
            if isinstance(meant, Range):
                yield f"questions.{question}.{answer}", meant, None


def _unit(found: Wired, name: str) -> Unit | None:
    slot = found.wiring.slots.get(name.partition("[")[0])
    return None if slot is None else slot.unit


# --- talks ------------------------------------------------------------------------------------------------


def _readings(case: Case, talks: Talks) -> tuple[str, ...]:
    return tuple(case.readings.get(talks.ladder.by, {}))


def _operators(case: Case, world: World) -> Iterator[Operator]:
    for name, part in world.parts.items():
        if isinstance(part, Talks):
            readings = _readings(case, part)
            yield Operator(name, part, readings, tuple(told(part.ladder, readings)))


def _steps(operators: Sequence[Operator]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Issue → (option, event) of every step."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for operator in operators:
        for n, step in enumerate(operator.talks.ladder.steps):
            for issue, option in step.items():
                found[issue] = (*found.get(issue, ()), (option, f"{operator.part}.step_{n + 1}"))
    return found


# --- names ------------------------------------------------------------------------------------------------


def _names(case: Case, world: World) -> Iterator[Misfit]:
    """Names of the case that are used in its world, and do not exist."""

    def known(place: Path, kind: str, name: str, names: Sequence[str]) -> Iterator[Misfit]:
        if name not in names:
            yield Misfit(place, None, f"there is no {kind} '{name}'{one_of(name, names)}")

    factions = list(case.preferences)
    for part, spec in world.parts.items():
        if isinstance(spec, Talks):
            yield from _ladder(case, spec, ("world", "parts", part, "ladder"))
            yield from _taken(case, part, spec)
    for faction in world.stakes:
        yield from known(("world", "stakes", faction), "faction with preferences", faction, factions)
    for faction, readings in world.under.items():
        here: Path = ("world", "under", faction)
        yield from known(here, "faction with readings", faction, list(case.readings))
        for reading in readings if faction in case.readings else ():
            names = list(case.readings[faction])
            yield from known((*here, reading), f"reading of {faction}", reading, names)
    for name, policy in case.policies.items():
        here = ("policies", name)
        if policy.offered_to is not None:
            yield from known((*here, "offered_to"), "faction with preferences", policy.offered_to, factions)
        for issue, option in policy.settles.items():
            at = (*here, "settles", issue)
            yield from known(at, "issue", issue, list(case.issues))
            if issue in case.issues:
                yield from known(at, f"option of {issue}", option, list(case.issues[issue].options))
        for part in policy.stops:
            yield from known((*here, "stops"), "part of the world", part, list(world.parts))


def _ladder(case: Case, talks: Talks, here: Path) -> Iterator[Misfit]:
    ladder = talks.ladder
    for key, faction in (("by", ladder.by), ("to", ladder.to)):
        if faction not in case.preferences:
            what = f"there is no faction with preferences '{faction}'{one_of(faction, case.preferences)}"
            yield Misfit((*here, key), None, what)
        elif case.preferences[faction].patience is None:
            yield Misfit(
                (*here, key),
                None,
                f"'{faction}' chooses at the talks and needs a 'patience' under 'preferences'",
            )
    for faction in ladder.blame:
        if faction not in (ladder.by, ladder.to):
            yield Misfit(
                (*here, "blame", faction),
                None,
                f"blame is for '{ladder.by}' or '{ladder.to}': found '{faction}'",
            )
    for n, step in enumerate(ladder.steps):
        for issue, option in step.items():
            place: Path = (*here, "steps", n, issue)
            if issue not in case.issues:
                yield Misfit(place, None, f"there is no issue '{issue}'{one_of(issue, case.issues)}")
            elif option not in case.issues[issue].options:
                options = case.issues[issue].options
                yield Misfit(place, None, f"'{issue}' has no option '{option}'{one_of(option, options)}")
            elif case.issues[issue].controlled_by == "outside":
                yield Misfit(place, None, f"'{issue}' is decided outside, so that no step at talks moves it")
    readings = _readings(case, talks)
    if ladder.obstinate is not None and ladder.obstinate not in readings:
        what = f"'{ladder.by}' has no reading '{ladder.obstinate}'{one_of(ladder.obstinate, readings)}"
        yield Misfit((*here, "obstinate"), None, what)
    for event, likely in ladder.seen.items():
        if not NAME.fullmatch(event):
            what = f"the name of an event was expected, 'part.event': found '{cut(event, 40)}'"
            yield Misfit((*here, "seen", event), None, what)
        if set(likely) != set(readings):
            what = f"a likelihood was expected for every reading of '{ladder.by}': {', '.join(readings) or 'it has none'}"
            yield Misfit((*here, "seen", event), None, what)


def _taken(case: Case, part: str, talks: Talks) -> Iterator[Misfit]:
    """Numbers of talks that are called as something that all talks have."""
    own = written(part, talks.model_copy(update={"numbers": {}}), _readings(case, talks))
    for name in talks.numbers:
        if any(name in block for block in (own.numbers, own.levels, own.values, own.events)):
            what = f"'{name}' means something else at talks already: give this number another name"
            yield Misfit(("world", "parts", part, "numbers", name), None, what)


def _under(world: World, tied: Wiring, operators: Sequence[Operator]) -> Iterator[Misfit]:
    names = _changeable(tied, operators)
    for faction, readings in world.under.items():
        for reading, changes in readings.items():
            for name in changes:
                place = ("world", "under", faction, reading, name)
                if name not in names:
                    yield Misfit(
                        place, None, f"there is no number '{name}' in the world{one_of(name, names)}"
                    )
                elif message := _beyond(tied, name.partition("[")[0], changes[name]):
                    yield Misfit(place, None, message)


def _beyond(tied: Wiring, name: str, value: Range) -> str | None:
    declared = tied.within.get(name)
    return None if declared is None else beyond(declared, value.low, value.high)


def _changeable(tied: Wiring, operators: Sequence[Operator]) -> list[str]:
    """Numbers that a reading or a policy may change."""
    computed = {f"{o.part}.{t.name}" for o in operators for t in o.told}
    found = []
    for name, given in tied.figures.items():
        if isinstance(given, Mapping):
            found += [f"{name}[{option}]" for option in given]
        elif name not in computed:
            found.append(name)
    return found


def _stakes(world: World, tied: Wiring, faults: list[Misfit]) -> Iterator[Stake]:
    for faction, stakes in world.stakes.items():
        for name in stakes:
            sort = tied.slots[name].sort if name in tied.slots else None
            if sort in ("event", "level", "value"):
                yield Stake(faction, name, sort == "event")
                continue
            names = [n for n, s in tied.slots.items() if s.sort in ("event", "level", "value")]
            what = f"there is no event, level or value '{name}' in the world{one_of(name, names)}"
            faults.append(Misfit(("world", "stakes", faction, name), None, what))


# --- policies and questions -------------------------------------------------------------------------------


_KINDS = {
    **dict.fromkeys(
        ("level", "value"), "no number but worked out: write 'holds', or change a number in its equation"
    ),
    **dict.fromkeys(("number", "table"), "a number: write it under 'changes'"),
    "event": "an event: change a number in its chance, or 'settles: {ISSUE: OPTION}' what it moves",
    "issue": "an issue: write it under 'settles'",
    "calendar": "a calendar, whose dates a policy does not change",
}
"""What a policy names in the wrong block, and where it belongs."""


def _revision(name: str, policy: Policy, tied: Wiring, reader: Reader, faults: list[Misfit]) -> Revision:
    here = ("policies", name)
    if not (policy.changes or policy.holds or policy.settles or policy.stops):
        faults.append(
            Misfit(here, None, "this changes nothing: give it 'changes', 'holds', 'settles' or 'stops'")
        )
    found: dict[str, dict[str, Node]] = {"changes": {}, "holds": {}}
    for kind, block, sorts in (
        ("changes", policy.changes, ("number", "table")),
        ("holds", policy.holds, ("level", "value")),
    ):
        for path, value in block.items():
            whole, _, _ = path.partition("[")
            slot = tied.slots.get(whole)
            if slot is None or slot.sort not in sorts:
                names = [n for n, s in tied.slots.items() if s.sort in sorts]
                what = f"there is no {' or '.join(sorts)} '{path}' in the world{one_of(path, names)}"
                if slot is not None:
                    what = f"'{path}' is {_KINDS.get(slot.sort, 'an ' + slot.sort)}"
                faults.append(Misfit((*here, kind, path), None, what))
                continue
            if isinstance(value, Range):
                if message := _beyond(tied, whole, value):
                    faults.append(Misfit((*here, kind, path), None, message))
                found[kind][path] = Name(0, f"policies.{name}.{kind}.{path}")
                continue
            reader.part = path.split(".")[0]
            try:
                found[kind][path] = reader.read(value, wanted=slot.unit, beginning=True).node
            except EquationError as error:
                faults.append(Misfit((*here, kind, path), error.at, error.message))
    return Revision(found["changes"], found["holds"], policy.settles, frozenset(policy.stops))


def _question(name: str, asked: Question, reader: Reader, faults: list[Misfit]) -> Meaning:
    found: dict[str, tuple[Node, Node | None, Condition]] = {}
    reader.part = ""
    for answer, spec in asked.answers.items():
        if not isinstance(spec, Condition):
            continue
        here = ("questions", name, "answers", answer)
        trees: list[Node | None] = []
        for key, text in (("that", spec.that), ("given", spec.given)):
            try:
                node = None if text is None else reader.read(text, truth=True).node
                if node is not None and random(node):
                    raise EquationError(0, "a question draws nothing: ask for what has happened")
                trees.append(node)
            except EquationError as error:
                faults.append(Misfit((*here, key), error.at, error.message))
                trees.append(None)
        if trees[0] is not None:
            found[answer] = (trees[0], trees[1], spec)
    return Meaning(found)


def _dates(case: Case, world: World) -> Iterator[Misfit]:
    if case.as_of is None:
        yield Misfit(
            ("world",), None, "a world needs a date to begin on: add 'as_of: 2021-06-03' to the case"
        )
        return
    ends = months_after(case.as_of, world.months)
    for name, asked in case.questions.items():
        here = ("questions", name)
        if asked.resolves <= case.as_of:
            yield Misfit((*here, "resolves"), None, f"must lie after the date of the case, {case.as_of}")
        if sum(1 for spec in asked.answers.values() if spec == "rest") > 1:
            yield Misfit(here, None, "at most one answer may be 'rest'")
        for answer, spec in asked.answers.items():
            at = (*here, "answers", answer)
            if isinstance(spec, Condition) and not case.as_of < spec.at <= ends:
                yield Misfit(
                    (*at, "at"),
                    None,
                    f"the world runs from {case.as_of} to {ends}: found {spec.at}; see 'months'",
                )
            if asked.basis == "modelled" and isinstance(spec, Range):
                yield Misfit(
                    at, None, "this question is 'modelled': a condition of the world was expected, or 'rest'"
                )
            if asked.basis == "prior" and isinstance(spec, Condition):
                yield Misfit(at, None, "this question is a 'prior': a probability was expected, or 'rest'")
            if asked.basis == "not_modelled" and spec is not None:
                yield Misfit(at, None, "this question is 'not_modelled': leave its answers empty")
            if asked.basis != "not_modelled" and spec is None:
                yield Misfit(
                    at, None, "what does this answer mean? A condition of the world, a probability, or 'rest'"
                )


# --- words ------------------------------------------------------------------------------------------------


def _says(parts: Mapping[str, Own | Use]) -> Iterator[tuple[str, str]]:
    for part, spec in parts.items():
        of = bundled()[part] if isinstance(spec, Use) else spec
        if of.says is not None:
            yield part, of.says
        for block in (of.levels, of.values, of.events):
            for name, member in block.items():
                if member.says is not None:
                    yield f"{part}.{name}", member.says


def _events_in(node: Node) -> Iterator[str]:
    """Events that a condition names."""
    if isinstance(node, Call) and node.function in ("happened", "months_since", "before"):
        inner = node.arguments[0]
        if isinstance(inner, Name):
            yield inner.name
    elif isinstance(node, Name):
        yield node.name
    if not isinstance(node, Is):
        for child in children(node):
            yield from _events_in(child)


def days_of(node: Node, tied: Wiring) -> tuple[datetime.date, ...]:
    """The days to which a condition belongs: those of the calendars of its events, and of an issue that only such
    events move."""
    found: list[datetime.date] = []
    for name in (*_events_in(node), *_movers(node, tied)):
        calendar = tied.equations[name].calendar if name in tied.equations else None
        found += tied.calendars[calendar] if calendar is not None else ()
    return tuple(sorted(set(found)))


def _movers(node: Node, tied: Wiring) -> Iterator[str]:
    """Events with a calendar that alone move the issues of a condition."""
    if isinstance(node, Is):
        moved = tied.moves.get(node.issue)
        events = [event for _, event in moved.events] if moved is not None and moved.level is None else []
        if all(tied.equations[event].calendar is not None for event in events):
            yield from events
    else:
        for child in children(node):
            yield from _movers(child, tied)
