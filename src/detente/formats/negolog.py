"""NegoLog JSON: a profile has ``issueWeights``, ``issues`` (level → utility) and ``reservationValue``, and is its own domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente.formats.domain import Issue, Profile, Told, number, refuse

__all__ = ["looks_negolog", "read_negolog"]


def looks_negolog(value: Any) -> bool:
    """Whether it is a profile of NegoLog."""
    return isinstance(value, Mapping) and "issueWeights" in value and "issues" in value


def read_negolog(value: Mapping[str, Any], path: Path) -> Profile:
    """A profile from what a JSON file says.

    Raises
    ------
    CaseError
        An issue has no weight or no levels; the message names it.
    """
    file, told = str(path), []
    weights, said = value["issueWeights"], value["issues"]
    if (
        not isinstance(weights, Mapping)
        or not isinstance(said, Mapping)
        or set(weights) != set(said)
        or not said
    ):
        refuse(file, "issueWeights, issues", "two objects with the same issues were expected")
    issues: list[Issue] = []
    worth: dict[str, Callable[[str], Fraction | None]] = {}
    for name, levels in said.items():
        if not isinstance(levels, Mapping) or not levels:
            refuse(file, f"issues.{name}", "an object of levels was expected")
        weight = number(weights[name], file, f"issueWeights.{name}")
        worth[name] = {
            level: weight * number(u, file, f"issues.{name}.{level}") for level, u in levels.items()
        }.get
        issues.append(Issue(name, tuple(levels)))
        told.append(Told("given", path.stem, f"weight of {name}: {float(weight):.6g}"))
    reservation = value.get("reservationValue")
    return Profile(
        file,
        path.stem,
        tuple(issues),
        worth,
        None if reservation is None else number(reservation, file, "reservationValue"),
        tuple(told),
    )
