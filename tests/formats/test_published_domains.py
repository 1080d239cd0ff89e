"""Published domains beside the repository: all import right, or are refused in one sentence; frontiers, counts and Nash points are those of
listing every package, and of NegMAS.

Utilities come from :mod:`tests.oracles.utilities`, which shares nothing with the readers. Where ties are real, sums of floating-point numbers
break them: a package counts as better only by more than ``CLOSE``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.analyses.deal import deal
from detente.case.model import Case
from detente.case.reading import read_case
from detente.draws import Drawn, prepare
from detente.errors import DetenteError
from detente.formats.additive import additive
from detente.formats.importing import read_files
from detente.kernels.frontier import frontier
from detente.problem import table
from detente.prospects.view import view
from tests.oracles import utilities

CLOSE = 1e-6
"""Of utility: ten times what rounding to a step may add up to in eight issues."""
LISTED = 3_200
"""Packages of a domain whose every package is looked at."""


class Set(NamedTuple):
    """Files of one negotiation."""

    kind: str
    files: list[Path]
    profiles: list[Path]


@pytest.fixture(scope="session")
def sets(shared: Path) -> list[Set]:
    home, found = shared / "data" / "domains", []
    for entry in json.loads((home / "MANIFEST.json").read_text()):
        folder, domain = home / entry["path"], entry.get("domain_file", "")
        named = [folder / profile["file"] for profile in entry["profiles"]]
        stem = domain.split("-domain")[0] if "-domain" in domain else ""
        own = [p for p in named if stem and p.name.startswith(f"{stem}-")] or named
        whole = [p for p in own if p.suffix != ".xml" or b'type="UNCERTAIN"' not in p.read_bytes()]
        first = [] if entry["format"] == "NegoLog JSON" else [folder / domain]
        found.append(Set(entry["format"], [*first, *whole[:2]], whole[:2]))
    return found


class Read(NamedTuple):
    """A set as a case, and as the oracle sees it."""

    of: Set
    case: Case
    levels: list[tuple[str, ...]]
    sides: list[tuple[utilities.Utility, float]]

    @property
    def size(self) -> int:
        return int(np.prod([len(found) for found in self.levels]))

    def packages(self) -> Iterator[dict[str, str]]:
        names = [issue.name for issue in additive(self.case).issues]
        return (dict(zip(names, chosen, strict=True)) for chosen in product(*self.levels))

    def worth(self) -> NDArray[np.float64]:
        """[N, 2] utilities of every package, from the files."""
        return np.array([[utility(package) for utility, _ in self.sides] for package in self.packages()])


@pytest.fixture(scope="session")
def imported(sets: list[Set]) -> tuple[list[Read], list[str]]:
    """Those that import, and why the others do not."""
    found, refused = [], []
    for one in sets:
        try:
            case = read_case(read_files(one.files).text, "imported").case
        except DetenteError as error:
            refused.append(str(error))
            continue
        domain = additive(case)
        names = [issue.name for issue in domain.issues]
        readers: dict[str, Any] = {
            "GENIUS XML": utilities.genius,
            "GeniusWeb JSON": utilities.geniusweb,
            "NegoLog JSON": utilities.negolog,
            "NegMAS YAML": lambda path, names=names: utilities.negmas(path, names),
        }
        found.append(
            Read(
                one,
                case,
                [issue.levels for issue in domain.issues],
                [readers[one.kind](p) for p in one.profiles],
            )
        )
    return found, refused


@pytest.fixture(scope="session")
def read(imported: tuple[list[Read], list[str]]) -> list[Read]:
    """Those that import."""
    return imported[0]


def units(case: Case) -> NDArray[np.float64]:
    return np.array([wants.max for wants in case.preferences.values()], dtype=np.float64)


def exact_front(case: Case, ready: Drawn) -> NDArray[np.float64]:
    """[K, 2] utilities of the frontier among all packages."""
    best = view(ready.problem, ready.best, table(ready.problem, None))
    found: NDArray[np.float64] = (
        frontier(best.utilities, best.seat.sizes).points * ready.problem.step / units(case)
    )
    return found


def beaten(points: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.bool_]:
    """[N] whether a point is beaten by more than ``CLOSE`` for somebody and by less than nothing for nobody."""
    gap = by[None] - points[:, None]
    found: NDArray[np.bool_] = ((gap >= -CLOSE / 100).all(axis=2) & (gap > CLOSE).any(axis=2)).any(axis=1)
    return found


def staircase(worth: NDArray[np.float64]) -> NDArray[np.float64]:
    """[K, 2] points that no other is above in floating point, best for the first side first."""
    found: list[NDArray[np.float64]] = []
    for k in np.lexsort((-worth[:, 1], -worth[:, 0])):
        if not found or worth[k, 1] > found[-1][1]:
            found.append(worth[k])
    return np.array(found)


def test_everything_imports_or_is_refused_in_one_sentence(
    sets: list[Set], imported: tuple[list[Read], list[str]]
) -> None:
    read, refused = imported
    assert len(refused) + len(read) == len(sets)
    assert not any("\n" in said for said in refused)
    # Hyperrectangles, constraints, and an issue of the type price: no sums over issues.
    assert all("no sum over issues" in said or 'type "price"' in said for said in refused)
    assert len(refused) == 5


def test_every_package_is_worth_what_the_files_say(read: list[Read]) -> None:
    for one in read:
        domain = additive(one.case)
        step = max(1, one.size // 300)
        for n, (chosen, package) in enumerate(
            zip(product(*map(range, map(len, one.levels))), one.packages(), strict=True)
        ):
            if n % step:
                continue
            for side, (utility, _) in zip(domain.sides, one.sides, strict=True):
                mine = float(
                    sum(row[k] for row, k in zip(side.worth, chosen, strict=True)) / (side.whole or 1)
                )
                assert mine == pytest.approx(utility(package), abs=1e-9)
            if n > 50 * step:
                break
        for side, (_, stays) in zip(domain.sides, one.sides, strict=True):
            if np.isfinite(stays):
                assert float(side.no_deal / (side.whole or 1)) == pytest.approx(stays, abs=1e-9)


def test_frontiers_and_counts_are_those_of_listing_every_package(read: list[Read]) -> None:
    looked_at = 0
    for one in read:
        if one.size > LISTED:
            continue
        looked_at += 1
        ready, worth = prepare(one.case, draws=64), one.worth()
        mine = exact_front(one.case, ready)
        assert not beaten(mine, staircase(worth)).any()
        # What nothing beats is there, to a rounding.
        stairs = staircase(worth)
        best = stairs[~beaten(stairs, stairs)]
        assert all((mine >= point - CLOSE).all(axis=1).any() for point in best)
        stays = np.array([np.nan_to_num(r, neginf=-1) for _, r in one.sides])
        near = (np.abs(worth - stays) < CLOSE).any(axis=1)
        counted = deal(ready).main.packages.acceptable if looked_at % 6 == 0 else None
        if counted is not None:
            sure = int(((worth >= stays) & ~near[:, None]).all(axis=1).sum())
            assert sure <= counted <= sure + int(near.sum())
    assert looked_at > 20


@pytest.mark.filterwarnings("ignore")  # of packages that NegMAS loads
def test_frontiers_and_nash_points_are_those_of_negmas(read: list[Read]) -> None:
    from negmas.outcomes import make_issue, make_os
    from negmas.preferences import MappingUtilityFunction
    from negmas.preferences.ops import nash_points, pareto_frontier

    small = [one for one in read if one.size <= 700]
    assert {one.of.kind for one in small} == {one.of.kind for one in read}
    for one in small:
        space = make_os([make_issue(list(v), f"i{n}") for n, v in enumerate(one.levels)])
        outcomes, packages = list(product(*one.levels)), list(one.packages())
        functions = [
            MappingUtilityFunction(
                {o: utility(p) for o, p in zip(outcomes, packages, strict=True)},
                outcome_space=space,
                reserved_value=float("-inf"),  # else only what clears it would be on the frontier
            )
            for utility, stays in one.sides
        ]
        theirs, _ = pareto_frontier(functions, outcomes=outcomes)
        ready = prepare(one.case, draws=64)
        mine = exact_front(one.case, ready)
        assert all((mine >= np.array(point) - CLOSE).all(axis=1).any() for point in theirs)
        assert not beaten(mine, np.array(theirs)).any()
        if any(not np.isfinite(stays) for _, stays in one.sides):
            continue  # no agreement is worth the worst one here, and 0 there
        solution = deal(ready).main.solutions["nash"]
        # Without these ranges it measures from the worst package where no agreement is worse than that.
        ranges = [(r, 1.0) for _, r in one.sides]
        point = nash_points(functions, theirs, ranges=ranges)
        stays = np.array([r for _, r in one.sides])
        if solution is None or not point:
            assert not any(((np.array(p) - stays) > CLOSE).all() for p in theirs)
            continue
        gains = np.array(list(solution.utility.values())) / units(one.case) - stays
        assert float(np.prod(gains)) == pytest.approx(
            float(np.prod(np.array(point[0][0]) - stays)), abs=CLOSE
        )
