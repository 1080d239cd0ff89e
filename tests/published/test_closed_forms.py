"""Every closed form of ``shared/oracles/theory/closed_forms.json`` by the product's own code, and each once more by its
definition: indifference, brute force, fixed points and simulation. Numbers that the file leaves out are those of
``closed_forms.py`` beside it."""

from __future__ import annotations

import ast
import itertools
import json
import math
import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.roadmap import roadmap
from detente.case.model import Case
from detente.draws import prepare
from detente.errors import LimitError, UsageError
from detente.kernels.appraisal import Terms, appraise
from detente.problem.theory import (
    MAX_MEMBERS,
    abreu_gul,
    attrition,
    cascade_critical,
    cascade_rest,
    commitment_gap,
    exit_trigger,
    least_prospect,
    regime_threshold,
    rubinstein_limit,
    rubinstein_share,
    ruling_coalition,
    selectorate_share,
    trust_threshold,
    ultimatum,
)
from detente.world.worth import value

NORMAL = NormalDist()


def read(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "oracles/theory/closed_forms.json").read_text("utf-8"))
    return found


class Entry(dict[str, Any]):
    """Remembers what was read of it."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.seen: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self.seen.add(key)
        return super().__getitem__(key)


@pytest.fixture
def entry(request: pytest.FixtureRequest, shared: Path) -> Iterator[Any]:
    """The part of the file that a test ``test_anchor_NAME`` is about; the test fails if it leaves any of it unread."""
    of = {key.lower(): part for key, part in read(shared).items()}
    part = of[request.function.__name__.removeprefix("test_anchor_")]
    if isinstance(part, dict):
        part = Entry(part)
    yield part
    if isinstance(part, Entry):
        assert set(part) == part.seen


def near(exact: Any) -> Any:
    """To 1e-6, whatever the size."""
    numbers = np.array(exact, dtype=float)
    return pytest.approx(numbers if numbers.ndim else float(numbers), abs=1e-6, rel=0)


def first_true(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Where a condition that is false at ``low`` and true at ``high`` begins to hold."""
    assert not holds(low)
    assert holds(high)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@pytest.mark.shared
def test_every_entry_of_the_file_has_its_test(shared: Path) -> None:
    tested = {name.removeprefix("test_anchor_") for name in globals() if name.startswith("test_anchor_")}
    assert {key.lower() for key in read(shared)} == tested


# --- alternating offers -----------------------------------------------------------------------------------


@pytest.mark.shared
def test_anchor_rubinstein(entry: Any) -> None:
    assert rubinstein_share(0.9, 0.8) == near(entry["d1=.9,d2=.8"])
    assert rubinstein_limit(0.1, 0.3) == near(entry["limit r1=.1,r2=.3"])


def test_offers_leave_the_other_what_refusing_would_bring() -> None:
    one, two = np.meshgrid([0.0, 0.3, 0.9, 1.0], [0.0, 0.5, 0.99])
    share = np.ones_like(one)
    for _ in range(5000):
        share = 1 - two * (1 - one * share)
    assert rubinstein_share(one, two) == pytest.approx(share, abs=1e-12)
    assert rubinstein_share(0.7, 0.0) == 1
    assert rubinstein_share(0.0, 0.7) == pytest.approx(0.3)
    assert rubinstein_share(0.9, [0.8, 0.9]).shape == (2,)


def test_instant_offers_are_the_limit_and_the_nash_solution() -> None:
    one, two = np.array([0.1, 0.3, 0.2]), np.array([0.3, 0.1, 0.2])
    short = 1e-7
    begins = rubinstein_share(np.exp(-one * short), np.exp(-two * short))
    answers = 1 - rubinstein_share(np.exp(-two * short), np.exp(-one * short))
    assert begins == pytest.approx(rubinstein_limit(one, two), abs=1e-6)
    assert answers == pytest.approx(rubinstein_limit(one, two), abs=1e-6)
    split = np.linspace(0.0005, 0.9995, 1000)[:, None]
    best = (np.log(split) / one + np.log(1 - split) / two).argmax(axis=0)
    assert split[best, 0] == pytest.approx(rubinstein_limit(one, two), abs=1e-3)
    assert rubinstein_limit(0.0, 0.1) == 1


# --- reputation -------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_anchor_abreu_gul(entry: Any) -> None:
    found = abreu_gul(entry["alpha"], entry["r"], entry["z"])
    assert found.concedes == near(entry["lambda"])
    assert found.exhausted == near(entry["T"])
    assert found.ends == near(entry["T0"])
    assert found.at_once == near(entry["F0"])
    assert found.value == near(entry["U"])


@pytest.mark.shared
def test_anchor_abreu_gul_vanishing_f0(entry: Any) -> None:
    few = np.array([1e-3, 1e-6, 1e-12])
    found = abreu_gul([0.7, 0.6], [0.1, 0.15], [few, few])
    assert np.transpose(found.at_once) == near(entry)


