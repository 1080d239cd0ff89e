"""The choices at talks as numbers of a world: the game of every draw, solved (:mod:`detente.kernels.talks`).

What stands at a position of the ladder is worth its utility, less a hundred points for each line that it breaks; until all
steps are taken the standoff goes on, which adds what no deal is worth beyond the status quo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.case.wired import Operator
from detente.kernels.talks import Choices, Game, choices
from detente.problem.build import Problem
from detente.problem.ground import Ground
from detente.problem.sample import Sample
from detente.problem.steps import patience
from detente.problem.worth import worth

__all__ = ["chosen", "game", "positions", "standing"]

Floats = NDArray[np.float64]

LEAST = 1e-6
"""No reading is ruled out for certain: what one of no chance does would leave nothing to believe."""


def positions(operator: Operator) -> list[dict[str, str]]:
    """What stands when none, one, .. all steps are taken."""
    found: list[dict[str, str]] = [{}]
    for step in operator.talks.ladder.steps:
        found.append({**found[-1], **step})
    return found


def standing(problem: Problem, sample: Sample, packages: Sequence[Mapping[str, str]], faction: int) -> Floats:
    """[S, N + 1] points a month at each position: of what stands there, lines that it breaks, and, until everything is done, what
    no deal is worth beyond the status quo."""
    points = worth(problem, sample, packages, lines=True)[faction]
    now = worth(problem, sample, [{}])[faction, 0]
    points[:-1] += sample.no_deal[faction] * problem.step[faction] - now
    return np.asarray(points.T)


def game(ground: Ground, operator: Operator, values: Mapping[str, Floats]) -> Game:
    """The talks in every draw; ``values``: numbers of the world by path."""
    problem, sample, ladder = ground.problem, ground.sample, operator.talks.ladder
    stands = positions(operator)
    by, to = problem.factions.index(ladder.by), problem.factions.index(ladder.to)
    each = [ground.supposing({ladder.by: r}) for r in operator.readings] or [sample]
    none = np.zeros(sample.draws)

    def blame(faction: str) -> Floats:
        return values.get(f"{operator.part}.blame_{faction}", none)

    return Game(
        np.stack([standing(problem, one, stands, by) for one in each], axis=1),
        standing(problem, sample, stands, to),
        np.stack([patience(problem, one, ground.steps, (ladder.by,))[0] for one in each], axis=1),
        patience(problem, sample, ground.steps, (ladder.to,))[0],
        values[f"{operator.part}.precision"],
        np.clip(values[f"{operator.part}.hazard"], 0.0, 1.0),
        blame(ladder.by),
        blame(ladder.to),
        np.clip(values[f"{operator.part}.able"], 0.0, 1.0),
        _prior(ground, operator),
    )


def _prior(ground: Ground, operator: Operator) -> Floats:
    """[S, K] what is believed at the beginning: the priors of the readings at best estimates."""
    readings = ground.problem.case.readings.get(operator.talks.ladder.by, {})
    prior = np.array([r.prior.median for r in readings.values()]) if readings else np.ones(1)
    prior = np.maximum(prior, LEAST)
    return np.repeat((prior / prior.sum())[None, :], ground.sample.draws, axis=0)


def chosen(ground: Ground, operator: Operator, values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Path → [S] of every number of :func:`detente.case.talks.told`."""
    of = game(ground, operator, values)
    found = choices(of)
    place = ground.problem.factions.index(operator.talks.ladder.by)
    true = ground.sample.reading[place].astype(np.int64) if operator.readings else None
    return {
        f"{operator.part}.{number.name}": _number(operator, n, of, found, true, values)
        for n, number in enumerate(operator.told)
    }


def _number(
    operator: Operator,
    n: int,
    of: Game,
    found: Choices,
    true: NDArray[np.int64] | None,
    values: Mapping[str, Floats],
) -> Floats:
    number = operator.told[n]
    which = 0 if number.reading is None else operator.readings.index(number.reading)
    if number.what == "prior":
        return of.prior[:, which]
    if number.what == "seen":
        return values[f"{operator.part}.seen_{number.place + 1}_if_{number.reading}"]
    table: Floats = getattr(found, number.what)[:, :, number.place]
    if number.reading is None and true is not None:
        return np.take_along_axis(table, true[:, None], axis=1)[:, 0]
    return table[:, which]
