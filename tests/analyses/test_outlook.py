"""The outlook of a case: values by hand where chance is out, laws, hand-over to the deal, and what bad input is told."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from rich.console import Console

from detente.analyses.deal import deal, prepare
from detente.analyses.deal.document import document as deal_document
from detente.analyses.outlook.crew import Crew
from detente.analyses.outlook.document import brief, document
from detente.analyses.outlook.paths import value
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import least_credibility, outlook
from detente.analyses.schema import result_schema
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.reading import read_case
from detente.catalogue import resolve
from detente.errors import CaseError, LimitError, UsageError
from detente.problem.theory import regime_threshold
from detente.render.text import show

BASE = """\
detente: 1
id: sanctions
title: A sender and an incumbent
judgement: made up to be worked out by hand
as_of: 2021-01-01
parties: {ruler: {}, sender: {}}
issues:
  ban: {controlled_by: sender, status_quo: strict, options: {strict: , lifted: }}
  chair: {controlled_by: ruler, status_quo: stays, options: {stays: , goes: }}
preferences:
  ruler:
    patience: 0.9
    weights: {ban: 20, chair: 80}
    values: {ban: {strict: 0, lifted: 100}, chair: {stays: 100, goes: 0}}
  sender:
    patience: 0.8
    weights: {ban: 50, chair: 50}
    values: {ban: {strict: 100, lifted: 0}, chair: {stays: 0, goes: 100}}
"""
WORLD = """\
world:
  months: 24
  exit: {rate: 0.1}
  office: {issue: chair, options: {handed_over: goes}, stakes: {ruler: {handed_over: -10}}}
"""
TALKS = """\
  talks:
    begin: 1
    stop: 0
    spoilt: 0
    ladder: {by: ruler, to: sender, steps: [{gift: given}], precision: 1, blame_by: 50, blame_to: 50}
"""
GIFT = """\
  gift: {controlled_by: ruler, status_quo: kept, options: {kept: , given: }}
"""
SENDER = """\
  sender: {issue: ban, steps: [strict, lifted], ease: 0.2, ease_in_talks: 0, take_back: 0}
