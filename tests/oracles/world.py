"""One world, month by month, straight from the specification of what happens in a month. Slow and obvious.

The fourteen things of a month are written once, in plain Python, against a source of luck. ``branches`` runs them
along every course that luck can take; ``sampled`` runs them with random numbers. Nothing is shared with the product.
``exact`` costs as many runs as there are states times courses in a month: for reduced worlds and a few dozen months.

How the specification is read:

- Chances are cut to 0..1. Of chances that share one uniform and add up to more than 1 the first in order have it all;
  the sender's way up comes before its way down.
- A share of a bloc or a government below 1e-12 is none.
- Where a belief rules out what the incumbent does (all that could be left of it is 0), it stays as it was.
- What the sender takes back in step 4 puts the talks back if that step itself lowered the easing, whatever the talks
  did in the same month. "Went up" and "went down" for events and support compare the month's end with its start.
- Talks completed, stopped, a seat won, an extension and what happens at a poll are things that happen; everything else
  is a condition on the state at the end of a month, month 0 included: talks that are on at month 0 began then. A
  concession that is made and taken back in one month is thus no event "conceded", but it does tempt the other side to
  split. Lists that are at their top from the beginning are never lifted.
- Without a ladder there are no concessions to take back, and nobody is thought obstinate. With N = 0 the talks are
  never complete; the gate uses the prior, and concessions can be taken back from ``start``.
- The month after which easing went up first is counted in ``since``; easing that was there at month 0 never went up.
- An early poll is called whether or not the office is held, but no poll takes place without an office to be lost: then
  neither "poll_held" nor "early_poll" happens. A scheduled poll beyond the horizon lies ahead as well.
- In a lapses month without a claim nothing is asked and nobody leaves for it.
- Joining and observing are decided before a regional poll of the same month; another month of decision decides anew.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, erf, floor, prod, sqrt
from types import SimpleNamespace
from typing import NamedTuple

HOLDS, COLLAPSED, HANDED_OVER, VOTED_OUT, REMOVED = range(5)
MANY, SOME, NONE = range(3)

KEYS = {
    "price": "now pull spread",
    "money": (
        "revenue pull spread loss_0 loss_1 loss_2 evasion evasion_pace evasion_ceiling rents depletion"
    ),
    "fiefs": "now grow ceiling wrecks yields",
    "output": "now pace reach spread",
    "hunger": "now pace need feeds relief rage opens access",
    "loyalty": "now outside_offer scale pace spread",
    "survival": "peak threshold scale",
    "exit": "rate push trigger scale",
    "force": "rate",
    "sender": "now top ease ease_in_talks last yields take_back",
    "home": "turns resists presses reverses threatens",
    "talks": "now begin mediated stop spoilt trust trust_scale retract",
    "lists": "now top ease follows weighs traps",
    "funds": "now agree agree_in_talks pay relieves",
    "accountability": "now opens traps deters",
    "authority": "base seats of wins loses access majority",
    "recognition": "now all drop cascade bloc pace mean deviation kept kept_extended extend promises",
    "support": "now floor decay spread gain",
    "split": "now begins tempts heals cost",
    "regional": (
        "joins joins_split observed fairness watch base scale spread turnout lift turnout_spread gain"
    ),
    "polls": "held early ballot fairness base scale",
}
NAMES = [f"{part}.{key}" for part, keys in KEYS.items() for key in keys.split()]

UNLESS_GIVEN = """
money.revenue price.now loyalty.now loyalty.scale survival.scale recognition.all recognition.kept
recognition.kept_extended recognition.bloc polls.scale polls.held polls.ballot regional.scale exit.scale authority.of sender.last
sender.yields
"""
DEFAULTS = dict.fromkeys(NAMES, 0.0) | dict.fromkeys(UNLESS_GIVEN.split(), 1.0) | {"sender.top": 2.0}

HAPPENINGS = """
talks_began talks_stopped talks_completed eased all_lifted taken_back lapsed_within_a_year conceded conceded_all
withdrawn office_lost collapsed handed_over voted_out removed split unrecognised claim_ended extended joined observed
seat_won majority funds_agreed funds_paid lists_eased lists_lifted access_opened investigated turned poll_held early_poll admitted
"""
EVENTS = HAPPENINGS.split()

Parameters = Mapping[str, float]


@dataclass(frozen=True)
class Ladder:
    """The steps of the talks in turn; [k][n] is reading k at position n."""

    N: int
    """How many steps; the incumbent's are due at even positions."""
    start: int
    """Concessions made at month 0."""
    reading: int
    """The true one."""
    prior: tuple[float, ...]
    """What the others think of the readings at month 0."""
    obstinate: int | None
    """The reading that gates the beginning of talks; None or -1 if none does."""
    step: Sequence[Sequence[float]]
    """Chance that the incumbent steps when he is due."""
    leave: Sequence[Sequence[float]]
    """Chance that he leaves when the sender was due and held."""
    sender_step: Sequence[Sequence[float]]
    """Chance that the sender steps when it is due, against each reading."""
    sender_leave: Sequence[Sequence[float]]
    """Chance that it leaves when the incumbent was due and held, against each reading."""


