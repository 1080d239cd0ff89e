"""The simulated talks in words' reach: what is due at each step, how likely, and when both sides would talk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.analyses.outlook.result import Move, TalksResult
from detente.analyses.outlook.view import Seen, View, happened
from detente.case.wired import Operator
from detente.problem.worth import LINE, worth
from detente.world.scenario import assigned
from detente.world.talks import positions
from detente.world.worth import later

__all__ = ["negotiated"]

Floats = NDArray[np.float64]


def negotiated(view: View, operator: Operator, quiet: Seen) -> TalksResult:
    """``quiet``: the same worlds without these talks."""
    problem, sample, ladder = view.ground.problem, view.ground.sample, operator.talks.ladder
    values = assigned(view.ground, view.always)
    stands = positions(operator)
    # What each step moves, with and without the lines that it crosses.
    plain, barred = (worth(problem, sample, stands, lines=lines) for lines in (False, True))
    moves = []
    for n, step in enumerate(ladder.steps):
        mover = ladder.by if n % 2 == 0 else ladder.to
        f = problem.factions.index(mover)
        gain = plain[f, n + 1] - plain[f, n]
        crosses = barred[f, n + 1] - barred[f, n] < gain - LINE / 2
        names = {r: f"{operator.part}.takes_{n + 1}_if_{r}" for r in operator.readings}
        names = names or {mover: f"{operator.part}.takes_{n + 1}"}
        able = 1.0 if mover == ladder.by else values[f"{operator.part}.able"]
        moves.append(
            Move(
                by=mover,
                what=dict(step),
                chance={r: round(float((able * values[path]).mean()), 6) for r, path in names.items()},
                worth=round(float(gain.mean()), 6),
                crosses=round(float(crosses.mean()), 6),
                taken=round(float(view.base.ended(happened(f"{operator.part}.step_{n + 1}")).mean()), 6),
            )
        )
    wanted = {
        f: _wanted(view, quiet, problem.factions.index(f)) for f in dict.fromkeys((ladder.by, ladder.to))
    }
    return TalksResult(
        by=ladder.by,
        to=ladder.to,
        moves=tuple(moves),
        wanted=wanted,
        ripe=tuple(sorted(set.intersection(*(set(m) for m in wanted.values())))),
    )


def _wanted(view: View, quiet: Seen, faction: int) -> tuple[int, ...]:
    """Months from which on the world is worth more to a faction with talks than without."""
    row = slice(faction, faction + 1)
    rho, with_talks, without = view.rho[row], view.base.flow[row], quiet.flow[row]
    months = range(with_talks.shape[2] - 1)
    return tuple(m for m in months if later(with_talks, rho, m).mean() > later(without, rho, m).mean())
