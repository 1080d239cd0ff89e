"""The deal analysis of random cases against their enumeration, and laws under which no count may change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.answers import ask
from tests.laws.agreement import agrees
from tests.laws.random_cases import fresh
from tests.laws.writing import Tree, written
from tests.oracles.enumeration import Enumerated

# A result that has nothing to do with how things are called or measured: counts, and shares on the same draws.
Verdict = tuple[int, int, Any, int | None]


def deal(case: Tree, folder: Path, draws: int = 64) -> Any:
    path = folder / "case.yaml"
    path.write_text(written(case), encoding="utf-8")
    answer = ask("deal", path, "--json", "--draws", str(draws))
    assert answer.code == 0, answer.err + written(case)
    return answer.json


def verdict(result: Any) -> Verdict:
    packages = result["packages"]
    return packages["total"], packages["acceptable"], packages["zone_probability"], result["frontier_size"]


@pytest.mark.parametrize("seed", range(60))
def test_counts_frontier_zone_and_shares_are_those_of_enumeration(seed: int, tmp_path: Path) -> None:
    case = fresh(seed)
    result = deal(case, tmp_path, 1024)
    for track in case.get("tracks", {"table": None}):
        agrees(result, written(case), track if "tracks" in case else None)


@pytest.mark.parametrize("seed", range(100, 116))
def test_shares_by_reading_mix_to_the_share_of_all(seed: int, tmp_path: Path) -> None:
    case = fresh(seed)
    faction = next(iter(case["preferences"]))
    views = {"one": {"prior": Decimal("0.25"), "preferences": {"red_lines": [{"i0": "o1"}]}}}
    case["readings"] = {faction: views | {"other": {"prior": Decimal("0.75")}}}
    result = deal(case, tmp_path, 256)
    for entry in (*result["frontier"], *(s for s in result["solutions"].values() if s)):
        by = entry["acceptance_by_reading"][faction]
        mixed = 0.25 * by["one"] + 0.75 * by["other"]
        wrong = entry["acceptance_by_reading_error"][faction]
        error = entry["acceptance_error"] + max(wrong.values())
        assert abs(mixed - entry["acceptance"]) <= 0.03 + 4 * error


# --- what may never open a zone ---------------------------------------------------------------------------


def another_line(case: Tree, rng: Random) -> None:
    lines = case["preferences"][rng.choice(list(case["preferences"]))]["red_lines"]
    each = [{issue: option} for issue, about in case["issues"].items() for option in about["options"]]
    lines.append(rng.choice([line for line in each if line not in lines]))  # one twice is refused


def a_higher_no_deal(case: Tree, rng: Random) -> None:
    wants = case["preferences"][rng.choice(list(case["preferences"]))]
    typed = wants.get("no_deal", {"status_quo": Decimal(0)})
    more = rng.choice([Decimal("0.01"), Decimal(1), Decimal(5)])
    relative = isinstance(typed, dict)
    wants["no_deal"] = {"status_quo": typed["status_quo"] + more} if relative else typed + more


def one_more_who_agrees(case: Tree, rng: Random) -> None:
    case["parties"]["z"] = {}
    issues = case["issues"]
    points = {i: {o: rng.randint(-3, 5) for o in about["options"]} for i, about in issues.items()}
    case["preferences"]["z"] = {"patience": Decimal("0.97"), "points": points}
    for track in case.get("tracks", {}).values():
        track["parties"].append("z")
    if "agreement" in case:
        case["agreement"] = {"all": [case["agreement"], "z"]}


@pytest.mark.parametrize("harder", [another_line, a_higher_no_deal, one_more_who_agrees])
@pytest.mark.parametrize("seed", [*range(200, 214), 223])
def test_harder_terms_never_open_a_zone(
    seed: int, harder: Callable[[Tree, Random], None], tmp_path: Path
) -> None:
    case = fresh(seed)
    before = deal(case, tmp_path)["packages"]
    changed = copy.deepcopy(case)
    harder(changed, Random(seed))
    after = deal(changed, tmp_path)["packages"]
    assert after["acceptable"] <= before["acceptable"]
    assert after["zone_probability"] <= before["zone_probability"]


# --- what may change nothing ------------------------------------------------------------------------------


def finer_points(case: Tree) -> None:
    """A faction's raw points, terms and no-deal values times a power of ten."""
    for k, wants in enumerate(case["preferences"].values()):
        if "points" in wants:
            _scale(wants, Decimal(10) ** (3, -4, 5)[k % 3])


