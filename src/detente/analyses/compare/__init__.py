"""What two or more versions of a case answer, side by side, and what in them makes the answers differ."""

from __future__ import annotations

from detente.analyses.compare.result import CompareResult
from detente.analyses.compare.solve import Version, compare

__all__ = ["CompareResult", "Version", "compare"]
