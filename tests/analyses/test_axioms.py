"""What must hold whatever the numbers: axioms of the solutions, and changes of a case that change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from detente.analyses.deal import bargaining, deal
from detente.analyses.deal.result import TrackResult
from detente.case.model import Case
from detente.draws import prepare
from detente.kernels.acceptance import agreed
from detente.problem import table
from detente.prospects.view import accepted, crossed, totals, view

Data = dict[str, Any]
RULES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
SEEDS = range(12)


def game(seed: int, sides: str = "ab") -> Data:
    """Raw whole points: 3 issues of 4, 3 and 3 options; what is fallen back on is a little under the middle."""
    rng = np.random.default_rng(seed)
    sizes = (4, 3, 3)
    return {
        "detente": 1,
        "id": "axioms",
        "title": "Axioms",
        "status_quo": "none",
        "parties": {side: {} for side in sides},
        "issues": {f"i{n}": {"options": {f"o{o}": {} for o in range(k)}} for n, k in enumerate(sizes)},
        "preferences": {
            side: {
                "points": {
                    f"i{n}": {f"o{o}": int(v) for o, v in enumerate(rng.permutation(30)[:k])}
                    for n, k in enumerate(sizes)
                },
                "no_deal": int(rng.integers(25, 45)),
            }
            for side in sides
        },
    }


def solved(data: Data, *, draws: int = 8) -> TrackResult:
    return deal(prepare(Case.model_validate(data), draws=draws)).main


def utilities(found: TrackResult, sides: str = "ab") -> dict[str, tuple[float, ...] | None]:
    result: dict[str, tuple[float, ...] | None] = {}
    for rule in RULES:
        solution = found.solutions[rule]
        result[rule] = None if solution is None else tuple(solution.utility[s] for s in sides)
    return result


def front(found: TrackResult, sides: str = "ab") -> set[tuple[float, ...]]:
    return {tuple(p.utility[s] for s in sides) for p in found.frontier}


def with_issue(data: Data, name: str, points: Callable[[str], dict[str, float]]) -> Data:
    issues = {**data["issues"], name: {"options": {o: {} for o in points(next(iter(data["parties"])))}}}
    preferences = {
        side: {**p, "points": {**p["points"], name: points(side)}} for side, p in data["preferences"].items()
    }
    return {**data, "issues": issues, "preferences": preferences}


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_are_efficient(seed: int) -> None:
    found = solved(game(seed, "abc"))
    for rule, utility in utilities(found, "abc").items():
        assert utility is None or utility in front(found, "abc"), rule


@pytest.mark.parametrize("seed", SEEDS)
def test_nash_does_not_depend_on_what_is_not_chosen(seed: int) -> None:
    """Ruling out a combination that the solution does not have leaves it (independence)."""
    data = game(seed)
    before = solved(data).solutions["nash"]
    if before is None:
        return
    rng = np.random.default_rng(100 + seed)
    for _ in range(4):
        first, second = sorted(rng.permutation(3)[:2])
        pair = {
            f"i{n}": f"o{int(rng.integers(len(data['issues'][f'i{n}']['options'])))}" for n in (first, second)
        }
        if all(before.package[i] == o for i, o in pair.items()):
            continue
        after = solved({**data, "impossible": [pair]}).solutions["nash"]
        assert after is not None
        assert after.package == before.package


@pytest.mark.parametrize("seed", SEEDS)
def test_more_packages_never_lower_the_least_share(seed: int) -> None:
    """Kalai and Smorodinsky's monotonicity, as it holds for finitely many packages: with the same ideal point, a
    larger set never has a smaller least share of it."""
    data = game(seed)
    rng = np.random.default_rng(200 + seed)
    pair = {"i0": f"o{int(rng.integers(4))}", "i1": f"o{int(rng.integers(3))}"}
    large, small = solved(data), solved({**data, "impossible": [pair]})
    falls_back = {s: data["preferences"][s]["no_deal"] for s in "ab"}

    def ideal(found: TrackResult) -> list[float]:
        return [max((p.utility[s] for p in found.frontier), default=0) - falls_back[s] for s in "ab"]

    most, chosen = ideal(large), [f.solutions["kalai_smorodinsky"] for f in (large, small)]
    if None in chosen or most != ideal(small) or min(most) <= 0:
        return
    least = [
        min((c.utility[s] - falls_back[s]) / m for s, m in zip("ab", most, strict=True)) for c in chosen if c
    ]
    assert least[0] >= least[1]


@pytest.mark.parametrize("rule", ["nash", "kalai_smorodinsky", "egalitarian"])
@pytest.mark.parametrize("seed", SEEDS)
def test_splitting_a_party_into_like_factions_changes_nothing(seed: int, rule: str) -> None:
    data = game(seed)
    split = {
        **data,
        "parties": {"a": {"factions": {"a1": {}, "a2": {}, "a3": {}}}, "b": {}},
        "preferences": {f: data["preferences"][f[0]] for f in ("a1", "a2", "a3", "b")},
    }
    before, after = solved(data).solutions[rule], solved(split).solutions[rule]
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert after.package == before.package


@pytest.mark.parametrize("seed", SEEDS)
def test_a_null_issue_changes_nothing(seed: int) -> None:
    data = game(seed)
    before = solved(data)
    after = solved(with_issue(data, "idle", lambda _: {"o0": 0, "o1": 0, "o2": 0}))
    assert after.packages.total == 3 * before.packages.total
    assert after.packages.acceptable == 3 * (before.packages.acceptable or 0)
    assert front(after) == front(before)
    assert utilities(after) == utilities(before)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_constant_issue_moves_utilities_and_nothing_else(seed: int) -> None:
    """Points everybody gets come with the no-deal value: a shift of everybody's scale."""
    data = game(seed)
    shifted = with_issue(
        data, "sure", lambda s: {"o0": 7.0 if s == "a" else 2.5, "o1": 7.0 if s == "a" else 2.5}
    )
    for side, gift in (("a", 7.0), ("b", 2.5)):
        shifted["preferences"][side]["no_deal"] = data["preferences"][side]["no_deal"] + gift
    before, after = utilities(solved(data)), utilities(solved(shifted))
    for rule in RULES:
        old = before[rule]
        assert after[rule] == (None if old is None else (old[0] + 7.0, old[1] + 2.5))


