"""Draws that several tests of a module ask for again: what is told of a world is the most expensive part of many commands."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest

from detente import draws
from detente.case.model import Case
from detente.draws import Drawn

__all__ = ["kept"]

MANY = 2
"""Cases that are kept at a time; the large ones take some hundred MiB each."""


def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands over the same case with the same options share what was drawn. Not for tests of whether two runs agree."""
    found: deque[tuple[Case, dict[str, Any], Drawn]] = deque(maxlen=MANY)
    prepare = draws.prepare

    def again(case: Case, **options: Any) -> Drawn:
        for known, before, ready in found:
            if before == options and known == case:
                return ready
        found.append((case, options, prepare(case, **options)))
        return found[-1][2]

    monkeypatch.setattr(draws, "prepare", again)
