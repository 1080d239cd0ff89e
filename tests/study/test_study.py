"""What Python is offered: pinned, light to import, in its own words, the same bytes as the command's."""

from __future__ import annotations

import html
import inspect
import json
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

import detente
from detente import Study
from detente.errors import CaseError, UsageError
from detente.render.html import page
from tests.answers import ask


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(detente.load("two-villages"), draws=64)


def test_what_is_offered_is_this_and_no_more() -> None:
    errors = ["CaseError", "DetenteError", "LimitError", "UsageError"]
    others = ["Case", "Study", "__version__", "cases", "compare", "load"]
    assert detente.__all__ == sorted([*errors, *others])
    assert list(inspect.signature(detente.compare).parameters) == ["studies", "names", "weights"]
    methods = {
        name: list(inspect.signature(of).parameters)
        for name, of in vars(Study).items()
        if inspect.isfunction(of) and not name.startswith("_")
    }
    assert methods == {
        "deal": ["self", "track", "package"],
        "flips": ["self", "track"],
        "stability": ["self", "wanted", "draws"],
        "roadmap": ["self", "package", "track", "counted_on", "suppose"],
        "outlook": ["self", "package", "track", "without", "worlds", "workers", "cluster", "merge", "crew"],
        "report": ["self"],
        "changed": ["self", "changes"],
        "beside": ["self", "other"],
        "debrief": ["self", "agreements", "track"],
        "to_negmas": ["self"],
    }
    assert str(inspect.signature(Study)) == (
        "(case: 'ReadCase', seed: 'int' = 0, draws: 'int' = 1024, widen: 'float' = 1.0) -> None"
    )
    assert isinstance(detente.load("two-villages"), detente.Case)
    assert detente.cases()["two-villages"] == "Two villages on one stream"
    assert set(detente.__all__) <= set(dir(detente))
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        detente.lode  # noqa: B018


