"""The view from one table: who sits there, what can move there, who has to agree.

A *move* is an issue and the option that it is moved to. Some are asked only of packages that make certain moves: whoever
controls them, and those under ``when`` of an acceptance tree. With ``g`` true of every package that makes none of these, that
is the clause ``g or the tree``.
Such a ``g`` (a *guard*) stands in the agreement of the table like one more faction, which accepts just those packages. So
there is one tree for all packages, and whatever works on winning sets is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.agreement import Agreement, Gate, all_of, any_of, minimal_winning_sets, players, wins
from detente.case.model import All, AnyOf, Case, KOfN, Track, Tree, When
from detente.case.paths import seats, steps_to
from detente.errors import LimitError, UsageError
from detente.problem.build import IntArray, Problem
from detente.problem.fading import faded
from detente.problem.sample import Sample

__all__ = [
    "Move",
    "Seat",
    "Table",
    "consulted",
    "control",
    "controlling",
    "gate",
    "hands",
    "obliged",
    "seat",
    "table",
]

MAX_PLAYERS = 64
"""Factions and guards of a table: they are bits of a set."""


Move = tuple[int, int]
"""An issue and the option that it is moved to, as indices of the problem."""


@dataclass(frozen=True)
class Table:
    """A track: who sits there, what can move there, and who has to agree."""

    id: str
    name: str
    factions: tuple[int, ...]
    """Indices into the problem's factions: those whose consent can matter."""
    issues: tuple[int, ...]
    """Indices of the issues that can move at this table, ascending."""
    agreement: Agreement
    """Over positions in ``factions``, and after them in ``guards``: the track's agreement and the control of what moves."""
    stuck: Mapping[str, str]
    """Issues of the track that cannot move there, or not to some options, and why."""
    typed: Agreement | None = None
    """The track's agreement alone where everything moves, over positions in ``factions``; None: nobody typed one."""
    whole: tuple[int, ...] | None = None
    """All that can move there, where ``issues`` is only what one package moves."""
    guards: tuple[frozenset[Move], ...] = ()
    """Per guard the moves that a package must not make for it."""
    choices: tuple[frozenset[Move], ...] = ()
    """Moves that can be made there: of each of these a package makes one at least. One for all issues together, or without a
    status quo one for each."""
    closed: frozenset[Move] = frozenset()
    """Moves of its issues that cannot be made there."""

    def __post_init__(self) -> None:
        # The kernels take the pairs of a pattern in the order of the issues.
        assert list(self.issues) == sorted(self.issues)

    @property
    def decided(self) -> tuple[int, ...]:
        """All that can move there."""
        return self.issues if self.whole is None else self.whole

    @cached_property
    def winning(self) -> tuple[int, ...]:
        """Minimal winning sets as bit masks over ``factions`` and ``guards``, those left out that are enough for no package, or
        for none for which a smaller one is not."""
        sets = minimal_winning_sets(self.agreement)
        if not self.guards:
            return sets
        found: dict[tuple[int, frozenset[Move]], int] = {}
        for mask in sets:
            found.setdefault((mask & (1 << len(self.factions)) - 1, self.left(mask)), mask)
        kept: dict[tuple[int, frozenset[Move]], int] = {}
        for asked, left in sorted(found, key=lambda one: (one[0].bit_count(), len(one[1]))):
            enough = all(not moves <= left for moves in self.choices)
            if enough and not any(a & asked == a and alone <= left for a, alone in kept):
                kept[asked, left] = found[asked, left]
        return tuple(mask for mask in sets if mask in kept.values())

    def left(self, mask: int) -> frozenset[Move]:
        """The moves that a package must not make for a set to be enough."""
        alone = (g for k, g in enumerate(self.guards) if mask >> len(self.factions) + k & 1)
        return frozenset().union(*alone)

    def moving(self, moved: Collection[Move]) -> Table:
        """The table as a package sees it that makes these moves: its consent without guards."""
        if not self.guards:
            return self
        met = {len(self.factions) + k: g.isdisjoint(moved) for k, g in enumerate(self.guards)}
        return replace(self, agreement=_settled(self.agreement, met), guards=())


