"""What the documentation says that the Venezuelan case shows, on its draws."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import detente
from detente.analyses.deal import Deal, prepare
from detente.case.reading import load_case
from detente.problem import Sample, seat, table

FILE = Path(detente.__file__).parent / "cases" / "venezuela-2021.yaml"

GRAND = {
    "presidential_election": "early",
    "cne": "overhaul",
    "observers": "all_polls",
    "prisoners": "released",
    "oil_sanctions": "removed",
    "person_sanctions": "removed",
    "reward": "withdrawn",
    "frozen_funds": "released",
    "assembly": "accepted",
    "mandate": "lapses",
}
"""All demands against all returns (and what these make necessary)."""

EXIT = {
    "succession": "successor",
    "reward": "withdrawn",
    "fiefs": "guaranteed",
    "prisoners": "released",
    "observers": "all_polls",
    "oil_sanctions": "modified",
    "person_sanctions": "some_delisted",
}
SWAP = {"prisoners": "some_released", "person_sanctions": "some_delisted"}
POLLS = {"participation": "takes_part"}


@pytest.fixture(scope="module")
def ready() -> Deal:
    return prepare(load_case(FILE).case, draws=512)


def accepted(ready: Deal, track: str, moves: dict[str, str], sample: Sample) -> NDArray[np.bool_]:
    """[P, S] who accepts a package, written out issue by issue."""
    problem = ready.problem
    at = table(problem, track)
    here = seat(problem, sample, at)
    assert here.status_quo is not None
    x = here.status_quo.copy()
    for k, i in enumerate(at.issues):
        if problem.issues[i] in moves:
            x[k] = problem.options[i].index(moves[problem.issues[i]])
    gain = -here.thresholds.astype(np.int64)
    for k, option in enumerate(x):
        gain += here.points[:, k, option]
    adds = here.adds
    for t, (a, b) in enumerate(pairwise(here.start)):
        if np.array_equal(x[here.issue[a:b]], here.option[a:b]):
            assert not here.excluded[t], "an impossible combination"
            gain += adds[:, t]
    result: NDArray[np.bool_] = gain >= 0
    return result


def share(ready: Deal, track: str, moves: dict[str, str], reading: str | None = None) -> float:
    """Share of draws in which everyone at the table accepts (all tables of the case need everyone)."""
    sample = ready.fresh if reading is None else ready.rivals["leader", reading]
    return float(accepted(ready, track, moves, sample).all(axis=0).mean())


def test_everything_for_everything_is_no_deal(ready: Deal) -> None:
    assert share(ready, "main_table", GRAND) < 0.01


def test_one_who_stalls_gives_up_no_office(ready: Deal) -> None:
    for office in (GRAND, EXIT, {**SWAP, "cne": "overhaul"}, {**SWAP, "succession": "steps_down"}):
        assert share(ready, "main_table", office, "staller") == 0


def test_a_small_swap_waits_for_a_leader_who_wants_one(ready: Deal) -> None:
    stalling = share(ready, "main_table", SWAP, "staller")
    dealing = share(ready, "main_table", SWAP, "minimal_dealer")
    assert stalling < 0.2
    assert 0.3 < dealing < 0.8
    assert share(ready, "main_table", SWAP) > share(ready, "main_table", EXIT)


def test_an_exit_needs_the_reading_and_the_guarantees(ready: Deal) -> None:
    assert share(ready, "main_table", EXIT, "exiter") > 0.25
    assert share(ready, "main_table", EXIT, "minimal_dealer") < 0.1
    unsafe = {**EXIT, "reward": "offered"}
    assert share(ready, "main_table", unsafe, "exiter") < 0.5 * share(ready, "main_table", EXIT, "exiter")


def test_the_council_is_the_easier_table(ready: Deal) -> None:
    council = share(ready, "electoral_council", POLLS)
    assert 0.5 < council < 0.95
    assert council > share(ready, "main_table", SWAP)


def test_the_status_quo_does_not_satisfy_everyone(ready: Deal) -> None:
    assert share(ready, "main_table", {}) < 0.25
