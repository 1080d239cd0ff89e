"""GENIUS XML: a domain (``negotiation_template``), and utility spaces that are sums over issues.

Semantics are those of GENIUS 10.4 (``genius.core.utility``): the evaluation of a discrete level is divided by the largest of its
issue before it is weighted (``EvaluatorDiscrete.normalize``; 0 where that is below 0.00001); of a level that is named twice the last
counts (a map is filled); an integer issue is worth ``offset + slope * (level - lowerbound)`` and a real one ``parameter0 +
parameter1 * level``, both cut at 0 and 1 (``EvaluatorInteger``, ``EvaluatorReal``); the weight of an issue is the one beside it, and
weights of objectives around it count for nothing (``AdditiveUtilitySpace.getUtility``), which cuts sums at 1. Hyperrectangles and
constraints are no sums and are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

from detente.formats.domain import WHOLE, Issue, Profile, Scale, Space, Told, number, refuse
from detente.formats.opening import open_xml

__all__ = ["read_genius"]

NOTHING = Fraction(1, 100_000)
"""A largest evaluation below it makes every level worth 0."""
OVER = Fraction(1, 1_000_000)
"""By how much utilities may exceed 1, by rounding in the file, before the cut at 1 matters."""

UNCERTAIN = "uncertain"
"""A sum over issues of which agents in GENIUS see comparisons of packages only."""

Worth = Callable[[str], Fraction | None]
KINDS = ("discrete", "integer", "real")


class _Read(NamedTuple):
    file: str
    told: list[Told]


def read_genius(path: Path) -> Space | Profile:
    """A domain or a profile from a file of GENIUS.

    Raises
    ------
    CaseError
        It is neither, or its utilities are no sum over issues; the message names the element.
    """
    (root, mended), read = open_xml(path), _Read(str(path), [])
    if mended:
        read.told.append(
            Told("assumed", WHOLE, f"{path.name} has ampersands that begin no entity: they are letters")
        )
    space = root if root.tag == "utility_space" else root.find("utility_space")
    if space is None or root.tag not in ("utility_space", "negotiation_template"):
        refuse(
            read.file,
            f"<{root.tag}>",
            "this is no file of GENIUS: <negotiation_template> or <utility_space> was expected",
        )
    kind = space.get("type", "").lower()
    ufun = space.find("ufun")
    if ufun is not None or kind not in ("", UNCERTAIN):
        what = "" if ufun is None else f' with <ufun type="{ufun.get("type", "")}">'
        refuse(
            read.file,
            f'<utility_space type="{kind}">{what}',
            "utilities that are no sum over issues cannot be a case's points",
        )
    issues = list(_issues(space))
    if not issues:
        refuse(read.file, "<utility_space>", "it has no <issue>")
    _indices(issues, read)
    said = [_issue(element, read) for element in issues]
    _names(said, read)
    title = next((o.get("name", "") for o in space.iter("objective") if o.get("name")), "") or path.stem
    if root.tag == "negotiation_template" or not any(True for _ in space.iter("weight")):
        return Space(read.file, title, tuple(said), tuple(read.told))
    return _profile(path, space, dict(zip(said, issues, strict=True)), read)


def _issues(parent: Element) -> Iterator[Element]:
    for child in parent:
        if child.tag == "issue":
            yield child
        elif child.tag in ("objective", "utility_space"):
            yield from _issues(child)


def _element(issue: Element) -> str:
    return f'<issue index="{issue.get("index", "")}" name="{issue.get("name", "")}">'


def _indices(issues: list[Element], read: _Read) -> None:
    seen: set[str] = set()
    for issue in issues:
        index = issue.get("index")
        if index is None or index in seen:
            refuse(read.file, _element(issue), "an index of its own was expected: weights are found by it")
        seen.add(index)


def _names(said: list[Issue], read: _Read) -> None:
    seen: set[str] = set()
    for issue in said:
        if issue.name in seen:
            refuse(read.file, f'<issue name="{issue.name}">', "two issues have this name")
        seen.add(issue.name)


def _kind(issue: Element, read: _Read) -> str:
    kind = next(
        (found.lower() for key in ("type", "etype", "vtype") if (found := issue.get(key))), "discrete"
    )
    if kind not in KINDS:
        refuse(read.file, _element(issue), f'type "{kind}" is not supported; there are: {", ".join(KINDS)}')
    return kind


def _issue(issue: Element, read: _Read) -> Issue:
    name, kind = issue.get("name"), _kind(issue, read)
    if not name:
        refuse(read.file, _element(issue), "it has no name")
    if kind == "discrete":
        levels: list[str] = []
        for item in issue.findall("item"):
            level = item.get("value")
            if level is None:
                refuse(read.file, f"{_element(issue)}, <item>", "it has no value")
            if level in levels:
                read.told.append(
                    Told("assumed", name, f"the level '{level}' is named twice, and the last one counts")
                )
            else:
                levels.append(level)
        if not levels:
            refuse(read.file, _element(issue), "it has no <item>")
        return Issue(name, tuple(levels))
    bounds = issue if issue.get("lowerbound") is not None else issue.find("range")
    if bounds is None:
        refuse(read.file, _element(issue), "lowerbound and upperbound are missing")
    low, high = (
        number(bounds.get(key), read.file, f"{_element(issue)}, {key}")
        for key in ("lowerbound", "upperbound")
    )
    if low > high or (kind == "integer" and {low.denominator, high.denominator} != {1}):
        refuse(
            read.file,
            _element(issue),
            f"bounds in order, whole ones for integers, were expected; found {float(low):g} and {float(high):g}",
        )
    return Issue(name, (), Scale(low, high, Fraction(1) if kind == "integer" else None))


def _profile(path: Path, space: Element, issues: Mapping[Issue, Element], read: _Read) -> Profile:
    weights: dict[str, Fraction] = {}
    for element in space.iter("weight"):
        index = element.get("index", "")
        weights[index] = number(element.get("value"), read.file, f'<weight index="{index}">')
    worth: dict[str, Worth] = {}
    most = Fraction(0)
    for issue, element in issues.items():
        weight = weights.get(element.get("index", ""))
        if weight is None or weight < 0:
            refuse(read.file, _element(element), "a <weight> with this index, 0 or more, was expected")
        evaluate, best = _evaluator(issue, element, read)
        worth[issue.name] = _weighted(weight, evaluate)
        most += weight * best
        read.told.append(Told("given", path.stem, f"weight of {issue.name}: {float(weight):.6g}"))
    if most > 1 + OVER:
        refuse(
            read.file,
            "<weight>",
            f"utilities add up to {float(most):.6g}, and GENIUS cuts them at 1, which is no sum",
        )
    nested = [o.get("name", "") for o in space.iter("objective") if any(c.tag == "objective" for c in o)]
    if nested:
        read.told.append(
            Told(
                "assumed",
                path.stem,
                "objectives inside objectives: the weight beside each issue counts, those of objectives do not, as in GENIUS",
            )
        )
    if space.get("type", "").lower() == UNCERTAIN:
        read.told.append(Told("lost", path.stem, "that agents see comparisons only, not these utilities"))
    if space.find(".//similarity_function") is not None:
        read.told.append(Told("lost", path.stem, "similarity functions, which no utility hangs on"))
    if space.find(".//item[@cost]") is not None:
        read.told.append(Told("lost", path.stem, "costs of levels, which no utility hangs on"))
    return Profile(
        read.file, path.stem, tuple(issues), worth, _reservation(path, space, read), tuple(read.told)
    )


def _weighted(weight: Fraction, evaluate: Worth) -> Worth:
    def worth(level: str) -> Fraction | None:
        value = evaluate(level)
        return None if value is None else weight * value

    return worth


def _reservation(path: Path, space: Element, read: _Read) -> Fraction | None:
    found = space.find(".//reservation")
    value = None if found is None else number(found.get("value"), read.file, "<reservation>")
    discount = space.find(".//discount_factor")
    factor = (
        Fraction(1) if discount is None else number(discount.get("value"), read.file, "<discount_factor>")
    )
    if factor != 1:
        read.told.append(
            Told(
                "lost",
                path.stem,
                f"the discount factor {float(factor):g}: points of a case do not shrink while people talk",
            )
        )
    return value


def _evaluator(issue: Issue, element: Element, read: _Read) -> tuple[Worth, Fraction]:
    """What a level is worth before its weight, and the most of it."""
    if issue.scale is None:
        return _discrete(issue, element, read)
    rule = element.find("evaluator")
    where = f"{_element(element)}, <evaluator>"
    whole = issue.scale.step is not None
    if rule is None and not whole:
        refuse(read.file, where, "it is missing, so no level is worth anything known")
    if rule is None:
        read.told.append(
            Told("assumed", issue.name, "it has no evaluator, so every level is worth 0, as in GENIUS")
        )
        return (lambda _: Fraction(0)), Fraction(0)
    function = rule.get("ftype", "linear").lower()
    keys = ("offset", "slope") if whole else ("parameter0", "parameter1")
    if function == "constant" and not whole:
        constant = number(rule.get(keys[0]), read.file, f"{where} {keys[0]}")
        return (lambda _: constant), constant
    if function != "linear":
        refuse(read.file, where, f'ftype "{function}" is not supported; there are: linear, constant')
    at, slope = (number(rule.get(key), read.file, f"{where} {key}") for key in keys)
    start = issue.scale.low if whole else Fraction(0)

    def linear(level: str) -> Fraction:
        return min(Fraction(1), max(Fraction(0), at + slope * (Fraction(level) - start)))

    ends = [at + slope * (x - start) for x in (issue.scale.low, issue.scale.high)]
    if min(ends) < 0 or max(ends) > 1:
        read.told.append(
            Told(
                "assumed",
                issue.name,
                "its evaluator leaves 0 to 1 within the bounds and is cut there, as in GENIUS",
            )
        )
    return linear, min(Fraction(1), max(Fraction(0), *ends))


def _discrete(issue: Issue, element: Element, read: _Read) -> tuple[Worth, Fraction]:
    found: dict[str, Fraction] = {}
    for item in element.findall("item"):
        typed = item.get("evaluation")
        if typed is not None and typed != "null":
            found[item.get("value", "")] = number(
                typed, read.file, f'{_element(element)}, <item value="{item.get("value")}">'
            )
    most = max(found.values(), default=Fraction(0))
    if found and most < NOTHING:
        read.told.append(
            Told(
                "assumed", issue.name, "its largest evaluation is 0, so every level is worth 0, as in GENIUS"
            )
        )
        return {level: Fraction(0) for level in found}.get, Fraction(0)
    return {level: value / most for level, value in found.items()}.get, Fraction(1)
