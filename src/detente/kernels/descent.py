"""The common core of the searches: supporting hyperplanes, local search and depth-first branch and bound.

A package gives each of R rows (factions) the integer gain ``g = base + sum of its options' utilities + the
points of the patterns that it matches``. A concave function F of the gains lies below each of its supporting
hyperplanes, F(g) <= F(g0) + F'(g0).(g - g0), and a hyperplane is a sum over issues: the best completion of a
partial package is a suffix sum. Patterns enter it at their last issue and only where they help. A branch is
cut when one hyperplane, or one row's own best completion, cannot reach what is asked.

Kinds of F (``weight`` and ``active`` per row; h is the slope, H = h.g):

``NASH``       sum of weight ln g over g >= 1; F <= B ln(H / B) - sum weight ln(h / weight), B = sum of weights
               (the weighted inequality of arithmetic and geometric means)
``LINEAR``     weight.g subject to g >= floor; F <= (weight + m).g - m.floor for any m >= 0 (Lagrange)
``MAXMIN``     the sum of the k lowest scores, the score being weight * g, subject to g >= floor;
               F <= sum of c weight g for 0 <= c <= 1, sum c = k
``SHORTFALL``  minus the sum of weight max(0, -g); F <= sum of c weight g for 0 <= c <= 1
``NASH_ZERO``  as NASH over the positive gains where some gain has to be zero; bounded through ln(1 + g)

The slopes come from block-coordinate Frank-Wolfe on the hull of the packages, the nonsmooth kinds smoothed.
Any slope in the stated set is valid, so an unfinished relaxation costs nodes and never the answer. Hyperplanes
are floats; a branch is cut only beyond a tolerance far above their rounding, and packages are compared on
integers (``compare``).

References
----------
Land and Doig (1960), doi:10.2307/1910129. Geoffrion (1974), Lagrangean relaxation, Math. Prog. Study 2.
Lacoste-Julien, Jaggi, Schmidt and Pletscher (2013), Block-coordinate Frank-Wolfe, ICML.
Ogryczak and Sliwinski (2003), doi:10.1016/S0377-2217(02)00398-5 (sums of the k lowest, leximin).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = [
    "FIRST_TIE",
    "LIMBS",
    "LINEAR",
    "MAXMIN",
    "NASH",
    "NASH_ZERO",
    "NEAR",
    "NO_FLOOR",
    "RISE",
    "SHORTFALL",
    "Problem",
    "compare",
    "descend",
    "offer",
    "package_gains",
    "relax",
    "restrict",
    "target_at",
]

NASH, LINEAR, MAXMIN, SHORTFALL, NASH_ZERO = 0, 1, 2, 3, 4
NO_FLOOR = -(2**60)
"""The floor of a row that may fall as it likes."""

RISE, NEAR, FIRST_TIE = 0, 1, 2


class Problem(NamedTuple):
    """What is searched: R rows (factions), I issues, at most L options, T patterns of two options or more."""

    utilities: NDArray[np.int64]
    """int64[I, L, R] points of each option."""
    sizes: NDArray[np.int64]
    """int64[I] options per issue."""
    base: NDArray[np.int64]
    """int64[R] gains before any option: minus the reservation value."""
    floor: NDArray[np.int64]
    """int64[R] the least gain, or ``NO_FLOOR``."""
    active: NDArray[np.bool_]
    """bool[R] rows that enter the objective."""
    weight: NDArray[np.float64]
    """float64[R]"""
    whole: NDArray[np.int64]
    """int64[R] the weights as multiples of a common unit, or zeros."""
    start: NDArray[np.int64]
    issue: NDArray[np.int64]
    option: NDArray[np.int64]
    add: NDArray[np.int64]
    """int64[T, R] points of each pattern."""
    excluded: NDArray[np.bool_]
    """bool[T]"""
    status_quo: NDArray[np.int64]
    """int64[I], or -1."""


_TINY = 1e-10
_FAR = 50.0
_HIGHEST, _LOWEST = math.exp(_FAR), math.exp(-_FAR)
LIMBS = 72


@njit(cache=True, nogil=True)
def package_gains(problem: Any, package: Any, gain: Any) -> bool:
    """Write the rows' gains at ``package`` into ``gain``; False when the package may not occur."""
    utilities, base, start, issue = problem.utilities, problem.base, problem.start, problem.issue
    option, add, excluded, status_quo = problem.option, problem.add, problem.excluded, problem.status_quo
    rows = len(base)
    same = True
    for p in range(rows):
        gain[p] = base[p]
    for i in range(len(package)):
        same = same and package[i] == status_quo[i]
        for p in range(rows):
            gain[p] += utilities[i, package[i], p]
    for t in range(len(start) - 1):
        matched = True
        for e in range(start[t], start[t + 1]):
            matched = matched and package[issue[e]] == option[e]
        if matched:
            if excluded[t]:
                return False
            for p in range(rows):
                gain[p] += add[t, p]
    return not same


