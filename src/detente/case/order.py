"""What comes after what when an agreement is carried out (``after`` of issues and options): names, and what cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from detente.case.model import Case, Earlier
from detente.case.yamltext import Path

__all__ = ["order_faults", "order_names"]

Found = Iterator[tuple[Path, str]]
Node = tuple[str, str]
"""An issue, and the option that a step of it reaches."""


def order_names(case: Case) -> Iterator[tuple[Path, str, str, Collection[str]]]:
    """Every name used: where, what kind of name, the name, the names that there are."""
    for path, _, _, earlier in _conditions(case):
        issue, option = _target(earlier)
        yield path, "issue", issue, case.issues
        if option is not None and issue in case.issues:
            yield (*path, issue), f"option of {issue}", option, case.issues[issue].options


def order_faults(case: Case) -> Found:
    """What cannot be; every name must be known."""
    for path, issue, own, earlier in _conditions(case):
        before, option = _target(earlier)
        spec = case.issues[before]
        if not spec.controls:
            why = "is decided outside" if spec.controlled_by == "outside" else "is controlled by nobody"
            yield path, f"'{before}' {why}, so that nobody takes a step on it, and nothing comes after that"
        elif before == issue and (option is None or own is None):
            yield path, f"'{issue}' cannot come after itself"
        elif option is not None and option == spec.status_quo:
            yield (
                (*path, before),
                f"'{before}' is at '{option}' from the beginning, so that everything comes after it",
            )
        elif own is not None and own == case.issues[issue].status_quo:
            yield path, f"'{issue}' is at '{own}' from the beginning, and no step leads there"
        for n, together in enumerate(case.steps.simultaneous if case.steps else ()):
            if own is None and option is None and {issue, before} <= set(together):
                yield (
                    path,
                    f"'{issue}' and '{before}' are exchanged at one moment by entry {n + 1} under 'steps: simultaneous': "
                    "remove one of the two",
                )
    yield from _circle(case)


def _conditions(case: Case) -> Iterator[tuple[Path, str, str | None, Earlier]]:
    """Where it stands, the issue that comes later, its option if it is that of one option only, and what comes before."""
    for name, issue in case.issues.items():
        for n, earlier in enumerate(issue.after):
            yield ("issues", name, "after", n), name, None, earlier
        for option, spec in issue.options.items():
            for n, earlier in enumerate(spec.after):
                yield ("issues", name, "options", option, "after", n), name, option, earlier


def _target(earlier: Earlier) -> tuple[str, str | None]:
    return (earlier, None) if isinstance(earlier, str) else next(iter(earlier.items()))


def _circle(case: Case) -> Found:
    """The first circle of conditions, with its members."""
    waits: dict[Node, dict[Node, Path | None]] = {
        (name, o): {} for name, issue in case.issues.items() for o in issue.options if o != issue.status_quo
    }
    for name, issue in case.issues.items():
        if issue.gradual and issue.status_quo is not None and issue.status_quo in issue.options:
            # On the way from the status quo, in either direction, an option needs the one before.
            options = list(issue.options)
            home = options.index(issue.status_quo)
            for way in (options[home + 1 :], options[:home][::-1]):
                for before, beyond in pairwise(way):
                    waits[name, beyond][name, before] = None
    for path, name, own, earlier in _conditions(case):
        target, option = _target(earlier)
        for later in [n for n in waits if n[0] == name and own in (None, n[1])]:
            for sooner in [n for n in waits if n[0] == target and option in (None, n[1])]:
                waits[later].setdefault(sooner, path)
    ring = _ring(waits)
    if ring:
        names = list(dict.fromkeys(_step(case, node) for node in ring))
        path = next((p for a, b in zip(ring, [*ring[1:], ring[0]], strict=True) if (p := waits[a][b])), ())
        yield (
            path,
            f"these wait for one another in a circle: {', which comes after '.join([*names, names[0]])}; leave one of them out",
        )


def _step(case: Case, node: Node) -> str:
    name, option = node
    return (
        f"'{name}: {option}'"
        if case.issues[name].gradual or case.issues[name].options[option].after
        else f"'{name}'"
    )


def _ring(waits: Mapping[Node, Collection[Node]]) -> list[Node]:
    """Nodes each of which waits for the next, and the last for the first; empty where there are none."""
    done: set[Node] = set()
    for start in waits:
        trail: list[Node] = []
        ways = [iter([start])]
        while ways:
            node = next(ways[-1], None)
            if node is None:
                ways.pop()
                if trail:
                    done.add(trail.pop())
            elif node in trail:
                return trail[trail.index(node) :]
            elif node not in done:
                trail.append(node)
                ways.append(iter(waits[node]))
    return []
