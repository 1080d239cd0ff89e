"""What a case says in one place must fit what it says in another: faults that need two places at once.

:func:`faults` gives everything that makes a case unusable, :func:`~detente.case.advice.warnings` what a good
colleague would point out, :func:`~detente.case.quotations.verify_quotations` whether the facts are in the texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from detente.case.advice import warnings
from detente.case.model import (
    All,
    Case,
    KOfN,
    MovesWith,
    Preferences,
    Provenance,
    Range,
    Record,
    Tree,
    Weighted,
)
from detente.case.names import Unknown, unknown_names
from detente.case.outlook import outlook_faults
from detente.case.paths import (
    Finder,
    branches,
    dotted,
    factions_of,
    leaf_paths,
    merged,
    numbers,
    provenances,
    wins,
)
from detente.case.quotations import Quotation, verify_quotations
from detente.case.steps import step_faults
from detente.case.yamltext import Path
from detente.errors import Fault

__all__ = ["Quotation", "Unknown", "faults", "unknown_names", "verify_quotations", "warnings"]

MAX_FACT = 300
MAX_TOGETHER = 200

Found = Iterator[tuple[Path, str]]
"""Where in the case, and what is wrong."""


def faults(case: Case, place: Finder) -> list[Fault]:
    """Everything that makes the case unusable, in file order; ``place`` gives line and column."""
    strangers = unknown_names(case, place)
    unknown = [u.fault for u in strangers]
    found = [
        Fault(*place(path), f"{dotted(path)}: {message}" if path else message, dotted(path))
        for check in (
            _ids,
            _trees,
            _provenance,
            _issues,
            _preferences,
            _chances,
            _conflict,
            step_faults,
            outlook_faults,
        )
        for path, message in check(case)
    ]
    # A misspelt name is one mistake, not two: what it leaves missing in the same block goes without saying.
    for stranger in strangers:
        block = ".".join(stranger.fault.path.split(".")[:2])
        found = [
            f
            for f in found
            if stranger.meant is None or not (f.path.startswith(block) and f"'{stranger.meant}'" in f.message)
        ]
    if not unknown:
        # These follow names from block to block, so they wait until every name means something.
        found += [
            Fault(*place(path), f"{dotted(path)}: {message}", dotted(path))
            for check in (_tables, _voices, _moves_with)
            for path, message in check(case)
        ]
    return sorted({*unknown, *found})


def _ids(case: Case) -> Found:
    seen: dict[str, Path] = {name: ("parties", name) for name in case.parties}
    for party, spec in case.parties.items():
        for faction in spec.factions:
            at: Path = ("parties", party, "factions", faction)
            if faction in seen:
                yield (
                    at,
                    f"the name '{faction}' is taken by {dotted(seen[faction])}: parties and factions share their names",
                )
            seen.setdefault(faction, at)
    for name, preferences in [*case.preferences.items(), *case.readings.items()]:
        kind = "preferences" if isinstance(preferences, Preferences) else "readings"
        if name in case.parties and case.parties[name].factions:
            inside = ", ".join(case.parties[name].factions)
            yield (kind, name), f"'{name}' has factions: give {kind} to each of them ({inside})"


def _all_trees(case: Case) -> Iterator[tuple[Path, Tree]]:
    if case.agreement is not None:
        yield ("agreement",), case.agreement
    for name, party in case.parties.items():
        if party.accepts is not None:
            yield ("parties", name, "accepts"), party.accepts
    for name, track in case.tracks.items():
        if track.agreement is not None:
            yield ("tracks", name, "agreement"), track.agreement
        for n, seat in enumerate(track.parties):
            if not isinstance(seat, str):
                for seated, tree in seat.items():
                    yield ("tracks", name, "parties", n, seated), tree
    for name, body in case.bodies.items():
        yield ("bodies", name, "votes"), body.votes
    for name, issue in case.issues.items():
        if issue.controlled_by not in (None, "outside"):
            yield ("issues", name, "controlled_by"), issue.controlled_by


def _trees(case: Case) -> Found:
    without_vote = {f: p for f, p in factions_of(case).items() if case.parties[p].role}
    without_vote.update({p: p for p, spec in case.parties.items() if spec.role})
    for path, tree in _all_trees(case):
        yield from _quotas(tree, path)
        if path[0] in ("parties", "bodies") or path[2:3] == ("parties",):
            continue  # inside one party nobody asks for a role
        for leaf, name in leaf_paths(tree, path):
            if name in without_vote:
                role = case.parties[without_vote[name]].role
                yield leaf, f"'{name}' is at the table as {role}, without a vote; remove it here, or its role"


def _quotas(tree: Tree, path: Path) -> Found:
    if isinstance(tree, str):
        return
    if isinstance(tree, Weighted):
        if tree.quota > (total := sum(tree.weights.values())):
            yield (
                (*path, "quota"),
                f"a quota of {tree.quota} can never be reached: the weights sum to {total}",
            )
        return
    if isinstance(tree, KOfN) and tree.at_least.k > len(tree.at_least.of):
        yield (*path, "at_least", "k"), f"{tree.at_least.k} of {len(tree.at_least.of)} can never be reached"
    step: Path = (
        ("at_least", "of") if isinstance(tree, KOfN) else ("all",) if isinstance(tree, All) else ("any",)
    )
    for n, branch in enumerate(branches(tree)):
        yield from _quotas(branch, (*path, *step, n))


def _provenance(case: Case) -> Found:
    uncovered: dict[Path, int] = {}
    for path, part, covered, around in provenances(case):
        if part.fact is not None and len(part.fact) > MAX_FACT:
            yield (
                (*path, "fact"),
                f"a fact is a short quotation, at most {MAX_FACT} characters: found {len(part.fact)}",
            )
        if isinstance(part, (Range, MovesWith, Record)) and not covered:
            block = around if isinstance(part, Range) else path
            block = block[:2] if block[0] == "preferences" else block[:3] if block[0] == "readings" else block
            uncovered[block] = uncovered.get(block, 0) + 1
    for block, count in uncovered.items():
        number = "a number stands" if count == 1 else f"{count} numbers stand"
        yield (
            block,
            (
                f"{number} here without a fact, a judgement or an inference; "
                "add 'judgement: {by: WHO, because: WHY}' (or a fact with its source, or an inference) to this block"
            ),
        )


def _issues(case: Case) -> Found:
    game = case.status_quo == "none"
    for name, issue in case.issues.items():
        at: Path = ("issues", name)
        if game and issue.status_quo is not None:
            yield (*at, "status_quo"), "this case has 'status_quo: none' at the top; remove one of the two"
        elif not game and issue.status_quo is None:
            listed = ", ".join(issue.options)
            yield (
                at,
                f"the status quo is missing: add 'status_quo: OPTION' (one of: {listed}), or 'status_quo: none' at the top",
            )
    if game:
        return
    for n, pattern in enumerate(case.impossible):
        if all(i in case.issues and case.issues[i].status_quo == o for i, o in pattern.items()):
            yield ("impossible", n), "the status quo itself has all of this, so it cannot be impossible"


def _chances(case: Case) -> Found:
    for name, issue in case.issues.items():
        at: Path = ("issues", name, "chances")
        if issue.chances is not None and issue.controlled_by != "outside":
            yield (
                at,
                "chances are for issues with 'controlled_by: outside' only; this one is decided at a table",
            )
        if issue.chances is not None and not sum(c.median for c in issue.chances.values()):
            yield at, "the chances are all 0: at least one option needs a chance above 0"
        if issue.controlled_by == "outside" and case.status_quo == "none" and issue.chances is None:
            yield (
                at[:2],
                "an issue that is decided outside, without a status quo, needs 'chances: {OPTION: 0.5, ...}'",
            )
    for faction, readings in case.readings.items():
        if readings and not sum(r.prior.median for r in readings.values()):
            yield ("readings", faction), "the priors are all 0: at least one reading needs a prior above 0"


def _preferences(case: Case) -> Found:
    for faction, base in case.preferences.items():
        own = dict(_of_one(case, base))
        for path, message in own.items():
            yield ("preferences", faction, *path), message
        for name, reading in case.readings.get(faction, {}).items():
            if reading.preferences.model_fields_set:
                at: Path = ("readings", faction, name, "preferences")
                over = reading.preferences
                if (over.points is not None) and base.points is None:
                    yield (*at, "points"), f"{faction} has weights and values, so its readings have them too"
                    continue
                yield from (
                    ((*at, *path), message)
                    for path, message in _of_one(case, merged(base, over))
                    if own.get(path) != message
                )


def _of_one(case: Case, wants: Preferences) -> Found:
    """Faults of one faction's preferences, by path below them."""
    if wants.ordinal:
        yield from _ordinal(wants)
        return
    if wants.points is not None:
        for kind in ("weights", "values"):
            if getattr(wants, kind):
                yield (
                    (kind,),
                    f"raw points and {kind} cannot be mixed: use 'points' alone, or 'weights' with 'values'",
                )
        yield from _points(wants)
    else:
        for key in ("min", "max"):
            if getattr(wants, key) is not None:
                yield (key,), f"'{key}' belongs to raw points; values go from 0 to 100"
        if wants.weights and not sum(w.median for w in wants.weights.values()):
            yield (
                ("weights",),
                "the weights are all 0: an issue that does not matter goes under 'indifferent'",
            )
    for issue, spec in case.issues.items():
        yield from _coverage(wants, issue, tuple(spec.options))
    yield from _no_deal(case, wants)