@njit(cache=True, nogil=True)
def _copy(source: Any, target: Any) -> None:
    # Not target[:] = source: Numba's broadcasting and its messages cost more compile time than the search.
    for n in range(len(source)):
        target[n] = source[n]


@njit(cache=True, nogil=True)
def _rank(keys: Any, count: int, out: Any) -> None:
    """Indices of ``keys[:count]`` in ascending order, ties by index."""
    for n in range(count):
        at = n
        while at > 0 and keys[out[at - 1]] > keys[n]:
            out[at] = out[at - 1]
            at -= 1
        out[at] = n


@njit(cache=True, nogil=True)
def _product(gain: Any, power: Any, limbs: Any) -> None:
    """The exact product of the positive gains, each to its power, in base 2**30, lowest limb first."""
    for n in range(len(limbs)):
        limbs[n] = 0
    limbs[0] = 1
    used = 1
    for p in range(len(gain)):
        for _ in range(power[p] if gain[p] > 0 else 0):
            carry = 0
            for n in range(used):
                carry += limbs[n] * gain[p]
                limbs[n] = carry & ((1 << 30) - 1)
                carry >>= 30
            while carry and used < len(limbs):
                limbs[used] = carry & ((1 << 30) - 1)
                carry >>= 30
                used += 1


@njit(cache=True, nogil=True)
def _scores(gain: Any, weight: Any, active: Any, out: Any) -> int:
    """Ascending integer scores of the active rows; how many."""
    count = 0
    for p in range(len(gain)):
        if active[p]:
            score = np.int64(np.rint(weight[p] * gain[p]))
            at = count
            while at > 0 and out[at - 1] > score:
                out[at] = out[at - 1]
                at -= 1
            out[at] = score
            count += 1
    return count


@njit(cache=True, nogil=True)
def _log_value(gain: Any, weight: Any, active: Any) -> tuple[int, float]:
    """How many active gains are not positive, and the weighted logarithm of the others."""
    zeros, value = 0, 0.0
    for p in range(len(gain)):
        if active[p]:
            if gain[p] > 0:
                value += weight[p] * math.log(gain[p])
            else:
                zeros += 1
    return zeros, value


@njit(cache=True, nogil=True)
def compare(kind: int, problem: Any, a: Any, b: Any, scratch: Any) -> int:
    """1 when gains ``a`` are better than ``b``, -1 when worse, 0 when equal: true ties, on integers.

    Gains below the floor come last, by how much they lack. ``problem``'s ``whole`` weights are the integer
    multiples of a common unit that the weights are, or all zero: then sums and logarithms are floats.
    ``scratch`` is int64[2, 72].
    """
    floor, active, weight, whole = problem.floor, problem.active, problem.weight, problem.whole
    rows = len(a)
    lack_a, lack_b = 0, 0
    exact = False
    for p in range(rows):
        lack_a += max(0, floor[p] - a[p])
        lack_b += max(0, floor[p] - b[p])
        exact = exact or whole[p] != 0
    if lack_a != lack_b:
        return 1 if lack_a < lack_b else -1
    if lack_a > 0:
        return 0
    if kind in (NASH, NASH_ZERO):
        zeros_a, value_a = _log_value(a, weight, active)
        zeros_b, value_b = _log_value(b, weight, active)
        if zeros_a != zeros_b:
            return 1 if zeros_a < zeros_b else -1
        if abs(value_a - value_b) > 1e-9 * (1.0 + abs(value_a)) or not exact:
            return 1 if value_a > value_b else (-1 if value_a < value_b else 0)
        _product(a, whole, scratch[0])
        _product(b, whole, scratch[1])
        for n in range(LIMBS - 1, -1, -1):
            if scratch[0, n] != scratch[1, n]:
                return 1 if scratch[0, n] > scratch[1, n] else -1
        return 0
    if kind == MAXMIN:
        count = _scores(a, weight, active, scratch[0])
        _scores(b, weight, active, scratch[1])
        for n in range(count):
            if scratch[0, n] != scratch[1, n]:
                return 1 if scratch[0, n] > scratch[1, n] else -1
        return 0
    sum_a, sum_b = 0, 0
    float_a, float_b = 0.0, 0.0
    for p in range(rows):
        if active[p]:
            cut_a = a[p] if kind == LINEAR else min(0, a[p])
            cut_b = b[p] if kind == LINEAR else min(0, b[p])
            sum_a += whole[p] * cut_a
            sum_b += whole[p] * cut_b
            float_a += weight[p] * cut_a
            float_b += weight[p] * cut_b
    if exact:
        return 1 if sum_a > sum_b else (-1 if sum_a < sum_b else 0)
    return 1 if float_a > float_b else (-1 if float_a < float_b else 0)


