"""GeniusWeb JSON: a domain (``issuesValues``) and linear additive utility spaces, in both dialects.

Dialects differ in the words around an issue's utilities: ``DiscreteValueSetUtilities`` or ``discreteutils``, ``NumberValueSetUtilities``
or ``numberutils``. A number is worth what lies on the line between the utilities of its two ends. A level that a profile does not name
is worth 0, and what no agreement is worth is the utility of a bid, ``reservationBid``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente.formats.domain import Issue, Profile, Scale, Space, Told, number, refuse

__all__ = ["looks_geniusweb", "read_geniusweb"]

LINEAR = "LinearAdditiveUtilitySpace"
_DISCRETE = ("DiscreteValueSetUtilities", "discreteutils")
_NUMBER = ("NumberValueSetUtilities", "numberutils")
_OTHERS = ("PartialOrdering", "UtilitySpace", "Profile")


def looks_geniusweb(value: Any) -> bool:
    """Whether it is a domain or a profile of GeniusWeb."""
    if not isinstance(value, Mapping):
        return False
    return "issuesValues" in value or (len(value) == 1 and next(iter(value)).endswith(_OTHERS))


def read_geniusweb(value: Mapping[str, Any], path: Path) -> Space | Profile:
    """A domain or a profile from what a JSON file says.

    Raises
    ------
    CaseError
        Something in it is missing, or no linear additive utility space; the message names it.
    """
    file = str(path)
    if "issuesValues" in value:
        return _space(value, file, path.stem)
    (kind, inner), *_ = value.items()
    if kind != LINEAR:
        refuse(file, kind, f"only {LINEAR} is supported: a case's points are sums over issues")
    inner = _block(inner, file, kind)
    space = _space(_block(inner.get("domain"), file, "domain"), file, path.stem)
    weights, utilities = (_block(inner.get(key), file, key) for key in ("issueWeights", "issueUtilities"))
    told, worth = [*space.told], {}
    for issue in space.issues:
        if issue.name not in weights or issue.name not in utilities:
            refuse(file, f"issue '{issue.name}'", "it has no weight or no utilities")
        weight = number(weights[issue.name], file, f"issueWeights.{issue.name}")
        worth[issue.name] = _worth(weight, issue, utilities[issue.name], file, told)
        told.append(Told("given", path.stem, f"weight of {issue.name}: {float(weight):.6g}"))
    if strange := [name for name in (*weights, *utilities) if name not in worth]:
        refuse(file, f"issue '{strange[0]}'", "the domain has no such issue")
    return Profile(file, path.stem, space.issues, worth, _reservation(inner, worth, file), tuple(told))


def _block(value: Any, file: str, element: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        refuse(file, element, "an object was expected")
    return value


def _space(value: Mapping[str, Any], file: str, stem: str) -> Space:
    issues = []
    for name, said in _block(value.get("issuesValues"), file, "issuesValues").items():
        at = f"issuesValues.{name}"
        block = _block(said, file, at)
        if "values" in block:
            levels = block["values"]
            if not isinstance(levels, list) or not levels or not all(isinstance(v, str) for v in levels):
                refuse(file, f"{at}.values", "a list of texts was expected")
            if len(set(levels)) < len(levels):
                refuse(file, f"{at}.values", "a value stands here twice")
            issues.append(Issue(name, tuple(levels)))
        elif "range" in block:
            issues.append(Issue(name, (), _scale(block["range"], file, f"{at}.range")))
        else:
            refuse(file, at, "'values' or 'range' was expected")
    if not issues:
        refuse(file, "issuesValues", "there are no issues")
    title = value.get("name")
    return Space(file, title if isinstance(title, str) and title else stem, tuple(issues))


def _scale(value: Any, file: str, at: str) -> Scale:
    ends = [value.get(key) for key in ("low", "high", "step")] if isinstance(value, Mapping) else value
    if not isinstance(ends, list) or len(ends) != 3:
        refuse(file, at, "low, high and step were expected")
    low, high, step = (number(end, file, at) for end in ends)
    if step <= 0 or low > high:
        refuse(file, at, "low, high in order and a step above 0 were expected")
    return Scale(low, high, step)


def _worth(
    weight: Fraction, issue: Issue, said: Any, file: str, told: list[Told]
) -> Callable[[str], Fraction | None]:
    at = f"issueUtilities.{issue.name}"
    block = _block(said, file, at)
    kind = next(iter(block), "")
    if len(block) != 1 or kind not in (*_DISCRETE, *_NUMBER):
        refuse(file, f"{at}.{kind}", f"one of {', '.join((*_DISCRETE, *_NUMBER))} was expected")
    inner = _block(block[kind], file, f"{at}.{kind}")
    if kind in _NUMBER:
        keys = ("lowValue", "lowUtility", "highValue", "highUtility")
        x, u, y, v = (number(inner.get(key), file, f"{at}.{kind}.{key}") for key in keys)
        if x == y:
            refuse(file, f"{at}.{kind}", "lowValue and highValue are the same")
        return lambda level: weight * (u + (v - u) * (number(level, file, at) - x) / (y - x))
    table = {
        level: number(utility, file, f"{at}.{level}")
        for level, utility in _block(inner.get("valueUtilities"), file, f"{at}.{kind}.valueUtilities").items()
    }
    if missing := [level for level in issue.levels if level not in table]:
        told.append(
            Told(
                "assumed", issue.name, f"{file} does not name {', '.join(missing)}: worth 0, as in GeniusWeb"
            )
        )
    return lambda level: weight * table.get(level, Fraction(0))


def _reservation(
    inner: Mapping[str, Any], worth: Mapping[str, Callable[[str], Fraction | None]], file: str
) -> Fraction | None:
    bid = inner.get("reservationBid")
    if bid is None:
        return None
    chosen = _block(
        _block(bid, file, "reservationBid").get("issuevalues"), file, "reservationBid.issuevalues"
    )
    total = Fraction(0)
    for name, level in chosen.items():
        if name not in worth:
            refuse(file, f"reservationBid.{name}", "the domain has no such issue")
        total += worth[name](str(level)) or Fraction(0)
    return total
