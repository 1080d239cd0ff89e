"""The world of a case as numbers: one column of parameters a draw, and what a joint state is worth to whom."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import NormalDist
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detente.agreement import all_of
from detente.case.base import Range
from detente.case.dates import months_until
from detente.case.model import Case
from detente.case.outlook import OPEN, PARTS
from detente.case.world import Outcome, World
from detente.errors import UsageError
from detente.problem.build import Parameter, Problem, tailed
from detente.problem.sample import Sample, drawn
from detente.problem.table import Table, seat

__all__ = [
    "FROZEN",
    "Setting",
    "columns",
    "flows",
    "regime_threshold",
    "setting",
    "world_parameters",
    "world_values",
]

OUTCOMES = get_args(Outcome)

FROZEN: Mapping[str, Mapping[str, float]] = {
    "money": {"money.pull": 0, "money.spread": 0, "money.depletion": 0},
    "sender": {"sender.ease": 0, "sender.ease_in_talks": 0, "sender.take_back": 0},
    "loyalty": {"loyalty.pace": 0, "loyalty.spread": 0},
    "survival": {"survival.peak": 0},
    "recognition": {"recognition.drop": 0, "recognition.cascade": 0, "recognition.kept": 1},
    "support": {"support.decay": 0, "support.spread": 0, "support.gain": 0},
    "split": {"split.begins": 0, "split.heals": 0},
    "polls": {"polls.fairness": 0},
    "exit": {"exit.rate": 0},
    "force": {"force.rate": 0},
    "talks": {"talks.begin": 0, "talks.stop": 0, "talks.spoilt": 0},
}
"""Part → what makes it stand still, everything else as it is."""

_ABSENT: Mapping[str, float] = {
    "money.revenue": 1.0, "loyalty.now": 1.0, "loyalty.scale": 1.0, "survival.scale": 1.0, "recognition.all": 1.0,
    "recognition.kept": 1.0, "polls.scale": 1.0,
}  # fmt: skip
"""Of parts that are left out; everything else is 0."""


@dataclass(frozen=True)
class Setting:
    """What does not change from draw to draw."""

    months: int
    lapse: int
    """Month in which the mandate ends; 0: never."""
    polls: NDArray[np.bool_]
    """[months + 1]."""
    level: int
    """How far the sender has eased at the beginning."""


def setting(case: Case, world: World) -> Setting:
    """From dates to months: the first at whose end the day has come."""
    assert case.as_of is not None, "checked on reading"
    polls = np.zeros(world.months + 1, dtype=np.bool_)
    for day in world.polls.on if world.polls else ():
        month = months_until(case.as_of, day)
        if month <= world.months:
            polls[month] = True
    known = world.recognition
    lapse = months_until(case.as_of, known.lapse) if known is not None and known.lapse is not None else 0
    level = 0
    if world.sender is not None:
        level = world.sender.steps.index(case.issues[world.sender.issue].status_quo or world.sender.steps[0])
    return Setting(world.months, lapse if lapse <= world.months else 0, polls, level)


def _most(path: str) -> float:
    """The largest that a number of the world can be: shares and rates end at 1."""
    free = path.rpartition(".")[2] in OPEN or path in ("recognition.now", "sender.now")
    return math.inf if free else 1.0


def world_parameters(case: Case, widen: float) -> list[Parameter]:
    """Every number of the world, its readings, policies, gestures and questions, in the order of the case."""
    found: list[Parameter] = []

    def add(path: str, value: object, upper: float = math.inf) -> None:
        if isinstance(value, Range):
            found.append(tailed(path, "", value, 0.0, upper, widen=widen))

    world = case.world
    if world is not None:
        for part in PARTS:
            spec = getattr(world, part)
            for key, value in spec.__dict__.items() if spec is not None else ():
                add(f"{part}.{key}", value, _most(f"{part}.{key}"))
                if key == "attack" and value is not None:
                    for name, number in value.__dict__.items():
                        add(f"survival.attack.{name}", number, 1.0 if name in ("cost", "prior") else math.inf)
                for n, loss in enumerate(value if key == "loss" else ()):
                    add(f"money.loss_{n}", loss, 1.0)
        for f, stakes in world.office.stakes.items():
            for outcome, value in stakes.items():
                found.append(tailed(f"stakes.{f}.{outcome}", f, value, -math.inf, math.inf, widen=widen))
        for f, readings in world.under.items():
            for r, changes in readings.items():
                for path, value in changes.items():
                    add(f"under.{f}.{r}.{path}", value, _most(path))
    for name, policy in case.policies.items():
        for path, value in policy.changes.items():
            add(f"policies.{name}.{path}", value, _most(path))
    for name, gesture in case.gestures.items():
        for r, value in gesture.likelihood.items():
            add(f"gestures.{name}.{r}", value, 1.0)
    for name, question in case.questions.items():
        for answer, spec in question.answers.items():
            add(f"questions.{name}.{answer}", spec, 1.0)
    return found


def world_values(
    case: Case, uniforms: NDArray[np.float64] | None, *, widen: float = 1.0
) -> dict[str, NDArray[np.float64]]:
    """Path → values [S] from ``uniforms`` [S, number of :func:`world_parameters`]; best estimates without."""
    return drawn(world_parameters(case, widen), uniforms)


def columns(
    problem: Problem,
    sample: Sample,
    values: Mapping[str, NDArray[np.float64]],
    names: Sequence[str],
    *,
    changes: Mapping[str, NDArray[np.float64] | float] | None = None,
) -> NDArray[np.float64]:
    """[len(names), S] the kernel's parameters in every draw, under the reading that is true there; ``changes`` come
    last."""
    world, size = problem.case.world, sample.draws
    assert world is not None
    level = setting(problem.case, world).level
    found = {name: np.full(size, _ABSENT.get(name, 0.0)) for name in names}
    if world.talks is not None:
        found["talks.now"] = np.full(size, float(world.talks.now))
    if world.sender is not None:
        found["sender.now"] = np.full(size, float(level))
    for name in names:
        if name in values:
            found[name] = values[name].copy()
    if "survival.attack.cost" in values:
        parts = (
            values[f"survival.attack.{key}"] for key in ("cost", "precision", "prior_precision", "prior")
        )
        found["survival.threshold"] = regime_threshold(*parts)
    losses = len(world.money.loss) if world.money else 0
    for n in range(losses, 3 if losses else 0):
        found[f"money.loss_{n}"] = found[f"money.loss_{losses - 1}"].copy()
    for f, readings in world.under.items():
        place = problem.factions.index(f)
        for r, changed in readings.items():
            which = sample.reading[place] == problem.readings[place].index(r)
            for path in changed:
                found[path] = np.where(which, values[f"under.{f}.{r}.{path}"], found[path])
    for path, value in (changes or {}).items():
        found[path] = np.broadcast_to(np.asarray(value, dtype=np.float64), (size,)).copy()
    return np.array([found[name] for name in names])


def flows(
    problem: Problem,
    sample: Sample,
    values: Mapping[str, NDArray[np.float64]],
    *,
    recognition: bool,
    package: Mapping[str, str] | None = None,
) -> NDArray[np.float64]:
    """[F, 5, 3, 3, S] points of every faction by office, easing and recognition, all else as it is.

    Without ``recognition`` the issue that says it stays at what chance has it in the draw, as for a deal. With a
    ``package`` all else is as in the package, terms included; one that settles who holds office settles it, whatever
    becomes of the incumbent in the world.
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
    # Per issue that the world moves: its options, and which of office, easing and recognition chooses among them.
    moving: list[tuple[str, list[str], int]] = []
    if sender is not None:
        moving.append((sender.issue, [sender.steps[min(n, len(sender.steps) - 1)] for n in range(3)], 1))
    if recognition and known is not None and known.issue is not None and known.bands is not None:
        moving.append((known.issue, list(known.bands), 2))
    if office.issue is not None and not settled:
        stays = _home(case, office.issue)
        moving.append((office.issue, [office.options.get(o, stays) for o in OUTCOMES], 0))
    issues = tuple(problem.issues.index(i) for i, _, _ in moving)
    chosen = [
        [problem.options[i].index(o) for o in names] for i, (_, names, _) in zip(issues, moving, strict=True)
    ]
    count, size = len(problem.factions), sample.draws
    everyone = tuple(range(count))
    at = Table("world", "", everyone, issues, all_of(*everyone), {})
    seen = seat(replace(problem, status_quo=here), sample, at)
    total = np.empty((count, len(OUTCOMES), 3, 3, size))
    for state in np.ndindex(total.shape[1:4]):
        options = [names[state[axis]] for names, (_, _, axis) in zip(chosen, moving, strict=True)]
        points = seen.base.astype(np.float64)
        for n, at_option in enumerate(options):
            points += seen.points[:, n, at_option]
        for t, (a, b) in enumerate(pairwise(seen.start.tolist())):
            if all(options[int(seen.issue[k])] == int(seen.option[k]) for k in range(a, b)):
                points += seen.add[:, t]
        total[(slice(None), *state)] = points * problem.step[:, None]
    for f, stakes in world.office.stakes.items() if not settled else ():
        for outcome in stakes:
            total[problem.factions.index(f), OUTCOMES.index(outcome)] += values[f"stakes.{f}.{outcome}"]
    return total


