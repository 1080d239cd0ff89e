"""Families of random instances, by seed: the same arrays on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.kernels.sequencing import Terms
from detente.kernels.worlds import PARAMETERS

__all__ = ["SEED", "conflict", "mean_value", "plain_worlds", "roadmap", "world"]

SEED = 20210603


def conflict(
    parties: int, issues: int, options: int, grid: int, *, noise: float = 0.3, seed: int = SEED
) -> NDArray[np.int64]:
    """Utilities int64[P, I, L]: party 0 ranks the options of each issue roughly in reverse of all the others.

    On each issue the options have a common score s ~ U(0, 1). Party 0 values an option at -s, the others at s,
    each with independent noise ~ N(0, ``noise``^2); every party's values are then stretched to 0..1 on every
    issue, multiplied by the issue's weight for that party (uniform on the simplex, so that few issues carry
    much and most carry little) and by ``grid``, and rounded. A package is worth about 0 to ``grid``.
    """
    rng = np.random.default_rng(seed)
    common = rng.random((issues, options))
    sign = np.where(np.arange(parties) == 0, -1.0, 1.0)[:, None, None]
    values = sign * common + noise * rng.standard_normal((parties, issues, options))
    low, high = values.min(axis=2, keepdims=True), values.max(axis=2, keepdims=True)
    weights = rng.dirichlet(np.ones(issues), size=parties)[:, :, None]
    utilities: NDArray[np.int64] = np.rint(grid * weights * (values - low) / (high - low)).astype(np.int64)
    return utilities


def mean_value(utilities: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each party's mean over all packages, rounded down: the reservation values of the measurements."""
    whole: NDArray[np.int64] = np.floor(utilities.mean(axis=2).sum(axis=1)).astype(np.int64)
    return whole


def roadmap(steps: int, factions: int, seed: int) -> Terms:
    """Steps that cost who takes them and help the others, some gradual, some irreversible, with eight exchanges."""
    rng = np.random.default_rng((seed, steps, factions))
    owner = rng.integers(0, factions, steps)
    delta = rng.uniform(0, 4, (factions, steps, 1))
    delta[owner, np.arange(steps)] = -rng.uniform(0, 6, (steps, 1))
    needs = np.array([1 << s - 1 if s and rng.random() < 0.2 else 0 for s in range(steps)], dtype=np.int64)
    pairs = [rng.choice(steps, 2, replace=False) for _ in range(8)]
    batches = [1 << s for s in range(steps)]
    batches += [(1 << int(a)) | (1 << int(b)) for a, b in pairs if owner[a] != owner[b]]
    own = np.array(
        [sum(1 << s for s in range(steps) if owner[s] == f) for f in range(factions)], dtype=np.int64
    )
    return Terms(
        base=rng.uniform(-0.5, 0.5, (factions, 1)),
        delta=delta,
        on=np.array([3, 12], dtype=np.int64),
        off=np.zeros(2, dtype=np.int64),
        excluded=np.zeros(2, dtype=np.bool_),
        points=rng.uniform(-2, 2, (factions, 2, 1)),
        needs=needs,
        month=rng.integers(1, 5, (steps, 1)),
        rho=rng.uniform(0.9, 0.99, (factions, 1)),
        horizon=np.full(factions, -1),
        own=own,
        reversible=int(rng.integers(0, 1 << steps)),
        undo=rng.uniform(0, 1, (factions, steps, 1)),
        penalty=np.zeros((factions, steps, 1)),
        lapse=np.zeros(factions, dtype=np.int64),
        cost=np.zeros((factions, 1)),
        batches=np.array(list(dict.fromkeys(batches)), dtype=np.int64),
        winning=np.array([(1 << factions) - 1], dtype=np.int64),
    )


