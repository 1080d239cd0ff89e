"""A function in an order in which few instructions wait for one another.

List scheduling (Graham 1966, "Bounds for certain multiprocessing anomalies"; Landskov et al. 1980, ACM Computing Surveys 12,
"Local microcode compaction techniques") of the lines of each block: of those whose operands are there always the first one of the text,
or else the one whose operands are there soonest. What a line takes is what its instruction does on a processor that begins
rather more than two a cycle. What is made of addresses and of memory alone is written where it is first wanted, so that nothing
has to hold it until then. Every line finds what it found: a name means one thing, and what is in memory is replaced after it was read.
Cost O(n log n) of n lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import NamedTuple

__all__ = ["spaced"]

EACH = 0.45
"""Cycles, about, from one instruction to the next."""

_UNTIL = {
    "fdiv": 14, "sqrt": 18, "fcmp": 5, "fmuladd": 4, "fadd": 3, "fsub": 3, "fmul": 3, "floor": 3, "sitofp": 3, "icmp": 3,
    "shufflevector": 3, "fshl": 2, "x86": 4, "bitcast": 0, "store": 0,
}  # fmt: skip
"""Cycles, about, until there is a result, where that is not one."""

_STAYS = re.compile(r"\S.*:$|\s*(%\w+ = phi|br|ret|switch|unreachable)\b")
_LINE = re.compile(r"\s*(?:(%\w+) = )?((\w+)(?: \S+| <[^>]*>) ?(?:@llvm\.(\w+))?.*)")
_NAME = re.compile(r"%\w+")
_PLACE = re.compile(r"ptr ([%@]\w+)")
_LIGHT = {"getelementptr", "insertelement", "shufflevector", "bitcast", "load", "trunc"}


def spaced(lines: Sequence[str]) -> list[str]:
    """The same lines in another order: those between labels and jumps. Places in memory whose addresses are not made in the
    same way are different ones."""
    found: list[str] = []
    block: list[str] = []
    for line in lines:
        if _STAYS.match(line):
            found += [*_ordered(block), line]
            block = []
        else:
            block.append(line)
    return [*found, *_ordered(block)]


class _Line(NamedTuple):
    before: set[int]
    """Lines that have to come before it."""
    waits: set[int]
    """Of these those that take time."""
    light: bool
    """Whether it is made of addresses and of memory alone."""
    until: int


def _ordered(lines: Sequence[str]) -> list[str]:
    of = _read(lines)
    users: list[list[int]] = [[] for _ in of]
    left = [len(line.waits) for line in of]
    there = [0.0] * len(of)
    written = [False] * len(of)
    found: list[str] = []

    def write(n: int) -> None:
        for other in sorted(of[n].before):
            if not written[other]:
                write(other)
        written[n] = True
        found.append(lines[n])

    soon, ready, now = (
        [(0.0, n) for n, line in enumerate(of) if not (line.waits or line.light)],
        list[int](),
        0.0,
    )
    for n, line in enumerate(of):
        for other in () if line.light else line.waits:
            users[other].append(n)
    while soon or ready:
        if not ready:
            now = max(now, soon[0][0])
        while soon and soon[0][0] <= now:
            heappush(ready, heappop(soon)[1])
        n = heappop(ready)
        write(n)
        there[n] = now + of[n].until
        now += EACH if of[n].until else 0
        for user in users[n]:
            left[user] -= 1
            if not left[user]:
                heappush(soon, (max(there[other] for other in of[user].waits), user))
    return [*found, *(line for line, done in zip(lines, written, strict=True) if not done)]


def _read(lines: Sequence[str]) -> list[_Line]:
    """What every line hangs on."""
    found: list[_Line] = []
    made: dict[str, int] = {}
    meant: dict[str, str] = {}
    """Of what light lines make how it is made."""
    loaded: dict[str, set[int]] = {}
    stored: dict[str, int] = {}
    for n, line in enumerate(lines):
        parts = _LINE.match(line)
        assert parts is not None, line
        name, what, kind, function = parts.groups()
        before = {made[other] for other in _NAME.findall(what) if other in made}
        if kind in ("load", "store"):
            place = _PLACE.findall(what)[-1]
            place = meant.get(place, place)
            before.update([stored[place]] if place in stored else [])
            if kind == "load":
                loaded.setdefault(place, set()).add(n)
            else:
                before |= loaded.get(place, set())
                stored[place] = n
        light = (kind in _LIGHT or " i64 " in what[:9]) and all(found[other].light for other in before)
        waits = {k for k in before if not found[k].light}
        if name is not None:
            made[name] = n
            if light:
                meant[name] = _NAME.sub(lambda other: meant.get(other[0], other[0]), what)
        found.append(_Line(before, waits, light, _UNTIL.get(function or kind, 1)))
    return found
