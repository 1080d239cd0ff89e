"""The same counts whoever simulates, and nothing lost when a worker dies."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from oracles import dying

from detente.errors import LimitError, UsageError
from detente.world.crew import Crew, Part, _uninterrupted, simulated
from detente.world.run import Ensemble
from tests.children import child
from tests.world.plain import plain


@pytest.fixture(scope="module")
def part() -> Part:
    return Part(plain(), 0, 300, 1)


def same(one: Ensemble, other: Ensemble) -> bool:
    """Byte for byte, what is not a number too."""
    return one.per == other.per and all(
        a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in zip(one[1:], other[1:], strict=True)
    )


def test_processes_count_the_same_and_say_how_far_they_are(part: Part) -> None:
    said: list[tuple[int, int]] = []
    with Crew(workers=2, say=lambda n, of: said.append((n, of))) as crew:
        assert same(crew.run(part), simulated(part))
    assert said == [(1, 2), (2, 2)]


@pytest.mark.parametrize("blocked", [set(), {signal.SIGINT}, {signal.SIGUSR1}])
def test_who_starts_workers_gets_interrupts_as_before(part: Part, blocked: set[signal.Signals]) -> None:
    before = signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    try:
        with Crew(workers=1) as crew:
            crew.run(part._replace(per=1))
            assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == blocked
        assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == blocked
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_also_where_no_worker_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_more(_: object) -> None:
        raise OSError("no more processes")

    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    monkeypatch.setattr("detente.world.crew.resource_tracker.ensure_running", lambda: no_more(None))
    with pytest.raises(OSError, match="no more"), _uninterrupted():
        pass
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before


def test_a_worker_that_dies_loses_nothing(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "died"
    monkeypatch.setenv("DETENTE_TEST_MARKER", str(marker))
    with Crew(workers=2, work=dying.dies_once) as crew:
        assert same(crew.run(part), simulated(part))
    assert marker.exists()


def test_workers_that_always_die_are_given_up(part: Part) -> None:
    with Crew(workers=1, work=dying.always_dies) as crew, pytest.raises(LimitError, match="died"):
        crew.run(part)


@pytest.mark.filterwarnings("ignore")  # the cluster's own, about a worker that was killed
def test_a_cluster_counts_the_same_and_survives_a_worker(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    marker = tmp_path / "died"
    monkeypatch.setenv("DETENTE_TEST_MARKER", str(marker))
    local = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with local, Crew(cluster=local.scheduler_address, work=dying.dies_once) as crew:
        assert same(crew.run(part), simulated(part))
    assert marker.exists(), "one of the workers was killed, and its part given to another"


@pytest.mark.filterwarnings("ignore")
def test_what_was_found_and_lost_with_its_worker_before_it_was_fetched_is_found_again(
    part: Part, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    marker = tmp_path / "died"
    monkeypatch.setenv("DETENTE_TEST_MARKER", str(marker))

    # The worker dies once we know that it has found something: what nobody knew of cannot be lost.
    known = tmp_path / "known"
    monkeypatch.setenv("DETENTE_TEST_KNOWN", str(known))
    lost = threading.Event()
    state = sys.modules["distributed.client"].FutureState
    lose, finish = state.lose, state.finish
    monkeypatch.setattr(state, "lose", lambda self: (lose(self), lost.set()))
    monkeypatch.setattr(state, "finish", lambda self, *of: (finish(self, *of), known.touch()))

    class Slow(queue.SimpleQueue[object]):
        """Gives nothing before something is lost; the next worker takes longer to start than we to look."""

        def get(self, block: bool = True, timeout: float | None = None) -> object:
            assert lost.wait(60)
            return super().get(block, timeout)

    monkeypatch.setattr("detente.world.crew.queue.SimpleQueue", Slow)
    local = distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None)
    with local, Crew(cluster=local.scheduler_address, work=dying.dies_once) as crew:
        assert same(crew.run(part), simulated(part))


def test_nobody_at_the_address(part: Part) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="no Dask scheduler"), Crew(cluster="nowhere://1"):
        pass


def test_one_way_at_a_time() -> None:
    with pytest.raises(UsageError, match="two ways"):
        Crew(workers=2, cluster="tcp://127.0.0.1:1")


def test_what_goes_wrong_in_a_worker_goes_wrong_here(part: Part) -> None:
    with Crew(workers=1) as crew, pytest.raises(UsageError, match=r"p\.odd: in month 0 of draw 0"):
        crew.run(part._replace(of=plain(odd="log(money - 2)")))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP, signal.SIGINT])
def test_workers_end_with_their_parent(how: signal.Signals) -> None:
    with child(sys.executable, "-m", "tests.oracles.dying", cwd=Path(__file__).parents[2]) as parent:
        assert parent.stdout is not None
        workers = [int(number) for number in parent.stdout.readline().split()]
        assert len(workers) == 2
        assert all(alive(worker) for worker in workers)
        # As a terminal does it: to all of them. Only the parent minds.
        (os.killpg if how == signal.SIGINT else os.kill)(parent.pid, how)
        parent.wait(timeout=30)
        until = time.monotonic() + 30
        while any(alive(worker) for worker in workers) and time.monotonic() < until:
            time.sleep(0.05)
        assert not any(alive(worker) for worker in workers)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_cluster_without_workers_is_waited_for_and_given_up(
    part: Part, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("detente.world.crew.PATIENCE", 0.5)
    local = distributed.LocalCluster(n_workers=0, dashboard_address=None)
    said: list[str] = []
    with (
        local,
        Crew(cluster=local.scheduler_address, warn=said.append) as crew,
        pytest.raises(LimitError, match="no worker has come"),
    ):
        crew.run(part)
    assert len(said) == 1
    assert "no worker there; waiting" in said[0]


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_goes_is_one_sentence(part: Part) -> None:
    distributed = pytest.importorskip("distributed")
    local = distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True
    )
    with Crew(cluster=local.scheduler_address, work=dying.sleeps) as crew:
        threading.Timer(2, local.close).start()
        with pytest.raises(UsageError, match="the scheduler has gone"):
            crew.run(part)


def test_counts_that_do_not_fit_are_refused_before_they_are_made(part: Part) -> None:
    constants = np.broadcast_to(part.of.constants[:1], (50_000_000, part.of.constants.shape[1]))
    many = part._replace(of=part.of._replace(constants=constants))
    with Crew() as crew, pytest.raises(LimitError, match="50,000,000 draws over 12 months would take"):
        crew.run(many)
