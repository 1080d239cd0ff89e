"""What a good colleague would point out: a case that is valid, and still probably not what was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from detente.case.chances import chance_warnings
from detente.case.mechanism import Own
from detente.case.model import All, AnyOf, Case, Element, Issue, Preferences, Range, Tree, Weighted, When
from detente.case.paths import (
    Finder,
    branches,
    controls_to,
    dotted,
    factions_of,
    leaf_paths,
    numbers,
    provenances,
    seats,
    sitting,
    wins,
)
from detente.case.spare import fleeting, spare
from detente.case.uncounted import minds, read_by_world
from detente.case.unused import unused
from detente.case.waiting import alone, empty_gestures
from detente.case.yamltext import Path
from detente.errors import Fault
from detente.figures import agree

__all__ = ["Effective", "effective_weights", "warnings"]

Found = Iterator[tuple[Path, str]]

FAR = 5.0
"""Points by which an effective quantile may differ from the typed one without a word, and a quarter of it."""

HASTY = 0.5
"""Patience below which a month was probably taken for a year."""

SEARCH = 20_000
"""Steps of the search for a package that contains an option; beyond it nothing is claimed."""

_EMPTY_REASONS = {"", "?", "??", "???", "tbd", "n/a", "na", "none", "guess", "todo", "x", "xxx", "-", "..."}


class Effective(NamedTuple):
    """A weight after normalisation to a sum of 100: its 5th, 50th and 95th percentile, about."""

    low: float
    median: float
    high: float


def warnings(case: Case, place: Finder) -> list[Fault]:
    """Everything worth a second look, with line and column from ``place``."""
    checks: list[Callable[[Case], Found]] = [
        _reasons,
        _dates,
        _names,
        unused,
        spare,
        fleeting,
        _silent,
        empty_gestures,
    ]
    if not case.ordinal:  # the others look at points
        checks += [
            _status_quo,
            _spans,
            _weights,
            _no_deal,
            _patience,
            _doubles,
            _dummies,
            _never,
            _idle_tracks,
            _unminded,
            _office,
        ]
        checks += [_ties, chance_warnings, alone]
    return [
        Fault(*place(path), f"{dotted(path)}: {message}" if path else message, dotted(path))
        for check in checks
        for path, message in check(case)
    ]


def effective_weights(preferences: Preferences) -> dict[str, Effective]:
    """The weights as they act: normalised to sum to 100 in each draw.

    A deterministic approximation of the quantiles: each weight at its low, median and high, the others at
    their medians. The spread of the others makes the true range a little wider.
    """
    total = sum(w.median for w in preferences.weights.values())
    if total <= 0:
        return {}

    def share(weight: float, others: float) -> float:
        return 100 * weight / (weight + others) if weight + others > 0 else 0.0

    return {
        issue: Effective(*(share(w, total - weight.median) for w in (weight.low, weight.median, weight.high)))
        for issue, weight in preferences.weights.items()
    }


def _movable(case: Case) -> dict[str, Issue]:
    return {name: issue for name, issue in case.issues.items() if issue.controlled_by != "outside"}


def _tables(preferences: Preferences) -> Mapping[str, Mapping[str, Range]]:
    """Values of the issues that matter to a faction."""
    if preferences.points is not None:
        return preferences.points
    return {
        i: v
        for i, v in preferences.values.items()
        if i in preferences.weights and preferences.weights[i].median > 0
    }


def _status_quo(case: Case) -> Found:
    if case.status_quo == "none":
        return
    better = worse = False
    for preferences in case.preferences.values():
        for issue, spec in _movable(case).items():
            levels = _tables(preferences).get(issue)
            if levels is None or spec.status_quo is None:
                continue
            here = levels[spec.status_quo].median
            better |= any(v.median > here for v in levels.values())
            worse |= any(v.median < here for v in levels.values())
    if not better:
        yield (
            ("preferences",),
            "everybody prefers the status quo on every issue that can move, so that nobody has a reason to talk: is 100 the best "
            "option of each issue for whom the values are?",
        )
    elif not worse:
        yield (
            ("preferences",),
            "nobody prefers the status quo on any issue that can move, so that there is nothing to give: is 100 the best option "
            "of each issue for whom the values are?",
        )


def _spans(case: Case) -> Found:
    for faction, preferences in case.preferences.items():
        if preferences.points is not None:
            continue
        for issue, levels in _tables(preferences).items():
            low, high = min(v.median for v in levels.values()), max(v.median for v in levels.values())
            if low > 0 or high < 100:
                yield (
                    ("preferences", faction, "values", issue),
                    (
                        f"the values go from {low:g} to {high:g}, not from 0 to 100; a weight is the importance of going "
                        "from the worst option to the best, so stretch the values or lower the weight"
                    ),
                )


def _weights(case: Case) -> Found:
    for faction, preferences in case.preferences.items():
        if preferences.points is not None:
            continue
        far = [
            f"{issue} {_range(typed.low, typed.median, typed.high)} acts as {_range(*acts)}"
            for issue, acts in effective_weights(preferences).items()
            if _far(typed := preferences.weights[issue], acts)
        ]
        if far:
            total = sum(w.median for w in preferences.weights.values())
            listed = "; ".join(far[:6]) + (f"; and {len(far) - 6} more" if len(far) > 6 else "")
            yield (
                ("preferences", faction, "weights"),
                (
                    f"the weights sum to {total:g} at their medians and are made to sum to 100 in each draw: {listed}"
                ),
            )


def _far(typed: Range, acts: Effective) -> bool:
    quantiles = zip((typed.low, typed.median, typed.high), acts, strict=True)
    return any(abs(a - t) > max(FAR, abs(t) / 4) for t, a in quantiles)


def _range(low: float, median: float, high: float) -> str:
    numbers = [f"{round(n, 1):g}" for n in (low, median, high)]
    return numbers[1] if low == high else "-".join(numbers)


def _dummies(case: Case) -> Found:
    trees: list[Tree] = [tree for issue in _movable(case).values() for tree in issue.controls]
    seating: list[Mapping[str, Tree | None]] = []
    for track in case.tracks.values():
        seated = seats(track)
        seating.append(seated)
        trees.append(_whole(case, track.agreement, seated))
    if not case.tracks:
        trees.append(_whole(case, case.agreement, dict.fromkeys(case.parties)))
    matters: set[str] = set()
    for tree in trees:
        for name in _swingers(tree):
            if name in case.parties and case.parties[name].factions:
                rules = [s.get(name) for s in seating if name in s] or [None]
                for rule in rules:
                    inside = rule or case.parties[name].accepts or All(all=tuple(case.parties[name].factions))
                    matters |= _swingers(inside)
            else:
                matters.add(name)
    for faction, party in factions_of(case, voting=True).items():
        if faction not in matters:
            at: Path = ("parties", party) if faction == party else ("parties", party, "factions", faction)
            yield (
                at,
                (
                    f"'{faction}' cannot matter: no agreement needs it, nor the control of any issue "
                    "(it is in no minimal winning set); seat it where it has a say, or leave it out with what it prefers"
                ),
            )


def _whole(case: Case, agreement: Tree | None, seated: Mapping[str, Tree | None]) -> Tree:
    voting = tuple(p for p in seated if case.parties[p].role is None)
    return agreement if agreement is not None else All(all=voting)


def _swingers(tree: Tree) -> set[str]:
    """Names in some minimal winning set. Exact if no name occurs twice; else some may be kept that could go."""
    if isinstance(tree, str):
        return {tree}
    if isinstance(tree, When):
        return _swingers(tree.ask)
    if not isinstance(tree, Weighted):
        needed = (
            len(branches(tree))
            if isinstance(tree, All)
            else 1
            if isinstance(tree, AnyOf)
            else tree.at_least.k
        )
        return (
            set().union(*(_swingers(b) for b in branches(tree))) if needed <= len(branches(tree)) else set()
        )
    if sum(tree.weights.values()) > SEARCH:
        return {name for name, weight in tree.weights.items() if weight}
    swing = set()
    for name, weight in tree.weights.items():
        totals = 1  # bit s is set when some of the others have s votes together
        for other, votes in tree.weights.items():
            if other != name:
                totals |= totals << votes
        if (totals >> max(tree.quota - weight, 0)) & ((1 << min(weight, tree.quota)) - 1):
            swing.add(name)
    return swing


def _reasons(case: Case) -> Found:
    for path, part, _, _ in provenances(case):
        if part.judgement is not None and part.judgement.because.strip().lower() in _EMPTY_REASONS:
            yield (*path, "judgement"), "a judgement without a reason: say why, the reader will ask"


def _never(case: Case) -> Found:
    involved = list(dict.fromkeys(i for pattern in case.impossible for i in pattern))
    for issue in involved:
        for option in case.issues[issue].options:
            if _search(case, {issue: option}, [i for i in involved if i != issue], [SEARCH]) is False:
                yield (
                    ("issues", issue, "options", option),
                    "this option can never occur: 'impossible' excludes it",
                )


def _search(case: Case, package: dict[str, str], rest: list[str], budget: list[int]) -> bool | None:
    """Whether ``package`` can be completed; None when the search was given up."""
    budget[0] -= 1
    if budget[0] < 0:
        return None
    if any(all(package.get(i) == o for i, o in pattern.items()) for pattern in case.impossible):
        return False
    if not rest:
        return True
    for option in case.issues[rest[0]].options:
        found = _search(case, {**package, rest[0]: option}, rest[1:], budget)
        if found is not False:
            return found
    return False


def _idle_tracks(case: Case) -> Found:
    moved: set[str] = set()
    seats = sitting(case)
    for name, track in case.tracks.items():
        present = set(seats[name])
        movable = {i for i in track.issues or case.issues if _can_move(case, i, present)}
        moved |= movable
        if not movable:
            yield ("tracks", name), "nothing can move at this table: nobody here controls any of its issues"
    for issue in _movable(case) if case.tracks else ():
        if issue not in moved:
            yield (
                ("issues", issue),
                "this issue can move at no table: those who control it never sit together with it",
            )


def _unminded(case: Case) -> Found:
    """Issues on a table that are all the same to everybody."""
    minded = minds(case) | read_by_world(case)
    for name in _movable(case):
        if name not in minded:
            yield (
                ("issues", name),
                f"nobody minds '{name}': no weight, points, line or combination is about it, so that every package is there once "
                "for each of its options; give it a weight in somebody's preferences, or remove it",
            )


def _office(case: Case) -> Found:
    """Small swaps are of issues that touch nobody's hold on office, so somebody has to have thought of which do."""
    if any("touches_office" in issue.model_fields_set for issue in case.issues.values()):
        return
    homes = factions_of(case)
    hands = {
        frozenset(homes.get(leaf, leaf) for _, leaf in leaf_paths(tree, ()))
        for issue in _movable(case).values()
        for tree in issue.controls
    }
    if len(hands) > 1:
        yield (
            ("issues",),
            "no issue says whether it touches somebody's hold on office, so that any two or three of them count as a small swap: write "
            "'touches_office: true' at each that does, or 'touches_office: false' at one to say that none does",
        )


