"""What the formats have in common: issues with levels, and sides that make something of each level.

Numbers are exact fractions of the decimals that stand in a file. A side's worth of a package is the sum of what its levels are
worth, which is all that additive formats can say.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal, NamedTuple, NoReturn

from detente.case.base import MAX_NUMBER
from detente.case.model import MAX_ISSUES, MAX_OPTIONS, MAX_PARTIES, MEANT
from detente.clean import clean_line
from detente.errors import CaseError, Fault, LimitError

__all__ = [
    "WHOLE",
    "Domain",
    "Issue",
    "Kind",
    "Profile",
    "Scale",
    "Side",
    "Space",
    "Term",
    "Told",
    "decimal",
    "decimals",
    "folded",
    "ids",
    "number",
    "refuse",
]

Kind = Literal["given", "assumed", "lost"]
WHOLE = ""
"""Where something is said of everything."""

_EXPONENT = 60
"""Digits of a number before and behind the point: more are in the wrong unit, and would fill the memory as fractions."""


class Told(NamedTuple):
    """One thing that an import or export says of a field."""

    kind: Kind
    where: str
    """The side, or the issue, by its name; :data:`WHOLE` for the whole."""
    what: str


class Scale(NamedTuple):
    """The levels of an issue that is a number."""

    low: Fraction
    high: Fraction
    step: Fraction | None
    """From one level to the next; None: every number between."""


class Issue(NamedTuple):
    """An issue by name, with its levels, or the scale that they lie on."""

    name: str
    levels: tuple[str, ...]
    scale: Scale | None = None


@dataclass(frozen=True)
class Space:
    """What is to be settled, as one file says it."""

    file: str
    title: str
    issues: tuple[Issue, ...]
    told: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Profile:
    """What one side wants, as one file says it."""

    file: str
    name: str
    issues: tuple[Issue, ...]
    """The issues as this file has them; their levels may be fewer than the domain's."""
    worth: Mapping[str, Callable[[str], Fraction | None]]
    """Issue → level → utility, weight included; None: the file does not say."""
    reservation: Fraction | None
    """None: the file has none."""
    told: tuple[Told, ...] = ()
    otherwise: Fraction = Fraction(0)
    """What no agreement is taken to be worth where the file has no reservation."""
    together: tuple[tuple[Mapping[str, str], Fraction], ...] = ()
    """Issue → level, and what these levels add where they stand together."""


class Term(NamedTuple):
    """What levels of several issues are worth together, beside what each is worth."""

    when: Mapping[int, int]
    """Issue → level."""
    add: Fraction


@dataclass(frozen=True)
class Side:
    """A party and what each level is worth to it."""

    name: str
    worth: tuple[tuple[Fraction, ...], ...]
    """[issue][level]"""
    no_deal: Fraction
    whole: Fraction | None = None
    """What a utility of 1 is, where these are utilities; None: they are points of the side's own."""
    because: str = ""
    """Where the numbers come from, in a sentence."""
    spread: Mapping[tuple[int, int], tuple[Fraction, Fraction]] = field(default_factory=dict)
    """(issue, level) → the 5th and 95th percentile of what was judged as a range."""
    together: tuple[Term, ...] = ()
    """Of two issues or more each: see :func:`folded`."""
    vetoes: bool = False
    """Whether nothing is agreed without it, where not everybody is needed."""


@dataclass(frozen=True)
class Domain:
    """Issues and sides, and what was given, assumed and lost on the way here."""

    title: str
    issues: tuple[Issue, ...]
    sides: tuple[Side, ...]
    told: tuple[Told, ...]
    enough: int | None = None
    """How many sides are enough, all that veto among them; None: every one is needed."""
    now: tuple[int, ...] | None = None
    """The level at which each issue stands."""


def refuse(file: str, element: str, reason: str) -> NoReturn:
    """Say of a file that it cannot be read: which element of it, and why."""
    raise CaseError(file, [Fault(0, 0, f"{element}: {reason}" if element else reason)])


