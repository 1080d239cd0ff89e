"""The chart library is bundled once and kept; a page never depends on the copy being there or whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente import cache
from detente.render import html


@pytest.fixture(autouse=True)
def forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "_said", [])
    html._bundle.cache_clear()


def again() -> str:
    html._bundle.cache_clear()
    return html._bundle()


def test_the_kept_copy_gives_the_same_page_and_no_other_does(tmp_path: Path) -> None:
    made = html._bundle()
    (kept,) = (tmp_path / "detente").glob("charts-*.js")
    assert again() == made
    whole = kept.read_bytes()
    for damaged in (whole[:-1], whole.replace(b"vega", b"evil", 1)):
        kept.write_bytes(damaged)
        assert again() == made
        assert kept.read_bytes() == whole


def test_a_cache_that_cannot_be_written_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "file"))
    assert "vega" in html._bundle()
    assert "is not used" in cache.trouble()


def test_the_licences_of_what_is_embedded_come_with_it() -> None:
    script = html._bundle()
    notice = script[: script.index("*/")]
    for holder in (
        "University of Washington Interactive Data Lab",
        "Mike Bostock",
        "Redistribution and use in source and binary forms",
        "Permission to use, copy, modify, and/or distribute this software",
        "Permission is hereby granted, free of charge",
    ):
        assert holder in notice
