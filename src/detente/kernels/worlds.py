"""A standoff simulated month by month, in many worlds at once.

One step is a month. In every world there is an incumbent, a challenger with support at home and recognition
abroad, and a sender whose sanctions cost the incumbent money. With parameters of one draw (:data:`PARAMETERS`),
``z`` bell-shaped shocks of variance one (Irwin-Hall: sums of three uniforms, of two for support) and ``s(x) = (1 + x / (1 + |x|)) / 2``:

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

Random numbers are Philox4x32-7 (Salmon et al. 2011, crush-resistant from seven rounds) at counter (world, month, lane), so that a world is the same
whatever it is computed with, and the same numbers meet every policy. Everything returned is an integer count: sums do
not depend on threads or chunks.

Cost: about 25 ns per world and month; memory 2 x 180 x 4 bytes per draw and month, whatever the number of worlds.
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
"""Continuous paths, in histograms of ``BINS`` over [0, 1] (revenue and income over [0, 2]; recognition as a share)."""

BINS = 128
BLOCK = 64
ROUNDS = 7
THINNED = 4
"""Only every fourth world enters the histograms."""

_MANY = 0.5
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def _draw(p, draw, first, count, months, lapse, polls, key, states, events, histograms):  # type: ignore[no-untyped-def]
    """``count`` worlds from number ``first`` of one draw with parameters p, added to the counts."""
    u = np.empty((4, BLOCK), dtype=np.int64)
    v = np.empty((4, BLOCK), dtype=np.int64)
    revenue = np.empty(BLOCK)
    evasion = np.empty(BLOCK)
    rents = np.empty(BLOCK)
    income = np.empty(BLOCK)
    loyalty = np.empty(BLOCK)
    support = np.empty(BLOCK)
    known = np.empty(BLOCK)
    split = np.empty(BLOCK)
    talks = np.empty(BLOCK)
    easing = np.empty(BLOCK)
    office = np.empty(BLOCK, dtype=np.int64)
    eased_in = np.empty(BLOCK)
    seen = np.empty(BLOCK, dtype=np.int64)
    now = np.empty(BLOCK, dtype=np.int64)
    half = 2.0**-16
    word = 2.0**-32
    wide = 2.449489742783178  # of two uniforms the variance is 1/6, of three 1/4
    whole = max(1.0, p[20])
    loyal_unit, fall_unit, vote_unit = 1.0 / p[13], 1.0 / p[18], 1.0 / p[35]
    for start in range(first, first + count, BLOCK):
        size = min(BLOCK, first + count - start)
        for i in range(BLOCK):
            revenue[i] = p[0]
            evasion[i] = p[6]
            rents[i] = 1.0
            income[i] = p[0] + p[9]
            loyalty[i] = p[11]
            support[i] = p[24]
            known[i] = np.floor(p[19] + 0.5)
            talks[i] = 1.0 if p[38] >= 0.5 else 0.0
            easing[i] = p[45]
            office[i] = 0
            eased_in[i] = 1e9
            seen[i] = 0
        _random(u, start, 0, 2 * draw, key)
        for i in range(BLOCK):
            split[i] = 1.0 if (u[0, i] + 0.5) * word < p[29] else 0.0
        for month in range(months + 1):
            if month:
                _random(u, start, month, 2 * draw, key)
                _random(v, start, month, 2 * draw + 1, key)
                fairness = p[33] if polls[month] else 0.0
                end = month == lapse
                for i in range(BLOCK):
                    # Sixteen halves of words: talks, sender, split, lapse; two words for the rare events; shocks.
                    talk = ((u[0, i] & 65535) + 0.5) * half
                    turn = ((u[0, i] >> 16) + 0.5) * half
                    part = ((u[1, i] & 65535) + 0.5) * half
                    keep = ((u[1, i] >> 16) + 0.5) * half
                    risk = (u[2, i] + 0.5) * word
                    drop = (u[3, i] + 0.5) * word
                    three = (v[0, i] & 65535) + (v[0, i] >> 16) + (v[1, i] & 65535)
                    z_money = 2.0 * ((three + 1.5) * half - 1.5)
                    three = (v[1, i] >> 16) + (v[2, i] & 65535) + (v[2, i] >> 16)
                    z_loyal = 2.0 * ((three + 1.5) * half - 1.5)
                    z_support = wide * (((v[3, i] & 65535) + (v[3, i] >> 16) + 1.0) * half - 1.0)
                    had = talks[i]
                    begins = 1.0 if talk < p[39] else 0.0
                    stays = 0.0 if talk < p[40] + p[41] else 1.0
                    talks[i] = (1.0 - had) * begins + had * stays
                    ease = p[42] + p[43] * talks[i]
                    up = 1.0 if (turn < ease and easing[i] < 1.5) else 0.0
                    down = 1.0 if (turn > 1.0 - p[44] and easing[i] > 0.5) else 0.0
                    easing[i] = easing[i] + up - down
                    # money
                    evasion[i] += p[7] * (p[8] - evasion[i])
                    loss = p[3] if easing[i] < 0.5 else (p[4] if easing[i] < 1.5 else p[5])
                    target = 1.0 - loss * (1.0 - evasion[i])
                    revenue[i] = max(0.0, revenue[i] + p[1] * (target - revenue[i]) + p[2] * z_money)
                    rents[i] *= 1.0 - p[10] * max(0.0, 1.0 - revenue[i])
                    income[i] = revenue[i] + p[9] * rents[i]
                    # loyalty
                    x = (income[i] - p[12]) * loyal_unit
                    pull = 0.5 * (1.0 + x / (1.0 + abs(x)))
                    loyalty[i] = min(
                        1.0, max(0.0, loyalty[i] + p[14] * (pull - loyalty[i]) + p[15] * z_loyal)
                    )
                    # support, recognition, split
                    rest = p[25] + (support[i] - p[25]) * (1.0 - p[26])
                    support[i] = min(1.0, max(0.0, rest + p[27] * z_support + p[28] * up))
                    gone = 1.0 if drop < known[i] * (p[21] + p[22] * (1.0 - known[i] / whole)) else 0.0
                    known[i] = max(0.0, known[i] - gone)
                    known[i] = np.floor(known[i] * p[23] + keep) if end else known[i]
                    splits = part < (p[31] if split[i] > 0.5 else p[30])
                    split[i] = (1.0 - split[i]) if splits else split[i]
                    # office: competing risks in one uniform
                    x = (p[17] - loyalty[i]) * fall_unit
                    fall = p[16] * 0.5 * (1.0 + x / (1.0 + abs(x)))
                    x = (p[34] + support[i] - p[32] * split[i] - 0.5) * vote_unit
                    defeat = fairness * 0.5 * (1.0 + x / (1.0 + abs(x)))
                    fate = 1 if risk < fall else 0
                    fate = 2 if (fate == 0 and risk < fall + p[36]) else fate
                    fate = 4 if (fate == 0 and risk < fall + p[36] + p[37]) else fate
                    fate = 3 if (fate == 0 and risk < fall + p[36] + p[37] + defeat) else fate
                    office[i] = fate if office[i] == 0 else office[i]
                    eased_in[i] = min(eased_in[i], np.float64(month)) if up > 0.5 else eased_in[i]
                    bits = (
                        (1 if talks[i] > 0.5 else 0)
                        | (2 if (had > 0.5 and talks[i] < 0.5) else 0)
                        | (4 if easing[i] > 0.5 else 0)
                        | (8 if easing[i] > 1.5 else 0)
                        | (16 if down > 0.5 else 0)
                        | (32 if office[i] > 0 else 0)
                        | (64 if office[i] == 1 else 0)
                        | (128 if office[i] == 2 else 0)
                        | (256 if office[i] == 3 else 0)
                        | (512 if office[i] == 4 else 0)
                        | (1024 if split[i] > 0.5 else 0)
                        | (2048 if known[i] < 0.5 else 0)
                        | (4096 if (down > 0.5 and np.float64(month) - eased_in[i] <= 12.0) else 0)
                    )
                    now[i] = bits & ~seen[i]
                    seen[i] |= bits
            else:
                for i in range(BLOCK):
                    bits = (
                        (1 if talks[i] > 0.5 else 0)
                        | (4 if easing[i] > 0.5 else 0)
                        | (8 if easing[i] > 1.5 else 0)
                        | (1024 if split[i] > 0.5 else 0)
                        | (2048 if known[i] < 0.5 else 0)
                    )
                    now[i] = bits
                    seen[i] = bits
            for i in range(size):
                share = known[i] / whole
                band = 0 if share >= _MANY else (1 if known[i] > 0.5 else 2)
                at = (
                    ((office[i] * 3 + np.int64(easing[i])) * 3 + band) * 2 + np.int64(talks[i])
                ) * 2 + np.int64(split[i])
                states[month, at] += 1
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
    histograms = np.sum(each(some, parts), axis=0, dtype=np.int64)
    return Worlds(per, states, events, histograms)


def add(one: Worlds, other: Worlds) -> Worlds:
    """Counts over both: disjoint worlds of the same draws."""
    return Worlds(
        one.per + other.per,
        one.states + other.states,
        one.events + other.events,
        one.histograms + other.histograms,
    )
