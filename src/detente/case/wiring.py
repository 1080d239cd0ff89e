"""The parts of a world tied together: every name resolved, every unit checked, every equation in its place.

*Levels* carry over from month to month, *values* are worked out anew, *events* happen with a chance, when something holds,
or at the dates of a calendar. In an equation a name means this month's value and ``before(x)`` last month's; a level's own
name in its ``next`` is last month's. Equations are worked out in the order in which they need one another, whatever
the order of the file; a circle is refused with its members named. Events move options of issues from then on, and an
issue may follow a level.

What they mean to the bit, with the arithmetic of :mod:`detente.kernels.rows`:

*Month 0*   Levels stand at their ``start``, which knows issues at the status quo or where they are settled. An issue stands
            there, too; one that follows a level has the option of that level from month 0 on, unless it is settled.
            No event happens; values are worked out, and draw. ``before(x)`` is there the start of a level, absent for a
            value, false for an event.
*Places*    that draw are called ``NAME N uniform`` for the N-th ``chance`` or ``whole`` of the equation of NAME and
            ``NAME N shock`` for a ``shock``, counted together from 1 in the order of the text (an outer one before those
            inside it), also in branches that are not taken; ``EVENT uniform`` for an event, ``GROUP uniform`` for a
            group (``end of X``, ``one of X``).
*Events*    A chance below 0 means 0 and one above 1 means 1; one that is outside whatever the draw is refused. An event
            happens where its uniform is below its chance. Members of a group lie one after the other by name, each as
            long as its chance: 0 outside its calendar, where its part is still, or after it has happened ``once``. The
            uniform is stretched to the sum where that is more than 1. After a member of ``end of X`` has happened none
            does.
*Issues*    Of events of one month that move an issue the first in the list counts. One that follows a level changes
            half way between two values, where it has the option of the higher; an absent level moves nothing.
*Words*     ``chance(p)`` is u < p; ``whole(x)`` floor(x), and 1 more where u < x - floor(x); ``clamp(x, a, b)``
            min(max(x, a), b); ``logistic(x)`` 1 / (1 + exp(0 - x)); ``-x`` 0 - x. ``months_since(e)`` is 0 in the month
            itself. A level without a ``start`` may be absent, and so may ``months_since``.
*Faults*    Every value, every level with a ``start``, every other level once it has had a value, and every chance (in the
            months of its calendar, even where it counts no more) must be finite.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from detente.case.bounds import ANY, Bounds, senseless
from detente.case.equations import RESERVED_WORDS, EquationError, Node, parse_equation
from detente.case.mechanism import Bundled, Declared, Figure, Follows, Happening, Moves, Own, Use
from detente.case.typed import Reader, Slot, lookups, named, unlike
from detente.case.units import PURE, Unit, unit
from detente.case.wording import nearest, one_of

__all__ = ["TALKS", "Equations", "Inside", "Misfit", "Moved", "Wiring", "beyond", "wire"]

Place = tuple[str | int, ...]

TALKS = "talks"
"""What bundled parts call the part with a ladder, which a case writes itself and may do without."""


class Misfit(NamedTuple):
    """What is wrong: where below ``world``, at which character of the equation there (None: as a whole), and what."""

    place: Place
    at: int | None
    message: str


class Inside(NamedTuple):
    """What a case types that stands inside longer equations: it is read alone as well, and told where it was typed."""

    text: str
    place: Place
    """Where it was typed."""
    into: Place
    """The longer equation."""
    event: bool = False
    """Whether it is a key that names an event, and not a chance."""


class Equations(NamedTuple):
    """What belongs to one name, as trees whose names are all full."""

    start: Node | None = None
    """Of a level."""
    next: Node | None = None
    """Of a level or a value; of an event its chance."""
    when: Node | None = None
    """Of an event."""
    calendar: str | None = None
    """The calendar in whose months an event may happen."""
    once: bool = False
    group: str | None = None
    """What an event shares its chance with."""
    final: bool = False
    """Whether at most one of the group ever happens."""


class Moved(NamedTuple):
    """How the world moves an issue: an option by an event, from then on; or by a level's nearest value."""

    events: tuple[tuple[str, str], ...] = ()
    """(option, event)."""
    level: str | None = None
    values: tuple[tuple[str, float], ...] = ()
    """(option, value of the level)."""


