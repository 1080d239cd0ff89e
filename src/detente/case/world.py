"""What happens without a deal: a world of optional parts, rival policies, gestures and dated questions.

Each part that is given is simulated month by month (:mod:`detente.kernels.worlds` has the equations); a part that
is left out stands still. Rates are probabilities a month; shares lie between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from detente.case.base import Date, Element, Flag, Id, Number, Provenance, Rate, Share, Text, Weight

__all__ = [
    "Amount",
    "Answer",
    "Attack",
    "Event",
    "Exit",
    "Force",
    "Gesture",
    "Happened",
    "Loyalty",
    "Money",
    "Office",
    "Outcome",
    "Policy",
    "Polls",
    "Question",
    "Recognition",
    "Sender",
    "Split",
    "State",
    "Support",
    "Survival",
    "Talks",
    "World",
]

Outcome = Literal["holds", "collapsed", "handed_over", "voted_out", "removed"]
"""What becomes of the incumbent."""

Event = Literal[
    "talks_began",
    "talks_stopped",
    "eased",
    "all_lifted",
    "taken_back",
    "office_lost",
    "collapsed",
    "handed_over",
    "voted_out",
    "removed",
    "split",
    "unrecognised",
    "lapsed_within_a_year",
]


class Money(Provenance):
    """What the incumbent lives on, as a share of what would come in without sanctions."""

    revenue: Weight
    """Now."""
    pull: Rate
    """How much of the gap to what the sanctions allow closes in a month."""
    spread: Weight
    """Standard deviation of a month's shock."""
    loss: Annotated[tuple[Share, ...], Field(min_length=1, max_length=3)]
    """Share lost at each of the sender's steps, the strictest first."""
    evasion: Share
    """Share of the loss that is evaded now."""
    evasion_pace: Rate
    """How fast evasion is learnt."""
    evasion_ceiling: Share
    """Share of the loss that can be evaded at most."""
    rents: Weight
    """What land, gold and the like bring in beside, now."""
    depletion: Rate
    """Share of those rents that is used up in a month without any other revenue."""


class Sender(Provenance):
    """Who sanctions: its steps from strict to lifted, and how it comes to take them."""

    issue: Id
    """The issue that its steps are options of."""
    steps: Annotated[tuple[Id, ...], Field(min_length=2, max_length=3)]
    """Options of that issue, the strictest first."""
    ease: Rate
    """Chance of easing by one step."""
    ease_in_talks: Rate
    """What talks add to it."""
    take_back: Rate
    """Chance of going one step back."""


class Loyalty(Provenance):
    """Whether those who hold the incumbent up are kept by what he can pay."""

    now: Share
    """Share that is loyal."""
    outside_offer: Weight
    """Income at which half of them would be: what they would get elsewhere."""
    scale: Weight
    """How much income moves them."""
    pace: Rate
    """How much of the gap closes in a month."""
    spread: Weight
    """Standard deviation of a month's shock."""


class Attack(Provenance):
    """A global game of regime change (Morris and Shin 1998): each sees the strength of the regime with an error and
    attacks if it looks weak enough."""

    cost: Share
    """What attacking costs, as a share of what a success brings."""
    precision: Number
    """One over the variance of what each sees, above 0."""
    prior: Share
    """What everybody expects the strength to be."""
    prior_precision: Weight
    """One over the variance of that expectation; 0: nobody expects anything, and the threshold is 1 less the cost."""


class Survival(Provenance):
    """When the regime falls: its strength against the threshold of a global game of regime change."""

    peak: Rate
    """Chance of a fall in a month with no loyalty left and a certain attack."""
    threshold: Share | None = None
    """Loyalty below which an attack succeeds more often than not; or give ``attack``, from which it follows."""
    attack: Attack | None = None
    """Who attacks when, instead of a threshold."""
    scale: Weight
    """How sharp that threshold is."""


class Recognition(Provenance):
    """Governments that recognise the challenger."""

    now: Weight
    """How many."""
    all: Weight
    """How many there are to recognise him."""
    drop: Rate
    """Chance that one of them drops him."""
    cascade: Rate
    """What having been dropped by all others adds to it."""
    lapse: Date | None = None
    """When the mandate ends."""
    kept: Share | None = None
    """Share that stays after that day."""
    issue: Id | None = None
    """An issue that says it."""
    bands: Annotated[tuple[Id, ...], Field(min_length=3, max_length=3)] | None = None
    """Its options for half of all governments or more, for some, for none."""


class Support(Provenance):
    """Public support for the challenger, as a share."""

    now: Share
    """Now."""
    floor: Share
    """Where it ends without success."""
    decay: Rate
    """How much of what is above the floor is lost in a month."""
    spread: Weight
    """Standard deviation of a month's shock."""
    gain: Share
    """What a visible success adds."""


class Split(Provenance):
    """Whether the challenger's side is split."""

    now: Share
    """Chance that it is."""
    begins: Rate
    """Chance that a united one splits."""
    heals: Rate
    """Chance that a split one unites."""
    cost: Share
    """Votes that a split costs."""


