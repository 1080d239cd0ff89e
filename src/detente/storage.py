"""Files, read within limits and written whole or not at all.

Reading refuses what cannot be a text file of ours before it is read: a directory, a device, a binary,
anything over the limit, bytes that are not UTF-8. Writing goes to a temporary file in the same directory,
reaches the disk, and then takes the place of the target in one step: a reader sees the old file or the new
one, never half of either.

Only an ordinary file is ever replaced. A pipe, a terminal or an open descriptor (``/dev/null``, ``/dev/stdout``)
is written to; whatever else has a name (a directory, a disk, a socket) is refused. A temporary file is locked
as long as its writer lives, so that the next write to the same target can sweep what a killed one left behind.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from detente.errors import CaseError, Fault, UsageError
from detente.interrupts import undivided

try:
    import fcntl
except ImportError:  # not a POSIX system: nothing is locked, and nothing swept
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "MEBIBYTE",
    "Target",
    "read_bytes",
    "read_limited",
    "replacement",
    "status",
    "target",
    "write_bytes",
    "write_text",
]

MEBIBYTE = 1 << 20


def read_limited(path: Path, *, limit: int = MEBIBYTE) -> str:
    """The text of a UTF-8 file of at most ``limit`` bytes, without its byte-order mark.

    Raises ``UsageError`` if there is no such file or it may not be read, ``CaseError`` (with line and
    column where there is one) if it cannot be a text file of ours. A file over the limit is not read.
    """
    return _decoded(str(path), read_bytes(path, limit=limit))


def read_bytes(path: Path, *, limit: int) -> bytes:
    """What is in an ordinary file of at most ``limit`` bytes; raises as :func:`read_limited` does."""
    name = str(path)
    try:
        # Not blocking: opening a pipe that nobody writes to would otherwise wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise UsageError(f"{name}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: {getattr(error, 'strerror', None) or error}") from None
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise _refused(name, "this is a directory, not a file")
        if not stat.S_ISREG(found.st_mode):
            raise _refused(name, "this is not an ordinary file")
        # One byte more than allowed: a file may have grown since it was measured.
        data = b"" if found.st_size > limit else _read(handle, limit + 1)
        size = max(found.st_size, len(data))
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror or error}") from None
    finally:
        os.close(handle)
    if size > limit:
        raise _refused(
            name, f"the file is too large: {size:,} bytes, at most {limit:,} are allowed; not read"
        )
    return data


def _read(handle: int, limit: int) -> bytes:
    with os.fdopen(handle, "rb", closefd=False) as file:
        return file.read(limit)


def _decoded(name: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, "this looks like UTF-16: save it as UTF-8", 1, 1)
    if (nul := data.find(0)) >= 0:
        message = f"this looks like a binary file, not text: a NUL byte at byte {nul}"
        raise _refused(name, message, *_place(data[:nul]))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        found = data[error.start]
        message = f"this is not UTF-8: byte 0x{found:02x} at byte {error.start}; save the file as UTF-8"
        raise _refused(name, message, *_place(data[: error.start])) from None
    return text.removeprefix("\ufeff")


def _place(before: bytes) -> tuple[int, int]:
    text = before.decode("utf-8", errors="replace").removeprefix("\ufeff")
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


def _refused(name: str, message: str, line: int = 0, column: int = 0) -> CaseError:
    return CaseError(name, [Fault(line, column, message)])


# --- writing ----------------------------------------------------------------------------------------------


class Target(NamedTuple):
    """Where something is to be written, looked at before the work that makes it."""

    name: str
    """As it was asked for."""
    file: Path | None
    """The ordinary file that is made or replaced, links followed; None: what is there is written to."""
    descriptor: int | None
    """The open descriptor that is meant, if it is one (``/dev/stdout``)."""
    mode: int | None
    """Permissions of the file that is replaced; None: there is none yet."""


def status(path: Path) -> os.stat_result | None:
    """What is at the end of a path; None where nothing is. Raises ``UsageError`` for what cannot be a path."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: {getattr(error, 'strerror', None) or error}") from None


def target(path: Path, *, force: bool = False, ours: Callable[[bytes], bool] | None = None) -> Target:
    """Where ``path`` leads, if it may be written to.

    A file that is there is replaced if it is empty, if ``ours`` knows its first 4,096 bytes, or with ``force``;
    one that is read-only only with ``force``. Raises ``UsageError`` otherwise, with what would help.
    """
    name, found = str(path), status(path)
    if found is None:
        file = Path(os.path.realpath(path))
        if not file.parent.is_dir():
            raise UsageError(f"{name}: there is no directory {file.parent}")
        return Target(name, file, None, None)
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(f"{name}: this is a directory")
    descriptor = _descriptor(path)
    if descriptor is not None or stat.S_ISCHR(found.st_mode) or stat.S_ISFIFO(found.st_mode):
        return Target(name, None, descriptor, None)
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{name}: this is not an ordinary file: only such files are replaced")
    if not force:
        if not found.st_mode & 0o222:
            raise UsageError(f"{name}: this file is read-only; --force replaces it all the same")
        if found.st_size and not (ours is not None and ours(_beginning(path))):
            what = "this file exists already" + ("" if ours is None else " and was not written by detente")
            raise UsageError(f"{name}: {what}; --force replaces it")
    return Target(name, Path(os.path.realpath(path)), None, stat.S_IMODE(found.st_mode))


