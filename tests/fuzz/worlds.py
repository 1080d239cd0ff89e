"""The random worlds of ``tests/world/models.py`` as cases that somebody might have typed."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.world.models import HOME, ISSUES, model

__all__ = ["random_world"]

Tree = dict[str, Any]
ABSENT = {"gone.x": "support.support", "gone.e": "exit.handed_over"}
"""What no part of a model offers → what a bundled part offers that is not among those of the case."""


def random_world(seed: int) -> Tree:
    """A case whose world is random; some of these worlds divide by what may be 0. Every leaf is text, as it is typed."""
    rng = Random(seed)
    made = model(seed, careless=rng.random() < 0.3)
    names = [
        f"{part}.{n}"
        for part, spec in made.parts.items()
        for kind in ("levels", "values", "events")
        for n in spec[kind]
    ]
    events = [f"{part}.{n}" for part, spec in made.parts.items() for n in spec["events"]]
    numbers = [f"{part}.{n}" for part, spec in made.parts.items() for n in spec["numbers"] if n != "t"]
    tree: Tree = {
        "detente": 1,
        "id": f"world-{seed}",
        "title": "Anything may happen",
        "as_of": "2021-06-03",
        "inference": "invented",
        "parties": {"a": {}, "b": {}},
        "issues": {
            i: {"status_quo": HOME[i], "options": dict.fromkeys(options)} for i, options in ISSUES.items()
        },
        "preferences": {"a": _wants(rng), "b": _wants(rng)},
        "readings": {"a": {"meek": {"prior": [0.3, 0.5, 0.7]}, "firm": {"prior": 0.5}}},
        "policies": {
            "tried": {"name": "Tried", "changes": {rng.choice(numbers): rng.choice([0.5, [0, 0.2, 0.4]])}}
        },
        "questions": {},
        "world": {
            "months": rng.randint(3, 15),
            "parts": made.parts,
            "moves": made.moves,
            "stakes": {"b": {name: [-5, 1, 5] for name in rng.sample(names, 3)}},
            "under": {"a": {"meek": {rng.choice(numbers): [0, 0.1, 0.2]}}},
        },
    }
    if made.settled:
        tree["policies"]["settled"] = {"name": "Settled", "settles": made.settled}
    if made.still:
        tree["policies"]["still"] = {"name": "Still", "stops": list(made.still)}
    if events:
        that = {"that": f"happened({rng.choice(events)})", "at": "2021-09-01"}
        tree["questions"]["q"] = {
            "text": "Will it?",
            "resolves": "2021-09-01",
            "basis": "modelled",
            "answers": {"yes": that, "no": "rest"},
        }
    return _typed(tree)  # type: ignore[no-any-return]


def _wants(rng: Random) -> Tree:
    """Points for everything, now and then what no deal is worth from the world itself."""
    return {
        "patience": [0.9, 0.95, 0.98],
        "no_deal": rng.choice(["from_outlook", {"status_quo": [-5, 0, 5]}]),
        "weights": {issue: [20, 30, 40] for issue in ISSUES},
        "values": {
            issue: dict(zip(options, rng.sample([0, 100, [20, 50, 80]], len(options)), strict=True))
            for issue, options in ISSUES.items()
        },
    }


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_typed(inner) for inner in value]
    if isinstance(value, str):
        for gone, absent in ABSENT.items():
            value = value.replace(gone, absent)
        return value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
