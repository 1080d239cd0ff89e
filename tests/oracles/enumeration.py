"""A case evaluated by listing everything, in fractions, straight from its text.

Nothing of the programme is imported. The definitions are those of ``docs/explanation/deal.md`` and the glossary:

    U_f(x) = sum of points, or of 100 w/sum(w) v/100, plus the `together` terms that x matches
    x is acceptable to f:   U_f(x) >= D_f, and x breaks no line of f that holds
    x is agreed at a table: x changes something, and whom it is acceptable to satisfies the table's tree and the
                            control tree of every issue that can move there

A *scenario* settles all that is left to chance in a case whose numbers are certain: which reading of each faction is
true, which firm lines hold, where the outside issues stand. Shares of draws are then sums of chances, exactly.
Ranges stand at their medians. Cost: packages x scenarios x factions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product
from typing import Any

from ruamel.yaml import YAML

__all__ = ["Enumerated", "Package", "Scenario", "matches", "number"]

Package = tuple[tuple[str, str], ...]
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Scenario:
    """One way in which everything that is left to chance can turn out, and its chance."""

    chance: Fraction
    readings: tuple[tuple[str, str], ...]
    firm: frozenset[tuple[str, int]]
    outside: tuple[tuple[str, str], ...]


def number(typed: Any) -> Fraction:
    """The best estimate of a number, a range of two or three, or ``{range: ...}``."""
    if isinstance(typed, Mapping):
        return number(typed["range"])
    if isinstance(typed, list):
        return number(typed[1]) if len(typed) == 3 else (number(typed[0]) + number(typed[1])) / 2
    return Fraction(typed)


class Enumerated:
    """One table of a case: all its packages, each judged by everybody in every scenario."""

    def __init__(self, text: str, track: str | None = None) -> None:
        # The base loader leaves numbers as they were typed, so that no digit is lost.
        self.case: dict[str, Any] = YAML(typ="base", pure=True).load(text)
        self.issues: dict[str, Any] = self.case["issues"]
        tracks = self.case.get("tracks") or {}
        self.track: dict[str, Any] = (
            (tracks[track] if track else next(iter(tracks.values()))) if tracks else {}
        )
        self.has_status_quo = self.case.get("status_quo") != "none"

    # --- who --------------------------------------------------------------------------------------------

    @cached_property
    def seats(self) -> dict[str, Any]:
        """Party with a vote at this table -> the tree of its consent there."""
        places = self.track.get("parties") or list(self.case["parties"])
        given = {}
        for place in places:
            party, tree = next(iter(place.items())) if isinstance(place, Mapping) else (place, None)
            if not (self.case["parties"][party] or {}).get("role"):
                given[party] = self._within(party) if tree is None else tree
        return given

    def _within(self, party: str) -> Any:
        about = self.case["parties"][party] or {}
        factions = list(about.get("factions") or [])
        return about.get("accepts") or ({"all": factions} if factions else {"faction": party})

    @cached_property
    def factions(self) -> list[str]:
        """Whose consent can be asked for here, in the order of the case."""
        found: list[str] = []
        for tree in self.seats.values():
            found += [f for f in self._leaves(tree) if f not in found]
        return found

    def _leaves(self, tree: Any) -> list[str]:
        if isinstance(tree, str):
            seated = self.seats.get(tree) if tree in self.case["parties"] else tree
            return [tree] if seated == tree or seated is None else self._leaves(seated)
        if "faction" in tree:
            return [tree["faction"]]
        if "weights" in tree:
            return [f for branch in tree["weights"] for f in self._leaves(branch)]
        branches = tree["at_least"]["of"] if "at_least" in tree else next(iter(tree.values()))
        return [f for branch in branches for f in self._leaves(branch)]

    def satisfied(self, tree: Any, by: frozenset[str]) -> bool:
        """Whether consent of these factions is enough for the tree."""
        if isinstance(tree, str):
            if tree in self.case["parties"]:
                return self.satisfied(self.seats.get(tree, self._within(tree)), by)
            return tree in by
        if "faction" in tree:
            return tree["faction"] in by
        if "all" in tree:
            return all(self.satisfied(branch, by) for branch in tree["all"])
        if "any" in tree:
            return any(self.satisfied(branch, by) for branch in tree["any"])
        if "at_least" in tree:
            gate = tree["at_least"]
            return sum(self.satisfied(branch, by) for branch in gate["of"]) >= int(gate["k"])
        votes = sum(Fraction(w) for branch, w in tree["weights"].items() if self.satisfied(branch, by))
        return bool(votes >= Fraction(tree["quota"]))

    @cached_property
    def agreement(self) -> Any:
        typed = self.track.get("agreement") or self.case.get("agreement")
        return typed or {"all": list(self.seats)}

    def consent(self, by: frozenset[str], moved: Collection[str]) -> bool:
        """The agreement, and the control of everything that moves."""
        controls = [self.issues[i].get("controlled_by") for i in moved]
        return all(self.satisfied(tree, by) for tree in [self.agreement, *(c for c in controls if c)])

    def moved(self, package: Package) -> list[str]:
        """What a package changes; without a status quo everything."""
        return [i for i, o in package if (i, o) not in (self.status_quo or ())]

    # --- what -------------------------------------------------------------------------------------------

    @cached_property
    def movable(self) -> list[str]:
        """Issues of the table that those seated there can move."""
        everybody = frozenset(self.factions)
        found = []
        for issue in self.track.get("issues") or self.issues:
            control = self.issues[issue].get("controlled_by")
            if control != "outside" and (not control or self.satisfied(control, everybody)):
                found.append(issue)
        return found

    @cached_property
    def fixed(self) -> dict[str, str]:
        """Issues that stay where they are, outside ones among them, and where."""
        return {i: about["status_quo"] for i, about in self.issues.items() if i not in self.movable}

    @cached_property
    def status_quo(self) -> Package | None:
        if not self.has_status_quo:
            return None
        return tuple((i, self.issues[i]["status_quo"]) for i in self.movable)

    @cached_property
    def packages(self) -> list[Package]:
        """All that is possible, the status quo among them, in the order of the case."""
        impossible = self.case.get("impossible") or []
        every = product(*([(i, o) for o in self.issues[i]["options"]] for i in self.movable))
        return [p for p in every if not any(matches(line, {**self.fixed, **dict(p)}) for line in impossible)]

    # --- what somebody wants ------------------------------------------------------------------------------

    def preferences(self, faction: str, reading: str | None) -> dict[str, Any]:
        """A faction's preferences with a reading's laid over them, key by key."""
        own = dict(self.case["preferences"].get(faction) or {})
        if reading is None:
            return own
        for key, typed in (self.case["readings"][faction][reading].get("preferences") or {}).items():
            if key == "weights":
                own[key] = {**(own.get(key) or {}), **typed}
            elif key in ("values", "points"):
                kept = own.get(key) or {}
                own[key] = {**kept, **{i: {**(kept.get(i) or {}), **options} for i, options in typed.items()}}
            else:
                own[key] = typed
        return own

    def utility(self, faction: str, at: Mapping[str, str], reading: str | None = None) -> Fraction:
        """Points of a full state, one option for every issue of the case."""
        wants = self.preferences(faction, reading)
        total = Fraction(0)
        if wants.get("points"):
            total += sum(number(options[at[i]]) for i, options in wants["points"].items())
        elif wants.get("weights"):
            weights = {i: number(w) for i, w in wants["weights"].items()}
            whole = sum(weights.values())
            total += sum(w / whole * number(wants["values"][i][at[i]]) for i, w in weights.items())
        for term in wants.get("together") or []:
            if matches(term["when"], at):
                total += number(term["add"])
        return total

    def no_deal(self, faction: str, scenario: Scenario) -> Fraction:
        reading = dict(scenario.readings).get(faction)
        typed = self.preferences(faction, reading).get("no_deal", {"status_quo": "0"})
        if isinstance(typed, Mapping) and "status_quo" in typed:
            stands = {i: about["status_quo"] for i, about in self.issues.items()} | dict(scenario.outside)
            return self.utility(faction, stands, reading) + number(typed["status_quo"])
        return number(typed)

    def acceptable(self, faction: str, package: Package, scenario: Scenario) -> bool:
        """Worth no deal or more, and across no line that holds."""
        at = {**self.fixed, **dict(scenario.outside), **dict(package)}
        reading = dict(scenario.readings).get(faction)
        wants = self.preferences(faction, reading)
        if any(matches(line, at) for line in wants.get("red_lines") or []):
            return False
        for k, line in enumerate(wants.get("firm") or []):
            if (faction, k) in scenario.firm and matches(line["package"], at):
                return False
        return self.utility(faction, at, reading) >= self.no_deal(faction, scenario)

    def accepting(self, package: Package, scenario: Scenario) -> frozenset[str]:
        return frozenset(f for f in self.factions if self.acceptable(f, package, scenario))

    def agreed(self, package: Package, scenario: Scenario) -> bool:
        moved = self.moved(package)
        return bool(moved) and self.consent(self.accepting(package, scenario), moved)

    # --- best estimates -------------------------------------------------------------------------------------

    @cached_property
    def best(self) -> Scenario:
        """The likeliest readings, firm lines of one half or more, everything outside where it stands."""
        readings = []
        for faction, views in (self.case.get("readings") or {}).items():
            likeliest = max(views, key=lambda r: number(views[r]["prior"]))
            readings.append((faction, likeliest))
        held = set()
        for faction in self.factions:
            lines = self.preferences(faction, dict(readings).get(faction)).get("firm") or []
            held |= {(faction, k) for k, line in enumerate(lines) if number(line["holds"]) >= HALF}
        return Scenario(Fraction(1), tuple(readings), frozenset(held), ())

    @cached_property
    def zone(self) -> list[Package]:
        """The agreed packages at best estimates."""
        return [p for p in self.packages if self.agreed(p, self.best)]

    def utilities(self, package: Package) -> dict[str, Fraction]:
        at, readings = {**self.fixed, **dict(package)}, dict(self.best.readings)
        return {f: self.utility(f, at, readings.get(f)) for f in self.factions}

    def gains(self, package: Package) -> dict[str, Fraction]:
        return {f: u - self.no_deal(f, self.best) for f, u in self.utilities(package).items()}

    @cached_property
    def winning_sets(self) -> list[frozenset[str]]:
        """Minimal sets of factions whose consent is enough for moving some issues."""
        every = [m for k in range(len(self.movable)) for m in combinations(self.movable, k + 1)]
        sets: set[frozenset[str]] = set()
        for moved in every if self.has_status_quo else every[-1:]:
            found: list[frozenset[str]] = []
            for size in range(len(self.factions) + 1):
                for chosen in map(frozenset, combinations(self.factions, size)):
                    if self.consent(chosen, moved) and not any(smaller <= chosen for smaller in found):
                        found.append(chosen)
            sets |= set(found)
        return sorted(sets, key=lambda s: (len(s), sorted(s)))

    @cached_property
    def deciding(self) -> list[str]:
        """Those whose consent can matter: the factions of some minimal winning set."""
        return [f for f in self.factions if any(f in s for s in self.winning_sets)]

    @cached_property
    def frontier(self) -> list[Package]:
        """Agreed packages that no agreed one beats, for those whose consent can matter."""
        worth = {p: [self.utilities(p)[f] for f in self.deciding] for p in self.zone}
        return [p for p in self.zone if not any(beats(worth[q], worth[p]) for q in self.zone)]

    @cached_property
    def banzhaf(self) -> dict[str, Fraction]:
        """Normalised power in the agreement alone, whatever controls the issues."""
        swings = dict.fromkeys(self.factions, 0)
        for size in range(len(self.factions) + 1):
            for chosen in map(frozenset, combinations(self.factions, size)):
                for f in chosen if self.satisfied(self.agreement, chosen) else ():
                    swings[f] += not self.satisfied(self.agreement, chosen - {f})
        return {f: Fraction(s, sum(swings.values())) for f, s in swings.items()}

    # --- chances ------------------------------------------------------------------------------------------

    @cached_property
    def scenarios(self) -> list[Scenario]:
        return list(self._scenarios())

    def _scenarios(self) -> Iterator[Scenario]:
        views = self.case.get("readings") or {}
        chosen = [[(f, r, number(v["prior"])) for r, v in kinds.items()] for f, kinds in views.items()]
        outside = [self._places(i) for i, about in self.issues.items() if about.get("chances")]
        for reading in product(*chosen):
            readings = tuple((f, r) for f, r, _ in reading)
            lines = [
                (f, k, number(line["holds"]))
                for f in self.factions
                for k, line in enumerate(self.preferences(f, dict(readings).get(f)).get("firm") or [])
            ]
            for place in product(*outside):
                for holds in product((False, True), repeat=len(lines)):
                    chance = Fraction(1)
                    for _, _, c in (*reading, *place):
                        chance *= c
                    for hold, (_, _, c) in zip(holds, lines, strict=True):
                        chance *= c if hold else 1 - c
                    firm = frozenset((f, k) for hold, (f, k, _) in zip(holds, lines, strict=True) if hold)
                    yield Scenario(chance, readings, firm, tuple((i, o) for i, o, _ in place))

    def _places(self, issue: str) -> list[tuple[str, str, Fraction]]:
        """Where chance can have an outside issue; what its options leave of 1 stays at the status quo."""
        about = self.issues[issue]
        chances = {o: number(c) for o, c in about["chances"].items()}
        rest = 1 - sum(chances.values())
        if rest > 0 and about["status_quo"] not in chances:
            chances[about["status_quo"]] = rest
        return [(issue, o, c) for o, c in chances.items()]

    def acceptance(self, package: Package, given: Mapping[str, str] | None = None) -> Fraction:
        """The chance that a package is agreed, with some readings taken for true where they are given."""
        fits = [s for s in self.scenarios if (given or {}).items() <= dict(s.readings).items()]
        whole = sum(s.chance for s in fits)
        return Fraction(sum(s.chance for s in fits if self.agreed(package, s)), 1) / whole

    @cached_property
    def zone_probability(self) -> Fraction:
        """The chance that some package is agreed."""
        total = sum(s.chance for s in self.scenarios)
        open_ = sum(s.chance for s in self.scenarios if any(self.agreed(p, s) for p in self.packages))
        return Fraction(open_) / total


def matches(pattern: Mapping[str, str], at: Mapping[str, str]) -> bool:
    """Whether every issue of a pattern stands where the pattern says."""
    return all(at[i] == o for i, o in pattern.items())


def beats(one: list[Fraction], other: list[Fraction]) -> bool:
    """At least as good for everybody, and better for one."""
    return all(a >= b for a, b in zip(one, other, strict=True)) and one != other