def _ordinal(wants: Preferences) -> Found:
    """An order of states stands alone, and every entry of it can count."""
    kind = "priorities" if wants.ranking is None else "ranking"
    for key in sorted(wants.model_fields_set - {kind, *Provenance.model_fields}):
        yield (
            (key,),
            f"'{key}' cannot stand beside '{kind}': states are put in order, or have points, not both",
        )
    for n, entry in enumerate(wants.ranking or ()):
        earlier = [(m, p) for m, e in enumerate((wants.ranking or ())[:n]) for p in e]
        for pattern in entry:
            before = next((m for m, p in earlier if p.items() <= pattern.items()), None)
            if before is not None:
                yield (
                    ("ranking", n),
                    f"contradicts the ranking: all that this matches is ranked by entry {before + 1} already; "
                    "remove one of the two",
                )


def _conflict(case: Case) -> Found:
    ordinal = [f for f, wants in case.preferences.items() if wants.ordinal]
    if ordinal and len(ordinal) < len(case.preferences):
        numeric = next(f for f in case.preferences if f not in ordinal)
        yield (
            ("preferences", ordinal[0]),
            f"'{ordinal[0]}' puts states in order and '{numeric}' has points; in one case all do the same",
        )
    for faction, readings in case.readings.items():
        for name, reading in readings.items():
            if reading.preferences.ordinal:
                yield (
                    ("readings", faction, name, "preferences"),
                    "a reading changes points, it has no order of its own; remove 'ranking' and 'priorities' here",
                )
    spec = case.conflict
    if spec is None:
        return
    listed = spec.issues or ()
    for n, issue in enumerate(listed):
        at: Path = ("conflict", "issues", n)
        if issue in listed[:n]:
            yield at, "this issue stands here twice"
        elif issue in case.issues and case.issues[issue].controlled_by in (None, "outside"):
            yield (
                at,
                f"nobody is said to control '{issue}', so nobody can move it; give it 'controlled_by: PARTY', "
                "or leave it out here",
            )
    controlled = [i for i, issue in case.issues.items() if issue.controlled_by not in (None, "outside")]
    wanted = spec.wanted or {}
    for issue in wanted:
        if issue in case.issues and issue not in (listed or controlled):
            allowed = ", ".join(listed or controlled)
            yield (
                ("conflict", "wanted", issue),
                f"'{issue}' is not among the issues of the conflict ({allowed}); add it there, or leave it out here",
            )
    for n, pattern in enumerate(case.impossible):
        if pattern.items() <= wanted.items():
            yield ("conflict", "wanted"), f"this is impossible by entry {n + 1} under 'impossible'"


