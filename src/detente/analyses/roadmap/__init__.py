"""In what order, and would it hold?"""

from __future__ import annotations

from detente.analyses.roadmap.result import RoadmapResult
from detente.analyses.roadmap.solve import roadmap

__all__ = ["RoadmapResult", "roadmap"]