@pytest.mark.parametrize("role", [None, "mediator"])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_null_player_changes_nothing(seed: int, role: str | None) -> None:
    """One who agrees to everything, or has no vote."""
    data = game(seed)
    parties = {**data["parties"], "n": {"role": role} if role else {}}
    easy = {"points": {i: dict.fromkeys(v["options"], 0) for i, v in data["issues"].items()}, "no_deal": 0}
    preferences = {**data["preferences"], **({} if role else {"n": easy})}
    before, after = solved(data), solved({**data, "parties": parties, "preferences": preferences})
    assert after.packages.acceptable == before.packages.acceptable
    assert front(after) == front(before)
    assert utilities(after) == utilities(before)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_option_split_in_two_changes_nothing(seed: int) -> None:
    data = game(seed)
    issues = {**data["issues"], "i1": {"options": {**data["issues"]["i1"]["options"], "twin": {}}}}
    preferences = {
        s: {**p, "points": {**p["points"], "i1": {**p["points"]["i1"], "twin": p["points"]["i1"]["o0"]}}}
        for s, p in data["preferences"].items()
    }
    before, after = solved(data), solved({**data, "issues": issues, "preferences": preferences})
    assert front(after) == front(before)
    assert utilities(after) == utilities(before)
    assert before.packages.total is not None
    assert after.packages.total == before.packages.total * 4 // 3


@pytest.mark.parametrize("seed", SEEDS)
def test_the_zone_shrinks_as_any_no_deal_value_rises(seed: int) -> None:
    """At best estimates by count, over the draws (the same ones) by share."""
    data = game(seed, "abc")
    for side in "abc":
        counts, shares = [], []
        for rise in (-6, 0, 3, 9):
            low = data["preferences"][side]["no_deal"] + rise
            preferences = {
                **data["preferences"],
                side: {**data["preferences"][side], "no_deal": [low - 5, low + 5]},
            }
            found = solved({**data, "preferences": preferences}, draws=64)
            counts.append(found.packages.acceptable or 0)
            assert isinstance(found.packages.zone_probability, float)
            shares.append(found.packages.zone_probability)
        assert counts == sorted(counts, reverse=True)
        assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_parties_does_not_matter(seed: int) -> None:
    data = game(seed, "abc")
    turned = {
        **data,
        "parties": dict(reversed(data["parties"].items())),
        "preferences": dict(reversed(data["preferences"].items())),
    }
    assert utilities(solved(turned), "abc") == utilities(solved(data), "abc")
    assert front(solved(turned), "abc") == front(solved(data), "abc")


