"""A program in an order in which few operations wait for one another.

List scheduling (Graham 1966, "Bounds for certain multiprocessing anomalies"; Landskov et al. 1980, ACM Computing Surveys 12,
"Local microcode compaction techniques"): of the operations that are next in the program always the first one whose operands are
there, or else the one whose operands are there soonest. What an operation takes is what its instructions do on a processor that
begins one a cycle. Every operation finds in its operands what it found before. Cost O(n w) of n operations, where the
first w that are left over are looked at; mostly the first ones will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from detente.kernels.codes import SIGNS, Code, Op, reads, writes

__all__ = ["spaced"]

AHEAD = 200
"""How many operations are looked at: what is made long before it is wanted has to wait in memory."""


class _Taken(NamedTuple):
    """Cycles, about."""

    begun: int
    """Until the next operation can begin"""
    done: int
    """and until there is a result."""


_SLOW = {
    "EXP": _Taken(25, 90),
    "LOG": _Taken(25, 90),
    "NORMAL": _Taken(40, 140),
    "SHOCK": _Taken(9, 20),
    "UNIFORM": _Taken(3, 6),
    "SQRT": _Taken(1, 18),
    "DIV": _Taken(1, 14),
    "FLOOR": _Taken(1, 8),
    "LESS": _Taken(1, 6),
    "MOST": _Taken(1, 6),
    "SAME": _Taken(1, 6),
    "CHECK": _Taken(1, 0),
    "COPY": _Taken(0, 0),
    "FILL": _Taken(0, 0),
    "MONTH": _Taken(0, 0),
}
_TAKEN = [_SLOW.get(SIGNS[code], _Taken(1, 4)) for code in Code]


def spaced(ops: Sequence[Op]) -> tuple[Op, ...]:
    """The same operations in another order. What an ``UNLESS`` may leave out stays with it."""
    groups = _groups(ops)
    waits = _waits(groups)
    left, now = list(range(len(groups))), 0
    there: dict[int, int] = {}
    found: list[Op] = []
    while left:
        soonest: tuple[int, int] | None = None
        for n, group in enumerate(left[:AHEAD]):
            if waits[group] <= there.keys():
                when = max([now, *(there[other] for other in waits[group])])
                if soonest is None or when < soonest[0]:
                    soonest = when, n
                if when == now:
                    break
        assert soonest is not None, "the first one waits for nothing"
        now, group = soonest[0], left.pop(soonest[1])
        there[group] = now + max(_TAKEN[op[0]].done for op in groups[group])
        now += sum(_TAKEN[op[0]].begun for op in groups[group])
        found += groups[group]
    return tuple(found)


def _groups(ops: Sequence[Op]) -> list[Sequence[Op]]:
    """Operations one by one, or with what they may leave out."""
    found, k = [], 0
    while k < len(ops):
        size = 1 + (ops[k][3] if ops[k][0] == Code.UNLESS else 0)
        found.append(ops[k : k + size])
        k += size
    return found


def _waits(groups: Sequence[Sequence[Op]]) -> list[set[int]]:
    """Of every group those that have to come before it: whoever makes what it reads, and reads or makes what it replaces."""
    made: dict[int, int] = {}
    read: dict[int, set[int]] = {}
    found = []
    for n, group in enumerate(groups):
        given = {register for op in group for register in reads(op)}
        # What has been checked is known to be finite after it.
        out = {op[2] if (register := writes(op)) is None else register for op in group}
        before = {made[register] for register in given | out if register in made}
        found.append(before.union(*(read.get(register, ()) for register in out)) - {n})
        for register in given:
            read.setdefault(register, set()).add(n)
        for register in out:
            made[register], read[register] = n, set()
    return found
