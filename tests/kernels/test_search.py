"""``maximise`` and ``exists`` against plain enumeration, and what they say when they run out of nodes."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from fractions import Fraction
from math import inf, log, prod
from typing import Any, NamedTuple

import numpy as np
import pytest

from detente.kernels import existence
from detente.kernels.existence import exists
from detente.kernels.patterns import Patterns, make_patterns, no_patterns, pattern_pairs
from detente.kernels.programme import lowest_sum
from detente.kernels.search import Objective, maximise


class Game(NamedTuple):
    utilities: np.ndarray
    sizes: np.ndarray
    patterns: Patterns
    add: np.ndarray
    broken: np.ndarray
    excluded: np.ndarray
    reservation: np.ndarray
    weight: np.ndarray
    members: np.ndarray
    status_quo: np.ndarray | None

    def arguments(self) -> dict[str, Any]:
        named = self._asdict()
        return {k: v for k, v in named.items() if k not in ("utilities", "sizes")}


def random_game(seed: int, *, objective: Objective) -> Game:
    """Few distinct points (ties, zero gains), patterns of one to three options, now and then a red line."""
    rng = np.random.default_rng(seed)
    parties, issues = int(rng.integers(1, 9)), int(rng.integers(1, 6))
    sizes = rng.integers(1, 5, issues)
    spread = int(rng.choice([1, 3, 20, 1000]))
    utilities = rng.integers(-spread // 3, spread + 1, (parties, issues, int(sizes.max())))
    pairs = []
    for _ in range(int(rng.integers(0, 5))):
        named = rng.choice(issues, int(rng.integers(1, min(3, issues) + 1)), replace=False)
        pairs.append([(int(i), int(rng.integers(sizes[i]))) for i in named])
    patterns = make_patterns(pairs) if pairs else no_patterns()
    add = rng.integers(-spread, spread + 1, (parties, len(pairs)))
    broken = rng.random(add.shape) < 0.1
    excluded = rng.random(len(pairs)) < 0.3
    ease = rng.choice([-2.0, 0.2, 0.5, 0.7])
    reservation = np.rint(ease * np.where(True, utilities, 0).max(axis=2).sum(axis=1)).astype(np.int64)
    weight = rng.choice([np.ones(parties), rng.integers(1, 4, parties) / 3, rng.random(parties) + 0.1])
    members = rng.random(parties) < 0.8
    members[0] = True
    if objective == Objective.LINEAR and rng.random() < 0.5:
        weight = weight * (rng.random(parties) < 0.6)
    status_quo = np.array([rng.integers(n) for n in sizes]) if rng.random() < 0.6 else None
    return Game(utilities, sizes, patterns, add, broken, excluded, reservation, weight, members, status_quo)


def packages_of(sizes: np.ndarray) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(n) for n in sizes)))


def possible(game: Game) -> list[tuple[tuple[int, ...], np.ndarray]]:
    """Packages that may occur, with everybody's gains."""
    found = []
    for package in packages_of(game.sizes):
        if game.status_quo is not None and package == tuple(game.status_quo):
            continue
        gain = sum(game.utilities[:, i, o] for i, o in enumerate(package)) - game.reservation
        barred = False
        for t, pairs in enumerate(pattern_pairs(game.patterns)):
            if all(package[i] == o for i, o in pairs):
                gain = gain + game.add[:, t]
                barred = barred or bool(game.excluded[t])
        if not barred:
            found.append((package, gain))
    return found


def lines(game: Game, package: tuple[int, ...]) -> int:
    """How many lines of members a package breaks."""
    met = [all(package[i] == o for i, o in pairs) for pairs in pattern_pairs(game.patterns)]
    return int(game.broken[:, met][game.members].sum())


def key(objective: Objective, game: Game, gain: np.ndarray) -> Any:
    """What is maximised, on exact fractions."""
    inside = [
        (Fraction(w).limit_denominator(10**12), int(g))
        for w, g, m in zip(game.weight, gain, game.members, strict=True)
        if m
    ]
    if objective == Objective.NASH:
        zeros = sum(g == 0 for w, g in inside if w)
        return (-zeros, sum(float(w) * log(g) for w, g in inside if g > 0))
    if objective == Objective.LINEAR:
        return sum(
            Fraction(w).limit_denominator(10**12) * int(g) for w, g in zip(game.weight, gain, strict=True)
        )
    if objective == Objective.MAXMIN:
        return sorted(w * g for w, g in inside if w)
    return -sum(w * max(0, -g) for w, g in inside)


