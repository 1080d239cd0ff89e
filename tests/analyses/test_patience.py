"""How patient somebody has to be for an order to hold: by hand, and one faction and one number at a time."""

from __future__ import annotations

import numpy as np
import pytest

from detente.analyses.deal import deal
from detente.analyses.roadmap import roadmap, solve
from detente.analyses.roadmap.result import Patience
from detente.case.reading import read_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.kernels.appraisal import appraise, slack
from detente.prospects.road import Road
from tests.analyses.test_roadmap import BOTH, SWAP

LINED = SWAP.replace(
    "    patience: 0.9\n", "    patience: 0.9\n    red_lines: [{well: open, road: closed}]\n"
)


def looked_at(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Road, Patience]:
    """The road of a case to its best package, or to ``BOTH``, and what was found of it."""
    roads: list[Road] = []
    found = solve._patience

    def seen(road: Road) -> Patience:
        roads.append(road)
        return found(road)

    monkeypatch.setattr(solve, "_patience", seen)
    ready = prepare(read_case(text, "case.yaml").case, draws=64)
    best = None if "well:" in text else deal(ready).main.solutions["most_acceptable"]
    patience = roadmap(ready, BOTH if best is None else best.moves).patience
    assert patience is not None
    return roads[0], patience


def holds(road: Road, rho: np.ndarray) -> bool:
    """Whether nobody needed for it would stop, under patience [F]."""
    terms = road.best._replace(rho=rho[:, None])
    margin = appraise(terms, road.plan.order).margin
    return bool((slack(margin, terms.winning) >= -1e-9).all())


def test_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    _, found = looked_at(SWAP, monkeypatch)
    # South needs 20 >= (1 - rho) 60 at the end, north 60 >= (1 - rho) 80.
    assert found.alone == {"north": pytest.approx(1 / 4, abs=1e-5), "south": pytest.approx(2 / 3, abs=1e-5)}
    assert found.common == max(filter(None, found.alone.values()))


@pytest.mark.parametrize("name", ["lined", "iran-2022", "brexit-2018"])
def test_one_at_a_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = LINED if name == "lined" else resolve(name).read_text("utf-8")
    road, found = looked_at(text, monkeypatch)
    own = road.best.rho[:, 0]
    grid = 1 - np.geomspace(0.99, 0.0001, 257)
    for n, f in enumerate((None, *road.of.factions), -1):
        least = found.common if f is None else found.alone[f]

        def at(rho: float, n: int = n) -> bool:
            patience = np.full(len(own), rho) if n < 0 else own.copy()
            patience[n if n >= 0 else slice(None)] = rho
            return holds(road, patience)

        if least is None:
            assert not any(map(at, grid.tolist())), f
        else:
            assert at(least + 1e-5), f
            assert least < 0.0101 or not at(least - 1e-5), f
