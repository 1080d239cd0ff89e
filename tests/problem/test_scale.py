"""Whole numbers decide: what is typed is met exactly or refused, whatever its size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from oracles.deal import Table as Oracle

from detente.case.model import Case
from detente.errors import LimitError
from detente.kernels import acceptance
from detente.kernels.acceptance import agreed
from detente.kernels.counting import count
from detente.problem import build, medians, sample, table
from detente.problem.build import MAX_STEPS
from detente.problem.sample import assemble, choose, parameters
from detente.prospects.view import accepted, existence, view


def case_of(preferences: dict[str, Any], **more: Any) -> Case:
    issues = {i: {"options": {o: {} for o in "pqr"}} for i in "xy"}
    return Case.model_validate(
        {
            "detente": 1,
            "id": "scale",
            "title": "Scale",
            "inference": "made up",
            "status_quo": "none",
            "parties": {p: {} for p in preferences},
            "issues": issues,
            "preferences": preferences,
            **more,
        }
    )


def points(*levels: float) -> dict[str, Any]:
    """Points of three options of x and three of y."""
    return {"x": dict(zip("pqr", levels[:3], strict=True)), "y": dict(zip("pqr", levels[3:], strict=True))}


PLAIN = {"no_deal": 0, "points": points(1, 2, 3, 1, 1, 1)}
SHARES = {"weights": {"x": 50, "y": 50}, "values": points(0, 50, 100, 0, 50, 100)}


def wild_case(seed: int) -> Case:
    """Raw points from thousandths to hundreds of millions, ties with the no-deal value, red lines, large terms."""
    rng = np.random.default_rng(seed)
    preferences = {}
    for party in "ab":
        unit = float(10.0 ** int(rng.integers(-3, 6)))
        offset = int(rng.choice([0, 0, 10**3, 10**6, -(10**6)]) if unit <= 100 else 0)
        level = [round(unit * (offset + int(v)), 6) for v in rng.integers(-3, 4, 6)]
        wants: dict[str, Any] = {"points": points(*level)}
        wants["no_deal"] = round(unit * (2 * offset + int(rng.integers(-2, 3))), 6)
        if rng.random() < 0.3:
            wants["no_deal"] = float(rng.choice([-5e7, 5e7, -2e7]))
        if rng.random() < 0.4:
            wants["together"] = [
                {"when": {"x": "q", "y": "r"}, "add": float(rng.choice([1e6, -3e6, 2e-3, unit]))}
            ]
        if rng.random() < 0.5:
            wants["red_lines"] = [{"x": str(rng.choice(list("pqr")))}]
        preferences[party] = wants
    return case_of(preferences)


def test_every_verdict_is_exact_or_the_case_is_refused() -> None:
    met, refused = 0, []
    for seed in range(300):
        case = wild_case(seed)
        try:
            problem = build(case)
        except LimitError as error:
            refused.append(str(error))
            continue
        met += 1
        oracle = Oracle(case)
        at = table(problem)
        seen = view(problem, medians(problem), at)
        every = np.array(np.unravel_index(np.arange(9), (3, 3)), np.int16).T
        mine = [oracle.consent(problem.package(p.tolist(), at.issues)) for p in every]
        found = accepted(seen, every)[..., 0]
        assert found.tolist() == [[f in consent for f in problem.factions] for consent in mine], seed
        zone = agreed(found[..., None], seen.winning).sum()
        assert (
            len(oracle.agreed())
            == zone
            == count(
                seen.utilities,
                seen.seat.sizes,
                reservation=seen.reservation,
                winning=seen.winning,
                **seen.leaving(0),
            )
        )
        assert existence(seen, np.zeros((0, 2), np.int16))[0] == int(zone > 0)
    assert min(met, len(refused)) > 50
    assert all("the limit is 100,000,000" in said for said in refused)


@pytest.mark.parametrize(
    ("wants", "said"),
    [
        ({**SHARES, "no_deal": 3e7}, ["a.no_deal", "30,000,000", "0 to 100"]),
        ({**SHARES, "together": [{"when": {"x": "q", "y": "q"}, "add": 1e9}]}, ["a.together.0", "1,000,000,000"]),
        ({"no_deal": 0, "points": points(5e8, 499999999, 1, 0, 0, 0)}, ["a.points.x.p", "larger unit"]),
        ({"no_deal": 30000, "points": points(1.123456, 2, 3, 0, 0, 0)}, ["1.123456", "1e-06", "a.no_deal"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(wants: dict[str, Any], said: list[str]) -> None:
    with pytest.raises(LimitError) as found:
        build(case_of({"a": wants, "b": PLAIN}))
    assert all(text in str(found.value) for text in ["'a'", *said])


def test_the_scale_is_that_of_all_readings_and_their_tails() -> None:
    small = {"no_deal": 0, "points": points(1, 2, 3, 0, 0, 0)}

    def with_reading(level: Any) -> Case:
        return case_of(
            {"a": small, "b": PLAIN},
            readings={
                "a": {
                    "meek": {"prior": 0.9},
                    "loud": {"prior": 0.1, "preferences": {"points": {"x": {"q": level}}}},
                }
            },
        )

    assert build(with_reading(5)).step[0] == 1
    assert build(with_reading([5, 6, 7])).step[0] == 1e-3
    # A tail half as far again as the percentiles lie from the median counts too.
    assert build(with_reading([0, 0, 6e7])).step[0] == 1
    with pytest.raises(LimitError, match=r"a\.readings\.loud\.points\.x\.q"):
        build(with_reading([0, 0, 7e7]))
    with pytest.raises(LimitError):
        build(with_reading([0, 0, 6e7]), widen=2)


def test_ranges_are_finer_than_typed_and_round_no_certain_number() -> None:
    wants = {"no_deal": 300_000, "points": points(1.25, [1.05, 1.5, 2.25], 0, 1, 2, 0)}
    assert build(case_of({"a": wants, "b": PLAIN})).step[0] == 1e-3
    wants["no_deal"] = -99
    assert build(case_of({"a": wants, "b": PLAIN})).step[0] == 1e-5


def test_sums_that_fit_are_those_that_the_kernels_add() -> None:
    assert sample.LARGEST == acceptance.LARGEST > MAX_STEPS


def test_a_number_moved_beyond_the_grid_is_refused_and_never_wraps() -> None:
    problem = build(case_of({"a": PLAIN, "b": PLAIN}))
    values = parameters(problem, np.full((1, 0), 0.5))
    n = next(n for n, p in enumerate(problem.parameters) if p.path == "a.no_deal")
    for far in (2e9, -5e9, 1e18):
        values[:, n] = far
        with pytest.raises(LimitError, match="1,073,741,824"):
            assemble(problem, values, choose(problem, values, None))


def test_a_typed_step_rounds_aloud_what_would_otherwise_be_refused() -> None:
    thirds = {"no_deal": 1.0, "points": points(100 / 3, 200 / 3, 0, 0, 0, 0)}
    with pytest.raises(LimitError, match=r"type 'a\.step'"):
        build(case_of({"a": thirds, "b": PLAIN}))
    problem = build(case_of({"a": {**thirds, "step": 1e-5}, "b": PLAIN}))
    assert problem.step[0] == 1e-5
    steps = assemble(problem, *chosen(problem)).points[0, 0, :2, 0]
    assert steps.tolist() == [3_333_333, 6_666_667]
    with pytest.raises(LimitError, match=r"larger 'a\.step'"):
        build(case_of({"a": {**thirds, "step": 1e-7}, "b": PLAIN}))


def chosen(problem: Any) -> Any:
    values = parameters(problem, np.full((1, 0), 0.5))
    return values, choose(problem, values, None)


@pytest.mark.parametrize("wrong", [0, -1, "fine"])
def test_a_step_is_a_number_above_nothing(wrong: Any) -> None:
    with pytest.raises(ValueError, match="step"):
        case_of({"a": {**PLAIN, "step": wrong}, "b": PLAIN})
