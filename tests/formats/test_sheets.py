"""Spreadsheets: cases out and in again, sheets as teachers keep them, and what no spreadsheet may run."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from detente.case.reading import load_case
from detente.catalogue import resolve
from detente.document import Cell as Shown
from detente.document import Document, Section, Table
from detente.errors import CaseError, UsageError
from detente.formats.grids import csv_text, read_grid, safe, workbook
from detente.formats.importing import read_files
from detente.formats.sheets import sheet_of
from detente.formats.tables import grids_of, tables_to
from tests.formats.test_export import KEPT, three, utilities
from tests.formats.test_genius_files import case_in, points

TEACHERS = """issue,option,Mayor,Union
Stadium,north,14,0
,south,8,5
Jobs,all,0,12
,half,9,4
Threshold,,10,6
"""


def written(rows: Any, folder: Path, kind: str) -> Path:
    path = folder / f"sheet.{kind}"
    path.write_bytes(workbook([("sheet", rows)]) if kind == "xlsx" else csv_text(rows).encode())
    return path


@pytest.fixture(params=["csv", "xlsx"])
def kind(request: pytest.FixtureRequest) -> str:
    if request.param == "xlsx":
        pytest.importorskip(
            "openpyxl", reason="openpyxl is in the development group and the extra 'spreadsheets'"
        )
    return str(request.param)


@pytest.mark.parametrize("which", ["three", "two-villages", "scored-game"])
def test_a_sheet_keeps_every_number_and_range(which: str, kind: str, tmp_path: Path) -> None:
    case = three() if which == "three" else load_case(resolve(which)).case
    rows, _ = sheet_of(case)
    back = case_in(read_files([written(rows, tmp_path, kind)]))
    again, _ = sheet_of(back)
    assert again == rows
    assert [s.status_quo is None for s in back.issues.values()] == [
        s.status_quo is None for s in case.issues.values()
    ]
    if which == "three":
        before, after = utilities(case), utilities(back)
        assert all(after[k] == pytest.approx(before[k], abs=KEPT) for k in before)


def test_a_sheet_of_a_teacher_is_a_scored_game(tmp_path: Path) -> None:
    (tmp_path / "harbour.csv").write_text(TEACHERS)
    found = read_files([tmp_path / "harbour.csv"])
    case = case_in(found)
    assert case.title == "harbour"
    assert points(case, "mayor", "stadium") == [14, 8]
    assert points(case, "union", "jobs") == [12, 4]
    assert [w.no_deal.median for w in case.preferences.values()] == [10, 6]  # type: ignore[union-attr]
    (tmp_path / "european.csv").write_text(TEACHERS.replace(",", ";").replace("14", "14,5"))
    assert points(case_in(read_files([tmp_path / "european.csv"])), "mayor", "stadium") == [14.5, 8]


def test_options_together_and_a_status_quo_are_read(tmp_path: Path) -> None:
    text = """issue,option,status quo,A low,A median,A high,B
