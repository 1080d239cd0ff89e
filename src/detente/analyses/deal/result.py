"""What the deal analysis found. Field names are those of the JSON; shares are between 0 and 1."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from detente import __version__
from detente.prospects.chances import Chances

__all__ = [
    "Alternative",
    "Blocker",
    "BodyPower",
    "Consent",
    "DealResult",
    "Hinge",
    "Menu",
    "NearestMiss",
    "OpeningLine",
    "OwnGain",
    "PackageResult",
    "Packages",
    "Power",
    "Solution",
    "StatusQuo",
    "Swap",
    "Together",
    "TrackResult",
    "Zone",
    "jsonable",
]


@dataclass(frozen=True)
class PackageResult:
    """One package: utilities and gains at best estimates, acceptance over fresh draws."""

    package: Mapping[str, str]
    """Issue → option, for the issues that can move at this table."""
    moves: Mapping[str, str]
    """The part of it that differs from the status quo."""
    utility: Mapping[str, float]
    """Faction → points at best estimates."""
    gain: Mapping[str, float]
    """Faction → points above its no-deal value at best estimates."""
    gain_range: Mapping[str, tuple[float, float, float]]
    """Faction → 5th, 50th and 95th percentile of the gain over the draws."""
    acceptance: float
    """Share of fresh draws in which the table agrees."""
    acceptance_error: float
    """Its Monte Carlo standard error, from the replicates."""
    acceptance_by_faction: Mapping[str, float]
    acceptance_by_reading: Mapping[str, Mapping[str, float]]
    """Faction → reading → acceptance if that reading is true."""
    acceptance_by_reading_error: Mapping[str, Mapping[str, float]]
    """Their Monte Carlo standard errors."""
    dependence_bounds: tuple[float, float]
    """Acceptance if the factions' judgements hung together in the worst and the best way (Fréchet bounds)."""
    accepts: tuple[str, ...]
    """Factions for whom it is acceptable at best estimates."""
    blocks: tuple[str, ...]
    """Factions for whom it is not."""


@dataclass(frozen=True)
class Solution(PackageResult):
    """A package chosen by a rule, and what is proven about it."""

    rule: str
    proven: bool
    """Whether it is exactly the best by its rule; if not, ``bound`` limits how much better another could be."""
    winning_set: tuple[str, ...]
    """The factions over whom the rule was taken; empty where the rule needs none."""
    value: float
    """By its rule: ``nash`` the weighted geometric mean of the gains, in points (0 where a gain is 0);
    ``kalai_smorodinsky`` the smallest share of an ideal gain; ``egalitarian`` the smallest gain, ``utilitarian`` the sum of
    utilities, in points; ``most_acceptable`` the share of the draws on which packages are chosen."""
    bound: float | None
    """No package has a larger value; null: none is known."""
    scale_free: bool
    """Whether the choice is free of the scale on which points are typed."""


@dataclass(frozen=True)
class Zone:
    """Share of draws in which some package is agreed; where a capped search gave up, undecided."""

    lower: float
    upper: float
    undecided: float


@dataclass(frozen=True)
class Packages:
    """Counts at best estimates, shares over the draws."""

    total: int
    """Possible packages, the status quo among them."""
    acceptable: int | None
    """How many are agreed at best estimates; exact, or null with ``why``."""
    why: str | None
    zone_probability: float | Zone
    monte_carlo_error: float
    best_package_acceptance: float
    best_package_error: float


@dataclass(frozen=True)
class OwnGain:
    """What a faction can do alone, over the draws."""

    mean: float
    """Points above leaving everything as it is, on average over all draws."""
    error: float
    """Its Monte Carlo standard error."""
    share: float
    """Share of draws in which it gains anything."""


@dataclass(frozen=True)
class StatusQuo:
    """Where everything stays as it is."""

    package: Mapping[str, str]
    utility: Mapping[str, float]
    no_deal: Mapping[str, float]
    accepts: tuple[str, ...]
    acceptance_by_faction: Mapping[str, float]
    alone: Mapping[str, OwnGain]
    """Faction whose no-deal value is computed, and that gains by it → what it can do without anybody's agreement; in ``no_deal``."""


@dataclass(frozen=True)
class Blocker:
    """A minimal set of factions whose consent, if given, would open the zone."""

    factions: tuple[str, ...]
    at_best_estimates: bool
    share: float
    """Share of the draws looked at in which this set is such a minimal set."""
    share_error: float
    closed_error: float
    """Error of the share of those draws alone that are without a deal; 0 where none is."""


