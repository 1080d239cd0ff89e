"""Who simulates: this process, several, or a Dask cluster. The same counts come back whoever it was.

Worlds are numbered, random numbers are addressed by them and everything is counted in integers, so parts can be
simulated anywhere, in any order and more than once: a part whose worker died is simply given to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from multiprocessing import get_context
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError, UsageError
from detente.kernels.worlds import Ladder, Worlds, add, run
from detente.progress import counter

__all__ = ["Crew", "Part", "simulated"]

LARGEST = 1 << 14
"""Worlds of one draw simulated at once: the memory that they take does not grow with their number."""

RETRIES = 3
"""How often a pool of processes that broke is opened anew without a part being finished."""


class Part(NamedTuple):
    """Some worlds of every draw."""

    parameters: NDArray[np.float64]
    first: int
    per: int
    dates: NDArray[np.int64]
    seed: int
    ladder: Ladder
    groups: int


def simulated(part: Part) -> Worlds:
    """The counts of a part."""
    return run(
        part.parameters,
        per=part.per,
        first=part.first,
        dates=part.dates,
        seed=part.seed,
        ladder=part.ladder,
        groups=part.groups,
    )


def _alone() -> None:
    """In a worker: one thread, since there is a process for each core."""
    import numba

    numba.set_num_threads(1)


class Crew:
    """A context in which worlds are simulated.

    ``workers`` processes of this machine, or the Dask cluster at the address ``cluster``; by default this process and
    its threads. ``say`` is told how many parts are done, of how many.
    """

    def __init__(
        self,
        *,
        workers: int = 0,
        cluster: str | None = None,
        say: Callable[[int, int], None] | None = None,
        work: Callable[[Part], Worlds] = simulated,
    ) -> None:
        if workers and cluster:
            raise UsageError("--workers and --cluster are two ways of doing the same: give one of them")
        self._workers, self._cluster, self._say, self._work = workers, cluster, say, work
        self._client: Any = None
        self._pool: ProcessPoolExecutor | None = None
        self._open = ExitStack()

    def __enter__(self) -> Crew:
        if self._cluster is not None:
            self._client = self._open.enter_context(_client(self._cluster))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._shut()
        self._open.close()

    def run(self, whole: Part) -> Worlds:
        """The counts of ``whole``, split among the crew."""
        hands = self._workers or (4 if self._client is not None else 1)
        size = max(1, min(LARGEST, -(-whole.per // hands)))
        parts = [
            whole._replace(first=whole.first + n, per=min(size, whole.per - n))
            for n in range(0, whole.per, size)
        ]
        total: Worlds | None = None
        tick = counter("parts of the worlds", len(parts)) if len(parts) > 1 else None
        for n, found in enumerate(self._each(parts), 1):
            total = found if total is None else add(total, found)
            if tick is not None:
                tick()
            if self._say is not None:
                self._say(n, len(parts))
        assert total is not None, "there is at least one world"
        return total

    def _each(self, parts: list[Part]) -> Iterator[Worlds]:
        if self._client is not None:
            yield from self._on_cluster(parts)
        elif self._workers:
            yield from self._in_processes(parts)
        else:
            yield from map(self._work, parts)

    def _in_processes(self, parts: list[Part]) -> Iterator[Worlds]:
        waiting, broken = dict(enumerate(parts)), 0
        while waiting:
            if self._pool is None:
                # Spawned, not forked: this process has threads. Kept for the next run: starting takes seconds.
                self._pool = ProcessPoolExecutor(self._workers, get_context("spawn"), _alone)
            finished = 0
            try:
                given = {self._pool.submit(self._work, part): n for n, part in waiting.items()}
                for future in as_completed(given):
                    found = future.result()
                    del waiting[given[future]]
                    finished += 1
                    yield found
            except BrokenProcessPool:
                self._shut()
                broken = 0 if finished else broken + 1
            if broken > RETRIES:
                raise LimitError(
                    f"worker processes died {broken} times without finishing a part, perhaps for want of memory: "
                    "ask for fewer --workers or --worlds"
                )

    def _shut(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def _on_cluster(self, parts: list[Part]) -> Iterator[Worlds]:
        from distributed import as_completed as done

        # pure=False: a part of a run is not remembered by its arguments; retries: another worker takes over.
        futures = self._client.map(self._work, parts, pure=False, retries=RETRIES)
        for future in done(futures):
            yield future.result()
            future.release()


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--cluster needs Dask: install detente with the extra 'cluster' (uv sync --extra cluster)"
        ) from None
    try:
        return Client(address, timeout="10s")
    except (OSError, ValueError, TimeoutError) as error:
        raise UsageError(f"--cluster {address}: no Dask scheduler answers there ({error})") from None
