"""The first page: what a reader with three minutes takes along, made from results by rules that know no case.

Four questions, each with a sentence, a word of the scale of likelihood with its number, and how sure that is and why; the
chances of the agreements on one scale; the readings; what each side gives and gets; what to watch; where all this may be
wrong. Every function is pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from detente.agreement import players
from detente.analyses.deal.ladder import Rung, beside
from detente.analyses.deal.result import DealResult
from detente.analyses.deal.verdict import EVEN, Offer, headline, offers, parted, tone, within_reach
from detente.analyses.flips import FlipsResult
from detente.analyses.outlook.answer import ended, main_end, none_of
from detente.analyses.outlook.dated import question_id
from detente.analyses.outlook.document import BEHIND
from detente.analyses.outlook.result import GestureResult, Happens, OutlookResult, QuestionResult
from detente.analyses.scale import likelihood, one_in, scale
from detente.analyses.words import Words
from detente.case.model import Deadline
from detente.case.paths import steps_to
from detente.case.provenance import Element, anchor
from detente.charts.chances import chances_of_100
from detente.document import Block, Cell, Finding, Link, Section, Table
from detente.figures import agree, capital, day, joined, percent, plural, spelt
from detente.problem.table import controlling
from detente.prospects.chances import Chances

__all__ = ["Findings", "brief"]

SHOWN = 5
"""Agreements on the first page."""
NEARLY = 0.5
"""Points below which somebody is as well off as without."""
WATCHED = 6
OPEN = 0.1
"""A question whose answer is surer than that is not worth watching."""
A_YEAR = 366
TELLS = 0.08
"""A belief that moves by as much is worth waiting for."""


class Findings(NamedTuple):
    """What the first page is made from."""

    result: DealResult
    flips: FlipsResult | None
    outlook: OutlookResult | None
    numbers: Sequence[Element]
    """Every number and statement of the case with its origin."""


def brief(of: Findings, words: Words) -> list[Block]:
    """The headline and the first page."""
    found = offers(of.result, words)
    best = within_reach(found)
    blocks: list[Block] = [_deal(of, words), _had(found, of.result, words)]
    blocks += _serious(of.outlook, words)
    blocks.append(_otherwise(of, words))
    shown = _shown(found, best)
    if shown and of.result.uncertain:
        rows = [(o.name, _links(o.chances)) for o in shown]
        cut = f": {spelt(len(shown))} of {len(found):,}, the others below" if len(found) > len(shown) else ""
        blocks.append(chances_of_100("chances-of-100", f"How likely each agreement is{cut}", rows))
    blocks += _readings(shown, of, words)
    if best is not None:
        blocks.append(_sides(best, words))
    blocks += _watch(of, words)
    blocks.append(_wrong(of, words))
    return [headline(of.result, words), Section(id="brief", title="The case in three minutes", blocks=blocks)]


def _links(chances: Chances) -> dict[str, float | None]:
    return {link: getattr(chances, link) for link in ("acceptable", "signed", "begun", "kept")}


def _shown(found: Sequence[Offer], best: Offer | None) -> list[Offer]:
    """The tables, and the swaps that survive the readings best, which is what can be had first."""
    tables = [o for o in found if not o.small]
    swaps = sorted((o for o in found if o.small), key=lambda o: -o.worst)
    shown = [*tables, *swaps][:SHOWN]
    if best is not None and best not in shown:
        shown = [*shown[: SHOWN - 1], best]
    return sorted(shown, key=lambda o: o is not best)


# --- the four questions -----------------------------------------------------------------------------------


def _deal(of: Findings, words: Words) -> Finding:
    result, track = of.result, of.result.main
    asks = "Is there a deal?"
    chances, best = track.chances, track.solutions["most_acceptable"]
    where = f"at “{track.name}”" if len(result.tracks) > 1 else "here"
    if chances is None or best is None:
        never = f"{where} no package is ever acceptable to everybody whose consent is needed."
        return Finding(never, tone="bad", asks=asks, see=_behind_deal(of, words))
    sure, why = _confidence(of, words)
    because = f"Confidence {sure}: {why}."
    if not result.uncertain:
        count = track.packages.acceptable
        many = "a package is" if count is None else f"{plural(count, 'package', 'is', 'are')}"
        text = f"Yes: {where} {many} acceptable to everybody whose consent is needed."
        return Finding(text, because, tone="good", asks=asks, see=_behind_deal(of, words))
    share = chances.acceptable
    odds = ", ".join(filter(None, [percent(share), one_in(share)]))
    text = f"{capital(likelihood(share))} ({odds}): {where} the best single package is acceptable to everybody it needs"
    text += "" if best.moves else ", and that is to leave everything as it is"
    apart = parted(chances)
    if apart is not None:
        faction, each = apart
        text += f". It is {words.by_reading({faction: each})}"
    if chances.signed is not None:
        text += f". That it is signed as well: {percent(chances.signed)}"
    return Finding(f"{text}.", because, tone=tone(chances), asks=asks, see=_behind_deal(of, words))


def _behind_deal(of: Findings, words: Words) -> tuple[Link, ...]:
    """What stands behind the first answer: the table, the one number that turns it, that of signing."""
    near = _nearest_path(of.flips)
    return (
        Link("The table in full", f"deal-{of.result.main.id}"),
        *((Link("The judgement that turns it", anchor(near)),) if near else ()),
        *(
            (Link("How likely what is acceptable is signed", anchor("signing.chance")),)
            if words.case.signing
            else ()
        ),
        Link("What would change it", "flips"),
    )


def _confidence(of: Findings, words: Words) -> tuple[str, str]:
    """How sure the first answer is, and why: never high where nothing has been scored."""
    if not of.result.uncertain:
        return "as high as in the numbers", "the case gives none of them a range"
    chances = of.result.main.chances
    apart = None if chances is None else parted(chances)
    if apart is not None:
        return "low", f"it turns on which reading of {words.short(apart[0])} is true"
    near = _nearest(of.flips, words)
    if near is not None:
        return (
            "low",
            f"one judgement, moved inside its own range, turns the answer at best estimates ({near})",
        )
    alone = (
        "which judgement turns it is not looked for" if of.flips is None else "no single judgement turns it"
    )
    return (
        "medium",
        f"{alone}, {percent(_judged(of.numbers))} of the numbers are judgements, and none has been scored",
    )


def _nearest(flips: FlipsResult | None, words: Words) -> str | None:
    """The judgement that turns deal and no deal by the smallest part of its range, in words."""
    path = _nearest_path(flips)
    return None if path is None else _number(path, words)


def _nearest_path(flips: FlipsResult | None) -> str | None:
    inside = [f for f in (flips.flips if flips is not None else ()) if f.deal_flip_inside and not f.switch]
    if not inside:
        return None
    return min(inside, key=lambda f: f.deal_change or 0.0).path


def _number(path: str, words: Words) -> str:
    """A number of the case inside a sentence."""
    said = words.judgement(path)
    if said.startswith("Chance that "):
        return f"the c{said[1:]}"
    return (f"the {said[4:]}" if said.startswith("The ") else said).replace(": ", ", ")


def _judged(numbers: Sequence[Element]) -> float:
    told = [e for e in numbers if e.number]
    return sum(e.kind == "judgement" for e in told) / len(told) if told else 0.0


def _had(found: Sequence[Offer], result: DealResult, words: Words) -> Finding:
    best = within_reach(found)
    asks = "What can be had?"
    if best is None:
        return Finding("Nothing that this case allows.", tone="bad", asks=asks)
    chances = best.chances
    text = f"To {words.doing(best.moves)}. {_consent(best, words)}"
    if best.alone is not None:
        text += f" {capital(words.short(best.alone))} could do it alone."
    if chances.by_reading or chances.acceptable < 1 or chances.signed is not None:
        text += f" It is {likelihood(chances.acceptable)} to be acceptable to everybody it needs ({percent(chances.acceptable)}"
        text += f"; {percent(best.worst)} under the worst reading)" if chances.by_reading else ")"
        if chances.signed is not None:
            text += f"; signed {percent(chances.signed)}"
            text += f", kept to the end {percent(chances.kept)}" if chances.kept is not None else ""
        text += "."
    see = (
        Link("The table in full", f"deal-{result.main.id}"),
        Link("How likely each agreement is", "chances"),
        Link("In what order", "roadmap"),
    )
    return Finding(
        text,
        because=_robust(best, spared=best.alone is None and any(o.alone for o in found)),
        tone=tone(chances),
        asks=asks,
        see=see,
    )


def _consent(offer: Offer, words: Words) -> str:
    """Whose consent an agreement needs."""
    others = [words.short(f) for f in offer.gain if f not in offer.needed]
    needed = [words.short(f) for f in offer.gain if f in offer.needed]
    if not others:
        return f"It needs {joined(needed)}."
    enough = f"enough of {joined(others)}"
    return f"It needs {joined(needed)}, and {enough}." if needed else f"It needs {enough}."


def _robust(best: Offer, *, spared: bool) -> str:
    """Why it is this one."""
    if not best.chances.by_reading:
        return ""
    which = "Of the best of each table and the small exchanges"
    if spared:
        which += " that nobody could do alone"
    return f"{which} it is acceptable most surely, whichever reading is true."


def _serious(outlook: OutlookResult | None, words: Words) -> Iterator[Finding]:
    """What has been seen of somebody whose intent is read in different ways, and what would tell."""
    gestures = outlook.gestures if outlook is not None else {}
    for faction in dict.fromkeys(g.by for g in gestures.values()):
        of = [g for g in gestures.values() if g.by == faction]
        seen, ahead = [g for g in of if g.seen], [g for g in of if not g.seen]
        said = [_seen(seen, words)] if seen else []
        said += [_ahead(max(ahead, key=_moved), words)] if ahead else []
        yield Finding(
            " ".join(said),
            because="Confidence low: how likely each gesture is under each reading is judged.",
            tone="caution",
            asks=f"Which reading of {words.short(faction)} is true?",
            see=(
                Link("Every gesture", "gestures"),
                Link(
                    "What is believed, and why", anchor(f"{faction}.readings.{next(iter(of[0].after))}.prior")
                ),
                Link(
                    "How likely each gesture is",
                    anchor(f"gestures.{_name_of(of[0], gestures)}.likelihood.{next(iter(of[0].after))}"),
                ),
            ),
        )


def _name_of(gesture: GestureResult, gestures: Mapping[str, GestureResult]) -> str:
    return next(name for name, g in gestures.items() if g is gesture)


def _seen(gestures: Sequence[GestureResult], words: Words) -> str:
    """What the gestures that were made tell, and what is believed with them."""
    strongest = max(gestures, key=_moved)
    moved = f"{_points(_moved(strongest))}"
    if _moved(strongest) >= TELLS:
        text = f"“{strongest.name}” tells most of what has been seen: it moved a belief by {moved}"
    elif len(gestures) == 1:
        text = f"“{strongest.name}” tells little: it moved no belief by more than {moved}"
    else:
        text = (
            f"The {spelt(len(gestures))} gestures that have been seen tell little, one by one: the most telling, "
            f"“{strongest.name}”, moved no belief by more than {moved}"
        )
    told = [f"“{words.reading(strongest.by, r)}” {percent(v)}" for r, v in strongest.after.items()]
    return f"{text}. What is believed now: {', '.join(told)}."


def _ahead(gesture: GestureResult, words: Words) -> str:
    """What a gesture that is still to come would tell."""
    gains = max(gesture.after, key=lambda r: gesture.after[r] - gesture.before[r])
    if _moved(gesture) < TELLS:
        return "No gesture that the case knows would tell much."
    return (
        f"“{gesture.name}” would tell most: “{words.reading(gesture.by, gains)}” would go from "
        f"{percent(gesture.before[gains])} to {percent(gesture.after[gains])}."
    )


def _points(change: float) -> str:
    """How far a belief moves."""
    return plural(max(1, round(100 * change)), "percentage point")


def _moved(gesture: GestureResult) -> float:
    """The largest change of a belief."""
    return max(abs(gesture.after[r] - gesture.before[r]) for r in gesture.after)


def _otherwise(of: Findings, words: Words) -> Finding:
    asks = "What if there is none?"
    outlook, track = of.outlook, of.result.main
    if outlook is None:
        stays = track.status_quo
        if stays is None:
            said = "The case says of no deal only what it is worth to each."
            return Finding(said, asks=asks, see=(Link("The table in full", f"deal-{track.id}"),))
        gaps = {f: stays.no_deal[f] - stays.utility[f] for f in track.factions}
        return Finding(
            _waiting("Beside how things stand today, no deal", gaps, words),
            because="No-deal values as the case types them, at best estimates.",
            asks=asks,
            see=(
                Link("The table in full", f"deal-{track.id}"),
                *(Link(f"No deal for {words.short(f)}", anchor(f"{f}.no_deal")) for f in track.factions),
            ),
        )
    drifts = {f: v.drift for f, v in outlook.no_deal.items()}
    return Finding(
        " ".join(filter(None, [_comes(outlook, words), _waiting("A year of waiting", drifts, words)])),
        because="Confidence low: shares of simulated worlds, judged and never scored.",
        asks=asks,
        see=(Link("What comes without a deal", "outlook"), Link("The world behind it", BEHIND)),
    )


def _comes(outlook: OutlookResult, words: Words) -> str:
    """What comes without a deal: the end of what can be ended, else the likeliest event in which somebody has a stake."""
    what, middle, end = main_end(outlook), outlook.months // 2, day(outlook.dates[-1])
    if what is None:
        stakes = words.case.world.stakes if words.case.world is not None else {}
        staked = dict.fromkeys(name for each in stakes.values() for name in each if name in outlook.events)
        first = max((outlook.events[name] for name in staked), key=lambda e: e.share[-1], default=None)
        return (
            ""
            if first is None
            else f"{_chance(first.share[-1])} that by {end} {first.says}{_between(first)}."
        )
    names = ended(outlook)[what]
    stays, first = none_of(outlook, names), outlook.events[names[0]]
    none = stays[-1] >= EVEN
    shares = stays if none else tuple(1 - share for share in stays)
    ending = f"would end the {what.replace('_', ' ')}"
    if len(names) == 1:
        come = f"the event that {ending} has {'not ' if none else ''}come"
    else:
        come = f"{'none' if none else 'one'} of the {spelt(len(names))} events that {ending} has come"
    text = f"{_chance(shares[-1])} that by {end} {come} ({percent(shares[middle])} by {day(outlook.dates[middle])})"
    return f"{text}. The likeliest end: {first.says} ({percent(first.share[-1])}{_between(first)})."


def _chance(share: float) -> str:
    return f"{capital(likelihood(share))} ({percent(share)})"


def _between(event: Happens) -> str:
    """How far the judgements leave it open."""
    return f", {percent(event.low)} to {percent(event.high)} over the judgements"


def _waiting(what: str, gaps: Mapping[str, float], words: Words) -> str:
    """For whom it is worse, and for whom better, each by points of its own."""
    lose = [words.short(f) for f, gap in gaps.items() if gap < -NEARLY]
    win = [words.short(f) for f, gap in gaps.items() if gap > NEARLY]
    said = ([f"costs {joined(lose)}"] if lose else []) + ([f"pays {joined(win)}"] if win else [])
    return f"{what} {joined(said) or 'makes little difference to anybody'}."


# --- tables -----------------------------------------------------------------------------------------------


def _readings(shown: Sequence[Offer], of: Findings, words: Words) -> Iterator[Table]:
    """The faction whose readings part the agreements most: what is believed of it, and each agreement under each."""
    main = of.result.main.chances
    apart = None if main is None else parted(main)
    told = [o for o in shown if apart is not None and apart[0] in o.chances.by_reading]
    if apart is None or not told:
        return
    faction = apart[0]
    readings = words.case.readings[faction]
    whole = sum(r.prior.median for r in readings.values())
    columns = [
        f"{words.reading(faction, r)} ({percent(spec.prior.median / whole)})" for r, spec in readings.items()
    ]
    rows = [[o.name, *(percent(o.chances.by_reading[faction][r].acceptable) for r in readings)] for o in told]
    yield Table(
        caption=f"Acceptable, by which reading of {words.short(faction)} is true",
        columns=("Agreement", *columns),
        rows=rows,
        numeric=tuple(range(1, 1 + len(columns))),
        note="Behind each reading what is believed of it, as the case judges.",
        see=tuple(
            Link(f"Why {column}", anchor(f"{faction}.readings.{r}.prior"))
            for column, r in zip(columns, readings, strict=True)
        ),
    )


def _sides(best: Offer, words: Words) -> Table:
    """What each side gives and gets by the agreement that can be had."""
    case = words.case
    owners = {i: _owners(i, o, words) for i, o in best.moves.items()}
    rows: list[list[str | Cell]] = []
    for id, party in case.parties.items():
        factions = list(party.factions) or [id]
        mine = {i: o for i, o in best.moves.items() if id in owners[i]}
        gains = {f: best.gain[f] for f in factions if f in best.gain}
        if mine or gains:
            does = capital(words.doing(mine)) if mine else "–"
            rows.append([capital(words.short(id)), does, capital(_gets(gains, words))])
    columns: tuple[str, ...] = ("Side", "What it has to do", "Beside no deal, in its own eyes")
    if not any(owners.values()):
        columns, rows = (columns[0], columns[2]), [[row[0], row[2]] for row in rows]
    return Table(caption="Give and get, for what can be had", columns=columns, rows=rows)


def _gets(gains: Mapping[str, float], words: Words) -> str:
    """How the factions of one side fare, each by its own points."""
    if not gains:
        return "is not asked"
    by: dict[str, list[str]] = {}
    for faction, gain in gains.items():
        word = "about even" if abs(gain) < NEARLY else "better off" if gain > 0 else "worse off"
        by.setdefault(word, []).append(words.short(faction))
    return next(iter(by)) if len(by) == 1 else "; ".join(f"{word}: {joined(who)}" for word, who in by.items())


def _owners(issue: str, option: str, words: Words) -> set[str]:
    """Parties that have a hand in moving an issue to an option."""
    case = words.case
    inside = {f: p for p, spec in case.parties.items() for f in spec.factions or [p]}
    names = list(inside)
    trees = (controlling(case, names, issue, step) for step in steps_to(case.issues[issue], option))
    return {inside[names[f]] for tree in trees if tree is not None for f in players(tree)}


def _watch(of: Findings, words: Words) -> Iterator[Table]:
    """Dated things within a year, the case's own dates first of all, and events that would move belief."""
    case = words.case
    if case.as_of is None:
        return
    until = case.as_of + timedelta(days=A_YEAR)
    dates = [
        (
            d.on,
            Cell(capital(d.name or name.replace("_", " ")), links=(Link("", anchor(f"deadlines.{name}")),)),
            f"Nothing counts after it for {_whom(d, words)}",
        )
        for name, d in case.deadlines.items()
    ]
    questions = of.outlook.questions.items() if of.outlook is not None else ()
    asked = [
        (date.fromisoformat(q.resolves), Cell(q.text, links=(Link("", question_id(name)),)), said)
        for name, q in questions
        if (said := _open(q))
    ]
    near = [d for group in (dates, asked) for d in sorted(group, key=lambda d: d[0]) if d[0] <= until]
    rows: list[list[str | Cell]] = [
        [day(on.isoformat()), what, said] for on, what, said in sorted(near[:WATCHED], key=lambda d: d[0])
    ]
    cut = f"{capital(spelt(len(rows)))} of {len(near):,} dates and open questions within a year."
    rows += _telling(of.outlook, words) if of.outlook is not None else ()
    if rows:
        yield Table(
            caption="What to watch",
            columns=("By", "What", "Expected, or what it would tell"),
            rows=rows,
            note=cut if len(near) > WATCHED else "",
        )


