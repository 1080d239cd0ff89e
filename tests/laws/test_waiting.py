"""Who is told that waiting is worth more than typed, against what everybody can do alone as the deal counts it."""

from __future__ import annotations

import re
from random import Random

import pytest

from detente.analyses.deal import deal
from detente.analyses.outlook.solve import outlook
from detente.case.reading import load_case, read_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.problem.own import own_gains
from detente.problem.worth import worth
from tests.laws.random_cases import fresh, parted
from tests.laws.writing import written


def drawn(seed: int) -> str:
    """A random case in which nothing is decided by chance, so that best estimates are a draw like any other."""
    rng, case = Random(seed), fresh(seed, chance=False, tables=False)
    for about in case["issues"].values():
        if rng.random() < 0.2:
            about["reversible"] = False
        elif rng.random() < 0.4:
            about["undo"] = [rng.randint(0, 2), rng.randint(2, 4), rng.randint(4, 9)]
            about["was"] = rng.choice([o for o in about["options"] if o != about.get("status_quo")])
    parted(rng, case)
    return written(case)


@pytest.mark.parametrize("seed", range(900, 960))
def test_those_are_told_who_could_do_better_alone(seed: int) -> None:
    text = drawn(seed)
    read = read_case(text, "waiting.yaml")
    said = {
        re.match(r"preferences\.(\w+)", w.message).group(1): float(re.search(r"gains (\S+) points", w.message).group(1).replace(",", ""))  # type: ignore[union-attr]
        for w in read.warnings
        if "without anybody's agreement" in w.message
    }  # fmt: skip
    ready = prepare(read.case, draws=8)
    problem, sample = ready.problem, ready.best
    if problem.status_quo is None:
        assert not said
        return
    gains = own_gains(problem, sample, ready.beside_best.steps)[:, 0] * problem.step
    typed = sample.no_deal[:, 0] * problem.step - worth(problem, sample, [{}])[:, 0, 0]
    slack = 0.01 + 0.005 * (1 + len(problem.issues))
    for f, gain, more in zip(problem.factions, gains, typed, strict=True):
        if gain > max(more, 0) + slack:
            assert said[f] == pytest.approx(gain, abs=0.05 + slack), f
        elif gain < max(more, 0) - slack:
            assert f not in said


@pytest.mark.parametrize("name", ["parliament", "stockpile"])
def test_the_deal_says_who_gains_alone_as_the_outlook_does(name: str) -> None:
    ready = prepare(load_case(resolve(name)).case, draws=64)
    now, later = deal(ready).main.status_quo, outlook(ready)
    assert now is not None
    assert now.alone
    for f, value in later.no_deal.items():
        if value.alone:
            assert now.alone[f].mean == pytest.approx(value.alone, abs=1e-5)
            assert 0 < now.alone[f].share <= 1
        else:
            assert f not in now.alone
