"""A standoff simulated month by month, in many worlds at once.

One step is a month (:mod:`detente.kernels.month` has its equations). Random numbers are addressed by seed, draw, world and
month (:mod:`detente.kernels.chance`), so that a world is the same whatever it is computed with, and the same chance meets
every policy. Everything returned is an integer count: sums do not depend on threads or chunks.

Cost: linear in worlds and months (``bench``, rows *worlds*); memory some 1,200 bytes a draw and month at its peak, whatever
the number of worlds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels import chance
from detente.kernels import month as m
from detente.kernels.chance import BLOCK
from detente.kernels.month import EVENTS, OFFICE, PARAMETERS, VARIABLES
from detente.kernels.threads import each

__all__ = [
    "BINS",
    "DATES",
    "EVENTS",
    "MADE",
    "OFFICE",
    "PARAMETERS",
    "READINGS",
    "SHAPE",
    "STATES",
    "THINNED",
    "TOP",
    "VARIABLES",
    "Ladder",
    "Worlds",
    "add",
    "no_ladder",
    "run",
    "state",
]

MADE = 4
"""Levels of what the incumbent has conceded, at most."""

SHAPE = (len(OFFICE), 3, 3, MADE)
"""Joint states: office x easing (0, 1, 2) x recognition (many, some, none) x conceded."""

STATES = int(np.prod(SHAPE))

POSITIONS = 2 * (MADE - 1)
"""Steps of the talks, at most."""

READINGS = 4
"""Readings of the incumbent, at most."""

DATES = ("poll", "regional", "decides", "lapse", "election", "later")
"""What a month can have: bits 0, 1, .. of ``dates``. A presidential poll, a regional poll, the decision about it, the end of
the challenger's mandate, an election of the sender's; in the last month, whether a presidential poll lies beyond it."""

TOP = {"revenue": 2.0, "income": 2.0, "price": 4.0}
"""Where the range of a variable ends, if not at 1. Powers of two, so that 1 is the edge of a bin."""

BINS = 128
"""Histograms have so many bins over the range; what lies beyond it counts in the last."""

THINNED = 64
"""Only every sixty-fourth world enters the histograms."""

MANY = 0.5
"""Share of all governments from which recognition counts as many."""

_DE_BRUIJN = np.uint32(0x077CB531)
"""All numbers of five bits are in it: times a single bit, its upper five tell which bit that is."""

_NUMBER = np.argsort([(int(_DE_BRUIJN) << n & 0xFFFFFFFF) >> 27 for n in range(32)])


class Ladder(NamedTuple):
    """The steps of the talks in S draws, N of them, for K readings of the incumbent."""

    steps: int
    """N; 0: nothing is chosen at the talks."""
    start: int
    """What has been conceded at the beginning, 0 .. MADE - 1."""
    choices: NDArray[np.float32]
    """[S, 4, K, N] chances a month against each reading: the incumbent's of stepping (even n) and of leaving (odd n), the
    sender's of stepping (odd n) and of leaving (even n)."""
    reading: NDArray[np.int64]
    """[S] which reading is true."""
    prior: NDArray[np.float32]
    """[S, K] public belief at the beginning."""
    obstinate: int
    """The reading that the gate to the talks is about; -1: none."""


class Worlds(NamedTuple):
    """Counts over ``per`` worlds for each of S draws and T months; month 0 is the beginning."""

    per: int
    states: NDArray[np.int32]
    """[S, T + 1, STATES]; see :func:`state`."""
    events: NDArray[np.int32]
    """[S, len(EVENTS), T + 1] worlds in which the event happened first in that month."""
    histograms: NDArray[np.int64]
    """[G, len(VARIABLES), T + 1, BINS], one for each of G groups of consecutive draws."""


def no_ladder(draws: int, *, start: int = 0) -> Ladder:
    """Talks at which nothing is chosen."""
    nothing = np.zeros((draws, 4, 1, 0), dtype=np.float32)
    return Ladder(
        0, start, nothing, np.zeros(draws, dtype=np.int64), np.ones((draws, 1), dtype=np.float32), -1
    )