class Wiring(NamedTuple):
    """A world that makes sense."""

    slots: Mapping[str, Slot]
    figures: Mapping[str, Figure | Mapping[str, Figure]]
    """Full name of a number → what the case gives."""
    calendars: Mapping[str, tuple[datetime.date, ...]]
    equations: Mapping[str, Equations]
    """Of levels, values and events."""
    moves: Mapping[str, Moved]
    """Of issues."""
    order: tuple[str, ...]
    """Levels, values, events and moved issues in the order of a month."""
    within: Mapping[str, Declared] = MappingProxyType({})
    """Number, or level that is a share → what makes sense for it, where that is known (:func:`beyond`)."""


class _Joined(NamedTuple):
    """A part with what its case gives."""

    numbers: Mapping[str, Figure | Mapping[str, Figure]]
    units: Mapping[str, Unit]
    calendars: Mapping[str, tuple[datetime.date, ...]]
    of: Bundled | Own
    issues: Mapping[str, str] = {}
    """What the part calls an issue → the case's issue."""


def wire(
    parts: Mapping[str, Own | Use],
    bundled: Mapping[str, Bundled],
    issues: Mapping[str, tuple[str, ...]],
    moves: Mapping[str, Moves | Follows],
    steps: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
    inside: Sequence[Inside] = (),
) -> Wiring | list[Misfit]:
    """The parts of a case tied together, or everything that is wrong with them.

    ``bundled``: the parts of the product by name; ``issues``: options of the case's issues; ``moves``: how the world
    moves them; ``steps``: issue → (option, event) of talks, which come first; ``inside``: what was typed inside other equations.
    """
    faults: list[Misfit] = []
    joined: dict[str, _Joined] = {}
    for name, part in parts.items():
        faults += _join(name, part, bundled, issues, joined)
        faults += _names(name, part, issues)
    if faults:  # what is missing would be missed again by the equations
        return faults
    slots = {name: Slot("issue", PURE, options) for name, options in issues.items()}
    for name, whole in joined.items():
        slots.update(_slots(name, whole))
        faults += [
            Misfit(("parts", name, n), None, f"'{n}' is the name of two things in this part")
            for n in _twice(whole)
        ]
    reader = Reader(slots, {*parts, *bundled, TALKS})
    _infer(reader, joined)
    equations: dict[str, Equations] = {}
    for name, whole in joined.items():
        reader.part, reader.issues = name, whole.issues
        faults += _read(reader, whole, equations)
    figures = {f"{p}.{n}": v for p, part in joined.items() for n, v in part.numbers.items()}
    faults = _apart(inside, reader, figures, faults)
    movements: dict[str, Moved] = {}
    faults += _moves(moves, slots, movements)
    for issue, taken in (steps or {}).items():
        other = movements.get(issue, Moved())
        if other.level is not None:
            what = f"'{issue}' is moved by steps of talks and cannot follow '{other.level}' as well: let events move it"
            faults.append(Misfit(("moves", issue), None, what))
        movements[issue] = Moved(events=(*taken, *other.events))
    if not faults:
        faults += _senseless(equations, slots, figures)
    if faults:
        return [_as_given(m) if isinstance(parts.get(str(m.place[1])), Use) else m for m in faults]
    order = _order(equations, movements, slots)
    if isinstance(order, Misfit):
        return [order]
    return Wiring(
        slots,
        figures,
        {f"{p}.{n}": v for p, part in joined.items() for n, v in part.calendars.items()},
        equations,
        movements,
        order,
        MappingProxyType({n: d for p, part in joined.items() for n, d in _declared(p, part)}),
    )


# --- parts and what is given ------------------------------------------------------------------------------


