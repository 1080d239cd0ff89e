"""The world of the Iranian case: a few levers, what each has to move and which way, on the same chances."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.case.equations import Node
from detente.case.reading import load_case
from detente.case.typed import Reader
from detente.case.wired import Revision, wired
from detente.catalogue import path
from detente.draws import prepare
from detente.problem.ground import Ground
from detente.problem.steps import patience
from detente.world.scenario import Looked, simulate
from detente.world.worth import account, flow, value

DRAWS, PER = 192, 128
ERRORS = 3.0
"""Standard errors of a paired difference that a direction has to clear."""

Floats = NDArray[np.float64]


@functools.cache
def ground() -> Ground:
    return prepare(load_case(path("iran-2022")).case, draws=DRAWS).fresh_ground


def reader() -> Reader:
    return Reader(dict(wired(ground().problem.case).wiring.slots), set())


def lever(changes: Mapping[str, str] | None = None, **settled: str) -> Revision:
    """Numbers replaced by equations (of full names), and issues that are kept somewhere."""
    trees: dict[str, Node] = {name: reader().read(text).node for name, text in (changes or {}).items()}
    return Revision(changes=trees, settles=settled)


CONDITIONS = (
    "happened(strike.struck)", "happened(talks.began)", "happened(talks.completed)", "happened(washington.left)",
    "happened(council.notified)", "happened(council.withdrew)", "happened(stock.weapons_grade)",
    "happened(stock.fordow)", "happened(swap.paid)", "happened(swap.exchanged)", "happened(trade.designated)",
    "probe is answered", "monitoring is barred", "enrichment is sixty",
)  # fmt: skip
LEVELS = ("board.dark", "stock.kg", "trade.exports", "conduct.outrage")


class Law(NamedTuple):
    says: str
    more: Revision
    moves: tuple[tuple[str, int], ...]
    """What moves (``V of FACTION``, a condition, or a level, each ``@ MONTH``; default the last) and the sign."""
    less: Revision | None = None
    """With what it is compared; default: the world as it is."""


LAWS = (
    Law("machines are faster", lever({"stock.adds": "1.5 * stock.adds"}),
        (("stock.kg @ 24", 1), ("happened(strike.struck)", 1), ("V of e3", -1), ("V of administration", -1))),
    Law("enrichment is limited", lever(enrichment="limits"),
        (("stock.kg @ 24", -1), ("happened(strike.struck)", -1), ("happened(stock.weapons_grade)", -1))),
    Law("money for people buys discretion", lever(funds="supervised"), (("stock.kg @ 24", -1),)),
    Law("bombs are readier", lever({"strike.rate": "4 * strike.rate"}),
        (("happened(strike.struck)", 1), ("monitoring is barred", 1), ("happened(talks.began)", -1),
         ("happened(stock.weapons_grade)", 1), ("V of leader", -1), ("V of e3", -1))),
    Law("sabotage slows the machines", lever({"strike.sabotages": "0"}), (("stock.kg @ 24", 1),)),
    Law("no resolutions", lever({"board.passes": "0", "board.spares": "0"}),
        (("happened(stock.fordow) @ 12", -1), ("board.dark", -1))),
    Law("the file is answered sooner", lever({"board.clears": "0.3"}),
        (("probe is answered @ 12", 1), ("happened(talks.began) @ 24", 1), ("V of e3", 1))),
    Law("everything is inspected", lever(monitoring="full"), (("board.dark", -1), ("happened(strike.struck)", -1))),
    Law("nobody closes", lever({"text.closes": "0"}),
        (("happened(talks.completed)", -1), ("trade.exports @ 30", -1), ("enrichment is sixty", 1), ("V of government", -1),
         ("V of e3", -1))),
    Law("the moment passes faster", lever({"text.fades": "0.9"}), (("happened(talks.began) @ 12", -1),)),
    Law("the drones are named at once", lever({"conduct.ships": "1"}),
        (("conduct.outrage @ 3", 1), ("happened(talks.began) @ 12", -1))),
    Law("the House is lost for sure", lever({"washington.loses_house": "1"}), (("happened(talks.began) @ 24", -1),)),
    Law("who would leave is elected", lever({"washington.turns": "1"}),
        (("happened(washington.left)", 1), ("trade.exports", -1), ("V of government", -1))),
    Law("a way back to 60% deters an exit", lever(relief="self_help"), (("happened(washington.left)", -1),),
        lever(relief="phased")),
    Law("firms deter it a little", lever(relief="firms"), (("happened(washington.left)", -1),), lever(relief="phased")),
    Law("a law binds", lever(relief="law"), (("happened(washington.left)", -1), ("V of leader", 1)), lever(relief="firms")),
    Law("relief brings buyers back", lever(relief="phased"),
        (("trade.exports @ 24", 1), ("happened(council.notified)", -1), ("happened(trade.designated)", -1))),
    Law("buyers are named harder", lever({"trade.cut": "5 * trade.cut"}),
        (("trade.exports @ 24", -1), ("V of government", -1), ("V of russia", 1))),
    Law("snapback has a date", lever({"council.calm": "0.06"}),
        (("happened(council.notified) @ 24", 1), ("happened(council.withdrew)", 1), ("happened(stock.weapons_grade)", 1),
         ("happened(talks.began)", -1), ("V of e3", -1))),
    Law("its last year is let go by", lever({"council.last_year": "0"}), (("happened(council.notified)", -1),)),
    Law("no swap without a deal", lever({"swap.swaps": "0"}),
        (("happened(swap.exchanged) @ 24", -1), ("happened(swap.paid) @ 24", -1), ("V of government", -1))),
)  # fmt: skip


@functools.cache
def _worlds(n: int | None, base: bool) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Name → [S, T + 1] of what moves, and faction → [S] worth; ``n`` None: of the world as it is."""
    changed = None if n is None else LAWS[n].less if base else LAWS[n].more
    revision = changed or Revision()
    asked = tuple(reader().read(text, truth=True).node for text in CONDITIONS)
    counted = simulate(ground(), revision, Looked(asked, LEVELS), per=PER)
    shares = dict(zip(CONDITIONS, np.moveaxis(counted.shares, 2, 0), strict=True))
    shares |= dict(zip(LEVELS, np.moveaxis(counted.means, 2, 0), strict=True))
    factions = ground().problem.factions
    of = account(ground(), revision)
    rho = patience(ground().problem, ground().sample, ground().steps, factions)
    worth = value(flow(of, simulate(ground(), revision, of.looked, per=PER)), rho)
    return shares, dict(zip(factions, worth, strict=True))


def _measured(n: int, what: str, *, base: bool) -> Any:
    shares, worth = _worlds(None if base and LAWS[n].less is None else n, base)
    name, _, month = what.partition(" @ ")
    return worth[name[5:]] if name.startswith("V of ") else shares[name][:, int(month or 40)]


@pytest.mark.parametrize("n", range(len(LAWS)), ids=[law.says for law in LAWS])
def test_each_lever_moves_what_it_has_to(n: int) -> None:
    for what, sign in LAWS[n].moves:
        apart = _measured(n, what, base=False) - _measured(n, what, base=True)
        mean, error = float(apart.mean()), float(apart.std(ddof=1) / math.sqrt(len(apart)))
        assert sign * mean > max(ERRORS * error, 0), f"{what}: {mean:+.4f} +- {error:.4f}"
