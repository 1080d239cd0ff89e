"""Files are read within limits and written whole or not at all."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import pytest

from detente import storage
from detente.errors import CaseError, UsageError
from detente.storage import MEBIBYTE, read_limited, replacement, target, write_text


def put(path: Path, text: str, *, force: bool = False) -> None:
    write_text(target(path, force=force), text)


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


def test_names_that_no_file_can_have_are_usage_errors(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("nul\0byte", "n" * 300, "n" * 1500, str(tmp_path / "loop")):
        with pytest.raises(UsageError):
            read_limited(Path(name))
        with pytest.raises(UsageError):
            target(Path(name))
    with pytest.raises(UsageError):
        read_limited(Path("/proc/self/mem"))


def test_writes_and_leaves_nothing_else_behind(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    put(file, "mañana\r\n")
    assert file.read_bytes() == "mañana\r\n".encode()
    assert os.listdir(tmp_path) == ["a.txt"]


def test_does_not_clobber_unless_told(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    put(file, "old")
    with pytest.raises(UsageError, match="exists already; --force"):
        put(file, "new")
    assert file.read_text() == "old"
    put(file, "new", force=True)
    assert file.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_what_appears_while_we_work_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    where = target(file)
    file.write_text("somebody else's")
    with pytest.raises(UsageError, match="exists already"):
        write_text(where, "ours")
    assert file.read_text() == "somebody else's"


def test_our_own_and_empty_files_are_replaced_and_read_only_ones_are_not(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"

    def ours(beginning: bytes) -> bool:
        return b"mark" in beginning

    file.write_text("a mark of ours")
    write_text(target(file, ours=ours), "no sign")
    with pytest.raises(UsageError, match="not written by detente; --force"):
        target(file, ours=ours)
    file.write_text("")
    write_text(target(file, ours=ours), "a mark of ours")
    file.chmod(0o444)
    with pytest.raises(UsageError, match="read-only; --force"):
        target(file, ours=ours)
    write_text(target(file, ours=ours, force=True), "told to")
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("told to", 0o444)


def test_only_ordinary_files_are_replaced(tmp_path: Path) -> None:
    before = os.stat("/dev/null")
    put(Path("/dev/null"), "gone")
    after = os.stat("/dev/null")
    assert (before.st_rdev, before.st_ino, stat.S_IFMT(before.st_mode)) == (
        after.st_rdev,
        after.st_ino,
        stat.S_IFMT(after.st_mode),
    )
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    put(pipe, "through")
    reader.join()
    assert read == ["through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_descriptor_is_written_to_and_the_file_behind_it_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("w") as opened:
        opened.write("before ")
        opened.flush()
        put(Path(f"/dev/fd/{opened.fileno()}"), "through")
        opened.write(" after")
    assert file.read_text() == "before through after"


def test_a_full_disk_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        put(Path("/dev/full"), "x")


def test_what_killed_writers_left_is_swept_and_what_others_write_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    code = (
        "import sys, time; from pathlib import Path; from detente.storage import replacement\n"
        "with replacement(Path(sys.argv[1])) as file: print(file.name, flush=True); time.sleep(60)"
    )
    killed = subprocess.Popen([sys.executable, "-c", code, str(file)], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().strip())
    (tmp_path / ".b.txt.0123abcd.tmp").touch()
    with replacement(file) as other:
        put(file, "first")
        assert left.exists(), "its writer lives"
        assert Path(other.name).exists(), "so does this one"
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        killed.stdout.close()
        put(file, "second", force=True)
        assert not left.exists()
        assert Path(other.name).exists()
    assert sorted(os.listdir(tmp_path)) == [".b.txt.0123abcd.tmp", "a.txt"]


def test_whenever_another_one_sweeps_no_living_writer_loses_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also between the making and the locking of a file, and right after it: the other one may take only the first."""
    file, lock, taken = tmp_path / "a.txt", fcntl.flock, []

    def swept(handle: BinaryIO, how: int) -> None:
        if how == fcntl.LOCK_EX and not taken:
            storage._sweep(file)
            taken.append(Path(handle.name).exists())
        lock(handle, how)
        if how == fcntl.LOCK_EX:
            storage._sweep(file)

    monkeypatch.setattr(fcntl, "flock", swept)
    with replacement(file) as new:
        storage._sweep(file)
        assert Path(new.name).exists()
        new.write(b"whole")
        new.flush()
        os.replace(new.name, file)
        storage._sweep(file)
    assert taken == [False], "a file that nobody holds yet looks like one that was left behind"
    assert {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()} == {"a.txt": b"whole"}


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    put(tmp_path / ("ñ" * 127), "x")
    assert os.listdir(tmp_path) == ["ñ" * 127]


def test_keeps_the_permissions_of_an_existing_file(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")
    file.chmod(0o640)
    put(file, "new", force=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").write_text("")
    put(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_follows_a_symbolic_link(tmp_path: Path) -> None:
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    put(tmp_path / "link.txt", "new", force=True)
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.txt"
    file.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UsageError, match="cannot be written: disk full"):
        put(file, "new", force=True)
    assert file.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_errors_of_writing_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this is a directory"):
        put(tmp_path, "x", force=True)
    with pytest.raises(UsageError, match="there is no directory"):
        put(tmp_path / "absent" / "a.txt", "x")
