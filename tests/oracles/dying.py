"""Work that dies: for tests of who takes over. Importable by a worker process."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from pathlib import Path

import numpy as np

from detente.analyses.outlook.crew import Crew, Part, simulated
from detente.kernels.worlds import Worlds, no_ladder


def dies_once(part: Part) -> Worlds:
    """Kills its own process the first time, as the marker in the environment says."""
    marker = Path(os.environ["DETENTE_TEST_MARKER"])
    if part.first and not marker.exists():
        marker.touch()
        os._exit(9)
    return simulated(part)


def always_dies(part: Part) -> Worlds:
    """Never comes back."""
    os._exit(9)


def sleeps(part: Part) -> Worlds:
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
    part = Part(np.zeros((1, 1)), 0, 4, np.zeros(2, np.int64), 0, no_ladder(1), 1)
    with Crew(workers=2, work=sleeps) as crew:
        crew.run(part)
