"""The case: what an analyst writes down, as frozen pydantic models.

Fact, judgement and inference are three things. A ``fact`` is a short verbatim quotation with a ``source``;
an ``inference`` is a step of our own from facts; a ``judgement`` is somebody's estimate. Any of the three may
stand on any element (:class:`Provenance`), and a number belongs to the nearest enclosing one.

Structure and single values are validated here; whatever needs two places of the file at once (names that
refer to names, red lines, trees, provenance) in :mod:`detente.case.checks`. Positions are added in
:mod:`detente.case.reading`. No NumPy here: ``detente check`` starts without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from detente.case.base import (
    MAX_NUMBER,
    CaseId,
    Count,
    Date,
    Day,
    Element,
    Entry,
    Flag,
    Id,
    Judgement,
    Model,
    Months,
    Number,
    Patience,
    Pattern,
    Plain,
    Points,
    Provenance,
    Quote,
    Range,
    Rate,
    Share,
    Text,
    Until,
    Weight,
)
from detente.case.carried import Deadline, Guarantee, Steps
from detente.case.world import Gesture, Policy, Question, World

__all__ = [
    "MAX_NUMBER",
    "MEANT",
    "RESERVED",
    "All",
    "AnyOf",
    "AtLeast",
    "Body",
    "Case",
    "Conflict",
    "Deadline",
    "Earlier",
    "Element",
    "Faction",
    "Firm",
    "Gesture",
    "Guarantee",
    "Id",
    "Issue",
    "Judgement",
    "KOfN",
    "Model",
    "MovesWith",
    "NoDeal",
    "Option",
    "Party",
    "Pattern",
    "Policy",
    "Preferences",
    "Provenance",
    "Question",
    "Quote",
    "Range",
    "Reading",
    "Record",
    "RelativeNoDeal",
    "Signing",
    "Source",
    "Spoils",
    "Steps",
    "Together",
    "Track",
    "Tree",
    "Weighted",
    "When",
    "World",
    "leaves",
]

RESERVED = ("positions",)
"""Blocks of analyses that do not exist yet: refused politely, by name."""

MEANT: Mapping[str, str] = MappingProxyType(
    {
        "outside": "that nobody at the table decides an issue",
        **dict.fromkeys(("all", "any", "at_least", "weights", "quota"), "who of several has to say yes"),
        **dict.fromkeys(("when", "ask"), "who is asked only where some issues move"),
    }
)
"""Words that stand where names of parties and factions do, and what they mean there: no name can be one of them."""

MAX_ISSUES = 40
MAX_OPTIONS = 32
MAX_PARTIES = 24
MAX_FACTIONS = 32


def _version(value: Any) -> Any:
    if type(value) is not int or value != 1:
        raise ValueError("the version of the case format was expected: 'detente: 1'")
    return value


def _nothing(value: Any) -> Any:
    return {} if value is None else value


# --- acceptance trees -------------------------------------------------------------------------------------


class AtLeast(Model):
    """At least ``k`` of the branches."""

    k: Annotated[int, Field(strict=True, ge=1, le=1_000)]
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
    """Branches whose votes reach the quota; ``total``, where it is typed, is how many votes there are in all."""

    weights: Annotated[Mapping[Id, Count], Field(min_length=1)]
    quota: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
    total: Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)] | None = None


class When(Model):
    """The tree ``ask``, or whatever leaves the issues of ``when`` as they are: asked only where one of them moves."""

    when: Annotated[tuple[Id, ...], Field(min_length=1)]
    ask: Tree


def _kind_of_tree(value: Any) -> str | None:
    if isinstance(value, str):
        return "<id>"
    kinds = {"all": All, "any": AnyOf, "at_least": KOfN, "weights": Weighted, "quota": Weighted, "when": When, "ask": When}  # fmt: skip
    if isinstance(value, Mapping):
        found = {kind.__name__ for key, kind in kinds.items() if key in value}
    else:
        found = {kind.__name__ for kind in kinds.values() if isinstance(value, kind)}
    return f"<{found.pop()}>" if len(found) == 1 else None


Tree = Annotated[
    Annotated[Id, Tag("<id>")]
    | Annotated[All, Tag("<All>")]
    | Annotated[AnyOf, Tag("<AnyOf>")]
    | Annotated[KOfN, Tag("<KOfN>")]
    | Annotated[Weighted, Tag("<Weighted>")]
    | Annotated[When, Tag("<When>")],
    Discriminator(
        _kind_of_tree,
        custom_error_type="tree",
        custom_error_message="who has to say yes was expected: a name, {all: [..]}, {any: [..]}, "
        "{at_least: {k: 2, of: [..]}}, {weights: {a: 2, b: 1}, quota: 2} or {when: [issues], ask: who}",
    ),
]
"""Who has to say yes: an id, or ``all``, ``any``, ``at_least``, ``weights``/``quota``, ``when``/``ask`` over trees."""


def leaves(tree: Tree) -> Iterator[str]:
    """Every id of an acceptance tree, in file order, repeats included."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Weighted):
        yield from tree.weights
    elif isinstance(tree, When):
        yield from leaves(tree.ask)
    else:
        branches = (
            tree.all if isinstance(tree, All) else tree.any if isinstance(tree, AnyOf) else tree.at_least.of
        )
        for branch in branches:
            yield from leaves(branch)