Unmoved = Callable[[tuple[str, ...]], Agreement]
"""What stands in a tree for "none of these issues moves"."""

ALWAYS = all_of()
NEVER = any_of()


def _everything_moves(_: tuple[str, ...]) -> Agreement:
    return NEVER


def _settled(tree: Agreement, known: Mapping[int, bool]) -> Agreement:
    """A tree once some of its leaves are known."""
    if isinstance(tree, int):
        return (ALWAYS if known[tree] else NEVER) if tree in known else tree
    return replace(tree, branches=tuple(_settled(b, known) for b in tree.branches))


def _gate(
    case: Case | None,
    tree: Tree,
    place: Mapping[str, int],
    seated: Mapping[str, Tree | None],
    unmoved: Unmoved = _everything_moves,
) -> Agreement:
    """An acceptance tree over factions; a party's name stands for its ``accepts`` (or who sits for it)."""
    if isinstance(tree, str):
        if tree in place:
            inside = seated.get(tree)
            return place[tree] if inside is None else _gate(case, inside, place, {}, unmoved)
        assert case is not None
        party = case.parties[tree]
        inside = seated.get(tree) or party.accepts or All(all=tuple(party.factions))
        return _gate(case, inside, place, {}, unmoved)
    if isinstance(tree, When):
        spared, asked = unmoved(tree.when), _gate(case, tree.ask, place, seated, unmoved)
        return asked if spared == NEVER else spared if spared == ALWAYS else any_of(spared, asked)
    if isinstance(tree, All):
        return all_of(*(_gate(case, b, place, seated, unmoved) for b in tree.all))
    if isinstance(tree, AnyOf):
        branches, quota = tree.any, 1
    elif isinstance(tree, KOfN):
        branches, quota = tree.at_least.of, tree.at_least.k
    else:
        gates = tuple(_gate(case, b, place, seated, unmoved) for b in tree.weights)
        return Gate(branches=gates, weights=tuple(tree.weights.values()), quota=tree.quota)
    gates = tuple(_gate(case, b, place, seated, unmoved) for b in branches)
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


def control(problem: Problem, move: Move) -> Agreement | None:
    """Who controls a move, with every step on the way to it, over the problem's factions; None: outside, or the table's
    agreement decides of a step."""
    gates = _steps_to(problem, move)
    return None if None in gates else _joint(gates)


def _steps_to(problem: Problem, move: Move) -> tuple[Agreement | None, ...]:
    """Who controls each step that carries a move out."""
    issue = problem.issues[move[0]]
    options = (problem.options[i][o] for i, o in passed(problem, move))
    return tuple(controlling(problem.case, problem.factions, issue, option) for option in options)


def _joint(gates: Iterable[Agreement | None]) -> Agreement | None:
    """All of those that are named; None: none is."""
    named = tuple(dict.fromkeys(gate for gate in gates if gate is not None))
    return all_of(*named) if len(named) > 1 else next(iter(named), None)


def hands(problem: Problem, step: Move) -> tuple[int, ...]:
    """Factions of the problem that belong to a smallest set that controls a step; nobody where none is named."""
    issue, option = step
    tree = controlling(problem.case, problem.factions, problem.issues[issue], problem.options[issue][option])
    sets = () if tree is None else minimal_winning_sets(tree)
    return tuple(f for f in range(len(problem.factions)) if any(mask >> f & 1 for mask in sets))


def passed(problem: Problem, move: Move) -> tuple[Move, ...]:
    """The moves that carry one out: itself, or, of an issue that is gradual, one to each option on the way."""
    issue, option = move
    options = problem.options[issue]
    way = steps_to(problem.case.issues[problem.issues[issue]], options[option])
    return tuple((issue, options.index(o)) for o in way)


