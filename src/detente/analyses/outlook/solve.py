"""What happens without a deal? Theory and limits: ``docs/explanation/outlook.md``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.gestures import learnt
from detente.analyses.outlook.questions import Asking, conditions, priors
from detente.analyses.outlook.result import (
    Fan,
    Happens,
    Influence,
    LevelPath,
    OutlookResult,
    PathValue,
    PolicyResult,
)
from detente.analyses.outlook.talks import negotiated
from detente.analyses.outlook.view import Seen, View, every, happened
from detente.case.dates import months_after
from detente.case.equations import Is
from detente.case.lapses import ends_of
from detente.case.typed import named
from detente.case.wired import Revision, Wired, wired
from detente.case.world import World
from detente.draws import REPLICATES, Drawn
from detente.errors import UsageError
from detente.figures import plural
from detente.kernels.codes import KEPT
from detente.problem import table
from detente.problem.own import own_gains
from detente.problem.steps import indexed, moved
from detente.problem.worth import worth
from detente.progress import told
from detente.rng import replicate_error
from detente.world.crew import Simulates
from detente.world.signing import PER
from detente.world.worth import later

__all__ = ["PER", "outlook"]

Floats = NDArray[np.float64]

RANGE = (0.05, 0.95)
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
YEAR = 12


def outlook(
    ready: Drawn,
    *,
    per: int = PER,
    package: Mapping[str, str] | None = None,
    track: str | None = None,
    without: Collection[str] = (),
    crew: Simulates | None = None,
) -> OutlookResult:
    """The world of a case without a deal, ``per`` worlds for each draw.

    ``crew`` says who simulates; the answer does not depend on it. ``without``: parts of the world that are made to stand
    still. ``package`` (what moves, at the table ``track``) is what waiting is compared with.

    Raises
    ------
    UsageError
        The case has no world or no status quo, a part has another name, there are fewer than two worlds for each draw, there is
        no such table or no package for it, or the package is none that can be signed there.
    """
    case, world = ready.problem.case, _world(ready, without)
    if track is not None and package is None:
        raise UsageError(f"--track {track}: that is the table of a package: give --package as well")
    if per < 2:
        raise UsageError(
            f"{plural(per, 'world')} for each draw: at least 2 are needed to tell chance from judgement"
        )
    of, start = wired(case), case.as_of
    assert start is not None, "checked on reading"
    shown = tuple(_shown(of))
    stands = Revision(stops=frozenset(without))
    view = View(ready.talking_ground, per, stands, crew, conditions(of.questions), shown)
    off = frozenset(operator.part for operator in of.operators)
    quiet = view.run(Revision(stops=off)) if off - set(without) else view.base
    asking = Asking(of, view.base, start)
    parts = {p: of.says.get(p, "") for p in world.parts if p not in without}
    compared = _compared(ready, view, quiet, package, track)
    few = view.only(every(ready.draws))
    return OutlookResult(
        case=case.id,
        title=case.title,
        as_of=start.isoformat(),
        seed=ready.seed,
        draws=ready.draws,
        widen=ready.widen,
        worlds=ready.draws * per,
        months=world.months,
        dates=tuple(months_after(start, m).isoformat() for m in range(world.months + 1)),
        parts=parts,
        without=tuple(p for p in world.parts if p in without),
        events={e: _happens(view, e) for e in view.events if _told(of, e)},
        issues={
            issue: {o: _path(view.base.share(Is(0, issue, o))) for o in options}
            for issue, options in view.options().items()
        },
        levels=dict(_levels(view, shown)),
        kept=min(KEPT, per),
        judgement_share=_judgement(view),
        no_deal=_values(ready, view, quiet),
        compared=few.ground.sample.draws,
        structure=_structure(few, list(parts)),
        talks={
            o.part: negotiated(
                view, o, quiet if len(off) == 1 else view.run(Revision(stops=frozenset((o.part,))))
            )
            for o in of.operators
            if o.part not in without
        },
        policies={name: _policy(few, name) for name in told("policies", list(of.policies))},
        gestures={name: learnt(case, name) for name in case.gestures},
        questions={
            name: asking.answered(asked, of.questions[name], priors(asked, name, view.ground.world))
            for name, asked in case.questions.items()
        },
        package=None if package is None else dict(package),
        package_value=None if compared is None else compared[0],
        ripe=() if compared is None else compared[1],
    )


def _world(ready: Drawn, without: Collection[str]) -> World:
    """The world of the case, if it has one that can go on."""
    case, world = ready.problem.case, ready.problem.case.world
    if world is None:
        raise UsageError(
            f"case '{case.id}' has no block 'world': what happens without a deal is typed there, not computed; "
            "'detente new FILE --with world' writes a starter that has one"
        )
    if ready.problem.status_quo is None:
        raise UsageError(f"case '{case.id}' has no status quo, so there is no world that goes on from it")
    for part in without:
        if part not in world.parts:
            raise UsageError(
                f"--without {part}: the world of this case has no such part; its parts are: {', '.join(world.parts)}"
            )
    return world


def _levels(view: View, shown: Sequence[str]) -> Iterator[tuple[str, LevelPath]]:
    of, counts = view.of, _counting(view.of)
    for k, name in enumerate(shown):
        path = _fan(view.base.found.kept[:, :, :, k])
        yield name, LevelPath(of.says[name], str(of.wiring.slots[name].unit), name in counts, path)


def _shown(of: Wired) -> Iterator[str]:
    """Levels that have words, and the trust in whose step is due first at talks where one of its readings is feared."""
    for name, slot in of.wiring.slots.items():
        if slot.sort == "level" and name in of.says:
            yield name
    for operator in of.operators:
        if operator.talks.ladder.obstinate is not None:
            yield f"{operator.part}.trust"


def _counting(of: Wired) -> set[str]:
    """Levels that somebody has a stake in or a question asks for, and trust."""
    asked = [
        node
        for meaning in of.questions.values()
        for that, given, _ in meaning.answers.values()
        for node in (that, given)
    ]
    found = {name for node in asked if node is not None for name in named(node)}
    return found | {stake.name for stake in of.stakes} | {f"{o.part}.trust" for o in of.operators}


# --- events and paths -------------------------------------------------------------------------------------


def _told(of: Wired, event: str) -> bool:
    """Whether an event has words of its own, or ends something."""
    return event in of.says or of.wiring.equations[event].final


def _ends(of: Wired, event: str) -> str | None:
    equation = of.wiring.equations[event]
    return equation.group.removeprefix("end of ") if equation.final and equation.group is not None else None


def _path(share: Floats) -> tuple[float, ...]:
    return tuple(round(float(v), 6) for v in share.mean(axis=0))


def _happens(view: View, event: str) -> Happens:
    share = view.base.share(happened(event))
    low, high = _judged_range(share[:, -1], view.per)
    under, belief = _by_reading(view, share[:, -1])
    return Happens(
        says=view.of.says.get(event, event.replace("_", " ").replace(".", ": ")),
        ends=_ends(view.of, event),
        share=_path(share),
        error=replicate_error(share[:, -1], REPLICATES),
        low=low,
        high=high,
        under=under,
        belief=belief,
    )


def _by_reading(
    view: View, share: Floats
) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float | None]]]:
    """Shares where each reading is true, and what is believed of it once the event has been seen: in proportion to the worlds
    in which both are so."""
    problem, sample = view.ground.problem, view.ground.sample
    under: dict[str, dict[str, float]] = {}
    belief: dict[str, dict[str, float | None]] = {}
    total = float(share.sum())
    for f, names in enumerate(problem.readings):
        if not names:
            continue
        true = {r: sample.reading[f] == n for n, r in enumerate(names)}
        faction = problem.factions[f]
        under[faction] = {r: round(float(share[w].mean()), 6) for r, w in true.items() if w.any()}
        belief[faction] = {
            r: round(float(share[w].sum()) / total, 6) if total else None for r, w in true.items()
        }
    return under, belief


def _judgement(view: View) -> dict[str, float]:
    """Share of the variance of an end that lies between draws, the sampling of worlds within a draw taken off."""
    found: dict[str, Floats] = {}
    for event in view.events:
        if (what := _ends(view.of, event)) is not None:
            found[what] = found.get(what, 0.0) + view.base.ended(happened(event))
    return {what: _judged(share, view.per) for what, share in found.items()}


def _judged(share: Floats, per: int) -> float:
    mean = float(share.mean())
    total = mean * (1 - mean)
    if total <= 0 or per < 2:
        return 0.0
    between = float(share.var(ddof=1)) - float((share * (1 - share)).mean()) / (per - 1)
    return round(min(1.0, max(0.0, between / total)), 6)


def _judged_range(share: Floats, per: int) -> tuple[float, float]:
    """5th and 95th percentile of a chance over the draws, its shares in ``per`` worlds drawn in by what the sampling of worlds
    adds to their variance."""
    mean, total = float(share.mean()), float(share.var(ddof=1))
    within = float((share * (1 - share)).mean()) / max(1, per - 1)
    scale = (1 - min(1.0, within / total)) ** 0.5 if total > 0 else 0.0
    low, high = np.clip(mean + scale * (np.quantile(share, RANGE) - mean), 0.0, 1.0)
    return round(float(low), 6), round(float(high), 6)


def _fan(kept: NDArray[np.float32]) -> Fan:
    """Quantiles month by month of kept worlds [S, KEPT, T + 1], interpolated as NumPy does; None where it is absent in half of them
    or more."""
    rows = np.ascontiguousarray(kept.reshape(-1, kept.shape[2]).T)
    rows[~np.isfinite(rows)] = np.nan
    rows.sort(axis=1)  # what is absent comes last
    there = np.isfinite(rows).sum(axis=1)
    place = np.maximum(there[:, None] - 1, 0) * np.array(QUANTILES)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(there[:, None] - 1, 0))
    low, high = (np.take_along_axis(rows, at, axis=1).astype(np.float64) for at in (below, above))
    part, apart = place - below, high - low
    lines = np.where(part < 0.5, low + apart * part, high - apart * (1 - part))
    lines[2 * there <= rows.shape[1]] = np.nan
    return Fan(*(tuple(None if np.isnan(v) else round(float(v), 5) for v in line) for line in lines.T))


# --- values -----------------------------------------------------------------------------------------------


def _values(ready: Drawn, view: View, quiet: Seen) -> dict[str, PathValue]:
    """``quiet``: the same worlds with the talks off."""
    problem, sample = ready.problem, view.ground.sample
    standing = worth(problem, sample, [{}])[:, 0]
    months = quiet.flow.shape[2] - 1
    after = np.array([later(quiet.flow, view.rho, m).mean(axis=1) for m in range(months + 1)])
    alone = own_gains(problem, ready.fresh, view.ground.steps) * problem.step[:, None]
    found = {}
    for n, f in enumerate(problem.factions):
        used = f in problem.case.computed
        talks = view.base.worth[n] - quiet.worth[n]
        gains = alone[n] if used else np.zeros_like(alone[n])
        no_deal = quiet.worth[n] + gains
        low, high = np.quantile(no_deal, RANGE)
        typed = float((ready.typed.no_deal[n] * problem.step[n]).mean())
        found[f] = PathValue(
            status_quo=_mean(standing[n]),
            going_on=_mean(quiet.worth[n]),
            alone=_mean(gains),
            no_deal=_mean(no_deal),
            error=replicate_error(no_deal, REPLICATES),
            low=round(float(low), 6),
            high=round(float(high), 6),
            typed=None if used else round(typed, 6),
            negotiating=_mean(talks),
            negotiating_error=replicate_error(talks, REPLICATES),
            expected=_mean(view.base.worth[n]),
            drift=round(float(after[min(YEAR, months), n] - after[0, n]), 6),
            later=tuple(round(float(v), 6) for v in after[:, n]),
            used=used,
        )
    return found


def _mean(values: Floats) -> float:
    return round(float(values.mean()), 6)


# --- what changes -----------------------------------------------------------------------------------------


def _influence(
    view: View, revision: Revision, changed: Seen, taken: NDArray[np.bool_] | None = None
) -> Influence:
    """Worlds under a revision against the world as it is; ``taken``: [S] the draws in which it is done."""
    factions, base = view.ground.problem.factions, view.base
    done = np.ones(len(view.rho[0]), dtype=np.bool_) if taken is None else taken
    worth = np.where(done, changed.worth - base.worth, 0.0)
    events = {}
    for event in view.events:
        if _told(view.of, event):
            more = changed.ended(happened(event)) - base.ended(happened(event))
            events[event] = float(np.where(done, more, 0.0).mean())
    issues: dict[str, dict[str, float]] = {}
    settled = set(revision.settles)
    for issue, options in view.options(revision).items():
        for o in options if issue not in settled else ():
            more = changed.ended(Is(0, issue, o)) - base.ended(Is(0, issue, o))
            issues.setdefault(issue, {})[o] = float(np.where(done, more, 0.0).mean())
    return Influence(
        value={f: round(float(w.mean()), 6) for f, w in zip(factions, worth, strict=True)},
        value_error={f: replicate_error(w, REPLICATES) for f, w in zip(factions, worth, strict=True)},
        events={e: round(v, 6) for e, v in events.items() if v},
        issues={i: {o: round(v, 6) for o, v in os.items()} for i, os in issues.items() if any(os.values())},
    )


def _structure(view: View, parts: list[str]) -> dict[str, Influence]:
    """Part → what is otherwise without it."""
    without = zip(told("parts left out", parts), view.stilled(parts), strict=True)
    return {part: _influence(view, Revision(stops=frozenset((part,))), seen) for part, seen in without}


def _policy(view: View, name: str) -> PolicyResult:
    spec = view.ground.problem.case.policies[name]
    revision = view.of.policies[name]
    taken = None
    if spec.offered_to is not None:
        f = view.ground.problem.factions.index(spec.offered_to)
        there = view.elsewhere
        taken = there.run(revision).worth[f] > there.base.worth[f]
    found = _influence(view, revision, view.run(revision), taken)
    return PolicyResult(
        name=spec.name or name.replace("_", " "),
        influence=found,
        offered_to=spec.offered_to,
        taken=None if taken is None else round(float(taken.mean()), 6),
        idle=not (any(found.value.values()) or found.events or found.issues),
    )


# --- ripeness ---------------------------------------------------------------------------------------------


def _compared(
    ready: Drawn, view: View, quiet: Seen, package: Mapping[str, str] | None, track: str | None
) -> tuple[dict[str, float], tuple[int, ...]] | None:
    """What a package is worth in the same world, and from which months on it is preferred to waiting."""
    if package is None:
        return None
    problem = ready.problem
    at = table(problem, track)
    moves = moved(problem, at, package)
    winning = at.moving(indexed(problem, moves)).winning
    off = frozenset(operator.part for operator in view.of.operators)
    signed = view.run(Revision(settles=moves, stops=off, until=ends_of(problem.case, moves)))
    mean = signed.worth.mean(axis=1)
    ripe = []
    place = {f: n for n, f in enumerate(at.factions)}
    for m in range(quiet.flow.shape[2]):
        left = later(quiet.flow, view.rho, m).mean(axis=1)
        wants = {f for f in range(len(problem.factions)) if mean[f] >= left[f]}
        mask = sum(1 << place[f] for f in wants if f in place)
        if any(w & mask == w for w in winning):
            ripe.append(m)
    return {f: round(float(v), 6) for f, v in zip(problem.factions, mean, strict=True)}, tuple(ripe)
