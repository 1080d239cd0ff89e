"""Which few of many sets cover the most, and when two shares on the same draws can be told apart: from the definitions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import comb

__all__ = ["apart", "most_together"]


def most_together(sets: Sequence[frozenset[int]], size: int) -> int:
    """The most members that at most ``size`` of the sets have together."""
    return max(len(frozenset().union(*some)) for k in range(size + 1) for some in combinations(sets, k))


def apart(only_first: int, only_second: int, level: Fraction) -> bool:
    """McNemar's exact test: whether a fair coin would so rarely favour one side by so much, either way."""
    tosses = only_first + only_second
    far = abs(only_first - only_second)
    ways = sum(comb(tosses, k) for k in range(tosses + 1) if abs(tosses - 2 * k) >= far)
    return Fraction(ways, 2**tosses) < level
