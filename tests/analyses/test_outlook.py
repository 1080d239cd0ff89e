"""Laws of the outlook: of ends and dates, of what is left out or changed, of offers, beliefs, questions and talks."""

from __future__ import annotations

import json
from dataclasses import astuple
from itertools import pairwise

import numpy as np
import pytest

from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import QUANTILES, _fan, outlook
from detente.analyses.outlook.view import View, happened
from detente.case.equations import Is
from detente.case.wired import NOTHING, Revision
from detente.errors import CaseError, UsageError
from detente.world.crew import Crew
from detente.world.scenario import assigned
from detente.world.worth import later
from tests.analyses.outlook_cases import HEAD, PARTS, READINGS, SMALL, TALKS, asked, ready, solved

ENDS = ("leave.handed_over", "leave.fell")
FEW = 32
"""Draws of which all are looked at where something is changed; of 64 and more every eighth is."""
WITH_TALKS = HEAD + READINGS + PARTS.replace("  moves:", TALKS + "  moves:")


@pytest.fixture(scope="module")
def small() -> OutlookResult:
    return solved(SMALL)


@pytest.fixture(scope="module")
def talking() -> OutlookResult:
    return solved(WITH_TALKS)


# --- shares ---------------------------------------------------------------------------------------------------


def test_ends_exclude_each_other_and_options_are_one_of_them(talking: OutlookResult) -> None:
    assert {e for e, v in talking.events.items() if v.ends == "office"} == set(ENDS)
    for month in range(talking.months + 1):
        assert sum(talking.events[e].share[month] for e in ENDS) <= 1 + 1e-6
        for options in talking.issues.values():
            assert sum(path[month] for path in options.values()) == pytest.approx(1, abs=3e-6)


def test_a_later_date_is_never_less_likely(talking: OutlookResult) -> None:
    for event in talking.events.values():
        assert event.share[0] == 0
        assert all(a <= b for a, b in pairwise(event.share))


def test_an_event_and_its_parts_agree(small: OutlookResult) -> None:
    for month in range(small.months + 1):
        parts = sum(small.events[e].share[month] for e in ENDS)
        assert small.events["leave.gone"].share[month] == pytest.approx(parts, abs=3e-6)
        assert small.issues["chair"]["goes"][month] == pytest.approx(parts, abs=3e-6)
        assert small.issues["ban"]["lifted"][month] == small.events["trade.eased"].share[month]


def test_shares_are_those_of_the_chances(small: OutlookResult) -> None:
    size = small.worlds
    for event, chance in (("trade.eased", 1 - 0.95**24), ("vote.won", 0.25), ("vote.lost", 0.75)):
        found = small.events[event].share[-1]
        assert found == pytest.approx(chance, abs=4 * (chance * (1 - chance) / size) ** 0.5)
    # The vote is in the sixth month, which ends on 10 July.
    assert small.dates[6] == "2021-07-10"
    assert (small.events["vote.won"].share[5], small.events["vote.won"].share[6]) == (
        0,
        small.events["vote.won"].share[24],
    )


def test_what_is_left_open_by_judgement_and_what_by_chance() -> None:
    """One end with a judged chance a month: its share of every draw is known."""
    text = SMALL.replace("[0.005, 0.015, 0.03]", "[0.001, 0.03, 0.2]").replace("0.02 * weather.bad", "0")
    found = solved(text, draws=256, per=64)
    rate = ready(text, draws=256).fresh_ground.world["leave.rate"]
    exact = 1 - (1 - rate) ** 24
    mean, spread = exact.mean(), exact.var()
    event = found.events["leave.handed_over"]
    assert found.judgement_share["office"] == pytest.approx(spread / (mean * (1 - mean)), abs=0.03)
    assert 0.2 < found.judgement_share["office"] < 0.9
    assert (event.low, event.high) == pytest.approx(tuple(np.quantile(exact, (0.05, 0.95))), abs=0.04)
    assert event.low < event.share[-1] < event.high
    # The draws are a lattice: the error is that of its worlds, and less than that of as many draws by chance.
    assert 0 < event.error < np.sqrt(spread / 256)
    sure = solved(text.replace("[0.001, 0.03, 0.2]", "0.03"), draws=256, per=64)
    assert sure.judgement_share["office"] < 0.01
    event = sure.events["leave.handed_over"]
    # Of 64 worlds a draw half the shares lie 0.04 apart by chance alone; what is taken for judgement is an error of that estimate.
    assert event.high - event.low < 0.1
    assert event.share[-1] == pytest.approx(1 - 0.97**24, abs=4 * (0.25 / sure.worlds) ** 0.5)


