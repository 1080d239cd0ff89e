"""The deal analysis at best estimates, slow and obvious: all packages one by one, in fractions.

Written from the definitions (``docs/explanation/deal.md``) and the case model alone. Nothing here is shared with
the product but the case file's model, so an agreement between the two is worth something.

How the definitions are read:

- Numbers are what was typed: ``0.1`` is one tenth. A best estimate is the median.
- A reading that is likeliest by its median prior (the first of several) replaces what its faction wants: weights
  issue by issue, values and points option by option, everything else where it is given.
- An issue without a weight counts nothing. A firm line holds when the median of ``holds`` is at least 1/2.
- A party seated whole says yes by its ``accepts`` tree, one of which only a part sits by that part's tree. In a
  control tree a party says yes by its own ``accepts`` tree, and whoever does not sit at the table says nothing.
  Mediators, guarantors and spoilers have no vote.
- An issue moves at a table only if it is on it, not decided outside, and those who sit there can satisfy its
  control tree. Those are asked who control what a package moves, and those under ``when`` where one of its issues
  moves; nobody else under it. Without a status quo everything moves.
- A line binds wherever it is true: one that is broken by what stays where it is binds whatever the table settles.
- Dominance and blocking are over the factions that are in some minimal winning set.
- With ``step`` every addend is rounded, half to even, to multiples of it, for factions with weights and values.
  Raw points are taken as they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm, prod

from detente.case.model import (
    All,
    AnyOf,
    Case,
    Pattern,
    Preferences,
    Range,
    RelativeNoDeal,
    Tree,
    Weighted,
    When,
    leaves,
)

Package = Mapping[str, str]
GRID = Fraction(1, 100)


def number(value: float) -> Fraction:
    return Fraction(str(value))


def median(value: Range) -> Fraction:
    return number(value.median)


# --- what a faction wants -----------------------------------------------------------------------------------


def wants(case: Case, faction: str) -> Preferences:
    """The faction's preferences with its likeliest reading applied."""
    own = case.preferences[faction]
    readings = case.readings.get(faction, {})
    if not readings:
        return own
    likeliest = max(median(reading.prior) for reading in readings.values())
    reading = next(r.preferences for r in readings.values() if median(r.prior) == likeliest)
    changed = {key: getattr(reading, key) for key in reading.model_fields_set}
    said = {*reading.weights, *reading.values, *(reading.points or {})}
    now_indifferent = set(reading.indifferent)
    changed["weights"] = {**own.weights, **reading.weights}
    changed["values"] = by_option(own.values, reading.values)
    if own.points is not None:
        changed["points"] = by_option(own.points, reading.points or {})
    for key in ("weights", "values", "points"):
        if changed.get(key):
            changed[key] = {i: v for i, v in changed[key].items() if i not in now_indifferent}
    changed["indifferent"] = (*(i for i in own.indifferent if i not in said), *reading.indifferent)
    return own.model_copy(update=changed)


def by_option(
    old: Mapping[str, Mapping[str, Range]], new: Mapping[str, Mapping[str, Range]]
) -> dict[str, dict[str, Range]]:
    return {issue: {**old.get(issue, {}), **new.get(issue, {})} for issue in {**old, **new}}


def rounded(value: Fraction, step: Fraction | None) -> Fraction:
    return value if step is None else round(value / step) * step


def matches(package: Package, pattern: Pattern) -> bool:
    return all(package[issue] == option for issue, option in pattern.items())


def addends(case: Case, faction: str, package: Package) -> list[Fraction]:
    """Contributions of the issues and of the ``together`` terms that match, before any rounding."""
    what = wants(case, faction)
    terms = [median(t.add) for t in what.together if matches(package, t.when)]
    if what.points is not None:
        return [median(what.points[i][package[i]]) for i in package if i in what.points] + terms
    total = sum(median(w) for w in what.weights.values())
    shares = {i: 100 * median(w) / total for i, w in what.weights.items()}
    return [shares[i] * median(what.values[i][package[i]]) / 100 for i in shares] + terms


def step_of(case: Case, faction: str, step: Fraction | None) -> Fraction | None:
    return step if wants(case, faction).points is None else None


def utility(case: Case, faction: str, package: Package, *, step: Fraction | None = None) -> Fraction:
    """Points of a package, red lines or not."""
    step = step_of(case, faction, step)
    return sum((rounded(a, step) for a in addends(case, faction, package)), Fraction(0))


