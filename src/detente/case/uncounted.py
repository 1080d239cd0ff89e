"""What a world is given and never reads, with what would make it count.

Numbers of a bundled part that count only beside another part (``rage * (food.more ?? 0)`` without food), numbers that every
reading replaces, what a policy changes to what it is, movements of what nobody values, words without a second to share
them. What no equation reads and what never happens is found by :mod:`detente.case.idle`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from detente.case.base import Range
from detente.case.equations import Node, parse_equation
from detente.case.folded import counting, without
from detente.case.library import bundled
from detente.case.mechanism import Bundled, Figure, Own, Use
from detente.case.model import Case, Preferences
from detente.case.paths import merged
from detente.case.typed import named
from detente.case.wired import Wired, wired
from detente.case.wiring import TALKS
from detente.case.world import Talks, World
from detente.case.yamltext import Path

__all__ = ["minds", "read_by_world", "uncounted"]

Found = Iterator[tuple[Path, str]]


def uncounted(case: Case) -> Found:
    """Every key of the world of a case read without faults that does nothing, and why."""
    if case.world is None or case.as_of is None:
        return
    world, of = case.world, wired(case)
    missing = dict(_absent(world, of))
    for name, why in missing.items():
        yield ("world", "parts", *name.split(".")), why
    yield from _overruled(case, world)
    yield from _named(case, world, missing)
    yield from _policies(case, of)
    yield from _moot(case, world)
    yield from _lone(world, of)
    yield from _of_talks(world, of)


# --- numbers ----------------------------------------------------------------------------------------------


def _absent(world: World, of: Wired) -> Iterator[tuple[str, str]]:
    """Numbers of bundled parts that count for nothing without another part."""
    count = {name for node in _trees(of) for name in counting(node)}
    for part, spec in world.parts.items():
        for number in spec.numbers if isinstance(spec, Use) else ():
            if f"{part}.{number}" in count:
                continue
            if beside := _beside(bundled()[part], part, number, set(world.parts)):
                yield f"{part}.{number}", f"it counts with a part {' or '.join(map(repr, beside))}"


def _trees(of: Wired) -> list[Node]:
    return [
        node for e in of.wiring.equations.values() for node in (e.start, e.next, e.when) if node is not None
    ]


def _beside(of: Bundled, part: str, number: str, present: set[str]) -> list[str]:
    """Parts that are not there, each of which would make a number count; all that it is read beside where no single one would."""
    here = {number, f"{part}.{number}"}
    trees = [tree for tree in map(parse_equation, of.equations()) if here & set(named(tree))]
    gone = {n.split(".")[0] for tree in trees for n in named(tree) if "." in n} & {
        *bundled(),
        TALKS,
    } - present
    alone = [
        p for p in sorted(gone) if any(here & set(counting(without(tree, gone - {p}))) for tree in trees)
    ]
    return alone or sorted(gone)


def _overruled(case: Case, world: World) -> Found:
    """Numbers that every reading of a faction that can be true says anew."""
    for faction, readings in world.under.items():
        true = [name for name, reading in case.readings[faction].items() if reading.prior.high]
        given = [set(readings.get(name, ())) for name in true]
        for name in sorted(set.intersection(*given)) if given else ():
            yield (
                _place(world, name),
                (
                    f"every reading of '{faction}' gives its own '{name}' under 'under', and this would count only under one that "
                    "leaves it out"
                ),
            )
        for name in readings:
            if name not in true:
                yield ("world", "under", faction, name), "its prior is 0, so that it is never true"


def _place(world: World, name: str) -> Path:
    """Where a number, or the entry of a table, stands."""
    part, _, number = name.partition(".")
    number, _, option = number.rstrip("]").partition("[")
    spec = world.parts[part]
    if isinstance(spec, Talks) and number not in spec.numbers:
        return ("world", "parts", part, "ladder", "stopped" if number == "hazard" else number)
    inside = () if isinstance(spec, Use) else ("numbers",)
    return ("world", "parts", part, *inside, number, *((option,) if option else ()))


def _named(case: Case, world: World, missing: Mapping[str, str]) -> Found:
    """What readings and policies say of numbers that count for nothing."""
    blocks: list[tuple[Path, Mapping[str, object]]] = [
        (("world", "under", faction, reading), block)
        for faction, readings in world.under.items()
        for reading, block in readings.items()
    ]
    blocks += [(("policies", name, "changes"), policy.changes) for name, policy in case.policies.items()]
    for here, block in blocks:
        for name in block:
            if why := missing.get(name.partition("[")[0]):
                yield (*here, name), why


# --- policies ---------------------------------------------------------------------------------------------


def _policies(case: Case, of: Wired) -> Found:
    """What a policy changes to what it is."""
    assert case.world is not None
    read = {n for readings in case.world.under.values() for block in readings.values() for n in block}
    for name, policy in case.policies.items():
        for number, value in policy.changes.items():
            figure = of.wiring.figures.get(number)
            if not isinstance(figure, Figure) or not isinstance(value, Range) or number in read:
                continue
            if value.certain and figure.certain and value.low == figure.low:
                yield ("policies", name, "changes", number), f"'{number}' is {value.low:g} without it"
        for issue, option in policy.settles.items():
            if issue not in of.wiring.moves and case.issues[issue].status_quo == option:
                yield (
                    ("policies", name, "settles", issue),
                    f"'{issue}' stands there today, and nothing in the world moves it: look at 'moves'",
                )


# --- what is moved, and words of events ---------------------------------------------------------------------


def _moot(case: Case, world: World) -> Found:
    """Movements of an issue that is on no table, and that nobody values and nothing reads."""
    if case.ordinal:
        return
    minded = minds(case) | read_by_world(case)
    tables = (
        {issue for track in case.tracks.values() for issue in track.issues or case.issues}
        if case.tracks
        else {*case.issues}
    )
    for issue in world.moves:
        outside = case.issues[issue].controlled_by == "outside" or issue not in tables
        if outside and issue not in minded:
            yield (
                ("world", "moves", issue),
                f"nobody values '{issue}', and no equation or question reads it: give it a weight, or ask for it",
            )


def minds(case: Case) -> set[str]:
    """Issues that are in somebody's value or lines, or in what cannot be."""
    valued = {issue for wants in _schemes(case) for issue in _values(wants)}
    return valued | {issue for pattern in case.impossible for issue in pattern}


