"""Laws of the outlook that hold whatever the world: of days, of units, of offers, and of what signing stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from detente.analyses.deal import prepare
from detente.analyses.outlook.document import brief, document
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import outlook
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.parts import TOPS
from detente.case.reading import read_case
from detente.case.sense import odd_numbers
from detente.document import Chart, Document, Table
from detente.errors import CaseError, LimitError
from detente.kernels import worlds
from detente.problem import seat, table
from detente.problem.world import calendar

HEAD = """\
detente: 1
id: laws
title: Laws
judgement: made up
as_of: 2021-01-10
parties: {ruler: {}, clan: {}, sender: {}, other: {}}
issues:
  ban: {controlled_by: sender, status_quo: strict, options: {strict: , lifted: }}
  chair: {controlled_by: ruler, status_quo: stays, options: {stays: , goes: }}
  cells: {controlled_by: ruler, status_quo: full, options: {full: , half: , empty: }}
  food: {controlled_by: other, status_quo: none, options: {none: , some: }}
tracks:
  all: {parties: [ruler, clan, sender, other]}
  home: {parties: [ruler, clan, other], issues: [food, cells]}
preferences:
  ruler:
    patience: 0.97
    weights: {ban: 30, chair: 50, cells: 10, food: 10}
    values: {ban: {strict: 0, lifted: 100}, chair: {stays: 100, goes: 0}, cells: {full: 100, half: 60, empty: 0}, food: {none: 0, some: 100}}
  clan:
    patience: 0.96
    weights: {ban: 40, chair: 60}
    indifferent: [food, cells]
    values: {ban: {strict: 0, lifted: 100}, chair: {stays: 100, goes: 0}}
  sender:
    patience: 0.98
    weights: {ban: 40, chair: 40, cells: 20}
    indifferent: [food]
    values: {ban: {strict: 100, lifted: 0}, chair: {stays: 0, goes: 100}, cells: {full: 0, half: 50, empty: 100}}
  other:
    patience: 0.95
    weights: {chair: 60, food: 40}
    indifferent: [ban, cells]
    values: {chair: {stays: 0, goes: 100}, food: {none: 0, some: 100}}
"""
WORLD = """\
world:
  months: 24
  exit: {rate: [0.002, 0.01, 0.03]}
  force: {rate: 0.002}
  loyalty: {now: 0.6, outside_offer: 0.4, scale: 0.2, pace: 0.1, spread: 0.02}
  survival: {peak: 0.05, threshold: 0.5, scale: 0.2}
  money: {revenue: 0.3, pull: 0.1, spread: 0.02, loss: [0.7, 0.1], evasion: 0.1, evasion_pace: 0, evasion_ceiling: 0.2, rents: 0, depletion: 0}
  sender: {issue: ban, steps: [strict, lifted], ease: 0.03, take_back: 0.02}
  home: {elections: [2021-11-20], turns: 0.5, resists: 0.5, reverses: 0.1, presses: 0, threatens: 1}
  recognition: {now: 8, all: 60, drop: 0.02, cascade: 0.05, lapse: [2021-11-25], extend: 0.5, kept: 0.2, kept_extended: 0.6}
  support: {now: 0.3, floor: 0.1, decay: 0.02, spread: 0.02, gain: 0.05}
  polls: {on: [2021-11-15], fairness: 0.5, base: 0.5, scale: 0.1, held: 0.9, ballot: 0.5, early: 0.01}
  regional: {on: [2021-06-20], joins: 0.7, joins_split: 0.5, observed: 0.4, fairness: 0.5, watch: 0.1, base: 0.45, scale: 0.2, spread: 0.05, gain: 0.1, turnout: 0.4, lift: 0.1, turnout_spread: 0.03}
  output: {unit: kb/d, now: 500, reach: 1150, pace: 0.05, spread: 20}
  hunger: {now: 0.3, pace: 0.05, need: 0.5, feeds: 0.4, relief: 0.05, opens: 0.03, rage: 0.1}
  talks:
    begin: 0.3
    stop: 0.05
    spoilt: 0.01
    retract: 0.05
    ladder: {by: ruler, to: sender, below: [{cells: full}], steps: [{cells: empty}], precision: 0.3, blame_by: 2, blame_to: 2}
  office: {issue: chair, options: {handed_over: goes, voted_out: goes, collapsed: goes, removed: goes}}
