"""What two sides choose at simulated talks: alternating single steps, public beliefs, logit choice.

At position n = 0, 2, .. the first side's next step is due, at n = 1, 3, .. one of the second side's; N is the end of the ladder.
Whose step is due takes it or holds; if it holds, the other side may walk out. Choices are logit (McKelvey and Palfrey 1998,
"Quantal response equilibria for extensive form games", Experimental Economics 1): with ``L(x) = 1 / (1 + exp(-x))`` and
precision ``lam`` an alternative that is worth d points more is taken with chance L(lam d). What he does tells what the
first side may want: the public belief b over his readings follows Bayes' rule.

In that game every choice depends on the belief after every move, which is too much for ten thousand worlds and a
thousand draws. What is simulated takes the readings one by one: each is played out as if it were known, which gives the
first side's chances of stepping and leaving under each reading, and the second side's against each. The second side acts on each reading
as often as it believes in it at the time: it steps with chance sum b_k q_k.
For partially observed decisions this is QMDP (Littman, Cassandra and Kaelbling 1995): what is neglected is that learning more
is worth something, and that the first side may hide what he wants. ``tests/oracles/talks.py`` solves the full game on a grid of
beliefs and measures what is lost (``bench``, group *talks*).

Values are normalised: one month counts (1 - rho), the rest rho. With a chance h the talks are stopped by somebody else; then,
and when somebody leaves, everything stays as it is. Leaving costs who leaves ``blame`` points.

Cost: some microseconds for each draw, reading and position (compiled; ``bench``, group *talks*).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["ITERATIONS", "Choices", "Game", "choices"]

Floats = NDArray[np.float64]

ITERATIONS = 100_000
SETTLED = 1e-9
"""Largest change of a probability at which the choices count as found."""

LARGEST, SMALLEST = 0.5, 1e-4
"""Damping: how much of a change is made. It shrinks where changes alternate and grows where they go on."""

HALVINGS = 60
"""Of the span between 0 and 1, where damped changes go round in a circle: as far as doubles tell numbers apart."""


class Game(NamedTuple):
    """The talks in S draws, for K readings of the first side and N steps."""

    first: Floats
    """[S, K, N + 1] points a month for each reading at each position."""
    second: Floats
    """[S, N + 1] points a month."""
    rho_first: Floats
    """[S, K] monthly discount factors."""
    rho_second: Floats
    """[S]."""
    precision: Floats
    """[S] logits a point."""
    hazard: Floats
    """[S] chance a month that somebody else stops the talks."""
    blame_first: Floats
    """[S] points."""
    blame_second: Floats
    """[S] points."""
    able: Floats
    """[S] share of the steps that the second side would take that it can take."""
    prior: Floats
    """[S, K] public belief at the beginning."""

    @property
    def steps(self) -> int:
        """N."""
        return int(self.second.shape[1]) - 1


class Choices(NamedTuple):
    """Each [S, K, N], 0 where nothing is to be chosen."""

    step: Floats
    """Chance that the first side takes the step that is due (even n)."""
    leave: Floats
    """Chance that he walks out when the second side held (odd n)."""
    second_step: Floats
    """Chance that the second side takes its step if it knew the reading (odd n), before what it cannot take at home."""
    second_leave: Floats
    """Chance that it walks out when he held, if it knew the reading (even n)."""


@njit(cache=True, nogil=True, inline="always")
def _logistic(x):  # type: ignore[no-untyped-def]
    return 0.5 * (1.0 + math.tanh(0.5 * x))


@njit(cache=True, nogil=True, error_model="numpy")
def _answers(due, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Values of both sides at a position, and best answers to the step's being taken with chance ``due`` and the other side's
    leaving with ``other``; ``mine``: whether the step is the first side's. ``on``: worth of the next position, this month
    included, once the step is taken.

    V = q on + (1 - q) (x gone + (1 - x) ((1 - rho) here + rho ((1 - h) V + h here))) for both, x the chance of leaving; ``gone``
    is here for who stays behind, here - blame for who leaves.
    """
    taken = due if mine else able * due
    leave = here_s - blame if mine else here - blame
    gone, gone_s = (here, leave) if mine else (leave, here_s)
    again = (1 - taken) * (1 - other)
    stay = ((1 - rho) + rho * h) * here
    stay_s = ((1 - rho_s) + rho_s * h) * here_s
    fixed = taken * on + (1 - taken) * (other * gone + (1 - other) * stay)
    fixed_s = taken * on_s + (1 - taken) * (other * gone_s + (1 - other) * stay_s)
    value = fixed / (1 - again * rho * (1 - h))
    value_s = fixed_s / (1 - again * rho_s * (1 - h))
    on_and_on, on_and_on_s = stay + rho * (1 - h) * value, stay_s + rho_s * (1 - h) * value_s
    hold, hold_s = other * gone + (1 - other) * on_and_on, other * gone_s + (1 - other) * on_and_on_s
    step = _logistic(lam * (on - hold)) if mine else _logistic(lam * (on_s - hold_s))
    walk = _logistic(lam * (leave - on_and_on_s)) if mine else _logistic(lam * (leave - on_and_on))
    return value, value_s, step, walk


