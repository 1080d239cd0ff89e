"""JSON, written in one place, so that what cannot be JSON never leaves.

Numbers are finite or the writing stops at their place; zero has no sign. Letters that act on a display instead of
showing (controls, reordering marks, lone surrogates) are written as escapes, which say the same to whoever reads
JSON, and so is everything that an encoding does not have.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from detente.errors import DetenteError

__all__ = ["dumps"]

_STRANGE = re.compile(r"[^\n -~]")


def dumps(value: Any, *, encoding: str = "utf-8", compact: bool = False) -> str:
    """``value`` (JSON's own types) as JSON that ``encoding`` can hold, indented unless ``compact``.

    Raises ``DetenteError`` with the path of what is no finite number or not of JSON's types.
    """
    layout: dict[str, Any] = {"separators": (",", ":")} if compact else {"indent": 2}
    text = json.dumps(_plain(value, ()), ensure_ascii=False, allow_nan=False, **layout)
    try:
        text.encode(encoding, "surrogatepass" if encoding.lower().startswith("utf") else "strict")
    except (UnicodeEncodeError, LookupError):
        return _STRANGE.sub(lambda found: _escaped(found[0]), text)
    return _STRANGE.sub(lambda found: found[0] if found[0].isprintable() else _escaped(found[0]), text)


def _escaped(letter: str) -> str:
    return json.dumps(letter)[1:-1]


def _plain(value: Any, path: tuple[str, ...]) -> Any:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _unfit(path, f"a number was expected, found {value}")
        return value + 0.0  # -0.0 + 0.0 is 0.0
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise _unfit(path, f"a key has to be text, found {key!r}")
        return {key: _plain(inner, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, (*path, str(n))) for n, inner in enumerate(value)]
    raise _unfit(path, f"this is nothing that JSON has: {type(value).__name__}")


def _unfit(path: tuple[str, ...], why: str) -> DetenteError:
    where = ".".join(path) or "the whole"
    return DetenteError(f"a result that cannot be written, which is our fault and not yours: {where}: {why}")
