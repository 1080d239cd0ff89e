"""What the stability analysis says, as blocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from detente.analyses.stability.result import Departure, Situation, StabilityResult, Step
from detente.analyses.words import Words
from detente.case.model import Case
from detente.charts.reach import Place, reach_map
from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table
from detente.errors import LimitError
from detente.figures import agree, amount, capital, joined, percent, plural, sampled, signed

__all__ = ["document", "section", "too_much"]

CONCEPTS = {
    "nash": "Nash",
    "seq": "SEQ",
    "sseq": "SSEQ",
    "smr": "SMR",
    "gmr": "GMR",
}
MEANINGS = {"seq": "holds against counter-moves (SEQ)", "nash": "nobody gains by moving (Nash)"}
ROWS = 8
BARS = 6


def document(result: StabilityResult, case: Case) -> Document:
    """The answer of ``detente stability``."""
    drawn = {"draws": f"{result.draws:,}"} if result.draws else {}
    return Document(
        title=case.title,
        subtitle="Which situations would nobody leave, given what the others could do back?",
        blocks=_blocks(result, Words(case), headline=True),
        short=_in_short(result, Words(case)),
        facts={"case": result.case, "seed": str(result.seed), **drawn},
    )


def section(result: StabilityResult, case: Case) -> Section:
    """The part of the briefing."""
    return Section(
        id="stability",
        title="Where the standoff can come to rest",
        lead="Which situations would nobody leave, given what the others could do back?",
        blocks=_blocks(result, Words(case), headline=False),
    )


def too_much(limit: LimitError) -> Section:
    """The part of the briefing where the answer cannot be had within a limit."""
    return Section(
        id="stability",
        title="Where the standoff can come to rest",
        lead="Which situations would nobody leave, given what the others could do back?",
        blocks=[Paragraph(f"Not answered: {limit}.")],
    )


def _blocks(result: StabilityResult, words: Words, *, headline: bool) -> list[Block]:
    blocks: list[Block] = [_answer(result, words, headline)]
    if result.wanted is not None:
        blocks.append(_hope(result, words))
    elif result.status_quo is not None:
        blocks += _temptations(result, words)
    if result.draws and result.status_quo is not None:
        blocks.append(_map(result, words))
    blocks.append(_resting(result, words))
    if result.departures:
        blocks.append(_leaving(result, words))
    blocks.append(_who(result, words))
    blocks.append(Paragraph(_how(result), tone="muted"))
    return blocks


def _in_short(result: StabilityResult, words: Words) -> list[Block]:
    """The answer in a few lines: what would hold; then what is hoped for, or who would leave first and where that leads."""
    if result.wanted is not None:
        said = [_hope(result, words).text]
    else:
        said = [*(b.text for b in _temptations(result, words)), _unravels(result, words)]
    return [
        replace(_answer(result, words, True), because="", limit=""),
        *(Paragraph(text) for text in said if text),
        Paragraph(f"{_basis(result, words)}More: --all.", tone="muted"),
    ]


def _answer(result: StabilityResult, words: Words, headline: bool) -> Finding:
    count = result.equilibria
    text = (
        f"{count['seq']:,} of {plural(result.states, 'situation')} would hold: whoever would gain by leaving is deterred "
        f"by counter-moves that others would themselves want to make (SEQ). In {count['nash']:,} of them nobody would gain by "
        "leaving at all (Nash)."
    )
    here = result.status_quo
    if here is not None:
        share = "" if here.share is None else f"; it holds in {_often(here.share['seq'], result)}"
        text += (
            f" The status quo {'holds' if here.stable['seq'] else 'does not hold'}{_at_best(result)}{share}."
        )
    because = _unravels(result, words)
    if here is not None and here.joint_improvement is not None:
        because += (
            " Together some of them could leave the status quo with nobody among them worse off: to "
            f"{words.doing(here.joint_improvement)}."
        )
    return Finding(text, because=because.strip(), limit=_limit(result, words), headline=headline)


def _at_best(result: StabilityResult) -> str:
    return " at best estimates" if result.draws else ""


def _often(share: float, result: StabilityResult) -> str:
    """``41% of draws``, ``none of 128 draws``."""
    every = {0.0: "none of ", 1.0: "all of "}.get(share)
    return f"{percent(share)} of draws" if every is None else f"{every}{plural(result.draws, 'draw')}"


def _unravels(result: StabilityResult, words: Words) -> str:
    """Where moves that nobody regrets lead, if anywhere nobody gains by moving any more."""
    rests = [s for s in result.situations if s.stable["nash"] and s.path]
    if not rests:
        return ""
    end = min(rests, key=lambda s: len(s.path or ()))
    way = "; then ".join(_step(step, words) for step in end.path or ())
    return f"If each moves as it pleases, the nearest resting place is {plural(len(end.path or ()), 'move')} away: {way}."


def _basis(result: StabilityResult, words: Words) -> str:
    return (
        f"Shares are over {result.draws:,} draws of the judged numbers and are not calibrated probabilities. "
        if result.draws
        else "The case only puts states in order, so there is no share of draws. "
        if any(p.ranking is not None or p.priorities for p in words.case.preferences.values())
        else "Every number that this rests on is certain, so nothing is drawn. "
    )


def _limit(result: StabilityResult, words: Words) -> str:
    left_out = "".join(
        f"The ranking of {words.faction(f)} leaves out {plural(n, 'situation')}, which {agree(n, 'comes last', 'come last, together')}. "
        for f, n in result.unranked.items()
    )
    return (
        _basis(result, words)
        + left_out
        + "Moves are seen one at a time and by everybody; how long they take is not part of this."
    )


def _hope(result: StabilityResult, words: Words) -> Finding:
    aim = result.wanted
    assert aim is not None
    holds = [name for c, name in CONCEPTS.items() if aim.stable[c]]
    state = f"to {words.doing(aim.moves)}" if aim.moves else "the status quo"
    share = "" if aim.share is None else f" It would hold in {_often(aim.share['seq'], result)} (SEQ)."
    if aim.stable["seq"]:
        text = f"What is hoped for ({state}) would hold{_at_best(result)} ({joined(holds)}).{share}"
    else:
        loose = [d for d in result.departures if not d.deterred["seq"]]
        who = joined(list(dict.fromkeys(_mover(d.step.mover, words) for d in loose))) or "somebody"
        text = f"What is hoped for ({state}) would not hold{_at_best(result)}: {who} would leave it.{share}"
        text += _enough(loose, result, words)
    route = (
        "No sequence of moves, each an improvement for whoever makes it, leads there from the status quo."
        if aim.path is None
        else "It can be reached: " + "; then ".join(_step(s, words) for s in aim.path) + "."
        if aim.path
        else "It is the status quo."
    )
    return Finding(
        text,
        because=route,
        limit=f"Taken: {result.wanted_from}." if result.wanted_from else "",
        tone="good" if aim.stable["seq"] else "bad",
    )


def _enough(loose: Sequence[Departure], result: StabilityResult, words: Words) -> str:
    """What would keep each of those whom nothing deters, where points can tell."""
    parts = []
    for mover in dict.fromkeys(d.step.mover for d in loose):
        needed = [d.missing for d in loose if d.step.mover == mover]
        known = [n for n in needed if n is not None]
        if len(known) == len(needed):
            several = len(next(m for m in result.movers if m.id == mover).factions) > 1
            parts.append(
                f"{'over ' if several else ''}{amount(max(known))} points more to {_mover(mover, words)}"
            )
    if not parts or result.departures_total > len(result.departures):
        return ""
    return f" It would be kept if it were worth {joined(parts)}, or leaving it so much less."


def _temptations(result: StabilityResult, words: Words) -> list[Finding]:
    loose = [d for d in result.departures if not d.deterred["seq"]]
    if not loose:
        return []
    return [
        Finding(
            f"From the status quo {_mover(loose[0].step.mover, words)} would move first: to "
            f"{words.doing(loose[0].step.moves)}.",
            because="Nothing that the others would themselves want to do makes it not worth while.",
        )
    ]


def _common(result: StabilityResult, shown: Sequence[Situation]) -> dict[str, str]:
    """What all of several situations have beyond the status quo, so that it is said once."""
    if len(shown) < 2 or result.status_quo is None:
        return {}
    return {i: o for i, o in shown[0].moves.items() if all(s.moves.get(i) == o for s in shown)}


def _label(s: Situation, common: Mapping[str, str], words: Words) -> str:
    rest = {i: o for i, o in s.moves.items() if common.get(i) != o}
    if rest:
        return words.moves(rest)
    return "Nothing else" if common else "The status quo"


def _map(result: StabilityResult, words: Words) -> Chart:
    """The most robust situations, the status quo and what is hoped for: how far, and how often they hold."""
    best = result.situations[:BARS]
    common = _common(result, best)
    apart = [s.state for s in (result.status_quo, result.wanted) if s is not None]
    kinds = ("where things are", "what is hoped for", "a resting place")
    places = []
    if result.status_quo is not None:
        places.append(("The status quo", kinds[0], result.status_quo))
    if result.wanted is not None and result.wanted.moves:
        places.append((f"Hoped for: {words.moves(result.wanted.moves)}", kinds[1], result.wanted))
    places += [(_label(s, common, words), kinds[2], s) for s in best if s.state not in apart]
    rows = []
    for label, kind, s in places:
        assert s.share is not None
        assert s.share_error is not None
        moves = 0 if kind == kinds[0] else None if s.path is None else len(s.path)
        rows.append(Place(label, moves, s.share["seq"], s.share_error["seq"], kind))
    also = f"; the resting places all with {words.moves(common)}" if common else ""
    return reach_map(
        "resting-places",
        f"Where it can come to rest, how far that is, and how often it holds against counter-moves{also}",
        rows,
        kinds=[k for k in kinds if any(r.kind == k for r in rows)],
    )


def _resting(result: StabilityResult, words: Words) -> Table:
    shown = result.situations[:ROWS]
    common = _common(result, shown)
    columns = ["Beyond that" if common else "Situation", f"Holds{_at_best(result)}"]
    if result.draws:
        columns += ["SEQ, share of draws", "Nash, share of draws"]
    columns += ["Coalition-proof", "Steps from the status quo"]
    rows: list[list[str | Cell]] = []
    for s in shown:
        row: list[str | Cell] = [_label(s, common, words) if result.status_quo else words.moves(s.state)]
        row.append(", ".join(name for c, name in CONCEPTS.items() if s.stable[c]))
        if s.share is not None and s.share_error is not None:
            row += [sampled(s.share[c], s.share_error[c]) for c in MEANINGS]
        row.append(
            Cell("yes", "good")
            if s.jointly_stable
            else Cell("no", "muted", f"leaving together: {words.moves(s.joint_improvement or {})}")
        )
        row.append("out of reach" if s.path is None else str(len(s.path)))
        rows.append(row)
    shared = f" All of these have {words.moves(common)}." if common else ""
    return Table(
        caption="Where it can come to rest",
        columns=columns,
        rows=rows,
        note=f"{len(shown)} of {plural(result.listed, 'situation', 'that holds', 'that hold')}{_at_best(result)} if any counter-move deters "
        f"(GMR), the most robust first.{shared} Nash: nobody gains by moving. GMR: whoever gains by moving can be made "
        "to regret it. SMR: and could not escape. SEQ: by counter-moves that those who make them want. SSEQ: both. "
        "Out of reach: not by moves each of which is an improvement for whoever makes it.",
    )


def _leaving(result: StabilityResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for d in _telling(result.departures)[:ROWS]:
        rows.append(
            [
                capital(_mover(d.step.mover, words)),
                words.moves(d.step.moves),
                _gain(d.step.gain, words),
                _deterrence(d),
            ]
        )
    place = "the situation hoped for" if result.wanted is not None else "the status quo"
    return Table(
        caption=f"Who would leave {place}, and what deters them",
        columns=("Who", "By moving", f"Gain{_at_best(result)}", "Deterred"),
        rows=rows,
        note=f"Of {plural(result.departures_total, 'improvement')}, for each who and each way of being deterred the one that gains most. A "
        "departure ends where the one who gains least would find staying better by the gain shown, or where a "
        "counter-move deters it.",
    )


def _telling(departures: Sequence[Departure]) -> list[Departure]:
    """Of each mover and way of being deterred the move that gains most, in the order given."""
    found: dict[tuple[str, str], Departure] = {}
    for d in departures:
        found.setdefault((d.step.mover, str(_deterrence(d))), d)
    return list(found.values())


def _deterrence(d: Departure) -> str | Cell:
    if d.deterred["seq"]:
        return Cell("by counter-moves that others want to make (SEQ)", "good")
    if d.deterred["gmr"]:
        return Cell("only by counter-moves that hurt those who make them (GMR)", "caution")
    return Cell("by nothing", "bad")


def _who(result: StabilityResult, words: Words) -> Table:
    return Table(
        caption="Who can move what",
        columns=("Who", "What they can move"),
        rows=[[capital(_mover(m.id, words)), "; ".join(map(words.issue, m.issues))] for m in result.movers],
        note="Several names: they can move it only together. A party moves when the factions that it needs are not "
        "worse off and one is better off.",
        fold=True,
    )


def _how(result: StabilityResult) -> str:
    return (
        f"{result.states:,} feasible of {result.combinations:,} combinations of {plural(len(result.issues), 'issue')}, "
        f"{plural(result.moves, 'move')}. What is not among these issues stays as it is."
    )


def _mover(id: str, words: Words) -> str:
    parts = id.split("+")
    return joined([words.short(p) for p in parts])


def _step(step: Step, words: Words) -> str:
    return f"{_mover(step.mover, words)} would {words.doing(step.moves)}"


def _gain(gain: Mapping[str, float | None] | None, words: Words) -> str:
    if gain is None:
        return "ranked higher"
    return "; ".join(
        f"{words.faction(f)}: {'crosses back over a line of its own' if gained is None else signed(gained)}"
        for f, gained in gain.items()
    )
