"""The kernel of the simulated worlds against the oracle by another hand: every joint state and every event, in reduced
worlds without shocks exactly, and with shocks against the oracle's own random numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import sqrt
from typing import NamedTuple

import numpy as np
import pytest
from oracles import world as oracle
from oracles.world import Ladder, Result, Setting

from detente.kernels.worlds import (
    BINS,
    DATES,
    EVENTS,
    PARAMETERS,
    SHAPE,
    THINNED,
    TOP,
    VARIABLES,
    Worlds,
    run,
)
from detente.kernels.worlds import Ladder as Steps

COUNT = 200_000
MOST = 4.5
"""Standard errors: of ten thousand comparisons one in fifteen would come as far by chance."""
ROUNDING = 1e-5
"""Shares are decided by numbers of 24 bits and uniforms of 16 or more."""
ONLY_THERE = {"hunger.access", "accountability.now", "funds.now"}
"""Beginnings that the kernel does not have."""

# --- one world in two tongues -------------------------------------------------------------------------------


def column(p: dict[str, float]) -> np.ndarray:
    whole = oracle.complete(p)
    assert not any(whole[name] for name in ONLY_THERE)
    return np.array([[whole[name]] for name in PARAMETERS])


def dates(setting: Setting) -> np.ndarray:
    found = np.zeros(setting.months + 1, dtype=np.int64)
    kinds = (setting.polls, setting.regional, setting.decides, setting.lapses, setting.elections)
    for bit, months in enumerate(kinds):
        for month in months:
            if month <= setting.months:
                found[month] |= 1 << bit
            else:
                assert months is setting.polls
                found[-1] |= 1 << DATES.index("later")
    return found


def steps(ladder: Ladder | None) -> Steps | None:
    if ladder is None:
        return None
    tables = (ladder.step, ladder.leave, ladder.sender_step, ladder.sender_leave)
    return Steps(
        ladder.N,
        ladder.start,
        np.array([tables], dtype=np.float32),
        np.array([ladder.reading]),
        np.array([ladder.prior], dtype=np.float32),
        -1 if ladder.obstinate is None else ladder.obstinate,
    )


def simulated(p: dict[str, float], setting: Setting, *, per: int = COUNT, seed: int = 3) -> Worlds:
    return run(column(p), per=per, dates=dates(setting), seed=seed, ladder=steps(setting.ladder))


# --- reduced worlds -----------------------------------------------------------------------------------------

OFFICE = {
    "loyalty.now": 0.55, "survival.peak": 0.15, "survival.threshold": 0.5, "survival.scale": 0.2, "exit.rate": 0.02,
    "force.rate": 0.01,
}  # fmt: skip

THREE = Ladder(
    N=4,
    start=1,
    reading=1,
    prior=(0.5, 0.3, 0.2),
    obstinate=2,
    step=((0.7, 0, 0.5, 0), (0.4, 0, 0.6, 0), (0.1, 0, 0.05, 0)),
    leave=((0, 0.1, 0, 0.2), (0, 0.3, 0, 0.25), (0, 0.6, 0, 0.4)),
    sender_step=((0, 0.8, 0, 0.7), (0, 0.5, 0, 0.9), (0, 0.05, 0, 0.1)),
    sender_leave=((0.1, 0, 0.05, 0), (0.3, 0, 0.2, 0), (0.9, 0, 0.7, 0)),
)
TWO = Ladder(
    N=3,
    start=0,
    reading=0,
    prior=(0.6, 0.4),
    obstinate=1,
    step=((0.6, 0, 0.7), (0.2, 0, 0.3)),
    leave=((0, 0.2, 0), (0, 0.4, 0)),
    sender_step=((0, 0.7, 0), (0, 0.2, 0)),
    sender_leave=((0.2, 0, 0.1), (0.6, 0, 0.8)),
)

EXACT: dict[str, tuple[dict[str, float], Setting]] = {
    "talks of three readings": (
        {
            "talks.now": 1, "talks.begin": 0.5, "talks.mediated": 0.2, "talks.stop": 0.04, "talks.spoilt": 0.03,
            "talks.trust": 0.5, "talks.trust_scale": 0.3, "fiefs.now": 0.4, "fiefs.wrecks": 0.2, "sender.yields": 0.8,
            "split.begins": 0.05, "split.tempts": 0.3, "split.heals": 0.2, "support.now": 0.4, "support.floor": 0.1,
            "support.decay": 0.1, "support.gain": 0.2,
        },
        Setting(7, ladder=THREE),
    ),
    "talks, their steps taken back, and the sender's own": (
        {
            "talks.begin": 0.6, "talks.trust": 0.4, "talks.trust_scale": 0.2, "talks.stop": 0.05, "talks.retract": 0.2,
            "sender.ease": 0.05, "sender.ease_in_talks": 0.1, "sender.take_back": 0.15, "sender.last": 0.4, "talks.now": 1,
        },
        Setting(5, ladder=replace(TWO, start=1)),
    ),
    "an authority, lists and early polls": (
        {
            "talks.now": 1, "talks.begin": 0.3, "talks.stop": 0.2, "authority.seats": 2, "authority.base": 1,
            "authority.of": 5, "authority.wins": 0.2, "authority.loses": 0.1, "authority.access": 0.3,
            "authority.majority": 0.2, "lists.top": 2, "lists.ease": 0.15, "lists.follows": 0.1, "lists.weighs": 0.3,
            "lists.traps": 0.2, "loyalty.pace": 0.3, "loyalty.outside_offer": 0.8, "loyalty.scale": 0.3,
            "money.revenue": 0.7, "polls.early": 0.15, "polls.fairness": 0.4, "polls.base": 0.55, "polls.scale": 0.2,
            "polls.held": 0.8, "force.rate": 0.02, "survival.peak": 0.1, "survival.threshold": 0.6, "survival.scale": 0.1,
            "loyalty.now": 0.6,
        },
        Setting(4, polls={2, 4, 9}),
    ),
    "funds, access, a court and hunger": (
        {
            **OFFICE, "funds.agree": 0.1, "funds.agree_in_talks": 0.2, "funds.pay": 0.3, "funds.relieves": 0.2,
            "hunger.now": 0.3, "hunger.pace": 0.4, "hunger.need": 0.9, "hunger.feeds": 0.3, "hunger.relief": 0.2,
            "hunger.opens": 0.15, "hunger.rage": 0.8, "accountability.opens": 0.2, "accountability.traps": 0.5,
            "accountability.deters": 0.8, "loyalty.pace": 0.5, "loyalty.outside_offer": 1.1, "loyalty.scale": 0.4,
            "exit.rate": 0.1, "talks.now": 1, "talks.stop": 0.3, "money.rents": 0.2, "money.revenue": 0.8,
        },
        Setting(5),
    ),
    "blocs, a mandate and what recognition promises": (
        {
            **OFFICE, "recognition.now": 17, "recognition.all": 20, "recognition.drop": 0.05, "recognition.cascade": 0.3,
            "recognition.bloc": 3, "recognition.extend": 0.6, "recognition.kept": 0.25, "recognition.kept_extended": 0.85,
            "recognition.promises": 1.5, "loyalty.pace": 0.4, "loyalty.outside_offer": 0.5, "loyalty.scale": 0.3,
        },
        Setting(6, lapses={2, 5}),
    ),
    "thresholds": (
        {
            "recognition.now": 12, "recognition.all": 12, "recognition.drop": 0.02, "recognition.mean": 0.3,
            "recognition.deviation": 0.2, "recognition.pace": 0.7, "recognition.extend": 0.3, "recognition.kept": 0.6,
            "recognition.kept_extended": 0.9, "exit.rate": 0.05,
        },
        Setting(8, lapses={4, 7}),
    ),
    "polls": (
        {
            "regional.joins": 0.7, "regional.joins_split": 0.3, "regional.observed": 0.4, "regional.fairness": 0.3,
            "regional.watch": 0.3, "regional.base": 0.35, "regional.scale": 0.3, "regional.turnout": 0.35,
            "regional.lift": 0.3, "regional.gain": 0.4, "support.now": 0.5, "support.floor": 0.2, "support.decay": 0.1,
            "split.now": 0.4, "split.begins": 0.1, "split.heals": 0.2, "split.cost": 0.15, "polls.held": 0.7,
            "polls.ballot": 0.6, "polls.fairness": 0.5, "polls.base": 0.3, "polls.scale": 0.2, "authority.of": 3,
            "authority.seats": 1, "authority.base": 1, "authority.wins": 0.1, "authority.majority": 0.2, "exit.rate": 0.02,
            "authority.access": 0.2,
        },
        Setting(6, decides={1, 4}, regional={3, 5}, polls={4, 6}),
    ),
    "money, the sender's home, and going": (
        {
            **OFFICE, "money.revenue": 0.5, "money.pull": 0.3, "money.loss_0": 0.8, "money.loss_1": 0.5,
            "money.loss_2": 0.1, "money.evasion": 0.1, "money.evasion_pace": 0.2, "money.evasion_ceiling": 0.6,
            "money.rents": 0.4, "money.depletion": 0.1, "price.now": 1.8, "price.pull": 0.2, "output.now": 0.4,
            "output.pace": 0.3, "output.reach": 0.9, "fiefs.now": 0.1, "fiefs.grow": 0.2, "fiefs.ceiling": 0.6,
            "fiefs.yields": 0.5, "loyalty.pace": 0.4, "loyalty.outside_offer": 0.9, "loyalty.scale": 0.3,
            "sender.now": 1, "sender.ease": 0.15, "sender.take_back": 0.05, "sender.last": 0.7, "home.turns": 0.4,
            "home.resists": 0.6, "home.reverses": 0.2, "home.presses": 0.8, "home.threatens": 4.0, "exit.push": 0.1,
            "exit.trigger": 0.6, "exit.scale": 0.2,
        },
        Setting(5, elections={2, 4}),
    ),
}  # fmt: skip


# --- comparisons --------------------------------------------------------------------------------------------


class Compared(NamedTuple):
    what: tuple[object, ...]
    share: float
    expected: float


def compared(found: Worlds, expected: Result) -> list[Compared]:
    """Shares of all joint states and first months of all events, of the kernel and of the oracle."""
    months = len(expected.states)
    share = found.states[0].reshape(months, *SHAPE) / found.per
    pairs = []
    for t, of in enumerate(expected.states):
        for office, easing, band, made in np.ndindex(SHAPE):
            chance = of.get((office, easing, made, band), 0.0)
            what = ("state", office, easing, band, made, t)
            pairs.append(Compared(what, share[t, office, easing, band, made], chance))
        assert sum(of.values()) == pytest.approx(1, abs=1e-9)
    for n, event in enumerate(EVENTS):
        for t, chance in enumerate(expected.first[event]):
            pairs.append(Compared((event, t), found.events[0, n, t] / found.per, chance))
    return pairs


def far(pairs: list[Compared], *, variance: float) -> list[tuple[Compared, float]]:
    """Those beyond the bound; ``variance`` that of a share is p (1 - p) times this."""
    away = []
    for pair in pairs:
        error = sqrt(max(0.0, pair.expected * (1 - pair.expected)) * variance)
        if abs(pair.share - pair.expected) > MOST * error + ROUNDING:
            away.append((pair, (pair.share - pair.expected) / max(error, 1e-12)))
    return away


def mean_square(pairs: list[Compared], count: int) -> tuple[float, int]:
    """Mean square of z over shares that are neither rare nor nearly sure, and how many there are."""
    z = [(share - p) / sqrt(p * (1 - p) / count) for _, share, p in pairs if min(p, 1 - p) * count > 25]
    return float(np.mean(np.square(z))), len(z)


def centres(variable: str) -> np.ndarray:
    return (np.arange(BINS) + 0.5) * TOP.get(variable, 1.0) / BINS


def moments(found: Worlds) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Variable → means and standard deviations of its histograms by month."""
    answer = {}
    for n, variable in enumerate(VARIABLES):
        counts, at = found.histograms[0, n], centres(variable)
        mean = counts @ at / counts.sum(axis=1)
        square = (counts * (at - mean[:, None]) ** 2).sum(axis=1) / counts.sum(axis=1)
        answer[variable] = (mean, np.sqrt(square))
    return answer