def obliged(problem: Problem, at: Table, moved: Collection[Move]) -> frozenset[str]:
    """Parties that have to make their own sides comply with a package that makes these moves: those without whose consent
    nothing is agreed at the table, and those that have a hand in carrying it out."""
    winning = at.moving(moved).winning
    needed = [f for n, f in enumerate(at.factions) if all(mask >> n & 1 for mask in winning)]
    acting = (h for move in moved for step in passed(problem, move) for h in hands(problem, step))
    return frozenset(problem.party_of[f] for f in (*needed, *acting))


def consulted(problem: Problem, issue: int) -> Agreement | None:
    """Who else, over the problem's factions, is asked under ``when`` wherever an issue moves: at one of the tables where it
    can move; None: nobody at one of these."""
    case, found = problem.case, []
    place = {f: n for n, f in enumerate(problem.factions)}
    for id in case.tracks or ["table"]:
        track, _ = _track(case, id)
        seated = _seated(case, track)
        if issue in _within_reach(problem, track, seated).movable:
            agreement = track.agreement or All(all=tuple(seated))
            asked = list(_conditions(case, agreement, place, seated, problem.issues[issue]))
            if not asked:
                return None
            found.append(all_of(*asked))
    return any_of(*found) if found else None


def _conditions(
    case: Case, tree: Tree, place: Mapping[str, int], seated: Mapping[str, Tree | None], issue: str
) -> Iterator[Agreement]:
    """Who is asked under ``when`` where an issue moves."""
    if isinstance(tree, str) and tree in case.parties:
        inside = seated.get(tree) or case.parties[tree].accepts
        if inside is not None:
            yield from _conditions(case, inside, place, {}, issue)
    elif isinstance(tree, All):
        for branch in tree.all:
            yield from _conditions(case, branch, place, seated, issue)
    elif isinstance(tree, When) and issue in tree.when:
        yield _gate(case, tree.ask, place, seated)


def controlling(case: Case, factions: Sequence[str], issue: str, option: str) -> Agreement | None:
    """Whose step to an option of an issue it is, over ``factions``; None: outside, or nobody is named."""
    tree = case.issues[issue].control(option)
    if tree is None:
        return None
    place = {f: n for n, f in enumerate(factions)}
    return _gate(case, tree, place, {}, lambda issues: NEVER if issue in issues else ALWAYS)


def _track(case: Case, id: str) -> tuple[Track, str]:
    """A track, or the one table of a case without tracks; and its name."""
    if case.tracks and id in case.tracks:
        return case.tracks[id], case.tracks[id].name or id
    if case.tracks or id != "table":
        there = f"it has: {', '.join(case.tracks)}" if case.tracks else "it has one table and no tracks"
        raise UsageError(f"no track '{id}' in case '{case.id}'; {there}")
    voting = tuple(p for p, spec in case.parties.items() if spec.role is None)
    return Track(parties=voting, agreement=case.agreement), case.name or "The table"


def _seated(case: Case, track: Track) -> dict[str, Tree | None]:
    """Parties with a vote that sit there → which of it."""
    return {p: tree for p, tree in seats(track).items() if case.parties[p].role is None}


def _present(problem: Problem, seated: Mapping[str, Tree | None]) -> int:
    """The factions that sit at a table, as a bit mask."""
    case, place = problem.case, {f: n for n, f in enumerate(problem.factions)}
    present = 0
    for p, inside in seated.items():
        members = (
            _gate(case, inside, place, {})
            if inside
            else all_of(*(place[f] for f in (case.parties[p].factions or (p,)) if f in place))
        )
        for f in players(members):
            present |= 1 << f
    return present


class _Reach(NamedTuple):
    """What those who sit at a table can move."""

    movable: list[int]
    stuck: dict[str, str]
    gates: dict[Move, Agreement | None]
    """Who of them controls each move that can be made."""
    closed: set[Move]


