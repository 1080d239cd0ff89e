"""The choices at simulated talks against their definition, a slow oracle, hand calculation and laws."""

from __future__ import annotations

from itertools import product
from math import exp, log

import numpy as np
import pytest

from detente.kernels.talks import Choices, Game, choices
from tests.oracles.talks import reading_by_reading

DRAWS = 40
SHAPES = tuple(product((1, 2, 3), (1, 2, 3, 4, 5)))


def chance(x):
    return 1 / (1 + exp(-x))


def of(u, w, *, rho=0.95, rho_s=0.95, lam=1.0, hazard=0.05, blame=3.0, blame_s=3.0, able=1.0, prior=None):  # noqa: PLR0913
    """A game in one draw, or in as many as ``u`` [S, K, N + 1] has."""
    u = np.asarray(u, dtype=np.float64)
    u = u[None] if u.ndim == 2 else u
    size, kinds, _ = u.shape

    def each(value, *shape):
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (size, *shape)).copy()

    return Game(
        u,
        each(w, u.shape[2]),
        each(rho, kinds),
        each(rho_s),
        each(lam),
        each(hazard),
        each(blame),
        each(blame_s),
        each(able),
        each(1 / kinds if prior is None else prior, kinds),
    )


def several(kinds, steps, seed, draws=DRAWS):
    """Games in which each side mostly pays for its own steps and gains by the other's."""
    rng = np.random.default_rng((seed, kinds, steps))
    own = np.arange(steps) % 2 == 0
    mine = np.where(own, rng.uniform(-4, 1, (draws, kinds, steps)), rng.uniform(-1, 4, (draws, kinds, steps)))
    theirs = np.where(own, rng.uniform(-1, 4, (draws, steps)), rng.uniform(-4, 1, (draws, steps)))
    return Game(
        np.concatenate([np.zeros((draws, kinds, 1)), mine.cumsum(axis=2)], axis=2),
        np.concatenate([np.zeros((draws, 1)), theirs.cumsum(axis=1)], axis=1),
        rng.uniform(0.9, 0.99, (draws, kinds)),
        rng.uniform(0.9, 0.99, draws),
        rng.uniform(0.3, 2.0, draws),
        rng.uniform(0.02, 0.15, draws),
        rng.uniform(1, 5, draws),
        rng.uniform(1, 5, draws),
        rng.uniform(0.3, 1.0, draws),
        rng.dirichlet(np.ones(kinds), draws),
    )


def one(game, s):
    return Game(*(field[s : s + 1] for field in game))


def oracle(game, s):
    """All four [K, N]; None where no damping settles it."""
    for damping in (0.5, 0.9, 0.98):
        try:
            found = reading_by_reading(
                game.first[s],
                game.second[s],
                game.rho_first[s],
                game.rho_second[s],
                game.precision[s],
                game.hazard[s],
                game.blame_first[s],
                game.blame_second[s],
                game.prior[s],
                able=game.able[s],
                damping=damping,
                tolerance=1e-8,
                rounds=2000,
            )
        except RuntimeError:
            continue
        return np.array([found.step, found.leave, found.second_step, found.second_leave])[:, :, :-1]
    return None


def values(game, found, s, k):
    """[2][N + 1] what the first side of reading k and the second side expect at each position, and the points between the
    branches of who has to move [N] and who may leave [N], by repeating the month until nothing changes."""
    u, w, h = game.first[s, k], game.second[s], game.hazard[s]
    rho, rho_s = game.rho_first[s, k], game.rho_second[s]
    blame, blame_s, able = game.blame_first[s], game.blame_second[s], game.able[s]
    v, v_s = u.copy(), w.copy()
    moves, goes = np.zeros(game.steps), np.zeros(game.steps)
    for n in reversed(range(game.steps)):
        for _ in range(20_000):
            before = v[n], v_s[n]
            on = (1 - rho) * u[n + 1] + rho * ((1 - h) * v[n + 1] + h * u[n + 1])
            on_s = (1 - rho_s) * w[n + 1] + rho_s * ((1 - h) * v_s[n + 1] + h * w[n + 1])
            stay = (1 - rho) * u[n] + rho * ((1 - h) * v[n] + h * u[n])
            stay_s = (1 - rho_s) * w[n] + rho_s * ((1 - h) * v_s[n] + h * w[n])
            if n % 2 == 0:
                p, q = found.step[s, k, n], found.second_leave[s, k, n]
                left, left_s = u[n], w[n] - blame_s
            else:
                p, q = able * found.second_step[s, k, n], found.leave[s, k, n]
                left, left_s = u[n] - blame, w[n]
            hold, hold_s = q * left + (1 - q) * stay, q * left_s + (1 - q) * stay_s
            v[n], v_s[n] = p * on + (1 - p) * hold, p * on_s + (1 - p) * hold_s
            if abs(v[n] - before[0]) + abs(v_s[n] - before[1]) < 1e-13:
                break
        moves[n] = on - hold if n % 2 == 0 else on_s - hold_s
        goes[n] = left_s - stay_s if n % 2 == 0 else left - stay
    return v, v_s, moves, goes


