"""``python -m tests.fuzz --count 50000 --seed 0``: spoilt cases through every command, in workers that may die.

Each worker loads the kernels once and takes one case after another. A case that takes too long, or its worker with it, is
a failure like any other, and the worker is replaced. Failures are made small and put into a folder; the summary counts
exit codes and says how fast it went. Exit 1 where something failed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkContext, ForkProcess
from pathlib import Path
from typing import Any

from tests.fuzz.commands import VERBS
from tests.fuzz.mutate import cook, recipe
from tests.fuzz.shared import share
from tests.fuzz.trial import Failure, Ran, smaller, trial, warm

LOADING = 600.0  # Seconds that a worker may take to compile or load every kernel.


def work(pipe: Connection, verbs: tuple[str, ...]) -> None:
    """A worker: seeds in, what ran and what failed out. One thread, so that workers do not wait for each other."""
    os.environ["NUMBA_NUM_THREADS"] = "1"
    share()
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    seen: set[str] = set()

    def say(command: list[str]) -> None:
        pipe.send(("at", command))

    try:
        if set(verbs) - {"check", "diff"}:
            warm(folder)
        pipe.send(("ready", None))
        while (seed := pipe.recv()) is not None:
            for event in list(trial(recipe(seed), folder, verbs, say)):
                if isinstance(event, Ran):
                    pipe.send(("ran", event))
                elif event.signature in seen:
                    pipe.send(("failed", event))
                else:
                    seen.add(event.signature)
                    pipe.send(("failed", smaller(event, folder, say)))
            pipe.send(("done", seed))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Worker:
    """A worker process and what it is doing."""

    def __init__(self, context: ForkContext, verbs: tuple[str, ...]) -> None:
        self.pipe, theirs = context.Pipe()
        self.process: ForkProcess = context.Process(target=work, args=(theirs, verbs), daemon=True)
        self.process.start()
        theirs.close()
        self.seed: int | None = None
        self.command: list[str] = []
        self.since = time.monotonic()
        self.loading = True

    def give(self, seed: int) -> None:
        self.seed, self.since = seed, time.monotonic()
        self.pipe.send(seed)

    def memory(self) -> float:
        """Resident memory in GiB; 0 where the system does not say."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**30

    def end(self) -> int | None:
        self.process.kill()
        self.process.join()
        return self.process.exitcode


