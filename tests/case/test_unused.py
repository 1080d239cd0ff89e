"""What does nothing is told of, and only that: against the answers, number by number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest
from pydantic import BaseModel

from detente.analyses.deal import deal
from detente.analyses.outlook.solve import outlook
from detente.analyses.roadmap.solve import roadmap
from detente.analyses.stability.solve import stability
from detente.case.base import Model, Range
from detente.case.equations import parse_equation
from detente.case.folded import counting, without
from detente.case.model import Case
from detente.case.reading import read_case
from detente.case.starter import starter
from detente.case.unused import COUNTS, idle
from detente.case.yamltext import parse
from detente.draws import prepare
from detente.errors import CaseError, DetenteError

Path = tuple[str | int, ...]

FULL = """\
detente: 1
id: full
title: Everything
judgement: made up so that every part of the format is there
as_of: 2021-01-01
record: {rounds: 3, agreements: 1}
signing: {chance: 0.4, counts: 3}
parties: {ruler: {factions: {boss: , clan: }, delivers: 0.8}, sender: {delivers: 0.9}, rival: }
issues:
  ban: {controlled_by: sender, status_quo: strict, options: {strict: , eased: , lifted: }, verify: 3, undo: 1}
  names: {controlled_by: sender, status_quo: listed, options: {listed: , some: }, touches_office: false}
  chair: {controlled_by: ruler, status_quo: stays, options: {stays: , goes: }, reversible: false}
  gift: {controlled_by: ruler, status_quo: kept, options: {kept: , given: }, verify: 2, was: given, undo: 2}
  meals: {controlled_by: ruler, status_quo: shut, options: {shut: , wide: }}
  rank: {controlled_by: outside, status_quo: some, options: {many: , some: , none: }, chances: {many: 0.2, some: 0.5, none: 0.3}}
preferences:
  boss:
    patience: 0.9
    no_deal: {status_quo: -3}
    weights: {ban: 30, names: 10, chair: 20, gift: 20, meals: 10, rank: 10}
    values:
      ban: {strict: 0, eased: 40, lifted: 100}
      names: {listed: 0, some: 100}
      chair: {stays: 100, goes: 0}
      gift: {kept: 100, given: 0}
      meals: {shut: 100, wide: 0}
      rank: {many: 0, some: 50, none: 100}
    together: [{when: {ban: eased, gift: given}, add: 2}]
    red_lines: [{chair: goes, ban: strict}]
    firm: [{package: {meals: wide}, holds: 0.4}]
  clan:
    patience: 0.92
    no_deal: {status_quo: -2}
    weights: {ban: 40, names: 30, gift: 30}
    values: {ban: {strict: 0, eased: 50, lifted: 100}, names: {listed: 0, some: 100}, gift: {kept: 100, given: 0}}
    indifferent: [chair, meals, rank]
  sender:
    patience: 0.8
    no_deal: {status_quo: -4}
    weights: {ban: 20, names: 10, chair: 30, gift: 30, meals: 10}
    values:
      ban: {strict: 100, eased: 70, lifted: 0}
      names: {listed: 100, some: 0}
      chair: {stays: 0, goes: 100}
      gift: {kept: 0, given: 100}
      meals: {shut: 0, wide: 100}
    indifferent: [rank]
  rival:
    patience: 0.85
    no_deal: {status_quo: -4}
    weights: {chair: 50, gift: 30, meals: 20}
    values: {chair: {stays: 0, goes: 100}, gift: {kept: 0, given: 100}, meals: {shut: 0, wide: 100}}
    indifferent: [ban, names, rank]
readings:
  boss:
    stalls: {prior: 0.5, preferences: {weights: {gift: 25}, no_deal: {status_quo: 1}}}
    deals: {prior: 0.5}
steps: {temptation: 2, simultaneous: [[ban, gift]]}
guarantees:
  watch: {kind: monitoring, given_by: rival, covers: [ban, gift], verify: 1, costs: {sender: 0.5}}
  price: {kind: third_party, given_by: rival, forfeits: 3, in_force: true}
  pardon: {kind: amnesty, given_by: sender, worth: {boss: 2}}