"""


WITH_GIFT = (
    BASE.replace("preferences:\n", GIFT + "preferences:\n", 1)
    .replace("weights: {ban: 20, chair: 80}", "weights: {ban: 20, chair: 70, gift: 10}")
    .replace(
        "values: {ban: {strict: 0, lifted: 100}, chair",
        "values: {gift: {kept: 100, given: 0}, ban: {strict: 0, lifted: 100}, chair",
    )
    .replace("weights: {ban: 50, chair: 50}", "weights: {ban: 20, chair: 50, gift: 30}")
    .replace(
        "values: {ban: {strict: 100, lifted: 0}, chair",
        "values: {gift: {kept: 0, given: 100}, ban: {strict: 100, lifted: 0}, chair",
    )
)
"""A gift worth 10 to the ruler and 30 to the sender, beside a ban worth 20 to each."""


WILLING = WITH_GIFT.replace(
    "ban: {strict: 100, lifted: 0}, chair: {stays: 0", "ban: {strict: 0, lifted: 100}, chair: {stays: 0"
)
"""The same where lifting the ban is worth 20 to the sender as well."""


def case(text: str) -> Case:
    return read_case(text, "sanctions.yaml").case


def solved(text: str, **how: object) -> OutlookResult:
    return outlook(prepare(case(text), draws=64), **{"per": 2048, **how})  # type: ignore[arg-type]


def hazard_value(stay: float, go: float, hazard: float, rho: float, months: int) -> float:
    """Discounted flow where the office is left with a constant hazard; the last month stands for ever."""
    flow = [stay * (1 - hazard) ** t + go * (1 - (1 - hazard) ** t) for t in range(1, months + 1)]
    return (1 - rho) * sum(rho**t * u for t, u in enumerate(flow)) + rho**months * flow[-1]


def test_values_of_a_constant_hazard_are_the_closed_form() -> None:
    found = solved(BASE + WORLD)
    # The ruler has 80 while it stays and -10 once it went; the sender 50, then 100.
    exact = {"ruler": hazard_value(80, -10, 0.1, 0.9, 24), "sender": hazard_value(50, 100, 0.1, 0.8, 24)}
    for f, v in found.no_deal.items():
        assert v.mean == pytest.approx(exact[f], abs=0.3)
        assert v.computed == pytest.approx(exact[f], abs=0.5)
        assert not v.used
    # Without an end to the horizon: V = ((1 - rho) stay (1 - h) + h go) / (1 - rho (1 - h)), the value of an exit hazard.
    endless = ((1 - 0.9) * 80 * 0.9 + 0.1 * -10) / (1 - 0.9 * 0.9)
    assert hazard_value(80, -10, 0.1, 0.9, 400) == pytest.approx(endless, abs=1e-6)
    assert found.office["holds"].share[12] == pytest.approx(0.9**12, abs=0.01)
    assert found.office["handed_over"].hazard[0] == pytest.approx(1 - 0.9**12, abs=0.01)
    assert found.judgement_share == pytest.approx(0, abs=0.01)


def test_a_scale_whose_tail_ends_at_nothing_is_only_sharp() -> None:
    # Three times as wide its lower tail would reach below 0 in a twentieth of the draws. What is lost to force is lost there too.
    world = "world: {months: 24, force: {rate: 0.1}, survival: {peak: 0.001, threshold: 0.1, scale: [0.01, 0.2, 0.4]}}\n"
    found = outlook(prepare(case(BASE + world), draws=512, widen=3.0), per=256)
    assert found.office["holds"].share[24] == pytest.approx(0.9**24, abs=0.006)


def test_the_exit_anchor_is_the_value_of_staying() -> None:
    # (w - delta h J) / (1 - delta (1 - h)) with w = .5, J = 8, h = .03, delta = .97 is 4.5211505922: a flow w while in
    # office from this month on, and -J once when it ends. As flows: -J (1 - delta) for ever after.
    w, loss, h, delta = 0.5, 8.0, 0.03, 0.97
    months = 3000
    alive = (1 - h) ** np.arange(0, months + 1)
    flow = w * alive + -loss * (1 - delta) * (1 - alive)
    # Month 0 of the anchor is paid in full, so it is the first month of the path.
    path = np.concatenate([[0.0], flow])[None, None, :]
    worth = value(path, np.array([[delta]]))[0, 0] / (1 - delta)
    assert worth == pytest.approx(4.5211505922166, abs=1e-6)


def test_the_least_credibility_of_a_promise_is_the_closed_form() -> None:
    # rho* = (V + J) / (g + J) with V = 4.5211505922, J = 8, g = 6.
    assert least_credibility(4.5211505922166, 6.0, -8.0) == pytest.approx(0.8943678994440413, abs=1e-6)
    assert least_credibility(1.0, -8.0, -8.0) is None
    found = solved(BASE + WORLD).leaving["ruler"]
    assert (found.kept, found.betrayed) == pytest.approx((-10, 80))
    assert found.credibility is None


def test_the_threshold_of_a_global_game_is_the_closed_form(shared: Path) -> None:
    anchors = json.loads((shared / "oracles/theory/closed_forms.json").read_text("utf-8"))["global_game"]

    def one(*numbers: float) -> float:
        return float(regime_threshold(*(np.array([x]) for x in numbers))[0])

    assert one(0.35, 1.0, 0.0, 0.5) == pytest.approx(anchors["c=.35,alpha=0"], abs=1e-6)
    assert one(0.35, 4.0, 1.0, 0.6) == pytest.approx(anchors["c=.35,b=4,a=1,z=.6"], abs=1e-6)
    given = "  survival: {peak: 0.1, scale: 0.2, attack: {cost: 0.35, precision: 4, prior: 0.6, prior_precision: 1}}\n"
    typed = "  survival: {peak: 0.1, scale: 0.2, threshold: 0.6813496441929482}\n"
    fallen = [solved(BASE + WORLD + text, per=256).office["collapsed"].share for text in (given, typed)]
    assert fallen[0] == fallen[1]


def test_easing_moves_the_sender_and_policies_are_paired() -> None:
    keep = "policies: {keep: {changes: {sender.ease: 0}}, ease: {changes: {sender.now: 1, sender.ease: 0}}}\n"
    found = solved(BASE + WORLD + SENDER + keep)
    assert set(found.parts) == {"exit", "sender"}
    assert found.policies["keep"].difference == 0
    assert found.policies["keep"].value["ruler"] < 0 < found.policies["keep"].value["sender"]
    # Lifted from the first month on: the ruler has 20 points more all the time.
    strict = hazard_value(80, -10, 0.1, 0.9, 24)
    eased = found.no_deal["ruler"].mean + found.policies["ease"].value["ruler"]
    assert eased == pytest.approx(strict + 20, abs=0.3)
    kept = found.no_deal["ruler"].mean + found.policies["keep"].value["ruler"]
    assert kept == pytest.approx(strict, abs=0.3)


def test_the_deal_is_told_what_the_world_makes_of_no_deal() -> None:
    text = (
        BASE.replace("    patience: 0.9\n", "    patience: 0.9\n    no_deal: from_outlook\n") + WORLD + SENDER
    )
    told = prepare(case(text), draws=64)
    typed = prepare(case(BASE + WORLD + SENDER), draws=64)
    plain = solved(BASE + WORLD + SENDER)
    waiting = float(told.best.no_deal[0, 0] * told.problem.step[0])
    assert waiting == pytest.approx(plain.no_deal["ruler"].computed, abs=0.5)
    # A package runs through the same world: lifting the ban is worth 20 more, whatever becomes of the ruler, and the
    # hazard is in both. So the gain of lifting it now is 20 less what easing without a deal would have brought.
    lifted = told.best.points[0, 0, 1, 0] + told.best.points[0, 1, 0, 0]
    expected = hazard_value(80, -10, 0.1, 0.9, 24) + 20
    assert float(lifted * told.problem.step[0]) == pytest.approx(expected, abs=0.5)
    assert (told.best.no_deal[1] == typed.best.no_deal[1]).all()
    assert outlook(told, per=64).no_deal["ruler"].used
    result = deal(told)
    assert result.main.packages.total == 4
    assert result.computed == ("ruler",)
    assert "computed from the world of the case" in str(deal_document(result, told.problem.case))


def test_at_careful_talks_a_swap_that_helps_both_is_made_and_a_gift_for_nothing_is_not() -> None:
    still = SENDER.replace("ease: 0.2", "ease: 0").replace("ease_in_talks: 0, ", "")
    careful = TALKS.replace("precision: 1", "precision: 50")
    found = solved(WITH_GIFT + WORLD + still + careful, per=512)
    assert found.talks is not None
    # After the gift the sender would have to lift the ban, 20 of its points, for nothing more: it does not, and knowing
    # that the ruler gives nothing.
    assert [m.by for m in found.talks.moves] == ["ruler", "sender"]
    assert found.talks.moves[1].chance["ruler"] < 0.01
    assert found.talks.moves[0].reached < 0.01
    # If lifting it were worth something to the sender, both would move at once.
    swapped = solved(WILLING + WORLD + still + careful, per=512)
    assert swapped.talks is not None
    assert swapped.talks.completed > 0.99
    assert swapped.talks.moves[0].worth == pytest.approx(-10)
    assert swapped.talks.moves[1].worth == pytest.approx(20)
    # 30 for the gift, from the third month or so on.
    assert swapped.no_deal["sender"].mean > found.no_deal["sender"].mean + 10


def test_beliefs_follow_what_the_incumbent_does_and_only_if_readings_differ() -> None:
    readings = """\
