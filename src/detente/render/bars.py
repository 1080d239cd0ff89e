"""On a terminal's standard error: what is being done, how much of it, and how long it may take yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from detente.progress import Listener

__all__ = ["bars"]


@contextmanager
def bars(what: str, console: Console) -> Iterator[Listener]:
    """A line for the whole, and one for each piece of work of which the listener hears; all gone at the end."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    shown = Progress(*columns, console=console, transient=True)
    tasks: dict[str, TaskID] = {}
    lock = Lock()

    def tell(piece: str, done: int, of: int) -> None:
        with lock:
            if piece not in tasks:
                tasks[piece] = shown.add_task(piece, total=of)
            # Threads overtake each other: what is done is never undone, unless the piece begins anew.
            shown.update(tasks[piece], total=of, completed=done, visible=done < of)

    with shown:
        shown.add_task(f"{what} …", total=None)
        yield tell
