"""The simulated worlds: known answers, laws, and the same bytes whatever they are computed with."""

from __future__ import annotations

import math
from typing import get_args

import numba
import numpy as np
import pytest

from detente.case.outlook import PARTS
from detente.case.world import Event, Outcome, World
from detente.kernels import worlds
from detente.kernels.worlds import EVENTS, OFFICE, PARAMETERS, STATES, Worlds, add, run, state

STILL = {
    "money.revenue": 0.4,
    "loyalty.now": 0.6,
    "loyalty.scale": 1.0,
    "survival.scale": 1.0,
    "recognition.all": 60.0,
    "recognition.now": 8.0,
    "recognition.kept": 1.0,
    "polls.scale": 1.0,
    "support.now": 0.3,
    "support.floor": 0.3,
}
MOVING = {
    **STILL,
    "money.pull": 0.1, "money.spread": 0.03, "money.loss_0": 0.7, "money.loss_1": 0.4, "money.evasion": 0.2,
    "money.evasion_pace": 0.03, "money.evasion_ceiling": 0.5, "money.rents": 0.3, "money.depletion": 0.02,
    "loyalty.outside_offer": 0.4, "loyalty.scale": 0.3, "loyalty.pace": 0.1, "loyalty.spread": 0.02,
    "survival.peak": 0.02, "survival.threshold": 0.4, "survival.scale": 0.2, "recognition.drop": 0.01,
    "recognition.cascade": 0.02, "recognition.kept": 0.5, "support.decay": 0.03, "support.spread": 0.01,
    "support.gain": 0.05, "support.floor": 0.05, "split.now": 0.5, "split.begins": 0.03, "split.heals": 0.03,
    "split.cost": 0.1, "polls.fairness": 0.4, "polls.base": 0.4, "polls.scale": 0.15, "exit.rate": 0.003,
    "force.rate": 0.0005, "talks.begin": 0.1, "talks.stop": 0.05, "talks.spoilt": 0.02, "sender.ease": 0.01,
    "sender.ease_in_talks": 0.03, "sender.take_back": 0.02,
}  # fmt: skip


def table(given: dict[str, float], draws: int = 1) -> np.ndarray:
    found = np.zeros((len(PARAMETERS), draws))
    for name, value in given.items():
        found[PARAMETERS.index(name)] = value
    return found


def made(
    given: dict[str, float], *, per: int = 20_000, months: int = 24, draws: int = 1, **how: object
) -> Worlds:
    options: dict[str, object] = {"lapse": 0, "polls": np.zeros(months + 1, np.bool_), "seed": 1, **how}
    return run(table(given, draws), per=per, months=months, **options)  # type: ignore[arg-type]


