"""Probabilities that belong together are never stretched in silence."""

from __future__ import annotations

import pytest

from detente.analyses.deal import deal
from detente.case.reading import read_case
from detente.draws import prepare
from detente.errors import CaseError, UsageError

TWO = """\
detente: 1
id: two
title: Two
inference: made up to be worked out by hand
parties: {a: {}, b: {}}
issues:
  x: {status_quo: p, options: {p: {}, q: {}}}
  o: {status_quo: p, controlled_by: outside, options: {p: {}, q: {}, r: {}}, chances: CHANCES}
preferences:
  a: {no_deal: 1, points: {x: {p: 1, q: 2}, o: {p: 0, q: -5, r: -5}}}
  b: {no_deal: 1, points: {x: {p: 1, q: 3}, o: {p: 0, q: 0, r: 0}}}
"""
"""The one package is agreed exactly where the weather stays at ``p``."""

VIEWS = """\
detente: 1
id: two
title: Two
inference: made up to be worked out by hand
status_quo: none
parties: {a: {}, b: {}}
issues: {x: {options: {p: {}, q: {}}}}
preferences:
  a: {no_deal: 0, points: {x: {p: 1, q: 2}}}
  b: {no_deal: 0, points: {x: {p: 1, q: 3}}}
readings: {a: READINGS}
"""
"""Agreed unless ``u`` is true."""


def with_chances(chances: str) -> str:
    return TWO.replace("CHANCES", chances)


def with_views(readings: str) -> str:
    return VIEWS.replace("READINGS", readings)


def open_share(text: str) -> float:
    found = deal(prepare(read_case(text, "x.yaml").case)).main.packages.zone_probability
    assert found is not None
    return found


def told(text: str) -> str:
    with pytest.raises(CaseError) as caught:
        read_case(text, "x.yaml")
    (only,) = caught.value.faults
    return f"{only.line}:{only.column}: {only.message}"


@pytest.mark.parametrize(
    ("chances", "stays"),
    [
        ("{p: 0.7, q: 0.3}", 0.7),
        ("{q: 0.3}", 0.7),
        ("{q: 0.2, r: 0.2}", 0.6),
        ("{q: [0.2, 0.3, 0.4]}", 0.7),
        ("{p: 0.1, q: 0.9}", 0.1),
        ("{p: 0.3333333, q: 0.3333333, r: 0.3333333}", 1 / 3),
        ("{q: 0.1, r: 0.9}", 0.0),
    ],
)
def test_what_the_chances_leave_is_the_status_quos(chances: str, stays: float) -> None:
    assert open_share(with_chances(chances)) == pytest.approx(stays, abs=0.015)


def test_what_is_left_is_told_of() -> None:
    (only,) = (w.message for w in read_case(with_chances("{q: 0.3}"), "x").warnings if "chances" in w.path)
    assert only.endswith("0.7, is the chance that it stays at 'p'; add 'p: 0.7' to say so")
    assert not [w for w in read_case(with_chances("{p: 0.7, q: 0.3}"), "x").warnings if "chances" in w.path]


@pytest.mark.parametrize(
    ("chances", "says"),
    [
        ("{p: 0.9, q: 0.9}", "add up to 1.8, which is more than 1"),
        ("{q: 0.7, r: 0.4}", "add up to 1.1, which is more than 1"),
        ("{p: 0.2, q: 0.3}", "add up to 0.5, which is less than 1: raise them, or add 'r: 0.5'"),
        ("{p: 0.2, q: 0.3, r: 0.1}", "add up to 0.6, which is less than 1: raise them, so"),
        ("{p: 0, q: 0}", "add up to 0, which is less than 1"),
        ("{q: [0, 0.5, 1], r: [0, 0.5, 1]}", "can all be 0 at once"),
    ],
)
def test_chances_that_do_not_add_up_are_refused(chances: str, says: str) -> None:
    found = told(with_chances(chances))
    assert found.startswith("8:")
    assert says in found


def test_without_a_status_quo_nothing_is_left_over() -> None:
    game = (
        with_chances("{q: 0.3}")
        .replace("status_quo: p, ", "")
        .replace("title: Two", "title: Two\nstatus_quo: none")
    )
    assert "add up to 0.3, which is less than 1: raise them, or add 'p: 0.7'" in told(game)


