"""Every example in the documentation does what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from examples import ROOT, Block, blocks, commands, copy, matches, merged, run
from ruamel.yaml import YAML

from detente.case import mechanism, model, world

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
TUTORIAL = ROOT / "docs" / "tutorial"
WIDTH = "100"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, a terminal of a known width, ``detente`` on the path."""
    import os
    import sys

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", WIDTH)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def _examples(page: Path) -> list[Block]:
    return [
        b for b in blocks(page.read_text("utf-8")) if b.language in ("console", "yaml", "csv", "python", "sh")
    ]


@pytest.mark.parametrize(
    "page", [p for p in PAGES if _examples(p)], ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_examples(page: Path, here: Path) -> None:
    if page.parent != TUTORIAL:
        (here / "strait.yaml").write_text((TUTORIAL / "strait.yaml").read_text("utf-8"), "utf-8")
    for block in _examples(page):
        where = f"{page.relative_to(ROOT)}:{block.line}"
        _DO[block.language](block, here, where)


def _console(block: Block, here: Path, where: str) -> None:
    for words, shown in commands(block.body):
        assert words[0] in ("detente", "cp"), f"{where}: only detente and cp are run: {words}"
        code, printed = copy(words, here) if words[0] == "cp" else run(words, here)
        assert code in ((0, 3) if shown else (0,)), f"{where}: exit code {code} of {words}: {printed}"
        if shown:
            assert matches(shown, printed), f"{where}: {' '.join(words)} printed\n{printed}"


def _csv(block: Block, here: Path, where: str) -> None:
    assert block.title, f"{where}: a sheet has a title, the name of its file"
    (here / block.title).write_text(block.body, "utf-8")


def _yaml(block: Block, here: Path, where: str) -> None:
    if block.title:
        name, _, more = block.title.partition(", ")
        target = here / name
        place = (
            tuple(more.removeprefix("below ").replace(":", "").split()) if more.startswith("below ") else ()
        )
        text = merged(target.read_text("utf-8"), block.body, place) if more else block.body
        target.write_text(text, "utf-8")
        return
    value = YAML(typ="safe", pure=True).load(block.body)
    if isinstance(value, dict) and "detente" in value:
        (here / "example.yaml").write_text(block.body, "utf-8")
        code, printed = run(["detente", "check", "example.yaml"], here)
        assert code == 0, f"{where}: {printed}"
    elif isinstance(value, dict):
        assert set(value) <= _KEYS, f"{where}: unknown keys {set(value) - _KEYS}"


def _python(block: Block, here: Path, where: str) -> None:
    # One page is one notebook: what a block names, later ones have.
    page = where.rpartition(":")[0]
    names = _NAMES.setdefault((page, here), {"__name__": "__main__"})
    exec(compile(block.body, where, "exec"), names)


def _sh(block: Block, here: Path, where: str) -> None:
    for verb, rest in re.findall(r"\bdetente (?!-)(\w[\w-]*)([^\n|&>]*)", block.body):
        code, printed = run(["detente", verb, "--help"], here)
        assert code == 0, f"{where}: no command '{verb}'"
        for option in re.findall(r"--[\w-]+", rest):
            assert option in printed, f"{where}: no option '{option}' of '{verb}'"


_NAMES: dict[tuple[str, Path], dict[str, Any]] = {}
_DO = {"console": _console, "yaml": _yaml, "csv": _csv, "python": _python, "sh": _sh}
_KEYS = {
    name
    for module in (model, world, mechanism)
    for thing in vars(module).values()
    if isinstance(thing, type) and issubclass(thing, model.Model)
    for name in thing.model_fields
} | {"issues", "patrols", "ferries"}


def test_the_tutorials_file_is_what_its_steps_build(here: Path) -> None:
    text = ""
    for block in blocks((TUTORIAL / "newspaper.md").read_text("utf-8")):
        if block.title.startswith("strait.yaml"):
            text = merged(text, block.body)
    assert (TUTORIAL / "strait.yaml").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb", "a\nb\n", True),
        ("a\n...\nd", "a\nb\nc\nd\n", True),
        ("...", "", True),
        ("p = ...%", "p = 31.4%\n", True),
        ("p = ...%", "p = 31.4\n", False),
        ("a", "a\nb\n", False),
        ("a", "b\na\n", False),
        ("a b\nc", "a\nb   c\n", True),
        ("a ...\nc", "a\nc\n", True),
        ("a ...\nc", "a" + 200 * " b" + " c\n", False),
        ("a\n...\nc", "a" + 200 * " b" + " c\n", True),
        ("a\n...", "b\n", False),
    ],
)
def test_comparison_can_fail(shown: str, printed: str, same: bool) -> None:
    assert matches(shown, printed) is same


def test_a_snippet_replaces_its_blocks_and_adds_the_others() -> None:
    before = "a: 1\nb:\n  x: 1\n# about c\nc: 3\n"
    assert merged(before, "b: 2\nd: 4\n") == "a: 1\nb: 2\nc: 3\nd: 4\n"


def test_a_snippet_below_a_key_replaces_what_stands_there_and_adds_the_rest() -> None:
    before = "a: 1\nb:\n  c:\n    x: 1\n    y:\n      z: 2\n  d: 3\ne: 4\n"
    assert merged(before, "y: 5\nw: 6\n", ("b", "c")) == (
        "a: 1\nb:\n  c:\n    x: 1\n    y: 5\n    w: 6\n  d: 3\ne: 4\n"
    )
