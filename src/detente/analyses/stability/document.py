"""What the stability analysis says, as blocks."""

from __future__ import annotations

from collections.abc import Mapping

from detente.analyses.stability.result import Departure, Situation, StabilityResult, Step
from detente.analyses.words import Words, joined, percent, plural, signed
from detente.case.model import Case
from detente.charts import grouped_bars
from detente.document import Block, Cell, Chart, Document, Finding, Paragraph, Section, Table

__all__ = ["document", "section"]

CONCEPTS = {
    "nash": "Nash",
    "seq": "SEQ",
    "sseq": "SSEQ",
    "smr": "SMR",
    "gmr": "GMR",
}
ROWS = 8
BARS = 6
LOST = 1_000.0
"""Points beyond which a difference is a broken line, not a gain."""


def document(result: StabilityResult, case: Case) -> Document:
    """The answer of ``detente stability``."""
    return Document(
        title=case.title,
        subtitle="Which situations would nobody leave, given what the others could do back?",
        blocks=_blocks(result, Words(case), headline=True),
        facts={"case": result.case, "seed": str(result.seed), "draws": f"{result.draws:,}"},
    )


def section(result: StabilityResult, case: Case) -> Section:
    """The part of the briefing."""
    return Section(
        id="stability",
        title="Where the standoff can come to rest",
        lead="Which situations would nobody leave, given what the others could do back?",
        blocks=_blocks(result, Words(case), headline=False),
    )


def _blocks(result: StabilityResult, words: Words, *, headline: bool) -> list[Block]:
    blocks: list[Block] = [_answer(result, words, headline)]
    if result.wanted is not None:
        blocks.append(_hope(result, words))
    elif result.status_quo is not None:
        blocks += _temptations(result, words)
    if result.draws and result.situations:
        blocks.append(_map(result, words))
    blocks.append(_resting(result, words))
    if result.departures:
        blocks.append(_leaving(result, words))
    blocks.append(_who(result, words))
    blocks.append(Paragraph(_how(result), tone="muted"))
    return blocks


def _answer(result: StabilityResult, words: Words, headline: bool) -> Finding:
    count = result.equilibria
    text = (
        f"Of {plural(result.states, 'situation')}, {count['seq']:,} would hold against everybody's counter-moves that "
        f"are in their own interest (SEQ), {count['nash']:,} of them because nobody can gain by moving at all (Nash)"
    )
    here = result.status_quo
    if here is not None:
        word = "is" if here.stable["seq"] else "is not"
        text += f"; the status quo {word} one of them"
        if here.share is not None:
            text += f" ({percent(here.share['seq'])} of draws)"
    because = ""
    if here is not None and here.joint_improvement is not None:
        because = (
            "Together some of them could leave the status quo with nobody among them worse off: "
            f"{words.moves(here.joint_improvement)}."
        )
    return Finding(text + ".", because=because, limit=_limit(result), headline=headline)


def _limit(result: StabilityResult) -> str:
    basis = (
        f"Shares are over {result.draws:,} draws of the judged numbers and are not calibrated probabilities. "
        if result.draws
        else "The case only puts states in order, so there is no share of draws. "
    )
    return basis + "Moves are seen one at a time and by everybody; how long they take is not part of this."


def _hope(result: StabilityResult, words: Words) -> Finding:
    aim = result.wanted
    assert aim is not None
    holds = [name for c, name in CONCEPTS.items() if aim.stable[c]]
    state = words.moves(aim.moves) or "the status quo"
    share = "" if aim.share is None else f" In {percent(aim.share['seq'])} of draws it would hold (SEQ)."
    if aim.stable["seq"]:
        text = f"What is hoped for ({state}) would hold at best estimates ({joined(holds)}).{share}"
    else:
        loose = [d for d in result.departures if not d.deterred["seq"]]
        who = joined(list(dict.fromkeys(_mover(d.step.mover, words) for d in loose))) or "somebody"
        text = f"What is hoped for ({state}) would not hold at best estimates: {who} would leave it.{share}"
        if loose and loose[0].missing is not None and loose[0].missing < LOST:
            text += (
                f" It would have to be worth at least {loose[0].missing:.1f} points more to "
                f"{_mover(loose[0].step.mover, words)}, or leaving so much less."
            )
    route = (
        "No sequence of moves, each an improvement for whoever makes it, leads there from the status quo."
        if aim.path is None
        else "It can be reached: " + "; then ".join(_step(s, words) for s in aim.path) + "."
        if aim.path
        else "It is the status quo."
    )
    return Finding(
        text, because=route, limit=result.wanted_from or "", tone="good" if aim.stable["seq"] else "bad"
    )


def _temptations(result: StabilityResult, words: Words) -> list[Block]:
    loose = [d for d in result.departures if not d.deterred["seq"]]
    if not loose:
        return []
    return [
        Finding(
            f"From the status quo {_mover(loose[0].step.mover, words)} would move first: "
            f"{words.moves(loose[0].step.moves)}.",
            because="Nothing that the others would themselves want to do makes it not worth while.",
        )
    ]


