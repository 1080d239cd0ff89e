"""Exact counts against plain enumeration, against each other, and against what can be counted by hand."""

from __future__ import annotations

from math import comb, prod

import numpy as np
import pytest
from kernel_instances import Instance, packages, random_instance, scores

from detente.errors import LimitError
from detente.kernels import counting
from detente.kernels.counting import count, total
from detente.kernels.patterns import make_patterns

RANDOM = 1000


def run(instance: Instance, winning: list[int], **changed) -> int | None:
    return count(
        instance.utilities,
        instance.sizes,
        **instance.terms(),
        broken=instance.broken,
        reservation=instance.reservation,
        status_quo=instance.status_quo,
        winning=np.array(winning, np.uint64),
        **changed,
    )


def random_sets(seed: int, parties: int) -> list[int]:
    """Winning sets: everybody, somebody, several overlapping ones, nobody's consent, none at all."""
    rng = np.random.default_rng(seed)
    kind = int(rng.integers(6))
    if kind == 0:
        return [2**parties - 1]
    if kind == 1:
        return [1 << p for p in range(parties)]
    if kind == 2:
        return [0] if rng.random() < 0.5 else []
    return [int(w) for w in rng.integers(1, 2**parties, kind)]


def expected(instance: Instance, winning: list[int]) -> int:
    found = 0
    for x in packages(instance):
        u = scores(instance, x)
        met = [all(x[i] == o for i, o in pairs) for pairs in instance.pairs]
        lined = instance.broken[:, met].any(axis=1)
        mask = sum(1 << p for p, r in enumerate(instance.reservation) if u[p] >= r and not lined[p])
        found += any(mask & w == w for w in winning)
    return found


@pytest.fixture
def merging(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small instances, too, go through the distinct sums."""
    monkeypatch.setattr(counting, "_NODES", 0)


@pytest.mark.parametrize("block", range(10))
def test_branching_equals_enumeration(block: int) -> None:
    seen = set()
    for seed in range(block * RANDOM // 10, (block + 1) * RANDOM // 10):
        instance = random_instance(seed)
        winning = random_sets(seed, len(instance.utilities))
        found = run(instance, winning)
        assert found == expected(instance, winning), seed
        seen.add(0 if found == 0 else 1 if found == len(packages(instance)) else 2)
    assert seen == {0, 1, 2}


@pytest.mark.parametrize("block", range(10))
@pytest.mark.usefixtures("merging")
def test_merging_equals_enumeration(block: int) -> None:
    for seed in range(block * RANDOM // 10, (block + 1) * RANDOM // 10):
        instance = random_instance(seed)
        winning = random_sets(seed, len(instance.utilities))
        assert run(instance, winning) == expected(instance, winning), seed


@pytest.mark.parametrize("block", range(4))
def test_total_equals_enumeration(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        instance = random_instance(seed)
        found = total(instance.sizes, instance.patterns, instance.excluded)
        assert found == len(packages(instance, quo=False)), seed


def test_total_without_patterns_is_the_product() -> None:
    assert total(np.array([7, 1, 13] * 20)) == 91**20


def test_total_refuses_what_is_too_entangled() -> None:
    pairs = [[(i, 0), (j, 1)] for i in range(10) for j in range(i)]
    with pytest.raises(LimitError, match="entangled"):
        total(np.full(10, 3), make_patterns(pairs), np.full(len(pairs), True), limit=20)


@pytest.mark.parametrize("issues", [40, 130])
def test_binomial_sums(issues: int) -> None:
    """Two options worth 0 and 1: at least k ones, a sum of binomial coefficients far beyond 2**64."""
    utilities = np.tile(np.array([0, 1]), (1, issues, 1))
    for k in (0, 1, issues // 2, issues):
        found = count(
            utilities, np.full(issues, 2), reservation=np.array([k]), winning=np.array([1], np.uint64)
        )
        assert found == sum(comb(issues, j) for j in range(k, issues + 1))


def test_opposed_interests_meet_in_the_middle() -> None:
    """What one gains the other loses: exactly the middle binomial coefficient, and 10**40 packages in all."""
    utilities = np.stack([np.tile([0, 1], (100, 1)), np.tile([1, 0], (100, 1))])
    found = count(
        utilities, np.full(100, 2), reservation=np.array([50, 50]), winning=np.array([3], np.uint64)
    )
    assert found == comb(100, 50)


def test_large_count_of_two_factions_by_their_joint_distribution() -> None:
    """40 issues, 10 options: the joint distribution of the two sums, issue by issue, in Python integers."""
    rng = np.random.default_rng(3)
    utilities = rng.integers(0, 4, (2, 40, 10))
    sums = {(0, 0): 1}
    for i in range(40):
        following: dict[tuple[int, int], int] = {}
        for (a, b), many in sums.items():
            for o in range(10):
                key = (a + int(utilities[0, i, o]), b + int(utilities[1, i, o]))
                following[key] = following.get(key, 0) + many
        sums = following
    floor = np.array([63, 61])
    sizes = np.full(40, 10)
    arguments = {"reservation": floor, "status_quo": np.zeros(40, int)}
    quo = int((utilities[:, :, 0].sum(axis=1) >= floor).all())
    both = sum(many for (a, b), many in sums.items() if a >= 63 and b >= 61)
    assert count(utilities, sizes, winning=np.array([3], np.uint64), **arguments) == both - quo
    either = sum(many for (a, b), many in sums.items() if a >= 63 or b >= 61)
    quo = int((utilities[:, :, 0].sum(axis=1) >= floor).any())
    assert count(utilities, sizes, winning=np.array([1, 2], np.uint64), **arguments) == either - quo
    assert both > 2**64


@pytest.mark.usefixtures("merging")
def test_ways_agree_where_there_are_patterns() -> None:
    rng = np.random.default_rng(8)
    sizes = np.array([3] * 9)
    pairs = [
        [(int(i), int(rng.integers(3))) for i in np.sort(rng.choice(9, 2 + n % 2, replace=False))]
        for n in range(12)
    ]
    arguments = {
        "patterns": make_patterns(pairs),
        "add": rng.integers(-40, 40, (5, 12)),
        "excluded": np.arange(12) < 3,
        "reservation": np.full(5, 180),
        "winning": np.array([0b00111, 0b11001, 0b11110], np.uint64),
        "status_quo": np.zeros(9, int),
    }
    utilities = rng.integers(0, 50, (5, 9, 3))
    merged = count(utilities, sizes, **arguments)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "_NODES", 25)
        assert count(utilities, sizes, **arguments) == merged
    assert 0 < merged < prod(sizes.tolist())


@pytest.mark.usefixtures("merging")
def test_limit_gives_none() -> None:
    rng = np.random.default_rng(1)
    arguments = {"reservation": np.full(3, 4000), "winning": np.array([7], np.uint64)}
    utilities = rng.integers(0, 1000, (3, 8, 3))
    assert count(utilities, np.full(8, 3), **arguments, limit=10) is None
    assert count(utilities, np.full(8, 3), **arguments) is not None


def test_faction_without_a_vote_does_not_matter() -> None:
    """Its utilities neither change the count nor keep sums apart."""
    rng = np.random.default_rng(2)
    utilities = rng.integers(0, 3, (2, 60, 3))
    silent = np.concatenate((utilities, rng.integers(0, 10**6, (1, 60, 3))))
    floor = np.array([60, 60, 10**7])
    kept = count(utilities, np.full(60, 3), reservation=floor[:2], winning=np.array([3], np.uint64))
    assert count(silent, np.full(60, 3), reservation=floor, winning=np.array([3], np.uint64)) == kept
    assert kept > 0
