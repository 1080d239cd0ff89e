"""What happens in a month of a simulated standoff: its parts, in the order in which they happen.

There are an incumbent, a challenger with support at home and recognition abroad, and a sender whose sanctions cost the
incumbent money. With ``s(x) = (1 + x / (1 + |x|)) / 2``, ``z`` triangular shocks of mean 0 and variance 1, ``[A]`` 1 if A
and else 0, and parameters of one draw (:data:`PARAMETERS`; ``u`` uniform):

    home       at an election of the sender's: turned = [u < turns]
    price      P' = P + pull (1 - P) + spread z                                              not below 0
    talks      off: begin with chance (begin + mediated) gate, gate = s((1 - b_obstinate - trust) / trust_scale), or 1 where
               trust_scale is 0; not once all steps are taken
               on: stop with chance stop + spoilt + wrecks F; else the side whose step is due steps or holds, by the choices of
               :mod:`detente.kernels.talks` (the sender's times yields (1 - resists turned)); if it held the other may leave; the
               public belief b follows what the incumbent does
    sender     eases with chance (ease + ease_in_talks [talks]) (1 - resists turned) max(0, 1 + presses (P' - 1)), times last once it
               has eased; takes a step back with chance take_back + reverses turned
    incidents  at most one: a seat of the electoral authority won or lost, lists of persons eased, frozen funds agreed on or paid,
               humanitarian access opened, an investigation opened, a concession taken back, an early poll called
    evasion    e' = e + pace (ceiling - e), before it counts
    money      left = 1 - loss[easing] (1 - e'),  R' = R + pull (P' left - R) + spread z      not below 0
    output     O' = O + pace (reach left - O) + spread z                                           (z as for money)
    rents      lack = max(0, 1 - R'),  G' = G (1 - depletion lack),  F' = F + grow max(0, ceiling - F) lack,
               income Y = R' + rents G'
    hunger     H' = H + pace (need - feeds Y - relief [access] - relieves [paid] - H)               within [0, 1]
    loyalty    L' = L + pace (s(((Y + yields F') (1 - weighs strict) - offer) / scale) - L) + spread z   within [0, 1]
               with offer = outside offer + promises n / all - traps strict - traps [investigated], strict the share of the
               lists that stands and n the governments that recognise the challenger
    abroad     of n governments n (drop + cascade (1 - n / all)) leave, or n drop + all pace max(0, Phi((q - mean) /
               deviation) - q) with q the share that has left, in whole blocs; when the mandate lapses it is extended and
               kept_extended of them stay, or the claim ends and kept of them do, fractions by chance
    support    S' = floor + (S - floor) (1 - decay) + spread z + gain [easing went up]              within [0, 1]
    split      the challengers split, and unite, with a monthly chance; an offer to one wing adds to the first
    regional   whether they take part and whether it is observed, some months ahead; at the poll the share of seats is
               fair s((base + S' [part] - cost [split] - 1/2) / scale) + spread z, gain times which adds to S where they took part;
               turnout is turnout + lift [part] + spread z
    office     competing risks: collapse with chance peak s((threshold + rage (H' - H_0) - L') / scale), the regime's strength
               below the threshold of a global game of regime change; hand-over with chance (rate + push s((trigger - R') / scale))
               (1 - deters [investigated]); removal from outside with chance rate (1 + threatens turned); at a
               presidential poll defeat with chance fair s((base + S' [admitted] - cost [split] - 1/2) / scale), where
               fair = fairness + access (seats - base) / of + majority [seats > of / 2]

Worlds are computed in blocks, the n of one side by side, in float32. What happens every month are loops without branches, which
are vectorised; what belongs to a date are plain loops.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from detente.kernels.chance import BLOCK, CHANCES

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

(
    PRICE, REVENUE, RENTS, INCOME, FIEFS, OUTPUT, HUNGER, LOYAL, SUPPORT, KNOWN, SPLIT, TALKS, PLACE, CONCESSIONS, EASING, WENT,
    OFFICES, SEATS, LISTS, FUNDS, OPEN, CASE, ADMINISTRATION, CLAIM, EARLIER, PART, WATCHED, GOVERNORS, VOTERS, SEEN_AT, RATIO,
    CALLED, TEMPTED, LEFT, DOUBT, BELIEF, BELIEF_1, BELIEF_2, BELIEF_3,
) = range(0, 39 * BLOCK, BLOCK)  # fmt: skip
"""Where the rows of the state of a block begin. They are constants in one flat array, so that the compiler knows that no row
overlaps another and a loop may work on many at once."""

FLOATS = 39 * BLOCK

(
    U_REVENUE, U_LOYALTY, U_PRICE, U_SUPPORT, U_RISK, U_INCIDENT, U_TALKS, U_SENDER, U_ABROAD, U_SPLIT, U_WALK,
) = range(0, len(CHANCES) * BLOCK, BLOCK)  # fmt: skip
"""The same of :func:`detente.kernels.chance.chances`."""


@njit(cache=True, nogil=True, error_model="numpy")
def _bend(x):  # type: ignore[no-untyped-def]
    """s(x), between 0 and 1."""
    return HALF * (ONE + x / (ONE + abs(x)))


@njit(cache=True, nogil=True, error_model="numpy")
def _within(x):  # type: ignore[no-untyped-def]
    low = x if x > ZERO else ZERO
    return low if low < ONE else ONE


@njit(cache=True, nogil=True, error_model="numpy")
def begin(x, bits, p, prior, doubted, start, u, n):  # type: ignore[no-untyped-def]
    """Month 0: everything at its ``now``; u decides who begins split."""
    x[:] = ZERO
    known = np.float32(math.floor(min(p[_KNOWN] + HALF, max(ONE, p[_ALL]))))
    majority = MAJORITY_BIT if TWO * p[_SEATS] > p[_OF] else NOTHING
    began = BEGAN_BIT if p[_TALKS] >= HALF else NOTHING
    for i in range(n):
        x[PRICE + i] = p[_PRICE]
        x[REVENUE + i] = p[_REVENUE]
        x[RENTS + i] = ONE
        x[INCOME + i] = p[_REVENUE] + p[_RENTS]
        x[FIEFS + i] = p[_FIEFS]
        x[OUTPUT + i] = p[_OUTPUT]
        x[HUNGER + i] = p[_HUNGER]
        x[LOYAL + i] = p[_LOYALTY]
        x[SUPPORT + i] = p[_SUPPORT]
        x[KNOWN + i] = known
        x[TALKS + i] = ONE if p[_TALKS] >= HALF else ZERO
        x[CONCESSIONS + i] = np.float32(start)
        x[EASING + i] = p[_EASING]
        x[SEATS + i] = p[_SEATS]
        x[LISTS + i] = p[_LISTS]
        x[CLAIM + i] = ONE
        x[SEEN_AT + i] = -NEVER
        x[RATIO + i] = -ONE
        x[SPLIT + i] = ONE if u[U_SPLIT + i] < p[_SPLIT] else ZERO
        bits[i] = began | majority | (PARTED_BIT if x[SPLIT + i] > HALF else NOTHING)
        for k in range(len(prior)):
            x[BELIEF + k * BLOCK + i] = prior[k]
            x[DOUBT + i] += doubted[k] * prior[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _row(table, k):  # type: ignore[no-untyped-def]
    return table[k, 0], table[k, 1], table[k, 2], table[k, 3], table[k, 4], table[k, 5]


@njit(cache=True, nogil=True, error_model="numpy")
def _at(place, row):  # type: ignore[no-untyped-def]
    """``row[place]``, without looking anything up."""
    value = row[0]
    value = row[1] if place > HALF else value
    value = row[2] if place > ONE + HALF else value
    value = row[3] if place > TWO + HALF else value
    value = row[4] if place > TWO + ONE + HALF else value
    return row[5] if place > TWO + TWO + HALF else value


@njit(cache=True, nogil=True, error_model="numpy")
def due(choices, able, reading, moves, leaves):  # type: ignore[no-untyped-def]
    """The choices [4, K, N] of one draw by the side whose step is due, into float32 moves[READINGS + 1, POSITIONS] and
    leaves[READINGS, POSITIONS]: the chance that it steps, and that the other leaves where it held. The last row of ``moves`` is
    what the incumbent does in truth."""
    moves[:] = ZERO
    leaves[:] = ZERO
    last = len(moves) - 1
    for n in range(choices.shape[2]):
        his = n % 2 == 0
        for k in range(choices.shape[1]):
            moves[k, n] = choices[0, k, n] if his else able * choices[2, k, n]
            leaves[k, n] = choices[3, k, n] if his else choices[1, k, n]
        moves[last, n] = choices[0, reading, n] if his else choices[1, reading, n]


@njit(cache=True, nogil=True, error_model="numpy")
def met(x, u, bits, p, steps, n):  # type: ignore[no-untyped-def]
    """The price of the month; and talks begin, or are stopped by somebody else. Where they go on, ``LEFT`` is what remains of
    the uniform, which is uniform again, and elsewhere 2."""
    pull, spread = p[_PRICE_PULL], p[_PRICE_SPREAD]
    rate, hazard, wrecks = p[_BEGIN] + p[_MEDIATED], p[_STOP] + p[_SPOILT], p[_WRECKS]
    gated = p[_TRUST_SCALE] > ZERO
    unit, trust = (ONE / p[_TRUST_SCALE] if gated else ZERO), p[_TRUST]
    end = np.float32(steps) - HALF if steps > 0 else NEVER
    for i in range(n):
        price = x[PRICE + i] + pull * (ONE - x[PRICE + i]) + spread * u[U_PRICE + i]
        x[PRICE + i] = price if price > ZERO else ZERO
        gate = _bend((ONE - x[DOUBT + i] - trust) * unit) if gated else ONE
        opens = rate * gate if x[PLACE + i] < end else ZERO
        stops = hazard + wrecks * x[FIEFS + i]
        stops = stops if stops < ONE else ONE
        on = x[TALKS + i] > HALF
        begins = (not on) & (u[U_TALKS + i] < opens)
        ends = on & (u[U_TALKS + i] < stops)
        goes_on = on & (not ends)
        x[TALKS + i] = ONE if begins | goes_on else ZERO
        x[LEFT + i] = (u[U_TALKS + i] - stops) / (ONE - stops) if goes_on else TWO
        bits[i] |= (BEGAN_BIT if begins else NOTHING) | (STOPPED_BIT if ends else NOTHING)


@njit(cache=True, nogil=True, error_model="numpy")
def stepped(x, u, bits, p, moves, leaves, steps, start, n):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Where talks go on, the side whose step is due steps, to at least what the ladder has there, or holds and the other may
    leave; a harder administration steps less. Beliefs follow, not yet adding up to one.

    ``moves`` and ``leaves`` as made by :func:`due`."""
    resists, end, last = p[_RESISTS], np.float32(steps) - HALF, np.float32(steps) - ONE - HALF
    given, eased, top = np.float32(start) + ONE, p[_EASING], p[_EASING_TOP]
    m0, m1, m2, m3, true = _row(moves, 0), _row(moves, 1), _row(moves, 2), _row(moves, 3), _row(moves, 4)
    l0, l1, l2, l3 = _row(leaves, 0), _row(leaves, 1), _row(leaves, 2), _row(leaves, 3)
    for i in range(n):
        place, left, walk = x[PLACE + i], x[LEFT + i], u[U_WALK + i]
        b0, b1, b2, b3 = x[BELIEF + i], x[BELIEF_1 + i], x[BELIEF_2 + i], x[BELIEF_3 + i]
        here = (left < ONE) & (place < end)
        level = np.floor(place * HALF)
        his = level == place * HALF
        chance = _at(place, true)
        n0, n1, n2, n3 = _at(place, m0), _at(place, m1), _at(place, m2), _at(place, m3)
        w0, w1, w2, w3 = _at(place, l0), _at(place, l1), _at(place, l2), _at(place, l3)
        # His step, or his holding, is seen before the sender may leave.
        did = left < chance
        s0 = b0 * ((n0 if did else ONE - n0) if his else ONE)
        s1 = b1 * ((n1 if did else ONE - n1) if his else ONE)
        s2 = b2 * ((n2 if did else ONE - n2) if his else ONE)
        s3 = b3 * ((n3 if did else ONE - n3) if his else ONE)
        mixed = s0 * (w0 if his else n0) + s1 * (w1 if his else n1)
        mixed = mixed + s2 * (w2 if his else n2) + s3 * (w3 if his else n3)
        mixed = mixed if his else mixed * (ONE - resists * x[ADMINISTRATION + i])
        total = s0 + s1 + s2 + s3
        moved = here & (did if his else left * total < mixed)
        held = here & (not moved)
        goes = held & (walk * total < mixed if his else walk < chance)
        # His leaving, or his staying, is seen as well.
        seen = held & (not his)
        x[BELIEF + i] = b0 * (w0 if goes else ONE - w0) if seen else (s0 if here else b0)
        x[BELIEF_1 + i] = b1 * (w1 if goes else ONE - w1) if seen else (s1 if here else b1)
        x[BELIEF_2 + i] = b2 * (w2 if goes else ONE - w2) if seen else (s2 if here else b2)
        x[BELIEF_3 + i] = b3 * (w3 if goes else ONE - w3) if seen else (s3 if here else b3)
        gives, lifts = moved & his, moved & (not his)
        made, easing = x[CONCESSIONS + i], x[EASING + i]
        x[CONCESSIONS + i] = given + level if gives & (made < given + level) else made
        x[TEMPTED + i] = ONE if gives else ZERO
        lifted = eased + level + ONE
        lifted = lifted if lifted < top else top
        up = lifted - easing if lifts & (easing < lifted) else ZERO
        x[EASING + i] = easing + up
        x[WENT + i] = up
        x[PLACE + i] = place + ONE if moved else place
        completes = moved & (place > last)
        x[TALKS + i] = ZERO if goes | completes else x[TALKS + i]
        bits[i] |= (STOPPED_BIT if goes else NOTHING) | (COMPLETED_BIT if completes else NOTHING)