def _join(
    name: str,
    part: Own | Use,
    bundled: Mapping[str, Bundled],
    issues: Mapping[str, tuple[str, ...]],
    joined: dict[str, _Joined],
) -> Iterator[Misfit]:
    here = ("parts", name)
    if isinstance(part, Own):
        if name in bundled:
            yield Misfit(
                here, None, f"'{name}' is a bundled part: give yours another name, or give only its numbers"
            )
            return
        units = {n: _unit_of(v) for n, v in part.numbers.items()}
        for n, figures in part.numbers.items():
            for place, message in _shares(figures):
                yield Misfit((*here, "numbers", n, *place), None, message)
        joined[name] = _Joined(part.numbers, units, part.calendars, part)
        return
    if name not in bundled:
        own = "a part of your own has levels, values or events"
        yield Misfit(here, None, f"there is no bundled part '{name}'{one_of(name, bundled)}; {own}")
        return
    of = bundled[name]
    for kind, given, known in (
        ("number", part.numbers, of.numbers),
        ("issue", part.issues, of.issues),
        ("calendar", part.calendars, of.calendars),
    ):
        meant = set()
        for extra in sorted(set(given) - set(known)):
            meant.add(nearest(extra, known))
            yield Misfit((*here, extra), None, f"'{name}' has no {kind} '{extra}'{one_of(extra, known)}")
        for missing in [n for n in known if n not in given and n not in meant]:
            yield Misfit(here, None, f"'{missing}' is missing: {_says(known[missing])}")
    for n, declared in of.numbers.items():
        if n in part.numbers:
            for place, message in _sense(declared, part.numbers[n]):
                yield Misfit((*here, n, *place), None, message)
    for n, issue in part.issues.items():
        if n in of.issues and issue not in issues:
            yield Misfit((*here, n), None, f"there is no issue '{issue}'{one_of(issue, issues)}")
    yield from _tables(part, of, issues, here)
    units = {n: unit(d.unit) for n, d in of.numbers.items()}
    joined[name] = _Joined(part.numbers, units, part.calendars, of, part.issues)


def _tables(part: Use, of: Bundled, issues: Mapping[str, tuple[str, ...]], here: Place) -> Iterator[Misfit]:
    """Tables of a bundled part that do not have the options of the issue by which it looks them up."""
    pairs = [
        (node.table, part.issues.get(node.key, ""))
        for text in of.equations()
        for node in (lookups(parse_equation(text)) if "[" in text else ())
    ]
    for table, issue in dict.fromkeys(pairs):
        given = part.numbers.get(table)
        if given is None or isinstance(given, Figure) or issue not in issues:
            continue
        if message := unlike(table, tuple(given), issue, issues[issue]):
            yield Misfit((*here, table), None, message)


def _names(name: str, part: Own | Use, issues: Mapping[str, tuple[str, ...]]) -> Iterator[Misfit]:
    """Names that mean something else already."""
    here = ("parts", name)
    if name in RESERVED_WORDS:
        yield Misfit(
            here, None, f"'{name}' is a word of the language of equations: give the part another name"
        )
    if isinstance(part, Use):
        return
    for section in ("numbers", "calendars", "levels", "values", "events"):
        for n in getattr(part, section):
            if n in RESERVED_WORDS:
                message = f"'{n}' is a word of the language of equations: give this another name"
                yield Misfit((*here, section, n), None, message)
            elif n in issues:
                message = f"'{n}' is an issue of the case: give this another name, so that an equation means one of them"
                yield Misfit((*here, section, n), None, message)


def _says(spec: Declared | str) -> str:
    text = spec if isinstance(spec, str) else spec.says
    return text[0].lower() + text[1:]


def _unit_of(given: Figure | Mapping[str, Figure]) -> Unit:
    figures = [given] if isinstance(given, Figure) else list(given.values())
    return unit(next((f.unit for f in figures if f.unit is not None), "share"))


def _shares(given: Figure | Mapping[str, Figure]) -> Iterator[tuple[Place, str]]:
    """Numbers of a part of the case's own that are no shares and say nothing else, and tables in two units."""
    of = _unit_of(given)
    each = {"": given} if isinstance(given, Figure) else given
    word = next((f.unit for f in each.values() if f.unit is not None), "share")
    for option, figure in each.items():
        place = (option,) if option else ()
        if figure.unit is not None and unit(figure.unit) != of:
            yield place, f"all numbers of a table are in one unit: found {word} and {figure.unit}"
        elif word in ("share", "chance") and not 0 <= figure.low <= figure.high <= 1:
            found = figure.high if figure.high > 1 else figure.low
            percent = f"; for {found:g}% write {found / 100:g}" if 1 < found <= 100 else ""
            yield (
                place,
                f"a {word} lies between 0 and 1: found {found:g}{percent}; what is no share says what it is: "
                "'unit: points', 'unit: months', or 'unit: number' for a plain number",
            )


