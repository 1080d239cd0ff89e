"""What drives what in a world, drawn and said: one picture, one document, the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from detente.charts.flow import Box, Edge, Look, drawing, flow_chart
from detente.document import Block, Cell, Chart, Document, Finding, Section, Table
from detente.figures import capital, joined, plural
from detente.world.influence import Arrow, Basis, Influence, Item
from detente.world.routes import Route

__all__ = ["chart", "diagram", "document", "sentences"]

_MARKS = {"+": "+", "-": "−", "?": "?", "of": "", "sets": ""}
_FIRM = {"fact": "a quotation", "theory": "a theory", "inference": "an inference", "judgement": "a judgement"}
_ISSUES = "A line with an arrow in a box is an issue that this part alone settles."
_LEFT_OUT = "Issues that one part alone settles, and no other looks at, are left out of the picture."
_LIMIT = (
    "The signs are read off the equations and hold within the judged ranges of their numbers; they say in which direction and "
    "not how much. A question mark says that the direction hangs on something else, or cannot be seen in the equation."
)


def diagram(influence: Influence, title: str = "What drives what") -> str:
    """The picture by part, as the text of an SVG file (:func:`detente.charts.flow.drawing`)."""
    boxes, edges = _drawn(influence)
    words = " ".join([_counted(influence), _ISSUES, *sentences(influence)])
    return drawing(boxes, edges, title=title, description=words)


def chart(influence: Influence, id: str = "influence", caption: str = "What drives what") -> Chart:
    """The same as a block of a briefing."""
    boxes, edges = _drawn(influence)
    return flow_chart(
        id, caption, boxes, edges, alt=f"{_counted(influence)} {_LEFT_OUT}", table=_arrows(influence)
    )


def sentences(influence: Influence) -> list[str]:
    """For each box that drives something, what it drives, in one sentence."""
    titles = _titles(influence)
    found = []
    for item in influence.parts:
        out = [arrow for arrow in influence.arrows if arrow.source == item.id]
        ways = [
            f"{verb} {joined([f'“{titles[a.target]}”' for a in out if a.mark == mark])}"
            for mark, verb in _VERBS.items()
            if any(a.mark == mark for a in out)
        ]
        if ways:
            found.append(f"“{item.title}” {joined(ways)}.")
    return found


_VERBS = {
    "+": "raises",
    "-": "lowers",
    "?": "moves up or down",
    "of": "by its option changes",
    "sets": "settles",
}


_LOOKS: Mapping[str, Look] = {
    "part": "part",
    "issue": "issue",
    "end": "end",
    "level": "part",
    "value": "part",
    "event": "event",
    "outside": "outside",
}
_COUNTED = {
    "part": "part",
    "level": "level",
    "value": "value",
    "event": "event",
    "issue": "issue",
    "end": "end",
    "outside": "neighbour",
}


def _counted(influence: Influence) -> str:
    kinds = {kind: sum(item.kind == kind for item in influence.parts) for kind in _COUNTED}
    counted = [plural(kinds[kind], word) for kind, word in _COUNTED.items() if kinds[kind]]
    return f"{joined(counted)}, and {plural(len(influence.arrows), 'arrow')} between them."


def _titles(influence: Influence) -> dict[str, str]:
    return {item.id: item.title for item in influence.parts}


# --- picture ----------------------------------------------------------------------------------------------


def _drawn(influence: Influence) -> tuple[list[Box], list[Edge]]:
    """Boxes and arrows; an issue that one part settles and no other looks at is a line in that part's box."""
    items = {item.id: item for item in (*influence.members, *influence.parts)}
    inside = _inside(influence)
    boxes = []
    for item in influence.parts:
        if item.id in inside:
            continue
        says = [] if item.kind == "end" or not item.says else [item.says]
        says += [f"→ {items[issue].title}" for issue, part in inside.items() if part == item.id]
        boxes.append(Box(item.id, _LOOKS[item.kind], item.title, tuple(says), _box_tip(item)))
    edges = [
        Edge(a.source, a.target, _MARKS[a.mark], _firm(a.basis), a.delayed, _tip(a, items))
        for a in influence.arrows
        if a.source not in inside and a.target not in inside
    ]
    return boxes, edges


def _inside(influence: Influence) -> dict[str, str]:
    """Issue → the part that settles it, where no other box has to do with it."""
    found = {}
    for item in influence.parts:
        if item.kind == "issue":
            settled = {a.source for a in influence.arrows if a.target == item.id}
            beside = {a.target for a in influence.arrows if a.source == item.id}
            if len(settled) == 1 and beside <= settled:
                found[item.id] = settled.pop()
    return found


def _firm(basis: Basis) -> Literal["quoted", "theory", "judged"]:
    return "quoted" if basis.kind == "fact" else "theory" if basis.kind == "theory" else "judged"


def _box_tip(item: Item) -> str:
    unit = f" ({item.unit})" if item.unit else ""
    says = f": {item.says}{unit}" if item.says and item.says != item.title else ""
    return f"{item.title}{says}. {_rests(item.basis)}".strip()


def _tip(arrow: Arrow, items: Mapping[str, Item]) -> str:
    source, target = items[arrow.source], items[arrow.target]
    return f"{source.title} → {target.title}: {_meaning(arrow, items)}. {_rests(arrow.basis)}".strip()


