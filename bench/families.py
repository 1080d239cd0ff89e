"""Families of random instances, by seed: the same arrays on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from detente.kernels.sequencing import Terms
from detente.kernels.worlds import PARAMETERS, Ladder

__all__ = ["SEED", "conflict", "costly", "mean_value", "plain_worlds", "roadmap", "staller"]

SEED = 20210603

Floats = NDArray[np.float64]
Points = tuple[Floats, Floats]
Span = tuple[float, float]


def conflict(
    parties: int, issues: int, options: int, grid: int, *, noise: float = 0.3, seed: int = SEED
) -> NDArray[np.int64]:
    """Utilities int64[P, I, L]: party 0 ranks the options of each issue roughly in reverse of all the others.

    On each issue the options have a common score s ~ U(0, 1). Party 0 values an option at -s, the others at s,
    each with independent noise ~ N(0, ``noise``^2); every party's values are then stretched to 0..1 on every
    issue, multiplied by the issue's weight for that party (uniform on the simplex, so that few issues carry
    much and most carry little) and by ``grid``, and rounded. A package is worth about 0 to ``grid``.
    """
    rng = np.random.default_rng(seed)
    common = rng.random((issues, options))
    sign = np.where(np.arange(parties) == 0, -1.0, 1.0)[:, None, None]
    values = sign * common + noise * rng.standard_normal((parties, issues, options))
    low, high = values.min(axis=2, keepdims=True), values.max(axis=2, keepdims=True)
    weights = rng.dirichlet(np.ones(issues), size=parties)[:, :, None]
    utilities: NDArray[np.int64] = np.rint(grid * weights * (values - low) / (high - low)).astype(np.int64)
    return utilities


def mean_value(utilities: NDArray[np.int64]) -> NDArray[np.int64]:
    """Each party's mean over all packages, rounded down: the reservation values of the measurements."""
    whole: NDArray[np.int64] = np.floor(utilities.mean(axis=2).sum(axis=1)).astype(np.int64)
    return whole


def roadmap(steps: int, factions: int, seed: int) -> Terms:
    """Steps that cost who takes them and help the others, some gradual, some irreversible, with eight exchanges."""
    rng = np.random.default_rng((seed, steps, factions))
    owner = rng.integers(0, factions, steps)
    delta = rng.uniform(0, 4, (factions, steps, 1))
    delta[owner, np.arange(steps)] = -rng.uniform(0, 6, (steps, 1))
    needs = np.array([1 << s - 1 if s and rng.random() < 0.2 else 0 for s in range(steps)], dtype=np.int64)
    pairs = [rng.choice(steps, 2, replace=False) for _ in range(8)]
    batches = [1 << s for s in range(steps)]
    batches += [(1 << int(a)) | (1 << int(b)) for a, b in pairs if owner[a] != owner[b]]
    own = np.array(
        [sum(1 << s for s in range(steps) if owner[s] == f) for f in range(factions)], dtype=np.int64
    )
    return Terms(
        base=rng.uniform(-0.5, 0.5, (factions, 1)),
        delta=delta,
        on=np.array([3, 12], dtype=np.int64),
        off=np.zeros(2, dtype=np.int64),
        excluded=np.zeros(2, dtype=np.bool_),
        points=rng.uniform(-2, 2, (factions, 2, 1)),
        broken=np.zeros((factions, 2, 1), dtype=np.bool_),
        needs=needs,
        month=rng.integers(1, 5, (steps, 1)),
        rho=rng.uniform(0.9, 0.99, (factions, 1)),
        horizon=np.full(factions, -1),
        own=own,
        reversible=int(rng.integers(0, 1 << steps)),
        undo=rng.uniform(0, 1, (factions, steps, 1)),
        penalty=np.zeros((factions, steps, 1)),
        lapse=np.zeros(factions, dtype=np.int64),
        cost=np.zeros((factions, 1)),
        batches=np.array(list(dict.fromkeys(batches)), dtype=np.int64),
        winning=np.array([(1 << factions) - 1], dtype=np.int64),
    )


def staller(rng: np.random.Generator) -> Points:
    """His own steps cost the staller more than the answers bring; the dealer gains by each exchange."""
    return _exchange(rng, own=(1, 4), answered=(0, 2), paid=(1, 4), costs=(0, 2))


