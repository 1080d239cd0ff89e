"""Control by option: who moves an issue to one option need not be who moves it to another."""

from __future__ import annotations

from typing import Any

import pytest

from detente.analyses.deal import deal
from detente.analyses.deal.document import sections
from detente.analyses.deal.swaps import swaps
from detente.analyses.roadmap import roadmap
from detente.case.reading import read_case
from detente.draws import prepare
from detente.errors import CaseError, UsageError
from detente.problem import table
from detente.problem.conflict import conflict
from detente.problem.own import own_gains

CASE = """\
detente: 1
id: pardon
title: Release or pardon
judgement: made up
parties: {government: {delivers: 0.5}, president: {}, opposition: {}}
agreement: {all: [opposition]}
issues:
  prisoners:
    controlled_by: government
    status_quo: held
    options: {held: , released: , pardoned: {controlled_by: president}}
  strike: {controlled_by: opposition, status_quo: on, options: {on: , off: }}
preferences:
  government: {patience: 0.9, points: {prisoners: {held: 0, released: -5, pardoned: -30}, strike: {on: 0, off: 20}}}
  president: {patience: 0.9, points: {prisoners: {held: 0, released: -9, pardoned: -5}, strike: {on: 0, off: 20}}}
  opposition: {patience: 0.9, points: {prisoners: {held: 0, released: 30, pardoned: 40}, strike: {on: 0, off: -10}}}
signing: {chance: 0.5}
steps: {temptation: 100}
"""
CERTAIN = CASE.replace("delivers: 0.5", "delivers: 1")
RELEASE = {"prisoners": "released", "strike": "off"}
PARDON = {"prisoners": "pardoned", "strike": "off"}


def ready(text: str = CASE) -> Any:
    return prepare(read_case(text, "pardon.yaml").case, draws=64)


def test_each_option_asks_whoever_moves_there() -> None:
    """The government would not pardon and need not, the president would not release and need not."""
    given = ready()
    at = table(given.problem)
    assert at.moving([(0, 1)]).winning == (0b101,)
    assert at.moving([(0, 2)]).winning == (0b110,)
    assert at.moving([(1, 1)]).winning == (0b100,)
    found = deal(given).main
    assert found.packages.acceptable == 2, "both with the strike off; alone, nobody gives anything"
    assert found.needed == ("opposition",)


def test_whose_step_it_is_and_who_has_to_deliver() -> None:
    given = ready()
    release, pardon = roadmap(given, RELEASE), roadmap(given, PARDON)
    for result, party in ((release, "government"), (pardon, "president")):
        taken = {m.issue: m.parties for s in result.stages for m in s.steps}
        assert taken == {"prisoners": (party,), "strike": ("opposition",)}
    sure = ready(CERTAIN)
    assert release.chances.kept == pytest.approx(0.5 * (roadmap(sure, RELEASE).chances.kept or 0))
    assert pardon.chances.kept == pytest.approx(roadmap(sure, PARDON).chances.kept)
    assert (pardon.chances.kept or 0) > 0


GRADUAL = CASE.replace("controlled_by: government\n", "controlled_by: government\n    gradual: true\n")


def test_on_the_way_each_step_is_its_own() -> None:
    result = roadmap(ready(GRADUAL), PARDON)
    taken = {m.option: m.parties for s in result.stages for m in s.steps}
    assert taken == {"released": ("government",), "pardoned": ("president",), "off": ("opposition",)}
    sure = roadmap(ready(GRADUAL.replace("delivers: 0.5", "delivers: 1")), PARDON)
    assert result.chances.kept == pytest.approx(0.5 * (sure.chances.kept or 0))


def test_a_table_without_the_president_cannot_pardon() -> None:
    text = CASE.replace("agreement: {all: [opposition]}\n", "")
    text += "tracks: {small: {parties: [government, opposition]}}\n"
    given = ready(text)
    found = deal(given)
    assert found.main.stuck == {"prisoners": "not to pardoned: whoever controls that does not sit here"}
    assert found.main.packages.total == 4
    assert {p.package["prisoners"] for p in found.main.frontier} == {"released"}
    said = str(sections(found, given.problem.case))
    assert "prisoners (not to pardoned: whoever controls that does not sit here)" in said
    with pytest.raises(UsageError, match="moves 'prisoners' to 'pardoned', which cannot be done at 'small'"):
        roadmap(given, PARDON)


