"""The first page: what a reader with three minutes takes along, made from results by rules that know no case.

Four questions, each with a sentence, a word of the scale of likelihood with its number, and how sure that is and why; the
chances of the agreements on one scale; the readings; what each side gives and gets; what to watch; where all this may be
wrong. Every function is pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from detente.agreement import Agreement, players
from detente.analyses.deal.result import DealResult
from detente.analyses.flips import FlipsResult
from detente.analyses.outlook.answer import ended, main_end, none_of
from detente.analyses.outlook.result import GestureResult, OutlookResult
from detente.analyses.words import Words
from detente.case.model import Tree
from detente.case.provenance import Element
from detente.charts.chances import chances_of_100
from detente.document import Block, Cell, Finding, Paragraph, Section, Table
from detente.figures import agree, capital, day, joined, percent, plural
from detente.problem.table import controlling
from detente.prospects.chances import Chances
from detente.report.scale import likelihood, of_three, scale

__all__ = ["Findings", "Offer", "brief", "headline", "offers", "within_reach"]

APART = 0.3
"""Readings that part a chance by as much decide it."""
EVEN = 0.5
SHOWN = 6
"""Agreements on the first page."""
NEARLY = 0.5
"""Points below which somebody is as well off as without."""
WATCHED = 6
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


class Offer(NamedTuple):
    """An agreement that could be proposed."""

    name: str
    moves: Mapping[str, str]
    gain: Mapping[str, float]
    """Faction whose consent can matter → points above no deal at best estimates."""
    chances: Chances
    small: bool
    """Whether it is an exchange beside the tables."""

    @property
    def worst(self) -> float:
        """Acceptable under the reading that is worst for it."""
        under = [links.acceptable for each in self.chances.by_reading.values() for links in each.values()]
        return min([self.chances.acceptable, *under])


def offers(result: DealResult, words: Words) -> list[Offer]:
    """The best agreement of each table, then the swaps, the likeliest to be acceptable first."""
    found = []
    for track in result.tracks.values():
        best = track.solutions["most_acceptable"]
        if best is not None and best.moves and track.chances is not None:
            gain = {f: v for f, v in best.gain.items() if f in track.factions}
            name = track.name if len(result.tracks) > 1 else capital(words.doing(best.moves))
            found.append(Offer(name, best.moves, gain, track.chances, False))
    found += [Offer(capital(words.doing(s.moves)), s.moves, s.gain, s.chances, True) for s in result.swaps]
    return found


def within_reach(found: Sequence[Offer]) -> Offer | None:
    """The agreement that survives the readings best: the one whose worst chance is largest, the larger of equals."""
    return max(
        found, key=lambda o: (round(o.worst, 2), round(o.chances.acceptable, 2), len(o.moves)), default=None
    )


def brief(of: Findings, words: Words) -> list[Block]:
    """The headline and the first page."""
    found = offers(of.result, words)
    best = within_reach(found)
    blocks: list[Block] = [_deal(of, words), _had(best, words)]
    blocks += _serious(of.outlook, words)
    blocks.append(_otherwise(of, words))
    shown = _shown(found, best)
    if shown and of.result.uncertain:
        rows = [(o.name, _links(o.chances)) for o in shown]
        blocks.append(chances_of_100("chances-of-100", "How likely each agreement is", rows))
    blocks += _readings(shown, of, words)
    if best is not None:
        blocks.append(_sides(best, words))
    blocks += _watch(of, words)
    blocks.append(_wrong(of, words))
    return [headline(of, words), Section(id="brief", title="The case in three minutes", blocks=blocks)]


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


# --- the headline -----------------------------------------------------------------------------------------


def headline(of: Findings, words: Words) -> Finding:
    """The finding, in the words of the case."""
    found = offers(of.result, words)
    best, main = within_reach(found), of.result.main
    whole = main.chances
    if best is None or whole is None:
        return Finding(
            "No agreement that the case allows is acceptable to everybody it needs.",
            tone="bad",
            headline=True,
        )
    what = words.doing(best.moves)
    if not of.result.uncertain:
        text = f"There is an agreement for everybody: {what}"
        return Finding(f"{text}.", tone="good", headline=True)
    first = f"An agreement to {what} is {likelihood(best.chances.acceptable)} to be acceptable to everybody it needs"
    if best.moves == getattr(main.solutions["most_acceptable"], "moves", None):
        text = first
    elif whole.acceptable >= EVEN:
        text = f"{first}, and so is a larger one ({percent(whole.acceptable)})"
    else:
        text = f"{first}; the best at “{main.name}” is {likelihood(whole.acceptable)} to be"
    tone = "good" if best.worst >= EVEN else "caution" if best.chances.acceptable >= EVEN else "bad"
    return Finding(f"{text}{_bet(whole, words)}.", tone=tone, headline=True)  # type: ignore[arg-type]


def _bet(chances: Chances, words: Words) -> str:
    """Whose intent decides, if anybody's does."""
    apart = _parted(chances)
    if apart is None:
        return ""
    faction, each = apart
    worst = min(each, key=lambda r: each[r])
    best = max(each, key=lambda r: each[r])
    return (
        f", and hangs on what {words.short(faction)} wants: {percent(each[worst])} if “{words.reading(faction, worst)}” is true, "
        f"{percent(each[best])} if “{words.reading(faction, best)}” is"
    )


