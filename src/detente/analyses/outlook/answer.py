"""What the outlook says in sentences: pure functions of its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.analyses.outlook.result import Influence, OutlookResult, PolicyResult, TalksResult
from detente.analyses.words import Words, joined, percent, plural, signed
from detente.document import Finding
from detente.figures import amount, error

__all__ = [
    "answer",
    "ended",
    "findings_of_talks",
    "how",
    "largest",
    "main_end",
    "none_of",
    "remarks",
    "ripe",
    "time",
]

SMALL = 0.05
"""Points a year below which time is on nobody's side."""

SHOWN = 3
"""Events and issues that the first sentence names."""


def ended(result: OutlookResult) -> dict[str, tuple[str, ...]]:
    """What is ended → the events that end it, the likeliest first."""
    found: dict[str, list[str]] = {}
    for name, event in result.events.items():
        if event.ends is not None:
            found.setdefault(event.ends, []).append(name)
    return {
        what: tuple(sorted(names, key=lambda n: -result.events[n].share[-1])) for what, names in found.items()
    }


def main_end(result: OutlookResult) -> str | None:
    """What is ended in most worlds."""
    ends = ended(result)
    return max(ends, key=lambda what: 1 - none_of(result, ends[what])[-1]) if ends else None


def none_of(result: OutlookResult, names: Sequence[str]) -> tuple[float, ...]:
    """Share of worlds in which none of events that exclude each other has happened, month by month."""
    shares = [result.events[n].share for n in names]
    return tuple(max(0.0, 1 - sum(month)) for month in zip(*shares, strict=True))


def answer(result: OutlookResult, words: Words, *, headline: bool = False) -> Finding:
    """What becomes of what the world can end, or of the issues that it moves."""
    end = result.dates[-1]
    ends = ended(result)
    what = main_end(result)
    # What talks and votes of the world bring comes without any of the packages, but hardly without a deal.
    lead = "As things go on, talks included" if result.talks else "As things go on"
    if what is not None:
        names = ends[what]
        told = [
            f"{result.events[n].says} in {percent(result.events[n].share[-1])} of worlds"
            for n in names[:SHOWN]
        ]
        rest = sum(result.events[n].share[-1] for n in names[SHOWN:])
        told += [f"something else ends it in {percent(rest)}"] if rest > 0 else []
        none = none_of(result, names)[-1]
        text = f"{lead}, by {end} {joined(told)}"
        text += f"; in {percent(none)} none of this happens" if none > 0 else ""
    elif result.issues:
        text = f"{lead}, on {end} {joined(_standing(result, words))}"
    else:
        text = f"{lead}, nothing that this case negotiates about moves by itself until {end}"
    return Finding(f"{text}.", because=time(result, words), limit=_limit(result, what), headline=headline)


def _standing(result: OutlookResult, words: Words) -> list[str]:
    """Issues that stand elsewhere than today in most worlds, or the likeliest to."""
    stays = {issue: max(os, key=lambda o: os[o][0]) for issue, os in result.issues.items()}
    moved = sorted(result.issues, key=lambda i: result.issues[i][stays[i]][-1])
    found = []
    for issue in moved[:SHOWN]:
        options = {o: path[-1] for o, path in result.issues[issue].items()}
        likeliest = max(options, key=lambda o: options[o])
        found.append(
            f"“{words.issue(issue)}” stands at “{words.option(issue, likeliest)}” in {percent(options[likeliest])} of worlds"
        )
    return found


def _limit(result: OutlookResult, what: str | None) -> str:
    told = "Chances are shares of simulated worlds and have not been scored: not calibrated probabilities."
    if what is None:
        return told
    first = ended(result)[what][0]
    event = result.events[first]
    ends = ended(result)[what]
    certain = none_of(result, ends)[-1] in (0.0, 1.0)
    luck = (
        ""
        if certain
        else f"Whether any of it happens in a single world is to {percent(result.judgement_share[what])} in the judged numbers and "
        "otherwise chance within the model. "
    )
    return (
        f"The first of these is {percent(event.low)} to {percent(event.high)} over the judgements, in nine draws of ten; its Monte "
        f"Carlo error is {error(event.error) or 'nought'} percentage points. {luck}What hangs on the model itself is in the table of "
        f"parts. {told}"
    )


def time(result: OutlookResult, words: Words) -> str:
    """For whom no deal becomes better and for whom worse, in the order of the case: nobody's points are compared."""

    def named(sign: int) -> str:
        drifts = {f: v.drift for f, v in result.no_deal.items() if sign * v.drift > SMALL}
        return joined([f"{words.short(f)} ({signed(drift)})" for f, drift in drifts.items()])

    up, down = named(1), named(-1)
    if not up and not down:
        return "Time is on nobody's side, and against nobody."
    said = (f"on the side of {up}" if up else "", f"against {down}" if down else "")
    return f"Time is {'; it is '.join(filter(None, said))}: each in points of its own, a year."


