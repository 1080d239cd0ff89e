"""The roadmap of a case: flows as the deal's gains, a worked example by hand, and what bad input is told."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import jsonschema
import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.result import DealResult
from detente.analyses.roadmap import RoadmapResult, roadmap
from detente.analyses.roadmap.document import document, section
from detente.analyses.roadmap.propose import ahead, package, place
from detente.analyses.schema import result_schema
from detente.case.reading import read_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.errors import CaseError, UsageError
from detente.kernels.appraisal import appraise
from detente.problem import table
from detente.problem.steps import agenda, judged
from detente.prospects.terms import terms
from detente.rng import uniforms

SWAP = """\
detente: 1
id: swap
title: A well for a road
judgement: made up to be worked out by hand
as_of: 2021-01-31
parties: {north: {delivers: 0.5}, south: {}}
issues:
  well: {controlled_by: north, status_quo: closed, options: {closed: , open: }}
  road: {controlled_by: south, status_quo: closed, options: {closed: , open: }}
preferences:
  north:
    patience: 0.9
    weights: {well: 20, road: 80}
    values: {well: {closed: 100, open: 0}, road: {closed: 0, open: 100}}
  south:
    patience: 0.8
    weights: {well: 60, road: 40}
    values: {well: {closed: 0, open: 100}, road: {closed: 100, open: 0}}
"""
BOTH = {"well": "open", "road": "open"}


def solved(text: str = SWAP, moves: dict[str, str] | None = None, **options: object) -> RoadmapResult:
    ready = prepare(read_case(text, "swap.yaml").case, draws=64)
    return roadmap(ready, moves or BOTH, **options)  # type: ignore[arg-type]


def test_a_swap_worked_out_by_hand() -> None:
    # Gains: north +80 for the road, -20 for its well; south +60 for the well, -40 for its road. A month each.
    # Well first: north waits, flow -20 for a month, then 60 for ever: V = .1 * -20 + .9 * 60 = 52; withholding and
    # walking off are worth 0. South at the road: going on 20; withholding gives it 60 for a month and then nothing,
    # .2 * 60 = 12: margin 8. At the end: north 60 against taking the well back, .1 * 80 = 8; south 20 against .2 * 60 = 12.
    # Road first: south's V = .2 * -40 + .8 * 20 = 8: less than 12 later, so the first order has more slack: 8 = 8, a tie.
    found = solved()
    assert found.slack == pytest.approx(8)
    assert found.proven
    first = found.stages[0]
    assert [s.steps[0].issue for s in found.stages[:-1]] in (["well", "road"], ["road", "well"])
    assert found.months == 2
    assert (found.lead, found.lead_typed, found.begins) == (2, False, "2021-03-31")
    assert (first.date, found.stages[-1].date) == ("2021-03-31", "2021-05-31")
    assert found.stages[1].date == "2021-04-30"
    end = found.stages[-1]
    assert end.margin == {"north": pytest.approx(52), "south": pytest.approx(8)}
    assert end.way_out == {"north": "take back", "south": "take back"}
    # South needs 20 >= (1 - rho) 60, that is rho >= 2/3, at the end; north .25.
    assert found.patience.common == pytest.approx(2 / 3, abs=1e-3)
    assert found.survival == 1
    assert found.chances.acceptable == 1
    assert (found.chances.open, found.chances.signed, found.chances.kept) == (None, None, None)
    assert "'signing: {chance:" in (found.chances.unsaid or "")
    assert found.part is None


def test_what_cannot_be_undone_is_held_up_by_who_comes_second() -> None:
    # Neither can be closed again: who comes second keeps what it got for ever. South would hold its road up for 60 against
    # 20, north its well for 80 against 60: so the road comes first, and even that order is 20 points short.
    text = SWAP.replace("well: {contr", "well: {reversible: false, contr")
    found = solved(text.replace("road: {contr", "road: {reversible: false, contr"))
    assert [s.steps[0].issue for s in found.stages[:-1]] == ["road", "well"]
    assert found.slack == pytest.approx(-20)
    assert found.stages[1].weakest == "north"
    assert found.part is not None
    assert found.part.moves == ()


def test_kept_is_the_product_of_what_is_signed_delivered_and_holds() -> None:
    found = solved(SWAP + "steps: {temptation: 4}\nsigning: {chance: 0.3}\n")
    hold = np.prod([[1 / (1 + np.exp(-m / 4)) for m in s.margin.values()] for s in found.stages])
    assert found.chances.signed == pytest.approx(0.3)
    assert found.chances.kept == pytest.approx(0.3 * 0.5 * hold)
    first = np.prod([1 / (1 + np.exp(-m / 4)) for m in found.stages[0].margin.values()])
    assert found.chances.begun == pytest.approx(0.3 * 0.5 * first)


@pytest.mark.parametrize(
    ("blocks", "signed", "unsaid"),
    [
        ("", None, "add 'signing: {chance: [0.1, 0.3, 0.5]}' or a 'record'"),
        ("signing: {chance: 0.3}\n", 0.3, "add 'steps: {temptation: [1, 2, 4]}'"),
        ("signing: {chance: 0.3}\nrecord: {rounds: 6, agreements: 0}\n", 0.6 / 8, "add 'steps: {temptation: [1, 2, 4]}'"),
        ("signing: {chance: 0.3, counts: 4}\nrecord: {rounds: 6, agreements: 2}\n", 3.2 / 10, "add 'steps: {temptation: [1, 2, 4]}'"),
        ("record: {rounds: 6, agreements: 2}\n", 3 / 8, "add 'steps: {temptation: [1, 2, 4]}'"),
        ("signing: {chance: 0}\nsteps: {temptation: 4}\n", 0, None),
        ("record: {rounds: 0, agreements: 0}\nsteps: {temptation: 0}\n", 0.5, None),
    ],
)  # fmt: skip
def test_signature_takes_the_judgement_and_the_record(
    blocks: str, signed: float | None, unsaid: str | None
) -> None:
    """The mean of a Beta distribution; without a judgement one that counts for two rounds at one half."""
    chances = solved(SWAP + blocks).chances
    assert chances.signed == (None if signed is None else pytest.approx(signed))
    assert (chances.begun is None) == (chances.kept is None) == (unsaid is not None)
    assert (chances.unsaid is None) == (unsaid is None)
    assert (unsaid or "") in (chances.unsaid or "")


def test_who_could_stop_only_by_crossing_his_own_line_goes_on() -> None:
    """At the end north's well stays open whatever it does, and without the road that crosses its line."""
    text = SWAP.replace("well: {contr", "well: {reversible: false, contr")
    text = text.replace(
        "    patience: 0.9\n", "    patience: 0.9\n    red_lines: [{well: open, road: closed}]\n"
    )
    text += "steps: {simultaneous: [[well, road]], temptation: 1000}\nsigning: {chance: 0.3}\n"
    found = solved(text)
    assert [len(s.steps) for s in found.stages] == [2, 0]
    chances, south = found.chances, found.stages[-1].margin["south"]
    assert south is not None
    assert chances.begun is not None
    assert chances.kept == pytest.approx(chances.begun / (1 + np.exp(-south / 1000)))


