"""What the world of a case has for nothing (:mod:`detente.case.idle`), given what the case values, asks and may change."""

from __future__ import annotations

from collections.abc import Iterator

from detente.case.equations import Call, Name, Node, children
from detente.case.idle import idle
from detente.case.mechanism import Own, Use
from detente.case.model import Case
from detente.case.talks import typed_in
from detente.case.typed import named
from detente.case.uncounted import minds
from detente.case.wired import Wired, wired
from detente.case.world import Talks, World
from detente.case.yamltext import Path

__all__ = ["fleeting", "spare"]


def spare(case: Case) -> Iterator[tuple[Path, str]]:
    """Events that never happen and what is decorative in the world of a case that was read without faults."""
    world = case.world
    if world is None or case.as_of is None:
        return
    of = wired(case)
    offering = [name for name, part in world.parts.items() if isinstance(part, Use | Talks)]
    for fault in idle(
        of.wiring,
        _valued(case, of),
        changed=_changed(case, of),
        bundled=offering,
        months=(case.as_of, world.months),
    ):
        yield ("world", *_typed(world, of, fault.place)), fault.message


def _typed(world: World, of: Wired, place: Path) -> Path:
    """The nearest to a place that a case types: of a bundled part and of talks most is not in the file."""
    if isinstance(world.parts[str(place[1])], Own):
        return place
    inside = {one.into: one.place for o in of.operators for one in typed_in(o.part, o.talks, o.readings)}
    return inside.get(place, place[:2])


def _valued(case: Case, of: Wired) -> set[str]:
    """What is in somebody's value or in a question, and what is seen of talks."""
    issues = set(case.issues) if case.ordinal else minds(case)
    found = {*issues, *(stake.name for stake in of.stakes)}
    for question in of.questions.values():
        for that, given, _ in question.answers.values():
            found |= {n for node in (that, given) if node is not None for n in named(node)}
    for operator in of.operators:
        found |= set(operator.talks.ladder.seen)
    return found


def _changed(case: Case, of: Wired) -> set[str]:
    """Numbers, levels and values that a reading, a policy or the choices at talks may set to anything."""
    assert case.world is not None
    given = [name for readings in case.world.under.values() for block in readings.values() for name in block]
    given += [name for policy in case.policies.values() for name in (*policy.changes, *policy.holds)]
    given += [f"{operator.part}.{told.name}" for operator in of.operators for told in operator.told]
    return {name.partition("[")[0] for name in given}


def fleeting(case: Case) -> Iterator[tuple[Path, str]]:
    """Questions that ask for an event in the very month of their day, where its having happened by then was probably meant."""
    if case.world is None or case.as_of is None:
        return
    of = wired(case)
    for question, meant in of.questions.items():
        for answer, (that, given, _) in meant.answers.items():
            for key, node in (("that", that), ("given", given)):
                if node is None:
                    continue
                for name in _at_once(node, of):
                    yield (
                        ("questions", question, "answers", answer, key),
                        f"'{name}' is true in the month in which it happens alone; 'happened({name})' has been true ever since",
                    )


def _at_once(node: Node, of: Wired) -> Iterator[str]:
    """Events of a condition that are asked for as they happen."""
    if isinstance(node, Name):
        if node.name in of.wiring.slots and of.wiring.slots[node.name].sort == "event":
            yield node.name
    elif not isinstance(node, Call) or node.function not in ("happened", "months_since", "before"):
        for child in children(node):
            yield from _at_once(child, of)
