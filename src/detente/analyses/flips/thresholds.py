"""Where deal turns into no deal: the nearest value of one number, in the terms in which it is typed and decided.

Numbers are looked at where they can be typed, at whole multiples of a *unit*: 0.01 point or share; of raw points, a
hundredth of the faction's grid step (as far as that fits its scale); of weights, the power of ten nearest to a
ten-thousandth of the faction's sum. A verdict is that of the deal analysis with this value in the case file, rounding and all.

One number of a faction moves its utilities only, and these so:

- A value, points, a no-deal value, the points of a combination and the chance of a line move every verdict on every
  package in one direction, rounding included. Consent only helps, so along the number the zone opens or closes once: it
  has turned if it has at the end, and halving the whole numbers between finds the place exactly.
- A weight w: (A + w v) / (B + w) >= d is A + w v >= d (B + w), so each package is acceptable on a half-line, and the
  zone is closed on one interval at most. From within it, either side is as above. From outside, when the zone is open
  at the end too, the interval is looked for by witnesses: a package that is agreed here is followed to where it is not;
  there another one is, or the zone is closed. Each normalised contribution is rounded, so within some grid steps of the
  place a weight may turn the verdict to and fro; what is reported is one of these turns, and the value before it does
  not turn it.
- A prior moves the other priors in proportion, since all are chances of one thing. At best estimates it decides which
  reading is the likeliest, and only by that whether there is a deal: a switch, not a measure.

Where no-deal values come from the world, a faction also gains or loses by waiting and by what it can do alone, with signs of any
kind. Its gain by a package is linear in its points and stakes (of a weight, after multiplying by B + w as above), what it can do
alone is a maximum of such gains, and whether others of its own party are willing to go along is a comparison of one; so each
package is agreed on one interval. A zone that is open is followed from witness to witness to where it closes, exactly. Where it
is closed an interval may lie anywhere: ``SCANNED`` places on each side are looked at, denser near the best estimate, and the
first at which the zone is open is halved towards the last at which it is not. The same goes for patience, in either direction.
What a step back costs (``undo``) only takes away from what is done alone, so that it moves every verdict in one direction.

A number without a bound is followed to where it outweighs everything else that its faction wants, or to the end of the
faction's scale: beyond, no verdict can change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.analyses.flips.numbers import Numbers
from detente.kernels.acceptance import agreed
from detente.kernels.existence import Existence, exists
from detente.problem import Problem, Sample, Table, assemble, choose
from detente.problem.build import MAX_STEPS, Parameter, Scheme
from detente.problem.steps import Judged
from detente.progress import told
from detente.prospects.view import View, accepted, view
from detente.world.signing import Counted, signed

__all__ = ["SCANNED", "How", "Turn", "Turns", "exists_at", "turns"]

SEARCH_NODES = 4_000
MAX_EFFORT = 40_000_000
"""What all searches may take, as :func:`detente.kernels.existence.effort` counts it: some 15 seconds of one core. Numbers that
are left then are not looked at."""
TOGETHER = 8
"""Numbers followed side by side."""
TOLD_TOGETHER = 512
"""Of those that move computed no-deal values, which take longer to work out than to look up."""
SCANNED = 24
"""Places looked at on each side where a zone may open anywhere."""
AHEAD = 3
"""Halvings whose places are looked at together where a package is followed: a few columns take no longer than one."""
HOPS = 64
"""Witnesses followed along one weight before it counts as undecided."""
DIGITS = 2
"""Decimals of points and shares; of raw points, decimals beyond the grid."""
VANISHES = 20_000
"""With this many times the weight of all others, whatever these add rounds to nothing: 100 / VANISHES is half a grid step."""

Ints = NDArray[np.int64]


How = Literal["exact", "scanned", "ends"]
"""The nearest place; the first of some places looked at, then halved; one of both ends of the judged range."""


class Turn(NamedTuple):
    """What moving one number does to deal or no deal."""

    at: float | None
    """The nearest value at which it turns."""
    unit: float
    """The value so much nearer to the best estimate does not turn it."""
    low: float
    high: float
    """Ends of what was looked at."""
    proven: bool
    """False: a search reached its limit, so that a nearer turn may have been missed."""
    how: How = "exact"


class Turns(NamedTuple):
    """Of all numbers that best estimates depend on."""

    deal: bool | None
    """Whether there is a deal at best estimates; None: not decided."""
    of: Mapping[int, Turn]
    """Parameter → turn."""
    by_reading: Mapping[str, Mapping[str, bool | None]]
    """Faction → reading → whether there is a deal at best estimates if this were the likeliest."""


def turns(numbers: Numbers, at: Table, *, known: NDArray[np.int16], deal: bool | None) -> Turns:
    """The nearest turn of each number that can move the answer without another world.

    ``known`` [N, I] are packages that are tried first; ``deal`` is the verdict at best estimates where it is known.
    """
    problem, ready = numbers.ready.problem, numbers.ready
    court = _Court(numbers, at, known)
    if deal is None:
        verdict = court.zone(np.zeros(1, np.int64), court.base[:1]).verdict[0]
        deal = None if verdict < 0 else bool(verdict)
    reading = ready.best.reading[:, 0]
    by_reading = {problem.factions[f]: _read(court, f) for f in at.factions if len(problem.readings[f]) > 1}
    if deal is None:
        return Turns(None, {}, by_reading)
    found: dict[int, Turn] = {}
    for f in at.factions:
        verdicts = list(by_reading.get(problem.factions[f], {}).values())
        for r, n in enumerate(problem.priors[f] if verdicts else ()):
            found[n] = _switch(court.base[list(problem.priors[f])], r, verdicts, deal=deal)
    spans = [
        _through_the_world(span, problem) if n in numbers.told else span
        for f, n in _own(numbers, reading)
        for span in [_span(problem, f, problem.schemes[f][int(reading[f])], n, court.base)]
    ]
    spans += _beside(numbers, reading)
    # Where not all can be followed, those that are judged within a range come first.
    spans.sort(key=lambda s: numbers.every[s.number].certain)
    apart = set(numbers.told)
    kinds = [([s for s in spans if s.number not in apart], TOGETHER)]
    later = [s for s in spans if s.number in apart]
    patient = [s for s in later if s.kind == "patience"]
    kinds += [([s for s in later if s.kind != "patience"], TOLD_TOGETHER), (patient, TOGETHER)]
    batches = [batch for some, size in kinds for batch in _batched(some, size)]
    for some in told("numbers and deal or no deal", batches):
        followed = _followed(court, some, deal=deal) if court.left > 0 else [_unfollowed(s) for s in some]
        found |= dict(zip((s.number for s in some), followed, strict=True))
    return Turns(deal, found, by_reading)


def _own(numbers: Numbers, reading: NDArray[np.int8]) -> Iterator[tuple[int, int]]:
    """Faction and number of the deal's own that best estimates depend on."""
    problem, mine = numbers.ready.problem, {*numbers.held, *numbers.told}
    for f, schemes in enumerate(problem.schemes):
        for n in sorted(_used(schemes[int(reading[f])]) & mine):
            yield f, n


