"""Processes started by a test: they mind every signal, whoever started the tests, and never outlive them."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = ["child"]

MINDED = (signal.SIGINT, signal.SIGHUP)


@contextmanager
def child(*command: str, cwd: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process at the head of a group of its own, both outputs on pipes; all of the group is killed at the end.

    What ignores a signal hands that on to what it starts, and tests that run in the background ignore interrupts.
    """
    before = {one: signal.signal(one, signal.SIG_DFL) for one in MINDED}
    try:
        run = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd, start_new_session=True
        )
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    try:
        yield run
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()
