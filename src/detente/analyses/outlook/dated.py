"""Dated questions as tables, a table a year: what is expected, and what stands for each question in the model."""

from __future__ import annotations

import re
from itertools import groupby, zip_longest

from detente.analyses.outlook.result import OutlookResult, QuestionResult
from detente.analyses.words import Words
from detente.case.base import Judgement
from detente.case.model import Case
from detente.case.provenance import anchor
from detente.case.wired import wired
from detente.case.world import Condition
from detente.document import Cell, Link, Paragraph, Table, Tone
from detente.figures import capital, day, decimal, joined, percent

__all__ = ["chosen", "dated", "question_id"]

OVERLAP = 0.005
"""By which answers may exceed 1 for want of exactness."""
_HAPPENED = re.compile(r"happened\(([\w.]+)\)")
_STANDS = re.compile(r"(\w+) is (\w+)")
_EITHER = re.compile(" or | and ")
BESIDE = {"prior": "judged", "not_modelled": "not modelled"}
"""What stands before an answer that no world gives."""


def question_id(name: str) -> str:
    """By which a question is found on the page."""
    return f"question-{name}"


def chosen(case: Case) -> Paragraph:
    """Who chose the questions, and when: whoever did may have known what came."""
    signed = [q.judgement for q in case.questions.values() if q.judgement is not None]
    who = list(dict.fromkeys(said for j in signed if (said := _signature(j))))
    if len(signed) < len(case.questions) or not who:
        return Paragraph(
            "The case does not say who chose all of these questions, or when: whoever did may have known what came, so how many of "
            "them come out right is no score."
        )
    return Paragraph(f"Chosen by {joined(who)}.")


def _signature(of: Judgement) -> str:
    return " on ".join(part for part in (of.by, of.on.isoformat() if of.on else None) if part)


def dated(result: OutlookResult, words: Words) -> list[Table]:
    """One table a year, in the order in which the answers are known."""
    ordered = sorted(result.questions.items(), key=lambda item: item[1].resolves)
    years = {year: list(some) for year, some in groupby(ordered, key=lambda item: item[1].resolves[:4])}
    worst = max(
        (e for q in result.questions.values() if q.basis == "modelled" for e in q.error.values() if e),
        default=0.0,
    )
    sure = f" (standard error at most {decimal(100 * worst, 1)} percentage points)" if worst >= 0.0005 else ""
    note = (
        f"Shares of simulated worlds{sure}; “judged”: somebody's judgement, which no model stands behind; “not modelled”: the case has "
        "nothing to say."
    )
    return [
        Table(
            caption=f"Questions whose answer is known in {year}",
            columns=("Known by", "Question", "Answer", "What stands for it"),
            rows=[_question(name, q, words) for name, q in some],
            note=note if year == max(years) else "",
        )
        for year, some in years.items()
    ]


def _question(name: str, q: QuestionResult, words: Words) -> list[str | Cell]:
    known = {a: v for a, v in q.answers.items() if v is not None}
    said = "; ".join(f"{a} {percent(v)}" for a, v in known.items())
    if sum(known.values()) > 1 + OVERLAP:
        said += " (more than one of them can be true)"
    if q.basis != "modelled":
        said = f"{BESIDE[q.basis]}: {said}" if said else BESIDE[q.basis]
    tone: Tone = "caution" if q.basis == "prior" else "plain"
    judged = [a for a in q.answers if q.basis == "prior"]
    return [
        Cell(day(q.resolves), id=question_id(name)),
        q.text,
        Cell(
            said, tone, links=tuple(Link("why", anchor(f"questions.{name}.answers.{a}")) for a in judged[:1])
        ),
        capital((q.note or "").strip()) or _stands(name, words.case) or "–",
    ]


def _stands(name: str, case: Case) -> str:
    """What stands for the first answer that has a condition: an event in words, or else the condition."""
    spec = case.questions.get(name)
    asked = [a for a in spec.answers.values() if isinstance(a, Condition)] if spec is not None else []
    if not asked:
        return ""
    that = asked[0].that
    joints = _EITHER.findall(that)
    told = [_in_words(term, case) for term in _EITHER.split(that)]
    if None in told:
        return f"The condition “{that}”"
    return f"{capital(''.join(f'{clause}{joint}' for clause, joint in zip_longest(told, joints, fillvalue='')))}."


def _in_words(term: str, case: Case) -> str | None:
    """That something happens, or that an issue stands somewhere; None of any other condition."""
    if event := _HAPPENED.fullmatch(term):
        says = wired(case).says.get(event[1])
        return None if says is None else f"that {says}"
    if (at := _STANDS.fullmatch(term)) and at[1] in case.issues:
        words = Words(case)
        return f"that “{words.issue(at[1])}” stands at “{words.option(at[1], at[2])}”"
    return None