def _map(result: StabilityResult, words: Words) -> Chart:
    """The most robust situations, the status quo and what is hoped for, with the shares in which they hold."""
    places = [("", s) for s in result.situations[:BARS]]
    for name, s in (("The status quo", result.status_quo), ("Hoped for", result.wanted)):
        if s is not None:
            places = [(n, p) for n, p in places if p.state != s.state]
            places.append((f"{name}: " if s.moves else name, s))
    rows = []
    for name, s in places:
        label = name + (words.moves(s.moves) if s.moves else "")
        for concept, meaning in (
            ("seq", "holds against counter-moves (SEQ)"),
            ("nash", "nobody gains by moving (Nash)"),
        ):
            assert s.share is not None
            assert s.share_error is not None
            share, error = s.share[concept], 2 * s.share_error[concept]
            rows.append(
                (label or "The status quo", meaning, share, max(0.0, share - error), min(1.0, share + error))
            )
    return grouped_bars(
        "resting-places",
        "Where it can come to rest: how often each situation holds",
        rows,
        x_title="Share of draws in which the situation holds",
    )


def _resting(result: StabilityResult, words: Words) -> Table:
    shown = result.situations[:ROWS]
    columns = ["Situation: what differs from the status quo", *CONCEPTS.values()]
    if result.draws:
        columns += ["Holds (SEQ), share of draws", "No move gains (Nash), share of draws"]
    columns += ["Coalition-proof", "Steps from the status quo"]
    rows: list[list[str | Cell]] = []
    for s in shown:
        row: list[str | Cell] = [_state(s, result, words)]
        row += [Cell("yes", "good") if s.stable[c] else Cell("no", "muted") for c in CONCEPTS]
        if s.share is not None and s.share_error is not None:
            row += [f"{percent(s.share[c])} ± {100 * s.share_error[c]:.1f}" for c in ("seq", "nash")]
        row.append(
            Cell("yes", "good")
            if s.jointly_stable
            else Cell("no", "muted", f"leaving together: {words.moves(s.joint_improvement or {})}")
        )
        row.append("out of reach" if s.path is None else str(len(s.path)))
        rows.append(row)
    return Table(
        caption="Where it can come to rest",
        columns=columns,
        rows=rows,
        note=f"{len(shown)} of {result.listed:,} situations that hold at best estimates if any counter-move deters "
        "(GMR), the most robust first. Nash: nobody gains by moving. GMR: whoever gains by moving can be made to regret it. "
        "SMR: and could not escape. SEQ: by counter-moves that those who make them want. SSEQ: both.",
    )


def _state(s: Situation, result: StabilityResult, words: Words) -> str:
    if result.status_quo is None:
        return words.moves(s.state)
    return words.moves(s.moves) if s.moves else "the status quo"


def _leaving(result: StabilityResult, words: Words) -> Table:
    rows: list[list[str | Cell]] = []
    for d in result.departures[:ROWS]:
        rows.append(
            [
                _mover(d.step.mover, words),
                words.moves(d.step.moves),
                _gain(d.step.gain, words),
                _deterrence(d),
            ]
        )
    place = "the situation hoped for" if result.wanted is not None else "the status quo"
    return Table(
        caption=f"Who would leave {place}, and what deters them",
        columns=("Who", "By moving", "Gain at best estimates", "Deterred"),
        rows=rows,
        note=f"{len(rows)} of {plural(result.departures_total, 'improvement')}, the least deterred first. For the "
        "situation to hold, its worth to the one who gains least must rise by the gain shown, or a counter-move must deter.",
    )


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
        rows=[[_mover(m.id, words), "; ".join(map(words.issue, m.issues))] for m in result.movers],
        note="Several names: they can move it only together. A party moves when the factions that it needs are not "
        "worse off and one is better off.",
        fold=True,
    )


def _how(result: StabilityResult) -> str:
    return (
        f"{result.states:,} feasible of {result.combinations:,} combinations of {plural(len(result.issues), 'issue')}, "
        f"{result.moves:,} moves. What is not among these issues stays as it is."
    )


def _mover(id: str, words: Words) -> str:
    parts = id.split("+")
    return joined([words.party(p) if p in words.case.parties else words.faction(p) for p in parts])


def _step(step: Step, words: Words) -> str:
    return f"{_mover(step.mover, words)} moves {words.moves(step.moves)}"


def _gain(gain: Mapping[str, float] | None, words: Words) -> str:
    if gain is None:
        return "ranked higher"
    parts = [
        f"{words.faction(f)} {signed(points) if abs(points) < LOST else 'a line no longer broken'}"
        for f, points in gain.items()
    ]
    return "; ".join(parts)
