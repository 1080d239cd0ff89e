"""The oracle of the world against months worked out by hand, a closed form, and itself with random numbers."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import sqrt

import pytest

from oracles.world import (
    COLLAPSED,
    DEFAULTS,
    EVENTS,
    HANDED_OVER,
    HOLDS,
    MANY,
    NAMES,
    NONE,
    REMOVED,
    SOME,
    VOTED_OUT,
    Chance,
    Ladder,
    Parameters,
    Result,
    Setting,
    State,
    band,
    branches,
    exact,
    initial,
    leaving,
    normal,
    s,
    sampled,
    shares,
)


def start(p: Parameters, setting: Setting) -> State:
    ((chance, state),) = initial(p, setting)
    assert chance == 1
    return state


def after(p: Parameters, setting: Setting | None = None, month: int = 1, **changed: object) -> State:
    """The only state that month 0, with some things changed, can lead to."""
    setting = setting or Setting(months=1)
    ((chance, state),) = branches(start(p, setting)._replace(**changed), month, p, setting)
    assert chance == pytest.approx(1)
    return state


def chances(
    of: Callable[[State], object],
    p: Parameters,
    setting: Setting | None = None,
    month: int = 1,
    **changed: object,
) -> dict[object, float]:
    """What ``of`` can be a month after month 0, with some things changed."""
    setting = setting or Setting(months=1)
    found: dict[object, float] = {}
    for chance, state in branches(start(p, setting)._replace(**changed), month, p, setting):
        found[of(state)] = found.get(of(state), 0.0) + chance
    return found


def happens(event: str, p: Parameters, setting: Setting, seen: int) -> float:
    """The chance that it has happened by the end of month ``seen``."""
    return sum(exact(p, setting).first[event][: seen + 1])


def near(expected: object) -> object:
    return pytest.approx(expected, abs=1e-9)


# --- functions ----------------------------------------------------------------------------------------------


def test_functions():
    assert [s(x) for x in (-1, 0, 1, 3)] == [0.25, 0.5, 0.75, 0.875]
    assert normal(0) == 0.5
    assert normal(1.959963984540054) == pytest.approx(0.975)
    assert [band(known, 60) for known in (30, 29, 0.6, 0.5, 0)] == [MANY, SOME, SOME, NONE, NONE]


def test_shares_of_one_uniform():
    assert shares([0.25, 0.5]) == [0.25, 0.5, 0.25]
    assert shares([0.75, 0.5, 0.5]) == [0.75, 0.25, 0, 0]
    assert shares([-1, 2]) == [0, 1, 0]


def test_names_are_all_known():
    assert len(NAMES) == len(set(NAMES))
    assert set(DEFAULTS) == set(NAMES)
    assert sum(DEFAULTS.values()) == 19
    with pytest.raises(KeyError, match=r"exit\.rat"):
        exact({"exit.rat": 0.1}, Setting(months=1))


def test_nothing_happens_without_parameters():
    state = start({}, Setting(months=1))
    assert state.happened == {"unrecognised"}
    assert after({}) == state


@pytest.mark.parametrize("name", [name for name in NAMES if "spread" in name])
def test_shocks_have_no_courses(name: str):
    with pytest.raises(ValueError, match="spread"):
        branches(start({}, Setting(1)), 1, {name: 0.1}, Setting(1, regional={1}))


# --- office -------------------------------------------------------------------------------------------------


def test_constant_hazard():
    found = exact({"force.rate": 0.1, "recognition.now": 1}, Setting(months=5))
    expected = [0, *(0.1 * 0.9**t for t in range(5))]
    assert list(found.first["removed"]) == near(expected)
    assert list(found.first["office_lost"]) == near(expected)
    assert found.states[5] == near({(HOLDS, 0, 0, MANY): 0.9**5, (REMOVED, 0, 0, MANY): 1 - 0.9**5})
    assert all(sum(found.first[e]) == 0 for e in EVENTS if e not in ("removed", "office_lost"))


COMPETING = {
    "survival.peak": 0.5,
    "survival.threshold": 1,  # as much as loyalty: s(0) = 1/2, a fall in a quarter of all months
    "exit.rate": 0.1,
    "force.rate": 0.2,
    "polls.fairness": 0.6,
    "polls.base": 0.5,  # s(0) again: defeat in 0.3 of all polls
}


def test_competing_hazards():
    expected = {COLLAPSED: 0.25, HANDED_OVER: 0.1, REMOVED: 0.2, HOLDS: 0.45}
    assert chances(lambda w: w.office, COMPETING) == near(expected)
    at_a_poll = expected | {VOTED_OUT: 0.3, HOLDS: 0.15}
    assert chances(lambda w: w.office, COMPETING, Setting(1, polls={1})) == near(at_a_poll)


def test_of_hazards_above_one_the_first_have_it():
    p = COMPETING | {"survival.peak": 1.6}
    expected = {COLLAPSED: 0.8, HANDED_OVER: 0.1, REMOVED: 0.1}
    assert chances(lambda w: w.office, p, Setting(1, polls={1})) == near(expected)


def test_what_moves_the_hazards():
    fall = {"survival.peak": 1, "survival.threshold": 1, "survival.scale": 0.5, "hunger.rage": 2}
    hungrier = fall | {"hunger.now": 0.25, "hunger.need": 1, "hunger.pace": 1 / 3}  # a quarter more
    assert chances(lambda w: w.office, hungrier)[COLLAPSED] == near(s(1))
    push = {"exit.push": 0.4, "exit.trigger": 1.5, "exit.scale": 0.5}
    assert chances(lambda w: w.office, push)[HANDED_OVER] == near(0.4 * s(1))
    deterred = {"exit.rate": 0.4, "accountability.deters": 0.75}
    assert chances(lambda w: w.office, deterred, investigated=True)[HANDED_OVER] == near(0.1)
    threatened = {"force.rate": 0.1, "home.threatens": 2}
    assert chances(lambda w: w.office, threatened, turned=True)[REMOVED] == near(0.3)


def test_the_rest_goes_on_when_the_office_is_lost():
    p = {"force.rate": 1, "sender.ease": 1, "polls.early": 1, "talks.now": 1}
    found = exact(p, Setting(3, polls={2, 3}))
    assert found.states[2] == near({(REMOVED, 2, 0, NONE): 1})
    # The early one, in the month in which he is removed.
    assert found.first["poll_held"] == near((0, 1, 0, 0))
    # Seats won come first in the first month; the early poll is then called without an office and not held.
    late = exact(p | {"authority.wins": 1}, Setting(3, polls={3}))
    assert late.mean["early"] == near((0, 0, 1, 1))
    assert sum(late.first["poll_held"]) + sum(late.first["early_poll"]) == 0


# --- polls --------------------------------------------------------------------------------------------------

# Admitted s(0.5) = 2/3 and otherwise s(0) = 1/2; half of each: 7/12. In all 0.6 * 7/12 = 0.35 of the polls held.
POLL = {"polls.held": 0.5, "polls.ballot": 0.5, "polls.fairness": 0.6, "polls.base": 0.5, "support.now": 0.5}


def test_polls():
    found = exact(POLL, Setting(4, polls={2, 4}))
    assert list(found.first["voted_out"]) == near([0, 0, 0.175, 0, 0.175 * 0.825])
    assert list(found.first["poll_held"]) == near([0, 0, 0.5, 0, 0.25])
    # For the first time in month 4: not held before, or held without being admitted and without a defeat.
    assert list(found.first["admitted"]) == near([0, 0, 0.25, 0, 0.25 * (0.5 + 0.25 * 0.7)])


def test_early_poll_replaces_the_scheduled_ones():
    p = {"talks.now": 1, "polls.early": 0.5, "polls.base": 0.5, "polls.fairness": 1}
    found = exact(p, Setting(4, polls={3}))
    assert list(found.first["early_poll"]) == near([0, 0.5, 0.25, 0, 0])
    assert list(found.first["poll_held"]) == near([0, 0.5, 0.25, 0.25, 0])
    assert list(found.first["voted_out"]) == near([0, 0.25, 0.125, 0.125, 0])


def test_no_early_poll_without_talks_or_without_one_ahead():
    p = {"polls.early": 1}
    assert happens("poll_held", p, Setting(4, polls={4}), 3) == 0
    assert happens("early_poll", p | {"talks.now": 1}, Setting(4), 4) == 0
    assert happens("early_poll", p | {"talks.now": 1}, Setting(4, polls={1}), 4) == 0
    assert happens("early_poll", p | {"talks.now": 1, "talks.stop": 1}, Setting(4, polls={4}), 4) == 0


def test_an_early_poll_takes_the_place_of_a_scheduled_one():
    p = {"polls.early": 0.6, "polls.held": 0.25, "talks.now": 1}
    found = exact(p, Setting(2, polls={1, 2}))
    assert found.first["early_poll"] == near((0, 0.6, 0))
    assert found.first["poll_held"] == near((0, 0.6 + 0.4 * 0.25, 0.3 * 0.25))


def test_a_scheduled_poll_is_not_ahead_in_its_own_month_but_beyond_the_horizon():
    p = {"polls.early": 1, "polls.held": 0.25, "talks.now": 1}
    assert exact(p, Setting(1, polls={1})).first["poll_held"][1] == near(0.25)
    assert exact(p, Setting(1, polls={1})).first["early_poll"][1] == 0
    assert exact(p, Setting(1, polls={1, 2})).first["early_poll"][1] == near(1)
    assert exact(p, Setting(2, polls={2})).first["early_poll"][1] == 1


def test_an_early_poll_is_the_last_of_the_incidents():
    p = {"polls.early": 0.9, "talks.now": 1, "hunger.opens": 0.3}
    found = exact(p, Setting(3, polls={3}))
    assert found.first["access_opened"] == near((0, 0.3, 0.21, 0.147))
    assert found.first["early_poll"] == near((0, 0.7, 0.3 * 0.9, 0))
    begun = p | {"talks.now": 0, "talks.begin": 0.5}
    assert exact(begun, Setting(3, polls={3})).first["early_poll"][1] == near(0.35)


def test_who_counts_and_who_is_split():
    p = {"polls.fairness": 0.2, "authority.access": 0.5, "authority.majority": 0.3, "authority.of": 5}
    p |= {
        "authority.seats": 1,
        "authority.base": 1,
        "polls.base": 1.75,
        "split.cost": 0.25,
        "polls.scale": 0.5,
    }
    setting = Setting(1, polls={1})
    lost = {
        seats: chances(lambda w: w.office, p, setting, seats=float(seats))[VOTED_OUT] for seats in (1, 2, 3)
    }
    assert lost == near({seats: fair * s(2.5) for seats, fair in {1: 0.2, 2: 0.3, 3: 0.7}.items()})
    assert chances(lambda w: w.office, p, setting, split=True)[VOTED_OUT] == near(0.2 * s(2))
    half = chances(lambda w: w.office, p | {"authority.of": 2}, setting)[VOTED_OUT]
    assert half == near(0.2 * s(2.5))  # half of the seats are no majority
    assert chances(lambda w: w.office, p | {"authority.access": 9}, setting, seats=5.0)[VOTED_OUT] == near(
        s(2.5)
    )


# --- talks --------------------------------------------------------------------------------------------------


def test_talks_begin_and_stop():
    p = {
        "talks.begin": 0.2,
        "talks.mediated": 0.1,
        "talks.stop": 0.25,
        "talks.spoilt": 0.05,
        "fiefs.wrecks": 0.5,
    }
    p |= {"fiefs.now": 0.4}
    found = exact(p, Setting(3))
    assert list(found.mean["talks"]) == near([0, 0.3, 0.36, 0.372])  # begin with 0.3, stop with 0.5
    assert list(found.first["talks_began"]) == near([0, 0.3, 0.7 * 0.3, 0.49 * 0.3])
    assert list(found.first["talks_stopped"]) == near([0, 0, 0.15, (0.15 + 0.7 * 0.3) * 0.5])
    assert exact({"talks.now": 1}, Setting(1)).first["talks_began"] == (1, 0)


# Two readings. The true one, 0, steps with 0.8 where the other would with 0.2.
# A held step leaves beliefs (0.2, 0.8): the sender leaves with 0.07 + 0.68 = 3/4.
# A made step leaves beliefs (0.8, 0.2): the sender steps with 0.72 + 0.03 = 3/4.
TWO = Ladder(
    N=2,
    start=1,
    reading=0,
    prior=(0.5, 0.5),
    obstinate=1,
    step=((0.8, 0), (0.2, 0)),
    leave=((0, 0.5), (0, 0.25)),
    sender_step=((0, 0.9), (0, 0.15)),
    sender_leave=((0.35, 0), (0.85, 0)),
)


def ladder(**changed: object) -> Ladder:
    return Ladder(**(vars(TWO) | changed))


def seen_in_talks(w: State) -> tuple[object, ...]:
    return w.position, w.conceded, w.easing, w.talks, tuple(round(b, 9) for b in w.beliefs)


def test_two_steps_by_hand():
    p = {"talks.now": 1}
    setting = Setting(2, ladder=TWO)
    assert chances(seen_in_talks, p, setting) == near(
        {
            (1, 2, 0, True, (0.8, 0.2)): 0.8,
            (0, 1, 0, False, (0.2, 0.8)): 0.2 * 0.75,
            (0, 1, 0, True, (0.2, 0.8)): 0.2 * 0.25,
        }
    )
    assert chances(seen_in_talks, p, setting, position=1, conceded=2, beliefs=(0.8, 0.2)) == near(
        {
            (2, 2, 1, False, (0.8, 0.2)): 0.75,
            (1, 2, 0, False, (round(8 / 9, 9), round(1 / 9, 9))): 0.125,
            (1, 2, 0, True, (round(8 / 11, 9), round(3 / 11, 9))): 0.125,
        }
    )
    found = exact(p, setting)
    # Month 2 from (0.2, 0.8): he steps with 0.8; or holds, beliefs (1/17, 16/17).
    leaves = (0.35 + 16 * 0.85) / 17
    assert list(found.first["talks_completed"]) == near([0, 0, 0.6])
    assert list(found.first["talks_stopped"]) == near([0, 0.15, 0.1 + 0.05 * 0.2 * leaves])
    assert list(found.first["conceded"]) == near([0, 0.8, 0.04])
    assert list(found.first["conceded_all"]) == near([0, 0.8, 0.04])
    assert list(found.first["eased"]) == near([0, 0, 0.6])
    assert found.mean["belief_0"][1] == near(0.68)


def test_talks_that_stop_by_themselves_make_no_steps():
    assert chances(seen_in_talks, {"talks.now": 1, "talks.stop": 1}, Setting(1, ladder=TWO)) == near(
        {(0, 1, 0, False, (0.5, 0.5)): 1}
    )


def test_no_steps_in_the_month_in_which_talks_begin():
    assert chances(seen_in_talks, {"talks.begin": 1}, Setting(1, ladder=TWO)) == near(
        {(0, 1, 0, True, (0.5, 0.5)): 1}
    )


def test_the_true_reading_decides_and_the_belief_follows():
    other = Setting(1, ladder=ladder(reading=1))
    assert chances(seen_in_talks, {"talks.now": 1}, other)[1, 2, 0, True, (0.8, 0.2)] == near(0.2)


def test_beliefs_stay_where_nothing_could_have_led_there():
    setting = Setting(1, ladder=ladder(prior=(0.0, 1.0), step=((1, 0), (0, 0))))
    assert after({"talks.now": 1}, setting).beliefs == (0, 1)


def test_complete_talks_begin_again_only_with_a_step_due():
    p = {"talks.begin": 1, "sender.take_back": 0.25}
    setting = Setting(1, ladder=TWO)
    completed = {"position": 2, "conceded": 2, "easing": 1, "talks": False}
    assert chances(seen_in_talks, p, setting, **completed) == near(
        {(2, 2, 1, False, (0.5, 0.5)): 0.75, (1, 2, 0, False, (0.5, 0.5)): 0.25}
    )
    assert after({"talks.begin": 1}, setting, **completed | {"position": 1}).talks
    assert after({"talks.begin": 1}, Setting(1, ladder=ladder(N=0)), **completed | {"position": 0}).talks


def test_the_sender_does_not_step_above_the_last():
    setting = Setting(1, ladder=ladder(sender_step=((0, 1), (0, 1))))
    state = after({"talks.now": 1, "sender.top": 1}, setting, position=1, conceded=2, easing=1)
    assert (state.position, state.easing, state.talks) == (2, 1, False)
    assert "talks_completed" in state.happened


def test_what_the_sender_can_take_home():
    p = {"talks.now": 1, "sender.yields": 0.4}
    made = {"position": 1, "conceded": 2, "beliefs": (0.8, 0.2)}
    assert chances(lambda w: w.easing, p, Setting(1, ladder=TWO), **made)[1] == near(0.4 * 0.75)
    held = chances(seen_in_talks, p, Setting(1, ladder=TWO))
    assert held[0, 1, 0, False, (0.2, 0.8)] == near(0.2 * 0.75)  # it leaves as before


def test_gate():
    p = {"talks.begin": 0.4, "talks.mediated": 0.2, "talks.trust": 0.25, "talks.trust_scale": 0.25}
    assert chances(lambda w: w.talks, p, Setting(1, ladder=TWO))[True] == near(0.6 * s(1))
    doubted = chances(lambda w: w.talks, p, Setting(1, ladder=TWO), beliefs=(0.0, 1.0))
    assert doubted[True] == near(0.6 * s(-1))
    assert chances(lambda w: w.talks, p)[True] == near(0.6 * s(3))
    assert chances(lambda w: w.talks, p, Setting(1, ladder=ladder(obstinate=None)))[True] == near(0.6 * s(3))


def test_an_odd_ladder_ends_with_the_incumbent():
    one = ladder(
        N=1, step=((1,), (1,)), leave=((0,), (0,)), sender_step=((0,), (0,)), sender_leave=((0,), (0,))
    )
    state = after({"talks.now": 1}, Setting(1, ladder=one))
    assert (state.position, state.conceded, state.talks) == (1, 2, False)
    assert {"talks_completed", "conceded", "conceded_all"} <= state.happened


# --- sender -------------------------------------------------------------------------------------------------


def test_sender():
    p = {"sender.ease": 0.2, "sender.ease_in_talks": 0.4, "sender.take_back": 0.3, "sender.now": 1}
    assert chances(lambda w: w.easing, p) == near({2: 0.2, 0: 0.3, 1: 0.5})
    in_talks = p | {"talks.now": 1}
    assert chances(lambda w: w.easing, in_talks) == near({2: 0.6, 0: 0.3, 1: 0.1})
    assert chances(lambda w: w.easing, in_talks | {"talks.stop": 1}) == near({2: 0.2, 0: 0.3, 1: 0.5})
    assert chances(lambda w: w.easing, p | {"sender.take_back": 0.9}) == near({2: 0.2, 0: 0.8})
    assert chances(lambda w: w.easing, p | {"sender.top": 1}) == near({1: 0.7, 0: 0.3})
    assert chances(lambda w: w.easing, p, easing=0) == near({1: 0.2, 0: 0.8})
    last = p | {"sender.last": 0.25}
    assert chances(lambda w: w.easing, last) == near({2: 0.05, 0: 0.3, 1: 0.65})
    assert chances(lambda w: w.easing, last, easing=0) == near({1: 0.2, 0: 0.8})


@pytest.mark.parametrize(("position", "then"), [(0, 0), (1, 1), (2, 1), (3, 3), (4, 3)])
def test_only_a_step_of_the_sender_is_due_again(position: int, then: int):
    p = {"sender.now": 2, "sender.take_back": 1}
    setting = Setting(1, ladder=ladder(N=4))
    assert after(p, setting, position=position, conceded=3).position == then
    assert after(p, setting, position=position, conceded=3, easing=0).position == position


def test_home_of_the_sender():
    p = {
        "sender.ease": 0.2,
        "sender.take_back": 0.1,
        "sender.now": 1,
        "home.resists": 0.75,
        "home.reverses": 0.3,
    }
    p |= {"home.turns": 0.5}
    assert chances(lambda w: w.easing, p, turned=True) == near({2: 0.05, 0: 0.4, 1: 0.55})
    turning = chances(lambda w: (w.turned, w.easing), p, Setting(1, elections={1}))
    assert turning == near(
        {
            (True, 2): 0.025,
            (True, 0): 0.2,
            (True, 1): 0.275,
            (False, 2): 0.1,
            (False, 0): 0.05,
            (False, 1): 0.35,
        }
    )
    back = chances(lambda w: w.turned, p | {"home.turns": 0}, Setting(1, elections={1}), turned=True)
    assert back == near({False: 1})


def test_a_high_price_presses_the_sender():
    p = {"sender.ease": 0.2, "price.now": 2, "price.pull": 0.5, "home.presses": 1}  # 1.5 in month 1
    assert chances(lambda w: w.easing, p) == near({1: 0.3, 0: 0.7})
    assert chances(lambda w: w.easing, p | {"home.presses": -3}) == near({0: 1})


def test_easing_through_talks_and_back_in_one_month_is_neither():
    # The sender's step to 2 is due again at once, and the talks stay over.
    setting = Setting(1, ladder=ladder(sender_step=((0, 1), (0, 1))))
    p = {"talks.now": 1, "sender.take_back": 1, "support.gain": 0.5, "sender.now": 1}
    state = after(p, setting, position=1, conceded=2)
    assert seen_in_talks(state) == (1, 2, 1, False, (0.5, 0.5))
    assert "talks_completed" in state.happened
    assert "taken_back" not in state.happened
    assert (state.support, state.since) == (0, -1)


@pytest.mark.parametrize(("turn", "within"), [(12, 1), (13, 1), (14, 0)])
def test_a_lapse_within_a_year(turn: int, within: int):
    # Eased in month 1; taken back in the month of the election.
    p = {"sender.ease": 1, "home.turns": 1, "home.resists": 1, "home.reverses": 1, "money.loss_0": 0.5}
    found = exact(p | {"sender.top": 1}, Setting(15, elections={turn}))
    assert found.first["eased"][1] == 1
    assert found.first["taken_back"][turn] == 1
    assert found.first["lapsed_within_a_year"][turn] == within


def test_what_was_eased_from_the_start_does_not_lapse():
    found = exact({"sender.now": 2, "sender.take_back": 1}, Setting(2))
    assert (found.first["eased"][0], found.first["all_lifted"][0], found.first["taken_back"][1]) == (1, 1, 1)
    assert sum(found.first["lapsed_within_a_year"]) == 0


# --- incidents ----------------------------------------------------------------------------------------------

INCIDENTS = {
    "authority.wins": 0.05,
    "authority.loses": 0.1,
    "authority.of": 5,
    "lists.ease": 0.15,
    "lists.top": 2,
    "funds.agree": 0.2,
    "funds.pay": 0.03,
    "hunger.opens": 0.06,
    "accountability.opens": 0.07,
    "talks.retract": 0.08,
}


def incidents(w: State) -> tuple[object, ...]:
    return w.seats, w.lists, w.funds, w.access, w.investigated, w.conceded


def test_incidents_are_exclusive():
    first = chances(incidents, INCIDENTS)
    assert first == near(
        {
            (1, 0, 0, False, False, 0): 0.05,
            (0, 1, 0, False, False, 0): 0.15,
            (0, 0, 1, False, False, 0): 0.2,
            (0, 0, 0, True, False, 0): 0.06,
            (0, 0, 0, False, True, 0): 0.07,
            (0, 0, 0, False, False, 0): 0.47,
        }
    )
    later = {"seats": 5.0, "lists": 2.0, "funds": 1, "access": True, "investigated": True, "conceded": 2}
    assert chances(incidents, INCIDENTS, Setting(1, ladder=TWO), **later) == near(
        {
            (4, 2, 1, True, True, 2): 0.1,
            (5, 2, 2, True, True, 2): 0.03,
            (5, 2, 1, True, True, 1): 0.08,
            (5, 2, 1, True, True, 2): 0.79,
        }
    )


def test_incidents_above_one_are_cut_in_their_order():
    p = {"authority.wins": 0.7, "hunger.opens": 0.6, "accountability.opens": 0.5}
    expected = {(1, 0, 0, False, False, 0): 0.7, (0, 0, 0, True, False, 0): 0.3}
    assert chances(incidents, p) == near(expected)


def test_incidents_that_follow_others():
    p = {
        "lists.top": 1,
        "lists.ease": 0.1,
        "lists.follows": 0.2,
        "funds.agree": 0.3,
        "funds.agree_in_talks": 0.15,
    }
    assert chances(lambda w: (w.lists, w.funds), p) == near({(1, 0): 0.1, (0, 1): 0.3, (0, 0): 0.6})
    more = chances(lambda w: (w.lists, w.funds), p | {"talks.now": 1, "sender.now": 1})
    assert more == near({(1, 0): 0.3, (0, 1): 0.45, (0, 0): 0.25})


@pytest.mark.parametrize(
    ("conceded", "position", "then"),
    [(2, 1, (1, 0)), (2, 2, (1, 0)), (3, 4, (2, 2)), (3, 1, (2, 1)), (1, 0, (0, 0)), (0, 0, (0, 0))],
)
def test_a_concession_taken_back(conceded: int, position: int, then: tuple[int, int]):
    state = after({"talks.retract": 1}, Setting(1, ladder=TWO), conceded=conceded, position=position)
    assert (state.conceded, state.position) == then
    assert ("withdrawn" in state.happened) == (then[0] < 1)


def test_no_concession_is_taken_back_while_talks_are_on():
    p = {"talks.retract": 1, "talks.now": 1}
    assert after(p, Setting(1, ladder=ladder(N=0)), conceded=2).conceded == 2


def test_a_step_made_and_taken_back_in_one_month():
    # The last step of a ladder of one: the talks are over, so it can be taken back at once.
    one = ladder(
        N=1, step=((1,), (1,)), leave=((0,), (0,)), sender_step=((0,), (0,)), sender_leave=((0,), (0,))
    )
    state = after({"talks.now": 1, "talks.retract": 1, "split.tempts": 1}, Setting(1, ladder=one))
    assert (state.conceded, state.position, state.split) == (1, 0, True)
    assert "talks_completed" in state.happened
    assert "conceded" not in state.happened


def test_events_of_incidents():
    def first(event: str, name: str, setting: Setting | None = None, **more: float) -> tuple[float, ...]:
        return exact({name: 0.5} | more, setting or Setting(2)).first[event]

    once = near((0, 0.5, 0.25))
    assert first("seat_won", "authority.wins") == once
    assert first("majority", "authority.wins", **{"authority.of": 2}) == near((0, 0, 0.25))
    assert first("majority", "authority.wins", **{"authority.of": 3}) == near((0, 0, 0.25))
    assert first("majority", "authority.wins", **{"authority.seats": 1}) == near((1, 0, 0))
    assert first("lists_eased", "lists.ease", **{"lists.top": 2}) == once
    assert first("lists_lifted", "lists.ease", **{"lists.top": 2}) == near((0, 0, 0.25))
    assert first("lists_lifted", "lists.ease", **{"lists.top": 2, "lists.now": 1}) == once
    assert first("lists_lifted", "lists.ease", **{"lists.top": 2, "lists.now": 2}) == (0, 0, 0)
    assert first("funds_agreed", "funds.agree") == once
    assert first("funds_paid", "funds.agree", **{"funds.pay": 1}) == near((0, 0, 0.5))
    assert first("access_opened", "hunger.opens") == once
    assert first("investigated", "accountability.opens") == once
    assert first("withdrawn", "talks.retract", Setting(2, ladder=TWO)) == once
    assert first("turned", "home.turns", Setting(2, elections={1, 2})) == once
    assert first("split", "split.begins") == once
    assert first("split", "split.now", **{"split.begins": 1}) == near((0.5, 0.5, 0))
    assert first("joined", "regional.joins", Setting(2, decides={1, 2})) == once
    assert first("observed", "regional.observed", Setting(2, decides={1, 2})) == once
    assert first("unrecognised", "recognition.drop", **{"recognition.now": 1}) == once


# --- money, output, rents, hunger, loyalty ------------------------------------------------------------------


def test_money_and_output():
    p = {"money.revenue": 0.5, "money.pull": 0.5, "money.loss_1": 0.5, "money.loss_0": 1, "sender.now": 1}
    p |= {"money.evasion": 0.1, "money.evasion_pace": 0.5, "money.evasion_ceiling": 0.5, "price.now": 2}
    p |= {"output.now": 1, "output.pace": 0.25, "output.reach": 2}
    state = after(p)  # evasion 0.3, left 1 - 0.5 * 0.7 = 0.65, allowed 1.3
    assert (state.evasion, state.revenue, state.output) == near((0.3, 0.9, 1.075))
    assert after(p, easing=0).revenue == near(0.25 + 0.3)
    assert after(p | {"price.pull": 0.5}).revenue == near(0.25 + 0.65 * 0.75)


def test_rents_and_fiefs():
    p = {"money.revenue": 0.5, "money.rents": 0.4, "money.depletion": 0.2}
    p |= {"fiefs.now": 0.1, "fiefs.grow": 0.5, "fiefs.ceiling": 0.9}
    state = after(p)
    assert (state.rents, state.fiefs) == near((0.9, 0.3))
    assert exact(p, Setting(1)).mean["income"] == near((0.9, 0.5 + 0.36))
    rich = after(p | {"money.revenue": 1.5, "fiefs.now": 2})
    assert (rich.rents, rich.fiefs) == (1, 2)


def test_hunger():
    p = {"hunger.now": 0.5, "hunger.pace": 0.5, "hunger.need": 1.2, "hunger.feeds": 0.2, "money.rents": 0.5}
    p |= {"hunger.relief": 0.1, "funds.relieves": 0.4}
    assert after(p).hunger == near(0.5 + 0.5 * (1.2 - 0.3 - 0.5))
    assert after(p, access=True).hunger == near(0.65)
    assert after(p, funds=1).hunger == near(0.7)
    assert after(p, access=True, funds=2).hunger == near(0.45)
    assert after(p | {"hunger.need": 9}).hunger == 1
    assert after(p | {"hunger.need": -9}).hunger == 0


def test_loyalty():
    p = {"loyalty.pace": 0.5, "loyalty.now": 0.5, "loyalty.outside_offer": 1, "loyalty.scale": 0.5}
    p |= {"money.rents": 0.25, "fiefs.now": 0.5, "fiefs.yields": 0.5}  # gets 1.5
    assert after(p).loyalty == near(0.25 + s(1) / 2)
    lists = p | {"lists.weighs": 0.5, "lists.traps": 0.5}
    assert after(lists).loyalty == near(0.25 + s(1) / 2)  # without lists nothing is strict
    lists |= {"lists.top": 2}
    assert after(lists).loyalty == near(0.25 + s((0.75 - 0.5) / 0.5) / 2)
    assert after(lists, lists=1.0).loyalty == near(0.25 + s((1.125 - 0.75) / 0.5) / 2)
    assert after(lists, lists=2.0).loyalty == near(0.25 + s(1) / 2)
    assert after(p | {"accountability.traps": 0.5}, investigated=True).loyalty == near(0.25 + s(2) / 2)
    promised = p | {"recognition.promises": 2, "recognition.now": 5, "recognition.all": 10}
    assert after(promised).loyalty == near(0.25 + s(-1) / 2)
    # What was recognised at the start of the month counts.
    assert after(promised | {"recognition.drop": 1}).loyalty == near(0.25 + s(-1) / 2)


# --- abroad -------------------------------------------------------------------------------------------------


def test_blocs_leave_whole():
    p = {"recognition.now": 50, "recognition.all": 60, "recognition.drop": 0.3, "recognition.bloc": 10}
    assert chances(lambda w: w.known, p) == near({40: 0.5, 30: 0.5})
    cascade = p | {"recognition.cascade": 1.2}  # 0.3 + 0.2, of 50
    assert chances(lambda w: w.known, cascade) == near({30: 0.5, 20: 0.5})
    assert chances(lambda w: w.known, p | {"recognition.now": 4, "recognition.drop": 0.5}) == near(
        {4: 0.8, 0: 0.2}
    )


def test_the_mean_leaves_as_the_rate_says():
    found = exact({"recognition.now": 3, "recognition.all": 3, "recognition.drop": 0.3}, Setting(3))
    assert found.mean["known"] == near((3, 2.1, 1.47, 1.029))
    assert found.states[1] == near({(HOLDS, 0, 0, MANY): 1})


def test_a_mandate_lapses():
    p = {"recognition.now": 3, "recognition.kept": 0.5, "recognition.extend": 0.25}
    expected = {(3, True): 0.25, (1, False): 0.375, (2, False): 0.375}
    setting = Setting(3, lapses={2, 3})
    assert chances(lambda w: (w.known, w.claim), p, setting, month=1) == near({(3, True): 1})
    assert chances(lambda w: (w.known, w.claim), p, setting, month=2) == near(expected)
    assert chances(lambda w: w.known, p | {"recognition.kept_extended": 0.9}, setting, month=2) == near(
        {3: 0.25 * 0.7, 2: 0.25 * 0.3 + 0.375, 1: 0.375}
    )
    found = exact(p, setting)
    assert list(found.first["claim_ended"]) == near([0, 0, 0.75, 0.1875])
    assert list(found.first["extended"]) == near([0, 0, 0.25, 0])
    assert after(p, setting, month=2, claim=False).known == 3


GRANOVETTER = {
    "recognition.all": 1e7,
    "recognition.now": 1e7,
    "recognition.pace": 0.5,
    "recognition.mean": 0.25,
    "recognition.deviation": 0.12,
}


def test_thresholds_come_to_rest_where_granovetter_says():
    setting = Setting(months=200)
    state = start(GRANOVETTER, setting)
    for month in range(1, 201):
        _, state = max(branches(state, month, GRANOVETTER, setting), key=lambda outcome: outcome[0])
    share = 1 - state.known / 1e7
    assert share == pytest.approx(0.04021133971, abs=1e-6)
    assert normal((share - 0.25) / 0.12) == pytest.approx(share, abs=1e-6)


def test_thresholds_by_hand():
    assert leaving(1e7, DEFAULTS | GRANOVETTER) == near(1e7 * 0.5 * normal(-0.25 / 0.12))
    assert band(0.5, 10) == NONE
    assert "unrecognised" not in start({"recognition.now": 0.5}, Setting(1)).happened


def test_thresholds_bring_nobody_back():
    beyond = 1e7 * (1 - 0.06)  # more have left than would by their thresholds
    assert leaving(beyond, GRANOVETTER | {"recognition.drop": 0.0}) == 0
    assert leaving(beyond, GRANOVETTER | {"recognition.drop": 0.1}) == near(0.1 * beyond)


# --- home ---------------------------------------------------------------------------------------------------


def test_support():
    p = {"support.now": 0.6, "support.floor": 0.2, "support.decay": 0.25, "support.gain": 0.3}
    assert after(p).support == near(0.5)
    assert after(p | {"sender.ease": 1}).support == near(0.8)
    assert after(p | {"sender.ease": 1, "sender.top": 1}, easing=1).support == near(0.5)
    assert after(p | {"sender.ease": 1, "support.gain": 0.9}).support == 1


def test_split():
    p = {"split.begins": 0.1, "split.tempts": 0.3, "split.heals": 0.4}
    assert chances(lambda w: w.split, p)[True] == near(0.1)
    assert chances(lambda w: w.split, p, split=True)[True] == near(0.6)
    assert chances(lambda w: w.split, p | {"authority.wins": 1})[True] == near(0.4)
    conceding = Setting(1, ladder=ladder(step=((1, 0), (1, 0))))
    assert chances(lambda w: w.split, p | {"talks.now": 1}, conceding)[True] == near(0.4)
    assert {w.split: chance for chance, w in initial({"split.now": 0.3}, Setting(1))} == near(
        {True: 0.3, False: 0.7}
    )


def test_regional_poll():
    p = {"regional.fairness": 0.3, "regional.watch": 0.2, "authority.access": 0.5, "authority.majority": 0.1}
    p |= {
        "authority.of": 5,
        "authority.seats": 0,
        "authority.base": 1,
        "regional.base": 0.25,
        "regional.scale": 0.5,
        "support.now": 0.5,
    }
    p |= {"regional.turnout": 0.4, "regional.lift": 0.2, "regional.gain": 0.1, "split.cost": 0.125}
    setting = Setting(1, regional={1})
    away = after(p, setting, seats=1.0)
    assert (away.governors, away.turnout, away.support) == near((0.3 * s(-0.5), 0.4, 0.5))
    there = after(p, setting, joined=True, observed=True, seats=3.0)  # fair 0.3 + 0.2 + 0.2 + 0.1
    won = 0.8 * s(0.5)
    assert (there.governors, there.turnout, there.support) == near((won, 0.6, 0.5 + 0.1 * won))
    assert after(p, setting, joined=True, split=True, seats=1.0).governors == near(0.3 * s(0.25))
    assert after(p, setting, joined=True).governors == near((0.3 - 0.1) * s(0.5))
    assert after(p).turnout == 0


def test_who_joins_a_regional_poll():
    p = {
        "regional.joins": 0.8,
        "regional.joins_split": 0.5,
        "regional.observed": 0.25,
        "regional.turnout": 0.5,
    }
    p |= {"regional.lift": 0.25}
    setting = Setting(1, decides={1}, regional={1})
    united = chances(lambda w: (w.joined, w.observed), p, setting)
    assert united == near({(True, True): 0.2, (True, False): 0.6, (False, True): 0.05, (False, False): 0.15})
    assert chances(lambda w: w.joined, p, setting, split=True) == near({True: 0.5, False: 0.5})
    assert chances(lambda w: w.joined, p | {"split.begins": 1}, setting) == near({True: 0.5, False: 0.5})
    assert chances(lambda w: w.turnout, p, setting) == near({0.75: 0.8, 0.5: 0.2})
    assert chances(lambda w: w.joined, p | {"regional.joins": 0}, setting, joined=True) == near({False: 1})


def test_a_regional_poll_comes_before_the_presidential_one():
    p = {
        "regional.fairness": 1,
        "regional.base": 0.5,
        "regional.gain": 1,
        "polls.fairness": 1,
        "polls.base": 0.5,
    }
    setting = Setting(1, regional={1}, polls={1})  # governors s(0) = 1/2, so support 1/2
    assert chances(lambda w: w.office, p, setting, joined=True)[VOTED_OUT] == near(s(0.5))


# --- everything at once -------------------------------------------------------------------------------------


def random_parameters(seed: int) -> dict[str, float]:
    rnd = random.Random(seed)
    p = {name: rnd.random() / 4 for name in NAMES if "spread" not in name}
    small = {"lists.top": 2, "lists.now": 1, "authority.of": 3, "authority.seats": 1, "recognition.bloc": 2}
    small |= {"sender.now": 1, "recognition.all": 9, "recognition.now": 7, "funds.now": 0, "talks.now": 0}
    small |= {"hunger.access": 0, "accountability.now": 0, "split.now": 0}
    return p | {name: float(value) for name, value in small.items()}


CALENDARS = [
    {"polls": {1, 2}},
    {"lapses": {1}},
    {"regional": {1}, "decides": {1}},
    {"elections": {1}, "polls": {2}},
]


@pytest.mark.parametrize("seed", range(4))
def test_chances_add_to_one(seed: int):
    p = random_parameters(seed)
    setting = Setting(1, ladder=TWO, **CALENDARS[seed])
    state = start(p, setting)._replace(talks=seed % 2 == 1, position=seed // 2, conceded=2)
    found = branches(state, 1, p, setting)
    assert sum(chance for chance, _ in found) == near(1)
    assert len({outcome for _, outcome in found}) == len(found) > 500
    assert all(chance > 0 for chance, _ in found)


def test_results_add_to_one():
    found = exact(REDUCED["talks"][0], REDUCED["talks"][1])
    assert [sum(by_state.values()) for by_state in found.states] == near([1.0] * 8)
    assert all(0 <= sum(chances) <= 1 + 1e-9 for chances in found.first.values())
    assert set(found.first) == set(EVENTS)


REDUCED: dict[str, tuple[Parameters, Setting]] = {
    "talks": (
        {
            "talks.begin": 0.2,
            "talks.stop": 0.05,
            "talks.trust_scale": 0.5,
            "talks.trust": 0.2,
            "talks.retract": 0.1,
            "sender.take_back": 0.1,
            "talks.now": 1,
        },
        Setting(7, ladder=TWO),
    ),
    "abroad and office": (
        {
            "recognition.now": 8,
            "recognition.all": 10,
            "recognition.drop": 0.05,
            "recognition.cascade": 0.1,
            "recognition.bloc": 3,
            "recognition.kept": 0.6,
            "recognition.extend": 0.4,
            "survival.peak": 0.1,
            "survival.threshold": 1,
            "exit.rate": 0.03,
            "force.rate": 0.02,
            "polls.base": 0.6,
            "polls.fairness": 0.4,
            "polls.early": 0.1,
            "talks.begin": 0.2,
            "talks.stop": 0.2,
        },
        Setting(10, polls={6, 9}, lapses={5}),
    ),
    "money and incidents": (
        {
            "money.revenue": 0.5,
            "money.pull": 0.2,
            "money.loss_0": 0.6,
            "money.loss_1": 0.3,
            "sender.ease": 0.15,
            "sender.take_back": 0.1,
            "home.turns": 0.4,
            "home.resists": 0.5,
            "home.reverses": 0.2,
            "loyalty.pace": 0.3,
            "loyalty.outside_offer": 0.6,
            "loyalty.scale": 0.3,
            "survival.peak": 0.2,
            "survival.threshold": 0.5,
            "survival.scale": 0.2,
            "funds.agree": 0.1,
            "funds.pay": 0.2,
            "support.now": 0.5,
            "support.floor": 0.3,
            "support.decay": 0.1,
            "support.gain": 0.1,
            "sender.top": 1,
        },
        Setting(6, elections={3}),
    ),
}


def agree(found: Result, expected: Result, count: int) -> None:
    """Within three standard errors at the last month, for all states, events and means."""
    pairs = {event: (sum(of), sum(found.first[event])) for event, of in expected.first.items()}
    pairs |= {key: (chance, found.states[-1].get(key, 0.0)) for key, chance in expected.states[-1].items()}
    assert set(found.states[-1]) <= set(expected.states[-1])
    for key, (chance, frequency) in pairs.items():
        assert abs(frequency - chance) <= 3 * sqrt(max(0.0, chance * (1 - chance)) / count) + 1e-9, key
    for name, means in expected.mean.items():
        error = expected.deviation[name][-1] / sqrt(count)
        assert abs(found.mean[name][-1] - means[-1]) <= 3 * error + 1e-6, name


@pytest.mark.parametrize("case", REDUCED)
def test_random_numbers_agree_with_the_exact_distribution(case: str):
    p, setting = REDUCED[case]
    agree(sampled(p, setting, 3000, 0), exact(p, setting), 3000)


# --- shocks -------------------------------------------------------------------------------------------------


def test_shocks_are_triangular():
    luck = Chance(0)
    drawn = [luck.z([1.0]) for _ in range(20_000)]
    assert sum(drawn) / 20_000 == pytest.approx(0, abs=3 / sqrt(20_000))
    assert sum(z**2 for z in drawn) / 20_000 == pytest.approx(1, abs=0.03)
    assert max(map(abs, drawn)) <= sqrt(6)
    assert sum(abs(z) < sqrt(6) / 2 for z in drawn) / 20_000 == pytest.approx(0.75, abs=0.01)


def test_spreads_add_up_over_months():
    p = {
        "support.now": 0.5,
        "support.floor": 0.5,
        "support.spread": 0.02,
        "price.spread": 0.1,
        "price.pull": 1,
    }
    p |= {"loyalty.now": 0.5, "loyalty.spread": 0.05, "loyalty.scale": 1, "regional.turnout": 0.5}
    p |= {
        "regional.turnout_spread": 0.1,
        "regional.fairness": 1,
        "regional.base": 0.5,
        "regional.spread": 0.08,
    }
    found = sampled(p, Setting(4, regional={4}), 2000, 1)
    assert found.mean["support"][4] == pytest.approx(0.5, abs=3 * 0.04 / sqrt(2000))
    expected = {"support": 0.04, "price": 0.1, "loyalty": 0.1, "turnout": 0.1, "governors": 0.08}
    for name, deviation in expected.items():
        assert found.deviation[name][4] == pytest.approx(deviation, rel=0.06), name


def test_output_has_the_shock_of_revenue():
    found = sampled({"money.spread": 0.1, "output.spread": 0.05, "output.now": 1}, Setting(1), 1, 3)
    revenue, output = found.mean["revenue"][1] - 1, found.mean["output"][1] - 1
    assert output == pytest.approx(revenue / 2)
    assert abs(revenue) > 1e-6


def test_a_seed_tells_all():
    p, setting = REDUCED["talks"]
    assert sampled(p, setting, 20, 5) == sampled(p, setting, 20, 5)
    assert sampled(p, setting, 20, 5) != sampled(p, setting, 20, 6)
