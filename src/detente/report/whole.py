"""The briefing: which analyses, in what order, as one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from detente.abreast import Abreast
from detente.analyses.deal import DealResult, deal
from detente.analyses.deal.document import run_facts, sections
from detente.analyses.deal.result import TrackResult
from detente.analyses.flips import FlipsResult, flips
from detente.analyses.flips.document import sections as flip_sections
from detente.analyses.flips.document import sentence as flip_sentence
from detente.analyses.outlook.document import behind as outlook_behind
from detente.analyses.outlook.document import sections as outlook_sections
from detente.analyses.outlook.result import OutlookResult
from detente.analyses.outlook.solve import outlook
from detente.analyses.roadmap import RoadmapResult
from detente.analyses.roadmap.document import base_rates, others
from detente.analyses.roadmap.document import behind as roadmap_behind
from detente.analyses.roadmap.document import section as roadmap_section
from detente.analyses.roadmap.propose import ahead
from detente.analyses.stability import StabilityResult, stability
from detente.analyses.stability.document import section as stability_section
from detente.analyses.stability.document import too_much
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.provenance import Element, anchor, elements
from detente.document import Block, Document, Link, Paragraph, Section
from detente.draws import Drawn
from detente.errors import LimitError
from detente.figures import capital, plural
from detente.report.brief import Findings, brief
from detente.report.defined import defined
from detente.report.origins import provenance

__all__ = ["report"]


def report(ready: Drawn) -> Document:
    """The whole report of a case: every analysis that it gives what it needs, on the same draws."""
    case = ready.problem.case
    result = deal(ready)
    best = result.main.solutions["most_acceptable"]
    moves = best.moves if best is not None and best.moves else None
    track = None if moves is None else result.main.id
    abreast = Abreast("parts of the briefing")
    future = abreast.later(lambda: None if case.world is None else outlook(ready, package=moves, track=track))
    rests = abreast.later(lambda: _rests(ready) if case.conflict else None)
    changes = abreast.later(lambda: flips(ready, result))
    roads = abreast.later(lambda: ahead(ready, result))
    return _briefing(case, result, changes(), rests(), roads(), future())


def _rests(ready: Drawn) -> StabilityResult | LimitError:
    """Where the standoff can come to rest, or why that cannot be had; the rest of the report does not need it."""
    try:
        return stability(ready.problem.case, ready)
    except LimitError as limit:
        return limit


def _briefing(
    case: Case,
    result: DealResult,
    changes: FlipsResult,
    rests: StabilityResult | LimitError | None,
    roads: Sequence[RoadmapResult],
    future: OutlookResult | None,
) -> Document:
    """The answers in the order in which they are read."""
    words = Words(case)
    found = elements(case)
    told = {section.id: section for section in sections(result, case)}
    tables = [
        _behind_table(told.pop(f"deal-{id}"), track, words, found) for id, track in result.tracks.items()
    ]
    blocks: list[Block] = [*brief(Findings(result, changes, future, found), words)]
    if case.summary:
        blocks.append(Section(id="case", title="What is it about?", blocks=[Paragraph(case.summary)]))
    see = tuple(Link(f"In full: {section.title}", section.id) for section in tables)
    blocks += [replace(told.pop(id), see=see) for id in ("chances", "swaps") if id in told]
    coming = outlook_sections(future, case) if future is not None else []
    blocks += [section for section in coming if section.id == "gestures"]
    if roads:
        blocks.append(_roads(roads, case))
    blocks += [section for section in coming if section.id != "gestures"]
    for section in flip_sections(changes, case):
        blocks.append(replace(section, blocks=[flip_sentence(changes, words), *section.blocks]))
    blocks.append(_limits(result, words, ordered=bool(roads)))
    behind = [
        *tables,
        *(roadmap_behind(road, case, answered=n == 0) for n, road in enumerate(roads)),
        *told.values(),
    ]
    if roads and roads[0].base_rates:
        behind.append(
            Section(id="base-rates", title="What happened elsewhere", blocks=[base_rates(roads[0])])
        )
    if future is not None:
        behind.append(outlook_behind(future, case))
    if isinstance(rests, LimitError):
        behind.append(
            Section(id="stability", title="Where the standoff can come to rest", blocks=[too_much(rests)])
        )
    elif rests is not None:
        behind.append(stability_section(rests, case))
    blocks += [replace(section, fold=True) for section in behind]
    return Document(
        title=case.title,
        subtitle=_standfirst(case),
        blocks=[*defined(blocks), provenance(found, blocks, words)],
        facts=run_facts(result),
    )


def _roads(roads: Sequence[RoadmapResult], case: Case) -> Section:
    """The order of steps of the first agreement, which is the likeliest to be acceptable, and whether the others have one."""
    first, *rest = roads
    parts: list[Block] = [roadmap_section(first, case), *([others(rest, case)] if rest else [])]
    rates = (Link("What happened elsewhere", "base-rates"),) if roads[0].base_rates else ()
    return Section(
        id="roadmap",
        title="In what order, and would it hold?",
        lead="In what order could each package be carried out, and would anybody gain by stopping half-way?",
        blocks=parts,
        see=rates,
    )


def _behind_table(section: Section, track: TrackResult, words: Words, found: Sequence[Element]) -> Section:
    """A table in full, with a way to what each faction there is judged to want."""
    links = tuple(
        Link(f"What {words.short(f)} wants", anchor(first))
        for f in track.factions
        if (first := next(_wants(f, found), None)) is not None
    )
    return replace(section, see=links)


def _wants(faction: str, found: Sequence[Element]) -> Iterator[str]:
    """Paths of the numbers of a faction's preferences."""
    return (e.path for e in found if e.number and e.path.startswith(f"preferences.{faction}."))


def _standfirst(case: Case) -> str:
    """What this is about, as of when, from how many sources."""
    parts = [case.name or "", "" if case.as_of is None else f"as of {case.as_of.isoformat()}"]
    parts.append(plural(len(case.sources), "source") if case.sources else "no source named")
    return capital(" · ".join(filter(None, [*parts, "three minutes"])))


def _limits(result: DealResult, words: Words, *, ordered: bool) -> Section:
    readings = "; ".join(f"{words.faction(f)}: {words.reading(f, r)}" for f, r in result.readings.items())
    temptations = (
        "; the sections on the order of steps say as much of the second as a model of temptations can"
    )
    lines = [
        "Acceptable means: at least the faction's no-deal value, and none of its lines broken. Whether a package "
        "that everybody accepts is signed, and whether what is signed is kept, are other questions"
        f"{temptations if ordered else ''}.",
        "The parties, issues and options are those of the case file; a deal outside them is not seen.",
        "Shares of draws come from judged ranges. They have not been scored against outcomes and are not "
        "calibrated probabilities."
        if result.uncertain
        else "Every number of this case is certain, so there are no shares of draws: a range that nobody typed is not in "
        "the answer.",
        "Points of different factions are not comparable; whatever adds or compares them says so, or has a star.",
    ]
    if readings:
        lines.append(f"At best estimates each rival view is settled by the likeliest reading: {readings}.")
    return Section(
        id="limits",
        title="How far can this be trusted?",
        lead="What these answers do not say.",
        blocks=[Paragraph(line) for line in lines],
    )
