"""Random cases, small enough to be listed: every kind of tree, line, no-deal value, reading and chance.

Every number is certain and a whole number of grid steps, so that the enumeration has to be met exactly. Weights add up to
100 and values are whole, so that each product is a whole number of hundredths.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from tests.laws.writing import Tree

__all__ = ["factions_of", "fresh", "parted", "wants"]

QUARTERS = [Decimal("0.25"), Decimal("0.5"), Decimal("0.75")]


def fresh(seed: int, *, chance: bool = True, tables: bool = True, impossible: bool = True) -> Tree:
    """A case; ``chance``: with readings, firm lines and outside issues that move.

    Every issue is in somebody's hands or decided outside, so that a roadmap can be asked for.
    """
    rng = Random(seed)
    parties: Tree = {p: {} for p in "abc"[: rng.choice([2, 2, 3])]}
    if rng.random() < 0.4:
        parties["a"] = {"factions": {"hawk": None, "dove": None}}
        if rng.random() < 0.5:
            parties["a"]["accepts"] = {"any": ["hawk", "dove"]}
    factions = factions_of(parties)
    issues = {f"i{k}": _issue(rng, k, list(parties), factions, chance) for k in range(rng.choice([2, 3, 3]))}
    case: Tree = {"detente": 1, "id": "random", "title": "Random", "inference": "drawn", "parties": parties}
    inside = [i for i, about in issues.items() if about["controlled_by"] != "outside"]
    split = tables and len(inside) > 1 and rng.random() < 0.3
    half = (len(inside) + 1) // 2
    if split:
        case["tracks"] = {
            "first": {"parties": list(parties), "issues": inside[:half]},
            "second": {"parties": list(parties), "issues": inside[half:]},
        }
    else:
        case["agreement"] = _agreement(rng, list(parties))
    case["issues"] = issues
    if impossible and rng.random() < 0.3:
        case["impossible"] = [_pattern(rng, issues, 2, least=2, away=True)]
    case["preferences"] = {f: wants(rng, issues, chance) for f in factions}
    if chance and rng.random() < 0.5:
        case["readings"] = {rng.choice(factions): _readings(rng, issues)}
    case["steps"] = {"temptation": 3}
    return case


def parted(rng: Random, case: Tree) -> None:
    """Some issues of a case that go step by step, and some options that are another's to move there."""
    names = [list(case["parties"]), factions_of(case["parties"])]
    for about in case["issues"].values():
        if about["controlled_by"] != "outside":
            if rng.random() < 0.3:
                about["gradual"] = True
            for option in about["options"]:
                if rng.random() < 0.25:
                    about["options"][option] = {"controlled_by": rng.choice(rng.choice(names))}


def factions_of(parties: Tree) -> list[str]:
    """Factions of all parties, a party without any being its own."""
    return [f for p, about in parties.items() for f in ((about or {}).get("factions") or [p])]


def _issue(rng: Random, k: int, parties: list[str], factions: list[str], chance: bool) -> Tree:
    who = rng.choice([parties, factions])  # of one kind: nobody beside a faction of its own
    options = [f"o{n}" for n in range(rng.choice([2, 3]))]
    issue: Tree = {"status_quo": rng.choice(options), "options": dict.fromkeys(options)}
    issue["controlled_by"] = {rng.choice(["any", "all"]): rng.sample(who, 2)}
    kind = rng.random()
    if kind < 0.45:
        issue["controlled_by"] = rng.choice(who)
    elif kind < 0.65 and k > 0:
        issue["controlled_by"] = "outside"
        if chance and rng.random() < 0.7:
            first = rng.choice(QUARTERS)
            issue["chances"] = {options[0]: first, options[1]: 1 - first}
    return issue


def _agreement(rng: Random, parties: list[str]) -> Tree:
    kind = rng.random()
    if kind < 0.5:
        return {"all": parties}
    if kind < 0.7:
        return {"at_least": {"k": rng.randint(1, len(parties)), "of": parties}}
    weights = {p: rng.randint(1, 3) for p in parties}
    return {"weights": weights, "quota": rng.randint(1, sum(weights.values()))}


def _pattern(rng: Random, issues: Tree, most: int, *, least: int = 1, away: bool = False) -> Tree:
    """Issue -> option; ``away``: not where everything stands now."""
    chosen = rng.sample(list(issues), rng.randint(least, most))
    pattern = {i: rng.choice(list(issues[i]["options"])) for i in chosen}
    if away and all(issues[i]["status_quo"] == o for i, o in pattern.items()):
        first = chosen[0]
        pattern[first] = next(o for o in issues[first]["options"] if o != issues[first]["status_quo"])
    return pattern


def wants(rng: Random, issues: Tree, chance: bool) -> Tree:
    """What a faction wants; ``chance``: with firm lines."""
    wanted: Tree = {"patience": Decimal("0.97")}
    raw = rng.random() < 0.5
    scale = rng.choice([Decimal("0.01"), Decimal(1), Decimal(1), Decimal(1000)]) if raw else Decimal(1)
    if raw:
        wanted["points"] = {i: {o: rng.randint(-5, 9) * scale for o in issues[i]["options"]} for i in issues}
    else:
        cuts = sorted(rng.sample(range(1, 100), len(issues) - 1))
        parts = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
        wanted["weights"] = dict(zip(issues, parts, strict=True))
        wanted["values"] = {
            i: {o: rng.choice([0, 25, 50, 100]) for o in issues[i]["options"]} for i in issues
        }
    if rng.random() < 0.5:
        wanted["no_deal"] = {"status_quo": rng.randint(-4, 3) * scale}
    elif rng.random() < 0.5:
        wanted["no_deal"] = (rng.randint(-5, 10) if raw else rng.randint(20, 60)) * scale
    if len(issues) > 1 and rng.random() < 0.3:
        first, second = rng.sample(list(issues), 2)
        when = {i: rng.choice(list(issues[i]["options"])) for i in (first, second)}
        wanted["together"] = [{"when": when, "add": rng.randint(-9, 9) * scale}]
    wanted["red_lines"] = []
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        line = _pattern(rng, issues, 2)
        wanted["red_lines"] += [] if line in wanted["red_lines"] else [line]
    if chance and rng.random() < 0.3:
        wanted["firm"] = [{"package": _pattern(rng, issues, 2), "holds": rng.choice(QUARTERS)}]
    return wanted


def _readings(rng: Random, issues: Tree) -> Tree:
    first = rng.choice([Decimal("0.25"), Decimal("0.375"), Decimal("0.75")])
    views: list[Any] = [
        {"red_lines": [_pattern(rng, issues, 1)]},
        {"no_deal": {"status_quo": rng.randint(-5, 5)}},
        {"firm": [{"package": _pattern(rng, issues, 2), "holds": Decimal("0.5")}]},
        {"red_lines": []},
    ]
    return {
        "one": {"prior": first, "preferences": rng.choice(views)},
        "other": {"prior": 1 - first, "preferences": rng.choice(views)},
    }
