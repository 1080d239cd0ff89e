"""What the stability analysis found. Field names are those of the JSON; shares are between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente import __version__
from detente.analyses.deal.result import jsonable

__all__ = ["Departure", "Mover", "Situation", "StabilityResult", "Step"]


@dataclass(frozen=True)
class Mover:
    """A smallest set of factions that controls an issue together."""

    id: str
    factions: tuple[str, ...]
    issues: tuple[str, ...]
    """What it can move."""


@dataclass(frozen=True)
class Step:
    """One move by which nobody in the mover is worse off and somebody better off."""

    mover: str
    moves: Mapping[str, str]
    gain: Mapping[str, float | None] | None
    """Faction of the mover → points gained at best estimates; null for one that crosses back over a line of its
    own, which has no points. None where states are only put in order."""


@dataclass(frozen=True)
class Situation:
    """A state of the conflict; concepts are nash, gmr, smr, seq and sseq."""

    state: Mapping[str, str]
    moves: Mapping[str, str]
    """The part of it that differs from the status quo."""
    stable: Mapping[str, bool]
    """Concept → stable for every mover at best estimates (an equilibrium)."""
    share: Mapping[str, float] | None
    """Concept → share of draws in which it is one; None where nothing is drawn."""
    share_error: Mapping[str, float] | None
    """Their Monte Carlo standard errors."""
    stable_for: Mapping[str, tuple[str, ...]]
    """Concept → movers for whom it is stable at best estimates."""
    jointly_stable: bool
    """Whether no coalition can move to where none of it is worse off and somebody better off."""
    joint_improvement: Mapping[str, str] | None
    """What such a coalition would change."""
    path: tuple[Step, ...] | None
    """Shortest path of improvements from the status quo; None: there is none."""


@dataclass(frozen=True)
class Departure:
    """An improvement that a mover could leave the looked-at state by, and whether it is deterred."""

    step: Step
    deterred: Mapping[str, bool]
    """gmr, smr, seq, sseq → whether the others can, in the sense of that concept, make it not worth while."""
    missing: float | None
    """Points that the member who gains least gains: were the state worth so much more to it (more than so much
    where several have to agree), the mover would not leave this way. None: no points tell."""


@dataclass(frozen=True)
class StabilityResult:
    """Where a standoff can come to rest."""

    case: str
    title: str
    as_of: str | None
    seed: int
    draws: int
    """How many draws were looked at, at most 128 unless asked for; 0: every number is certain, or states are only put in
    order."""
    widen: float
    issues: tuple[str, ...]
    combinations: int
    states: int
    """Feasible combinations."""
    moves: int
    movers: tuple[Mover, ...]
    equilibria: Mapping[str, int]
    """Concept → how many states are equilibria at best estimates."""
    unranked: Mapping[str, int]
    """Faction → how many states its ranking leaves out; they come last, together. Only those that leave any."""
    situations: tuple[Situation, ...]
    """The equilibria, the most robust first; at most 60 are listed."""
    listed: int
    """How many there are to list: equilibria by general metarationality at best estimates."""
    status_quo: Situation | None
    wanted: Situation | None
    wanted_from: str | None
    """Which of the states that fit what is wanted was taken."""
    departures: tuple[Departure, ...]
    """From the wanted state, or the status quo where none is wanted: who would leave, and what deters them; the
    least deterred first, at most 60."""
    departures_total: int

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        head = {"detente": __version__, "case": self.case, "verb": "stability"}
        return {**head, **jsonable(self)}
