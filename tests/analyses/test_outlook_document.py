"""What the outlook says, on a result made by hand whose numbers all differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detente.analyses.outlook.answer import answer, findings_of_talks, how, none_of, ripe, time
from detente.analyses.outlook.document import behind, document, sections
from detente.analyses.outlook.result import (
    Fan,
    GestureResult,
    Happens,
    Influence,
    LevelPath,
    Move,
    OutlookResult,
    PathValue,
    PolicyResult,
    QuestionResult,
    TalksResult,
)
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.reading import read_case
from detente.document import Cell, Chart, Finding, Paragraph, Table
from tests.analyses.outlook_cases import HEAD, PARTS, READINGS, TALKS

MONTHS = 24
DATES = tuple(f"{2021 + (m + 0) // 12}-{m % 12 + 1:02d}-10" for m in range(MONTHS + 1))
NAMES = (
    ("parties: {ruler: {}, sender: {}, other: {}}", "parties: {ruler: {name: The Ruler}, sender: {name: The Sender}, other: {name: The Other}}"),
    ("  ban: {", "  ban: {name: The ban, "),
    ("{strict: , lifted: }", "{strict: {name: as it is}, lifted: {name: lifted for good}}"),
    ("  cells: {", "  cells: {name: The cells, "),
    ("stayer: {prior", "stayer: {name: Stays, prior"),
    ("leaver: {prior", "leaver: {name: Leaves, prior"),
)  # fmt: skip


@pytest.fixture(scope="module")
def case() -> Case:
    text = HEAD + READINGS + PARTS.replace("  moves:", TALKS + "  moves:")
    for old, new in NAMES:
        assert old in text
        text = text.replace(old, new)
    return read_case(text, "small.yaml").case


def path(year: float, end: float) -> tuple[float, ...]:
    """A share that has one value after a year and another in the end."""
    return (0.0, *(year * m / 12 for m in range(1, 13)), *([year] * (MONTHS - 13)), end)


def event(says: str, year: float, end: float, spare: float, **changes: Any) -> Happens:
    made = Happens(
        says=says,
        ends=None,
        share=path(year, end),
        error=spare / 100,
        low=end - 0.061,
        high=end + 0.083,
        under={},
        belief={},
    )
    return replace(made, **changes)


def belief(stayer: float | None, leaver: float | None) -> dict[str, dict[str, float | None]]:
    return {"ruler": {"stayer": stayer, "leaver": leaver}}


def value(n: int, typed: float | None, drift: float) -> PathValue:
    return PathValue(
        going_on=41.3 + n,
        alone=2.4 - n,
        no_deal=43.7 + n,
        negotiating=1.6 * n - 0.8,
        negotiating_error=0.2,
        expected=45.9 + n,
        error=0.1,
        low=37.9 + n,
        high=48.2 + n,
        typed=typed,
        status_quo=52.4 + n,
        drift=drift,
        later=tuple(40.0 + n for _ in range(MONTHS + 1)),
        used=typed is None,
    )


def influence(*values: float, off: float = 0.0, **events: float) -> Influence:
    names = ("ruler", "sender", "other")
    return Influence(
        value=dict(zip(names, values, strict=True)),
        value_error=dict.fromkeys(names, off),
        events={n.replace("__", "."): v for n, v in events.items()},
        issues={},
    )


def gesture(name: str, ratio: float | None, **changes: Any) -> GestureResult:
    made = GestureResult("ruler", name, "2021-01-02", 3.4, {"stayer": 0.81, "leaver": 0.19}, {"stayer": 0.72, "leaver": 0.28}, ratio, True)  # fmt: skip
    return replace(made, **changes)


def question(
    text: str, basis: str, answers: dict[str, float | None], note: str | None = None
) -> QuestionResult:
    return QuestionResult(text, "2022-09-08", basis, answers, dict.fromkeys(answers), note)


def fan(unit: str, scale: float, counts: bool = True) -> LevelPath:
    lines = [tuple(scale * (f + m / 100) for m in range(MONTHS + 1)) for f in (0.11, 0.22, 0.33, 0.44, 0.55)]
    return LevelPath(f"level of {unit}", unit, counts, Fan(*lines))


TALK = TalksResult(
    by="ruler",
    to="sender",
    moves=(
        Move("ruler", {"cells": "empty"}, {"stayer": 0.12, "leaver": 0.34}, -15.2, 0.0, 0.67),
        Move("sender", {"ban": "lifted"}, {"stayer": 0.08, "leaver": 0.14}, 2.6, 0.27, 0.23),
    ),
    wanted={"ruler": (0, 1, 2, 3), "sender": (2, 3, 4)},
    ripe=(2, 3),
)


def result(**changes: Any) -> OutlookResult:
    made = OutlookResult(
        case="small",
        title="A small world",
        as_of="2021-01-10",
        seed=7,
        draws=64,
        widen=1.0,
        worlds=4096,
        months=MONTHS,
        dates=DATES,
        parts={"leave": "He leaves.", "bad_weather": "It rains."},
        without=("old_vote",),
        events={
            "leave.handed_over": event("the ruler hands over", 0.06, 0.13, 0.71, ends="office", belief=belief(0.31, 0.69)),
            "leave.fell": event("the ruler falls", 0.19, 0.24, 1.32, ends="office", belief=belief(0.744, 0.256)),
            "trade.eased": event("the ban is lifted", 0.37, 0.58, 0.0, belief=belief(0.86, 0.14)),
            "talks.began": event("talks begin", 0.91, 0.97, 0.11),
            "talks.broken": event("a side walks out", 0.15, 0.29, 0.12),
            "talks.completed": event("all is done", 0.02, 0.07, 0.13),
        },
        issues={"ban": {"strict": tuple(1 - v for v in path(0.37, 0.58)), "lifted": path(0.37, 0.58)}},
        levels={"weather.bad": fan("share", 1), "stock.kg": fan("kg", 35), "stock.people": fan("people", 9000, False)},
        kept=4,
        judgement_share={"office": 0.42},
        no_deal={"ruler": value(0, 47.2, -1.84), "sender": value(1, None, 2.26), "other": value(2, 30.5, 0.04)},
        compared=8,
        structure={
            "bad_weather": influence(0.5, -0.7, 0.1, off=0.12, leave__fell=-0.033, trade__eased=0.021),
            "leave": influence(3.1, 0.2, -6.3, off=0.23),
        },
        talks={"talks": TALK},
        policies={
            "hold": PolicyResult("Hold on", influence(1.63, -2.71, 0.0, off=0.31, leave__fell=-0.082), None, None, False),
            "offer": PolicyResult("A way out", influence(0.92, 0.03, 0.0, leave__handed_over=0.174), "ruler", 0.56, False),
            "talk": PolicyResult("Mere talk", influence(0.0, 0.0, 0.0), None, None, True),
        },
        gestures={
            "plain": gesture("A plain gesture", 1.05),
            "weak": gesture("A weak gesture", 1.7, cost=None),
            "strong": gesture("A strong gesture", 3.9, on=None, seen=False),
            "proof": gesture("A proof", None),
        },
        questions={
            "q1": question("Will it rain?", "modelled", {"yes": 0.38, "no": 0.62}, "Only here. "),
            "q2": question("Who will win?", "prior", {"he": 0.7, "she": 0.6}),
            "q3": question("What then?", "not_modelled", {"yes": None, "no": None}),
            "q4": question("Will it snow?", "modelled", {"yes": 0.004, "no": 0.996}),
        },
        package={"ban": "lifted", "cells": "empty"},
        package_value={"ruler": 40.1, "sender": 46.9, "other": 41.0},
        ripe=(3, 4, 5, 9),
    )  # fmt: skip
    return replace(made, **changes)


def blocks(case: Case, **changes: Any) -> list[Any]:
    return list(document(result(**changes), case).blocks)


def table(case: Case, caption: str, **changes: Any) -> Table:
    (found,) = [b for b in blocks(case, **changes) if isinstance(b, Table) and b.caption == caption]
    return found


def texts(rows: Any) -> list[list[str]]:
    return [[cell.text if isinstance(cell, Cell) else cell for cell in row] for row in rows]


def charts(case: Case, **changes: Any) -> dict[str, Chart]:
    return {b.id: b for b in blocks(case, **changes) if isinstance(b, Chart)}


# --- sentences --------------------------------------------------------------------------------------------------


def test_the_answer(case: Case) -> None:
    found = answer(result(), Words(case))
    assert not found.headline
    assert found.text == (
        "As things go on, talks included, by 2023-01-10 the ruler falls in 24% of worlds and the ruler hands over in 13% of worlds; in 63% none of "
        "this happens."
    )
    assert found.limit == (
        "The first of these is 18% to 32% over the judgements, in nine draws of ten; its Monte Carlo error is ± 1.3 percentage "
        "points. Whether any of it happens in a single world is to 42% in the judged numbers and otherwise chance within the "
        "model. What hangs on the model itself is in the table of parts. Chances are shares of simulated worlds and have not been "
        "scored: not calibrated probabilities."
    )
    assert found.because == time(result(), Words(case))
    (head,) = [b for b in blocks(case) if isinstance(b, Finding) and b.headline]
    assert replace(head, headline=False) == found


def test_the_answer_with_many_ends_and_without_error(case: Case) -> None:
    more = {
        f"leave.e{n}": event(f"end {n} comes", 0.01, 0.02 + n / 100, 0.0, ends="office") for n in range(3)
    }
    found = answer(result(events={**result().events, **more}), Words(case))
    assert "and something else ends it in 5%; in 54% none of this happens" in found.text
    assert "end 2 comes in 4% of worlds" in found.text
    fell = replace(result().events["leave.fell"], error=0.0)
    sure = answer(result(events={**result().events, "leave.fell": fell}), Words(case))
    assert "its Monte Carlo error is nought percentage points" in sure.limit


def test_the_answer_speaks_of_what_is_ended_most_often(case: Case) -> None:
    peace = {"peace.over": event("peace is over", 0.5, 0.71, 0.4, ends="peace")}
    found = answer(
        result(events={**result().events, **peace}, judgement_share={"office": 0.42, "peace": 0.16}),
        Words(case),
    )
    assert (
        found.text
        == "As things go on, talks included, by 2023-01-10 peace is over in 71% of worlds; in 29% none of this happens."
    )
    assert "is to 16% in the judged numbers" in found.limit


def test_the_answer_where_nothing_is_ended(case: Case) -> None:
    events = {"trade.eased": result().events["trade.eased"]}
    found = answer(result(events=events), Words(case))
    assert (
        found.text
        == "As things go on, talks included, on 2023-01-10 “The ban” stands at “lifted for good” in 58% of worlds."
    )
    assert found.limit.startswith("Chances are shares")
    still = answer(result(events=events, issues={}), Words(case))
    assert still.text == (
        "As things go on, talks included, nothing that this case negotiates about moves by itself until 2023-01-10."
    )
    quiet = answer(result(events=events, talks={}), Words(case))
    assert (
        quiet.text == "As things go on, on 2023-01-10 “The ban” stands at “lifted for good” in 58% of worlds."
    )


def test_time(case: Case) -> None:
    words = Words(case)

    def said(*drifts: float) -> str:
        each = zip(("ruler", "sender", "other"), drifts, strict=True)
        return time(result(no_deal={f: value(n, 1.0, d) for n, (f, d) in enumerate(each)}), words)

    assert said(-1.84, 2.26, 0.04) == (
        "Time is on the side of the Sender (+2.3); it is against the Ruler (−1.8): each in points of its own, a year."
    )
    assert said(0.2, 2.26, 0.0) == (
        "Time is on the side of the Ruler (+0.2) and the Sender (+2.3): each in points of its own, a year."
    )
    assert said(0.0, -0.3, 0.0) == "Time is against the Sender (−0.3): each in points of its own, a year."
    assert said(0.05, -0.05, 0.0) == "Time is on nobody's side, and against nobody."


def test_ripe(case: Case) -> None:
    words = Words(case)
    found = ripe(result(), words)
    assert found.text == (
        "In 4 of 25 months, between 2021-04-10 and 2021-10-10, everybody who is needed would rather have the package than go on "
        "without a deal (The ban: lifted for good; The cells: empty)."
    )
    assert found.because == (
        "Now the package is worth less than waiting to the Ruler (by 1.2 points) and the Other (by 2.3 points)."
    )
    assert found.limit == (
        "Means over the draws, no deal as it is computed here, where the deal analysis takes what is typed; package and waiting run "
        "through the same worlds, all issues of the package settled from the first month on. Lines that it breaks are not part of "
        "this."
    )
    assert found.tone == "caution"
    assert ripe(result(ripe=(3,)), words).text.startswith("In 1 of 25 months, on 2021-04-10, everybody")
    never = ripe(result(ripe=()), words)
    assert never.text.startswith("In no month everybody who is needed")
    assert never.tone == "bad"
    always = ripe(
        result(
            ripe=tuple(range(MONTHS + 1)),
            package_value={"ruler": 90.0, "sender": 90.0, "other": 90.0},
            no_deal={f: value(n, None, 0) for n, f in enumerate(("ruler", "sender", "other"))},
        ),
        words,
    )
    assert always.text.startswith("In every month everybody who is needed")
    assert always.because == "Now the package is worth less than waiting to nobody."
    assert "as it is computed here;" in always.limit
    assert always.tone == "good"
    assert ripe(result(), words) in blocks(case)
    assert not any(isinstance(b, Finding) and "package" in b.text for b in blocks(case, package=None))


def test_what_comes_of_talks(case: Case) -> None:
    words = Words(case)

    def said(talks: TalksResult) -> Finding:
        (found,) = findings_of_talks("talks", talks, result(), words)
        return found

    found = said(TALK)
    assert found.text == (
        "Both the Ruler and the Sender would rather have talks than none in 2 months of 24, between 2021-03-10 and 2021-04-10."
    )
    assert found.because == (
        "Each by itself: the Ruler in 4 months; the Sender in 3 months. That talks begin, in 97% of worlds, is by the chances that "
        "the case gives, not by what either would rather have; a side walks out in 29%, and all steps are taken in 7%."
    )
    assert found.limit == (
        "Means over the draws, of worlds with these talks against the same worlds without. The steps are the world's own and no "
        "package of a table, so that these shares and the chance that a package is signed are of different things."
    )
    assert found.tone == "caution"
    assert found in blocks(case)
    assert said(replace(TALK, ripe=(2,))).text.endswith("than none in 1 month of 24, on 2021-03-10.")
    never = said(replace(TALK, ripe=()))
    assert never.text == "In no month would both the Ruler and the Sender rather have talks than none."
    assert never.tone == "bad"
    always = said(replace(TALK, ripe=tuple(range(MONTHS))))
    assert always.text == "In every month both the Ruler and the Sender would rather have talks than none."
    assert always.tone == "good"


def test_how_it_was_made(case: Case) -> None:
    last = blocks(case)[-1]
    assert isinstance(last, Paragraph)
    assert last.tone == "muted"
    assert last.text == how(result()) == (
        "4,096 worlds of 24 months, 64 for each of 64 draws of the judged numbers; levels are from 4 worlds of each "
        "draw. Parts simulated: leave and bad weather. Made to stand still, as asked: old vote. Everything else stays as it is."
    )  # fmt: skip
    assert "as asked" not in how(result(without=()))
    assert how(result(worlds=1024)).startswith("1,024 worlds of 24 months, 16 for each of 64 draws")


def test_none_of_what_excludes_each_other() -> None:
    left = none_of(result(), ("leave.handed_over", "leave.fell"))
    assert left[0] == 1
    assert left[12] == pytest.approx(0.75)
    assert left[-1] == pytest.approx(0.63)


# --- tables -----------------------------------------------------------------------------------------------------


def test_values(case: Case) -> None:
    caption = "What is to be had without a deal"
    found = table(case, caption)
    assert found.columns == (
        "Faction", "Status quo", "If it goes on", "A year of waiting", "What it can do alone", "No deal (5% to 95%)", "Typed",
        "Value of negotiating", "To be expected",
    )  # fmt: skip
    assert texts(found.rows) == [
        ["The Ruler", "52.4", "41.3", "−1.8", "+2.4", "43.7 (37.9 to 48.2)", "47.2", "−0.8", "45.9"],
        ["The Sender", "53.4", "42.3", "+2.3", "+1.4", "44.7 (38.9 to 49.2)", "computed", "+0.8", "46.9"],
        ["The Other", "54.4", "43.3", "0.0", "+0.4", "45.7 (39.9 to 50.2)", "30.5", "+2.4", "47.9"],
    ]
    assert found.rows[1][6] == Cell("computed", "muted")
    assert found.note.endswith("The deal analysis takes what is typed for The Ruler and The Other instead.")
    computed = {f: replace(v, used=True, typed=None) for f, v in result().no_deal.items()}
    without = table(case, caption, no_deal=computed)
    assert "Typed" not in without.columns
    assert all(len(row) == len(without.columns) for row in without.rows)
    assert without.note.endswith("No deal is what the deal analysis compares every package with.")


def test_issues(case: Case) -> None:
    found = table(case, "Where the issues stand that move by themselves")
    assert found.columns == ("Issue", "Option", "Today", "In a year", "On 2023-01-10")
    assert texts(found.rows) == [
        ["The ban", "as it is", "100%", "63%", "42%"],
        ["The ban", "lifted for good", "0%", "37%", "58%"],
    ]


def test_policies(case: Case) -> None:
    found = table(case, "Policies compared in the same worlds")
    assert found.columns == (
        "Policy",
        "The ruler falls, percentage points",
        "The ruler hands over, percentage points",
        "The Ruler",
        "The Sender",
        "The Other",
    )
    assert texts(found.rows) == [
        ["Hold on", "−8.2", "0.0", "+1.6 ± 0.3", "−2.7 ± 0.3", "0.0 ± 0.3"],
        ["A way out (taken in 56% of draws)", "0.0", "+17.4", "+0.9", "0.0", "0.0"],
        ["Mere talk", "0.0", "0.0", "0.0", "0.0", "0.0"],
    ]
    assert found.numeric == (1, 2, 3, 4, 5)
    assert found.note.endswith("differences are paired; from 8 of the 64 draws.")


def test_what_a_policy_buys_is_said_in_words(case: Case) -> None:
    found = table(case, "What each policy would change")
    assert found.columns == ("Policy", "Changes most", "No deal gets better for", "Worse for")
    assert texts(found.rows) == [
        [
            "Hold on",
            "The ruler falls: less likely by 8 percentage points",
            "The Ruler (+1.6)",
            "The Sender (−2.7)",
        ],
        [
            "A way out (taken in 56% of draws)",
            "The ruler hands over: likelier by 17 percentage points",
            "The Ruler (+0.9)",
            "–",
        ],
        ["Mere talk", "–", "–", "–"],
    ]
    assert found.note.endswith(
        " What is offered to the Ruler counts in those draws in which that faction is better off with it, as "
        "found in other worlds than these. Without any effect: “Mere talk”."
    )
    assert not found.fold
    assert table(case, "Policies compared in the same worlds").fold


def test_structure(case: Case) -> None:
    found = table(case, "What hangs on each part of the model")
    assert found.columns == (
        "If this stood still", "Changes most, percentage points", "The Ruler", "The Sender", "The Other",
    )  # fmt: skip
    assert texts(found.rows) == [
        ["Leave", "–", "+3.1", "+0.2", "−6.3"],
        ["Bad weather", "the ruler falls: −3.3", "+0.5", "−0.7", "+0.1"],
    ]
    assert [row[0].note for row in found.rows if isinstance(row[0], Cell)] == ["He leaves.", "It rains."]
    assert "(standard error at most 0.2)" in found.note
    assert found.fold
    assert "anybody first; from 8 of the 64 draws. '--without" in found.note
    for caption in (found.caption, "Policies compared in the same worlds"):
        assert "of the 64 draws" not in table(case, caption, compared=64).note
    close = {
        "bad_weather": influence(1, 0, 0, leave__fell=0.01),
        "leave": influence(0, -1, 0, leave__fell=-0.5),
    }
    assert [r[0] for r in texts(table(case, found.caption, structure=close).rows)] == ["Leave", "Bad weather"]


def test_talks(case: Case) -> None:
    found = table(case, "The talks, step by step")
    assert found.columns == (
        "Due", "Whose step", "What", "Worth to whoever takes it, in its points", "Stays", "Leaves", "Taken in worlds by the end",
    )  # fmt: skip
    assert texts(found.rows) == [
        ["1", "The Ruler", "The cells: empty", "−15.2", "12%", "34%", "67%"],
        ["2", "The Sender", "The ban: lifted for good", "+2.6 (crosses a line in 27%)", "8%", "14%", "23%"],
    ]
    plain = replace(
        TALK,
        moves=tuple(replace(m, chance={m.by: c}) for m, c in zip(TALK.moves, (0.41, 0.52), strict=True)),
    )
    alone = table(case, found.caption, talks={"talks": plain})
    assert alone.columns[4:] == ("Chance a month", "Taken in worlds by the end")
    assert alone.rows[0][4] == "41%"


def test_the_chance_of_the_other_side_where_there_are_no_readings(case: Case) -> None:
    moves = tuple(replace(m, chance={m.by: c}) for m, c in zip(TALK.moves, (0.41, 0.52), strict=True))
    alone = table(case, "The talks, step by step", talks={"talks": replace(TALK, moves=moves)})
    assert [row[4] for row in texts(alone.rows)] == ["41%", "52%"]


def test_beliefs(case: Case) -> None:
    found = table(case, "What events would tell about the readings")
    assert texts(found.rows) == [
        ["The ruler hands over", "13%", "The Ruler", "Stays: 75% → 31%; Leaves: 25% → 69%"],
        ["The ban is lifted", "58%", "The Ruler", "Stays: 75% → 86%; Leaves: 25% → 14%"],
    ]
    assert found.columns == ("If it is seen that", "In worlds", "About", "Belief before and after")
    events = {"a": event("a thing", 0.1, 0.2, 0.1, belief=belief(None, None))}
    assert not [b for b in blocks(case, events={**result().events} | {
        n: replace(e, belief={}) for n, e in result().events.items()
    } | events) if isinstance(b, Table) and "would tell" in b.caption]  # fmt: skip


def test_gestures(case: Case) -> None:
    found = table(case, "What the gestures tell")
    moved = "Stays: 81% → 72%; Leaves: 19% → 28%"
    assert texts(found.rows) == [
        ["A plain gesture", "2021-01-02", "3.4", "nothing: every reading would have made it", moved],
        ["A weak gesture", "2021-01-02", "–", "little: at most 1.7 times as likely under one reading as under another", moved],
        ["A strong gesture", "not yet", "3.4", "something: 3.9 times as likely under one reading as under another", moved],
        ["A proof", "2021-01-02", "3.4", "much: under one reading it would never be made", moved],
    ]  # fmt: skip
    tones = [row[3].tone for row in found.rows if isinstance(row[3], Cell)]
    assert tones == ["muted", "caution", "good", "good"]


def test_events(case: Case) -> None:
    found = table(case, "What may happen")
    assert found.columns == (
        "Event",
        "Within a year",
        "By 2023-01-10",
        "Over the judgements, in nine draws of ten",
    )
    assert texts(found.rows)[:4] == [
        ["The ruler hands over", "6%", "13% ± 0.7", "7% to 21%"],
        ["The ruler falls", "19%", "24% ± 1.3", "18% to 32%"],
        ["The ban is lifted", "37%", "58%", "52% to 66%"],
        ["Talks begin", "91%", "97% ± 0.1", "91% to 105%"],
    ]


def test_levels(case: Case) -> None:
    found = table(case, "The levels of the world")
    assert found.columns == ("Level", "Unit", "Today", "In a year", "On 2023-01-10")
    assert texts(found.rows) == [
        ["Level of share", "share", "33% (11% to 55%)", "45% (23% to 67%)", "57% (35% to 79%)"],
        ["Level of kg", "kg", "11.6 (3.9 to 19.2)", "15.8 (8.0 to 23.5)", "20.0 (12.2 to 27.7)"],
        ["Level of people", "people", "2,970 (990 to 4,950)", "4,050 (2,070 to 6,030)", "5,130 (3,150 to 7,110)"],
    ]  # fmt: skip
    assert found.note == "The median world, and between what nine in ten lie, of 4 worlds of each draw."
    gone = LevelPath("turnout", "share", True, Fan(*[(None,) * (MONTHS + 1)] * 5))
    assert texts(table(case, found.caption, levels={"v": gone}).rows) == [["Turnout", "share", "–", "–", "–"]]


def test_questions(case: Case) -> None:
    asked = {
        n: replace(q, resolves=day)
        for (n, q), day in zip(
            result().questions.items(), ("2023-01-02", "2022-09-08", "2022-10-01", "2022-03-04"), strict=True
        )
    }
    first, last = (
        table(case, f"Questions whose answer is known in {y}", questions=asked) for y in (2022, 2023)
    )
    assert first.columns == ("Known by", "Question", "Answer", "What stands for it")
    assert texts(first.rows) == [
        ["2022‑03‑04", "Will it snow?", "yes under 1%; no over 99%", "–"],
        ["2022‑09‑08", "Who will win?", "judged: he 70%; she 60% (more than one of them can be true)", "–"],
        ["2022‑10‑01", "What then?", "not modelled", "–"],
    ]
    assert texts(last.rows) == [["2023‑01‑02", "Will it rain?", "yes 38%; no 62%", "Only here."]]
    assert first.note == ""
    assert last.note.startswith("Shares of simulated worlds; “judged”:")
    unsure = {n: replace(q, error=dict.fromkeys(q.answers, e)) for (n, q), e in zip(asked.items(), (0.013, 0.05, None, 0.021), strict=True)}  # fmt: skip
    sure = table(case, last.caption, questions=unsure)
    assert "worlds (standard error at most 2.1 percentage points); “judged”:" in sure.note
    assert [row[2].tone for row in first.rows if isinstance(row[2], Cell)] == ["plain", "caution", "plain"]


# --- pictures ---------------------------------------------------------------------------------------------------


def test_pictures(case: Case) -> None:
    (fates,) = charts(case).values()
    assert fates.id == "fates-office"
    assert fates.caption.startswith("What becomes of the office: ")
    assert fates.alt == "At the end: none of these 63%; the ruler falls 24%; the ruler hands over 13%."
    assert fates.table is not None
    assert texts(fates.table.rows)[1] == ["12", "75%", "19%", "6%"]


def test_the_whole(case: Case) -> None:
    whole = document(result(), case)
    assert whole.title == "A small world"
    assert whole.subtitle == "What happens without a deal, and on whose side is time?"
    assert whole.facts == {"case": "small", "seed": "7", "worlds": "4,096"}
    parts = {part.id: part for part in [*sections(result(), case), behind(result(), case)]}
    assert list(parts) == ["gestures", "outlook", "questions", "outlook-full"]
    assert parts["outlook"].blocks[0] == answer(result(), Words(case))
    tables = [b for part in parts.values() for b in part.blocks if isinstance(b, Table)]
    assert {b.caption for b in tables} == {b.caption for b in whole.blocks if isinstance(b, Table)}
    assert len(tables) == len({b.caption for b in tables})
    few = blocks(
        case,
        policies={},
        talks={},
        structure={},
        gestures={},
        questions={},
        levels={},
        issues={},
        package=None,
    )
    assert [b.caption for b in few if isinstance(b, Table)] == [
        "What is to be had without a deal",
        "What events would tell about the readings",
        "What may happen",
    ]


def test_on_one_screen_waiting_and_talking_have_their_signs(case: Case) -> None:
    (found,) = [b for b in document(result(), case).short if isinstance(b, Table) and b.columns[0] == "Who"]
    assert texts(found.rows)[1] == ["The Sender", "53.4", "44.7 (38.9 to 49.2)", "+2.3", "+0.8"]


def test_on_one_screen_each_share_stands_under_its_month(case: Case) -> None:
    (found,) = [b for b in document(result(), case).short if isinstance(b, Table) and b.columns[0] == "By"]
    assert found.columns == ("By", "2022‑01‑10", "2023‑01‑10")