x,p,x,1,2,3,5
x,q,,0,0,0,
y,p,,1,1,1,3
y,q,x,4,4,4,1
together,x=q & y=p,,-1,-1,-1,
no deal above the status quo,,,0,1,2,0
most points,,,9,9,9,
"""
    (tmp_path / "s.csv").write_text(text.replace("x,q,,0,0,0,\n", "x,q,,0,0,0,0\n"))
    case = case_in(read_files([tmp_path / "s.csv"]))
    assert {i: s.status_quo for i, s in case.issues.items()} == {"x": "p", "y": "q"}
    wants = case.preferences["a"]
    assert (wants.together[0].when, wants.together[0].add.median) == ({"x": "q", "y": "p"}, -1)
    assert wants.no_deal.status_quo.high == 2
    assert wants.max == 9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("issue,option", "topic,level", "begins with the columns"),
        ("Mayor,Union", "Mayor low,Union", "low, median and high"),
        ("Mayor,Union", "Mayor,Mayor", "twice"),
        (",south,8,5", ",north,8,5", "'north' of 'Stadium' is here twice"),
        (",south,8,5", ",south,8,", "'south' of 'Stadium'"),
        (",south,8,5", ",south,eight,5", "row 3, column 'Mayor'.*'eight'"),
        (",south,8,5", ",,8,5", "without an issue and an option"),
        ("Threshold,,10,6", "Threshold,,10,6\nBATNA,,1,1", "a second number"),
        ("Mayor,Union", '"Mayor,Union', "not CSV"),
    ],
)
def test_cells_that_cannot_be_are_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(TEACHERS.replace(old, new))
    with pytest.raises(CaseError, match=said):
        read_files([tmp_path / "s.csv"])


# --- what acts ------------------------------------------------------------------------------------------------

ACTING = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0", "\x1b[2J=1", "＝1"]


@pytest.mark.parametrize("text", ACTING)
def test_no_text_is_a_formula(text: str, tmp_path: Path) -> None:
    cell = safe(text)
    assert isinstance(cell, str)
    assert cell.startswith("'")
    assert "\x1b" not in cell
    assert "\t" not in cell
    rows = list(csv.reader(io.StringIO(csv_text([[text, -1.5, "a,b"]]))))
    assert rows == [[cell, "-1.5", "a,b"]]


def test_workbooks_hold_texts_as_texts() -> None:
    openpyxl = pytest.importorskip(
        "openpyxl", reason="openpyxl is in the development group and the extra 'spreadsheets'"
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook([("s", [ACTING, [1.5, "plain"]])])))
    kinds = {cell.data_type for row in book["s"].iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s", "n"}


def test_names_that_act_come_back_as_they_were(kind: str, tmp_path: Path) -> None:
    back = case_in(read_files([written(sheet_of(three())[0], tmp_path, kind)]))
    assert [o.name or id for id, o in back.issues["x"].options.items()] == ["=1+1", "q", "r"]


def changed(
    data: bytes, part: str, text: str, encoding: str = "utf-8", packed: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", packed) as new:
        for name in old.namelist():
            new.writestr(name, text.encode(encoding) if name == part else old.read(name))
    return out.getvalue()


def spoilt(data: bytes, skip: int = 0) -> bytes:
    """With other bytes where the first part is packed."""
    start = skip + 30 + int.from_bytes(data[26:28], "little") + int.from_bytes(data[28:30], "little")
    return data[:start] + b"\xff" * 40 + data[start + 40 :]


def test_workbooks_that_bite_are_refused(tmp_path: Path) -> None:
    pytest.importorskip(
        "openpyxl", reason="openpyxl is in the development group and the extra 'spreadsheets'"
    )
    good = workbook([("s", [["issue", "option", "A", "B"]])])
    entity = '<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    bombs = {
        "entity": (changed(good, "xl/worksheets/sheet1.xml", entity), "entities"),
        "entity elsewhere": (changed(good, "docProps/app.xml", entity), "entities"),
        "entity in UTF-16": (
            changed(good, "xl/worksheets/sheet1.xml", "\ufeff" + entity, "utf-16-le"),
            "entities",
        ),
        "large": (changed(good, "xl/worksheets/sheet1.xml", "<a>" + " " * (33 << 20) + "</a>"), "unpacked"),
        "text": (b"issue,option,A,B\n", "not a workbook"),
        "cut": (good[: len(good) // 2], "not a workbook"),
        "packed otherwise": (
            spoilt(changed(good, "docProps/app.xml", "<a/>", packed=zipfile.ZIP_LZMA), skip=4),
            "packed as",
        ),
        "spoilt": (spoilt(good), "not a workbook"),
        "another zip": (changed(good, "xl/workbook.xml", "<a/>"), "no workbook"),
    }
    for name, (data, said) in bombs.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(data)
        with pytest.raises(CaseError, match=said):
            read_grid(path)


def test_sheets_have_bounds(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("issue,option,A,B\n" + ",,,\n" * 6000)
    with pytest.raises(CaseError, match="5,000 rows"):
        read_files([tmp_path / "s.csv"])


def test_what_a_sheet_cannot_hold_is_refused_or_told() -> None:
    with pytest.raises(UsageError, match="states in order"):
        sheet_of(three({"ranking": [{"x": "p"}]}))
    case = load_case(resolve("two-villages")).case
    rows, told = sheet_of(case)
    assert rows[0][:2] == ["issue", "option"]
    assert all(t.kind == "lost" for t in told)


def test_tables_of_a_document_have_names_and_an_index(tmp_path: Path) -> None:
    table = Table(
        "Gains, in points",
        ["faction", "gain"],
        [["A", Shown("−1,234.5")], ["=B", "+12 (3 to 4)"], ["C", "+7"], ["-D", "50%"]],
        note="why",
    )
    long = Table("What is to be had without a deal at all", ["x"], [["–"]])
    document = Document("t", blocks=[Section("s", "S", [table, Section("u", "U", [table, long])])])
    found = grids_of(document)
    assert [name for name, _ in found] == ["tables", "gains", "gains_2", "what_is_to_be_had_without"]
    assert [row[:3] for row in found[0][1][1:]] == [
        ["gains", "S", "Gains, in points"],
        ["gains_2", "S / U", "Gains, in points"],
        ["what_is_to_be_had_without", "S / U", "What is to be had without a deal at all"],
    ]
    expected = [["faction", "gain"], ["A", -1234.5], ["=B", "12 (3 to 4)"], ["C", 7], ["-D", "50%"]]
    assert found[1][1] == expected
    write = tables_to(tmp_path / "out", force=False)
    assert write(document) == 3
    assert (tmp_path / "out" / "gains.csv").read_text().splitlines()[2:] == [
        "'=B,12 (3 to 4)",
        "C,7",
        "'-D,50%",
    ]
    with pytest.raises(UsageError, match=r"tables\.csv: this file exists already"):
        tables_to(tmp_path / "out", force=False)
    tables_to(tmp_path / "out", force=True)(document)
    with pytest.raises(UsageError, match="this is a file"):
        tables_to(tmp_path / "out" / "gains.csv", force=True)
    with pytest.raises(UsageError, match="no directory"):
        tables_to(tmp_path / "no" / "where", force=False)


def test_tables_of_a_document_make_a_workbook(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="the extra 'spreadsheets'")
    document = Document("t", blocks=[Table("", ["a"], [["=1+1"], ["2.5"]])])
    assert tables_to(tmp_path / "t.xlsx", force=False)(document) == 1
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["tables", "answer"]
    assert [cell.value for cell in book["answer"]["A"]] == ["a", "'=1+1", 2.5]
