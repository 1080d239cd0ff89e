"""Small swaps: exchanges that touch nobody's hold on office, agreed by those who control what they move.

A swap moves two or three issues controlled by at least two parties. Every move has to give something, at best
estimates and taken alone, to another party that has to consent: what only its own mover likes is no exchange.
Consent is needed from those who control what is moved, and from whomever the tables ask wherever that moves (``when``), nobody
else.

First come those that hold, which are acceptable in at least half the draws under every reading of everybody; among them the surest
under the reading that is worst for it, and of those about as sure the smallest. Small is measured by what is given up: the points that a
faction loses by the moves it does not like, each taken alone; of a swap the most that anybody gives up, asked or not. That compares points of different
factions, so it ranks only what is about as sure.

Chosen and ranked on the first draws, like packages, and reported on the fresh ones; a swap that contains another one already shown, which is
at least about as sure, is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.agreement import Agreement, all_of, minimal_winning_sets, players
from detente.analyses.deal.result import Hinge, Swap
from detente.analyses.deal.room import Room
from detente.draws import Drawn
from detente.kernels.acceptance import agreed
from detente.problem import Move, Problem, Table, consulted, control
from detente.prospects.chances import Chances, prospect
from detente.prospects.view import accepted, allowed, totals, view

__all__ = ["HOLDS", "MAX_SWAPS", "SWAP_SIZE", "Swaps", "beside", "swaps"]

SWAP_SIZE = 3
MAX_SWAPS = 12
"""Exchanges told one by one."""
MAX_LISTED = 100_000
"""Exchanges listed; sizes that would pass it are left out, and the result says so."""
MAX_DRAWN = 2_000
"""Exchanges tried on the draws; of more, those whose worst consenting gain at best estimates is largest."""


HOLDS = 0.5
"""What is acceptable in at least such a share of draws under every reading holds."""
ABOUT = 0.05
"""Swaps whose shares are equal to the nearest multiple are about as sure."""


class Swaps(NamedTuple):
    """The small exchanges."""

    shown: tuple[Swap, ...]
    considered: int
    holding: int
    """How many of those that were drawn hold, on the first draws."""
    left_out: str | None
    """What a limit left out, where one did."""


@dataclass(frozen=True)
class _Exchange:
    """A swap before anybody was asked."""

    moves: tuple[Move, ...]
    gate: Agreement
    """Who has to consent, over the problem's factions."""


def swaps(ready: Drawn) -> Swaps:
    """The exchanges that hold under every reading, then the others, the surest first."""
    problem = ready.problem
    if problem.status_quo is None:
        return Swaps((), 0, 0, None)
    gates = _gates(problem)
    issues = tuple(dict.fromkeys(i for i, _ in gates))
    whole = Table("swaps", "Small swaps", tuple(range(len(problem.factions))), issues, 0, {})
    sight = {
        name: view(problem, s, whole, winning=[])
        for name, s in (("best", ready.best), ("first", ready.first), ("fresh", ready.fresh))
    }
    room = Room(ready, whole, **sight)
    found, left_out = _exchanges(problem, gates, _gives(problem, room, gates))
    packages = _packages(room, [exchange.moves for exchange in found])
    kept = np.flatnonzero(allowed(room.fresh, packages))
    considered = len(kept)
    if considered > MAX_DRAWN:
        worst = _worst_gains([found[n] for n in kept], room, packages[kept])
        kept = np.sort(kept[np.argsort(-worst, kind="stable")[:MAX_DRAWN]])
        screened = (
            f"of {considered:,} only the {MAX_DRAWN:,} with the best worst gain at best estimates were drawn"
        )
        left_out = screened if left_out is None else f"{left_out}; {screened}"
    found, packages = [found[n] for n in kept], packages[kept]
    if not found:
        return Swaps((), 0, 0, left_out)
    worst = _worst_share(ready, _agreement(found, accepted(room.first, packages)))
    given = _given_up(room, found, list(gates))
    shown = _shown(found, worst, given.max(axis=1))
    results = _described(room, [found[n] for n in shown], packages[shown], given[shown])
    return Swaps(results, considered, int((worst >= HOLDS).sum()), left_out)