def test_conceding_at_any_time_is_worth_the_same() -> None:
    rng = np.random.default_rng(7)
    alpha, r = rng.uniform(0.55, 0.9, (2, 6)), rng.uniform(0.05, 0.3, (2, 6))
    z = rng.uniform(0.01, 0.3, (2, 6))
    found = abreu_gul(alpha, r, z)
    assert (found.at_once.min(axis=0) == 0).all()
    # Rational sides are exhausted at the same time: only the obstinate are left then.
    left = (1 - found.at_once) * np.exp(-found.concedes * found.ends)
    assert left == pytest.approx(z)
    for i, draw in itertools.product((0, 1), range(6)):
        at_once, falls = found.at_once[1 - i, draw], found.concedes[1 - i, draw]
        mine, left_me, rate = alpha[i, draw], 1 - alpha[1 - i, draw], r[i, draw]
        for share in (0.0, 0.3, 0.999):
            end = share * found.ends[draw]
            when = np.linspace(0, end, 20001)
            gives = (1 - at_once) * falls * np.exp(-falls * when)
            worth = at_once * mine + np.trapezoid(mine * np.exp(-rate * when) * gives, when)
            worth += (1 - at_once) * np.exp(-(falls + rate) * end) * left_me
            assert worth == pytest.approx(found.value[i, draw], abs=1e-6)


def test_sides_that_are_alike_and_sides_that_go_with_many_draws() -> None:
    alike = abreu_gul([0.6, 0.6], [0.1, 0.1], [0.1, 0.1])
    assert alike.at_once.tolist() == [0, 0]
    assert alike.value == pytest.approx([0.4, 0.4])
    rates = np.array([[0.1, 0.2, 0.3], [0.15, 0.15, 0.15]])
    many = abreu_gul([0.7, 0.6], rates, [0.05, 0.02])
    assert many.ends.shape == (3,)
    for draw in range(3):
        one = abreu_gul([0.7, 0.6], rates[:, draw], [0.05, 0.02])
        for a, b in zip(many, one, strict=True):
            assert a[..., draw] == pytest.approx(b)


# --- risk and return, attrition -----------------------------------------------------------------------------


@pytest.mark.shared
def test_anchor_ultimatum(entry: Any) -> None:
    demand, sanctions = ultimatum(*entry["p,C,k"])
    assert demand == near(entry["x*"])
    assert sanctions == near(entry["P(sanctions)"])


@pytest.mark.parametrize(
    ("p", "most", "k"), [(0.3, 0.5, 0.1), (-1.0, 2.0, 0.0), (0.3, 0.5, 0.5), (0.3, 0.5, 0.9)]
)
def test_no_other_demand_is_better(p: float, most: float, k: float) -> None:
    demand = np.linspace(p - most, p + 2 * most, 300_001)
    refused = np.clip((demand - p) / most, 0, 1)
    worth = (1 - refused) * demand + refused * (p - k)
    found = ultimatum(p, most, k)
    assert demand[worth.argmax()] == pytest.approx(found.demand, abs=1e-4)
    assert refused[worth.argmax()] == pytest.approx(found.sanctions, abs=1e-4)
    draws = np.random.default_rng(3).uniform(0, most, 100_000)
    assert (draws < found.demand - p).mean() == pytest.approx(found.sanctions, abs=0.01)


def test_without_any_risk_worth_taking_the_position_is_demanded() -> None:
    found = ultimatum([0.2, 0.2, 0.2], [0.0, 0.0, 0.4], [0.0, 0.3, 0.4])
    assert found.demand.tolist() == [0.2, 0.2, 0.2]
    assert found.sanctions.tolist() == [0, 0, 0]


@pytest.mark.shared
def test_anchor_attrition(entry: Any) -> None:
    # Sender and target: prizes 1 and 2, costs .05 and .3 a period.
    found = attrition([1.0, 2.0], [0.05, 0.3])
    sender, target = found.yields
    assert target == near(entry["hT"])
    assert sender == near(entry["hS"])
    assert found.first[1] == near(entry["P(target yields first)"])
    assert found.lasts == near(entry["E duration"])
    rng = np.random.default_rng(0)
    drawn_target, drawn_sender = (rng.exponential(1 / hazard, 400_000) for hazard in (target, sender))
    ends = np.minimum(drawn_target, drawn_sender)
    assert [(drawn_target < drawn_sender).mean(), ends.mean()] == near(entry["mc"])


def test_holding_out_for_any_time_is_worth_nothing_on_balance() -> None:
    prize, cost = np.array([[1.0, 3.0], [2.0, 0.5]]), np.array([[0.05, 0.2], [0.3, 0.01]])
    found = attrition(prize, cost)
    for i, draw in itertools.product((0, 1), (0, 1)):
        hazard = found.yields[1 - i, draw]
        for until in (0.5, 4.0, 20.0):
            when = np.linspace(0, until, 20001)
            standing = np.exp(-hazard * when)
            wins = np.trapezoid(hazard * standing, when)
            assert wins * prize[i, draw] == pytest.approx(
                np.trapezoid(standing, when) * cost[i, draw], abs=1e-6
            )
    assert found.first.sum(axis=0) == pytest.approx([1, 1])
    # To whom waiting costs nothing, the other yields with no need to be made indifferent.
    free = attrition([1.0, 2.0], [0.0, 0.3])
    assert free.yields.tolist() == [0.15, 0]
    assert free.first.tolist() == [1, 0]


# --- coalitions -------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_anchor_selectorate(entry: Any) -> None:
    shares = selectorate_share(0.9, [0.2, 0.05, 1.0])
    for share, key in zip(shares, ("delta=.9,W/S=.2", "W/S=.05", "W/S=1"), strict=True):
        assert [share, 1 - share] == near(entry[key])


