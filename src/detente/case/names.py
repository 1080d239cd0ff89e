"""Names that refer to nothing: sources, parties, factions, issues, options, tracks' members, number paths."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from detente.case.asked import asked_names
from detente.case.model import Case, Preferences, Tree
from detente.case.no_deal import no_deal_names
from detente.case.order import order_names
from detente.case.paths import NUMBER_PATHS, Finder, dotted, factions_of, leaf_paths, numbers, provenances
from detente.case.steps import step_names
from detente.case.wording import nearest, there_is
from detente.case.yamltext import Path, cut
from detente.errors import MOST_SHOWN, Fault

__all__ = ["Unknown", "unknown_names"]


class Unknown(NamedTuple):
    """A name that refers to nothing, and the one that was probably meant."""

    name: str
    fault: Fault
    meant: str | None


def unknown_names(case: Case, place: Finder) -> list[Unknown]:
    """Every name that is used and never defined, with the nearest one that is."""
    found: list[Unknown] = []
    for path, kind, name, known in _uses(case):
        if name not in known:
            # Looking for the nearest name is what takes time; beyond what is written out nobody reads it.
            close = nearest(name, known) if len(found) < MOST_SHOWN else None
            message = f"{dotted(path)}: unknown {kind} '{cut(name)}'{there_is(close, known)}"
            found.append(Unknown(name, Fault(*place(path), message, dotted(path)), close))
    known_paths = numbers(case)
    for n, block in enumerate(case.moves_with):
        for k, name in enumerate(block.these):
            if name not in known_paths:
                path = ("moves_with", n, "these", k)
                close = nearest(name, known_paths) if len(found) < MOST_SHOWN else None
                meant = f"; did you mean '{close}'?" if close else "."
                message = f"{dotted(path)}: no judged number '{cut(name)}'{meant} A path is {NUMBER_PATHS}"
                # The name to look for elsewhere in the file is the last part, the others are checked there.
                fault = Fault(*place(path), message, dotted(path))
                found.append(Unknown(name.rpartition(".")[2], fault, close))
    return found


Use = tuple[Path, str, str, Collection[str]]
"""Where, what kind of name, the name, the names that there are."""


def _uses(case: Case) -> Iterator[Use]:
    factions = factions_of(case)
    voices = dict.fromkeys([*case.parties, *factions])
    for path, part, _, _ in provenances(case):
        if part.source is not None:
            yield (*path, "source"), "source", part.source, case.sources
    for name, party in case.parties.items():
        yield from _tree(
            party.accepts, ("parties", name, "accepts"), "faction", party.factions or {name: None}
        )
    yield from _tracks(case, voices)
    yield from _tree(case.agreement, ("agreement",), "party or faction", voices)
    for name, issue in case.issues.items():
        at: Path = ("issues", name)
        if issue.controlled_by != "outside":
            yield from _tree(issue.controlled_by, (*at, "controlled_by"), "party or faction", voices)
        for option, spec in issue.options.items():
            yield from _tree(
                spec.controlled_by, (*at, "options", option, "controlled_by"), "party or faction", voices
            )
        if issue.status_quo is not None:
            yield (*at, "status_quo"), "option", issue.status_quo, issue.options
        for option in issue.chances or {}:
            yield (*at, "chances", option), "option", option, issue.options
    for n, pattern in enumerate(case.impossible):
        yield from _pattern(case, pattern, ("impossible", n))
    if case.conflict is not None:
        for n, issue_name in enumerate(case.conflict.issues or ()):
            yield ("conflict", "issues", n), "issue", issue_name, case.issues
        yield from _pattern(case, case.conflict.wanted or {}, ("conflict", "wanted"))
    yield from asked_names(case)
    yield from order_names(case)
    yield from step_names(case)
    yield from no_deal_names(case)
    for name, body in case.bodies.items():
        yield from _tree(body.votes, ("bodies", name, "votes"), "member", body.members)
    for faction, preferences in case.preferences.items():
        if faction not in case.parties or faction in factions:
            yield ("preferences", faction), "faction", faction, factions
        yield from _preferences(case, preferences, ("preferences", faction))
    for faction, readings in case.readings.items():
        if faction not in case.parties or faction in factions:
            yield ("readings", faction), "faction", faction, factions
        for name, reading in readings.items():
            yield from _preferences(case, reading.preferences, ("readings", faction, name, "preferences"))


def _tracks(case: Case, voices: Collection[str]) -> Iterator[Use]:
    for name, track in case.tracks.items():
        at: Path = ("tracks", name)
        for n, seat in enumerate(track.parties):
            if isinstance(seat, str):
                yield (*at, "parties", n), "party", seat, case.parties
                continue
            for party, tree in seat.items():
                yield (*at, "parties", n, party), "party", party, case.parties
                if party in case.parties:
                    inside = tuple(case.parties[party].factions) or (party,)
                    yield from _tree(tree, (*at, "parties", n, party), f"faction of {party}", inside)
        for n, issue in enumerate(track.issues or ()):
            yield (*at, "issues", n), "issue", issue, case.issues
        yield from _tree(track.agreement, (*at, "agreement"), "party or faction", voices)


def _tree(tree: Tree | None, at: Path, kind: str, known: Collection[str]) -> Iterator[Use]:
    if tree is not None:
        for path, name in leaf_paths(tree, at):
            yield path, kind, name, known


def _pattern(case: Case, pattern: Mapping[str, str], at: Path) -> Iterator[Use]:
    for issue, option in pattern.items():
        yield (*at, issue), "issue", issue, case.issues
        if issue in case.issues:
            yield (*at, issue), f"option of {issue}", option, case.issues[issue].options


def _preferences(case: Case, preferences: Preferences, at: Path) -> Iterator[Use]:
    for issue in preferences.weights:
        yield (*at, "weights", issue), "issue", issue, case.issues
    for kind, table in (("values", preferences.values), ("points", preferences.points or {})):
        for issue, levels in table.items():
            yield (*at, kind, issue), "issue", issue, case.issues
            if issue in case.issues:
                for option in levels:
                    yield (*at, kind, issue, option), f"option of {issue}", option, case.issues[issue].options
    for n, issue in enumerate(preferences.indifferent):
        yield (*at, "indifferent", n), "issue", issue, case.issues
    for n, term in enumerate(preferences.together):
        yield from _pattern(case, term.when, (*at, "together", n, "when"))
    for n, line in enumerate(preferences.red_lines):
        yield from _pattern(case, line, (*at, "red_lines", n))
    for n, firm in enumerate(preferences.firm):
        yield from _pattern(case, firm.package, (*at, "firm", n, "package"))
    for kind in ("ranking", "priorities"):
        for n, entry in enumerate(getattr(preferences, kind) or ()):
            for k, pattern in enumerate(entry):
                # An entry of one pattern may be typed without the list around it.
                yield from _pattern(case, pattern, (*at, kind, n) if len(entry) == 1 else (*at, kind, n, k))
