"""Between what equations lie: nothing that they can be is outside."""

from __future__ import annotations

import math
from random import Random

import numpy as np
import pytest

from detente.case.bounds import ANY, NEVER, TRUTH, Bounds, bounds
from detente.case.equations import parse_equation
from tests.oracles.equations import certain

RANGES = {
    "a": Bounds(0, 1),
    "b": Bounds(-2, 3),
    "c": Bounds(0.5, 0.5),
    "d": Bounds(-1, -0.25),
    "e": Bounds(0.25, 4),
    "gone": Bounds(-1, 2, gap=True),
}


def sum_(random: Random, depth: int) -> str:
    """A number, as text."""
    if depth == 0:
        return random.choice([*RANGES, "0", "1", "0.3", "2"])
    one, other = (lambda: sum_(random, depth - 1)), (lambda: sum_(random, depth - 2 if depth > 1 else 0))
    return random.choice(
        [
            lambda: f"({one()} {random.choice('+-*/')} {other()})",
            lambda: f"(-{random.choice(list(RANGES))})",
            lambda: f"{random.choice(['min', 'max'])}({one()}, {other()}, {other()})",
            lambda: f"clamp({one()}, {other()}, {other()})",
            lambda: f"{random.choice(['abs', 'exp', 'log', 'sqrt', 'logistic', 'probit'])}({one()})",
            lambda: f"(if {truth(random, depth - 1)} then {one()} else {other()})",
            lambda: f"(gone ?? {other()})",
        ]
    )()


def truth(random: Random, depth: int) -> str:
    """A condition, as text."""
    if depth > 1 and random.random() < 0.3:
        join = random.choice(["and", "or"])
        return f"({truth(random, depth - 1)} {join} not {truth(random, depth - 2)})"
    sign = random.choice(["<", "<=", ">", ">=", "==", "!="])
    return f"({sum_(random, max(0, depth - 1))} {sign} {sum_(random, 0)})"


@pytest.mark.parametrize("seed", range(60))
def test_no_equation_is_ever_outside_its_bounds(seed: int) -> None:
    random = Random(seed)
    for _ in range(20):
        text = random.choice([sum_, truth])(random, 4)
        node = parse_equation(text)
        least, most, gap = bounds(node, RANGES.__getitem__)
        for _ in range(25):
            at = {n: random.choice([b.low, b.high, random.uniform(b.low, b.high)]) for n, b in RANGES.items()}
            at["gone"] = random.choice([at["gone"], math.nan])
            with np.errstate(all="ignore"):
                value = float(certain(node, at, {}))
            if math.isnan(value):
                assert gap, (text, at)
            else:
                slack = 1e-9 * (1 + abs(value)) if math.isfinite(value) else 0
                assert least - slack <= value <= most + slack, (text, at, value, (least, most))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a + b * c", Bounds(-1, 2.5)),
        ("a - a", Bounds(-1, 1)),
        ("0 / b", Bounds(0, 0, gap=True)),
        ("a / 0", NEVER),
        ("b / d", Bounds(-12, 8)),
        ("1 / b", Bounds(-math.inf, math.inf, True)),
        ("clamp(b, 0, 1)", Bounds(0, 1)),
        ("abs(b)", Bounds(0, 3)),
        ("abs(d)", Bounds(0.25, 1)),
        ("whole(b + 0.5)", Bounds(-2, 4)),
        ("b > 3", Bounds(0, 0)),
        ("b >= 3", TRUTH),
        ("b < 4", Bounds(1, 1)),
        ("gone < 4", TRUTH),
        ("gone != 4", Bounds(1, 1)),
        ("never > 0 or never <= 0", Bounds(0, 0)),
        ("never + 1", NEVER),
        ("never ?? 2", Bounds(2, 2)),
        ("gone ?? 5", Bounds(-1, 5)),
        ("c ?? 7", Bounds(0.5, 0.5)),
        ("chance(d)", Bounds(0, 0)),
        ("chance(1 - d)", Bounds(1, 1)),
        ("chance(never)", Bounds(0, 0)),
        ("if d > 0 then 9 else a", Bounds(0, 1)),
        ("if b > 0 then 9 else a", Bounds(0, 9)),
        ("happened(cannot)", Bounds(0, 0)),
        ("months_since(cannot)", NEVER),
        ("months_since(can) ?? -1", Bounds(-1, math.inf)),
        ("before(b)", Bounds(-3, 3)),
        ("any - any", ANY),
        ("0 * any", Bounds(0, 0)),
        ("not (b > 3)", Bounds(1, 1)),
    ],
)
def test_bounds_by_hand(text: str, found: Bounds) -> None:
    known = {
        **RANGES,
        "never": NEVER,
        "any": ANY,
        "can": TRUTH,
        "cannot": Bounds(0, 0),
        "before b": Bounds(-3, 3),
    }
    assert bounds(parse_equation(text), known.__getitem__) == found
