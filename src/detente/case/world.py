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
    "Accountability",
    "Amount",
    "Answer",
    "Assurance",
    "Attack",
    "Authority",
    "Compliance",
    "Demand",
    "Event",
    "Exit",
    "Fiefs",
    "Force",
    "Funds",
    "Gesture",
    "Happened",
    "Home",
    "Hunger",
    "Ladder",
    "Lasting",
    "Lists",
    "Loyalty",
    "Money",
    "Office",
    "Outcome",
    "Output",
    "Policy",
    "Polls",
    "Price",
    "Question",
    "RealOption",
    "Recognition",
    "Regional",
    "Selectorate",
    "Sender",
    "Split",
    "State",
    "Support",
    "Survival",
    "Talks",
    "Variable",
    "World",
]

Outcome = Literal["holds", "collapsed", "handed_over", "voted_out", "removed"]
"""What becomes of the incumbent."""

Event = Literal[
    "talks_began",
    "talks_stopped",
    "talks_completed",
    "eased",
    "all_lifted",
    "taken_back",
    "lapsed_within_a_year",
    "conceded",
    "conceded_all",
    "withdrawn",
    "office_lost",
    "collapsed",
    "handed_over",
    "voted_out",
    "removed",
    "split",
    "unrecognised",
    "claim_ended",
    "extended",
    "joined",
    "observed",
    "seat_won",
    "majority",
    "funds_agreed",
    "funds_paid",
    "lists_eased",
    "lists_lifted",
    "access_opened",
    "investigated",
    "turned",
    "poll_held",
    "early_poll",
    "admitted",
]

Lasting = Literal[
    "claim_ended", "joined", "observed", "funds_agreed", "funds_paid", "access_opened", "investigated"
]
"""Events that stay once they have happened, so that they can stand for an option of an issue from then on."""

Variable = Literal[
    "revenue",
    "income",
    "loyalty",
    "support",
    "recognition",
    "price",
    "output",
    "hunger",
    "fiefs",
    "governors",
    "turnout",
    "trust",
]
"""Paths."""


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


class Price(Provenance):
    """The price of what the incumbent sells, 1 being its usual one."""

    now: Weight | None = None
    """Now; default 1."""
    pull: Rate
    """How much of the gap to 1 closes in a month."""
    spread: Weight
    """Standard deviation of a month's shock."""


class Output(Provenance):
    """What the incumbent produces of it, in units of its own. A measure: nothing else hangs on it."""

    unit: Text
    """Of what: "kb/d"."""
    now: Weight
    """Now."""
    reach: Weight
    """Where it would settle without sanctions."""
    pace: Rate
    """How much of the gap to what sanctions leave of that closes in a month."""
    spread: Weight
    """What a month's shock to revenue moves it by."""

    @property
    def top(self) -> float:
        """Where its range ends: paths are kept as a share of this."""
        return 1.5 * max(self.now.high, self.reach.high, 1e-9)


class Fiefs(Provenance):
    """What is handed out instead of money: parts of the country whose holders live on them."""

    now: Share
    """Share of the country that is held so."""
    grow: Rate
    """Share of what is left below the ceiling that is handed out in a month without any revenue."""
    ceiling: Share
    """How much can be."""
    yields: Weight
    """What the whole country would bring its holders, as income."""
    wrecks: Rate
    """What holding the whole country would add to the monthly chance that talks are spoilt."""


class Hunger(Provenance):
    """Share of the people without enough food, and the access of those who feed them."""

    now: Share
    """Now."""
    pace: Rate
    """How much of the gap closes in a month."""
    need: Weight
    """Where it would settle without any income or relief."""
    feeds: Weight
    """What an income of 1 takes off that."""
    relief: Weight
    """What wide access takes off."""
    opens: Rate
    """Chance in a month that wide access is given."""
    rage: Weight
    """What a share of 1 more would add to the strength below which the regime falls."""


class Lists(Provenance):
    """Lists of persons under sanctions, kept by the sender and by a second one."""

    issue: Id
    """The issue that they are options of."""
    steps: Annotated[tuple[Id, ...], Field(min_length=2, max_length=3)]
    """Options of that issue, the strictest first."""
    ease: Rate
    """Chance in a month that a step is taken whatever the first sender does: what a second sender decides for itself."""
    follows: Rate
    """What an easing by the first sender adds to it."""
    weighs: Share
    """Share of their income that the lists make worthless to those who are on them."""
    traps: Weight
    """What the lists take off the outside offer: who is listed has nowhere to go."""


