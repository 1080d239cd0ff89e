"""What the outlook found. Field names are those of the JSON; shares and chances are between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente import __version__
from detente.analyses.deal.result import jsonable

__all__ = [
    "Fan",
    "GestureResult",
    "Happens",
    "Influence",
    "LevelPath",
    "Move",
    "OutlookResult",
    "PathValue",
    "PolicyResult",
    "QuestionResult",
    "TalksResult",
]


@dataclass(frozen=True)
class Fan:
    """A path over the months, across the worlds kept of all draws, in its own unit; null where it is absent in half of them or
    more."""

    low: tuple[float | None, ...]
    """5th percentile in each month, month 0 first."""
    lower: tuple[float | None, ...]
    """25th percentile."""
    median: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    """75th percentile."""
    high: tuple[float | None, ...]
    """95th percentile."""


@dataclass(frozen=True)
class LevelPath:
    """A level of the world."""

    says: str
    unit: str
    counts: bool
    """Whether somebody has a stake in it, or a question asks for it."""
    fan: Fan


@dataclass(frozen=True)
class Happens:
    """An event of the world."""

    says: str
    """A clause that completes "in so many worlds ..."."""
    ends: str | None
    """What it ends: of the events that end the same thing at most one ever happens."""
    share: tuple[float, ...]
    """Share of worlds in which it has happened, month by month."""
    error: float
    """Standard error of the last, from the replicates."""
    low: float
    """5th percentile of the last over the draws: what the judged numbers leave open, the chance of worlds taken off."""
    high: float
    """95th percentile."""
    under: Mapping[str, Mapping[str, float]]
    """Faction → its reading → share by the end if that is true."""
    belief: Mapping[str, Mapping[str, float | None]]
    """Faction → its reading → belief in it once the event has been seen, by Bayes' rule; null where it never happens."""


@dataclass(frozen=True)
class PathValue:
    """What comes is worth to a faction without a deal: means over the draws, in points of its own, as if constant for ever."""

    status_quo: float
    """Everything staying as it is."""
    going_on: float
    """The world with its talks off."""
    alone: float
    """What it can do by itself, on top of that."""
    no_deal: float
    """Both: what the deal analysis compares packages with, unless a value was typed."""
    error: float
    """Standard error of it, from the replicates."""
    low: float
    """5th percentile over the draws."""
    high: float
    """95th percentile over the draws."""
    typed: float | None
    """The case's own no-deal value, which the deal analysis uses instead; null where it is computed."""
    negotiating: float
    """What the talks of the world add to ``going_on``, in the same worlds: the value of negotiating."""
    negotiating_error: float
    """Standard error of it, from paired replicates."""
    expected: float
    """The world with its talks on: what to expect."""
    drift: float
    """What ``going_on`` would be a year from now, less what it is now."""
    later: tuple[float, ...]
    """``going_on`` from each month on, month 0 first."""
    used: bool
    """Whether the deal analysis uses the computed value."""


@dataclass(frozen=True)
class Influence:
    """Something changed, everything else and all chance the same."""

    value: Mapping[str, float]
    """Faction → change of the mean value of no deal."""
    value_error: Mapping[str, float]
    """Its standard error, from paired replicates."""
    events: Mapping[str, float]
    """Event → change in the share of worlds in which it has happened by the end; those that change."""
    issues: Mapping[str, Mapping[str, float]]
    """Issue → option → change in the share of worlds in which it stands at the end; those that change."""


@dataclass(frozen=True)
class PolicyResult:
    """The same worlds with something changed, against the world as it is."""

    name: str
    influence: Influence
    offered_to: str | None
    taken: float | None
    """Share of the draws compared in which it is taken, decided on other worlds than these; null where nobody is asked."""
    idle: bool
    """Whether it changes no mean of the draws compared."""


