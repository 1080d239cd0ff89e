"""Which single judgement, changed how little, would change the answer?"""

from __future__ import annotations

from detente.analyses.flips.scan import Flip, FlipsResult, flips

__all__ = ["Flip", "FlipsResult", "flips"]