readings:
  ruler:
    stalls: {prior: 0.5, preferences: {red_lines: [{gift: given}]}}
    deals: {prior: 0.5}
"""
    rungs = TALKS.replace("blame_by", "obstinate: {ruler: stalls}, blame_by").replace(
        "    stop: 0\n", "    stop: 0.01\n"
    )
    gate = rungs.replace("    spoilt: 0\n", "    spoilt: 0\n    trust: 0.5\n    trust_scale: 1\n")
    text = WILLING + readings + WORLD + SENDER.replace("ease_in_talks: 0, ", "") + gate
    found = solved(text, per=512)
    assert found.talks is not None
    assert found.talks.trusted == 0.5
    assert found.talks.moves[0].chance["stalls"] < 1e-6 < found.talks.moves[0].chance["deals"]
    # Who gave is believed for certain; who held back for two years is believed less and less.
    assert found.talks.trust[0] < 0.5 < found.talks.trust[2] == pytest.approx(1, abs=0.01)
    same = solved(text.replace(", preferences: {red_lines: [{gift: given}]}", ""), per=64).talks
    assert same is not None
    assert same.trust == pytest.approx((0.5, 0.5, 0.5), abs=0.01)


def test_what_stands_for_an_option_counts_from_the_day_it_happens() -> None:
    funds = "  funds: {agree: 0.1, agree_in_talks: 0, pay: 0, relieves: 0}\n  means: {funds_agreed: {gift: given}}\n"
    plain, moved = (solved(WITH_GIFT + WORLD + more, per=2048) for more in ("", funds))
    # Nothing but the hazard of the office and that of the gift, each on its own.
    gained = moved.no_deal["sender"].mean - plain.no_deal["sender"].mean
    assert gained == pytest.approx(hazard_value(0, 30, 0.1, 0.8, 24), abs=0.3)
    lost = moved.no_deal["ruler"].mean - plain.no_deal["ruler"].mean
    assert lost == pytest.approx(hazard_value(0, -10, 0.1, 0.9, 24), abs=0.3)
    told = prepare(
        case(
            (WITH_GIFT + WORLD + funds).replace(
                "    patience: 0.9\n", "    patience: 0.9\n    no_deal: from_outlook\n"
            )
        ),
        draws=64,
    )
    # With a deal that leaves the gift alone it comes by itself all the same: then waiting and signing nothing are worth as much.
    step, i = float(told.problem.step[0]), told.problem.issues.index("gift")
    assert float(told.best.points[0, i, 0, 0]) * step == pytest.approx(
        10 + hazard_value(0, -10, 0.1, 0.9, 24), abs=0.2
    )
    assert float(told.best.points[0, i, 1, 0]) * step == pytest.approx(0, abs=1e-6)


def test_terms_between_things_that_move_by_themselves_are_named() -> None:
    funds = "  funds: {agree: 0.1, agree_in_talks: 0, pay: 0, relieves: 0}\n  means: {funds_agreed: {gift: given}}\n"
    term = WITH_GIFT.replace(
        "    patience: 0.8\n",
        "    patience: 0.8\n    together: [{when: {gift: given, ban: lifted}, add: 5}]\n",
    )
    found = solved(term + WORLD + SENDER + funds, per=64)
    assert {frozenset(pair) for pair in found.left_out} == {frozenset({"gift", "ban"})}
    assert solved(term + WORLD + SENDER, per=64).left_out == ()


@pytest.mark.parametrize(
    ("given", "typed"),
    [
        ("  loyalty: {now: 0.5, scale: 0.2, pace: 0.2, spread: 0, selectorate: {patience: 0.9, ratio: 0.2}}\n",
         "  loyalty: {now: 0.5, scale: 0.2, pace: 0.2, spread: 0, outside_offer: 0.1219512195121951}\n"),
        ("  exit: {rate: 0.01, push: 0.1, scale: 0.1, option: {drift: 0, volatility: 0.2, discount: 0.05, worth: 6}}\n",
         "  exit: {rate: 0.01, push: 0.1, scale: 0.1, trigger: 0.16100251257867598}\n"),
        ("  polls: {on: [2021-06-01], base: 0.6, scale: 0.1, compliance: {office: 0.5, cost: 1, patience: 0.9, prospect: 0.4444444444444445, scale: 0.1}}\n",
         "  polls: {on: [2021-06-01], base: 0.6, scale: 0.1, fairness: 0.5}\n"),
        ("  sender: {issue: ban, steps: [strict, lifted], ease: 0.2, demand: {reviews: 0.5, cost: 0.5, sender_cost: 0.1}}\n",
         "  sender: {issue: ban, steps: [strict, lifted], ease: 0.2, take_back: 0.2}\n"),
    ],
)  # fmt: skip
def test_numbers_that_follow_from_a_theory_are_the_typed_ones_of_its_closed_form(
    given: str, typed: str
) -> None:
    # The numbers are those of the published closed forms: selectorate, exit option, compliance, ultimatum (0.5 x 0.4).
    world = WORLD.replace("  exit: {rate: 0.1}\n", "") if "exit" in given else WORLD
    more = "  money: {revenue: 0.2, pull: 0.1, spread: 0.02, loss: [0.5], evasion: 0, evasion_pace: 0, evasion_ceiling: 0, rents: 0, depletion: 0}\n"
    more += "  survival: {peak: 0.1, threshold: 0.4, scale: 0.2}\n" if "loyalty" in given else ""
    more = more.replace("[0.5]", "[0.5, 0.2]") if "sender" in given else more
    one, other = (solved(BASE + world + more + text, per=256) for text in (given, typed))
    assert one.office == other.office
    assert one.no_deal == other.no_deal


def test_parts_can_be_left_out_as_asked() -> None:
    quiet = solved(BASE + WORLD + SENDER, per=128, without=("exit",))
    assert quiet.office["holds"].share[-1] == 1
    assert (quiet.parts, quiet.without) == (("sender",), ("exit",))
    assert solved(BASE + WORLD, per=64, without=("exit",)).structure == {}
    assert document(solved(BASE + WORLD, per=64, without=("exit",)), case(BASE + WORLD)).blocks
    with pytest.raises(UsageError, match=r"--without money.*its parts are: sender, exit"):
        solved(BASE + WORLD + SENDER, without=("money",))


def test_who_can_hold_out_longer_and_who_is_safe_from_a_purge() -> None:
    readings = """\
