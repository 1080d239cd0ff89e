"""Randomness that can be addressed: the draws of a case by row, and streams by seed and keys.

:func:`uniforms` gives the draws of a case: points of low discrepancy in several independent randomisations
(replicates), so that the error of an average comes from how much the replicates differ, not from a binomial
formula. Replicate ``r`` of ``R`` owns rows ``r m .. (r + 1) m - 1``, where ``m = draws / R``. Its point ``k`` is

    x_j = frac(a_j(k) / m + shift_j)                            (Cranley & Patterson 1976)

with one uniform shift per replicate and dimension, which makes every average unbiased, and with

- ``a_j(k) = k z_j mod m``, an embedded rank-1 lattice (Cools, Kuo & Nuyens 2006; ``bench/lattice.py`` made the
  vector z), in the first ``m / 8`` dimensions, at most 4,096, where ``m`` is a power of two;
- ``a_j(k)`` a random permutation of ``0 .. m - 1``, a Latin hypercube (McKay, Beckman & Conover 1979), in all
  others. A lattice of m points has only m / 4 components that differ by more than a sign; two dimensions with
  the same one would move together in every replicate (in the first m / 8 of z none has). A Latin hypercube keeps every single dimension as even
  and lets pairs be as random as in plain Monte Carlo.

Every number is an exact function of (seed, draws, replicates, row, column): chunks, threads and the number of
columns asked for never change it. Keys of the counter-based generator (Philox; Salmon et al. 2011) are hashes,
so that there is no global state and seed 0 is a seed like any other.

References: Cranley & Patterson (1976), SIAM J. Numer. Anal. 13, 904-914, doi:10.1137/0713071; Cools, Kuo &
Nuyens (2006), SIAM J. Sci. Comput. 28, 2162-2188, doi:10.1137/06065074X; McKay, Beckman & Conover (1979),
Technometrics 21, 239-245; Salmon et al. (2011), SC'11, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detente.errors import LimitError

__all__ = ["replicate_error", "round_up", "stream", "uniforms"]

MAX_POINTS = 1 << 20
"""Points of one replicate; the lattice was constructed for up to so many."""

_ROUNDS = 4
_BLOCK = 512
_LARGEST = float(np.nextafter(1.0, 0.0))


def round_up(draws: int, *, replicates: int = 8) -> int:
    """The rule for a number of draws somebody asks for: the next ``replicates`` times a power of two.

    ``uniforms`` takes any multiple of ``replicates``; only with a power of two does it use the lattice.
    """
    return replicates << max(0, -(-draws // replicates) - 1).bit_length()


def uniforms(
    dimensions: int,
    draws: int,
    *,
    seed: int,
    replicates: int = 8,
    start: int = 0,
    stop: int | None = None,
) -> NDArray[np.float64]:
    """Rows ``start .. stop - 1`` of the ``draws`` points: float64[stop - start, dimensions], inside (0, 1).

    ``stop`` defaults to ``draws``, which must be a multiple of ``replicates`` (see :func:`round_up`). A row does
    not depend on which others are asked for, nor a column on ``dimensions``. Raises LimitError beyond 2^20 draws
    a replicate.
    """
    stop = draws if stop is None else stop
    if replicates < 1 or draws < 1 or draws % replicates:
        raise ValueError(f"{draws} draws are not a positive multiple of {replicates} replicates")
    if not 0 <= start <= stop <= draws:
        raise ValueError(f"rows {start}:{stop} are not within {draws} draws")
    points = draws // replicates
    if points > MAX_POINTS:
        raise LimitError(f"{draws} draws are over the limit of {MAX_POINTS * replicates}; ask for fewer")
    result = np.empty((stop - start, dimensions))
    for replicate, first, last in _pieces(start, stop, points):
        at = replicate * points - start
        _fill(result[at + first : at + last], points, first, seed=seed, replicate=replicate)
    return result


def replicate_error(values: ArrayLike, replicates: int) -> float:
    """Standard error of the mean of ``values[S]``, one a draw, from the means of the replicates.

    Replicates are independent and identically distributed; draws within one are not.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or replicates < 2 or array.size == 0 or array.size % replicates:
        raise ValueError(f"values of shape {array.shape} do not split into {replicates} replicates")
    means = array.reshape(replicates, -1).mean(axis=1)
    return float(means.std(ddof=1) / np.sqrt(replicates))