def _sense(declared: Declared, given: Figure | Mapping[str, Figure]) -> Iterator[tuple[Place, str]]:
    """A number that makes no sense for its unit."""
    if isinstance(given, Figure) == declared.table:
        wanted = "one number for each option of an issue" if declared.table else "one number"
        yield (), f"{wanted} was expected: {_says(declared)}"
        return
    for option, figure in [("", given)] if isinstance(given, Figure) else given.items():
        place = (option,) if option else ()
        if figure.unit is not None and unit(figure.unit) != unit(declared.unit):
            yield place, f"this number is measured in {declared.unit}: found {figure.unit}"
        if message := beyond(declared, figure.low, figure.high):
            yield place, message


def _declared(name: str, part: _Joined) -> Iterator[tuple[str, Declared]]:
    """What makes sense for the numbers of a part: as the product says it, or as the case does by calling them shares."""
    for n, given in part.numbers.items():
        if isinstance(part.of, Bundled):
            yield f"{name}.{n}", part.of.numbers[n]
            continue
        figures = [given] if isinstance(given, Figure) else given.values()
        if next((f.unit for f in figures if f.unit is not None), "share") in ("share", "chance"):
            yield f"{name}.{n}", Declared(says=n, table=not isinstance(given, Figure))
    for n, level in part.of.levels.items():
        if level.unit == "share":
            yield f"{name}.{n}", Declared(says=n)


def beyond(declared: Declared, low: float, high: float) -> str | None:
    """What is wrong with a number that lies beyond what makes sense for it."""
    share = declared.unit == "share"
    least = 0.0 if share and declared.least is None else declared.least
    most = 1.0 if share and declared.most is None else declared.most
    if least is not None and low < least:
        return f"must be at least {least:g} ({declared.unit}): found {low:g}"
    if most is not None and high > most:
        percent = share and 1 < high <= 100
        hint = f"; for {high:g}% write {high / 100:g}" if percent else ""
        return f"must be at most {most:g} ({declared.unit}): found {high:g}{hint}"
    return None


def _twice(part: _Joined) -> list[str]:
    of = part.of
    names = [*part.numbers, *part.issues, *part.calendars, *of.levels, *of.values, *of.events]
    return sorted({n for n in names if names.count(n) > 1})


def _slots(name: str, part: _Joined) -> Iterator[tuple[str, Slot]]:
    for n, given in part.numbers.items():
        options = () if isinstance(given, Figure) else tuple(given)
        yield f"{name}.{n}", Slot("table" if options else "number", part.units[n], options)
    for n in part.calendars:
        yield f"{name}.{n}", Slot("calendar", PURE)
    for n, level in part.of.levels.items():
        yield f"{name}.{n}", Slot("level", unit(level.unit))
    for n in part.of.values:
        yield f"{name}.{n}", Slot("value", PURE)
    for n in part.of.events:
        yield f"{name}.{n}", Slot("event", PURE)


# --- equations --------------------------------------------------------------------------------------------


def _infer(reader: Reader, joined: Mapping[str, _Joined]) -> None:
    """Units of values from their equations, until nothing changes: one value may need another's. What cannot be read, and what
    needs it, stays unknown, so that one mistake is one complaint."""
    values = [(p, n, v) for p, part in joined.items() for n, v in part.of.values.items()]
    reader.unknown = {f"{p}.{n}" for p, n, _ in values}
    trees: dict[str, Node] = {}
    for _ in range(len(values)):
        changed = False
        for part, n, value in values:
            reader.part, reader.issues, full = part, joined[part].issues, f"{part}.{n}"
            try:
                typed = reader.read(value.equation)
            except EquationError:
                trees.pop(full, None)
                continue
            found = typed.unit or PURE
            changed |= reader.slots[full].unit != found or full not in trees
            trees[full] = typed.node
            reader.unknown.discard(full)
            reader.slots[full] = Slot("value", found)
        if not changed:
            break
    reader.unknown = {f"{p}.{n}" for p, n, _ in values} - set(trees)
    for _ in range(len(values)):
        more = {n for n, tree in trees.items() if not reader.unknown.isdisjoint(named(tree))}
        if more <= reader.unknown:
            return
        reader.unknown |= more


