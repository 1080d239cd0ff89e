"""What Python is offered: a case, the answers about it, and what they are in words, as JSON and as tables.

The command line is written on it: one way through, two doors.
"""

from __future__ import annotations

from detente.study.answer import Answer, Briefing, changed_json, supposing
from detente.study.comparison import compare
from detente.study.study import Study, cases, load

__all__ = ["Answer", "Briefing", "Study", "cases", "changed_json", "compare", "load", "supposing"]
