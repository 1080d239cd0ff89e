"""Small swaps: exchanges that touch nobody's hold on office, agreed by those who control what they move."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from detente.agreement import Agreement, all_of, minimal_winning_sets, players
from detente.analyses.deal.result import Swap
from detente.analyses.deal.room import Room, View, accepted, view
from detente.analyses.deal.run import REPLICATES, Deal
from detente.kernels.acceptance import agreed
from detente.problem import Problem, Table, control
from detente.rng import replicate_error

__all__ = ["swaps"]

SWAP_SIZE = 3
MAX_SWAPS = 12


def swaps(ready: Deal) -> tuple[tuple[Swap, ...], int]:
    """Exchanges of up to three issues that touch nobody's hold on office.

    Consent is needed from those who control what is moved, nobody else; at least two parties must each give
    something. Ranked by acceptance on fresh draws; a larger swap is shown only if it is accepted more often
    than every smaller one inside it.
    """
    problem = ready.problem
    case = problem.case
    if problem.status_quo is None:
        return (), 0
    gates = {
        i: gate
        for i, issue in enumerate(case.issues.values())
        if not issue.touches_office and (gate := control(problem, i)) is not None
    }
    owners = {i: {problem.party_of[f] for f in players(g)} for i, g in gates.items()}
    whole = Table("swaps", "Small swaps", tuple(range(len(problem.factions))), tuple(gates), 0, {})
    local = {i: n for n, i in enumerate(whole.issues)}
    found: list[tuple[tuple[int, ...], Agreement, NDArray[np.int16]]] = []
    for k in range(2, SWAP_SIZE + 1):
        for issues in combinations(gates, k):
            if (
                len(set.union(*(owners[i] for i in issues))) < 2
                or len({frozenset(owners[i]) for i in issues}) < 2
            ):
                continue
            gate = all_of(*dict.fromkeys(gates[i] for i in issues))
            levels = [
                [o for o in range(len(problem.options[i])) if o != problem.status_quo[i]] for i in issues
            ]
            for chosen in product(*levels):
                package = problem.status_quo[list(whole.issues)].astype(np.int16)
                package[[local[i] for i in issues]] = chosen
                found.append((issues, gate, package))
    if not found:
        return (), 0
    packages = np.array([p for *_, p in found], dtype=np.int16)
    seen = view(problem, ready.fresh, whole, winning=[0])
    allowed = _possible(seen, packages)
    shares = _swap_acceptance(found, accepted(seen, packages)) * allowed[:, None]
    mean = shares.mean(axis=1)
    order = sorted(range(len(found)), key=lambda n: (-round(mean[n], 6), len(found[n][0]), n))
    shown: list[int] = []
    for n in order:
        moves = _swap_moves(problem, found[n])
        inside = [m for m in shown if _swap_moves(problem, found[m]).items() <= moves.items()]
        if mean[n] > 0 and not inside and len(shown) < MAX_SWAPS:
            shown.append(n)
    if not shown:
        return (), len(found)
    few, kept = packages[shown], [found[n] for n in shown]
    by_reading: dict[tuple[str, str], NDArray[np.float64]] = {
        key: _swap_acceptance(kept, accepted(view(problem, s, whole, winning=[0]), few)).mean(axis=1)
        for key, s in ready.rivals.items()
    }
    room = Room(
        ready, whole, *(view(problem, s, whole, winning=[0]) for s in (ready.best, ready.first, ready.fresh))
    )
    gains = room.totals(room.best, few)[..., 0] - room.best.seat.no_deal[:, 0]
    swaps = []
    for row, n in enumerate(shown):
        consent = tuple(problem.factions[f] for f in sorted(players(found[n][1])))
        readings: dict[str, dict[str, float]] = {}
        for (faction, reading), values in by_reading.items():
            if faction in consent:
                readings.setdefault(faction, {})[reading] = float(values[row])
        swaps.append(
            Swap(
                moves=_swap_moves(problem, found[n]),
                consent=consent,
                gain={f: v for f, v in room.points(gains[row]).items() if f in consent},
                acceptance=float(mean[n]),
                acceptance_error=replicate_error(shares[n].astype(np.float64), REPLICATES),
                acceptance_by_reading=readings,
            )
        )
    return tuple(swaps), len(found)


def _swap_moves(
    problem: Problem, swap: tuple[tuple[int, ...], Agreement, NDArray[np.int16]]
) -> dict[str, str]:
    assert problem.status_quo is not None
    whole = [i for i in range(len(problem.issues)) if i in swap[0]]
    issues = swap[0]
    place = {i: n for n, i in enumerate(_swap_issues(problem))}
    return {problem.issues[i]: problem.options[i][int(swap[2][place[i]])] for i in whole if i in issues}


def _swap_issues(problem: Problem) -> list[int]:
    return [
        i
        for i, issue in enumerate(problem.case.issues.values())
        if not issue.touches_office and control(problem, i) is not None
    ]


def _swap_acceptance(
    swaps: Sequence[tuple[tuple[int, ...], Agreement, NDArray[np.int16]]], accepted: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """[N, S] whether those who control what each swap moves agree."""
    sets: dict[Agreement, NDArray[np.uint64]] = {}
    out = np.zeros((len(swaps), accepted.shape[2]), dtype=np.bool_)
    for _, gate, _ in swaps:
        if gate not in sets:
            sets[gate] = np.array(minimal_winning_sets(gate), dtype=np.uint64)
    for gate, winning in sets.items():
        rows = [n for n, swap in enumerate(swaps) if swap[1] == gate]
        out[rows] = agreed(accepted[rows], winning)
    return out


def _possible(seen: View, packages: NDArray[np.int16]) -> NDArray[np.bool_]:
    """[N] whether a package matches no impossible combination."""
    s = seen.seat
    possible = np.ones(len(packages), dtype=np.bool_)
    for t in np.flatnonzero(s.excluded):
        pairs = range(s.start[t], s.start[t + 1])
        possible &= ~np.all([packages[:, s.issue[k]] == s.option[k] for k in pairs], axis=0)
    return possible