def _within_reach(problem: Problem, track: Track, seated: Mapping[str, Tree | None]) -> _Reach:
    case, present = problem.case, _present(problem, seated)
    movable: list[int] = []
    stuck: dict[str, str] = {}
    gates: dict[Move, Agreement | None] = {}
    closed: set[Move] = set()
    for i, name_ in enumerate(problem.issues):
        if track.issues and name_ not in track.issues:
            continue
        if case.issues[name_].controlled_by == "outside":
            stuck[name_] = "moved by nobody at a table"
            continue
        here = None if problem.status_quo is None else int(problem.status_quo[i])
        every = [(i, o) for o in range(len(problem.options[i])) if o != here]
        named = {move: [g for g in _steps_to(problem, move) if g is not None] for move in every}
        seated_gates = {m: [_among(gate, present) for gate in steps] for m, steps in named.items()}
        absent = {m for m in every if None in seated_gates[m]}
        if len(absent) == len(every):
            stuck[name_] = "whoever controls it does not sit here"
            continue
        if absent:
            options = " or ".join(problem.options[i][o] for _, o in sorted(absent))
            stuck[name_] = f"not to {options}: whoever controls that does not sit here"
        movable.append(i)
        closed |= absent
        gates |= {m: _joint(seated_gates[m]) for m in every if m not in absent}
    return _Reach(movable, stuck, gates, closed)


def table(problem: Problem, track_id: str | None = None) -> Table:
    """The table ``track_id``; default: the first track, or the case's only table.

    Raises
    ------
    UsageError
        No such track, or nothing can move there.
    LimitError
        More than :data:`MAX_PLAYERS` factions and guards decide who has to say yes.
    """
    case = problem.case
    if track_id is None:
        track_id = next(iter(case.tracks), "table")
    track, name = _track(case, track_id)
    seated = _seated(case, track)
    movable, stuck, gates, closed = _within_reach(problem, track, seated)
    if not movable:
        why = "; ".join(f"{issue}: {reason}" for issue, reason in stuck.items())
        raise UsageError(
            f"nothing can move at the table '{track_id}' ({why}); seat those who control its issues, or leave it out"
        )
    choices = [frozenset(gates)]
    if problem.status_quo is None:
        choices = [frozenset(m for m in gates if m[0] == i) for i in movable]
    tree = track.agreement or All(all=tuple(seated))
    whole, typed, guards = _consent(problem, tree, seated, gates, choices)
    place = {f: n for n, f in enumerate(sorted(players(whole)))}
    count = sum(f < len(problem.factions) for f in place)
    if len(place) > MAX_PLAYERS:
        raise LimitError(
            f"at the table '{track_id}' {count} factions and {len(place) - count} conditions decide who has to say yes; the "
            f"limit is {MAX_PLAYERS} together: give it fewer issues"
        )
    return Table(
        track_id,
        name,
        tuple(place)[:count],
        tuple(movable),
        _relabel(whole, place),
        stuck,
        _relabel(typed, place),
        guards=tuple(alone for alone, leaf in guards.items() if leaf in place),
        choices=tuple(choices),
        closed=frozenset(closed),
    )


Guards = dict[frozenset[Move], int]
"""Moves that a package must not make → the leaf that stands for that."""


