"""From a case to numbers: names become indices, ranges become draws, utilities become grid steps.

A :class:`Problem` holds the whole case as compact arrays; :func:`draw` turns rows of uniforms into a
:class:`Sample`; :func:`seat` looks at a problem from one table (a track). Uncertainty is the last axis of a
sample and is sampled once: best estimates are a sample of one draw.

Utility, in points of faction f::

    U_f(x) = sum_i 100 * (w_fi / sum_k w_fk) * v_fi(x_i) / 100 + sum_t c_ft [x matches t]

or raw points. Every contribution, term, no-deal value and drift is rounded half-to-even to the faction's
*grid step* (0.01 point; for raw points a step at which they are exact), so that all comparisons are between
integers: ties are ties, and no result depends on the order of additions. The error is at most half a step
for each addend.

A range is its 5th, 50th and 95th percentile: the quantile function is the monotone cubic (PCHIP; Fritsch &
Butland 1984) through these three and its ends, which lie half as far again from the median as the 5th and 95th
percentile and never beyond a bound.
"""

from __future__ import annotations

from detente.problem.build import Parameter, Problem, build, faction_names
from detente.problem.sample import (
    Choices,
    Sample,
    assemble,
    choose,
    draw,
    medians,
    parameters,
    under_readings,
)
from detente.problem.seat import Seat, seat
from detente.problem.table import (
    Move,
    Table,
    consulted,
    control,
    gate,
    hands,
    obliged,
    passed,
    table,
)

__all__ = [
    "Choices",
    "Move",
    "Parameter",
    "Problem",
    "Sample",
    "Seat",
    "Table",
    "assemble",
    "build",
    "choose",
    "consulted",
    "control",
    "draw",
    "faction_names",
    "gate",
    "hands",
    "medians",
    "obliged",
    "parameters",
    "passed",
    "seat",
    "table",
    "under_readings",
]
