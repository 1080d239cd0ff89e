"""Between what bounds every value of a program lies, whatever chance does.

Interval arithmetic (Moore 1966, Interval Analysis) in doubles over the operations of both programs, until what one month hands on
to the next is inside what was assumed: after a few rounds a bound that still moves is given up. What comes out is used to
leave things out that cannot matter (:mod:`detente.kernels.tidied`): a bound that is never reached, a check that cannot fail.
What is no float32 is widened by more than one can be off.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from ctypes import c_float
from typing import NamedTuple

from detente.kernels.codes import KINDS, SIGNS, Code, Op, carried

__all__ = ["ANY", "Known", "Range", "ranges", "walked"]

INF = math.inf
LARGEST = 3.4028235e38
ROUNDS = 4
"""After so many months bounds that still move are given up, after as many more altogether."""

LONGEST = 200
"""A program in which bounds still move after so many months is one of which nothing is known."""

SLACK = 1e-6


class Known(NamedTuple):
    """What is known of a program's values."""

    start: list[tuple[Range, ...]]
    """For every operation of month 0 what its operands can be, :data:`ANY` for those that are no values."""
    month: list[tuple[Range, ...]]
    ends: dict[int, Range]
    """What every register can be at the end of any month,"""
    handed: dict[int, Range]
    """and those that one month hands on to the next, before it begins."""


class Range(NamedTuple):
    """What a value can be."""

    low: float
    high: float
    absent: bool = False
    """Whether it may be absent."""
    truth: bool = False
    """Whether it is 0 or 1."""

    @property
    def finite(self) -> bool:
        return not self.absent and self.low >= -LARGEST and self.high <= LARGEST


ANY = Range(-INF, INF, True)
TRUTH = Range(0.0, 1.0, False, True)


def ranges(
    start: Sequence[Op],
    month: Sequence[Op],
    pairs: Mapping[int, int],
    constants: Sequence[Range],
    months: int,
) -> Known:
    """What the operands of every operation can be, and every register at the end of a month.

    ``pairs``: register of last month's value → register of this month's; ``constants``: what each can be in any draw.
    """
    known: dict[int, Range] = {}
    begun = _walk(start, known, constants, months, {})
    first = _next(known, pairs)
    handed = {*carried(month, pairs), *(last for last, this in pairs.items())}
    kept = {r: v for r, v in first.items() if r in handed}
    done: Done = {}
    for n in range(LONGEST):
        known = dict(kept)
        monthly = _walk(month, known, constants, months, done)
        after = _next(known, pairs)
        found = {r: _join(v, after.get(r, v)) for r, v in kept.items()}
        if found == kept:
            ends = {r: _join(v, first[r]) if r in first else v for r, v in after.items()}
            return Known(begun, monthly, ends, kept)
        if n >= ROUNDS:
            found = {r: _widened(kept[r], v, n >= 2 * ROUNDS) for r, v in found.items()}
        kept = found
    return Known(begun, _walk(month, {}, constants, months, done), {}, {})


def walked(
    ops: Sequence[Op], handed: Mapping[int, Range], constants: Sequence[Range], months: int
) -> list[tuple[Range, ...]]:
    """What the operands of a month's operations can be; ``handed``: what it is handed."""
    return _walk(ops, dict(handed), constants, months, {})


def _next(known: Mapping[int, Range], pairs: Mapping[int, int]) -> dict[int, Range]:
    """What a month hands on."""
    found = dict(known)
    for last, this in pairs.items():
        if this in known:
            found[last] = known[this]
    return found


def _join(a: Range, b: Range) -> Range:
    return Range(min(a.low, b.low), max(a.high, b.high), a.absent or b.absent, a.truth and b.truth)


def _widened(old: Range, new: Range, far: bool) -> Range:
    """Bounds that still move are given up: first as far as a finite number goes, then altogether."""
    most = INF if far else LARGEST
    low = new.low if new.low >= old.low else min(-most, new.low)
    high = new.high if new.high <= old.high else max(most, new.high)
    return Range(low, high, new.absent, new.truth)


Done = dict[int, tuple[tuple[Range, ...], Range]]
"""What operations by their places gave last for which operands: from one month to the next most are the same."""


def _walk(
    ops: Sequence[Op], known: dict[int, Range], constants: Sequence[Range], months: int, done: Done
) -> list[tuple[Range, ...]]:
    """Operands of every operation; ``known`` is brought up to the end."""
    found: list[tuple[Range, ...]] = []
    gates: list[tuple[int, int, dict[int, Range]]] = []
    for k, (code, out, *given) in enumerate(ops):
        while gates and gates[-1][0] == k:
            _closed(known, *gates.pop()[1:])
        here = tuple(
            [
                known.get(n, ANY) if kind == "R" else constants[n] if kind == "C" else ANY
                for kind, n in zip(KINDS[code], given, strict=False)
            ]
        )
        found.append(here)
        if code == Code.UNLESS:
            gates.append((k + given[1] + 1, out, dict(known)))
        elif code == Code.CHECK:
            low, high, _, truth = here[0]
            known[given[0]] = Range(max(low, -LARGEST), min(high, LARGEST), False, truth)
        else:
            if k not in done or done[k][0] != here:
                done[k] = here, _given(code, here, months)
            known[out] = done[k][1]
    while gates:
        _closed(known, *gates.pop()[1:])
    return found