class Campaign:
    """Seeds in order, workers, and what became of them."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.verbs = tuple(asked.verbs.split(","))
        self.context = multiprocessing.get_context("fork")
        self.codes: Counter[tuple[str, int]] = Counter()
        self.seconds: Counter[str] = Counter()
        self.failures: dict[str, tuple[Failure, int]] = {}
        self.next = asked.seed
        self.done = 0
        self.start = time.monotonic()

    def over(self) -> bool:
        late = bool(self.asked.minutes) and time.monotonic() - self.start > 60 * self.asked.minutes
        return late or self.next >= self.asked.seed + self.asked.count

    def run(self) -> None:
        workers = [Worker(self.context, self.verbs) for _ in range(self.asked.jobs)]
        try:
            while workers:
                for pipe in wait([w.pipe for w in workers], timeout=1.0):
                    worker = next(w for w in workers if w.pipe is pipe)
                    self._hear(worker, workers)
                for worker in list(workers):
                    self._watch(worker, workers)
        finally:
            for worker in workers:
                worker.end()

    def _hear(self, worker: Worker, workers: list[Worker]) -> None:
        try:
            kind, what = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join()
            self._lost(worker, f"the worker died with {worker.process.exitcode}", workers)
            return
        if kind == "at":
            worker.command, worker.since = what, time.monotonic()
        elif kind == "ran":
            self._count(what)
        elif kind == "failed":
            self._note(what)
        else:
            worker.loading = False
            self.done += kind == "done"
            worker.since = time.monotonic()
            if self.over():
                worker.end()
                workers.remove(worker)
            else:
                worker.give(self.next)
                self.next += 1

    def _watch(self, worker: Worker, workers: list[Worker]) -> None:
        limit = LOADING if worker.loading else self.asked.limit
        if time.monotonic() - worker.since > limit:
            self._lost(worker, f"no answer within {limit:.0f} s", workers)
        elif worker.memory() > self.asked.memory:
            self._lost(worker, f"more than {self.asked.memory:g} GiB of memory", workers)

    def _lost(self, worker: Worker, why: str, workers: list[Worker]) -> None:
        worker.end()
        workers.remove(worker)
        if worker.seed is None:
            raise SystemExit(f"a worker was lost before its first case: {why}; last asked: {worker.command}")
        verb = worker.command[0] if worker.command else "?"
        self._note(Failure(f"{verb}: {why}", why, worker.command, recipe(worker.seed)))
        self.done += 1
        if not self.over():
            workers.append(Worker(self.context, self.verbs))

    def _count(self, ran: Ran) -> None:
        self.codes[ran.verb, ran.code] += 1
        self.seconds[ran.verb] += ran.seconds

    def _note(self, failure: Failure) -> None:
        known = self.failures.get(failure.signature)
        smallest = failure if known is None else min(known[0], failure, key=lambda f: len(f.recipe.mutations))
        self.failures[failure.signature] = (smallest, 1 if known is None else known[1] + 1)
        if smallest is failure:
            self._keep(failure)

    def _keep(self, failure: Failure) -> None:
        """The case and how it came about, under a name that the fault always has."""
        folder = Path(self.asked.output)
        folder.mkdir(parents=True, exist_ok=True)
        name = "".join(c if c.isalnum() else "-" for c in failure.signature)[:100]
        (folder / f"{name}.yaml").write_bytes(cook(failure.recipe))
        story: dict[str, Any] = {
            "complaint": failure.complaint,
            "command": failure.command,
            "base": failure.recipe.base,
            "mutations": failure.recipe.mutations,
        }
        (folder / f"{name}.json").write_text(json.dumps(story, indent=1), encoding="utf-8")

    def summary(self) -> str:
        took = time.monotonic() - self.start
        lines = [
            f"{self.done} cases in {took:.0f} s, {self.done / took:.1f} a second with {self.asked.jobs} workers"
        ]
        for verb in VERBS:
            counts = {code: n for (v, code), n in sorted(self.codes.items()) if v == verb}
            if total := sum(counts.values()):
                codes = ", ".join(f"exit {code}: {n}" for code, n in counts.items())
                lines.append(
                    f"  {verb:9}  {total / self.seconds[verb]:7.1f} a second of a processor   {codes}"
                )
        for name, (failure, times) in sorted(self.failures.items(), key=lambda f: -f[1][1]):
            lines.append(f"{times:6} x {name}\n         {failure.complaint[:300]}")
        lines.append(
            f"{len(self.failures)} kinds of failure" + (f", in {self.asked.output}" if self.failures else "")
        )
        return "\n".join(lines)


def main() -> int:
    about = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    about.add_argument("--count", type=int, default=1000, help="how many spoilt cases")
    about.add_argument("--seed", type=int, default=0, help="the first; the others follow it")
    about.add_argument("--verbs", default=",".join(VERBS), help="only these commands, with commas between")
    about.add_argument("--minutes", type=float, default=0.0, help="stop giving out cases after this long")
    about.add_argument("--jobs", type=int, default=1, help="worker processes")
    about.add_argument("--limit", type=float, default=60.0, help="seconds that a command may take")
    about.add_argument("--memory", type=float, default=3.0, help="GiB that a worker may hold")
    about.add_argument("--output", default="fuzz-found", help="folder for what failed")
    campaign = Campaign(about.parse_args())
    campaign.run()
    print(campaign.summary())
    return 1 if campaign.failures else 0


if __name__ == "__main__":
    sys.exit(main())
