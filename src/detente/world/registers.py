"""What a form is made of: rows and constants, and what is known of them when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Node
from detente.kernels.codes import Code
from detente.kernels.programs import Program

__all__ = ["EITHER_WAY", "PICKS", "Constant", "Form", "Operand", "Row", "free"]


class Form(NamedTuple):
    """A world ready to run."""

    program: Program
    places: NDArray[np.uint64]
    """Numbers of the places that draw something."""
    constants: tuple[Node, ...]
    """What stands for each constant: a tree of numbers."""
    calendars: tuple[str, ...]
    """Full names, in the order in which operations speak of them."""
    equations: tuple[str, ...]
    """What a fault in an operation ``CHECK`` is about."""
    registers: Mapping[str, int]
    """Of every level, value and issue that is not the same in all months, and of every event (``happened``: has it by now)."""
    asked: tuple[int, ...]
    """Registers of the conditions that were asked for, in their order."""


@dataclass(frozen=True)
class Row:
    """The number of a register."""

    number: int


@dataclass(frozen=True)
class Constant:
    """The number of a constant."""

    number: int


Operand = Row | Constant

PICKS = {
    (True, True): Code.PICK_RR,
    (True, False): Code.PICK_RC,
    (False, True): Code.PICK_CR,
    (False, False): Code.PICK_CC,
}
"""Choices, by whether what is had where something holds is a row, and whether what is had where it does not."""

EITHER_WAY = {
    "+": (Code.ADD_RR, Code.ADD_RC),
    "*": (Code.MUL_RR, Code.MUL_RC),
    "and": (Code.MIN_RR, Code.MIN_RC),
    "or": (Code.MAX_RR, Code.MAX_RC),
}
"""Of two rows, and of a row and a constant, what does not hang on which of them comes first."""


def free(issue: str) -> str:
    """The name of the row where an issue would be if nobody kept it anywhere."""
    return f"free {issue}"
