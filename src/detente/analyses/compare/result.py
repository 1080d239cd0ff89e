"""What a comparison found. Field names are those of the JSON; shares and chances are between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente import __version__
from detente.analyses.deal.result import jsonable
from detente.prospects.chances import Links

__all__ = [
    "Alone",
    "Coming",
    "CompareResult",
    "Flipping",
    "Input",
    "Pool",
    "Resting",
    "VersionResult",
    "Versus",
]


@dataclass(frozen=True)
class Flipping:
    """A judgement that turns deal into no deal, or the reverse, within its own range."""

    path: str
    at: float
    """The nearest value that does."""
    low: float
    high: float


@dataclass(frozen=True)
class Resting:
    """Whether anybody would leave the status quo."""

    stable: Mapping[str, bool]
    """Concept → stable for every mover at best estimates; nash, gmr, smr, seq and sseq."""
    share: Mapping[str, float] | None
    """Concept → share of draws in which it is; null where nothing is drawn."""


@dataclass(frozen=True)
class Coming:
    """An event of the world without a deal."""

    says: str
    """A clause that completes "in so many worlds ..."."""
    share: float
    """Share of worlds in which it has happened by the end."""


@dataclass(frozen=True)
class VersionResult:
    """The answers about one version."""

    name: str
    case: str
    title: str
    weight: float | None
    """Of this version where they are pooled; the weights add up to 1."""
    acceptable_packages: int | None
    """Agreed at best estimates; null where they could not be counted."""
    packages: int
    package: Mapping[str, str] | None
    """What moves in the package that is acceptable most often; null where none ever is."""
    chances: Links | None
    """Of that package."""
    acceptable_error: float | None
    """Monte Carlo standard error of its acceptance."""
    flips: tuple[Flipping, ...]
    """The judgements that turn the deal within their range, the one that has to move least first."""
    status_quo: Resting | None
    outlook: Mapping[str, Coming] | None
    """Event → how often it comes without a deal; null where the case has no world."""
    outlook_headline: str | None
    """What happens without a deal, in a sentence."""
    unsaid: Mapping[str, str]
    """Question (deal, flips, stability, outlook) → why there is no answer."""


@dataclass(frozen=True)
class Alone:
    """The first version with one value of another, everything else its own."""

    acceptable: float | None
    """Share of draws in which ``package`` of the comparison is then acceptable; null where ``why`` says why."""
    change: float | None
    """That less its share in the first version, on the same random numbers."""
    error: float | None
    """Standard error of the change, from paired replicates."""
    together: tuple[str, ...]
    """Other parts that were taken over at once, because the case is not valid with one of them alone."""
    why: str | None


@dataclass(frozen=True)
class Input:
    """One thing that two versions say differently."""

    path: str
    before: str | None
    """In the first version, in words; null: it is not there."""
    after: str | None
    sentence: str
    counts: bool
    """Whether an answer can hang on it: reasons, names and quotations are only words."""
    at: str | None
    """Of those that count: the smallest part of the file that one version can take from the other, a path in ``alone``."""


@dataclass(frozen=True)
class Versus:
    """How one version differs from the first."""

    version: str
    inputs: tuple[Input, ...]
    acceptable: float | None
    """Share of this version's draws in which ``package`` of the comparison is acceptable; null where it cannot be named here."""
    change: float | None
    """That less its share in the first version, on the same random numbers."""
    error: float | None
    """Standard error of the change, from paired replicates."""
    ahead: float | None
    """By how much more often its own best package is acceptable in it than ``package``, on the fresh draws; null where one of the
    two is none. Not above 0 beyond its error: another choice of draws could have chosen the other."""
    ahead_error: float | None
    """Its standard error, from paired replicates."""
    alone: Mapping[str, Alone]
    """Path → the first version with only that taken from this one, the largest change first."""
    alone_left_out: str | None
    """Why changes were not tried one at a time, where they were not."""
    flips_moved: Mapping[str, tuple[float | None, float | None]]
    """Judgement → where it turns the deal in the first version and in this one; null: not within its range. Only those that
    differ; empty where one of the two has no answer to that (``unsaid``)."""


@dataclass(frozen=True)
class Pool:
    """The versions as one, each as likely as its weight."""

    package: Mapping[str, str]
    """What moves in the package whose pooled share is the largest, of those that are best in some version."""
    acceptable: float
    acceptable_error: float
    by_version: Mapping[str, float]
    within: float
    """Mean over the versions of the variance of whether it is acceptable: what each version leaves open."""
    between: float
    """Variance of its share over the versions: what they disagree about."""
    between_share: float
    """Of the sum of the two, which is the variance in all (law of total variance); 0 where there is none."""


@dataclass(frozen=True)
class CompareResult:
    """The answers about versions of a case, side by side."""

    case: str
    """Id of the first version."""
    title: str
    seed: int
    draws: int
    widen: float
    track: str
    """The table that is compared: the first of each version."""
    package: Mapping[str, str] | None
    """What moves in the package that all versions are asked about: the best of the first that has one."""
    versions: tuple[VersionResult, ...]
    versus: tuple[Versus, ...]
    """Every version after the first, against the first."""
    pool: Pool | None
    """Where weights were given."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        head = {"detente": __version__, "case": self.case, "verb": "compare"}
        return {**head, **jsonable(self)}
