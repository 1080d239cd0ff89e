"""The bundled parts of worlds: one file each in ``parts/``, read when it is asked for, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from detente.case.mechanism import Bundled
from detente.case.yamltext import parse

__all__ = ["bundled"]


class _Library(Mapping[str, Bundled]):
    """Name → part, in alphabetical order; a case pays for the parts that it uses."""

    def __init__(self, found: Mapping[str, Path]) -> None:
        self._files = found
        self._read: dict[str, Bundled] = {}

    def __getitem__(self, name: str) -> Bundled:
        if name not in self._read:
            file = self._files[name]
            value = parse(file.read_text(encoding="utf-8"), file.name).value
            self._read[name] = Bundled.model_validate(value)
        return self._read[name]

    def __contains__(self, name: object) -> bool:
        return name in self._files

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


@cache
def bundled() -> Mapping[str, Bundled]:
    """Name → part, in alphabetical order."""
    folder = Path(str(files("detente").joinpath("parts")))
    return _Library({file.stem: file for file in sorted(folder.glob("*.yaml"))})