def _points(wants: Preferences) -> Found:
    low = -math.inf if wants.min is None else wants.min
    high = math.inf if wants.max is None else wants.max
    if low >= high:
        yield ("min",), f"'min' must be below 'max': found {low:g} and {high:g}"
        return
    for issue, levels in (wants.points or {}).items():
        for option, value in levels.items():
            if value.low < low or value.high > high:
                yield (
                    ("points", issue, option),
                    f"must be between 'min' {low:g} and 'max' {high:g}: found {value.low:g} to {value.high:g}",
                )


def _coverage(wants: Preferences, issue: str, options: tuple[str, ...]) -> Found:
    raw = wants.points is not None
    kind = "points" if raw else "values"
    table: Mapping[str, Mapping[str, Range]] = (wants.points or {}) if raw else wants.values
    weighted, valued, idle = issue in wants.weights, issue in table, issue in wants.indifferent
    if idle and (weighted or valued):
        given = "weights" if weighted else kind
        yield (
            ("indifferent", wants.indifferent.index(issue)),
            f"'{issue}' also stands under '{given}': remove one of the two",
        )
    elif not idle and not weighted and not valued:
        need = "points" if raw else "a weight and values"
        yield (), f"nothing is said of the issue '{issue}': give it {need}, or list it under 'indifferent'"
    elif weighted and not valued and not raw:
        listed = ", ".join(f"{o}: .." for o in options)
        yield (
            ("weights", issue),
            f"'{issue}' has a weight but no values: add 'values: {{{issue}: {{{listed}}}}}'",
        )
    elif valued and not weighted and not raw and not idle:
        yield (
            ("values", issue),
            f"'{issue}' has values but no weight: add 'weights: {{{issue}: ..}}', or list it under 'indifferent'",
        )
    if valued:
        for option in options:
            if option not in table[issue]:
                yield (
                    (kind, issue, option),
                    f"the value of the option '{option}' is missing: add '{option}: ..'",
                )