# --- the elements of a case -------------------------------------------------------------------------------


class Source(Model):
    """A text that facts are quoted from. ``file`` helps ``check --sources`` to find it."""

    title: Text
    publisher: Text | None = None
    author: Text | None = None
    date: Date | None = None
    url: Text | None = None
    file: Text | None = None


class Faction(Element):
    """Part of a party with a will of its own."""

    short: Text | None = None
    """What it is called in a sentence; default: its name."""


class Spoils(Provenance):
    """What somebody without a vote can do to an agreement that others carry out."""

    chance: Rate
    """The chance that it wrecks it, in each month in which a step is carried out and verified."""
    steps: tuple[Id, ...] = ()
    """Issues whose steps it can wreck; default: all."""


class Party(Element):
    """A side. Without ``factions`` the party is its own only faction. With a ``role`` it has no vote."""

    short: Text | None = None
    """What it is called in a sentence; default: its name."""
    role: Literal["mediator", "guarantor", "spoiler"] | None = None
    """At the table without a vote. A spoiler changes numbers by what it ``spoils``."""
    factions: Mapping[Id, Annotated[Faction, BeforeValidator(_nothing)]] = {}
    accepts: Tree | None = None
    """Who inside has to say yes; default: all factions."""
    delivers: Share | None = None
    """The chance that it can make its own side comply."""
    spoils: Spoils | None = None
    """Of a ``spoiler``: how likely it wrecks what others carry out."""


def _kind_of_earlier(value: Any) -> str | None:
    return "<id>" if isinstance(value, str) else "<option>" if isinstance(value, Mapping) else None


Earlier = Annotated[
    Annotated[Id, Tag("<id>")]
    | Annotated[Mapping[Id, Id], Tag("<option>"), Field(min_length=1, max_length=1)],
    Discriminator(
        _kind_of_earlier,
        custom_error_type="earlier",
        custom_error_message="what comes before was expected: the name of an issue, or {issue: option}",
    ),
]
"""An issue, with all its steps, or ``{issue: option}``, with those that lead to this option."""


class Option(Element):
    """One level of an issue: ``paved: {name: Paved together, as_text: pave the road together}``."""

    as_text: Text | None = None
    """What is done by it, as it stands in a sentence after "to": ``free some prisoners``."""
    controlled_by: Tree | None = None
    """Who moves the issue here, where that is somebody else: release by the government, a pardon by the president. Default:
    whoever controls the issue."""
    after: tuple[Earlier, ...] = ()
    """What the step that leads here comes after, as ``after`` of the issue."""
    until: Until | None = None
    """How long it stands: its last day, or months from the date of the case. The issue then goes back to what the ``world`` makes of
    it, or to the status quo; points come to an end with it, and lines speak of what is agreed. Default: for good."""


class Issue(Element):
    """Something to be settled."""

    controlled_by: Tree | None = None
    """Whose move it is: an acceptance tree over parties and factions, or ``outside`` (nobody at the table).

    Default: the agreement of the table decides, nobody else has to be asked."""
    status_quo: Id | None = None
    options: Annotated[
        Mapping[Id, Annotated[Option, BeforeValidator(_nothing)]], Field(min_length=2, max_length=MAX_OPTIONS)
    ]

    @property
    def controls(self) -> tuple[Tree, ...]:
        """Whose moves it can be: its own acceptance tree, where it has one, and those of its options."""
        own = () if self.controlled_by in (None, "outside") else (self.controlled_by,)
        return (*own, *(o.controlled_by for o in self.options.values() if o.controlled_by is not None))

    def control(self, option: str) -> Tree | None:
        """Whose move it is to an option; None: outside, or the agreement of the table decides."""
        own = None if self.controlled_by == "outside" else self.controlled_by
        return self.options[option].controlled_by or own

    chances: Mapping[Id, Share] | None = None
    """Only for ``outside``: how likely each option is; they add up to 1 at their medians, and are made to in each draw of
    ranges. What they leave of 1 is the chance of the status quo, if none is given for it; every other option left out
    has none. Default: stays at the status quo."""
    reversible: Flag = True
    """If not: it can only move further away from the status quo (without one: from the first option), in the
    order of the options, and never back."""
    gradual: Flag = False
    """Whether it is carried out option by option, in their order, instead of in one step."""
    verify: Months | None = None
    """Months that a step takes, from beginning to carry it out until the others have verified it; default: 1."""
    after: tuple[Earlier, ...] = ()
    """What its steps come after: issues, or ``{issue: option}`` for the steps that lead to this option. It orders the steps
    that a package takes; what the package does not take holds nothing up."""
    begun_by: Day | None = None
    """The last day on which a step of it can be begun, as ``days`` of a part of the world or typed: the day on which lists close."""
    done_by: Day | None = None
    """The last day on which a step of it can be done and verified: the day of the poll that is to be observed."""
    undo: Weight | None = None
    """What taking a step back costs whoever does it, in points: as bad as being so much worse off from then on;
    default: 0."""
    was: Id | None = None
    """Where the issue stood before somebody moved it to the status quo: going back there takes a step back (where it is ``gradual``
    one for each option on the way), and whoever takes it alone pays ``undo``; default: nobody did, and leaving the status quo
    costs nothing."""
    touches_office: Flag = False
    """Whether it touches somebody's hold on office (such issues are never part of a small swap)."""