def _consent(
    problem: Problem,
    tree: Tree,
    seated: Mapping[str, Tree | None],
    gates: Mapping[Move, Agreement | None],
    choices: Collection[frozenset[Move]],
) -> tuple[Agreement, Agreement, Guards]:
    """The agreement and the control of what moves, over the problem's factions and, after them, guards; the agreement alone
    where everything moves; and the guards. ``gates``: who controls what can move, among those who sit there."""
    place = {f: n for n, f in enumerate(problem.factions)}
    guards: Guards = {}

    def unmoved(alone: frozenset[Move]) -> Agreement:
        if not alone:
            return ALWAYS
        if any(moves <= alone for moves in choices):
            return NEVER  # every package makes one of them
        return guards.setdefault(alone, len(place) + len(guards))

    def among(names: Collection[str]) -> frozenset[Move]:
        return frozenset(m for m in gates if problem.issues[m[0]] in names)

    agreement = _gate(problem.case, tree, place, seated, lambda names: unmoved(among(names)))
    typed = _gate(problem.case, tree, place, seated, lambda names: NEVER if among(names) else ALWAYS)
    held: dict[Agreement, set[Move]] = {}
    for move, gate in gates.items():
        if gate is not None:
            held.setdefault(gate, set()).add(move)
    clauses = []
    for gate, moves in held.items():
        spared = unmoved(frozenset(moves))
        clauses.append(gate if spared == NEVER else any_of(spared, gate))
    # A gate that every agreement already implies adds nothing; dropping it keeps the tree as it was typed.
    try:
        sets = [_closed(s, guards) for s in minimal_winning_sets(agreement)]
        clauses = [g for g in clauses if not all(wins(g, s) for s in sets)]
    except LimitError:
        pass
    return all_of(agreement, *clauses) if clauses else agreement, typed, guards


def _closed(mask: int, guards: Guards) -> int:
    """A set of players with every guard that its own guards imply."""
    alone = frozenset().union(*(g for g, leaf in guards.items() if mask >> leaf & 1))
    return mask | sum(1 << leaf for g, leaf in guards.items() if g <= alone and not mask >> leaf & 1)


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


def _stays(problem: Problem, sample: Sample, at: Table, fixed: Sequence[int]) -> IntArray:
    """[I, S] where each issue stays that nothing moves; -1: nowhere."""
    here = sample.outside.astype(np.int64)
    if problem.status_quo is not None:
        here = np.where(here >= 0, here, problem.status_quo[:, None])
    elif (here[fixed] < 0).any():
        left = ", ".join(problem.issues[i] for i in fixed if (here[i] < 0).any())
        raise LimitError(
            f"without a status quo an issue that no table settles has no option; put {left} on the table '{at.id}', or give "
            "every issue a 'status_quo'"
        )
    return here


class _Matched(NamedTuple):
    """A pattern that some package at a table matches in some draw."""

    pattern: int
    here: tuple[Move, ...]
    """What it asks of the issues that move there, numbered anew."""
    live: NDArray[np.bool_] | None
    """[S] in which draws the others are as it asks; None: in all."""


def _matched(
    problem: Problem, here: IntArray, alike: Sequence[bool], local: Mapping[int, int]
) -> Iterator[_Matched]:
    """The patterns that some package at a table matches in some draw, the issues that do not move there being ``here``,
    ``alike`` in all draws or not."""
    home = here[:, 0].tolist()
    for t, pattern in enumerate(problem.patterns):
        if any(alike[i] and home[i] != o for i, o in pattern if i not in local):
            continue
        apart = [here[i] == o for i, o in pattern if i not in local and not alike[i]]
        live = np.all(apart, axis=0) if apart else None
        if live is None or live.any():
            kept = tuple((local[i], o) for i, o in pattern if i in local)
            yield _Matched(t, kept, None if live is None or live.all() else live)


def _some(rows: NDArray[Any], factions: list[int], which: list[int]) -> NDArray[Any]:
    """Some of [F, N, ...]; where they are all, the same rows and no copy."""
    if factions == [*range(len(rows))] and which == [*range(rows.shape[1])]:
        return np.ascontiguousarray(rows)
    return np.ascontiguousarray(rows[np.ix_(factions, which)])


