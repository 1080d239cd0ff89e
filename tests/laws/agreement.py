"""What the deal analysis says of a case, against the enumeration of it."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import pytest

from tests.oracles.enumeration import Enumerated, Package, matches, number

__all__ = ["agrees", "certain", "frontier_is_told", "near"]

# A share of at least 1,024 spread draws lies this near to the chance behind it, and nearer in most cases.
SHARE = 0.03


def near(share: float, chance: Fraction, error: float = 0.0) -> bool:
    """Whether a share of draws can come from this chance."""
    return abs(share - float(chance)) <= SHARE + 4 * error


def certain(typed: Any) -> bool:
    """Whether a part of a case holds no range (a list of numbers), so that chances can be listed."""
    if isinstance(typed, dict):
        return "range" not in typed and all(certain(v) for v in typed.values())
    if isinstance(typed, list):
        return not all(isinstance(v, str) and _is_number(v) for v in typed) and all(map(certain, typed))
    return True


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def agrees(result: dict[str, Any], text: str, track: str | None = None) -> None:
    """Counts, frontier, utilities, gains, power and shares of one table, each by its definition."""
    truth = Enumerated(text, track)
    table = result if track is None else result["tracks"][track]
    packages = table["packages"]
    assert packages["total"] == len(truth.packages)
    assert packages["acceptable"] == len(truth.zone)
    assert set(table["factions"]) == set(truth.deciding)
    assert table["power"]["banzhaf"] == pytest.approx({f: float(p) for f, p in truth.banzhaf.items()})
    _frontier(table, truth)
    _solutions(table, truth)
    if all(certain(truth.case.get(part)) for part in ("preferences", "readings", "issues")):
        _shares(table, truth)


def as_package(shown: dict[str, str], truth: Enumerated) -> Package:
    return tuple((i, shown[i]) for i in truth.movable)


def frontier_is_told(truth: Enumerated) -> bool:
    """Whether nobody who decides has a line that an agreed package breaks: points then tell the better."""
    lines = []
    for faction in set().union(*truth.winning_sets):
        wants = truth.preferences(faction, dict(truth.best.readings).get(faction))
        lines += [*(wants.get("red_lines") or []), *(line["package"] for line in wants.get("firm") or [])]
    return not any(matches(line, {**truth.fixed, **dict(p)}) for p in truth.zone for line in lines)


def _frontier(table: dict[str, Any], truth: Enumerated) -> None:
    if not frontier_is_told(truth):
        return
    assert table["frontier_size"] == len(truth.frontier)
    shown = [as_package(entry["package"], truth) for entry in table["frontier"]]
    assert set(shown) <= set(truth.frontier)
    # Of packages that are worth the same to everybody one is shown.
    vectors = {tuple(truth.utilities(p)[f] for f in truth.deciding) for p in truth.frontier}
    assert len(shown) == len(vectors)
    assert {tuple(truth.utilities(p)[f] for f in truth.deciding) for p in shown} == vectors
    for entry in table["frontier"]:
        _one(entry, as_package(entry["package"], truth), truth)


def _one(entry: dict[str, Any], package: Package, truth: Enumerated) -> None:
    """Utilities and gains of one package at best estimates, and who accepts it."""
    for key, right in (("utility", truth.utilities(package)), ("gain", truth.gains(package))):
        for faction, shown in entry[key].items():
            # Half a grid step (0.005 point) for each addend of a faction in weights; raw points are exact.
            assert shown == pytest.approx(float(right[faction]), rel=1e-9, abs=0.03), (key, faction)
    accepting = truth.accepting(package, truth.best) & set(entry["utility"])
    assert set(entry["accepts"]) & set(entry["utility"]) == accepting


def _solutions(table: dict[str, Any], truth: Enumerated) -> None:
    """Each rule's package is agreed, and over a single winning set no agreed one is better by that rule."""
    if len(truth.winning_sets) != 1:
        return
    members = sorted(truth.winning_sets[0])
    gains = {p: [truth.gains(p)[f] for f in members] for p in truth.zone}
    sums = {p: sum(truth.utilities(p)[f] for f in members) for p in truth.zone}
    own_party = not any((party or {}).get("factions") for party in truth.case["parties"].values())
    for rule, solution in table["solutions"].items():
        if rule == "most_acceptable":
            continue
        assert (solution is None) == (not truth.zone), rule
        if solution is None:
            continue
        package = as_package(solution["package"], truth)
        assert package in truth.zone, rule
        _one(solution, package, truth)
        if not solution["proven"]:
            continue
        if rule == "egalitarian":
            assert min(gains[package]) >= max(map(min, gains.values())) - Fraction(3, 100)
            assert solution["value"] == pytest.approx(float(min(gains[package])), rel=1e-9, abs=0.03)
        elif rule == "utilitarian":
            assert sums[package] >= max(sums.values()) - Fraction(3, 100)
            assert solution["value"] == pytest.approx(float(sums[package]), rel=1e-9, abs=0.03)
        elif rule == "nash" and own_party:
            best = max(map(prod, gains.values()))
            assert prod(gains[package]) >= best - abs(best) / 1000
            mean = float(prod(gains[package])) ** (1 / len(members))
            assert solution["value"] == pytest.approx(mean, rel=1e-3, abs=0.03)


def _shares(table: dict[str, Any], truth: Enumerated) -> None:
    packages = table["packages"]
    zone = packages["zone_probability"]
    if isinstance(zone, dict):
        assert zone["lower"] - SHARE <= float(truth.zone_probability) <= zone["upper"] + SHARE
    else:
        assert near(zone, truth.zone_probability, packages["monte_carlo_error"])
    listed = [*table["frontier"], *(s for s in table["solutions"].values() if s)]
    for entry in listed:
        package = as_package(entry["package"], truth)
        assert near(entry["acceptance"], truth.acceptance(package), entry["acceptance_error"])
        for faction, shares in entry["acceptance_by_reading"].items():
            for reading, share in shares.items():
                if not number(truth.case["readings"][faction][reading]["prior"]):
                    continue  # Nothing to condition on.
                error = entry["acceptance_by_reading_error"][faction][reading]
                assert near(share, truth.acceptance(package, {faction: reading}), error)
    best = max((truth.acceptance(p) for p in truth.packages), default=Fraction(0))
    assert near(packages["best_package_acceptance"], best, packages["best_package_error"])
