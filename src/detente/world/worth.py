"""What the path of a world is worth to each faction.

A faction's value of a path is its discounted flow, normalised so that a constant flow is worth itself; what stands at the last
month stays for ever::

    V = (1 - rho) sum_{t=1..T} rho^(t-1) u(t) + rho^T u(T)

The flow is its utility of what the issues are in a month, terms of several issues included, plus its stakes: points for
each event that has happened, and for each unit of a level. Lines decide consent and are not in it. An issue that the world
does not move stays where it is; one that is decided outside and does not move is what chance has it in the draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Binary, Call, Is, Name, Node
from detente.case.wired import NOTHING, Revision, wired
from detente.problem.build import Problem
from detente.problem.ground import Ground
from detente.problem.sample import Sample
from detente.world.run import Ensemble
from detente.world.scenario import Looked, moving

__all__ = ["Account", "account", "flow", "later", "termed", "value", "weights"]

Floats = NDArray[np.float64]


class Account(NamedTuple):
    """What is asked of a world, and what the answers are worth. ``A`` conditions, ``B`` levels."""

    asked: tuple[Node, ...]
    gains: Floats
    """[A, F, S] points where a condition holds."""
    summed: tuple[str, ...]
    rates: Floats
    """[B, F, S] points a unit."""
    base: Floats
    """[F, S] points where no condition holds and every level is 0."""

    @property
    def looked(self) -> Looked:
        """What has to be counted."""
        return Looked(self.asked, self.summed)


def account(ground: Ground, revision: Revision = NOTHING, which: Sequence[int] | None = None) -> Account:
    """Of the world under a revision; to the factions ``which``, or to all."""
    problem, sample = ground.problem, ground.sample
    assert problem.status_quo is not None
    whose = list(range(len(problem.factions)) if which is None else which)
    worth_of, add = sample.points[whose], sample.add[whose]
    of = wired(problem.case)
    moves = [problem.issues.index(issue) for issue in (*moving(of, revision), *revision.until)]
    here = _standing(problem, sample, revision, moves)
    rows = np.arange(sample.draws)
    base = np.zeros((len(whose), sample.draws))
    asked: dict[Node, Floats] = {}

    def gain(node: Node, points: Floats) -> None:
        asked[node] = asked[node] + points if node in asked else points

    # What is asked hangs on the case and the revision alone, so that the same worlds serve any draws of the points.
    tying = termed(problem)
    step = problem.step[whose, None]
    for i in range(len(problem.issues)):
        stays = worth_of[:, i][:, here[i], rows] * step
        base += stays
        for o, option in enumerate(problem.options[i]) if i in moves else ():
            if o != problem.status_quo[i]:
                gain(Is(0, problem.issues[i], option), worth_of[:, i, o] * step - stays)
    for t, pattern in enumerate(problem.patterns):
        if pattern not in tying:
            continue
        points = add[:, t] * step
        rest = np.ones(sample.draws, dtype=np.bool_)
        for i, o in pattern:
            rest &= (here[i] == o) if i not in moves else True
        moved = [(i, o) for i, o in pattern if i in moves]
        if not moved:
            base += np.where(rest, points, 0.0)
        else:
            parts: list[Node] = [Is(0, problem.issues[i], problem.options[i][o]) for i, o in moved]
            gain(reduce(lambda a, b: Binary(0, "and", a, b), parts), np.where(rest, points, 0.0))
    summed: dict[str, Floats] = {}
    for stake in of.stakes:
        f = problem.factions.index(stake.faction)
        points = np.zeros_like(base)
        if f in whose:
            points[whose.index(f)] = ground.world[f"stakes.{stake.faction}.{stake.name}"]
        if stake.event:
            gain(Call(0, "happened", (Name(0, stake.name),)), points)
        else:
            summed[stake.name] = summed[stake.name] + points if stake.name in summed else points

    def stacked(points: Mapping[Any, Floats]) -> Floats:
        return np.array(list(points.values())).reshape(-1, *base.shape)

    return Account(tuple(asked), stacked(asked), tuple(summed), stacked(summed), base)


def termed(problem: Problem) -> set[tuple[tuple[int, int], ...]]:
    """Patterns of terms, which are worth points to somebody under some reading."""
    return {term.pattern for schemes in problem.schemes for scheme in schemes for term in scheme.terms}


def _standing(
    problem: Problem, sample: Sample, revision: Revision, moves: Sequence[int]
) -> NDArray[np.int64]:
    """[I, S] the option at which an issue stands, or from which it is moved; what ends is moved."""
    assert problem.status_quo is not None
    drawn = sample.outside.astype(np.int64)
    here: NDArray[np.int64] = np.where(drawn >= 0, drawn, problem.status_quo[:, None])
    here[list(moves)] = problem.status_quo[list(moves), None]
    for issue, option in revision.settles.items():
        if issue in revision.until:
            continue
        i = problem.issues.index(issue)
        here[i] = problem.options[i].index(option)
    return here


def flow(of: Account, found: Ensemble, *, first: int = 0) -> Floats:
    """[F, S, T + 1] mean points a month; conditions and levels of the account begin at ``first`` of those counted."""
    shares = found.shares[:, :, first : first + len(of.asked)]  # [S, T + 1, A]
    means = found.means[:, :, : len(of.summed)]
    total = np.matmul(shares, of.gains.transpose(2, 0, 1))  # [S, T + 1, F]
    total += np.matmul(means, of.rates.transpose(2, 0, 1))
    result: Floats = total.transpose(2, 0, 1) + of.base[:, :, None]
    return result


def value(flow: Floats, rho: Floats) -> Floats:
    """[F, S] of flows [F, S, T + 1] under monthly discount factors [F, S]."""
    total: Floats = (weights(rho, flow.shape[2] - 1) * flow[:, :, 1:]).sum(axis=2)
    return total


def weights(rho: Floats, months: int) -> Floats:
    """[..., T] what months 1 to T count for; they add up to 1."""
    found: Floats = (1 - rho)[..., None] * rho[..., None] ** np.arange(months)
    found[..., -1] += rho**months
    return found


def later(flow: Floats, rho: Floats, month: int) -> Floats:
    """[F, S] value of the path from a month on."""
    last = flow.shape[2] - 1
    return value(flow[:, :, month:], rho) if month < last else flow[:, :, -1]
