"""Interrupts (Ctrl-C): one word and the end of the process, whenever they come.

An interrupt is not raised as an exception: libraries take exceptions for their own (pydantic would call a sound case
invalid), and imports print them. A thread of its own waits for it, also while compiled code runs. What must not be cut
in two holds :data:`undivided`: a file being written, a worker being started. Workers end with their parent.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Any

__all__ = ["INTERRUPTED", "await_interrupts", "undivided"]

INTERRUPTED = 130

undivided = threading.RLock()
"""Held during what an interrupt waits for, a few seconds at most."""

_PATIENCE = 3.0


def await_interrupts() -> None:
    """From now on an interrupt ends this process; once, before anything else is loaded."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background, not to be interrupted
        return
    signal.signal(signal.SIGINT, _stop)
    if not hasattr(signal, "pthread_sigmask"):
        return
    # Threads and processes that are started from here on inherit that they do not get it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=lambda: _stop(signal.sigwait({signal.SIGINT})), daemon=True).start()


def _stop(*_: Any) -> None:
    undivided.acquire(timeout=_PATIENCE)
    # On a terminal a sign of life may be spinning, and the cursor is hidden meanwhile.
    cleared = b"\r\x1b[K\x1b[?25h" if os.isatty(2) else b""
    with suppress(OSError):
        os.write(2, cleared + b"interrupted\n")
    os._exit(INTERRUPTED)