def _read(reader: Reader, part: _Joined, into: dict[str, Equations]) -> Iterator[Misfit]:
    """Every equation of a part."""
    faults: list[Misfit] = []
    here = ("parts", reader.part)

    def read(text: str | None, *place: str, **how: object) -> Node | None:
        if text is None:
            return None
        try:
            return reader.read(text, **how).node  # type: ignore[arg-type]
        except EquationError as error:
            faults.append(Misfit((*here, *place), error.at, error.message))
            return None

    for n, value in part.of.values.items():
        into[f"{reader.part}.{n}"] = Equations(next=read(value.equation, "values", n))
    for n, level in part.of.levels.items():
        own = reader.slots[f"{reader.part}.{n}"].unit
        start = read(level.start, "levels", n, "start", wanted=own, beginning=True)
        following = read(level.next, "levels", n, "next", wanted=own)
        into[f"{reader.part}.{n}"] = Equations(start=start, next=following)
    for n, event in part.of.events.items():
        chance = read(event.chance, "events", n, "chance", wanted=PURE)
        when = read(event.when, "events", n, "when", truth=True)
        if event.on is not None and event.on not in part.calendars:
            give = f": give it one, 'calendars: {{{event.on}: [2024-06-01]}}'"
            hint = one_of(event.on, part.calendars) if part.calendars else give
            message = f"there is no calendar '{event.on}' in this part{hint}"
            faults.append(Misfit((*here, "events", n, "on"), None, message))
        into[f"{reader.part}.{n}"] = _event(reader.part, event, chance, when)
    yield from faults


def _apart(
    inside: Sequence[Inside],
    reader: Reader,
    figures: Mapping[str, Figure | Mapping[str, Figure]],
    faults: Sequence[Misfit],
) -> list[Misfit]:
    """The faults, those of equations that hold others told where these were typed."""
    found: dict[Place, list[Misfit]] = {}
    for one in inside:
        reader.part, reader.issues = str(one.place[1]), {}
        wrong = found.setdefault(one.into, [])
        try:
            node = reader.read(one.text, wanted=None if one.event else PURE, truth=one.event).node
        except EquationError as error:
            wrong.append(Misfit(one.place, None if one.event else error.at, error.message))
            continue
        senses = senseless(node, _certain(figures), chance=not one.event)
        wrong += [Misfit(one.place, at, message) for at, message in senses]
    where = {one.into: one.place for one in inside}
    kept = [
        m._replace(place=where[m.place], at=None) if m.place in where else m
        for m in faults
        if not found.get(m.place)
    ]
    return list(dict.fromkeys([*kept, *(m for wrong in found.values() for m in wrong)]))


def _as_given(of: Misfit) -> Misfit:
    """What is wrong with an equation of a bundled part, told at the part: the equation is not in the file."""
    here, member = of.place[:2], of.place[3:4]
    if not member or of.place[0] != "parts":
        return of
    message = f"its '{member[0]}' has no sense with what is given ('detente parts {here[1]}' shows it): {of.message}"
    return Misfit(here, None, message)


def _event(part: str, event: Happening, chance: Node | None, when: Node | None) -> Equations:
    group = f"end of {event.ends}" if event.ends else f"one of {event.one_of}" if event.one_of else None
    return Equations(
        next=chance,
        when=when,
        calendar=None if event.on is None else f"{part}.{event.on}",
        once=event.once or event.ends is not None,
        group=group,
        final=event.ends is not None,
    )


