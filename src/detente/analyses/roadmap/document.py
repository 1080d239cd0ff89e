"""What the roadmap says, as blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.analyses.deal.ladder import Rung, ladder, said
from detente.analyses.roadmap.propose import SWAPS
from detente.analyses.roadmap.remedies import REORDERED
from detente.analyses.roadmap.result import Boost, Due, Move, Part, Patience, RoadmapResult, Stage
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.provenance import anchor
from detente.charts.timeline import Span, timeline
from detente.document import Block, Cell, Chart, Document, Finding, Link, Paragraph, Section, Table, Tone
from detente.figures import amount, capital, day, error, joined, percent, plural, signed
from detente.prospects.road import WHOLE

__all__ = ["base_rates", "behind", "document", "others", "section"]

WAYS = {
    "walk off": "walking off",
    "withhold": "holding its own step up while the others carry out theirs",
    "take back": "taking back what it has done",
}
QUESTION = "In what order could the package be carried out, and would anybody gain by stopping half-way?"
BOOSTS = 6
TINY = 0.05
SCALES = "Which margin is the smallest compares points of different factions, so it depends on their scales."


def document(result: RoadmapResult, case: Case) -> Document:
    """The answer of ``detente roadmap``."""
    return Document(
        title=case.title,
        subtitle=QUESTION,
        blocks=_blocks(result, Words(case), headline=True),
        short=_in_short(result, Words(case)),
        facts={"case": result.case, "seed": str(result.seed), "draws": f"{result.draws:,}"},
    )


def section(result: RoadmapResult, case: Case) -> Section:
    """The answer in the briefing, with its picture, under the name of its table."""
    words = Words(case)
    answer, *rest = _told(result, words)
    return Section(
        id=f"roadmap-{result.track.replace('_', '-')}",
        title=f"To carry out: {_title(result, words)}",
        blocks=[answer, _line(result, words), *rest],
        see=(Link("Stage by stage, with every margin", _behind(result)),),
    )


def _told(result: RoadmapResult, words: Words) -> list[Block]:
    """The answer, what of it would hold alone, and its dates."""
    blocks: list[Block] = [_answer(result, words, False)]
    if result.part is not None:
        blocks.append(_part(result.part, words))
    first, end = result.stages[0].date, result.stages[-1].date
    if first is not None and end is not None:
        dates = f"From {day(first)} to {day(end)}; it begins {_lead(result)}."
        blocks.append(Paragraph(" ".join(filter(None, (dates, _too_late(result, words))))))
    return blocks


def others(results: Sequence[RoadmapResult], case: Case) -> Table:
    """A row for each of several orders."""
    words = Words(case)
    rows: list[list[str | Cell]] = []
    for r in results:
        weak = r.stages[r.weakest - 1]
        holds = r.slack is not None and r.slack >= 0
        name = Cell(capital(_title(r, words)), links=(Link("", _behind(r)),))
        verdict = Cell("yes" if holds else "no", "good" if holds else "bad")
        rows.append(
            [name, verdict, capital(words.short(weak.weakest)), _points(weak.slack), percent(r.survival)]
        )
    return Table(
        caption="To carry out the others",
        columns=("Agreement", "An order holds", "Weakest link", "Its margin", "The order survives in draws"),
        rows=rows,
        numeric=(3, 4),
        note="Margin: points of the weakest link's own by which going on is better for it than its best way out, in the order with the "
        "most slack; “a line”: it crosses one.",
    )


def _title(result: RoadmapResult, words: Words) -> str:
    """The table, or what a small exchange does."""
    if result.track not in SWAPS:
        return result.track_name
    return f"{result.track_name}: {words.doing(result.package)}"


def behind(result: RoadmapResult, case: Case, *, answered: bool) -> Section:
    """What stands behind that answer; with the answer itself unless it was given before."""
    words = Words(case)
    return Section(
        id=_behind(result),
        title=f"Stage by stage: {_title(result, words)}",
        lead=QUESTION,
        blocks=[*([] if answered else _told(result, words)), *_detail(result, words)],
        fold=True,
        see=tuple(
            Link(f"How {words.issue(m.issue)} is carried out", anchor(f"{m.issue}.undo"))
            for s in result.stages
            for m in s.steps
        ),
    )


def _behind(result: RoadmapResult) -> str:
    return f"stages-{result.track.replace('_', '-')}"


def _blocks(result: RoadmapResult, words: Words, *, headline: bool) -> list[Block]:
    blocks: list[Block] = [_answer(result, words, headline), _line(result, words)]
    if result.part is not None:
        blocks.append(_part(result.part, words))
    chain = ladder([Rung("This package", result.chances)], words, result.record)
    rates = [base_rates(result)] if result.base_rates else []
    *detail, how = _detail(result, words)
    return [*blocks, *detail, *chain, *rates, how]


def _detail(result: RoadmapResult, words: Words) -> list[Block]:
    """Stages, margins, patience, and what would help; how it was found comes last."""
    blocks: list[Block] = [_order(result, words)]
    if result.due:
        blocks.append(_calendar(result, words))
    blocks.append(Paragraph(_patience(result.patience, words)))
    if result.boosts:
        blocks.append(_boosts(result.boosts, result.slack, words))
    return [*blocks, _margins(result, words), Paragraph(_how(result, words), tone="muted")]


def _in_short(result: RoadmapResult, words: Words) -> list[Block]:
    """The answer on one screen: the verdict, the steps, how likely they are to be taken, what would help."""
    rows: list[list[str | Cell]] = [
        [
            str(s.number) if s.steps else "",
            day(s.date or f"month {s.month}"),
            capital(_moves(s.steps, words)) if s.steps else "All is done",
            capital(words.short(s.weakest)),
            Cell(_points(s.slack), "bad" if s.slack is None or s.slack < 0 else "plain"),
        ]
        for s in result.stages
    ]
    order = Table(
        caption="The order in which stopping half-way pays least",
        columns=("No.", "Begins", "Step", "Weakest link", "Margin"),
        rows=rows,
        numeric=(4,),
        keep=(-1,),
    )
    return [
        replace(_answer(result, words, True), because="", limit=""),
        order,
        Paragraph(f"Chances of this package: {said(result.chances)}."),
        *(Paragraph(text) for text in (_too_late(result, words), _help(result, words)) if text),
        Paragraph(
            f"Begins {_lead(result)}. Margin: points of its own by which the weakest link would rather go on than stop. Chances are "
            "means over judged ranges, never scored. More: --all.",
            tone="muted",
        ),
    ]


def _answer(result: RoadmapResult, words: Words, headline: bool) -> Finding:
    weak = result.stages[result.weakest - 1]
    steps = plural(sum(len(s.steps) for s in result.stages), "step")
    who = words.short(weak.weakest)
    where = _where(weak, result, words)
    start, supposing = _supposing(result, words)
    none = "no order" if result.proven else "no order that was found"
    if result.slack is not None and weak.slack is not None and result.slack >= 0:
        answer = (
            f"the {steps} of this package can be carried out in an order in which nobody who has to go on gains by stopping. "
            f"The weakest link is {who}, {where}: going on is worth only {amount(weak.slack)} points more than "
            f"{_way(weak)}. All of it takes {plural(result.months, 'month')}."
        )
    elif weak.slack is None:
        lines = joined([words.short(f) for f in weak.crosses]) or who
        answer = (
            f"{none} of the {steps} of this package holds: in the best one stage {weak.number} of {len(result.stages) - 1} "
            f"({_moves(weak.steps, words)}) crosses a line of {lines}."
        )
    else:
        answer = (
            f"{none} of the {steps} of this package holds: in the best one {who} gains {amount(-weak.slack)} points, "
            f"{where}, by {_way(weak)}."
        )
    text = f"{start}{supposing}{answer}"
    because = _reason(weak, result, words)
    off = f" ({error(result.survival_error)} percentage points, Monte Carlo)" if result.survival_error else ""
    survives = f"The order survives in {percent(result.survival)} of draws{off}"
    rivals = words.by_reading(result.survival_by_reading)
    if rivals:
        survives += f": {rivals}"
    gap = "" if result.proven else f" Another order could have a slack of up to {_points(result.bound)}."
    tone: Tone = "bad" if result.slack is None or result.slack < 0 else "caution"
    return Finding(
        text,
        because=because,
        limit=f"{survives}. A share of draws from judged ranges, not a calibrated probability.{gap} {SCALES}",
        tone=tone,
        headline=headline,
    )


def _supposing(result: RoadmapResult, words: Words) -> tuple[str, str]:
    """What there is to say before the answer: a sentence, and a condition that the answer goes on from."""
    if not result.supposed:
        return "", ""
    readings = joined([words.is_true(f, r) for f, r in result.supposed.items()])
    prior = f"(a chance of {percent(result.supposed_prior)} at best estimates)"
    if not result.short:
        return "", f"Supposing that {readings} {prior}, "
    short = joined(
        [
            f"{words.short(f)} ({'it breaks a line' if v is None else f'by {amount(v)} points'})"
            for f, v in result.short.items()
        ]
    )
    return (
        f"At best estimates there is nothing to carry out: the package is worse than no deal for {short}. ",
        f"Supposing instead that {readings} {prior}, ",
    )


def _points(value: float | None) -> str:
    """Points with their sign, or that a line is crossed."""
    return "a line" if value is None else signed(value)


def _where(stage: Stage, result: RoadmapResult, words: Words) -> str:
    if not stage.steps:
        return "once all is done"
    return f"before stage {stage.number} of {len(result.stages) - 1} ({_moves(stage.steps, words)})"


def _way(stage: Stage) -> str:
    return WAYS[stage.way_out[stage.weakest]]


def _reason(weak: Stage, result: RoadmapResult, words: Words) -> str:
    parts = []
    if result.lines:
        lines = joined([words.short(f) for f in result.lines])
        parts.append(f"The package breaks a line of {lines}, which no order mends.")
    sure = [s for s in result.stages if s.slack is not None]
    same = [s for s in sure if s.weakest == weak.weakest and abs((s.slack or 0) - (weak.slack or 0)) < TINY]
    if len(same) == len(result.stages) and len(same) > 1:
        parts.append(
            "Its margin is the same throughout: it is what the package is worth to it, not the order, that decides."
        )
    elif sure:
        strong = max(sure, key=lambda s: s.slack or 0.0)
        parts.append(
            f"The strongest place is {_where(strong, result, words)}, where the smallest margin is {_points(strong.slack)} "
            f"points, of {words.short(strong.weakest)}."
        )
    return " ".join(filter(None, [*parts, _help(result, words)]))


def _help(result: RoadmapResult, words: Words) -> str:
    """The change that adds most slack, if any does."""
    best = result.boosts[0] if result.boosts else None
    if best is None:
        return ""
    after = max((v for v in (best.slack, best.reordered) if v is not None), default=None)
    if after is not None and (result.slack is None or after > result.slack + TINY):
        return (
            f"What would help most: {_boost(best, words)} (slack {_points(result.slack)} → {_points(after)})."
        )
    return "None of the guarantees, exchanges and irreversible steps that were tried adds slack."


def _line(result: RoadmapResult, words: Words) -> Chart:
    rows = [
        Span(
            f"{s.number}. {capital(_moves(s.steps, words))} – {_parties(s.steps, words)}"
            if s.steps
            else "All is done",
            s.month,
            s.month + s.months,
            s.slack,
            words.faction(s.weakest),
        )
        for s in result.stages
    ]
    return timeline(
        f"timeline-{result.track.replace('_', '-')}",
        "The order with the most slack; beside each stage the smallest margin, and whose it is",
        rows,
        start=result.stages[0].date,
    )


def _order(result: RoadmapResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for s in result.stages:
        when = s.date or f"month {s.month}"
        rows.append(
            [
                str(s.number) if s.steps else "end",
                when,
                capital(_moves(s.steps, words)) if s.steps else "All is done",
                _parties(s.steps, words) if s.steps else "–",
                capital(words.short(s.weakest)),
                s.way_out[s.weakest],
                Cell(_points(s.slack), "bad" if s.slack is None or s.slack < 0 else "good"),
                percent(s.share),
            ]
        )
    verdict = (
        "proven: no other order has more"
        if result.proven
        else f"no order has more than {_points(result.bound)}"
    )
    counted = (
        f" Counted on: {joined([_guarantee(g, words) for g in result.guarantees])}."
        if result.guarantees
        else ""
    )
    return Table(
        caption="Stage by stage",
        columns=(
            "No.",
            "Begins",
            "What",
            "Who takes it",
            "Weakest link",
            "Its best way out",
            "Margin",
            "Holds in draws",
        ),
        rows=rows,
        numeric=(6, 7),
        note=f"Margin: points by which going on is better, for whoever has least reason to, than its best way out. The "
        f"slack of the whole is {_points(result.slack)} ({verdict}).{counted} {SCALES}",
    )


def _margins(result: RoadmapResult, words: Words) -> Table:
    factions = list(result.stages[0].margin)
    rows: list[list[str | Cell]] = [
        [
            str(s.number) if s.steps else "end",
            *(_margin(s, f) for f in factions),
        ]
        for s in result.stages
    ]
    return Table(
        caption="Every margin",
        columns=("Stage", *map(words.faction, factions)),
        rows=rows,
        numeric=tuple(range(1, len(factions) + 1)),
        note="Each faction's own points; they are not comparable across factions.",
        fold=True,
    )


def _margin(stage: Stage, faction: str) -> Cell:
    margin = stage.margin[faction]
    if margin is None:
        return Cell("a line", "bad", "going on crosses a line of its own, now or later")
    return Cell(signed(margin), "bad" if margin < 0 else "plain", WAYS[stage.way_out[faction]])


def _lead(result: RoadmapResult) -> str:
    """When the first step begins, and who says so."""
    when = (
        f"{plural(result.lead, 'month')} after the date of the case"
        if result.lead
        else "on the date of the case"
    )
    return f"{when} ({'as the case says' if result.lead_typed else 'taken; the case does not say when'})"


def _too_late(result: RoadmapResult, words: Words) -> str:
    """What could not be in time."""
    behind = [d for d in result.due if d.late]
    if not behind:
        return ""
    each = [
        f"{_step(d, words)} is {d.what} on {day(d.date)}, after its day, {_day(d, words)}" for d in behind
    ]
    return f"Too late in this order, and none that was found has fewer steps late: {joined(each)}."


def _step(due: Due, words: Words) -> str:
    return f"{words.issue(due.issue)}: {words.option(due.issue, due.option)}"


def _day(due: Due, words: Words) -> str:
    """A day, and what it is where it is from a calendar."""
    return f"{day(due.by)}{f' ({words.calendar(due.calendar)})' if due.calendar else ''}"


def _calendar(result: RoadmapResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = [
        [
            _step(d, words),
            f"{d.what} by {_day(d, words)}",
            Cell(day(d.date), "bad" if d.late else "good"),
            percent(d.share),
        ]
        for d in result.due
    ]
    return Table(
        caption="What has a day",
        columns=("Step", "Has to be", "Is in this order", "In time in draws"),
        rows=rows,
        numeric=(3,),
        note=_too_late(result, words) or "Every step that has a day is in time at best estimates.",
    )


def _part(part: Part, words: Words) -> Finding:
    if not part.moves:
        return Finding("Not even one step of it alone, as an agreement of its own, would hold.", tone="bad")
    text = (
        f"A part of it would hold as an agreement of its own: to {_moves(part.moves, words)}, in this order."
    )
    missing = part.missing
    because = ""
    if missing is not None:
        because = (
            f"The next step, to {_moves((missing.move,), words)}, would have to be worth {amount(missing.points)} points more to "
            f"{words.short(missing.faction)}."
            if missing.points is not None
            else f"The next step, to {_moves((missing.move,), words)}, crosses a line of {words.short(missing.faction)}."
        )
    how = "" if part.exact else "Found by dropping one step at a time; a longer part may exist."
    return Finding(text, because=because, limit=how, tone="caution")


def _patience(patience: Patience, words: Words) -> str:
    judged = sorted(patience.judged.values())
    span = f"{judged[0]:g}" if judged[0] == judged[-1] else f"{judged[0]:g} to {judged[-1]:g}"
    meaning = "A patience of 0.98 means that a point next month is worth 0.98 points now."
    if patience.common is None:
        return f"No patience that all share would carry this order (judged: {span}). {meaning}"
    least = (
        "Any patience carries this order"
        if patience.common <= 0.0101
        else f"The least patience that carries this order, shared by all, is {patience.common:.3f}"
    )
    upper = (
        f", and above {patience.common_to:.3f} it no longer does"
        if patience.common_to is not None and patience.common_to < 0.9998
        else ""
    )
    tight = {f: v for f, v in patience.alone.items() if v is not None and v > 0.0101}
    single = ""
    if tight:
        each = [f"{words.faction(f)} {v:.3f} (judged {patience.judged[f]:g})" for f, v in tight.items()]
        single = f" With the others as judged, the least is: {joined(each)}."
    return f"{least}{upper} (judged: {span}).{single} {meaning}"


def _boosts(boosts: Sequence[Boost], slack: float | None, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for b in boosts[:BOOSTS]:
        again = "–" if b.reordered is None else signed(b.reordered)
        better = b.gain is not None and b.gain > TINY
        rows.append([_boost(b, words), Cell(_points(b.slack), "good" if better else "muted"), again])
    return Table(
        caption="What would make it hold better",
        columns=("One change", "Slack in the same order", "Slack in its own best order"),
        rows=rows,
        numeric=(1, 2),
        note=f"As it stands the slack is {_points(slack)}. {len(rows)} of {plural(len(boosts), 'change')} tried, each alone: guarantees of the case that are not counted on, steps "
        "made irreversible, neighbouring steps of different sides exchanged at one moment. A dash: the best order was not "
        f"looked for anew, which is done for {REORDERED}, and for packages of up to {WHOLE} steps.",
    )


def _boost(b: Boost, words: Words) -> str:
    if b.kind == "guarantee":
        return _guarantee(b.what[0], words)
    issues = joined([words.issue(i) for i in b.what])
    return f"{issues} made irreversible" if b.kind == "irreversible" else f"{issues} exchanged at one moment"


def _guarantee(id: str, words: Words) -> str:
    spec = words.case.guarantees[id]
    return f"{spec.name or id.replace('_', ' ')} ({spec.kind.replace('_', ' ')})"


def base_rates(result: RoadmapResult) -> Table:
    """What was counted elsewhere of agreements of this kind."""
    return Table(
        caption="How often such things worked before",
        columns=("What was counted", "Worked", "Of", "Share", "Why it is not the same", "Source"),
        rows=[
            [r.what, str(r.successes), str(r.cases), percent(r.successes / r.cases), r.mismatch, r.source]
            for r in result.base_rates
        ],
        numeric=(1, 2, 3),
        note="To be read beside the numbers above; they are not part of them.",
        fold=True,
    )


def _package(result: RoadmapResult) -> str:
    """Which package this is about."""
    if result.track in SWAPS:
        return f"the {'first' if result.track == SWAPS[0] else 'next'} small exchange of the deal analysis"
    at = f"at “{result.track_name}”"
    return (
        f"the package named {at}"
        if result.rule is None
        else f"the {result.rule.replace('_', ' ')} package {at}"
    )


def _how(result: RoadmapResult, words: Words) -> str:
    return (
        f"This is {_package(result)}: {words.moves(result.package)}. It begins {_lead(result)}; dates count from there, "
        "by the months that each step is judged to take; what is exchanged at one moment is verified side by side. "
        "A faction with a hand in a step is taken to be able to hold it up, or take it back."
    )


def _moves(steps: Sequence[Move], words: Words) -> str:
    return joined([words.doing({m.issue: m.option}) for m in steps])


def _parties(steps: Sequence[Move], words: Words) -> str:
    return joined([words.party(p) for p in dict.fromkeys(p for m in steps for p in m.parties)])
