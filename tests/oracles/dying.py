"""Work that dies: for tests of who takes over. Importable by a worker process."""

from __future__ import annotations

import os
from pathlib import Path

from detente.analyses.outlook.crew import Part, simulated
from detente.kernels.worlds import Worlds


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
