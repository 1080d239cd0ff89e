"""What drives what in a world, read off its equations: a graph of its parts, and one of everything within them.

*Within parts*, a node is a number, level, value or event, or an issue, and an arrow goes from each name in an equation to
what the equation belongs to. It has a sign (:mod:`detente.world.signs`): ``+`` where more of the one is more of the other,
``-`` where it is less, ``?`` where it hangs on something else. An arrow is *delayed* if the equation takes only last
month's (``before``); where it takes both, as of a change, the sign is this month's. Arrows from an issue have no sign,
since options are not more or less: they are marked ``of``; those to an issue name the options that they set.

*Between parts*, one box stands for a part and its sign is that of its *head*: what is called as the part is, else its
first level that others read, or that drives what they read, else such a value, else such an event. From part A to part B
the sign is that from the head of A to what B reads of A, times that of the arrow, times that from there to the head of B,
each over all ways within the part; ``?`` where two ways disagree. What A offers beside its head counts as it is; a number
of A drives nothing, being the same in every month. Events that end something are boxes of their own, so that a reader
sees how it may end.

An arrow's *basis* is that of the equation it ends in: what is written on the level, value or event, else on the part, else
the theory of the bundled part. Between parts it is the weakest of the equations behind it, so that no arrow looks better
founded than it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from detente.case.base import Provenance, Range
from detente.case.equations import Is, Lookup, Node, children
from detente.case.library import bundled
from detente.case.mechanism import Bundled, Declared, Figure, Happening, Level, Own, Use, Value
from detente.case.model import Case
from detente.case.talks import written
from detente.case.units import PURE
from detente.case.wired import Wired, wired
from detente.case.wiring import Wiring
from detente.case.wording import one_of
from detente.case.world import Talks
from detente.errors import UsageError
from detente.figures import capital
from detente.world.signs import Bounds, Sign, Signs, bounds, joined, judged, times

__all__ = ["Arrow", "Basis", "Influence", "Item", "Mark", "influence", "of_case"]

Kind = Literal["part", "end", "issue", "number", "level", "value", "event", "outside"]
Mark = Literal["+", "-", "?", "of", "sets"]
_FIRM = ("fact", "theory", "inference", "judgement", "none")
"""From the best founded to the least."""


@dataclass(frozen=True)
class Basis:
    """What a mechanism rests on."""

    kind: str = "none"
    """``fact``, ``theory``, ``inference``, ``judgement`` or ``none``."""
    text: str = ""
    """The quotation, the theory, the step or the reason."""
    source: str = ""
    """Id of the source quoted, or whose judgement it is."""


@dataclass(frozen=True)
class Item:
    """Something that drives or is driven."""

    id: str
    kind: Kind
    title: str
    """Its name in words."""
    says: str = ""
    """What it is, in the words of its part."""
    part: str = ""
    head: str = ""
    """Of a part: which of its members its arrows speak of."""
    unit: str = ""
    equation: str = ""
    """As it is typed: of an event its chance, or when it happens."""
    basis: Basis = Basis()


@dataclass(frozen=True)
class Arrow:
    """One thing drives another."""

    source: str
    target: str
    mark: Mark
    """``+``, ``-``, ``?``; ``of``: by the option of an issue; ``sets``: moves an issue."""
    delayed: bool = False
    """Whether all of it is last month's."""
    options: tuple[str, ...] = ()
    """Of an issue that is moved: the options that it is moved to."""
    through: tuple[tuple[str, str], ...] = ()
    """Between parts: the arrows within that it is made of."""
    basis: Basis = Basis()
    cause: str = ""
    """Between parts: of what more is meant, the head or what else is read; nothing where several are."""
    effect: str = ""
    """And what there is then more or less of."""