def _meaning(arrow: Arrow, items: Mapping[str, Item]) -> str:
    if arrow.mark == "of":
        return "by the option of the issue" + (" a month before" if arrow.delayed else "")
    if arrow.mark == "sets":
        return f"settles it: {joined([option.replace('_', ' ') for option in arrow.options], 'or')}"
    named = (items[arrow.cause or arrow.source], items[arrow.effect or arrow.target])
    cause, effect = (f"“{item.says if item.kind != 'part' and item.says else item.title}”" for item in named)
    less = {"+": "more", "-": "less", "?": "more or less, as things stand,"}[arrow.mark]
    return f"more of {cause} is {less} of {effect}" + (" a month later" if arrow.delayed else "")


def _rests(basis: Basis) -> str:
    if basis.kind not in _FIRM:
        return "It is not said what this rests on."
    text = f"“{basis.text}”" if basis.kind == "fact" else basis.text
    source = f" ({basis.source})" if basis.source else ""
    return f"Rests on {_FIRM[basis.kind]}: {text}{source}".rstrip(".") + "."


# --- document ---------------------------------------------------------------------------------------------


def document(influence: Influence, title: str, ways: Mapping[str, Sequence[Route]] | None = None) -> Document:
    """A world in words: its parts, what they hold, what may happen, what drives what, what moves which issue; ``ways``: by
    the name of a policy, as its ways to what counts."""
    return Document(
        title,
        "What drives what in the world of this case, as its equations say",
        [
            Finding(_counted(influence), limit=_LIMIT, headline=True),
            Section("parts", "Parts", [_parts(influence)]),
            Section("levels", "Levels and values", [_quantities(influence)]),
            Section("events", "Events", [_events(influence)]),
            *_issues(influence),
            Section("arrows", "What drives what", [_arrows(influence)]),
            *_ways(influence, ways or {}),
        ],
    )


def _parts(influence: Influence) -> Table:
    rows = []
    for item in influence.parts:
        if item.kind == "part":
            into = sum(a.target == item.id for a in influence.arrows)
            out = sum(a.source == item.id for a in influence.arrows)
            rows.append((item.title, item.says, str(into), str(out), _basis_cell(item.basis)))
    columns = ("Part", "What its arrows speak of", "Driven by", "Drives", "Rests on")
    return Table("Parts of this world", columns, rows, numeric=(2, 3))


def _basis_cell(basis: Basis) -> Cell:
    if basis.kind not in _FIRM:
        return Cell("not said", "caution")
    source = f" ({basis.source})" if basis.source else ""
    return Cell(_FIRM[basis.kind], note=f"{basis.text}{source}")


def _quantities(influence: Influence) -> Table:
    rows = [
        (item.id, item.says, item.unit, item.kind, item.equation)
        for item in influence.members
        if item.kind in ("level", "value")
    ]
    columns = ("Name", "What it is", "Unit", "Kind", "Equation")
    return Table(
        "A level carries over from month to month, a value is worked out anew", columns, rows, fold=True
    )


def _events(influence: Influence) -> Table:
    rows = [(item.id, item.says, item.equation) for item in influence.members if item.kind == "event"]
    return Table("What may happen in a month", ("Name", "What happens", "Chance, or when"), rows, fold=True)


def _issues(influence: Influence) -> Iterator[Block]:
    titles = {item.id: item for item in influence.members}
    rows: list[Sequence[str]] = []
    for arrow in influence.within:
        if arrow.mark == "sets":
            source = titles[arrow.source]
            options = joined([option.replace("_", " ") for option in arrow.options], "or")
            what = source.says or source.title
            how = f"when {what}" if source.kind == "event" else f"by {what}"
            rows.append((titles[arrow.target].title, capital(options), how, source.id))
    if rows:
        columns = ("Issue", "Moves to", "How", "Name")
        yield Section(
            "moves", "What moves which issue", [Table("Issues that this world moves", columns, rows)]
        )


def _arrows(influence: Influence) -> Table:
    titles = _titles(influence)
    said = {"+": "more: more", "-": "more: less", "?": "either", "of": "by option", "sets": "settles it"}
    rows = [
        (
            titles[a.source],
            titles[a.target],
            said[a.mark],
            "a month later" if a.delayed else "",
            _basis_cell(a.basis),
        )
        for a in influence.arrows
    ]
    return Table("What drives what", ("From", "To", "Direction", "When", "Rests on"), rows, fold=True)


def _ways(influence: Influence, ways: Mapping[str, Sequence[Route]]) -> Iterator[Block]:
    titles = _titles(influence)
    rows = [
        (
            policy,
            " → ".join(titles[box] for box in way.way[:-1]) or "itself",
            titles[way.way[-1]],
            {"+": "more: more", "-": "more: less", "?": "either"}[way.mark] if way.mark else "",
            joined(way.whose),
        )
        for policy, each in ways.items()
        for way in each
    ]
    if rows:
        columns = ("Policy", "By way of", "Reaches", "Direction", "Whose points")
        table = Table(
            "The shortest way from each policy to what counts for somebody", columns, rows, fold=True
        )
        yield Section("ways", "From policies to points", [table])