def _whom(deadline: Deadline, words: Words) -> str:
    return joined([words.short(f) for f in deadline.ends_for])


def _open(question: QuestionResult) -> str:
    """The answer to a question of yes and no that the world leaves open; nothing for others."""
    known = {a: v for a, v in question.answers.items() if v is not None}
    if question.basis != "modelled" or len(known) != 2:
        return ""
    answer, share = next(iter(known.items()))
    return f"{capital(answer)}: {percent(share)}" if OPEN <= share <= 1 - OPEN else ""


def _telling(outlook: OutlookResult, words: Words) -> Iterator[list[str | Cell]]:
    """The event that would move a belief most."""
    moved = []
    for event in outlook.events.values():
        for faction, each in event.belief.items():
            whole = sum(r.prior.median for r in words.case.readings[faction].values())
            for reading, after in each.items():
                if after is not None and 0.02 < event.share[-1] < 0.98:
                    before = words.case.readings[faction][reading].prior.median / whole
                    moved.append((after - before, event.says, faction, reading, before, after))
    if moved:
        change, says, faction, reading, before, after = max(moved, key=lambda m: m[0])
        if change >= TELLS:
            told = f"“{words.reading(faction, reading)}” of {words.short(faction)}: from {percent(before)} to {percent(after)}"
            yield ["Any day", capital(says), told]


