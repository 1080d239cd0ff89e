"""Names, numbers and packages in words, the same in every analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detente.case.model import Case

__all__ = ["Words", "joined", "percent", "plural", "signed"]


@dataclass(frozen=True)
class Words:
    """The names that the case gives to its ids; an id without a name stands for itself, spaced."""

    case: Case

    def faction(self, id: str) -> str:
        """Name of a faction, or of the party that is its own faction."""
        if id in self.case.parties:
            return self.case.parties[id].name or _spaced(id)
        for party in self.case.parties.values():
            if id in party.factions:
                return party.factions[id].name or _spaced(id)
        return _spaced(id)

    def party(self, id: str) -> str:
        """Name of a party."""
        return self.case.parties[id].name or _spaced(id)

    def issue(self, id: str) -> str:
        """Name of an issue."""
        return self.case.issues[id].name or _spaced(id)

    def option(self, issue: str, option: str) -> str:
        """Name of an option."""
        return self.case.issues[issue].options[option].name or _spaced(option)

    def reading(self, faction: str, reading: str) -> str:
        """Name of a rival reading."""
        return self.case.readings[faction][reading].name or _spaced(reading)

    def moves(self, package: Mapping[str, str]) -> str:
        """``issue → option`` for what a package moves."""
        if not package:
            return "nothing moves"
        return "; ".join(f"{self.issue(i)}: {self.option(i, o)}" for i, o in package.items())

    def judgement(self, path: str) -> str:
        """What a number of the case is about: ``leader's weight on prisoners``."""
        parts = path.split(".")
        who, rest = self.faction(parts[0]), parts[1:]
        under = ""
        if rest[0] == "readings":
            reading = self.reading(parts[0], rest[1])
            if rest[2] == "prior":
                return f"chance that {who} is as read: {reading}"
            under, rest = f", if read as {reading}", rest[2:]
        if rest[0] == "weights":
            return f"{who}: weight of {self.issue(rest[1])}{under}"
        if rest[0] in ("values", "points"):
            return f"{who}: worth of {self.issue(rest[1])} = {self.option(rest[1], rest[2])}{under}"
        if rest[0] == "no_deal":
            return f"{who}: no-deal value{under}"
        if rest[0] == "together":
            return f"{who}: worth of a combination (no. {int(rest[1]) + 1}){under}"
        if rest[0] == "firm":
            return f"{who}: chance that firm line no. {int(rest[1]) + 1} holds{under}"
        return path


def _spaced(id: str) -> str:
    return id.replace("_", " ")


def percent(share: float, digits: int = 0) -> str:
    """A share in per cent; what is neither none nor all is never rounded to it."""
    if 0 < share < 0.5 * 10 ** (-digits - 2):
        return f"under {10**-digits:g}%"
    if 1 - 0.5 * 10 ** (-digits - 2) < share < 1:
        return f"over {100 - 10**-digits:g}%"
    return f"{100 * share:.{digits}f}%"


def signed(points: float) -> str:
    """A gain with its sign; none where it rounds to nothing."""
    return "0.0" if abs(points) < 0.05 else f"{points:+.1f}".replace("-", "−")


def joined(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def plural(count: int, noun: str) -> str:
    """``1 package``, ``1,024 draws``."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