def no_deal(case: Case, faction: str, *, step: Fraction | None = None) -> Fraction:
    """The no-deal value: a number, or the status quo's utility and a drift."""
    given = wants(case, faction).no_deal
    own_step = step_of(case, faction, step)
    if isinstance(given, Range):
        return rounded(median(given), own_step)
    drift = median(given.status_quo) if isinstance(given, RelativeNoDeal) else Fraction(0)
    return utility(case, faction, status_quo(case), step=step) + rounded(drift, own_step)


def lines(case: Case, faction: str) -> list[Pattern]:
    what = wants(case, faction)
    firm = [line.package for line in what.firm if median(line.holds) >= Fraction(1, 2)]
    return [*what.red_lines, *firm]


def breaks_a_line(case: Case, faction: str, package: Package) -> bool:
    return any(matches(package, line) for line in lines(case, faction))


def status_quo(case: Case) -> dict[str, str]:
    return {name: issue.status_quo for name, issue in case.issues.items() if issue.status_quo is not None}


# --- who has to say yes -------------------------------------------------------------------------------------

Consent = frozenset[str]


Moved = frozenset[str]
Moves = frozenset[tuple[str, str]]
"""Issue and option."""


def satisfied(tree: Tree, says_yes: Callable[[str], bool], moved: Moved) -> bool:
    if isinstance(tree, str):
        return says_yes(tree)
    if isinstance(tree, When):
        return moved.isdisjoint(tree.when) or satisfied(tree.ask, says_yes, moved)
    if isinstance(tree, Weighted):
        return sum(votes for name, votes in tree.weights.items() if says_yes(name)) >= tree.quota
    if isinstance(tree, All):
        return all(satisfied(branch, says_yes, moved) for branch in tree.all)
    if isinstance(tree, AnyOf):
        return any(satisfied(branch, says_yes, moved) for branch in tree.any)
    return sum(satisfied(branch, says_yes, moved) for branch in tree.at_least.of) >= tree.at_least.k


