"""Work that dies: for tests of who takes over. Importable by a worker process."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from pathlib import Path

from detente.world.crew import Crew, Part, simulated
from detente.world.run import Ensemble
from tests.world.plain import plain

__all__ = ["always_dies", "dies_once", "sleeps"]


def dies_once(part: Part) -> Ensemble:
    """Kills its own process the first time, as the marker in the environment says."""
    marker = Path(os.environ["DETENTE_TEST_MARKER"])
    if part.begin and not marker.exists():
        # Not before what came first is known of, where the test tells of it.
        known = os.environ.get("DETENTE_TEST_KNOWN")
        until = time.monotonic() + 60
        while known is not None and not Path(known).exists() and time.monotonic() < until:
            time.sleep(0.01)
        marker.touch()
        os._exit(9)
    return simulated(part)


def always_dies(part: Part) -> Ensemble:
    """Never comes back."""
    os._exit(9)


def sleeps(part: Part) -> Ensemble:
    """Takes long."""
    time.sleep(300)
    return simulated(part)


def _tell() -> None:
    """The workers' numbers, as soon as there are some."""
    while len(found := multiprocessing.active_children()) < 2:
        time.sleep(0.05)
    print(*(child.pid for child in found), flush=True)


if __name__ == "__main__":
    threading.Thread(target=_tell, daemon=True).start()
    with Crew(workers=2, work=sleeps) as crew:
        crew.run(Part(plain(), 0, 256, 1))
