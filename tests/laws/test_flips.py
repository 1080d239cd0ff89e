"""Every flip that is reported flips when it is typed into the case, and nothing nearer does."""

from __future__ import annotations

import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.answers import ask
from tests.laws.random_cases import fresh
from tests.laws.writing import Tree, written
from tests.oracles.enumeration import Enumerated

NOTHING_FLIPS = "no single number"


def flips(case: Tree, folder: Path, *more: str) -> Any:
    path = folder / "case.yaml"
    path.write_text(written(case), encoding="utf-8")
    answer = ask("flips", path, "--draws", "64", *more)
    assert answer.code == 0, answer.err
    return answer.json if more else answer.out


def typed(case: Tree, path: str, value: Decimal) -> Tree:
    """The case with one number of its preferences replaced; the path is the one that the answer names."""
    changed = copy.deepcopy(case)
    *way, last = path.split(".")
    place: Any = changed["preferences"]
    for step in way:
        place = place[step]
    if isinstance(place, list):
        place[int(last)]["add"] = value  # A `together` term goes by its number.
        return changed
    now = place.setdefault(last, {"status_quo": Decimal(0)}) if last == "no_deal" else place[last]
    place[last] = {"status_quo": value} if isinstance(now, dict) else value
    return changed


def has_deal(case: Tree) -> bool:
    return bool(Enumerated(written(case)).zone)


def is_so(case: Tree, deal: bool, folder: Path) -> bool:
    """Whether there is a deal or none: in fractions or, where half a grid step can decide, by the programme itself."""
    if has_deal(case) == deal:
        return True
    path = folder / "typed.yaml"
    path.write_text(written(case), encoding="utf-8")
    answer = ask("deal", path, "--draws", "64", "--fail-if-no-deal")
    assert answer.code in (0, 1), answer.err
    return (answer.code == 0) == deal


@pytest.mark.parametrize("seed", range(600, 616))
def test_what_is_said_to_flip_flips(seed: int, tmp_path: Path) -> None:
    """At the value itself or right behind it the answer is the other one; anywhere before it, it is not.

    "Right behind" is less than a hundredth of a point: the value may be the last at which the answer holds.
    """
    case = fresh(seed, chance=False, tables=False)
    found = flips(case, tmp_path, "--json")
    now = has_deal(case)
    assert found["deal_at_best_estimates"] == now
    for flip in found["flips"]:
        if flip["deal_flips_at"] is None:
            continue
        at, best = Decimal(str(flip["deal_flips_at"])), Decimal(str(flip["best"]))
        beyond = Decimal("0.0101") if at >= best else Decimal("-0.0101")
        there = [typed(case, flip["path"], value) for value in (at, at + beyond) if _legal(flip, value)]
        assert any(is_so(c, not now, tmp_path) for c in there), (flip["path"], flip["best"], at)
        for share in (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal("0.9")):
            before = best + (at - best) * share
            if abs(at - before) > Decimal("0.02"):
                assert is_so(typed(case, flip["path"], before), now, tmp_path), (flip["path"], before)


def _legal(flip: Any, value: Decimal) -> bool:
    """Values run from 0 to 100 and weights from 0."""
    if ".values." in flip["path"]:
        return 0 <= value <= 100
    return value >= 0 if ".weights." in flip["path"] else True


@pytest.mark.parametrize("seed", range(620, 636))
def test_no_single_number_is_said_only_where_no_number_flips(seed: int, tmp_path: Path) -> None:
    case = fresh(seed, tables=False)
    some = any(f["deal_flips_at"] is not None for f in flips(case, tmp_path, "--json")["flips"])
    assert (NOTHING_FLIPS in flips(case, tmp_path).replace("\n", " ")) != some


@pytest.mark.parametrize("seed", range(640, 652))
def test_a_no_deal_value_that_flips_alone_is_found(seed: int, tmp_path: Path) -> None:
    """With one number that decides alone, the flip is where the utility of the only package stands."""
    case = fresh(seed, chance=False, tables=False, impossible=False)
    case["parties"] = {"a": {}, "b": {}}
    case.pop("agreement", None)
    case["issues"] = {"i0": {"status_quo": "o0", "options": {"o0": None, "o1": None}}}
    worth, now = Decimal(seed % 7) + Decimal("0.5"), Decimal(seed % 3)
    case["preferences"] = {
        "a": {"no_deal": now, "points": {"i0": {"o0": Decimal(0), "o1": worth}}},
        "b": {"indifferent": ["i0"]},
    }
    found = {f["path"]: f["deal_flips_at"] for f in flips(case, tmp_path, "--json")["flips"]}
    assert found["a.no_deal"] == pytest.approx(float(worth), abs=0.0101)
    assert found["a.points.i0.o1"] == pytest.approx(float(now), abs=0.0101)
