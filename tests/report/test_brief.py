"""The first page, from results made by hand: no two numbers are equal, so that one in another's place is seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from detente.analyses.deal.verdict import Offer, headline, offers, within_reach
from detente.analyses.scale import SCALE, likelihood, one_in, scale
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.provenance import Element
from detente.case.reading import read_case
from detente.document import Block, Chart, Finding, Table
from detente.prospects.chances import Chances, Links
from detente.report.brief import Findings, brief
from tests.report.reading import cells, every

CASE = """\
detente: 1
id: lake
title: The lake
as_of: 2030-01-01
inference: invented
parties:
  north:
    name: The North
    factions: {chief: {name: The chief of the North, short: the chief}, guard: {name: The guard}}
    accepts: {all: [chief, guard]}
  south: {name: South}
  east: {name: East, short: the East}
issues:
  weir: {name: Weir, controlled_by: chief, status_quo: shut, options: {shut: , open: {as_text: open the weir}}}
  toll: {name: Toll, controlled_by: south, status_quo: high, options: {high: , low: {as_text: lower the toll}}}
  nets: {name: Nets, controlled_by: {all: [east, guard]}, status_quo: fine, options: {fine: , wide: {name: Wide mesh}}}
preferences:
  chief: {indifferent: [toll, nets], points: {weir: {shut: 1, open: 0}}}
  guard: {indifferent: [toll, weir], points: {nets: {fine: 1, wide: 0}}}
  south: {indifferent: [weir, nets], points: {toll: {high: 1, low: 0}}}
  east: {indifferent: [weir, toll], points: {nets: {fine: 1, wide: 0}}}
readings:
  chief: {stalls: {name: Plays for time, prior: [0.5, 0.6, 0.7]}, deals: {name: Wants a deal, prior: [0.3, 0.4, 0.5]}, leaves: {name: Wants out, prior: [0.1, 0.2, 0.3]}}
deadlines:
  feast: {name: the feast, on: 2030-03-01, ends_for: [guard, south]}
  late: {name: far off, on: 2031-06-01, ends_for: [south]}
world:
  months: 24
  parts: {storm: {events: {flood: {chance: 0.1}, drought: {chance: 0.1}}}}
  stakes: {chief: {storm.drought: -5}, south: {storm.flood: -4}}
