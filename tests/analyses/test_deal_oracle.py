"""The product against the definitions: small random cases, every answer of the deal analysis at best estimates."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from oracles.deal import (
    GRID,
    Candidates,
    Table,
    candidates,
    frontier,
    ideal,
    nash_score,
    nearest_miss,
    utility,
)
from published.games import DOMAINS, domain_case, facts, scored_game, split

from detente.analyses.deal import DealResult, deal
from detente.analyses.deal.result import Solution
from detente.case.model import Case
from detente.draws import prepare


def random_case(seed: int) -> Case:
    """Three or four factions in two or three parties, three issues, trees, terms, lines, relative or fixed no-deal."""
    rng = np.random.default_rng(seed)

    def pick(*options: Any) -> Any:
        return options[int(rng.integers(len(options)))]

    parties: dict[str, Any] = {
        "a": {},
        "b": {
            "factions": {"b1": {}, "b2": {}},
            "accepts": pick({"all": ["b1", "b2"]}, {"any": ["b1", "b2"]}, "b1"),
        },
    }
    if rng.random() < 0.5:
        parties["c"] = {}
    issues = {
        f"i{n}": {
            "status_quo": "o0",
            "options": {f"o{o}": {} for o in range(int(rng.integers(2, 4)))},
            "controlled_by": pick("a", "b", "b1", {"any": ["a", "b"]}),
        }
        for n in range(3)
    }

    def pattern(size: int) -> dict[str, str]:
        chosen = rng.permutation(3)[:size]
        return {f"i{n}": f"o{int(rng.integers(len(issues[f'i{n}']['options'])))}" for n in sorted(chosen)}

    preferences: dict[str, Any] = {}
    for faction in ["a", "b1", "b2", *(["c"] if "c" in parties else [])]:
        weights = [int(w) for w in rng.integers(1, 10, 3)]
        weights[2] += 1 - sum(weights) % 2  # an odd total leaves no half steps to round
        preferences[faction] = {
            "weights": {f"i{n}": w for n, w in enumerate(weights)},
            "values": {
                i: {o: int(rng.integers(0, 101)) for o in spec["options"]} for i, spec in issues.items()
            },
            "no_deal": pick({"status_quo": int(rng.integers(-25, 16))}, int(rng.integers(20, 60))),
        }
        if rng.random() < 0.4:
            preferences[faction]["together"] = [{"when": pattern(2), "add": int(rng.integers(-15, 16))}]
        if rng.random() < 0.3:
            preferences[faction]["red_lines"] = [pattern(pick(1, 2))]
        if rng.random() < 0.3:
            preferences[faction]["firm"] = [{"package": pattern(1), "holds": pick(0.3, 0.5, 0.8)}]
    extra: dict[str, Any] = {}
    if rng.random() < 0.3:
        extra["agreement"] = {"at_least": {"k": 2, "of": list(parties)}}
    if rng.random() < 0.4:
        extra["impossible"] = [pattern(2)]
    if rng.random() < 0.3:
        extra["readings"] = {
            "a": {
                "first": {"prior": 0.4},
                "second": {"prior": 0.6, "preferences": {"weights": {"i0": 2}, "no_deal": {"status_quo": 0}}},
            }
        }
    return Case.model_validate(
        {
            "detente": 1,
            "id": "random",
            "title": "Random",
            "parties": parties,
            "issues": issues,
            "preferences": preferences,
            **extra,
        }
    )


def solved(case: Case) -> DealResult:
    return deal(prepare(case, draws=64))


def gains(solution: Solution, among: Candidates) -> list[Fraction]:
    return [Fraction(round(solution.gain[f] * 100), 100) for f in among.members]


@pytest.mark.parametrize("seed", range(120))
def test_every_answer_at_best_estimates(seed: int) -> None:
    case = random_case(seed)
    oracle, found = Table(case), solved(case).main
    agreed = oracle.agreed(step=GRID)
    assert found.packages.total == len(oracle.packages()) + 1 - _status_quo_impossible(case)
    assert found.packages.acceptable == len(agreed)

    objectives = oracle.objectives()
    best = frontier(oracle, step=GRID)
    expected = {tuple(utility(case, f, p, step=GRID) for f in objectives) for p in best}
    got = {tuple(Fraction(round(p.utility[f] * 100), 100) for f in objectives) for p in found.frontier}
    assert got == expected
    assert found.frontier_size == len(best)

    blockers = {frozenset(b.factions) for b in found.blockers if b.at_best_estimates}
    assert blockers == set(oracle.blockers(step=GRID))

    if not agreed:
        miss = nearest_miss(oracle, step=GRID)
        total = None if found.nearest_miss is None else found.nearest_miss.total
        assert (total is None) == (miss is None)
        if miss is not None:
            assert total == pytest.approx(float(miss[0]), abs=1e-9)
        return
    for rule in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        solution = found.solutions[rule]
        if solution is None:
            assert not any(candidates(oracle, w, step=GRID).packages for w in oracle.winning_sets())
            continue
        assert solution.proven
        among = candidates(oracle, frozenset(solution.winning_set), step=GRID)
        most = ideal(among)
        score = {
            "nash": lambda g, among=among: nash_score(among, g),
            "kalai_smorodinsky": lambda g, most=most: sorted(
                x / m for x, m in zip(g, most, strict=True) if m > 0
            ),
            "egalitarian": sorted,
            "utilitarian": sum,
        }[rule]
        assert score(gains(solution, among)) == max(map(score, among.gains)), rule


def _status_quo_impossible(case: Case) -> int:
    return int(any(all(o == "o0" for o in pattern.values()) for pattern in case.impossible))


@pytest.mark.parametrize("seed", range(40))
def test_acceptance_is_the_share_of_draws_in_which_the_definition_holds(seed: int) -> None:
    """No range: acceptance is nought or one, whatever the machinery of draws does in between."""
    case = random_case(1000 + seed)
    if case.readings or any(p.firm for p in case.preferences.values()):
        pytest.skip("something is left to chance")
    oracle, found = Table(case), solved(case).main
    agreed = oracle.agreed(step=GRID)
    zone = found.packages.zone_probability
    assert zone == (1.0 if agreed else 0.0)
    top = found.solutions["most_acceptable"]
    assert (top is not None) == bool(agreed)
    for package in found.frontier:
        assert package.acceptance == 1.0


@pytest.mark.parametrize(("track", "key"), [("five_of_six", 55), ("all_six", 12)])
def test_the_scored_game_has_its_published_counts(track: str, key: int) -> None:
    found = deal(prepare(scored_game(), draws=64), tracks=[track]).main
    assert (found.packages.total, found.packages.acceptable) == (720, key)


@pytest.mark.parametrize("name", DOMAINS)
def test_bilateral_domains(name: str) -> None:
    case, expected = domain_case(name), facts(name)["expected"]
    found = solved(case).main
    assert found.packages.total == expected["packages"]
    assert found.packages.acceptable == expected["acceptable"]
    assert found.frontier_size == len(frontier(Table(case)))
    for rule in ("nash", "utilitarian"):
        solution = found.solutions[rule]
        assert solution is not None
        listed = expected[rule]["package"]
        options = [case.issues[i].options[o].name for i, o in solution.package.items()]
        assert options == listed


def test_the_split_of_one_unit() -> None:
    found = solved(split()).main
    expected = facts("sqrt_split")
    for rule in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        solution = found.solutions[rule]
        assert solution is not None
        assert solution.utility["one"] == pytest.approx(expected[rule], abs=1e-6)


# --- the axioms ---------------------------------------------------------------------------------------------


def smooth_case(seed: int, scale: tuple[float, float] = (1.0, 0.0), swap: bool = False) -> Case:
    """Two sides with raw points; side a's may be rescaled, the sides may be swapped."""
    rng = np.random.default_rng(seed)
    raw = rng.integers(0, 50, size=(2, 4, 3))
    sides = ("b", "a") if swap else ("a", "b")
    stretch, shift = scale
    preferences = {}
    for s, side in enumerate(sides):
        k, c = (stretch, shift) if s == 0 else (1.0, 0.0)
        preferences[side] = {
            "points": {
                f"i{n}": {f"o{o}": float(k * raw[s, n, o] + (c if n == 0 else 0)) for o in range(3)}
                for n in range(4)
            },
            "no_deal": float(k * 80 + c),
        }
    return Case.model_validate(
        {
            "detente": 1,
            "id": "axioms",
            "title": "Axioms",
            "status_quo": "none",
            "parties": {"a": {}, "b": {}},
            "issues": {f"i{n}": {"options": {f"o{o}": {} for o in range(3)}} for n in range(4)},
            "preferences": preferences,
        }
    )


