"""Random numbers of simulated worlds: an exact function of (seed, draw, world, month, lane).

Threefry4x64-13 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC '11, section 4;
crush-resistant from twelve rounds) at counter (world, month, lane, 0) under key (seed, draw, 0, 0): additions,
rotations and exclusive ors only, 256 bits a call, which is what a month of one world needs that has no date. A counter-based generator
has no state, so a world is the same whatever it is computed with, and the same numbers meet every policy.

Cost: about 3 ns for the 256 bits in vectorised code (``bench``, group *worlds*).
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["BLOCK", "CHANCES", "UNIFORMS", "chances", "threefry", "uniforms"]

BLOCK = 256
"""Worlds computed side by side, at most. A loop over them costs some dozens of cycles beside its work, which is why there are many."""

CHANCES = (
    "revenue",
    "loyalty",
    "price",
    "support",
    "risk",
    "incident",
    "talks",
    "sender",
    "abroad",
    "split",
    "walk",
)
"""Rows of :func:`chances`: four shocks of mean 0 and variance 1, and seven uniforms, of 23 bits, but ``sender``, ``abroad`` and
``split`` of 16 and ``walk`` of 18."""

UNIFORMS = 8
"""Uniforms of a dated month, rows of :func:`uniforms`."""

_SIXTEEN = np.float32(2.0**-16)
_EIGHTEEN = np.float32(2.0**-18)
_BITS = np.float32(2.0**-23)
_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_SPREAD_SIXTEEN = np.float32(6**0.5 * 2.0**-16)
_SPREAD_TWELVE = np.float32(6**0.5 * 2.0**-12)
"""A sum of two uniforms has variance 1/6."""


@njit(cache=True, nogil=True, error_model="numpy")
def _round(a, b, c, d, n, m):  # type: ignore[no-untyped-def]
    """Two words are added to two others, turned left by n and m bits, and mixed with the sums; then the turned ones change
    places."""
    a += b
    b = ((b << np.uint64(n)) | (b >> np.uint64(64 - n))) ^ a
    c += d
    d = ((d << np.uint64(m)) | (d >> np.uint64(64 - m))) ^ c
    return a, d, c, b


@njit(cache=True, nogil=True, error_model="numpy")
def _four(a, b, c, d):  # type: ignore[no-untyped-def]
    """The first four rounds of every eight."""
    a, b, c, d = _round(a, b, c, d, 14, 16)
    a, b, c, d = _round(a, b, c, d, 52, 57)
    a, b, c, d = _round(a, b, c, d, 23, 40)
    return _round(a, b, c, d, 5, 37)


@njit(cache=True, nogil=True, error_model="numpy")
def threefry(out, first, month, lane, seed, draw, n):  # type: ignore[no-untyped-def]
    """Thirteen rounds into int32 out[8, BLOCK] for n worlds from ``first``: the low halves of four words of 64 bits, then the high
    ones. Every four rounds the next four words of the key are added."""
    k0, k1, k2, k3 = np.uint64(seed), np.uint64(draw), np.uint64(0), np.uint64(0)
    k4 = np.uint64(0x1BD11BDAA9FC1A22) ^ k0 ^ k1
    for i in range(n):
        a, b = np.uint64(first) + np.uint64(i) + k0, np.uint64(month) + k1
        a, b, c, d = _four(a, b, np.uint64(lane) + k2, k3)
        a, b, c, d = a + k1, b + k2, c + k3, d + k4 + np.uint64(1)
        a, b, c, d = _round(a, b, c, d, 25, 33)
        a, b, c, d = _round(a, b, c, d, 46, 12)
        a, b, c, d = _round(a, b, c, d, 58, 22)
        a, b, c, d = _round(a, b, c, d, 32, 32)
        a, b, c, d = a + k2, b + k3, c + k4, d + k0 + np.uint64(2)
        a, b, c, d = _four(a, b, c, d)
        a, b, c, d = a + k3, b + k4, c + k0, d + k1 + np.uint64(3)
        a, b, c, d = _round(a, b, c, d, 25, 33)
        # The last round leaves the words in their places.
        b, d = d, b
        out[0, i] = np.int32(a)
        out[1, i] = np.int32(b)
        out[2, i] = np.int32(c)
        out[3, i] = np.int32(d)
        out[4, i] = np.int32(a >> np.uint64(32))
        out[5, i] = np.int32(b >> np.uint64(32))
        out[6, i] = np.int32(c >> np.uint64(32))
        out[7, i] = np.int32(d >> np.uint64(32))


@njit(cache=True, nogil=True, error_model="numpy")
def _bits(word, first, mask):  # type: ignore[no-untyped-def]
    """Bits from number ``first`` on, as a float: all in 32 bits, so that eight are done at once."""
    return np.float32(np.int32((word >> np.int32(first)) & np.int32(mask)))


@njit(cache=True, nogil=True, error_model="numpy")
def _two(word, size, mask):  # type: ignore[no-untyped-def]
    """The sum of two numbers of ``size`` bits, less its mean: exact, as all that is done to it is."""
    low = np.int32(word & np.int32(mask))
    high = np.int32((word >> np.int32(size)) & np.int32(mask))
    return np.float32(np.int32(np.int32(low + high) - np.int32(mask)))


@njit(cache=True, nogil=True, error_model="numpy")
def chances(words, out, n):  # type: ignore[no-untyped-def]
    """Words int32[8, BLOCK] of n worlds as float32 out[len(CHANCES), BLOCK]; uniforms lie inside (0, 1)."""
    for i in range(n):
        out[0, i] = _two(words[0, i], 16, 65535) * _SPREAD_SIXTEEN
        out[1, i] = _two(words[4, i], 16, 65535) * _SPREAD_SIXTEEN
        out[2, i] = _two(words[3, i], 12, 4095) * _SPREAD_TWELVE
        out[3, i] = _two(words[7, i], 12, 4095) * _SPREAD_TWELVE
    for i in range(n):
        out[4, i] = (_bits(words[1, i], 9, 8388607) + _HALF) * _BITS
        out[5, i] = (_bits(words[5, i], 9, 8388607) + _HALF) * _BITS
        out[6, i] = (_bits(words[6, i], 9, 8388607) + _HALF) * _BITS
        out[7, i] = (_bits(words[2, i], 0, 65535) + _HALF) * _SIXTEEN
        out[8, i] = (_bits(words[2, i], 16, 65535) + _HALF) * _SIXTEEN
        rest = np.int32((words[3, i] >> np.int32(16)) & np.int32(65280)) | np.int32(
            (words[7, i] >> np.int32(24)) & np.int32(255)
        )
        out[9, i] = (_bits(rest, 0, 65535) + _HALF) * _SIXTEEN
        rest = np.int32((words[1, i] & np.int32(511)) << np.int32(9)) | np.int32(words[5, i] & np.int32(511))
        out[10, i] = (_bits(rest, 0, 262143) + _HALF) * _EIGHTEEN


@njit(cache=True, nogil=True, error_model="numpy")
def uniforms(words, out, n):  # type: ignore[no-untyped-def]
    """Words int32[8, BLOCK] of n worlds as float32 out[UNIFORMS, BLOCK], inside (0, 1)."""
    for w in range(UNIFORMS):
        for i in range(n):
            out[w, i] = (_bits(words[w, i], 9, 8388607) + _HALF) * _BITS
