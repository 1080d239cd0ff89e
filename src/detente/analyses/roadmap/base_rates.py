"""How often such things worked before: published counts, to be read beside the model's numbers, not into them."""

from __future__ import annotations

from detente.analyses.roadmap.result import BaseRate

__all__ = ["BASE_RATES"]

BASE_RATES = (
    BaseRate(
        what="Negotiated settlements of civil wars, 1940-1990, that were signed and carried out",
        successes=8,
        cases=17,
        source="Walter (1999), Designing Transitions from Civil War, International Security 24(1), p. 127",
        mismatch="Civil wars, where the losers of a broken deal are killed; not sanctions standoffs. Of 41 wars 17 "
        "saw formal negotiations.",
        later_than="1999-06-30",
    ),
    BaseRate(
        what="Economic sanctions, 1914-1990, counted as at least partly successful",
        successes=40,
        cases=115,
        source="Hufbauer, Schott & Elliott (1990), Economic Sanctions Reconsidered, 2nd ed., as reported in the "
        "Wilson Quarterly",
        mismatch="Whether sanctions got something, not whether an exchange of relief for concessions was kept.",
        later_than="1990-12-31",
    ),
    BaseRate(
        what="The same cases after a stricter recount",
        successes=5,
        cases=115,
        source="Pape (1997), Why Economic Sanctions Do Not Work, International Security 22(2), as reported in the "
        "Wilson Quarterly",
        mismatch="The same, with success by force, trade disputes and undecided cases taken out.",
        later_than="1997-12-31",
    ),
)
"""Those of which a passage with the count has been read; none is about sanctions relief exchanged step by step,
for which no count was found."""
