"""Arrays twice as long, for what grows while it is found: a copy costs no more than the finding so far."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["longer", "longer_rows"]


@njit(cache=True, nogil=True)
def longer(array: Any) -> Any:
    """``array`` [N] as the first half of an array of 2N; the rest is not set."""
    grown = np.empty(2 * len(array), array.dtype)
    for i in range(len(array)):  # a slice would compile for seconds
        grown[i] = array[i]
    return grown


@njit(cache=True, nogil=True)
def longer_rows(array: Any) -> Any:
    """``array`` [N, K] as the first half of an array of [2N, K]; the rest is not set."""
    grown = np.empty((2 * array.shape[0], array.shape[1]), array.dtype)
    for i in range(array.shape[0]):
        for j in range(array.shape[1]):
            grown[i, j] = array[i, j]
    return grown
