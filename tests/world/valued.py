"""Random cases with a random world and factions that value what becomes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

from tests.laws.random_cases import wants
from tests.laws.writing import Tree, written
from tests.world.models import HOME, ISSUES, Model, model

__all__ = ["MONTHS", "valued"]

MONTHS = 12
QUARTERS = [Decimal("0.25"), Decimal("0.5"), Decimal("0.75")]


def valued(seed: int, *, chance: bool = True) -> tuple[str, Tree, Model]:
    """Text and tree of a case, and its world; ``chance``: with readings and an outside issue."""
    rng = Random(seed)
    of = model(seed)
    # What the models call 'gone' is a bundled part that none of them has.
    parts = json.loads(json.dumps(of.parts).replace("gone.", "price."))
    issues: Tree = {
        i: {"status_quo": HOME[i], "options": dict.fromkeys(options), "controlled_by": rng.choice("abc")}
        for i, options in ISSUES.items()
    }
    if chance and rng.random() < 0.7:
        first = rng.choice(QUARTERS)
        issues["law"] |= {"controlled_by": "outside", "chances": {"old": first, "new": 1 - first}}
    preferences = {f: wants(rng, issues, False) | {"patience": patience} for f, patience in zip(
        "abc", (Decimal("0.9"), Decimal("0.97"), Decimal("0.5")), strict=True
    )}  # fmt: skip
    names = [f"{p}.{n}" for p in parts for kind in ("levels", "values", "events") for n in parts[p][kind]]
    events = {f"{p}.{n}" for p in parts for n in parts[p]["events"]}
    stakes = {
        f: {
            n: rng.randint(-20, 20) if n in events else rng.choice([-3, 0.5, 2]) for n in rng.sample(names, 3)
        }
        for f in rng.sample("abc", 2)
    }
    tree: Tree = {
        "detente": 1,
        "id": "valued",
        "title": "Valued",
        "judgement": "drawn",
        "as_of": "2021-06-03",
        "parties": {p: {} for p in "abc"},
        "issues": issues,
        "preferences": preferences,
        "world": {"months": MONTHS, "parts": parts, "moves": of.moves, "stakes": stakes},
    }
    if chance:
        view: Any = {"together": [{"when": {"arms": "all", "sanctions": "kept"}, "add": 7}]}
        tree["readings"] = {
            "a": {
                "one": {"prior": Decimal("0.25"), "preferences": view},
                "other": {"prior": Decimal("0.75"), "preferences": {"red_lines": [{"sanctions": "lifted"}]}},
            }
        }
        number = rng.choice([f"{p}.{n}" for p in parts for n in parts[p]["numbers"] if n.startswith("n")])
        tree["world"]["under"] = {"a": {"one": {number: 0.35}}}
    return written(tree), tree, of
