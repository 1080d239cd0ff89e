"""Orders of steps against trying every plan, against closed forms, and by the laws that they obey."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

import numba
import numpy as np
import pytest
from oracles import roadmap as oracle

from bench.families import roadmap
from detente.kernels import sequencing
from detente.kernels.appraisal import KINDS, Terms, appraise, restrict, slack
from detente.kernels.sequencing import best_plan


def mask(steps: frozenset[int]) -> int:
    return sum(1 << s for s in steps)


def masks(sets: Iterable[frozenset[int]]) -> np.ndarray:
    return np.array([mask(s) for s in sets], dtype=np.int64)


def batches(of: oracle.Agenda) -> list[frozenset[int]]:
    """The kernel wants single steps listed too."""
    single = {frozenset((s,)) for s in of.everything}
    return sorted(single | {b for b in of.batches if b}, key=sorted)


def indices(of: oracle.Agenda, plan: oracle.Plan) -> tuple[int, ...]:
    return tuple(batches(of).index(b) for b in plan)


def sets(of: oracle.Agenda, order: tuple[int, ...]) -> oracle.Plan:
    return tuple(batches(of)[b] for b in order)


def arrays(of: oracle.Agenda) -> Terms:
    """The oracle's agenda as the kernel takes it."""
    column = lambda values: np.array(values, dtype=float)[..., None]  # noqa: E731
    return Terms(
        base=column(of.base),
        delta=column(of.delta),
        on=masks(of.on),
        off=masks(of.off),
        excluded=np.array(of.excluded, dtype=np.bool_),
        points=np.array(of.points, dtype=float).reshape(len(of.base), len(of.on))[..., None],
        broken=np.zeros((len(of.base), len(of.on), 1), np.bool_),
        needs=masks(of.needs),
        after=masks(of.after),
        month=np.array(of.month)[:, None],
        rho=column(of.rho),
        horizon=np.array(of.horizon),
        own=masks(of.own),
        reversible=mask(of.reversible),
        undo=column(of.undo),
        penalty=column(of.penalty),
        lapse=masks(of.lapse),
        cost=column(of.cost),
        batches=masks(batches(of)),
        winning=masks(of.winning),
    )


def instances(count: int, steps: int = 5) -> list[oracle.Agenda]:
    rng = random.Random(20210603)
    return [oracle.random_agenda(rng, rng.randint(1, steps), rng.randint(1, 3)) for _ in range(count)]


def test_the_best_order_is_that_of_trying_every_plan() -> None:
    without = dated = several = 0
    for of in instances(500):
        best, plan = oracle.best(of)
        found = best_plan(arrays(of))
        if plan is None:
            without += 1
            assert found.order == ()
            continue
        assert found.slack == pytest.approx(best, abs=1e-9)
        assert found.bound == pytest.approx(best, abs=1e-8)
        assert oracle.slack(of, sets(of, found.order)) == pytest.approx(best, abs=1e-9)
        dated += any(h >= 0 for h in of.horizon)
        several += len(of.winning) > 1
    assert min(without, dated, several) > 15


def test_more_steps_against_every_plan() -> None:
    rng = random.Random(7)
    for _ in range(12):
        of = oracle.random_agenda(rng, 6, 2)
        best, plan = oracle.best(of)
        if plan is not None:
            assert best_plan(arrays(of)).slack == pytest.approx(best, abs=1e-9)


def test_every_margin_and_way_out_of_a_given_order() -> None:
    looked = 0
    for of in instances(150):
        for plan in oracle.plans(of)[:5]:
            now = appraise(arrays(of), indices(of, plan))
            assert now.margin[:, :, 0] == pytest.approx(np.array(oracle.margins(of, plan)), abs=1e-9)
            assert now.going_on[:, :, 0] == pytest.approx(np.array(oracle.values(of, plan)), abs=1e-9)
            ways = oracle.deviations(of, plan)
            for n, (_, _, elapsed) in enumerate(oracle.stages(of, plan)):
                assert now.elapsed[n, 0] == elapsed
                for f, out in enumerate(ways[n]):
                    assert now.leaving[n, f, 0] == pytest.approx(max(out.values()), abs=1e-9)
                    kind = KINDS[now.kind[n, f, 0]].replace(" ", "_")
                    assert out[kind] == pytest.approx(max(out.values()), abs=1e-9)
                    looked += 1
    assert looked > 1000


