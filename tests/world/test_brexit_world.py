"""The world of the case brexit-2018: what each lever must move, and which way, on the same chances."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

from detente.catalogue import path
from tests.answers import ask


class Law(NamedTuple):
    """A policy, and what it must move: event → sign."""

    says: str
    policy: dict[str, Any]
    moves: dict[str, int]
    least: float = 0.01
    """By how much, of all worlds."""


def change(**numbers: object) -> dict[str, Any]:
    return {"changes": {name.replace("__", "."): value for name, value in numbers.items()}}


LAWS = [
    Law(
        "forty more who hold out", change(whips__leavers="leavers + 40"), {"house.passed": -1, "clock.out": 1}
    ),
    Law("those who hold out fear that it is lost", change(whips__fears_stay=0.5), {"house.passed": 1}),
    Law("the others fear the day", change(whips__fears_out="fears_out * 4"), {"house.passed": 1}),
    Law("the ally votes for it", change(house__refuses=0), {"house.passed": 1}),
    Law("a minister is sure to go", change(cabinet__goes=1, whips__takes=40), {"house.passed": -1}),
    Law(
        "no time is granted",
        change(clock__grants=0),
        {"clock.extended": -1, "clock.out": 1, "european.held": -1, "people.voted": -1},
    ),
    Law(
        "the twenty-seven do not endorse it",
        change(council__endorses=0),
        {"house.put": -1, "house.passed": -1},
    ),
    Law("a paper beside it comes at once", change(concessions__gives=1), {"house.passed": 1}),
    Law(
        "the government turns to the other side", change(house__bends=0.3), {"house.bent": 1, "clock.out": -1}
    ),
    Law("letters come in", change(leader__letters=0.6), {"leader.challenged": 1, "leader.fell": 1}),
    Law(
        "who leaves wins an election",
        change(ballot__wins=0.9, ballot__loses=0),
        {"ballot.won": 1, "concessions.recut": 1, "house.enacted_ni": 1, "ballot.hung": -1},
    ),
    Law("elections are called when nothing passes", change(ballot__stuck=0.3), {"ballot.held": 1}),
    Law(
        "the people are asked",
        change(people__asked=0.3),
        {"people.voted": 1, "people.stays": 1, "clock.out": -1},
    ),
    Law("the Court says yes", change(judges__allows=1), {"judges.ruled": 1}),
    Law("the ally leaves when it is passed over", change(confidence__betrayed=1), {"confidence.defeated": 1}),
    Law(
        "the treaty is signed",
        {"settles": {"settlement": "draft"}},
        {"clock.out": -1, "house.put": -1, "confidence.turned": 1},
    ),
    Law(
        "a deal of another kind is signed", {"settles": {"settlement": "end_date"}}, {"confidence.turned": -1}
    ),
    Law("time is promised beforehand", change(clock__grants=1, whips__fears_out=0), {"house.passed": -1}),
    Law(
        "time is refused beforehand",
        change(clock__grants=0.1, whips__fears_out="fears_out * 2"),
        {"house.passed": -1},
    ),
]


@functools.cache
def _answer(folder: Path) -> Any:
    """The outlook with every law as a policy. Policies are compared on every eighth draw."""
    yaml = YAML(typ="safe", pure=True)
    case = yaml.load(path("brexit-2018").read_text(encoding="utf-8"))
    case["policies"] = {
        f"law_{n}": {"name": law.says, "judgement": "A lever of a test.", **law.policy}
        for n, law in enumerate(LAWS)
    }
    file = folder / "brexit-levers.yaml"
    with file.open("w", encoding="utf-8") as out:
        yaml.dump(case, out)
    answer = ask("outlook", file, "--draws", "256", "--json")
    assert answer.code == 0, answer.err
    return answer.json


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("brexit")


@pytest.mark.parametrize("n", range(len(LAWS)), ids=[law.says for law in LAWS])
def test_each_lever_moves_what_it_must(n: int, folder: Path) -> None:
    moved = _answer(folder)["policies"][f"law_{n}"]["influence"]["events"]
    for event, sign in LAWS[n].moves.items():
        assert sign * moved.get(event, 0.0) > LAWS[n].least, (event, moved.get(event, 0.0))


def test_events_stay_within_what_must_come_first(folder: Path) -> None:
    last = {name: of["share"][-1] for name, of in _answer(folder)["events"].items()}
    assert last["house.passed"] <= last["house.put"] <= last["council.endorsed"]
    assert last["people.stays"] + last["people.confirmed"] == pytest.approx(last["people.voted"], abs=1e-6)
    assert last["ballot.won"] + last["ballot.lost"] + last["ballot.hung"] == pytest.approx(
        last["ballot.held"], abs=1e-6
    )
    assert last["leader.beaten"] <= min(last["leader.challenged"], last["leader.fell"])
    assert last["confidence.defeated"] <= last["confidence.put"]
    ended = [name for name, of in _answer(folder)["events"].items() if of["ends"] == "question"]
    assert sum(last[name] for name in ended) <= 1
    assert {"clock.out", "house.enacted", "people.stays"} <= set(ended)


def test_nobody_leaves_without_a_treaty_that_is_in_force(folder: Path) -> None:
    signed = next(n for n, law in enumerate(LAWS) if law.policy == {"settles": {"settlement": "draft"}})
    events = _answer(folder)["events"]["clock.out"]["share"][-1]
    # The comparison is on other draws than the table of events, so that the whole share is moved but for its error.
    moved = _answer(folder)["policies"][f"law_{signed}"]["influence"]["events"]["clock.out"]
    assert -moved == pytest.approx(events, abs=0.06)


def test_later_dates_are_never_less_likely(folder: Path) -> None:
    for name, of in _answer(folder)["events"].items():
        assert all(b >= a for a, b in zip(of["share"], of["share"][1:], strict=False)), name