def _beside(numbers: Numbers, reading: NDArray[np.int8]) -> Iterator[_Span]:
    """The numbers of steps and stakes that best estimates depend on."""
    problem = numbers.ready.problem
    every = [problem.schemes[f][int(reading[f])] for f in range(len(problem.factions))]
    far = max(2 * _reach(problem, scheme) for scheme in every)
    for n in numbers.told:
        if n < numbers.first_step:
            continue
        p = numbers.every[n]
        if numbers.block(n) == "world":
            far_here = far + abs(p.median)
            yield _made(n, p.median, DIGITS, -far_here, far_here, kind="linear")
        elif p.path.endswith(".undo"):
            yield _made(n, p.median, DIGITS, 0.0, max(far, p.median))
        elif _patience_used(problem, p, reading):
            yield _made(n, p.median, 4, 0.01, 0.9999, kind="patience")


def _patience_used(problem: Problem, p: Parameter, reading: NDArray[np.int8]) -> bool:
    """Whether best estimates take this patience and not that of a reading."""
    f = problem.factions.index(p.owner)
    names, case = problem.readings[f], problem.case
    if not names:
        return True
    likeliest = names[int(reading[f])]
    own = case.readings[p.owner][likeliest].preferences.patience is not None
    return p.path == (f"{p.owner}.readings.{likeliest}.patience" if own else f"{p.owner}.patience")