def close(a: Any, b: Any) -> bool:
    if isinstance(a, list | tuple):
        return all(close(x, y) for x, y in zip(a, b, strict=True))
    return abs(float(a) - float(b)) <= 1e-7 * (1 + abs(float(b)))


@pytest.mark.parametrize("objective", list(Objective))
def test_maximise_is_enumeration(objective: Objective) -> None:
    nothing = zeros = lined = 0
    for seed in range(150):
        game = random_game(1000 * int(objective) + seed, objective=objective)
        allowed = possible(game)
        if objective != Objective.SHORTFALL:
            allowed = [(x, g) for x, g in allowed if np.all(g[game.members] >= 0) and not lines(game, x)]
        else:
            fewest = min((lines(game, x) for x, _ in allowed), default=0)
            allowed = [(x, g) for x, g in allowed if lines(game, x) == fewest]
        best = maximise(objective, game.utilities, game.sizes, **game.arguments())
        assert best.proven, seed
        if not allowed:
            nothing += 1
            assert best.package is None, seed
            assert best.value == -inf
            continue
        assert best.package is not None, seed
        gains = dict(allowed)
        chosen = tuple(int(o) for o in best.package)
        assert chosen in gains, seed
        if objective == Objective.SHORTFALL and fewest:
            lined += 1
            continue
        keys = {x: key(objective, game, g) for x, g in allowed}
        top = max(keys.values())
        assert close(keys[chosen], top), (seed, chosen, keys[chosen], top)
        if np.all(game.weight == game.weight[0]):
            exact = keys
            if objective == Objective.NASH:
                exact = {
                    x: (
                        -sum(int(v) == 0 for v in g[game.members]),
                        prod(int(v) for v in g[game.members] if v > 0),
                    )
                    for x, g in allowed
                }
            winner = max(exact.values())
            assert best.settled
            assert chosen == min(x for x, k in exact.items() if k == winner), seed
        inside = gains[chosen][game.members]
        if objective == Objective.NASH and np.any(inside == 0):
            zeros += 1
            assert best.value == -inf
        elif objective == Objective.NASH:
            assert best.value == pytest.approx(keys[chosen][1])
        elif objective == Objective.LINEAR:
            assert best.value == pytest.approx(float(keys[chosen] + sum(
                Fraction(w).limit_denominator(10**12) * int(r) for w, r in zip(game.weight, game.reservation, strict=True)
            )))  # fmt: skip
        elif objective == Objective.MAXMIN:
            assert best.value == pytest.approx(float(keys[chosen][0]))
        elif not lines(game, chosen):
            assert best.value == pytest.approx(float(keys[chosen]))
        assert best.bound >= best.value - 1e-9 * (1 + abs(best.value)) or best.value == -inf
    assert 5 < nothing < 100 or objective == Objective.SHORTFALL
    assert zeros > 5 or objective != Objective.NASH
    assert lined > 3 or objective != Objective.SHORTFALL


def conflict(
    parties: int, issues: int, options: int, seed: int, scale: int = 1000
) -> tuple[np.ndarray, np.ndarray]:
    """Opposed interests; the no-deal value is that of the mean package."""
    rng = np.random.default_rng(seed)
    share = rng.dirichlet(np.ones(issues), parties)
    side = np.arange(parties) % 2 == 0
    common = rng.random((issues, options))
    table = 0.5 * np.where(side[:, None, None], common, 1 - common) + 0.5 * rng.random(
        (parties, issues, options)
    )
    utilities = np.rint(scale * share[:, :, None] * table).astype(np.int64)
    return utilities, np.rint(utilities.mean(axis=2).sum(axis=1)).astype(np.int64)


