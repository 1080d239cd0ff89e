"""What is asked of a world under a revision, and whose points go with the answers: the same in all draws.

Points of a path are a sum of *pieces*: of where an issue stands, of an option that the world may move it to, of a term, of a stake.
Which of them counts, and with what that is asked of the world, hangs on the case and the revision alone. Revisions that settle one issue
each have nearly all of their pieces in common, so that those of many revisions are read off a sample once, on one *sheet*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Binary, Call, Is, Name, Node
from detente.case.wired import Revision, wired
from detente.problem.build import IntArray, Problem
from detente.problem.ground import Ground
from detente.world.scenario import Looked, moving

__all__ = [
    "Moved",
    "Outline",
    "Piece",
    "Points",
    "Sheet",
    "Staked",
    "Stands",
    "Tied",
    "outline",
    "sheet",
    "termed",
]

Floats = NDArray[np.float64]


class Stands(NamedTuple):
    """An issue at an option; None: at the one that is drawn."""

    issue: int
    option: int | None


class Moved(NamedTuple):
    """An option beyond the status quo of its issue."""

    issue: int
    option: int


class Tied(NamedTuple):
    """A term, where some issues are drawn at these options."""

    term: int
    drawn: tuple[tuple[int, int], ...]


class Staked(NamedTuple):
    """What is at stake for a faction."""

    faction: int
    path: str


Piece = Stands | Moved | Tied | Staked


class Outline(NamedTuple):
    """Which pieces count under a revision."""

    asked: Mapping[Node, tuple[Piece, ...]]
    """Where a condition holds."""
    summed: Mapping[str, tuple[Piece, ...]]
    """For each unit of a level."""
    base: tuple[Piece, ...]
    """Where no condition holds and every level is 0."""

    @property
    def looked(self) -> Looked:
        """What has to be counted."""
        return Looked(tuple(self.asked), tuple(self.summed))


def outline(problem: Problem, revision: Revision) -> Outline:
    """Of the world under a revision. What is asked does not hang on the points, so that the same worlds serve any draws of them."""
    assert problem.status_quo is not None
    of, case = wired(problem.case), problem.case
    moves = {problem.issues.index(issue) for issue in (*moving(of, revision), *revision.until)}
    here = dict(enumerate(problem.status_quo.tolist()))
    drawn = {
        i for i, name in enumerate(problem.issues) if case.issues[name].controlled_by == "outside"
    } - moves
    for issue, option in revision.settles.items():
        if (i := problem.issues.index(issue)) not in moves:
            here[i] = problem.options[i].index(option)
            drawn.discard(i)
    asked: dict[Node, tuple[Piece, ...]] = {}
    base: list[Piece] = []
    for i, issue in enumerate(problem.issues):
        base.append(Stands(i, None if i in drawn else here[i]))
        for o, option in enumerate(problem.options[i]) if i in moves else ():
            if o != here[i]:
                asked[Is(0, issue, option)] = (Moved(i, o),)
    tying = termed(problem)
    for t, pattern in enumerate(problem.patterns):
        if pattern not in tying:
            continue
        live = all(here[i] == o for i, o in pattern if i not in moves and i not in drawn)
        piece: tuple[Piece, ...] = (Tied(t, tuple((i, o) for i, o in pattern if i in drawn)),) if live else ()
        parts: list[Node] = [
            Is(0, problem.issues[i], problem.options[i][o]) for i, o in pattern if i in moves
        ]
        if parts:
            node = reduce(lambda a, b: Binary(0, "and", a, b), parts)
            asked[node] = asked.get(node, ()) + piece
        else:
            base += piece
    summed: dict[str, tuple[Piece, ...]] = {}
    for stake in of.stakes:
        piece = (Staked(problem.factions.index(stake.faction), f"stakes.{stake.faction}.{stake.name}"),)
        if stake.event:
            node = Call(0, "happened", (Name(0, stake.name),))
            asked[node] = asked.get(node, ()) + piece
        else:
            summed[stake.name] = summed.get(stake.name, ()) + piece
    return Outline(asked, summed, tuple(base))


def termed(problem: Problem) -> set[tuple[tuple[int, int], ...]]:
    """Patterns of terms, which are worth points to somebody under some reading."""
    return {term.pattern for schemes in problem.schemes for scheme in schemes for term in scheme.terms}


class Points:
    """What pieces are worth to some factions in each draw."""

    def __init__(self, ground: Ground, which: Sequence[int]) -> None:
        problem, self.sample, self.world = ground.problem, ground.sample, ground.world
        assert problem.status_quo is not None
        self.which, self.home = list(which), problem.status_quo
        self.points, self.add = self.sample.points[self.which], self.sample.add[self.which]
        self.step = problem.step[self.which, None]
        drawn = self.sample.outside
        self.here = np.where(drawn >= 0, drawn, self.home[:, None])

    def total(self, pieces: Sequence[Piece]) -> Floats:
        """[F, S] of some pieces together."""
        each = [self.of(piece) for piece in pieces]
        return sum(each[1:], each[0]) if each else np.zeros((len(self.which), self.sample.draws))

    def totals(self, each: Sequence[Sequence[Piece]]) -> Floats:
        """[N, F, S] of some pieces together, each time."""
        found = [self.total(pieces) for pieces in each]
        return np.array(found).reshape(-1, len(self.which), self.sample.draws)

    def of(self, piece: Piece) -> Floats:
        """[F, S] of one."""
        found: Floats
        if isinstance(piece, Staked):
            found = np.zeros((len(self.which), self.sample.draws))
            if piece.faction in self.which:
                found[self.which.index(piece.faction)] = self.world[piece.path]
        elif isinstance(piece, Tied):
            found = self.add[:, piece.term] * self.step
            for i, o in piece.drawn:
                found = np.where(self.here[i] == o, found, 0.0)
        elif isinstance(piece, Moved):
            i = piece.issue
            found = self.points[:, i, piece.option] * self.step - self.points[:, i, self.home[i]] * self.step
        elif piece.option is not None:
            found = self.points[:, piece.issue, piece.option] * self.step
        else:
            i = piece.issue
            found = self.points[:, i][:, self.here[i], np.arange(self.sample.draws)] * self.step
        return found


class Sheet(NamedTuple):
    """The pieces of R revisions, those together that count alike in all of them: C sums of what is asked, and D of what is not."""

    looked: Looked
    """What has to be counted for any of the revisions."""
    sums: tuple[tuple[Piece, ...], ...]
    columns: IntArray
    """[R, C] with which of what is counted, conditions and then levels, a sum goes; one beyond the last: with none."""
    fixed: tuple[tuple[Piece, ...], ...]
    there: Floats
    """[R, D] 1 where a fixed sum counts."""


def sheet(outlines: Sequence[Outline]) -> Sheet:
    """Of some revisions of the same world."""
    asked = tuple(dict.fromkeys(node for of in outlines for node in of.asked))
    looked = Looked(asked, tuple(outlines[0].summed))
    place = {what: n for n, what in enumerate((*looked.asked, *looked.summed))}
    times, nowhere = len(outlines), len(place)
    counted: dict[Piece, list[int]] = {}
    fixed: dict[Piece, list[int]] = {}
    for r, of in enumerate(outlines):
        for what, pieces in (*of.asked.items(), *of.summed.items()):
            for piece in pieces:
                counted.setdefault(piece, [nowhere] * times)[r] = place[what]
        for piece in of.base:
            fixed.setdefault(piece, [0] * times)[r] = 1
    sums, columns = _alike(counted)
    rest, there = _alike(fixed)
    return Sheet(
        looked, sums, columns.reshape(-1, times).T, rest, there.reshape(-1, times).T.astype(np.float64)
    )


def _alike(counted: Mapping[Piece, Sequence[int]]) -> tuple[tuple[tuple[Piece, ...], ...], IntArray]:
    """Pieces in groups that have the same numbers, and these."""
    groups: dict[tuple[int, ...], list[Piece]] = {}
    for piece, numbers in counted.items():
        groups.setdefault(tuple(numbers), []).append(piece)
    return tuple(map(tuple, groups.values())), np.array(list(groups), dtype=np.int64)
