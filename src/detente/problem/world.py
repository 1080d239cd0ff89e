"""The world of a case as numbers: one column of parameters a draw, and what a state of it is worth to whom."""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detente.agreement import all_of
from detente.case.base import Range
from detente.case.dates import months_after, months_until
from detente.case.model import Case
from detente.case.parts import SHARPEST, bounds, world_numbers
from detente.case.world import Ladder, Outcome, World
from detente.errors import UsageError
from detente.problem import theory
from detente.problem.build import Parameter, Problem, parameter
from detente.problem.sample import Sample, drawn
from detente.problem.table import Table, seat

__all__ = [
    "FROZEN",
    "LINE",
    "Setting",
    "calendar",
    "columns",
    "conceded",
    "dates",
    "flows",
    "lasting",
    "made",
    "setting",
    "tied",
    "world_parameters",
    "world_values",
    "worth",
]

Floats = NDArray[np.float64]

OUTCOMES = get_args(Outcome)

MADE = 4
"""Levels of what the incumbent has conceded."""

FROZEN: Mapping[str, Mapping[str, float]] = {
    "money": {"money.pull": 0, "money.spread": 0, "money.depletion": 0},
    "price": {"price.pull": 0, "price.spread": 0},
    "output": {"output.pace": 0, "output.spread": 0},
    "fiefs": {"fiefs.grow": 0},
    "hunger": {"hunger.pace": 0, "hunger.opens": 0},
    "sender": {"sender.ease": 0, "sender.ease_in_talks": 0, "sender.yields": 0, "sender.take_back": 0, "home.reverses": 0},
    "home": {"home.dates": 0, "home.presses": 0},
    "lists": {"lists.ease": 0, "lists.follows": 0},
    "funds": {"funds.agree": 0, "funds.agree_in_talks": 0, "funds.pay": 0},
    "accountability": {"accountability.opens": 0},
    "loyalty": {"loyalty.pace": 0, "loyalty.spread": 0},
    "survival": {"survival.peak": 0},
    "recognition": {
        "recognition.drop": 0, "recognition.cascade": 0, "recognition.deviation": 0, "recognition.dates": 0,
    },
    "support": {"support.decay": 0, "support.spread": 0, "support.gain": 0, "regional.gain": 0},
    "split": {"split.begins": 0, "split.heals": 0, "split.tempts": 0},
    "authority": {"authority.wins": 0, "authority.loses": 0},
    "polls": {"polls.dates": 0, "polls.early": 0},
    "regional": {"regional.dates": 0},
    "exit": {"exit.rate": 0, "exit.push": 0},
    "force": {"force.rate": 0},
    "talks": {"talks.now": 0, "talks.begin": 0, "talks.mediated": 0, "talks.stop": 0, "talks.spoilt": 0, "talks.retract": 0},
}  # fmt: skip
"""Part → what makes it stand still, everything else as it is; ``PART.dates``: nothing that it has a day for takes place.
(Steps at the talks are left out beside.)"""

_OF = {
    "poll": "polls",
    "regional": "regional",
    "decides": "regional",
    "lapse": "recognition",
    "election": "home",
}
"""What a month can have → the part that says when, in the order of :data:`detente.kernels.worlds.DATES`."""

_ABSENT: Mapping[str, float] = {
    "money.revenue": 1.0, "price.now": 1.0, "loyalty.now": 1.0, "loyalty.scale": 1.0, "survival.scale": 1.0,
    "recognition.all": 1.0, "recognition.bloc": 1.0, "recognition.kept": 1.0, "recognition.kept_extended": 1.0,
    "authority.of": 1.0, "polls.scale": 1.0, "polls.held": 1.0, "polls.ballot": 1.0, "regional.scale": 1.0,
    "exit.scale": 1.0, "sender.yields": 1.0, "sender.last": 1.0,
}  # fmt: skip
"""Of numbers that are left out; everything else is 0."""


