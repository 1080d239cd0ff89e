"""What the outlook says, as blocks."""

from __future__ import annotations

from detente.analyses.outlook.answer import (
    answer,
    ended,
    findings_of_talks,
    how,
    largest,
    none_of,
    remarks,
    ripe,
)
from detente.analyses.outlook.dated import chosen, dated
from detente.analyses.outlook.result import (
    GestureResult,
    Influence,
    LevelPath,
    OutlookResult,
    PolicyResult,
    TalksResult,
)
from detente.analyses.outlook.short import in_short
from detente.analyses.words import Words, joined, percent, signed
from detente.case.model import Case
from detente.case.provenance import anchor, elements
from detente.charts.shares import shares
from detente.document import Block, Cell, Chart, Document, Link, Paragraph, Section, Table
from detente.figures import capital, changed, decimal, error, plural, points, spread
from detente.world.diagram import chart
from detente.world.influence import of_case

__all__ = ["BEHIND", "behind", "document", "sections"]

BEHIND = "outlook-full"
"""Id of the part of a briefing that has the whole outlook."""
QUESTION = "What happens without a deal, and on whose side is time?"
NEGLIGIBLE = 0.005
"""Share of draws or worlds below which nothing is said of them, and by which answers may exceed 1 for want of exactness."""
TELLING = 0.02
"""Change of a belief below which an event tells nothing."""
YEAR = 12
A_POINT = 0.01
"""Change of a chance that a sentence names."""
NOTICED = 0.5
"""Points of a faction's own that a sentence names."""


def document(result: OutlookResult, case: Case) -> Document:
    """The answer of ``detente outlook``."""
    return Document(
        title=case.title,
        subtitle=QUESTION,
        blocks=_blocks(result, Words(case), headline=True),
        short=in_short(result, Words(case)),
        facts={"case": result.case, "seed": str(result.seed), "worlds": f"{result.worlds:,}"},
    )


def sections(result: OutlookResult, case: Case) -> list[Section]:
    """The parts of the briefing: what somebody's gestures tell, what comes without a deal, the dated questions."""
    words = Words(case)
    fates = [_fates(what, names, result) for what, names in ended(result).items()]
    ahead: list[Block] = [answer(result, words, headline=False), *fates[:1], _values(result, words)]
    if result.policies:
        ahead += [_bought(result, words), _policies(result, words)]
    found = [
        Section(
            id="outlook",
            title="What comes without a deal?",
            lead=QUESTION,
            blocks=ahead,
            see=(Link("The world behind this, part by part", BEHIND), Link("What may happen", BEHIND)),
        )
    ]
    if result.gestures:
        found.insert(
            0, Section(id="gestures", title="What do the gestures tell?", blocks=_gestures(result, words))
        )
    if result.questions:
        found.append(
            Section(
                id="questions",
                title="What will be known, and when?",
                lead="Questions with a date: what is expected, and what stands for each in the model.",
                blocks=[chosen(words.case), *dated(result, words)],
            )
        )
    return found


def behind(result: OutlookResult, case: Case) -> Section:
    """What stands behind the answer."""
    words = Words(case)
    blocks: list[Block] = [_fates(what, names, result) for what, names in list(ended(result).items())[1:]]
    blocks += _detail(result, words)
    return Section(
        id=BEHIND,
        title="The world without a deal, in full",
        lead="What may happen, what the talks are worth, what hangs on each part of the model.",
        blocks=[*blocks, Paragraph(how(result), tone="muted"), chart(of_case(case))],
        fold=True,
        see=_from(case),
    )


def _from(case: Case) -> tuple[Link, ...]:
    """The numbers of the world, one link for each part that has some."""
    first: dict[str, str] = {}
    for e in elements(case):
        part = e.path.removeprefix("world.parts.").partition(".")[0]
        if e.number and e.path.startswith("world.parts."):
            first.setdefault(part, e.path)
    return tuple(Link(f"Numbers of {part.replace('_', ' ')}", anchor(path)) for part, path in first.items())