@dataclass(frozen=True)
class GestureResult:
    """What a gesture tells."""

    by: str
    name: str
    on: str | None
    cost: float | None
    """What it cost whoever made it, in its points, as judged; null where the case does not say."""
    before: Mapping[str, float]
    """Reading → chance before it was seen; for one that has not been seen, the case's own."""
    after: Mapping[str, float]
    """Reading → chance after it."""
    ratio: float | None
    """The largest likelihood divided by the smallest: 1 tells nothing; null: under some reading it is impossible."""
    seen: bool


@dataclass(frozen=True)
class Move:
    """A step that is due at the talks."""

    by: str
    """The faction whose step it is."""
    what: Mapping[str, str]
    """Issue → option that it leads to."""
    chance: Mapping[str, float]
    """Reading of the faction whose step comes first (the mover itself where that has none) → chance a month that the step is taken
    once it is due. Mean over the draws."""
    worth: float
    """Mean points that the step is worth to the faction that takes it, nothing else given."""
    crosses: float
    """Share of draws in which it crosses a line of that faction."""
    taken: float
    """Share of worlds in which it has been taken by the end."""


@dataclass(frozen=True)
class TalksResult:
    """Talks, step by step."""

    by: str
    to: str
    moves: tuple[Move, ...]
    wanted: Mapping[str, tuple[int, ...]]
    """Faction at the talks → months in which it would rather have talks than none, at the mean of the draws."""
    ripe: tuple[int, ...]
    """Months in which both would."""


@dataclass(frozen=True)
class QuestionResult:
    """A dated question."""

    text: str
    resolves: str
    basis: str
    """``modelled``, ``prior`` or ``not_modelled``."""
    answers: Mapping[str, float | None]
    """Answer → probability; null where the case has nothing to say, or no simulated world meets the condition. They
    add up to less than 1 where answers leave something out, to more where they overlap."""
    error: Mapping[str, float | None]
    """Their standard errors, from the replicates; null where nothing is sampled."""
    note: str | None
    """What the case says of it: what stands for what."""


@dataclass(frozen=True)
class OutlookResult:
    """What happens without a deal."""

    case: str
    title: str
    as_of: str | None
    seed: int
    draws: int
    widen: float
    worlds: int
    """Draws times worlds for each."""
    months: int
    dates: tuple[str, ...]
    """First day of each month, month 0 first."""
    parts: Mapping[str, str]
    """Part of the world that is simulated → what it says."""
    without: tuple[str, ...]
    """Parts that were made to stand still, as asked."""
    events: Mapping[str, Happens]
    issues: Mapping[str, Mapping[str, tuple[float, ...]]]
    """Issue that the world moves → option → share of worlds in which it stands, month by month."""
    levels: Mapping[str, LevelPath]
    """Quantiles over the first ``kept`` worlds of each draw."""
    kept: int
    """How many worlds of each draw ``levels`` are from."""
    judgement_share: Mapping[str, float]
    """What is ended → of the variance of whether it is by the end, the share that comes from the judged numbers, the rest being
    chance."""
    no_deal: Mapping[str, PathValue]
    compared: int
    """How many of the draws ``structure`` and ``policies`` are found on: all, or every eighth where there are enough."""
    structure: Mapping[str, Influence]
    """Part → what changes if it stands still."""
    talks: Mapping[str, TalksResult]
    """Part with a ladder → what is done at it."""
    policies: Mapping[str, PolicyResult]
    gestures: Mapping[str, GestureResult]
    questions: Mapping[str, QuestionResult]
    package: Mapping[str, str] | None
    """The package that waiting is compared with; null: none was given."""
    package_value: Mapping[str, float] | None
    """Faction → what the package is worth in the same world, all of its issues settled, mean over the draws."""
    ripe: tuple[int, ...]
    """Months in which every faction that is needed would rather have that package, as it is worth now, than go on without
    a deal from there, at the mean of the draws."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        head = {"detente": __version__, "case": self.case, "verb": "outlook"}
        return {**head, **jsonable(self)}
