"""Independent pieces of work in two processes: the same answers, sooner.

Much of an analysis is Python, of which threads of one process do one thing at a time. So a second process is forked, which has all
that this one has worked out so far; both take one piece after the other, and what the second has found comes back at the end. It is a
help and nothing more: where it cannot be started, fails or is killed, this process does the work itself, errors included.

Only a process that is ours alone may fork (:func:`claim`): in a notebook other people's threads hold locks.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import Context, ContextVar
from itertools import chain
from typing import Any, TypeVar

from detente.memory import GIBIBYTE, available
from detente.progress import counter

__all__ = ["Abreast", "alone", "claim"]

Answer = TypeVar("Answer")

_ROOM = 2 * GIBIBYTE
"""Memory that there must be for two."""

_alone: ContextVar[bool] = ContextVar("alone", default=False)


def claim() -> None:
    """Say that this process is ours alone: no thread but our own holds a lock, and nobody else minds its environment."""
    _alone.set(True)


def alone() -> bool:
    """Whether that was said."""
    return _alone.get()


class Abreast:
    """Pieces of work that do not wait for one another, begun when the first answer is wanted, in the order in which they were given:
    the longest had better come first."""

    def __init__(self, what: str) -> None:
        """``what`` they are, for those who listen to progress."""
        self._what = what
        self._pieces: list[Callable[[], Any]] = []
        self._here: list[int] = []
        self._found: dict[int, Any] = {}

    def later(self, piece: Callable[[], Answer], *, here: bool = False) -> Callable[[], Answer]:
        """What gives the answer of a piece of work. It is pickled on its way, and that is all that comes of the piece; one that leaves
        something behind in this process is done ``here``."""
        n = len(self._pieces)
        self._pieces.append(piece)
        if here:
            self._here.append(n)

        def answer() -> Answer:
            if not self._found:
                self._work()
            found: Answer = self._found[n]
            return found

        return answer

    def _work(self) -> None:
        done = counter(self._what, len(self._pieces))

        def do(n: int) -> None:
            if n not in self._found:
                self._found[n] = self._pieces[n]()
                done()

        if len(self._pieces) > 1 and _pays():
            second = _Second(self._pieces, [n for n in range(len(self._pieces)) if n not in self._here])
            try:
                for n in chain(self._here, second.left()):
                    do(n)
            except Exception:  # met again below, in its turn
                second.stop()
            for n, answer in second.found().items():
                self._found[n] = answer
                done()
        for n in range(len(self._pieces)):
            do(n)


def _pays() -> bool:
    """Whether there is a second core, room for two, and nobody who could be harmed. On a first run both would compile the same."""
    if not (alone() and sys.platform == "linux"):
        return False
    from numba import get_num_threads

    from detente.kernels import is_cold

    return not is_cold and get_num_threads() > 1 and available() >= _ROOM


class _Second:
    """A second process. Numbers of pieces stand in a pipe, a byte each: whoever reads one does that piece."""

    def __init__(self, pieces: Sequence[Callable[[], Any]], free: Sequence[int]) -> None:
        self._left, left = os.pipe()
        os.write(left, bytes(free))
        os.close(left)
        self._answers, answers = os.pipe()
        alive, self._alive = os.pipe()
        with warnings.catch_warnings():
            # Python 3.12 warns of locks that other threads hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = _forked()
        if self._process == 0:
            os.close(self._alive)
            self._live(pieces, answers, alive)
        os.close(answers)
        os.close(alive)

    def left(self) -> Iterator[int]:
        """Numbers of pieces that nobody has begun."""
        while number := os.read(self._left, 1):
            yield number[0]

    def stop(self) -> None:
        """What it finds is not wanted any more."""
        if self._process > 0:
            os.kill(self._process, signal.SIGKILL)

    def found(self) -> dict[int, Any]:
        """What the second process found; nothing, if it came to grief."""
        with open(self._answers, "rb") as pipe:
            said = pipe.read()
        os.close(self._left)
        os.close(self._alive)
        if self._process > 0:
            os.waitpid(self._process, 0)
        found: dict[int, Any] = {}
        with suppress(Exception):  # cut off, or not to be read back: then the first process does it all
            found = pickle.loads(said)
        return found

    def _live(self, pieces: Sequence[Callable[[], Any]], answers: int, alive: int) -> None:
        """The second process's life: it says nothing but its answers, and ends with its parent."""
        try:
            threading.Thread(target=_end_with, args=(alive,), daemon=True).start()
            found = {}
            for n in self.left():
                with suppress(Exception):  # met again by the first process
                    # With nobody listening, and no third process.
                    found[n] = Context().run(pieces[n])
            with open(answers, "wb") as pipe:
                pipe.write(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
        finally:
            os._exit(0)


def _forked() -> int:
    """As ``os.fork``; -1 where that cannot be."""
    try:
        return os.fork()
    except OSError:
        return -1


def _end_with(parent: int) -> None:
    os.read(parent, 1)
    os._exit(0)
