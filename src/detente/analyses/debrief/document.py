"""What the debriefing says, as blocks: one screen for a class."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analyses.debrief.result import DebriefResult, GroupResult
from detente.analyses.words import Words
from detente.case.model import Case
from detente.document import Block, Cell, Document, Finding, Paragraph, Table
from detente.figures import agree, amount, capital, decimal, plural, signed

__all__ = ["document", "rows"]


def document(result: DebriefResult, case: Case) -> Document:
    """The answer of ``detente debrief``."""
    words = Words(case)
    blocks: list[Block] = [_verdict(result), *_most_left(result, words), _groups(result, words)]
    if improved := [g for g in result.groups if g.better is not None]:
        blocks.append(_better(improved, words))
    blocks.append(
        Paragraph(
            "* Points are each faction's own; those of different factions are not comparable, and the largest amount left on the table compares "
            "them all the same. Utilities at best estimates.",
            tone="muted",
        )
    )
    return Document(
        title=case.title,
        subtitle="What did the groups agree, and what did they leave on the table?",
        blocks=blocks,
        facts={"case": result.case, **words.table(result.track), "groups": f"{len(result.groups):,}"},
    )


def _verdict(result: DebriefResult) -> Finding:
    groups = len(result.groups)
    if not result.agreed:
        return Finding(f"None of {plural(groups, 'group')} agreed.", headline=True, tone="caution")
    text = f"{result.agreed} of {plural(groups, 'group')} agreed; {result.on_frontier} of these {agree(result.on_frontier, 'is', 'are')} on the exact frontier, where nobody can gain without somebody losing."
    return Finding(text, headline=True, tone="good" if result.on_frontier == result.agreed else "caution")


def _most_left(result: DebriefResult, words: Words) -> list[Block]:
    """Where most was left, of groups that agreed: not in the headline, because it compares points of different factions."""
    behind = [g for g in result.groups if g.package is not None and g.most_left_to is not None]
    if not behind:
        return []
    worst = max(behind, key=lambda g: g.most_left)
    whom = words.short(worst.most_left_to or "")
    return [
        Paragraph(
            f"Most was left by {worst.group}: {amount(worst.most_left)} points* for {whom}, at nobody's cost."
        )
    ]


def _groups(result: DebriefResult, words: Words) -> Table:
    columns = ["Group", "Agreed", *(capital(words.short(f)) for f in result.factions), "Left on the table"]
    found: list[Sequence[str | Cell]] = []
    for g in result.groups:
        says = "nothing" if g.package is None else "yes" if g.acceptable else "but would be refused"
        gains = [Cell(signed(g.gain[f]), "bad" if f in g.refuses else "plain") for f in result.factions]
        left = (
            "nothing: on the frontier"
            if g.on_frontier
            else f"{decimal(g.most_left, 1)} for {words.short(g.most_left_to or '')}"
        )
        found.append([g.group, says, *gains, Cell(left, "good" if g.on_frontier else "caution")])
    return Table(
        "What each group has, in points above no deal, and what it left",
        columns,
        found,
        numeric=tuple(range(2, len(columns) - 1)),
        note="Left on the table: the most that one faction could gain with nobody losing.",
    )


def _better(groups: Sequence[GroupResult], words: Words) -> Table:
    found: list[Sequence[str | Cell]] = []
    for g in groups:
        assert g.better is not None
        had = g.package or {}
        moves = {i: o for i, o in g.better.items() if had.get(i) != o}
        to = capital(words.short(g.most_left_to or ""))
        found.append([g.group, words.moves(moves), f"{to}: +{decimal(g.most_left, 1)}"])
    return Table(
        "What would have been better for somebody and worse for nobody", ["Group", "Instead", "Gain"], found
    )


def rows(result: DebriefResult, case: Case) -> list[list[str | float | None]]:
    """The same as a sheet: a row for each group, units in the columns."""
    words = Words(case)
    issues = list(dict.fromkeys(i for g in result.groups for i in (g.package or g.better or {})))
    names = [words.faction(f) for f in result.factions]
    head: list[str | float | None] = ["group", *(words.issue(i) for i in issues), "acceptable"]
    for what in ("points", "points above no deal", "points left on the table"):
        head += [f"{name}: {what}" for name in names]
    head += ["on the frontier", "most left on the table, points of one faction", "whose"]
    found = [head]
    for g in result.groups:
        row: list[str | float | None] = [g.group]
        row += [None if g.package is None else words.option(i, g.package[i]) for i in issues]
        row.append("yes" if g.acceptable else "no")
        for table in (g.utility, g.gain, g.left):
            row += [table[f] for f in result.factions]
        whose = None if g.most_left_to is None else words.faction(g.most_left_to)
        found.append([*row, "yes" if g.on_frontier else "no", g.most_left, whose])
    return found
