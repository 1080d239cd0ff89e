"""The pieces of many revisions on one sheet against the account of each."""

from __future__ import annotations

import numpy as np
import pytest

from detente.case.lapses import ends_of
from detente.case.reading import read_case
from detente.case.wired import NOTHING, Revision
from detente.draws import prepare
from detente.world.pieces import Points, outline, sheet
from detente.world.worth import account
from tests.laws.writing import written
from tests.world.valued import valued


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("lasting", [None, 7])
def test_a_sheet_adds_up_to_the_account_of_every_revision(seed: int, lasting: int | None) -> None:
    _, tree, _ = valued(seed)
    if lasting is not None:
        tree["issues"]["arms"]["options"]["all"] = {"until": lasting}
    case = read_case(written(tree), "valued.yaml").case
    ground = prepare(case, seed=seed, draws=64).fresh_ground
    problem = ground.problem
    settled: list[dict[str, str]] = [
        {},
        *({issue: option} for issue, spec in case.issues.items() for option in spec.options),
    ]
    revisions = [NOTHING, *(Revision(settles=one, until=ends_of(case, one)) for one in settled)]
    of = sheet([outline(problem, revision) for revision in revisions])
    answers = np.random.default_rng(seed).random(len(of.looked.asked) + len(of.looked.summed) + 1)
    answers[-1] = 0  # of what is nowhere asked
    which = [2, 0]
    points = Points(ground, which)
    sums, fixed = points.totals(of.sums), points.totals(of.fixed)
    answer = dict(zip((*of.looked.asked, *of.looked.summed), answers, strict=False))
    for r, revision in enumerate(revisions):
        alone = account(ground, revision, which)
        expected = alone.base.copy()
        expected += sum(answer[node] * gain for node, gain in zip(alone.asked, alone.gains, strict=True))
        expected += sum(answer[name] * rate for name, rate in zip(alone.summed, alone.rates, strict=True))
        found = np.tensordot(of.there[r], fixed, axes=1)
        found += np.tensordot(answers[of.columns[r]], sums, axes=1)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)
