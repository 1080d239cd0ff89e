"""What worlds are worth to each faction: points of issues and stakes, month by month, discounted; by its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.world.venezuelan import (
    Draws,
    Lever,
    case,
    home,
    middle,
    points,
    preferences,
    readings,
    simulated,
    system,
    tied,
)

Floats = NDArray[np.float64]


def stakes(faction: str) -> dict[str, float]:
    return {name: middle(v) for name, v in system().stakes.get(faction, {}).items()}


def conditions() -> tuple[str, ...]:
    moved = [f"{issue} is {o}" for issue in tied().wiring.moves for o in case().issues[issue].options]
    events = {stake.name for stake in tied().stakes if stake.event}
    return (*moved, *(f"happened({n})" for n in sorted(events)))


def levels() -> tuple[str, ...]:
    return tuple(sorted({stake.name for stake in tied().stakes if not stake.event}))


def month_by_month(
    faction: str,
    reading: str | None,
    shares: Mapping[str, Floats],
    means: Mapping[str, Floats],
    settled: Mapping[str, str],
) -> Floats:
    """[S, T + 1] points of a month."""
    total: Floats = np.zeros_like(next(iter(shares.values())))
    for issue, of in points(faction, reading).items():
        for option, worth in of.items():
            if issue in settled:
                total = total + (worth if settled[issue] == option else 0.0)
            elif f"{issue} is {option}" in shares:
                total = total + worth * shares[f"{issue} is {option}"]
            else:
                total = total + (worth if home()[issue] == option else 0.0)
    for name, worth in stakes(faction).items():
        total = total + worth * (
            shares[f"happened({name})"] if f"happened({name})" in shares else means[name]
        )
    return total


def discounted(path: Floats, patience: float) -> Floats:
    """[S] of [S, T + 1]: months 1 to T, the last one for ever."""
    ahead = path[:, 1:]
    weight = (1 - patience) * patience ** np.arange(ahead.shape[1])
    weight[-1] = patience ** (ahead.shape[1] - 1)
    found: Floats = ahead @ weight
    return found


class Found(NamedTuple):
    """Worlds under a lever."""

    worth: Mapping[str, Floats]
    """Faction → [S] points."""
    shares: Mapping[str, Floats]
    """Condition → [S, T + 1] share of worlds."""
    means: Mapping[str, Floats]
    """Level → [S, T + 1]."""
    draws: Draws


def values(lever: Lever, extra: tuple[str, ...] = (), summed: tuple[str, ...] = (), **how: Any) -> Found:
    """Worlds under a lever, and what they are worth to whom."""
    texts = tuple(dict.fromkeys((*conditions(), *extra)))
    names = tuple(dict.fromkeys((*levels(), *summed)))
    found, draws = simulated(lever, texts, summed=names, **how)
    # Taken once: each look at an ensemble's shares is another array of all of them.
    shares = dict(zip(texts, np.moveaxis(found.shares, 2, 0), strict=True))
    means = dict(zip(names, np.moveaxis(found.means, 2, 0), strict=True))
    worth = {f: _of(f, draws, shares, means, lever.settles) for f in case().preferences}
    return Found(worth, shares, means, draws)


def _of(
    faction: str,
    draws: Draws,
    shares: Mapping[str, Floats],
    means: Mapping[str, Floats],
    settled: Mapping[str, str],
) -> Floats:
    which = {"leader": draws.leader, "united_states": draws.sender}.get(faction)
    if which is None:
        path = month_by_month(faction, None, shares, means, settled)
        return discounted(path, middle(preferences(faction, None).patience))
    found = np.zeros(len(which))
    for n, reading in enumerate(readings(faction)):
        path = month_by_month(faction, reading, shares, means, settled)
        one = discounted(path, middle(preferences(faction, reading).patience))
        found = np.where(which == n, one, found)
    return found
