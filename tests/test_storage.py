"""Files are read within limits and written whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from detente.errors import CaseError, UsageError
from detente.storage import MEBIBYTE, read_limited, write_bytes, write_text


def fault(path: Path) -> tuple[int, int, str]:
    with pytest.raises(CaseError) as caught:
        read_limited(path)
    (only,) = caught.value.faults
    return only.line, only.column, only.message


def test_reads_utf8_and_drops_the_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfma\xc3\xb1ana: \xe2\x80\x9cx\xe2\x80\x9d\n")
    assert read_limited(file) == "mañana: “x”\n"


@pytest.mark.parametrize(
    ("data", "place", "says"),
    [
        (b"a: 1\nb\xc3\xb1c: \xff\n", (2, 6), "not UTF-8: byte 0xff at byte 11"),
        (b"a: 1\n\nb: \x00\n", (3, 4), "binary"),
        (b"\x7fELF\x02\x01\x00", (1, 7), "binary"),
        ("a: 1".encode("utf-16"), (1, 1), "UTF-16"),
        (b"\xff", (1, 1), "not UTF-8"),
        (b"a: \xe2\x80", (1, 4), "not UTF-8"),
    ],
)
def test_refuses_what_is_not_text_with_its_position(
    tmp_path: Path, data: bytes, place: tuple[int, int], says: str
) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(data)
    line, column, message = fault(file)
    assert (line, column) == place
    assert says in message


def test_refuses_a_directory(tmp_path: Path) -> None:
    assert fault(tmp_path) == (0, 0, "this is a directory, not a file")


def test_refuses_a_pipe_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert fault(tmp_path / "pipe") == (0, 0, "this is not an ordinary file")


def test_refuses_a_file_over_the_limit_without_reading_it(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 40)
    assert "1,099,511,627,776 bytes, at most 1,048,576" in fault(file)[2]


def test_the_limit_itself_is_allowed(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"#" * MEBIBYTE)
    assert len(read_limited(file)) == MEBIBYTE


def test_a_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_limited(tmp_path / "absent.yaml")
    with pytest.raises(UsageError):
        read_limited(Path("nul\0byte"))


def test_writes_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    assert write_text(file, "mañana\r\n") == file
    assert file.read_bytes() == "mañana\r\n".encode()
    assert os.listdir(tmp_path) == ["a.txt"]


def test_does_not_clobber_unless_told(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    write_text(file, "old")
    with pytest.raises(UsageError, match="exists already"):
        write_text(file, "new")
    assert file.read_text() == "old"
    write_text(file, "new", overwrite=True)
    assert file.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_keeps_the_permissions_of_an_existing_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")
    file.chmod(0o640)
    write_bytes(file, b"new", overwrite=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    write_bytes(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_follows_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    write_text(tmp_path / "link.txt", "new", overwrite=True)
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match="cannot be written: disk full"):
        write_text(file, "new", overwrite=True)
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_errors_of_writing_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="directory"):
        write_text(tmp_path, "x", overwrite=True)
    with pytest.raises(UsageError, match="cannot be written"):
        write_text(tmp_path / "absent" / "a.txt", "x")
