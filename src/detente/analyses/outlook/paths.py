"""Worlds of a case, and what their paths are worth to each faction.

A faction's value of a path is its discounted flow, normalised so that a constant flow is worth itself; what stands
at the last month stays for ever::

    V = (1 - rho) sum_{t=1..T} rho^(t-1) u(t) + rho^T u(T)

``told`` hands no-deal values to the deal. What is outside (recognition) runs the same with and without a deal and
cancels, so it stays at what chance has it in the draw. Signing stops only what the table decides:

- at a table where the sender's issue moves, the sender's step stays at the package's option and talks are over: what the
  incumbent's fate is then worth is added to that option, and what else would come without being agreed on to the status quo of
  its issue. (What else would come is taken at the sender's present step, also where lists would follow another.)
- at any other table the sender and the talks go on as without a deal. What the world would move by itself is added to the status
  quo of its issue, and all else to the sender's present step, so that signing nothing is worth exactly as much as waiting.

A package and the no-deal path thus run through the same world and are compared in the same points.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.crew import Crew, Part
from detente.errors import LimitError
from detente.kernels.talks import Game, choices
from detente.kernels.worlds import EVENTS, PARAMETERS, SHAPE, Ladder, Worlds, no_ladder
from detente.problem.build import MAX_STEPS, Problem
from detente.problem.ground import Ground
from detente.problem.sample import Sample, fitting, most
from detente.problem.steps import patience
from detente.problem.talks import road, standing
from detente.problem.world import (
    FROZEN,
    Setting,
    columns,
    conceded,
    dates,
    flows,
    lasting,
    setting,
    worth,
)

__all__ = [
    "BEST",
    "PER",
    "began",
    "by_then",
    "choices_at_talks",
    "fixed",
    "flow",
    "shares",
    "simulate",
    "still",
    "talks",
    "told",
    "value",
]

PER = 128
"""Worlds for each draw."""

BEST = 1 << 15
"""Worlds at best estimates."""

GROUPS = 8
"""Groups of draws, the replicates, for which histograms are kept apart."""

BYTES = 2_800
"""Memory for a draw and month at its peak, about, with the worlds that are compared with these."""

MOST = (4 << 30) // BYTES
"""Draws times months that are simulated at once."""

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]


def began(ground: Ground) -> Setting:
    """Dates and beginnings."""
    spec = ground.problem.case.world
    assert spec is not None
    return setting(ground.problem.case, spec)


def talks(ground: Ground, changes: Mapping[str, Floats | float]) -> Game | None:
    """The game at the talks under some changes of the world; None where its world has no ladder, or nothing is left to be done
    at it.

    Raises
    ------
    UsageError
        Somebody's patience is missing.
    """
    problem, sample, steps = ground.problem, ground.sample, ground.steps
    spec = problem.case.world
    assert spec is not None
    rungs = spec.talks.ladder if spec.talks is not None else None
    if rungs is None:
        return None
    names = ("talks.stop", "talks.spoilt", "fiefs.wrecks", "fiefs.now", "sender.now", "sender.yields")
    stop, spoilt, wrecks, fiefs, level, able = columns(problem, sample, ground.world, names, changes=changes)
    positions = road(spec, rungs, int(level[0]))
    if len(positions) < 2:
        return None
    by, to = problem.factions.index(rungs.by), problem.factions.index(rungs.to)
    readings = problem.case.readings.get(rungs.by, {})
    prior = np.array([r.prior.median for r in readings.values()]) if readings else np.ones(1)
    each = [ground.supposing({rungs.by: r}) for r in readings] or [sample]
    return Game(
        np.stack([standing(problem, one, positions, by) for one in each], axis=1),
        standing(problem, sample, positions, to),
        np.stack([patience(problem, one, steps, (rungs.by,))[0] for one in each], axis=1),
        patience(problem, sample, steps, (rungs.to,))[0],
        ground.world["talks.ladder.precision"],
        np.minimum(1.0, stop + spoilt + wrecks * fiefs),
        ground.world["talks.ladder.blame_by"],
        ground.world["talks.ladder.blame_to"],
        able,
        np.repeat((prior / prior.sum())[None, :], sample.draws, axis=0),
    )


def choices_at_talks(ground: Ground, changes: Mapping[str, Floats | float]) -> Ladder:
    """What the simulation takes: the choices at the talks as tables."""
    spec = ground.problem.case.world
    assert spec is not None
    rungs = spec.talks.ladder if spec.talks is not None else None
    start = began(ground).start
    over = no_ladder(ground.sample.draws, start=start)
    if rungs is None or _over(changes):
        return over
    of = talks(ground, changes)
    if of is None:
        return over
    found = choices(of)
    place = ground.problem.factions.index(rungs.by)
    readings = ground.problem.readings[place]
    feared = rungs.obstinate.get(rungs.by, "")
    table = np.stack([found.step, found.leave, found.sender_step, found.sender_leave], axis=1)
    return Ladder(
        of.steps,
        start,
        np.ascontiguousarray(table, dtype=np.float32),
        ground.sample.reading[place].astype(np.int64),
        # Nobody is ruled out for certain: what a reading of no chance does would leave nothing to believe.
        np.maximum(of.prior, 1e-6).astype(np.float32),
        readings.index(feared) if feared in readings else -1,
    )


def _over(changes: Mapping[str, Floats | float]) -> bool:
    """Whether the changes let no talks begin."""
    return all(not np.any(changes.get(path, 1.0)) for path in ("talks.now", "talks.begin", "talks.mediated"))


def simulate(
    ground: Ground,
    *,
    per: int | None = None,
    changes: Mapping[str, Floats | float] | None = None,
    ladder: Ladder | None = None,
    crew: Crew | None = None,
) -> Worlds:
    """Worlds of every draw; equal numbers and seeds meet equal chance, whatever the ``changes``. ``ladder``: the choices at the
    talks, where they are known already.

    Raises
    ------
    LimitError
        The counts would not fit into 4 GiB.
    """
    sample, case = ground.sample, ground.problem.case
    assert case.world is not None
    if sample.draws * (case.world.months + 1) > MOST:
        raise LimitError(
            f"{sample.draws:,} draws of {case.world.months} months would take more than {MOST * BYTES >> 30} GiB of memory: "
            f"ask for at most {MOST // (case.world.months + 1):,} draws, or look less far ('months')"
        )
    table = columns(ground.problem, sample, ground.world, PARAMETERS, changes=changes)
    without = [part for part in FROZEN if f"{part}.dates" in (changes or {})]
    rungs = ladder if ladder is not None else choices_at_talks(ground, changes or {})
    count = per if per is not None else BEST if sample.draws == 1 else PER
    groups = GROUPS if sample.draws % GROUPS == 0 else 1
    days = dates(case, case.world, without)
    # The key of the random numbers has 64 bits; beyond 2^63 seeds repeat.
    return (crew or Crew()).run(Part(table, 0, count, days, ground.seed & (2**63 - 1), rungs, groups))


def still(parts: Collection[str]) -> dict[str, float]:
    """The changes by which some parts of the world stand still."""
    return {path: value for part in parts for path, value in FROZEN[part].items()}


def shares(found: Worlds) -> Floats:
    """[S, T + 1, 5] share of worlds by what became of the incumbent."""
    size, months, _ = found.states.shape
    counts = found.states.reshape(size, months, SHAPE[0], -1).sum(axis=3)
    return np.asarray(counts / found.per)


def by_then(found: Worlds, event: str) -> Floats:
    """[S, T + 1] share of worlds in which an event has happened."""
    return np.asarray(found.events[:, EVENTS.index(event)].cumsum(axis=1) / found.per)


def flow(found: Worlds, points: Floats, gains: Mapping[str, Floats]) -> Floats:
    """[F, S, T + 1] mean flow, from points by joint state [F, *SHAPE, S] and gains of events [F, S]."""
    factions, size = len(points), found.states.shape[0]
    worth = points.reshape(factions, -1, size)
    occupied = np.flatnonzero(found.states.any(axis=(0, 1)))
    total = np.empty((size, found.states.shape[1], factions))
    for begin in range(0, size, 128):  # the counts as floats all at once would be a hundred megabytes
        part = slice(begin, begin + 128)
        counts = found.states[part][:, :, occupied].astype(np.float64)
        here = np.ascontiguousarray(worth[:, occupied, part].transpose(2, 1, 0))
        np.matmul(counts, here, out=total[part])
    result = total.transpose(2, 0, 1) / found.per
    for event, gain in gains.items():
        result += gain[:, :, None] * by_then(found, event)[None]
    return np.asarray(result)


def value(flow: Floats, rho: Floats) -> Floats:
    """[F, S] of flows [F, S, T + 1] under monthly discount factors [F, S]."""
    months = flow.shape[2] - 1
    weight = (1 - rho)[..., None] * rho[..., None] ** np.arange(months)
    total: Floats = (weight * flow[:, :, 1:]).sum(axis=2) + rho**months * flow[:, :, -1]
    return total


def fixed(level: int) -> dict[str, float]:
    """The changes by which the sender stays at a step and talks are over."""
    return {
        "sender.now": float(level),
        **FROZEN["sender"],
        "talks.now": 0.0,
        "talks.begin": 0.0,
        "talks.mediated": 0.0,
        "talks.retract": 0.0,
        "home.reverses": 0.0,
    }


def told(ground: Ground) -> Sample:
    """The sample with the no-deal values of ``case.computed``, and with what each of the sender's steps is worth through
    the incumbent's fate, and the status quo of issues that move by themselves through that. The fate is in every package
    with the step, also in one that settles who holds office.

    Raises
    ------
    LimitError
        What a path is worth to somebody is beyond the points that the deal counts in.
    """
    problem, sample = ground.problem, ground.sample
    case = problem.case
    world = case.world
    assert world is not None
    names = case.computed
    which = [problem.factions.index(f) for f in names]
    rho = patience(problem, sample, ground.steps, names)
    points = flows(problem, sample, ground.world, recognition=False)[which]
    gains = {event: gain[which] for event, gain in lasting(problem, sample).items()}
    step = problem.step[which][:, None]
    running = simulate(ground)
    no_deal = sample.no_deal.copy()
    no_deal[which] = _steps(value(flow(running, points, gains), rho) / step, names)
    apart = _going_on(ground, running, no_deal, rho, gains)
    sender, here = world.sender, began(ground).level
    _fit(problem, sample, apart)
    if sender is None:
        return replace(sample, no_deal=no_deal, points=apart)
    # What holding is worth beyond the issues is in no package: a stake on it belongs to the fate.
    stakes = np.array([ground.world.get(f"stakes.{f}.holds", np.zeros(sample.draws)) for f in names])
    shifted = sample.points.copy()
    for level, option in enumerate(sender.steps):
        kept = simulate(ground, changes=fixed(level))
        fate = value(flow(kept, points, {}), rho) - (points[:, 0, level, 0, began(ground).start] - stakes)
        _added(shifted, problem, which, sender.issue, (option,), _steps(fate / step, names))
        if level == here:
            for issue, came in _coming(problem, kept, gains, rho):
                stays = case.issues[issue].status_quo or ""
                _added(shifted, problem, which, issue, (stays,), _steps(came / step, names))
    _fit(problem, sample, shifted)
    hinge = problem.issues.index(sender.issue)
    return replace(sample, no_deal=no_deal, points=shifted, hinge=hinge, apart=apart)


def _fit(problem: Problem, sample: Sample, points: NDArray[np.int32]) -> None:
    """Refuse points that could not be added up."""
    for f in map(problem.factions.index, problem.case.computed):
        fitting(problem, f, most(points[f], sample.add[f]))


def _coming(
    problem: Problem, found: Worlds, gains: Mapping[str, Floats], rho: Floats
) -> Iterator[tuple[str, Floats]]:
    """Issue, and [F, S] what would come of it by lasting events that happen in these worlds."""
    for event, gain in gains.items():
        came = value(gain[:, :, None] * by_then(found, event)[None], rho)
        yield next(iter(_moved_by(problem, event))), came


def _going_on(
    ground: Ground, running: Worlds, no_deal: NDArray[np.int32], rho: Floats, gains: Mapping[str, Floats]
) -> NDArray[np.int32]:
    """[P, I, L, S] points at tables that leave the sender and the talks alone, in the worlds of no deal."""
    problem, sample = ground.problem, ground.sample
    case = problem.case
    names = case.computed
    which = [problem.factions.index(f) for f in names]
    step = problem.step[which][:, None]
    points = sample.points.copy()
    left = no_deal[which] - np.rint(worth(problem, sample, [{}])[which, 0] / step).astype(np.int32)
    levels = running.states.reshape(*running.states.shape[:2], *SHAPE).sum(axis=(2, 3, 4)) / running.per
    coming = list(_coming(problem, running, gains, rho))
    for issue, gain in conceded(problem, sample).items():
        coming.append((issue, value(np.einsum("fms,stm->fst", gain[which], levels), rho)))
    for issue, came in coming:
        amount = _steps(came / step, names)
        _added(points, problem, which, issue, (case.issues[issue].status_quo or "",), amount)
        left -= amount
    sender = case.world.sender if case.world is not None else None
    if sender is not None:
        _added(points, problem, which, sender.issue, (sender.steps[began(ground).level],), left)
    else:
        _added(points, problem, which, problem.issues[0], problem.options[0], left)
    return points


def _moved_by(problem: Problem, event: str) -> list[str]:
    """Issues that an event moves."""
    world = problem.case.world
    assert world is not None
    moved = list(world.means.get(event, {}))  # type: ignore[call-overload]
    if event.startswith("lists_") and world.lists is not None:
        moved.append(world.lists.issue)
    return moved


def _added(
    points: NDArray[np.int32],
    problem: Problem,
    which: Sequence[int],
    issue: str,
    options: Sequence[str],
    amount: NDArray[np.int32],
) -> None:
    """``amount`` [F, S] added to options of an issue, in place."""
    i = problem.issues.index(issue)
    for option in options:
        points[which, i, problem.options[i].index(option)] += amount


def _steps(amount: Floats, names: Sequence[str]) -> NDArray[np.int32]:
    """[F, S] grid steps."""
    for f, row in zip(names, np.abs(amount), strict=True):
        if row.max() > MAX_STEPS:
            raise LimitError(
                f"no deal would be worth up to {row.max():,.0f} grid steps to '{f}', and the deal counts in at most "
                f"{MAX_STEPS:,}: give it smaller stakes in the world"
            )
    return np.rint(amount).astype(np.int32)
