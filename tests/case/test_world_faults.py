"""A world that is spoilt in one place: one message, at that place, that says what to do."""

from __future__ import annotations

import re

import pytest

from detente.case.reading import read_case
from detente.catalogue import path
from detente.errors import CaseError

WHOLE = path("stockpile").read_text(encoding="utf-8")
RATE = "rate: {range: [0.02, 0.06, 0.15], because"
CHANCE = "chance: rate * alarm"
WHEN = "when: kg >= enough, once: true"
MOVES = "inspection: {barred: strike.struck}"
CHANGES = 'changes: {strike.rate: "rate / 4"}'
ASKED = "{yes: {that: happened(stock.crossed), at: 2024-08-10}, no: rest}"


@pytest.mark.parametrize(
    ("was", "now", "at", "says"),
    [
        # Names.
        (WHEN, "when: kg >= enuf, once: true", "enuf", "did you mean 'enough'?"),
        (CHANCE, "chance: rate * stok.kg", "stok", "there is no part 'stok'; did you mean 'stock'?"),
        (CHANCE, "chance: rate * stock.kgs", "stock.kgs", "has nothing called 'kgs'; did you mean 'kg'?"),
        (CHANCE, "chance: rat * alarm", "rat ", "did you mean 'rate'?"),
        (WHEN, "whenn: kg >= enough, once: true", "whenn", "unknown key 'whenn'; did you mean 'when'?"),
        ("      levels:\n        kg:", "      level:\n        kg:", "level:", "did you mean 'levels'?"),
        (MOVES, "inspection: {bared: strike.struck}", "strike.struck}", "did you mean 'barred'?"),
        (MOVES, "inspection: {barred: strike.struk}", "strike.struk", "did you mean 'strike.struck'?"),
        (MOVES, "inspektion: {barred: strike.struck}", "{barred", "did you mean 'inspection'?"),
        ("iran: {strike.struck:", "iran: {strike.struk:", "{range: [-50", "did you mean 'strike.struck'?"),
        ("    iran: {strike.struck:", "    irn: {strike.struck:", "{strike", "did you mean 'iran'?"),
        (CHANGES, 'changes: {strike.rat: "rate / 4"}', '"rate / 4', "did you mean 'strike.rate'?"),
        (CHANGES, 'changes: {strike.rate: "rat / 4"}', "rat /", "did you mean 'rate'?"),
        ("          barred: {range: [0.05", "          bared: {range: [0.05", "sees[insp", "'barred' is missing"),
        ("reported: {says: inspectors report the stock as it is, on: meetings", "reported: {on: meeting", "meeting,", "did you mean 'meetings'?"),
        # Words of the language, and names that mean something else.
        (RATE, "then: 0.3\n        rate: {range: [0.02, 0.06, 0.15], because", "0.3", "a word of the language"),
        (RATE, "sanctions: 0.3\n        rate: {range: [0.02, 0.06, 0.15], because", "0.3", "an issue of the case"),
        ("    watch:\n", "    chance: {values: {x: 1}}\n    watch:\n", "{values", "a word of the language"),
        # Numbers and units.
        (RATE, "rate: {range: [2, 6, 15], because", "{range: [2,", "for 15% write 0.15"),
        (RATE, "rate: {range: 6%, because", "{range: 6%", "write 0.06 for a chance"),
        (CHANCE, "chance: 6% * alarm", "% *", "0.5 for 50%"),
        (CHANCE, "chance: 6", "6, once", "for 6% write 0.06"),
        (CHANCE, "chance: rate * watch.known", "* watch", "measured in share, and is in kg"),
        (CHANGES, "changes: {strike.rate: 25}", "25}", "for 25% write 0.25"),
        ("start: stock.now, next: if reported then stock.kg else known, unit: kg", "start: stock.now, next: if reported then stock.kg else known", "{says: the stock as", "'unit' is missing"),
        ("start: now\n          next", "start: now * shock\n          next", "shock", "a beginning is certain"),
        ("range: 126, unit: kg", "range: 126, unit: kg per bomb", "kg per", "a unit is words joined by"),
        ("range: 126, unit: kg", "range: 1e12, unit: kg", "{range: 1e12", "between -1e+09 and 1e+09"),
        ("/ stock.enough - 1", "/ (stock.enough - 126) - 1", "/ (stock", "divides by 0 whatever the draw"),
        # Dates.
        ("2022-09-15", "15 September 2022", "15 Sept", "a date was expected, written 2021-06-03"),
        ("2022-09-15", "2022-09-31", "2022-09-31", "a date was expected"),
        ("at: 2024-08-10}, no: rest}\n  struck", "at: 2034-08-10}, no: rest}\n  struck", "2034", "runs from 2022-08-10 to 2025-08-10"),
        # Conditions, circles, causes.
        (WHEN, "when: kg, once: true", "kg, once", "a condition was expected, found a number"),
        (WHEN, "when: kg >= enough, chance: 0.1", "{says: the stock is", "a 'chance' or a 'when', not both"),
        (WHEN, "once: true", "{says: the stock is", "needs a 'chance', a 'when' or a calendar"),
        ("before(watch.known)", "watch.known", "says: At the", "'before(..)' takes last month's"),
        (ASKED, "{yes: {that: stock.kg, at: 2024-08-10}, no: rest}", "stock.kg, at", "a condition was expected"),
        (ASKED, "{yes: {that: happened(stock.kg), at: 2024-08-10}, no: rest}", "happened(stock.kg)", "only events happen"),
        (ASKED, "{yes: {that: happened(stock.crossed)}, no: rest}", "{that", "'at' is missing"),
        # An equation with a comma inside { }.
        (WHEN, "when: max(kg, 1, 2) >= enough, once: true", "max(kg", "cut off at its ','"),
        ("    watch:\n", "    other: {values: {a: min(1, 2)}}\n    watch:\n", "min(1", "cut off at its ','"),
        # A text with a comma inside { }.
        ("126, unit: kg, because:", "126, unit: kg, says: A bomb, or about one, because:", "A bomb", "a text with a ',' stands in quotes"),
        ("range: 126, unit: kg", "range: 126, unti: kg", "unti:", "did you mean 'unit'? Allowed here: range, because, fact, source, inference, judgement, says, unit"),
        # The wrong kind of thing.
        ("    watch:\n", "    other: hello\n    watch:\n", "hello", "a block of keys ('key: value') was expected"),
        (MOVES, "inspection: strike.struck", "strike.struck", "a block of keys"),
        (MOVES, "inspection: {by: stock.kg, barred: 126, partial: 126}", "{by", "stand at the same value, 126"),
        (MOVES, "inspection: {by: stock.kg, barred: 126}", "{by", "at least two of its options"),
        (MOVES, "inspection: {by: stock.kg, barred: high, full: 0}", "high,", "a number was expected"),
        (CHANCE, "chance: [rate]", "[rate]", "an equation was expected, as text or a plain number"),
        ("  months: 36", "  months: 0", "0", "at least 1"),
        (CHANCE, "chance: " + "rate + " * 200 + "0", "", "at most 1,000 characters"),
        (CHANCE, "chance: " + "1-" * 200 + "1", "1-1-", "give parts of it names of their own"),
        (CHANCE, "chance: " + "(" * 60 + "1" + ")" * 60, "((((((((((((((((((((((((((((1", "levels inside one another"),
    ],
)  # fmt: skip
def test_one_fault_at_its_place(was: str, now: str, at: str, says: str) -> None:
    one_fault(WHOLE, was, now, at, says)


