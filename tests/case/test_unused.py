"""What does nothing is told of, and only that: against the answers, number by number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import pytest
from detente.case.needs import NEEDS
from detente.case.parts import PARTS
from pydantic import BaseModel

from detente.analyses.deal import deal, prepare
from detente.analyses.outlook.solve import outlook
from detente.analyses.roadmap.solve import roadmap
from detente.analyses.stability.solve import stability
from detente.case.base import Model, Range
from detente.case.model import Case
from detente.case.reading import read_case
from detente.case.starter import starter
from detente.case.unused import COUNTS, idle
from detente.case.world import Event, Variable, World
from detente.case.yamltext import parse
from detente.errors import CaseError, DetenteError

Path = tuple[str | int, ...]

FULL = """\
detente: 1
id: full
title: Everything
judgement: made up so that every part of the format is there
as_of: 2021-01-01
parties: {ruler: {factions: {boss: , clan: }, delivers: 0.8}, sender: {delivers: 0.9}, rival: }
issues:
  ban: {controlled_by: sender, status_quo: strict, options: {strict: , eased: , lifted: }, verify: 3, undo: 1}
  names: {controlled_by: sender, status_quo: listed, options: {listed: , some: }}
  chair: {controlled_by: ruler, status_quo: stays, options: {stays: , goes: }, reversible: false}
  gift: {controlled_by: ruler, status_quo: kept, options: {kept: , given: }, verify: 2, undo: 2}
  food: {controlled_by: ruler, status_quo: shut, options: {shut: , wide: }}
  rank: {controlled_by: outside, status_quo: some, options: {many: , some: , none: }, chances: {many: 0.2, some: 0.5, none: 0.3}}
preferences:
  boss:
    patience: 0.9
    no_deal: {status_quo: -3}
    weights: {ban: 30, names: 10, chair: 20, gift: 20, food: 10, rank: 10}
    values:
      ban: {strict: 0, eased: 40, lifted: 100}
      names: {listed: 0, some: 100}
      chair: {stays: 100, goes: 0}
      gift: {kept: 100, given: 0}
      food: {shut: 100, wide: 0}
      rank: {many: 0, some: 50, none: 100}
    together: [{when: {ban: eased, gift: given}, add: 2}]
    red_lines: [{chair: goes, ban: strict}]
    firm: [{package: {food: wide}, holds: 0.4}]
  clan:
    patience: 0.92
    no_deal: {status_quo: -2}
    weights: {ban: 40, names: 30, gift: 30}
    values: {ban: {strict: 0, eased: 50, lifted: 100}, names: {listed: 0, some: 100}, gift: {kept: 100, given: 0}}
    indifferent: [chair, food, rank]
  sender:
    patience: 0.8
    no_deal: {status_quo: -4}
    weights: {ban: 20, names: 10, chair: 30, gift: 30, food: 10}
    values:
      ban: {strict: 100, eased: 70, lifted: 0}
      names: {listed: 100, some: 0}
      chair: {stays: 0, goes: 100}
      gift: {kept: 0, given: 100}
      food: {shut: 0, wide: 100}
    indifferent: [rank]
  rival:
    patience: 0.85
    no_deal: {status_quo: -4}
    weights: {chair: 50, gift: 30, food: 20}
    values: {chair: {stays: 0, goes: 100}, gift: {kept: 0, given: 100}, food: {shut: 0, wide: 100}}
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
  money:
    {revenue: 0.6, pull: 0.2, spread: 0.05, loss: [0.6, 0.4, 0.1], evasion: 0.1, evasion_pace: 0.1, evasion_ceiling: 0.5, rents: 0.2,
    depletion: 0.1}
  price: {now: 0.8, pull: 0.1, spread: 0.1}
  output: {unit: kb/d, now: 500, reach: 1500, pace: 0.1, spread: 20}
  fiefs: {now: 0.2, grow: 0.1, ceiling: 0.6, yields: 0.4, wrecks: 0.2}
  hunger: {now: 0.3, pace: 0.2, need: 0.6, feeds: 0.4, relief: 0.2, opens: 0.05, rage: 0.5}
  sender: {issue: ban, steps: [strict, eased, lifted], ease: 0.05, ease_in_talks: 0.05, last: 0.5, yields: 0.5, take_back: 0.05}
  home: {elections: [2021-11-01], turns: 0.5, resists: 0.5, reverses: 0.1, presses: 0.5, threatens: 2}
  lists: {issue: names, steps: [listed, some], ease: 0.02, follows: 0.1, weighs: 0.2, traps: 0.1}
  funds: {agree: 0.05, agree_in_talks: 0.05, pay: 0.2, relieves: 0.2}
  accountability: {opens: 0.05, traps: 0.1, deters: 0.5}
  loyalty: {now: 0.6, outside_offer: 0.4, scale: 0.2, pace: 0.2, spread: 0.05, members: {one: 3, two: 2, three: 1.8}}
  survival: {peak: 0.1, threshold: 0.4, scale: 0.2}
  recognition:
    {now: 19, all: 40, drop: 0.03, cascade: 0.05, bloc: 2, lapse: [2021-09-01], extend: 0.5, kept: 0.4, kept_extended: 0.7,
    promises: 0.2, issue: rank, bands: [many, some, none]}
  support: {now: 0.4, floor: 0.1, decay: 0.05, spread: 0.05, gain: 0.1}
  split: {now: 0.4, begins: 0.05, heals: 0.05, cost: 0.2, tempts: 0.2}
  authority: {seats: 1, of: 5, wins: 0.1, loses: 0.05, access: 0.3, majority: 0.4}
  polls: {on: [2022-06-01], fairness: 0.4, base: 0.4, scale: 0.2, held: 0.8, ballot: 0.6, early: 0.05}
  regional:
    {on: [2021-10-01], joins: 0.7, joins_split: 0.3, observed: 0.5, fairness: 0.5, watch: 0.2, base: 0.4, scale: 0.2, spread: 0.1,
    gain: 0.1, turnout: 0.4, lift: 0.2, turnout_spread: 0.05}
  exit: {rate: 0.01, push: 0.05, trigger: 0.5, scale: 0.2}
  force: {rate: 0.01}
  talks:
    begin: 0.2
    mediated: 0.1
    stop: 0.05
    spoilt: 0.05
    trust: 0.5
    trust_scale: 0.3
    retract: 0.05
    ladder:
      {by: boss, to: sender, steps: [{gift: given}], precision: 0.5, blame_by: 5, blame_to: 5, obstinate: {boss: stalls}}
  means: {access_opened: {food: wide}}
  office: {issue: chair, options: {collapsed: goes, voted_out: goes}, stakes: {boss: {collapsed: -10}, sender: {removed: -5}}}
  under: {boss: {stalls: {exit.rate: 0.001}}}