def _can_move(case: Case, issue: str, present: set[str]) -> bool:
    spec = case.issues[issue]
    ways = [controls_to(spec, option) for option in spec.options if option != spec.status_quo]

    def here(name: str) -> bool:
        if name in present or name not in case.parties or not case.parties[name].factions:
            return name in present
        return wins(
            case.parties[name].accepts or All(all=tuple(case.parties[name].factions)), lambda f: f in present
        )

    return spec.controlled_by != "outside" and any(
        all(tree is None or wins(tree, here) for tree in trees) for trees in ways
    )


def _dates(case: Case) -> Found:
    used = {part.source for _, part, _, _ in provenances(case)}
    for name, source in case.sources.items():
        if case.as_of is not None and source.date is not None and source.date > case.as_of and name in used:
            yield (
                ("sources", name, "date"),
                (
                    f"this source is dated {source.date}, after the case's 'as_of' {case.as_of}: its facts were not known then"
                ),
            )
    for path, part, _, _ in provenances(case):
        judged = part.judgement.on if part.judgement is not None else None
        if case.as_of is not None and judged is not None and judged > case.as_of:
            yield (
                (*path, "judgement", "on"),
                f"this judgement was made on {judged}, after the case's 'as_of' {case.as_of}: it may know what was not known then",
            )


