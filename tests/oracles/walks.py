"""Talks simulated one world and one month at a time, from the words that say what happens at them.

In a month in which talks are on, the step that is due is taken with its chance; if it is held up, the other side may walk
out; and somebody else may stop the talks. ``to`` does not know the reading of ``by``: it acts on each as often as it believes
in it. Beliefs follow Bayes' rule from what ``by`` does and from what is seen.

Steps are due by turns, ``by``'s first; those that were taken stand. Talks that ended begin again with a chance a month, where
steps are left. What happens in a month is judged by what was on, stood and was believed when it began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

__all__ = ["Rules", "Walk", "walk"]


@dataclass(frozen=True)
class Rules:
    """Chances; each list has an entry for every step."""

    takes: Mapping[str, Sequence[float]]
    """Reading → that the step that is due is taken: by ``by`` if it is true, by ``to`` if it knew it for true."""
    leaves: Mapping[str, Sequence[float]]
    """Reading → that whoever waits for the step walks out when it is held up."""
    able: float
    """That ``to`` can take at home what it would take."""
    stopped: float
    begins: float
    prior: Mapping[str, float]
    sign: float
    """That something is seen in a month."""
    likely: Mapping[str, float]
    """Reading → likelihood of what is seen."""


@dataclass
class Walk:
    """What has happened, by the number of the month; months begin at 0."""

    steps: dict[int, int] = field(default_factory=dict)
    """Step (from 1) → month in which it was taken."""
    broken: list[int] = field(default_factory=list)
    stopped: list[int] = field(default_factory=list)
    began: list[int] = field(default_factory=list)
    on: list[bool] = field(default_factory=list)
    belief: list[dict[str, float]] = field(default_factory=list)


def walk(rules: Rules, true: str, months: int, *, on: bool, chance: Random) -> Walk:
    """One world in which a reading is true."""
    steps = len(rules.takes[true])
    found = Walk(on=[on], belief=[dict(rules.prior)])
    for month in range(1, months + 1):
        place, live, belief = len(found.steps), found.on[-1], found.belief[-1]
        likely = dict.fromkeys(belief, 1.0)
        taken = walked = stopped = began = False
        if live:
            his = place % 2 == 0
            if his:
                takes = rules.takes[true][place]
                leaves = sum(belief[r] * rules.leaves[r][place] for r in belief)
            else:
                takes = rules.able * sum(belief[r] * rules.takes[r][place] for r in belief)
                leaves = rules.leaves[true][place]
            taken = chance.random() < takes
            walked = not taken and chance.random() < leaves
            stopped = not walked and chance.random() < rules.stopped
            for r in belief:
                if his:
                    likely[r] *= rules.takes[r][place] if taken else 1 - rules.takes[r][place]
                elif not taken:
                    likely[r] *= rules.leaves[r][place] if walked else 1 - rules.leaves[r][place]
        elif place < steps:
            began = chance.random() < rules.begins
        if chance.random() < rules.sign:
            for r in belief:
                likely[r] *= rules.likely[r]
        if taken:
            found.steps[place + 1] = month
        done = taken and place + 1 == steps
        found.on.append(began or (live and not (walked or stopped or done)))
        for happened, record in ((walked, found.broken), (stopped, found.stopped), (began, found.began)):
            if happened:
                record.append(month)
        total = sum(belief[r] * likely[r] for r in belief)
        found.belief.append({r: belief[r] * likely[r] / total for r in belief})
    return found
