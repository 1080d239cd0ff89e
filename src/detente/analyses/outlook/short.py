"""What ``detente outlook`` answers on one screen: the verdict, what comes and when, what no deal is worth, the next questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from detente.analyses.outlook.answer import answer, ended, main_end, none_of
from detente.analyses.outlook.result import OutlookResult, QuestionResult
from detente.analyses.words import Words
from detente.document import Block, Cell, Document, Paragraph, Table
from detente.figures import capital, day, percent, points, signed, spelt, spread

__all__ = ["answers", "in_short", "questions"]

A_YEAR = 366
"""Days."""
SHOWN = 6
"""Things that may come."""


def in_short(result: OutlookResult, words: Words) -> list[Block]:
    """The answer on one screen."""
    blocks: list[Block] = [replace(answer(result, words, headline=True), because="", limit="")]
    comes = _comes(result, words)
    blocks += [comes] if comes.rows else []
    blocks.append(_worth(result, words))
    blocks += _next(result)
    blocks.append(
        Paragraph(
            "Shares of simulated worlds, judged and never scored. More: --all; every dated question: --questions.",
            tone="muted",
        )
    )
    return blocks


def _comes(result: OutlookResult, words: Words) -> Table:
    """What becomes of what can be ended, or else of the issues that move, or else what may happen."""
    months = sorted({min(12, result.months), result.months // 2, result.months})
    what = main_end(result)
    if what is not None:
        names = [n for n in ended(result)[what] if result.events[n].share[-1] > 0]
        paths = [(capital(result.events[n].says), result.events[n].share) for n in names]
        paths.append(("None of these", none_of(result, ended(result)[what])))
        caption = f"What becomes of the {what.replace('_', ' ')}"
    elif result.issues:
        moving = _moving(result, words)
        paths = moving[:SHOWN]
        caption = f"Where the issues stand that move by themselves{_most(len(moving), 'which move most')}"
    else:
        likely = sorted((e for e in result.events.values() if e.share[-1] > 0), key=lambda e: -e.share[-1])
        paths = [(capital(e.says), e.share) for e in likely[:SHOWN]]
        caption = f"What may happen{_most(len(likely), 'the likeliest')}"
    rows = [[name, *(percent(path[m]) for m in months)] for name, path in paths]
    return Table(
        caption=caption,
        columns=("By", *(day(result.dates[m]) for m in months)),
        rows=rows,
        numeric=tuple(range(1, 1 + len(months))),
        keep=(-1,) if what is not None else (),
    )


def _most(of: int, which: str) -> str:
    """What a caption says where only the first rows are shown."""
    return f": {spelt(SHOWN)} of {of:,}, {which}" if of > SHOWN else ""


def _moving(result: OutlookResult, words: Words) -> list[tuple[str, tuple[float, ...]]]:
    """Every option of an issue that moves, those that gain or lose most first."""
    paths = [
        (f"{words.issue(i)}: {words.option(i, o)}", path)
        for i, options in result.issues.items()
        for o, path in options.items()
    ]
    return sorted(paths, key=lambda p: -abs(p[1][-1] - p[1][0]))


def _worth(result: OutlookResult, words: Words) -> Table:
    rows: list[Sequence[str | Cell]] = [
        [
            capital(words.short(f)),
            points(v.status_quo),
            spread(points(v.no_deal), points(v.low), points(v.high)),
            signed(v.drift),
            signed(v.negotiating),
        ]
        for f, v in result.no_deal.items()
    ]
    return Table(
        caption="What no deal is worth, in points of each",
        columns=("Who", "Status quo", "No deal (5% to 95%)", "A year of waiting", "Value of negotiating"),
        rows=rows,
        numeric=(1, 2, 3, 4),
    )


def _next(result: OutlookResult) -> list[Block]:
    """The questions whose answer is known within a year."""
    until = (date.fromisoformat(result.dates[0]) + timedelta(days=A_YEAR)).isoformat()
    due = [q for q in _ordered(result).values() if q.resolves <= until and answers(q)]
    if not due:
        return []
    rows = [[day(q.resolves), q.text, answers(q)] for q in due]
    return [
        Table(
            caption="Questions whose answer is known within a year",
            columns=("By", "Question", "Chance"),
            rows=rows,
        )
    ]


def _ordered(result: OutlookResult) -> dict[str, QuestionResult]:
    return dict(sorted(result.questions.items(), key=lambda item: item[1].resolves))


def answers(question: QuestionResult) -> str:
    """What is expected: the chance of yes, or of each answer; nothing where the case has nothing to say."""
    known = {a: v for a, v in question.answers.items() if v is not None}
    if set(question.answers) == {"yes", "no"}:
        return percent(known["yes"]) if "yes" in known else ""
    return "; ".join(f"{a} {percent(v)}" for a, v in known.items())


def questions(result: OutlookResult, title: str) -> Document:
    """Every dated question: the answer of ``detente outlook CASE --questions``."""
    rows = [
        [day(q.resolves), f"{q.text}{f' ({q.note.strip()})' if q.note else ''}", answers(q) or "–", name]
        for name, q in _ordered(result).items()
    ]
    table = Table(
        caption="",
        columns=("Known by", "Question", "Chance", "Id"),
        rows=rows,
        note="Of yes, or of each answer: shares of simulated worlds, or somebody's judgement where no world stands behind it ('basis' in --json); in brackets "
        "what stands for the question there. None has been scored.",
    )
    return Document(title=title, subtitle="The dated questions", blocks=[table])