@dataclass(frozen=True)
class Table:
    """One track of a case, or the one table of a case without tracks."""

    case: Case
    track: str | None = None

    @cached_property
    def seats(self) -> dict[str, Tree]:
        """Voting parties at the table, each with the tree by which it says yes there."""
        if self.track is None:
            sitting: list[tuple[str, Tree | None]] = [(party, None) for party in self.case.parties]
        else:
            sitting = []
            for seat in self.case.tracks[self.track].parties:
                sitting += [(seat, None)] if isinstance(seat, str) else list(seat.items())
        return {p: tree or self.by_itself(p) for p, tree in sitting if self.case.parties[p].role is None}

    def by_itself(self, party: str) -> Tree:
        spec = self.case.parties[party]
        if not spec.factions:
            return party
        return spec.accepts or All(all=tuple(spec.factions))

    @cached_property
    def party_of(self) -> dict[str, str]:
        """Faction → party of everybody who sits at the table, in file order."""
        found: dict[str, str] = {}
        for party, spec in self.case.parties.items():
            if party in self.seats:
                whole = self.track is None or party in self.case.tracks[self.track].parties
                sit = set(spec.factions or [party]) if whole else set(leaves(self.seats[party]))
                found |= {f: party for f in (spec.factions or [party]) if f in sit}
        return found

    @property
    def agreement(self) -> Tree:
        given = self.case.agreement if self.track is None else self.case.tracks[self.track].agreement
        return given or All(all=tuple(self.seats))

    def table_says_yes(self, consent: Consent, moved: Moved) -> bool:
        def party_or_faction(name: str) -> bool:
            if name in self.seats and self.seats[name] != name:
                return satisfied(self.seats[name], lambda f: f in consent, moved)
            return name in consent

        return satisfied(self.agreement, party_or_faction, moved)

    def controllers_say_yes(self, issue: str, option: str, consent: Consent) -> bool:
        """To every step of the way there, where an issue moves option by option."""
        spec, names = self.case.issues[issue], list(self.case.issues[issue].options)
        if not spec.gradual or self.case.status_quo == "none":
            return self._controllers_say_yes(issue, option, consent)
        here, there = names.index(str(spec.status_quo)), names.index(option)
        between = names[min(here, there) : max(here, there) + 1]
        return all(self._controllers_say_yes(issue, o, consent) for o in between if o != spec.status_quo)

    def _controllers_say_yes(self, issue: str, option: str, consent: Consent) -> bool:
        spec = self.case.issues[issue]
        tree = spec.options[option].controlled_by or spec.controlled_by
        if tree is None:
            return True
        here = consent & self.party_of.keys()

        def party_or_faction(name: str) -> bool:
            if name in self.case.parties and self.case.parties[name].factions:
                return satisfied(self.by_itself(name), lambda f: f in here, frozenset([issue]))
            return name in here

        return satisfied(tree, party_or_faction, frozenset([issue]))

    @cached_property
    def movable(self) -> list[str]:
        """In the order of the file, whatever that of the track."""
        listed = None if self.track is None else self.case.tracks[self.track].issues
        everybody = frozenset(self.party_of)
        return [
            name
            for name in self.case.issues
            if not (listed and name not in listed)
            and self.case.issues[name].controlled_by != "outside"
            and any(self.controllers_say_yes(name, o, everybody) for o in self.elsewhere(name))
        ]

    def elsewhere(self, issue: str) -> list[str]:
        """The options to which an issue can be moved, by anybody."""
        return [o for o in self.case.issues[issue].options if o != self.case.issues[issue].status_quo]

    def moved(self, package: Package) -> dict[str, str]:
        now = status_quo(self.case)
        return {issue: package[issue] for issue in self.movable if package[issue] != now.get(issue)}

    def agreed_by(self, consent: Consent, package: Package) -> bool:
        """Whether these factions' consent makes a deal of the package."""
        return self.enough(consent, frozenset(self.moved(package).items()))

    def enough(self, consent: Consent, moved: Moves) -> bool:
        """Whether these factions' consent makes a deal of what makes these moves."""
        return (
            bool(moved)
            and self.table_says_yes(consent, frozenset(issue for issue, _ in moved))
            and all(self.controllers_say_yes(issue, option, consent) for issue, option in moved)
        )

    # --- the packages ---

    def packages(self) -> list[dict[str, str]]:
        """All that are possible and not the status quo; what cannot move here stays."""
        start = {issue: status_quo(self.case).get(issue, "") for issue in self.case.issues}
        choices = [list(self.case.issues[issue].options) for issue in self.movable]
        every = (
            {**start, **dict(zip(self.movable, options, strict=True))}
            for options in itertools.product(*choices)
        )
        return [
            p
            for p in every
            if self.moved(p)
            and not any(matches(p, pair) for pair in self.case.impossible)
            and all(
                self.controllers_say_yes(i, o, frozenset(self.party_of)) for i, o in self.moved(p).items()
            )
        ]

    def consent(self, package: Package, *, step: Fraction | None = None) -> Consent:
        """Who finds the package at least as good as no deal and has none of their lines broken."""
        return frozenset(
            f
            for f in self.party_of
            if utility(self.case, f, package, step=step) >= no_deal(self.case, f, step=step)
            and not breaks_a_line(self.case, f, package)
        )

    def agreed(self, *, step: Fraction | None = None) -> list[dict[str, str]]:
        return [p for p in self.packages() if self.agreed_by(self.consent(p, step=step), p)]

    # --- sets of factions ---

    def winning_sets(self) -> list[Consent]:
        return self._winning_sets

    @cached_property
    def _winning_sets(self) -> list[Consent]:
        """Minimal sets whose consent is enough for some moves (even to two options of one issue); by size, then file order.

        Options to which the same sets can move an issue are alike: one of them stands for all.
        """
        sets = list(subsets(list(self.party_of)))
        alike = {
            (i, tuple(self.controllers_say_yes(i, o, s) for s in sets)): (i, o)
            for i in self.movable
            for o in self.reachable(i)
        }
        moves = list(alike.values())
        every = [frozenset(m) for k in range(len(moves)) for m in itertools.combinations(moves, k + 1)]
        if self.case.status_quo == "none":
            every = [m for m in every if {i for i, _ in m} == set(self.movable)]
        found = {s for m in every for s in minimal(s for s in sets if self.enough(s, m))}
        return [s for s in sets if s in found]

    def reachable(self, issue: str) -> list[str]:
        everybody = frozenset(self.party_of)
        return [o for o in self.elsewhere(issue) if self.controllers_say_yes(issue, o, everybody)]

    def least(self) -> list[dict[str, str]]:
        """Moves of which every package makes at least one of these lots: single ones, or one of every issue."""
        if self.case.status_quo != "none":
            return [{i: o} for i in self.movable for o in self.reachable(i)]
        chosen = itertools.product(*(self.reachable(i) for i in self.movable))
        return [dict(zip(self.movable, c, strict=True)) for c in chosen]

    def objectives(self) -> list[str]:
        needed = frozenset().union(*self.winning_sets())
        return [f for f in self.party_of if f in needed]

    def blockers(self, *, step: Fraction | None = None) -> list[Consent]:
        """Minimal sets whose consent, if given to anything, would open a closed zone; [] if it is open."""
        if self.agreed(step=step):
            return []
        consents = [(p, self.consent(p, step=step)) for p in self.packages()]
        return minimal(
            b for b in subsets(list(self.party_of)) if any(self.agreed_by(c | b, p) for p, c in consents)
        )


