"""A package that somebody names: a small YAML (or JSON) file of issues and options, or the same in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path as File

from detente.case.model import Case
from detente.case.wording import describe, one_of
from detente.case.yamltext import Path, cut, parse
from detente.errors import CaseError, Fault, UsageError
from detente.storage import read_limited

__all__ = ["assigned", "checked_package", "impossible", "read_package", "typed_package"]


def read_package(path: File, case: Case) -> dict[str, str]:
    """``{issue: option}`` from a file, alone or under a key ``package``; issues left out stay as they are.

    Raises ``UsageError`` if there is no such file, ``CaseError`` with all of its faults if the case has no such
    issue or option, or calls the package impossible.
    """
    parsed = parse(read_limited(path), str(path))
    value = parsed.value
    at: Path = ()
    if isinstance(value, dict) and set(value) == {"package"} and not isinstance(value["package"], str):
        value, at = value["package"], ("package",)
    if not isinstance(value, dict) or not value:
        found = describe(value)
        message = f"a package is a block of 'issue: option' lines; found {found}"
        raise CaseError(str(path), [Fault(1, 1, message)])
    faults: list[Fault] = []

    def fault(key: str, message: str) -> None:
        where: Path = (*at, key)
        faults.append(Fault(*parsed.positions.get(where, (1, 1)), f"{cut(key)}: {message}", key))

    for issue, option in value.items():
        if issue not in case.issues:
            fault(issue, f"no issue '{cut(issue)}' in case '{case.id}'{one_of(issue, case.issues)}")
        elif not isinstance(option, str):
            fault(issue, f"the name of an option was expected; found {describe(option)}")
        elif option not in case.issues[issue].options:
            fault(issue, f"no option '{cut(option)}'{one_of(option, case.issues[issue].options)}")
    if faults:
        raise CaseError(str(path), faults)
    why = impossible(case, value)
    if why is not None:
        raise CaseError(str(path), [Fault(*parsed.positions.get(at, (1, 1)), why)])
    return dict(value)


def impossible(case: Case, package: Mapping[str, str]) -> str | None:
    """Why a package cannot be, what it leaves out being as it is; None where it can."""
    for n, pattern in enumerate(case.impossible):
        if all(package.get(i, case.issues[i].status_quo) == o for i, o in pattern.items()):
            shown = ", ".join(f"{i}: {o}" for i, o in pattern.items())
            return f"the package has {{{shown}}}, which the case calls impossible (entry {n + 1} under 'impossible')"
    return None


def assigned(option: str, given: Sequence[str] | None, example: str = "leader=staller") -> dict[str, str]:
    """``NAME=VALUE`` words; of two values for one name the last would win silently."""
    found: dict[str, str] = {}
    for text in given or ():
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign:
            what = f"{option} {text}" if text.strip() else f"{option}: an empty part"
            raise UsageError(f"{what}: two names with = between them were expected, as in {example}")
        if found.setdefault(name, value) != value:
            raise UsageError(f"{option}: {name} is given twice, as '{found[name]}' and as '{value}'")
    return found


def typed_package(option: str, given: Sequence[str] | None, case: Case) -> dict[str, str]:
    """``ISSUE=OPTION`` words as a part of a package of the case."""
    first = next(iter(case.issues))
    found = assigned(option, given, f"{first}={next(iter(case.issues[first].options))}")
    return checked_package(option, found, case)


def checked_package(option: str, package: Mapping[str, str], case: Case) -> dict[str, str]:
    """Issues and options as the case has them. Raises ``UsageError`` with the nearest name."""
    for issue, chosen in package.items():
        text = f"{option} {issue}={chosen}"
        if issue not in case.issues:
            raise UsageError(
                f"{text}: no issue '{issue}' in case '{case.id}'{one_of(str(issue), case.issues)}"
            )
        options = case.issues[issue].options
        if chosen not in options:
            raise UsageError(f"{text}: no option '{chosen}' of '{issue}'{one_of(str(chosen), options)}")
    return dict(package)
