"""Stability in the graph model, straight from the definitions, in plain Python.

Fang, Hipel & Kilgour (1993), Interactive Decision Making, chapters 3 and 4; Xu, Hipel, Kilgour & Fang (2018),
Conflict Resolution Using the Graph Model, chapter 4. Legal sequences keep the rule that nobody moves twice in a
row literally, for movers of one faction; otherwise any order.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Game:
    """States are tuples of option indices."""

    states: tuple[tuple[int, ...], ...]
    allowed: frozenset[tuple[int, int, int]]
    """(issue, from, to), to differing from from."""
    movers: tuple[tuple[frozenset[int], frozenset[tuple[int, int]]], ...]
    """(factions, what they move where: (issue, to)) of each mover."""
    rank: tuple[tuple[int, ...], ...]
    """Per faction, per state."""
    control: tuple[tuple[tuple[frozenset[int], ...], ...], ...] = ()
    """Per issue and option the smallest sets of factions that move it there."""

    def can_move(self, mover: int, s: int, t: int) -> bool:
        changed = [i for i, (a, b) in enumerate(zip(self.states[s], self.states[t], strict=True)) if a != b]
        return bool(changed) and all(
            (i, self.states[t][i]) in self.movers[mover][1]
            and (i, self.states[s][i], self.states[t][i]) in self.allowed
            for i in changed
        )

    @cached_property
    def _targets(self) -> dict[tuple[int, int], list[int]]:
        n = range(len(self.states))
        return {(m, s): [t for t in n if self.can_move(m, s, t)] for m in range(len(self.movers)) for s in n}

    def targets(self, mover: int, s: int) -> list[int]:
        return self._targets[mover, s]

    def prefers(self, mover: int, t: int, s: int) -> bool:
        group = self.movers[mover][0]
        return all(self.rank[f][t] >= self.rank[f][s] for f in group) and any(
            self.rank[f][t] > self.rank[f][s] for f in group
        )

    def opponents(self, mover: int) -> list[int]:
        return [k for k, (group, _) in enumerate(self.movers) if not group & self.movers[mover][0]]

    def sanctions(self, mover: int, t: int, *, improving: bool) -> set[int]:
        """States that the opponents can bring about from t by a legal sequence of at least one move."""
        single = all(len(group) == 1 for group, _ in self.movers)
        seen: set[tuple[int, int]] = set()
        todo = [(t, -1)]
        while todo:
            s, last = todo.pop()
            for k in self.opponents(mover):
                if single and k == last:
                    continue
                for u in self.targets(k, s):
                    if (not improving or self.prefers(k, u, s)) and (u, k) not in seen:
                        seen.add((u, k))
                        todo.append((u, k))
        return {s for s, _ in seen}

    def improvements(self, mover: int, s: int) -> list[int]:
        return [t for t in self.targets(mover, s) if self.prefers(mover, t, s)]

    def deterred(self, concept: str, mover: int, s: int, t: int) -> bool:
        """Whether the opponents can make leaving s for t, an improvement, not worth while."""
        for u in self.sanctions(mover, t, improving=concept in ("seq", "sseq")):
            escapes = concept in ("smr", "sseq") and any(
                self.prefers(mover, v, s) for v in self.targets(mover, u)
            )
            if not self.prefers(mover, u, s) and not escapes:
                return True
        return False

    def stable(self, concept: str, mover: int, s: int) -> bool:
        ways_out = self.improvements(mover, s)
        if concept == "nash":
            return not ways_out
        return all(self.deterred(concept, mover, s, t) for t in ways_out)

    def joint_improvement(self, s: int, t: int) -> bool:
        """Whether some coalition can and wants to go from s to t in one joint move."""
        changed = [i for i, (a, b) in enumerate(zip(self.states[s], self.states[t], strict=True)) if a != b]
        if not changed or any((i, self.states[s][i], self.states[t][i]) not in self.allowed for i in changed):
            return False
        for chosen in itertools.product(*(self.control[i][self.states[t][i]] for i in changed)):
            coalition = frozenset().union(*chosen)
            if all(self.rank[f][t] >= self.rank[f][s] for f in coalition) and any(
                self.rank[f][t] > self.rank[f][s] for f in coalition
            ):
                return True
        return False

    def distances(self, source: int) -> list[int]:
        """Length of the shortest path of improvements from ``source``, -1 where there is none."""
        found = {source: 0}
        layer: Sequence[int] = [source]
        while layer:
            following = []
            for s in layer:
                for m in range(len(self.movers)):
                    for t in self.targets(m, s):
                        if t not in found and self.prefers(m, t, s):
                            found[t] = found[s] + 1
                            following.append(t)
            layer = following
        return [found.get(s, -1) for s in range(len(self.states))]