@dataclass(frozen=True)
class OpeningLine:
    """A red or firm line that would open the zone if it were given up."""

    faction: str
    package: Mapping[str, str]


@dataclass(frozen=True)
class NearestMiss:
    """When there is no deal at best estimates: what comes closest, and what would open the zone."""

    package: Mapping[str, str]
    moves: Mapping[str, str]
    utility: Mapping[str, float]
    """Faction → points at best estimates."""
    shortfall: Mapping[str, float]
    """Faction → points by which its no-deal value would have to be lower, or that a side payment is worth."""
    total: float | None
    """None: a line stands in the way of every package, so no no-deal value alone could open the zone. Else the
    sum of the shortfalls; adds points of different factions, so it depends on the scale."""
    proven: bool
    lines: tuple[OpeningLine, ...]
    """Single red or firm lines each of which, if given up, would open the zone."""


@dataclass(frozen=True)
class Alternative:
    """A package that cannot be told apart from the one acceptable most often."""

    moves: Mapping[str, str]
    acceptance: float
    """Share of fresh draws in which the table agrees."""
    lost: float
    """Share of fresh draws in which the table agrees to the most acceptable package and not to this one."""
    won: float
    """The other way round."""


@dataclass(frozen=True)
class Together:
    """Two or three packages of which at least one is acceptable most often."""

    moves: tuple[Mapping[str, str], ...]
    """The one acceptable most often first."""
    acceptance: float
    """Share of fresh draws in which the table agrees to at least one of them."""
    acceptance_error: float
    """Its Monte Carlo standard error, from the replicates."""
    value: float
    """The same share of the draws on which they were chosen."""
    bound: float
    """There, no choice of as many of the packages looked at has more; ``value`` itself where that is proven."""


@dataclass(frozen=True)
class Menu:
    """What could be proposed beside the package acceptable most often."""

    packages: int
    """How many were looked at, it among them."""
    every: bool
    """Whether those are all of the table; else the frontier as far as it is shown, all packages within two changes, and what a
    search for packages acceptable in other draws found."""
    level: float
    """Of McNemar's exact test, two-sided, of each against it on the fresh draws."""
    alike: int
    """How many cannot be told apart from it, itself not counted."""
    listed: tuple[Alternative, ...]
    """Those that were acceptable most often in the draws on which packages are chosen, ten at most."""
    shared: Mapping[str, str]
    """What it moves that all of those move as well."""
    differ: Mapping[str, tuple[str, ...]]
    """Issue on which they differ → the options that occur, its own first."""
    together: tuple[Together, ...]
    """Of two, then of three, as long as one more adds anything."""


@dataclass(frozen=True)
class Power:
    """Voting power of each faction in the track's agreement alone where everything moves, whoever controls it."""

    banzhaf: Mapping[str, float]
    """Normalised to one."""
    banzhaf_absolute: Mapping[str, float]
    shapley_shubik: Mapping[str, float]


@dataclass(frozen=True)
class BodyPower:
    """Voting power in a council that the case describes."""

    name: str
    power: Power
    note: str


