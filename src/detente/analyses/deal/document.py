"""What the deal analysis says, as blocks."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analyses.deal.answer import answer, short, zone
from detente.analyses.deal.consent import whose
from detente.analyses.deal.ladder import Rung, ladder
from detente.analyses.deal.menu_document import menu_blocks, swaps_section
from detente.analyses.deal.result import DealResult, Solution, TrackResult, Zone
from detente.analyses.deal.short import in_short
from detente.analyses.deal.verdict import headline
from detente.analyses.words import Words
from detente.case.model import Case
from detente.document import Block, Cell, Document, Finding, Paragraph, Section, Table, Tone
from detente.figures import agree, error, joined, percent, plural, sampled, signed, spread

__all__ = ["answer", "document", "sections"]

RULES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "egalitarian": "Egalitarian*",
    "utilitarian": "Utilitarian*",
    "most_acceptable": "Most acceptable",
}
KINDS = {
    "nash": "nash",
    "kalai_smorodinsky": "kalai-smorodinsky",
    "egalitarian": "egalitarian",
    "utilitarian": "utilitarian",
    "most_acceptable": "most acceptable",
}
SWAPS = 5
"""Swaps of which the whole chain is shown."""
RARE = 0.05
"""Of the draws without a deal: sets of factions that stand in the way less often are left out."""


def document(result: DealResult, case: Case) -> Document:
    """The answer of ``detente deal``."""
    words = Words(case)
    blocks: list[Block] = [headline(result, words), answer(result.main, result, words)]
    for track in list(result.tracks.values())[1:]:
        blocks.append(answer(track, result, words, first=False))
    blocks += sections(result, case)
    return Document(
        title=case.title,
        subtitle="Is there a deal, which one, who blocks?",
        blocks=blocks,
        short=in_short(result, words),
        facts=run_facts(result),
    )


def run_facts(result: DealResult) -> dict[str, str]:
    """Small print of the run."""
    from detente import __version__

    facts = {"case": result.case}
    if result.as_of:
        facts["as of"] = result.as_of
    facts |= {
        "detente": __version__,
        "seed": str(result.seed),
    }
    if result.uncertain:
        facts["draws"] = (
            f"{result.draws:,} to choose on, {result.draws:,} fresh ones to report on, "
            f"{result.replicates} replicates each"
        )
    if result.widen != 1:
        facts["ranges widened by"] = f"{result.widen:g}"
    return facts


def sections(result: DealResult, case: Case) -> list[Section]:
    """One section per table, and the small swaps."""
    words = Words(case)
    found = [*_chances(result, words), *(_track(track, result, words) for track in result.tracks.values())]
    if result.swaps_considered:
        found.append(swaps_section(result, words))
    if result.bodies:
        found.append(_bodies(result, words))
    return found


def _chances(result: DealResult, words: Words) -> list[Section]:
    rungs = [Rung(t.name, t.chances) for t in result.tracks.values() if t.chances is not None]
    rungs += [Rung(f"Swap: {words.doing(s.moves)}", s.chances) for s in result.swaps[:SWAPS]]
    if not rungs or not (result.uncertain or any(r.chances.signed is not None for r in rungs)):
        return []
    return [
        Section(
            id="chances",
            title="How likely is each agreement?",
            lead="Acceptable, signed, begun and kept are four things.",
            blocks=[*ladder(rungs, words, result.record)],
        )
    ]


def _track(track: TrackResult, result: DealResult, words: Words) -> Section:
    blocks: list[Block] = []
    if len(result.tracks) > 1:
        blocks.append(Paragraph(f"Needed here: the consent of {whose(track.consent, words)}."))
    told = [f for f in track.factions if f in result.computed]
    if told:
        rest = "" if len(told) == len(track.factions) else "; those of the others are typed"
        blocks.append(
            Paragraph(
                f"The {agree(len(told), 'no-deal value', 'no-deal values')} of {joined([words.short(f) for f in told])} "
                f"{agree(len(told), 'is', 'are')} computed from the world of the case (128 "
                f"simulated worlds for each draw), and packages run through the same world{rest}."
            )
        )
    blocks.append(_numbers(track, result))
    if any(track.solutions.values()):
        blocks.append(_side_by_side(track, result, words))
    blocks += menu_blocks(track, words, uncertain=bool(result.uncertain))
    if track.nearest_miss is not None:
        blocks.append(_miss(track, result, words))
    if track.blockers:
        blocks.append(_blockers(track, result, words))
    if track.frontier:
        blocks.append(_frontier(track, result, words))
    elif track.frontier_why:
        blocks.append(Finding(f"No exact frontier: {track.frontier_why}.", tone="caution"))
    blocks.append(_power(track, words))
    if track.stuck:
        stuck = "; ".join(f"{words.issue(i)} ({why})" for i, why in track.stuck.items())
        blocks.append(Paragraph(f"Not for this table to move: {stuck}.", tone="muted"))
    blocks += [Paragraph(f"Note: {note}.", tone="muted") for note in track.notes]
    return Section(
        id=f"deal-{track.id}",
        title=track.name,
        lead="Is there a zone of agreement here, which packages are worth proposing, and who blocks?",
        blocks=blocks,
    )


def _numbers(track: TrackResult, result: DealResult) -> Table:
    packages, share = track.packages, track.packages.zone_probability
    undecided = f"{percent(share.undecided, 1)} of draws undecided; " if isinstance(share, Zone) else ""
    rows: list[Sequence[str | Cell]] = [
        [
            "Possible packages",
            f"{packages.total:,}",
            "the status quo among them; exact" if track.status_quo else "exact",
        ],
        [
            "Agreed at best estimates" if result.uncertain else "Agreed",
            "unknown" if packages.acceptable is None else f"{packages.acceptable:,}",
            packages.why or "exact count",
        ],
    ]
    if result.uncertain:
        rows += [
            [
                "Best single package is acceptable",
                percent(packages.best_package_acceptance),
                f"of {result.draws:,} fresh draws{_off(packages.best_package_error)}",
            ],
            [
                "Some package is acceptable (zone)",
                zone(track),
                f"{undecided}of the same draws{_off(packages.monte_carlo_error)}; grows with the number of issues, and is "
                "not the chance of signature",
            ],
        ]
    if track.frontier_size is not None:
        how = "at best estimates; " if result.uncertain else ""
        rows.append(["Packages on the frontier", f"{track.frontier_size:,}", f"{how}exact on the grid"])
    return Table(
        caption="The zone in numbers", columns=("What", "Number", "How sure"), rows=rows, numeric=(1,)
    )


def _off(of: float) -> str:
    return f", {error(of)} percentage points" if of else ""


def _shown(track: TrackResult) -> list[tuple[str, Solution]]:
    """Solutions to put side by side; rules that choose the same package share a column."""
    merged: dict[tuple[str, ...], tuple[list[str], Solution]] = {}
    for rule in ("most_acceptable", "nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        found = track.solutions.get(rule)
        if found is not None:
            merged.setdefault(tuple(found.package.values()), ([], found))[0].append(RULES[rule])
    return [(" = ".join(names), found) for names, found in merged.values()]


def _side_by_side(track: TrackResult, result: DealResult, words: Words) -> Table:
    shown = _shown(track)
    start = track.status_quo.package if track.status_quo else {}
    blank = ["–"] if start else []
    moved = [i for i in track.issues if any(s.package[i] != start.get(i) for _, s in shown)]
    rows: list[Sequence[str | Cell]] = []
    for issue in moved:
        row: list[str | Cell] = [words.issue(issue)]
        if start:
            row.append(Cell(words.option(issue, start[issue]), tone="muted"))
        for _, s in shown:
            same = s.package[issue] == start.get(issue)
            row.append(
                Cell(
                    "as it is" if same else words.option(issue, s.package[issue]),
                    tone="muted" if same else "plain",
                )
            )
        rows.append(row)
    for faction in track.factions:
        row = [f"Gain over no deal: {words.faction(faction)}"]
        if start and track.status_quo:
            row.append(_gain(track.status_quo.utility[faction] - track.status_quo.no_deal[faction], None))
        row += [_gain(s.gain[faction], s.gain_range[faction], faction in s.blocks) for _, s in shown]
        rows.append(row)
    rows += [[name, *blank, *cells] for name, cells in _verdicts(track, result, [s for _, s in shown], words)]
    unproven = [name for name, s in shown if not s.proven]
    note = "Gains in points of each faction's own scale"
    note += ", best estimate and 5–95% range" if result.uncertain else ""
    note += "; points of different factions are not comparable. * depends on how the scales were set."
    if result.uncertain:
        note += (
            " “If judgements were tied together”: those of different factions are drawn as independent unless the case "
            "says otherwise; these are the limits in the worst and the best case."
        )
    agreed = track.packages.acceptable or 0
    if not result.uncertain and agreed > 1 and track.solutions.get("most_acceptable") is not None:
        note += f" Where every number is certain, “most acceptable” is one of the {agreed:,} that are acceptable, and none is more so."
    if unproven:
        note += f" Not proven best by its rule: {joined(unproven)} (a search limit was reached)."
    return Table(
        caption="Packages side by side",
        columns=("", *(("Status quo",) if start else ()), *(name for name, _ in shown)),
        rows=rows,
        note=note,
    )


def _verdicts(
    track: TrackResult, result: DealResult, shown: Sequence[Solution], words: Words
) -> list[tuple[str, list[str]]]:
    """What becomes of each package: who stands against it, how often it is acceptable, and on what that hangs."""
    blocked = "Blocked at best estimates by" if result.uncertain else "Blocked by"
    rows = [(blocked, [_against(s, track, words) for s in shown])]
    if result.uncertain:
        rows.append(
            ("Acceptable to all it needs", [sampled(s.acceptance, s.acceptance_error) for s in shown])
        )
    if result.uncertain:
        bounds = [[percent(b) for b in s.dependence_bounds] for s in shown]
        rows.append(
            (
                "… if judgements were tied together",
                [low if low == high else f"{low} to {high}" for low, high in bounds],
            )
        )
    for faction, readings in shown[0].acceptance_by_reading.items():
        for reading in readings:
            rows.append(
                (
                    f"… {words.if_true(faction, reading)}",
                    [percent(s.acceptance_by_reading[faction][reading]) for s in shown],
                )
            )
    return rows


def _against(s: Solution, track: TrackResult, words: Words) -> str:
    """Who refuses: they block, unless those who accept are enough."""
    refusing = joined([words.short(f) for f in s.blocks if f in track.factions])
    if refusing and track.consent.given(s.accepts, s.moves):
        return f"nobody; {refusing} would refuse, and need not be asked"
    return refusing or "nobody"


def _gain(gain: float, within: tuple[float, float, float] | None, blocks: bool = False) -> Cell:
    low, high = (gain, gain) if within is None else (within[0], within[2])
    text = spread(signed(gain), signed(low), signed(high))
    tone: Tone = "bad" if gain < 0 or blocks else "good" if gain > 0 else "plain"
    return Cell(text + (" · line broken" if blocks and gain >= 0 else ""), tone=tone)


def _miss(track: TrackResult, result: DealResult, words: Words) -> Finding:
    miss = track.nearest_miss
    assert miss is not None
    at = " at best estimates" if result.uncertain else ""
    text = f"Nearest miss{at}: {words.moves(miss.moves)}."
    several = len(miss.shortfall)
    because = (
        f"It falls short for {short(track, words)}. That is how much lower {agree(several, 'its no-deal value', 'their no-deal values')} "
        f"would have to be, or what something from outside the list would have to be worth to {agree(several, 'it', 'them')}."
        if miss.shortfall
        else "It falls short of nobody's no-deal value; a line stands in the way."
    )
    lines = [f"{words.short(line.faction)} on “{words.moves(line.package)}”" for line in miss.lines]
    if lines:
        because += f" A single line given up would also open the zone: {joined(lines, 'or')}."
    return Finding(
        text,
        because=because,
        limit="Adds points of different factions, so it depends on their scales."
        + ("" if miss.proven else " Not proven to be the smallest: a search limit was reached."),
        tone="caution",
    )


def _blockers(track: TrackResult, result: DealResult, words: Words) -> Table:
    closed = track.blockers_closed
    often = [b for b in track.blockers if b.at_best_estimates or b.share >= RARE * closed]
    rows: list[Sequence[str | Cell]] = []
    for b in often:
        row: list[str | Cell] = [joined([words.faction(f) for f in b.factions])]
        if result.uncertain:
            row.append("yes" if b.at_best_estimates else Cell("no", tone="muted"))
            row.append(sampled(b.share / closed, b.closed_error) if closed else "–")
            row.append(sampled(b.share, b.share_error))
        rows.append(row)
    columns = ["If these consented, the zone would open"]
    looked_for = f"Minimal sets of up to {plural(track.blockers_size, 'faction')}"
    note = f"{looked_for}."
    if result.uncertain:
        columns += ["At best estimates", "Of the draws without a deal", "Of all draws"]
        note = (
            f"{looked_for}, looked for in {plural(track.blockers_draws, 'draw')}, of which "
            f"{percent(closed)} are without a deal; a draw may have several sets."
        )
    left_out = len(track.blockers) - len(often)
    if left_out:
        sets = plural(left_out, "further set", "stands", "stand")
        note += f" {sets} in the way in under {percent(RARE)} of the draws without a deal."
    return Table(
        caption="Who stands between the parties and a deal",
        columns=columns,
        rows=rows,
        numeric=(2, 3) if result.uncertain else (),
        note=note,
    )


def _frontier(track: TrackResult, result: DealResult, words: Words) -> Table:
    ordered = sorted(track.frontier, key=lambda p: -p.acceptance)
    shown = ordered[:40]
    rows: list[Sequence[str | Cell]] = [
        [
            words.moves(p.moves),
            *([percent(p.acceptance)] if result.uncertain else []),
            *(signed(p.gain[f]) for f in track.factions),
        ]
        for p in shown
    ]
    size = track.frontier_size or len(track.frontier)
    often = ", those acceptable most often" if result.uncertain else ""
    note = f"{len(shown)} of {size:,}{often}. " if size > len(shown) else ""
    at = " at best estimates" if result.uncertain else ""
    columns = ("Package", *(("Acceptable",) if result.uncertain else ()), *map(words.faction, track.factions))
    return Table(
        caption="The frontier: no package is better for one without being worse for another",
        columns=columns,
        rows=rows,
        numeric=tuple(range(1, len(columns))),
        note=f"{note}Gains over no deal{at}, in points of each faction's own scale.",
        fold=True,
    )


def _power(track: TrackResult, words: Words) -> Table:
    rows: list[Sequence[str | Cell]] = [
        [
            words.faction(f),
            percent(track.power.banzhaf[f], 1),
            percent(track.power.shapley_shubik[f], 1),
        ]
        for f in track.power.banzhaf
    ]
    return Table(
        caption="Power to decide, from the agreement tree alone",
        columns=("Faction", "Banzhaf", "Shapley–Shubik"),
        rows=rows,
        numeric=(1, 2),
        note="How often a consent is decisive, if every coalition (Banzhaf) or every order of consent "
        "(Shapley–Shubik) were equally likely; says nothing of what anybody wants.",
        fold=True,
    )


def _bodies(result: DealResult, words: Words) -> Section:
    tables: list[Block] = []
    for id, body in result.bodies.items():
        members = words.case.bodies[id].members
        rows: list[Sequence[str | Cell]] = [
            [members[m], percent(body.power.banzhaf[m], 1), percent(body.power.shapley_shubik[m], 1)]
            for m in members
        ]
        tables.append(
            Table(
                caption=body.name or id.replace("_", " "),
                columns=("Member", "Banzhaf", "Shapley–Shubik"),
                rows=rows,
                numeric=(1, 2),
                note=body.note,
            )
        )
    return Section(
        id="bodies",
        title="Power in the councils",
        lead="How often is a seat decisive, by the rule of votes alone?",
        blocks=tables,
    )