readings:
  ruler: {stalls: {prior: 0.05}, deals: {prior: 0.95}}
  sender: {holds: {prior: 0.02}, eases: {prior: 0.98}}
"""
    rungs = TALKS.replace(
        "blame_by", "obstinate: {ruler: stalls, sender: holds}, insists: {ruler: 0.7, sender: 0.6}, blame_by"
    )
    members = "  loyalty: {now: 1, outside_offer: 0, scale: 0.2, pace: 0, spread: 0, members: {a: 3, b: 4, c: 5, d: 10}}\n"
    text = (WITH_GIFT + readings + WORLD + SENDER + rungs + members).replace(
        "patience: 0.9\n", "patience: 0.9048374180359595\n"
    )
    found = solved(text.replace("patience: 0.8\n", "patience: 0.8607079764250578\n"), per=64)
    # The published example: discount rates .1 and .15.
    assert found.clock is not None
    assert found.clock.ends == pytest.approx(19.971548490359925, abs=1e-4)
    assert found.clock.exhausted == pytest.approx((19.971548490359925, 29.34017254071107), abs=1e-4)
    assert found.clock.at_once == pytest.approx((0, 0.7132515342252453), abs=1e-5)
    assert found.clock.fair == pytest.approx(0.6, abs=1e-5)
    assert found.coalition == {"a": 1, "b": 1, "c": 1, "d": 0}


def test_what_is_beyond_every_bound_counts_in_the_last_bin() -> None:
    more = "  money: {revenue: 1, pull: 1, spread: 1, loss: [0], evasion: 0, evasion_pace: 0, evasion_ceiling: 0, rents: 0, depletion: 0}\n"
    more += "  hunger: {now: 0.9, pace: 0, need: 0, feeds: 0, relief: 0, opens: 0, rage: 0}\n"
    more += "  output: {unit: x, now: 1, reach: 1, pace: 0, spread: 1000000000}\n"
    found = solved(BASE + WORLD + more, per=256).paths
    assert found["hunger"].median[-1] == pytest.approx(0.9, abs=0.01)
    assert found["output"].high[-1] == pytest.approx(1.5, rel=0.02)


@pytest.mark.parametrize(
    "more",
    [
        "  polls: {on: [2021-06-01], base: 0.6, scale: 0.1, compliance: {office: 0.5, cost: 1000000000, patience: 0.00001, prospect: 0.5, scale: 0.00001}}\n",
        "  loyalty: {now: 1, outside_offer: 0, scale: 0.2, pace: 0, spread: 0, members: {a: [0.1, 1], b: 4}}\n",
        "  survival: {peak: 1, threshold: 0.6, scale: [0.01, 0.4]}\n",
    ],
)
def test_tails_of_wide_ranges_are_no_internal_error(more: str) -> None:
    found = outlook(prepare(case(BASE + WORLD + more), draws=64, widen=5), per=64)
    assert all(0 <= fate.share[-1] <= 1 for fate in found.office.values())


def test_a_range_from_which_nothing_follows_names_its_place() -> None:
    more = TALKS.replace(
        "    stop: 0\n",
        "    stop: 0\n    trust_scale: 0.3\n    assurance: {together: 1, apart: 0, alone: [0.2, 0.9], betrayed: -1}\n",
    )
    more = more.replace("blame_by", "obstinate: {ruler: a}, blame_by")
    text = WITH_GIFT + "readings: {ruler: {a: {prior: 0.5}, b: {prior: 0.5}}}\n" + WORLD + SENDER + more
    with pytest.raises(UsageError, match=r"world\.talks\.assurance: .*together less alone"):
        outlook(prepare(case(text), draws=64, widen=5), per=8)


def test_levers_move_what_they_should() -> None:
    more = """\
  polls: {on: [2021-06-01], fairness: 0.3, base: 0.5, scale: 0.1}
  authority: {seats: 2, of: 5, wins: 0, loses: 0, access: 0, majority: 0.5}
  split: {now: 0.5, begins: 0, heals: 0, cost: 0.2}
  support: {now: 0.1, floor: 0.1, decay: 0, spread: 0, gain: 0}
