"""Tables of a document as rows of cells, with an index of their captions; units stand in captions and columns, as on the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from detente.document import Block, Cell, Chart, Document, Section, Table
from detente.errors import UsageError
from detente.formats.domain import ids
from detente.formats.exporting import save
from detente.formats.grids import Grid, csv_text, workbook
from detente.storage import status, target, write_bytes

__all__ = ["grids_of", "tables_to"]

INDEX = "tables"
LONGEST = 28
"""Letters of a name: a sheet of a workbook has 31, and the second of a name ends in ``_2``."""

_NUMBER = re.compile(r"[+−-]?\d[\d,]*(\.\d+)?")


def tables_to(place: Path, *, force: bool) -> Callable[[Document], int]:
    """What writes the tables of a document into a folder, a CSV file each, or into a workbook, and says how many.

    Raises
    ------
    UsageError
        Nothing may be written there, or tables are there already and may not be replaced.
    """
    if place.suffix.lower() == ".xlsx":
        workbook([(INDEX, [])])  # raises where no workbook can be written
        where = target(place, force=force)

        def book(document: Document) -> int:
            found = grids_of(document)
            write_bytes(where, workbook(found))
            return len(found) - 1

        return book
    if status(place) is not None and not place.is_dir():
        raise UsageError(
            f"{place}: this is a file; name a folder for files .csv, or a workbook that ends in .xlsx"
        )
    if status(place) is None and not place.parent.is_dir():
        raise UsageError(f"{place}: there is no directory {place.parent}")
    if status(place) is not None:
        target(place / f"{INDEX}.csv", force=force)

    def folder(document: Document) -> int:
        found = grids_of(document)
        save({f"{name}.csv": csv_text(rows) for name, rows in found}, place, force=force)
        return len(found) - 1

    return folder


def grids_of(document: Document) -> list[tuple[str, Grid]]:
    """Name → rows of every table, those behind charts among them, and first an index of them, ``tables``."""
    found = list(_tables(document.blocks, ""))
    names = ids([_short(table.caption or section or "answer") for section, table in found], (INDEX,))
    index: Grid = [["table", "section", "caption", "note"]]
    index += [
        [name, section, table.caption, table.note]
        for name, (section, table) in zip(names, found, strict=True)
    ]
    return [(INDEX, index), *((name, _grid(table)) for name, (_, table) in zip(names, found, strict=True))]


def _short(caption: str) -> str:
    """What a table is called: its caption up to a colon or a comma, in whole words."""
    words = re.split(r"[:,;(–]", caption)[0].split()
    if len(" ".join(words)) > LONGEST:
        while len(words) > 1 and (len(" ".join(words)) > LONGEST or len(words[-1]) < 4):
            words.pop()
    return " ".join(words)[:LONGEST]


def _tables(blocks: Sequence[Block], section: str) -> Iterator[tuple[str, Table]]:
    """Every table with the titles of the sections that it stands in."""
    for block in blocks:
        if isinstance(block, Table):
            yield section, block
        elif isinstance(block, Section):
            yield from _tables(block.blocks, " / ".join(filter(None, (section, block.title))))
        elif isinstance(block, Chart) and block.table is not None:
            yield section, block.table


def _grid(table: Table) -> Grid:
    rows: Grid = [list(table.columns)]
    for row in table.rows:
        rows.append([_cell(one.text if isinstance(one, Cell) else one) for one in row])
    return rows


def _cell(text: str) -> str | int | float:
    """A number where the whole cell is one; a number with its unit, its error or its range stays a text, without the plus that would make a
    formula of it."""
    if not _NUMBER.fullmatch(text):
        return text[1:] if text[:1] == "+" and text[1:2].isdigit() else text
    plain = text.replace(",", "").replace("−", "-")
    return float(plain) if "." in plain else int(plain)