@pytest.mark.parametrize(("patience", "ratio"), [(0.9, 0.2), (0.5, 0.9), (0.0, 0.5), (0.99, 0.0)])
def test_a_member_is_indifferent_between_incumbent_and_challenger(patience: float, ratio: float) -> None:
    # Revenue 1 a member. Now everything from the challenger, later with chance ``ratio`` what the incumbent pays.
    pays = float(selectorate_share(patience, ratio))
    stays = sum(patience**t * pays for t in range(4000))
    goes = 1 + ratio * sum(patience**t * pays for t in range(1, 4000))
    assert stays == pytest.approx(goes)


@pytest.mark.shared
def test_anchor_aes(entry: Any) -> None:
    for strengths in entry:
        of = ast.literal_eval(strengths)
        assert [of[i] for i in ruling_coalition(of)] == entry[strengths]


@pytest.mark.shared
def test_anchor_aes_sizes_near_equal(entry: Any) -> None:
    for size in entry:
        assert len(ruling_coalition([1 + 0.001 * i for i in range(int(size))])) == entry[size]


def rules(strengths: tuple[Fraction, ...], majority: Fraction) -> tuple[int, ...]:
    """The definition, in fractions: every set's own ruling coalition, ties by size and then by order."""

    def weight(of: tuple[int, ...]) -> Fraction:
        return sum((strengths[i] for i in of), Fraction(0))

    known: dict[tuple[int, ...], tuple[int, ...]] = {}
    everybody = tuple(range(len(strengths)))
    for size in range(1, len(strengths) + 1):
        for whole in itertools.combinations(everybody, size):
            options = [whole]
            for smaller in range(1, size):
                options += [
                    s
                    for s in itertools.combinations(whole, smaller)
                    if known[s] == s and weight(s) > majority * weight(whole)
                ]
            known[whole] = min(options, key=lambda s: (weight(s), len(s), s))
    return known[everybody]


@pytest.mark.parametrize("majority", [Fraction(1, 2), Fraction(2, 3), Fraction(4, 5)])
def test_the_ruling_coalition_is_that_of_the_definition_with_every_tie(majority: Fraction) -> None:
    rng = random.Random(5)
    tied = 0
    for _ in range(150):
        of = tuple(Fraction(rng.randint(1, 9), 10) for _ in range(rng.randint(1, 6)))
        found = ruling_coalition([float(s) for s in of], float(majority))
        assert found == rules(of, majority)
        assert found == ruling_coalition([3e7 * float(s) for s in of], float(majority))
        tied += len(set(of)) < len(of)
    assert tied > 30


def test_ties_are_resolved_as_written_down() -> None:
    assert ruling_coalition([7]) == (0,)
    # Half is not more than half, also in decimals that floating point cannot hold: .1 + .2 against .6.
    assert ruling_coalition([1, 1]) == (0, 1)
    assert ruling_coalition([0.1, 0.2, 0.3]) == (0, 1, 2)
    assert ruling_coalition([1, 1, 1], 2 / 3) == (0, 1, 2)
    # Of equally weak pairs the first; whoever is stronger by a hair makes all pairs unstable.
    assert ruling_coalition([1, 1, 1]) == (0, 1)
    assert ruling_coalition([1, 1.001, 1.002]) == (0, 1, 2)
    # 4 = 2 + 1 + 1, both self-enforcing with more than half of 7: the one alone rules.
    assert ruling_coalition([4, 1, 1, 1]) == (0,)
    assert len(ruling_coalition([1 + 0.001 * i for i in range(MAX_MEMBERS)])) == 7
    with pytest.raises(LimitError, match="at most 12 members: found 13"):
        ruling_coalition([1.0] * (MAX_MEMBERS + 1))


# --- global games and cascades ------------------------------------------------------------------------------


def threshold(cost: float, precision: float, prior_precision: float, prior: float) -> float:
    return float(
        regime_threshold(*(np.array([x], dtype=float) for x in (cost, precision, prior_precision, prior)))[0]
    )


def crossings(cost: float, precision: float, prior_precision: float, prior: float) -> list[float]:
    """Where the share that attacks changes sides of the cost, by a fine scan of the condition."""
    strength = np.linspace(1e-4, 1 - 1e-4, 20_001)
    quantile = np.array([NORMAL.inv_cdf(t) for t in strength])
    weight = math.sqrt(precision / (precision + prior_precision))
    signal = weight * (quantile + prior_precision / math.sqrt(precision) * (prior - strength))
    above = np.array([1 - NORMAL.cdf(x) for x in signal]) > cost
    return [float(strength[n]) for n in np.flatnonzero(above[1:] != above[:-1])]


