"""What the roadmap found. Field names are those of the JSON; shares and chances are between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente import __version__
from detente.analyses.deal.result import jsonable
from detente.prospects.chances import Chances

__all__ = ["BaseRate", "Boost", "Due", "Missing", "Move", "Part", "Patience", "RoadmapResult", "Stage"]


@dataclass(frozen=True)
class Move:
    """One step: an issue reaches an option."""

    issue: str
    before: str
    option: str
    parties: tuple[str, ...]
    """Who takes it."""
    reversible: bool
    months: int
    """To carry out and verify, at best estimates."""


@dataclass(frozen=True)
class Stage:
    """Before a batch of steps, or (without steps) when all is done."""

    number: int
    month: int
    """Months since the first step began."""
    date: str | None
    """When it begins."""
    months: int
    """How long the batch takes; 0 when all is done."""
    steps: tuple[Move, ...]
    margin: Mapping[str, float | None]
    """Faction → points by which going on is better than the best way out; null where going on crosses a line of its
    own, now or later."""
    crosses: tuple[str, ...]
    """Factions one of whose lines is broken in what the batch leads to."""
    way_out: Mapping[str, str]
    """Faction → its best way out: ``walk off``, ``withhold`` or ``take back``."""
    slack: float | None
    """The smallest margin among those who have to go on (the best such set of factions); null: it is a line."""
    weakest: str
    """Whose margin that is."""
    share: float
    """Share of draws in which the slack is not negative here."""


@dataclass(frozen=True)
class Due:
    """A step that has a day by which it has to be begun, or done and verified."""

    issue: str
    option: str
    what: str
    """``begun`` or ``done``."""
    by: str
    """The day."""
    calendar: str | None
    """The calendar of the world that it is from, ``part.calendar``."""
    date: str
    """When that is so in this order, at best estimates."""
    late: bool
    share: float
    """Share of draws in which it is in time in this order."""


@dataclass(frozen=True)
class Patience:
    """The least monthly discount factor that carries the order, everything else at best estimates."""

    common: float | None
    """The same for everybody; None: none between 0.01 and 0.9999 does."""
    common_to: float | None
    """Up to which it carries without a gap; below 0.9999 where still more patience breaks it."""
    alone: Mapping[str, float | None]
    """Faction → the least for it while the others have theirs."""
    judged: Mapping[str, float]
    """Faction → the case's best estimate."""


@dataclass(frozen=True)
class Boost:
    """One change, and the slack that the order then has."""

    kind: str
    """``guarantee``, ``exchange`` or ``irreversible``."""
    what: tuple[str, ...]
    """Id of the guarantee, or issues of the steps."""
    slack: float | None
    """In the same order (with an exchange: two neighbouring batches joined)."""
    gain: float | None
    """Of slack; null where one of the two is a line."""
    reordered: float | None
    """In the best order for it, where that was looked for and crosses no line."""


@dataclass(frozen=True)
class Missing:
    """The next step after a part that holds, and what it would take."""

    move: Move
    faction: str
    """Whose margin is the smallest."""
    points: float | None
    """By which going on would have to be worth more to it; null: a line stands in the way."""


@dataclass(frozen=True)
class Part:
    """Where no order of the whole holds: the longest part found that would, as an agreement of its own."""

    moves: tuple[Move, ...]
    """In their order; empty: not even one step alone."""
    slack: float | None
    exact: bool
    """Whether every part with more steps was tried; else steps were dropped one at a time."""
    missing: Missing | None


@dataclass(frozen=True)
class BaseRate:
    """A published count of something not quite the same."""

    what: str
    successes: int
    cases: int
    source: str
    mismatch: str
    """In what the counted cases differ."""
    later_than: str
    """The count was known after this date; it is left out of cases dated before."""


@dataclass(frozen=True)
class RoadmapResult:
    """In what order a package could be carried out, and whether it would hold."""

    case: str
    title: str
    as_of: str | None
    seed: int
    draws: int
    widen: float
    track: str
    """Id of the table; ``swap``, ``swap_2`` and so on for an exchange beside the tables."""
    track_name: str
    package: Mapping[str, str]
    """Issue → option, what moves."""
    rule: str | None
    """The rule of the deal analysis that proposed it; None: named by the user."""
    supposed: Mapping[str, str]
    """Faction → reading taken for true at best estimates instead of the likeliest; only those that differ, unless
    the user asked."""
    supposed_prior: float
    """Best estimate of the chance that they all are true; 1 where nothing is supposed."""
    short: Mapping[str, float | None]
    """Faction → points by which the package is worse than no deal at best estimates, nothing supposed; null: it breaks
    a line of its own."""
    guarantees: tuple[str, ...]
    """Those that are counted on."""
    lead: int
    """Months from the date of the case until the first step begins."""
    lead_typed: bool
    """Whether the case says so."""
    begins: str | None
    """The day on which it does; null: the case has no date."""
    stages: tuple[Stage, ...]
    """The best order found; the last is the end."""
    due: tuple[Due, ...]
    """Steps that have a day."""
    months: int
    slack: float | None
    """Of the worst stage at best estimates; negative: somebody who has to go on would rather not; null: every order
    found crosses a line of somebody who has to go on."""
    bound: float | None
    """No order in which every step that can be is in time has more slack."""
    proven: bool
    """Whether no such order has more slack than this one."""
    weakest: int
    """Number of the stage with the least slack."""
    lines: tuple[str, ...]
    """Factions one of whose lines the package breaks at best estimates."""
    survival: float
    """Share of draws in which no stage has negative slack."""
    survival_error: float
    survival_by_reading: Mapping[str, Mapping[str, float]]
    """Faction → reading → that share if the reading is true."""
    patience: Patience
    boosts: tuple[Boost, ...]
    """The most slack first."""
    part: Part | None
    """Where the best order does not hold."""
    chances: Chances
    record: Mapping[str, int] | None
    base_rates: tuple[BaseRate, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        head = {"detente": __version__, "case": self.case, "verb": "roadmap"}
        return {**head, **jsonable(self)}
