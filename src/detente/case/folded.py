"""What a tree of an equation can hang on, folded as far as plain numbers go.

A product with 0 is 0, a choice whose test is plain is one of its branches: what an equation says with ``??`` of a part that
is not there leaves such plain numbers behind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping

from detente.case.equations import Binary, Call, Choice, Default, Lookup, Name, Node, Number, Unary, children
from detente.case.typed import named

__all__ = ["counting", "without"]


def counting(node: Node) -> Iterator[str]:
    """Names in a tree that its value can hang on."""
    if _plain(node) is not None:
        return
    if isinstance(node, Choice) and (test := _plain(node.test)) is not None:
        yield from counting(node.yes if test else node.no)
    elif isinstance(node, (Name, Lookup)):
        yield from named(node)
    else:
        for child in children(node):
            yield from counting(child)


def without(node: Node, gone: Collection[str]) -> Node:
    """A tree as it is without some parts: what it says with ``??`` of them is what it says instead."""
    match node:
        case Default() if any(name.split(".")[0] in gone for name in named(node.of)):
            return without(node.other, gone)
        case Default():
            return node._replace(other=without(node.other, gone))
        case Unary():
            return node._replace(of=without(node.of, gone))
        case Binary():
            return node._replace(left=without(node.left, gone), right=without(node.right, gone))
        case Choice():
            test, yes, no = (without(child, gone) for child in children(node))
            return Choice(node.at, test, yes, no)
        case Call():
            return node._replace(arguments=tuple(without(argument, gone) for argument in node.arguments))
        case _:
            return node


def _plain(node: Node) -> float | None:
    """The value of a tree that hangs on nothing; truths are 0 and 1."""
    match node:
        case Number():
            return node.value
        case Unary():
            inner = _plain(node.of)
            return None if inner is None else float(not inner) if node.sign == "not" else -inner
        case Binary():
            return _pair(node.sign, _plain(node.left), _plain(node.right))
        case Choice():
            test = _plain(node.test)
            return None if test is None else _plain(node.yes if test else node.no)
        case Call():
            given = [_plain(argument) for argument in node.arguments]
            known = [value for value in given if value is not None]
            return _called(node.function, known) if known and len(known) == len(given) else None
        case _:
            return None


_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


def _pair(sign: str, a: float | None, b: float | None) -> float | None:
    if sign in ("*", "and") and 0 in (a, b):
        return 0.0
    if sign == "/" and a == 0:
        return 0.0
    if sign == "or" and any(x not in (None, 0) for x in (a, b)):
        return 1.0
    if a is None or b is None:
        return None
    match sign:
        case "+":
            return a + b
        case "-":
            return a - b
        case "*":
            return a * b
        case "/":
            return a / b if b else None
        case "and" | "or":
            return float(bool(a and b if sign == "and" else a or b))
        case _:
            return float(_COMPARED[sign](a, b))


def _called(function: str, given: list[float]) -> float | None:
    match function:
        case "min":
            return min(given)
        case "max":
            return max(given)
        case "clamp":
            return min(max(given[0], given[1]), given[2])
        case "abs":
            return abs(given[0])
        case "exp":
            return math.exp(given[0]) if given[0] < 700 else None
        case "log":
            return math.log(given[0]) if given[0] > 0 else None
        case _:
            return None