def _moves(
    moves: Mapping[str, Moves | Follows], slots: Mapping[str, Slot], into: dict[str, Moved]
) -> Iterator[Misfit]:
    """What moves the issues."""
    known = {
        sort: [n for n, s in slots.items() if s.sort == sort] for sort in ("issue", "event", "level", "value")
    }
    for issue, how in moves.items():
        here = ("moves", issue)
        if issue not in known["issue"]:
            yield Misfit(here, None, f"there is no issue '{issue}'{one_of(issue, known['issue'])}")
            continue
        options = slots[issue].options
        given = how.events if isinstance(how, Moves) else how.values
        for option in given:
            if option not in options:
                yield Misfit(
                    (*here, option), None, f"'{issue}' has no option '{option}'{one_of(option, options)}"
                )
        if isinstance(how, Moves):
            pairs = tuple((option, event) for option, events in how.events.items() for event in events)
            for option, event in pairs:
                if event not in known["event"]:
                    yield Misfit(
                        (*here, option), None, f"there is no event '{event}'{one_of(event, known['event'])}"
                    )
            into[issue] = Moved(events=pairs)
        else:
            levels = [*known["level"], *known["value"]]
            if how.by not in levels:
                yield Misfit((*here, "by"), None, f"there is no level '{how.by}'{one_of(how.by, levels)}")
            into[issue] = Moved(level=how.by, values=tuple(how.values.items()))


def _certain(figures: Mapping[str, Figure | Mapping[str, Figure]]) -> Callable[[str], Bounds]:
    """Between what a name lies as far as the numbers that are certain tell."""

    def of(name: str) -> Bounds:
        given = figures.get(name)
        return Bounds(given.low, given.high) if isinstance(given, Figure) and given.certain else ANY

    return of


def _senseless(
    equations: Mapping[str, Equations],
    slots: Mapping[str, Slot],
    figures: Mapping[str, Figure | Mapping[str, Figure]],
) -> Iterator[Misfit]:
    """Equations that have no value, and chances that are none, whatever the draw."""

    of = _certain(figures)
    for name, equation in equations.items():
        part, member = name.split(".")
        sort = slots[name].sort
        keys = {"level": ("next",), "event": ("chance",)}.get(sort, ())
        for node, last in ((equation.start, ("start",)), (equation.next, keys), (equation.when, ("when",))):
            if node is not None:
                for at, message in senseless(node, of, chance=last == ("chance",)):
                    yield Misfit(("parts", part, f"{sort}s", member, *last), at, message)


# --- order ------------------------------------------------------------------------------------------------


def _order(
    equations: Mapping[str, Equations], moves: Mapping[str, Moved], slots: Mapping[str, Slot]
) -> tuple[str, ...] | Misfit:
    """Everything after what it needs this month; members of a group need what any of them needs."""
    needs: dict[str, list[str]] = {}
    for name, of in equations.items():
        found = [n for node in (of.next, of.when) if node is not None for n in named(node, now=True)]
        own_is_past = slots[name].sort == "level"
        needs[name] = [n for n in found if (n in equations or n in moves) and not (own_is_past and n == name)]
    groups: dict[str, list[str]] = {}
    for name, of in equations.items():
        if of.group is not None:
            groups.setdefault(of.group, []).append(name)
    for members in groups.values():
        shared = list(dict.fromkeys(n for m in members for n in needs[m]))
        needs.update(dict.fromkeys(members, shared))
    for issue, how in moves.items():
        needs[issue] = [event for _, event in how.events] + ([how.level] if how.level else [])
    order: list[str] = []
    state: dict[str, int] = {}
    for name in needs:
        if circle := _visit(name, needs, state, order):
            around = " → ".join([*circle, circle[0]])
            message = (
                f"these need one another in the same month: {around}; "
                "'before(..)' takes last month's and breaks the circle"
            )
            part = next((n.split(".")[0] for n in circle if "." in n), circle[0])
            return Misfit(("parts", part), None, message)
    return tuple(order)


def _visit(first: str, needs: Mapping[str, list[str]], state: dict[str, int], order: list[str]) -> list[str]:
    """Depth first, without recursion; the members of a circle, if one is met."""
    if state.get(first):
        return []
    path = [(first, iter(needs[first]))]
    state[first] = 1
    while path:
        name, rest = path[-1]
        following = next(rest, None)
        if following is None:
            state[name] = 2
            order.append(name)
            path.pop()
        elif state.get(following) == 1:
            around = [n for n, _ in path]
            return around[around.index(following) :]
        elif not state.get(following):
            state[following] = 1
            path.append((following, iter(needs[following])))
    return []