def satisfied(game, found, s):
    """Largest difference between a choice and the best answer to all of them."""
    worst = 0.0
    for k in range(game.first.shape[1]):
        *_, moves, goes = values(game, found, s, k)
        for n in range(game.steps):
            due, other = (found.step, found.second_leave) if n % 2 == 0 else (found.second_step, found.leave)
            worst = max(worst, abs(due[s, k, n] - chance(game.precision[s] * moves[n])))
            worst = max(worst, abs(other[s, k, n] - chance(game.precision[s] * goes[n])))
    return worst


# --- the oracle -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kinds", "steps"), SHAPES)
def test_choices_answer_one_another(kinds, steps):
    game = several(kinds, steps, seed=1)
    found = choices(game)
    for s in range(0, DRAWS, 4):
        assert satisfied(game, found, s) < 1e-5


def test_choices_agree_with_the_oracle():
    """Where there are several answers the two may find different ones: seldom, and then those found are answers."""
    differ, every = [], 4
    for kinds, steps in SHAPES:
        game = several(kinds, steps, seed=2)
        found = choices(game)
        for s in range(0, DRAWS, every):
            other = oracle(game, s)
            if other is None or np.abs(np.array([field[s] for field in found]) - other).max() >= 1e-4:
                differ.append((kinds, steps, s))
                assert satisfied(game, found, s) < 1e-5
    assert len(differ) < 0.03 * len(SHAPES) * DRAWS / every, differ


def test_whose_turn_it_is_not_has_nothing_to_choose():
    found = choices(several(2, 5, seed=3))
    assert not found.step[:, :, 1::2].any()
    assert not found.second_leave[:, :, 1::2].any()
    assert not found.leave[:, :, ::2].any()
    assert not found.second_step[:, :, ::2].any()
    for field in found:
        assert field.shape == (DRAWS, 2, 5)
        assert (field >= 0).all()
        assert (field <= 1).all()


def test_nothing_left_to_do():
    found = choices(of([[[4.0]]], [1.0]))
    assert all(field.shape == (1, 1, 0) for field in found)


# --- by hand ----------------------------------------------------------------------------------------------


def test_one_step_by_hand():
    """h = 0, rho = 1/2, lam = 1. He steps with 3/4, the second side leaves with 1/2: a hold is worth V/4, V = 3/4 a + V/16
    = 0.8 a, the gap 0.8 a = ln 3. The second side is indifferent: V_S / 2 = -blame, V_S = 3/4 c - blame / 4, c = -7/3 blame."""
    found = choices(
        of([[0.0, log(3) / 0.8]], [0.0, -7 / 3], rho=0.5, rho_s=0.5, hazard=0.0, blame=9.0, blame_s=1.0)
    )
    assert found.step[0, 0] == pytest.approx([0.75], abs=1e-5)
    assert found.second_leave[0, 0] == pytest.approx([0.5], abs=1e-5)


def test_readings_by_hand_are_played_one_by_one():
    """As above for two readings at once: 3/4 against 2/3, 1/4 against 1/3 (worked out in ``tests/oracles``)."""
    x = log(2)
    u = [[0.0, log(3) * 23 / 20], [0.0, -log(3) * 9 / 8]]
    blame = 77 * x / 24
    game = of(u, [0.0, -241 * x / 24], rho=0.5, rho_s=0.5, hazard=0.0, blame_s=blame, prior=[0.5, 0.5])
    found = choices(game)
    assert found.step[0, :, 0] == pytest.approx([0.75, 0.25], abs=1e-5)
    assert found.second_leave[0, :, 0] == pytest.approx([2 / 3, 1 / 3], abs=1e-5)


