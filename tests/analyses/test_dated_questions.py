"""Who chose the dated questions, and when, is said before their answers."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from detente.analyses.outlook.dated import chosen
from detente.case.base import Judgement


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
