"""Cases → files of NegMAS, GENIUS and GeniusWeb, and a scenario of NegMAS itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from detente.case.model import Case
from detente.errors import UsageError
from detente.formats.additive import additive, shifted
from detente.formats.casetext import text_of
from detente.formats.domain import Domain, Side, Told, ids
from detente.jsontext import dumps
from detente.storage import target, write_text

if TYPE_CHECKING:
    from negmas.inout import Scenario

__all__ = ["WRITERS", "Files", "genius_files", "geniusweb_files", "negmas_files", "save", "to_negmas"]

Files = tuple[Mapping[str, str], tuple[Told, ...]]
"""File name → text, and what is told of them."""


def save(files: Mapping[str, str], folder: Path, *, force: bool) -> list[str]:
    """Write files into a folder, which is made if it is not there; where each is.

    Raises
    ------
    UsageError
        The folder cannot be made, or a file is there already and may not be replaced; nothing is written then.
    """
    try:
        folder.mkdir(exist_ok=True)
    except FileExistsError:
        raise UsageError(
            f"{folder}: this is a file, and files of a case go into a folder: name another"
        ) from None
    except FileNotFoundError:
        raise UsageError(f"{folder}: there is no directory {folder.parent}") from None
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}") from None
    places = {name: target(folder / name, force=force) for name in files}
    for name, where in places.items():
        write_text(where, files[name])
    return [where.name for where in places.values()]


def _split(row: tuple[Fraction, ...], whole: Fraction) -> tuple[float, list[float]]:
    """A weight and the values that it multiplies: the largest in size is 1, or all are 0."""
    largest = max(row, key=abs)
    if not largest:
        return 0.0, [0.0] * len(row)
    return float(largest / whole), [float(value / largest) for value in row]


def _named(domain: Domain) -> list[tuple[str, Side]]:
    return list(zip(ids([side.name for side in domain.sides], ("domain",)), domain.sides, strict=True))


def _utility(value: Fraction, side: Side) -> float:
    return float(value / (side.whole or Fraction(1)))


# --- NegMAS ---------------------------------------------------------------------------------------------------


def negmas_files(case: Case) -> Files:
    """An outcome space and a utility function for each side, as YAML: linear additive, or where options are worth something together a sum
    over hyperrectangles, of which each level and each term is one."""
    domain = additive(case, together=True)
    space = {
        "name": case.id,
        "type": "DiscreteCartesianOutcomeSpace",
        "issues": [
            {"name": issue.name, "type": "CategoricalIssue", "values": list(issue.levels)}
            for issue in domain.issues
        ],
    }
    files = {"domain.yml": text_of(space, old=True)}
    for id, side in _named(domain):
        function: dict[str, Any] = {"name": id, "reserved_value": _utility(side.no_deal, side)}
        if side.together:
            boxes = _boxes(domain, side)
            function["type"] = "HyperRectangleUtilityFunction"
            function["outcome_ranges"] = [levels for levels, _ in boxes]
            function["utilities"] = [worth for _, worth in boxes]
        else:
            rows = [_split(row, side.whole or Fraction(1)) for row in side.worth]
            function["type"] = "LinearAdditiveUtilityFunction"
            function["weights"] = [weight for weight, _ in rows]
            function["values"] = [
                {"type": "TableFun", "mapping": dict(zip(issue.levels, values, strict=True))}
                for issue, (_, values) in zip(domain.issues, rows, strict=True)
            ]
        files[f"{id}.yml"] = text_of(function, old=True)
    return files, domain.told


def _boxes(domain: Domain, side: Side) -> list[tuple[dict[int, str], float]]:
    """Levels by the place of their issues, and what they add: one for each level that is worth something, and one for each term."""
    single = [({n: k}, worth) for n, row in enumerate(side.worth) for k, worth in enumerate(row) if worth]
    return [
        ({n: domain.issues[n].levels[k] for n, k in when.items()}, _utility(worth, side))
        for when, worth in (*single, *side.together)
    ]


def to_negmas(case: Case) -> Scenario:
    """The case as a scenario of NegMAS: its outcome space and a utility function for each side.

    Raises
    ------
    UsageError
        NegMAS is not installed, or something in the case is no sum over issues.
    """
    try:
        from negmas.inout import Scenario
        from negmas.outcomes import make_issue, make_os
        from negmas.preferences import HyperRectangleUtilityFunction, LinearAdditiveUtilityFunction
        from negmas.preferences.value_fun import TableFun
    except ImportError:
        raise UsageError(
            "NegMAS is missing: install detente with the extra 'negmas' (uv sync --extra negmas)"
        ) from None
    domain = additive(case, together=True)
    space = make_os([make_issue(list(issue.levels), issue.name) for issue in domain.issues], name=case.id)
    functions = []
    for id, side in _named(domain):
        of = {"outcome_space": space, "reserved_value": _utility(side.no_deal, side), "name": id}
        if side.together:
            boxes = _boxes(domain, side)
            functions.append(
                HyperRectangleUtilityFunction([w for w, _ in boxes], [u for _, u in boxes], **of)
            )
            continue
        rows = [_split(row, side.whole or Fraction(1)) for row in side.worth]
        tables = [
            TableFun(dict(zip(issue.levels, values, strict=True)))
            for issue, (_, values) in zip(domain.issues, rows, strict=True)
        ]
        functions.append(
            LinearAdditiveUtilityFunction(values=tables, weights=[weight for weight, _ in rows], **of)
        )
    return Scenario(space, tuple(functions))


# --- GENIUS ---------------------------------------------------------------------------------------------------


def genius_files(case: Case) -> Files:
    """A domain and a utility space for each side, as GENIUS writes them."""
    domain, told = _between_0_and_1(additive(case))
    files = {"domain.xml": _xml(domain, None)}
    files.update({f"{id}.xml": _xml(domain, side) for id, side in _named(domain)})
    return files, told


def _between_0_and_1(domain: Domain) -> tuple[Domain, tuple[Told, ...]]:
    moved = [shifted(side) for side in domain.sides]
    told = (*domain.told, *(one for _, said in moved for one in said))
    return Domain(domain.title, domain.issues, tuple(side for side, _ in moved), told), told


def _xml(domain: Domain, side: Side | None) -> str:
    count = str(len(domain.issues))
    space = Element("utility_space", number_of_issues=count)
    objective = SubElement(
        space, "objective", index="0", name=domain.title, description="", type="objective", etype="objective"
    )
    for n, issue in enumerate(domain.issues):
        block = SubElement(objective, "issue", index=str(n + 1), name=issue.name)
        for key in ("type", "etype", "vtype"):
            block.set(key, "discrete")
        weight, values = (0.0, []) if side is None else _split(side.worth[n], side.whole or Fraction(1))
        for k, level in enumerate(issue.levels):
            item = SubElement(block, "item", index=str(k + 1), value=level)
            if side is not None:
                item.set("evaluation", repr(values[k]))
        if side is not None:
            SubElement(objective, "weight", index=str(n + 1), value=repr(weight))
    if side is None:
        root = Element("negotiation_template")
        root.append(space)
    else:
        root = space
        SubElement(space, "discount_factor", value="1.0")
        SubElement(space, "reservation", value=repr(_utility(side.no_deal, side)))
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


# --- GeniusWeb ------------------------------------------------------------------------------------------------


def geniusweb_files(case: Case) -> Files:
    """A domain and a linear additive utility space for each side, as GeniusWeb writes them."""
    domain, told = _between_0_and_1(additive(case))
    space = {
        "name": case.id,
        "issuesValues": {issue.name: {"values": list(issue.levels)} for issue in domain.issues},
    }
    files = {"domain.json": dumps(space) + "\n"}
    for id, side in _named(domain):
        rows = [_split(row, side.whole or Fraction(1)) for row in side.worth]
        inner = {
            "issueUtilities": {
                issue.name: {
                    "DiscreteValueSetUtilities": {
                        "valueUtilities": dict(zip(issue.levels, values, strict=True))
                    }
                }
                for issue, (_, values) in zip(domain.issues, rows, strict=True)
            },
            "issueWeights": {
                issue.name: weight for issue, (weight, _) in zip(domain.issues, rows, strict=True)
            },
            "domain": space,
            "name": id,
        }
        files[f"{id}.json"] = dumps({"LinearAdditiveUtilitySpace": inner}) + "\n"
        if side.no_deal > 0:
            lost = f"no deal is worth {_utility(side.no_deal, side):.6g}: the format knows only a bid in its place"
            told = (*told, Told("lost", side.name, lost))
    return files, told


WRITERS: Mapping[str, Callable[[Case], Files]] = {
    "negmas": negmas_files,
    "genius": genius_files,
    "geniusweb": geniusweb_files,
}
"""Name of an option of ``detente export`` → what writes its files."""
