"""The quantile function of a judged range, from its definition, with SciPy's interpolator.

Read as: PCHIP through (0, lower end), (0.05, low), (0.5, median), (0.95, high), (1, upper end). From the median to
an end it is one and a half times as far as to the percentile on that side, but never farther than to a bound (values
0 and 100; shares, chances and priors 0 and 1; weights 0 and none; raw points their ``min`` and ``max``). A certain
number has one value.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

BOUNDS = {"value": (0.0, 100.0), "share": (0.0, 1.0), "weight": (0.0, None)}


def support(
    low: float, median: float, high: float, bounds: tuple[float | None, float | None]
) -> tuple[float, float]:
    lower, upper = bounds
    below, above = 1.5 * (median - low), 1.5 * (high - median)
    if lower is not None:
        below = min(below, median - lower)
    if upper is not None:
        above = min(above, upper - median)
    return median - below, median + above


def quantile(
    u: ArrayLike,
    low: float,
    median: float,
    high: float,
    bounds: tuple[float | None, float | None] = (None, None),
) -> NDArray[np.float64]:
    """Q(u) for u in [0, 1]."""
    if low == high:
        return np.full(np.shape(u), median)
    start, end = support(low, median, high, bounds)
    return np.asarray(PchipInterpolator([0, 0.05, 0.5, 0.95, 1], [start, low, median, high, end])(u))


def widened(
    low: float, median: float, high: float, factor: float, bounds: tuple[float | None, float | None]
) -> tuple[float, float, float]:
    """Both distances from the median times ``factor``, within the bounds."""
    lower = -np.inf if bounds[0] is None else bounds[0]
    upper = np.inf if bounds[1] is None else bounds[1]
    return max(lower, median - factor * (median - low)), median, min(upper, median + factor * (high - median))