def test_a_deadline_removes_the_future() -> None:
    # Two months: with one left south has .2 * 20 from going on and .2 * 60 from holding its road up, or taking it back.
    late = "deadlines: {poll: {on: 2021-06-05, ends_for: [south]}}\n"
    found = solved(SWAP + late)
    assert found.slack == pytest.approx(-8)
    assert found.stages[found.weakest - 1].weakest == "south"
    assert found.part is not None


def test_months_count_from_where_the_first_step_begins() -> None:
    late = "deadlines: {poll: {on: 2021-06-05, ends_for: [south]}}\n"
    for lead, months in ((0, 4), (1, 3), (2, 2), (3, 1)):
        found = solved(f"{SWAP}steps: {{lead: {lead}}}\n{late}")
        begins = {0: "2021-01-31", 1: "2021-02-28", 2: "2021-03-31", 3: "2021-04-30"}[lead]
        assert (found.begins, found.lead_typed, found.stages[0].date) == (begins, True, begins)
        # South, with R months left at the start, has (1 - .8^(R-2)) * 20 from staying on at the end, .. * 60 from leaving.
        left = max(0, months - 2)
        assert found.stages[-1].margin["south"] == pytest.approx(
            (1 - 0.8**left) * 20 - (1 - 0.8 ** min(1, left)) * 60
        )