"""
    found = solved(BASE + WORLD + more, per=512)
    less, more, united, apart = (i.office_lost for i in found.levers.values())
    assert less == 0  # seats that decide nothing, without access
    assert united > 0.001 > -0.001 > apart


def test_what_stands_still_changes_nothing_and_what_moves_does() -> None:
    found = solved(BASE + WORLD + SENDER, per=256)
    assert found.structure["exit"].office_lost < -0.5
    assert found.structure["sender"].office_lost == 0


def test_gestures_move_belief_by_bayes_rule() -> None:
    readings = """\
readings:
  ruler:
    stalls: {prior: 0.6}
    leaves: {prior: 0.4}
gestures:
  smile: {by: ruler, on: 2020-12-01, likelihood: {stalls: 0.5, leaves: 0.5}}
  offer: {by: ruler, likelihood: {stalls: 0.1, leaves: 0.6}}
  past: {by: ruler, on: 2020-11-01, likelihood: {stalls: 0.2, leaves: 0.8}}
"""
    found = solved(BASE + WORLD + readings, per=64)
    smile, offer, past = (found.gestures[g] for g in ("smile", "offer", "past"))
    assert smile.ratio == 1
    assert smile.before == pytest.approx({"stalls": 0.6, "leaves": 0.4})
    assert offer.after["leaves"] == pytest.approx(0.24 / 0.30, abs=1e-5)
    assert past.after == pytest.approx({"stalls": 0.6, "leaves": 0.4})
    before = np.array([past.before["stalls"] * 0.2, past.before["leaves"] * 0.8])
    assert before / before.sum() == pytest.approx([0.6, 0.4], abs=1e-4)


def test_questions_are_states_and_events_of_the_world() -> None:
    asked = """\
questions:
  stays: {text: In office?, resolves: 2022-01-01, basis: modelled, answers: {"yes": {office: holds, at: 2022-01-01}, "no": rest}}
  eased: {text: Eased?, resolves: 2021-07-01, basis: modelled, answers: {"yes": {event: eased, by: 2021-07-01}, "no": rest}}
  gone: {text: Gone?, resolves: 2021-07-01, basis: modelled, answers: {"yes": {event: office_lost, by: 2021-07-01}, "no": rest}}
  toss: {text: Heads?, resolves: 2021-07-01, basis: prior, answers: {"yes": 0.5, "no": rest}}
  else: {text: Rain?, resolves: 2021-07-01, basis: not_modelled, answers: {"yes": null, "no": null}}
