"""Acceptance trees over player indices: who together can say yes, who can say no, and who has power.

A tree is a simple game. A leaf is a player (an index); a :class:`Gate` says yes when the weights of the
branches that say yes reach its quota, so ``all``, ``any``, ``at least k of`` and weighted voting are one
thing. A set of players is a bit mask: bit ``p`` is set when player ``p`` consents.

Power is exact, in Python integers. Let ``s`` be the size of a coalition without player ``i`` and
``c_i(s)`` the number of those of size ``s`` that lose without ``i`` and win with it (swings). Then

    absolute Banzhaf_i  =  sum_s c_i(s) / 2^(n-1)                      (Banzhaf 1965; Dubey & Shapley 1979)
    Shapley-Shubik_i    =  sum_s s! (n-1-s)! / n!  c_i(s)              (Shapley & Shubik 1954)

``c_i`` is the polynomial ``sum_s c_i(s) X^s``. In a tree where no player occurs twice, a player swings
the root iff it swings every gate above it, so its polynomial is a product along its path; a gate's
factor comes from the generating function over weight totals (Mann & Shapley 1962). Polynomials are
packed into one integer each (Kronecker substitution). Players that occur in several branches of a gate
are conditioned on, one after another: ``c_i(tree) = X c_i(tree | r yes) + c_i(tree | r no)`` and ``c_r =
wins(tree | r yes) - wins(tree | r no)``.

References: Mann & Shapley (1962), RAND RM-3158; Dubey & Shapley (1979), Math. Oper. Res. 4(2), 99-131,
doi:10.1287/moor.4.2.99; Bilbao et al. (2000), TOP 8, 191-213, doi:10.1007/BF02628555.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import factorial
from typing import NamedTuple

from detente.errors import LimitError

__all__ = [
    "Agreement",
    "Gate",
    "Power",
    "all_of",
    "any_of",
    "at_least",
    "minimal_blocking_sets",
    "minimal_winning_sets",
    "players",
    "power",
    "wins",
]

MAX_REPEATED = 20
"""Players that may occur in more than one branch of a gate when power is computed."""

MAX_TOTALS = 50_000
"""Different weight totals of one gate when power is computed."""


@dataclass(frozen=True)
class Gate:
    """Says yes when the weights of the branches that say yes reach ``quota``.

    A quota of 0 or less is always reached, one above the sum of the weights never.
    """

    branches: tuple[Agreement, ...]
    weights: tuple[int, ...]
    quota: int

    def __post_init__(self) -> None:
        if len(self.branches) != len(self.weights):
            raise ValueError(f"{len(self.branches)} branches but {len(self.weights)} weights")
        if any(weight < 0 for weight in self.weights):
            raise ValueError(f"weights must not be negative: {self.weights}")


Agreement = int | Gate
"""A player's index, or a gate over agreements."""

_ALWAYS = Gate((), (), 0)
_NEVER = Gate((), (), 1)


def all_of(*branches: Agreement) -> Gate:
    """Jointly: every branch says yes."""
    return at_least(len(branches), *branches)


def any_of(*branches: Agreement) -> Gate:
    """Each on its own: one branch is enough."""
    return at_least(1, *branches)


def at_least(k: int, *branches: Agreement) -> Gate:
    """At least ``k`` of the branches say yes."""
    return Gate(branches, (1,) * len(branches), k)


def _leaves(tree: Agreement) -> Iterator[int]:
    if isinstance(tree, int):
        yield tree
    else:
        for branch in tree.branches:
            yield from _leaves(branch)


def players(tree: Agreement) -> tuple[int, ...]:
    """Indices of the players that occur in the tree, ascending, each once."""
    return tuple(sorted(set(_leaves(tree))))


def wins(tree: Agreement, mask: int) -> bool:
    """Whether the players of ``mask`` together satisfy the tree."""
    if isinstance(tree, int):
        return bool(mask >> tree & 1)
    consenting = (w for b, w in zip(tree.branches, tree.weights, strict=True) if wins(b, mask))
    return sum(consenting) >= tree.quota


# --- who can say yes, who can say no ----------------------------------------------------------------------


def minimal_winning_sets(tree: Agreement, *, limit: int = 4096) -> tuple[int, ...]:
    """Sets of players that satisfy the tree and of which no proper subset does.

    Returns bit masks, by size, then by value: ``(0,)`` if the tree is satisfied without anybody, ``()``
    if it cannot be. Raises LimitError beyond ``limit`` sets. Where no player occurs twice, that is the
    number of sets of the result; otherwise partial sets met on the way count too, after those that
    contain another are dropped.
    """
    absorb = _needs_nobody(tree) or len(list(_leaves(tree))) > len(players(tree))
    return tuple(sorted(_minimal_sets(tree, limit=limit, absorb=absorb), key=_by_size))


