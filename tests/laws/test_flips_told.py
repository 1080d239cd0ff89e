"""Where no-deal values come from the world: every flip that is reported flips when it is typed into the case."""

from __future__ import annotations

import copy
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.bargaining import counted
from detente.analyses.deal.room import Room
from detente.analyses.flips import Flip, FlipsResult, flips
from detente.analyses.flips import ends as ends_module
from detente.case.reading import read_case
from detente.draws import prepare
from detente.problem import table
from detente.prospects.view import view
from detente.world.signing import Counted, signed, told
from tests.laws.writing import Tree, written
from tests.world.valued import valued

SEEDS = (300, 303, 305, 307, 309, 310, 313, 315, 320, 333, 335)
ENDS = (305, 320)
"""In which the end of a range of the world's turns deal into no deal, and the reverse."""


def computed(seed: int) -> Tree:
    """A random case in which ``a`` and ``c`` have from the world what no deal is worth; in half of them ``a`` and ``b`` are one
    party, which can do some things alone."""
    rng, tree = Random(seed), valued(seed)[1]
    for f in "ac":
        tree["preferences"][f] |= {"no_deal": "from_outlook", "red_lines": []}
    tree["preferences"]["b"] |= {"no_deal": {"status_quo": -rng.randint(0, 20)}, "red_lines": []}
    for part in tree["world"]["parts"].values():
        for number in part["numbers"].values():
            if isinstance(judged := number.get("range"), list):
                least = judged[1] - 0.5 if judged[1] < 0 else max(0, judged[1] - 0.5)
                number["range"] = [round(least, 3), judged[1], round(judged[1] + 0.7, 3)]
    for stakes in tree["world"]["stakes"].values():
        stakes.update({name: 3 * points for name, points in stakes.items()})
    if rng.random() < 0.5:
        tree["parties"] = {"ab": {"factions": {"a": None, "b": None}}, "c": {}}
        tree["agreement"] = {"all": ["ab", "c"]}
    for issue in tree["issues"].values():
        if issue["controlled_by"] != "outside":
            issue["controlled_by"] = rng.choice(["a", "b", "c", *(["ab"] if "ab" in tree["parties"] else [])])
            issue["undo"] = [0, rng.randint(0, 2), rng.randint(3, 9)]
            issue["was"] = rng.choice([o for o in issue["options"] if o != issue["status_quo"]])
    return tree


def a_deal(tree: Tree) -> bool:
    """What ``detente deal`` says at best estimates: how many packages are agreed, counted exactly."""
    ready = prepare(read_case(written(tree), "typed.yaml").case, draws=8)
    at = table(ready.problem, None)
    seen = view(ready.problem, ready.best, at)
    found, why = counted(Room(ready, at, best=seen, first=seen, fresh=seen))
    assert found is not None, why
    return found > 0


def typed(tree: Tree, path: str, value: Decimal) -> Tree:
    """The case with one number in the place of what stands there."""
    tree = copy.deepcopy(tree)
    head, *rest = path.split(".")
    if head == "stakes":
        tree["world"]["stakes"][rest[0]][".".join(rest[1:])] = value
        return tree
    if head == "under":
        tree["world"]["under"][rest[0]][rest[1]][".".join(rest[2:])] = value
        return tree
    if head in tree["world"]["parts"]:
        name, _, option = rest[0].partition("[")
        place: Any = tree["world"]["parts"][head]["numbers"][name]
        if option:
            place[option[:-1]]["range"] = value
        else:
            place["range"] = value
        return tree
    place = tree["issues"] if rest[-1] == "undo" else tree["preferences"]
    if rest[0] == "readings":
        place, head, rest = tree["readings"][head], rest[1], ["preferences", *rest[2:]]
    way = [head, *rest]
    for step in way[:-1]:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        place[int(way[-1])]["add"] = value
        return tree
    now = place.get(way[-1])
    place[way[-1]] = {"status_quo": value} if isinstance(now, dict) else value
    return tree


def asked(tree: Tree) -> FlipsResult:
    ready = prepare(read_case(written(tree), "told.yaml").case, draws=64)
    return flips(ready, deal(ready))


def before(flip: Flip) -> Decimal:
    """The last value on the way from the best estimate to the flip."""
    at, best, step = (Decimal(repr(x)) for x in (flip.deal_flips_at, flip.best, flip.deal_flip_step))
    nearer = at - step if at > best else at + step
    return best if (nearer - best) * (at - best) <= 0 else nearer


