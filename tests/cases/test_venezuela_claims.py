"""What the documentation says that the Venezuelan case shows, on its draws."""

from __future__ import annotations

import numpy as np
import pytest

from detente.analyses.outlook.answer import ended
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import outlook
from detente.analyses.roadmap import roadmap
from detente.case.reading import load_case
from detente.catalogue import path
from detente.draws import Drawn, prepare
from detente.problem.own import own_gains
from detente.problem.worth import worth
from tests.cases.written import accepted

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
    "force_threat": "renounced",
}
"""A package acceptable about as often as the best of the main table."""

SWAP = {"prisoners": "some_released", "person_sanctions": "some_delisted"}
POLLS = {"participation": "takes_part"}


@pytest.fixture(scope="module")
def ready() -> Drawn:
    return prepare(load_case(path("venezuela-2021")).case, draws=256)


def share(ready: Drawn, track: str, moves: dict[str, str], reading: str | None = None) -> float:
    """Share of draws in which everyone at the table accepts (all tables of the case need everyone)."""
    sample = ready.fresh if reading is None else ready.rivals["leader", reading]
    yes = accepted(ready, track, moves, sample)
    return float(np.all(list(yes.values()), axis=0).mean())


def test_everything_for_everything_is_no_deal(ready: Drawn) -> None:
    assert share(ready, "main_table", GRAND) < 0.01


def test_one_who_stalls_gives_up_no_office(ready: Drawn) -> None:
    for office in (GRAND, EXIT, {**SWAP, "cne": "overhaul"}, {**SWAP, "succession": "steps_down"}):
        assert share(ready, "main_table", office, "staller") == 0


def test_a_small_swap_waits_for_a_leader_who_wants_one(ready: Drawn) -> None:
    stalling = share(ready, "main_table", SWAP, "staller")
    dealing = share(ready, "main_table", SWAP, "minimal_dealer")
    assert stalling < 0.2
    assert 0.3 < dealing < 0.8
    assert share(ready, "main_table", SWAP) > share(ready, "main_table", EXIT)


def test_an_exit_needs_the_reading_and_the_guarantees(ready: Drawn) -> None:
    assert share(ready, "main_table", EXIT, "exiter") > 0.25
    assert share(ready, "main_table", EXIT, "minimal_dealer") < 0.1
    unsafe = {**EXIT, "reward": "offered"}
    assert share(ready, "main_table", unsafe, "exiter") < 0.5 * share(ready, "main_table", EXIT, "exiter")


def test_the_council_is_the_easier_table(ready: Drawn) -> None:
    council = share(ready, "electoral_council", POLLS)
    assert 0.5 < council < 0.95
    assert council > share(ready, "main_table", SWAP)


def test_what_stands_is_what_those_who_control_it_keep(ready: Drawn) -> None:
    """But for the moderates, who would stand, nobody gains by what he can do alone at best estimates, and in most draws; a seat or
    polls taken back cost him candidates."""
    problem = ready.problem
    assert set(problem.case.computed) == set(problem.factions)
    moderates = problem.factions.index("capriles")
    others = np.arange(len(problem.factions)) != moderates
    best = own_gains(problem, ready.best, ready.beside_best.steps)[:, 0] > 0
    assert best[moderates]
    assert not best[others].any()
    gained = own_gains(problem, ready.fresh, ready.beside_fresh.steps) * problem.step[:, None] > 0.05
    assert gained[others].mean(axis=1).max() < 0.35
    assert gained[problem.factions.index("leader")].mean() > 0.05
    takes_back = ({"cne": "one_of_five"}, {"regional_elections": "as_rigged"}, {"prisoners": "in_prison"})
    worth_of = worth(problem, ready.best, [{}, *takes_back])[problem.factions.index("leader")]
    assert (worth_of[1:] < worth_of[0]).all()


def test_the_order_of_the_main_table_leaves_its_ends_with_next_to_nothing(ready: Drawn) -> None:
    road = roadmap(ready, MAIN, track="main_table")
    assert road.supposed == {"leader": "minimal_dealer"}
    assert road.short.keys() == {"leader"}
    steps = [sorted(m.issue for m in s.steps) for s in road.stages if s.steps]
    assert steps[0] == ["observers"]
    assert sorted(issue for some in steps[1:] for issue in some) == [
        "force_threat",
        "person_sanctions",
        "prisoners",
    ]
    (mission,) = road.due
    assert (mission.issue, mission.by, mission.late) == ("observers", "2021-11-21", False)
    assert road.slack is not None
    assert -0.05 < road.slack < 0.5
    assert {s.weakest for s in road.stages} == {"leader", "guaido"}
    assert "mission" in {b.what[0] for b in road.boosts[:3]}


