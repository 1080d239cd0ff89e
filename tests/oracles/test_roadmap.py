"""The oracle of road maps against sums done by hand, a closed form, and a count month by month."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from dataclasses import replace
from math import inf

import pytest

from oracles.roadmap import (
    NOTHING,
    Agenda,
    Plan,
    Steps,
    best,
    closure,
    deviations,
    feasible,
    flow,
    kept,
    margins,
    plans,
    random_agenda,
    revocable,
    slack,
    stages,
    standing,
    values,
)


def steps(*which: int) -> Steps:
    return frozenset(which)


def in_order(*batches: Iterable[int]) -> Plan:
    return tuple(map(frozenset, batches))


# Faction 0 carries out step 0 and faction 1 step 1; each costs its owner 1 a month and gives the other 3.
# Step 1 can be reversed. Flows, of the sets {}, {0}, {1}, {0, 1}: faction 0 has 2, 1, 5, 4; faction 1 has 1, 4, 0, 3.
# A breakdown leaves step 0 if it was executed: b_0 = 1 - 2 = -1 and b_1 = 4 - 1 = 3, and else b = 0.
# The discount factor is 1/2 a month: every number here is exact in binary.
TWO = Agenda(
    base=(2.0, 1.0),
    delta=((-1.0, 3.0), (3.0, -1.0)),
    on=(),
    off=(),
    excluded=(),
    points=((), ()),
    needs=(NOTHING, NOTHING),
    after=(NOTHING, NOTHING),
    month=(1, 2),
    rho=(0.5, 0.5),
    horizon=(-1, -1),
    own=(steps(0), steps(1)),
    reversible=steps(1),
    undo=((0.0, 0.0), (0.0, 0.25)),
    penalty=((0.5, 0.0), (0.0, 0.25)),
    lapse=(NOTHING, NOTHING),
    cost=(0.5, 0.25),
    batches=(steps(0, 1),),
    winning=(steps(0, 1),),
)


def test_two_steps_in_turn() -> None:
    plan = in_order([0], [1])
    # End: 4, 3. Step 1 takes two months: 3/4 4 + 1/4 4 = 4, and 3. Step 0 takes one: 1/2 1 + 1/2 4, 1/2 4 + 1/2 3.
    assert values(TWO, plan) == [[2.5, 3.5], [4.0, 3.0], [4.0, 3.0]]
    assert deviations(TWO, plan) == [
        # 0 withholds step 0: 1/2 2 + 1/2 0 - penalty 1/2.
        [{"walk_off": 0.0, "withhold": 0.5}, {"walk_off": 0.0}],
        # 1 withholds step 1 after step 0: 3/4 4 + 1/4 3 - penalty 1/4. Step 0 is not reversible.
        [{"walk_off": -1.0}, {"walk_off": 3.0, "withhold": 3.5}],
        # 1 takes step 1 back, two months: 3/4 4 + 1/4 3 - undoing 1/4 - penalty 1/4.
        [{"walk_off": -1.0}, {"walk_off": 3.0, "take_back": 3.25}],
    ]
    # 2.5 - 0.5 - 0.5, 3.5 - 0 - 0.25; 4 + 1 - 0.5, 3 - 3.5 - 0.25; 4 + 1 - 0.5, 3 - 3.25 - 0.25.
    assert margins(TWO, plan) == [[1.5, 3.25], [4.5, -0.75], [4.5, -0.5]]
    assert slack(TWO, plan) == -0.75


def test_the_other_turn() -> None:
    plan = in_order([1], [0])
    # At {1}: 1/2 4 + 1/2 4, 1/2 3 + 1/2 3. At {}: 3/4 5 + 1/4 4 = 4.75, 3/4 0 + 1/4 3.
    assert values(TWO, plan) == [[4.75, 0.75], [4.0, 3.0], [4.0, 3.0]]
    assert deviations(TWO, plan) == [
        # 1 withholds step 1: 3/4 1 + 1/4 0 - 1/4.
        [{"walk_off": 0.0}, {"walk_off": 0.0, "withhold": 0.5}],
        # 0 withholds: 1/2 5 + 1/2 0 - 1/2. 1 takes back while 0 carries out: {0}, 1/2 4 + 1/2 3 - 1/4 - 1/4.
        [{"walk_off": 0.0, "withhold": 2.0}, {"walk_off": 0.0, "take_back": 3.0}],
        [{"walk_off": -1.0}, {"walk_off": 3.0, "take_back": 3.25}],
    ]
    assert margins(TWO, plan) == [[4.25, 0.0], [1.5, -0.25], [4.5, -0.5]]
    assert slack(TWO, plan) == -0.5


def test_both_at_once() -> None:
    plan = in_order([0, 1])
    # Two months, the longer of the two.
    assert stages(TWO, plan) == [(NOTHING, steps(0, 1), 0), (steps(0, 1), NOTHING, 2)]
    assert values(TWO, plan) == [[4.0, 3.0], [4.0, 3.0]]
    # 0 withholds: 3/4 5 + 1/4 0 - 1/2. 1 withholds: 3/4 4 + 1/4 3 - 1/4.
    assert deviations(TWO, plan)[0] == [
        {"walk_off": 0.0, "withhold": 3.25},
        {"walk_off": 0.0, "withhold": 3.5},
    ]
    assert margins(TWO, plan) == [[0.25, -0.75], [4.5, -0.5]]


def test_the_best_of_the_three() -> None:
    assert plans(TWO) == [in_order([0], [1]), in_order([0, 1]), in_order([1], [0])]
    assert best(TWO) == (-0.5, in_order([1], [0]))
    # Faction 0 alone: 1.5, 0.25 and 1.5. The first of equals.
    assert best(replace(TWO, winning=(steps(0),))) == (1.5, in_order([0], [1]))
    # Stage by stage the better of 0 alone and 1 alone: in turn 3.25, 4.5, 4.5; at once 0.25; other turn 4.25, 1.5, 4.5.
    assert best(replace(TWO, winning=(steps(0), steps(1)))) == (3.25, in_order([0], [1]))
    assert best(replace(TWO, winning=(NOTHING, steps(1)))) == (inf, in_order([0], [1]))
    assert best(replace(TWO, winning=())) == (-inf, in_order([0], [1]))


def test_deadlines() -> None:
    agenda = replace(TWO, horizon=(2, 4))
    plan = in_order([0], [1])
    # The stages are at months 0, 1 and 3. Faction 0 has 2, 1, 0 months left; faction 1 has 4, 3, 1.
    assert values(agenda, plan) == [
        # 1/2 1 + 1/2 2; 1/2 4 + 1/2 2.625.
        [1.5, 3.3125],
        # Only one of the two months counts: 1/2 4 + 1/2 0. Both count, and one after: 3/4 3 + 1/4 1.5.
        [2.0, 2.625],
        # Over; 1/2 3.
        [0.0, 1.5],
    ]
    assert deviations(agenda, plan) == [
        # 1/2 2 + (1/2 - 1/4) 0 - 1/2.
        [{"walk_off": 0.0, "withhold": 0.5}, {"walk_off": 0.0}],
        # (1 - 1/2) -1; (1 - 1/8) 3; 3/4 4 + (1/4 - 1/8) 3 - 1/4.
        [{"walk_off": -0.5}, {"walk_off": 2.625, "withhold": 3.125}],
        # 1/2 3; one of the two months counts: 1/2 4 + (1/2 - 1/2) 3 - 1/4 - 1/4.
        [{"walk_off": 0.0}, {"walk_off": 1.5, "take_back": 1.5}],
    ]
    assert margins(agenda, plan) == [[0.5, 3.0625], [2.0, -0.75], [-0.5, -0.25]]
    assert slack(agenda, plan) == -0.75


def test_nothing_counts_from_the_start() -> None:
    agenda = replace(TWO, horizon=(0, 0))
    plan = in_order([0, 1])
    assert values(agenda, plan) == [[0.0, 0.0], [0.0, 0.0]]
    # Lump sums are paid all the same, so walking off is the best, worth nothing.
    assert deviations(agenda, plan)[0][1] == {"walk_off": 0.0, "withhold": -0.25}
    assert margins(agenda, plan) == [[-0.5, -0.25], [-0.5, -0.25]]


# Step 1 needs step 0 and step 2 needs step 1. One faction that has a hand in all but the last, one in all.
CHAIN = Agenda(
    base=(0.0, 0.0),
    delta=((1.0, 2.0, 4.0), (1.0, 2.0, 4.0)),
    on=(),
    off=(),
    excluded=(),
    points=((), ()),
    needs=(NOTHING, steps(0), steps(1)),
    after=(NOTHING, NOTHING, NOTHING),
    month=(1, 1, 3),
    rho=(0.5, 0.5),
    horizon=(-1, -1),
    own=(steps(0, 1), steps(0, 1, 2)),
    reversible=steps(0, 1, 2),
    undo=((0.25, 0.5, 1.0), (0.25, 0.5, 1.0)),
    penalty=((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    lapse=(NOTHING, NOTHING),
    cost=(0.0, 0.0),
    batches=(),
    winning=(steps(0, 1),),
)


def test_needs_order_the_steps() -> None:
    assert plans(CHAIN) == [in_order([0], [1], [2])]
    assert plans(replace(CHAIN, batches=(steps(0, 2), steps(1, 2)))) == [
        in_order([0], [1], [2]),
        in_order([0], [1, 2]),
    ]
    # Two steps that need each other can only come together.
    mutual = replace(CHAIN, needs=(steps(1), steps(0), steps(1)))
    assert plans(mutual) == []
    assert best(mutual) == (-inf, None)
    assert plans(replace(mutual, batches=(steps(0, 1),))) == [in_order([0, 1], [2])]
    assert plans(replace(CHAIN, needs=(NOTHING,) * 3, batches=())) == [
        in_order(*([s] for s in order)) for order in itertools.permutations(range(3))
    ]


def test_what_others_need_cannot_be_taken_back() -> None:
    # Faction 0 may take both back as long as step 2, not its own, is missing; then neither, step 0 by way of step 1.
    assert [revocable(CHAIN, steps(*range(n)), 0) for n in range(4)] == [
        NOTHING,
        steps(0),
        steps(0, 1),
        NOTHING,
    ]
    assert revocable(CHAIN, steps(0, 1, 2), 1) == steps(0, 1, 2)
    # A step that cannot be reversed holds what is under it, not what is over it.
    assert revocable(replace(CHAIN, reversible=steps(0, 2)), steps(0, 1, 2), 1) == steps(2)
    end = deviations(CHAIN, in_order([0], [1], [2]))[-1]
    assert end[0] == {"walk_off": 0.0}
    # All three, in the three months of the slowest: nothing in force, and 1/4 + 1/2 + 1 of undoing.
    assert end[1] == {"walk_off": 0.0, "take_back": -1.75}


def test_steps_fall_with_what_they_need() -> None:
    # Before step 2 at {0, 1} faction 0, which has no hand in it, takes both back: step 2 falls too.
    third = deviations(CHAIN, in_order([0], [1], [2]))[2]
    assert third[0] == {"walk_off": 0.0, "take_back": -0.75}
    # Faction 1 withholds step 2: {0, 1} for three months, 7/8 3, then nothing.
    assert third[1] == {"walk_off": 0.0, "withhold": 2.625, "take_back": -0.75}
    # Before {1, 2} faction 0 withholds step 1, and step 2 falls: {0} for three months, 7/8 1.
    together = replace(CHAIN, batches=(steps(1, 2),))
    assert deviations(together, in_order([0], [1, 2]))[1][0] == {
        "walk_off": 0.0,
        "withhold": 0.875,
        "take_back": -0.25,
    }
    assert standing(CHAIN, steps(1, 2)) == NOTHING


def test_what_stays_takes_its_needs_along() -> None:
    hard = replace(CHAIN, reversible=steps(0, 1))
    assert kept(hard, steps(0, 1), 0) == NOTHING
    assert kept(hard, steps(0, 1, 2), 0) == steps(0, 1, 2)
    # What lapses stays only if something that does not lapse needs it.
    assert kept(replace(hard, lapse=(steps(2), NOTHING)), steps(0, 1, 2), 0) == NOTHING
    assert kept(replace(hard, lapse=(steps(0), NOTHING)), steps(0, 1, 2), 0) == steps(0, 1, 2)
    assert closure(CHAIN, steps(2)) == steps(0, 1, 2)


def test_lapse_costs_the_one_who_breaks() -> None:
    # Nothing is reversible. Faction 1 withholds step 2 at {0, 1}: 3 for ever; with step 1 lapsing, 1 for ever.
    firm = replace(CHAIN, reversible=NOTHING)
    plan = in_order([0], [1], [2])
    assert deviations(firm, plan)[2] == [{"walk_off": 3.0}, {"walk_off": 3.0, "withhold": 3.0}]
    lapsing = replace(firm, lapse=(NOTHING, steps(1)))
    assert deviations(lapsing, plan)[2] == [{"walk_off": 3.0}, {"walk_off": 1.0, "withhold": 1.0}]
    # With step 0 lapsing the two others fall in what is in force, but step 1 holds step 0 in what stays of {0, 1}.
    under = replace(firm, lapse=(NOTHING, steps(0)))
    assert deviations(under, plan)[2][1] == {"walk_off": 3.0, "withhold": 0.0}


def test_terms_count_and_exclude() -> None:
    # Term 0: step 0 without step 1, 10 points to faction 0 and -1 to faction 1. Term 1: both, -2 and 5.
    terms = replace(
        TWO,
        on=(steps(0), steps(0, 1)),
        off=(steps(1), NOTHING),
        excluded=(False, False),
        points=((10.0, -2.0), (-1.0, 5.0)),
    )
    sets = (NOTHING, steps(0), steps(1), steps(0, 1))
    assert [flow(terms, 0, c) for c in sets] == [2.0, 11.0, 5.0, 2.0]
    assert [flow(terms, 1, c) for c in sets] == [1.0, 3.0, 0.0, 8.0]
    assert len(plans(terms)) == 3
    # Excluding term 0 forbids step 0 first, and faction 1 to withhold or take back step 1 where 0 is executed.
    without = replace(terms, excluded=(True, False))
    assert plans(without) == [in_order([0, 1]), in_order([1], [0])]
    # The points of an excluded term still count in what stays: b_1({0, 1}) = flow of {0} - flow of {} = 3 - 1.
    assert deviations(without, in_order([0, 1]))[0][1] == {"walk_off": 0.0}
    assert deviations(without, in_order([0, 1]))[1][1] == {"walk_off": 2.0}
    assert deviations(without, in_order([1], [0]))[1][1] == {"walk_off": 0.0}
    # Full, or empty, excluded: no plan.
    assert plans(replace(terms, excluded=(False, True))) == []
    assert (
        plans(replace(terms, off=(steps(1), steps(1)), on=(steps(0), NOTHING), excluded=(False, True))) == []
    )


def test_a_step_of_two_hands() -> None:
    # Either can withhold it and, if it is reversible, take it back; the penalty is each one's own.
    shared = replace(TWO, own=(steps(0, 1), steps(1)), penalty=((0.5, 1.0), (0.0, 0.25)))
    stage = deviations(shared, in_order([0], [1]))[1]
    # 0: {0} two months, 3/4 1 + 1/4 -1 - 1. 1: as before.
    assert stage == [{"walk_off": -1.0, "withhold": -0.5}, {"walk_off": 3.0, "withhold": 3.5}]
    # Both at once: 0 withholds both: nothing in force, 3/4 2 + 1/4 0 - 1.5.
    assert deviations(shared, in_order([0, 1]))[0][0] == {"walk_off": 0.0, "withhold": 0.0}
    # At {1} before step 0, 0 takes back step 1 and withholds step 0: 1/2 2 + 1/2 0 - 1.5.
    assert deviations(shared, in_order([1], [0]))[1][0]["take_back"] == -0.5


def test_no_steps() -> None:
    empty = random_agenda(random.Random(0), 0, 2)
    empty = replace(empty, winning=(steps(0, 1),), cost=(0.5, 0.0), base=(2.0, 3.0), horizon=(-1, -1))
    assert plans(empty) == [()]
    assert margins(empty, ()) == [[1.5, 3.0]]
    assert best(empty) == (1.5, ())


def gradual(rounds: int, a: float, b: float, patience: float) -> tuple[Agenda, Plan]:
    """Each round both sides give an increment of c_k - c_{k-1} for good: cost a a unit, worth b to the other."""
    shrink = a / (patience * b)
    rise = [shrink**k - shrink ** (k + 1) for k in range(rounds)]
    pairs = in_order(*((2 * k, 2 * k + 1) for k in range(rounds)))
    zero = (0.0,) * (2 * rounds)
    agenda = Agenda(
        base=(0.0, 0.0),
        delta=(
            tuple(x for r in rise for x in (-a * r, b * r)),
            tuple(x for r in rise for x in (b * r, -a * r)),
        ),
        on=(),
        off=(),
        excluded=(),
        points=((), ()),
        needs=(NOTHING,) * (2 * rounds),
        after=(NOTHING,) * (2 * rounds),
        month=(1,) * (2 * rounds),
        rho=(patience, patience),
        horizon=(-1, -1),
        own=(frozenset(range(0, 2 * rounds, 2)), frozenset(range(1, 2 * rounds, 2))),
        reversible=NOTHING,
        undo=(zero, zero),
        penalty=(zero, zero),
        lapse=(NOTHING, NOTHING),
        cost=(0.0, 0.0),
        batches=pairs,
        winning=(steps(0, 1),),
    )
    return agenda, pairs


def test_gradualism_keeps_both_indifferent() -> None:
    """Lockwood & Thomas (2002), Gradualism and irreversibility, with linear payoffs.

    With c_k = 1 - (a / (delta b))^k going on is worth sum_s delta^s (b - a) c_{k+s}, and withholding the k-th
    increment (b c_k - a c_{k-1}) / (1 - delta), which is the same. The oracle counts both (1 - delta) times.
    """
    a, b, patience, rounds = 1.0, 2.0, 0.8, 30
    shrink = a / (patience * b)
    agenda, plan = gradual(rounds, a, b, patience)
    going_on, leaving, spare = values(agenda, plan), deviations(agenda, plan), margins(agenda, plan)
    for k in (1, 2, 5, 10):
        for_ever = sum(patience**s * (b - a) * (1 - shrink ** (k + s)) for s in range(2000))
        withheld = (b * (1 - shrink**k) - a * (1 - shrink ** (k - 1))) / (1 - patience)
        # The rise stops with the last round: every month after it misses at most (b - a) shrink^rounds.
        stopped = patience ** (rounds - k + 1) * (b - a) * shrink**rounds
        for f in (0, 1):
            assert 0 <= (1 - patience) * for_ever - going_on[k - 1][f] + 1e-12 <= stopped + 2e-12
            assert leaving[k - 1][f]["withhold"] == pytest.approx((1 - patience) * withheld, abs=1e-12)
            assert leaving[k - 1][f]["walk_off"] == pytest.approx(
                (b - a) * (1 - shrink ** (k - 1)), abs=1e-12
            )
            assert "take_back" not in leaving[k - 1][f]
            assert spare[k - 1][f] == pytest.approx(0, abs=1e-8)
    # In the last round nothing is left to lose: the margin is what the increment costs.
    assert spare[rounds - 1] == pytest.approx([-a * (shrink ** (rounds - 1) - shrink**rounds)] * 2, rel=1e-6)
    # Who is more patient than the rise asks for has something to lose.
    assert min(margins(replace(agenda, rho=(0.9, 0.9)), plan)[0]) > 0.01


# --- random agendas -----------------------------------------------------------------------------------------

SEEDS = range(60)


def drawn(seed: int) -> Agenda:
    return random_agenda(random.Random(seed), 2 + seed % 4, 2 + seed % 3)


def month_by_month(rho: float, months: float, flows: Iterable[float]) -> float:
    """The normalised worth of so many monthly flows, the last of them for the rest."""
    *first, last = flows
    total = 0.0
    for m in range(int(min(months, 3000))):
        total += (1 - rho) * rho**m * (first[m] if m < len(first) else last)
    return total


@pytest.mark.parametrize("seed", SEEDS)
def test_plans_are_all_the_allowed_sequences(seed: int) -> None:
    agenda = drawn(seed)
    batches = {steps(s) for s in agenda.everything} | set(agenda.batches)
    allowed = set()
    for size in range(1, len(agenda.everything) + 1):
        for plan in itertools.permutations(batches, size):
            visited = [frozenset().union(*plan[:n]) for n in range(size + 1)]
            if (
                sum(map(len, plan)) == len(agenda.everything) == len(visited[-1])
                and all(agenda.needs[s] <= c for c in visited for s in c)
                and all(agenda.after[s] <= c for b, c in zip(plan, visited, strict=False) for s in b)
                and not any(
                    e and on <= c and not off & c
                    for c in visited
                    for on, off, e in zip(agenda.on, agenda.off, agenda.excluded, strict=True)
                )
            ):
                allowed.add(plan)
    found = plans(agenda)
    assert len(found) == len(allowed)
    assert set(found) == allowed


@pytest.mark.parametrize("seed", SEEDS)
def test_values_month_by_month(seed: int) -> None:
    agenda = drawn(seed)
    for plan in plans(agenda)[:3]:
        track = stages(agenda, plan)
        # The set in force in each month, and the full one after the last.
        force = [
            executed | batch
            for executed, batch, _ in track[:-1]
            for _ in range(max(agenda.month[s] for s in batch))
        ] + [agenda.everything]
        for (_, _, tau), row in zip(track, values(agenda, plan), strict=True):
            for f, value in enumerate(row):
                left = inf if agenda.horizon[f] < 0 else agenda.horizon[f] - tau
                flows = [flow(agenda, f, c) for c in force[tau:]]
                assert value == pytest.approx(month_by_month(agenda.rho[f], left, flows), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_deviations_month_by_month(seed: int) -> None:
    agenda = drawn(seed)
    for plan in plans(agenda)[:3]:
        for (done, batch, tau), row in zip(stages(agenda, plan), deviations(agenda, plan), strict=True):
            for f, found in enumerate(row):
                assert found == pytest.approx(counted(agenda, f, done, batch, tau), abs=1e-9)


def counted(agenda: Agenda, f: int, done: Steps, batch: Steps, tau: int) -> dict[str, float]:
    """The deviations with largest and smallest sets found by trying all subsets, and months counted one by one."""
    left = inf if agenda.horizon[f] < 0 else agenda.horizon[f] - tau

    def stays(x: Steps) -> float:
        held = {s for s in x if s not in agenda.reversible and s not in agenda.lapse[f]}
        closed = [c for c in subsets(agenda.everything) if held <= c and all(agenda.needs[s] <= c for s in c)]
        return flow(agenda, f, min(closed, key=len)) - flow(agenda, f, NOTHING)

    found = {"walk_off": month_by_month(agenda.rho[f], left, [stays(done)])}
    w = batch & agenda.own[f]
    free = [
        r
        for r in subsets(done & agenda.own[f] & agenda.reversible)
        if not any(agenda.needs[s] & r for s in done - r)
    ]
    back = max(free, key=len)
    for kind, gone in (("withhold", w), ("take_back", w | back)):
        if not (w if kind == "withhold" else back):
            continue
        rest = (done | batch) - gone - agenda.lapse[f]
        x = max((c for c in subsets(rest) if all(agenda.needs[s] <= c for s in c)), key=len)
        if not feasible(agenda, x):
            continue
        months = max(agenda.month[s] for s in batch or back)
        flows = [flow(agenda, f, x)] * months + [stays(x)]
        undone = sum(agenda.undo[f][s] for s in back) if kind == "take_back" else 0.0
        fines = sum(agenda.penalty[f][s] for s in gone)
        found[kind] = month_by_month(agenda.rho[f], left, flows) - undone - fines
    return found


def subsets(whole: Steps) -> list[Steps]:
    return [frozenset(c) for n in range(len(whole) + 1) for c in itertools.combinations(sorted(whole), n)]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_is_reached_and_not_surpassed(seed: int) -> None:
    agenda = drawn(seed)
    most, plan = best(agenda)
    every = plans(agenda)
    if plan is None:
        assert not every
        assert most == -inf
        return
    assert plan in every
    for other in every:
        worst = []
        for row in margins(agenda, other):
            # What every member of some winning set has: the highest level that some winning set reaches.
            levels = [x for x in (*row, inf) if any(all(row[f] >= x for f in w) for w in agenda.winning)]
            worst.append(max(levels))
        assert slack(agenda, other) == min(worst) <= most
    assert slack(agenda, plan) == most


def test_instances_are_varied() -> None:
    agendas = [random_agenda(random.Random(seed), 4, 3) for seed in range(300)]
    shares = {
        "plan": sum(bool(plans(a)) for a in agendas),
        "needs": sum(any(a.needs) for a in agendas),
        "chain": sum(any(len(closure(a, steps(s))) > len(a.needs[s]) + 1 for s in range(4)) for a in agendas),
        "irreversible": sum(len(a.reversible) < 4 for a in agendas),
        "reversible": sum(bool(a.reversible) for a in agendas),
        "shared": sum(any(x & y for x, y in itertools.combinations(a.own, 2)) for a in agendas),
        "excluded": sum(any(a.excluded) for a in agendas),
        "gains": sum(any(p > 0 for row in a.points for p in row) for a in agendas),
        "losses": sum(any(p < 0 for row in a.points for p in row) for a in agendas),
        "horizon": sum(max(a.horizon) >= 0 for a in agendas),
        "no horizon": sum(min(a.horizon) < 0 for a in agendas),
        "lapse": sum(any(a.lapse) for a in agendas),
        "penalty": sum(any(map(any, a.penalty)) for a in agendas),
        "cost": sum(any(a.cost) for a in agendas),
        "pairs": sum(bool(a.batches) for a in agendas),
        "several winning sets": sum(len(a.winning) > 1 for a in agendas),
        "worth keeping": sum(best(a)[0] > 0 for a in agendas),
    }
    few = {name: n for name, n in shares.items() if n < 20}
    assert not few
    assert 200 < shares["plan"] < 300
    assert {m for a in agendas for m in a.month} == {1, 2, 3, 4}


def test_the_same_seed_gives_the_same_agenda() -> None:
    assert random_agenda(random.Random(7), 5, 3) == random_agenda(random.Random(7), 5, 3)
    assert random_agenda(random.Random(7), 5, 3) != random_agenda(random.Random(8), 5, 3)
