"""Files that are legal and odd, and files that are meant to hurt: each is read for what it says or refused with a reason."""

from __future__ import annotations

import io
import json
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from detente.analyses.deal import deal
from detente.case.model import Case
from detente.case.reading import load_case
from detente.catalogue import resolve
from detente.draws import prepare
from detente.errors import CaseError, LimitError
from detente.formats import grids
from detente.formats.agreements import read_agreements
from detente.formats.domain import decimal
from detente.formats.grids import csv_text
from detente.formats.importing import read_files
from detente.formats.opening import MAX_DEPTH, MAX_ELEMENTS, MAX_PIECE
from tests.formats.test_genius_files import case_in, points
from tests.formats.written_files import GMCR, dumped, geniusweb, write

SHEET = [["issue", "option", "status quo", "A", "B"], ["x", "p", "x", 1, 2], ["x", "q", "", 3, 0]]


def test_an_exponent_beyond_all_decimals_is_refused(tmp_path: Path) -> None:
    text = '{"issueWeights": {"a": 1}, "issues": {"a": {"x": 1, "y": 1e99999999999999999999}}}'
    with pytest.raises(CaseError, match="exponent"):
        read_files(write(tmp_path, a_json=text))


def test_links_in_a_circle_are_no_files(tmp_path: Path) -> None:
    a, b = geniusweb(False)
    write(tmp_path, a_json=dumped(a), b_json=dumped(b))
    (tmp_path / "c.json").symlink_to("d.json")
    (tmp_path / "d.json").symlink_to("c.json")
    assert points(case_in(read_files([tmp_path])), "a", "colour") == [60, 7.5]


@pytest.mark.parametrize("level", ["x", ["1"], "1e999999999"])
def test_a_bid_that_is_no_number_where_one_is_needed_is_refused(level: Any, tmp_path: Path) -> None:
    a, b = geniusweb(False)
    a["LinearAdditiveUtilitySpace"]["reservationBid"] = {"issuevalues": {"price": level}}
    with pytest.raises(CaseError, match=r"issueUtilities\.price: a number"):
        read_files(write(tmp_path, a_json=dumped(a), b_json=dumped(b)))


def negmas(low: float, high: float, slope: float) -> tuple[str, str]:
    issue = {"name": "p", "type": "ContinuousIssue", "values": [low, high]}
    ufun = {
        "type": "LinearAdditiveUtilityFunction",
        "weights": [1],
        "values": [{"type": "LinearFun", "slope": slope, "bias": 0}],
    }
    return json.dumps({"issues": [issue]}), json.dumps(ufun)


def test_a_scale_of_decimals_has_a_worst_end_and_utilities_above_one(tmp_path: Path) -> None:
    space, ufun = negmas(0.5, 1.5, 1)
    case = case_in(read_files(write(tmp_path, d_yml=space, a_yml=ufun, b_yml=ufun), levels=3))
    assert points(case, "a", "p") == [50, 100, 150]
    assert case.preferences["a"].no_deal.median == 50  # type: ignore[union-attr]
    assert case.preferences["a"].max is None


def test_levels_of_a_narrow_scale_differ(tmp_path: Path) -> None:
    space, ufun = negmas(0, 1e-7, 1e7)
    case = case_in(read_files(write(tmp_path, d_yml=space, a_yml=ufun, b_yml=ufun), levels=4))
    assert points(case, "a", "p") == pytest.approx([0, 100 / 3, 200 / 3, 100], abs=1e-3)
    assert len({o.name for o in case.issues["p"].options.values()}) == 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 10**9), "0.000000001"),
        (Fraction(-5, 4), "-1.25"),
        (Fraction(-1, 3), "-0.3333333"),
        (Fraction(10**7, 3), "3333333.333333"),
        (Fraction(1, 3 * 10**7), "0.00000003333333"),
        (Fraction(100), "100"),
        (Fraction(0), "0"),
        (Fraction(299999999, 10**8), "2.99999999"),
    ],
)
def test_a_level_is_written_with_the_decimals_that_it_has(value: Fraction, text: str) -> None:
    assert decimal(value) == text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["walkaway", "", "", 3, 1], "row 4: 'walkaway' has no options.*no deal"),
        (["x", "r", "x", 3, 1], "row 4, column 'status quo': a second option of 'x'"),
        (["x", "r", "no", 3, 1], "row 4, column 'status quo': an x"),
        (["x", "", "x", 3, 1], "row 4, column 'status quo': an x"),
        (["x", "r", "", 3, 1, 9], "row 4, column 6: the first row has no name"),
    ],
)
def test_nothing_in_a_sheet_is_passed_over(more: list[Any], said: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(csv_text([*SHEET, more]))
    with pytest.raises(CaseError, match=said):
        read_files([path])


def test_points_of_a_size_that_needs_a_step_above_one_can_be_counted(tmp_path: Path) -> None:
    rows = [["issue", "option", "A", "B"]]
    rows += [[i, o, k * 10**9, k] for i in "xyz" for k, o in enumerate("pq")]  # type: ignore[list-item]
    path = tmp_path / "s.csv"
    path.write_text(csv_text(rows))
    case = case_in(read_files([path]))
    assert case.preferences["a"].step == 100
    assert case.preferences["b"].step is None
    assert deal(prepare(case, draws=64)).main.packages.acceptable == 8


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "''-x", "'quoted'", "'", "it's", "-", "plain"])
def test_a_text_comes_back_with_the_apostrophes_that_it_has(text: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(csv_text([[text, 1]]))
    assert grids.read_grid(path) == [[text, "1"]]
    assert not path.read_text().startswith(("=", "-"))


def test_a_second_row_of_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(csv_text([*SHEET, ["x", "", "", 3, 1], ["x", "", "", 4, 1]]))
    with pytest.raises(CaseError, match="row 5: a second row of weights of 'x'"):
        read_files([path])


def test_a_conflict_does_not_ask_for_an_option_and_against_it(tmp_path: Path) -> None:
    said = json.loads(GMCR) if isinstance(GMCR, str) else json.loads(json.dumps(GMCR))
    said["infeasibles"] = [[[0, "Y"], [0, "N"]]]
    with pytest.raises(CaseError, match=r"infeasibles\.0: option 0 is here as 'Y' and as 'N'"):
        read_files(write(tmp_path, a_gmcr=dumped(said)))


# --- what is meant to hurt


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<r>" + "<a/>" * MAX_ELEMENTS + "</r>", "more than 200,000 elements"),
        ("<a>" * (MAX_DEPTH + 1), "inside one another"),
        # Each of these took minutes while the parser was given pieces, or the remarks before a declaration were cut off one by one.
        (f'<r a="{"x" * MAX_PIECE}"/>', "a tag or a remark of more than 1,000,000 letters"),
        (f"<r><!--{'x' * (MAX_PIECE + 1)}--></r>", "a tag or a remark of more than"),
        (f"<r><?x {'x' * MAX_PIECE}?></r>", "a tag or a remark of more than"),
        ("<!--x-->" * 60_000 + "<r/>", "no file of GENIUS"),
        ("<r>" + "&" * (MAX_ELEMENTS + 1) + "</r>", "more than 200,000 ampersands"),
        ('<?xml version="1.0" encoding="nothing"?><a/>', "not XML"),
    ],
)
def test_xml_that_would_fill_the_memory_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=said):
        read_files(write(tmp_path, a_xml=text))


