"""What ``detente deal`` answers on one screen: the verdict, the chances, who gains, who stands in the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from detente.analyses.deal.answer import PAPER, at_best
from detente.analyses.deal.ladder import LINKS, Rung, under
from detente.analyses.deal.menu_document import menu_in_short
from detente.analyses.deal.result import DealResult, PackageResult, TrackResult
from detente.analyses.deal.verdict import headline
from detente.analyses.words import Words
from detente.document import Block, Cell, Paragraph, Table
from detente.figures import amount, capital, joined, percent, signed, spread

__all__ = ["in_short", "sides"]

SHOWN = ("acceptable", "signed", "kept")
"""Links of the chain beside the readings."""


def in_short(result: DealResult, words: Words) -> list[Block]:
    """The answer on one screen."""
    first = headline(result, words)
    blocks: list[Block] = [first, Paragraph(_count(result, words))]
    blocks += _chances(result, words)
    blocks += _package(result, words)
    blocks += [
        Paragraph(said)
        for said in (_swap(result, words, first.text), _miss(result, words), _obstacle(result, words))
        if said
    ]
    blocks.append(Paragraph(_know(result), tone="muted"))
    return blocks


def _count(result: DealResult, words: Words) -> str:
    """How many packages of the first table clear everybody's line at best estimates."""
    said = at_best(result.main, result, words)
    return f"{result.main.name}: {said}" if len(result.tracks) > 1 else said


def _chances(result: DealResult, words: Words) -> list[Block]:
    """Of each table: acceptable under each reading of whoever parts it most, and the chain of chances."""
    if not result.uncertain:
        return []
    rungs = [Rung(_table(t, result), t.chances) for t in result.tracks.values() if t.chances is not None]
    if not rungs:
        return []
    links = [link for link in LINKS if any(getattr(r.chances, link) is not None for r in rungs)]
    apart = words.told_apart(under(rungs[0].chances))
    faction = next(iter(apart), None)
    readings = list(apart[faction]) if faction is not None else []
    if readings:
        links = [link for link in links if link in SHOWN]
    rows: list[list[str | Cell]] = []
    for name, chances in rungs:
        told = under(chances).get(faction or "", {})
        shares = [told.get(r, chances.acceptable) for r in readings]
        rows.append([name, *map(_share, [*shares, *(getattr(chances, link) for link in links)])])
    caption = "Chances, each at most the one before it"
    if faction is not None:
        caption = f"Acceptable, by what is true of {words.short(faction)}; and on the whole"
    return [
        Table(
            caption=caption,
            columns=(
                "Agreement",
                *(capital(words.reading(faction, r)) for r in readings if faction is not None),
                *map(capital, links),
            ),
            rows=rows,
            numeric=tuple(range(1, 1 + len(readings) + len(links))),
        )
    ]


def _share(share: float | None) -> str:
    return "–" if share is None else percent(share).replace("under ", "<")


def _table(track: TrackResult, result: DealResult) -> str:
    return track.name if len(result.tracks) > 1 else "The best package"


def _package(result: DealResult, words: Words) -> list[Block]:
    """The package of the main table that is acceptable most often: what it does, and what everybody makes of it."""
    track = result.main
    best = track.solutions["most_acceptable"]
    if best is None:
        return []
    which = "The package acceptable most often" if result.uncertain else "A package that is acceptable"
    at = f" at “{track.name}”" if len(result.tracks) > 1 else ""
    beside = menu_in_short(track, words, uncertain=bool(result.uncertain))
    said = Paragraph(" ".join(filter(None, (f"{which}{at}: {words.doing(best.moves)}.", beside))))
    if (
        result.uncertain and len(result.tracks) > 1
    ):  # the tables are compared: there is no room for the sides of one
        return [said]
    return [said, sides(best, track.factions, words, drawn=bool(result.uncertain))]


def sides(
    package: PackageResult,
    factions: Sequence[str],
    words: Words,
    *,
    drawn: bool,
    needed: Collection[str] | None = None,
) -> Table:
    """What each of ``factions`` makes of a package; with ``needed`` also whether nothing is agreed without it."""
    columns = ["Who", *(() if needed is None else ("Needed",)), "Own points above no deal"]
    columns[-1] += " (5% to 95%)" if drawn else ""
    rows: list[Sequence[str | Cell]] = []
    for f in factions:
        low, _, high = package.gain_range.get(f, (package.gain[f],) * 3)
        gain = spread(signed(package.gain[f]), signed(low), signed(high))
        row: list[str | Cell] = [capital(words.short(f))]
        row += [] if needed is None else ["yes" if f in needed else "not alone"]
        row.append(Cell(gain, "bad" if f in package.blocks else "plain"))
        row += [percent(package.acceptance_by_faction[f])] if drawn else []
        rows.append(row)
    columns += ["Accepts it in draws"] if drawn else []
    first = columns.index("Needed") + 1 if needed is not None else 1
    return Table(caption="", columns=columns, rows=rows, numeric=tuple(range(first, len(columns))))


def _swap(result: DealResult, words: Words, said: str) -> str:
    """The small exchange that is surest under every reading, unless it is the package itself, or one has been named."""
    best = next(iter(result.swaps), None)
    if any(words.doing(swap.moves) in said for swap in result.swaps):
        return ""
    top = result.main.solutions["most_acceptable"]
    if best is None or (top is not None and best.moves == top.moves):
        return ""
    office = any(issue.touches_office for issue in words.case.issues.values())
    which = " that touches nobody's hold on office" if office else ""
    share = f" (acceptable in {percent(best.chances.acceptable)} of draws" if result.uncertain else ""
    if share:
        share += f", in {percent(best.hinge.worst)} under the worst reading)" if best.hinge.reading else ")"
    return f"A small exchange{which}: {words.doing(best.moves)}{share}."


def _miss(result: DealResult, words: Words) -> str:
    """How near the nearest package comes, where none is ever agreed."""
    miss = result.main.nearest_miss
    if miss is None or not miss.shortfall or result.main.solutions["most_acceptable"] is not None:
        return ""
    short = joined([f"{words.short(f)} by {amount(v)} points" for f, v in miss.shortfall.items()])
    return f"Nearest miss: {words.doing(miss.moves)}. It falls short for {short}."


def _obstacle(result: DealResult, words: Words) -> str:
    """Whose consent is missing where there is no deal."""
    track = result.main
    if not track.blockers:
        return ""
    named = [(joined([words.short(f) for f in b.factions]), b) for b in track.blockers]
    if not result.uncertain:
        return f"What would open the zone: the consent of {joined([who for who, _ in named], 'or')}."
    who, often = max(named, key=lambda each: each[1].share)
    if not track.blockers_closed:
        return ""
    share = percent(often.share / track.blockers_closed)
    return f"In {share} of the draws without a deal the consent of {who} would open the zone."


def _know(result: DealResult) -> str:
    judged = " Shares of draws from judged ranges, never scored." if result.uncertain else ""
    return f"{PAPER}{judged} More: --all. What would turn it: detente flips."