class Funds(Provenance):
    """Money frozen abroad, and its use under supervision."""

    agree: Rate
    """Chance in a month that its use is agreed on."""
    agree_in_talks: Rate
    """What talks add to it."""
    pay: Rate
    """Chance in a month that, once agreed, the first of it is spent."""
    relieves: Weight
    """What that takes off hunger."""


class Accountability(Provenance):
    """A court abroad that may open an investigation."""

    opens: Rate
    """Chance in a month."""
    traps: Weight
    """What it takes off the outside offer of those who hold the incumbent up."""
    deters: Share
    """Share of the chance of going of his own accord that it takes away."""


class Demand(Provenance):
    """A review at which the sender demands what it thinks it can get (Fearon 1995; costs of the other side uniform)."""

    reviews: Rate
    """Chance in a month that there is one."""
    cost: Weight
    """The most that restored sanctions could cost it, above 0."""
    sender_cost: Weight
    """What they cost the sender."""


class Sender(Provenance):
    """Who sanctions: its steps from strict to lifted, and how it comes to take them."""

    issue: Id
    """The issue that its steps are options of."""
    steps: Annotated[tuple[Id, ...], Field(min_length=2, max_length=3)]
    """Options of that issue, the strictest first."""
    ease: Rate
    """Chance of easing by one step, for reasons of its own."""
    ease_in_talks: Rate | None = None
    """What talks add to it, beside the steps that it takes at them."""
    last: Share | None = None
    """What is left of those chances for the second step, once the first is taken; default 1."""
    yields: Share | None = None
    """Share of the steps that it would take at talks that it can also take at home; default 1."""
    take_back: Rate | None = None
    """Chance of going one step back; or give ``demand``, from which it follows."""
    demand: Demand | None = None
    """Reviews that end in restored sanctions, instead of ``take_back``."""


class Home(Provenance):
    """The sender's domestic politics."""

    elections: Annotated[tuple[Date, ...], Field(min_length=1, max_length=12)]
    """When its administration can change."""
    turns: Share
    """Chance that a harder one then holds office until the next."""
    resists: Share
    """Share of the chance of easing that a harder one takes away."""
    reverses: Rate
    """What it adds to the chance of taking a step back."""
    presses: Weight
    """By how many times the chance of easing grows if the price doubles."""
    threatens: Weight
    """By how many times a harder one makes removal by force likelier."""


class Selectorate(Provenance):
    """The pure selectorate (Bueno de Mesquita and others 2003): what a coalition has to be paid at least, as a share."""

    patience: Share
    """Discount factor from one term to the next."""
    ratio: Share
    """Size of the winning coalition as a share of the selectorate."""


class Loyalty(Provenance):
    """Whether those who hold the incumbent up are kept by what he can pay."""

    now: Share
    """Share that is loyal."""
    outside_offer: Weight | None = None
    """Income at which half of them would be: what they would get elsewhere; or give ``selectorate``, from which it
    follows."""
    selectorate: Selectorate | None = None
    """Who could replace whom, instead of ``outside_offer``."""
    scale: Weight
    """How much income moves them."""
    pace: Rate
    """How much of the gap closes in a month."""
    spread: Weight
    """Standard deviation of a month's shock."""
    members: Annotated[Mapping[Id, Weight], Field(min_length=1, max_length=12)] | None = None
    """Groups among them and their strength: which of them could not be purged?"""


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
    cascade: Rate | None = None
    """What having been dropped by all others adds to it; or give thresholds (``mean``, ``deviation``, ``pace``)."""
    mean: Share | None = None
    """Threshold cascade (Granovetter 1978): mean share that must have left before a government leaves."""
    deviation: Weight | None = None
    """Standard deviation of that share among governments."""
    pace: Rate | None = None
    """Share of those whose threshold is passed that leave in a month."""
    bloc: Weight | None = None
    """How many move together; default 1."""
    lapse: Annotated[tuple[Date, ...], Field(min_length=1, max_length=12)] | None = None
    """When the mandate ends, if it is not extended."""
    extend: Share | None = None
    """Chance that it is, each time."""
    kept: Share | None = None
    """Share of them that stays when it is not."""
    kept_extended: Share | None = None
    """Share that stays when it is."""
    promises: Weight | None = None
    """What recognition by all adds to the outside offer of those who hold the incumbent up."""
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
    tempts: Share | None = None
    """What an offer to one wing (a seat, a step of the talks) adds to the chance of splitting in that month."""


