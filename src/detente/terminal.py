"""The standard streams. Everything that the command line says goes through here.

Words are cleaned (:mod:`detente.clean`), bounded and put into the signs that the stream has; JSON is written
by :mod:`detente.jsontext`. A stream that cannot take any more is not an error in the midst of saying something: the
rest is dropped, and :func:`finish` tells at the end whether that mattered.
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TextIO

from detente.clean import LONGEST, bounded, clean_line, encodable
from detente.errors import OutputError
from detente.jsontext import dumps

if TYPE_CHECKING:
    from rich.console import Console

    from detente.document import Document
    from detente.storage import Target

__all__ = [
    "complain",
    "finish",
    "open_streams",
    "page_answers",
    "remark",
    "say",
    "say_json",
    "say_text",
    "say_where",
    "show",
    "working",
]

_NARROWEST = 20  # letters: below that a table is a column of letters


class _Stream(io.FileIO):
    """A descriptor that goes on taking words when nobody can take them any more, and remembers why."""

    failed: OSError | None = None

    def write(self, data: Any) -> int:
        """As many bytes as there are; they are dropped after a failure."""
        if self.failed is None:
            try:
                return super().write(data) or 0
            except OSError as error:
                self.failed = error
        return len(memoryview(data).cast("B"))


def open_streams() -> None:
    """Take the standard streams over, once, at the very beginning of a process.

    The standard output stays ours: what a compiled library prints there goes to the standard error. HiGHS has left-over
    prints that no option silences; in the midst of JSON they would break a pipe.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:  # closed: the next file opened would get its number, and with it what is printed
            os.open(os.devnull, os.O_RDWR)
    try:
        known = (sys.stdout is None or sys.stdout.fileno() == 1) and (
            sys.stderr is None or sys.stderr.fileno() == 2
        )
    except (AttributeError, OSError, ValueError):
        return
    if known:
        sys.stdout = _taken(sys.stdout, os.dup(1), "replace")
        sys.stderr = _taken(sys.stderr, os.dup(2), "backslashreplace")
        os.dup2(2, 1)


def _taken(stream: TextIO | None, descriptor: int, errors: str) -> TextIO:
    raw = _Stream(descriptor, "w")
    encoding = "utf-8" if stream is None else stream.encoding
    if stream is not None and stream.errors != "strict":
        errors = stream.errors or errors
    alive = raw.isatty() or errors == "backslashreplace"
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors, line_buffering=alive)


def finish() -> None:
    """Let the last words out. Raises ``OutputError`` if the standard output could not take all.

    A reader who has gone (``| head``) had enough: that is not an error.
    """
    sys.stdout.flush()
    failed = getattr(getattr(getattr(sys.stdout, "buffer", None), "raw", None), "failed", None)
    if failed is not None and not isinstance(failed, BrokenPipeError):
        raise OutputError(f"the standard output cannot be written: {failed.strerror}")


def say(line: str, *, to: TextIO | None = None) -> None:
    """One line of words, on the standard output."""
    stream = sys.stdout if to is None else to
    print(encodable(bounded(clean_line(line), 2 * LONGEST), stream.encoding or "utf-8"), file=stream)


def complain(lines: Iterable[str]) -> None:
    """Lines on the standard error."""
    sys.stdout.flush()
    for line in lines:
        say(line, to=sys.stderr)
    sys.stderr.flush()


def remark(line: str) -> None:
    """One line beside the answer, on the standard error."""
    complain([line])


def say_where(written: Target) -> None:
    """Where something was written: on the standard output, unless it may be what was written to."""
    (say if written.file else remark)(written.name)


def say_json(value: Any) -> None:
    """JSON and nothing else on the standard output."""
    print(dumps(value, encoding=sys.stdout.encoding or "utf-8"))


def say_text(text: str) -> None:
    """Lines of our own on the standard output."""
    print(text)


_paged = ContextVar("paged", default=True)


def page_answers(wanted: bool) -> None:
    """Whether an answer that is longer than the window goes through a pager."""
    _paged.set(wanted)


def show(document: Document, *, everything: bool = False) -> None:
    """A document on the standard output, in short where it can be and not everything was asked for.

    On a terminal whose window it does not fit it goes through ``$PAGER``, or ``less`` where there is one.
    """
    from detente.render.text import show

    console = _console(sys.stdout)
    pager = (
        _pager()
        if _paged.get() and sys.stdout.isatty() and sys.stdin is not None and sys.stdin.isatty()
        else []
    )
    if not pager:
        show(document, console, everything=everything)
        return
    with console.capture() as caught:
        show(document, console, everything=everything)
    text = caught.get()
    if text.count("\n") < shutil.get_terminal_size().lines or not _through(pager, text):
        sys.stdout.write(text)


def _pager() -> list[str]:
    """The command of the reader's pager; nothing where there is none, or where its quotes do not close."""
    try:
        given = shlex.split(os.environ.get("PAGER", "less -R"))
    except ValueError:
        return []
    return given if given and shutil.which(given[0]) else []


def _through(pager: list[str], text: str) -> bool:
    """Whether the pager has shown it; less is told to keep colours, and to go where all is in sight."""
    sys.stdout.flush()
    try:
        descriptor = sys.stdout.fileno()
        with (
            subprocess.Popen(
                pager, stdin=subprocess.PIPE, stdout=descriptor, env={"LESS": "FRX", **os.environ}
            ) as reader,
            suppress(BrokenPipeError),
        ):  # a reader who has gone had enough
            assert reader.stdin is not None
            reader.stdin.write(text.encode(errors="replace"))
            reader.stdin.close()
        return reader.returncode in (0, 2)  # less: 2 after an interrupt
    except OSError:
        return False


@contextmanager
def working(what: str) -> Iterator[None]:
    """On a terminal's standard error: how far the work has come."""
    if not sys.stderr.isatty():
        yield
        return
    from detente.progress import listening
    from detente.render.bars import bars

    with bars(encodable(what, sys.stderr.encoding), _console(sys.stderr)) as told, listening(told):
        yield


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    # Rich takes any COLUMNS for a width, even 0.
    return Console(file=stream, width=max(_NARROWEST, shutil.get_terminal_size().columns))
