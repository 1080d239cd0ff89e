"""What ``detente deal`` answers on one screen: the verdict, the chances, who gains, who stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.analyses.deal.answer import PAPER, answer
from detente.analyses.deal.ladder import LINKS, Rung
from detente.analyses.deal.result import DealResult, Solution, TrackResult
from detente.analyses.words import Words
from detente.document import Block, Cell, Paragraph, Table
from detente.figures import capital, joined, percent, points, signed, spread
from detente.prospects.chances import Chances

__all__ = ["in_short"]

SHOWN = ("acceptable", "signed", "kept")
"""Links of the chain beside the readings."""


def in_short(result: DealResult, words: Words) -> list[Block]:
    """The answer on one screen."""
    blocks: list[Block] = [replace(answer(result.main, result, words), because="", limit="")]
    blocks += _chances(result, words)
    blocks += _package(result, words)
    blocks += [
        Paragraph(said)
        for said in (_swap(result, words), _miss(result, words), _obstacle(result, words))
        if said
    ]
    blocks.append(Paragraph(_know(result), tone="muted"))
    return blocks


def _chances(result: DealResult, words: Words) -> list[Block]:
    """Of each table: acceptable under each reading of whoever parts it most, and the chain of chances."""
    if not result.uncertain:
        return []
    rungs = [Rung(_table(t, result), t.chances) for t in result.tracks.values() if t.chances is not None]
    if not rungs:
        return []
    links = [link for link in LINKS if any(getattr(r.chances, link) is not None for r in rungs)]
    faction = told_apart(rungs[0].chances)
    readings = [] if faction is None else list(rungs[0].chances.by_reading[faction])
    if readings:
        links = [link for link in links if link in SHOWN]
    rows: list[list[str | Cell]] = []
    for name, chances in rungs:
        under = chances.by_reading.get(faction or "", {})
        shares = [under[r].acceptable if r in under else chances.acceptable for r in readings]
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


def told_apart(chances: Chances) -> str | None:
    """The faction whose readings part the chance most; None where there are none."""
    apart = {
        f: max(links.acceptable for links in each.values()) - min(links.acceptable for links in each.values())
        for f, each in chances.by_reading.items()
        if each
    }
    return max(apart, key=lambda f: apart[f], default=None)


def _table(track: TrackResult, result: DealResult) -> str:
    return track.name if len(result.tracks) > 1 else "The best package"


def _package(result: DealResult, words: Words) -> list[Block]:
    """The package of the main table that is accepted most often: what it does, and what everybody makes of it."""
    track = result.main
    best = track.solutions["most_acceptable"]
    if best is None:
        return []
    which = "The package accepted most often" if result.uncertain else "A package that is accepted"
    at = f" at “{track.name}”" if len(result.tracks) > 1 else ""
    said = Paragraph(f"{which}{at}: {words.doing(best.moves)}.")
    if (
        result.uncertain and len(result.tracks) > 1
    ):  # the tables are compared: there is no room for the sides of one
        return [said]
    return [said, _gains(best, track, result, words)]


def _gains(best: Solution, track: TrackResult, result: DealResult, words: Words) -> Table:
    rows: list[Sequence[str | Cell]] = []
    for f in track.factions:
        low, _, high = best.gain_range.get(f, (best.gain[f],) * 3)
        gain = spread(signed(best.gain[f]), signed(low), signed(high))
        rows.append(
            [
                capital(words.short(f)),
                Cell(gain, "bad" if f in best.blocks else "plain"),
                *([percent(best.acceptance_by_faction[f])] if result.uncertain else []),
            ]
        )
    columns = ("Who", "Own points above no deal (5% to 95%)", "Accepts it in draws")
    if not result.uncertain:
        columns = ("Who", "Own points above no deal")  # type: ignore[assignment]
    return Table(caption="", columns=columns, rows=rows, numeric=(1, 2)[: len(columns) - 1])


def _swap(result: DealResult, words: Words) -> str:
    """The small exchange that is accepted most often, unless it is the package itself."""
    best = max(result.swaps, key=lambda s: s.chances.acceptable, default=None)
    top = result.main.solutions["most_acceptable"]
    if best is None or (top is not None and best.moves == top.moves):
        return ""
    office = any(issue.touches_office for issue in words.case.issues.values())
    which = " that touches nobody's hold on office" if office else ""
    share = f" (accepted in {percent(best.chances.acceptable)} of draws)" if result.uncertain else ""
    return f"A small exchange{which}: {words.doing(best.moves)}{share}."


def _miss(result: DealResult, words: Words) -> str:
    """How near the nearest package comes, where none is ever agreed."""
    miss = result.main.nearest_miss
    if miss is None or not miss.shortfall or result.main.solutions["most_acceptable"] is not None:
        return ""
    short = joined([f"{words.short(f)} by {points(v)} points" for f, v in miss.shortfall.items()])
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
