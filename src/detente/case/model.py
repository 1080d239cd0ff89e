"""The case: what an analyst writes down, as frozen pydantic models.

Fact, judgement and inference are three things. A ``fact`` is a short verbatim quotation with a ``source``;
an ``inference`` is a step of our own from facts; a ``judgement`` is somebody's estimate. Any of the three may
stand on any element (:class:`Provenance`), and a number belongs to the nearest enclosing one.

Structure and single values are validated here; whatever needs two places of the file at once (names that
refer to names, red lines, trees, provenance) in :mod:`detente.case.checks`. Positions are added in
:mod:`detente.case.reading`. No NumPy here: ``detente check`` starts without it.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

__all__ = [
    "RESERVED",
    "AtLeast",
    "Case",
    "Faction",
    "Firm",
    "Id",
    "Issue",
    "Judgement",
    "MovesWith",
    "NoDeal",
    "Option",
    "Party",
    "Pattern",
    "Preferences",
    "Provenance",
    "Quote",
    "Range",
    "Reading",
    "Record",
    "Source",
    "Together",
    "Track",
    "Tree",
]

RESERVED = ("world", "steps", "guarantees", "deadlines", "gestures", "policies", "positions", "questions")
"""Blocks of analyses that do not exist yet: refused politely, by name."""

MAX_ISSUES = 40
MAX_OPTIONS = 12
MAX_PARTIES = 24
MAX_FACTIONS = 32

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
CaseId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class Model(BaseModel):
    """Frozen; unknown keys are errors; numbers are finite and never made from strings."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=False, allow_inf_nan=False, use_attribute_docstrings=True
    )


def _reason(value: Any) -> Any:
    return {"because": value} if isinstance(value, str) else value


class Judgement(Model):
    """Somebody's estimate: who, when, why. A bare string is the reason."""

    because: Text
    by: Text | None = None
    on: datetime.date | None = None


class Provenance(Model):
    """Where something comes from: at most one kind each of fact, judgement, inference."""

    fact: Text | None = None
    """A short verbatim quotation from ``source``."""
    source: Id | None = None
    """Id of the source that the fact is quoted from."""
    inference: Text | None = None
    """A step of the author's own from facts."""
    judgement: Annotated[Judgement, BeforeValidator(_reason)] | None = None
    """Somebody's estimate, with the reason."""

    @model_validator(mode="after")
    def _fact_with_source(self) -> Provenance:
        if self.fact is not None and self.source is None:
            raise ValueError("a fact needs a source: add 'source: ID', an id from 'sources'")
        if self.source is not None and self.fact is None:
            raise ValueError("a source needs the fact quoted from it: add 'fact: \"...\"', a short verbatim quotation")
        return self


class Quote(Provenance):
    """A fact that informs the case without being a number of it (``facts`` lists)."""

    note: Text | None = None


