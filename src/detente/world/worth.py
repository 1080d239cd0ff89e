"""What the path of a world is worth to each faction.

A faction's value of a path is its discounted flow, normalised so that a constant flow is worth itself; what stands at the last
month stays for ever::

    V = (1 - rho) sum_{t=1..T} rho^(t-1) u(t) + rho^T u(T)

The flow is its utility of what the issues are in a month, terms of several issues included, plus its stakes: points for
each event that has happened, and for each unit of a level. Lines decide consent and are not in it. An issue that the world
does not move stays where it is; one that is decided outside and does not move is what chance has it in the draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Node
from detente.case.wired import NOTHING, Revision
from detente.problem.ground import Ground
from detente.world.pieces import Points, outline
from detente.world.run import Ensemble
from detente.world.scenario import Looked

__all__ = ["Account", "account", "flow", "later", "value", "weights"]

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
    problem = ground.problem
    points = Points(ground, range(len(problem.factions)) if which is None else which)
    of = outline(problem, revision)
    gains, rates = (points.totals(list(each.values())) for each in (of.asked, of.summed))
    return Account(tuple(of.asked), gains, tuple(of.summed), rates, points.total(of.base))


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