def test_paths_are_quantiles_of_worlds(small: OutlookResult) -> None:
    view = View(ready(SMALL).fresh_ground, 64, NOTHING, paths=("weather.bad",))
    kept = view.base.found.kept[:, :, :, 0].reshape(-1, small.months + 1)
    assert small.kept == 4
    assert len(kept) == 4 * small.draws
    fan = small.levels["weather.bad"].fan
    lines = (fan.low, fan.lower, fan.median, fan.upper, fan.high)
    for q, line in zip((0.05, 0.25, 0.5, 0.75, 0.95), lines, strict=True):
        assert list(line) == pytest.approx(np.quantile(kept, q, axis=0).tolist(), abs=1e-5)  # type: ignore[arg-type]
    assert set(small.levels) == {"weather.bad"}
    assert small.levels["weather.bad"].counts


# --- what is left out -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "own"),
    [
        ("vote", {"vote.won", "vote.lost"}),
        ("trade", {"trade.eased"}),
        ("weather", {"leave.fell", "leave.gone", "leave.handed_over"}),
    ],
)
def test_a_part_left_out_changes_only_what_hangs_on_it(
    part: str, own: set[str], small: OutlookResult
) -> None:
    left = solved(SMALL, without=[part])
    assert left.without == (part,)
    assert list(left.parts) == [p for p in small.parts if p != part]
    for event in small.events:
        changed = left.events[event].share != small.events[event].share
        assert changed <= (event in own), event
    assert any(left.events[e].share != small.events[e].share for e in own)
    structure = small.structure[part]
    assert set(structure.events) <= own
    assert set(structure.issues) <= {"vote": set(), "trade": {"ban"}, "weather": {"chair"}}[part]
    # Of every eighth draw, all else and all chance the same.
    few = View(ready(SMALL).fresh_ground, 64, NOTHING).only(8)
    assert small.compared == few.ground.sample.draws == 8
    still = few.run(Revision(stops=frozenset({part})))
    worth = dict(zip(small.no_deal, (still.worth - few.base.worth).mean(axis=1).tolist(), strict=True))
    assert structure.value == pytest.approx(worth, abs=1e-6)
    more = (still.share(happened(min(own))) - few.base.share(happened(min(own))))[:, -1].mean()
    assert structure.events.get(min(own), 0) == pytest.approx(more, abs=1e-6)
    if part == "vote":
        assert worth["ruler"] == worth["sender"] == 0
        assert worth["other"] < -1


def test_there_is_no_such_part() -> None:
    with pytest.raises(UsageError, match=r"--without moon: .* leave, weather, vote, trade"):
        solved(SMALL, without=["moon"])


def test_the_same_bytes_whoever_simulates() -> None:
    def told(**how: object) -> str:
        return json.dumps(solved(WITH_TALKS, per=128, **how).to_json())

    alone = told()
    assert told() == alone
    with Crew(workers=2) as crew:
        assert told(crew=crew) == alone
    assert told(seed=4) != alone


# --- policies ---------------------------------------------------------------------------------------------------

UNDER = "  under: {ruler: {leaver: {leave.rate: 0.3}}}\n"
POLICIES = """\
policies:
  caps: {name: Capped, changes: {leave.rate: "min(rate, 0.01)"}}
  doubles: {changes: {leave.rate: 2 * rate}}
  calm: {holds: {weather.bad: 0}}
  lifts: {settles: {ban: lifted}}
  votes: {stops: [vote]}
  idle: {changes: {leave.rate: rate}}
"""


def test_a_policy_acts_after_the_readings() -> None:
    found = solved(HEAD + READINGS + PARTS + UNDER + POLICIES, draws=FEW)
    told = found.events["leave.handed_over"]
    assert told.under["ruler"]["leaver"] > told.under["ruler"]["stayer"] + 0.5
    capped = solved(
        HEAD + READINGS + PARTS.replace("chance: rate", 'chance: "min(rate, 0.01)"') + UNDER, draws=FEW
    )
    change = found.policies["caps"].influence
    for event in ENDS:
        after = capped.events[event].share[-1]
        assert told_share(found, event) + change.events.get(event, 0) == pytest.approx(after, abs=2e-6)
    for f, value in change.value.items():
        more = capped.no_deal[f].expected - found.no_deal[f].expected
        assert value == pytest.approx(more, abs=2e-6)
    assert found.policies["doubles"].influence.events["leave.handed_over"] > 0