@dataclass(frozen=True)
class Setting:
    """What does not change from draw to draw."""

    months: int
    level: int
    """How far the sender has eased at the beginning."""
    start: int
    """What the incumbent has conceded at the beginning, as a level of :func:`made`."""
    top: float
    """What ``output`` is a share of."""


def calendar(case: Case, world: World, without: Collection[str] = ()) -> dict[str, tuple[datetime.date, ...]]:
    """What a month can have → its days, also those beyond the horizon; parts ``without`` have none."""
    assert case.as_of is not None, "checked on reading"
    polls, regional, known, home = world.polls, world.regional, world.recognition, world.home
    tomorrow = case.as_of + datetime.timedelta(days=1)
    held = regional.on if regional is not None else ()
    found = {
        "poll": polls.on if polls is not None else (),
        "regional": held,
        # A decision that is overdue is made at once.
        "decides": tuple(max(tomorrow, months_after(day, -regional.lead)) for day in held)
        if regional
        else (),
        "lapse": (known.lapse or ()) if known is not None else (),
        "election": home.elections if home is not None else (),
    }
    return {kind: () if _OF[kind] in without else days for kind, days in found.items()}


def dates(case: Case, world: World, without: Collection[str] = ()) -> NDArray[np.int64]:
    """[months + 1] what each month has, as bits (:data:`detente.kernels.worlds.DATES`): a day counts in the first month at
    whose end it has come."""
    assert case.as_of is not None, "checked on reading"
    found = np.zeros(world.months + 1, dtype=np.int64)
    for bit, (kind, days) in enumerate(calendar(case, world, without).items()):
        for day in days:
            month = months_until(case.as_of, day)
            if month <= world.months:
                found[month] |= 1 << bit
            elif kind == "poll":
                found[world.months] |= 32
    return found


def setting(case: Case, world: World) -> Setting:
    """What a case says of every draw."""
    level = 0
    if world.sender is not None:
        level = world.sender.steps.index(case.issues[world.sender.issue].status_quo or world.sender.steps[0])
    ladder = world.talks.ladder if world.talks is not None else None
    start = len(ladder.below) if ladder is not None else 0
    return Setting(world.months, level, start, world.output.top if world.output else 1.0)


def world_parameters(case: Case, widen: float) -> list[Parameter]:
    """Every number of the world, its readings, policies, gestures and questions, in the order of the case."""
    found: list[Parameter] = []

    def add(path: str, value: object, lower: float = 0.0, upper: float = math.inf) -> None:
        if isinstance(value, Range):
            found.append(parameter(path, "step", "", value, lower, upper, widen=widen))

    world = case.world
    if world is not None:
        for number in world_numbers(world):
            add(number.path, number.value, number.lower, number.upper)
        for f, stakes in world.office.stakes.items():
            for outcome, value in stakes.items():
                found.append(
                    parameter(f"stakes.{f}.{outcome}", "step", f, value, -math.inf, math.inf, widen=widen)
                )
        for f, readings in world.under.items():
            for r, changes in readings.items():
                for path, value in changes.items():
                    add(f"under.{f}.{r}.{path}", value, *_limits(path))
    for name, policy in case.policies.items():
        for path, value in policy.changes.items():
            add(f"policies.{name}.{path}", value, *_limits(path))
    for name, gesture in case.gestures.items():
        for r, value in gesture.likelihood.items():
            add(f"gestures.{name}.{r}", value, 0.0, 1.0)
    for name, question in case.questions.items():
        for answer, spec in question.answers.items():
            add(f"questions.{name}.{answer}", spec, 0.0, 1.0)
    return found


def _limits(path: str) -> tuple[float, float]:
    return (0.0, math.inf) if path in ("talks.now", "sender.now") else bounds(path)


def world_values(case: Case, uniforms: Floats | None, *, widen: float = 1.0) -> dict[str, Floats]:
    """Path → values [S] from ``uniforms`` [S, number of :func:`world_parameters`]; best estimates without."""
    return drawn(world_parameters(case, widen), uniforms)


