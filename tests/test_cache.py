"""What is kept is used only if it is whole and nobody else's, and nothing fails where it cannot be kept."""

from __future__ import annotations

import os
import shutil
import stat
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

import pytest

from detente import cache
from detente.storage import replacement


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "_said", [])
    return tmp_path / "detente"


def test_what_is_kept_comes_back_and_is_private(place: Path) -> None:
    assert cache.kept("folder/a") is None
    assert not cache.holds("folder")
    cache.keep("folder/a", b"content")
    assert cache.kept("folder/a") == b"content"
    assert cache.holds("folder")
    assert cache.trouble() == ""
    for path in (place, place / "folder", place / "folder" / "a"):
        assert not path.stat().st_mode & 0o077


@pytest.mark.parametrize("damage", ["truncated", "empty", "flipped", "replaced"])
def test_what_is_damaged_is_made_anew(damage: str, place: Path) -> None:
    cache.keep("folder/a", b"content")
    file = place / "folder" / "a"
    whole = file.read_bytes()
    file.write_bytes(
        {
            "truncated": whole[:-2],
            "empty": b"",
            "flipped": whole[:-1] + bytes([whole[-1] ^ 1]),
            "replaced": b"something else",
        }[damage]
    )
    assert cache.kept("folder/a") is None
    assert "damaged" in cache.trouble()
    cache.keep("folder/a", b"content")
    assert cache.kept("folder/a") == b"content"


@pytest.mark.parametrize("which", [".", "folder", "folder/a"])
def test_what_others_may_write_to_is_not_used(which: str, place: Path) -> None:
    cache.keep("folder/a", b"content")
    (place / which).chmod(stat.S_IMODE((place / which).stat().st_mode) | 0o020)
    assert cache.kept("folder/a") is None
    assert "may be written to by others: chmod go-w" in cache.trouble()


@pytest.mark.parametrize("which", [".", "folder", "folder/a"])
def test_what_belongs_to_others_is_not_used(which: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep("folder/a", b"content")
    if os.geteuid() == 0:
        os.chown(place / which, 1234, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 1234)
    assert cache.kept("folder/a") is None
    assert "belongs to another user" in cache.trouble()


def test_a_link_to_somewhere_else_is_not_used(place: Path, tmp_path: Path) -> None:
    cache.keep("folder/a", b"content")
    (tmp_path / "elsewhere").write_bytes((place / "folder" / "a").read_bytes())
    (place / "folder" / "a").unlink()
    (place / "folder" / "a").symlink_to(tmp_path / "elsewhere")
    assert cache.kept("folder/a") is None


def test_where_nothing_can_be_kept_it_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DETENTE_CACHE", str(tmp_path / "file"))
    assert not cache.holds("folder")
    assert "is not used" in cache.trouble(), "known before anything is made to be kept"
    cache.keep("folder/a", b"content")
    cache.keep("folder/b", b"content")
    assert cache.kept("folder/a") is None
    assert cache.trouble().count("\n") == 0
    assert "is not used" in cache.trouble()


def test_nobodys_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DETENTE_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def nobody(_: object = None) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nobody)
    assert cache.directory() is None
    cache.keep("a", b"content")
    assert cache.kept("a") is None
    assert "no home directory" in cache.trouble()


def test_a_cache_that_is_emptied_meanwhile_is_made_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = []

    def emptied(file: Path, *, mode: int) -> AbstractContextManager[BinaryIO]:
        times.append(file)
        if len(times) == 1:
            shutil.rmtree(place)
        return replacement(file, mode=mode)

    monkeypatch.setattr(cache, "replacement", emptied)
    cache.keep("folder/a", b"content")
    assert cache.trouble() == ""
    assert cache.kept("folder/a") == b"content"


def test_a_file_that_is_never_there_to_be_put_in_place_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(source: str, target: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(cache.os, "replace", gone)
    cache.keep("folder/a", b"content")
    assert "cannot be written: No such file or directory" in cache.trouble()


def aged(folder: Path, days: float) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "code").write_bytes(b"old")
    then = time.time() - days * 24 * 60 * 60
    os.utime(folder, (then, then))
    return folder


def test_a_new_folder_does_away_with_those_of_its_kind_that_nobody_used_for_a_month(place: Path) -> None:
    place.mkdir(mode=0o700)
    letter = iter("0123456789abcdef")

    def another() -> str:
        return "kernels-" + 16 * next(letter)

    old, fresh = aged(place / another(), 31), aged(place / another(), 29)
    of_other_kinds = [
        aged(place / name, 99) for name in ("charts-" + 16 * "a", "kernels-" + 17 * "a", "others")
    ]
    with_more = aged(place / another(), 99)
    (with_more / "somebody's").mkdir()
    os.utime(with_more, (0, 0))
    target = aged(place.parent / "elsewhere", 99)
    link = place / another()
    link.symlink_to(target)
    os.utime(link, (0, 0), follow_symlinks=False)
    file = place / another()
    file.write_bytes(b"no folder")
    os.utime(file, (0, 0))
    assert not cache.holds(another())
    assert not old.exists()
    for left in (fresh, *of_other_kinds, target):
        assert (left / "code").exists()
    assert (with_more / "somebody's").is_dir()
    assert link.is_symlink()
    assert file.read_bytes() == b"no folder"
    assert cache.trouble() == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives away what is its own")
def test_what_belongs_to_others_is_not_done_away_with(place: Path) -> None:
    place.mkdir(mode=0o700)
    theirs = aged(place / ("kernels-" + 16 * "a"), 99)
    os.chown(theirs, 1234, -1)
    assert not cache.holds("kernels-" + 16 * "b")
    assert theirs.exists()


def test_a_folder_in_use_does_not_age(place: Path) -> None:
    place.mkdir(mode=0o700)
    used = aged(place / ("kernels-" + 16 * "a"), 99)
    used.chmod(0o700)
    assert cache.holds(used.name)
    assert not cache.holds("kernels-" + 16 * "b")
    assert used.exists()
