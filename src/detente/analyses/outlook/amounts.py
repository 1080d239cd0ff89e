"""Paths in units of their own, from the histograms of worlds.

A quantile, or a share below an amount, is linear within a bin: an error of at most one bin, a 128th of the range. Whole
numbers (governments) are read between one and the next, which is exact where at most 64 can be told apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.result import Fan
from detente.case.model import Case
from detente.case.parts import UNITS
from detente.case.world import World
from detente.kernels.worlds import BINS, DATES, TOP, VARIABLES
from detente.problem.world import Setting

__all__ = ["Scale", "below", "fan", "scales"]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """How a path is kept."""

    top: float
    """Where its range ends."""
    unit: str
    """``share``, ``index`` (1 is what is usual), or what is counted."""
    whole: bool
    """Whether only whole numbers of it exist."""
    first: int
    """The month from which it has been measured; beyond the last month: never."""


def scales(case: Case, world: World, known: Setting, dates: NDArray[np.int64]) -> dict[str, Scale]:
    """Variable → how it is kept in worlds with these ``dates``."""
    regional = np.flatnonzero(dates & (1 << DATES.index("regional")))
    polled = int(regional[0]) if len(regional) else world.months + 1
    tops = {
        **TOP,
        "output": known.top,
        "recognition": world.recognition.all.median if world.recognition is not None else 1.0,
    }
    found = {}
    for variable in VARIABLES:
        unit = UNITS.get(variable) or (world.output.unit if world.output is not None else "")
        measured = polled if variable in ("governors", "turnout") else 0
        found[variable] = Scale(tops.get(variable, 1.0), unit, variable == "recognition", measured)
    return found


def below(row: Floats, amounts: Sequence[float], scale: Scale) -> Floats:
    """Share of the worlds counted in ``row`` [BINS] that lie below each amount."""
    asked = np.ceil(amounts) - 0.5 if scale.whole else np.asarray(amounts)
    passed = np.concatenate([[0.0], np.cumsum(row)]) / max(1.0, row.sum())
    return np.asarray(np.interp(asked, np.linspace(0, scale.top, BINS + 1), passed, right=1.0))


def fan(counts: Floats, scale: Scale) -> Fan:
    """Quantiles month by month of ``counts`` [T + 1, BINS]; None before it has been measured."""
    edges = np.linspace(0, scale.top, BINS + 1)
    lines: list[tuple[float | None, ...]] = []
    for q in QUANTILES:
        line: list[float | None] = []
        for month, row in enumerate(counts):
            passed = np.concatenate([[0.0], np.cumsum(row)]) / max(1.0, row.sum())
            if month < scale.first:
                line.append(None)
            elif scale.whole:
                line.append(float(max(0, math.ceil(edges[np.searchsorted(passed[1:], q)] - 1e-9))))
            else:
                line.append(round(float(np.interp(q, passed, edges)), 5))
        lines.append(tuple(line))
    return Fan(*lines)