def _used(scheme: Scheme) -> set[int]:
    """Parameters that a faction's utilities depend on."""
    used = {int(n) for n in (*scheme.weight, *scheme.value.ravel(), scheme.no_deal)}
    used |= {t.add for t in scheme.terms} | {line.holds or 0 for line in scheme.lines}
    return used - {0}


# --- readings ------------------------------------------------------------------------------------------------


def _read(court: _Court, f: int) -> dict[str, bool | None]:
    """Whether there is a deal with each reading of a faction taken for the likeliest."""
    problem, name = court.problem, court.problem.factions[f]
    found: dict[str, bool | None] = {}
    for reading in problem.readings[f]:
        seen = view(problem, court.ready.supposing({name: reading}), court.at)
        verdict = court.search(seen).verdict[0]
        found[reading] = None if verdict < 0 else bool(verdict)
    return found


def _switch(priors: NDArray[np.float64], r: int, verdicts: Sequence[bool | None], *, deal: bool) -> Turn:
    """The prior of reading ``r`` at which another verdict's reading becomes the likeliest, the others in proportion."""
    best, whole = float(priors[r]), float(priors.sum())
    rest = whole - best
    unit, proven = 10.0**-DIGITS, None not in verdicts
    for value in sorted((k / 10**DIGITS for k in range(10**DIGITS + 1)), key=lambda v: abs(v - best)):
        if value > whole or not rest:
            continue
        moved = priors * ((whole - value) / rest)
        moved[r] = value
        if verdicts[int(np.argmax(moved))] is (not deal):
            return Turn(value, unit, 0.0, whole, proven)
    return Turn(None, unit, 0.0, whole, proven)


# --- what is looked at ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Span:
    """The values of one number that are looked at: whole multiples of 10^-digits, from ``first`` to ``last``."""

    number: int
    best: float
    digits: int
    first: int
    last: int
    reach: float | None = None
    """Of raw points, which are compared exactly: the most that the faction's other numbers can add up to."""
    kind: Literal["one way", "weight", "linear", "patience"] = "one way"
    """A weight may turn the verdict and turn it back; of what is linear each package is agreed on an interval; of patience nothing
    is known beforehand."""

    def fine(self, value: float) -> int:
        """Decimals in which a turn near ``value`` can be typed: of raw points more than the grid has, if they fit."""
        if self.reach is None:
            return self.digits
        room = math.log10(MAX_STEPS / max(self.reach + abs(value), 1e-9))
        return max(self.digits, min(self.digits + DIGITS, math.floor(room)))

    def side(self, sign: int) -> tuple[int, int]:
        """The multiple next to the best estimate, and how many there are up to the end."""
        scaled = Decimal(repr(self.best)).scaleb(self.digits)
        next_to = math.floor(scaled) + 1 if sign > 0 else math.ceil(scaled) - 1
        return next_to, max(0, sign * ((self.last if sign > 0 else self.first) - next_to) + 1)

    def value(self, multiple: int) -> float:
        """A multiple as the number that somebody would type."""
        return float(Decimal(int(multiple)).scaleb(-self.digits))