@njit(cache=True, nogil=True, error_model="numpy")
def believed(x, doubted, n):  # type: ignore[no-untyped-def]
    """Beliefs that add up to one; ``doubted`` [READINGS] is 1 for the reading that the gate to the talks is about."""
    d0, d1, d2, d3 = doubted[0], doubted[1], doubted[2], doubted[3]
    for i in range(n):
        b0, b1, b2, b3 = x[BELIEF + i], x[BELIEF_1 + i], x[BELIEF_2 + i], x[BELIEF_3 + i]
        total = b0 + b1 + b2 + b3
        unit = ONE / total if total > ZERO else ONE
        b0, b1, b2, b3 = b0 * unit, b1 * unit, b2 * unit, b3 * unit
        x[BELIEF + i], x[BELIEF_1 + i], x[BELIEF_2 + i], x[BELIEF_3 + i] = b0, b1, b2, b3
        x[DOUBT + i] = d0 * b0 + d1 * b1 + d2 * b2 + d3 * b3


@njit(cache=True, nogil=True, error_model="numpy")
def sent(x, u, bits, p, start, ahead, n):  # type: ignore[no-untyped-def]
    """The sender eases a step, or takes one back, for reasons of its own; then at most one of the rare things. Returns whether
    an early poll was called in any world. ``WENT`` is the net change of the month; ``ahead``: whether a scheduled presidential
    poll lies strictly ahead."""
    rate, more, back, again, top = p[_EASE], p[_EASE_IN_TALKS], p[_TAKE_BACK], p[_LAST], p[_EASING_TOP] - HALF
    resists, reverses, presses = p[_RESISTS], p[_REVERSES], p[_PRESSES]
    of, wins, loses = p[_OF], p[_WINS], p[_LOSES]
    lists_top, lists_ease, follows = p[_LISTS_TOP] - HALF, p[_LISTS_EASE], p[_FOLLOWS]
    agree, agree_more, pay, opens = p[_AGREE], p[_AGREE_IN_TALKS], p[_PAY], p[_OPENS]
    investigates, retract, early = p[_INVESTIGATES], p[_RETRACT], (p[_EARLY] if ahead else ZERO)
    begun = np.float32(start)
    found = NOTHING
    for i in range(n):
        easing, place, talks, turned = x[EASING + i], x[PLACE + i], x[TALKS + i], x[ADMINISTRATION + i]
        pressed = ONE + presses * (x[PRICE + i] - ONE)
        pressed = pressed if pressed > ZERO else ZERO
        rises = (rate + more * talks) * (ONE - resists * turned) * pressed
        rises = rises * again if easing > HALF else rises
        falls = ONE - back - reverses * turned
        up = ONE if (u[U_SENDER + i] < rises) & (easing < top) else ZERO
        down = ONE if (u[U_SENDER + i] > falls) & (u[U_SENDER + i] >= rises) & (easing > HALF) else ZERO
        # A step of the talks that is taken back is due again.
        even = np.floor(place * HALF) == place * HALF
        place = place - down if even & (place > HALF) else place
        easing = easing + (up - down)
        x[WENT + i] += up - down
        x[EASING + i] = easing
        # Shares of one uniform, one after the other: what happens is where it first falls below 0.
        on = talks > HALF
        seats, lists, funds, made = x[SEATS + i], x[LISTS + i], x[FUNDS + i], x[CONCESSIONS + i]
        access, case = x[OPEN + i], x[CASE + i]
        after_won = u[U_INCIDENT + i] - (wins if seats < of - HALF else ZERO)
        after_lost = after_won - (loses if seats > HALF else ZERO)
        after_lists = after_lost - (
            lists_ease + (follows if easing > HALF else ZERO) if lists < lists_top else ZERO
        )
        after_funds = after_lists - (
            agree + (agree_more if on else ZERO) if funds < HALF else (pay if funds < ONE + HALF else ZERO)
        )
        after_access = after_funds - (opens if access < HALF else ZERO)
        after_case = after_access - (investigates if case < HALF else ZERO)
        after_back = after_case - (retract if (not on) & (made > HALF) else ZERO)
        after_early = after_back - (early if on & (x[EARLIER + i] < HALF) else ZERO)
        won = after_won < ZERO
        lost = (after_lost < ZERO) & (after_won >= ZERO)
        listed_less = (after_lists < ZERO) & (after_lost >= ZERO)
        funded = (after_funds < ZERO) & (after_lists >= ZERO)
        opened = (after_access < ZERO) & (after_funds >= ZERO)
        looked_at = (after_case < ZERO) & (after_access >= ZERO)
        retracted = (after_back < ZERO) & (after_case >= ZERO)
        called = (after_early < ZERO) & (after_back >= ZERO)
        seats = seats + ((ONE if won else ZERO) - (ONE if lost else ZERO))
        lists = lists + (ONE if listed_less else ZERO)
        made = made - (ONE if retracted else ZERO)
        kept = TWO * (made - begun)
        kept = kept if kept > ZERO else ZERO
        x[SEATS + i], x[LISTS + i], x[CONCESSIONS + i] = seats, lists, made
        x[PLACE + i] = kept if retracted & (kept < place) else place
        x[FUNDS + i] = funds + (ONE if funded else ZERO)
        x[OPEN + i] = ONE if opened else access
        x[CASE + i] = ONE if looked_at else case
        x[CALLED + i] = ONE if called else ZERO
        x[TEMPTED + i] = ONE if won else x[TEMPTED + i]
        found = np.int32(found | (EARLY_POLL_BIT if called else NOTHING))
        bits[i] |= (
            (SEAT_WON_BIT if won else NOTHING)
            | (MAJORITY_BIT if won & (TWO * seats > of) else NOTHING)
            | (LISTS_EASED_BIT if listed_less else NOTHING)
            | (LISTS_LIFTED_BIT if listed_less & (lists > lists_top) else NOTHING)
            | (FUNDS_AGREED_BIT if funded & (funds < HALF) else NOTHING)
            | (FUNDS_PAID_BIT if funded & (funds > HALF) else NOTHING)
            | (ACCESS_OPENED_BIT if opened else NOTHING)
            | (INVESTIGATED_BIT if looked_at else NOTHING)
        )
    return found != NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def lived(x, u, evasion, p, n):  # type: ignore[no-untyped-def]
    """Money, what fief holders take for themselves, hunger, and the loyalty of those who hold the incumbent up."""
    pull, spread, none, some, all_ = p[_PULL], p[_SPREAD], p[_LOSS_0], p[_LOSS_1], p[_LOSS_2]
    reach, output_pace, wobble = p[_REACH], p[_OUTPUT_PACE], p[_OUTPUT_SPREAD]
    depletion, worth, grow, ceiling = p[_DEPLETION], p[_RENTS], p[_GROW], p[_CEILING]
    hunger_pace, need, feeds = p[_HUNGER_PACE], p[_NEED], p[_FEEDS]
    relief, relieves = p[_RELIEF], p[_RELIEVES]
    unit, offer, yields = ONE / p[_LOYALTY_SCALE], p[_OFFER], p[_YIELDS]
    pace, loyalty_spread = p[_LOYALTY_PACE], p[_LOYALTY_SPREAD]
    weighs, closed, traps = p[_WEIGHS], p[_LISTS_TRAPS], p[_TRAPS]
    share = ONE / p[_LISTS_TOP] if p[_LISTS_TOP] > HALF else ZERO
    listed = ONE if p[_LISTS_TOP] > HALF else ZERO
    promised = p[_PROMISES] / max(ONE, p[_ALL])
    sold = ONE - evasion
    for i in range(n):
        easing = x[EASING + i]
        loss = some if easing < ONE + HALF else all_
        loss = none if easing < HALF else loss
        left = ONE - loss * sold
        revenue = x[REVENUE + i] + pull * (x[PRICE + i] * left - x[REVENUE + i]) + spread * u[U_REVENUE + i]
        revenue = revenue if revenue > ZERO else ZERO
        x[REVENUE + i] = revenue
        output = x[OUTPUT + i] + output_pace * (reach * left - x[OUTPUT + i]) + wobble * u[U_REVENUE + i]
        x[OUTPUT + i] = output if output > ZERO else ZERO
        lack = ONE - revenue
        lack = lack if lack > ZERO else ZERO
        rents = x[RENTS + i] * (ONE - depletion * lack)
        x[RENTS + i] = rents
        room = ceiling - x[FIEFS + i]
        room = room if room > ZERO else ZERO
        fiefs = x[FIEFS + i] + grow * room * lack
        x[FIEFS + i] = fiefs
        income = revenue + worth * rents
        x[INCOME + i] = income
        given = feeds * income + relief * x[OPEN + i] + (relieves if x[FUNDS + i] > ONE + HALF else ZERO)
        x[HUNGER + i] = _within(x[HUNGER + i] + hunger_pace * (need - given - x[HUNGER + i]))
        strict = listed - x[LISTS + i] * share
        elsewhere = offer + promised * x[KNOWN + i] - closed * strict - traps * x[CASE + i]
        drawn = _bend(((income + yields * fiefs) * (ONE - weighs * strict) - elsewhere) * unit)
        loyalty = x[LOYAL + i]
        x[LOYAL + i] = _within(loyalty + pace * (drawn - loyalty) + loyalty_spread * u[U_LOYALTY + i])


