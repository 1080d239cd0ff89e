"""What each can do alone, and whether it would: stability, no-deal values and the definitions say the same."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest

from detente.analyses.stability import stability
from detente.case.model import Case
from detente.case.reading import load_case, read_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.errors import LimitError
from detente.kernels import conflict as kernel
from detente.kernels.ways import feasible
from detente.problem import own
from detente.problem.build import Problem
from detente.problem.conflict import Conflict, conflict, eyes
from detente.problem.own import charged, own_gains
from detente.problem.sample import Sample
from detente.problem.steps import Judged
from tests.laws.random_cases import fresh, parted
from tests.laws.writing import written
from tests.oracles import own_moves as oracle
from tests.oracles.own_moves import Standing, hands_of, sets_of, standing

SEEDS = range(900, 1000)
LINES = (10526, 10946, 11113, 11140)
"""Where lines that count as one at a table were counted as one here too."""


def graph_of(at: Conflict) -> tuple[np.ndarray, kernel.Graph, np.ndarray]:
    """The situations of a conflict, the moves between them, and the status quo among them."""
    start = np.cumsum([0, *map(len, at.patterns)]).astype(np.int64)
    pairs = np.array([p for pattern in at.patterns for p in pattern], dtype=np.int64).reshape(-1, 2)
    states = feasible(at.sizes, start, pairs[:, 0], pairs[:, 1])
    home = np.flatnonzero((states == at.status_quo).all(axis=1)).astype(np.int32)
    return states, kernel.graph(states, at.legal, at.movable, at.members), home


def costs(problem: Problem, known: Judged, issues: list[str], draws: int) -> np.ndarray:
    """[F, I, S] grid steps that changing an issue costs."""
    points = [known.values.get(f"{i}.undo", np.zeros(draws)) for i in issues]
    return np.rint(np.array(points)[None] / problem.step[:, None, None]).astype(np.int64)


class Asked:
    """A case in some draws, as the product and as the oracle see it; both of all that its conflict is about."""

    def __init__(self, text: str, draws: int = 8) -> None:
        self.case = read_case(text, "case.yaml").case
        self.ready = ready = prepare(self.case, draws=draws)
        self.problem, self.sample, self.known = ready.problem, ready.typed, ready.beside_fresh.steps
        self.draws = range(self.sample.draws)

    @cached_property
    def at(self) -> Standing:
        return standing(self.problem, self.sample)

    @cached_property
    def issues(self) -> list[str]:
        return [i for i in self.problem.issues if self.case.issues[i].controlled_by != "outside"]

    @cached_property
    def paid(self) -> Standing:
        """The same where whoever changes what stands pays for it."""
        hands = hands_of(self.case, self.problem.factions, self.issues)
        return oracle.charged(self.at, self.undo, hands, [self.case.issues[i] for i in self.issues])

    @cached_property
    def gains(self) -> np.ndarray:
        """[F, S] as the product finds them."""
        return own_gains(self.problem, self.sample, self.known)

    @cached_property
    def undo(self) -> np.ndarray:
        """[F, I, S] grid steps."""
        return costs(self.problem, self.known, self.issues, self.sample.draws)

    @cached_property
    def clean(self) -> np.ndarray:
        """[S] where nothing that stands breaks anybody's line or cannot be."""
        return np.array([not self.at.lines[:, h, s].any() for s, h in enumerate(self.at.here)])

    @cached_property
    def settled(self) -> np.ndarray:
        """[S] where no impossible combination asks about something outside that chance has moved: stability has one graph of
        situations for all draws, that of today."""
        moved = (self.sample.outside >= 0) & (self.sample.outside != self.problem.status_quo[:, None])
        asked = [
            i
            for t, pattern in enumerate(self.problem.patterns)
            if self.problem.excluded[t]
            for i, _ in pattern
        ]
        return ~moved[asked].any(axis=0)

    def movers(self, *, alone: bool) -> list[oracle.Mover]:
        return sets_of(self.case, self.problem.factions, self.issues, alone=alone)

    def away(self, *, alone: bool) -> set[tuple[frozenset[int], frozenset[tuple[int, int]]]]:
        """Movers, and what they can move away from where it is."""
        home = [self.case.issues[i].status_quo for i in self.issues]
        names = [list(self.case.issues[i].options) for i in self.issues]
        found = (
            (m.factions, frozenset((i, o) for i, o in m.moves if names[i][o] != home[i]))
            for m in self.movers(alone=alone)
        )
        return {one for one in found if one[1]}

    @cached_property
    def stable(self) -> np.ndarray:
        """[S] whether the status quo is Nash-stable for everybody, as ``detente stability`` finds it."""
        at = conflict(self.case)
        states, graph, home = graph_of(at)
        seen = eyes(self.problem, charged(self.problem, self.sample, self.known), at, states)
        return np.array([kernel.equilibria(seen.ranks(s), graph)[0][0, home[0]] for s in self.draws])