""".replace("below: [{cells: full}], ", "")
COMPUTED = HEAD.replace("    patience:", "    no_deal: from_outlook\n    patience:")


def case(text: str) -> Case:
    return read_case(text, "laws.yaml").case


def solved(text: str, **how: object) -> OutlookResult:
    return outlook(prepare(case(text), draws=64), **{"per": 256, **how})  # type: ignore[arg-type]


def asked(**answers: str) -> str:
    lines = [
        f'  {name}: {{text: x, resolves: 2030-12-31, basis: modelled, answers: {{"yes": {answer}, "no": rest}}}}\n'
        for name, answer in answers.items()
    ]
    return "questions:\n" + "".join(lines)


def chances(*answers: str, head: str = HEAD + WORLD, **how: object) -> list[float]:
    """The chance of each answer."""
    found = solved(head + asked(**{f"q{n}": a for n, a in enumerate(answers)}), **how).questions.values()
    return [q.answers["yes"] for q in found]  # type: ignore[misc]


# --- days ---------------------------------------------------------------------------------------------------

EVE = """\
detente: 1
id: eve
title: The eve of a poll
judgement: made up
as_of: 2021-06-03
parties: {a: {}, b: {}}
issues: {i: {status_quo: x, options: {x: {}, y: {}}}}
preferences:
  a: {patience: 0.98, weights: {i: 100}, values: {i: {x: 0, y: 100}}}
  b: {patience: 0.98, weights: {i: 100}, values: {i: {x: 100, y: 0}}}