@njit(cache=True, nogil=True, error_model="numpy")
def abroad(x, u, p, n):  # type: ignore[no-untyped-def]
    """Governments that drop the challenger. ``RATIO`` remembers Phi(..) - q of the last count, or -1."""
    all_ = max(ONE, p[_ALL])
    unit, drops, cascade, bloc = ONE / all_, p[_DROP], p[_CASCADE], max(ONE, p[_BLOC])
    mean, deviation, pace = p[_MEAN], p[_DEVIATION], p[_RECOGNITION_PACE]
    by_norm = deviation > ZERO
    if by_norm:
        for i in range(n):
            # It changes only when somebody left, so it is kept: the normal distribution is dear.
            if x[RATIO + i] < ZERO and x[KNOWN + i] > ZERO:
                gone = 1.0 - np.float64(x[KNOWN + i]) / np.float64(all_)
                more = 0.5 * math.erfc((mean - gone) / (deviation * math.sqrt(2.0))) - gone
                x[RATIO + i] = np.float32(max(0.0, more))
    for i in range(n):
        known = x[KNOWN + i]
        follow = x[RATIO + i] * all_ * pace if by_norm else known * cascade * (ONE - known * unit)
        leaving = known * drops + follow
        leaving = leaving if (known > ZERO) & (leaving > ZERO) else ZERO
        now = known - bloc * np.floor(leaving / bloc + u[U_ABROAD + i])
        now = now if now > ZERO else ZERO
        x[RATIO + i] = x[RATIO + i] if now == known else -ONE
        x[KNOWN + i] = now