def drawn(seed: int) -> str:
    """A random case with some issues that cannot be undone, go step by step, or are another's to move to some option."""
    rng, case = Random(seed), fresh(seed, tables=False)
    parted(Random(-seed), case)
    for about in case["issues"].values():
        if about["controlled_by"] != "outside" and rng.random() < 0.2:
            about["reversible"] = False
        elif rng.random() < 0.3:
            about["undo"] = [rng.randint(0, 3), rng.randint(3, 6), rng.randint(6, 20)]
            about["was"] = rng.choice([o for o in about["options"] if o != about.get("status_quo")])
    return written(case)


VILLAGES = """\
detente: 1
id: well
title: Well
judgement: made up
parties:
  upper: {factions: {elders: , youths: }}
  lower: {}
issues:
  water: {controlled_by: upper, status_quo: shared, options: {shared: , hoarded: , wasted: }}
  feast: {controlled_by: elders, status_quo: none, options: {none: , small: }}
  road: {controlled_by: {all: [upper, lower]}, status_quo: mud, options: {mud: , paved: }}
preferences:
  elders:
    points: {water: {shared: 0, hoarded: 3, wasted: 9}, feast: {none: 0, small: 2}, road: {mud: 0, paved: 50}}
    no_deal: {status_quo: 1}
    min: 0
    max: 99
  youths:
    points: {water: {shared: 0, hoarded: 4, wasted: 1}, feast: {none: 0, small: -3}, road: {mud: 0, paved: 50}}
    red_lines: [{water: wasted}]
    min: -9
    max: 99
  lower:
    points: {water: {shared: 5, hoarded: 0, wasted: 0}, feast: {none: 0, small: 7}, road: {mud: 0, paved: 50}}
    min: 0
    max: 99
"""


def test_what_going_back_costs_keeps_the_status_quo_stable() -> None:
    """At 10 points nobody hoards the water as before, so that the feast, which the elders give alone, is left; at 3 for the feast as
    well nothing is. Who has no hand in the feast pays nothing for it."""
    dear = VILLAGES.replace("status_quo: shared,", "status_quo: shared, undo: 10, was: hoarded,").replace(
        "paved: 50", "paved: 0"
    )
    assert not Asked(dear).stable.any()
    asked = Asked(dear.replace("status_quo: none,", "status_quo: none, undo: 3, was: small,"))
    assert asked.stable.all()
    assert not asked.gains.any()
    at = conflict(asked.case)
    states, _, _ = graph_of(at)
    paid = charged(asked.problem, asked.sample, asked.known)
    seen = eyes(asked.problem, paid, at, states).worth(0) * asked.problem.step[:, None]
    feast = int(np.flatnonzero((states == [0, 1, 0]).all(axis=1))[0])
    assert (seen[:, feast] - seen[:, 0]).tolist() == [2 - 3, -3, 7]


def test_the_oracle_on_a_case_worked_out_by_hand() -> None:
    """The elders alone: the feast, 2. Upper: hoarding with the feast, 5 and 1, or without, 3 and 4; wasting crosses a line of
    the youths. The road takes both villages, which is an agreement. Lower can do nothing alone."""
    asked = Asked(VILLAGES)
    movers = asked.movers(alone=True)
    assert movers == [({0, 1}, {(0, 1), (0, 2), (1, 1)}), ({0}, {(1, 1)})]
    no_deal, step = asked.sample.no_deal[:, :1], asked.problem.step[:, None]
    assert (no_deal * step).T.tolist() == [[1, 0, 5]]
    assert (oracle.own_moves(asked.at, asked.sample.no_deal, movers)[:, :1] * step).T.tolist() == [[5, 4, 5]]
    assert (asked.gains[:, :1] * step).T.tolist() == [[5, 4, 0]]
    assert not asked.stable.any()


