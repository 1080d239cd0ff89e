"""``import``, ``export``: words in, files out, and one clear message where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli import app
from detente.errors import CaseError, LimitError, UsageError
from tests.formats.written_files import BUYER, house


def call(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_import_writes_a_case_and_tells_how_it_came_about(tmp_path: Path) -> None:
    case = tmp_path / "house.yaml"
    done = call("import", *house(tmp_path), "--output", case, "--title", "A house")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[-1] == str(case)
    assert {line.split()[0] for line in lines[:-1]} == {"given", "assumed", "lost"}
    assert "title: A house" in case.read_text()
    assert call("check", case).exit_code == 0
    assert call("deal", case, "--draws", "64").exit_code == 0


def test_import_says_the_same_as_json(tmp_path: Path) -> None:
    done = call("import", *house(tmp_path), "-o", tmp_path / "h.yaml", "--levels", "3", "--json")
    said = json.loads(done.stdout)
    assert said["case"] == "house"
    assert {t["kind"] for t in said["told"]} == {"given", "assumed", "lost"}
    assert any(t["where"] == "Price" and "3 levels" in t["what"] for t in said["told"])


def test_import_replaces_nothing_unasked_and_writes_nothing_that_is_wrong(tmp_path: Path) -> None:
    case = tmp_path / "house.yaml"
    case.write_text("mine")
    paths = house(tmp_path)
    assert isinstance(call("import", *paths, "-o", case).exception, UsageError)
    assert case.read_text() == "mine"
    assert call("import", *paths, "-o", case, "--force").exit_code == 0
    paths[1].write_text(BUYER.replace('evaluation="3"', 'evaluation="x"'))
    other = tmp_path / "other.yaml"
    assert isinstance(call("import", *paths, "-o", other).exception, CaseError)
    assert not other.exists()


def test_export_writes_what_import_reads(tmp_path: Path) -> None:
    for option in ("--negmas", "--genius", "--geniusweb", "--csv"):
        folder = tmp_path / option.strip("-")
        done = call("export", "scored-game", option, folder)
        assert done.exit_code == 0
        written = [Path(line) for line in done.stdout.splitlines()]
        assert written
        assert all(path.parent == folder and path.is_file() for path in written)
        assert call("import", folder, "-o", tmp_path / f"{folder.name}.yaml").exit_code == 0


def test_export_has_to_be_told_as_what(tmp_path: Path) -> None:
    assert "--negmas" in str(call("export", "scored-game").exception)


def test_export_writes_a_workbook_that_import_reads(tmp_path: Path) -> None:
    pytest.importorskip(
        "openpyxl", reason="openpyxl is in the development group and the extra 'spreadsheets'"
    )
    book = tmp_path / "game.xlsx"
    assert call("export", "two-villages", "--csv", tmp_path / "s", "--xlsx", book).exit_code == 0
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["sheet.csv"]
    assert book.read_bytes().startswith(b"PK")
    assert call("import", book, "-o", tmp_path / "back.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["deal"], "the_frontier"),
        (["deal", "--package", "road=paved"], "answer"),
        (["flips"], "numbers_that_matter"),
        (["stability"], "where_it_can_come_to_rest"),
        (["compare", "--set", "upper.weights.road=20"], "answer"),
    ],
)
def test_tables_of_every_answer_go_into_a_folder(words: list[str], name: str, tmp_path: Path) -> None:
    verb, *options = words
    done = call(verb, "two-villages", *options, "--draws", "64", "--tables", tmp_path / "out", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["verb"]
    index = (tmp_path / "out" / "tables.csv").read_text().splitlines()
    files = {path.stem for path in (tmp_path / "out").iterdir()}
    assert files == {"tables", *(line.split(",")[0] for line in index[1:] if line[:1].islower())}
    assert name in files
    again = call(verb, "two-villages", *options, "--tables", tmp_path / "out")
    assert isinstance(again.exception, UsageError)
    assert not again.stdout  # before the work


def test_too_much_is_a_limit(tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    many.write_text("issue,option,A,B\n" + "".join(f"x,o{n},1,2\n" for n in range(40)))
    assert isinstance(call("import", many, "-o", tmp_path / "m.yaml").exception, LimitError | CaseError)


def test_nothing_is_written_where_a_workbook_may_not_be(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("mine")
    done = call("export", "scored-game", "--csv", tmp_path / "out", "--xlsx", tmp_path / "a.xlsx")
    assert isinstance(done.exception, UsageError)
    assert not (tmp_path / "out").exists()


def test_a_debriefing_is_not_written_over_itself(tmp_path: Path) -> None:
    groups, out = tmp_path / "g.csv", tmp_path / "out"
    groups.write_text("group,water\nA,by_turns\n")
    done = call("debrief", "two-villages", groups, "--output", out, "--csv", out)
    assert isinstance(done.exception, UsageError)
    assert "each a file of its own" in str(done.exception)
    assert not out.exists()
