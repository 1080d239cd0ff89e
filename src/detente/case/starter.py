"""The commented case that ``detente new`` writes."""

from __future__ import annotations

from importlib.resources import files

from detente.errors import UsageError

__all__ = ["BLOCKS", "starter"]

BLOCKS = ("tables", "roadmap", "gestures", "standoff", "world")
"""What a starter can have beside the deal, in the order in which it stands there: any of them together."""


def starter(*more: str) -> str:
    """A small, valid, commented case that shows the format, with some blocks more.

    Raises ``UsageError`` for one that there is not. Gestures are read by the outlook, so they bring the world along.
    """
    for name in more:
        if name not in BLOCKS:
            raise UsageError(
                f"--with {name or 'nothing'}: one or more of {', '.join(BLOCKS)} were expected, with commas; two readings are in "
                "every starter"
            )
    wanted = {*more, *(("world",) if "gestures" in more else ())}
    parts = ["starter.yaml", *(f"starter-{name}.yaml" for name in BLOCKS if name in wanted)]
    return "".join(files("detente.case").joinpath(part).read_text(encoding="utf-8") for part in parts)