deadlines: {vote: {on: 2023-01-01, ends_for: [sender]}}
world:
  months: 24
  parts:
    price: {pull: 0.1, spread: 0.1}
    money:
      {pressure: ban, revenue_now: 0.6, rents_now: 0.2, trade: {strict: 1, eased: 1.4, lifted: 1.8}, open: 2, detours: 0.2,
      detour_pace: 0.1, wear: 0.03, pull: 0.2, spread: 0.05, depletion: 0.1}
    food: {access: meals, hungry_now: 0.3, pace: 0.2, feeds: 0.4, reaches: {shut: 0, wide: 0.2}, relieves: 0.2, opens: 0.05}
    funds: {money: names, usable: {listed: 0, some: 1}, agree: 0.05, agree_in_talks: 0.05, pay: 0.2}
    mandate:
      {claim: gift, expires: [2021-09-01], lapsed: {kept: 0, given: 1}, extend: 0.5, by_support: 1, by_friends: 1, stay_extended: 0.7,
      stay_ended: 0.4}
    loyalty:
      {trials: gift, now: 0.6, scale: 0.2, pace: 0.2, spread: 0.05, promises: 0.2, beckons: 0.3, betrayed: {kept: 0, given: 0.1}}
    survival: {today: 0.02, deserted: 0.4, rage: 6}
    exit:
      {price: names, relief: ban, comes_up: 0.2, wish: -3, fears: {listed: 2, some: 0}, glory: {strict: 0, eased: 1, lifted: 3},
      promise: 0.5, push: 5, danger: 8, noise: 2}
    support: {now: 0.4, floor: 0.1, decay: 0.05, spread: 0.05, gain: 0.1, shed: 0.3}
    recognition: {all: 40, governments_now: 19, drop: 0.03, cascade: 0.05, returns: 0.3}
    sender:
      {pressure: ban, stage: {strict: 0, eased: 1, lifted: 2}, ease: 0.05, unasked: 0.3, trusted: 0.5, broadens: 0.1, narrow: 0.3,
      last: 0.5, take_back: 0.02, struck: 0.2, term: 6, renews: 0.8}
    incidents: {rate: 0.1, remembered: 0.8}
    record: {rounds_held: 3, agreements: 1, lasts: 12}
    harbour:
      numbers:
        dues: {range: 0.3, unit: points}
        storms: 0.1
        strikes: {kept: 0.1, given: 0.3}
      calendars: {fairs: [2021-09-01, 2022-09-01]}
      levels: {chest: {says: what is in the chest, start: dues, next: "chest + (if storm then 0 - dues else dues / 4)", unit: points}}
      events:
        storm: {says: a storm, chance: storms, once: true}
        strike: {says: a strike, chance: "strikes[gift]", one_of: quay}
        feast: {says: a feast, chance: "0.5 * strikes[gift]", one_of: quay}
        fair: {says: a fair, on: fairs}
    talks:
      ladder: {by: boss, to: sender, steps: [{gift: given}, {ban: eased}], precision: 0.5, blame: {boss: 5, sender: 5}, able: 0.6, stopped: 0.05, obstinate: stalls, seen: {harbour.storm: {stalls: 0.2, deals: 0.4}}}
      numbers: {begin: 0.2}
      begins: begin * (0.5 + 0.5 * before(record.hope))
      stops: before(record.fails)
  moves:
    ban: {eased: sender.eased, lifted: sender.lifted, strict: sender.lapsed}
    chair: {goes: [survival.collapsed, exit.handed_over]}
    names: {some: funds.agreed}
    meals: {wide: food.opened}
    rank: {by: recognition.governments, many: 30, some: 15, none: 0}
  stakes:
    boss: {survival.collapsed: -10, harbour.chest: 1, harbour.strike: -3}
    sender: {harbour.fair: 2, talks.on: 1, harbour.feast: 1}
  under: {boss: {stalls: {exit.wish: -6}}}
