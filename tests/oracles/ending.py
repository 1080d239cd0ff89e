"""What packages are worth of which some options stand for a time only: month by month, from the definition.

A month t = 1, 2, .. counts (1 - rho) rho^(t-1); in it an option that ends stands if t is no more than its last month, and else the
issue is at its status quo.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = ["worth"]


def worth(
    package: Mapping[str, str],
    home: Mapping[str, str],
    ends: Mapping[tuple[str, str], int],
    points: Callable[[Mapping[str, str]], float],
    rho: float,
    months: int = 5000,
) -> float:
    total = 0.0
    for t in range(1, months + 1):
        stands = {i: home[i] if t > ends.get((i, o), months) else o for i, o in package.items()}
        total += (1 - rho) * rho ** (t - 1) * points(stands)
    return total
