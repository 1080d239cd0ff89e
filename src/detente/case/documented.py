"""What the format says of its keys: the text under each field of the models, which Python does not keep."""

from __future__ import annotations

import ast
import inspect
from functools import cache

from detente.case import base, carried, mechanism, model, world

__all__ = ["documentation"]


@cache
def documentation() -> dict[tuple[str, str], str]:
    """(model, field) → the text under the field in the source of the models, as far as there is one."""
    found = {}
    sources = [inspect.getsource(module) for module in (base, mechanism, world, carried, model)]
    for node in (node for source in sources for node in ast.parse(source).body):
        if not isinstance(node, ast.ClassDef):
            continue
        for field, after in zip(node.body, node.body[1:], strict=False):
            text = after.value if isinstance(after, ast.Expr) else None
            if not isinstance(field, ast.AnnAssign) or not isinstance(text, ast.Constant):
                continue
            if isinstance(field.target, ast.Name) and isinstance(text.value, str):
                found[node.name, field.target.id] = inspect.cleandoc(text.value)
    return _inherited(found)


def _inherited(found: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    everything = {}
    for name, kind in ((n, getattr(m, n)) for m in (base, mechanism, world, carried, model) for n in dir(m)):
        if isinstance(kind, type) and issubclass(kind, base.Model):
            for parent in reversed(kind.__mro__):
                everything.update(
                    {(name, f): text for (owner, f), text in found.items() if owner == parent.__name__}
                )
    return everything
