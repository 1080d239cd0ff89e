"""What else could be proposed, at a table and beside the tables, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.analyses.deal.answer import PAPER
from detente.analyses.deal.ladder import under
from detente.analyses.deal.result import DealResult, Menu, Swap, TrackResult
from detente.analyses.deal.swaps import MAX_SWAPS
from detente.analyses.words import Words
from detente.document import Block, Cell, Finding, Paragraph, Section, Table
from detente.figures import agree, capital, error, joined, percent, plural, points, sampled, signed, spelt

__all__ = ["hangs_on", "menu_blocks", "menu_in_short", "swaps_section"]

BRIEF = 80
"""Letters of what packages share that fit a screen."""
DIFFER = 6
"""Issues on which packages differ that a sentence names."""
UNTOUCHED = (
    "The case does not say of any issue that it touches somebody's hold on office ('touches_office'), so every exchange of "
    "two or three issues counts as small."
)

HOW = (
    "every package of the table",
    "those of the frontier that are shown, all within two changes of the best, and what a search for packages acceptable in other "
    "draws came to",
)


def menu_blocks(track: TrackResult, words: Words, *, uncertain: bool) -> list[Block]:
    """What stands beside the best package of a table; nothing where nothing does."""
    menu = track.menu
    if menu is None or not (menu.alike or menu.together):
        return []
    blocks: list[Block] = []
    if menu.alike:
        blocks += [
            Paragraph(_alike(menu, words, uncertain=uncertain)),
            _listed(menu, track, words, uncertain),
        ]
    if menu.together:
        blocks.append(_together(menu, track, words))
    return blocks


def menu_in_short(track: TrackResult, words: Words, *, uncertain: bool) -> str:
    """The same in two sentences."""
    menu, best = track.menu, track.solutions["most_acceptable"]
    if menu is None or best is None or not uncertain:
        return ""
    said = []
    if menu.alike:
        shared = (
            f"; {agree(menu.alike, 'both', 'all of them')} {words.doing(menu.shared)}" if menu.shared else ""
        )
        said.append(f"{_count(menu)} cannot be told apart from it{shared if len(shared) <= BRIEF else ''}.")
    if menu.together:
        most = menu.together[-1]
        said.append(
            f"Of {spelt(len(most.moves))} packages at hand, one is acceptable in {percent(most.acceptance)} of draws."
        )
    return " ".join(said)


def _count(menu: Menu) -> str:
    """How many are like the best, of how many looked at."""
    least = "" if menu.every else "at least "
    return capital(f"{least}{plural(menu.alike, 'other package')}")


def _alike(menu: Menu, words: Words, *, uncertain: bool) -> str:
    """How many cannot be told apart, what they share, on what they differ."""
    said = (
        f"{_count(menu)} cannot be told apart from the one acceptable most often."
        if uncertain
        else f"{_count(menu)} {agree(menu.alike, 'is', 'are')} acceptable as well."
    )
    if menu.shared:
        said += f" {agree(menu.alike, 'Both', 'All of them')} {words.doing(menu.shared)}."
    if menu.differ:
        differ = [
            f"{words.issue(i)} ({joined([words.option(i, o) for o in some], 'or')})"
            for i, some in menu.differ.items()
        ]
        more = len(differ) - DIFFER
        if more > 1:
            differ = [*differ[:DIFFER], f"{more} more issues"]
        said += f" They differ in {joined(differ)}."
    return said


def _listed(menu: Menu, track: TrackResult, words: Words, uncertain: bool) -> Table:
    best = track.solutions["most_acceptable"]
    assert best is not None
    rows: list[Sequence[str | Cell]] = []
    for one in menu.listed:
        row = [_otherwise(one.moves, best.moves, words)]
        rows.append(
            [*row, percent(one.acceptance), percent(one.lost), percent(one.won)] if uncertain else row
        )
    cut = (
        f"{len(rows)} of {menu.alike:,}, those that did best where packages are chosen. "
        if len(rows) < menu.alike
        else ""
    )
    test = (
        f"Told apart by McNemar's exact test on the same draws, each pair at {percent(menu.level)}, as if draws were independent. "
        if uncertain
        else ""
    )
    columns = ("Instead of what the best one does", "Acceptable", "Only the best is", "Only this one is")
    return Table(
        caption="What could be proposed as well",
        columns=columns if uncertain else columns[:1],
        rows=rows,
        numeric=(1, 2, 3) if uncertain else (),
        note=f"{cut}{test}Looked at: {_looked(menu)}.",
        fold=True,
    )


def _looked(menu: Menu) -> str:
    return f"{plural(menu.packages, 'package')}, {HOW[0] if menu.every else HOW[1]}"


def _otherwise(moves: Mapping[str, str], best: Mapping[str, str], words: Words) -> str:
    """What a package does otherwise than the best one."""
    instead = {i: o for i, o in moves.items() if best.get(i) != o}
    stays = [words.issue(i) for i in best if i not in moves]
    said = [words.moves(instead)] if instead else []
    return "; ".join([*said, *([f"as it is: {joined(stays)}"] if stays else [])])


def _together(menu: Menu, track: TrackResult, words: Words) -> Table:
    best = track.solutions["most_acceptable"]
    assert best is not None
    rows: list[Sequence[str | Cell]] = [
        ["One, the best", words.moves(best.moves), percent(best.acceptance), ""]
    ]
    for one in menu.together:
        rows.append(
            [
                capital(spelt(len(one.moves))),
                " — or — ".join(words.moves(moves) for moves in one.moves),
                sampled(one.acceptance, one.acceptance_error),
                "proven" if one.bound <= one.value else f"none above {percent(one.bound)}",
            ]
        )
    return Table(
        caption="A few packages at hand, of which one will do",
        columns=("How many", "Which", "One of them acceptable", "Best of those looked at"),
        rows=rows,
        numeric=(2,),
        note="Chosen on the draws on which packages are chosen, where “best” is proven or bounded by branch and bound; counted on the fresh "
        f"ones. No number of packages does better than the zone. Looked at: {_looked(menu)}.",
        fold=True,
    )


# --- beside the tables ------------------------------------------------------------------------------------


def swaps_section(result: DealResult, words: Words) -> Section:
    """The small exchanges."""
    count = result.swaps_considered
    office = any(issue.touches_office for issue in words.case.issues.values())
    limit = "" if office else UNTOUCHED
    if result.swaps:
        best = result.swaps[0]
        left_out = f"A limit was reached: {result.swaps_left_out}." if result.swaps_left_out else ""
        blocks: list[Block] = [
            Finding(
                f"{_how_many(result)} to {words.doing(best.moves)}. {hangs_on(best, words, uncertain=bool(result.uncertain))}",
                because="Only those who control what is moved have to agree, not the whole table.",
                limit=" ".join(filter(None, (limit, PAPER, left_out))),
                tone="caution",
            ),
            *_swap_tables(result, words),
        ]
    else:
        those = (
            "The only small exchange that touches"
            if count == 1
            else f"None of {count:,} small exchanges that touch"
        )
        refused = "is not acceptable" if count == 1 else "is acceptable"
        draws = ", in any draw" if result.uncertain else ""
        blocks = [
            Finding(
                f"{those} nobody's hold on office {refused} to those who control what it moves{draws}.",
                limit=limit,
                tone="bad",
            )
        ]
    return Section(
        id="swaps",
        title="What small thing could be exchanged?",
        lead="What could be exchanged without touching anybody's hold on office?",
        blocks=blocks,
    )


def _how_many(result: DealResult) -> str:
    """How many small exchanges there are, how many of them hold, and which of them comes first."""
    count, best = result.swaps_considered, result.swaps[0]
    those = f"{plural(count, 'small exchange', 'touches', 'touch')} nobody's hold on office"
    if not result.uncertain:
        return f"{those}; {'the smallest that is acceptable is' if count > 1 else 'and it is acceptable:'}"
    rivals = bool(best.chances.by_reading)
    holding = f"{spelt(result.swaps_holding) if result.swaps_holding else 'none'} of them {agree(result.swaps_holding or 1, 'is', 'are')} acceptable in at least half the draws"
    holding += " under every reading" if rivals else ""
    share = percent(best.chances.acceptable)
    share += f", {percent(best.hinge.worst)} under the worst reading" if best.hinge.reading else ""
    if count == 1:
        return f"{those}, and it is acceptable in {share} of draws:"
    return f"{those}; {holding}. The surest ({share}) is"


def hangs_on(swap: Swap, words: Words, *, uncertain: bool) -> str:
    """What an exchange takes from anybody, whose consent it hangs on, and on which reading."""
    most = max(swap.gives_up, key=lambda f: swap.gives_up[f], default=None)
    said = (
        "Nobody gives anything up by it."
        if most is None
        else f"Nobody gives up more than {words.short(most)}, {points(swap.most)} points*."
    )
    if not uncertain:
        return said
    hinge = swap.hinge
    margin = f", and gains {signed(swap.gain[hinge.faction])} points" if hinge.faction in swap.gain else ""
    said += f" It hangs on {words.short(hinge.faction)}, who accepts it in {percent(hinge.acceptance)} of draws{margin}"
    for faction, reading in hinge.reading.items():
        said += f"; it is least sure {words.if_true(faction, reading)}"
    return f"{said}."


def _swap_tables(result: DealResult, words: Words) -> list[Table]:
    """The exchanges, and folded what each is worth to whom and under which reading."""
    readings = [under(s.chances) for s in result.swaps]
    told, uncertain = any(readings), bool(result.uncertain)
    rows: list[Sequence[str | Cell]] = []
    worth: list[Sequence[str | Cell]] = []
    for s, each in zip(result.swaps, readings, strict=True):
        name = capital(words.doing(s.moves))
        row = [name]
        row += [percent(s.chances.acceptable)] if uncertain else []
        row += [percent(s.hinge.worst)] if told else []
        row.append(points(s.most))
        row += (
            [f"{capital(words.short(s.hinge.faction))}, {percent(s.hinge.acceptance)}"] if uncertain else []
        )
        rows.append(row)
        gains = "; ".join(f"{words.short(f)} {signed(g)}" for f, g in s.gain.items())
        worth.append([name, capital(gains), *([words.by_reading(each) or "–"] if told else [])])
    note = "Given up: points lost at best estimates by the moves that somebody does not like, each alone, of whoever loses most. * compares points of different factions."
    if uncertain:
        note += (
            f" First those acceptable in at least half the draws{' under every reading' if told else ''}, then the others; the surest "
            "first, and of those about as sure (5 percentage points) the one for which least is given up. Their order was found on other draws."
        )
        largest = max(s.chances.acceptable_error for s in result.swaps)
        note += (
            f" Monte Carlo error of “acceptable”: up to {error(largest)} percentage points."
            if largest
            else ""
        )
    cut = f", nor is any after these {MAX_SWAPS}" if len(rows) == MAX_SWAPS else ""
    note += f" An exchange that contains one above it is not listed{cut}."
    return [
        Table(
            caption="Exchanges, the surest first"
            if uncertain
            else "Exchanges that are acceptable, the smallest first",
            columns=(
                "Exchange",
                *(("Acceptable",) if uncertain else ()),
                *(("Under the worst reading",) if told else ()),
                "Given up*",
                *(("Hangs on, and how often that accepts",) if uncertain else ()),
            ),
            rows=rows,
            numeric=tuple(range(1, 2 + uncertain + told)),
            note=note,
        ),
        Table(
            caption="What each exchange is worth to whom",
            columns=(
                "Exchange",
                "Gain over no deal" + (" at best estimates" if uncertain else ""),
                *(("Acceptable under each reading",) if told else ()),
            ),
            rows=worth,
            note="Gains are in points of each faction's own and cannot be compared.",
            fold=True,
        ),
    ]