@pytest.mark.parametrize(
    ("readings", "says"),
    [
        (
            "{u: {prior: 0.1, preferences: {no_deal: 5}}}",
            "'u' is the only reading, and its prior is 0.1, but one",
        ),
        ("{u: {prior: 0.1, preferences: {no_deal: 5}}}", "'as_above: {prior: 0.9, "),
        ("{u: {prior: 0.9, preferences: {no_deal: 5}}, v: {prior: 0.9}}", "add up to 1.8, but one"),
        ("{u: {prior: 0.9, preferences: {no_deal: 5}}, v: {prior: 0.9}}", "for example to u 0.5, v 0.5"),
        ("{u: {prior: 0.1, preferences: {no_deal: 5}}, v: {prior: 0.2}}", "add up to 0.3, but one"),
        (
            "{u: {prior: 0, preferences: {no_deal: 5}}, v: {prior: 0}}",
            "give at least one reading a prior above 0",
        ),
        (
            "{u: {prior: [0, 0.5, 1], preferences: {no_deal: 5}}, v: {prior: [0, 0.5, 1]}}",
            "can all be 0 at once",
        ),
    ],
)
def test_priors_that_do_not_add_up_are_refused(readings: str, says: str) -> None:
    found = told(with_views(readings))
    assert found.startswith("11:")
    assert says in found


def test_priors_that_nearly_add_up_are_told_of() -> None:
    text = with_views("{u: {prior: 0.6, preferences: {no_deal: 5}}, v: {prior: 0.6}}")
    (only,) = (w.message for w in read_case(text, "x").warnings)
    assert (
        only
        == "readings.a: the priors add up to 1.2 at their medians and are made to add up to 1: they act as u 0.5, v 0.5"
    )
    assert open_share(text) == pytest.approx(0.5, abs=0.01)
    assert read_case(with_views("{u: {prior: 1}}"), "x").warnings == ()


@pytest.mark.parametrize("kind", ["weights", "priors", "chances"])
def test_numbers_that_make_up_a_whole_are_never_all_0(kind: str) -> None:
    # A third of the way from the median to 0, so that three times as wide they reach it together.
    text = {
        "weights": TWO.replace("CHANCES", "{p: 1}").replace(
            "points: {x: {p: 1, q: 3}, o: {p: 0, q: 0, r: 0}}",
            "weights: {x: [6, 9, 12]}, values: {x: {p: 0, q: 100}}, indifferent: [o]",
        ),
        "priors": with_views("{u: {prior: [0.4, 0.5, 0.6]}, v: {prior: [0.4, 0.5, 0.6]}}"),
        "chances": with_chances("{p: [0.4, 0.5, 0.6], q: [0.4, 0.5, 0.6]}"),
    }[kind]
    case = read_case(text, "x").case
    deal(prepare(case, draws=64, widen=2.0))
    with pytest.raises(UsageError, match="can all be 0 at once when widened so much"):
        prepare(case, draws=64, widen=20.0)


@pytest.mark.parametrize("weights", ["{x: [0, 10, 20]}", "{x: [0, 1, 2]}", "{x: 0}"])
def test_weights_that_can_all_be_0_are_refused(weights: str) -> None:
    text = TWO.replace("CHANCES", "{p: 1}").replace(
        "points: {x: {p: 1, q: 3}, o: {p: 0, q: 0, r: 0}}",
        f"weights: {weights}, values: {{x: {{p: 0, q: 100}}}}, indifferent: [o]",
    )
    assert "at least one needs a 5th percentile above 0" in told(text)


def test_no_more_agreements_than_rounds() -> None:
    record = "record: {rounds: 1, agreements: 4}\n"
    assert "4 agreements from 1 round cannot be" in told(with_chances("{p: 1}") + record)


@pytest.mark.parametrize(
    ("signing", "says"),
    [
        ("{chance: [0.5, 0.8, 1]}", "not signed for certain: at most 0.99 was expected, found 1"),
        ("{chance: 0.995}", "at most 0.99 was expected, found 0.995"),
        ("{chance: 1.2}", "signing.chance"),
        (
            "{chance: 0.3, by: 2021-01-31}",
            "a day after the date of the case, 2021-01-31, was expected: found 2021-01-31",
        ),
        ("{chance: 0.3, counts: 0}", "signing.counts"),
        ("{chance: 0.3, counts: 1.5}", "signing.counts"),
        ("{counts: 3}", "signing.chance"),
        ("{chance: 0.3, until: 2022-01-01}", "signing.until"),
    ],
)
def test_a_signature_that_cannot_be_is_refused(signing: str, says: str) -> None:
    text = with_chances("{p: 1}") + f"as_of: 2021-01-31\nsigning: {signing}\n"
    with pytest.raises(CaseError) as caught:
        read_case(text, "x.yaml")
    assert says in str(caught.value)
    assert "signing" in str(caught.value)


def test_the_least_and_the_most_that_a_signature_can_be_are_taken() -> None:
    for signing in ("{chance: 0}", "{chance: 0.99, counts: 1000, by: 2021-02-01}"):
        text = with_chances("{p: 1}") + f"as_of: 2021-01-31\nsigning: {signing}\n"
        assert read_case(text, "x.yaml").case.signing is not None
