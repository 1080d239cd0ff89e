"""How far a long piece of work has come, told to whoever listens; without a listener nothing happens.

The listener belongs to the context of the call (:mod:`contextvars`), so nothing is handed down through the analyses
and two calls do not hear each other. Work given to another thread takes the context along: ``copy_context().run``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import TypeVar

__all__ = ["Listener", "counter", "listening", "told"]

Item = TypeVar("Item")
Listener = Callable[[str, int, int], None]
"""Told what is being done, how many parts of it are done, and of how many."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Within it, ``listener`` hears of all work; and may be told from any thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def counter(what: str, of: int) -> Callable[[], None]:
    """To be called when one of ``of`` parts is done, from any thread."""
    listener = _listener.get()
    if listener is None:
        return lambda: None
    done = count(1)
    listener(what, 0, of)
    return lambda: listener(what, next(done), of)


def told(what: str, items: Sequence[Item]) -> Iterator[Item]:
    """The items, each of them told of when the next one is asked for, and all when nobody asks any more."""
    listener = _listener.get()
    if listener is None:
        yield from items
        return
    try:
        for done, item in enumerate(items):
            listener(what, done, len(items))
            yield item
    finally:
        listener(what, len(items), len(items))
