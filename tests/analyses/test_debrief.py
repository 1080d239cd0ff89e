"""What groups left on the table, against listing every package, and the sheets that they come from."""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from detente.analyses.debrief import debrief
from detente.analyses.debrief.document import document, rows
from detente.analyses.words import Words
from detente.case.checks import faults
from detente.case.model import Case
from detente.case.reading import load_case
from detente.catalogue import resolve
from detente.cli import app
from detente.document import Finding, Paragraph, Table
from detente.draws import prepare
from detente.errors import CaseError, UsageError
from detente.formats.agreements import read_agreements
from detente.study import Study
from tests.oracles.deal import utility
from tests.oracles.debrief import left


def random_case(seed: int) -> Case:
    """Three parties, three issues, few points so that there are ties, terms, lines and impossible combinations."""
    draw = Random(seed)
    issues = {i: ["p", "q", "r"][: draw.randint(2, 3)] for i in "xyz"}

    def pattern() -> dict[str, str]:
        return {i: draw.choice(issues[i]) for i in draw.sample("xyz", 2)}

    def wants() -> dict[str, Any]:
        return {
            "inference": "drawn",
            "no_deal": draw.randint(0, 6),
            "points": {i: {o: draw.randint(-1, 4) for o in options} for i, options in issues.items()},
            "together": [{"when": pattern(), "add": draw.randint(-3, 3)} for _ in range(draw.randint(0, 2))],
            "red_lines": [pattern() for _ in range(draw.randint(0, 1))],
        }

    case = Case.model_validate(
        {
            "detente": 1,
            "id": "drawn",
            "title": "Drawn",
            "status_quo": "none",
            "parties": {p: {} for p in "abc"},
            "issues": {i: {"options": {o: {} for o in options}} for i, options in issues.items()},
            "impossible": [pattern()] if draw.random() < 0.4 else [],
            "preferences": {p: wants() for p in "abc"},
        }
    )
    return case


@pytest.mark.parametrize("seed", range(25))
def test_what_is_left_is_what_listing_every_package_finds(seed: int) -> None:
    case = random_case(seed)
    if faults(case, lambda _: (1, 1)):
        pytest.skip("two lines of this draw contradict each other")
    every = [
        dict(zip(case.issues, o, strict=True)) for o in product(*(i.options for i in case.issues.values()))
    ]
    chosen = [None, *Random(seed).sample(every, 6)]
    found = debrief(prepare(case, draws=64), [(str(n), p) for n, p in enumerate(chosen)])
    for group, package in zip(found.groups, chosen, strict=True):
        expected = left(case, package)
        assert group.left == {f: float(gain) for f, gain in expected.items()}
        assert group.on_frontier == (not any(expected.values()))
        assert group.most_left == float(max(expected.values()))
        assert group.package == package
        if group.better is not None:
            gain = {f: utility(case, f, group.better) - float(group.utility[f]) for f in case.preferences}
            assert min(gain.values()) >= 0
            assert float(gain[str(group.most_left_to)]) == group.most_left


SCORES = {"Best": "a1,b3,c2,d2,e3", "Poor": "A1,B1,C1,D4,E1", "Never": ""}


@pytest.fixture
def agreements(tmp_path: Path) -> Path:
    path = tmp_path / "agreements.csv"
    lines = ["group,Issue A,issue_b,Issue C,Issue D,Issue E"]
    case = load_case(resolve("scored-game")).case
    names = list(case.issues)
    lines[0] = "group," + ",".join(case.issues[n].name or n if k % 2 else n for k, n in enumerate(names))
    for group, options in SCORES.items():
        lines.append(",".join([group, *(options.split(",") if options else [])]))
    path.write_text("\n".join(lines) + "\n")
    return path


def test_groups_of_a_class(agreements: Path) -> None:
    case = load_case(resolve("scored-game")).case
    result = Study("scored-game").debrief(agreements).result
    best, poor, never = result.groups
    assert (result.agreed, result.on_frontier) == (2, int(best.on_frontier) + int(poor.on_frontier))
    assert best.acceptable
    assert not poor.acceptable
    assert poor.refuses
    assert never.package is None
    assert never.gain == dict.fromkeys(never.gain, 0.0)
    for group in result.groups:
        assert group.left == {f: float(g) for f, g in left(case, group.package).items()}


