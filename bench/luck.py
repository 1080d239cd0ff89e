"""How much the sizes of :mod:`detente.world.signing` add to the error of what the deal says, from several seeds.

``python -m bench.luck CASE [SEEDS]``: for every size, what share of the draws accepts each of some packages, on the same draws of
everything but the world; how far apart that is with other luck (*luck*) and with other draws of the world's numbers as well
(*lent*), next to the stated error (*stated*): root mean squares over the packages, in percentage points.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from detente.case.reading import load_case
from detente.catalogue import resolve
from detente.draws import REPLICATES, Drawn, prepare
from detente.kernels.acceptance import agreed
from detente.problem import table
from detente.prospects.view import accepted, allowed, view
from detente.rng import replicate_error
from detente.world import signing

SIZES = ((32, 64), (16, 64), (16, 128), (8, 64))
"""Draws of the world's numbers for each combination of readings, and worlds for each of them."""
PACKAGES = 64
LUCKS = 3
POOL = 4096


def shares(ready: Drawn, packages: NDArray[np.int16], lent: int, each: int, luck: int) -> NDArray[np.float64]:
    """[K, S] whether the main table agrees to packages."""
    ground = replace(ready.fresh_ground, seed=1000 * luck + ready.seed)
    with patch.multiple(signing, LEAST=lent, LENT=lent):
        sample = signing.told(ground, signing.Settled(ground, each), ready._going_on)
    at = table(ready.problem, next(iter(ready.problem.case.tracks or ["table"])))
    seen = view(ready.problem, sample, at)
    return agreed(accepted(seen, packages), seen.winning).astype(np.float64)


def chosen(ready: Drawn) -> NDArray[np.int16]:
    """Packages that are accepted most often of many taken at random and their neighbours."""
    at = table(ready.problem, next(iter(ready.problem.case.tracks or ["table"])))
    seen, rng = view(ready.problem, ready.fresh, at), np.random.default_rng(1)
    sizes = seen.seat.sizes
    pool = np.stack([rng.integers(0, n, POOL) for n in sizes], axis=1).astype(np.int16)
    for _ in range(6):
        pool = np.unique(pool[allowed(seen, pool)], axis=0)
        score = np.sort(accepted(seen, pool).mean(axis=2), axis=1)[:, :3].mean(axis=1)
        best = pool[np.argsort(-score)[:PACKAGES]]
        moved = np.repeat(best, 24, axis=0)
        columns = rng.integers(0, len(sizes), len(moved))
        moved[np.arange(len(moved)), columns] = rng.integers(0, sizes[columns])
        pool = np.concatenate([best, moved])
    pool = np.unique(pool[allowed(seen, pool)], axis=0)
    often = agreed(accepted(seen, pool), seen.winning).mean(axis=1)
    return pool[np.argsort(-often)[:PACKAGES]]


def main(name: str, seeds: int) -> None:
    """Print the table."""
    case = load_case(resolve(name)).case
    packages = chosen(prepare(case))
    found = {
        size: np.array([
            [shares(ready, packages, *size, luck) for luck in range(LUCKS)]
            for ready in (prepare(case, seed=seed) for seed in range(seeds))
        ])
        for size in SIZES
    }  # fmt: skip
    print(f"{name}: {len(packages)} packages, {seeds} seeds, {LUCKS} lucks")
    print("lent  each   mean  stated   luck  between seeds   from the largest")
    largest = found[SIZES[0]].mean(axis=(0, 1, 3))
    for (lent, each), agree in found.items():
        mean = agree.mean(axis=3)  # [seeds, lucks, K]
        stated = np.array([replicate_error(one, REPLICATES) for one in agree.reshape(-1, agree.shape[3])])
        luck = np.sqrt(mean.var(axis=1, ddof=1).mean())
        between = np.sqrt(mean[:, 0].var(axis=0, ddof=1).mean())
        apart = np.sqrt(((mean.mean(axis=(0, 1)) - largest) ** 2).mean())
        row = (mean.mean(), np.sqrt((stated**2).mean()), luck, between, apart)
        print(f"{lent:4d} {each:5d} " + " ".join(f"{100 * v:7.2f}" for v in row))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4)