gestures: {nod: {by: boss, cost: 1, likelihood: {stalls: 0.3, deals: 0.6}}}
policies: {soft: {changes: {money.detours: 0.4}, holds: {support.support: 0.5}}}
questions:
  poor: {text: How much?, resolves: 2022-01-01, basis: modelled, answers: {little: {that: money.income < 0.5, at: 2022-01-01}, much: rest}}
  guess: {text: Is it?, resolves: 2022-01-01, basis: prior, answers: {so: 0.3, other: rest}}
"""

MOVES = {"ban": "lifted", "gift": "given"}


def answers(text: str, *, only: str = "") -> Iterator[str]:
    """What the commands say of a case, as JSON; ``only`` the outlook, where asked."""
    case = read_case(text, "x.yaml").case
    ready = prepare(case, draws=64)
    asked: list[Callable[[], Any]] = [lambda: outlook(ready, per=8)]
    if not only:
        asked += [lambda: deal(ready), lambda: roadmap(ready, MOVES, counted_on=tuple(case.guarantees))]
        asked += [lambda: roadmap(ready, MOVES), lambda: stability(case, ready)]
    for ask in asked:
        try:
            yield json.dumps(ask().to_json())
        except DetenteError as refused:
            yield str(refused)


def typed(case: Case) -> Iterator[Path]:
    """Where every number of a case stands."""
    waiting: list[tuple[Path, Any]] = [((), case)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Range):
            yield path
        elif isinstance(value, BaseModel):
            waiting += [
                ((*path, *(value.keys(k) if isinstance(value, Model) else (k,))), getattr(value, k))
                for k in type(value).model_fields
                if k in value.model_fields_set
            ]
        elif isinstance(value, dict):
            waiting += [((*path, k), v) for k, v in value.items()]
        elif isinstance(value, tuple):
            waiting += [((*path, n), v) for n, v in enumerate(value)]


def otherwise(text: str, path: Path) -> Iterator[str]:
    """The case with another number there, as far as one is allowed."""
    changes: list[Callable[[float], float]] = [
        lambda x: 0.5 * x,
        lambda x: x + 1,
        lambda x: x + 0.05,
        lambda x: x - 1,
        lambda x: 2 * x,
        lambda x: x - 0.2,
        lambda x: 0 * x,
    ]
    for change in changes:
        around = document = parse(text, "x.yaml").value
        for step in path[:-1]:
            around = around[step]
        old, key = around[path[-1]], path[-1]
        if isinstance(old, dict):
            around, old, key = old, old["range"], "range"
        new = [change(x) for x in old] if isinstance(old, list) else change(old)
        around[key] = new
        changed = json.dumps(document)
        try:
            read_case(changed, "x.yaml")
        except CaseError:
            continue
        if new != old:
            yield changed


def matters(text: str, path: Path, before: list[str], *, only: str = "", most: int = 7) -> bool | None:
    """Whether a number changes an answer, of ``most`` others that are tried; None where no other is allowed."""
    others = list(islice(otherwise(text, path), most))
    if not others:
        return None
    return any(a != b for other in others for a, b in zip(before, answers(other, only=only), strict=True))


def told(text: str) -> set[Path]:
    """Every place that is told of, also those that one message joins."""
    case = read_case(text, "x.yaml").case
    return {path for path, _ in idle(case)}


def covered(path: Path, by: set[Path]) -> bool:
    return any(path[:n] in by for n in range(len(path) + 1))


@pytest.mark.parametrize(
    ("text", "every"), [(FULL, 29), (starter("world"), 7)], ids=["everything", "the starter"]
)
def test_every_number_that_is_not_told_of_changes_an_answer(text: str, every: int) -> None:
    case = read_case(text, "x.yaml").case
    by, before = told(text), list(answers(text))
    places = [path for path in typed(case) if not covered(path, by)]
    assert [path for path in places[::every] if matters(text, path, before) is False] == []


WITHOUT = {
    "loyalty": {"survival.deserted": True, "exit.danger": True, "exit.push": False},
    "food": {"survival.rage": True, "money.rents_now": False},
    "funds": {"food.relieves": True, "food.pace": False},
    "mandate": {"support.shed": True, "support.decay": False},
    "support": {"recognition.returns": True, "loyalty.beckons": True, "loyalty.promises": False},
    "incidents": {"loyalty.spread": False},
}
"""A part left out → numbers, and whether they are told of then."""


def lacking(part: str) -> str:
    """Everything but one part of the world."""
    document = parse(FULL, "x.yaml").value
    world = document["world"]
    del world["parts"][part]
    world["moves"] = {
        issue: how for issue, how in world["moves"].items() if f"{part}." not in json.dumps(how)
    }
    document["policies"] = {}
    return json.dumps(document)


@pytest.mark.parametrize("part", WITHOUT)
def test_what_is_told_of_changes_nothing(part: str) -> None:
    text = lacking(part)
    by, before = told(text), list(answers(text, only="outlook"))
    for number, is_told in WITHOUT[part].items():
        path: Path = ("world", "parts", *number.split("."))
        assert covered(path, by) is is_told, number
        assert matters(text, path, before, only="outlook", most=2) is not is_told, number


SMALL = """\
detente: 1
id: small
title: Small
judgement: made up
as_of: 2021-01-01
parties: {a: , b: {factions: {c: , d: }}, m: {role: mediator}}
issues:
  one: {controlled_by: a, status_quo: x, options: {x: , y: }}
  two: {controlled_by: b, status_quo: x, options: {x: , y: }, touches_office: false}
  three: {controlled_by: outside, status_quo: x, options: {x: , y: }, chances: {x: 0.5, y: 0.5}}
