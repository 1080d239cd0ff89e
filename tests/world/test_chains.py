"""Chains whose distribution is known: waiting times, walks, counts, renewals, cascades, and levels that settle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.world.test_run import SECONDS, near, simulated

NUMBER = {"unit": "number"}


def part_of(**given: Any) -> dict[str, Any]:
    return {"p": given}


# --- waiting times ------------------------------------------------------------------------------------------


def test_a_waiting_time_is_geometric_and_has_no_memory() -> None:
    h, months = 0.15, 30
    of = part_of(
        numbers={"h": h},
        events={"came": {"chance": "h", "once": True}},
        levels={
            "waited": {
                "start": "0",
                "next": "waited + (if happened(came) and not came then 0 else 1)",
                "unit": "months",
            }
        },
    )
    found = simulated(
        of, ["p.came", "happened(p.came)"], summed=("p.waited",), months=months, draws=8, per=25000
    )
    for k in range(1, months + 1):
        near(found, k, 0, h * (1 - h) ** (k - 1))
        near(found, k, 1, 1 - (1 - h) ** k)
    # min(X, n) has the mean (1 - (1 - h)^n) / h and at most the variance of X.
    error = math.sqrt((1 - h) / h**2 / 200_000)
    mean = (1 - (1 - h) ** months) / h
    assert found.means[:, months, 0].mean() == pytest.approx(mean, abs=SECONDS * error)


def test_each_of_three_risks_takes_its_share_of_those_who_fall() -> None:
    """Hazards a, b, c, of which c is only there in months 4 and 9: by month n the incidence of each is the sum of its hazard
    times the survival before."""
    of = part_of(
        numbers={"a": 0.04, "b": 0.01, "c": 0.3},
        calendars={"days": ["2021-09-20", "2022-03-01"]},
        events={
            "a_fell": {"chance": "a", "ends": "rule"},
            "b_left": {"chance": "b", "ends": "rule"},
            "c_lost": {"chance": "c", "on": "days", "ends": "rule"},
        },
    )
    found = simulated(
        of, ["happened(p.a_fell)", "happened(p.b_left)", "happened(p.c_lost)"], draws=8, per=12500
    )
    survives, incidence = 1.0, np.zeros(3)
    for month in range(1, 25):
        hazards = np.array([0.04, 0.01, 0.3 if month in (4, 9) else 0.0])
        incidence += survives * hazards
        survives *= 1 - hazards.sum()
        for n in range(3):
            near(found, month, n, incidence[n])


def test_an_event_that_recurs_happens_a_binomial_number_of_times() -> None:
    p, months = 0.3, 8
    of = part_of(
        numbers={"p": p},
        events={"met": {"chance": "p"}},
        levels={"times": {"start": "0", "next": "times + (if met then 1 else 0)", "unit": "meetings"}},
    )
    found = simulated(of, [f"p.times == {k}" for k in range(months + 1)], months=months, draws=8, per=12500)
    for k in range(months + 1):
        near(found, months, k, math.comb(months, k) * p**k * (1 - p) ** (months - k))


def test_an_event_that_needs_time_to_recur_is_a_renewal() -> None:
    """At least 3 months after the last one, then with chance h a month: u(n) = sum of f(k) u(n - k), f(k) = h (1 - h)^(k - 3);
    in the long run one in 2 + 1 / h months."""
    h, months = 0.4, 60
    of = part_of(
        numbers={"h": h, "rests": {"range": 3, "unit": "months"}},
        events={"struck": {"chance": "if (before(since) ?? 99) + 1 >= rests then h else 0"}},
        levels={"since": {"next": "if struck then 0 else since + 1", "unit": "months"}},
    )
    found = simulated(
        of, ["p.struck", "(months_since(p.struck) ?? 99) < 3"], months=months, draws=8, per=12500
    )
    # The first one waits for nothing.
    f = [0.0, 0.0, 0.0, *(h * (1 - h) ** k for k in range(months))]
    u = [0.0]
    for n in range(1, months + 1):
        u.append(h * (1 - h) ** (n - 1) + sum(f[k] * u[n - k] for k in range(1, n)))
    for n in range(1, months + 1):
        near(found, n, 0, u[n])
        near(found, n, 1, sum(u[max(1, n - 2) : n + 1]))
    assert u[months] == pytest.approx(1 / (2 + 1 / h), abs=1e-3)


# --- walks --------------------------------------------------------------------------------------------------

WALK = {
    "numbers": {"up": 0.45},
    "levels": {
        "x": {
            "start": "4",
            "next": "if x == 0 or x == 10 then x else x + (if chance(up) then 1 else -1)",
            "unit": "number",
        }
    },
    "events": {"ruined": {"when": "x == 0", "once": True}, "won": {"when": "x == 10", "once": True}},
}


def test_a_gamblers_ruin() -> None:
    """From k of n with odds r = q / p of a step down, ruin has the chance (r^k - r^n) / (1 - r^n); month by month a
    power of the matrix of steps."""
    months = 240
    found = simulated(
        {"p": WALK}, ["happened(p.ruined)", "happened(p.won)"], months=months, draws=8, per=12500
    )
    r = 0.55 / 0.45
    ruin = (r**4 - r**10) / (1 - r**10)
    near(found, months, 0, ruin)
    near(found, months, 1, 1 - ruin)
    steps = np.zeros((11, 11))
    steps[0, 0] = steps[10, 10] = 1
    for k in range(1, 10):
        steps[k, k + 1], steps[k, k - 1] = 0.45, 0.55
    state = np.eye(11)[4]
    for month in range(1, 61):
        state = state @ steps
        near(found, month, 0, state[0])
        near(found, month, 1, state[10])


def test_a_fair_walk_reaches_a_height_by_reflection() -> None:
    """By month n it has been at h or above with the chance P(S >= h) + P(S > h)."""
    height, months = 4, 25
    of = part_of(
        levels={"x": {"start": "0", "next": "x + (if chance(0.5) then 1 else -1)", "unit": "number"}},
        events={"reached": {"when": f"x >= {height}", "once": True}},
    )
    found = simulated(of, ["happened(p.reached)"], months=months, draws=8, per=12500)
    for n in range(1, months + 1):
        ends = {2 * k - n: math.comb(n, k) / 2**n for k in range(n + 1)}
        near(
            found,
            n,
            0,
            sum(p for s, p in ends.items() if s >= height) + sum(p for s, p in ends.items() if s > height),
        )


def test_a_level_with_shocks_is_autoregressive() -> None:
    """x = a x + s e: mean a^t x0, variance s^2 (1 - a^2t) / (1 - a^2); with lag 1 the covariance is a times the variance."""
    a, s, x0, months, worlds = 0.8, 0.5, 3.0, 20, 8 * 25000
    of = part_of(
        numbers={"a": a, "s": s},
        levels={"x": {"start": "3", "next": "a * x + s * shock", "unit": "share"}},
        values={"square": "x * x", "lag": "x * before(x)"},
    )
    found = simulated(of, [], summed=("p.x", "p.square", "p.lag"), months=months, draws=8, per=25000)
    for t in range(1, months + 1):
        mean, earlier = x0 * a**t, x0 * a ** (t - 1)
        variance, before = (s * s * (1 - a ** (2 * n)) / (1 - a * a) for n in (t, t - 1))
        got = found.means[:, t].mean(axis=0)
        assert got[0] == pytest.approx(mean, abs=SECONDS * math.sqrt(variance / worlds))
        # Sums of shocks have thinner tails than a normal distribution, for which these would be the errors.
        error = math.sqrt((2 * variance**2 + 4 * mean**2 * variance) / worlds)
        assert got[1] == pytest.approx(mean**2 + variance, abs=SECONDS * error)
        error = math.sqrt((2 * variance**2 + (mean + earlier) ** 2 * variance) / worlds)
        assert got[2] == pytest.approx(mean * earlier + a * before, abs=SECONDS * error)


def test_whole_numbers_that_decay_by_chance() -> None:
    """n becomes 0.7 n, rounded up or down by chance: every number by every month, from the two that each may become."""
    of = part_of(levels={"n": {"start": "9", "next": "whole(0.7 * n)", "unit": "people"}})
    found = simulated(of, [f"p.n == {k}" for k in range(10)], months=8, draws=8, per=12500)
    state = np.eye(10)[9]
    for month in range(1, 9):
        after = np.zeros(10)
        for n in range(10):
            least = 7 * n // 10
            after[least] += state[n] * (1 - (7 * n % 10) / 10)
            if 7 * n % 10:
                after[least + 1] += state[n] * (7 * n % 10) / 10
        state = after
        assert state @ np.arange(10) == pytest.approx(9 * 0.7**month)
        for k in range(10):
            near(found, month, k, state[k])


# --- cascades -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "ends"), [(1, 6), (2, 1)])
def test_a_cascade_of_recognition_hangs_on_one_government(second: int, ends: int) -> None:
    """Thresholds 0, 1, 2, 3, 4, 5: each that follows brings the next. Without the one that waits for one, it stops there
    (Granovetter 1978, "Threshold models of collective behavior", p. 1424)."""
    waits = [0, second, 2, 3, 4, 5]
    joins = " + ".join(f"(if many >= {w} then 1 else 0)" for w in waits)
    of = part_of(levels={"many": {"start": "0", "next": joins, "unit": "governments"}})
    found = simulated(of, [], paths=("p.many",), months=8, draws=1, per=8)
    assert found.kept[0, 0, :, 0].tolist() == [min(m, ends) for m in range(9)]


def test_a_cascade_tips_where_thresholds_spread_just_enough() -> None:
    """Normal thresholds of mean m: the lowest fixed point vanishes where N has the slope 1 there: with u = -sqrt(-2 log(s sqrt(2 pi))),
    at N(u) = m + s u."""
    m, low, high = 0.25, 0.08, 0.2
    for _ in range(60):
        s = (low + high) / 2
        u = -math.sqrt(-2 * math.log(s * math.sqrt(2 * math.pi)))
        below = 0.5 * math.erfc(-u / math.sqrt(2)) < m + s * u
        low, high = (s, high) if below else (low, s)
    tips = (low + high) / 2
    assert tips == pytest.approx(0.122220868, abs=1e-8)
    of = part_of(
        numbers={"m": m, "less": 0.98 * tips, "more": 1.02 * tips},
        levels={
            x: {"start": "0", "next": f"probit(({x} - m) / {s})", "unit": "share"}
            for x, s in (("stops", "less"), ("goes", "more"))
        },
    )
    found = simulated(of, [], paths=("p.stops", "p.goes"), months=240, draws=1, per=8)
    stops, goes = found.kept[0, 0, 240]
    fixed = 0.5 * math.erfc(-(float(stops) - m) / (0.98 * tips) / math.sqrt(2))
    assert stops == pytest.approx(fixed, abs=1e-6)
    assert stops < 0.08
    assert goes > 0.99


# --- levels that settle -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "start", "text", "at"),
    [
        # Offers by turns (Rubinstein 1982): x = 1 - d2 (1 - d1 x), from x = 1.
        (
            {"one": 0.9, "two": 0.8},
            "1",
            "1 - two * (1 - one * x)",
            lambda t: (1 - 0.8) / (1 - 0.72) + 0.72**t * (1 - (1 - 0.8) / (1 - 0.72)),
        ),
        # Private goods to a coalition (Bueno de Mesquita et al. 2003): the least share that keeps it.
        (
            {"d": 0.9, "small": 0.2},
            "1",
            "(1 - d) + d * small * x",
            lambda t: 0.1 / 0.82 + 0.18**t * (1 - 0.1 / 0.82),
        ),
        # Gradual cooperation that cannot be taken back (Lockwood and Thomas 2002): steps shrink by rho.
        ({"rho": 0.625}, "0", "1 - rho * (1 - x)", lambda t: 1 - 0.625**t),
        # A belief in the one of two kinds that is seen to do it twice as often, once a month.
        (
            {"often": 0.6, "seldom": 0.3},
            "0.2",
            "often * x / (often * x + seldom * (1 - x))",
            lambda t: 0.2 * 2**t / (0.2 * 2**t + 0.8),
        ),
        # Growth towards a ceiling (Verhulst), solved for the odds; a step of exactly one month.
        (
            {"grows": {"range": 1.5, "unit": "number"}},
            "0.1",
            "grows * x / (1 + (grows - 1) * x)",
            lambda t: 0.1 * 1.5**t / (0.1 * 1.5**t + 0.9),
        ),
    ],
)
def test_certain_levels_follow_their_formula(numbers: dict[str, Any], start: str, text: str, at: Any) -> None:
    of = part_of(numbers=numbers, levels={"x": {"start": start, "next": text, "unit": "share"}})
    found = simulated(of, [], paths=("p.x",), months=40, draws=1, per=8)
    assert found.kept[0, 0, :, 0] == pytest.approx([at(t) for t in range(41)], abs=1e-6)


@pytest.mark.parametrize(
    ("ideal", "other", "now", "chosen"), [(1, 0.4, 0.1, 0.7), (1, 0.4, 0.4, 0.4), (0, 0.4, 0.9, 0), (0.5, 0.4, 0.1, 0.5)]
)  # fmt: skip
def test_who_sets_the_agenda_takes_what_the_other_likes_no_less(
    ideal: float, other: float, now: float, chosen: float
) -> None:
    """One dimension (Romer and Rosenthal 1978): of all that lies as near to the other's ideal as what is, the nearest to one's
    own."""
    of = part_of(
        numbers={"ideal": ideal, "other": other, "now": now},
        levels={"law": {"start": "now", "next": "clamp(ideal, other - far, other + far)", "unit": "share"}},
        values={"far": "abs(before(law) - other)"},
    )
    found = simulated(of, [], paths=("p.law",), months=3, draws=1, per=8)
    assert found.kept[0, 0, 1:, 0] == pytest.approx([chosen] * 3, abs=1e-6)
