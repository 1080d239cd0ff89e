"""What the path of a world is worth, from the definition alone, world by world and month by month.

    V = (1 - rho) sum_{t=1..T} rho^(t-1) u(t) + rho^T u(T)

u(t) is the utility of what every issue is at the end of month t, with what goes together and without lines, plus a stake's
points for each event that has happened by then and for each unit of a level, which counts nothing while it is absent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tests.oracles.equations import Month, fixed

__all__ = ["flow", "worth"]

Utility = Callable[[Mapping[str, str]], float]


def flow(path: Sequence[Month], utility: Utility, stakes: Mapping[str, float]) -> list[float]:
    """u(0) to u(T) of one world; ``stakes``: event, level or value → points."""
    found = []
    for month in path:
        points = float(utility(month.options))
        for name, stake in stakes.items():
            if name in month.ever:
                points += stake if month.ever[name] else 0.0
            else:
                points += stake * fixed(month.now[name]) / 65536
        found.append(points)
    return found


def worth(points: Sequence[float], rho: float) -> float:
    """V of u(0) to u(T): the last month stays for ever, the first one is not paid."""
    total, weight = 0.0, 1.0
    for u in points[1:]:
        total += (1 - rho) * weight * u
        weight *= rho
    return total + weight * points[-1]
