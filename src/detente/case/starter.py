"""The commented case that ``detente new`` writes."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["starter"]


def starter() -> str:
    """A small, valid, commented case that shows the format."""
    return files("detente.case").joinpath("starter.yaml").read_text(encoding="utf-8")