def test_a_line_is_a_flag_and_not_a_number() -> None:
    """A margin is -inf exactly where going on meets a line, now or later; elsewhere a line is worth more than any points."""
    rng, price = random.Random(5), 1e7
    lined = free = 0
    for of in (replace(one, after=(frozenset(),) * len(one.month)) for one in instances(250)):
        broken = [[bool(on) and rng.random() < 0.4 for on in of.on] for _ in of.base]
        made = arrays(of)._replace(broken=np.array(broken).reshape(len(of.base), len(of.on), 1))
        dear = replace(
            of,
            points=tuple(
                tuple(x - price * b for x, b in zip(row, hit, strict=True))
                for row, hit in zip(of.points, broken, strict=True)
            ),
        )
        for plan in oracle.plans(of)[:4]:
            now = appraise(made, indices(of, plan))
            margins = np.array(oracle.margins(dear, plan))
            reached = [done | batch for done, batch, _ in oracle.stages(of, plan)]
            for f, hit in enumerate(broken):
                meets = [any(b and oracle.matches(of, t, s) for t, b in enumerate(hit)) for s in reached]
                assert now.crosses[:, f, 0].tolist() == meets
                for n in range(len(reached)):
                    assert (now.margin[n, f, 0] == -np.inf) == any(meets[n:])
                    lined += any(meets[n:])
                    if not any(meets[n:]) and margins[n, f] < price / 1000:
                        assert now.margin[n, f, 0] == pytest.approx(margins[n, f], abs=1e-5)
                        free += 1
        best, plan = oracle.best(dear)
        if plan is not None and abs(best) < price / 1000 and max(of.horizon) < 0:
            found = best_plan(made)
            now = appraise(made, found.order)
            assert slack(now.margin, made.winning).min() == pytest.approx(best, abs=1e-5)
            assert found.bound >= best - 1e-5
    assert min(lined, free) > 200


def test_a_line_that_the_status_quo_breaks_binds_until_a_step_mends_it() -> None:
    """Going on never passes through it where the step comes first; whoever walks off afterwards owes it nothing."""
    line = {"on": np.array([0]), "off": np.array([1]), "excluded": np.array([False])}
    flags = np.array([[[True]], [[False]]])
    made = plain([[1.0, -1.0], [-1.0, 2.0]], [1, 2], points=np.zeros((2, 1, 1)), broken=flags, **line)
    first, last = appraise(made, (0, 1)), appraise(made, (1, 0))
    assert not first.crosses.any()
    assert np.abs(first.margin).max() < 10
    assert last.crosses[:, 0, 0].tolist() == [True, False, False]
    assert last.margin[0, 0, 0] == -np.inf
    assert best_plan(made).order == (0, 1)


def test_a_part_is_an_agreement_of_its_own() -> None:
    for of in instances(120):
        for gone in of.everything:
            kept = tuple(sorted(of.everything - {gone}))
            if not kept or any(gone in of.needs[s] for s in kept):
                continue
            best, _ = oracle.best(without_step(of, gone, kept))
            assert best_plan(restrict(arrays(of), kept)).slack == pytest.approx(best, abs=1e-9)


