"""In CI nothing that has to be there is passed over: a run of pytest on tests that are skipped in every way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.required import in_ci

TESTS = """
import pytest

@pytest.fixture
def browser():
    pytest.skip("no browser here")

@pytest.mark.browser
def test_in_its_body():
    pytest.skip("not today")

@pytest.mark.browser
@pytest.mark.skipif(True, reason="never")
def test_by_a_mark():
    pass

def test_by_a_fixture_of_that_name(browser):
    pass

@pytest.mark.shared
def test_by_what_is_not_installed():
    pytest.importorskip("a_module_that_nobody_has")

@pytest.mark.shared
def test_that_runs():
    pass

@pytest.mark.shared
@pytest.mark.xfail(reason="known", strict=True)
def test_that_is_known_to_fail():
    raise AssertionError

def test_of_anything_else():
    pytest.skip("may be")
"""


@pytest.mark.parametrize("ci", ["true", ""])
def test_in_ci_what_is_required_is_not_skipped(ci: str, tmp_path: Path) -> None:
    file = tmp_path / "test_sample.py"
    file.write_text(TESTS)
    options = f"-q -p tests.required -p no:cacheprovider -c {os.devnull} --rootdir {tmp_path}".split()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-o", "markers=browser\nshared", str(file)],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parents[1],
        # Options for the run around this one may be those of a plugin that is not loaded here.
        env={**os.environ, "CI": ci, "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        text=True,
    )
    last = done.stdout.splitlines()[-1].split(" in ")[0]
    # What fails before a test begins is an error, and as bad.
    right = "2 failed, 1 passed, 1 skipped, 1 xfailed, 2 errors" if ci else "1 passed, 5 skipped, 1 xfailed"
    assert last == right, done.stdout
    assert done.returncode == (1 if ci else 0)


@pytest.mark.parametrize(
    ("said", "found"),
    [("true", True), ("1", True), ("True", True), ("", False), ("0", False), ("false", False)],
)
def test_what_says_that_this_is_ci(said: str, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", said)
    assert in_ci() == found
