"""The answer for one table, in a sentence, and what both it and the section of the table say."""

from __future__ import annotations

from detente.analyses.deal.result import DealResult, TrackResult, Zone
from detente.analyses.words import Words
from detente.document import Finding, Tone
from detente.figures import agree, amount, capital, changed, error, joined, percent, plural, points

__all__ = ["PAPER", "answer", "at_best", "in_draws", "short", "zone"]

PAPER = "Consent on paper is not signature, and signature is not compliance."
UNSCORED = (
    "A share of draws from judged ranges; never scored against outcomes, so not a calibrated probability."
)
NEAR = 1.0
"""Points: a package that falls short for nobody by as much is a near miss."""


def answer(track: TrackResult, result: DealResult, words: Words, *, first: bool = True) -> Finding:
    """The one sentence for a table; for the first of the case with the record."""
    top = track.solutions["most_acceptable"]
    text = " ".join(filter(None, (at_best(track, result, words), _over_draws(track, result, words))))
    because = []
    if first and result.record:
        because.append(words.record(result.record))
    if track.status_quo:
        because.append(_waiting(track, result, words))
    if top is not None and result.uncertain:
        worst = min(top.acceptance_by_faction.items(), key=lambda item: item[1])
        because.append(
            f"Hardest to win for that package: {words.short(worst[0])}, who accepts it in {percent(worst[1])} of draws."
        )
    return Finding(
        text=f"{track.name}: {text}" if len(result.tracks) > 1 else text,
        because=" ".join(because),
        limit=f"{PAPER} {UNSCORED}" if result.uncertain else PAPER,
        tone=_tone(track, result),
    )


def _tone(track: TrackResult, result: DealResult) -> Tone:
    top = track.solutions["most_acceptable"]
    if top is None or top.acceptance < 0.05:
        return "bad"
    return "good" if top.acceptance == 1 else "caution"


def at_best(track: TrackResult, result: DealResult, words: Words) -> str:
    """How many packages are agreed, or how near the nearest is."""
    packages, miss = track.packages, track.nearest_miss
    start = "At best estimates " if result.uncertain else ""
    if packages.acceptable is None:
        return f"The agreed packages could not be counted: {packages.why}."
    if packages.acceptable:
        would = "would be" if result.uncertain else agree(packages.acceptable, "is", "are")
        needs = agree(packages.acceptable, "it needs", "they need")
        sure = "" if result.uncertain else ", and every number that this rests on is certain"
        return (
            f"{start}{packages.acceptable:,} of {plural(packages.total, 'package')} {would} acceptable to everyone whose "
            f"consent {needs}{sure}."
        )
    none = f"none of {plural(packages.total, 'package')} is acceptable to everyone whose consent it needs"
    if miss is None or not miss.shortfall or max(miss.shortfall.values()) >= NEAR:
        return capital(f"{start}there is no deal: {none}.")
    return capital(
        f"{start}there is no deal, but a near miss: {none}, and the nearest falls short for {short(track, words)}."
    )


def short(track: TrackResult, words: Words) -> str:
    """For whom the nearest miss falls short, and by how much."""
    assert track.nearest_miss is not None
    missing = track.nearest_miss.shortfall
    return joined([f"{words.short(f)} by {amount(v)} points" for f, v in missing.items()])


def _over_draws(track: TrackResult, result: DealResult, words: Words) -> str:
    """How often the best single package is acceptable, by reading where these part it, and how often any is."""
    top = track.solutions["most_acceptable"]
    if not result.uncertain:
        return ""
    if top is None:
        return f"No package is acceptable in any of {plural(result.draws, 'draw')}."
    share = in_draws(top.acceptance, top.acceptance_error)
    text = f"Over the range of the judgements the best single package is acceptable in {share}"
    rivals = words.by_reading(words.told_apart(top.acceptance_by_reading))
    return f"{text}{f': {rivals}' if rivals else ''}. Some package is acceptable in {zone(track)}."


def in_draws(share: float, of: float) -> str:
    """``22% of draws (± 5.1 percentage points, Monte Carlo)``, the error where it can be felt."""
    felt = _felt(share, of)
    return f"{percent(share)} of draws" + (f" ({felt} percentage points, Monte Carlo)" if felt else "")


def _felt(share: float, of: float) -> str:
    """The error of a share where other draws could have rounded it otherwise."""
    return error(of) if percent(max(0.0, share - of)) != percent(min(1.0, share + of)) else ""


def zone(track: TrackResult) -> str:
    """The zone probability, or the bounds that a capped search left of it."""
    share = track.packages.zone_probability
    if not isinstance(share, Zone):
        return percent(share)
    low, high = percent(share.lower), percent(share.upper)
    return low if low == high else f"{low} to {high}"


def _waiting(track: TrackResult, result: DealResult, words: Words) -> str:
    """Who is worse off without a deal than now, and who is not.

    Where no deal is computed, staying as things are is the world going on, and worth no more or less than it.
    """
    assert track.status_quo is not None
    now, later = track.status_quo.utility, track.status_quo.no_deal
    said: dict[bool, list[str]] = {True: [], False: []}
    typed = [f for f in track.factions if f not in result.computed]
    for f in typed:
        said[now[f] > later[f]].append(words.short(f) + _as_read(f, result, words))
    losing, waiting = said[True], said[False]
    at = " at best estimates" if result.uncertain else ""
    alone = _alone(track, result, words)
    if not typed:
        return f"Who loses if nothing is signed is computed: the outlook says it.{alone}"
    if not losing:
        who = "Nobody here" if len(typed) == len(track.factions) else f"Of {joined(waiting)} nobody"
        return f"{who} loses{at} if nothing is signed: all can wait.{alone}"
    lose = f"{agree(len(losing), 'Loses', 'Lose')}{at} if nothing is signed: {joined(losing)}."
    return f"{lose} Can wait: {joined(waiting) or 'nobody'}.{alone}"


def _alone(track: TrackResult, result: DealResult, words: Words) -> str:
    """Who can gain without anybody, which its no-deal value counts."""
    assert track.status_quo is not None
    said = []
    gains = {f: gain for f, gain in track.status_quo.alone.items() if f in track.factions}
    few = sum(gain.mean > 0 and points(gain.mean) == "0.0" for gain in gains.values())
    for f, gain in gains.items():
        if points(gain.mean) != "0.0":
            often = f", in {percent(gain.share)} of draws" if result.uncertain else ""
            said.append(f"{words.short(f)} by {changed(gain.mean, gain.error)} points on average{often}")
    if said and few:
        said.append(
            f"{plural(few, 'other')} by less than 0.05 each" if few > 1 else "one other by less than 0.05"
        )
    return (
        f" No deal counts what can be gained alone, without anybody's agreement: {joined(said)}."
        if said
        else ""
    )


def _as_read(faction: str, result: DealResult, words: Words) -> str:
    """The reading on which somebody's no-deal value stands, where rival ones have another."""
    rivals = words.case.readings.get(faction, {}).values()
    if all(rival.preferences.no_deal is None for rival in rivals):
        return ""
    return f" (if “{words.reading(faction, result.readings[faction])}” is true)"
