"""What the flips say, as blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from detente.analyses.flips.scan import APART, FLIP_DRAWS, SETTINGS, TOLD, Flip, FlipsResult
from detente.analyses.flips.thresholds import SCANNED
from detente.analyses.words import Words
from detente.case.model import Case
from detente.case.provenance import anchor
from detente.charts import tornado
from detente.document import Block, Cell, Document, Finding, Link, Paragraph, Section, Table
from detente.figures import agree, capital, decimal, error, joined, percent, plural, spelt, spread, typed

__all__ = ["document", "sections", "sentence"]

BARS = 8
ROWS = 40
SHOWN = 5
"""Judgements on the screen."""
NAMED = 3
"""Numbers, and lines, that the sentence names."""


def document(result: FlipsResult, case: Case) -> Document:
    """The answer of ``detente flips``."""
    return Document(
        title=case.title,
        subtitle="Which single judgement, changed how little, would change the answer?",
        blocks=[sentence(result, Words(case), headline=True), *sections(result, case)],
        short=_in_short(result, Words(case)),
        facts={
            "case": result.case,
            "track": result.track,
            "seed": str(result.seed),
            **({"draws": f"{result.draws:,}"} if _drawn(result) else {}),
        },
    )


def _in_short(result: FlipsResult, words: Words) -> list[Block]:
    """The answer on one screen: the verdict, and the few judgements that matter most."""
    telling = _nearest_first(_telling(result))[:SHOWN]
    sure = not _drawn(result)
    rows = [
        [row[0], row[1], row[2], *([] if sure else [row[4]])] for row in (_row(f, words) for f in telling)
    ]
    columns = ("Number", "As typed", "Answer turns at")
    if not sure:
        columns = ("Judgement", "Value and range", "Answer turns at", "Acceptance, low to high end")  # type: ignore[assignment]
    table = Table(
        caption="The judgements that matter most" if not sure else "The numbers that matter most",
        columns=columns,
        rows=rows,
    )
    said = (
        f"One number at a time, the others as typed; of {plural(len(result.flips), 'number')} tried. "
        "Acceptance: of the package acceptable most often, in draws. More: --all."
    )
    return [
        replace(sentence(result, words, headline=True), because="", limit=""),
        *([table] if rows else []),
        Paragraph(said if not sure else f"{said.partition(' Acc')[0]} More: --all.", tone="muted"),
    ]


def _nearest_first(flips: Sequence[Flip]) -> list[Flip]:
    """Those that turn the answer inside their range, the nearest first; then the others as they come."""
    inside = [f for f in flips if f.deal_flip_inside and not f.switch]
    return sorted(inside, key=lambda f: f.deal_change or 0.0) + [f for f in flips if f not in inside]


def _drawn(result: FlipsResult) -> bool:
    """Whether anything differs from draw to draw: a judged range, a reading, a line that may hold."""
    return any(not f.certain or f.switch for f in result.flips)


def sentence(result: FlipsResult, words: Words, *, headline: bool = False) -> Finding:
    """What would flip the answer, in one sentence."""
    if result.deal_at_best_estimates is None:
        return Finding(
            "Whether there is a deal at best estimates could not be decided within the search limit, so no flips "
            "of it are given.",
            tone="caution",
            headline=headline,
        )
    tracks = words.case.tracks
    where = f"{tracks[result.track].name or result.track}: " if len(tracks) > 1 else ""
    return Finding(
        f"{where}{_numbers(result, words)}{_switches(result, words)}",
        because=_packages(result),
        limit=_limits(result),
        tone="caution",
        headline=headline,
    )


def _numbers(result: FlipsResult, words: Words) -> str:
    """Which numbers flip deal and no deal, nearest first: inside the judged ranges, else outside, else typed as certain."""
    was, becomes = ("a deal", "no deal") if result.deal_at_best_estimates else ("no deal", "a deal")
    flip = sorted(
        (f for f in result.flips if f.deal_flips_at is not None and not f.switch),
        key=lambda f: f.deal_change or 0.0,
    )
    inside = [f for f in flip if f.deal_flip_inside]
    outside = [f for f in flip if not f.deal_flip_inside and not f.certain]
    certain = [f for f in flip if f.certain]
    sure = not _drawn(result)
    start = f"There is {was}, and every number is certain" if sure else f"At best estimates there is {was}"
    some = flip if sure else inside
    if some:
        named = joined([_change(f, words) for f in some[:NAMED]], "or")
        text = (
            f"{start}; what would make it {becomes}{'' if sure else ', inside the judged ranges'}: {named}."
        )
        if len(some) > NAMED:
            text += f" {plural(len(some) - NAMED, 'other number')} would too."
        return text
    if not flip:
        left_out = result.world is not None and result.world.moved < result.world.numbers
        which = "number that was moved" if left_out else "number, moved alone,"
        apart = (
            ", those of readings and lines apart"
            if any(f.deal_flips_at is not None for f in result.flips)
            else ""
        )
        return f"{start}, and no single {which} changes that{apart}."
    judged = any(not f.certain and not f.switch for f in result.flips)
    named = joined(
        [f"the nearest outside is {_change(f, words)}" for f in outside[:1]]
        + [f"of the numbers typed without a range the nearest is {_change(f, words)}" for f in certain[:1]]
    )
    none = "no single judgement inside its own range would change that" if judged else "no number has a range"
    return f"{start}, and {none}; {named}."


def _switches(result: FlipsResult, words: Words) -> str:
    """What best estimates start from: the likeliest readings, and the lines that hold."""
    text = ""
    becomes = "no deal" if result.deal_at_best_estimates else "a deal"
    for faction, verdicts in result.deal_by_reading.items():
        named = [
            words.reading(faction, r)
            for r, deal in verdicts.items()
            if deal is (not result.deal_at_best_estimates)
        ]
        if named:
            which = joined([f"“{name}”" for name in named], "or")
            text += f" If {which} is true of {words.short(faction)}, there is {becomes}."
    lines = [f for f in result.flips if f.kind == "holds" and f.deal_flips_at is not None]
    if lines:
        near = sorted(lines, key=lambda f: f.deal_change or 0.0)[:NAMED]
        changes = joined([_change(f, words) for f in near], "or")
        text += f" Best estimates keep a line from a chance of one half on; {changes} makes it {becomes}."
        if len(lines) > NAMED:
            text += f" {plural(len(lines) - NAMED, 'other line')} would too."
    return text


def _packages(result: FlipsResult) -> str:
    """How firm it is which package is acceptable most often."""
    if result.package is None:
        return ""
    if not _drawn(result):
        return (
            f"Of {plural(result.compared, 'other package')} compared {result.indistinct:,} {agree(result.indistinct, 'is', 'are')} "
            "acceptable too."
        )
    told = (
        f"Of {plural(result.compared, 'other package')} compared on the same draws, {result.indistinct:,} cannot be told apart "
        "from the package acceptable most often."
    )
    if result.candidates < 2:  # no other that could come ahead
        return told
    moved = sum(f.package_flips_at is not None for f in result.flips)
    return (
        f"{told} {moved:,} of {plural(len(result.flips), 'number')} would, inside their ranges, "
        f"put another of {result.candidates:,} candidates clearly ahead of it."
    )


def _limits(result: FlipsResult) -> str:
    """What the flips do not say."""
    others = "at best estimates" if _drawn(result) else "as typed"
    text = f"One number at a time, the others {others}, over all that may be typed for it, or as far as a verdict can still change."
    if result.moved_together:
        text += (
            f" {plural(len(result.moved_together), 'number')} declared to move with others moved alone here."
        )
    scanned = sum(f.deal_flip_how == "scanned" for f in result.flips)
    if scanned:
        text += (
            f" {plural(scanned, 'number')} through which no-deal values from the world move {agree(scanned, 'was', 'were')} looked at in "
            f"{SCANNED} places on each side: a flip and one back between two of them would be missed."
        )
    text += _of_the_world(result)
    open_ended = sum(not f.deal_flip_proven for f in result.flips)
    if open_ended:
        text += f" For {plural(open_ended, 'number')} a search reached its limit: a nearer flip may have been missed."
    return text


def _of_the_world(result: FlipsResult) -> str:
    """How numbers on which worlds hang were moved."""
    found = result.world
    if found is None or not found.numbers:
        return ""
    if found.moved == found.numbers:
        which = f"{plural(found.numbers, 'number')} of the world {agree(found.numbers, 'was', 'were')}"
    else:
        which = (
            f"Of {plural(found.numbers, 'number')} of the world the {spelt(found.moved)} whose first-order index is largest "
            f"{agree(found.moved, 'was', 'were')}"
        )
    text = f" {which} moved to both ends of {agree(found.numbers, 'its range', 'their ranges')}, in {found.worlds:,} worlds each"
    if found.worlds < found.sure:
        text += f"; what turned there counts where it turns in {found.sure:,} too"
    if found.unconfirmed:
        text += f", which {plural(found.unconfirmed, 'end')} more {agree(found.unconfirmed, 'was', 'were')} not tried for"
    return f"{text}."


def _change(flip: Flip, words: Words) -> str:
    return f"{words.judgement(flip.path)} at {_value(flip, flip.deal_flips_at)} instead of {_value(flip, flip.best)}"


def _value(flip: Flip, value: float | None) -> str:
    """With as many digits as tell a flip from the value before it."""
    if value is None:
        return "–"
    if flip.kind in ("prior", "holds"):
        return percent(value)
    if flip.about != "deal":
        return typed(float(f"{value:.4g}"))
    digits = max(1, round(-math.log10(flip.deal_flip_step or 0.1)))
    whole, _, rest = decimal(value, digits).partition(".")
    return f"{whole}.{rest[:1]}{rest[1:].rstrip('0')}"


_BINNED = (
    "No deal is what the world makes of it, and such a number moves all of that: its acceptance is read off the draws as they are, "
    f"from those with its least values to those with its greatest, and is shown where it is more than {TOLD:g} errors from none."
)


def sections(result: FlipsResult, case: Case) -> list[Section]:
    """The tornado and the table behind it."""
    words = Words(case)
    blocks: list[Block] = []
    swings = [f for f in result.flips if f.told_swing > 0][:BARS]
    starred = any(f.acceptance_how == "binned" for f in swings)
    if swings:
        blocks.append(
            tornado(
                "tornado",
                "Acceptance of the most acceptable package as one judgement at a time goes to the ends of its range",
                [
                    (
                        f"{words.judgement(f.path)}{'*' if f.acceptance_how == 'binned' else ''}",
                        f.acceptance_low,
                        f.acceptance_high,
                        _value(f, f.low),
                        _value(f, f.high),
                    )
                    for f in swings
                ],
                result.acceptance,
                "Share of draws in which the package is acceptable",
                percent=True,
            )
        )
    if starred:
        blocks.append(Paragraph(f"* {_BINNED}"))
    if result.reading_index:
        shares = joined([f"{percent(v)} for {words.short(f)}" for f, v in result.reading_index.items()])
        blocks.append(
            Paragraph(
                "Of the variance of that package's acceptance, knowing which reading is true would explain by itself: "
                f"{shares}."
            )
        )
    table = _table(result, words)
    if table is not None:
        blocks.append(table)
    if result.cannot_move:
        blocks.append(_still(result))
    if table is None and not swings:
        blocks.insert(0, Paragraph("No number of this case, moved alone, changes anything."))
    return [
        Section(
            id="flips",
            title="What would change the answer?",
            lead="Which single judgement, changed how little, would change the answer?",
            blocks=blocks,
        )
    ]


def _still(result: FlipsResult) -> Table:
    """What was not moved, since it can change nothing."""
    return Table(
        "Numbers that cannot move this answer",
        ("Numbers", "How many", "Why"),
        [[capital(s.block), f"{s.count:,}", capital(s.why)] for s in result.cannot_move],
        numeric=(1,),
        fold=True,
    )


def _telling(result: FlipsResult) -> list[Flip]:
    """The numbers that matter in some way."""
    return [
        f
        for f in result.flips
        if f.told_swing > 0 or f.told_index or f.deal_flips_at is not None or f.package_flips_at is not None
    ]


def _table(result: FlipsResult, words: Words) -> Table | None:
    """The numbers that matter in some way; None where none does."""
    telling = _telling(result)
    shown = telling[:ROWS]
    if not shown:
        return None
    rows = [_row(f, words) for f in shown]
    note = (
        f"{plural(len(result.flips), 'number', 'was', 'were')} tried; {len(telling):,} "
        f"{agree(len(telling), 'matters', 'matter')} in some way, {len(shown)} {agree(len(shown), 'is', 'are')} shown. "
        "“Deal / no deal flips at” is the nearest value that flips it"
    )
    flips_at = "Deal / no deal flips at"
    if not _drawn(result):
        columns = ("Number", "As typed", flips_at)
        return Table("Numbers that matter", columns, [row[:3] for row in rows], note=f"{note}.", fold=True)
    return Table(
        caption="Judgements that matter most",
        columns=(
            "Judgement",
            "Range",
            flips_at,
            "Another package from",
            "Acceptance, low to high end",
            "First-order index",
        ),
        rows=rows,
        numeric=(5,),
        note=f"{note}; a chance of a reading moves the others in proportion. "
        f"“Another package from” was looked for at {SETTINGS} values of each judged range, in {min(FLIP_DRAWS, result.draws)} draws, "
        f"among {plural(result.candidates, 'candidate')}; it has to be ahead by more than {APART:g} paired errors. First-order index: "
        "the share of the variance of “acceptable” that the number explains alone, with its standard error."
        + (f" * {_BINNED}" if any(f.acceptance_how == "binned" for f in shown) else ""),
        fold=True,
    )


def _row(f: Flip, words: Words) -> list[str | Cell]:
    at = Cell("–", tone="muted")
    if f.deal_flips_at is not None:
        where = " (inside the range)" if f.deal_flip_inside else "" if f.certain else " (outside)"
        at = Cell(
            f"{_value(f, f.deal_flips_at)}{where}",
            tone="caution" if f.deal_flip_inside else "plain",
        )
    name = f"{words.judgement(f.path)}{'*' if f.acceptance_how == 'binned' and not f.certain else ''}"
    return [
        Cell(name, links=(Link("", anchor(f.path)),)),
        spread(*(_value(f, v) for v in (f.best, f.low, f.high))),
        at,
        _value(f, f.package_flips_at),
        "–" if f.certain else _swing(f),
        "–" if f.certain else f"{decimal(100 * f.first_order, 1)}% {error(f.first_order_error)}".rstrip(),
    ]


def _swing(f: Flip) -> str:
    """Acceptance from end to end; in bins with as many digits as the error leaves, and the error of the difference."""
    if f.acceptance_how == "held":
        return f"{percent(f.acceptance_low, 1)} → {percent(f.acceptance_high, 1)}"
    return f"{percent(f.acceptance_low)} → {percent(f.acceptance_high)} ({error(f.swing_error) or '± 0'})"
