"""Is there a deal, which one, who blocks, what is the nearest miss?"""

from __future__ import annotations

from detente.analyses.deal.result import DealResult
from detente.analyses.deal.solve import deal

__all__ = ["DealResult", "deal"]
