"""One set of draws and its worlds: what is counted in them, and the figures that are read off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Binary, Call, Is, Name, Node
from detente.case.wired import NOTHING, Revision, Wired, wired
from detente.draws import REPLICATES
from detente.problem.ground import Ground
from detente.problem.steps import patience
from detente.world.crew import Simulates
from detente.world.run import Ensemble
from detente.world.scenario import Looked, moving, simulate
from detente.world.stills import stilled
from detente.world.worth import Account, account, flow, value

__all__ = ["Seen", "View", "every", "happened"]

Floats = NDArray[np.float64]


EVERY = 8
"""Every eighth draw is looked at where something is changed and there are enough."""


def every(draws: int) -> int:
    """Where something is changed, one draw in so many is looked at, of ``draws`` in all: 8 where each replicate then has as many
    as any other, else 1."""
    return EVERY if draws % (EVERY * REPLICATES) == 0 else 1


def happened(event: str) -> Node:
    """The condition that an event has happened."""
    return Call(0, "happened", (Name(0, event),))


@dataclass(frozen=True)
class Seen:
    """Worlds under a revision."""

    account: Account
    place: Mapping[Node, int]
    """Condition → where it is counted."""
    found: Ensemble
    rho: Floats

    def share(self, condition: Node) -> Floats:
        """[S, T + 1] share of worlds in which a condition holds."""
        shares: Floats = self.found.counts[:, :, self.place[condition]] / self.found.per
        return shares

    def ended(self, condition: Node) -> Floats:
        """[S] the same in the last month."""
        shares: Floats = self.found.counts[:, -1, self.place[condition]] / self.found.per
        return shares

    @cached_property
    def flow(self) -> Floats:
        """[F, S, T + 1]."""
        return flow(self.account, self.found)

    @cached_property
    def worth(self) -> Floats:
        """[F, S]."""
        return value(self.flow, self.rho)


@dataclass(frozen=True)
class View:
    """Draws in which worlds are looked at."""

    ground: Ground
    per: int
    always: Revision
    """What is changed in all of them, as asked."""
    crew: Simulates | None = None
    """Who simulates; the answer does not depend on it."""
    asked: tuple[Node, ...] = ()
    """Conditions that are counted in the world as it is."""
    paths: tuple[str, ...] = ()
    """Levels of which some worlds are kept of it."""

    @property
    def of(self) -> Wired:
        """The world of the case."""
        return wired(self.ground.problem.case)

    @cached_property
    def rho(self) -> Floats:
        """[F, S]."""
        problem = self.ground.problem
        return patience(problem, self.ground.sample, self.ground.steps, problem.factions)

    @property
    def events(self) -> list[str]:
        """All events of the world."""
        return [n for n, slot in self.of.wiring.slots.items() if slot.sort == "event"]

    def options(self, revision: Revision = NOTHING) -> dict[str, tuple[str, ...]]:
        """Issue that the world moves → its options."""
        return {i: self.of.wiring.slots[i].options for i in moving(self.of, self._whole(revision))}

    def _whole(self, revision: Revision) -> Revision:
        return Revision(
            {**revision.changes, **self.always.changes},
            {**revision.holds, **self.always.holds},
            {**revision.settles, **self.always.settles},
            revision.stops | self.always.stops,
            {i: month for i, month in revision.until.items() if i not in self.always.settles},
        )

    def run(self, revision: Revision) -> Seen:
        """Worlds under a revision: everything that values, events and issues need."""
        return self._run(revision, (), ())

    def _run(self, revision: Revision, asked: tuple[Node, ...], paths: tuple[str, ...]) -> Seen:
        whole, (sums, place) = self._whole(revision), self._counted(revision, asked)
        looked = Looked(tuple(place), sums.summed, paths)
        found = simulate(self.ground, whole, looked, per=self.per, crew=self.crew)
        return Seen(sums, place, found, self.rho)

    def _counted(self, revision: Revision, asked: tuple[Node, ...]) -> tuple[Account, dict[Node, int]]:
        """What is counted under a revision: for values, and condition → where it is."""
        sums = account(self.ground, self._whole(revision))
        options = [Is(0, issue, o) for issue, os in self.options(revision).items() for o in os]
        every = dict.fromkeys([*sums.asked, *map(happened, self.events), *options, *asked])
        return sums, {node: n for n, node in enumerate(every)}

    def stilled(self, parts: Sequence[str]) -> Iterator[Seen]:
        """Worlds in which one part after another stands still, as :meth:`run` finds them."""
        sums, place = self._counted(NOTHING, ())  # what stands still is counted as ever
        looked = Looked(tuple(place), sums.summed)
        always = self.always
        assert always == Revision(stops=always.stops)
        each = stilled(self.ground, always.stops, parts, looked, per=self.per, crew=self.crew)
        return (Seen(sums, place, found, self.rho) for found in each)

    @cached_property
    def base(self) -> Seen:
        """The world as it is."""
        return self._run(NOTHING, self.asked, self.paths)

    @cached_property
    def elsewhere(self) -> View:
        """The same draws in other worlds, where something is chosen that is reported in these."""
        return replace(self, ground=replace(self.ground, seed=~self.ground.seed), asked=(), paths=())

    def only(self, every: int) -> View:
        """The same on every so manieth draw."""
        which = np.arange(0, self.ground.sample.draws, every)
        return replace(self, ground=self.ground.only(which), asked=(), paths=())


def both(one: Node, two: Node | None) -> Node:
    """A condition and another, where there is one."""
    return one if two is None else Binary(0, "and", one, two)
