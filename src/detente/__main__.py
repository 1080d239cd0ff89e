"""The way in: ready to be interrupted before anything else is loaded.

An interrupt is not raised as an exception: libraries take exceptions for their own (pydantic would call a sound case
invalid), and imports print them. A thread of its own waits for it, also while compiled code runs, says the one word
and ends the process. A file being written is then left as it was, and workers end with their parent.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress
from typing import Any, NoReturn

__all__ = ["INTERRUPTED", "main"]

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line."""
    _await_interrupts()
    from detente.cli import main as run

    run()


def _await_interrupts() -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background, not to be interrupted
        return
    if not hasattr(signal, "pthread_sigmask"):
        signal.signal(signal.SIGINT, _stop)
        return
    # Threads and processes that are started from here on inherit that they do not get it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=lambda: _stop(signal.sigwait({signal.SIGINT})), daemon=True).start()


def _stop(*_: Any) -> None:
    # On a terminal a sign of life may be spinning, and the cursor is hidden meanwhile.
    cleared = b"\r\x1b[K\x1b[?25h" if os.isatty(2) else b""
    with suppress(OSError):
        os.write(2, cleared + b"interrupted\n")
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
