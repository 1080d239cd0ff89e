"""Who simulates: this process, several, or a Dask cluster. The same counts come back whoever it was.

Worlds are numbered, random numbers are addressed by them and everything is counted in integers, so parts can be
simulated anywhere, in any order and more than once: a part whose worker died is simply given to another. A worker
ends with its parent, whatever ended that: the pipe between them closes.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, NamedTuple, Protocol

from detente.errors import LimitError, UsageError
from detente.interrupts import undivided
from detente.kernels.codes import WORD
from detente.progress import counter
from detente.world.jobs import pays
from detente.world.run import Ensemble, Run, add, months, run

__all__ = ["Crew", "Part", "Simulates", "simulated"]

LARGEST = 1 << 20
"""Worlds of each draw in a part, at most."""

RETRIES = 3
"""How many processes in a row may die without a part being finished."""

PATIENCE = 30.0
"""Seconds that a cluster without workers is waited for; after a tenth of them that is said."""


class Part(NamedTuple):
    """Some worlds of every draw."""

    of: Run
    begin: int
    """A multiple of 64."""
    per: int
    seed: int
    fused: bool | None = None
    """As in :func:`detente.world.run.run`."""


class Simulates(Protocol):
    """Whoever gives back the counts of a part."""

    def run(self, whole: Part) -> Ensemble:
        """The counts of ``whole``."""


def simulated(part: Part) -> Ensemble:
    """The counts of a part."""
    return run(part.of, per=part.per, seed=part.seed, begin=part.begin, fused=part.fused)


class _Hand(NamedTuple):
    """A worker process and our end of the pipe to it."""

    process: BaseProcess
    pipe: Connection[Any, Any]


def _hand(work: Callable[[Part], Ensemble]) -> _Hand:
    # Spawned, not forked: this process has threads.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_working, args=(theirs, work), daemon=True)
    with undivided, _uninterrupted():
        process.start()
    theirs.close()
    return _Hand(process, ours)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes started meanwhile do not get interrupts, which are the parent's business: they end with it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # Starting multiprocessing's helper lets interrupts through again.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _working(pipe: Connection[Any, Any], work: Callable[[Part], Ensemble]) -> None:
    """A worker's life: parts in, counts or what went wrong out, on one thread, since there is a process a core."""
    import numba

    threading.Thread(target=_end_with_parent, daemon=True).start()
    numba.set_num_threads(1)
    with suppress(EOFError, OSError):
        while True:
            part = pipe.recv()
            try:
                found: Ensemble | Exception = work(part)
            except Exception as error:
                found = error
            pipe.send(found)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


