"""The view from one table: who sits there, what can move there, who has to agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.agreement import Agreement, Gate, all_of, minimal_winning_sets, players, wins
from detente.case.model import All, AnyOf, Case, KOfN, Track, Tree
from detente.errors import LimitError, UsageError
from detente.problem.build import IntArray, Problem
from detente.problem.sample import Sample

__all__ = ["Seat", "Table", "control", "controlling", "gate", "hands", "obliged", "seat", "table"]


@dataclass(frozen=True)
class Table:
    """A track: who sits there, what can move there, and who has to agree."""

    id: str
    name: str
    factions: tuple[int, ...]
    """Indices into the problem's factions: those whose consent can matter."""
    issues: tuple[int, ...]
    """Indices of the issues that can move at this table."""
    agreement: Agreement
    """Over positions in ``factions``: the track's agreement and the control of what it can move."""
    stuck: Mapping[str, str]
    """Issues of the track that cannot move there, and why."""
    typed: Agreement | None = None
    """The track's agreement alone, over the same positions; None: nobody typed one."""
    whole: tuple[int, ...] | None = None
    """All that can move there, where ``issues`` is only what one package moves."""

    @property
    def decided(self) -> tuple[int, ...]:
        """All that can move there."""
        return self.issues if self.whole is None else self.whole

    @cached_property
    def winning(self) -> tuple[int, ...]:
        """Minimal winning sets as bit masks over ``factions``."""
        return minimal_winning_sets(self.agreement)


def _gate(
    case: Case | None, tree: Tree, place: Mapping[str, int], seated: Mapping[str, Tree | None]
) -> Agreement:
    """An acceptance tree over factions; a party's name stands for its ``accepts`` (or who sits for it)."""
    if isinstance(tree, str):
        if tree in place:
            return place[tree]
        assert case is not None
        party = case.parties[tree]
        inside = seated.get(tree) or party.accepts or All(all=tuple(party.factions))
        return _gate(case, inside, place, {})
    if isinstance(tree, All):
        return all_of(*(_gate(case, b, place, seated) for b in tree.all))
    if isinstance(tree, AnyOf):
        branches, quota = tree.any, 1
    elif isinstance(tree, KOfN):
        branches, quota = tree.at_least.of, tree.at_least.k
    else:
        gates = tuple(_gate(case, b, place, seated) for b in tree.weights)
        return Gate(branches=gates, weights=tuple(tree.weights.values()), quota=tree.quota)
    gates = tuple(_gate(case, b, place, seated) for b in branches)
    return Gate(branches=gates, weights=(1,) * len(gates), quota=quota)


def gate(tree: Tree, place: Mapping[str, int]) -> Agreement:
    """An acceptance tree over plain names, as one over their indices."""
    return _gate(None, tree, place, {})


def _among(tree: Agreement, present: int) -> Agreement | None:
    """The tree with only those of the mask ``present`` to ask; None where they cannot satisfy it."""
    if isinstance(tree, int):
        return tree if present >> tree & 1 else None
    asked = [(_among(b, present), w) for b, w in zip(tree.branches, tree.weights, strict=True)]
    kept = [(b, w) for b, w in asked if b is not None]
    if sum(w for _, w in kept) < tree.quota:
        return None
    return Gate(tuple(b for b, _ in kept), tuple(w for _, w in kept), tree.quota)


def _relabel(tree: Agreement, place: Mapping[int, int]) -> Agreement:
    if isinstance(tree, int):
        return place[tree]
    return replace(tree, branches=tuple(_relabel(b, place) for b in tree.branches))


def control(problem: Problem, issue: int) -> Agreement | None:
    """Who controls an issue, over the problem's factions; None: outside, or the table's agreement decides."""
    return controlling(problem.case, problem.factions, problem.issues[issue])


def hands(problem: Problem, issue: int) -> tuple[int, ...]:
    """Factions of the problem that belong to a smallest set that controls an issue; nobody where none is named."""
    tree = control(problem, issue)
    sets = () if tree is None else minimal_winning_sets(tree)
    return tuple(f for f in range(len(problem.factions)) if any(mask >> f & 1 for mask in sets))


