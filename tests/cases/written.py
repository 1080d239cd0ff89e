"""What every case that was written from texts is held to: provenance, dates, scales, its questions and the page about it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from detente.case.model import Case
from detente.case.provenance import elements
from detente.case.wired import wired
from detente.draws import Drawn
from detente.problem import Sample, seat, table

__all__ = [
    "accepted",
    "asked",
    "coverage",
    "dated_later",
    "listed",
    "names",
    "questions_of",
    "quotations",
    "repeated_reasons",
    "unfounded",
    "unspoken",
    "untold",
    "years",
]


def coverage(name: str) -> str:
    """The page that says where each statement behind a bundled case went."""
    page = Path(__file__).parents[2] / "docs" / "explanation" / f"{name}-coverage.md"
    return page.read_text(encoding="utf-8")


def listed(file: Path) -> Any:
    """A YAML file of the material."""
    return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))


# --- words --------------------------------------------------------------------------------------------------


def quotations(case: Case) -> list[tuple[str, str]]:
    """Source and words of every fact, each once."""
    return list(dict.fromkeys((e.origin, e.text) for e in elements(case) if e.kind == "fact"))


def unfounded(case: Case) -> list[str]:
    """Numbers that stand on nothing."""
    return [e.path for e in elements(case) if e.number and (e.kind == "none" or not e.text)]


def repeated_reasons(case: Case, but: str = r"(?!)") -> list[str]:
    """Reasons of more than one judged range: what fits two numbers says little about either. ``but``: paths left out."""
    judged = [e for e in elements(case) if e.number and e.kind == "judgement" and "(" in e.value]
    ranges = [e.text for e in judged if not re.search(but, e.path)]
    assert len(ranges) > 200
    return [text for text, times in Counter(ranges).items() if times > 1]


def unspoken(case: Case) -> list[tuple[str, str]]:
    """Faction and issue without a weight, or with values that do not reach from 0 to 100."""
    found = []
    for faction, wants in case.preferences.items():
        for issue, spec in case.issues.items():
            if issue not in wants.indifferent:
                medians = [wants.values[issue][o].median for o in spec.options]
                if issue not in wants.weights or (min(medians), max(medians)) != (0, 100):
                    found.append((faction, issue))
    return found


# --- dates --------------------------------------------------------------------------------------------------


def dated_later(case: Case) -> list[str]:
    """Sources, gestures and judgements of a later day than the case's own, and those without a day where one has to be."""
    of, late = case.as_of, []
    assert of is not None
    late += [name for name, s in case.sources.items() if s.date is None or s.date > of]
    late += [name for name, g in case.gestures.items() if g.on is not None and g.on > of]
    signed = {name: wants.judgement for name, wants in case.preferences.items()}
    late += [name for name, j in signed.items() if j is None or j.on is None or j.on > of]
    return late


def years(case: Case) -> set[int]:
    """Years spoken of that come after the case's own, the questions apart."""
    assert case.as_of is not None
    told = _texts(case.model_dump(exclude={"questions"}))
    said = {int(year) for text in told for year in re.findall(r"\b(?:19|20)\d\d\b", text)}
    return {y for y in said if y > case.as_of.year}


def _texts(value: object) -> Iterator[str]:
    """Every string below a dumped model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)


# --- questions ----------------------------------------------------------------------------------------------


def asked(case: Case) -> list[dict[str, Any]]:
    """The case's questions, as the material lists them."""
    return [
        {"id": id, "text": q.text, "options": sorted(q.answers), "resolve_by": q.resolves.isoformat()}
        for id, q in case.questions.items()
    ]


def questions_of(material: Any) -> list[dict[str, Any]]:
    """The questions of the material, in order."""
    kept = [{k: q[k] for k in ("id", "text", "options", "resolve_by")} for q in material["questions"]]
    return [{**q, "options": sorted(q["options"])} for q in kept]


# --- the page -----------------------------------------------------------------------------------------------


def names(case: Case) -> set[str]:
    """What a page may name: everything that has an id, and the parts, levels, values, events and numbers of the world."""
    assert case.world is not None
    wiring = wired(case).wiring
    found = {*case.parties, *_factions(case), *case.issues, *case.tracks, *case.gestures, *case.guarantees}
    found |= {*case.deadlines, *case.bodies, *case.questions, *case.policies, *_readings(case)}
    found |= {f"{i}.{o}" for i, spec in case.issues.items() for o in spec.options}
    found |= {f"world.{part}" for part in case.world.parts}
    return found | {f"world.{name}" for name in (*wiring.slots, *wiring.figures) if "." in name}


def untold(case: Case, page: str, *beside: Iterable[str]) -> list[str]:
    """Factions, parties without any, issues and readings that a page does not name, and whatever else has to be on it."""
    wanted = [
        *_factions(case),
        *(p for p, spec in case.parties.items() if not spec.factions and spec.role is None),
    ]
    wanted += [*case.issues, *_readings(case), *(name for more in beside for name in more)]
    return [name for name in wanted if f"`{name}" not in page]


def _factions(case: Case) -> list[str]:
    return [f for p in case.parties.values() for f in p.factions]


def _readings(case: Case) -> list[str]:
    return [f"{f}.{r}" for f, views in case.readings.items() for r in views]


# --- packages -----------------------------------------------------------------------------------------------


def accepted(
    ready: Drawn, track: str, moves: Mapping[str, str], sample: Sample
) -> dict[str, NDArray[np.bool_]]:
    """Faction → [S] whether it accepts a package at a table, written out issue by issue."""
    problem = ready.problem
    at = table(problem, track)
    here = seat(problem, sample, at)
    assert here.status_quo is not None
    x = here.status_quo.copy()
    for k, i in enumerate(at.issues):
        if problem.issues[i] in moves:
            x[k] = problem.options[i].index(moves[problem.issues[i]])
    gain = -here.thresholds.astype(np.int64)
    for k, option in enumerate(x):
        gain += here.points[:, k, option]
    crossed = np.zeros(gain.shape, dtype=np.bool_)
    for t, (a, b) in enumerate(pairwise(here.start)):
        if np.array_equal(x[here.issue[a:b]], here.option[a:b]):
            assert not here.excluded[t], "an impossible combination"
            gain += here.add[:, t]
            crossed |= here.broken[:, t]
    yes = (gain >= 0) & ~crossed
    return {problem.factions[f]: yes[n] for n, f in enumerate(at.factions)}
