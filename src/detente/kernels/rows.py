"""A program of operations on rows of worlds: how the equations of a world are run.

A *row* holds one number for each of up to :data:`WIDTH` worlds of one draw, side by side, in float32; a *constant* one
number of the draw. An operation reads rows or constants and writes one row, which is never one of those that it reads, so that
its loop is vectorised. Nothing is compiled for a world: its equations are data (:mod:`detente.world.form`), and an edited
equation runs at once. Truths are rows of 0 and 1. What is absent is NaN, and so is what is divided by 0; an operation
on what is absent is absent (``min`` and ``max``, too), and a comparison with it does not hold (``!=`` does). The sign
of 0 means nothing.

Every operation is rounded to float32 on its own, in the order of the program; ``exp``, ``log`` and the normal
distribution are polynomials written out below, so that any other way to run a program can give the same bits:

``exp``      x = n ln 2 + r, a polynomial of degree 7 in r, times 2^n; x within [-87, 88]
``log``      x = m 2^e with m in [sqrt(1/2), sqrt(2)), a polynomial of degree 9 in m - 1; absent for x <= 0 and infinity
``normal``   Abramowitz and Stegun (1964), 26.2.17, absolute error below 7.5e-8; 26.2.1 for x < 0

Chance
------
Every place of an equation that draws something has a number of its own. A uniform is an exact function of (seed, draw,
world, month, place): Threefry4x64-13 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3",
SC '11) at counter (8 (world // 64) + world % 8, month, place, 0) under key (seed, draw, 0, 0), of whose eight words of 32 bits
(the low halves of the four words of 64 bits, then the high ones) the world takes number (world % 64) // 8. A uniform is its
upper 23 bits and a half, times 2^-23; a shock the sum of its two halves, less 65535, times sqrt(6) 2^-16. A part that is added or left out changes
nobody else's chance.

Cost: about 0.1 ns for an operation, a world and a month at the full width (``bench``, group *rows*).
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numba import njit

from detente.kernels.chance import BLOCK, threefry

__all__ = ["FIXED", "KEPT", "WIDTH", "Code", "worlds"]

WIDTH = 512
"""Worlds side by side, at most."""

KEPT = 4
"""Worlds of each draw whose paths are kept as they are: the first ones."""

FIXED = 65536.0
"""Sums of levels are of whole multiples of one over this, so that they do not depend on the order."""


class Code(IntEnum):
    """Operations ``(code, out, a, b, c)``. R is a row, C a constant; ``_RC`` takes a row first and a constant second.

    What takes the same kinds of operands stands together, so that the kernel finds them the same way.
    """

    ADD_RR = 0
    SUB_RR = 1
    MUL_RR = 2
    DIV_RR = 3
    MIN_RR = 4
    MAX_RR = 5
    LESS_RR = 6
    MOST_RR = 7
    """a <= b."""
    SAME_RR = 8
    ELSE_RR = 9
    """a, or b where a is absent."""
    ADD_RC = 10
    SUB_RC = 11
    MUL_RC = 12
    DIV_RC = 13
    MIN_RC = 14
    MAX_RC = 15
    LESS_RC = 16
    MOST_RC = 17
    SAME_RC = 18
    ELSE_RC = 19
    SUB_CR = 20
    DIV_CR = 21
    LESS_CR = 22
    MOST_CR = 23
    PICK_RR = 24
    """a ? b : c, each of b and c a row or a constant."""
    PICK_RC = 25
    PICK_CR = 26
    PICK_CC = 27
    COPY = 28
    ABS = 29
    FLOOR = 30
    SQRT = 31
    EXP = 32
    LOG = 33
    NORMAL = 34
    CHECK = 35
    """Stop where the row a is not a finite number; b says which equation this is."""
    FILL = 36
    """The constant a."""
    MONTH = 37
    """The number of the month."""
    UNIFORM = 38
    """Of the place a."""
    SHOCK = 39
    """Of the place a: mean 0, variance 1, the sum of two uniforms of 16 bits."""
    UNLESS = 40
    """Where the calendar a has no date this month, the next b operations are left out and ``out`` is filled with 0."""


(
    ADD_RR, SUB_RR, MUL_RR, DIV_RR, MIN_RR, MAX_RR, LESS_RR, MOST_RR, SAME_RR, ELSE_RR, ADD_RC, SUB_RC, MUL_RC, DIV_RC, MIN_RC,
    MAX_RC, LESS_RC, MOST_RC, SAME_RC, ELSE_RC, SUB_CR, DIV_CR, LESS_CR, MOST_CR, PICK_RR, PICK_RC, PICK_CR, PICK_CC, COPY, ABS,
    FLOOR, SQRT, EXP, LOG, NORMAL, CHECK, FILL, MONTH, UNIFORM, SHOCK, UNLESS,
) = (int(code) for code in Code)  # fmt: skip

NOTHING = np.float32(np.nan)
ZERO, HALF, ONE, ENDLESS = np.float32(0), np.float32(0.5), np.float32(1), np.float32(np.inf)
_BITS = np.float32(2.0**-23)
_SPREAD = np.float32(6**0.5 * 2.0**-16)

# Minimax polynomials for single precision after a reduction in two steps (Cody and Waite 1980, Software Manual for the
# Elementary Functions).
_LOG2E = np.float32(1.44269504088896341)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_E0, _E1, _E2, _E3, _E4, _E5 = (
    np.float32(v)
    for v in (
        1.9875691500e-4,
        1.3981999507e-3,
        8.3334519073e-3,
        4.1665795894e-2,
        1.6666665459e-1,
        5.0000001201e-1,
    )
)
_LEAST, _MOST = np.float32(-87.0), np.float32(88.0)
_ROOT = np.float32(0.70710678118654752)
_L0, _L1, _L2, _L3, _L4, _L5, _L6, _L7, _L8 = (
    np.float32(v)
    for v in (
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    )
)  # fmt: skip
_T = np.float32(0.2316419)
_N1, _N2, _N3, _N4, _N5 = (
    np.float32(v) for v in (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)
)
_DENSITY = np.float32(0.39894228040143268)


@njit(cache=True, nogil=True, error_model="numpy")
def _exp(out, a, poly, whole, bits):  # type: ignore[no-untyped-def]
    """exp of a into out; ``bits`` is out seen as int32, ``poly`` and ``whole`` are for scratch."""
    for i in range(len(out)):
        v = a[i]
        v = _LEAST if v < _LEAST else v
        v = _MOST if v > _MOST else v
        n = np.floor(v * _LOG2E + HALF)
        r = v - n * _LN2_HIGH
        r = r - n * _LN2_LOW
        p = _E0 * r + _E1
        p = p * r + _E2
        p = p * r + _E3
        p = p * r + _E4
        p = p * r + _E5
        poly[i] = p * (r * r) + r + ONE
        whole[i] = ZERO if np.isnan(n) else n
    for i in range(len(out)):
        bits[i] = (np.int32(whole[i]) + np.int32(127)) << np.int32(23)
    for i in range(len(out)):
        out[i] = out[i] * poly[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _log(out, a, bits, part, part_bits):  # type: ignore[no-untyped-def]
    """log of a into out; ``bits`` is a seen as int32, ``part_bits`` the same of ``part``, which is for scratch."""
    for i in range(len(out)):
        part_bits[i] = (bits[i] & np.int32(0x7FFFFF)) | np.int32(0x3F000000)
    for i in range(len(out)):
        m, e = part[i], np.float32((bits[i] >> np.int32(23)) - np.int32(126))
        low = m < _ROOT
        e = e - ONE if low else e
        m = m + m - ONE if low else m - ONE
        z = m * m
        p = _L0 * m + _L1
        p = p * m + _L2
        p = p * m + _L3
        p = p * m + _L4
        p = p * m + _L5
        p = p * m + _L6
        p = p * m + _L7
        p = p * m + _L8
        y = p * m * z
        y = y + e * _LN2_LOW
        y = y - HALF * z
        found = m + y + e * _LN2_HIGH
        out[i] = found if ZERO < a[i] < ENDLESS else NOTHING


@njit(cache=True, nogil=True, error_model="numpy")
def _normal(out, a, power, poly, whole, bits):  # type: ignore[no-untyped-def]
    """The normal distribution function of a into out; see :func:`_exp`."""
    for i in range(len(out)):
        power[i] = -HALF * (a[i] * a[i])
    _exp(out, power, poly, whole, bits)
    for i in range(len(out)):
        v = a[i]
        t = ONE / (ONE + _T * abs(v))
        p = _N5 * t + _N4
        p = p * t + _N3
        p = p * t + _N2
        p = p * t + _N1
        beyond = _DENSITY * out[i] * (p * t)
        out[i] = beyond if v < ZERO else ONE - beyond


@njit(cache=True, nogil=True, error_model="numpy")
def _drawn(out, words, place, luck, month, shock):  # type: ignore[no-untyped-def]
    """Uniforms inside (0, 1), or shocks, of one place; ``luck``: seed, draw, the first world. Sixty-four worlds take eight words of
    eight calls, eight neighbours the same word."""
    seed, draw, first = luck
    threefry(words, first // 8, month, place, seed, draw, len(out) // 8)
    for q in range(len(out) // 64):
        for j in range(8):
            word, into = words[j, 8 * q : 8 * q + 8], out[64 * q + 8 * j : 64 * q + 8 * j + 8]
            if shock:
                for i in range(8):
                    low, high = word[i] & np.int32(65535), (word[i] >> np.int32(16)) & np.int32(65535)
                    into[i] = np.float32(low + high - np.int32(65535)) * _SPREAD
            else:
                for i in range(8):
                    into[i] = (np.float32((word[i] >> np.int32(9)) & np.int32(8388607)) + HALF) * _BITS


@njit(cache=True, nogil=True, error_model="numpy")
def _rows(code, out, a, b):  # type: ignore[no-untyped-def]
    """Operations on two rows."""
    if code == ADD_RR:
        for i in range(len(out)):
            out[i] = a[i] + b[i]
    elif code == SUB_RR:
        for i in range(len(out)):
            out[i] = a[i] - b[i]
    elif code == MUL_RR:
        for i in range(len(out)):
            out[i] = a[i] * b[i]
    elif code == DIV_RR:
        for i in range(len(out)):
            by = b[i]
            out[i] = NOTHING if by == ZERO else a[i] / by
    elif code == MIN_RR:
        for i in range(len(out)):
            one, two = a[i], b[i]
            out[i] = two if two < one or np.isnan(two) else one
    elif code == MAX_RR:
        for i in range(len(out)):
            one, two = a[i], b[i]
            out[i] = two if two > one or np.isnan(two) else one
    elif code == LESS_RR:
        for i in range(len(out)):
            out[i] = ONE if a[i] < b[i] else ZERO
    elif code == MOST_RR:
        for i in range(len(out)):
            out[i] = ONE if a[i] <= b[i] else ZERO
    elif code == SAME_RR:
        for i in range(len(out)):
            out[i] = ONE if a[i] == b[i] else ZERO
    else:
        for i in range(len(out)):
            one, two = a[i], b[i]
            out[i] = two if np.isnan(one) else one


@njit(cache=True, nogil=True, error_model="numpy")
def _row_and_constant(code, out, a, v):  # type: ignore[no-untyped-def]
    """Operations on a row and a constant."""
    if code == ADD_RC:
        for i in range(len(out)):
            out[i] = a[i] + v
    elif code == SUB_RC:
        for i in range(len(out)):
            out[i] = a[i] - v
    elif code == MUL_RC:
        for i in range(len(out)):
            out[i] = a[i] * v
    elif code == DIV_RC:
        for i in range(len(out)):
            out[i] = NOTHING if v == ZERO else a[i] / v
    elif code == MIN_RC:
        for i in range(len(out)):
            one = a[i]
            out[i] = v if v < one or np.isnan(v) else one
    elif code == MAX_RC:
        for i in range(len(out)):
            one = a[i]
            out[i] = v if v > one or np.isnan(v) else one
    elif code == LESS_RC:
        for i in range(len(out)):
            out[i] = ONE if a[i] < v else ZERO
    elif code == MOST_RC:
        for i in range(len(out)):
            out[i] = ONE if a[i] <= v else ZERO
    elif code == SAME_RC:
        for i in range(len(out)):
            out[i] = ONE if a[i] == v else ZERO
    else:
        for i in range(len(out)):
            one = a[i]
            out[i] = v if np.isnan(one) else one


@njit(cache=True, nogil=True, error_model="numpy")
def _constant_and_row(code, out, v, a):  # type: ignore[no-untyped-def]
    """Operations on a constant and a row."""
    if code == SUB_CR:
        for i in range(len(out)):
            out[i] = v - a[i]
    elif code == DIV_CR:
        for i in range(len(out)):
            by = a[i]
            out[i] = NOTHING if by == ZERO else v / by
    elif code == LESS_CR:
        for i in range(len(out)):
            out[i] = ONE if v < a[i] else ZERO
    else:
        for i in range(len(out)):
            out[i] = ONE if v <= a[i] else ZERO


@njit(cache=True, nogil=True, error_model="numpy")
def _picked(code, out, a, b, d, vb, vd):  # type: ignore[no-untyped-def]
    """What a condition picks. Both are read before, so that there is nothing to branch for."""
    if code == PICK_RR:
        for i in range(len(out)):
            yes, no = b[i], d[i]
            out[i] = yes if a[i] > HALF else no
    elif code == PICK_RC:
        for i in range(len(out)):
            yes = b[i]
            out[i] = yes if a[i] > HALF else vd
    elif code == PICK_CR:
        for i in range(len(out)):
            no = d[i]
            out[i] = vb if a[i] > HALF else no
    else:
        for i in range(len(out)):
            out[i] = vb if a[i] > HALF else vd


@njit(cache=True, nogil=True, error_model="numpy")
def _single(code, x, xi, out, a, n):  # type: ignore[no-untyped-def]
    """Operations on one row; ``out`` and ``a`` are numbers of rows."""
    into, row, spare = x[out, :n], x[a, :n], len(x) - 3
    if code == COPY:
        for i in range(n):
            into[i] = row[i]
    elif code == ABS:
        for i in range(n):
            into[i] = abs(row[i])
    elif code == FLOOR:
        for i in range(n):
            into[i] = np.floor(row[i])
    elif code == SQRT:
        for i in range(n):
            into[i] = np.sqrt(row[i])
    elif code == EXP:
        _exp(into, row, x[spare, :n], x[spare + 1, :n], xi[out, :n])
    elif code == LOG:
        _log(into, row, xi[a, :n], x[spare, :n], xi[spare, :n])
    else:
        _normal(into, row, x[spare + 2, :n], x[spare, :n], x[spare + 1, :n], xi[out, :n])


@njit(cache=True, nogil=True, error_model="numpy")
def _run(ops, at, x, xi, c, places, words, luck, month, dated, size):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """One program: ``at`` [registers] the row of each; the first ``size`` worlds count. The equation that has no finite value,
    or -1."""
    n = -(-size // 64) * 64
    k = 0
    while k < len(ops):
        code, out, one, two, three = ops[k, 0], at[ops[k, 1]], ops[k, 2], ops[k, 3], ops[k, 4]
        k += 1
        if code <= ELSE_RR:
            _rows(code, x[out, :n], x[at[one], :n], x[at[two], :n])
        elif code <= ELSE_RC:
            _row_and_constant(code, x[out, :n], x[at[one], :n], c[two])
        elif code <= MOST_CR:
            _constant_and_row(code, x[out, :n], c[one], x[at[two], :n])
        elif code <= PICK_CC:
            b = at[two] if code in (PICK_RR, PICK_RC) else out
            d = at[three] if code in (PICK_RR, PICK_CR) else out
            vb = c[two] if code in (PICK_CR, PICK_CC) else ZERO
            vd = c[three] if code in (PICK_RC, PICK_CC) else ZERO
            _picked(code, x[out, :n], x[at[one], :n], x[b, :n], x[d, :n], vb, vd)
        elif code <= NORMAL:
            _single(code, x, xi, out, at[one], n)
        elif code == CHECK:
            if _wrong(x[at[one], :size]):
                return two
        elif code == FILL:
            x[out, :n] = c[one]
        elif code == MONTH:
            x[out, :n] = np.float32(month)
        elif code == UNLESS:
            if not dated[one]:
                k += two
                x[out, :n] = ZERO
        else:
            _drawn(x[out, :n], words, places[one], luck, month, code == SHOCK)
    return -1


@njit(cache=True, nogil=True, error_model="numpy")
def _wrong(a):  # type: ignore[no-untyped-def]
    """Whether there is something that is no finite number: a number less itself is 0, unless it is none or infinite."""
    wrong = False
    for i in range(len(a)):
        wrong |= a[i] - a[i] != ZERO
    return wrong


@njit(cache=True, nogil=True, error_model="numpy")
def _counted(row):  # type: ignore[no-untyped-def]
    """How many worlds a condition holds in."""
    many = np.int32(0)
    for i in range(len(row)):
        many += np.int32(row[i])
    return np.int64(many)


@njit(cache=True, nogil=True, error_model="numpy")
def _summed(row):  # type: ignore[no-untyped-def]
    """The sum of a level in 1 / :data:`FIXED`; where it is absent it counts nothing."""
    total = np.int64(0)
    for i in range(len(row)):
        v = ZERO if np.isnan(row[i]) else row[i]
        total += np.int64(np.rint(np.float64(v) * FIXED))
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _draw(programs, c, begins, ends, seed, draw, dated, looked, counts, sums, kept, fault):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Worlds ``begins`` to ``ends`` of one draw, added to ``counts`` and ``sums``; ``fault``: equation, month, draw."""
    start, month_ops, places, at = programs
    asked, summed, paths = looked
    x = np.zeros((at.max() + 4, WIDTH), dtype=np.float32)
    xi = x.view(np.int32)
    words = np.empty((8, BLOCK), dtype=np.int32)
    none = np.zeros(dated.shape[1], dtype=np.bool_)
    for first in range(begins, ends, WIDTH):
        size = min(WIDTH, ends - first)
        luck = (seed, draw, first)
        for month in range(len(dated)):
            here = at[month & 1]
            if month:
                wrong = _run(month_ops, here, x, xi, c, places, words, luck, month, dated[month], size)
            else:
                wrong = _run(start, here, x, xi, c, places, words, luck, 0, none, size)
            if wrong >= 0:
                fault[0], fault[1], fault[2] = wrong, month, draw
                return
            for j in range(len(asked)):
                counts[month, j] += _counted(x[here[asked[j]], :size])
            for j in range(len(summed)):
                sums[month, j] += _summed(x[here[summed[j]], :size])
            for w in range(first, min(KEPT, first + size)):
                for j in range(len(paths)):
                    kept[w, month, j] = x[here[paths[j]], w - first]


@njit(cache=True, nogil=True, error_model="numpy")
def worlds(programs, c, begins, ends, seed, first, dated, looked, counts, sums, kept, fault):  # type: ignore[no-untyped-def]  # noqa: PLR0913
    """Consecutive draws from number ``first``, each with its row of ``c``; stops at the first fault.

    ``programs``: operations int32[.., 5] of the beginning and of a month, places uint64[.], rows int32[2, registers] of even
    and odd months; ``dated`` bool[T + 1, calendars]; ``looked``: registers that are counted, summed, kept.
    ``counts`` int64[S, T + 1, .], ``sums`` int64[S, T + 1, .] in 1 / :data:`FIXED`, ``kept`` float32[S, KEPT, T + 1, .].
    """
    for n in range(len(c)):
        _draw(
            programs, c[n], begins, ends, seed, first + n, dated, looked, counts[n], sums[n], kept[n], fault
        )
        if fault[0] >= 0:
            return
