"""The chain of chances of packages, as a table and in a sentence: the same for every analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from detente.analyses.words import Words
from detente.document import Cell, Table
from detente.figures import agree, error, joined, percent, plural
from detente.prospects.chances import EVEN, ROUNDS, Chances

__all__ = ["LINKS", "Rung", "beside", "ladder", "said", "under"]

LINKS = {
    "open": "some package is acceptable to everybody whose consent is needed",
    "acceptable": "this one is",
    "signed": "it is acceptable, and signed",
    "begun": "it is signed, those who are needed make their own sides comply, and the first stage is carried out",
    "kept": "all of it is carried out, and nobody has taken anything back by its end",
}
"""What each link of the chain means."""


class Rung(NamedTuple):
    """A package by the name under which the reader knows it, and its chain."""

    name: str
    chances: Chances


def said(chances: Chances) -> str:
    """The chain in words: ``acceptable 34%, signed 6%``."""
    return ", ".join(
        f"{link} {percent(share)}" for link in LINKS if (share := getattr(chances, link)) is not None
    )


def under(chances: Chances) -> dict[str, dict[str, float]]:
    """Faction → reading → how likely the package is to be acceptable if that is true."""
    return {f: {r: links.acceptable for r, links in each.items()} for f, each in chances.by_reading.items()}


def beside(rungs: Sequence[Rung], words: Words) -> str:
    """What would follow from the world's no-deal values where others are typed; nothing where nobody has both."""
    told = [r for r in rungs if r.chances.instead is not None]
    if not told:
        return ""
    each = [
        f"{percent(r.chances.instead or 0.0)} instead of {percent(r.chances.acceptable)}"
        + (f" ({r.name})" if len(told) > 1 else "")
        for r in told
    ]
    typed = words.case.typed_beside
    what = f"The no-deal {agree(len(typed), 'value', 'values')} of {joined([words.short(f) for f in typed])} {agree(len(typed), 'is', 'are')} typed"
    return f"{what}, and the world of the case says otherwise: counting with that, acceptable would be {joined(each)}."


def ladder(rungs: Sequence[Rung], words: Words, record: Mapping[str, int] | None) -> list[Table]:
    """One row for each package, each chance at most the one before it; then whether it is acceptable under each reading."""
    links = [link for link in LINKS if any(getattr(r.chances, link) is not None for r in rungs)]
    rows: list[list[str | Cell]] = []
    for rung in rungs:
        shares = [getattr(rung.chances, link) for link in links]
        rows.append([rung.name, *("–" if share is None else percent(share) for share in shares)])
    chain = Table(
        caption="Chances, each at most the one before it",
        columns=("Package", *(link.capitalize() for link in links)),
        rows=rows,
        numeric=tuple(range(1, 1 + len(links))),
        note=_note(rungs, links, words, record),
    )
    factions = dict.fromkeys(f for rung in rungs for f in rung.chances.by_reading)
    return [chain, *(_by_reading(rungs, f, words) for f in factions)]


def _by_reading(rungs: Sequence[Rung], faction: str, words: Words) -> Table:
    """How likely each package is to be acceptable under each reading of a faction."""
    told = [r for r in rungs if faction in r.chances.by_reading]
    readings = list(told[0].chances.by_reading[faction])
    rows: list[list[str | Cell]] = [
        [r.name, *(percent(r.chances.by_reading[faction][reading].acceptable) for reading in readings)]
        for r in told
    ]
    return Table(
        caption=f"Acceptable, by what is true of {words.short(faction)}",
        columns=("Package", *(words.reading(faction, reading) for reading in readings)),
        rows=rows,
        numeric=tuple(range(1, 1 + len(readings))),
        fold=True,
    )


def _note(rungs: Sequence[Rung], links: Sequence[str], words: Words, record: Mapping[str, int] | None) -> str:
    told = [f"{link}: {LINKS[link]}" for link in links]
    note = f"{'; '.join(told).capitalize()}. "
    if "signed" in links:
        note += _signing(words)
        note += f" {words.record(record)} " if record else " "
    if "kept" in links:
        note += (
            "A stage is carried out unless a temptation, drawn anew for everybody, exceeds its margin; the spread of temptations "
            "is a judgement of the case. "
        )
        note += "".join(_spoilers(r, words) for r in rungs)
    largest = max((r.chances.acceptable_error for r in rungs), default=0.0)
    off = (
        f"; the Monte Carlo error of “acceptable” is up to {error(largest)} percentage points"
        if largest
        else ""
    )
    note += f"Never scored against outcomes{off}."
    if more := beside(rungs, words):
        note += f" {more}"
    for why in dict.fromkeys(r.chances.unsaid for r in rungs):
        if why is not None:
            of = joined([r.name for r in rungs if r.chances.unsaid == why])
            note += f" A dash ({of}): {why}." if len(rungs) > 1 else f" What is missing: {why}."
    return note


def _spoilers(rung: Rung, words: Words) -> str:
    """What begun and kept owe to those who could wreck a step."""
    spared = rung.chances.spared
    if not spared:
        return ""
    each = joined([f"{words.party(p)} wrecks no step ({percent(v)})" for p, v in spared.items()])
    return (
        f"{rung.name}: begun and kept are with the chance that {each}; nobody at the table reckons with it. "
    )


def _signing(words: Words) -> str:
    case = words.case
    given = case.signing
    rounds = ROUNDS if given is None else given.counts
    chance = percent(EVEN) if given is None else percent(given.chance.median)
    whose = "Taken" if given is None else "Judged"
    by = "" if given is None or given.by is None else f" by {given.by.isoformat()}"
    beside = "" if case.record is None else f", counted as {plural(rounds, 'round')}, beside the record"
    return f"{whose} to be signed{by} where it is acceptable: {chance}{beside}."
