"""What two sides choose at simulated talks: alternating single steps, public beliefs, logit choice.

At position n = 0, 2, .. the incumbent's next step is due, at n = 1, 3, .. one of the sender's; N is the end of the ladder.
Whose step is due takes it or holds; if it holds, the other side may walk out. Choices are logit (McKelvey and Palfrey 1998,
"Quantal response equilibria for extensive form games", Experimental Economics 1): with ``L(x) = 1 / (1 + exp(-x))`` and
precision ``lam`` an alternative that is worth d points more is taken with chance L(lam d). What he does tells what the
incumbent may want: the public belief b over his readings follows Bayes' rule.

In that game every choice depends on the belief after every move, which is too much for ten thousand worlds and a
thousand draws. What is simulated takes the readings one by one: each is played out as if it were known, which gives the
incumbent's chances of stepping and leaving under each reading, and the sender's against each. The sender acts on each reading
as often as it believes in it at the time: it steps with chance sum b_k q_k.
For partially observed decisions this is QMDP (Littman, Cassandra and Kaelbling 1995): what is neglected is that learning more
is worth something, and that an incumbent may hide what he wants. ``tests/oracles/talks.py`` solves the full game on a grid of
beliefs and measures what is lost (``bench``, group *talks*).

What stands at a position is worth its utility, less a hundred points for each line that it breaks; until all steps are taken
the standoff goes on, which adds the typed worth of waiting beyond the status quo (nothing where that is computed).

Values are normalised: one month counts (1 - rho), the rest rho. With a chance h the talks are stopped by somebody else; then,
and when somebody leaves, everything stays as it is. Leaving costs who leaves ``blame`` points.

Cost: O(S K N) for each of some fifty to a few hundred iterations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.world import Ladder, World
from detente.errors import LimitError
from detente.problem.build import Problem
from detente.problem.sample import Sample
from detente.problem.steps import Judged, patience
from detente.problem.world import made, worth

__all__ = ["Choices", "Game", "choices", "game", "road"]

Floats = NDArray[np.float64]

ITERATIONS = 4000
SETTLED = 1e-6
"""Largest change of a probability at which the choices count as found."""

LARGEST, SMALLEST = 0.5, 1e-4
"""Damping: how much of a change is made. It shrinks where changes alternate and grows where they go on."""


class Game(NamedTuple):
    """The talks in S draws, for K readings of the incumbent and N steps."""

    incumbent: Floats
    """[S, K, N + 1] points a month for each reading at each position."""
    sender: Floats
    """[S, N + 1] points a month."""
    rho_incumbent: Floats
    """[S, K] monthly discount factors."""
    rho_sender: Floats
    """[S]."""
    precision: Floats
    """[S] logits a point."""
    hazard: Floats
    """[S] chance a month that somebody else stops the talks."""
    blame_incumbent: Floats
    """[S] points."""
    blame_sender: Floats
    """[S] points."""
    able: Floats
    """[S] share of the steps that the sender would take that it can take."""
    prior: Floats
    """[S, K] public belief at the beginning."""

    @property
    def steps(self) -> int:
        """N."""
        return int(self.sender.shape[1]) - 1


class Choices(NamedTuple):
    """Each [S, K, N], 0 where nothing is to be chosen."""

    step: Floats
    """Chance that the incumbent takes the step that is due (even n)."""
    leave: Floats
    """Chance that he walks out when the sender held (odd n)."""
    sender_step: Floats
    """Chance that the sender takes its step if it knew the reading (odd n), before what it cannot take at home."""
    sender_leave: Floats
    """Chance that it walks out when he held, if it knew the reading (even n)."""


def _logistic(x: Floats) -> Floats:
    found: Floats = 0.5 * (1 + np.tanh(0.5 * x))
    return found


def choices(of: Game) -> Choices:
    """The choices that answer one another, from the last step backwards: nobody goes back, so that each position is a
    fixed point of its own, found by damped iteration.

    Raises
    ------
    LimitError
        Some position does not settle.
    """
    size, kinds, count = of.incumbent.shape
    steps = count - 1
    found = Choices(*(np.zeros((size, kinds, steps)) for _ in range(4)))
    value, value_s = of.incumbent[:, :, steps], np.repeat(of.sender[:, None, steps], kinds, axis=1)
    for n in range(steps - 1, -1, -1):
        due, other, value, value_s = _settled(of, n, value, value_s)
        if n % 2 == 0:
            found.step[:, :, n], found.sender_leave[:, :, n] = due, other
        else:
            found.leave[:, :, n], found.sender_step[:, :, n] = other, due
    return found


def _settled(of: Game, n: int, later: Floats, later_s: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Chances that the step that is due at n is taken and that the other side leaves, and the values before both, [S, K],
    from the values at n + 1; draws that have settled are not worked on any more."""
    size, kinds, _ = of.incumbent.shape
    answer = _incumbent_due if n % 2 == 0 else _sender_due
    x = np.full((2, size, kinds), 0.5)
    values = np.empty((2, size, kinds))
    damping, last = np.full((2, size, kinds), LARGEST), np.zeros((2, size, kinds))
    active = np.arange(size)
    for _ in range(ITERATIONS):
        here = Game(*(field[active] for field in of))
        given = answer(here, n, x[0, active], x[1, active], later[active], later_s[active])
        values[:, active] = given[:2]
        change = np.array(given[2:]) - x[:, active]
        turned = change * last[:, active] < 0
        damp = damping[:, active]
        damping[:, active] = np.where(turned, np.maximum(SMALLEST, damp / 2), np.minimum(LARGEST, damp * 1.1))
        last[:, active] = change
        x[:, active] += damping[:, active] * change
        active = active[np.abs(change).max(axis=(0, 2)) >= SETTLED]
        if not len(active):
            return x[0], x[1], values[0], values[1]
    raise LimitError(
        f"world.talks.ladder: in {len(active)} of {size} draws the choices at the talks do not settle; a smaller 'precision' "
        "makes them calmer"
    )


