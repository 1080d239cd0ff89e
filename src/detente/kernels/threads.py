"""The same compiled work on several threads: independent parts, answers in the order of the parts.

Kernels release the GIL, so plain threads do; nothing is compiled twice for it (Numba's ``parallel=True`` would
compile a second time), and since every part writes its own output, the number of threads cannot matter.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

import numba

__all__ = ["Tile", "each", "slices", "tiles"]

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def slices(count: int, *, least: int = 1) -> list[slice]:
    """``range(count)`` in consecutive parts of at least ``least``, a few per thread."""
    parts = max(1, min(4 * int(numba.get_num_threads()), count // max(1, least)))
    edges = [count * n // parts for n in range(parts + 1)]
    return [slice(a, b) for a, b in itertools.pairwise(edges) if a < b]


class Tile(NamedTuple):
    """Some worlds of some draws."""

    draws: slice
    worlds: slice


LEAST = 1024
"""Worlds in a tile, at least, if there are as many: fewer are not worth a thread."""

LARGEST = 1 << 17
"""Worlds in a tile, at most."""


def tiles(draws: int, worlds: int, *, unit: int) -> list[Tile]:
    """All draws with all worlds, a few tiles per thread: the draws in consecutive parts, and where there are too few of them or too
    many worlds the worlds as well, at multiples of ``unit``."""
    wanted = 4 * int(numba.get_num_threads())
    by = slices(draws, least=max(1, -(-LEAST // max(1, worlds))))
    of_each = max(min(-(-wanted // len(by)), worlds // LEAST), -(-worlds // LARGEST), 1)
    edges = [worlds * n // of_each // unit * unit for n in range(of_each)] + [worlds]
    return [Tile(d, slice(a, b)) for a, b in itertools.pairwise(edges) if a < b for d in by]


def each(function: Callable[[Part], Answer], parts: Sequence[Part]) -> list[Answer]:
    """``[function(part) for part in parts]``, on as many threads as Numba may use (``NUMBA_NUM_THREADS``)."""
    threads = min(int(numba.get_num_threads()), len(parts))
    if threads <= 1:
        return [function(part) for part in parts]
    with ThreadPoolExecutor(max_workers=threads) as pool:
        return list(pool.map(function, parts))