def _home(case: Case, issue: str) -> str:
    return case.issues[issue].status_quo or ""


def regime_threshold(
    cost: NDArray[np.float64],
    precision: NDArray[np.float64],
    prior_precision: NDArray[np.float64],
    prior: NDArray[np.float64],
) -> NDArray[np.float64]:
    """[S] strength below which a regime falls, in the global game of regime change (Morris & Shin 1998, 2003).

    The root of ``1 - Phi(sqrt(b / (a + b)) (Phi^-1(t) + a / sqrt(b) (z - t))) = c`` with cost c, private precision b, prior
    precision a and prior mean z; unique where b >= a^2 / (2 pi), and 1 - c without a prior.

    Raises
    ------
    UsageError
        It is not unique in some draw.
    """
    vague = (precision <= 0) | (precision < prior_precision**2 / (2 * math.pi)) | (cost <= 0) | (cost >= 1)
    if vague.any():
        raise UsageError(
            f"world.survival.attack: in {int(vague.sum())} of {len(cost)} draws no single threshold follows: what each sees "
            "(precision, above 0 and at least prior_precision² / 2π) is too vague, or the cost is not between 0 and 1; "
            "narrow these ranges, or use a smaller --widen"
        )
    found = np.empty(len(cost))
    normal = NormalDist()
    for n, (c, b, a, z) in enumerate(zip(cost, precision, prior_precision, prior, strict=True)):
        low, high = 1e-12, 1 - 1e-12
        for _ in range(60):
            t = (low + high) / 2
            x = math.sqrt(b / (a + b)) * (normal.inv_cdf(t) + a / math.sqrt(b) * (z - t))
            # With rising strength fewer attack: what is left after the cost falls.
            low, high = (t, high) if 1 - normal.cdf(x) > c else (low, t)
        found[n] = (low + high) / 2
    return found
