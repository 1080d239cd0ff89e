"""Who chose the dated questions, and when, is said before their answers."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from detente.analyses.outlook.dated import chosen, dated
from detente.analyses.words import Words
from detente.case.base import Judgement
from detente.case.reading import read_case


def asked(*signed: Judgement | None) -> Any:
    return SimpleNamespace(questions={f"q{n}": SimpleNamespace(judgement=j) for n, j in enumerate(signed)})


def test_whoever_chose_them_is_named_with_the_day() -> None:
    ana = Judgement(because="asked by the newspaper", by="Ana", on=date(2021, 6, 3))
    ben = Judgement(because="his own", by="Ben")
    assert chosen(asked(ana, ana, ben)).text == "Chosen by Ana on 2021-06-03 and Ben."


def test_it_is_said_where_nobody_knows_who_chose_them() -> None:
    ana = Judgement(because="asked by the newspaper", by="Ana")
    for case in (asked(ana, None), asked(None), asked(Judgement(because="nobody's"))):
        assert chosen(case).text.startswith("The case does not say who chose all of these questions")


CASE = """
detente: 1
id: rains
title: Rains
as_of: 2020-01-01
parties: {a: {}, b: {}}
issues: {dam: {status_quo: shut, options: {shut: {}, open: {}}}}
preferences: {a: {judgement: typed, indifferent: [dam]}, b: {judgement: typed, indifferent: [dam]}}
world:
  judgement: typed
  months: 12
  parts:
    sky:
      says: It rains.
      events: {rain: {says: it rains, chance: 0.1}, snow: {says: it snows, chance: 0.1}}
questions:
  q: {text: Will it?, resolves: 2020-06-01, judgement: typed, basis: modelled, answers: {"yes": {that: THAT, at: 2020-06-01}, "no": rest}}
"""


@pytest.mark.parametrize(
    ("that", "said"),
    [
        ("happened(sky.rain)", "That it rains."),
        ("happened(sky.rain) or happened(sky.snow)", "That it rains or that it snows."),
        ("dam is open or happened(sky.rain)", "That “dam” stands at “open” or that it rains."),
        ("not happened(sky.rain)", "The condition “not happened(sky.rain)”"),
        (
            "happened(sky.rain) and months_since(sky.snow) > 3",
            "The condition “happened(sky.rain) and months_since(sky.snow) > 3”",
        ),
    ],
)
def test_events_that_stand_for_an_answer_are_said_in_words(that: str, said: str) -> None:
    case = read_case(CASE.replace("THAT", that), "rains.yaml").case
    q = SimpleNamespace(
        text="Will it?", resolves="2020-06-01", basis="modelled", answers={"yes": 0.3}, error={}, note=""
    )
    (table,) = dated(SimpleNamespace(questions={"q": q}), Words(case))  # type: ignore[arg-type]
    assert table.rows[0][-1] == said
