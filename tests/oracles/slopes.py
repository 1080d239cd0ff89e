"""Signs by trying: an equation worked out at two values of one quantity, everything else as it was."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random

from detente.case.equations import Binary, Call, Choice, Default, Lookup, Name, Node, Number, Unary, children
from detente.case.wiring import Wiring
from tests.oracles.equations import certain

__all__ = ["tried"]


def tried(
    wiring: Wiring,
    node: Node,
    quantity: str,
    within: Mapping[str, tuple[float, float]],
    *,
    own: str,
    seed: int,
) -> float:
    """By how much an equation rises as ``quantity`` (``part.name``, or ``before(part.name)``) does, in one random state
    of everything that it names, each between its bounds ``within``; ``own``: the level whose ``next`` it is."""
    random = Random(seed)
    state = {name: _between(within[name], random) for name in wiring.equations}
    state |= {f"before({name})": _between(within[name], random) for name in wiring.equations}
    options = {}
    for name, slot in wiring.slots.items():
        if slot.sort == "issue":
            options[name] = random.choice(slot.options)
        elif slot.sort == "event":
            for full in (name, f"before({name})", f"happened({name})"):
                state[full] = float(random.random() < 0.5)
            state[f"months_since({name})"] = random.choice([math.nan, 0.0, 1.0, 7.0])
        elif slot.sort in ("level", "value") and random.random() < 0.2:
            state[f"before({name})"] = math.nan
        elif slot.sort == "number":
            state[name] = _between(within[name], random)
        elif slot.sort == "table":
            state |= {f"{name}[{option}]": _between(within[name], random) for option in slot.options}
    if own and math.isnan(state[f"before({own})"]):
        state[f"before({own})"] = _between(within[own], random)
    luck = [random.random() for _ in range(64)]
    found = []
    name = quantity.removeprefix("before(").removesuffix(")")
    event = wiring.slots[name].sort == "event"
    if wiring.slots[name].sort == "table":
        rise = {f"{name}[{o}]" for o in wiring.slots[name].options if random.random() < 0.7}
        ends = sorted([random.random(), random.random()])
        high = within[name][1]
        for end in ends:
            moved = {n: state[n] + end * (min(high, state[n] + 1) - state[n]) for n in rise}
            found.append(_value(node, {**state, **moved}, options, luck, own))
        return found[1] - found[0]
    ends = [0.0, 1.0] if event else sorted(_between(within[name], random) for _ in range(2))
    for end in ends:
        at = {**state, quantity: end}
        if event and quantity == name:  # what happens now has happened
            at[f"happened({name})"] = max(end, state[f"happened({name})"])
        found.append(_value(node, at, options, luck, own))
    return found[1] - found[0]


def _between(of: tuple[float, float], random: Random) -> float:
    low = max(of[0], -6.0)
    high = min(of[1], 6.0)
    return random.choice([low, high, random.uniform(low, high), random.uniform(low, high)])


def _value(
    node: Node, at: Mapping[str, float], options: Mapping[str, str], luck: list[float], own: str
) -> float:
    draws = iter(luck)
    return float(certain(_plain(node, at, options, draws, own), at, options))


def _plain(
    node: Node, at: Mapping[str, float], options: Mapping[str, str], draws: Iterator[float], own: str
) -> Node:
    """A tree without anything that hangs on the past or on chance."""

    def inner(of: Node) -> Node:
        return _plain(of, at, options, draws, own)

    match node:
        case Name() if node.name == own:
            return Name(node.at, f"before({own})")
        case Call(function="shock"):
            return Number(node.at, (next(draws) + next(draws) - 1) * math.sqrt(6))
        case Call(function="chance"):
            u = next(draws)
            return Binary(node.at, "<", Number(node.at, u), inner(node.arguments[0]))
        case Call(function="whole"):
            u = next(draws)
            x = float(certain(inner(node.arguments[0]), at, options))
            return Number(node.at, x if math.isnan(x) else math.floor(x) + (u < x - math.floor(x)))
        case Call(function="before" | "happened" | "months_since", arguments=(Name() as of,)):
            return Name(node.at, f"{node.function}({of.name})")
        case Call():
            return node._replace(arguments=tuple(inner(a) for a in node.arguments))
        case Unary():
            return node._replace(of=inner(node.of))
        case Binary():
            return node._replace(left=inner(node.left), right=inner(node.right))
        case Choice():
            return node._replace(test=inner(node.test), yes=inner(node.yes), no=inner(node.no))
        case Default():
            return node._replace(of=inner(node.of), other=inner(node.other))
        case Lookup():
            return node
        case _:
            assert not children(node)
            return node