def _span(problem: Problem, f: int, scheme: Scheme, n: int, base: NDArray[np.float64]) -> _Span:
    kind, best = problem.parameters[n].kind, float(base[n])
    if kind == "weight":
        weights = base[scheme.weight]
        others = float(weights.sum()) - best
        digits = round(4 - math.log10(others + best)) if others + best > 0 else DIGITS
        last = max(best, VANISHES * others)
        return _made(n, best, digits, 0.0, last + 10.0**-digits, kind="weight")
    if kind == "holds":
        return _made(n, best, DIGITS, 0.0, 1.0)
    wants = problem.case.preferences[problem.factions[f]]
    low, high = (wants.min, wants.max) if scheme.raw else (0.0, 100.0)
    if kind == "add" or (kind == "no_deal" and scheme.relative):
        low, high = None, None
    digits, reach = -round(math.log10(problem.step[f])), _reach(problem, scheme)
    far = 2 * reach + 10.0**-digits
    if scheme.raw:
        far = min(far, max(abs(best), MAX_STEPS * 10.0**-digits - reach))
    low, high = -far if low is None else low, far if high is None else high
    return _made(n, best, digits, low, high, reach=reach if scheme.raw else None)


def _reach(problem: Problem, scheme: Scheme) -> float:
    """The most that a faction's numbers can add up to."""
    reach = 0.0 if scheme.raw else 100.0
    for row in scheme.value if scheme.raw else ():
        reach += max(_size(problem, int(m)) for m in row)
    return reach + sum(_size(problem, m) for m in (*(t.add for t in scheme.terms), scheme.no_deal))


def _through_the_world(span: _Span, problem: Problem) -> _Span:
    """The same of a number by which a computed no-deal value moves too, so that it is rounded to the grid, raw points or not."""
    kind = problem.parameters[span.number].kind
    if kind == "holds":
        return span
    cut = round(MAX_STEPS / 10)
    return replace(
        span,
        kind="linear",
        reach=None,
        first=max(span.first, -cut),
        last=min(span.last, cut) if kind != "weight" else span.last,
    )


def _size(problem: Problem, n: int) -> float:
    return max(abs(problem.parameters[n].lower), abs(problem.parameters[n].upper))


def _made(
    n: int,
    best: float,
    digits: int,
    low: float,
    high: float,
    *,
    reach: float | None = None,
    kind: Literal["one way", "weight", "linear", "patience"] = "one way",
) -> _Span:
    first, last = (Decimal(repr(float(x))).scaleb(digits) for x in (low, high))
    return _Span(n, best, digits, math.ceil(first), math.floor(last), reach, kind)


# --- following -----------------------------------------------------------------------------------------------


