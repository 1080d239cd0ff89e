"""The game of talks from its definition, slow and obvious: two types with public belief, and reading by reading.

Positions n = 0..N. At even n the first side of type k steps or holds; when he holds the second side leaves or stays. At odd n
the second side steps or holds; when it holds the first side leaves or stays. Every choice is logit: the better branch by x
points is taken with chance Lambda(lam x). Values are normalised, V = (1-rho) flow + rho C, C = (1-h) V + h (the value
of n for ever), V the value before the month's moves and after the month's hazard. Who leaves pays his blame at once.

Positions never fall, so V(n) rests on n and n + 1 only: n is solved from N-1 down to 0, each by damped iteration of its
choices (as points between the branches) and its values together. There may be several fixed points; the one returned is
the one reached from even chances everywhere at values of zero.

Reading by reading is what the product does: each type is played out as if it were known, and the second side acts on each as
often as it believes in it at the time.

A month of the outcomes is a month of the simulation: the hazard first, the moves after it, a leaving in the same month.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

__all__ = [
    "FullGame",
    "Outcomes",
    "ReadingByReading",
    "distance",
    "full_game",
    "outcomes_full",
    "outcomes_reading_by_reading",
    "reached",
    "reading_by_reading",
]

Array = np.ndarray
Outcomes = dict[tuple[int, str], float]
Move = tuple[float, int, str, tuple[float, ...]]


@dataclass(frozen=True)
class FullGame:
    """Choices and values on the grid of beliefs (chance of type 0); zeros where nobody chooses.

    step, leave_first, first_value: [2][N+1][grid]; second_step, second_leave, second_value: [N+1][grid].
    The belief is the one held when the choice is made: for second_leave the one after the first side's hold.
    """

    grid: Array
    hazard: float
    step: Array
    leave_first: Array
    second_step: Array
    second_leave: Array
    first_value: Array
    second_value: Array


@dataclass(frozen=True)
class ReadingByReading:
    """All [K][N+1], each type as if known: step and second_leave at even n, leave and second_step at odd n, zero elsewhere.

    Chances; second_step is how often the second side would step, of which it can take the share `able`. first_value is what
    type k expects if it is known to be type k, second_value what the second side then gets from it.
    """

    prior: Array
    hazard: float
    able: float
    step: Array
    leave: Array
    second_step: Array
    second_leave: Array
    first_value: Array
    second_value: Array


def full_game(  # noqa: PLR0913
    u: Sequence[Sequence[float]],
    w: Sequence[float],
    rho_i: Sequence[float],
    rho_s: float,
    lam: float,
    hazard: float,
    blame_i: float,
    blame_s: float,
    *,
    grid: int | Sequence[float] = 201,
    damping: float = 0.5,
    tolerance: float = 1e-12,
    rounds: int = 20_000,
) -> FullGame:
    """Solve for two types; grid: equally spaced beliefs, or the beliefs, rising from 0 to 1; damping: weight of the old.

    Raises RuntimeError if some position still moves by more than the tolerance (points) after the rounds.
    """
    b = np.linspace(0.0, 1.0, grid) if isinstance(grid, int) else np.asarray(grid, float)
    top = len(w) - 1
    step, leave, value = (np.zeros((2, top + 1, len(b))) for _ in range(3))
    second_step, second_leave, second_value = (np.zeros((top + 1, len(b))) for _ in range(3))
    value[:, top] = np.array(u, float)[:, top, None]
    second_value[top] = w[top]

    def at(values: Array, beliefs: Array) -> Array:
        return np.interp(beliefs, b, values)

    for n in range(top - 1, -1, -1):
        # What the months after a move to n + 1, and after a stay at n, are worth at each belief on the grid.
        moved = [
            _month(rho_i[k], u[k][n + 1], _future(hazard, value[k, n + 1], u[k][n + 1])) for k in range(2)
        ]
        moved_s = _month(rho_s, w[n + 1], _future(hazard, second_value[n + 1], w[n + 1]))

        def stays(v: Array, v_s: Array, n: int = n) -> tuple[list[Array], Array]:
            own = [_month(rho_i[k], u[k][n], _future(hazard, v[k], u[k][n])) for k in range(2)]
            return own, _month(rho_s, w[n], _future(hazard, v_s, w[n]))

        def first_due(state: Array, n: int = n, moved=moved, moved_s=moved_s, stays=stays) -> Array:
            gap, leave_gap, v, v_s = state[0:2], state[2], state[3:5], state[5]
            stay, stay_s = stays(v, v_s)
            steps, holds = expit(lam * gap), expit(-lam * gap)
            after_step, after_hold = _belief(b, steps), _belief(b, holds)
            leaves = at(expit(lam * leave_gap), after_hold)
            if_step = [at(moved[k], after_step) for k in range(2)]
            if_hold = [leaves * u[k][n] + (1 - leaves) * at(stay[k], after_hold) for k in range(2)]
            if_step_s = at(moved_s, after_step)
            if_hold_s = leaves * (w[n] - blame_s) + (1 - leaves) * at(stay_s, after_hold)
            new_v = [steps[k] * if_step[k] + holds[k] * if_hold[k] for k in range(2)]
            by_type = [steps[k] * if_step_s + holds[k] * if_hold_s for k in range(2)]
            new_v_s = b * by_type[0] + (1 - b) * by_type[1]
            new_gap = [if_step[k] - if_hold[k] for k in range(2)]
            return np.array([*new_gap, w[n] - blame_s - stay_s, *new_v, new_v_s])

        def second_due(state: Array, n: int = n, moved=moved, moved_s=moved_s, stays=stays) -> Array:
            leave_gap, gap, v, v_s = state[0:2], state[2], state[3:5], state[5]
            stay, stay_s = stays(v, v_s)
            leaves, remains, steps = expit(lam * leave_gap), expit(-lam * leave_gap), expit(lam * gap)
            after_stay = _belief(b, remains)
            if_stay = [at(stay[k], after_stay) for k in range(2)]
            if_leave = [u[k][n] - blame_i for k in range(2)]
            if_hold = [leaves[k] * if_leave[k] + remains[k] * if_stay[k] for k in range(2)]
            by_type = [leaves[k] * w[n] + remains[k] * at(stay_s, after_stay) for k in range(2)]
            if_hold_s = b * by_type[0] + (1 - b) * by_type[1]
            new_v = [steps * moved[k] + (1 - steps) * if_hold[k] for k in range(2)]
            new_v_s = steps * moved_s + (1 - steps) * if_hold_s
            new_leave_gap = [if_leave[k] - if_stay[k] for k in range(2)]
            return np.array([*new_leave_gap, moved_s - if_hold_s, *new_v, new_v_s])

        update = first_due if n % 2 == 0 else second_due
        state = _settle(update, np.zeros((6, len(b))), damping, tolerance, rounds, n)
        value[:, n], second_value[n] = state[3:5], state[5]
        if n % 2 == 0:
            step[:, n], second_leave[n] = expit(lam * state[0:2]), expit(lam * state[2])
        else:
            leave[:, n], second_step[n] = expit(lam * state[0:2]), expit(lam * state[2])
    return FullGame(b, hazard, step, leave, second_step, second_leave, value, second_value)


def reading_by_reading(  # noqa: PLR0913
    u: Sequence[Sequence[float]],
    w: Sequence[float],
    rho_i: Sequence[float],
    rho_s: float,
    lam: float,
    hazard: float,
    blame_i: float,
    blame_s: float,
    prior: Sequence[float],
    *,
    able: float = 1.0,
    damping: float = 0.5,
    tolerance: float = 1e-12,
    rounds: int = 20_000,
) -> ReadingByReading:
    """Solve for any number of types, each alone; of the second side's steps the share `able` is taken.

    Raises RuntimeError if some position still moves by more than the tolerance (points) after the rounds.
    """
    top = len(w) - 1
    step, leave, second_step, second_leave, value, second_value = (
        np.zeros((len(prior), top + 1)) for _ in range(6)
    )
    for k, (flow, rho) in enumerate(zip(u, rho_i, strict=True)):
        value[k, top], second_value[k, top] = flow[top], w[top]
        for n in range(top - 1, -1, -1):
            moved = _month(rho, flow[n + 1], _future(hazard, value[k, n + 1], flow[n + 1]))
            moved_s = _month(rho_s, w[n + 1], _future(hazard, second_value[k, n + 1], w[n + 1]))

            def first_due(
                state: Array, n: int = n, flow=flow, rho=rho, moved=moved, moved_s=moved_s
            ) -> Array:
                gap, leave_gap, v, v_s = state
                stay = _month(rho, flow[n], _future(hazard, v, flow[n]))
                stay_s = _month(rho_s, w[n], _future(hazard, v_s, w[n]))
                steps, leaves = expit(lam * gap), expit(lam * leave_gap)
                if_hold = leaves * flow[n] + (1 - leaves) * stay
                if_hold_s = leaves * (w[n] - blame_s) + (1 - leaves) * stay_s
                new_v = steps * moved + (1 - steps) * if_hold
                new_v_s = steps * moved_s + (1 - steps) * if_hold_s
                return np.array([moved - if_hold, w[n] - blame_s - stay_s, new_v, new_v_s])

            def second_due(
                state: Array, n: int = n, flow=flow, rho=rho, moved=moved, moved_s=moved_s
            ) -> Array:
                leave_gap, gap, v, v_s = state
                stay = _month(rho, flow[n], _future(hazard, v, flow[n]))
                stay_s = _month(rho_s, w[n], _future(hazard, v_s, w[n]))
                leaves, steps = expit(lam * leave_gap), able * expit(lam * gap)
                if_hold = leaves * (flow[n] - blame_i) + (1 - leaves) * stay
                if_hold_s = leaves * w[n] + (1 - leaves) * stay_s
                new_v = steps * moved + (1 - steps) * if_hold
                new_v_s = steps * moved_s + (1 - steps) * if_hold_s
                return np.array([flow[n] - blame_i - stay, moved_s - if_hold_s, new_v, new_v_s])

            update = first_due if n % 2 == 0 else second_due
            state = _settle(update, np.zeros(4), damping, tolerance, rounds, n)
            value[k, n], second_value[k, n] = state[2], state[3]
            own, other = (step, second_leave) if n % 2 == 0 else (leave, second_step)
            own[k, n], other[k, n] = expit(lam * state[0]), expit(lam * state[1])
    return ReadingByReading(
        np.array(prior, float), hazard, able, step, leave, second_step, second_leave, value, second_value
    )


def outcomes_full(game: FullGame, prior: float, k: int, months: int) -> Outcomes:
    """Chance of each (n, "on" | "left" | "stopped" | "complete") after so many months if the type is k.

    prior: chance of type 0 at the start. Choices between grid beliefs are interpolated.
    """

    def moves(n: int, belief: tuple[float, ...]) -> Iterable[Move]:
        def at(values: Array, b: float = belief[0]) -> float:
            return float(np.interp(b, game.grid, values))

        if n % 2 == 0:
            steps = [at(game.step[j, n]) for j in range(2)]
            after_hold = _posterior(belief, [1 - p for p in steps])
            leaves = at(game.second_leave[n], after_hold[0])
            return _incumbent_month(n, steps[k], leaves, _posterior(belief, steps), after_hold)
        leaves_by_type = [at(game.leave_first[j, n]) for j in range(2)]
        after_stay = _posterior(belief, [1 - p for p in leaves_by_type])
        return _sender_month(n, at(game.second_step[n]), leaves_by_type[k], belief, after_stay)

    return _forward(len(game.second_step) - 1, game.hazard, (prior, 1.0 - prior), months, moves)


def outcomes_reading_by_reading(game: ReadingByReading, k: int, months: int) -> Outcomes:
    """As `outcomes_full`, from the game's own prior; the second side's chances are the means over its belief at the time."""

    def moves(n: int, belief: tuple[float, ...]) -> Iterable[Move]:
        if n % 2 == 0:
            after_hold = _posterior(belief, 1 - game.step[:, n])
            leaves = float(np.dot(after_hold, game.second_leave[:, n]))
            after_step = _posterior(belief, game.step[:, n])
            return _incumbent_month(n, float(game.step[k, n]), leaves, after_step, after_hold)
        steps = game.able * float(np.dot(belief, game.second_step[:, n]))
        after_stay = _posterior(belief, 1 - game.leave[:, n])
        return _sender_month(n, steps, float(game.leave[k, n]), belief, after_stay)

    belief = tuple(float(m) for m in game.prior)
    return _forward(game.step.shape[1] - 1, game.hazard, belief, months, moves)


def reached(outcomes: Outcomes, n: int) -> float:
    """Chance that position n has been reached; positions never fall, so by the last month is at the last month."""
    return sum(chance for (at, _), chance in outcomes.items() if at >= n)


def distance(full: FullGame, approximation: ReadingByReading, months: int) -> float:
    """Largest difference, over types and positions, between the chances of having reached a position by the month."""
    prior = float(approximation.prior[0])
    apart = []
    for k in range(2):
        exact = outcomes_full(full, prior, k, months)
        stated = outcomes_reading_by_reading(approximation, k, months)
        apart += [abs(reached(exact, n) - reached(stated, n)) for n in range(len(full.second_step))]
    return max(apart)


def _incumbent_month(n: int, steps: float, leaves: float, after_step, after_hold) -> Iterable[Move]:
    yield steps, n + 1, "on", after_step
    yield (1 - steps) * leaves, n, "left", after_hold
    yield (1 - steps) * (1 - leaves), n, "on", after_hold


def _sender_month(n: int, steps: float, leaves: float, belief, after_stay) -> Iterable[Move]:
    yield steps, n + 1, "on", belief
    yield (1 - steps) * leaves, n, "left", belief
    yield (1 - steps) * (1 - leaves), n, "on", after_stay


def _forward(
    top: int,
    hazard: float,
    belief: tuple[float, ...],
    months: int,
    moves: Callable[[int, tuple[float, ...]], Iterable[Move]],
) -> Outcomes:
    over: Outcomes = defaultdict(float)
    talking = {(0, _key(belief)): (belief, 1.0)}
    for _ in range(months):
        later: dict[tuple[int, tuple[float, ...]], tuple[tuple[float, ...], float]] = {}
        for (n, _), (held, chance) in talking.items():
            over[n, "stopped"] += chance * hazard
            for share, to, status, after in moves(n, held):
                weight = chance * (1 - hazard) * share
                if status == "left":
                    over[to, "left"] += weight
                elif to == top:
                    over[to, "complete"] += weight
                else:
                    known, so_far = later.get((to, _key(after)), (after, 0.0))
                    later[to, _key(after)] = known, so_far + weight
        talking = later
    for (n, _), (_, chance) in talking.items():
        over[n, "on"] += chance
    return dict(over)


def _key(belief: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(round(b, 12) for b in belief)


def _posterior(belief: Sequence[float], chances: Sequence[float]) -> tuple[float, ...]:
    joint = [float(b * c) for b, c in zip(belief, chances, strict=True)]
    total = sum(joint)
    return tuple(j / total for j in joint) if total > 0 else tuple(belief)


def _belief(b: Array, chances: Array) -> Array:
    """Chance of type 0 after what type k does with chances[k]; what nobody can do teaches nothing."""
    seen = b * chances[0] + (1 - b) * chances[1]
    return np.divide(b * chances[0], seen, out=b.copy(), where=seen > 0)


def _month(rho, flow, future):
    return (1 - rho) * flow + rho * future


def _future(hazard, value, for_ever):
    return (1 - hazard) * value + hazard * for_ever


def _settle(
    update: Callable[[Array], Array], state: Array, damping: float, tolerance: float, rounds: int, n: int
) -> Array:
    for _ in range(rounds):
        new = update(state)
        change = np.max(np.abs(new - state))
        if change < tolerance:
            return new
        state = damping * state + (1 - damping) * new
    raise RuntimeError(
        f"position {n} still moves by {change} points after {rounds} rounds; more damping may help"
    )