"""
    found = solved(BASE + WORLD + SENDER + asked).questions
    assert found["stays"].answers["yes"] == pytest.approx(0.9**12, abs=0.01)
    assert found["eased"].answers["yes"] == pytest.approx(1 - 0.8**6, abs=0.01)
    assert found["gone"].answers["yes"] == pytest.approx(1 - 0.9**6, abs=0.01)
    assert found["toss"].answers == pytest.approx({"yes": 0.5, "no": 0.5})
    assert found["else"].answers == {"yes": None, "no": None}


def test_answers_are_not_stretched_to_fit() -> None:
    ask = "  {id}: {{text: x, resolves: 2022-01-01, basis: {basis}, answers: {{a: {a}, b: {b}{c}}}}}\n"
    gone, went = "{event: office_lost, by: 2022-01-01}", "{event: handed_over, by: 2022-01-01}"
    never = "{event: taken_back, by: 2022-01-01, given: eased}"
    asked = "questions:\n" + "".join(
        [
            ask.format(id="left_out", basis="modelled", a=went, b="{event: eased, by: 2021-01-20}", c=""),
            ask.format(id="overlap", basis="modelled", a=gone, b=went, c=", c: rest"),
            ask.format(id="judged", basis="prior", a="[0.5, 0.8, 0.95]", b="[0.1, 0.2, 0.4]", c=""),
            ask.format(id="never", basis="modelled", a=never, b="rest", c=""),
        ]
    )
    still = SENDER.replace("ease: 0.2", "ease: 0")
    found = solved(BASE + WORLD + still + asked).questions
    year = pytest.approx(1 - 0.9**12, abs=0.01)
    assert found["left_out"].answers == {"a": year, "b": 0}
    assert found["overlap"].answers == {"a": year, "b": year, "c": 0}
    assert sum(v or 0 for v in found["judged"].answers.values()) == pytest.approx(1)
    assert found["never"].answers == {"a": None, "b": None}
    assert all(e is not None for e in found["overlap"].error.values())


def test_what_is_beyond_the_points_of_the_deal_is_refused() -> None:
    text = BASE.replace("    patience: 0.9\n", "    patience: 0.9\n    no_deal: from_outlook\n") + WORLD
    with pytest.raises(LimitError, match="smaller stakes"):
        _ = prepare(case(text.replace("handed_over: -10", "handed_over: -10000000")), draws=64).best


def test_an_attack_that_is_too_vague_in_some_draw_is_refused() -> None:
    attack = "{cost: 0.35, precision: [0.5, 10], prior: 0.6, prior_precision: [0.1, 1.7]}"
    text = BASE + WORLD + f"  survival: {{peak: 0.1, scale: 0.2, attack: {attack}}}\n"
    with pytest.raises(UsageError, match=r"world\.survival\.attack"):
        outlook(prepare(case(text), draws=64, widen=3), per=8)


def test_same_seed_same_bytes_and_worlds_in_parts() -> None:
    text = BASE + WORLD + SENDER
    once, again = (json.dumps(solved(text, per=200).to_json()) for _ in range(2))
    assert once == again
    parts = solved(text, per=200, crew=Crew(workers=2))
    assert json.dumps(parts.to_json()) == once


def test_a_stake_on_holding_counts_with_and_without_a_deal() -> None:
    text = (
        BASE.replace("    patience: 0.9\n", "    patience: 0.9\n    no_deal: from_outlook\n") + WORLD + SENDER
    )
    text = text.replace("handed_over: -10}", "holds: 30, handed_over: -10}")
    ready = prepare(case(text), draws=64)
    points, step = ready.best.points, ready.problem.step[0]
    lifted = float((points[0, 0, 1, 0] + points[0, 1, 0, 0]) * step)
    found = outlook(ready, per=2048, package={"ban": "lifted"})
    assert found.package_value is not None
    assert lifted == pytest.approx(found.package_value["ruler"], abs=0.5)
    assert found.no_deal["ruler"].status_quo == 80


def test_a_package_moves_only_what_its_table_can() -> None:
    tracks = "tracks: {only_chair: {parties: [ruler, sender], issues: [chair]}}\n"
    with pytest.raises(UsageError, match="moves 'ban', which cannot move at 'only_chair'"):
        solved(BASE + tracks + WORLD + SENDER, per=64, package={"ban": "lifted"}, track="only_chair")
    named = solved(BASE + WORLD + SENDER, per=64, package={"ban": "lifted", "chair": "stays"})
    assert (
        named.package_value == solved(BASE + WORLD + SENDER, per=64, package={"ban": "lifted"}).package_value
    )


def test_waiting_is_compared_with_a_package() -> None:
    found = solved(BASE + WORLD + SENDER, per=256, package={"ban": "lifted", "chair": "goes"})
    # Settled: 20 for the ban and nothing for the chair; the sender 50 for the chair. The hazard plays no part any more.
    assert found.package_value == pytest.approx({"ruler": 20, "sender": 50})
    # The ruler would rather wait as long as it is likely enough to be in office still.
    assert found.ripe == tuple(range(found.ripe[0], 25))
    assert found.no_deal["ruler"].later[found.ripe[0] - 1] > 20 >= found.no_deal["ruler"].later[found.ripe[0]]
    better = solved(BASE + WORLD + SENDER, per=256, package={"ban": "lifted"})
    assert better.package_value is not None
    assert better.package_value["ruler"] > better.no_deal["ruler"].mean


def test_the_venezuelan_outlook() -> None:
    venezuela = read_case(resolve("venezuela-2021").read_text("utf-8"), "v.yaml").case
    ready = prepare(venezuela, draws=64)
    found = outlook(
        ready, per=64, package={"prisoners": "some_released", "person_sanctions": "some_delisted"}
    )
    jsonschema.validate(json.loads(json.dumps(found.to_json())), result_schema("outlook"))
    console = Console(width=200, file=io.StringIO())
    show(document(found, venezuela), console)
    text = console.file.getvalue()
    assert not re.search(r"± 0\.0|\b1 governments|[0-9] kb/d +[0-9]", text)
    assert len(found.questions) == 32
    drifts = dict(zip(found.no_deal, (0.2, 0.0, -0.3, 1.5, -0.04, 0.0), strict=True))
    moved = replace(found, no_deal={f: replace(v, drift=drifts[f]) for f, v in found.no_deal.items()})
    assert brief(moved, Words(venezuela)).because == (
        "Time is on the side of Nicolás Maduro (+0.2) and Henrique Capriles (+1.5); it is against Juan Guaidó (−0.3): each in "
        "points of its own, a year."
    )
    still = replace(found, no_deal={f: replace(v, drift=0.0) for f, v in found.no_deal.items()})
    assert brief(still, Words(venezuela)).because == "Time is on nobody's side, and against nobody."
    for question in found.questions.values():
        values = [v for v in question.answers.values() if v is not None]
        assert sum(values) == pytest.approx(1, abs=1e-4)
    for name in ("office", "paths"):
        assert getattr(found, name)
    for month in (0, 30, 60):
        assert sum(f.share[month] for f in found.office.values()) == pytest.approx(1, abs=1e-5)
    for fan in found.paths.values():
        assert all(
            None in line or list(line) == sorted(line)
            for line in zip(fan.low, fan.lower, fan.median, fan.upper, fan.high, strict=True)
        )


@pytest.mark.parametrize(
    ("add", "said"),
    [
        ("world: {exit: {rate: 2}}\n", "rate"),
        ("world: {exit: {rat: 0.1}}\n", "rat"),
        ("world: {sender: {issue: bann, steps: [strict, lifted], ease: 0, ease_in_talks: 0, take_back: 0}}\n", "unknown issue 'bann'"),
        ("world: {sender: {issue: ban, steps: [strict, strict], ease: 0, ease_in_talks: 0, take_back: 0}}\n", "every option of 'ban'"),
        ("world: {office: {stakes: {board: {holds: 1}}}}\n", "unknown faction with preferences 'board'"),
        ("world: {office: {options: {collapsed: goes}}}\n", "options of which issue"),
        ("gestures: {g: {by: ruler, likelihood: {a: 0, b: 0}}}\n", "nobody would make"),
        (WORLD + "  recognition: {now: 8, all: 60, drop: 0, cascade: 0}\n  means: {claim_ended: {ban: lifted}}\n", "never happens without a day in 'recognition.lapse'"),
        (WORLD.replace("{handed_over: goes}", "{handed_over: goes, holds: goes}"), "this is the status quo, 'stays'"),
        (WORLD + SENDER + TALKS.replace("{gift: given}", "{gift: given}, {gift: given}, {gift: given}"), "so that this one never falls due"),
        (WORLD + SENDER + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {easing: 2, at: 2022-01-01}, b: rest}}}\n", "eases at most 1 of its steps"),
        (WORLD + SENDER + TALKS + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {conceded: -1, at: 2022-01-01}, b: rest}}}\n", "the ladder goes from 0 to 1"),
        ("readings: {ruler: {a: {prior: 0.5}, b: {prior: 0.5}}}\ngestures: {g: {by: ruler, on: 2020-12-01, likelihood: {a: 0, b: 1}}}\n", "'a', which would never have made it"),
        (WORLD + "readings: {ruler: {a: {prior: 1, preferences: {no_deal: from_outlook}}}}\n", "for a faction as a whole"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: prior, answers: {a: 0.3, b: 0.3}}}\n", "which is less than 1"),
        (WORLD + "questions: {q: {text: x, resolves: 2021-06-01, basis: modelled, answers: {a: {office: holds, at: 2022-01-01}, b: rest}}}\n", "the answer is known by"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {at: 2022-01-01}, b: rest}}}\n", "a state of what"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {conceded: 1, at: 2022-01-01}, b: rest}}}\n", "stands still without a part 'talks'"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {variable: support, low: 0.6, high: 0.3, at: 2022-01-01}, b: rest}}}\n", "'low' must be below 'high'"),
        (WORLD + "  recognition: {now: 8, all: 60, drop: 0, cascade: 0}\npolicies: {p: {changes: {recognition.now: 1000}}}\n", "only 60 governments"),
        (WORLD + "  talks: {begin: 0, stop: 0, spoilt: 0}\npolicies: {p: {changes: {talks.now: 0.3}}}\n", "0 or 1"),
        ("deadlines: {d: {on: 9999-01-01, ends_for: [ruler]}}\n", "no later than the year 9000"),
        ("world: {office: {stakes: {ruler: {eaten: 1}}}}\n", "'holds', 'collapsed'"),
        (WORLD + "policies: {p: {changes: {exit.rate: 5}}}\n", "between 0 and 1"),
        (WORLD + SENDER + "policies: {p: {changes: {sender.now: 7}}}\n", "a whole number from 0 to 1"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: prior, answers: {a: 0.9, b: 0.8}}}\n", "sum to 1.7"),
        (WORLD + "  polls: {on: [1999-01-01], fairness: 1, base: 1, scale: 0.1}\n", "must lie after the date of the case"),
        (WORLD + "  sender: {issue: chair, steps: [stays, goes], ease: 0, ease_in_talks: 0, take_back: 0}\n", "each needs an issue of its own"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {office: holds, at: 2090-01-01}, b: rest}}}\n", "the world runs from"),
        (WORLD + SENDER + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {event: handed_over, by: 2022-01-01, given: eased}, b: rest}}}\n", "can be given 'office_lost'"),
        (WORLD + "  survival: {peak: 0.1, scale: 0.2}\n", "either 'threshold' or 'attack'"),
        (WORLD + "  survival: {peak: 0.1, scale: 0.2, threshold: 0.3, attack: {cost: 0.3, precision: 1, prior: 0.5, prior_precision: 0}}\n", "not both"),
        (WORLD + "  loyalty: {now: 1, scale: 0.2, pace: 0, spread: 0}\n", "either 'outside_offer' or 'selectorate'"),
        (WORLD + "  recognition: {now: 8, all: 60, drop: 0, mean: 0.3}\n", "belong together"),
        (WORLD + "  recognition: {now: 8, all: 60, drop: 0, cascade: 0, extend: 0.5}\n", "never ends without 'lapse'"),
        (WORLD.replace("rate: 0.1", "rate: 0.1, push: 0.1") , "belong together: give all or none"),
        (WORLD + "  authority: {seats: 2.5, of: 5, wins: 0, loses: 0, access: 0, majority: 0}\n", "a whole number of seats"),
        (WORLD + "  authority: {seats: 6, of: 5, wins: 0, loses: 0, access: 0, majority: 0}\n", "at least as many as are friendly"),
        (WORLD + "  talks: {begin: 0, stop: 0, spoilt: 0, trust: 0.5, trust_scale: 0.1}\n", "trust in what"),
        (WORLD + "  talks: {begin: 0, stop: 0, spoilt: 0, retract: 0.5}\n", "nothing to take back without a 'ladder'"),
        (WORLD + SENDER + "  under: {ruler: {a: {sender.now: 1}}}\nreadings: {ruler: {a: {prior: 1}}}\n", "leave it to a policy"),
        (WORLD + "  authority: {seats: 2, of: 5, wins: 0, loses: 0, access: 0, majority: 0}\npolicies: {p: {changes: {authority.of: 1}}}\n", "from 2 to inf"),
        (WORLD + "  recognition: {now: 8, all: 60, drop: 0, cascade: 0}\npolicies: {p: {changes: {recognition.now: 18, recognition.all: 11}}}\n", "there are only 11 governments"),
        (WORLD + "  loyalty: {now: 1, outside_offer: 0, scale: 0.2, pace: 0, spread: 0, members: {a: 0, b: 4}}\n", "at least 1e-06"),
        (WORLD + "  survival: {peak: 1, threshold: 0.6, scale: 1.0e-9}\n", "at least 1e-06"),
        (WORLD + "  loyalty: {now: 0.5, scale: 0.2, pace: 0.2, spread: 0, selectorate: {patience: 1, ratio: 0.5}}\n", "must be below 1"),
        (WORLD + SENDER + "impossible: [{ban: lifted, chair: stays}]\n", "with everything else as it is this is impossible, by entry 1"),
        (WORLD + "  lists: {issue: ban, steps: [lifted, strict], ease: 0, follows: 0, weighs: 0, traps: 0}\n", "the status quo of 'ban' was expected first"),
        (WORLD + "  means: {funds_agreed: {ban: lifted}}\n", "never happens without a part 'funds'"),
        (WORLD + SENDER + "  funds: {agree: 0, agree_in_talks: 0, pay: 0, relieves: 0}\n  means: {funds_agreed: {ban: lifted}}\n", "each needs an issue of its own"),
        (WORLD + SENDER + TALKS.replace("to: sender", "to: ruler"), "two sides were expected"),
        (WORLD + TALKS, "add a part 'sender' to the world"),
        (WORLD + SENDER + TALKS.replace("{gift: given}", "{gift: given}, {gift: given}, {gift: given}, {gift: given}"), "at most 3"),
        (WORLD + SENDER + TALKS.replace("{gift: given}", "{gift: eaten}"), "unknown option of gift 'eaten'"),
        (WORLD + SENDER + TALKS.replace("precision: 1", "precision: 0"), "at least 1e-06"),
        (WORLD + "  talks: {begin: 0, stop: 0, spoilt: 0}\nquestions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {event: conceded, by: 2022-01-01}, b: rest}}}\n", "without a 'ladder'"),
        (WORLD + "  survival: {peak: 0.1, scale: 0.2, attack: {cost: 0.3, precision: 1, prior: 0.5, prior_precision: 9}}\n", "too vague"),
        (WORLD + "policies: {p: {changes: {exit.rat: 0}}}\n", "unknown number of the world 'exit.rat'"),
        ("policies: {p: {changes: {exit.rate: 0}}}\n", "add a block 'world'"),
        (WORLD + "gestures: {g: {by: ruler, likelihood: {a: 0.5, b: 0.5}}}\n", "unknown faction with readings 'ruler'"),
        (WORLD + "questions: {q: {text: x, resolves: 2020-01-01, basis: prior, answers: {a: 0.5, b: rest}}}\n", "must lie after"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: 0.5, b: rest}}}\n", "'modelled'"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: prior, answers: {a: rest, b: rest}}}\n", "only one answer"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {event: eased, by: 2022-01-01}, b: rest}}}\n", "never happens"),
        (WORLD + "questions: {q: {text: x, resolves: 2022-01-01, basis: modelled, answers: {a: {event: eaten, by: 2022-01-01}, b: rest}}}\n", "event"),
    ],
)  # fmt: skip
def test_faults_of_a_world_are_found_on_reading(add: str, said: str) -> None:
    with pytest.raises(CaseError) as error:
        read_case(WITH_GIFT + add, "sanctions.yaml")
    assert said in str(error.value)


def test_a_policy_may_change_a_number_and_its_bound() -> None:
    known = "  recognition: {now: 8, all: 60, drop: 0, cascade: 0}\n"
    both = "policies: {p: {changes: {recognition.now: 70, recognition.all: 100}}}\n"
    assert read_case(BASE + WORLD + known + both, "sanctions.yaml").case.policies
    board = "  authority: {seats: 2, of: 5, wins: 0, loses: 0, access: 0, majority: 0}\n"
    both = "policies: {p: {changes: {authority.seats: 6, authority.of: 7}}}\n"
    assert read_case(BASE + WORLD + board + both, "sanctions.yaml").case.policies
    with pytest.raises(CaseError, match="from 0 to 7: found 8"):
        read_case(BASE + WORLD + board + both.replace("seats: 6", "seats: 8"), "sanctions.yaml")


def test_what_the_world_moves_is_not_drawn_as_well() -> None:
    drawn = BASE.replace(
        "{controlled_by: ruler, status_quo: stays, options: {stays: , goes: }}",
        "{controlled_by: outside, chances: {stays: 0.5, goes: 0.5}, options: {stays: , goes: }}",
    )
    assert drawn != BASE
    with pytest.raises(CaseError, match="'chair' has 'chances'"):
        read_case(drawn + WORLD.replace("{rate: 0.1}", "{rate: 0.1}"), "sanctions.yaml")


def test_a_reading_has_no_value_of_its_own_beside_a_computed_one() -> None:
    computed = BASE.replace("  ruler:\n", "  ruler:\n    no_deal: from_outlook\n")
    assert computed != BASE
    readings = "readings: {{ruler: {{a: {{prior: 1, preferences: {{no_deal: {0}}}}}}}}}\n"
    with pytest.raises(
        CaseError, match=r"readings\.ruler\.a\.preferences\.no_deal: .* this one would not count"
    ):
        read_case(computed + WORLD + readings.format("{status_quo: 3}"), "sanctions.yaml")
    assert read_case(computed + WORLD + readings.format("from_outlook"), "sanctions.yaml").case.computed == (
        "ruler",
    )
    # What will be seen later, or is held impossible by nobody, is no contradiction.
    seen = "gestures: {g: {by: ruler, on: 2020-12-01, likelihood: {a: 1, b: 0}}}\n"
    certain = "readings: {ruler: {a: {prior: 1}, b: {prior: 0}}}\n"
    read_case(BASE + certain + seen, "sanctions.yaml")
    read_case(
        BASE
        + certain.replace("b: {prior: 0}", "b: {prior: 0.5}").replace("a: {prior: 1}", "a: {prior: 0.5}")
        + seen.replace("2020-12-01", "2030-12-01"),
        "sanctions.yaml",
    )


def test_without_a_world_or_patience_it_says_so() -> None:
    with pytest.raises(UsageError, match="no block 'world'"):
        solved(BASE)
    with pytest.raises(UsageError, match="sender has none"):
        solved(BASE.replace("    patience: 0.8\n", "") + WORLD)
    with pytest.raises(CaseError, match="needs 'patience'"):
        solved(BASE.replace("    patience: 0.9\n", "    no_deal: from_outlook\n") + WORLD)