@dataclass(frozen=True)
class Influence:
    """Both graphs of a world; ids are full names (``part.name``), of parts their own, of issues ``issue:NAME``."""

    parts: tuple[Item, ...]
    """Parts, ends and issues, in the order of the file."""
    arrows: tuple[Arrow, ...]
    """Between them."""
    members: tuple[Item, ...]
    """Numbers, levels, values, events and issues."""
    within: tuple[Arrow, ...]
    """Between those."""

    def to_json(self) -> dict[str, Any]:
        """Both as plain lists."""
        return asdict(self)

    def inside(self, part: str) -> Influence:
        """One part from near: its levels, values and events as boxes, with the issues and members of other parts
        (``outside``) next to them. Raises ``UsageError`` with the nearest name."""
        names = [item.id for item in self.parts if item.kind == "part"]
        if part not in names:
            raise UsageError(f"this world has no part '{part}'{one_of(part, names)}")
        members = {item.id: item for item in self.members if item.kind != "number"}
        own = {name for name, item in members.items() if item.part == part}
        arrows = [a for a in self.within if {a.source, a.target} & own and a.source in members]
        near = own.union(*({a.source, a.target} for a in arrows))
        boxes = [
            item
            if item.part in ("", part)
            else replace(item, kind="outside", title=f"{item.part}: {item.title}")
            for name, item in members.items()
            if name in near
        ]
        return Influence(tuple(boxes), tuple(arrows), self.members, self.within)


def influence(
    wiring: Wiring,
    parts: Mapping[str, Bundled | Own],
    names: Mapping[str, str] | None = None,
    known: Mapping[str, Bounds] | None = None,
) -> Influence:
    """Both graphs of a world.

    ``parts``: what each part of the case says, for a bundled one its file; ``names``: of issues, in words; ``known``:
    what is known of numbers and levels beside what the case gives (:func:`detente.world.signs.bounds`).
    """
    names = names or {}
    members = {item.id: item for item in _members(wiring, parts)}
    within = tuple(_within(wiring, members, known))
    touched = {end for arrow in within for end in (arrow.source, arrow.target)}
    issues = [
        Item(_issue(name), "issue", names.get(name) or _words(name).capitalize())
        for name, slot in wiring.slots.items()
        if slot.sort == "issue" and _issue(name) in touched
    ]
    boxes = [*_boxes(wiring, parts, members, within), *issues]
    return Influence(
        tuple(boxes),
        tuple(_between(wiring, {b.id: b for b in boxes}, within)),
        (*members.values(), *issues),
        within,
    )


def of_case(case: Case) -> Influence:
    """Both graphs of the world of a case. What its use of a bundled part rests on counts for the part.

    Raises
    ------
    UsageError
        The case has no world of equations.
    """
    if case.world is None:
        raise UsageError(
            f"{case.id}: this case has no world in equations: its block 'world' would need 'parts'; see "
            "'detente parts' for those that there are"
        )
    found = wired(case)
    parts: dict[str, Bundled | Own] = {}
    for name, part in case.world.parts.items():
        if isinstance(part, Use):
            beside = {k: getattr(part, k) for k in Provenance.model_fields if getattr(part, k) is not None}
            parts[name] = bundled()[name].model_copy(update=beside)
        else:
            own = part if isinstance(part, Own) else _talks(name, part, case)
            parts[name] = own if _basis(own) else own.model_copy(update=_around(case))
    names = {name: issue.name or _words(name).capitalize() for name, issue in case.issues.items()}
    return influence(found.wiring, parts, names, _known(case, found))


def _around(case: Case) -> dict[str, Any]:
    """What a part rests on that says nothing of its own: what its world rests on, or else the case."""
    for of in (case.world, case):
        if of is not None and _basis(of) is not None:
            return {k: getattr(of, k) for k in Provenance.model_fields}
    return {}


def _talks(name: str, talks: Talks, case: Case) -> Own:
    """Talks as the equations that they are."""
    return written(name, talks, tuple(case.readings.get(talks.ladder.by, {})))


def _known(case: Case, found: Wired) -> dict[str, Bounds]:
    """What numbers may be that are worked out, or changed by a reading or a policy; and that a belief is a share."""
    known = {f"{o.part}.{t.name}": Bounds(0, 1) for o in found.operators for t in o.told}
    for operator in found.operators:
        names = ["trust", *(f"belief_{reading}" for reading in operator.readings)]
        known |= {f"{operator.part}.{name}": Bounds(0, 1) for name in names}
    readings = case.world.under.values() if case.world is not None else ()
    changed = [item for reading in readings for changes in reading.values() for item in changes.items()]
    for path, value in [*changed, *(item for p in case.policies.values() for item in p.changes.items())]:
        name = path.partition("[")[0]
        share = found.wiring.slots[name].unit == PURE
        of = judged(value, share) if isinstance(value, Range) else Bounds(0, 1 if share else math.inf)
        known[name] = of.hull(known.get(name, of))
    return known


def _issue(name: str) -> str:
    """An issue may be called as a part is."""
    return f"issue:{name}"


def _words(name: str) -> str:
    return name.rsplit(".", maxsplit=1)[-1].replace("_", " ")


