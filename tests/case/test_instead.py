"""What somebody types who has read the documentation once: each mistake gets one message that says what to write."""

from __future__ import annotations

import pytest

from tests.case.small import advice, complaints

STRIKE = """\
detente: 1
id: strike
title: A strike at the mill
as_of: 2024-03-01
judgement: my own estimates
parties: {union: , employer: }
issues:
  wages: {controlled_by: employer, status_quo: frozen, options: {frozen: , three: {name: Three per cent}}, touches_office: false}
  work: {controlled_by: union, status_quo: strike, was: back, undo: 30, options: {strike: , back: {name: Back to work}}}
preferences:
  union: {patience: 0.9, weights: {wages: 70, work: 30}, values: {wages: {frozen: 0, three: 100}, work: {strike: 0, back: 100}}}
  employer: {patience: 0.95, weights: {wages: 50, work: 50}, values: {wages: {frozen: 100, three: 0}, work: {strike: 0, back: 100}}}
world:
  months: 12
  parts:
    fight:
      says: The fund pays for the strike until it is empty.
      numbers:
        fund_now: {range: [3, 5, 8], unit: kEUR}
        pays: {range: [0.5, 0.8, 1.2], unit: kEUR}
        yields: 0.1
      levels:
        fund: {says: the strike fund, start: fund_now, next: "max(0, fund - pays)", unit: kEUR}
      events:
        over: {says: the strike ends without a result, chance: if fund <= 0 then 1 else 0, ends: strike}
        raised: {says: the employer raises wages, chance: yields, ends: strike}
  moves:
    work: {back: [fight.over, fight.raised]}
    wages: {three: fight.raised}
  stakes:
    union: {fight.over: -20}
policies:
  help: {name: Help from outside, changes: {fight.pays: pays * 0.5}}
questions:
  over: {text: Over?, resolves: 2024-12-01, basis: modelled, answers: {yes: {that: happened(fight.over), at: 2024-12-01}, no: rest}}
"""
CHANCE = "chance: yields"
CONDITION = "{that: happened(fight.over), at: 2024-12-01}"


