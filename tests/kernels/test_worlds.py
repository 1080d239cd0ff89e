"""The simulated worlds: known answers, laws, and the same bytes whatever they are computed with."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from statistics import NormalDist
from typing import get_args

import numba
import numpy as np
import pytest
from pydantic import BaseModel

from detente.case.outlook import MOST_LEVELS, MOST_READINGS
from detente.case.parts import PARTS
from detente.case.questions import WITHIN
from detente.case.world import Event, Outcome, Variable, World
from detente.kernels import chance, month
from detente.kernels.chance import BLOCK, CHANCES, UNIFORMS
from detente.kernels.worlds import (
    BINS,
    DATES,
    EVENTS,
    MADE,
    OFFICE,
    PARAMETERS,
    READINGS,
    SHAPE,
    STATES,
    THINNED,
    TOP,
    VARIABLES,
    Ladder,
    Worlds,
    add,
    no_ladder,
    run,
    state,
)

STILL = {
    "money.revenue": 0.4, "price.now": 1.0, "loyalty.now": 0.6, "loyalty.scale": 1.0, "survival.scale": 1.0,
    "recognition.all": 60.0, "recognition.now": 8.0, "recognition.bloc": 1.0, "recognition.kept": 1.0,
    "recognition.kept_extended": 1.0, "polls.scale": 1.0, "polls.held": 1.0, "polls.ballot": 1.0, "regional.scale": 1.0,
    "exit.scale": 1.0, "authority.of": 5.0, "sender.last": 1.0, "sender.yields": 1.0, "sender.top": 2.0, "support.now": 0.3,
    "support.floor": 0.3,
}  # fmt: skip
MOVING = {
    **STILL,
    "money.pull": 0.1, "money.spread": 0.03, "money.loss_0": 0.7, "money.loss_1": 0.4, "money.loss_2": 0.05,
    "money.evasion": 0.2, "money.evasion_pace": 0.03, "money.evasion_ceiling": 0.5, "money.rents": 0.3,
    "money.depletion": 0.02, "price.now": 0.8, "price.pull": 0.05, "price.spread": 0.05, "output.now": 0.3,
    "output.reach": 0.8, "output.pace": 0.05, "output.spread": 0.01, "fiefs.now": 0.1, "fiefs.grow": 0.05,
    "fiefs.ceiling": 0.5, "fiefs.yields": 0.2, "fiefs.wrecks": 0.05, "hunger.now": 0.3, "hunger.pace": 0.1,
    "hunger.need": 0.9, "hunger.feeds": 0.3, "hunger.relief": 0.1, "hunger.opens": 0.02, "hunger.rage": 0.2,
    "loyalty.outside_offer": 0.4, "loyalty.scale": 0.3, "loyalty.pace": 0.1, "loyalty.spread": 0.02,
    "survival.peak": 0.02, "survival.threshold": 0.4, "survival.scale": 0.2, "lists.top": 2.0, "lists.ease": 0.02,
    "lists.follows": 0.05, "lists.weighs": 0.2, "lists.traps": 0.1, "accountability.opens": 0.03,
    "accountability.traps": 0.1, "accountability.deters": 0.5, "recognition.now": 40.0, "recognition.drop": 0.02,
    "recognition.cascade": 0.05, "recognition.bloc": 2.0, "recognition.extend": 0.5, "recognition.kept": 0.3,
    "recognition.kept_extended": 0.9, "recognition.promises": 0.2, "support.decay": 0.03, "support.spread": 0.01,
    "support.gain": 0.05, "support.floor": 0.05, "split.now": 0.5, "split.begins": 0.03, "split.heals": 0.03,
    "split.cost": 0.1, "split.tempts": 0.2, "authority.base": 1.0, "authority.seats": 1.0, "authority.wins": 0.03,
    "authority.loses": 0.01, "authority.access": 0.3, "authority.majority": 0.2, "polls.fairness": 0.4,
    "polls.base": 0.4, "polls.scale": 0.15, "polls.held": 0.8, "polls.ballot": 0.7, "polls.early": 0.02,
    "regional.joins": 0.7, "regional.joins_split": 0.3, "regional.observed": 0.4, "regional.fairness": 0.3,
    "regional.watch": 0.2, "regional.base": 0.4, "regional.scale": 0.3, "regional.spread": 0.05, "regional.gain": 0.1,
    "regional.turnout": 0.4, "regional.lift": 0.2, "regional.turnout_spread": 0.05, "exit.rate": 0.003,
    "exit.push": 0.01, "exit.trigger": 0.3, "exit.scale": 0.2, "force.rate": 0.0005, "talks.begin": 0.1,
    "talks.mediated": 0.05, "talks.stop": 0.05, "talks.spoilt": 0.02, "talks.trust": 0.5, "talks.trust_scale": 0.3,
    "talks.retract": 0.05, "sender.ease": 0.01, "sender.ease_in_talks": 0.03, "sender.last": 0.6, "sender.yields": 0.9,
    "sender.take_back": 0.02, "home.turns": 0.4, "home.resists": 0.5, "home.reverses": 0.03, "home.presses": 0.5,
    "home.threatens": 2.0, "funds.agree": 0.01, "funds.agree_in_talks": 0.05, "funds.pay": 0.1, "funds.relieves": 0.1,
}  # fmt: skip
POLL, REGIONAL, DECIDES, LAPSE, ELECTION, LATER = (1 << n for n in range(len(DATES)))


def calendar(months: int, **when: tuple[int, ...]) -> np.ndarray:
    """Dates of a run, by the names of :data:`DATES`."""
    found = np.zeros(months + 1, dtype=np.int64)
    for name, days in when.items():
        for day in days:
            found[day] |= 1 << DATES.index(name)
    return found


BUSY = calendar(48, poll=(20, 44), regional=(10, 34), decides=(7, 31), lapse=(7, 19, 31), election=(13, 37))


def talks(draws: int, *, start: int = 1) -> Ladder:
    """Two readings, three steps; the second reading is true in every other draw."""
    tables = (
        ((0.3, 0, 0.4), (0.1, 0, 0.05)),
        ((0, 0.05, 0), (0, 0.2, 0)),
        ((0, 0.4, 0), (0, 0.1, 0)),
        ((0.05, 0, 0.02), (0.3, 0, 0.2)),
    )
    choices = np.broadcast_to(np.array(tables, dtype=np.float32), (draws, 4, 2, 3)).copy()
    prior = np.tile(np.array([0.6, 0.4], dtype=np.float32), (draws, 1))
    return Ladder(3, start, choices, np.arange(draws) % 2, prior, 1)


def table(given: dict[str, float], draws: int = 1) -> np.ndarray:
    found = np.zeros((len(PARAMETERS), draws))
    for name, value in given.items():
        found[PARAMETERS.index(name)] = value
    return found


def made(
    given: dict[str, float],
    *,
    per: int = 20_000,
    months: int = 24,
    draws: int = 1,
    dates: np.ndarray | None = None,
    **how: object,
) -> Worlds:
    dates = calendar(months) if dates is None else dates
    return run(table(given, draws), per=per, dates=dates, **{"seed": 1, **how})  # type: ignore[arg-type]


def office(found: Worlds) -> np.ndarray:
    """[T + 1, 5] shares."""
    shape = (found.states.shape[1], len(OFFICE), STATES // len(OFFICE))
    share: np.ndarray = found.states.sum(axis=0).reshape(shape).sum(axis=2) / (found.per * len(found.states))
    return share


def by(found: Worlds, event: str) -> np.ndarray:
    """[S, T + 1] worlds in which it has happened."""
    answer: np.ndarray = found.events[:, EVENTS.index(event)].cumsum(axis=1)
    return answer


def histogram(found: Worlds, variable: str) -> np.ndarray:
    """[T + 1, BINS] of the first group."""
    answer: np.ndarray = found.histograms[0, VARIABLES.index(variable)]
    return answer


def near(share: float, exact: float, count: int) -> bool:
    """Within three standard errors."""
    return abs(share - exact) <= 3 * math.sqrt(exact * (1 - exact) / count) + 1e-5


def same(one: Worlds, other: Worlds) -> None:
    assert one.per == other.per
    for a, b in zip(one[1:], other[1:], strict=True):
        np.testing.assert_array_equal(a, b)


def bend(x: float) -> float:
    return (1 + x / (1 + abs(x))) / 2


# --- random numbers -----------------------------------------------------------------------------------------

TURNS = ((14, 16), (52, 57), (23, 40), (5, 37), (25, 33), (46, 12), (58, 22), (32, 32))
WORD = (1 << 64) - 1


def threefry(counter: list[int], key: list[int], rounds: int = 13) -> list[int]:
    """Threefry4x64 as its paper tells it, in plain integers."""
    keys = [*key, 0x1BD11BDAA9FC1A22 ^ key[0] ^ key[1] ^ key[2] ^ key[3]]
    x = [(c + k) & WORD for c, k in zip(counter, key, strict=True)]
    for n in range(rounds):
        pairs = ((0, 1), (2, 3)) if n % 2 == 0 else ((0, 3), (2, 1))
        for (a, b), turn in zip(pairs, TURNS[n % 8], strict=True):
            x[a] = (x[a] + x[b]) & WORD
            x[b] = ((x[b] << turn | x[b] >> (64 - turn)) & WORD) ^ x[a]
        if n % 4 == 3:
            r = (n + 1) // 4
            x = [(word + keys[(r + i) % 5] + (r if i == 3 else 0)) & WORD for i, word in enumerate(x)]
    return x


def words(first: int, when: int, lane: int, seed: int, draw: int) -> np.ndarray:
    """[8, BLOCK] of the kernel."""
    out = np.zeros((8, BLOCK), dtype=np.int32)
    chance.threefry(out, first, when, lane, seed, draw, BLOCK)
    return out


def joined(out: np.ndarray) -> list[list[int]]:
    """Four words of 64 bits for each world of a block."""
    halves = out.view(np.uint32).astype(object)
    return [[int(halves[w, i] | halves[w + 4, i] << 32) for w in range(4)] for i in range(out.shape[1])]


def test_threefry_gives_the_published_words() -> None:
    # Known answers of Random123 for threefry4x64 with thirteen rounds; the second counter is beyond the kernel's.
    nought = [0x4071FABEE1DC8E05, 0x02ED3113695C9C62, 0x397311B5B89F9D49, 0xE21292C3258024BC]
    ones = [0x7EAED935479722B5, 0x90994358C429F31C, 0x496381083E07A75B, 0x627ED0D746821121]
    assert joined(words(0, 0, 0, 0, 0))[0] == nought == threefry([0] * 4, [0] * 4)
    assert threefry([WORD] * 4, [WORD] * 4) == ones


@pytest.mark.parametrize("n", range(8))
def test_threefry_is_that_of_the_paper_at_any_address(n: int) -> None:
    given = random.Random(n)
    first, seed, draw = given.getrandbits(40), given.getrandbits(63), given.getrandbits(20)
    when, lane = given.randrange(240), given.randrange(3)
    found = joined(words(first, when, lane, seed, draw))
    for i in (0, 1, BLOCK - 1):
        assert found[i] == threefry([first + i, when, lane, 0], [seed, draw, 0, 0])


def luck(function: str, rows: int, blocks: int, *, when: int = 1, lane: int = 0) -> np.ndarray:
    """[rows, blocks * BLOCK] of consecutive worlds."""
    found = np.empty((blocks, rows, BLOCK), dtype=np.float32)
    for n in range(blocks):
        getattr(chance, function)(words(n * BLOCK, when, lane, 5, 2), found[n], BLOCK)
    return found.transpose(1, 0, 2).reshape(rows, -1).astype(np.float64)


def test_shocks_have_mean_nought_and_variance_one() -> None:
    z = luck("chances", len(CHANCES), 400)[:4]
    count = z.shape[1]
    assert np.abs(z.mean(axis=1)).max() < 4 / math.sqrt(count)
    # The fourth moment of a triangular shock is 2.4.
    assert np.abs((z**2).mean(axis=1) - 1).max() < 4 * math.sqrt(1.4 / count)
    assert np.abs((z**4).mean(axis=1) - 2.4).max() < 0.1
    assert np.abs(z).max() < math.sqrt(6)
    inner = (np.abs(z) < math.sqrt(6) / 2).mean(axis=1)
    assert np.abs(inner - 0.75).max() < 4 * math.sqrt(0.75 * 0.25 / count)


@pytest.mark.parametrize("function", ["chances", "uniforms"])
def test_uniforms_are_uniform(function: str) -> None:
    u = luck("chances", len(CHANCES), 400)[4:] if function == "chances" else luck("uniforms", UNIFORMS, 400)
    count = u.shape[1]
    assert u.min() > 0
    assert u.max() < 1
    assert np.abs(u.mean(axis=1) - 0.5).max() < 4 * math.sqrt(1 / 12 / count)
    assert np.abs(u.var(axis=1) - 1 / 12).max() < 4 * math.sqrt(1 / 180 / count)
    for row in u:
        counts, _ = np.histogram(row, bins=256, range=(0, 1))
        # 255 degrees of freedom.
        assert ((counts - count / 256) ** 2).sum() / (count / 256) < 255 + 5 * math.sqrt(2 * 255)


def test_luck_does_not_hang_together() -> None:
    """Neither its kinds, nor worlds, months or lanes beside each other."""
    now = luck("chances", len(CHANCES), 400)
    count = now.shape[1]
    others = [luck("chances", len(CHANCES), 400, when=2), luck("uniforms", UNIFORMS, 400, lane=1)]
    others.append(luck("chances", len(CHANCES), 400, lane=2))
    rows = np.concatenate([now, np.roll(now, 1, axis=1), *others])
    between = np.corrcoef(rows) - np.eye(len(rows))
    assert np.abs(between).max() < 5 / math.sqrt(count)


@pytest.mark.parametrize("bits", [0, -1])
def test_uniforms_never_reach_their_ends(bits: int) -> None:
    given = np.full((8, BLOCK), bits, dtype=np.int32)
    u, v = np.empty((len(CHANCES), BLOCK), np.float32), np.empty((UNIFORMS, BLOCK), np.float32)
    chance.chances(given, u, BLOCK)
    chance.uniforms(given, v, BLOCK)
    assert 0 < min(u[4:].min(), v.min()) <= max(u[4:].max(), v.max()) < 1
    assert np.abs(u[:4]).max() < math.sqrt(6)
    np.testing.assert_allclose(u[4:], abs(bits), atol=1e-5)


@pytest.mark.parametrize(("function", "rows", "used"), [("chances", 11, 247), ("uniforms", 8, 8 * 23)])
def test_no_bit_serves_twice(function: str, rows: int, used: int) -> None:
    before, after = np.empty((rows, BLOCK), np.float32), np.empty((rows, BLOCK), np.float32)
    at = words(0, 3, 0, 7, 1)
    getattr(chance, function)(at, before, BLOCK)
    changed = []
    for word in range(8):
        for bit in range(32):
            other = at.copy()
            other[word] ^= np.uint32(1 << bit).astype(np.int32)
            getattr(chance, function)(other, after, BLOCK)
            changed.append((before != after).any(axis=1).sum())
    assert max(changed) == 1
    assert sum(changed) == used


# --- known answers ------------------------------------------------------------------------------------------


def test_nothing_moves_where_everything_stands_still() -> None:
    found = made(STILL, per=640, dates=calendar(24, lapse=(3,), decides=(4,), regional=(5,), election=(6,)))
    assert (found.states.sum(axis=2) == 640).all()
    assert (found.states[0] == found.states[0, 0]).all()
    assert found.states[0, 0, state(0, 0, 1, 0)] == 640
    happened = {event for event in EVENTS if by(found, event).any()}
    assert happened == {"claim_ended"}
    counts = found.histograms[0].sum(axis=2)
    assert (counts == 640 // THINNED).all()
    assert (np.count_nonzero(found.histograms, axis=3) == 1).all()


def test_constant_hazards_compete_as_exponentials_do() -> None:
    # Two hazards: which comes first, and how long it takes (geometric months; the complete-information war of attrition
    # has 0.05 and 0.15, the target yields first in a quarter of cases).
    found = made({**STILL, "exit.rate": 0.05, "force.rate": 0.15}, per=40_000, months=100)
    share = office(found)
    assert near(share[-1, OFFICE.index("handed_over")], 0.25, 40_000)
    for when in (1, 7, 20):
        assert near(share[when, 0], 0.8**when, 40_000)
    waited = share[:-1, 0].sum()
    assert waited == pytest.approx(1 / 0.2, rel=0.02)


def test_support_decays_as_the_article_implies() -> None:
    # 60% to 15% in 2.4 years is a rate of 0.5776 a year.
    rate = 0.5776226504666211
    given = {**STILL, "support.now": 0.6, "support.floor": 0.0, "support.decay": 1 - math.exp(-rate / 12)}
    bins = histogram(made(given, per=64, months=29), "support").argmax(axis=1)
    for when in range(30):
        assert bins[when] == int(0.6 * math.exp(-rate * when / 12) * BINS)


def test_recognition_lapses_to_the_share_that_is_kept() -> None:
    given = {**STILL, "recognition.now": 40.0, "recognition.kept": 0.31, "recognition.kept_extended": 0.75}
    given["recognition.extend"] = 0.25
    found = made(given, per=640_000, months=6, dates=calendar(6, lapse=(3,)))
    counts = histogram(found, "recognition") / 10_000
    assert counts[2, int(40 / 60 * BINS)] == 1
    # 12.4 stay: 12, and with chance 0.4 one more; or all 30, as they are whole.
    for known, share in ((12, 0.75 * 0.6), (13, 0.75 * 0.4), (30, 0.25)):
        assert near(counts[3, int(known / 60 * BINS)], share, 10_000)
    assert near(by(found, "extended")[0, 3] / 640_000, 0.25, 640_000)
    assert by(found, "extended")[0, -1] + by(found, "claim_ended")[0, -1] == 640_000


def test_a_claim_that_has_ended_does_not_lapse_again() -> None:
    given = {**STILL, "recognition.now": 40.0, "recognition.kept": 0.5}
    found = made(given, per=64, months=6, dates=calendar(6, lapse=(2, 4)))
    assert histogram(found, "recognition")[-1, int(20 / 60 * BINS)] == 1


def test_a_poll_is_lost_with_fairness_times_votes() -> None:
    given = {**STILL, "polls.fairness": 0.6, "polls.base": 0.4, "polls.scale": 0.2, "split.now": 1.0}
    given |= {"split.cost": 0.1}
    share = office(made(given, dates=calendar(5, poll=(3,))))
    assert share[2, 3] == 0
    assert near(share[3, OFFICE.index("voted_out")], 0.6 * bend((0.4 + 0.3 - 0.1 - 0.5) / 0.2), 20_000)
    assert share[5, 3] == share[3, 3]


def test_seats_and_a_majority_make_a_poll_fairer() -> None:
    given = {
        **STILL,
        "polls.fairness": 0.2,
        "polls.base": 0.5,
        "authority.access": 0.5,
        "authority.base": 1.0,
    }
    given |= {"authority.majority": 0.3, "support.now": 0.0, "support.floor": 0.0}
    for seats, fair in ((0, 0.1), (1, 0.2), (2, 0.3), (3, 0.7), (5, 0.9)):
        share = office(made({**given, "authority.seats": seats}, dates=calendar(1, poll=(1,))))
        assert near(share[1, OFFICE.index("voted_out")], fair / 2, 20_000), seats


def test_collapse_is_certain_enough_below_the_threshold_and_rare_above() -> None:
    given = {**STILL, "survival.peak": 0.2, "survival.threshold": 0.9, "survival.scale": 0.1}
    for loyalty in (0.1, 0.9, 1.0):
        fall = 0.2 * bend((0.9 - loyalty) / 0.1)
        share = office(made({**given, "loyalty.now": loyalty}, months=10))
        assert near(share[10, 0], (1 - fall) ** 10, 20_000)


def test_shocks_have_variance_one() -> None:
    # The spread of revenue, loyalty, support and price after one month; governors and turnout in that of a poll.
    given = {**STILL, "money.revenue": 1.0, "money.spread": 0.1, "loyalty.spread": 0.1, "price.spread": 0.1}
    given |= {"loyalty.now": 0.5, "support.now": 0.5, "support.floor": 0.5, "support.spread": 0.1}
    given |= {"regional.fairness": 1.0, "regional.base": 0.5, "regional.spread": 0.1, "regional.turnout": 0.5}
    given |= {"regional.turnout_spread": 0.1, "output.now": 0.5, "output.spread": 0.1}
    found = made(given, per=1_280_000, dates=calendar(1, regional=(1,)))
    for variable in ("revenue", "loyalty", "support", "price", "governors", "turnout", "output"):
        values = (np.arange(BINS) + 0.5) * TOP.get(variable, 1.0) / BINS
        counts = histogram(found, variable)[1]
        mean = (counts * values).sum() / counts.sum()
        spread = math.sqrt((counts * (values - mean) ** 2).sum() / counts.sum())
        assert spread == pytest.approx(0.1, rel=0.03), variable


def test_output_has_the_shock_of_revenue() -> None:
    given = {**STILL, "money.revenue": 1.0, "money.spread": 0.05, "output.now": 0.5, "output.spread": 0.025}
    found = made(given, per=64_000, months=3)
    # Half of everything: revenue r falls into the bin of r / 2, output is r / 2.
    np.testing.assert_array_equal(histogram(found, "revenue"), histogram(found, "output"))


# --- thresholds ---------------------------------------------------------------------------------------------


def left(deviation: float, months: int) -> np.ndarray:
    """Shares of ten million governments that have left, in the worlds of one block."""
    given = {**STILL, "recognition.all": 1e7, "recognition.now": 1e7, "recognition.pace": 0.5}
    given |= {"recognition.mean": 0.25, "recognition.deviation": deviation}
    p = table(given)[:, 0].astype(np.float32)
    x = np.zeros(month.FLOATS, dtype=np.float32)
    known = x[month.KNOWN : month.KNOWN + BLOCK]
    known[:] = 1e7
    x[month.RATIO : month.RATIO + BLOCK] = -1
    u = np.empty((len(CHANCES), BLOCK), dtype=np.float32)
    for when in range(1, months + 1):
        chance.chances(words(0, when, 0, 1, 0), u, BLOCK)
        month.abroad(x, u.reshape(-1), p, BLOCK)
    return 1 - known.astype(np.float64) / 1e7


def test_thresholds_come_to_rest_where_granovetter_says(shared: Path) -> None:
    entry = json.loads((shared / "oracles/theory/closed_forms.json").read_text("utf-8"))["granovetter"]
    rest = entry["low(sigma=.12)"]
    assert rest == pytest.approx(0.04021133971278153)
    share = left(0.12, 300)
    assert np.abs(share - rest).max() < 1e-6
    # As many have left as have thresholds up to that.
    assert NormalDist(0.25, 0.12).cdf(share[0]) == pytest.approx(share[0], abs=1e-6)
    assert np.abs(left(0.13, 300) - entry["low(.13)"]).max() < 1e-6


def test_thresholds_in_a_whole_world() -> None:
    given = {**STILL, "recognition.all": 1e7, "recognition.now": 1e7, "recognition.pace": 0.5}
    given |= {"recognition.mean": 0.25}
    for deviation, known in ((0.12, 1 - 0.0402113), (0.13, 0.0)):
        found = made({**given, "recognition.deviation": deviation}, per=64, months=240)
        assert histogram(found, "recognition")[-1, int(known * BINS)] == 1


# --- laws ---------------------------------------------------------------------------------------------------

MORE = [
    ("exit.rate", 1), ("exit.push", 1), ("force.rate", 1), ("survival.peak", 1), ("loyalty.outside_offer", 1),
    ("hunger.rage", 1), ("authority.seats", 1), ("authority.majority", 1), ("recognition.promises", 1),
    ("home.threatens", 1), ("polls.ballot", 1), ("lists.traps", -1), ("accountability.traps", -1),
    ("accountability.deters", -1), ("money.evasion_ceiling", -1), ("money.rents", -1), ("fiefs.yields", -1),
    ("split.cost", -1),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sign"), MORE)
def test_monotone_laws_of_losing_office(what: str, sign: int) -> None:
    """With the same chance more of ``what`` never goes the other way, in no month."""
    # Hunger rises from where it begins, and one more seat is a majority.
    given = {**MOVING, "hunger.now": 0.2, "polls.held": 1.0, "authority.seats": 2.0}
    how = {"dates": BUSY, "ladder": talks(1)}
    before = office(made(given, **how))[:, 0]
    more = given[what] + 1 if what == "authority.seats" else given[what] * 1.5 + 0.01
    after = office(made({**given, what: more}, **how))[:, 0]
    assert (sign * (before - after) >= 0).all()
    assert sign * (before - after)[-1] > 0


def test_what_becomes_of_the_incumbent_touches_nothing_else() -> None:
    how = {"dates": BUSY, "ladder": talks(1), "per": 6_400}
    one, other = made(MOVING, **how), made({**MOVING, "force.rate": 0.1, "survival.peak": 0.5}, **how)
    assert (one.states != other.states).any()
    np.testing.assert_array_equal(one.histograms, other.histograms)
    shape = (-1, len(OFFICE), STATES // len(OFFICE))
    np.testing.assert_array_equal(
        one.states.reshape(shape).sum(axis=1), other.states.reshape(shape).sum(axis=1)
    )
    told = {*OFFICE, "office_lost", "poll_held", "early_poll", "admitted"}
    for event in set(EVENTS) - told:
        np.testing.assert_array_equal(by(one, event), by(other, event), event)


# --- the same bytes -----------------------------------------------------------------------------------------


def test_what_is_split_among_runs_and_threads_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given = table(MOVING, 36) * (1 + np.linspace(0, 0.2, 36))
    how = {"dates": BUSY, "seed": 9, "ladder": talks(36)}
    whole = run(given, per=200, **how)  # type: ignore[arg-type]
    assert (whole.states.sum(axis=2) == 200).all()
    same(whole, add(run(given, per=77, **how), run(given, per=123, first=77, **how)))  # type: ignore[arg-type]
    thirds = [run(given, per=n, first=first, **how) for n, first in ((1, 0), (128, 1), (71, 129))]  # type: ignore[arg-type]
    same(whole, add(add(thirds[2], thirds[0]), thirds[1]))
    late = run(given, per=200, first=200, **how)  # type: ignore[arg-type]
    assert (late.states != whole.states).any()
    same(run(given, per=400, **how), add(whole, late))  # type: ignore[arg-type]
    monkeypatch.setattr(numba, "get_num_threads", lambda: 1)
    same(whole, run(given, per=200, **how))  # type: ignore[arg-type]
    monkeypatch.setattr(numba, "get_num_threads", lambda: 3)
    same(whole, run(given, per=200, **how))  # type: ignore[arg-type]
    other = run(given, per=200, **{**how, "seed": 10})  # type: ignore[arg-type]
    assert (other.states != whole.states).any()


@pytest.mark.parametrize("groups", [2, 9, 36])
def test_groups_add_up(groups: int) -> None:
    how = {"draws": 36, "dates": BUSY, "ladder": talks(36), "per": 200}
    whole, split = made(MOVING, **how), made(MOVING, groups=groups, **how)
    np.testing.assert_array_equal(whole.states, split.states)
    np.testing.assert_array_equal(whole.events, split.events)
    assert split.histograms.shape == (groups, len(VARIABLES), len(BUSY), BINS)
    np.testing.assert_array_equal(whole.histograms[0], split.histograms.sum(axis=0))
    # A draw has its number: the first group is that of a run of as many draws.
    size = 36 // groups
    part = made(MOVING, **{**how, "draws": size, "ladder": talks(size)})
    np.testing.assert_array_equal(part.states, whole.states[:size])
    np.testing.assert_array_equal(part.histograms[0], split.histograms[0])


def test_draws_do_not_live_the_same_worlds() -> None:
    found = made(MOVING, draws=3, dates=BUSY, per=200)
    assert (found.states[0] != found.states[1]).any()
    assert (found.states[1] != found.states[2]).any()


def test_worlds_that_are_not_counted_leave_no_trace() -> None:
    """A block is always computed as a whole."""
    for per in (1, 63, 64, 65, 127, 129):
        found = made(MOVING, per=per, dates=BUSY)
        assert (found.states.sum(axis=2) == per).all()
        assert (found.events.sum(axis=2) <= per).all()
        assert (found.histograms.sum(axis=3) == -(-per // THINNED)).all()


# --- events and states --------------------------------------------------------------------------------------


def test_events_are_first_times_and_agree_with_the_states() -> None:
    found = made(MOVING, per=20_000, dates=BUSY, ladder=talks(1))
    assert all(by(found, event)[0, -1] <= 20_000 for event in EVENTS)
    assert {event for event in EVENTS if not by(found, event)[0, -1]} == set()
    share = office(found)
    for name in OFFICE[1:]:
        assert by(found, name)[0] / 20_000 == pytest.approx(share[:, OFFICE.index(name)])
    assert by(found, "office_lost")[0] / 20_000 == pytest.approx(1 - share[:, 0])
    np.testing.assert_array_equal(by(found, "office_lost"), sum(by(found, name) for name in OFFICE[1:]))
    joint = found.states[0].reshape(-1, *SHAPE)
    # Whoever is there has come there; recognition does not come back.
    assert (by(found, "eased")[0] >= joint[:, :, 1:].sum(axis=(1, 2, 3, 4))).all()
    assert (by(found, "all_lifted")[0] >= joint[:, :, 2].sum(axis=(1, 2, 3))).all()
    assert (by(found, "conceded")[0] >= joint[..., 2:].sum(axis=(1, 2, 3, 4))).all()
    assert (by(found, "conceded_all")[0] >= joint[..., 3].sum(axis=(1, 2, 3))).all()
    assert (by(found, "withdrawn")[0] >= joint[..., 0].sum(axis=(1, 2, 3))).all()
    np.testing.assert_array_equal(by(found, "unrecognised")[0], joint[:, :, :, 2].sum(axis=(1, 2, 3)))


@pytest.mark.parametrize(
    "begun", [{}, {"talks.now": 1.0, "sender.now": 1.0, "authority.seats": 3.0, "lists.now": 1.0}]
)
def test_events_that_need_others_come_after_them(begun: dict[str, float]) -> None:
    found = made({**MOVING, **begun}, per=2_000, draws=4, dates=BUSY, ladder=talks(4))
    for event, needed in WITHIN.items():
        for other in needed:
            assert (by(found, event) <= by(found, other)).all(), (event, other)


def test_what_is_so_from_the_beginning_happens_in_month_nought() -> None:
    begun = {
        "talks.now": 1.0,
        "sender.now": 2.0,
        "authority.seats": 3.0,
        "split.now": 1.0,
        "recognition.now": 0.0,
    }
    found = made({**STILL, **begun}, per=640, months=2)
    happened = {event for event in EVENTS if by(found, event)[0, 0]}
    assert happened == {"talks_began", "eased", "all_lifted", "majority", "split", "unrecognised"}
    assert found.events[0, :, 0].sum() == 6 * 640
    assert not found.events[0, :, 1:].any()


def test_what_was_eased_from_the_beginning_does_not_lapse() -> None:
    given = {**STILL, "sender.now": 1.0, "sender.take_back": 0.1}
    found = made(given, per=640, months=24)
    assert by(found, "taken_back")[0, -1] > 500
    assert by(found, "lapsed_within_a_year")[0, -1] == 0


@pytest.mark.parametrize(("turn", "lapses"), [(12, True), (13, True), (14, False)])
def test_a_lapse_within_a_year(turn: int, lapses: bool) -> None:
    # Eased in month 1; taken back in the month of the election.
    given = {**STILL, "sender.ease": 1.0, "sender.last": 0.0, "home.turns": 1.0, "home.resists": 1.0}
    found = made({**given, "home.reverses": 1.0}, per=64, dates=calendar(15, election=(turn,)))
    assert found.events[0, EVENTS.index("eased"), 1] == 64
    assert found.events[0, EVENTS.index("taken_back"), turn] == 64
    assert by(found, "lapsed_within_a_year")[0, -1] == 64 * lapses


@pytest.mark.parametrize("top", [1, 2])
def test_all_is_lifted_at_the_senders_last_step(top: int) -> None:
    found = made({**STILL, "sender.top": top, "sender.ease": 0.2}, per=640, months=24)
    steps = found.states[0].reshape(25, *SHAPE).sum(axis=(1, 3, 4))
    assert by(found, "all_lifted")[0, -1] == steps[-1, top] > 500
    assert (by(found, "all_lifted") == by(found, "eased")).all() == (top == 1)


def test_the_index_of_a_joint_state() -> None:
    assert SHAPE == (5, 3, 3, MADE)
    assert [state(*at) for at in np.ndindex(SHAPE)] == list(range(STATES))


# --- what is asked ------------------------------------------------------------------------------------------


def test_no_more_recognise_than_there_are() -> None:
    given = {**STILL, "recognition.now": 10.6, "recognition.all": 10.6, "recognition.drop": 0.01}
    found = made({**given, "recognition.cascade": 0.3}, per=6_400, months=60)
    counts = histogram(found, "recognition")
    assert counts[0, int(10 / 10.6 * BINS)] == 6_400 // THINNED
    assert counts[:, int(10 / 10.6 * BINS) + 1 :].sum() == 0


def test_nobody_joins_when_everybody_is_kept() -> None:
    # In single precision n + u reaches n + 1 for the largest u; ten thousand are enough to see it.
    given = {**STILL, "recognition.all": 1e4, "recognition.now": 9_999.0}
    found = made(given, per=64_000, months=12, dates=calendar(12, lapse=tuple(range(1, 13))))
    assert histogram(found, "recognition")[:, BINS - 1].sum() == 13 * 1_000
    p = table({**given, "recognition.extend": 1.0})[:, 0].astype(np.float32)
    x, bits = np.zeros(month.FLOATS, dtype=np.float32), np.zeros(BLOCK, dtype=np.int32)
    x[month.KNOWN : month.KNOWN + BLOCK] = 9_999
    x[month.CLAIM : month.CLAIM + BLOCK] = 1
    v = np.full((UNIFORMS, BLOCK), np.nextafter(np.float32(1), np.float32(0)), dtype=np.float32)
    month.lapsed(v, x, bits, p, BLOCK)
    assert (x[month.KNOWN : month.KNOWN + BLOCK] == 9_999).all()


def test_what_does_not_fit_is_refused() -> None:
    dates = calendar(3)
    with pytest.raises(ValueError, match="parameters were expected: found 3"):
        run(np.zeros((3, 1)), per=1, dates=dates, seed=0)
    for wrong in (np.zeros(1, dtype=np.int64), np.zeros((2, 2), dtype=np.int64)):
        with pytest.raises(ValueError, match="dates"):
            made(STILL, dates=wrong)
    with pytest.raises(ValueError, match="steps 0 to 2"):
        made({**STILL, "sender.now": 3.0})
    for wrong_number in (math.nan, math.inf, 1e300):
        with pytest.raises(ValueError, match="finite"):
            made({**STILL, "exit.rate": wrong_number})
    with pytest.raises(ValueError, match="groups"):
        made(STILL, draws=4, groups=3)
    with pytest.raises(ValueError, match="groups"):
        made(STILL, draws=4, groups=0)


def test_a_ladder_that_does_not_fit_is_refused() -> None:
    good = talks(2)
    made(STILL, draws=2, per=64, ladder=good)
    for wrong in (talks(3), good._replace(steps=2), good._replace(choices=good.choices[:, :, :1])):
        with pytest.raises(ValueError, match="choices"):
            made(STILL, draws=2, per=64, ladder=wrong)
    many = READINGS + 1
    crowd = Ladder(
        1, 0, np.zeros((2, 4, many, 1), np.float32), np.zeros(2, int), np.ones((2, many), np.float32), -1
    )
    with pytest.raises(ValueError, match="readings"):
        made(STILL, draws=2, per=64, ladder=crowd)
    for odd in (
        good._replace(prior=good.prior[:1]),
        good._replace(reading=good.reading[:1]),
        good._replace(reading=np.array([0, 2])),
        good._replace(obstinate=2),
    ):
        with pytest.raises(ValueError, match="readings"):
            made(STILL, draws=2, per=64, ladder=odd)
    for start in (-1, 2):
        with pytest.raises(ValueError, match="concessions"):
            made(STILL, draws=2, per=64, ladder=good._replace(start=start))


def test_no_ladder_is_a_ladder_without_steps() -> None:
    how = {"per": 200, "dates": BUSY, "draws": 2}
    same(made(MOVING, **how), made(MOVING, ladder=no_ladder(2), **how))
    started = made(MOVING, ladder=no_ladder(2, start=2), **how)
    assert by(started, "withdrawn")[:, -1].min() > 0
    assert by(started, "conceded")[:, -1].max() == 0


# --- names --------------------------------------------------------------------------------------------------

NOT_TYPED = {
    "sender.top",
    "money.loss_0",
    "money.loss_1",
    "money.loss_2",
    "lists.now",
    "lists.top",
    "authority.base",
    "sender.now",
}
"""Parameters that follow from the rest of a case."""


def model(part: str) -> type[BaseModel]:
    kinds = get_args(World.model_fields[part].annotation)
    return next(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))


def test_names_are_those_of_the_case_format() -> None:
    assert get_args(Outcome) == OFFICE
    assert get_args(Event) == EVENTS
    assert get_args(Variable) == VARIABLES
    assert (MOST_LEVELS, MOST_READINGS) == (MADE, READINGS)
    assert len(set(PARAMETERS)) == len(PARAMETERS)
    assert {name.split(".")[0] for name in PARAMETERS} == set(PARTS) <= set(World.model_fields)
    unknown = set()
    for name in PARAMETERS:
        part, key = name.split(".")
        if key not in model(part).model_fields:
            unknown.add(name)
    assert unknown == NOT_TYPED
