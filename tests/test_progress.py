"""Work tells how far it has come to its own listener, and to nobody else."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from rich.console import Console

from detente.progress import counter, listening, told
from detente.render.bars import bars


def test_nobody_listens() -> None:
    assert list(told("things", [3, 4])) == [3, 4]
    counter("things", 2)()


def test_what_is_told() -> None:
    heard: list[tuple[str, int, int]] = []
    with listening(lambda *what: heard.append(what)):
        for item in told("things", "abc"):
            if item == "b":
                break
        tick = counter("draws", 2)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: tick(), range(2)))
            pool.submit(copy_context().run, list, told("elsewhere", [0])).result()
            pool.submit(list, told("unheard", [0])).result()
    list(told("afterwards", [0]))
    assert heard[:3] == [("things", 0, 3), ("things", 1, 3), ("things", 3, 3)]
    assert sorted(heard[3:6]) == [("draws", 0, 2), ("draws", 1, 2), ("draws", 2, 2)]
    assert heard[6:] == [("elsewhere", 0, 1), ("elsewhere", 1, 1)]


def test_a_terminal_shows_a_share_and_a_pipe_nothing() -> None:
    for terminal in (True, False):
        shown = io.StringIO()
        console = Console(file=shown, force_terminal=terminal, width=100, _environ={})
        with bars("thinking", console) as tell:
            tell("draws", 1, 4)
            console.print("")
        assert ("draws" in shown.getvalue()) == terminal
        assert ("25%" in shown.getvalue()) == terminal
