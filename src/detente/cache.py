"""What can be made again, kept for the next run, and used only if it is whole and nobody else's.

A kept file begins with the SHA-256 of what follows: what a full disk, a power cut or a bad sector left of it is
noticed and made anew. Machine code and scripts are among what is kept, so that neither a directory nor a file is
used that belongs to somebody else (root excepted) or that others may write to. Nothing here ever fails a run: where
nothing can be kept it is done without, and :func:`trouble` says so in a sentence. What earlier versions kept goes a month
after its last use.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from contextlib import suppress
from pathlib import Path

from detente.storage import replacement

__all__ = ["directory", "holds", "keep", "kept", "trouble"]

_DIGEST = 64  # letters of a SHA-256
_MONTH = 30 * 24 * 60 * 60  # seconds
_said: list[str] = []


class _Unusable(Exception):
    """Why something kept is not to be used."""


def directory() -> Path | None:
    """Where things are kept: ``detente`` in ``DETENTE_CACHE``, else in the user's cache; None: nowhere."""
    root = os.environ.get("DETENTE_CACHE") or os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(root) if root else Path.home() / ".cache") / "detente"
    except RuntimeError:  # nobody's home
        return None


def trouble() -> str:
    """One sentence on why something is not kept or was not used in this process; empty: all is well."""
    return _said[0] if _said else ""


def holds(folder: str) -> bool:
    """Whether anything usable is kept in a folder of the cache; where nothing ever can be, :func:`trouble` says so."""
    try:
        found = _folder(folder, make=True)
        with suppress(OSError):
            os.utime(found)  # used today: see _tidy
        if any(found.iterdir()):
            return True
        _tidy(found)
        if not os.access(found, os.W_OK):
            _say("may not be written to")
    except OSError as error:
        _say(f"cannot be made: {error.strerror}")
    except _Unusable as why:
        _say(str(why))
    return False


def kept(name: str) -> bytes | None:
    """What was kept under ``name`` (``folder/file``), or None."""
    try:
        file = _folder(os.path.dirname(name)) / os.path.basename(name)
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as opened:
            # Of what was opened, and not of what may have the name by now.
            _private(file, os.fstat(handle))
            data = opened.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        _say(f"cannot be read: {error.strerror}")
        return None
    except _Unusable as why:
        _say(str(why))
        return None
    content = data[_DIGEST:]
    if hashlib.sha256(content).hexdigest().encode() != data[:_DIGEST]:
        _said.append(f"A damaged file in the cache was made anew: {file}.")
        return None
    return content


def keep(name: str, content: bytes) -> None:
    """Keep ``content`` under ``name`` (``folder/file``), if it can be."""
    try:
        try:
            _put(name, content)
        except FileNotFoundError:  # somebody emptied the cache between the making of the folder and its use
            _put(name, content)
    except OSError as error:
        _say(f"cannot be written: {error.strerror}")
    except _Unusable as why:
        _say(str(why))


def _put(name: str, content: bytes) -> None:
    file = _folder(os.path.dirname(name), make=True) / os.path.basename(name)
    with replacement(file, mode=0o600) as new:
        new.write(hashlib.sha256(content).hexdigest().encode() + content)
        new.flush()
        os.replace(new.name, file)


def _tidy(new: Path) -> None:
    """Remove the folders of the same kind (``kind-`` and sixteen hexadecimal digits) that were not used for a month.

    Done when a new one is begun, since that is when old ones fall out of use. Only folders of our own, of theirs only
    ordinary files, and links are not followed: what else somebody put there stays, and its folder with it.
    """
    kind = re.compile(re.escape(new.name.rpartition("-")[0]) + "-[0-9a-f]{16}")
    with suppress(OSError), os.scandir(new.parent) as entries:
        for entry in [e for e in entries if kind.fullmatch(e.name) and e.name != new.name]:
            with suppress(OSError):
                found = entry.stat(follow_symlinks=False)
                ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
                if ours and stat.S_ISDIR(found.st_mode) and time.time() - found.st_mtime > _MONTH:
                    _remove(entry.path)


def _remove(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in [e for e in entries if e.is_file(follow_symlinks=False)]:
            os.unlink(entry.path)
    os.rmdir(folder)


def _say(why: str) -> None:
    _said.append(
        f"The cache in {directory()} is not used, and what it would hold is made again in every run: it {why}."
    )


def _folder(inside: str, *, make: bool = False) -> Path:
    top = directory()
    if top is None:
        raise _Unusable("has no place: there is no home directory (DETENTE_CACHE names another)")
    for folder in (top, top / inside) if inside else (top,):
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _private(folder, folder.stat())
    return top / inside


def _private(path: Path, found: os.stat_result) -> None:
    if not hasattr(os, "geteuid"):  # a system without owners and modes of this kind
        return
    if found.st_uid not in (os.geteuid(), 0):
        raise _Unusable(f"belongs to another user ({found.st_uid}): DETENTE_CACHE names a place of your own")
    if stat.S_IMODE(found.st_mode) & 0o022:
        raise _Unusable(f"may be written to by others: chmod go-w {path}")