@pytest.mark.shared
def test_anchor_global_game(entry: Any) -> None:
    assert threshold(0.35, 1.0, 0.0, 0.5) == near(entry["c=.35,alpha=0"])
    assert threshold(0.35, 4.0, 1.0, 0.6) == near(entry["c=.35,b=4,a=1,z=.6"])

    def unique(precision: float) -> bool:
        try:
            threshold(0.49, precision, 10.0, 0.5)
        except UsageError:
            return False
        return True

    # Three thresholds where the product refuses to name one, one where it does.
    assert not unique(4.0)
    assert len(crossings(0.49, 4.0, 10.0, 0.5)) == entry["roots b=4,a=10,z=.5,c=.49"]
    assert first_true(unique, 4.0, 20.0) == near(entry["unique iff beta>=alpha^2/(2pi); here bound"])
    only = crossings(0.49, 20.0, 10.0, 0.5)
    assert len(only) == entry["roots b=20"]
    assert threshold(0.49, 20.0, 10.0, 0.5) == pytest.approx(only[0], abs=1e-4)


@pytest.mark.shared
def test_anchor_granovetter(entry: Any) -> None:
    critical = cascade_critical(0.25)
    assert critical == near(entry["sigma_c tangency"])
    assert critical == near(entry["sigma_c (continuum, mean .25)"])
    assert cascade_rest(0.25, 0.12) == near(entry["low(sigma=.12)"])
    assert cascade_rest(0.25, 0.13) == near(entry["low(.13)"])
    jump = first_true(lambda s: bool(cascade_rest(0.25, s) > 0.5), 0.05, 0.3)
    assert jump == pytest.approx(float(critical), abs=1e-10)


def test_the_rest_is_the_lowest_fixed_point() -> None:
    mean, deviation = np.meshgrid(
        [-0.3, 0.0, 0.1, 0.25, 0.4, 0.5, 0.7, 1.0, 1.4], [0.02, 0.08, 0.15, 0.3, 0.39, 0.5, 2.0]
    )
    found = cascade_rest(mean, deviation)
    for m, s, x in zip(mean.flat, deviation.flat, found.flat, strict=True):
        assert NORMAL.cdf((x - m) / s) == pytest.approx(x, abs=1e-12)
        below = np.linspace(0, x - 1e-6, 500) if x > 1e-6 else []
        assert all(NORMAL.cdf((y - m) / s) > y for y in below)


def test_people_with_thresholds_come_to_rest_there() -> None:
    # 200,000 people at the quantiles of the thresholds; everybody joins when enough others have.
    at = [NORMAL.inv_cdf((n + 0.5) / 200_000) for n in range(200_000)]
    for mean, deviation in ((0.25, 0.1), (0.25, 0.12), (0.25, 0.13), (0.6, 0.3), (0.4, 0.45), (-0.1, 0.05)):
        thresholds = mean + deviation * np.array(at)
        joined, before = int((thresholds <= 0).sum()), -1
        while joined != before:
            before = joined
            joined = int(np.searchsorted(thresholds, joined / 200_000, side="right"))
        assert joined / 200_000 == pytest.approx(float(cascade_rest(mean, deviation)), abs=1e-3)


@pytest.mark.parametrize("mean", [1e-6, 0.05, 0.25, 0.4, 0.499])
def test_at_the_critical_deviation_the_curve_touches_the_diagonal(mean: float) -> None:
    critical = float(cascade_critical(mean))
    just_below, just_above = cascade_rest(mean, [critical * (1 - 1e-9), critical * (1 + 1e-9)])
    u = (just_below - mean) / critical
    assert NORMAL.cdf(u) == pytest.approx(just_below, abs=1e-7)
    assert NORMAL.pdf(u) / critical == pytest.approx(1, abs=2e-3)
    assert just_below < mean < just_above
    assert just_above - just_below > 0.05


def test_extreme_thresholds() -> None:
    # Nobody begins, nobody follows; with a mean of a half or more the rest moves without a jump.
    assert cascade_rest(0.5, 0.01) < 1e-300
    assert cascade_rest(-1.0, 1e-3) == 1
    assert cascade_rest(0.5, 1.0) == pytest.approx(0.5, abs=1e-12)
    deviations = np.linspace(0.05, 1.0, 2000)
    assert np.diff(cascade_rest(0.55, deviations)).max() < 0.01
    assert np.diff(cascade_rest(0.45, deviations)).max() > 0.3
    assert cascade_critical([0.1, 0.2]).shape == (2,)
    assert cascade_critical(0.5 - 1e-12) == pytest.approx(NORMAL.pdf(0), abs=1e-6)


# --- what is carried out step by step -----------------------------------------------------------------------


def terms(delta: list[list[float]], own: list[int], **other: object) -> Terms:
    """Steps that need nothing, take a month and cannot be undone, unless said otherwise."""
    factions, steps = len(delta), len(delta[0])
    made = Terms(
        base=np.zeros((factions, 1)),
        delta=np.array(delta)[..., None],
        on=np.zeros(0, np.int64),
        off=np.zeros(0, np.int64),
        excluded=np.zeros(0, np.bool_),
        points=np.zeros((factions, 0, 1)),
        broken=np.zeros((factions, 0, 1), np.bool_),
        needs=np.zeros(steps, np.int64),
        after=np.zeros(steps, np.int64),
        month=np.ones((steps, 1), np.int64),
        rho=np.full((factions, 1), 0.9),
        horizon=np.full(factions, -1),
        own=np.array(own, np.int64),
        reversible=0,
        undo=np.zeros((factions, steps, 1)),
        penalty=np.zeros((factions, steps, 1)),
        lapse=np.zeros(factions, np.int64),
        cost=np.zeros((factions, 1)),
        batches=np.array([1 << s for s in range(steps)], np.int64),
        winning=np.array([(1 << factions) - 1], np.int64),
    )
    return made._replace(**other)  # type: ignore[arg-type]


