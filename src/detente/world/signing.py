"""What the world makes of the deal: no-deal values, and what an option that is settled is worth in it.

No deal is the world going on with the talks off, and what somebody can do alone on top of it
(:mod:`detente.problem.own`). Signing an option settles its issue, whatever happens, and leaves the
rest of the world running; an option that stays as it is settles nothing. So a package that moves nothing is worth exactly as
much as the world going on, and one that moves a single issue exactly what that issue, settled, makes of the world. What stands for a time only is settled to its end, and then where the
world, which has gone on, would have it. Of several issues
the differences are added, terms between them included: that is exact where no equation reads more than one of them.

Worlds hang on the numbers of the world and on the readings, and on nothing else that is drawn, and what they are worth is
linear in everybody's points. Numbers of the world are drawn apart from all others, so every draw may take those of another
one: a few of them (:data:`LENT`) serve all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, product
from math import prod

import numpy as np
from numpy.typing import NDArray

from detente.case.lapses import ends_of, lapses
from detente.case.typed import named
from detente.case.wired import Revision, wired
from detente.errors import LimitError
from detente.problem.build import MAX_STEPS, Problem
from detente.problem.fading import terms_faded
from detente.problem.ground import Ground
from detente.problem.own import own_gains
from detente.problem.sample import Sample, fitting, most
from detente.problem.steps import patience
from detente.problem.worth import worth
from detente.world.pieces import Points, outline, sheet, termed
from detente.world.run import Ensemble
from detente.world.scenario import branches, simulate
from detente.world.worth import account, flow, value, weights

__all__ = [
    "CHOOSING",
    "EACH",
    "FINE",
    "GOING_ON",
    "PER",
    "Counted",
    "Settled",
    "best_worlds",
    "going_on",
    "hinges",
    "signed",
    "told",
]

Floats = NDArray[np.float64]

PER = 128
"""Worlds for each draw where what happens is counted, and what no deal is worth: the deal and the outlook say one number."""

EACH = 64
"""Worlds for each draw of the world's numbers that is lent, the fewest that take no less time than half as many. Every option is
settled in the same ones, so that chance hardly counts in differences (``python -m bench.luck``)."""

LENT = 128
"""Draws of the world's numbers that all draws of a combination of readings share between them, at most;"""
LEAST = 16
"""where worlds take more than ``EFFORT``, fewer, and at least so many, as far as there are draws: two for each replicate, so that the
stated errors have in them how few they are. What chance in worlds adds to these is a fifth; with half as many it is two fifths
(``python -m bench.luck venezuela-2021 3``: of packages of the Venezuelan case that a twelfth of the draws accept, 0.71 points with 32
lent, 0.77 with 16, 0.87 with 8)."""
EFFORT = 1 << 23
"""World-months that draws which are lent may take: a fraction of a second. At best estimates three times as many, under readings that are
supposed instead half as many."""

CHOOSING = 2
"""So many times fewer where packages are chosen, which shows in no number but only in which package is looked at."""

BEST = 1 << 12
"""Worlds at best estimates in which options are settled, at least, all with the same luck: of fewer it hangs on the seed whether one
of fifty million packages is agreed (``detente deal venezuela-2021 --seed N``);"""
SUPPOSED = 1 << 10
"""under readings that are supposed instead;"""
GOING_ON = 1 << 13
"""and in which the world goes on, which is the most."""

UNSHARED = 1 << 18
"""Multiplications in a product of matrices up to which BLAS does it on one thread: more threads cost more than so few are worth."""

NODES = 12
"""Values of patience at which paths are discounted, and polynomials laid between; twice as many until they are good enough."""

FINE = 1e-6
"""Good enough: no path within a point of nothing is worth so much more or less at any patience."""


def hinges(problem: Problem) -> tuple[str, ...]:
    """Issues whose options make a difference to the world, or that it moves: those that equations read, that the world moves,
    that a term ties to one that it moves, and those of which an option ends."""
    of = wired(problem.case)
    read = {
        name
        for equation in of.wiring.equations.values()
        for node in (equation.next, equation.when, equation.start)
        if node is not None
        for name in named(node)
    }
    moves = {*of.wiring.moves}
    tied = {
        problem.issues[i]
        for pattern in termed(problem)
        if any(problem.issues[i] in moves for i, _ in pattern)
        for i, _ in pattern
    }
    ends = {issue for issue, _ in lapses(problem.case)}
    return tuple(issue for issue in problem.issues if issue in read | moves | tied | ends)


