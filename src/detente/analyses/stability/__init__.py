"""Which situations would nobody leave, given what the others could do back?"""

from __future__ import annotations

from detente.analyses.stability.result import StabilityResult
from detente.analyses.stability.solve import LOOKED, stability

__all__ = ["LOOKED", "StabilityResult", "stability"]
