"""NegMAS YAML and JSON: an outcome space (``issues``), and linear additive utility functions or sums over hyperrectangles, discounted or not.

A linear additive utility function lists weights and value functions in the order of the issues: ``TableFun`` (a mapping), ``AffineFun`` and
``LinearFun`` (slope and bias), ``IdentityFun``, ``ConstFun``. ``reserved_value: -inf`` means that any agreement is better than none. Of a
discounted function the one inside is read and the discount told of. A hyperrectangle (``outcome_ranges``: place of an issue → level) adds the
same to every package in it; it is worth of a level where it names one issue, and points for options that stand together where it names more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente.formats.domain import Issue, Profile, Scale, Space, Told, decimal, number, refuse

__all__ = ["looks_negmas", "named", "read_negmas", "read_negmas_profile"]

LINEAR = ("LinearAdditiveUtilityFunction", "LinearUtilityAggregationFunction")
BOXES = "HyperRectangleUtilityFunction"
_DISCOUNTED = ("ExpDiscountedUFun", "LinDiscountedUFun")
_LISTED = ("CategoricalIssue", "OrdinalIssue", "CardinalIssue", "DiscreteIssue")
_KEPT = ("name", "type", "id", "stability", "reserved_outcome", "outcome_space", "path")
"""Keys that change no utility."""

Worth = Callable[[str], Fraction | None]
Terms = tuple[tuple[Mapping[str, str], Fraction], ...]


def named(value: Mapping[str, Any]) -> str:
    """The class that a block is of, without its package."""
    kind = value.get("type", value.get("__python_class__", ""))
    return kind.rsplit(".", 1)[-1] if isinstance(kind, str) else ""


def looks_negmas(value: Any) -> bool:
    """Whether it is an outcome space or a utility function of NegMAS."""
    return isinstance(value, Mapping) and (isinstance(value.get("issues"), list) or bool(named(value)))


def read_negmas(value: Mapping[str, Any], path: Path) -> Space:
    """The outcome space that a file says.

    Raises
    ------
    CaseError
        An issue of it is of no supported type; the message names it.
    """
    file = str(path)
    issues: list[Issue] = []
    for n, said in enumerate(value["issues"]):
        at = f"issues.{n}"
        if not isinstance(said, Mapping):
            refuse(file, at, "an object was expected")
        name = said.get("name")
        if not isinstance(name, str) or not name or name in [i.name for i in issues]:
            refuse(file, f"{at}.name", "a name of its own was expected")
        issues.append(_issue(said, name, file, f"{at} ({name})"))
    if not issues:
        refuse(file, "issues", "there are none")
    title = value.get("name")
    return Space(file, title if isinstance(title, str) and title else path.stem, tuple(issues))


def _issue(said: Mapping[str, Any], name: str, file: str, at: str) -> Issue:
    kind, values = named(said), said.get("values")
    if not isinstance(values, list) or not values:
        refuse(file, f"{at}.values", "a list was expected")
    if kind in _LISTED:
        levels = [_level(v, file, at) for v in values]
        if len(set(levels)) < len(levels):
            refuse(file, f"{at}.values", "a value stands here twice")
        return Issue(name, tuple(levels))
    if kind not in ("ContiguousIssue", "ContinuousIssue") or len(values) != 2:
        refuse(
            file,
            at,
            f"type '{kind}' is not supported; there are: {', '.join(_LISTED)}, ContiguousIssue, ContinuousIssue",
        )
    low, high = (number(v, file, f"{at}.values") for v in values)
    if low > high:
        refuse(file, f"{at}.values", "bounds in order were expected")
    return Issue(name, (), Scale(low, high, Fraction(1) if kind == "ContiguousIssue" else None))


def _level(value: Any, file: str, at: str) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        refuse(file, f"{at}.values", "texts or numbers were expected")
    return str(value)


def read_negmas_profile(value: Mapping[str, Any], path: Path, space: Space) -> Profile:
    """What a utility function makes of a space.

    Raises
    ------
    CaseError
        It is no linear additive utility function, or does not fit the space; the message names what.
    """
    file, told, of = str(path), [], value
    while named(of) in _DISCOUNTED:
        factor = of.get("discount", of.get("cost", ""))
        told.append(
            Told(
                "lost",
                path.stem,
                f"{named(of)} with {factor}: points of a case do not shrink while people talk",
            )
        )
        inner = of.get("ufun")
        if not isinstance(inner, Mapping):
            refuse(file, "ufun", "the function that is discounted was expected")
        of = inner
    terms: Terms = ()
    if named(of) == BOXES:
        worth, terms, bias = _boxes(of, path.stem, space, file, told)
    elif named(of) in LINEAR:
        worth, bias = _linear(of, path.stem, space, file, told), number(of.get("bias") or 0, file, "bias")
    else:
        refuse(
            file,
            named(of) or "type",
            f"only {LINEAR[0]} and {BOXES} are supported: a case's points are sums over issues and over options that stand together",
        )
    reserved = of.get("reserved_value", value.get("reserved_value"))
    without = reserved is None or str(reserved) in ("-inf", "-Infinity")
    no_deal = None if without else number(reserved, file, "reserved_value")
    if bias and no_deal is not None:
        told.append(
            Told(
                "assumed",
                path.stem,
                f"a bias of {float(bias):g} on every agreement: taken off the reserved value",
            )
        )
        no_deal -= bias
    worst = _worst(worth, space) + sum((min(Fraction(0), add) for _, add in terms), start=Fraction(0))
    if no_deal is None:
        least = "less than any" if terms else "as much as the worst one"
        told.append(Told("assumed", path.stem, f"no reserved value: no agreement is worth {least}"))
    return Profile(file, path.stem, space.issues, worth, no_deal, tuple(told), worst, terms)


def _linear(of: Mapping[str, Any], name: str, space: Space, file: str, told: list[Told]) -> dict[str, Worth]:
    weights, functions = of.get("weights"), of.get("values")
    if isinstance(weights, Mapping) and isinstance(functions, Mapping):
        weights, functions = ([given.get(i.name) for i in space.issues] for given in (weights, functions))
    if not isinstance(functions, list) or len(functions) != len(space.issues):
        refuse(
            file,
            "values",
            f"a function for each of the {len(space.issues)} issues of {space.file} was expected",
        )
    if weights is None:
        weights = [1] * len(functions)
        told.append(Told("assumed", name, "no weights: each issue counts once, as in NegMAS"))
    if not isinstance(weights, list) or len(weights) != len(functions):
        refuse(file, "weights", "a weight for each function was expected")
    worth = {}
    for issue, weight, function in zip(space.issues, weights, functions, strict=True):
        factor = number(weight, file, f"weights ({issue.name})")
        worth[issue.name] = _function(function, factor, file, f"values ({issue.name})")
        told.append(Told("given", name, f"weight of {issue.name}: {float(factor):.6g}"))
    return worth


def _boxes(
    of: Mapping[str, Any], name: str, space: Space, file: str, told: list[Told]
) -> tuple[dict[str, Worth], Terms, Fraction]:
    """Issue → level → worth, terms of several levels, and what every package has."""
    boxes, utilities = (_sequence(of.get(key), file, key) for key in ("outcome_ranges", "utilities"))
    weights = [1] * len(boxes) if of.get("weights") is None else _sequence(of["weights"], file, "weights")
    if not len(boxes) == len(utilities) == len(weights):
        refuse(
            file, "utilities", f"one, and one weight, for each of {len(boxes)} outcome_ranges was expected"
        )
    bias = number(of.get("bias") or 0, file, "bias")
    tables: dict[str, dict[str, Fraction]] = {issue.name: {} for issue in space.issues}
    terms = []
    for n, (box, utility, weight) in enumerate(zip(boxes, utilities, weights, strict=True)):
        add = number(utility, file, f"utilities.{n}") * number(weight, file, f"weights.{n}")
        when = _box({} if box is None else box, space, file, f"outcome_ranges.{n}")
        if len(when) > 1:
            terms.append((when, add))
        elif when:
            ((issue, level),) = when.items()
            tables[issue][level] = tables[issue].get(level, Fraction(0)) + add
        else:
            bias += add
    told.append(Told("given", name, f"{len(boxes)} hyperrectangles, {len(terms)} of several issues"))
    return {issue: _table(table) for issue, table in tables.items()}, tuple(terms), bias


def _box(said: Any, space: Space, file: str, at: str) -> dict[str, str]:
    """Issue → the one level of it that is in a hyperrectangle."""
    if not isinstance(said, Mapping):
        refuse(file, at, "levels by the places of their issues were expected")
    found = {}
    for key, value in said.items():
        place = int(key) if isinstance(key, str) and key.isdecimal() and len(key) < 3 else key  # keys of JSON
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(space.issues):
            refuse(
                file, at, f"places of issues from 0 to {len(space.issues) - 1} were expected, found '{key}'"
            )
        issue = space.issues[place]
        level = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(level, str | int | float) or isinstance(level, bool):
            refuse(
                file,
                f"{at} ({issue.name})",
                "a range of several levels, and options that stand together are one each",
            )
        found[issue.name] = str(level) if issue.scale is None else decimal(number(level, file, at))
        if issue.scale is None and found[issue.name] not in issue.levels:
            refuse(file, f"{at} ({issue.name})", f"the issue has no level '{level}'")
    return found


def _table(table: Mapping[str, Fraction]) -> Worth:
    return lambda level: table.get(level, Fraction(0))


def _sequence(value: Any, file: str, at: str) -> list[Any]:
    if not isinstance(value, list):
        refuse(file, at, "a list was expected")
    return value


def _worst(worth: Mapping[str, Worth], space: Space) -> Fraction:
    found = Fraction(0)
    for issue in space.issues:
        levels = (
            issue.levels if issue.scale is None else [decimal(issue.scale.low), decimal(issue.scale.high)]
        )
        said = [value for level in levels if (value := worth[issue.name](level)) is not None]
        found += min(said, default=Fraction(0))
    return found


def _function(said: Any, weight: Fraction, file: str, at: str) -> Worth:
    if not isinstance(said, Mapping):
        refuse(file, at, "a value function was expected")
    kind = named(said)
    if kind == "TableFun":
        mapping = said.get("mapping")
        if not isinstance(mapping, Mapping):
            refuse(file, f"{at}.mapping", "an object was expected")
        return {str(k): weight * number(v, file, f"{at}.mapping.{k}") for k, v in mapping.items()}.get
    if kind == "ConstFun":
        constant = weight * number(said.get("bias", said.get("value")), file, at)
        return lambda _: constant
    if kind not in ("AffineFun", "LinearFun", "IdentityFun"):
        refuse(
            file,
            at,
            f"type '{kind}' is not supported; there are: TableFun, AffineFun, LinearFun, IdentityFun, ConstFun",
        )
    slope, bias = (
        (Fraction(1), Fraction(0))
        if kind == "IdentityFun"
        else (
            number(said.get("slope"), file, f"{at}.slope"),
            number(said.get("bias") or 0, file, f"{at}.bias"),
        )
    )
    return lambda level: weight * (slope * number(level, file, at) + bias)