def ripe(result: OutlookResult, words: Words) -> Finding:
    """From when on a package is preferred to waiting."""
    assert result.package is not None
    assert result.package_value is not None
    what, months = words.moves(result.package), result.ripe
    needed = "everybody who is needed would rather have the package than go on without a deal"
    if not months:
        text, tone = f"In no month {needed} ({what}).", "bad"
    elif len(months) == result.months + 1:
        text, tone = f"In every month {needed} ({what}).", "good"
    else:
        many = f"{len(months)} of {plural(result.months + 1, 'month')}"
        text, tone = f"In {many}, {_within(result, months)}, {needed} ({what}).", "caution"
    gaps = {f: v - result.no_deal[f].going_on for f, v in result.package_value.items()}
    short = [f"{words.short(f)} (by {amount(-gap)} points)" for f, gap in gaps.items() if gap < 0]
    typed = any(not v.used for v in result.no_deal.values())
    elsewhere = ", where the deal analysis takes what is typed" if typed else ""
    return Finding(
        text,
        because=f"Now the package is worth less than waiting to {joined(short) or 'nobody'}.",
        limit=f"Means over the draws, no deal as it is computed here{elsewhere}; package and waiting run through the same worlds, all "
        "issues of the package settled from the first month on. Lines that it breaks are not part of this.",
        tone=tone,  # type: ignore[arg-type]
    )


def _within(result: OutlookResult, months: Sequence[int]) -> str:
    """When: the first and the last of ``months``, or the only one."""
    first, last = result.dates[months[0]], result.dates[months[-1]]
    return f"on {first}" if first == last else f"between {first} and {last}"


def remarks(policies: Mapping[str, PolicyResult], words: Words) -> str:
    """What a reader of the policies has to know beside."""
    told = ""
    for faction in dict.fromkeys(p.offered_to for p in policies.values() if p.offered_to is not None):
        told += (
            f" What is offered to {words.short(faction)} counts in those draws in which that faction is better off with it, as "
            "found in other worlds than these."
        )
    idle = [f"“{p.name}”" for p in policies.values() if p.idle]
    if idle:
        told += f" Without any effect: {joined(idle)}."
    return told


def findings_of_talks(name: str, talks: TalksResult, result: OutlookResult, words: Words) -> list[Finding]:
    """When both sides would talk, and what comes of it."""
    sides = f"{words.short(talks.by)} and {words.short(talks.to)}"
    total = result.months
    if len(talks.ripe) == total:
        text, tone = f"In every month both {sides} would rather have talks than none.", "good"
    elif talks.ripe:
        many = f"{plural(len(talks.ripe), 'month')} of {total}"
        text = f"Both {sides} would rather have talks than none in {many}, {_within(result, talks.ripe)}."
        tone = "caution"
    else:
        text, tone = f"In no month would both {sides} rather have talks than none.", "bad"
    alone = "; ".join(f"{words.short(f)} in {plural(len(m), 'month')}" for f, m in talks.wanted.items())
    share = {e: result.events[f"{name}.{e}"].share[-1] for e in ("began", "broken", "completed")}
    return [
        Finding(
            text,
            because=f"Each by itself: {alone}. That talks begin, in {percent(share['began'])} of worlds, is by the chances that the case "
            f"gives, not by what either would rather have; a side walks out in {percent(share['broken'])}, and all steps are taken in "
            f"{percent(share['completed'])}.",
            limit="Means over the draws, of worlds with these talks against the same worlds without. The steps are the world's own and "
            "no package of a table, so that these shares and the chance that a package is signed are of different things.",
            tone=tone,  # type: ignore[arg-type]
        )
    ]


def largest(influence: Influence) -> tuple[float, float]:
    """The largest effect on anybody's value; then that on any event."""
    return (
        max((abs(v) for v in influence.value.values()), default=0.0),
        max((abs(v) for v in influence.events.values()), default=0.0),
    )


def how(result: OutlookResult) -> str:
    """How the answer was made."""
    parts = joined([p.replace("_", " ") for p in result.parts])
    still = joined([p.replace("_", " ") for p in result.without])
    asked = f"Made to stand still, as asked: {still}. " if still else ""
    return (
        f"{result.worlds:,} worlds of {plural(result.months, 'month')}, {result.worlds // result.draws} for each of {result.draws:,} draws "
        f"of the judged numbers; levels are from {plural(result.kept, 'world')} of each draw. Parts simulated: {parts}. "
        f"{asked}Everything else stays as it is."
    )