"""
WEIR, TOLL, NETS = {"weir": "open"}, {"toll": "low"}, {"nets": "wide"}


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(CASE, "lake").case


@pytest.fixture(scope="module")
def words(case: Case) -> Words:
    return Words(case)


def chances(*links: float | None, by: Mapping[str, float] | None = None) -> Chances:
    """Acceptable, signed, begun, kept; ``by``: reading of the chief → acceptable."""
    acceptable, signed, begun, kept = [*links, None, None, None][:4]
    under = {r: Links(0.99, v, None, None, None) for r, v in (by or {}).items()}
    return Chances(
        0.99, acceptable or 0.0, signed, begun, kept, 0.011, {"chief": under} if under else {}, None
    )


def track(moves: Mapping[str, str], of: Chances | None, gain: Mapping[str, float], **more: Any) -> Any:
    best = None if of is None else SimpleNamespace(moves=moves, gain=gain)
    given = {
        "id": "t",
        "name": "Main",
        "factions": tuple(gain),
        "needed": tuple(gain),
        "packages": SimpleNamespace(acceptable=7),
        "status_quo": None,
        "solutions": {"most_acceptable": best},
        "chances": of,
    }
    return SimpleNamespace(**{**given, **more})


def result(
    *tracks: Any, swaps: tuple[Any, ...] = (), uncertain: int = 9, computed: tuple[str, ...] = ()
) -> Any:
    named = {f"t{n}": t for n, t in enumerate(tracks)}
    return SimpleNamespace(tracks=named, main=tracks[0], swaps=swaps, uncertain=uncertain, computed=computed)


def swap(moves: Mapping[str, str], of: Chances, gain: Mapping[str, float]) -> Any:
    return SimpleNamespace(moves=moves, chances=of, gain=gain, consent=tuple(gain))


def flip(
    path: str, change: float | None, first_order: float, *, inside: bool = True, switch: bool = False
) -> Any:
    return SimpleNamespace(
        path=path,
        deal_change=change,
        deal_flip_inside=inside,
        switch=switch,
        first_order=first_order,
        told_index=first_order > 0.02,
    )


def flips(*found: Any) -> Any:
    return SimpleNamespace(flips=found)


def event(says: str, share: tuple[float, ...], low: float, high: float, **more: Any) -> Any:
    given = {"says": says, "share": share, "low": low, "high": high, "ends": None, "belief": {}}
    return SimpleNamespace(**{**given, **more})


def gesture(name: str, before: tuple[float, ...], after: tuple[float, ...], *, seen: bool) -> Any:
    readings = ("stalls", "deals", "leaves")
    return SimpleNamespace(
        by="chief",
        name=name,
        seen=seen,
        before=dict(zip(readings, before, strict=True)),
        after=dict(zip(readings, after, strict=True)),
    )


def question(text: str, resolves: str, answers: Mapping[str, float | None], basis: str = "modelled") -> Any:
    return SimpleNamespace(text=text, resolves=resolves, answers=answers, basis=basis)


def ahead(**more: Any) -> Any:
    given: dict[str, Any] = {
        "months": 24,
        "dates": tuple(f"{2030 + m // 12}-{m % 12 + 1:02}-01" for m in range(25)),
        "events": {},
        "gestures": {},
        "questions": {},
        "no_deal": {},
    }
    return SimpleNamespace(**{**given, **more})


def drifts(**of: float) -> dict[str, Any]:
    return {faction: SimpleNamespace(drift=drift) for faction, drift in of.items()}


NUMBERS = [Element(f"n{k}", True, "1", "judgement", "why", "x") for k in range(17)]
NUMBERS += [Element(f"f{k}", True, "1", "fact", "said", "x") for k in range(3)]
NUMBERS += [Element("q", False, "", "fact", "a quotation without a number", "x")]
SPLIT = {"stalls": 0.07, "deals": 0.58, "leaves": 0.73}
MAIN = track({**WEIR, **NETS}, chances(0.36, 0.13, 0.05, 0.02, by=SPLIT), {"chief": 2.0, "guard": -3.0})
SIDE = track(
    TOLL,
    chances(0.44, 0.17, 0.09, 0.03),
    {"south": 4.0, "east": 0.2, "chief": 9.0},
    name="Tolls",
    factions=("south", "east"),
)
SWAP = swap(
    {**WEIR, **TOLL},
    chances(0.71, 0.22, 0.12, 0.04, by={"stalls": 0.67, "deals": 0.74, "leaves": 0.79}),
    {"chief": 1.0, "south": 0.3},
)
WEAK = swap(NETS, chances(0.15, 0.06, 0.03, 0.01), {"guard": -1.0, "east": 2.0})
RICH = result(MAIN, SIDE, swaps=(SWAP, WEAK))


def page(of: Any, words: Words, *, flips: Any = None, outlook: Any = None) -> list[Block]:
    return brief(Findings(of, flips, outlook, NUMBERS), words)


def said(blocks: list[Block]) -> dict[str, Finding]:
    """Question → its answer; the headline under nothing."""
    return {b.asks: b for b in every(blocks) if isinstance(b, Finding)}


def table(blocks: list[Block], caption: str) -> Table:
    (found,) = [b for b in every(blocks) if isinstance(b, Table) and b.caption == caption]
    return found


# --- what could be proposed -----------------------------------------------------------------------------------


def test_offers_are_the_best_of_each_table_and_the_exchanges(words: Words) -> None:
    found = offers(RICH, words)
    assert [(o.name, o.small, o.chances.acceptable) for o in found] == [
        ("Main", False, 0.36),
        ("Tolls", False, 0.44),
        ("Open the weir and lower the toll", True, 0.71),
        ("Settle “Nets” at “Wide mesh”", True, 0.15),
    ]
    assert found[1].gain == {"south": 4.0, "east": 0.2}
    assert within_reach(found) == found[2]
    assert [o.worst for o in found] == [0.07, 0.44, 0.67, 0.15]


def test_the_worst_reading_decides_what_is_within_reach_and_of_equals_the_larger(words: Words) -> None:
    def offer(name: str, acceptable: float, worst: float, moves: Mapping[str, str]) -> Offer:
        return Offer(name, moves, {}, chances(acceptable, by={"stalls": worst}), (), True)

    a, b = offer("a", 0.9, 0.31, WEIR), offer("b", 0.5, 0.42, TOLL)
    assert within_reach([a, b]) == b
    assert within_reach([b, b._replace(name="c", moves={**WEIR, **TOLL})]).name == "c"  # type: ignore[union-attr]
    assert within_reach([]) is None


def test_an_exchange_that_is_the_tables_best_is_said_once(words: Words) -> None:
    one = track(TOLL, chances(0.44), {"south": 1.0, "east": 1.0})
    same, other = (
        swap(TOLL, chances(0.44), {"south": 1.0}),
        swap(TOLL, chances(0.61), {"south": 1.0, "chief": 1.0}),
    )
    assert [o.name for o in offers(result(one, swaps=(same, other)), words)] == [
        "Lower the toll",
        "Lower the toll, between South and the chief alone",
    ]


# --- the headline ---------------------------------------------------------------------------------------------


def test_the_headline_names_what_can_be_had_and_whose_intent_decides_the_rest(words: Words) -> None:
    found = headline(RICH, words)
    assert found.text == (
        "An agreement to open the weir and lower the toll is likely to be acceptable to everybody it needs; at “Main” the "
        "best is about as likely as not to be acceptable, depending on which reading of the chief is true: 7% for “Plays for time”, "
        "73% for “Wants out”."
    )
    assert (found.tone, found.headline) == ("good", True)


def test_what_one_could_do_alone_is_no_agreement_where_there_is_another(words: Words) -> None:
    """The toll is South's; the nets are the East's and the guard's."""
    toll, nets = track(TOLL, chances(0.9), {"south": 0.0}), track(NETS, chances(0.4), {"east": 1.0})
    assert headline(result(toll, nets), words).text.startswith(
        "An agreement to settle “Nets” at “Wide mesh” is about"
    )
    assert headline(result(toll), words).text.startswith("An agreement to lower the toll is very likely")
    said_of = said(page(result(toll, nets), words))["What can be had?"]
    assert "alone" not in said_of.text
    read = track(NETS, chances(0.4, by=SPLIT), {"east": 1.0})
    for others, which in (((toll,), "exchanges that nobody could do alone it is"), ((), "exchanges it is")):
        assert which in said(page(result(read, *others), words))["What can be had?"].because