WORLD = {
    "money.revenue": 0.35, "money.pull": 0.1, "money.spread": 0.03, "money.loss_0": 0.7, "money.loss_1": 0.45,
    "money.evasion": 0.2, "money.evasion_pace": 0.02, "money.evasion_ceiling": 0.5, "money.rents": 0.3,
    "money.depletion": 0.03, "loyalty.now": 0.6, "loyalty.outside_offer": 0.4, "loyalty.scale": 0.3,
    "loyalty.pace": 0.1, "loyalty.spread": 0.02, "survival.peak": 0.02, "survival.threshold": 0.3,
    "survival.scale": 0.2, "recognition.now": 8, "recognition.all": 60, "recognition.drop": 0.01,
    "recognition.cascade": 0.02, "recognition.kept": 0.4, "support.now": 0.15, "support.floor": 0.08,
    "support.decay": 0.03, "support.spread": 0.01, "support.gain": 0.05, "split.now": 0.5, "split.begins": 0.03,
    "split.heals": 0.03, "split.cost": 0.15, "polls.fairness": 0.35, "polls.base": 0.4, "polls.scale": 0.15,
    "exit.rate": 0.003, "force.rate": 0.0003, "talks.begin": 0.15, "talks.stop": 0.05, "talks.spoilt": 0.03,
    "sender.ease": 0.01, "sender.ease_in_talks": 0.04, "sender.take_back": 0.02,
}  # fmt: skip
"""A world in which every part moves."""


def world(draws: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The same parameters in every draw, and a poll after three and a half years."""
    parameters = np.zeros((len(PARAMETERS), draws))
    for name, value in WORLD.items():
        parameters[PARAMETERS.index(name)] = value
    polls = np.zeros(61, dtype=np.bool_)
    polls[42] = True
    return parameters, polls


def plain_worlds(
    parameters: NDArray[np.float64], count: int, months: int, lapse: int, polls: NDArray[np.bool_], seed: int
) -> float:
    """The same equations written down in NumPy, with its own random numbers: the share that loses office."""
    p = dict(zip(PARAMETERS, parameters.tolist(), strict=True))
    rng = np.random.default_rng(seed)
    revenue = np.full(count, p["money.revenue"])
    evasion, rents = p["money.evasion"], np.ones(count)
    loyalty, support = np.full(count, p["loyalty.now"]), np.full(count, p["support.now"])
    known, split = np.full(count, p["recognition.now"]), rng.random(count) < p["split.now"]
    talks, easing, holds = np.zeros(count, bool), np.zeros(count, int), np.ones(count, bool)
    losses = np.array([p["money.loss_0"], p["money.loss_1"], p["money.loss_2"]])

    def bend(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return (1 + x / (1 + np.abs(x))) / 2

    for month in range(1, months + 1):
        u = rng.random((6, count))
        z = [(rng.random((n, count)).sum(axis=0) - n / 2) / np.sqrt(n / 12) for n in (3, 3, 2)]
        talks = np.where(talks, u[0] >= p["talks.stop"] + p["talks.spoilt"], u[0] < p["talks.begin"])
        up = (u[1] < p["sender.ease"] + p["sender.ease_in_talks"] * talks) & (easing < 2)
        down = (u[1] > 1 - p["sender.take_back"]) & (easing > 0)
        easing = easing + up - down
        evasion += p["money.evasion_pace"] * (p["money.evasion_ceiling"] - evasion)
        target = 1 - losses[easing] * (1 - evasion)
        revenue = np.maximum(0, revenue + p["money.pull"] * (target - revenue) + p["money.spread"] * z[0])
        rents *= 1 - p["money.depletion"] * np.maximum(0, 1 - revenue)
        income = revenue + p["money.rents"] * rents
        drawn = bend((income - p["loyalty.outside_offer"]) / p["loyalty.scale"])
        loyalty = np.clip(loyalty + p["loyalty.pace"] * (drawn - loyalty) + p["loyalty.spread"] * z[1], 0, 1)
        known = known - (
            u[2]
            < known * (p["recognition.drop"] + p["recognition.cascade"] * (1 - known / p["recognition.all"]))
        )
        if month == lapse:
            known = np.floor(known * p["recognition.kept"] + u[3])
        floor = p["support.floor"]
        support = floor + (support - floor) * (1 - p["support.decay"]) + p["support.spread"] * z[2]
        support = np.clip(support + p["support.gain"] * up, 0, 1)
        split = split ^ (u[4] < np.where(split, p["split.heals"], p["split.begins"]))
        risk = p["survival.peak"] * bend((p["survival.threshold"] - loyalty) / p["survival.scale"])
        risk = risk + p["exit.rate"] + p["force.rate"]
        if polls[month]:
            votes = p["polls.base"] + support - p["split.cost"] * split - 0.5
            risk = risk + p["polls.fairness"] * bend(votes / p["polls.scale"])
        holds &= u[5] >= risk
    return float(1 - holds.mean())
