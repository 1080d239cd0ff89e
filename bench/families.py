"""Families of random instances, by seed: the same arrays on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.kernels.appraisal import Terms

__all__ = ["SEED", "conflict", "costly", "mean_value", "roadmap", "staller"]

SEED = 20210603

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]
Span = tuple[float, float]


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
        broken=np.zeros((factions, 2, 1), dtype=np.bool_),
        needs=needs,
        after=np.zeros(steps, dtype=np.int64),
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


def staller(rng: np.random.Generator) -> Points:
    """His own steps cost the staller more than the answers bring; the dealer gains by each exchange."""
    return _exchange(rng, own=(1, 4), answered=(0, 2), paid=(1, 4), costs=(0, 2))


def costly(rng: np.random.Generator) -> Points:
    """Both sides pay more for their own steps than in ``staller``, so that more hangs on who steps first."""
    return _exchange(rng, own=(2, 5), answered=(0, 2), paid=(2, 5), costs=(1, 3))


def _exchange(rng: np.random.Generator, *, own: Span, answered: Span, paid: Span, costs: Span) -> Points:
    """Points of a staller and a dealer [2, N + 1] and of the second side [N + 1] at each position of one to four steps: what each
    of his steps costs the staller and is worth to the second side, what each of the second side's is worth to him and costs it."""
    steps = int(rng.integers(1, 5))
    first, second = np.zeros((2, steps + 1)), np.zeros(steps + 1)
    for n in range(steps):
        if n % 2 == 0:
            change, change_s = (-rng.uniform(*own), -rng.uniform(0, 2)), rng.uniform(*paid)
        else:
            change, change_s = (rng.uniform(*answered), rng.uniform(2, 5)), -rng.uniform(*costs)
        first[:, n + 1] = first[:, n] + change
        second[n + 1] = second[n] + change_s
    return first, second