@pytest.mark.parametrize(
    ("of", "text", "tone"),
    [
        (
            result(track(TOLL, chances(0.45), {"south": 1.0})),
            "An agreement to lower the toll is about as likely as not to be acceptable to everybody it needs.",
            "caution",
        ),
        (
            result(track(TOLL, chances(0.32), {"south": 1.0})),
            "An agreement to lower the toll is unlikely to be acceptable to everybody it needs.",
            "bad",
        ),
        (
            result(track(TOLL, None, {"south": 1.0}), swaps=(WEAK,)),
            "An agreement to settle “Nets” at “Wide mesh” is unlikely to be acceptable to everybody it needs; at the whole table none "
            "ever is.",
            "bad",
        ),
        (
            result(track(TOLL, None, {"south": 1.0})),
            "No agreement that the case allows is acceptable to everybody it needs.",
            "bad",
        ),
        (
            result(track({}, chances(0.8), {"south": 0.0})),
            "No agreement suits everybody it would need more surely than leaving everything as it is.",
            "bad",
        ),
        (
            result(track({**TOLL, **NETS}, chances(1.0), {"south": 1.0}), uncertain=0),
            "There is an agreement that everybody it needs accepts: to lower the toll and settle “Nets” at “Wide mesh”.",
            "good",
        ),
    ],
)
def test_other_headlines(of: Any, text: str, tone: str, words: Words) -> None:
    found = headline(of, words)
    assert (found.text, found.tone) == (text, tone)


# --- the four questions ---------------------------------------------------------------------------------------


def test_is_there_a_deal(words: Words) -> None:
    found = said(page(RICH, words))["Is there a deal?"]
    assert found.text == (
        "About as likely as not (36%): at “Main” the best single package is acceptable to everybody it needs. It is 7% if “Plays for "
        "time” is true of the chief of the North, 58% if “Wants a deal” is, 73% if “Wants out” is. That it is signed as well: 13%."
    )
    assert found.because == "Confidence low: it turns on which reading of the chief is true."
    assert found.tone == "caution"


