"""The chain of chances of a package, one draw after another, in plain Python.

In a draw, with D_f what no deal is worth to f, n rounds of which k ended in an agreement, p the judged chance of a signature,
which counts for w rounds, and sigma the spread of temptations:

    f accepts x:   U_f(x) >= D_f, and x breaks no line of f
    open:          some package that changes something is acceptable
    acceptable:    those who accept x are enough for everybody who is asked
    signed:        acceptable (w p + k) / (w + n)
    begun:         signed, times the chance to comply of every party that has to, times h_0
    kept:          begun, times h_1 .. h_K
    h_k:           the largest, over the smallest sets of factions that are enough, of the product of
                   1 / (1 + exp(-m_kf / sigma)) over the set; where sigma is 0, of m_kf >= 0; and 0 where a step of the
                   stage begins after the last month for that, or is done after the last month for that

A party has to comply if nothing is agreed without one of its factions, or if one of them belongs to a smallest set that
controls something that x moves. m_kf is the margin of f at stage k of the order in which x is carried out
(``oracles.roadmap``), minus infinity if going on passes through a line of f there or later; a way out that passes through one
is not taken, and where every way out does the margin is infinite. After a breakdown lines count only where more of them are
broken than before anything was done.

Who is asked comes in as a function of those who accept; the order, and what is judged of its steps in a draw, come in as
the product has them, which other oracles look at. What a package is worth, whose lines it breaks and what that leads to is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import exp, inf, prod
from typing import NamedTuple

import numpy as np

from detente.kernels.sequencing import Terms
from detente.problem import Problem, Sample
from detente.prospects.road import Road
from tests.oracles.roadmap import Agenda, Plan, Steps, deviations, kept, matches, revocable, standing, values
from tests.oracles.roadmap import stages as staged

Consent = frozenset[str]
Agrees = Callable[[Consent, dict[str, str]], bool]


class Chain(NamedTuple):
    """In one draw, or on average."""

    open: float
    acceptable: float
    signed: float
    begun: float
    kept: float


@dataclass(frozen=True)
class Asked:
    """A package as seen by those whose consent is asked."""

    problem: Problem
    sample: Sample
    points: np.ndarray
    """[F, I, L, S] of the sample, as they are where what is asked is settled."""
    factions: tuple[str, ...]
    """Whose consent can matter."""
    agrees: Agrees
    moves: dict[str, str]
    others: tuple[dict[str, str], ...]
    """All packages that could be had, each as what it moves."""

    def place(self, moves: dict[str, str], s: int) -> list[int]:
        """The option of every issue in a draw: what chance decided, what the package moves, else what is."""
        found = []
        for i, name in enumerate(self.problem.issues):
            given = self.problem.case.issues[name].status_quo
            drawn = int(self.sample.outside[i, s])
            option = moves.get(name, given)
            assert option is not None
            found.append(drawn if drawn >= 0 else self.problem.options[i].index(option))
        return found

    def hit(self, place: Sequence[int]) -> list[int]:
        """The combinations that are there."""
        return [
            t for t, pattern in enumerate(self.problem.patterns) if all(place[i] == o for i, o in pattern)
        ]

    def accepts(self, name: str, moves: dict[str, str], s: int) -> bool:
        f, place = self.problem.factions.index(name), self.place(moves, s)
        worth = sum(int(self.points[f, i, o, s]) for i, o in enumerate(place))
        worth += sum(int(self.sample.add[f, t, s]) for t in self.hit(place))
        broken = any(self.sample.broken[f, t, s] for t in self.hit(place))
        return worth >= int(self.sample.no_deal[f, s]) and not broken

    def acceptable(self, moves: dict[str, str], s: int) -> bool:
        yes = frozenset(f for f in self.problem.factions if self.accepts(f, moves, s))
        return self.agrees(yes, moves)

    @cached_property
    def enough(self) -> list[Consent]:
        """The smallest sets whose consent is enough."""
        found: list[Consent] = []
        for size in range(len(self.factions) + 1):
            for some in map(frozenset, combinations(self.factions, size)):
                if self.agrees(some, self.moves) and not any(fewer <= some for fewer in found):
                    found.append(some)
        return found

    def obliged(self, controls: Callable[[str, str, Consent], bool]) -> set[str]:
        """Parties that have to make their own sides comply; ``controls``: whether some factions move an issue to an option."""
        everybody = frozenset(self.problem.factions)
        needed = {f for f in everybody if not self.agrees(everybody - {f}, self.moves)}
        for issue, option in self.moves.items():
            for size in range(len(everybody)):
                for some in map(frozenset, combinations(sorted(everybody), size)):
                    needed |= {
                        f
                        for f in everybody - some
                        if not controls(issue, option, some) and controls(issue, option, some | {f})
                    }
        return {self.problem.party_of[self.problem.factions.index(f)] for f in needed}


# --- whether stages hold ------------------------------------------------------------------------------------


def agenda(asked: Asked, road: Road, terms: Terms, s: int) -> tuple[Agenda, list[list[bool]]]:
    """The steps of a package in a draw, and [faction][term] whether the term is a line of the faction."""
    problem, sample, steps = asked.problem, asked.sample, road.of.steps
    home = asked.place({}, s)
    on: list[Steps] = []
    off: list[Steps] = []
    which: list[int] = []
    for t, pattern in enumerate(problem.patterns):
        needs: set[int] = set()
        without: set[int] = set()
        possible = True
        for i, o in pattern:
            mine = [n for n, step in enumerate(steps) if step.issue == problem.issues[i]]
            reached = [home[i], *(problem.options[i].index(steps[n].option) for n in mine)]
            if o not in reached:
                possible = False
                continue
            k = reached.index(o)
            needs |= set(mine[k - 1 : k] if k else [])
            without |= set(mine[k : k + 1])
        if possible:
            which.append(t)
            on.append(frozenset(needs))
            off.append(frozenset(without))
    who = [problem.factions.index(f) for f in road.of.factions]
    grid = [float(problem.step[f]) for f in who]
    base, delta, points = [], [], []
    for f, step in zip(who, grid, strict=True):
        worth = [int(asked.points[f, i, o, s]) for i, o in enumerate(home)]
        base.append((sum(worth) - int(sample.no_deal[f, s])) * step)
        delta.append(tuple(_moves(asked, f, one.issue, one.before, one.option, s) * step for one in steps))
        points.append(tuple(int(sample.add[f, t, s]) * step for t in which))
    made = Agenda(
        base=tuple(base),
        delta=tuple(delta),
        on=tuple(on),
        off=tuple(off),
        excluded=tuple(bool(problem.excluded[t]) for t in which),
        points=tuple(points),
        needs=tuple(map(_steps, terms.needs)),
        after=tuple(map(_steps, terms.after)),
        month=tuple(int(m) for m in terms.month[:, s]),
        rho=tuple(float(r) for r in terms.rho[:, s]),
        horizon=tuple(int(h) for h in terms.horizon),
        own=tuple(map(_steps, terms.own)),
        reversible=_steps(terms.reversible),
        undo=_rows(terms.undo, s),
        penalty=_rows(terms.penalty, s),
        lapse=tuple(map(_steps, terms.lapse)),
        cost=tuple(float(c) for c in terms.cost[:, s]),
        batches=tuple(map(_steps, terms.batches)),
        winning=(),
    )
    return made, [[bool(sample.broken[f, t, s]) for t in which] for f in who]


def _moves(asked: Asked, f: int, issue: str, before: str, after: str, s: int) -> int:
    i = asked.problem.issues.index(issue)
    a, b = (int(asked.points[f, i, asked.problem.options[i].index(o), s]) for o in (before, after))
    return b - a


def _steps(mask: int) -> Steps:
    return frozenset(n for n in range(64) if int(mask) >> n & 1)


def _rows(of: np.ndarray, s: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(x) for x in row) for row in of[:, :, s])


def margins(of: Agenda, lines: list[list[bool]], plan: Plan) -> list[list[float]]:
    """[stage][faction]."""

    def broken(f: int, done: Steps) -> int:
        return sum(lines[f][t] for t in range(len(of.on)) if matches(of, t, done))

    def bad(f: int, after: Steps) -> bool:
        """Of what stays after a breakdown."""
        return broken(f, after) > broken(f, frozenset())

    seen = staged(of, plan)
    going, leaving = values(of, plan), deviations(of, plan)
    found: list[list[float]] = []
    for n, (done, batch, _) in enumerate(seen):
        row = []
        for f in range(len(of.base)):
            ways = dict(leaving[n][f])
            if bad(f, kept(of, done, f)):
                del ways["walk_off"]
            for kind, back in (("withhold", frozenset()), ("take_back", revocable(of, done, f))):
                there = standing(of, (done | batch) - (batch & of.own[f]) - back - of.lapse[f])
                if kind in ways and (broken(f, there) or bad(f, kept(of, there, f))):
                    del ways[kind]
            margin = going[n][f] - max(ways.values()) - of.cost[f] if ways else inf
            ahead = any(broken(f, later | taken) for later, taken, _ in seen[n:])
            row.append(-inf if ahead else margin)
        found.append(row)
    return found


def stays(margin: float, sigma: float) -> float:
    if sigma == 0 or abs(margin) == inf:
        return float(margin >= 0)
    return 1 / (1 + exp(-margin / sigma)) if margin > -700 * sigma else 0.0


# --- the chain ----------------------------------------------------------------------------------------------


class Judged(NamedTuple):
    """What is judged of signing and keeping: [S] each; ``rounds`` and ``agreements`` of the record."""

    chance: np.ndarray
    counts: int
    rounds: int
    agreements: int
    sigma: np.ndarray


def chain(asked: Asked, judged: Judged, road: Road, terms: Terms, obliged: set[str]) -> list[Chain]:
    """In every draw."""
    parties = list(asked.problem.case.parties)
    plan = tuple(_steps(int(terms.batches[b])) for b in road.plan.order)
    found = []
    for s in range(asked.sample.draws):
        of, lines = agenda(asked, road, terms, s)
        acceptable = asked.acceptable(asked.moves, s)
        is_open = any(asked.acceptable(other, s) for other in asked.others)
        p = (judged.counts * judged.chance[s] + judged.agreements) / (judged.counts + judged.rounds)
        holds = []
        for row in margins(of, lines, plan):
            each = dict(zip(road.of.factions, (stays(m, judged.sigma[s]) for m in row), strict=True))
            holds.append(max(prod(each[f] for f in some) for some in asked.enough))
        begins, ends = road.of.begun.tolist(), road.of.done.tolist()
        for n, (_, batch, tau) in enumerate(staged(of, plan)):
            if any(tau > begins[step] or tau + of.month[step] > ends[step] for step in batch):
                holds[n] = 0
        comply = prod(float(asked.sample.delivers[parties.index(party), s]) for party in obliged)
        signed = acceptable * p
        begun = signed * comply * holds[0]
        found.append(Chain(float(is_open), float(acceptable), signed, begun, begun * prod(holds[1:])))
    return found
