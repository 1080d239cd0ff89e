"""Signs of equations: by hand, and never against what trying them shows."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import TypeAdapter

from detente.case.equations import Node
from detente.case.mechanism import Movement, Part
from detente.case.wiring import Wiring, wire
from detente.world.signs import ANY, Bounds, Signs, bounds
from tests.oracles.equations import Fault
from tests.oracles.slopes import tried
from tests.world.models import ISSUES, model
from tests.world.test_against_reference import ABSENT, both

NUMBERS: dict[str, Any] = {
    "p": [0.1, 0.3],
    "q": [0.2, 0.9],
    "big": {"range": [2, 9], "unit": "number"},
    "either": {"range": [-3, 4], "unit": "number"},
    "less": {"range": [-3, -1], "unit": "number"},
    "by": {"few": 0.1, "many": 0.5, "all": 1},
}
LEVELS: dict[str, Any] = {
    "x": {"start": 0.5, "next": "clamp(x + 0.1 * shock, 0, 1)", "unit": "number"},
    "y": {"start": 0.5, "next": "clamp(y + 0.1 * shock, 0, 1)", "unit": "number"},
    "grows": {"start": 0, "next": "grows + p", "unit": "number"},
}
EVENTS: dict[str, Any] = {"e": {"chance": "x"}, "f": {"chance": "p"}}


def wired(next_: str, start: float = 0.5) -> Wiring:
    levels = {**LEVELS, "z": {"start": start, "next": next_, "unit": "share"}}
    part = {"numbers": NUMBERS, "levels": levels, "events": EVENTS}
    parts = TypeAdapter(dict[str, Part]).validate_python({"a": part})
    found = wire(parts, {}, {"arms": ("few", "many", "all")}, {})
    assert isinstance(found, Wiring), found
    return found


def signs(text: str) -> dict[str, str]:
    wiring = wired(text)
    node = wiring.equations["a.z"].next
    assert node is not None
    found = Signs(bounds(wiring)).of(node, "a.z")
    return {name.replace("a.", ""): sign for name, sign in found.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x - y", {"x": "+", "y": "-"}),
        ("x * y", {"x": "+", "y": "+"}),
        ("x * either", {"x": "?", "either": "+"}),
        ("x * less", {"x": "-", "less": "+"}),
        ("x / big", {"x": "+", "big": "-"}),
        ("x / either", {"x": "?", "either": "?"}),
        ("1 / (less - x)", {"x": "+", "less": "-"}),
        ("x / (x + big)", {"x": "+", "big": "-"}),
        ("big / (x + big)", {"x": "-", "big": "+"}),
        ("z + p * (x - z)", {"before(z)": "+", "p": "?", "x": "+"}),
        ("z + big * (x - z)", {"before(z)": "?", "big": "?", "x": "+"}),
        ("clamp(z + p * (x - z) + q * shock, 0, 1)", {"before(z)": "+", "p": "?", "x": "+", "q": "?"}),
        ("1 - (1 - x) * (1 - y)", {"x": "+", "y": "+"}),
        ("x + y - x * y - x", {"x": "-", "y": "+"}),
        ("x - x + y", {"y": "+"}),
        ("0 * x + y", {"y": "+"}),
        ("min(x, 1 - y)", {"x": "+", "y": "-"}),
        ("max(x, y, p) - min(x, y)", {"x": "?", "y": "?", "p": "+"}),
        ("clamp(x, y, 1 - p)", {"x": "+", "y": "+", "p": "-"}),
        ("abs(less) + abs(either) + abs(x)", {"less": "-", "either": "?", "x": "+"}),
        ("exp(-x) + log(big) + sqrt(y)", {"x": "-", "big": "+", "y": "+"}),
        (
            "logistic(big * (x - y)) + probit((p - x) / q)",
            {"big": "?", "x": "?", "y": "-", "p": "+", "q": "?"},
        ),
        ("if x > y then 1 else 0", {"x": "+", "y": "-"}),
        ("if x <= y then p else -p", {"x": "-", "y": "+", "p": "?"}),
        ("if x > y then z + p else z", {"x": "+", "y": "-", "p": "+", "before(z)": "+"}),
        ("if x > y then z * p else z", {"x": "-", "y": "+", "p": "+", "before(z)": "+"}),
        ("if x == y then 1 else 0", {"x": "?", "y": "?"}),
        ("if x > 0.5 and not (y >= p) then 1 else 0", {"x": "+", "y": "-", "p": "+"}),
        ("if x > 0.5 or y < p then 0 else big", {"x": "-", "y": "+", "p": "-", "big": "+"}),
        ("if e then x else y", {"e": "?", "x": "+", "y": "+"}),
        ("if happened(e) and not before(f) then 1 else 0", {"e": "+", "before(f)": "-"}),
        ("if chance(x * p) then 0 else 1", {"x": "-", "p": "-"}),
        ("whole(10 * (1 - x))", {"x": "-"}),
        ("before(x) - x", {"before(x)": "+", "x": "-"}),
        ("(before(x) ?? y) - p", {"before(x)": "+", "y": "+", "p": "-"}),
        ("by[arms] - p", {"by": "+", "p": "-"}),
        ("if arms is few then x else -x", {"x": "?"}),
        ("x * grows - p", {"x": "+", "grows": "+", "p": "-"}),
        ("z * x", {"before(z)": "+", "x": "+"}),
        ("x * (1 - p * x) * y", {"x": "+", "p": "-", "y": "+"}),
        ("x * (1 - x) * y", {"x": "?", "y": "+"}),
        ("x * (1 - x) * (1 + grows)", {"x": "?", "grows": "+"}),
    ],
)
def test_a_sign_is_what_the_equation_says(text: str, expected: dict[str, str]) -> None:
    assert signs(text) == expected


def test_levels_stay_between_the_bounds_that_their_equations_keep_them_in() -> None:
    found = bounds(wired("clamp(z + p * (x - z), 0, 1)"))
    assert found["a.x"] == Bounds(0, 1)
    assert found["a.z"] == Bounds(0, 1)
    assert found["a.grows"] == Bounds(0, math.inf)
    assert bounds(wired("z - x * p"))["a.z"] == Bounds(-math.inf, 0.5)
    assert bounds(wired("z - x * either"))["a.z"] == ANY
    assert bounds(wired("max(0, z - x)"))["a.z"] == Bounds(0, 0.5)


@pytest.mark.parametrize("seed", range(40))
def test_no_stated_sign_is_refuted_by_trying(seed: int) -> None:
    of = model(seed)
    wiring = wire(
        TypeAdapter(dict[str, Part]).validate_python(of.parts),
        ABSENT,
        ISSUES,
        TypeAdapter(dict[str, Movement]).validate_python(of.moves),
    )
    assert isinstance(wiring, Wiring)
    within = bounds(wiring)
    signs = Signs(within)
    for name, equations in wiring.equations.items():
        own = name if wiring.slots[name].sort == "level" else ""
        for node, mine in ((equations.next, own), (equations.when, ""), (equations.start, "")):
            if node is not None:
                _try(wiring, node, signs.of(node, mine), within, mine)


def _try(wiring: Wiring, node: Node, signs: Any, within: Any, own: str) -> None:
    for quantity, sign in signs.items():
        for n in range(60):
            rise = tried(wiring, node, quantity, within, own=own, seed=n)
            if sign != "?" and not math.isnan(rise):
                assert rise * (1 if sign == "+" else -1) > -1e-9, (node, quantity, sign, rise)


@pytest.mark.parametrize("seed", range(30))
def test_no_world_leaves_its_bounds(seed: int) -> None:
    ready = both(model(seed))
    within = bounds(ready.wiring)
    for number in range(4):
        try:
            months = ready.reference(0, number)
        except Fault:
            continue
        for month in months:
            for name, value in month.now.items():
                low, high = within[name]
                assert math.isnan(value) or low - 1e-5 <= value <= high + 1e-5, (name, value, within[name])