def minimal_blocking_sets(tree: Agreement, *, limit: int = 4096) -> tuple[int, ...]:
    """Sets of players whose refusal makes the tree fail and of which no proper subset's does.

    They are the minimal winning sets of the dual tree; form and limit are those of ``minimal_winning_sets``.
    """
    return minimal_winning_sets(_dual(tree), limit=limit)


def _by_size(mask: int) -> tuple[int, int]:
    return mask.bit_count(), mask


def _needs_nobody(tree: Agreement) -> bool:
    """Whether some gate of the tree is satisfied before anybody has consented."""
    return isinstance(tree, Gate) and (tree.quota <= 0 or any(map(_needs_nobody, tree.branches)))


def _dual(tree: Agreement) -> Agreement:
    if isinstance(tree, int):
        return tree
    return Gate(tuple(map(_dual, tree.branches)), tree.weights, sum(tree.weights) - tree.quota + 1)


def _minimal_sets(tree: Agreement, *, limit: int, absorb: bool) -> list[int]:
    """Branches are taken heaviest first: a partial total that the rest can still lift to the quota then
    extends to a minimal coalition of branches, and one that reaches the quota is minimal, its last branch
    being its lightest. So nothing is generated in vain, and a limit on partial sets is one on the result.
    """
    if isinstance(tree, int):
        return [1 << tree]
    if tree.quota <= 0:
        return [0]
    heaviest_first = sorted(zip(tree.weights, tree.branches, strict=True), key=lambda pair: -pair[0])
    rest = sum(tree.weights)
    complete: set[int] = set()
    partial: dict[int, set[int]] = {0: {0}} if rest >= tree.quota else {}
    for weight, branch in heaviest_first:
        if not partial or weight == 0:
            break
        rest -= weight
        options = _minimal_sets(branch, limit=limit, absorb=absorb)
        after = {total: set(masks) for total, masks in partial.items() if total + rest >= tree.quota}
        for total, masks in partial.items():
            reached = complete if total + weight >= tree.quota else after.setdefault(total + weight, set())
            for mask in masks:
                reached.update(mask | option for option in options)
                if len(reached) > limit:
                    _shrink(reached, limit=limit, absorb=absorb)
        if absorb:
            for masks in (complete, *after.values()):
                masks.intersection_update(_antichain(masks))
        _check_limit(len(complete) + sum(map(len, after.values())), limit)
        partial = after
    return list(complete)


def _shrink(masks: set[int], *, limit: int, absorb: bool) -> None:
    if absorb:
        masks.intersection_update(_antichain(masks))
    _check_limit(len(masks), limit)


def _check_limit(size: int, limit: int) -> None:
    if size > limit:
        raise LimitError(
            f"an acceptance tree has more than {limit} minimal sets of players, the limit for one tree; "
            "write it with fewer factions, or with parties that decide as one"
        )


def _antichain(masks: Iterable[int]) -> list[int]:
    """Those that contain no other."""
    kept: list[int] = []
    for mask in sorted(masks, key=_by_size):
        if not any(smaller & mask == smaller for smaller in kept):
            kept.append(mask)
    return kept


# --- power ------------------------------------------------------------------------------------------------


class Power(NamedTuple):
    """Voting power of every player, exact; all zero where nobody can make a difference."""

    banzhaf: tuple[Fraction, ...]
    """Share of all swings (sums to 1)."""
    banzhaf_absolute: tuple[Fraction, ...]
    """Chance of being decisive when everybody else says yes with probability 1/2, independently."""
    shapley_shubik: tuple[Fraction, ...]
    """Chance of being the one who completes a winning coalition in a random order (sums to 1)."""


class _Counts(NamedTuple):
    """Packed polynomials of one tree over exactly the players that occur in it."""

    members: frozenset[int]
    winning: int
    swings: Mapping[int, int]


def power(tree: Agreement, n_players: int) -> Power:
    """Banzhaf and Shapley-Shubik indices of players ``0 .. n_players - 1``.

    Players that do not occur have none. Raises LimitError with more than 20 players in several branches
    of one gate, or more than 50,000 different weight totals in one gate.
    """
    if any(not 0 <= p < n_players for p in _leaves(tree)):
        raise ValueError(f"players {players(tree)} do not fit {n_players} players")
    counts = _counts(tree, len(players(tree)) + 1, {})
    n = len(counts.members)
    swings = [_unpack(counts.swings.get(p, 0), n + 1) for p in range(n_players)]
    totals = [sum(by_size) for by_size in swings]
    everything = sum(totals)
    orders = [factorial(s) * factorial(n - 1 - s) for s in range(n)]
    return Power(
        banzhaf=tuple(Fraction(t, everything) if everything else Fraction(0) for t in totals),
        banzhaf_absolute=tuple(Fraction(t, 1 << n - 1) if t else Fraction(0) for t in totals),
        shapley_shubik=tuple(
            Fraction(sum(c * o for c, o in zip(by_size, orders, strict=False)), factorial(n))
            for by_size in swings
        ),
    )