def _blocks(result: OutlookResult, words: Words, *, headline: bool) -> list[Block]:
    blocks: list[Block] = [answer(result, words, headline=headline)]
    blocks += [_fates(what, names, result) for what, names in ended(result).items()]
    blocks.append(_values(result, words))
    if result.policies:
        blocks += [_bought(result, words), _policies(result, words)]
    if result.gestures:
        blocks += _gestures(result, words)
    blocks += _detail(result, words)
    blocks += dated(result, words)
    blocks.append(Paragraph(how(result), tone="muted"))
    return blocks


def _detail(result: OutlookResult, words: Words) -> list[Block]:
    """What stands behind the answer, whatever the case gives."""
    blocks: list[Block] = []
    if result.package is not None:
        blocks.append(ripe(result, words))
    if result.issues:
        blocks.append(_issues(result, words))
    for name, talks in result.talks.items():
        blocks += _talks(name, talks, result, words)
    if result.structure:
        blocks.append(_structure(result, words))
    if tells := _beliefs(result, words):
        blocks.append(tells)
    blocks.append(_events(result))
    if result.levels:
        blocks.append(_levels(result))
    return blocks


def _fates(what: str, names: tuple[str, ...], result: OutlookResult) -> Chart:
    """What becomes of something that can be ended."""
    paths = {"none of these": none_of(result, names)}
    paths |= {result.events[n].says: result.events[n].share for n in names if max(result.events[n].share) > 0}
    caption = f"What becomes of the {what.replace('_', ' ')}: share of worlds, each strip from none to all"
    return shares(f"fates-{what}", caption, paths, start=result.as_of)


def _levels(result: OutlookResult) -> Table:
    """Every level in three months."""
    months = (0, min(YEAR, result.months), result.months)
    rows: list[list[str | Cell]] = [
        [
            capital(level.says),
            level.unit,
            *(_amount(level, month) for month in months),
        ]
        for level in result.levels.values()
    ]
    return Table(
        caption="The levels of the world",
        columns=("Level", "Unit", "Today", "In a year", f"On {result.dates[-1]}"),
        rows=rows,
        numeric=(2, 3, 4),
        note=f"The median world, and between what nine in ten lie, of {plural(result.kept, 'world')} of each draw.",
        fold=True,
    )


def _amount(level: LevelPath, month: int) -> str:
    """The median and the range of a level in a month."""
    low, middle, high = level.fan.low[month], level.fan.median[month], level.fan.high[month]
    if low is None or middle is None or high is None:
        return "–"
    if level.unit == "share":
        return spread(percent(middle), percent(low), percent(high))
    digits = _digits(level)
    return spread(decimal(middle, digits), decimal(low, digits), decimal(high, digits))


def _digits(level: LevelPath) -> int:
    largest_ = max((abs(v) for v in level.fan.high if v is not None), default=0.0)
    return 0 if largest_ >= 100 else 1 if largest_ >= 10 else 2