class Authority(Provenance):
    """The electoral authority: who sits on it, and what that changes."""

    seats: Weight
    """Seats that are friendly to the challenger now."""
    of: Weight
    """All seats."""
    wins: Rate
    """Chance in a month of one more."""
    loses: Rate
    """Chance in a month of one less."""
    access: Share
    """What all seats would add to fairness as witnesses, without deciding."""
    majority: Share
    """What a majority adds beyond that."""


class Compliance(Provenance):
    """Why somebody who lost a poll would go (Przeworski 1991): if his chance of coming back is good enough."""

    office: Share
    """What refusing to go is worth a term, going for good being worth 0 and office 1."""
    cost: Weight
    """What refusing costs, once."""
    patience: Share
    """Discount factor from one term to the next."""
    prospect: Share
    """His chance of winning again if he goes."""
    scale: Weight
    """How sharply that decides."""


class Polls(Provenance):
    """Presidential polls."""

    on: Annotated[tuple[Date, ...], Field(min_length=1, max_length=12)]
    """Their dates."""
    fairness: Share | None = None
    """Chance that a lost poll is a lost office; or give ``compliance``, from which it follows."""
    compliance: Compliance | None = None
    """Why a loser would go, instead of ``fairness``."""
    base: Share
    """Votes against the incumbent beside the challenger's own support."""
    scale: Weight
    """How sharply votes decide."""
    held: Share | None = None
    """Chance that a scheduled one is held; default 1."""
    ballot: Share | None = None
    """Chance that the challenger's candidate is admitted; default 1."""
    early: Rate | None = None
    """Chance in a month of talks that one is called early, once, in place of all that were scheduled."""


class Regional(Provenance):
    """Regional polls."""

    on: Annotated[tuple[Date, ...], Field(min_length=1, max_length=12)]
    """Their dates."""
    lead: Annotated[int, Field(strict=True, ge=1, le=24)] = 3
    """Months before at which it is decided who takes part and who observes."""
    joins: Share
    """Chance that united challengers take part."""
    joins_split: Share
    """Chance that their main part does when they are split."""
    observed: Share
    """Chance that observers come who would be believed."""
    fairness: Share
    """Share of a won district that is also held."""
    watch: Share
    """What observers add to it."""
    base: Share
    """Votes against the incumbent beside the challenger's own support."""
    scale: Weight
    """How sharply votes decide."""
    spread: Weight
    """Standard deviation of the share of offices won."""
    gain: Share
    """What winning all of them would add to the challenger's support."""
    turnout: Share
    """Turnout without the challengers."""
    lift: Share
    """What their taking part adds."""
    turnout_spread: Weight
    """Its standard deviation."""


class RealOption(Provenance):
    """Leaving as an option that need not be used yet (Dixit and Pindyck 1994): revenue as a random walk in logs."""

    drift: Number
    """Growth of revenue a year."""
    volatility: Weight
    """Its standard deviation over a year, above 0."""
    discount: Weight
    """Discount rate a year, above the drift and above 0."""
    worth: Weight
    """What leaving is worth, in years of the usual revenue."""


class Exit(Provenance):
    """The incumbent goes of his own accord."""

    rate: Rate
    """Chance in a month."""
    push: Rate | None = None
    """What adds to it where revenue is far below the trigger."""
    trigger: Weight | None = None
    """Revenue at which half of that is added; or give ``option``, from which it follows."""
    option: RealOption | None = None
    """What leaving is worth when, instead of ``trigger``."""
    scale: Weight | None = None
    """How sharp that trigger is."""


class Force(Provenance):
    """Somebody removes him from outside. Rare, and never set to zero for being unlikely."""

    rate: Rate
    """Chance in a month."""