@pytest.mark.parametrize(
    ("of", "text", "tone"),
    [
        (
            result(track(TOLL, None, {})),
            "Here no package is ever acceptable to everybody whose consent is needed.",
            "bad",
        ),
        (
            result(track(TOLL, chances(1.0), {}), uncertain=0),
            "Yes: here 7 packages are acceptable to everybody whose consent is needed.",
            "good",
        ),
        (
            result(track(TOLL, chances(1.0), {}, packages=SimpleNamespace(acceptable=1)), uncertain=0),
            "Yes: here 1 package is acceptable to everybody whose consent is needed.",
            "good",
        ),
        (
            result(track(TOLL, chances(1.0), {}, packages=SimpleNamespace(acceptable=None)), uncertain=0),
            "Yes: here a package is acceptable to everybody whose consent is needed.",
            "good",
        ),
        (
            result(track({}, chances(0.24), {})),
            "Unlikely (24%, about 1 in 4): here the best single package is acceptable to everybody it needs, and that is to leave "
            "everything as it is.",
            "bad",
        ),
        (
            result(track(TOLL, chances(0.91, by={"stalls": 0.8, "deals": 0.95}), {})),
            "Very likely (91%, about 9 in 10): here the best single package is acceptable to everybody it needs.",
            "good",
        ),
    ],
)
def test_other_answers(of: Any, text: str, tone: str, words: Words) -> None:
    found = said(page(of, words))["Is there a deal?"]
    assert (found.text, found.tone) == (text, tone)


def test_how_sure_that_is(words: Words) -> None:
    plain = result(track(TOLL, chances(0.4), {"south": 1.0}))
    near = flips(
        flip("south.no_deal", 0.5, 0.3),
        flip("east.no_deal", 0.2, 0.1),
        flip("guard.no_deal", 0.1, 0.2, inside=False),
        flip("chief.no_deal", 0.05, 0.2, switch=True),
    )

    def sure(of: Any, found: Any) -> str:
        return said(page(of, words, flips=found))["Is there a deal?"].because

    assert sure(plain, near) == (
        "Confidence low: one judgement, moved inside its own range, turns the answer at best estimates (East, no-deal value)."
    )
    for found, alone in (
        (flips(), "no single judgement turns it"),
        (None, "which judgement turns it is not looked for"),
    ):
        assert sure(plain, found) == (
            f"Confidence medium: {alone}, 85% of the numbers are judgements, and none has been scored."
        )
    certain = result(track(TOLL, chances(1.0), {"south": 1.0}), uncertain=0)
    assert sure(certain, near) == "Confidence as high as in the numbers: the case gives none of them a range."


def test_what_can_be_had(words: Words) -> None:
    found = said(page(RICH, words))["What can be had?"]
    assert found.text == (
        "To open the weir and lower the toll. It needs the chief and South. It is likely to be acceptable to everybody it needs "
        "(71%; 67% under the worst reading); signed 22%, kept to the end 4%."
    )
    assert found.because.endswith("it is acceptable most surely, whichever reading is true.")
    assert found.tone == "good"
    sure = said(page(result(track(TOLL, chances(1.0, 0.42, 0.19, 0.08), {"south": 1.0})), words))[
        "What can be had?"
    ]
    assert sure.text == (
        "To lower the toll. It needs South. South could do it alone. It is virtually certain to be acceptable to everybody it needs (100%); signed 42%, kept "
        "to the end 8%."
    )
    nothing = said(page(result(track(TOLL, None, {})), words))["What can be had?"]
    assert (nothing.text, nothing.tone) == ("Nothing that this case allows.", "bad")


@pytest.mark.parametrize(
    ("needed", "text"),
    [
        (("south", "east", "chief"), "It needs South, the East and the chief."),
        (("east",), "It needs the East, and enough of South and the chief."),
        ((), "It needs enough of South, the East and the chief."),
    ],
)
def test_who_is_needed_and_who_is_one_of_enough(needed: tuple[str, ...], text: str, words: Words) -> None:
    of = track(TOLL, chances(1.0), {"south": 1.0, "east": 1.0, "chief": 1.0}, needed=needed)
    assert (
        said(page(result(of, uncertain=0), words))["What can be had?"].text
        == f"To lower the toll. {text} South could do it alone."
    )