@dataclass(frozen=True)
class Setting:
    """The calendar in months, and what is the same in all draws."""

    months: int
    polls: Collection[int] = frozenset()
    regional: Collection[int] = frozenset()
    decides: Collection[int] = frozenset()
    lapses: Collection[int] = frozenset()
    elections: Collection[int] = frozenset()
    ladder: Ladder | None = None


class State(NamedTuple):
    """One world at the end of a month."""

    office: int
    easing: int
    since: int
    """Months since easing first went up, at most 13; -1 if it never did."""
    position: int
    conceded: int
    talks: bool
    beliefs: tuple[float, ...]
    price: float
    revenue: float
    evasion: float
    rents: float
    fiefs: float
    output: float
    hunger: float
    loyalty: float
    known: float
    claim: bool
    support: float
    split: bool
    seats: float
    lists: float
    funds: int
    access: bool
    investigated: bool
    turned: bool
    early: bool
    joined: bool
    observed: bool
    governors: float
    turnout: float
    happened: frozenset[str]
    """Events so far."""


@dataclass(frozen=True)
class Result:
    """All by month, 0 to the last."""

    states: tuple[dict[tuple[int, int, int, int], float], ...]
    """(office, easing, conceded, recognition band) → chance."""
    first: dict[str, tuple[float, ...]]
    """Event → chance that it happened first in that month."""
    mean: dict[str, tuple[float, ...]]
    """Variable → mean: the numbers of the state, ``income``, and ``belief_0``, ``belief_1``, ..."""
    deviation: dict[str, tuple[float, ...]]
    """Variable → standard deviation over the worlds."""


# --- luck ---------------------------------------------------------------------------------------------------


def shares(chances: Iterable[float]) -> list[float]:
    """The parts of one uniform that belong to each chance in turn, and last what is left."""
    found: list[float] = []
    left = 1.0
    for chance in chances:
        found.append(min(max(chance, 0.0), left))
        left -= found[-1]
    return [*found, left]


class Luck(ABC):
    """Where the outcomes come from."""

    @abstractmethod
    def which(self, parts: Sequence[float]) -> int:
        """The index of one part of a whole."""

    @abstractmethod
    def z(self, spreads: Sequence[float]) -> float:
        """A shock of mean 0 and variance 1, to be multiplied by any of these."""

    def happens(self, chance: float) -> bool:
        return self.which(shares([chance])) == 0

    def one_of(self, chances: Mapping[str, float]) -> str:
        """At most one of several, by one uniform; "" for none."""
        return [*chances, ""][self.which(shares(chances.values()))]

    def rounded(self, x: float) -> int:
        """floor(x + u)."""
        part = x - floor(x)
        if part > 1 - 1e-12:
            return floor(x) + 1
        return floor(x) + (part > 1e-12 and self.happens(part))


