"""The pages say what the code says."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from examples import ROOT, blocks
from ruamel.yaml import YAML

SET_UP = (
    "pip install uv && uv run --no-dev detente report venezuela-2021",
    "pip install uv && uv run pytest",
)


@cache
def pages() -> dict[Path, str]:
    """What ``python -m docs.build`` would write."""
    spec = importlib.util.spec_from_file_location("docs_build", ROOT / "docs" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: dict[Path, str] = module.pages()
    return made


@pytest.mark.parametrize("path", sorted(pages()), ids=lambda p: p.name)
def test_generated_pages_are_up_to_date(path: Path) -> None:
    assert path.read_text("utf-8") == pages()[path], "run: python -m docs.build"


def test_the_architecture_lists_the_layers_of_the_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ][0]
    listed = [b.body.split("\n")[:-1] for b in blocks((ROOT / "ARCHITECTURE.md").read_text("utf-8"))]
    assert contract["layers"] in listed


def test_the_set_up_commands_stand_in_the_readme() -> None:
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert all(command in lines for command in SET_UP)


def test_every_page_is_in_the_navigation() -> None:
    site = YAML(typ="safe", pure=True).load((ROOT / "mkdocs.yml").read_text("utf-8"))
    listed = {page for entry in site["nav"] for page in _targets(entry)}
    there = {p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")}
    index = (ROOT / "docs" / "parts" / "index.md").read_text("utf-8")
    parts = {f"parts/{name}" for name in re.findall(r"\]\((\w+\.md)\)", index)}  # a new part is one new file
    assert listed | parts == there
    assert not listed & parts


def test_the_site_needs_no_network() -> None:
    site = YAML(typ="safe", pure=True).load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert site["theme"]["font"] is False
    assert not {"extra_javascript", "extra_css", "repo_url"} & set(site)
    assert site["plugins"] == ["search"]


def test_every_key_of_the_case_format_is_explained() -> None:
    rows = re.findall(
        r"^\| (`\w+`) \|.*\| (.*?) \|$", (ROOT / "docs/reference/case-format.md").read_text("utf-8"), re.M
    )
    unexplained = [key for key, meaning in rows if not meaning.strip() and key not in SELF_EXPLAINED]
    assert not unexplained


def test_every_function_that_a_question_is_answered_by_exists() -> None:
    rows = (ROOT / "docs" / "reference" / "questions.md").read_text("utf-8").splitlines()
    named = [
        name
        for row in rows
        if row.startswith("| ")
        for name in re.findall(r"`([\w.]+)`", row.split(" | ")[2])
    ]
    assert len(named) > 25
    for name in named:
        module, of = _module(f"detente.{name}")
        for attribute in of:
            assert hasattr(module, attribute), name
            module = getattr(module, attribute)


def _module(name: str) -> tuple[object, list[str]]:
    """The longest part of a dotted name that is a module, and the rest."""
    steps = name.split(".")
    for n in range(len(steps), 0, -1):
        with contextlib.suppress(ModuleNotFoundError):
            return importlib.import_module(".".join(steps[:n])), steps[n:]
    raise AssertionError(name)


SELF_EXPLAINED = {f"`{key}`" for key in ("title", "publisher", "author", "date", "url")}


def _targets(entry: object) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    if isinstance(entry, dict):
        return [page for inner in entry.values() for page in _targets(inner)]
    assert isinstance(entry, list)
    return [page for inner in entry for page in _targets(inner)]