def obliged(problem: Problem, at: Table, moved: Collection[int]) -> frozenset[str]:
    """Parties that have to make their own sides comply with a package that moves these issues: those without whose consent
    nothing is agreed at the table, and those that have a hand in what it moves."""
    needed = [f for n, f in enumerate(at.factions) if all(mask >> n & 1 for mask in at.winning)]
    return frozenset(problem.party_of[f] for f in (*needed, *(h for i in moved for h in hands(problem, i))))


def controlling(case: Case, factions: Sequence[str], issue: str) -> Agreement | None:
    """Who controls an issue, over ``factions``; None: outside, or nobody is named."""
    tree = case.issues[issue].controlled_by
    if tree is None or tree == "outside":
        return None
    return _gate(case, tree, {f: n for n, f in enumerate(factions)}, {})


def table(problem: Problem, track_id: str | None = None) -> Table:
    """The table ``track_id``; default: the first track, or the case's only table.

    Raises
    ------
    UsageError
        No such track.
    """
    case = problem.case
    place = {f: n for n, f in enumerate(problem.factions)}
    voting = [p for p, spec in case.parties.items() if spec.role is None]
    if not case.tracks:
        if track_id not in (None, "table"):
            raise UsageError(f"no track '{track_id}' in case '{case.id}'; it has one table and no tracks")
        track = Track(parties=tuple(voting), agreement=case.agreement)
        track_id, name = "table", case.name or "The table"
    else:
        track_id = next(iter(case.tracks)) if track_id is None else track_id
        if track_id not in case.tracks:
            raise UsageError(f"no track '{track_id}' in case '{case.id}'; it has: {', '.join(case.tracks)}")
        track = case.tracks[track_id]
        name = track.name or track_id
    seated: dict[str, Tree | None] = {}
    for entry in track.parties:
        seated.update({entry: None} if isinstance(entry, str) else dict(entry))
    seated = {p: t for p, t in seated.items() if p in voting}
    agreement_tree = track.agreement or All(all=tuple(seated))
    agreement = _gate(case, agreement_tree, place, seated)
    present = 0
    for p, inside in seated.items():
        members = (
            _gate(case, inside, place, {})
            if inside
            else all_of(*(place[f] for f in (case.parties[p].factions or (p,)) if f in place))
        )
        for f in players(members):
            present |= 1 << f
    names = track.issues or problem.issues
    movable, stuck, gates = [], {}, [agreement]
    for name_ in names:
        i = problem.issues.index(name_)
        gate = control(problem, i)
        seated_gate = None if gate is None else _among(gate, present)
        if case.issues[name_].controlled_by == "outside":
            stuck[name_] = "moved by nobody at a table"
        elif gate is not None and seated_gate is None:
            stuck[name_] = "whoever controls it does not sit here"
        else:
            movable.append(i)
            if seated_gate is not None:
                gates.append(seated_gate)
    if not movable:
        why = "; ".join(f"{issue}: {reason}" for issue, reason in stuck.items())
        raise UsageError(
            f"nothing can move at the table '{track_id}' ({why}); seat those who control its issues, or leave it out"
        )
    # A gate that every agreement already implies adds nothing; dropping it keeps the tree as it was typed.
    needed = [agreement]
    try:
        sets = minimal_winning_sets(agreement)
        needed += [g for g in dict.fromkeys(gates[1:]) if not all(wins(g, s) for s in sets)]
    except LimitError:
        needed = list(dict.fromkeys(gates))
    whole = needed[0] if len(needed) == 1 else all_of(*needed)
    factions = tuple(sorted(players(whole)))
    here = {f: n for n, f in enumerate(factions)}
    return Table(
        track_id, name, factions, tuple(movable), _relabel(whole, here), stuck, _relabel(agreement, here)
    )