def state(office: int, easing: int, band: int, made: int) -> int:
    """Index of a joint state."""
    return ((office * 3 + easing) * 3 + band) * MADE + made


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(p, n, draw, first, count, dates, seed, ladder, states, events, histograms):  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0915
    """``count`` worlds from number ``first`` of the draw with that number, parameters p and place n of the ladder, added to the
    counts."""
    steps, start, prior, obstinate = ladder.steps, ladder.start, ladder.prior[n], ladder.obstinate
    words = np.empty((8, BLOCK), dtype=np.int32)
    u = np.empty((len(chance.CHANCES), BLOCK), dtype=np.float32)
    v = np.empty((chance.UNIFORMS, BLOCK), dtype=np.float32)
    y = np.empty((len(chance.CHANCES), BLOCK), dtype=np.float32)
    x = np.empty(m.FLOATS, dtype=np.float32)
    busy = np.empty(BLOCK, dtype=np.uint8)
    which = np.empty(BLOCK, dtype=np.uint32)
    fresh = np.empty(BLOCK, dtype=np.uint32)
    seen = np.empty(BLOCK, dtype=np.int32)
    bits = np.empty(BLOCK, dtype=np.int32)
    at = np.empty(BLOCK, dtype=np.int32)
    before = np.empty(BLOCK, dtype=np.int32)
    moves = np.empty((READINGS + 1, POSITIONS), dtype=np.float32)
    leaves = np.empty((READINGS, POSITIONS), dtype=np.float32)
    m.due(ladder.choices[n], p[m._ABLE], ladder.reading[n], moves, leaves)
    told = np.empty(STATES + 1, dtype=np.int32)
    m.told(steps, start, p[m._EASING_TOP], MADE, told)
    doubted = np.zeros(READINGS, dtype=np.float32)
    if obstinate >= 0:
        doubted[obstinate] = m.ONE
    luck = u.reshape(-1)
    months = len(dates) - 1
    whole = max(m.ONE, p[m._ALL])
    final = 0
    for month in range(1, months + 1):
        final = month if dates[month] & 1 else final
    final = months + 1 if dates[months] & 32 else final
    for begins in range(first, first + count, BLOCK):
        size = min(BLOCK, first + count - begins)
        # A few worlds more than are asked for, and not counted, rather than some that are worked on one by one.
        width = -(-size // 16) * 16
        chance.threefry(words, begins, 0, 0, seed, draw, width)
        chance.chances(words, u, width)
        m.begin(x, bits, p, prior, doubted, start, luck, width)
        seen[:] = 0
        before[:] = STATES
        evasion = p[m._EVASION]
        for month in range(months + 1):
            if month:
                chance.threefry(words, begins, month, 0, seed, draw, width)
                chance.chances(words, u, width)
                date = dates[month]
                if date:
                    chance.threefry(words, begins, month, 1, seed, draw, width)
                    chance.uniforms(words, v, width)
                if date & 16:
                    m.turned_over(v, x, bits, p, width)
                m.met(x, luck, bits, p, steps, width)
                m.stepped(x, luck, bits, p, moves, leaves, steps, start, width)
                m.believed(x, doubted, width)
                called = m.sent(x, luck, bits, p, start, month < final, width)
                if called and not date:
                    chance.threefry(words, begins, month, 1, seed, draw, width)
                    chance.uniforms(words, v, width)
                evasion += p[m._EVASION_PACE] * (p[m._EVASION_CEILING] - evasion)
                m.lived(x, luck, evasion, p, width)
                m.abroad(x, luck, p, width)
                if date & 8:
                    m.lapsed(v, x, bits, p, width)
                m.at_home(x, luck, bits, p, width)
                if date & 4:
                    m.decided(v, x, bits, p, width)
                if date & 2:
                    chance.threefry(words, begins, month, 2, seed, draw, width)
                    chance.chances(words, y, width)
                    m.polled_regionally(y, x, p, width)
                if called or date & 1:
                    m.polled(v, x, bits, p, date & 1 != 0, width)
                m.fated(x, luck, p, width)
            m.news(x, bits, seen, at, before, busy, month, MANY * whole, width)
            changed = _listed(busy, which, size)
            _counted(states[month], events[month], bits, seen, at, before, told, which, changed, fresh)
            for i in range((-begins) % THINNED, size, THINNED):
                into = histograms[month]
                into[0, _bin(x[m.REVENUE + i] * m.HALF)] += 1
                into[1, _bin(x[m.INCOME + i] * m.HALF)] += 1
                into[2, _bin(x[m.LOYAL + i])] += 1
                into[3, _bin(x[m.SUPPORT + i])] += 1
                into[4, _bin(x[m.KNOWN + i] / whole)] += 1
                into[5, _bin(x[m.PRICE + i] * np.float32(0.25))] += 1
                into[6, _bin(x[m.OUTPUT + i])] += 1
                into[7, _bin(x[m.HUNGER + i])] += 1
                into[8, _bin(x[m.FIEFS + i])] += 1
                into[9, _bin(x[m.GOVERNORS + i])] += 1
                into[10, _bin(x[m.VOTERS + i])] += 1
                into[11, _bin(m.ONE - x[m.DOUBT + i])] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def _listed(busy, which, size):  # type: ignore[no-untyped-def]
    """Numbers of the busy worlds, in order, into ``which``, and how many there are: without a branch that cannot be foreseen."""
    count = np.uint32(0)
    for i in range(size):
        which[count] = np.uint32(i)
        count = np.uint32(count + busy[i])
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _counted(states, events, bits, seen, at, before, told, which, count, fresh):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Counts what has changed in the ``count`` worlds that are listed in ``which``: almost nothing happens in almost every month
    of a world. :func:`_summed` makes states of the changes; ``fresh`` is for scratch."""
    left = np.uint32(0)
    for n in range(count):
        i, here = which[n], np.uint32(at[which[n]])
        states[np.uint32(before[i])] -= 1
        states[here] += 1
        before[i] = np.int32(here)
        new = np.int32((bits[i] | told[here]) & ~seen[i])
        seen[i] = np.int32(seen[i] | new)
        fresh[left] = np.uint32(new)
        left = np.uint32(left + np.uint32(new != m.NOTHING))
    # The lowest bit of each, then what is left.
    while left:
        count, left = left, np.uint32(0)
        for n in range(count):
            rest = fresh[n]
            low = np.uint32(rest & (~rest + np.uint32(1)))
            events[_NUMBER[np.uint32(low * _DE_BRUIJN) >> np.uint32(27)]] += 1
            rest = np.uint32(rest ^ low)
            fresh[left] = rest
            left = np.uint32(left + np.uint32(rest != np.uint32(0)))


@njit(cache=True, nogil=True, error_model="numpy")
def _bin(share):  # type: ignore[no-untyped-def]
    # Bounded before it is made whole: what is too large for an integer must not become an index.
    at = share * np.float32(BINS)
    at = at if at < np.float32(BINS - 1) else np.float32(BINS - 1)
    return int(at) if at > m.ZERO else 0


@njit(cache=True, nogil=True, error_model="numpy")
def _summed(states):  # type: ignore[no-untyped-def]
    """Changes from month to month into what is there."""
    for month in range(1, states.shape[0]):
        for n in range(states.shape[1]):
            states[month, n] += states[month - 1, n]


@njit(cache=True, nogil=True, error_model="numpy")
def _draws(p, begins, first, count, dates, seed, ladder, states, events, histograms):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Consecutive draws, from number ``begins``."""
    for n in range(p.shape[0]):
        _draw(p[n], n, begins + n, first, count, dates, seed, ladder, states[n], events[n], histograms)
        _summed(states[n])


def run(
    parameters: NDArray[np.float64],
    *,
    per: int,
    dates: NDArray[np.int64],
    seed: int,
    ladder: Ladder | None = None,
    first: int = 0,
    groups: int = 1,
) -> Worlds:
    """Worlds ``first .. first + per - 1`` of every draw.

    ``parameters`` [len(PARAMETERS), S]; ``dates`` [T + 1] what each month has, bits as in :data:`DATES`; ``groups``: for how
    many groups of draws histograms are kept apart. Raises ValueError for arrays that do not fit.
    """
    rows, draws = parameters.shape
    steps = no_ladder(draws) if ladder is None else ladder
    kinds = steps.prior.shape[1]
    if rows != len(PARAMETERS):
        raise ValueError(f"{len(PARAMETERS)} parameters were expected: found {rows}")
    if dates.ndim != 1 or len(dates) < 2:
        raise ValueError(f"dates of at least one month were expected: found {dates.shape}")
    with np.errstate(over="ignore"):
        table = np.ascontiguousarray(parameters.T, dtype=np.float32)
    if not np.isfinite(table).all():
        raise ValueError("a parameter is not a finite number in single precision")
    if not 0 <= table[:, m._EASING].min() <= table[:, (m._EASING, m._EASING_TOP)].max() < SHAPE[1]:
        raise ValueError(f"the sender has steps 0 to {SHAPE[1] - 1}")
    if steps.choices.shape != (draws, 4, kinds, steps.steps) or kinds > READINGS:
        raise ValueError(
            f"choices for {draws} draws and {kinds} readings were expected: {steps.choices.shape}"
        )
    if len(steps.prior) != draws or steps.reading.shape != (draws,) or not -1 <= steps.obstinate < kinds:
        raise ValueError(f"readings of {draws} draws were expected")
    if not 0 <= steps.reading.min() <= steps.reading.max() < kinds:
        raise ValueError(f"readings 0 to {kinds - 1} were expected")
    if not 0 <= steps.start <= steps.start + (steps.steps + 1) // 2 < MADE:
        raise ValueError(f"at most {MADE} levels of concessions were expected, from {steps.start}")
    if groups < 1 or draws % groups:
        raise ValueError(f"{draws} draws do not split into {groups} groups")
    months = len(dates) - 1
    # One more than there are: where worlds come from when they begin.
    states = np.zeros((draws, months + 1, STATES + 1), dtype=np.int32)
    events = np.zeros((draws, months + 1, len(m.BITS)), dtype=np.int32)
    histograms = np.zeros((groups, len(VARIABLES), months + 1, BINS), dtype=np.int64)
    of_one = draws // groups

    def some(part: range) -> NDArray[np.int32]:
        found = np.zeros((months + 1, len(VARIABLES), BINS), dtype=np.int32)
        here = slice(part.start, part.stop)
        ours = steps._replace(
            choices=steps.choices[here], reading=steps.reading[here], prior=steps.prior[here]
        )
        _draws(table[here], part.start, first, per, dates, seed, ours, states[here], events[here], found)
        return found

    size = max(1, -(-of_one // max(1, 16 // groups)))
    parts = [
        range(n, min(group + of_one, n + size))
        for group in range(0, draws, of_one)
        for n in range(group, group + of_one, size)
    ]
    for part, found in zip(parts, each(some, parts), strict=True):
        histograms[part.start // of_one] += found.transpose(1, 0, 2)
    return Worlds(per, states[:, :, :STATES], _named(events), histograms)


def _named(counted: NDArray[np.int32]) -> NDArray[np.int32]:
    """Counts by bit as counts by event: losing the office is the sum of its four ways."""
    named = np.zeros((len(counted), len(EVENTS), counted.shape[1]), dtype=np.int32)
    named[:, [EVENTS.index(e) for e in m.BITS]] = counted.transpose(0, 2, 1)
    ways = [EVENTS.index(e) for e in OFFICE[1:]]
    named[:, EVENTS.index("office_lost")] = named[:, ways].sum(axis=1)
    return named


def add(one: Worlds, other: Worlds) -> Worlds:
    """Counts over both: disjoint worlds of the same draws."""
    return Worlds(
        one.per + other.per,
        one.states + other.states,
        one.events + other.events,
        one.histograms + other.histograms,
    )
