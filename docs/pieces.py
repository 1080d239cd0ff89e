"""The example of each section of the case format: a piece of the starter, or of what could be added to it.

``docs/pieces.yaml`` says which. A piece is shown word for word, comments and all, below the keys that it stands under, so
that it says where it belongs.
"""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

__all__ = ["examples", "piece", "whole"]

HERE = Path(__file__).parent


@cache
def whole() -> str:
    """The starter with all of its blocks."""
    from detente.case.starter import BLOCKS, starter

    return starter(*BLOCKS)


@cache
def examples() -> dict[str, str]:
    """Section of the page → its example, as YAML."""
    listed = YAML(typ="safe", pure=True).load((HERE / "pieces.yaml").read_text("utf-8"))
    found = dict(listed["beside"])
    for section, place in listed["starter"].items():
        path, _, keys = (part.strip() for part in place.partition(":"))
        found[section] = piece(
            whole(), tuple(path.split(".")) if path else (), tuple(k.strip() for k in keys.split(",") if k)
        )
    return found


def piece(text: str, path: tuple[str, ...], keys: tuple[str, ...] = ()) -> str:
    """What stands at a path of a YAML text, below the keys that lead there; with ``keys``: those of its keys alone."""
    node: Any = YAML(typ="rt", pure=True).compose(text)
    entry = None
    for key in path:
        entry = _entry(node, key)
        node = entry[1]
    if not keys:
        assert entry is not None, "the whole text is no piece of itself"
        return _below(path[:-1], [_cut(text, *entry)])
    return _below(path, [_cut(text, *_entry(node, key)) for key in keys])


def _entry(node: Any, key: str) -> Any:
    return next(pair for pair in node.value if pair[0].value == key)


def _cut(text: str, key: Any, value: Any) -> str:
    """The lines of a key and its value, dedented, without what is remarked on whatever comes after them."""
    return textwrap.dedent("\n".join(text.splitlines()[key.start_mark.line : _last(key, value) + 1]))


def _last(key: Any, value: Any) -> int:
    """The line on which a value ends: a block where the last of it does, and nothing where its key does."""
    if isinstance(value.value, list) and not value.flow_style:
        last = value.value[-1]
        return _last(*last) if isinstance(last, tuple) else _last(last, last)
    return int((value if value.value else key).end_mark.line)


def _below(path: tuple[str, ...], lines: list[str]) -> str:
    out = [f"{'  ' * n}{key}:" for n, key in enumerate(path)]
    return "\n".join([*out, *(textwrap.indent(line, "  " * len(path)) for line in lines)]) + "\n"
