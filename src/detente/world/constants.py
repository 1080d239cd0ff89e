"""What hangs on the numbers of a draw alone: worked out once a draw, in double precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.case.equations import Binary, Call, Choice, Default, Is, Lookup, Name, Node, Number, Unary

__all__ = ["evaluated"]

Floats = NDArray[np.float64]

_BINARY: dict[str, Callable[[Floats, Floats], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": lambda a, b: np.divide(a, np.where(b == 0, np.nan, b)),
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
    "and": np.minimum,
    "or": np.maximum,
}


def evaluated(node: Node, values: Mapping[str, Floats], options: Mapping[str, str], size: int) -> Floats:
    """[size] a tree of numbers in every draw; truths are 0 and 1. What has no value is not a number.

    ``values``: full name of a number, or ``table[option]`` → [size]; ``options``: of issues that do not move.
    """

    def of(node: Node) -> Floats:
        match node:
            case Number(value=value):
                return np.full(size, value)
            case Name(name=name):
                return values[name]
            case Lookup(table=table, key=issue):
                return values[f"{table}[{options[issue]}]"]
            case Is(issue=issue, option=option):
                return np.full(size, float(options[issue] == option))
            case Unary(sign=sign, of=inner):
                return 1.0 - of(inner) if sign == "not" else -of(inner)
            case Binary(sign=sign, left=left, right=right):
                return np.asarray(_BINARY[sign](of(left), of(right)), dtype=np.float64)
            case Choice(test=test, yes=yes, no=no):
                return np.where(of(test) > 0.5, of(yes), of(no))
            case Default(of=inner, other=other):
                found = of(inner)
                return np.where(np.isnan(found), of(other), found)
            case Call(function=function, arguments=arguments):
                return _called(function, [of(a) for a in arguments])

    with np.errstate(all="ignore"):
        return of(node)


def _called(function: str, given: list[Floats]) -> Floats:
    match function:
        case "min" | "max":
            rule = np.minimum if function == "min" else np.maximum
            found = given[0]
            for other in given[1:]:
                found = rule(found, other)
            return found
        case "clamp":
            return np.minimum(np.maximum(given[0], given[1]), given[2])
        case "abs":
            return np.abs(given[0])
        case "exp":
            return np.exp(given[0])
        case "log":
            return np.where(given[0] > 0, np.log(given[0]), np.nan)
        case "sqrt":
            return np.sqrt(given[0])
        case "logistic":
            return 1.0 / (1.0 + np.exp(-given[0]))
        case "probit":
            return np.array([0.5 * math.erfc(-v / math.sqrt(2.0)) for v in given[0]])
        case _:
            raise AssertionError(function)
