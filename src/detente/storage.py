"""Files, read within limits and written whole or not at all.

Reading refuses what cannot be a text file of ours before it is read: a directory, a device, a binary,
anything over the limit, bytes that are not UTF-8. Writing goes to a temporary file in the same directory,
reaches the disk, and then takes the place of the target in one step: a reader sees the old file or the new
one, never half of either.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from detente.errors import CaseError, Fault, UsageError

__all__ = ["MEBIBYTE", "cache_directory", "read_limited", "write_bytes", "write_text"]

MEBIBYTE = 1 << 20


def cache_directory() -> Path:
    """Where what can be made again is kept for the next run (``DETENTE_CACHE``, else the user's cache)."""
    root = os.environ.get("DETENTE_CACHE") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "detente"


def read_limited(path: Path, *, limit: int = MEBIBYTE) -> str:
    """The text of a UTF-8 file of at most ``limit`` bytes, without its byte-order mark.

    Raises ``UsageError`` if there is no such file or it may not be read, ``CaseError`` (with line and
    column where there is one) if it cannot be a text file of ours. A file over the limit is not read.
    """
    name = str(path)
    try:
        # Not blocking: opening a pipe that nobody writes to would otherwise wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise UsageError(f"{name}: there is no such file") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: {getattr(error, 'strerror', None) or error}") from None
    try:
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            raise _refused(name, "this is a directory, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise _refused(name, "this is not an ordinary file")
        # One byte more than allowed: a file may have grown since it was measured.
        data = b"" if status.st_size > limit else _read(handle, limit + 1)
        size = max(status.st_size, len(data))
    finally:
        os.close(handle)
    if size > limit:
        raise _refused(
            name, f"the file is too large: {size:,} bytes, at most {limit:,} are allowed; not read"
        )
    return _decoded(name, data)


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


def write_text(path: Path, text: str, *, overwrite: bool = False) -> Path:
    """Write ``text`` as UTF-8 with the line ends it has; see :func:`write_bytes`."""
    return write_bytes(path, text.encode("utf-8"), overwrite=overwrite)


def write_bytes(path: Path, data: bytes, *, overwrite: bool = False) -> Path:
    """Write ``data`` to ``path`` in one step and return the path.

    An existing file keeps its permissions, and is only replaced when ``overwrite`` is given: otherwise
    ``UsageError``, also when it appears while we write. A symbolic link is followed, not replaced.
    """
    target = Path(os.path.realpath(path))
    mode = stat.S_IMODE(target.stat().st_mode) if target.is_file() else None
    if target.is_dir():
        raise UsageError(f"{path}: this is a directory")
    if target.exists() and not overwrite:
        raise _exists(path)
    temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.tmp")
    try:
        _write_through(temporary, data, mode)
        if overwrite:
            os.replace(temporary, target)
        else:
            _claim(temporary, target, path)
        _flush_directory(target.parent)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: cannot be written: {reason}") from error
    finally:
        with suppress(OSError, ValueError):
            temporary.unlink()
    return path


def _write_through(temporary: Path, data: bytes, mode: int | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(temporary, flags, 0o666), "wb") as file:
        if mode is not None:
            os.chmod(temporary, mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _claim(temporary: Path, target: Path, path: Path) -> None:
    # A hard link fails if the name is taken, in one step; a rename would overwrite.
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:
        # A file system without hard links.
        if target.exists():
            raise _exists(path) from None
        os.replace(temporary, target)


def _flush_directory(directory: Path) -> None:
    with suppress(OSError):
        handle = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _exists(path: Path) -> UsageError:
    return UsageError(f"{path}: this file exists already; it is only overwritten when told to")
