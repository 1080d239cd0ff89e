"""Faults of a case that nobody has seen, said of the files that it was made of: their sides, issues and levels by name, and no line of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detente.clean import clean_line
from detente.errors import CaseError, Fault

__all__ = ["said_of_files"]

SHOWN = 80
"""Letters of a name."""
_WORDS = {
    "points": "what it is worth",
    "values": "what it is worth",
    "weights": "weight",
    "no_deal": "what no deal is worth",
    "impossible": "infeasibles",
    "priorities": "preferences",
    "ranking": "the ranking",
}
"""Keys of a case → words that a reader of its source knows."""


def said_of_files(error: CaseError, case: Mapping[str, Any], files: Sequence[Path], shown: Path) -> CaseError:
    """The faults of a case, each with the file and the element that it comes from.

    ``files``: what was read; a side that is called like one of them is that file's. ``shown``: what was asked to be read, for faults
    of the whole.
    """
    names = {party: clean_line(said.get("name", party))[:SHOWN] for party, said in case["parties"].items()}
    of = {file.stem: file for file in files}

    def told(fault: Fault) -> Fault:
        said = fault.message.removeprefix(f"{fault.path}: ")
        block, *rest = fault.path.split(".")
        side = names.get(rest[0], "") if block in ("preferences", "parties") and rest else ""
        file = of.get(side, shown if len(files) != 1 else files[0])
        where = [f"'{side}'"] if side and side not in of else []
        where += _element(block, rest[1:] if side else rest, case)
        return Fault(0, 0, ": ".join(filter(None, (str(file), ", ".join(where), said))), fault.path)

    return CaseError(str(shown), list(map(told, error.faults)), said=lambda fault: fault.message)


def _element(block: str, keys: Sequence[str], case: Mapping[str, Any]) -> list[str]:
    """Where in a file: ``weights.price`` is the weight of the issue 'Price'."""
    found: list[str] = []
    levels: Mapping[str, Any] = {}
    issues = case["issues"]
    for key in (block, *keys):
        if key in issues and not levels:
            found.append(f"issue '{clean_line(issues[key].get('name', key))[:SHOWN]}'")
            levels = issues[key]["options"]
        elif key in levels:
            found.append(f"'{clean_line((levels[key] or {}).get('name', key))[:SHOWN]}'")
        elif key.isdecimal() and found:
            found[-1] += f".{key}"
        elif key not in ("preferences", "issues", "parties", "options", "name"):
            found.append(_WORDS.get(key, key))
    return found or ([block] if not keys and block in ("issues", "parties") else [])