def _values(result: OutlookResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    some_typed = any(v.typed is not None for v in result.no_deal.values())
    for f, v in result.no_deal.items():
        typed: list[str | Cell] = [Cell("computed", "muted") if v.typed is None else points(v.typed)]
        rows.append(
            [
                capital(words.short(f)),
                points(v.status_quo),
                points(v.going_on),
                signed(v.drift),
                signed(v.alone),
                spread(points(v.no_deal), points(v.low), points(v.high)),
                *(typed if some_typed else []),
                signed(v.negotiating),
                points(v.expected),
            ]
        )
    used = [f for f, v in result.no_deal.items() if not v.used]
    note = (
        f"The deal analysis takes what is typed for {joined([words.faction(f) for f in used])} instead."
        if used
        else "No deal is what the deal analysis compares every package with."
    )
    return Table(
        caption="What is to be had without a deal",
        columns=(
            "Faction",
            "Status quo",
            "If it goes on",
            "A year of waiting",
            "What it can do alone",
            "No deal (5% to 95%)",
            *(("Typed",) if some_typed else ()),
            "Value of negotiating",
            "To be expected",
        ),
        rows=rows,
        numeric=tuple(range(1, 9 if some_typed else 8)),
        note="Each faction's own points, as if constant for ever; means over the draws. No deal is the world going on with its "
        f"talks off, and what the faction can do alone; what is to be expected is the same world with its talks on. {note}",
    )


def _issues(result: OutlookResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for issue, options in result.issues.items():
        for option, path in options.items():
            rows.append(
                [
                    words.issue(issue),
                    words.option(issue, option),
                    percent(path[0]),
                    percent(path[min(YEAR, result.months)]),
                    percent(path[-1]),
                ]
            )
    return Table(
        caption="Where the issues stand that move by themselves",
        columns=("Issue", "Option", "Today", "In a year", f"On {result.dates[-1]}"),
        rows=rows,
        numeric=(2, 3, 4),
        note=f"Shares of worlds{', their talks included' if result.talks else ''}.",
    )


def _policies(result: OutlookResult, words: Words) -> Table:
    factions = list(result.no_deal)
    finals = [n for names in ended(result).values() for n in names]
    rows: list[list[str | Cell]] = []
    for p in result.policies.values():
        taken = "" if p.taken is None else f" (taken in {percent(p.taken)} of draws)"
        rows.append(
            [
                p.name + taken,
                *(signed(100 * p.influence.events.get(n, 0.0)) for n in finals),
                *(changed(p.influence.value[f], p.influence.value_error[f]) for f in factions),
            ]
        )
    return Table(
        caption="Policies compared in the same worlds",
        columns=(
            "Policy",
            *(f"{capital(result.events[n].says)}, percentage points" for n in finals),
            *map(words.faction, factions),
        ),
        rows=rows,
        numeric=tuple(range(1, 1 + len(finals) + len(factions))),
        note="Changes by the end against the world as it is. Under each faction: by how many of its points no deal is worth more "
        f"or less. All policies meet the same chance, so differences are paired{_few(result)}.",
        fold=True,
    )


def _bought(result: OutlookResult, words: Words) -> Table:
    """What each policy buys, and for whom."""
    return Table(
        caption="What each policy would change",
        columns=("Policy", "Changes most", "No deal gets better for", "Worse for"),
        rows=[_buys(p, result, words) for p in result.policies.values()],
        note=f"By the end, against the world as it is. In brackets points of each faction's own; those below {NOTICED:g} are left out."
        f"{remarks(result.policies, words)}",
    )


def _buys(policy: PolicyResult, result: OutlookResult, words: Words) -> list[str | Cell]:
    finals = [n for names in ended(result).values() for n in names]
    changes = {n: policy.influence.events.get(n, 0.0) for n in finals}
    most = max(changes, key=lambda n: abs(changes[n]), default=None)
    change = 0.0 if most is None else changes[most]
    told = "–"
    if most is not None and abs(change) >= A_POINT:
        by = plural(round(100 * abs(change)), "percentage point")
        told = f"{capital(result.events[most].says)}: {'likelier' if change > 0 else 'less likely'} by {by}"
    taken = "" if policy.taken is None else f" (taken in {percent(policy.taken)} of draws)"
    suits = [
        [f"{words.short(f)} ({signed(v)})" for f, v in policy.influence.value.items() if sign * v >= NOTICED]
        for sign in (1, -1)
    ]
    return [policy.name + taken, told, *(capital(joined(whom)) or "–" for whom in suits)]


def _few(result: OutlookResult) -> str:
    """On how many draws what is changed was compared, where that is not all."""
    fewer = result.compared < result.draws
    return f"; from {result.compared:,} of the {plural(result.draws, 'draw')}" if fewer else ""


def _structure(result: OutlookResult, words: Words) -> Table:
    factions = list(result.no_deal)
    ordered = sorted(result.structure.items(), key=lambda item: largest(item[1]), reverse=True)
    rows: list[list[str | Cell]] = [
        [
            Cell(capital(part.replace("_", " ")), note=result.parts.get(part, "")),
            _most(influence, result),
            *(signed(influence.value[f]) for f in factions),
        ]
        for part, influence in ordered
    ]
    worst = max((e for i in result.structure.values() for e in i.value_error.values()), default=0.0)
    return Table(
        caption="What hangs on each part of the model",
        columns=("If this stood still", "Changes most, percentage points", *map(words.faction, factions)),
        rows=rows,
        numeric=tuple(range(2, 2 + len(factions))),
        note="Each part alone is made to stand still, everything else and all chance the same: the event whose share changes most, "
        "and by how many points no deal is worth more or less to each faction (standard error at most "
        f"{decimal(worst, 1)}), the largest effect on anybody first{_few(result)}. '--without PART' makes it stand still in "
        "everything.",
        fold=True,
    )


def _most(influence: Influence, result: OutlookResult) -> str:
    if not influence.events:
        return "–"
    name = max(influence.events, key=lambda n: abs(influence.events[n]))
    return f"{result.events[name].says}: {signed(100 * influence.events[name])}"


def _talks(name: str, talks: TalksResult, result: OutlookResult, words: Words) -> list[Block]:
    readings = list(talks.moves[0].chance)
    rows: list[list[str | Cell]] = []
    for n, move in enumerate(talks.moves, 1):
        crosses = f" (crosses a line in {percent(move.crosses)})" if move.crosses >= NEGLIGIBLE else ""
        rows.append(
            [
                str(n),
                words.faction(move.by),
                words.moves(move.what),
                signed(move.worth) + crosses,
                *(percent(move.chance[r if r in move.chance else move.by]) for r in readings),
                percent(move.taken),
            ]
        )
    names = [words.reading(talks.by, r) if r != talks.by else "Chance a month" for r in readings]
    table = Table(
        caption="The talks, step by step",
        columns=(
            "Due",
            "Whose step",
            "What",
            "Worth to whoever takes it, in its points",
            *names,
            "Taken in worlds by the end",
        ),
        rows=rows,
        numeric=tuple(range(3, 5 + len(readings))),
        note="Steps are taken in turn, by choice: chances a month, once a step is due, that it is taken if what is in the column is true. "
        "Each reading is played out as if it were known, and the other side mixes by what it believes. Worth and chances are means over "
        "the draws.",
    )
    return [table, *findings_of_talks(name, talks, result, words)]


def _beliefs(result: OutlookResult, words: Words) -> Table | None:
    """What events would tell about the readings; None where nothing tells anything."""
    rows: list[tuple[float, list[str | Cell]]] = []
    for event in result.events.values():
        for faction, beliefs in event.belief.items():
            before = {r: reading.prior.median for r, reading in words.case.readings[faction].items()}
            total = sum(before.values())
            known = {r: b for r, b in beliefs.items() if b is not None}
            moved = max((abs(b - before[r] / total) for r, b in known.items()), default=0.0)
            if moved < TELLING or event.share[-1] < NEGLIGIBLE:
                continue
            told = "; ".join(
                f"{words.reading(faction, r)}: {percent(before[r] / total)} → {percent(b)}"
                for r, b in known.items()
            )
            rows.append(
                (moved, [capital(event.says), percent(event.share[-1]), words.faction(faction), told])
            )
    if not rows:
        return None
    return Table(
        caption="What events would tell about the readings",
        columns=("If it is seen that", "In worlds", "About", "Belief before and after"),
        rows=[row for _, row in sorted(rows, key=lambda r: -r[0])],
        numeric=(1,),
        note="Bayes' rule over the simulated worlds: how often each reading is true where the event has happened by the end. Several events "
        "are not independent, so effects do not add up.",
        fold=True,
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


def _events(result: OutlookResult) -> Table:
    rows: list[list[str | Cell]] = [
        [
            capital(event.says),
            percent(event.share[min(YEAR, result.months)]),
            f"{percent(event.share[-1])} {error(event.error)}".rstrip(),
            f"{percent(event.low)} to {percent(event.high)}",
        ]
        for event in result.events.values()
    ]
    return Table(
        caption="What may happen",
        columns=(
            "Event",
            "Within a year",
            f"By {result.dates[-1]}",
            "Over the judgements, in nine draws of ten",
        ),
        rows=rows,
        numeric=(1, 2, 3),
        note=f"Shares of worlds{', their talks included' if result.talks else ''}; errors are Monte Carlo's, in percentage points.",
        fold=True,
    )