world: {polls: {on: [2024-12-01], fairness: 0.9, base: 0.9, scale: 0.1}}
"""


def test_the_eve_of_a_poll_is_before_it_and_its_day_after() -> None:
    days = ["2024-11-04", "2024-11-30", "2024-12-01", "2024-12-03"]
    held = chances(*(f"{{event: poll_held, by: {d}}}" for d in days), head=EVE)
    holds = chances(*(f"{{office: holds, at: {d}}}" for d in days), head=EVE)
    assert held == [0, 0, 1, 1]
    assert holds[:2] == [1, 1]
    assert holds[2] == holds[3] == pytest.approx(1 - 0.9 * 0.9, abs=0.02)


def test_a_day_is_not_a_month() -> None:
    talks = EVE.replace(
        "polls: {on: [2024-12-01], fairness: 0.9, base: 0.9, scale: 0.1}",
        "talks: {begin: 0.3, stop: 0, spoilt: 0}",
    )
    day, month = chances(
        "{event: talks_began, by: 2021-06-04}", "{event: talks_began, by: 2021-07-03}", head=talks
    )
    assert month == pytest.approx(0.3, abs=0.01)
    assert day == pytest.approx(month / 30, abs=1e-5)


def test_events_of_one_month_are_told_apart_by_their_days() -> None:
    # All in the month from 10 November: a poll on the 15th, an election of the sender's on the 20th, a lapse on the 25th.
    events = ("poll_held", "turned", "extended")
    days = ("2021-11-14", "2021-11-16", "2021-11-21", "2021-11-26")
    found = chances(*(f"{{event: {e}, by: {d}}}" for e in events for d in days))
    poll, turned, extended = np.reshape(found, (3, 4))
    assert poll[0] < 0.1
    assert poll[1] == poll[3] > 0.5
    assert turned[1] == 0 < turned[2] == turned[3] == pytest.approx(0.5, abs=0.02)
    assert extended[2] == 0 < extended[3] == pytest.approx(0.5, abs=0.02)


EVENTS = [
    e for e in worlds.EVENTS
    if e not in ("split", "seat_won", "majority", "funds_agreed", "funds_paid", "lists_eased", "lists_lifted", "investigated", "withdrawn")
]  # fmt: skip


def test_a_later_day_is_never_less_likely_and_parts_agree() -> None:
    start = date(2021, 1, 10)
    days = [
        start + timedelta(days=n)
        for n in (1, 13, 29, 45, 161, 162, 300, 305, 309, 310, 311, 315, 320, 334, 700)
    ]
    found = np.reshape(
        chances(*(f"{{event: {e}, by: {d}}}" for e in EVENTS for d in days)), (len(EVENTS), len(days))
    )
    assert (np.diff(found, axis=1) >= -1e-9).all()
    at = {e: found[n] for n, e in enumerate(EVENTS)}
    ways = sum(at[e] for e in ("collapsed", "handed_over", "voted_out", "removed"))
    assert at["office_lost"] == pytest.approx(ways, abs=1e-5)
    holds = chances(*(f"{{office: holds, at: {d}}}" for d in days))
    assert holds == pytest.approx(1 - at["office_lost"], abs=1e-5)
    for part, whole in (
        ("voted_out", "poll_held"), ("early_poll", "poll_held"), ("admitted", "poll_held"), ("all_lifted", "eased"),
        ("taken_back", "eased"), ("conceded_all", "conceded"), ("talks_completed", "talks_began"),
    ):  # fmt: skip
        assert (at[part] <= at[whole] + 1e-9).all(), part


def test_exclusive_answers_add_up_and_agree_with_the_event_itself() -> None:
    winner = (
        'questions: {q: {text: x, resolves: 2022-12-31, basis: modelled, answers: {"he": {event: poll_held, by: 2021-12-31, '
        'but_not: voted_out}, "they": {event: voted_out, by: 2021-12-31}, "no poll": rest}}}\n'
    )
    found = solved(HEAD + WORLD + winner).questions["q"].answers
    assert all(v is not None and v > 0.02 for v in found.values())
    assert sum(v or 0 for v in found.values()) == pytest.approx(1, abs=1e-5)
    held = chances("{event: poll_held, by: 2021-12-31}")[0]
    assert found["no poll"] == pytest.approx(1 - held, abs=1e-5)


def test_every_day_of_a_kind_has_a_bit() -> None:
    assert tuple(calendar(case(HEAD + WORLD), case(HEAD + WORLD).world))[:5] == worlds.DATES[:5]  # type: ignore[arg-type]
    assert dict(TOPS) == worlds.TOP


# --- units --------------------------------------------------------------------------------------------------


def charts(made: Document) -> dict[str, Chart]:
    return {b.id: b for b in made.blocks if isinstance(b, Chart)}


def test_paths_are_in_units_of_their_own_and_absent_before_they_are_measured() -> None:
    found = solved(HEAD + WORLD)
    paths, shown = found.paths, charts(document(found, case(HEAD + WORLD)))
    assert paths["output"].median[0] == pytest.approx(500, abs=14)
    assert "kb/d now" in shown["path-output"].alt
    assert "%" not in shown["path-output"].alt
    assert "Median, kb/d" in shown["path-output"].table.columns
    assert not any("%" in cell for row in shown["path-output"].table.rows for cell in map(str, row[1:]))
    assert paths["recognition"].median[0] == 8
    assert shown["path-recognition"].alt.startswith("Median 8 now")
    assert all(v == round(v) for v in paths["recognition"].high if v is not None)
    for polled in ("governors", "turnout"):
        line = paths[polled].median
        assert line[:5] == (None,) * 5
        assert None not in line[6:]
        assert "now" not in shown[f"path-{polled}"].alt
    for name, unit in found.units.items():
        if unit == "share":
            fan = paths[name]
            assert max(v for v in fan.high if v is not None) <= 1
            assert shown[f"path-{name}"].spec["layer"][0]["encoding"]["y"]["scale"]["domain"][1] <= 1
    assert "%" not in shown["path-revenue"].alt


def test_tables_by_month_keep_the_month_that_the_sentence_quotes() -> None:
    text = (HEAD + WORLD).replace("months: 24", "months: 31")
    for chart in charts(document(solved(text), case(text))).values():
        assert str(chart.table.rows[-1][0]) == "31"
        assert len(chart.table.rows) <= 10


def test_amounts_at_a_single_value_are_on_the_right_side() -> None:
    still = """\
