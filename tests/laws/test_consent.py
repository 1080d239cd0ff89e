"""What the roadmap counts as consent to a package is what the deal analysis counts: every package, the same draws."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.answers import ask
from tests.laws.agreement import near
from tests.laws.random_cases import fresh
from tests.laws.writing import Tree, written
from tests.oracles.enumeration import Enumerated, Package

DRAWS = ("--draws", "128")


def put(case: Tree, folder: Path) -> Path:
    path = folder / "case.yaml"
    path.write_text(written(case), encoding="utf-8")
    return path


def asked(case: Tree, moves: dict[str, str], folder: Path) -> Any:
    package = folder / "package.yaml"
    package.write_text("".join(f"{i}: {o}\n" for i, o in moves.items()), encoding="utf-8")
    answer = ask("roadmap", put(case, folder), "--package", package, "--json", *DRAWS)
    assert answer.code == 0, answer.err + written(case)
    return answer.json["chances"]


def deal(case: Tree, folder: Path) -> Any:
    answer = ask("deal", put(case, folder), "--json", *DRAWS)
    assert answer.code == 0, answer.err
    return answer.json


def moves_of(package: Package, truth: Enumerated) -> dict[str, str]:
    assert truth.status_quo is not None
    return dict(set(package) - set(truth.status_quo))


def changes(truth: Enumerated) -> list[Package]:
    return [p for p in truth.packages if p != truth.status_quo]


@pytest.mark.parametrize("seed", range(500, 512))
def test_acceptable_is_the_chance_that_enumeration_gives(seed: int, tmp_path: Path) -> None:
    case = fresh(seed, impossible=False)
    truth = Enumerated(written(case))
    for package in changes(truth)[:: max(1, len(truth.packages) // 5)]:
        chances = asked(case, moves_of(package, truth), tmp_path)
        assert near(chances["acceptable"], truth.acceptance(package), chances["acceptable_error"]), package


@pytest.mark.parametrize("seed", range(520, 530))
def test_acceptable_is_the_acceptance_that_deal_shows(seed: int, tmp_path: Path) -> None:
    case = fresh(seed, impossible=False)
    result = deal(case, tmp_path)
    shown = [*result["frontier"], *(s for s in result["solutions"].values() if s)]
    for entry in {tuple(e["moves"].items()): e for e in shown if e["moves"]}.values():
        assert asked(case, entry["moves"], tmp_path)["acceptable"] == entry["acceptance"], entry["moves"]


@pytest.mark.parametrize("seed", range(540, 545))
def test_acceptable_is_what_deal_counts_where_nothing_else_is_possible(seed: int, tmp_path: Path) -> None:
    """Any package can be asked for in the deal analysis: all others are declared impossible."""
    case = fresh(seed, impossible=False)
    truth = Enumerated(written(case))
    everything = changes(truth)
    for package in everything[:: max(1, len(everything) // 4)]:
        alone = copy.deepcopy(case)
        stays = {i: o for i, o in truth.fixed.items() if "chances" not in case["issues"][i]}
        alone["impossible"] = [stays | dict(p) for p in everything if p != package]
        if any(len(pattern) < 2 for pattern in alone["impossible"]):
            continue  # A single option cannot be called impossible: it could be left out.
        share = deal(alone, tmp_path)["packages"]["zone_probability"]
        assert asked(case, moves_of(package, truth), tmp_path)["acceptable"] == share, package


STAYS = {
    "where it stays": {"b": {"red_lines": [{"patrols": "now"}]}},
    "where it is drawn": {"b": {"red_lines": [{"weather": "storm"}]}},
    "where it is drawn, firmly": {"b": {"firm": [{"package": {"weather": "storm"}, "holds": 0.5}]}},
    "where it stays, firmly": {"a": {"firm": [{"package": {"patrols": "now"}, "holds": 0.25}]}},
    "at another table": {"a": {"red_lines": [{"prisoners": "held"}]}},
    "of two tables": {"a": {"red_lines": [{"prisoners": "held", "ferries": "daily"}]}},
    "somewhere else": {"a": {"red_lines": [{"prisoners": "home", "ferries": "daily"}]}},
}


@pytest.mark.parametrize("lines", STAYS.values(), ids=STAYS)
def test_a_line_binds_wherever_it_is_true(lines: dict[str, Tree], tmp_path: Path) -> None:
    """On what stays put, on what is drawn, on what another table moves: the same in both analyses."""
    issues = ("ferries", "patrols", "prisoners", "weather")
    plain = {"patience": 0.97, "indifferent": list(issues)}
    case: Tree = {
        "detente": 1,
        "id": "strait",
        "title": "Strait",
        "inference": "invented",
        "parties": {"a": {}, "b": {}},
        "tracks": {
            "first": {"parties": ["a", "b"], "issues": ["ferries", "patrols"]},
            "second": {"parties": ["a", "b"], "issues": ["prisoners"]},
        },
        "issues": {
            "ferries": {"controlled_by": "a", "status_quo": "none", "options": {"none": None, "daily": None}},
            "patrols": {"controlled_by": "a", "status_quo": "now", "options": {"now": None, "halved": None}},
            "prisoners": {
                "controlled_by": "a",
                "status_quo": "held",
                "options": {"held": None, "home": None},
            },
            "weather": {
                "status_quo": "calm",
                "controlled_by": "outside",
                "options": {"calm": None, "storm": None},
                "chances": {"calm": 0.75, "storm": 0.25},
            },
        },
        "preferences": {f: {**plain, **lines.get(f, {})} for f in "ab"},
        "steps": {"temptation": 3},
    }
    truth = Enumerated(written(case))
    for package in changes(truth):
        chances = asked(case, moves_of(package, truth), tmp_path)
        assert near(chances["acceptable"], truth.acceptance(package), chances["acceptable_error"]), package
    assert near(deal(case, tmp_path)["packages"]["zone_probability"], truth.zone_probability)
