"""Small swaps: exchanges that touch nobody's hold on office, agreed by those who control what they move.

A swap moves two or three issues controlled by at least two parties. Every move has to give something, at best
estimates and taken alone, to another party that has to consent: what only its own mover likes is no exchange.
Consent is needed from those who control what is moved, and from whomever the tables ask wherever that moves (``when``), nobody
else. Chosen and ranked by acceptance on the first
draws, like packages, and reported on the fresh ones; a swap that contains a smaller one already shown is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod

import numpy as np
from numpy.typing import NDArray

from detente.agreement import Agreement, all_of, minimal_winning_sets, players
from detente.analyses.deal.result import Swap
from detente.analyses.deal.room import Room
from detente.draws import Drawn
from detente.kernels.acceptance import agreed
from detente.problem import Move, Problem, Table, consulted, control
from detente.prospects.chances import prospect
from detente.prospects.view import accepted, allowed, totals, view

__all__ = ["SWAP_SIZE", "swaps"]

SWAP_SIZE = 3
MAX_SWAPS = 12
MAX_LISTED = 100_000
"""Exchanges listed; sizes that would pass it are left out, and the result says so."""
MAX_DRAWN = 2_000
"""Exchanges tried on the draws; of more, those whose worst consenting gain at best estimates is largest."""


@dataclass(frozen=True)
class _Exchange:
    """A swap before anybody was asked."""

    moves: tuple[Move, ...]
    gate: Agreement
    """Who has to consent, over the problem's factions."""


def swaps(ready: Drawn) -> tuple[tuple[Swap, ...], int, str | None]:
    """The exchanges acceptable most often, how many were considered, and what was left out, if anything."""
    problem = ready.problem
    if problem.status_quo is None:
        return (), 0, None
    gates = _gates(problem)
    issues = tuple(dict.fromkeys(i for i, _ in gates))
    whole = Table("swaps", "Small swaps", tuple(range(len(problem.factions))), issues, 0, {})
    sight = {
        name: view(problem, s, whole, winning=[])
        for name, s in (("best", ready.best), ("first", ready.first), ("fresh", ready.fresh))
    }
    room = Room(ready, whole, **sight)
    place = {i: n for n, i in enumerate(whole.issues)}
    found, left_out = _exchanges(problem, gates, _gives(problem, room, gates))
    packages = np.repeat(problem.status_quo[list(issues)][None].astype(np.int16), len(found), axis=0)
    for n, exchange in enumerate(found):
        for i, o in exchange.moves:
            packages[n, place[i]] = o
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
        return (), 0, left_out
    shown = _shown(found, _agreement(found, accepted(room.first, packages)).mean(axis=1))
    few, chosen = packages[shown], [found[n] for n in shown]
    gains = totals(room.best, few)[..., 0] - room.best.seat.no_deal[:, 0]
    results = []
    for row, exchange in enumerate(chosen):
        consent = tuple(problem.factions[f] for f in sorted(players(exchange.gate)))
        moves = {problem.issues[i]: problem.options[i][o] for i, o in exchange.moves}
        issues = tuple(sorted(i for i, _ in exchange.moves))
        at = replace(whole, issues=issues, agreement=exchange.gate, whole=whole.issues)
        ahead = prospect(ready, at, moves)
        results.append(
            Swap(
                moves=moves,
                consent=consent,
                gain={f: v for f, v in room.points(gains[row]).items() if f in consent},
                chances=ahead.chances(ahead.opened()),
            )
        )
    return tuple(results), considered, left_out


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


def _shown(exchanges: list[_Exchange], mean: NDArray[np.float64]) -> list[int]:
    order = sorted(
        range(len(exchanges)), key=lambda n: (-round(float(mean[n]), 6), len(exchanges[n].moves), n)
    )
    shown: list[int] = []
    for n in order:
        inside = any(set(exchanges[m].moves) <= set(exchanges[n].moves) for m in shown)
        if mean[n] > 0 and not inside and len(shown) < MAX_SWAPS:
            shown.append(n)
    return shown
