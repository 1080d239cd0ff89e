"""Parts that stand still, one after another, in one run: the same worlds as with each of them written out to stand still."""

from __future__ import annotations

import numpy as np
import pytest

from detente import Study, load
from detente.analyses.outlook.view import View
from detente.case.wired import Revision, wired
from detente.errors import UsageError
from detente.problem.ground import Ground
from detente.world import stills
from detente.world.form import Form, form
from detente.world.run import Ensemble, dated, prepared, run
from detente.world.scenario import Looked, simulate
from detente.world.stills import stilled
from detente.world.trees import stands_still
from tests.world.models import HOME, PARTS, model
from tests.world.test_against_reference import SEED, START, Both, both


def apart(of: Both, part: str) -> Ensemble | str:
    made = form(of.wiring, HOME, settled=of.of.settled, still=(part,), asked=of.conditions)
    columns = {n: np.array([v[n] for v in of.values]) for n in of.values[0]}
    return ran(of, made, columns, len(of.values))


def together(of: Both, parts: list[str]) -> Ensemble | str:
    made = form(of.wiring, HOME, settled=of.of.settled, switched=parts, asked=of.conditions)
    columns = {n: np.array([v[n] for v in of.values] * len(parts)) for n in of.values[0]}
    still = np.repeat(np.eye(len(parts)), len(of.values), axis=1)
    columns |= {stands_still(part): row for part, row in zip(parts, still, strict=True)}
    return ran(of, made, columns, len(of.values))


def ran(of: Both, made: Form, columns: dict[str, np.ndarray], draws: int) -> Ensemble | str:
    dates = dated(of.wiring.calendars, made.calendars, START, of.months)
    settled, paths = {**HOME, **of.of.settled}, [*of.amounts, *of.events]
    ready = prepared(made, columns, settled, dates, summed=of.amounts, paths=paths)._replace(cycle=draws)
    try:
        return run(ready, per=70, seed=SEED)
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("seed", range(300, 340))
def test_a_number_stills_a_part_as_writing_it_out_does(seed: int) -> None:
    of = both(model(seed), draws=3)
    found = together(of, list(PARTS))
    assert isinstance(found, Ensemble), found
    for n, part in enumerate(PARTS):
        one, rows = apart(of, part), slice(3 * n, 3 * n + 3)
        assert isinstance(one, Ensemble)
        for a, b in zip(one[1:], found[1:], strict=True):
            assert (np.nan_to_num(a, nan=-77) == np.nan_to_num(b[rows], nan=-77)).all(), part


def test_what_would_have_no_value_in_a_part_that_stands_still_is_no_fault() -> None:
    faults = 0
    for seed in range(400, 480):
        of = both(model(seed, careless=True))
        for part in PARTS:
            one, other = apart(of, part), together(of, [part])
            assert (one if isinstance(one, str) else "") == (other if isinstance(other, str) else "")
            faults += isinstance(one, str)
    assert faults > 10


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Study(load("stockpile"), draws=64).ready.talking_ground


@pytest.mark.parametrize("at_once", [1, 1 << 40])
def test_the_worlds_of_a_case_are_those_of_its_revisions(
    ground: Ground, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stills, "COUNTED", at_once)
    of = View(ground, 128, Revision())
    parts = list(of.ground.problem.case.world.parts)
    assert len(parts) > 1
    for part, seen in zip(parts, of.stilled(parts), strict=True):
        alone = of.run(Revision(stops=frozenset((part,))))
        assert seen.place == alone.place
        assert (seen.found.counts == alone.found.counts).all()
        assert (seen.found.sums == alone.found.sums).all()
        assert (seen.worth == alone.worth).all()


def test_what_stands_still_already_goes_on_doing_so(ground: Ground) -> None:
    first, *others = ground.problem.case.world.parts
    asked = tuple(
        node for q in wired(ground.problem.case).questions.values() for node, *_ in q.answers.values()
    )
    looked = Looked(asked)
    for part, found in zip(others, stilled(ground, {first}, others, looked, per=64), strict=True):
        alone = simulate(ground, Revision(stops=frozenset((first, part))), looked, per=64)
        assert (found.counts == alone.counts).all()
    assert list(stilled(ground, {first}, [], looked, per=64)) == []