def _parted(chances: Chances) -> tuple[str, dict[str, float]] | None:
    """The faction whose readings part a chance most, and what is acceptable under each; None where none decides."""
    told = {f: {r: links.acceptable for r, links in each.items()} for f, each in chances.by_reading.items()}
    apart = {f: max(each.values()) - min(each.values()) for f, each in told.items() if each}
    widest = max(apart, key=lambda f: apart[f], default=None)
    return None if widest is None or apart[widest] < APART else (widest, told[widest])


# --- the four questions -----------------------------------------------------------------------------------


def _deal(of: Findings, words: Words) -> Finding:
    result, track = of.result, of.result.main
    asks = "Is there a deal?"
    chances = track.chances
    where = f"At “{track.name}”" if len(result.tracks) > 1 else "Here"
    if chances is None:
        return Finding(
            f"{where} no package is ever acceptable to everybody whose consent is needed.",
            tone="bad",
            asks=asks,
        )
    if not result.uncertain:
        count = track.packages.acceptable
        many = (
            "the agreed packages could not be counted"
            if count is None
            else f"{plural(count, 'package', 'is', 'are')} acceptable"
        )
        return Finding(f"{where} {many} to everybody whose consent is needed.", tone="good", asks=asks)
    share = chances.acceptable
    text = f"{capital(likelihood(share))} ({percent(share)}): {where.lower() if where == 'Here' else where} the best single package is acceptable to everybody it needs, {of_three(share)}"
    apart = _parted(chances)
    if apart is not None:
        faction, each = apart
        text += f". {capital(words.by_reading({faction: each}))}"
    if chances.signed is not None:
        text += f". That it is signed as well: {percent(chances.signed)}"
    sure, why = _confidence(of, words)
    tone = "good" if share >= 0.9 else "bad" if share < 0.1 else "caution"
    return Finding(f"{text}.", because=f"Confidence {sure}: {why}.", tone=tone, asks=asks)  # type: ignore[arg-type]


def _confidence(of: Findings, words: Words) -> tuple[str, str]:
    """How sure the first answer is, and why: never high where nothing has been scored."""
    chances = of.result.main.chances
    apart = None if chances is None else _parted(chances)
    if apart is not None:
        return "low", f"it turns on what {words.short(apart[0])} wants, of which there are rival readings"
    near = _nearest(of.flips, words)
    if near is not None:
        return "low", f"one judgement, moved inside its own range, turns the answer at best estimates: {near}"
    judged = _judged(of.numbers)
    return (
        "medium",
        f"no single judgement turns it, but {percent(judged)} of the numbers are judgements and none has been scored",
    )


def _nearest(flips: FlipsResult | None, words: Words) -> str | None:
    """The judgement that turns deal and no deal by the smallest part of its range."""
    inside = [f for f in (flips.flips if flips is not None else ()) if f.deal_flip_inside and not f.switch]
    if not inside:
        return None
    first = min(inside, key=lambda f: f.deal_change or 0.0)
    return words.judgement(first.path)


def _judged(numbers: Sequence[Element]) -> float:
    told = [e for e in numbers if e.number]
    return sum(e.kind == "judgement" for e in told) / len(told) if told else 0.0


def _had(best: Offer | None, words: Words) -> Finding:
    asks = "What can be had?"
    if best is None:
        return Finding("Nothing that this case allows.", tone="bad", asks=asks)
    chances = best.chances
    who = joined([words.short(f) for f in best.gain])
    text = f"To {words.doing(best.moves)}. It needs {who}"
    if chances.by_reading or chances.acceptable < 1:
        text += f", and is {likelihood(chances.acceptable)} to be acceptable to all of them ({percent(chances.acceptable)}"
        text += f"; {percent(best.worst)} under the worst reading)" if chances.by_reading else ")"
    if chances.signed is not None:
        text += f"; signed {percent(chances.signed)}"
        text += f", kept to the end {percent(chances.kept)}" if chances.kept is not None else ""
    tone = "good" if best.worst >= EVEN else "caution"
    return Finding(f"{text}.", because=_robust(best), tone=tone, asks=asks)  # type: ignore[arg-type]