@pytest.mark.parametrize(
    ("day", "lead"),
    [("2021-02-20", 0), ("2021-03-31", 1), ("2021-05-30", 1), ("2021-05-31", 2), ("2029-01-01", 2)],
)
def test_what_is_not_typed_leaves_half_the_time_to_a_deadline(day: str, lead: int) -> None:
    assert solved(f"{SWAP}deadlines: {{poll: {{on: {day}, ends_for: [south]}}}}\n").lead == lead


WORLD = """world:
  months: 24
  parts:
    vote:
      calendars: {days: [2020-11-22, 2021-05-02, 2023-05-07]}
      events: {held: {on: days, chance: 1}}
"""


def _dated(issue: str, key: str, day: str, more: str = "") -> str:
    return SWAP.replace(f"{issue}: {{", f"{issue}: {{{key}: {day}, ", 1) + more


def test_a_step_with_a_day_comes_first_although_it_waits_better() -> None:
    """Where both orders have the same slack, and where the later one has more."""
    for issue in BOTH:
        found = solved(_dated(issue, "done_by", "2021-05-15"))
        assert found.stages[0].steps[0].issue == issue
        (due,) = found.due
        assert (due.issue, due.what, due.by, due.date, due.late, due.share) == (
            issue, "done", "2021-05-15", "2021-04-30", False, 1.0,
        )  # fmt: skip
        assert found.chances.kept is None or found.chances.kept > 0


def test_the_same_day_from_a_calendar_of_the_world() -> None:
    (due,) = solved(_dated("road", "begun_by", "vote.days", WORLD)).due
    assert (due.by, due.calendar, due.what, due.late) == ("2021-05-02", "vote.days", "begun", False)


def test_what_cannot_be_in_time_is_said_and_not_kept() -> None:
    chances = "signing: {chance: 0.5}\nsteps: {temptation: 1000, lead: 1}\n"
    kept = solved(SWAP + chances).chances.kept
    assert kept is not None
    assert kept > 0
    slow = _dated("road", "verify: 3, done_by", "2021-05-15", chances)
    found = solved(slow)
    # The well in March, and three months for the road.
    assert [(d.date, d.late, d.share) for d in found.due] == [("2021-06-28", True, 0.0)]
    assert found.chances.kept == 0
    shown = str(document(found, read_case(slow, "swap.yaml").case))
    assert (
        "Too late in this order, and none that was found has fewer steps late: road: open is done on" in shown
    )


