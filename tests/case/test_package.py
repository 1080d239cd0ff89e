"""A package from a file: what it may say, and that what the case calls impossible is refused for every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.case.model import Case
from detente.case.package import impossible, read_package
from detente.case.reading import read_case
from detente.errors import CaseError

from .small import changed


def small() -> Case:
    text = changed(("preferences:", "impossible: [{one: y, two: z}, {one: y, two: x}]\npreferences:"))
    return read_case(text, "small.yaml").case


def read(tmp_path: Path, text: str) -> dict[str, str]:
    (tmp_path / "package.yaml").write_text(text, encoding="utf-8")
    return read_package(tmp_path / "package.yaml", small())


def test_issues_and_options(tmp_path: Path) -> None:
    assert read(tmp_path, "one: y\ntwo: y\n") == {"one": "y", "two": "y"}
    assert read(tmp_path, "package: {two: y}\n") == {"two": "y"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("one: y\ntwo: z\n", "which the case calls impossible (entry 1 under 'impossible')"),
        ("one: y\n", "the package has {one: y, two: x}, which the case calls impossible (entry 2"),
        ("package: {one: y}\n", "entry 2"),
        ("tow: y\n", "no issue 'tow' in case 'small'; did you mean 'two'?"),
        ("package: y\n", "no issue 'package'"),
        ("one: w\n", "no option 'w'"),
        ("[]\n", "a package is a block of"),
    ],
)
def test_what_cannot_be(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CaseError, match=r"package\.yaml") as caught:
        read(tmp_path, text)
    assert says in str(caught.value)


def test_what_is_left_out_is_as_it_is() -> None:
    assert impossible(small(), {"one": "x", "two": "z"}) is None
    assert impossible(small(), {"one": "y"}) is not None