def _no_deal(case: Case, wants: Preferences) -> Found:
    given = wants.no_deal
    if case.status_quo == "none" and not isinstance(given, Range):
        yield ("no_deal",), "without a status quo the no-deal value must be a number: add 'no_deal: ..'"
    if not isinstance(given, Range):
        return
    raw = wants.points is not None
    low, high = (wants.min, wants.max) if raw else (0.0, 100.0)
    if (low is not None and given.low < low) or (high is not None and given.high > high):
        bounds = " and ".join(f"{b:g}" for b in (low, high) if b is not None)
        hint = (
            ""
            if raw or case.status_quo == "none"
            else "; relative to the status quo it is 'no_deal: {status_quo: ..}'"
        )
        yield ("no_deal",), f"must be within {bounds}: found {given.low:g} to {given.high:g}{hint}"


def _seats(
    case: Case,
) -> Iterator[tuple[Path, Mapping[str, Tree | None], Tree | None, tuple[str, ...] | None]]:
    """Every table: its place, who sits there (party → which of it), its agreement, its issues if listed."""
    if not case.tracks:
        voting = {p: None for p, spec in case.parties.items() if spec.role is None}
        yield (), voting, case.agreement, None
    for name, track in case.tracks.items():
        seated: dict[str, Tree | None] = {}
        for seat in track.parties:
            seated.update({seat: None} if isinstance(seat, str) else dict(seat))
        yield ("tracks", name), seated, track.agreement, track.issues


def _inside(case: Case, party: str, tree: Tree | None) -> tuple[str, ...]:
    """Factions of a party whose consent can be asked for, when ``tree`` (or its own rule) speaks for it."""
    tree = tree or case.parties[party].accepts
    everyone = tuple(case.parties[party].factions) or (party,)
    return everyone if tree is None else tuple(dict.fromkeys(name for _, name in leaf_paths(tree, ())))


def _tables(case: Case) -> Found:
    if case.tracks and case.agreement is not None:
        yield ("agreement",), "a case with tracks has an 'agreement' in each track, not at the top"
    home = factions_of(case)
    for at, seated, agreement, issues in _seats(case):
        if len(seated) < sum(
            1 if isinstance(s, str) else len(s) for s in (case.tracks[str(at[1])].parties if at else ())
        ):
            yield (
                (*at, "parties"),
                "a party sits here twice; for some of its factions write '{party: {all: [..]}}'",
            )
        if all(case.parties[p].role for p in seated):
            yield (*at, "parties"), "nobody at this table has a vote"
        present = {
            f for p, tree in seated.items() if not case.parties[p].role for f in _present(case, p, tree)
        }
        for path, name in leaf_paths(agreement, (*at, "agreement")) if agreement is not None else ():
            if name not in seated and name not in present:
                party = home.get(name, name)
                yield (
                    path,
                    f"'{name}' does not sit at this table"
                    + ("" if party == name else f" (a faction of {party})"),
                )
        for n, issue in enumerate(issues or ()):
            yield from _movable(case, issue, present, (*at, "issues", n))
        if issues is not None and len(set(issues)) < len(issues):
            yield (*at, "issues"), "an issue stands here twice"
        if case.status_quo == "none" and issues is not None and len(set(issues)) < len(case.issues):
            yield (
                (*at, "issues"),
                "without a status quo all issues must be on every table: remove 'issues' here",
            )


def _present(case: Case, party: str, tree: Tree | None) -> tuple[str, ...]:
    return _inside(case, party, tree) if tree is not None else tuple(case.parties[party].factions) or (party,)