class Polls(Provenance):
    """Presidential polls, and the authority that counts them."""

    on: Annotated[tuple[Date, ...], Field(min_length=1, max_length=12)]
    """Their dates."""
    fairness: Share
    """Chance that a lost poll is a lost office."""
    base: Share
    """Votes against the incumbent beside the challenger's own support."""
    scale: Weight
    """How sharply votes decide."""


class Exit(Provenance):
    """The incumbent goes of his own accord."""

    rate: Rate
    """Chance in a month."""


class Force(Provenance):
    """Somebody removes him from outside. Rare, and never set to zero for being unlikely."""

    rate: Rate
    """Chance in a month."""


class Talks(Provenance):
    """Talks that begin and stop."""

    now: Flag = False
    """Whether they are on."""
    begin: Rate
    """Chance that they begin."""
    stop: Rate
    """Chance that they stop by themselves."""
    spoilt: Rate
    """Chance that somebody who is not at the table stops them."""


class Office(Provenance):
    """What the incumbent's fate means in the terms of the case."""

    issue: Id | None = None
    """The issue that says who holds office."""
    options: Mapping[Outcome, Id] = {}
    """Its option for each outcome; one that is not named leaves it as it is."""
    stakes: Mapping[Id, Mapping[Outcome, Number]] = {}
    """Faction → outcome → points beside what the issues say, for as long as it lasts."""


class World(Provenance):
    """The world without a deal. Every part is optional; what is left out stands still."""

    months: Annotated[int, Field(strict=True, ge=1, le=240)] = 60
    """How far to look."""
    money: Money | None = None
    """What the incumbent lives on."""
    sender: Sender | None = None
    """Who sanctions."""
    loyalty: Loyalty | None = None
    """Whether he is held up."""
    survival: Survival | None = None
    """When he falls."""
    recognition: Recognition | None = None
    """Who recognises the challenger."""
    support: Support | None = None
    """Who stands behind the challenger at home."""
    split: Split | None = None
    """Whether the challenger's side is split."""
    polls: Polls | None = None
    """Presidential polls."""
    exit: Exit | None = None
    """Going of his own accord."""
    force: Force | None = None
    """Removal from outside."""
    talks: Talks | None = None
    """Talks without a deal so far."""
    office: Office = Field(default_factory=Office)
    """What the incumbent's fate means in the terms of the case."""
    under: Mapping[Id, Mapping[Id, Mapping[str, Number]]] = {}
    """Faction → reading → path (``exit.rate``) → the number if that reading is true."""


class Policy(Element):
    """The same worlds with some numbers changed from the first month on."""

    changes: Annotated[Mapping[str, Number], Field(min_length=1)]
    """Path (``sender.take_back``) → number."""


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


class State(Provenance):
    """Being in some state at a date."""

    office: Outcome | None = None
    """What has become of the incumbent."""
    easing: Annotated[int, Field(strict=True, ge=0, le=2)] | None = None
    """How many steps the sender has eased."""
    recognised: Literal["many", "some", "none"] | None = None
    """By half of all governments or more, by some, by none."""
    talks: Flag | None = None
    """Whether talks are on."""
    split: Flag | None = None
    """Whether the challenger's side is split."""
    at: Date
    """When."""


class Happened(Provenance):
    """Something having happened by a date."""

    event: Event
    """What."""
    by: Date
    """By when."""
    given: Event | None = None
    """Among the worlds in which this happened by then."""


class Amount(Provenance):
    """A path lying between two values at a date."""

    variable: Literal["revenue", "income", "loyalty", "support", "recognition"]
    """Which path (recognition as a share of all governments)."""
    low: Annotated[float, Field(strict=True, ge=0, le=10)] = 0.0
    """From here."""
    high: Annotated[float, Field(strict=True, ge=0, le=10)] = 10.0
    """To below here."""
    at: Date
    """When."""


def _kind_of_answer(value: Any) -> str:
    if value == "rest":
        return "<rest>"
    for key, tag in (("event", "<event>"), ("variable", "<amount>"), ("at", "<state>")):
        if isinstance(value, Mapping) and key in value:
            return tag
    kinds: dict[type, str] = {Happened: "<event>", Amount: "<amount>", State: "<state>"}
    return kinds.get(type(value), "<share>")


Answer = Annotated[
    Annotated[Literal["rest"], Tag("<rest>")]
    | Annotated[Happened, Tag("<event>")]
    | Annotated[Amount, Tag("<amount>")]
    | Annotated[State, Tag("<state>")]
    | Annotated[Share, Tag("<share>")],
    Discriminator(_kind_of_answer),
]
"""Something of the world, a stated judgement, or ``rest``: what the others leave."""


def _yes_no(value: Any) -> Any:
    return {"yes": "yes", "no": "no"}.get(value, value)


class Question(Element):
    """A question with a date on which its answer is known."""

    text: Text
    """The question."""
    resolves: Date
    """When the answer is known at the latest."""
    basis: Literal["modelled", "prior", "not_modelled"]
    """An event of the world, a stated judgement, or nothing that the case can say."""
    answers: Annotated[Mapping[Annotated[Text, BeforeValidator(_yes_no)], Answer | None], Field(min_length=2)]
    """Answer → what it means; at most one may be ``rest``. Nothing where the question is not modelled."""
