"""The bundled Venezuelan world does what the article says that it does: directions, a few sizes, and nothing for show."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from tests.world.venezuelan import Floats, Lever, case, drawn, readings, simulated, system, tied, wiring
from tests.world.venezuelan_levers import LAWS, LEFT, PROMISED, PROMISED_TO_ALL, Law
from tests.world.venezuelan_values import Found, conditions, values

ERRORS = 3
"""Standard errors of a paired difference that a direction must clear."""

MOVED = sorted(
    {what.partition(" @ ")[0] for law in LAWS for what, _ in law.moves if not what.startswith("V of")}
)
EVENTS = tuple(m for m in MOVED if "happened" in m or " is " in m)
LEVELS = tuple(m for m in MOVED if m not in EVENTS)


@functools.cache
def _of(n: int, base: bool) -> Found:
    return values(LAWS[n].base if base else LAWS[n].lever, EVENTS, LEVELS)


@functools.cache
def untouched() -> Found:
    return values(Lever(), EVENTS, LEVELS)


def measured(found: Found, what: str) -> Floats:
    name, _, month = what.partition(" @ ")
    if name.startswith("V of "):
        return found.worth[name.removeprefix("V of ")]
    table = found.shares if name in found.shares else found.means
    return table[name][:, int(month or 60)]


def change(more: Floats, less: Floats) -> tuple[float, float]:
    """Mean of a paired difference over the draws, and its standard error."""
    apart = more - less
    return float(apart.mean()), float(apart.std(ddof=1) / math.sqrt(len(apart)))


@pytest.mark.parametrize("n", range(len(LAWS)), ids=[f"{law.system}: {law.says}" for law in LAWS])
def test_each_lever_moves_what_the_article_says_it_moves(n: int) -> None:
    law: Law = LAWS[n]
    with_lever = _of(n, base=False)
    without = untouched() if law.base == Lever() else _of(n, base=True)
    for what, sign in law.moves:
        mean, error = change(measured(with_lever, what), measured(without, what))
        assert sign * mean > ERRORS * error, f"{what}: {mean:+.4f} +- {error:.4f}"
        assert sign * mean > 0, what


# --- sizes ------------------------------------------------------------------------------------------------


def test_nobody_outlives_five_years_in_which_nobody_is_loyal() -> None:
    found, _ = simulated(Lever(holds={"loyalty.loyalty": 0.0}), ["happened(survival.collapsed)"])
    assert found.shares[:, 60, 0].mean() > 0.5


def test_the_chance_of_a_fall_is_what_an_analyst_answered() -> None:
    """Today, and if everybody had deserted: the first month gives back both numbers."""
    for loyalty, number in ((None, "survival.today"), (0.0, "survival.deserted")):
        holds = {"food.hungry": 0.33} if loyalty is None else {"loyalty.loyalty": loyalty}
        lever = Lever(
            {"loyalty.spread": 0.0, "loyalty.pace": 0.0, "food.pace": 0.0, "survival.rage": 0.0}, holds=holds
        )
        found, draws = simulated(lever, ["happened(survival.collapsed)"], per=1024)
        wanted = draws.numbers[number]
        size = math.sqrt(float((wanted * (1 - wanted)).sum()) / 1024) / len(wanted)
        assert float(found.shares[:, 1, 0].mean()) == pytest.approx(float(wanted.mean()), abs=4.5 * size)


def test_left_alone_the_money_runs_short() -> None:
    """The article: relentless collapse, oil money running short. Nothing doubles while all sanctions stand."""
    kept = Lever(settles={"oil_sanctions": "banned", "person_sanctions": "listed"})
    names = ("money.revenue", "money.income", "loyalty.loyalty", "food.hungry")
    found, _ = simulated(kept, [], summed=names)
    revenue, income, loyalty, hungry = (found.means[:, :, n] for n in range(len(names)))
    for path, sign in ((revenue, -1), (income, -1), (loyalty, -1), (hungry, 1)):
        mean, error = change(path[:, 60], path[:, 0])
        assert sign * mean > ERRORS * error
    assert income[:, 60].mean() < 0.85 * income[:, 0].mean()


def test_a_majority_of_seats_is_worth_several_times_the_second_seat() -> None:
    shares = {
        option: simulated(Lever(settles={"cne": option}), ["happened(polls.lost)"])[0].shares[:, 60, 0].mean()
        for option in ("one_of_five", "two_of_five", "overhaul")
    }
    assert (
        shares["overhaul"] - shares["two_of_five"] > 3 * (shares["two_of_five"] - shares["one_of_five"]) > 0
    )


def test_where_all_stay_away_nothing_is_won() -> None:
    lever = Lever(settles={"participation": "undecided", "guaido_stance": "rejects"})
    found, _ = simulated(lever, ["regional.governors > 0"])
    assert not found.counts[:, 60, 0].any()


def test_force_that_is_impossible_removes_nobody() -> None:
    found, _ = simulated(Lever({"force.rate": 0.0}), ["happened(force.removed)"])
    assert not found.counts[..., 0].any()


def test_support_fades_from_sixty_to_fifteen_percent_within_the_judged_range() -> None:
    """In the 27 months of the article, by the part's own equation."""
    of = wiring().figures
    decay, floor = of["support.decay"], of["support.floor"]

    def later(d: float, f: float) -> float:
        level = 0.6
        for _ in range(27):
            level = f + (level - f) * (1 - d)
        return level

    assert later(decay.high, floor.low) < 0.15 < later(decay.low, floor.high)
    assert later(decay.median, floor.median) == pytest.approx(0.15, abs=0.01)


