"""The reference games of talks against hand calculation, their own definition, and each other."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import exp, log

import numpy as np
import pytest

from tests.oracles.talks import (
    FullGame,
    ReadingByReading,
    distance,
    full_game,
    outcomes_full,
    outcomes_reading_by_reading,
    reached,
    reading_by_reading,
)

STALLER_AND_DEALER = {
    "u": [[0.0, -2.5, -1.5, -4.5], [0.0, -0.5, 3.0, 2.0]],
    "w": [0.0, 3.0, 1.5, 4.0],
    "rho_i": [0.8, 0.85],
    "rho_s": 0.8,
    "lam": 0.9,
    "hazard": 0.07,
    "blame_i": 1.5,
    "blame_s": 1.0,
}


def chance(x):
    return 1 / (1 + exp(-x))


def at(game: FullGame, values, b):
    return float(np.interp(b, game.grid, values))


def alone(c, k):
    """The case with type k only."""
    return c | {"u": [c["u"][k]], "rho_i": [c["rho_i"][k]]}


def doubled(c, k):
    """The case with type k twice."""
    return c | {"u": [c["u"][k]] * 2, "rho_i": [c["rho_i"][k]] * 2}


# One step, by hand. With u(0) = w(0) = 0, h = 0, rho = 1/2 and lam = 1 let the second side leave with chance 1/2 and the
# first step with chance 3/4. A hold is worth 1/2 (1/2 V) = V/4, V = 3/4 a + 1/4 (V/4), so V = 0.8 a and the gap
# is a - 0.2 a = ln 3. The second side is indifferent: V_S / 2 = -blame, and V_S = 3/4 c - blame / 4, so c = -7/3 blame.
BY_HAND = {"rho_i": [0.5], "rho_s": 0.5, "lam": 1.0, "hazard": 0.0, "blame_i": 9.0, "blame_s": 1.0}


def test_one_step_by_hand_for_a_known_type():
    a = log(3) / 0.8
    game = reading_by_reading([[0.0, a]], [0.0, -7 / 3], **BY_HAND, prior=[1.0])
    assert game.step[0] == pytest.approx([0.75, 0.0], abs=1e-10)
    assert game.second_leave[0] == pytest.approx([0.5, 0.0], abs=1e-10)
    assert game.first_value[0] == pytest.approx([0.8 * a, a], abs=1e-10)
    assert game.second_value[0] == pytest.approx([-2.0, -7 / 3], abs=1e-10)
    assert not game.leave.any()
    assert not game.second_step.any()
    full = full_game([[0.0, a]] * 2, [0.0, -7 / 3], **(BY_HAND | {"rho_i": [0.5, 0.5]}), grid=5)
    assert full.step[:, 0] == pytest.approx(np.full((2, 5), 0.75), abs=1e-10)
    assert full.second_leave[0] == pytest.approx(np.full(5, 0.5), abs=1e-10)
    assert full.second_value[0] == pytest.approx(np.full(5, -2.0), abs=1e-10)


def test_one_step_by_hand_for_two_types():
    """Types step with 3/4 and 1/4; the second side leaves the one with 2/3, the other with 1/3, at gaps x and -x, x = ln 2.

    stay_k = V_S^k / 2 = -blame - gap_k. Type 0: 2(-blame - x) = 3/4 c + 1/4 (-blame - x/3); type 1: 2(-blame + x)
    = 1/4 c + 3/4 (-blame + 2x/3). Hence blame = 77x/24, c = -241x/24. Type 0: a hold is worth 1/3 (V/2), V = 3/4 a
    + 1/4 (V/6) = 18a/23, the gap is a - V/6 = 20a/23. Type 1: a hold is worth V/3, V = 1/4 a + 3/4 (V/3) = a/3, the gap
    is a - V/3 = 8a/9.
    """
    x = log(2)
    u = [[0.0, log(3) * 23 / 20], [0.0, -log(3) * 9 / 8]]
    by_hand = BY_HAND | {"rho_i": [0.5, 0.5], "blame_s": 77 * x / 24}
    game = reading_by_reading(u, [0.0, -241 * x / 24], **by_hand, prior=[0.5, 0.5])
    assert game.step[:, 0] == pytest.approx([0.75, 0.25], abs=1e-10)
    assert game.second_leave[:, 0] == pytest.approx([2 / 3, 1 / 3], abs=1e-10)
    month = outcomes_reading_by_reading(game, 0, 1)
    # A hold makes type 1 the likelier by 3 to 1: the second side leaves with 1/4 2/3 + 3/4 1/3.
    assert month[0, "left"] == pytest.approx(1 / 4 * 5 / 12, abs=1e-10)


def test_what_the_sender_cannot_take():
    """Nobody looks ahead: the second side would step with 1/2 and can take two fifths of that."""
    c = {"rho_i": [0.0], "rho_s": 0.0, "lam": 1.0, "hazard": 0.0, "blame_i": 3.0, "blame_s": 2.0}
    game = reading_by_reading([[0.0, 0.0, 5.0]], [0.0, 4.0, 4.0], **c, prior=[1.0], able=0.4)
    assert game.second_step[0, 1] == pytest.approx(0.5)
    goes = chance(-3.0)
    assert game.first_value[0, 1] == pytest.approx(0.2 * 5.0 - 0.8 * goes * 3.0)
    second = outcomes_reading_by_reading(game, 0, 2)
    assert second[2, "complete"] == pytest.approx(0.5 * 0.2)
    assert second[1, "left"] == pytest.approx(0.5 * 0.8 * goes)


def test_the_second_sides_step_by_hand():
    """Nobody looks ahead (rho = 0): every gap is a difference of flows, and staying beats leaving by the blame."""
    c = {"rho_i": [0.0, 0.0], "rho_s": 0.0, "lam": 0.5, "hazard": 0.1, "blame_i": 3.0, "blame_s": 2.0}
    u, w = [[0.0, 1.0, 2.0], [0.0, -1.0, 5.0]], [0.0, 4.0, 3.0]
    game, full = reading_by_reading(u, w, **c, prior=[0.3, 0.7]), full_game(u, w, **c, grid=11)
    for k, gain in enumerate((1.0, -1.0)):
        assert game.step[k, 0] == pytest.approx(chance(0.5 * gain))
        assert game.leave[k, 1] == pytest.approx(chance(-1.5))
        assert game.second_step[k, 1] == pytest.approx(chance(-0.5))
        assert game.second_leave[k, 0] == pytest.approx(chance(-1.0))
        assert full.step[k, 0] == pytest.approx(np.full(11, chance(0.5 * gain)))
        assert full.leave_first[k, 1] == pytest.approx(np.full(11, chance(-1.5)))
    assert full.second_step[1] == pytest.approx(np.full(11, chance(-0.5)))
    assert full.second_leave[0] == pytest.approx(np.full(11, chance(-1.0)))


def test_a_sender_who_never_leaves_values_a_myopic_incumbent_linearly_in_the_belief():
    """V_S(b) = sum b_k V_S^k whatever the holds teach, V_S^k = p w(1) + (1-p) rho (1-h) V_S^k."""
    c = {"rho_i": [0.0, 0.0], "rho_s": 0.9, "lam": 1.0, "hazard": 0.05, "blame_i": 1.0, "blame_s": 500.0}
    game = full_game([[0.0, -2.0], [0.0, 1.0]], [0.0, 3.0], **c)
    known = [3.0 * p / (1 - (1 - p) * 0.9 * 0.95) for p in (chance(-2.0), chance(1.0))]
    assert game.second_value[0] == pytest.approx(game.grid * known[0] + (1 - game.grid) * known[1], abs=1e-9)


def test_careless_choices_are_even():
    c = STALLER_AND_DEALER | {"lam": 1e-9}
    game, full = reading_by_reading(**c, prior=[0.4, 0.6]), full_game(**c, grid=11)
    for n in range(3):
        even = n % 2 == 0
        assert (game.step if even else game.leave)[:, n] == pytest.approx([0.5, 0.5], abs=1e-8)
        second = game.second_leave if even else game.second_step
        assert second[:, n] == pytest.approx([0.5, 0.5], abs=1e-8)
        for values in (full.step, full.leave_first)[n % 2][:, n]:
            assert values == pytest.approx(np.full(11, 0.5), abs=1e-8)
        assert (full.second_leave if even else full.second_step)[n] == pytest.approx(
            np.full(11, 0.5), abs=1e-8
        )
    assert distance(full, game, 24) < 1e-6


@pytest.mark.parametrize(("last", "goes"), [(5.0, True), (2.0, False)])
def test_careful_choices_are_best_responses(last, goes):
    """Backward from N = 2: the second side steps at 1 if w(2) > w(1) = 3, and only for that does the first side step at 0."""
    c = {"rho_i": [0.9, 0.9], "rho_s": 0.9, "lam": 300.0, "hazard": 0.05, "blame_i": 1.0, "blame_s": 1.0}
    u, w = [[0.0, -2.0, 6.0]] * 2, [0.0, 3.0, last]
    game, full = reading_by_reading(u, w, **c, prior=[0.5, 0.5]), full_game(u, w, **c, grid=11)
    assert game.second_step[:, 1] == pytest.approx([float(goes)] * 2, abs=1e-9)
    assert game.step[:, 0] == pytest.approx([float(goes)] * 2, abs=1e-9)
    assert game.leave[:, 1] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert (game.second_leave[:, 0] < exp(-100)).all()
    assert full.step[:, 0] == pytest.approx(np.full((2, 11), float(goes)), abs=1e-9)
    assert full.second_step[1] == pytest.approx(np.full(11, float(goes)), abs=1e-9)
    if goes:
        at_once = 0.1 * -2 + 0.9 * (0.95 * 6 + 0.05 * -2)
        later = 0.1 * -2 + 0.9 * (0.95 * (0.1 * 6 + 0.9 * 6) + 0.05 * -2)
        assert game.first_value[:, 0] == pytest.approx([later] * 2, abs=1e-8)
        assert later == pytest.approx(at_once)


def test_the_full_game_keeps_its_definition():
    """Every choice at every grid belief is Lambda(lam x) of the points x between its branches, taken one by one."""
    c = STALLER_AND_DEALER
    u, w, lam, h, rho_i, rho_s = (c[x] for x in ("u", "w", "lam", "hazard", "rho_i", "rho_s"))
    game = full_game(**c, grid=41)

    def continues(k, n, b):
        return (1 - h) * at(game, game.first_value[k, n], b) + h * u[k][n]

    def continues_s(n, b):
        return (1 - h) * at(game, game.second_value[n], b) + h * w[n]

    for n, (i, b) in product(range(3), enumerate(game.grid)):
        stay_s = [(1 - rho_s) * w[n] + rho_s * continues_s(n, x) for x in game.grid]
        acts = [(game.step if n % 2 == 0 else game.leave_first)[k, n, i] for k in range(2)]
        after = b * acts[0] / (b * acts[0] + (1 - b) * acts[1])
        after_not = b * (1 - acts[0]) / (b * (1 - acts[0]) + (1 - b) * (1 - acts[1]))
        worth_s = 0.0
        for k in range(2):
            stay = (1 - rho_i[k]) * u[k][n] + rho_i[k] * continues(k, n, after_not)
            onward = (1 - rho_i[k]) * u[k][n + 1] + rho_i[k] * continues(k, n + 1, after if n % 2 == 0 else b)
            if n % 2 == 0:
                leaves = at(game, game.second_leave[n], after_not)
                hold = leaves * u[k][n] + (1 - leaves) * stay
                assert acts[k] == pytest.approx(chance(lam * (onward - hold)), abs=1e-9)
                value = acts[k] * onward + (1 - acts[k]) * hold
                onward_s = (1 - rho_s) * w[n + 1] + rho_s * continues_s(n + 1, after)
                hold_s = leaves * (w[n] - c["blame_s"]) + (1 - leaves) * at(game, stay_s, after_not)
                worth_s += (b, 1 - b)[k] * (acts[k] * onward_s + (1 - acts[k]) * hold_s)
            else:
                leave = u[k][n] - c["blame_i"]
                assert acts[k] == pytest.approx(chance(lam * (leave - stay)), abs=1e-9)
                steps = game.second_step[n, i]
                value = steps * onward + (1 - steps) * (acts[k] * leave + (1 - acts[k]) * stay)
                hold_s = acts[k] * w[n] + (1 - acts[k]) * at(game, stay_s, after_not)
                worth_s += (b, 1 - b)[k] * hold_s
            assert game.first_value[k, n, i] == pytest.approx(value, abs=1e-9)
        if n % 2 == 0:
            leave_s = w[n] - c["blame_s"] - stay_s[i]
            assert game.second_leave[n, i] == pytest.approx(chance(lam * leave_s), abs=1e-9)
        else:
            onward_s = (1 - rho_s) * w[n + 1] + rho_s * continues_s(n + 1, b)
            steps = game.second_step[n, i]
            assert steps == pytest.approx(chance(lam * (onward_s - worth_s)), abs=1e-9)
            worth_s = steps * onward_s + (1 - steps) * worth_s
        assert game.second_value[n, i] == pytest.approx(worth_s, abs=1e-9)


@pytest.mark.parametrize("able", [1.0, 0.6])
def test_reading_by_reading_keeps_its_definition(able):
    """Every choice against each type is Lambda(lam x) of the points x between its branches; the prior plays no part."""
    c = STALLER_AND_DEALER
    u, w, lam, h, rho_i, rho_s = (c[x] for x in ("u", "w", "lam", "hazard", "rho_i", "rho_s"))
    game = reading_by_reading(**c, prior=[0.35, 0.65], able=able)
    other = reading_by_reading(**c, prior=[0.9, 0.1], able=able)
    assert game.second_step == pytest.approx(other.second_step, abs=0.0)
    for n, k in product(range(3), range(2)):
        here, rho = u[k][n], rho_i[k]
        stay = (1 - rho) * here + rho * ((1 - h) * game.first_value[k, n] + h * here)
        stay_s = (1 - rho_s) * w[n] + rho_s * ((1 - h) * game.second_value[k, n] + h * w[n])
        there = (1 - h) * game.first_value[k, n + 1] + h * u[k][n + 1]
        onward = (1 - rho) * u[k][n + 1] + rho * there
        there_s = (1 - h) * game.second_value[k, n + 1] + h * w[n + 1]
        onward_s = (1 - rho_s) * w[n + 1] + rho_s * there_s
        if n % 2 == 0:
            act, goes = game.step[k, n], game.second_leave[k, n]
            hold = goes * here + (1 - goes) * stay
            value = act * onward + (1 - act) * hold
            value_s = act * onward_s + (1 - act) * (goes * (w[n] - c["blame_s"]) + (1 - goes) * stay_s)
            assert act == pytest.approx(chance(lam * (onward - hold)), abs=1e-9)
            assert goes == pytest.approx(chance(lam * (w[n] - c["blame_s"] - stay_s)), abs=1e-9)
        else:
            act, goes = game.second_step[k, n], game.leave[k, n]
            leave, taken = here - c["blame_i"], able * act
            hold_s = goes * w[n] + (1 - goes) * stay_s
            value = taken * onward + (1 - taken) * (goes * leave + (1 - goes) * stay)
            value_s = taken * onward_s + (1 - taken) * hold_s
            assert goes == pytest.approx(chance(lam * (leave - stay)), abs=1e-9)
            assert act == pytest.approx(chance(lam * (onward_s - hold_s)), abs=1e-9)
        assert game.first_value[k, n] == pytest.approx(value, abs=1e-9)
        assert game.second_value[k, n] == pytest.approx(value_s, abs=1e-9)


@pytest.mark.parametrize("k", [0, 1])
def test_one_type_only_makes_both_the_same(k):
    """At belief 1 the first type is known: what the full game does there is reading by reading with that type alone."""
    c = STALLER_AND_DEALER | {x: STALLER_AND_DEALER[x][:: 1 - 2 * k] for x in ("u", "rho_i")}
    full, game = full_game(**c, grid=21), reading_by_reading(**alone(c, 0), prior=[1.0])
    assert full.step[0, :, -1] == pytest.approx(game.step[0], abs=1e-8)
    assert full.leave_first[0, :, -1] == pytest.approx(game.leave[0], abs=1e-8)
    assert full.second_step[1, -1] == pytest.approx(game.second_step[0, 1], abs=1e-8)
    assert full.second_leave[[0, 2], -1] == pytest.approx(game.second_leave[0, [0, 2]], abs=1e-8)
    assert full.first_value[0, :, -1] == pytest.approx(game.first_value[0], abs=1e-8)
    assert full.second_value[:, -1] == pytest.approx(game.second_value[0], abs=1e-8)
    both = [outcomes_full(full, 1.0, 0, 12), outcomes_reading_by_reading(game, 0, 12)]
    for place in both[0] | both[1]:
        assert both[0].get(place, 0.0) == pytest.approx(both[1].get(place, 0.0), abs=1e-8)


@pytest.mark.parametrize("k", [0, 1])
def test_equal_types_teach_nothing(k):
    c = doubled(STALLER_AND_DEALER, k)
    full, game = full_game(**c, grid=21), reading_by_reading(**c, prior=[0.3, 0.7])
    one = reading_by_reading(**alone(STALLER_AND_DEALER, k), prior=[1.0])
    assert np.ptp(full.step, axis=2) == pytest.approx(np.zeros((2, 4)), abs=1e-9)
    assert np.ptp(full.second_value, axis=1) == pytest.approx(np.zeros(4), abs=1e-9)
    assert game.step == pytest.approx(np.vstack([one.step] * 2), abs=1e-9)
    assert np.abs(game.second_step - one.second_step).max() < 1e-9
    assert distance(full, game, 24) < 1e-8


def test_the_order_of_the_types_does_not_matter():
    c = STALLER_AND_DEALER
    swapped = c | {"u": c["u"][::-1], "rho_i": c["rho_i"][::-1]}
    full, other = full_game(**c, grid=21), full_game(**swapped, grid=21)
    assert other.step[::-1, :, ::-1] == pytest.approx(full.step, abs=1e-9)
    assert other.second_leave[:, ::-1] == pytest.approx(full.second_leave, abs=1e-9)
    three = c | {"u": [*c["u"], c["u"][0]], "rho_i": [*c["rho_i"], c["rho_i"][0]]}
    game, split = (
        reading_by_reading(**c, prior=[0.5, 0.5]),
        reading_by_reading(**three, prior=[0.2, 0.5, 0.3]),
    )
    assert split.step == pytest.approx(game.step[[0, 1, 0]], abs=1e-9)
    assert outcomes_reading_by_reading(split, 1, 9) == pytest.approx(
        outcomes_reading_by_reading(game, 1, 9), abs=1e-9
    )


def test_a_month_by_hand():
    """Even choices, h = 1/5: stopped 1/5, then of the 4/5 a half steps, and of the held half one half leaves."""
    c = STALLER_AND_DEALER | {"lam": 1e-12, "hazard": 0.2}
    full, game = full_game(**c, grid=3), reading_by_reading(**c, prior=[0.5, 0.5])
    by_hand = {(0, "stopped"): 0.2, (1, "on"): 0.4, (0, "left"): 0.2, (0, "on"): 0.2}
    second = {
        (0, "stopped"): 0.24,
        (1, "stopped"): 0.08,
        (0, "left"): 0.24,
        (1, "left"): 0.08,
        (0, "on"): 0.04,
        (1, "on"): 0.16,
        (2, "on"): 0.16,
    }
    for k in range(2):
        assert outcomes_full(full, 0.5, k, 0) == outcomes_reading_by_reading(game, k, 0) == {(0, "on"): 1.0}
        for months, expected in ((1, by_hand), (2, second)):
            assert outcomes_full(full, 0.5, k, months) == pytest.approx(expected)
            assert outcomes_reading_by_reading(game, k, months) == pytest.approx(expected)
    assert reached(second, 1) == pytest.approx(0.48)


def test_every_history_one_by_one():
    """Four months spelled out move by move, beliefs from the whole history by Bayes and never merged."""
    c, mu, months = STALLER_AND_DEALER, (0.35, 0.65), 4
    full, game = full_game(**c, grid=41), reading_by_reading(**c, prior=mu)

    def weighs(chances, b):
        return b * chances[0] + (1 - b) * chances[1]

    def full_act(j, n, b):
        return at(full, (full.step, full.leave_first)[n % 2][j, n], b)

    def game_act(j, n, b):
        return (game.step, game.leave)[n % 2][j, n]

    def full_sender(n, b):
        return at(full, (full.second_leave, full.second_step)[n % 2][n], b)

    def game_sender(n, b):
        return weighs((game.second_leave, game.second_step)[n % 2][:, n], b)

    def tell(act, second, k, n, likely, left, chance_so_far, told):
        """likely[j]: chance of all that the first side was seen to do if he is of type j."""
        if left == 0 or n == 3:
            told[n, "complete" if n == 3 else "on"] += chance_so_far
            return
        told[n, "stopped"] += 0.07 * chance_so_far
        p = 0.93 * chance_so_far

        def belief(seen):
            return mu[0] * seen[0] / (mu[0] * seen[0] + mu[1] * seen[1])

        acts = [act(j, n, belief(likely)) for j in range(2)]
        done = [likely[j] * acts[j] for j in range(2)]
        not_done = [likely[j] * (1 - acts[j]) for j in range(2)]
        if n % 2 == 0:
            tell(act, second, k, n + 1, done, left - 1, p * acts[k], told)
            leaves = second(n, belief(not_done))
            told[n, "left"] += p * (1 - acts[k]) * leaves
            tell(act, second, k, n, not_done, left - 1, p * (1 - acts[k]) * (1 - leaves), told)
        else:
            steps = second(n, belief(likely))
            tell(act, second, k, n + 1, likely, left - 1, p * steps, told)
            told[n, "left"] += p * (1 - steps) * acts[k]
            tell(act, second, k, n, not_done, left - 1, p * (1 - steps) * (1 - acts[k]), told)

    for k in range(2):
        for act, second, outcomes in (
            (full_act, full_sender, outcomes_full(full, mu[0], k, months)),
            (game_act, game_sender, outcomes_reading_by_reading(game, k, months)),
        ):
            told = defaultdict(float)
            tell(act, second, k, 0, (1.0, 1.0), months, 1.0, told)
            assert outcomes == pytest.approx(dict(told), abs=1e-12)


def test_the_value_is_what_the_months_bring():
    """C(0, b) is the discounted flow along the outcomes, less the blame of those who leave in the month they do."""
    c, b, months = STALLER_AND_DEALER, 0.35, 36
    c = c | {"u": [flows[:3] for flows in c["u"]], "w": c["w"][:3]}
    u, w, h, rho_i, rho_s = (c[x] for x in ("u", "w", "hazard", "rho_i", "rho_s"))
    game = full_game(**c)
    paths = [[outcomes_full(game, b, k, t) for t in range(months + 1)] for k in range(2)]

    def brings(path, rho, flow, blame, own):
        total = 0.0
        for t in range(1, months + 1):
            leaving = path[t].get((own, "left"), 0.0) - path[t - 1].get((own, "left"), 0.0)
            flows = sum(p * flow[n] for (n, _), p in path[t].items())
            total += rho ** (t - 1) * ((1 - rho) * flows - blame * leaving)
        return total + rho**months * flows

    for k in range(2):
        value = (1 - h) * at(game, game.first_value[k, 0], b) + h * u[k][0]
        assert brings(paths[k], rho_i[k], u[k], c["blame_i"], 1) == pytest.approx(value, abs=1e-4)
    value = (1 - h) * at(game, game.second_value[0], b) + h * w[0]
    expected = sum(m * brings(paths[k], rho_s, w, c["blame_s"], 0) for k, m in enumerate((b, 1 - b)))
    assert expected == pytest.approx(value, abs=1e-4)


def test_what_does_not_settle_is_an_error():
    with pytest.raises(RuntimeError, match="position 2 still moves"):
        full_game(**STALLER_AND_DEALER, grid=5, rounds=3)
    with pytest.raises(RuntimeError, match="position 2 still moves"):
        reading_by_reading(**STALLER_AND_DEALER, prior=[0.5, 0.5], rounds=3)


def staller_and_dealer(seed):
    """A staller whose every step costs more than the answer brings, a dealer who gains by each pair of steps."""
    rng = np.random.default_rng(seed)
    top = 1 + seed % 4
    u, w = np.zeros((2, top + 1)), np.zeros(top + 1)
    for n in range(top):
        costs = n % 2 == 0
        u[0, n + 1] = u[0, n] + (-rng.uniform(2, 5) if costs else rng.uniform(0, 2))
        u[1, n + 1] = u[1, n] + (-rng.uniform(0, 2) if costs else rng.uniform(2, 5))
        w[n + 1] = w[n] + (rng.uniform(2, 5) if costs else -rng.uniform(0, 3))
    case = {
        "u": u,
        "w": w,
        "rho_i": rng.uniform(0.95, 0.99, 2),
        "rho_s": rng.uniform(0.95, 0.99),
        "lam": rng.uniform(0.5, 2.0),
        "hazard": rng.uniform(0.05, 0.1),
        "blame_i": rng.uniform(1, 4),
        "blame_s": rng.uniform(1, 4),
    }
    return case, rng.uniform(0.2, 0.8)


def pair(seed) -> tuple[FullGame, ReadingByReading]:
    case, b = staller_and_dealer(seed)
    return full_game(**case, grid=101, tolerance=1e-9), reading_by_reading(**case, prior=[b, 1 - b])


@pytest.mark.parametrize("seed", range(8))
def test_the_distance_of_a_family(seed):
    full, game = pair(seed)
    for k, months in product(range(2), (0, 9)):
        for outcomes in (
            outcomes_full(full, game.prior[0], k, months),
            outcomes_reading_by_reading(game, k, months),
        ):
            assert sum(outcomes.values()) == pytest.approx(1.0, abs=1e-12)
            assert min(outcomes.values()) >= 0.0
            assert reached(outcomes, 0) == pytest.approx(1.0)
    apart = distance(full, game, 24)
    print(f"seed {seed}: N = {len(full.second_step) - 1}, distance {apart:.4f}")
    assert 0.0 <= apart <= 1.0