world:
  months: 12
  money: {revenue: 1, pull: 0, spread: 0, loss: [0], evasion: 0, evasion_pace: 0, evasion_ceiling: 0, rents: 0, depletion: 0}
  price: {now: 1, pull: 0, spread: 0}
  recognition: {now: 8, all: 60, drop: 0, cascade: 0}
"""
    head = HEAD + still
    for variable, low, yes in (
        ("price", 1, 1), ("revenue", 1, 1), ("recognition", 5, 1), ("recognition", 8, 1), ("recognition", 9, 0),
    ):  # fmt: skip
        assert chances(f"{{variable: {variable}, low: {low}, at: 2021-06-01}}", head=head) == [yes]
        assert chances(f"{{variable: {variable}, high: {low}, at: 2021-06-01}}", head=head) == [1 - yes]


def test_the_sentence_has_the_range_over_the_judgements() -> None:
    found = solved(HEAD + WORLD)
    holds = found.office["holds"]
    assert holds.low < holds.share[-1] - 0.05 < holds.share[-1] + 0.05 < holds.high
    first = document(found, case(HEAD + WORLD)).blocks[0]
    assert "over the judgements" in first.text  # type: ignore[union-attr]
    assert "±" not in first.text  # type: ignore[union-attr]
    assert "over the judgements" in brief(found, Words(case(HEAD + WORLD))).text
    # Where nothing is judged nothing is left open, whatever the chance of worlds.
    certain = solved((HEAD + WORLD).replace("[0.002, 0.01, 0.03]", "0.01")).office["holds"]
    assert certain.high - certain.low < 0.04


def test_parts_are_sorted_by_the_largest_effect_on_anybody() -> None:
    found = solved(HEAD + WORLD)
    made = document(found, case(HEAD + WORLD))
    parts = next(b for b in made.blocks if isinstance(b, Table) and "each part" in b.caption)
    assert len(parts.rows) == len(found.structure)
    largest = [max(abs(float(str(c).replace("−", "-"))) for c in row[2:]) for row in parts.rows]
    assert largest == sorted(largest, reverse=True)


# --- parts that stand still ---------------------------------------------------------------------------------


def test_what_stands_still_has_no_days() -> None:
    quiet = solved(HEAD + WORLD, without=("regional",))
    assert not {"governors", "turnout"} & set(quiet.paths)
    asks = asked(a="{variable: governors, low: 0.1, at: 2021-12-31}", b="{event: joined, by: 2021-12-31}")
    found = solved(HEAD + WORLD + asks, without=("regional",)).questions
    assert found["a"].answers == {"yes": None, "no": None}
    assert found["b"].answers["yes"] == 0
    for part, event in (("recognition", "extended"), ("polls", "poll_held"), ("home", "turned")):
        assert chances(f"{{event: {event}, by: 2022-06-01}}", without=(part,)) == [0]


def test_a_policy_on_what_stands_still_is_said_to_change_nothing() -> None:
    text = HEAD + WORLD + "policies: {p: {changes: {sender.last: 0.5, sender.ease: 0.5}}}\n"
    found = solved(text, without=("sender",))
    assert found.policies["p"].idle
    said = next(
        b for b in document(found, case(text)).blocks if isinstance(b, Table) and "Policies" in b.caption
    )
    assert "Without any effect" in said.note
    assert not solved(text).policies["p"].idle


# --- offers -------------------------------------------------------------------------------------------------

READINGS = """\
readings:
  ruler:
    stays: {prior: 0.5}
    leaves: {prior: 0.5, preferences: {values: {chair: {stays: 0, goes: 100}}}}
