"""Every number of what a run says, with its name and what it is a number of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from detente.case.model import Case
from detente.document import Block, Cell, Chart, Section, Table

__all__ = ["Named", "differing", "in_blocks", "in_json"]

Named = tuple[str, tuple[str, ...]]
"""A name, and its subject."""

PACKAGE = ("package", "moves", "state")
"""Where an object of a result says which package it is about."""

NUMBER = re.compile(r"\d")

APART = re.compile(r"(?:roadmap|stages|deal)-(?!table$)(.+)")
"""Sections about another table, or the road of another package, than the one table's."""


def in_json(value: Any, case: Case) -> Iterator[tuple[Named, float]]:
    """Numbers of a result. The name is the last key that is no name of the case; the subject the names of the case on the way
    to it, the key before, where there is one, and the package that it is about."""
    yield from _in_json(value, case, _ids(case), (), "")


def _in_json(
    value: Any, case: Case, ids: set[str], path: tuple[str, ...], about: str
) -> Iterator[tuple[Named, float]]:
    if isinstance(value, Mapping):
        about = _package(value, case) or about
        # The chances of a table are those of its most acceptable package.
        best = _package((value.get("solutions") or {}).get("most_acceptable") or {}, case)
        for key, inner in value.items():
            if key not in PACKAGE:
                of = best if best and key == "chances" else about
                yield from _in_json(inner, case, ids, (*path, key), of)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        keys = [k for k in path if k not in ids] or [path[-1]]
        within = keys[-2:-1] if len(keys) > 1 and keys[-2] not in ("tracks", "table") else []
        yield (keys[-1], (*within, *(k for k in path if k in ids), about)), value


def _package(of: Mapping[str, Any], case: Case) -> str:
    """What an object says that it is about; nothing where it says nothing."""
    each = [of[key] for key in PACKAGE if isinstance(of.get(key), Mapping)]
    moved = sorted(
        (i, str(o)) for i, o in (each[-1] if each else {}).items() if o != case.issues[i].status_quo
    )
    return ", ".join(f"{i}: {o}" for i, o in moved)


def _ids(case: Case) -> set[str]:
    options = [o for issue in case.issues.values() for o in issue.options]
    readings = [r for each in case.readings.values() for r in each]
    factions = [f for p in case.parties.values() for f in p.factions]
    return {*case.parties, *factions, *case.issues, *options, *readings, *case.policies, *case.questions}


def in_blocks(blocks: Sequence[Block], about: str = "") -> Iterator[tuple[Named, str]]:
    """What the cells of all tables say that have a number in them, of those behind pictures too. The name is the column; the
    subject the caption, the words of the row, and the package whose road it is."""
    for block in blocks:
        if isinstance(block, Section):
            apart = APART.fullmatch(block.id)
            yield from in_blocks(block.blocks, apart[1] if apart else about)
        table = block.table if isinstance(block, Chart) else block
        if isinstance(table, Table):
            for row in table.rows:
                said = [cell.text if isinstance(cell, Cell) else cell for cell in row]
                words = [said[0], *(s for n, s in enumerate(said) if n and n not in table.numeric)]
                whose = (*words, about)
                for n in table.numeric:
                    if n and NUMBER.search(said[n]):
                        yield (table.columns[n], (table.caption, *whose)), said[n]


def differing(
    each: Mapping[str, Iterable[tuple[Named, Any]]], *, within: float = 1e-6
) -> list[tuple[Named, dict[str, Any]]]:
    """Names and subjects of which two sources, or one of them twice, say different things; numbers up to ``within``."""
    found: dict[Named, list[tuple[str, Any]]] = {}
    for source, numbers in each.items():
        for key, value in numbers:
            found.setdefault(key, []).append((source, value))

    def same(a: Any, b: Any) -> bool:
        return a == b if isinstance(a, str) else abs(a - b) <= within

    return [(key, dict(said)) for key, said in found.items() if not all(same(said[0][1], v) for _, v in said)]
