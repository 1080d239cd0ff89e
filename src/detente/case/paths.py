"""Walking a case: every part with its path in the file, every number by the path that people give it.

Two kinds of path. A *place* is a tuple of keys and list indices, as in the file
(``("preferences", "leader", "weights", "prisoners")``), and finds line and column. A *number path* is what
``moves_with`` and reports use (``leader.weights.prisoners``, ``government.delivers``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import NoneType
from typing import Any, NamedTuple

from pydantic import BaseModel

from detente.case.base import Model
from detente.case.model import (
    All,
    AnyOf,
    Case,
    Issue,
    KOfN,
    Preferences,
    Provenance,
    Range,
    RelativeNoDeal,
    Track,
    Tree,
    Weighted,
    When,
)
from detente.case.yamltext import Path, Place

__all__ = [
    "NUMBER_PATHS",
    "PLAIN",
    "Carried",
    "Finder",
    "Numbered",
    "Same",
    "by_itself",
    "controls_to",
    "dotted",
    "factions_of",
    "gate",
    "leaf_paths",
    "merged",
    "nested",
    "numbers",
    "provenances",
    "seats",
    "sitting",
    "steps_to",
    "wins",
]

Finder = Callable[[Path], Place]
"""From a place in the case to line and column."""

NUMBER_PATHS = (
    "FACTION.weights.ISSUE, FACTION.values.ISSUE.OPTION, FACTION.points.ISSUE.OPTION, FACTION.no_deal, "
    "FACTION.together.N, FACTION.firm.N (N from 0), FACTION.readings.READING.prior, "
    "FACTION.readings.READING. and any of these, or PARTY.delivers"
)


class Numbered(NamedTuple):
    """A judged number and its place in the file."""

    place: Path
    value: Range


def dotted(path: Path) -> str:
    """A place as people write it."""
    return ".".join(map(str, path))


def factions_of(case: Case, *, voting: bool = False) -> dict[str, str]:
    """Faction → its party; a party without factions is its own only one."""
    return {
        faction: party
        for party, spec in case.parties.items()
        if not (voting and spec.role)
        for faction in (spec.factions or (party,))
    }


def sitting(case: Case) -> dict[str, tuple[str, ...]]:
    """Table → factions with a vote that sit there; a case without tracks has one table, ``table``."""
    if not case.tracks:
        return {"table": tuple(factions_of(case, voting=True))}
    found = {}
    for name, track in case.tracks.items():
        present: list[str] = []
        for seat in track.parties:
            for party, tree in [(seat, None)] if isinstance(seat, str) else list(seat.items()):
                if not case.parties[party].role:
                    whole = tuple(case.parties[party].factions) or (party,)
                    present += whole if tree is None else [leaf for _, leaf in leaf_paths(tree, ())]
        found[name] = tuple(dict.fromkeys(present))
    return found


def seats(track: Track) -> dict[str, Tree | None]:
    """Party → which of it sits at a track; None: all of it."""
    found: dict[str, Tree | None] = {}
    for seat in track.parties:
        found.update({seat: None} if isinstance(seat, str) else dict(seat))
    return found


def leaf_paths(tree: Tree, path: Path) -> Iterator[tuple[Path, str]]:
    """Every name in an acceptance tree with its place."""
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, Weighted):
        for name in tree.weights:
            yield (*path, "weights", name), name
    else:
        for below, branch in nested(tree, path):
            yield from leaf_paths(branch, below)


def nested(tree: Tree, path: Path) -> Iterator[tuple[Path, Tree]]:
    """The trees right below a tree with their places; none below a name or votes."""
    if isinstance(tree, When):
        yield (*path, "ask"), tree.ask
    elif not isinstance(tree, (str, Weighted)):
        for n, branch in enumerate(branches(tree)):
            yield (*path, *gate(tree), n), branch


def gate(tree: All | AnyOf | KOfN) -> Path:
    """Where the branches of a tree stand, below it."""
    return ("all",) if isinstance(tree, All) else ("any",) if isinstance(tree, AnyOf) else ("at_least", "of")


def branches(tree: All | AnyOf | KOfN) -> tuple[Tree, ...]:
    """The branches of a tree that has several."""
    return tree.all if isinstance(tree, All) else tree.any if isinstance(tree, AnyOf) else tree.at_least.of


def steps_to(issue: Issue, option: str) -> tuple[str, ...]:
    """The options that a move to one steps on, itself last: of a ``gradual`` issue all on the way from the status quo."""
    if not issue.gradual or issue.status_quo is None:
        return (option,)
    options = list(issue.options)
    here, there = options.index(issue.status_quo), options.index(option)
    return tuple(options[here + 1 : there + 1] if there > here else options[there:here][::-1])


def controls_to(issue: Issue, option: str) -> tuple[Tree | None, ...]:
    """Whose each step of a move to an option is; None: outside, or the agreement of the table decides."""
    return tuple(map(issue.control, steps_to(issue, option)))


def wins(tree: Tree, says_yes: Callable[[str], bool]) -> bool:
    """Whether a tree is satisfied when ``says_yes`` holds for its names, whatever moves."""
    if isinstance(tree, str):
        return says_yes(tree)
    if isinstance(tree, When):
        return wins(tree.ask, says_yes)
    if isinstance(tree, Weighted):
        return sum(w for name, w in tree.weights.items() if says_yes(name)) >= tree.quota
    yes = [wins(branch, says_yes) for branch in branches(tree)]
    return (
        sum(yes) >= tree.at_least.k
        if isinstance(tree, KOfN)
        else all(yes)
        if isinstance(tree, All)
        else any(yes)
    )


def by_itself(case: Case, moves: Mapping[str, str]) -> str | None:
    """The faction, or else the party, that can make all of some moves (issue → option) without anybody else; None: nobody."""
    trees = [tree for issue, option in moves.items() for tree in controls_to(case.issues[issue], option)]
    for party, spec in case.parties.items():
        for who in (*({f} for f in spec.factions), {party, *spec.factions}):
            if all(tree is not None and wins(tree, who.__contains__) for tree in trees):
                return party if party in who else next(iter(who))
    return None


class Same:
    """A case by its identity, for what is worked out once for each."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __hash__(self) -> int:
        return id(self.case)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.case is self.case


