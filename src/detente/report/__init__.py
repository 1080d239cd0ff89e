"""The briefing: a first page made from results by rules, the rest in the order of the reader's questions."""

from __future__ import annotations

from detente.report.whole import report

__all__ = ["report"]