def test_styles_of_a_workbook_have_a_limit_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "STYLED", 10)
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("xl/styles.xml", "<r>" + "<a/>" * 10 + "</r>")
    with pytest.raises(CaseError, match="more than 10 elements"):
        read_files([tmp_path / "a.xlsx"])


def test_a_conflict_of_endless_infeasibles_is_refused(tmp_path: Path) -> None:
    said = json.loads(json.dumps(GMCR)) | {"infeasibles": [[[0, "Y"], [1, "N"]]] * 1_001}
    with pytest.raises(LimitError, match="1,001 infeasibles; at most 1,000"):
        read_files(write(tmp_path, a_gmcr=dumped(said)))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (b"<r>" + b"<a/>" * 3_000 + b"</r>", "more than 1,000 elements"),
        (b"<a>" * 1_000, "inside one another"),
        (b'<a b="' + b"x" * MAX_PIECE + b'"/>', "a tag or a remark of more than"),
        (b'<?xml version="1.0" encoding="nothing"?><a/>', "not XML"),
    ],
)
def test_workbooks_that_would_fill_the_memory_are_refused(
    part: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grids, "ELEMENTS", 1_000)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.xml", part)
    (tmp_path / "a.xlsx").write_bytes(data.getvalue())
    with pytest.raises(CaseError, match=said):
        read_files([tmp_path / "a.xlsx"])


# --- what groups agreed


def with_none() -> Case:
    """A case of which an issue has an option that is called as no agreement is."""
    return Case.model_validate(
        {
            "detente": 1,
            "id": "relief",
            "title": "Relief",
            "status_quo": "none",
            "parties": {"a": {}, "b": {}},
            "issues": {i: {"options": {"none": {}, "full": {}}} for i in "xy"},
            "preferences": {
                p: {"inference": "typed", "no_deal": 0, "points": {i: {"none": 0, "full": 1} for i in "xy"}}
                for p in "ab"
            },
        }
    )


def agreed(text: str, case: Case, folder: Path) -> list[tuple[str, dict[str, str] | None]]:
    (folder / "agreed.csv").write_text(text)
    return read_agreements(folder / "agreed.csv", case)


def test_an_option_called_none_is_an_option(tmp_path: Path) -> None:
    found = agreed("group,x,y\nred,none,full\nblue,no deal,\n", with_none(), tmp_path)
    assert found == [("red", {"x": "none", "y": "full"}), ("blue", None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("group,water,road\nred,no deal,paved\n", "row 2: 'no deal' stands beside 'paved'"),
        ("group,water,\nred,by_turns,paved\n", "row 2, column 3: the first row names no issue"),
    ],
)
def test_nothing_that_a_group_agreed_is_passed_over(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=said):
        agreed(text, load_case(resolve("two-villages")).case, tmp_path)


def test_a_cell_without_end_is_no_option(tmp_path: Path) -> None:
    workbook = pytest.importorskip("openpyxl").Workbook()
    workbook.active.append(["group", "water"])
    workbook.active.append(["red", 7])
    data = io.BytesIO()
    workbook.save(data)
    with zipfile.ZipFile(data) as read, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as written:
        for name in read.namelist():
            written.writestr(name, read.read(name).replace(b"<v>7</v>", b"<v>1e999</v>"))
    with pytest.raises(CaseError, match="no option 'inf'"):
        read_agreements(tmp_path / "a.xlsx", load_case(resolve("two-villages")).case)