class Crew:
    """A context in which worlds are simulated.

    ``workers`` processes of this machine, or the Dask cluster at the address ``cluster``; by default this process and
    its threads. ``say`` is told how many parts are done, of how many; ``warn`` what is being waited for.
    """

    def __init__(
        self,
        *,
        workers: int = 0,
        cluster: str | None = None,
        say: Callable[[int, int], None] | None = None,
        warn: Callable[[str], None] | None = None,
        work: Callable[[Part], Ensemble] = simulated,
    ) -> None:
        if workers and cluster:
            raise UsageError("--workers and --cluster are two ways of doing the same: give one of them")
        self._workers, self._cluster, self._work = workers, cluster, work
        self._say, self._warn = say, warn
        self._client: Any = None
        self._hands: list[_Hand] = []
        self._open = ExitStack()

    def __enter__(self) -> Crew:
        if self._cluster is not None:
            self._client = self._open.enter_context(_client(self._cluster))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for hand in self._hands:
            hand.process.terminate()
            hand.process.join()
            hand.pipe.close()
        self._hands = []
        self._open.close()

    def run(self, whole: Part) -> Ensemble:
        """The counts of ``whole``, split among the crew. Raises LimitError where memory would not do."""
        hands = self._workers or (4 if self._client is not None else 1)
        size = min(LARGEST, max(WORD, -(-whole.per // (hands * WORD)) * WORD))
        # What pays for all of them together may pay for none alone.
        fused = True if whole.fused is None and pays(months(whole.of, whole.per), whole.per) else whole.fused
        parts = [
            whole._replace(begin=whole.begin + n, per=min(size, whole.per - n), fused=fused)
            for n in range(0, whole.per, size)
        ]
        total: Ensemble | None = None
        tick = counter("parts of the worlds", len(parts)) if len(parts) > 1 else None
        for n, found in enumerate(self._each(parts), 1):
            total = found if total is None else add(total, found)
            if tick is not None:
                tick()
            if self._say is not None:
                self._say(n, len(parts))
        assert total is not None, "there is at least one world"
        return total

    def _each(self, parts: list[Part]) -> Iterator[Ensemble]:
        if self._client is not None:
            yield from self._on_cluster(parts)
        elif self._workers:
            yield from self._in_processes(parts)
        else:
            yield from map(self._work, parts)

    def _in_processes(self, parts: list[Part]) -> Iterator[Ensemble]:
        waiting, dead = parts[::-1], 0
        busy: dict[Connection[Any, Any], Part] = {}
        while waiting or busy:
            # All of them are started before any is waited for; kept for the next run, since starting takes seconds.
            self._hands += [_hand(self._work) for _ in range(self._workers - len(self._hands))]
            for hand in self._hands:
                if waiting and hand.pipe not in busy:
                    busy[hand.pipe] = part = waiting.pop()
                    with suppress(OSError):  # it died: that is seen below
                        hand.pipe.send(part)
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)
                part = busy.pop(ready)
                try:
                    found = ready.recv()
                except (EOFError, OSError):
                    waiting.append(part)
                    self._bury(ready)
                    dead += 1
                    continue
                if isinstance(found, Exception):
                    raise found
                dead = 0
                yield found
            if dead > RETRIES:
                raise LimitError(
                    f"worker processes died {dead} times without finishing a part, perhaps for want of memory: "
                    "ask for fewer --workers or --worlds"
                )

    def _bury(self, pipe: Connection[Any, Any]) -> None:
        pipe.close()
        for hand in [h for h in self._hands if h.pipe is pipe]:
            hand.process.join()
            self._hands.remove(hand)

    def _on_cluster(self, parts: list[Part]) -> Iterator[Ensemble]:
        self._await_workers()
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # pure=False: a part of a run is not remembered by its arguments; retries: another worker takes over.
        futures = self._client.map(self._work, parts, pure=False, retries=RETRIES)
        for future in futures:
            future.add_done_callback(done.put)
        missing = len(parts)
        while missing:
            try:
                future = done.get(timeout=1)
            except queue.Empty:
                self._await_workers()
                continue
            if future.status in ("lost", "pending"):
                # The worker died with what it had found before it was fetched: another one finds it again.
                future.add_done_callback(done.put)
                continue
            if future.status != "finished":
                raise self._lost(future)
            yield future.result()
            future.release()
            missing -= 1

    def _await_workers(self) -> None:
        """Return as soon as somebody works; ``LimitError`` if nobody comes."""
        since, warn = time.monotonic(), self._warn
        while not self._working_there():
            waited = time.monotonic() - since
            if warn is not None and waited > PATIENCE / 10:
                warn(f"--cluster {self._cluster}: no worker there; waiting {PATIENCE:.0f} seconds for one")
                warn = None
            if waited > PATIENCE:
                raise LimitError(
                    f"--cluster {self._cluster}: no worker has come in {PATIENCE:.0f} seconds: start one there "
                    f"(dask worker {self._cluster}), or simulate here with --workers"
                )
            time.sleep(0.2)

    def _working_there(self) -> bool:
        if self._client.status != "running":
            raise self._gone()
        try:
            return bool(self._client.scheduler_info(n_workers=1)["workers"])
        except (OSError, TimeoutError):
            raise self._gone() from None

    def _gone(self) -> UsageError:
        return UsageError(f"--cluster {self._cluster}: the scheduler has gone; nothing was lost but the time")

    def _lost(self, future: Any) -> Exception:
        """Why a part has not come back."""
        if future.status != "error":
            return self._gone()
        error: Exception = future.exception()
        if type(error).__name__ != "KilledWorker":
            return error
        return LimitError(
            f"--cluster {self._cluster}: {RETRIES + 1} workers died of one part, perhaps for want of memory: "
            "ask for fewer --worlds or --draws"
        )


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--cluster needs Dask: install detente with the extra 'cluster' (uv sync --extra cluster)"
        ) from None
    # A scheduler that goes is told of here, in a sentence; the client would print several screens about itself.
    logging.getLogger("distributed.client").disabled = True
    try:
        return Client(address, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"--cluster {address}: no Dask scheduler answers there ({error})") from None