def without_step(of: oracle.Agenda, gone: int, kept: tuple[int, ...]) -> oracle.Agenda:
    """The agenda of the other steps, renumbered; a term that needs the step never matches."""
    place = {s: n for n, s in enumerate(kept)}

    def inside(steps: frozenset[int]) -> frozenset[int]:
        return frozenset(place[s] for s in steps if s in place)

    terms = [t for t in range(len(of.on)) if gone not in of.on[t]]
    return replace(
        of,
        delta=tuple(tuple(row[s] for s in kept) for row in of.delta),
        on=tuple(inside(of.on[t]) for t in terms),
        off=tuple(inside(of.off[t]) for t in terms),
        excluded=tuple(of.excluded[t] for t in terms),
        points=tuple(tuple(row[t] for t in terms) for row in of.points),
        needs=tuple(inside(of.needs[s]) for s in kept),
        after=tuple(inside(of.after[s]) for s in kept),
        month=tuple(of.month[s] for s in kept),
        own=tuple(map(inside, of.own)),
        reversible=inside(of.reversible),
        undo=tuple(tuple(row[s] for s in kept) for row in of.undo),
        penalty=tuple(tuple(row[s] for s in kept) for row in of.penalty),
        lapse=tuple(map(inside, of.lapse)),
        batches=tuple(inside(b) for b in of.batches if gone not in b),
    )


def test_few_labels_give_a_lower_and_an_upper_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = {of: oracle.best(of)[0] for of in instances(150)}
    monkeypatch.setattr(sequencing, "MAX_LABELS", 1)
    for of, best in exact.items():
        found = best_plan(arrays(of))
        if found.order:
            assert found.slack <= best + 1e-9
            assert found.bound >= best - 1e-9


def test_the_beam_beyond_twenty_steps_is_bounded_and_near(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencing, "MAX_EXACT", 0)
    hit = tried = 0
    for of in instances(80):
        best, plan = oracle.best(of)
        found = best_plan(arrays(of))
        if plan is None:
            assert found.order == ()
            continue
        tried += 1
        assert found.slack <= best + 1e-9 <= found.bound + 2e-9
        assert oracle.slack(of, sets(of, found.order)) == pytest.approx(found.slack, abs=1e-9)
        hit += found.slack >= best - 1e-9
    assert hit / tried > 0.9


def test_threads_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    large = roadmap(14, 3, 5)
    many = best_plan(large)
    monkeypatch.setattr(numba, "get_num_threads", lambda: 1)
    assert best_plan(large) == many
    assert len(many.order) > 5


# --- closed forms -----------------------------------------------------------------------------------------


def plain(delta: list[list[float]], own: list[int], **other: object) -> Terms:
    """Steps that need nothing, take a month and cannot be undone, unless said otherwise."""
    factions, steps = len(delta), len(delta[0])
    made = Terms(
        base=np.zeros((factions, 1)),
        delta=np.array(delta)[..., None],
        on=np.zeros(0, np.int64),
        off=np.zeros(0, np.int64),
        excluded=np.zeros(0, np.bool_),
        points=np.zeros((factions, 0, 1)),
        broken=np.zeros((factions, 0, 1), np.bool_),
        needs=np.zeros(steps, np.int64),
        after=np.zeros(steps, np.int64),
        month=np.ones((steps, 1), np.int64),
        rho=np.full((factions, 1), 0.9),
        horizon=np.full(factions, -1),
        own=np.array(own, np.int64),
        reversible=0,
        undo=np.zeros((factions, steps, 1)),
        penalty=np.zeros((factions, steps, 1)),
        lapse=np.zeros(factions, np.int64),
        cost=np.zeros((factions, 1)),
        batches=np.array([1 << s for s in range(steps)], np.int64),
        winning=np.array([(1 << factions) - 1], np.int64),
    )
    return made._replace(**other)  # type: ignore[arg-type]


def gradual(ratio: float, rounds: int = 31, a: float = 1.0, b: float = 2.0, delta: float = 0.8) -> np.ndarray:
    """[K + 1] slack of two sides that exchange irreversible increments shrinking by ``ratio``."""
    steps = [(1 - ratio) * ratio**k for k in range(rounds)]
    mine = [-a * c for c in steps] + [b * c for c in steps]
    theirs = [b * c for c in steps] + [-a * c for c in steps]
    low = (1 << rounds) - 1
    terms = plain(
        [mine, theirs],
        [low, low << rounds],
        rho=np.full((2, 1), delta),
        batches=np.array([1 << k | 1 << rounds + k for k in range(rounds)], np.int64),
    )
    found: np.ndarray = slack(appraise(terms, tuple(range(rounds))).margin, terms.winning)[:, 0]
    return found