class _Court:
    """Verdicts at best estimates in which one number differs."""

    def __init__(self, numbers: Numbers, at: Table, known: NDArray[np.int16]) -> None:
        self.numbers, self.ready, self.at, self.known = numbers, numbers.ready, at, known
        self.problem = numbers.ready.problem
        self.base = numbers.best
        self.left = MAX_EFFORT
        self.intervals = len(at.winning) == 1 or not numbers.shared
        """Whether every package is agreed on one interval of what is linear, and not on that of each winning set."""
        self.patience = {n for n in numbers.told if numbers.every[n].path.endswith(".patience")}
        self.ground = self.ready.best_ground({}) if self.ready.computed else None
        self.counted = Counted(self.ground, self.ready.settled_best) if self.ground is not None else None

    def search(self, seen: View) -> Existence:
        """Whether some package is agreed, and one that is."""
        found = exists_at(seen, self.known)
        self.left -= found.took
        return found

    def zone(self, numbers: Ints, values: NDArray[np.float64]) -> Existence:
        """With number ``numbers[k]`` at ``values[k]``."""
        found = [self.search(seen) for _, seen in self._views(numbers, values)]
        return Existence(
            np.concatenate([e.verdict for e in found] or [np.zeros(0, np.int8)]),
            np.concatenate([e.witness for e in found] or [np.zeros((0, len(self.at.issues)), np.int16)]),
        )

    def accepts(
        self, numbers: Ints, values: NDArray[np.float64], packages: NDArray[np.int16]
    ) -> NDArray[np.bool_]:
        """Whether package ``packages[k]`` is agreed with number ``numbers[k]`` at ``values[k]``."""
        out = np.zeros(len(numbers), dtype=np.bool_)
        for rows, seen in self._views(numbers, values):
            listed, which = np.unique(packages[rows], axis=0, return_inverse=True)
            out[rows] = agreed(accepted(seen, listed), seen.winning)[
                which.ravel(), np.arange(len(which.ravel()))
            ]
        return out

    def _views(self, numbers: Ints, values: NDArray[np.float64]) -> Iterator[tuple[slice, View]]:
        """In blocks: all rows of parameters at once would be rows times numbers."""
        block = max(64, min(2048, 2**24 // len(self.base)))
        for start in range(0, len(numbers), block):
            rows = slice(start, start + block)
            some = numbers[rows]
            part = np.repeat(self.base[None], len(some), axis=0)
            part[np.arange(len(some)), some] = values[rows]
            deal = part[:, : self.numbers.first_step]
            sample = assemble(self.problem, deal, choose(self.problem, deal, None))
            yield rows, view(self.problem, self._told(sample, part, some), self.at)

    def _told(self, sample: Sample, part: NDArray[np.float64], which: Ints) -> Sample:
        """With what the world makes of no deal, and of every option."""
        if self.ground is None or self.counted is None:
            return sample
        numbers, columns = self.numbers, part.T
        names = [p.path for p in numbers.every]
        first, second = numbers.first_step, numbers.first_world
        ground = replace(
            self.ground,
            sample=sample,
            steps=Judged(dict(zip(names[first:second], columns[first:second], strict=True))),
            world=dict(zip(names[second:], columns[second:], strict=True)),
        )
        settled = self.ready.settled_best
        of = settled if self.patience & {int(n) for n in which} else self.counted
        return signed(ground, settled.options, of.worth(ground))


def exists_at(seen: View, known: NDArray[np.int16]) -> Existence:
    """Whether some package is agreed in each draw; ``known`` are tried first."""
    s = seen.seat
    return exists(
        *seen.asked,
        s.sizes,
        winning=seen.winning,
        candidates=known,
        node_limit=SEARCH_NODES,
        **seen.over,
    )


class _Sides:
    """Both sides of every span; place 0 is the best estimate, place 1 the first multiple beyond it."""

    def __init__(self, court: _Court, spans: Sequence[_Span]) -> None:
        self.court = court
        self.span = [s for s in spans for _ in (-1, 1)]
        self.sign = np.array([-1, 1] * len(spans), dtype=np.int64)
        ends = [s.side(sign) for s in spans for sign in (-1, 1)]
        self.start = [first for first, _ in ends]
        self.last = np.array([count for _, count in ends], dtype=np.int64)
        self.number = np.array([s.number for s in self.span], dtype=np.int64)

    def values(self, which: Ints, place: Ints) -> NDArray[np.float64]:
        """What the numbers are at their places."""
        return np.array([self.value(int(k), int(j)) for k, j in zip(which, place, strict=True)])

    def value(self, k: int, j: int) -> float:
        """What the number of side ``k`` is at place ``j``."""
        return (
            self.span[k].best if j == 0 else self.span[k].value(self.start[k] + int(self.sign[k]) * (j - 1))
        )

    def within(self, k: int) -> int:
        """How many multiples of side ``k`` are as near as what its number may be."""
        p = self.court.numbers.every[int(self.number[k])]
        far = p.upper if self.sign[k] > 0 else p.lower
        return max(0, math.ceil(abs(far - p.median) * 10.0 ** self.span[k].digits))

    def zone(self, which: Ints, place: Ints) -> Existence:
        """Verdicts at places."""
        return self.court.zone(self.number[which], self.values(which, place))

    def accepts(self, which: Ints, place: Ints, packages: NDArray[np.int16]) -> NDArray[np.bool_]:
        """Whether packages are agreed at places."""
        return self.court.accepts(self.number[which], self.values(which, place), packages)


def _halved(
    low: Ints, high: Ints, beyond: Callable[[Ints, Ints], NDArray[np.bool_]], *, ahead: int = 1
) -> tuple[Ints, Ints]:
    """Neighbours between which ``beyond`` begins to hold; it does not at ``low``, it does at ``high``. All middles that the next
    ``ahead`` halvings may come to are asked for together."""
    low, high = low.copy(), high.copy()
    while len(live := np.flatnonzero(high - low > 1)):
        spans = [(low[live], high[live])]
        for n in range(2 ** (ahead - 1) - 1):
            a, b = spans[n]
            spans += [(a, (a + b) // 2), ((a + b) // 2, b)]
        middles = np.array([(a + b) // 2 for a, b in spans])
        hits = beyond(np.tile(live, len(spans)), middles.ravel()).reshape(middles.shape)
        which, columns = np.zeros(len(live), np.int64), np.arange(len(live))
        for _ in range(ahead):
            middle, hit, apart = middles[which, columns], hits[which, columns], high[live] - low[live] > 1
            high[live[hit & apart]], low[live[~hit & apart]] = middle[hit & apart], middle[~hit & apart]
            which = 2 * which + np.where(hit, 1, 2)
    return low, high


def _batched(items: Sequence[_Span], size: int) -> Iterator[Sequence[_Span]]:
    """``size`` of them at a time."""
    for first in range(0, len(items), size):
        yield items[first : first + size]


def _unfollowed(span: _Span) -> Turn:
    """Of a number that was not looked at any more."""
    return Turn(None, 10.0**-span.digits, span.best, span.best, False)


def _followed(court: _Court, spans: Sequence[_Span], *, deal: bool) -> list[Turn]:
    sides = _Sides(court, spans)
    count = len(sides.span)
    inner, outer = np.zeros(count, np.int64), np.zeros(count, np.int64)  # an outer place of 0: no turn
    open_ended = np.zeros(count, np.bool_)
    some = np.flatnonzero(sides.last > 0)
    ends = sides.zone(some, sides.last[some])
    open_ended[some] = ends.verdict == -1
    kinds = np.array([span.kind for span in sides.span])
    hopped = (kinds == "linear") & deal
    looked = (kinds == "patience") | ((kinds == "linear") & (not deal))
    turned = some[(ends.verdict == int(not deal)) & ~(hopped | looked)[some]]
    last = sides.last.copy()
    seen = _scanned(sides, np.flatnonzero(looked & (sides.last > 0)), inner, last, open_ended, deal=deal)
    turned = np.concatenate([turned, seen])

    def changed(live: Ints, place: Ints) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = sides.zone(turned[live], place).verdict == int(not deal)
        return found

    inner[turned], outer[turned] = _halved(inner[turned], last[turned], changed)
    if deal:
        again = ((ends.verdict == 1) & (kinds[some] == "weight")) | hopped[some]
        _witnessed(sides, some[again], ends.witness[again], inner, outer, open_ended)
    moved = np.flatnonzero(outer > 0)
    before = sides.zone(moved, inner[moved]).verdict
    open_ended[moved] |= (before != int(deal)) & (inner[moved] > 0)
    found = []
    for k in range(0, count, 2):
        span, places = sides.span[k], [s for s in (k, k + 1) if outer[s] > 0]
        values = [_reported(sides, s, int(inner[s]), int(outer[s]), deal=deal) for s in places]
        at = min(values, key=lambda v: abs(v - span.best), default=None)
        unit = float(Decimal(1).scaleb(-span.fine(span.best if at is None else at)))
        low, high = span.value(span.first), span.value(span.last)
        exact = not looked[k] and (not hopped[k] or court.intervals)
        proven = not open_ended[k : k + 2].any()
        found.append(Turn(at, unit, low, high, proven, "exact" if exact else "scanned"))
    return found


def _scanned(
    sides: _Sides, which: Ints, inner: Ints, last: Ints, open_ended: NDArray[np.bool_], *, deal: bool
) -> Ints:
    """Of some sides those that have turned at a place looked at; between it and the last before it they turn."""
    if not len(which):
        return which
    places = [_places(int(sides.last[k]), sides.within(int(k))) for k in which]
    rows = np.repeat(which, [len(p) for p in places])
    verdict = sides.zone(rows, np.concatenate(places)).verdict
    found = []
    for k, at, said in zip(
        which, places, np.split(verdict, np.cumsum([len(p) for p in places])[:-1]), strict=True
    ):
        hit = np.flatnonzero(said == int(not deal))
        open_ended[k] |= bool((said[: hit[0] if len(hit) else None] == -1).any())
        if len(hit):
            inner[k], last[k] = at[hit[0] - 1] if hit[0] else 0, at[hit[0]]
            found.append(int(k))
    return np.array(found, dtype=np.int64)


def _places(last: int, within: int) -> Ints:
    """Multiples from the best estimate to ``last``: a third of them as far as judged, the others farther and farther apart."""
    near = np.linspace(0, min(within, last), SCANNED // 3 + 1)[1:]
    far = np.geomspace(1, last, SCANNED - SCANNED // 3)
    every: Ints = np.unique(np.rint(np.concatenate([near, far])).astype(np.int64))
    return every[every > 0]


def _witnessed(
    sides: _Sides,
    which: Ints,
    at_end: NDArray[np.int16],
    inner: Ints,
    outer: Ints,
    open_ended: NDArray[np.bool_],
) -> None:
    """Of numbers along which every package is agreed on an interval, and the zone is open here: the first place where it is closed.
    ``at_end``: what is agreed there, -1 for nothing."""
    place = np.zeros(len(which), np.int64)
    for _ in range(HOPS):
        if not len(which):
            return
        # What is agreed here and at the end is agreed between.
        keep = (at_end[:, 0] < 0) | ~sides.accepts(which, place, at_end)
        which, place, at_end = which[keep], place[keep], at_end[keep]
        here = sides.zone(which, place).witness
        keep = ~sides.accepts(which, sides.last[which], here)
        which, place, at_end, here = which[keep], place[keep], at_end[keep], here[keep]

        def refused(
            live: Ints, at: Ints, which: Ints = which, here: NDArray[np.int16] = here
        ) -> NDArray[np.bool_]:
            out: NDArray[np.bool_] = ~sides.accepts(which[live], at, here[live])
            return out

        last, place = _halved(place, sides.last[which], refused, ahead=AHEAD)
        verdict = sides.zone(which, place).verdict
        closed = verdict == 0
        inner[which[closed]], outer[which[closed]] = last[closed], place[closed]
        open_ended[which[verdict == -1]] = True
        keep = verdict == 1
        which, place, at_end = which[keep], place[keep], at_end[keep]
    open_ended[which] = True


def _reported(sides: _Sides, k: int, inner: int, outer: int, *, deal: bool) -> float:
    """The nearest value that can be typed and turns the verdict, between two neighbouring places.

    Raw points are compared as they are, and at equality there is consent: the zone closes just beyond the last place
    at which it is open, and opens exactly at the first.
    """
    span, at = sides.span[k], sides.value(k, outer)
    if span.reach is None or not deal or span.fine(at) == span.digits:
        return at
    unit = Decimal(1).scaleb(-span.fine(at))
    return float(Decimal(repr(sides.value(k, inner))) + int(sides.sign[k]) * unit)