@pytest.mark.parametrize("parties", [2, 5, 8])
def test_nash_of_forty_issues_is_proven(parties: int) -> None:
    utilities, reservation = conflict(parties, 40, 10, parties)
    best = maximise(Objective.NASH, utilities, np.full(40, 10), reservation=reservation)
    assert best.proven
    assert best.package is not None
    gains = utilities[:, np.arange(40), best.package].sum(axis=1) - reservation
    assert np.all(gains > 0)
    assert best.value == pytest.approx(float(np.log(gains).sum()))


@pytest.mark.parametrize("objective", list(Objective))
def test_bounds_hold_when_nodes_run_out(objective: Objective) -> None:
    for seed in range(40):
        utilities, reservation = conflict(4, 6, 4, seed)
        full = maximise(objective, utilities, np.full(6, 4), reservation=reservation)
        for limit in (1, 10, 60):
            short = maximise(
                objective, utilities, np.full(6, 4), reservation=reservation, node_limit=limit, milp_nodes=0
            )
            slack = 1e-9 * (1 + abs(full.value)) if full.package is not None else 0.0
            assert short.bound >= full.value - slack, (seed, limit)
            assert short.value <= full.value + slack, (seed, limit)
            assert not short.proven or short.value == pytest.approx(full.value)


def test_an_issue_that_nobody_cares_about_stays_at_its_first_option() -> None:
    utilities, reservation = conflict(3, 30, 6, 5)
    utilities[:, 10:] = 0
    reservation = np.rint(utilities.mean(axis=2).sum(axis=1)).astype(np.int64)
    for objective in Objective:
        best = maximise(objective, utilities, np.full(30, 6), reservation=reservation)
        assert best.proven
        assert best.settled or objective == Objective.SHORTFALL  # the first of very many deals
        assert best.package is not None
        assert not np.any(best.package[10:])


def test_nash_ties_are_exact_products() -> None:
    # Gains (6, 10) and (10, 6), (12, 5): all products 60; logarithms differ in the last bits.
    utilities = np.array([[[12, 10, 6, 5]], [[5, 6, 10, 12]]])
    best = maximise(Objective.NASH, utilities, np.array([4]), reservation=np.zeros(2, np.int64))
    assert best.package is not None
    assert best.package.tolist() == [0]


def test_highs_closes_what_the_search_leaves_open() -> None:
    proven = 0
    for seed in range(30):
        game = random_game(5000 + seed, objective=Objective.MAXMIN)
        full = maximise(Objective.MAXMIN, game.utilities, game.sizes, **game.arguments())
        asked = maximise(
            Objective.MAXMIN, game.utilities, game.sizes, node_limit=1, milp_nodes=1000, **game.arguments()
        )
        assert asked.proven, seed
        assert (asked.package is None) == (full.package is None), seed
        if full.package is None or asked.package is None:
            continue
        proven += 1
        one, two = (
            next(g for x, g in possible(game) if x == tuple(int(o) for o in best.package))
            for best in (full, asked)
        )
        assert close(key(Objective.MAXMIN, game, one), key(Objective.MAXMIN, game, two)), seed
    assert proven > 8


@pytest.mark.parametrize("lowest", [1, 2, 3])
def test_the_programme_is_enumeration(lowest: int) -> None:
    seen = 0
    for seed in range(60):
        game = random_game(6000 + seed, objective=Objective.MAXMIN)
        k = min(lowest, len(game.reservation))
        everyone = np.ones(len(game.reservation), np.bool_)
        sums = [int(np.sort(gain)[:k].sum()) for _, gain in possible(game) if np.all(gain >= 0)]
        found = lowest_sum(
            game.utilities.transpose(1, 2, 0).copy(), np.arange(game.utilities.shape[2]) < game.sizes[:, None],
            -game.reservation, everyone, np.ones(len(everyone)), pattern_pairs(game.patterns), game.add.T.copy(),
            game.excluded, np.full(len(game.sizes), -1) if game.status_quo is None else game.status_quo,
            k=k, earlier=[-np.inf] * (k - 1), at_least=-np.inf, node_limit=10**4,
        )  # fmt: skip
        if not sums:
            assert found == (None, -inf), seed
            continue
        seen += 1
        assert max(sums) <= found.bound <= max(sums) + 0.1, seed
        assert found.package is not None
        gain = next(g for x, g in possible(game) if x == tuple(int(o) for o in found.package))
        assert int(np.sort(gain)[:k].sum()) == max(sums), seed
    assert seen > 20


