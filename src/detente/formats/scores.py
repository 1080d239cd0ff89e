"""Plain score sheets: a text file for each party, a row of points for each issue, and last the least that it accepts.

``config.txt`` beside them, where there is one, has a row for each party: its name, its file (without ``.txt``, here or in the folder
``scores_files``), its role (``p1`` and ``p2`` have a veto), and columns that say how it behaves and change no score. Issues are A, B, C and so
on in the order of rows, options A1, A2 and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from string import ascii_uppercase
from typing import NamedTuple

from detente.formats.domain import WHOLE, Domain, Issue, Side, Told, number, refuse
from detente.formats.opening import LIMIT
from detente.storage import read_limited

__all__ = ["CONFIG", "read_scores"]

CONFIG = "config.txt"
FOLDER = "scores_files"
VETOES = ("p1", "p2")
LEAST_COLUMNS = 3


class _Row(NamedTuple):
    name: str
    file: Path
    veto: bool


def read_scores(files: Sequence[Path], title: str) -> Domain:
    """A scored game from its text files, the configuration among them or not.

    Raises
    ------
    CaseError
        A row is no row of numbers, sheets differ in shape, or the configuration leads out of the folder.
    """
    config = next((f for f in files if f.name == CONFIG), None)
    rows = [_Row(f.stem, f, False) for f in files] if config is None else _configured(config)
    told: list[Told] = []
    if config is not None:
        told.append(
            Told("lost", WHOLE, "what config.txt says of how parties behave, and which model acts for them")
        )
        used = {config.resolve(), *(row.file.resolve() for row in rows)}
        told += [
            Told("lost", WHOLE, f"{f.name}: no score sheet of {CONFIG}, so not read")
            for f in files
            if f.resolve() not in used
        ]
    sheets = [_sheet(row.file) for row in rows]
    shape = [len(scores) for scores in sheets[0][0]] if sheets else []
    if len(shape) > len(ascii_uppercase):
        refuse(
            str(rows[0].file),
            "",
            f"{len(shape)} rows of scores; at most {len(ascii_uppercase)} issues can be read",
        )
    for row, (scores, _) in zip(rows, sheets, strict=True):
        if [len(s) for s in scores] != shape:
            refuse(
                str(row.file),
                "",
                f"options {[len(s) for s in scores]} of the issues differ from {shape} in {rows[0].file.name}",
            )
    issues = tuple(
        Issue(f"Issue {letter}", tuple(f"{letter}{k + 1}" for k in range(size)))
        for letter, size in zip(ascii_uppercase, shape, strict=False)
    )
    told.append(Told("assumed", WHOLE, "names of issues and options: the files have none"))
    vetoes = any(row.veto for row in rows)
    if vetoes:
        told.append(
            Told(
                "assumed",
                WHOLE,
                "who has to agree: everybody but one, and p1 and p2 in any case; the files only say who is p1 and p2",
            )
        )
    sides = []
    for row, (scores, least) in zip(rows, sheets, strict=True):
        because = f"Scores and the least that is acceptable: {row.file.name}."
        sides.append(Side(row.name, scores, least, None, because, vetoes=row.veto))
        told.append(Told("given", row.name, f"scores, and at least {float(least):g} points"))
    return Domain(title, issues, tuple(sides), tuple(told), enough=len(rows) - 1 if vetoes else None)


def _configured(config: Path) -> list[_Row]:
    home, found = config.parent.resolve(), []
    for n, line in enumerate(read_limited(config, limit=LIMIT).splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split(",")]
        if len(parts) < LEAST_COLUMNS or not all(parts[:LEAST_COLUMNS]):
            refuse(
                str(config), f"line {n}", "a name, a file and a role were expected, with commas between them"
            )
        tried = [config.parent / FOLDER / f"{parts[1]}.txt", config.parent / f"{parts[1]}.txt"]
        for file in tried:
            if home not in file.resolve().parents:
                refuse(str(config), f"line {n}", f"'{parts[1]}' leads out of the folder")
        there = [f for f in tried if f.is_file()]
        if not there:
            refuse(str(config), f"line {n}", f"there is no file '{parts[1]}.txt' beside it or in {FOLDER}")
        found.append(_Row(parts[0], there[0], parts[2].lower() in VETOES))
    return found


def _sheet(file: Path) -> tuple[tuple[tuple[Fraction, ...], ...], Fraction]:
    """[issue][option] scores, and the least that is acceptable."""
    lines = [
        (n, line) for n, line in enumerate(read_limited(file, limit=LIMIT).splitlines(), 1) if line.strip()
    ]
    rows = [
        tuple(number(part, str(file), f"line {n}") for part in line.strip().strip(",").split(","))
        for n, line in lines
    ]
    if len(rows) < 2 or len(rows[-1]) != 1:
        refuse(
            str(file),
            "",
            "rows of scores were expected, and in the last one a single number: the least that is acceptable",
        )
    return tuple(rows[:-1]), rows[-1][0]
