"""What draws the pictures is begun beside other work, with its own letters where these will do."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.catalogue import resolve, titles
from detente.render import pictures
from tests.answers import ask


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str | None]:
    """Which file of fonts is named once words are to be drawn, if any."""

    def begun(words: str) -> str | None:
        monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
        drawn: list[object] = []
        monkeypatch.setattr(pictures, "_drawn", drawn.append)
        before = set(threading.enumerate())
        pictures.begin(words)
        for thread in set(threading.enumerate()) - before:
            thread.join()
        assert len(drawn) == 1
        return os.environ.get("FONTCONFIG_FILE")

    return begun


@pytest.mark.parametrize("words", ["", "Père\tŁódź\n«Мир», “ειρήνη” – 3 ≥ 2 → 4"])
def test_letters_that_are_carried_need_no_fonts_of_the_system(
    words: str, letters: Callable[[str], str | None]
) -> None:
    named = letters(words)
    assert named is not None
    assert "<dir>" in Path(named).read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["平和", "سلام", "שלום", "✗", "\U0001f54a"])
def test_other_letters_are_measured_with_the_fonts_of_the_system(
    words: str, letters: Callable[[str], str | None]
) -> None:
    assert letters(f"peace {words}") is None


def test_in_a_process_of_others_nothing_is_begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pictures, "begin", pytest.fail)
    answer = ask("report", "scored-game", "--draws", "64", "--output", str(tmp_path / "page.html"))
    assert answer.code == 0, answer.err


def test_the_bundled_cases_need_no_fonts_of_the_system() -> None:
    for name in titles():
        assert pictures.CARRIED.fullmatch(resolve(name).read_text("utf-8"))