@njit(cache=True, nogil=True, error_model="numpy")
def lapsed(v, x, bits, p, n):  # type: ignore[no-untyped-def]
    """The mandate ends, or is extended once more."""
    for i in range(n):
        if x[CLAIM + i] < HALF:
            continue
        keeps = p[_KEPT_EXTENDED]
        if v[1, i] < p[_EXTEND]:
            bits[i] |= EXTENDED_BIT
        else:
            x[CLAIM + i] = ZERO
            keeps = p[_KEPT]
            bits[i] |= CLAIM_ENDED_BIT
        stay = x[KNOWN + i] * keeps
        # Not floor(stay + u): in single precision that sum may reach the next whole number.
        x[KNOWN + i] = np.floor(stay) + (ONE if v[2, i] >= ONE - (stay - np.floor(stay)) else ZERO)
        x[RATIO + i] = -ONE


@njit(cache=True, nogil=True, error_model="numpy")
def at_home(x, u, bits, p, n):  # type: ignore[no-untyped-def]
    """Support for the challengers, and their split."""
    floor, keeps, spread, success = p[_FLOOR], ONE - p[_DECAY], p[_SUPPORT_SPREAD], p[_GAIN]
    begins, heals, tempts = p[_BEGINS], p[_HEALS], p[_TEMPTS]
    for i in range(n):
        gain = success if x[WENT + i] > HALF else ZERO
        x[SUPPORT + i] = _within(floor + (x[SUPPORT + i] - floor) * keeps + spread * u[U_SUPPORT + i] + gain)
        split = x[SPLIT + i]
        turns = heals if split > HALF else begins + tempts * x[TEMPTED + i]
        split = ONE - split if u[U_SPLIT + i] < turns else split
        x[SPLIT + i] = split
        bits[i] |= PARTED_BIT if split > HALF else NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def decided(v, x, bits, p, n):  # type: ignore[no-untyped-def]
    """Whether the challengers take part in the regional poll, and whether it is observed."""
    for i in range(n):
        joins = p[_JOINS_SPLIT] if x[SPLIT + i] > HALF else p[_JOINS]
        x[PART + i] = ONE if v[3, i] < joins else ZERO
        x[WATCHED + i] = ONE if v[4, i] < p[_OBSERVED] else ZERO
        bits[i] |= JOINED_BIT if x[PART + i] > HALF else NOTHING
        bits[i] |= OBSERVED_BIT if x[WATCHED + i] > HALF else NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def _counts(seats, p):  # type: ignore[no-untyped-def]
    """What the seats of the electoral authority add to fairness."""
    more = p[_ACCESS] * (seats - p[_SEATS_BASE]) / max(ONE, p[_OF])
    return more + (p[_MAJORITY] if TWO * seats > p[_OF] else ZERO)