def costly(rng: np.random.Generator) -> Points:
    """Both pay more for their own steps than stallers and their senders do, so that more hangs on who steps first."""
    return _exchange(rng, own=(2, 5), answered=(0, 2), paid=(2, 5), costs=(1, 3))


def _exchange(rng: np.random.Generator, *, own: Span, answered: Span, paid: Span, costs: Span) -> Points:
    """Points of a staller and a dealer [2, N + 1] and of the sender [N + 1] at each position of one to four steps: what each
    of his steps costs the staller and is worth to the sender, what each of the sender's is worth to him and costs it."""
    steps = int(rng.integers(1, 5))
    incumbent, sender = np.zeros((2, steps + 1)), np.zeros(steps + 1)
    for n in range(steps):
        if n % 2 == 0:
            change, change_s = (-rng.uniform(*own), -rng.uniform(0, 2)), rng.uniform(*paid)
        else:
            change, change_s = (rng.uniform(*answered), rng.uniform(2, 5)), -rng.uniform(*costs)
        incumbent[:, n + 1] = incumbent[:, n] + change
        sender[n + 1] = sender[n] + change_s
    return incumbent, sender


def _bend(x: Floats) -> Floats:
    bent: Floats = (1 + x / (1 + np.abs(x))) / 2
    return bent


