"""What groups left on the table, from the definition: every package is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product

from detente.case.model import Case
from tests.oracles.deal import breaks_a_line, matches, no_deal, utility

Package = Mapping[str, str]


def left(case: Case, package: Package | None) -> dict[str, Fraction]:
    """Faction → the most that it could gain with nobody losing, where everybody's consent is needed and everything can move."""
    factions = list(case.preferences)
    has = {f: no_deal(case, f) if package is None else utility(case, f, package) for f in factions}
    found = dict.fromkeys(factions, Fraction(0))
    for options in product(*(issue.options for issue in case.issues.values())):
        other = dict(zip(case.issues, options, strict=True))
        if any(matches(other, pattern) for pattern in case.impossible):
            continue
        if any(breaks_a_line(case, f, other) for f in factions):
            continue
        worth = {f: utility(case, f, other) for f in factions}
        if all(worth[f] >= has[f] for f in factions):
            found = {f: max(found[f], worth[f] - has[f]) for f in factions}
    return found
