"""A study of a case with something changed: paired draws, said in the answer, the same at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import typer.main
from wells import TEXT

from detente import Study, cli, load
from detente.analyses.schema import result_schema
from detente.draws import prepare
from tests.answers import ask


@pytest.fixture
def wells(tmp_path: Path) -> Path:
    file = tmp_path / "wells.yaml"
    file.write_text(TEXT, encoding="utf-8")
    return file


@pytest.fixture
def study(wells: Path) -> Study:
    return Study(load(wells), draws=128)


def test_what_does_not_change_keeps_its_random_numbers(study: Study) -> None:
    # A range becomes certain: without pairing every column after it would be another's.
    changed = study.changed({"north.weights.well": 40})
    before, after = study.ready, changed.ready
    assert after.problem.dimensions == before.problem.dimensions - 1
    assert np.array_equal(before.reported_on[:, 1:], after.reported_on)
    assert np.array_equal(before.chosen_on[:, 1:], after.chosen_on)
    for path, values in before.beside_fresh.steps.values.items():
        assert np.array_equal(values, after.beside_fresh.steps[path])
    assert not np.array_equal(prepare(changed.case.case, draws=128).reported_on, after.reported_on)


def test_what_is_new_takes_columns_that_nobody_had(study: Study) -> None:
    changed = study.changed({"preferences.north.no_deal": {"status_quo": [1, 2, 3]}})
    taken = changed.ready.names
    assert taken[: len(study.ready.names)] == study.ready.names
    assert taken[len(study.ready.names) :] == ("deal north.no_deal",)
    n = changed.ready.problem.parameters.index(
        next(p for p in changed.ready.problem.parameters if p.path == "north.no_deal")
    )
    own = changed.ready.reported_on[:, list(changed.ready.problem.uncertain).index(n)]
    assert not any(np.array_equal(own, column) for column in study.ready.reported_on.T)
    assert np.array_equal(study.ready.fresh.points, changed.ready.fresh.points)


def test_a_change_and_back_is_no_change(study: Study) -> None:
    again = study.changed({"north.weights.well": 40}).changed({"north.weights.well": [10, 40, 70]})
    first, last = json.loads(study.deal().to_json()), json.loads(again.deal().to_json())
    assert [c["path"] for c in last.pop("changed")] == 2 * ["preferences.north.weights.well"]
    assert first == last


def test_an_answer_says_what_was_changed(study: Study, wells: Path) -> None:
    answer = study.changed({"north.weights.well": 5}).deal()
    said = "preferences.north.weights.well = 5 instead of [10, 40, 70]"
    assert answer.document.facts["what if"] == said
    assert str(answer).split("\n")[2].startswith(f"! With {said[:40]}")
    found = json.loads(answer.to_json())
    jsonschema.validate(found, result_schema("deal"))
    assert found["changed"] == [
        {"path": "preferences.north.weights.well", "before": "[10, 40, 70]", "after": "5"}
    ]
    assert "changed" not in json.loads(study.deal().to_json())
    asked = ask("deal", wells, "--json", "--draws", "128", "--set", "north.weights.well=5")
    assert (asked.code, asked.out) == (0, answer.to_json())
    assert repr(study.changed({"north.weights.well": 5})) == (
        "Study('wells', preferences.north.weights.well=5, seed=0, draws=128, widen=1)"
    )


def test_the_command_says_where_a_value_is_wrong(wells: Path) -> None:
    assert ask("check", wells, "--set", "north.weights.well=[3, 1]").code == 3
    refused = ask("deal", wells, "--set", "noth.weights.well=3")
    assert refused.code == 2
    assert "--set noth.weights.well: no 'noth' in the case; did you mean" in refused.err


def test_every_command_that_reads_one_case_takes_changes() -> None:
    commands = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
    without = {
        name
        for name, command in commands.items()
        if any(p.name in ("case", "cases") and p.param_type_name == "argument" for p in command.params)
        and not any("--set" in p.opts for p in command.params)
    }
    assert without == set()
    assert "debrief" in commands


def test_an_export_says_what_was_changed(wells: Path) -> None:
    written = ask("export", wells, "--csv", wells.parent / "sheet", "--set", "north.weights.well=5")
    assert written.code == 0
    assert "with preferences.north.weights.well = 5 instead of [10, 40, 70]" in written.err


def test_check_and_world_take_changes_as_well(wells: Path) -> None:
    checked = ask("check", wells, "--set", "north.weights.well=5")
    assert checked.code == 0
    assert checked.out.endswith("with preferences.north.weights.well = 5 instead of [10, 40, 70]\n")
    path = "world.parts.strike.numbers.rate"
    shown = ask("world", "stockpile", "--json", "--set", f"{path}=0.5")
    assert shown.code == 0
    found = shown.json
    jsonschema.validate(found, result_schema("world"))
    assert [c["path"] for c in found["changed"]] == [path]
