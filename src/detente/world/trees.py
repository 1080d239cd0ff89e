"""Trees of equations: what is in them, and which are equal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b

from detente.case.equations import Binary, Call, Choice, Default, Is, Lookup, Name, Node, Unary, children
from detente.case.typed import Slot
from detente.case.wiring import Equations
from detente.world.keyed import Keyed

__all__ = [
    "Certain",
    "about",
    "entry",
    "kept_at",
    "kept_until",
    "names",
    "place",
    "plain",
    "plained",
    "stands_still",
    "within",
]


def about(call: Call) -> str:
    """The name that ``happened``, ``months_since`` or ``before`` takes."""
    inner = call.arguments[0]
    assert isinstance(inner, Name)
    return inner.name


def entry(table: str, option: str) -> Name:
    """A number of a table, by a name that no equation can have."""
    return Name(0, f"{table}[{option}]")


def kept_at(issue: str) -> str:
    """A number, by a name that no equation can have: the place of the option at which an issue is kept; not a number: of none."""
    return f"{issue} kept at"


def kept_until(issue: str) -> str:
    """A number, by a name that no equation can have: the last month in which an issue is kept there."""
    return f"{issue} kept until"


def stands_still(part: str) -> str:
    """A number, by a name that no equation can have: whether a part stands still in a draw."""
    return f"{part} stands still"


def place(name: str) -> int:
    """The number of a place that draws something: 64 bits of a hash of its name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def within(node: Node) -> Iterable[Node]:
    """A tree and all below it."""
    yield node
    for child in children(node):
        yield from within(child)


def names(node: Node, name: str) -> bool:
    """Whether a tree has a name in it."""
    return any(isinstance(n, Name) and n.name == name for n in within(node))


class Certain:
    """Whether trees hang on numbers alone.

    ``slots``: of every name; ``moving``: issues that are not the same in every month of every draw.
    """

    def __init__(self, slots: Mapping[str, Slot], moving: Collection[str]) -> None:
        self.slots, self.moving = slots, moving
        self.sure: dict[int, tuple[Node, bool]] = {}
        """By identity of the tree, which is kept, so that no other takes its place."""

    def __call__(self, node: Node) -> bool:
        """Whether a tree does."""
        if id(node) not in self.sure:
            self.sure[id(node)] = node, self._certain(node)
        return self.sure[id(node)][1]

    def _certain(self, node: Node) -> bool:
        match node:
            case Name(name=name):
                return self.slots[name].sort == "number"
            case Lookup(key=issue) | Is(issue=issue):
                return issue not in self.moving
            case Call(function=f) if f in ("shock", "chance", "whole", "happened", "months_since", "before"):
                return False
            case _:
                return all(self(child) for child in children(node))


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


class _Same(Keyed):
    """Equations by their identity."""

    def __init__(self, of: Mapping[str, Equations]) -> None:
        self.of, self.key = of, id(of)


def plained(equations: Mapping[str, Equations]) -> Mapping[str, Equations]:
    """Trees of which equal ones are equal wherever they stand in the text: one world has many forms."""
    return _plained(_Same(equations))


@lru_cache(maxsize=8)
def _plained(same: _Same) -> Mapping[str, Equations]:
    return {
        name: of._replace(
            start=None if of.start is None else plain(of.start),
            next=None if of.next is None else plain(of.next),
            when=None if of.when is None else plain(of.when),
        )
        for name, of in same.of.items()
    }