def read_by_world(case: Case) -> set[str]:
    """Names that an equation or a question of the world of a case reads."""
    if case.world is None or case.as_of is None:
        return set()
    of = wired(case)
    asked = [
        node
        for q in of.questions.values()
        for pair in q.answers.values()
        for node in pair[:2]
        if node is not None
    ]
    return {name for node in [*_trees(of), *asked] for name in named(node)}


def _schemes(case: Case) -> Iterator[Preferences]:
    for faction, wants in case.preferences.items():
        yield wants
        for reading in case.readings.get(faction, {}).values():
            yield merged(wants, reading.preferences)


def _values(wants: Preferences) -> Iterator[str]:
    yield from (issue for issue, weight in wants.weights.items() if weight.high)
    yield from wants.points or ()
    for package in (*wants.red_lines, *(f.package for f in wants.firm), *(t.when for t in wants.together)):
        yield from package


def _lone(world: World, of: Wired) -> Found:
    """Words that events share, where there is nothing to share."""
    groups: dict[str, int] = {}
    for equations in of.wiring.equations.values():
        if equations.group is not None:
            groups[equations.group] = groups.get(equations.group, 0) + 1
    for part, spec in world.parts.items():
        for name, event in spec.events.items() if isinstance(spec, Own) else ():
            here: Path = ("world", "parts", part, "events", name)
            if event.one_of is not None and groups.get(f"one of {event.one_of}") == 1:
                yield (
                    (*here, "one_of"),
                    f"no other event has 'one_of: {event.one_of}': give it to those that exclude each other",
                )
            if event.ends is not None and event.once:
                yield (*here, "once"), "what ends something happens at most once anyway"


def _of_talks(world: World, of: Wired) -> Found:
    """Numbers of talks that no equation reads."""
    read = {name for node in _trees(of) for name in named(node)}
    for part, spec in world.parts.items():
        if isinstance(spec, Talks):
            for name in spec.numbers:
                if f"{part}.{name}" not in read:
                    place = ("world", "parts", part, "numbers", name)
                    yield place, f"neither 'begins' nor 'stops' reads '{name}'"