def columns(
    problem: Problem,
    sample: Sample,
    values: Mapping[str, Floats],
    names: Sequence[str],
    *,
    changes: Mapping[str, Floats | float] | None = None,
) -> Floats:
    """[len(names), S] the kernel's parameters in every draw, under the reading that is true there; ``changes`` come
    last.

    Raises
    ------
    UsageError
        Something that a number is derived from has no answer in some draw.
    """
    world, size = problem.case.world, sample.draws
    assert world is not None
    known = setting(problem.case, world)
    found = {name: np.full(size, _ABSENT.get(name, 0.0)) for name in names}
    sharp = [name for name in names if name.endswith("scale") or name == "recognition.deviation"]
    if world.talks is not None:
        found["talks.now"] = np.full(size, float(world.talks.now))
    if world.sender is not None:
        found["sender.now"] = np.full(size, float(known.level))
        found["sender.top"] = np.full(size, len(world.sender.steps) - 1.0)
    if world.lists is not None:
        found["lists.top"] = np.full(size, len(world.lists.steps) - 1.0)
    for name in names:
        if name in values:
            found[name] = values[name].copy()
    if "authority.seats" in values:
        # Fairness is judged for the seats of the case, whatever a policy makes of them.
        found["authority.base"] = values["authority.seats"].copy()
    found.update(_derived(values))
    losses = len(world.money.loss) if world.money else 0
    for n in range(losses, 3 if losses else 0):
        found[f"money.loss_{n}"] = values[f"money.loss_{losses - 1}"].copy()
    for f, readings in world.under.items():
        place = problem.factions.index(f)
        for r, changed in readings.items():
            which = sample.reading[place] == problem.readings[place].index(r)
            for path in set(changed) & set(found):
                found[path] = np.where(which, values[f"under.{f}.{r}.{path}"], found[path])
    for path, value in (changes or {}).items():
        found[path] = np.broadcast_to(np.asarray(value, dtype=np.float64), (size,)).copy()
    # The tails of a range may end where a number has no meaning any more. What is 0 in every draw was left out.
    for name in sharp:
        if np.any(found[name]):
            found[name] = np.maximum(found[name], SHARPEST)
    for part, whole in (("recognition.now", "recognition.all"), ("authority.seats", "authority.of")):
        if part in found and whole in found:
            found[part] = np.minimum(found[part], found[whole])
    for path in ("output.now", "output.reach", "output.spread"):
        if path in found:
            found[path] = found[path] / known.top
    return np.array([found[name] for name in names])


def _derived(values: Mapping[str, Floats]) -> dict[str, Floats]:
    """Numbers that follow from a game or an option instead of being typed (:mod:`detente.problem.theory`)."""
    found: dict[str, Floats] = {}
    for source, target, rule in (
        ("survival.attack", "survival.threshold", _threshold),
        ("loyalty.selectorate", "loyalty.outside_offer", _offer),
        ("sender.demand", "sender.take_back", _refused),
        ("polls.compliance", "polls.fairness", _complying),
        ("exit.option", "exit.trigger", _trigger),
        ("talks.assurance", "talks.trust", _trust),
    ):
        given = {p.removeprefix(f"{source}."): v for p, v in values.items() if p.startswith(f"{source}.")}
        if given:
            try:
                found[target] = np.asarray(rule(given), dtype=np.float64)
            except ValueError as error:
                raise UsageError(
                    f"world.{source}: in some draw no number follows from it: {error}; narrow these ranges, or use a smaller "
                    "--widen"
                ) from None
    return found


def _threshold(of: Mapping[str, Floats]) -> Floats:
    return theory.regime_threshold(of["cost"], of["precision"], of["prior_precision"], of["prior"])


def _offer(of: Mapping[str, Floats]) -> Floats:
    return theory.selectorate_share(np.minimum(of["patience"], 1 - SHARPEST), of["ratio"])


def _refused(of: Mapping[str, Floats]) -> Floats:
    refused: Floats = of["reviews"] * theory.ultimatum(0.0, of["cost"], of["sender_cost"]).sanctions
    return refused


