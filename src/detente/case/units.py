"""Units of the numbers of a world, so that unlike things are not added.

A unit is a product of whole powers of words: ``share`` and ``number`` have none, ``points`` is one word, ``kb/d`` is
``kb`` to the power 1 and ``d`` to the power -1. Any word may be a unit (``governments``, ``kg``): what counts is only
that the same thing is called the same. A plain number in an equation has no unit of its own and takes that of
its neighbour (``1 - loyalty``, ``price > 70``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["PURE", "Unit", "unit"]

_WORD = re.compile(r"[A-Za-z][A-Za-z_]*")
_PURE_WORDS = ("share", "number", "chance")
_MAX_LENGTH = 40


class Unit(NamedTuple):
    """Words with their powers, in alphabetical order; none for shares, chances and plain numbers."""

    powers: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        above = "*".join(_power(word, n) for word, n in self.powers if n > 0)
        below = "".join("/" + _power(word, -n) for word, n in self.powers if n < 0)
        return (above or ("1" if below else "share")) + below

    def times(self, other: Unit, sign: int = 1) -> Unit:
        """The unit of a product (``sign`` -1: of a quotient)."""
        powers = dict(self.powers)
        for word, n in other.powers:
            powers[word] = powers.get(word, 0) + sign * n
        return Unit(tuple(sorted((word, n) for word, n in powers.items() if n)))

    def root(self) -> Unit | None:
        """The unit of the square root; None where a power is odd."""
        if any(n % 2 for _, n in self.powers):
            return None
        return Unit(tuple((word, n // 2) for word, n in self.powers))


PURE = Unit()


def _power(word: str, n: int) -> str:
    return word if n == 1 else f"{word}^{n}"


def unit(text: str) -> Unit:
    """A unit from its text: ``share``, ``points``, ``kb/d``, ``points/months``.

    Raises
    ------
    ValueError
        Not words joined by ``*`` and ``/``; the message says what is allowed.
    """
    found, sign = PURE, 1
    for n, piece in enumerate(re.split(r"([*/])", text.strip())):
        if n % 2:
            sign = 1 if piece == "*" else -1
            continue
        word = piece.strip()
        if not _WORD.fullmatch(word) or len(word) > _MAX_LENGTH:
            shown = text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"
            raise ValueError(
                f"a unit is words joined by '*' and '/', for example share, points, months or kb/d: found '{shown}'"
            )
        if word not in _PURE_WORDS:
            found = found.times(Unit(((word, 1),)), sign)
    return found
