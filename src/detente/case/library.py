"""The bundled parts of worlds: one file each in ``parts/``, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from detente.case.mechanism import Bundled
from detente.case.yamltext import parse

__all__ = ["bundled"]


@cache
def bundled() -> Mapping[str, Bundled]:
    """Name → part, in alphabetical order."""
    folder = Path(str(files("detente").joinpath("parts")))
    found = {}
    for file in sorted(folder.glob("*.yaml")):
        found[file.stem] = Bundled.model_validate(parse(file.read_text(encoding="utf-8"), file.name).value)
    return MappingProxyType(found)