@njit(cache=True, nogil=True)
def target_at(kind: int, k: int, problem: Any, gain: Any, scratch: Any) -> float:
    """F at ``gain``, which meets the floors."""
    active, weight = problem.active, problem.weight
    if kind in (NASH, NASH_ZERO):
        return _log_value(gain, weight, active)[1]
    total = 0.0
    if kind == MAXMIN:
        count = _scores(gain, weight, active, scratch[0])
        for n in range(min(k, count)):
            total += scratch[0, n]
        return total
    for p in range(len(gain)):
        if active[p]:
            total += weight[p] * (gain[p] if kind == LINEAR else min(0, gain[p]))
    return total


@njit(cache=True, nogil=True)
def _risen(x: float) -> float:
    """exp x, which stays where it is beyond 50: most rows are far from their kink."""
    if x >= _FAR:
        return _HIGHEST
    return _LOWEST if x <= -_FAR else math.exp(x)


@njit(cache=True, nogil=True)
def _slope(
    kind: int, k: int, problem: Any, gain: Any, spread: Any, heat: float, force: float, h: Any
) -> float:
    """Write a valid slope near the gradient of F at the (float) ``gain`` into ``h``; return its constant c.

    ``heat`` in (0, 1] smooths the kinks, relative to each row's ``spread`` of gains; ``force`` is the most a
    floor may weigh. The constant is what ``_upper`` and ``_threshold`` expect.
    """
    floor, active, weight = problem.floor, problem.active, problem.weight
    rows = len(gain)
    constant = 0.0
    if kind in (NASH, NASH_ZERO):
        more = 1.0 if kind == NASH_ZERO else 0.0
        for p in range(rows):
            h[p] = 0.0
            if active[p]:
                h[p] = weight[p] / max(gain[p] + more, 1.0)
                constant -= weight[p] * math.log(h[p] / weight[p])
        return constant
    if kind == SHORTFALL:
        for p in range(rows):
            h[p] = 0.0
            if active[p]:
                h[p] = weight[p] / (1.0 + _risen(gain[p] / (heat * spread[p])))
        return 0.0
    if kind == LINEAR:
        for p in range(rows):
            h[p] = weight[p] if active[p] else 0.0
    else:
        _lowest(k, problem, gain, spread, heat, h)
    for p in range(rows):
        if floor[p] != NO_FLOOR and force > 0.0:
            push = force / (1.0 + _risen((gain[p] - floor[p]) / (heat * spread[p])))
            push /= spread[p]
            h[p] += push
            constant -= push * floor[p]
    return constant


@njit(cache=True, nogil=True)
def _lowest(k: int, problem: Any, gain: Any, spread: Any, heat: float, h: Any) -> None:
    """Shares 0..1 that sum to k, large where the score is low (entropy-smoothed), times the weights."""
    active, weight = problem.active, problem.weight
    rows = len(gain)
    least, width, count = np.inf, 0.0, 0
    for p in range(rows):
        h[p] = 0.0
        if active[p]:
            least = min(least, weight[p] * gain[p])
            width = max(width, weight[p] * spread[p])
            count += 1
    full = min(k, count)
    for p in range(rows):
        if active[p]:
            h[p] = math.exp(-min(600.0, (weight[p] * gain[p] - least) / (heat * width)))
    # Capping: shares are min(1, scale * h); rows that reach 1 leave, until the scale fits the rest.
    capped = 0
    while True:
        rest = 0.0
        for p in range(rows):
            if active[p] and h[p] < 2.0:
                rest += h[p]
        scale = (full - capped) / rest if rest > 0.0 else 0.0
        changed = False
        for p in range(rows):
            if active[p] and h[p] < 2.0 and h[p] * scale > 1.0:
                h[p] = 2.0
                capped += 1
                changed = True
        if not changed:
            for p in range(rows):
                if active[p]:
                    h[p] = weight[p] * (1.0 if h[p] == 2.0 else h[p] * scale)
            return


