"""Names, readings and packages in words, the same in every analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from detente.case.library import bundled
from detente.case.mechanism import Use
from detente.case.model import Case
from detente.case.wired import wired
from detente.figures import capital, day, joined, percent, plural, signed

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

    def short(self, id: str) -> str:
        """What a party or a faction is called in a sentence."""
        for name, party in self.case.parties.items():
            found = party if name == id else party.factions.get(id)
            if found is not None:
                return _lower(found.short or found.name or _spaced(id))
        return _spaced(id)

    def table(self, track: str) -> dict[str, str]:
        """At which table, as a fact of an answer; nothing where the case has only one."""
        tracks = self.case.tracks
        return {"table": tracks[track].name or track} if len(tracks) > 1 else {}

    def doing(self, package: Mapping[str, str]) -> str:
        """What a package does, as it stands after "to": ``free some prisoners and settle “Seats” at “two”``."""
        said, plain = [], []
        for i, o in package.items():
            text = self.case.issues[i].options[o].as_text
            if text:
                said.append(text)
            else:
                plain.append(f"“{self.issue(i)}” at “{self.option(i, o)}”")
        settled = [f"settle {joined(plain)}"] if plain else []
        return joined([*said, *settled]) or "leave everything as it is"

    def party(self, id: str) -> str:
        """Name of a party."""
        return self.case.parties[id].name or _spaced(id)

    def group(self, id: str) -> str:
        """Name of a group of the world: that of the faction of this id, else the id, spaced."""
        return capital(self.faction(id))

    def issue(self, id: str) -> str:
        """Name of an issue."""
        return self.case.issues[id].name or _spaced(id)

    def option(self, issue: str, option: str) -> str:
        """Name of an option, and how long it stands if not for good."""
        of = self.case.issues[issue].options[option]
        name = of.name or _spaced(option)
        if of.until is None:
            return name
        stands = plural(of.until, "month") if isinstance(of.until, int) else day(of.until.isoformat())
        return f"{name} ({'for' if isinstance(of.until, int) else 'until'} {stands})"

    def reading(self, faction: str, reading: str) -> str:
        """Name of a rival reading."""
        return self.case.readings[faction][reading].name or _spaced(reading)

    def calendar(self, name: str) -> str:
        """What the days of a calendar of the world are, ``part.calendar``."""
        part, _, days = name.partition(".")
        assert self.case.world is not None
        used = isinstance(self.case.world.parts[part], Use)
        return (
            _lower_first(bundled()[part].calendars[days]) if used else f"{_spaced(days)} of {_spaced(part)}"
        )

    def moves(self, package: Mapping[str, str]) -> str:
        """``issue → option`` for what a package moves."""
        if not package:
            return "nothing moves"
        return "; ".join(f"{self.issue(i)}: {self.option(i, o)}" for i, o in package.items())

    def if_true(self, faction: str, reading: str) -> str:
        """The condition under which a reading is taken for true."""
        return f"if {self.is_true(faction, reading)}"

    def is_true(self, faction: str, reading: str) -> str:
        """The statement that a reading makes."""
        return f"“{self.reading(faction, reading)}” is true of {_lower(self.faction(faction))}"

    def by_reading(self, shares: Mapping[str, Mapping[str, float]]) -> str:
        """Faction → reading → share, as ``6% if “A” is true of X, 59% if “B” is; 37% if “C” is true of Y``."""
        said = []
        for faction, each in shares.items():
            (first, share), *others = each.items()
            rest = [f"{percent(v)} if “{self.reading(faction, r)}” is" for r, v in others]
            said.append(", ".join([f"{percent(share)} {self.if_true(faction, first)}", *rest]))
        return "; ".join(said)

    @staticmethod
    def told_apart(shares: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
        """Of faction → reading → share the faction whose readings part the shares most; nothing where there is none."""
        apart = {f: max(each.values()) - min(each.values()) for f, each in shares.items() if each}
        return {f: shares[f] for f in sorted(apart, key=lambda f: -apart[f])[:1]}

    def record(self, record: Mapping[str, int] | None) -> str:
        """The earlier rounds, with what the case says of the count."""
        if record is None or self.case.record is None:
            return ""
        given = self.case.record
        text = f"The record: {plural(record['rounds'], 'earlier round')}, {plural(record['agreements'], 'agreement')}."
        caveat = given.inference or (given.judgement.because if given.judgement else "")
        return (
            f"{text} {capital(caveat)}{'' if caveat.endswith(('.', '!', '?')) else '.'}" if caveat else text
        )

    def judgement(self, path: str) -> str:
        """What a number of the case is about: ``The leader: weight of “Prisoners”``."""
        parts = path.split(".")
        faction, rest = parts[0], parts[1:]
        if said := self._beside(path, parts):
            return said
        who = self.faction(faction)
        spec = self.case.preferences.get(faction)
        if rest[0] == "readings":
            reading = rest[1]
            if rest[2] == "prior":
                return f"Chance that {self.is_true(faction, reading)}"
            who, rest = f"{who} (if “{self.reading(faction, reading)}” is true)", rest[2:]
            spec = self.case.readings[faction][reading].preferences
        if rest[0] == "weights":
            return f"{who}: weight of “{self.issue(rest[1])}”"
        if rest[0] in ("values", "points"):
            return f"{who}: worth of “{self.issue(rest[1])}” at “{self.option(rest[1], rest[2])}”"
        if rest[0] == "no_deal":
            return f"{who}: no-deal value"
        if rest[0] == "patience":
            return f"{who}: patience"
        if rest[0] == "together" and spec is not None:
            return f"{who}: worth of “{self.moves(spec.together[int(rest[1])].when)}” together"
        if rest[0] == "firm" and spec is not None:
            return (
                f"{who}: chance that the firm line on “{self.moves(spec.firm[int(rest[1])].package)}” holds"
            )
        return path

    def _beside(self, path: str, parts: Sequence[str]) -> str:
        """The same of a number of steps or of the world; nothing of one of the deal's own."""
        case, last = self.case, parts[-1]
        if last == "undo" and parts[0] in case.issues:
            return f"What taking a step on “{self.issue(parts[0])}” back costs"
        if parts[0] in case.issues and parts[1] == "chances":
            return f"Chance that “{self.issue(parts[0])}” is at “{self.option(parts[0], last)}”"
        if case.world is None or parts[0] in case.preferences:
            return ""
        of = wired(case)
        if parts[0] == "stakes":
            name = ".".join(parts[2:])
            return f"{self.faction(parts[1])}: what is at stake in “{of.says.get(name, _spaced(name))}”"
        if parts[0] == "under":
            true = self.is_true(parts[1], parts[2])
            return f"{self._figure('.'.join(parts[3:]))} (if {true})"
        return self._figure(path) if parts[0] in case.world.parts else ""

    def _figure(self, path: str) -> str:
        """A number of a part of the world, as the part says it."""
        assert self.case.world is not None
        whole, _, option = path.partition("[")
        part, _, name = whole.partition(".")
        spec = self.case.world.parts[part]
        of = bundled()[part] if isinstance(spec, Use) else spec
        given = getattr(of, "numbers", {}).get(name)
        said = getattr(given, "says", None) or f"number “{_spaced(name)}”"
        return f"World, {_spaced(part)}: {said}{f' [{_spaced(option[:-1])}]' if option else ''}"

    def place(self, path: str) -> str:
        """Where an element stands in the case file, in names: ``Tolland, The fishermen, fact``."""
        here: Any = self.case
        issue, said, left = "", [], path.split(".")
        while left:
            key, left = _key(here, left)
            inner = _inside(here, key)
            if isinstance(here, BaseModel):
                said.append("" if key in _SILENT else _spaced(key))
            elif isinstance(here, tuple):
                said.append(f"no. {int(key) + 1}")
            elif issue and key in self.case.issues[issue].options:
                said.append(self.option(issue, key))
            else:
                said.append(getattr(inner, "name", None) or self._named(key))
                issue = key if key in self.case.issues else ""
            here = inner
        return ", ".join(word for word in said if word)

    def _named(self, id: str) -> str:
        return self.issue(id) if id in self.case.issues else self.faction(id)


_SILENT = frozenset({"parties", "factions", "issues", "options", "preferences", "sources", "tracks"})
"""Fields of a case whose keys say by themselves what they are."""


def _key(here: Any, left: list[str]) -> tuple[str, list[str]]:
    """The next key of a dotted path, which may itself have dots, and the rest of the path."""
    if isinstance(here, Mapping):
        for n in range(len(left), 1, -1):
            if ".".join(left[:n]) in here:
                return ".".join(left[:n]), left[n:]
    return left[0], left[1:]


def _inside(here: Any, key: str) -> Any:
    if isinstance(here, Mapping):
        return here[key]
    if isinstance(here, tuple):
        return here[int(key)]
    for name in type(here).model_fields:
        value, keys = getattr(here, name), here.keys(name)
        if keys == (key,) and value is not None and value != {}:
            return value
        if keys == () and key in value:  # its members stand beside the other keys
            return value[key]
    raise KeyError(key)


def _lower(name: str) -> str:
    """A name inside a sentence: ``the fishermen`` of The fishermen."""
    return f"the {name[4:]}" if name.startswith("The ") else name


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _spaced(id: str) -> str:
    return id.replace("_", " ")
