"""The way in: ready to be interrupted before anything else is loaded."""

from __future__ import annotations

from typing import NoReturn

from detente.interrupts import await_interrupts

__all__ = ["main"]


def main() -> NoReturn:
    """Run the command line."""
    await_interrupts()
    from detente.abreast import alone
    from detente.cli import main as run

    alone()
    run()


if __name__ == "__main__":
    main()
