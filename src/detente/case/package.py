"""A package that somebody names: a small YAML (or JSON) file of issues and options."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as File

from detente.case.model import Case
from detente.case.wording import describe, one_of
from detente.case.yamltext import Path, cut, parse
from detente.errors import CaseError, Fault
from detente.storage import read_limited

__all__ = ["impossible", "read_package"]


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