@njit(cache=True, nogil=True, error_model="numpy")
def polled_regionally(y, x, p, n):  # type: ignore[no-untyped-def]
    """The regional poll; the first two rows of y are shocks of variance 1."""
    for i in range(n):
        fair = _within(p[_REGIONAL_FAIRNESS] + p[_WATCH] * x[WATCHED + i] + _counts(x[SEATS + i], p))
        votes = p[_REGIONAL_BASE] + x[SUPPORT + i] * x[PART + i] - p[_COST] * x[SPLIT + i] - HALF
        won = _within(fair * _bend(votes / p[_REGIONAL_SCALE]) + p[_REGIONAL_SPREAD] * y[0, i])
        x[GOVERNORS + i] = won
        x[VOTERS + i] = _within(p[_TURNOUT] + p[_LIFT] * x[PART + i] + p[_TURNOUT_SPREAD] * y[1, i])
        x[SUPPORT + i] = _within(x[SUPPORT + i] + p[_REGIONAL_GAIN] * won * x[PART + i])


@njit(cache=True, nogil=True, error_model="numpy")
def polled(v, x, bits, p, scheduled, n):  # type: ignore[no-untyped-def]
    """A presidential poll, by schedule or where one was called early; v[5] says whether it is held, v[6] who is admitted. The
    chance of defeat stands where the call stood."""
    for i in range(n):
        early = x[CALLED + i] > HALF
        held = early or (scheduled and x[EARLIER + i] < HALF and v[5, i] < p[_HELD])
        x[CALLED + i] = ZERO
        if not held:
            continue
        admitted = ONE if v[6, i] < p[_BALLOT] else ZERO
        if early:
            x[EARLIER + i] = ONE
        if x[OFFICES + i] < HALF:
            bits[i] |= POLL_HELD_BIT
            bits[i] |= EARLY_POLL_BIT if early else NOTHING
            bits[i] |= ADMITTED_BIT if admitted > HALF else NOTHING
        fair = _within(p[_FAIRNESS] + _counts(x[SEATS + i], p))
        votes = p[_BASE] + x[SUPPORT + i] * admitted - p[_COST] * x[SPLIT + i] - HALF
        x[CALLED + i] = fair * _bend(votes / p[_POLLS_SCALE])