def gradual(increments: np.ndarray, a: float, b: float, delta: float) -> np.ndarray:
    """[K + 1] smallest margin of two sides that exchange irreversible increments, a to give and b to get."""
    rounds = len(increments)
    give, get = (-a * increments).tolist(), (b * increments).tolist()
    low = (1 << rounds) - 1
    exchange = terms(
        [give + get, get + give],
        [low, low << rounds],
        rho=np.full((2, 1), delta),
        batches=np.array([1 << k | 1 << rounds + k for k in range(rounds)], np.int64),
    )
    found: np.ndarray = appraise(exchange, tuple(range(rounds))).margin[:, :, 0].min(axis=1)
    return found


def shrinking(ratio: float) -> np.ndarray:
    """31 increments of a schedule without end; what is cut off does not matter to the first stage."""
    found: np.ndarray = (1 - ratio) * ratio ** np.arange(31)
    return found


@pytest.mark.shared
def test_anchor_gradualism(entry: Any) -> None:
    a, b, delta = entry["a,b,delta"]
    ratio = first_true(lambda r: bool(gradual(shrinking(r), a, b, delta)[0] >= 0), 0.1, 0.99)
    assert ratio == near(entry["rho"])
    reached = np.array(entry["c1..c5"])
    assert 1 - ratio ** np.arange(1, 6) == near(reached)
    # The increments of the file, and on from there: at none of its stages does anybody gain or lose by stopping.
    increments = shrinking(ratio)
    increments[:5] = np.diff(reached, prepend=0.0)
    assert gradual(increments, a, b, delta)[:5] == near(np.zeros(5))
    # The slowest schedules need the least patience.
    slow = shrinking(1 - 1e-7)
    least = first_true(lambda d: bool(gradual(slow, a, b, d)[0] >= 0), 0.1, 0.9)
    assert least == near(entry["needs delta>a/b"])


@pytest.mark.shared
def test_anchor_start_small(entry: Any) -> None:
    # A partnership of size alpha_n pays g alpha_n to who works and d alpha_n to who has stopped, until it is found out.
    g, d, delta, rounds = 0.2, 1.0, 0.9, 6

    def waits(ratio: float) -> np.ndarray:
        """What stopping a month later is worth more than stopping now, at each stage."""
        sizes = ratio ** np.arange(rounds)
        growth = np.diff(sizes, prepend=0.0)
        partnership = terms(
            [[0.0, *(d * growth)], [0.0] * (rounds + 1)],
            [1, (1 << rounds + 1) - 2],
            reversible=(1 << rounds + 1) - 1,
            on=np.array([1 | 1 << n + 1 for n in range(rounds)], np.int64),
            off=np.zeros(rounds, np.int64),
            excluded=np.zeros(rounds, np.bool_),
            points=np.array([-(d - g) * growth, np.zeros(rounds)])[..., None],
            broken=np.zeros((2, rounds, 1), np.bool_),
            rho=np.full((2, 1), delta),
        )
        leaving = appraise(partnership, tuple(range(rounds + 1))).leaving[1:-1, 0, 0]
        found: np.ndarray = (1 - delta) * g * sizes[:-1] + delta * leaving[1:] - leaving[:-1]
        return found

    ratio = first_true(lambda r: bool(waits(r)[0] >= 0), 0.5, 1.0)
    assert ratio == near(entry["alpha_{t+1}/alpha_t"])
    assert waits(ratio) == near(np.zeros(rounds - 1))


def holds_from(delta: list[list[float]], own: list[int]) -> float:
    """The least patience at which nobody takes back what all have carried out together."""
    whole = (1 << len(delta[0])) - 1
    exchange = terms(delta, own, reversible=whole, batches=np.array([whole], np.int64))

    def holds(patience: float) -> bool:
        end = appraise(exchange._replace(rho=np.full((2, 1), patience)), (0,)).margin[-1]
        return bool(end.min() >= 0)

    return first_true(holds, 1e-3, 1 - 1e-3)


@pytest.mark.shared
def test_anchor_repeated_pd(entry: Any) -> None:
    tempted, cooperation = 1.5, 1.0
    cost = tempted - cooperation
    assert holds_from([[-cost, tempted], [tempted, -cost]], [1, 2]) == near(entry["delta*"])


@pytest.mark.shared
def test_anchor_linkage(entry: Any) -> None:
    gain, loss = np.array([0.8, 0.1]), np.array([0.5, 0.6])

    def least(*issues: int) -> float:
        mine = [*(-gain[[*issues]]), *(gain + loss)[[*issues]]]
        theirs = [*(gain + loss)[[*issues]], *(-gain[[*issues]])]
        low = (1 << len(issues)) - 1
        return holds_from([mine, theirs], [low, low << len(issues)])

    assert [least(0), least(1)] == near(entry["delta* separate"])
    assert least(0, 1) == near(entry["delta* linked"])