@njit(cache=True, nogil=True)
def _upper(kind: int, height: float, h: Any, constant: float, mass: float) -> float:
    """The bound on F that a hyperplane gives at H = ``height``."""
    if kind not in (NASH, NASH_ZERO):
        return height + constant
    if kind == NASH_ZERO:
        for p in range(len(h)):
            height += h[p]
    if height <= 0.0:
        return -np.inf
    return float(mass * math.log(height / mass) + constant)


@njit(cache=True, nogil=True)
def _threshold(kind: int, target: float, h: Any, constant: float, mass: float) -> float:
    """The H below which F cannot reach ``target``."""
    if kind not in (NASH, NASH_ZERO):
        return target - constant
    height = mass * math.exp((target - constant) / mass)
    if kind == NASH_ZERO:
        for p in range(len(h)):
            height -= h[p]
    return float(height)


@njit(cache=True, nogil=True)
def restrict(problem: Any, usable: Any, spread: Any) -> bool:
    """Strike the options with which some row cannot reach its floor; set ``spread``. False: nothing is left."""
    utilities, sizes, base, floor = problem.utilities, problem.sizes, problem.base, problem.floor
    start, add = problem.start, problem.add
    issues, rows = len(sizes), len(base)
    bonus = np.zeros(rows, np.int64)
    for t in range(len(start) - 1):
        for p in range(rows):
            bonus[p] += max(0, add[t, p])
    best = np.zeros((issues, rows), np.int64)
    again = True
    while again:
        again = False
        for i in range(issues):
            found = False
            for o in range(sizes[i]):
                if usable[i, o]:
                    for p in range(rows):
                        best[i, p] = max(best[i, p], utilities[i, o, p]) if found else utilities[i, o, p]
                    found = True
            if not found:
                return False
        for p in range(rows):
            top = base[p] + bonus[p]
            for i in range(issues):
                top += best[i, p]
            if floor[p] != NO_FLOOR:
                for i in range(issues):
                    for o in range(sizes[i]):
                        if usable[i, o] and top - best[i, p] + utilities[i, o, p] < floor[p]:
                            usable[i, o] = False
                            again = True
    for p in range(rows):
        spread[p] = 1.0 + bonus[p]
        for i in range(issues):
            low = best[i, p]
            for o in range(sizes[i]):
                if usable[i, o]:
                    low = min(low, utilities[i, o, p])
            spread[p] += best[i, p] - low
    return True


@njit(cache=True, nogil=True)
def _lex(a: Any, b: Any) -> int:
    """-1 when package ``a`` comes before ``b``, 1 after, 0 the same."""
    for i in range(len(a)):
        if a[i] != b[i]:
            return -1 if a[i] < b[i] else 1
    return 0


@njit(cache=True, nogil=True)
def _keep(kind: int, problem: Any, package: Any, gain: Any, best: Any, best_gain: Any, scratch: Any) -> bool:
    """Take ``package`` as the incumbent (best[0] == -1: none yet) when it is better, or ties and comes first."""
    floor = problem.floor
    for p in range(len(gain)):
        if gain[p] < floor[p]:
            return False
    if best[0] >= 0:
        order = compare(kind, problem, gain, best_gain, scratch)
        if order < 0 or (order == 0 and _lex(package, best) >= 0):
            return False
    _copy(package, best)
    _copy(gain, best_gain)
    return True


@njit(cache=True, nogil=True)
def offer(kind: int, problem: Any, packages: Any, best: Any, best_gain: Any, scratch: Any) -> None:
    """Take each of ``packages`` int64[N, I] that may occur as the incumbent where it is better, or ties and comes first."""
    gain = np.zeros(len(problem.base), np.int64)
    for n in range(len(packages)):
        if package_gains(problem, packages[n], gain):
            _keep(kind, problem, packages[n], gain, best, best_gain, scratch)


@njit(cache=True, nogil=True)
def _told(problem: Any, issues: int) -> Any:
    """Which pairs of patterns speak of issue i, ``pairs[first[i] : first[i + 1]]``, and ``whose`` each pair is."""
    start, issue = problem.start, problem.issue
    first = np.zeros(issues + 1, np.int64)
    whose = np.zeros(len(issue), np.int64)
    pairs = np.zeros(len(issue), np.int64)
    for t in range(len(start) - 1):
        for e in range(start[t], start[t + 1]):
            whose[e] = t
            first[issue[e] + 1] += 1
    for i in range(issues):
        first[i + 1] += first[i]
    free = first.copy()
    for e in range(len(issue)):
        pairs[free[issue[e]]] = e
        free[issue[e]] += 1
    return first, pairs, whose