def test_most_of_these_games_have_a_deal() -> None:
    """Otherwise the tests above would say little."""
    open_ = [bool(solved(game(seed)).packages.acceptable) for seed in SEEDS]
    assert sum(open_) >= 9
    assert sum(bool(solved(game(seed, "abc")).packages.acceptable) for seed in SEEDS) >= 5


# --- nothing better for everybody is passed over ------------------------------------------------------------


def several(seed: int) -> Case:
    """Few points and many ties, agreements of which several sets are enough, ranges and firm lines."""
    rng = np.random.default_rng(seed)
    data = game(seed, "abc")
    for side, wants in data["preferences"].items():
        wants["points"] = {
            i: {o: int(rng.integers(0, 4)) for o in levels} for i, levels in wants["points"].items()
        }
        wants["no_deal"] = [int(rng.integers(0, 3)), 3, 6]
        if rng.random() < 0.5:
            wants["firm"] = [{"package": {"i0": f"o{int(rng.integers(4))}"}, "holds": 0.4}]
        data["preferences"][side] = wants
    data["agreement"] = [
        {"any": ["a", "b"]},
        {"at_least": {"k": 2, "of": ["a", "b", "c"]}},
        {"any": ["a", {"all": ["b", "c"]}]},
        {"all": ["a", "b"]},
    ][seed % 4]
    return Case.model_validate(data)


@pytest.mark.parametrize("listed", [4096, 0])
def test_no_package_shown_is_worse_for_all_than_one_accepted_as_often(
    monkeypatch: pytest.MonkeyPatch, listed: int
) -> None:
    """With few packages all are looked at; with many at least one that is best for somebody or in sum."""
    monkeypatch.setattr(bargaining, "LISTED", listed)
    passed_over = 0
    for seed in range(24):
        ready = prepare(several(seed), draws=64)
        found = deal(ready).main
        at = table(ready.problem)
        sizes = tuple(len(ready.problem.options[i]) for i in at.issues)
        every = np.array(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), np.int16).T
        first = view(ready.problem, ready.first, at)
        shares = agreed(accepted(first, every), first.winning).mean(axis=1)
        best = view(ready.problem, ready.best, at)
        worth, lines = totals(best, every)[..., 0], crossed(best, every)[..., 0]
        named = [tuple(ready.problem.package(p.tolist(), at.issues).values()) for p in every]
        for rule in (*RULES, "most_acceptable"):
            solution = found.solutions[rule]
            if solution is None:
                continue
            n = named.index(tuple(solution.package.values()))
            better = (worth >= worth[n]).all(axis=1) & (worth > worth[n]).any(axis=1)
            better &= ~(lines & ~lines[n]).any(axis=1)
            assert not (shares[better] >= shares[n]).any(), (seed, rule)
        top = found.solutions["most_acceptable"]
        if top is not None:
            assert top.value == shares.max()
            assert top.proven
            # The first of those accepted most often, which is not good enough.
            n = int(shares.argmax())
            better = (worth >= worth[n]).all(axis=1) & (worth > worth[n]).any(axis=1)
            passed_over += bool((shares[better] == shares[n]).any())
    assert passed_over > 3


def test_power_is_that_of_the_agreement_as_typed() -> None:
    """Whoever controls an issue has to consent to its move, and has no more seats for that."""
    data = game(0)
    data["agreement"] = {"any": ["a", "b"]}
    data["issues"]["i0"]["controlled_by"] = "a"
    found = solved(data)
    assert found.power.banzhaf == {"a": 0.5, "b": 0.5}
    assert found.needed == ("a",)


def test_twins_are_all_on_the_frontier_whatever_the_winning_sets() -> None:
    """Two packages worth the same, one of them across a line of somebody whom not every set needs."""
    data = {
        **game(0),
        "issues": {"x": {"options": {o: {} for o in "pqrs"}}},
        "agreement": {"any": ["a", "b"]},
        "preferences": {
            "a": {"no_deal": 0, "points": {"x": {"p": 2, "q": 2, "r": 2, "s": 1}}, "red_lines": [{"x": "p"}]},
            "b": {"no_deal": 0, "points": {"x": {"p": 3, "q": 3, "r": 3, "s": 1}}, "red_lines": [{"x": "q"}]},
        },
    }
    assert solved(data).frontier_size == 3
    data["preferences"]["b"]["red_lines"] = [{"x": "p"}]
    assert solved(data).frontier_size == 2
    data["agreement"] = {"all": ["a", "b"]}
    data["preferences"]["b"]["red_lines"] = [{"x": "q"}]
    assert solved(data).frontier_size == 1
