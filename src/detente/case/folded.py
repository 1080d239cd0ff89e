"""What a tree of an equation can hang on, folded as far as plain numbers go.

A product with 0 is 0, a choice whose test is plain is one of its branches: what an equation says with ``??`` of a part that
is not there leaves such plain numbers behind. A tree is plain where interval arithmetic (:mod:`detente.case.bounds`) leaves
it one number, whatever its names are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from detente.case.bounds import ANY, bounds
from detente.case.equations import Binary, Call, Choice, Default, Lookup, Name, Node, Unary, children
from detente.case.typed import named

__all__ = ["counting", "without"]


def counting(node: Node) -> Iterator[str]:
    """Names in a tree that its value can hang on."""
    if isinstance(node, (Name, Lookup)):
        yield from named(node)
    elif _plain(node) is not None:
        return
    elif isinstance(node, Choice) and (test := _plain(node.test)) is not None:
        yield from counting(node.yes if test else node.no)
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
    found = bounds(node, lambda name: ANY)
    return found.low if found.low == found.high else None
