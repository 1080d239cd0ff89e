"""The slow reference implementation against facts that were computed by somebody else."""

from __future__ import annotations

from fractions import Fraction

import pytest
from oracles.deal import (
    GRID,
    Candidates,
    Table,
    candidates,
    egalitarian,
    frontier,
    kalai_smorodinsky,
    nash,
    utilitarian,
    utility,
)

from detente.agreement import Gate, power
from published.games import (
    DOMAINS,
    SHARES,
    domain_case,
    domain_package,
    facts,
    scored_game,
    scored_package,
    split,
)

SOLUTIONS = (nash, kalai_smorodinsky, egalitarian, utilitarian)


def everybody(table: Table, step: Fraction | None = None) -> Candidates:
    (winning,) = table.winning_sets()
    return candidates(table, winning, step=step)


def test_scored_game_has_the_published_counts() -> None:
    published = facts("scored_game")["published"]
    five, six = (Table(scored_game(), track) for track in ("five_of_six", "all_six"))
    assert len(five.packages()) == published["packages"] == 720
    assert len(five.agreed()) == published["five_of_six_with_vetoes"] == 55
    assert len(six.agreed()) == published["all_six"] == 12


def test_scored_game_has_the_listed_packages() -> None:
    expected = facts("scored_game")["expected"]
    table = Table(scored_game(), "all_six")
    assert table.agreed() == [scored_package(deal) for deal in expected["unanimous"]]
    among = everybody(table)
    for solution in (nash, egalitarian, utilitarian):
        assert solution(among) == scored_package(expected[solution.__name__])


@pytest.mark.parametrize("step", [None, GRID], ids=["exact", "grid"])
@pytest.mark.parametrize("name", DOMAINS)
def test_bilateral_domains(name: str, step: Fraction | None) -> None:
    case, expected = domain_case(name), facts(name)["expected"]
    table = Table(case)
    assert len(table.packages()) == expected["packages"]
    assert len(table.agreed(step=step)) == expected["acceptable"]
    among = everybody(table, step)
    for solution in SOLUTIONS:
        assert solution(among) == domain_package(name, expected[solution.__name__]["package"])
    reservation = facts(name)["reservation"]
    front = {
        tuple(float(utility(case, side, package, step=step)) / 100 for side in ("s0", "s1"))
        for package in frontier(table, step=step)
    }
    acceptable = [u for u in expected["pareto"] if all(x >= r for x, r in zip(u, reservation, strict=True))]
    assert len(expected["pareto"]) == expected["pareto_size"]
    for found, listed in zip(sorted(front), sorted(acceptable), strict=True):
        assert found == pytest.approx(listed, abs=3e-4 if step else 2e-6)


def test_split_of_one_unit_has_the_closed_forms() -> None:
    expected = facts("sqrt_split")
    for solution in SOLUTIONS:
        package = solution(everybody(Table(split())))
        assert package is not None
        assert SHARES[int(package["share"][1:])] == pytest.approx(expected[solution.__name__], abs=1e-12)


@pytest.mark.parametrize("game", facts("power"), ids=lambda game: str(game["id"]))
def test_voting_power(game: dict[str, list[str]]) -> None:
    weights = tuple(map(int, game["weights"]))
    found = power(Gate(tuple(range(len(weights))), weights, int(str(game["quota"]))), len(weights))
    assert found.shapley_shubik == tuple(map(Fraction, game["shapley_shubik"]))
    assert [b * 2 ** (len(weights) - 1) for b in found.banzhaf_absolute] == game["swings"]