gestures: {nod: {by: boss, cost: 1, likelihood: {stalls: 0.3, deals: 0.6}}}
policies: {soft: {changes: {sender.ease: 0.2}}}
questions:
  poor: {text: How much?, resolves: 2022-01-01, basis: modelled, answers: {little: {variable: income, high: 0.5, at: 2022-01-01}, much: rest}}
  guess: {text: Is it?, resolves: 2022-01-01, basis: prior, answers: {so: 0.3, other: rest}}
"""

MOVES = {"ban": "lifted", "gift": "given"}


def answers(text: str, *, only: str = "") -> Iterator[str]:
    """What the commands say of a case, as JSON; ``only`` the outlook, where asked."""
    case = read_case(text, "x.yaml").case
    ready = prepare(case, draws=64)
    asked: list[Callable[[], Any]] = [lambda: outlook(ready, per=64)]
    if not only:
        asked += [lambda: deal(ready), lambda: roadmap(ready, MOVES, counted_on=tuple(case.guarantees))]
        asked.append(lambda: stability(case, ready))
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
                ((*path, k), getattr(value, k))
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


def matters(text: str, path: Path, before: list[str], *, only: str = "") -> bool | None:
    """Whether a number changes an answer; None where no other is allowed."""
    others = list(otherwise(text, path))
    if not others:
        return None
    return any(a != b for other in others for a, b in zip(before, answers(other, only=only), strict=True))


def told(text: str) -> set[Path]:
    """Every place that is told of, also those that one message joins."""
    case = read_case(text, "x.yaml").case
    return {path for path, _ in idle(case)}


def covered(path: Path, by: set[Path]) -> bool:
    return any(path[:n] in by for n in range(len(path) + 1))


@pytest.mark.parametrize(("text", "every"), [(FULL, 9), (starter(), 3)], ids=["everything", "the starter"])
def test_every_number_that_is_not_told_of_changes_an_answer(text: str, every: int) -> None:
    case = read_case(text, "x.yaml").case
    by, before = told(text), list(answers(text))
    places = [path for path in typed(case) if not covered(path, by)]
    assert [path for path in places[::every] if matters(text, path, before) is False] == []


WITHOUT = {
    "loyalty": {
        "money.rents": False,
        "fiefs.yields": True,
        "lists.weighs": True,
        "accountability.traps": True,
    },
    "hunger": {"funds.relieves": True, "money.rents": False},
    "force": {"home.threatens": True},
    "survival": {"hunger.rage": True},
    "price": {"home.presses": True},
    "support": {"polls.ballot": False},
}
"""A part left out → numbers, and whether they are told of then."""


def lacking(part: str) -> str:
    """Everything but one part of the world."""
    document = parse(FULL, "x.yaml").value
    del document["world"][part]
    if part == "survival":
        document["world"]["office"]["options"] = {"voted_out": "goes"}
        document["world"]["office"]["stakes"] = {"boss": {"voted_out": -10}}
    if part == "hunger":
        del document["world"]["means"]
    return json.dumps(document)


@pytest.mark.parametrize("part", WITHOUT)
def test_what_is_told_of_changes_nothing(part: str) -> None:
    text = lacking(part)
    by, before = told(text), list(answers(text, only="outlook"))
    for number, is_told in WITHOUT[part].items():
        path: Path = ("world", *number.split("."))
        assert covered(path, by) is is_told, number
        assert matters(text, path, before, only="outlook") is not is_told, number


SMALL = """\
detente: 1
id: small
title: Small
judgement: made up
as_of: 2021-01-01
parties: {a: , b: {factions: {c: , d: }}, m: {role: mediator}}
issues:
  one: {controlled_by: a, status_quo: x, options: {x: , y: }}
  two: {controlled_by: b, status_quo: x, options: {x: , y: }}
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
        ([], "steps: {temptation: 1}\n", None, ""),
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
        ([("m: {role: mediator}", "m: {role: mediator, accepts: m}")], "", "parties.m.accepts", "mediator"),
        ([("{a: , b", "{a: {accepts: a}, b")], "", "parties.a.accepts", "a party with 'factions'"),
        ([], "bodies: {house: {members: {u: U, v: V, w: W}, votes: {all: [u, v]}}}\n", "bodies.house.members.w", "no vote under 'votes'"),
        ([], "world: {polls: {on: [2030-01-01], fairness: 0.5, base: 0.5, scale: 1}}\n", "world.polls.on.0", "the world ends on 2026-01-01"),
        ([], "world: {exit: {rate: 0.9}, under: {a: {u: {exit.rate: 0.1}, v: {exit.rate: 0.2}}}}\n" + READ.format("", ""), "world.exit.rate", "gives its own 'exit.rate'"),
        ([], "world: {hunger: {now: 0.3, pace: 0.1, need: 0.4, feeds: 0.1, relief: 0.1, opens: 0.1, rage: 0.2}}\npolicies: {p: {changes: {hunger.rage: 1}}}\n", "world.hunger.rage", "it counts with a part 'survival' (so too, 1 more: policies.p.changes.hunger.rage)"),
        ([], "world: {home: {elections: [2022-01-01], turns: 0.5, resists: 0.1, reverses: 0.1, presses: 1, threatens: 1}}\n", "world.home", "a part 'sender' or a part 'force' or a question about 'turned'"),
        ([], "world: {force: {rate: 0.1}, office: {stakes: {a: {voted_out: 3}}}}\n", "world.office.stakes.a.voted_out", "without a part 'polls'"),
    ],
)  # fmt: skip
def test_what_does_nothing_is_told_of(
    changes: list[tuple[str, str]], add: str, place: str | None, says: str
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
    assert [path for path, _ in found] == [place]
    assert says in found[0][1]


def test_a_mediators_wishes_change_nothing() -> None:
    asked = (
        SMALL
        + "  m: {patience: 0.9, weights: {one: 1}, values: {one: {x: 0, y: 100}}, indifferent: [two, three]}\n"
    )
    assert json.dumps(deal(prepare(read_case(asked, "x").case, draws=64)).to_json()) == json.dumps(
        deal(prepare(read_case(SMALL, "x").case, draws=64)).to_json()
    )


def test_the_tables_speak_of_the_format() -> None:
    parts = {part: getattr(World.model_fields[part].annotation, "__args__", (None,))[0] for part in PARTS}
    for path, ways in NEEDS.items():
        part, _, key = path.partition(".")
        assert not key or key in parts[part].model_fields
        for name in (name for way in ways for name in way.split("+")):
            where, _, what = name.partition(".")
            if where == "asked":
                assert what in (*get_args(Event), *get_args(Variable))
            else:
                assert not what or what.split(".")[0] in parts[where].model_fields
    for block, rules in COUNTS.items():
        assert issubclass(block, Model)
        assert {pattern.split(".")[0] for pattern in rules} <= set(block.model_fields)
