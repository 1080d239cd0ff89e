"""What a side makes of a package, straight from the files of other tools and from what their formats say: nothing is shared with the readers."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from ruamel.yaml import YAML

Named = Mapping[str, str]
"""Issue → level, as the files write them."""
Utility = Callable[[Named], float]


def genius(profile: Path) -> tuple[Utility, float]:
    """A utility space of GENIUS, and its reservation."""
    text = profile.read_text("utf-8", "replace").replace(" & ", " &amp; ")
    root = ElementTree.fromstring(text)
    weights = {w.get("index"): float(w.get("value", "nan")) for w in root.iter("weight")}
    tables: dict[str, tuple[float, Callable[[str], float]]] = {}
    for issue in root.iter("issue"):
        weight = weights[issue.get("index")]
        if issue.get("type") == "integer":
            rule, low = issue.find("evaluator"), int(issue.get("lowerbound", "0"))
            assert rule is not None
            slope, offset = float(rule.get("slope", "nan")), float(rule.get("offset", "nan"))
            tables[issue.get("name", "")] = (
                weight,
                lambda v, s=slope, o=offset, b=low: min(1.0, max(0.0, o + s * (int(v) - b))),
            )  # type: ignore[misc]
        else:
            found = {i.get("value", ""): float(i.get("evaluation", "nan")) for i in issue.findall("item")}
            tables[issue.get("name", "")] = (
                weight,
                lambda v, t=found: t[v] / max(t.values()) if any(t.values()) else 0.0,
            )  # type: ignore[misc]
    reserve = root.find(".//reservation")
    stays = 0.0 if reserve is None else float(reserve.get("value", "0"))
    return (lambda package: sum(w * worth(package[i]) for i, (w, worth) in tables.items())), stays


def geniusweb(profile: Path) -> tuple[Utility, float]:
    """A discrete linear additive utility space of GeniusWeb without a reservation bid."""
    inner = json.loads(profile.read_text())["LinearAdditiveUtilitySpace"]
    tables = {i: next(iter(u.values()))["valueUtilities"] for i, u in inner["issueUtilities"].items()}
    return (lambda package: sum(inner["issueWeights"][i] * tables[i][v] for i, v in package.items())), 0.0


def negolog(profile: Path) -> tuple[Utility, float]:
    """A profile of NegoLog."""
    inner = json.loads(profile.read_text())
    weights, tables = inner["issueWeights"], inner["issues"]
    return (lambda package: sum(weights[i] * tables[i][v] for i, v in package.items())), inner[
        "reservationValue"
    ]


def negmas(profile: Path, names: list[str]) -> tuple[Utility, float]:
    """A linear additive function of tables of NegMAS, discounted or not, of issues in this order."""
    inner = YAML(typ="safe", pure=True).load(profile.read_text())
    inner = inner.get("ufun", inner)
    tables = [{str(k): v for k, v in function["mapping"].items()} for function in inner["values"]]

    def utility(package: Named) -> float:
        return sum(w * table[package[i]] for i, w, table in zip(names, inner["weights"], tables, strict=True))

    return utility, float(inner["reserved_value"])