@njit(cache=True, nogil=True, error_model="numpy")
def fated(x, u, p, n):  # type: ignore[no-untyped-def]
    """Competing risks in one uniform: collapse, hand-over, removal, defeat."""
    fall_unit, peak, threshold = ONE / p[_SURVIVAL_SCALE], p[_PEAK], p[_THRESHOLD]
    rage, before = p[_RAGE], p[_HUNGER]
    rate, deters, push, trigger, exit_unit = p[_EXIT], p[_DETERS], p[_PUSH], p[_TRIGGER], ONE / p[_EXIT_SCALE]
    forced, threatens = p[_FORCE], p[_THREATENS]
    for i in range(n):
        fall = peak * _bend((threshold + rage * (x[HUNGER + i] - before) - x[LOYAL + i]) * fall_unit)
        wants = rate + push * _bend((trigger - x[REVENUE + i]) * exit_unit)
        hand = fall + wants * (ONE - deters * x[CASE + i])
        force = hand + forced * (ONE + threatens * x[ADMINISTRATION + i])
        lost = force + x[CALLED + i]
        fate = TWO + ONE if u[U_RISK + i] < lost else ZERO
        fate = TWO + TWO if u[U_RISK + i] < force else fate
        fate = TWO if u[U_RISK + i] < hand else fate
        fate = ONE if u[U_RISK + i] < fall else fate
        x[OFFICES + i] = fate if x[OFFICES + i] < HALF else x[OFFICES + i]


