"""What makes no valid case is said of the files that it came from, and of no line of a case that was never written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detente.errors import CaseError
from detente.formats.importing import read_files
from tests.formats.written_files import GMCR, dumped, write

HEAD = "issue,option,Port,Union\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("Jobs,,-5,1\n,all,0,1\n,half,9,0\n", "'Port', weight, issue 'Jobs': must be at least 0"),
        (
            "Jobs,,5,1\n,all,0,1\n,half,150,0\n",
            "'Port', what it is worth, issue 'Jobs', 'half': must be between",
        ),
        ("Jobs,all,0,1\n,half,9,0\nstep,,0,1\n", "'Port', step: must be more than 0"),
        ("Jobs,all,0,1\n,half,9,0\ntogether,Jobs=all,1,\n", "'Port', together.0, when: at least 2 entries"),
        ("Jobs,all,0,1\n", "issue 'Jobs': at least 2 entries"),
        ("".join(f"x{n},a,1,2\n,b,2,1\n" for n in range(41)), "issues: at most 40 entries"),
    ],
)
def test_of_a_sheet_column_and_issue_are_named(rows: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as error:
        read_files(write(tmp_path, sheet_csv=HEAD + rows))
    assert str(error.value).startswith(f"{tmp_path / 'sheet.csv'}: {said}")
    assert ".yaml" not in str(error.value)


def test_of_several_files_the_one_is_named_that_says_it(tmp_path: Path) -> None:
    def profile(weight: float) -> str:
        wants: dict[str, Any] = {"reservationValue": 0, "issueWeights": {"Price": weight}}
        return dumped({**wants, "issues": {"Price": {"low one": 1e8, "high": 0}}})

    write(tmp_path, buyer_json=profile(1e-8), seller_json=profile(1e8))
    with pytest.raises(CaseError) as error:
        read_files([tmp_path])
    lines = str(error.value).splitlines()
    assert (
        f"{tmp_path / 'seller.json'}: what it is worth, issue 'Price', 'low one': a number must be"
        in lines[-1]
    )
    assert not any("buyer.json" in line for line in lines)


def test_of_a_conflict_the_words_are_its_own(tmp_path: Path) -> None:
    patterns = [[[1, "Y"], [2, "Y"]], [[0, "Y"]]]
    conflict = {**GMCR, "useManualPreferenceVectors": False, "infeasibles": patterns}
    with pytest.raises(CaseError) as error:
        read_files(write(tmp_path, a_gmcr=dumped(conflict)))
    said = "infeasibles.1: at least 2 entries are needed here, found 1"
    assert str(error.value) == f"{tmp_path / 'a.gmcr'}: {said}"


def test_names_that_look_like_numbers_are_names(tmp_path: Path) -> None:
    names = ["1e3", "0o17", "0x1F", "12", "-4.5", ".inf", "true", "~", "no", "1:30", "=", "- a", "# b"]
    rows = "".join(f"Jobs,{name},{n},1\n" for n, name in enumerate(names))
    case = read_files(write(tmp_path, sheet_csv=HEAD + rows)).read.case
    options = case.issues["jobs"].options
    assert [spec.name or id for id, spec in options.items()] == names
