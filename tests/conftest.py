"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The material beside the repository; skipped where it is absent, required in CI."""
    found = Path(__file__).resolve().parents[2] / "shared"
    if found.is_dir():
        return found
    if os.environ.get("CI"):
        pytest.fail(f"CI needs the shared material beside the repository: {found} is missing")
    pytest.skip("the shared material does not lie beside the repository")