def _wrong(of: Findings, words: Words) -> Finding:
    """Where all this may be wrong."""
    said = [_judgements(of.numbers)]
    near = _nearest(of.flips, words)
    if near is not None:
        said.append(f"The first answer turns on a single judgement: {near}.")
    elif of.flips is not None and (moving := [f for f in of.flips.flips if f.told_index]):
        most = max(moving, key=lambda f: f.first_order)
        said.append(f"What moves the first answer most is one number: {_number(most.path, words)}.")
    if of.result.computed:
        said.append(
            "What no deal is worth is computed from a world of judged mechanisms, and moves with them."
        )
    rungs = [Rung(t.name, t.chances) for t in of.result.tracks.values() if t.chances is not None]
    if more := beside(rungs, words):
        said.append(more)
    said.append("The case knows only its own parties, issues and options.")
    if of.result.uncertain or of.outlook is not None:
        said.append(scale())
    see = (Link("How far this can be trusted", "limits"), Link("Every number, and whose it is", "provenance"))
    return Finding(" ".join(said), asks="Where may this be wrong?", see=see)


def _judgements(numbers: Sequence[Element]) -> str:
    """How much of the case is somebody's judgement."""
    kinds = [e.kind for e in numbers if e.number]
    judged = sum(kind == "judgement" for kind in kinds)
    scored = "has been scored against what came about"
    if not judged:
        return f"the numbers are not judgements but facts or inferences, and no answer {scored}."
    which = "all numbers" if judged == len(kinds) else f"{judged:,} of {plural(len(kinds), 'number')}"
    return f"{which} {agree(judged, 'is a judgement', 'are judgements')}, and none {scored}."
