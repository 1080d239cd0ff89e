"""Acceptance over draws against plain enumeration, and the certificate's honesty."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_search import Draws, agreed_by_hand, packages_of, random_draws

from detente.kernels.acceptance import LARGEST, accepts, agreed, most_acceptable
from detente.kernels.patterns import make_patterns, matches

EVERYBODY_OF_4 = np.array([15], np.uint64)


def terms_of(case: Draws) -> dict[str, object]:
    return {
        "winning": case.winning, "patterns": case.patterns, "add": case.add, "broken": case.broken,
        "excluded": case.excluded,
        "status_quo": case.status_quo,
    }  # fmt: skip


def council(parties: int, quota: int) -> np.ndarray:
    return np.array(
        [sum(1 << p for p in some) for some in itertools.combinations(range(parties), quota)], np.uint64
    )


def test_the_instances_are_not_trivial() -> None:
    tables = [agreed_by_hand(random_draws(seed)) for seed in range(60)]
    assert sum(table.any() and not table.all() for table in tables) > 30
    assert any(len(random_draws(seed).winning) > 2 for seed in range(60))
    assert any(random_draws(seed).broken.any() for seed in range(60))


@pytest.mark.parametrize("seed", range(20))
def test_listed_packages_are_judged_alike(seed: int) -> None:
    case = random_draws(seed)
    packages = np.array(packages_of(case.sizes), np.int16)
    accept = accepts(
        case.points, case.thresholds, packages, patterns=case.patterns, add=case.add, broken=case.broken
    )
    assert accept.shape == (len(packages), len(case.points), case.points.shape[3])
    good = agreed(accept, case.winning)
    barred = matches(packages, case.patterns)[:, case.excluded].any(axis=1)
    if case.status_quo is not None:
        barred |= (packages == case.status_quo).all(axis=1)
    assert np.array_equal(good & ~barred[:, None], agreed_by_hand(case))


@pytest.mark.parametrize("seed", range(60))
def test_the_most_acceptable_package_is_the_maximum(seed: int) -> None:
    case = random_draws(seed, draws=(40, 1, 256, 300)[seed % 4])
    by_hand = agreed_by_hand(case).sum(axis=1)
    packages = packages_of(case.sizes)
    for every in (0, 2**33):
        found = most_acceptable(
            case.points, case.thresholds, case.sizes, every=every, node_limit=10**6, **terms_of(case)
        )
        assert found.proven
        assert found.count == found.upper_bound == by_hand.max()
        if found.count:
            assert found.package is not None
            place = packages.index(tuple(int(o) for o in found.package))
            assert by_hand[place] == found.count
            if every:
                assert place == by_hand.argmax(), "of ties the first"


def test_of_many_ties_the_first_is_the_answer() -> None:
    # Everybody accepts all but the packages that end in the first option; those that begin with it are prohibited.
    points = np.zeros((2, 4, 3, 300), np.int32)
    points[:, 3, 1:] = 1
    found = most_acceptable(
        points, np.ones((2, 300)), np.full(4, 3), winning=np.array([3], np.uint64),
        patterns=make_patterns([[(0, 0)]]), excluded=np.array([True]), status_quo=np.array([1, 0, 0, 1]),
    )  # fmt: skip
    assert found.package is not None
    assert found.package.tolist() == [1, 0, 0, 2]
    assert found[1:] == (300, 300, True)


@pytest.mark.parametrize("limit", [0, 5, 50])
def test_an_unfinished_proof_keeps_a_valid_bound(limit: int) -> None:
    unproven = 0
    for seed in range(30):
        case = random_draws(seed)
        best = agreed_by_hand(case).sum(axis=1).max()
        found = most_acceptable(
            case.points, case.thresholds, case.sizes, every=0, node_limit=limit, **terms_of(case)
        )
        assert found.count <= best <= found.upper_bound
        assert found.proven == (found.count == found.upper_bound)
        unproven += not found.proven
    assert unproven > 0 or limit > 5


def opposed(
    parties: int, issues: int, options: int, draws: int, seed: int, top: int
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    line = np.sort(rng.integers(0, top, (issues, options)), axis=1)
    side = np.where((np.arange(parties) % 2 == 0)[:, None, None], line, top - line)
    points = side[..., None] + rng.integers(-top // 5, top // 5 + 1, (parties, issues, options, draws))
    level = points.mean(axis=(2, 3)).sum(axis=1)[:, None]
    thresholds = np.rint(level + rng.normal(0, top / 4, (parties, draws)))
    return points.astype(np.int32), thresholds.astype(np.int32)


@pytest.mark.parametrize(
    "winning", [EVERYBODY_OF_4, council(4, 3), council(4, 1), np.array([5, 10], np.uint64)]
)
def test_it_is_the_maximum_whoever_has_to_agree(winning: np.ndarray) -> None:
    points, thresholds = opposed(4, 5, 4, 300, 7, 1000)
    terms = {
        "winning": winning,
        "patterns": make_patterns([[(0, 1), (4, 2)], [(1, 0)], [(2, 3), (3, 1), (4, 0)]]),
        "add": np.random.default_rng(1).choice([-700, 0, 900], (4, 3, 300)),
        "broken": np.random.default_rng(2).random((4, 3, 300)) < 0.25,
    }
    sizes = np.full(5, 4)
    packages = np.array(packages_of(sizes), np.int16)
    listed = {name: terms[name] for name in ("patterns", "add", "broken")}
    counts = agreed(accepts(points, thresholds, packages, **listed), winning).sum(axis=1)
    assert len(np.unique(counts)) > 20
    for every in (0, 2**33):
        found = most_acceptable(points, thresholds, sizes, every=every, **terms)
        assert found.package is not None
        assert found[1:] == (counts.max(), counts.max(), True)
        assert counts[packages_of(sizes).index(tuple(found.package.tolist()))] == counts.max()


def test_points_too_large_to_add_are_refused() -> None:
    points = np.full((1, 4, 2, 3), 2**27, np.int32)
    with pytest.raises(ValueError, match="too large"):
        accepts(points, np.zeros((1, 3), np.int32), np.zeros((1, 4), np.int16))


def test_the_largest_sums_and_thresholds_that_fit_are_exact() -> None:
    """Points of nearly 2^28, terms of nearly 2^28 against them, and no-deal values beyond both ends."""
    most = LARGEST - 1
    points = np.zeros((3, 2, 2, 4), np.int32)
    points[0, 0, 1], points[1, 0, 1], points[2, 1, 1] = most, -most, most
    patterns = make_patterns([[(0, 1)], [(1, 1)]])
    add = np.zeros((3, 2, 4), np.int64)
    add[0, 0], add[1, 0], add[2, 1] = most, -most, -most
    thresholds = np.array(
        [
            [2 * most, 2 * most + 1, -(10**15), 10**15],
            [-2 * most, 1 - 2 * most, -(10**15), 0],
            [0, 1, -1, -most],
        ]
    )
    packages = np.array([[1, 1], [0, 0]])
    plain = accepts(points, thresholds, packages, patterns=patterns, add=add)
    assert plain[0].tolist() == [[1, 0, 1, 0], [1, 0, 1, 0], [1, 0, 1, 1]]
    lined = np.zeros((3, 2, 4), np.bool_)
    lined[:, 1] = True
    assert not accepts(points, thresholds, packages, patterns=patterns, add=add, broken=lined)[0].any()
    for every in (0, 2**33):
        found = most_acceptable(
            points,
            thresholds,
            np.array([2, 2]),
            winning=np.array([1], np.uint64),
            patterns=patterns,
            add=add,
            every=every,
        )
        assert (found.count, found.proven) == (2, True)
        none = most_acceptable(
            points, thresholds, np.array([2, 2]), winning=np.array([1], np.uint64), patterns=patterns, add=add,
            broken=lined, excluded=np.array([False, False]), every=every,
        )  # fmt: skip
        assert none.count == 2


def test_any_number_of_red_lines_fails_the_faction_and_nobody_else() -> None:
    # Forty tolls would leave 32 bits; the other faction accepts all the same.
    issues, draws = 40, 5
    points = np.full((2, issues, 2, draws), 3, np.int32)
    patterns = make_patterns([[(i, 1)] for i in range(issues)])
    broken = np.zeros((2, issues, draws), np.bool_)
    broken[0] = True
    packages = np.array([np.ones(issues), np.zeros(issues)], np.int16)
    accept = accepts(points, np.full((2, draws), 10), packages, patterns=patterns, broken=broken)
    assert accept[:, :, 0].tolist() == [[0, 1], [1, 1]]
    either, both = (
        most_acceptable(
            points[:, :12], np.full((2, draws), 10), np.full(12, 2), winning=np.array(winning, np.uint64),
            patterns=make_patterns([[(i, 1)] for i in range(12)]), broken=broken[:, :12],
            status_quo=np.zeros(12),
        )
        for winning in ([1, 2], [3])
    )  # fmt: skip
    assert either.package is not None
    assert either.package.tolist() == [0] * 11 + [1]
    assert either.count == draws
    assert both[1:] == (0, 0, True), "but for the status quo"


def test_red_lines_add_up() -> None:
    # Two failures in a row would wrap around and look like consent.
    issues, draws = 12, 5
    points = np.full((2, issues, 2, draws), 0, np.int32)
    points[:, :, 0] = 700
    patterns = make_patterns([[(i, 1)] for i in range(issues)] + [[(0, 1), (11, 1)]])
    broken = np.ones((2, issues + 1, draws), np.bool_)
    for quo, count in ((None, draws), (np.zeros(issues), 0)):
        found = most_acceptable(
            points, np.full((2, draws), 100), np.full(issues, 2), winning=np.array([3], np.uint64),
            patterns=patterns, broken=broken, status_quo=quo,
        )  # fmt: skip
        assert found[1:] == (count, count, True)


def test_a_pattern_of_three_options_is_found_where_no_small_step_leads_to_it() -> None:
    draws = 40
    points = np.zeros((2, 4, 2, draws), np.int32)
    points[:, :, 0] = 10
    thresholds = np.full((2, draws), 35, np.int32)
    thresholds[:, :30] = 45
    patterns = make_patterns([[(0, 1), (1, 1), (2, 1)]])
    found = most_acceptable(
        points, thresholds, np.full(4, 2), winning=np.array([3], np.uint64), patterns=patterns,
        add=np.full((2, 1, draws), 100), every=0,
    )  # fmt: skip
    assert found.package is not None
    assert found.package[:3].tolist() == [1, 1, 1]
    assert found[1:] == (draws, draws, True)


def test_nobody_has_to_agree() -> None:
    points, thresholds = opposed(2, 3, 2, 9, 0, 100)
    for quo, first in (([0, 1, 0], [0, 0, 0]), ([0, 0, 0], [0, 0, 1])):
        found = most_acceptable(
            points, thresholds, np.full(3, 2), winning=np.array([0], np.uint64), status_quo=np.array(quo)
        )
        assert found.package is not None
        assert found.package.tolist() == first
        assert found[1:] == (9, 9, True)


def test_everything_prohibited() -> None:
    points, thresholds = opposed(2, 2, 2, 9, 0, 100)
    terms = {
        "winning": np.array([3], np.uint64), "patterns": make_patterns([[(0, 0)], [(0, 1)]]),
        "add": np.zeros((2, 2, 9), np.int32), "excluded": np.array([True, True]),
    }  # fmt: skip
    found = most_acceptable(points, thresholds, np.full(2, 2), **terms)
    assert found == (None, 0, 0, True)


def test_many_issues_beyond_counting() -> None:
    points, thresholds = opposed(4, 40, 4, 64, 2, 100)
    found = most_acceptable(points, thresholds - 60, np.full(40, 4), winning=EVERYBODY_OF_4, node_limit=2000)
    assert found.package is not None
    accept = accepts(points, thresholds - 60, found.package[None])
    assert agreed(accept, EVERYBODY_OF_4).sum() == found.count
    assert found.count <= found.upper_bound <= 64


SCRIPT = """
import hashlib, sys
import numpy as np
sys.path.insert(0, {folder!r})
from test_acceptance import EVERYBODY_OF_4, council, opposed
from detente.kernels.acceptance import accepts, most_acceptable
digest = hashlib.sha256()
points, thresholds = opposed(4, 6, 4, 300, 5, 1000)
for winning in (EVERYBODY_OF_4, council(4, 3)):
    for every in (0, 2**33):
        found = most_acceptable(points, thresholds, np.full(6, 4), winning=winning, every=every, node_limit=300)
        digest.update(repr(found).encode())
packages = np.indices((4,) * 6).reshape(6, -1).T[::7]
digest.update(accepts(points, thresholds, packages).tobytes())
print(digest.hexdigest())
"""


def test_the_number_of_threads_does_not_matter() -> None:
    script = SCRIPT.format(folder=str(Path(__file__).parent))
    answers = {
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True,
            env={**os.environ, "NUMBA_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    }  # fmt: skip
    assert len(answers) == 1
