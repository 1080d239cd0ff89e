"""What each faction can have without anybody's agreement, one package and one draw after another, in plain Python.

A *set* C of factions is a smallest one whose consent satisfies the control tree of some move: of an issue to an option, and, alone,
of every step on the way there where the issue is gradual. It can bring about the packages X_C that make only such moves. It is
*willing* to if every g of it is:

    g is willing to do x:   U_g(x) >= D_g, and x breaks no line of g that leaving everything as it is does not break

(a line that is broken whatever C does is no reason to leave something else undone). What f can do alone raises its no-deal
value, with f in C, since what others would do is theirs to do:

    D'_f = max(D_f, max over C with f in C, and x in X_C that all of C are willing to do, of U_f(x))

A set C *would leave* the status quo if some x in X_C is worse for none of it and better for one, where fewer broken lines
come before points. That is the status quo's Nash stability, written down a second time.

Everything comes in as arrays, so that the same definitions serve any way of making them: ``worth`` [F][X][S] utilities,
``lines`` [F][X][S] how many lines a package breaks (math.inf: it cannot be), ``fresh`` [F][X][S] whether it breaks one that
leaving everything as it is does not break, ``no_deal`` [F][S]; index ``here`` of X is to leave everything as it is. :func:`standing` makes them from a sample, :func:`sets_of` the sets from a case.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from detente.case.model import All, Case, Issue, Tree, Weighted


class Mover(NamedTuple):
    """A smallest set of factions that controls something, and what it can change."""

    factions: frozenset[int]
    moves: frozenset[tuple[int, int]]
    """Issues, and the options to which they can be moved."""


class Standing(NamedTuple):
    """Packages, and what everybody makes of them."""

    packages: list[tuple[int, ...]]
    """One option for each issue."""
    here: list[int]
    """[S] the package that leaves everything as it is in a draw."""
    worth: np.ndarray
    """[F, X, S]."""
    lines: np.ndarray
    """[F, X, S]; infinite where a package is impossible."""
    fresh: np.ndarray
    """[F, X, S]; True where a package is impossible, and to leave everything as it is is not."""


# --- from arrays ------------------------------------------------------------------------------------------


def changed(a: Sequence[int], b: Sequence[int]) -> set[tuple[int, int]]:
    """The moves that lead from ``b`` to ``a``."""
    return {(i, x) for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y}


def within(mover: Mover, at: Standing, s: int) -> list[int]:
    """X_C in a draw: what differs from leaving everything in issues of the mover alone."""
    start = at.packages[at.here[s]]
    return [x for x, package in enumerate(at.packages) if changed(package, start) <= mover.moves]


def own_moves(at: Standing, no_deal: np.ndarray, movers: Sequence[Mover]) -> np.ndarray:
    """[F, S] D': the no-deal values [F, S] raised to the best that each faction can do alone."""
    raised = no_deal.copy()
    for s in range(no_deal.shape[1]):
        for mover in movers:
            for x in within(mover, at, s):
                willing = all(
                    at.worth[g, x, s] >= no_deal[g, s] and not at.fresh[g, x, s] for g in mover.factions
                )
                if willing:
                    for f in mover.factions:
                        raised[f, s] = max(raised[f, s], at.worth[f, x, s])
    return raised


def way(issue: Issue, option: str) -> set[int]:
    """The options that a move to one steps on: of a gradual issue all on the way from the status quo."""
    options = list(issue.options)
    home, there = options.index(str(issue.status_quo)), options.index(option)
    if not issue.gradual:
        return {there} - {home}
    return {k for k in range(len(options)) if min(home, there) <= k <= max(home, there)} - {home}


def charged(
    at: Standing, undo: np.ndarray, hands: Mapping[tuple[int, int], frozenset[int]], issues: Sequence[Issue]
) -> Standing:
    """With what each step back to where an issue ``was`` costs those who have a hand in it, ``undo`` [F, I, S], taken off what a
    package is worth."""
    worth = at.worth.copy()
    for f, x, s in np.ndindex(*worth.shape):
        for i, o in changed(at.packages[x], at.packages[at.here[s]]):
            was = issues[i].was
            for k in way(issues[i], list(issues[i].options)[o]) if was is not None else ():
                if f in hands[i, k] and k in way(issues[i], str(was)):
                    worth[f, x, s] -= undo[f, i, s]
    return at._replace(worth=worth)


def would_leave(at: Standing, mover: Mover, s: int) -> list[int]:
    """Packages that a mover prefers to leaving everything. From where things stand every option lies further away, so that
    what cannot be undone is no bar."""

    def order(g: int, x: int) -> tuple[float, float]:
        return -at.lines[g, x, s], at.worth[g, x, s]

    start = at.here[s]
    found = []
    for x in within(mover, at, s):
        possible = all(at.lines[g, x, s] < inf for g in mover.factions)
        none_worse = all(order(g, x) >= order(g, start) for g in mover.factions)
        one_better = any(order(g, x) > order(g, start) for g in mover.factions)
        if possible and none_worse and one_better:
            found.append(x)
    return found


def nash(at: Standing, movers: Sequence[Mover]) -> np.ndarray:
    """[S] whether no mover would leave the status quo."""
    draws = range(at.worth.shape[2])
    return np.array([not any(would_leave(at, m, s) for m in movers) for s in draws])


# --- from a sample ------------------------------------------------------------------------------------------