"""
UNDER = "  under: {ruler: {stays: {exit.rate: 0.001}, leaves: {exit.rate: [0.004, 0.01, 0.02]}}}\n"


@pytest.mark.parametrize("rate", ["0.005", "0.04", "[0.002, 0.01, 0.05]"])
def test_an_offer_is_taken_where_it_helps_and_hurts_nobody_whom_it_is_made(rate: str) -> None:
    offer = f"policies: {{offer: {{offered_to: ruler, changes: {{exit.rate: {rate}}}}}, order: {{changes: {{exit.rate: {rate}}}}}}}\n"
    ready = prepare(case(HEAD + READINGS + WORLD + UNDER + offer), draws=64)
    found = outlook(ready, per=256)
    made, ordered = found.policies["offer"], found.policies["order"]
    assert made.value["ruler"] >= ordered.value["ruler"]
    assert made.value["ruler"] >= -0.05
    assert made.difference >= -0.002
    assert made.taken is not None
    assert made.taken <= 0.6
    assert ordered.replaces == ("exit.rate",)
    # For the one who looks for an exit, alone.
    alone = READINGS.replace("stays: {prior: 0.5}", "stays: {prior: 0}").replace(
        "leaves: {prior: 0.5,", "leaves: {prior: 1,"
    )
    leaver = solved(HEAD + alone + WORLD + UNDER + offer).policies["offer"]
    assert leaver.difference >= -0.002
    assert leaver.value["ruler"] >= 0


def test_what_is_set_under_every_reading_alike_is_said() -> None:
    order = "policies: {order: {changes: {exit.rate: 0.01}}}\n"
    text = HEAD + READINGS + WORLD + UNDER + order
    said = next(
        b
        for b in document(solved(text), case(text)).blocks
        if isinstance(b, Table) and "Policies" in b.caption
    )
    assert "also where readings have numbers of their own: “order”" in said.note


# --- what signing stops -------------------------------------------------------------------------------------


def gain(text: str, track: str, package: dict[str, str], faction: str, *, cut: bool = False) -> np.ndarray:
    """[S] grid steps by which the package is better than no deal; ``cut``: seen by who carries it out, issue by issue."""
    ready = prepare(case(text), draws=64)
    problem, sample = ready.problem, ready.fresh
    at = table(problem, track)
    if cut:
        at = replace(at, issues=tuple(i for i in at.issues if problem.issues[i] in package), whole=at.issues)
    seen = seat(problem, sample, at)
    f = at.factions.index(problem.factions.index(faction))
    total = seen.base[f] - seen.no_deal[f]
    assert problem.status_quo is not None
    chosen = []
    for i in at.issues:
        stays = problem.options[i][problem.status_quo[i]]
        chosen.append(problem.options[i].index(package.get(problem.issues[i], stays)))
    for n, option in enumerate(chosen):
        total = total + seen.points[f, n, option]
    for t, (begin, end) in enumerate(pairwise(seen.start)):
        if all(chosen[seen.issue[k]] == seen.option[k] for k in range(begin, end)):
            total = total + seen.add[f, t]
    return total


GOES_ON = COMPUTED + WORLD + "  means: {access_opened: {food: some}}\n"
TERMS = "    together: [{when: {cells: full, ban: strict}, add: 7}, {when: {food: none, chair: stays}, add: -3}]\n"
NO_SENDER = """\
world:
  months: 24
  exit: {rate: [0.002, 0.01, 0.03]}
  hunger: {now: 0.3, pace: 0.05, need: 0.5, feeds: 0.4, relief: 0.05, opens: 0.03, rage: 0}
  means: {access_opened: {food: some}}
  office: {issue: chair, options: {handed_over: goes}, stakes: {clan: {holds: 5}}}
