"""Files of other tools, read into cases and written from them.

Every reader makes a :class:`~detente.formats.domain.Space` (issues and their levels) or profiles (what one side makes of them),
or a whole case; :mod:`detente.formats.importing` puts them together and :mod:`detente.formats.casetext` writes the case, with what
was given, assumed and lost. Nothing is read in silence: what a format says and a case cannot is refused by name, or told of.
"""

from __future__ import annotations
