"""What everybody makes of a draft, as blocks: one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.analyses.deal.answer import PAPER, in_draws
from detente.analyses.deal.draft import DraftResult
from detente.analyses.deal.ladder import Rung, ladder
from detente.analyses.deal.short import sides
from detente.analyses.words import Words
from detente.case.model import Case
from detente.document import Block, Cell, Document, Finding, Paragraph, Table
from detente.figures import amount, capital, joined, percent

__all__ = ["document"]


def document(result: DraftResult, case: Case) -> Document:
    """The answer of ``detente deal --package``."""
    words = Words(case)
    blocks: list[Block] = [
        _verdict(result, words),
        Paragraph(f"The draft: {words.doing(result.package.moves)}."),
        sides(result.package, result.factions, words, drawn=bool(result.uncertain), needed=result.needed),
        *_lines(result, words),
    ]
    record = None if case.record is None else case.record.counted
    chances = ladder([Rung("This draft", result.chances)], words, record) if result.uncertain else []
    judged = " Shares of draws from judged ranges, never scored. More: --all." if result.uncertain else ""
    return Document(
        title=case.title,
        subtitle="What does everybody make of this draft?",
        blocks=[*blocks, *chances, Paragraph(PAPER, tone="muted")],
        short=[
            *blocks,
            *(replace(table, note="") for table in chances),
            Paragraph(f"{PAPER}{judged}", tone="muted"),
        ],
        facts={"case": result.case, **words.table(result.track), "seed": str(result.seed)}
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
        share = in_draws(package.acceptance, package.acceptance_error)
        text += f". Over the range of the judgements it is acceptable in {share}"
    return Finding(f"{text}.", tone="good" if result.agreed else "bad", headline=True)


def _refusal(faction: str, result: DraftResult, words: Words) -> str:
    gain = result.package.gain[faction]
    by = f"{amount(-gain)} points worse than no deal" if gain < 0 else "a line of its own is broken"
    return f"{words.short(faction)} ({by})"


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
