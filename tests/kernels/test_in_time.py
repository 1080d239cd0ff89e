"""Orders that keep to the calendar, against every order one by one."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from oracles import intime as oracle
from oracles import roadmap

from detente.kernels.appraisal import appraise
from detente.kernels.sequencing import best_plan
from detente.problem.steps import NEVER
from detente.prospects.intime import in_time, late, plan_in_time
from tests.kernels.test_sequencing import arrays, sets


def _instances(count: int, *, exchanges: bool) -> list[tuple[roadmap.Agenda, np.ndarray, np.ndarray]]:
    rng = random.Random(20211121)
    found = []
    while len(found) < count:
        of = roadmap.random_agenda(rng, rng.randint(2, 5), 2)
        if not exchanges:
            of = replace(of, batches=())
        whole = sum(of.month)
        begun, done = (
            np.array([rng.randint(-1, whole) if rng.random() < 0.35 else NEVER for _ in of.month])
            for _ in range(2)
        )
        if best_plan(arrays(of)).order:
            found.append((of, begun, done))
    return found


def test_the_order_found_has_the_most_slack_of_those_in_time() -> None:
    changed = impossible = 0
    for of, begun, done in _instances(80, exchanges=False):
        terms = arrays(of)
        found = plan_in_time(terms, begun, done)
        most = oracle.most_slack_in_time(of, begun.tolist(), done.tolist())
        behind = oracle.late_steps(of, sets(of, found.order), begun.tolist(), done.tolist())
        assert set(late(terms, found.order, begun, done)) == behind
        assert (most is None) == bool(behind)
        if most is not None:
            assert found.slack == pytest.approx(most, abs=1e-9)
            assert found.proven
            changed += bool(late(terms, best_plan(terms).order, begun, done))
        impossible += most is None
    assert min(changed, impossible) > 8


def test_with_exchanges_the_bound_holds() -> None:
    for of, begun, done in _instances(40, exchanges=True):
        found = plan_in_time(arrays(of), begun, done)
        most = oracle.most_slack_in_time(of, begun.tolist(), done.tolist())
        if most is not None:
            assert found.bound >= most - 1e-9
            if not late(arrays(of), found.order, begun, done):
                assert found.slack <= most + 1e-9


@pytest.mark.parametrize("urgent", range(3))
def test_what_can_be_in_time_is_although_another_step_cannot(urgent: int) -> None:
    """Three steps of a month each, one of which has to be done in the first, and another whose day was over at the start."""
    of = roadmap.random_agenda(random.Random(3), 3, 2)
    free = (frozenset[int](),) * 3
    of = replace(
        of, needs=free, after=free, month=(1, 1, 1), on=(), off=(), excluded=(), points=((), ()), batches=()
    )
    begun, done = np.full(3, NEVER), np.full(3, NEVER)
    done[urgent], begun[(urgent + 1) % 3] = 1, -1
    assert late(arrays(of), plan_in_time(arrays(of), begun, done).order, begun, done) == ((urgent + 1) % 3,)


def test_a_stage_is_in_time_if_all_its_steps_are() -> None:
    for of, begun, done in _instances(40, exchanges=True):
        terms = arrays(of)
        order = best_plan(terms).order
        behind = oracle.late_steps(of, sets(of, order), begun.tolist(), done.tolist())
        found = in_time(terms, order, appraise(terms, order).elapsed, begun, done)[:, 0]
        assert found.tolist() == [not behind & batch for batch in sets(of, order)]