@dataclass(frozen=True)
class Consent:
    """Who has to say yes: branches, each a faction or of this form itself, whose weights have to reach the quota."""

    branches: tuple[str | Consent, ...]
    weights: tuple[int, ...]
    quota: int
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Issue → options: asked only where a package moves one of these issues there; empty: always."""

    def given(self, yes: Container[str], moved: Mapping[str, str] | None = None) -> bool:
        """Whether those who say yes are enough for a package that moves some issues."""
        if self.when and not any((moved or {}).get(issue) in options for issue, options in self.when.items()):
            return True
        said = (b in yes if isinstance(b, str) else b.given(yes, moved) for b in self.branches)
        return sum(w for w, s in zip(self.weights, said, strict=True) if s) >= self.quota


@dataclass(frozen=True)
class TrackResult:
    """The answer at one table."""

    id: str
    name: str
    factions: tuple[str, ...]
    """Those whose consent can matter, the objectives of the frontier."""
    needed: tuple[str, ...]
    """Those without whom nothing is agreed, whatever moves: the factions of every minimal winning set."""
    issues: tuple[str, ...]
    stuck: Mapping[str, str]
    """Issues of the track that cannot move there, and why."""
    consent: Consent
    """The agreement of the table together with the control of what moves."""
    winning_sets: int
    """How many minimal winning sets that has, over all that a package can move."""
    packages: Packages
    status_quo: StatusQuo | None
    frontier: tuple[PackageResult, ...]
    """One package for each vector of utilities on the frontier; thinned where they are too many to read."""
    frontier_size: int | None
    """How many packages the whole frontier has, those that are worth the same to everybody among them."""
    frontier_why: str | None
    """Why there is no exact frontier, where there is none."""
    solutions: Mapping[str, Solution | None]
    """nash, kalai_smorodinsky, egalitarian, utilitarian, most_acceptable."""
    chances: Chances | None
    """Of the most acceptable package; null where none is ever acceptable."""
    menu: Menu | None
    """What else could be proposed; null where no package is ever acceptable."""
    blockers: tuple[Blocker, ...]
    blockers_draws: int
    """How many draws the blockers were looked for in."""
    blockers_closed: float
    """Share of those in which the zone is closed."""
    blockers_size: int
    """Sets of up to so many factions were looked for; larger ones would have been too many."""
    nearest_miss: NearestMiss | None
    power: Power
    grid: Mapping[str, float]
    """Faction → points per grid step: all arithmetic is exact on this grid."""
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Hinge:
    """What an exchange hangs on."""

    faction: str
    """Of those whose consent can matter the one that accepts it in the fewest draws."""
    acceptance: float
    """In what share of the fresh draws it does."""
    worst: float
    """Share of fresh draws in which the exchange is acceptable, under the reading of anybody that is worst for it."""
    reading: Mapping[str, str]
    """Faction → that reading; empty where none makes it less likely."""


@dataclass(frozen=True)
class Swap:
    """A small exchange that touches nobody's hold on office, agreed by those who control what it moves."""

    moves: Mapping[str, str]
    consent: tuple[str, ...]
    """Factions whose consent can matter."""
    gain: Mapping[str, float]
    """Faction → points above its no-deal value at best estimates."""
    chances: Chances
    gives_up: Mapping[str, float]
    """Faction → points that it loses at best estimates by those moves that it does not like, each taken alone; everybody who loses
    any, asked or not."""
    most: float
    """The most that anybody gives up: compares points of different factions."""
    hinge: Hinge


@dataclass(frozen=True)
class DealResult:
    """Is there a deal, which one, who blocks: one answer per track."""

    case: str
    title: str
    as_of: str | None
    seed: int
    draws: int
    widen: float
    replicates: int
    tracks: Mapping[str, TrackResult]
    swaps: tuple[Swap, ...]
    """First those that hold, acceptable in at least half the draws under every reading; in each group the surest first, and of
    those about as sure the smallest. Twelve at most, of those that are ever acceptable, and none that contains an earlier one."""
    swaps_considered: int
    swaps_holding: int
    """How many of them hold, on the draws on which they are chosen."""
    swaps_left_out: str | None
    """Which exchanges a limit left out, where one did."""
    uncertain: int
    """How many numbers and chances are drawn; 0: the case has no range, reading or chance in it."""
    readings: Mapping[str, str]
    """Faction → the reading taken at best estimates, the likeliest."""
    computed: tuple[str, ...]
    """Factions whose no-deal value the outlook computed; those of all others are typed."""
    bodies: Mapping[str, BodyPower]
    record: Mapping[str, int] | None
    """Earlier rounds and agreements."""

    @property
    def main(self) -> TrackResult:
        """The default track."""
        return next(iter(self.tracks.values()))

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary, the default track at the top level too."""
        whole = jsonable(self)
        head = {
            "detente": __version__,
            "case": self.case,
            "verb": "deal",
            "seed": self.seed,
            "draws": self.draws,
        }
        return {**head, **whole, **jsonable(self.main), "id": self.main.id}


def jsonable(result: Any) -> Any:
    """A frozen dataclass as plain dictionaries and lists, in field order."""
    if hasattr(result, "__dataclass_fields__"):
        return {f.name: jsonable(getattr(result, f.name)) for f in fields(result)}
    if isinstance(result, Mapping):
        return {key: jsonable(value) for key, value in result.items()}
    if isinstance(result, (tuple, list)):
        return [jsonable(value) for value in result]
    return result
