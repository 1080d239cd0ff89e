"""The small bundled cases, counted here by plain loops: what their comments and sources say is true."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import detente
from detente import catalogue
from detente.case.model import Case, RelativeNoDeal
from detente.case.reading import read_case
from detente.case.starter import starter

CASES = Path(detente.__file__).parent / "cases"

Package = tuple[str, ...]


def case_of(name: str) -> Case:
    return Case.model_validate(YAML(typ="safe").load(CASES / f"{name}.yaml"))


@pytest.mark.parametrize("name", [*catalogue.names(), "new"])
def test_what_we_write_ourselves_gives_no_warning(name: str) -> None:
    """Also what ``detente new`` writes: whoever begins with it is not to wonder about words that are not about them."""
    text = starter() if name == "new" else catalogue.path(name).read_text("utf-8")
    assert [str(w) for w in read_case(text, name).warnings] == []


def packages(case: Case) -> list[Package]:
    return list(product(*(issue.options for issue in case.issues.values())))


def utility(case: Case, faction: str, package: Package) -> float:
    """Points of a package at best estimates, in additive cases."""
    wants = case.preferences[faction]
    chosen = dict(zip(case.issues, package, strict=True))
    if wants.points is not None:
        return sum(wants.points[i][o].median for i, o in chosen.items())
    total = sum(w.median for w in wants.weights.values())
    return sum(wants.weights[i].median * wants.values[i][o].median for i, o in chosen.items()) / total


def no_deal(case: Case, faction: str) -> float:
    stated = case.preferences[faction].no_deal
    assert stated is not None
    if isinstance(stated, RelativeNoDeal):
        here = tuple(issue.status_quo or "" for issue in case.issues.values())
        return utility(case, faction, here) + stated.status_quo.median
    return stated.median


def gains(case: Case) -> dict[Package, tuple[float, ...]]:
    lines = {f: no_deal(case, f) for f in case.preferences}
    return {x: tuple(utility(case, f, x) - lines[f] for f in lines) for x in packages(case)}


def efficient(points: dict[Package, tuple[float, ...]]) -> set[Package]:
    def better(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
        return a != b and all(p >= q for p, q in zip(a, b, strict=True))

    return {x for x, g in points.items() if not any(better(h, g) for h in points.values())}


def test_the_scored_game_has_its_published_counts() -> None:
    case = case_of("scored-game")
    found = gains(case)
    names = list(case.preferences)
    vetoes = [names.index("sportco"), names.index("tourism")]
    accepted = [[g >= 0 for g in row] for row in found.values()]
    assert len(found) == 720
    assert sum(all(row) for row in accepted) == 12
    assert sum(sum(row) >= 5 and all(row[v] for v in vetoes) for row in accepted) == 55


def test_the_scored_game_selects_the_recomputed_nash_package() -> None:
    case = case_of("scored-game")
    found = {x: g for x, g in gains(case).items() if min(g) >= 0}

    def nash(x: Package) -> float:
        result = 1.0
        for g in found[x]:
            result *= g
        return result

    best = max(found, key=nash)
    assert best == ("a2", "b3", "c3", "d2", "e3")
    assert [utility(case, f, best) for f in case.preferences] == [54, 48, 71, 57, 81, 77]


def test_itex_and_cypress_have_their_known_frontier() -> None:
    case = case_of("itex-cypress")
    found = gains(case)
    frontier = efficient(found)
    assert (len(found), len(frontier)) == (180, 18)
    known = ("p347", "d45", "after_30", "spoilage_5")
    assert max(found, key=lambda x: found[x][0] * found[x][1]) == known
    assert max(found, key=lambda x: sum(found[x])) == known
    assert max(found, key=lambda x: min(found[x])) == known
    assert found[known] == pytest.approx((72.1478, 67.0478), abs=2e-4)


def test_itex_and_cypress_span_the_scale() -> None:
    case = case_of("itex-cypress")
    for wants in case.preferences.values():
        assert wants.points is not None
        best = sum(max(round(n.median * 10_000) for n in row.values()) for row in wants.points.values())
        assert best == 1_000_000


HAND = {
    ("upper_first", "unpaved", "closed"): (10, 40),
    ("upper_first", "unpaved", "shared"): (60, 0),
    ("upper_first", "paved", "closed"): (50, 80),
    ("upper_first", "paved", "shared"): (100, 40),
    ("by_turns", "unpaved", "closed"): (0, 60),
    ("by_turns", "unpaved", "shared"): (50, 20),
    ("by_turns", "paved", "closed"): (40, 100),
    ("by_turns", "paved", "shared"): (90, 60),
}
"""The table at the top of the file, copied from there by hand."""


def test_two_villages_agree_with_the_table_worked_out_by_hand() -> None:
    case = case_of("two-villages")
    assert {x: tuple(utility(case, f, x) for f in case.preferences) for x in packages(case)} == HAND


def test_two_villages_part_the_bargaining_solutions() -> None:
    case = case_of("two-villages")
    here = ("upper_first", "unpaved", "closed")
    found = {x: g for x, g in gains(case).items() if min(g) >= 0 and x != here}
    assert set(found) == efficient(found)
    assert len(found) == 4
    ideal = [max(g[p] for g in found.values()) for p in (0, 1)]
    assert ideal == [90, 60]
    assert max(found, key=lambda x: found[x][0] * found[x][1]) == ("by_turns", "paved", "closed")
    smaller_share = {x: min(g[0] / ideal[0], g[1] / ideal[1]) for x, g in found.items()}
    assert max(smaller_share, key=smaller_share.__getitem__) == ("upper_first", "paved", "closed")
    assert max(found, key=lambda x: min(found[x])) == ("upper_first", "paved", "closed")
    assert max(found, key=lambda x: sum(found[x])) == ("by_turns", "paved", "shared")