def test_nobody_looks_ahead():
    """rho = 0: each gap is a difference of flows, and staying beats leaving by the blame."""
    game = of([[0.0, 1.0, 2.0], [0.0, -1.0, 5.0]], [0.0, 4.0, 3.0], rho=0.0, rho_s=0.0, lam=0.5, blame_s=2.0)
    found = choices(game)
    assert found.step[0, :, 0] == pytest.approx([chance(0.5), chance(-0.5)], abs=1e-5)
    assert found.leave[0, :, 1] == pytest.approx([chance(-1.5)] * 2, abs=1e-5)
    assert found.second_step[0, :, 1] == pytest.approx([chance(-0.5)] * 2, abs=1e-5)
    assert found.second_leave[0, :, 0] == pytest.approx([chance(-1.0)] * 2, abs=1e-5)


# --- limits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kinds", [1, 3])
def test_careless_choices_are_even(kinds):
    found = choices(several(kinds, 4, seed=4)._replace(precision=np.full(DRAWS, 1e-9)))
    assert found.step[:, :, ::2] == pytest.approx(np.full((DRAWS, kinds, 2), 0.5), abs=1e-6)
    assert found.second_leave[:, :, ::2] == pytest.approx(np.full((DRAWS, kinds, 2), 0.5), abs=1e-6)
    assert found.leave[:, :, 1::2] == pytest.approx(np.full((DRAWS, kinds, 2), 0.5), abs=1e-6)
    assert found.second_step[:, :, 1::2] == pytest.approx(np.full((DRAWS, kinds, 2), 0.5), abs=1e-6)


def test_who_would_be_blamed_for_everything_stays():
    game = several(2, 4, seed=5)
    much = np.full(DRAWS, 1e4)
    found = choices(game._replace(blame_first=much, blame_second=much))
    assert found.leave.max() < 1e-6
    assert found.second_leave.max() < 1e-6
    game_i = game._replace(blame_first=much)
    assert choices(game_i).leave.max() < 1e-6
    assert choices(game_i).second_leave.max() > 1e-3


def test_who_cannot_take_its_steps_is_not_worth_stepping_for():
    """What lies behind a step that the second side cannot take plays no part in what he does before it; with nobody leaving,
    his gap is the difference of flows that last."""
    game = several(2, 2, seed=6)._replace(able=np.zeros(DRAWS), blame_first=np.full(DRAWS, 60.0))
    more = game.first.copy()
    more[:, :, 2] += 50.0
    assert choices(game._replace(first=more)).step == pytest.approx(choices(game).step, abs=1e-5)
    able = game._replace(able=np.ones(DRAWS))
    assert (choices(able._replace(first=more)).step[:, :, 0] > choices(able).step[:, :, 0]).all()
    alone = game._replace(first=game.first[:, :, :2], second=game.second[:, :2])
    assert choices(game).step[:, :, 0] == pytest.approx(choices(alone).step[:, :, 0], abs=1e-3)


@pytest.mark.parametrize(("last", "goes"), [(5.0, True), (2.0, False)])
def test_careful_choices_are_best_responses(last, goes):
    """The second side steps if w(2) > w(1) = 3, and only for that does he step at 0."""
    found = choices(of([[0.0, -2.0, 6.0]] * 2, [0.0, 3.0, last], rho=0.9, rho_s=0.9, lam=300.0, blame=1.0))
    assert found.second_step[0, :, 1] == pytest.approx([float(goes)] * 2, abs=1e-5)
    assert found.step[0, :, 0] == pytest.approx([float(goes)] * 2, abs=1e-5)
    assert found.leave[0, :, 1] == pytest.approx([0.0, 0.0], abs=1e-5)


def test_talks_that_are_stopped_at_once_are_worth_only_what_stands():
    """With h = 1 nothing follows a step: his gap is the difference of flows, whatever the second side would do next."""
    game = several(2, 3, seed=7)._replace(hazard=np.ones(DRAWS), blame_second=np.full(DRAWS, 1e4))
    gain = game.first[:, :, 1] - game.first[:, :, 0]
    expected = 1 / (1 + np.exp(-game.precision[:, None] * gain))
    assert choices(game).step[:, :, 0] == pytest.approx(expected, abs=1e-5)


# --- laws -------------------------------------------------------------------------------------------------


def test_what_the_second_sides_last_step_brings_makes_his_last_step_likelier():
    more = np.linspace(0, 6, 25)
    u = np.array([[[0.0, -2.0, g]] for g in more])
    step = choices(of(u, [0.0, 2.0, 1.0], lam=0.6)).step[:, 0, 0]
    assert (np.diff(step) > 0).all()
    assert step[-1] - step[0] > 0.15


def test_what_his_own_step_costs_makes_it_rarer():
    costs = np.linspace(0, 6, 25)
    u = np.array([[[0.0, -c, 3.0 - c]] for c in costs])
    step = choices(of(u, [0.0, 2.0, 1.0], lam=0.6)).step[:, 0, 0]
    assert (np.diff(step) < 0).all()
    assert step[0] - step[-1] > 0.3


