"""Small random instances and the slow, obvious answers: every package listed, every rule applied to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from detente.kernels.patterns import Patterns, make_patterns, no_patterns

__all__ = ["Instance", "packages", "random_instance", "scores"]


@dataclass(frozen=True)
class Instance:
    """The arguments of the kernels, by name."""

    utilities: np.ndarray
    sizes: np.ndarray
    patterns: Patterns
    pairs: list[list[tuple[int, int]]]
    add: np.ndarray
    broken: np.ndarray
    excluded: np.ndarray
    reservation: np.ndarray
    status_quo: np.ndarray

    def terms(self) -> dict[str, Any]:
        return {"patterns": self.patterns, "add": self.add, "excluded": self.excluded}


def packages(instance: Instance, *, quo: bool = True) -> list[tuple[int, ...]]:
    """The packages that are possible, one by one; without the status quo when ``quo``."""
    found = []
    for x in product(*(range(n) for n in instance.sizes)):
        banned = any(
            instance.excluded[t] and all(x[i] == o for i, o in pairs)
            for t, pairs in enumerate(instance.pairs)
        )
        if not banned and not (quo and x == tuple(instance.status_quo)):
            found.append(x)
    return found


def scores(instance: Instance, x: tuple[int, ...]) -> tuple[int, ...]:
    """Every faction's utility of package x, one addition after the other."""
    result = []
    for p in range(len(instance.utilities)):
        total = sum(int(instance.utilities[p, i, o]) for i, o in enumerate(x))
        for t, pairs in enumerate(instance.pairs):
            if all(x[i] == o for i, o in pairs):
                total += int(instance.add[p, t])
        result.append(total)
    return tuple(result)


def random_instance(seed: int, *, parties: int | None = None) -> Instance:
    """Ties, one-option issues, negative points, overlapping longer patterns, red lines, a good status quo."""
    rng = np.random.default_rng(seed)
    parties = parties or int(rng.integers(1, 9))
    issues = int(rng.integers(1, 6))
    sizes = rng.integers(1, 5 if issues < 5 else 4, issues)
    span = int(rng.choice([2, 6, 40, 1000]))
    utilities = rng.integers(-span // 3, span + 1, (parties, issues, sizes.max() + int(rng.integers(2))))
    count = int(rng.choice([0, 0, 1, 3, 8]))
    pairs = []
    for _ in range(count):
        width = int(rng.integers(1, min(issues, 4) + 1))
        chosen = np.sort(rng.choice(issues, width, replace=False))
        pairs.append([(int(i), int(rng.integers(sizes[i]))) for i in chosen])
    add = rng.integers(-span, span + 1, (parties, count))
    broken = rng.random(add.shape) < rng.choice([0.0, 0.1, 0.3])
    if count and rng.random() < 0.3:
        add[:, rng.integers(count)] = 0
    excluded = rng.random(count) < rng.choice([0.0, 0.4])
    status_quo = rng.integers(0, sizes)
    if rng.random() < 0.4:  # the status quo is the best package of all
        utilities[:, np.arange(issues), status_quo] = span + 2
    if rng.random() < 0.3:
        status_quo = np.full(issues, -1)
    middle = utilities[:, np.arange(issues)[:, None], 0].sum(axis=(1, 2))
    reservation = middle + rng.integers(-span, span + 1, parties) * int(rng.integers(0, 3))
    reservation[rng.random(parties) < 0.3] = -(2**60)
    return Instance(
        utilities,
        sizes,
        make_patterns(pairs) if pairs else no_patterns(),
        pairs,
        add,
        broken,
        excluded,
        reservation,
        status_quo,
    )
