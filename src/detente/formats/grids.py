"""Rows of cells in CSV files and workbooks, read within limits and written so that no spreadsheet runs what stands in them.

A text that begins with ``= + - @`` or a control would be a formula, or could become one; it is written behind an apostrophe, which
spreadsheets take for "this is text", and read without it (OWASP, "CSV Injection"); one with apostrophes before such a sign gets one more. Numbers are written as numbers. Of a workbook the
values are read and never the formulas, after its parts have been looked at: how large they say they are, and that none defines entities.
"""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from detente.clean import clean_line
from detente.errors import UsageError
from detente.formats.domain import refuse
from detente.formats.opening import LIMIT, looked_through
from detente.storage import MEBIBYTE, read_bytes, read_limited

__all__ = ["Cell", "Grid", "csv_text", "read_grid", "safe", "workbook"]

Cell = str | int | float | None
Grid = list[list[Cell]]

MAX_ROWS, MAX_COLUMNS = 5_000, 300
UNPACKED = 16 * MEBIBYTE
"""Bytes of all parts of a workbook together."""
MAX_PARTS = 500
ELEMENTS = 400_000
"""Of all parts together: a cell has two or three, and the largest case some 100,000 cells."""
STYLES, STYLED = "xl/styles.xml", 50_000
"""The part whose elements cost most, and how many it may have."""
_ACTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_XML = (b"<", b"\xff\xfe", b"\xfe\xff", b"\0")
"""How a part begins that a parser of XML would read, in whatever letters it is written."""
_DELIMITERS = (",", ";", "\t")


def safe(cell: Cell) -> Cell:
    """A cell as it may be written: a number as it is, a text on one line that no spreadsheet runs."""
    if cell is None or isinstance(cell, int | float):
        return cell
    acts = cell.startswith(_ACTS)
    text = clean_line(cell)
    return f"'{text}" if acts or text.lstrip("'").startswith(_ACTS) else text


def _plain(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = clean_line(cell)
    return text[1:] if text[:1] == "'" and text.lstrip("'").startswith(_ACTS) else text


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Rows as CSV (RFC 4180), numbers with every digit that they have."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(
            [
                "" if (cell := safe(one)) is None else repr(cell) if isinstance(cell, float) else cell
                for one in row
            ]
        )
    return out.getvalue()


def read_grid(path: Path) -> Grid:
    """The rows of a CSV file, or of the first sheet of a workbook, without empty ones at the end; every row has as many cells.

    Raises
    ------
    CaseError
        It is neither, or larger than ``MAX_ROWS`` by ``MAX_COLUMNS``.
    """
    rows = _workbook_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
    while rows and not any(cell not in (None, "") for cell in rows[-1]):
        rows.pop()
    width = max(map(len, rows), default=0)
    return [[_plain(cell) for cell in row] + [None] * (width - len(row)) for row in rows]


def _csv_rows(path: Path) -> Grid:
    name, text = str(path), read_limited(path, limit=LIMIT)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: Grid = []
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True):
            rows.append([_comma(cell) if delimiter == ";" else cell for cell in row])
            _within(name, len(rows), len(row))
    except csv.Error as error:
        refuse(name, f"row {len(rows) + 1}", f"this is not CSV ({error})")
    return rows


def _comma(cell: str) -> str:
    """A number with a comma, where cells are parted by semicolons."""
    tried = cell.strip().replace(",", ".", 1)
    return tried if "," in cell and tried.replace(".", "", 1).lstrip("-").isdigit() else cell


def _within(name: str, rows: int, columns: int) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS:
        refuse(name, "", f"more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns")


def _workbook_rows(path: Path) -> Grid:
    name, data = str(path), read_bytes(path, limit=LIMIT)
    _looked_at(name, data)
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise UsageError(
            f"{name}: workbooks need openpyxl: install detente with the extra 'spreadsheets' (uv sync --extra spreadsheets), or save it as CSV"
        ) from None
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        rows: Grid = []
        for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True):
            cells: list[Cell] = [c if c is None or isinstance(c, int | float) else str(c) for c in row]
            while cells and cells[-1] is None:
                cells.pop()
            rows.append(cells)
            _within(name, len(rows), len(cells))
        book.close()
    except (
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        BadZipFile,
        OSError,
        SyntaxError,
    ) as error:
        refuse(name, "", f"this is no workbook that can be read ({clean_line(str(error))[:100]})")
    return rows


def _looked_at(name: str, data: bytes) -> None:
    """Refuse a workbook by the sizes that it declares, which bound what is unpacked, and by what its parts define."""
    left = ELEMENTS
    try:
        with ZipFile(io.BytesIO(data)) as parts:
            listed = parts.infolist()
            if len(listed) > MAX_PARTS or sum(part.file_size for part in listed) > UNPACKED:
                refuse(
                    name, "", f"unpacked it has more than {MAX_PARTS} parts or {UNPACKED:,} bytes; not read"
                )
            for part in listed:
                if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                    refuse(name, part.filename, "it is packed as no part of a workbook is; save it anew")
                with parts.open(part) as file:
                    is_xml = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_XML)
                if is_xml:  # whatever it is called
                    most = STYLED if part.filename == STYLES else ELEMENTS
                    left -= looked_through(parts.read(part), name, "a part of it is not XML", most)
                    if left < 0:
                        refuse(name, "", f"more than {ELEMENTS:,} elements")
    except (
        BadZipFile,
        ValueError,
        OSError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
    ) as error:
        refuse(name, "", f"this is not a workbook (.xlsx): {clean_line(str(error))[:100]}")


def workbook(sheets: Sequence[tuple[str, Iterable[Sequence[Cell]]]]) -> bytes:
    """Sheets by name as a workbook, texts as texts.

    Raises
    ------
    UsageError
        openpyxl is not installed.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        raise UsageError(
            "workbooks need openpyxl: install detente with the extra 'spreadsheets' (uv sync --extra spreadsheets), or write CSV"
        ) from None
    book: Any = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        for r, row in enumerate(rows, 1):
            for c, one in enumerate(row, 1):
                cell = safe(one)
                if cell is None or cell == "":
                    continue
                placed = sheet.cell(r, c)
                placed.value = cell
                if isinstance(cell, str):
                    placed.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