@pytest.mark.shared
def test_anchor_hold(entry: Any) -> None:
    # Thirteen steps, each a stage, and the end: at all fourteen the south is 1.2 points better off than without an
    # agreement and has no step of its own to withhold, the north has every reason to go on.
    issues = {
        f"i{n}": {"controlled_by": "north", "status_quo": "no", "options": {"no": {}, "yes": {}}}
        for n in range(13)
    }
    case = Case.model_validate(
        {
            "detente": 1,
            "id": "hold",
            "title": "Hold",
            "judgement": "made up",
            "as_of": "2021-01-31",
            "parties": {"north": {}, "south": {}},
            "issues": issues,
            "agreement": {"all": ["north", "south"]},
            "preferences": {
                "north": {
                    "patience": 0.9,
                    "points": {i: {"no": 0, "yes": 100} for i in issues},
                    "no_deal": {"status_quo": 0},
                },
                "south": {
                    "patience": 0.9,
                    "points": {i: {"no": 0, "yes": 0} for i in issues},
                    "no_deal": {"status_quo": -1.2},
                },
            },
            "steps": {"temptation": 0.5},
            "signing": {"chance": 0.5},
        }
    )
    found = roadmap(prepare(case, draws=64), dict.fromkeys(issues, "yes"))
    assert [s.margin["south"] for s in found.stages] == pytest.approx([1.2] * 14)
    signed, begun, kept = found.chances.signed, found.chances.begun, found.chances.kept
    assert signed == 0.5
    assert begun is not None
    assert kept is not None
    assert 1 - begun / signed == near(entry["h"])
    assert kept / signed == near(entry["S(14)"])


# --- trusting, leaving, complying ---------------------------------------------------------------------------


@pytest.mark.shared
def test_anchor_trust(entry: Any) -> None:
    assert trust_threshold(1.0, 0.6, -1.0, 0.0) == near(entry["t*"])


def test_at_the_threshold_trusting_is_worth_what_holding_back_is() -> None:
    together, alone = np.array([1.0, 50.0, 3.0]), np.array([0.6, -10.0, 2.999])
    betrayed, apart = np.array([-1.0, -5.0, 0.0]), np.array([0.0, 0.0, 1e-3])
    t = trust_threshold(together, alone, betrayed, apart)
    assert t * together + (1 - t) * betrayed == pytest.approx(t * alone + (1 - t) * apart)
    assert ((t > 0) & (t < 1)).all()


@pytest.mark.shared
def test_anchor_exit(entry: Any) -> None:
    # A flow w until the exit, which comes with h a month and costs J once: as a flow, -J (1 - delta) for ever after.
    w, loss, h, delta, gain = 0.5, 8.0, 0.03, 0.97, 6.0
    alive = (1 - h) ** np.arange(3001)
    flow = w * alive - loss * (1 - delta) * (1 - alive)
    path = np.concatenate([[0.0], flow])[None, None]
    stays = float(value(path, np.array([[delta]]))[0, 0]) / (1 - delta)
    assert stays == near(entry["V_stay"])
    # Leaving trusts a promise that is worth the gain if it is kept and the loss if it is not; staying is the same in both.
    assert trust_threshold(gain, stays, -loss, stays) == near(entry["rho*"])


@pytest.mark.shared
def test_anchor_exit_option(entry: Any) -> None:
    trigger = exit_trigger(0.0, 0.2, 0.05, 6.0)
    assert trigger == near(entry["w*"])
    # Without volatility nothing is gained by waiting: the rule of Marshall.
    marshall = exit_trigger(0.0, 0.0, 0.05, 6.0)
    assert marshall == near(entry["Marshallian rG"])
    wait = float(trigger / marshall)  # b / (b - 1)
    assert wait / (wait - 1) == near(entry["beta2"])


@pytest.mark.parametrize(("mu", "s", "r"), [(0.0, 0.2, 0.05), (-0.03, 0.1, 0.08), (0.03, 0.4, 0.05)])
def test_no_other_trigger_is_worth_more(mu: float, s: float, r: float) -> None:
    gain = 6.0
    found = float(exit_trigger(mu, s, r, gain))
    root = np.roots([s**2 / 2, mu - s**2 / 2, -r]).min()
    triggers = found * np.exp(np.linspace(-1.0, 1.0, 20_001))
    here = found * math.e
    worth = here / (r - mu) + (gain - triggers / (r - mu)) * (here / triggers) ** root
    assert triggers[worth.argmax()] == pytest.approx(found, rel=1e-3)


def test_on_a_tree_of_ups_and_downs_it_is_best_to_leave_there() -> None:
    # The flow goes up or down by s sqrt(dt); staying or leaving at every node is improved until nothing changes (Howard).
    mu, s, r, gain, dt = -0.01, 0.2, 0.05, 6.0, 0.04
    step = s * math.sqrt(dt)
    flow = 0.2 * np.exp(step * np.arange(-60, 140))
    rise = (math.exp(mu * dt) - math.exp(-step)) / (math.exp(step) - math.exp(-step))
    n = len(flow)
    move = rise * np.eye(n, k=1) + (1 - rise) * np.eye(n, k=-1)
    pays = flow * dt
    # At the top leaving is so far off that the flow is worth itself.
    move[-1], pays[-1] = 0.0, flow[-1] / (r - mu)
    goes = np.zeros(n, np.bool_)
    for _ in range(100):
        system = np.eye(n) - math.exp(-r * dt) * np.where(goes[:, None], 0.0, move)
        worth = np.linalg.solve(system, np.where(goes, gain, pays))
        better = gain > pays + math.exp(-r * dt) * move @ worth
        if (better == goes).all():
            break
        goes = better
    assert goes[0]
    assert flow[goes].max() == pytest.approx(float(exit_trigger(mu, s, r, gain)), rel=2 * step)