def test_gradualism_keeps_both_sides_just_indifferent() -> None:
    # Irreversible increments that shrink by rho = a / (delta b): nobody gains by holding the next one up, and nobody
    # would rather not (linear case of Lockwood & Thomas 2002). After the last increment nothing follows, so the sum is cut.
    a, b, delta = 1.0, 2.0, 0.8
    rho = a / (delta * b)
    assert gradual(rho)[:12] == pytest.approx(np.zeros(12), abs=1e-5)
    assert (gradual(rho - 0.05)[:6] < -1e-3).all()
    assert (gradual(rho + 0.05)[:6] > 1e-3).all()


def test_gradualism_needs_patience() -> None:
    # Feasible if and only if delta > a / b: below, even the slowest schedule has somebody who would rather stop.
    assert gradual(0.95, delta=0.55, rounds=31)[0] > 0
    for ratio in (0.3, 0.6, 0.9, 0.99):
        assert gradual(ratio, delta=0.45)[0] < 0


@pytest.mark.parametrize(
    ("tempted", "cooperation", "threshold"), [(1.5, 1.0, 1 / 3), (3.0, 2.0, 1 / 3), (4.0, 1.0, 0.75)]
)
def test_repeated_exchange_holds_from_the_textbook_patience(
    tempted: float, cooperation: float, threshold: float
) -> None:
    # Once all is done, taking back a reversible step gives ``tempted`` for a month and nothing afterwards, against
    # ``cooperation`` for ever: delta* = (T - R) / (T - P), P = 0 (the grim trigger of the repeated prisoner's dilemma).
    cost = tempted - cooperation
    terms = plain([[-cost, tempted], [tempted, -cost]], [1, 2], reversible=3, batches=np.array([3], np.int64))
    for delta, holds in ((threshold - 1e-6, False), (threshold + 1e-6, True)):
        end = appraise(terms._replace(rho=np.full((2, 1), delta)), (0,)).margin[-1, :, 0]
        assert bool(end.min() >= 0) is holds


def test_linked_issues_pool_their_slack() -> None:
    # One-shot gains from cheating (.8, .1) and losses if punished (.5, .6): delta* = g / (g + l) is 0.615 and 0.143
    # apart, 0.45 together (Bernheim & Whinston 1990).
    gain, loss = (0.8, 0.1), (0.5, 0.6)

    def least(issues: tuple[int, ...]) -> float:
        mine = [-gain[i] for i in issues] + [gain[i] + loss[i] for i in issues]
        theirs = [gain[i] + loss[i] for i in issues] + [-gain[i] for i in issues]
        n = len(issues)
        whole = (1 << 2 * n) - 1
        grid = np.linspace(0.001, 0.999, 999)
        low, high = 0.0, 1.0
        for _ in range(4):
            terms = plain(
                [mine, theirs], [(1 << n) - 1, whole ^ ((1 << n) - 1)], reversible=whole,
                batches=np.array([whole], np.int64),
            )  # fmt: skip
            ok = [appraise(terms._replace(rho=np.full((2, 1), d)), (0,)).margin[-1].min() >= 0 for d in grid]
            first = ok.index(True)
            low, high = grid[first - 1], grid[first]
            grid = np.linspace(low, high, 101)
        return float(high)

    assert least((0,)) == pytest.approx(0.6153846153846154, abs=1e-6)
    assert least((1,)) == pytest.approx(0.14285714285714288, abs=1e-6)
    assert least((0, 1)) == pytest.approx(0.45, abs=1e-6)


