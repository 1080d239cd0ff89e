"""Patterns: the points, prohibitions and lines that hang on several options at once, and the order that
keeps them cheap.

A pattern is a set of (issue, option) pairs, at most one per issue. A package matches it when it has all of
them. What a match means stands beside the patterns, not in them: ``add[P, T]`` points added to each faction,
``excluded[T]`` whether a package that matches may occur at all.

Dynamic programmes over issues need to remember, about the issues already decided, only what a pattern that
is not yet decided may still ask: the options of the *live* issues. ``elimination_order`` looks for an order
of the issues in which few are live at a time (the greedy vertex-separation, i.e. pathwidth, heuristic on the
interaction graph; an optimal order is NP-hard and not needed: the order changes the cost, never the answer).

References
----------
Dechter (1999), Bucket elimination: a unifying framework for reasoning, Artificial Intelligence 113.
Kinnersley (1992), The vertex separation number of a graph equals its path-width, Inf. Proc. Letters 42.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Order",
    "Patterns",
    "elimination_order",
    "make_patterns",
    "matches",
    "no_patterns",
    "pattern_pairs",
]


class Patterns(NamedTuple):
    """T patterns in compressed rows: the pairs of pattern t are ``start[t]:start[t + 1]``."""

    start: NDArray[np.int64]
    """int64[T+1], ascending, ``start[0] == 0``."""
    issue: NDArray[np.int64]
    """int64[K], ascending within a pattern."""
    option: NDArray[np.int64]
    """int64[K], 0 <= option < sizes[issue]."""


class Order(NamedTuple):
    """An order of all issues, and which of the decided ones are live after each stage."""

    issues: tuple[int, ...]
    live: tuple[tuple[int, ...], ...]
    """``live[k]``: the issues among ``issues[:k + 1]`` (ascending) that share a pattern with a later one."""


def no_patterns() -> Patterns:
    """T = 0."""
    return Patterns(np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


def make_patterns(pairs: Iterable[Iterable[tuple[int, int]]]) -> Patterns:
    """Patterns from (issue, option) pairs, one iterable per pattern, in any order within a pattern.

    A pattern without pairs or with two options of one issue raises ValueError: the first would match every
    package and the second none.
    """
    start: list[int] = [0]
    issue: list[int] = []
    option: list[int] = []
    for number, pattern in enumerate(pairs):
        ordered = sorted(set(pattern))
        if not ordered:
            raise ValueError(f"pattern {number} names no option")
        if len({i for i, _ in ordered}) < len(ordered):
            raise ValueError(f"pattern {number} names two options of one issue")
        issue.extend(i for i, _ in ordered)
        option.extend(o for _, o in ordered)
        start.append(len(issue))
    return Patterns(np.array(start, np.int64), np.array(issue, np.int64), np.array(option, np.int64))


def pattern_pairs(patterns: Patterns) -> list[list[tuple[int, int]]]:
    """The (issue, option) pairs of each pattern, issues ascending."""
    start, issue, option = (a.tolist() for a in patterns)
    return [list(zip(issue[a:b], option[a:b], strict=True)) for a, b in pairwise(start)]


def matches(packages: NDArray[Any], patterns: Patterns) -> NDArray[np.bool_]:
    """Which patterns each of ``packages`` (integer [N, I]) matches: bool[N, T]."""
    if len(patterns.start) == 1:
        return np.zeros((len(packages), 0), np.bool_)
    same = packages[:, patterns.issue] == patterns.option
    return np.asarray(np.logical_and.reduceat(same, patterns.start[:-1], axis=1))


def elimination_order(sizes: NDArray[np.int64] | Sequence[int], patterns: Patterns) -> Order:
    """An order of the issues that keeps few assignments of live issues at any stage.

    Issues that share patterns, directly or through others, stand together: the group that needs the most
    assignments first (while partial fronts are short), issues without patterns last (when one front is left).
    Within a group every issue (of a large one, the eight least connected) is tried as the first, then the
    next issue is always the one that leaves the fewest assignments; the order with the smallest peak wins,
    then the smallest sum, then the lowest indices. An option that no undecided pattern names counts as "any
    other".
    """
    options = [int(n) for n in sizes]
    pairs = pattern_pairs(patterns)
    groups = []
    for members in _groups(len(options), pairs):
        inside = [p for p in pairs if p[0][0] in members]
        degree = {i: sum(len(p) for p in inside if any(j == i for j, _ in p)) for i in members}
        firsts = sorted(members, key=lambda i: (degree[i], i))[:8]
        best = min(_greedy(first, members, options, inside) for first in firsts)
        groups.append((-best[0], -best[1], best[2]))
    order = [i for _, _, group in sorted(groups) for i in group]
    order += sorted(set(range(len(options))) - set(order))
    return Order(tuple(order), _live(order, pairs))


def _groups(count: int, pairs: list[list[tuple[int, int]]]) -> list[list[int]]:
    """Connected components of the interaction graph that hold a pattern of two issues or more."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    linked: set[int] = set()
    for pattern in pairs:
        linked.update(i for i, _ in pattern if len(pattern) > 1)
        for i, _ in pattern[1:]:
            parent[root(i)] = root(pattern[0][0])
    groups: dict[int, list[int]] = {}
    for i in sorted(linked):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _assignments(decided: set[int], sizes: list[int], pairs: list[list[tuple[int, int]]]) -> int:
    """How many assignments of the live issues a programme has to keep apart."""
    asked: dict[int, set[int]] = {}
    for pattern in pairs:
        if not all(i in decided for i, _ in pattern):
            for i, option in pattern:
                if i in decided:
                    asked.setdefault(i, set()).add(option)
    product = 1
    for i, named in asked.items():
        product *= min(sizes[i], len(named) + 1)
    return product


def _greedy(
    first: int, members: list[int], sizes: list[int], pairs: list[list[tuple[int, int]]]
) -> tuple[int, int, list[int]]:
    """(peak, sum, order): the next issue is always the one that leaves the fewest assignments."""
    order = [first]
    costs = [_assignments({first}, sizes, pairs)]
    rest = [i for i in members if i != first]
    while rest:
        cost, chosen = min((_assignments({*order, i}, sizes, pairs), i) for i in rest)
        order.append(chosen)
        costs.append(cost)
        rest.remove(chosen)
    return max(costs), sum(costs), order


def _live(order: list[int], pairs: list[list[tuple[int, int]]]) -> tuple[tuple[int, ...], ...]:
    """For each stage, the decided issues that share a pattern with an undecided one."""
    place = {issue: k for k, issue in enumerate(order)}
    until = [-1] * len(order)
    for pattern in pairs:
        last = max(place[i] for i, _ in pattern)
        for i, _ in pattern:
            until[i] = max(until[i], last)
    return tuple(tuple(sorted(i for i in order[: k + 1] if until[i] > k)) for k in range(len(order)))
