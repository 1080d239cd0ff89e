"""What is skipped on somebody's machine and has to be there in CI: the browser, the material beside the repository."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

__all__ = ["MARKS", "in_ci", "pytest_runtest_makereport"]

MARKS = ("browser", "shared")


def in_ci() -> bool:
    """Whether the environment says that this is CI."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a test with one of the marks, or a fixture of that name, that is skipped, for whatever reason and in whatever way, has failed."""
    report = yield
    fixtures = getattr(item, "fixturenames", ())
    marks = [mark for mark in MARKS if item.get_closest_marker(mark) or mark in fixtures]
    if report.skipped and marks and in_ci() and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI has to have what tests marked '{marks[0]}' need: {why}"
    return report