def _kind_of_seat(value: Any) -> str | None:
    return "<id>" if isinstance(value, str) else "<part>" if isinstance(value, Mapping) else None


Seat = Annotated[
    Annotated[Id, Tag("<id>")]
    | Annotated[Mapping[Id, Tree], Tag("<part>"), Field(min_length=1, max_length=1)],
    Discriminator(
        _kind_of_seat,
        custom_error_type="seat",
        custom_error_message="a party was expected: its name, or {party: who sits there}, "
        "for example {opposition: moderates}",
    ),
]
"""A party, or ``{party: tree}`` where only some of its factions sit."""


class Track(Element):
    """A table on which something can be agreed."""

    parties: Annotated[tuple[Seat, ...], Field(min_length=1)]
    """Parties, or ``{party: tree}`` where only some of its factions sit there."""
    issues: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Issues on this table; default: all."""
    agreement: Tree | None = None
    """Default: all parties of the track that have a vote."""


class Body(Element):
    """A council or board that votes: who has seats, and what it takes. Only its voting power is analysed."""

    members: Annotated[Mapping[Id, Text], Field(min_length=2)]
    """Id and name of each bloc or seat; those that vote as one are one member."""
    votes: Tree
    """What it takes to pass: a tree over ``members``."""


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


def _kind_of_no_deal(value: Any) -> str:
    if value == "from_outlook":
        return "<outlook>"
    relative = isinstance(value, RelativeNoDeal) or (isinstance(value, Mapping) and "status_quo" in value)
    return "<relative>" if relative else "<absolute>"


NoDeal = Annotated[
    Annotated[RelativeNoDeal, Tag("<relative>")]
    | Annotated[Number, Tag("<absolute>")]
    | Annotated[Literal["from_outlook"], Tag("<outlook>")],
    Discriminator(_kind_of_no_deal),
]
"""Relative to the status quo, in each draw, an absolute number on the faction's own scale, or what the world of the
case makes of it."""


class Preferences(Provenance):
    """What a faction wants: ``weights`` and ``values``, or raw ``points``; its lines, its no-deal value."""

    patience: Patience | None = None
    """What a point next month is worth, seen from this month: 0.98 loses 2% a month. ``detente roadmap`` asks
    for it."""
    no_deal: NoDeal | None = None
    """Default: the status quo itself, ``{status_quo: 0}``. ``from_outlook``: what the case's ``world`` makes of it; needs ``patience``."""
    weights: Mapping[Id, Weight] = {}
    values: Mapping[Id, Mapping[Id, Points]] = {}
    points: Mapping[Id, Mapping[Id, Number]] | None = None
    min: Plain | None = None
    max: Plain | None = None
    step: Annotated[float, Field(strict=True, gt=0, le=MAX_NUMBER)] | None = None
    """Raw points, terms and the no-deal value are rounded to whole multiples of it before anything is compared; default: a
    power of ten at which every certain number is exact."""
    indifferent: tuple[Id, ...] = ()
    together: tuple[Together, ...] = ()
    red_lines: tuple[Pattern, ...] = ()
    firm: tuple[Firm, ...] = ()
    ranking: Annotated[tuple[Entry, ...], Field(min_length=1)] | None = None
    """Instead of numbers: states from best to worst, each a pattern or a list of equally good ones; a state
    counts at the first entry that it matches, and one that matches none comes last."""
    priorities: Annotated[tuple[Entry, ...], Field(min_length=1)] | None = None
    """Instead of numbers: statements, the most important first, each a pattern or a list of patterns any of
    which makes it true; of two states the one is better that first has a true one where the other has not."""

    @property
    def ordinal(self) -> bool:
        """Whether states are only put in order, without points."""
        return self.ranking is not None or self.priorities is not None


