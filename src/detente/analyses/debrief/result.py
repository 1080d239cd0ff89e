"""What the debriefing found. Field names are those of the JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detente import __version__
from detente.analyses.deal.result import jsonable

__all__ = ["DebriefResult", "GroupResult"]


@dataclass(frozen=True)
class GroupResult:
    """One group: what it agreed, and what it left on the table."""

    group: str
    package: Mapping[str, str] | None
    """Issue → option, for the issues that can move at the table; null: it did not agree."""
    utility: Mapping[str, float]
    """Faction → its points; without an agreement those of no deal."""
    gain: Mapping[str, float]
    """Faction → points above no deal."""
    acceptable: bool
    """Whether what it agreed is acceptable to enough of those whose consent it needs; false without an agreement."""
    refuses: tuple[str, ...]
    """Factions for which it is worse than no deal, or breaks a line of their own."""
    on_frontier: bool
    """Whether nobody could gain without somebody losing, among all packages that break nobody's line."""
    left: Mapping[str, float]
    """Faction → the most points that it could gain, of its own, with nobody losing."""
    most_left: float
    """The largest of these: it compares points of different factions."""
    most_left_to: str | None
    """Whose that is; null on the frontier."""
    better: Mapping[str, str] | None
    """A package in which that faction gains so much and nobody loses; null on the frontier."""


@dataclass(frozen=True)
class DebriefResult:
    """What groups agreed who negotiated the same case, at best estimates, and what they left on the table."""

    case: str
    title: str
    track: str
    track_name: str
    factions: tuple[str, ...]
    """Those whose consent can matter at the table; it is they who must not lose."""
    groups: tuple[GroupResult, ...]
    """In the order in which they were given."""
    agreed: int
    """How many groups agreed on something."""
    on_frontier: int
    """How many of these are on the frontier."""

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {"detente": __version__, "verb": "debrief", **jsonable(self)}