def test_whoever_takes_a_step_on_the_way_is_asked() -> None:
    """Where a pardon comes after a release the government is asked of it too, and a table without it cannot pardon either."""
    at = table(ready(GRADUAL).problem)
    assert at.moving([(0, 1)]).winning == (0b101,)
    assert at.moving([(0, 2)]).winning == (0b111,)
    assert [s.moves["prisoners"] for s in swaps(ready(GRADUAL))[0]] == ["released"]
    text = GRADUAL.replace("agreement: {all: [opposition]}\n", "")
    text += "tracks: {small: {parties: [president, opposition], issues: [strike]}, all: {parties: [government, president, opposition]}}\n"
    assert table(ready(text).problem, "small").stuck == {}
    with pytest.raises(
        CaseError, match="'prisoners' cannot move at this table: its control needs government"
    ):
        ready(text.replace("issues: [strike]", "issues: [prisoners, strike]"))
    free = text.replace("issues: [strike]", "issues: [prisoners, strike]").replace(
        "gradual: true", "gradual: false"
    )
    assert table(ready(free).problem, "small").stuck == {
        "prisoners": "not to released: whoever controls that does not sit here"
    }


def test_nobody_waits_by_steps_that_are_anothers() -> None:
    """Alone the president pardons where that is one step, and not where a release comes first."""
    for disliked, gains in ((CASE, [0, 5, 0]), (GRADUAL, [0, 0, 0])):
        text = disliked.replace("pardoned: -5}", "pardoned: 5}")
        given = ready(text)
        found = own_gains(given.problem, given.best, given.beside_best.steps)[:, 0] * given.problem.step
        assert found.tolist() == gains
        said = [
            w for w in read_case(text, "pardon.yaml").warnings if "without anybody's agreement" in w.message
        ]
        assert len(said) == sum(g > 0 for g in gains)


def test_swaps_ask_whoever_makes_the_move() -> None:
    found = {s.moves["prisoners"]: s.consent for s in swaps(ready())[0]}
    assert found == {"released": ("government", "opposition"), "pardoned": ("president", "opposition")}


def test_in_the_graph_each_moves_to_its_own_options() -> None:
    at = conflict(read_case(CASE, "pardon.yaml").case)
    assert at.movers == (0b001, 0b010, 0b100)
    legal = {(m, i): at.legal[m, i].astype(int).tolist() for m in range(3) for i in range(2)}
    # The government releases, and takes a release or a pardon back: 'held' is its move.
    assert legal[0, 0] == [[1, 1, 0], [1, 1, 0], [1, 1, 1]]
    assert legal[1, 0] == [[1, 0, 1], [0, 1, 1], [0, 0, 1]]
    assert legal[2, 0] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert at.movable.tolist() == [[True, False], [True, False], [False, True]]


def test_who_decides_an_option_can_be_all_that_is_named() -> None:
    """Nobody is said to release: then the table's agreement decides that."""
    free = CASE.replace("    controlled_by: government\n", "")
    at = table(ready(free).problem)
    assert at.moving([(0, 1)]).winning == (0b10,)
    with pytest.raises(
        UsageError, match="nobody is said to control 'prisoners', so nobody can take its step to 'released'"
    ):
        roadmap(ready(free), RELEASE)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "controlled_by: president",
            "controlled_by: resident",
            "unknown party or faction 'resident'; did you mean 'president'?",
        ),
        ("controlled_by: president", "controlled_by: outside", "unknown party or faction 'outside'"),
        (
            "controlled_by: government",
            "controlled_by: outside",
            "'prisoners' is decided outside, so that nobody moves it to an option",
        ),
        (
            "controlled_by: president",
            "controlled_by: {at_least: {k: 2, of: [president]}}",
            "2 of 1 can never be reached",
        ),
        (
            "controlled_by: president",
            "controlled_by: {when: [strike], ask: president}",
            "not for the control of an issue",
        ),
    ],
)
def test_what_cannot_control_an_option(old: str, new: str, message: str) -> None:
    with pytest.raises(CaseError) as refused:
        read_case(CASE.replace(old, new, 1), "pardon.yaml")
    assert any(message in f.message for f in refused.value.faults), refused.value.faults


def test_control_that_no_option_leaves_anything_to_is_told_of() -> None:
    text = CASE.replace(
        "held: , released: ,", "held: {controlled_by: president}, released: {controlled_by: president},"
    )
    warnings = read_case(text, "pardon.yaml").warnings
    assert any("every option says itself who moves the issue there" in w.message for w in warnings)
