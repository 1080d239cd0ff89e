"""What worlds are worth to each faction: points of issues and stakes, month by month, discounted; by its definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.world.venezuelan import Draws, Lever, case, draft, figure, home, options, readings, simulated, wiring

Floats = NDArray[np.float64]
FACTIONS = ("leader", "clan", "guaido", "capriles", "united_states", "europe")


def middle(value: Any) -> float:
    return figure(value).median


def preferences(faction: str, reading: str | None) -> dict[str, Any]:
    plain = dict(case()["preferences"][faction])
    over = case()["readings"].get(faction, {}).get(reading or "", {}).get("preferences", {})
    merged = {
        **plain,
        "weights": {**plain["weights"], **over.get("weights", {})},
        "values": {**plain["values"], **over.get("values", {})},
    }
    if "patience" in over:
        merged["patience"] = over["patience"]
    return merged


def points(faction: str, reading: str | None) -> dict[str, dict[str, float]]:
    """Issue → option → points."""
    wants = preferences(faction, reading)
    weights = {issue: middle(w) for issue, w in wants["weights"].items()}
    total = sum(weights.values())
    return {
        issue: {o: middle(v) / 100 * 100 * weights[issue] / total for o, v in wants["values"][issue].items()}
        for issue in weights
    }


def stakes(faction: str) -> dict[str, float]:
    return {name: middle(v) for name, v in draft()["world"].get("stakes", {}).get(faction, {}).items()}


def conditions() -> tuple[str, ...]:
    moved = [f"{issue} is {o}" for issue in draft()["world"]["moves"] for o in options()[issue]]
    events = {
        n
        for of in draft()["world"].get("stakes", {}).values()
        for n in of
        if wiring().slots[n].sort == "event"
    }
    return (*moved, *(f"happened({n})" for n in sorted(events)))


def levels() -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                n
                for of in draft()["world"].get("stakes", {}).values()
                for n in of
                if wiring().slots[n].sort != "event"
            }
        )
    )


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
        total = total + worth * (shares[f"happened({name})"] if f"happened({name})" in shares else means[name])
    return total


def discounted(path: Floats, patience: float) -> Floats:
    """[S] of [S, T + 1]: months 1 to T, the last one for ever."""
    ahead = path[:, 1:]
    weight = (1 - patience) * patience ** np.arange(ahead.shape[1])
    weight[-1] = patience ** (ahead.shape[1] - 1)
    found: Floats = ahead @ weight
    return found


def values(lever: Lever, extra: tuple[str, ...] = (), summed: tuple[str, ...] = (), **how: Any) -> dict[str, Any]:
    """Values of factions [S], shares of conditions and means of levels [S, T + 1]."""
    texts = tuple(dict.fromkeys((*conditions(), *extra)))
    names = tuple(dict.fromkeys((*levels(), *summed)))
    found, draws = simulated(lever, texts, summed=names, **how)
    shares = {t: found.shares[:, :, n] for n, t in enumerate(texts)}
    means = {t: found.means[:, :, n] for n, t in enumerate(names)}
    worth = {f: _of(f, draws, shares, means, lever.settles) for f in FACTIONS}
    return {"worth": worth, "shares": shares, "means": means, "draws": draws}


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
        return discounted(path, middle(preferences(faction, None)["patience"]))
    found = np.zeros(len(which))
    for n, reading in enumerate(readings(faction)):
        path = month_by_month(faction, reading, shares, means, settled)
        one = discounted(path, middle(preferences(faction, reading)["patience"]))
        found = np.where(which == n, one, found)
    return found
