"""Worlds in which a part stands still: one part after another, all in one run.

Whether a part stands still is a number of each draw, so that one program serves for all parts, and is written and made ready once.
Each of them meets the chance that the world as it is meets, so that the counts are those of :func:`detente.world.scenario.simulate`
under the revision that stops the part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from detente.case.wired import Revision, wired
from detente.problem.ground import Ground
from detente.world.crew import Part, Simulates, simulated
from detente.world.form import form
from detente.world.jobs import pays
from detente.world.run import Ensemble, dated, prepared
from detente.world.scenario import COUNTED, KEY, Looked, assigned, home
from detente.world.trees import stands_still

__all__ = ["stilled"]


def stilled(
    ground: Ground,
    always: Collection[str],
    parts: Sequence[str],
    looked: Looked,
    *,
    per: int,
    crew: Simulates | None = None,
) -> Iterator[Ensemble]:
    """``per`` worlds for each draw in which the parts ``always`` stand still, and one of ``parts`` besides."""
    case, of = ground.problem.case, wired(ground.problem.case)
    assert case.world is not None
    assert case.as_of is not None
    if not parts:
        return
    size, times, months = ground.sample.draws, len(parts), case.world.months
    here = home(case)
    made = form(of.wiring, here, still=always, switched=parts, asked=looked.asked)
    values = {
        path: np.tile(value, times)
        for path, value in assigned(ground, Revision(stops=frozenset(always))).items()
    }
    still = np.repeat(np.eye(times), size, axis=1)
    values |= {stands_still(part): row for part, row in zip(parts, still, strict=True)}
    dates = dated(of.wiring.calendars, made.calendars, case.as_of, months)
    worlds = size * times * per * months
    whole = prepared(made, values, here, dates, summed=looked.summed, draws=size, worlds=float(worlds))
    counted = size * (months + 1) * (len(looked.asked) + len(looked.summed))
    at_once = max(1, COUNTED // max(1, counted))
    # What pays for all of them together may pay for none alone.
    fused = True if pays(worlds, per) else None
    for n in range(0, times, at_once):
        rows = slice(n * size, min(times, n + at_once) * size)
        some = whole._replace(constants=whole.constants[rows], cycle=size)
        part = Part(some, 0, per, ground.seed & KEY, fused)
        found = simulated(part) if crew is None else crew.run(part)
        for m in range(0, len(found.counts), size):
            one = slice(m, m + size)
            yield Ensemble(per, found.counts[one], found.sums[one], found.kept[one])