def office(found: Worlds) -> np.ndarray:
    """[T + 1, 5] shares."""
    shape = (found.states.shape[1], len(OFFICE), STATES // len(OFFICE))
    share: np.ndarray = found.states.sum(axis=0).reshape(shape).sum(axis=2) / (found.per * len(found.states))
    return share


def near(share: float, exact: float, count: int) -> bool:
    """Within three standard errors."""
    return abs(share - exact) <= 3 * math.sqrt(exact * (1 - exact) / count) + 1e-12


def test_philox_gives_the_published_words() -> None:
    # Known answers of Random123 for philox4x32 with seven rounds, counter and key 0.
    out = np.zeros((4, worlds.BLOCK), np.int64)
    worlds._random(out, 0, 0, 0, 0)
    assert [f"{w:08x}" for w in out[:, 0]] == ["5f6fb709", "0d893f64", "4f121f81", "4f730a48"]


def test_nothing_moves_where_everything_stands_still() -> None:
    found = made(STILL, per=640)
    assert (found.states.sum(axis=2) == 640).all()
    assert office(found)[:, 0].min() == 1
    assert len(np.unique(found.states[0].argmax(axis=1))) == 1
    assert found.events.sum() == 0
    assert (np.count_nonzero(found.histograms, axis=2) == 1).all()


def test_constant_hazards_compete_as_exponentials_do() -> None:
    # Two hazards: which comes first, and how long it takes (geometric months; the complete-information war of attrition
    # has 0.05 and 0.15, the target yields first in a quarter of cases).
    given = {**STILL, "exit.rate": 0.05, "force.rate": 0.15}
    found = made(given, per=40_000, months=100)
    share = office(found)
    assert near(share[-1, OFFICE.index("handed_over")], 0.25, 40_000)
    for month in (1, 7, 20):
        assert near(share[month, 0], 0.8**month, 40_000)
    waited = share[:-1, 0].sum()
    assert waited == pytest.approx(1 / 0.2, rel=0.02)


def test_support_decays_as_the_article_implies() -> None:
    # 60% to 15% in 2.4 years is a rate of 0.5776 a year.
    rate = 0.5776226504666211
    given = {**STILL, "support.now": 0.6, "support.floor": 0.0, "support.decay": 1 - math.exp(-rate / 12)}
    found = made(given, per=64, months=29)
    bins = found.histograms[3].argmax(axis=1)
    for month in (0, 12, 29):
        exact = 0.6 * math.exp(-rate * month / 12)
        assert bins[month] == min(127, int(exact * 128))


def test_recognition_lapses_to_the_share_that_is_kept() -> None:
    found = made({**STILL, "recognition.now": 40.0, "recognition.kept": 0.3}, months=6, lapse=3)
    share = found.histograms[4] @ (np.arange(128) + 0.5) / 128 / found.histograms[4].sum(axis=1)
    assert share[2] == pytest.approx(40 / 60, abs=0.01)
    assert share[3] == pytest.approx(12 / 60, abs=0.01)


def test_a_poll_is_lost_with_fairness_times_votes() -> None:
    months = 5
    polls = np.zeros(months + 1, np.bool_)
    polls[3] = True
    given = {
        **STILL,
        "polls.fairness": 0.6,
        "polls.base": 0.4,
        "polls.scale": 0.2,
        "split.now": 1.0,
        "split.cost": 0.1,
    }
    share = office(made(given, months=months, polls=polls))
    x = (0.4 + 0.3 - 0.1 - 0.5) / 0.2
    exact = 0.6 * 0.5 * (1 + x / (1 + abs(x)))
    assert share[2, 3] == 0
    assert near(share[3, OFFICE.index("voted_out")], exact, 20_000)


def test_collapse_is_certain_enough_below_the_threshold_and_rare_above() -> None:
    given = {
        **STILL,
        "survival.peak": 0.2,
        "survival.threshold": 0.9,
        "survival.scale": 0.1,
        "loyalty.now": 0.1,
    }
    x = (0.9 - 0.1) / 0.1
    fall = 0.2 * 0.5 * (1 + x / (1 + x))
    share = office(made(given, months=10))
    assert near(share[10, 0], (1 - fall) ** 10, 20_000)


def test_shocks_have_variance_one() -> None:
    # The spread of revenue, loyalty and support after one month.
    given = {**STILL, "money.revenue": 1.0, "money.pull": 0.0, "money.spread": 0.1, "loyalty.spread": 0.1}
    given |= {"loyalty.now": 0.5, "support.now": 0.5, "support.floor": 0.5, "support.spread": 0.1}
    found = made(given, per=200_000, months=1)
    for variable, top in ((0, 2.0), (2, 1.0), (3, 1.0)):
        values = (np.arange(128) + 0.5) * top / 128
        counts = found.histograms[variable, 1]
        mean = (counts * values).sum() / counts.sum()
        spread = math.sqrt((counts * (values - mean) ** 2).sum() / counts.sum())
        assert spread == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize(
    ("what", "sign"),
    [("exit.rate", 1), ("force.rate", 1), ("survival.peak", 1), ("loyalty.outside_offer", 1), ("money.evasion_ceiling", -1),
     ("money.rents", -1)],
)  # fmt: skip
def test_monotone_laws_of_losing_office(what: str, sign: int) -> None:
    """With the same chance more of ``what`` never goes the other way."""
    before = office(made(MOVING, months=48))[-1, 0]
    after = office(made({**MOVING, what: MOVING[what] * 1.5 + 0.01}, months=48))[-1, 0]
    assert sign * (before - after) > 0


def test_what_is_split_among_runs_and_threads_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given = table(MOVING, 37)
    polls = np.zeros(31, np.bool_)
    polls[20] = True
    how = {"months": 30, "lapse": 7, "polls": polls, "seed": 9}
    whole = run(given, per=200, **how)  # type: ignore[arg-type]
    parts = add(run(given, per=77, **how), run(given, per=123, first=77, **how))  # type: ignore[arg-type]
    monkeypatch.setattr(numba, "get_num_threads", lambda: 1)
    alone = run(given, per=200, **how)  # type: ignore[arg-type]
    for one in (parts, alone):
        assert one.per == whole.per
        for a, b in zip(one[1:], whole[1:], strict=True):
            np.testing.assert_array_equal(a, b)
    other = run(given, per=200, **{**how, "seed": 10})  # type: ignore[arg-type]
    assert (other.states != whole.states).any()


def test_events_are_first_times_and_agree_with_the_states() -> None:
    found = made(MOVING, per=5_000, months=40)
    by = found.events[0].cumsum(axis=1)
    assert (by <= 5_000).all()
    share = office(found)
    for name in OFFICE[1:]:
        here = by[EVENTS.index(name)] / 5_000
        assert here == pytest.approx(share[:, OFFICE.index(name)])
    lost = by[EVENTS.index("office_lost")] / 5_000
    assert lost == pytest.approx(1 - share[:, 0])
    assert (by[EVENTS.index("taken_back")] <= by[EVENTS.index("eased")]).all()
    assert (by[EVENTS.index("lapsed_within_a_year")] <= by[EVENTS.index("taken_back")]).all()
    assert (by[EVENTS.index("all_lifted")] <= by[EVENTS.index("eased")]).all()


def test_the_index_of_a_joint_state() -> None:
    seen = {
        state(o, e, b, t, s)
        for o in range(5)
        for e in range(3)
        for b in range(3)
        for t in (0, 1)
        for s in (0, 1)
    }
    assert seen == set(range(STATES))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="parameters"):
        run(np.zeros((3, 1)), per=1, months=1, lapse=0, polls=np.zeros(2, np.bool_), seed=0)
    with pytest.raises(ValueError, match="polls"):
        made(STILL, months=3, polls=np.zeros(3, np.bool_))
    with pytest.raises(ValueError, match="finite"):
        made({**STILL, "exit.rate": math.nan})


def test_names_are_those_of_the_case_format() -> None:
    assert get_args(Outcome) == OFFICE
    assert get_args(Event) == EVENTS
    whole = World.model_fields
    parts = {name.split(".")[0] for name in PARAMETERS}
    assert parts == set(PARTS) <= set(whole)