def told_share(found: OutlookResult, event: str) -> float:
    return found.events[event].share[-1]


def test_what_is_held_settled_or_stopped() -> None:
    found = solved(HEAD + READINGS + PARTS + POLICIES, draws=FEW)
    policies = found.policies
    assert policies["caps"].name == "Capped"
    assert policies["doubles"].name == "doubles"
    calm = policies["calm"].influence
    assert calm.events["leave.fell"] == pytest.approx(-told_share(found, "leave.fell"), abs=2e-6)
    assert calm.issues["chair"]["stays"] == pytest.approx(-calm.issues["chair"]["goes"], abs=2e-6)
    lifts = policies["lifts"].influence
    assert not lifts.events
    assert "ban" not in lifts.issues
    assert lifts.value["ruler"] > 0 > lifts.value["sender"]
    assert lifts.value["other"] == 0
    votes = policies["votes"].influence
    assert set(votes.events) == {"vote.won", "vote.lost"}
    assert {n for n, p in policies.items() if p.idle} == {"idle"}
    assert not any(policies["idle"].influence.value.values())


OFFER = """\
policies:
  way_out: {changes: {leave.rate: 1}, offered_to: ruler}
  harm: {holds: {weather.bad: 1}, offered_to: ruler}
  gift: {settles: {ban: lifted}, offered_to: ruler}
"""


def test_an_offer_is_taken_by_who_gains_in_other_worlds_and_hurts_nobody_there() -> None:
    """Whether he goes at once or is made to later is close for somebody who may fall."""
    text = HEAD + PARTS.replace("0.02 * weather.bad", "0.2 * weather.bad").replace(
        "leave.fell: -20", "leave.fell: " + "[-40, -18, 0]"
    )
    text = text.replace("range: [0.005, 0.015, 0.03]", "range: [0.0, 0.2, 0.4]") + OFFER
    deal = ready(text, draws=FEW)
    view = View(deal.fresh_ground, 64, NOTHING)
    f = view.ground.problem.factions.index("ruler")
    there = view.elsewhere
    found = solved(text, draws=FEW)
    for name in ("way_out", "harm", "gift"):
        revision = view.of.policies[name]
        here, yonder = view.run(revision), there.run(revision)
        gains = yonder.worth[f] - there.base.worth[f]
        taken = gains > 0
        assert np.where(taken, gains, 0.0).min() >= 0
        offer = found.policies[name]
        assert offer.offered_to == "ruler"
        assert offer.taken == pytest.approx(taken.mean(), abs=1e-6)
        more = np.where(taken, here.worth - view.base.worth, 0.0).mean(axis=1)
        assert list(offer.influence.value.values()) == pytest.approx(list(more), abs=1e-6)
        if name == "way_out":
            assert 0.1 < taken.mean() < 0.9
            assert (taken != (here.worth[f] > view.base.worth[f])).any(), "decided where it is reported"
    assert found.policies["gift"].taken == 1
    assert found.policies["harm"].taken == 0
    assert found.policies["harm"].idle
    assert not found.policies["harm"].influence.events


# --- beliefs ----------------------------------------------------------------------------------------------------


def test_beliefs_times_chances_add_up_to_what_was_believed_before() -> None:
    found = solved(HEAD + READINGS + PARTS + UNDER)
    draws = {
        r: float((ready(HEAD + READINGS + PARTS).fresh_ground.sample.reading[0] == n).mean())
        for n, r in enumerate(("stayer", "leaver"))
    }
    assert draws["leaver"] == pytest.approx(0.25, abs=0.02)
    for event in found.events.values():
        for r, before in draws.items():
            belief, under = event.belief["ruler"][r], event.under["ruler"][r]
            assert belief is not None
            assert belief * event.share[-1] == pytest.approx(before * under, abs=1e-5)
    # One of two things happens in every world: what they would tell mixes to what was believed.
    votes = [found.events[e] for e in ("vote.won", "vote.lost")]
    for r, before in draws.items():
        mixed = sum((v.belief["ruler"][r] or 0) * v.share[-1] for v in votes)
        assert mixed == pytest.approx(before, abs=1e-5)
    assert (found.events["leave.handed_over"].belief["ruler"]["leaver"] or 0) > 0.4