def _onward(of: Game, n: int, later: Floats, later_s: Floats) -> tuple[Floats, Floats]:
    """[S, K] worth of the next position to each side, this month included, once its step is taken."""
    h, rho, rho_s = of.hazard[:, None], of.rho_incumbent, of.rho_sender[:, None]
    there, there_s = of.incumbent[:, :, n + 1], of.sender[:, None, n + 1]
    on = (1 - rho) * there + rho * ((1 - h) * later + h * there)
    return on, (1 - rho_s) * there_s + rho_s * ((1 - h) * later_s + h * there_s)


def _incumbent_due(
    of: Game, n: int, p: Floats, leaves: Floats, later: Floats, later_s: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Values, and best answers to stepping with chance p and the sender's leaving with chance ``leaves`` against each
    reading."""
    lam, h, rho, rho_s = of.precision[:, None], of.hazard[:, None], of.rho_incumbent, of.rho_sender[:, None]
    here, here_s = of.incumbent[:, :, n], of.sender[:, None, n]
    on, on_s = _onward(of, n, later, later_s)
    # V = p on + (1 - p) (leaves here + (1 - leaves) ((1 - rho) here + rho ((1 - h) V + h here)))
    again = (1 - p) * (1 - leaves) * rho * (1 - h)
    stuck = leaves * here + (1 - leaves) * ((1 - rho) + rho * h) * here
    value = (p * on + (1 - p) * stuck) / (1 - again)
    hold = stuck + (1 - leaves) * rho * (1 - h) * value
    goes = here_s - of.blame_sender[:, None]
    again = (1 - p) * (1 - leaves) * rho_s * (1 - h)
    fixed = p * on_s + (1 - p) * (leaves * goes + (1 - leaves) * ((1 - rho_s) + rho_s * h) * here_s)
    value_s = fixed / (1 - again)
    stays = (1 - rho_s) * here_s + rho_s * ((1 - h) * value_s + h * here_s)
    return value, value_s, _logistic(lam * (on - hold)), _logistic(lam * (goes - stays))


def _sender_due(
    of: Game, n: int, q: Floats, leaves: Floats, later: Floats, later_s: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """The same where the sender steps with chance q against each reading and the incumbent leaves with ``leaves``."""
    lam, h, rho, rho_s = of.precision[:, None], of.hazard[:, None], of.rho_incumbent, of.rho_sender[:, None]
    here, here_s, able = of.incumbent[:, :, n], of.sender[:, None, n], of.able[:, None]
    on, on_s = _onward(of, n, later, later_s)
    taken = able * q
    goes = here - of.blame_incumbent[:, None]
    again = (1 - taken) * (1 - leaves) * rho * (1 - h)
    fixed = taken * on + (1 - taken) * (leaves * goes + (1 - leaves) * ((1 - rho) + rho * h) * here)
    value = fixed / (1 - again)
    stays = (1 - rho) * here + rho * ((1 - h) * value + h * here)
    again = (1 - taken) * (1 - leaves) * rho_s * (1 - h)
    fixed_s = taken * on_s + (1 - taken) * (leaves + (1 - leaves) * ((1 - rho_s) + rho_s * h)) * here_s
    value_s = fixed_s / (1 - again)
    hold_s = leaves * here_s + (1 - leaves) * (
        (1 - rho_s) * here_s + rho_s * ((1 - h) * value_s + h * here_s)
    )
    return value, value_s, _logistic(lam * (on_s - hold_s)), _logistic(lam * (goes - stays))


# --- from a case ------------------------------------------------------------------------------------------


def game(
    problem: Problem,
    sample: Sample,
    rivals: Mapping[str, Sample],
    steps: Judged,
    values: Mapping[str, Floats],
    *,
    level: int,
    hazard: Floats,
    able: Floats,
) -> Game | None:
    """The talks of a case; None where its world has no ladder, or nothing is left to be done at it.

    ``rivals``: reading of the incumbent → the same draws with that reading true (empty where he has none); ``level``: how far
    the sender has eased; ``hazard`` [S] chance a month that the talks are stopped; ``able`` [S] share of the sender's steps that it can take.

    Raises
    ------
    UsageError
        Somebody's patience is missing.
    """
    world = problem.case.world
    assert world is not None
    spec = world.talks.ladder if world.talks is not None else None
    if spec is None or world.sender is None:
        return None
    known = dict(rivals) or {"": sample}
    packages = road(world, spec, level)
    if len(packages) < 2:
        return None
    by, to = problem.factions.index(spec.by), problem.factions.index(spec.to)
    prior = np.ones((sample.draws, 1))
    if rivals:
        readings = problem.case.readings[spec.by]
        raw = np.array([readings[name].prior.median for name in known])
        prior = np.repeat((raw / raw.sum())[None, :], sample.draws, axis=0)
    mine = [_points(problem, each, packages, by) for each in known.values()]
    rho = [patience(problem, each, steps, (spec.by,))[0] for each in known.values()]
    return Game(
        np.stack(mine, axis=1),
        _points(problem, sample, packages, to),
        np.stack(rho, axis=1),
        patience(problem, sample, steps, (spec.to,))[0],
        values["talks.ladder.precision"],
        hazard,
        values["talks.ladder.blame_by"],
        values["talks.ladder.blame_to"],
        able,
        prior,
    )


def _points(problem: Problem, sample: Sample, packages: Sequence[Mapping[str, str]], faction: int) -> Floats:
    """[S, N + 1] points a month at each position: of what stands there, lines that it breaks, and, until everything is done, what
    waiting without a deal is typed to be worth beyond the status quo."""
    points = worth(problem, sample, packages, lines=True)[faction]
    now = worth(problem, sample, [{}])[faction, 0]
    waiting = sample.no_deal[faction] * problem.step[faction] - now
    if problem.factions[faction] in problem.case.computed:
        waiting = np.zeros_like(waiting)
    points[:-1] += waiting
    return np.asarray(points.T)


def road(world: World, spec: Ladder, level: int) -> list[dict[str, str]]:
    """What stands at each position of the ladder, the present first; ``level``: how far the sender has eased."""
    assert world.sender is not None
    mine = made(spec)[len(spec.below) :]
    theirs = world.sender.steps[level:]
    found: list[dict[str, str]] = []
    for n in range(2 * len(mine)):
        ours, relief = (n + 1) // 2, n // 2
        if ours < len(mine) and relief < len(theirs):
            found.append({**mine[ours], world.sender.issue: theirs[relief]})
        else:
            break
    return found
