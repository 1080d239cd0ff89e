"""The outlook of random cases with random worlds: whatever they are, its shares are shares and it can be said."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from detente.analyses.outlook.document import document, sections
from detente.analyses.outlook.solve import outlook
from detente.case.reading import read_case
from detente.draws import prepare
from tests.laws.writing import written
from tests.world.valued import MONTHS, valued


@pytest.mark.parametrize("seed", range(300, 316))
def test_shares_are_shares_and_can_be_said(seed: int) -> None:
    _, tree, _ = valued(seed)
    for f in "ac" if seed % 2 else "":
        tree["preferences"][f]["no_deal"] = "from_outlook"
    case = read_case(written(tree), "valued.yaml").case
    ready = prepare(case, draws=8, seed=seed)
    found = outlook(ready, per=8)
    for event in found.events.values():
        assert all(0 <= a <= b <= 1 for a, b in pairwise(event.share))
        assert 0 <= event.low <= event.high <= 1
    ends: dict[str, list[tuple[float, ...]]] = {}
    for event in found.events.values():
        if event.ends is not None:
            ends.setdefault(event.ends, []).append(event.share)
    for month in range(MONTHS + 1):
        for paths in ends.values():
            assert sum(path[month] for path in paths) <= 1 + 1e-5
        for options in found.issues.values():
            assert sum(path[month] for path in options.values()) == pytest.approx(1, abs=1e-5)
    assert all(0 <= share <= 1 for share in found.judgement_share.values())
    assert {f for f, v in found.no_deal.items() if v.used} == set(case.computed)
    json.dumps(found.to_json(), allow_nan=False)
    assert document(found, case).blocks[0] is not None
    assert sections(found, case)[0].id == "outlook"
    # With as many worlds as the deal has: what no deal is worth is one number.
    same = outlook(ready) if case.computed else found
    for n, value in enumerate(same.no_deal.values()):
        if value.used:
            step = float(ready.problem.step[n])
            told = float(ready.fresh.no_deal[n].mean()) * step
            assert value.no_deal == pytest.approx(told, abs=step)
            assert value.expected == pytest.approx(value.going_on + value.negotiating, abs=1e-5)
