"""Kernels of a first briefing, compiled by a second process beside the one that writes it.

Numba compiles one kernel at a time, however many threads ask. The second process asks of the same case, on the fewest draws, what
the briefing asks last; what it compiles is kept where this process then finds it (:mod:`detente.cache`), what it finds out is
thrown away. It is a help and nothing more: it says nothing, it ends with this process, whatever ended that, since the
pipe between them closes, and without it every answer is the same and comes later.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from detente import cache
from detente.case.reading import load_case
from detente.errors import DetenteError
from detente.interrupts import undivided
from detente.memory import GIBIBYTE, available
from detente.study.study import FEWEST, Study

__all__ = ["compiled_beside"]

_ROOM = 2 * GIBIBYTE
"""Memory that there must be for two."""

_PATIENCE = 3.0
"""Seconds in which the second process ends by itself, or is ended."""


@contextmanager
def compiled_beside(file: str) -> Iterator[None]:
    """While the first briefing on the case in ``file`` is written, a second process compiles the last of its kernels."""
    helper = _started(file) if _pays() else None
    try:
        yield
    finally:
        if helper is not None:
            _ended(helper)


def _pays() -> bool:
    """Whether there is much to compile, somewhere to keep it, and room for two."""
    from numba import get_num_threads

    from detente.kernels import is_cold

    return is_cold and not cache.trouble() and get_num_threads() > 1 and available() >= _ROOM


def _started(file: str) -> subprocess.Popen[bytes] | None:
    # Nothing of the current directory is imported (-P): who asks for a briefing there did not ask for that.
    command = [sys.executable, "-P", "-m", __name__, file]
    nowhere = subprocess.DEVNULL
    with suppress(OSError):
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)
    return None


def _ended(helper: subprocess.Popen[bytes]) -> None:
    assert helper.stdin is not None
    with suppress(OSError):
        helper.stdin.close()
    try:
        helper.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        helper.kill()
        helper.wait()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    undivided.acquire(timeout=_PATIENCE)
    os._exit(0)


def _ask(file: str) -> None:
    """What a briefing asks, the last first: by the time that all is asked, the other process has come to meet it."""
    study = Study(load_case(Path(file)), draws=FEWEST)
    for question in (study.stability, partial(_end_of_deal, study), study.outlook):
        with suppress(DetenteError):  # not of this case
            question()
    study.report()


def _end_of_deal(study: Study) -> None:
    """What the deal asks last."""
    from detente.analyses.deal.bargaining import counted
    from detente.analyses.deal.menu import menu
    from detente.analyses.deal.room import Room
    from detente.analyses.deal.swaps import swaps
    from detente.problem import table
    from detente.prospects.view import view

    ready = study.ready
    swaps(ready)
    at = table(ready.problem)
    best, first, fresh = (view(ready.problem, of, at) for of in (ready.best, ready.first, ready.fresh))
    room = Room(ready, at, best, first, fresh)
    counted(room)
    if (start := best.seat.status_quo) is not None:
        menu(room, start.astype("int16"), start[None].astype("int16"))


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(DetenteError):
        _ask(sys.argv[1])
