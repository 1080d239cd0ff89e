"""Small cases with worlds, for tests of the outlook: chances are few and known."""

from __future__ import annotations

from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import outlook
from detente.case.reading import read_case
from detente.draws import Drawn, prepare

__all__ = ["HEAD", "PARTS", "READINGS", "SMALL", "TALKS", "asked", "ready", "solved"]

HEAD = """\
detente: 1
id: small
title: A small world
judgement: made up
as_of: 2021-01-10
parties: {ruler: {}, sender: {}, other: {}}
issues:
  ban: {controlled_by: sender, status_quo: strict, options: {strict: , lifted: }}
  chair: {controlled_by: ruler, status_quo: stays, options: {stays: , goes: }}
  cells: {controlled_by: ruler, status_quo: full, options: {full: , empty: }}
preferences:
  ruler:
    patience: 0.95
    weights: {ban: 40, chair: 45, cells: 15}
    values: {ban: {strict: 0, lifted: 100}, chair: {stays: 100, goes: 0}, cells: {full: 100, empty: 0}}
  sender:
    patience: 0.97
    weights: {ban: 20, chair: 50, cells: 30}
    values: {ban: {strict: 100, lifted: 0}, chair: {stays: 0, goes: 100}, cells: {full: 0, empty: 100}}
  other:
    patience: 0.9
    weights: {chair: 60, cells: 40}
    indifferent: [ban]
    values: {chair: {stays: 0, goes: 100}, cells: {full: 0, empty: 100}}
"""
READINGS = """\
readings:
  ruler:
    stayer: {prior: 0.75, preferences: {values: {chair: {stays: 100, goes: 0}}}}
    leaver: {prior: 0.25, preferences: {weights: {ban: 80, chair: 15, cells: 5}}}
"""
PARTS = """\
world:
  months: 24
  parts:
    leave:
      says: He leaves of himself or is made to.
      numbers: {rate: {range: [0.005, 0.015, 0.03], because: made up}}
      events:
        handed_over: {says: the ruler hands over, chance: rate, ends: office}
        fell: {says: the ruler falls, chance: 0.02 * weather.bad, ends: office}
        gone: {says: the office is lost, when: handed_over or fell, once: true}
    weather:
      says: It is sometimes bad.
      levels: {bad: {says: how bad the weather is, start: 0.5, next: "clamp(bad + 0.1 * shock, 0, 1)", unit: share}}
    vote:
      says: Everybody votes once.
      calendars: {days: [2021-06-20]}
      events:
        won: {says: the vote is won, on: days, chance: 0.25, one_of: turns}
        lost: {says: the vote is lost, on: days, chance: 0.75, one_of: turns}
    trade:
      says: The ban is lifted some day.
      events: {eased: {says: the ban is lifted, chance: 0.05, once: true}}
  moves: {ban: {lifted: trade.eased}, chair: {goes: leave.gone}}
  stakes: {ruler: {leave.fell: -20}, other: {vote.won: 10, weather.bad: -4}}
"""
SMALL = HEAD + PARTS
TALKS = """\
    talks:
      says: Both take steps by turns.
      ladder:
        by: ruler
        to: sender
        steps: [{cells: empty}, {ban: lifted}, {chair: goes}]
        precision: {range: [0.1, 0.2, 0.4], because: made up}
        blame: {ruler: 1, sender: 2}
        able: 0.8
        stopped: 0.05
        obstinate: stayer
      begins: 0.3
      on: true
"""


def ready(text: str, *, draws: int = 64, seed: int = 3) -> Drawn:
    return prepare(read_case(text, "small.yaml").case, draws=draws, seed=seed)


def solved(text: str, *, draws: int = 64, seed: int = 3, per: int = 64, **how: object) -> OutlookResult:
    return outlook(ready(text, draws=draws, seed=seed), per=per, **how)  # type: ignore[arg-type]


def asked(**answers: str) -> str:
    """Questions: what is answered by each name, in flow style."""
    lines = [
        f"  {name}: {{text: x, resolves: 2030-12-31, basis: modelled, answers: {{{answer}}}}}\n"
        for name, answer in answers.items()
    ]
    return "questions:\n" + "".join(lines)