SEEN = [
    gesture("A visit", (0.62, 0.29, 0.09), (0.6, 0.3, 0.1), seen=True),
    gesture("A speech", (0.66, 0.25, 0.09), (0.6, 0.3, 0.1), seen=True),
]
TO_COME = [
    gesture("A draft", (0.6, 0.3, 0.1), (0.5, 0.37, 0.13), seen=False),
    gesture("A date", (0.6, 0.3, 0.1), (0.34, 0.22, 0.44), seen=False),
]


def wants(words: Words, *gestures: Any) -> str:
    found = ahead(gestures={g.name: g for g in gestures})
    return said(page(RICH, words, outlook=found))["Which reading of the chief is true?"].text


def test_what_gestures_tell(words: Words) -> None:
    believed = "What is believed now: “Plays for time” 60%, “Wants a deal” 30%, “Wants out” 10%."
    assert wants(words, *TO_COME, *SEEN) == (
        "The two gestures that have been seen tell little, one by one: the most telling, “A speech”, moved no belief by more than "
        f"6 percentage points. {believed} “A date” would tell most: “Wants out” would go from 10% to 44%."
    )
    assert wants(words, SEEN[0], TO_COME[0]) == (
        f"“A visit” tells little: it moved no belief by more than 2 percentage points. {believed} “A draft” would tell most: “Wants a "
        "deal” would go from 30% to 37%."
    )
    strong = gesture("A boat", (0.75, 0.2, 0.05), (0.6, 0.3, 0.1), seen=True)
    assert wants(words, *SEEN, strong) == (
        f"“A boat” tells most of what has been seen: it moved a belief by 15 percentage points. {believed}"
    )
    weak = gesture("A word", (0.6, 0.3, 0.1), (0.59, 0.31, 0.1), seen=False)
    assert wants(words, weak) == "No gesture that the case knows would tell much."
    assert "What does the chief want?" not in said(page(RICH, words, outlook=ahead()))


def otherwise(words: Words, of: Any, outlook: Any = None) -> Finding:
    return said(page(of, words, outlook=outlook))["What if there is none?"]


def test_no_deal_beside_today_where_it_is_typed(words: Words) -> None:
    """No deal is waiting: for whom it is worth less than the status quo, it costs."""
    here = SimpleNamespace(
        no_deal={"chief": 5.0, "guard": 1.0, "south": 3.0, "east": 2.4},
        utility={"chief": 3.0, "guard": 2.0, "south": 4.1, "east": 2.0},
    )
    of = track(TOLL, chances(0.4), {"chief": 1.0, "guard": 1.0, "south": 1.0, "east": 1.0}, status_quo=here)
    assert otherwise(words, result(of)).text == (
        "Beside how things stand today, no deal costs the guard and South and pays the chief."
    )
    here.no_deal = here.utility
    assert otherwise(words, result(of)).text == (
        "Beside how things stand today, no deal makes little difference to anybody."
    )
    of.status_quo = None
    assert otherwise(words, result(of)).text == "The case says of no deal only what it is worth to each."


def test_what_comes_without_a_deal_is_dated(words: Words) -> None:
    flood = event("the weir breaks", (0.0,) * 12 + (0.04,) * 12 + (0.09,), 0.03, 0.21, ends="lake")
    drought = event("the lake dries up", (0.0,) * 12 + (0.11,) * 12 + (0.17,), 0.08, 0.33, ends="lake")
    other = event("it rains", (0.0,) * 24 + (0.95,), 0.9, 0.99)
    found = ahead(
        events={"storm.flood": flood, "storm.drought": drought, "rain": other},
        no_deal=drifts(chief=0.8, guard=-0.7, south=-0.6, east=0.1),
    )
    got = otherwise(words, RICH, found)
    assert got.text == (
        "Likely (74%) that by 2032‑01‑01 none of the two events that would end the lake has come (85% by 2031‑01‑01). The likeliest "
        "end: the lake dries up (17%, 8% to 33% over the judgements). A year of waiting costs the guard and South and pays the chief."
    )
    assert got.because == "Confidence low: shares of simulated worlds, judged and never scored."
    drought.share = (0.0,) * 12 + (0.21,) * 12 + (0.62,)
    assert otherwise(words, RICH, found).text.startswith(
        "Likely (71%) that by 2032‑01‑01 one of the two events that would end the lake has come (25% by 2031‑01‑01). The likeliest end: the lake dries up (62%,"
    )
    flood.ends = None
    assert otherwise(words, RICH, found).text.startswith(
        "About as likely as not (62%) that by 2032‑01‑01 the event that would end the lake has come (21% by 2031‑01‑01)."
    )
    drought.ends = None
    assert otherwise(words, RICH, found).text.startswith(
        "About as likely as not (62%) that by 2032‑01‑01 the lake dries up, 8% to 33% over the judgements. A year"
    )
    assert otherwise(words, RICH, ahead(no_deal=drifts(chief=0.1))).text == (
        "A year of waiting makes little difference to anybody."
    )