def test_nothing_heavy_is_imported_before_a_question_is_asked() -> None:
    code = (
        "import sys, detente; light = set(sys.modules)\n"
        "detente.Study(detente.load('two-villages')); loaded = set(sys.modules)\n"
        "print(sorted({'pydantic', 'typer'} & light), sorted({'numpy', 'numba', 'scipy', 'typer'} & loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == "[] []"


def test_types_are_published() -> None:
    assert (Path(detente.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"draws": 10}, "draws must be at least 64: found 10"),
        ({"draws": 10**6}, "draws must be at most 65536: found 1000000"),
        ({"draws": 64.0}, "draws must be a whole number: found 64.0"),
        ({"draws": True}, "draws must be a whole number: found True"),
        ({"seed": -1}, "seed must be at least 0: found -1"),
        ({"widen": -1}, "widen must be between 0 and 100: found -1"),
        ({"widen": float("nan")}, "widen must be between 0 and 100: found nan"),
        ({"widen": "2"}, "widen must be a number: found '2'"),
    ],
)
def test_what_is_no_study_is_said_in_pythons_words(options: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as error:
        Study(detente.load("two-villages"), **options)  # type: ignore[arg-type]
    assert str(error.value) == said


def test_errors_are_in_pythons_words_and_the_commands_in_its_own(study: Study) -> None:
    with pytest.raises(
        UsageError, match=r"^package road=pave: no option 'pave' of 'road'; did you mean"
    ) as error:
        study.deal(package={"road": "pave"})
    assert str(error.value.typed).startswith("--package road=pave: ")
    with pytest.raises(UsageError, match=r"give 'track' once"):
        study.deal(track=["table", "other"], package="nash")
    with pytest.raises(UsageError, match=r"^worlds must be at least 2"):
        study.outlook(worlds=1)


ORDERED = """\
detente: 1
id: ordered
title: Who moves first
judgement: made up
parties: {north: {}, south: {}}
issues:
  well: {controlled_by: north, status_quo: closed, options: {closed: , open: }}
  road: {controlled_by: south, status_quo: closed, options: {closed: , open: }}
preferences:
  north: {priorities: [{road: open}, {well: closed}]}
  south: {priorities: [{well: open}, {road: closed}]}
"""


def test_a_command_that_is_quoted_keeps_its_options(study: Study) -> None:
    with pytest.raises(UsageError, match="'detente new FILE --with world' writes"):
        study.outlook()


def test_a_package_is_named_by_the_path_of_its_file_too(study: Study, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("road: paved\n")
    asked = study.deal(package=tmp_path / "p.yaml").to_json()
    assert asked == study.deal(package={"road": "paved"}).to_json()
    with pytest.raises(UsageError, match="package road=1: no option '1' of 'road'"):
        study.deal(package={"road": 1})  # type: ignore[dict-item]


def test_a_case_that_puts_states_in_order_is_sent_to_stability(tmp_path: Path) -> None:
    file = tmp_path / "ordered.yaml"
    file.write_text(ORDERED, encoding="utf-8")
    study = Study(detente.load(file))
    assert study.stability({"well": "open"}).result.wanted.state == {"well": "open", "road": "closed"}
    with pytest.raises(UsageError, match=r"'\.stability\(\)' reads it"):
        study.deal()


def test_a_case_that_is_none_is_said_as_before(tmp_path: Path) -> None:
    file = tmp_path / "a--set.yaml"
    file.write_text("detente: 2\n", encoding="utf-8")
    with pytest.raises(CaseError) as error:
        detente.load(file)
    assert str(file) in str(error.value)
    with pytest.raises(UsageError, match="did you mean 'two-villages'"):
        detente.load("two-vilages")


def test_an_answer_is_the_commands_to_the_byte(study: Study) -> None:
    draws = ("--draws", "64")
    assert study.deal().to_json() == ask("deal", "two-villages", "--json", *draws).out
    assert study.flips().to_json() == ask("flips", "two-villages", "--json", *draws).out
    assert study.stability(draws=64).to_json() == ask("stability", "two-villages", "--json", *draws).out
    drafted = study.deal(package={"road": "paved"})
    assert drafted.to_json() == ask("deal", "two-villages", "--package", "road=paved", "--json", *draws).out
    assert json.loads(drafted.to_json())["verb"] == "draft"


def test_an_answer_shows_itself(study: Study) -> None:
    answer = study.deal()
    assert repr(answer) == "<Answer deal of two-villages>"
    assert repr(study) == "Study('two-villages', seed=0, draws=64, widen=1)"
    assert repr(study.case) == "Case('two-villages', 'Two villages on one stream', 0 warnings)"
    assert str(answer).split() == ask("deal", "two-villages", "--draws", "64").out.split()
    shown = answer._repr_html_()
    inside = shown.partition('srcdoc="')[2].partition('"')[0]
    # Without the base a link to a section leads to the notebook, and leaves the frame empty.
    assert html.unescape(inside).replace('<head><base href="about:srcdoc">', "<head>") == page(
        answer.document
    )
    assert shown.startswith('<iframe title="deal of two-villages" sandbox ')
    assert "&lt;base href" in inside
    assert "<base" not in answer.html()


def test_the_same_question_is_answered_once_and_frozen(study: Study) -> None:
    assert study.deal().result is study.deal().result
    with pytest.raises(FrozenInstanceError):
        study.deal().result.seed = 1  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        study.seed = 1  # type: ignore[misc]


def test_records_are_rows_of_the_json(study: Study) -> None:
    answer = study.deal()
    found = json.loads(answer.to_json())
    rows = answer.records("frontier")
    assert rows == answer.records("tracks.frontier")
    assert [row["gain.upper"] for row in rows] == [p["gain"]["upper"] for p in found["frontier"]]
    assert {(row["tracks"], row["frontier"]) for row in rows} == {("table", n) for n in range(len(rows))}
    [whole] = answer.records("answer")
    assert (whole["case"], whole["draws"]) == ("two-villages", 64)
    assert answer.records("bodies") == []
    rules = answer.records("solutions")
    assert [r["solutions"] for r in rules if r.get("rule")] == [
        rule for rule, found in found["solutions"].items() if found
    ]


def test_a_table_that_is_none_is_told_the_nearest_and_the_list(study: Study) -> None:
    with pytest.raises(
        UsageError, match=r"'fronteer'; did you mean 'tracks.frontier'\? Tables: answer, tracks, "
    ):
        study.deal().records("fronteer")
    with pytest.raises(UsageError, match=r"could be tracks.chances.by_reading or swaps.chances.by_reading"):
        study.deal().records("by_reading")


def test_an_answer_is_the_same_text_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Study("two-villages", draws=64).deal()
    plain = str(answer)
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")  # as its kernels do
    assert str(answer) == plain
    assert "\x1b" not in plain
