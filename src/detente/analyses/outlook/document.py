"""What the outlook says, as blocks."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analyses.outlook.names import FATES, PARTS, PATHS
from detente.analyses.outlook.result import (
    Clock,
    Fan,
    Fate,
    GestureResult,
    Influence,
    Leaving,
    OutlookResult,
    TalksResult,
)
from detente.analyses.words import Words, joined, percent, plural, signed
from detente.case.model import Case
from detente.charts.fan import fan, shares
from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table
from detente.figures import capital, decimal, error, points, spread

__all__ = ["brief", "document", "section"]

QUESTION = "What happens without a deal, and on whose side is time?"
SMALL = 0.05
HARDLY = 0.005
"""Share of draws below which nothing is said of them."""


def document(result: OutlookResult, case: Case) -> Document:
    """The answer of ``detente outlook``."""
    return Document(
        title=case.title,
        subtitle=QUESTION,
        blocks=_blocks(result, Words(case), headline=True),
        facts={"case": result.case, "seed": str(result.seed), "worlds": f"{result.worlds:,}"},
    )


def section(result: OutlookResult, case: Case) -> Section:
    """The part of the briefing."""
    return Section(
        id="outlook",
        title="Without a deal",
        lead=QUESTION,
        blocks=_blocks(result, Words(case), headline=False),
    )


def _blocks(result: OutlookResult, words: Words, *, headline: bool) -> list[Block]:
    blocks: list[Block] = [_answer(result, words, headline)]
    blocks.append(
        shares(
            "fates",
            "What becomes of the incumbent without a deal",
            {
                FATES[name]: fate.share
                for name, fate in result.office.items()
                if name == "holds" or max(fate.share) > 0
            },
        )
    )
    blocks.append(_values(result, words))
    if result.leaving:
        blocks.append(_leaving(result, words))
    if result.package is not None:
        blocks.append(_ripe(result, words))
    if result.policies:
        blocks.append(_policies(result, words))
    if result.talks is not None:
        blocks += _talks(result.talks, result, words)
    if result.levers:
        blocks.append(_levers(result, words))
    if result.structure:
        blocks.append(_structure(result, words))
    if result.gestures:
        blocks += _gestures(result, words)
    if result.coalition:
        blocks.append(_coalition(result, words))
    for name, path in result.paths.items():
        blocks.append(_path(name, path, result.units[name]))
    if result.questions:
        blocks.append(_questions(result))
    blocks.append(Paragraph(_how(result, words), tone="muted"))
    return blocks


def _path(name: str, path: Fan, unit: str) -> Chart:
    """A path in its own unit."""
    lines = (path.low, path.lower, path.median, path.upper, path.high)
    if unit == "share":
        return fan(f"path-{name}", PATHS[name], lines, y_title="Share")
    if unit == "index":
        return fan(f"path-{name}", PATHS[name], lines, y_title="Times the usual", percent=False, digits=2)
    largest = max((v for v in path.high if v is not None), default=0.0)
    digits = 0 if unit == "governments" or largest >= 100 else 1 if largest >= 10 else 2
    counted = "" if unit == "governments" else unit
    return fan(
        f"path-{name}",
        PATHS[name],
        lines,
        y_title=counted or "Governments",
        percent=False,
        unit=counted,
        digits=digits,
    )


def brief(result: OutlookResult, words: Words) -> Finding:
    """The answer in a sentence."""
    holds = result.office["holds"]
    return Finding(
        f"Without a deal the incumbent is still in office after {plural(result.months, 'month')} in "
        f"{percent(holds.share[-1])} of simulated worlds ({_spread(holds)}).",
        because=_time(result, words),
        limit="Shares of worlds of one model, not calibrated.",
    )


def _time(result: OutlookResult, words: Words) -> str:
    """For whom no deal becomes better and for whom worse, in the order of the case: nobody's points are compared."""

    def named(sign: int) -> str:
        drifts = {f: v.drift for f, v in result.no_deal.items() if sign * v.drift > SMALL}
        return joined([f"{words.faction(f)} ({signed(drift)})" for f, drift in drifts.items()])

    up, down = named(1), named(-1)
    if not up and not down:
        return "Time is on nobody's side, and against nobody."
    said = (f"on the side of {up}" if up else "", f"against {down}" if down else "")
    return f"Time is {'; it is '.join(filter(None, said))}: each in points of its own, a year."


