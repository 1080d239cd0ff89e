"""The facts of this folder as cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from detente.case.model import Case

HERE = Path(__file__).parent
DOMAINS = ("genius_airport_A", "genius_isbt", "genius_itex_cypress")


def facts(name: str) -> Any:
    return YAML(typ="safe", pure=True).load(HERE / f"{name}.yaml")


def domain_case(name: str) -> Case:
    """A bilateral domain, 100 points to a side. Sides are ``s0`` and ``s1``, options ``o0``, ``o1``, ..."""
    data = facts(name)
    issues = {f"i{n}": issue for n, issue in enumerate(data["issues"])}
    return Case.model_validate(
        {
            "detente": 1,
            "id": name.lower().replace("_", "-"),
            "title": name,
            "status_quo": "none",
            "parties": {"s0": {"name": data["sides"][0]}, "s1": {"name": data["sides"][1]}},
            "issues": {
                i: {
                    "name": issue["name"],
                    "options": {f"o{k}": {"name": o} for k, o in enumerate(issue["options"])},
                }
                for i, issue in issues.items()
            },
            "preferences": {
                f"s{side}": {
                    "no_deal": 100 * data["reservation"][side],
                    "weights": {i: issue["weight"][side] for i, issue in issues.items()},
                    "values": {
                        i: {
                            f"o{k}": 100 * e / max(issue["evaluation"][side])
                            for k, e in enumerate(issue["evaluation"][side])
                        }
                        for i, issue in issues.items()
                    },
                }
                for side in (0, 1)
            },
        }
    )


def domain_package(name: str, package: list[str]) -> dict[str, str]:
    """A package as the facts write it, in the ids of :func:`domain_case`."""
    issues = facts(name)["issues"]
    return {f"i{n}": f"o{issues[n]['options'].index(option)}" for n, option in enumerate(package)}


def scored_game() -> Case:
    """Tracks ``five_of_six`` (with both vetoes) and ``all_six``; parties by the first letters of their names."""
    data = facts("scored_game")
    ids = {name: name.lower().replace(" ", "_") for name in data["parties"]}
    letters = "abcde"
    shape = [len(levels) for levels in next(iter(data["parties"].values()))["scores"]]
    everybody = list(ids.values())
    vetoes = [ids[name] for name in data["vetoes"]]
    return Case.model_validate(
        {
            "detente": 1,
            "id": "scored-game-facts",
            "title": "Scored game",
            "status_quo": "none",
            "parties": {ids[name]: {"name": name} for name in data["parties"]},
            "tracks": {
                "five_of_six": {
                    "parties": everybody,
                    "agreement": {"all": [*vetoes, {"at_least": {"k": 5, "of": everybody}}]},
                },
                "all_six": {"parties": everybody},
            },
            "issues": {
                i: {"options": {f"{i}{k + 1}": {} for k in range(size)}}
                for i, size in zip(letters, shape, strict=True)
            },
            "preferences": {
                ids[name]: {
                    "no_deal": party["threshold"],
                    "points": {
                        i: {f"{i}{k + 1}": score for k, score in enumerate(levels)}
                        for i, levels in zip(letters, party["scores"], strict=True)
                    },
                }
                for name, party in data["parties"].items()
            },
        }
    )


def scored_package(deal: str) -> dict[str, str]:
    """``A1,B3,...`` in the ids of :func:`scored_game`."""
    return {part[0].lower(): part.lower() for part in deal.split(",")}


SHARES = (0.0, 0.5, 0.55, 0.6, 0.6180339887498949, 0.65, 0.6666666666666666, 0.7, 0.75, 0.8, 0.9, 1.0)


def split() -> Case:
    """One unit to split, x = one of ``SHARES`` for the one, sqrt(1 - x) for the other; option ``s3`` is the 4th."""
    worth = {"one": SHARES, "other": [(1 - x) ** 0.5 for x in SHARES]}
    worth = {
        who: [round(v, 7) for v in values] for who, values in worth.items()
    }  # as finely as points are counted
    return Case.model_validate(
        {
            "detente": 1,
            "id": "sqrt-split",
            "title": "Split",
            "status_quo": "none",
            "parties": {"one": {}, "other": {}},
            "issues": {"share": {"options": {f"s{n}": {} for n in range(len(SHARES))}}},
            "preferences": {
                who: {"no_deal": 0, "points": {"share": {f"s{n}": v for n, v in enumerate(values)}}}
                for who, values in worth.items()
            },
        }
    )