def plain_worlds(  # noqa: PLR0915
    parameters: Floats, count: int, dates: NDArray[np.int64], ladder: Ladder, seed: int
) -> dict[str, float]:
    """``count`` worlds of one draw in NumPy, by the equations in the docstring of :mod:`detente.kernels.month`, with random
    numbers of its own: the shares in which the office is lost, the sender eases and the incumbent concedes.

    ``parameters`` [len(PARAMETERS)]; ``dates`` as for :func:`detente.kernels.worlds.run`; ``ladder`` of this one draw.
    """
    p = dict(zip(PARAMETERS, parameters.tolist(), strict=True))
    rng = np.random.default_rng(seed)
    step, leave, sender_step, sender_leave = ladder.choices[0].astype(np.float64)
    prior, top = ladder.prior[0].astype(np.float64), ladder.steps
    true = int(ladder.reading[0])
    losses = np.array([p["money.loss_0"], p["money.loss_1"], p["money.loss_2"]])
    evasion, whole = p["money.evasion"], max(1.0, p["recognition.all"])
    shut = 1.0 if p["lists.top"] else 0.0

    def start(name: str) -> Floats:
        return np.full(count, p[name])

    price, revenue, rents, fiefs = (
        start("price.now"),
        start("money.revenue"),
        np.ones(count),
        start("fiefs.now"),
    )
    output, hunger, loyalty, support = (start(f"{x}.now") for x in ("output", "hunger", "loyalty", "support"))
    known, easing = np.floor(start("recognition.now") + 0.5), start("sender.now").astype(np.int64)
    talks, split = start("talks.now") >= 0.5, rng.random(count) < p["split.now"]
    seats, lists = start("authority.seats"), start("lists.now")
    funds, place, made = (np.zeros(count, np.int64) for _ in range(3))
    access, investigated, turned, part, watched, voted_early = (np.zeros(count, bool) for _ in range(6))
    claim, holds, eased, conceded = (
        np.ones(count, bool),
        np.ones(count, bool),
        easing > 0,
        np.zeros(count, bool),
    )
    belief = np.tile(prior[:, None], (1, count))
    final = max((m for m, date in enumerate(dates) if date & 1), default=0)
    final = len(dates) if dates[-1] & 32 else final  # a poll beyond the horizon lies ahead as well

    def luck() -> Floats:
        return rng.random(count)

    def shock() -> Floats:
        return (luck() + luck() - 1) * np.sqrt(6)

    def fairness(base: Floats | float) -> Floats:
        more = p["authority.access"] * (seats - p["authority.base"]) / max(1.0, p["authority.of"])
        return np.clip(base + more + p["authority.majority"] * (2 * seats > p["authority.of"]), 0, 1)

    for month, date in enumerate(dates.tolist()):
        if month == 0:
            continue
        if date & 16:
            turned = luck() < p["home.turns"]
        price = np.maximum(0, price + p["price.pull"] * (1 - price) + p["price.spread"] * shock())

        # Talks: who was talking goes on unless somebody else stops it; then the step that is due, then who may leave.
        u, walks = luck(), luck()
        doubt = belief[ladder.obstinate] if ladder.obstinate >= 0 else np.zeros(count)
        scale = p["talks.trust_scale"]
        gate = _bend((1 - doubt - p["talks.trust"]) / scale) if scale > 0 else np.ones(count)
        opens = (p["talks.begin"] + p["talks.mediated"]) * gate * ((place < top) | (top == 0))
        stops = np.minimum(1, p["talks.stop"] + p["talks.spoilt"] + p["fiefs.wrecks"] * fiefs)
        begin, go_on = ~talks & (u < opens), talks & (u >= stops)
        talks, went, tempted = begin | go_on, np.zeros(count, np.int64), np.zeros(count, bool)
        if top:
            here = np.minimum(place, top - 1)
            his = go_on & (place < top) & (place % 2 == 0)
            its = go_on & (place < top) & (place % 2 == 1)
            choice = luck()
            steps = his & (choice < step[true, here])
            holds_back = his & ~steps
            belief = np.where(steps, belief * step[:, here], belief)
            belief = np.where(holds_back, belief * (1 - step[:, here]), belief)
            belief /= belief.sum(axis=0)
            gone = holds_back & (walks < (belief * sender_leave[:, here]).sum(axis=0))
            able = p["sender.yields"] * (1 - p["home.resists"] * turned)
            lifts = its & (choice < able * (belief * sender_step[:, here]).sum(axis=0))
            waits = its & ~lifts
            walks_out = waits & (walks < leave[true, here])
            belief = np.where(walks_out, belief * leave[:, here], belief)
            belief = np.where(waits & ~walks_out, belief * (1 - leave[:, here]), belief)
            belief /= belief.sum(axis=0)
            reached = place + steps + lifts
            # To at least what the ladder has there.
            made, tempted = np.where(steps, np.maximum(made, (reached + 1) // 2), made), steps
            lifted = np.where(lifts, np.maximum(easing, int(p["sender.now"]) + reached // 2), easing)
            went, easing, place = went + lifted - easing, lifted, reached
            talks = talks & ~gone & ~walks_out & ~((steps | lifts) & (place == top))

        # The sender by itself.
        u = luck()
        rate = (p["sender.ease"] + p["sender.ease_in_talks"] * talks) * (1 - p["home.resists"] * turned)
        rate = (
            rate
            * np.maximum(0, 1 + p["home.presses"] * (price - 1))
            * np.where(easing > 0, p["sender.last"], 1)
        )
        up = (u < rate) & (easing < p["sender.top"])
        down = (u > 1 - p["sender.take_back"] - p["home.reverses"] * turned) & (u >= rate) & (easing > 0)
        place = place - (down & (place > 0) & (place % 2 == 0))
        went, easing = went + up - down, easing + up - down

        # At most one of the rare things: the bounds of their shares of one uniform.
        u = luck()
        chances = (
            p["authority.wins"] * (seats < p["authority.of"]),
            p["authority.loses"] * (seats > 0),
            (p["lists.ease"] + p["lists.follows"] * (easing > 0)) * (lists < p["lists.top"]),
            (p["funds.agree"] + p["funds.agree_in_talks"] * talks) * (funds == 0),
            p["funds.pay"] * (funds == 1),
            p["hunger.opens"] * ~access,
            p["accountability.opens"] * ~investigated,
            p["talks.retract"] * (~talks & (made + ladder.start > 0)),
            p["polls.early"] * (talks & ~voted_early & (month < final)),
        )
        bounds = np.cumsum(chances, axis=0)
        won, lost, eased_lists, agreed, paid, opened, opened_case, back, called = np.diff(
            u < bounds, axis=0, prepend=False
        )
        seats = seats + won - lost
        lists, funds = lists + eased_lists, funds + agreed + paid
        access, investigated = access | opened, investigated | opened_case
        tempted = tempted | won
        made = made - back
        place = np.where(back, np.minimum(place, np.maximum(0, 2 * made)), place)

        # Money, and what it is good for.
        evasion += p["money.evasion_pace"] * (p["money.evasion_ceiling"] - evasion)
        left, z = 1 - losses[easing] * (1 - evasion), shock()
        revenue = revenue + p["money.pull"] * (price * left - revenue) + p["money.spread"] * z
        revenue = np.maximum(0, revenue)
        output = output + p["output.pace"] * (p["output.reach"] * left - output) + p["output.spread"] * z
        output = np.maximum(0, output)
        lack = np.maximum(0, 1 - revenue)
        rents = rents * (1 - p["money.depletion"] * lack)
        fiefs = fiefs + p["fiefs.grow"] * np.maximum(0, p["fiefs.ceiling"] - fiefs) * lack
        income = revenue + p["money.rents"] * rents
        given = p["hunger.feeds"] * income + p["hunger.relief"] * access + p["funds.relieves"] * (funds == 2)
        hunger = np.clip(hunger + p["hunger.pace"] * (p["hunger.need"] - given - hunger), 0, 1)
        strict = shut - lists / p["lists.top"] if shut else 0.0
        offer = p["loyalty.outside_offer"] + p["recognition.promises"] * known / whole
        offer = offer - p["lists.traps"] * strict - p["accountability.traps"] * investigated
        kept = (income + p["fiefs.yields"] * fiefs) * (1 - p["lists.weighs"] * strict)
        drawn = _bend((kept - offer) / p["loyalty.scale"])
        loyalty = loyalty + p["loyalty.pace"] * (drawn - loyalty) + p["loyalty.spread"] * shock()
        loyalty = np.clip(loyalty, 0, 1)

        # Abroad.
        if p["recognition.deviation"] > 0:
            q = 1 - known / whole
            more = ndtr((q - p["recognition.mean"]) / p["recognition.deviation"]) - q
            follow = whole * p["recognition.pace"] * np.maximum(0, more)
        else:
            follow = known * p["recognition.cascade"] * (1 - known / whole)
        leaving, bloc = (
            np.where(known > 0, known * p["recognition.drop"] + follow, 0),
            max(1.0, p["recognition.bloc"]),
        )
        known = np.maximum(0, known - bloc * np.floor(leaving / bloc + luck()))
        if date & 8:
            extended, v = luck() < p["recognition.extend"], luck()
            stays = np.where(extended, p["recognition.kept_extended"], p["recognition.kept"])
            known = np.where(claim, np.floor(known * stays + v), known)
            claim &= extended

        # At home.
        floor = p["support.floor"]
        support = floor + (support - floor) * (1 - p["support.decay"]) + p["support.spread"] * shock()
        support = np.clip(support + p["support.gain"] * (went > 0), 0, 1)
        parts = p["split.begins"] + p["split.tempts"] * tempted
        split = split ^ (luck() < np.where(split, p["split.heals"], parts))
        if date & 4:
            part = luck() < np.where(split, p["regional.joins_split"], p["regional.joins"])
            watched = luck() < p["regional.observed"]
        if date & 2:
            fair = fairness(p["regional.fairness"] + p["regional.watch"] * watched)
            votes = p["regional.base"] + support * part - p["split.cost"] * split - 0.5
            share = fair * _bend(votes / p["regional.scale"]) + p["regional.spread"] * shock()
            support = np.clip(support + p["regional.gain"] * np.clip(share, 0, 1) * part, 0, 1)

        # Office.
        poll = called
        if date & 1:
            poll = poll | (~voted_early & (luck() < p["polls.held"]))
        voted_early = voted_early | called
        defeat = 0.0
        if poll.any():
            votes = p["polls.base"] + support * (luck() < p["polls.ballot"]) - p["split.cost"] * split - 0.5
            defeat = poll * fairness(p["polls.fairness"]) * _bend(votes / p["polls.scale"])
        weak = p["survival.threshold"] + p["hunger.rage"] * (hunger - p["hunger.now"]) - loyalty
        risk = p["survival.peak"] * _bend(weak / p["survival.scale"])
        wants = p["exit.rate"] + p["exit.push"] * _bend((p["exit.trigger"] - revenue) / p["exit.scale"])
        risk = risk + wants * (1 - p["accountability.deters"] * investigated)
        risk = risk + p["force.rate"] * (1 + p["home.threatens"] * turned) + defeat
        holds &= luck() >= risk
        eased, conceded = eased | (easing > 0), conceded | (made > 0)
    return {
        "office_lost": float(1 - holds.mean()),
        "eased": float(eased.mean()),
        "conceded": float(conceded.mean()),
    }