def _silent(case: Case) -> Found:
    """Events of a world that have no words of their own, so that no answer tells of them."""
    for part, spec in case.world.parts.items() if case.world is not None else ():
        events = spec.events if isinstance(spec, Own) else {}
        mute = [name for name, event in events.items() if event.says is None and event.ends is None]
        if mute:
            shown = ", ".join(f"'{name}'" for name in mute[:5]) + (" and others" if len(mute) > 5 else "")
            yield (
                ("world", "parts", part, "events", mute[0]),
                f"no answer tells of {shown}: give an event 'says', a clause that completes 'in 36% of worlds ..', such as "
                "'says: the road is opened'",
            )


def _names(case: Case) -> Found:
    """Two of a kind that a reader cannot tell apart."""
    kinds: list[tuple[Path, Mapping[str, Element]]] = [
        (("parties",), case.parties), (("issues",), case.issues), (("tracks",), case.tracks), (("bodies",), case.bodies),
        (("guarantees",), case.guarantees), (("deadlines",), case.deadlines), (("gestures",), case.gestures),
        (("policies",), case.policies),
    ]  # fmt: skip
    kinds += [(("issues", i, "options"), issue.options) for i, issue in case.issues.items()]
    kinds += [(("readings", f), readings) for f, readings in case.readings.items()]
    named = [[((*at, name), part.name) for name, part in parts.items()] for at, parts in kinds]
    named.append(
        [
            (("parties", p, "factions", f), faction.name)
            for p, party in case.parties.items()
            for f, faction in party.factions.items()
        ]
    )
    for kind in named:
        seen: dict[str, Path] = {}
        for path, shown in kind:
            if shown is not None and seen.setdefault(shown, path) != path:
                yield (
                    (*path, "name"),
                    f"'{shown}' is also the name of {dotted(seen[shown])}: nobody can tell the two apart in a report",
                )


