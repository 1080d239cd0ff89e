"""A no-deal value that is typed where the world says another: what would follow is told beside what is counted."""

from __future__ import annotations

import json

import jsonschema
import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.document import document
from detente.analyses.schema import result_schema
from detente.case.reading import read_case
from detente.draws import prepare
from detente.problem.worth import worth
from tests.analyses.outlook_cases import SMALL

TYPED = SMALL.replace(
    "  sender:\n    patience: 0.97\n",
    "  sender:\n    patience: 0.97\n    no_deal: {status_quo: [-20, -4, 8]}\n",
)
COMPUTED = SMALL.replace(
    "  sender:\n    patience: 0.97\n", "  sender:\n    patience: 0.97\n    no_deal: from_outlook\n"
)


def drawn(text: str):  # type: ignore[no-untyped-def]
    return prepare(read_case(text, "small.yaml").case, draws=64, seed=3)


def test_the_other_draws_are_those_of_the_case_with_the_value_computed() -> None:
    """Up to chance in the world, of which each has its own."""
    of, other = drawn(TYPED), drawn(COMPUTED)
    assert of.instead is not None
    assert other.instead is None
    f = of.problem.factions.index("sender")
    told, computed = of.instead.fresh.no_deal[f], other.fresh.no_deal[f]
    assert told.mean() == pytest.approx(computed.mean(), rel=0.05)
    assert np.ptp(of.fresh.no_deal[f]) > np.ptp(told)


def test_it_is_said_in_a_sentence_and_in_json() -> None:
    of = drawn(TYPED)
    result = deal(of)
    said = json.dumps([str(b) for b in document(result, of.problem.case).blocks])
    assert (
        "The no-deal value of sender is typed, and the world of the case says otherwise: counting with that"
        in said
    )
    assert "acceptable would be 100% instead of 98%" in said
    jsonschema.validate(result.to_json(), result_schema("deal"))
    assert result.to_json()["tracks"]["table"]["chances"]["instead"] is not None


def test_nothing_is_said_where_nobody_has_both() -> None:
    of = drawn(COMPUTED)
    result = deal(of)
    assert result.main.chances is None or result.main.chances.instead is None
    assert "says otherwise" not in json.dumps([str(b) for b in document(result, of.problem.case).blocks])


def test_it_is_the_share_of_the_other_draws_in_which_nobody_is_worse_off() -> None:
    of = drawn(TYPED)
    best = deal(of).main.solutions["most_acceptable"]
    assert best is not None
    other, found = of.instead, deal(of).main.chances
    assert other is not None
    assert found is not None
    shares = []
    for one in (of, other):
        worths = worth(one.problem, one.fresh, [best.package])[:, 0]
        free = worths - one.fresh.no_deal * one.problem.step[:, None]
        shares.append((free > -1e-9).all(axis=0).mean())
    assert [found.acceptable, found.instead] == pytest.approx(shares)
