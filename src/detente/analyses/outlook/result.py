"""What the outlook found. Field names are those of the JSON; shares and chances are between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente import __version__
from detente.analyses.deal.result import jsonable

__all__ = [
    "Clock",
    "Fan",
    "Fate",
    "GestureResult",
    "Influence",
    "Leaving",
    "Move",
    "OutlookResult",
    "PathValue",
    "PolicyResult",
    "QuestionResult",
    "TalksResult",
]


@dataclass(frozen=True)
class Fan:
    """A path over the months, across worlds and draws, in its own unit; null before it has been measured."""

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
class Fate:
    """One outcome of the incumbent."""

    share: tuple[float, ...]
    """Share of worlds in it in each month."""
    error: float
    """Standard error of the last, from the replicates."""
    low: float
    """5th percentile of the last over the draws: what the judged numbers leave open, the chance of worlds taken off."""
    high: float
    """95th percentile."""
    hazard: tuple[float, ...]
    """Chance in each of the years of getting there, among worlds in which the office still holds; empty for holding."""


@dataclass(frozen=True)
class PathValue:
    """What no deal is worth to a faction, in points of its own, as if constant for ever."""

    computed: float
    """At best estimates."""
    mean: float
    """Over the draws."""
    error: float
    """Standard error of the mean, from the replicates."""
    low: float
    """5th percentile over the draws."""
    high: float
    """95th percentile over the draws."""
    typed: float | None
    """The case's own no-deal value at best estimates; None where the case asks for the computed one."""
    status_quo: float
    """Utility of everything staying as it is, at best estimates."""
    drift: float
    """Mean over the draws of what no deal would be worth a year from now, less what it is worth now."""
    later: tuple[float, ...]
    """Mean value of the path from each month on, month 0 first."""
    used: bool
    """Whether the deal analysis uses the computed value."""


@dataclass(frozen=True)
class Leaving:
    """What a promise of safety would have to be worth for somebody to hand over."""

    stay: float
    """Mean value of going on without a deal."""
    kept: float
    """Mean points after a hand-over, if the promise is kept."""
    betrayed: float
    """Mean points if it is not: the worst of the other ways of losing office."""
    credibility: float | None
    """The least chance, in its eyes, that the promise is kept; above 1 no promise is enough, below 0 none is needed. None:
    a kept promise is no better than a broken one."""
    enough: float
    """Share of draws in which a certain promise would be enough."""
    by_reading: Mapping[str, float]
    """Its reading → the same among the draws in which that is true; empty without readings."""


@dataclass(frozen=True)
class Influence:
    """Something changed, everything else and all chance the same."""

    office_lost: float
    """Change in the share of worlds in which the office is lost by the end."""
    error: float
    """Its standard error, from paired replicates."""
    value: Mapping[str, float]
    """Faction → change of the mean value of no deal."""


@dataclass(frozen=True)
class PolicyResult:
    """The same worlds with some numbers changed, against the world as it is."""

    name: str
    changes: Mapping[str, float]
    """Path → best estimate."""
    office_lost: float
    """Share of worlds in which the office is lost by the end."""
    difference: float
    """That less the same in the world as it is."""
    difference_error: float
    """Its standard error, from paired replicates."""
    fate: Mapping[str, float]
    """Outcome → share at the end."""
    value: Mapping[str, float]
    """Faction → paired difference of the mean value of no deal."""
    value_error: Mapping[str, float]
    replaces: tuple[str, ...]
    """Numbers that readings set as well, and that this sets under every reading alike."""
    offered_to: str | None
    taken: float | None
    """Share of draws in which it is taken, decided on other worlds than these; null where nobody is asked."""
    idle: bool
    """Whether it changes nothing in any world: what it changes is not used, or was made to stand still."""


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
    """Reading of the incumbent → chance a month that the step is taken: by him, or by the sender if it knew that reading
    (before what it cannot take at home). Mean over the draws."""
    worth: float
    """Mean points that the step is worth to the faction that takes it, nothing else given (under the reading that is true)."""
    crosses: float
    """Share of draws in which it crosses a line of that faction."""
    reached: float
    """Share of worlds in which what it leads to, or more, stands at the end, at the talks or outside them."""


@dataclass(frozen=True)
class TalksResult:
    """The talks, step by step."""

    by: str
    to: str
    moves: tuple[Move, ...]
    began: float
    """Share of worlds in which talks begin by the end."""
    completed: float
    """Share in which all steps are taken."""
    trust: tuple[float, float, float]
    """5th, 50th and 95th percentile over worlds of the public belief that the incumbent is not obstinate, at the end."""
    trusted: float
    """That belief at the beginning."""
    wanted: Mapping[str, tuple[int, ...]]
    """Faction at the talks → months in which it would rather have talks than none, at the mean of the draws."""
    ripe: tuple[int, ...]
    """Months in which both would."""


@dataclass(frozen=True)
class Clock:
    """Who can hold out longer if each may be obstinate: the talks as a war of attrition (Abreu and Gul 2000)."""

    factions: tuple[str, str]
    demand: tuple[float, float]
    """Share of what there is to be divided that each insists on, as judged."""
    fair: float
    """Share that patience alone would give to the first, with offers made at once (Rubinstein 1982)."""
    obstinate: tuple[float, float]
    """Prior of never giving in."""
    exhausted: tuple[float, float]
    """Months by which each would have given in, were it not obstinate."""
    at_once: tuple[float, float]
    """Chance that each gives in at once."""
    ends: float
    """Months after which only the obstinate are left."""


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
    parts: tuple[str, ...]
    """Parts of the world that are simulated."""
    without: tuple[str, ...]
    """Parts that the case gives and that were made to stand still, as asked."""
    paths: Mapping[str, Fan]
    """Of the parts that are simulated; from every sixty-fourth world."""
    units: Mapping[str, str]
    """Path → its unit: ``share``, ``index`` (1 is what is usual), or what is counted."""
    office: Mapping[str, Fate]
    judgement_share: float
    """Of the variance of whether the office is lost by the end: the share that comes from the judged numbers, the rest
    being chance."""
    no_deal: Mapping[str, PathValue]
    leaving: Mapping[str, Leaving]
    """Factions that hold the office in hand → what would make a hand-over better than going on."""
    structure: Mapping[str, Influence]
    """Part → what changes if it stands still: how much hangs on the choice of model."""
    levers: Mapping[str, Influence]
    """What moves the outlook from outside the talks → what changes with it: seats, unity, recognition."""
    coalition: Mapping[str, float]
    """Group among those who hold the incumbent up → share of draws in which it could not be purged (Acemoglu, Egorov and
    Sonin 2008)."""
    cascade: float | None
    """Share of all governments at which a threshold cascade of recognition would come to rest, at best estimates; null without
    thresholds."""
    talks: TalksResult | None
    clock: Clock | None
    left_out: tuple[tuple[str, ...], ...]
    """Issues that a term of somebody's ties together though several of them move in the world: those terms are not counted."""
    policies: Mapping[str, PolicyResult]
    gestures: Mapping[str, GestureResult]
    questions: Mapping[str, QuestionResult]
    package: Mapping[str, str] | None
    """The package that waiting is compared with; None: none was given."""
    package_value: Mapping[str, float] | None
    """Faction → what the package is worth in the same world, mean over the draws."""
    ripe: tuple[int, ...]
    """Months in which every faction that is needed would rather have that package, as it is worth now, than go on without
    a deal from there, at the mean of the draws."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        head = {"detente": __version__, "case": self.case, "verb": "outlook"}
        return {**head, **jsonable(self)}