def gains_of(case: Case, rule: str, side: str = "a", other: str = "b") -> tuple[float, float] | None:
    solution = solved(case).main.solutions[rule]
    return None if solution is None else (solution.gain[side], solution.gain[other])


@pytest.mark.parametrize("rule", ["nash", "kalai_smorodinsky"])
@pytest.mark.parametrize("seed", range(15))
def test_nash_and_kalai_smorodinsky_are_free_of_the_scale(seed: int, rule: str) -> None:
    plain, stretched = gains_of(smooth_case(seed), rule), gains_of(smooth_case(seed, (3.0, 7.0)), rule)
    assert (plain is None) == (stretched is None)
    if plain is not None and stretched is not None:
        if rule == "nash":
            assert stretched[0] * stretched[1] == pytest.approx(3 * plain[0] * plain[1])
        else:
            assert stretched == pytest.approx((3 * plain[0], plain[1]))


def test_the_egalitarian_solution_is_not() -> None:
    changed = [
        gains_of(smooth_case(s), "egalitarian") != gains_of(smooth_case(s, (0.25, 0.0)), "egalitarian")
        for s in range(15)
    ]
    assert any(changed), "if this were free of the scale its star would be wrong"


@pytest.mark.parametrize("seed", range(10))
def test_names_do_not_matter(seed: int) -> None:
    one, other = gains_of(smooth_case(seed), "nash"), gains_of(smooth_case(seed, swap=True), "nash", "b", "a")
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one[0] * one[1] == pytest.approx(other[0] * other[1])


@pytest.mark.parametrize("seed", range(30))
def test_raising_a_no_deal_value_never_opens_the_zone(seed: int) -> None:
    case = random_case(2000 + seed)
    raw = case.preferences["a"].no_deal
    assert raw is not None
    before = solved(case).main.packages.acceptable
    harder = {} if hasattr(raw, "status_quo") else None
    update = (
        raw.model_copy(update={"status_quo": _raised(raw.status_quo)}) if harder is not None else _raised(raw)  # type: ignore[union-attr]
    )
    preferences = {**case.preferences, "a": case.preferences["a"].model_copy(update={"no_deal": update})}
    after = solved(case.model_copy(update={"preferences": preferences})).main.packages.acceptable
    assert before is not None
    assert after is not None
    assert after <= before


def _raised(value: Any) -> Any:
    return value.model_copy(update={"low": value.low + 5, "median": value.median + 5, "high": value.high + 5})