class Reading(Element):
    """A rival view of what a faction really wants; its preferences replace the faction's own, key by key."""

    prior: Share
    held_by: Text | None = None
    preferences: Preferences = Field(default_factory=Preferences)


class MovesWith(Provenance):
    """Judgements that move together: a rank correlation between every two of ``these``."""

    these: Annotated[tuple[str, ...], Field(min_length=2, max_length=64)]
    correlation: Annotated[float, Field(strict=True, ge=-1, le=1)]


class Record(Provenance):
    """Earlier rounds of the same talks: the first base rate."""

    rounds: Count
    agreements: Count

    @property
    def counted(self) -> dict[str, int]:
        """Both, by name."""
        return {"rounds": self.rounds, "agreements": self.agreements}


class Signing(Provenance):
    """How likely it is that what is acceptable is signed as well: ``signing: {chance: [0.1, 0.3, 0.5]}``."""

    chance: Share
    """Chance that it comes to a signature, before the record is looked at; at most 0.99."""
    counts: Annotated[int, Field(strict=True, ge=1, le=1000)] = 2
    """For how many rounds this judgement counts, beside those of the record."""
    by: Date | None = None
    """By which day; told beside the chance, which is the same with and without it."""


class Conflict(Provenance):
    """The standoff as a graph of states, for ``detente stability``."""

    issues: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Issues whose options make the states; default: all that somebody controls. The others stay as they are."""
    wanted: Pattern | None = None
    """The situation that somebody hopes for: what stands in its way, and whether it would hold."""


class Case(Element):
    """A whole case file."""

    detente: Annotated[Literal[1], BeforeValidator(_version)]
    """Version of the case format."""
    id: CaseId
    title: Text
    as_of: Date | None = None
    """Nothing later than this date goes into the numbers."""
    summary: Text | None = None
    status_quo: Literal["none"] | None = None
    """``none`` in a game without one: every package is a change."""
    sources: Mapping[Id, Source] = {}
    record: Record | None = None
    signing: Signing | None = None
    """How likely what is acceptable is signed; default: even, for two rounds beside the record, where there is one."""
    parties: Annotated[
        Mapping[Id, Annotated[Party, BeforeValidator(_nothing)]], Field(min_length=1, max_length=MAX_PARTIES)
    ]
    tracks: Mapping[Id, Track] = {}
    agreement: Tree | None = None
    """Of the one table of a case without ``tracks``; default: all parties that have a vote."""
    issues: Annotated[Mapping[Id, Issue], Field(min_length=1, max_length=MAX_ISSUES)]
    impossible: tuple[Annotated[Mapping[Id, Id], Field(min_length=2)], ...] = ()
    """Combinations that cannot be."""
    preferences: Mapping[Id, Preferences]
    bodies: Mapping[Id, Body] = {}
    """Councils whose voting power the reader is told."""
    moves_with: tuple[MovesWith, ...] = ()
    readings: Mapping[Id, Mapping[Id, Reading]] = {}
    steps: Steps | None = None
    """How an agreement could be carried out, for ``detente roadmap``."""
    guarantees: Mapping[Id, Guarantee] = {}
    """What somebody could give so that the agreement holds."""
    deadlines: Mapping[Id, Deadline] = {}
    """Days on which somebody's future in the agreement ends."""
    world: World | None = None
    """What happens without a deal, month by month, for ``detente outlook``."""
    gestures: Mapping[Id, Gesture] = {}
    """What has been seen, or could be, of somebody whose intent is read in different ways."""
    policies: Mapping[Id, Policy] = {}
    """What the outlook compares: the same worlds with some numbers changed."""
    questions: Mapping[Id, Question] = {}
    """What will have happened by a date, with probabilities from the outlook."""
    conflict: Conflict | None = None
    """Which issues make the situations of ``detente stability``, and which situation is hoped for."""

    @property
    def computed(self) -> tuple[str, ...]:
        """Factions whose no-deal value the outlook computes."""
        return tuple(f for f, wants in self.preferences.items() if wants.no_deal == "from_outlook")

    @property
    def typed_beside(self) -> tuple[str, ...]:
        """Factions whose no-deal value is typed though the outlook could compute it."""
        own = self.preferences.items() if self.world is not None else ()
        return tuple(f for f, w in own if w.patience is not None and w.no_deal not in (None, "from_outlook"))

    @property
    def ordinal(self) -> bool:
        """Whether the factions only put states in order, without points."""
        return any(wants.ordinal for wants in self.preferences.values())