@njit(cache=True, nogil=True, error_model="numpy")
def turned_over(v, x, bits, p, n):  # type: ignore[no-untyped-def]
    """An election of the sender's."""
    for i in range(n):
        x[ADMINISTRATION + i] = ONE if v[0, i] < p[_TURNS] else ZERO
        bits[i] |= TURNED_BIT if x[ADMINISTRATION + i] > HALF else NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def told(steps, start, top, levels, bits):  # type: ignore[no-untyped-def]
    """Events that the joint state tells of, into int32 bits[states]; ``top`` is the sender's last step, ``levels`` those of
    concessions."""
    most = (steps + 1) // 2 if steps > 0 else levels
    for at in range(len(bits)):
        made, band = at % levels - start, at // levels % 3
        easing, office = at // (levels * 3) % 3, at // (levels * 9)
        found = EASED_BIT if easing > 0 else NOTHING
        found |= LIFTED_BIT if easing > 0 and easing >= top else NOTHING
        found |= UNRECOGNISED_BIT if band == 2 else NOTHING
        found |= CONCEDED_BIT if made > 0 else NOTHING
        found |= CONCEDED_ALL_BIT if made >= most else NOTHING
        found |= WITHDRAWN_BIT if made < 0 else NOTHING
        found |= COLLAPSED_BIT if office == 1 else NOTHING
        found |= HANDED_OVER_BIT if office == 2 else NOTHING
        found |= VOTED_OUT_BIT if office == 3 else NOTHING
        found |= REMOVED_BIT if office == 4 else NOTHING
        bits[at] = found


@njit(cache=True, nogil=True, error_model="numpy")
def news(x, bits, seen, at, before, busy, month, many, n):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """The joint state of each world (see :func:`detente.kernels.worlds.state`), and which worlds have another than before, or
    an event that has not been seen."""
    now = np.float32(month)
    for i in range(n):
        office, easing, known, made = x[OFFICES + i], x[EASING + i], x[KNOWN + i], x[CONCESSIONS + i]
        went, seen_at = x[WENT + i], x[SEEN_AT + i]
        band = ZERO if known >= many else (ONE if known > HALF else TWO)
        joint = np.int32(((office * np.float32(3) + easing) * np.float32(3) + band) * np.float32(4) + made)
        back = went < -HALF
        found = bits[i] | (BACK_BIT if back else NOTHING)
        found = np.int32(found | (LAPSED_BIT if back & (now - seen_at <= YEAR) else NOTHING))
        x[SEEN_AT + i] = now if (went > HALF) & (seen_at < ZERO) else seen_at
        bits[i] = found
        at[i] = joint
        busy[i] = np.uint8((joint != before[i]) | ((found & ~seen[i]) != NOTHING))
