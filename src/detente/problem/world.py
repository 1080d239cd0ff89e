"""The judged numbers of a world of equations, drawn beside those of the deal."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from detente.case.base import Range
from detente.case.library import bundled
from detente.case.mechanism import Bundled, Use
from detente.case.model import Case
from detente.case.units import PURE, Unit
from detente.case.wired import numbers
from detente.problem.build import Parameter, parameter
from detente.problem.sample import drawn

__all__ = ["world_parameters", "world_values"]


def world_parameters(case: Case, widen: float) -> list[Parameter]:
    """Every judged number of the world, in the order of :func:`detente.case.wired.numbers`."""
    if case.world is None:
        return []
    return [
        parameter(path, "step", "", value, *_bounds(case, path, value, unit), widen=widen)
        for path, value, unit in numbers(case)
    ]


def world_values(
    case: Case, uniforms: NDArray[np.float64] | None, *, widen: float = 1.0
) -> Mapping[str, NDArray[np.float64]]:
    """Path → values [S] from ``uniforms`` [S, number of :func:`world_parameters`]; best estimates without."""
    return drawn(world_parameters(case, widen), uniforms)


def _bounds(case: Case, path: str, value: Range, unit: Unit | None) -> tuple[float, float]:
    """Beyond what no tail goes: what its part says; for a share or a chance that is judged within 0 and 1 these; else 0, for
    what is judged on one side of it."""
    low = 0.0 if value.low >= 0 else -math.inf
    high = 0.0 if value.high <= 0 < -value.low else math.inf
    head = path.partition(".")[0]
    if unit == PURE or head == "questions" or (unit is None and head != "stakes" and ".seen_" in path):
        high = min(high, 1.0) if value.low >= 0 and value.high <= 1 else high
    declared = _declared(case, path)
    if declared is not None:
        low = low if declared[0] is None else declared[0]
        high = high if declared[1] is None else declared[1]
    return low, high


def _declared(case: Case, path: str) -> tuple[float | None, float | None] | None:
    """What a bundled part says of one of its numbers, wherever it is changed."""
    system = case.world
    pieces = path.partition("[")[0].split(".")
    if system is None or len(pieces) < 2:
        return None
    part, name = pieces[-2:]
    of: Bundled | None = bundled().get(part) if isinstance(system.parts.get(part), Use) else None
    if of is None or name not in of.numbers:
        return None
    return of.numbers[name].least, of.numbers[name].most
