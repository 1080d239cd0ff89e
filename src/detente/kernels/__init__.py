"""Compiled kernels: arrays in, arrays out. No names, no I/O, no hidden state.

Numba's file cache does not notice a changed helper in another file, so the cache directory is keyed by a
hash of all kernel sources: a change anywhere compiles everything anew, and no stale machine code is run.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from numba import config as _config

from detente import storage

__all__ = ["cache_directory", "is_cold"]


def _cache_directory() -> Path:
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return storage.cache_directory() / f"kernels-{digest.hexdigest()[:16]}"


cache_directory = _cache_directory()
"""Where the machine code of exactly these sources is kept."""

is_cold = not cache_directory.exists()
"""Whether nothing has been compiled yet on this machine: the first run then takes longer, and says so."""

_config.CACHE_DIR = str(cache_directory)  # type: ignore[attr-defined]
