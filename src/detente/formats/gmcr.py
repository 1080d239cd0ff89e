"""``.gmcr`` files: a conflict as JSON, as programs for the graph model keep it.

``options`` have a name and a ``permittedDirection`` (``both``, ``fwd``: only taken, ``back``: only given up), ``decisionMakers`` the options that
they control and what they prefer, ``infeasibles`` the combinations that cannot be. States are numbered from 1 among the feasible ones, by
ascending binary code in which option k taken adds 2^k. Preferences are either a ``preferenceVector`` (states from best to worst, equally
good ones in a list; with ``useManualPreferenceVectors``; later versions say ``preferenceRanking`` and ``useManualPreferenceRanking``) or
``preferences``, statements of which the first is the most important: those are a case's ``ranking`` and ``priorities``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from detente.errors import LimitError
from detente.formats.domain import WHOLE, Told, ids, refuse

__all__ = ["looks_gmcr", "read_gmcr"]

MAX_OPTIONS = 12
"""Options whose states are listed in a ranking."""
MAX_INFEASIBLES = 1_000
NO, YES = "no", "yes"
_MANUAL = ("useManualPreferenceVectors", "useManualPreferenceRanking")
_RANKING = ("preferenceVector", "preferenceRanking")
_FOLLOWS = ("program", "version", "coalitionsFull")
"""What says nothing of the conflict, or nothing that does not stand elsewhere in the file."""
_READ = ("options", "decisionMakers", "infeasibles", "coalitions", *_MANUAL, *_FOLLOWS)
_OF_MAKERS = ("name", "options", "preferences", *_RANKING)
_DIRECTIONS = ("both", "fwd", "back")

NO_PLACE = "'{}', which the format of cases has no place for"

Pattern = dict[str, str]


def looks_gmcr(value: Any) -> bool:
    """Whether it is a conflict."""
    return isinstance(value, Mapping) and "decisionMakers" in value and "options" in value


def read_gmcr(value: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], list[Told]]:
    """A case from what a file says, and what was given, assumed and lost.

    Raises
    ------
    CaseError
        Something in it is misshapen; the message names it.
    LimitError
        A ranking of more states than those of ``MAX_OPTIONS`` options, or more than ``MAX_INFEASIBLES``.
    """
    file, told = str(path), [Told("assumed", WHOLE, "no status quo: the format has none")]
    options, makers = (_list(value.get(key), file, key) for key in ("options", "decisionMakers"))
    told += [Told("lost", WHOLE, NO_PLACE.format(key)) for key in value if key not in _READ]
    if any(isinstance(together, list) for together in _list(value.get("coalitions", []), file, "coalitions")):
        told.append(Told("lost", WHOLE, "its coalitions: everybody moves alone"))
    names = [_text(option, "name", file, f"options.{n}") for n, option in enumerate(options)]
    issues = ids(names)
    owners = _owners(makers, len(names), file)
    parties = ids([_text(maker, "name", file, f"decisionMakers.{n}") for n, maker in enumerate(makers)])
    entries = _list(value.get("infeasibles", []), file, "infeasibles")
    if len(entries) > MAX_INFEASIBLES:
        raise LimitError(f"{file}: {len(entries):,} infeasibles; at most {MAX_INFEASIBLES:,} are read")
    impossible = [_pattern(entry, issues, file, f"infeasibles.{n}") for n, entry in enumerate(entries)]
    case: dict[str, Any] = {
        "detente": 1,
        "id": "conflict",
        "title": path.stem,
        "status_quo": "none",
        "parties": {id: {"name": maker["name"]} for id, maker in zip(parties, makers, strict=True)},
        "issues": {
            issue: {"name": names[n], "controlled_by": parties[owners[n]], **_moves(options[n], file, n)}
            for n, issue in enumerate(issues)
        },
        **({"impossible": impossible} if impossible else {}),
    }
    states = _states(issues, impossible) if len(issues) <= MAX_OPTIONS else []
    manual = any(value.get(key) is True for key in _MANUAL)
    if manual and len(issues) > MAX_OPTIONS:
        raise LimitError(
            f"{file}: a ranking of the states of {len(issues)} options; at most {MAX_OPTIONS} are read"
        )
    if not manual and not any(isinstance(maker, Mapping) and maker.get("preferences") for maker in makers):
        refuse(file, "decisionMakers", "nobody has preferences, so that every state is as good as any other")
    which = "the ranking of states" if manual else "statements in order of importance"
    preferences = {}
    for n, (id, maker) in enumerate(zip(parties, makers, strict=True)):
        at = f"decisionMakers.{n}"
        wants = _ranking(maker, states, file, at) if manual else _priorities(maker, issues, file, at)
        preferences[id] = {"inference": f"{which[0].upper()}{which[1:]}: {path.name}.", **wants}
        idle = not manual and not maker.get("preferences")
        told += [
            Told("assumed", maker["name"], "no statements: every state is as good as any other")
            if idle
            else Told("given", maker["name"], which),
            *(Told("lost", maker["name"], NO_PLACE.format(key)) for key in maker if key not in _OF_MAKERS),
        ]
        if manual and maker.get("preferences"):
            told.append(Told("lost", maker["name"], "its statements: the ranking typed by hand counts"))
    return {**case, "preferences": preferences}, told


def _moves(option: Mapping[str, Any], file: str, n: int) -> dict[str, Any]:
    """The options of an issue, the first of which is where it stands that only moves one way."""
    way = option.get("permittedDirection", "both")
    if way not in _DIRECTIONS:
        at = f"options.{n}.permittedDirection"
        refuse(file, at, f"one of {', '.join(_DIRECTIONS)} was expected, found '{way}'")
    order = (YES, NO) if way == "back" else (NO, YES)
    return {**({} if way == "both" else {"reversible": False}), "options": {o: {} for o in order}}


def _list(value: Any, file: str, at: str) -> list[Any]:
    if not isinstance(value, list):
        refuse(file, at, "a list was expected")
    return value


def _text(block: Any, key: str, file: str, at: str) -> str:
    found = block.get(key) if isinstance(block, Mapping) else None
    if not isinstance(found, str) or not found.strip():
        refuse(file, f"{at}.{key}", "a text was expected")
    return found


def _owners(makers: Sequence[Any], count: int, file: str) -> list[int]:
    """Of each option whose it is."""
    owners = [-1] * count
    for n, maker in enumerate(makers):
        at = f"decisionMakers.{n}.options"
        for option in _list(maker.get("options") if isinstance(maker, Mapping) else None, file, at):
            if not isinstance(option, int) or not 0 <= option < count:
                refuse(file, at, f"numbers of options from 0 to {count - 1} were expected, found '{option}'")
            if owners[option] >= 0:
                refuse(file, at, f"option {option} is controlled by two decision makers")
            owners[option] = n
    if -1 in owners:
        refuse(file, f"options.{owners.index(-1)}", "no decision maker controls it")
    return owners


def _pattern(entry: Any, issues: Sequence[str], file: str, at: str) -> Pattern:
    found: Pattern = {}
    for pair in _list(entry, file, at):
        if (
            not isinstance(pair, list)
            or len(pair) != 2
            or pair[1] not in ("Y", "N")
            or not isinstance(pair[0], int)
        ):
            refuse(file, at, "pairs of an option's number and 'Y' or 'N' were expected")
        if not 0 <= pair[0] < len(issues):
            refuse(file, at, f"there is no option {pair[0]}")
        said = YES if pair[1] == "Y" else NO
        if found.setdefault(issues[pair[0]], said) != said:
            refuse(file, at, f"option {pair[0]} is here as 'Y' and as 'N', which nothing can be")
    if not found:
        refuse(file, at, "it is empty")
    return found


def _states(issues: Sequence[str], impossible: Sequence[Pattern]) -> list[Pattern]:
    found = []
    for code in product((NO, YES), repeat=len(issues)):
        state = dict(zip(issues, reversed(code), strict=True))
        if not any(p.items() <= state.items() for p in impossible):
            found.append(state)
    return found


def _ranking(maker: Mapping[str, Any], states: Sequence[Pattern], file: str, at: str) -> dict[str, Any]:
    order, seen = [], set()
    key = next((key for key in _RANKING if key in maker), _RANKING[0])
    for entry in _list(maker.get(key), file, f"{at}.{key}"):
        together = entry if isinstance(entry, list) else [entry]
        for state in together:
            if not isinstance(state, int) or not 1 <= state <= len(states) or state in seen:
                refuse(
                    file,
                    f"{at}.{key}",
                    f"each state from 1 to {len(states)} once was expected, found '{state}'",
                )
            seen.add(state)
        order.append([dict(states[state - 1]) for state in together])
    if len(seen) < len(states):
        refuse(file, f"{at}.{key}", f"{len(states) - len(seen)} of {len(states)} states are missing")
    return {"ranking": order}


def _priorities(maker: Mapping[str, Any], issues: Sequence[str], file: str, at: str) -> dict[str, Any]:
    order = []
    for n, entry in enumerate(_list(maker.get("preferences"), file, f"{at}.preferences")):
        here = f"{at}.preferences.{n}"
        members = (
            entry.get("members") if isinstance(entry, Mapping) and entry.get("compound") is True else [entry]
        )
        order.append([_pattern(member, issues, file, here) for member in _list(members, file, here)])
    if not order:  # every state is as good as any other: so says a statement that is true in all
        return {"priorities": [[{issues[0]: YES}, {issues[0]: NO}]]}
    return {"priorities": order}