def test_it_is_said_in_words_and_as_a_sheet(agreements: Path) -> None:
    case = load_case(resolve("scored-game")).case
    result = Study(resolve("scored-game")).debrief(agreements).result
    told = document(result, case)
    first = next(b for b in told.blocks if isinstance(b, Finding))
    assert "2 of 3 groups agreed" in first.text
    assert "on the exact frontier" in first.text
    # Points of different factions are never compared in the headline.
    assert "points" not in first.text
    after = next(b for b in told.blocks if isinstance(b, Paragraph))
    worst = max(result.groups[:2], key=lambda g: g.most_left)
    assert after.text.startswith(f"Most was left by {worst.group}: {worst.most_left:.1f} points*")
    tables = [b for b in told.blocks if isinstance(b, Table)]
    assert [row[0] for row in tables[0].rows] == list(SCORES)
    assert [row[1] for row in tables[0].rows] == ["yes", "but would be refused", "nothing"]
    assert [list(row) for row in tables[1].rows] == [
        ["Poor", "Issue A: A3; Issue B: B3; Issue D: D2", "The environmental league: +100.0"],
        ["Never", "Issue A: A1; Issue B: B3; Issue C: C2; Issue D: D2; Issue E: E4", "The mayor: +39.0"],
    ]


def test_every_column_of_the_sheet_holds_its_own(agreements: Path) -> None:
    case = load_case(resolve("scored-game")).case
    result = Study("scored-game").debrief(agreements).result
    head, *sheet = rows(result, case)
    for group, row in zip(result.groups, sheet, strict=True):
        has = dict(zip(head, row, strict=True))
        for what, points in (("points", group.utility), ("points above no deal", group.gain),
                             ("points left on the table", group.left)):  # fmt: skip
            for faction in result.factions:
                assert has[f"{Words(case).faction(faction)}: {what}"] == points[faction]
        assert (has["acceptable"], has["on the frontier"]) == (
            "yes" if group.acceptable else "no",
            "yes" if group.on_frontier else "no",
        )


def test_where_there_are_several_tables_the_answer_names_its_own(agreements: Path) -> None:
    study = Study("scored-game", draws=64)
    for track, spec in study.case.case.tracks.items():
        assert study.debrief(agreements, track).document.facts["table"] == spec.name
    first = next(iter(study.case.case.tracks.values())).name
    assert study.deal(package="nash").document.facts["table"] == first
    assert "table" not in Study("two-villages", draws=64).deal(package="nash").document.facts


def test_the_command_writes_json_a_page_and_a_sheet(agreements: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["debrief", "scored-game", str(agreements), "--json"])
    assert run.exit_code == 0
    assert [g["group"] for g in json.loads(run.stdout)["groups"]] == list(SCORES)
    page, sheet = tmp_path / "class.html", tmp_path / "class.csv"
    run = CliRunner().invoke(
        app, ["debrief", "scored-game", str(agreements), "-o", str(page), "--csv", str(sheet)]
    )
    assert run.exit_code == 0
    assert "Left on the table" in page.read_text("utf-8")
    assert [row[0] for row in csv.reader(sheet.read_text("utf-8").splitlines())] == ["group", *SCORES]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("team,x\n", "'group'"),
        ("group,wage\nA,p\n", "no issue 'wage'"),
        ("group,x,y,z\nA,s,p,p\n", "no option 's'"),
        ("group,x,y,z\nA,p,p,p\nA,p,p,p\n", "twice"),
        ("group,x,y\nA,p,p\n", "nothing is said of 'z'"),
        ("group,x,x\nA,p,p\n", "two columns"),
        ("group,x,y,z\n,p,p,p\n", "no name"),
    ],
)
def test_rows_that_cannot_be_are_named(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(CaseError, match=said):
        read_agreements(tmp_path / "a.csv", random_case(0))


def test_no_groups_and_issues_left_open_are_refused() -> None:
    ready = prepare(random_case(0), draws=64)
    with pytest.raises(UsageError, match="no groups"):
        debrief(ready, [])
    with pytest.raises(UsageError, match="nothing is said of 'y'"):
        debrief(ready, [("A", {"x": "p"})])
    assert Study("two-villages").debrief({"A": {"road": "paved"}, "B": None}).result.agreed == 1
