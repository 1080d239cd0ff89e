"""The doors: every verb, every exit code, and nothing but JSON where JSON was asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from detente import cli
from detente.analyses.schema import result_schema
from detente.case.reading import read_case
from detente.case.starter import BLOCKS, starter
from detente.catalogue import path
from detente.completion import cases
from detente.errors import LimitError

TINY = """\
detente: 1
id: tiny
title: Two issues
judgement: {because: made up to be worked out by hand}
parties: {north: {}, south: {}}
issues:
  well: {controlled_by: north, status_quo: closed, options: {closed: , open: }}
  road: {controlled_by: south, status_quo: closed, options: {closed: , open: }}
preferences:
  north:
    weights: {well: [10, 20, 30], road: [60, 70, 90]}
    values: {well: {closed: 100, open: 0}, road: {closed: 0, open: 100}}
  south:
    weights: {well: [50, 60, 80], road: [10, 20, 40]}
    values: {well: {closed: 0, open: 100}, road: {closed: 100, open: 0}}
"""


def run(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``detente ARGUMENTS``."""
    before, sys.argv = sys.argv, ["detente", *arguments]
    try:
        with pytest.raises(SystemExit) as stop:
            cli.main()
    finally:
        sys.argv = before
    captured = capsys.readouterr()
    code = stop.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), captured.out, captured.err


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def test_deal_json_is_json_alone_and_matches_its_schema(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run("deal", str(tiny), "--json", "--draws", "256", capsys=capsys)
    found = json.loads(out)
    assert code == 0
    jsonschema.validate(found, result_schema("deal"))
    assert (found["case"], found["verb"], found["seed"], found["draws"]) == ("tiny", "deal", 0, 256)
    # One exchange is worth it to both: the well for the road.
    assert found["packages"]["total"] == 4
    assert found["packages"]["acceptable"] == 1
    assert [p["package"] for p in found["frontier"]] == [{"well": "open", "road": "open"}]
    assert found["solutions"]["nash"]["package"] == {"well": "open", "road": "open"}
    assert found["tracks"]["table"]["packages"] == found["packages"]


def test_flips_json_matches_its_schema(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("flips", str(tiny), "--json", "--draws", "256", capsys=capsys)
    assert code == 0
    found = json.loads(out)
    jsonschema.validate(found, result_schema("flips"))
    # North gives 20 and gets 70 of 90: the deal goes when its weight on the road falls below that on the well.
    at = {f["path"]: f["deal_flips_at"] for f in found["flips"]}
    assert at["north.weights.road"] == pytest.approx(20, abs=0.05)
    assert at["south.weights.well"] == pytest.approx(20, abs=0.05)


def test_deal_in_words(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("deal", str(tiny), "--draws", "256", capsys=capsys)
    assert code == 0
    assert "1 of 4 packages" in " ".join(out.split())


def test_same_seed_same_bytes_and_another_seed_other_draws(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = run("deal", str(tiny), "--json", "--draws", "256", "--seed", "5", capsys=capsys)
    assert first == run("deal", str(tiny), "--json", "--draws", "256", "--seed", "5", capsys=capsys)
    assert first[1] != run("deal", str(tiny), "--json", "--draws", "256", "--seed", "6", capsys=capsys)[1]


def test_fail_if_no_deal(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny.write_text(TINY.replace("road: [60, 70, 90]", "road: [1, 2, 3]"), encoding="utf-8")
    assert run("deal", str(tiny), "--draws", "64", capsys=capsys)[0] == 0
    assert run("deal", str(tiny), "--draws", "64", "--fail-if-no-deal", capsys=capsys)[0] == 1


def test_report_writes_one_page_and_prints_its_path(
    tiny: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "page.html"
    code, out, _ = run("report", str(tiny), "--output", str(target), "--draws", "256", capsys=capsys)
    assert code == 0
    assert out.strip() == str(target)
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("deal", "venezuela-2012"), 2, "venezuela-2021"),
        (("deal", "tiny.yaml", "--track", "side"), 2, "no track 'side'"),
        (("deal",), 2, "CASE"),
        (("frobnicate",), 2, "frobnicate"),
        (("deal", "broken.yaml"), 3, "broken.yaml:4:1"),
        (("deal", "tiny.yaml", "--draws", "3"), 2, "draws"),
        (("schema", "--verb", "dael"), 2, "deal"),
    ],
)
def test_wrong_use_says_what_and_exits_as_documented(
    arguments: tuple[str, ...],
    code: int,
    said: str,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tiny.parent)
    Path("broken.yaml").write_text("detente: 1\nid: broken\ntitle: [1\n", encoding="utf-8")
    found, out, err = run(*arguments, capsys=capsys)
    assert found == code
    assert said in err
    assert "Traceback" not in out + err


def test_a_limit_exits_with_four_and_a_fault_of_ours_with_seventy(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raising(error: Exception) -> Any:
        def replacement(*_: Any, **__: Any) -> None:
            raise error

        return replacement

    monkeypatch.setattr(cli, "asked_study", raising(LimitError("more than 4,096 winning sets")))
    code, _, err = run("deal", str(tiny), capsys=capsys)
    assert (code, "4,096" in err) == (4, True)
    monkeypatch.setattr(cli, "asked_study", raising(ZeroDivisionError("oops")))
    code, _, err = run("deal", str(tiny), capsys=capsys)
    assert (code, "report it" in err, "Traceback" in err) == (70, True, False)
    monkeypatch.setattr(cli, "asked_study", raising(MemoryError()))
    code, _, err = run("deal", str(tiny), capsys=capsys)
    assert (code, "memory is used up" in err, "Traceback" in err) == (4, True, False)
    monkeypatch.setattr(cli, "asked_study", raising(KeyboardInterrupt()))
    assert run("deal", str(tiny), capsys=capsys)[0] == 130


def test_new_then_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "mine.yaml", capsys=capsys)[:2] == (0, "mine.yaml\n")
    code, out, _ = run("check", "mine.yaml", capsys=capsys)
    assert code == 0
    assert "valid" in out
    again = run("new", "mine.yaml", capsys=capsys)
    assert again[0] == 2, "nothing of the user's is overwritten"
    assert "mine.yaml" in again[2]


def test_new_with_a_world_answers_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "mine.yaml", "--with", "world", capsys=capsys)[:2] == (0, "mine.yaml\n")
    code, out, err = run("check", "mine.yaml", capsys=capsys)
    assert (code, err) == (0, "")
    assert "0 warnings" in out
    for verb in ("deal", "roadmap", "outlook"):
        code, out, err = run(verb, "mine.yaml", "--draws", "64", "--json", capsys=capsys)
        assert (code, err) == (0, ""), verb
    answer = json.loads(out)
    influence = answer["policies"]["watch"]["influence"]
    assert influence["value"]["elders"] > 0, "two watchmen are worth something"
    assert influence["events"]["crossing.fight"] < 0
    assert 0.05 < answer["questions"]["fight"]["answers"]["yes"] < 0.95
    assert answer["levels"], "what is in the world can be looked at"
    assert run("report", "mine.yaml", "--draws", "64", "--output", "mine.html", capsys=capsys)[0] == 0


@pytest.mark.parametrize("blocks", [",".join(some) for n in (1, 2, 5) for some in combinations(BLOCKS, n)])
def test_any_blocks_of_a_starter_go_together(blocks: str) -> None:
    read = read_case(starter(*blocks.split(",")), "starter")
    assert read.warnings == ()


def test_a_starter_with_everything_answers_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "all.yaml", "--with", ", ".join(BLOCKS), capsys=capsys)[0] == 0
    for verb in ("deal", "roadmap", "stability"):
        code, _, err = run(verb, "all.yaml", "--draws", "64", capsys=capsys)
        assert (code, err) == (0, ""), verb
    code, out, err = run("outlook", "all.yaml", "--draws", "64", "--worlds", "16", "--json", capsys=capsys)
    assert (code, err) == (0, "")
    assert set(json.loads(out)["gestures"]) == {"boat", "visit"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_ask_how_a_word_goes_on(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("--completion", shell, capsys=capsys)
    assert (code, err) == (0, "")
    assert "_DETENTE_COMPLETE" in out


def test_a_shell_that_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run("--completion", "tcsh", capsys=capsys)
    assert (code, out) == (2, "")
    assert "one of bash, zsh, fish was expected" in err


def test_cases_are_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strait.yaml").touch()
    assert cases("st") == ["stockpile", "strait.yaml"]
    assert cases(f"{tmp_path}/s") == [f"{tmp_path}/strait.yaml"]
    for folder in ("./", f"{tmp_path}/", f"../{tmp_path.name}/"):
        assert cases(folder) == [f"{folder}strait.yaml"]
    assert cases("nowhere/") == cases("\0") == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--with", "word"], "one or more of tables, roadmap, gestures, standoff, world were expected"),
        (["--with", "world", "--from", "parliament"], "give one of the two"),
    ],
)
def test_new_with_something_else(
    given: list[str],
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run("new", "mine.yaml", *given, capsys=capsys)
    assert (code, says in err) == (2, True)
    assert not (tmp_path / "mine.yaml").exists()


def test_new_from_a_bundled_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("new", "mine.yaml", "--from", "two-villages", capsys=capsys)[:2] == (0, "mine.yaml\n")
    assert (tmp_path / "mine.yaml").read_bytes() == path("two-villages").read_bytes()
    code, _, err = run("new", "other.yaml", "--from", "two-vilages", capsys=capsys)
    assert (code, "did you mean 'two-villages'" in err) == (2, True)
    assert not (tmp_path / "other.yaml").exists()


def test_cases_schema_diff(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "venezuela-2021" in run("cases", capsys=capsys)[1]
    assert json.loads(run("schema", capsys=capsys)[1])["$schema"].startswith(
        "http://json-schema.org/draft-07"
    )
    other = tiny.with_name("other.yaml")
    other.write_text(TINY.replace("[10, 20, 30]", "[15, 25, 35]"), encoding="utf-8")
    out = run("diff", str(tiny), str(other), capsys=capsys)[1]
    assert "well" in out
    assert "25" in out
    assert run("diff", str(tiny), str(tiny), capsys=capsys)[1] == "no difference\n"


def test_help_and_check_load_nothing_heavy() -> None:
    """Start-up is budgeted: what people run all day must not wait for NumPy or Numba."""
    code = (
        "import sys; sys.argv = ['detente', *{args!r}]\n"
        "from detente.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {{'numpy', 'numba', 'scipy', 'jinja2', 'vl_convert'}} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    for arguments in (["--help"], ["check", "venezuela-2021"], ["cases"]):
        subprocess.run(
            [sys.executable, "-c", code.format(args=arguments)], check=True, capture_output=True, timeout=60
        )


def test_what_a_library_prints_does_not_reach_the_output() -> None:
    code = (
        "import os, sys; sys.argv = ['detente', 'cases', '--json']\n"
        "from detente import cli, catalogue\n"
        "real = catalogue.titles\n"
        "catalogue.titles = lambda: (os.write(1, b'noise'), real())[1]\n"
        "cli.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
    json.loads(done.stdout)
    assert b"noise" in done.stderr


def test_check_prints_the_weights_as_they_act(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run("check", str(tiny), "--weights", capsys=capsys)[1]
    assert "north.weights.well: typed 10 20 30, acts as 12.5 22.2 30.0" in out


def test_the_number_of_threads_does_not_change_a_byte() -> None:
    printed = {
        threads: subprocess.run(
            [sys.executable, "-m", "detente", "deal", "venezuela-2021", "--json", "--draws", "64"],
            check=True,
            capture_output=True,
            env={**os.environ, "NUMBA_NUM_THREADS": threads},
            timeout=300,
        ).stdout
        for threads in ("1", "2")
    }
    assert printed["1"] == printed["2"]


CHICKEN = """\
detente: 1
id: chicken
title: Two drivers
parties: {one: {}, two: {}}
issues:
  left: {controlled_by: one, status_quo: straight, options: {straight: , swerve: }}
  right: {controlled_by: two, status_quo: straight, options: {straight: , swerve: }}
preferences:
  one:
    ranking:
      - {left: straight, right: swerve}
      - {left: swerve, right: swerve}
      - {left: swerve}
  two:
    priorities:
      - [{left: swerve}, {right: swerve}]
      - {right: straight}
      - {left: swerve}
"""


@pytest.fixture
def chicken(tmp_path: Path) -> Path:
    path = tmp_path / "chicken.yaml"
    path.write_text(CHICKEN, encoding="utf-8")
    return path


def test_stability_json_matches_its_schema(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("stability", str(tiny), "--json", "--wanted", "well=open", capsys=capsys)
    found = json.loads(out)
    assert code == 0
    jsonschema.validate(found, result_schema("stability"))
    assert found["draws"] == 128
    # Each gains most by getting and not giving: only standing still is a Nash equilibrium.
    assert found["equilibria"]["nash"] == 1
    assert found["status_quo"]["share"]["nash"] == 1
    assert found["wanted"]["stable"]["nash"] is False
    assert {d["step"]["mover"] for d in found["departures"]} == {"north"}


def test_stability_of_states_in_order(chicken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("stability", str(chicken), "--json", capsys=capsys)
    found = json.loads(out)
    assert code == 0
    jsonschema.validate(found, result_schema("stability"))
    nash = [s["state"] for s in found["situations"] if s["stable"]["nash"]]
    assert {"left": "straight", "right": "swerve"} in nash
    assert {"left": "swerve", "right": "straight"} in nash
    assert len(nash) == 2
    code, out, _ = run("stability", str(chicken), capsys=capsys)
    assert code == 0
    assert "no share of draws" in " ".join(out.split())


def test_other_answers_need_points(chicken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run("deal", str(chicken), capsys=capsys)
    assert code == 2
    assert "detente stability" in err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{left: swerve}\n  two", "{left: straight, right: swerve}\n  two", "contradicts the ranking"),
        ("      - {right: straight}", "      - {right: strait}", "did you mean 'straight'?"),
        ("    priorities:", "    weights: {left: 3}\n    priorities:", "not both"),
        ("controlled_by: two, ", "", "nobody is said to control 'right'"),
    ],
)
def test_bad_conflicts_are_refused(
    old: str, new: str, says: str, chicken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert old in CHICKEN
    chicken.write_text(CHICKEN.replace(old, new) + "conflict: {issues: [left, right]}\n", encoding="utf-8")
    code, _, err = run("stability", str(chicken), capsys=capsys)
    assert code == 3
    assert says in err


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("lft=swerve", "did you mean 'left'?"), ("left=swerv", "did you mean 'swerve'?")],
)
def test_a_wanted_situation_that_is_not_in_the_case(
    wanted: str, says: str, chicken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run("stability", str(chicken), "--wanted", wanted, capsys=capsys)
    assert code == 2
    assert says in err


def test_a_state_space_over_the_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issues = "".join(
        f"  i{n}: {{controlled_by: a, status_quo: x, options: {{x: , y: , z: }}}}\n" for n in range(14)
    )
    path = tmp_path / "large.yaml"
    path.write_text(
        "detente: 1\nid: large\ntitle: Large\nparties: {a: {}}\nissues:\n"
        + issues
        + "preferences: {a: {priorities: [{i0: y}]}}\n",
        encoding="utf-8",
    )
    code, _, err = run("stability", str(path), capsys=capsys)
    assert code == 4
    assert "4,782,969" in err
    assert "conflict: {issues" in err


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ("conflict: {wanted: {well: open}, issues: [road]}", "not among the issues of the conflict (road)"),
        ("conflict: {wanted: {well: open, road: open}}\nimpossible: [{well: open, road: open}]", "entry 1"),
        ("conflict: {issues: [well, well]}", "stands here twice"),
        ("conflict: {issues: [wel]}", "did you mean 'well'?"),
    ],
)
def test_a_conflict_block_that_does_not_fit_the_case(
    block: str, says: str, tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny.write_text(TINY + block + "\n", encoding="utf-8")
    code, _, err = run("stability", str(tiny), capsys=capsys)
    assert code == 3
    assert says in err
    assert f"{tiny}:" in err


PATIENT = TINY.replace(
    "    weights: {well: [10", "    patience: [0.9, 0.95, 0.98]\n    weights: {well: [10"
).replace("    weights: {well: [50", "    patience: 0.9\n    weights: {well: [50")


def test_roadmap_json_matches_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "patient.yaml"
    case.write_text(PATIENT, encoding="utf-8")
    code, out, _ = run("roadmap", str(case), "--package", "nash", "--json", "--draws", "64", capsys=capsys)
    found = json.loads(out)
    assert code == 0
    jsonschema.validate(found, result_schema("roadmap"))
    assert found["package"] == {"well": "open", "road": "open"}
    chosen = tmp_path / "package.yaml"
    chosen.write_text("package: {well: open, road: open}\n", encoding="utf-8")
    code, out, _ = run(
        "roadmap", str(case), "--package", str(chosen), "--json", "--draws", "64", capsys=capsys
    )
    assert code == 0
    assert {**json.loads(out), "rule": "nash"} == found


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("well: opened\n", 3, "no option 'opened'; did you mean 'open'"),
        ("wel: open\n", 3, "no issue 'wel' in case 'tiny'; did you mean 'well'"),
        ("- well\n", 3, "a package is a block"),
        ("well: [open]\n", 3, "the name of an option was expected"),
        ("well: closed\n", 2, "leaves everything as it is"),
        (None, 2, "neither a file nor a rule"),
    ],
)
def test_a_package_that_is_not_in_the_case_is_refused(
    content: str | None, code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, chosen = tmp_path / "patient.yaml", tmp_path / "package.yaml"
    case.write_text(PATIENT, encoding="utf-8")
    if content is not None:
        chosen.write_text(content, encoding="utf-8")
    found, _, err = run("roadmap", str(case), "--package", str(chosen), "--draws", "64", capsys=capsys)
    assert (found, said in err) == (code, True)


def test_outlook_prints_probabilities_of_questions_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("outlook", "venezuela-2021", "--draws", "64", "--worlds", "16")
    code, out, _ = run(*arguments, "--questions", "--json", capsys=capsys)
    assert code == 0
    found = json.loads(out)
    assert len(found) == 32
    assert all(abs(sum(answers.values()) - 1) < 1e-4 for answers in found.values())
    code, out, _ = run(*arguments, "--json", capsys=capsys)
    jsonschema.validate(json.loads(out), result_schema("outlook"))
    code, _, err = run("outlook", "two-villages", capsys=capsys)
    assert (code, "no block 'world'" in err) == (2, True)


def test_computed_no_deal_values_reach_the_deal_the_flips_and_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, page = tmp_path / "computed.yaml", tmp_path / "page.html"
    text = PATIENT.replace("    patience: 0.9\n", "    patience: 0.9\n    no_deal: from_outlook\n")
    part = "going: {numbers: {rate: 0.1}, events: {gone: {says: he goes, chance: rate, once: true}}}"
    world = f"as_of: 2021-01-01\nworld: {{months: 12, parts: {{{part}}}, stakes: {{south: {{going.gone: -30}}}}}}\n"
    case.write_text(text + world, encoding="utf-8")
    code, out, _ = run("deal", str(case), "--json", "--draws", "64", capsys=capsys)
    assert (code, json.loads(out)["computed"]) == (0, ["south"])
    code, out, _ = run("flips", str(case), "--json", "--draws", "64", capsys=capsys)
    jsonschema.validate(json.loads(out), result_schema("flips"))
    about = {f["about"] for f in json.loads(out)["flips"]}
    assert (code, about) == (0, {"deal", "steps", "world"})
    code, _, _ = run("report", str(case), "--draws", "64", "--output", str(page), capsys=capsys)
    assert code == 0
    written = page.read_text(encoding="utf-8")
    assert "What would change the answer?" in written
    assert "What comes without a deal?" in written