@njit(cache=True, nogil=True)
def _counted(
    problem: Any, package: Any, first: Any, pairs: Any, whose: Any, gain: Any, lacking: Any
) -> tuple[int, int]:
    """How many options of a package are not the status quo, and how many impossible patterns it matches; its gains and what it
    lacks of each pattern are added to ``gain`` and ``lacking``."""
    away, barred, rows = 0, 0, len(gain)
    for p in range(rows):
        gain[p] += problem.base[p]
    for i in range(len(package)):
        away += int(package[i] != problem.status_quo[i])
        for p in range(rows):
            gain[p] += problem.utilities[i, package[i], p]
        for n in range(first[i], first[i + 1]):
            lacking[whose[pairs[n]]] += int(problem.option[pairs[n]] != package[i])
    for t in range(len(lacking)):
        if lacking[t] == 0:
            barred += int(problem.excluded[t])
            for p in range(rows):
                gain[p] += problem.add[t, p]
    return away, barred


@njit(cache=True, nogil=True)
def _climb(
    kind: int, problem: Any, usable: Any, package: Any, best: Any, best_gain: Any, scratch: Any
) -> None:
    """Change one issue at a time while it helps (first improvement, fixed order), then offer the result.

    ``lacking`` [T] counts the options that the package lacks of each pattern, so that a change asks only the patterns of its issue.
    """
    utilities, sizes, option, add, excluded = (
        problem.utilities, problem.sizes, problem.option, problem.add, problem.excluded,
    )  # fmt: skip
    rows, issues = len(problem.base), len(sizes)
    first, pairs, whose = _told(problem, issues)
    lacking = np.zeros(len(problem.start) - 1, np.int64)
    here = np.zeros(rows, np.int64)
    trial = np.zeros(rows, np.int64)
    away, barred = _counted(problem, package, first, pairs, whose, here, lacking)
    allowed = barred == 0 and away > 0
    moved = True
    rounds = 0
    while moved and rounds < 50:
        moved = False
        rounds += 1
        for i in range(issues):
            for o in range(sizes[i]):
                old = package[i]
                if o == old or not usable[i, o]:
                    continue
                more = 0
                for p in range(rows):
                    trial[p] = here[p] + utilities[i, o, p] - utilities[i, old, p]
                for n in range(first[i], first[i + 1]):
                    t = whose[pairs[n]]
                    sign = 0
                    if option[pairs[n]] == o and lacking[t] == 1:
                        sign = 1
                    elif option[pairs[n]] == old and lacking[t] == 0:
                        sign = -1
                    if sign != 0:
                        more += sign * int(excluded[t])
                        for p in range(rows):
                            trial[p] += sign * add[t, p]
                gone = int(old == problem.status_quo[i]) - int(o == problem.status_quo[i])
                if barred + more > 0 or away + gone == 0:
                    continue
                if not allowed or compare(kind, problem, trial, here, scratch) > 0:
                    package[i] = o
                    _copy(trial, here)
                    barred, away = barred + more, away + gone
                    for n in range(first[i], first[i + 1]):
                        t = whose[pairs[n]]
                        lacking[t] += int(option[pairs[n]] == old) - int(option[pairs[n]] == o)
                    allowed = True
                    moved = True
    if allowed:
        _keep(kind, problem, package, here, best, best_gain, scratch)


@njit(cache=True, nogil=True)
def _rise(slope: Any, step: Any) -> float:
    total = 0.0
    for p in range(len(slope)):
        total += slope[p] * step[p]
    return total


