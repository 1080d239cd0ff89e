"""A standoff simulated month by month, in many worlds at once.

One step is a month (:mod:`detente.kernels.month` has its equations). Random numbers are addressed by seed, draw, world and
month (:mod:`detente.kernels.chance`), so that a world is the same whatever it is computed with, and the same chance meets
every policy. Everything returned is an integer count: sums do not depend on threads or chunks.

Cost: linear in worlds and months (``bench``, rows *worlds*); memory 4 (180 + 33) bytes a draw and month, whatever
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

READINGS = 4
"""Readings of the incumbent, at most."""

DATES = ("poll", "regional", "decides", "lapse", "election", "later")
"""What a month can have: bits 0, 1, .. of ``dates``. A presidential poll, a regional poll, the decision about it, the end of
the challenger's mandate, an election of the sender's; in the last month, whether a presidential poll lies beyond it."""

TOP = {"revenue": 2.0, "income": 2.0, "price": 3.0}
"""Where the range of a variable ends, if not at 1."""

BINS = 128
"""Histograms have so many bins over the range; what lies beyond it counts in the last."""

THINNED = 64
"""Only every sixty-fourth world enters the histograms."""

MANY = 0.5
"""Share of all governments from which recognition counts as many."""


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
def _draw(  # type: ignore[no-untyped-def]
    p,
    draw,
    first,
    count,
    dates,
    seed,
    choices,
    steps,
    start,
    reading,
    prior,
    obstinate,
    states,
    events,
    histograms,
):
    """``count`` worlds from number ``first`` of one draw with parameters p, added to the counts."""
    words = np.empty((8, BLOCK), dtype=np.int32)
    u = np.empty((len(chance.CHANCES), BLOCK), dtype=np.float32)
    v = np.empty((chance.UNIFORMS, BLOCK), dtype=np.float32)
    y = np.empty((len(chance.CHANCES), BLOCK), dtype=np.float32)
    x = np.empty((m.FLOATS, BLOCK), dtype=np.float32)
    belief = np.empty((prior.shape[0], BLOCK), dtype=np.float32)
    able, resists, readings = p[m._ABLE], p[m._RESISTS], prior.shape[0]
    doubt = belief[obstinate] if obstinate >= 0 else np.zeros(BLOCK, dtype=np.float32)
    busy = np.empty(BLOCK, dtype=np.int32)
    which = np.empty(BLOCK + 1, dtype=np.int64)
    seen = np.empty(BLOCK, dtype=np.int32)
    bits = np.empty(BLOCK, dtype=np.int32)
    at = np.empty(BLOCK, dtype=np.int32)
    before = np.empty(BLOCK, dtype=np.int32)
    u0, u1, u2, u3, u4, u5, u6, u7, u8, u9 = u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9]
    u10, left, mixed, total = u[10], x[m.LEFT], x[m.MIXED], x[m.TOTAL]
    seen_at = x[m.SEEN_AT]
    seats, made = x[m.SEATS], x[m.CONCESSIONS]
    # Rows are named once: to name one costs more than to work on it.
    price, revenue, rents, income = x[m.PRICE], x[m.REVENUE], x[m.RENTS], x[m.INCOME]
    fiefs, output, hunger, loyalty = x[m.FIEFS], x[m.OUTPUT], x[m.HUNGER], x[m.LOYAL]
    support, known, ratio, split = x[m.SUPPORT], x[m.KNOWN], x[m.RATIO], x[m.SPLIT]
    talks, place, easing, went = x[m.TALKS], x[m.PLACE], x[m.EASING], x[m.WENT]
    turned, tempted, access, funds = x[m.ADMINISTRATION], x[m.TEMPTED], x[m.OPEN], x[m.FUNDS]
    lists, investigated, defeat, office = x[m.LISTS], x[m.CASE], x[m.CALLED], x[m.OFFICES]
    governors, voters = x[m.GOVERNORS], x[m.VOTERS]
    months = len(dates) - 1
    whole = max(m.ONE, p[m._ALL])
    final = 0
    for month in range(1, months + 1):
        final = month if dates[month] & 1 else final
    final = months + 1 if dates[months] & 32 else final
    for begins in range(first, first + count, BLOCK):
        size = min(BLOCK, first + count - begins)
        chance.threefry(words, begins, 0, 0, seed, draw)
        chance.chances(words, u)
        m.begin(x, belief, p, prior, start, u[9])
        for i in range(BLOCK):
            found = m.PARTED_BIT if split[i] > m.HALF else m.NOTHING
            found |= m.BEGAN_BIT if talks[i] > m.HALF else m.NOTHING
            found |= m.MAJORITY_BIT if m.TWO * seats[i] > p[m._OF] else m.NOTHING
            bits[i] = found
        seen[:] = 0
        before[:] = -1
        evasion = p[m._EVASION]
        for month in range(months + 1):
            if month:
                chance.threefry(words, begins, month, 0, seed, draw)
                chance.chances(words, u)
                bits[:] = m.NOTHING
                date = dates[month]
                if date:
                    chance.threefry(words, begins, month, 1, seed, draw)
                    chance.uniforms(words, v)
                if date & 16:
                    m.turned_over(v[0], x, bits, p)
                m.priced(u2, price, p)
                tempted[:] = m.ZERO
                went[:] = m.ZERO
                m.met(u6, talks, place, fiefs, doubt, left, bits, p, steps)
                # From the last position backwards: who has moved this month is not looked at again.
                for n in range(min(steps - 1, m.furthest(place)), -1, -1):
                    last = n == steps - 1
                    if n % 2 == 0:
                        m.incumbent_due(
                            n,
                            u10,
                            left,
                            talks,
                            place,
                            made,
                            tempted,
                            belief,
                            mixed,
                            total,
                            bits,
                            choices,
                            reading,
                            last,
                            start,
                        )
                    else:
                        m.sender_due(
                            n, u10, left, talks, place, easing, went, turned, belief, mixed, total, bits, choices, reading,
                            last, able, resists, p[m._EASING], p[m._EASING_TOP],
                        )  # fmt: skip
                if steps and readings > 1:
                    m.believed(belief, total)
                m.sent(u7, price, talks, turned, easing, place, went, p)
                m.eventful(
                    u5, seats, lists, easing, funds, talks, access, investigated, made, defeat, busy, p
                )
                some = m.listed(busy, which)
                called = m.incident(u5, x, which, some, bits, p, start, month < final)
                if called and not date:
                    chance.threefry(words, begins, month, 1, seed, draw)
                    chance.uniforms(words, v)
                evasion += p[m._EVASION_PACE] * (p[m._EVASION_CEILING] - evasion)
                m.paid(u0, price, easing, evasion, revenue, output, p)
                m.lived_on(revenue, rents, fiefs, income, p)
                m.fed(income, hunger, access, funds, p)
                m.held_up(u1, income, fiefs, loyalty, lists, investigated, known, p)
                m.abroad(u8, known, ratio, p)
                if date & 8:
                    m.lapsed(v[1], v[2], x, bits, p)
                m.at_home(u9, u3, went, tempted, support, split, bits, p)
                if date & 4:
                    m.decided(v[3], v[4], x, bits, p)
                if date & 2:
                    chance.threefry(words, begins, month, 2, seed, draw)
                    chance.chances(words, y)
                    m.polled_regionally(y[0], y[1], x, p)
                if called or date & 1:
                    m.polled(v[5], v[6], x, bits, p, date & 1 != 0)
                m.fated(u4, hunger, loyalty, revenue, investigated, turned, defeat, office, p)
            m.placed(x, MANY * whole, at)
            m.eased(easing, went, seen_at, bits, month)
            m.stood(made, office, known, bits, steps, start)
            m.news(at, before, bits, seen, busy)
            # Almost nothing happens in almost every month of a world: only changes are counted, and summed up below.
            for n in range(m.listed(busy, which)):
                i = which[n]
                if i >= size:
                    break
                states[month, at[i]] += 1
                if month:
                    states[month, before[i]] -= 1
                before[i] = at[i]
                fresh = np.int64(np.uint32(bits[i]))
                while fresh:
                    events[m.lowest(fresh), month] += 1
                    fresh &= fresh - 1
            for i in range((-begins) % THINNED, size, THINNED):
                into = histograms[month]
                into[0, _bin(revenue[i] * m.HALF)] += 1
                into[1, _bin(income[i] * m.HALF)] += 1
                into[2, _bin(loyalty[i])] += 1
                into[3, _bin(support[i])] += 1
                into[4, _bin(known[i] / whole)] += 1
                into[5, _bin(price[i] / np.float32(3))] += 1
                into[6, _bin(output[i])] += 1
                into[7, _bin(hunger[i])] += 1
                into[8, _bin(fiefs[i])] += 1
                into[9, _bin(governors[i])] += 1
                into[10, _bin(voters[i])] += 1
                into[11, _bin(m.ONE - doubt[i])] += 1


@njit(cache=True, nogil=True, inline="always")
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
def _draws(  # type: ignore[no-untyped-def]
    p,
    begins,
    first,
    count,
    dates,
    seed,
    choices,
    steps,
    start,
    reading,
    prior,
    obstinate,
    states,
    events,
    histograms,
):
    """Consecutive draws, from number ``begins``."""
    for n in range(p.shape[0]):
        _draw(
            p[n], begins + n, first, count, dates, seed, choices[n], steps, start, reading[n], prior[n], obstinate,
            states[n], events[n], histograms,
        )  # fmt: skip
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
    if not np.isfinite(parameters).all():
        raise ValueError("a parameter is not a finite number")
    if steps.choices.shape != (draws, 4, kinds, steps.steps) or kinds > READINGS:
        raise ValueError(
            f"choices for {draws} draws and {kinds} readings were expected: {steps.choices.shape}"
        )
    if not 0 <= steps.start <= steps.start + (steps.steps + 1) // 2 < MADE:
        raise ValueError(f"at most {MADE} levels of concessions were expected, from {steps.start}")
    if groups < 1 or draws % groups:
        raise ValueError(f"{draws} draws do not split into {groups} groups")
    months = len(dates) - 1
    states = np.zeros((draws, months + 1, STATES), dtype=np.int32)
    events = np.zeros((draws, len(m.BITS), months + 1), dtype=np.int32)
    histograms = np.zeros((groups, len(VARIABLES), months + 1, BINS), dtype=np.int64)
    table = np.ascontiguousarray(parameters.T, dtype=np.float32)
    of_one = draws // groups

    def some(part: range) -> NDArray[np.int32]:
        found = np.zeros((months + 1, len(VARIABLES), BINS), dtype=np.int32)
        here = slice(part.start, part.stop)
        _draws(
            table[here], part.start, first, per, dates, seed, steps.choices[here], steps.steps, steps.start,
            steps.reading[here], steps.prior[here], steps.obstinate, states[here], events[here], found,
        )  # fmt: skip
        return found

    size = max(1, -(-of_one // max(1, 16 // groups)))
    parts = [
        range(n, min(group + of_one, n + size))
        for group in range(0, draws, of_one)
        for n in range(group, group + of_one, size)
    ]
    for part, found in zip(parts, each(some, parts), strict=True):
        histograms[part.start // of_one] += found.transpose(1, 0, 2)
    return Worlds(per, states, _named(events), histograms)


def _named(counted: NDArray[np.int32]) -> NDArray[np.int32]:
    """Counts by bit as counts by event: losing the office is the sum of its four ways."""
    named = np.zeros((len(counted), len(EVENTS), counted.shape[2]), dtype=np.int32)
    named[:, [EVENTS.index(e) for e in m.BITS]] = counted
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
