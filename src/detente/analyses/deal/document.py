"""What the deal analysis says, as blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.analyses.deal.result import DealResult, PackageResult, Solution, Swap, TrackResult, Zone
from detente.analyses.words import Words, joined, percent, plural, signed
from detente.case.model import Case
from detente.charts import gain_strip, grouped_bars, quantile_dots, utility_scatter
from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table, Tone

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
PAPER = "Consent on paper is not signature, and signature is not compliance."
UNSCORED = (
    "A share of draws from judged ranges; never scored against outcomes, so not a calibrated probability."
)


def document(result: DealResult, case: Case) -> Document:
    """The answer of ``detente deal``."""
    words = Words(case)
    blocks: list[Block] = [answer(result.main, result, words)]
    for track in list(result.tracks.values())[1:]:
        blocks.append(answer(track, result, words, headline=False))
    blocks += sections(result, case)
    return Document(
        title=case.title,
        subtitle="Is there a deal, which one, who blocks?",
        blocks=blocks,
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
        "draws": f"{result.draws:,} to choose on, {result.draws:,} fresh ones to report on, "
        f"{result.replicates} replicates each",
    }
    if result.widen != 1:
        facts["ranges widened by"] = f"{result.widen:g}"
    return facts


def answer(track: TrackResult, result: DealResult, words: Words, *, headline: bool = True) -> Finding:
    """The one sentence for a table."""
    top, packages = track.solutions["most_acceptable"], track.packages
    share = percent(top.acceptance) if top else "none"
    error = f" (± {100 * top.acceptance_error:.1f} points, Monte Carlo)" if top else ""
    where = f"{track.name}: " if len(result.tracks) > 1 else ""
    if packages.acceptable is None:
        text = f"{where}the agreed packages could not be counted: {packages.why}."
    elif packages.acceptable == 0:
        text = (
            f"{where}at best estimates there is no deal: none of {packages.total:,} packages clears the line of "
            "everyone whose consent it needs."
        )
    else:
        text = (
            f"{where}at best estimates {packages.acceptable:,} of {packages.total:,} packages would be accepted "
            "by everyone whose consent they need."
        )
    if top is None:
        text += f" No package is accepted in any of {plural(result.draws, 'draw')}."
    else:
        text += (
            f" Over the range of the judgements the best single package is accepted in {share} of draws{error}."
            if result.uncertain
            else " Every number of the case is certain, so no range of judgements stands behind this."
        )
    because = []
    if headline and result.record:
        rounds, deals = result.record["rounds"], result.record["agreements"]
        because.append(f"The record: {plural(rounds, 'earlier round')}, {plural(deals, 'agreement')}.")
    if track.status_quo:
        because.append(_status_quo_sentence(track, words))
    if top is not None and result.uncertain:
        worst = min(top.acceptance_by_faction.items(), key=lambda item: item[1])
        because.append(
            f"Hardest to win for that package: {words.faction(worst[0])}, who accepts it in {percent(worst[1])} of draws."
        )
    tone: Tone = "bad" if top is None or top.acceptance < 0.05 else "caution"
    return Finding(
        text=text, because=" ".join(because), limit=f"{PAPER} {UNSCORED}", tone=tone, headline=headline
    )


def _status_quo_sentence(track: TrackResult, words: Words) -> str:
    assert track.status_quo is not None
    shares = track.status_quo.acceptance_by_faction
    content = [f for f in track.factions if shares.get(f, 0) >= 0.5]
    if not content:
        return "The status quo is worse than no deal for everybody in most draws: it will not last."
    return (
        f"The status quo beside it is no worse than the no-deal path for {joined([words.faction(f) for f in content])} "
        "in most draws."
    )


def sections(result: DealResult, case: Case) -> list[Section]:
    """One section per table, and the small swaps."""
    words = Words(case)
    found = [_track(track, result, words) for track in result.tracks.values()]
    if result.swaps_considered:
        found.append(_swaps(result, words))
    if result.bodies:
        found.append(_bodies(result, words))
    return found


def _track(track: TrackResult, result: DealResult, words: Words) -> Section:
    blocks: list[Block] = []
    if len(result.tracks) > 1:
        seats = joined([words.faction(f) for f in track.factions])
        blocks.append(Paragraph(f"Needed here: the consent of {seats}."))
    told = [f for f in track.factions if f in result.computed]
    if told:
        rest = "" if len(told) == len(track.factions) else "; those of the others are typed"
        blocks.append(
            Paragraph(
                f"The no-deal values of {joined([words.faction(f) for f in told])} are computed from the world of the case (128 "
                f"simulated worlds for each draw), and packages run through the same world{rest}."
            )
        )
    blocks.append(_numbers(track, result))
    if any(track.solutions.values()):
        blocks.append(_side_by_side(track, words))
    top = track.solutions["most_acceptable"]
    if top is not None:
        blocks.append(_headline_dots(track, top))
        blocks.append(_gains(track, top, words))
        if top.acceptance_by_reading:
            blocks.append(_readings(track, words))
    scatter = _scatter(track, words)
    if scatter is not None:
        blocks.append(scatter)
    if track.nearest_miss is not None:
        blocks.append(_miss(track, words))
    if track.blockers:
        blocks.append(_blockers(track, words))
    if track.frontier:
        blocks.append(_frontier(track, words))
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
    packages = track.packages
    zone = packages.zone_probability
    if not isinstance(zone, Zone):
        zone_text = percent(zone)
    elif percent(zone.lower) == percent(zone.upper):
        zone_text = percent(zone.lower)
    else:
        zone_text = f"{percent(zone.lower)} to {percent(zone.upper)}"
    rows: list[Sequence[str | Cell]] = [
        [
            "Possible packages",
            f"{packages.total:,}",
            "the status quo among them; exact" if track.status_quo else "exact",
        ],
        [
            "Agreed at best estimates",
            "unknown" if packages.acceptable is None else f"{packages.acceptable:,}",
            packages.why or "exact count",
        ],
        [
            "Best single package is accepted",
            percent(packages.best_package_acceptance),
            f"of {result.draws:,} fresh draws, ± {100 * packages.best_package_error:.1f} points",
        ],
        [
            "Some package is accepted (zone)",
            zone_text,
            (f"{percent(zone.undecided, 1)} of draws undecided; " if isinstance(zone, Zone) else "")
            + f"± {100 * packages.monte_carlo_error:.1f} points; grows with the number of issues, and is not the "
            "chance of signature",
        ],
    ]
    if track.frontier_size is not None:
        rows.append(
            ["Packages on the frontier", f"{track.frontier_size:,}", "at best estimates; exact on the grid"]
        )
    return Table(
        caption="The zone in numbers", columns=("What", "Number", "How sure"), rows=rows, numeric=(1,)
    )


def _shown(track: TrackResult) -> list[tuple[str, Solution]]:
    """Solutions to put side by side; rules that choose the same package share a column."""
    merged: dict[tuple[str, ...], tuple[list[str], Solution]] = {}
    for rule in ("most_acceptable", "nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        found = track.solutions.get(rule)
        if found is not None:
            merged.setdefault(tuple(found.package.values()), ([], found))[0].append(RULES[rule])
    return [(" = ".join(names), found) for names, found in merged.values()]


def _side_by_side(track: TrackResult, words: Words) -> Table:
    shown = _shown(track)
    start = track.status_quo.package if track.status_quo else {}
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
    blank = ["–"] if start else []
    rows.append(
        ["Blocked at best estimates by", *blank]
        + [joined([words.faction(f) for f in s.blocks if f in track.factions]) or "nobody" for _, s in shown]
    )
    rows.append(
        ["Accepted by all it needs", *blank]
        + [f"{percent(s.acceptance)} ± {100 * s.acceptance_error:.1f}" for _, s in shown]
    )
    rows.append(["… and each side delivers its own", *blank, *(percent(s.delivered) for _, s in shown)])
    rows.append(
        ["… if judgements were tied together", *blank]
        + [f"{percent(s.dependence_bounds[0])} to {percent(s.dependence_bounds[1])}" for _, s in shown]
    )
    for faction, readings in shown[0][1].acceptance_by_reading.items():
        for reading in readings:
            rows.append(
                [f"… if {words.faction(faction)} is as read: {words.reading(faction, reading)}", *blank]
                + [percent(s.acceptance_by_reading[faction][reading]) for _, s in shown]
            )
    unproven = [name for name, s in shown if not s.proven]
    note = (
        "Gains in points of each faction's own scale, best estimate and 5–95% range; points of different "
        "factions are not comparable. * depends on how the scales were set. "
        "“If judgements were tied together”: those of different factions are drawn as independent unless the case "
        "says otherwise; these are the limits in the worst and the best case."
    )
    if unproven:
        note += f" Not proven best by its rule: {joined(unproven)} (a search limit was reached)."
    return Table(
        caption="Packages side by side",
        columns=("", *(("Status quo",) if start else ()), *(name for name, _ in shown)),
        rows=rows,
        note=note,
    )


def _gain(gain: float, spread: tuple[float, float, float] | None, blocks: bool = False) -> Cell:
    text = signed(gain)
    if spread is not None and spread[2] - spread[0] > 0.05:
        text += f" ({signed(spread[0])} to {signed(spread[2])})"
    tone: Tone = "bad" if gain < 0 or blocks else "good" if gain > 0 else "plain"
    return Cell(text + (" · line broken" if blocks and gain >= 0 else ""), tone=tone)


def _headline_dots(track: TrackResult, top: Solution) -> Chart:
    return quantile_dots(
        f"dots-{track.id}",
        "How often the most acceptable package is accepted by everyone it needs",
        top.acceptance,
        ("accepted", "somebody refuses"),
    )


def _gains(track: TrackResult, top: Solution, words: Words) -> Chart:
    return gain_strip(
        f"gains-{track.id}",
        "What the most acceptable package is worth to each faction, compared with no deal",
        [(words.faction(f), top.gain[f], top.gain_range[f][0], top.gain_range[f][2]) for f in track.factions],
    )


def _readings(track: TrackResult, words: Words) -> Chart:
    rows = []
    for name, s in _shown(track)[:3]:
        for faction, readings in s.acceptance_by_reading.items():
            for reading, share in readings.items():
                spread = 2 * s.acceptance_by_reading_error[faction][reading]
                label = f"{words.faction(faction)}: {words.reading(faction, reading)}"
                rows.append(
                    (name.replace("*", ""), label, share, max(0.0, share - spread), min(1.0, share + spread))
                )
    return grouped_bars(
        f"readings-{track.id}", "The packages under rival readings of what somebody really wants", rows
    )


def _scatter(track: TrackResult, words: Words) -> Chart | None:
    """The two factions of different parties whose interests are most opposed, and the packages as they see them.

    Where no package is agreed there is no frontier: then the nearest ones stand against the no-deal lines.
    """
    points = list(track.frontier)
    chosen = [s for s in track.solutions.values() if s is not None]
    told: list[PackageResult] = points if len(points) > 1 else [*points, *chosen]
    if not told or len(track.factions) < 2:
        return None
    owner = {f: p for p, spec in words.case.parties.items() for f in (spec.factions or (p,))}
    pairs = [
        (a, b) for k, a in enumerate(track.factions) for b in track.factions[k + 1 :] if owner[a] != owner[b]
    ] or [(track.factions[0], track.factions[1])]
    if len(points) > 1:
        x, y = min(
            pairs,
            key=lambda pair: _correlation(
                [p.gain[pair[0]] for p in points], [p.gain[pair[1]] for p in points]
            ),
        )
        caption = (
            f"The frontier as seen by {words.faction(x)} and {words.faction(y)}, whose interests differ most"
        )
    else:
        # Without a frontier to compare on: those who stand lowest and highest above no deal.
        x, y = max(pairs, key=lambda pair: abs(told[0].gain[pair[0]] - told[0].gain[pair[1]]))
        caption = f"The nearest packages as seen by {words.faction(x)} and {words.faction(y)}, against their no-deal lines"
    marks = [_mark(p, x, y, "frontier", words) for p in points]
    if track.status_quo:
        start = track.status_quo.utility
        marks.append({"x": start[x], "y": start[y], "kind": "status quo", "label": "nothing moves"})
    if track.nearest_miss is not None:
        near = track.nearest_miss
        marks.append(
            {
                "x": near.utility[x],
                "y": near.utility[y],
                "kind": "nearest miss",
                "label": words.moves(near.moves),
            }
        )
    marks += [_mark(s, x, y, KINDS[rule], words) for rule, s in track.solutions.items() if s is not None]
    some = told[0]
    return utility_scatter(
        f"scatter-{track.id}",
        caption,
        marks,
        f"{words.faction(x)} (points)",
        f"{words.faction(y)} (points)",
        round(some.utility[x] - some.gain[x], 6),
        round(some.utility[y] - some.gain[y], 6),
    )


def _mark(p: PackageResult, x: str, y: str, kind: str, words: Words) -> dict[str, object]:
    return {"x": p.utility[x], "y": p.utility[y], "kind": kind, "label": words.moves(p.moves)}


def _correlation(a: list[float], b: list[float]) -> float:
    n = len(a)
    ma, mb = sum(a) / n, sum(b) / n
    cov = sum((p - ma) * (q - mb) for p, q in zip(a, b, strict=True))
    va, vb = sum((p - ma) ** 2 for p in a), sum((q - mb) ** 2 for q in b)
    return cov / (va * vb) ** 0.5 if va > 0 and vb > 0 else 0.0


def _miss(track: TrackResult, words: Words) -> Finding:
    miss = track.nearest_miss
    assert miss is not None
    short = joined([f"{words.faction(f)} by {v:.1f} points" for f, v in miss.shortfall.items()])
    text = f"Nearest miss at best estimates: {words.moves(miss.moves)}."
    because = (
        f"It falls short for {short}: so much would a no-deal value have to fall, or a side payment be worth."
        if short
        else "It falls short of nobody's no-deal value; a line stands in the way."
    )
    lines = [f"{words.faction(line.faction)} on “{words.moves(line.package)}”" for line in miss.lines]
    if lines:
        because += f" A single line given up would also open the zone: {joined(lines, 'or')}."
    return Finding(
        text,
        because=because,
        limit="Adds points of different factions, so it depends on their scales."
        + ("" if miss.proven else " Not proven to be the smallest: a search limit was reached."),
        tone="caution",
    )


def _blockers(track: TrackResult, words: Words) -> Table:
    rows: list[Sequence[str | Cell]] = [
        [
            joined([words.faction(f) for f in b.factions]),
            Cell("yes" if b.at_best_estimates else "no", tone="bad" if b.at_best_estimates else "muted"),
            f"{percent(b.share)} ± {100 * b.share_error:.1f}",
        ]
        for b in track.blockers[:12]
    ]
    more = len(track.blockers) - len(rows)
    return Table(
        caption="Who stands between the parties and a deal",
        columns=("If these consented, the zone would open", "At best estimates", "Share of draws"),
        rows=rows,
        numeric=(2,),
        note=f"Minimal sets, in {track.blockers_draws} draws, of up to four factions; a draw with an open zone has "
        "none, and a draw may have several." + (f" {more} rarer sets are left out." if more > 0 else ""),
    )


def _frontier(track: TrackResult, words: Words) -> Table:
    ordered = sorted(track.frontier, key=lambda p: -p.acceptance)
    shown = ordered[:40]
    rows: list[Sequence[str | Cell]] = [
        [words.moves(p.moves), percent(p.acceptance), *(signed(p.gain[f]) for f in track.factions)]
        for p in shown
    ]
    size = track.frontier_size or len(track.frontier)
    note = f"The {len(shown)} most often accepted of {size:,}." if size > len(shown) else ""
    return Table(
        caption="The frontier: no package is better for one without being worse for another",
        columns=("Package", "Accepted", *(words.faction(f) for f in track.factions)),
        rows=rows,
        numeric=tuple(range(1, 2 + len(track.factions))),
        note=(note + " Gains over no deal at best estimates, in points.").strip(),
        fold=True,
    )


def _power(track: TrackResult, words: Words) -> Table:
    rows: list[Sequence[str | Cell]] = [
        [
            words.faction(f),
            f"{100 * track.power.banzhaf[f]:.1f}%",
            f"{100 * track.power.shapley_shubik[f]:.1f}%",
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


def _swaps(result: DealResult, words: Words) -> Section:
    blocks: list[Block] = []
    if result.swaps:
        best = result.swaps[0]
        blocks.append(
            Finding(
                f"{plural(result.swaps_considered, 'small exchange')} of up to three issues touch nobody's hold on office; "
                f"the one accepted most often ({percent(best.acceptance)} of draws) is: {words.moves(best.moves)}.",
                because="Only those who control what is moved have to agree, not the whole table.",
                limit=f"The largest of many estimates, so a little flattered. {PAPER}"
                + (f" A limit was reached: {result.swaps_left_out}." if result.swaps_left_out else ""),
                tone="caution",
            )
        )
        blocks.append(_swap_table(result.swaps, words))
    else:
        blocks.append(
            Finding(
                f"None of {plural(result.swaps_considered, 'small exchange')} that touch nobody's hold on office is accepted "
                "by those who control what it moves, in any draw.",
                tone="bad",
            )
        )
    return Section(
        id="swaps",
        title="Small swaps",
        lead="What could be exchanged without touching anybody's hold on office?",
        blocks=blocks,
    )


def _swap_table(swaps: tuple[Swap, ...], words: Words) -> Table:
    rows: list[Sequence[str | Cell]] = []
    for s in swaps:
        gains = "; ".join(f"{words.faction(f)} {signed(g)}" for f, g in s.gain.items())
        readings: Mapping[str, Mapping[str, float]] = s.acceptance_by_reading
        by = "; ".join(
            f"{words.reading(f, r)} {percent(v)}" for f, shares in readings.items() for r, v in shares.items()
        )
        rows.append(
            [words.moves(s.moves), f"{percent(s.acceptance)} ± {100 * s.acceptance_error:.1f}", gains, by]
        )
    return Table(
        caption="Exchanges accepted most often",
        columns=(
            "Exchange",
            "Accepted",
            "Gain over no deal at best estimates",
            "Accepted under each reading",
        ),
        rows=rows,
        numeric=(1,),
    )


def _bodies(result: DealResult, words: Words) -> Section:
    tables: list[Block] = []
    for id, body in result.bodies.items():
        members = words.case.bodies[id].members
        rows: list[Sequence[str | Cell]] = [
            [members[m], f"{100 * body.power.banzhaf[m]:.1f}%", f"{100 * body.power.shapley_shubik[m]:.1f}%"]
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
