"""Small worlds whose course can be written down."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.world.test_run import near, simulated


def test_support_decays_by_the_rate_between_two_polls() -> None:
    """From 60% to 15% in 29 months at a constant rate is log(4) / 29 a month, and half of it is gone after log(2) / rate."""
    rate = math.log(0.60 / 0.15) / 29
    part = {
        "numbers": {"rate": rate},
        "levels": {"support": {"start": "0.6", "next": "support * exp(-rate)", "unit": "share"}},
        "events": {"halved": {"when": "support < 0.3", "once": True}},
    }
    found = simulated({"p": part}, ["happened(p.halved)"], paths=("p.support",), months=30, draws=1, per=8)
    assert found.kept[0, 0, :, 0] == pytest.approx(0.6 * np.exp(-rate * np.arange(31)), rel=2e-6)
    assert found.kept[0, 0, 29, 0] == pytest.approx(0.15, rel=2e-6)
    # Strictly below half: month 14.5 is exactly half.
    assert int(np.argmax(found.counts[0, :, 0] > 0)) == 15


def test_what_staying_is_worth_under_a_constant_hazard() -> None:
    """Income w a month, a loss J on falling with chance h, patience d: V = w + d ((1 - h) V - h J)."""
    w, loss, h, d, months = 0.5, 8.0, 0.03, 0.9, 120
    part = {
        "numbers": {
            "w": {"range": w, "unit": "points"},
            "loss": {"range": loss, "unit": "points"},
            "h": h,
            "d": d,
        },
        "events": {"fell": {"chance": "h", "once": True}},
        "levels": {
            "weight": {"start": "1", "next": "d * weight", "unit": "share"},
            "worth": {
                "start": "w",
                "next": "worth + weight * (if fell then -loss else if happened(fell) then 0 * w else w)",
                "unit": "points",
            },
        },
    }
    found = simulated({"p": part}, [], summed=("p.worth",), months=months, draws=4, per=20000)
    value = (w - d * h * loss) / (1 - d * (1 - h))
    # A world that falls in month t is worth its income before less the discounted loss; the variance is summed exactly.
    t = np.arange(1, 3000)
    worth = w * (1 - d**t) / (1 - d) - loss * d**t
    chance = h * (1 - h) ** (t - 1)
    assert float(chance @ worth) == pytest.approx(value, abs=1e-9)
    spread = math.sqrt(float(chance @ worth**2) - value**2)
    assert float(found.means[:, months].mean()) == pytest.approx(value, abs=4.5 * spread / math.sqrt(80000))


def test_an_exit_is_taken_at_the_first_offer_above_its_threshold() -> None:
    """Leaving for g with a promise kept with chance r beats staying where r g - (1 - r) J >= V, so r >= (V + J) / (g + J)."""
    w, loss, h, d, g = 0.5, 8.0, 0.03, 0.97, 6.0
    stay = (w - d * h * loss) / (1 - d * (1 - h))
    threshold = (stay + loss) / (g + loss)
    numbers: dict[str, Any] = {
        n: {"range": v, "unit": "points"} for n, v in (("w", w), ("loss", loss), ("g", g))
    } | {"h": h, "d": d}
    part = {
        "numbers": numbers,
        "values": {"stay": "(w - d * h * loss) / (1 - d * (1 - h))", "leave": "kept * g - (1 - kept) * loss"},
        "levels": {"kept": {"start": "0.3", "next": "kept + 0.02", "unit": "share"}},
        "events": {"left": {"when": "leave >= stay", "once": True}},
    }
    found = simulated({"p": part}, ["happened(p.left)"], months=30, draws=1, per=8)
    assert int(np.argmax(found.counts[0, :, 0] > 0)) == math.ceil((threshold - 0.3) / 0.02)


def test_two_who_wait_for_the_other_to_yield() -> None:
    """Hazards that make the other indifferent (its cost over its prize): who yields first is the ratio of the two, when is their
    sum."""
    one, two = 0.05 / 1.0, 0.03 / 2.0
    part = {
        "numbers": {"one": one, "two": two},
        "events": {"a": {"chance": "one", "ends": "war"}, "b": {"chance": "two", "ends": "war"}},
        "levels": {
            "lasted": {
                "start": "0",
                "next": "lasted + (if happened(a) or happened(b) then 0 else 1)",
                "unit": "share",
            }
        },
    }
    months = 240
    found = simulated({"p": part}, ["happened(p.a)"], summed=("p.lasted",), months=months, draws=4, per=5000)
    h = one + two
    near(found, months, 0, one / h * (1 - (1 - h) ** months))
    spread = math.sqrt((1 - h) / h**2 / 20000)
    assert float(found.means[:, months].mean()) == pytest.approx(1 / h - 1, abs=4.5 * spread + 1e-3)


def test_a_cascade_stops_at_its_lowest_fixed_point() -> None:
    """Thresholds of a normal distribution: the share that joins is the lowest x = N((x - m) / s), all where s is too wide."""
    m, s = 0.25, 0.1
    x = 0.0
    for _ in range(500):
        x = 0.5 * math.erfc(-(x - m) / s / math.sqrt(2))
    part = {
        "numbers": {"m": m, "s": s, "wide": 0.2},
        "levels": {
            "few": {"start": "0", "next": "probit((few - m) / s)", "unit": "share"},
            "many": {"start": "0", "next": "probit((many - m) / wide)", "unit": "share"},
        },
    }
    found = simulated({"p": part}, [], paths=("p.few", "p.many"), months=120, draws=1, per=8)
    assert found.kept[0, 0, 120, 0] == pytest.approx(x, abs=1e-6)
    assert x < 0.01
    assert found.kept[0, 0, 120, 1] > 0.99


def test_a_deal_holds_while_no_shock_exceeds_its_slack() -> None:
    """A logistic shock above the slack breaks it: 1 / (1 + exp(slack / scale)) a month."""
    part = {
        "numbers": {"slack": {"range": 1.2, "unit": "points"}, "scale": {"range": 0.5, "unit": "points"}},
        "events": {"broke": {"chance": "logistic(-slack / scale)", "once": True}},
    }
    found = simulated({"p": part}, ["happened(p.broke)"], months=14, draws=4, per=5000)
    hazard = 1 / (1 + math.exp(1.2 / 0.5))
    near(found, 14, 0, 1 - (1 - hazard) ** 14)