class Seat(NamedTuple):
    """A sample as seen from one table: arrays for the kernels, everything else folded into ``base``."""

    points: NDArray[np.int32]
    """[P, I, L, S] of the table's factions and movable issues."""
    base: NDArray[np.int32]
    """[P, S] utility of what does not move here."""
    no_deal: NDArray[np.int32]
    """[P, S] of the whole utility; the threshold on what moves is ``no_deal - base``."""
    start: IntArray
    issue: IntArray
    option: IntArray
    """CSR patterns over the movable issues."""
    add: NDArray[np.int32]
    """[P, T, S] points of terms, without lines."""
    broken: NDArray[np.bool_]
    """[P, T, S] lines, those among them that hold whatever moves here: then every option of the first issue breaks one."""
    excluded: NDArray[np.bool_]
    """[T] impossible combinations."""
    sizes: IntArray
    status_quo: IntArray | None

    @property
    def thresholds(self) -> NDArray[np.int32]:
        """[P, S] what the moved part has to reach."""
        return self.no_deal - self.base


def seat(problem: Problem, sample: Sample, at: Table) -> Seat:
    """Look at a sample from a table: issues that cannot move there are fixed where they are.

    A line that is broken by what stays put, whatever moves here, binds too: who holds it accepts nothing at this table in
    such a draw. So does an impossible combination that chance brought about: nobody accepts anything.
    """
    factions, issues = list(at.factions), list(at.issues)
    fixed = [i for i in range(len(problem.issues)) if i not in at.issues]
    size = sample.draws
    points = sample.points if sample.apart is None or sample.hinge in at.decided else sample.apart
    base = np.zeros((len(factions), size), dtype=np.int32)
    here = sample.outside.astype(np.int64)
    if problem.status_quo is not None:
        here = np.where(here >= 0, here, problem.status_quo[:, None])
    elif (here[fixed] < 0).any():
        left = ", ".join(problem.issues[i] for i in fixed if (here[i] < 0).any())
        raise LimitError(
            f"without a status quo an issue that no table settles has no option; put {left} on the table '{at.id}', or give "
            "every issue a 'status_quo'"
        )
    rows = np.arange(size)
    for i in fixed:
        base += points[factions, i][:, here[i], rows]
    local = {i: n for n, i in enumerate(issues)}
    always = [((0, o),) for o in range(int(problem.sizes[issues[0]]))] if issues else []
    reduced: dict[tuple[tuple[int, int], ...], int] = {}
    parts: list[tuple[int, tuple[tuple[int, int], ...], NDArray[np.bool_]]] = []
    for t, pattern in enumerate(problem.patterns):
        live = np.ones(size, dtype=np.bool_)
        for i, o in pattern:
            if i not in local:
                live &= here[i] == o
        if not live.any():
            continue
        kept = tuple((local[i], o) for i, o in pattern if i in local)
        parts.append((t, kept, live))
        binds = problem.excluded[t] or (sample.broken[factions, t] & live).any()
        for pattern_here in [kept] if kept else always if binds else []:
            reduced.setdefault(pattern_here, len(reduced))
    add = np.zeros((len(factions), len(reduced), size), dtype=np.int32)
    broken = np.zeros(add.shape, dtype=np.bool_)
    excluded = np.zeros(len(reduced), dtype=np.bool_)
    for t, kept, live in parts:
        binding = live & (sample.broken[factions, t] | (problem.excluded[t] and not (kept and live.all())))
        if kept:
            n = reduced[kept]
            add[:, n] += np.where(live, sample.add[factions, t], 0)
            excluded[n] |= problem.excluded[t] and live.all()
        else:
            # Everything the pattern speaks of is fixed: its points are there whatever happens here.
            base += np.where(live, sample.add[factions, t], 0)
        if binding.any():
            broken[:, [reduced[p] for p in ([kept] if kept else always)]] |= binding[:, None]
    start = np.cumsum([0, *(len(p) for p in reduced)]).astype(np.int64)
    flat = [pair for pattern in reduced for pair in pattern]
    return Seat(
        points=np.ascontiguousarray(points[np.ix_(factions, issues)]),
        base=base,
        no_deal=sample.no_deal[factions],
        start=start,
        issue=np.array([i for i, _ in flat], dtype=np.int64),
        option=np.array([o for _, o in flat], dtype=np.int64),
        add=add,
        broken=broken,
        excluded=excluded,
        sizes=problem.sizes[issues],
        status_quo=None if problem.status_quo is None else problem.status_quo[issues],
    )
