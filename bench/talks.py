"""How far the choices at simulated talks are from those of the game in which every move tells what he wants.

The product plays each reading out as if it were known (:mod:`detente.kernels.talks`). Here games of two readings are solved
on a grid of beliefs (``tests/oracles/talks.py``) and both are followed for two years. The distance of a game is the largest
difference, over readings and positions, between the chances of having come as far. No peer, no target: it is a
price, not a speed.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, NamedTuple

import numpy as np

from bench.families import Points, costly, staller
from tests.oracles.talks import distance, full_game, reading_by_reading

__all__ = ["FAMILIES", "Apart", "apart"]

FAMILIES: tuple[Callable[[np.random.Generator], Points], ...] = (staller, costly)

GAMES = 60
MONTHS = 24
DAMPINGS = (0.5, 0.9, 0.98)
"""Tried in turn until the full game settles."""

FAR = 0.1


class Apart(NamedTuple):
    """Of the games of a family that could be solved."""

    median: float
    ninth: float
    """90th percentile."""
    far: float
    """Share above :data:`FAR`."""
    unsettled: int
    """Games that the solver of the full game could not settle."""


def apart(family: Callable[[np.random.Generator], Points]) -> Apart:
    """Distances over :data:`GAMES` seeds, in two processes."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        found = list(pool.map(_distance, [family] * GAMES, range(GAMES)))
    known = [d for d in found if d is not None]
    return Apart(
        float(np.median(known)),
        float(np.quantile(known, 0.9)),
        float(np.mean([d > FAR for d in known])),
        found.count(None),
    )


def _distance(family: Callable[[np.random.Generator], Points], seed: int) -> float | None:
    rng = np.random.default_rng(seed)
    u, w = family(rng)
    case: dict[str, Any] = {
        "u": u,
        "w": w,
        "rho_i": rng.uniform(0.95, 0.99, 2),
        "rho_s": rng.uniform(0.95, 0.99),
        "lam": rng.uniform(0.5, 2),
        "hazard": rng.uniform(0.05, 0.1),
        "blame_i": rng.uniform(1, 4),
        "blame_s": rng.uniform(1, 4),
    }
    first = rng.uniform(0.2, 0.8)
    for damping in DAMPINGS:
        try:
            full = full_game(**case, grid=101, damping=damping, tolerance=1e-9, rounds=5000)
            known = reading_by_reading(**case, prior=[first, 1 - first], damping=damping)
        except RuntimeError:
            continue
        return distance(full, known, MONTHS)
    return None