# --- leaving ----------------------------------------------------------------------------------------------


def test_a_promise_tempts_him_most_who_wants_to_go_and_hurts_nobody_who_may_decline() -> None:
    more = {}
    for reading in readings("leader"):
        with_it = values(PROMISED._replace(reading=reading), (LEFT,))
        without = values(Lever(reading=reading), (LEFT,))
        mean, error = change(measured(with_it, LEFT), measured(without, LEFT))
        more[reading] = mean
        assert mean > -ERRORS * error
        worth, error = change(with_it.worth["leader"], without.worth["leader"])
        assert worth > -ERRORS * error, reading
    assert more["exiter"] > 1.5 * more["minimal_dealer"]
    assert more["staller"] < more["exiter"] / 4
    assert more["exiter"] > 0.2


def test_those_who_stay_behind_are_worse_off_unless_their_holdings_are_guaranteed() -> None:
    alone, both = values(PROMISED), values(PROMISED_TO_ALL)
    mean, error = change(both.worth["clan"], alone.worth["clan"])
    assert mean > ERRORS * error


# --- talks and belief -------------------------------------------------------------------------------------


def test_what_is_seen_tells_the_readings_apart() -> None:
    trust = {}
    for reading in readings("leader"):
        found, _ = simulated(Lever(reading=reading), [], summed=("talks.trust",))
        trust[reading] = found.means[:, :, 0].mean(axis=0)
    assert np.ptp([path[0] for path in trust.values()]) < 1e-6
    assert trust["staller"][24] < trust["minimal_dealer"][24] - 0.05
    assert trust["exiter"][24] > trust["minimal_dealer"][24] + 0.02


def test_who_plays_for_time_writes_no_terms() -> None:
    took = {
        reading: simulated(Lever(reading=reading), ["happened(talks.step_3)"])[0].shares[:, 60, 0].mean()
        for reading in readings("leader")
    }
    assert took["staller"] < 0.01 < took["exiter"]
    assert took["minimal_dealer"] < took["exiter"] / 2


def test_one_incident_stops_talks_and_takes_gestures_back_in_the_same_month() -> None:
    both = "talks.stopped and gestures.taken_back"
    found, _ = simulated(Lever(), [both, "talks.stopped", "gestures.taken_back"], per=2048)
    share = found.shares[:, 1:25].mean(axis=(0, 1))
    assert share[0] > 1.4 * share[1] * share[2]


def test_an_easing_lapses_at_the_end_of_its_term_and_not_before() -> None:
    calm = Lever(
        {
            "sender.take_back": 0.0, "sender.struck": 0.0, "politics.turns": 0.0, "sender.ease": 0.5,
            "sender.term": 6.0, "sender.renews": 0.5,
        }
    )  # fmt: skip
    found, _ = simulated(calm, ["sender.lapsed", "sender.lapsed and before(sender.age) != 6"])
    assert found.counts[..., 0].sum() > 1000
    assert not found.counts[..., 1].any()


def test_a_round_that_fails_makes_the_next_one_less_hopeful() -> None:
    found, _ = simulated(Lever(), [], summed=("record.hope", "record.rounds"))
    hope, rounds = found.means[:, :, 0].mean(axis=0), found.means[:, :, 1].mean(axis=0)
    assert hope[0] == pytest.approx(1 / 6, abs=1e-4)
    assert hope[60] < hope[0]
    assert rounds[60] > 4


# --- nothing for show -------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", sorted(system().parts))
def test_a_part_that_stands_still_is_missed_by_somebody(part: str) -> None:
    """Its standstill moves an issue, or the worth of the world to somebody."""
    still, moving = values(Lever(stops=(part,)), EVENTS, LEVELS), untouched()
    ratios = []
    for faction, worth in moving.worth.items():
        mean, error = change(still.worth[faction], worth)
        ratios.append(abs(mean) / error if error > 0 else 0.0)
    for text in conditions():
        if " is " in text:
            mean, error = change(measured(still, text), measured(moving, text))
            ratios.append(abs(mean) / error if error > 0 else 0.0)
    assert max(ratios) > ERRORS


def test_every_modelled_question_has_an_answer_and_can_go_either_way() -> None:
    asked = [
        (name, answer, condition)
        for name, question in case().questions.items()
        for answer, condition in question.answers.items()
        if hasattr(condition, "that")
    ]
    texts = tuple(dict.fromkeys(f"({c.that}) and ({c.given})" if c.given else c.that for _, _, c in asked))
    found, _ = simulated(Lever(), texts)
    last = found.shares[:, 60].mean(axis=0)
    for text, share in zip(texts, last, strict=True):
        assert 0.0005 < share < 0.9995, text
    assert len(case().questions) == 32
    assert {q.basis for q in case().questions.values()} == {"modelled", "prior"}


def test_every_number_has_a_reason_or_is_certain() -> None:
    """No range without a reason beside it."""
    for name, given in wiring().figures.items():
        for one in given.values() if isinstance(given, dict) else [given]:
            if hasattr(one, "certain") and not one.certain:
                assert one.judgement is not None or name.startswith("talks."), name


def test_every_part_rests_on_a_quotation_or_says_whose_step_it_is() -> None:
    for name, part in system().parts.items():
        assert part.fact or part.inference or part.judgement, name


def test_draws_are_those_of_the_judged_numbers() -> None:
    numbers = drawn(Lever(), 96).numbers
    assert set(numbers) >= {f"survival.{n}" for n in ("today", "deserted", "rage")}
    today = numbers["survival.today"]
    of = tied().wiring.figures["survival.today"]
    assert of.low <= today.min() < of.median < today.max() <= of.high