def _robust(best: Offer) -> str:
    """Why it is this one."""
    if not best.chances.by_reading:
        return ""
    return "Of the best of each table and the small exchanges it is acceptable most surely, whichever reading is true."


def _serious(outlook: OutlookResult | None, words: Words) -> Iterator[Finding]:
    """What has been seen of somebody whose intent is read in different ways, and what would tell."""
    gestures = outlook.gestures if outlook is not None else {}
    for faction in dict.fromkeys(g.by for g in gestures.values()):
        of = [g for g in gestures.values() if g.by == faction]
        seen, ahead = [g for g in of if g.seen], [g for g in of if not g.seen]
        name = words.short(faction)
        told = [f"“{words.reading(faction, r)}” {percent(v)}" for r, v in of[0].after.items()] if seen else []
        text = ""
        if seen:
            strongest = max(seen, key=_moved)
            text = (
                f"{capital(joined([g.name for g in seen]))} {agree(len(seen), 'tells', 'tell')} little: the most telling of them moved no belief by more "
                f"than {percent(_moved(strongest))}"
                if _moved(strongest) < TELLS
                else f"{capital(strongest.name)} tells most of what has been seen: it moved belief by {percent(_moved(strongest))}"
            )
            text += f". What is believed now: {', '.join(told)}"
        if ahead:
            next_ = max(ahead, key=_moved)
            shift = max(next_.after, key=lambda r: next_.after[r] - next_.before[r])
            text += (". " if text else "") + (
                f"{capital(next_.name)} would tell: “{words.reading(faction, shift)}” would go from {percent(next_.before[shift])} to "
                f"{percent(next_.after[shift])}"
            )
        if text:
            yield Finding(
                f"{text}.",
                because="Confidence low: how likely each gesture is under each reading is judged.",
                tone="caution",
                asks=f"What does {name} want?",
            )


def _moved(gesture: GestureResult) -> float:
    """The largest change of a belief."""
    return max(abs(gesture.after[r] - gesture.before[r]) for r in gesture.after)


def _otherwise(of: Findings, words: Words) -> Finding:
    asks = "What if there is none?"
    outlook, track = of.outlook, of.result.main
    if outlook is None:
        stays = track.status_quo
        if stays is None:
            return Finding("The case says of no deal only what it is worth to each.", asks=asks)
        gaps = {f: stays.no_deal[f] - stays.utility[f] for f in track.factions}
        return Finding(
            _waiting(gaps, words),
            asks=asks,
            because="No-deal values as the case types them, at best estimates.",
        )
    drifts = {f: v.drift for f, v in outlook.no_deal.items()}
    what, middle = main_end(outlook), outlook.months // 2
    if what is None:
        text = f"Nothing that the case names comes to an end by {outlook.dates[-1]}"
    else:
        names = ended(outlook)[what]
        none = none_of(outlook, names)
        first = outlook.events[names[0]]
        text = (
            f"{capital(likelihood(none[-1]))} ({percent(none[-1])}) that by {outlook.dates[-1]} none of what could end it has come "
            f"({percent(none[middle])} by {outlook.dates[middle]}); the likeliest that does is “{first.says}” ({percent(first.share[-1])}, "
            f"{percent(first.low)} to {percent(first.high)} over the judgements)"
        )
    return Finding(
        f"{text}. {_waiting(drifts, words, a_year=True)}",
        because="Confidence low: shares of simulated worlds, judged and never scored.",
        asks=asks,
    )


def _waiting(gaps: Mapping[str, float], words: Words, *, a_year: bool = False) -> str:
    """For whom waiting is worse, and for whom better."""
    lose = [words.short(f) for f, gap in gaps.items() if gap < -NEARLY]
    win = [words.short(f) for f, gap in gaps.items() if gap > NEARLY]
    when = "A year of waiting" if a_year else "No deal"
    said = ([f"costs {joined(lose)}"] if lose else []) + ([f"pays {joined(win)}"] if win else [])
    return f"{when} {joined(said)}." if said else f"{when} costs nobody much, and pays nobody."


# --- tables -----------------------------------------------------------------------------------------------


