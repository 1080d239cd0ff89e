"""What somebody could do while there is no deal, at best estimates: by themselves, and by gestures that buy nothing.

A set of factions of one party that controls a move of an issue, with every step on the way, can make it without anybody's
agreement. Where that suits all of them, steps back at their cost (``was``, ``undo``) among them, and breaks no line of theirs, they
would wait that way; a typed no-deal value that is lower says that they wait worse than they could. Best estimates are medians, of rival readings the likeliest, of firm lines
those with a chance of one half or more (:mod:`detente.problem.own` is the same over all draws, where no deal is computed).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import NamedTuple

from detente.case.mechanism import Use
from detente.case.model import All, Case, Preferences, Range, RelativeNoDeal, Tree
from detente.case.paths import controls_to, merged, steps_to, wins
from detente.case.wired import wired
from detente.case.yamltext import Path
from detente.figures import joined, points

__all__ = ["NEARLY", "alone", "empty_gestures"]

LISTED = 20_000
"""Packages of a set that are listed at most; of more only those that move one issue or two."""
AT_ONCE = 3
"""Factions of a set, at most, that are looked for in a party of many."""
MANY = 10
ROUNDING = 0.01
"""Points below which a gain may be one of rounding."""
NEARLY = 1.2
"""Likelihoods whose ratio is below this tell readings hardly apart."""

Found = Iterator[tuple[Path, str]]
Package = Mapping[str, str]


class _Alone(NamedTuple):
    factions: tuple[str, ...]
    moves: Mapping[str, Sequence[str]]
    """Issue → the options to which it can be moved."""
    hands: Mapping[tuple[str, str], frozenset[str]]
    """Move → the factions of the party that have a hand in it."""


def alone(case: Case) -> Found:
    """Factions whose typed no-deal value is lower than what they can have without anybody."""
    if case.status_quo == "none" or any(issue.status_quo is None for issue in case.issues.values()):
        return
    told: dict[str, float] = {}
    """Faction → the most that it was told of; with others it may gain more."""
    for of in _sets(case):
        if all(case.preferences[f].no_deal == "from_outlook" for f in of.factions):
            continue  # what they can have is computed
        packages = list(_packages(of))
        gains = {f: _gains(case, f, packages, of) for f in of.factions}
        suits = [n for n in range(len(packages)) if all(gains[f][n] >= 0 for f in of.factions)]
        for f in of.factions:
            best = max(suits, key=lambda n: gains[f][n], default=None)
            if best is None or gains[f][best] <= max(ROUNDING, _counted(case, f) + ROUNDING):
                continue
            if gains[f][best] > told.get(f, 0.0) + ROUNDING:
                told[f] = gains[f][best]
                yield _said(case, f, of, packages[best], gains[f][best])


def _said(case: Case, f: str, of: _Alone, package: Package, gain: float) -> tuple[Path, str]:
    at: Path = (
        ("preferences", f, "no_deal") if case.preferences[f].no_deal is not None else ("preferences", f)
    )
    others = [g for g in of.factions if g != f]
    who = f"'{f}'" + (f" with {joined([repr(g) for g in others])}" if others else "")
    move = ", ".join(f"{issue}: {option}" for issue, option in package.items())
    return (
        at,
        f"{who} can do '{move}' without anybody's agreement and gains {points(gain)} points by it at best estimates, which its "
        "typed no-deal value does not count: raise that, say where the issue was and what going back costs ('was', 'undo') or that it cannot be taken "
        "back ('reversible: false'), or have it computed ('no_deal: from_outlook')",
    )


def _counted(case: Case, f: str) -> float:
    """Points by which a typed no-deal value lies above the status quo; infinite where it is computed."""
    wants = _wants(case, f)
    if case.preferences[f].no_deal == "from_outlook":
        return float("inf")
    if wants.no_deal is None:
        return 0.0
    if isinstance(wants.no_deal, RelativeNoDeal):
        return wants.no_deal.status_quo.median
    assert isinstance(wants.no_deal, Range)
    return wants.no_deal.median - _worth(wants, _state(case, {}))


# --- who ----------------------------------------------------------------------------------------------------


def _sets(case: Case) -> Iterator[_Alone]:
    """Smallest sets of factions of one party that control a move that can be taken back, smallest first."""
    ways: dict[tuple[int, ...], list[Tree]] = {}
    """Trees that have to be satisfied together, by their identity: most moves of an issue share one."""
    which: dict[tuple[str, str], tuple[int, ...]] = {}
    last: dict[tuple[str, str], tuple[int, ...]] = {}
    """The tree of the option itself, on the way to which there may be others."""
    for name, issue in case.issues.items():
        for option in issue.options if issue.reversible else ():
            each = controls_to(issue, option)
            trees = [tree for tree in each if tree is not None]
            if option != issue.status_quo and len(trees) == len(each):
                which[name, option] = key = tuple(dict.fromkeys(map(id, trees)))
                ways[key] = trees
                last[name, option] = (id(trees[-1]),)
                ways[last[name, option]] = [trees[-1]]
    for party, spec in case.parties.items():
        members = tuple(spec.factions) or (party,)
        if spec.role is not None or any(f not in case.preferences for f in members):
            continue
        most = len(members) if len(members) <= MANY else AT_ONCE
        found: dict[tuple[int, ...], list[frozenset[str]]] = {key: [] for key in ways}
        for size in range(1, most + 1):
            for some in map(frozenset, combinations(members, size)):
                for key, trees in ways.items():
                    known = any(smaller <= some for smaller in found[key])
                    if not known and all(_enough(case, tree, some) for tree in trees):
                        found[key].append(some)
        moving = {s for key in which.values() for s in found[key]}
        hands = {move: frozenset[str]().union(*found[key]) for move, key in last.items()}
        for who in sorted(moving, key=lambda s: (len(s), *sorted(s))):
            moves: dict[str, list[str]] = {}
            for (name, option), key in which.items():
                if any(s <= who for s in found[key]):
                    moves.setdefault(name, []).append(option)
            yield _Alone(tuple(f for f in members if f in who), moves, hands)


def _enough(case: Case, tree: Tree, who: frozenset[str]) -> bool:
    def says_yes(name: str) -> bool:
        party = case.parties.get(name)
        if name in who or party is None or not party.factions:
            return name in who
        return wins(party.accepts or All(all=tuple(party.factions)), says_yes)

    return wins(tree, says_yes)


# --- what ---------------------------------------------------------------------------------------------------


def _packages(of: _Alone) -> Iterator[Package]:
    """What a set can bring about, as issue → option of what moves."""
    many = prod(len(options) + 1 for options in of.moves.values()) > LISTED
    for count in range(1, 3 if many else len(of.moves) + 1):
        for issues in combinations(of.moves, count):
            for chosen in product(*(of.moves[i] for i in issues)):
                yield dict(zip(issues, chosen, strict=True))


def _gains(case: Case, f: str, packages: Sequence[Package], of: _Alone) -> list[float]:
    """Points of packages above leaving everything as it is, less what taking the steps back costs that the faction has a hand in;
    less than anything where it cannot be or crosses a line that leaving everything does not."""
    wants, here = _wants(case, f), _state(case, {})
    lines = [
        *wants.red_lines,
        *(line.package for line in wants.firm if line.holds.median >= 0.5),
        *case.impossible,
    ]
    crossing = [line for line in lines if not _matches(line, here)]
    stays, found = _worth(wants, here), []
    for package in packages:
        state = {**here, **package}
        if any(_matches(line, state) for line in crossing):
            found.append(float("-inf"))
            continue
        back = sum(_back(case, f, move, of) for move in package.items())
        found.append(_worth(wants, state) - stays - back)
    return found


def _back(case: Case, f: str, move: tuple[str, str], of: _Alone) -> float:
    """Points that the steps back to where an issue was cost a faction that has a hand in them."""
    name, option = move
    issue = case.issues[name]
    if issue.undo is None or issue.was is None:
        return 0.0
    steps = {*steps_to(issue, option)}.intersection(steps_to(issue, issue.was))
    return issue.undo.median * sum(f in of.hands[name, step] for step in steps)


def _worth(wants: Preferences, state: Package) -> float:
    total = sum(term.add.median for term in wants.together if _matches(term.when, state))
    if wants.points is not None:
        return total + sum(levels[state[i]].median for i, levels in wants.points.items())
    weights = {i: w.median for i, w in wants.weights.items() if i not in wants.indifferent}
    whole = sum(weights.values())
    return total + sum(
        w / whole * wants.values[i][state[i]].median
        for i, w in weights.items()
        if whole > 0 and i in wants.values
    )


def _wants(case: Case, f: str) -> Preferences:
    """What a faction wants, under the reading that is likeliest."""
    readings = case.readings.get(f)
    base = case.preferences[f]
    if not readings:
        return base
    return merged(base, max(readings.values(), key=lambda reading: reading.prior.median).preferences)


def _state(case: Case, package: Package) -> Package:
    return {i: package.get(i, issue.status_quo or "") for i, issue in case.issues.items()}


def _matches(pattern: Package, state: Package) -> bool:
    return all(state[i] == o for i, o in pattern.items())


# --- gestures -----------------------------------------------------------------------------------------------


def empty_gestures(case: Case) -> Found:
    """Gestures that were made, cost something, and change nothing: no belief, and nothing in the world."""
    names = set(_happening(case))
    for name, gesture in case.gestures.items():
        made = gesture.on is not None and case.as_of is not None and gesture.on <= case.as_of
        if not made or gesture.cost is None or gesture.cost.median <= 0 or name in names:
            continue
        likely: Sequence[float] = [share.median for share in gesture.likelihood.values()]
        if max(likely) < NEARLY * min(likely):
            yield (
                ("gestures", name),
                f"it cost '{gesture.by}' {points(gesture.cost.median)} points and bought nothing: its likelihoods are nearly the same "
                "under every reading, so that it tells nobody anything, and no event of the world hangs on it; spread the "
                f"likelihoods if it told something, or give the world an event '{name}', or the part 'gestures', that answers it",
            )


def _happening(case: Case) -> Iterator[str]:
    """Parts and events of the world by their own names; of all gestures where the bundled part counts them."""
    if case.world is None:
        return
    yield from case.world.parts
    yield from (
        name.rpartition(".")[2] for name, slot in wired(case).wiring.slots.items() if slot.sort == "event"
    )
    if isinstance(case.world.parts.get("gestures"), Use):
        yield from case.gestures
