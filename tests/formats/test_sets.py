"""A folder of several negotiations: which files belong together, and a case for each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from detente.errors import UsageError
from detente.formats import sets
from detente.formats.sets import sets_in
from tests.formats.written_files import BUYER, DOMAIN, SELLER, write


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def shelf(folder: Path) -> Path:
    """Two houses in one folder, one in another, a sheet, a game of score sheets, and what cannot be read."""
    for place in ("two", "one", "other", "game/scores_files", ".hidden"):
        (folder / place).mkdir(parents=True)
    for house in ("House-A", "House-AB"):
        for name, text in (("domain", DOMAIN), ("prof1", BUYER), ("prof2", SELLER)):
            (folder / "two" / f"{house}-{name}.xml").write_text(text)
    write(folder / "one", house_xml=DOMAIN, buyer_xml=BUYER, seller_xml=SELLER)
    (folder / "one" / "pareto.xml").write_text("\n0.5, 1.0\n")
    (folder / "one" / "sheet.csv").write_text("issue,option,A,B\nx,p,1,2\n,q,3,4\n")
    (folder / "other" / "broken.json").write_text("{")
    (folder / ".hidden" / "broken.json").write_text("{")
    (folder / "game" / "config.txt").write_text("Mayor,mayor,p1\nUnion,union,p2\n")
    for name in ("mayor", "union"):
        (folder / "game" / "scores_files" / f"{name}.txt").write_text("1, 2\n3, 4\n2\n")
    return folder


def test_what_belongs_together_is_found_by_folders_and_names(tmp_path: Path) -> None:
    found = {one.name: sorted(p.name for p in one.paths) for one in sets_in(shelf(tmp_path / "shelf"))}
    assert found == {
        "game": ["game"],
        "one/sheet": ["sheet.csv"],
        "one": ["buyer.xml", "house.xml", "pareto.xml", "seller.xml"],
        "other": ["other"],
        "two/House-A": ["House-A-domain.xml", "House-A-prof1.xml", "House-A-prof2.xml"],
        "two/House-AB": ["House-AB-domain.xml", "House-AB-prof1.xml", "House-AB-prof2.xml"],
    }


def test_each_becomes_a_case_or_is_refused_in_a_sentence(tmp_path: Path) -> None:
    folder, out = shelf(tmp_path / "shelf"), tmp_path / "out"
    (folder / "one" / "pareto.xml").unlink()
    done = call("import", folder, "--output", out, "--levels", "3")
    assert done.exit_code == 3
    written = [Path(line) for line in done.stdout.splitlines() if line.endswith(".yaml")]
    assert [path.stem for path in written] == ["game", "one_sheet", "one", "two_house_a", "two_house_ab"]
    assert "title: House-AB" in (out / "two_house_ab.yaml").read_text()
    refused = [line for line in done.output.splitlines() if line.startswith("refused")]
    assert len(refused) == 1
    assert "broken.json: this is not JSON" in refused[0]
    said = json.loads(call("import", folder, "-o", out, "--force", "--levels", "3", "--json").stdout)
    assert [one["from"] for one in said["cases"]] == [
        "game",
        "one/sheet",
        "one",
        "two/House-A",
        "two/House-AB",
    ]
    assert said["refused"][0]["from"] == "other"


def test_the_packages_that_genius_keeps_beside_a_domain_are_not_read(tmp_path: Path) -> None:
    folder = shelf(tmp_path / "shelf") / "one"
    (folder / "sheet.csv").unlink()
    done = call("import", folder, "--output", tmp_path / "house.yaml", "--levels", "3")
    assert done.exit_code == 0
    assert "lost     pareto.xml: what GENIUS computed from the others, so not read" in done.stdout


def test_several_negotiations_need_a_folder_and_have_their_own_titles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shelf(tmp_path / "shelf")
    assert "has 6 negotiations: say with --output DIR" in str(call("import", folder).exception)
    done = call("import", folder, "--output", tmp_path / "out", "--title", "One")
    assert "--title is of one case" in str(done.exception)
    monkeypatch.setattr(sets, "MAX_SETS", 5)
    with pytest.raises(UsageError, match="more than 5 negotiations"):
        sets_in(folder)


def test_a_link_is_not_followed_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "shelf"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere", house_xml=DOMAIN)
    (folder / "in").symlink_to(tmp_path / "elsewhere")
    (folder / "loop").symlink_to(folder)
    assert sets_in(folder) == []
    (folder / "house.xml").symlink_to(tmp_path / "elsewhere" / "house.xml")
    assert "leads out of the folder" in str(call("import", folder, "-o", tmp_path / "x.yaml").exception)