def of_oracle(
    variable: str, p: dict[str, float], setting: Setting, found: Result
) -> tuple[np.ndarray, np.ndarray]:
    """Means and standard deviations of a variable of the kernel."""
    if variable == "trust":
        which = setting.ladder.obstinate if setting.ladder else None
        if which is None:
            return np.ones(setting.months + 1), np.zeros(setting.months + 1)
        return 1 - np.array(found.mean[f"belief_{which}"]), np.array(found.deviation[f"belief_{which}"])
    name, unit = (
        ("known", oracle.complete(p)["recognition.all"]) if variable == "recognition" else (variable, 1.0)
    )
    return np.array(found.mean[name]) / unit, np.array(found.deviation[name]) / unit


@cache
def expected(case: str) -> Result:
    return oracle.exact(*EXACT[case])


def test_names_are_those_of_the_oracle() -> None:
    assert set(PARAMETERS) == set(oracle.NAMES) - ONLY_THERE
    assert set(EVENTS) == set(oracle.EVENTS)


@pytest.mark.parametrize("case", EXACT)
def test_joint_states_and_events_agree_with_the_exact_distribution(case: str) -> None:
    p, setting = EXACT[case]
    pairs = compared(simulated(p, setting), expected(case))
    assert far(pairs, variance=1 / COUNT) == []
    square, number = mean_square(pairs, COUNT)
    assert number > 50
    # Shares of neighbouring months hang together, so the bounds are wide.
    assert 0.3 < square < 2


