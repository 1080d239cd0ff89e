"""What the deal analysis says, on results made by hand whose numbers all differ: a swap of two would show."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.agreement import Gate, all_of
from detente.analyses.deal.answer import answer
from detente.analyses.deal.consent import consent, whose
from detente.analyses.deal.document import document, sections
from detente.analyses.deal.result import (
    Blocker,
    Consent,
    DealResult,
    Hinge,
    NearestMiss,
    Packages,
    Power,
    Solution,
    StatusQuo,
    Swap,
    TrackResult,
)
from detente.analyses.deal.uncertainty import error_of_share
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.reading import load_case
from detente.document import Cell, Document, Finding, Paragraph, Section, Table
from detente.draws import REPLICATES
from detente.prospects.chances import Chances, Links

ROOT = Path(__file__).parents[2]
WHO = ("premier", "navy", "tolland")
MOVES = {"ferries": "daily", "fishermen": "six"}
EXCHANGES = ("Exchanges, the surest first", "What each exchange is worth to whom")
CHAIN = Chances(
    open=0.71,
    acceptable=0.45,
    signed=0.16,
    begun=0.08,
    kept=0.05,
    acceptable_error=0.017,
    by_reading={
        "navy": {
            "holding_out": Links(0.74, 0.48, 0.18, 0.1, 0.07),
            "admiral": Links(0.67, 0.37, 0.12, 0.06, 0.03),
        }
    },
    unsaid=None,
)
LINKS = CHAIN.by_reading["navy"]["admiral"]
SWAP = replace(
    CHAIN,
    open=0.66,
    acceptable=0.61,
    signed=0.21,
    begun=0.14,
    kept=0.11,
    acceptable_error=0.02,
    by_reading={},
)


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(ROOT / "docs" / "tutorial" / "strait.yaml").case


def solution(**changes: Any) -> Solution:
    made = Solution(
        package={**MOVES, "patrols": "as_now"},
        moves=MOVES,
        utility={"premier": 96.0, "navy": 87.5, "tolland": 17.5},
        gain={"premier": 56.0, "navy": 2.5, "tolland": -2.5},
        gain_range={"premier": (41.0, 55.0, 71.0), "navy": (-6.0, 2.0, 9.0), "tolland": (-11.0, -2.0, 5.0)},
        acceptance=0.44,
        acceptance_error=0.019,
        acceptance_by_faction={"premier": 0.97, "navy": 0.72, "tolland": 0.61},
        acceptance_by_reading={"navy": {"holding_out": 0.49, "admiral": 0.38}},
        acceptance_by_reading_error={"navy": {"holding_out": 0.02, "admiral": 0.03}},
        dependence_bounds=(0.3, 0.62),
        accepts=("premier", "navy"),
        blocks=("tolland",),
        rule="most_acceptable",
        proven=True,
        winning_set=WHO,
        value=0.44,
        bound=0.44,
        scale_free=True,
    )
    return replace(made, **changes)


def track(**changes: Any) -> TrackResult:
    even = dict.fromkeys(WHO, 1 / 3)
    made = TrackResult(
        id="table",
        name="The table",
        factions=WHO,
        issues=("ferries", "fishermen", "patrols"),
        stuck={},
        consent=Consent(WHO, (1, 1, 1), 3),
        needed=WHO,
        winning_sets=1,
        packages=Packages(27, 0, None, 0.7, 0.008, 0.44, 0.019),
        status_quo=StatusQuo(
            alone={},
            package={"ferries": "suspended", "fishermen": "held", "patrols": "as_now"},
            utility={"premier": 40.0, "navy": 85.0, "tolland": 20.0},
            no_deal={"premier": 30.0, "navy": 85.0, "tolland": 16.0},
            accepts=WHO,
            acceptance_by_faction={"premier": 1.0, "navy": 0.5, "tolland": 0.9},
        ),
        frontier=(),
        frontier_size=0,
        frontier_why=None,
        solutions={"most_acceptable": solution()},
        chances=CHAIN,
        menu=None,
        blockers=(
            Blocker(("tolland",), True, 0.24, 0.03, 0.05),
            Blocker(("navy",), False, 0.03, 0.009, 0.02),
            Blocker(("premier",), False, 0.01, 0.004, 0.01),
        ),
        blockers_draws=256,
        blockers_closed=0.3,
        blockers_size=3,
        nearest_miss=NearestMiss(
            package={**MOVES, "patrols": "as_now"},
            moves=MOVES,
            utility={"premier": 96.0, "navy": 87.5, "tolland": 17.5},
            shortfall={"tolland": 2.5},
            total=2.5,
            proven=True,
            lines=(),
        ),
        power=Power(even, even, even),
        grid=dict.fromkeys(WHO, 0.01),
        notes=(),
    )
    return replace(made, **changes)


def swap(moves: dict[str, str], gain: dict[str, float]) -> Swap:
    return Swap(moves, WHO, gain, SWAP, {"tolland": 2.0}, 2.0, Hinge("tolland", 0.66, 0.61, {}))


def result(*tracks: TrackResult, **changes: Any) -> DealResult:
    made = DealResult(
        case="strait",
        title="No ferries this summer?",
        as_of="2026-05-12",
        seed=0,
        draws=1024,
        widen=1.0,
        replicates=8,
        tracks={t.id: t for t in tracks or (track(),)},
        swaps=(),
        swaps_considered=0,
        swaps_holding=0,
        swaps_left_out=None,
        uncertain=17,
        readings={"navy": "holding_out"},
        computed=(),
        bodies={},
        record={"rounds": 2, "agreements": 0},
    )
    return replace(made, **changes)


def said(blocks: Any) -> str:
    """Everything that the blocks say, for looking for words."""
    found = []
    for b in blocks:
        if isinstance(b, Finding):
            found += [b.text, b.because, b.limit]
        elif isinstance(b, Paragraph):
            found.append(b.text)
        elif isinstance(b, Table):
            found += [b.caption, b.note, *b.columns]
            found += [c.text if isinstance(c, Cell) else c for row in b.rows for c in row]
        elif isinstance(b, (Section, Document)):
            found += [b.title, said(b.blocks)]
        else:
            found += [b.caption, b.alt, said([b.table])]
    return "\n".join(found)


def table_of(found: DealResult, case: Case, caption: str) -> Table:
    blocks = [b for s in sections(found, case) for b in s.blocks]
    return next(b for b in blocks if isinstance(b, Table) and b.caption == caption)


def row_of(table: Table, name: str) -> list[str]:
    rows = [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows]
    return next(row for row in rows if row[0] == name)


def test_the_headline_gives_the_shares_by_reading_and_the_zone(case: Case) -> None:
    finding = answer(track(), result(), Words(case))
    assert finding.text == (
        "At best estimates there is no deal: none of 27 packages is acceptable to everyone whose consent it needs. "
        "Over the range of the judgements the best single package is acceptable in 44% of draws (± 1.9 percentage points, "
        "Monte Carlo): 49% if “holding out for a price” is true of Orsa's navy, 38% if “the admiral's last stand” is. "
        "Some package is acceptable in 70%."
    )
    assert "Hardest to win for that package: Tolland, who accepts it in 61% of draws." in finding.because


def test_the_readings_in_the_headline_are_those_that_part_it_most(case: Case) -> None:
    shares = {"navy": {"holding_out": 0.49, "admiral": 0.38}, "premier": {"x": 0.5, "y": 0.45}}
    assert list(Words(case).told_apart(shares)) == ["navy"]
    assert Words(case).told_apart({}) == {}


def test_less_than_a_point_is_a_near_miss(case: Case) -> None:
    miss = track().nearest_miss
    assert miss is not None
    near = track(nearest_miss=replace(miss, shortfall={"tolland": 0.2, "navy": 0.8}))
    text = answer(near, result(near), Words(case)).text
    assert "there is no deal, but a near miss: none of 27 packages" in text
    assert "the nearest falls short for Tolland by 0.2 points and Orsa's navy by 0.8 points." in text
    far = track(nearest_miss=replace(miss, shortfall={"tolland": 0.2, "navy": 1.0}))
    assert "near miss" not in answer(far, result(far), Words(case)).text


def test_who_loses_without_a_deal_and_who_can_wait(case: Case) -> None:
    def told(utility: dict[str, float], no_deal: dict[str, float], *computed: str) -> str:
        start = track().status_quo
        assert start is not None
        at = track(status_quo=replace(start, utility=utility, no_deal=no_deal))
        return answer(at, replace(result(at), computed=computed), Words(case)).because

    now = {"premier": 40.0, "navy": 85.0, "tolland": 20.0}
    because = told(now, {"premier": 30.0, "navy": 85.0, "tolland": 16.0})
    assert "Lose at best estimates if nothing is signed: Orsa's premier and Tolland." in because
    assert "Can wait: Orsa's navy (if “holding out for a price” is true)." in because
    because = told(now, {"premier": 41.0, "navy": 80.0, "tolland": 20.0})
    assert "Loses at best estimates if nothing is signed: Orsa's navy (if" in because
    assert "Can wait: Orsa's premier and Tolland." in because
    assert "Can wait: nobody." in told(now, {"premier": 1.0, "navy": 2.0, "tolland": 3.0})
    assert "Nobody here loses at best estimates if nothing is signed: all can wait." in told(now, now)
    # A computed value is that of the world going on, so it says nothing of who can wait.
    assert "Of Orsa's premier nobody loses" in told(now, now, "navy", "tolland")
    because = told(now, now, *now)
    assert "can wait" not in because
    assert "Who loses if nothing is signed is computed: the outlook says it." in because


def test_the_record_carries_the_caveat_of_the_case(case: Case) -> None:
    record = case.record
    assert record is not None
    bare = Words(case).record({"rounds": 1, "agreements": 0})
    assert bare == "The record: 1 earlier round, 0 agreements."
    doubted = case.model_copy(update={"record": record.model_copy(update={"inference": "it is not sure"})})
    assert Words(doubted).record({"rounds": 2, "agreements": 1}) == (
        "The record: 2 earlier rounds, 1 agreement. It is not sure."
    )
    assert Words(case).record(None) == ""


SURE = Chances(1.0, 1.0, 0.25, None, None, 0.0, {}, "the case gives no spread of temptations")


def test_a_case_without_ranges_speaks_of_no_draws(case: Case) -> None:
    sure = solution(acceptance=1.0, acceptance_error=0.0, acceptance_by_reading={}, blocks=())
    at = track(
        packages=Packages(27, 3, None, 1.0, 0.0, 1.0, 0.0),
        solutions={"most_acceptable": sure},
        nearest_miss=None,
        chances=SURE,
        blockers=(),
    )
    swap = Swap(MOVES, WHO, {"premier": 3.0, "tolland": 4.0}, SURE, {}, 0.0, Hinge("tolland", 1.0, 1.0, {}))
    found = result(at, uncertain=0, readings={}, swaps=(swap,), swaps_considered=2)
    case = case.model_copy(update={"readings": {}})
    text = said([document(found, case)])
    assert not re.search(r"±|draws?\b|Monte Carlo|judged|calibrated|in 50|at best estimates [0-9]", text)
    finding = answer(at, found, Words(case))
    assert finding.tone == "good"
    assert finding.text.startswith(
        "3 of 27 packages are acceptable to everyone whose consent they need, and every"
    )
    assert "draws" not in document(found, case).facts


@pytest.mark.parametrize(("uncertain", "agreed", "tied"), [(0, 3, True), (0, 1, False), (17, 3, False)])
def test_where_nothing_is_drawn_the_most_acceptable_is_one_of_several(
    uncertain: int, agreed: int, tied: bool, case: Case
) -> None:
    at = track(packages=Packages(27, agreed, None, 1.0, 0.0, 1.0, 0.0))
    note = table_of(result(at, uncertain=uncertain), case, "Packages side by side").note
    said = "“most acceptable” is one of the 3 that are acceptable, and none is more so."
    assert (said in note) == tied


def test_only_what_is_certain_is_good(case: Case) -> None:
    for share, tone in ((0.04, "bad"), (0.44, "caution"), (0.999, "caution"), (1.0, "good")):
        at = track(solutions={"most_acceptable": solution(acceptance=share)})
        assert answer(at, result(at), Words(case)).tone == tone


def test_whose_consent_is_needed_follows_the_tree(case: Case) -> None:
    words = Words(case)
    five = Consent(("navy", Consent(WHO, (1, 1, 1), 2)), (1, 1), 2)
    assert whose(five, words) == ("Orsa's navy and any two of Orsa's premier, Orsa's navy and Tolland")
    nested = Consent((Consent(("premier", "navy"), (1, 1), 2), "tolland", "navy"), (1, 1, 1), 3)
    assert whose(nested, words) == "Orsa's premier, Orsa's navy and Tolland"
    either = Consent((Consent(("premier", "navy"), (1, 1), 2), "tolland"), (1, 1), 1)
    assert whose(either, words) == "any one of (Orsa's premier and Orsa's navy) and Tolland"
    votes = Consent(WHO, (3, 2, 1), 4)
    assert (
        whose(votes, words)
        == "at least 4 of the votes of Orsa's premier (3), Orsa's navy (2) and Tolland (1)"
    )
    equal = Consent(WHO, (2, 2, 2), 3)
    assert whose(equal, words) == "any two of Orsa's premier, Orsa's navy and Tolland"


def test_a_tree_over_positions_becomes_one_over_names() -> None:
    names = ("a", "b", "c", "d")
    made = consent(Gate((0, all_of(3, 2)), (5, 3), 7), names)
    assert made == Consent(("a", Consent(("d", "c"), (1, 1), 2)), (5, 3), 7)
    assert made.given({"a", "c", "d"})
    assert not made.given({"a", "b", "d"})
    assert consent(1, names) == Consent(("b",), (1,), 1)


def test_nobody_blocks_what_is_agreed_without_him(case: Case) -> None:
    blocked = "Blocked at best estimates by"
    all_three = table_of(result(), case, "Packages side by side")
    assert row_of(all_three, blocked) == [blocked, "–", "Tolland"]
    two = track(consent=Consent(WHO, (1, 1, 1), 2))
    enough = table_of(result(two), case, "Packages side by side")
    assert row_of(enough, blocked)[2] == "nobody; Tolland would refuse, and need not be asked"


def test_the_columns_of_the_packages_are_not_swapped(case: Case) -> None:
    table = table_of(result(), case, "Packages side by side")
    assert row_of(table, "Gain over no deal: Orsa's premier")[1:] == ["+10.0", "+56.0 (+41.0 to +71.0)"]
    assert row_of(table, "Gain over no deal: Tolland")[1:] == ["+4.0", "−2.5 (−11.0 to +5.0)"]
    assert row_of(table, "Acceptable to all it needs")[2] == "44% ± 1.9"
    assert row_of(table, "… if judgements were tied together")[2] == "30% to 62%"
    assert row_of(table, "… if “the admiral's last stand” is true of Orsa's navy")[2] == "38%"


def test_who_stands_between_is_told_of_the_draws_without_a_deal(case: Case) -> None:
    table = table_of(result(), case, "Who stands between the parties and a deal")
    assert [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows] == [
        ["Tolland", "yes", "80% ± 5.0", "24% ± 3.0"],
        ["Orsa's navy", "no", "10% ± 2.0", "3% ± 0.9"],
    ]
    assert all(c.tone != "bad" for row in table.rows for c in row if isinstance(c, Cell))
    assert "256 draws, of which 30% are without a deal" in table.note
    assert "1 further set stands in the way in under 5% of the draws without a deal." in table.note


def test_the_error_of_a_share_of_the_draws_without_a_deal_is_that_of_a_ratio() -> None:
    draws = np.arange(REPLICATES * 32)
    closed = draws % 3 == 0
    assert error_of_share(closed, closed) == pytest.approx(0, abs=1e-15)
    assert error_of_share(closed & False, closed) == error_of_share(closed, closed & False) == 0
    rng = np.random.default_rng(1)
    often = [(rng.random(draws.size) < 0.5, rng.random(draws.size) < 0.4) for _ in range(400)]
    spread = np.std([(of & hit).sum() / of.sum() for of, hit in often])
    told = np.mean([error_of_share(of & hit, of) for of, hit in often])
    assert told == pytest.approx(spread, rel=0.1)


def test_swaps_say_where_their_list_ends(case: Case) -> None:
    def note(count: int) -> str:
        some = tuple(swap({"patrols": "halved"}, {}) for _ in range(count))
        return table_of(
            result(swaps=some, swaps_considered=count + 9), case, "Exchanges, the surest first"
        ).note

    assert note(11).endswith("An exchange that contains one above it is not listed.")
    assert note(12).endswith("is not listed, nor is any after these 12.")


def test_swaps_have_a_column_for_readings_only_where_there_are_any(case: Case) -> None:
    plain = swap(MOVES, {"premier": 3.0, "tolland": -4.0})
    only = result(swaps=(plain,), swaps_considered=7)
    table, worth = (table_of(only, case, c) for c in EXCHANGES)
    assert list(table.columns) == [
        "Exchange", "Acceptable", "Given up*", "Hangs on, and how often that accepts",
    ]  # fmt: skip
    name = "Settle “Tolland's ferries” at “daily service” and “The fishermen” at “six of them home”"
    assert list(table.rows[0]) == [name, "61%", "2.0", "Tolland, 66%"]
    assert "Monte Carlo error of “acceptable”: up to ± 2.0 percentage points." in table.note
    assert list(worth.columns) == ["Exchange", "Gain over no deal at best estimates"]
    assert list(worth.rows[0]) == [name, "Orsa's premier +3.0; Tolland −4.0"]
    assert (table.fold, worth.fold) == (False, True)
    rivals = {
        "navy": {"holding_out": replace(LINKS, acceptable=0.7), "admiral": replace(LINKS, acceptable=0.5)}
    }
    read = replace(plain, chances=replace(SWAP, by_reading=rivals))
    both = result(swaps=(read, plain), swaps_considered=7)
    table, worth = (table_of(both, case, c) for c in EXCHANGES)
    assert table.columns[2] == "Under the worst reading"
    assert [row[-1] for row in worth.rows] == [
        "70% if “holding out for a price” is true of Orsa's navy, 50% if “the admiral's last stand” is",
        "–",
    ]


def test_each_package_has_its_chain(case: Case) -> None:
    """Of every table its most acceptable package, of the swaps the first five."""
    more = [
        replace(
            swap({"patrols": "halved", "ferries": ("freight", "daily")[n % 2]}, {}),
            chances=replace(SWAP, open=None, kept=None, unsaid="it is not said"),
        )
        for n in range(5)
    ]
    swaps = (swap(MOVES, {"premier": 3.0}), *more)
    other = track(id="other", name="The other table", chances=replace(CHAIN, acceptable=0.43))
    none = track(id="third", name="The third table", chances=None)
    found = result(track(), other, none, swaps=swaps, swaps_considered=7)
    table = table_of(found, case, "Chances, each at most the one before it")
    assert list(table.columns) == ["Package", "Open", "Acceptable", "Signed", "Begun", "Kept"]
    assert [list(row) for row in table.rows][:4] == [
        ["The table", "71%", "45%", "16%", "8%", "5%"],
        ["The other table", "71%", "43%", "16%", "8%", "5%"],
        [
            "Swap: settle “Tolland's ferries” at “daily service” and “The fishermen” at “six of them home”",
            "66%",
            "61%",
            "21%",
            "14%",
            "11%",
        ],
        [
            "Swap: settle “Orsa's patrol boats” at “halved” and “Tolland's ferries” at “freight only”",
            "–",
            "61%",
            "21%",
            "14%",
            "–",
        ],
    ]
    assert len(table.rows) == 7
    assert "open: some package is acceptable to everybody" in table.note.lower()
    assert "the Monte Carlo error of “acceptable” is up to ± 2.0 percentage points" in table.note
    assert "A dash (" in table.note
    assert table.note.endswith(": it is not said.")
    rivals = table_of(found, case, "Acceptable, by what is true of Orsa's navy")
    assert [list(row) for row in rivals.rows] == [
        ["The table", "48%", "37%"],
        ["The other table", "48%", "37%"],
    ]


def test_the_chain_is_told_where_something_is_drawn_or_judged(case: Case) -> None:
    def told(**changes: Any) -> bool:
        found = result(track(chances=replace(SURE, **changes)), uncertain=0)
        return "chances" in [s.id for s in sections(found, case)]

    assert told()
    assert not told(signed=None)
    assert not any(s.id == "chances" for s in sections(result(track(chances=None)), case))


@pytest.mark.parametrize(
    ("considered", "start"),
    [
        (1, "The only small exchange that touches nobody's hold on office is not acceptable to those"),
        (5, "None of 5 small exchanges that touch nobody's hold on office is acceptable to those"),
    ],
)
def test_no_swap_is_said_in_the_right_number(case: Case, considered: int, start: str) -> None:
    (swaps,) = [s for s in sections(result(swaps_considered=considered), case) if s.id == "swaps"]
    (finding,) = [b for b in swaps.blocks if isinstance(b, Finding)]
    assert finding.text.startswith(start)
    assert "'touches_office'" in finding.limit


def test_numbers_of_the_case_are_called_by_their_names(case: Case) -> None:
    words = Words(case)
    assert words.judgement("navy.readings.admiral.firm.0.holds") == (
        "Orsa's navy (if “the admiral's last stand” is true): "
        "chance that the firm line on “The fishermen: all of them home” holds"
    )
    assert words.judgement("navy.readings.admiral.prior") == (
        "Chance that “the admiral's last stand” is true of Orsa's navy"
    )
    assert words.place("parties.orsa.factions.navy") == "Orsa, Orsa's navy"
    assert words.place("issues.fishermen.options.six") == "The fishermen, six of them home"
    assert words.place("preferences.tolland.values.ferries.freight") == (
        "Tolland, values, Tolland's ferries, freight only"
    )
    assert words.place("moves_with.0.correlation") == "moves with, no. 1, correlation"


def test_the_zone_in_numbers(case: Case) -> None:
    packages = Packages(27, 5, None, 0.7, 0.008, 0.44, 0.019)
    table = table_of(result(track(packages=packages, frontier_size=3)), case, "The zone in numbers")
    assert [[c.text if isinstance(c, Cell) else c for c in row] for row in table.rows] == [
        ["Possible packages", "27", "the status quo among them; exact"],
        ["Agreed at best estimates", "5", "exact count"],
        ["Best single package is acceptable", "44%", "of 1,024 fresh draws, ± 1.9 percentage points"],
        [
            "Some package is acceptable (zone)",
            "70%",
            "of the same draws, ± 0.8 percentage points; grows with the number of issues, and is not the chance of signature",
        ],
        ["Packages on the frontier", "3", "at best estimates; exact on the grid"],
    ]


def test_a_loss_is_bad_and_a_gain_is_good(case: Case) -> None:
    table = table_of(result(), case, "Packages side by side")
    tones = {row[0]: [c.tone for c in row[1:] if isinstance(c, Cell)] for row in table.rows}
    assert tones["Gain over no deal: Orsa's premier"] == ["good", "good"]
    assert tones["Gain over no deal: Orsa's navy"] == ["plain", "good"]
    assert tones["Gain over no deal: Tolland"] == ["good", "bad"]
    broken = track(solutions={"most_acceptable": solution(blocks=("premier",))})
    table = table_of(result(broken), case, "Packages side by side")
    (cell,) = [c for row in table.rows for c in row if isinstance(c, Cell) and "line broken" in c.text]
    assert cell == Cell("+56.0 (+41.0 to +71.0) · line broken", "bad")


def test_power_and_the_frontier_stand_in_their_columns(case: Case) -> None:
    power = Power(
        banzhaf={"premier": 0.5, "navy": 0.3, "tolland": 0.2},
        shapley_shubik={"premier": 0.6, "navy": 0.25, "tolland": 0.15},
        banzhaf_absolute={},
    )
    table = table_of(result(track(power=power)), case, "Power to decide, from the agreement tree alone")
    assert table.columns == ("Faction", "Banzhaf", "Shapley–Shubik")
    assert [list(row) for row in table.rows] == [
        ["Orsa's premier", "50.0%", "60.0%"],
        ["Orsa's navy", "30.0%", "25.0%"],
        ["Tolland", "20.0%", "15.0%"],
    ]
    often = solution(
        acceptance=0.61, moves={"ferries": "freight"}, gain={"premier": 1.0, "navy": 2.0, "tolland": 3.0}
    )
    table = table_of(
        result(track(frontier=(solution(), often), frontier_size=2)),
        case,
        "The frontier: no package is better for one without being worse for another",
    )
    assert table.columns == ("Package", "Acceptable", "Orsa's premier", "Orsa's navy", "Tolland")
    assert [list(row)[1:] for row in table.rows] == [
        ["61%", "+1.0", "+2.0", "+3.0"],
        ["44%", "+56.0", "+2.5", "−2.5"],
    ]


def test_on_one_screen_each_has_its_own_gain_and_share_and_the_likeliest_obstacle_is_named(
    case: Case,
) -> None:
    often = (Blocker(("navy",), False, 0.03, 0.009, 0.02), Blocker(("tolland",), True, 0.24, 0.03, 0.05))
    short = document(result(track(blockers=often)), case).short
    (sides,) = [b for b in short if isinstance(b, Table) and b.columns[0] == "Who"]
    assert [[c.text if isinstance(c, Cell) else c for c in row] for row in sides.rows] == [
        ["Orsa's premier", "+56.0 (+41.0 to +71.0)", "97%"],
        ["Orsa's navy", "+2.5 (−6.0 to +9.0)", "72%"],
        ["Tolland", "−2.5 (−11.0 to +5.0)", "61%"],
    ]
    assert "In 80% of the draws without a deal the consent of Tolland would open the zone." in said(short)
    assert isinstance(short[0], Finding)
    assert short[0] == document(result(track(blockers=often)), case).blocks[0]