def beside(problem: Problem, moves: Mapping[str, str]) -> Table | None:
    """Who is asked for an exchange beside the tables: those who control what it moves, and whom the tables ask wherever that
    moves. None where nobody controls something."""
    which = [
        (i, problem.options[i].index(moves[name])) for i, name in enumerate(problem.issues) if name in moves
    ]
    gates = [control(problem, move) for move in which]
    held = [gate for gate in gates if gate is not None]
    if len(held) < len(gates):
        return None
    others = [tree for i, _ in which if (tree := consulted(problem, i)) is not None]
    gate = all_of(*dict.fromkeys([*held, *others]))
    everybody, issues = tuple(range(len(problem.factions))), tuple(i for i, _ in which)
    every = tuple(dict.fromkeys([*(i for i, _ in _gates(problem)), *issues]))
    return Table("swaps", "Small swaps", everybody, issues, gate, {}, whole=every)


def _packages(room: Room, moves: Sequence[Sequence[Move]]) -> NDArray[np.int16]:
    """[N, I] the status quo with some moves made."""
    start = room.problem.status_quo
    assert start is not None
    packages = np.repeat(start[list(room.at.issues)][None].astype(np.int16), len(moves), axis=0)
    for n, some in enumerate(moves):
        for i, o in some:
            packages[n, room.at.issues.index(i)] = o
    return packages


def _worst_share(ready: Drawn, agreed_in: NDArray[np.bool_]) -> NDArray[np.float64]:
    """[N] share of the first draws in which each is agreed, under the reading of anybody that is worst for it."""
    reading = ready.first.reading
    worst = agreed_in.mean(axis=1)
    for f, names in enumerate(ready.problem.readings):
        for r in range(len(names)):
            true = reading[f] == r
            if true.any():
                worst = np.minimum(worst, agreed_in[:, true].mean(axis=1))
    return np.asarray(worst)


def _given_up(room: Room, exchanges: Sequence[_Exchange], every: list[Move]) -> NDArray[np.float64]:
    """[N, F] points that each faction loses at best estimates by the moves of an exchange that it does not like."""
    alone = totals(room.best, _packages(room, [(), *((move,) for move in every)]))[..., 0]
    lost = np.maximum(0, alone[0] - alone[1:]) * room.step
    place = {move: n for n, move in enumerate(every)}
    return np.array([lost[[place[move] for move in e.moves]].sum(axis=0) for e in exchanges])


def _described(
    room: Room, chosen: Sequence[_Exchange], packages: NDArray[np.int16], given: NDArray[np.float64]
) -> tuple[Swap, ...]:
    """Exchanges with what becomes of them on the fresh draws."""
    problem, results = room.problem, []
    gains = totals(room.best, packages)[..., 0] - room.best.seat.no_deal[:, 0]
    willing = accepted(room.fresh, packages).mean(axis=2)
    for row, exchange in enumerate(chosen):
        asked = sorted(players(exchange.gate))
        consent = tuple(problem.factions[f] for f in asked)
        moves = {problem.issues[i]: problem.options[i][o] for i, o in exchange.moves}
        at = beside(problem, moves)
        assert at is not None, "somebody controls every move of an exchange"
        ahead = prospect(room.ready, at, moves)
        chances = ahead.chances(ahead.opened())
        weakest = min(asked, key=lambda f: willing[row, f])
        most = int(given[row].argmax())
        results.append(
            Swap(
                moves=moves,
                consent=consent,
                gain={f: v for f, v in room.points(gains[row]).items() if f in consent},
                chances=chances,
                gives_up={
                    f: round(float(v), 9) for f, v in zip(room.names, given[row], strict=True) if v > 0
                },
                most=round(float(given[row, most]), 9),
                hinge=_hinge(problem.factions[weakest], float(willing[row, weakest]), chances),
            )
        )
    return tuple(results)


def _hinge(faction: str, acceptance: float, chances: Chances) -> Hinge:
    """What an exchange hangs on: the least sure consent, and the reading that is worst for it."""
    under = [(links.acceptable, f, r) for f, each in chances.by_reading.items() for r, links in each.items()]
    worst, *who = min(under, default=(chances.acceptable,))
    said = {who[0]: who[1]} if who and worst < chances.acceptable else {}
    return Hinge(faction, acceptance, min(worst, chances.acceptable), said)


def _gates(problem: Problem) -> dict[Move, Agreement]:
    """Who controls each move of an issue that touches nobody's hold on office."""
    assert problem.status_quo is not None
    return {
        (i, o): gate
        for i, issue in enumerate(problem.case.issues.values())
        for o in range(len(problem.options[i]))
        if not issue.touches_office
        and o != problem.status_quo[i]
        and (gate := control(problem, (i, o))) is not None
    }


