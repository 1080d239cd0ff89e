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
from typing import NamedTuple

from detente.agreement import Agreement, Gate, all_of, any_of, minimal_winning_sets, players, wins
from detente.case.model import All, AnyOf, Case, KOfN, Track, Tree, When
from detente.case.paths import seats, steps_to
from detente.errors import LimitError, UsageError
from detente.problem.build import Problem

__all__ = [
    "Move",
    "Table",
    "consulted",
    "control",
    "controlling",
    "gate",
    "hands",
    "obliged",
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
