"""What a world has for nothing: events that can never happen, and what no value hangs on.

An event never happens where no date of its calendar lies within the months, or where interval arithmetic
(:mod:`detente.case.bounds`) shows that its chance is at most 0 or its condition false, whatever the draw. The
intervals begin at month 0, where nothing has happened, and take in one month after the other until nothing is added
(Cousot and Cousot 1977, "Abstract interpretation", POPL '77): after :data:`_ROUNDS` months what still grows is taken to
have no end (their widening), and then held to what its equation allows (their narrowing).

What is *decorative* is read by nothing that anybody values. A name is read by what its equation serves, by the issue that
it moves, and by the events that it shares a chance with.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from detente.case.bounds import ANY, NEVER, TRUTH, Bounds, bounds, either
from detente.case.dates import months_until
from detente.case.mechanism import Figure
from detente.case.typed import named
from detente.case.wiring import Equations, Misfit, Wiring

__all__ = ["idle", "limits"]

_ROUNDS = 24
_SECTIONS = {
    "number": "numbers",
    "table": "numbers",
    "calendar": "calendars",
    "level": "levels",
    "value": "values",
}


def idle(
    wiring: Wiring,
    valued: Collection[str],
    *,
    changed: Collection[str] = (),
    bundled: Collection[str] = (),
    months: tuple[datetime.date, int] | None = None,
) -> list[Misfit]:
    """What never happens and what is decorative, in the order of the file.

    ``valued``: names that somebody values, asks for or sees: issues, levels, values and events in full (``part.name``);
    ``changed``: numbers and levels that a policy or a reading may set to anything; ``bundled``: parts of the product, which may offer
    more than a case reads and are decorative only as a whole; ``months``: the day on which the world begins and how many
    months it has.
    """
    reads = _reads(wiring)
    can = _limits(wiring, _readers(reads), changed, months)
    serving = _serving(reads, valued)
    found = [fault for name in reads if (fault := _never(wiring, name, can, months))]
    for name, of in wiring.equations.items():
        if (
            wiring.slots[name].sort == "level"
            and of.start is None
            and can[name].never
            and name not in changed
        ):
            part, level = name.split(".")
            message = f"'{name}' never has a value: it has no 'start', and its 'next' gives it none; write a 'start'"
            found.append(Misfit(("parts", part, "levels", level), None, message))
    given = [n for n in wiring.slots if "." in n]
    for part in dict.fromkeys(n.split(".")[0] for n in given):
        members = [n for n in given if n.startswith(f"{part}.")]
        unread = [n for n in members if n not in serving]
        if len(unread) == len(members):
            message = f"'{part}' is decorative: nothing that anybody values hangs on it; {_REMEDY}"
            found.append(Misfit(("parts", part), None, message))
        elif part not in bundled:
            found += _decorative(wiring, unread, reads)
    return found


_REMEDY = "remove it, or let an issue, a stake or something that serves one depend on it"


def _never(
    wiring: Wiring, name: str, can: Mapping[str, Bounds], months: tuple[datetime.date, int] | None
) -> Misfit | None:
    """Why an event never happens, if it never does."""
    if wiring.slots[name].sort != "event" or can[name].high > 0.0:
        return None
    of = wiring.equations[name]
    part, event = name.split(".")
    key = "chance" if of.when is None else "when"
    if months is not None and _outside(wiring, of, months):
        assert of.calendar is not None
        key = "on"
        day, last = months
        message = (
            f"'{name}' never happens: no date of '{of.calendar}' lies within the {last} months after {day.isoformat()}; "
            "give it a date there, or remove the event"
        )
    elif of.when is None:
        message = f"'{name}' never happens: its chance is 0 in every month of every draw; remove it, or mend its chance"
    else:
        message = f"'{name}' never happens: its condition holds in no month of any draw; remove it, or mend the condition"
    return Misfit(("parts", part, "events", event, key), None, message)


def _decorative(wiring: Wiring, unread: list[str], reads: Mapping[str, set[str]]) -> Iterable[Misfit]:
    """One message for each name that nothing reads, with those that serve only it; and one for each circle of such."""
    told: set[str] = set()
    readers = _readers(reads)
    heads = [n for n in unread if not readers.get(n, set()) - {n}]
    for name in [*heads, *(n for n in unread if n not in heads)]:
        if name in told:
            continue
        below = [n for n in unread if n in _serving(reads, [name]) - told - {name}]
        told |= {name, *below}
        part, member = name.split(".")
        section = _SECTIONS.get(wiring.slots[name].sort, "events")
        only = f" (nor on what serves only it: {', '.join(below)})" if below else ""
        what = (
            "nothing reads it"
            if section in ("numbers", "calendars")
            else f"nothing that anybody values hangs on it{only}"
        )
        yield Misfit(("parts", part, section, member), None, f"'{name}' is decorative: {what}; {_REMEDY}")


# --- what reads what --------------------------------------------------------------------------------------


def _reads(wiring: Wiring) -> dict[str, set[str]]:
    """Name → names that it hangs on, of this month and of others."""
    reads: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for name, of in wiring.equations.items():
        trees = [node for node in (of.start, of.next, of.when) if node is not None]
        reads[name] = {n for node in trees for n in named(node)} | ({of.calendar} if of.calendar else set())
        if of.group is not None:
            groups.setdefault(of.group, set()).add(name)
    for members in groups.values():
        for name in members:
            reads[name] |= members - {name}
    for issue, how in wiring.moves.items():
        reads[issue] = {event for _, event in how.events} | ({how.level} if how.level else set())
    return reads


def _readers(reads: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Name → names that hang on it."""
    readers: dict[str, set[str]] = {}
    for name, read in reads.items():
        for other in read:
            readers.setdefault(other, set()).add(name)
    return readers