@pytest.mark.parametrize("seed", SEEDS)
def test_a_flip_flips_and_the_value_before_it_does_not(seed: int) -> None:
    tree = computed(seed)
    found, now = asked(tree), a_deal(tree)
    assert found.deal_at_best_estimates is now
    turned = [f for f in found.flips if f.deal_flips_at is not None and f.kind != "prior"]
    of_the_world = [f for f in turned if f.about != "deal" or f.owner in ("a", "c")]
    for flip in Random(seed).sample(of_the_world, min(6, len(of_the_world))) + turned[:2]:
        assert flip.deal_flips_at is not None
        there = typed(tree, flip.path, Decimal(repr(flip.deal_flips_at)))
        assert a_deal(there) is not now, flip
        assert a_deal(typed(tree, flip.path, before(flip))) is now, flip


@pytest.mark.parametrize("seed", SEEDS)
def test_no_place_on_the_way_to_an_exact_flip_flips(seed: int) -> None:
    """Nor on the way to the end of what was looked at, where nothing flips."""
    tree = computed(seed)
    found, rng = asked(tree), Random(seed)
    now = found.deal_at_best_estimates
    exact = [f for f in found.flips if f.deal_flip_how == "exact" and f.kind not in ("prior", "holds")]
    for flip in rng.sample(exact, min(5, len(exact))):
        assert flip.looked_at is not None
        reach = flip.looked_at if flip.deal_flips_at is None else (flip.deal_flips_at,)
        for end in reach:
            for share in (0.05, 0.3, 0.6, 0.95):
                # A number with more digits than the case has would be rounded more finely than the case is.
                step = Decimal(repr(flip.deal_flip_step))
                far = Decimal(repr(flip.best + min(max(end - flip.best, -500), 500) * share))
                value = (far / step).to_integral_value() * step
                if abs(float(value) - end) > 5 * float(step):
                    assert a_deal(typed(tree, flip.path, value)) is now, (flip, value)


@pytest.mark.parametrize("seed", SEEDS)
def test_points_and_stakes_need_no_other_worlds(seed: int) -> None:
    """What a point counts for, counted once, against worlds added up anew."""
    ready = prepare(read_case(written(computed(seed)), "told.yaml").case, draws=8)
    ground, of = ready.best_ground({}), ready.settled_best
    found = Counted(ground, of)
    rng = np.random.default_rng(seed)
    some = ground.only(np.zeros(5, dtype=np.int64))
    for array in (some.sample.points, some.sample.add):
        np.add(array, rng.integers(-500, 500, array.shape, dtype=np.int32), out=array)
    for path in found.stakes:
        np.add(some.world[path], rng.uniform(-9, 9, 5), out=some.world[path])
    np.testing.assert_allclose(found.worth(some), of.worth(some), rtol=0, atol=1e-9)
    a, b = told(some, of), signed(some, of.options, found.worth(some))
    assert np.array_equal(a.no_deal, b.no_deal)
    assert np.array_equal(a.points, b.points)


@pytest.mark.parametrize("seed", ENDS)
def test_an_end_that_is_said_to_flip_flips_and_no_other_end_does(seed: int) -> None:
    tree = computed(seed)
    found, now = asked(tree), a_deal(tree)
    ends = [f for f in found.flips if f.deal_flip_how == "ends"]
    assert found.world is not None
    assert (len(ends), found.world.worlds) == (found.world.numbers, found.world.sure)
    assert any(f.deal_flips_at is not None for f in ends)
    for flip in ends:
        turned = [
            v for v in (flip.low, flip.high) if a_deal(typed(tree, flip.path, Decimal(repr(v)))) is not now
        ]
        assert flip.deal_flips_at == min(turned, key=lambda v: abs(v - flip.best), default=None), flip


def test_where_time_is_short_only_the_leading_numbers_are_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = computed(ENDS[0])
    whole = {f.path: f.deal_flips_at for f in asked(tree).flips if f.deal_flip_how == "ends"}
    monkeypatch.setattr(ends_module, "MAX_EFFORT", 1 << 16)
    fewer = asked(tree)
    moved = {f.path: f.deal_flips_at for f in fewer.flips if f.deal_flip_how == "ends"}
    assert fewer.world is not None
    assert 0 < len(moved) == fewer.world.moved < len(whole)
    assert fewer.world.worlds == ends_module.FEWER < fewer.world.sure
    # What turns in few worlds is reported only where it turns in many.
    assert all(at is None or at == whole[path] for path, at in moved.items())
    index = {f.path: f.first_order for f in fewer.flips}
    assert min(index[path] for path in moved) >= max(index[path] for path in whole if path not in moved)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_number_is_looked_at_or_said_to_be_still(seed: int) -> None:
    tree = computed(seed)
    found = asked(tree)
    ready = prepare(read_case(written(tree), "told.yaml").case, draws=8)
    beside = ready.beside_best
    count = len(ready.problem.parameters) - 1 + len(beside.steps.values) + len(beside.world)
    assert len(found.flips) + sum(s.count for s in found.cannot_move) == count
    assert len({f.path for f in found.flips}) == len(found.flips)
