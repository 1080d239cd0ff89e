"""Arguments of caches of which some count by identity."""

from __future__ import annotations

from collections.abc import Hashable

__all__ = ["Keyed"]


class Keyed:
    """Equal to another of its kind with the same ``key``; holds on to everything whose identity is in that."""

    key: Hashable

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.key == self.key
