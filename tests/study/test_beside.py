"""The second process of a first briefing: when there is one, what it asks, and that it ends with the first."""

from __future__ import annotations

import subprocess
import sys

import pytest

from detente import cache, kernels
from detente.catalogue import resolve
from detente.study import beside

SMALL = str(resolve("itex-cypress"))


@pytest.fixture
def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "is_cold", True)
    monkeypatch.setattr(cache, "trouble", lambda: "")
    monkeypatch.setattr("numba.get_num_threads", lambda: 2)
    monkeypatch.setattr(beside, "available", lambda: beside._ROOM)


@pytest.mark.usefixtures("cold")
def test_there_is_a_second_process_where_much_is_to_be_compiled_kept_and_there_is_room() -> None:
    assert beside._pays()


@pytest.mark.usefixtures("cold")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("detente.kernels.is_cold", False),
        ("detente.cache.trouble", lambda: "The cache is not used."),
        ("numba.get_num_threads", lambda: 1),
        ("detente.study.beside.available", lambda: beside._ROOM - 1),
    ],
)
def test_there_is_none_where_it_would_not_help(
    monkeypatch: pytest.MonkeyPatch, name: str, found: object
) -> None:
    monkeypatch.setattr(name, found)
    monkeypatch.setattr(beside, "_started", lambda _: pytest.fail("started"))
    with beside.compiled_beside(SMALL):
        pass


@pytest.mark.usefixtures("cold")
def test_it_is_over_when_the_briefing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = beside._started
    monkeypatch.setattr(beside, "_started", lambda file: started.append(start(file)) or started[-1])  # type: ignore[func-returns-value, arg-type]
    with pytest.raises(KeyError), beside.compiled_beside(SMALL):
        raise KeyError
    assert started[0].returncode is not None


def test_it_ends_when_its_pipe_closes_whatever_it_is_doing() -> None:
    busy = "import threading, time; from detente.study import beside; threading.Thread(target=beside._end_with_parent).start(); time.sleep(600)"
    helper = subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.PIPE)
    assert helper.stdin is not None
    helper.stdin.close()
    assert helper.wait() == 0


def test_without_python_the_briefing_is_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert beside._started(SMALL) is None


@pytest.mark.parametrize("name", ["itex-cypress", "two-villages", "parliament"])
def test_it_finds_an_answer_to_all_that_it_asks(name: str) -> None:
    beside._ask(str(resolve(name)))