def test_the_case_itself_is_right() -> None:
    assert complaints(STRIKE) == []
    assert advice(STRIKE) == []


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        # A condition where a chance is shared.
        ("chance: if fund <= 0 then 1 else 0", "when: fund <= 0", "write 'chance: if fund <= 0 then 1 else 0' in the place of 'when'"),
        (CHANCE, "once: true, on: days", "write 'chance: if .. then 1 else 0'"),
        # Shapes.
        (CHANCE, "on: 2024-06-01", "found '2024-06-01'; 'on' names a calendar: write 'calendars: {days: [2024-06-01]}' in the part, and 'on: days'"),
        (CHANCE, "on: vote, chance: yields", "there is no calendar 'vote' in this part: give it one, 'calendars: {vote: [2024-06-01]}'"),
        ("      levels:", "      calendars: {vote: 2024-06-01}\n      levels:", "write '[2024-06-01]'"),
        (CHANCE, "probability: yields", "did you mean 'chance'?"),
        ("{says: the employer raises wages, chance: yields, ends: strike}", "0.1", "write '{chance: 0.1}'"),
        ("wages: {three: fight.raised}", "wages: fight.raised", "write '{OPTION: fight.raised}'"),
        ("wages: {three: fight.raised}", "wages: {fight.raised: three}", "the option comes first: write 'three: fight.raised'"),
        ("union: {fight.over: -20}", "union: -20", "write '{PART.EVENT: -20}'"),
        ('{says: the strike fund, start: fund_now, next: "max(0, fund - pays)", unit: kEUR}', "fund - pays", "write '{start: .., next: fund - pays, unit: ..}'"),
        ("start: fund_now", "value: fund_now", "did you mean 'start'?"),
        ("yields: 0.1", "yields: pays / 10", "what is worked out stands under 'values': 'yields: pays / 10'"),
        (CONDITION, "happened(fight.over)", "a condition of the world is written '{that: happened(fight.over), at: DATE}'"),
        (CONDITION, CONDITION.replace(", at:", ", by:"), "unknown key 'by'; did you mean 'at'?"),
        ("basis: modelled, ", "", "add 'basis: modelled', or 'prior'"),
        ("    fight:\n", "    price:\n    fight:\n", "'detente parts price' says which numbers it is given"),
        ("    fight:\n", "    price: {pull: 0.1, spread: 0.1, events: {e: {chance: 0.1}}}\n    fight:\n", "write levels, values and events of your own in a part of another name"),
        ("    fight:\n", "    price: {pul: 0.1, spread: 0.1}\n    fight:\n", "'price' has no number 'pul'; did you mean 'pull'?"),
        ("    fight:\n", "    other: 3\n    fight:\n", "a part of your own has 'levels', 'values' or 'events'"),
        ('next: "max(0, fund - pays)", unit: kEUR', 'next: "max(0, fund - pays)", unit: ', "a unit was expected, as words: share, points"),
        ('next: "max(0, fund - pays)", unit: kEUR', 'next: "max(0, fund - pays)", unit: 1000', "a unit was expected, as words"),
        ("{range: [0.5, 0.8, 1.2], unit: kEUR}", "{range: [0.5, 0.8, 1.2], unit: [kEUR]}", "a unit was expected, as words"),
        # Names without their part.
        ("union: {fight.over: -20}", "union: {over: -20}", "did you mean 'fight.over'?"),
        ("happened(fight.over)", "happened(over)", "there is nothing called 'over'; did you mean 'fight.over'?"),
        ("{fight.pays: pays * 0.5}", "{pays: pays * 0.5}", "did you mean 'fight.pays'?"),
        # The wrong block of a policy.
        ("{fight.pays: pays * 0.5}", "{fight.fund: 3}", "'fight.fund' is no number but worked out: write 'holds'"),
        ("{fight.pays: pays * 0.5}", "{fight.over: 0}", "'fight.over' is an event: change a number in its chance"),
        ("{fight.pays: pays * 0.5}", "{wages: three}", "'wages' is an issue: write it under 'settles'"),
        ("changes: {fight.pays: pays * 0.5}", "holds: {fight.pays: 0.5}", "'fight.pays' is a number: write it under 'changes'"),
        # Functions and names of elsewhere.
        ('"max(0, fund - pays)"', '"previous(fund) - pays"', "write 'before(x)' for last month's x"),
        ('"max(0, fund - pays)"', '"fund(t - 1) - pays"', "last month's 'fund' is 'before(fund)'"),
        (CHANCE, "chance: random()", "write 'chance(p)' for what is true with chance p, or 'shock'"),
        (CHANCE, "chance: 'pow(yields, 2)'", "write a product, x * x"),
        (CHANCE, "chance: if date > 3 then 0.1 else 0", "what happens on dates has a calendar"),
        (CHANCE, "chance: if month > 3 then 0.1 else 0", "count months by a level, '{start: 0, next: month + 1, unit: months}'"),
    ],
)  # fmt: skip
def test_one_message_says_what_to_write(was: str, now: str, says: str) -> None:
    assert STRIKE.count(was) == 1, was
    told = complaints(STRIKE.replace(was, now))
    assert told, "it is refused"
    assert says in told[0]
    assert len(told) == 1 or all(says in one for one in told), told


def test_a_level_that_never_has_a_value() -> None:
    (told,) = [w for w in advice(STRIKE.replace("start: fund_now, ", "")) if "never has" in w]
    assert "'fight.fund' never has a value: it has no 'start'" in told
    later = STRIKE.replace("start: fund_now, ", "").replace(
        '"max(0, fund - pays)"', "if raised then pays else fund"
    )
    assert [w for w in advice(later.replace("yields, ends: strike", "yields")) if "never has" in w] == []


def test_an_event_in_the_month_of_the_question_alone() -> None:
    (told,) = advice(
        STRIKE.replace("that: happened(fight.over)", "that: fight.over and not happened(fight.raised)")
    )
    assert "'happened(fight.over)' has been true ever since" in told
    assert (
        advice(STRIKE.replace("that: happened(fight.over)", "that: (months_since(fight.over) ?? 9) < 3"))
        == []
    )


def test_an_event_without_words_is_told_of_by_no_answer() -> None:
    extra = "        raised: {says:"
    silent = STRIKE.replace(extra, "        vote: {chance: 0.1, once: true}\n" + extra).replace(
        "fight.over: -20", "fight.vote: -20"
    )
    (told,) = advice(silent)
    assert "no answer tells of 'vote': give an event 'says'" in told
    assert advice(silent.replace("{chance: 0.1", "{says: there is a vote, chance: 0.1")) == []
