"""What a form is made of: rows and constants, and what is known of them when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Node
from detente.kernels.programs import Program

__all__ = ["Constant", "Form", "Operand", "Row", "free"]


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


def free(issue: str) -> str:
    """The name of the row where an issue would be if nobody kept it anywhere."""
    return f"free {issue}"