# --- pictures and tables --------------------------------------------------------------------------------------


def test_chances_stand_in_one_picture_what_can_be_had_first(words: Words) -> None:
    (chart,) = [b for b in every(page(RICH, words)) if isinstance(b, Chart)]
    assert chart.table is not None
    assert cells(chart.table) == [
        ["Open the weir and lower the toll", "71%", "22%", "12%", "4%"],
        ["Main", "36%", "13%", "5%", "2%"],
        ["Tolls", "44%", "17%", "9%", "3%"],
        ["Settle “Nets” at “Wide mesh”", "15%", "6%", "3%", "1%"],
    ]
    assert chart.table.columns == ("Package", "Acceptable", "Signed", "Begun", "Kept")
    certain = result(MAIN, uncertain=0)
    assert not [b for b in every(page(certain, words)) if isinstance(b, Chart)]


def test_at_most_five_and_always_what_can_be_had(words: Words) -> None:
    tables = [track(TOLL, chances(0.4 + n / 100), {"south": 1.0}, name=f"T{n}") for n in range(7)]
    (chart,) = [b for b in every(page(result(*tables, swaps=(SWAP,)), words)) if isinstance(b, Chart)]
    assert chart.table is not None
    assert [row[0] for row in cells(chart.table)] == [
        "Open the weir and lower the toll",
        "T0",
        "T1",
        "T2",
        "T3",
    ]


def test_agreements_under_each_reading(words: Words) -> None:
    found = table(page(RICH, words), "Acceptable, by which reading of the chief is true")
    assert found.columns == ("Agreement", "Plays for time (50%)", "Wants a deal (33%)", "Wants out (17%)")
    assert cells(found) == [
        ["Open the weir and lower the toll", "67%", "74%", "79%"],
        ["Main", "7%", "58%", "73%"],
    ]
    close = result(track(TOLL, chances(0.4, by={"stalls": 0.3, "deals": 0.5}), {}))
    assert not [b for b in every(page(close, words)) if isinstance(b, Table) and "wants" in b.caption]


def test_what_each_side_gives_and_gets(words: Words) -> None:
    caption = "Give and get, for what can be had"
    got = table(page(RICH, words), caption)
    assert got.columns == ("Side", "What it has to do", "Beside no deal, in its own eyes")
    assert cells(got) == [
        ["The North", "Open the weir", "Better off"],
        ["South", "Lower the toll", "About even"],
    ]
    of = track({**TOLL, **NETS, **WEIR}, chances(0.4), {"chief": 0.6, "guard": -0.6, "east": -0.4})
    assert cells(table(page(result(of), words), caption)) == [
        [
            "The North",
            "Open the weir and settle “Nets” at “Wide mesh”",
            "Better off: the chief; worse off: the guard",
        ],
        ["South", "Lower the toll", "Is not asked"],
        ["The East", "Settle “Nets” at “Wide mesh”", "About even"],
    ]


def test_where_nobody_is_named_for_an_issue_nothing_is_said_of_who_has_to_do_it() -> None:
    text = re.sub(r"controlled_by: (\{.*?\}|\w+), ", "", CASE)
    free = read_case(text, "lake").case
    got = table(page(RICH, Words(free)), "Give and get, for what can be had")
    assert got.columns == ("Side", "Beside no deal, in its own eyes")
    assert cells(got) == [["The North", "Better off"], ["South", "About even"]]


