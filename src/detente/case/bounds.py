"""Between which numbers an equation can lie, whatever the draw, the month and the chance.

Interval arithmetic (Moore 1966, "Interval Analysis", chapter 3): every operation gives the least interval that holds its
results for all operands in theirs, as if these had nothing to do with one another. What it says can never be, can
never be; what it allows may still be impossible (``x - x`` is not seen to be 0). Truths lie between 0 (false) and 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from detente.case.equations import (
    Binary,
    Call,
    Choice,
    Default,
    Is,
    Lookup,
    Name,
    Node,
    Number,
    Unary,
    children,
)

__all__ = ["ANY", "NEVER", "TRUTH", "Bounds", "bounds", "either", "senseless"]


class Bounds(NamedTuple):
    """The least and the most; the least is above the most where there is never a value."""

    low: float
    high: float
    gap: bool = False
    """Whether it may be absent."""

    @property
    def never(self) -> bool:
        """Whether it is always absent."""
        return self.low > self.high


ANY = Bounds(-math.inf, math.inf)
TRUTH = Bounds(0.0, 1.0)
NEVER = Bounds(math.inf, -math.inf, True)
_WIDEST_SHOCK = math.sqrt(6.0)


def either(one: Bounds, other: Bounds) -> Bounds:
    """What is one or the other."""
    return Bounds(min(one.low, other.low), max(one.high, other.high), one.gap or other.gap)


def bounds(node: Node, of: Callable[[str], Bounds]) -> Bounds:
    """Between what a tree with full names lies; ``of``: the same of a name, of a table for any of its options, and of an event
    whether it may happen."""
    match node:
        case Number(value=value):
            return Bounds(value, value)
        case Name(name=name) | Lookup(table=name):
            return of(name)
        case Is():
            return TRUTH
        case Unary(sign=sign):
            inner = bounds(node.of, of)
            top = 1.0 if sign == "not" else 0.0
            return inner if inner.never else Bounds(top - inner.high, top - inner.low, inner.gap)
        case Choice():
            test = bounds(node.test, of)
            if test.low == test.high:
                return bounds(node.yes if test.low else node.no, of)
            return either(bounds(node.yes, of), bounds(node.no, of))
        case Default():
            inner, other = bounds(node.of, of), bounds(node.other, of)
            return either(inner._replace(gap=False), other) if inner.gap else inner
        case Binary(sign=sign):
            left, right = bounds(node.left, of), bounds(node.right, of)
            return _compared(sign, left, right) if sign in _COMPARED else _joined(sign, left, right)
        case Call():
            return _called(node, of)


_COMPARED = ("<", "<=", ">", ">=", "==", "!=", "and", "or")


def _compared(sign: str, a: Bounds, b: Bounds) -> Bounds:
    """Whether a comparison can fail, and whether it can hold; with what is absent it does not hold (``!=`` does)."""
    if sign in (">", ">="):
        return _compared("<" if sign == ">" else "<=", b, a)
    if sign in ("and", "or"):
        rule = min if sign == "and" else max
        return Bounds(rule(a.low, b.low), rule(a.high, b.high))
    if sign == "!=":
        same = _compared("==", a, b)
        return Bounds(1.0 - same.high, 1.0 - same.low)
    if a.never or b.never:
        return Bounds(0.0, 0.0)
    can, must = {
        "<": (a.low < b.high, a.high < b.low),
        "<=": (a.low <= b.high, a.high <= b.low),
        "==": (a.low <= b.high and b.low <= a.high, a.low == a.high == b.low == b.high),
    }[sign]
    return Bounds(float(must and not (a.gap or b.gap)), float(can))


def _joined(sign: str, a: Bounds, b: Bounds) -> Bounds:
    """A sum, difference, product or quotient."""
    if a.never or b.never:
        return NEVER
    gap = a.gap or b.gap
    if sign == "/" and b.low <= 0.0 <= b.high:
        if b.low == b.high:
            return NEVER
        return Bounds(0.0, 0.0, True) if a.low == a.high == 0.0 else ANY._replace(gap=True)
    if sign in "+-":
        other = b if sign == "+" else Bounds(-b.high, -b.low)
        ends = [a.low + other.low, a.high + other.high]
    else:
        other = b if sign == "*" else Bounds(1.0 / b.high, 1.0 / b.low)
        ends = [x * y if x and y else 0.0 for x in a[:2] for y in other[:2]]
    return ANY._replace(gap=gap) if any(map(math.isnan, ends)) else Bounds(min(ends), max(ends), gap)


def _called(node: Call, of: Callable[[str], Bounds]) -> Bounds:
    f = node.function
    if f == "shock":
        return Bounds(-_WIDEST_SHOCK, _WIDEST_SHOCK)
    given = [bounds(a, of) for a in node.arguments]
    first = given[0]
    if f == "happened":
        return Bounds(0.0, first.high)
    if f == "months_since":
        return Bounds(0.0, math.inf, True) if first.high else NEVER
    if f == "before":
        assert isinstance(node.arguments[0], Name)
        return of(f"before {node.arguments[0].name}")
    if any(x.never for x in given):
        return Bounds(0.0, 0.0) if f == "chance" else NEVER
    gap = any(x.gap for x in given)
    if f == "chance":
        return Bounds(float(first.low >= 1.0 and not gap), float(first.high > 0.0))
    if f in ("min", "max"):
        rule = min if f == "min" else max
        return Bounds(rule(x.low for x in given), rule(x.high for x in given), gap)
    if f == "clamp":
        _, least, most = given
        low, high = (min(max(x, y), z) for x, y, z in zip(first[:2], least[:2], most[:2], strict=True))
        return Bounds(low, high, gap)
    if f == "abs":
        ends = sorted((abs(first.low), abs(first.high)))
        return Bounds(0.0 if first.low <= 0.0 <= first.high else ends[0], ends[1], gap)
    if f == "whole":
        low = first.low if math.isinf(first.low) else float(math.floor(first.low))
        high = first.high if math.isinf(first.high) else float(math.ceil(first.high))
        return Bounds(low, high, gap)
    rising = _RISING[f]
    return Bounds(rising(first.low), rising(first.high), gap or (f in ("log", "sqrt") and first.low <= 0.0))


def _log(x: float) -> float:
    return -math.inf if x <= 0.0 else math.log(x)


_RISING: Mapping[str, Callable[[float], float]] = {
    "exp": lambda x: 0.0 if x < -87.0 else math.exp(min(x, 89.0)),
    "log": _log,
    "sqrt": lambda x: math.sqrt(max(x, 0.0)),
    "logistic": lambda x: 0.0 if x < -80.0 else 1.0 / (1.0 + math.exp(-x)) if x < 80.0 else 1.0,
    "probit": lambda x: 0.5 * math.erfc(-x / math.sqrt(2.0)) if math.isfinite(x) else float(x > 0.0),
}
"""Functions that never fall."""


# --- what has no sense whatever the draw ------------------------------------------------------------------


def senseless(node: Node, of: Callable[[str], Bounds], *, chance: bool = False) -> Iterator[tuple[int, str]]:
    """What of a tree has no value whatever the draw, and which chances are always outside [0, 1]: (character, what is wrong).

    ``chance``: whether the tree itself is one. What stands in a branch that need not be taken is left alone: it may be
    guarded, ``if n > 0 then 1 / n else 0``.
    """
    if chance and (message := _no_chance(bounds(node, of))):
        yield node.at, message
    match node:
        case Binary(sign="/", right=right):
            by = bounds(right, of)
            if by.low == by.high == 0:
                yield node.at, "this divides by 0 whatever the draw"
        case Call(function=("log" | "sqrt") as f, arguments=(inner,)):
            most = bounds(inner, of)
            if not most.never and (most.high < 0 or (f == "log" and most.high == 0)):
                what = "above 0" if f == "log" else "at least 0"
                yield node.at, f"'{f}' takes what is {what}: this is at most {most.high:g} whatever the draw"
        case Call(function="chance", arguments=(inner,)):
            if message := _no_chance(bounds(inner, of)):
                yield inner.at, message
    inside = children(node)
    if isinstance(node, Choice):
        test = bounds(node.test, of)
        taken = (node.yes if test.low else node.no,) if test.low == test.high else ()
        inside = (node.test, *taken)
    for child in inside:
        yield from senseless(child, of)


def _no_chance(chance: Bounds) -> str | None:
    if chance.never or (chance.low <= 1 and chance.high >= 0):
        return None
    found = chance.low if chance.low > 1 else chance.high
    least = "" if chance.low == chance.high else "at least " if found > 1 else "at most "
    percent = f"; for {found:g}% write {found / 100:g}" if 1 < found <= 100 else ""
    return f"a chance lies between 0 and 1: this one is {least}{found:g} whatever the draw{percent}"