def standing(problem: object, sample: object, issues: Sequence[int] | None = None) -> Standing:
    """All packages of some issues (default: those that can move at all), the others as they are in each draw.

    Utilities are added up package by package and draw by draw from the sample's points, its terms and its lines.
    """
    case, p, s = problem.case, problem, sample  # type: ignore[attr-defined]
    inside = [i for i, n in enumerate(p.issues) if case.issues[n].controlled_by != "outside"]
    moving = inside if issues is None else list(issues)
    draws = range(s.points.shape[-1])
    stays = [
        [int(o) if o >= 0 else int(q) for o, q in zip(s.outside[:, d], p.status_quo, strict=True)]
        for d in draws
    ]
    packages = list(itertools.product(*(range(int(p.sizes[i])) for i in moving)))
    worth = np.zeros((len(p.factions), len(packages), len(draws)), dtype=np.int64)
    lines = np.zeros(worth.shape)
    fresh = np.zeros(worth.shape, dtype=bool)
    for d in draws:
        already = {t for t, pattern in enumerate(p.patterns) if all(stays[d][i] == o for i, o in pattern)}
        for x, options in enumerate(packages):
            state = list(stays[d])
            for i, o in zip(moving, options, strict=True):
                state[i] = o
            hits = [t for t, pattern in enumerate(p.patterns) if all(state[i] == o for i, o in pattern)]
            for f in range(len(p.factions)):
                worth[f, x, d] = sum(int(s.points[f, i, o, d]) for i, o in enumerate(state))
                worth[f, x, d] += sum(int(s.add[f, t, d]) for t in hits)
                lines[f, x, d] = sum(bool(s.broken[f, t, d]) for t in hits)
                fresh[f, x, d] = any(s.broken[f, t, d] or p.excluded[t] for t in hits if t not in already)
            if any(p.excluded[t] for t in hits):
                lines[:, x, d] = inf
    here = [packages.index(tuple(stays[d][i] for i in moving)) for d in draws]
    return Standing(packages, here, worth, lines, fresh)


# --- from a case --------------------------------------------------------------------------------------------


def satisfied(case: Case, tree: Tree, by: frozenset[str]) -> bool:
    """Whether the consent of these factions is enough; a party with factions says yes as its own tree says."""
    if isinstance(tree, str):
        party = case.parties.get(tree)
        if tree in by or party is None or not party.factions:
            return tree in by
        return satisfied(case, party.accepts or All(all=tuple(party.factions)), by)
    if isinstance(tree, Weighted):
        return sum(votes for name, votes in tree.weights.items() if satisfied(case, name, by)) >= tree.quota
    if isinstance(tree, All):
        return all(satisfied(case, branch, by) for branch in tree.all)
    if hasattr(tree, "any"):
        return any(satisfied(case, branch, by) for branch in tree.any)
    return sum(satisfied(case, branch, by) for branch in tree.at_least.of) >= tree.at_least.k


def minimal(sets: Iterator[frozenset[str]]) -> list[frozenset[str]]:
    """Those that contain no other; ``sets`` comes smallest first."""
    kept: list[frozenset[str]] = []
    for one in sets:
        if not any(smaller <= one for smaller in kept):
            kept.append(one)
    return kept


def hands_of(
    case: Case, factions: Sequence[str], issues: Sequence[str]
) -> dict[tuple[int, int], frozenset[int]]:
    """Move → the factions of some smallest set that can make it."""
    found = {}
    for n, name in enumerate(issues):
        spec = case.issues[name]
        for o, about in enumerate(spec.options.values()):
            tree = about.controlled_by or spec.controlled_by
            sets: list[frozenset[str]] = []
            if tree is not None and tree != "outside":
                every = (
                    frozenset(s)
                    for k in range(len(factions) + 1)
                    for s in itertools.combinations(factions, k)
                )
                sets = minimal(s for s in every if satisfied(case, tree, s))
            found[n, o] = frozenset(factions.index(f) for s in sets for f in s)
    return found


def sets_of(
    case: Case,
    factions: Sequence[str],
    issues: Sequence[str],
    *,
    alone: bool = False,
) -> list[Mover]:
    """Every mover of these issues, as indices into both lists; no more than 8 factions, as all subsets are tried.

    ``alone``: only sets within one party, only issues of which every move can be taken back, and only moves of which every step
    is in their hands. What several parties do together is an agreement, which is what no deal is compared with; and what cannot
    be taken back is not a way to wait.
    """
    trees: dict[tuple[int, int], list[Tree]] = {}
    for n, name in enumerate(issues):
        spec = case.issues[name]
        each = [about.controlled_by or spec.controlled_by for about in spec.options.values()]
        home = list(spec.options).index(spec.status_quo)
        for o in range(len(each)):
            way = [k for k in range(len(each)) if min(home, o) <= k <= max(home, o) and k != home]
            needed = [each[k] for k in (way if alone and spec.gradual else [o])]
            named = all(tree is not None and tree != "outside" for tree in needed)
            if named and (not alone or (spec.reversible and o != home)):
                trees[n, o] = needed
    home = {f: p for p, party in case.parties.items() for f in (party.factions or (p,))}
    found: list[frozenset[str]] = []
    for tree in trees.values():
        every = (frozenset(s) for n in range(len(factions) + 1) for s in itertools.combinations(factions, n))
        enough = (s for s in every if all(satisfied(case, one, s) for one in tree))
        found += [s for s in minimal(enough) if s not in found]
    if alone:
        found = [s for s in found if len({home[f] for f in s}) == 1]
    return [
        Mover(
            frozenset(factions.index(f) for f in s),
            frozenset(m for m, tree in trees.items() if all(satisfied(case, one, s) for one in tree)),
        )
        for s in found
    ]