def test_errors_are_as_large_as_chance_makes_them() -> None:
    pairs = [pair for case in EXACT for pair in compared(simulated(*EXACT[case]), expected(case))]
    square, number = mean_square(pairs, COUNT)
    assert number > 500
    assert 0.8 < square < 1.25


@pytest.mark.parametrize("case", EXACT)
def test_paths_agree_with_the_exact_distribution(case: str) -> None:
    p, setting = EXACT[case]
    found = moments(simulated(p, setting))
    thinned = -(-COUNT // THINNED)
    for variable in VARIABLES:
        mean, deviation = of_oracle(variable, p, setting, expected(case))
        bin_ = TOP.get(variable, 1.0) / BINS
        top = TOP.get(variable, 1.0) - bin_ / 2
        # What lies at the end of the range counts in the last bin.
        bound = MOST * deviation / sqrt(thinned) + 0.505 * bin_
        assert (np.abs(found[variable][0] - np.minimum(mean, top)) <= bound).all(), variable


def test_every_event_happens_in_some_reduced_world() -> None:
    happen = {event for case in EXACT for event in EVENTS if sum(expected(case).first[event]) > 0}
    assert set(EVENTS) - happen == set()


def test_every_parameter_is_given_in_some_reduced_world() -> None:
    spreads = {name for name in PARAMETERS if "spread" in name}
    assert {name for p, _ in EXACT.values() for name in p} == set(PARAMETERS) - spreads - {
        "lists.now",
        "sender.top",
    }


# --- shocks -------------------------------------------------------------------------------------------------

SHOCKS: dict[str, tuple[dict[str, float], Setting]] = {
    "economy": (
        EXACT["money, the sender's home, and going"][0]
        | {"money.spread": 0.12, "price.spread": 0.2, "output.spread": 0.1, "loyalty.spread": 0.12, "hunger.now": 0.4}
        | {"hunger.pace": 0.5, "hunger.need": 0.8, "hunger.feeds": 0.4, "hunger.rage": 0.5},
        Setting(6, elections={2, 4}),
    ),
    "home": (
        EXACT["polls"][0]
        | {"support.spread": 0.08, "regional.spread": 0.1, "regional.turnout_spread": 0.12, "talks.now": 1}
        | {"talks.stop": 0.1, "polls.early": 0.05, "sender.ease": 0.1, "support.gain": 0.1, "lists.now": 1}
        | {"lists.top": 2, "lists.ease": 0.2},
        Setting(6, decides={1, 4}, regional={3, 5}, polls={4, 6}),
    ),
}  # fmt: skip
MOVED = {
    "economy": {"revenue", "income", "loyalty", "price", "output", "hunger", "fiefs"},
    "home": {"support", "governors", "turnout"},
}
LIVED = 4_000
THERE = 640_000


@pytest.mark.parametrize("case", SHOCKS)
def test_shocks_move_worlds_as_those_of_the_oracle_do(case: str) -> None:
    p, setting = SHOCKS[case]
    there, here = simulated(p, setting, per=THERE), oracle.sampled(p, setting, LIVED, 11)
    # The kernel's share stands for the exact one: it has 160 times as many worlds.
    pairs = [Compared(what, share, now) for what, now, share in compared(there, here)]
    assert far(pairs, variance=1 / LIVED + 1 / THERE) == []
    assert 0.4 < mean_square(pairs, LIVED)[0] < 1.8
    found = moments(there)
    error = sqrt(1 / LIVED + THINNED / THERE)
    moved = set()
    for variable in VARIABLES:
        mean, deviation = of_oracle(variable, p, setting, here)
        bin_ = TOP.get(variable, 1.0) / BINS
        top = TOP.get(variable, 1.0) - bin_ / 2
        away = np.abs(found[variable][0] - np.minimum(mean, top))
        assert (away <= MOST * deviation * error + 0.505 * bin_).all(), variable
        assert (np.abs(found[variable][1] - deviation) <= MOST * deviation * error + bin_ / 2).all(), variable
        if deviation[-1] > 5 * bin_:
            moved.add(variable)
    assert moved == MOVED[case]
