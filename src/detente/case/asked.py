"""Who is asked only where some issues move (``when`` of an acceptance tree): its names, and what in it cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from detente.case.model import All, Case, Tree, Weighted, When
from detente.case.paths import nested, seats
from detente.case.yamltext import Path
from detente.figures import joined

__all__ = ["asked_faults", "asked_names"]

Found = Iterator[tuple[Path, str]]


def asked_names(case: Case) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every issue named: where, what kind of name, the name, the names that there are."""
    for path, tree in _trees(case):
        for place, found in _conditions(tree, path):
            for n, issue in enumerate(found.when):
                yield (*place, "when", n), "issue", issue, case.issues


def asked_faults(case: Case) -> Found:
    """What cannot be; every name must be known."""
    for path, tree in _trees(case):
        for place, found in _conditions(tree, path):
            if path[0] == "bodies" or path[-1] == "controlled_by":
                what = "the votes of a council" if path[0] == "bodies" else "the control of an issue"
                yield (
                    (*place, "when"),
                    f"'when' is for those who agree at a table, not for {what}: write the tree under it alone",
                )
            elif case.status_quo == "none":
                yield (
                    (*place, "when"),
                    "without a status quo every package moves everything: write the tree under it alone",
                )
            yield from _of_one(case, found, place)
    for path, tree, seated, issues in _tables(case):
        yield from _under(case, tree, path, seated, "")
        for place, found in _conditions(tree, path):
            if not any(i in issues for i in found.when):
                yield (
                    (*place, "when"),
                    f"nothing of this is on the table ({', '.join(issues)}), so that nobody is ever asked; name "
                    "what is, or leave it out",
                )
    yield from _nobody(case)


def _nobody(case: Case) -> Found:
    """Tables at which some package would need nobody's yes."""
    everything = [i for i, spec in case.issues.items() if spec.controlled_by != "outside"]
    tables: list[tuple[Path, Tree | None, Mapping[str, Tree | None], Collection[str]]] = [
        (("tracks", name), track.agreement, seats(track), track.issues or everything)
        for name, track in case.tracks.items()
    ]
    if not case.tracks:
        tables = [((), case.agreement, dict.fromkeys(case.parties), everything)]
    for at, agreement, seated, issues in tables:
        voting = tuple(party for party in seated if case.parties[party].role is None)
        if not voting:
            continue
        asked = _only_for(case, agreement or All(all=voting), seated)
        free = [] if asked is None else [i for i in issues if i not in asked]
        if free:
            yield (
                at if agreement is None else (*at, "agreement"),
                f"nobody has to say yes to a package that moves only {joined(free)}: name somebody who always has to, "
                "beside 'when' under 'all'",
            )


def _only_for(case: Case, tree: Tree, seated: Mapping[str, Tree | None]) -> set[str] | None:
    """The issues where anybody is asked at all; None: somebody is asked whatever moves."""
    if isinstance(tree, When):
        return set(tree.when)
    if isinstance(tree, str) and _conditional(case, tree, seated):
        return _only_for(case, seated.get(tree) or case.parties[tree].accepts or tree, {})
    if not isinstance(tree, All):
        return None
    found = [_only_for(case, branch, seated) for branch in tree.all]
    return None if None in found else set().union(*(f for f in found if f is not None))


def _trees(case: Case) -> Iterator[tuple[Path, Tree]]:
    for name, party in case.parties.items():
        if party.accepts is not None:
            yield ("parties", name, "accepts"), party.accepts
    for name, issue in case.issues.items():
        if issue.controlled_by not in (None, "outside"):
            yield ("issues", name, "controlled_by"), issue.controlled_by
        for option, spec in issue.options.items():
            if spec.controlled_by is not None:
                yield ("issues", name, "options", option, "controlled_by"), spec.controlled_by
    for name, body in case.bodies.items():
        yield ("bodies", name, "votes"), body.votes
    for path, tree, _, _ in _tables(case):
        yield path, tree


def _tables(case: Case) -> Iterator[tuple[Path, Tree, Mapping[str, Tree | None], tuple[str, ...]]]:
    """What is typed at each table: where, who has to say yes, who sits there, what is on it."""
    everything = tuple(i for i, spec in case.issues.items() if spec.controlled_by != "outside")
    if case.agreement is not None:
        yield ("agreement",), case.agreement, {}, everything
    for name, track in case.tracks.items():
        for n, seat in enumerate(track.parties):
            if not isinstance(seat, str):
                for party, tree in seat.items():
                    yield ("tracks", name, "parties", n, party), tree, {}, track.issues or everything
        if track.agreement is not None:
            yield ("tracks", name, "agreement"), track.agreement, seats(track), track.issues or everything


def _conditions(tree: Tree, path: Path) -> Iterator[tuple[Path, When]]:
    if isinstance(tree, When):
        yield path, tree
    for below, branch in nested(tree, path):
        yield from _conditions(branch, below)


def _of_one(case: Case, found: When, place: Path) -> Found:
    for n, issue in enumerate(found.when):
        if issue in found.when[:n]:
            yield (*place, "when", n), "this issue stands here twice"
        elif issue in case.issues and case.issues[issue].controlled_by == "outside":
            yield (*place, "when", n), f"'{issue}' is decided outside, so that no package moves it"


def _under(case: Case, tree: Tree, path: Path, seated: Mapping[str, Tree | None], above: str) -> Found:
    """Conditions where what they mean would not be clear: below what leaves a choice, or below another one."""
    why = {
        "": "",
        "choice": "whoever is not asked has said yes, so that 'when' stands only where everybody has to: under 'all', or on its own",
        "when": "one 'when' cannot stand below another: name the issues of both in one, or write two side by side under 'all'",
    }[above]
    if isinstance(tree, When) and why:
        yield (*path, "when"), why
    elif isinstance(tree, Weighted):
        yield from (
            ((*path, "weights", name), f"'{name}' is asked only where some issues move; {_CHOICE}")
            for name in tree.weights
            if _conditional(case, name, seated)
        )
    elif isinstance(tree, str):
        if why and _conditional(case, tree, seated):
            yield path, f"'{tree}' is asked only where some issues move; {why}"
    else:
        below = "when" if isinstance(tree, When) else above if isinstance(tree, All) else "choice"
        for place, branch in nested(tree, path):
            yield from _under(case, branch, place, seated, below)


_CHOICE = "whoever is not asked has said yes, so that no votes are counted then: use 'all'"


def _conditional(case: Case, name: str, seated: Mapping[str, Tree | None]) -> bool:
    """Whether a party says yes, at this table, by a tree with a condition."""
    tree = seated.get(name) or (case.parties[name].accepts if name in case.parties else None)
    return tree is not None and any(True for _ in _conditions(tree, ()))
