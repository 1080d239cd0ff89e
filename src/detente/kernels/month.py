"""What happens in a month of a simulated standoff: its parts, in the order in which they happen.

There are an incumbent, a challenger with support at home and recognition abroad, and a sender whose sanctions cost the
incumbent money. With ``s(x) = (1 + x / (1 + |x|)) / 2``, ``z`` triangular shocks of mean 0 and variance 1, ``[A]`` 1 if A
and else 0, and parameters of one draw (:data:`PARAMETERS`; ``u`` uniform):

    home       at an election of the sender's: turned = [u < turns]
    price      P' = P + pull (1 - P) + spread z                                              not below 0
    talks      off: begin with chance (begin + mediated) gate, gate = s((1 - b_obstinate - trust) / trust_scale)
               on: stop with chance stop + spoilt + wrecks F; else the side whose step is due steps or holds, by the choices of
               :mod:`detente.kernels.talks` (the sender's times (1 - resists turned)); if it held the other may leave; the public
               belief b follows what the incumbent does
    sender     eases with chance (ease + ease_in_talks [talks]) (1 - resists turned) max(0, 1 + presses (P' - 1)), times last once it
               has eased; takes a step back with chance take_back + reverses turned
    incidents  at most one: a seat of the electoral authority won or lost, lists of persons eased, frozen funds agreed on or paid,
               humanitarian access opened, an investigation opened, a concession taken back, an early poll called
    money      left = 1 - loss[easing] (1 - evasion),  R' = R + pull (P' left - R) + spread z      not below 0
    output     O' = O + pace (reach left - O) + spread z                                           (z as for money)
    rents      lack = max(0, 1 - R'),  G' = G (1 - depletion lack),  F' = F + grow max(0, ceiling - F) lack,
               income Y = R' + rents G'
    hunger     H' = H + pace (need - feeds Y - relief [access] - relieves [paid] - H)               within [0, 1]
    loyalty    L' = L + pace (s(((Y + yields F') (1 - weighs strict) - offer) / scale) - L) + spread z   within [0, 1]
               with offer = outside offer + promises n / all - traps strict - traps [investigated], strict the share of the
               lists that stands and n the governments that recognise the challenger
    abroad     of n governments n (drop + cascade (1 - n / all)) leave, or n drop + all pace (Phi((q - mean) / deviation) - q)
               with q the share that has left, in whole blocs; when the mandate lapses it is extended, or the claim ends
    support    P' = floor + (P - floor) (1 - decay) + spread z + gain [easing went up]              within [0, 1]
    split      the challengers split, and unite, with a monthly chance; an offer to one wing adds to the first
    regional   whether they take part and whether it is observed, some months ahead; at the poll the share of seats is
               fair s((base + P' [part] - cost [split] - 1/2) / scale) + spread z
    office     competing risks: collapse with chance peak s((threshold + rage (H' - H_0) - L') / scale), the regime's strength
               below the threshold of a global game of regime change; hand-over with chance (rate + push s((trigger - R') / scale))
               (1 - deters [investigated]); removal from outside with chance rate (1 + threatens turned); at a
               presidential poll defeat with chance fair s((base + P' [admitted] - cost [split] - 1/2) / scale), where
               fair = fairness + access (seats - base) / of + majority [seats > of / 2]

Worlds are computed in blocks (:data:`detente.kernels.chance.BLOCK`), in float32. Parts in which every world moves are loops
without branches over a few arrays, which are vectorised; parts in which few do (talks, incidents, dated months) are
plain loops.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from detente.kernels.chance import BLOCK

__all__ = ["EVENTS", "OFFICE", "PARAMETERS", "VARIABLES"]

PARAMETERS = (
    "money.revenue", "money.pull", "money.spread", "money.loss_0", "money.loss_1", "money.loss_2",
    "money.evasion", "money.evasion_pace", "money.evasion_ceiling", "money.rents", "money.depletion",
    "price.now", "price.pull", "price.spread",
    "output.now", "output.reach", "output.pace", "output.spread",
    "fiefs.now", "fiefs.grow", "fiefs.ceiling", "fiefs.yields", "fiefs.wrecks",
    "hunger.now", "hunger.pace", "hunger.need", "hunger.feeds", "hunger.relief", "hunger.opens", "hunger.rage",
    "loyalty.now", "loyalty.outside_offer", "loyalty.scale", "loyalty.pace", "loyalty.spread",
    "survival.peak", "survival.threshold", "survival.scale",
    "lists.now", "lists.top", "lists.ease", "lists.follows", "lists.weighs", "lists.traps",
    "accountability.opens", "accountability.traps", "accountability.deters",
    "recognition.now", "recognition.all", "recognition.drop", "recognition.cascade", "recognition.mean",
    "recognition.deviation", "recognition.pace", "recognition.bloc", "recognition.extend", "recognition.kept",
    "recognition.kept_extended", "recognition.promises",
    "support.now", "support.floor", "support.decay", "support.spread", "support.gain",
    "split.now", "split.begins", "split.heals", "split.cost", "split.tempts",
    "authority.base", "authority.seats", "authority.of", "authority.wins", "authority.loses", "authority.access", "authority.majority",
    "polls.fairness", "polls.base", "polls.scale", "polls.held", "polls.ballot", "polls.early",
    "regional.joins", "regional.joins_split", "regional.observed", "regional.fairness", "regional.watch", "regional.base",
    "regional.scale", "regional.spread", "regional.gain", "regional.turnout", "regional.lift", "regional.turnout_spread",
    "exit.rate", "exit.push", "exit.trigger", "exit.scale", "force.rate",
    "talks.now", "talks.begin", "talks.mediated", "talks.stop", "talks.spoilt", "talks.trust", "talks.trust_scale",
    "talks.retract",
    "sender.now", "sender.top", "sender.ease", "sender.ease_in_talks", "sender.last", "sender.yields", "sender.take_back",
    "home.turns", "home.resists", "home.reverses", "home.presses", "home.threatens",
    "funds.agree", "funds.agree_in_talks", "funds.pay", "funds.relieves",
)  # fmt: skip
"""Rows of the parameter matrix. Rates are chances a month."""

OFFICE = ("holds", "collapsed", "handed_over", "voted_out", "removed")
"""What became of the incumbent."""

EVENTS = (
    "talks_began", "talks_stopped", "talks_completed", "eased", "all_lifted", "taken_back", "lapsed_within_a_year",
    "conceded", "conceded_all", "withdrawn", "office_lost", "collapsed", "handed_over", "voted_out", "removed", "split",
    "unrecognised", "claim_ended", "extended", "joined", "observed", "seat_won", "majority", "funds_agreed", "funds_paid",
    "lists_eased", "lists_lifted", "access_opened", "investigated", "turned", "poll_held", "early_poll", "admitted",
)  # fmt: skip
"""First times that are counted. ``lapsed_within_a_year``: easing taken back at most 12 months after the first."""

VARIABLES = (
    "revenue", "income", "loyalty", "support", "recognition", "price", "output", "hunger", "fiefs", "governors", "turnout",
    "trust",
)  # fmt: skip
"""Continuous paths. ``recognition`` is a share of all governments, ``output`` a share of its largest, ``governors`` the
share of regional offices that the challengers hold, ``trust`` the public belief that the incumbent is not obstinate."""

ZERO, HALF, ONE, TWO = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)
NEVER = np.float32(1e9)
YEAR = np.float32(12)

(
    _REVENUE, _PULL, _SPREAD, _LOSS_0, _LOSS_1, _LOSS_2, _EVASION, _EVASION_PACE, _EVASION_CEILING, _RENTS, _DEPLETION,
    _PRICE, _PRICE_PULL, _PRICE_SPREAD,
    _OUTPUT, _REACH, _OUTPUT_PACE, _OUTPUT_SPREAD,
    _FIEFS, _GROW, _CEILING, _YIELDS, _WRECKS,
    _HUNGER, _HUNGER_PACE, _NEED, _FEEDS, _RELIEF, _OPENS, _RAGE,
    _LOYALTY, _OFFER, _LOYALTY_SCALE, _LOYALTY_PACE, _LOYALTY_SPREAD,
    _PEAK, _THRESHOLD, _SURVIVAL_SCALE,
    _LISTS, _LISTS_TOP, _LISTS_EASE, _FOLLOWS, _WEIGHS, _LISTS_TRAPS,
    _INVESTIGATES, _TRAPS, _DETERS,
    _KNOWN, _ALL, _DROP, _CASCADE, _MEAN, _DEVIATION, _RECOGNITION_PACE, _BLOC, _EXTEND, _KEPT, _KEPT_EXTENDED, _PROMISES,
    _SUPPORT, _FLOOR, _DECAY, _SUPPORT_SPREAD, _GAIN,
    _SPLIT, _BEGINS, _HEALS, _COST, _TEMPTS,
    _SEATS_BASE, _SEATS, _OF, _WINS, _LOSES, _ACCESS, _MAJORITY,
    _FAIRNESS, _BASE, _POLLS_SCALE, _HELD, _BALLOT, _EARLY,
    _JOINS, _JOINS_SPLIT, _OBSERVED, _REGIONAL_FAIRNESS, _WATCH, _REGIONAL_BASE, _REGIONAL_SCALE, _REGIONAL_SPREAD,
    _REGIONAL_GAIN, _TURNOUT, _LIFT, _TURNOUT_SPREAD,
    _EXIT, _PUSH, _TRIGGER, _EXIT_SCALE, _FORCE,
    _TALKS, _BEGIN, _MEDIATED, _STOP, _SPOILT, _TRUST, _TRUST_SCALE, _RETRACT,
    _EASING, _EASING_TOP, _EASE, _EASE_IN_TALKS, _LAST, _ABLE, _TAKE_BACK,
    _TURNS, _RESISTS, _REVERSES, _PRESSES, _THREATENS,
    _AGREE, _AGREE_IN_TALKS, _PAY, _RELIEVES,
) = range(len(PARAMETERS))  # fmt: skip

BITS = tuple(event for event in EVENTS if event != "office_lost")
"""Events as bits 0 .. 31 of a number; losing the office is the sum of its four ways."""

(
    BEGAN_BIT, STOPPED_BIT, COMPLETED_BIT, EASED_BIT, LIFTED_BIT, BACK_BIT, LAPSED_BIT, CONCEDED_BIT, CONCEDED_ALL_BIT,
    WITHDRAWN_BIT, COLLAPSED_BIT, HANDED_OVER_BIT, VOTED_OUT_BIT, REMOVED_BIT, PARTED_BIT, UNRECOGNISED_BIT, CLAIM_ENDED_BIT,
    EXTENDED_BIT, JOINED_BIT, OBSERVED_BIT, SEAT_WON_BIT, MAJORITY_BIT, FUNDS_AGREED_BIT, FUNDS_PAID_BIT, LISTS_EASED_BIT,
    LISTS_LIFTED_BIT, ACCESS_OPENED_BIT, INVESTIGATED_BIT, TURNED_BIT, POLL_HELD_BIT, EARLY_POLL_BIT, ADMITTED_BIT,
) = (np.int32(np.uint32(1 << n).astype(np.int32)) for n in range(32))  # fmt: skip

NOTHING = np.int32(0)

FLOATS = 36
(
    PRICE, REVENUE, RENTS, INCOME, FIEFS, OUTPUT, HUNGER, LOYAL, SUPPORT, KNOWN, SPLIT, TALKS, PLACE, CONCESSIONS, EASING, WENT,
    OFFICES, SEATS, LISTS, FUNDS, OPEN, CASE, ADMINISTRATION, CLAIM, EARLIER, PART, WATCHED, GOVERNORS, VOTERS, SEEN_AT, RATIO,
    CALLED, TEMPTED, LEFT, MIXED, TOTAL,
) = range(FLOATS)  # fmt: skip
"""Rows of the state of a block."""


@njit(cache=True, nogil=True, inline="always")
def _bend(x):  # type: ignore[no-untyped-def]
    """s(x), between 0 and 1."""
    return HALF * (ONE + x / (ONE + abs(x)))


@njit(cache=True, nogil=True, inline="always")
def _within(x):  # type: ignore[no-untyped-def]
    low = x if x > ZERO else ZERO
    return low if low < ONE else ONE


@njit(cache=True, nogil=True, error_model="numpy")
def begin(x, belief, p, prior, start, u):  # type: ignore[no-untyped-def]
    """Month 0: everything at its ``now``; u[BLOCK] decides who begins split."""
    x[:] = ZERO
    x[PRICE, :] = p[_PRICE]
    x[REVENUE, :] = p[_REVENUE]
    x[RENTS, :] = ONE
    x[INCOME, :] = p[_REVENUE] + p[_RENTS]
    x[FIEFS, :] = p[_FIEFS]
    x[OUTPUT, :] = p[_OUTPUT]
    x[HUNGER, :] = p[_HUNGER]
    x[LOYAL, :] = p[_LOYALTY]
    x[SUPPORT, :] = p[_SUPPORT]
    x[KNOWN, :] = np.float32(math.floor(p[_KNOWN] + HALF))
    x[TALKS, :] = ONE if p[_TALKS] >= HALF else ZERO
    x[CONCESSIONS, :] = np.float32(start)
    x[EASING, :] = p[_EASING]
    x[SEATS, :] = p[_SEATS]
    x[LISTS, :] = p[_LISTS]
    x[CLAIM, :] = ONE
    x[SEEN_AT, :] = NEVER
    x[RATIO, :] = -ONE
    for i in range(BLOCK):
        x[SPLIT, i] = ONE if u[i] < p[_SPLIT] else ZERO
        for k in range(prior.shape[0]):
            belief[k, i] = prior[k]


@njit(cache=True, nogil=True, error_model="numpy")
def priced(z, price, p):  # type: ignore[no-untyped-def]
    pull, spread = p[_PRICE_PULL], p[_PRICE_SPREAD]
    for i in range(BLOCK):
        new = price[i] + pull * (ONE - price[i]) + spread * z[i]
        price[i] = new if new > ZERO else ZERO


@njit(cache=True, nogil=True, error_model="numpy")
def met(u, talks, place, fiefs, doubt, left, bits, p, steps):  # type: ignore[no-untyped-def]
    """Talks begin, or are stopped by somebody else; where they go on, ``left`` is what remains of the uniform, else 2."""
    rate, hazard, wrecks = p[_BEGIN] + p[_MEDIATED], p[_STOP] + p[_SPOILT], p[_WRECKS]
    gated = p[_TRUST_SCALE] > ZERO
    unit, trust = (ONE / p[_TRUST_SCALE] if gated else ZERO), p[_TRUST]
    end = np.float32(steps) - HALF if steps > 0 else NEVER
    for i in range(BLOCK):
        gate = _bend((ONE - doubt[i] - trust) * unit) if gated else ONE
        opens = rate * gate if place[i] < end else ZERO
        stops = hazard + wrecks * fiefs[i]
        stops = stops if stops < ONE else ONE
        on = talks[i] > HALF
        begins = (not on) & (u[i] < opens)
        ends = on & (u[i] < stops)
        talks[i] = ONE if begins | (on & (not ends)) else ZERO
        left[i] = (u[i] - stops) / (ONE - stops) if on & (not ends) else TWO
        bits[i] |= (BEGAN_BIT if begins else NOTHING) | (STOPPED_BIT if ends else NOTHING)


@njit(cache=True, nogil=True, error_model="numpy")
def furthest(place):  # type: ignore[no-untyped-def]
    """How far any world of the block has come at the talks."""
    most = ZERO
    for i in range(BLOCK):
        most = place[i] if place[i] > most else most
    return np.int64(most)


@njit(cache=True, nogil=True, error_model="numpy")
def incumbent_due(  # type: ignore[no-untyped-def]
    n, v, left, talks, place, made, tempted, belief, mixed, total, bits, table, reading, last, start
):
    """Position n, where the incumbent's step is due: he steps, to at least what the ladder has there, or holds and the sender may
    leave."""
    p, at = table[0, reading, n], np.float32(n)
    completes, ends = (COMPLETED_BIT, ZERO) if last else (NOTHING, ONE)
    for i in range(BLOCK):
        mixed[i] = ZERO
        total[i] = ZERO
    for k in range(belief.shape[0]):
        _seen_stepping(at, left, place, p, table[0, k, n], table[3, k, n], belief, k, mixed, total)
    _stepped(at, p, v, left, place, mixed, total)
    _advanced(mixed, place, made, tempted, np.float32(start + n // 2 + 1))
    _over(mixed, talks, bits, ends, completes)


# Small loops over few arrays: with more of them the compiler would have to compare more addresses than it is willing to.


@njit(cache=True, nogil=True, error_model="numpy")
def _stepped(at, p, v, left, place, mixed, total):  # type: ignore[no-untyped-def]
    """``mixed`` becomes 3 where he steps, 1 where he holds and the sender leaves, else 0."""
    for i in range(BLOCK):
        here = (place[i] == at) & (left[i] < ONE)
        moved = here & (left[i] < p)
        goes = here & (left[i] >= p) & (v[i] * total[i] < mixed[i])
        mixed[i] = TWO + ONE if moved else (ONE if goes else ZERO)
        left[i] = TWO if here else left[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _advanced(what, place, made, tempted, level):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        step = ONE if what[i] > TWO else ZERO
        place[i] += step
        made[i] = level if (step > HALF) & (made[i] < level) else made[i]
        tempted[i] += step


@njit(cache=True, nogil=True, error_model="numpy")
def _answered(at, leaves, v, left, place, mixed, total):  # type: ignore[no-untyped-def]
    """``mixed`` becomes 3 where the sender steps, 1 or 0 where it holds and he leaves or stays, 2 elsewhere."""
    for i in range(BLOCK):
        here = (place[i] == at) & (left[i] < ONE)
        moved = here & (left[i] * total[i] < mixed[i])
        held = here & (left[i] * total[i] >= mixed[i])
        seen = ONE if v[i] < leaves else ZERO
        mixed[i] = TWO + ONE if moved else (seen if held else TWO)
        left[i] = TWO if here else left[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _hindered(resists, turned, mixed):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        mixed[i] *= ONE - resists * turned[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _lifted(what, place, easing, went, level):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        step = ONE if what[i] > TWO else ZERO
        up = level - easing[i] if (step > HALF) & (easing[i] < level) else ZERO
        place[i] += step
        easing[i] += up
        went[i] += up


@njit(cache=True, nogil=True, error_model="numpy")
def _over(what, talks, bits, ends, completes):  # type: ignore[no-untyped-def]
    """Talks that somebody left (1), or that the last step (3) has completed: then ``ends`` is 0."""
    for i in range(BLOCK):
        goes = what[i] == ONE
        talks[i] = ZERO if goes else (talks[i] * ends if what[i] > TWO else talks[i])
        bits[i] |= (STOPPED_BIT if goes else NOTHING) | (completes if what[i] > TWO else NOTHING)


@njit(cache=True, nogil=True, error_model="numpy")
def _seen_stepping(at, left, place, p, step, leave, belief, k, mixed, total):  # type: ignore[no-untyped-def]
    """One reading: what his step, or his holding, makes of it; the sender leaves after it has seen that."""
    other = ONE - step
    for i in range(BLOCK):
        here = (place[i] == at) & (left[i] < ONE)
        seen = step if left[i] < p else other
        now = belief[k, i] * seen if here else belief[k, i]
        belief[k, i] = now
        mixed[i] += now * leave
        total[i] += now


@njit(cache=True, nogil=True, error_model="numpy")
def sender_due(  # type: ignore[no-untyped-def]
    n,
    v,
    left,
    talks,
    place,
    easing,
    went,
    turned,
    belief,
    mixed,
    total,
    bits,
    table,
    reading,
    last,
    able,
    resists,
    now,
    top,
):
    """Position n, where the sender's step is due: it steps, to at least what the ladder has there (``now`` being the step at the
    beginning), or holds and the incumbent may leave. A harder administration steps less."""
    leaves, at = table[1, reading, n], np.float32(n)
    completes, ends = (COMPLETED_BIT, ZERO) if last else (NOTHING, ONE)
    for i in range(BLOCK):
        mixed[i] = ZERO
        total[i] = ZERO
    for k in range(belief.shape[0]):
        _expected(able * table[2, k, n], belief, k, mixed, total)
    _hindered(resists, turned, mixed)
    _answered(at, leaves, v, left, place, mixed, total)
    level = now + np.float32((n + 1) // 2)
    _lifted(mixed, place, easing, went, level if level < top else top)
    _over(mixed, talks, bits, ends, completes)
    for k in range(belief.shape[0]):
        _seen_staying(table[1, k, n], belief, k, mixed)


@njit(cache=True, nogil=True, error_model="numpy")
def _expected(chance, belief, k, mixed, total):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        mixed[i] += belief[k, i] * chance
        total[i] += belief[k, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _seen_staying(leave, belief, k, seen):  # type: ignore[no-untyped-def]
    other = ONE - leave
    for i in range(BLOCK):
        tells = leave if seen[i] > HALF else other
        belief[k, i] = belief[k, i] * tells if seen[i] < ONE + HALF else belief[k, i]


@njit(cache=True, nogil=True, error_model="numpy")
def believed(belief, total):  # type: ignore[no-untyped-def]
    """Beliefs that add up to one, at the end of a month of talks."""
    for i in range(BLOCK):
        total[i] = ZERO
    for k in range(belief.shape[0]):
        _summed(belief, k, total)
    for i in range(BLOCK):
        total[i] = ONE / total[i] if total[i] > ZERO else ONE
    for k in range(belief.shape[0]):
        _stretched(belief, k, total)


@njit(cache=True, nogil=True, error_model="numpy")
def _summed(belief, k, total):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        total[i] += belief[k, i]


@njit(cache=True, nogil=True, error_model="numpy")
def _stretched(belief, k, unit):  # type: ignore[no-untyped-def]
    for i in range(BLOCK):
        belief[k, i] *= unit[i]


@njit(cache=True, nogil=True, error_model="numpy")
def sent(u, price, talks, turned, easing, place, went, p):  # type: ignore[no-untyped-def]
    """The sender eases a step, or takes one back, for reasons of its own; ``went`` is the net change of the month."""
    ease, more, back, last, top = p[_EASE], p[_EASE_IN_TALKS], p[_TAKE_BACK], p[_LAST], p[_EASING_TOP]
    resists, reverses, presses = p[_RESISTS], p[_REVERSES], p[_PRESSES]
    for i in range(BLOCK):
        pressed = ONE + presses * (price[i] - ONE)
        pressed = pressed if pressed > ZERO else ZERO
        rises = (ease + more * talks[i]) * (ONE - resists * turned[i]) * pressed
        rises = rises * last if easing[i] > HALF else rises
        falls = ONE - back - reverses * turned[i]
        up = ONE if u[i] < rises else ZERO
        down = ONE if (u[i] > falls) & (u[i] >= rises) else ZERO
        up = up if easing[i] < top - HALF else ZERO
        down = down if easing[i] > HALF else ZERO
        # A step of the talks that is taken back is due again.
        half = place[i] * HALF
        even = ONE if half == np.floor(half) else ZERO
        place[i] -= down * even if place[i] > HALF else ZERO
        went[i] += up - down
        easing[i] += up - down


@njit(cache=True, nogil=True, error_model="numpy")
def eventful(u, seats, lists, easing, funds, talks, access, investigated, made, called, busy, p):  # type: ignore[no-untyped-def]
    """In which worlds one of the rare things may happen, and :func:`incident` has to look."""
    of, wins, loses, early = p[_OF] - HALF, p[_WINS], p[_LOSES], p[_EARLY]
    top, ease, follows = p[_LISTS_TOP] - HALF, p[_LISTS_EASE], p[_FOLLOWS]
    agree, more, pay, opens, investigates, retract = (
        p[_AGREE], p[_AGREE_IN_TALKS], p[_PAY], p[_OPENS], p[_INVESTIGATES], p[_RETRACT]
    )  # fmt: skip
    for i in range(BLOCK):
        on = talks[i]
        most = (wins if seats[i] < of else ZERO) + (loses if seats[i] > HALF else ZERO)
        most += (ease + (follows if easing[i] > HALF else ZERO)) if lists[i] < top else ZERO
        asked = agree + more * on if funds[i] < HALF else pay
        most += asked if funds[i] < ONE + HALF else ZERO
        most += (opens if access[i] < HALF else ZERO) + (investigates if investigated[i] < HALF else ZERO)
        most += early * on + (retract * (ONE - on) if made[i] > HALF else ZERO)
        called[i] = ZERO
        # Rounding may differ from the sum that decides; a little more is looked at than needed.
        busy[i] = np.int32(1) if u[i] < most * np.float32(1.0001) else np.int32(0)


@njit(cache=True, nogil=True, error_model="numpy")
def incident(u, x, which, count, bits, p, start, ahead):  # type: ignore[no-untyped-def]
    """At most one of the rare things; ``ahead``: whether a scheduled presidential poll lies strictly ahead."""
    seats, lists, funds, access, investigated = x[SEATS], x[LISTS], x[FUNDS], x[OPEN], x[CASE]
    called = False
    for n in range(count):
        i = which[n]
        left = u[i]
        talks = x[TALKS, i] > HALF
        left -= p[_WINS] if seats[i] < p[_OF] - HALF else ZERO
        if left < ZERO:
            seats[i] += ONE
            x[TEMPTED, i] = ONE
            bits[i] |= SEAT_WON_BIT
            if TWO * seats[i] > p[_OF]:
                bits[i] |= MAJORITY_BIT
            continue
        left -= p[_LOSES] if seats[i] > HALF else ZERO
        if left < ZERO:
            seats[i] -= ONE
            continue
        if lists[i] < p[_LISTS_TOP] - HALF:
            left -= p[_LISTS_EASE] + (p[_FOLLOWS] if x[EASING, i] > HALF else ZERO)
        if left < ZERO:
            lists[i] += ONE
            bits[i] |= LISTS_EASED_BIT
            if lists[i] > p[_LISTS_TOP] - HALF:
                bits[i] |= LISTS_LIFTED_BIT
            continue
        if funds[i] < HALF:
            left -= p[_AGREE] + (p[_AGREE_IN_TALKS] if talks else ZERO)
            if left < ZERO:
                funds[i] = ONE
                bits[i] |= FUNDS_AGREED_BIT
                continue
        elif funds[i] < ONE + HALF:
            left -= p[_PAY]
            if left < ZERO:
                funds[i] = TWO
                bits[i] |= FUNDS_PAID_BIT
                continue
        left -= p[_OPENS] if access[i] < HALF else ZERO
        if left < ZERO:
            access[i] = ONE
            bits[i] |= ACCESS_OPENED_BIT
            continue
        left -= p[_INVESTIGATES] if investigated[i] < HALF else ZERO
        if left < ZERO:
            investigated[i] = ONE
            bits[i] |= INVESTIGATED_BIT
            continue
        left -= p[_RETRACT] if (not talks and x[CONCESSIONS, i] > HALF) else ZERO
        if left < ZERO:
            x[CONCESSIONS, i] -= ONE
            kept = TWO * (x[CONCESSIONS, i] - np.float32(start))
            kept = kept if kept > ZERO else ZERO
            x[PLACE, i] = min(x[PLACE, i], kept)
            continue
        left -= p[_EARLY] if (talks and ahead and x[EARLIER, i] < HALF) else ZERO
        if left < ZERO:
            x[CALLED, i] = ONE
            called = True
    return called


@njit(cache=True, nogil=True, error_model="numpy")
def paid(z, price, easing, evasion, revenue, output, p):  # type: ignore[no-untyped-def]
    pull, spread, none, some, all_ = p[_PULL], p[_SPREAD], p[_LOSS_0], p[_LOSS_1], p[_LOSS_2]
    reach, pace, wobble = p[_REACH], p[_OUTPUT_PACE], p[_OUTPUT_SPREAD]
    sold = ONE - evasion
    for i in range(BLOCK):
        loss = some if easing[i] < ONE + HALF else all_
        loss = none if easing[i] < HALF else loss
        left = ONE - loss * sold
        new = revenue[i] + pull * (price[i] * left - revenue[i]) + spread * z[i]
        revenue[i] = new if new > ZERO else ZERO
        made = output[i] + pace * (reach * left - output[i]) + wobble * z[i]
        output[i] = made if made > ZERO else ZERO


@njit(cache=True, nogil=True, error_model="numpy")
def lived_on(revenue, rents, fiefs, income, p):  # type: ignore[no-untyped-def]
    """Other rents, and what fief holders take for themselves."""
    depletion, worth, grow, ceiling = p[_DEPLETION], p[_RENTS], p[_GROW], p[_CEILING]
    for i in range(BLOCK):
        lack = ONE - revenue[i]
        lack = lack if lack > ZERO else ZERO
        rents[i] *= ONE - depletion * lack
        room = ceiling - fiefs[i]
        room = room if room > ZERO else ZERO
        fiefs[i] += grow * room * lack
        income[i] = revenue[i] + worth * rents[i]


@njit(cache=True, nogil=True, error_model="numpy")
def fed(income, hunger, access, funds, p):  # type: ignore[no-untyped-def]
    pace, need, feeds, relief, relieves = p[_HUNGER_PACE], p[_NEED], p[_FEEDS], p[_RELIEF], p[_RELIEVES]
    for i in range(BLOCK):
        given = feeds * income[i] + relief * access[i] + (relieves if funds[i] > ONE + HALF else ZERO)
        hunger[i] = _within(hunger[i] + pace * (need - given - hunger[i]))


@njit(cache=True, nogil=True, error_model="numpy")
def held_up(z, income, fiefs, loyalty, lists, investigated, known, p):  # type: ignore[no-untyped-def]
    """Loyalty of those who hold the incumbent up."""
    unit, offer, pace, spread = ONE / p[_LOYALTY_SCALE], p[_OFFER], p[_LOYALTY_PACE], p[_LOYALTY_SPREAD]
    weighs, closed, traps, yields = p[_WEIGHS], p[_LISTS_TRAPS], p[_TRAPS], p[_YIELDS]
    share = ONE / p[_LISTS_TOP] if p[_LISTS_TOP] > HALF else ZERO
    listed = ONE if p[_LISTS_TOP] > HALF else ZERO
    promised = p[_PROMISES] / max(ONE, p[_ALL])
    for i in range(BLOCK):
        strict = listed - lists[i] * share
        elsewhere = offer + promised * known[i] - closed * strict - traps * investigated[i]
        x = ((income[i] + yields * fiefs[i]) * (ONE - weighs * strict) - elsewhere) * unit
        loyalty[i] = _within(loyalty[i] + pace * (_bend(x) - loyalty[i]) + spread * z[i])


@njit(cache=True, nogil=True, error_model="numpy")
def abroad(u, known, ratio, p):  # type: ignore[no-untyped-def]
    """Governments that drop the challenger. ``ratio`` remembers Phi(..) - q of the last count, or -1."""
    all_ = max(ONE, p[_ALL])
    unit, drops, cascade, bloc = ONE / all_, p[_DROP], p[_CASCADE], max(ONE, p[_BLOC])
    mean, deviation, pace = p[_MEAN], p[_DEVIATION], p[_RECOGNITION_PACE]
    if deviation > ZERO:
        for i in range(BLOCK):
            # It changes only when somebody left, so it is kept: the normal distribution is dear.
            if ratio[i] < ZERO and known[i] > ZERO:
                gone = 1.0 - np.float64(known[i]) / np.float64(all_)
                more = 0.5 * math.erfc((mean - gone) / (deviation * math.sqrt(2.0))) - gone
                ratio[i] = np.float32(max(0.0, more))
    for i in range(BLOCK):
        n = known[i]
        follow = ratio[i] * all_ * pace if deviation > ZERO else n * cascade * (ONE - n * unit)
        leaving = n * drops + follow
        leaving = leaving if n > ZERO else ZERO
        now = n - bloc * np.floor(leaving / bloc + u[i])
        now = now if now > ZERO else ZERO
        ratio[i] = ratio[i] if now == n else -ONE
        known[i] = now


@njit(cache=True, nogil=True, error_model="numpy")
def lapsed(u, v, x, bits, p):  # type: ignore[no-untyped-def]
    """The mandate ends, or is extended once more."""
    known, claim = x[KNOWN], x[CLAIM]
    for i in range(BLOCK):
        if claim[i] < HALF:
            continue
        keeps = p[_KEPT_EXTENDED]
        if u[i] < p[_EXTEND]:
            bits[i] |= EXTENDED_BIT
        else:
            claim[i] = ZERO
            keeps = p[_KEPT]
            bits[i] |= CLAIM_ENDED_BIT
        known[i] = np.floor(known[i] * keeps + v[i])
        x[RATIO, i] = -ONE


@njit(cache=True, nogil=True, error_model="numpy")
def at_home(u, z, went, tempted, support, split, bits, p):  # type: ignore[no-untyped-def]
    floor, keeps, spread, success = p[_FLOOR], ONE - p[_DECAY], p[_SUPPORT_SPREAD], p[_GAIN]
    begins, heals, tempts = p[_BEGINS], p[_HEALS], p[_TEMPTS]
    for i in range(BLOCK):
        gain = success if went[i] > HALF else ZERO
        support[i] = _within(floor + (support[i] - floor) * keeps + spread * z[i] + gain)
        turns = heals if split[i] > HALF else begins + tempts * tempted[i]
        split[i] = ONE - split[i] if u[i] < turns else split[i]
        bits[i] |= PARTED_BIT if split[i] > HALF else NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def decided(u, v, x, bits, p):  # type: ignore[no-untyped-def]
    """Whether the challengers take part in the regional poll, and whether it is observed."""
    for i in range(BLOCK):
        joins = p[_JOINS_SPLIT] if x[SPLIT, i] > HALF else p[_JOINS]
        x[PART, i] = ONE if u[i] < joins else ZERO
        x[WATCHED, i] = ONE if v[i] < p[_OBSERVED] else ZERO
        bits[i] |= JOINED_BIT if x[PART, i] > HALF else NOTHING
        bits[i] |= OBSERVED_BIT if x[WATCHED, i] > HALF else NOTHING


@njit(cache=True, nogil=True, inline="always")
def _counts(seats, p):  # type: ignore[no-untyped-def]
    """What the seats of the electoral authority add to fairness."""
    more = p[_ACCESS] * (seats - p[_SEATS_BASE]) / max(ONE, p[_OF])
    return more + (p[_MAJORITY] if TWO * seats > p[_OF] else ZERO)


@njit(cache=True, nogil=True, error_model="numpy")
def polled_regionally(z, y, x, p):  # type: ignore[no-untyped-def]
    """The regional poll; z and y are shocks of variance 1."""
    for i in range(BLOCK):
        fair = _within(p[_REGIONAL_FAIRNESS] + p[_WATCH] * x[WATCHED, i] + _counts(x[SEATS, i], p))
        votes = p[_REGIONAL_BASE] + x[SUPPORT, i] * x[PART, i] - p[_COST] * x[SPLIT, i] - HALF
        won = _within(fair * _bend(votes / p[_REGIONAL_SCALE]) + p[_REGIONAL_SPREAD] * z[i])
        x[GOVERNORS, i] = won
        x[VOTERS, i] = _within(p[_TURNOUT] + p[_LIFT] * x[PART, i] + p[_TURNOUT_SPREAD] * y[i])
        x[SUPPORT, i] = _within(x[SUPPORT, i] + p[_REGIONAL_GAIN] * won * x[PART, i])


@njit(cache=True, nogil=True, error_model="numpy")
def polled(u, v, x, bits, p, scheduled):  # type: ignore[no-untyped-def]
    """A presidential poll, by schedule or where one was called early; u says whether it is held, v who is admitted. The
    chance of defeat stands where the call stood."""
    defeat = x[CALLED]
    for i in range(BLOCK):
        early = defeat[i] > HALF
        held = early or (scheduled and x[EARLIER, i] < HALF and u[i] < p[_HELD])
        defeat[i] = ZERO
        if not held:
            continue
        admitted = ONE if v[i] < p[_BALLOT] else ZERO
        if early:
            x[EARLIER, i] = ONE
        if x[OFFICES, i] < HALF:
            bits[i] |= POLL_HELD_BIT
            bits[i] |= EARLY_POLL_BIT if early else NOTHING
            bits[i] |= ADMITTED_BIT if admitted > HALF else NOTHING
        fair = _within(p[_FAIRNESS] + _counts(x[SEATS, i], p))
        votes = p[_BASE] + x[SUPPORT, i] * admitted - p[_COST] * x[SPLIT, i] - HALF
        defeat[i] = fair * _bend(votes / p[_POLLS_SCALE])


@njit(cache=True, nogil=True, error_model="numpy")
def fated(u, hunger, loyalty, revenue, investigated, turned, defeat, office, p):  # type: ignore[no-untyped-def]
    """Competing risks in one uniform: collapse, hand-over, removal, defeat."""
    fall_unit, peak, threshold = ONE / p[_SURVIVAL_SCALE], p[_PEAK], p[_THRESHOLD]
    rage, before = p[_RAGE], p[_HUNGER]
    rate, deters, push, trigger, exit_unit = p[_EXIT], p[_DETERS], p[_PUSH], p[_TRIGGER], ONE / p[_EXIT_SCALE]
    forced, threatens = p[_FORCE], p[_THREATENS]
    for i in range(BLOCK):
        fall = peak * _bend((threshold + rage * (hunger[i] - before) - loyalty[i]) * fall_unit)
        wants = rate + push * _bend((trigger - revenue[i]) * exit_unit)
        hand = fall + wants * (ONE - deters * investigated[i])
        force = hand + forced * (ONE + threatens * turned[i])
        lost = force + defeat[i]
        fate = TWO + ONE if u[i] < lost else ZERO
        fate = TWO + TWO if u[i] < force else fate
        fate = TWO if u[i] < hand else fate
        fate = ONE if u[i] < fall else fate
        office[i] = fate if office[i] < HALF else office[i]


@njit(cache=True, nogil=True, error_model="numpy")
def turned_over(u, x, bits, p):  # type: ignore[no-untyped-def]
    """An election of the sender's."""
    for i in range(BLOCK):
        x[ADMINISTRATION, i] = ONE if u[i] < p[_TURNS] else ZERO
        bits[i] |= TURNED_BIT if x[ADMINISTRATION, i] > HALF else NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def placed(x, many, at):  # type: ignore[no-untyped-def]
    """The joint state of each world; see :func:`detente.kernels.worlds.state`."""
    office, easing, known, made = x[OFFICES], x[EASING], x[KNOWN], x[CONCESSIONS]
    for i in range(BLOCK):
        band = ZERO if known[i] >= many else (ONE if known[i] > HALF else TWO)
        joint = ((office[i] * np.float32(3) + easing[i]) * np.float32(3) + band) * np.float32(4) + made[i]
        at[i] = np.int32(joint)


