"""Pieces of work in two processes: the same answers, the same errors, and nobody left over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from detente import abreast
from detente.abreast import Abreast, alone, claim
from detente.progress import listening

Answer = TypeVar("Answer")
ROOM = 1 << 40
ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody forks")


class _Unreadable:
    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("seven",)


@pytest.fixture(autouse=True)
def _two_would_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has."""
    monkeypatch.setattr("numba.get_num_threads", lambda: 2)
    monkeypatch.setattr("detente.kernels.is_cold", False)
    monkeypatch.setattr(abreast, "available", lambda: ROOM)


@pytest.fixture(params=[False, True], ids=["one process", "two processes"])
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[], Answer]], Answer]:
    """Calls something, alone in its process or not."""

    def called(function: Callable[[], Answer]) -> Answer:
        if request.param:
            claim()
        return function()

    return lambda function: copy_context().run(called, function)


def two(function: Callable[[], Answer]) -> Answer:
    """Calls something alone in its process."""

    def called() -> Answer:
        claim()
        return function()

    return copy_context().run(called)


@pytest.fixture
def meeting() -> Iterator[tuple[int, int]]:
    """Both ends of a pipe, where the first process can wait for the second."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_answers_come_in_the_order_of_the_pieces(run: Callable[[Callable[[], list[int]]], list[int]]) -> None:
    def asked() -> list[int]:
        pieces = Abreast("pieces")
        answers = [pieces.later(lambda n=n: int(np.arange(n).sum()), here=n % 5 == 0) for n in range(20)]
        return [answer() for answer in answers]

    assert run(asked) == [n * (n - 1) // 2 for n in range(20)]


@ONLY_LINUX
def test_the_second_process_takes_part(meeting: tuple[int, int]) -> None:
    read, write = meeting

    def asked() -> tuple[int, int]:
        pieces = Abreast("pieces")
        other = pieces.later(lambda: (os.write(write, b"."), os.getpid())[1])
        mine = pieces.later(lambda: (os.read(read, 1), os.getpid())[1], here=True)
        return other(), mine()

    other, mine = two(asked)
    assert mine == os.getpid() != other


def test_nobody_forks_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not alone()
    monkeypatch.setattr(os, "fork", pytest.fail)
    pieces = Abreast("pieces")
    assert [answer() for answer in [pieces.later(os.getpid), pieces.later(os.getpid)]] == [os.getpid()] * 2


@ONLY_LINUX
@pytest.mark.parametrize(
    "end", ["killed", "not to be pickled", "not to be read back", "an error there alone", "no process"]
)
def test_what_the_second_process_does_not_find_the_first_does(
    end: str, meeting: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = meeting
    first = os.getpid()

    def other() -> object:
        os.write(write, b".")
        if os.getpid() != first and end == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if os.getpid() != first and end == "an error there alone":
            raise ValueError
        if os.getpid() != first and end == "not to be read back":
            return _Unreadable()
        return (lambda: 7) if end == "not to be pickled" else 7

    if end == "no process":

        def none() -> int:
            raise BlockingIOError

        monkeypatch.setattr(os, "fork", none)
        os.write(write, b".")

    def asked() -> tuple[object, int]:
        pieces = Abreast("pieces")
        one = pieces.later(other)
        two = pieces.later(lambda: len(os.read(read, 1)), here=True)
        return one(), two()

    one, there = two(asked)
    assert (one() if callable(one) else one, there) == (7, 1)


def test_the_first_of_several_errors_is_raised(run: Callable[[Callable[[], None]], None]) -> None:
    for first in range(3):

        def asked(first: int = first) -> None:
            pieces = Abreast("pieces")
            for n in range(4):
                last = pieces.later(lambda n=n: 1 // (n < first) and n, here=n == 3)
            last()

        with pytest.raises(ZeroDivisionError):
            run(asked)


def test_progress_is_told_to_the_end(run: Callable[[Callable[[], None]], None]) -> None:
    heard: list[tuple[str, int, int]] = []

    def asked() -> None:
        with listening(lambda *told: heard.append(told)):
            pieces = Abreast("tables")
            for n in range(3):
                answer = pieces.later(lambda n=n: n)
            answer()

    run(asked)
    assert heard == [("tables", n, 3) for n in range(4)]


@ONLY_LINUX
def test_the_second_process_ends_with_the_first(tmp_path: Path) -> None:
    script = (
        "import os, sys, time, numba, detente.kernels\n"
        "from pathlib import Path\n"
        f"from detente import abreast\nfrom {abreast.__name__} import Abreast, claim\n"
        f"abreast.available = lambda: {ROOM}\n"
        "numba.get_num_threads = lambda: 2\n"
        "detente.kernels.is_cold = False\n"
        "claim()\n"
        "pieces = Abreast('pieces')\n"
        "said = Path(sys.argv[1])\n"
        "def other():\n"
        "    (said / 'new').write_text(str(os.getpid())); (said / 'new').rename(said / 'pid')\n"
        "    time.sleep(600)\n"
        "pieces.later(other)\n"
        "pieces.later(lambda: time.sleep(600), here=True)()\n"
    )
    first = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)])
    said = tmp_path / "pid"
    while not said.exists():
        assert first.poll() is None
        time.sleep(0.01)
    second = int(said.read_text())
    first.kill()
    first.wait()
    while _runs(second):
        time.sleep(0.01)


def _runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
