"""What groups agreed who negotiated the same case, and what they left on the table."""

from __future__ import annotations

from detente.analyses.debrief.solve import debrief

__all__ = ["debrief"]
