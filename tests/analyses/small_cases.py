"""Small cases of every shape, as a Hypothesis strategy: few enough packages to list, odd enough to go wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from oracles.deal import GRID, addends, wants

from detente.case.checks import faults
from detente.case.model import Case


def branches(names: list[str]) -> st.SearchStrategy[Any]:
    """Acceptance trees over names: one alone, jointly, each on its own, k of n, votes, and one of these nested."""
    flat = st.one_of(
        st.sampled_from(names),
        st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True).flatmap(gates),
    )
    return st.one_of(flat, st.lists(flat, min_size=2, max_size=3).flatmap(gates))


def gates(of: list[Any]) -> st.SearchStrategy[Any]:
    kinds = [
        st.just({"all": of}),
        st.just({"any": of}),
        st.integers(1, len(of)).map(lambda k: {"at_least": {"k": k, "of": of}}),
    ]
    if all(isinstance(b, str) for b in of):
        kinds.append(votes(of))
    return st.one_of(kinds)


def votes(of: list[str]) -> st.SearchStrategy[Any]:
    def with_quota(weights: list[int]) -> st.SearchStrategy[Any]:
        quota = st.integers(1, max(1, sum(weights)))
        return quota.map(lambda q: {"weights": dict(zip(of, weights, strict=True)), "quota": q})

    return st.lists(st.integers(1, 3), min_size=len(of), max_size=len(of)).flatmap(with_quota)


def ranges(low: int, high: int, tenths: bool = False) -> st.SearchStrategy[Any]:
    number = st.integers(low, high)
    if tenths:
        number = st.one_of(number, st.integers(10 * low, 10 * high).map(lambda n: n / 10))
    return st.one_of(number, number, st.lists(number, min_size=3, max_size=3).map(sorted))


@st.composite
def agreements(draw: st.DrawFn, names: list[str], issues: list[str]) -> Any:
    """A tree, in one of two jointly with somebody who is asked only where some issues move."""
    tree = draw(branches(names))
    if not issues or draw(st.booleans()):
        return tree
    when = st.lists(st.sampled_from(issues), min_size=1, max_size=2, unique=True)
    asked = [{"when": draw(when), "ask": draw(branches(names))} for _ in range(draw(st.integers(1, 2)))]
    return {"all": [tree, *asked]} if draw(st.booleans()) else asked[0]


@st.composite
def small_cases(draw: st.DrawFn) -> dict[str, Any]:
    """A case as plain data; about half of them have tracks, none has more than 81 packages on a table."""
    n_parties = draw(st.integers(2, 4))
    names = ["a", "b", "c", "d"][:n_parties]
    parties: dict[str, Any] = {}
    for party in names:
        inside = [f"{party}{n}" for n in range(draw(st.sampled_from([0, 0, 2, 3])))]
        if len([f for p in parties.values() for f in p.get("factions", [0])]) + len(inside) > 6:
            inside = []
        parties[party] = {"factions": {f: {} for f in inside}} if inside else {}
    if draw(st.integers(0, 5)) == 0:
        parties["m"] = {"role": "mediator"}
    factions = [f for p, spec in parties.items() if "role" not in spec for f in spec.get("factions", [p])]
    voices = sorted({*names, *factions})

    bare = draw(st.integers(0, 4)) == 0
    issues: dict[str, Any] = {}
    for n in range(draw(st.integers(2, 4))):
        options = {f"o{k}": {} for k in range(draw(st.integers(2, 3)))}
        issues[f"i{n}"] = {"options": options}
        if not bare:
            issues[f"i{n}"]["status_quo"] = draw(st.sampled_from(sorted(options)))
            kind = draw(st.integers(0, 8))
            if kind == 8 and n:
                issues[f"i{n}"]["controlled_by"] = "outside"
            elif kind > 2:
                issues[f"i{n}"]["controlled_by"] = draw(branches(voices))
        if draw(st.integers(0, 4)) == 0 and issues[f"i{n}"].get("controlled_by") != "outside":
            options[draw(st.sampled_from(sorted(options)))] = {"controlled_by": draw(branches(voices))}
    free = [] if bare else [i for i in issues if issues[i].get("controlled_by") != "outside"]
    for party in names:
        inside = list(parties[party].get("factions", {}))
        if inside and draw(st.booleans()):
            parties[party]["accepts"] = draw(agreements(inside, free))
    case: dict[str, Any] = {
        "detente": 1,
        "id": "small",
        "title": "Small",
        "inference": "made up",
        "parties": parties,
        "issues": issues,
        "preferences": {f: draw(preferences(issues, bare=bare)) for f in factions},
    }
    if bare:
        case["status_quo"] = "none"
    if draw(st.integers(0, 2)) == 0:
        case["impossible"] = draw(st.lists(patterns(issues, 2), min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        case["readings"] = {factions[0]: draw(readings(issues, case["preferences"][factions[0]]))}
    if draw(st.booleans()):
        case["tracks"] = {t: draw(tracks(parties, issues, names, bare=bare)) for t in ("one", "two")}
    elif draw(st.booleans()):
        case["agreement"] = draw(agreements(voices, free))
    return case


def patterns(issues: dict[str, Any], size: int) -> st.SearchStrategy[dict[str, str]]:
    def options(chosen: list[str]) -> st.SearchStrategy[dict[str, str]]:
        return st.fixed_dictionaries({i: st.sampled_from(sorted(issues[i]["options"])) for i in chosen})

    return st.lists(st.sampled_from(sorted(issues)), min_size=size, max_size=size, unique=True).flatmap(
        options
    )


@st.composite
def preferences(draw: st.DrawFn, issues: dict[str, Any], *, bare: bool) -> dict[str, Any]:
    """Weights and values, or raw points; a tie with the no-deal value is as likely as it can be made."""
    result: dict[str, Any] = {}
    raw = draw(st.integers(0, 3)) == 0
    idle = [i for i in list(issues)[1:] if draw(st.integers(0, 5)) == 0]
    said = [i for i in issues if i not in idle]
    if idle:
        result["indifferent"] = idle
    scale = ranges(-20, 40, tenths=True) if raw else ranges(0, 100)
    table = {i: {o: draw(scale) for o in issues[i]["options"]} for i in said}
    if raw:
        result["points"] = table
    else:
        result["values"] = table
        result["weights"] = {i: draw(ranges(1, 12)) for i in said}
    if bare or draw(st.integers(0, 2)) == 0:
        result["no_deal"] = draw(ranges(0, 60, tenths=True))
    elif draw(st.booleans()):
        result["no_deal"] = {"status_quo": draw(ranges(-25, 10, tenths=True))}
    if draw(st.integers(0, 2)) == 0:
        sizes = st.integers(2, min(3, len(issues)))
        terms = [
            {"when": draw(patterns(issues, draw(sizes))), "add": draw(ranges(-20, 20, tenths=True))}
            for _ in range(draw(st.integers(1, 2)))
        ]
        result["together"] = terms
    if draw(st.integers(0, 3)) == 0:
        result["red_lines"] = [draw(patterns(issues, draw(st.integers(1, 2))))]
    if draw(st.integers(0, 3)) == 0:
        holds = draw(st.sampled_from([0.2, 0.5, [0.4, 0.5, 0.9], 0.9]))
        result["firm"] = [{"package": draw(patterns(issues, draw(st.integers(1, 2)))), "holds": holds}]
    return result


@st.composite
def readings(draw: st.DrawFn, issues: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    priors = draw(st.sampled_from([(0.2, 0.8), (0.6, 0.4), ([0.1, 0.4, 0.5], 0.6), (0.7, 0.5)]))
    for name, prior in zip(("first", "second"), priors, strict=True):
        over: dict[str, Any] = {}
        kind = "points" if "points" in own else "values"
        issue = draw(st.sampled_from(sorted(own[kind])))
        option = draw(st.sampled_from(sorted(issues[issue]["options"])))
        if draw(st.booleans()):
            over[kind] = {issue: {option: draw(st.integers(0, 30))}}
        if kind == "values" and draw(st.booleans()):
            over["weights"] = {issue: draw(st.integers(1, 20))}
        if draw(st.integers(0, 2)) == 0:
            over["no_deal"] = draw(st.integers(10, 60))
        if draw(st.integers(0, 2)) == 0:
            over["red_lines"] = [draw(patterns(issues, 1))]
        if draw(st.integers(0, 2)) == 0:
            over["together"] = []
        found[name] = {"prior": prior, "preferences": over}
    return found


@st.composite
def tracks(
    draw: st.DrawFn, parties: dict[str, Any], issues: dict[str, Any], names: list[str], *, bare: bool
) -> dict[str, Any]:
    """Some of the parties, some of them in part, some of the issues."""
    free = [] if bare else [i for i in issues if issues[i].get("controlled_by") != "outside"]
    sitting = draw(st.lists(st.sampled_from(names), min_size=1, unique=True).map(sorted))
    seats: list[Any] = []
    present: list[str] = []
    for party in sitting:
        inside = list(parties[party].get("factions", []))
        if inside and draw(st.integers(0, 2)) == 0:
            part = draw(agreements(inside, free))
            seats.append({party: part})
            present += [party, *(f for f in inside if f in str(part))]
        else:
            seats.append(party)
            present += [party, *inside]
    track: dict[str, Any] = {"parties": seats}
    if not bare and draw(st.booleans()):
        track["issues"] = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
    if draw(st.integers(0, 2)) == 0:
        track["agreement"] = draw(agreements(present, free))
    return track


def valid(data: dict[str, Any]) -> Case | None:
    """The case, if ``check`` has nothing against it and no addend is so near half a grid step that floating
    point and fractions may round it differently."""
    case = Case.model_validate(data)
    if faults(case, lambda path: (1, 1)):
        return None
    for faction in case.preferences:
        if wants(case, faction).points is None and any(map(near_half, every_addend(case, faction))):
            return None
    return case


def every_addend(case: Case, faction: str) -> set[Fraction]:
    first = {i: next(iter(issue.options)) for i, issue in case.issues.items()}
    return {
        x
        for i, issue in case.issues.items()
        for o in issue.options
        for x in addends(case, faction, {**first, i: o})
    }


def near_half(value: Fraction) -> bool:
    return abs(value / GRID % 1 - Fraction(1, 2)) < Fraction(1, 10**6)