def test_what_never_happens_tells_nothing() -> None:
    never = HEAD + READINGS + PARTS.replace("chance: 0.05", "chance: 0")
    event = solved(never).events["trade.eased"]
    assert event.share[-1] == 0
    assert set(event.belief["ruler"].values()) == {None}
    assert (event.low, event.high, event.error) == (0, 0, 0)


# --- questions --------------------------------------------------------------------------------------------------


def yes(text: str, *conditions: str) -> list[float]:
    names = {f"q{n}": f'"yes": {c}, "no": rest' for n, c in enumerate(conditions)}
    found = solved(text + asked(**names)).questions
    for q in found.values():
        assert q.answers["yes"] is not None
        assert q.answers["no"] == pytest.approx(1 - q.answers["yes"], abs=2e-6)
    return [q.answers["yes"] for q in found.values()]  # type: ignore[misc]


def test_the_eve_of_a_day_of_a_calendar_is_before_it() -> None:
    days = ("2021-06-11", "2021-06-19", "2021-06-20", "2021-07-09", "2021-07-10", "2022-01-10")
    held = yes(SMALL, *(f"{{that: happened(vote.won) or happened(vote.lost), at: {d}}}" for d in days))
    assert held == [0, 0, 1, 1, 1, 1]
    won = yes(SMALL, *(f"{{that: happened(vote.won), at: {d}}}" for d in days))
    assert won[:2] == [0, 0]
    assert len(set(won[2:])) == 1
    # What is not of that day goes on through the month.
    both = yes(SMALL, *(f"{{that: happened(trade.eased) and happened(vote.won), at: {d}}}" for d in days))
    assert both[1] == 0 < both[2] == both[4] < both[5]


def test_everything_else_has_had_its_share_of_the_month(small: OutlookResult) -> None:
    days = ("2021-01-11", "2021-01-25", "2021-02-10", "2021-02-24", "2021-03-10")
    found = yes(SMALL, *(f"{{that: happened(trade.eased), at: {d}}}" for d in days))
    share = small.events["trade.eased"].share
    expected = [share[1] / 31, share[1] * 15 / 31, share[1], share[1] + (share[2] - share[1]) / 2, share[2]]
    assert found == pytest.approx(expected, abs=3e-6)
    assert all(a < b for a, b in pairwise(found))


def test_among_the_worlds_in_which_something_is_given(small: OutlookResult) -> None:
    fell, gone = "happened(leave.fell)", "happened(leave.gone)"
    given, never = yes(
        SMALL,
        f"{{that: {fell}, at: 2023-01-10, given: {gone}}}",
        f"{{that: {fell}, at: 2023-01-10, given: not {gone}}}",
    )
    events = small.events
    ratio = events["leave.fell"].share[-1] / events["leave.gone"].share[-1]
    # The ratio is taken in each replicate, and these hardly differ.
    assert given == pytest.approx(ratio, abs=0.01)
    assert never == 0
    nobody = asked(q=f'"yes": {{that: {fell}, at: 2023-01-10, given: "weather.bad > 2"}}, "no": rest')
    assert set(solved(SMALL + nobody).questions["q"].answers.values()) == {None}


def test_answers_add_up() -> None:
    text = (
        SMALL
        + """\
questions:
  judged: {text: x, resolves: 2022-01-01, basis: prior, answers: {a: [0.2, 0.3, 0.4], b: [0.5, 0.6, 0.7], c: 0.4}}
  rests: {text: x, resolves: 2022-01-01, basis: prior, answers: {a: 0.2, b: 0.3, c: rest}}
  over: {text: x, resolves: 2022-01-01, basis: prior, answers: {a: 0.9, b: 0.6, c: rest}}
  three:
    text: x
    resolves: 2023-01-10
    basis: modelled
    answers:
      a: {that: happened(leave.fell), at: 2023-01-10}
      b: {that: happened(leave.handed_over), at: 2023-01-10}
      c: rest
  overlap:
    text: x
    resolves: 2023-01-10
    basis: modelled
    answers: {a: {that: "weather.bad >= 0", at: 2023-01-10}, b: {that: "weather.bad <= 1", at: 2023-01-10}, c: rest}
  silent: {text: x, resolves: 2022-01-01, basis: not_modelled, answers: {a: , b: }}
"""
    )
    found = {n: q.answers for n, q in solved(text).questions.items()}
    assert found["rests"] == {"a": 0.2, "b": 0.3, "c": 0.5}
    assert found["over"] == pytest.approx({"a": 0.6, "b": 0.4, "c": 0})
    assert found["overlap"] == {"a": 1, "b": 1, "c": 0}
    assert found["silent"] == {"a": None, "b": None}
    for name in ("judged", "rests", "over", "three"):
        assert sum(v or 0 for v in found[name].values()) == pytest.approx(1, abs=3e-6)
    assert found["judged"]["b"] == pytest.approx(0.6 / 1.3, abs=0.02)  # type: ignore[comparison-overlap]


