"""Worlds from equations, one world and one month at a time, from the definitions alone.

Nothing here is shared with what it checks but the trees: every operation is one of ``numpy.float32``, rounded on its
own; what hangs on numbers alone is worked out in double precision and rounded once. Absent is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

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
from detente.case.wiring import Equations, Wiring

__all__ = ["Fault", "Month", "Told", "fixed", "luck", "shock", "uniform", "world"]

F = np.float32
NAN = F(np.nan)
MASK = (1 << 64) - 1


class Fault(Exception):
    """An equation without a finite value: its name and the month."""

    def __init__(self, name: str, month: int) -> None:
        super().__init__(f"{name} in month {month}")
        self.name = name
        self.month = month


# --- chance ------------------------------------------------------------------------------------------------


def times(a: int, b: int) -> int:
    """The product of two bytes as polynomials over bits, modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197, 4.2)."""
    found = 0
    for bit in range(8):
        found ^= a << bit if b >> bit & 1 else 0
    for bit in range(14, 7, -1):
        found ^= 0x11B << bit - 8 if found >> bit & 1 else 0
    return found


def substitute(a: int) -> int:
    """FIPS 197, 5.1.1: the inverse, 0 for 0; then each bit with four more of it and a bit of 0x63."""
    b = next((b for b in range(256) if times(a, b) == 1), 0)
    return sum(
        ((0x63 >> i ^ b >> i ^ sum(b >> (i + n) % 8 for n in (4, 5, 6, 7))) & 1) << i for i in range(8)
    )


_SUBSTITUTES = bytes(substitute(a) for a in range(256))
_DOUBLES = bytes(times(2, a) for a in range(256))


def sub_bytes(state: bytes) -> bytes:
    """Of sixteen bytes, column after column: row r of column c is byte 4c + r."""
    return state.translate(_SUBSTITUTES)


_SHIFTED = itemgetter(*(4 * ((c + r) % 4) + r for c in range(4) for r in range(4)))
_BELOW = itemgetter(*(4 * c + (r + 1) % 4 for c in range(4) for r in range(4)))


def shift_rows(state: bytes) -> bytes:
    """Row r moves r columns to the left."""
    return bytes(_SHIFTED(state))


def mix_columns(state: bytes) -> bytes:
    """Each byte of a column is twice itself, three times the next below, and the other two."""
    twice = state.translate(_DOUBLES)
    second = bytes(_BELOW(state))
    third = bytes(_BELOW(second))
    fourth = bytes(_BELOW(third))
    return xor(twice, bytes(_BELOW(twice)), second, third, fourth)


def xor(*states: bytes) -> bytes:
    found = 0
    for state in states:
        found ^= int.from_bytes(state, "little")
    return found.to_bytes(len(states[0]), "little")


def aes_round(state: bytes, key: bytes, *, last: bool = False) -> bytes:
    """FIPS 197, 5.1: the last round does not mix the columns."""
    shifted = shift_rows(sub_bytes(state))
    return xor(shifted if last else mix_columns(shifted), key)


@lru_cache(maxsize=1 << 16)
def ars(counter: tuple[int, int], key: tuple[int, int], rounds: int = 5) -> tuple[int, ...]:
    """ARS4x32 of Salmon, Moraes, Dror and Shaw (2011, "Parallel random numbers: as easy as 1, 2, 3"): AES with a round
    key that only counts on, each of its words by itself.

    Counter and key are two words, each modulo 2^64, the answer four of 32 bits, the low one first.
    """

    def both(low: int, high: int) -> bytes:
        return b"".join((w & MASK).to_bytes(8, "little") for w in (low, high))

    keys = [both(key[0] + r * 0x9E3779B97F4A7C15, key[1] + r * 0xBB67AE8584CAA73B) for r in range(rounds + 1)]
    x = xor(both(*counter), keys[0])
    for r in range(1, rounds + 1):
        x = aes_round(x, keys[r], last=r == rounds)
    return tuple(int.from_bytes(x[i : i + 4], "little") for i in (0, 4, 8, 12))


class Told(NamedTuple):
    """Whose chance it is."""

    seed: int
    draw: int
    world: int
    month: int


@lru_cache(maxsize=1 << 16)
def place_of(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def word(told: Told, name: str) -> int:
    """32 bits of a place in a world, for a month and the next: the upper half is for the even one.

    Four worlds share a call.
    """
    counter = (told.world // 4 + 2**40 * (told.month // 2), place_of(name))
    return ars(counter, (told.seed, told.draw))[told.world % 4]


def luck(told: Told, name: str) -> tuple[int, int]:
    """Sixteen bits of the world itself, and sixteen finer ones, lent by its neighbour from the other month."""
    own, other = word(told, name), word(told._replace(world=told.world ^ 16), name)
    return (own & 0xFFFF, other >> 16) if told.month % 2 else (own >> 16, other & 0xFFFF)


def uniform(told: Told, name: str) -> F:
    """23 bits, in the middle of their step."""
    own, lent = luck(told, name)
    return F(((own << 7 | lent >> 9) + 0.5) * 2.0**-23)


def shock(told: Told, name: str) -> F:
    """The sum of two uniforms of 16 bits less its mean, over its standard deviation."""
    own, lent = luck(told, name)
    total = (own >> 8 << 8 | lent >> 8) + ((own & 0xFF) << 8 | lent & 0xFF)
    return F(total - 0xFFFF) * F(math.sqrt(6) * 2.0**-16)


# --- functions, each operation rounded ----------------------------------------------------------------------

_EXP = [1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]
_LOG = [
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]  # fmt: skip
_NORMAL = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.319381530]
_HIGH, _LOW = F(0.693359375), F(-2.12194440e-4)


def _horner(factors: Sequence[float], x: F) -> F:
    found = F(factors[0])
    for factor in factors[1:]:
        found = found * x + F(factor)
    return found


def exp(x: F) -> F:
    if np.isnan(x):
        return NAN
    x = F(min(max(x, F(-87)), F(88)))
    n = F(math.floor(x * F(1.44269504088896341) + F(0.5)))
    r = x - n * _HIGH
    r = r - n * _LOW
    return (_horner(_EXP, r) * (r * r) + r + F(1)) * F(2.0 ** int(n))


def log(x: F) -> F:
    if not x > 0 or np.isinf(x):
        return NAN
    part, power = math.frexp(float(x))
    m, e = F(part), F(power)
    m, e = (m + m - F(1), e - F(1)) if m < F(0.70710678118654752) else (m - F(1), e)
    z = m * m
    y = _horner(_LOG, m) * m * z
    y = y + e * _LOW
    y = y - F(0.5) * z
    return m + y + e * _HIGH


def normal(x: F) -> F:
    t = F(1) / (F(1) + F(0.2316419) * abs(x))
    beyond = F(0.39894228040143268) * exp(-F(0.5) * (x * x)) * (_horner(_NORMAL, t) * t)
    return beyond if x < 0 else F(1) - beyond


def least(a: F, b: F) -> F:
    """The smaller; absent where either is."""
    return NAN if np.isnan(a) or np.isnan(b) else b if b < a else a


def most(a: F, b: F) -> F:
    """The larger; absent where either is."""
    return NAN if np.isnan(a) or np.isnan(b) else b if b > a else a


def fixed(x: F) -> int:
    """A number in a sum: whole multiples of 2^-16, none where it is absent."""
    return 0 if np.isnan(x) else round(float(x) * 65536)


# --- numbers alone, in double precision -----------------------------------------------------------------------


def certain(node: Node, of: Mapping[str, float], options: Mapping[str, str]) -> float:
    """A tree of numbers in double precision; truths are 0 and 1."""

    def value(node: Node) -> float:
        match node:
            case Number():
                return np.float64(node.value)
            case Name():
                return np.float64(of[node.name])
            case Lookup():
                return np.float64(of[f"{node.table}[{options[node.key]}]"])
            case Is():
                return np.float64(options[node.issue] == node.option)
            case Unary():
                return 1.0 - value(node.of) if node.sign == "not" else -value(node.of)
            case Binary():
                return _DOUBLE[node.sign](value(node.left), value(node.right))
            case Choice():
                return value(node.yes) if value(node.test) == 1 else value(node.no)
            case Default():
                first = value(node.of)
                return value(node.other) if math.isnan(first) else first
            case Call():
                return _called(node.function, [value(a) for a in node.arguments])

    return value(node)


_DOUBLE: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else a * math.nan,
    "<": lambda a, b: np.float64(a < b),
    "<=": lambda a, b: np.float64(a <= b),
    ">": lambda a, b: np.float64(a > b),
    ">=": lambda a, b: np.float64(a >= b),
    "==": lambda a, b: np.float64(a == b),
    "!=": lambda a, b: np.float64(a != b),
    "and": min,
    "or": max,
}


def _called(f: str, x: list[float]) -> float:
    match f:
        case "min" | "max":
            return math.nan if any(math.isnan(v) for v in x) else np.float64((min if f == "min" else max)(x))
        case "clamp":
            return _called("min", [_called("max", x[:2]), x[2]])
        case "abs":
            return abs(x[0])
        case "exp":
            return np.exp(x[0])
        case "log":
            return np.log(x[0]) if x[0] > 0 else math.nan
        case "sqrt":
            return np.sqrt(x[0])
        case "logistic":
            return 1.0 / (1.0 + np.exp(-x[0]))
        case _:
            assert f == "probit", f
            return 0.5 * math.erfc(-x[0] / math.sqrt(2.0))


# --- one world -------------------------------------------------------------------------------------------------


class Month(NamedTuple):
    """How a month ended."""

    now: dict[str, F]
    """Levels and values; an event as 1 in its months."""
    ever: dict[str, bool]
    """Whether an event has happened by now."""
    options: dict[str, str]
    """Of every issue."""
    asked: tuple[bool, ...]


class _World:
    def __init__(
        self, wiring: Wiring, home: Mapping[str, str], values: Mapping[str, float], **how: Any
    ) -> None:
        self.wiring = wiring
        self.values = values
        settled: Mapping[str, str] = how["settled"]
        self.fixed = {n: settled.get(n, o) for n, o in home.items() if n in settled or n not in wiring.moves}
        self.still: frozenset[str] = frozenset(how["still"])
        self.options = {**home, **settled}
        self.earlier = dict(self.options)
        self.constants: dict[int, F | None] = {}
        """Of each tree: its number, or None where it is worked out every month."""
        self.now: dict[str, F] = {}
        self.then: dict[str, F] = {}
        self.at: dict[str, int] = {}
        self.told = Told(*how["told"], 0)
        self.place, self.drawn, self.own = "", 0, ""

    def sort(self, name: str) -> str:
        return self.wiring.slots[name].sort

    # a month

    def month(self, number: int, today: Mapping[str, bool]) -> None:
        self.told = self.told._replace(month=number)
        self.then, self.now = self.now, {}
        self.earlier = dict(self.options)
        if number == 0:
            self.begin()
        done: set[str] = set()
        for name in self.wiring.order:
            if name in self.wiring.moves:
                if number or self.wiring.moves[name].level is not None:
                    self.issue(name)
                continue
            of = self.wiring.equations[name]
            if self.sort(name) == "level":
                if number:
                    self.now[name] = self.level(name, of)
            elif self.sort(name) == "value":
                assert of.next is not None
                self.now[name] = self.finite(name, self.whole_equation(name, of.next))
            elif of.group is None:
                hit = number > 0 and self.event(name, of, today)
                self.now[name] = F(hit)
                if hit:
                    self.at[name] = number
            elif of.group not in done:
                done.add(of.group)
                self.group(of.group, today, number)

    def whole_equation(self, name: str, node: Node, own: str = "") -> F:
        self.place, self.drawn, self.own = name, 0, own
        return self.number(node)

    def finite(self, name: str, found: F) -> F:
        if not np.isfinite(found):
            raise Fault(name, self.told.month)
        return found

    def begin(self) -> None:
        for name, of in self.wiring.equations.items():
            if self.sort(name) == "level" and of.start is not None:
                self.now[name] = self.finite(name, F(certain(of.start, self.values, self.options)))
            elif self.sort(name) == "level":
                self.now[name] = NAN

    def level(self, name: str, of: Equations) -> F:
        if name.split(".", maxsplit=1)[0] in self.still:
            return self.then[name]
        assert of.next is not None
        found = self.whole_equation(name, of.next, own=name)
        absent = of.start is None and np.isnan(self.then[name]) and np.isnan(found)
        return found if absent else self.finite(name, found)

    def chance(self, name: str, of: Equations, today: Mapping[str, bool]) -> F:
        """Of an event. It must be finite in every month that holds a date of its calendar, even where it counts no more."""
        if name.split(".", maxsplit=1)[0] in self.still or (
            of.calendar is not None and not today[of.calendar]
        ):
            return F(0)
        if of.when is not None:
            chance = self.whole_equation(name, of.when)
        else:
            chance = F(1) if of.next is None else self.finite(name, self.whole_equation(name, of.next))
        return F(0) if of.once and name in self.at else least(most(chance, F(0)), F(1))

    def event(self, name: str, of: Equations, today: Mapping[str, bool]) -> bool:
        return bool(uniform(self.told, f"{name} uniform") < self.chance(name, of, today))

    def group(self, group: str, today: Mapping[str, bool], number: int) -> None:
        """One uniform; each has a share of it after the shares of those before it, less where they add up to more than 1."""
        members = sorted(n for n, of in self.wiring.equations.items() if of.group == group)
        final = self.wiring.equations[members[0]].final
        over = final and any(m in self.at for m in members)
        shares = {m: self.chance(m, self.wiring.equations[m], today) if number else F(0) for m in members}
        total = F(0)
        for share in shares.values():
            total = total + share
        u = uniform(self.told, f"{group} uniform") * most(total, F(1))
        upto = F(0)
        for m in members:
            before, upto = upto, upto + shares[m]
            self.now[m] = F(before <= u < upto and not over)
            if self.now[m]:
                self.at[m] = number

    def issue(self, name: str) -> None:
        if name in self.fixed:
            return
        how = self.wiring.moves[name]
        if how.level is None:
            for option, event in reversed(how.events):
                if self.now[event]:
                    self.options[name] = option
            return
        level = self.now[how.level]
        if not np.isnan(level):
            steps = sorted(how.values, key=lambda pair: pair[1])
            middles = [F((low + high) / 2) for (_, low), (_, high) in pairwise(steps)]
            self.options[name] = steps[sum(bool(level >= middle) for middle in middles)][0]

    # a tree

    def alone(self, node: Node) -> bool:
        """Whether a tree hangs on numbers alone."""
        match node:
            case Name():
                return self.sort(node.name) == "number"
            case Is():
                return node.issue in self.fixed
            case Lookup():
                return node.key in self.fixed
            case Call(function="shock" | "chance" | "whole" | "happened" | "months_since" | "before"):
                return False
            case _:
                return all(self.alone(child) for child in children(node))

    def number(self, node: Node) -> F:
        if id(node) not in self.constants:
            self.constants[id(node)] = F(certain(node, self.values, self.fixed)) if self.alone(node) else None
        constant = self.constants[id(node)]
        if constant is not None:
            return constant
        match node:
            case Name():
                return self.then[node.name] if node.name == self.own else self.now[node.name]
            case Lookup():
                return F(self.values[f"{node.table}[{self.options[node.key]}]"])
            case Is():
                return F((self.earlier if node.past else self.options)[node.issue] == node.option)
            case Unary():
                of = self.number(node.of)
                return F(1) - of if node.sign == "not" else F(0) - of
            case Binary():
                return self.binary(node.sign, self.number(node.left), self.number(node.right))
            case Choice():
                test, yes, no = self.number(node.test), self.number(node.yes), self.number(node.no)
                return yes if test else no
            case Default():
                first, other = self.number(node.of), self.number(node.other)
                return other if np.isnan(first) else first
            case Call():
                return self.call(node)
            case _:
                raise AssertionError(node)

    def binary(self, sign: str, a: F, b: F) -> F:
        match sign:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
            case "/":
                return a / b if b else NAN
            case "and":
                return F(bool(a) and bool(b))
            case "or":
                return F(bool(a) or bool(b))
            case _:
                return F(_DOUBLE[sign](a, b))

    def call(self, node: Call) -> F:
        f = node.function
        if f in ("happened", "months_since", "before"):
            return self.about(f, node.arguments[0])
        if f in ("shock", "chance", "whole"):
            self.drawn += 1
            place = f"{self.place} {self.drawn}"
            if f == "shock":
                return shock(self.told, f"{place} shock")
            x = self.number(node.arguments[0])
            u = uniform(self.told, f"{place} uniform")
            if f == "chance":
                return F(u < x)
            floor = np.floor(x)
            return floor + F(u < x - floor)
        x = [self.number(a) for a in node.arguments]
        match f:
            case "min" | "max":
                found = x[0]
                for other in x[1:]:
                    found = least(found, other) if f == "min" else most(found, other)
                return found
            case "clamp":
                return least(most(x[0], x[1]), x[2])
            case "abs":
                return abs(x[0])
            case "exp":
                return exp(x[0])
            case "log":
                return log(x[0])
            case "sqrt":
                return np.sqrt(x[0])
            case "logistic":
                return F(1) / (F(1) + exp(F(0) - x[0]))
            case _:
                return normal(x[0])

    def about(self, f: str, inner: Node) -> F:
        assert isinstance(inner, Name)
        if f == "before":
            if self.told.month:
                return self.then[inner.name]
            return {"event": F(0), "level": self.now.get(inner.name, NAN), "value": NAN}[
                self.sort(inner.name)
            ]
        if f == "happened":
            return F(inner.name in self.at)
        return F(self.told.month - self.at[inner.name]) if inner.name in self.at else NAN


def world(
    wiring: Wiring,
    home: Mapping[str, str],
    values: Mapping[str, float],
    today: Sequence[Mapping[str, bool]],
    *,
    asked: Sequence[Node] = (),
    told: tuple[int, int, int],
    settled: Mapping[str, str] | None = None,
    still: Sequence[str] = (),
) -> list[Month]:
    """The world ``told`` (seed, draw, world) with the ``values`` of its draw (full name or ``table[option]``), month by month.

    ``today``: for each month which calendars (full names) have a date in it.
    """
    w = _World(wiring, home, values, settled=settled or {}, still=still, told=told)
    found = []
    with np.errstate(all="ignore"):
        for month, dates in enumerate(today):
            w.month(month, dates)
            answers = tuple(bool(w.whole_equation("asked", node)) for node in asked)
            ever = {n: n in w.at for n in w.wiring.equations if w.sort(n) == "event"}
            found.append(Month(dict(w.now), ever, dict(w.options), answers))
    return found
