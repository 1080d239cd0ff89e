"""The simulated talks in words' reach: what is due at each position, how likely, and when both sides would talk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.paths import began, value
from detente.analyses.outlook.result import Clock, Move, TalksResult
from detente.kernels.worlds import BINS, EVENTS, SHAPE, VARIABLES, Ladder, Worlds
from detente.problem.ground import Ground
from detente.problem.steps import patience
from detente.problem.talks import road
from detente.problem.theory import abreu_gul, rubinstein_limit
from detente.problem.world import LINE, made, worth

__all__ = ["attrition_clock", "negotiated"]

Floats = NDArray[np.float64]

TRUST = (0.05, 0.5, 0.95)


def negotiated(
    ground: Ground, found: Worlds, ladder: Ladder, waiting: Floats, rho: Floats, quiet: Floats, level: int
) -> TalksResult | None:
    """Of worlds ``found`` with flows ``waiting`` [F, S, T + 1] under discount factors ``rho`` [F, S]; ``quiet``: the same worlds
    without talks; ``level``: what has been conceded at the beginning. None: nothing is chosen at the talks."""
    problem = ground.problem
    world = problem.case.world
    assert world is not None
    rungs = world.talks.ladder if world.talks is not None else None
    if rungs is None or world.sender is None or not ladder.steps:
        return None
    readings = tuple(ground.problem.readings[problem.factions.index(rungs.by)]) or (rungs.by,)
    chances = ladder.choices.astype(np.float64).mean(axis=0)  # [4, K, N]
    mine = [made(rungs)[level + n] for n in range(len(rungs.steps) + 1)]
    # What each step moves, with and without the lines that it crosses.
    positions = road(world, rungs, began(ground).level)
    plain, barred = (worth(problem, ground.sample, positions, lines=lines) for lines in (False, True))
    moves = []
    for n in range(ladder.steps):
        due = n % 2 == 0
        f = problem.factions.index(rungs.by if due else rungs.to)
        gain = plain[f, n + 1] - plain[f, n]
        crosses = barred[f, n + 1] - barred[f, n] < gain - LINE / 2
        taken = chances[0 if due else 2, :, n]
        if due:
            what = {i: o for i, o in mine[n // 2 + 1].items() if mine[n // 2].get(i) != o}
            reached = _standing(found, 3, level + n // 2 + 1)
        else:
            step = began(ground).level + n // 2 + 1
            what = {world.sender.issue: world.sender.steps[step]}
            reached = _standing(found, 1, step)
        moves.append(
            Move(
                by=rungs.by if due else rungs.to,
                what=what,
                chance={r: round(float(c), 6) for r, c in zip(readings, taken, strict=True)},
                worth=round(float(gain.mean()), 6),
                crosses=round(float(crosses.mean()), 6),
                reached=round(reached, 6),
            )
        )
    months = waiting.shape[2] - 1
    gap = {
        f: [_later(waiting, rho, m, n) - _later(quiet, rho, m, n) for m in range(months)]
        for f, n in ((f, problem.factions.index(f)) for f in (rungs.by, rungs.to))
    }
    wanted = {f: tuple(m for m, g in enumerate(gaps) if g > 0) for f, gaps in gap.items()}
    trusted = 1.0 if ladder.obstinate < 0 else 1 - float(ladder.prior[:, ladder.obstinate].mean())
    return TalksResult(
        by=rungs.by,
        to=rungs.to,
        moves=tuple(moves),
        began=_ever(found, "talks_began")[0],
        completed=_ever(found, "talks_completed")[0],
        trust=_trust(found),
        trusted=round(trusted, 6),
        wanted=wanted,
        ripe=tuple(sorted(set.intersection(*(set(m) for m in wanted.values())))),
    )


def _ever(found: Worlds, *events: str) -> list[float]:
    """Shares of worlds in which events happened by the end."""
    counts = [found.events[:, EVENTS.index(e)].sum() for e in events]
    return [round(float(c / (found.per * len(found.events))), 6) for c in counts]


def _standing(found: Worlds, axis: int, level: int) -> float:
    """Share of worlds that stand at a level of an axis of the joint states, or above, at the end."""
    last = found.states[:, -1].reshape(len(found.states), *SHAPE).sum(axis=0)
    by_level = last.sum(axis=tuple(n for n in range(len(SHAPE)) if n != axis))
    return float(by_level[level:].sum() / by_level.sum())


def _later(flow: Floats, rho: Floats, month: int, faction: int) -> float:
    """Mean value to a faction from a month on."""
    row = slice(faction, faction + 1)
    return float(value(flow[row, :, month:], rho[row]).mean())


def _trust(found: Worlds) -> tuple[float, float, float]:
    row = found.histograms[:, VARIABLES.index("trust"), -1].sum(axis=0).astype(np.float64)
    passed = np.concatenate([[0.0], np.cumsum(row)]) / max(1.0, row.sum())
    low, middle, high = np.interp(TRUST, passed, np.linspace(0, 1, BINS + 1))
    return round(float(low), 5), round(float(middle), 5), round(float(high), 5)


def attrition_clock(ground: Ground) -> Clock | None:
    """Who can hold out longer, at the means of the draws; None where nobody is said to insist on anything, or the demands are
    compatible, or somebody is obstinate for certain or certainly not."""
    case = ground.problem.case
    rungs = case.world.talks.ladder if case.world is not None and case.world.talks is not None else None
    if rungs is None or not rungs.insists:
        return None
    sides = (rungs.by, rungs.to)
    factor = patience(ground.problem, ground.sample, ground.steps, sides).mean(axis=1)
    priors = []
    for side in sides:
        raw = {name: reading.prior.median for name, reading in case.readings[side].items()}
        priors.append(raw[rungs.obstinate[side]] / sum(raw.values()))
    demand = [float(ground.world[f"talks.ladder.insists.{side}"].mean()) for side in sides]
    if not all(0 < share < 1 for share in (*priors, *demand)) or sum(demand) <= 1:
        return None
    rates = -np.log(factor)
    found = abreu_gul(demand, rates, priors)

    def pair(values: object) -> tuple[float, float]:
        one, two = (round(float(v), 6) for v in np.asarray(values))
        return one, two

    return Clock(
        factions=sides,
        demand=pair(demand),
        fair=round(float(rubinstein_limit(rates[0], rates[1])), 6),
        obstinate=pair(priors),
        exhausted=pair(found.exhausted),
        at_once=pair(found.at_once),
        ends=round(float(found.ends), 6),
    )