def test_a_handover_and_its_guarantee_have_to_come_at_one_moment(ready: Drawn) -> None:
    road = roadmap(ready, EXIT, track="main_table")
    assert road.supposed == {"leader": "exiter"}
    assert road.slack is None
    first = road.boosts[0]
    assert (first.kind, set(first.what)) == ("exchange", {"succession", "reward"})


@pytest.fixture(scope="module")
def found(ready: Drawn) -> OutlookResult:
    return outlook(ready, per=64)


def test_time_runs_against_guaido_and_for_those_who_wait_for_polls(found: OutlookResult) -> None:
    drift = {f: v.drift for f, v in found.no_deal.items()}
    assert drift["guaido"] < -0.5
    assert min(drift["capriles"], drift["europe"]) > 0.5
    gap = {f: v.no_deal - v.status_quo for f, v in found.no_deal.items()}
    assert max(gap[f] for f in ("leader", "clan", "guaido")) < 0
    assert abs(gap["united_states"]) < 2
    assert all(3 < gap[f] < 12 for f in ("capriles", "europe"))


def test_the_office_is_lost_seldom_and_given_up_by_one_who_looks_for_a_way_out(found: OutlookResult) -> None:
    ends = ended(found)
    assert list(ends) == ["office"]
    lost = sum(found.events[e].share[-1] for e in ends["office"])
    assert 0.2 < lost < 0.4
    exit = found.events["exit.handed_over"].under["leader"]
    assert exit["exiter"] > exit["minimal_dealer"] + 0.2
    assert exit["staller"] < 0.02
    belief = found.events["exit.handed_over"].belief["leader"]
    assert (belief["exiter"] or 0) > 0.6
    assert found.judgement_share["office"] > 0.05


def test_a_safe_way_out_moves_more_than_any_other_policy(found: OutlookResult) -> None:
    goes = {n: p.influence.events.get("exit.handed_over", 0.0) for n, p in found.policies.items()}
    safe = {"safe_exit", "safe_exit_for_all"}
    assert min(goes[n] for n in safe) > 0.08
    assert all(abs(v) < 0.03 for n, v in goes.items() if n not in safe)
    assert {n for n, p in found.policies.items() if p.offered_to == "leader"} == safe
    for name in safe:
        offer = found.policies[name]
        assert offer.taken is not None
        assert offer.taken > 0.8
        assert offer.influence.value["leader"] > 2
        assert offer.influence.value["united_states"] < -2
    # Whoever could be tried is helped by the promise that speaks of all of them, and hurt by the other.
    assert found.policies["safe_exit_for_all"].influence.value["clan"] > 2
    assert found.policies["safe_exit"].influence.value["clan"] < 0.5


def test_easing_helps_him_and_costs_washington(found: OutlookResult) -> None:
    ease, keep = found.policies["ease"].influence, found.policies["keep"].influence
    assert ease.events["survival.collapsed"] < -0.01
    assert keep.events["survival.collapsed"] > 0.005
    assert ease.value["leader"] > 1
    assert keep.value["leader"] < -1
    assert ease.value["united_states"] < -1
    assert keep.value["united_states"] > 1
    assert not any(p.idle for p in found.policies.values())


def test_at_the_talks_he_steps_and_washington_seldom_answers(found: OutlookResult) -> None:
    (talks,) = found.talks.values()
    first, answer, last = talks.moves
    assert (talks.by, talks.to) == ("leader", "united_states")
    assert min(first.chance.values()) > 0.05
    assert first.chance["staller"] < 0.25
    assert max(answer.chance.values()) < 0.25
    assert first.chance["staller"] < first.chance["minimal_dealer"] < first.chance["exiter"]
    assert last.chance["staller"] < 0.1
    assert last.chance["exiter"] > 0.5
    assert answer.worth < -2
    assert last.worth < -2
    assert first.taken > answer.taken > last.taken
    assert last.taken < 0.2


def test_questions_are_modelled_where_the_world_has_them(found: OutlookResult) -> None:
    asked = found.questions
    assert len(asked) == 32
    assert {id for id, q in asked.items() if q.basis != "modelled"} == {"q02", "q08", "q23", "q27"}
    for id, q in asked.items():
        known = [v for v in q.answers.values() if v is not None]
        assert len(known) == len(q.answers), id
        assert sum(known) == pytest.approx(1, abs=1e-5), id
