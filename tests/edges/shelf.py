"""The small cases of this folder: read, completed by a common head, and put into files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

__all__ = ["EDGES", "Edge", "completed"]

HEAD = "detente: 1\nid: small\ntitle: Small\ninference: invented\n"
TWO = "parties: {a: {}, b: {}}\n"
CASES = Path(__file__).with_name("cases")


@dataclass(frozen=True)
class Edge:
    """One small case and what may become of it: ``right``, ``refused``, or ``either``."""

    name: str
    text: str
    answer: str
    says: tuple[str, ...]


def completed(case: str) -> str:
    """A case's text under the common head; parties a and b where it names none."""
    named = any(line.startswith("parties:") for line in case.splitlines())
    return HEAD + ("" if named else TWO) + case


def _read(path: Path) -> list[Edge]:
    # The base loader keeps every scalar as the text that was typed.
    entries = YAML(typ="base", pure=True).load(path)
    return [
        Edge(f"{path.stem}-{name}", completed(e["case"]), e["answer"], tuple(e.get("says", ())))
        for name, e in entries.items()
    ]


EDGES = [edge for path in sorted(CASES.glob("*.yaml")) for edge in _read(path)]