def test_a_certain_flow_and_a_worthless_exit() -> None:
    # Falling for certain it is left when it no longer pays the interest on G; rising, at once or never.
    assert exit_trigger(-0.02, 0.0, 0.05, 6.0) == pytest.approx(0.05 * 6)
    assert exit_trigger(0.02, 0.0, 0.05, 6.0) == pytest.approx(0.03 * 6)
    assert exit_trigger(-0.02, 1e-6, 0.05, 6.0) == pytest.approx(0.05 * 6)
    assert exit_trigger(0.0, 0.2, 0.05, [0.0, -3.0]).max() == 0
    assert (np.diff(exit_trigger(0.0, np.linspace(0, 2, 50), 0.05, 6.0)) < 0).all()


@pytest.mark.shared
def test_anchor_compliance(entry: Any) -> None:
    assert least_prospect(0.5, 1.0, 0.9) == near(entry["p_min"])


def test_at_the_least_prospect_complying_is_worth_what_refusing_is() -> None:
    for q, cost, patience in ((0.5, 1.0, 0.9), (0.9, 0.0, 0.5), (0.2, 0.5, 0.95)):
        p = float(least_prospect(q, cost, patience))
        complies = sum(patience**t * p for t in range(1, 3000))
        refuses = sum(patience**t * q for t in range(3000)) - cost
        assert complies == pytest.approx(refuses)
    # Nothing to gain by refusing; all to gain and little patience; nobody who counts the future as the present.
    assert least_prospect([0.1, 1.0, 0.4], [5.0, 0.0, 9.0], [0.5, 0.5, 1.0]) == pytest.approx(
        [-4.8, 2.0, 0.4]
    )


@pytest.mark.shared
def test_anchor_powell(entry: Any) -> None:
    rule = entry["rule"]
    assert rule == "delta*M1(t+1)-M1(t) > B - (M1(t)+M2(t))"
    left, right = rule.split(">")
    rng = np.random.default_rng(2)
    for _ in range(200):
        now, later, other, whole, delta = rng.uniform(0, 1, 5)
        told = {
            "M1": lambda t, at=(now, later): at[t],
            "M2": lambda t, at=other: at,
            "t": 0,
            "B": whole,
            "delta": delta,
        }
        sides = [eval(side, {"__builtins__": {}}, told) for side in (left, right)]
        assert commitment_gap(now, later, other, whole, delta) == near(sides[0] - sides[1])


def test_no_division_holds_where_the_gap_is_positive() -> None:
    # The rising side takes a flow today and at least its M tomorrow; no division gives both what they could take now.
    rng = np.random.default_rng(4)
    closed = 0
    for _ in range(300):
        now, later, other, delta = rng.uniform(0, 1, 4)
        whole = now + other + rng.uniform(0, 0.2)
        promised = np.linspace(delta * later, whole, 2001) if whole >= delta * later else np.zeros(0)
        holds = bool(((whole - promised >= other) & (promised >= now)).any())
        gap = float(commitment_gap(now, later, other, whole, delta))
        if abs(gap) > 1e-3:
            assert holds == (gap < 0)
            closed += not holds
    assert 30 < closed < 270
    # How strong the rising side is today does not matter.
    gaps = commitment_gap([0.1, 0.7], 0.9, 0.3, 1.0, 0.95)
    assert gaps[0] == pytest.approx(gaps[1])


# --- setter and veto ----------------------------------------------------------------------------------------


def settled(setter: float, veto: float, quo: int, loss: Callable[[float], float]) -> float:
    """What the setter proposes and the veto accepts among 0, .1 .. 1: its best on the frontier, or the status quo."""
    options = [f"o{n}" for n in range(11)]
    ideals = {"setter": setter, "veto": veto}
    case = Case.model_validate(
        {
            "detente": 1,
            "id": "winset",
            "title": "Winset",
            "judgement": "made up",
            "parties": {"setter": {}, "veto": {}},
            "issues": {
                "text": {
                    "controlled_by": {"all": ["setter", "veto"]},
                    "status_quo": f"o{quo}",
                    "options": {o: {} for o in options},
                }
            },
            "preferences": {
                who: {
                    "weights": {"text": 1},
                    "values": {"text": {o: 100 * (1 - loss(n / 10 - ideal)) for n, o in enumerate(options)}},
                    "no_deal": {"status_quo": 0},
                }
                for who, ideal in ideals.items()
            },
        }
    )
    front = deal(prepare(case, draws=64)).main.frontier
    best = max(front, key=lambda p: p.utility["setter"], default=None)
    return (quo if best is None else options.index(best.package["text"])) / 10


@pytest.mark.shared
def test_anchor_winset(entry: Any) -> None:
    for loss in (abs, lambda x: x**2):
        assert settled(1.0, 0.4, 1, loss) == near(entry["s=1,v=.4,q=.1"])
        assert settled(1.0, 0.4, 4, loss) == near(entry["s=1,v=.4,q=.4"])


