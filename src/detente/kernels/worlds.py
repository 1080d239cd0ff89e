"""A standoff simulated month by month, in many worlds at once.

One step is a month. In every world there is an incumbent, a challenger with support at home and recognition
abroad, and a sender whose sanctions cost the incumbent money. With parameters of one draw (:data:`PARAMETERS`),
``z`` bell-shaped shocks of variance one (Irwin-Hall: sums of three uniforms, of two for support) and
``s(x) = (1 + x / (1 + |x|)) / 2``::

    evasion     e' = e + pace (ceiling - e)
    revenue     R' = R + pull (1 - loss[easing] (1 - e') - R) + spread z                    not below 0
    rents       G' = G (1 - depletion max(0, 1 - R')),     income  Y = R' + rents G'
    loyalty     L' = L + pace (s((Y - outside offer) / scale) - L) + spread z               within [0, 1]
    support     P' = floor + (P - floor)(1 - decay) + spread z + gain [easing went up]      within [0, 1]
    recognition one government drops with probability n (drop + cascade (1 - n / all)); when the mandate lapses
                each drops as far as ``kept`` says
    talks       begin, and stop, with a monthly probability; the sender eases a step, or takes one back, with another,
                higher while talks go on
    split       the challengers split, and unite, with a monthly probability
    office      collapse with probability peak s((threshold - L') / scale): the regime falls when its strength is below the
                threshold of the global game of regime change; or hand-over, removal by force, and at a presidential
                poll defeat with probability fairness s((base + P' - cost of a split - 1/2) / scale)

Random numbers are Philox4x32-7 (Salmon et al. 2011, crush-resistant from seven rounds) at counter (world, month,
lane), so that a world is the same whatever it is computed with, and the same numbers meet every policy. Everything returned is an integer count: sums do
not depend on threads or chunks.

Cost: linear in worlds and months (``bench``, rows *worlds*); memory 4 (180 + 13) bytes a draw and month, whatever
the number of worlds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detente.kernels.threads import each

__all__ = [
    "BINS",
    "EVENTS",
    "OFFICE",
    "PARAMETERS",
    "STATES",
    "TOP",
    "VARIABLES",
    "Worlds",
    "add",
    "run",
    "state",
]

PARAMETERS = (
    "money.revenue", "money.pull", "money.spread", "money.loss_0", "money.loss_1", "money.loss_2",
    "money.evasion", "money.evasion_pace", "money.evasion_ceiling", "money.rents", "money.depletion",
    "loyalty.now", "loyalty.outside_offer", "loyalty.scale", "loyalty.pace", "loyalty.spread",
    "survival.peak", "survival.threshold", "survival.scale",
    "recognition.now", "recognition.all", "recognition.drop", "recognition.cascade", "recognition.kept",
    "support.now", "support.floor", "support.decay", "support.spread", "support.gain",
    "split.now", "split.begins", "split.heals", "split.cost",
    "polls.fairness", "polls.base", "polls.scale",
    "exit.rate", "force.rate",
    "talks.now", "talks.begin", "talks.stop", "talks.spoilt",
    "sender.ease", "sender.ease_in_talks", "sender.take_back", "sender.now",
)  # fmt: skip
"""Rows of the parameter matrix. Rates are probabilities a month."""

OFFICE = ("holds", "collapsed", "handed_over", "voted_out", "removed")
"""What became of the incumbent."""

STATES = len(OFFICE) * 3 * 3 * 2 * 2
"""Joint states: office x easing (0, 1, 2) x recognition (many, some, none) x talks x split."""

EVENTS = (
    "talks_began", "talks_stopped", "eased", "all_lifted", "taken_back", "office_lost", "collapsed", "handed_over",
    "voted_out", "removed", "split", "unrecognised", "lapsed_within_a_year",
)  # fmt: skip
"""First times that are counted. ``lapsed_within_a_year``: easing taken back at most 12 months after the first."""

VARIABLES = ("revenue", "income", "loyalty", "support", "recognition")
"""Continuous paths, in histograms of ``BINS`` over [0, 1] (revenue and income over [0, 2]; recognition as a share).
What lies beyond the range counts in the last bin."""

TOP = {"revenue": 2.0, "income": 2.0, "loyalty": 1.0, "support": 1.0, "recognition": 1.0}
"""Where the range of each ends."""

BINS = 128
BLOCK = 64
ROUNDS = 7
THINNED = 4
"""Only every fourth world enters the histograms."""

HALF = 2.0**-16
WORD = 2.0**-32
ROOT_SIX = 2.449489742783178
"""A sum of two uniforms has variance 1/6, of three 1/4."""

MANY = 0.5
"""Share of all governments from which recognition counts as many."""


class Worlds(NamedTuple):
    """Counts over ``per`` worlds for each of S draws and T months; month 0 is the beginning."""

    per: int
    states: NDArray[np.int32]
    """[S, T + 1, STATES]; see :func:`state`."""
    events: NDArray[np.int32]
    """[S, len(EVENTS), T + 1] worlds in which the event happened first in that month."""
    histograms: NDArray[np.int64]
    """[len(VARIABLES), T + 1, BINS]."""


def state(office: int, easing: int, band: int, talks: int, split: int) -> int:
    """Index of a joint state."""
    return (((office * 3 + easing) * 3 + band) * 2 + talks) * 2 + split


@njit(cache=True, nogil=True, error_model="numpy")
def _random(out, first, month, lane, key):  # type: ignore[no-untyped-def]
    """Philox4x32-7 into out[4, BLOCK], 32-bit words for worlds ``first ..``."""
    mask = np.uint64(0xFFFFFFFF)
    for i in range(out.shape[1]):
        world = np.uint64(first) + np.uint64(i)
        a = world & mask
        b = np.uint64(month)
        c = np.uint64(lane)
        d = world >> np.uint64(32)
        k0 = np.uint64(key) & mask
        k1 = np.uint64(key) >> np.uint64(32)
        for _ in range(ROUNDS):
            p = a * np.uint64(0xD2511F53)
            q = c * np.uint64(0xCD9E8D57)
            a = (q >> np.uint64(32)) ^ b ^ k0
            b = q & mask
            c = (p >> np.uint64(32)) ^ d ^ k1
            d = p & mask
            k0 = (k0 + np.uint64(0x9E3779B9)) & mask
            k1 = (k1 + np.uint64(0xBB67AE85)) & mask
        out[0, i] = np.int64(a)
        out[1, i] = np.int64(b)
        out[2, i] = np.int64(c)
        out[3, i] = np.int64(d)


# Each part of a month is a loop of its own over a block: few arrays, no branches, so that it is vectorised.


@njit(cache=True, nogil=True, error_model="numpy")
def _sender(u, talks, easing, went, stopped, p):  # type: ignore[no-untyped-def]
    """Talks begin or stop; easing goes up or down (``went``)."""
    begin, stop, ease, more, back = p[39], p[40] + p[41], p[42], p[43], 1.0 - p[44]
    for i in range(BLOCK):
        talk = ((u[i] & 65535) + 0.5) * HALF
        turn = ((u[i] >> 16) + 0.5) * HALF
        had = talks[i]
        begins = 1.0 if talk < begin else 0.0
        stays = 0.0 if talk < stop else 1.0
        talks[i] = (1.0 - had) * begins + had * stays
        stopped[i] = had * (1.0 - stays)
        up = 1.0 if turn < ease + more * talks[i] else 0.0
        down = 1.0 if turn > back else 0.0
        up = up if easing[i] < 1.5 else 0.0
        down = down if easing[i] > 0.5 else 0.0
        went[i] = up - down
        easing[i] += went[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _money(v0, v1, easing, evasion, revenue, p):  # type: ignore[no-untyped-def]
    pull, spread, none, some, all_, pace, ceiling = p[1], p[2], p[3], p[4], p[5], p[7], p[8]
    for i in range(BLOCK):
        three = (v0[i] & 65535) + (v0[i] >> 16) + (v1[i] & 65535)
        shock = 2.0 * ((three + 1.5) * HALF - 1.5)
        evasion[i] += pace * (ceiling - evasion[i])
        loss = some if easing[i] < 1.5 else all_
        loss = none if easing[i] < 0.5 else loss
        left = revenue[i] + pull * (1.0 - loss * (1.0 - evasion[i]) - revenue[i]) + spread * shock
        revenue[i] = left if left > 0.0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _rents(revenue, rents, income, p):  # type: ignore[no-untyped-def]
    depletion, worth = p[10], p[9]
    for i in range(BLOCK):
        missing = 1.0 - revenue[i]
        missing = missing if missing > 0.0 else 0.0
        rents[i] *= 1.0 - depletion * missing
        income[i] = revenue[i] + worth * rents[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _loyal(v1, v2, income, loyalty, p):  # type: ignore[no-untyped-def]
    unit, offer, pace, spread = 1.0 / p[13], p[12], p[14], p[15]
    for i in range(BLOCK):
        three = (v1[i] >> 16) + (v2[i] & 65535) + (v2[i] >> 16)
        shock = 2.0 * ((three + 1.5) * HALF - 1.5)
        x = (income[i] - offer) * unit
        drawn = 0.5 * (1.0 + x / (1.0 + abs(x)))
        now = loyalty[i] + pace * (drawn - loyalty[i]) + spread * shock
        now = now if now > 0.0 else 0.0
        loyalty[i] = now if now < 1.0 else 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _abroad(u1, u3, known, end, p):  # type: ignore[no-untyped-def]
    unit, drops, cascade, kept = 1.0 / max(1.0, p[20]), p[21], p[22], p[23]
    for i in range(BLOCK):
        keep = ((u1[i] >> 16) + 0.5) * HALF
        drop = (u3[i] + 0.5) * WORD
        n = known[i]
        n -= 1.0 if drop < n * (drops + cascade * (1.0 - n * unit)) else 0.0
        after = np.floor(n * kept + keep)
        known[i] = after if end else n


@njit(cache=True, nogil=True, error_model="numpy")
def _home(u1, v3, went, support, split, p):  # type: ignore[no-untyped-def]
    floor, keeps, spread, success, heals, begins = p[25], 1.0 - p[26], p[27], p[28], p[31], p[30]
    for i in range(BLOCK):
        part = ((u1[i] & 65535) + 0.5) * HALF
        shock = ROOT_SIX * (((v3[i] & 65535) + (v3[i] >> 16) + 1.0) * HALF - 1.0)
        gain = success if went[i] > 0.5 else 0.0
        now = floor + (support[i] - floor) * keeps + spread * shock + gain
        now = now if now > 0.0 else 0.0
        support[i] = now if now < 1.0 else 1.0
        turns = 1.0 if part < (heals if split[i] > 0.5 else begins) else 0.0
        split[i] = split[i] + turns * (1.0 - 2.0 * split[i])


@njit(cache=True, nogil=True, error_model="numpy")
def _office(u2, loyalty, support, split, office, fairness, p):  # type: ignore[no-untyped-def]
    """Competing risks in one uniform: collapse, hand-over, removal, defeat."""
    fall_unit, vote_unit, peak, threshold = 1.0 / p[18], 1.0 / p[35], 0.5 * p[16], p[17]
    base, cost, exits, forced, fair = p[34] - 0.5, p[32], p[36], p[37], 0.5 * fairness
    for i in range(BLOCK):
        risk = (u2[i] + 0.5) * WORD
        x = (threshold - loyalty[i]) * fall_unit
        y = (base + support[i] - cost * split[i]) * vote_unit
        fall = peak * (1.0 + x / (1.0 + abs(x)))
        hand = fall + exits
        force = hand + forced
        defeat = force + fair * (1.0 + y / (1.0 + abs(y)))
        fate = 3.0 if risk < defeat else 0.0
        fate = 4.0 if risk < force else fate
        fate = 2.0 if risk < hand else fate
        fate = 1.0 if risk < fall else fate
        office[i] = fate if office[i] < 0.5 else office[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _flags(month, talks, stopped, easing, went, office, split, known, eased_in, seen, now):  # type: ignore[no-untyped-def]
    """Events that happen for the first time, as bits; whether there is any."""
    some = np.int64(0)
    for i in range(BLOCK):
        eased_in[i] = month if (went[i] > 0.5 and eased_in[i] > month) else eased_in[i]
        bits = np.int64(1) if talks[i] > 0.5 else np.int64(0)
        bits |= 2 if stopped[i] > 0.5 else 0
        bits |= 4 if easing[i] > 0.5 else 0
        bits |= 8 if easing[i] > 1.5 else 0
        bits |= 16 if went[i] < -0.5 else 0
        bits |= 32 if office[i] > 0.5 else 0
        bits |= np.int64(32) << np.int64(office[i]) if office[i] > 0.5 else 0
        bits |= 1024 if split[i] > 0.5 else 0
        bits |= 2048 if known[i] < 0.5 else 0
        bits |= 4096 if (went[i] < -0.5 and month - eased_in[i] <= 12.0) else 0
        now[i] = bits & ~seen[i]
        seen[i] |= bits
        some |= now[i]
    return some


@njit(cache=True, nogil=True, error_model="numpy")
def _places(office, easing, known, talks, split, many, at):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        band = 0.0 if known[i] >= many else (1.0 if known[i] > 0.5 else 2.0)
        at[i] = np.int64((((office[i] * 3.0 + easing[i]) * 3.0 + band) * 2.0 + talks[i]) * 2.0 + split[i])


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(p, draw, first, count, months, lapse, polls, key, states, events, histograms):  # type: ignore[no-untyped-def]
    """``count`` worlds from number ``first`` of one draw with parameters p, added to the counts."""
    u = np.empty((4, BLOCK), dtype=np.int64)
    v = np.empty((4, BLOCK), dtype=np.int64)
    x = np.empty((13, BLOCK))
    revenue, evasion, rents, income, loyalty, support = x[0], x[1], x[2], x[3], x[4], x[5]
    known, split, talks, easing, office, went, stopped = x[6], x[7], x[8], x[9], x[10], x[11], x[12]
    eased_in = np.empty(BLOCK)
    seen = np.empty(BLOCK, dtype=np.int64)
    now = np.empty(BLOCK, dtype=np.int64)
    at = np.empty(BLOCK, dtype=np.int64)
    whole = max(1.0, p[20])
    for start in range(first, first + count, BLOCK):
        size = min(BLOCK, first + count - start)
        _random(u, start, 0, 2 * draw, key)
        revenue[:] = p[0]
        evasion[:] = p[6]
        rents[:] = 1.0
        income[:] = p[0] + p[9]
        loyalty[:] = p[11]
        support[:] = p[24]
        known[:] = np.floor(p[19] + 0.5)
        talks[:] = 1.0 if p[38] >= 0.5 else 0.0
        easing[:] = p[45]
        office[:] = 0.0
        went[:] = 0.0
        stopped[:] = 0.0
        eased_in[:] = 1e9
        seen[:] = 0
        for i in range(BLOCK):
            split[i] = 1.0 if (u[0, i] + 0.5) * WORD < p[29] else 0.0
        for month in range(months + 1):
            if month:
                _random(u, start, month, 2 * draw, key)
                _random(v, start, month, 2 * draw + 1, key)
                _sender(u[0], talks, easing, went, stopped, p)
                _money(v[0], v[1], easing, evasion, revenue, p)
                _rents(revenue, rents, income, p)
                _loyal(v[1], v[2], income, loyalty, p)
                _abroad(u[1], u[3], known, month == lapse, p)
                _home(u[1], v[3], went, support, split, p)
                _office(u[2], loyalty, support, split, office, p[33] if polls[month] else 0.0, p)
            some = _flags(
                float(month), talks, stopped, easing, went, office, split, known, eased_in, seen, now
            )
            _places(office, easing, known, talks, split, MANY * whole, at)
            for i in range(size):
                states[month, at[i]] += 1
            if some:
                for i in range(size):
                    if now[i]:
                        for e in range(events.shape[0]):
                            if now[i] >> e & 1:
                                events[e, month] += 1
            for i in range((-start) % THINNED, size, THINNED):
                histograms[0, month, min(BINS - 1, int(revenue[i] * (0.5 * BINS)))] += 1
                histograms[1, month, min(BINS - 1, int(income[i] * (0.5 * BINS)))] += 1
                histograms[2, month, min(BINS - 1, int(loyalty[i] * BINS))] += 1
                histograms[3, month, min(BINS - 1, int(support[i] * BINS))] += 1
                histograms[4, month, min(BINS - 1, int(known[i] / whole * BINS))] += 1


def run(
    parameters: NDArray[np.float64],
    *,
    per: int,
    months: int,
    lapse: int,
    polls: NDArray[np.bool_],
    seed: int,
    first: int = 0,
) -> Worlds:
    """Worlds ``first .. first + per - 1`` of every draw.

    ``parameters`` [len(PARAMETERS), S]; ``lapse`` the month in which the challenger's mandate ends (0: never);
    ``polls`` [months + 1] whether there is a presidential poll. Raises ValueError for arrays that do not fit.
    """
    rows, draws = parameters.shape
    if rows != len(PARAMETERS):
        raise ValueError(f"{len(PARAMETERS)} parameters were expected: found {rows}")
    if polls.shape != (months + 1,):
        raise ValueError(f"polls of {months + 1} months were expected: found {polls.shape}")
    if not np.isfinite(parameters).all():
        raise ValueError("a parameter is not a finite number")
    states = np.zeros((draws, months + 1, STATES), dtype=np.int32)
    events = np.zeros((draws, len(EVENTS), months + 1), dtype=np.int32)
    table = np.ascontiguousarray(parameters.T)

    def some(part: range) -> NDArray[np.int64]:
        found = np.zeros((len(VARIABLES), months + 1, BINS), dtype=np.int64)
        for draw in part:
            _draw(
                table[draw], draw, first, per, months, lapse, polls, seed, states[draw], events[draw], found
            )
        return found

    size = max(1, -(-draws // 16))
    parts = [range(n, min(draws, n + size)) for n in range(0, draws, size)]
    histograms = np.zeros((len(VARIABLES), months + 1, BINS), dtype=np.int64)
    for found in each(some, parts):
        histograms += found
    return Worlds(per, states, events, histograms)


def add(one: Worlds, other: Worlds) -> Worlds:
    """Counts over both: disjoint worlds of the same draws."""
    return Worlds(
        one.per + other.per,
        one.states + other.states,
        one.events + other.events,
        one.histograms + other.histograms,
    )
