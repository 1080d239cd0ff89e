"""Talks as equations against talks played out: shares within four standard errors, in every draw's own numbers."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from detente.analyses.outlook.view import View, happened
from detente.case.wired import NOTHING
from detente.world.scenario import Looked, assigned, simulate
from tests.analyses.outlook_cases import HEAD, PARTS, READINGS, TALKS, ready
from tests.oracles.walks import Rules, walk

SIGN = """\
    signs:
      numbers: {often: 0.1}
      events: {seen: {chance: often}}
"""
SEEN = TALKS.replace(
    "        stopped:", "        seen: {signs.seen: {stayer: 0.2, leaver: 0.6}}\n        stopped:"
)
WORLD = (
    HEAD + READINGS + PARTS.replace("  moves:", SEEN + SIGN + "  moves:").replace("chance: 0.05", "chance: 0")
)
STEPS = (1, 2, 3)
MONTHS = 24
PER = 4096


@pytest.mark.parametrize(("draw", "on"), [(0, True), (5, False), (11, True), (14, True)])
def test_shares_are_those_of_talks_played_out(draw: int, on: bool) -> None:
    text = WORLD if on else WORLD.replace("on: true", "on: false")
    # Whatever moves the chair of itself would take a step away.
    deal = ready(text.replace(", chair: {goes: leave.gone}", ""), draws=16)
    ground = deal.fresh_ground
    numbers = {n: float(v[draw]) for n, v in assigned(ground, NOTHING).items() if n.startswith("talks.")}
    readings = ("stayer", "leaver")
    true = readings[int(ground.sample.reading[0, draw])]
    rules = Rules(
        {r: [numbers[f"talks.takes_{n}_if_{r}"] for n in STEPS] for r in readings},
        {r: [numbers[f"talks.leaves_{n}_if_{r}"] for n in STEPS] for r in readings},
        able=0.8,
        stopped=0.05,
        begins=0.3,
        prior={"stayer": 0.75, "leaver": 0.25},
        sign=0.1,
        likely={"stayer": 0.2, "leaver": 0.6},
    )
    chance = Random(draw)
    walks = [walk(rules, true, MONTHS, on=on, chance=chance) for _ in range(PER)]
    events = [f"talks.step_{n}" for n in STEPS]
    events += [f"talks.{e}" for e in ("broken", "stopped", "began", "completed")]
    looked = Looked(tuple(map(happened, events)), ("talks.belief_stayer", "talks.on", "talks.trust"))
    found = simulate(ground, NOTHING, looked, per=PER)
    for month in (1, 2, 3, 6, 12, MONTHS):
        told = [[w.steps.get(n, 99) <= month for w in walks] for n in STEPS]
        told += [[any(m <= month for m in of) for of in (w.broken for w in walks)]]
        told += [[any(m <= month for m in w.stopped) for w in walks]]
        told += [[any(m <= month for m in w.began) for w in walks]]
        told += [told[2]]
        for n, (event, hits) in enumerate(zip(events, told, strict=True)):
            share, other = float(found.shares[draw, month, n]), float(np.mean(hits))
            error = np.sqrt((share * (1 - share) + other * (1 - other)) / PER)
            assert abs(share - other) <= 4 * error + 1e-9, (event, month, share, other)
        belief = np.array([w.belief[month]["stayer"] for w in walks])
        live = np.array([w.on[month] for w in walks], dtype=float)
        for n, values in enumerate((belief, live, 1 - belief)):
            error = np.sqrt(2 * values.var() / PER)
            mean = float(found.means[draw, month, n])
            assert abs(mean - values.mean()) <= 4 * error + 1e-4, (
                looked.summed[n],
                month,
                mean,
                values.mean(),
            )


def test_every_kind_of_end_is_met() -> None:
    """The numbers of the case let everything happen that is compared."""
    view = View(ready(WORLD, draws=16).fresh_ground, 512, NOTHING)
    for event in ("step_1", "step_2", "step_3", "broken", "stopped", "completed", "began"):
        assert view.base.share(happened(f"talks.{event}"))[:, -1].mean() > 0.001, event
    readings = view.ground.sample.reading[0, [0, 5, 11, 14]]
    assert len(set(readings.tolist())) == 2