def stream(seed: int, *keys: int) -> np.random.Generator:
    """A generator of its own for every (seed, keys): equal arguments, equal numbers; else independent."""
    return np.random.Generator(_philox("stream", seed, *keys))


# --- how ---------------------------------------------------------------------------------------------------


def _philox(purpose: str, *keys: int) -> np.random.Philox:
    text = ",".join((purpose, *(str(int(key)) for key in keys)))
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    return np.random.Philox(key=np.frombuffer(digest, dtype="<u8").astype(np.uint64))


@cache
def _lattice() -> NDArray[np.int64]:
    """The generating vector z[4096]."""
    data = files("detente").joinpath("lattice.bin").read_bytes()
    return np.frombuffer(data, dtype="<u4").astype(np.int64)


def _pieces(start: int, stop: int, points: int) -> Iterator[tuple[int, int, int]]:
    """(replicate, first, last) point numbers within each replicate that rows start .. stop - 1 touch."""
    for replicate in range(start // points, -(-stop // points)):
        yield replicate, max(start - replicate * points, 0), min(stop - replicate * points, points)


def _fill(out: NDArray[np.float64], points: int, first: int, *, seed: int, replicate: int) -> None:
    """Points ``first ..`` of one replicate into ``out[rows, dimensions]``."""
    rows, dimensions = out.shape
    number = np.arange(first, first + rows, dtype=np.int64)[:, None]
    raw = _philox("shift", seed, replicate).random_raw(dimensions)
    # Odd multiples of 2^-33: added to a multiple of 2^-20 nothing is rounded and nothing is ever 0 or 1.
    shift = ((raw >> np.uint64(32)) * 2.0 + 1.0) * 2.0**-33
    z = _lattice()[:dimensions][: points // 8 if points.bit_count() == 1 else 0]
    on_lattice = len(z)
    out[:, :on_lattice] = number * z % points
    keys = _philox("permutation", seed, replicate).random_raw(max(0, dimensions - on_lattice) * 2 * _ROUNDS)
    keys = (keys >> np.uint64(32)).astype(np.uint32).reshape(-1, 2 * _ROUNDS).T
    for column in range(on_lattice, dimensions, _BLOCK):
        block = keys[:, column - on_lattice : column - on_lattice + _BLOCK]
        out[:, column : column + _BLOCK] = _permuted(number.astype(np.uint32), points, block)
    out /= points
    out += shift
    np.subtract(out, 1.0, out=out, where=out >= 1.0)
    np.clip(out, 2.0**-33, _LARGEST, out=out)


def _permuted(number: NDArray[np.uint32], points: int, keys: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Images of ``number[rows, 1]`` under one permutation of 0 .. points - 1 per column of ``keys``.

    A bijection of the next power of two (multiply by an odd number, add, fold the high bits into the low), again
    for whatever falls outside (cycle walking; Black & Rogaway 2002).
    """
    bits = max(1, (points - 1).bit_length())
    image = _mixed(np.broadcast_to(number, (len(number), keys.shape[1])), bits, keys)
    while (outside := image >= points).any():
        image[outside] = _mixed(image[outside], bits, keys[:, np.nonzero(outside)[1]])
    return image


def _mixed(values: NDArray[np.uint32], bits: int, keys: NDArray[np.uint32]) -> NDArray[np.uint32]:
    mask, fold = np.uint32((1 << bits) - 1), np.uint32((bits + 1) // 2)
    for multiplier, offset in zip(keys[::2], keys[1::2], strict=True):
        values = (values * (multiplier | np.uint32(1)) + offset) & mask
        values = values ^ (values >> fold)
    return values
