"""The commented case that ``detente new`` writes."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["starter"]


def starter(*, world: bool = False) -> str:
    """A small, valid, commented case that shows the format; ``world``: with what happens without a deal."""
    parts = ("starter.yaml", "starter-world.yaml") if world else ("starter.yaml",)
    return "".join(files("detente.case").joinpath(part).read_text(encoding="utf-8") for part in parts)