def test_what_going_back_costs_is_taken_off() -> None:
    """Hoarding as before costs each of the upper village 3.5: the elders are left with the feast, the youths with half a point
    of hoarding, which the elders do not want."""
    asked = Asked(VILLAGES.replace("status_quo: shared,", "status_quo: shared, undo: 3.5, was: hoarded,"))
    step = asked.problem.step[:, None]
    assert (asked.gains[:, :1] * step).T.tolist() == [[2, 0, 0]]
    asked = Asked(VILLAGES.replace("status_quo: shared,", "status_quo: shared, undo: 1, was: hoarded,"))
    assert (asked.gains[:, :1] * step).T.tolist() == [[4, 3, 0]]


def test_every_step_back_is_paid() -> None:
    """Of what is gradual also one that goes further than to where the issue was, and one that stops on the way there."""
    went = "water: {controlled_by: upper, status_quo: %s, gradual: true, undo: 1, was: %s, options: {a: , b: , c: , d: }}"
    for quo, was, paid in (
        ("a", "c", [0, 1, 2, 2]),
        ("a", "b", [0, 1, 1, 1]),
        ("d", "c", [1, 1, 1, 0]),
        ("b", "c", [0, 0, 1, 1]),
    ):
        text = f"""\
detente: 1
id: back
title: Back
judgement: made up
parties: {{upper: , lower: }}
issues:
  {went % (quo, was)}
preferences:
  upper: {{points: {{water: {{a: 0, b: 0, c: 0, d: 0}}}}, min: -9, max: 9}}
  lower: {{points: {{water: {{a: 0, b: 0, c: 0, d: 0}}}}, min: -9, max: 9}}
"""
        asked = Asked(text)
        cost = (asked.sample.points - charged(asked.problem, asked.sample, asked.known).points)[:, 0, :, 0]
        assert (cost * asked.problem.step[:, None]).tolist() == [paid, [0, 0, 0, 0]]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_each_gains_alone_is_as_the_definition_says(seed: int) -> None:
    asked = Asked(drawn(seed))
    at = asked.paid
    here = np.stack([at.worth[:, h, s] for s, h in enumerate(at.here)], axis=1)
    gained = oracle.own_moves(at, here, asked.movers(alone=True)) - here
    assert (asked.gains == gained).all()


@pytest.mark.parametrize("seed", [*SEEDS, *LINES])
def test_the_status_quo_is_stable_where_nobody_who_can_move_would(seed: int) -> None:
    asked = Asked(drawn(seed))
    expected = oracle.nash(asked.paid, asked.movers(alone=False))
    assert asked.stable[asked.settled].tolist() == expected[asked.settled].tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_who_gains_alone_would_leave_the_status_quo(seed: int) -> None:
    """Of what stability counts, no deal leaves out what several parties do together and what cannot be undone."""
    asked = Asked(drawn(seed))
    gains = (asked.gains > 0).any(axis=0)
    assert not (gains & asked.stable & asked.settled).any()
    if asked.away(alone=True) == asked.away(alone=False):
        which = asked.clean & asked.settled
        assert (gains[which] == ~asked.stable[which]).all()


@pytest.mark.parametrize("seed", range(900, 930))
def test_the_answer_says_of_the_status_quo_what_the_definition_says(seed: int) -> None:
    """As a share of draws, at best estimates, and in the paths and departures that are shown."""
    asked = Asked(drawn(seed), draws=64)
    result = stability(asked.case, asked.ready, looked=64)
    if result.draws and asked.settled.all():
        assert result.status_quo is not None
        assert result.status_quo.share is not None
        expected = oracle.nash(asked.paid, asked.movers(alone=False))
        assert result.status_quo.share["nash"] == pytest.approx(expected.mean(), abs=1e-12)
    if result.status_quo is not None and result.status_quo.stable["nash"]:
        assert not any(s.path for s in result.situations)
        assert not result.departures


