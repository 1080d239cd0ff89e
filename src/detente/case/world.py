"""What happens without a deal, as equations: the block ``world`` of a case, its policies and what questions ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from detente.case.base import Date, Element, Flag, Id, Model, Number, Provenance, Rate, Share, Text, Weight
from detente.case.mechanism import MAX_MEMBERS, Equation, Given, Movement, Own, Used, kind_of_part

__all__ = [
    "MAX_LADDER",
    "MAX_MONTHS",
    "MAX_PARTS",
    "Condition",
    "Ladder",
    "Policy",
    "Question",
    "Talks",
    "World",
    "WorldPart",
]

MAX_LADDER = 8
"""Steps of a ladder, at most."""
MAX_MONTHS = 240
"""Months of a world, at most."""
MAX_PARTS = 60
"""Parts of a world, at most."""


class Ladder(Provenance):
    """Steps that two sides take by turns at talks, each by choice."""

    by: Id
    """The faction whose step is due first; its readings are what the other side wonders about."""
    to: Id
    """The faction whose step is due next."""
    steps: Annotated[
        tuple[Annotated[Mapping[Id, Id], Field(min_length=1)], ...],
        Field(min_length=1, max_length=MAX_LADDER),
    ]
    """What each step moves, by turns, ``by``'s first: issue → option. A step stands as long as its issues have its options,
    or options of later steps."""
    precision: Weight
    """How well choices follow interest: logits a point."""
    blame: Mapping[Id, Weight] = {}
    """Faction → points that walking out costs it."""
    able: Share | None = None
    """Share of the steps that ``to`` would take that it can take at home; default: all."""
    stopped: Rate
    """Chance a month that somebody else stops the talks, as both sides reckon."""
    obstinate: Id | None = None
    """The reading of ``by`` that is feared: ``trust`` is the belief that it is not true."""
    seen: Mapping[Text, Mapping[Id, Share]] = {}
    """Event of the world → reading → its likelihood: what moves the belief beside what is done at the talks."""


class Talks(Provenance):
    """Talks at which steps are taken by choice: the one part that is more than equations.

    It has the levels ``on`` (0 or 1) and ``belief_READING``, the values ``place`` (steps that stand) and ``trust``, and the
    events ``began``, ``broken`` (a side walked out), ``stopped``, ``step_1`` and so on, and ``completed``.
    """

    says: Text | None = None
    """What it says, in words."""
    ladder: Ladder
    numbers: Annotated[Mapping[Id, Given], Field(max_length=MAX_MEMBERS)] = {}
    """For its equations."""
    begins: Equation
    """Chance a month that talks begin while there are none."""
    stops: Equation | None = None
    """Chance a month that somebody else stops them; default: what both reckon with."""
    on: Flag = False
    """Whether they are on at the beginning."""


def _kind(value: Any) -> str:
    if isinstance(value, Talks) or (isinstance(value, Mapping) and "ladder" in value):
        return "<talks>"
    return kind_of_part(value)


WorldPart = Annotated[
    Annotated[Own, Tag("<own>")] | Annotated[Used, Tag("<use>")] | Annotated[Talks, Tag("<talks>")],
    Discriminator(_kind),
]


class World(Provenance):
    """The world without a deal: mechanisms, what they move, and what that is worth."""

    months: Annotated[int, Field(strict=True, ge=1, le=MAX_MONTHS)] = 60
    """How far to look."""
    parts: Annotated[Mapping[Id, WorldPart], Field(min_length=1, max_length=MAX_PARTS)]
    """A bundled part by its name, with its numbers; or a part of the case's own."""
    moves: Mapping[Id, Movement] = {}
    """Issue → what moves it: ``{option: part.event}``, or ``{by: part.level, option: value}``."""
    stakes: Mapping[Id, Mapping[Text, Number]] = {}
    """Faction → event or level → points beside what the issues say: once the event has happened, or a unit of the level (of
    which a world counts 536,870,912 at most, up or down)."""
    under: Mapping[Id, Mapping[Id, Mapping[Text, Number]]] = {}
    """Faction → reading → number of the world (``exit.rate``) → what it is if that reading is true."""


def _change(value: Any) -> str:
    return "<equation>" if isinstance(value, str) else "<number>"


Changed = Annotated[
    Annotated[Equation, Tag("<equation>")] | Annotated[Number, Tag("<number>")], Discriminator(_change)
]


class Policy(Element):
    """The same worlds with something changed from the first month on, after the readings."""

    changes: Mapping[Text, Changed] = {}
    """Number of the world → number or equation, which may use the number that it changes."""
    holds: Mapping[Text, Changed] = {}
    """Level or value → what it is kept at."""
    settles: Mapping[Id, Id] = {}
    """Issue → option at which it is kept, whatever happens."""
    stops: tuple[Id, ...] = ()
    """Parts that stand still."""
    offered_to: Id | None = None
    """A faction that is offered it, and takes it in those draws in which it is better off with it; default: nobody is
    asked."""


class Condition(Model):
    """A condition of the world at a date, or its having held by a date."""

    that: Equation
    """What has to be true: ``happened(part.event)``, ``issue is option``, ``part.level > 0.5``."""
    at: Date
    """When."""
    given: Equation | None = None
    """Among the worlds in which this is true then."""


def _answer(value: Any) -> str:
    if value == "rest":
        return "<rest>"
    if isinstance(value, Condition) or (isinstance(value, Mapping) and {"that", "at"} & set(value)):
        return "<condition>"
    return "<share>"


Answer = Annotated[
    Annotated[Literal["rest"], Tag("<rest>")]
    | Annotated[Condition, Tag("<condition>")]
    | Annotated[Share, Tag("<share>")],
    Discriminator(_answer),
]
"""A condition of the world, a stated judgement, or ``rest``: what the others leave."""


def _yes_no(value: Any) -> Any:
    return {"yes": "yes", "no": "no"}.get(value, value)


class Question(Element):
    """A question with a date on which its answer is known."""

    text: Text
    """The question."""
    resolves: Date
    """When the answer is known at the latest."""
    basis: Literal["modelled", "prior", "not_modelled"]
    """A condition of the world, a stated judgement, or nothing that the case can say."""
    answers: Annotated[Mapping[Annotated[Text, BeforeValidator(_yes_no)], Answer | None], Field(min_length=2)]
    """Answer → what it means; at most one may be ``rest``. Nothing where the question is not modelled."""


class Gesture(Element):
    """Something done that may tell what somebody wants."""

    on: Date | None = None
    """When; one after the date of the case is only looked forward to."""
    by: Id
    """Whose intent it may tell: a faction with readings."""
    cost: Weight | None = None
    """What it cost, in its points."""
    likelihood: Annotated[Mapping[Id, Share], Field(min_length=2)]
    """Reading → how likely it was to do this."""
