"""The deal analysis against the definitions, package by package: cases of every shape, at best estimates."""

from __future__ import annotations

from fractions import Fraction
from math import exp, log

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from oracles.deal import (
    GRID,
    Package,
    Table,
    breaks_a_line,
    candidates,
    egalitarian,
    frontier,
    kalai_smorodinsky,
    matches,
    nash,
    nearest_miss,
    no_deal,
    status_quo,
    utilitarian,
    utility,
)
from small_cases import small_cases, valid

from detente.analyses.deal import deal
from detente.analyses.deal.result import PackageResult, Solution, TrackResult
from detente.case.model import Case
from detente.draws import prepare

LARGEST_BLOCK = 4
"""Larger blocking sets are not looked for."""

RULES = (nash, kalai_smorodinsky, egalitarian, utilitarian)


def exact(points: float) -> Fraction:
    """What a JSON number of points stands for: grid steps are at least a millionth of a point here."""
    return Fraction(round(points * 10**6), 10**6)


def vector(table: Table, package: Package, objectives: list[str]) -> tuple[Fraction, ...]:
    return tuple(utility(table.case, f, package, step=GRID) for f in objectives)


def whole(table: Table, package: Package) -> Package:
    """A result names the issues that its table can move; the others stay."""
    assert list(package) == table.movable
    return {
        i: package.get(i, now)
        for i, now in {**dict.fromkeys(table.case.issues, ""), **status_quo(table.case)}.items()
    }


def check_package(table: Table, shown: PackageResult) -> None:
    package = whole(table, shown.package)
    for faction in shown.utility:
        value = utility(table.case, faction, package, step=GRID)
        assert exact(shown.utility[faction]) == value
        assert exact(shown.gain[faction]) == value - no_deal(table.case, faction, step=GRID)
    assert shown.utility.keys() >= set(table.objectives())
    consent = table.consent(package, step=GRID)
    assert set(shown.accepts) == consent & shown.utility.keys()
    assert set(shown.blocks).isdisjoint(consent)


def check_track(case: Case, found: TrackResult) -> None:
    table = Table(case, found.id if case.tracks else None)
    now = status_quo(case)
    possible = bool(now) and not any(matches(now, pair) for pair in case.impossible)
    packages, agreed = table.packages(), table.agreed(step=GRID)
    assert found.packages.total == len(packages) + possible
    assert found.packages.acceptable == len(agreed)
    winning = table.winning_sets()
    assert found.winning_sets == len(winning)

    objectives = table.objectives()
    best = frontier(table, step=GRID)
    expected = {vector(table, p, objectives) for p in best}
    assert {vector(table, whole(table, p.package), objectives) for p in found.frontier} == expected
    assert found.frontier_size == len(best)
    assert set(found.needed) == frozenset(table.party_of).intersection(*winning)
    everybody = frozenset(found.factions)
    assert set(found.needed) == {
        f
        for f in everybody
        if winning and not any(found.consent.given(everybody - {f}, moves) for moves in table.least())
    }
    for shown in found.frontier:
        assert whole(table, shown.package) in agreed
        check_package(table, shown)
    for faction in table.party_of:
        if now and faction in found.status_quo.utility:
            assert exact(found.status_quo.utility[faction]) == utility(case, faction, now, step=GRID)
            consent = table.consent(now, step=GRID)
            assert (faction in found.status_quo.accepts) == (faction in consent)

    if winning:
        blockers = {frozenset(b.factions) for b in found.blockers if b.at_best_estimates}
        assert blockers == {b for b in table.blockers(step=GRID) if len(b) <= LARGEST_BLOCK}
    if agreed:
        assert found.nearest_miss is None
    elif winning and packages:
        check_nearest_miss(table, found)

    for rule in RULES:
        solution = found.solutions[rule.__name__]
        assert (solution is None) == (not agreed)
        if solution is not None:
            assert solution.proven
            members = frozenset(solution.winning_set)
            assert members in winning
            check_package(table, solution)
            check_solution(table, solution, rule(candidates(table, members, step=GRID)))


def check_solution(table: Table, shown: Solution, first: Package | None) -> None:
    """The first of the best by the rule, or one that is better for somebody at the table and for nobody worse."""
    package = whole(table, shown.package)
    assert first is not None
    if package != first:
        here, there = (
            [utility(table.case, f, p, step=GRID) for f in shown.utility] for p in (package, first)
        )
        inside = [exact(shown.gain[f]) for f in shown.winning_set]
        if shown.rule == "nash" and 0 in inside:
            # Where some gain has to be nought, the product of the others hangs on the scales of those that are not.
            then = [
                utility(table.case, f, first, step=GRID) - no_deal(table.case, f, step=GRID)
                for f in shown.winning_set
            ]
            assert sum(g > 0 for g in inside) == sum(g > 0 for g in then)
            return
        assert here != there
        assert all(a >= b for a, b in zip(here, there, strict=True))
        members = [list(shown.utility).index(f) for f in shown.winning_set]
        assert [here[n] for n in members] == [there[n] for n in members]
    assert shown.bound == shown.value
    gains = [exact(shown.gain[f]) for f in shown.winning_set]
    if shown.rule == "egalitarian":
        assert shown.value == pytest.approx(float(min(gains, default=Fraction(0))), abs=1e-8)
    elif shown.rule == "utilitarian":
        total = sum((exact(shown.utility[f]) for f in shown.winning_set), Fraction(0))
        assert shown.value == pytest.approx(float(total), abs=1e-8)
    elif shown.rule == "nash":
        owner = [table.party_of[f] for f in shown.winning_set]
        logs = [log(g) / owner.count(p) for g, p in zip(gains, owner, strict=True) if g > 0]
        product = exp(sum(logs) / max(1, len(set(owner)))) if len(logs) == len(gains) else 0.0
        assert shown.value == pytest.approx(product, rel=1e-6, abs=1e-8)
    else:
        assert 0 <= shown.value <= 1 + 1e-9


def check_nearest_miss(table: Table, found: TrackResult) -> None:
    expected, miss = nearest_miss(table, step=GRID), found.nearest_miss
    if expected is None:
        return
    assert miss is not None
    assert miss.total == pytest.approx(float(expected[0]), abs=1e-9)
    assert sum(miss.shortfall.values()) == pytest.approx(miss.total, abs=1e-9)
    package = whole(table, miss.package)
    short = {
        f: no_deal(table.case, f, step=GRID) - utility(table.case, f, package, step=GRID)
        for f in miss.shortfall
    }
    assert {f: exact(x) for f, x in miss.shortfall.items() if x} == {f: x for f, x in short.items() if x > 0}
    assert not any(breaks_a_line(table.case, f, package) for f in miss.shortfall)


@given(small_cases())
@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
)
def test_every_answer_at_best_estimates(data: dict[str, object]) -> None:
    case = valid(data)
    assume(case is not None)
    assert case is not None
    tables = [t for t in case.tracks or [None] if Table(case, t).movable]
    assume(tables)
    found = deal(prepare(case, draws=8), tracks=[t for t in tables if t is not None] or None).tracks
    assert len(found) == len(tables)
    for track in found.values():
        check_track(case, track)