def test_a_question_after_the_end_is_refused() -> None:
    with pytest.raises(CaseError, match="the world runs from 2021-01-10 to 2023-01-10"):
        yes(SMALL, "{that: happened(trade.eased), at: 2023-01-11}")


# --- talks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("readings", [True, False])
def test_the_first_step_is_taken_with_the_chance_that_the_game_gives(readings: bool) -> None:
    """Talks are on: in the first month the first step is due."""
    text = (
        WITH_TALKS
        if readings
        else WITH_TALKS.replace(READINGS, "").replace("        obstinate: stayer\n", "")
    )
    deal = ready(text)
    view = View(deal.fresh_ground, 1024, NOTHING)
    numbers = assigned(view.ground, NOTHING)
    share = view.base.share(happened("talks.step_1"))[:, 1]
    chance = numbers["talks.takes_1"]
    error = np.sqrt(chance * (1 - chance) / 1024)
    assert np.abs(share - chance).max() < 5 * error.max()
    assert abs(share.mean() - chance.mean()) < 4 * error.mean() / 8
    if readings:
        true = view.ground.sample.reading[0]
        for n, reading in enumerate(("stayer", "leaver")):
            known = numbers[f"talks.takes_1_if_{reading}"]
            assert np.array_equal(chance[true == n], known[true == n])
        assert numbers["talks.takes_1_if_leaver"].mean() > numbers["talks.takes_1_if_stayer"].mean() + 0.1


def test_what_is_told_of_the_talks(talking: OutlookResult) -> None:
    talks = talking.talks["talks"]
    first, second, third = talks.moves
    assert (talks.by, talks.to) == ("ruler", "sender")
    assert [m.by for m in talks.moves] == ["ruler", "sender", "ruler"]
    assert [m.what for m in talks.moves] == [{"cells": "empty"}, {"ban": "lifted"}, {"chair": "goes"}]
    assert set(first.chance) == set(second.chance) == {"stayer", "leaver"}
    # Fifteen points of the stayer and five of the leaver, for three draws to one; twenty of the sender's.
    assert first.worth == pytest.approx(-(0.75 * 15 + 0.25 * 5), abs=0.5)
    assert second.worth == pytest.approx(-20)
    assert first.taken > second.taken > third.taken
    assert [m.taken for m in talks.moves] == [talking.events[f"talks.step_{n}"].share[-1] for n in (1, 2, 3)]
    numbers = assigned(ready(WITH_TALKS).fresh_ground, NOTHING)
    for move, able in ((1, 1.0), (2, 0.8), (3, 1.0)):
        for reading, chance in talks.moves[move - 1].chance.items():
            expected = able * numbers[f"talks.takes_{move}_if_{reading}"].mean()
            assert chance == pytest.approx(expected, abs=1e-6)
    assert set(talks.ripe) == set(talks.wanted["ruler"]) & set(talks.wanted["sender"])
    view = View(ready(WITH_TALKS).fresh_ground, 64, NOTHING)
    quiet = view.run(Revision(stops=frozenset({"talks"})))
    for f, faction in enumerate(("ruler", "sender")):
        row = slice(f, f + 1)
        wanted = tuple(
            m
            for m in range(talking.months)
            if later(view.base.flow[row], view.rho[row], m).mean()
            > later(quiet.flow[row], view.rho[row], m).mean()
        )
        assert talks.wanted[faction] == wanted
    assert talks.wanted["ruler"] != talks.wanted["sender"]


def test_without_its_talks_a_world_has_none(talking: OutlookResult) -> None:
    quiet = solved(WITH_TALKS, without=["talks"])
    assert not quiet.talks
    assert all(not any(v.share) for e, v in quiet.events.items() if e.startswith("talks."))
    assert quiet.issues["cells"]["full"][-1] == 1
    assert quiet.events["vote.won"].share == talking.events["vote.won"].share
    settled = View(ready(WITH_TALKS).fresh_ground, 64, NOTHING).run(Revision(settles={"cells": "empty"}))
    assert (settled.share(happened("talks.step_1")) == 0).all(), "a step that stands is not taken again"
    lifted = View(ready(WITH_TALKS).fresh_ground, 64, NOTHING).base.share(Is(0, "ban", "lifted"))
    assert lifted[:, -1].mean() == pytest.approx(talking.issues["ban"]["lifted"][-1], abs=1e-6)


