"""One rule of consent: what the definition says of a draw is what the deal counts, and the roadmap, and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracles.deal import Table as Oracle

from detente.analyses.deal import deal
from detente.analyses.roadmap import roadmap
from detente.case.model import Case
from detente.draws import Drawn, prepare
from detente.errors import UsageError
from detente.kernels.acceptance import agreed
from detente.problem import Sample, table
from detente.problem.steps import agenda
from detente.prospects.road import Road
from detente.prospects.view import accepted, view

CASES = range(40)


def random_case(seed: int) -> Case:
    """Ranges, readings, raw points, lines of both kinds on issues that move here, elsewhere, by chance and never."""
    rng = np.random.default_rng(seed)

    def pick(*options: Any) -> Any:
        return options[int(rng.integers(len(options)))]

    def judged(low: int, high: int) -> Any:
        three = sorted(int(v) for v in rng.integers(low, high + 1, 3))
        return pick(three[1], three)

    issues: dict[str, Any] = {
        "x": {"controlled_by": "a", "status_quo": "o0", "options": {"o0": {}, "o1": {}, "o2": {}}},
        "y": {"controlled_by": pick("b", "b1"), "status_quo": "o0", "options": {"o0": {}, "o1": {}}},
        "z": {"controlled_by": "c", "status_quo": pick("o0", "o1"), "options": {"o0": {}, "o1": {}}},
        "out": {"controlled_by": "outside", "status_quo": "o0", "options": {"o0": {}, "o1": {}}},
    }
    if rng.random() < 0.7:
        share = pick(0.25, 0.5)
        issues["out"]["chances"] = {"o0": 1 - share, "o1": share}

    def pattern(size: int = 0) -> dict[str, str]:
        chosen = rng.permutation(list(issues))[: size or int(rng.integers(1, 3))]
        return {str(i): pick(*issues[i]["options"]) for i in chosen}

    preferences: dict[str, Any] = {}
    for faction in ("a", "b1", "b2", "c"):
        kind = pick("points", "values", "values")
        wants: dict[str, Any] = {
            kind: {i: {o: judged(0, 100) for o in spec["options"]} for i, spec in issues.items()},
            "no_deal": pick({"status_quo": judged(-60, 10)}, judged(20, 60)),
            "patience": 0.95,
        }
        if kind == "values":
            wants["weights"] = {i: judged(1, 9) for i in issues}
        if rng.random() < 0.4:
            wants["together"] = [{"when": pattern(2), "add": judged(-30, 30)}]
        if rng.random() < 0.25:
            wants["red_lines"] = [pattern()]
        if rng.random() < 0.35:
            wants["firm"] = [{"package": pattern(), "holds": pick(0.3, 0.5, [0.2, 0.6, 0.9])}]
        preferences[faction] = wants
    return Case.model_validate(
        {
            "detente": 1,
            "id": "consent",
            "title": "Consent",
            "judgement": "made up",
            "parties": {
                "a": {"delivers": pick(0.5, [0.2, 0.5, 0.9])},
                "b": {
                    "factions": {"b1": {}, "b2": {}},
                    "accepts": pick({"any": ["b1", "b2"]}, {"all": ["b1", "b2"]}),
                    "delivers": 0.75,
                },
                "c": {"delivers": pick(1, 0.5)},
            },
            "issues": issues,
            "preferences": preferences,
            "readings": {
                "b1": {
                    "soft": {"prior": 0.4, "preferences": {"no_deal": 0}},
                    "hard": {"prior": 0.6, "preferences": {"firm": [{"package": pattern(), "holds": 0.5}]}},
                }
            },
            "tracks": {
                "all": {
                    "parties": ["a", "b", "c"],
                    "agreement": pick({"any": ["b", "c"]}, {"all": ["a", "b", "c"]}),
                },
                "two": {"parties": ["a", "b"]},
            },
            "steps": {"temptation": 5},
            "signing": {"chance": [0.2, 0.4, 0.7]},
        }
    )


def by_definition(case: Case, ready: Drawn, sample: Sample, track: str, moves: dict[str, str]) -> np.ndarray:
    """[S] whether the table agrees to the package, draw by draw, from what each draw says of options, terms and lines."""
    problem, oracle = ready.problem, Oracle(case, track)
    found = np.zeros(sample.draws, np.bool_)
    for s in range(sample.draws):
        here = []
        for i, (name, issue) in enumerate(case.issues.items()):
            stays = int(sample.outside[i, s]) if sample.outside[i, s] >= 0 else None
            option = moves.get(name, issue.status_quo)
            here.append(list(issue.options).index(option) if stays is None else stays)
        consent = set()
        for f, name in enumerate(problem.factions):
            worth = sum(int(sample.points[f, i, o, s]) for i, o in enumerate(here))
            lined = False
            for t, pattern in enumerate(problem.patterns):
                if all(here[i] == o for i, o in pattern):
                    worth += int(sample.add[f, t, s])
                    lined |= bool(sample.broken[f, t, s])
            if worth >= int(sample.no_deal[f, s]) and not lined:
                consent.add(name)
        package = {i: moves.get(i, issue.status_quo) for i, issue in case.issues.items()}
        found[s] = oracle.agreed_by(frozenset(consent), package)
    return found


@pytest.mark.parametrize("seed", CASES)
def test_the_roadmap_counts_as_consent_what_the_deal_counts(seed: int) -> None:
    case = random_case(seed)
    ready = prepare(case, draws=64)
    rng = np.random.default_rng(seed)
    for track in case.tracks:
        at = table(ready.problem, track)
        sizes = tuple(len(ready.problem.options[i]) for i in at.issues)
        every = np.array(np.unravel_index(np.arange(int(np.prod(sizes))), sizes), np.int16).T
        seen = view(ready.problem, ready.fresh, at)
        together = agreed(accepted(seen, every), seen.winning)
        for n in rng.permutation(len(every))[:4]:
            moves = {
                i: o
                for i, o in ready.problem.package(every[n].tolist(), at.issues).items()
                if o != case.issues[i].status_quo
            }
            if not moves:
                continue
            assert (together[n] == by_definition(case, ready, ready.fresh, track, moves)).all()
            road = Road(ready, agenda(ready.problem, at, moves), (), {})
            assert (road.accepted(ready.fresh) == together[n]).all()
            for reading, sample in ready.rivals.items():
                there = view(ready.problem, sample, at)
                expected = agreed(accepted(there, every[n : n + 1]), there.winning)[0]
                assert (road.accepted(sample) == expected).all(), reading
                assert (expected == by_definition(case, ready, sample, track, moves)).all()


@pytest.mark.parametrize("seed", range(12))
def test_a_later_stage_is_never_likelier(seed: int) -> None:
    """Open, acceptable, signed, begun, kept: each asks for more than the one before."""
    case = random_case(100 + seed)
    ready = prepare(case, draws=64)
    found = deal(ready).tracks
    for track, result in found.items():
        for shown in list(result.frontier)[:2]:
            try:
                chances = roadmap(ready, shown.moves, track=track).chances
            except UsageError:
                continue
            assert chances.acceptable == shown.acceptance
            assert chances.signed is not None
            assert chances.begun is not None
            assert chances.kept is not None
            assert chances.acceptable >= chances.signed >= chances.begun >= chances.kept


def test_lines_on_what_stays_put_are_in_the_cases() -> None:
    """The law would be empty without them."""
    stuck = lined = 0
    for seed in CASES:
        case = random_case(seed)
        ready = prepare(case, draws=64)
        at = table(ready.problem, "two")
        for f in at.factions:
            for t, pattern in enumerate(ready.problem.patterns):
                if ready.fresh.broken[f, t].any() and not {i for i, _ in pattern} & set(at.issues):
                    lined += 1
                    names = {ready.problem.issues[i] for i, _ in pattern}
                    stuck += "out" in names
    assert min(stuck, lined - stuck) >= 3