def _serving(reads: Mapping[str, set[str]], names: Iterable[str]) -> set[str]:
    """Names, and everything that they hang on."""
    found: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += reads.get(name, ())
    return found


# --- what can be ------------------------------------------------------------------------------------------


def limits(
    wiring: Wiring,
    *,
    changed: Collection[str] = (),
    months: tuple[datetime.date, int] | None = None,
) -> dict[str, Bounds]:
    """Name → between what it lies in every draw, month and world; of an event whether it may happen (``high`` 0: never)."""
    return _limits(wiring, _readers(_reads(wiring)), changed, months)


def _limits(
    wiring: Wiring,
    readers: Mapping[str, set[str]],
    changed: Collection[str],
    months: tuple[datetime.date, int] | None,
) -> dict[str, Bounds]:
    """The same, given what hangs on each name: what hangs on nothing that has grown is not looked at again."""
    found = {n: TRUTH if s.sort == "event" else ANY for n, s in wiring.slots.items()}
    for name, figure in wiring.figures.items():
        figures = [figure] if isinstance(figure, Figure) else list(figure.values())
        if name not in changed and all(one.certain for one in figures):
            found[name] = Bounds(min(f.low for f in figures), max(f.high for f in figures))
    ours = [n for n in wiring.order if n in wiring.equations and n not in changed]
    out = () if months is None else [n for n, of in wiring.equations.items() if _outside(wiring, of, months)]
    known = _Known(wiring, found, frozenset(out))
    for name in ours:
        start = wiring.equations[name].start
        sort = wiring.slots[name].sort
        found[name] = (
            Bounds(0.0, 0.0) if sort == "event" else NEVER if start is None else bounds(start, known)
        )
    endless = months is None or months[1] > _ROUNDS
    stale = set(ours)
    for n in range(2 * _ROUNDS if months is None or endless else months[1]):
        growing = False
        for name in ours:
            if name not in stale:
                continue
            stale.remove(name)
            grown = either(found[name], known.following(name))
            now = known.present(name, _widened(found[name], grown) if n >= _ROUNDS else grown)
            if now != found[name]:
                growing = True
                stale |= readers.get(name, set())
            found[name] = now
        if not growing:
            break
    else:
        if endless:  # a very long chain of months: nothing is claimed of it
            return found | dict.fromkeys(ours, ANY._replace(gap=True))
    for _ in range(2 if endless else 0):
        for name in ours:
            now, then = found[name], known.following(name)
            if wiring.slots[name].sort != "event" and not (now.never or then.never):
                found[name] = now._replace(low=max(now.low, then.low), high=min(now.high, then.high))
    return found


def _widened(now: Bounds, grown: Bounds) -> Bounds:
    low = grown.low if grown.low >= now.low else -math.inf
    return grown._replace(low=low, high=grown.high if grown.high <= now.high else math.inf)


@dataclass(frozen=True)
class _Known:
    """What is known by now of every name."""

    wiring: Wiring
    found: Mapping[str, Bounds]
    outside: Collection[str]
    """Events that have no date within the months."""

    def __call__(self, name: str) -> Bounds:
        then = name.removeprefix("before ")
        if then == name:
            return self.found[name]
        value = self.wiring.slots[then].sort == "value"
        return self.found[then]._replace(gap=self.found[then].gap or value)

    def following(self, name: str) -> Bounds:
        """Of the next month, and of the first."""
        of = self.wiring.equations[name]
        if self.wiring.slots[name].sort == "event":
            node = of.next if of.when is None else of.when
            may = name not in self.outside and (node is None or bounds(node, self).high > 0.0)
            return Bounds(0.0, float(may))
        assert of.next is not None
        found = bounds(of.next, self)
        return found if of.start is None else either(found, bounds(of.start, self))

    def present(self, name: str, of: Bounds) -> Bounds:
        """What has a start, and every value, must be there."""
        gap = self.wiring.slots[name].sort == "level" and self.wiring.equations[name].start is None
        return of._replace(gap=gap or of.never)


def _outside(wiring: Wiring, of: Equations, months: tuple[datetime.date, int]) -> bool:
    """Whether an event hangs on a calendar none of whose dates lies within the months."""
    begins, count = months
    return of.calendar is not None and not any(
        day > begins and months_until(begins, day) <= count for day in wiring.calendars[of.calendar]
    )