class Ladder(Provenance):
    """Steps that two sides take in turn at the talks: the incumbent's first, then one of the sender's."""

    by: Id
    """The faction that decides for the incumbent; its readings are what the other side wonders about."""
    to: Id
    """The faction that decides for the sender."""
    steps: Annotated[tuple[Mapping[Id, Id], ...], Field(min_length=1, max_length=3)]
    """What each of the incumbent's steps moves: issue → option."""
    below: Annotated[tuple[Mapping[Id, Id], ...], Field(max_length=2)] = ()
    """What he can take back beyond where things stand now, the worst first."""
    precision: Weight
    """How well choices follow interest: logits a point."""
    blame_by: Weight
    """What walking out costs the incumbent, in points."""
    blame_to: Weight
    """What it costs the sender."""
    obstinate: Mapping[Id, Id] = {}
    """Faction → the reading under which it would never give in."""
    insists: Mapping[Id, Share] = {}
    """Faction → the share of what there is to be divided that it insists on: who can hold out longer?"""


class Assurance(Provenance):
    """When it is worth talking to somebody who may only pretend (Kydd 2005): an assurance game."""

    together: Number
    """Both keep faith."""
    alone: Number
    """One keeps faith alone as the other would have it: what the other side gains by pretending."""
    betrayed: Number
    """Having kept faith in vain."""
    apart: Number
    """Neither does."""


class Talks(Provenance):
    """Talks that begin and stop, and what is done at them."""

    now: Flag = False
    """Whether they are on."""
    begin: Rate
    """Chance that they begin by themselves."""
    mediated: Rate | None = None
    """What a mediator adds to it."""
    stop: Rate
    """Chance that they stop by themselves."""
    spoilt: Rate
    """Chance that somebody who is not at the table stops them."""
    trust: Share | None = None
    """Belief that the incumbent is not obstinate at which talks begin half as readily; or give ``assurance``."""
    assurance: Assurance | None = None
    """What being betrayed would cost, instead of ``trust``."""
    trust_scale: Weight | None = None
    """How sharp that is."""
    retract: Rate | None = None
    """Chance in a month without talks that the incumbent takes one of his steps back."""
    ladder: Ladder | None = None
    """Steps that both sides take in turn, by choice."""


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
    price: Price | None = None
    """The price of what he sells."""
    output: Output | None = None
    """How much of it he produces."""
    fiefs: Fiefs | None = None
    """What is handed out instead of money."""
    hunger: Hunger | None = None
    """Who has not enough to eat."""
    sender: Sender | None = None
    """Who sanctions."""
    home: Home | None = None
    """The sender's domestic politics."""
    lists: Lists | None = None
    """Persons under sanctions, and a second sender."""
    funds: Funds | None = None
    """Money frozen abroad."""
    accountability: Accountability | None = None
    """A court abroad."""
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
    authority: Authority | None = None
    """Who counts the votes."""
    polls: Polls | None = None
    """Presidential polls."""
    regional: Regional | None = None
    """Regional polls."""
    exit: Exit | None = None
    """Going of his own accord."""
    force: Force | None = None
    """Removal from outside."""
    talks: Talks | None = None
    """Talks without a deal so far."""
    means: Mapping[Lasting, Annotated[Mapping[Id, Id], Field(min_length=1, max_length=1)]] = {}
    """Event → issue → the option that it stands for from then on."""
    office: Office = Field(default_factory=Office)
    """What the incumbent's fate means in the terms of the case."""
    under: Mapping[Id, Mapping[Id, Mapping[str, Number]]] = {}
    """Faction → reading → path (``exit.rate``) → the number if that reading is true."""


class Policy(Element):
    """The same worlds with some numbers changed from the first month on."""

    changes: Annotated[Mapping[str, Number], Field(min_length=1)]
    """Path (``sender.take_back``) → number, in the place of what the world says, and of what it says under readings."""
    offered_to: Id | None = None
    """A faction that is offered it, and takes it in those draws in which the changes leave it better off; default: nobody is
    asked."""


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
    conceded: Annotated[int, Field(strict=True, ge=-2, le=3)] | None = None
    """How many of his steps the incumbent has taken; below 0: taken back beyond where things stood."""
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
    but_not: Event | None = None
    """A part of it that does not count: a poll held (``poll_held``), but not lost (``voted_out``)."""


class Amount(Provenance):
    """A path lying between two values at a date."""

    variable: Variable
    """Which path: shares from 0 to 1, revenue, income and price as multiples of what is usual, recognition in governments,
    output in its own unit."""
    low: Annotated[float, Field(strict=True, ge=0)] = 0.0
    """From here."""
    high: Annotated[float, Field(strict=True, ge=0)] = 1e9
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