class Course(Luck):
    """Takes the outcomes it is told, then always the first possible one; notes what else was possible."""

    def __init__(self, told: tuple[int, ...]) -> None:
        self.told = told
        self.taken: list[int] = []
        self.chance: list[float] = []
        self.others: list[tuple[int, ...]] = []

    def which(self, parts: Sequence[float]) -> int:
        possible = [i for i, part in enumerate(parts) if part > 0]
        if len(self.taken) < len(self.told):
            choice = self.told[len(self.taken)]
        else:
            choice, *others = possible
            self.others += [(*self.taken, other) for other in others]
        self.taken.append(choice)
        self.chance.append(parts[choice])
        return choice

    def z(self, spreads: Sequence[float]) -> float:
        if any(spreads):
            raise ValueError(f"worlds with shocks have no finite set of courses: spreads {spreads}, not 0")
        return 0.0


class Chance(Luck):
    """Random numbers."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def which(self, parts: Sequence[float]) -> int:
        u = self.random()
        for i, part in enumerate(parts):
            if u < part:
                return i
            u -= part
        return len(parts) - 1

    def z(self, spreads: Sequence[float]) -> float:
        return (self.random() + self.random() - 1) * sqrt(6)


# --- the month ----------------------------------------------------------------------------------------------


def s(x: float) -> float:
    return (1 + x / (1 + abs(x))) / 2


def normal(x: float) -> float:
    """The distribution function Phi."""
    return (1 + erf(x / sqrt(2))) / 2


def clip(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def complete(p: Parameters) -> dict[str, float]:
    """All parameters; names that are not known are an error, so that no name is ignored."""
    unknown = set(p) - set(DEFAULTS)
    if unknown:
        raise KeyError(f"unknown parameters: {sorted(unknown)}")
    return DEFAULTS | dict(p)


def learnt(beliefs: Sequence[float], likelihood: Sequence[float]) -> tuple[float, ...]:
    """Bayes' rule; unchanged where nothing could have led to what was seen."""
    joint = [b * l for b, l in zip(beliefs, likelihood, strict=True)]
    total = sum(joint)
    return tuple(j / total for j in joint) if total > 0 else tuple(beliefs)


def mixed(beliefs: Sequence[float], values: Sequence[float]) -> float:
    return sum(b * v for b, v in zip(beliefs, values, strict=True))


def _price(w: SimpleNamespace, p: Parameters, luck: Luck) -> None:
    z = luck.z([p["price.spread"]])
    w.price = max(0.0, w.price + p["price.pull"] * (1 - w.price) + p["price.spread"] * z)


def _gate(w: SimpleNamespace, p: Parameters, ladder: Ladder | None) -> float:
    if p["talks.trust_scale"] == 0:
        return 1.0
    which = ladder.obstinate if ladder else None
    obstinate = 0.0 if which is None or which < 0 else w.beliefs[which]
    return s((1 - obstinate - p["talks.trust"]) / p["talks.trust_scale"])


def _talks(w: SimpleNamespace, p: Parameters, ladder: Ladder | None, luck: Luck) -> None:
    steps = ladder.N if ladder else 0
    if not w.talks:
        over = steps > 0 and w.position == steps
        begin = (p["talks.begin"] + p["talks.mediated"]) * _gate(w, p, ladder)
        if not over and luck.happens(begin):
            w.talks = True
        return
    stop = min(1.0, p["talks.stop"] + p["talks.spoilt"] + p["fiefs.wrecks"] * w.fiefs)
    if luck.happens(stop):
        left = True
    elif ladder and w.position < steps:
        left = _incumbent_due(w, ladder, luck) if w.position % 2 == 0 else _sender_due(w, p, ladder, luck)
    else:
        left = False
    if left:
        w.talks = False
        w.seen.add("talks_stopped")
    if steps > 0 and w.position == steps:
        w.talks = False
        w.seen.add("talks_completed")