def one_fault(whole: str, was: str, now: str, at: str, says: str) -> None:
    """With ``now`` in the place of ``was`` a file has one fault, which begins at ``at`` and says ``says``."""
    assert whole.count(was) == 1
    text = whole.replace(was, now)
    with pytest.raises(CaseError) as caught:
        read_case(text, "spoilt.yaml")
    (told,) = str(caught.value).splitlines()
    assert says in told
    place = re.match(r"spoilt\.yaml:(\d+):(\d+): ", told)
    assert place, told
    line, column = int(place[1]), int(place[2])
    offset = sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + column - 1
    assert at in text[max(0, offset - 2) : offset + 40], (told, text[offset : offset + 40])


TALKING = """\
detente: 1
id: talking
title: Talking
judgement: made up
as_of: 2021-01-01
parties: {a: , c: }
issues:
  one: {controlled_by: a, status_quo: n, options: {n: , y: }}
  two: {controlled_by: c, status_quo: n, options: {n: , y: }}
preferences:
  a: {points: {one: {n: 5, y: 0}, two: {n: 0, y: 9}}, no_deal: {status_quo: 0}, patience: 0.9}
  c: {points: {one: {n: 0, y: 9}, two: {n: 5, y: 0}}, no_deal: {status_quo: 0}, patience: 0.9}
readings:
  a:
    hard: {prior: 0.5, preferences: {}}
    soft: {prior: 0.5, preferences: {points: {one: {n: 3, y: 0}, two: {n: 0, y: 9}}}}
world:
  parts:
    gossip: {levels: {loud: {start: 0, next: loud, unit: share}}, events: {leaked: {chance: 0.1}}}
    talks:
      ladder:
        {by: a, to: c, steps: [{one: y}, {two: y}], precision: 0.5, stopped: 0.1, seen: {gossip.leaked: {hard: 0.5, soft: 0.1}}}
      numbers: {begin: 0.2}
      begins: begin / 2
      stops: begin * 0.5
"""
SEEN = "seen: {gossip.leaked:"