# --- within parts ------------------------------------------------------------------------------------------


def _members(wiring: Wiring, parts: Mapping[str, Bundled | Own]) -> Iterator[Item]:
    for part, of in parts.items():
        around = _part_basis(of)
        for name, number in of.numbers.items():
            full = f"{part}.{name}"
            says = number.says if isinstance(number, (Declared, Figure)) else None
            rests = _given_basis(wiring.figures[full])
            yield Item(full, "number", _words(name), says or "", part, unit=_unit(wiring, full), basis=rests)
        kinds: tuple[tuple[Kind, Mapping[str, Level | Value | Happening]], ...] = (
            ("level", of.levels),
            ("value", of.values),
            ("event", of.events),
        )
        for kind, things in kinds:
            for name, thing in things.items():
                full = f"{part}.{name}"
                unit = "" if kind == "event" else _unit(wiring, full)
                rests = _basis(thing) or around
                text = _equation(thing)
                yield Item(full, kind, _words(name), thing.says or "", part, "", unit, text, rests)


def _unit(wiring: Wiring, name: str) -> str:
    return str(wiring.slots[name].unit)


def _equation(of: Level | Value | Happening) -> str:
    match of:
        case Level():
            text = of.next
        case Value():
            text = of.equation
        case _:
            text = of.when or of.chance or ""
    return " ".join(text.split())


def _basis(of: Provenance) -> Basis | None:
    if of.fact is not None:
        return Basis("fact", of.fact, of.source or "")
    if of.inference is not None:
        return Basis("inference", of.inference)
    if of.judgement is not None:
        return Basis("judgement", of.judgement.because, of.judgement.by or "")
    return None


def _part_basis(of: Bundled | Own) -> Basis:
    return _basis(of) or (Basis("theory", of.theory) if isinstance(of, Bundled) else Basis())


def _given_basis(given: Figure | Mapping[str, Figure]) -> Basis:
    every = [given] if isinstance(given, Figure) else list(given.values())
    return _weakest(_basis(figure) or Basis() for figure in every)


def _weakest(of: Iterable[Basis]) -> Basis:
    return max(of, key=lambda b: _FIRM.index(b.kind), default=Basis())


def _within(
    wiring: Wiring, members: Mapping[str, Item], known: Mapping[str, Bounds] | None
) -> Iterator[Arrow]:
    signs = Signs(bounds(wiring, known))
    for name, of in wiring.equations.items():
        basis = members[name].basis
        own = name if wiring.slots[name].sort == "level" else ""
        found: dict[str, list[tuple[Mark, bool]]] = {}
        for node, mine in ((of.start, ""), (of.next, own), (of.when, "")):
            if node is None:
                continue
            for key, sign in signs.of(node, mine).items():
                inner = key.removeprefix("before(").removesuffix(")")
                found.setdefault(inner, []).append((sign, inner != key))
            for issue, delayed in _issues(node):
                found.setdefault(_issue(issue), []).append(("of", delayed))
        for source, ways in found.items():
            if source != name:
                now = [way for way, late in ways if not late]
                mark = _mark(now or [way for way, _ in ways])
                yield Arrow(source, name, mark, not now, basis=basis)
    for issue, how in wiring.moves.items():
        events: dict[str, list[str]] = {}
        for option, event in how.events:
            events.setdefault(event, []).append(option)
        for event, options in events.items():
            yield Arrow(event, _issue(issue), "sets", options=tuple(options), basis=members[event].basis)
        if how.level is not None:
            steps = tuple(option for option, _ in how.values)
            yield Arrow(how.level, _issue(issue), "sets", options=steps, basis=members[how.level].basis)


def _mark(ways: list[Mark]) -> Mark:
    return joined(way for way in ways if way in ("+", "-", "?")) or "of"


def _issues(node: Node) -> Iterator[tuple[str, bool]]:
    """Issues that a tree hangs on, and whether on last month's option."""
    match node:
        case Is():
            yield node.issue, node.past
        case Lookup():
            yield node.key, False
        case _:
            for child in children(node):
                yield from _issues(child)


# --- between parts -----------------------------------------------------------------------------------------