def _incumbent_due(w: SimpleNamespace, ladder: Ladder, luck: Luck) -> bool:
    """Whether the sender left."""
    n = w.position
    step = [of[n] for of in ladder.step]
    if luck.happens(step[ladder.reading]):
        w.beliefs = learnt(w.beliefs, step)
        w.position += 1
        # To what the ladder has there, if that is not done already.
        w.conceded = max(w.conceded, ladder.start + n // 2 + 1)
        w.concedes = True
        return False
    w.beliefs = learnt(w.beliefs, [1 - x for x in step])
    return luck.happens(mixed(w.beliefs, [of[n] for of in ladder.sender_leave]))


def _sender_due(w: SimpleNamespace, p: Parameters, ladder: Ladder, luck: Luck) -> bool:
    """Whether the incumbent left."""
    n = w.position
    able = p["sender.yields"] * (1 - p["home.resists"] * w.turned)
    if luck.happens(able * mixed(w.beliefs, [of[n] for of in ladder.sender_step])):
        w.position += 1
        w.easing = max(w.easing, int(p["sender.now"]) + (n + 1) // 2)
        return False
    leave = [of[n] for of in ladder.leave]
    left = luck.happens(leave[ladder.reading])
    w.beliefs = learnt(w.beliefs, leave if left else [1 - x for x in leave])
    return left


def _sender(w: SimpleNamespace, p: Parameters, luck: Luck) -> None:
    up = p["sender.ease"] + p["sender.ease_in_talks"] * w.talks
    up *= 1 - p["home.resists"] * w.turned
    up *= max(0.0, 1 + p["home.presses"] * (w.price - 1))
    if w.easing > 0:
        up *= p["sender.last"]
    down = p["sender.take_back"] + p["home.reverses"] * w.turned
    way = luck.one_of({"up": up, "down": down})
    if way == "up":
        w.easing = min(w.top, w.easing + 1)
    if way == "down" and w.easing > 0:
        w.easing -= 1
        if w.position > 0 and w.position % 2 == 0:
            w.position -= 1


def _incidents(w: SimpleNamespace, p: Parameters, ladder: Ladder | None, ahead: bool, luck: Luck) -> None:
    chances = {
        "seat won": p["authority.wins"] * (w.seats < p["authority.of"]),
        "seat lost": p["authority.loses"] * (w.seats > 0),
        "lists eased": (p["lists.ease"] + p["lists.follows"] * (w.easing > 0)) * (w.lists < p["lists.top"]),
        "funds agreed": (p["funds.agree"] + p["funds.agree_in_talks"] * w.talks) * (w.funds == 0),
        "funds paid": p["funds.pay"] * (w.funds == 1),
        "access opened": p["hunger.opens"] * (not w.access),
        "investigation": p["accountability.opens"] * (not w.investigated),
        "concession taken back": p["talks.retract"] * (not w.talks and w.conceded > 0),
        "early poll": p["polls.early"] * (w.talks and ahead and not w.early),
    }
    what = luck.one_of(chances)
    w.seats += (what == "seat won") - (what == "seat lost")
    w.lists += what == "lists eased"
    w.funds += what in ("funds agreed", "funds paid")
    w.access = w.access or what == "access opened"
    w.investigated = w.investigated or what == "investigation"
    w.called = what == "early poll"
    if what == "seat won":
        w.seen.add("seat_won")
    if what == "concession taken back":
        w.conceded -= 1
        w.position = max(0, min(w.position, 2 * (w.conceded - ladder.start)))


def income(w: SimpleNamespace | State, p: Parameters) -> float:
    return w.revenue + p["money.rents"] * w.rents


def _money_and_output(w: SimpleNamespace, p: Parameters, luck: Luck) -> None:
    z = luck.z([p["money.spread"], p["output.spread"]])
    w.evasion += p["money.evasion_pace"] * (p["money.evasion_ceiling"] - w.evasion)
    left = 1 - p[f"money.loss_{w.easing}"] * (1 - w.evasion)
    w.revenue = max(0.0, w.revenue + p["money.pull"] * (w.price * left - w.revenue) + p["money.spread"] * z)
    w.output = max(
        0.0, w.output + p["output.pace"] * (p["output.reach"] * left - w.output) + p["output.spread"] * z
    )


def _rents(w: SimpleNamespace, p: Parameters) -> None:
    lack = max(0.0, 1 - w.revenue)
    w.rents *= 1 - p["money.depletion"] * lack
    w.fiefs += p["fiefs.grow"] * max(0.0, p["fiefs.ceiling"] - w.fiefs) * lack


def _hunger(w: SimpleNamespace, p: Parameters) -> None:
    meant = p["hunger.need"] - p["hunger.feeds"] * income(w, p)
    meant -= p["hunger.relief"] * w.access + p["funds.relieves"] * (w.funds == 2)
    w.hunger = clip(w.hunger + p["hunger.pace"] * (meant - w.hunger))


def _loyalty(w: SimpleNamespace, p: Parameters, luck: Luck) -> None:
    z = luck.z([p["loyalty.spread"]])
    strict = 1 - w.lists / p["lists.top"] if p["lists.top"] > 0 else 0.0
    gets = (income(w, p) + p["fiefs.yields"] * w.fiefs) * (1 - p["lists.weighs"] * strict)
    elsewhere = p["loyalty.outside_offer"] - p["lists.traps"] * strict
    elsewhere += p["recognition.promises"] * w.known / p["recognition.all"]
    elsewhere -= p["accountability.traps"] * w.investigated
    x = (gets - elsewhere) / p["loyalty.scale"]
    w.loyalty = clip(w.loyalty + p["loyalty.pace"] * (s(x) - w.loyalty) + p["loyalty.spread"] * z)


def leaving(known: float, p: Parameters) -> float:
    """d, the governments that would leave in a month if they were divisible."""
    gone = 1 - known / p["recognition.all"]
    if p["recognition.deviation"] > 0:
        would = normal((gone - p["recognition.mean"]) / p["recognition.deviation"])
        drawn = p["recognition.all"] * p["recognition.pace"] * max(0.0, would - gone)
        return known * p["recognition.drop"] + drawn
    return known * (p["recognition.drop"] + p["recognition.cascade"] * gone)


def _abroad(w: SimpleNamespace, p: Parameters, lapses: bool, luck: Luck) -> None:
    bloc = p["recognition.bloc"]
    w.known = max(0.0, w.known - bloc * luck.rounded(leaving(w.known, p) / bloc))
    if not (lapses and w.claim):
        return
    if luck.happens(p["recognition.extend"]):
        w.seen.add("extended")
        keeps = p["recognition.kept_extended"]
    else:
        w.claim = False
        keeps = p["recognition.kept"]
    w.known = float(luck.rounded(w.known * keeps))


def _home(w: SimpleNamespace, p: Parameters, went_up: bool, luck: Luck) -> None:
    z = luck.z([p["support.spread"]])
    lasts = (w.support - p["support.floor"]) * (1 - p["support.decay"])
    w.support = clip(p["support.floor"] + lasts + p["support.spread"] * z + p["support.gain"] * went_up)
    if w.split:
        w.split = not luck.happens(p["split.heals"])
    else:
        tempted = w.concedes or "seat_won" in w.seen
        w.split = luck.happens(p["split.begins"] + p["split.tempts"] * tempted)


def _counted(w: SimpleNamespace, p: Parameters, fairness: float) -> float:
    """How fair the count is, from a start and the seats in the authority."""
    fairness += p["authority.access"] * (w.seats - p["authority.base"]) / p["authority.of"]
    return clip(fairness + p["authority.majority"] * (2 * w.seats > p["authority.of"]))


def _regional(w: SimpleNamespace, p: Parameters, decides: bool, polled: bool, luck: Luck) -> None:
    if decides:
        w.joined = luck.happens(p["regional.joins_split"] if w.split else p["regional.joins"])
        w.observed = luck.happens(p["regional.observed"])
    if not polled:
        return
    fair = _counted(w, p, p["regional.fairness"] + p["regional.watch"] * w.observed)
    votes = p["regional.base"] + w.support * w.joined - p["split.cost"] * w.split - 1 / 2
    z = luck.z([p["regional.spread"]])
    w.governors = clip(fair * s(votes / p["regional.scale"]) + p["regional.spread"] * z)
    z = luck.z([p["regional.turnout_spread"]])
    w.turnout = clip(p["regional.turnout"] + p["regional.lift"] * w.joined + p["regional.turnout_spread"] * z)
    w.support = min(1.0, w.support + p["regional.gain"] * w.governors * w.joined)


def _poll(w: SimpleNamespace, scheduled: bool, p: Parameters, luck: Luck) -> bool:
    """Whether a presidential poll takes place."""
    if w.called:
        return True
    return scheduled and not w.early and luck.happens(p["polls.held"])


def _defeat(w: SimpleNamespace, p: Parameters, luck: Luck) -> float:
    """The chance of losing the poll."""
    w.seen |= {"poll_held", "early_poll"} if w.called else {"poll_held"}
    admitted = luck.happens(p["polls.ballot"])
    if admitted:
        w.seen.add("admitted")
    votes = p["polls.base"] + w.support * admitted - p["split.cost"] * w.split - 1 / 2
    return _counted(w, p, p["polls.fairness"]) * s(votes / p["polls.scale"])


def _office(w: SimpleNamespace, p: Parameters, scheduled: bool, luck: Luck) -> None:
    if w.office != HOLDS:
        w.early = w.early or w.called
        return
    rage = p["hunger.rage"] * (w.hunger - p["hunger.now"])
    attack = (p["survival.threshold"] + rage - w.loyalty) / p["survival.scale"]
    hand = p["exit.rate"] + p["exit.push"] * s((p["exit.trigger"] - w.revenue) / p["exit.scale"])
    hand *= 1 - p["accountability.deters"] * w.investigated
    chances = {
        "fall": p["survival.peak"] * s(attack),
        "hand": hand,
        "force": p["force.rate"] * (1 + p["home.threatens"] * w.turned),
        "defeat": _defeat(w, p, luck) if _poll(w, scheduled, p, luck) else 0.0,
    }
    w.early = w.early or w.called
    end = {"": HOLDS, "fall": COLLAPSED, "hand": HANDED_OVER, "force": REMOVED, "defeat": VOTED_OUT}
    w.office = end[luck.one_of(chances)]


def conditions(w: SimpleNamespace | State, p: Parameters, ladder: Ladder | None) -> set[str]:
    """The events that a state is."""
    start = ladder.start if ladder else 0
    steps = ladder.N if ladder else 0
    found = {
        "talks_began": w.talks,
        "eased": w.easing > 0,
        "all_lifted": 0 < w.easing == p["sender.top"],
        "conceded": w.conceded > start,
        "conceded_all": steps > 0 and w.conceded == start + ceil(steps / 2),
        "withdrawn": w.conceded < start,
        "office_lost": w.office != HOLDS,
        "collapsed": w.office == COLLAPSED,
        "handed_over": w.office == HANDED_OVER,
        "voted_out": w.office == VOTED_OUT,
        "removed": w.office == REMOVED,
        "split": w.split,
        "unrecognised": w.known < 0.5,
        "claim_ended": not w.claim,
        "joined": w.joined,
        "observed": w.observed,
        "majority": 2 * w.seats > p["authority.of"],
        "funds_agreed": w.funds >= 1,
        "funds_paid": w.funds == 2,
        "lists_eased": w.lists > p["lists.now"],
        "lists_lifted": w.lists > p["lists.now"] and w.lists == p["lists.top"],
        "access_opened": w.access,
        "investigated": w.investigated,
        "turned": w.turned,
    }
    return {event for event, true in found.items() if true}


def _month(state: State, t: int, p: dict[str, float], setting: Setting, luck: Luck) -> State:
    """The state a month later. ``p`` is complete."""
    ladder = setting.ladder
    w = SimpleNamespace(**state._asdict(), top=int(p["sender.top"]), seen=set(), concedes=False)
    if t in setting.elections:
        w.turned = luck.happens(p["home.turns"])
    _price(w, p, luck)
    _talks(w, p, ladder, luck)
    _sender(w, p, luck)
    went_up, went_down = w.easing > state.easing, w.easing < state.easing
    if state.since >= 0:
        w.since = min(13, state.since + 1)
    elif went_up:
        w.since = 0
    if went_down:
        w.seen.add("taken_back")
        if 0 <= w.since <= 12:
            w.seen.add("lapsed_within_a_year")
    _incidents(w, p, ladder, any(t < poll for poll in setting.polls), luck)
    _money_and_output(w, p, luck)
    _rents(w, p)
    _hunger(w, p)
    _loyalty(w, p, luck)
    _abroad(w, p, t in setting.lapses, luck)
    _home(w, p, went_up, luck)
    _regional(w, p, t in setting.decides, t in setting.regional, luck)
    _office(w, p, t in setting.polls, luck)
    w.happened = state.happened | w.seen | conditions(w, p, ladder)
    return State(*(getattr(w, field) for field in State._fields))


def _start(p: dict[str, float], setting: Setting, luck: Luck) -> State:
    ladder = setting.ladder
    state = State(
        office=HOLDS,
        easing=int(p["sender.now"]),
        since=-1,
        position=0,
        conceded=ladder.start if ladder else 0,
        talks=bool(p["talks.now"]),
        beliefs=tuple(ladder.prior) if ladder else (),
        price=p["price.now"],
        revenue=p["money.revenue"],
        evasion=p["money.evasion"],
        rents=1.0,
        fiefs=p["fiefs.now"],
        output=p["output.now"],
        hunger=p["hunger.now"],
        loyalty=p["loyalty.now"],
        known=p["recognition.now"],
        claim=True,
        support=p["support.now"],
        split=luck.happens(p["split.now"]),
        seats=p["authority.seats"],
        lists=p["lists.now"],
        funds=int(p["funds.now"]),
        access=bool(p["hunger.access"]),
        investigated=bool(p["accountability.now"]),
        turned=False,
        early=False,
        joined=False,
        observed=False,
        governors=0.0,
        turnout=0.0,
        happened=frozenset(),
    )
    return state._replace(happened=frozenset(conditions(state, p, ladder)))


# --- many months --------------------------------------------------------------------------------------------


def _merging(state: State) -> State:
    """Numbers to twelve digits after the point, so that equal states are equal."""
    numbers = {f: round(v, 12) for f, v in state._asdict().items() if isinstance(v, float)}
    return state._replace(**numbers, beliefs=tuple(round(b, 12) for b in state.beliefs))


def _expanded(run: Callable[[Luck], State]) -> list[tuple[float, State]]:
    """Every course of ``run(luck)``, equal outcomes taken together."""
    found: dict[State, float] = defaultdict(float)
    todo: list[tuple[int, ...]] = [()]
    while todo:
        course = Course(todo.pop())
        outcome = _merging(run(course))
        found[outcome] += prod(course.chance)
        todo += course.others
    return [(chance, state) for state, chance in found.items()]


def initial(p: Parameters, setting: Setting) -> list[tuple[float, State]]:
    """Month 0: one state, or two where it is uncertain whether the challenger's side is split."""
    numbers = complete(p)
    return _expanded(lambda luck: _start(numbers, setting, luck))


def branches(state: State, month: int, p: Parameters, setting: Setting) -> list[tuple[float, State]]:
    """All that can come of ``state`` (at the end of the month before) in ``month``, with its chances.

    Raises ValueError where a spread that is asked for is not 0.
    """
    numbers = complete(p)
    return _expanded(lambda luck: _month(state, month, numbers, setting, luck))


def band(known: float, everybody: float) -> int:
    if known >= 0.5 * everybody:
        return MANY
    return SOME if known > 0.5 else NONE


def variables(state: State, p: Parameters) -> dict[str, float]:
    """The numbers of a state, flags as 0 and 1; office, easing and concessions are in the states."""
    found = {f: float(v) for f, v in state._asdict().items() if f not in ("beliefs", "happened", "since")}
    found["income"] = income(state, p)
    return found | {f"belief_{k}": b for k, b in enumerate(state.beliefs)}


class _Tally:
    """Sums over histories of some weight, or over distributions, month by month."""

    def __init__(self, p: dict[str, float], months: int) -> None:
        self.p = p
        self.states: list[dict[tuple[int, int, int, int], float]] = [
            defaultdict(float) for _ in range(months + 1)
        ]
        self.first = {event: [0.0] * (months + 1) for event in EVENTS}
        self.values: list[dict[str, list[tuple[float, float]]]] = [
            defaultdict(list) for _ in range(months + 1)
        ]

    def add(self, t: int, chance: float, state: State) -> None:
        key = (state.office, state.easing, state.conceded, band(state.known, self.p["recognition.all"]))
        self.states[t][key] += chance
        for name, value in variables(state, self.p).items():
            self.values[t][name].append((chance, value))

    def happen(self, t: int, chance: float, events: Iterable[str]) -> None:
        for event in events:
            self.first[event][t] += chance

    def result(self) -> Result:
        names = list(self.values[0])
        return Result(
            states=tuple(map(dict, self.states)),
            first={event: tuple(chances) for event, chances in self.first.items()},
            mean={name: tuple(_mean(of[name]) for of in self.values) for name in names},
            deviation={name: tuple(_deviation(of[name]) for of in self.values) for name in names},
        )


def _mean(weighed: list[tuple[float, float]]) -> float:
    return sum(weight * value for weight, value in weighed) / sum(weight for weight, _ in weighed)


def _deviation(weighed: list[tuple[float, float]]) -> float:
    mean = _mean(weighed)
    return sqrt(_mean([(weight, (value - mean) ** 2) for weight, value in weighed]))


def exact(p: Parameters, setting: Setting) -> Result:
    """The distribution carried forward from month 0 to the last."""
    numbers = complete(p)
    tally = _Tally(numbers, setting.months)
    now: dict[State, float] = {}
    for chance, state in initial(p, setting):
        now[state] = chance
        tally.add(0, chance, state)
        tally.happen(0, chance, state.happened)
    for t in range(1, setting.months + 1):
        after: dict[State, float] = defaultdict(float)
        for state, weight in now.items():
            for chance, next_state in branches(state, t, p, setting):
                after[next_state] += weight * chance
                tally.happen(t, weight * chance, next_state.happened - state.happened)
        for state, weight in after.items():
            tally.add(t, weight, state)
        now = after
    return tally.result()


def sampled(p: Parameters, setting: Setting, count: int, seed: int) -> Result:
    """The same, and with shocks, as frequencies among ``count`` worlds lived one after another."""
    numbers = complete(p)
    tally = _Tally(numbers, setting.months)
    luck = Chance(seed)
    for _ in range(count):
        state = _start(numbers, setting, luck)
        tally.add(0, 1 / count, state)
        tally.happen(0, 1 / count, state.happened)
        for t in range(1, setting.months + 1):
            before, state = state, _month(state, t, numbers, setting, luck)
            tally.add(t, 1 / count, state)
            tally.happen(t, 1 / count, state.happened - before.happened)
    return tally.result()