class Carried(NamedTuple):
    """A part that may carry a fact, a judgement or an inference."""

    path: Path
    part: Provenance
    covered: bool
    """Whether it or anything around it carries one."""
    around: Path
    """The place of the nearest such part around it (its own for the case as a whole)."""


def provenances(case: Case) -> Sequence[Carried]:
    """Every part that may carry a fact, a judgement or an inference, outermost first."""
    return _provenances(Same(case))


@lru_cache(maxsize=8)
def _provenances(of: Same) -> Sequence[Carried]:
    found: list[Carried] = []
    _carried(of.case, (), False, (), found)
    return tuple(found)


PLAIN = frozenset({str, float, int, bool, NoneType})
"""What nothing is inside of, told by its type alone: most of a case is such."""


def _carried(node: Any, path: Path, covered: bool, around: Path, found: list[Carried]) -> None:
    if isinstance(node, BaseModel):
        if isinstance(node, Provenance):
            covered = covered or not (node.fact is None and node.inference is None and node.judgement is None)
            found.append(Carried(path, node, covered, around))
            around = path
        if not isinstance(node, Range):
            for name, value in node.__dict__.items():
                if type(value) not in PLAIN and value:
                    keys = node.keys(name) if isinstance(node, Model) else (name,)
                    _carried(value, (*path, *keys), covered, around, found)
        return
    inside = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, tuple) else ()
    for step, value in inside:
        if type(value) not in PLAIN:
            _carried(value, (*path, step), covered, around, found)


def numbers(case: Case) -> dict[str, Numbered]:
    """Every judged number by its number path, in file order."""
    found: dict[str, Numbered] = {}
    for name, party in case.parties.items():
        if party.delivers is not None:
            found[f"{name}.delivers"] = Numbered(("parties", name, "delivers"), party.delivers)
    for faction, preferences in case.preferences.items():
        found.update(_preferred(preferences, f"{faction}.", ("preferences", faction)))
    for faction, readings in case.readings.items():
        for name, reading in readings.items():
            start, place = f"{faction}.readings.{name}.", ("readings", faction, name)
            found[f"{start}prior"] = Numbered((*place, "prior"), reading.prior)
            found.update(_preferred(reading.preferences, start, (*place, "preferences")))
    return found


def _preferred(preferences: Preferences, start: str, place: Path) -> Iterator[tuple[str, Numbered]]:
    for issue, weight in preferences.weights.items():
        yield f"{start}weights.{issue}", Numbered((*place, "weights", issue), weight)
    for kind, table in (("values", preferences.values), ("points", preferences.points or {})):
        for issue, levels in table.items():
            for option, value in levels.items():
                yield f"{start}{kind}.{issue}.{option}", Numbered((*place, kind, issue, option), value)
    if isinstance(preferences.no_deal, RelativeNoDeal):
        yield f"{start}no_deal", Numbered((*place, "no_deal", "status_quo"), preferences.no_deal.status_quo)
    elif isinstance(preferences.no_deal, Range):
        yield f"{start}no_deal", Numbered((*place, "no_deal"), preferences.no_deal)
    for n, term in enumerate(preferences.together):
        yield f"{start}together.{n}", Numbered((*place, "together", n, "add"), term.add)
    for n, line in enumerate(preferences.firm):
        yield f"{start}firm.{n}", Numbered((*place, "firm", n, "holds"), line.holds)


def merged(base: Preferences, over: Preferences) -> Preferences:
    """A faction's preferences under a reading.

    Weights, values and points are replaced number by number, ``indifferent`` issue by issue, every other
    key as a whole where the reading gives it.
    """
    named = {*over.weights, *over.values, *(over.points or {})}
    gone = set(over.indifferent)
    changes: dict[str, Any] = {k: getattr(over, k) for k in over.model_fields_set}
    changes["weights"] = {k: v for k, v in {**base.weights, **over.weights}.items() if k not in gone}
    for kind in ("values", "points"):
        old, new = getattr(base, kind) or {}, getattr(over, kind) or {}
        table = {i: {**old.get(i, {}), **new.get(i, {})} for i in {**old, **new} if i not in gone}
        changes[kind] = table or (None if kind == "points" and base.points is None else {})
    kept = [i for i in base.indifferent if i not in named and i not in gone]
    changes["indifferent"] = (*kept, *over.indifferent)
    return base.model_copy(update=changes)