def _range(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a number or a range was expected, not true/false")
    if isinstance(value, (int, float)):
        return {"low": value, "median": value, "high": value}
    if isinstance(value, (list, tuple)):
        if len(value) not in (2, 3) or any(isinstance(v, bool) or not isinstance(v, (int, float)) for v in value):
            raise ValueError("a range is [5th, 95th] or [5th, 50th, 95th percentile], all numbers")
        low, high = float(value[0]), float(value[-1])
        median = float(value[1]) if len(value) == 3 else (low + high) / 2
        return {"low": low, "median": median, "high": high}
    if isinstance(value, Mapping) and "range" in value:
        inner = _range(value["range"])
        if "because" in value:
            inner["judgement"] = value["because"]
        rest = {k: v for k, v in value.items() if k not in ("range", "because")}
        if clash := set(rest) & set(inner):
            raise ValueError(f"'{sorted(clash)[0]}' is given twice")
        return {**inner, **rest}
    if isinstance(value, Range):
        return value
    raise ValueError("a number, a range [low, high] or [low, median, high], or {range: ..., because: ...}")


class Range(Provenance):
    """A judged number: its 5th, 50th and 95th percentiles; a single number is certain.

    Typed as ``40``, ``[30, 50]``, ``[30, 40, 55]`` or ``{range: [30, 40, 55], because: ...}``.
    """

    low: float
    median: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if not all(map(math.isfinite, (self.low, self.median, self.high))):
            raise ValueError("a range must be of finite numbers")
        if not self.low <= self.median <= self.high:
            raise ValueError(
                f"a range must be in order, low to high: found [{self.low:g}, {self.median:g}, {self.high:g}]"
            )
        return self

    @property
    def certain(self) -> bool:
        """Whether low, median and high are one number."""
        return self.low == self.high


Number = Annotated[Range, BeforeValidator(_range)]


def _bounded(low: float, high: float) -> Any:
    def check(value: Range) -> Range:
        if value.low < low or value.high > high:
            allowed = f"between {low:g} and {high:g}" if math.isfinite(high) else f"at least {low:g}"
            raise ValueError(f"must be {allowed}: found [{value.low:g}, {value.median:g}, {value.high:g}]")
        return value

    return check


class _Bound:
    """Annotated marker that checks a Range against its bounds."""

    def __new__(cls, low: float, high: float) -> Any:  # type: ignore[misc]
        from pydantic import AfterValidator

        return AfterValidator(_bounded(low, high))


Points = Annotated[Number, _Bound(0, 100)]
Weight = Annotated[Number, _Bound(0, math.inf)]
Share = Annotated[Number, _Bound(0, 1)]

Pattern = Annotated[Mapping[Id, Id], Field(min_length=1)]
"""``{issue: option, ...}``: matches every package that has all of these options."""


# --- acceptance trees -------------------------------------------------------------------------------------


class AtLeast(Model):
    """At least ``k`` of the branches."""

    k: Annotated[int, Field(ge=1)]
    of: Annotated[tuple[Tree, ...], Field(min_length=1)]


class All(Model):
    """Jointly: every branch."""

    all: Annotated[tuple[Tree, ...], Field(min_length=1)]


class AnyOf(Model):
    """Each on its own: one branch is enough."""

    any: Annotated[tuple[Tree, ...], Field(min_length=1)]


class KOfN(Model):
    """``at_least: {k: 5, of: [..]}``."""

    at_least: AtLeast


class Weighted(Model):
    """``{weights: {a: 2, b: 1}, quota: 2}``: branches with votes."""

    weights: Annotated[Mapping[Id, Annotated[int, Field(ge=0)]], Field(min_length=1)]
    quota: Annotated[int, Field(ge=1)]


Tree = Id | All | AnyOf | KOfN | Weighted
"""Who has to say yes: an id, or ``all``, ``any``, ``at_least``, ``weights``/``quota`` over trees."""

AtLeast.model_rebuild()
All.model_rebuild()
AnyOf.model_rebuild()


def leaves(tree: Tree) -> Iterator[str]:
    """Every id of an acceptance tree, in file order, repeats included."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Weighted):
        yield from tree.weights
    else:
        branches = (
            tree.all
            if isinstance(tree, All)
            else tree.any
            if isinstance(tree, AnyOf)
            else tree.at_least.of
        )
        for branch in branches:
            yield from leaves(branch)


# --- the elements of a case -------------------------------------------------------------------------------


class Source(Model):
    """A text that facts are quoted from. ``file`` helps ``check --sources DIR`` to find it."""

    title: Text
    publisher: Text | None = None
    author: Text | None = None
    date: datetime.date | None = None
    url: Text | None = None
    file: Text | None = None


class Element(Provenance):
    """Something with a name and facts about it."""

    name: Text | None = None
    facts: tuple[Quote, ...] = ()
    note: Text | None = None


class Faction(Element):
    """Part of a party with a will of its own."""


class Party(Element):
    """A side. Without ``factions`` the party is its own only faction. With a ``role`` it has no vote."""

    role: Literal["mediator", "guarantor", "spoiler"] | None = None
    factions: Mapping[Id, Faction] = {}
    accepts: Tree | None = None
    """Who inside has to say yes; default: all factions."""
    delivers: Share | None = None
    """The chance that it can make its own side comply."""


class Option(Element):
    """One level of an issue."""


class Issue(Element):
    """Something to be settled."""

    controlled_by: Tree | Literal["outside"] | None = None
    """Whose move it is: an acceptance tree over parties and factions, or ``outside`` (nobody at the table).

    Default: the agreement of the table decides, nobody else has to be asked."""
    status_quo: Id | None = None
    options: Annotated[Mapping[Id, Annotated[Option, BeforeValidator(lambda v: {} if v is None else v)]], Field(min_length=2, max_length=MAX_OPTIONS)]
    chances: Mapping[Id, Share] | None = None
    """Only for ``outside``: how likely each option is; default: stays at the status quo."""
    reversible: bool = True
    touches_office: bool = False
    """Whether it touches somebody's hold on office (such issues are never part of a small swap)."""


class Track(Element):
    """A table on which something can be agreed."""

    parties: Annotated[tuple[Id | Mapping[Id, Tree], ...], Field(min_length=1)]
    """Parties, or ``{party: tree}`` where only some of its factions sit there."""
    issues: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Issues on this table; default: all."""
    agreement: Tree | None = None
    """Default: all parties of the track that have a vote."""


class Together(Provenance):
    """Options that are worth more, or less, together than one by one (points added unclipped)."""

    when: Annotated[Mapping[Id, Id], Field(min_length=2)]
    add: Number


class Firm(Provenance):
    """A line that has been known to move: it holds with a judged probability."""

    package: Pattern
    holds: Share


class RelativeNoDeal(Model):
    """``{status_quo: range}``: points above (or below) the status quo, in each draw."""

    status_quo: Number


def _no_deal(value: Any) -> Any:
    if isinstance(value, str) and value == "from_outlook":
        raise ValueError("'from_outlook' is reserved until the outlook exists; use {status_quo: range} or a number")
    if isinstance(value, Mapping) and "status_quo" in value:
        return RelativeNoDeal.model_validate(value)
    return value


NoDeal = Annotated[RelativeNoDeal | Number, BeforeValidator(_no_deal)]


class Preferences(Provenance):
    """What a faction wants: ``weights`` and ``values``, or raw ``points``; its lines and its no-deal value."""

    no_deal: NoDeal | None = None
    """Default: the status quo itself, ``{status_quo: 0}``."""
    weights: Mapping[Id, Weight] = {}
    values: Mapping[Id, Mapping[Id, Points]] = {}
    points: Mapping[Id, Mapping[Id, Number]] | None = None
    min: float | None = None
    max: float | None = None
    indifferent: tuple[Id, ...] = ()
    together: tuple[Together, ...] = ()
    red_lines: tuple[Pattern, ...] = ()
    firm: tuple[Firm, ...] = ()


class Reading(Element):
    """A rival view of what a faction really wants; its preferences replace the faction's own, key by key."""

    prior: Share
    held_by: Text | None = None
    preferences: Preferences = Preferences()


class MovesWith(Provenance):
    """Judgements that move together: a rank correlation between every two of ``these``."""

    these: Annotated[tuple[str, ...], Field(min_length=2)]
    correlation: Annotated[float, Field(ge=-1, le=1)]


class Record(Provenance):
    """Earlier rounds of the same talks: the first base rate."""

    rounds: Annotated[int, Field(ge=0)]
    agreements: Annotated[int, Field(ge=0)]


class Case(Element):
    """A whole case file."""

    detente: Literal[1]
    """Version of the case format."""
    id: CaseId
    title: Text
    as_of: datetime.date | None = None
    """Nothing later than this date goes into the numbers."""
    summary: Text | None = None
    status_quo: Literal["none"] | None = None
    """``none`` in a game without one: every package is a change."""
    sources: Mapping[Id, Source] = {}
    record: Record | None = None
    parties: Annotated[Mapping[Id, Annotated[Party, BeforeValidator(lambda v: {} if v is None else v)]], Field(min_length=1, max_length=MAX_PARTIES)]
    tracks: Mapping[Id, Track] = {}
    agreement: Tree | None = None
    """Of the one table of a case without ``tracks``; default: all parties that have a vote."""
    issues: Annotated[Mapping[Id, Issue], Field(min_length=1, max_length=MAX_ISSUES)]
    impossible: tuple[Annotated[Mapping[Id, Id], Field(min_length=2)], ...] = ()
    """Combinations that cannot be."""
    preferences: Mapping[Id, Preferences]
    moves_with: tuple[MovesWith, ...] = ()
    readings: Mapping[Id, Mapping[Id, Reading]] = {}