"""
WORLDS = {
    "talks": GOES_ON,
    "terms": GOES_ON.replace("    patience: 0.97\n", "    patience: 0.97\n" + TERMS),
    "readings": COMPUTED + READINGS + GOES_ON.removeprefix(COMPUTED) + UNDER,
    "steps that can be taken back": GOES_ON.replace("status_quo: full", "status_quo: half").replace(
        "steps: [{cells: empty}]", "below: [{cells: full}], steps: [{cells: empty}]"
    ),
    "no sender": COMPUTED + NO_SENDER,
}


@pytest.mark.parametrize("world", WORLDS)
def test_signing_nothing_at_a_table_without_the_sender_is_worth_as_much_as_waiting(world: str) -> None:
    for faction in ("ruler", "clan", "other"):
        assert (gain(WORLDS[world], "home", {}, faction) == 0).all()
    # What the clan is indifferent to, nothing is gained or lost by, to the last step of the grid.
    for package in ({"food": "some"}, {"cells": "empty"}, {"cells": "half", "food": "some"}):
        assert (gain(WORLDS[world], "home", package, "clan") == 0).all()


def test_who_carries_a_package_out_sees_the_points_of_its_table() -> None:
    for track in ("all", "home"):
        whole, cut = (gain(GOES_ON, track, {"food": "some"}, "clan", cut=cut) for cut in (False, True))
        assert (whole == cut).all()


def test_a_package_beside_waiting_leaves_the_same_alone() -> None:
    found = solved(GOES_ON, package={"food": "some"}, track="home")
    assert found.package_value is not None
    assert found.package_value["clan"] == found.no_deal["clan"].mean
    assert found.package_value["other"] > found.no_deal["other"].mean + 1
    main = solved(GOES_ON, package={"food": "some"}, track="all")
    assert main.package_value is not None
    assert main.package_value["clan"] < found.package_value["clan"] - 1


def test_more_than_memory_holds_is_refused_before_it_starts() -> None:
    far = (HEAD + WORLD).replace("months: 24", "months: 240")
    with pytest.raises(LimitError, match="ask for at most"):
        outlook(prepare(case(far), draws=65536), per=1)


def test_at_the_senders_table_its_step_stays_and_talks_are_over() -> None:
    assert (gain(COMPUTED + WORLD, "all", {}, "clan") < 0).all()


def test_worlds_to_choose_on_are_not_those_that_are_reported() -> None:
    certain = (COMPUTED + WORLD).replace("[0.002, 0.01, 0.03]", "0.01")
    ready = prepare(case(certain), draws=64)
    # Nothing is judged, so that only the luck of the worlds can differ.
    assert (ready.first.no_deal != ready.fresh.no_deal).any()
    assert np.corrcoef(ready.first.no_deal[0], ready.fresh.no_deal[0])[0, 1] < 0.5


# --- what is said on reading --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("add", "said"),
    [
        (asked(q="{variable: hunger, low: 30, at: 2021-12-31}"), "'hunger' is a share, from 0 to 1: it cannot get to 'low: 30'"),
        (asked(q="{variable: price, low: 60, at: 2021-12-31}"), "without a part 'price'"),
        (asked(q="{variable: revenue, high: 80, at: 2021-12-31}"), "a multiple of what is usual, kept up to 2"),
        (asked(q="{variable: recognition, low: 61, at: 2021-12-31}"), "a number of governments, of which there are 60"),
        (asked(q="{variable: output, low: 5000, at: 2021-12-31}"), "in kb/d, kept up to 1725"),
        (asked(q="{variable: output, high: 5, at: 2021-12-31}"), "cannot be told from 0"),
        (asked(q="{variable: governors, low: 0.2, at: 2021-06-19}"), "not measured before the first regional poll, 2021-06-20"),
        (asked(q="{variable: trust, low: 0.2, at: 2021-06-19}"), "trust in what?"),
        (asked(q="{event: withdrawn, by: 2021-12-31}"), "without steps 'below'"),
        (asked(q="{event: poll_held, by: 2021-12-31, but_not: eased}"), "a part of 'poll_held' was expected, 'voted_out' or"),
        ("policies: {p: {changes: {sendr.ease: 0}}}\n", "unknown number of the world 'sendr.ease'; did you mean 'sender.ease'"),
        ("policies: {p: {changes: {sender: 0}}}\n", "unknown number of the world 'sender'"),
        ("policies: {p: {changes: {months.x: 0}}}\n", "unknown number of the world 'months.x'"),
        ("policies: {p: {changes: {under: 0}}}\n", "unknown number of the world 'under'"),
        ("policies: {p: {offered_to: rulr, changes: {exit.rate: 0}}}\n", "unknown faction with preferences 'rulr'; did you mean 'ruler'"),
        ("policies: {p: {changes: {recognition.deviation: 0.5}}}\n", "acts only together with recognition.mean, recognition.pace"),
        ("policies: {p: {changes: {recognition.mean: 0.5, recognition.pace: 0.1}}}\n", "acts only together with recognition.deviation"),
        ("policies: {p: {changes: {recognition.bloc: 0.5}}}\n", "must be at least 1"),
        ("policies: {p: {changes: {exit.push: 0.1}}}\n", "acts only together with exit.trigger, exit.scale"),
        ("policies: {p: {changes: {talks.trust: 0.1, talks.trust_scale: 1}}}\n", "trust in what?"),
        ("policies: {p: {changes: {money.revenue: 30}}}\n", "must be at most 2"),
    ],
)  # fmt: skip
def test_faults(add: str, said: str) -> None:
    with pytest.raises(CaseError) as error:
        read_case(HEAD + WORLD + add, "laws.yaml")
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("revenue: 0.3", "revenue: 30", "must be at most 2: found 30"),
        ("need: 0.5", "need: 56", "must be at most 1: found 56"),
        ("evasion: 0.1,", "evasion: 0.9,", "more is evaded now than can be"),
        (
            "on: [2021-06-20]",
            "on: [2021-06-20, 2021-08-20]",
            "would be decided before the poll of 2021-06-20",
        ),
    ],
)
def test_numbers_that_cannot_be(old: str, new: str, said: str) -> None:
    assert old in WORLD
    with pytest.raises(CaseError, match=said):
        read_case(HEAD + WORLD.replace(old, new), "laws.yaml")


def warned(text: str) -> str:
    return "\n".join(w.message for w in read_case(text, "laws.yaml").warnings)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("outside_offer: 0.4", "outside_offer: 36", "36 is much"),
        ("rage: 0.1", "rage: 15", "15 is much"),
        ("pace: 0.1, spread: 0.02}\n  survival", "pace: 0.1, spread: 2}\n  survival", "2 is much"),
        ("loss: [0.7, 0.1]", "loss: [0.1, 0.7]", "more is lost at this step than at the stricter one"),
        ("floor: 0.1", "floor: 0.5", "support would rise of itself"),
        ("on: [2021-11-15]", "on: [2021-11-15, 2031-11-15]", "2031-11-15 never comes"),
        ("lapse: [2021-11-25]", "lapse: [2031-11-25]", "2031-11-25 never comes"),
        ("  loyalty: {now: 0.6, outside_offer: 0.4, scale: 0.2, pace: 0.1, spread: 0.02}\n", "", "without a part 'loyalty' in the world everybody is loyal"),
        ("exit: {rate: [0.002, 0.01, 0.03]}", "exit: {rate: 0.01, push: 0.1, trigger: 0.2, scale: 0.1}", "without a part 'money'"),
        ("sender: {issue: ban, steps: [strict, lifted]", "sender: {issue: ban, steps: [lifted, strict]", "is the strictest first?"),
        ("opens: 0.03", "opens: 0.98", "one of these happens in a month at most"),
    ],
)  # fmt: skip
def test_numbers_and_parts_that_are_probably_not_meant(old: str, new: str, said: str) -> None:
    assert old in WORLD
    assert said not in warned(HEAD + WORLD)
    text = HEAD + WORLD.replace(old, new)
    if "push" in new:
        text = "\n".join(line for line in text.splitlines() if not line.startswith("  money:"))
    assert said in warned(text)


def test_a_plain_world_is_not_warned_of() -> None:
    assert list(odd_numbers(case(HEAD + WORLD))) == []
