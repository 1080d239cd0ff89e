"""What everybody makes of a draft, as blocks: one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.analyses.deal.answer import PAPER
from detente.analyses.deal.draft import DraftResult
from detente.analyses.deal.ladder import Rung, ladder
from detente.analyses.words import Words
from detente.case.model import Case
from detente.document import Block, Cell, Document, Finding, Paragraph, Table
from detente.figures import capital, joined, percent, points, signed, spread

__all__ = ["document"]


def document(result: DraftResult, case: Case) -> Document:
    """The answer of ``detente deal --package``."""
    words = Words(case)
    blocks: list[Block] = [
        _verdict(result, words),
        Paragraph(f"The draft: {words.doing(result.package.moves)}."),
        _sides(result, words),
        *_lines(result, words),
    ]
    if result.uncertain:
        chances = ladder([Rung("This draft", result.chances)], words, None)
        blocks += [replace(table, note="") for table in chances]
    judged = " Shares of draws from judged ranges, never scored." if result.uncertain else ""
    blocks.append(Paragraph(f"{PAPER}{judged}", tone="muted"))
    return Document(
        title=case.title,
        subtitle="What does everybody make of this draft?",
        blocks=blocks,
        short=blocks,
        facts={"case": result.case, "seed": str(result.seed)}
        | ({"draws": f"{result.draws:,}"} if result.uncertain else {}),
    )


def _verdict(result: DraftResult, words: Words) -> Finding:
    """Whether it is acceptable, and who refuses it by how much."""
    package = result.package
    at = " at best estimates" if result.uncertain else ""
    refuse = [_refusal(f, result, words) for f in package.blocks if f in result.factions]
    who = f"; {joined(refuse)} would refuse it" if refuse else ""
    if result.agreed:
        text = f"This draft is acceptable{at} to everybody whose consent it needs"
        text += f"{who}, and need not be asked" if who else ""
    else:
        text = f"This draft is not acceptable{at}{who}"
    if result.uncertain:
        text += (
            f". Over the range of the judgements it is acceptable in {percent(package.acceptance)} of draws"
        )
    return Finding(f"{text}.", tone="good" if result.agreed else "bad", headline=True)


def _refusal(faction: str, result: DraftResult, words: Words) -> str:
    gain = result.package.gain[faction]
    by = f"{points(-gain)} points worse than no deal" if gain < 0 else "a line of its own is crossed"
    return f"{words.short(faction)} ({by})"


def _sides(result: DraftResult, words: Words) -> Table:
    package = result.package
    rows: list[Sequence[str | Cell]] = []
    for f in result.factions:
        low, _, high = package.gain_range[f]
        gain = spread(signed(package.gain[f]), signed(low), signed(high))
        rows.append(
            [
                capital(words.short(f)),
                "yes" if f in result.needed else "not alone",
                Cell(gain, "bad" if f in package.blocks else "good"),
                *([percent(package.acceptance_by_faction[f])] if result.uncertain else []),
            ]
        )
    within = " (5% to 95%)" if result.uncertain else ""
    columns = ["Who", "Needed", f"Own points above no deal{within}"]
    columns += ["Acceptable in draws"] if result.uncertain else []
    return Table(caption="", columns=columns, rows=rows, numeric=(2, 3)[: len(columns) - 2])


def _lines(result: DraftResult, words: Words) -> list[Table]:
    """The lines that it breaks, of those whose consent can matter."""
    rows: list[Sequence[str | Cell]] = [
        [
            capital(words.short(b.faction)),
            words.moves(b.line),
            *([percent(b.share)] if result.uncertain else []),
        ]
        for b in result.lines
        if b.faction in result.factions
    ]
    if not rows:
        return []
    columns = ("Whose", "Never", *(("Holds in draws",) if result.uncertain else ()))
    return [
        Table(caption="Lines that it breaks", columns=columns, rows=rows, numeric=(2,)[: len(columns) - 2])
    ]
