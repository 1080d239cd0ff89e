"""How much memory there is, asked before the work that needs it and not in its midst."""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path

from detente.errors import LimitError

__all__ = ["GIBIBYTE", "available", "has_room", "need"]

GIBIBYTE = 1 << 30
_NORESERVE = 0x4000  # Linux's MAP_NORESERVE, which Python names from 3.13 on

MOST = 16 * GIBIBYTE
"""No command takes more, however much there is."""


def available() -> int:
    """Bytes that this process may still take: of the system, of its control group, of its own limit."""
    found = [MOST]
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text().splitlines()
        found.append(1024 * int(next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))))
    with suppress(OSError, ValueError):  # "max" where there is no limit
        group = Path("/sys/fs/cgroup")
        found.append(int((group / "memory.max").read_text()) - int((group / "memory.current").read_text()))
    with suppress(OSError, ValueError, ImportError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            found.append(limit - pages * os.sysconf("SC_PAGE_SIZE"))
    return max(0, min(found))


def need(size: float, what: str, remedy: str) -> None:
    """Raise ``LimitError`` where ``size`` bytes for ``what`` are not to be had, with what would help."""
    there = available()
    if size > there:
        raise LimitError(
            f"{what} would take about {size / GIBIBYTE:.1f} GiB of memory, and {there / GIBIBYTE:.1f} GiB are to be "
            f"had (at most {MOST // GIBIBYTE} GiB for a command): {remedy}"
        )


def has_room(size: int) -> bool:
    """Whether a process may reserve ``size`` bytes of addresses at once, without using them."""
    if sys.platform != "linux":
        return True
    try:
        mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NORESERVE, prot=0).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True
