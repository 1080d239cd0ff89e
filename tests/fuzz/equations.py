"""Equations spoilt as texts: a token too few or too many, another name or unit, brackets without end, extreme numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from detente.case.equations import (
    FUNCTIONS,
    MAX_CHAIN,
    MAX_DEPTH,
    MAX_LENGTH,
    RESERVED_WORDS,
    EquationError,
    parse_equation,
)

__all__ = ["EQUATIONS", "UNITS", "is_equation"]

TOKEN = re.compile(r"\s+|[0-9.]+(?:[eE][-+]?[0-9]+)?|[A-Za-z_][A-Za-z0-9_.]*|\?\?|[<>=!]=|.", re.DOTALL)
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
UNITS = ("share", "chance", "number", "points", "months", "kg", "kg/month", "1/months", "kg^2", "m" * 41, "")
MARKS = (
    "+",
    "-",
    "*",
    "/",
    "<",
    "<=",
    "==",
    "!=",
    "(",
    ")",
    "[",
    "]",
    ",",
    "??",
    ".",
    "=",
    "^",
    "%",
    ";",
    "{",
    "'",
)
HARD = (
    "0",
    "1",
    "1e9",
    "-1e9",
    "1e-300",
    "1e308",
    "1e999",
    "0.1.2",
    "9999999999999999999999",
    "0/0",
    "1/0",
    "log(0)",
    "sqrt(-1)",
    "exp(1000)",
    "exp(-1000)",
    "probit(40)",
    "logistic(-1e9)",
    "shock",
    "1e9 * shock",
    "shock * shock * shock",
    "whole(1e9 * shock)",
    "clamp(1, 2, 0)",
    "chance(0.5)",
    "if chance(2) then 1 else 0",
)


def is_equation(text: object) -> bool:
    """Whether a text of a case is an equation of more than one token."""
    if (
        not isinstance(text, str)
        or not 2 < len(text) <= MAX_LENGTH
        or not re.search(r"[-+*/(<>=]|\bis\b|\bthen\b", text)
    ):
        return False
    try:
        parse_equation(text)
    except EquationError:
        return False
    return not re.fullmatch(r"[-+]?[0-9.]+(e[-+]?[0-9]+)?|\d{4}-\d\d-\d\d", text)


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(text)


def _solid(tokens: Sequence[str]) -> list[int]:
    return [n for n, token in enumerate(tokens) if token.strip()]


def _dropped(text: str, rng: Random, names: Sequence[str]) -> str:
    tokens = _tokens(text)
    del tokens[rng.choice(_solid(tokens))]
    return "".join(tokens)


def _doubled(text: str, rng: Random, names: Sequence[str]) -> str:
    tokens = _tokens(text)
    n = rng.choice(_solid(tokens))
    tokens.insert(n, tokens[n] + rng.choice(("", " ")))
    return "".join(tokens)


def _exchanged(text: str, rng: Random, names: Sequence[str]) -> str:
    tokens = _tokens(text)
    a, b = rng.choice(_solid(tokens)), rng.choice(_solid(tokens))
    tokens[a], tokens[b] = tokens[b], tokens[a]
    return "".join(tokens)


def _other_token(text: str, rng: Random, names: Sequence[str]) -> str:
    tokens = _tokens(text)
    tokens[rng.choice(_solid(tokens))] = f" {rng.choice((*MARKS, *RESERVED_WORDS))} "
    return "".join(tokens)


def _other_name(text: str, rng: Random, names: Sequence[str]) -> str:
    """One name becomes another: of the case, of another sort of thing, or one letter off."""
    tokens = _tokens(text)
    words = [n for n, t in enumerate(tokens) if WORD.fullmatch(t) and t not in RESERVED_WORDS]
    if words:
        n = rng.choice(words)
        tokens[n] = rng.choice(
            (*names, tokens[n][:-1], tokens[n] + "x", f"before({tokens[n]})", f"happened({tokens[n]})")
        )
    return "".join(tokens)


def _other_number(text: str, rng: Random, names: Sequence[str]) -> str:
    tokens = _tokens(text)
    numbers = [n for n, t in enumerate(tokens) if t[0].isdigit()] or _solid(tokens)
    tokens[rng.choice(numbers)] = f"({rng.choice(HARD)})"
    return "".join(tokens)


def _deep(text: str, rng: Random, names: Sequence[str]) -> str:
    """Brackets, functions or choices inside one another, about as many as are allowed, or far too many."""
    many = rng.choice((1, 5, MAX_DEPTH - 2, MAX_DEPTH, MAX_DEPTH + 1, 300))
    before, after = rng.choice(
        (
            ("(", ")"),
            ("-(", ")"),
            ("min(1, ", ")"),
            ("if 1 < 2 then ", " else 0"),
            ("not ", ""),
            ("(1 - ", ")"),
        )
    )
    return before * many + text + after * many


def _long(text: str, rng: Random, names: Sequence[str]) -> str:
    many = rng.choice((2, 20, MAX_CHAIN - 1, MAX_CHAIN, MAX_CHAIN + 1, 600))
    sign = rng.choice((" + ", " - ", " * ", " / ", " and ", " or ", " ?? ", " < "))
    return text + (sign + rng.choice(("1", "0", "1e-9", *names[:3]))) * many


def _inside(text: str, rng: Random, names: Sequence[str]) -> str:
    """The whole of it in a function."""
    function, (least, most) = rng.choice(tuple(FUNCTIONS.items()))
    beside = [
        rng.choice(("0", "1", "0.5", *names[:5])) for _ in range(rng.choice((least, most, most + 1)) - 1)
    ]
    return f"{function}({', '.join([text, *beside])})"


def _hard(text: str, rng: Random, names: Sequence[str]) -> str:
    """The same value, or none, by way of what has none for some draws."""
    return f"({text}) {rng.choice('+-*/')} ({rng.choice(HARD)})"


EQUATIONS: dict[str, Callable[[str, Random, Sequence[str]], str]] = {
    "token dropped": _dropped,
    "token doubled": _doubled,
    "tokens exchanged": _exchanged,
    "other token": _other_token,
    "other name": _other_name,
    "other number": _other_number,
    "deep equation": _deep,
    "long equation": _long,
    "in a function": _inside,
    "hard equation": _hard,
}
"""A kind of fault → (equation, chance, names of the world) → the spoilt equation."""
