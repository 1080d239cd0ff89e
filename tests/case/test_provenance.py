"""Whose a number is."""

from __future__ import annotations

from detente.case.provenance import elements
from detente.case.reading import read_case

TEXT = """
detente: 1
id: two
title: Two
judgement: {by: ann, on: 2021-01-02, because: As a whole.}
parties: {a: {name: A, delivers: {range: [0.1, 0.2, 0.3], because: Seldom.}}, b: {name: B}}
issues:
  land:
    status_quo: kept
    controlled_by: a
    inference: Nobody says so.
    verify: {range: [1, 2, 3], because: It is far away.}
    options: {kept: {name: Kept}, given: {name: Given}}
preferences:
  a:
    judgement: {by: bea, because: I know them.}
    no_deal: {status_quo: 0}
    weights: {land: {range: [1, 2, 3], because: Old claims.}}
    values: {land: {kept: {range: [80, 90, 100], judgement: {by: cleo, on: 2020-05-06, because: Said so.}}, given: 0}}
  b:
    judgement: A guess.
    no_deal: {status_quo: 0}
    weights: {land: 1}
    values: {land: {kept: 0, given: 100}}
"""


def test_a_judgement_is_signed_by_whoever_signs_around_it() -> None:
    found = {e.path: (e.kind, e.origin) for e in elements(read_case(TEXT, "two.yaml").case) if e.number}
    assert found["parties.a.delivers"] == ("judgement", "ann, 2021-01-02")
    assert found["issues.land.verify"] == ("judgement", "ann, 2021-01-02")
    assert found["preferences.a.weights.land"] == ("judgement", "bea")
    assert found["preferences.a.values.land.kept"] == ("judgement", "cleo, 2020-05-06")
    assert found["preferences.b.weights.land"] == ("judgement", "ann, 2021-01-02")


def test_without_anybody_it_stays_without() -> None:
    text = TEXT.replace("judgement: {by: ann, on: 2021-01-02, because: As a whole.}\n", "")
    found = {e.path: (e.kind, e.origin) for e in elements(read_case(text, "two.yaml").case) if e.number}
    assert found["parties.a.delivers"] == ("judgement", "")
    assert found["preferences.b.weights.land"] == ("judgement", "")
