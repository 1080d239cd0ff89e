"""The command line, asked in this process: what a user would type, and what would come back."""

from __future__ import annotations

import contextlib
import io
import json
import math
import sys
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from typer.main import get_command

from detente import cli

__all__ = ["Answer", "ask", "parsed", "strange_characters"]


@dataclass(frozen=True)
class Answer:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def refused(self) -> bool:
        """An invalid case or a stated limit: one clear message instead of an answer."""
        return self.code in (3, 4)

    @property
    def json(self) -> Any:
        """The standard output as JSON in which every number is finite; ValueError otherwise."""
        return parsed(self.out)


def ask(*arguments: str | Path) -> Answer:
    """``detente ARGUMENTS``, its exit code and both outputs. Warnings of libraries count as errors of ours."""
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["detente", *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
            warnings.simplefilter("always")
            with patch.object(cli, "app", _commands()):
                code = _exit_code()
    finally:
        sys.argv = before
    return Answer(code, out.getvalue(), err.getvalue())


@cache
def _commands() -> Any:
    """The commands, built once: to build them takes longer than to check a small case."""
    return get_command(cli.app)


def _exit_code() -> int:
    try:
        cli.main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    raise AssertionError("the command line always ends with an exit code")


def parsed(text: str) -> Any:
    """JSON without NaN or infinity, in whatever way they are written; ValueError otherwise."""
    return json.loads(text, parse_constant=_not_a_number, parse_float=_finite)


def _not_a_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"{digits} is beyond every finite number")
    return number


def strange_characters(text: str) -> str:
    """The control characters of a text, a line's end apart: what a terminal would obey instead of show."""
    return "".join(sorted({c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160}))
