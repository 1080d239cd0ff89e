"""What a deviation brings about until a date only: against stages without dates, and the best order against every order."""

from __future__ import annotations

import random

import numpy as np
import pytest
from kernels.test_sequencing import arrays, indices
from oracles import roadmap as oracle

from detente.kernels.appraisal import Dated, Terms, appraise, slack
from detente.kernels.sequencing import best_plan


def dated(rng: random.Random) -> tuple[oracle.Agenda, Terms]:
    """A random agenda with one or two guarantees that stand until a month."""
    of = oracle.random_agenda(rng, rng.randint(1, 4), rng.randint(1, 3))
    made, steps, factions = arrays(of), len(of.month), len(of.base)
    found = []
    for _ in range(rng.randint(1, 2)):
        lapse = np.array([sum(1 << s for s in range(steps) if rng.random() < 0.5) for _ in range(factions)])
        penalty = np.array([[[rng.choice((0.0, 0.7, 3.0))] for _ in range(steps)] for _ in range(factions)])
        found.append(Dated(rng.randint(1, sum(of.month) + 3), lapse.astype(np.int64), penalty))
    return of, made._replace(dated=tuple(sorted(found, key=lambda d: d.month)))


def standing(made: Terms, month: int) -> Terms:
    """Written out: what holds from a month on, for good."""
    now = made._replace(dated=())
    for d in made.dated:
        if d.month > month:
            now = now._replace(lapse=now.lapse | d.lapse, penalty=now.penalty + d.penalty)
    return now


def test_each_stage_is_judged_by_what_stands_then_and_the_end_by_all_that_is_to_come() -> None:
    rng, differs, late = random.Random(11), 0, 0
    for _ in range(150):
        of, made = dated(rng)
        for plan in oracle.plans(of)[:4]:
            order = indices(of, plan)
            now = appraise(made, order)
            for n in range(len(order) + 1):
                month = int(now.elapsed[n, 0])
                then = appraise(standing(made, month), order)
                if n < len(order):
                    assert now.margin[n, :, 0] == pytest.approx(then.margin[n, :, 0])
                    assert now.kind[n].tolist() == then.kind[n].tolist()
                    differs += not np.allclose(
                        then.leaving[n], appraise(made._replace(dated=()), order).leaving[n]
                    )
                    continue
                margins = [then.margin[n, :, 0]]
                for d in made.dated:
                    if d.month > month:
                        # As if the last stage came when the date has passed: deadlines are that much nearer.
                        gone = standing(made, d.month)
                        nearer = np.where(gone.horizon >= 0, gone.horizon - (d.month - month), -1)
                        passed = (gone.horizon >= 0) & (nearer < month)
                        nearer = np.where(passed, month, nearer)
                        margins.append(appraise(gone._replace(horizon=nearer), order).margin[n, :, 0])
                        late += 1
                assert now.margin[n, :, 0] == pytest.approx(np.min(margins, axis=0))
    assert min(differs, late) > 50


def test_the_best_order_is_that_of_judging_every_order() -> None:
    rng, several = random.Random(12), 0
    for _ in range(200):
        of, made = dated(rng)
        judged = [
            float(slack(appraise(made, indices(of, plan)).margin, made.winning).min())
            for plan in oracle.plans(of)
        ]
        found = best_plan(made)
        assert bool(found.order) == bool(judged)
        if judged:
            assert found.slack == pytest.approx(max(judged), abs=1e-9)
            assert found.bound == pytest.approx(max(judged), abs=1e-8)
            several += max(judged) - min(judged) > 0.1
    assert several > 40