def test_leximin_of_six_parties_and_forty_issues() -> None:
    # Beyond branch and bound alone: a good package and a valid bound, whatever is proven.
    utilities, reservation = conflict(6, 40, 10, 6)
    best = maximise(
        Objective.MAXMIN, utilities, np.full(40, 10), reservation=reservation, node_limit=10**5, milp_nodes=20
    )
    alone = maximise(
        Objective.MAXMIN, utilities, np.full(40, 10), reservation=reservation, node_limit=10**5, milp_nodes=0
    )
    assert best.package is not None
    gains = utilities[:, np.arange(40), best.package].sum(axis=1) - reservation
    assert gains.min() == best.value <= best.bound
    assert alone.value <= best.bound
    assert best.value <= alone.bound


def test_kalai_smorodinsky_of_two_goods() -> None:
    # One divisible pie of 100 worth twice as much to the first: equal shares of the ideal gains.
    cut = np.arange(101)
    utilities = np.array([[2 * cut], [100 - cut]])
    weight = np.array([1 / 200, 1 / 100])
    best = maximise(
        Objective.MAXMIN, utilities, np.array([101]), reservation=np.zeros(2, np.int64), weight=weight
    )
    assert best.proven
    assert best.package is not None
    assert best.package.tolist() == [50]


def test_affine_rescaling_leaves_nash_alone() -> None:
    utilities, reservation = conflict(3, 8, 5, 11)
    one = maximise(Objective.NASH, utilities, np.full(8, 5), reservation=reservation)
    factor = np.array([3, 1, 7])
    two = maximise(
        Objective.NASH,
        utilities * factor[:, None, None] + 2,
        np.full(8, 5),
        reservation=reservation * factor + 16,
    )
    assert one.package is not None
    assert two.package is not None
    assert one.package.tolist() == two.package.tolist()


class Draws(NamedTuple):
    points: np.ndarray
    thresholds: np.ndarray
    sizes: np.ndarray
    patterns: Patterns
    add: np.ndarray
    broken: np.ndarray
    excluded: np.ndarray
    winning: np.ndarray
    status_quo: np.ndarray | None


def random_draws(seed: int, draws: int = 40) -> Draws:
    game = random_game(seed, objective=Objective.NASH)
    rng = np.random.default_rng(seed + 10**6)
    parties = len(game.reservation)
    points = game.utilities[..., None] + rng.integers(-3, 4, (*game.utilities.shape, draws))
    add = np.where(rng.random((*game.add.shape, draws)) < 0.7, game.add[..., None], 0)
    broken = game.broken[..., None] & (rng.random((*game.broken.shape, draws)) < 0.7)
    # Now and then a no-deal value that nothing comes near, from above or from below.
    far = rng.choice([0, 10**12, -(10**12)], (parties, draws), p=[0.9, 0.05, 0.05])
    thresholds = far + np.rint(rng.uniform(0.3, 1.1, draws) * game.utilities.max(axis=2).sum(axis=1)[:, None])
    everybody = 2**parties - 1
    masks = {
        0: [everybody],
        1: [1 << p for p in range(parties)],
        2: [everybody & ~(1 << p) for p in range(parties)],
    }
    winning = np.array([m for m in masks[seed % 3] if m] or [1], np.uint64)
    return Draws(
        points.astype(np.int32), thresholds.astype(np.int64), game.sizes, game.patterns, add.astype(np.int32),
        broken, game.excluded, winning, game.status_quo,
    )  # fmt: skip


def agreed_by_hand(case: Draws) -> np.ndarray:
    """bool[packages, S] in lexicographic order."""
    out = []
    for package in packages_of(case.sizes):
        total = sum(case.points[:, i, o].astype(np.int64) for i, o in enumerate(package))
        barred = case.status_quo is not None and package == tuple(case.status_quo)
        for t, pairs in enumerate(pattern_pairs(case.patterns)):
            if all(package[i] == o for i, o in pairs):
                total = total + case.add[:, t]
                barred = barred or bool(case.excluded[t])
        met = [all(package[i] == o for i, o in pairs) for pairs in pattern_pairs(case.patterns)]
        accept = (total >= case.thresholds) & ~case.broken[:, met].any(axis=1)
        good = np.zeros(accept.shape[1], np.bool_)
        for mask in case.winning:
            good |= np.all(accept[[p for p in range(len(accept)) if int(mask) >> p & 1]], axis=0)
        out.append(good & (not barred))
    return np.array(out)