@njit(cache=True, nogil=True)
def relax(  # noqa: C901, PLR0913, PLR0915
    kind: int,
    k: int,
    problem: Any,
    usable: Any,
    spread: Any,
    force: float,
    sweeps: int,
    mass: float,
    first: bool,
    best: Any,
    best_gain: Any,
    h: Any,
    scratch: Any,
) -> tuple[float, float]:
    """Block-coordinate Frank-Wolfe: the best slope found (into ``h``), its constant and root bound.

    Each block is one issue's mixture of options (or one pattern's share); after every sweep the slope at the
    present point is a candidate, and the package that it favours a start for ``_climb``.
    """
    utilities, sizes, base, start = problem.utilities, problem.sizes, problem.base, problem.start
    add, excluded = problem.add, problem.excluded
    issues, rows, terms = len(sizes), len(base), len(start) - 1
    mix = np.zeros((issues + terms, rows))
    gain, now, step, trial = np.zeros(rows), np.zeros(rows), np.zeros(rows), np.zeros(rows)
    _copy(base, gain)
    package = np.zeros(issues, np.int64)
    for i in range(issues):
        count = 0
        for o in range(sizes[i]):
            if usable[i, o]:
                count += 1
                for p in range(rows):
                    mix[i, p] += utilities[i, o, p]
        for p in range(rows):
            mix[i, p] /= count
            gain[p] += mix[i, p]
    bound, constant, kept = np.inf, 0.0, False
    for sweep in range(sweeps + 1):
        heat = max(0.3 * 0.75**sweep, 2e-4)
        c = _slope(kind, k, problem, gain, spread, heat, force, now)
        height = 0.0
        for p in range(rows):
            height += now[p] * base[p]
        for i in range(issues):
            top = -np.inf
            for o in range(sizes[i]):
                if usable[i, o]:
                    value = 0.0
                    for p in range(rows):
                        value += now[p] * utilities[i, o, p]
                    if value > top:
                        top = value
                        package[i] = o
            height += top
        for t in range(terms):
            value = 0.0
            for p in range(rows):
                value += now[p] * add[t, p]
            if value > 0.0 and not excluded[t]:
                height += value
        upper = _upper(kind, height, now, c, mass)
        if upper < bound or not kept:
            bound, constant, kept = upper, c, True
            _copy(now, h)
        if sweep % (2 if first else 10) == 0:
            _climb(kind, problem, usable, package, best, best_gain, scratch)
            if first and (
                bound < -1e-6 or (best[0] >= 0 and target_at(kind, k, problem, best_gain, scratch) == 0.0)
            ):
                break
        moved = False  # whether the gain has, since its slope was taken
        for block in range(issues + terms):
            if moved:
                _slope(kind, k, problem, gain, spread, heat, force, now)
                moved = False
            if block < issues:
                top, chosen = -np.inf, 0
                for o in range(sizes[block]):
                    if usable[block, o]:
                        value = 0.0
                        for p in range(rows):
                            value += now[p] * utilities[block, o, p]
                        if value > top:
                            top, chosen = value, o
                for p in range(rows):
                    step[p] = utilities[block, chosen, p] - mix[block, p]
            else:
                t = block - issues
                if excluded[t]:
                    continue
                value = 0.0
                for p in range(rows):
                    value += now[p] * add[t, p]
                for p in range(rows):
                    step[p] = (add[t, p] if value > 0.0 else 0.0) - mix[block, p]
            if _rise(now, step) <= 0.0:
                continue
            low, high = 0.0, 1.0
            share, moved = 1.0, True
            for _ in range(4 if first else 7):
                for p in range(rows):
                    trial[p] = gain[p] + share * step[p]
                _slope(kind, k, problem, trial, spread, heat, force, now)
                if _rise(now, step) >= 0.0:
                    low = share
                    if share == 1.0:
                        moved = False  # it is the slope there
                        break
                else:
                    high = share
                share = 0.5 * (low + high)
            for p in range(rows):
                gain[p] += share * step[p]
                mix[block, p] += share * step[p]
    return constant, bound


