"""Consent that is asked only where some issues move: the same in every analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.document import sections
from detente.analyses.deal.swaps import swaps
from detente.analyses.roadmap import roadmap
from detente.case.model import Case
from detente.draws import prepare

WHEN = {"when": ["sanctions"], "ask": "capital"}
ISSUES = ("prisoners", "council", "sanctions")


def raw(agreement: Any = None) -> dict[str, Any]:
    """Government and opposition exchange prisoners for a council; a capital that likes neither holds the sanctions."""
    control = dict(zip(ISSUES, ("government", "opposition", "capital"), strict=True))
    worth = {
        "government": {"prisoners": (30, [-30, -20]), "council": (40, [30, 50]), "sanctions": (30, 60)},
        "opposition": {"prisoners": (40, [40, 60]), "council": (40, [-30, -20]), "sanctions": (20, 5)},
        "capital": {"prisoners": (20, -5), "council": (30, [-10, 5]), "sanctions": (50, [-40, 25])},
    }
    preferences = {
        f: {
            "patience": 0.9,
            "points": {i: {"no": 0, "yes": gain} for i, (_, gain) in wants.items()},
            "no_deal": {"status_quo": 0},
        }
        for f, wants in worth.items()
    }
    return {
        "detente": 1,
        "id": "capital",
        "title": "A capital that is asked of its own",
        "judgement": "made up",
        "parties": {party: {} for party in worth},
        "agreement": agreement or {"all": ["government", "opposition", WHEN]},
        "issues": {
            i: {"controlled_by": control[i], "status_quo": "no", "options": {"no": {}, "yes": {}}}
            for i in ISSUES
        },
        "preferences": preferences,
        "steps": {"temptation": 10},
    }


def case(agreement: Any = None) -> Case:
    return Case.model_validate(raw(agreement))


def tables(**tracks: list[Any]) -> Case:
    """The same with tables: who sits there."""
    given = raw()
    del given["agreement"]
    return Case.model_validate(
        {**given, "tracks": {name: {"parties": seats} for name, seats in tracks.items()}}
    )


def moves(*issues: str) -> dict[str, str]:
    return dict.fromkeys(issues, "yes")


def test_each_package_is_accepted_as_in_the_case_in_which_just_those_are_asked() -> None:
    given, two, three = (
        prepare(case(tree), draws=256)
        for tree in (
            None,
            {"all": ["government", "opposition"]},
            {"all": ["government", "opposition", "capital"]},
        )
    )
    small, great = moves("prisoners", "council"), moves(*ISSUES)
    assert roadmap(given, small).chances == roadmap(two, small).chances != roadmap(three, small).chances
    assert roadmap(given, great).chances == roadmap(three, great).chances
    shown = {tuple(p.moves): p for p in deal(given).main.frontier}
    assert shown[tuple(small)].acceptance == roadmap(given, small).chances.acceptable
    assert shown[tuple(small)].acceptance > roadmap(three, small).chances.acceptable


def test_who_controls_what_moves_is_asked_of_that_alone() -> None:
    """What the agreement leaves out, control adds; only power is that in the agreement alone."""
    left_out = deal(prepare(case({"all": ["government", "opposition"]}), draws=64)).main
    given = deal(prepare(case(), draws=64)).main
    assert given.power.banzhaf != left_out.power.banzhaf
    assert replace(given, power=left_out.power, consent=left_out.consent) == left_out


def test_a_condition_on_everything_is_none() -> None:
    every = {"all": ["government", "opposition", {"when": [*ISSUES], "ask": "capital"}]}
    plain = {"all": ["government", "opposition", "capital"]}
    found, same = (deal(prepare(case(tree), draws=64)).main for tree in (every, plain))
    assert found == same


def test_only_who_is_asked_can_stop_a_road() -> None:
    ready = prepare(case(), draws=64)
    small, great = roadmap(ready, moves("prisoners", "council")), roadmap(ready, moves(*ISSUES))
    assert all(stage.margin["capital"] < 0 for stage in small.stages)
    assert all(stage.weakest != "capital" for stage in small.stages)
    assert any(stage.weakest == "capital" for stage in great.stages)


def test_of_a_part_only_those_are_asked_who_are_asked_of_it() -> None:
    """The capital would not lift its sanctions; the part without them does not need it."""
    reluctant = raw()
    reluctant["preferences"]["capital"]["points"]["sanctions"]["yes"] = -40
    found = roadmap(prepare(Case.model_validate(reluctant), draws=64), moves(*ISSUES))
    assert found.part is not None
    assert {m.issue for m in found.part.moves} == {"prisoners", "council"}
    assert found.part.missing is not None
    assert (found.part.missing.move.issue, found.part.missing.faction) == ("sanctions", "capital")


def test_a_swap_asks_whoever_every_table_asks_for_what_it_moves() -> None:
    def consent(given: Case) -> dict[tuple[str, ...], tuple[str, ...]]:
        return {tuple(s.moves): s.consent for s in swaps(prepare(given, draws=64))[0]}

    swap = ("prisoners", "council")
    assert consent(case())[swap] == ("government", "opposition")
    asked = {"all": ["government", "opposition", {"when": ["council"], "ask": "capital"}]}
    assert consent(case(asked))[swap] == ("government", "opposition", "capital")
    seats = ["government", "opposition", {"capital": {"when": ["council"], "ask": "capital"}}]
    assert len(consent(tables(strict=seats))[swap]) == 3
    assert len(consent(tables(strict=seats, loose=["government", "opposition"]))[swap]) == 2


def test_the_reader_is_told_of_what() -> None:
    seats = ["government", "opposition", {"capital": WHEN}]
    given = tables(one=seats, two=seats)
    result = deal(prepare(given, draws=64))
    said = str(sections(result, given))
    assert "the consent of government, opposition and capital (only where sanctions moves)" in said
    assert result.main.needed == ("government", "opposition")
    assert not result.main.consent.given({"government", "opposition"}, moves("sanctions"))
    assert result.main.consent.given({"government", "opposition"}, moves("council"))


@pytest.mark.parametrize("wanted", [("prisoners", "council"), ISSUES])
def test_those_asked_have_to_deliver(wanted: tuple[str, ...]) -> None:
    base = raw()
    base["signing"] = {"chance": 0.5}

    def kept(delivers: float) -> float:
        base["parties"]["capital"] = {"delivers": delivers}
        found = roadmap(prepare(Case.model_validate(base), draws=64), moves(*wanted)).chances.kept
        assert found is not None
        return found

    share = 0.5 if "sanctions" in wanted else 1.0
    assert kept(0.5) == pytest.approx(share * kept(1.0))
    assert kept(1.0) > 0
