"""A case as a tree of dictionaries, and that tree as YAML. Numbers are decimals, so that no digit is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

__all__ = ["Tree", "written"]

Tree = dict[str, Any]


def written(tree: Tree) -> str:
    """One line for each key of the case, flow style below."""
    return "".join(f"{key}: {_flow(value)}\n" for key, value in tree.items())


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    if value is None or isinstance(value, (bool, int)):
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=False)
