"""A spoilt tree as a person would have typed it; numbers that are typed as they are, whatever they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["EXTREMES", "PLAIN", "typed_out"]

PLAIN = re.compile(r"[A-Za-z0-9_+-][A-Za-z0-9_ .+%/-]*")
EXTREMES = [
    "0",
    "-0.0",
    "1",
    "-1",
    "0.5",
    "2",
    "100",
    "101",
    "-100",
    "1e-6",
    "1e-12",
    "1e-300",
    "5e-324",
    "1e6",
    "1e9",
    "1e10",
    "1e12",
    "1e18",
    "1e100",
    "1e308",
    "-1e9",
    "-1e308",
    "1e999",
    ".inf",
    "-.inf",
    ".nan",
    "0.999999999",
    "1.000000001",
    "0.1",
    "0.3333333333333333",
    "3.00000001",
    "123456789.123456789",
    "2147483647",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "99999999999999999999",
    "0x10",
    "0o7",
    "1_000",
    "007",
    "+5",
    "5.",
    ".5",
    "40%",
    "1/3",
    "0,97",
    "~",
]


def typed_out(tree: Any) -> str:
    """Block style for the first levels, so that places have lines; flow style below."""
    lines: list[str] = []
    _block(tree, 0, lines)
    return "\n".join(lines) + "\n"


def _block(value: Any, depth: int, lines: list[str]) -> None:
    if not isinstance(value, Mapping):
        lines.append(_flow(value))
        return
    for key, inner in value.items():
        start = f"{'  ' * depth}{_scalar(key)}:"
        if isinstance(inner, Mapping) and inner and depth < 3:
            lines.append(start)
            _block(inner, depth + 1, lines)
        else:
            lines.append(f"{start} {_flow(inner)}".rstrip(" "))


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(text: str) -> str:
    """A word as a person would type it; in quotes where it would be something else without."""
    if text == "" or PLAIN.fullmatch(text) or text in EXTREMES:
        return str(text)
    return json.dumps(str(text))
