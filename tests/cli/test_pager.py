"""On a terminal, and only there, an answer that is longer than the window goes through a pager."""

from __future__ import annotations

import os
import pty
import struct
import sys
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from detente import terminal
from detente.document import Document, Paragraph

LONG = Document("Long", blocks=[Paragraph(f"Line {n}.") for n in range(40)])
SHORT = Document("Short", blocks=[Paragraph("One line.")])


def on_a_terminal(document: Document, pager: str, folder: Path, *, wanted: bool = True) -> str:
    """What a terminal of 24 lines shows; a pager that marks what goes through it."""
    script = folder / "reader"
    script.write_text("#!/bin/sh\necho through the pager\nexec cat\n", encoding="utf-8")
    script.chmod(0o755)
    child, ours = pty.fork()
    if child == 0:
        ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        os.environ |= {"PAGER": pager or str(script), "TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
        sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
        terminal.page_answers(wanted)
        terminal.show(document)
        sys.stdout.flush()
        os._exit(0)
    said = b""
    while True:
        try:
            some = os.read(ours, 4096)
        except OSError:
            break
        if not some:
            break
        said += some
    os.waitpid(child, 0)
    return said.decode()


def test_long_answers_go_through_it_and_short_ones_do_not(tmp_path: Path) -> None:
    long, short = on_a_terminal(LONG, "", tmp_path), on_a_terminal(SHORT, "", tmp_path)
    assert "through the pager" in long
    assert "Line 39." in long
    assert "through the pager" not in short
    assert "One line." in short


@pytest.mark.parametrize("pager", ["no-such-pager", "false", "cat '", " "])
def test_without_a_pager_that_works_the_answer_is_printed(pager: str, tmp_path: Path) -> None:
    assert "Line 39." in on_a_terminal(LONG, pager, tmp_path)


def test_whoever_wants_none_has_none(tmp_path: Path) -> None:
    said = on_a_terminal(LONG, "", tmp_path, wanted=False)
    assert "through the pager" not in said
    assert "Line 39." in said


def test_a_pipe_has_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    terminal.show(LONG)
    assert "Line 39." in capsys.readouterr().out