@pytest.mark.parametrize(
    ("was", "now", "at", "says"),
    [
        ("begin / 2", "begn / 2", "begn", "did you mean 'begin'?"),
        ("begin / 2", "begin / ", "", "found the end of the equation"),
        ("begin / 2", "0.1) + (0.2", ") + (", "this ')' closes nothing"),
        ("begin / 2", "begin > 0", "> 0", "a number was expected, found a condition"),
        ("begin / 2", "7", "7", "for 7% write 0.07"),
        ("begin * 0.5", "before(gossip.lowd)", "gossip.lowd", "did you mean 'loud'?"),
        ("begin * 0.5", "1 / 0", "/ 0", "divides by 0 whatever the draw"),
        (SEEN, "seen: {gossip.leakd:", "{hard", "did you mean 'leaked'?"),
        (SEEN, "seen: {gossip.loud:", "{hard", "a condition was expected, found a number"),
        (SEEN, "seen: {gossip.loud > 1:", "{hard", "the name of an event was expected, 'part.event'"),
        ("{begin: 0.2}", "{begin: 0.2, able: 0.3}", "0.3", "'able' means something else at talks already"),
        ("{begin: 0.2}", "{begin: 0.2, due: 0.3}", "0.3", "'due' means something else at talks already"),
    ],
)
def test_faults_of_talks_are_told_where_they_are_typed(was: str, now: str, at: str, says: str) -> None:
    read_case(TALKING, "talking.yaml")
    one_fault(TALKING, was, now, at, says)


def test_what_never_happens_at_talks_is_told_where_it_is_typed() -> None:
    still = TALKING.replace("begin / 2", "0 * begin").replace(" * 0.5\n", " * 0\n")
    told = [w.path for w in read_case(still, "talking.yaml").warnings if "never happens" in w.message]
    assert {"world.parts.talks.begins", "world.parts.talks.stops"} <= set(told)
    assert not [path for path in told if ".events" in path]


GIVEN = (
    TALKING[: TALKING.index("    talks:")]
    + """\
    talks: {levels: {trust: {start: 0.5, next: trust, unit: share}}}
    sender:
      {pressure: two, stage: {n: 0, y: 1}, ease: 0.05, unasked: 0.3, trusted: 0.5, broadens: 0.1, narrow: 0.3, last: 0.5,
      take_back: 0.02, struck: 0.2, term: 6, renews: 0.8}
"""
)


@pytest.mark.parametrize(
    ("was", "now", "at", "says"),
    [
        ("stage: {n: 0, y: 1}", "stage: {n: 0, z: 1}", "{n: 0, z", "'stage' must have a number for each option of 'two': 'y' is"),
        ("stage: {n: 0, y: 1}", "stage: {n: 0, y: 1, z: 2}", "{n: 0, y", "'z' is none of its options"),
        ("{trust: {start: 0.5, next: trust,", "{faith: {start: 0.5, next: faith,", "{pressure", "its 'willing' has no sense with what is given"),
    ],
)  # fmt: skip
def test_faults_of_bundled_parts_are_told_where_something_is_given(
    was: str, now: str, at: str, says: str
) -> None:
    read_case(GIVEN, "given.yaml")
    one_fault(GIVEN, was, now, at, says)


def test_what_never_happens_in_a_bundled_part_is_told_at_the_part() -> None:
    still = GIVEN.replace("broadens: 0.1", "broadens: 0")
    told = [w for w in read_case(still, "given.yaml").warnings if "never happens" in w.message]
    assert [w.path for w in told if "sender.broadened" in w.message] == ["world.parts.sender"]
