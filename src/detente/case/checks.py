"""What a case says in one place must fit what it says in another: faults that need two places at once.

:func:`faults` gives everything that makes a case unusable, :func:`~detente.case.advice.warnings` what a good
colleague would point out, :func:`~detente.case.quotations.verify_quotations` whether the facts are in the texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from detente.case.advice import warnings
from detente.case.asked import asked_faults
from detente.case.chances import chance_faults
from detente.case.lapses import lapse_faults
from detente.case.lead import lead_faults
from detente.case.model import (
    MEANT,
    All,
    Case,
    Firm,
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
from detente.case.no_deal import no_deal_faults
from detente.case.order import order_faults
from detente.case.paths import (
    Finder,
    controls_to,
    dotted,
    factions_of,
    leaf_paths,
    merged,
    nested,
    provenances,
    seats,
    wins,
)
from detente.case.quotations import Quotation, fingerprints, verify_quotations
from detente.case.steps import step_faults
from detente.case.ties import tie_faults
from detente.case.yamltext import Offset, Path
from detente.errors import Fault

__all__ = [
    "Quotation",
    "Unknown",
    "faults",
    "fingerprints",
    "placed",
    "unknown_names",
    "unreasoned",
    "verify_quotations",
    "warnings",
]

MAX_FACT = 300

Found = Iterator[tuple[Path, str]]
"""Where in the case, and what is wrong."""


def faults(case: Case, place: Finder) -> list[Fault]:
    """Everything that makes the case unusable, in file order; ``place`` gives line and column."""
    strangers = unknown_names(case, place)
    unknown = [u.fault for u in strangers]
    checks = (
        _ids,
        _trees,
        unreasoned,
        _issues,
        _preferences,
        chance_faults,
        _conflict,
        step_faults,
        lead_faults,
        lapse_faults,
        no_deal_faults,
    )
    found = [fault for check in checks for fault in placed(check(case), place)]
    # A misspelt name is one mistake, not two: what it leaves missing in the same block goes without saying.
    meant: dict[str, set[str]] = {}
    for stranger in strangers:
        if stranger.meant is not None:
            meant.setdefault(_block(stranger.fault), set()).add(f"'{stranger.meant}'")
    found = [f for f in found if not any(name in f.message for name in meant.get(_block(f), ()))]
    if not unknown:
        # These follow names from block to block, so they wait until every name means something.
        found += [
            fault
            for check in (_tables, _voices, asked_faults, order_faults, tie_faults)
            for fault in placed(check(case), place)
        ]
    return sorted({*unknown, *found})


def placed(found: Found, place: Finder) -> list[Fault]:
    """What was found, with line and column, and where it is in words."""
    told = []
    for path, message in found:
        at = dotted(path[:-1] if path and isinstance(path[-1], Offset) else path)
        told.append(Fault(*place(path), f"{at}: {message}" if at else message, at))
    return told


def _block(fault: Fault) -> str:
    return ".".join(fault.path.split(".")[:2])


def _ids(case: Case) -> Found:
    for party, spec in case.parties.items():
        names: list[Path] = [("parties", party), *(("parties", party, "factions", f) for f in spec.factions)]
        for path in names:
            if path[-1] in MEANT:
                yield (
                    path,
                    f"no party or faction can be called '{path[-1]}': the word means {MEANT[str(path[-1])]}; use another",
                )
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
        for option, of in issue.options.items():
            if of.controlled_by is not None:
                yield ("issues", name, "options", option, "controlled_by"), of.controlled_by


def _trees(case: Case) -> Found:
    without_vote = {f: p for f, p in factions_of(case).items() if case.parties[p].role}
    without_vote.update({p: p for p, spec in case.parties.items() if spec.role})
    home = factions_of(case)
    for path, tree in _all_trees(case):
        yield from _quotas(tree, path)
        yield from _twice(tree, path, home)
        if path[0] in ("parties", "bodies") or path[2:3] == ("parties",):
            continue  # inside one party nobody asks for a role
        for leaf, name in leaf_paths(tree, path):
            if name in without_vote:
                role = case.parties[without_vote[name]].role
                yield leaf, f"'{name}' is at the table as {role}, without a vote; remove it here, or its role"


def _twice(tree: Tree, path: Path, home: Mapping[str, str]) -> Found:
    """Whose yes would count twice in one gate: listed twice, or as a party and as a part of it."""
    if isinstance(tree, str):
        return
    if isinstance(tree, Weighted):
        listed: list[tuple[Path, Tree]] = [((*path, "weights", name), name) for name in tree.weights]
    else:
        listed = list(nested(tree, path))
        for below, branch in listed:
            yield from _twice(branch, below, home)
    names = {branch for _, branch in listed if isinstance(branch, str)}
    seen: set[str] = set()
    for below, branch in listed:
        known = str(branch) in seen
        seen.add(str(branch))
        if known:
            shown = f"'{branch}'" if isinstance(branch, str) else "this"
            yield below, f"{shown} stands here twice: each counts once, so remove one"
        elif isinstance(branch, str) and home.get(branch, branch) != branch and home[branch] in names:
            yield (
                below,
                f"'{branch}' is a faction of '{home[branch]}', which stands beside it: whoever is asked is asked once, so "
                "remove one of the two",
            )


def _quotas(tree: Tree, path: Path) -> Found:
    if isinstance(tree, str):
        return
    if isinstance(tree, Weighted):
        if tree.quota > (total := sum(tree.weights.values())):
            yield (
                (*path, "quota"),
                f"a quota of {tree.quota} can never be reached: the weights sum to {total}",
            )
        if tree.total is not None and total != tree.total:
            gap = abs(tree.total - total)
            yield (
                (*path, "total"),
                f"the weights sum to {total}, and {tree.total} votes are said to be there: {gap} "
                + ("too few; name who has them" if total < tree.total else "too many; look at the weights")
                + ", or change 'total'",
            )
        return
    if isinstance(tree, KOfN) and tree.at_least.k > len(tree.at_least.of):
        yield (*path, "at_least", "k"), f"{tree.at_least.k} of {len(tree.at_least.of)} can never be reached"
    for below, branch in nested(tree, path):
        yield from _quotas(branch, below)


def unreasoned(case: Case) -> Found:
    """Numbers without a fact, a judgement or an inference around them, and facts that are no short quotation."""
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
        for option, spec in issue.options.items():
            if spec.controlled_by is not None and issue.controlled_by == "outside":
                yield (
                    (*at, "options", option, "controlled_by"),
                    f"'{name}' is decided outside, so that nobody moves it to an option: remove one of the two",
                )
        if issue.was is not None and (issue.was not in issue.options or issue.was == issue.status_quo):
            yield (
                (*at, "was"),
                f"'{issue.was}' is no option of '{name}' beside the status quo: name the one that stood before somebody moved it, "
                f"of {', '.join(o for o in issue.options if o != issue.status_quo)}",
            )
        if game and issue.status_quo is not None:
            yield (*at, "status_quo"), "this case has 'status_quo: none' at the top; remove one of the two"
        elif not game and issue.status_quo is None:
            first, *others = issue.options
            yield (
                at,
                f"the status quo is missing: add 'status_quo: {first}' if that is how things stand today (else one of: "
                f"{', '.join(others)}), or 'status_quo: none' at the top",
            )
    if game:
        return
    for n, pattern in enumerate(case.impossible):
        if all(i in case.issues and case.issues[i].status_quo == o for i, o in pattern.items()):
            yield ("impossible", n), "the status quo itself has all of this, so it cannot be impossible"


def _preferences(case: Case) -> Found:
    for faction, base in case.preferences.items():
        own = dict(_of_one(case, base))
        for path, message in own.items():
            yield ("preferences", faction, *path), message
        for name, reading in case.readings.get(faction, {}).items():
            if reading.preferences.model_fields_set:
                at: Path = ("readings", faction, name, "preferences")
                over = reading.preferences
                if over.step is not None:
                    yield (
                        (*at, "step"),
                        "the step is the faction's, whatever it is read to want; move it there",
                    )
                    continue
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
        for key in ("min", "max", "step"):
            if getattr(wants, key) is not None:
                yield (key,), f"'{key}' belongs to raw points; values go from 0 to 100"
        if wants.weights and not any(w.low for w in wants.weights.values()):
            when = "are all 0" if not any(w.high for w in wants.weights.values()) else "can all be 0 at once"
            yield (
                ("weights",),
                f"the weights {when}, and then no issue matters: at least one needs a 5th percentile above 0; an issue that "
                "does not matter goes under 'indifferent'",
            )
    table = (wants.points or {}) if wants.points is not None else wants.values
    said = {*wants.weights, *table, *wants.indifferent}
    silent = [issue for issue in case.issues if issue not in said]
    if silent:
        need = "points" if wants.points is not None else "a weight and values"
        which = "the issue " + _quoted(silent) if len(silent) == 1 else "the issues " + _quoted(silent)
        them = ("it", "it") if len(silent) == 1 else ("each", "them")
        yield (), f"nothing is said of {which}: give {them[0]} {need}, or list {them[1]} under 'indifferent'"
    for issue, spec in case.issues.items():
        if issue in said:
            yield from _coverage(wants, issue, tuple(spec.options))
    yield from _no_deal(case, wants)
    for kind in ("red_lines", "firm"):
        lines = [line.package if isinstance(line, Firm) else line for line in getattr(wants, kind)]
        seen: dict[frozenset[tuple[str, str]], int] = {}
        for n, line in enumerate(lines):
            first = seen.setdefault(frozenset(line.items()), n)
            if first != n:
                yield (
                    (kind, n),
                    f"the same line as entry {first + 1}: a line is typed once, remove one of the two",
                )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


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
        elif issue in case.issues and not case.issues[issue].controls:
            yield (
                at,
                f"nobody is said to control '{issue}', so nobody can move it; give it 'controlled_by: PARTY', "
                "or leave it out here",
            )
    controlled = [i for i, issue in case.issues.items() if issue.controls]
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
    elif weighted and not valued and not raw:
        two = len(options) == 2
        listed = ", ".join(f"{o}: {(0, 100)[n] if two else '..'}" for n, o in enumerate(options))
        turned = ", or 0 and 100 the other way round" if two else ""
        yield (
            ("weights", issue),
            f"'{issue}' has a weight but no values: add 'values: {{{issue}: {{{listed}}}}}'{turned}",
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
        yield ("tracks", name), seats(track), track.agreement, track.issues


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
    spec = case.issues[issue]
    if spec.controlled_by == "outside":
        yield path, f"'{issue}' is decided outside, so it cannot be on a table"
        return
    ways = [controls_to(spec, option) for option in spec.options if option != spec.status_quo]

    def here(name: str) -> bool:
        if name in present:
            return True
        if name not in case.parties or not case.parties[name].factions:
            return False
        return wins(
            case.parties[name].accepts or All(all=tuple(case.parties[name].factions)), lambda f: f in present
        )

    missing = [[tree for tree in trees if tree is not None and not wins(tree, here)] for trees in ways]
    if all(missing):
        absent = [
            name for trees in missing for tree in trees for _, name in leaf_paths(tree, ()) if not here(name)
        ]
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
        for _, name in (leaf for tree in spec.controls for leaf in leaf_paths(tree, ())):
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
