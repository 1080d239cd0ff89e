"""No text points to a file that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from examples import ROOT

PATH = re.compile(
    r"(?<![\w/.-])((?:src|tests|docs|bench)/[\w./-]+\.(?:py|md|yaml|toml|json|js|css|j2)|[A-Z]{3,}\.md)\b"
)
"""A path from the root of the repository, or a page that stands there."""

TEXTS = sorted(
    p
    for folder in ("src", "tests", "docs", "bench")
    for p in (ROOT / folder).rglob("*")
    if p.suffix in (".py", ".md", ".yaml", ".j2", ".js", ".css") and "__pycache__" not in p.parts
) + sorted(ROOT.glob("*.md"))


def missing(text: str) -> list[str]:
    return [path for path in PATH.findall(text) if not (ROOT / path).exists()]


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_what_is_cited_exists(path: Path) -> None:
    if path != Path(__file__):
        assert not missing(path.read_text("utf-8"))


def test_what_does_not_exist_is_found() -> None:
    assert missing("see ABSENT.md and docs/absent.md, not absent.md") == ["ABSENT.md", "docs/absent.md"]
    assert missing("see ARCHITECTURE.md and docs/build.py") == []
