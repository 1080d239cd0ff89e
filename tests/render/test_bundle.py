"""The chart library is bundled once and kept; a page never depends on the copy being there or whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.render import html


@pytest.fixture(autouse=True)
def forgotten() -> None:
    html._bundle.cache_clear()


def test_the_kept_copy_gives_the_same_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    made = html._bundle()
    assert list((tmp_path / "detente").glob("charts-*.js"))
    html._bundle.cache_clear()
    assert html._bundle() == made


def test_a_cache_that_cannot_be_written_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "file"))
    assert "vega" in html._bundle()


def test_a_kept_copy_that_would_end_the_element_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    made = html._bundle()
    (kept,) = (tmp_path / "detente").glob("charts-*.js")
    kept.write_text("</script><script>alert(1)")
    html._bundle.cache_clear()
    assert html._bundle() == made
    assert kept.read_text(encoding="utf-8") == made