def _scale(wants: Tree, factor: Decimal) -> None:
    for options in wants["points"].values():
        for option in options:
            options[option] *= factor
    for term in wants.get("together", []):
        term["add"] *= factor
    if isinstance(wants.get("no_deal"), dict):
        wants["no_deal"] = {"status_quo": wants["no_deal"]["status_quo"] * factor}
    elif "no_deal" in wants:
        wants["no_deal"] *= factor


def shifted_points(case: Tree) -> None:
    """The same points added to every option of an issue, and to an absolute no-deal value."""
    for wants in case["preferences"].values():
        if "points" in wants:
            options = wants["points"]["i0"]
            wants["points"]["i0"] = {o: p + 1000 for o, p in options.items()}
            if isinstance(wants.get("no_deal"), Decimal):
                wants["no_deal"] += 1000


def other_order_of_options(case: Tree) -> None:
    for about in case["issues"].values():
        about["options"] = dict(reversed(about["options"].items()))


def other_order_of_parties(case: Tree) -> None:
    case["preferences"] = dict(reversed(case["preferences"].items()))


def with_other_names(case: Tree) -> Tree:
    names = {"a": "zeta", "b": "prior", "c": "points", "i0": "no_deal", "i1": "rest", "i2": "weights"}
    return _renamed(case, names | {"o0": "any", "o1": "none", "o2": "status_quo"}, top=True)


def _renamed(value: Any, names: dict[str, str], *, top: bool = False) -> Any:
    """Ids renamed wherever they stand; the case's own keys stay."""
    if isinstance(value, dict):
        return {k if top else names.get(k, k): _renamed(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_renamed(v, names) for v in value]
    return names.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    "change", [finer_points, shifted_points, other_order_of_options, other_order_of_parties, with_other_names]
)
@pytest.mark.parametrize("seed", range(300, 310))
def test_no_verdict_hangs_on_scales_names_or_orders(
    seed: int, change: Callable[[Tree], Tree | None], tmp_path: Path
) -> None:
    case = fresh(seed, chance=False)
    # A reading's no-deal value has no scale of its own; without chance there is none here.
    before = verdict(deal(case, tmp_path))
    changed = copy.deepcopy(case)
    changed = change(changed) or changed
    assert verdict(deal(changed, tmp_path)) == before


@pytest.mark.parametrize("seed", range(400, 412))
def test_an_issue_that_is_nothing_to_anybody_multiplies_the_counts(seed: int, tmp_path: Path) -> None:
    case = fresh(seed, tables=False, impossible=False)
    case["readings"] = {}
    before = deal(case, tmp_path)["packages"]
    options = 3
    wider = copy.deepcopy(case)
    wider["issues"]["null"] = {"status_quo": "n0", "options": {f"n{k}": None for k in range(options)}}
    for wants in wider["preferences"].values():
        wants["indifferent"] = ["null"]
    after = deal(wider, tmp_path)["packages"]
    truth = Enumerated(written(case))
    assert truth.status_quo is not None
    # The status quo is never a deal; with the null issue moved it is one wherever it is acceptable.
    stays = truth.consent(truth.accepting(truth.status_quo, truth.best), [])
    assert after["total"] == options * before["total"]
    assert after["acceptable"] == options * before["acceptable"] + (options - 1) * stays
