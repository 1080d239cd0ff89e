"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente import kernels
from tests.answers import ask
from tests.required import pytest_runtest_makereport

__all__ = ["pytest_runtest_makereport", "shared"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the repository; skipped where it is absent, which fails in CI."""
    found = Path(__file__).resolve().parents[2] / "shared"
    if found.is_dir():
        return found
    pytest.skip("the shared material does not lie beside the repository")


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """On a machine on which nothing was compiled yet every command says so, beside what a test expects of it."""
    if kernels.is_cold:
        ask("deal", "two-villages", "--draws", "64")
        kernels.is_cold = False
