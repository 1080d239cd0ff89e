"""The bundled parts: each stands alone, says what it is, and knows of no case."""

from __future__ import annotations

import datetime
import re
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from detente.case.library import bundled
from detente.case.mechanism import Bundled, Declared, Part
from detente.case.wiring import Misfit, Wiring, wire
from detente.world.form import form
from detente.world.run import dated, prepared, run

NAMES = sorted(bundled())
ISSUE = ("low", "middle", "high")
OF_A_CASE = re.compile(
    r"venezuel|maduro|guaid|capriles|norw|caracas|biden|trump|american|washington|europe|citgo|cne\b|chav",
    re.I,
)


def number(of: Declared) -> float:
    """Something that makes sense."""
    least = of.least if of.least is not None else (0.0 if of.unit == "share" else None)
    most = of.most if of.most is not None else (1.0 if of.unit == "share" else None)
    value = 0.3 if of.unit == "share" else 2.0
    if least is not None:
        value = max(value, least)
    return value if most is None else min(value, most)


def used(part: Bundled) -> dict[str, Any]:
    """The part as some case would use it."""
    given: dict[str, Any] = dict.fromkeys(part.issues, "matter")
    for name, of in part.numbers.items():
        given[name] = dict.fromkeys(ISSUE, number(of)) if of.table else number(of)
    for name in part.calendars:
        given[name] = ["2021-09-01"]
    return given


def wired(*names: str) -> Wiring | list[Misfit]:
    parts = TypeAdapter(dict[str, Part]).validate_python({n: used(bundled()[n]) for n in names})
    return wire(parts, bundled(), {"matter": ISSUE}, {})


@pytest.mark.parametrize("name", NAMES)
def test_a_part_stands_alone_and_runs(name: str) -> None:
    found = wired(name)
    assert isinstance(found, Wiring), found
    made = form(found, {"matter": "low"})
    values: dict[str, Any] = {}
    for full, given in found.figures.items():
        for option, one in given.items() if isinstance(given, dict) else [("", given)]:
            values[f"{full}[{option}]" if option else full] = np.full(2, one.median)
    days = dated(found.calendars, made.calendars, datetime.date(2021, 6, 3), 24)
    levels = [f"{name}.{n}" for n in bundled()[name].levels]
    ready = prepared(made, values, {"matter": "low"}, days, summed=levels)
    assert np.isfinite(run(ready, per=64, seed=1).means).all()


def test_all_parts_go_together() -> None:
    assert isinstance(wired(*NAMES), Wiring)


@pytest.mark.parametrize("name", NAMES)
def test_leaving_one_out_leaves_the_others_standing(name: str) -> None:
    assert isinstance(wired(*(n for n in NAMES if n != name)), Wiring)


@pytest.mark.parametrize("name", NAMES)
def test_a_part_says_what_it_is_and_knows_of_no_case(name: str) -> None:
    part = bundled()[name]
    for block in (part.levels, part.values, part.events):
        assert all(member.says for member in block.values())
    text = part.model_copy(update={"theory": ""}).model_dump_json()
    assert not OF_A_CASE.search(text), OF_A_CASE.search(text)
    assert part.theory.endswith(".")
    assert part.limits.endswith(".")


def test_an_event_is_a_clause_and_a_level_is_not() -> None:
    """Events are read after 'in 36% of worlds': a verb in the present; levels and values are noun phrases or 'whether ..'."""
    verb = re.compile(
        r"\b(is|are|has|have|come|comes|gets|loses|lose|win|wins|decides|collapses|hands|opens|lapses|becomes|takes|breaks|begin|begins)\b"
    )
    for name, part in bundled().items():
        for event, of in part.events.items():
            assert verb.search(of.says or ""), f"{name}.{event}"
            assert not (of.says or "").endswith("."), f"{name}.{event}"