def _terms(
    problem: Problem,
    sample: Sample,
    factions: list[int],
    parts: Sequence[_Matched],
    reduced: Mapping[tuple[Move, ...], int],
    always: Sequence[tuple[Move, ...]],
) -> tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.int32]]:
    """Points and lines [P, T, S] of the ``reduced`` patterns, which of them are impossible [T], and the points [P, S] of the
    patterns that match whatever happens. What binds whatever happens binds with each of ``always``."""
    whole: dict[int, int] = {}
    rest = [
        p
        for p in parts
        if not p.here or p.live is not None or whole.setdefault(reduced[p.here], p.pattern) != p.pattern
    ]
    chosen = [*whole.values()]
    excluded = np.zeros(len(reduced), dtype=np.bool_)
    excluded[[*whole]] = problem.excluded[chosen]
    base = np.zeros((len(factions), sample.draws), dtype=np.int32)
    add, broken = _some(sample.add, factions, chosen), _some(sample.broken, factions, chosen)
    if len(whole) < len(reduced) or rest:
        shape = (len(factions), len(reduced), sample.draws)
        alone, add, broken = (add, broken), np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.bool_)
        add[:, [*whole]], broken[:, [*whole]] = alone
    for t, kept, live in rest:
        if kept:
            add[:, reduced[kept]] += _in(live, sample.add[factions, t])
            excluded[reduced[kept]] |= problem.excluded[t] and live is None
        else:
            # Everything the pattern speaks of is fixed: its points are there whatever happens here.
            base += _in(live, sample.add[factions, t])
        barred = problem.excluded[t] and not (kept and live is None)
        binding = _in(live, sample.broken[factions, t] | barred)
        if binding.any():
            broken[:, [reduced[p] for p in ([kept] if kept else always)]] |= binding[:, None]
    return add, broken, excluded, base


def _in(live: NDArray[np.bool_] | None, rows: NDArray[Any]) -> NDArray[Any]:
    """[P, S] with nothing in draws that are not ``live``."""
    return rows if live is None else np.where(live, rows, 0).astype(rows.dtype)


def seat(problem: Problem, sample: Sample, at: Table) -> Seat:
    """Look at a sample from a table: issues that cannot move there are fixed where they are.

    A line that is broken by what stays put, whatever moves here, binds too: who holds it accepts nothing at this table in
    such a draw. So does an impossible combination that chance brought about: nobody accepts anything.
    Points of what ends are as if constant (:func:`detente.problem.fading.faded`).
    """
    sample = faded(problem, sample)
    factions, issues = list(at.factions), list(at.issues)
    fixed = [i for i in range(len(problem.issues)) if i not in at.issues]
    size = sample.draws
    points = sample.points if sample.apart is None or sample.hinge in at.decided else sample.apart
    base = np.zeros((len(factions), size), dtype=np.int32)
    here = _stays(problem, sample, at, fixed)
    alike: list[bool] = np.all(here == here[:, :1], axis=1).tolist()
    rows = np.arange(size)
    for i in fixed:
        base += points[factions, i, here[i, 0]] if alike[i] else points[factions, i][:, here[i], rows]
    local = {i: n for n, i in enumerate(issues)}
    always = [((0, o),) for o in range(int(problem.sizes[issues[0]]))] if issues else []
    reduced: dict[tuple[tuple[int, int], ...], int] = {}
    parts = [*_matched(problem, here, alike, local)]
    for t, kept, live in parts:
        binds = kept or problem.excluded[t] or _in(live, sample.broken[factions, t]).any()
        for pattern_here in [kept] if kept else always if binds else []:
            reduced.setdefault(pattern_here, len(reduced))
    barred = [((local[i], o),) for i, o in sorted(at.closed) if i in local]
    for option in barred:
        reduced.setdefault(option, len(reduced))
    add, broken, excluded, fixed_add = _terms(problem, sample, factions, parts, reduced, always)
    excluded[[reduced[option] for option in barred]] = True
    start = np.cumsum([0, *(len(p) for p in reduced)]).astype(np.int64)
    flat = [pair for pattern in reduced for pair in pattern]
    return Seat(
        points=_some(points, factions, issues),
        base=base + fixed_add,
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