def _closed(known: dict[int, Range], out: int, outside: dict[int, Range]) -> None:
    value = _join(known.get(out, ANY), Range(0.0, 0.0, False, True))
    known.clear()
    known.update(outside)
    known[out] = value


def _given(code: int, of: tuple[Range, ...], months: int) -> Range:
    if code <= Code.MOST_CR:
        return _two(SIGNS[code], *of)
    if code <= Code.PICK_CC:
        return _join(of[1], of[2])
    match code:
        case Code.COPY | Code.FILL:
            return of[0]
        case Code.MONTH:
            return Range(0.0, float(months))
        case Code.UNIFORM:
            return Range(2.0**-24, 1 - 2.0**-24)
        case Code.SHOCK:
            return Range(-2.5, 2.5)
        case _:
            return _one(code, of[0])


def _one(code: int, a: Range) -> Range:
    match code:
        case Code.ABS:
            low = 0.0 if a.low <= 0 <= a.high else min(abs(a.low), abs(a.high))
            return Range(low, max(abs(a.low), abs(a.high)), a.absent)
        case Code.FLOOR:
            low, high = (v if math.isinf(v) else float(math.floor(v)) for v in a[:2])
            return Range(low, high, a.absent)
        case Code.SQRT:
            low, high = (math.sqrt(max(0.0, v)) for v in a[:2])
            return _loose(low, high, a.absent or a.low < 0)
        case Code.EXP:
            low, high = (math.exp(min(88.0, max(-87.0, v))) for v in a[:2])
            return Range(low * (1 - SLACK), high * (1 + SLACK), a.absent)
        case Code.LOG:
            low = math.log(a.low) if a.low > 1.2e-38 else -104.0
            high = math.log(a.high) if 1.2e-38 < a.high < INF else 89.0
            return Range(low - 1e-5, high + 1e-5, a.absent or a.low <= 0 or a.high == INF)
        case _:
            return Range(-1e-5, 1 + 1e-5, a.absent)


def _two(sign: str, a: Range, b: Range) -> Range:
    absent = a.absent or b.absent
    match sign:
        case "LESS" | "MOST" | "SAME":
            return TRUTH
        case "ELSE":
            return _join(a._replace(absent=False), b) if a.absent else a
        case "MIN":
            return Range(min(a.low, b.low), min(a.high, b.high), absent, a.truth and b.truth)
        case "MAX":
            return Range(max(a.low, b.low), max(a.high, b.high), absent, a.truth and b.truth)
        case "ADD":
            return _sum(a, b, absent)
        case "SUB":
            if b.truth and a.low == a.high == 1:
                return TRUTH
            return _sum(a, Range(-b.high, -b.low), absent)
        case "MUL":
            return _product(a, b, absent)
        case _:
            return _quotient(a, b, absent)


def _sum(a: Range, b: Range, absent: bool) -> Range:
    opposed = (a.high == INF and b.low == -INF) or (a.low == -INF and b.high == INF)
    if opposed:
        return ANY
    return _loose(a.low + b.low, a.high + b.high, absent)


def _product(a: Range, b: Range, absent: bool) -> Range:
    if a.truth and b.truth:
        return Range(0.0, 1.0, absent, True)
    for one, two in ((a, b), (b, a)):
        if (math.isinf(one.low) or math.isinf(one.high)) and two.low <= 0 <= two.high:
            return ANY
    ends = [x * y for x in a[:2] for y in b[:2]]
    return _loose(min(ends), max(ends), absent)


def _quotient(a: Range, b: Range, absent: bool) -> Range:
    """Numbers near 0 are treated like 0."""
    if b.low <= 1e-30 and b.high >= -1e-30:
        return ANY
    if (math.isinf(a.low) or math.isinf(a.high)) and (math.isinf(b.low) or math.isinf(b.high)):
        return ANY
    ends = [x / y for x in a[:2] for y in b[:2]]
    return _loose(min(ends), max(ends), absent)


def _loose(low: float, high: float, absent: bool) -> Range:
    """Bounds beyond which no rounding leads. Rounding keeps order, and a float32 as it is, the largest as well."""
    low, high = _beyond(low, -1.0), _beyond(high, 1.0)
    return Range(-INF if low < -LARGEST else low, INF if high > LARGEST else high, absent)


def _beyond(bound: float, way: float) -> float:
    exact = c_float(bound).value == bound
    if exact or abs(bound) > LARGEST:
        return bound
    return max(-LARGEST, min(LARGEST, bound + way * (abs(bound) * SLACK + 1e-37)))