def _complying(of: Mapping[str, Floats]) -> Floats:
    least = theory.least_prospect(of["office"], of["cost"], np.maximum(of["patience"], SHARPEST))
    x = (of["prospect"] - least) / np.maximum(of["scale"], SHARPEST)
    complies: Floats = 0.5 * (1 + x / (1 + np.abs(x)))
    return complies


def _trigger(of: Mapping[str, Floats]) -> Floats:
    return theory.exit_trigger(of["drift"], of["volatility"], of["discount"], of["worth"])


def _trust(of: Mapping[str, Floats]) -> Floats:
    trust = theory.trust_threshold(of["together"], of["alone"], of["betrayed"], of["apart"])
    return np.clip(trust, 0.0, 1.0)


# --- what a state is worth --------------------------------------------------------------------------------


LINE = 100.0
"""What breaking a line costs where points are asked for: as much as all issues together."""


def worth(
    problem: Problem, sample: Sample, packages: Sequence[Mapping[str, str]], *, lines: bool = False
) -> Floats:
    """[F, len(packages), S] points of every faction for each package, all that it does not move as it is; with ``lines`` less
    :data:`LINE` for each line that it breaks."""
    assert problem.status_quo is not None
    moving = [i for i in problem.issues if any(i in package for package in packages)]
    issues = tuple(problem.issues.index(i) for i in moving)
    everyone = tuple(range(len(problem.factions)))
    seen = seat(problem, sample, Table("world", "", everyone, issues, all_of(*everyone), {}))
    spans = list(pairwise(seen.start.tolist()))
    total = np.empty((len(problem.factions), len(packages), sample.draws))
    for n, package in enumerate(packages):
        options = [
            problem.options[i].index(package[name]) if name in package else problem.status_quo[i]
            for name, i in zip(moving, issues, strict=True)
        ]
        points, crossed = seen.base.astype(np.float64), np.zeros(seen.base.shape)
        for k, option in enumerate(options):
            points += seen.points[:, k, option]
        for t, (a, b) in enumerate(spans):
            if all(options[int(seen.issue[k])] == int(seen.option[k]) for k in range(a, b)):
                points += seen.add[:, t]
                crossed += seen.broken[:, t]
        total[:, n] = points * problem.step[:, None] - (LINE * crossed if lines else 0.0)
    return total


def flows(
    problem: Problem,
    sample: Sample,
    values: Mapping[str, Floats],
    *,
    recognition: bool,
    package: Mapping[str, str] | None = None,
) -> Floats:
    """[F, 5, 3, 3, 4, S] points of every faction by office, easing, recognition and what was conceded, all else as it is.

    Without ``recognition`` the issue that says it stays at what chance has it in the draw, as for a deal. With a
    ``package`` all else is as in the package, terms included; the issues that it moves stay there, whatever happens in the world.
    """
    case = problem.case
    world = case.world
    assert world is not None
    assert problem.status_quo is not None
    sender, known, office = world.sender, world.recognition, world.office
    moved = package or {}
    here = problem.status_quo.copy()
    for issue, option in moved.items():
        here[problem.issues.index(issue)] = problem.options[problem.issues.index(issue)].index(option)
    settled = office.issue is not None and moved.get(office.issue, _home(case, office.issue)) != _home(
        case, office.issue
    )
    ladder = world.talks.ladder if world.talks is not None else None
    steps = made(ladder) if ladder is not None else [{}]
    levels = [{i: o for i, o in step.items() if i not in moved} for step in steps]
    packages = []
    for o, e, r, c in np.ndindex(len(OUTCOMES), 3, 3, MADE):
        state: dict[str, str] = dict(levels[min(c, len(levels) - 1)])
        if sender is not None and sender.issue not in moved:
            state[sender.issue] = sender.steps[min(e, len(sender.steps) - 1)]
        if (
            recognition
            and known is not None
            and known.bands is not None
            and known.issue not in (None, *moved)
        ):
            state[str(known.issue)] = known.bands[r]
        if office.issue is not None and not settled:
            state[office.issue] = office.options.get(OUTCOMES[o], _home(case, office.issue))
        packages.append(state)
    # Equal states are worth the same: each is counted once.
    different = list(dict.fromkeys(tuple(sorted(p.items())) for p in packages))
    points = worth(replace(problem, status_quo=here), sample, [dict(p) for p in different])
    which = [different.index(tuple(sorted(p.items()))) for p in packages]
    total = points[:, which].reshape(len(problem.factions), len(OUTCOMES), 3, 3, MADE, sample.draws)
    for f, stakes in world.office.stakes.items() if not settled else ():
        for outcome in stakes:
            total[problem.factions.index(f), OUTCOMES.index(outcome)] += values[f"stakes.{f}.{outcome}"]
    return total