def _spread(fate: Fate) -> str:
    return f"{percent(fate.low)} to {percent(fate.high)} over the judgements, in nine draws of ten"


def _answer(result: OutlookResult, words: Words, headline: bool) -> Finding:
    end = {name: fate.share[-1] for name, fate in result.office.items()}
    holds = end.pop("holds")
    likeliest = max(end, key=lambda name: end[name])
    text = (
        f"Without a deal the incumbent is still in office after {plural(result.months, 'month')} in {percent(holds)} of worlds "
        f"({_spread(result.office['holds'])})"
    )
    if end[likeliest] > 0:
        text += f"; the likeliest other end is {FATES[likeliest]} ({percent(end[likeliest])})"
    return Finding(
        text + ".",
        because=_time(result, words),
        limit=f"Monte Carlo error of the share {error(result.office['holds'].error) or 'nought'} percentage points, of which the judgements are no part. "
        f"Whether office is lost in a single world is to {percent(result.judgement_share)} in the judged numbers and otherwise chance "
        "within the model; what hangs on the model itself is in the table of parts. Chances are shares of simulated "
        "worlds and have not been scored: not calibrated probabilities.",
        headline=headline,
    )


def _values(result: OutlookResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for f, v in result.no_deal.items():
        typed = Cell("computed one used", "muted") if v.typed is None else points(v.typed)
        gap = "–" if v.typed is None else signed(round(v.computed, 1) - round(v.typed, 1))
        rows.append(
            [
                words.faction(f),
                points(v.status_quo),
                typed,
                points(v.computed),
                gap,
                spread(points(v.mean), points(v.low), points(v.high)),
                signed(v.drift),
            ]
        )
    used = [f for f, v in result.no_deal.items() if v.used]
    note = (
        f"The deal analysis uses the computed value for {joined([words.faction(f) for f in used])}."
        if used
        else "The deal analysis uses the typed values; 'no_deal: from_outlook' makes it use the computed ones."
    )
    return Table(
        caption="What no deal is worth: typed and computed",
        columns=(
            "Faction",
            "Status quo",
            "Typed",
            "Computed",
            "Difference",
            "Mean over draws (5% to 95%)",
            "Change in a year",
        ),
        rows=rows,
        numeric=(1, 2, 3, 4, 5, 6),
        note="Each faction's own points, as if constant for ever. Typed and computed are at best estimates, which take the "
        f"likeliest readings. {note}",
    )


def _enough(x: Leaving, words: Words, faction: str) -> str:
    each = ", ".join(f"{words.reading(faction, r)} {percent(v)}" for r, v in x.by_reading.items())
    return percent(x.enough) + (f" ({each})" if len(x.by_reading) > 1 else "")


def _leaving(result: OutlookResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for f, x in result.leaving.items():
        if x.credibility is None or x.credibility > 1:
            need = (
                Cell("no promise is enough", "bad")
                if x.enough < HARDLY
                else Cell("none at the means", "caution")
            )
        elif x.credibility <= 0:
            need = Cell("none is needed", "good")
        else:
            need = Cell(percent(x.credibility), "caution")
        rows.append(
            [
                words.faction(f),
                points(x.stay),
                points(x.kept),
                points(x.betrayed),
                need,
                _enough(x, words, f),
            ]
        )
    return Table(
        caption="How credible a promise of safety would have to be",
        columns=(
            "Faction",
            "Going on",
            "Handed over, promise kept",
            "Promise broken",
            "Least credibility",
            "Draws in which a certain promise is enough",
        ),
        rows=rows,
        numeric=(1, 2, 3, 4, 5),
        note="For handing over to be worth as much as going on, at the means of the draws, nothing else given. Going on counts "
        "what would come without a deal, the other two are as things stand now. Broken: the worst of the other ways of losing office.",
    )


def _ripe(result: OutlookResult, words: Words) -> Finding:
    assert result.package is not None
    what = words.moves(result.package)
    months = result.ripe
    if not months:
        text = f"In no month would everybody who is needed rather have the package than go on without a deal ({what})."
        tone = "bad"
    elif len(months) == result.months + 1:
        text = f"In every month everybody who is needed would rather have the package than go on without a deal ({what})."
        tone = "good"
    else:
        first, last = months[0], months[-1]
        text = (
            f"Everybody who is needed would rather have the package than go on without a deal in {len(months)} of {plural(result.months + 1, 'month')}, "
            f"between {result.dates[first]} and {result.dates[last]} ({what})."
        )
        tone = "caution"
    assert result.package_value is not None
    gaps = {f: v - result.no_deal[f].mean for f, v in result.package_value.items()}
    short = [f"{words.faction(f)} ({signed(gap)} of its points)" for f, gap in gaps.items() if gap < 0]
    return Finding(
        text,
        because=f"Now the package is worth less than waiting to {joined(short) or 'nobody'}.",
        limit=f"Means over the draws, no deal as it is computed here{_typed_elsewhere(result)}; package and waiting run through the "
        "same worlds, the package as it is worth if signed now, whatever its own days are. Lines that it breaks are not part of this.",
        tone=tone,  # type: ignore[arg-type]
    )


def _policies(result: OutlookResult, words: Words) -> Table:
    factions = list(result.no_deal)
    rows: list[list[str | Cell]] = []
    for p in result.policies.values():
        taken = "" if p.taken is None else f" (taken in {percent(p.taken)} of draws)"
        rows.append(
            [
                p.name + taken,
                percent(p.office_lost),
                _changed(p.difference, p.difference_error),
                *(signed(p.value[f]) for f in factions),
            ]
        )
    return Table(
        caption="Policies compared in the same worlds",
        columns=(
            "Policy",
            "Office lost by the end",
            "Against the world as it is, percentage points",
            *map(words.faction, factions),
        ),
        rows=rows,
        numeric=tuple(range(1, 3 + len(factions))),
        note="Under each faction: by how many of its points no deal is worth more or less than in the world as it is. All "
        f"policies meet the same chance, so differences are paired.{_remarks(result, words)}",
    )


def _typed_elsewhere(result: OutlookResult) -> str:
    """That the gains of the deal analysis, over typed values, are other ones."""
    typed = any(not v.used for v in result.no_deal.values())
    return ", where the deal analysis takes what is typed" if typed else ""


def _changed(share: float, off: float) -> str:
    """A change of a share and its error, in percentage points."""
    return f"{signed(100 * share)} {error(off)}".rstrip()


def _remarks(result: OutlookResult, words: Words) -> str:
    """What a reader of the policies has to know beside."""
    told = ""
    policies = result.policies.values()
    for faction in dict.fromkeys(p.offered_to for p in policies if p.offered_to is not None):
        told += (
            f" What is offered to {words.faction(faction)} counts in those draws in which that faction is better off with it, as "
            "found in other worlds than these."
        )
    replacing = [f"“{p.name}”" for p in policies if p.replaces and p.offered_to is None]
    if replacing:
        told += f" Set under every reading alike, also where readings have numbers of their own: {joined(replacing)}."
    idle = [f"“{p.name}”" for p in policies if p.idle]
    if idle:
        told += f" Without any effect, since nothing here uses what they change: {joined(idle)}."
    return told


def _most(item: tuple[str, Influence]) -> tuple[float, float]:
    """The largest effect on anybody; then that on the office."""
    return max(abs(v) for v in item[1].value.values()), abs(item[1].office_lost)


def _structure(result: OutlookResult, words: Words) -> Table:
    factions = list(result.no_deal)
    rows: list[list[str | Cell]] = [
        [
            capital(PARTS[part]),
            signed(100 * i.office_lost),
            *(signed(i.value[f]) for f in factions),
        ]
        for part, i in sorted(result.structure.items(), key=_most, reverse=True)
    ]
    return Table(
        caption="What hangs on each part of the model",
        columns=("If this stood still", "Office lost, percentage points", *map(words.faction, factions)),
        rows=rows,
        numeric=tuple(range(1, 2 + len(factions))),
        note="Each part alone is made to stand still, everything else and all chance the same: the change in the share of "
        "worlds that lose the incumbent (standard error at most "
        f"{decimal(100 * max(i.error for i in result.structure.values()), 1)} percentage points), and in what no deal is worth to each "
        "faction, the largest effect on anybody first; from "
        "every eighth draw. '--without PART' makes it stand still in everything.",
        fold=True,
    )


def _levers(result: OutlookResult, words: Words) -> Table:
    factions = list(result.no_deal)
    rows: list[list[str | Cell]] = [
        [
            capital(name),
            _changed(i.office_lost, i.error),
            *(signed(i.value[f]) for f in factions),
        ]
        for name, i in result.levers.items()
    ]
    return Table(
        caption="How seats, unity and recognition would move it",
        columns=("With", "Office lost, percentage points", *map(words.faction, factions)),
        rows=rows,
        numeric=tuple(range(1, 2 + len(factions))),
        note="From the first month on, everything else and all chance the same; changes against the world as it is, from every "
        "eighth draw.",
    )


def _talks(talks: TalksResult, result: OutlookResult, words: Words) -> list[Block]:
    readings = list(talks.moves[0].chance)
    rows: list[list[str | Cell]] = []
    for n, move in enumerate(talks.moves, 1):
        what = "; ".join(f"{words.issue(i)}: {words.option(i, o)}" for i, o in move.what.items())
        rows.append(
            [
                str(n),
                words.faction(move.by),
                what,
                signed(move.worth)
                + (f" (crosses a line in {percent(move.crosses)})" if move.crosses >= 0.005 else ""),
                *(percent(move.chance[r]) for r in readings),
                percent(move.reached),
            ]
        )
    names = [words.reading(talks.by, r) if r != talks.by else "Chance a month" for r in readings]
    low, middle, high = talks.trust
    blocks: list[Block] = [
        Table(
            caption="The talks, step by step",
            columns=(
                "Due",
                "Whose step",
                "What",
                "Worth to whoever takes it",
                *names,
                "Stands in worlds at the end",
            ),
            rows=rows,
            numeric=tuple(range(3, 5 + len(readings))),
            note="Steps are taken in turn, by choice: chances a month, once a step is due, that it is taken if the incumbent is as in the "
            "column. Each reading is played out as if it were known, and the other side mixes by what it believes: in two families "
            "of random games the chance of getting to a step within two years is off by 0.004 and 0.03 in the median and by 0.1 or less in nine "
            "cases of ten (see the documentation). What happens outside the talks counts in the last column. What the sender cannot take at home is not taken off its chances.",
        ),
        _ripe_talks(talks, result, words),
    ]
    feared = result.clock is not None or talks.trusted < 1
    if feared:
        blocks.append(
            Finding(
                f"The public holds it {percent(talks.trusted)} likely today that {words.faction(talks.by)} is not obstinate, and after "
                f"{plural(result.months, 'month')} {percent(middle)} in the median world ({percent(low)} to {percent(high)}).",
                because="What he does when a step is due is what moves it; a step that every reading would take as readily tells nothing.",
            )
        )
    if result.clock is not None:
        blocks.append(_clock(result.clock, words))
    return blocks


def _ripe_talks(talks: TalksResult, result: OutlookResult, words: Words) -> Finding:
    sides = f"{words.faction(talks.by)} and {words.faction(talks.to)}"
    total = result.months
    if len(talks.ripe) == total:
        text, tone = f"In every month both {sides} would rather have talks than none.", "good"
    elif talks.ripe:
        first, last = result.dates[talks.ripe[0]], result.dates[talks.ripe[-1]]
        text = f"Both {sides} would rather have talks than none in {plural(len(talks.ripe), 'month')} of {total}, between {first} and {last}."
        tone = "caution"
    else:
        text, tone = f"In no month would both {sides} rather have talks than none.", "bad"
    alone = "; ".join(f"{words.faction(f)} in {plural(len(m), 'month')}" for f, m in talks.wanted.items())
    return Finding(
        text,
        because=f"Each by itself: {alone}. That talks begin, in {percent(talks.began)} of worlds, is by the chances that the case "
        f"gives, not by what either would rather have; all steps are taken in {percent(talks.completed)}.",
        limit="Means over the draws, of worlds with talks against the same worlds without.",
        tone=tone,  # type: ignore[arg-type]
    )


def _clock(clock: Clock, words: Words) -> Finding:
    one, two = (words.faction(f) for f in clock.factions)
    sides = ((clock.at_once[0], one), (clock.at_once[1], two))
    chance, who = max(sides, key=lambda side: side[0])
    first = (
        f"; {who} has the shorter breath and would give in at once with a chance of {percent(chance)}"
        if chance > 0
        else ""
    )
    return Finding(
        f"If each may be obstinate, whoever is not has given in after {clock.ends:.0f} months{first}.",
        because=f"{one} insists on {percent(clock.demand[0])} of what there is to be divided and {two} on {percent(clock.demand[1])}; patience "
        f"alone would give {percent(clock.fair)} to {one}. If the other never gave in, {one} would have by month {clock.exhausted[0]:.0f} and "
        f"{two} by month {clock.exhausted[1]:.0f}; with a chance of {percent(clock.obstinate[0] * clock.obstinate[1])} both are obstinate, and it never ends.",
        limit="A war of attrition between two that may be bluffing (Abreu and Gul 2000); beside the simulation, not part of it.",
    )


def _coalition(result: OutlookResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = [
        [words.group(name), percent(share)]
        for name, share in sorted(result.coalition.items(), key=lambda x: -x[1])
    ]
    return Table(
        caption="Who of those who hold the incumbent up could not be purged",
        columns=("Group", "Draws in which it is safe"),
        rows=rows,
        numeric=(1,),
        note="A coalition is safe that is strong enough and within which no part that is strong enough would be safe by itself "
        "(Acemoglu, Egorov and Sonin 2008), on the judged strengths, by more than half of them.",
    )


def _gestures(result: OutlookResult, words: Words) -> list[Block]:
    rows: list[list[str | Cell]] = []
    for g in result.gestures.values():
        moved = "; ".join(
            f"{words.reading(g.by, r)}: {percent(g.before[r])} → {percent(g.after[r])}" for r in g.before
        )
        cost = "–" if g.cost is None else points(g.cost)
        rows.append([g.name, g.on or "not yet", cost, _telling(g), moved])
    return [
        Table(
            caption="What the gestures tell",
            columns=("Gesture", "When", "Cost in points", "What it tells", "Belief before and after"),
            rows=rows,
            numeric=(2,),
            note="Bayes' rule on the judged likelihoods. The case's priors are those of its date: for what was seen by then "
            "the belief without it is worked out backwards, for what was not the belief that it would lead to. Several "
            "gestures are not independent, so effects do not add up.",
        )
    ]


def _telling(g: GestureResult) -> Cell:
    if g.ratio is None:
        return Cell("much: under one reading it would never be made", "good")
    if g.ratio < 1.1:
        return Cell("nothing: every reading would have made it", "muted")
    if g.ratio < 2:
        return Cell(
            f"little: at most {decimal(g.ratio, 1)} times as likely under one reading as under another",
            "caution",
        )
    return Cell(
        f"something: {decimal(g.ratio, 1)} times as likely under one reading as under another", "good"
    )


def _questions(result: OutlookResult) -> Table:
    rows: list[list[str | Cell]] = []
    for name, q in result.questions.items():
        known = {a: v for a, v in q.answers.items() if v is not None}
        said = "; ".join(f"{a} {percent(v)}" for a, v in known.items())
        if sum(known.values()) > 1 + HARDLY:
            said += " (more than one of them can be true)"
        tone = {"modelled": "plain", "prior": "caution", "not_modelled": "muted"}[q.basis]
        rows.append(
            [
                name,
                q.text + (f" ({q.note.strip()})" if q.note else ""),
                said or "–",
                Cell(q.basis.replace("_", " "), tone),  # type: ignore[arg-type]
                q.resolves,
            ]
        )
    modelled = sum(q.basis == "modelled" for q in result.questions.values())
    return Table(
        caption=f"Dated questions ({len(rows)}; {modelled} modelled)",
        columns=("Id", "Question", "Answer", "Basis", "Known by"),
        rows=rows,
        note="Modelled: shares of simulated worlds. Prior: somebody's judgement, which no model stands behind. Not modelled: "
        "the case has nothing to say.",
        fold=True,
    )


def _how(result: OutlookResult, words: Words) -> str:
    parts: Sequence[str] = [PARTS[p] for p in result.parts]
    still = (
        f"Made to stand still, as asked: {joined([PARTS[p] for p in result.without])}. "
        if result.without
        else ""
    )
    left = ""
    if result.left_out:
        ties = "; ".join(" with ".join(map(words.issue, tie)) for tie in result.left_out)
        left = f" What somebody adds for having these together is not counted, since more than one of them moves by chance: {ties}."
    return (
        f"{result.worlds:,} worlds of {result.months} months, {result.worlds // result.draws} for each of {result.draws:,} draws "
        f"of the judged numbers; pictures of paths are from every sixty-fourth world. Parts simulated: {joined(parts)}. "
        f"{still}Everything else stays as it is.{left}"
    )
