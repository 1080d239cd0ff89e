"""What the documentation says that the Iranian case shows, on its draws."""

from __future__ import annotations

import numpy as np
import pytest

from detente.case.reading import load_case
from detente.catalogue import path
from detente.draws import Drawn, prepare
from tests.cases.written import accepted

TEXT = {
    "enrichment": "limits",
    "centrifuges": "sealed",
    "monitoring": "full",
    "relief": "phased",
    "prisoners": "exchanged",
    "funds": "supervised",
}
SMALL = {"monitoring": "cameras_back", "prisoners": "exchanged", "funds": "supervised"}
NAMES = ("leader", "government", "guards", "administration", "senators", "e3", "russia")


@pytest.fixture(scope="module")
def ready() -> Drawn:
    return prepare(load_case(path("iran-2022")).case, draws=256)


def share(ready: Drawn, reading: str | None = None, **changed: str) -> float:
    """Share of draws in which everybody who is needed accepts the text, with something changed."""
    return agreed(ready, {**TEXT, **changed}, reading)


def agreed(ready: Drawn, moves: dict[str, str], reading: str | None = None) -> float:
    """Share of draws in which everybody who is needed accepts a package: of government and Guards one is enough."""
    sample = ready.fresh if reading is None else ready.rivals["leader", reading]
    yes = accepted(ready, "vienna", moves, sample)
    assert yes.keys() == set(NAMES)
    needed = [yes[n] for n in NAMES if n not in ("government", "guards")]
    return float((np.all(needed, axis=0) & (yes["government"] | yes["guards"])).mean())


def test_an_answered_file_is_worth_more_than_any_guarantee(ready: Drawn) -> None:
    alone = share(ready)
    assert 0.05 < alone < 0.25
    answered = share(ready, probe="answered")
    assert answered > 1.7 * alone
    assert share(ready, relief="firms") - alone < 0.6 * (answered - alone)
    assert share(ready, relief="self_help") < alone + 0.05


def test_closing_the_file_is_refused_by_lines_and_not_for_its_price(ready: Drawn) -> None:
    assert share(ready, probe="closed") < 0.12
    yes = accepted(ready, "vienna", {**TEXT, "probe": "closed"}, ready.fresh)
    assert float(yes["leader"].mean()) > 0.6
    assert max(float(yes["e3"].mean()), float(yes["administration"].mean())) < 0.4
    # Without the lines they would be glad of it: the text with the open file suits both.
    open_file = accepted(ready, "vienna", TEXT, ready.fresh)
    assert min(float(open_file["e3"].mean()), float(open_file["administration"].mean())) > 0.6


def test_the_senators_stop_what_the_president_might_give(ready: Drawn) -> None:
    yes = accepted(ready, "vienna", {**TEXT, "relief": "self_help"}, ready.fresh)
    assert float(yes["senators"].mean()) < 0.65
    assert float(yes["administration"].mean()) > float(yes["senators"].mean())
    assert share(ready, listing="reciprocal", scope="later_talks") < 0.1


def test_the_text_hangs_on_the_reading_of_the_leader(ready: Drawn) -> None:
    haggler, undecided, threshold = (share(ready, r) for r in ("haggler", "undecided", "threshold"))
    assert haggler > 2 * undecided
    assert threshold < 0.05


def test_people_money_and_cameras_are_easier_than_the_text(ready: Drawn) -> None:
    small = agreed(ready, SMALL)
    assert 0.4 < small < 0.75
    assert small > share(ready, probe="answered")
    assert agreed(ready, {k: v for k, v in SMALL.items() if k != "funds"}) < 0.15


def test_the_guards_lose_by_the_text_and_block_nothing(ready: Drawn) -> None:
    yes = accepted(ready, "vienna", TEXT, ready.fresh)
    assert float(yes["guards"].mean()) < 0.05
    assert float(yes["government"].mean()) > 0.95


def test_relief_is_for_compliance_and_nothing_less(ready: Drawn) -> None:
    for less in ({"enrichment": "five"}, {"monitoring": "cameras_back"}, {"centrifuges": "installing"}):
        assert share(ready, **less) == 0, less