def test_the_setter_gets_the_point_of_the_winset_nearest_to_its_ideal() -> None:
    for setter, veto, quo in itertools.product((0.0, 0.5, 1.0), (0.2, 0.4, 0.9), (0, 1, 5, 10)):
        reach = abs(quo / 10 - veto)
        exact = np.clip(setter, max(0.0, veto - reach), min(1.0, veto + reach))
        assert settled(setter, veto, quo, abs) == pytest.approx(exact, abs=1e-9)


# --- decay --------------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_anchor_decay(entry: Any) -> None:
    rate = entry["support 60->15 over ~2.4y, per yr"]
    monthly = 1 - math.exp(-rate / 12)
    assert (1 - monthly) ** 12 == near(math.exp(-rate))
    assert 60 * (1 - monthly) ** (12 * 2.4) == near(15)
    assert 60 * math.exp(-entry["recognition 60->8 log-ratio"]) == near(8)


# --- what is refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: rubinstein_share(1.2, 0.5), "first has to be between 0 and 1: found 1.2"),
        (lambda: rubinstein_share([0.5, 1], [0.5, 1]), "product of first and second has to be below 1: found 1"),
        (lambda: rubinstein_share(0.5, [0.5, -1]), "second has to be between 0 and 1: found -1"),
        (lambda: rubinstein_share(0.5, float("nan")), "second has to be finite: found nan"),
        (lambda: rubinstein_limit(-1, 1), "r1 has to be at least 0"),
        (lambda: rubinstein_limit(1, -1), "r2 has to be at least 0"),
        (lambda: rubinstein_limit(0, [1, 0]), r"r1 \+ r2 has to be above 0: found 0"),
        (lambda: abreu_gul([0.5, 0.5], [1, 1], [0.1, 0.1]), "sum of both demands has to be above 1.*: found 1"),
        (lambda: abreu_gul([0.5, 0.4], [1, 1], [0.1, 0.1]), "sum of both demands"),
        (lambda: abreu_gul([1, 0.4], [1, 1], [0.1, 0.1]), "demand has to be between 0 and 1, both excluded: found 1"),
        (lambda: abreu_gul([0.6, 0.6], [1, 0], [0.1, 0.1]), "rate has to be above 0"),
        (lambda: abreu_gul([0.6, 0.6], [1, 1], [0.1, 0]), "obstinate has to be between 0 and 1"),
        (lambda: abreu_gul([0.6, 0.6, 0.6], [1, 1], [0.1, 0.1]), r"demand: a number for each of two sides.*\(3,\)"),
        (lambda: abreu_gul([0.6, 0.6], 1, [0.1, 0.1]), "rate: a number for each of two sides"),
        (lambda: attrition([1, 0], [1, 1]), "value has to be above 0"),
        (lambda: attrition([1, 1], [1, -1]), "cost has to be at least 0"),
        (lambda: attrition([1, 1], [0, 0]), "or nobody ever yields"),
        (lambda: ultimatum(0.3, -0.5, 0.1), "cost has to be at least 0: found -0.5"),
        (lambda: ultimatum(0.3, 0.5, -0.1), "sender_cost has to be at least 0"),
        (lambda: selectorate_share(1, 0.5), "patience has to be between 0 and 1, 1 excluded: found 1"),
        (lambda: selectorate_share(0.5, 1.5), "ratio has to be between 0 and 1"),
        (lambda: ruling_coalition([]), r"strengths: a list of at least one number.*\(0,\)"),
        (lambda: ruling_coalition([[1, 2]]), r"strengths: .*\(1, 2\)"),
        (lambda: ruling_coalition([1, 0]), "strengths has to be above 0"),
        (lambda: ruling_coalition([1, 2], 0.4), "majority has to be at least 0.5 and below 1: found 0.4"),
        (lambda: ruling_coalition([1, 2], 1), "majority has to be at least 0.5 and below 1"),
        (lambda: cascade_rest(0.25, [0.1, 0]), "deviation has to be above 0"),
        (lambda: cascade_critical(0.5), "mean has to be between 0 and 0.5, both excluded"),
        (lambda: cascade_critical(0), "mean has to be between 0 and 0.5"),
        (lambda: exit_trigger(0, -0.1, 0.05, 6), "volatility has to be at least 0"),
        (lambda: exit_trigger(-0.1, 0.1, 0, 6), "discount has to be above 0"),
        (lambda: exit_trigger(0.05, 0.1, 0.05, 6), "discount less drift has to be above 0"),
        (lambda: exit_trigger(0, 0.1, 0.05, float("inf")), "worth has to be finite"),
        (lambda: trust_threshold(1, 1, 0, 0.5), "together less alone has to be above 0"),
        (lambda: trust_threshold(1, 0.5, 0.5, 0.5), "apart less betrayed has to be above 0"),
        (lambda: least_prospect(1.1, 1, 0.9), "office has to be between 0 and 1"),
        (lambda: least_prospect(0.5, -1, 0.9), "cost has to be at least 0"),
        (lambda: least_prospect(0.5, 1, 0), "patience has to be above 0 and at most 1"),
        (lambda: commitment_gap(0, 0, 0, 1, 1.1), "patience has to be between 0 and 1"),
    ],
)  # fmt: skip
def test_what_has_no_closed_form_is_refused(call: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()