preferences:
  a: {patience: 0.9, weights: {one: 50, two: 50}, values: {one: {x: 100, y: 0}, two: {x: 0, y: 100}}, indifferent: [three]}
  c: {patience: 0.9, weights: {one: 50, two: 50}, values: {one: {x: 0, y: 100}, two: {x: 100, y: 0}}, indifferent: [three]}
  d: {patience: 0.9, weights: {one: 50, two: 50}, values: {one: {x: 0, y: 100}, two: {x: 100, y: 0}}, indifferent: [three]}
"""
MONITORS = "guarantees: {g: {kind: monitoring, given_by: m, verify: 1}}\n"
READ = (
    "readings: {{a: {{u: {{prior: 0.5, preferences: {{{0}}}}}, v: {{prior: 0.5, preferences: {{{1}}}}}}}}}\n"
)


WORLD = "world: {{months: 24, parts: {{{0}s: {{numbers: {{r: 0.1}}, {1}events: {{e: {{{2}}}}}}}}}, moves: {{one: {{y: s.e}}}}{3}}}\n"
FALL = "survival: {today: 0.01, deserted: 0.2, rage: 1}, "


def test_nothing_is_told_of_where_everything_counts() -> None:
    assert read_case(SMALL, "x.yaml").warnings == ()
    assert read_case(FULL, "x.yaml").warnings == ()


@pytest.mark.parametrize(
    ("changes", "add", "place", "says"),
    [
        ([], "gestures: {g: {by: a, likelihood: {u: 1, v: 0.5}}}\n" + READ.format("no_deal: {status_quo: 1}", ""), "gestures", "needs a block 'world'"),
        ([], "  m: {indifferent: [one, two, three]}\n", "preferences.m", "without a vote"),
        ([("m: {role: mediator}", "m: {role: mediator, delivers: 0.5}")], "", "parties.m.delivers", "is a mediator and has no vote"),
        ([], MONITORS, "guarantees.g.verify", "cannot be sooner than a month"),
        ([], "guarantees: {g: {kind: third_party, given_by: m, forfeits: 2, covers: [three]}}\n", "guarantees.g", "nobody takes a step"),
        ([], "guarantees: {g: {kind: third_party, given_by: m, forfeits: 2, covers: [one], punishes: [b]}}\n", "guarantees.g", "look at 'punishes'"),
        ([], "steps: {temptation: 1}\n", "steps.temptation", "add 'signing: {chance: [0.1, 0.3, 0.5]}' or a 'record'"),
        ([], "steps: {temptation: 1}\nsigning: {chance: 0.3}\n", None, ""),
        ([], "steps: {temptation: 1}\nrecord: {rounds: 0, agreements: 0}\n", None, ""),
        ([("{a: , b", "{a: {delivers: 0.5}, b")], "", "parties.a.delivers", "add 'signing: {chance: [0.1, 0.3, 0.5]}' or a 'record'"),
        ([("{a: , b", "{a: {delivers: 0.5}, b")], "signing: {chance: 0.3}\n", "parties.a.delivers", "add 'steps: {temptation: [1, 2, 4]}'"),
        ([("{a: , b", "{a: {delivers: 0.5}, b")], "signing: {chance: 0.3}\nsteps: {temptation: 1}\n", None, ""),
        ([("c: {patience: 0.9, ", "c: {"), ("d: {patience: 0.9, ", "d: {"), ("a: {patience: 0.9, ", "a: {"), ("{a: , b", "{a: {delivers: 0.5}, b")], "signing: {chance: 0.3}\nsteps: {temptation: 1}\n", ("parties.a.delivers",), "needs everybody's patience"),
        ([], "signing: {chance: 0.3, counts: 4}\n", "signing.counts", "there are no earlier rounds"),
        ([], "signing: {chance: 0.3, counts: 4}\nrecord: {rounds: 0, agreements: 0}\n", "signing.counts", "there are no earlier rounds"),
        ([], "signing: {chance: 0.3, counts: 4, by: 2022-01-01}\nrecord: {rounds: 1, agreements: 0}\n", None, ""),
        ([("c: {patience: 0.9, ", "c: {"), ("d: {patience: 0.9, ", "d: {")], "steps: {temptation: 1}\ndeadlines: {d: {on: 2022-01-01, ends_for: [a]}}\n", "preferences.a.patience", "under 'preferences' of c, d (so too, 2 more: steps; deadlines)"),
        ([], READ.format("no_deal: {status_quo: 1}", "no_deal: {status_quo: 2}"), None, ""),
        ([("a: {patience", "a: {no_deal: {status_quo: 5}, patience")], READ.format("no_deal: {status_quo: 1}", "no_deal: {status_quo: 2}"), "preferences.a.no_deal", "under one that leaves it out"),
        ([], READ.format("weights: {one: 1}", "weights: {one: 2}"), "preferences.a.weights.one", "under one that leaves it out"),
        ([], READ.format("weights: {one: 1}", "weights: {two: 2}"), None, ""),
        ([], READ.format("", "weights: {one: 2}").replace("0.5", "1", 1).replace("0.5", "0", 1), "readings.a.v", "never true"),
        ([("a: {patience: 0.9, weights: {one: 50", "a: {patience: 0.9, weights: {one: 0")], "", "preferences.a.values.one", "has no weight here"),
        ([(", chances: {x: 0.5, y: 0.5}", ""), ("two: {x: 0, y: 100}}, indifferent: [three]", "two: {x: 0, y: 100}, three: {x: 0, y: 100}}"), ("weights: {one: 50, two: 50}", "weights: {one: 50, two: 50, three: 9}")], "", "preferences.a.values.three.y", "never comes about"),
        ([("a: {patience", "a: {red_lines: [{one: y}], firm: [{package: {one: y, two: y}, holds: 0.5}], patience")], "", "preferences.a.firm.0", "refuses all of this already"),
        ([("a: {patience", "a: {firm: [{package: {one: y}, holds: 0}], patience")], "", "preferences.a.firm.0", "it never holds"),
        ([("a: {patience", "a: {red_lines: [{one: y, two: y}], patience")], "impossible: [{one: y, two: y}]\n", "preferences.a.red_lines.0", "rules these options out"),
        ([], "impossible: [{one: y, three: y}, {one: y, two: x, three: y}]\n", "impossible.1", "entry 1 rules this out"),
        ([("x: 0.5, y: 0.5}", "x: 0.5, y: 0.5}, undo: 2")], "", "issues.three.undo", "decided outside"),
        ([("y: }}\n  two", "y: }, reversible: false, undo: 2}\n  two")], "", "issues.one.undo", "not reversible"),
        ([("y: }}\n  two", "y: }, was: y}\n  two")], "", "issues.one.was", "give 'one' an 'undo'"),
        ([("y: }}\n  two", "y: }, was: y, undo: 2}\n  two")], "", None, ""),
        ([("x: 0.5, y: 0.5}", "x: 0.5, y: 0.5}, undo: 2, was: y")], "", "issues.three.undo", "(so too, 1 more: issues.three.was)"),
        ([("c: {patience: 0.9, ", "c: {"), ("d: {patience: 0.9, ", "d: {"), ("a: {patience: 0.9, ", "a: {"), ("y: }}\n  two", "y: }, was: y, undo: 2}\n  two")], "", None, ""),
        ([("m: {role: mediator}", "m: {role: mediator, accepts: m}")], "", "parties.m.accepts", "mediator"),
        ([("{a: , b", "{a: {accepts: a}, b")], "", "parties.a.accepts", "a party with 'factions'"),
        ([], "bodies: {house: {members: {u: U, v: V, w: W}, votes: {all: [u, v]}}}\n", "bodies.house.members.w", "no vote under 'votes'"),
        ([], WORLD.format("", "calendars: {days: [2021-05-01, 2030-01-01]}, ", "on: days, chance: r", ""), "world.parts.s.calendars.days.1", "the world ends on 2023-01-01, 24 months on: raise 'months'"),
        ([], WORLD.format("", "", "chance: r", ", under: {a: {u: {s.r: 0.1}, v: {s.r: 0.2}}}") + READ.format("", ""), "world.parts.s.numbers.r", "every reading of 'a' gives its own 's.r'"),
        ([], WORLD.format("", "", "chance: r", ", under: {a: {u: {s.r: 0.1}}}") + READ.format("", ""), None, ""),
        ([], WORLD.format("", "", "chance: r", ", under: {a: {u: {s.r: 0.1}}}") + READ.format("", "weights: {one: 2}").replace("0.5", "1", 1).replace("0.5", "0", 1), ("world.parts.s.numbers.r", "readings.a.v"), "every reading of 'a'"),
        ([], WORLD.format(FALL, "", "chance: r", ""), ("world.parts.survival.deserted", "world.parts.survival.rage"), "it counts with a part 'loyalty'"),
        ([], WORLD.format(FALL, "", "chance: r", "") + "policies: {p: {changes: {survival.rage: 2}}}\n", ("world.parts.survival.rage", "world.parts.survival.deserted"), "it counts with a part 'food' (so too, 1 more: policies.p.changes.survival.rage)"),
        ([], WORLD.format("", "", "chance: r", "") + "policies: {p: {changes: {s.r: 0.1}}}\n", "policies.p.changes.s.r", "'s.r' is 0.1 without it"),
        ([], WORLD.format("", "", "chance: r", "") + "policies: {p: {changes: {s.r: 0.2}}}\n", None, ""),
        ([], WORLD.format("", "", "chance: r", "") + "policies: {p: {settles: {two: x}}}\n", "policies.p.settles.two", "nothing in the world moves it"),
        ([], WORLD.format("", "", "chance: r", "") + "policies: {p: {settles: {one: x}}}\n", None, ""),
        ([], WORLD.format("", "", "chance: r", "").replace("moves: {", "moves: {three: {y: s.e}, "), "world.moves.three", "nobody values 'three', and no equation or question reads it"),
        ([], WORLD.format("", "", "chance: if three is y then r else r / 2", "").replace("moves: {", "moves: {three: {y: s.f}, ").replace("events: {", "events: {f: {chance: 0.1}, "), None, ""),
        ([], WORLD.format("", "", "chance: r, one_of: quay", ""), "world.parts.s.events.e.one_of", "no other event has 'one_of: quay'"),
        ([], WORLD.format("", "", "chance: r, ends: quay, once: true", ""), "world.parts.s.events.e.once", "at most once anyway"),
        ([], "  m: {indifferent: [one, two, three]}\n" + WORLD.format("", "", "chance: r", ", stakes: {m: {s.e: 3}}"), "preferences.m", "(so too, 1 more: world.stakes.m)"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_told_of(
    changes: list[tuple[str, str]], add: str, place: str | tuple[str, ...] | None, says: str
) -> None:
    text = SMALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    found = [
        (w.path, w.message) for w in read_case(text + add, "x.yaml").warnings if "does nothing" in w.message
    ]
    if place is None:
        assert found == []
        return
    places = [place] if isinstance(place, str) else [*place]
    assert sorted(path for path, _ in found) == sorted(places)
    assert says in dict(found)[places[0]]


def test_a_mediators_wishes_change_nothing() -> None:
    asked = (
        SMALL
        + "  m: {patience: 0.9, weights: {one: 1}, values: {one: {x: 0, y: 100}}, indifferent: [two, three]}\n"
    )
    assert json.dumps(deal(prepare(read_case(asked, "x").case, draws=64)).to_json()) == json.dumps(
        deal(prepare(read_case(SMALL, "x").case, draws=64)).to_json()
    )


def test_the_table_speaks_of_the_format() -> None:
    for block, rules in COUNTS.items():
        assert issubclass(block, Model)
        assert {pattern.split(".")[0] for pattern in rules} <= set(block.model_fields)


TALKS = """\
world:
  parts:
    talks:
      ladder: {by: a, to: c, steps: [{one: y}], precision: 0.5, stopped: 0.1}
      numbers: {begin: 0.2, idle: 0.3}
      begins: begin
