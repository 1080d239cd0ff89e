"""Draws: even, unbiased, independent across dimensions, addressed by row, with an honest error."""

from __future__ import annotations

import hashlib
import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detente import rng
from detente.errors import LimitError
from detente.rng import replicate_error, round_up, stream, uniforms

GOLDEN = (
    "f0a64703641d2bf1",
    "30f909165c488c46",
    [17783323245328515274, 1842893040579028560],
)
"""Written down once; a change of any of these changes every published figure."""

T7 = 2.365
"""97.5th percentile of Student's t with 7 degrees of freedom (8 replicates)."""


def smooth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Product of 1 + (x_j - 1/2) / sqrt(j + 1): integral 1 over the unit cube of any dimension."""
    scale = 1 / np.sqrt(1.0 + np.arange(x.shape[1]))
    return np.prod(1 + (x - 0.5) * scale, axis=1)


@pytest.mark.parametrize("dimensions", [1, 50, 700])
@pytest.mark.parametrize("draws", [8, 1000, 1024, 4096])
def test_every_projection_on_one_dimension_has_one_point_in_each_cell(dimensions: int, draws: int) -> None:
    points = draws // 8
    u = uniforms(dimensions, draws, seed=3)
    assert u.shape == (draws, dimensions)
    assert u.min() > 0
    assert u.max() < 1
    for replicate in u.reshape(8, points, dimensions):
        spread = np.diff(np.sort(replicate, axis=0), axis=0)
        np.testing.assert_allclose(spread, 1 / points, rtol=1e-9)


def test_rows_do_not_depend_on_chunks_nor_columns_on_their_number() -> None:
    for draws in (1024, 1000):
        whole = uniforms(90, draws, seed=5)
        for size in (1, 7, 128, 129, 500):
            starts = range(0, draws, size) if size > 1 else range(0, draws, 97)
            for start in starts:
                stop = min(start + size, draws)
                part = uniforms(90, draws, seed=5, start=start, stop=stop)
                assert np.array_equal(part, whole[start:stop])
        for fewer in (0, 1, 31, 32, 33, 60):
            assert np.array_equal(uniforms(fewer, draws, seed=5), whole[:, :fewer])


def test_the_same_arguments_give_the_same_bytes_for_ever() -> None:
    def digest(*shape: int, seed: int) -> str:
        return hashlib.sha256(uniforms(*shape, seed=seed).astype("<f8").tobytes()).hexdigest()[:16]

    assert digest(100, 1024, seed=0) == GOLDEN[0]
    assert digest(40, 1000, seed=-7) == GOLDEN[1]
    assert stream(0, 1, 2).bit_generator.random_raw(2).tolist() == GOLDEN[2]


def test_seed_zero_is_a_seed() -> None:
    seeds = [uniforms(3, 64, seed=s) for s in (0, 1, -1, 2**70)]
    for a, b in itertools.combinations(seeds, 2):
        assert not np.array_equal(a, b)
    assert np.array_equal(seeds[0], uniforms(3, 64, seed=0))


def test_replicates_are_different_randomisations() -> None:
    u = uniforms(200, 1024, seed=1).reshape(8, 128, 200)
    for a, b in itertools.combinations(u, 2):
        assert not np.isclose(np.sort(a, axis=0)[0], np.sort(b, axis=0)[0]).any()


@pytest.mark.parametrize(
    ("dimensions", "draws", "gain"), [(50, 2048, 2.0), (50, 16384, 4.0), (600, 1024, 1.2)]
)
def test_integrates_a_smooth_function_better_than_plain_monte_carlo(
    dimensions: int, draws: int, gain: float
) -> None:
    found = [smooth(uniforms(dimensions, draws, seed=s)).mean() - 1 for s in range(40)]
    plain = [smooth(stream(s, 99).random((draws, dimensions))).mean() - 1 for s in range(40)]
    assert np.sqrt(np.mean(np.square(found))) * gain < np.sqrt(np.mean(np.square(plain)))


def test_a_sum_in_fifty_dimensions_is_almost_exact() -> None:
    """What single judgements add up to is where low discrepancy pays most."""
    error = np.mean([uniforms(50, 1024, seed=s).sum(axis=1).mean() - 25 for s in range(20)])
    assert abs(error) < 5e-3  # one standard error of plain Monte Carlo is 0.064 / sqrt(20)


@pytest.mark.parametrize("draws", [512, 1000])
def test_no_pair_of_many_dimensions_moves_together(draws: int) -> None:
    """A lattice in all dimensions would give pairs with the same component a correlation near one."""
    u = uniforms(300, draws, seed=2).reshape(8, -1, 300)
    for replicate in u:
        rho = np.corrcoef(replicate.T)
        np.fill_diagonal(rho, 0)
        assert np.abs(rho).max() < 6.5 / np.sqrt(len(replicate))


def test_pairs_beyond_the_lattice_are_as_random_as_plain_monte_carlo() -> None:
    points, last = 64, 40
    correlations = []
    for seed in range(60):
        u = (uniforms(16 + last, points, seed=seed, replicates=1)[:, -last:] - 0.5) * np.sqrt(12)
        correlations.append((u.T @ u / points)[np.triu_indices(last, 1)])
    rho = np.concatenate(correlations) * np.sqrt(points)
    assert abs(rho.mean()) < 0.02
    assert rho.std() == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize("points", [1, 2, 3, 5, 64, 100, 129, 1000])
def test_permutations_are_permutations(points: int) -> None:
    keys = stream(4).integers(0, 2**32, size=(8, 20), dtype=np.uint32)
    image = rng._permuted(np.arange(points, dtype=np.uint32)[:, None], points, keys)
    assert np.array_equal(np.sort(image, axis=0), np.tile(np.arange(points)[:, None], (1, 20)))


@pytest.mark.parametrize("points", [64, 128, 256, 1024])
def test_the_lattice_separates_its_dimensions(points: int) -> None:
    """Mean pair error of the first m/8 dimensions, by its definition: below plain Monte Carlo's 1 / (36 m), and
    no two dimensions with the same component up to sign."""
    z = rng._lattice()[: points // 8]
    assert len(set(np.minimum(z % points, -z % points).tolist())) == len(z)
    x = np.arange(points)[:, None] * z % points / points
    omega = x * x - x + 1 / 6
    pairs = (omega.T @ omega / points)[np.triu_indices(len(z), 1)]
    assert 0 < pairs.mean() < 0.6 / (36 * points)


def test_the_table_is_what_the_construction_gives() -> None:
    assert rng._lattice().shape == (4096,)
    assert (rng._lattice() % 2 == 1).all()
    assert rng._lattice().max() < 2**20
    path = Path(__file__).parents[1] / "bench" / "lattice.py"
    construct = runpy.run_path(str(path))["construct"]
    assert np.array_equal(construct(8), rng._lattice()[:8])


def test_the_error_from_replicates_is_honest() -> None:
    """Intervals of 95% cover the known integral about 95 times in 100, and are not wide for nothing."""
    covered, widths = [], []
    for seed in range(400):
        inside = (uniforms(20, 512, seed=seed).sum(axis=1) > 10).astype(float)  # probability exactly 1/2
        error = replicate_error(inside, 8)
        covered.append(abs(inside.mean() - 0.5) <= T7 * error)
        widths.append(error)
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(widths) < 0.8 * 0.5 / np.sqrt(512)


def test_replicate_error_by_hand() -> None:
    assert replicate_error([0, 0, 1, 1, 2, 2, 3, 3], 4) == pytest.approx(np.sqrt(5 / 3) / 2)
    assert replicate_error(np.ones(16, dtype=bool), 8) == 0
    for values, replicates in (([1.0, 2.0, 3.0], 2), ([], 2), ([1.0], 1), ([[1.0, 2.0]], 2)):
        with pytest.raises(ValueError, match="do not split"):
            replicate_error(values, replicates)


def test_round_up() -> None:
    asked = [1, 8, 9, 16, 17, 1000, 1024, 1025]
    assert [round_up(n) for n in asked] == [8, 8, 16, 16, 32, 1024, 1024, 2048]
    assert round_up(100, replicates=4) == 128


def test_streams_are_keyed() -> None:
    keys = [(0,), (1,), (0, 0), (0, 1), (1, 0), (0, 0, 0), (10,), (-1,), (2**64,)]
    first = {stream(*key).random() for key in keys}
    assert len(first) == len(keys)
    assert stream(0, 5).random(4).tolist() == stream(0, 5).random(4).tolist()


def test_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="1001 draws are not a positive multiple of 8"):
        uniforms(2, 1001, seed=0)
    with pytest.raises(ValueError, match="not within"):
        uniforms(2, 16, seed=0, start=3, stop=17)
    with pytest.raises(LimitError, match=str(2**23)):
        uniforms(1, 2**24, seed=0, stop=1)
