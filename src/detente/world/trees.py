"""Trees of equations: what is in them, and which are equal."""

from __future__ import annotations

from collections.abc import Iterable

from detente.case.equations import Binary, Call, Choice, Default, Name, Node, Unary, children

__all__ = ["about", "entry", "names", "plain", "within"]


def about(call: Call) -> str:
    """The name that ``happened``, ``months_since`` or ``before`` takes."""
    inner = call.arguments[0]
    assert isinstance(inner, Name)
    return inner.name


def entry(table: str, option: str) -> Name:
    """A number of a table, by a name that no equation can have."""
    return Name(0, f"{table}[{option}]")


def within(node: Node) -> Iterable[Node]:
    """A tree and all below it."""
    yield node
    for child in children(node):
        yield from within(child)


def names(node: Node, name: str) -> bool:
    """Whether a tree has a name in it."""
    return any(isinstance(n, Name) and n.name == name for n in within(node))


def plain(node: Node) -> Node:
    """A tree without its places in the text, so that equal trees are equal."""
    found = node._replace(at=0)
    match found:
        case Unary() | Default():
            found = found._replace(of=plain(found.of))
            if isinstance(found, Default):
                found = found._replace(other=plain(found.other))
        case Binary():
            found = found._replace(left=plain(found.left), right=plain(found.right))
        case Choice():
            found = found._replace(test=plain(found.test), yes=plain(found.yes), no=plain(found.no))
        case Call():
            found = found._replace(arguments=tuple(plain(a) for a in found.arguments))
        case _:
            pass
    return found
