"""Tables of a document as rows of cells, with an index of their captions; units stand in captions and columns, as on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from detente.document import Block, Cell, Chart, Document, Section, Table
from detente.formats.domain import ids
from detente.formats.grids import Grid

__all__ = ["grids_of"]

_NUMBER = re.compile(r"[+−-]?\d[\d,]*(\.\d+)?")


def grids_of(document: Document) -> list[tuple[str, Grid]]:
    """Name → rows of every table, those behind charts among them, and first an index of them, ``tables``."""
    found = list(_tables(document.blocks))
    names = ids([table.caption[:24] for table in found], ("sheet", "tables"))
    index: Grid = [["table", "caption", "note"]]
    index += [[name, table.caption, table.note] for name, table in zip(names, found, strict=True)]
    return [("tables", index), *((name, _grid(table)) for name, table in zip(names, found, strict=True))]


def _tables(blocks: Sequence[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Section):
            yield from _tables(block.blocks)
        elif isinstance(block, Chart) and block.table is not None:
            yield block.table


def _grid(table: Table) -> Grid:
    rows: Grid = [list(table.columns)]
    for row in table.rows:
        rows.append(
            [
                _cell(one.text if isinstance(one, Cell) else one, k in table.numeric)
                for k, one in enumerate(row)
            ]
        )
    return rows


def _cell(text: str, numeric: bool) -> str | float:
    """A number where the whole cell is one; a number with its error or range stays the text that it is."""
    if numeric and _NUMBER.fullmatch(text):
        return float(text.replace(",", "").replace("−", "-"))
    return text
