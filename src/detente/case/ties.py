"""Judgements that move together: whether the declared correlations can all be true at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from detente.case.model import Case
from detente.case.paths import numbers
from detente.case.yamltext import Path

__all__ = ["tie_faults"]

MAX_TOGETHER = 200

Pairs = Mapping[tuple[str, str], float]


def tie_faults(case: Case) -> Iterator[tuple[Path, str]]:
    """What in ``moves_with`` cannot be; every name in it must be known."""
    known = numbers(case)
    pairs: dict[tuple[str, str], float] = {}
    last: dict[str, int] = {}
    for n, block in enumerate(case.moves_with):
        at: Path = ("moves_with", n)
        if len(set(block.these)) < len(block.these):
            yield (*at, "these"), "a number stands here twice"
            return
        uncertain = sorted(name for name in block.these if not known[name].value.certain)
        last.update(dict.fromkeys(uncertain, n))
        for k, a in enumerate(uncertain):
            for b in uncertain[k + 1 :]:
                if pairs.setdefault((a, b), block.correlation) != block.correlation:
                    yield at, f"{a} and {b} are already tied together with correlation {pairs[a, b]:g}"
                    return
    for group in _components(pairs):
        if len(group) > MAX_TOGETHER:
            yield (
                ("moves_with",),
                f"{len(group)} numbers are tied together, at most {MAX_TOGETHER} are allowed",
            )
        elif not _possible(group, pairs, 1.0):
            yield (
                ("moves_with", max(last[name] for name in group), "correlation"),
                _contradiction(group, pairs),
            )


def _contradiction(group: Sequence[str], pairs: Pairs) -> str:
    """Which correlations cannot be true at once, and what is possible."""
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if _possible(group, pairs, middle) else (low, middle)
    inside = {pair: rho for pair, rho in pairs.items() if pair[0] in group}
    typed = sorted(set(inside.values()))
    # Towards 0, so that what is shown is possible.
    could = ", ".join(f"{math.trunc(rho * low * 1000) / 1000:g} instead of {rho:g}" for rho in typed[:4])
    shown = ", ".join(group[:4]) + (f" and {len(group) - 4} more" if len(group) > 4 else "")
    missing = next(
        ((a, b) for k, a in enumerate(group) for b in group[k + 1 :] if (a, b) not in inside), None
    )
    hint = f"; or declare how {missing[0]} and {missing[1]} move together" if missing is not None else ""
    return (
        f"{shown} cannot move together like this: if some move so, the others cannot; possible would be at most "
        f"{could}{hint}"
    )


def _components(pairs: Pairs) -> list[list[str]]:
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = name = root[root[name]]
        return name

    for a, b in pairs:
        root[find(a)] = find(b)
    groups: dict[str, list[str]] = {}
    for name in root:
        groups.setdefault(find(name), []).append(name)
    return [sorted(group) for group in groups.values()]


def _possible(group: Sequence[str], pairs: Pairs, scale: float) -> bool:
    """Whether ``scale`` times the correlations can all be true: their matrix is positive semi-definite, by an outer-product
    Cholesky factorisation. A rank correlation rho is drawn as a normal one, 2 sin(pi rho / 6) (Pearson 1907)."""

    def normal(a: str, b: str) -> float:
        return 2 * math.sin(math.pi * scale * pairs.get((min(a, b), max(a, b)), 0.0) / 6)

    rest = [[1.0 if a == b else normal(a, b) for b in group] for a in group]
    for k in range(len(rest)):
        pivot = rest[k][k]
        if pivot < -1e-9:
            return False
        if pivot <= 1e-9:
            if any(abs(rest[i][k]) > 1e-6 for i in range(k + 1, len(rest))):
                return False
            continue
        for i in range(k + 1, len(rest)):
            factor = rest[i][k] / pivot
            if factor:
                for j in range(k + 1, len(rest)):
                    rest[i][j] -= factor * rest[k][j]
    return True
