"""Families of random instances, by seed: the same arrays on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SEED", "conflict", "mean_value"]

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