def _readings(shown: Sequence[Offer], of: Findings, words: Words) -> Iterator[Table]:
    """The faction whose readings part the agreements most: what is believed of it, and each agreement under each."""
    main = of.result.main.chances
    parted = None if main is None else _parted(main)
    told = [o for o in shown if parted is not None and parted[0] in o.chances.by_reading]
    if parted is None or not told:
        return
    faction = parted[0]
    readings = words.case.readings[faction]
    whole = sum(r.prior.median for r in readings.values())
    columns = [
        f"{words.reading(faction, r)} ({percent(spec.prior.median / whole)})" for r, spec in readings.items()
    ]
    rows = [[o.name, *(percent(o.chances.by_reading[faction][r].acceptable) for r in readings)] for o in told]
    yield Table(
        caption=f"Acceptable, by what {words.short(faction)} wants",
        columns=("Agreement", *columns),
        rows=rows,
        numeric=tuple(range(1, 1 + len(columns))),
        note="Behind each reading what is believed of it, as the case judges.",
    )


def _sides(best: Offer, words: Words) -> Table:
    """What each side gives and gets by the agreement that can be had."""
    case = words.case
    owners = {i: _owners(case.issues[i].controlled_by, words) for i in best.moves}
    rows: list[list[str | Cell]] = []
    for id, party in case.parties.items():
        factions = list(party.factions) or [id]
        mine = [words.does(i, o) for i, o in best.moves.items() if id in owners[i]]
        gains = [f for f in factions if f in best.gain]
        if not mine and not gains:
            continue
        gets = joined([_gets(words.short(f), best.gain[f], len(gains) > 1) for f in gains])
        rows.append([capital(words.short(id)), capital(joined(mine)) or "–", capital(gets) or "is not asked"])
    return Table(
        caption="Give and get, for what can be had",
        columns=("Side", "What it has to do", "Beside no deal, in its own eyes"),
        rows=rows,
    )


def _gets(name: str, gain: float, several: bool) -> str:
    word = "about even" if abs(gain) < NEARLY else "better off" if gain > 0 else "worse off"
    return f"{name} {word}" if several else word


def _owners(tree: Tree | None, words: Words) -> set[str]:
    """Parties that have a hand in an issue."""
    if tree is None or tree == "outside":
        return set()
    case = words.case
    inside = {f: p for p, spec in case.parties.items() for f in spec.factions or [p]}
    names = list(inside)
    place: Agreement | None = next(
        (controlling(case, names, i) for i, spec in case.issues.items() if spec.controlled_by == tree), None
    )
    return set() if place is None else {inside[names[f]] for f in players(place)}


def _watch(of: Findings, words: Words) -> Iterator[Table]:
    """Dated things within a year, and events that would move belief."""
    case = words.case
    start = case.as_of
    rows: list[list[str | Cell]] = []
    if start is not None:
        near = [(d.on, d.name or name.replace("_", " ")) for name, d in case.deadlines.items()]
        rows += [
            [on.isoformat(), capital(what), "a future in the agreement ends"] for on, what in sorted(near)
        ]
    outlook = of.outlook
    if outlook is not None and start is not None:
        for q in sorted(outlook.questions.values(), key=lambda q: q.resolves):
            known = {a: v for a, v in q.answers.items() if v is not None}
            soon = (date.fromisoformat(q.resolves) - start).days <= A_YEAR
            if (
                q.basis == "modelled"
                and soon
                and known
                and 0.1 <= max(known.values()) <= 0.9
                and len(known) == 2
            ):
                answer, share = next(iter(known.items()))
                rows.append([day(q.resolves), q.text, f"{answer}: {percent(share)}"])
        rows = rows[:WATCHED]
        rows += list(_telling(outlook, words))
    if rows:
        yield Table(
            caption="What to watch",
            columns=("By", "What", "Expected, or what it would tell"),
            rows=rows,
        )


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
            yield ["any day", capital(says), told]


def _wrong(of: Findings, words: Words) -> Paragraph:
    """Where all this may be wrong."""
    counts = [e for e in of.numbers if e.number]
    judged = sum(e.kind == "judgement" for e in counts)
    said = [
        f"{judged:,} of {plural(len(counts), 'number')} are judgements, and {'none' if judged else 'nothing'} has been scored against what came about"
    ]
    near = _nearest(of.flips, words)
    if near is not None:
        said.append(f"the first answer turns on {near}")
    elif of.flips is not None and of.flips.flips:
        most = max(of.flips.flips, key=lambda f: f.first_order)
        said.append(f"what moves the first answer most is {words.judgement(most.path)}")
    if of.result.computed:
        said.append(
            "what no deal is worth is computed from a world of judged mechanisms, and moves with them"
        )
    text = f"Where this may be wrong: {'; '.join(said)}. The case knows only its own parties, issues and options."
    return Paragraph(f"{text} {scale()}", tone="muted")