@pytest.mark.parametrize(
    ("issue", "more", "said"),
    [
        ("done_by: 2021-01-31", "", "must lie after the date of the case, 2021-01-31: found 2021-01-31"),
        ("begun_by: soon", "", "a date was expected, written 2021-06-03, or dates of the world, as 'part.calendar'"),
        ("begun_by: vote.day", WORLD, "there is no calendar 'vote.day' in the world of the case; did you mean 'vote.days'?"),
        ("begun_by: vote.days", WORLD.replace(", 2021-05-02, 2023-05-07", ""), "no date of 'vote.days' lies after the date of the case"),
        ("begun_by: 2021-07-01, done_by: 2021-06-01", "", "it could be begun on 2021-07-01, after it has to be done, on 2021-06-01"),
        ("verify: 1", "steps: {lead: 24}\n" + WORLD, "when the world of the case is over ('months: 24')"),
        (
            "verify: 1",
            "steps: {lead: 3}\ndeadlines: {poll: {on: 2021-04-30, ends_for: [south]}}\n",
            "this deadline, 2021-04-30, is over when the first step begins, on 2021-04-30 ('steps: {lead: 3}')",
        ),
        (
            "verify: 1",
            "steps: {lead: 2}\n" + "guarantees: {back: {kind: snap_back, given_by: north, covers: [well], until: 2021-03-30}}\n",
            "a guarantee until 2021-03-30 is over when the first step begins, on 2021-03-31",
        ),
        ("verify: 1", "steps: {lead: 1.5}\n", "lead"),
        ("verify: 1", "steps: {lead: -1}\n", "lead"),
    ],
)  # fmt: skip
def test_what_days_and_leads_cannot_be(issue: str, more: str, said: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case(SWAP.replace("road: {", f"road: {{{issue}, ", 1) + more, "swap.yaml")
    assert said in str(refused.value)


@pytest.mark.parametrize("typed", ["done_by: 2021-09-01", "steps: {lead: 1}"])
def test_days_are_counted_from_the_date_of_the_case(typed: str) -> None:
    text = SWAP.replace("as_of: 2021-01-31\n", "")
    text = text + typed + "\n" if "lead" in typed else text.replace("road: {", f"road: {{{typed}, ", 1)
    with pytest.raises(CaseError, match="add 'as_of: DATE' at the top"):
        read_case(text, "swap.yaml")


def test_guarantees_buy_slack_as_defined() -> None:
    given = """\
guarantees:
  surety: {kind: third_party, given_by: north, punishes: [south], forfeits: 3}
  licence: {kind: snap_back, given_by: north, covers: [well]}
  watch: {kind: monitoring, given_by: north, verify: 1}
  pardon: {kind: amnesty, given_by: north, worth: {south: 2}, costs: {north: 1}}
"""
    slow = SWAP.replace("well: {contr", "well: {verify: 3, contr").replace(
        "road: {contr", "road: {verify: 3, contr"
    )
    found = solved(slow + given)
    base = (1 - 0.8**3) * 60
    assert found.slack == pytest.approx(20 - base)
    gains = {b.what[0]: b.slack for b in found.boosts if b.kind == "guarantee"}
    assert gains["surety"] == pytest.approx(20 - base + 3)
    assert gains["watch"] == pytest.approx(8)
    assert gains["pardon"] == pytest.approx(22 - base)
    # With the well closed at once, stopping gives south nothing: its least margin is at the beginning or in waiting.
    assert gains["licence"] > 0 > found.slack
    assert solved(slow + given, counted_on=("watch",)).slack == pytest.approx(8)


def test_an_exchange_is_one_batch() -> None:
    found = solved(SWAP + "steps: {simultaneous: [[well, road]]}\n")
    assert len(found.stages) == 2
    assert found.months == 1
    assert found.stages[0].margin["south"] == pytest.approx(8)


def test_flows_are_the_deals_gains_of_every_part() -> None:
    case = read_case(resolve("venezuela-2021").read_text("utf-8"), "v.yaml").case
    ready = prepare(case, draws=64)
    at = table(ready.problem)
    moves = {
        "observers": "all_polls",
        "prisoners": "released",
        "oil_sanctions": "modified",
        "cne": "one_of_five",
    }
    of = agenda(ready.problem, at, moves)
    drawn = terms(of, ready.fresh, judged(case, uniforms(40, 64, seed=1)[:, : _width(case)]), ())
    done, flows = 0, []
    order = tuple(range(len(of.steps)))
    for b in order:
        done |= 1 << b
        matched = [
            t
            for t in range(len(drawn.on))
            if int(drawn.on[t]) & done == int(drawn.on[t]) and not int(drawn.off[t]) & done
        ]
        inside = [s for s in order if done >> s & 1]
        flows.append(drawn.base + drawn.delta[:, inside].sum(axis=1) + drawn.points[:, matched].sum(axis=1))
    # The package itself, from the deal's own sample: utilities less no-deal values, and which lines it breaks.
    sample, problem = ready.fresh, ready.problem
    options = [
        problem.options[i].index(moves.get(name, case.issues[name].status_quo))
        for i, name in enumerate(problem.issues)
    ]
    for n, f in enumerate(at.factions):
        for draw in range(0, 64, 7):
            here = [
                int(sample.outside[i, draw]) if sample.outside[i, draw] >= 0 else o
                for i, o in enumerate(options)
            ]
            lined = False
            total = sum(int(sample.points[f, i, o, draw]) for i, o in enumerate(here))
            for t, pattern in enumerate(problem.patterns):
                if all(here[i] == o for i, o in pattern):
                    total += int(sample.add[f, t, draw])
                    lined |= bool(sample.broken[f, t, draw])
            gain = (total - int(sample.no_deal[f, draw])) * float(problem.step[f])
            assert flows[-1][n, draw] == pytest.approx(gain, abs=1e-6, rel=1e-12)
            assert appraise(drawn, order).crosses[-1, n, draw] == lined
    assert appraise(drawn, order).margin.shape == (len(order) + 1, len(at.factions), 64)


def _width(case: object) -> int:
    from detente.problem.steps import dimensions

    return dimensions(case)  # type: ignore[arg-type]


def test_gradual_steps_pass_every_option() -> None:
    text = (
        resolve("venezuela-2021")
        .read_text("utf-8")
        .replace("  prisoners:\n    name", "  prisoners:\n    gradual: true\n    name", 1)
    )
    case = read_case(text, "v.yaml").case
    ready = prepare(case, draws=64)
    of = agenda(ready.problem, table(ready.problem), {"prisoners": "released", "observers": "all_polls"})
    listed = list(case.issues["prisoners"].options)
    start = listed.index(case.issues["prisoners"].status_quo or "")
    passed = [s.option for s in of.steps if s.issue == "prisoners"]
    assert passed == listed[start + 1 :]
    needs = [int(n) for n, s in zip(of.needs, of.steps, strict=True) if s.issue == "prisoners"]
    assert needs[0] == 0
    assert all(needs[1:])
    found = roadmap(ready, {"prisoners": "released", "observers": "all_polls"})
    order = [m.option for s in found.stages for m in s.steps if m.issue == "prisoners"]
    assert order == passed


def test_a_line_crossed_on_the_way_has_no_points() -> None:
    # North lets nobody see its well open while the road is closed; south no open road beside a closed well. Only both at
    # one moment will do.
    lines = SWAP.replace(
        "    weights: {well: 20", "    red_lines: [{well: open, road: closed}]\n    weights: {well: 20"
    ).replace("    weights: {well: 60", "    red_lines: [{well: closed, road: open}]\n    weights: {well: 60")
    found = solved(lines)
    assert found.slack is None
    worst = found.stages[found.weakest - 1]
    assert worst.crosses in (("north",), ("south",))
    assert worst.margin[worst.crosses[0]] is None
    assert found.boosts[0].kind == "exchange"
    assert found.boosts[0].slack == pytest.approx(8)
    assert found.survival == 0
    text = str(document(found, read_case(lines, "swap.yaml").case))
    assert "crosses a line of" in text
    together = solved(lines + "steps: {simultaneous: [[well, road]]}\n")
    assert together.slack == pytest.approx(8)


def test_what_is_judged_about_steps_leaves_the_deal_as_it_is() -> None:
    # Where no deal is computed, patience and what taking back costs are in it.
    text = resolve("venezuela-2021").read_text("utf-8")
    text = text.replace("no_deal: from_outlook", "no_deal: {status_quo: [-2, -1, 1]}")
    bare = text[: text.index("\nsteps:\n")]
    bare = "\n".join(
        line
        for line in bare.splitlines()
        if not line.strip().startswith(("patience:", "verify:", "undo:", "done_by:", "begun_by:"))
    )
    whole, less = (
        deal(prepare(read_case(t, "v.yaml").case, draws=64), tracks=["electoral_council"])
        for t in (text, bare)
    )
    told = json.loads(json.dumps([whole.to_json(), less.to_json()]))
    chains = [[part["chances"] for part in (*t["tracks"].values(), *t["swaps"])] for t in told]
    assert any(chain["kept"] for chain in chains[0])
    for of in told:
        for part in (of, *of["tracks"].values(), *of["swaps"]):
            part.pop("chances", None)
    assert told[0] == told[1]
    for steps, none in zip(*chains, strict=True):
        assert (none["begun"], none["kept"]) == (None, None)
        assert all(steps[link] == none[link] for link in ("open", "acceptable", "signed", "acceptable_error"))


def test_same_seed_same_bytes() -> None:
    once, again = (json.dumps([r.to_json() for r in _ahead("stockpile")[1]]) for _ in range(2))
    assert once == again != "[]"


def _ahead(name: str) -> tuple[DealResult, tuple[RoadmapResult, ...]]:
    ready = prepare(read_case(resolve(name).read_text("utf-8"), f"{name}.yaml").case, draws=64)
    found = deal(ready)
    return found, ahead(ready, found)


def test_small_swaps_are_put_in_order_beside_the_tables() -> None:
    """Each as likely to be acceptable, signed and kept as the deal analysis says; the likeliest first."""
    found, roads = _ahead("stockpile")
    assert [r.chances.acceptable for r in roads] == sorted(
        (r.chances.acceptable for r in roads), reverse=True
    )
    best = found.main.solutions["most_acceptable"]
    assert best is not None
    holding = [s for s in found.swaps if s.hinge.worst >= 0.5][:2] or found.swaps[:1]
    beside = [r for r in roads if r.rule != "most_acceptable"]
    assert beside
    assert [r.package for r in beside] == [s.moves for s in holding if s.moves != best.moves]
    for road in beside:
        (swap,) = (s for s in found.swaps if s.moves == road.package)
        assert road.track == road.rule
        for link in ("acceptable", "signed", "begun", "kept"):
            assert getattr(road.chances, link) == getattr(swap.chances, link)
        shown = str(section(road, read_case(resolve("stockpile").read_text("utf-8"), "s.yaml").case))
        assert "Small swap: " in shown


def test_what_a_swap_cannot_be_asked_for() -> None:
    found, _ = _ahead("stockpile")
    few = replace(found, swaps=found.swaps[:1])
    assert package(few, "swap", None) == found.swaps[0].moves
    with pytest.raises(UsageError, match="no package by 'swap_2': the deal analysis lists 1: swap"):
        package(few, "swap_2", None)
    with pytest.raises(UsageError, match="no small exchange is ever acceptable"):
        package(replace(found, swaps=()), "swap", None)
    ready = prepare(read_case(resolve("stockpile").read_text("utf-8"), "stockpile.yaml").case, draws=64)
    assert place(ready.problem, "nash", {}, "table") == "table"
    with pytest.raises(
        UsageError, match="'swap' is an exchange beside the tables: leave '--track table' out"
    ):
        place(ready.problem, "swap", found.swaps[0].moves, "table")


def test_the_venezuelan_roadmaps() -> None:
    _, roads = _ahead("venezuela-2021")
    case = read_case(resolve("venezuela-2021").read_text("utf-8"), "v.yaml").case
    assert roads
    for road in roads:
        jsonschema.validate(json.loads(json.dumps(road.to_json())), result_schema("roadmap"))
        assert document(road, case).blocks
        assert road.chances.kept is not None
        assert road.chances.begun is not None
        assert road.chances.signed is not None
        assert road.chances.kept <= road.chances.begun <= road.chances.signed <= road.chances.acceptable
        moved = [m.issue for s in road.stages for m in s.steps]
        assert sorted(moved) == sorted(road.package)
        assert min(s.slack for s in road.stages) == pytest.approx(road.slack, abs=1e-6)
        assert road.base_rates, "the counts are older than the case"
        for one, other in itertools.pairwise(road.stages):
            assert other.month == one.month + one.months


@pytest.mark.parametrize(
    ("text", "moves", "options", "said"),
    [
        (SWAP, {"well": "closed"}, {}, "leaves everything as it is"),
        (SWAP.replace("controlled_by: north, ", ""), BOTH, {}, "nobody is said to control 'well'"),
        (SWAP.replace("    patience: 0.9\n", ""), BOTH, {}, "north has none: add 'patience"),
        (SWAP, BOTH, {"track": "side"}, "no track 'side'"),
        (SWAP, BOTH, {"counted_on": ("escrow",)}, "no guarantee 'escrow'"),
        (SWAP, BOTH, {"suppose": {"north": "saint"}}, "no reading 'north=saint'"),
        (
            SWAP + "impossible: [{well: open, road: closed}, {well: closed, road: open}]\n",
            BOTH,
            {},
            "every order of these steps",
        ),
        (SWAP + "impossible: [{well: open, road: open}]\n", BOTH, {}, "which the case calls impossible"),
    ],
)
def test_what_cannot_be_carried_out_is_said(
    text: str, moves: dict[str, str], options: dict[str, object], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        solved(text, moves, **options)


def test_a_rule_that_found_nothing_says_which_did() -> None:
    dear = SWAP.replace("    patience: 0.9\n", "    patience: 0.9\n    no_deal: {status_quo: [10, 65, 90]}\n")
    result = deal(prepare(read_case(dear, "swap.yaml").case, draws=64))
    with pytest.raises(UsageError, match=r"no package by 'nash'.*most_acceptable"):
        package(result, "nash", next(iter(result.tracks)))


@pytest.mark.parametrize(
    ("add", "said"),
    [
        ("steps: {simultaneous: [[well, rode]]}\n", "unknown issue 'rode'; did you mean 'road'"),
        ("steps: {simultaneous: [[well, well]]}\n", "an issue is named twice"),
        ("guarantees: {g: {kind: monitoring, given_by: north}}\n", "needs 'verify'"),
        ("guarantees: {g: {kind: amnesty, given_by: north}}\n", "needs 'worth'"),
        ("guarantees: {g: {kind: third_party, given_by: north}}\n", "needs 'forfeits'"),
        ("guarantees: {g: {kind: escrow, given_by: east}}\n", "unknown party or faction 'east'"),
        (
            "guarantees: {g: {kind: escrow, given_by: north, verify: 2}}\n",
            "'verify' is for guarantees of kind 'monitoring'",
        ),
        ("guarantees: {g: {kind: bribe, given_by: north}}\n", "kind"),
        ("deadlines: {d: {on: 2020-01-01, ends_for: [south]}}\n", "must lie after the date of the case"),
        (
            "guarantees: {g: {kind: third_party, given_by: north, forfeits: 1, costs: {umpire: 1}}}\n",
            "with preferences 'umpire'",
        ),
        (
            "deadlines: {d: {on: 2022-01-01, ends_for: [east]}}\n",
            "unknown party or faction with preferences 'east'",
        ),
    ],
)
def test_faults_of_the_case_are_found_on_reading(add: str, said: str) -> None:
    with pytest.raises(CaseError) as error:
        read_case(SWAP + add, "swap.yaml")
    assert said in str(error.value)


def test_what_cannot_be_undone_cannot_snap_back() -> None:
    text = SWAP.replace("well: {contr", "well: {reversible: false, contr")
    with pytest.raises(CaseError, match="not reversible"):
        read_case(text + "guarantees: {g: {kind: snap_back, given_by: north, covers: [well]}}\n", "swap.yaml")


def test_a_patience_of_one_is_refused() -> None:
    with pytest.raises(CaseError, match="patience"):
        read_case(SWAP.replace("patience: 0.9", "patience: 1"), "swap.yaml")


def test_what_comes_after_something_waits_for_it() -> None:
    """The road first although the well first is as good; and what is not done holds nothing up."""
    waits = SWAP.replace("well: {", "well: {after: [road], ", 1)
    found = solved(waits)
    assert [s.steps[0].issue for s in found.stages[:-1]] == ["road", "well"]
    assert found.proven
    assert not any(b.kind == "exchange" for b in found.boosts), "an order is no exchange"
    assert [s.steps[0].issue for s in solved(waits, {"well": "open"}).stages[:-1]] == ["well"]
    other = SWAP.replace("road: {", "road: {after: [{well: open}], ", 1)
    assert [s.steps[0].issue for s in solved(other).stages[:-1]] == ["well", "road"]


def test_what_came_before_can_be_taken_back_alone() -> None:
    """An order is not a need: after the well the road can be closed again while the well stays open."""
    text = SWAP.replace("well: {", "well: {after: [road], ", 1)
    ready = prepare(read_case(text, "swap.yaml").case, draws=64)
    of = agenda(ready.problem, table(ready.problem), BOTH)
    assert of.after.tolist() == [0b10, 0]
    assert of.needs.tolist() == [0, 0]
    assert solved(text).stages[-1].way_out["south"] == "take back"


def spoiled(chance: object, more: str = "") -> str:
    return SWAP.replace(
        "south: {}}", f"south: {{}}, gang: {{role: spoiler, spoils: {{chance: {chance}{more}}}}}}}"
    ) + ("signing: {chance: 0.5}\nsteps: {temptation: 4}\n")


def test_a_spoiler_takes_its_chance_of_each_month_on_the_way_and_of_nothing_else() -> None:
    """Two steps of a month each: nine in ten, and nine in ten again; once, whoever has to agree and deliver."""
    calm, hit = solved(spoiled(0)).chances, solved(spoiled(0.1)).chances
    assert hit.spared == {"gang": pytest.approx(0.81)}
    assert (hit.signed, hit.begun) == (calm.signed, pytest.approx(0.9 * calm.begun))
    assert hit.kept == pytest.approx(0.81 * calm.kept)
    assert solved(spoiled(0.1)).stages == solved(spoiled(0)).stages, "nobody reckons with it"
    assert solved(spoiled(1)).chances.kept == 0


def test_a_spoiler_may_reach_some_steps_only_and_as_long_as_they_take() -> None:
    text = spoiled(0.1, ", steps: [road]").replace("road: {", "road: {verify: 3, ", 1)
    assert solved(text).chances.spared == {"gang": pytest.approx(0.9**3)}
    at_once = text + "  simultaneous: [[well, road]]\n"
    at_once = at_once.replace("steps: {temptation: 4}\n", "steps:\n  temptation: 4\n")
    exchanged = solved(at_once.replace("[road]", "[well]"))
    assert len(exchanged.stages) == 2
    assert exchanged.chances.spared == {"gang": pytest.approx(0.9)}, "the well takes a month of the three"


def test_a_judged_hazard_is_drawn_apart_from_everything_else() -> None:
    calm, hit = (solved(spoiled(c)) for c in (0, [0.02, 0.05, 0.1]))
    assert hit.survival == calm.survival
    spared = hit.chances.spared["gang"]
    assert 0.9**2 < spared < 0.98**2
    assert hit.chances.kept == pytest.approx(spared * calm.chances.kept, rel=1e-3)


def test_two_spoilers_and_no_temptation() -> None:
    text = spoiled(0.1).replace("gang: {", "mob: {role: spoiler, spoils: {chance: 0.2}}, gang: {")
    two, one = solved(text).chances, solved(spoiled(0.1)).chances
    assert two.kept == pytest.approx(one.kept * 0.8**2)
    silent = solved(spoiled(0.1).replace("steps: {temptation: 4}\n", "")).chances
    assert (silent.kept, silent.spared) == (None, {}), "nothing that it could lower"


def test_the_reader_is_told_of_spoilers() -> None:
    ready = prepare(read_case(spoiled(0.1), "swap.yaml").case, draws=64)
    said = str(document(roadmap(ready, BOTH), ready.problem.case))
    assert "with the chance that gang wrecks no step (81%)" in said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "role: spoiler",
            "role: mediator",
            "'spoils' is for a party with 'role: spoiler', and 'gang' is a mediator",
        ),
        ("role: spoiler, ", "", "and 'gang' has a vote"),
        ("chance: 0.1", "chance: 1.1", "must be between 0 and 1"),
        ("chance: 0.1", "steps: [well]", "'chance' is missing"),
        ("chance: 0.1", "chance: 0.1, steps: [wall]", "unknown issue 'wall'; did you mean 'well'?"),
        ("chance: 0.1", "chance: 0.1, steps: [well, well]", "this issue stands here twice"),
    ],
)
def test_what_a_spoiler_cannot_be(old: str, new: str, message: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case(spoiled(0.1).replace(old, new, 1), "swap.yaml")
    assert any(message in f.message for f in refused.value.faults), refused.value.faults


BACK = "guarantees: {back: {kind: snap_back, given_by: north, covers: [well], punishes: [south], in_force: true, until: 2021-03-30}}\n"


def test_a_snap_back_counts_until_its_last_day() -> None:
    """A month for the road, then the well: on 28 February it stands, on 31 March it is gone."""
    text = SWAP.replace("well: {", "well: {after: [road], ", 1)
    until, good, none = (solved(text + more) for more in (BACK, BACK.replace(", until: 2021-03-30", ""), ""))
    south = [[stage.margin["south"] for stage in found.stages] for found in (until, good, none)]
    assert south[0][:2] == south[1][:2]
    assert south[0][2] == south[2][2] != south[1][2]
    longer = solved(text + BACK.replace("2021-03-30", "2022-03-31"))
    assert longer.stages[2].margin["south"] == south[2][2], "whoever stays on can leave when it is gone"
    dated = longer.stages[1].margin["south"]
    assert dated == south[1][1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2021-03-30", "2021-01-31", "is gone by the date of the case, 2021-01-31"),
        ("2021-03-30", "soon", "a date was expected"),
        (
            "kind: snap_back",
            "kind: amnesty, worth: {south: 1}",
            "'until' is for guarantees of kind 'snap_back', 'escrow'",
        ),
        ("as_of: 2021-01-31\n", "", "counted from the date of the case: add 'as_of: DATE'"),
    ],
)
def test_what_a_last_day_cannot_be(old: str, new: str, message: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case((SWAP + BACK).replace(old, new, 1), "swap.yaml")
    assert any(message in f.message for f in refused.value.faults), refused.value.faults