def _unpack(packed: int, bits: int) -> list[int]:
    """Coefficients of X^0, X^1, ...; each is below 2**bits, because there are no more coalitions."""
    coefficients = []
    while packed:
        coefficients.append(packed & ((1 << bits) - 1))
        packed >>= bits
    return coefficients


def _counts(tree: Agreement, bits: int, known: dict[Agreement, _Counts]) -> _Counts:
    if tree not in known:
        if isinstance(tree, int):
            known[tree] = _Counts(frozenset((tree,)), 1 << bits, {tree: 1})
        elif shared := _shared(tree):
            known[tree] = _condition(tree, shared, bits, known)
        else:
            known[tree] = _combine(tree, [_counts(b, bits, known) for b in tree.branches], bits)
    return known[tree]


def _shared(gate: Gate) -> list[int]:
    """Players in more than one branch, the most frequent first."""
    branches = Counter(p for branch in gate.branches for p in players(branch))
    shared = {p for p, count in branches.items() if count > 1}
    if len(shared) > MAX_REPEATED:
        raise LimitError(
            f"{len(shared)} factions occur in several branches of one acceptance tree; "
            f"voting power is computed for at most {MAX_REPEATED}; write the tree so that fewer are repeated"
        )
    return sorted(shared, key=lambda p: (-branches[p], p))


def _condition(gate: Gate, shared: list[int], bits: int, known: dict[Agreement, _Counts]) -> _Counts:
    """Once with the most repeated player consenting, once without it."""
    player, members = shared[0], frozenset(_leaves(gate))
    yes, no = (_counts(_given(gate, player, answer), bits, known) for answer in (_ALWAYS, _NEVER))
    others = members - {player}
    x = 1 << bits
    yes, no = (_over(others, counts, x) for counts in (yes, no))
    swings = {p: x * yes.swings.get(p, 0) + no.swings.get(p, 0) for p in others}
    swings[player] = yes.winning - no.winning
    return _Counts(members, x * yes.winning + no.winning, swings)


def _over(members: frozenset[int], counts: _Counts, x: int) -> _Counts:
    """The same counts with players added that make no difference."""
    free: int = (1 + x) ** (len(members) - len(counts.members))
    return _Counts(members, counts.winning * free, {p: c * free for p, c in counts.swings.items()})


def _given(tree: Agreement, player: int, answer: Gate) -> Agreement:
    """The tree once ``player`` has answered, simplified, so that equal remainders are recognised."""
    if isinstance(tree, int):
        return answer if tree == player else tree
    branches, weights, quota = [], [], tree.quota
    for branch, weight in zip(tree.branches, tree.weights, strict=True):
        left = _given(branch, player, answer)
        if left == _ALWAYS:
            quota -= weight
        elif left != _NEVER and weight > 0:
            branches.append(left)
            weights.append(weight)
    if quota <= 0:
        return _ALWAYS
    if sum(weights) < quota:
        return _NEVER
    return Gate(tuple(branches), tuple(weights), quota)


def _combine(gate: Gate, branches: list[_Counts], bits: int) -> _Counts:
    """A gate whose branches share nobody.

    ``before[j]`` and ``after[j]`` map each weight total of the branches before and after j to the coalitions
    that have it. Branch j decides where the others' total is in [quota - weight_j, quota - 1].
    """
    size = [len(b.members) for b in branches]
    losing = [(1 + (1 << bits)) ** n - b.winning for n, b in zip(size, branches, strict=True)]
    parts = [(w, b.winning, lose) for w, b, lose in zip(gate.weights, branches, losing, strict=True)]
    before = list(accumulate(parts, _extend, initial={0: 1}))
    after = list(accumulate(reversed(parts), _extend, initial={0: 1}))[::-1]
    swings: dict[int, int] = {}
    for j, branch in enumerate(branches):
        decisive = _between(before[j], after[j + 1], gate.quota - gate.weights[j], gate.quota - 1)
        swings.update((p, c * decisive) for p, c in branch.swings.items())
    winning = sum(c for total, c in before[-1].items() if total >= gate.quota)
    return _Counts(frozenset().union(*(b.members for b in branches)), winning, swings)


def _extend(totals: dict[int, int], part: tuple[int, int, int]) -> dict[int, int]:
    weight, winning, losing = part
    extended = {total: c * losing for total, c in totals.items()}
    for total, c in totals.items():
        extended[total + weight] = extended.get(total + weight, 0) + c * winning
    if len(extended) > MAX_TOTALS:
        raise LimitError(
            f"the weights of one acceptance tree have more than {MAX_TOTALS} different totals, "
            "the limit when voting power is computed; round the weights"
        )
    return extended


def _between(first: dict[int, int], second: dict[int, int], low: int, high: int) -> int:
    """Coalitions whose totals from both parts add up to low .. high."""
    totals = sorted(second)
    up_to = list(accumulate((second[t] for t in totals), initial=0))

    def at_most(bound: int) -> int:
        return up_to[bisect_right(totals, bound)]

    return sum(c * (at_most(high - total) - at_most(low - 1 - total)) for total, c in first.items())
