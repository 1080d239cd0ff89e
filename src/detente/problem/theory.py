"""Closed forms of bargaining, coalitions, cascades and commitment, to be called from Python: no analysis and no world uses them.

A world is made of equations and typed numbers; a number that follows from one of these results may be worked out here before it
is typed. Each function is one published result in the limit in which it has a closed form. What it takes and gives are floats
or arrays [S], one number a draw, broadcast as NumPy does; scalars give scalars. All are exact up to rounding and cost O(S), save for the ruling coalition, which looks at all
2^n sets of up to twelve members, and the cascade, which bisects.

Alternating offers (Rubinstein 1982)           x_1 = (1 - d_2) / (1 - d_1 d_2),  r_2 / (r_1 + r_2) with instant offers
Reputation (Abreu & Gul 2000)                  l_i = r_j (1 - a_i) / (a_1 + a_2 - 1),  T_i = -ln z_i / l_i,  T_0 = min T
War of attrition (Maynard Smith 1974)          h_i = c_j / v_j
Risk against return (Fearon 1995)              x = p + (C - k) / 2,  refused with (C - k) / 2C
Selectorate (Bueno de Mesquita et al. 2003)    (1 - d) / (1 - d W / S)
Ruling coalition (Acemoglu et al. 2008)        the lightest winning set that is self-enforcing
Threshold cascade (Granovetter 1978)           x = Phi((x - m) / s), the lowest
Exit of a diffusing flow (Dixit & Pindyck)     w = b / (b - 1) (r - mu) G,  s^2 / 2 b (b - 1) + mu b = r,  b < 0
Trust (Kydd 2005)                              t = (P - S) / ((P - S) + (R - T))
Losing and complying (Przeworski 1991)         p = (q - (1 - d) C) / d
Commitment (Powell 2006)                       d M_1(t + 1) - M_1(t) > B - (M_1(t) + M_2(t))

Commitment takes points that can be added up over sides, which those of a case cannot.

Every function checks that its numbers are finite and where the result holds, and raises ValueError, naming the argument
and the first value that is wrong, where they are not. References stand with the functions; each formula is derived
again, by indifference, brute force or simulation, in ``tests/published/test_closed_forms.py``.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import LimitError, UsageError

__all__ = [
    "MAX_MEMBERS",
    "Attrition",
    "Concessions",
    "Ultimatum",
    "abreu_gul",
    "attrition",
    "cascade_critical",
    "cascade_rest",
    "commitment_gap",
    "exit_trigger",
    "least_prospect",
    "regime_threshold",
    "rubinstein_limit",
    "rubinstein_share",
    "ruling_coalition",
    "selectorate_share",
    "trust_threshold",
    "ultimatum",
]

MAX_MEMBERS = 12
"""Members among whom the ruling coalition is looked for."""

TIE = 1e-12
"""Relative difference up to which the powers of two coalitions are the same."""

HALVINGS = 64

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


# --- bargaining -------------------------------------------------------------------------------------------


def rubinstein_share(first: ArrayLike, second: ArrayLike) -> Floats:
    """[S] share of who proposes first, from the discount factors, a round, of who does and of who answers.

    Rubinstein 1982, Econometrica 50(1), 97-109, alternating offers with fixed discount factors: each leaves the other
    just what it would get by refusing, ``x = 1 - d_2 (1 - d_1 x)``.

    Raises
    ------
    ValueError
        A factor is not between 0 and 1, or both are 1: then every division is an equilibrium.
    """
    one, two = _numbers(first=first, second=second)
    _need("first", one, (one >= 0) & (one <= 1), "between 0 and 1")
    _need("second", two, (two >= 0) & (two <= 1), "between 0 and 1")
    _need("the product of first and second", one * two, one * two < 1, "below 1")
    return (1 - two) / (1 - one * two)


def rubinstein_limit(r1: ArrayLike, r2: ArrayLike) -> Floats:
    """[S] share of side 1 when offers follow one another at once, from discount rates of the same unit of time.

    Binmore, Rubinstein & Wolinsky 1986, RAND Journal 17(2), 176-188: the limit of :func:`rubinstein_share` with
    ``d_i = exp(-r_i h)`` as h goes to 0, whoever proposes first; the Nash solution with powers ``1 / r_i``.

    Raises
    ------
    ValueError
        A rate is negative, or both are 0.
    """
    one, two = _numbers(r1=r1, r2=r2)
    _need("r1", one, one >= 0, "at least 0")
    _need("r2", two, two >= 0, "at least 0")
    _need("r1 + r2", one + two, one + two > 0, "above 0")
    return two / (one + two)


class Concessions(NamedTuple):
    """How two sides that may be obstinate give in; the first axis is the side."""

    concedes: Floats
    """[2, S] rate, per unit of time, at which each gives in."""
    exhausted: Floats
    """[2, S] time by which each would have given in for certain, were it not obstinate."""
    ends: Floats
    """[S] time after which only the obstinate are left, T_0."""
    at_once: Floats
    """[2, S] chance that each gives in at time 0, whether it is obstinate not being known; 0 for one of them."""
    value: Floats
    """[2, S] share that each expects if it is not obstinate."""


def abreu_gul(demand: ArrayLike, rate: ArrayLike, obstinate: ArrayLike) -> Concessions:
    """Reputational bargaining: [2, S] or [2] shares demanded, discount rates, and chances of never giving in.

    Abreu & Gul 2000, Econometrica 68(1), 85-117, the continuous-time game with one obstinate type a side. Side i gives in
    at the rate at which j is indifferent between ``1 - a_i`` now and waiting for ``a_j``; who would be the last to be
    exhausted gives in at once with the chance that lets both be exhausted at the same time.

    Raises
    ------
    ValueError
        There are not two sides; a demand or a chance is not between 0 and 1, both excluded; a rate is not above 0; or
        the demands are compatible, their sum being 1 or less.
    """
    alpha, r, z = _sides(demand=demand, rate=rate, obstinate=obstinate)
    _need("demand", alpha, (alpha > 0) & (alpha < 1), "between 0 and 1, both excluded")
    _need("rate", r, r > 0, "above 0")
    _need("obstinate", z, (z > 0) & (z < 1), "between 0 and 1, both excluded")
    excess = alpha.sum(axis=0) - 1
    _need("the sum of both demands", excess + 1, excess > 0, "above 1, or there is nothing to concede")
    concedes = r[::-1] * (1 - alpha) / excess
    exhausted = -np.log(z) / concedes
    ends = exhausted.min(axis=0)
    at_once = np.maximum(0.0, np.where(exhausted <= ends, 0.0, -np.expm1(np.log(z) + concedes * ends)))
    other = at_once[::-1]
    return Concessions(
        concedes=concedes,
        exhausted=exhausted,
        ends=ends,
        at_once=at_once,
        value=other * alpha + (1 - other) * (1 - alpha[::-1]),
    )


class Attrition(NamedTuple):
    """Who outlasts whom; the first axis is the side."""

    yields: Floats
    """[2, S] hazard, per unit of time, with which each yields."""
    first: Floats
    """[2, S] chance that each is the first to yield."""
    lasts: Floats
    """[S] expected time until one does."""


def attrition(value: ArrayLike, cost: ArrayLike) -> Attrition:
    """War of attrition, nothing hidden: [2, S] or [2] what winning is worth to each, and what each unit of time costs it.

    Maynard Smith 1974, J. Theor. Biol. 47, 209-221; of sanctions, Smith 1995, Int. Interactions 21(3), 229-245. A side is
    indifferent when the *other's* hazard times its own prize is its own cost: ``h_i = c_j / v_j``. So a side to whom
    waiting is dear makes the other yield sooner, odd as it is. No discounting; of the many equilibria the one in which
    nobody yields at once (Hendricks, Weiss & Wilson 1988, Int. Economic Review 29(4), 663-680), where each expects
    nothing on balance.

    Raises
    ------
    ValueError
        There are not two sides; a prize is not above 0; a cost is negative, or both are 0.
    """
    v, c = _sides(value=value, cost=cost)
    _need("value", v, v > 0, "above 0")
    _need("cost", c, c >= 0, "at least 0")
    _need("the sum of both costs", c.sum(axis=0), c.sum(axis=0) > 0, "above 0, or nobody ever yields")
    yields = (c / v)[::-1]
    both = yields.sum(axis=0)
    return Attrition(yields=yields, first=yields / both, lasts=1 / both)


class Ultimatum(NamedTuple):
    """What is demanded, and how likely it is to be refused."""

    demand: Floats
    """[S] on the scale of the issue."""
    sanctions: Floats
    """[S] chance that the target refuses, so that sanctions are carried out."""


def ultimatum(position: ArrayLike, cost: ArrayLike, sender_cost: ArrayLike) -> Ultimatum:
    """The demand that trades risk against return, from what sanctions would settle at, and what they cost.

    All [S], on the scale of the issue: ``position`` is p, where sanctions would leave the matter; they cost the target
    something uniform on 0 to ``cost``, C, that only it knows, and the sender ``sender_cost``, k. A demand x is refused
    with (x - p) / C. Where k >= C nothing is worth a risk, p is demanded and granted. No end of the issue binds: if it
    ends at X below the demand, X is demanded, and refused with (X - p) / C. Fearon 1995, Int. Organization 49(3),
    379-414, the section on private information.

    Raises
    ------
    ValueError
        A cost is negative.
    """
    p, most, k = _numbers(position=position, cost=cost, sender_cost=sender_cost)
    _need("cost", most, most >= 0, "at least 0")
    _need("sender_cost", k, k >= 0, "at least 0")
    spread = np.maximum(0.0, most - k)
    return Ultimatum(demand=p + spread / 2, sanctions=spread / np.where(most > 0, 2 * most, 1.0))


# --- coalitions -------------------------------------------------------------------------------------------


def selectorate_share(patience: ArrayLike, ratio: ArrayLike) -> Floats:
    """[S] share of revenue that has to go to the winning coalition, all of it as private goods; the rest is kept.

    ``patience`` is d, the discount factor of a term of office, not of a month; ``ratio`` is W / S, the chance of being in
    the coalition of whoever comes next. A challenger offers everything now and ``d ratio`` of what the incumbent pays
    later: ``z = (1 - d) + d ratio z``. Revenue cancels, so that less of it alone makes nobody disloyal. Bueno de Mesquita,
    Smith, Siverson & Morrow 2003, The Logic of Political Survival, ch. 3, without public goods.

    Raises
    ------
    ValueError
        ``patience`` is not between 0 and 1, 1 excluded, or ``ratio`` not between 0 and 1.
    """
    d, chance = _numbers(patience=patience, ratio=ratio)
    _need("patience", d, (d >= 0) & (d < 1), "between 0 and 1, 1 excluded")
    _need("ratio", chance, (chance >= 0) & (chance <= 1), "between 0 and 1")
    return (1 - d) / (1 - d * chance)


def ruling_coalition(strengths: ArrayLike, majority: float = 0.5) -> tuple[int, ...]:
    """Indices, ascending, of the members who end up ruling, from the strength [n] of each.

    Acemoglu, Egorov & Sonin 2008, Review of Economic Studies 75(4), 987-1009, Theorem 1. A set wins within a larger one
    if it has more than ``majority`` of the larger one's strength. It is self-enforcing if no proper subset both wins
    within it and is self-enforcing. The ruling coalition is the weakest self-enforcing set that wins within the whole,
    or the whole where none does. Whether a set is self-enforcing does not depend on ties.

    Ties (strengths of sets equal within 1e-12 of themselves): half is not more than half; of equally weak coalitions the
    one with fewest members rules, then the one whose indices come first. 2^n sets, each against all that are
    self-enforcing: 0.1 s for twelve members.

    Raises
    ------
    ValueError
        Nobody is named; a strength is not above 0; ``majority`` is not at least a half and below 1.
    LimitError
        More than twelve members.
    """
    (power,) = _numbers(strengths=strengths)
    if power.ndim != 1 or len(power) == 0:
        raise ValueError(f"strengths: a list of at least one number was expected, found shape {power.shape}")
    if len(power) > MAX_MEMBERS:
        raise LimitError(
            f"the ruling coalition is looked for among at most {MAX_MEMBERS} members: found {len(power)}; "
            "take those together who act as one"
        )
    _need("strengths", power, power > 0, "above 0")
    (quota,) = _numbers(majority=majority)
    _need("majority", quota, (quota >= 0.5) & (quota < 1), "at least 0.5 and below 1")
    members = np.arange(len(power))
    sets = np.arange(1 << len(power))
    weight = np.where(sets[:, None] >> members & 1, power, 0.0).sum(axis=1)
    enforcing = np.zeros(len(sets), dtype=np.bool_)
    wins = np.zeros(0, dtype=np.intp)
    # Proper subsets have smaller numbers, so that they are known by then; the last set is the whole.
    for whole in range(1, len(sets)):
        inside = np.flatnonzero(enforcing[:whole])
        inside = inside[inside & ~whole == 0]
        wins = inside[weight[inside] > majority * weight[whole] * (1 + TIE)]
        enforcing[whole] = len(wins) == 0
    if len(wins) == 0:
        return tuple(members.tolist())
    weakest = wins[weight[wins] <= weight[wins].min() * (1 + TIE)]
    named = [tuple(members[s >> members & 1 == 1].tolist()) for s in weakest]
    return min(named, key=lambda one: (len(one), one))


# --- cascades ---------------------------------------------------------------------------------------------


def cascade_rest(mean: ArrayLike, deviation: ArrayLike) -> Floats:
    """[S] share at which a cascade that nobody has joined yet comes to rest.

    Everybody joins once the share of those who have joined reaches a threshold of its own, normal with ``mean`` and
    ``deviation`` (both shares), in a population without end. Granovetter 1978, American Journal of Sociology 83(6),
    1420-1443: the lowest root of ``x = Phi((x - mean) / deviation)``.

    The curve comes nearest to the diagonal at ``mean - deviation u``, ``u^2 = -2 ln(deviation sqrt(2 pi))``, from where the
    density of thresholds is above 1 and joining feeds on itself. If the curve is at or under the diagonal there, the
    lowest root is the only one up to there; otherwise there is only one at all. It is bisected in either case, so that
    nearness to the tangency, where iteration crawls, costs nothing.

    Raises
    ------
    ValueError
        ``deviation`` is not above 0.
    """
    m, s = np.broadcast_arrays(*_numbers(mean=mean, deviation=deviation))
    _need("deviation", s, s > 0, "above 0")
    turn = s * np.sqrt(np.maximum(0.0, -2 * np.log(s * math.sqrt(2 * math.pi))))
    lower = np.clip(m - turn, 0, 1)
    stops = _cdf((lower - m) / s) <= lower
    low, high = np.zeros_like(lower), np.where(stops, lower, 1.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        above = _cdf((middle - m) / s) > middle
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return _cdf((low - m) / s)


def cascade_critical(mean: ArrayLike) -> Floats:
    """[S] deviation of thresholds above which a cascade with this ``mean`` carries nearly everybody away.

    There the curve touches the diagonal: ``Phi(-u) = mean - s u`` and ``phi(u) = s``, hence ``mean = Phi(-u) + u phi(u)``,
    which falls from a half to 0 as u rises; 12.2 points for a mean of 25 (Granovetter 1978, section on normal thresholds).

    Raises
    ------
    ValueError
        ``mean`` is not between 0 and a half, both excluded. From a half on the rest changes with the deviation without
        a jump; from 0 down the cascade always runs.
    """
    (m,) = _numbers(mean=mean)
    _need("mean", m, (m > 0) & (m < 0.5), "between 0 and 0.5, both excluded")
    low, high = np.zeros_like(m), np.full_like(m, 40.0)
    for _ in range(HALVINGS):
        u = (low + high) / 2
        above = _cdf(-u) + u * _density(u) > m
        low, high = np.where(above, u, low), np.where(above, high, u)
    return _density((low + high) / 2)


# --- leaving, trusting, complying ---------------------------------------------------------------------------


def exit_trigger(drift: ArrayLike, volatility: ArrayLike, discount: ArrayLike, worth: ArrayLike) -> Floats:
    """[S] flow at which to leave for good, with rates of the same unit of time as the flow.

    While it stays a side has a flow that is a geometric Brownian motion with ``drift`` mu and ``volatility`` s; it
    discounts at r, ``discount``; leaving is ``worth`` G once. Value matching and smooth pasting give
    ``w = b / (b - 1) (r - mu) G`` with the negative root b of ``s^2 / 2 b (b - 1) + mu b = r`` (Dixit & Pindyck 1994,
    Investment under Uncertainty, ch. 7). Because it may recover, the flow has to fall below ``(r - mu) G``, at which
    staying for ever is worth as much. Where G is 0 or less the trigger is too: the flow never falls so far.

    Raises
    ------
    ValueError
        ``volatility`` is negative, or ``discount`` not above 0 or not above ``drift``: the flow would be worth anything.
    """
    mu, s, r, gain = _numbers(drift=drift, volatility=volatility, discount=discount, worth=worth)
    _need("volatility", s, s >= 0, "at least 0")
    _need("discount", r, r > 0, "above 0")
    _need("discount less drift", r - mu, r - mu > 0, "above 0")
    # b = -2 r / d; written with d so that it holds without volatility, where b may be infinite.
    half = s**2 / 2 - mu
    d = half + np.sqrt(half**2 + 2 * r * s**2)
    return 2 * r / (2 * r + d) * (r - mu) * gain


def trust_threshold(together: ArrayLike, alone: ArrayLike, betrayed: ArrayLike, apart: ArrayLike) -> Floats:
    """[S] least belief that the other is to be trusted at which co-operating is worth it, in points of one side.

    R when both co-operate, T when it alone does not, S when it alone does, P when neither does. Co-operating with a
    partner who does so with chance t is worth ``t R + (1 - t) S``, holding back ``t T + (1 - t) P``. Kydd 2005, Trust and
    Mistrust in International Relations, ch. 2; Kydd 2000, Int. Organization 54(2), 325-357.

    Raises
    ------
    ValueError
        It is no assurance game: ``together`` is not above ``alone``, so that no trust is enough, or ``apart`` not above
        ``betrayed``, so that none is needed.
    """
    reward, tempted, sucker, punished = _numbers(
        together=together, alone=alone, betrayed=betrayed, apart=apart
    )
    gain, loss = reward - tempted, punished - sucker
    _need("together less alone", gain, gain > 0, "above 0")
    _need("apart less betrayed", loss, loss > 0, "above 0")
    return loss / (loss + gain)


def least_prospect(office: ArrayLike, cost: ArrayLike, patience: ArrayLike) -> Floats:
    """[S] least chance of office in every later term at which who lost an election complies.

    ``office`` is q, the chance that refusing brings office for good, ``cost`` C what refusing costs, in terms of office,
    ``patience`` d the discount factor of a term. Refusing is worth ``q / (1 - d) - C``, complying nothing now and
    ``d p / (1 - d)`` later (Przeworski 1991, Democracy and the Market, ch. 1). 0 or less: it complies without any
    prospect; above 1: no prospect is enough.

    Raises
    ------
    ValueError
        ``office`` is not between 0 and 1, ``cost`` is negative, or ``patience`` not above 0 and at most 1.
    """
    q, loss, d = _numbers(office=office, cost=cost, patience=patience)
    _need("office", q, (q >= 0) & (q <= 1), "between 0 and 1")
    _need("cost", loss, loss >= 0, "at least 0")
    _need("patience", d, (d > 0) & (d <= 1), "above 0 and at most 1")
    return (q - (1 - d) * loss) / d


def commitment_gap(
    now_rising: ArrayLike,
    next_rising: ArrayLike,
    now_other: ArrayLike,
    surplus: ArrayLike,
    patience: ArrayLike,
) -> Floats:
    """[S] by how much the rise of one side outruns what there is to divide; positive: no deal today can hold.

    What each side can take by force is its M: of the rising side now and a period later, of the other now; ``surplus`` is
    B, all that there is to divide from now on, before anything is taken off. All are present values in the same points,
    at their own dates; ``patience`` d is the discount factor of a period. The rising side cannot promise to take less
    than M_1(t + 1) later, so the other can be left at most ``B - d M_1(t + 1)`` today, against M_2(t):
    ``d M_1(t + 1) - M_1(t) > B - (M_1(t) + M_2(t))``, Powell 2006, Int. Organization 60(1), 169-203. M_1(t) stands on both
    sides and cancels; it says how much of the gap is the rise and how much the want of a surplus. That a deal can hold
    where the gap is not positive supposes that there is a surplus today, ``B >= M_1(t) + M_2(t)``.

    Raises
    ------
    ValueError
        ``patience`` is not between 0 and 1.
    """
    now, later, other, whole, d = _numbers(
        now_rising=now_rising,
        next_rising=next_rising,
        now_other=now_other,
        surplus=surplus,
        patience=patience,
    )
    _need("patience", d, (d >= 0) & (d <= 1), "between 0 and 1")
    return d * later - now - (whole - (now + other))


# --- arrays -------------------------------------------------------------------------------------------------


def _numbers(**given: ArrayLike) -> list[Floats]:
    """As floats, finite."""
    found = [np.asarray(value, dtype=np.float64) for value in given.values()]
    for name, value in zip(given, found, strict=True):
        _need(name, value, np.isfinite(value), "finite")
    return found


def _sides(**given: ArrayLike) -> list[Floats]:
    """[2, S] each, so that [2] goes with [2, S]."""
    found = _numbers(**given)
    axes = max(value.ndim for value in found)
    for name, value in zip(given, found, strict=True):
        if value.ndim == 0 or len(value) != 2:
            raise ValueError(
                f"{name}: a number for each of two sides was expected, found shape {value.shape}"
            )
    return [value.reshape(2, *(1,) * (axes - value.ndim), *value.shape[1:]) for value in found]


def _need(name: str, found: Floats, holds: Flags, allowed: str) -> None:
    if not np.all(holds):
        wrong = np.asarray(found)[~np.asarray(holds)]
        raise ValueError(f"{name} has to be {allowed}: found {wrong.flat[0]:g}")


def _cdf(u: Floats) -> Floats:
    """Phi, exact in the lower tail too."""
    found: Floats = 0.5 * _erfc(-u / math.sqrt(2))
    return found


def _density(u: Floats) -> Floats:
    found: Floats = np.exp(-(u**2) / 2) / math.sqrt(2 * math.pi)
    return found


# --- a fall ------------------------------------------------------------------------------------------------


def regime_threshold(
    cost: Floats,
    precision: Floats,
    prior_precision: Floats,
    prior: Floats,
) -> Floats:
    """[S] strength below which a regime falls, in the global game of regime change (Morris & Shin 1998, 2003).

    The root of ``1 - Phi(sqrt(b / (a + b)) (Phi^-1(t) + a / sqrt(b) (z - t))) = c`` with cost c, private precision b, prior
    precision a and prior mean z; unique where b >= a^2 / (2 pi), and 1 - c without a prior.

    Raises
    ------
    UsageError
        It is not unique in some draw.
    """
    vague = (precision <= 0) | (precision < prior_precision**2 / (2 * math.pi)) | (cost <= 0) | (cost >= 1)
    if vague.any():
        raise UsageError(
            f"world.survival.attack: in {int(vague.sum())} of {len(cost)} draws no single threshold follows: what each sees "
            "(precision, above 0 and at least prior_precision² / 2π) is too vague, or the cost is not between 0 and 1; "
            "narrow these ranges, or use a smaller --widen"
        )
    found = np.empty(len(cost))
    normal = NormalDist()
    for n, (c, b, a, z) in enumerate(zip(cost, precision, prior_precision, prior, strict=True)):
        low, high = 1e-12, 1 - 1e-12
        for _ in range(60):
            t = (low + high) / 2
            x = math.sqrt(b / (a + b)) * (normal.inv_cdf(t) + a / math.sqrt(b) * (z - t))
            # With rising strength fewer attack: what is left after the cost falls.
            low, high = (t, high) if 1 - normal.cdf(x) > c else (low, t)
        found[n] = (low + high) / 2
    return found
