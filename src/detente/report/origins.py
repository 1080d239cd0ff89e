"""Where every number comes from, and where it is used: the last part of a briefing, to which all others lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from detente.analyses.outlook.dated import question_id
from detente.analyses.outlook.document import BEHIND
from detente.analyses.words import Words
from detente.case.provenance import Element, anchor
from detente.document import Block, Cell, Finding, Link, Section, Table

__all__ = ["provenance"]

KINDS = {"fact": "Quoted facts", "inference": "Inferences", "judgement": "Judgements"}


def provenance(found: Sequence[Element], blocks: Sequence[Block], words: Words) -> Section:
    """Every source, quotation, inference and judgement, each with the parts of ``blocks`` in which it is used."""
    links = _leading(blocks)
    parts = {block.id: block.title for block in _sections(blocks)}
    tables: list[Block] = [_sources(found, words)] if words.case.sources else []
    for kind, caption in KINDS.items():
        of = [e for e in found if e.kind == kind]
        if not of:
            continue
        rows: list[list[str | Cell]] = [
            [
                Cell(words.place(e.path), note=e.path, id=anchor(e.path)),
                e.value,
                f"“{e.text}”" if kind == "fact" else e.text,
                Cell(e.origin, links=(Link("", f"source-{e.origin}"),)),
                Cell("", links=_used(e, links, parts)),
            ]
            for e in of
        ]
        tables.append(
            Table(
                caption=f"{caption} ({len(rows)})",
                columns=("Element", "Number", "In the words of the case", "Source or author", "Used in"),
                rows=rows,
                fold=True,
            )
        )
    return Section(
        id="provenance",
        title="Where every number comes from",
        lead="Fact, inference and judgement are three things and are never mixed.",
        blocks=tables,
        fold=True,
    )


def _sources(found: Sequence[Element], words: Words) -> Table:
    quoted: dict[str, list[Element]] = {}
    for e in found:
        if e.kind == "fact":
            quoted.setdefault(e.origin, []).append(e)
    return Table(
        "Sources",
        ("Id", "Title", "Publisher", "Date", "Quoted in"),
        [
            [
                Cell(id, id=f"source-{id}"),
                s.title,
                s.publisher or "",
                s.date.isoformat() if s.date else "",
                Cell(
                    "", links=tuple(Link(str(n), anchor(e.path)) for n, e in enumerate(quoted.get(id, ()), 1))
                ),
            ]
            for id, s in words.case.sources.items()
        ],
    )


def _sections(blocks: Sequence[Block]) -> Iterator[Section]:
    for block in blocks:
        if isinstance(block, Section):
            yield block
            yield from _sections(block.blocks)


def _leading(blocks: Sequence[Block]) -> Mapping[str, dict[str, str]]:
    """Where links lead, with the sections from which they do: id → title."""
    found: dict[str, dict[str, str]] = {}
    for section in _sections(blocks):
        for link in _links(section):
            found.setdefault(link.to, {})[section.id] = section.title
    return found


def _links(section: Section) -> Iterator[Link]:
    yield from section.see
    for block in section.blocks:
        if isinstance(block, Finding | Table):
            yield from block.see
        if isinstance(block, Table):
            yield from (link for row in block.rows for c in row if isinstance(c, Cell) for link in c.links)


def _used(
    element: Element, links: Mapping[str, dict[str, str]], parts: Mapping[str, str]
) -> tuple[Link, ...]:
    """The parts that lead to it, then those into which it goes by what it is."""
    named = dict(links.get(anchor(element.path), {}))
    for id in _goes_into(element.path.split("."), parts):
        if id in parts:
            named.setdefault(id, parts[id])
    if element.path.startswith("questions."):
        named.pop("questions", None)
        named[question_id(element.path.split(".")[1])] = "its question"
    return tuple(Link(title, id) for id, title in named.items())


def _goes_into(path: Sequence[str], parts: Mapping[str, str]) -> Iterator[str]:
    """Ids of the parts of the briefing that are made from an element of the case."""
    match path[0]:
        case "preferences" | "readings" | "parties" | "issues" | "impossible" | "tracks" | "agreement":
            tables = [id for id in parts if id.startswith("deal-")]
            own = [id for id in tables if path[0] == "tracks" and id == f"deal-{path[1]}"]
            # What all tables are about stands for all of them; a link to each would be most of the page.
            yield from own or (["chances"] if "chances" in parts else tables)
            if path[0] == "parties" and path[-1] == "delivers":
                yield "chances"
            if path[0] == "issues" and path[-1] in ("undo", "verify"):
                yield "roadmap"
        case "record" | "signing":
            yield "chances"
        case "steps" | "guarantees" | "deadlines":
            yield from ("roadmap", "chances")
        case "world" | "policies":
            yield BEHIND if BEHIND in parts else "outlook"
        case "gestures":
            yield "gestures"
        case "questions":
            yield "questions"
        case "conflict":
            yield "stability"
        case "bodies":
            yield "bodies"
        case _:
            yield "case"