def test_starting_small_keeps_an_opportunist_waiting() -> None:
    # A partnership of size alpha_n pays g alpha_n a month to who works and d alpha_n to who stops working, until that is
    # found out. Sizes alpha_{n+1} / alpha_n = (d - g) / (delta d) leave an opportunist indifferent between stopping now
    # and stopping next month (Watson 1999); larger ratios make it wait.
    g, d, delta, rounds = 0.2, 1.0, 0.9, 8

    def waiting(ratio: float) -> np.ndarray:
        """What waiting a month is worth more than stopping now, at each stage."""
        sizes = np.cumprod([1.0, *[ratio] * (rounds - 1)])
        growth = np.diff([0.0, *sizes])
        terms = plain(
            [[0.0, *(d * growth)], [0.0, *np.zeros(rounds)]],
            [1, (1 << rounds + 1) - 2],
            reversible=(1 << rounds + 1) - 1,
            on=np.array([1 | 1 << n + 1 for n in range(rounds)], np.int64),
            off=np.zeros(rounds, np.int64),
            excluded=np.zeros(rounds, np.bool_),
            points=np.array([-(d - g) * growth, np.zeros(rounds)])[..., None],
            broken=np.zeros((2, rounds, 1), np.bool_),
            rho=np.full((2, 1), delta),
        )
        leaving = appraise(terms, tuple(range(rounds + 1))).leaving[1:-1, 0, 0]
        assert leaving == pytest.approx((1 - delta) * d * sizes)
        found: np.ndarray = (1 - delta) * g * sizes[:-1] + delta * leaving[1:] - leaving[:-1]
        return found

    assert waiting(0.888888888888889) == pytest.approx(np.zeros(rounds - 1), abs=1e-9)
    assert (waiting(0.85) < 0).all()
    assert (waiting(0.93) > 0).all()


# --- laws -------------------------------------------------------------------------------------------------


def best_slack(terms: Terms) -> float:
    return best_plan(terms).slack


def test_scaling_everybodys_points_scales_the_slack() -> None:
    for of in instances(40):
        terms = arrays(of)
        twice = terms._replace(
            **{n: 2 * getattr(terms, n) for n in ("base", "delta", "points", "undo", "penalty", "cost")}
        )
        if best_plan(terms).order:
            assert best_slack(twice) == pytest.approx(2 * best_slack(terms), abs=1e-8)


def test_guarantees_and_exchanges_help_as_they_should() -> None:
    for of in instances(120):
        terms = arrays(of)
        before = best_slack(terms)
        if before == -np.inf:
            continue
        dearer = terms._replace(penalty=terms.penalty + 0.3)
        assert best_slack(dearer) >= before - 1e-9
        costly = terms._replace(cost=terms.cost + 0.2)
        assert best_slack(costly) == pytest.approx(before - 0.2, abs=1e-8)
        pair = np.append(terms.batches, (1 << terms.steps) - 1)
        assert best_slack(terms._replace(batches=pair)) >= before - 1e-9
        harder = terms._replace(undo=terms.undo + 0.3)
        assert best_slack(harder) >= before - 1e-9


def test_renaming_steps_and_factions_changes_nothing() -> None:
    for of in instances(40):
        terms = arrays(of)
        turn = list(reversed(range(len(of.base))))
        other = terms._replace(
            **{n: getattr(terms, n)[turn] for n in ("base", "delta", "points", "rho", "horizon", "own", "undo", "penalty", "lapse", "cost")},
            winning=np.array([sum(1 << turn.index(f) for f in range(len(turn)) if int(w) >> f & 1) for w in terms.winning]),
        )  # fmt: skip
        assert best_slack(other) == pytest.approx(best_slack(terms), abs=1e-9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"month": np.zeros((2, 1), np.int64)}, "month"),
        ({"rho": np.ones((2, 1))}, "discount"),
        ({"batches": np.array([0], np.int64)}, "batch"),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, np.ndarray], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        best_plan(plain([[-1.0, 2.0], [2.0, -1.0]], [1, 2], **change))