VIENNA = str(Path(__file__).parents[1] / "cases" / "vienna-2022.yaml")
BUNDLED = ("parliament", "stockpile", "two-villages", "venezuela-2021")


def some_draws(name: str, few: list[int]) -> tuple[Case, Problem, Sample, Judged]:
    case = load_case(resolve(name)).case
    ready = prepare(case, draws=64)
    known = Judged({path: v[few] for path, v in ready.beside_fresh.steps.values.items()})
    return case, ready.problem, ready.typed.only(np.array(few)), known


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_cases_move_alone_as_the_definition_says(name: str) -> None:
    """One set at a time, over the packages of its own issues."""
    case, problem, sample, known = some_draws(name, [3, 40])
    gained = np.zeros(sample.no_deal.shape, dtype=np.int64)
    for of in own.alone(problem):
        who, issues = of.factions, of.issues
        undo = costs(problem, known, [problem.issues[i] for i in issues], sample.draws)
        names = [problem.issues[i] for i in issues]
        hands = hands_of(case, problem.factions, names)
        at = oracle.charged(standing(problem, sample, issues), undo, hands, [case.issues[i] for i in names])
        mover = oracle.Mover(frozenset(who), frozenset((issues.index(i), o) for i, o in of.moves))
        here = np.stack([at.worth[:, h, s] for s, h in enumerate(at.here)], axis=1)
        gained = np.maximum(gained, oracle.own_moves(at, here, [mover]) - here)
    assert (own_gains(problem, sample, known) == gained).all()
    expected = sets_of(case, problem.factions, problem.issues, alone=True)
    assert {(frozenset(a.factions), a.moves) for a in own.alone(problem)} == set(map(tuple, expected))


@pytest.mark.parametrize("name", [*BUNDLED, VIENNA])
def test_bundled_status_quos_are_stable_where_nobody_would_leave(name: str) -> None:
    """One mover at a time: none of them has to be seen beside the others to know whether it would leave."""
    few = list(range(0, 64, 9))
    case, problem, sample, known = some_draws(name, few)
    at = conflict(case)
    states, graph, home = graph_of(at)
    seen = eyes(problem, charged(problem, sample, known), at, states)
    stable = [kernel.stability(seen.ranks(s), graph, home)[0, :, 0] for s in range(len(few))]
    movers = sets_of(case, at.factions, at.issues)
    assert len(movers) == len(at.movers) > 0
    for mover in movers:
        m = at.movers.index(sum(1 << f for f in mover.factions))
        inside = sorted({i for i, _ in mover.moves})
        issues = [problem.issues.index(at.issues[i]) for i in inside]
        few_enough = np.prod(problem.sizes[issues]) <= 200
        which = range(len(few)) if few_enough else [0]
        names = [problem.issues[i] for i in issues]
        undo = costs(problem, known, names, sample.draws)[..., list(which)]
        hands = hands_of(case, problem.factions, names)
        alone = standing(problem, sample.only(np.array(which)), issues)
        alone = oracle.charged(alone, undo, hands, [case.issues[i] for i in names])
        moves = frozenset((inside.index(i), o) for i, o in mover.moves)
        told = oracle.nash(alone, [oracle.Mover(mover.factions, moves)])
        assert told.tolist() == [bool(stable[s][m]) for s in which], mover


def test_what_several_parties_control_is_left_to_an_agreement() -> None:
    """Both villages together control everything; alone each has its own field and nothing to gain from it."""
    case = load_case(resolve("two-villages")).case
    ready = prepare(case, draws=8)
    assert [(a.factions, a.issues) for a in own.alone(ready.problem)] == [((0,), (0,)), ((1,), (2,))]
    assert not own_gains(ready.problem, ready.typed, ready.beside_fresh.steps).any()


def test_without_a_status_quo_nobody_can_leave_it() -> None:
    case = load_case(resolve("scored-game")).case
    ready = prepare(case, draws=8)
    assert not own_gains(ready.problem, ready.typed, ready.beside_fresh.steps).any()


