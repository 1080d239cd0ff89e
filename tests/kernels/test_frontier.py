"""The exact frontier against plain enumeration, against moocore, and against its own definition."""

from __future__ import annotations

import moocore
import numpy as np
import pytest
from kernel_instances import Instance, packages, random_instance, scores

from detente.errors import LimitError
from detente.kernels.frontier import Front, frontier, nondominated
from detente.kernels.patterns import elimination_order, make_patterns, matches, no_patterns

RANDOM = 1500


def run(instance: Instance, **changed) -> Front:
    return frontier(
        instance.utilities,
        instance.sizes,
        **instance.terms(),
        **{"reservation": instance.reservation, "status_quo": instance.status_quo, **changed},
    )


def dominates(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def expected(instance: Instance) -> dict[tuple[int, ...], list[tuple[int, ...]]]:
    """Non-dominated vectors and all packages that give them."""
    by_vector: dict[tuple[int, ...], list[tuple[int, ...]]] = {}
    for x in packages(instance):
        u = scores(instance, x)
        if all(a >= r for a, r in zip(u, instance.reservation, strict=True)):
            by_vector.setdefault(u, []).append(x)
    return {u: xs for u, xs in by_vector.items() if not any(dominates(v, u) for v in by_vector)}


@pytest.mark.parametrize("block", range(10))
def test_equals_enumeration(block: int) -> None:
    sizes_seen, twins = set(), 0
    for seed in range(block * RANDOM // 10, (block + 1) * RANDOM // 10):
        instance = random_instance(seed)
        want = expected(instance)
        front = run(instance)
        assert [tuple(u) for u in front.points.tolist()] == sorted(want, reverse=True), seed
        for u, x in zip(front.points.tolist(), front.packages.tolist(), strict=True):
            assert tuple(x) in want[tuple(u)], seed
            twins += len(want[tuple(u)]) > 1
            if not instance.pairs:
                assert tuple(x) == min(want[tuple(u)]), seed
        assert [front.count(n) for n in range(len(want))] == [
            len(want[tuple(u)]) for u in front.points.tolist()
        ]
        sizes_seen.add(min(len(want), 3))
    assert sizes_seen == {0, 1, 2, 3}
    assert twins


def test_packages_that_are_worth_the_same_are_counted_beyond_one_word() -> None:
    """Thirty issues of twelve options that nobody cares about, and one that both do."""
    utilities = np.zeros((2, 31, 12), np.int64)
    utilities[:, 30, :2] = [[1, 0], [0, 1]]
    front = frontier(utilities, np.array([12] * 30 + [2]))
    assert front.points.tolist() == [[1, 0], [0, 1]]
    assert [front.count(n) for n in range(2)] == [12**30, 12**30]


@pytest.mark.parametrize("parties", range(1, 9))
def test_equals_moocore_on_longer_fronts(parties: int) -> None:
    rng = np.random.default_rng(parties)
    sizes = np.array([4, 3, 4, 3, 4, 2])
    pairs = [[(0, 1), (3, 2)], [(1, 0), (2, 1), (5, 1)], [(3, 0), (4, 3)]]
    utilities = rng.integers(0, 50, (parties, 6, 4))
    add = rng.integers(-30, 30, (parties, 3))
    everything = np.array(np.meshgrid(*map(np.arange, sizes), indexing="ij")).reshape(6, -1).T
    vectors = (
        utilities[:, np.arange(6), everything].sum(axis=2).T
        + matches(everything, make_patterns(pairs)).astype(int) @ add.T
    )
    floor = np.quantile(vectors, 0.2, axis=0).astype(int)
    kept = vectors[(vectors >= floor).all(axis=1)]
    want = np.unique(moocore.filter_dominated(kept.astype(float), maximise=True), axis=0)[::-1]
    front = frontier(utilities, sizes, patterns=make_patterns(pairs), add=add, reservation=floor)
    assert front.points.tolist() == want.astype(int).tolist()
    assert len(want) >= (1, 4, 12)[min(parties, 3) - 1]


@pytest.mark.parametrize("parties", range(1, 9))
@pytest.mark.parametrize("span", [2, 30, 10**6])
def test_nondominated_equals_moocore(parties: int, span: int) -> None:
    rng = np.random.default_rng(parties * span)
    points = rng.integers(-span, span, (700, parties))
    found = nondominated(points)
    mask = moocore.is_nondominated(points.astype(float), maximise=True, keep_weakly=False)
    assert sorted(map(tuple, points[found].tolist())) == sorted(map(tuple, points[mask].tolist()))
    ordered = [tuple(u) for u in points[found].tolist()]
    assert ordered == sorted(set(ordered), reverse=True)
    for n in found.tolist():
        assert n == np.flatnonzero((points == points[n]).all(axis=1))[0]


@pytest.mark.parametrize("parties", [3, 4, 5, 6])
def test_nondominated_near_ties_in_long_fronts(parties: int) -> None:
    """Points about a plane on a coarse grid: many kept, many equal in most objectives, many just below."""
    rng = np.random.default_rng(parties)
    points = rng.integers(0, 15, (6000, parties))
    points[:, 0] = 9 * (parties - 1) - points[:, 1:].sum(axis=1) + rng.integers(-2, 1, 6000)
    found = nondominated(points)
    mask = moocore.is_nondominated(points.astype(float), maximise=True, keep_weakly=False)
    assert sorted(map(tuple, points[found].tolist())) == sorted(map(tuple, points[mask].tolist()))
    assert len(found) > 150


def test_nondominated_of_nothing_and_of_one() -> None:
    assert nondominated(np.zeros((0, 3), np.int64)).tolist() == []
    assert nondominated(np.zeros((5, 4), np.int64)).tolist() == [0]


def test_status_quo_that_dominates_everything_hides_nothing() -> None:
    utilities = np.array([[[9, 1], [9, 2]], [[9, 2], [9, 1]]])
    front = frontier(utilities, np.array([2, 2]), status_quo=np.array([0, 0]))
    assert front.points.tolist() == [[11, 10], [10, 11]]
    assert front.packages.tolist() == [[0, 1], [1, 0]]


def test_package_equal_to_the_status_quo_in_value_is_a_deal() -> None:
    utilities = np.array([[[3, 3]], [[5, 5]]])
    front = frontier(utilities, np.array([2]), status_quo=np.array([0]), reservation=np.array([3, 5]))
    assert front.points.tolist() == [[3, 5]]
    assert front.packages.tolist() == [[1]]


def test_no_acceptable_package_gives_an_empty_front() -> None:
    front = frontier(np.array([[[1, 0]], [[0, 1]]]), np.array([2]), reservation=np.array([1, 1]))
    assert front.points.shape == (0, 2)
    assert front.packages.shape == (0, 1)
    assert front.ways.shape == (len(front.points), 1)


def test_everything_excluded_gives_an_empty_front() -> None:
    both = make_patterns([[(0, 0)], [(0, 1)]])
    front = frontier(
        np.zeros((2, 2, 2), int), np.array([2, 2]), patterns=both, excluded=np.array([True, True])
    )
    assert len(front.points) == 0


def test_only_package_is_the_status_quo() -> None:
    assert len(frontier(np.ones((3, 2, 1), int), np.array([1, 1]), status_quo=np.array([0, 0])).points) == 0


def test_equal_vectors_are_represented_by_the_smallest_package() -> None:
    front = frontier(np.ones((2, 3, 3), int), np.array([3, 3, 3]), status_quo=np.array([0, 0, 0]))
    assert front.packages.tolist() == [[0, 0, 1]]


def test_large_utilities_are_exact_and_too_large_ones_refused() -> None:
    utilities = np.array([[[2**44, 2**44 + 1]], [[1, 0]]])
    assert frontier(utilities, np.array([2])).points.tolist() == [[2**44 + 1, 0], [2**44, 1]]
    with pytest.raises(ValueError, match="coarser grid step"):
        frontier(utilities * 2**10, np.array([2]))


def test_limit_names_itself_and_the_stage() -> None:
    utilities = np.random.default_rng(0).integers(0, 1000, (4, 8, 4))
    with pytest.raises(LimitError, match=r"more than 100 .* issue \d of 8 .*would help"):
        frontier(utilities, np.full(8, 4), limit=100)
    exact = frontier(utilities, np.full(8, 4))
    assert (
        frontier(utilities, np.full(8, 4), limit=len(exact.points)).points.tolist() == exact.points.tolist()
    )


def test_limit_on_entangled_patterns() -> None:
    rng = np.random.default_rng(0)
    pairs = [[(i, int(rng.integers(3))), (j, int(rng.integers(3)))] for i in range(9) for j in range(i)]
    terms = {"patterns": make_patterns(pairs), "add": np.ones((2, len(pairs)), int)}
    with pytest.raises(LimitError, match="entangled"):
        frontier(rng.integers(0, 9, (2, 9, 3)), np.full(9, 3), **terms, limit=50)


@pytest.mark.parametrize("seed", range(6))
def test_same_input_same_output(seed: int) -> None:
    first, second = run(random_instance(seed)), run(random_instance(seed))
    assert first.points.tobytes() == second.points.tobytes()
    assert first.packages.tobytes() == second.packages.tobytes()


@pytest.mark.parametrize("seed", range(20))
def test_relabelled_issues_and_options_give_the_same_vectors(seed: int) -> None:
    """Another elimination order, other states, another tree: the vectors may not move."""
    instance = random_instance(1000 + seed)
    rng = np.random.default_rng(seed)
    issues = rng.permutation(len(instance.sizes))
    place = np.argsort(issues)
    pairs = [[(int(place[i]), o) for i, o in pattern] for pattern in instance.pairs]
    front = frontier(
        instance.utilities[:, issues],
        instance.sizes[issues],
        patterns=make_patterns(pairs) if pairs else no_patterns(),
        add=instance.add,
        excluded=instance.excluded,
        reservation=instance.reservation,
        status_quo=instance.status_quo[issues],
    )
    assert front.points.tolist() == run(instance).points.tolist()


def test_elimination_order_keeps_a_chain_narrow() -> None:
    chain = make_patterns([[(i, 0), ((i + 5) % 12, 1)] for i in range(0, 12, 1) if i != 6])
    order = elimination_order([3] * 14, chain)
    assert sorted(order.issues) == list(range(14))
    assert max(map(len, order.live)) == 1
    assert set(order.issues[-2:]) == {12, 13}
    assert order.live[-1] == ()
