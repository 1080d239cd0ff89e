"""The verdict: of everything that could be proposed, what can be had, in one sentence; the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from detente.analyses.deal.ladder import under
from detente.analyses.deal.result import DealResult
from detente.analyses.scale import likelihood
from detente.analyses.words import Words
from detente.case.paths import by_itself
from detente.document import Finding, Tone
from detente.figures import capital, joined, percent
from detente.prospects.chances import Chances

__all__ = ["EVEN", "Offer", "headline", "offers", "parted", "tone", "within_reach"]

APART = 0.3
"""Readings that part a chance by as much decide it."""
EVEN = 0.5
UNLIKELY = 0.33


class Offer(NamedTuple):
    """An agreement that could be proposed."""

    name: str
    moves: Mapping[str, str]
    gain: Mapping[str, float]
    """Faction whose consent can matter → points above no deal at best estimates."""
    chances: Chances
    needed: tuple[str, ...]
    """Factions without whom it is not agreed; of an exchange all that have a hand in it."""
    small: bool
    """Whether it is an exchange beside the tables."""
    alone: str | None = None
    """The faction or party that can make all of its moves without anybody else."""

    @property
    def worst(self) -> float:
        """Acceptable under the reading that is worst for it."""
        return least(self.chances)


def least(chances: Chances) -> float:
    return min([chances.acceptable, *(v for each in under(chances).values() for v in each.values())])


def tone(chances: Chances) -> Tone:
    """Favourable where no reading makes it less than even, unfavourable where it is unlikely."""
    return (
        "good" if least(chances) >= EVEN else "bad" if round(chances.acceptable, 2) < UNLIKELY else "caution"
    )


def offers(result: DealResult, words: Words) -> list[Offer]:
    """The best agreement of each table, then the swaps, the likeliest to be acceptable first."""
    found = []
    for track in result.tracks.values():
        best = track.solutions["most_acceptable"]
        if best is not None and best.moves and track.chances is not None:
            gain = {f: v for f, v in best.gain.items() if f in track.factions}
            name = track.name if len(result.tracks) > 1 else capital(words.doing(best.moves))
            found.append(
                Offer(
                    name,
                    best.moves,
                    gain,
                    track.chances,
                    track.needed,
                    False,
                    by_itself(words.case, best.moves),
                )
            )
    known = {(frozenset(o.moves.items()), round(o.chances.acceptable, 2)) for o in found}
    for swap in result.swaps:
        if (frozenset(swap.moves.items()), round(swap.chances.acceptable, 2)) in known:
            continue
        name = capital(words.doing(swap.moves))
        if name in {o.name for o in found}:
            name += f", between {joined([words.short(f) for f in swap.consent])} alone"
        found.append(
            Offer(
                name,
                swap.moves,
                swap.gain,
                swap.chances,
                swap.consent,
                True,
                by_itself(words.case, swap.moves),
            )
        )
    return found


def within_reach(found: Sequence[Offer]) -> Offer | None:
    """The agreement that survives the readings best: the one whose worst chance is largest, the larger of equals.

    What one party can do by itself it would do where that is acceptable to it: where something else can be agreed, that comes first.
    """
    return max(
        [o for o in found if o.alone is None] or found,
        key=lambda o: (round(o.worst, 2), round(o.chances.acceptable, 2), len(o.moves)),
        default=None,
    )


def headline(result: DealResult, words: Words) -> Finding:
    """The finding, in the words of the case."""
    found = offers(result, words)
    best, main = within_reach(found), result.main
    if best is None:
        return Finding(_nothing(result), tone="bad", headline=True)
    what = words.doing(best.moves)
    if not result.uncertain:
        return Finding(
            f"There is an agreement that everybody it needs accepts: to {what}.", tone="good", headline=True
        )
    text = f"An agreement to {what} is {likelihood(best.chances.acceptable)} to be acceptable to everybody it needs"
    if best.chances is not main.chances:
        larger = f"“{main.name}”" if len(result.tracks) > 1 else "the whole table"
        told = (
            "none ever is"
            if main.chances is None
            else f"the best is {likelihood(main.chances.acceptable)} to be acceptable"
        )
        text += f"; at {larger} {told}"
    return Finding(f"{text}{_bet(main.chances, words)}.", tone=tone(best.chances), headline=True)


def _nothing(result: DealResult) -> str:
    """Why there is nothing to propose."""
    if any(track.chances is not None for track in result.tracks.values()):
        return "No agreement suits everybody it would need more surely than leaving everything as it is."
    return "No agreement that the case allows is acceptable to everybody it needs."


def _bet(chances: Chances | None, words: Words) -> str:
    """Whose intent decides, if anybody's does."""
    apart = None if chances is None else parted(chances)
    if apart is None:
        return ""
    faction, each = apart
    worst = min(each, key=lambda r: each[r])
    best = max(each, key=lambda r: each[r])
    return (
        f", depending on which reading of {words.short(faction)} is true: {percent(each[worst])} for "
        f"“{words.reading(faction, worst)}”, {percent(each[best])} for “{words.reading(faction, best)}”"
    )


def parted(chances: Chances) -> tuple[str, dict[str, float]] | None:
    """The faction whose readings part a chance most, and what is acceptable under each; None where none decides."""
    widest = Words.told_apart(under(chances))
    return next(((f, dict(each)) for f, each in widest.items() if _apart(each) >= APART), None)


def _apart(shares: Mapping[str, float]) -> float:
    return max(shares.values()) - min(shares.values())