def test_what_its_own_step_costs_makes_the_second_sides_rarer():
    costs = np.linspace(0, 6, 25)
    w = np.array([[0.0, 2.0, 2.0 - c] for c in costs])
    found = choices(of(np.repeat([[[0.0, -1.0, 2.0]]], 25, axis=0), w, lam=0.6))
    assert (np.diff(found.second_step[:, 0, 1]) < 0).all()


def test_blame_keeps_both_at_the_table():
    blame = np.linspace(0, 8, 17)
    u = np.repeat([[[0.0, -1.0, 2.0]]], 17, axis=0)
    found = choices(of(u, [0.0, 2.0, 1.0], lam=0.6, blame=blame, blame_s=blame))
    assert (np.diff(found.leave[:, 0, 1]) < 0).all()
    assert (np.diff(found.second_leave[:, 0, 0]) < 0).all()


def test_points_have_no_zero():
    """Adding the same to what everything is worth changes nothing, and scale is precision."""
    game = several(2, 4, seed=8)
    found = choices(game)
    moved = choices(game._replace(first=game.first + 7.0, second=game.second - 3.0))
    half = choices(
        game._replace(
            first=game.first * 2,
            second=game.second * 2,
            precision=game.precision / 2,
            blame_first=game.blame_first * 2,
            blame_second=game.blame_second * 2,
        )
    )
    for field, other, third in zip(found, moved, half, strict=True):
        assert other == pytest.approx(field, abs=5e-5)
        assert third == pytest.approx(field, abs=5e-5)


# --- draws and readings -----------------------------------------------------------------------------------


def test_draws_do_not_influence_one_another():
    game = several(3, 4, seed=9)
    among = choices(game)
    for s in range(0, DRAWS, 5):
        for field, alone in zip(among, choices(one(game, s)), strict=True):
            np.testing.assert_array_equal(field[s], alone[0])


def test_readings_do_not_influence_one_another():
    """Each is played as if known: the others and the prior play no part."""
    game = several(3, 4, seed=10)
    whole = choices(game)
    turned = choices(game._replace(prior=game.prior[:, ::-1]))
    for k in range(3):
        part = game._replace(
            first=game.first[:, [k]],
            rho_first=game.rho_first[:, [k]],
            prior=np.ones((DRAWS, 1)),
        )
        for field, other, alone in zip(whole, turned, choices(part), strict=True):
            np.testing.assert_array_equal(field, other)
            assert alone[:, 0] == pytest.approx(field[:, k], abs=5e-5)


def test_choices_that_chase_each_other_are_found():
    """He walks out as soon as the second side may step, and then it need not: damped changes go round in a circle."""
    game = of(
        [[62.13, 60.41, 51.09], [62.62, 52.7, 39.35]], [58.81, 65.8, 65.64], rho=[0.9747140937891701, 0.9748336483304072],
        rho_s=0.9691066978603562, lam=18.453058965795954, hazard=0.05190576849553741, blame=4.157286707093135,
        blame_s=2.647029338005571, able=0.446656860632363,
    )  # fmt: skip
    assert satisfied(game, choices(game), 0) < 1e-6


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_what_damping_does_not_find_halving_does(steps):
    game = several(2, steps, seed=11)
    found = choices(game, iterations=0)
    assert max(satisfied(game, found, s) for s in range(DRAWS)) < 1e-9


def test_choices_are_found_however_sharp_they_are():
    """Where an answer jumps by less than doubles can tell apart, the chance at which it jumps is what is found: raising it a hair
    turns the answer from above it to below it."""
    for sharp in (1e2, 1e4, 1e6, 1e8):
        game = several(2, 3, seed=12)
        game = game._replace(precision=game.precision * sharp)
        found, damped = choices(game, iterations=0), choices(game)
        for field in (*found, *damped):
            assert ((field >= 0) & (field <= 1)).all()
        for s in range(DRAWS):
            for k in range(2):
                *_, moves, _ = values(game, found, s, k)
                for n in range(3):
                    taken = (found.step if n % 2 == 0 else found.second_step)[s, k, n]
                    # Who mixes is as good as indifferent.
                    if 1e-6 < taken < 1 - 1e-6:
                        assert abs(moves[n]) * game.precision[s] < 20 + 1e-8 * game.precision[s]


def test_choices_are_named_as_the_kernel_takes_them():
    assert Choices._fields == ("step", "leave", "second_step", "second_leave")
