"""What the documentation says that the Venezuelan case shows, on its draws."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import detente
from detente.analyses.deal import Deal, prepare
from detente.analyses.outlook.solve import outlook
from detente.analyses.roadmap import roadmap
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
MAIN = {
    "prisoners": "some_released",
    "person_sanctions": "some_delisted",
    "observers": "regional_only",
    "guaido_stance": "tolerates",
}
"""The package accepted most often at the main table, on 1,024 draws."""

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
    crossed = np.zeros(gain.shape, dtype=np.bool_)
    for t, (a, b) in enumerate(pairwise(here.start)):
        if np.array_equal(x[here.issue[a:b]], here.option[a:b]):
            assert not here.excluded[t], "an impossible combination"
            gain += here.add[:, t]
            crossed |= here.broken[:, t]
    result: NDArray[np.bool_] = (gain >= 0) & ~crossed
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


def test_the_order_of_the_main_table_ends_with_the_man_whose_mandate_ends(ready: Deal) -> None:
    road = roadmap(ready, MAIN, track="main_table")
    assert road.supposed == {"leader": "minimal_dealer"}
    assert road.short.keys() == {"leader"}
    steps = [sorted(m.issue for m in s.steps) for s in road.stages if s.steps]
    assert steps == [["person_sanctions", "prisoners"], ["observers"], ["guaido_stance"]]
    assert road.slack is not None
    assert 0 < road.slack < 0.5
    assert {s.weakest for s in road.stages} == {"guaido"}
    helps = {b.what[0] for b in road.boosts[:3]}
    assert {"guaido_stance", "mission"} <= helps


def test_a_handover_and_its_guarantee_have_to_come_at_one_moment(ready: Deal) -> None:
    road = roadmap(ready, EXIT, track="main_table")
    assert road.supposed == {"leader": "exiter"}
    assert road.slack is None
    first = road.boosts[0]
    assert (first.kind, set(first.what)) == ("exchange", {"succession", "reward"})


def test_time_runs_against_guaido_and_no_promise_is_enough(ready: Deal) -> None:
    found = outlook(ready, per=64)
    drift = {f: v.drift for f, v in found.no_deal.items()}
    assert min(drift, key=lambda f: drift[f]) == "guaido"
    assert drift["guaido"] < -1
    assert abs(drift["leader"]) < 0.4
    assert min(drift["capriles"], drift["europe"]) > 0.5
    assert {f: x.credibility is None or x.credibility > 1 for f, x in found.leaving.items()} == {
        "leader": True,
        "clan": True,
    }
    change = {name: abs(p.difference) for name, p in found.policies.items()}
    assert max(change, key=lambda name: change[name]) == "safe_exit"
    assert all(v < 0.02 for name, v in change.items() if name != "safe_exit")
    gap = {f: v.computed - (v.typed or 0) for f, v in found.no_deal.items()}
    assert all(abs(gap[f]) < 4 for f in ("leader", "clan", "guaido", "united_states"))
    assert 6 < gap["capriles"] < 12
    assert 8 < gap["europe"] < 14
    less, more, united, *_ = (i.office_lost for i in found.levers.values())
    assert more > united > 0 > less > -united


def test_at_the_talks_he_steps_and_washington_seldom_answers(ready: Deal) -> None:
    found = outlook(ready, per=64).talks
    assert found is not None
    first, answer = found.moves[:2]
    assert min(first.chance.values()) > 0.2
    assert max(answer.chance.values()) < 0.15
    assert max(first.chance.values()) - min(first.chance.values()) < 0.05
    assert answer.worth < -5
    assert found.completed < 0.05
    assert len(found.wanted["united_states"]) == 60
    assert len(found.wanted["leader"]) < 6


def test_questions_are_modelled_where_the_world_has_them(ready: Deal) -> None:
    asked = ready.problem.case.questions
    assert len(asked) == 32
    assert {id for id, q in asked.items() if q.basis != "modelled"} == {"q02", "q08", "q23", "q27", "q30"}