@pytest.mark.parametrize("few", [0, existence.FEW])
def test_exists_is_enumeration(monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(existence, "FEW", few)
    monkeypatch.setattr(existence, "WALKED", 20)
    some = none = 0
    for seed in range(60):
        case = random_draws(seed)
        table = agreed_by_hand(case)
        zone = table.any(axis=0)
        every = packages_of(case.sizes)
        for candidates in (None, np.array(every[:3], np.int16)):
            found, quick = (
                exists(
                    case.points, case.thresholds, case.sizes, patterns=case.patterns, add=case.add,
                    broken=case.broken, excluded=case.excluded, winning=case.winning, status_quo=case.status_quo,
                    candidates=candidates, node_limit=10**6, witnesses=witnesses,
                )
                for witnesses in (True, False)
            )  # fmt: skip
            assert np.array_equal(found.verdict, zone.astype(np.int8)), seed
            assert np.array_equal(quick.verdict, found.verdict), seed
            for s in np.flatnonzero(zone):
                assert table[every.index(tuple(int(o) for o in found.witness[s])), s], (seed, s)
            assert np.all(found.witness[~zone] == -1)
            # Which package it was is not asked there, but none is named that is not agreed.
            for s in np.flatnonzero(quick.witness[:, 0] >= 0):
                assert table[every.index(tuple(int(o) for o in quick.witness[s])), s], (seed, s)
        some, none = some + int(zone.sum()), none + int((~zone).sum())
    assert some > 300
    assert none > 300


def test_exists_leaves_undecided_what_it_cannot_decide() -> None:
    # Every party wants exactly one more point than an equal split of odd items leaves: bounds say maybe.
    rng = np.random.default_rng(3)
    items = 2 * rng.integers(1, 50, 24) + 0
    points = np.zeros((2, 24, 2, 2), np.int32)
    points[0, :, 0], points[1, :, 1] = items[:, None], items[:, None]
    half = int(items.sum()) // 2
    thresholds = np.array([[half, half - 200], [int(items.sum()) - half + 1, half - 200]], np.int32)
    arguments = {"winning": np.array([3], np.uint64)}
    capped = exists(points, thresholds, np.full(24, 2), node_limit=5, **arguments)
    assert capped.verdict[1] == 1
    assert capped.verdict[0] in (-1, 0)
    one_less = thresholds.copy()
    one_less[:, 0] = half // 2 * 2
    assert exists(points, one_less, np.full(24, 2), node_limit=10**7, **arguments).verdict[0] >= 0


SCRIPT = """
import hashlib, sys
import numpy as np
sys.path.insert(0, {folder!r})
from test_search import conflict, random_draws
from detente.kernels import existence
from detente.kernels.existence import exists
from detente.kernels.search import Objective, maximise
existence.FEW = 0
digest = hashlib.sha256()
for seed in range(6):
    case = random_draws(seed, 64)
    found = exists(case.points, case.thresholds, case.sizes, patterns=case.patterns, add=case.add, broken=case.broken,
                   excluded=case.excluded, winning=case.winning, status_quo=case.status_quo, node_limit=30)
    digest.update(found.verdict.tobytes() + found.witness.tobytes())
utilities, reservation = conflict(4, 20, 5, 1)
for objective in Objective:
    best = maximise(objective, utilities, np.full(20, 5), reservation=reservation, milp_nodes=0, node_limit=10**5)
    digest.update(repr(best).encode())
print(digest.hexdigest())
"""


def test_the_number_of_threads_does_not_matter() -> None:
    from pathlib import Path

    script = SCRIPT.format(folder=str(Path(__file__).parent))
    answers = {
        subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True,
            env={**os.environ, "NUMBA_NUM_THREADS": threads},
        ).stdout
        for threads in ("1", "2")
    }  # fmt: skip
    assert len(answers) == 1