"""


def test_talks_read_what_is_given_to_them() -> None:
    found = [w for w in read_case(SMALL + TALKS, "x.yaml").warnings if "does nothing" in w.message]
    assert [w.path for w in found] == ["world.parts.talks.numbers.idle"]
    assert "neither 'begins' nor 'stops' reads 'idle'" in found[0].message


def test_an_equation_without_some_parts_says_what_it_says_instead() -> None:
    tree = parse_equation(
        "if (a.e ?? 1) > 2 then -(b.x ?? (c.y ?? 3)) else max(1, rage * (before(food.more) ?? 0))"
    )
    assert set(counting(without(tree, {"a", "food"}))) == set()
    assert set(counting(without(tree, {"food"}))) == {"a.e", "b.x", "c.y"}
    assert set(counting(without(tree, {"b", "c"}))) == {"a.e", "rage", "food.more"}
    assert without(tree, ()) == tree


@pytest.mark.parametrize(
    ("equation", "names"),
    [
        ("rage * (0 + 0)", set()),
        ("1 + presses * ((1) - 1)", set()),
        ("rage * 1", {"rage"}),
        ("if 1 > 2 then rage else calm", {"calm"}),
        ("if x > 2 then rage else calm", {"x", "rage", "calm"}),
        ("0 / rage + min(0, 1) * x + max(0, -1) * y", set()),
        ("clamp(3, 0, 1) * x", {"x"}),
        ("if rage > 1 and 1 < 0 then x else y", {"y"}),
        ("if rage > 1 or not 1 < 0 then x else y", {"x"}),
        ("rage / 0 + 1", {"rage"}),
        ("exp(1000) * x + log(0) * y + abs(-1) * z", {"x", "y", "z"}),
        ("t[u] * 0 + t[v]", {"t", "v"}),
    ],
)
def test_what_plain_numbers_leave_of_an_equation(equation: str, names: set[str]) -> None:
    assert set(counting(parse_equation(equation))) == names