# --- a package against waiting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "ever"), [({"ban": "lifted", "cells": "empty"}, True), ({"ban": "lifted"}, False)]
)
def test_a_package_is_preferred_from_the_months_in_which_its_means_are_larger(
    package: dict[str, str], ever: bool
) -> None:
    """Lifting the ban alone is what only one of those who are needed prefers."""
    found = solved(SMALL, package=package)
    assert found.package == package
    assert found.package_value is not None
    view = View(ready(SMALL).fresh_ground, 64, NOTHING)
    worth = view.run(Revision(settles=package)).worth.mean(axis=1)
    assert list(found.package_value.values()) == pytest.approx(list(worth), abs=1e-6)
    wants = [
        m
        for m in range(found.months + 1)
        if all(found.package_value[f] >= v.later[m] for f, v in found.no_deal.items())
    ]
    assert list(found.ripe) == wants
    assert bool(wants) == ever
    assert found.package_value["ruler"] > found.no_deal["ruler"].going_on


@pytest.mark.parametrize(
    ("package", "said"),
    [
        (
            {"bann": "lifted"},
            r"'bann', which is no issue of case '\w+'; did you mean 'ban'\? There is: .*cells",
        ),
        ({"ban": "lift"}, r"'ban: lift', which is no option .* There is: strict, lifted"),
    ],
)
def test_a_package_of_another_case_is_refused(package: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        solved(SMALL, package=package)


def test_an_impossible_package_is_refused() -> None:
    with pytest.raises(UsageError, match="which the case calls impossible"):
        solved(SMALL + "impossible: [{ban: lifted, cells: full}]\n", package={"ban": "lifted"})


def test_a_table_without_a_package_is_refused() -> None:
    with pytest.raises(UsageError, match="--track table: that is the table of a package: give --package"):
        solved(SMALL, track="table")


def test_one_world_tells_nothing_of_chance() -> None:
    with pytest.raises(UsageError, match="1 world for each draw: at least 2 are needed"):
        outlook(ready(SMALL), per=1)


def test_values_are_those_of_the_paths(small: OutlookResult) -> None:
    view = View(ready(SMALL).fresh_ground, 64, NOTHING)
    for f, (name, value) in enumerate(small.no_deal.items()):
        worth = view.base.worth[f]
        assert value.expected == value.going_on == pytest.approx(worth.mean(), abs=1e-6), "no talks"
        assert (value.low, value.high) == pytest.approx(tuple(np.quantile(worth, (0.05, 0.95))), abs=1e-6)
        assert value.later[0] == pytest.approx(value.going_on, abs=2e-6)
        assert value.drift == pytest.approx(value.later[12] - value.later[0], abs=2e-6)
        assert value.later[-1] == pytest.approx(view.base.flow[f, :, -1].mean(), abs=1e-6)
        assert value.status_quo == pytest.approx({"ruler": 60, "sender": 20, "other": 0}[name])
        assert value.typed == pytest.approx(value.status_quo)
        assert not value.used
    used = solved(SMALL.replace("    patience: 0.95", "    patience: 0.95\n    no_deal: from_outlook"))
    assert used.no_deal["ruler"].typed is None
    assert used.no_deal["ruler"].used
    assert used.no_deal["ruler"].going_on == small.no_deal["ruler"].going_on


def test_the_fan_has_the_quantiles_of_what_is_there() -> None:
    """Month by month those of NumPy; none where half or more is absent, at the very half too."""
    rng = np.random.default_rng(5)
    kept = rng.normal(40, 15, (6, 8, 5)).astype(np.float32)
    flat = kept.reshape(48, 5)
    for month, absent in enumerate((0, 7, 23, 24, 48)):
        gone = rng.permutation(48)[:absent]
        flat[gone, month], flat[gone[::3], month] = np.nan, -np.inf
    found = np.array(astuple(_fan(kept)), dtype=float)
    for month in range(3):
        there = flat[np.isfinite(flat[:, month]), month].astype(float)
        assert found[:, month] == pytest.approx(np.quantile(there, QUANTILES), abs=1e-5)
    assert np.isnan(found[:, 3:]).all()
