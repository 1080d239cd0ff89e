"""What drives what in a world, read off its equations: a graph of its parts, and one of everything within them.

*Within parts*, a node is a number, level, value or event, or an issue, and an arrow goes from each name in an equation to
what the equation belongs to. It has a sign (:mod:`detente.world.signs`): ``+`` where more of the one is more of the other,
``-`` where it is less, ``?`` where it hangs on something else. An arrow is *delayed* if the equation takes only last
month's (``before``). Arrows from an issue have no sign, since options are not more or less: they are marked ``of``; those
to an issue name the option that they set.

*Between parts*, one box stands for a part and its sign is that of its *head*: its first level, else its first value, else
its first event. From part A to part B the sign is that from the head of A to what B reads of A, times that of the arrow, times that
from there to the head of B, each over all ways within the part; ``?`` where two ways disagree. What A offers beside its
head counts as it is. Events that end something are boxes of their own, so that a reader sees how it may end.

An arrow's *basis* is that of the equation it ends in: what is written on the level, value or event, else on the part, else
the theory of the bundled part. Between parts it is the weakest of the equations behind it, so that no arrow looks better
founded than it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from detente.case.base import Provenance
from detente.case.equations import Binary, Call, Is, Lookup, Name, Node, children
from detente.case.mechanism import Bundled, Declared, Figure, Own
from detente.case.wiring import Wiring
from detente.world.signs import Sign, Signs, bounds, joined, times

__all__ = ["Arrow", "Basis", "Influence", "Item", "influence"]

Kind = Literal["part", "end", "issue", "number", "level", "value", "event"]
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


@dataclass(frozen=True)
class Influence:
    """Both graphs of a world; ids are full names, of parts and issues their own."""

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


def influence(
    wiring: Wiring, parts: Mapping[str, Bundled | Own], names: Mapping[str, str] | None = None
) -> Influence:
    """Both graphs of a world.

    ``parts``: what each part of the case says, for a bundled one its file; ``names``: of issues, in words.
    """
    names = names or {}
    members = {item.id: item for item in _members(wiring, parts)}
    within = tuple(_within(wiring, members))
    touched = {end for arrow in within for end in (arrow.source, arrow.target)}
    issues = [
        Item(name, "issue", names.get(name) or _words(name))
        for name, slot in wiring.slots.items()
        if slot.sort == "issue" and name in touched
    ]
    boxes = [*_boxes(wiring, parts, members), *issues]
    return Influence(
        tuple(boxes),
        tuple(_between(wiring, {b.id: b for b in boxes}, within)),
        (*members.values(), *issues),
        within,
    )


def _words(name: str) -> str:
    return name.rsplit(".", maxsplit=1)[-1].replace("_", " ")


# --- within parts ------------------------------------------------------------------------------------------


def _members(wiring: Wiring, parts: Mapping[str, Bundled | Own]) -> Iterator[Item]:
    for part, of in parts.items():
        around = _part_basis(of)
        for name, number in of.numbers.items():
            full = f"{part}.{name}"
            given = wiring.figures[full]
            says = number.says if isinstance(number, (Declared, Figure)) else None
            yield Item(
                full,
                "number",
                _words(name),
                says or "",
                part,
                "",
                str(wiring.slots[full].unit),
                _given_basis(given),
            )
        kinds: tuple[tuple[Kind, Mapping[str, Any]], ...] = (
            ("level", of.levels),
            ("value", of.values),
            ("event", of.events),
        )
        for kind, things in kinds:
            for name, thing in things.items():
                full = f"{part}.{name}"
                unit = "" if kind == "event" else str(wiring.slots[full].unit)
                yield Item(
                    full, kind, _words(name), thing.says or "", part, "", unit, _basis(thing) or around
                )


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


def _within(wiring: Wiring, members: Mapping[str, Item]) -> Iterator[Arrow]:
    signs = Signs(bounds(wiring))
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
                found.setdefault(issue, []).append(("of", delayed))
        for source, ways in found.items():
            if source != name:
                mark = _mark([way for way, _ in ways])
                yield Arrow(source, name, mark, all(late for _, late in ways), basis=basis)
    for issue, how in wiring.moves.items():
        events: dict[str, list[str]] = {}
        for option, event in how.events:
            events.setdefault(event, []).append(option)
        for event, options in events.items():
            yield Arrow(event, issue, "sets", options=tuple(options), basis=members[event].basis)
        if how.level is not None:
            steps = tuple(option for option, _ in how.values)
            yield Arrow(how.level, issue, "sets", options=steps, basis=members[how.level].basis)


def _mark(ways: list[Mark]) -> Mark:
    return joined(way for way in ways if way in ("+", "-", "?")) or "of"


def _issues(node: Node) -> Iterator[tuple[str, bool]]:
    """Issues that a tree hangs on, and whether on last month's option."""
    match node:
        case Is():
            yield node.issue, False
        case Lookup():
            yield node.key, False
        case Call(function="before", arguments=(Is() as inner,)):
            yield inner.issue, True
        case Binary() | Call() | Name() | _:
            for child in children(node):
                yield from _issues(child)


# --- between parts -----------------------------------------------------------------------------------------


def _boxes(wiring: Wiring, parts: Mapping[str, Bundled | Own], members: Mapping[str, Item]) -> Iterator[Item]:
    for part, of in parts.items():
        head = _head(wiring, part, of)
        title = of.title if isinstance(of, Bundled) else _words(part)
        says = members[head].says if head else ""
        unit = members[head].unit if head else ""
        yield Item(part, "part", title, says or of.says or "", part, head, unit, _part_basis(of))
        for event in of.events:
            full = f"{part}.{event}"
            if wiring.equations[full].final:
                item = members[full]
                yield Item(full, "end", item.says or item.title, item.says, part, full, "", item.basis)


def _head(wiring: Wiring, part: str, of: Bundled | Own) -> str:
    events = [e for e in of.events if not wiring.equations[f"{part}.{e}"].final]
    names = [*of.levels, *of.values, *events]
    return f"{part}.{names[0]}" if names else ""


def _between(wiring: Wiring, boxes: Mapping[str, Item], within: tuple[Arrow, ...]) -> Iterator[Arrow]:
    """One arrow for each pair of boxes."""

    def box(name: str) -> str:
        return name if name in boxes else name.split(".", maxsplit=1)[0]

    numbers = set(wiring.figures)
    inside: dict[str, list[Arrow]] = {}
    across: dict[tuple[str, str], list[Arrow]] = {}
    for arrow in within:
        if arrow.source in numbers:
            if box(arrow.source) != box(arrow.target).split(".")[0]:  # another part's number
                across.setdefault((box(arrow.source), box(arrow.target)), []).append(arrow)
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
        yield Arrow(source, target, marks, delayed, options, through, _weakest(a.basis for a in arrows))


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