@njit(cache=True, nogil=True, error_model="numpy")
def eased(easing, went, seen_at, bits, month):  # type: ignore[no-untyped-def]
    """Events of the sender's steps."""
    now = np.float32(month)
    for i in range(BLOCK):
        found = EASED_BIT if easing[i] > HALF else NOTHING
        found |= LIFTED_BIT if easing[i] > ONE + HALF else NOTHING
        found |= BACK_BIT if went[i] < -HALF else NOTHING
        found |= (
            LAPSED_BIT if (went[i] < -HALF) & (seen_at[i] < NEVER) & (now - seen_at[i] <= YEAR) else NOTHING
        )
        seen_at[i] = now if (went[i] > HALF) & (seen_at[i] >= NEVER) else seen_at[i]
        bits[i] |= found


@njit(cache=True, nogil=True, error_model="numpy")
def stood(made, office, known, bits, steps, start):  # type: ignore[no-untyped-def]
    """Events of concessions, office and recognition."""
    begun = np.float32(start)
    all_ = np.float32((steps + 1) // 2) - HALF if steps > 0 else NEVER
    for i in range(BLOCK):
        more = made[i] - begun
        found = CONCEDED_BIT if more > HALF else NOTHING
        found |= CONCEDED_ALL_BIT if more > all_ else NOTHING
        found |= WITHDRAWN_BIT if more < -HALF else NOTHING
        found |= COLLAPSED_BIT if (office[i] > HALF) & (office[i] < ONE + HALF) else NOTHING
        found |= HANDED_OVER_BIT if (office[i] > ONE + HALF) & (office[i] < TWO + HALF) else NOTHING
        found |= VOTED_OUT_BIT if (office[i] > TWO + HALF) & (office[i] < TWO + ONE + HALF) else NOTHING
        found |= REMOVED_BIT if office[i] > TWO + ONE + HALF else NOTHING
        found |= UNRECOGNISED_BIT if known[i] < HALF else NOTHING
        bits[i] |= found


@njit(cache=True, nogil=True, error_model="numpy")
def listed(busy, which):  # type: ignore[no-untyped-def]
    """Numbers of the busy worlds, in order, into ``which``, and how many there are: without a branch that cannot be foreseen."""
    count = 0
    for i in range(BLOCK):
        which[count] = i
        count += busy[i]
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def news(at, before, bits, seen, busy):  # type: ignore[no-untyped-def]
    """Which worlds have changed, or have something for the first time; ``bits`` keeps what is new."""
    for i in range(BLOCK):
        fresh = np.int32(bits[i] & ~seen[i])
        bits[i] = fresh
        seen[i] = np.int32(seen[i] | fresh)
        busy[i] = np.int32(1) if (at[i] != before[i]) | (fresh != NOTHING) else NOTHING


@njit(cache=True, nogil=True, inline="always")
def lowest(bits):  # type: ignore[no-untyped-def]
    """Number of the lowest bit that is set."""
    low = bits & -bits
    found = 0
    if low >= 65536:
        low >>= 16
        found += 16
    if low >= 256:
        low >>= 8
        found += 8
    if low >= 16:
        low >>= 4
        found += 4
    if low >= 4:
        low >>= 2
        found += 2
    return found + (low >> 1)