def number(text: object, file: str, element: str) -> Fraction:
    """A finite number as the decimals say it, exactly.

    Raises
    ------
    CaseError
        It is no number, or one that no case could hold.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float | Decimal | Fraction):
        refuse(file, element, f"a number was expected, found {_shown(text)}")
    if isinstance(text, Fraction):
        return text
    try:
        found = Decimal(repr(text)) if isinstance(text, float) else Decimal(str(text).strip())
    except (InvalidOperation, ValueError):
        refuse(file, element, f"a number was expected, found {_shown(text)}")
    digits, exponent = found.as_tuple().digits, found.as_tuple().exponent
    if not isinstance(exponent, int):
        refuse(file, element, f"a finite number was expected, found {_shown(text)}")
    if found and (len(digits) > _EXPONENT or abs(exponent) > _EXPONENT or abs(found) > MAX_NUMBER):
        refuse(
            file,
            element,
            f"a number must be between {-MAX_NUMBER:g} and {MAX_NUMBER:g}, found {_shown(text)}",
        )
    return Fraction(found)


def decimals(value: Fraction) -> int | None:
    """Decimals of a number; None: they never end."""
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest, count = rest // prime, count + 1
        digits = max(digits, count)
    return digits if rest == 1 else None


def decimal(value: Fraction) -> str:
    """A number as a level is written: all its decimals, or, where they never end, six of them and six digits at least."""
    digits = decimals(value)
    if digits is None:
        digits = max(6, 6 - math.floor(math.log10(abs(value))))
    whole, rest = divmod(round(abs(value) * 10**digits), 10**digits)
    text = f"{whole}.{rest:0{digits}d}".rstrip("0").rstrip(".") if rest else str(whole)
    return f"-{text}" if value < 0 and text != "0" else text


def _shown(value: object) -> str:
    text = clean_line(str(value))
    return f"'{text if len(text) <= 40 else text[:39] + '…'}'"


def ids(names: Sequence[str], taken: Collection[str] = ()) -> list[str]:
    """An id of a case for each name, different ones for different places: ``Price (net)`` becomes ``price_net``."""
    used, found = {*taken, *MEANT}, []
    for n, name in enumerate(names):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:56]
        if not stem[:1].isalpha():
            stem = f"x_{stem}" if stem else f"x_{n + 1}"
        new, k = stem, 1
        while new in used:
            k += 1
            new = f"{stem}_{k}"
        used.add(new)
        found.append(new)
    return found


def folded(side: Side) -> Side:
    """The same side, in whose terms two levels or more stand together: a term of one is worth of that level, and one of none, which every
    package has, is taken off the no-deal value."""
    rows, no_deal, terms = [list(row) for row in side.worth], side.no_deal, []
    for term in side.together:
        if len(term.when) > 1:
            terms.append(term)
        elif term.when:
            ((issue, level),) = term.when.items()
            rows[issue][level] += term.add
        else:
            no_deal -= term.add
    return replace(side, worth=tuple(map(tuple, rows)), no_deal=no_deal, together=tuple(terms))


def checked(domain: Domain, file: str) -> Domain:
    """A domain within the limits of a case.

    Raises
    ------
    CaseError
        It has no issues, no two sides, or an issue with fewer than two levels.
    LimitError
        It has more of them than a case may have.
    """
    if len(domain.sides) < 2:
        refuse(
            file,
            "",
            f"a negotiation has two sides at least; found {len(domain.sides)}: name the files of several profiles",
        )
    if not domain.issues:
        refuse(file, "", "there are no issues here")
    for count, most, what in (
        (len(domain.issues), MAX_ISSUES, "issues"),
        (len(domain.sides), MAX_PARTIES, "sides"),
    ):
        if count > most:
            raise LimitError(f"{file}: {count} {what}; a case has at most {most}")
    for issue in domain.issues:
        if len(issue.levels) > MAX_OPTIONS:
            raise LimitError(
                f"{file}: issue '{clean_line(issue.name)}' has {len(issue.levels):,} levels; a case has at most {MAX_OPTIONS}"
            )
    single = [n for n, issue in enumerate(domain.issues) if len(issue.levels) == 1]
    return _without(domain, single) if single else domain


def _without(domain: Domain, single: Sequence[int]) -> Domain:
    """The domain without issues of one level: nothing is to be settled there, and what it is worth moves the no-deal value."""
    kept = [n for n in range(len(domain.issues)) if n not in single]
    if not kept:
        raise LimitError(f"{domain.title}: every issue has one level: there is nothing to settle")
    sides = tuple(
        folded(
            replace(
                side,
                worth=tuple(side.worth[n] for n in kept),
                no_deal=side.no_deal - sum(side.worth[n][0] for n in single),
                spread={(kept.index(n), o): ends for (n, o), ends in side.spread.items() if n in kept},
                together=tuple(
                    Term({kept.index(n): o for n, o in term.when.items() if n in kept}, term.add)
                    for term in side.together
                ),
            )
        )
        for side in domain.sides
    )
    told = tuple(
        Told(
            "assumed",
            domain.issues[n].name,
            "it has one level, so it is no issue here; what it is worth is taken off the no-deal values",
        )
        for n in single
    )
    now = None if domain.now is None else tuple(domain.now[n] for n in kept)
    return replace(
        domain, issues=tuple(domain.issues[n] for n in kept), sides=sides, told=domain.told + told, now=now
    )