class Settled:
    """What every option of every hinge makes of the world, in some draws of its numbers."""

    def __init__(
        self,
        ground: Ground,
        per: int,
        *,
        more: int = 0,
        supposed: int = 0,
        alike: bool = False,
        fewer: int = 1,
    ) -> None:
        """``supposed``: worlds under readings that are not those of the ground, if not ``per``, of which there is one draw then.
        ``more``: worlds in which the world goes on, if not ``per``, and every month is kept, so that draws of any patience may
        share the worlds. ``alike``: every draw has worlds of
        its own numbers, and all meet the same luck, that of the first. ``fewer``: so many times fewer draws lend theirs."""
        problem = ground.problem
        assert problem.case.world is not None
        assert not supposed or ground.sample.draws == 1
        self.ground, self.per, self.more, self.alike, self.fewer = ground, per, more, alike, fewer
        self.supposed = supposed or per
        self.options = tuple(_options(problem))
        """Issues and options that are settled, one at a time."""
        off = frozenset(operator.part for operator in wired(problem.case).operators)
        alone: tuple[dict[str, str], ...] = ({}, *({issue: option} for issue, option in self.options))
        self.revisions = tuple(
            Revision(settles=one, stops=off, until=ends_of(problem.case, one)) for one in alone
        )
        """The world going on, and with each option settled."""
        self.off = off
        self.minded = {
            f: problem.readings[f]
            for f in map(problem.factions.index, problem.case.world.under)
            if problem.readings[f]
        }
        """Factions whose readings change the world, and these."""
        self.ran = [*range(len(self.revisions)), *([0] if more else [])]
        """Revisions in the order in which their worlds are run: once more the world going on, where there are ``more``."""
        self.sheet = sheet([outline(problem, revision) for revision in self.revisions])
        self.rho = None if more else _nodes(ground)
        self.found: dict[tuple[int, ...], Floats] = {}
        """Readings that are true → [W, R, K, C]."""

    def worth(self, ground: Ground) -> Floats:
        """[R, F, S] value of the path of the world under each revision, to the factions whose value is computed, in draws that
        share the numbers of these."""
        problem, names = ground.problem, ground.problem.case.computed
        points = Points(ground, [problem.factions.index(f) for f in names])
        rho = patience(problem, ground.sample, ground.steps, names)
        between = weights(rho, _months(problem)) if self.rho is None else _between(self.rho, rho)
        rows, worlds = self._shares(ground.sample)
        found = _discounted(points.totals(self.sheet.sums), between, rows, worlds)
        fixed = points.totals(self.sheet.fixed)
        found += _product(self.sheet.there[self.ran], fixed.reshape(len(fixed), -1)).reshape(found.shape)
        if self.more:
            found = found[:-1] + (found[-1] - found[0])
        return found

    def everything(self) -> None:
        """Runs the worlds of every combination of readings, for who is going to ask for more than one: together they take one
        program."""
        self._run([places for places in self._combinations() if places not in self.found])

    def _combinations(self) -> Iterator[tuple[int, ...]]:
        return product(*(range(len(names)) for names in self.minded.values()))

    def lent(self) -> NDArray[np.int64]:
        """[S] whose numbers of the world each draw takes, where none takes another reading's."""
        draws = self.ground.sample.draws
        size = self._size()
        taken: NDArray[np.int64] = (np.arange(draws) * size // draws) * draws // size
        return taken

    def _size(self) -> int:
        """Draws of the world's numbers under each combination of readings."""
        if self.alike:
            return self.ground.sample.draws
        readings = prod(len(names) for names in self.minded.values())
        takes = readings * len(self.revisions) * _months(self.ground.problem) * self.per
        return min(self.ground.sample.draws, _power(EFFORT // takes, LEAST, LENT) // self.fewer)

    def _shares(self, sample: Sample) -> tuple[NDArray[np.int64], list[Floats]]:
        """[S] which worlds a draw takes, and each of these: [R, K, C] discounted shares and means of what goes with each sum of
        the sheet; where there are ``more`` worlds, once more of those."""
        true = {
            places: np.all([sample.reading[f] == k for f, k in zip(self.minded, places, strict=True)], axis=0)
            for places in self._combinations()
        }
        here = {places: which for places, which in true.items() if np.any(which)}
        missing = [places for places in here if places not in self.found]
        if missing and self.found and self.more:
            # Who asks for a second combination of readings goes on to ask for the others.
            missing = [places for places in true if places not in self.found]
        self._run(missing)
        rows, count = np.zeros(sample.draws, dtype=np.int64), 0
        for places, which in here.items():
            size = len(self.found[places])
            rows = np.where(which, count + np.arange(sample.draws) * size // sample.draws, rows)
            count += size
        return rows, [paths for places in here for paths in self.found[places]]

    def _run(self, readings: Sequence[tuple[int, ...]]) -> None:
        """Where some readings are true, each in draws of the world's numbers evenly spaced among all."""
        own = tuple(int(self.ground.sample.reading[f, 0]) for f in self.minded)
        apart = self.supposed != self.per
        self._ran([places for places in readings if places == own or not apart], self.per)
        self._ran([places for places in readings if places != own and apart], self.supposed)

    def _ran(self, readings: Sequence[tuple[int, ...]], per: int) -> None:
        if not readings:
            return
        draws = self.ground.sample.draws
        size = self._size()
        lent = self.ground.only(np.tile(np.arange(size) * draws // size, len(readings)))
        reading = lent.sample.reading.copy()
        for n, f in enumerate(self.minded):
            reading[f] = np.repeat([places[n] for places in readings], size)
        lent = replace(lent, sample=replace(lent.sample, reading=reading))
        settled = [revision.settles for revision in self.revisions]
        cycle, looked = 1 if self.alike else size, self.sheet.looked
        off = Revision(stops=self.off)
        worlds = branches(lent, off, settled, looked, per=per, cycle=cycle)
        if self.more:
            worlds = chain(worlds, branches(lent, off, [{}], looked, per=self.more, cycle=cycle))
        found = np.array([self._paths(ran, r) for ran, r in zip(worlds, self.ran, strict=True)])
        for n, places in enumerate(readings):
            self.found[places] = np.ascontiguousarray(found[:, n * size : (n + 1) * size].swapaxes(0, 1))

    def _paths(self, ran: Ensemble, revision: int) -> Floats:
        """[W, K, C] of one revision."""
        paths = np.concatenate([ran.shares, ran.means], axis=2)[:, 1:]  # [W, T, A + B]
        if self.rho is not None:
            paths = np.matmul(weights(self.rho, paths.shape[1]), paths)
        nothing = np.zeros((*paths.shape[:2], 1))
        found: Floats = np.concatenate([paths, nothing], axis=2)[:, :, self.sheet.columns[revision]]
        return found


def _discounted(gains: Floats, between: Floats, rows: NDArray[np.int64], worlds: Sequence[Floats]) -> Floats:
    """[R, F, S] from [C, F, S] points, [F, S, K] what the values at nodes count for, and the worlds [R, K, C] that draws take."""
    count, factions, draws = gains.shape
    # Draws of the same world stand together.
    order = np.argsort(rows, kind="stable")
    gains = np.ascontiguousarray(gains[:, :, order].transpose(2, 1, 0)).reshape(-1, count)  # [S F, C]
    between = np.ascontiguousarray(between[:, order].transpose(2, 1, 0)).reshape(-1, draws * factions)
    times = len(worlds[0])
    total = np.empty((times, draws * factions))
    ends = factions * np.cumsum(np.bincount(rows, minlength=len(worlds)))
    for paths, low, high in zip(worlds, [0, *ends[:-1]], ends, strict=True):
        each = _product(paths, gains[low:high].T)
        np.einsum("rkx,kx->rx", each, between[:, low:high], out=total[:, low:high])
    found = np.empty((times, factions, draws))
    found[:, :, order] = total.reshape(times, draws, factions).transpose(0, 2, 1)
    return found


def _product(left: Floats, right: Floats) -> Floats:
    """[..., N, M] of [..., N, C] and [C, M], a few columns at a time."""
    width = max(1, UNSHARED // max(1, left.shape[-2] * left.shape[-1]))
    found = np.empty((*left.shape[:-1], right.shape[1]))
    for low in range(0, right.shape[1], width):
        some = slice(low, low + width)
        np.matmul(left, right[:, some], out=found[..., some])
    return found


def best_worlds(problem: Problem) -> tuple[int, int]:
    """Worlds at best estimates in which options are settled, and under readings that are supposed instead."""
    takes = (1 + len(tuple(_options(problem)))) * _months(problem)
    return _power(3 * EFFORT // takes, BEST, GOING_ON), _power(EFFORT // 2 // takes, SUPPOSED, GOING_ON)


def _months(problem: Problem) -> int:
    assert problem.case.world is not None
    return problem.case.world.months


def _power(most: int, low: int, high: int) -> int:
    """The largest power of two up to ``most``, within limits."""
    return int(min(high, max(low, 1 << max(most, 1).bit_length() - 1)))


class Counted:
    """What a point of every option, term and stake counts for at best estimates, in each world that is settled: paths are linear
    in them, so that other points need no other worlds. Nobody's patience changes, and no reading."""

    def __init__(self, ground: Ground, of: Settled) -> None:
        assert ground.sample.draws == 1
        problem = ground.problem
        self.which = [problem.factions.index(f) for f in problem.case.computed]
        self.stakes = [path for path in ground.world if path.startswith("stakes.")]
        points, add = ground.sample.points[..., 0], ground.sample.add[..., 0]
        many = points[0].size + len(add[0]) + len(self.stakes)
        basis = ground.only(np.zeros(many, dtype=np.int64))
        units = np.eye(many, dtype=np.int32)
        a, b = points[0].size, points[0].size + len(add[0])
        sample = replace(
            basis.sample,
            points=np.broadcast_to(units[:a].reshape(*points[0].shape, many), (*points.shape, many)),
            add=np.broadcast_to(units[a:b], (*add.shape, many)),
        )
        world = {**basis.world, **dict(zip(self.stakes, units[b:].astype(np.float64), strict=True))}
        self.each = of.worth(replace(basis, sample=sample, world=world))
        """[R, F, J]."""

    def worth(self, ground: Ground) -> Floats:
        """[R, F, S] as :meth:`Settled.worth`."""
        sample = ground.sample
        stakes = np.array([ground.world[path] for path in self.stakes]).reshape(-1, sample.draws)
        found = np.empty((*self.each.shape[:2], sample.draws))
        for k, f in enumerate(self.which):
            rows = [sample.points[f].reshape(-1, sample.draws), sample.add[f], stakes]
            found[:, k] = _product(self.each[:, k], np.concatenate(rows))
        return found


def _options(problem: Problem) -> Iterator[tuple[str, str]]:
    """Options of hinges that are not the status quo."""
    for issue in hinges(problem):
        spec = problem.case.issues[issue]
        if spec.controlled_by == "outside":
            continue
        for option in spec.options:
            if option != spec.status_quo:
                yield issue, option


def _nodes(ground: Ground) -> Floats:
    """[K] Chebyshev points between the least and the greatest patience of anybody, whatever reading is true: as many as ``FINE``
    takes. What a month counts for is a polynomial in patience of at most T degrees, so that T + 1 of them are exact."""
    problem, known = ground.problem, ground.steps
    assert problem.case.world is not None
    months = problem.case.world.months
    patience(problem, ground.sample, known, problem.case.computed)  # is there
    held = [known[f"{f}.patience"] for f in problem.case.computed]
    held += [v for path, v in known.values.items() if ".readings." in path and path.endswith(".patience")]
    every = np.concatenate(held)
    low, high = float(every.min()), float(every.max())
    if high - low < 1e-12:
        return np.array([low])
    count = min(NODES, months + 1)
    while _missed(found := _points(low, high, count), months) > FINE and count <= months:
        count = min(2 * count, months + 1)
    return found


def _points(low: float, high: float, count: int) -> Floats:
    """[K] Chebyshev points of the first kind."""
    angles = (2 * np.arange(count) + 1) * np.pi / (2 * count)
    found: Floats = (low + high) / 2 + (high - low) / 2 * np.cos(angles)
    return found


def _missed(nodes: Floats, months: int) -> float:
    """The most that polynomials between nodes make a path within a point of nothing worth more or less, at any of some patience
    between and beside the outermost nodes."""
    middle, half = (nodes[0] + nodes[-1]) / 2, abs(nodes[0] - nodes[-1]) / 2
    half /= np.cos(np.pi / (2 * len(nodes)))
    rho = np.linspace(middle - half, middle + half, 8 * len(nodes) + 1)
    apart = _between(nodes, rho) @ weights(nodes, months) - weights(rho, months)
    return float(np.abs(apart).sum(axis=1).max())


def _between(nodes: Floats, rho: Floats) -> Floats:
    """[..., K] what the values at the nodes count for at ``rho``: Lagrange's polynomials, in barycentric form."""
    if len(nodes) == 1:
        return np.ones((*rho.shape, 1))
    angles = (2 * np.arange(len(nodes)) + 1) * np.pi / (2 * len(nodes))
    factors = (-1.0) ** np.arange(len(nodes)) * np.sin(angles)
    apart = rho[..., None] - nodes
    hit = apart == 0
    found = factors / np.where(hit, 1.0, apart)
    found = np.where(hit.any(axis=-1, keepdims=True), hit, found)
    weighed: Floats = found / found.sum(axis=-1, keepdims=True)
    return weighed


def going_on(ground: Ground) -> Floats:
    """[F, S] what no deal is worth to the factions of ``case.computed``, in worlds of each draw's own."""
    problem = ground.problem
    names = problem.case.computed
    off = Revision(stops=frozenset(operator.part for operator in wired(problem.case).operators))
    of = account(ground, off, [problem.factions.index(f) for f in names])
    rho = patience(problem, ground.sample, ground.steps, names)
    return value(flow(of, simulate(ground, off, of.looked, per=PER)), rho)


def told(ground: Ground, of: Settled, level: Floats | None = None) -> Sample:
    """The sample with the no-deal values of ``case.computed``, and their points for options as the world makes them.

    ``level``: [F, S] what no deal is worth to them by more worlds than ``of`` has; what options make of it stays the same.

    Raises
    ------
    LimitError
        What a path is worth to somebody is beyond the points that the deal counts in.
    """
    return signed(ground, of.options, of.worth(ground), level)


def signed(
    ground: Ground, options: Sequence[tuple[str, str]], paths: Floats, level: Floats | None = None
) -> Sample:
    """The same from what the world is worth going on and with each of ``options`` settled, ``paths`` [1 + options, F, S]."""
    problem, names = ground.problem, ground.problem.case.computed
    which = [problem.factions.index(f) for f in names]
    sample = terms_faded(problem, ground.sample, which)
    step = problem.step[which][:, None]
    going_on = paths[0]
    base = going_on if level is None else level
    no_deal = sample.no_deal.copy()
    no_deal[which] = _steps(base / step, names)
    points = sample.points.copy()
    every = worth(problem, sample, [{}, *({issue: option} for issue, option in options)])[which]
    # Points of the case are whole steps and come off after rounding: before it, they would decide which way half a step goes.
    counted = np.rint(every / step[:, None]).astype(np.int32)
    # The first issue is in every package with one of its options: what waiting is worth beyond what stands now goes there.
    waiting = no_deal[which] - counted[:, 0]
    for o in range(len(problem.options[0])):
        points[which, 0, o] += waiting
    more = _steps((paths[1:] - going_on) / step, names)
    more -= (counted[:, 1:] - counted[:, :1]).transpose(1, 0, 2)
    for (issue, option), steps in zip(options, more, strict=True):
        i = problem.issues.index(issue)
        points[which, i, problem.options[i].index(option)] += steps
    for f in which:
        fitting(problem, f, most(points[f], sample.add[f]))
    found = replace(sample, no_deal=no_deal, points=points)
    no_deal[which] += own_gains(problem, found, ground.steps)[which].astype(np.int32)
    return found


def _steps(amount: Floats, names: Sequence[str]) -> NDArray[np.int32]:
    """[..., F, S] grid steps."""
    largest = np.abs(amount).max(axis=-1, initial=0.0)
    for at in np.argwhere(largest > MAX_STEPS):
        raise LimitError(
            f"no deal would be worth up to {largest[tuple(at)]:,.0f} grid steps to '{names[at[-1]]}', and the deal counts in at "
            f"most {MAX_STEPS:,}: give it smaller stakes in the world"
        )
    # The same sum in another order differs in its last digits, and half a step is to be half a step in either.
    return np.rint(np.round(amount, 6)).astype(np.int32)