def test_what_to_watch_is_dated_and_open(words: Words) -> None:
    moved = {"chief": {"stalls": 0.41, "deals": 0.21, "leaves": 0.38}}
    more = {"chief": {"stalls": 0.04, "deals": 0.85, "leaves": 0.11}}
    never = {"chief": {"stalls": 0.0, "deals": 0.0, "leaves": 1.0}}
    found = ahead(
        questions={
            "b": question("Will it rain?", "2030-05-01", {"yes": 0.34, "no": 0.66}),
            "a": question("Will it snow?", "2030-02-01", {"yes": 0.61, "no": 0.39}),
            "sure": question("Will the sun rise?", "2030-02-02", {"yes": 0.95, "no": 0.05}),
            "never": question("Will it not?", "2030-02-03", {"yes": 0.05, "no": 0.95}),
            "three": question("Which?", "2030-02-03", {"x": 0.3, "y": 0.3, "z": 0.4}),
            "typed": question("Whose?", "2030-02-03", {"yes": 0.5, "no": 0.5}, "prior"),
            "far": question("Ever?", "2031-02-03", {"yes": 0.5, "no": 0.5}),
        },
        events={
            "x": event("the gates open", (0.0, 0.5), 0.1, 0.9, belief=moved),
            "y": event("a boat comes", (0.0, 0.5), 0.1, 0.9, belief=more),
            "z": event("the sky falls", (0.0, 0.01), 0.0, 0.1, belief=never),
        },
    )
    assert cells(table(page(RICH, words, outlook=found), "What to watch")) == [
        ["2030‑02‑01", "Will it snow?", "Yes: 61%"],
        ["2030‑03‑01", "The feast", "Nothing counts after it for the guard and South"],
        ["2030‑05‑01", "Will it rain?", "Yes: 34%"],
        ["Any day", "A boat comes", "“Wants a deal” of the chief: from 33% to 85%"],
    ]


def test_where_it_may_be_wrong(words: Words) -> None:
    def wrong(of: Any, found: Any = None, numbers: Any = NUMBERS) -> str:
        *_, last = every(brief(Findings(of, found, None, numbers), words))
        assert isinstance(last, Finding)
        assert last.asks == "Where may this be wrong?"
        return last.text.removesuffix(f" {scale()}")

    known = "The case knows only its own parties, issues and options."
    scored = "has been scored against what came about"
    head = f"17 of 20 numbers are judgements, and none {scored}."
    assert wrong(RICH) == f"{head} {known}"
    near = flips(flip("south.no_deal", 0.5, 0.3), flip("chief.readings.deals.prior", 0.2, 0.1))
    assert wrong(RICH, near) == (
        f"{head} The first answer turns on a single judgement: the chance that “Wants a deal” is true of the chief of the North. {known}"
    )
    far = flips(flip("south.no_deal", None, 0.1, inside=False), flip("east.no_deal", None, 0.3, inside=False))
    assert wrong(RICH, far) == (
        f"{head} What moves the first answer most is one number: East, no-deal value. {known}"
    )
    still = flips(
        flip("south.no_deal", None, 0.0, inside=False), flip("east.no_deal", None, 0.01, inside=False)
    )
    assert wrong(RICH, still) == f"{head} {known}", "what moves nothing is not what moves it most"
    assert "computed from a world of judged mechanisms" in wrong(result(MAIN, computed=("chief",)))
    assert wrong(RICH, numbers=NUMBERS[17:]).startswith(
        f"The numbers are not judgements but facts or inferences, and no answer {scored}."
    )
    assert wrong(RICH, numbers=NUMBERS[:2]).startswith(f"All numbers are judgements, and none {scored}.")
    (*_, last) = every(page(result(MAIN, uncertain=0), words))
    assert isinstance(last, Finding)
    assert "chances of 100" not in last.text


# --- words for chances ----------------------------------------------------------------------------------------


def test_a_word_of_likelihood_begins_where_its_number_does() -> None:
    for (least, word), (_, lower) in pairwise(SCALE):
        assert likelihood(least) == word
        assert likelihood(least - 0.006) == lower
    assert (likelihood(1.0), likelihood(0.0)) == ("virtually certain", "exceptionally unlikely")
    assert likelihood(0.326) == "about as likely as not"  # as printed, 33%
    assert scale() == (
        "Words for chances of 100: virtually certain 99 to 100, very likely 90 to 99, likely 66 to 90, about as likely as not 33 to 66, "
        "unlikely 10 to 33, very unlikely 1 to 10, exceptionally unlikely 0 to 1."
    )


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.33, "about 1 in 3"),
        (0.68, "about 2 in 3"),
        (0.45, ""),
        (0.99, ""),
        (0.0, ""),
        (0.91, "about 9 in 10"),
    ],
)
def test_a_chance_as_people_say_it(share: float, text: str) -> None:
    assert one_in(share) == text