def made(ladder: Ladder) -> list[dict[str, str]]:
    """What each level of concessions moves, from the worst that can be taken back to all steps; in between, nothing."""
    up: list[dict[str, str]] = [{}]
    for step in ladder.steps:
        up.append({**up[-1], **step})
    return [dict(step) for step in ladder.below] + up


def conceded(problem: Problem, sample: Sample) -> dict[str, Floats]:
    """Issue → [F, MADE, S] points of what each level of concessions makes of it alone, beyond its status quo, all else as it is."""
    world = problem.case.world
    ladder = world.talks.ladder if world is not None and world.talks is not None else None
    if ladder is None:
        return {}
    found = {}
    levels = made(ladder)
    for issue in dict.fromkeys(i for level in levels for i in level):
        stays = {issue: _home(problem.case, issue)}
        points = worth(
            problem, sample, [stays, *({issue: level.get(issue, stays[issue])} for level in levels)]
        )
        gain = np.zeros((len(problem.factions), MADE, sample.draws))
        gain[:, : len(levels)] = points[:, 1:] - points[:, :1]
        found[issue] = gain
    return found


def lasting(problem: Problem, sample: Sample, *, settled: Collection[str] = ()) -> dict[str, Floats]:
    """Event → [F, S] points that its having happened is worth, all else as it is; ``settled`` issues are left out."""
    world = problem.case.world
    assert world is not None
    told: list[tuple[str, dict[str, str], dict[str, str]]] = []
    if world.lists is not None:
        first, *rest = world.lists.steps
        issue = world.lists.issue
        if len(rest) == 1:
            told.append(("lists_lifted", {issue: first}, {issue: rest[0]}))
        else:
            told.append(("lists_eased", {issue: first}, {issue: rest[0]}))
            told.append(("lists_lifted", {issue: rest[0]}, {issue: rest[1]}))
    for happened, moved in world.means.items():
        told.append((str(happened), {i: _home(problem.case, i) for i in moved}, dict(moved)))
    found: dict[str, Floats] = {}
    for event, before, after in told:
        if set(after) & set(settled):
            continue
        points = worth(problem, sample, [before, after])
        found[event] = found.get(event, 0.0) + points[:, 1] - points[:, 0]
    return found


def tied(case: Case) -> list[tuple[str, ...]]:
    """Issues that a term ties together though the world moves more than one of them, one at least by an event of its own:
    such terms are left out of the values."""
    world = case.world
    assert world is not None
    alone = {i for moved in world.means.values() for i in moved}
    if world.lists is not None:
        alone.add(world.lists.issue)
    moves = set(alone)
    for spec in (world.sender, world.recognition, world.office):
        if spec is not None and spec.issue is not None:
            moves.add(spec.issue)
    if world.talks is not None and world.talks.ladder is not None:
        moves |= {i for step in made(world.talks.ladder) for i in step}
    found = []
    wants = [
        *case.preferences.values(),
        *(r.preferences for rs in case.readings.values() for r in rs.values()),
    ]
    for preferences in wants:
        for term in preferences.together:
            both = tuple(i for i in term.when if i in moves)
            if len(both) > 1 and alone & set(both) and both not in found:
                found.append(both)
    return found


def _home(case: Case, issue: str) -> str:
    return case.issues[issue].status_quo or ""