def _movable(case: Case, issue: str, present: set[str], path: Path) -> Found:
    tree = case.issues[issue].controlled_by
    if tree == "outside":
        yield path, f"'{issue}' is decided outside, so it cannot be on a table"
        return
    if tree is None:
        return

    def here(name: str) -> bool:
        if name in present:
            return True
        if name not in case.parties or not case.parties[name].factions:
            return False
        return wins(
            case.parties[name].accepts or All(all=tuple(case.parties[name].factions)), lambda f: f in present
        )

    if not wins(tree, here):
        absent = [name for _, name in leaf_paths(tree, ()) if not here(name)]
        yield (
            path,
            f"'{issue}' cannot move at this table: its control needs {', '.join(dict.fromkeys(absent))}, not present here",
        )


def _voices(case: Case) -> Found:
    """Voting factions whose consent can be asked for need preferences."""
    needed: dict[str, str] = {}
    for at, seated, agreement, _ in _seats(case):
        table = f"at the table '{at[1]}'" if at else "at the table"
        asked = [name for _, name in leaf_paths(agreement, ())] if agreement is not None else list(seated)
        for name in [*asked, *seated]:
            if name in case.parties and case.parties[name].role:
                continue
            inside = _inside(case, name, seated.get(name)) if name in case.parties else (name,)
            needed.update({f: table for f in inside if f not in needed})
    for issue, spec in case.issues.items():
        for _, name in (
            leaf_paths(spec.controlled_by, ()) if spec.controlled_by not in (None, "outside") else ()
        ):
            inside = _inside(case, name, None) if name in case.parties else (name,)
            needed.update({f: f"over the issue '{issue}'" for f in inside if f not in needed})
    home = factions_of(case, voting=True)
    for faction, where in needed.items():
        if faction not in case.preferences and faction in home:
            at = ("parties", home[faction])
            yield (
                at if faction in case.parties else (*at, "factions", faction),
                f"'{faction}' has a say {where} but no preferences: add 'preferences: {{{faction}: ..}}'",
            )


def _moves_with(case: Case) -> Found:
    known = numbers(case)
    pairs: dict[tuple[str, str], float] = {}
    last: dict[str, int] = {}
    for n, block in enumerate(case.moves_with):
        at: Path = ("moves_with", n)
        if len(set(block.these)) < len(block.these):
            yield (*at, "these"), "a number stands here twice"
            return
        uncertain = sorted(name for name in block.these if not known[name].value.certain)
        last.update(dict.fromkeys(uncertain, n))
        for k, a in enumerate(uncertain):
            for b in uncertain[k + 1 :]:
                if pairs.setdefault((a, b), block.correlation) != block.correlation:
                    yield at, f"{a} and {b} are already tied together with correlation {pairs[a, b]:g}"
                    return
    for group in _components(pairs):
        if len(group) > MAX_TOGETHER:
            yield (
                ("moves_with",),
                f"{len(group)} numbers are tied together, at most {MAX_TOGETHER} are allowed",
            )
            continue
        # A rank correlation rho is drawn as a normal one, 2 sin(pi rho / 6) (Pearson 1907).
        matrix = [
            [
                1.0 if a == b else 2 * math.sin(math.pi * pairs.get((min(a, b), max(a, b)), 0.0) / 6)
                for b in group
            ]
            for a in group
        ]
        if not _possible(matrix):
            yield (
                ("moves_with", max(last[name] for name in group), "correlation"),
                (
                    "these correlations contradict one another: no judgements can move together like this"
                    f" ({len(group)} numbers); nearer to 0, or a missing pair declared, makes them possible"
                ),
            )


def _components(pairs: Mapping[tuple[str, str], float]) -> list[list[str]]:
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            root[name] = name = root[root[name]]
        return name

    for a, b in pairs:
        root[find(a)] = find(b)
    groups: dict[str, list[str]] = {}
    for name in root:
        groups.setdefault(find(name), []).append(name)
    return [sorted(group) for group in groups.values()]


def _possible(matrix: Sequence[Sequence[float]]) -> bool:
    """Whether a symmetric matrix is positive semi-definite, by an outer-product Cholesky factorisation."""
    rest = [list(row) for row in matrix]
    for k in range(len(rest)):
        pivot = rest[k][k]
        if pivot < -1e-9:
            return False
        if pivot <= 1e-9:
            if any(abs(rest[i][k]) > 1e-6 for i in range(k + 1, len(rest))):
                return False
            continue
        for i in range(k + 1, len(rest)):
            factor = rest[i][k] / pivot
            if factor:
                for j in range(k + 1, len(rest)):
                    rest[i][j] -= factor * rest[k][j]
    return True
