"""Verbs that show what there is."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from detente.analyses.schema import SCHEMAS, result_schema
from detente.case.library import bundled
from tests.cli.test_cli import TINY, run

WORLD = """
as_of: 2021-06-03
world:
  months: 12
  parts:
    rain:
      says: Rain fills the well.
      numbers: {falls: {range: [0.1, 0.2, 0.4], because: measured}}
      levels:
        water: {says: water in the well, start: 0.5, next: "clamp(water + falls - 0.3 * (if road is open then 1 else 0), 0, 1)", unit: share}
    thirst:
      judgement: a guess
      values:
        need: {says: need of water, equation: 1 - rain.water}
      events:
        fled: {says: the village is left, chance: 0.1 * need, ends: village}
        dug: {says: the well is opened, chance: 0.2 * need}
  moves: {well: {open: thirst.dug}}
  stakes: {north: {thirst.fled: -10}}
"""


@pytest.fixture
def dry(tmp_path: Path) -> Path:
    file = tmp_path / "dry.yaml"
    file.write_text(TINY + WORLD, encoding="utf-8")
    return file


def test_a_world_is_shown_in_words(dry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("world", str(dry), capsys=capsys)
    assert (code, err) == (0, "")
    for words in (
        "2 parts, 2 issues and 1 end",
        "water in the well",
        "the village is left",
        "0.2 * need",
        "Moves to",
    ):
        assert words in " ".join(out.split())


def test_a_world_as_json_has_both_graphs(dry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("world", str(dry), "--json", capsys=capsys)
    found = json.loads(out)
    assert (code, found["verb"], found["case"]) == (0, "world", "tiny")
    marks = {(a["source"], a["target"]): a["mark"] for a in found["arrows"]}
    assert marks == {
        ("issue:road", "rain"): "of",
        ("rain", "thirst"): "-",
        ("thirst", "thirst.fled"): "+",
        ("thirst", "issue:well"): "sets",
    }
    basis = {(a["source"], a["target"]): a["basis"] for a in found["arrows"]}
    assert basis["issue:road", "rain"]["text"] == "made up to be worked out by hand"  # of the case
    assert basis["rain", "thirst"]["text"] == "a guess"
    assert {m["id"] for m in found["members"]} >= {"rain.falls", "rain.water", "thirst.dug", "issue:road"}


def test_the_json_of_a_world_matches_its_schema(dry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = "policies: {rain: {changes: {rain.falls: 0.4}, judgement: prayed for}}\n"
    dry.write_text(TINY + WORLD + policy, encoding="utf-8")
    code, out, _ = run("world", str(dry), "--json", capsys=capsys)
    found = json.loads(out)
    assert code == 0
    jsonschema.validate(found, result_schema("world"))
    assert ["rain", "thirst", "thirst.fled"] in [w["way"] for w in found["ways"]["rain"]]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**found, "draws": 1}, result_schema("world"))


def test_the_picture_is_written_and_only_over_one_of_ours(
    dry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "dry.svg"
    code, out, err = run("world", str(dry), "--output", str(file), capsys=capsys)
    assert code == 0
    assert "water in the well" in out
    assert err.strip() == str(file)
    before = file.read_bytes()
    assert ElementTree.fromstring(before).tag.endswith("svg")
    assert run("world", str(dry), "-o", str(file), capsys=capsys)[0] == 0
    assert file.read_bytes() == before
    file.write_text("<svg/>", encoding="utf-8")
    code, _, err = run("world", str(dry), "-o", str(file), capsys=capsys)
    assert code != 0
    assert "--force" in err
    assert run("world", str(dry), "-o", str(file), "--force", capsys=capsys)[0] == 0


def test_a_part_is_drawn_from_near(dry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "near.svg"
    assert run("world", str(dry), "-o", str(file), "--part", "thirst", capsys=capsys)[0] == 0
    text = file.read_text("utf-8")
    assert "EVENT" in text
    assert "rain: water" in text
    code, _, err = run("world", str(dry), "-o", str(file), "--part", "thrist", capsys=capsys)
    assert (code, "did you mean 'thirst'" in err) == (2, True)
    code, _, err = run("world", str(dry), "--part", "thirst", capsys=capsys)
    assert (code, "--output" in err) == (2, True)


def test_a_picture_is_an_svg_file(dry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("world", str(dry), "-o", str(tmp_path / "dry.png"), capsys=capsys)
    assert code != 0
    assert "write it to dry.svg" in err


def test_a_case_without_such_a_world_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    code, out, err = run("world", str(file), capsys=capsys)
    assert (code, out) == (2, "")
    assert "no world in equations" in err
    assert "detente parts" in err


def test_parts_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("parts", capsys=capsys)
    assert code == 0
    assert all(name in out for name in bundled())
    code, out, _ = run("parts", "--json", capsys=capsys)
    assert [of["name"] for of in json.loads(out)["parts"]] == list(bundled())
    for name, of in list(bundled().items())[:1]:
        _, out, _ = run("parts", name, capsys=capsys)
        assert of.title in out
        assert "What it leaves out" in out
        _, out, _ = run("parts", name, "--json", capsys=capsys)
        assert json.loads(out)["parts"][0]["limits"] == of.limits


def test_a_misspelt_part_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("parts", "no_such_part", capsys=capsys)
    assert code == 2
    assert "there is no bundled part 'no_such_part'" in err


def test_schemas_that_there_are_and_one_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("schema", "--verb", "flip", capsys=capsys)
    assert code == 2
    assert "--verb: no schema for 'flip'; did you mean 'flips'? There is: case, " in err
    _, out, _ = run("schema", "--help", capsys=capsys)
    assert all(name in out for name in SCHEMAS)


def test_no_command_is_listed_with_half_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    _, listed, _ = run("--help", capsys=capsys)
    assert "..." not in listed.split("Commands:")[1]
    assert "who blocks?" in listed