def _doubles(case: Case) -> Found:
    """Terms that are typed twice."""
    for at, wants in _wants(case):
        seen: dict[frozenset[tuple[str, str]], int] = {}
        for n, term in enumerate(wants.together):
            first = seen.setdefault(frozenset(term.when.items()), n)
            if first != n:
                yield (
                    (*at, "together", n),
                    f"entry {first + 1} is about the same options: the points of both are added",
                )


def _wants(case: Case) -> Iterator[tuple[Path, Preferences]]:
    for faction, wants in case.preferences.items():
        yield ("preferences", faction), wants
        for name, reading in case.readings.get(faction, {}).items():
            yield ("readings", faction, name, "preferences"), reading.preferences


def _patience(case: Case) -> Found:
    for at, wants in _wants(case):
        if wants.patience is not None and wants.patience.median < HASTY:
            yield (
                (*at, "patience"),
                f"a point next month is said to be worth {wants.patience.median:g} of one this month, next to nothing within a "
                "year: patience is a month's, not a year's; 0.98 loses 2% a month",
            )


def _no_deal(case: Case) -> Found:
    """An absolute no-deal value that was probably meant to be relative, or that decides everything by itself."""
    for faction, wants in case.preferences.items():
        given = wants.no_deal
        if not isinstance(given, Range):
            continue
        shares = {i: w.median / 100 for i, w in effective_weights(wants).items()}
        tables = {
            issue: [shares.get(issue, 1.0) * v.median for v in levels.values()]
            for issue, levels in _tables(wants).items()
        }
        low, high = sum(min(t) for t in tables.values()), sum(max(t) for t in tables.values())
        low += sum(min(0.0, term.add.median) for term in wants.together)
        high += sum(max(0.0, term.add.median) for term in wants.together)
        at: Path = ("preferences", faction, "no_deal")
        meant = f"; relative to the status quo it is 'no_deal: {{status_quo: {given.median:g}}}'"
        meant = "" if case.status_quo == "none" else meant
        if given.low > high:
            yield at, f"no package is worth more than {high:g} to '{faction}', so that it accepts none{meant}"
        if case.status_quo == "none":
            continue
        here = sum(
            shares.get(issue, 1.0) * levels[case.issues[issue].status_quo or ""].median
            for issue, levels in _tables(wants).items()
        )
        if given.high < low:
            yield (
                at,
                f"no package is worth less than {low:g} to '{faction}', so that it accepts all that its lines allow{meant}",
            )
        elif given.high < here - (high - low) / 4:
            yield (
                at,
                f"without a deal '{faction}' is said to lose {here - given.median:g} {agree(here - given.median, 'point', 'points')} against the status quo, which is worth "
                f"{here:g} to it{meant}",
            )


def _ties(case: Case) -> Found:
    known = numbers(case) if case.moves_with else {}
    for n, block in enumerate(case.moves_with):
        for k, name in enumerate(block.these):
            if known[name].value.certain:
                yield ("moves_with", n, "these", k), f"'{name}' is certain, so nothing can move with it"