@njit(cache=True, nogil=True)
def descend(  # noqa: C901, PLR0913, PLR0915
    kind: int,
    k: int,
    problem: Any,
    usable: Any,
    slopes: Any,
    constants: Any,
    asked: Any,
    mass: float,
    step: float,
    aim: float,
    mode: int,
    first: bool,
    node_limit: int,
    best: Any,
    best_gain: Any,
    scratch: Any,
) -> tuple[bool, int, float]:
    """Depth-first search. Returns (complete, nodes, bound on F over what was not searched).

    ``slopes[0]`` orders issues (largest gap between the two best options first) and options (best first).
    Hyperplane n cuts below its ``asked[n]`` (what a feasible package has at least) and, where it bounds F
    (``constants[n]`` finite), below the threshold of ``aim`` and of the incumbent: in mode RISE when F cannot
    rise by ``step`` (0: by more than a tolerance); in mode NEAR when it falls short by more than a tolerance;
    mode FIRST_TIE cuts as NEAR does, keeps the given order of issues and options, and stops at the first
    package that is as good as the incumbent, which is then the first of the ties. ``first``: stop at F = 0.
    """
    utilities, sizes, base, floor, active, weight, _, start, issue, option, add, excluded, status_quo = (
        problem
    )
    issues, rows, planes, terms = len(sizes), len(base), len(slopes), len(start) - 1
    width = utilities.shape[1]

    raw = np.zeros((issues, width))
    gap = np.zeros(issues)
    for i in range(issues):
        lead, second = -np.inf, -np.inf
        for o in range(sizes[i]):
            if usable[i, o]:
                for p in range(rows):
                    raw[i, o] += slopes[0, p] * utilities[i, o, p]
                if raw[i, o] > lead:
                    lead, second = raw[i, o], lead
                elif raw[i, o] > second:
                    second = raw[i, o]
        gap[i] = np.inf if second == -np.inf else lead - second
    natural = mode == FIRST_TIE
    order = np.zeros(issues, np.int64)
    for i in range(issues):
        gap[i] = i if natural else -gap[i]
    _rank(gap, issues, order)
    depth_of = np.zeros(issues, np.int64)
    for d in range(issues):
        depth_of[order[d]] = d
    last = np.zeros(terms, np.int64)
    for t in range(terms):
        for e in range(start[t], start[t + 1]):
            last[t] = max(last[t], depth_of[issue[e]])
    by_depth = np.zeros(terms, np.int64)
    _rank(last, terms, by_depth)
    opens = np.zeros(issues + 1, np.int64)
    for t in range(terms):
        opens[last[t] + 1] += 1
    for d in range(issues):
        opens[d + 1] += opens[d]

    count = np.zeros(issues, np.int64)
    label = np.zeros((issues, width), np.int64)
    value = np.zeros((issues, width, rows), np.int64)
    part = np.zeros((issues, width, planes))
    hope = np.zeros((issues, width, planes))
    room = np.zeros((issues + 1, rows), np.int64)
    reach = np.zeros((issues + 1, planes))
    term = np.zeros((terms, planes))
    for t in range(terms):
        for n in range(planes):
            for p in range(rows):
                term[t, n] += slopes[n, p] * add[t, p]
    key = np.zeros(width)
    ranked = np.zeros(width, np.int64)
    top = np.zeros(rows, np.int64)
    for d in range(issues - 1, -1, -1):
        i = order[d]
        for o in range(sizes[i]):
            key[o] = np.inf
            if usable[i, o]:
                key[o] = -raw[i, o]
                for at in range(opens[d], opens[d + 1]):
                    t = by_depth[at]
                    for e in range(start[t], start[t + 1]):
                        if issue[e] == i and option[e] == o and not excluded[t]:
                            key[o] -= max(0.0, term[t, 0])
            if natural:
                key[o] = o
        _rank(key, sizes[i], ranked)
        for place in range(sizes[i]):
            o = ranked[place]
            if not usable[i, o]:
                continue
            j = count[d]
            count[d] += 1
            label[d, j] = o
            for p in range(rows):
                value[d, j, p] = utilities[i, o, p]
            for n in range(planes):
                for p in range(rows):
                    part[d, j, n] += slopes[n, p] * utilities[i, o, p]
                hope[d, j, n] = part[d, j, n]
            for p in range(rows):
                top[p] = utilities[i, o, p]
            for at in range(opens[d], opens[d + 1]):
                t = by_depth[at]
                for e in range(start[t], start[t + 1]):
                    if issue[e] == i and option[e] == o and not excluded[t]:
                        for n in range(planes):
                            hope[d, j, n] += max(0.0, term[t, n])
                        for p in range(rows):
                            top[p] += max(0, add[t, p])
            for p in range(rows):
                if j == 0:
                    room[d, p] = top[p]
                else:
                    room[d, p] = max(room[d, p], top[p])
            for n in range(planes):
                if j == 0:
                    reach[d, n] = hope[d, j, n]
                else:
                    reach[d, n] = max(reach[d, n], hope[d, j, n])
    slack = np.zeros(planes)
    for n in range(planes):
        slack[n] = 1.0
        for p in range(rows):
            slack[n] += abs(slopes[n, p] * base[p])
        for d in range(issues):
            slack[n] += abs(reach[d, n])
        slack[n] *= _TINY
    for d in range(issues - 1, -1, -1):
        for p in range(rows):
            room[d, p] += room[d + 1, p]
        for n in range(planes):
            reach[d, n] += reach[d + 1, n]

    height = np.zeros((issues + 1, planes))
    gain = np.zeros((issues + 1, rows), np.int64)
    chosen = np.full(issues, -1, np.int64)
    package = np.zeros(issues, np.int64)
    at_option = np.full(issues, -1, np.int64)
    cut = np.zeros(planes)
    need = np.zeros(rows, np.int64)
    want = -np.inf
    _copy(base, gain[0])
    for n in range(planes):
        for p in range(rows):
            height[0, n] += slopes[n, p] * base[p]
    fresh = True
    zeros_kept = rows + 1
    nodes = 0
    depth = 0
    while depth >= 0:
        if fresh:
            fresh = False
            have = best[0] >= 0
            want = -np.inf
            if have:
                target = target_at(kind, k, problem, best_gain, scratch)
                tolerance = 1e-9 * (1.0 + abs(target))
                if mode == RISE:
                    want = target + (step - 1e-6 if step > 0.0 else tolerance)
                else:
                    want = target - tolerance
                if kind == NASH_ZERO:
                    zeros_kept = _log_value(best_gain, weight, active)[0]
            want = max(want, aim)
            for p in range(rows):
                need[p] = floor[p]
                if kind == SHORTFALL and active[p] and want > -1e-6:
                    need[p] = max(need[p], 0)
                if kind == MAXMIN and k == 1 and active[p] and want > -np.inf:
                    need[p] = max(need[p], np.int64(math.ceil((want - 0.5) / weight[p] - 1e-9)))
            for n in range(planes):
                cut[n] = asked[n]
                if want > -np.inf and kind != NASH_ZERO and constants[n] < np.inf:
                    cut[n] = max(cut[n], _threshold(kind, want, slopes[n], constants[n], mass))
                cut[n] -= slack[n]
        at_option[depth] += 1
        j = at_option[depth]
        if j >= count[depth]:
            at_option[depth] = -1
            depth -= 1
            continue
        nodes += 1
        if nodes > node_limit:
            # What is open: at each depth, the options not yet tried (this one among them).
            bound = -np.inf
            for d in range(depth + 1):
                for other in range(at_option[d] + (0 if d == depth else 1), count[d]):
                    least = np.inf
                    for n in range(planes):
                        if constants[n] < np.inf:
                            peak = height[d, n] + hope[d, other, n] + reach[d + 1, n]
                            least = min(least, _upper(kind, peak, slopes[n], constants[n], mass))
                    bound = max(bound, least)
            return False, nodes, bound
        if height[depth, 0] + hope[depth, j, 0] + reach[depth + 1, 0] < cut[0]:
            if not natural:
                at_option[depth] = -1
                depth -= 1
            continue
        good = True
        for n in range(1, planes):
            if height[depth, n] + hope[depth, j, n] + reach[depth + 1, n] < cut[n]:
                good = False
                break
        if not good:
            continue
        o = label[depth, j]
        for p in range(rows):
            gain[depth + 1, p] = gain[depth, p] + value[depth, j, p]
        for n in range(planes):
            height[depth + 1, n] = height[depth, n] + part[depth, j, n]
        chosen[order[depth]] = o
        if opens[depth] < opens[depth + 1]:
            for at in range(opens[depth], opens[depth + 1]):
                t = by_depth[at]
                matched = True
                for e in range(start[t], start[t + 1]):
                    matched = matched and chosen[issue[e]] == option[e]
                if matched:
                    if excluded[t]:
                        good = False
                        break
                    for p in range(rows):
                        gain[depth + 1, p] += add[t, p]
                    for n in range(planes):
                        height[depth + 1, n] += term[t, n]
            if not good:
                continue
            for n in range(planes):
                if height[depth + 1, n] + reach[depth + 1, n] < cut[n]:
                    good = False
                    break
        zeros = 0
        for p in range(rows):
            ahead = gain[depth + 1, p] + room[depth + 1, p]
            if ahead < need[p]:
                good = False
                break
            if active[p] and ahead <= 0:
                zeros += 1
        if not good:
            continue
        if kind == NASH_ZERO and zeros >= zeros_kept:
            if zeros > zeros_kept:
                continue
            for n in range(planes):
                if constants[n] < np.inf:
                    peak = height[depth + 1, n] + reach[depth + 1, n]
                    if _upper(kind, peak, slopes[n], constants[n], mass) < want:
                        good = False
                        break
            if not good:
                continue
        if depth < issues - 1:
            depth += 1
            at_option[depth] = -1
            continue
        same = True
        for i in range(issues):
            package[i] = chosen[i]
            same = same and package[i] == status_quo[i]
        if same:
            continue
        if natural and first:
            # A pass for the first of the ties: what passes here and is not worse than the incumbent is it.
            if compare(kind, problem, gain[issues], best_gain, scratch) >= 0:
                _copy(package, best)
                _copy(gain[issues], best_gain)
                return True, nodes, -np.inf
        elif _keep(kind, problem, package, gain[issues], best, best_gain, scratch):
            fresh = True
            if first and target_at(kind, k, problem, best_gain, scratch) == 0.0:
                return True, nodes, -np.inf
    return True, nodes, -np.inf