def many(issues: int, factions: str, tied: bool) -> str:
    names = [f"i{n}" for n in range(issues)]
    of = ", ".join(f"{i}: {{controlled_by: a, status_quo: x, options: {{x: , y: , z: }}}}" for i in names)
    pairs = ", ".join(f"{{when: {{{i}: y, {j}: z}}, add: 1}}" for i, j in pairwise(names))
    text = f"detente: 1\nid: many\ntitle: Many\njudgement: made up\nparties: {{a: {factions}, b: {{}}}}\n"
    text += f"issues: {{{of}}}\npreferences:\n"
    for n, f in enumerate(("one", "two", "b") if "two" in factions else ("a", "b")):
        worth = ", ".join(
            f"{i}: {{x: 0, y: {5 - 7 * n + k % 3}, z: {-5 + 6 * n}}}" for k, i in enumerate(names)
        )
        text += f"  {f}: {{points: {{{worth}}}, min: -99, max: 99, together: [{pairs if tied else ''}]}}\n"
    return text


def test_lines_are_counted_one_by_one() -> None:
    """Mending one of two lines is worth any points, and mending none is not; a line on what stands elsewhere counts for
    nothing."""
    text = """\
detente: 1
id: lines
title: Lines
judgement: made up
parties: {a: {}, b: {}}
issues:
  gate: {controlled_by: a, status_quo: shut, options: {shut: , ajar: , open: }}
  sea: {controlled_by: outside, status_quo: calm, options: {calm: , rough: }, chances: {calm: 1}}
preferences:
  a:
    points: {gate: {shut: 8, ajar: 1, open: 9}, sea: {calm: 0, rough: 0}}
    min: 0
    max: 9
    red_lines: [{gate: shut}, {gate: shut, sea: calm}, {gate: ajar}, {gate: open}, {gate: open, sea: calm}, {sea: calm}]
  b: {points: {gate: {shut: 0, ajar: 0, open: 0}, sea: {calm: 0, rough: 0}}, min: 0, max: 1}
"""
    asked = Asked(text)
    (mover,) = asked.movers(alone=False)
    assert oracle.would_leave(asked.at, mover, 0) == [1, 2]
    states, graph, home = graph_of(conflict(asked.case))
    seen = eyes(asked.problem, asked.sample, conflict(asked.case), states)
    assert seen.lines(0)[0].tolist() == [2, 1, 2]
    assert np.argsort(seen.ranks(0)[0]).tolist() == [0, 2, 1]
    assert kernel.improvements(seen.ranks(0), graph, 0, int(home[0])).tolist() == [1, 2]
    # Both ways cross lines that the shut gate does not, and are refused as long as it stays shut.
    assert not asked.gains.any()


def test_draws_are_taken_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    case = load_case(resolve("venezuela-2021")).case
    ready = prepare(case, draws=64)
    known = ready.beside_fresh.steps
    whole = own_gains(ready.problem, ready.typed, known)
    monkeypatch.setattr(own, "AT_ONCE", 1000)
    assert (own_gains(ready.problem, ready.typed, known) == whole).all()


def test_one_faction_with_many_issues_adds_up_what_is_best_on_each() -> None:
    ready = prepare(read_case(many(24, "{}", tied=False), "many.yaml").case, draws=8)
    best = sum(5 + k % 3 for k in range(24))
    assert (
        own_gains(ready.problem, ready.typed, ready.beside_fresh.steps)[0] * ready.problem.step[0] == best
    ).all()


@pytest.mark.parametrize(("factions", "tied"), [("{}", True), ("{factions: {one: , two: }}", False)])
def test_more_than_can_be_listed_is_refused_with_the_limit(factions: str, tied: bool) -> None:
    ready = prepare(read_case(many(20, factions, tied), "many.yaml").case, draws=8)
    with pytest.raises(
        LimitError,
        match=r"with 20 issues of its own, would take .* the limit is 1,048,576: leave out",
    ):
        own_gains(ready.problem, ready.typed, ready.beside_fresh.steps)