@njit(cache=True, nogil=True, error_model="numpy")
def _answered(other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """The step's chance which makes ``other`` the answer to itself, by halving; how much larger the answers at a step's chance of 0
    and of 1 are; and by how much the answer to the step's chance exceeds it.

    A value is linear-fractional in the step's chance, so that the answer moves in one direction only and there is one such
    chance at most: where the two differences have one sign there is none."""
    low, high = 0.0, 1.0
    none = _answers(0.0, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able)[3] - other
    sure = _answers(1.0, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able)[3] - other
    if (none > 0) == (sure > 0):
        return 0.5, none, sure, 0.0
    due = 0.5
    for _ in range(HALVINGS):
        due = (low + high) / 2
        walk = _answers(due, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able)[3]
        if (walk > other) == (none > 0):
            low = due
        else:
            high = due
    step = _answers(due, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able)[2]
    return due, none, sure, step - due


@njit(cache=True, nogil=True, error_model="numpy")
def _halved(mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Chances that answer each other, by halving the span of the chance of leaving; with the values. There always are some.

    Along the chances of leaving x let d(x) be the step's chance to which x is the answer (:func:`_answered`), and call x *low*
    where the answer is above x whatever the step's chance is, *high* where it is below. Where d(x) is, call x low if the
    answer to d(x) lies on the side to which d(x) goes where it meets what is low: below d(x) if the answer falls with the step's
    chance, above it if it rises. 0 is low and 1 is high, and what is low turns high only where d(x) answers itself."""
    low, high, at_least, at_most = 0.0, 1.0, 0.0, 1.0
    low_end, low_more, high_end, high_more = 0.5, 0.0, 0.5, 0.0
    for _ in range(HALVINGS):
        other = (low + high) / 2
        due, none, sure, more = _answered(
            other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able
        )
        if (none > 0) == (sure > 0):
            is_low, more = none > 0, 0.0
        else:
            is_low = (more < 0) == (none > 0)
        if is_low:
            low, low_end, low_more = other, due, more
        else:
            high, high_end, high_more = other, due, more
    other = (low + high) / 2
    # Where the step's chance hardly bears on the leaving, it is what is left open.
    for end, more in ((low_end, low_more), (high_end, high_more)):
        if more > 0:
            at_least = end
        elif more < 0:
            at_most = end
    due = 0.5
    for _ in range(HALVINGS):
        due = (at_least + at_most) / 2
        step = _answers(due, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able)[2]
        if step > due:
            at_least = due
        else:
            at_most = due
    value, value_s, _, _ = _answers(due, other, mine, here, on, here_s, on_s, lam, h, rho, rho_s, blame, able)
    return due, other, value, value_s


@njit(cache=True, nogil=True, error_model="numpy")
def _played(u, w, lam, h, rho, rho_s, blame, blame_s, able, most, out):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """One reading of one draw, from the last step backwards, into out[4, N]: nobody goes back, so that each position is a fixed
    point of its own."""
    steps = len(w) - 1
    later, later_s = u[steps], w[steps]
    for n in range(steps - 1, -1, -1):
        mine = n % 2 == 0
        on = (1 - rho) * u[n + 1] + rho * ((1 - h) * later + h * u[n + 1])
        on_s = (1 - rho_s) * w[n + 1] + rho_s * ((1 - h) * later_s + h * w[n + 1])
        cost = blame_s if mine else blame
        due, other, damp, damp_other, last, last_other = 0.5, 0.5, LARGEST, LARGEST, 0.0, 0.0
        settled = False
        for _ in range(most):
            value, value_s, step, walk = _answers(
                due, other, mine, u[n], on, w[n], on_s, lam, h, rho, rho_s, cost, able
            )
            change, change_other = step - due, walk - other
            damp = max(SMALLEST, damp / 2) if change * last < 0 else min(LARGEST, damp * 1.1)
            damp_other = (
                max(SMALLEST, damp_other / 2)
                if change_other * last_other < 0
                else min(LARGEST, damp_other * 1.1)
            )
            last, last_other = change, change_other
            due += damp * change
            other += damp_other * change_other
            if max(abs(change), abs(change_other)) < SETTLED:
                settled = True
                break
        if not settled:
            due, other, value, value_s = _halved(mine, u[n], on, w[n], on_s, lam, h, rho, rho_s, cost, able)
        later, later_s = value, value_s
        if mine:
            out[0, n], out[3, n] = due, other
        else:
            out[1, n], out[2, n] = other, due


@njit(cache=True, nogil=True, error_model="numpy")
def _all(u, w, rho, rho_s, lam, h, blame, blame_s, able, most, out):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Choices into out[S, 4, K, N]."""
    for s in range(u.shape[0]):
        for k in range(u.shape[1]):
            _played(
                u[s, k],
                w[s],
                lam[s],
                h[s],
                rho[s, k],
                rho_s[s],
                blame[s],
                blame_s[s],
                able[s],
                most,
                out[s, :, k],
            )


def choices(of: Game, *, iterations: int = ITERATIONS) -> Choices:
    """The choices that answer one another; ``iterations``: how often each position is damped before it is halved."""
    size, kinds, count = of.first.shape
    found = np.zeros((size, 4, kinds, count - 1))
    _all(
        np.ascontiguousarray(of.first), np.ascontiguousarray(of.second), np.ascontiguousarray(of.rho_first),
        of.rho_second, of.precision, of.hazard, of.blame_first, of.blame_second, of.able, iterations, found,
    )  # fmt: skip
    return Choices(found[:, 0], found[:, 1], found[:, 2], found[:, 3])