def _gives(problem: Problem, room: Room, gates: Mapping[Move, Agreement]) -> dict[Move, frozenset[str]]:
    """The parties, other than its mover's, that each move alone is worth something to."""
    gives: dict[Move, frozenset[str]] = {}
    assert problem.status_quo is not None
    for (i, o), gate in gates.items():
        movers = {problem.party_of[f] for f in players(gate)}
        points = room.best.seat.points[:, room.at.issues.index(i), :, 0]
        better = np.flatnonzero(points[:, o] > points[:, problem.status_quo[i]])
        gives[i, o] = frozenset(problem.party_of[f] for f in better) - movers
    return gives


def _exchanges(
    problem: Problem, gates: Mapping[Move, Agreement], gives: Mapping[Move, frozenset[str]]
) -> tuple[list[_Exchange], str | None]:
    """All exchanges, smallest first, as far as ``MAX_LISTED`` allows; what was left out."""
    options: dict[int, dict[Agreement, list[int]]] = {}
    for (i, o), gate in gates.items():
        options.setdefault(i, {}).setdefault(gate, []).append(o)
    owners = {gate: frozenset(problem.party_of[f] for f in players(gate)) for gate in gates.values()}
    asked = {i: () if (others := consulted(problem, i)) is None else (others,) for i in options}
    found: list[_Exchange] = []
    for size in range(2, SWAP_SIZE + 1):
        groups: list[tuple[tuple[int, ...], Agreement, list[list[int]]]] = []
        count = 0
        for issues in combinations(options, size):
            for movers in product(*(options[i] for i in issues)):
                consenting = frozenset().union(*(owners[gate] for gate in movers))
                if len(consenting) < 2 or len({owners[gate] for gate in movers}) < 2:
                    continue
                levels = [
                    [o for o in options[i][gate] if gives[i, o] & consenting]
                    for i, gate in zip(issues, movers, strict=True)
                ]
                gate = all_of(*dict.fromkeys([*movers, *(other for i in issues for other in asked[i])]))
                groups.append((issues, gate, levels))
                count += prod(map(len, levels))
        if len(found) + count > MAX_LISTED:
            return (
                found,
                f"exchanges of {size} issues were left out ({count:,} of them, the limit is {MAX_LISTED:,})",
            )
        for issues, gate, levels in groups:
            found += [_Exchange(tuple(zip(issues, chosen, strict=True)), gate) for chosen in product(*levels)]
    return found, None


def _worst_gains(exchanges: list[_Exchange], room: Room, packages: NDArray[np.int16]) -> NDArray[np.float64]:
    """[N] smallest gain, in points at best estimates, in the winning set where it is largest.

    Compares points of different factions, so it screens and never ranks.
    """
    gains = (totals(room.best, packages)[..., 0] - room.best.seat.no_deal[:, 0]) * room.step
    gains[~accepted(room.best, packages)[..., 0] & (gains >= 0)] = -np.inf  # a line stands in the way
    worst = np.full(len(exchanges), -np.inf)
    rows: dict[Agreement, list[int]] = {}
    for n, exchange in enumerate(exchanges):
        rows.setdefault(exchange.gate, []).append(n)
    for gate, some in rows.items():
        for mask in minimal_winning_sets(gate):
            inside = [f for f in range(gains.shape[1]) if mask >> f & 1]
            worst[some] = np.maximum(worst[some], gains[np.ix_(some, inside)].min(axis=1))
    return worst


def _agreement(exchanges: list[_Exchange], over: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[N, S] whether those who control what each swap moves agree."""
    out = np.zeros((len(exchanges), over.shape[2]), dtype=np.bool_)
    for gate in dict.fromkeys(e.gate for e in exchanges):
        rows = [n for n, e in enumerate(exchanges) if e.gate == gate]
        out[rows] = agreed(over[rows], np.array(minimal_winning_sets(gate), dtype=np.uint64))
    return out


def _shown(exchanges: list[_Exchange], worst: NDArray[np.float64], given: NDArray[np.float64]) -> list[int]:
    def rank(n: int) -> tuple[bool, int, float, int, int]:
        sure = float(worst[n])
        return sure < HOLDS, -round(sure / ABOUT), round(float(given[n]), 6), len(exchanges[n].moves), n

    shown: list[int] = []
    for n in sorted((n for n in range(len(exchanges)) if worst[n] > 0), key=rank):
        inside = any(set(exchanges[m].moves) <= set(exchanges[n].moves) for m in shown)
        if not inside and len(shown) < MAX_SWAPS:
            shown.append(n)
    return shown