def subsets(factions: list[str]) -> Iterator[Consent]:
    for size in range(len(factions) + 1):
        yield from map(frozenset, itertools.combinations(factions, size))


def minimal(sets: Iterable[Consent]) -> list[Consent]:
    """Those that contain no other; ``sets`` comes smallest first."""
    kept: list[Consent] = []
    for candidate in sets:
        if not any(smaller <= candidate for smaller in kept):
            kept.append(candidate)
    return kept


# --- which packages -----------------------------------------------------------------------------------------


def frontier(table: Table, *, step: Fraction | None = None) -> list[dict[str, str]]:
    """Agreed packages that no agreed package dominates (several may have equal utilities)."""
    objectives = table.objectives()
    agreed = table.agreed(step=step)
    points = [[utility(table.case, f, p, step=step) for f in objectives] for p in agreed]
    return [
        package
        for package, mine in zip(agreed, points, strict=True)
        if not any(
            theirs != mine and all(t >= m for t, m in zip(theirs, mine, strict=True)) for theirs in points
        )
    ]


@dataclass(frozen=True)
class Candidates:
    """Agreed packages that all members of one winning set accept, with the members' gains, in file order."""

    table: Table
    members: tuple[str, ...]
    packages: list[dict[str, str]]
    gains: list[list[Fraction]]
    step: Fraction | None


def candidates(table: Table, winning: Consent, *, step: Fraction | None = None) -> Candidates:
    members = tuple(f for f in table.party_of if f in winning)
    packages = [
        p for p in table.packages() if table.agreed_by(winning, p) and winning <= table.consent(p, step=step)
    ]
    return Candidates(
        table,
        members,
        packages,
        [
            [utility(table.case, f, p, step=step) - no_deal(table.case, f, step=step) for f in members]
            for p in packages
        ],
        step,
    )


def best(among: Candidates, score: Callable[[list[Fraction]], object]) -> dict[str, str] | None:
    """The first of those with the largest score."""
    if not among.packages:
        return None
    scores = [score(gains) for gains in among.gains]
    return among.packages[scores.index(max(scores))]  # type: ignore[type-var]


def nash(among: Candidates) -> dict[str, str] | None:
    """Largest product of gains, each to the power 1 / (members of its party in the set).

    Where some gain has to be nought: most positive gains, then the largest product of these.
    """
    return best(among, lambda gains: nash_score(among, gains))


def nash_score(among: Candidates, gains: list[Fraction]) -> tuple[int, Fraction]:
    party = [among.table.party_of[f] for f in among.members]
    whole = lcm(*(party.count(p) for p in party))
    powers = [whole // party.count(p) for p in party]
    positive = [g**k for g, k in zip(gains, powers, strict=True) if g > 0]
    return len(positive), Fraction(prod(positive))


def ideal(among: Candidates) -> list[Fraction]:
    return [max(column) for column in zip(*among.gains, strict=True)]


def kalai_smorodinsky(among: Candidates) -> dict[str, str] | None:
    """Leximin of the shares of one's largest possible gain; whoever can gain nothing does not count."""
    if not among.packages:
        return None
    most = ideal(among)
    return best(among, lambda gains: sorted(g / m for g, m in zip(gains, most, strict=True) if m > 0))


def egalitarian(among: Candidates) -> dict[str, str] | None:
    """Leximin of the gains, in points."""
    return best(among, sorted)


def utilitarian(among: Candidates) -> dict[str, str] | None:
    """Largest sum of the members' utilities, in points (the no-deal values are the same for every package)."""
    return best(among, sum)


def nearest_miss(table: Table, *, step: Fraction | None = None) -> tuple[Fraction, dict[str, str]] | None:
    """Smallest total of points that the members of some winning set lack, none of their lines being broken."""
    found: list[tuple[Fraction, dict[str, str]]] = []
    for package in table.packages():
        for winning in table.winning_sets():
            if table.agreed_by(winning, package) and not any(
                breaks_a_line(table.case, f, package) for f in winning
            ):
                lacking = [
                    no_deal(table.case, f, step=step) - utility(table.case, f, package, step=step)
                    for f in winning
                ]
                found.append((sum((max(Fraction(0), x) for x in lacking), Fraction(0)), package))
    return min(found, key=lambda pair: pair[0], default=None)