def _boxes(
    wiring: Wiring,
    parts: Mapping[str, Bundled | Own],
    members: Mapping[str, Item],
    within: Sequence[Arrow],
) -> Iterator[Item]:
    for part, of in parts.items():
        head = _head(wiring, part, of, within)
        title = of.title if isinstance(of, Bundled) else _words(part).capitalize()
        says = members[head].says if head else ""
        unit = members[head].unit if head else ""
        yield Item(part, "part", title, says or of.says or "", part, head, unit, basis=_part_basis(of))
        for event in of.events:
            full = f"{part}.{event}"
            if wiring.equations[full].final:
                item = members[full]
                yield Item(
                    full, "end", capital(item.says or item.title), item.says, part, full, basis=item.basis
                )


def _head(wiring: Wiring, part: str, of: Bundled | Own, within: Sequence[Arrow]) -> str:
    """What stands for a part: what is called as it is; else the first level that others read, or that drives what they
    read in one direction; else the first value, else the first event that they read; else whatever there is first."""
    final = {n for n, e in wiring.equations.items() if e.final}
    names = {
        kind: [f"{part}.{n}" for n in block if f"{part}.{n}" not in final]
        for kind, block in (("levels", of.levels), ("values", of.values), ("events", of.events))
    }
    every = [n for block in names.values() for n in block]
    if f"{part}.{part}" in every:
        return f"{part}.{part}"
    inside = [a for a in within if a.source in every and a.target in every]
    read = {a.source for a in within if a.source in every and a.target not in every}
    driving = [n for n in names["levels"] if any(_from(n, inside).get(to, "?") != "?" for to in read)]
    for block in (names["levels"], driving, names["values"], names["events"]):
        if found := next((n for n in block if n in read or block is driving), None):
            return found
    return every[0] if every else ""


def _between(wiring: Wiring, boxes: Mapping[str, Item], within: tuple[Arrow, ...]) -> Iterator[Arrow]:
    """One arrow for each pair of boxes."""

    def box(name: str) -> str:
        return name if name in boxes else name.split(".", maxsplit=1)[0]

    numbers = set(wiring.figures)
    inside: dict[str, list[Arrow]] = {}
    across: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in within:
        if arrow.source in numbers:  # the same in every month: it drives nothing, whosever it is
            continue
        ends = box(arrow.source), box(arrow.target)
        if ends[0] == ends[1]:
            inside.setdefault(ends[0], []).append(arrow)
        else:
            across.setdefault(ends, []).append(arrow)
    for (source, target), arrows in across.items():
        out = _from(boxes[source].head, inside.get(source, ()))
        into = {a.target: _to(a.target, boxes[target].head, inside.get(target, ())) for a in arrows}
        ways = [_way(out, arrow, into[arrow.target]) for arrow in arrows]
        marks = _marks(ways)
        options = tuple(dict.fromkeys(option for arrow in arrows for option in arrow.options))
        through = tuple((a.source, a.target) for a in arrows)
        delayed = all(a.delayed for a in arrows)
        basis = _weakest(a.basis for a in arrows)
        cause = _one(boxes[source].head if a.source in out else a.source for a in arrows)
        effect = _one(a.target if into[a.target] is None else boxes[target].head for a in arrows)
        yield Arrow(source, target, marks, delayed, options, through, basis, cause, effect)


def _one(names: Iterable[str]) -> str:
    found = set(names)
    return found.pop() if len(found) == 1 else ""


def _marks(ways: list[Mark]) -> Mark:
    return "sets" if "sets" in ways else _mark(ways)


def _way(out: Mapping[str, Sign], arrow: Arrow, into: Sign | None) -> Mark:
    if arrow.mark in ("of", "sets"):
        return arrow.mark
    sign: Sign = arrow.mark  # type: ignore[assignment]
    return times(out.get(arrow.source, "+"), sign, into or "+")


def _from(head: str, arrows: Iterable[Arrow]) -> dict[str, Sign]:
    """What more of ``head`` does to everything within its part, over all ways that do not come back to it."""
    found: dict[str, Sign] = {head: "+"}
    arrows = [a for a in arrows if a.mark in ("+", "-", "?")]
    changed = True
    while changed:
        changed = False
        for arrow in arrows:
            if arrow.source in found and arrow.target != head:
                way = times(found[arrow.source], arrow.mark)  # type: ignore[arg-type]
                new = joined([way, found.get(arrow.target, way)]) or "?"
                changed |= found.get(arrow.target) != new
                found[arrow.target] = new
    return found


def _to(member: str, head: str, arrows: Iterable[Arrow]) -> Sign | None:
    """What more of ``member`` does to the head of its part; None: nothing."""
    return _from(member, [a for a in arrows if a.source != head]).get(head)
