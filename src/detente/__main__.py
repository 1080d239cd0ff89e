"""The way in: ready to be interrupted before anything else is loaded."""

from __future__ import annotations

import os
from typing import NoReturn

from detente.interrupts import await_interrupts

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line."""
    await_interrupts()
    from detente.abreast import claim
    from detente.cli import main as run

    claim()
    try:
        run()
    except SystemExit as done:
        # All is written, and taking the process apart piece by piece would take a fifth of a second.
        os._exit(done.code if isinstance(done.code, int) else 1)


if __name__ == "__main__":
    main()