def _descriptor(path: Path) -> int | None:
    """The number of our own open file that a path names, links followed one at a time.

    The ordinary file behind it must not be replaced: whoever opened it would go on writing to the old one.
    """
    own, here = f"/proc/{os.getpid()}/", os.path.abspath(path)
    for _ in range(40):
        parent = os.path.realpath(os.path.dirname(here))
        number = os.path.basename(here)
        if number.isdigit() and (parent == "/dev/fd" or (parent.startswith(own) and parent.endswith("/fd"))):
            return int(number)
        if not os.path.islink(here):
            return None
        here = os.path.join(parent, os.readlink(here))
    return None


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def write_text(where: Target, text: str) -> None:
    """Write ``text`` as UTF-8 with the line ends it has: a file in one step, anything else straight.

    A file keeps its permissions; where there was none, none is overwritten either that appeared meanwhile. Raises
    ``UsageError`` where it cannot be written.
    """
    write_bytes(where, text.encode("utf-8"))


def write_bytes(where: Target, data: bytes) -> None:
    """Write ``data`` as :func:`write_text` does."""
    try:
        if where.file is None:
            _write_straight(where, data)
            return
        with replacement(where.file, mode=where.mode) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if where.mode is None:
                _claim(Path(file.name), where.file)
            else:
                os.replace(file.name, where.file)
        _flush_directory(where.file.parent)
    except FileExistsError:
        raise UsageError(f"{where.name}: this file exists already; --force replaces it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{where.name}: cannot be written: {reason}") from error


def _write_straight(where: Target, data: bytes) -> None:
    if where.descriptor is None:
        # Never made anew: it may have gone since it was looked at.
        handle = os.open(where.name, os.O_WRONLY)
    else:
        sys.stdout.flush()
        # What a descriptor 1 of our own was moved to (see detente.terminal).
        handle = os.dup(sys.stdout.fileno() if where.descriptor == 1 else where.descriptor)
    with suppress(BrokenPipeError), os.fdopen(handle, "wb") as file:
        file.write(data)


@contextmanager
def replacement(file: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """A new file beside ``file``, open for writing, gone again at the end unless it was given another name.

    ``mode``: its permissions; None: the usual ones. What killed writers left beside ``file`` is removed.
    """
    with undivided:
        _sweep(file)
        new = _locked(file, _stem(file))
        try:
            if mode is not None:
                os.chmod(new.name, mode)
            with new:
                yield new
        finally:
            with suppress(OSError):
                os.unlink(new.name)


def _stem(file: Path) -> str:
    # Of letters that take several bytes a file's name holds fewer.
    return os.fsdecode(os.fsencode(f".{file.name}")[:200])


def _locked(file: Path, stem: str) -> BinaryIO:
    """A new temporary file that is ours as long as it is open."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    while True:
        name = str(file.with_name(f"{stem}.{secrets.token_hex(4)}.tmp"))
        new = open(name, "wb", opener=lambda path, _: os.open(path, flags, 0o666))  # noqa: SIM115
        with suppress(OSError):  # a file system without locks
            if fcntl is not None:
                fcntl.flock(new, fcntl.LOCK_EX)
        # Swept away between its making and its locking?
        if os.fstat(new.fileno()).st_nlink:
            return new
        new.close()


def _sweep(file: Path) -> None:
    """Remove temporary files of ours for ``file`` that nobody holds any more."""
    if fcntl is None:
        return
    left = re.compile(re.escape(_stem(file)) + r"\.[0-9a-f]{8}\.tmp")
    with suppress(OSError), os.scandir(file.parent) as entries:
        for name in [e.path for e in entries if left.fullmatch(e.name) and e.is_file(follow_symlinks=False)]:
            with suppress(OSError):
                handle = os.open(name, os.O_RDWR | os.O_NOFOLLOW)
                try:
                    if os.fstat(handle).st_uid == os.geteuid():
                        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        os.unlink(name)
                finally:
                    os.close(handle)


def _claim(temporary: Path, file: Path) -> None:
    # A hard link fails if the name is taken, in one step; a rename would overwrite.
    try:
        os.link(temporary, file)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links.
        if file.exists():
            raise FileExistsError from None
        os.replace(temporary, file)


def _flush_directory(directory: Path) -> None:
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
