"""What the flips say, as blocks."""

from __future__ import annotations

from detente.analyses.flips.scan import FLIP_DRAWS, SCAN, SETTINGS, Flip, FlipsResult
from detente.analyses.words import Words, joined, percent
from detente.case.model import Case
from detente.charts import tornado
from detente.document import Block, Cell, Document, Finding, Paragraph, Section, Table

__all__ = ["document", "sections", "sentence"]

BARS = 14
ROWS = 40


def document(result: FlipsResult, case: Case) -> Document:
    """The answer of ``detente flips``."""
    return Document(
        title=case.title,
        subtitle="Which single judgement, changed how little, would change the answer?",
        blocks=[sentence(result, Words(case), headline=True), *sections(result, case)],
        facts={
            "case": result.case,
            "track": result.track,
            "seed": str(result.seed),
            "draws": f"{result.draws:,}",
        },
    )


def sentence(result: FlipsResult, words: Words, *, headline: bool = False) -> Finding:
    """What would flip the answer, in one sentence."""
    inside = sorted(
        (f for f in result.flips if f.deal_flips_at is not None and f.deal_flip_inside and not f.certain),
        key=lambda f: f.deal_change or 0.0,
    )
    beyond = sorted(
        (f for f in result.flips if f.deal_flips_at is not None and not f.deal_flip_inside and not f.certain),
        key=lambda f: f.deal_change or 0.0,
    )
    if result.deal_at_best_estimates is None:
        return Finding(
            "Whether there is a deal at best estimates could not be decided within the search limit, so no flips "
            "of it are given.",
            tone="caution",
            headline=headline,
        )
    was, becomes = ("a deal", "no deal") if result.deal_at_best_estimates else ("no deal", "a deal")
    if inside:
        named = joined([_change(f, words) for f in inside[:3]], "or")
        text = f"At best estimates there is {was}; what would make it {becomes}, inside the judged ranges: {named}."
        if len(inside) > 3:
            text += f" {len(inside) - 3} other judgements would too."
    elif beyond:
        text = (
            f"At best estimates there is {was}, and no single judgement inside its own range would change that; "
            f"the nearest outside is {_change(beyond[0], words)}."
        )
    else:
        text = f"At best estimates there is {was}, and no single number, moved alone over its legal range, changes that."
    moved = [f for f in result.flips if f.package_flips_at is not None]
    because = ""
    if result.package is not None:
        because = (
            f"{len(moved)} of {len(result.flips)} numbers would, inside their ranges, make another of "
            f"{result.candidates} candidates the package accepted most often."
        )
    return Finding(
        text,
        because=because,
        limit=f"One number at a time, the others at best estimates; each legal range was scanned at {SCAN} points; what a capped search could not decide counts as no change.",
        tone="caution",
        headline=headline,
    )


def _change(flip: Flip, words: Words) -> str:
    return f"{words.judgement(flip.path)} at {_value(flip, flip.deal_flips_at)} instead of {_value(flip, flip.best)}"


def _value(flip: Flip, value: float | None) -> str:
    if value is None:
        return "–"
    if flip.kind in ("prior", "holds", "chance"):
        return percent(value)
    return f"{value:.1f}".replace("-", "−")


def sections(result: FlipsResult, case: Case) -> list[Section]:
    """The tornado and the table behind it."""
    words = Words(case)
    blocks: list[Block] = []
    swings = [f for f in result.flips if f.swing > 0][:BARS]
    if swings:
        blocks.append(
            tornado(
                "tornado",
                "Acceptance of the most acceptable package as one judgement at a time goes to the ends of its range",
                [
                    (
                        words.judgement(f.path),
                        f.acceptance_low,
                        f.acceptance_high,
                        _value(f, f.low),
                        _value(f, f.high),
                    )
                    for f in swings
                ],
                result.acceptance,
                "Share of draws in which the package is accepted",
                percent=True,
            )
        )
    if result.reading_index:
        shares = joined(
            [
                f"{percent(v)} by which reading of {words.faction(f)} is true"
                for f, v in result.reading_index.items()
            ]
        )
        blocks.append(
            Paragraph(f"Of the variance of that package's acceptance, {shares} is explained alone.")
        )
    telling = [
        f
        for f in result.flips
        if f.swing > 0 or f.deal_flips_at is not None or f.package_flips_at is not None
    ]
    rows = [_row(f, words) for f in telling[:ROWS]]
    if rows:
        blocks.append(
            Table(
                caption="Judgements that matter most",
                columns=(
                    "Judgement",
                    "Range",
                    "Deal / no deal flips at",
                    "Another package from",
                    "Acceptance, low to high end",
                    "First-order index",
                ),
                rows=rows,
                numeric=(5,),
                note=f"{len(result.flips):,} numbers were tried; {len(telling):,} matter in some way, {len(rows)} are shown. "
                f"“Another package from” was looked for at {SETTINGS} points of each judged range, in {FLIP_DRAWS} draws, among "
                f"{result.candidates} candidates. First-order index: the share of the variance of “accepted” that the "
                f"number explains alone; it comes from means with an error of about {100 * result.first_order_error:.1f} points.",
                fold=True,
            )
        )
    if not blocks:
        blocks.append(Paragraph("No number of this case, moved alone, changes anything."))
    return [
        Section(
            id="flips",
            title="What would flip it",
            lead="Which single judgement, changed how little, would change the answer?",
            blocks=blocks,
        )
    ]


def _row(f: Flip, words: Words) -> list[str | Cell]:
    at = Cell("–", tone="muted")
    if f.deal_flips_at is not None:
        inside = f.deal_flip_inside and not f.certain
        at = Cell(
            f"{_value(f, f.deal_flips_at)} {'(inside the range)' if inside else '(outside)'}",
            tone="caution" if inside else "plain",
        )
    return [
        words.judgement(f.path),
        _value(f, f.best) if f.certain else f"{_value(f, f.low)} – {_value(f, f.best)} – {_value(f, f.high)}",
        at,
        _value(f, f.package_flips_at),
        "–" if f.certain else f"{percent(f.acceptance_low, 1)} → {percent(f.acceptance_high, 1)}",
        "–" if f.certain else percent(f.first_order, 1),
    ]
